"""Armies and fronts lend a reserve from the best giver to the worst taker below them, and to success what is their own.

A loan changes who works with a formation, in the notes; it lapses when the formation is formally given away, and is
given back, one a day below each superior, when the taker's front has long been quiet.
"""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.columns import anywhere, rows_where
from engine.staff.attack import aim_of, captured
from engine.staff.holding import LEAST_KM
from engine.staff.intentions import Intentions
from engine.staff.numbers import IN_RESERVE
from engine.staff.plans import NONE, Plans
from engine.staff.reasons import Reason
from engine.staff.sectors import Sectors
from engine.staff.situation import Situation


def lend(s: Situation, wishes: Intentions, plans: Plans, sectors: Sectors, superiors: list[int]) -> None:
    """At most one loan below each superior that is due; a lower one decides before a higher."""
    in_need = max(s.notes.staff["need"].tolist()) > s.rules["staff.loan_need"]
    reserves = [at for at, role in enumerate(s.role_of) if role == IN_RESERVE]
    for superior in sorted(superiors, key=lambda hq: (s.echelon_of[hq], hq)):
        if not (in_need and _below(s, wishes, plans, sectors, superior)):
            _give_back(s, plans, sectors, superior)
            _to_success(s, wishes, plans, superior, reserves)


def _below(s: Situation, wishes: Intentions, plans: Plans, sectors: Sectors, superior: int) -> bool:
    """A loan to who is in need; whether anybody is."""
    staff, own, notes = s.notes.staff, s.view.own, s.notes.formation
    below = plans.below[superior]
    takers = [hq for hq in below if _needy(s, hq) and not _crowded(s, plans, sectors, hq)]
    if not takers:
        return False
    taker = max(takers, key=lambda hq: (int(staff["need"][hq]), -hq))
    where = _worst_place(s, sectors, taker)
    givers = [hq for hq in (*below, superior) if hq != taker and _can_give(s, hq)]
    # Who is on his way to another part of the front leaves nobody behind.
    givers = [hq for hq in givers if hq == superior or not sectors.marching(plans.of[hq])]
    fit = plans.led_by(givers) & (s.role == IN_RESERVE) & ~s.locked & ~s.fighting
    fit &= notes["lent_at"][own.row] + s.hours("staff.loan_formation_h") <= s.minute
    fit &= _no_longer_needed_where_it_is(s, plans)
    pool = rows_where(fit)
    if not len(pool) or where < 0:
        return True
    gap = s.grid.distance(own.hex[pool], where)
    # The superior's own reserve is the pool: it goes however far it is.
    near = (gap * s.grid.spacing_km <= round(s.rules["staff.loan_km"])) | (plans.commander[pool] == superior)
    near &= s.part[pool] == s.control.part[where]
    if not anywhere(near):
        return True
    pool, gap = pool[near], gap[near]
    chosen = int(pool[np.lexsort((own.row[pool], gap, plans.commander[pool] != superior))[0]])
    _book(s, plans, chosen, taker)
    place = _behind(s, where, int(own.hex[chosen]))
    wishes.supersede(chosen)
    wishes.place(chosen, place, Reason.LENT, place, where, int(staff["need"][taker]))
    return True


def _give_back(s: Situation, plans: Plans, sectors: Sectors, superior: int) -> None:
    """The oldest loan to who is neither in need nor attacks, or has no room for it, ends.

    Corps are themselves again between two battles.
    """
    due = _due_back(s)
    if not due:
        return
    leader = plans.commander.item
    leaders = {leader(at) for at in due}.intersection((*plans.below[superior], superior))
    takers = {hq for hq in leaders if _quiet(s, plans, hq) or _crowded(s, plans, sectors, hq)}
    pool = [at for at in due if leader(at) in takers]
    if not pool:
        return
    own, notes, row_of = s.view.own, s.notes.formation, s.row_of
    chosen = min(pool, key=lambda at: (notes["lent_at"].item(row_of[at]), row_of[at]))
    notes["lent_to"][row_of[chosen]] = NONE
    notes["lent_at"][row_of[chosen]] = s.minute
    plans.commander[chosen] = int(own.hq[chosen])
    s.kept.pop(_DUE_BACK)


_DUE_BACK = "due back"


def _due_back(s: Situation) -> list[int]:
    """Formations on loan that could be given back now: for long enough, free, and not fighting."""
    found: list[int] | None = s.kept.get(_DUE_BACK)
    if found is None:
        own, notes, until = s.view.own, s.notes.formation, s.minute - s.hours("staff.loan_back_h")
        lent = rows_where(notes["lent_to"][own.row] >= 0).tolist()
        lent = [at for at in lent if not (s.locked_of[at] or s.fighting_of[at])]
        rows = [s.row_of[at] for at in lent]
        said = zip(lent, notes["lent_from"][rows].tolist(), own.hq[lent].tolist(), notes["lent_at"][rows].tolist(), strict=True)
        found = s.kept[_DUE_BACK] = [at for at, giver, hq, since in said if giver == hq and since <= until]
    return found


