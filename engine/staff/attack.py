"""The attack: a spearhead and up to two shoulders, chosen by way to the objective, estimated resistance and width."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Final

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import NEVER
from engine.core.paths import FAR
from engine.model.codes import DirectiveKind
from engine.staff.control import Ints, Mask
from engine.staff.intentions import Intentions
from engine.staff.lines import Points, line_cells, line_distance
from engine.staff.numbers import TO_ATTACK
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.reasons import EndReason, Reason
from engine.staff.situation import Situation, ln
from engine.staff.strike import Strike, strike

HEX_M = 6000
NARROWEST_M = 6500
"""A corridor has room for a shoulder beside the spearhead, however narrow it was drawn."""
ELSEWHERE_M = 40_000
"""If the front has left the corridor the attack starts from the front nearest to the axis, up to this far off."""
UNDER_WAY = 2
"""An attack that has been ordered is worth so much more to keep than one that is only meant: to break it off costs."""
TARGETS = ("target_a", "target_b", "target_c")
MOST_TARGETS = len(TARGETS)
FEW = 6
"""So few are sooner compared one by one than by arrays."""
STAY_DIVIDED = 0.4
"""How much worse the odds may become before a group that took on one target more gathers again."""
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
    remembers: bool = True
    """Whether the headquarters keeps its targets in its notes; a pocket's are those it is attacking."""


@dataclass(frozen=True, eq=False)
class Appraisal:
    """Enemy hexes that can be attacked, with estimated x and score in thousandths (least is best)."""

    cells: Ints
    cell_of: list[int]
    x: list[float]
    score: list[int]
    share: Ints
    targets: int
    """How many the group is strong enough for."""

    def __len__(self) -> int:
        return len(self.cells)


_EMPTY = np.zeros(0, np.int64)
NOTHING = Appraisal(_EMPTY, [], [], [], _EMPTY, 0)


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
    return Aim(plan.hq, plans.axis_points(i), corridor, plans.objective(i), weight, rules["staff.go_x"])


@dataclass(frozen=True, eq=False)
class _Ground:
    """What an aim can be reached over while nobody takes a hex: enemy hexes on the front, by number. Shapes (cells,)."""

    cells: Ints
    cell_of: list[int]
    place: dict[int, int]
    """Index of each cell."""
    phi: list[int]
    """Minutes to the objective, resistance left out."""
    off_km: list[float]
    share: Ints
    salient: list[float]
    """How far the own share falls short."""


