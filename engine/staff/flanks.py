"""Flanks refused: where the neighbour's front has gone back, a reserve goes to the open flank, or the end bends back.

Worked out on the trace of the front: beyond the place where it turns back from the line of a sector it must lead back by
some hexes, over ground that the enemy has taken lately. A bend that has always been there is part of the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.core.calendar import DAY
from engine.core.columns import anywhere
from engine.core.jit import jit
from engine.staff.control import Ints, Mask
from engine.staff.intentions import Intentions
from engine.staff.numbers import IN_LINE, IN_RESERVE
from engine.staff.reasons import Reason
from engine.staff.sectors import Sector
from engine.staff.situation import Situation

BEYOND = 24
"""Sides of the trace looked at past the end of the stretch: some twelve hexes."""
CORNER_SIDES = 3
"""A turn so many sides past the end of the stretch is still its flank; farther off it is the neighbour's."""
LEAST_LOST = 3
"""Sides of the flank before ground that the enemy has taken lately."""
GUARD_HEXES = 2
"""The guard stands so far behind the line of the sector."""
NEAR = 1
"""Hexes from that place at which somebody covers it."""
COMES_UP = 6
"""Hexes from which the end of a line bends back at most."""


@dataclass(frozen=True)
class OpenFlank:
    """Where a guard should stand, the hex at which the front turns back, and by how many hexes it leads back."""

    place: int
    corner: int
    back: int


def guard(s: Situation, wishes: Intentions, sector: Sector, members: Ints, *, bends: bool) -> None:
    """Man the open flanks of a sector: who is there stays, else the nearest reserve goes, else, if it may, the line's end."""
    for flank in open_flanks(s, sector):
        planned: list[int] = s.planned_hex.tolist()
        near = {c for c in s.grid.ring_table(NEAR)[flank.place].tolist() if c >= 0}
        covering = [at for at in members.tolist() if planned[at] in near and wishes.free(at)]
        if covering:
            one = min(covering, key=lambda at: (s.apart(s.hex_of[at], flank.place), s.row_of[at]))
            _stand(s, wishes, one, planned[one], flank, Reason.FLANK_GUARD)
        elif near.isdisjoint(planned):
            _send(s, wishes, members, flank, bends=bends)


def _send(s: Situation, wishes: Intentions, members: Ints, flank: OpenFlank, *, bends: bool) -> None:
    part = int(s.control.part[flank.place])
    free = [
        at for at in members.tolist()
        if wishes.free(at) and s.part_of[at] == part and not (s.fighting_of[at] or s.contact_of[at] or s.resting(at))
    ]  # fmt: skip
    reserves = [at for at in free if s.role_of[at] == IN_RESERVE]
    line = [at for at in free if s.role_of[at] == IN_LINE and s.apart(s.hex_of[at], flank.corner) <= COMES_UP]
    reason, pool = (Reason.FLANK_GUARD, reserves) if reserves else (Reason.BENT_BACK, line if bends else [])
    one = min(pool, key=lambda at: (s.apart(s.hex_of[at], flank.place), s.row_of[at]), default=None)
    if one is not None:
        s.give_role(np.array([one]), IN_LINE)
        _stand(s, wishes, one, flank.place, flank, reason)


def _stand(s: Situation, wishes: Intentions, at: int, place: int, flank: OpenFlank, reason: Reason) -> None:
    s.give_place(np.array([at]), np.array([place]))
    wishes.place(at, place, reason, place, flank.corner, round(flank.back * s.grid.spacing_km))


def open_flanks(s: Situation, sector: Sector) -> Iterator[OpenFlank]:
    """The ends of a sector, on its longest stretch of front where nothing was lost, past which the front has gone back."""
    lost = _lost(s)
    if lost is None:
        return
    front, found = s.front, np.empty((2, 3), np.int64)
    least = s.rules["staff.flank_hexes"] * s.grid.spacing_m
    count = _open(sector.sides, lost, front.own, front.other, front.chain, s.grid.centres_m, s.grid.spacing_m, least, found)
    for place, corner, back in found[:count].tolist():
        yield OpenFlank(place, corner, back)


def _lost(s: Situation) -> Mask | None:
    """Sides of the front before ground that was taken from this side lately; None if there are none."""
    if "flanks.lost" not in s.kept:
        since = s.view.hexes.owner_since[s.front.other]
        lost = (since > 0) & (since > s.minute - round(s.rules["staff.flank_days"] * DAY))
        s.kept["flanks.lost"] = lost if anywhere(lost) else None
    found: Mask | None = s.kept["flanks.lost"]
    return found


@jit
def _open(
    sector: Any, lost: Any, own: Any, other: Any, chain: Any, centres: Any, spacing: int, least: float, found: Any
) -> int:  # fmt: skip
    """Fill ``found`` (2, 3) with place, corner and depth in hexes of the open flanks of a sector; how many.

    Depth is measured in metres square to the longest stretch where nothing was lost, towards home.
    """
    first, count = _longest(sector, lost)
    if count < 2 or not lost[max(first - BEYOND, 0) : first + count + BEYOND].any():
        return 0
    x = y = 0.0
    for i in range(first, first + count):
        x += centres[own[i], 0] - centres[other[i], 0]
        y += centres[own[i], 1] - centres[other[i], 1]
    length = max(np.sqrt(x * x + y * y), 1.0)
    depths = np.empty(count)
    for i in range(count):
        depths[i] = (centres[own[first + i], 0] * x + centres[own[first + i], 1] * y) / length
    depths.sort()
    middle, opened = count // 2, 0
    for step, outward in ((-1, middle + 1), (1, count - middle)):
        start, end = first + middle, first + middle + step * (outward - 1)
        sides = outward
        while sides < outward + BEYOND and 0 <= start + step * sides < len(chain):
            if chain[start + step * sides] != chain[end]:
                break
            sides += 1
        back = np.empty(sides)
        corner = 0
        for k in range(sides):
            cell = own[start + step * k]
            back[k] = (centres[cell, 0] * x + centres[cell, 1] * y) / length - depths[middle]
            if back[k] <= spacing / 2:
                corner = k
        deepest, taken, place = 0.0, 0, corner + 1
        for k in range(corner + 1, sides):
            deepest = max(deepest, back[k])
            taken += lost[start + step * k]
            if abs(back[k] - GUARD_HEXES * spacing) < abs(back[place] - GUARD_HEXES * spacing):
                place = k
        if corner < outward + CORNER_SIDES and deepest >= least and taken >= LEAST_LOST:
            found[opened, 0], found[opened, 1] = own[start + step * place], own[start + step * corner]
            found[opened, 2] = int(deepest / spacing)
            opened += 1
    return opened


@jit
def _longest(sector: Any, lost: Any) -> tuple[int, int]:
    """First side and length of the longest run of neighbouring sides of a sector where nothing was lost."""
    first, count, start, last = 0, 0, 0, -2
    for side in sector:
        if lost[side]:
            continue
        if side != last + 1:
            start = side
        last = side
        if last + 1 - start > count:
            first, count = start, last + 1 - start
    return first, count
