"""What actions do. Keys, buttons and the mouse all end here, so that everything works by each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pygame

from ui.map import settings
from ui.map.camera import CLOSE
from ui.map.marks.symbols import VALUES
from ui.map.panels.timeline import SPEEDS
from ui.map.scene import SIDE_NAMES, TRUTH, Draft
from ui.map.stages.frames import place_name
from ui.theme.palette import PANELS, SIDE_SETS

if TYPE_CHECKING:
    from ui.map.app import App

Do = Callable[..., None]
_TABLE: dict[str, Do] = {}
_PAN_STEP = 120


def action(name: str) -> Callable[[Do], Do]:
    """Register a function as the action of that name."""

    def keep(function: Do) -> Do:
        _TABLE[name] = function
        return function

    return keep


def perform(app: App, wanted: tuple[object, ...]) -> None:
    """Carry out an action; LookupError for one that nobody knows."""
    name, *arguments = wanted
    found = _TABLE.get(str(name))
    if found is None:
        raise LookupError(f"no action {name!r}")
    found(app, *arguments)


# Time.


@action("play")
def play(app: App) -> None:
    if app.playing:
        pause(app)
        return
    if app.stage.mode == "play":
        if app.drafts:
            commit(app)
        if app.minute < app.stage.ready_to - 60:
            app.toast("The past is being shown. Continue from here, or go to the last moment first.")
    if app.minute >= app.stage.story.end_min:
        app.set_minute(0)
    app.playing = True


@action("pause")
def pause(app: App) -> None:
    app.playing = False
    if app.stage.mode == "play":
        app.stage.stop()
        if 0 <= app.stage.ready_to - app.minute <= 180:
            app.set_minute(app.stage.ready_to)
        refresh_reach(app)


@action("step")
def step(app: App, direction: int) -> None:
    app.playing = False
    hour = int(app.minute // 60)
    wanted = (hour + direction) * 60 if direction > 0 or app.minute % 60 == 0 else hour * 60
    go_to_minute(app, wanted)


@action("first")
def first(app: App) -> None:
    app.playing = False
    app.set_minute(0)


@action("last")
def last(app: App) -> None:
    app.playing = False
    app.set_minute(app.stage.ready_to)


@action("to minute")
def go_to_minute(app: App, minute: float) -> None:
    minute = min(max(minute, 0), app.stage.story.end_min)
    if minute > app.stage.ready_to:
        if app.stage.mode == "play":
            commit(app)
        app.stage.run_to(int(minute))
    app.set_minute(min(minute, max(app.stage.ready_to, 0)) if app.stage.mode != "play" else minute)


@action("speed")
def speed(app: App, minutes: int) -> None:
    app.speed = minutes


@action("faster")
def faster(app: App) -> None:
    steps = [s for s, _ in SPEEDS]
    app.speed = steps[min(steps.index(app.speed) + 1, len(steps) - 1)]


@action("slower")
def slower(app: App) -> None:
    steps = [s for s, _ in SPEEDS]
    app.speed = steps[max(steps.index(app.speed) - 1, 0)]


@action("scrub")
def scrub(app: App) -> None:
    rect = app.layout.timeline
    if rect is not None:
        app.playing = False
        minute = app.timeline.minute_at(app, rect, app.pointer[0])
        app.set_minute(min(minute, float(app.stage.ready_to)))
        if minute > app.stage.ready_to and app.stage.mode != "play":
            app.stage.run_to(int(minute))


@action("timeline zoom")
def timeline_zoom(app: App, factor: float) -> None:
    app.timeline.zoom(factor, app.minute)


@action("next event")
def next_event(app: App, direction: int = 1) -> None:
    marks = {m.minute for m in app.stage.messages(app.viewer) if m.kind in ("fight", "place", "naval")}
    marks |= {f.start for f in app.stage.story.facts if f.stop - f.start <= 3 * 1440}
    ahead = sorted(m for m in marks if (m > app.minute + 0.5 if direction > 0 else m < app.minute - 0.5))
    if not ahead:
        app.toast("No later event is known yet." if direction > 0 else "No earlier event.")
        return
    app.playing = False
    go_to_minute(app, ahead[0] if direction > 0 else ahead[-1])


@action("event")
def go_to_event(app: App, minute: int, cell: int) -> None:
    app.playing = False
    app.set_minute(min(minute, max(app.stage.ready_to, 0)))
    if cell >= 0:
        go_to_hex(app, cell)


@action("fact")
def go_to_fact(app: App, minute: int, cell: int) -> None:
    go_to_event(app, minute, cell)


@action("bookmark")
def bookmark(app: App) -> None:
    minute = int(app.minute)
    if any(m == minute for m, _ in app.bookmarks):
        app.bookmarks = tuple(b for b in app.bookmarks if b[0] != minute)
        return
    moment = app.stage.story.moment(minute)
    app.bookmarks = (*app.bookmarks, (minute, f"Bookmark {moment.day} {moment:%b %H:%M}"))


@action("continue")
def continue_here(app: App) -> None:
    if not app.can_continue():
        app.toast("In a replay nobody can be commanded. Open the recording with play to continue it."
                  if app.stage.mode != "play" else "This is the last moment already.")  # fmt: skip
        return
    rewind = getattr(app.stage, "rewind", None)
    problem = rewind(int(app.minute)) if rewind is not None else "this stage cannot go back"
    app.toast(problem or "What came after is dropped; you continue from here.", fault=bool(problem))
    app.set_minute(min(app.minute, app.stage.ready_to))
    refresh_reach(app)


@action("stop")
def stop(app: App) -> None:
    app.playing = False
    app.stage.stop()


# Looking.


@action("zoom")
def zoom(app: App, steps: int, position: tuple[int, int] | None = None) -> None:
    at = position or app.layout.map.center
    app.map.zoom(app.map.camera.stop + steps, at)


@action("pan")
def pan(app: App, dx: int, dy: int) -> None:
    app.map.camera.pan(dx, dy)


@action("view")
def view(app: App, viewer: int) -> None:
    if viewer not in app.stage.viewers:
        app.toast("In play only your own side's view is there.")
        return
    app.viewer = viewer
    app.refresh_frame()
    app.tree_version += 1
    if app.selected >= 0 and app.frame_now.level[app.selected] < 0 and viewer != TRUTH:
        select(app, -1)


@action("overlay")
def overlay(app: App, number: int) -> None:
    app.overlays = app.overlays ^ {number}


@action("value")
def value(app: App) -> None:
    app.set_options(value=VALUES[(VALUES.index(app.value) + 1) % len(VALUES)])
    app.toast(f"Figure on the counters: {app.value}")


@action("go to hex")
def go_to_hex(app: App, cell: int) -> None:
    if cell < 0:
        return
    x, y = app.stage.story.theatre.grid.centres_m[cell]
    app.map.camera.centre_on(float(x), float(y))
    app.selected_hex = cell
    app.map.moving = False


@action("centre")
def centre(app: App) -> None:
    if app.selected >= 0 and app.frame_now.hex[app.selected] >= 0:
        x, y = app.stage.story.theatre.grid.centres_m[int(app.frame_now.hex[app.selected])]
        app.map.camera.centre_on(float(x), float(y))


@action("jump")
def jump(app: App) -> None:
    rect = app.layout.minimap
    if rect is not None:
        x, y = app.panels["minimap"].ground_at(app, rect, app.pointer)
        app.map.camera.centre_on(x, y)


# Selecting.


@action("click map")
def click_map(app: App, position: tuple[int, int]) -> None:
    symbol = app.map.symbol_at(position)
    cell = app.map.hex_at(position)
    if symbol is None or not symbol.members:
        select(app, -1)
        app.selected_hex = symbol.hex if symbol is not None else cell
        return
    members = symbol.members
    if app.selected in members and len(members) > 1:
        select(app, members[(members.index(app.selected) + 1) % len(members)])
    else:
        select(app, members[0])


@action("select")
def select(app: App, unit: int) -> None:
    app.selected, app.selected_hex = unit, -1
    app.why_now, app.aiming = None, ""
    app.card.scroll = 0
    if unit >= 0:
        app.tree.reveal(unit, app.frame_now)
        app.tree_version += 1
        _bring_into_view(app, unit)
    refresh_reach(app)


def _bring_into_view(app: App, unit: int) -> None:
    cell = int(app.frame_now.hex[unit])
    if cell >= 0 and not app.layout.map.inflate(-40, -40).collidepoint(app.map.screen_of(cell)):
        centre(app)


@action("twist")
def twist(app: App, unit: int) -> None:
    app.tree.open ^= {unit}


@action("reveal")
def reveal(app: App, unit: int) -> None:
    app.tree.reveal(unit, app.frame_now)
    app.tree.open.add(unit)
    app.tree_version += 1


@action("next unit")
def next_unit(app: App, direction: int = 1) -> None:
    """Next own formation without an order; in a replay simply the next one on the map."""
    frame, story = app.frame_now, app.stage.story
    units = [int(k) for k in np.flatnonzero(frame.hex >= 0) if not story.units[k].headquarters]
    if app.stage.side != TRUTH:
        busy = {mark.unit for mark in frame.orders} | {d.unit for d in app.drafts}
        idle = [k for k in units if story.units[k].side == app.stage.side and k not in busy]
        units = idle or [k for k in units if story.units[k].side == app.stage.side]
    if not units:
        return
    if app.selected in units:
        select(app, units[(units.index(app.selected) + direction) % len(units)])
    else:
        select(app, units[0 if direction > 0 else -1])


@action("next in stack")
def next_in_stack(app: App) -> None:
    if app.selected < 0:
        return
    stack = [int(k) for k in np.flatnonzero(app.frame_now.hex == app.frame_now.hex[app.selected])]
    if len(stack) > 1:
        select(app, stack[(stack.index(app.selected) + 1) % len(stack)])


@action("cursor")
def cursor(app: App, direction: str) -> None:
    """Move the hex cursor: north and south straight, east and west to the column beside."""
    grid = app.stage.story.theatre.grid
    m = app.marked
    if m.cursor < 0:
        start = int(app.frame_now.hex[app.selected]) if app.selected >= 0 else -1
        at = start if start >= 0 else app.map.hex_at(app.layout.map.center)
    else:
        column = m.cursor % grid.columns
        d = {"n": 0, "s": 3, "e": 1 if column % 2 else 2, "w": 5 if column % 2 else 4}[direction]
        at = int(grid.neighbours[m.cursor, d])
    if at >= 0:
        m.cursor = at
        app.keyboard_cursor = True
        x, y = app.map.screen_of(at)
        if not app.layout.map.inflate(-60, -60).collidepoint(x, y):
            gx, gy = grid.centres_m[at]
            app.map.camera.centre_on(float(gx), float(gy))


@action("cursor select")
def cursor_select(app: App) -> None:
    if app.focus_action is not None:
        app.do(*app.focus_action)
    elif app.keyboard_cursor and app.marked.cursor >= 0:
        if app.aiming:
            draft(app, app.aiming, app.marked.cursor)
        else:
            app.map._place_symbols(app.frame_now, app.minute, app.marked)
            click_map(app, app.map.screen_of(app.marked.cursor))
    elif app.drafts:
        commit(app)


# Orders.


def refresh_reach(app: App) -> None:
    """Where the selected formation can go, by what its side knows."""
    app.reach_now = app.stage.reach(app.selected) if app.commands(app.selected) and not app.playing else None


@action("aim")
def aim(app: App, kind: str) -> None:
    """Choose the goal of an order with the pointer or the hex cursor; orders without a goal are drafted at once."""
    if not app.commands(app.selected):
        app.toast("Select one of your formations first." if app.stage.mode == "play"
                  else "Nobody can be commanded here.")  # fmt: skip
        return
    if app.playing:
        pause(app)
    if kind in ("hold", "entrench", "rest", "cancel"):
        draft(app, kind, -1)
        return
    app.aiming = "" if app.aiming == kind else kind
    refresh_reach(app)


@action("draft")
def draft(app: App, kind: str, cell: int = -1) -> None:
    """Put an order down as a draft after asking whether it would be refused."""
    if not app.commands(app.selected):
        return
    if app.playing:
        pause(app)
    if app.minute < app.stage.ready_to:
        app.toast("Orders are given at the last moment. Continue from here, or go there first.", fault=True)
        return
    new = Draft(app.selected, kind, cell)
    app.aiming = ""
    refused = app.stage.check(new)
    if refused:
        app.toast(refused, fault=True)
        return
    _remember(app)
    app.drafts = (*(d for d in app.drafts if d.unit != new.unit), new)
    where = f" {place_name(app.stage.story, cell)}" if cell >= 0 else ""
    app.toast(f"Draft: {kind}{where}. {app.keys.hint('commit')} gives it.")


def _remember(app: App) -> None:
    app.done.append(app.drafts)
    app.undone.clear()


@action("undo")
def undo(app: App) -> None:
    if app.done:
        app.undone.append(app.drafts)
        app.drafts = app.done.pop()


@action("redo")
def redo(app: App) -> None:
    if app.undone:
        app.done.append(app.drafts)
        app.drafts = app.undone.pop()


@action("commit")
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


@action("why")
def why(app: App) -> None:
    if app.why_now is not None or app.selected < 0:
        app.why_now = None
    elif app.can_explain(app.selected):
        app.why_now = app.stage.why(app.selected, app.minute, app.viewer)
        if app.why_now is None:
            app.toast("No terms for this moment: they are worked out for the last one.")
    app.card_version += 1


@action("term")
def term(app: App, path: str) -> None:
    app.card.open_terms ^= {path}


@action("tell")
def tell(app: App, words: str) -> None:
    app.toast(words)


# Panels.


@action("find")
def find(app: App) -> None:
    if app.layout.rail is not None:
        app.drawer = "tree"
    app.show_left = True
    app.relayout()
    app.tree.typing = True


@action("find text")
def find_text(app: App, words: str) -> None:
    app.tree.query, app.tree.scroll = words[:40], 0


@action("clear find")
def clear_find(app: App) -> None:
    app.tree.query, app.tree.typing, app.tree.scroll = "", False, 0


@action("find first")
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


@action("tree side")
def tree_side(app: App, side: int) -> None:
    app.tree.side, app.tree.scroll = side, 0


@action("tree scroll")
def tree_scroll(app: App, rows: int) -> None:
    app.tree.scroll = max(0, min(app.tree.scroll + rows, len(app.tree.rows) - app.tree.visible))


@action("topic")
def topic(app: App, name: str) -> None:
    app.panels["messages"].topics ^= {name}
    app.panels["messages"].scroll = 0


@action("topics all")
def topics_all(app: App) -> None:
    app.panels["messages"].topics = {"fight", "move", "supply", "staff", "history"}


@action("messages scroll")
def messages_scroll(app: App, rows: int) -> None:
    panel = app.panels["messages"]
    panel.scroll = max(0, min(panel.scroll + rows, len(panel.shown(app)) - 1))


@action("drawer")
def drawer(app: App, name: str) -> None:
    app.drawer = "" if app.drawer == name else name
    app.relayout()


@action("menu")
def menu(app: App) -> None:
    app.dialog = "" if app.dialog == "menu" else "menu"


@action("dialog")
def dialog(app: App, name: str) -> None:
    app.dialog = name
    app.focus_action = None
    if name in ("load", "save"):
        app.files = _saves()
    if name == "save":
        moment = app.stage.story.moment(app.stage.ready_to)
        app.typed = f"{app.stage.story.files or 'game'}_{moment:%m%d_%H%M}"


def _saves() -> list[Path]:
    try:
        return sorted(settings.saves().glob("*.dbr"), key=lambda p: -p.stat().st_mtime)
    except OSError:
        return []


@action("dialog scroll")
def dialog_scroll(app: App, rows: int) -> None:
    if app.dialog == "load" and len(app.files) > 1:
        rows %= len(app.files)
        app.files = app.files[rows:] + app.files[:rows]


@action("save as")
def save_as(app: App) -> None:
    name = "".join(ch for ch in app.typed.strip() if ch.isalnum() or ch in " -_.").strip(". ")
    if not name:
        app.toast("Give the save a name.", fault=True)
        return
    folder = settings.saves()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        app.toast(f"{folder} cannot be made: {problem}", fault=True)
        return
    path = folder / f"{name.removesuffix('.dbr')}.dbr"
    problem = app.stage.save(str(path))
    app.dialog = ""
    app.toast(problem or f"Saved: {path}", fault=bool(problem))


@action("load file")
def load_file(app: App, path: str) -> None:
    opener: Any = getattr(app.stage, "reopen", None)
    if opener is None:
        app.toast("This window cannot open recordings.", fault=True)
        return
    app.playing = False
    result = opener(path)
    if isinstance(result, str):
        app.toast(result, fault=True)
        return
    app.replacement, app.quit, app.dialog = result, True, ""


@action("screenshot")
def screenshot(app: App) -> None:
    folder = settings.home() / "pictures"
    moment = app.stage.story.moment(app.minute)
    path = folder / f"{app.stage.story.files or 'map'}_{moment:%m%d_%H%M}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        app.draw()
        pygame.image.save(app.surface, str(path))
    except (OSError, pygame.error) as problem:
        app.toast(f"{path} could not be written: {problem}", fault=True)
        return
    app.toast(f"Picture: {path}")


@action("scale")
def scale(app: App, percent: int) -> None:
    app.set_options(scale=percent)


@action("sides")
def sides(app: App, name: str) -> None:
    app.set_options(sides=name)


@action("theme")
def theme(app: App, name: str) -> None:
    app.set_options(theme=name)


@action("motion")
def motion(app: App) -> None:
    app.set_options(less_motion=not app.options.less_motion)


@action("back")
def back(app: App) -> None:
    """Back out one level: dialog, aim, text entry, drawer, why, selection."""
    if app.dialog:
        app.dialog = ""
    elif app.aiming:
        app.aiming = ""
    elif app.tree.typing or app.tree.query:
        clear_find(app)
    elif app.drawer:
        drawer(app, app.drawer)
    elif app.focus_action is not None:
        app.focus_action = None
    elif app.keyboard_cursor:
        app.keyboard_cursor = False
    elif app.why_now is not None:
        app.why_now = None
        app.card_version += 1
    elif app.selected >= 0 or app.selected_hex >= 0:
        select(app, -1)
    else:
        app.dialog = "menu"


@action("quit")
def ask_quit(app: App) -> None:
    app.dialog = "quit"


@action("quit now")
def quit_now(app: App) -> None:
    app.quit = True


@action("nothing")
def nothing(app: App) -> None:
    """For parts of a dialog that swallow clicks."""


def _focus(app: App, direction: int) -> None:
    """Tab: the next control in the order bar, left, map, right, timeline."""
    order = [s for s in _focus_order(app) if s.focusable and s.enabled]
    seen: list[tuple[object, ...]] = []
    for spot in order:
        if spot.action not in seen:
            seen.append(spot.action)
    if not seen:
        return
    if app.focus_action in seen:
        app.focus_action = seen[(seen.index(app.focus_action) + direction) % len(seen)]
    else:
        app.focus_action = seen[0 if direction > 0 else -1]


def _focus_order(app: App) -> list[Any]:
    if app.dialog:
        return app.spots
    out: list[Any] = []
    for name in ("bar", "tree", "minimap", "card", "messages", "timeline"):
        if getattr(app.layout, name) is not None:
            out += app._spots_of(name)
    return out


@action("next panel")
def next_panel(app: App) -> None:
    """F6: the first control of the next panel."""
    firsts = []
    for name in ("bar", "tree", "card", "messages", "timeline"):
        spots = [s for s in app._spots_of(name) if s.focusable] if getattr(app.layout, name) is not None else []
        if spots:
            firsts.append([s.action for s in spots])
    for k, group in enumerate(firsts):
        if app.focus_action in group:
            app.focus_action = firsts[(k + 1) % len(firsts)][0]
            return
    app.focus_action = firsts[0][0] if firsts else None


@dataclass(frozen=True)
class _Key:
    """A key's action by way of another action."""

    do: tuple[object, ...]


