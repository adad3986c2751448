"""Which body attacks, holds, gives ground or waits: the directives of a review.

Most of the strength goes where it promises most; the rest of the front holds. What is in hand follows the main effort.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY, NEVER
from engine.model.codes import DirectiveKind, DirectiveState, Mobility, Permission
from engine.model.instruction import Instruction
from engine.model.orders import Order
from engine.staff.control import Ints, Mask
from engine.staff.high.aims import Aim, aims_of, assault_size, worth
from engine.staff.high.bodies import Body, bodies_of, fitness, on_the_march, tops
from engine.staff.high.elastic import line_behind
from engine.staff.high.fortresses import declared, garrisons, lifted, posts
from engine.staff.high.garrison import released, sent
from engine.staff.high.keeping import keepers, takers, told_to_keep
from engine.staff.high.landings import landings
from engine.staff.high.leaving import (
    Pouch,
    evacuations,
    pouches,
    reopenings,
    threatened,
    withdrawals,
)
from engine.staff.high.regroup import Taker, mostly_on, regroup
from engine.staff.high.shifting import Shift, behind, shifts
from engine.staff.high.staying import stays
from engine.staff.plans import AT_SEA, ATTACKS, DECREES
from engine.staff.reasons import Reason
from engine.staff.situation import Situation, ln

_RUNNING = int(DirectiveState.RUNNING)
_OPEN = (int(DirectiveState.PENDING), _RUNNING)
_WITHDRAW = int(DirectiveKind.WITHDRAW)
_EVACUATE = int(DirectiveKind.EVACUATE)
_BREAK_OUT = int(DirectiveKind.BREAK_OUT)
_BINDING = [*ATTACKS, *AT_SEA, _WITHDRAW]
"""Kinds that are seen through before a body is told something else."""


def review(s: Situation, *, first: bool) -> list[Order | Instruction]:
    """New directives of a side, and formations put under other armies.

    ``first`` when nothing it was told before counts any more.
    """
    bodies = bodies_of(s)
    points = worth(s)
    engaged = set() if first else {hq for body in bodies for hq in body.staffs if _engaged(s, hq)}
    busy = set() if first else {body.hq for body in bodies if _bound(s, body)}
    necks = pouches(s)
    closing = threatened(s, necks)
    breaking = {hq for body in bodies for hq in body.staffs if _open(s, hq, [_BREAK_OUT])}
    kept = keepers(s, bodies, closing)
    at_neck = {one.corps.hq for one in kept if one.line}
    told = _out(s, bodies, engaged | breaking, at_neck, closing)
    gone = {s.statics.headquarters_rows[one.hq] for one in told}
    told = [*lifted(s, told), *told, *told_to_keep(s, kept, gone)]
    holding = set() if first else garrisons(s, bodies)
    ports = posts(s, bodies, at_neck | engaged | gone | holding | breaking)
    told += declared(s, ports)
    holding |= {one.corps for one in ports}
    told += [*released(s, bodies), *sent(s, bodies, necks, at_neck | engaged | gone | holding | breaking)]
    guards = _guards(s, necks, at_neck | engaged | gone | holding)
    leaving = gone | {hq for hq in engaged if _open(s, hq, [_WITHDRAW, _EVACUATE])}
    for body in bodies:
        if body.staffs & leaving and body.hq not in busy | leaving:
            told += _stay(s, body, leaving, guards)
    busy |= {body.hq for body in bodies if body.staffs & leaving}
    joined = reopenings(s, bodies, engaged | gone | breaking | holding)
    told += joined
    busy |= {s.statics.headquarters_rows[one.hq] for one in joined}
    over, at_sea = landings(s, bodies, points, busy | engaged)
    told += over
    busy |= {body.hq for body in bodies if body.hq in at_sea}
    needed = busy | {body.hq for body in bodies if body.staffs & (at_neck | holding)}
    # Who may soon be shut up looks to his way home, not to what lies before him.
    needed |= {body.hq for body in bodies if any(mostly_on(s, body, pouch.inside) for pouch in closing)}
    fixed = at_neck | holding | gone | breaking | leaving
    shift = _shift_of(s, bodies, points, fixed, needed, at_sea, first=first)
    told += shift.told if shift else []
    busy |= {s.statics.headquarters_rows[one.hq] for one in shift.told} if shift else set()
    needed |= busy
    aims = [aim for body in bodies if body.hq not in needed and _fit(s, body) for aim in aims_of(s, body, points)]
    chosen = _efforts(s, bodies, busy, aims)
    under_way = _under_way(s, bodies, points)
    for body in bodies:
        if body.hq in busy:
            continue
        aim = chosen.get(body.hq)
        made = (
            _attack(s, aim, clears=not body.staffs & at_sea) if aim
            else _to_the_neck(s, body, closing) or _otherwise(s, body, chosen, under_way)
        )  # fmt: skip
        told += [one for one in _to_each(s, body, made, guards) if first or not _same(s, one)]
    for made in told:
        if int(made.kind) in DECREES:
            continue
        s.notes.staff["directed_at"][s.statics.headquarters_rows[made.hq]] = s.minute
    moved = regroup(s, bodies, [*takers(s, kept), *_takers(s, bodies, chosen)], at_sea | set(on_the_march(s)))
    return [*told, *(shift.orders if shift else ()), *moved, *stays(s, bodies, guards.near)]


def _shift_of(
    s: Situation, bodies: list[Body], points: dict[int, int], fixed: set[int], busy: set[int], at_sea: set[int], *,
    first: bool,
) -> Shift | None:  # fmt: skip
    """Every few days: whole armies for another sector. Who attacks in vain may be called away from it."""
    if not first and s.minute // DAY % s.whole("high.shift_look_days"):
        return None
    new = round(s.rules["high.review_days"] * DAY)
    bound = at_sea | set(on_the_march(s))
    for body in bodies:
        told_lately = not first and s.minute - _told_at(s, body.hq) < new
        if body.staffs & fixed or told_lately or (body.hq in busy and not _attacks(s, body)):
            bound.add(body.hq)
    return shifts(s, bodies, points, bound, busy)


def _out(s: Situation, bodies: list[Body], busy: set[int], kept: set[int], necks: list[Pouch]) -> list[Instruction]:
    """Who leaves what cannot be held; each headquarters is told one thing. Only those at sea see it through first."""
    told = evacuations(s, bodies, {hq for hq in busy if _open(s, hq, [*AT_SEA])})
    at_sea = {s.statics.headquarters_rows[one.hq] for one in told} | {hq for hq in busy if _open(s, hq, [_EVACUATE])}
    return [*told, *withdrawals(s, bodies, busy, at_sea, kept, necks)]


def _to_each(s: Situation, body: Body, made: Instruction, guards: Guards) -> list[Instruction]:
    """Who is to hold is told so with all his corps: each keeps its own part of the front, and the army lends."""
    if made.kind is not DirectiveKind.DEFEND:
        return [made]
    leaders = s.view.own.hq[body.members]
    corps = [hq for hq in sorted(set(leaders.tolist())) if hq != body.hq and hq not in guards.apart]
    told = [replace(made, hq=_name(s, hq)) for hq in corps]
    if body.ratio < s.rules["high.elastic"]:
        # Who is outnumbered may give way under pressure, as far as the next line; not who keeps a way out open.
        led = [body.members[leaders == hq] for hq in corps]
        told = [one if guards.near[who].any() else _elastic(s, one, who) for one, who in zip(told, led, strict=True)]
    return [made, *told]


def _elastic(s: Situation, made: Instruction, members: Ints) -> Instruction:
    line = line_behind(s, members)
    return replace(made, permission=Permission.MAY_FALL_BACK, fall_back=line) if line else made


@dataclass(frozen=True, eq=False)
class Guards:
    """Who stands near the necks of the side's land."""

    near: Mask
    """Shape (formations,)."""
    apart: set[int]
    """Headquarters that keep a neck, leave or are at sea: what their army is told is not for them."""


