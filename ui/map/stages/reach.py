"""Where a formation can march and by which way, asked of the engine's own planning, by what its side knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ui.map.scene import NEVER, Reach, Way

if TYPE_CHECKING:
    from engine import SideView

LIMIT_MIN = 24 * 60
STATIC = 4
TASKS = {"march": 1, "attack": 2, "withdraw": 3}
"""Kinds of order that lead somewhere, with the engine's number of the task."""


def march_reach(view: SideView, unit: int, kind: str = "march") -> Reach | None:
    """The reach of an own formation within a day; None if it is not on the map or cannot move."""
    from engine import ways

    at = view.own.at(unit)
    if at < 0 or int(view.own.mobility[at]) == STATIC:
        return None
    known = ways.known_of(view)
    start = int(view.own.hex[at])
    minutes = ways.reach(known, int(view.own.mobility[at]), TASKS.get(kind, 1), start, LIMIT_MIN).astype(np.int64)
    minutes += round(view.statics.rules["movement.start_h"] * 60)  # as in a way: the column has to form up first
    minutes[start] = 0
    minutes[minutes > LIMIT_MIN] = NEVER
    contact = known.zone[:-1] & (minutes < NEVER)
    return Reach(unit, minutes, contact)


def march_way(view: SideView, unit: int, kind: str, goal: int) -> Way | None:
    """The march to a goal as it would be planned now; None without a way. An attack leads into its target."""
    from engine import ways

    at = view.own.at(unit)
    if at < 0 or int(view.own.mobility[at]) == STATIC:
        return None
    known = ways.known_of(view)
    start, mobility = int(view.own.hex[at]), int(view.own.mobility[at])
    if kind == "attack":
        return _to_the_attack(view, known, mobility, start, goal)
    found = ways.way(known, mobility, TASKS.get(kind, 1), start, goal)
    if found is None:
        return None
    return Way((start, *found.cells.tolist()), (0, *found.minutes.tolist()))


def _to_the_attack(view: SideView, known: object, mobility: int, start: int, goal: int) -> Way | None:
    """The march to the nearest hex beside the target, and one step into it that is not timed."""
    from engine import ways

    near = view.statics.grid.neighbours
    if goal in near[start]:
        return Way((start, goal), (0, 0))
    cells = ways.plan(known, mobility, TASKS["attack"], start, goal, 1)
    if cells is None:
        return None
    stop = int(cells[-2]) if len(cells) > 1 else start
    found = ways.way(known, mobility, TASKS["march"], start, stop)
    if found is None:
        return None
    minutes = found.minutes.tolist()
    return Way((start, *found.cells.tolist(), goal), (0, *minutes, minutes[-1] if minutes else 0))
