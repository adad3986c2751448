"""Elastic defence: a line some way behind each corps that holds with too little, to which it may fall back when pressed."""

from __future__ import annotations

import numpy as np

from engine.core.paths import FAR
from engine.staff.control import Ints
from engine.staff.situation import Situation


def line_behind(s: Situation, members: Ints) -> tuple[int, ...]:
    """Places of a line behind the front before some formations, in order along it; empty if there is no room for one."""
    rim = s.control.rim
    if not len(rim) or not len(members):
        return ()
    places, count = s.view.own.hex[members], s.whole("high.elastic_points")
    front = rim[s.grid.distance(rim[:, None], places[None, :]).min(axis=1) <= s.whole("high.corps_front_hexes")]
    front = front[np.isin(s.control.part[front], s.part[members])]
    if len(front) < 2:
        return ()
    one = int(front[s.grid.distance(front, int(front[0])).argmax()])
    other = int(front[s.grid.distance(front, one).argmax()])
    along = s.grid.distance(front, one).astype(np.int64) - s.grid.distance(front, other)
    ordered = front[np.lexsort((front, along))]
    chosen = ordered[np.arange(count) * (len(ordered) - 1) // (count - 1)]
    found = [back for cell in chosen.tolist() if (back := _back(s, cell)) >= 0]
    line = tuple(dict.fromkeys(found))
    return line if len(line) >= 2 else ()


def _back(s: Situation, cell: int) -> int:
    """The nearest own hex behind a place of the front, on prepared works if there are any as near; -1 none."""
    ring, control = s.grid.ring_table(s.whole("high.elastic_search_hexes"))[cell], s.control
    ring = ring[ring >= 0]
    deep = control.depth[ring] >= s.whole("high.elastic_hexes")
    fit = ring[(s.owner[ring] == s.side) & (control.part[ring] == control.part[cell]) & deep]
    fit = fit[control.depth[fit] < FAR]
    if not len(fit):
        return -1
    works = s.view.hexes.works[fit] > 0
    return int(fit[np.lexsort((fit, ~works, s.grid.distance(fit, cell)))[0]])
