"""The attack: a spearhead and up to two shoulders, chosen by way to the objective, estimated resistance and width."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from engine.core.arithmetic import PPM, Floats
from engine.core.calendar import NEVER
from engine.core.columns import anywhere
from engine.core.hexes import steps_between
from engine.core.jit import jit
from engine.model.codes import DirectiveKind
from engine.staff.appraisal import MOST_TARGETS, RULES, judge
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.lines import Points, line_cells, line_distance
from engine.staff.numbers import TO_ATTACK
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.reasons import EndReason, Reason
from engine.staff.situation import Situation
from engine.staff.strike import Strike, strike

NARROWEST_M = 6500
"""A corridor has room for a shoulder beside the spearhead, however narrow it was drawn."""
TARGETS = ("target_a", "target_b", "target_c")
_ASSAULT: Final = int(Reason.ASSAULT)
_AT_THE_TARGET: Final = frozenset(map(int, (Reason.ATTACK, Reason.FEED, Reason.WAIT_FOR_STRENGTH)))


@dataclass(frozen=True)
class Aim:
    """What an attack is after, whoever ordered it."""

    hq: int
    axis: Points
    corridor_m: int
    objective: int
    salient_weight: float
    go_x: float
    reason: Reason = Reason.ATTACK
    inside: int = NONE
    """Only targets of this piece of enemy land (a pocket to be reduced), -1 any."""
    patience: int = NEVER
    """Minutes before one target after which a bolder attack is better than none."""
    remembers: bool = True
    """Whether the headquarters keeps its targets in its notes; a pocket's are those it is attacking."""


@dataclass(frozen=True, eq=False)
class Appraisal:
    """Enemy hexes that can be attacked, by number, and which are chosen."""

    cells: Ints
    share: Ints
    """Own ground around each, ppm."""
    chosen: tuple[int, ...] = ()
    """The spearhead, then its shoulders."""
    rival: int = NONE
    """The best hex that was not chosen."""
    worse: int = 0
    """By how many thousandths it is worse than the spearhead."""

    def __len__(self) -> int:
        return len(self.cells)


_EMPTY = np.zeros(0, np.int64)
_NO_WORTH = np.zeros(0)
NOTHING = Appraisal(_EMPTY, _EMPTY)


def aim_of(s: Situation, plans: Plans, plan: Plan, i: int) -> Aim:
    """The aim of the attack ``i`` that a headquarters has been directed to make."""
    kept, key = plans.text.kept, ("aim", plan.hq, i)
    if key not in kept:
        kept[key] = _aim_of(s, plans, plan, i)
    found: Aim = kept[key]
    return found


def _aim_of(s: Situation, plans: Plans, plan: Plan, i: int) -> Aim:
    rules = s.rules
    broad = plans.kind[i] in (DirectiveKind.REDUCE, DirectiveKind.BREAK_OUT) or int(plans.d.raid[i])
    weight = rules["staff.raid_salient_weight"] if broad else rules["staff.salient_weight"]
    corridor = max(int(plans.d.corridor_m[i]), NARROWEST_M)
    patience = _patience(s, plans, i)
    return Aim(plan.hq, plans.axis_points(i), corridor, plans.objective(i), weight, rules["staff.go_x"], patience=patience)


def _patience(s: Situation, plans: Plans, i: int) -> int:
    """Minutes that an attack waits for better odds before one target: a share of its time if it was given few days."""
    given = int(plans.d.end_at[i]) - plans.start[i]
    return min(s.hours("staff.patience_h"), round(given * s.rules["staff.patience_share"]))


def left_on_the_axis(s: Situation, axis: Points, objective: int, group: Ints) -> bool:
    """Whether a place of the axis before the objective is neither own nor passed by half of the group."""
    for here, then in pairwise([*axis[1:], objective]):
        if here == then or s.owner[here] == s.side:
            continue
        left = s.apart(here, then)
        if 2 * sum([s.apart(s.hex_of[at], then) < left for at in group.tolist()]) < len(group):
            return True
    return False


