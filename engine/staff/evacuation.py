"""Evacuation by sea: who goes to the ships when, and who covers them.

The directive names ports; those still in own hands are used. As many formations are called to them as ships, quays and
landing craft in reach can take in a day and a half, those out of contact first, the nearest first, so that the others keep
the ground before the ports. Rear guards, if they are named, go last. Whoever stands in a port goes aboard. Everybody else
is left to the line.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.columns import Array
from engine.model.codes import DirectiveKind, OrderKind, Task
from engine.rules import embarking, shipping
from engine.staff.control import Ints
from engine.staff.high.sea import craft_of
from engine.staff.intentions import Intentions
from engine.staff.plans import Plan, Plans
from engine.staff.reasons import EndReason, Reason
from engine.staff.situation import Situation

_EVACUATE: Final = int(DirectiveKind.EVACUATE)
_EMBARK: Final = int(Task.EMBARK)
DAYS_AHEAD: Final = 1.5
"""So many days' lift is called to the ports."""
FORCED_HEXES: Final = 4
"""Ways longer than this are made by forced march: the ships do not wait."""
LEAST_LIFT: Final = 1000
"""Men a day that a staff reckons with where it knows of none: craft come and go."""


def evacuate(s: Situation, wishes: Intentions, plans: Plans, members: dict[int, Ints], acting: list[int]) -> None:
    """Lead the evacuations of those headquarters that have one in force."""
    for hq in acting:
        plan = plans.of[hq]
        if plan.current >= 0 and plans.kind[plan.current] == _EVACUATE:
            _lead(s, wishes, plans, plan, members.get(hq, np.zeros(0, np.int64)))
    _go_on(s, wishes, plans, acting)


def _go_on(s: Situation, wishes: Intentions, plans: Plans, acting: list[int]) -> None:
    """Whoever has begun to go aboard does so to the end, whoever leads him by now."""
    tasks = s.intent[0]
    for at in s.view.own.afloat.nonzero()[0].tolist():
        if tasks[at] == _EMBARK and int(plans.commander[at]) in acting and wishes.free(at):
            wishes.fight_on(at, Reason.EMBARK, s.hex_of[at])


def _lead(s: Situation, wishes: Intentions, plans: Plans, plan: Plan, members: Ints) -> None:
    i = plan.current
    named = [at for group in ("assault", "mobile") for at in plans.named(i, group).tolist()]
    rear = set(plans.named(i, "reserve").tolist())
    mine = set(members.tolist())
    # Somebody who is named may be at sea just now: the others do not go in his place.
    told = bool((_named(plans, i, "assault", "mobile") >= 0).any())
    going = [at for at in sorted(set(named) | rear if told else mine | rear) if at in mine]
    axis, goal = plans.axis_points(i), int(plans.d.objective[i])
    if not axis:
        return
    if goal >= 0:
        # Who is nearer to the port of landing than to those of embarkation has been there.
        here = s.hex_of
        going = [at for at in going if s.apart(here[at], goal) >= min(s.apart(here[at], port) for port in axis)]
    if not going:
        if not _still_to_come(s, plans, i):
            s.notes.staff["end_reason"][plan.hq] = int(EndReason.AWAY)
        return
    ports = [cell for cell in dict.fromkeys(axis) if s.owner[cell] == s.side]
    if not ports:
        return
    first = [at for at in going if at not in rear]
    caller = _Caller(s, wishes, ports, goal)
    caller.call([at for at in (first or going) if wishes.free(at)])
    for at in going:
        if first and at in rear and wishes.free(at) and not plans.line_points(plan):
            wishes.stay(at, Reason.REAR_GUARD, ports[0], -1, len(first))


def _still_to_come(s: Situation, plans: Plans, i: int) -> bool:
    """Whether somebody whom the directive names is at sea or has not arrived in the theatre yet."""
    named = _named(plans, i, "assault", "mobile", "reserve")
    return bool(np.isin(s.view.coming.row, named[named >= 0]).any())


def _named(plans: Plans, i: int, *groups: str) -> Ints:
    """World rows that a directive names, wherever they are; -1 fills up."""
    named: Ints = np.concatenate([getattr(plans.d, group)[i] for group in groups])
    return named


class _Caller:
    """Calls formations to the ports while there are ships for them."""

    def __init__(self, s: Situation, wishes: Intentions, ports: list[int], goal: int) -> None:
        self.s, self.wishes, self.ports, self.goal = s, wishes, ports, goal
        limit = round(2 * s.rules["contact.stack_limit"])
        self.room = dict.fromkeys(ports, limit)
        for at, cell in enumerate(s.hex_of):
            if cell in self.room:
                self.room[cell] -= int(s.view.own.stack[at])
        quays = sum(embarking.quays(s.statics, port) for port in ports)
        ships = shipping.lift(s.statics, s.side, s.minute).men_day
        near = [one for one in craft_of(s, s.minute) if min(s.apart(one.cell, port) for port in ports) <= one.hexes]
        self.left = DAYS_AHEAD * max(min(quays, ships) + sum(one.men_day for one in near), LEAST_LIFT)

    def call(self, who: list[int]) -> None:
        """Those aboard in part or in a port go on; then others are called up while there is lift for them."""
        own, s = self.s.view.own, self.s
        tasks = s.intent[0]

        def rank(at: int) -> tuple[bool, bool, bool, int, int]:
            begun = tasks[at] == _EMBARK or bool(own.afloat[at])
            return (not begun, self._port(at) < 0, bool(own.contact[at]), self._away(at), s.row_of[at])

        for at in sorted(who, key=rank):
            if self.left <= 0:
                return
            here = self._port(at)
            if here >= 0:
                self.wishes.want(at, OrderKind.EMBARK, self.goal, Reason.EMBARK, here, self.goal)
            elif not self._go(at):
                continue
            self.left -= float(own.men[at])

    def _port(self, at: int) -> int:
        """The port in which a formation stands, or which it is about to leave for another; -1 none."""
        here = self.s.hex_of[at]
        return here if here in self.room else -1

    def _away(self, at: int) -> int:
        return min(self.s.apart(self.s.hex_of[at], port) for port in self.ports)

    def _go(self, at: int) -> bool:
        """To the nearest port with room: a long way by forced march, out of the enemy's touch withdrawing."""
        s, stack = self.s, int(self.s.view.own.stack[at])
        open_ = [port for port in self.ports if self.room[port] >= stack or s.intent[1][at] == port]
        if not open_:
            return False
        port = min(open_, key=lambda cell: (s.apart(s.hex_of[at], cell), cell))
        self.room[port] -= stack
        contact: Array = s.view.own.contact
        far = s.apart(s.hex_of[at], port) > FORCED_HEXES
        kind = OrderKind.WITHDRAW if contact[at] else OrderKind.FORCED_MARCH if far else OrderKind.MARCH
        self.wishes.want(at, kind, port, Reason.TO_THE_SHIPS, port, self.goal)
        return True
