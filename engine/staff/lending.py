"""Front and army group: formations lent from the best giver to the worst taker (staffs.md 5)."""

from __future__ import annotations

import numpy as np

from engine.model.codes import Echelon, StaffRole
from engine.staff.situation import Ints, Situation

HOUR = 60


def lend(s: Situation, due: list[int]) -> None:
    """At each due front or army group move at most one reserve to where the need has been great for two cycles.

    The formation's slot becomes the taker's: its own staff keeps its id, so lending only changes the notes' role and
    the headquarters that works with it (``lent_from`` names the giver).
    """
    headquarters = s.view.headquarters
    for hq in due:
        at = int(np.flatnonzero(headquarters.row == hq)[0])
        if headquarters.echelon[at] >= Echelon.ARMY:
            _lend_below(s, hq)


def _lend_below(s: Situation, superior: int) -> None:
    rules, staff, own = s.rules, s.notes.staff, s.view.own
    below = _subordinates(s, superior)
    takers = [h for h in below if _needy(s, h)]
    if not takers:
        return
    taker = max(takers, key=lambda h: (int(staff["need"][h]), -h))
    role = s.notes.formation["role"][own.row]
    lent_at = s.notes.formation["lent_at"][own.row]
    pool = np.flatnonzero(np.isin(s.commander, [h for h in (*below, superior) if h != taker and _can_give(s, h)])
                          & (role == StaffRole.RESERVE) & ~s.locked & ~s.fighting
                          & (lent_at + rules["staff.loan_formation_h"] * HOUR <= s.minute))  # fmt: skip
    where = _where(s, taker)
    if not len(pool) or where < 0:
        return
    gap = s.grid.distance(own.hex[pool], where)
    near = pool[gap * 6 <= rules["staff.loan_km"]]
    if not len(near):
        return
    chosen = int(near[np.lexsort((own.row[near], s.grid.distance(own.hex[near], where)))[0]])
    giver = int(s.commander[chosen])
    row = own.row[chosen]
    s.notes.formation["lent_from"][row] = taker
    s.notes.formation["lent_at"][row] = s.minute
    staff["lent_to_at"][taker] = s.minute
    staff["gave_at"][giver] = s.minute
    s.commander[chosen] = taker


def _subordinates(s: Situation, superior: int) -> list[int]:
    headquarters = s.view.headquarters
    found, level = [], [superior]
    while level:
        level = [int(r) for r, p in zip(headquarters.row, headquarters.parent, strict=True) if int(p) in level]
        found += level
    return found


def _needy(s: Situation, hq: int) -> bool:
    staff, rules = s.notes.staff, s.rules
    need = rules["staff.loan_need"]
    lately = int(staff["lent_to_at"][hq]) + rules["staff.loan_taker_h"] * HOUR > s.minute
    return bool(staff["need"][hq] > need and staff["need_before"][hq] > need and not lately)


def _can_give(s: Situation, hq: int) -> bool:
    staff, rules = s.notes.staff, s.rules
    lately = int(staff["gave_at"][hq]) + rules["staff.loan_giver_h"] * HOUR > s.minute
    return bool(staff["need"][hq] < rules["staff.loan_giver_need"] and not lately)


def _where(s: Situation, hq: int) -> int:
    """The hottest own hex of a headquarters' sector."""
    sides: Ints = np.flatnonzero(s.sector == hq)
    if not len(sides):
        return -1
    return int(s.front.own[sides[int(s.threat[s.front.other[sides]].argmax())]])
