"""Who stays in the theatre: of those whom a date or an event calls away the high command keeps who is needed.

A plan's dates are its author's: where the high command leads without one, transfers to another part of the theatre are
not carried out, and who is asked for from above goes only if his front can do without him.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.core.calendar import DAY, NEVER
from engine.model.codes import OrderKind, OrderState
from engine.model.orders import Order
from engine.staff.control import Mask
from engine.staff.high import sea
from engine.staff.high.bodies import Body
from engine.staff.numbers import IN_ASSAULT, IN_MOBILE
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_TRANSFER, _DEPARTURE = 1, 2
_GOING = {"transfer": _TRANSFER, "withdraw": _DEPARTURE}


def stays(s: Situation, bodies: list[Body], guards: Mask) -> list[Order]:
    """Orders that keep formations, or let go again who is needed no longer. ``guards``: who is near a neck. (formations,)

    Those whom the line can spare best are asked about first; each that goes leaves less for the next.
    """
    called, orders = _called_away(s), list[Order]()
    for body in bodies:
        gone = 0
        asked = [at for at in body.members.tolist() if at in called or s.view.own.kept[at]]
        for at in sorted(asked, key=lambda one: (s.contact_of[one], s.power_of[one], s.row_of[one])):
            kept, why = bool(s.view.own.kept[at]), called.get(at, _DEPARTURE)
            left = body.power - gone - s.power_of[at]
            reason = Reason.PLANS_TRANSFER if why == _TRANSFER else _need(s, body, at, left, kept, bool(guards[at]))
            if reason is None:
                gone += s.power_of[at]
            if kept != (reason is not None) and not _on_its_way(s, at):
                orders.append(_told(s, body, at, reason, left))
    return orders


def _called_away(s: Situation) -> Mapping[int, int]:
    """Own formations that are to leave within the notice, by their place in the view: as the plan's transfer or for good."""
    own, until = s.view.own, s.minute + round(s.rules["high.notice_days"] * DAY)
    last: dict[int, int] = {}
    for change in s.statics.scenario.reinforcements:  # by time
        if change.at_min <= until and change.kind in ("arrive", *_GOING):
            at = own.at(s.statics.formation_rows.get(change.subject, -1))
            if at >= 0:
                last[at] = _GOING.get(change.kind, 0)
    found = {at: kind for at, kind in last.items() if kind}
    return found | dict.fromkeys(np.flatnonzero(own.leaves_at <= min(until, NEVER - 1)).tolist(), _DEPARTURE)


def _need(s: Situation, body: Body, at: int, left: int, kept: bool, guards: bool) -> Reason | None:
    """What a formation is needed for; ``left`` is the power of its body without it. None if it can go."""
    if guards or _alone_in_a_port(s, at):
        return Reason.NEEDED_AT_A_PLACE
    if s.role_of[at] in (IN_ASSAULT, IN_MOBILE) or s.fighting_of[at]:
        return Reason.NEEDED_IN_THE_FIGHT
    if not len(body.rim):
        return None
    others = len(body.members) - 1
    thin = len(body.rim) * s.grid.spacing_km > s.rules["staff.spacing_max_km"] * others
    odds = s.rules["high.let_go_odds"] if kept else s.rules["high.keep_odds"]
    return Reason.NEEDED_ON_THE_FRONT if left < odds * body.enemy or (thin and s.contact_of[at]) else None


def _alone_in_a_port(s: Situation, at: int) -> bool:
    """Whether it holds a fortress, or is the only one in or beside a port that an enemy could reach."""
    own, here = s.view.own, s.hex_of[at]
    if s.view.hexes.fortress[here]:
        return True
    ports = [c for c in sea.ports(s).tolist() if s.apart(here, c) <= 1]
    reach = s.whole("high.garrison_enemy_hexes")
    threatened = bool(len(s.view.enemies)) and bool((s.grid.distance(s.view.enemies.hex, here) <= reach).any())
    return threatened and any(int((s.grid.distance(own.hex, c) <= 1).sum()) == 1 for c in ports)


def _on_its_way(s: Situation, at: int) -> bool:
    orders = s.view.orders
    mine = (orders.formation == s.row_of[at]) & (orders.state == int(OrderState.ON_ITS_WAY))
    return bool((mine & np.isin(orders.kind, (int(OrderKind.KEEP), int(OrderKind.LET_GO)))).any())


def _told(s: Situation, body: Body, at: int, reason: Reason | None, left: int) -> Order:
    detail = (s.hex_of[at], -1, round(100 * min(left / max(body.enemy, 1), 99.0)), s.power_of[at])
    kind = OrderKind.LET_GO if reason is None else OrderKind.KEEP
    return Order(kind, s.view.own.ids[at], reason=int(Reason.LET_GO if reason is None else reason), detail=detail)
