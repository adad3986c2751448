"""Sectors: every side of the front belongs to the headquarters whose line is nearest; weights along them.

Directives name lines; the front is cut where the next line is nearer. A headquarters on the march to a new line
claims nothing until half of it has come up: those who hold the ground go on holding it. A formation far from the line on
which others of its headquarters stand, as one that was put under it yesterday, draws none of them to the front where it
is: it is on its way to them. Who has gone back to a line across a neck of land, or must stand fast there, does not man
what is still own before it. A front that is being given up in a withdrawal belongs to those who give it up until they
are on their new line: others do not go forward to man it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import numpy as np

from engine.core.chains import areas
from engine.core.columns import Array, rows_where
from engine.core.jit import jit
from engine.core.once import Once
from engine.model.codes import DirectiveKind, HexKind
from engine.staff.claims import claim, metres_from_places
from engine.staff.control import Ints, Mask, ways_of
from engine.staff.lines import AWAY_M, KEPT, Points, line_cells, line_distance, near_line
from engine.staff.numbers import IN_LINE, IN_SCREEN
from engine.staff.plans import Plan, Plans
from engine.staff.situation import Situation

APPROACH, ESTABLISHED, FIRST_BOUND, ALL_BOUNDS = range(4)
"""Phases of a headquarters: marching to its line, on it, withdrawing."""
CORNER = 5
"""An own hex with so many hostile neighbours is no place to stand."""
NEVER_M = 10 * AWAY_M
LEFT_BESIDE = 8
"""Beside a line that was lost one still stands so many hexes from it."""
_HOLDING: Final = (IN_LINE, IN_SCREEN)
_WITHDRAW: Final = int(DirectiveKind.WITHDRAW)


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
    ring: bool = False
    """Whether it borders on an enemy pocket."""

    @property
    def length_km(self) -> int:
        """About 3 km a hexside."""
        return 3 * len(self.sides)


class Sectors:
    """The front cut up. ``label`` holds the headquarters of each side, -1 where nobody has troops at all."""

    def __init__(self, s: Situation, plans: Plans) -> None:
        self.s, self.plans = s, plans
        self._noted: list[int] = s.notes.staff["phase"].tolist()
        self._holders = _at_hand(s, plans)
        """Those who hold, by headquarters, without those who are still on their way to its line."""
        self.home: dict[int, int] = {hq: self._home(at) for hq, at in sorted(self._holders.items())}
        self._near: dict[int, bool] = {}
        self._near_m = s.whole("staff.near_hexes") * s.grid.spacing_m
        self._own_lines: dict[int, Ints] = {}
        self._instead: dict[int, bool] = {}
        """Of those whose line was lost before they came, whether enough is left beside it to go there."""
        self._before: dict[int, Mask | None] = {}
        self._sectors: dict[int, Sector] = {}
        self.label, self.away_m = self._cut()

    def _home(self, holders: list[int]) -> int:
        """Piece of own land in which most of the holders' power stands."""
        part_of, power_of = self.s.part_of, self.s.power_of
        parts = {part_of[at] for at in holders}
        if len(parts) == 1:
            return part_of[holders[0]]
        power = dict.fromkeys(parts, 0)
        for at in holders:
            power[part_of[at]] += power_of[at] + 1
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
        holders, points = self._holders.get(plan.hq), self.plans.line_points(plan)
        if holders is None or not points:
            return True
        near, hex_of = near_line(self.s.statics, points, self._near_m), self.s.hex_of
        return 2 * sum([near[hex_of[at]] for at in holders]) >= len(holders)

    def own_line(self, plan: Plan) -> Ints:
        """Own hexes of its piece of land along the line it was given, in order."""
        found = self._own_lines.get(plan.hq)
        if found is None:
            found = self._own_lines[plan.hq] = self._own_line(plan)
        return found

    def _own_line(self, plan: Plan) -> Ints:
        points = self.plans.line_points(plan)
        if not points:
            return np.zeros(0, np.int64)
        cells = line_cells(self.s.statics, points)
        home = self.home.get(plan.hq, -1)
        mine = (self.s.owner[cells] == self.s.side) & (self.s.control.part[cells] == home)
        found: Ints = cells[mine]
        if 2 * len(found) < len(cells) and self.phase(plan) == APPROACH:
            return self._beside(plan.hq, cells)
        return found

    def _beside(self, hq: int, cells: Ints) -> Ints:
        """What is left beside a line that was lost before its holders came: for each hex of it the nearest that is own.

        If it is nearer to the line by half than they are; they would stand where nobody wants them any more.
        """
        s, home = self.s, self.home.get(hq, -1)
        reach = int(s.grid.distance(s.view.own.hex[self._holders[hq]][:, None], cells[None, :]).min()) // 2
        found = []
        for cell, since in zip(cells.tolist(), s.view.hexes.owner_since[cells].tolist(), strict=True):
            ring = s.grid.ring(min(reach, LEFT_BESIDE) if since > 0 else 0, cell)
            own = ring[(ring >= 0) & (s.owner[ring] == s.side) & (s.control.part[ring] == home)]
            found += own[:1].tolist()
        self._instead[hq] = 2 * len(found) >= len(cells)
        return np.array(list(dict.fromkeys(found)), np.int64)

    def _on_a_line(self, plan: Plan) -> bool:
        """Whether it has come up to the line it was given, and not attacked since."""
        return plan.line >= 0 and plan.axis < 0 and self.come_up(plan)

    def given_up(self, plan: Plan) -> Mask | None:
        """Shape (hexes,): own ground from which every way home leads over the line it stands on; None if there is none.

        Only of who went back to that line or must stand fast on it: before a neck of land, not before part of a front.
        """
        if plan.hq not in self._before:
            bound = self._on_a_line(plan) and (self.plans.kind[plan.line] == _WITHDRAW or self.plans.stand_fast(plan))
            self._before[plan.hq] = self._cut_off_by(self.plans.line_points(plan)) if bound else None
        return self._before[plan.hq]

    def _cut_off_by(self, points: Points) -> Mask | None:
        kept, key = self.s.control.kept, ("cut off by", points)
        if key not in kept:
            kept[key] = _before(self.s, points)
        found: Mask | None = kept[key]
        return found

    def marching(self, plan: Plan) -> bool:
        """On the way to a line that is still in own hands, so that it claims no front where it is."""
        if self._noted[plan.hq] != APPROACH or self.come_up(plan) or self.overtaken(plan):
            return False
        left = len(self.own_line(plan))
        if plan.hq in self._instead:
            return self._instead[plan.hq]
        return 2 * left >= len(line_cells(self.s.statics, self.plans.line_points(plan)))

    def overtaken(self, plan: Plan) -> bool:
        """Whether the front has gone far beyond the line it was given days ago, and half of its formations with it.

        They stand on ground taken since, in an attack that is over, perhaps under another headquarters, and nobody wants
        them back there. Who marches to a line that was ordered behind the front stands on ground that was always own.
        """
        i = plan.line
        if i < 0 or (plan.hq in self._holders and self.come_up(plan)):
            return False
        given = self.plans.start[i]
        if self.s.minute - given < self.s.hours("staff.overtaken_h"):
            return False
        where = self.s.view.own.hex[self.plans.commander == plan.hq]
        if 2 * int((self.s.view.hexes.owner_since[where] > given).sum()) < max(len(where), 1):
            return False
        line = line_cells(self.s.statics, self.plans.line_points(plan))
        behind = (self.s.owner[line] == self.s.side) & (self.s.control.depth[line] > self.s.whole("staff.sector_hexes"))
        return 2 * int(behind.sum()) > len(line)

    # Cutting.

    def _cut(self) -> tuple[Ints, Ints]:
        front, rim = self.s.front, self.s.control.rim
        claimants = [hq for hq in self.home if not self.marching(self.plans.of[hq])]
        if not claimants or not len(front):
            return np.full(len(front), -1, np.int64), np.full(len(front), NEVER_M, np.int64)
        metres = self._metres([self.plans.of[hq] for hq in claimants])
        home = np.array([self.home[hq] for hq in claimants])
        owner, least = np.empty(len(rim), np.int64), np.empty(len(rim), np.int64)
        claim(metres, home, np.array(claimants), self.s.control.part, rim, NEVER_M, owner, least)
        at = self.s.control.rim_at
        return _without_slivers(owner[at], front.chain), least[at]

    def _metres(self, claimants: list[Plan]) -> Ints:
        """Distance of the rim's hexes from what marks each sector: line and axis, or else where its holders stand.

        Shape (claimants, rim).
        """
        metres = np.empty((len(claimants), len(self.s.control.rim)), np.int64)
        standing, axes = [], []
        for k, plan in enumerate(claimants):
            points = self.plans.line_points(plan)
            axis = self.plans.axis_points(plan.axis) if plan.axis >= 0 else ()
            # A line far from all of its holders has been overtaken by events.
            if not points or not self.come_up(plan):
                standing.append(k)
                axes.append(axis)
            else:
                metres[k] = self._rim_metres(points, axis, self.given_up(plan))
        if standing:
            self._from_places([claimants[k].hq for k in standing], standing, metres)
        for k, axis in zip(standing, axes, strict=True):
            if axis:
                np.minimum(metres[k], self._rim_metres(axis), out=metres[k])
        for k, plan in enumerate(claimants):
            if self._noted[plan.hq] >= FIRST_BOUND:
                np.minimum(metres[k], self._left_metres(plan), out=metres[k])
        return metres

    def _left_metres(self, plan: Plan) -> Array:
        """Distance of the rim's hexes from what a headquarters leaves in a withdrawal: nobody else goes forward to man it."""
        left = self.plans.left_line(plan)
        return self._rim_metres(left) if left else np.full(len(self.s.control.rim), NEVER_M, np.int64)

    def _from_places(self, claimants: list[int], rows: list[int], metres: Ints) -> None:
        """Fill rows with metres from the rim's hexes to the nearest place of each of some headquarters."""
        s = self.s
        who = [at for hq in claimants for at in self._holders[hq]]
        ends = list(accumulate((len(self._holders[hq]) for hq in claimants), initial=0))
        places = [slot if slot >= 0 else s.hex_of[at] for at, slot in zip(who, s.slot[who].tolist(), strict=True)]
        metres_from_places(
            s.grid.axial_table, s.control.rim, np.array(places), np.array(ends), np.array(rows), s.grid.spacing_m, metres
        )

    def _rim_metres(self, points: Points, axis: Points = (), given_up: Mask | None = None) -> Array:
        """Distance of the rim's hexes from a line, or from an axis if that is nearer; NEVER_M on ground given up.

        The same until a hex changes hands, as is what a headquarters on a line has given up.
        """
        kept, key = self.s.control.kept, ("rim", points, axis, given_up is not None)
        found: Array | None = kept.get(key)
        if found is None:
            found = line_distance(self.s.statics, points).take(self.s.control.rim)
            if axis:
                found = np.minimum(found, self._rim_metres(axis))
            if given_up is not None:
                found[given_up[self.s.control.rim]] = NEVER_M
            kept[key] = found
        return found

    # One headquarters.

    @Once
    def _manned_part(self) -> Mask:
        """Pieces of land with anybody in them; the last entry, for the sea, means nothing."""
        s, part = self.s, self.s.control.part
        manned = np.zeros(len(s.control.part_sizes) + 1, bool)
        manned[part[s.view.enemies.hex]] = manned[s.part] = True
        return manned

    @Once
    def _pieces(self) -> tuple[list[int], Ints, Ints, list[list[int]]]:
        """Where the sides of each headquarters end among all that are manned; these; their weights; marks by headquarters.

        Marks: how many sides are hot, give a chance of a counter-attack, are quiet, ring an enemy pocket.
        """
        s, control, front = self.s, self.s.control, self.s.front
        bases, salients = s.counter_faces
        ringed = np.zeros(len(control.part_sizes) + 1, bool)
        ringed[list(control.enemy_pockets)] = True
        ends = np.zeros(len(s.statics.headquarters_ids), np.int64)
        marks = np.zeros((4, len(ends)), np.int64)
        sides, weights = np.empty(len(front), np.int64), np.empty(len(front), np.int64)
        count = _share_out(
            self.label, self.away_m, front.own, front.other, front.river, control.speck, control.part,
            self._manned_part, control.hostile_sides, s.threat, s.hot, bases | salients, control.face_at, ringed,
            float(s.rules["staff.follow_threat"]), _how_sides_count(s), ends, marks, sides, weights,
        )  # fmt: skip
        return ends.tolist(), sides[:count], weights[:count], marks.tolist()

    def sector(self, hq: int) -> Sector:
        """The sector of a headquarters; without sides if it has none."""
        found = self._sectors.get(hq)
        if found is None:
            ends, sides, weights, (hot, chance, quiet, ring) = self._pieces
            mine = slice(ends[hq - 1] if hq else 0, ends[hq])
            found = Sector(hq, sides[mine], weights[mine], hot[hq] > 0, chance[hq] > 0, quiet[hq], ring[hq] > 0)
            self._sectors[hq] = found
        return found