_KEYS: dict[str, tuple[object, ...]] = {
    "play": ("play",), "step_back": ("step", -1), "step_forward": ("step", 1), "first": ("first",), "last": ("last",),
    "slower": ("slower",), "faster": ("faster",), "next_event": ("next event",), "previous_event": ("next event", -1),
    "zoom_in": ("zoom", 1), "zoom_out": ("zoom", -1), "cursor_n": ("cursor", "n"), "cursor_s": ("cursor", "s"),
    "cursor_e": ("cursor", "e"), "cursor_w": ("cursor", "w"), "cursor_select": ("cursor select",),
    "next_unit": ("next unit",), "previous_unit": ("next unit", -1), "next_in_stack": ("next in stack",),
    "centre": ("centre",), "find": ("find",), "jump_minimap": ("drawer", "minimap"), "order_march": ("aim", "march"),
    "order_attack": ("aim", "attack"), "order_hold": ("aim", "hold"), "order_withdraw": ("aim", "withdraw"),
    "order_entrench": ("aim", "entrench"), "order_rest": ("aim", "rest"), "order_cancel": ("aim", "cancel"),
    "commit": ("commit",), "undo": ("undo",), "redo": ("redo",), "view_axis": ("view", 0), "view_truth": ("view", TRUTH),
    "view_soviet": ("view", 1), "value": ("value",), "why": ("why",), "save": ("dialog", "save"), "load": ("dialog", "load"),
    "screenshot": ("screenshot",), "continue_here": ("continue",), "bookmark": ("bookmark",), "help": ("dialog", "help"),
    "next_panel": ("next panel",), "back": ("back",), "quit": ("quit",),
    "pan_left": ("pan", -_PAN_STEP, 0), "pan_right": ("pan", _PAN_STEP, 0), "pan_up": ("pan", 0, -_PAN_STEP),
    "pan_down": ("pan", 0, _PAN_STEP),
    **{f"overlay_{k}": ("overlay", k) for k in range(1, 10)},
}  # fmt: skip


