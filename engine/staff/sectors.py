"""Sectors: every side of the front belongs to the headquarters whose line is nearest; weights along them.

Directives name lines; the front is cut where the next line is nearer. A headquarters on the march to a new line
claims nothing until half of it has come up: those who hold the ground go on holding it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.core.columns import Array
from engine.staff.control import Ints, Mask
from engine.staff.lines import AWAY_M, Points, line_cells, line_distance
from engine.staff.numbers import IN_LINE, IN_SCREEN
from engine.staff.plans import Plan, Plans
from engine.staff.situation import Situation

APPROACH, ESTABLISHED, FIRST_BOUND, ALL_BOUNDS = range(4)
"""Phases of a headquarters: marching to its line, on it, withdrawing."""
HEX_M = 6000
CORNER = 5
"""An own hex with so many hostile neighbours is no place to stand."""
NEVER_M = 10 * AWAY_M


@dataclass(frozen=True, eq=False)
class Sector:
    """One headquarters' part of the front, in order: indices of the trace and weights in thousandths."""

    hq: int
    sides: Ints
    weight: Ints
    hot: bool = False
    """Whether there was fighting or a change of owner on it lately."""
    chance: bool = False
    """Whether a counter-attack would find something to strike at."""
    quiet: int = 0
    """Sides with next to no threat before them."""

    @property
    def length_km(self) -> int:
        """About 3 km a hexside."""
        return 3 * len(self.sides)


