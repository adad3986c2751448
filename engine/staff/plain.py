"""The plain staff: attack the nearest enemy where it is weak, hold otherwise. The baseline every table shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import HOUR
from engine.core.dice import Dice
from engine.model.codes import OrderKind
from engine.model.commander import Notes
from engine.model.orders import Order
from engine.model.view import SideView
from engine.staff.intentions import Intentions
from engine.staff.plans import Plans
from engine.staff.reasons import Reason
from engine.staff.roles import members_of
from engine.staff.situation import Situation

GO_X = 0.1
CYCLE_H = 6


class Plain:
    """Formations of attacking headquarters attack the nearest enemy hex one by one; everybody else stands."""

    built_in = True
    digest = "plain-2"

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        """Orders of all due headquarters."""
        s = Situation(view, notes)
        plans = Plans(s)
        wishes = Intentions(s)
        members = members_of(plans)
        for hq in due:
            notes.staff["planned_at"][hq] = view.minute
            notes.staff["cycle_at"][hq] = view.minute + CYCLE_H * HOUR
            attacks = plans.attacking(plans.of[int(hq)])
            for at in members.get(int(hq), np.zeros(0, np.int64)).tolist():
                if not (attacks and _nearest(s, wishes, at)):
                    wishes.fight_on(at, Reason.HOLD, int(view.own.hex[at]))
        return wishes.orders(plans.commander)


def _nearest(s: Situation, wishes: Intentions, at: int) -> bool:
    """Attack the nearest enemy hex if that promises anything; whether it does."""
    faces = s.control.faces
    if not len(faces):
        return False
    gap = s.grid.distance(int(s.view.own.hex[at]), faces)
    target = int(faces[np.lexsort((faces, gap))[0]])
    x = s.odds(int(s.view.own.power[at]), target)
    if x < GO_X:
        return False
    wishes.want(at, OrderKind.ATTACK, target, Reason.NEAREST, target, -1, round(x * PPM))
    return True
