"""Inspection: terms of a number and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.kind import Do

if TYPE_CHECKING:
    from ui.map.app import App

QUESTIONS = {"power": "Power", "supply": "Supply", "march": "March", "battle": "Battle"}


def questions(app: App) -> list[str]:
    """What may be asked of the selected formation now. A battle's terms tell of both sides: only in the truth."""
    frame, unit = app.frame_now, app.selected
    out = ["power", "supply"]
    if frame.leg_to[unit] >= 0:
        out.append("march")
    places = {int(frame.hex[unit]), int(frame.target[unit])}
    if app.viewer < 0 and any(b.hex in places for b in frame.battles):
        out.append("battle")
    return out


def why(app: App, about: str = "") -> None:
    """Open the terms of a number, the next ones, or close them. They may take a moment: ``follow`` fetches them."""
    if app.selected < 0 or not app.can_explain(app.selected) or int(app.frame_now.hex[app.selected]) < 0:
        app.why_asked, app.why_now = "", None
        return
    if not about:
        round_ = [*questions(app), ""]
        about = round_[(round_.index(app.why_asked) + 1) % len(round_)] if app.why_asked in round_ else "power"
    elif about == app.why_asked:
        about = ""
    app.why_asked, app.why_now, app.card.scroll = about, None, 0
    if about and app.layout.card is None:  # the terms are shown in the card, which a narrow window folds
        app.show_right, app.drawer = True, "card"
        app.relayout()
    app.card_version += 1
    follow(app)


def follow(app: App) -> None:
    """Fetch what has been asked for, if it is there; say so if there is nothing."""
    if not app.why_asked or app.why_now is not None or app.playing or app.selected < 0:
        return
    if app.why_asked not in questions(app):
        app.why_asked = "power"
    stage, question = app.stage, (app.selected, app.minute, app.viewer, app.why_asked)
    found = stage.why(*question)
    if found is None:
        if stage.pending():
            return
        found = stage.why(*question)
        if found is None and not stage.pending():
            told = f"There are no terms of {QUESTIONS[app.why_asked].lower()} to show at this moment."
            if app.minute < stage.followed_to:
                told = "Another version of Deep Battle made this part of the recording: its terms cannot be worked out."
            app.toast(told)
            app.why_asked = ""
    if found is not None or not app.why_asked:
        app.why_now = found
        app.card_version += 1
        app.touch()


def term(app: App, path: str) -> None:
    """Open or close what lies below a term."""
    app.card.open_terms ^= {path}


def terms_scroll(app: App, rows: int) -> None:
    """Other lines of the terms that are shown."""
    app.card.scroll = max(0, min(app.card.scroll + rows, app.card.most_scroll))


def tell(app: App, words: str) -> None:
    """Show a source in full."""
    app.toast(words)


ACTIONS: dict[str, Do] = {
    "why": why,
    "term": term,
    "terms scroll": terms_scroll,
    "tell": tell,
}
