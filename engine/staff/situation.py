"""The situation of one side at one minute, as its staffs see it: maps derived from the view, once for all of them."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import Array, anywhere
from engine.core.discs import disc_sums
from engine.core.once import Once
from engine.core.paths import FAR, field
from engine.model.codes import (
    ATTACKING,
    HOLDING,
    LIVE,
    DirectiveKind,
    DirectiveState,
    Ground,
    Mobility,
    OrderKind,
    OrderState,
    Outcome,
    Task,
)
from engine.model.commander import Notes
from engine.model.view import SideView
from engine.model.world import Statics
from engine.rules.power import terrain_factor
from engine.rules.steps import MEAN, bridged_steps
from engine.staff.control import Control, FrontTrace, Ints, Mask, control_of, held_soon, hostile_round
from engine.staff.enemy_maps import EnemyMaps, enemy_maps
from engine.staff.numbers import IN_LINE, IN_RESERVE, TO_ATTACK, TO_HOLD
from engine.staff.reasons import Reason

_TASK_OF = {int(kind): int(task) for kind, task in (
    (OrderKind.MARCH, Task.MARCH), (OrderKind.ATTACK, Task.ATTACK), (OrderKind.HOLD, Task.HOLD),
    (OrderKind.WITHDRAW, Task.WITHDRAW), (OrderKind.EXPLOIT, Task.EXPLOIT), (OrderKind.ENTRENCH, Task.ENTRENCH),
    (OrderKind.REST, Task.REST), (OrderKind.SUPPORT, Task.SUPPORT), (OrderKind.FOLLOW, Task.FOLLOW),
    (OrderKind.PROBE, Task.PROBE), (OrderKind.BOMBARD, Task.BOMBARD), (OrderKind.CANCEL, Task.HOLD),
    (OrderKind.FORCED_MARCH, Task.MARCH), (OrderKind.ENTRAIN, Task.ENTRAIN),
    (OrderKind.EMBARK, Task.EMBARK), (OrderKind.LAND, Task.LAND),
)}  # fmt: skip
_PLACING = frozenset(map(int, (
    OrderKind.MARCH, OrderKind.HOLD, OrderKind.WITHDRAW, OrderKind.ENTRENCH, OrderKind.REST, OrderKind.SUPPORT,
    OrderKind.FORCED_MARCH, OrderKind.ENTRAIN, OrderKind.EMBARK, OrderKind.LAND,
)))  # fmt: skip
_CANCEL: Final = int(OrderKind.CANCEL)
_ATTACK: Final = int(OrderKind.ATTACK)
_ON_ITS_WAY: Final = int(OrderState.ON_ITS_WAY)
_IN_FORCE: Final = int(OrderState.IN_FORCE)
_BROKEN_OFF: Final = int(Outcome.BROKEN_OFF)
_DRIVEN: Final = (int(Mobility.MOTOR), int(Mobility.TRACK))
_AT_A_TARGET = tuple(task in (Task.ATTACK, Task.PROBE, Task.BOMBARD) for task in range(max(Task) + 1))
"""For each task whether what it aims at is a target, not a goal."""
_STANDING = np.array([task in (Task.HOLD, Task.ENTRENCH, Task.REST) for task in range(max(Task) + 1)])
_FORTRESS: Final = int(DirectiveKind.FORTRESS)
_RUNNING: Final = int(DirectiveState.RUNNING)
_DIRECTED = (int(Reason.ATTACK), int(Reason.FEED))
FIELDS = 64
"""Fields of travel kept at a time."""
CERTAIN = PPM // 3
"""A report less certain than this does not make a hex count as occupied."""


class Situation:
    """Derived maps of a view. Arrays over hexes have shape (hexes,); nothing here is kept between calls."""

    def __init__(self, view: SideView, notes: Notes) -> None:
        self.view, self.notes = view, notes
        self.side, self.minute = view.side, view.minute
        self.statics, self.grid, self.rules = view.statics, view.statics.grid, view.statics.rules
        self.owner = held_soon(view)
        self.control: Control = control_of(view, self.owner)
        self.front: FrontTrace = self.control.front
        self.kept: dict[Any, Any] = {}
        """What one step has worked out and may want again for another headquarters."""
        self._planned: Array | None = None
        self._held: Ints | None = None
        self._logs: dict[int, float] = {}
        self._minutes: dict[str, int] = view.statics.memo.setdefault("staff.minutes", {})
        self._wholes: dict[str, int] = view.statics.memo.setdefault("staff.wholes", {})
        self._q, self._r = _axial_lists(view.statics)

    @Once
    def headquarters_at(self) -> dict[int, int]:
        """Position in the view of each own headquarters, by row."""
        return {row: at for at, row in enumerate(self.view.headquarters.row.tolist())}

    @Once
    def echelon_of(self) -> dict[int, int]:
        """Level of each own headquarters, by row."""
        headquarters = self.view.headquarters
        return dict(zip(headquarters.row.tolist(), headquarters.echelon.tolist(), strict=True))

    @Once
    def quality_of(self) -> dict[int, int]:
        """Quality of the staff of each own headquarters (millionths), by row; a bad one counts as a quarter."""
        headquarters = self.view.headquarters
        least = [max(quality, PPM // 4) for quality in headquarters.staff.tolist()]
        return dict(zip(headquarters.row.tolist(), least, strict=True))

    @Once
    def alarm_of(self) -> dict[int, int]:
        """Minute of the last alarm of each own headquarters, by row."""
        headquarters = self.view.headquarters
        return dict(zip(headquarters.row.tolist(), headquarters.alarm_at.tolist(), strict=True))

    # Small numbers, quick for single hexes.

    def apart(self, a: int, b: int) -> int:
        """Steps between two hexes."""
        dq, dr = self._q[a] - self._q[b], self._r[a] - self._r[b]
        if dq < 0:
            dq, dr = -dq, -dr
        if dr >= 0:
            return dq + dr
        return dq if dq > -dr else -dr

    def hours(self, rule: str) -> int:
        """A parameter in hours as whole minutes."""
        found = self._minutes.get(rule)
        if found is None:
            found = self._minutes[rule] = round(self.rules[rule] * HOUR)
        return found

    def whole(self, rule: str) -> int:
        """A parameter that counts something, or is a distance in hexes."""
        found = self._wholes.get(rule)
        if found is None:
            found = self._wholes[rule] = round(self.rules[rule])
        return found

    def share(self, of: Ints, rule: str) -> Ints:
        """A share of whole numbers, rounded down, by a parameter that says how much (to a millionth)."""
        found: Ints = of * round(self.rules[rule] * PPM) // PPM
        return found

    @Once
    def hex_of(self) -> list[int]:
        """Where each own formation stands."""
        cells: list[int] = self.view.own.hex.tolist()
        return cells

    @Once
    def row_of(self) -> list[int]:
        """World row of each own formation."""
        rows: list[int] = self.view.own.row.tolist()
        return rows

    @Once
    def leg_of(self) -> list[int]:
        """The hex each own formation is marching into, -1 none."""
        cells: list[int] = self.view.own.leg_to.tolist()
        return cells

    @Once
    def standing_in(self) -> dict[int, list[int]]:
        """Own formations by the hex they stand in."""
        found: dict[int, list[int]] = {}
        for at, cell in enumerate(self.hex_of):
            if cell in found:
                found[cell].append(at)
            else:
                found[cell] = [at]
        return found

    @Once
    def power_of(self) -> list[int]:
        """Points of each own formation."""
        points: list[int] = self.view.own.power.tolist()
        return points

    # Maps.

    def spread(self, cells: Array, power: Array, kernel: tuple[float, ...]) -> Array:
        """Sum over sources of power x kernel[distance]."""
        discs = self.grid.ring_table(len(kernel) - 1)
        return disc_sums(discs, cells.astype(np.int64), power.astype(np.int64), _weights(kernel))

    @Once
    def kernel(self) -> tuple[float, ...]:
        """Reach of threat and cover by distance (staffs at radius 0 to 3)."""
        near = self.rules["staff.kernel_1"]
        return (near, near, self.rules["staff.kernel_2"], self.rules["staff.kernel_3"])

    @Once
    def enemy_power(self) -> Ints:
        """Estimated power of each known enemy, by how far it can be counted on."""
        enemies = self.view.enemies
        power: Ints = enemies.power.astype(np.int64) * enemies.certainty // PPM
        return power

    @Once
    def _enemy(self) -> EnemyMaps:
        """Maps of the known enemy."""
        rules, enemies = self.rules, self.view.enemies
        screen = rules["contact.screen_posture"]
        kernel = (0.0, rules["contact.screen_near"] * screen, rules["contact.screen_far"] * screen)
        p = np.array([
            CERTAIN,
            round(rules["contact.screen_cap_divisions"] * rules["contact.screen_cap_men"] * screen),
            round(rules["fortification.posture_1"] * 1000),
            round(rules["staff.occupied_min"]),
            round(rules["staff.zoc_min"]),
        ])  # fmt: skip
        discs = self.grid.ring_table(len(self.kernel) - 1)
        return enemy_maps(
            discs, enemies.hex, self.enemy_power, enemies.certainty, _weights(self.kernel), _weights(kernel),
            _terrain_ppm(self.statics), p,
        )  # fmt: skip

    @Once
    def threat(self) -> Array:
        """Enemy power that can be brought to bear."""
        return self._enemy.threat

    @Once
    def cover(self) -> Array:
        """Own power that holds ground or is on its way to a place in the line."""
        held = (self.role != IN_RESERVE) & ((self.view.own.leg_to < 0) | (self.slot >= 0))
        return self.spread(self.planned_hex[held], self.view.own.power[held], self.kernel)

    @property
    def planned_hex(self) -> Array:
        """Where each own formation stands or is about to stand: its place in the line while that is own."""
        if self._planned is None:
            self._planned = self._plan_hex()
        return self._planned

    @property
    def held_hex(self) -> Ints:
        """The same of those that are no reserve."""
        if self._held is None:
            self._held = self.planned_hex[self.role != IN_RESERVE].astype(np.int64)
        return self._held

    def _plan_hex(self) -> Array:
        own, slot = self.view.own, self.slot
        placed = (self.role == IN_LINE) & (slot >= 0)
        placed &= self.owner[np.where(placed, slot, 0)] == self.side
        found: Array = np.where(placed, slot, own.hex)
        return found

    @Once
    def occupied(self) -> Mask:
        """Hexes where an enemy is reported with some certainty."""
        return self._enemy.occupied

    @Once
    def enemy_zone(self) -> Mask:
        """Hexes beside a reported enemy, and its own."""
        return self._enemy.zone

    @Once
    def defence(self) -> Array:
        """What an attack on each hex would meet: power there in position and terrain, and the screens around it."""
        return self._enemy.defence

    @Once
    def tolls(self) -> Array:
        """Minutes that resistance adds to the way over each hex."""
        return self._enemy.tolls

    # Own formations.

    @Once
    def role(self) -> Array:
        """StaffRole of each own formation, as the notes have it now: change it by ``give_role`` alone."""
        found: Array = self.notes.formation["role"][self.view.own.row]
        return found

    @Once
    def role_of(self) -> list[int]:
        """The same as plain numbers."""
        roles: list[int] = self.role.tolist()
        return roles

    @Once
    def slot(self) -> Array:
        """Place in the line of each own formation, -1 none: change it by ``give_place`` alone."""
        found: Array = self.notes.formation["slot"][self.view.own.row]
        return found

    def give_role(self, who: Ints, role: int) -> None:
        """Write a StaffRole into the notes of those that had another; their place in the line is open again."""
        fresh = who[self.role[who] != role]
        if len(fresh):
            self._planned = self._held = None
            rows, notes = self.view.own.row[fresh], self.notes.formation
            self.role[fresh] = notes["role"][rows] = role
            for at in fresh.tolist():
                self.role_of[at] = role
            self.slot[fresh] = notes["slot"][rows] = -1
            notes["role_since"][rows] = self.minute

    def give_place(self, who: Ints, cells: Ints) -> None:
        """Write places in the line into the notes."""
        moved = self.slot[who] != cells
        if anywhere(moved):
            self._planned = self._held = None
            rows, notes = self.view.own.row[who[moved]], self.notes.formation
            self.slot[who[moved]] = notes["slot"][rows] = cells[moved]
            notes["slot_since"][rows] = self.minute

    @Once
    def locked(self) -> Mask:
        """Own formations that the staff plans round: garrisons, there or on their way, and those under a human's order

        that still holds.
        """
        mask: Mask = self.by_hand | self.garrison
        for at in self.posted:
            mask[at] = True
        return mask

    @Once
    def posted(self) -> dict[int, int]:
        """Own formations named as the garrison of a fortress who are not there yet, and where they go."""
        d, own, found = self.view.directives, self.view.own, dict[int, int]()
        named = (d.kind == _FORTRESS) & (d.state >= _RUNNING) & (d.reserve[:, 0] >= 0)
        for i in named.nonzero()[0].tolist():
            cell = int(d.objective[i])
            if not self.view.hexes.fortress[cell] or self.owner[cell] != self.side:
                continue
            for row in d.reserve[i].tolist():
                at = own.at(row)
                if at >= 0 and not self.garrison[at] and not self.by_hand[at]:
                    found[at] = cell
        return found

    @Once
    def garrison(self) -> Mask:
        """Own formations that stand in an own fortress, but for those under a human's order."""
        mask: Mask = self.view.hexes.fortress[self.view.own.hex] & ~self.by_hand
        return mask

    @Once
    def by_hand(self) -> Mask:
        """Own formations under a human's order that still holds.

        An order to go or stand somewhere holds for its time even when the march is over, others until they are done.
        """
        own, orders, until = self.view.own, self.view.orders, self.notes.formation["locked_until"]
        mine = (orders.by_human == 1).nonzero()[0]  # orders are by number: a later one counts
        span = self.hours("staff.lock_h")
        live = np.zeros(len(own), bool)
        for i in mine.tolist():
            at, end = own.at(int(orders.formation[i])), int(orders.issued_at[i]) + span
            if at >= 0 and end > self.minute:
                kind = int(orders.kind[i])
                live[at] = kind != _CANCEL
                until[own.row[at]] = end if kind in _PLACING else self.minute
        bound = until[own.row] > self.minute
        if not anywhere(bound):
            return live
        mask: Mask = live | (bound & _STANDING[own.task])
        return mask

    @Once
    def locked_of(self) -> list[bool]:
        """The same as plain values."""
        locked: list[bool] = self.locked.tolist()
        return locked

    @Once
    def intent(self) -> tuple[list[int], list[int], list[bool]]:
        """Task and goal that each own formation has or will have when the order on its way arrives, and if one is."""
        own, orders = self.view.own, self.view.orders
        task, goal = own.task.tolist(), own.goal.tolist()
        for at, target in enumerate(own.target.tolist()):
            if _AT_A_TARGET[task[at]]:
                goal[at] = target
        coming = [False] * len(own)
        rows = (orders.state == _ON_ITS_WAY).nonzero()[0]  # by number: a later one counts
        which = (own.position[orders.formation[rows]], orders.kind[rows], orders.goal[rows])
        for at, kind, cell in zip(*(column.tolist() for column in which), strict=True):
            if at >= 0:
                task[at], goal[at], coming[at] = _TASK_OF.get(kind, TO_HOLD), cell, True
        return task, goal, coming

    @Once
    def fighting(self) -> Mask:
        """Own formations that attack or hold in a live battle: pinned."""
        own, battles = self.view.own, self.view.battles
        mask = np.zeros(len(own), bool)
        if not len(battles.battle):
            return mask
        pinned = (battles.role == ATTACKING) | (battles.role == HOLDING)
        pinned &= battles.outcome[np.searchsorted(battles.row, battles.battle)] == LIVE
        at = own.position[battles.formation[pinned]]
        mask[at[at >= 0]] = True
        return mask

    @Once
    def attacked(self) -> set[int]:
        """Hexes that own troops are fighting for now."""
        battles = self.view.battles
        return set(battles.hex[(battles.attacking == 1) & (battles.outcome == LIVE)].tolist())

    def resting(self, at: int) -> bool:
        """Whether an own formation rests after an attack that failed."""
        return bool(self.notes.formation["rest_until"][self.row_of[at]] > self.minute)

    @Once
    def going_well(self) -> set[int]:
        """Hexes of own attacks under way that are worth going on with, as the fighting suggests."""
        battles = self.view.battles
        good = (battles.attacking == 1) & (battles.outcome == LIVE)
        good &= battles.x > round(self.rules["staff.feed_x"] * PPM)
        return set(battles.hex[good].tolist())

    @Once
    def attacking(self) -> Mask:
        """Own formations whose order, or the one on its way, is to attack."""
        return np.array(self.attacking_of, bool)

    @Once
    def attacking_of(self) -> list[bool]:
        """The same as plain values."""
        tasks, _, _ = self.intent
        return [task == TO_ATTACK for task in tasks]

    @Once
    def fighting_of(self) -> list[bool]:
        """``fighting`` as plain values."""
        fighting: list[bool] = self.fighting.tolist()
        return fighting

    @Once
    def contact_of(self) -> list[int]:
        """Whether an enemy stands beside each own formation."""
        contact: list[int] = self.view.own.contact.tolist()
        return contact

    @Once
    def broken_off(self) -> list[tuple[int, int]]:
        """Minute and hex of every own attack that was broken off and is still remembered."""
        battles = self.view.battles
        rows = ((battles.outcome == _BROKEN_OFF) & (battles.attacking == 1)).nonzero()[0]
        return list(zip(battles.ended_at[rows].tolist(), battles.hex[rows].tolist(), strict=True))

    @Once
    def last_broken_off(self) -> int:
        """Minute of the last of them."""
        return max((ended for ended, _ in self.broken_off), default=-1)

    @Once
    def on_directed_attack(self) -> set[int]:
        """Own formations whose order in force is to attack for a directive (not a counter-attack of their corps)."""
        orders, found = self.view.orders, set()
        live = ((orders.state == _IN_FORCE) & (orders.kind == _ATTACK)).nonzero()[0]
        which = (self.view.own.position[orders.formation[live]], orders.reason[live])
        for at, reason in zip(*(column.tolist() for column in which), strict=True):
            if reason in _DIRECTED:
                found.add(at)
        return found

    @Once
    def mechanised(self) -> Mask:
        """Own formations on wheels or tracks."""
        mobility = self.view.own.mobility
        driven: Mask = (mobility == _DRIVEN[0]) | (mobility == _DRIVEN[1])
        return driven

    @Once
    def mechanised_of(self) -> list[bool]:
        """The same as plain values."""
        driven: list[bool] = self.mechanised.tolist()
        return driven

    @Once
    def part(self) -> Array:
        """Piece of own land each own formation stands in; -1 where it stands on ground that is not own."""
        own = self.view.own
        found: Array = np.where(self.owner[own.hex] == self.side, self.control.part[own.hex], -1)
        return found

    @Once
    def part_of(self) -> list[int]:
        """The same as plain numbers."""
        parts: list[int] = self.part.tolist()
        return parts

    @Once
    def own_pockets(self) -> frozenset[int]:
        """Ringed pieces of own land with nothing in them that supplies them."""
        ringed = self.control.own_pockets
        return ringed - self.supplied_parts if ringed else ringed

    @Once
    def long_cut_off(self) -> Mask:
        """Own formations that no supply has reached for days."""
        since, span = self.view.own.cut_off_since, round(self.rules["staff.cut_off_days"] * DAY)
        long: Mask = (since < NEVER) & (self.minute - since > span)
        return long

    @Once
    def supplied_parts(self) -> set[int]:
        """Pieces of own land with a supply source, port or railhead of one's own in them."""
        depots = self.view.depots
        cells = depots.hex[(depots.hex >= 0)]
        mine = cells[(self.owner[cells] == self.side)]
        parts: set[int] = set(self.control.part[mine].tolist()) - {-1}
        return parts

    # What happened lately.

    @Once
    def hot(self) -> Mask:
        """Hexes with fighting or a change of owner within two hexes in the last day."""
        since = self.minute - self.hours("staff.need_h")
        changed = self._changed_after(max(since, 0))
        battles = self.view.battles
        cells = np.concatenate([changed, battles.hex[battles.ended_at > since]])
        mask = np.zeros(self.grid.size + 1, bool)
        if len(cells):
            mask[self.grid.ring_table(round(self.rules["staff.need_hexes"]))[cells]] = True
        found: Mask = mask[:-1]
        return found

    @Once
    def need_along_the_front(self) -> tuple[list[bool], list[int], list[int]]:
        """Of each side of the front: whether it is hot, the threat that nobody covers, and the threat."""
        own, other = self.front.own, self.front.other
        threat = self.threat[other]
        short = np.maximum(threat - self.cover[own] * round(self.rules["staff.need_cover"] * 10) // 10, 0)
        return self.hot[own].tolist(), short.tolist(), threat.tolist()

    @Once
    def provoked(self) -> Mask:
        """Hexes near which the enemy has attacked or taken ground within the days that a counter-attack answers."""
        since = self.minute - round(self.rules["staff.counter_days"] * DAY)
        changed, battles = self._changed_after(max(since, 0)), self.view.battles
        lost = changed[self.owner[changed] == 1 - self.side]
        theirs = (battles.attacking == 0) & (battles.ended_at > since)
        cells = np.concatenate([lost, battles.hex[theirs]])
        mask = np.zeros(self.grid.size + 1, bool)
        if len(cells):
            mask[self.grid.ring_table(round(self.rules["staff.need_hexes"]))[cells]] = True
        found: Mask = mask[:-1]
        return found

    @Once
    def won(self) -> Ints:
        """Own hexes that were taken within the span that counts for a breach."""
        since = self.minute - self.hours("staff.commit_h")
        cells = self._changed_after(max(since, 0))
        own: Ints = cells[self.owner[cells] == self.side]
        return own

    def _changed_after(self, minute: int) -> Ints:
        """Land that has changed hands later than a minute."""
        cells, since = self._ever_changed
        later: Ints = cells[since > minute]
        return later

    @Once
    def _ever_changed(self) -> tuple[Ints, Ints]:
        """Land that has changed hands since the beginning, and when: looked for once in each frame of control."""
        since, memo = self.view.hexes.owner_since, self.statics.memo
        held = memo.get("staff.changed")
        if held is None or held[0] is not since:
            cells = (since > 0).nonzero()[0]
            cells = cells[self.control.land[cells]]
            held = memo["staff.changed"] = (since, cells, since[cells])
        found: tuple[Ints, Ints] = held[1:]
        return found

    @Once
    def counter_faces(self) -> tuple[Mask, Mask]:
        """Faces worth a counter-attack: bases of fresh penetrations, and salients of known enemies where they attack.

        A salient that lies still is part of a quiet front and stays one.
        """
        control, rules = self.control, self.rules
        since = self.minute - round(rules["staff.counter_days"] * DAY)
        bases = self.view.hexes.owner_since[control.faces] > max(since, 0)
        bases = bases & (control.face_share >= round(rules["staff.counter_own_share"] * PPM))
        salients = self.occupied[control.faces] & (control.face_own >= round(rules["staff.pinch_neighbours"]))
        salients = salients & self.provoked[control.faces]
        return bases, salients

    @Once
    def hostile_round(self) -> list[int]:
        """How many hexes round each own formation are the enemy's."""
        cells = self.view.own.hex
        counts: list[int] = hostile_round(self.grid, cells, self.owner, 1 - self.side, self.control.land).tolist()
        return counts

    def fail(self, hq: int, cell: int, minute: int) -> None:
        """Note that an attack of a headquarters on a hex has failed."""
        self.notes.add_failure(hq, cell, minute)
        self.__dict__.pop("failures_of", None)

    # Estimates.

    def odds(self, power: int, cell: int) -> float:
        """x: the natural log of own power over the defence at a hex, as far as is known."""
        return ln(max(power, 1)) - self.log_defence(cell)

    def log_defence(self, cell: int) -> float:
        """Natural log of the defence of a hex."""
        found = self._logs.get(cell)
        if found is None:
            found = self._logs[cell] = ln(max(int(self.defence[cell]), 1))
        return found

    @Once
    def failures_of(self) -> dict[int, list[tuple[int, int, int]]]:
        """Failed attacks of each headquarters that still count: hex, minute, how often. Anew after each new one."""
        failure, since = self.notes.failure, self.minute - self.hours("staff.failure_h")
        found: dict[int, list[tuple[int, int, int]]] = {}
        columns = (failure[name].tolist() for name in ("hq", "hex", "failed_at", "failures"))
        for hq, cell, minute, times in zip(*columns, strict=True):
            if minute > since:
                found.setdefault(hq, []).append((cell, minute, times))
        return found

    @Once
    def men_of(self) -> list[int]:
        """Men of each own formation."""
        men: list[int] = self.view.own.men.tolist()
        return men

    def travel(self, objective: int) -> Array:
        """Minutes of a march on foot to an objective through all ground, whosever it is, bridges standing."""
        fields: dict[int, Array] = self.statics.memo.setdefault("staff.travel", {})
        if objective not in fields:
            if len(fields) >= FIELDS:
                fields.clear()
            steps = bridged_steps(self.statics, Mobility.FOOT, Ground.DRY, MEAN)
            fields[objective] = field(self.grid.neighbours, steps, [objective], backward=True)
        return fields[objective]


_SERIES: Final = tuple(1.0 / k for k in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0))