def appraise(s: Situation, aim: Aim, group: Ints) -> Appraisal:
    """Targets within reach of a group, judged for the number of targets it can take on at once."""
    if not len(group) or not len(s.control.faces) or aim.objective < 0:
        return NOTHING
    ground = _ground(s, aim, group)
    if not len(ground.cells):
        return NOTHING
    power = sum(s.power_of[at] for at in group.tolist())
    fixed = _fixed_score(s, aim, ground, power)
    for at, worth in _kept(s, aim, group, ground).items():
        fixed[at] -= s.rules["staff.score_keep"] * worth
    log_defence = [s.log_defence(cell) for cell in ground.cell_of]
    targets, weight = _targets_for(s, aim, len(group), power, log_defence), s.rules["staff.score_x"]
    while True:
        own = ln(max(power // targets, 1))
        x = [own - theirs for theirs in log_defence]
        score = [floor((f - weight * min(max(v, -2.0), 2.0)) * 1000 + 0.5) for f, v in zip(fixed, x, strict=True)]
        # Cells are by number, so of equals this is the first.
        if targets == 1 or x[score.index(min(score))] >= aim.go_x:
            return Appraisal(ground.cells, ground.cell_of, x, score, ground.share, targets)
        targets -= 1  # too weak for so many: all at fewer


def _fixed_score(s: Situation, aim: Aim, ground: _Ground, power: int) -> list[float]:
    """What of the score does not depend on odds: way, distance from the axis, own ground around, failures.

    Sticking out is as dangerous as the enemy near who could cut one off is strong beside the group.
    """
    travel, axis, weight = s.rules["staff.score_travel_min"], s.rules["staff.score_axis_km"], aim.salient_weight
    threat: list[int] = s.threat[ground.cells].tolist()
    columns = (ground.phi, ground.cell_of, ground.off_km, ground.salient, threat)
    score = [
        (phi + s.toll(cell)) / travel + axis * off + weight * salient * min(near / max(power, 1), 1.0)
        for phi, cell, off, salient, near in zip(*columns, strict=True)
    ]
    span = s.hours("staff.failure_h")
    for cell, failed_at, times in s.failures_of.get(aim.hq, ()):
        # A hex on which the headquarters has failed lately is worth less as a target.
        place = ground.place.get(cell)
        if place is not None:
            score[place] += s.rules["staff.score_failure"] * times * (1.0 - (s.minute - failed_at) / span)
    return score


def _ground(s: Situation, aim: Aim, group: Ints) -> _Ground:
    """The ground of an aim for a group that stands where it does; the same until a hex is taken."""
    parts = frozenset(s.part_of[at] for at in group.tolist()) - {-1}
    broad = aim.salient_weight > 0
    key = ("ground", aim.axis, aim.corridor_m, aim.objective, aim.inside, broad, parts)
    found: _Ground | None = s.control.kept.get(key)
    if found is None:
        found = s.control.kept[key] = _survey(s, aim, parts, broad)
    return found if len(found.cells) else _ground_on_the_way(s, aim, group, parts, broad)


def _ground_on_the_way(s: Situation, aim: Aim, group: Ints, parts: frozenset[int], broad: bool) -> _Ground:
    """The front has not come up to the axis: the attack fights its way there by the shortest way from where it is."""
    start = middle(s, group)
    key = ("way", aim.axis, aim.objective, aim.inside, broad, parts, start)
    found: _Ground | None = s.control.kept.get(key)
    if found is None:
        found = s.control.kept[key] = _survey(s, aim, parts, broad, start)
    return found


def middle(s: Situation, who: Ints) -> int:
    """The hex of the one who is nearest to all the others."""
    if len(who) <= FEW:
        few: list[int] = who.tolist()
        apart = {at: sum(s.apart(s.hex_of[at], s.hex_of[other]) for other in few) for at in few}
        return s.hex_of[min(few, key=lambda at: (apart[at], s.row_of[at]))]
    cells = s.view.own.hex[who]
    total = s.grid.distance(cells[:, None], cells[None, :]).sum(axis=1)
    return int(cells[np.lexsort((s.view.own.row[who], total))[0]])


def _survey(s: Situation, aim: Aim, parts: frozenset[int], broad: bool, start: int = NONE) -> _Ground:
    control = s.control
    # Faces with a neighbour that the group can march to: an own hex of a piece of land it stands in.
    fit = control.faces_of(parts)
    phi = s.travel(aim.objective)[control.faces].astype(np.int64)
    fit = fit & (phi < FAR)
    if aim.inside >= 0:
        fit &= control.part[control.faces] == aim.inside
    off_axis = line_distance(s.statics, aim.axis or (aim.objective,))[control.faces].astype(np.int64)
    if start >= 0:
        fit = _least(fit, off_axis + s.grid.distance(control.faces, start).astype(np.int64) * HEX_M)
    else:
        fit = _in_corridor(fit, off_axis, aim.corridor_m)
    if broad:
        fit = _not_alone(s, fit)
    at = np.flatnonzero(fit)
    cells, share = control.faces[at], control.face_share[at]
    short = np.maximum(s.rules["staff.salient_own_share"] - share / PPM, 0.0)
    cell_of: list[int] = cells.tolist()
    place = {cell: i for i, cell in enumerate(cell_of)}
    off_km = (off_axis[at] / 1000).tolist()
    return _Ground(cells, cell_of, place, phi[at].tolist(), off_km, share, short.tolist())


def _not_alone(s: Situation, fit: Mask) -> Mask:
    """Hexes with enough own ground round them, if there are such: else a lone attacker goes through a thin place."""
    broad: Mask = fit & (s.control.face_share >= round(s.rules["staff.follow_own_share"] * PPM))
    return broad if broad.any() else fit


def _in_corridor(fit: Mask, off_axis: Ints, corridor_m: int) -> Mask:
    inside: Mask = fit & (off_axis <= corridor_m)
    if inside.any() or not fit.any():
        return inside
    return _least(fit, off_axis) if int(off_axis[fit].min()) <= ELSEWHERE_M else inside


def _least(fit: Mask, metres: Ints) -> Mask:
    """Of those that are fit the ones within a hex of the least."""
    return fit & (metres <= int(metres[fit].min()) + HEX_M) if fit.any() else fit


def _kept(s: Situation, aim: Aim, group: Ints, ground: _Ground) -> dict[int, int]:
    """How much cells (by index) are to be kept as targets: 1 if it is one, ``UNDER_WAY`` more if it is attacked."""
    tasks, goals, _ = s.intent
    ordered = {goals[at] for at in group.tolist() if tasks[at] == TO_ATTACK}
    present = {int(s.notes.staff[name][aim.hq]) for name in TARGETS} if aim.remembers else ordered
    return {
        ground.place[c]: (c in present) + UNDER_WAY * (c in ordered) for c in present | ordered if c in ground.place
    }


def captured(s: Situation, aim: Aim, start_at: int) -> int:
    """Hexes of the corridor that became own in the last day and a half, since the start."""
    if not len(s.won):
        return 0
    fresh = s.won[s.view.hexes.owner_since[s.won] > start_at]
    if not len(fresh) or not aim.axis:
        return len(fresh)
    return int((line_distance(s.statics, aim.axis)[fresh] <= aim.corridor_m).sum())


def number_of_targets(group: int) -> int:
    """A group of two or three has one target, four to six two, more three."""
    return 1 if group <= 3 else 2 if group <= 6 else 3


def _targets_for(s: Situation, aim: Aim, group: int, power: int, log_defence: list[float]) -> int:
    """More targets than usual for a group so strong that each part of it would still break through screens.

    Once divided they stay so until it is plain that they are too weak for it.
    """
    usual = number_of_targets(group)
    least = s.rules["staff.commit_screen_x"]
    for more in range(min(group, MOST_TARGETS), usual, -1):
        divided = aim.remembers and int(s.notes.staff[TARGETS[more - 1]][aim.hq]) >= 0
        enough = least - (STAY_DIVIDED if divided else 0.0)
        own = ln(max(power // more, 1))
        if sum(own - theirs >= enough for theirs in log_defence) >= more:
            return more
    return usual


def choose(s: Situation, a: Appraisal) -> list[int]:
    """Indices of the appraisal: the spearhead, then shoulders near it with the most own ground beside them."""
    if not len(a):
        return []
    first = a.score.index(min(a.score))  # of equals the first: cells are by number
    chosen = [first]
    if a.targets > 1:
        weight, reach = round(s.rules["staff.shoulder_share"] * 1000), round(s.rules["staff.shoulder_hexes"])
        shoulder = [score - weight * share // PPM for score, share in zip(a.score, a.share.tolist(), strict=True)]
        spearhead = a.cell_of[first]
        near = [i for i, cell in enumerate(a.cell_of) if i != first and s.apart(cell, spearhead) <= reach]
        chosen += sorted(near, key=lambda i: shoulder[i])[: a.targets - 1]
    return chosen


def carry_out(
    s: Situation, wishes: Intentions, aim: Aim, a: Appraisal, group: Ints, *, released: bool = True
) -> None:  # fmt: skip
    """Allot the group to its targets, bring it up, and attack when enough of it is in place and it is ``released``."""
    chosen = choose(s, a)
    targets = [a.cell_of[i] for i in chosen]
    if aim.remembers:
        _remember(s, aim.hq, targets)
    if not targets:
        for at in group.tolist():
            wishes.stay(at, Reason.NO_TARGET, s.hex_of[at], aim.objective)
        return
    rival, worse = _runner_up(a, chosen)
    group = see_through(s, wishes, group, targets)
    for target, members in zip(targets, allot(s, group, targets), strict=True):
        strike(s, wishes, Strike(target, aim.reason, _patient(s, aim), rival, worse, released), members)


def see_through(s: Situation, wishes: Intentions, group: Ints, targets: list[int]) -> Ints:
    """A group without those who see a fight for another hex through: it is under way and goes well enough."""
    tasks, goals, _ = s.intent
    left = []
    for at in group.tolist():
        target = goals[at]
        if s.fighting[at] and tasks[at] == TO_ATTACK and target not in targets and target in s.going_well:
            wishes.fight_on(at, Reason.SEES_IT_THROUGH, target)
        else:
            left.append(at)
    return np.array(left, np.int64)


def _remember(s: Situation, hq: int, targets: list[int]) -> None:
    staff = s.notes.staff
    if targets and staff["target_a"][hq] != targets[0]:
        staff["target_since"][hq] = s.minute
    for name, cell in zip(TARGETS, [*targets, NONE, NONE, NONE], strict=False):
        staff[name][hq] = cell


def _patient(s: Situation, aim: Aim) -> float:
    """After a day before the same target in vain a bolder attack is better than none."""
    if not aim.remembers:
        return aim.go_x
    waited = s.minute - int(s.notes.staff["target_since"][aim.hq])
    return aim.go_x - (s.rules["staff.patience_x"] if waited >= s.hours("staff.patience_h") else 0.0)


def _runner_up(a: Appraisal, chosen: list[int]) -> tuple[int, int]:
    """The best hex that was not chosen, and by how many thousandths it is worse than the spearhead."""
    left = [(score, i) for i, score in enumerate(a.score) if i not in chosen]
    if not left:
        return NONE, 0
    score, i = min(left)
    return a.cell_of[i], score - a.score[chosen[0]]


def allot(s: Situation, group: Ints, targets: list[int]) -> list[list[int]]:
    """Who goes for which target: those told to attack stay, then the nearest until each has its share of power.

    The spearhead gets half as much again as a shoulder.
    """
    weights = [3] + [2] * (len(targets) - 1)
    power = {at: s.power_of[at] for at in group.tolist()}
    quota = [sum(power.values()) * w // sum(weights) for w in weights]
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
            left.append(at)
    gaps = {}
    for at in left:
        here, meant = s.hex_of[at], _meant_for(s, at)
        gaps[at] = [2 * s.apart(here, t) - 3 * (meant == t) for t in targets]
    for at in sorted(left, key=lambda at: (min(gaps[at]), s.row_of[at])):
        open_targets = [t for t in range(len(targets)) if have[t] < quota[t]] or list(range(len(targets)))
        t = min(open_targets, key=lambda t: (gaps[at][t], t))
        members[t].append(at)
        have[t] += power[at]
    return members


def _meant_for(s: Situation, at: int) -> int:
    """The target a formation was last moving up to, by the reason noted for it."""
    row, notes = s.row_of[at], s.notes.formation
    reason = int(notes["reason"][row])
    if reason == _ASSAULT:
        return int(notes["detail"][row, 1])
    return int(notes["detail"][row, 0]) if reason in _AT_THE_TARGET else NONE


def note_failures(s: Situation, hq: int, group: Ints) -> None:
    """After a break-off its formations rest for a day and the hex is remembered."""
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
    men = sum(s.men_of[at] for at in who)
    if begins:
        staff["group_men"][hq] = men
    else:
        joined_at = s.notes.formation["role_since"]
        staff["group_men"][hq] += sum(s.men_of[at] for at in who if joined_at[s.row_of[at]] == s.minute)
    if men < s.rules["staff.culmination"] * int(staff["group_men"][hq]):
        return EndReason.CULMINATED
    objective, start = plans.objective(plan.current), plans.start[plan.current]
    if objective >= 0 and s.owner[objective] == s.side:
        since = int(s.view.hexes.owner_since[objective])
        if since > start and s.minute - since >= s.hours("staff.hold_hexes_end_h"):
            return EndReason.TAKEN_AND_HELD
        return _linked_up(s, hq, assault, objective, begins)
    return EndReason.NONE


def _all_own(s: Situation, axis: Points) -> bool:
    """Whether all ground along an axis is own; the same until a hex is taken."""
    kept, key = s.control.kept, ("own axis", axis)
    if key not in kept:
        cells = line_cells(s.statics, axis)
        kept[key] = len(cells) > 0 and bool((s.owner[cells] == s.side).all())
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
