"""What a holding headquarters does about the enemy: reserves, plugging, counter-attack, following (staffs.md 4.3-4.6)."""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import PPM
from engine.model.codes import OrderKind, Outcome, StaffRole
from engine.staff.attack import reachable, strike
from engine.staff.intentions import Intentions
from engine.staff.line import Sector, need_of
from engine.staff.reasons import Reason
from engine.staff.situation import Ints, Situation

HOUR = 60


def reserve_wanted(s: Situation, sector: Sector, formations: int, share_ppm: int) -> int:
    """Formations to keep in hand: a share, less while the line would be spaced too wide."""
    share = share_ppm / PPM if share_ppm >= 0 else s.rules["staff.reserve_share"]
    wanted = int(share * formations + 0.5)
    most = s.rules["staff.spacing_max_km"]
    while wanted and sector.length_km > most * (formations - wanted):
        wanted -= 1
    return wanted


def change_roles(s: Situation, hq: int, members: Ints, wanted: int) -> None:
    """At most one change of role: out of the line every two days, back every day, never within three days of the last."""
    own, rules, notes = s.view.own, s.rules, s.notes
    role = notes.formation["role"][own.row[members]]
    reserves, line = members[role == StaffRole.RESERVE], members[role == StaffRole.LINE]
    settled = notes.formation["role_since"][own.row] + round(rules["staff.role_h"] * HOUR) <= s.minute
    changed = int(notes.staff["role_changed_at"][hq])
    if len(reserves) > wanted and changed + rules["staff.give_reserve_h"] * HOUR <= s.minute:
        pool = reserves[settled[reserves]]
        if len(pool):
            set_role(s, hq, int(pool[np.lexsort((own.row[pool], s.mobile[pool]))[0]]), StaffRole.LINE)
    elif len(reserves) < wanted and changed + rules["staff.draw_reserve_h"] * HOUR <= s.minute:
        pool = line[settled[line] & ~s.fighting[line]]
        if len(pool):
            order = np.lexsort((own.row[pool], -own.fatigue[pool], own.contact[pool], ~s.mobile[pool]))
            set_role(s, hq, int(pool[order[0]]), StaffRole.RESERVE)


def set_role(s: Situation, hq: int, at: int, role: StaffRole) -> None:
    """Write a change of role into the notes."""
    row = s.view.own.row[at]
    s.notes.formation["role"][row] = role
    s.notes.formation["role_since"][row] = s.minute
    s.notes.staff["role_changed_at"][hq] = s.minute
    if role is StaffRole.LINE:
        s.notes.formation["slot"][row] = -1
        s.slot[at] = -1


def plug(s: Situation, hq: int, sector: Sector, members: Ints) -> None:
    """Judge the sector's need; a reserve becomes line where it is worse than a worn division."""
    own, notes = s.view.own, s.notes
    role = notes.formation["role"][own.row[members]]
    line, reserves = members[role == StaffRole.LINE], members[role == StaffRole.RESERVE]
    need, where = need_of(s, sector, len(line))
    notes.staff["need_before"][hq] = notes.staff["need"][hq]
    notes.staff["need"][hq] = need
    reserves = reserves[~s.locked[reserves]]
    if need <= s.rules["staff.need_plug"] or not len(reserves):
        return
    gap = s.grid.distance(own.hex[reserves], where)
    chosen = int(reserves[np.lexsort((own.row[reserves], gap))[0]])
    set_role(s, hq, chosen, StaffRole.LINE)
    notes.formation["slot"][own.row[chosen]] = where
    s.slot[chosen] = where


def counter_attack(s: Situation, wishes: Intentions, hq: int, sector: Sector, members: Ints) -> None:
    """Cut the base of a fresh penetration, else pinch a salient."""
    own, rules = s.view.own, s.rules
    role = s.notes.formation["role"][own.row[members]]
    pool = members[((role == StaffRole.RESERVE) | (s.mobile[members] & ~s.fighting[members])) & ~s.locked[members]]
    pool = np.array([at for at in pool.tolist() if at not in wishes], np.int64)
    if not len(pool) or not len(sector.sides):
        return
    base = _bases(s, sector)
    pinch = _salients(s, sector)
    own_land = None
    best: tuple[float, int, int, Ints, Reason] | None = None
    for cells, reason in ((base, Reason.COUNTER_BASE), (pinch, Reason.COUNTER_SALIENT)):
        for cell in cells.tolist():
            gap = s.grid.distance(own.hex[pool], cell)
            near = pool[gap <= rules["staff.counter_hexes"]]
            if not len(near):
                continue
            own_land = reachable(s) if own_land is None else own_land
            near = _can_reach(s, own_land, near, cell)
            order = np.lexsort((own.row[near], s.grid.distance(own.hex[near], cell)))
            strikers = near[order[: round(rules["staff.counter_strikers"])]]
            if not len(strikers):
                continue
            x = float(s.x_estimate(int(own.power[strikers].sum()), cell))
            share = int(s.own_share_at(np.array([cell]))[0]) / PPM
            worth = x + rules["staff.counter_bonus"] * (share - rules["staff.counter_own_share"])
            if x > rules["staff.counter_x"] and (best is None or (reason, -worth, cell) < (best[4], -best[0], best[1])):
                best = (worth, cell, round(x * PPM), strikers, reason)
        if best is not None:
            break
    if best is not None:
        strike(s, wishes, best[1], best[3], best[4])


