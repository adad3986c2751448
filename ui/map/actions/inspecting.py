"""Inspection: terms of a number and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.kind import Do

if TYPE_CHECKING:
    from ui.map.app import App


def why(app: App) -> None:
    if app.why_now is not None or app.selected < 0:
        app.why_now = None
    elif app.can_explain(app.selected):
        app.why_now = app.stage.why(app.selected, app.minute, app.viewer)
        if app.why_now is None:
            app.toast("No terms for this moment: they are worked out for the last one.")
    app.card_version += 1


def term(app: App, path: str) -> None:
    app.card.open_terms ^= {path}


def tell(app: App, words: str) -> None:
    app.toast(words)


ACTIONS: dict[str, Do] = {
    "why": why,
    "term": term,
    "tell": tell,
}
