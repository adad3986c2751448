"""The line: slots spaced along a headquarters' part of the front, formations matched to them in order, few changes.

Work on the trace, not on enemy formations; memory matters more than the assignment (staffs.md 1, 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.columns import Array
from engine.staff.situation import Ints, Situation


@dataclass(frozen=True, eq=False)
class Sector:
    """One headquarters' part of the front: indices into the trace, in order, with weights in thousandths."""

    hq: int
    sides: Ints
    weight: Ints

    @property
    def length_km(self) -> int:
        """About 3 km a hexside."""
        return 3 * len(self.sides)


def sector_of(s: Situation, hq: int) -> Sector:
    """The sector of a headquarters; weights are almost even, a little heavier where the threat is."""
    sides = np.flatnonzero(s.sector == hq)
    rules = s.rules
    threat = s.threat[s.front.other[sides]]
    mean = max(int(threat.sum()) // max(len(sides), 1), 1)
    most = round(rules["staff.weight_threat_max"] * 1000)
    share = np.minimum(threat * 1000 // mean, most)
    weight = round(rules["staff.weight_base"] * 1000) + share * round(rules["staff.weight_threat"] * 1000) // 1000
    river = s.front.river[sides] == 1
    weight = np.where(river, weight * round(rules["staff.weight_river"] * 1000) // 1000, weight)
    return Sector(hq, sides, weight)


def slots(s: Situation, sector: Sector, count: int) -> Ints:
    """Own hexes at even cumulative weight along the sector, ``count`` of them, in order."""
    total = np.cumsum(sector.weight)
    wanted = (2 * np.arange(count) + 1) * int(total[-1]) // (2 * count)
    at = np.minimum(np.searchsorted(total, wanted, side="right"), len(total) - 1)
    cells: Ints = s.front.own[sector.sides[at]].astype(np.int64)
    return cells


def match(s: Situation, sector: Sector, who: Ints) -> Ints:
    """A slot for each of the own formations ``who`` (positions in the view), keeping old ones where that is as good.

    Order along the line is kept, so neighbours never cross. Shape (len(who),), cells.
    """
    own = s.view.own
    old = np.where(s.slot[who] >= 0, s.slot[who], own.hex[who]).astype(np.int64)
    front = s.front.own[sector.sides]
    gap = s.grid.distance(old[:, None], front[None, :])
    position = gap.argmin(axis=1)
    order = np.lexsort((own.row[who], gap.min(axis=1), position))
    fresh = np.empty(len(who), np.int64)
    fresh[order] = slots(s, sector, len(who))
    return _keep(s, sector, who, old, fresh, gap.min(axis=1))


def _keep(s: Situation, sector: Sector, who: Ints, old: Ints, fresh: Ints, off_front: Array) -> Ints:
    """Keep single slots, or the whole old plan, where the new one gains little."""
    near = s.grid.distance(old, fresh) <= round(s.rules["staff.keep_hexes"])
    on_front = off_front == 0
    kept = np.where(near & on_front, old, fresh)
    if (
        on_front.all()
        and _cost(s, sector, old) * round(s.rules["staff.keep_plan"] * 1000) <= _cost(s, sector, kept) * 1000
    ):
        kept = old
    return _spread_stacks(kept, old, fresh)


def _cost(s: Situation, sector: Sector, places: Ints) -> int:
    """J = sum of weight x max(0, 2 d - 1)^2 with d the hexes to the nearest slot (quarter units)."""
    gap = s.grid.distance(s.front.own[sector.sides][:, None], places[None, :]).min(axis=1).astype(np.int64)
    beyond = np.maximum(2 * gap - 1, 0)
    return int((sector.weight * beyond * beyond).sum())


def _spread_stacks(kept: Ints, old: Ints, fresh: Ints) -> Ints:
    """Never more than two to a hex: later ones take their fresh slot."""
    result = kept.copy()
    seen: dict[int, int] = {}
    for i, cell in enumerate(kept.tolist()):
        if seen.get(cell, 0) >= 2:
            result[i] = cell = int(fresh[i])
        seen[cell] = seen.get(cell, 0) + 1
    return result


def need_of(s: Situation, sector: Sector, formations: int) -> tuple[int, int]:
    """How badly a sector needs help, in points, and the own hex where.

    Counted only where there was fighting or a change of owner lately: a gap that is simply the density of the army
    is no reason (staffs.md 4.4).
    """
    if not len(sector.sides):
        return 0, -1
    rules, front = s.rules, s.front
    hot = hot_hexes(s)[front.own[sector.sides]]
    if not hot.any():
        return 0, -1
    own_hex, enemy_hex = front.own[sector.sides], front.other[sector.sides]
    need = np.maximum(s.threat[enemy_hex] - s.cover[own_hex] * round(rules["staff.need_cover"] * 10) // 10, 0)
    spacing = sector.length_km / max(formations, 1)
    bare = _distance_to_holders(s, own_hex) * 6 > rules["staff.need_gap_spacing"] * spacing
    gap = bare & (s.threat[enemy_hex] > round(rules["staff.need_gap_threat"]))
    need = np.where(hot, need + np.where(gap, round(rules["staff.need_gap"]), 0), 0)
    worst = int(need.argmax())
    return int(need[worst]), int(own_hex[worst])


def _distance_to_holders(s: Situation, cells: Array) -> Array:
    holders = s.view.own.hex[s.holding]
    if not len(holders):
        return np.full(len(cells), 99)
    nearest: Array = s.grid.distance(cells[:, None], holders[None, :]).min(axis=1)
    return nearest


def hot_hexes(s: Situation) -> npt.NDArray[np.bool_]:
    """Hexes with fighting or a change of owner within two hexes in the last day."""
    span = round(s.rules["staff.need_h"] * 60)
    since = s.minute - span
    changed = np.flatnonzero((s.view.hexes.owner_since > max(since, 0)) & s.land)
    b = s.view.battles
    fought = b.hex[(b.attacking == 0) & (b.ended_at > since)]
    n = s.grid.size
    mask = np.zeros(n + 1, bool)
    for cells in (changed, fought):
        if len(cells):
            ring = s.grid.ring_table(round(s.rules["staff.need_hexes"]))[cells]
            mask[np.where(ring < 0, n, ring).ravel()] = True
    return mask[:n]