def _can_reach(s: Situation, own_land: np.ndarray, who: Ints, cell: int) -> Ints:
    ring = s.grid.neighbours[cell]
    beside = set(own_land[ring[ring >= 0]].tolist()) - {-1}
    found: Ints = who[np.isin(own_land[s.view.own.hex[who]], list(beside))]
    return found


def _bases(s: Situation, sector: Sector) -> Ints:
    """Enemy hexes on the sector's front taken within four days and half surrounded by own ground."""
    cells = np.unique(s.front.other[sector.sides]).astype(np.int64)
    since = s.minute - round(s.rules["staff.counter_days"] * 1440)
    cells = cells[s.view.hexes.owner_since[cells] > max(since, 0)]
    share = s.own_share_at(cells)
    found: Ints = cells[share >= s.rules["staff.counter_own_share"] * PPM]
    return found


def _salients(s: Situation, sector: Sector) -> Ints:
    """Hexes of known enemies with four or more own neighbours."""
    cells = np.unique(s.front.other[sector.sides]).astype(np.int64)
    cells = cells[s.occupied[cells]]
    ring = s.grid.neighbours[cells]
    mine = ((ring >= 0) & (s.owner[ring] == s.side)).sum(axis=1)
    found: Ints = cells[mine >= s.rules["staff.pinch_neighbours"]]
    return found


def follow(s: Situation, wishes: Intentions, sector: Sector, line: Ints) -> None:
    """If much of the front has no enemy before it, holders step into the free hex ahead, abreast."""
    if not len(sector.sides) or not len(line):
        return
    rules, own, front = s.rules, s.view.own, s.front
    other = front.other[sector.sides]
    quiet = s.threat[other] < rules["staff.follow_threat"]
    if quiet.sum() < rules["staff.follow_share"] * len(quiet):
        return
    share_ok = s.own_share_at(other) >= rules["staff.follow_own_share"] * PPM
    free = quiet & share_ok & ~s.occupied[other] & ~s.enemy_zone[other]
    taken: set[int] = set()
    for at in sorted(line.tolist(), key=lambda at: int(own.row[at])):
        ahead = np.unique(other[free & (front.own[sector.sides] == own.hex[at])])
        ahead = np.array([c for c in ahead.tolist() if c not in taken], np.int64)
        if len(ahead) and own.contact[at] == 0:
            cell = int(ahead[np.lexsort((ahead, -s.own_share_at(ahead)))[0]])
            taken.add(cell)
            wishes.want(at, OrderKind.ATTACK, cell, Reason.FOLLOW, cell)


def place_reserves(s: Situation, wishes: Intentions, sector: Sector, members: Ints) -> None:
    """Reserves stand some way behind the middle of the sector; they move only if they are far off."""
    own = s.view.own
    role = s.notes.formation["role"][own.row[members]]
    for at in members[role == StaffRole.RESERVE].tolist():
        here = int(own.hex[at])
        if not len(sector.sides):
            wishes.place(at, here, Reason.RESERVE, here)
            continue
        front = s.front.own[sector.sides]
        gap = s.grid.distance(here, front)
        middle = int(front[len(front) // 2])
        if 2 <= int(gap.min()) <= 8:
            wishes.place(at, here, Reason.RESERVE, middle)
            continue
        ring = s.grid.ring_table(4)[middle]
        ring = ring[ring >= 0]
        behind = s.grid.distance(ring[:, None], np.unique(s.front.own)[None, :]).min(axis=1)
        good = ring[(behind >= 2) & s.land[ring] & (s.owner[ring] == s.side)]
        place = int(good[np.lexsort((good, s.grid.distance(good, here)))[0]]) if len(good) else here
        wishes.place(at, place, Reason.RESERVE, middle)


def won_lately(s: Situation, cell: int) -> bool:
    """A battle for the hex was won within a day."""
    b = s.view.battles
    return bool(((b.hex == cell) & (b.outcome == Outcome.YIELDED) & (b.ended_at > s.minute - 1440)).any())
