"""Sectors: every side of the front belongs to the headquarters whose line is nearest; weights along them.

Directives name lines; the front is cut where the next line is nearer. A headquarters on the march to a new line
claims nothing until half of it has come up: those who hold the ground go on holding it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from engine.core.columns import Array
from engine.core.nearest import nearest_in_group
from engine.core.once import Once
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
        self._holders: dict[int, list[int]] = {}
        self._noted: list[int] = s.notes.staff["phase"].tolist()
        for at, (role, hq) in enumerate(zip(s.role_of, plans.commander.tolist(), strict=True)):
            if hq >= 0 and role in (IN_LINE, IN_SCREEN):
                self._holders.setdefault(hq, []).append(at)
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
        return min(power, key=lambda p: (p < 0, -power[p], p)) if len(power) > 1 else part

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
        holders, points = self._holders.get(plan.hq), self.plans.line_points(plan)
        if holders is None or not points:
            return True
        far, hex_of = round(self.s.rules["staff.near_hexes"]) * HEX_M, self.s.hex_of
        metres = line_distance(self.s.statics, points)
        return 2 * sum([bool(metres[hex_of[at]] <= far) for at in holders]) >= len(holders)

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
        metres = self._metres([self.plans.of[hq] for hq in claimants])
        home = np.array([self.home[hq] for hq in claimants])
        metres[self.s.control.part[rim][None, :] != home[:, None]] = NEVER_M
        best = metres.argmin(axis=0)
        least = metres[best, np.arange(len(rim))]
        owner = np.where(least < NEVER_M, np.array(claimants)[best], -1)
        at = self.s.control.rim_at
        return _without_slivers(owner[at], front.chain), least[at]

    def _metres(self, claimants: list[Plan]) -> Ints:
        """Distance of the rim's hexes from what marks each sector: line and axis, or else where its holders stand.

        Shape (claimants, rim).
        """
        rim = self.s.control.rim
        metres = np.empty((len(claimants), len(rim)), np.int64)
        standing = []
        for k, plan in enumerate(claimants):
            points = self.plans.line_points(plan)
            # A line far from all of its holders has been overtaken by events.
            if not points or self.phase(plan) == APPROACH or not self.come_up(plan):
                standing.append(k)
            else:
                metres[k] = self._rim_metres(points)
        if standing:
            metres[standing] = self._from_places([claimants[k].hq for k in standing])
        for k, plan in enumerate(claimants):
            if plan.axis >= 0 and (axis := self.plans.axis_points(plan.axis)):
                np.minimum(metres[k], self._rim_metres(axis), out=metres[k])
        return metres

    def _from_places(self, claimants: list[int]) -> Ints:
        """Metres from the rim's hexes to the nearest place of each of some headquarters. Shape (claimants, rim)."""
        s, rim = self.s, self.s.control.rim
        who = [at for hq in claimants for at in self._holders[hq]]
        ends = list(accumulate((len(self._holders[hq]) for hq in claimants), initial=0))
        slot = s.slot[who]
        places = np.where(slot >= 0, slot, s.view.own.hex[who]).astype(np.int64)
        group = np.repeat(np.arange(len(claimants)), len(rim))
        _, steps = nearest_in_group(s.grid, np.tile(rim, len(claimants)), group, places, np.array(ends))
        metres: Ints = steps.reshape(len(claimants), len(rim)) * HEX_M
        return metres

    def _rim_metres(self, points: Points) -> Array:
        kept = self.s.control.kept
        if points not in kept:
            kept[points] = line_distance(self.s.statics, points)[self.s.control.rim]
        found: Array = kept[points]
        return found

    # One headquarters.

    @Once
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

    @Once
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

    @Once
    def _ordered(self) -> tuple[Ints, Ints]:
        """Manned sides by headquarters, in the order of the trace; and the headquarters of each."""
        sides = np.flatnonzero(self._manned & (self.label >= 0))
        label = self.label[sides]
        order = np.argsort(label, kind="stable")
        return sides[order], label[order]

    @Once
    def _pieces(self) -> tuple[list[int], Ints, Ints]:
        """Where the sides of each headquarters end among the ordered ones; these; and their weights."""
        sides, label = self._ordered
        return self._count(label).cumsum().tolist(), sides, self._weights[sides]

    def sector(self, hq: int) -> Sector:
        """The sector of a headquarters; without sides if it has none."""
        ends, sides, weights = self._pieces
        mine = slice(ends[hq - 1] if hq else 0, ends[hq])
        marks = self._hot[hq] > 0, self._chance[hq] > 0, self._quiet[hq]
        return Sector(hq, sides[mine], weights[mine], *marks)

    def _count(self, label: Ints) -> Ints:
        """How many of these sides each headquarters has."""
        return np.bincount(label, minlength=len(self.s.statics.headquarters_ids)).astype(np.int64)

    def _with(self, marked: Mask) -> list[int]:
        """How many of the marked sides of the front each headquarters has to man."""
        sides, label = self._ordered
        found: list[int] = self._count(label[marked[sides]]).tolist()
        return found

    @Once
    def _hot(self) -> list[int]:
        return self._with(self.s.hot[self.s.front.own])

    @Once
    def _chance(self) -> list[int]:
        bases, salients = self.s.counter_faces
        return self._with((bases | salients)[self.s.control.face_at])

    @Once
    def _quiet(self) -> list[int]:
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
