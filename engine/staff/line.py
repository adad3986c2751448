"""The line: places spaced along each headquarters' front, formations matched to them in order, few changes.

Work on the trace, not on enemy formations; memory matters more than the assignment. All headquarters that are due
are done in one pass.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from engine.core.columns import anywhere
from engine.core.nearest import nearest_in_group, steps_to_nearest
from engine.staff.control import Ints, Mask
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

    @property
    def group(self) -> Ints:
        """Headquarters of each station as index of ``hq``."""
        return np.repeat(np.arange(len(self.hq)), np.diff(self.first))


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
    own = s.view.own
    slot = s.slot[who]
    stations_here = np.zeros(s.grid.size + 1, bool)
    stations_here[at.cell] = True
    standing = stations_here[slot]
    old = np.where(standing & ~fixed, slot, own.hex[who]).astype(np.int64)
    nearest, off = nearest_in_group(s.grid, old, group, at.cell, at.first)
    order = np.lexsort((own.row[who], off, nearest, group))
    fresh = np.empty(len(who), np.int64)
    fresh[order] = _spaced(at, group[order])
    kept = _keep(s, at, group, old, fresh, off)
    kept[fixed] = old[fixed]
    return Match(who, _at_most_two(s, at, who, group, kept, fresh, fixed), fresh)


def _spaced(at: Stations, group: Ints) -> Ints:
    """Hexes at even cumulative weight for formations sorted by ``group``, in order along each line."""
    total = np.concatenate([[0], np.cumsum(at.weight)])
    begin, end = total[at.first[:-1]], total[at.first[1:]]
    count = np.bincount(group, minlength=len(at.hq))
    rank = np.arange(len(group)) - (np.cumsum(count) - count)[group]
    wanted = begin[group] + (2 * rank + 1) * (end - begin)[group] // (2 * count[group])
    found = np.searchsorted(total[1:], wanted, side="right")
    cells: Ints = at.cell[np.minimum(found, at.first[1:][group] - 1)]
    return cells


def _keep(s: Situation, at: Stations, group: Ints, old: Ints, fresh: Ints, off: Ints) -> Ints:
    """Keep single places that are near enough, or the whole old plan of a headquarters if the new one gains little."""
    near = s.grid.distance(old, fresh) <= round(s.rules["staff.keep_hexes"])
    kept: Ints = np.where(near & (off == 0), old, fresh)
    whole = np.bincount(group, off > 0, len(at.hq)) == 0
    if anywhere(whole):
        share = round(s.rules["staff.keep_plan"] * 1000)
        whole &= _cost(s, at, group, old) * share <= _cost(s, at, group, kept) * 1000
        kept = np.where(whole[group], old, kept)
    return kept


def _cost(s: Situation, at: Stations, group: Ints, places: Ints) -> Ints:
    """J of each headquarters: sum of weight x max(0, 2 d - 1)^2, d hexes to the nearest place (half hexes)."""
    ends = np.searchsorted(group, np.arange(len(at.hq) + 1))
    _, gap = nearest_in_group(s.grid, at.cell, at.group, places, ends)
    beyond = np.maximum(2 * gap - 1, 0)
    total = np.concatenate([[0], np.cumsum(at.weight * beyond * beyond)])
    cost: Ints = total[at.first[1:]] - total[at.first[:-1]]
    return cost


def _at_most_two(
    s: Situation, at: Stations, who: Ints, group: Ints, place: Ints, fresh: Ints, fixed: Mask
) -> Ints:
    """One to a hex while a line has more hexes than formations, else two: later ones take the nearest station with room.

    So a corner of the front that counts more sides does not draw two into one hex and leave the next one empty.
    """
    result = place.copy()
    most = [_most(at.cell[at.first[k] : at.first[k + 1]], int((group == k).sum())) for k in range(len(at.hq))]
    others = np.ones(len(s.view.own), bool)
    others[who] = False
    taken = Counter(s.slot[others].tolist())
    taken.update(place[fixed].tolist())
    where: list[int] = place.tolist()
    for i in (~fixed).nonzero()[0].tolist():
        cell = where[i]
        if taken.get(cell, 0) >= most[group[i]]:
            first, last = at.first[group[i]], at.first[group[i] + 1]
            room = [c for c in dict.fromkeys(at.cell[first:last].tolist()) if taken.get(c, 0) < most[group[i]]]
            goal = int(fresh[i])
            cell = min(room, key=lambda c: (s.apart(c, goal), c), default=cell)
            result[i] = cell
        taken[cell] = taken.get(cell, 0) + 1
    return result


def _most(cells: Ints, formations: int) -> int:
    """Formations to a hex of a line."""
    return 1 if len(set(cells.tolist())) >= formations else MOST_IN_A_HEX


def need_of(s: Situation, sector: Sector, formations: int) -> tuple[int, int]:
    """How badly a sector needs help, in points, and the own hex where.

    Counted only where there was fighting or a change of owner lately: a gap that is simply the density of the army
    is no reason.
    """
    hot, short, threat = s.need_along_the_front
    sides = [i for i in sector.sides.tolist() if hot[i]]
    if not sides:
        return 0, -1
    rules, need = s.rules, [short[i] for i in sides]
    threatened = [k for k, i in enumerate(sides) if threat[i] > round(rules["staff.need_gap_threat"])]
    if threatened:
        spacing = sector.length_km / max(formations, 1)
        steps = _distance_to_holders(s, s.front.own[[sides[k] for k in threatened]])
        for k, gap in zip(threatened, steps.tolist(), strict=True):
            if gap * 6 > rules["staff.need_gap_spacing"] * spacing:
                need[k] += round(rules["staff.need_gap"])
    worst = need.index(max(need))
    return need[worst], int(s.front.own[sides[worst]])


def _distance_to_holders(s: Situation, cells: Ints) -> Ints:
    return steps_to_nearest(s.grid, cells, s.held_hex)