def _to_success(s: Situation, wishes: Intentions, plans: Plans, superior: int, reserves: list[int]) -> None:
    """The superior's own troops, what drives first, reinforce the attack below it that has broken in deepest."""
    own, leader = s.view.own, plans.commander.item
    few = [at for at in reserves if leader(at) == superior and not (s.locked_of[at] or s.fighting_of[at])]
    if few:
        lent_at, until = s.notes.formation["lent_at"].item, s.minute - s.hours("staff.loan_formation_h")
        few = [at for at in few if lent_at(s.row_of[at]) <= until and at not in plans.named_reserves]
    if not few:
        return
    pool = np.array(few)
    depths = {hq: _broken_in(s, plans, hq) for hq in plans.below[superior]}
    taker = max(depths, key=lambda hq: (depths[hq], -hq), default=superior)
    if depths.get(taker, 0) < round(s.rules["staff.commit_hexes"]):
        return
    spearhead = int(s.notes.staff["target_a"][taker])
    pool = pool[s.part[pool] == s.control.part[_beside(s, spearhead)]]
    if not len(pool):
        return
    order = np.lexsort((own.row[pool], s.grid.distance(own.hex[pool], spearhead), ~s.mechanised[pool]))
    chosen = int(pool[order[0]])
    _book(s, plans, chosen, taker)
    place = _behind(s, _beside(s, spearhead), int(own.hex[chosen]))
    wishes.supersede(chosen)
    wishes.place(chosen, place, Reason.TO_SUCCESS, place, spearhead, depths[taker])


def _broken_in(s: Situation, plans: Plans, hq: int) -> int:
    """Hexes of its corridor that an attacking headquarters has taken lately; 0 for one that was lent to today."""
    plan, staff = plans.of[hq], s.notes.staff
    if not plans.attacking(plan) or staff["target_a"][hq] < 0:
        return 0
    if int(staff["lent_to_at"][hq]) + s.hours("staff.loan_taker_h") > s.minute:
        return 0
    return captured(s, aim_of(s, plans, plan, plan.current), int(plans.d.start_at[plan.current]))


def _beside(s: Situation, target: int) -> int:
    """An own hex beside a target, or the target itself if there is none."""
    ways = s.control.ways[target]
    mine = [int(c) for c in ways.tolist() if c >= 0 and s.owner[c] == s.side]
    return min(mine, default=target)


def _book(s: Situation, plans: Plans, chosen: int, taker: int) -> None:
    staff, notes, row = s.notes.staff, s.notes.formation, s.view.own.row[chosen]
    staff["gave_at"][plans.commander[chosen]] = s.minute
    staff["lent_to_at"][taker] = s.minute
    notes["lent_from"][row], notes["lent_to"][row] = s.view.own.hq[chosen], taker
    notes["lent_at"][row] = s.minute
    plans.commander[chosen] = taker
    s.kept.pop(_DUE_BACK, None)


def _no_longer_needed_where_it_is(s: Situation, plans: Plans) -> np.ndarray:
    """Reserves that a directive names for its headquarters are not lent."""
    kept = np.ones(len(s.view.own), bool)
    kept[plans.named_reserves] = False
    return kept


def _needy(s: Situation, hq: int) -> bool:
    """In need for two cycles running, and nobody lent to it today."""
    staff, least = s.notes.staff, s.rules["staff.loan_need"]
    if staff["need"].item(hq) <= least or staff["need_before"].item(hq) <= least:
        return False
    return bool(staff["lent_to_at"].item(hq) + s.hours("staff.loan_taker_h") <= s.minute)


def _crowded(s: Situation, plans: Plans, sectors: Sectors, hq: int) -> bool:
    """Whether its front has room for no more who can hold ground: what it may lack is not formations."""
    km = sectors.sector(hq).length_km
    return 0 < km < LEAST_KM * len(s.able(rows_where(plans.commander == hq)))


def _quiet(s: Situation, plans: Plans, hq: int) -> bool:
    staff, most = s.notes.staff, s.rules["staff.loan_giver_need"]
    attacks = hq in plans.of and plans.attacking(plans.of[hq])
    return bool(staff["need"][hq] < most and staff["need_before"][hq] < most and not attacks)


def _can_give(s: Situation, hq: int) -> bool:
    staff = s.notes.staff
    lately = int(staff["gave_at"][hq]) + s.hours("staff.loan_giver_h") > s.minute
    return bool(staff["need"][hq] < s.rules["staff.loan_giver_need"] and not lately)


def _worst_place(s: Situation, sectors: Sectors, hq: int) -> int:
    """The own hex of a headquarters' front that faces the greatest threat."""
    sides = sectors.sector(hq).sides
    if not len(sides):
        return -1
    return int(s.front.own[sides[int(s.threat[s.front.other[sides]].argmax())]])


def _behind(s: Situation, where: int, here: int) -> int:
    """An own hex two or three behind the place of need."""
    ring = [c for c in s.grid.ring_table(3)[where].tolist() if c >= 0 and s.owner[c] == s.side]
    fit = [c for c in ring if s.control.part[c] == s.control.part[where] and 2 <= s.control.depth[c] <= PPM]
    return min(fit, key=lambda c: (s.apart(c, here), c), default=where)
