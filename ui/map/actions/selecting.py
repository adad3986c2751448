"""Which formation or hex is selected, by pointer, tree, cursor or turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ui.map.actions.directing import end, point
from ui.map.actions.kind import Do
from ui.map.actions.looking import centre
from ui.map.actions.orders import commit, draft, refresh_reach
from ui.map.scene import TRUTH

if TYPE_CHECKING:
    from ui.map.app import App


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


def select(app: App, unit: int) -> None:
    app.selected, app.selected_hex = unit, -1
    app.why_now, app.aiming, app.drawing, app.points = None, "", "", ()
    if unit < 0 or not app.can_explain(unit):
        app.why_asked = ""  # else the same question is asked about the next one
    if unit >= 0:
        app.tree.reveal(unit, app.frame_now)
        app.tree_version += 1
        _bring_into_view(app, unit)
    refresh_reach(app)


def _bring_into_view(app: App, unit: int) -> None:
    cell = int(app.frame_now.hex[unit])
    if cell >= 0 and not app.layout.map.inflate(-40, -40).collidepoint(app.map.screen_of(cell)):
        centre(app)


def twist(app: App, unit: int) -> None:
    app.tree.open ^= {unit}


def reveal(app: App, unit: int) -> None:
    app.tree.reveal(unit, app.frame_now)
    app.tree.open.add(unit)
    app.tree_version += 1


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


def next_in_stack(app: App) -> None:
    if app.selected < 0:
        return
    stack = [int(k) for k in np.flatnonzero(app.frame_now.hex == app.frame_now.hex[app.selected])]
    if len(stack) > 1:
        select(app, stack[(stack.index(app.selected) + 1) % len(stack)])


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


def cursor_select(app: App) -> None:
    if app.focus_action is not None:
        app.do(*app.focus_action)
    elif app.keyboard_cursor and app.marked.cursor >= 0:
        if app.drawing:
            point(app, app.marked.cursor)
        elif app.aiming:
            draft(app, app.aiming, app.marked.cursor)
        else:
            app.map._place_symbols(app.frame_now, app.minute, app.marked)
            click_map(app, app.map.screen_of(app.marked.cursor))
    elif app.drawing:
        end(app)
    elif app.drafts:
        commit(app)


ACTIONS: dict[str, Do] = {
    "click map": click_map,
    "select": select,
    "twist": twist,
    "reveal": reveal,
    "next unit": next_unit,
    "next in stack": next_in_stack,
    "cursor": cursor,
    "cursor select": cursor_select,
}
