"""Which body attacks, holds, gives ground or waits: the directives of a review.

Most of the strength goes where it promises most; the rest of the front holds. What is in hand follows the main effort.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY, HOUR
from engine.model.codes import DirectiveKind, DirectiveState, Mobility
from engine.model.instruction import Instruction
from engine.staff.high.aims import Aim, aims_of, assault_size, worth
from engine.staff.high.bodies import Body, bodies_of, readiness
from engine.staff.plans import ATTACKS
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

DAWN_H = 4
_RUNNING = int(DirectiveState.RUNNING)
_OPEN = (int(DirectiveState.PENDING), _RUNNING)
_BINDING = [*ATTACKS, int(DirectiveKind.WITHDRAW)]
"""Kinds that are seen through before a body is told something else."""


def review(s: Situation, *, first: bool) -> list[Instruction]:
    """New directives of a side; ``first`` when nothing it was told before counts any more."""
    bodies = bodies_of(s)
    points = worth(s)
    busy = set() if first else {body.hq for body in bodies if _bound(s, body)}
    aims = [aim for body in bodies if body.hq not in busy and _fit(s, body) for aim in aims_of(s, body, points)]
    chosen = _efforts(s, bodies, busy, aims)
    told = []
    for body in bodies:
        if body.hq in busy:
            continue
        aim = chosen.get(body.hq)
        made = _attack(s, aim) if aim else _otherwise(s, body, chosen)
        if first or not _same(s, body, made):
            s.notes.staff["directed_at"][body.hq] = s.minute
            told.append(made)
    return told


def _bound(s: Situation, body: Body) -> bool:
    """Whether a body is busy with what it was told: an attack that goes on, or a directive that is still new."""
    staff, d = s.notes.staff, s.view.directives
    if s.minute - int(staff["directed_at"][body.hq]) < round(s.rules["high.review_days"] * DAY):
        return True
    mine = (d.hq == body.hq) & np.isin(d.state, _OPEN) & (d.end_at > s.minute)
    reported = (staff["directive"][body.hq] == d.row) & (staff["end_reason"][body.hq] > 0)
    return bool((mine & ~reported & np.isin(d.kind, _BINDING)).any())


def _fit(s: Situation, body: Body) -> bool:
    """Whether a body is rested enough to be told to attack."""
    return readiness(s, body) >= s.rules["high.readiness"]


def _efforts(s: Situation, bodies: list[Body], busy: set[int], aims: list[Aim]) -> dict[int, Aim]:
    """The attacks that are made: the best, as many as the balance of the whole front allows."""
    own = sum(body.power for body in bodies)
    enemy = max(sum(body.enemy for body in bodies), 1)
    fronts = sum(len(body.rim) > 0 for body in bodies)
    share = min(max(own / enemy - 1 + s.rules["high.least_share"], s.rules["high.least_share"]), 1.0)
    under_way = sum(len(body.rim) > 0 for body in bodies if body.hq in busy and _attacks(s, body))
    room = max(round(share * fronts), 1) - under_way
    sound = [aim for aim in aims if aim.x >= s.rules["high.attack_x"]]
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


def _attack(s: Situation, aim: Aim) -> Instruction:
    """From the best place of the body's front to the goal, with its strongest formations."""
    own, members = s.view.own, aim.body.members
    driven = np.isin(own.mobility[members], (int(Mobility.MOTOR), int(Mobility.TRACK)))
    fast = int(driven.sum())
    mass = assault_size(s, aim.body)
    start = _dawn(s)
    return Instruction(
        hq=_name(s, aim.body.hq), kind=DirectiveKind.ATTACK, axis=(aim.start, aim.goal), objective=aim.goal,
        assault_strongest=mass, mobile_strongest=fast if 0 < fast < len(members) // 2 else 0,
        start_at=start, end_at=start + round(s.rules["high.attack_days"] * DAY),
        reason=Reason.MAIN_EFFORT, detail=(aim.goal, aim.start, aim.points, round(aim.x * PPM)),
    )  # fmt: skip


def _otherwise(s: Situation, body: Body, chosen: dict[int, Aim]) -> Instruction:
    """What a body does that makes no attack of its own."""
    name = _name(s, body.hq)
    if not len(body.rim):
        lead = _nearest(s, body, chosen)
        if lead is not None:
            return _follow(s, body, lead)
        return Instruction(hq=name, kind=DirectiveKind.RESERVE, reason=Reason.IN_HAND)
    share = round(100 * min(body.ratio, 99.0))
    if body.ratio < s.rules["high.give_ground"]:
        return Instruction(
            hq=name, kind=DirectiveKind.WITHDRAW, reason=Reason.GIVE_GROUND, detail=(-1, -1, share, 0)
        )
    return Instruction(hq=name, kind=DirectiveKind.DEFEND, reason=Reason.DEFENSIVE, detail=(-1, -1, share, 0))


def _nearest(s: Situation, body: Body, chosen: dict[int, Aim]) -> Aim | None:
    """The attack that is nearest to a body in hand."""
    here = int(s.view.own.hex[body.members[0]])
    return min(chosen.values(), key=lambda aim: (s.apart(here, aim.start), aim.body.hq), default=None)


def _follow(s: Situation, body: Body, lead: Aim) -> Instruction:
    """A body without a front goes into the breach of the main effort: with all it has, a day later."""
    start = _dawn(s) + DAY
    return Instruction(
        hq=_name(s, body.hq), kind=DirectiveKind.ATTACK, axis=(lead.start, lead.goal), objective=lead.goal,
        assault_strongest=len(body.members), start_at=start,
        end_at=start + round(s.rules["high.attack_days"] * DAY),
        reason=Reason.SECOND_ECHELON, detail=(lead.goal, lead.start, lead.points, round(lead.x * PPM)),
    )  # fmt: skip


def _dawn(s: Situation) -> int:
    """The first dawn by which a directive can have come down and the groups have assembled."""
    soonest = s.minute + round(s.rules["high.prepare_days"] * DAY)
    return (soonest // DAY + 1) * DAY + DAWN_H * HOUR


def _same(s: Situation, body: Body, made: Instruction) -> bool:
    """Whether a body is already doing what it would be told: holding, or waiting in hand."""
    if made.kind not in (DirectiveKind.DEFEND, DirectiveKind.RESERVE):
        return False
    d = s.view.directives
    mine = np.flatnonzero((d.hq == body.hq) & (d.state == _RUNNING))
    return bool(len(mine)) and int(d.kind[mine[-1]]) == int(made.kind)


def _name(s: Situation, hq: int) -> str:
    return s.statics.headquarters_ids[hq]


def all_clear(s: Situation, tops: list[int]) -> Iterator[Instruction]:
    """Directives to the heads of the side that end every earlier plan."""
    for hq in tops:
        yield Instruction(_name(s, hq), DirectiveKind.DEFEND, clears=True, reason=Reason.TAKES_OVER)