def _guards(s: Situation, necks: list[Pouch], apart: set[int]) -> Guards:
    near = np.zeros(len(s.view.own.hex), bool)
    for pouch in necks:
        for place in {pouch.neck, pouch.weak}:
            near |= s.grid.distance(s.view.own.hex, place) <= s.whole("high.neck_near_hexes")
    return Guards(near, apart)


def _stay(s: Situation, body: Body, leaving: set[int], guards: Guards) -> list[Instruction]:
    """Those of a body who do not go yet hold, led by itself."""
    share = round(100 * min(body.ratio, 99.0))
    made = Instruction(hq=_name(s, body.hq), kind=DirectiveKind.DEFEND, reason=Reason.DEFENSIVE, detail=(-1, -1, share, 0))
    gone = {s.statics.headquarters_ids[hq] for hq in leaving}
    return [one for one in _to_each(s, body, made, guards) if one.hq not in gone and not _same(s, one)]


def _takers(s: Situation, bodies: list[Body], chosen: dict[int, Aim]) -> list[Taker]:
    """Who wants more: attacks whose odds could be better, and who holds with too little."""
    rules, found = s.rules, []
    for body in bodies:
        aim = chosen.get(body.hq)
        if aim is not None and aim.x < rules["high.mass_x"]:
            found.append(Taker(body, aim.start, max(aim.x / rules["high.mass_x"], 0.0)))
        elif aim is None and len(body.rim) and body.ratio < rules["high.need_odds"] and body.known:
            found.append(Taker(body, _pressed(s, body), body.ratio / rules["high.need_odds"]))
    return found


