"""When a headquarters plans: by its level, what it is doing, and the quality of its staff.

An attack is led every few hours, its line and that of holders less often; fronts and army groups look once a day.
The k-th cycle of a staff is due k times its length after the beginning, and it plans at the next hour of a common
grid: all headquarters of a side plan together, and a good staff still plans more often than a bad one. An alarm
brings a cycle forward to the next hour of the grid: a staff works on a clock, and reports come in by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.core.arithmetic import PPM, round_up
from engine.core.calendar import HOUR, NEVER
from engine.model.codes import DirectiveKind, Echelon
from engine.model.commander import Notes
from engine.model.view import SideView
from engine.staff.basis import GRID_H
from engine.staff.plans import Plan, Plans
from engine.staff.sectors import FIRST_BOUND
from engine.staff.situation import Situation

LOOK_H = 6
"""Looks at the line fall on hours that divide by this, half of the holders' each time."""
_GRID: Final = GRID_H * HOUR
_LOOK: Final = LOOK_H * HOUR
_WITHDRAW: Final = int(DirectiveKind.WITHDRAW)
_ARMY: Final = int(Echelon.ARMY)


def hears(minute: int) -> bool:
    """Whether alarms call headquarters at a minute: on the grid, no more often than a quick staff plans an attack."""
    return minute % _GRID == 0


def acting(view: SideView, notes: Notes, due: Sequence[int]) -> list[int]:
    """Of the headquarters that are due those that do something now; the alarms of others wait for the grid."""
    staff, minute = notes.staff, view.minute
    found = []
    columns = (staff[name].tolist() for name in ("cycle_at", "attacking", "full_at"))
    cycle_of, attacking_of, full_of = columns
    for hq in map(int, due):
        if minute >= cycle_of[hq] or attacking_of[hq]:
            found.append(hq)
            continue
        # Nobody turns the whole line over more often than a quick staff could.
        soonest = max(minute, full_of[hq] + _GRID)
        if minute % _GRID == 0 and minute >= soonest:
            found.append(hq)
            continue
        staff["planned_at"][hq] = minute
        staff["cycle_at"][hq] = min(cycle_of[hq], round_up(soonest, _GRID))
    return found


def with_the_line(s: Situation, plans: Plans, who: list[int]) -> list[int]:
    """Those that look at their whole line now: holders always, those in attack or about to at every second cycle."""
    looked = s.notes.staff["full_at"][who].tolist()
    return [hq for hq, last in zip(who, looked, strict=True) if _holds(s, plans, hq, last) or _full_look(s, hq, last)]


def _holds(s: Situation, plans: Plans, hq: int, last: int) -> bool:
    """Whether it only holds or goes back, or has been alarmed since its last look with no attack to lead yet."""
    plan = plans.of[hq]
    if plan.attacks:
        return False
    if plan.current >= 0 and plans.kind[plan.current] == _WITHDRAW:
        return True
    return not _soon(s, plans, hq) or s.alarm_of[hq] >= last


def _full_look(s: Situation, hq: int, last: int) -> bool:
    """Whether a full cycle of an attacker has come due since its last look at the line."""
    if last < 0 or s.minute % _LOOK:
        return last < 0
    length = s.hours("staff.cycle_full_h") * PPM // s.quality_of[hq]
    return s.minute // length > last // length


def approaching(s: Situation, plans: Plans, plan: Plan) -> bool:
    """Whether the next attack is so near that its group moves up to the places it attacks from."""
    i = plan.upcoming
    return i >= 0 and not plans.waits(i) and plans.start[i] - s.minute <= s.hours("staff.approach_h")


def released(s: Situation, plans: Plans, plan: Plan) -> bool:
    """Whether orders written now reach the troops at about H-hour of the next attack."""
    return arrives_at(s, plan.hq, plans.start[plan.upcoming])


def arrives_at(s: Situation, hq: int, minute: int) -> bool:
    """Whether orders that a headquarters writes now reach its troops at about ``minute`` or later."""
    return minute - s.minute <= s.ahead_of_the_hour(hq, s.quality_of[hq])


def superior(s: Situation, hq: int) -> bool:
    """Armies and above may lend formations between those below them."""
    return s.echelon_of[hq] >= _ARMY


def book(s: Situation, plans: Plans, who: list[int], look: list[int]) -> None:
    """Write down when each planned and when it plans next."""
    staff, leading = s.notes.staff, set(plans.commander.tolist())
    attacking, quality_of, rows = [plans.of[hq].attacks for hq in who], s.quality_of, np.array(who)
    staff["planned_at"][rows] = s.minute
    staff["cycle_at"][rows] = [
        min(_next(s.minute, _cycle_min(s, plans, hq, attacks, hq in leading) * PPM // quality_of[hq], hq),
            _for_a_bound(s, plans, hq))
        for hq, attacks in zip(who, attacking, strict=True)
    ]  # fmt: skip
    staff["attacking"][rows] = attacking
    staff["full_at"][look] = s.minute


def _for_a_bound(s: Situation, plans: Plans, hq: int) -> int:
    """The hour of the grid at which orders for the next bound of a withdrawal by the clock are written; NEVER if none comes."""
    hours = [plans.taken_up_next(hq)]
    if s.notes.staff["phase"].item(hq) == FIRST_BOUND:
        second = s.notes.staff["phase_since"].item(hq) + s.hours("staff.bound_h")
        hours.append(second - s.ahead_of_the_hour(hq))
    soonest = min([minute for minute in hours if minute > s.minute], default=NEVER)
    return round_up(soonest, _GRID) if soonest < NEVER else NEVER


def _next(minute: int, cycle: int, hq: int) -> int:
    """The hour of the grid at which the next multiple of a cycle's length has passed."""
    grid = _LOOK if cycle >= _LOOK else _GRID
    # Staggered: not all holders of a side at the same hours.
    shift = (hq + 1) % max(round(cycle / _LOOK), 1) * _LOOK
    return round_up(((minute + shift) // cycle + 1) * cycle, grid) - shift


def _cycle_min(s: Situation, plans: Plans, hq: int, attacks: bool, leads: bool) -> int:
    """Length of a cycle of a staff of usual quality."""
    if attacks or _soon(s, plans, hq) or plans.afloat(plans.of[hq]):
        return s.hours("staff.cycle_attack_h")
    if leads:
        return s.hours("staff.cycle_hold_h")
    return s.hours("staff.cycle_army_h" if s.echelon_of[hq] <= _ARMY else "staff.cycle_front_h")


def _soon(s: Situation, plans: Plans, hq: int) -> bool:
    """Whether its next attack or landing is so near that it plans as often as in one."""
    i = plans.of[hq].upcoming
    if i < 0:
        return plans.landings != [] and plans.landing_of(hq) >= 0
    return plans.start[i] <= s.minute + s.hours("staff.cycle_hold_h") + s.hours("staff.approach_h")