def ln(value: float) -> float:
    """Natural logarithm of one positive number, by the same steps as ``core.arithmetic.log``: the same bits."""
    mantissa, power = math.frexp(value)
    if mantissa < 0.7071067811865476:
        mantissa, power = mantissa * 2.0, power - 1
    f = (mantissa - 1.0) / (mantissa + 1.0)
    f2 = f * f
    total = 1.0 / 21.0
    for term in _SERIES:
        total = total * f2 + term
    total = total * f * 2.0 + power * 1.90821492927058770002e-10
    return total + power * 6.93147180369123816490e-01


@cache
def _weights(kernel: tuple[float, ...]) -> Ints:
    """Thousandths of a kernel for each hex of a ring table's row."""
    return np.concatenate([np.full(6 * d if d else 1, round(k * 1000)) for d, k in enumerate(kernel)])


def _terrain_ppm(statics: Statics) -> Ints:
    found: Ints | None = statics.memo.get("staff.terrain")
    if found is None:
        factor = terrain_factor(statics, np.arange(statics.grid.size))
        found = statics.memo["staff.terrain"] = np.floor(factor * PPM + 0.5).astype(np.int64)
    return found


def _axial_lists(statics: Statics) -> tuple[list[int], list[int]]:
    found: tuple[list[int], list[int]] | None = statics.memo.get("staff.axial")
    if found is None:
        q, r = statics.grid.axial
        found = statics.memo["staff.axial"] = (q.tolist(), r.tolist())
    return found


__all__ = ["DAY", "FAR", "HOUR", "NEVER", "Ints", "Mask", "Situation", "ln"]