def _pressed(s: Situation, body: Body) -> int:
    """The hex of a body's front that faces most."""
    return int(body.rim[s.threat[body.rim].argmax()])


def _open(s: Situation, hq: int, kinds: list[int]) -> bool:
    """Whether a headquarters has a directive of some kinds that is not over."""
    staff, d = s.notes.staff, s.view.directives
    mine = (d.hq == hq) & np.isin(d.state, _OPEN) & (d.end_at > s.minute)
    reported = (staff["directive"][d.hq] == d.row) & (staff["end_reason"][d.hq] > 0)
    return bool((mine & ~reported & np.isin(d.kind, kinds)).any())


def _engaged(s: Situation, hq: int) -> bool:
    """Whether a headquarters is to be left alone: at sea, or on its way back."""
    return _open(s, hq, [*AT_SEA, _WITHDRAW])


def _bound(s: Situation, body: Body) -> bool:
    """Whether a body is busy with what it was told: an attack that goes on, or a directive that is still new."""
    if s.minute - _told_at(s, body.hq) < round(s.rules["high.review_days"] * DAY):
        return True
    return _open(s, body.hq, _BINDING)


def _told_at(s: Situation, hq: int) -> int:
    """When a headquarters was last told something; a head of the side notes the review itself, and knows what it has."""
    if hq not in tops(s):
        return int(s.notes.staff["directed_at"][hq])
    d = s.view.directives
    mine = (d.hq == hq) & ((d.clears == 0) | (d.kind != int(DirectiveKind.DEFEND)))
    return int(d.arrives_at[mine].max(initial=-NEVER))


def _fit(s: Situation, body: Body) -> bool:
    """Whether a body may be told to attack: not outnumbered on its own front, rested and supplied."""
    return fitness(s, body) >= 1.0 and body.ratio >= s.rules["high.attack_ratio"]


def _efforts(s: Situation, bodies: list[Body], busy: set[int], aims: list[Aim]) -> dict[int, Aim]:
    """The attacks that are made: the best, as many as the balance of the whole front allows."""
    own = sum(body.power for body in bodies)
    enemy = max(sum(body.enemy for body in bodies), 1)
    fronts = sum(len(body.rim) > 0 for body in bodies)
    share = min(max(own / enemy - 1 + s.rules["high.least_share"], s.rules["high.least_share"]), 1.0)
    under_way = sum(len(body.rim) > 0 for body in bodies if body.hq in busy and _attacks(s, body))
    room = max(round(share * fronts), 1) - under_way
    # What the weaker side loses it cannot replace: it attacks where it is surer.
    least = s.rules["high.attack_x"] + s.rules["high.weak_x"] * max(ln(enemy / max(own, 1)), 0.0)
    sound = [aim for aim in aims if aim.x >= least]
    taken: dict[int, int] = {}
    chosen: dict[int, Aim] = {}
    for _ in range(max(room, 0)):
        # Each further attack on one place is worth less: two armies seldom need the same town.
        open_ = [aim for aim in sound if aim.body.hq not in chosen]
        best = max(open_, key=lambda aim: (aim.value / (1 + taken.get(aim.goal, 0)), -aim.body.hq, -aim.goal), default=None)
        if best is None:
            break
        chosen[best.body.hq] = best
        taken[best.goal] = taken.get(best.goal, 0) + 1
    return chosen


