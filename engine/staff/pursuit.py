"""Pursuit: when the enemy has gone from before an attack its group spreads over the corridor and follows abreast."""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import PPM
from engine.model.codes import OrderKind
from engine.staff.attack import Aim, Appraisal
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.numbers import TO_FOLLOW
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

STRIDE = 3
"""A pursuer is given a hex at most so far ahead."""

SIDEWAYS_MIN = 180
"""Minutes of way to the objective that one hex less to go is worth: else all would run to the foremost hex."""


def pursue(s: Situation, wishes: Intentions, aim: Aim, a: Appraisal, group: Ints) -> bool:
    """Send each of a group into a free hex of its own; False if the enemy still stands before the attack."""
    ahead = _free(s, aim, a)
    if not len(group) or not ahead:
        return False
    tasks, goals, _ = s.intent
    travel = s.travel(aim.objective)
    for at in group.tolist():
        if tasks[at] == TO_FOLLOW and goals[at] in ahead:
            ahead.discard(goals[at])
            wishes.want(at, OrderKind.FOLLOW, goals[at], Reason.PURSUE, goals[at], aim.objective)
    for at in group[~s.fighting[group]].tolist():
        if at in wishes or (s.attacking[at] and goals[at] not in ahead):
            continue
        here = int(s.view.own.hex[at])
        near = [(int(travel[c]) + SIDEWAYS_MIN * s.apart(here, c), c) for c in ahead if s.apart(here, c) <= STRIDE]
        if near:
            cell = min(near)[1]
            ahead.discard(cell)
            wishes.want(at, OrderKind.FOLLOW, cell, Reason.PURSUE, cell, aim.objective)
    return True


def _free(s: Situation, aim: Aim, a: Appraisal) -> set[int]:
    """Hexes that nobody holds or screens, if at least half of those that could be attacked are such."""
    free = s.defence[a.cells] == 0
    if s.attacked:
        free &= np.array([cell not in s.attacked for cell in a.cells.tolist()], bool)
    if not len(a) or 2 * int(free.sum()) < len(a):
        return set()
    if aim.salient_weight > 0:
        free &= a.share >= round(s.rules["staff.follow_own_share"] * PPM)
    return set(a.cells[free].tolist())