def appraise(s: Situation, aim: Aim, group: Ints) -> Appraisal:
    """Targets within reach of a group, judged for the number of targets it can take on at once."""
    if not len(group) or aim.objective < 0 or not len(s.control.faces):
        return NOTHING
    found = _judged(s, aim, group, NONE)
    # The front has not come up to the axis: the attack fights its way there by the shortest way from where it is.
    return found if len(found) else _judged(s, aim, group, middle(s, group))


def _judged(s: Situation, aim: Aim, group: Ints, start: int) -> Appraisal:
    control, who, cells_of = s.control, group.tolist(), s.view.own.hex[group]
    p, follow, shoulder = _parameters(s)
    failed, failed_worth = _failures(s, aim.hq)
    noted, ordered = _targets_until_now(s, aim, who)
    told, chosen = np.empty((2, len(control.faces)), np.int64), np.empty(MOST_TARGETS + 2, np.int64)
    count = judge(
        control.faces_of(frozenset([s.part_of[at] for at in who]) - {-1}), control.faces, control.face_share,
        s.travel(aim.objective), line_distance(s.statics, aim.axis or (aim.objective,)), control.part, aim.inside,
        aim.corridor_m, follow if aim.salient_weight > 0 else 0, start,
        *s.grid.axial, s.grid.spacing_m, s.threat, s.tolls, s.defence, cells_of,
        sum([s.power_of[at] for at in who]), float(aim.salient_weight), float(aim.go_x), p, shoulder,
        s.whole("staff.shoulder_hexes"), failed, failed_worth, noted, noted if aim.remembers else ordered, ordered,
        told, chosen,
    )  # fmt: skip
    if not count:
        return NOTHING
    *taken, rival, worse = chosen.tolist()
    cells = told[0, :count]
    cell_of = cells.item
    targets = tuple([cell_of(i) for i in taken if i >= 0])
    return Appraisal(cells, told[1, :count], targets, cell_of(rival) if rival >= 0 else NONE, worse)


def _parameters(s: Situation) -> tuple[Floats, int, int]:
    """Parameters of the score; own ground that a follower wants round a hex, ppm; its worth to a shoulder, thousandths."""
    found: tuple[Floats, int, int] | None = s.statics.shared.get("staff.appraisal")
    if found is None:
        score = np.array([float(s.rules[name]) for name in RULES])
        follow, shoulder = round(s.rules["staff.follow_own_share"] * PPM), round(s.rules["staff.shoulder_share"] * 1000)
        found = s.statics.shared["staff.appraisal"] = score, follow, shoulder
    return found


def _failures(s: Situation, hq: int) -> tuple[Ints, Floats]:
    """Hexes on which a headquarters has failed lately, and what that adds to their score: less as time goes by."""
    failures = s.failures_of.get(hq)
    if not failures:
        return _EMPTY, _NO_WORTH
    span, worth = s.hours("staff.failure_h"), s.rules["staff.score_failure"]
    less = [worth * times * (1.0 - (s.minute - failed_at) / span) for _, failed_at, times in failures]
    return np.array([cell for cell, _, _ in failures]), np.array(less)


def _targets_until_now(s: Situation, aim: Aim, who: list[int]) -> tuple[Ints, Ints]:
    """Targets that the headquarters has noted, and those that the group has been ordered to attack."""
    tasks, goals, _ = s.intent
    ordered = [goals[at] for at in who if tasks[at] == TO_ATTACK]
    staff = s.notes.staff
    noted = np.array([staff[name].item(aim.hq) for name in TARGETS], np.int64) if aim.remembers else _EMPTY
    return noted, np.array(ordered, np.int64) if ordered else _EMPTY


def middle(s: Situation, who: Ints) -> int:
    """The hex of the one who is nearest to all the others."""
    own = s.view.own
    return s.hex_of[_most_central(s.grid.axial_table, own.hex, own.row, who)]


@jit
def _most_central(axial: Any, cell: Any, row: Any, who: Any) -> int:
    """Of some positions the one with the fewest steps to all the others, of equals the one with the lowest row."""
    best, fewest = who[0], -1
    for at in who:
        total = 0
        for other in who:
            total += steps_between(axial, cell[at], cell[other])
        if fewest < 0 or total < fewest or (total == fewest and row[at] < row[best]):
            best, fewest = at, total
    return int(best)


