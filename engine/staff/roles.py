"""Roles of formations: assault and mobile groups from the directive, line and reserve by slow change."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Final

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import NEVER
from engine.model.codes import DirectiveKind
from engine.staff import timing
from engine.staff.control import Ints
from engine.staff.lines import line_cells
from engine.staff.numbers import IN_ASSAULT, IN_LINE, IN_MOBILE, IN_RESERVE
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.sectors import APPROACH, FIRST_BOUND
from engine.staff.situation import Situation

_RESERVE: Final = (int(DirectiveKind.RESERVE), int(DirectiveKind.RAIL))
_WITHDRAW: Final = int(DirectiveKind.WITHDRAW)
_BY_DIRECTIVE = frozenset((IN_ASSAULT, IN_MOBILE))
"""Roles that end with the directive that gave them."""


def members_of(plans: Plans, who: Iterable[int] | None = None) -> dict[int, Ints]:
    """Positions of the formations that each headquarters commands, of ``who`` or of all who command any, by headquarters."""
    memo, key, stamp = plans.s.statics.memo, f"staff.members.{plans.s.side}", plans.commander.tobytes()
    held = memo.get(key)
    if held is None or held[0] != stamp:
        held = memo[key] = (stamp, _by_commander(plans.commander.tolist()))
    found: dict[int, Ints] = held[1]
    if who is None:
        return dict(found)
    wanted = set(who)
    return {hq: members for hq, members in found.items() if hq in wanted}


def _by_commander(commander: list[int]) -> dict[int, Ints]:
    found: dict[int, list[int]] = {}
    for at, hq in enumerate(commander):
        if hq in found:
            found[hq].append(at)
        else:
            found[hq] = [at]
    return {hq: np.array(found[hq], np.int64) for hq in sorted(found) if hq >= 0}


def _has_begun(s: Situation, plans: Plans, plan: Plan) -> bool:
    """Whether it has gone ahead to the line that it is told now, or past it to a later one.

    What reached it only after it had gone ahead is new, and is obeyed as it stands.
    """
    i, row = plan.current, int(s.notes.staff["ahead"][plan.hq])
    if i < 0 or row < 0 or plans.kind[i] != _WITHDRAW:
        return False
    known = plans.d.arrives_at[i] <= s.notes.staff["ahead_at"][plan.hq]
    return bool(plans.d.row[i] == row or (known and plans.gone_ahead(plan) >= 0))


def take_up(s: Situation, plans: Plans, plan: Plan, members: Ints) -> None:
    """Note a new directive and give the roles it asks for; roles of earlier groups end."""
    staff, hq = s.notes.staff, plan.hq
    row = plans.d.row.item(plan.current) if plan.current >= 0 else NONE
    # One that is over stays noted, or it would be taken up again.
    fresh = staff["directive"].item(hq) != row and not (row == NONE and staff["end_reason"].item(hq) > 0)
    if fresh:
        begun = _has_begun(s, plans, plan)
        for name, value in (
            ("directive", row), ("end_reason", 0), ("target_a", NONE), ("target_b", NONE), ("target_c", NONE),
            ("committed_at", -NEVER), ("linked_at", NEVER), ("group_men", 0), ("fell_back", 0),
            ("ahead", staff["ahead"][hq] if begun and staff["ahead"][hq] != row else NONE),
        ):  # fmt: skip
            staff[name][hq] = value
        if begun:
            # What it is told now it has begun before: it goes on with that.
            leaves = max(plans.start[plan.current], s.minute + s.on_their_way(hq))
            staff["phase"][hq], staff["phase_since"][hq] = FIRST_BOUND, leaves
        elif plan.line == plan.current and plan.line >= 0:
            staff["phase"][hq] = APPROACH
    if fresh or plan.upcoming >= 0 or plans.attacking(plan) or _has_groups(s, plans, plan, members):
        held, key = s.statics.memo, f"staff.roles.{hq}"
        # Giving roles a second time in the same circumstances changes nothing.
        if fresh or held.get(key) != _circumstances(s, plans, plan, members):
            _give_roles(s, plans, plan, members, fresh)
            held[key] = _circumstances(s, plans, plan, members)


def _circumstances(s: Situation, plans: Plans, plan: Plan, members: Ints) -> tuple[object, ...]:
    some = itemgetter(*members.tolist())
    near = plans.assembling(plan), timing.approaching(s, plans, plan)
    return (some(s.row_of), some(s.role_of), some(s.locked_of), some(s.contact_of), plan, plans.text, near)


def _has_groups(s: Situation, plans: Plans, plan: Plan, members: Ints) -> bool:
    """Whether somebody has a role that only a directive gives."""
    if plan.current >= 0 and (plans.kind[plan.current] in _RESERVE or plans.names(plan.current, "reserve")):
        return True
    role = s.role_of
    return not _BY_DIRECTIVE.isdisjoint([role[at] for at in members.tolist()])


def _give_roles(s: Situation, plans: Plans, plan: Plan, members: Ints, fresh: bool) -> None:
    wanted, awaited = _wanted(s, plans, plan, members, fresh), _holding_till_then(s, plans, plan, members)
    changes: dict[int, list[int]] = {}
    for at, was in zip(members.tolist(), s.role[members].tolist(), strict=True):
        role = wanted.get(at)
        if role is None and was in _BY_DIRECTIVE:
            role = IN_LINE if was == IN_ASSAULT or at in awaited else IN_RESERVE
        if role is not None and was != role:
            changes.setdefault(role, []).append(at)
    for role, group in changes.items():
        s.give_role(np.array(group), role)
    if plan.current < 0:
        return
    released = np.array([at for at in members.tolist() if at not in wanted], np.int64)
    if plans.kind[plan.current] in _RESERVE:
        s.give_role(released, IN_RESERVE)
        return
    here = set(released.tolist())
    named = np.array([at for at in plans.named(plan.current, "reserve").tolist() if at in here], np.int64)
    s.give_role(named, IN_RESERVE)
    if fresh:
        _man_the_line(s, plans, plan, released, named)


def _wanted(s: Situation, plans: Plans, plan: Plan, members: Ints, fresh: bool) -> dict[int, int]:
    """Roles in assault and mobile groups of the attack in force and of the next; the one in force has first choice."""
    wanted: dict[int, int] = {}
    members = s.able(members)
    for i in (plan.current if plans.attacking(plan) else NONE, plan.upcoming):
        if i < 0:
            continue
        near = i == plan.current or plans.assembling(plan)
        # Of an attack that is far ahead only those need know who wait for it behind the front; the others hold that.
        able = members if near else without(members, _at_the_front(s, members))
        assault, mobile = _group(s, plans, i, able, "assault", near), _group(s, plans, i, able, "mobile", near)
        # Until the hour is near they hold the line from which they will attack.
        gathers = i == plan.current or (not plans.attacking(plan) and timing.approaching(s, plans, plan))
        if gathers and not len(assault):
            # A directive that names nobody means everybody; a mobile group with nobody before it attacks itself.
            everybody = mobile if _names_any(plans, i) else without(members, plans.named(i, "reserve"))
            assault, mobile = everybody, assault
        if i == plan.current and not fresh:
            # Who has been put in since stays in until the attack is over.
            assault = np.concatenate([assault, without(members[s.role[members] == IN_ASSAULT], assault)])
        for role, group in ((IN_ASSAULT, assault), (IN_MOBILE, mobile)):
            for at in group.tolist():
                wanted.setdefault(at, role)
    return wanted


def _at_the_front(s: Situation, members: Ints) -> Ints:
    """Those of ``members`` who stand at the rim of their own land, or before an enemy."""
    depth = s.control.depth.item
    return np.array([at for at in members.tolist() if s.contact_of[at] or depth(s.hex_of[at]) <= 1], np.int64)


def _holding_till_then(s: Situation, plans: Plans, plan: Plan, members: Ints) -> frozenset[int]:
    """Who is named for the mobile group of an attack far ahead and meanwhile has a part of the line to hold."""
    if plan.upcoming < 0 or plans.assembling(plan) or not plans.names(plan.upcoming, "mobile"):
        return frozenset()
    front = _at_the_front(s, members).tolist()
    return frozenset(front) & frozenset(plans.named(plan.upcoming, "mobile").tolist())


def _names_any(plans: Plans, i: int) -> bool:
    d = plans.d
    strongest = int(d.assault_strongest[i]) or int(d.mobile_strongest[i])
    return bool(strongest) or plans.names(i, "assault") or plans.names(i, "mobile")


def _group(s: Situation, plans: Plans, i: int, members: Ints, group: str, choose: bool) -> Ints:
    """Members of a group: those named, or the strongest of the headquarters, chosen once and then remembered."""
    if plans.names(i, group):
        here = set(members.tolist())
        return np.array([at for at in plans.named(i, group).tolist() if at in here], np.int64)
    count = int(plans.d.assault_strongest[i] if group == "assault" else plans.d.mobile_strongest[i])
    if not count:
        return np.zeros(0, np.int64)
    role = s.role[members]
    wanted, other = (IN_ASSAULT, IN_MOBILE) if group == "assault" else (IN_MOBILE, IN_ASSAULT)
    have: Ints = members[role == wanted]
    if not choose:
        return have
    pool = members[(role != wanted) & (role != other) & ~s.locked[members]]
    if group == "mobile":
        pool = pool[s.mechanised[pool]]
    else:
        # The mobile group is chosen from what drives: the assault group leaves it as many as it asks for.
        keep = int(plans.d.mobile_strongest[i]) - int((role == IN_MOBILE).sum())
        driven = _by_power(s, pool[s.mechanised[pool]])[: max(keep, 0)]
        pool = without(pool, driven)
    found: Ints = np.concatenate([have, _by_power(s, pool)[: max(count - len(have), 0)]])
    return found


def without(these: Ints, others: Ints) -> Ints:
    """Those of some positions, in order, that are not among others: quicker for a few than numpy's sets."""
    gone = set(others.tolist())
    return np.array([at for at in these.tolist() if at not in gone], np.int64) if gone else these


