"""When a headquarters plans: by its level, what it is doing, and the quality of its staff.

An attack is led every few hours, its line and that of holders less often; fronts and army groups look once a day.
An alarm brings a cycle forward, but nobody turns the whole line over more often than a quick staff could.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.arithmetic import PPM, round_up
from engine.core.calendar import HOUR
from engine.model.codes import SIDES, Echelon
from engine.staff.plans import Plan, Plans
from engine.staff.situation import Situation

_LEVELS = ("division", "corps", "army", "front")
GRID_H = 3
"""Cycles fall on hours that divide by this, so that many headquarters plan in one pass."""


def acting(s: Situation, due: Sequence[int]) -> list[int]:
    """Of the headquarters that are due those that do something; an alarm soon after a cycle waits for the next."""
    staff, soonest = s.notes.staff, s.hours("staff.cycle_attack_h")
    found = []
    for hq in due:
        full_at = int(staff["full_at"][hq])
        early = s.minute < int(staff["cycle_at"][hq]) and s.minute < full_at + soonest
        if early and not int(staff["attacking"][hq]):
            staff["planned_at"][hq] = s.minute
            staff["cycle_at"][hq] = min(int(staff["cycle_at"][hq]), full_at + soonest)
        else:
            found.append(int(hq))
    return found


def with_the_line(s: Situation, plans: Plans, who: list[int]) -> list[int]:
    """Those that look at their whole line now: holders always, those in attack at every second cycle."""
    staff = s.notes.staff
    least = s.hours("staff.cycle_full_h")
    return [
        hq for hq in who
        if not plans.attacking(plans.of[hq]) or s.minute >= int(staff["full_at"][hq]) + least * PPM // _quality(s, hq)
    ]  # fmt: skip


def approaching(s: Situation, plans: Plans, plan: Plan) -> bool:
    """Whether the next attack is so near that its group moves up to the places it attacks from."""
    i = plan.upcoming
    return i >= 0 and not plans.waits(i) and int(plans.d.start_at[i]) - s.minute <= s.hours("staff.approach_h")


def released(s: Situation, plans: Plans, plan: Plan) -> bool:
    """Whether orders written now reach the troops at about H-hour of the next attack."""
    level = _LEVELS[min(max(int(s.view.headquarters.echelon[s.headquarters_at[plan.hq]]) - Echelon.DIVISION, 0), 3)]
    lead = s.hours(f"command.delay_{SIDES[s.side]}_{level}_h") * PPM // _quality(s, plan.hq)
    return int(plans.d.start_at[plan.upcoming]) - s.minute <= lead + GRID_H * HOUR // 2


def superior(s: Situation, hq: int) -> bool:
    """Armies and above may lend formations between those below them."""
    headquarters = s.view.headquarters
    return bool(headquarters.echelon[s.headquarters_at[hq]] >= Echelon.ARMY)


def book(s: Situation, plans: Plans, who: list[int], look: list[int]) -> None:
    """Write down when each planned and when it plans next."""
    staff = s.notes.staff
    for hq in who:
        first = int(staff["planned_at"][hq]) < 0
        cycle = _cycle_min(s, plans, hq)
        if first and not plans.attacking(plans.of[hq]):
            # Staggered: not all holders of a side at the same hours.
            cycle = GRID_H * HOUR * (1 + hq % max(cycle // (GRID_H * HOUR), 1))
        staff["planned_at"][hq] = s.minute
        staff["cycle_at"][hq] = max(round_up(s.minute + cycle - GRID_H * HOUR + 1, GRID_H * HOUR), s.minute + HOUR)
        staff["attacking"][hq] = plans.attacking(plans.of[hq])
    for hq in look:
        staff["full_at"][hq] = s.minute


def _cycle_min(s: Situation, plans: Plans, hq: int) -> int:
    plan = plans.of[hq]
    near = s.hours("staff.cycle_hold_h") + s.hours("staff.approach_h")
    soon = plan.upcoming >= 0 and int(plans.d.start_at[plan.upcoming]) <= s.minute + near
    if plans.attacking(plan) or soon:
        minutes = s.hours("staff.cycle_attack_h")
    elif (plans.commander == hq).any():
        minutes = s.hours("staff.cycle_hold_h")
    elif s.view.headquarters.echelon[s.headquarters_at[hq]] <= Echelon.ARMY:
        minutes = s.hours("staff.cycle_army_h")
    else:
        minutes = s.hours("staff.cycle_front_h")
    return minutes * PPM // _quality(s, hq)


def _quality(s: Situation, hq: int) -> int:
    return max(int(s.view.headquarters.staff[s.headquarters_at[hq]]), PPM // 4)
