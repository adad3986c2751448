"""Own formations as the staff has them: where they stand, their roles and places in the line, whom it may move."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.calendar import DAY, NEVER
from engine.core.columns import Array, anywhere
from engine.core.jit import jit
from engine.core.once import Once
from engine.model.codes import DirectiveKind, DirectiveState, Mobility, OrderKind, Task
from engine.model.commander import Notes
from engine.model.view import SideView
from engine.staff.basis import Basis
from engine.staff.control import Ints, Mask, hostile_round
from engine.staff.numbers import IN_LINE, IN_RESERVE

_PLACING = frozenset(map(int, (
    OrderKind.MARCH, OrderKind.HOLD, OrderKind.WITHDRAW, OrderKind.ENTRENCH, OrderKind.REST, OrderKind.SUPPORT,
    OrderKind.FORCED_MARCH, OrderKind.ENTRAIN, OrderKind.EMBARK, OrderKind.LAND,
)))  # fmt: skip
_CANCEL: Final = int(OrderKind.CANCEL)
_DRIVEN: Final = (int(Mobility.MOTOR), int(Mobility.TRACK))
_STANDING = np.array([task in (Task.HOLD, Task.ENTRENCH, Task.REST) for task in range(max(Task) + 1)])
_FORTRESS: Final = int(DirectiveKind.FORTRESS)
_RUNNING: Final = int(DirectiveState.RUNNING)


class Troops(Basis):
    """Own formations, by position in the view. Arrays have shape (formations,)."""

    def __init__(self, view: SideView, notes: Notes) -> None:
        super().__init__(view, notes)
        self._planned: Array | None = None
        self._held: Ints | None = None

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
    def serves(self) -> list[bool]:
        """Whether each own formation is a service that holds no ground."""
        serves: Mask | None = self.statics.shared.get("staff.serves")
        if serves is None:
            kinds = self.statics.scenario.kinds
            serves = self.statics.shared["staff.serves"] = np.array([not kinds[n].holds_ground for n in self.statics.kinds])
        found: list[bool] = serves[self.view.own.kind].tolist()
        return found

    def able(self, who: Ints) -> Ints:
        """Those of some positions who hold ground: services are no part of a line, a reserve or an attack."""
        if not self.some_serve:
            return who
        return np.array([at for at in who.tolist() if not self.serves[at]], np.int64)

    @Once
    def some_serve(self) -> bool:
        """Whether any own formation is a service."""
        return any(self.serves)

    @Once
    def power_of(self) -> list[int]:
        """Points of each own formation."""
        points: list[int] = self.view.own.power.tolist()
        return points

    @Once
    def men_of(self) -> list[int]:
        """Men of each own formation."""
        men: list[int] = self.view.own.men.tolist()
        return men

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
        own, found = self.view.own, np.empty(len(self.view.own), np.int64)
        _plan(self.role, self.slot, own.hex, self.owner, self.side, found)
        return found

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
        for i in self._naming_a_garrison:
            cell = int(d.objective[i])
            if not self.view.hexes.fortress[cell] or self.owner[cell] != self.side:
                continue
            for row in d.reserve[i].tolist():
                at = own.at(row)
                if at >= 0 and not self.garrison[at] and not self.by_hand[at]:
                    found[at] = cell
        return found

    @property
    def _naming_a_garrison(self) -> list[int]:
        """Directives in force that name the garrison of a fortress: the same while the view shows the same frame."""
        d, memo, key = self.view.directives, self.statics.memo, f"staff.garrisons.{self.side}"
        held = memo.get(key)
        if held is None or held[0] is not d:
            named = (d.kind == _FORTRESS) & (d.state >= _RUNNING) & (d.reserve[:, 0] >= 0)
            held = memo[key] = (d, named.nonzero()[0].tolist())
        found: list[int] = held[1]
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
        human = orders.by_human == 1
        span = self.hours("staff.lock_h")
        live = np.zeros(len(own), bool)
        for i in human.nonzero()[0].tolist() if anywhere(human) else ():  # orders are by number: a later one counts
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
    def contact_of(self) -> list[int]:
        """Whether an enemy stands beside each own formation."""
        contact: list[int] = self.view.own.contact.tolist()
        return contact

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
        own, part = self.view.own, self.control.part
        found = np.empty(len(own), part.dtype)
        _own_part(own.hex, self.owner, self.side, part, found)
        return found

    @Once
    def part_of(self) -> list[int]:
        """The same as plain numbers."""
        parts: list[int] = self.part.tolist()
        return parts

    @Once
    def long_cut_off(self) -> Mask:
        """Own formations that no supply has reached for days."""
        since, span = self.view.own.cut_off_since, round(self.rules["staff.cut_off_days"] * DAY)
        long: Mask = (since < NEVER) & (self.minute - since > span)
        return long

    @Once
    def hostile_round(self) -> list[int]:
        """How many hexes round each own formation are the enemy's."""
        cells = self.view.own.hex
        counts: list[int] = hostile_round(self.grid, cells, self.owner, 1 - self.side, self.control.land).tolist()
        return counts


@jit
def _plan(role: Any, slot: Any, cells: Any, owner: Any, side: int, found: Any) -> None:
    for i in range(len(found)):
        placed = role[i] == IN_LINE and slot[i] >= 0 and owner[slot[i]] == side
        found[i] = slot[i] if placed else cells[i]


@jit
def _own_part(cells: Any, owner: Any, side: int, part: Any, found: Any) -> None:
    for i in range(len(found)):
        found[i] = part[cells[i]] if owner[cells[i]] == side else -1