def _by_power(s: Situation, pool: Ints) -> Ints:
    own = s.view.own
    return pool[np.lexsort((own.row[pool], -own.power[pool]))]


def _man_the_line(s: Situation, plans: Plans, plan: Plan, members: Ints, named: Ints) -> None:
    """With a new line come new roles at once: what is more than the wanted reserve goes into the line."""
    points = plans.line_points(plan)
    if plan.line != plan.current or not points:
        return
    reserves = members[s.role[members] == IN_RESERVE]
    spare = without(reserves, named)
    length = s.grid.spacing_km * len(line_cells(s.statics, points))
    wanted = reserve_wanted(s, length, len(members), int(plans.d.reserve_share[plan.current]))
    excess = len(reserves) - max(wanted, len(named))
    if excess > 0:
        order = np.lexsort((s.view.own.row[spare], s.mechanised[spare]))
        s.give_role(spare[order[:excess]], IN_LINE)


def reserve_wanted(s: Situation, front_km: float, formations: int, share_ppm: int) -> int:
    """Formations to keep in hand: a share, less while the line would be spaced too wide."""
    share = share_ppm / PPM if share_ppm >= 0 else s.rules["staff.reserve_share"]
    wanted = int(share * formations + 0.5)
    most = s.rules["staff.spacing_max_km"]
    while wanted and front_km > most * (formations - wanted):
        wanted -= 1
    return wanted


