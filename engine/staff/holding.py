"""What every headquarters with a front does: reserves, plugging, counter-attacks, following, places in the line."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.staff import flanks, reactions, rear, withdraw
from engine.staff.control import Ints
from engine.staff.counter import counter_attack, reduce_pockets
from engine.staff.intentions import Intentions
from engine.staff.line import match, no_need, stations
from engine.staff.numbers import IN_ASSAULT, IN_LINE, IN_MOBILE, IN_RESERVE
from engine.staff.plans import Plan, Plans
from engine.staff.reasons import EndReason, Reason
from engine.staff.roles import change_roles, reserve_wanted, without
from engine.staff.sectors import APPROACH, ESTABLISHED, Sector, Sectors
from engine.staff.situation import Situation

_CULMINATED: Final = int(EndReason.CULMINATED)
LEAST_KM = 6
"""A front has no use for more than one formation in so many kilometres."""
BEHIND_HEXES = 2
"""At the very beginning those who stand so far behind the front are taken to be its reserves."""


def hold(s: Situation, wishes: Intentions, plans: Plans, sectors: Sectors, who: dict[int, Ints]) -> None:
    """One cycle of the headquarters ``who``, with the formations that each commands."""
    places: dict[int, Sector | Ints] = {}
    holders: dict[int, Ints] = {}
    for hq, members in who.items():
        plan, role = plans.of[hq], s.role_of
        few = [at for at in members.tolist() if role[at] not in (IN_ASSAULT, IN_MOBILE)]
        mine = np.array(few, np.int64) if len(few) < len(members) else members
        able = s.able(mine)
        if not len(able):
            no_need(s, hq)
        if not len(mine):
            continue
        if withdraw.asked(s, plans, plan) and not withdraw.under_way(s, hq):
            withdraw.begin(s, plans, plan, sectors.sector(hq), mine)
        withdraw.go_ahead(s, plans, plan, sectors.sector(hq), mine)
        if len(able) and not withdraw.under_way(s, hq):
            place = _place(s, plan, sectors)
            _one(s, wishes, plans, plan, place, able, stays=plans.stand_fast(plan) or sectors.given_up(plan) is not None)
            places[hq], holders[hq] = place, able
        if withdraw.under_way(s, hq):
            withdraw.lead(s, wishes, plans, plan, mine)
            places.pop(hq, None)
        elif len(able) < len(mine):
            rear.come_up(s, wishes, plans, plan, without(mine, able))
    _stand(s, wishes, places, holders)
    for hq, place in places.items():
        if _length(place):
            reactions.place_reserves(s, wishes, place, holders[hq], sectors.given_up(plans.of[hq]))
        else:
            rear.come_up(s, wishes, plans, plans.of[hq], holders[hq])


def _place(s: Situation, plan: Plan, sectors: Sectors) -> Sector | Ints:
    """Where a headquarters stands: its sector of the front, or a line behind it."""
    phase = sectors.phase(plan)
    if phase == ESTABLISHED and s.notes.staff["phase"][plan.hq] == APPROACH:
        s.notes.staff["phase"][plan.hq] = ESTABLISHED
        s.notes.staff["phase_since"][plan.hq] = s.minute
    sector = sectors.sector(plan.hq)
    # A line that one has attacked from since is no place to go back to.
    left_behind = (plan.axis >= 0 and not len(sector.sides)) or sectors.overtaken(plan)
    if not left_behind and (sectors.marching(plan) or not len(sector.sides)):
        return sectors.own_line(plan)
    return sector


def _one(
    s: Situation, wishes: Intentions, plans: Plans, plan: Plan, place: Sector | Ints, mine: Ints, *, stays: bool
) -> None:  # fmt: skip
    """Roles of one headquarters' holders, and what it does about the enemy before its front.

    ``stays``: on its line, because it was told to hold it to the last or to go back to it.
    """
    _change_roles(s, plans, plan, place, mine)
    if not isinstance(place, Sector):
        no_need(s, plan.hq)
        return
    reactions.plug(s, wishes, plan.hq, place, mine)
    flanks.guard(s, wishes, place, mine, bends=not plans.stand_fast(plan))
    if withdraw.forced(s, plans, plan, mine):
        withdraw.begin(s, plans, plan, place, mine, fall_back=True)
        return
    # Nobody fights for ground that he is to leave tomorrow.
    if not plans.leaves_soon(plan, s.hours("staff.eve_h")):
        reduce_pockets(s, wishes, plan.hq, place, mine)
        counter_attack(s, wishes, plan.hq, place, mine)
    if plans.attacking(plan) and not plans.stand_fast(plan):
        reactions.widen(s, wishes, plan.hq, place, mine)
    if not plans.stand_fast(plan):
        reactions.step_back(s, wishes, mine)
    if not stays:
        # Who must not give up his line is not lured out of it either.
        reactions.follow(s, wishes, plan.hq, place, mine)


def _change_roles(s: Situation, plans: Plans, plan: Plan, place: Sector | Ints, mine: Ints) -> None:
    km = place.length_km if isinstance(place, Sector) else s.grid.spacing_km * len(place)
    if not km:
        return
    i = plan.current
    share = plans.d.reserve_share.item(i) if i >= 0 else -1
    kept = plans.named(i, "reserve") if i >= 0 else mine[:0]
    named = np.array(sorted(set(kept.tolist()).intersection(mine.tolist())), np.int64) if len(kept) else mine[:0]
    wanted = reserve_wanted(s, km, len(mine), share)
    if s.notes.staff["planned_at"].item(plan.hq) < 0:
        _first_reserves(s, mine, wanted)
    change_roles(s, plan.hq, mine, named, wanted, max(int(km / LEAST_KM), 1))


def _first_reserves(s: Situation, mine: Ints, wanted: int) -> None:
    """At the beginning those farthest behind the front are the reserve."""
    line = mine[s.role[mine] == IN_LINE]
    depth = s.control.depth[s.view.own.hex[line]]
    back = line[np.lexsort((s.view.own.row[line], -depth))]
    back = back[s.control.depth[s.view.own.hex[back]] >= BEHIND_HEXES]
    s.give_role(back[: max(wanted - (len(mine) - len(line)), 0)], IN_RESERVE)


def _stand(s: Situation, wishes: Intentions, places: dict[int, Sector | Ints], holders: dict[int, Ints]) -> None:
    """Everybody in the line goes to its place, unless it fights where it stands."""
    manned = {hq: place for hq, place in places.items() if _length(place)}
    who, group = [], []
    for number, hq in enumerate(manned):
        free = [at for at in holders[hq].tolist() if s.role_of[at] != IN_RESERVE and at not in wishes]
        who += free
        group += [number] * len(free)
    if not who:
        return
    at, line, locked, fighting = np.array(who, np.int64), stations(s, manned), s.locked_of, s.fighting_of
    why = s.notes.staff["end_reason"].item
    culminated = {hq for hq in manned if why(hq) == _CULMINATED}
    fixed = [locked[one] or fighting[one] for one in who]
    found = match(s, line, at, np.array(group, np.int64), np.array(fixed))
    s.give_place(found.who, found.place)
    behind = [not isinstance(place, Sector) for place in manned.values()]
    pinned = [is_ and not locked[one] for one, is_ in zip(who, fixed, strict=True)]
    for i, (one, cell, fresh) in enumerate(zip(who, found.place.tolist(), found.fresh.tolist(), strict=True)):
        hq = line.hq[group[i]]
        if hq in culminated and _has_culminated(s, hq, one):
            wishes.place(one, cell, Reason.CULMINATED, cell, -1, _men_left(s, hq, at))
        elif pinned[i] and one in s.on_directed_attack:
            wishes.stay(one, Reason.CALLED_OFF)
        elif pinned[i]:
            wishes.fight_on(one, Reason.HOLD, cell)
        elif behind[group[i]]:
            wishes.place(one, cell, Reason.REAR_LINE)
        elif cell != fresh:
            wishes.place(one, cell, Reason.KEEP, cell, fresh, s.apart(cell, fresh))
        else:
            wishes.place(one, cell, Reason.HOLD)


def _has_culminated(s: Situation, hq: int, at: int) -> bool:
    """Its attack has been called off in this cycle because the group has too few men left."""
    if int(s.notes.staff["end_reason"][hq]) != _CULMINATED:
        return False
    return int(s.notes.formation["role_since"][s.row_of[at]]) == s.minute


def _men_left(s: Situation, hq: int, who: Ints) -> int:
    """Per cent of the assault group's men that are left."""
    group = [at for at in who.tolist() if _has_culminated(s, hq, at)]
    return int(s.view.own.men[group].sum()) * 100 // max(int(s.notes.staff["group_men"][hq]), 1)


def _length(place: Sector | Ints) -> int:
    return len(place.sides) if isinstance(place, Sector) else len(place)
