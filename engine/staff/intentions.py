"""What a staff wants of each formation, and the orders that are still needed to bring it about."""

from __future__ import annotations

import numpy as np

from engine.model.codes import OrderKind, Task
from engine.model.orders import Order
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_TASKS = {
    OrderKind.MARCH: Task.MARCH, OrderKind.ATTACK: Task.ATTACK, OrderKind.HOLD: Task.HOLD,
    OrderKind.WITHDRAW: Task.WITHDRAW, OrderKind.EXPLOIT: Task.EXPLOIT,
}  # fmt: skip


class Intentions:
    """Wishes by position in the view; the first wish for a formation in a cycle stands."""

    def __init__(self, s: Situation) -> None:
        self.s = s
        self._wish: dict[int, tuple[OrderKind, int, Reason, tuple[int, int, int, int]]] = {}

    def __contains__(self, at: int) -> bool:
        return at in self._wish

    def free(self, at: int) -> bool:
        """No wish yet, and no human's order to respect."""
        return at not in self._wish and not self.s.locked[at]

    def want(self, at: int, kind: OrderKind, goal: int, reason: Reason, *detail: int) -> None:
        """Wish that the formation at a position does something; ignored if it is taken already."""
        if not self.free(at):
            return
        numbers = (*(int(v) for v in detail), 0, 0, 0, 0)[:4]
        self._wish[at] = (kind, int(goal), reason, (numbers[0], numbers[1], numbers[2], numbers[3]))

    def place(self, at: int, cell: int, reason: Reason, *detail: int) -> None:
        """Wish that it stands at a hex: a march if it is elsewhere, else that it holds."""
        kind = OrderKind.HOLD if int(self.s.view.own.hex[at]) == cell else OrderKind.MARCH
        self.want(at, kind, cell, reason, *(detail or (cell,)))

    def orders(self) -> list[Order]:
        """Orders for what is not already intended. Re-issuing an identical order is a no-op and is left out."""
        own = self.s.view.own
        task, goal = self.s.intent
        found = []
        for at in sorted(self._wish):
            kind, cell, reason, detail = self._wish[at]
            self._note(at, reason, detail)
            if _already(kind, cell, int(task[at]), int(goal[at]), int(own.hex[at]), bool(own.leg_to[at] >= 0)):
                continue
            hq = self.s.view.statics.headquarters_ids[int(self.s.commander[at])] if self.s.commander[at] >= 0 else ""
            found.append(Order(kind, own.ids[at], cell, hq, reason=int(reason), detail=detail))
        return found

    def _note(self, at: int, reason: Reason, detail: tuple[int, int, int, int]) -> None:
        row = self.s.view.own.row[at]
        notes = self.s.notes.formation
        if notes["reason"][row] != reason or not np.array_equal(notes["detail"][row], detail):
            notes["reason"][row], notes["detail"][row] = reason, detail


def _already(kind: OrderKind, cell: int, task: int, goal: int, hex_: int, moving: bool) -> bool:
    wanted = _TASKS[kind]
    if kind is OrderKind.HOLD:
        return (task == Task.HOLD or (task in (Task.ENTRENCH, Task.REST))) and not moving
    if kind is OrderKind.MARCH and hex_ == cell and task == Task.HOLD:
        return True
    return task == wanted and goal == cell