def _at_hand(s: Situation, plans: Plans) -> dict[int, list[int]]:
    """Holders by headquarters; where some stand near its line without those farther from it than ``staff.away_hexes``."""
    holders: dict[int, list[int]] = {}
    for at, (role, serves, hq) in enumerate(zip(s.role_of, s.serves, plans.commander.tolist(), strict=True)):
        if role in _HOLDING and not serves and hq >= 0:
            if hq in holders:
                holders[hq].append(at)
            else:
                holders[hq] = [at]
    near_m, away_m = (s.whole(f"staff.{name}_hexes") * s.grid.spacing_m for name in ("near", "away"))
    for hq, its in holders.items():
        points = plans.line_points(plans.of[hq])
        if not points or len(its) < 2:
            continue
        apart = line_distance(s.statics, points)[s.view.own.hex[its]]
        if apart.min() <= near_m and apart.max() > away_m:
            holders[hq] = [at for at, metres in zip(its, apart.tolist(), strict=True) if metres <= away_m]
    return holders


def _how_sides_count(s: Situation) -> Ints:
    """The argument ``p`` of :func:`_share_out`, made once for a run."""
    found: Ints | None = s.statics.memo.get("staff.sides")
    if found is None:
        thousandths = ("staff.weight_threat_max", "staff.weight_base", "staff.weight_threat", "staff.weight_river")
        reach = s.whole("staff.sector_hexes") * s.grid.spacing_m
        found = s.statics.memo["staff.sides"] = np.array([reach, *(round(s.rules[name] * 1000) for name in thousandths)])
    return found


