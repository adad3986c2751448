"""What the window marks on the map: selection, pointer, reach, and the way to where the pointer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.scene import DECREES

if TYPE_CHECKING:
    from ui.map.app import App


NO_MARCH = ("embark", "land", *DECREES)
"""Kinds of order by which nobody marches to the goal."""


def mark(app: App) -> None:
    """Bring ``app.marked`` up to what is selected, pointed at and asked for."""
    m = app.marked
    m.selected, m.selected_hex = app.selected, app.selected_hex
    m.overlays, m.value, m.drafts = app.overlays, app.value, app.drafts
    m.reach = app.reach_now if app.commands(app.selected) and not app.playing else None
    over_map = app.layout.map.collidepoint(app.pointer) and not app.spot_at(app.pointer) and not app.dialog
    m.hover = app.map.hex_at(app.pointer) if over_map else -1
    if not app.keyboard_cursor:
        m.cursor = -1
    m.path, m.refused = [], ""
    target = m.cursor if app.keyboard_cursor else m.hover
    m.drawn_line = app.drawing in ("defend", "withdraw")
    ahead = (target,) if target >= 0 and app.points[-1:] != (target,) else ()
    m.drawing = (*app.points, *ahead) if app.drawing else ()
    if m.reach is not None and target >= 0 and not app.playing:
        _mark_path(app, target)
    _mark_odds(app, target)
    m.box = app.drag.box


def _mark_path(app: App, target: int) -> None:
    """The way of the selected formation to the hex under the pointer; asked for once a hex."""
    kind = app.aiming or "march"
    if kind in NO_MARCH:
        return
    key = (app.selected, kind, target, app.frame_now.minute)
    if key != app.way_for:
        app.way_for, app.way_now = key, app.stage.way(app.selected, kind, target)
    m = app.marked
    if app.way_now is not None:
        m.path, m.path_minutes = list(app.way_now.cells), app.way_now.minutes[-1]
    elif app.aiming:
        m.path, m.refused = [int(app.frame_now.hex[app.selected]), target], "no way there by what we know"


def _mark_odds(app: App, target: int) -> None:
    """Odds of the drafted attack, or of one on the hex pointed at while an attack is aimed."""
    goals = [d.goal for d in app.drafts if d.unit == app.selected and d.kind == "attack"]
    goal = goals[0] if goals else target if app.aiming == "attack" else -1
    if goal < 0 or app.playing or not app.commands(app.selected):
        app.odds_for = app.odds_now = None
        return
    with_it = {d.unit for d in app.drafts if d.kind == "attack" and d.goal == goal}
    with_it |= {o.unit for o in app.frame_now.orders if o.kind == "attack" and o.goal == goal}
    app.odds_for = (tuple(sorted(with_it | {app.selected})), goal)
    app.odds_now = app.stage.odds(*app.odds_for)