def _attacks(s: Situation, body: Body) -> bool:
    d = s.view.directives
    return bool(((d.hq == body.hq) & (d.state == _RUNNING) & np.isin(d.kind, list(ATTACKS))).any())


def _attack(s: Situation, aim: Aim, *, clears: bool) -> Instruction:
    """From the best place of the body's front to the goal, with its strongest formations."""
    own, members = s.view.own, aim.body.members
    driven = np.isin(own.mobility[members], (int(Mobility.MOTOR), int(Mobility.TRACK)))
    fast = int(driven.sum())
    mass = assault_size(s, aim.body)
    start = _dawn(s)
    return Instruction(
        hq=_name(s, aim.body.hq), kind=DirectiveKind.ATTACK, axis=(aim.start, aim.goal), objective=aim.goal,
        assault_strongest=mass, clears=clears, mobile_strongest=fast if 0 < fast < len(members) // 2 else 0,
        start_at=start, end_at=start + round(s.rules["high.attack_days"] * DAY),
        reason=Reason.MAIN_EFFORT, detail=(aim.goal, aim.start, aim.points, round(aim.x * PPM)),
    )  # fmt: skip


def _to_the_neck(s: Situation, body: Body, closing: list[Pouch]) -> Instruction | None:
    """A body without a front on the land of a way home that is about to be closed is the reserve there."""
    if len(body.rim):
        return None
    at, rim = int(body.members[0]), s.control.rim
    near = [p for p in closing if not p.cut and int(s.control.part[p.weak]) == s.part_of[at] >= 0]
    pouch = min(near, key=lambda p: (s.apart(s.hex_of[at], p.weak), p.weak), default=None)
    if pouch is None or not len(rim):
        return None
    place = behind(s, int(rim[s.grid.distance(rim, pouch.weak).argmin()]))
    return Instruction(
        hq=_name(s, body.hq), kind=DirectiveKind.RAIL, objective=place, reason=Reason.NECK_RESERVE,
        detail=(pouch.weak, place, round(s.apart(s.hex_of[at], place) * s.grid.spacing_km), pouch.closing),
    )  # fmt: skip


def _otherwise(s: Situation, body: Body, chosen: dict[int, Aim], under_way: list[Aim]) -> Instruction:
    """What a body does that makes no attack of its own."""
    name = _name(s, body.hq)
    if not len(body.rim):
        lead = _nearest(s, body, chosen)
        if lead is not None:
            return _follow(s, body, lead)
        far = _farther(s, body, [*chosen.values(), *under_way])
        if far is not None:
            return _shift(s, body, far)
        return Instruction(hq=name, kind=DirectiveKind.RESERVE, reason=Reason.IN_HAND)
    share = round(100 * min(body.ratio, 99.0))
    if body.ratio < s.rules["high.give_ground"]:
        return Instruction(
            hq=name, kind=DirectiveKind.WITHDRAW, end_at=s.minute + round(s.rules["high.withdraw_days"] * DAY),
            reason=Reason.GIVE_GROUND, detail=(-1, -1, share, 0),
        )  # fmt: skip
    fit = fitness(s, body)
    if fit < 1.0 and body.ratio >= 1.0:
        return Instruction(hq=name, kind=DirectiveKind.DEFEND, reason=Reason.PAUSE, detail=(-1, -1, round(100 * fit), 0))
    return Instruction(hq=name, kind=DirectiveKind.DEFEND, reason=Reason.DEFENSIVE, detail=(-1, -1, share, 0))


def _nearest(s: Situation, body: Body, chosen: dict[int, Aim]) -> Aim | None:
    """The attack that is nearest to a body in hand, of those it can march to in time."""
    at = int(body.members[0])
    here, part = s.hex_of[at], s.part_of[at]
    far = s.whole("high.follow_hexes")
    near = [a for a in chosen.values() if s.apart(here, a.start) <= far and int(s.control.part[a.start]) == part]
    return min(near, key=lambda aim: (s.apart(here, aim.start), aim.body.hq), default=None)


