"""The plain staff: attack the nearest enemy where it is weak, hold otherwise. The baseline every table shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import HOUR
from engine.core.dice import Dice
from engine.model.codes import DirectiveKind, OrderKind
from engine.model.commander import Notes
from engine.model.orders import Order
from engine.model.view import SideView
from engine.staff.intentions import Intentions
from engine.staff.reasons import Reason
from engine.staff.situation import Situation
from engine.staff.staff import current_directive

GO_X = 0.1


class Plain:
    """Formations of attacking headquarters attack the nearest enemy hex one by one; everybody else stands."""

    built_in = True
    digest = "plain-1"

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        """Orders of all due headquarters."""
        s = Situation(view, notes)
        wishes = Intentions(s)
        enemy = np.unique(s.front.other).astype(np.int64)
        for hq in due:
            notes.staff["planned_at"][hq] = view.minute
            notes.staff["cycle_at"][hq] = view.minute + 6 * HOUR
            d = current_directive(s, int(hq))
            attacking = (
                d >= 0
                and view.directives.kind[d] == DirectiveKind.ATTACK
                and view.directives.start_at[d] <= view.minute
            )
            for at in np.flatnonzero(s.commander == hq).tolist():
                if attacking and len(enemy):
                    _nearest(s, wishes, at, enemy)
        return wishes.orders()


def _nearest(s: Situation, wishes: Intentions, at: int, enemy: np.ndarray) -> None:
    here = int(s.view.own.hex[at])
    gap = s.grid.distance(here, enemy)
    target = int(enemy[np.lexsort((enemy, gap))[0]])
    x = float(s.x_estimate(int(s.view.own.power[at]), target))
    if x >= GO_X:
        wishes.want(at, OrderKind.ATTACK, target, Reason.NEAREST, target, target, 1, round(x * PPM))
