"""The situation of one side at one minute, as its staffs see it: maps derived from the view, once for all of them."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, log
from engine.core.columns import Array
from engine.model.codes import HexKind, Mobility, OrderKind, OrderState, Outcome, StaffRole, Task
from engine.model.commander import Notes
from engine.model.view import SideView
from engine.staff.front import FrontTrace, trace_front

Ints = npt.NDArray[np.int64]
_TASK_OF = {
    OrderKind.MARCH: Task.MARCH, OrderKind.ATTACK: Task.ATTACK, OrderKind.HOLD: Task.HOLD,
    OrderKind.WITHDRAW: Task.WITHDRAW, OrderKind.EXPLOIT: Task.EXPLOIT, OrderKind.ENTRENCH: Task.ENTRENCH,
    OrderKind.REST: Task.REST, OrderKind.SUPPORT: Task.SUPPORT, OrderKind.FOLLOW: Task.FOLLOW,
    OrderKind.PROBE: Task.PROBE, OrderKind.BOMBARD: Task.BOMBARD,
}  # fmt: skip


class Situation:
    """Derived maps of a view. Arrays over hexes have shape (hexes,); nothing here is kept between calls."""

    def __init__(self, view: SideView, notes: Notes) -> None:
        self.view, self.notes = view, notes
        self.side, self.minute = view.side, view.minute
        self.grid = view.statics.grid
        self.rules = view.statics.rules
        self.owner = view.hexes.owner
        self.land = (view.statics.theatre.kind == HexKind.LAND) & (view.hexes.inside == 1)

    # Maps.

    def spread(self, cells: Array, power: Array, kernel: tuple[float, ...]) -> Ints:
        """Sum over sources of power x kernel[distance], shape (hexes,). Whole numbers, so any order adds alike."""
        radius = len(kernel) - 1
        n = self.grid.size
        if not len(cells):
            return np.zeros(n, np.int64)
        ring = self.grid.ring_table(radius)[cells]
        weight = np.concatenate([np.full(6 * d if d else 1, round(k * 1000)) for d, k in enumerate(kernel)])
        amount = power[:, None].astype(np.int64) * weight[None, :] // 1000
        total = np.bincount(np.where(ring < 0, n, ring).ravel(), amount.ravel(), n + 1)
        return total[:n].astype(np.int64)

    @cached_property
    def kernel(self) -> tuple[float, ...]:
        """Reach of threat and cover by distance (staffs.md 2)."""
        return (self.rules["staff.kernel_1"], self.rules["staff.kernel_1"], self.rules["staff.kernel_2"],
                self.rules["staff.kernel_3"])  # fmt: skip

    @cached_property
    def enemy_power(self) -> Ints:
        """Estimated power of each known enemy, by how far it can be counted on."""
        e = self.view.enemies
        power: Ints = e.power.astype(np.int64) * e.certainty // PPM
        return power

    @cached_property
    def threat(self) -> Ints:
        """Enemy power that can be brought to bear."""
        return self.spread(self.view.enemies.hex, self.enemy_power, self.kernel)

    @cached_property
    def holding(self) -> npt.NDArray[np.bool_]:
        """Own formations that hold ground: neither on the march nor in reserve nor waiting for their attack."""
        own = self.view.own
        role = self.notes.formation["role"][own.row]
        held: npt.NDArray[np.bool_] = (own.leg_to < 0) & (role != StaffRole.RESERVE)
        return held

    @cached_property
    def cover(self) -> Ints:
        """Own power that holds ground."""
        own = self.view.own
        return self.spread(own.hex[self.holding], own.power[self.holding], self.kernel)

    @cached_property
    def occupied(self) -> npt.NDArray[np.bool_]:
        """Hexes where an enemy is reported with some certainty."""
        mask = np.zeros(self.grid.size, bool)
        mask[self.view.enemies.hex[self.view.enemies.certainty > PPM // 3]] = True
        return mask

    @cached_property
    def enemy_zone(self) -> npt.NDArray[np.bool_]:
        """Hexes beside a reported enemy."""
        n = self.grid.size
        ring = self.grid.ring_table(1)[np.flatnonzero(self.occupied)]
        mask = np.zeros(n + 1, bool)
        mask[np.where(ring < 0, n, ring).ravel()] = True
        zone: npt.NDArray[np.bool_] = mask[:n]
        return zone

    @cached_property
    def defence(self) -> Ints:
        """What an attack on a hex would meet: power there in position and terrain, and the screens of those around."""
        rules = self.rules
        near, far = rules["contact.screen_near"], rules["contact.screen_far"]
        held = self.spread(self.view.enemies.hex, self.enemy_power, (1.0,))
        screened = self.spread(self.view.enemies.hex, self.enemy_power, (0.0, near, far))
        screened = screened * 115 // 100
        return self._in_terrain(held * 13 // 10 + screened)

    def _in_terrain(self, power: Ints) -> Ints:
        memo = self.view.statics.memo
        if "staff.terrain_defence" not in memo:
            factors = np.full(256, 1000, np.int64)
            for spec in self.view.statics.scenario.terrain:
                factors[spec.code] = round(spec.defence * 1000)
            memo["staff.terrain_defence"] = factors[self.view.statics.theatre.terrain]
        result: Ints = power * memo["staff.terrain_defence"] // 1000
        return result

    @cached_property
    def own_share(self) -> Ints:
        """Share of own land among the land within two hexes, in millionths."""
        ring = self.grid.ring_table(2)
        mine = np.append((self.owner == self.side) & self.land, False)
        land = np.append(self.land, False)
        cells = np.where(ring < 0, self.grid.size, ring)
        total: Ints = mine[cells].sum(axis=1) * PPM // np.maximum(land[cells].sum(axis=1), 1)
        return total

    def own_share_at(self, cells: Array) -> Ints:
        """The same for some hexes only."""
        ring = self.grid.ring_table(2)[cells]
        inside = ring >= 0
        mine = inside & (self.owner[ring] == self.side) & self.land[ring]
        land = inside & self.land[ring]
        share: Ints = mine.sum(axis=1) * PPM // np.maximum(land.sum(axis=1), 1)
        return share

    # The front.

    @cached_property
    def front(self) -> FrontTrace:
        """The front as ordered chains of hexsides, own side on the left."""
        return trace_front(self.view)

    @cached_property
    def sector(self) -> Ints:
        """For each side of the front the headquarters whose holder's place is nearest, -1 where nobody is at all."""
        own = self.view.own
        role = self.notes.formation["role"][own.row]
        holders = np.flatnonzero((role == StaffRole.LINE) | (role == StaffRole.SCREEN))
        if not len(holders) or not len(self.front):
            return np.full(len(self.front), -1, np.int64)
        places = np.where(self.slot[holders] >= 0, self.slot[holders], own.hex[holders])
        gap = self.grid.distance(self.front.own[:, None], places[None, :])
        nearest = gap.argmin(axis=1)
        found: Ints = self.commander[holders][nearest].astype(np.int64)
        return np.where(gap[np.arange(len(gap)), nearest] <= 20, found, -1)

    # Own formations.

    @cached_property
    def slot(self) -> Array:
        """Place in the line of each own formation, -1 none."""
        return self.notes.formation["slot"][self.view.own.row].copy()

    @cached_property
    def commander(self) -> Array:
        """Row of the headquarters whose staff moves each own formation: its own, or the one whose directive names it."""
        own = self.view.own
        hq = own.hq.copy()
        d = self.view.directives
        for i in np.flatnonzero(self.directive_open):
            for group in (d.assault[i], d.mobile[i], d.reserve[i]):
                at = own.position[group[group >= 0]]
                hq[at[at >= 0]] = d.hq[i]
        return hq

    @cached_property
    def directive_open(self) -> npt.NDArray[np.bool_]:
        """Directives that may be worked on now: arrived, not over, not given up by their headquarters."""
        d = self.view.directives
        given_up = (self.notes.staff["directive"][d.hq] == d.row) & (self.notes.staff["end_reason"][d.hq] > 0)
        found: npt.NDArray[np.bool_] = (
            (d.arrives_at <= self.minute) & (d.end_at > self.minute) & (d.state <= 1) & ~given_up
        )
        return found

    @cached_property
    def locked(self) -> npt.NDArray[np.bool_]:
        """Own formations under a human's order that still holds: the staff plans round them."""
        own, orders = self.view.own, self.view.orders
        hold = round(self.rules["staff.lock_h"] * 60)
        live = (orders.by_human == 1) & (orders.issued_at + hold > self.minute)
        mask = np.zeros(len(own), bool)
        at = own.position[orders.formation[live]]
        mask[at[at >= 0]] = True
        return mask

    @cached_property
    def intent(self) -> tuple[Array, Array]:
        """Task and goal that each own formation has, or will have when the order on its way arrives."""
        own, orders = self.view.own, self.view.orders
        task, goal = own.task.astype(np.int64).copy(), own.goal.astype(np.int64).copy()
        attacking = np.isin(own.task, (Task.ATTACK, Task.PROBE, Task.BOMBARD))
        goal[attacking] = own.target[attacking]
        coming = np.flatnonzero(orders.state == OrderState.ON_ITS_WAY)
        for i in coming[np.argsort(orders.row[coming], kind="stable")]:
            at = own.at(int(orders.formation[i]))
            if at >= 0:
                task[at] = _TASK_OF.get(OrderKind(int(orders.kind[i])), Task.HOLD)
                goal[at] = orders.goal[i]
        return task, goal

    @cached_property
    def fighting(self) -> npt.NDArray[np.bool_]:
        """Own formations that take part in a live battle other than by screening."""
        own, b = self.view.own, self.view.battles
        live = b.row[b.outcome == Outcome.LIVE]
        mask = np.zeros(len(own), bool)
        taking_part = np.isin(b.battle, live) & (b.role <= 1)
        at = own.position[b.formation[taking_part]]
        mask[at[at >= 0]] = True
        return mask

    @cached_property
    def mobile(self) -> npt.NDArray[np.bool_]:
        """Own formations on wheels or tracks."""
        return np.isin(self.view.own.mobility, (Mobility.MOTOR, Mobility.TRACK))

    # Estimates.

    def x_estimate(self, power: Any, cells: Any) -> npt.NDArray[np.float64]:
        """ln(own power / defence at a hex), as far as is known."""
        return log(np.maximum(np.asarray(power, np.float64), 1.0) / np.maximum(self.defence[cells], 1.0))

    def axis_distance_m(self, cells: Array, axis: Array) -> Ints:
        """Distance of hexes from a broken line through the centres of ``axis`` hexes, metres."""
        points = self.grid.centres_m[axis[axis >= 0]]
        at = self.grid.centres_m[cells]
        if len(points) == 1:
            points = np.repeat(points, 2, axis=0)
        best = np.full(len(at), 1e12)
        for a, b in pairwise(points):
            step = b - a
            length = step[0] * step[0] + step[1] * step[1]
            along = ((at[:, 0] - a[0]) * step[0] + (at[:, 1] - a[1]) * step[1]) / max(length, 1.0)
            along = np.minimum(np.maximum(along, 0.0), 1.0)
            dx, dy = at[:, 0] - a[0] - along * step[0], at[:, 1] - a[1] - along * step[1]
            best = np.minimum(best, dx * dx + dy * dy)
        metres: Ints = np.floor(np.sqrt(best)).astype(np.int64)
        return metres
