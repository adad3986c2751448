"""Panels and dialogs: find, tree, messages, drawers, backing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.files import list_saves
from ui.map.actions.kind import Do
from ui.map.actions.looking import go_to_hex
from ui.map.actions.selecting import select

if TYPE_CHECKING:
    from ui.map.app import App


def find(app: App) -> None:
    if app.layout.rail is not None:
        app.drawer = "tree"
    app.show_left = True
    app.relayout()
    app.tree.typing = True


def find_text(app: App, words: str) -> None:
    app.tree.query, app.tree.scroll = words[:40], 0


def clear_find(app: App) -> None:
    app.tree.query, app.tree.typing, app.tree.scroll = "", False, 0


def find_first(app: App) -> None:
    app.tree.typing = False
    rows = app.tree.refresh(app.frame_now)
    if rows:
        if rows[0].unit >= 0:
            unit = rows[0].unit
            clear_find(app)
            select(app, unit)
        elif rows[0].place is not None:
            go_to_hex(app, rows[0].place.cell)


def tree_side(app: App, side: int) -> None:
    app.tree.side, app.tree.scroll = side, 0


def tree_scroll(app: App, rows: int) -> None:
    app.tree.scroll = max(0, min(app.tree.scroll + rows, len(app.tree.rows) - app.tree.visible))


def topic(app: App, name: str) -> None:
    app.panels["messages"].topics ^= {name}
    app.panels["messages"].scroll = 0


def topics_all(app: App) -> None:
    app.panels["messages"].topics = {"fight", "move", "supply", "staff", "history"}


def messages_scroll(app: App, rows: int) -> None:
    panel = app.panels["messages"]
    panel.scroll = max(0, min(panel.scroll + rows, len(panel.shown(app)) - 1))


def drawer(app: App, name: str) -> None:
    app.drawer = "" if app.drawer == name else name
    app.relayout()


def menu(app: App) -> None:
    app.dialog = "" if app.dialog == "menu" else "menu"


def dialog(app: App, name: str) -> None:
    app.dialog = name
    app.focus_action, app.dialog_top = None, 0
    if name in ("load", "save"):
        app.files = list_saves()
    if name == "save":
        moment = app.stage.story.moment(app.stage.ready_to)
        app.typed = f"{app.stage.story.files or 'game'}_{moment:%m%d_%H%M}"


def dialog_scroll(app: App, rows: int) -> None:
    if app.dialog == "load" and len(app.files) > 1:
        rows %= len(app.files)
        app.files = app.files[rows:] + app.files[:rows]
    elif app.dialog == "briefing":
        app.dialog_top = max(0, app.dialog_top + rows)


def back(app: App) -> None:
    """Back out one level: dialog, aim, text entry, drawer, why, selection."""
    if app.dialog:
        app.dialog = ""
    elif app.drawing:
        app.drawing, app.points = "", ()
    elif app.aiming:
        app.aiming = ""
    elif app.odds_open and app.odds_for is not None:
        app.odds_open = False
    elif app.tree.typing or app.tree.query:
        clear_find(app)
    elif app.drawer:
        drawer(app, app.drawer)
    elif app.focus_action is not None:
        app.focus_action = None
    elif app.keyboard_cursor:
        app.keyboard_cursor = False
    elif app.why_asked:
        app.why_asked, app.why_now = "", None
        app.card_version += 1
    elif app.selected >= 0 or app.selected_hex >= 0:
        select(app, -1)
    else:
        app.dialog = "menu"


def ask_quit(app: App) -> None:
    app.dialog = "quit"


def quit_now(app: App) -> None:
    app.quit = True


def nothing(app: App) -> None:
    """For parts of a dialog that swallow clicks."""


def toggle(app: App, part: str) -> None:
    """Show or hide a part of the window; where it is folded, open or close its drawer."""
    if part == "left" and app.layout.rail is not None:
        drawer(app, "tree")
    elif part == "right" and app.surface.get_width() / app.scale.factor < 1100:
        drawer(app, "card")
    else:
        setattr(app, f"show_{part}", not getattr(app, f"show_{part}"))
        app.relayout()


ACTIONS: dict[str, Do] = {
    "find": find,
    "find text": find_text,
    "clear find": clear_find,
    "find first": find_first,
    "tree side": tree_side,
    "tree scroll": tree_scroll,
    "topic": topic,
    "topics all": topics_all,
    "messages scroll": messages_scroll,
    "drawer": drawer,
    "menu": menu,
    "toggle": toggle,
    "dialog": dialog,
    "dialog scroll": dialog_scroll,
    "back": back,
    "quit": ask_quit,
    "quit now": quit_now,
    "nothing": nothing,
}