def _under_way(s: Situation, bodies: list[Body], points: dict[int, int]) -> list[Aim]:
    """Attacks that go on, from where the front is by now nearest to their goals."""
    d, found, rim = s.view.directives, [], s.control.rim
    going = np.flatnonzero(np.isin(d.kind, list(ATTACKS)) & (d.state == _RUNNING) & (d.objective >= 0))
    lead = {hq: body for body in bodies for hq in body.staffs}
    for i in going.tolist():
        body, goal = lead.get(int(d.hq[i])), int(d.objective[i])
        if body is not None and len(rim) and goal in points:
            start = int(rim[s.grid.distance(rim, goal).argmin()])
            found.append(Aim(body, start, goal, points[goal], 0.0, 0.0, float(points[goal])))
    return found


def _farther(s: Situation, body: Body, attacks: list[Aim]) -> Aim | None:
    """The attack worth most for its way of those on the same land that cannot be followed at once."""
    at = int(body.members[0])
    here, part = s.hex_of[at], s.part_of[at]
    open_ = [a for a in attacks if int(s.control.part[a.start]) == part and part >= 0]
    half = s.whole("high.follow_hexes")
    worth_ = {k: a.value / (1 + s.apart(here, a.start) / half) for k, a in enumerate(open_)}
    return open_[max(worth_, key=lambda k: (worth_[k], -k))] if open_ else None


def _shift(s: Situation, body: Body, lead: Aim) -> Instruction:
    """A whole body marches behind the front of an attack that is far off; when it is near it follows it."""
    place = behind(s, lead.start)
    km = s.apart(int(s.hex_of[int(body.members[0])]), place) * s.grid.spacing_km
    return Instruction(
        hq=_name(s, body.hq), kind=DirectiveKind.RAIL, objective=place,
        reason=Reason.SHIFTED, detail=(lead.goal, place, round(km), 0),
    )  # fmt: skip


def _follow(s: Situation, body: Body, lead: Aim) -> Instruction:
    """A body without a front goes into the breach of the main effort: with all it has, a day later."""
    start = _dawn(s) + round(s.rules["high.follow_days"] * DAY)
    return Instruction(
        hq=_name(s, body.hq), kind=DirectiveKind.ATTACK, axis=(lead.start, lead.goal), objective=lead.goal,
        assault_strongest=len(body.members), start_at=start,
        end_at=start + round(s.rules["high.attack_days"] * DAY),
        reason=Reason.SECOND_ECHELON, detail=(lead.goal, lead.start, lead.points, round(lead.x * PPM)),
    )  # fmt: skip


def _dawn(s: Situation) -> int:
    """The first dawn by which a directive can have come down and the groups have assembled."""
    soonest = s.minute + round(s.rules["high.prepare_days"] * DAY)
    return (soonest // DAY + 1) * DAY + s.hours("high.dawn_h")


def _same(s: Situation, made: Instruction) -> bool:
    """Whether a headquarters is already doing what it would be told: holding where it was told to, or waiting in hand."""
    if made.kind not in (DirectiveKind.DEFEND, DirectiveKind.RESERVE, DirectiveKind.RAIL):
        return False
    hq, d = s.statics.headquarters_rows[made.hq], s.view.directives
    mine = np.flatnonzero((d.hq == hq) & (d.state == _RUNNING))
    left_it = bool(s.notes.staff["fell_back"][hq] or s.notes.staff["ahead"][hq] >= 0)
    if not len(mine) or int(d.kind[mine[-1]]) != int(made.kind) or left_it:
        return False
    # A place to march to that has moved on by less than an assembly area is the same.
    old, near = int(d.objective[mine[-1]]), s.whole("high.assemble_hexes")
    return (old < 0) == (made.objective < 0) and (old < 0 or s.apart(old, made.objective) <= near)


def _name(s: Situation, hq: int) -> str:
    return s.statics.headquarters_ids[hq]


def all_clear(s: Situation, tops: list[int]) -> Iterator[Instruction]:
    """Directives to the heads of the side that end every earlier plan."""
    for hq in tops:
        yield Instruction(_name(s, hq), DirectiveKind.DEFEND, clears=True, reason=Reason.TAKES_OVER)
