"""Withdrawal in two bounds to a line: places on it are matched in order once and then frozen.

Every second formation leaves at once, and those at the two ends, which tie the line to the neighbours; the others
follow half a day later, but who is on his way back already goes on: on the march he covers nobody. The headquarters
stands on its new line until the front has come up to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from engine.core.columns import Array
from engine.core.paths import FAR, Pathfinder
from engine.model.codes import DirectiveKind, OrderKind, Permission
from engine.staff import way_home
from engine.staff.control import Ints, ways_of
from engine.staff.intentions import Intentions
from engine.staff.line import note_need
from engine.staff.lines import line_cells
from engine.staff.numbers import IN_RESERVE, TO_WITHDRAW
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.reasons import EndReason, Reason
from engine.staff.sectors import ALL_BOUNDS, ESTABLISHED, FIRST_BOUND, Sector
from engine.staff.situation import Situation

_WITHDRAW: Final = int(DirectiveKind.WITHDRAW)
_MAY_FALL_BACK: Final = int(Permission.MAY_FALL_BACK)
SAFE_DEPTH = 4
"""A line that nobody has named is looked for so many hexes behind the front."""
STEP, NEAR_ENEMY, ON_WORKS = 10, 25, 6
"""Cost of a hex of such a line, more for each hex too near to the enemy, less on prepared works."""
_NOWHERE: Final = np.zeros(0, np.int64)
REAR = 2
"""Reserves stand so far behind the new line."""


def asked(s: Situation, plans: Plans, plan: Plan) -> bool:
    """Whether the headquarters has been told to withdraw and has not yet begun."""
    if plan.current < 0 or plans.kind[plan.current] != _WITHDRAW:
        return False
    return int(s.notes.staff["phase_since"][plan.hq]) < int(plans.d.start_at[plan.current])


def forced(s: Situation, plans: Plans, plan: Plan, members: Ints) -> bool:
    """Whether it falls back of its own accord: allowed, in need for a day and two looks, and no reserve left."""
    staff, i = s.notes.staff, plans.standing(plan)
    gone = staff["fell_back"].item(plan.hq) or staff["ahead"].item(plan.hq) >= 0
    if i < 0 or plans.text.permission[i] != _MAY_FALL_BACK or gone:
        return False
    least = s.rules["staff.need_plug"]
    pressed = staff["need"][plan.hq] > least and staff["need_before"][plan.hq] > least
    pressed = pressed and staff["need_since"][plan.hq] <= s.minute - s.hours("staff.fall_back_h")
    return bool(pressed) and not bool((s.role[members] == IN_RESERVE).any())


def under_way(s: Situation, hq: int) -> bool:
    """Whether a withdrawal goes on, or the new line still lies behind the front."""
    return bool(s.notes.staff["phase"].item(hq) >= FIRST_BOUND)


def go_ahead(s: Situation, plans: Plans, plan: Plan, sector: Sector, members: Ints) -> None:
    """Carry out coming withdrawals now if known enemies would be on their lines first."""
    ahead = way_home.goes_ahead(s, plans, plan, s.able(members))
    if ahead >= 0:
        begin(s, plans, plan, sector, members, ahead=ahead)


def begin(
    s: Situation, plans: Plans, plan: Plan, sector: Sector, members: Ints, *, fall_back: bool = False, ahead: int = NONE
) -> None:
    """Match the formations to even places on the new line, in order along it, once.

    The line is the one it was told to go to, or may ``fall_back`` to, or that of a withdrawal to come (``ahead``).
    """
    staff, own = s.notes.staff, s.view.own
    told = not fall_back and ahead < 0 and plan.current >= 0
    hour = plans.start[plan.current] if told else s.minute
    # When the first bound leaves: orders written now are on their way for a while, and the second bound goes by that.
    staff["phase_since"][plan.hq] = max(hour, s.minute + s.on_their_way(plan.hq))
    line = members[s.role[members] != IN_RESERVE]
    cells = _new_line(s, plans, plan, sector, fall_back, ahead)
    if not len(cells) or not len(line):
        return
    position = s.grid.distance(own.hex[line][:, None], cells[None, :]).argmin(axis=1)
    order = line[np.lexsort((own.row[line], position))]
    s.give_place(order, cells[_spaced(len(cells), len(order))])
    staff["phase"][plan.hq] = FIRST_BOUND
    if ahead >= 0:
        staff["fell_back"][plan.hq] = 0
        if plans.gone_ahead(plan) < 0:
            staff["ahead_at"][plan.hq] = s.minute  # what comes after this is new to it, however far it goes on
        staff["ahead"][plan.hq] = plans.d.row[ahead]
    elif fall_back:
        staff["fell_back"][plan.hq] = 1


def _spaced(cells: int, count: int) -> Ints:
    """Even places along a line; with three or more the two ends are among them."""
    i = np.arange(count)
    if count < 3:
        middles: Ints = (2 * i + 1) * cells // (2 * count)
        return middles
    ends_too: Ints = (i * (cells - 1) + (count - 1) // 2) // (count - 1)
    return ends_too


def _new_line(s: Situation, plans: Plans, plan: Plan, sector: Sector, fall_back: bool, ahead: int) -> Ints:
    """Own hexes of the line that was named for it, or of one chosen on the ground."""
    cells = _named_line(s, plans, plan, fall_back, ahead)
    if len(cells):
        mine: Ints = cells[s.owner[cells] == s.side]
        return mine
    return choose_line(s, sector)


def _named_line(s: Situation, plans: Plans, plan: Plan, fall_back: bool, ahead: int) -> Ints:
    """Hexes of the line that a directive names for it; none if it says only that it may fall back."""
    if ahead >= 0:
        points = plans.text.line[ahead]
    elif (i := plans.standing(plan)) >= 0:
        points = (() if fall_back else plans.text.line[i]) or plans.text.fall_back[i]
    else:
        points = ()
    return line_cells(s.statics, points) if points else np.zeros(0, np.int64)


def choose_line(s: Situation, sector: Sector) -> Ints:
    """The cheapest chain of own hexes between the two ends of a sector, some way behind its front."""
    if len(sector.sides) < 2:
        return np.zeros(0, np.int64)
    ends = s.front.own[sector.sides[[0, -1]]]
    depth = np.minimum(s.control.depth, SAFE_DEPTH)
    works = s.view.hexes.works > 0
    toll = (SAFE_DEPTH - depth) * NEAR_ENEMY + np.where(works, 0, ON_WORKS)
    toll = np.where((s.owner == s.side) & (s.control.depth < FAR), toll, NONE).astype(np.int32)
    near = ways_of(s.statics)
    steps = np.where(near >= 0, STEP, 0).astype(np.int32)
    path = Pathfinder(near).path(steps, int(ends[0]), int(ends[1]), top=STEP + int(toll.max()) + 1, toll=toll)
    if path is None:
        return np.zeros(0, np.int64)
    return np.concatenate([ends[:1], path.astype(np.int64)])


def lead(s: Situation, wishes: Intentions, plans: Plans, plan: Plan, members: Ints) -> None:
    """One cycle of a withdrawal."""
    staff, hq = s.notes.staff, plan.hq
    fell_back, early_home = bool(staff["fell_back"][hq]), bool(staff["ahead"][hq] >= 0)
    ahead = plans.gone_ahead(plan)
    over = early_home and ahead < 0
    _new_places(s, members, _NOWHERE if over else _named_line(s, plans, plan, fell_back, ahead))
    since = staff["phase_since"].item(hq)
    second = s.minute >= since + s.hours("staff.bound_h") - s.ahead_of_the_hour(hq)
    staff["phase"][hq] = ALL_BOUNDS if second else FIRST_BOUND
    tasks, _, _ = s.intent
    slot_of: list[int] = s.slot.tolist()
    placed = [at for at in members.tolist() if slot_of[at] >= 0 and s.role_of[at] != IN_RESERVE]
    _judge_need(s, hq, [slot_of[at] for at in placed])
    for i, at in enumerate(_in_order(s, placed, slot_of)):
        slot, here = slot_of[at], s.hex_of[at]
        early = i % 2 == 0 or i == len(placed) - 1 or early_home
        if here == slot:
            wishes.place(at, slot, Reason.ON_THE_NEW_LINE)
        elif early or second or tasks[at] == TO_WITHDRAW:
            why = Reason.BEFORE_ITS_TIME if early_home else Reason.FALL_BACK if fell_back else None
            reason = why or (Reason.WITHDRAW_FIRST if early else Reason.WITHDRAW_SECOND)
            wishes.want(at, OrderKind.WITHDRAW, slot, reason, slot)
        else:
            wishes.stay(at, Reason.WITHDRAW_SECOND, slot)
    _reserves_behind(s, wishes, members, placed)
    if second and s.minute >= since and _is_manned(s, placed):
        staff["phase"][hq] = ESTABLISHED
        staff["phase_since"][hq] = s.minute
        # The next directive may have come meanwhile: that one is not over.
        told = plan.current < 0 or plans.kind[plan.current] == _WITHDRAW
        if told and not (fell_back or early_home):
            staff["end_reason"][hq] = EndReason.ON_THE_LINE


def _judge_need(s: Situation, hq: int, places: list[int]) -> None:
    """How badly the line it goes back to needs help: that of the front it leaves says nothing any more.

    Counted as on a front (:func:`engine.staff.line.need_of`), at the places of the new line.
    """
    hot, tenths = s.hot, round(s.rules["staff.need_cover"] * 10)
    short = [int(s.threat[cell]) - int(s.cover[cell]) * tenths // 10 for cell in set(places) if hot[cell]]
    note_need(s, hq, max(0, *short) if short else 0)


def _in_order(s: Situation, placed: list[int], slot_of: list[int]) -> list[int]:
    """Along the new line: neighbours on it are neighbours in the list, so every second one covers."""
    if not placed:
        return []
    one = slot_of[placed[0]]
    first = min([slot_of[at] for at in placed], key=lambda cell: (-s.apart(cell, one), cell))
    return sorted(placed, key=lambda at: (s.apart(slot_of[at], first), s.row_of[at]))


def _reserves_behind(s: Situation, wishes: Intentions, members: Ints, placed: list[int]) -> None:
    """Who has no place on the line goes behind it."""
    slots = set(s.slot[placed].tolist())
    for at in members.tolist():
        if at in wishes:
            continue
        here = s.hex_of[at]
        if not slots:
            wishes.stay(at, Reason.RESERVE)
            continue
        nearest = _nearest(s, slots, here)
        if s.apart(here, nearest) <= 2 * REAR and s.control.depth[here] > s.control.depth[nearest]:
            wishes.stay(at, Reason.RESERVE, nearest)
            continue
        goal = _behind(s, nearest, here)
        kind = OrderKind.HOLD if goal == here else OrderKind.WITHDRAW
        wishes.want(at, kind, goal, Reason.RESERVE, nearest)


def _nearest(s: Situation, cells: Iterable[int], here: int) -> int:
    return min(cells, key=lambda cell: (s.apart(cell, here), cell))


def _behind(s: Situation, cell: int, here: int) -> int:
    ring: Array = s.grid.ring_table(REAR)[cell]
    part, depth = s.control.part[cell], s.control.depth
    own = [c for c in ring.tolist() if c >= 0 and s.owner_of[c] == s.side and s.control.part[c] == part]
    return min(own, key=lambda c: (-int(depth[c]) if depth[c] < FAR else 0, s.apart(c, here), c), default=here)


def _new_places(s: Situation, members: Ints, line: Ints) -> None:
    """Who has no place on the line any more, or never had one, goes to the nearest place of it that is still own.

    It has been taken; or he joined while the others were on their way, and brings a place on the ground they leave.
    """
    slot_of: list[int] = s.slot.tolist()
    placed = [at for at in members.tolist() if slot_of[at] >= 0 and s.role_of[at] != IN_RESERVE]
    on = set(line.tolist()) or {slot_of[at] for at in placed}
    none = [at for at in placed if s.owner_of[slot_of[at]] != s.side or slot_of[at] not in on]
    left = [cell for cell in on if s.owner_of[cell] == s.side] if none else []
    if left:
        fresh = [_nearest(s, left, slot_of[at]) for at in none]
        s.give_place(np.array(none, np.int64), np.array(fresh, np.int64))


def _is_manned(s: Situation, placed: list[int]) -> bool:
    """The front has come up to half of the places on the line, and half of its holders to theirs; or it is lost."""
    if not placed:
        return True
    slots: list[int] = s.slot[placed].tolist()
    lost = [s.owner_of[cell] != s.side for cell in slots]
    at_the_front = sum([gone or s.control.depth[cell] <= 1 for gone, cell in zip(lost, slots, strict=True)])
    come = [gone or s.apart(s.hex_of[at], cell) <= REAR for gone, at, cell in zip(lost, placed, slots, strict=True)]
    return bool(2 * at_the_front >= len(placed) and 2 * sum(come) >= len(placed))
