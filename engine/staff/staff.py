"""The staff that runs every headquarters of a side: one cycle for all that are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.core.dice import Dice
from engine.model.commander import Notes
from engine.model.orders import Order
from engine.model.view import SideView
from engine.staff import attack, garrisons, lending, mobile, pausing, rear, timing
from engine.staff.assembly import assemble
from engine.staff.control import Ints
from engine.staff.evacuation import evacuate
from engine.staff.holding import hold
from engine.staff.intentions import Intentions
from engine.staff.landing import land
from engine.staff.numbers import IN_ASSAULT, IN_MOBILE
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.pockets import break_out
from engine.staff.pursuit import pursue
from engine.staff.roles import members_of, take_up, without
from engine.staff.sectors import Sectors
from engine.staff.situation import Situation


class Staff:
    """The built-in staff. It keeps nothing between calls: its memory is the notes."""

    built_in = True
    digest = "staff-2"

    def hears(self, minute: int) -> bool:
        """Whether alarms call headquarters at a minute."""
        return timing.hears(minute)

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        """Orders of all due headquarters of the side. Of two steps that want a formation the earlier has it."""
        acting = timing.acting(view, notes, due)
        return self.orders(Situation(view, notes), acting) if acting else []

    def orders(self, s: Situation, acting: list[int]) -> list[Order]:
        """The same of those that act now, in a situation that is known."""
        plans, members = _take_up(s, acting)
        wishes = Intentions(s)
        evacuate(s, wishes, plans, members, acting)
        land(s, wishes, plans, members, acting)
        break_out(s, wishes, plans, acting)
        for hq in acting:
            if hq in members:
                _attack(s, wishes, plans, plans.of[hq], members[hq])
        look = timing.with_the_line(s, plans, acting)
        lends = [hq for hq in acting if timing.superior(s, hq)]
        if look or lends:
            sectors = Sectors(s, plans)
            hold(s, wishes, plans, sectors, {hq: members[hq] for hq in look if hq in members})
            lending.lend(s, wishes, plans, sectors, lends)
        garrisons.stand(s, wishes, plans, acting)
        timing.book(s, plans, acting, look)
        return wishes.orders(plans.commander)


def _take_up(s: Situation, acting: list[int]) -> tuple[Plans, dict[int, Ints]]:
    """Plans and members of all headquarters after new directives were taken up and finished attacks ended."""
    plans = Plans(s)
    members = members_of(plans, acting)
    ended = []
    for hq in acting:
        if hq not in members:
            continue
        plan = plans.of[hq]
        take_up(s, plans, plan, members[hq])
        if plans.attacking(plan):
            assault = np.array([at for at in members[hq].tolist() if s.role_of[at] == IN_ASSAULT], np.int64)
            why = attack.why_over(s, plans, plan, assault)
            if why:
                s.notes.staff["end_reason"][hq] = why
                ended.append(hq)
    if ended:
        plans = Plans(s)
        members = members_of(plans, acting)
        for hq in ended:
            if hq in members:
                take_up(s, plans, plans.of[hq], members[hq])
    return plans, members


def _attack(s: Situation, wishes: Intentions, plans: Plans, plan: Plan, members: Ints) -> None:
    """What assault and mobile groups do: assemble before H-hour, then attack and exploit."""
    if not plan.attacks and plan.upcoming == NONE:
        return
    role = s.role_of
    grouped = [at for at in members.tolist() if role[at] in (IN_ASSAULT, IN_MOBILE)]
    if not grouped:
        return
    assault = np.array([at for at in grouped if role[at] == IN_ASSAULT and wishes.free(at)], np.int64)
    fast = np.array([at for at in grouped if role[at] == IN_MOBILE and wishes.free(at)], np.int64)
    i = plan.current
    if not plan.attacks:
        if timing.approaching(s, plans, plan):
            _approach(s, wishes, plans, plan, assault)
            assault = assault[[at not in wishes for at in assault.tolist()]]
        if plans.assembling(plan):
            assemble(s, wishes, plans, plan.upcoming, np.concatenate([assault, fast]))
        return
    both = np.concatenate([assault, fast]) if len(fast) else assault
    later = _of_the_next(plans, plan, both)
    if len(later):
        if timing.approaching(s, plans, plan):
            _approach(s, wishes, plans, plan, without(assault, without(assault, later)))
        if plans.assembling(plan):
            assemble(s, wishes, plans, plan.upcoming, later[[at not in wishes for at in later.tolist()]])
        assault, fast = without(assault, later), without(fast, later)
        both = np.concatenate([assault, fast])
    attack.note_failures(s, plan.hq, both)
    if pausing.pauses(s, plans, plan.hq, i, both):
        pausing.pause(s, wishes, plans, i, both)
        return
    aim = attack.aim_of(s, plans, plan, i)
    assault = rear.put_in(s, plans, plan, aim, assault, members)
    appraisal = attack.appraise(s, aim, assault)
    if not len(fast) and mobile.breaks_out(s, aim, appraisal, assault, int(plans.d.start_at[i])):
        fast = np.array([at for at in assault.tolist() if s.mechanised_of[at]], np.int64)
        assault = without(assault, fast)
    fights = any(s.fighting_of[at] for at in assault.tolist())
    pursuit = pursue(s, wishes, aim, appraisal, assault)
    if pursuit:
        assault = np.array([at for at in assault.tolist() if at not in wishes], np.int64)
    attack.carry_out(s, wishes, aim, appraisal, assault)
    fast = attack.see_through(s, wishes, fast, [])
    if len(fast):
        mobile.lead(s, wishes, aim, appraisal, fast, assault, int(plans.d.start_at[i]), pursuit=pursuit and not fights)


def _approach(s: Situation, wishes: Intentions, plans: Plans, plan: Plan, assault: Ints) -> None:
    """The last hours before H-hour: up to the places of attack, and orders in time to arrive at H-hour."""
    aim = attack.aim_of(s, plans, plan, plan.upcoming)
    if plans.attacking(plan):
        aim = replace(aim, remembers=False)  # the notes hold the targets of the attack that is still going on
    appraisal = attack.appraise(s, aim, assault)
    if len(appraisal):
        attack.carry_out(s, wishes, aim, appraisal, assault, released=timing.released(s, plans, plan))


def _of_the_next(plans: Plans, plan: Plan, group: Ints) -> Ints:
    """Those whom the next attack names and the present one does not."""
    if plan.upcoming == NONE:
        return group[:0]
    now, then = (
        {*plans.named(i, "assault").tolist(), *plans.named(i, "mobile").tolist()} for i in (plan.current, plan.upcoming)
    )
    return np.array(sorted((then - now).intersection(group.tolist())) if now else [], np.int64)
