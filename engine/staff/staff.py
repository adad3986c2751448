"""The staff that runs every headquarters of a side: one cycle for all that are due (staffs.md 4)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import HOUR, NEVER
from engine.core.dice import Dice
from engine.model.codes import DirectiveKind, Echelon, Outcome, StaffRole
from engine.model.commander import Notes
from engine.model.orders import Order
from engine.model.view import SideView
from engine.staff import attack, lending, line, mobile, reactions
from engine.staff.intentions import Intentions
from engine.staff.reasons import Reason
from engine.staff.situation import Ints, Situation
from engine.staff.withdraw import withdraw

ENDED_DATE, ENDED_DONE, ENDED_CULMINATED = 1, 2, 3
_ATTACKS = (DirectiveKind.ATTACK, DirectiveKind.RELIEVE, DirectiveKind.REDUCE, DirectiveKind.BREAK_OUT)


class Staff:
    """The built-in staff. It keeps nothing between calls: its memory is the notes."""

    built_in = True
    digest = "staff-1"

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        """Orders of all due headquarters of the side."""
        s = Situation(view, notes)
        wishes = Intentions(s)
        returned_loans(s)
        for hq in due:
            _one(s, wishes, int(hq))
        lending.lend(s, list(due))
        for hq in due:
            notes.staff["planned_at"][hq] = view.minute
            notes.staff["cycle_at"][hq] = view.minute + cycle_min(s, int(hq))
        return wishes.orders()


def returned_loans(s: Situation) -> None:
    """Formations lent to a headquarters work for it."""
    own = s.view.own
    taker = s.notes.formation["lent_from"][own.row]
    lent = taker >= 0
    s.commander[lent] = taker[lent]


def _one(s: Situation, wishes: Intentions, hq: int) -> None:
    members = np.flatnonzero(s.commander == hq)
    if not len(members):
        return
    d = current_directive(s, hq)
    sector_members = members
    if d >= 0 and int(s.view.directives.kind[d]) in _ATTACKS:
        sector_members = _attack_cycle(s, wishes, hq, d, members)
    elif d >= 0 and int(s.view.directives.kind[d]) == DirectiveKind.WITHDRAW and _started(s, d):
        withdraw(s, wishes, hq, d, members)
        return
    elif d < 0:
        _disband_groups(s, members)
    _hold_cycle(s, wishes, hq, d, sector_members)


def current_directive(s: Situation, hq: int) -> int:
    """The directive a headquarters works on (index in the view): the latest to start among those open, -1 none."""
    d = s.view.directives
    mine = np.flatnonzero((d.hq == hq) & s.directive_open)
    if not len(mine):
        return -1
    # One in force counts before one that is only being prepared; among those the one that started last.
    started = d.start_at[mine] <= s.minute
    pool = mine[started] if started.any() else mine
    preparing = mine[~started]
    urgent = preparing[np.isin(d.kind[preparing], [int(k) for k in _ATTACKS])] if len(preparing) else preparing
    if started.any() and len(urgent) and not np.isin(d.kind[pool], [int(k) for k in _ATTACKS]).any():
        pool = urgent
    return int(pool[np.lexsort((-d.row[pool], -d.start_at[pool]))[0]])


def _started(s: Situation, d: int) -> bool:
    return bool(s.view.directives.start_at[d] <= s.minute)


def _attack_cycle(s: Situation, wishes: Intentions, hq: int, d: int, members: Ints) -> Ints:
    """Assault and mobile groups; returns the members left for the line."""
    notes, own = s.notes, s.view.own
    row = int(s.view.directives.row[d])
    assault, mobile_group = attack.role_groups(s, d)
    if not len(assault):
        assault, mobile_group = mobile_group, assault
    if notes.staff["directive"][hq] != row:
        notes.staff["directive"][hq], notes.staff["end_reason"][hq] = row, 0
        notes.staff["phase"][hq] = 0
    _mark(s, assault, StaffRole.ASSAULT)
    _mark(s, mobile_group, StaffRole.MOBILE)
    if not _started(s, d):
        attack.assemble(s, wishes, d, np.concatenate([assault, mobile_group]), Reason.ASSEMBLY)
        return np.setdiff1d(members, np.concatenate([assault, mobile_group]))
    attack.note_outcomes(s, hq, np.concatenate([assault, mobile_group]))
    ended = _ended(s, d, assault)
    if ended:
        notes.staff["end_reason"][hq] = ended
        _mark(s, assault, StaffRole.LINE)
        _mark(s, mobile_group, StaffRole.RESERVE)
        return members
    a = attack.appraise(s, hq, d, assault, attack.reachable(s))
    attack.carry_out(s, wishes, a)
    spearhead = int(notes.staff["target_a"][hq])
    if len(mobile_group) and spearhead >= 0:
        mobile.lead(s, wishes, a, mobile_group, spearhead)
    elif len(mobile_group) and int(notes.staff["committed_at"][hq]) >= int(s.view.directives.start_at[d]):
        mobile.exploit(s, wishes, a, mobile_group)
    rest: Ints = np.setdiff1d(members, np.concatenate([assault, mobile_group]))
    del own
    return rest


def _mark(s: Situation, who: Ints, role: StaffRole) -> None:
    rows = s.view.own.row[who]
    fresh = rows[s.notes.formation["role"][rows] != role]
    s.notes.formation["role"][fresh] = role
    s.notes.formation["role_since"][fresh] = s.minute
    if role is StaffRole.LINE:
        s.notes.formation["slot"][fresh] = -1


def _disband_groups(s: Situation, members: Ints) -> None:
    """Without a directive that names them, assault and mobile groups go into the line."""
    rows = s.view.own.row[members]
    role = s.notes.formation["role"][rows]
    _mark(s, members[(role == StaffRole.ASSAULT)], StaffRole.LINE)
    _mark(s, members[(role == StaffRole.MOBILE)], StaffRole.RESERVE)


def _ended(s: Situation, d: int, assault: Ints) -> int:
    """Why an attack is over: the axis is own, or the group has culminated; 0 if it goes on."""
    directives, own = s.view.directives, s.view.own
    cells = axis_cells(s, d)
    if len(cells) and (s.owner[cells] == s.side).all():
        return ENDED_DONE
    names = directives.assault[d]
    names = names[names >= 0] if (names >= 0).any() else own.row[assault]
    full = int(own.men_full[assault].sum()) if not len(names) else _full_men(s, names)
    if int(own.men[assault].sum()) < s.rules["staff.culmination"] * full:
        return ENDED_CULMINATED
    return 0


def _full_men(s: Situation, rows: Ints) -> int:
    """Men at the start of those of the group that have come on the map so far."""
    waiting = set(s.view.coming.row.tolist())
    formations = s.view.statics.scenario.formations
    return sum(formations[row].men for row in rows.tolist() if row not in waiting)


def axis_cells(s: Situation, d: int) -> Ints:
    """Land hexes of the axis itself; an attack is done when all of them are own."""
    memo = s.view.statics.memo
    points = s.view.directives.axis[d]
    points = points[points >= 0]
    key = f"staff.axis.{points.tolist()}"
    if key not in memo:
        found: set[int] = set()
        for a, b in pairwise(points):
            steps = max(2 * int(s.grid.distance(int(a), int(b))), 1)
            (ax, ay), (bx, by) = s.grid.centres_m[a], s.grid.centres_m[b]
            for k in range(steps + 1):
                cell = s.grid.cell_at(float(ax + (bx - ax) * k / steps), float(ay + (by - ay) * k / steps))
                if cell >= 0 and s.land[cell]:
                    found.add(cell)
        memo[key] = np.array(sorted(found), np.int64)
    cells: Ints = memo[key]
    return cells


def _hold_cycle(s: Situation, wishes: Intentions, hq: int, d: int, members: Ints) -> None:
    """Roles, line, plug, counter-attack, follow, reserves: what every headquarters with a front does."""
    own = s.view.own
    role = s.notes.formation["role"][own.row[members]]
    holders = members[(role == StaffRole.LINE) | (role == StaffRole.RESERVE)]
    if not len(holders):
        return
    sector = line.sector_of(s, hq)
    if len(sector.sides):
        share = int(s.view.directives.reserve_share[d]) if d >= 0 else -1
        reactions.change_roles(s, hq, holders, reactions.reserve_wanted(s, sector, len(holders), share))
        reactions.plug(s, hq, sector, holders)
        reactions.counter_attack(s, wishes, hq, sector, holders)
    role = s.notes.formation["role"][own.row[holders]]
    in_line = holders[role == StaffRole.LINE]
    if len(sector.sides) and len(in_line):
        reactions.follow(s, wishes, sector, in_line)
        _stand(s, wishes, sector, in_line)
    reactions.place_reserves(s, wishes, sector, holders)


def _stand(s: Situation, wishes: Intentions, sector: line.Sector, in_line: Ints) -> None:
    """Everyone in the line goes to its slot, unless it is fighting where it stands."""
    own, notes = s.view.own, s.notes
    free = in_line[~s.locked[in_line]]
    if not len(free):
        return
    places = line.match(s, sector, free)
    rows = own.row[free]
    changed = notes.formation["slot"][rows] != places
    notes.formation["slot"][rows] = places
    notes.formation["slot_since"][rows[changed]] = s.minute
    for at, cell in zip(free.tolist(), places.tolist(), strict=True):
        if s.fighting[at]:
            continue
        wishes.place(at, cell, Reason.HOLD, cell)


def cycle_min(s: Situation, hq: int) -> int:
    """Minutes to the next cycle: attack three hours, holding twelve, fronts a day; shorter with a better staff."""
    headquarters = s.view.headquarters
    at = int(np.flatnonzero(headquarters.row == hq)[0])
    rules = s.rules
    if headquarters.echelon[at] >= Echelon.ARMY and not (s.commander == hq).any():
        hours = rules["staff.cycle_front_h"]
    elif _busy(s, hq):
        hours = rules["staff.cycle_attack_h"]
    else:
        hours = rules["staff.cycle_hold_h"]
    scaled = hours * PPM / max(int(headquarters.staff[at]), 1)
    return max(round(scaled), 1) * HOUR


def _busy(s: Situation, hq: int) -> bool:
    """In the middle of an attack, or fighting."""
    d = current_directive(s, hq)
    if d >= 0 and int(s.view.directives.kind[d]) in _ATTACKS and s.view.directives.start_at[d] <= s.minute + 6 * HOUR:
        return True
    b = s.view.battles
    live = b.row[(b.outcome == Outcome.LIVE) & (b.ended_at >= NEVER)]
    at = s.view.own.position[b.formation[np.isin(b.battle, live)]]
    return bool((s.commander[at[at >= 0]] == hq).any())
