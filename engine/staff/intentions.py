"""What a staff wants of each formation, and the orders that are still needed to bring it about."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.columns import Array
from engine.model.codes import OrderKind, Task
from engine.model.orders import Order
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_TASKS = {
    OrderKind.MARCH: Task.MARCH, OrderKind.ATTACK: Task.ATTACK, OrderKind.HOLD: Task.HOLD,
    OrderKind.WITHDRAW: Task.WITHDRAW, OrderKind.EXPLOIT: Task.EXPLOIT, OrderKind.FOLLOW: Task.FOLLOW,
    OrderKind.EMBARK: Task.EMBARK, OrderKind.LAND: Task.LAND, OrderKind.FORCED_MARCH: Task.MARCH,
    OrderKind.ENTRAIN: Task.ENTRAIN,
}  # fmt: skip
_STANDING = frozenset(map(int, (Task.HOLD, Task.ENTRENCH, Task.REST)))
_NOTHING = (0, 0, 0, 0)
# As plain names: a look into an enumeration is dear, and all of this is done for every formation in every cycle.
_HOLD: Final = OrderKind.HOLD
_MARCH: Final = OrderKind.MARCH
_EMBARK: Final = OrderKind.EMBARK
_TASK_OF: Final = {kind: int(task) for kind, task in _TASKS.items()}
_Wish = tuple[OrderKind, int, Reason, tuple[int, int, int, int]]


class Intentions:
    """Wishes by position in the view; the first wish for a formation in a cycle stands."""

    def __init__(self, s: Situation) -> None:
        self.s = s
        self._wish: dict[int, _Wish] = {}
        self._as_it_is: set[int] = set()
        self._hex, self._locked = s.hex_of, s.locked_of
        self._garrison: list[bool] = s.garrison.tolist()
        self._posted = s.posted

    def __contains__(self, at: int) -> bool:
        return at in self._wish

    def free(self, at: int) -> bool:
        """No wish yet, and no human's order to respect."""
        return at not in self._wish and not self._locked[at]

    def want(self, at: int, kind: OrderKind, goal: int, reason: Reason, *detail: int) -> None:
        """Wish that the formation at a position does something; ignored if it is taken already."""
        if at in self._wish:
            return
        if self._locked[at]:
            kind, goal, reason, detail = self._what_binds(at)
        one, two, three, four, *_ = (*detail, *_NOTHING) if detail else (goal, *_NOTHING)
        self._wish[at] = (kind, int(goal), reason, (int(one), int(two), int(three), int(four)))

    def _what_binds(self, at: int) -> tuple[OrderKind, int, Reason, tuple[int]]:
        """What is wished of a formation that the staff plans round."""
        here = self._hex[at]
        if self._garrison[at]:
            return _HOLD, here, Reason.FORTRESS, (here,)
        if at in self._posted:
            return _MARCH, self._posted[at], Reason.TO_THE_FORTRESS, (self._posted[at],)
        return _HOLD, -1, Reason.LOCKED_BY_HUMAN, (here,)

    def place(self, at: int, cell: int, reason: Reason, *detail: int) -> None:
        """Wish that it stands at a hex: a march if it is elsewhere, else that it holds."""
        kind = _HOLD if self._hex[at] == cell else _MARCH
        self.want(at, kind, cell, reason, *(detail or (cell,)))

    def stay(self, at: int, reason: Reason, *detail: int) -> None:
        """Wish that it stays where it is."""
        self.want(at, _HOLD, self._hex[at], reason, *(detail or (self._hex[at],)))

    def fight_on(self, at: int, reason: Reason, *detail: int) -> None:
        """Wish that it goes on with whatever it is doing."""
        if at not in self._wish:
            self.stay(at, reason, *detail)
            if not self._garrison[at]:
                self._as_it_is.add(at)

    def supersede(self, at: int) -> None:
        """Drop the wish for a formation: another headquarters has it now."""
        self._wish.pop(at, None)
        self._as_it_is.discard(at)

    def orders(self, commander: Array) -> list[Order]:
        """Orders for what is not already intended, by position. To say again what is under way would be no order."""
        own, names = self.s.view.own, self.s.statics.headquarters_ids
        task, goal, coming = self.s.intent
        moving, leaders = (own.leg_to >= 0).tolist(), commander.tolist()
        found = []
        self._note()
        for at in sorted(self._wish):
            kind, cell, reason, detail = self._wish[at]
            if kind is _HOLD:
                if task[at] in _STANDING and (coming[at] or not moving[at]):
                    continue
            elif task[at] == _TASK_OF[kind] and (goal[at] == cell or (kind is _EMBARK and cell < 0)):
                continue  # of who embarks the goal lies off the map
            if (self._locked[at] and not self._garrison[at] and at not in self._posted) or at in self._as_it_is:
                continue
            giver = leaders[at]
            hq = names[giver] if giver >= 0 else ""
            found.append(Order(kind, own.ids[at], cell, hq, reason=int(reason), detail=detail))
        return found

    def _note(self) -> None:
        if self._wish:
            rows, notes = self.s.view.own.row[list(self._wish)], self.s.notes.formation
            notes["reason"][rows] = [int(wish[2]) for wish in self._wish.values()]
            said = [number for wish in self._wish.values() for number in wish[3]]
            notes["detail"][rows] = np.array(said).reshape(-1, len(_NOTHING))  # many times quicker than from tuples
