"""The operational pause: an attack that has outrun its ammunition or fuel holds, closes up, and goes on when it is supplied.

It begins below one threshold and ends above a higher one, so that a day's delivery does not start and stop it; and it ends
after some days whatever has come, for who cannot be supplied better gains nothing by waiting.
"""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY, NEVER
from engine.model.codes import DirectiveKind
from engine.staff.assembly import assemble
from engine.staff.attack import see_through
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.plans import Plans
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

CLOSED_UP = 4
"""Hexes behind the front from which on a formation that is not fighting comes up during a pause."""


def pauses(s: Situation, plans: Plans, hq: int, i: int, group: Ints) -> bool:
    """Whether the attack ``i`` of a headquarters stands still for want of supply; noted from one cycle to the next."""
    staff = s.notes.staff
    since, ended = staff["paused_at"].item(hq), staff["resumed_at"].item(hq)
    if not len(group) or plans.kind[i] == DirectiveKind.BREAK_OUT or int(plans.d.raid[i]):
        return False
    ammunition, fuel = stocks(s, group)
    most, going = round(s.rules["staff.pause_days"] * DAY), since <= ended
    if since < plans.start[i]:
        since, going = -NEVER, True  # the pause of another attack
    if going:
        low = ammunition < s.rules["staff.pause_ammo"] or fuel < s.rules["staff.pause_fuel"]
        if low and s.minute - ended >= most:
            staff["paused_at"][hq] = s.minute
            return True
        return False
    enough = ammunition >= s.rules["staff.resume_ammo"] and fuel >= s.rules["staff.resume_fuel"]
    if enough or s.minute - since >= most:
        staff["resumed_at"][hq] = s.minute
        return False
    return True


def stocks(s: Situation, group: Ints) -> tuple[float, float]:
    """Mean days of defence that a group's ammunition lasts and mean fills of fuel, by power.

    What one has beyond the level at which the attack goes on again helps no other; who drives nothing wants no fuel.
    """
    if "stocks" not in s.kept:
        s.kept["stocks"] = _weighted_stocks(s)
    power, ammunition, fuel = s.kept["stocks"]
    who = group.tolist()
    total = sum([power[at] for at in who]) * PPM
    return sum([ammunition[at] for at in who]) / total, sum([fuel[at] for at in who]) / total


def _weighted_stocks(s: Situation) -> list[list[int]]:
    """Of each own formation its weight, and its ammunition and fuel times that."""
    own, rules = s.view.own, s.rules
    power = own.power + 1
    columns = ((own.ammo_days, "staff.resume_ammo"), (own.fuel_days, "staff.resume_fuel"))
    held = [power * np.minimum(days, round(rules[enough] * PPM)) for days, enough in columns]
    return [column.tolist() for column in (power, *held)]


def pause(s: Situation, wishes: Intentions, plans: Plans, i: int, group: Ints) -> None:
    """Everybody holds where he is, but for fights that go well; who is far behind and free closes up."""
    ammunition, fuel = stocks(s, group)
    left = see_through(s, wishes, group, [])
    behind = [at for at in left.tolist() if s.control.depth[s.hex_of[at]] > CLOSED_UP and not s.contact_of[at]]
    assemble(s, wishes, plans, i, np.array(behind, np.int64))
    for at in left.tolist():
        if at not in wishes:
            wishes.stay(at, Reason.SUPPLY_PAUSE, s.hex_of[at], -1, round(100 * ammunition), round(100 * fuel))
