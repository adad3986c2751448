"""What own formations are about: orders on their way and in force, battles, attacks that failed."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.columns import rows_where
from engine.core.jit import jit
from engine.core.once import Once
from engine.model.codes import ATTACKING, HOLDING, LIVE, OrderKind, OrderState, Outcome, Task
from engine.model.orders import TASK_OF
from engine.staff.control import Mask
from engine.staff.numbers import TO_ATTACK, TO_HOLD
from engine.staff.reasons import Reason
from engine.staff.troops import Troops

_TASK_OF: Final = {int(kind): int(task) for kind, task in TASK_OF.items()}
_ATTACK: Final = int(OrderKind.ATTACK)
_ON_ITS_WAY: Final = int(OrderState.ON_ITS_WAY)
_IN_FORCE: Final = int(OrderState.IN_FORCE)
_BROKEN_OFF: Final = int(Outcome.BROKEN_OFF)
_AT_A_TARGET = np.array([task in (Task.ATTACK, Task.PROBE, Task.BOMBARD) for task in range(max(Task) + 1)])
"""For each task whether what it aims at is a target, not a goal."""
_DIRECTED = (int(Reason.ATTACK), int(Reason.FEED))


class Doings(Troops):
    """Orders, battles and failures of own formations."""

    @Once
    def intent(self) -> tuple[list[int], list[int], list[bool]]:
        """Task and goal that each own formation has or will have when the order on its way arrives, and if one is."""
        own, orders = self.view.own, self.view.orders
        task, goal = own.task.tolist(), own.goal.tolist()
        aiming = rows_where(_AT_A_TARGET[own.task])
        for at, target in zip(aiming.tolist(), own.target[aiming].tolist(), strict=True):
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
        if len(battles.battle):
            _pin(battles.row, battles.outcome, battles.battle, battles.role, battles.formation, own.position, mask)
        return mask

    @Once
    def _under_way(self) -> Mask:
        """Battles in which own troops attack now."""
        battles = self.view.battles
        live: Mask = (battles.attacking == 1) & (battles.outcome == LIVE)
        return live

    @Once
    def attacked(self) -> set[int]:
        """Hexes that own troops are fighting for now."""
        return set(self.view.battles.hex[self._under_way].tolist())

    def resting(self, at: int) -> bool:
        """Whether an own formation rests after an attack that failed."""
        return bool(self.notes.formation["rest_until"][self.row_of[at]] > self.minute)

    @Once
    def going_well(self) -> set[int]:
        """Hexes of own attacks under way that are worth going on with, as the fighting suggests."""
        battles = self.view.battles
        good = self._under_way & (battles.x > round(self.rules["staff.feed_x"] * PPM))
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

    def fail(self, hq: int, cell: int, minute: int) -> None:
        """Note that an attack of a headquarters on a hex has failed."""
        self.notes.add_failure(hq, cell, minute)
        self.__dict__.pop("failures_of", None)

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


@jit
def _pin(row: Any, outcome: Any, battle: Any, role: Any, formation: Any, position: Any, mask: Any) -> None:
    """Mark those who attack or hold in a battle that goes on; ``battle``, ``role``, ``formation``: of who takes part."""
    live = np.zeros(row[-1] + 1, np.bool_)
    for i in range(len(row)):
        live[row[i]] = outcome[i] == LIVE
    for k in range(len(battle)):
        at = position[formation[k]]
        if at >= 0 and live[battle[k]] and (role[k] == ATTACKING or role[k] == HOLDING):
            mask[at] = True
