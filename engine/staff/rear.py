"""Who has no front of his own: second echelons behind their attack, reserves at their place, an army's own troops
behind its middle. They come up in bounds as the front moves on, and second echelons are put in where it pays.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.columns import rows_where
from engine.core.paths import FAR
from engine.model.codes import DirectiveKind
from engine.staff import trains
from engine.staff.attack import Aim, captured, middle
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.lines import line_cells
from engine.staff.numbers import IN_ASSAULT, IN_MOBILE, IN_RESERVE
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_NO_CELLS: Final = np.zeros(0, np.int64)
_RESERVE: Final = (int(DirectiveKind.RESERVE), int(DirectiveKind.RAIL))
_RAIL: Final = int(DirectiveKind.RAIL)
DEPTH = 2
"""Hexes behind the front, at least, of whoever has no part of it."""
BOUND = 4
"""Hexes from the right place in which one may as well stay: beyond, one comes up in a single march."""
FARTHEST = 6
"""An army's own troops stay where they are as long as the front is not farther, or nobody below the army attacks."""
AT_HAND = 6
"""A second echelon farther than so many hexes from its attack is not yet there to be put in."""
TWO = 2


def come_up(s: Situation, wishes: Intentions, plans: Plans, plan: Plan, members: Ints) -> None:
    """Those of a headquarters who have no front stand behind what they are there for; services stay where they serve."""
    waiting = [at for at in members.tolist() if at not in wishes]
    if not waiting:
        return
    anchor, reason = _anchor(s, plans, plan)
    if plan.current >= 0 and plans.kind[plan.current] == _RAIL and anchor >= 0:
        trains.board(s, wishes, anchor, waiting)
        waiting = [at for at in waiting if at not in wishes]
    advancing = any(plans.attacking(plans.of[hq]) for hq in plans.below.get(plan.hq, ()))
    crowd: dict[int, int] = {}
    for at in waiting:
        here = s.hex_of[at]
        depth = int(s.control.depth[here])
        settled = anchor < 0 or (depth >= DEPTH and s.serves[at])
        settled = settled or (reason is Reason.FOLLOW_UP and depth >= DEPTH and not (advancing and depth > FARTHEST))
        best = here if settled else _behind(s, anchor, s.part_of[at], here, crowd)
        if s.apart(here, best) <= BOUND and depth >= DEPTH:
            best = here
        crowd[best] = crowd.get(best, 0) + 1
        if anchor < 0:
            wishes.stay(at, Reason.NO_FRONT)
        else:
            wishes.place(at, best, reason, best, anchor)


def _anchor(s: Situation, plans: Plans, plan: Plan) -> tuple[int, Reason]:
    """What a headquarters' rear is there for: a named place, its attack, or the middle of those below it."""
    i = plan.current
    if i >= 0 and plans.kind[i] in _RESERVE:
        # A reserve that is given a line instead of a place stands by its middle.
        cells = line_cells(s.statics, plans.line_points(plan)) if plan.line == i else _NO_CELLS
        place = plans.objective(i) if plans.objective(i) >= 0 or not len(cells) else int(cells[len(cells) // 2])
        if place >= 0:
            return place, Reason.RESERVE_AT
    role = s.role
    if plans.attacking(plan):
        group = rows_where((plans.commander == plan.hq) & ((role == IN_ASSAULT) | (role == IN_MOBILE)))
        if len(group):
            return middle(s, group), Reason.BEHIND_THE_ATTACK
    below = rows_where(plans.led_by(plans.below.get(plan.hq, ())) & (role != IN_RESERVE))
    if len(below):
        return middle(s, below), Reason.FOLLOW_UP
    return NONE, Reason.NO_FRONT


def _behind(s: Situation, anchor: int, part: int, here: int, crowd: dict[int, int]) -> int:
    """The own hex nearest to an anchor, some way behind the front, on the land one stands on; two to a hex."""
    near = _near(s, anchor, part)
    return min(near, key=lambda c: (crowd.get(c, 0) >= TWO, s.apart(c, here), c), default=here)


def _near(s: Situation, anchor: int, part: int) -> list[int]:
    """Places on a piece of own land that are as near to an anchor as can be, or a hex farther; until a hex is taken."""
    key, kept = ("rear", part, anchor), s.control.kept
    if key not in kept:
        places = _places(s, part)
        gap = s.grid.distance(places, anchor)
        kept[key] = places[gap <= int(gap.min()) + 1].tolist() if len(places) else []
    found: list[int] = kept[key]
    return found


def _places(s: Situation, part: int) -> Ints:
    key, kept = ("rear", part), s.control.kept
    if key not in kept:
        depth = s.control.depth
        fit = (s.owner == s.side) & (s.control.part == part) & (depth >= DEPTH) & (depth < FAR)
        kept[key] = rows_where(fit)
    found: Ints = kept[key]
    return found


def put_in(s: Situation, plans: Plans, plan: Plan, aim: Aim, assault: Ints, members: Ints) -> Ints:
    """The assault group with what is put in of its second echelon now: one a day, into a breach or for what is lost."""
    staff, i = s.notes.staff, plan.current
    if not len(assault) or s.minute - int(staff["role_changed_at"][plan.hq]) < s.hours("staff.give_reserve_h"):
        return assault
    pool = [at for at in members.tolist() if s.role_of[at] == IN_RESERVE and not s.locked_of[at] and not s.fighting_of[at]]
    kept = set(plans.named(i, "reserve").tolist()) if pool else set()
    there = {s.part_of[at] for at in assault.tolist()}
    pool = [at for at in pool if at not in kept and s.part_of[at] in there]
    if not pool or not _pays(s, plans, plan, aim, assault):
        return assault
    centre = middle(s, assault)
    gaps = {at: s.apart(s.hex_of[at], centre) for at in pool}
    near = [at for at in pool if gaps[at] <= AT_HAND]
    if not near:
        return assault
    chosen = min(near, key=lambda at: (not s.mechanised_of[at], gaps[at], s.row_of[at]))
    s.give_role(np.array([chosen]), IN_ASSAULT)
    staff["group_men"][plan.hq] += s.men_of[chosen]
    staff["role_changed_at"][plan.hq] = s.minute
    return np.array(sorted([*assault.tolist(), chosen]), np.int64)


def _pays(s: Situation, plans: Plans, plan: Plan, aim: Aim, assault: Ints) -> bool:
    """The attack has broken in, or has lost enough men that it needs fresh ones to go on."""
    rules, staff = s.rules, s.notes.staff
    if captured(s, aim, int(plans.d.start_at[plan.current])) >= round(rules["staff.commit_hexes"]):
        return True
    men = sum(s.men_of[at] for at in assault.tolist())
    return bool(men < rules["staff.second_men"] * int(staff["group_men"][plan.hq]))