def captured(s: Situation, aim: Aim, start_at: int) -> int:
    """Hexes of the corridor that became own in the last day and a half, since the start."""
    key = ("captured", aim.axis, aim.corridor_m, start_at)
    if key not in s.kept:
        s.kept[key] = _captured(s, aim, start_at)
    found: int = s.kept[key]
    return found


def _captured(s: Situation, aim: Aim, start_at: int) -> int:
    if not len(s.won):
        return 0
    fresh = s.won[s.view.hexes.owner_since[s.won] > start_at]
    if not len(fresh) or not aim.axis:
        return len(fresh)
    return int((line_distance(s.statics, aim.axis)[fresh] <= aim.corridor_m).sum())


def carry_out(
    s: Situation, wishes: Intentions, aim: Aim, a: Appraisal, group: Ints, *, released: bool = True
) -> None:  # fmt: skip
    """Allot the group to its targets, bring it up, and attack when enough of it is in place and it is ``released``."""
    targets = list(a.chosen)
    if aim.remembers:
        _remember(s, aim.hq, targets, waits=released)
    if not targets:
        for at in group.tolist():
            wishes.stay(at, Reason.NO_TARGET, s.hex_of[at], aim.objective)
        return
    group = see_through(s, wishes, group, targets)
    go_x = _patient(s, aim)
    for target, members in zip(targets, allot(s, group, targets), strict=True):
        if members:
            strike(s, wishes, Strike(target, aim.reason, go_x, a.rival, a.worse, released), members)


def see_through(s: Situation, wishes: Intentions, group: Ints, targets: list[int]) -> Ints:
    """A group without those who see a fight for another hex through: it is under way and goes well enough."""
    if not s.going_well:
        return group
    tasks, goals, _ = s.intent
    left = []
    for at in group.tolist():
        target = goals[at]
        if tasks[at] == TO_ATTACK and s.fighting_of[at] and target not in targets and target in s.going_well:
            wishes.fight_on(at, Reason.SEES_IT_THROUGH, target)
        else:
            left.append(at)
    return np.array(left, np.int64) if len(left) < len(group) else group


def _remember(s: Situation, hq: int, targets: list[int], *, waits: bool) -> None:
    """``waits``: before a target only who may attack it waits for better odds."""
    staff = s.notes.staff
    if targets and (staff["target_a"][hq] != targets[0] or not waits):
        staff["target_since"][hq] = s.minute
    for name, cell in zip(TARGETS, [*targets, NONE, NONE, NONE], strict=False):
        staff[name][hq] = cell


