"""Moves by rail: who is told to go by rail boards where the railway leads near to the goal, if trains are sooner than feet.

Trains of one move share the line, so the more have boarded the longer the next would take: what drives goes first, and
whoever would be there sooner on foot marches.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.calendar import DAY
from engine.core.paths import FAR, components
from engine.model.codes import OrderKind, Task
from engine.rules.rail_moves import duration, way_by_rail
from engine.staff.control import Ints, Mask
from engine.staff.intentions import Intentions
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_ENTRAIN: Final = int(Task.ENTRAIN)


def board(s: Situation, wishes: Intentions, goal: int, waiting: list[int]) -> None:
    """Wishes to board, or to go to a station near by, for those who gain time by it."""
    label = _lines(s)
    end = _station(s, label, goal, "staff.rail_end_hexes")
    if end < 0:
        return
    sharing = int((s.view.own.task == _ENTRAIN).sum())
    for at in sorted(waiting, key=lambda at: (not s.mechanised_of[at], s.row_of[at])):
        start = _start(s, label, at, end)
        far = start >= 0 and s.apart(start, end) >= s.whole("staff.rail_least_hexes")
        if far and _sooner(s, at, start, end, goal, sharing):
            sharing += 1
            if start == s.hex_of[at]:
                wishes.want(at, OrderKind.ENTRAIN, end, Reason.ENTRAIN, end, start)
            else:
                wishes.place(at, start, Reason.TO_THE_STATION, start, end)


def _lines(s: Situation) -> Ints:
    """Which railways of those that own trains can use each hex lies on, by number; -1 none. Shape (hexes,)."""
    if "trains.lines" not in s.kept:
        open_: Mask = s.view.rails.costs > 0
        s.kept["trains.lines"] = components(s.grid.neighbours, np.logical_or.reduce(open_, axis=1), open_)
    found: Ints = s.kept["trains.lines"]
    return found


def _station(s: Situation, label: Ints, place: int, reach: str, line: int = -1) -> int:
    """The nearest hex of a railway to a place that is safely behind the front; -1 if there is none near enough."""
    ring = s.grid.ring_table(s.whole(reach))[place].astype(np.int64)
    ring = ring[ring >= 0]
    depth = s.control.depth[ring]
    fit = (label[ring] >= 0) & (s.owner[ring] == s.side) & (depth >= s.whole("staff.rail_depth_hexes")) & (depth < FAR)
    if line >= 0:
        fit &= label[ring] == line
    near = ring[fit]
    return int(near[np.lexsort((near, s.grid.distance(near, place)))[0]]) if len(near) else -1


def _start(s: Situation, label: Ints, at: int, end: int) -> int:
    """Where a formation could board for a station; -1 if it cannot: in contact, fighting, or far from that line."""
    own, here = s.view.own, s.hex_of[at]
    if s.contact_of[at] or s.fighting_of[at] or own.afloat[at]:
        return -1
    if s.leg_of[at] < 0 and label[here] == label[end]:
        return here
    return _station(s, label, here, "staff.rail_start_hexes", int(label[end]))


def _sooner(s: Situation, at: int, start: int, end: int, goal: int, sharing: int) -> bool:
    """Whether trains would bring a formation to its goal before it could march there."""
    way = way_by_rail(s.statics, s.view.rails.costs, start, end)
    if way is None:
        return False
    own, pace = s.view.own, s.rules["movement.foot_km_day"]
    kind = s.statics.scenario.kinds[s.statics.kinds[int(own.kind[at])]]
    full = max(int(own.men_full[at]), 1)
    count = max(min(-(-kind.trains * int(own.men[at]) // full), kind.trains), 1)
    walk = (s.apart(s.hex_of[at], start) + s.apart(end, goal)) * s.grid.spacing_km / pace * DAY
    return duration(s.statics, way, count, sharing) + walk < s.apart(s.hex_of[at], goal) * s.grid.spacing_km / pace * DAY
