"""Flanks refused: where the neighbour's front has gone back, a reserve goes to the open flank, or the end bends back.

Worked out on the trace of the front: beyond the place where it turns back from the line of a sector it must lead back by
some hexes, over ground that the enemy has taken lately. A bend that has always been there is part of the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from engine.core.calendar import DAY
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
        near = s.grid.distance(s.planned_hex, flank.place) <= NEAR
        covering = [at for at in members.tolist() if near[at] and wishes.free(at)]
        if covering:
            one = min(covering, key=lambda at: (s.apart(s.hex_of[at], flank.place), s.row_of[at]))
            _stand(s, wishes, one, int(s.planned_hex[one]), flank, Reason.FLANK_GUARD)
        elif not near.any():
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
    stretch = _longest(sector.sides[~lost[sector.sides]])
    if len(stretch) < 2 or not lost[max(stretch[0] - BEYOND, 0) : stretch[-1] + BEYOND + 1].any():
        return
    front, spacing, middle = s.front, s.grid.spacing_m, len(stretch) // 2
    behind = _behind(s, stretch)
    level = sorted(behind(int(front.own[i])) for i in stretch)[middle]
    for step, outward in ((-1, stretch[: middle + 1][::-1]), (1, stretch[middle:])):
        sides = [*outward, *_beyond(s, outward[-1], step)]
        back = [behind(int(front.own[i])) - level for i in sides]
        corner = max(k for k, metres in enumerate(back) if k == 0 or metres <= spacing / 2)
        flank = range(corner + 1, len(sides))
        deepest = max((back[k] for k in flank), default=0.0)
        taken = sum(bool(lost[sides[k]]) for k in flank)
        if corner < len(outward) + CORNER_SIDES and deepest >= s.rules["staff.flank_hexes"] * spacing and taken >= LEAST_LOST:
            k = min(flank, key=lambda k: (abs(back[k] - GUARD_HEXES * spacing), k))
            yield OpenFlank(int(front.own[sides[k]]), int(front.own[sides[corner]]), int(deepest / spacing))


def _lost(s: Situation) -> Mask:
    """Sides of the front before ground that was taken from this side lately."""
    if "flanks.lost" not in s.kept:
        since = s.view.hexes.owner_since[s.front.other]
        s.kept["flanks.lost"] = (since > 0) & (since > s.minute - round(s.rules["staff.flank_days"] * DAY))
    found: Mask = s.kept["flanks.lost"]
    return found


def _longest(sides: Ints) -> list[int]:
    """The longest run of neighbouring sides."""
    if not len(sides):
        return []
    runs = np.split(sides, np.flatnonzero(np.diff(sides) != 1) + 1)
    longest: list[int] = max(runs, key=len).tolist()
    return longest


def _beyond(s: Situation, end: int, step: int) -> list[int]:
    """Sides of the same chain past the end of a stretch, outward."""
    chain, last = s.front.chain, len(s.front)
    found = []
    for i in range(end + step, end + step * (BEYOND + 1), step):
        if not 0 <= i < last or chain[i] != chain[end]:
            break
        found.append(i)
    return found


def _behind(s: Situation, sides: list[int]) -> Callable[[int], float]:
    """How many metres a hex lies towards home, measured square to a stretch of front from an arbitrary line."""
    x = y = 0.0
    for own, other in zip(s.front.own[sides].tolist(), s.front.other[sides].tolist(), strict=True):
        (a, b), (c, d) = s.grid.centre_m(own), s.grid.centre_m(other)
        x, y = x + (a - c), y + (b - d)
    length = max(sqrt(x * x + y * y), 1.0)

    def metres(cell: int) -> float:
        a, b = s.grid.centre_m(cell)
        return (a * x + b * y) / length

    return metres
