"""Counter-attacks: cut the base of a penetration, pinch a salient, reduce a pocket; with what is near at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.columns import among
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.numbers import IN_RESERVE
from engine.staff.reasons import Reason
from engine.staff.roles import without
from engine.staff.sectors import Sector
from engine.staff.situation import Situation, ln
from engine.staff.strike import Strike, strike


@dataclass(frozen=True)
class _Chance:
    """A hex that could be attacked, by whom, at which odds; ``worth`` in thousandths, most is best."""

    cell: int
    strikers: tuple[int, ...]
    x: float
    worth: int
    under_way: bool


def counter_attack(s: Situation, wishes: Intentions, hq: int, sector: Sector, members: Ints) -> None:
    """Cut the base of a fresh penetration, else pinch a salient; one that is under way is carried on first."""
    pool = _pool(s, wishes, members) if sector.chance else members[:0]
    if not len(pool):
        return
    mine = np.zeros(len(s.control.faces), bool)
    mine[s.control.face_at[sector.sides]] = True
    for fit, reason in zip(s.counter_faces, (Reason.COUNTER_BASE, Reason.COUNTER_SALIENT), strict=True):
        cells = s.control.faces[mine & fit]
        found = _best(s, cells, pool, round(s.rules["staff.counter_strikers"]), s.rules["staff.counter_x"])
        if found is not None:
            least = s.rules["staff.counter_x"]
            strike(s, wishes, Strike(found.cell, reason, least), list(found.strikers))
            return


def reduce_pockets(s: Situation, wishes: Intentions, hq: int, sector: Sector, members: Ints) -> None:
    """Attack enemy pockets on the sector at several places, with half of those who ring them and the reserves."""
    if not sector.ring:
        return
    other, pockets = s.front.other[sector.sides], np.array(sorted(s.control.enemy_pockets), np.int64)
    on_ring = among(s.control.part[other], pockets, len(s.control.part_sizes))
    faces = np.array(sorted(set(other[on_ring].tolist())), np.int64)
    free = np.array([at for at in members.tolist() if wishes.free(at)], np.int64)
    pool = _nearest_is_pocket(s, sector, on_ring, free)
    reserves = free[s.role[free] == IN_RESERVE]
    budget = (len(pool) + 1) // 2 + len(without(reserves, pool))
    pool = np.sort(np.concatenate([pool, without(reserves, pool)]))
    while budget > 0 and len(pool) and len(faces):
        count = min(round(s.rules["staff.counter_strikers"]), budget)
        found = _best(s, faces, pool, count, s.rules["staff.go_x"])
        if found is None:
            return
        strike(s, wishes, Strike(found.cell, Reason.REDUCE, s.rules["staff.go_x"]), list(found.strikers))
        pool = without(pool, np.array(found.strikers))
        faces = faces[s.grid.distance(faces, found.cell) > 0]
        budget -= len(found.strikers)


def _nearest_is_pocket(s: Situation, sector: Sector, on_ring: np.ndarray, who: Ints) -> Ints:
    """Those whose nearest part of the front is the ring round a pocket."""
    if not len(who):
        return who
    gap = s.grid.distance(s.view.own.hex[who][:, None], s.front.own[sector.sides][None, :])
    ring = np.where(on_ring[None, :], gap, 9999).min(axis=1)
    found: Ints = who[ring <= gap.min(axis=1)]
    return found


def _pool(s: Situation, wishes: Intentions, members: Ints) -> Ints:
    """Reserves, and what drives in the line and is not pinned; those already attacking on their own account stay."""
    since = s.notes.formation["role_since"]
    found = []
    for at in members.tolist():
        fit = s.role_of[at] == IN_RESERVE or s.attacking_of[at] or (s.mechanised_of[at] and not s.fighting_of[at])
        # Who has just been taken out of an attack that is over does not begin another at once.
        if fit and wishes.free(at) and since[s.row_of[at]] < s.minute:
            found.append(at)
    return np.array(found, np.int64)


def _best(s: Situation, cells: Ints, pool: Ints, count: int, least_x: float) -> _Chance | None:
    """The best of ``cells`` for the ``count`` nearest of a pool; None if none promises ``least_x``."""
    rules = s.rules
    chances = []
    _, goals, _ = s.intent
    busy = {goals[at] for at in pool.tolist() if s.attacking_of[at]}
    for cell in cells.tolist():
        own_share = s.control.share_of[cell]
        strikers = _strikers(s, cell, pool, count)
        if not strikers:
            continue
        x = ln(max(sum(s.power_of[at] for at in strikers), 1)) - s.log_defence(cell)
        under_way = cell in busy
        if x > (rules["staff.feed_x"] if under_way else least_x):
            bonus = rules["staff.counter_bonus"] * (own_share / PPM - rules["staff.counter_own_share"])
            chances.append(_Chance(cell, strikers, x, int((x + bonus) * 1000), under_way))
    return min(chances, key=lambda c: (not c.under_way, -c.worth, c.cell), default=None)


def _strikers(s: Situation, cell: int, pool: Ints, count: int) -> tuple[int, ...]:
    """The nearest of a pool that can march to a hex beside ``cell``."""
    parts, reach, rest = s.control.parts_beside(cell), round(s.rules["staff.counter_hexes"]), s.notes.formation["rest_until"]
    near = []
    for at in pool.tolist():
        gap = s.apart(s.hex_of[at], cell)
        if gap <= reach and s.part_of[at] in parts and rest[s.row_of[at]] <= s.minute:
            near.append((gap, s.row_of[at], at))
    return tuple(at for _, _, at in sorted(near)[:count])