@action("key")
def key(app: App, name: str) -> None:
    """What a key's action does."""
    if app.dialog and name == "help" and app.dialog == "help":
        app.dialog = ""
    elif app.dialog and name not in ("back", "next_focus", "previous_focus", "cursor_select", "quit", "scale_up",
                                     "scale_down"):  # fmt: skip
        return
    elif name in ("next_focus", "previous_focus"):
        _focus(app, 1 if name == "next_focus" else -1)
    elif name.startswith("toggle_"):
        part = name.removeprefix("toggle_")
        if part == "left" and app.layout.rail is not None:
            drawer(app, "tree")
        elif part == "right" and app.surface.get_width() / app.scale.factor < 1100:
            drawer(app, "card")
        else:
            setattr(app, f"show_{part}", not getattr(app, f"show_{part}"))
            app.relayout()
    elif name in ("scale_up", "scale_down"):
        larger = app.scale.larger() if name == "scale_up" else app.scale.smaller()
        app.set_options(scale=larger.percent)
    elif name in ("palette", "theme"):
        table, now = (list(SIDE_SETS), app.options.sides) if name == "palette" else (list(PANELS), app.options.theme)
        chosen = table[(table.index(now) + 1) % len(table)]
        app.set_options(**{"sides" if name == "palette" else "theme": chosen})
    elif name in _PAN_HELD and pygame.key.get_focused():
        return  # while the key is held the map pans smoothly
    elif name in _KEYS:
        perform(app, _KEYS[name])


_PAN_HELD = ("pan_left", "pan_right", "pan_up", "pan_down")
__all__ = ["CLOSE", "SIDE_NAMES", "perform"]
