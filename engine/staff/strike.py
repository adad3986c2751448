"""One target: move up beside it, wait for strength, attack, feed the fight, rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.core.arithmetic import PPM
from engine.model.codes import OrderKind
from engine.staff.intentions import Intentions
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

ATTACKERS_IN_A_HEX = 2
"""More than two formations of a hex do not fight at full power."""
_FOLLOW: Final = OrderKind.FOLLOW
_ATTACK: Final = OrderKind.ATTACK
_ASSAULT: Final = Reason.ASSAULT
OFF_THE_MARCH = 2
"""Hexes from the target, at most, of those who are ordered to attack it from where they are."""
ROOM = 6
"""Half stacking places of a hex."""


@dataclass(frozen=True)
class Strike:
    """A target, why it is attacked, the least odds to begin, and the hex that came next in the choice."""

    target: int
    reason: Reason
    go_x: float
    rival: int = -1
    worse: int = 0
    released: bool = True
    """False before H-hour: everybody moves up, nobody attacks."""


def strike(s: Situation, wishes: Intentions, aim: Strike, members: list[int]) -> None:
    """Move ``members`` beside a target and attack once most of the power is there and the odds allow it."""
    rules, target, hex_of, power_of, leg_of = s.rules, aim.target, s.hex_of, s.power_of, s.leg_of
    rest, row_of, minute = s.notes.formation["rest_until"].item, s.row_of, s.minute
    fit = [at for at in members if rest(row_of[at]) <= minute]
    if len(fit) < len(members):
        for at in members:
            if at not in fit:
                wishes.stay(at, Reason.REST, target)
    if not fit:
        return
    gap = {at: s.apart(hex_of[at], target) for at in fit}
    beside = [at for at in fit if gap[at] == 1 and leg_of[at] in (-1, target)]
    # Once the attack is under way those a hex farther back go in off the march: no second order has to reach them.
    close = [at for at in fit if at not in beside and gap[at] <= OFF_THE_MARCH]
    total = sum([power_of[at] for at in fit])
    ready = sum([power_of[at] for at in beside + close])
    x_all = s.odds(total, target)
    x = x_all if ready == total else s.odds(ready, target)
    under_way = target in s.attacked
    go = ready * 1000 >= total * round(rules["staff.go_power"] * 1000) and x >= aim.go_x
    # Odds that would let a mobile group pass are worth no waiting.
    go = aim.released and (go or (ready > 0 and x >= rules["staff.commit_occupied_x"]))
    feed = under_way and x_all >= rules["staff.feed_x"]
    # Where no enemy is known for miles one marches in.
    kind = _FOLLOW if s.threat.item(target) == 0 else _ATTACK
    for at in beside + (close if go or feed else []):
        if feed and not s.fighting_of[at]:
            wishes.want(at, _ATTACK, target, Reason.FEED, target, aim.rival, round(x_all * PPM))
        elif go or feed:
            wishes.want(at, kind, target, aim.reason, target, aim.rival, round(x_all * PPM), aim.worse)
        else:
            share = ready * 100 // max(total, 1)
            wishes.stay(at, Reason.WAIT_FOR_STRENGTH, target, aim.rival, share, round(x * PPM))
    coming = [at for at in fit if at not in beside]
    if aim.released and coming and not beside and s.defence.item(target) == 0:
        # Nobody holds or screens it: the nearest goes in without another word.
        first = min(coming, key=lambda at: (gap[at], s.row_of[at]))
        wishes.want(first, kind, target, aim.reason, target, aim.rival, round(x_all * PPM), aim.worse)
    _bring_up(s, wishes, target, [at for at in coming if at not in wishes])


def _bring_up(s: Situation, wishes: Intentions, target: int, who: list[int]) -> None:
    """March each of ``who`` to an own hex beside the target, two to a hex, the nearest place first."""
    if not who:
        return
    control, hex_of, stack = s.control, s.hex_of, s.view.own.stack.item
    places = {c: control.part.item(c) for c in control.ways[target].tolist() if c >= 0 and s.owner_of[c] == s.side}
    coming = set(who)
    attackers, room = dict.fromkeys(places, 0), dict.fromkeys(places, ROOM)
    for cell in places:
        for at in s.standing_in.get(cell, ()):
            if at not in coming:
                room[cell] -= stack(at)
                attackers[cell] += at in wishes
    _, goals, _ = s.intent
    for at in sorted(who, key=lambda at: (s.apart(hex_of[at], target), s.row_of[at])):
        here, part, size = hex_of[at], s.part_of[at], stack(at)
        reach = [c for c, piece in places.items() if piece == part or part < 0]
        if not reach:
            wishes.stay(at, Reason.BLOCKED, here, target)
            continue
        full = {c: attackers[c] >= ATTACKERS_IN_A_HEX or room[c] < size for c in reach}
        # A second hexside is worth a hex of way: the front of an attack grows with the sides it comes from.
        best = min(reach, key=lambda c: (full[c], 2 * (s.apart(here, c) + attackers[c]) - (c == goals[at]), c))
        if full[best]:
            wishes.place(at, _second_row(s, target, here, part), _ASSAULT, here, target)
            continue
        attackers[best] += 1
        room[best] -= size
        wishes.place(at, best, _ASSAULT, best, target)


def _second_row(s: Situation, target: int, here: int, part: int) -> int:
    """Where to wait while there is no room beside the target: close behind, or where one is if that is close enough."""
    if s.apart(here, target) <= 3:
        return here
    ring = s.grid.ring_table(2)[target][7:].tolist()
    own = [c for c in ring if c >= 0 and s.owner_of[c] == s.side and s.control.part[c] == part]
    return min(own, key=lambda c: (s.apart(here, c), c), default=here)
