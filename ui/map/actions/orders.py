"""Orders as drafts, which exist in the window alone, until they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.directing import begin, take_back
from ui.map.actions.kind import Do
from ui.map.scene import Draft
from ui.map.stages.frames import place_name

if TYPE_CHECKING:
    from ui.map.app import App


def refresh_reach(app: App) -> None:
    """Where the selected formation can go, by what its side knows."""
    app.reach_now = app.stage.reach(app.selected) if app.commands(app.selected) and not app.playing else None


def aim(app: App, kind: str) -> None:
    """Choose the goal of an order with the pointer or the hex cursor; orders without a goal are drafted at once."""
    if app.directs(app.selected):
        if app.playing:
            app.do("pause")
        if _may_draft(app):
            begin(app, kind)
        return
    if not app.commands(app.selected):
        app.toast("Select one of your formations first." if app.stage.mode == "play"
                  else "Nobody can be commanded here.")  # fmt: skip
        return
    if app.playing:
        app.do("pause")
    if kind in ("hold", "entrench", "rest", "cancel", "keep", "let_go"):
        draft(app, kind, -1)
        return
    app.aiming = "" if app.aiming == kind else kind
    refresh_reach(app)


def draft(app: App, kind: str, cell: int = -1) -> None:
    """Put an order down as a draft after asking whether it would be refused."""
    if not app.commands(app.selected):
        return
    if app.playing:
        app.do("pause")
    if not _may_draft(app):
        return
    if kind == "embark" and cell == int(app.frame_now.hex[app.selected]):
        cell = -1  # no other port: home, off the map
    new = Draft(app.selected, kind, cell)
    app.aiming = ""
    refused = app.stage.check(new)
    if refused:
        app.toast(refused, fault=True)
        return
    app.put(new)
    app.odds_open = kind == "attack"
    where = f" {place_name(app.stage.story, cell)}" if cell >= 0 else ""
    app.toast(f"Draft: {kind.replace('_', ' ')}{where}. {app.keys.hint('commit')} gives it.")


def _may_draft(app: App) -> bool:
    """Whether the moment shown is the last one; says so if not."""
    if app.minute < app.stage.ready_to:
        app.toast("Orders are given at the last moment. Continue from here, or go there first.", fault=True)
        return False
    return True


def undo(app: App) -> None:
    if app.drawing:
        take_back(app)
    elif app.done:
        app.undone.append(app.drafts)
        app.drafts = app.done.pop()


def redo(app: App) -> None:
    if app.undone:
        app.done.append(app.drafts)
        app.drafts = app.undone.pop()


def commit(app: App) -> None:
    """Give all drafts; those refused stay and say why."""
    if not app.drafts:
        return
    answers = app.stage.submit(app.drafts)
    kept = tuple(a.draft for a in answers if a.refused)
    given = len(answers) - len(kept)
    app.drafts, app.done, app.undone = kept, [], []
    for answer in answers:
        if answer.refused:
            app.toast(answer.refused, fault=True)
    if given:
        app.toast(f"{given} order{'s' if given > 1 else ''} on the way.")
    app.refresh_frame()


ACTIONS: dict[str, Do] = {
    "aim": aim,
    "draft": draft,
    "undo": undo,
    "redo": redo,
    "commit": commit,
}