class Sectors:
    """The front cut up. ``label`` holds the headquarters of each side, -1 where nobody has troops at all."""

    def __init__(self, s: Situation, plans: Plans) -> None:
        self.s, self.plans = s, plans
        role = s.role
        holders = np.flatnonzero((role == IN_LINE) | (role == IN_SCREEN))
        self._holders: dict[int, list[int]] = {}
        self._noted: list[int] = s.notes.staff["phase"].tolist()
        for at, hq in zip(holders.tolist(), plans.commander[holders].tolist(), strict=True):
            if hq >= 0:
                self._holders.setdefault(hq, []).append(at)
        self._stand = {hq: np.array([s.hex_of[at] for at in who]) for hq, who in self._holders.items()}
        self.home: dict[int, int] = {hq: self._home(at) for hq, at in sorted(self._holders.items())}
        self._near: dict[int, bool] = {}
        self.label, self.away_m = self._cut()

    def _home(self, holders: list[int]) -> int:
        """Piece of own land in which most of the holders' power stands."""
        power: dict[int, int] = {}
        part_of, power_of = self.s.part_of, self.s.power_of
        for at in holders:
            part = part_of[at]
            power[part] = power.get(part, 0) + power_of[at] + 1
        return min(power, key=lambda p: (p < 0, -power[p], p))

    # Where a headquarters stands with regard to its line.

    def phase(self, plan: Plan) -> int:
        """APPROACH or what the notes say; on arrival ESTABLISHED, though the notes may not say so yet."""
        noted = self._noted[plan.hq]
        return ESTABLISHED if noted == APPROACH and self.come_up(plan) else noted

    def come_up(self, plan: Plan) -> bool:
        """Whether half of its holders stand near the line it was given."""
        found = self._near.get(plan.hq)
        if found is None:
            found = self._near[plan.hq] = self._come_up(plan)
        return found

    def _come_up(self, plan: Plan) -> bool:
        holders, points = self._stand.get(plan.hq), self.plans.line_points(plan)
        if holders is None or not points:
            return True
        far = round(self.s.rules["staff.near_hexes"]) * HEX_M
        metres: list[int] = line_distance(self.s.statics, points)[holders].tolist()
        return 2 * sum(m <= far for m in metres) >= len(holders)

    def own_line(self, plan: Plan) -> Ints:
        """Own hexes of its piece of land along the line it was given, in order."""
        points = self.plans.line_points(plan)
        if not points:
            return np.zeros(0, np.int64)
        cells = line_cells(self.s.statics, points)
        mine = (self.s.owner[cells] == self.s.side) & (self.s.control.part[cells] == self.home.get(plan.hq, -1))
        found: Ints = cells[mine]
        return found

    def marching(self, plan: Plan) -> bool:
        """On the way to a line that is still in own hands, so that it claims no front where it is."""
        if self.phase(plan) != APPROACH:
            return False
        return 2 * len(self.own_line(plan)) >= len(line_cells(self.s.statics, self.plans.line_points(plan)))

    # Cutting.

    def _cut(self) -> tuple[Ints, Ints]:
        front, rim = self.s.front, self.s.control.rim
        claimants = [hq for hq in self.home if not self.marching(self.plans.of[hq])]
        if not claimants or not len(front):
            return np.full(len(front), -1, np.int64), np.full(len(front), NEVER_M, np.int64)
        part = self.s.control.part[rim]
        metres = np.empty((len(claimants), len(rim)), np.int64)
        for k, hq in enumerate(claimants):
            metres[k] = self._metres(self.plans.of[hq], rim)
        home = np.array([self.home[hq] for hq in claimants])
        metres[part[None, :] != home[:, None]] = NEVER_M
        best = metres.argmin(axis=0)
        least = metres[best, np.arange(len(rim))]
        owner = np.where(least < NEVER_M, np.array(claimants)[best], -1)
        at = np.searchsorted(rim, front.own)
        return _without_slivers(owner[at], front.chain), least[at]

    def _metres(self, plan: Plan, cells: Ints) -> Array:
        """Distance of hexes from what marks the sector: line and axis, or else where its holders stand."""
        s, points = self.s, self.plans.line_points(plan)
        axis = self.plans.axis_points(plan.axis)
        # A line far from all of its holders has been overtaken by events.
        if not points or self.phase(plan) == APPROACH or not self.come_up(plan):
            slot = s.slot[self._holders[plan.hq]]
            places = np.where(slot >= 0, slot, self._stand[plan.hq])
            metres: Array = s.grid.distance(cells[:, None], places[None, :]).min(axis=1).astype(np.int64) * HEX_M
        else:
            metres = self._rim_metres(points)
        if axis:
            metres = np.minimum(metres, self._rim_metres(axis))
        return metres

    def _rim_metres(self, points: Points) -> Array:
        kept = self.s.control.kept
        if points not in kept:
            kept[points] = line_distance(self.s.statics, points)[self.s.control.rim]
        found: Array = kept[points]
        return found

    # One headquarters.

    @cached_property
    def _manned(self) -> Mask:
        """Sides worth a place in the line: no empty specks, not far from all the sector is about, no corners."""
        far = round(self.s.rules["staff.sector_hexes"]) * HEX_M
        s, front = self.s, self.s.front
        part = s.control.part
        manned_part = np.zeros(len(s.control.part_sizes) + 1, bool)
        manned_part[part[s.view.enemies.hex]] = manned_part[s.part] = True
        empty = ~manned_part[part[front.other]] & ~manned_part[part[front.own]]
        hostile = s.control.hostile_sides
        manned: Mask = ~(s.control.speck & empty) & (self.away_m <= far) & (hostile < CORNER)
        return manned

    @cached_property
    def _weights(self) -> Ints:
        """Weight of each side in thousandths: almost even, a little heavier where the threat is, less behind a river."""
        s, rules = self.s, self.s.rules
        threat = s.threat[s.front.other].astype(np.int64)
        counted = self._manned & (self.label >= 0)
        group = np.where(counted, self.label, len(s.statics.headquarters_ids))
        total = np.bincount(group, threat, len(s.statics.headquarters_ids) + 1)
        sides = np.bincount(group, minlength=len(total))
        mean = np.maximum(total.astype(np.int64) // np.maximum(sides, 1), 1)[group]
        share = np.minimum(threat * 1000 // mean, round(rules["staff.weight_threat_max"] * 1000))
        base, slope = round(rules["staff.weight_base"] * 1000), round(rules["staff.weight_threat"] * 1000)
        weight = base + share * slope // 1000
        return np.where(s.front.river, weight * round(rules["staff.weight_river"] * 1000) // 1000, weight)

    @cached_property
    def _ordered(self) -> tuple[Ints, Ints]:
        """Manned sides by headquarters, in the order of the trace; and the headquarters of each."""
        sides = np.flatnonzero(self._manned & (self.label >= 0))
        label = self.label[sides]
        order = np.argsort(label, kind="stable")
        return sides[order], label[order]

    def sector(self, hq: int) -> Sector:
        """The sector of a headquarters; without sides if it has none."""
        sides, label = self._ordered
        first, last = label.searchsorted((hq, hq + 1)).tolist()
        mine = sides[first:last]
        return Sector(hq, mine, self._weights[mine], hq in self._hot, hq in self._chance, self._quiet[hq])

    def _with(self, marked: Mask) -> Counter[int]:
        """How many of the marked sides of the front each headquarters has to man."""
        sides, label = self._ordered
        return Counter(label[marked[sides]].tolist())

    @cached_property
    def _hot(self) -> Counter[int]:
        return self._with(self.s.hot[self.s.front.own])

    @cached_property
    def _chance(self) -> Counter[int]:
        bases, salients = self.s.counter_faces
        return self._with((bases | salients)[self.s.control.face_at])

    @cached_property
    def _quiet(self) -> Counter[int]:
        return self._with(self.s.threat[self.s.front.other] < self.s.rules["staff.follow_threat"])


def _without_slivers(label: Ints, chain: Array) -> Ints:
    """A single side between two of one neighbour goes to that neighbour."""
    if len(label) < 3:
        return label
    found = label.copy()
    same = (label[:-2] == label[2:]) & (label[1:-1] != label[2:])
    same &= (chain[:-2] == chain[1:-1]) & (chain[1:-1] == chain[2:])
    # Of two slivers in a row only the first gives way, or they would swap.
    same[1:] &= ~same[:-1]
    found[1:-1][same] = label[2:][same]
    return found