def _before(s: Situation, points: Points) -> Mask | None:
    """Own ground on land that a line parts from all depots, ports and railheads of one's own; None if it parts none.

    Whoever holds the land round the line: one with an end on land parts nothing.
    """
    homes, stamp = _homes(s)
    if not len(homes):
        return None
    parted = _parted(s, points, homes, stamp)
    if not len(parted):
        return None
    own = parted[s.owner[parted] == s.side]
    if not len(own):
        return None
    before = np.zeros(s.grid.size, bool)
    before[own] = True
    return before


def _homes(s: Situation) -> tuple[Ints, bytes]:
    """Hexes of depots, ports and railheads of one's own on own ground, and the same to compare them by."""
    if "homes" not in s.kept:
        depots = s.view.depots.hex
        homes = depots[depots >= 0]
        homes = homes[s.owner[homes] == s.side]
        s.kept["homes"] = homes, homes.tobytes()
    found: tuple[Ints, bytes] = s.kept["homes"]
    return found


def _parted(s: Situation, points: Points, homes: Ints, stamp: bytes) -> Ints:
    """Land beside a line that it parts from all of ``homes``, whosever it is; the same until a depot moves."""
    held: dict[Points, tuple[bytes, Ints]] = s.statics.private.setdefault("staff.parted", {})
    known = held.get(points)
    if known is None or known[0] != stamp:
        if len(held) >= KEPT:
            held.clear()
        known = held[points] = (stamp, _part_off(s, line_cells(s.statics, points), homes))
    return known[1]