def _in_need(s: Situation, hq: int) -> bool:
    """Nobody is drawn from a line that is under pressure."""
    return bool(s.notes.staff["need"][hq] >= s.rules["staff.loan_giver_need"])


def change_roles(s: Situation, hq: int, members: Ints, named: Ints, wanted: int, most: int) -> None:
    """At most one change of role: out of the line every two days, back every day, nobody twice in three days.

    ``members`` are line and reserve, ``named`` reserves by directive, ``most`` how many the line has room for.
    """
    roles = [s.role_of[at] for at in members.tolist()]
    kept, manning = roles.count(IN_RESERVE), roles.count(IN_LINE)
    least = max(wanted, len(named), len(members) - most)
    if least >= kept >= wanted and manning <= most:
        return
    own, notes, row = s.view.own, s.notes, s.row_of
    role_since, latest = notes.formation["role_since"], s.minute - s.hours("staff.role_h")
    since = s.minute - max(int(notes.staff["role_changed_at"][hq]), 0)

    def settled(role: int) -> list[int]:
        """Those of a role who have had it for some time and are under no human's order."""
        those = [at for at in members.tolist() if s.role_of[at] == role and not s.locked_of[at]]
        return [at for at in those if role_since[row[at]] <= latest]

    def able() -> list[int]:
        """Those of the line who can be drawn from it, the best first."""
        those = [at for at in settled(IN_LINE) if not s.fighting_of[at]]
        return sorted(those, key=lambda at: (not s.mechanised_of[at], s.contact_of[at], -int(own.fatigue[at]), row[at]))

    if kept > least and since >= s.hours("staff.give_reserve_h"):
        spoken_for = set(named.tolist())
        pool = [at for at in settled(IN_RESERVE) if at not in spoken_for]
        if pool:
            s.give_role(np.array([min(pool, key=lambda at: (s.mechanised_of[at], row[at]))]), IN_LINE)
            notes.staff["role_changed_at"][hq] = s.minute
    elif kept < wanted and since >= s.hours("staff.draw_reserve_h") and not _in_need(s, hq) and (free := able()):
        s.give_role(np.array(free[:1]), IN_RESERVE)
        notes.staff["role_changed_at"][hq] = s.minute
    elif manning > most and (free := able()):
        # No room: a line of eleven kilometres has no use for six divisions.
        s.give_role(np.array(free[: manning - most]), IN_RESERVE)
