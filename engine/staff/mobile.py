"""The mobile group: waits behind the spearhead, is committed into a real breach, exploits on a leash (staffs.md 4.8)."""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import NEVER
from engine.model.codes import Mobility, OrderKind, Outcome
from engine.staff.attack import Attack, travel_field
from engine.staff.intentions import Intentions
from engine.staff.reasons import Reason
from engine.staff.situation import Ints, Situation


def lead(s: Situation, wishes: Intentions, a: Attack, group: Ints, spearhead: int) -> None:
    """One cycle of a mobile group."""
    if not len(group):
        return
    staff = s.notes.staff
    committed = int(staff["committed_at"][a.hq]) >= int(s.view.directives.start_at[a.d])
    if not committed:
        taken = captured(s, a.d)
        if taken >= round(s.rules["staff.commit_hexes"]) and _hole(s, a, group):
            staff["committed_at"][a.hq] = s.minute
            committed = True
        else:
            _wait(s, wishes, group, spearhead, taken)
            return
    exploit(s, wishes, a, group)


def captured(s: Situation, d: int) -> int:
    """Hexes of the corridor that became own in the last day and a half."""
    since = s.minute - round(s.rules["staff.commit_h"] * 60)
    start = int(s.view.directives.start_at[d])
    fresh = np.flatnonzero(s.land & (s.owner == s.side) & (s.view.hexes.owner_since > max(since, start, 0)))
    if not len(fresh):
        return 0
    return int((s.axis_distance_m(fresh, s.view.directives.axis[d]) <= s.view.directives.corridor_m[d]).sum())


def _hole(s: Situation, a: Attack, group: Ints) -> bool:
    """A hex ahead that is outside every screen, or weakly screened, or weakly held."""
    if not len(a.candidates):
        return False
    x = s.x_estimate(int(s.view.own.power[group].sum()), a.candidates)
    occupied = s.occupied[a.candidates]
    free = s.defence[a.candidates] == 0
    weak = ~occupied & (x > s.rules["staff.commit_screen_x"])
    thin = occupied & (x > s.rules["staff.commit_occupied_x"])
    return bool((free | weak | thin).any())


def _wait(s: Situation, wishes: Intentions, group: Ints, spearhead: int, taken: int) -> None:
    """Stay two hexes behind the spearhead; move only if the place is off by more than three."""
    own, rules = s.view.own, s.rules
    behind, slack = round(rules["staff.mobile_hexes"]), round(rules["staff.mobile_move_hexes"])
    places = _behind(s, spearhead, behind)
    for at in group.tolist():
        here = int(own.hex[at])
        gap = int(s.grid.distance(here, spearhead))
        near = not len(places) or int(s.grid.distance(here, places).min()) <= slack
        place = here if near and gap > 1 else int(places[at % len(places)]) if len(places) else here
        wishes.place(at, place, Reason.MOBILE_WAIT, place, spearhead, taken, round(rules["staff.commit_hexes"]))


def _behind(s: Situation, spearhead: int, steps: int) -> Ints:
    ring = s.grid.ring_table(steps + 1)[spearhead]
    ring = ring[ring >= 0]
    far = s.grid.distance(ring, spearhead) > steps
    found: Ints = np.sort(ring[far & s.land[ring] & (s.owner[ring] == s.side)]).astype(np.int64)
    return found


def exploit(s: Situation, wishes: Intentions, a: Attack, group: Ints) -> None:
    """Descend to the objective round resistance; attack together if that is easy; halt on the leash or cut off."""
    own, rules = s.view.own, s.rules
    directives = s.view.directives
    axis = directives.axis[a.d]
    objective = int(directives.objective[a.d]) if directives.objective[a.d] >= 0 else int(axis[axis >= 0][-1])
    feet = own.hex[(own.mobility <= Mobility.HORSE)]
    for at in group.tolist():
        here = int(own.hex[at])
        if _spent_in_a_pocket(s, at):
            wishes.place(at, here, Reason.CUT_OFF, here)
            continue
        gap = int(s.grid.distance(here, feet).min()) * 6 if len(feet) else 0
        if gap > rules["staff.leash_km"]:
            wishes.place(at, here, Reason.LEASH, here, objective, gap)
            continue
        if here == objective:
            wishes.place(at, here, Reason.EXPLOIT, objective)
            continue
        target = _easy_target(s, here, objective, group)
        if target >= 0:
            wishes.want(
                at, OrderKind.ATTACK, target, Reason.ATTACK, target, target, len(group), _x(s, group, here, target)
            )
        else:
            wishes.want(at, OrderKind.EXPLOIT, objective, Reason.EXPLOIT, objective, objective)


def _spent_in_a_pocket(s: Situation, at: int) -> bool:
    """Cut off for days and too weak to go on: all-round defence."""
    own, rules = s.view.own, s.rules
    cut_off = own.cut_off_since[at] < NEVER and s.minute - own.cut_off_since[at] > rules["staff.cut_off_days"] * 1440
    return bool(cut_off and own.men[at] < rules["staff.cut_off_men"] * own.men_full[at])


def _easy_target(s: Situation, here: int, objective: int, group: Ints) -> int:
    """A held or screened enemy hex straight ahead that the peers here can take; -1 if the way is free or too hard."""
    ahead = s.grid.neighbours[here]
    ahead = ahead[ahead >= 0]
    field = travel_field(s, objective)
    nearer = ahead[(field[ahead] < field[here]) & s.land[ahead]]
    if not len(nearer) or not (s.owner[nearer] != s.side).all():
        return -1
    if (s.defence[nearer] == 0).any():
        return -1
    peers = group[s.grid.distance(s.view.own.hex[group], here) <= 1]
    x = s.x_estimate(int(s.view.own.power[peers].sum()), nearer)
    best = int(np.lexsort((nearer, -np.floor(x * 1000)))[0])
    return int(nearer[best]) if x[best] > s.rules["staff.exploit_attack_x"] else -1


def _x(s: Situation, group: Ints, here: int, target: int) -> int:
    peers = group[s.grid.distance(s.view.own.hex[group], here) <= 1]
    return round(float(s.x_estimate(int(s.view.own.power[peers].sum()), target)) * PPM)


def breached(s: Situation, target: int) -> bool:
    """Whether the last battle for a hex was won by this side."""
    b = s.view.battles
    won = (b.hex == target) & (b.attacking == 1) & (b.outcome == Outcome.YIELDED)
    return bool(won.any())
