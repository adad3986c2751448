"""The attack: a spearhead and a shoulder, chosen by way to the objective, estimated resistance and width (staffs.md 4.7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.columns import Array
from engine.core.paths import FAR, components, field
from engine.model.codes import HexKind, OrderKind, Outcome, StaffRole
from engine.staff.intentions import Intentions
from engine.staff.reasons import Reason
from engine.staff.situation import Ints, Situation

ADVANCE_MIN = 360
"""Minutes a hex counts for in the travel field on open ground without a road (1 km/h)."""


@dataclass(frozen=True, eq=False)
class Attack:
    """One attacking headquarters: its directive's entry in the view, its group, its estimate of targets."""

    hq: int
    d: int
    group: Ints
    """Positions of the assault group in the view."""
    candidates: Ints
    x: Array
    score: Array


def travel_field(s: Situation, objective: int) -> Array:
    """Minutes of travel to an objective through all ground, enemy or not; kept with the statics, for it never changes."""
    memo = s.view.statics.memo
    key = f"staff.travel.{objective}"
    if key not in memo:
        theatre = s.view.statics.theatre
        passable = (theatre.kind == HexKind.LAND) & s.land
        step = np.where(passable, ADVANCE_MIN, 0)[s.grid.neighbours] * (s.grid.neighbours >= 0)
        step = np.where(theatre.road > 0, step * 6 // 10, step)
        step = np.where((theatre.river >= 2) & (theatre.bridge == 0), step + 240, step)
        step = step * passable[:, None]
        memo[key] = field(s.grid.neighbours, step.astype(np.int32), [objective], backward=True)
    found: Array = memo[key]
    return found


def reachable(s: Situation) -> Array:
    """Component of own land for each hex, -1 elsewhere."""
    mine = s.land & (s.owner == s.side)
    return components(s.grid.neighbours, mine, np.ones((s.grid.size, 6), bool))


def appraise(s: Situation, hq: int, d: int, group: Ints, own_land: Array) -> Attack:
    """Candidates in the corridor with their estimated x and score (least is best)."""
    directives, rules = s.view.directives, s.rules
    none = Attack(hq, d, group, np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    cells = np.unique(s.front.other).astype(np.int64)
    if not len(cells) or not len(group):
        return none
    axis = directives.axis[d]
    objective = int(directives.objective[d]) if directives.objective[d] >= 0 else int(axis[axis >= 0][-1])
    off_axis = s.axis_distance_m(cells, axis)
    cells, off_axis = cells[off_axis <= directives.corridor_m[d]], off_axis[off_axis <= directives.corridor_m[d]]
    mine = set(own_land[s.view.own.hex[group]].tolist()) - {-1}
    ring = s.grid.neighbours[cells]
    touching = np.isin(np.where(ring >= 0, own_land[ring], -1), list(mine)).any(axis=1)
    cells, off_axis = cells[touching], off_axis[touching]
    phi = travel_field(s, objective)[cells].astype(np.int64)
    keep = phi < FAR
    cells, off_axis, phi = cells[keep], off_axis[keep], phi[keep]
    if not len(cells):
        return none
    phi = (
        phi
        + s.occupied[cells] * round(rules["staff.occupied_min"])
        + s.enemy_zone[cells] * round(rules["staff.zoc_min"])
    )
    power = int(s.view.own.power[group].sum()) // max(number_of_targets(len(group)), 1)
    x = s.x_estimate(power, cells)
    return Attack(hq, d, group, cells, x, _score(s, hq, d, cells, phi, off_axis, x))


def _score(s: Situation, hq: int, d: int, cells: Ints, phi: Ints, off_axis: Ints, x: Array) -> Array:
    rules, notes = s.rules, s.notes
    raid = bool(s.view.directives.raid[d])
    salient = rules["staff.raid_salient_weight"] if raid else rules["staff.salient_weight"]
    share = s.own_share_at(cells) / PPM
    score = phi / rules["staff.score_travel_min"] - rules["staff.score_x"] * np.minimum(np.maximum(x, -2.0), 2.0)
    score = score + rules["staff.score_axis_km"] * (off_axis / 1000)
    score = score + salient * np.maximum(rules["staff.salient_own_share"] - share, 0.0)
    present = (notes.staff["target_a"][hq], notes.staff["target_b"][hq], notes.staff["target_c"][hq])
    score = score - rules["staff.score_keep"] * np.isin(cells, present)
    failure, span = notes.failure, round(rules["staff.failure_h"] * 60)
    for i in np.flatnonzero((failure["hq"] == hq) & (failure["failed_at"] + span > s.minute)):
        age = (s.minute - int(failure["failed_at"][i])) / span
        score = score + (cells == failure["hex"][i]) * rules["staff.score_failure"] * int(failure["failures"][i]) * (
            1.0 - age
        )
    # Whole thousandths: ties go to the lower hex, not to a last bit.
    return np.floor(score * 1000 + 0.5)


def number_of_targets(group: int) -> int:
    """A group of two or three has one target, four to six two, more three."""
    return 1 if group <= 3 else 2 if group <= 6 else 3


def choose(s: Situation, a: Attack) -> list[int]:
    """Spearhead, then shoulders near it with the most own ground beside them."""
    if not len(a.candidates):
        return []
    first = int(np.lexsort((a.candidates, a.score))[0])
    targets = [int(a.candidates[first])]
    share = s.own_share_at(a.candidates) / PPM
    shoulder = np.floor(a.score - s.rules["staff.shoulder_share"] * 1000 * share)
    near = s.grid.distance(a.candidates, targets[0]) <= round(s.rules["staff.shoulder_hexes"])
    order = np.lexsort((a.candidates, shoulder))
    for i in order[near[order]]:
        if len(targets) >= number_of_targets(len(a.group)):
            break
        if int(a.candidates[i]) not in targets:
            targets.append(int(a.candidates[i]))
    return targets


def carry_out(s: Situation, wishes: Intentions, a: Attack) -> None:
    """Allot the group to its targets, bring it up, and attack when enough of it is in place."""
    targets = choose(s, a)
    staff = s.notes.staff
    for name, cell in zip(("target_a", "target_b", "target_c"), [*targets, -1, -1, -1], strict=False):
        if staff[name][a.hq] != cell:
            staff[name][a.hq] = cell
            staff["target_since"][a.hq] = s.minute
    if not targets:
        for at in a.group.tolist():
            wishes.place(at, int(s.view.own.hex[at]), Reason.HOLD, int(s.view.own.hex[at]))
        return
    for target, members in zip(targets, allot(s, a.group, targets), strict=True):
        strike(s, wishes, target, members, Reason.ATTACK)


def allot(s: Situation, group: Ints, targets: list[int]) -> list[Ints]:
    """Who goes for which target: those already fighting stay, then the nearest until each has its share of power.

    The spearhead gets half as much again as a shoulder.
    """
    own = s.view.own
    weights = [3] + [2] * (len(targets) - 1)
    power = own.power[group].astype(np.int64)
    quota = [int(power.sum()) * w // sum(weights) for w in weights]
    gap = s.grid.distance(own.hex[group][:, None], np.array(targets)[None, :])
    busy = np.where(s.fighting[group], own.target[group], -1)
    members: list[list[int]] = [[] for _ in targets]
    have = [0] * len(targets)
    left = []
    for i, at in enumerate(group.tolist()):
        if busy[i] in targets:
            t = targets.index(int(busy[i]))
            members[t].append(at)
            have[t] += int(power[i])
        else:
            left.append(i)
    for i in sorted(left, key=lambda i: (int(gap[i].min()), int(own.row[group[i]]))):
        open_targets = [t for t in range(len(targets)) if have[t] < quota[t]] or list(range(len(targets)))
        t = min(open_targets, key=lambda t: (int(gap[i, t]), t))
        members[t].append(int(group[i]))
        have[t] += int(power[i])
    return [np.array(m, np.int64) for m in members]


def strike(s: Situation, wishes: Intentions, target: int, members: Ints, reason: Reason) -> None:
    """Move ``members`` beside a target and attack once most of the power is there and the odds allow it."""
    own, rules = s.view.own, s.rules
    if not len(members):
        return
    rested = s.notes.formation["rest_until"][own.row[members]] <= s.minute
    fit, tired = members[rested], members[~rested]
    for at in tired.tolist():
        wishes.place(at, int(own.hex[at]), Reason.REST, target)
    if not len(fit):
        return
    beside = (s.grid.distance(own.hex[fit], target) == 1) & (own.leg_to[fit] < 0)
    total = int(own.power[fit].sum())
    ready = int(own.power[fit[beside]].sum())
    x_all = float(s.x_estimate(total, target))
    x = float(s.x_estimate(max(ready, 1), target))
    under_way = _under_way(s, target)
    go = ready * 1000 >= total * round(rules["staff.go_power"] * 1000) and x >= rules["staff.go_x"]
    feed = under_way and x_all >= rules["staff.feed_x"]
    numbers = (target, target, len(fit), round(x_all * PPM))
    for at in fit[beside].tolist():
        if go or feed or s.fighting[at]:
            wishes.want(
                at, OrderKind.ATTACK, target, Reason.FEED if under_way and not s.fighting[at] else reason, *numbers
            )
        else:
            share = ready * 100 // max(total, 1)
            wishes.place(at, int(own.hex[at]), Reason.WAIT_FOR_STRENGTH, target, target, share, round(x * PPM))
    _bring_up(s, wishes, target, fit[~beside], own.hex[fit[beside]])


def _under_way(s: Situation, target: int) -> bool:
    b = s.view.battles
    return bool(((b.hex == target) & (b.attacking == 1) & (b.outcome == Outcome.LIVE)).any())


def _bring_up(s: Situation, wishes: Intentions, target: int, who: Ints, taken: Array) -> None:
    """March each of ``who`` to an own hex beside the target, at most two to a hex, the nearest place first."""
    own = s.view.own
    ring = s.grid.neighbours[target]
    places = [int(c) for c in ring if c >= 0 and s.land[c] and s.owner[c] == s.side]
    if not places:
        return
    crowd = {c: int((own.hex == c).sum() - 0) for c in places}
    for cell in own.hex[who].tolist():
        if cell in crowd:
            crowd[cell] -= 1
    del taken
    _, goals = s.intent
    for at in sorted(who.tolist(), key=lambda at: (int(s.grid.distance(own.hex[at], target)), int(own.row[at]))):
        here = int(own.hex[at])
        present = int(goals[at])
        best = min(places, key=lambda c: (crowd[c] >= 2, int(s.grid.distance(here, c)) - (c == present), c))
        crowd[best] += 1
        wishes.place(at, best, Reason.ASSAULT, best, target)


def note_outcomes(s: Situation, hq: int, group: Ints) -> None:
    """After a break-off its formations rest for a day and the hex is remembered."""
    b, own = s.view.battles, s.view.own
    since = int(s.notes.staff["planned_at"][hq])
    failed = np.flatnonzero((b.attacking == 1) & (b.outcome == Outcome.BROKEN_OFF) & (b.ended_at >= since))
    rest = round(s.rules["staff.rest_h"] * 60)
    for i in failed.tolist():
        took_part = own.position[b.formation[b.battle == b.row[i]]]
        ours = np.intersect1d(took_part[took_part >= 0], group)
        if len(ours):
            s.notes.formation["rest_until"][own.row[ours]] = int(b.ended_at[i]) + rest
            s.notes.add_failure(hq, int(b.hex[i]), int(b.ended_at[i]))


def assemble(s: Situation, wishes: Intentions, d: int, group: Ints, reason: Reason) -> None:
    """Before H-hour: wait two or three hexes behind the front on the axis, out of sight."""
    directives, own = s.view.directives, s.view.own
    axis = directives.axis[d]
    axis = axis[axis >= 0]
    goal = int(directives.objective[d]) if directives.objective[d] >= 0 else int(axis[-1])
    if not len(s.front) or not len(axis):
        return
    # The part of the front nearest to the axis' start is where the attack will go in.
    start = int(axis[0])
    gap = s.grid.distance(s.front.own, start)
    entry = int(s.front.own[np.lexsort((s.front.own, gap))[0]])
    behind = round(s.rules["staff.assembly_hexes"])
    ring = s.grid.ring_table(behind + 1)[entry]
    ring = ring[ring >= 0]
    from_front = s.grid.distance(ring[:, None], np.unique(s.front.own)[None, :]).min(axis=1)
    good = ring[s.land[ring] & (s.owner[ring] == s.side) & (from_front >= behind)]
    if not len(good):
        return
    crowd = {int(c): 0 for c in good}
    for at in sorted(group.tolist(), key=lambda at: int(own.row[at])):
        here = int(own.hex[at])
        if int(s.grid.distance(here, entry)) <= behind + 2:
            wishes.place(at, here, reason, here, goal)
            if here in crowd:
                crowd[here] += 1
            continue
        best = min(crowd, key=lambda c: (crowd[c] >= 2, int(s.grid.distance(here, c)), c))
        crowd[best] += 1
        wishes.place(at, best, reason, best, goal)


def role_groups(s: Situation, d: int) -> tuple[Ints, Ints]:
    """Positions of the assault and of the mobile group of a directive that are on the map."""
    directives, own = s.view.directives, s.view.own
    hq = int(directives.hq[d])
    role = s.notes.formation["role"][own.row]
    mine = np.flatnonzero(s.commander == hq)
    groups = []
    for names, strongest, mobile_only in (
        (directives.assault[d], int(directives.assault_strongest[d]), False),
        (directives.mobile[d], int(directives.mobile_strongest[d]), True),
    ):
        at = own.position[names[names >= 0]]
        at = at[at >= 0].astype(np.int64)
        if not len(at) and strongest:
            pool = mine[s.mobile[mine]] if mobile_only else mine
            taken = role[pool] == StaffRole.MOBILE if not mobile_only else np.zeros(len(pool), bool)
            order = np.lexsort((own.row[pool], -own.power[pool], taken))
            at = pool[order[:strongest]]
        groups.append(at)
    assault, mobile = groups
    return assault, np.setdiff1d(mobile, assault)