def _part_off(s: Situation, line: Ints, homes: Ints) -> Ints:
    free = (s.statics.theatre.kind == HexKind.LAND) & (s.view.hexes.inside > 0)
    free[line] = False
    free[homes] = True
    part, count = areas(ways_of(s.statics), np.where(free, 1, -1).astype(np.int8))
    touched = np.zeros(count + 1, bool)
    beside = s.grid.neighbours[line]
    touched[part[beside[beside >= 0]]] = True
    touched[part[homes]] = False
    touched[-1] = False
    return rows_where(touched[part])


@jit
def _share_out(
    label: Any, away_m: Any, own: Any, other: Any, river: Any, speck: Any, part: Any, manned_part: Any, hostile: Any,
    threat: Any, hot: Any, chance: Any, face_at: Any, ringed: Any, calm: float, p: Any, ends: Any, marks: Any,
    sides: Any, weights: Any,
) -> int:  # fmt: skip
    """Give each headquarters the sides it has to man, in the order of the trace, and their weights; how many in all.

    Worth a place in the line: no empty specks, not far from all the sector is about, no corners. The weight of a side, in
    thousandths, is almost even, a little heavier where the threat is, less behind a river.
    """
    total = np.zeros(len(ends), np.int64)
    worth = np.zeros(len(label), np.bool_)
    for i in range(len(label)):
        empty = not manned_part[part[other[i]]] and not manned_part[part[own[i]]]
        if label[i] < 0 or (speck[i] and empty) or away_m[i] > p[0] or hostile[i] >= CORNER:
            continue
        worth[i] = True
        hq = label[i]
        ends[hq] += 1
        total[hq] += threat[other[i]]
        marks[0, hq] += hot[own[i]]
        marks[1, hq] += chance[face_at[i]]
        marks[2, hq] += threat[other[i]] < calm
        marks[3, hq] += ringed[part[other[i]]]
    mean, place = np.empty(len(ends), np.int64), np.empty(len(ends), np.int64)
    count = 0
    for hq in range(len(ends)):
        mean[hq] = max(total[hq] // max(ends[hq], 1), 1)
        place[hq] = count
        count += ends[hq]
        ends[hq] = count
    for i in range(len(label)):
        if worth[i]:
            hq = label[i]
            share = min(int(threat[other[i]]) * 1000 // mean[hq], p[1])
            weight = p[2] + share * p[3] // 1000
            sides[place[hq]] = i
            weights[place[hq]] = weight * p[4] // 1000 if river[i] else weight
            place[hq] += 1
    return count


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