def _patient(s: Situation, aim: Aim) -> float:
    """Odds at which an attack begins: waiting in vain before a target makes it bolder, twice as long bolder still."""
    if not aim.remembers:
        return aim.go_x
    waited = s.minute - s.notes.staff["target_since"].item(aim.hq)
    times = min(waited // max(aim.patience, 1), 2)
    return float(max(aim.go_x - s.rules["staff.patience_x"] * times, s.rules["staff.feed_x"]))


def allot(s: Situation, group: Ints, targets: list[int]) -> list[list[int]]:
    """Who goes for which target: those told to attack stay, then the nearest until each has its share of power.

    The spearhead gets half as much again as a shoulder.
    """
    if len(targets) == 1:
        return [group.tolist()]
    power = {at: s.power_of[at] for at in group.tolist()}
    total, parts = sum(power.values()), 2 * len(targets) + 1
    quota = [total * w // parts for w in [3] + [2] * (len(targets) - 1)]
    members: list[list[int]] = [[] for _ in targets]
    have = [0] * len(targets)
    left = []
    tasks, goals, _ = s.intent
    for at in power:
        busy = goals[at] if tasks[at] == TO_ATTACK else NONE
        if busy in targets:
            members[targets.index(busy)].append(at)
            have[targets.index(busy)] += power[at]
        else:
            here, meant = s.hex_of[at], _meant_for(s, at)
            gaps = [2 * s.apart(here, t) - 3 * (meant == t) for t in targets]
            left.append((min(gaps), s.row_of[at], at, gaps))
    left.sort()
    for _, _, at, gaps in left:
        # Of equals the first: the spearhead, then its shoulders in order.
        _, t = min([(gap, t) for t, gap in enumerate(gaps) if have[t] < quota[t]], default=(0, NONE))
        if t == NONE:
            t = gaps.index(min(gaps))
        members[t].append(at)
        have[t] += power[at]
    return members


def _meant_for(s: Situation, at: int) -> int:
    """The target a formation was last moving up to, by the reason noted for it."""
    row, notes = s.row_of[at], s.notes.formation
    reason = notes["reason"].item(row)
    if reason == _ASSAULT:
        return int(notes["detail"].item(row, 1))
    return int(notes["detail"].item(row, 0)) if reason in _AT_THE_TARGET else NONE


def note_failures(s: Situation, hq: int, group: Ints) -> None:
    """After a break-off its formations rest for a day and the hex is remembered."""
    if s.last_broken_off < s.notes.staff["planned_at"].item(hq):
        return
    own, since = s.view.own, int(s.notes.staff["planned_at"][hq])
    for ended, cell in s.broken_off:
        if ended < since or not len(group):
            continue
        beside = s.grid.distance(own.hex[group], cell) == 1
        took_part = group[beside & (own.last_fight_at[group] >= ended - 15)]
        if len(took_part):
            s.notes.formation["rest_until"][own.row[took_part]] = ended + s.hours("staff.rest_h")
            s.fail(hq, cell, ended)


def why_over(s: Situation, plans: Plans, plan: Plan, assault: Ints) -> EndReason:
    """Why an attack is over; NONE if it goes on."""
    staff, hq = s.notes.staff, plan.hq
    begins = staff["group_men"][hq] == 0
    if _all_own(s, plans.axis_points(plan.current)):
        return EndReason.WAS_OWN if begins else EndReason.DONE
    who: list[int] = assault.tolist()
    men = sum([s.men_of[at] for at in who])
    if begins:
        staff["group_men"][hq] = men
    else:
        joined_at = s.notes.formation["role_since"].item
        staff["group_men"][hq] += sum([s.men_of[at] for at in who if joined_at(s.row_of[at]) == s.minute])
    if men < s.rules["staff.culmination"] * staff["group_men"].item(hq):
        return EndReason.CULMINATED
    objective, start = plans.objective(plan.current), plans.start[plan.current]
    if objective >= 0 and s.owner[objective] == s.side:
        since = int(s.view.hexes.owner_since[objective])
        if since > start and s.minute - since >= s.hours("staff.hold_hexes_end_h"):
            # Others may have taken it: what lies before the group on its own axis is still to be taken.
            left = left_on_the_axis(s, plans.axis_points(plan.current), objective, assault)
            return EndReason.NONE if left else EndReason.TAKEN_AND_HELD
        return _linked_up(s, hq, assault, objective, begins)
    return EndReason.NONE


def _all_own(s: Situation, axis: Points) -> bool:
    """Whether all ground along an axis is own; the same until a hex is taken."""
    kept, key = s.control.kept, ("own axis", axis)
    if key not in kept:
        cells = line_cells(s.statics, axis)
        kept[key] = len(cells) > 0 and not anywhere(s.owner[cells] != s.side)
    found: bool = kept[key]
    return found


def _linked_up(s: Situation, hq: int, group: Ints, objective: int, begins: bool) -> EndReason:
    """Two pieces of own land, apart at the start, have been one for a day."""
    staff = s.notes.staff
    apart = int(s.control.part[objective]) not in set(s.part[group].tolist())
    if begins:
        staff["linked_at"][hq] = NONE if apart else NEVER
    linked = int(staff["linked_at"][hq])
    if linked == NEVER:
        return EndReason.NONE
    if apart:
        staff["linked_at"][hq] = NONE
    elif linked == NONE:
        staff["linked_at"][hq] = s.minute
    elif s.minute - linked >= s.hours("staff.hold_hexes_end_h"):
        return EndReason.LINKED_UP
    return EndReason.NONE
