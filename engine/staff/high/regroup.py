"""Moving formations between armies and fronts: from where they can be spared to the main effort and the threatened sector.

A formation is put under another headquarters by an order to attach, and marches up under its new staff. What can be
spared is what leaves the giver's line no thinner than a line may be, and its balance no worse than the taker's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.calendar import DAY
from engine.model.codes import OrderKind
from engine.model.orders import Order
from engine.staff.control import Mask
from engine.staff.high.bodies import Body
from engine.staff.numbers import IN_RESERVE
from engine.staff.reasons import Reason
from engine.staff.situation import Situation


@dataclass(frozen=True)
class Taker:
    """Who wants more, where, and how much it has of what it needs (1: enough)."""

    body: Body
    where: int
    have: float
    behind: Mask | None = None
    """Land from which it gets whoever the line there can do without, whatever the balance. Shape (hexes,)."""


def regroup(s: Situation, bodies: list[Body], takers: list[Taker], busy: set[int]) -> list[Order]:
    """Orders that put formations under those who need them most: a few a day for the whole side."""
    orders: list[Order] = []
    gone: set[int] = set()
    wanting = {taker.body.hq for taker in takers}
    for taker in sorted(takers, key=lambda one: (one.have, one.body.hq)):
        if len(orders) >= round(s.rules["high.regroup_most"]):
            break
        # A way out comes before every other need: who wants more himself gives to it.
        kept = busy if taker.behind is not None else wanting | busy | gone
        best = _best(s, bodies, taker, kept)
        if best is None:
            continue
        at, giver = best
        gone.add(giver.hq)
        s.notes.formation["lent_at"][s.row_of[at]] = s.minute
        s.notes.formation["lent_to"][s.row_of[at]] = -1
        s.give_role(np.array([at]), IN_RESERVE)
        detail = (taker.body.hq + 1, taker.where, round(100 * min(taker.have, 99.0)), int(s.view.own.power[at]))
        orders.append(Order(OrderKind.ATTACH, s.view.own.ids[at], reason=int(Reason.REGROUPED), detail=detail))
    return orders


def _best(
    s: Situation, bodies: list[Body], taker: Taker, kept: set[int]
) -> tuple[int, Body] | None:  # fmt: skip
    """The formation that comes over, and from whom: what drives first, then the strongest for its way."""
    own, found = s.view.own, []
    for giver in bodies:
        if giver.hq in kept or not _can_spare(s, giver, taker):
            continue
        for at in giver.members.tolist():
            if int(own.hq[at]) != taker.body.hq and _free(s, at, taker.where):
                km = s.apart(s.hex_of[at], taker.where) * s.grid.spacing_km
                worth = s.power_of[at] / (1 + km / s.rules["high.regroup_km"])
                found.append((not s.mechanised_of[at], -worth, int(own.row[at]), at, giver))
    best = min(found, key=lambda one: one[:3], default=None)
    return (best[3], best[4]) if best else None


def _can_spare(s: Situation, giver: Body, taker: Taker) -> bool:
    """A giver stays better off than the taker, and its line dense enough."""
    left = len(giver.members) - 1
    if left < s.whole("high.least_left"):
        return False
    if not len(giver.rim):
        return True
    each = giver.power // len(giver.members)
    if taker.behind is not None and mostly_on(s, giver, taker.behind):
        return len(giver.rim) * s.grid.spacing_km / left <= s.rules["staff.spacing_max_km"]
    spaced = len(giver.rim) * s.grid.spacing_km / left <= s.rules["staff.spacing_max_km"]
    return spaced and (giver.power - each) / max(giver.enemy, 1) > max(s.rules["high.spare"], taker.have)


def mostly_on(s: Situation, giver: Body, land: Mask) -> bool:
    """Whether at least half of a body stands on some land."""
    return 2 * int(land[s.view.own.hex[giver.members]].sum()) >= len(giver.members)


def _free(s: Situation, at: int, where: int) -> bool:
    """Whether a formation can leave: not fighting, not moved lately, on the taker's land, within some days of march."""
    own, notes = s.view.own, s.notes.formation
    if s.locked_of[at] or s.fighting_of[at] or s.contact_of[at] or own.afloat[at] or own.in_place_since[at] < 0:
        return False
    if int(notes["lent_at"][s.row_of[at]]) + round(s.rules["high.regroup_days"] * DAY) > s.minute:
        return False
    near = s.apart(s.hex_of[at], where) * s.grid.spacing_km <= 2 * s.rules["high.regroup_km"]
    return near and s.part_of[at] == int(s.control.part[where]) and s.part_of[at] >= 0
