"""The line: places spaced along each headquarters' front, formations matched to them in order, few changes.

Work on the trace, not on enemy formations; memory matters more than the assignment. All headquarters that are due
are done in one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.calendar import NEVER
from engine.staff.control import Ints, Mask
from engine.staff.matching import place_each, worst_need
from engine.staff.sectors import Sector
from engine.staff.situation import Situation

REAR_WEIGHT = 1000
MOST_IN_A_HEX = 2


@dataclass(frozen=True, eq=False)
class Stations:
    """Where the formations of several headquarters may stand, in order, headquarters after headquarters."""

    hq: tuple[int, ...]
    cell: Ints
    weight: Ints
    first: Ints
    """Shape (headquarters + 1,): where the stations of each begin."""


def stations(s: Situation, of: dict[int, Sector | Ints]) -> Stations:
    """Stations of headquarters: the sides of a sector, or the hexes of a line behind the front."""
    cells, weights, first = [], [], [0]
    for place in of.values():
        if isinstance(place, Sector):
            cells.append(s.front.own[place.sides])
            weights.append(place.weight)
        else:
            cells.append(place)
            weights.append(np.full(len(place), REAR_WEIGHT, np.int64))
        first.append(first[-1] + len(cells[-1]))
    empty = np.zeros(0, np.int64)
    return Stations(tuple(of), np.concatenate(cells or [empty]), np.concatenate(weights or [empty]), np.array(first))


@dataclass(frozen=True, eq=False)
class Match:
    """Places of formations ``who`` (positions in the view). Shapes (who,)."""

    who: Ints
    place: Ints
    fresh: Ints
    """What a plan without memory would have given; equal to ``place`` where nothing was kept."""


def match(s: Situation, at: Stations, who: Ints, group: Ints, fixed: Mask) -> Match:
    """A place for each of ``who``, which work for headquarters ``at.hq[group]``; order along the line is kept.

    Old places are kept where that is as good; ``fixed`` formations are where they are, whatever the plan says.
    """
    own, count, rules = s.view.own, len(who), s.rules
    fresh, place = np.empty(count, np.int64), np.empty(count, np.int64)
    place_each(
        s.grid.axial_table, at.cell, at.weight, at.first, group, who, own.row, s.slot, own.hex, fixed,
        s.whole("staff.keep_hexes"), round(rules["staff.keep_plan"] * 1000), MOST_IN_A_HEX, fresh, place,
    )  # fmt: skip
    return Match(who, place, fresh)


def need_of(s: Situation, sector: Sector, formations: int) -> tuple[int, int]:
    """How badly a sector needs help, in points, and the own hex where.

    Counted only where there was fighting or a change of owner lately: a gap that is simply the density of the army
    is no reason.
    """
    hot, short, threat = s.need_along_the_front
    rules, found = s.rules, np.empty(2, np.int64)
    wide = rules["staff.need_gap_spacing"] * (sector.length_km / max(formations, 1))
    worst_need(
        s.grid.axial_table, sector.sides, s.front.own, hot, short, threat, s.held_hex, s.whole("staff.need_gap_threat"),
        float(wide), s.whole("staff.need_gap"), s.grid.spacing_km, found,
    )  # fmt: skip
    need, where = found.tolist()
    return need, where


def note_need(s: Situation, hq: int, need: int) -> None:
    """Keep the need of a headquarters' line, that of the look before, and since when a reserve has been wanting."""
    staff = s.notes.staff
    staff["need_before"][hq], staff["need"][hq] = staff["need"].item(hq), need
    if need <= s.rules["staff.need_plug"]:
        staff["need_since"][hq] = NEVER
    elif staff["need_since"].item(hq) >= NEVER:
        staff["need_since"][hq] = s.minute


def no_need(s: Situation, hq: int) -> None:
    """Who holds no line is in no need of holders, and was in none before."""
    note_need(s, hq, 0)
    s.notes.staff["need_before"][hq] = 0
