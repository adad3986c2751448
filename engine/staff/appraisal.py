"""Targets of an attack judged in one compiled pass: which enemy hexes it can reach, what each is worth, which it takes.

The order is that of the staffs' rules: the ground of the corridor, the fixed part of the score, the number of targets a
group is strong enough for, the odds, the choice. Floats are added in a fixed order: the same bits without a compiler.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from engine.core.arithmetic import PPM, log_of
from engine.core.jit import jit
from engine.core.paths import FAR

ELSEWHERE_M: Final = 40_000
"""If the front has left the corridor the attack starts from the front nearest to the axis, up to this far off."""
UNDER_WAY: Final = 2
"""An attack that has been ordered is worth so much more to keep than one that is only meant: to break it off costs."""
MOST_TARGETS: Final = 3
STAY_DIVIDED: Final = 0.4
"""How much worse the odds may become before a group that took on one target more gathers again."""

# Places in the array of parameters.
TRAVEL, AXIS, ODDS, KEEP, OWN_SHARE, SCREEN_X, COME_UP = range(7)
RULES: Final = (
    "staff.score_travel_min", "staff.score_axis_km", "staff.score_x", "staff.score_keep", "staff.salient_own_share",
    "staff.commit_screen_x", "staff.score_come_up_min_km",
)  # fmt: skip
# Places in the result, after the chosen targets.
RIVAL, WORSE = MOST_TARGETS, MOST_TARGETS + 1


@jit
def number_of_targets(group: int) -> int:
    """A group of two or three has one target, four to six two, more three."""
    return 1 if group <= 3 else 2 if group <= 6 else 3


@jit
def _survey(
    fit: Any, faces: Any, share: Any, travel: Any, off_axis: Any, part: Any, inside: int, corridor_m: int,
    least_share: int, threat: Any, power: int, q: Any, r: Any, hex_m: int, start: int, at: Any,
) -> int:  # fmt: skip
    """Fill ``at`` with the indices of the faces that an aim can be reached over; how many.

    With a ``start`` the front has not come up to the axis: the attack fights its way there by the shortest way. With a
    ``least_share`` hexes with enough own ground round them are preferred: else a lone attacker goes through a thin place.
    The weaker the enemy near a hex is beside the group, the less of it is enough.
    """
    n, least = 0, -1
    # Farther from the axis than this no front is attacked; with a start what counts is the way from there.
    far = max(corridor_m, ELSEWHERE_M + hex_m)
    metres = np.empty(len(faces), np.int64)
    for i in range(len(faces)):
        cell = faces[i]
        if start < 0 and off_axis[cell] > far:
            continue
        if not fit[i] or travel[cell] >= FAR or (inside >= 0 and part[cell] != inside):
            continue
        off = off_axis[cell]
        if start >= 0:
            dq, dr = q[cell] - q[start], r[cell] - r[start]
            off = off + (abs(dq) + abs(dr) + abs(dq + dr)) // 2 * hex_m
        at[n], metres[n] = i, off
        least = off if least < 0 else min(least, off)
        n += 1
    limit = corridor_m
    if start >= 0 or corridor_m < least <= ELSEWHERE_M:
        limit = least + hex_m
    wide, own = 0, max(power, 1)
    broad = np.zeros(n, np.bool_)
    for k in range(n):
        broad[k] = int(share[at[k]]) * own >= least_share * min(int(threat[faces[at[k]]]), own)
        if metres[k] <= limit and broad[k]:
            wide += 1
    kept = 0
    for k in range(n):
        if metres[k] <= limit and (wide == 0 or broad[k]):
            at[kept] = at[k]
            kept += 1
    return kept


@jit
def _fixed(
    cells: Any, share: Any, travel: Any, off_axis: Any, threat: Any, toll: Any, power: int, weight: float, p: Any,
    failed: Any, failed_worth: Any, present: Any, ordered: Any, who: Any, q: Any, r: Any, hex_m: int, score: Any,
) -> None:  # fmt: skip
    """What of the score does not depend on odds: way, distance from the axis, own ground around, failures, what is kept.

    The way begins where the group stands: what its formations have to march until they are beside a target counts too.

    Sticking out is as dangerous as the enemy near who could cut one off is strong beside the group. A hex on which the
    headquarters has failed lately is worth less as a target.
    """
    for i in range(len(cells)):
        cell = cells[i]
        salient = max(p[OWN_SHARE] - share[i] / PPM, 0.0)
        apart = 0
        for k in range(len(who)):
            dq, dr = q[cell] - q[who[k]], r[cell] - r[who[k]]
            apart += max((abs(dq) + abs(dr) + abs(dq + dr)) // 2 - 1, 0)
        total = (travel[cell] + toll[cell] + p[COME_UP] * (apart * hex_m / 1000 / len(who))) / p[TRAVEL]
        total = total + p[AXIS] * (off_axis[cell] / 1000)
        total = total + weight * salient * min(threat[cell] / max(power, 1), 1.0)
        for k in range(len(failed)):
            if failed[k] == cell:
                total = total + failed_worth[k]
        worth = 0
        for k in range(len(present)):
            if present[k] == cell:
                worth = 1
        for k in range(len(ordered)):
            if ordered[k] == cell:
                worth = worth + UNDER_WAY
                break
        if worth > 0:
            total = total - p[KEEP] * worth
        score[i] = total


@jit
def _strong_enough_for(group: int, power: int, noted: Any, p: Any, resistance: Any) -> int:
    """More targets than usual for a group so strong that each part of it would still break through screens.

    Once divided they stay so until it is plain that they are too weak for it. ``noted`` are the targets it had.
    """
    usual = number_of_targets(group)
    for more in range(min(group, MOST_TARGETS), usual, -1):
        divided = len(noted) > 0 and noted[more - 1] >= 0
        enough = p[SCREEN_X] - (STAY_DIVIDED if divided else 0.0)
        own = log_of(float(max(power // more, 1)))
        thin = 0
        for i in range(len(resistance)):
            if own - resistance[i] >= enough:
                thin += 1
        if thin >= more:
            return more
    return usual


@jit
def _scored(own: float, fixed: Any, resistance: Any, weight: float, score: Any) -> int:
    """Fill in scores in thousandths; the index of the best. Cells are by number, so of equals this is the first."""
    best = 0
    for i in range(len(score)):
        x = own - resistance[i]
        score[i] = math.floor((fixed[i] - weight * min(max(x, -2.0), 2.0)) * 1000 + 0.5)
        if score[i] < score[best]:
            best = i
    return best


@jit
def _choose(
    cells: Any, share: Any, score: Any, first: int, targets: int, shoulder: int, reach: int, q: Any, r: Any, out: Any
) -> None:
    """The spearhead, then shoulders near it with the most own ground beside them; and what came next."""
    spearhead = cells[first]
    out[0] = first
    for t in range(1, targets):
        found, least = -1, 0
        for i in range(len(cells)):
            taken = False
            for k in range(t):
                taken = taken or out[k] == i
            dq, dr = q[cells[i]] - q[spearhead], r[cells[i]] - r[spearhead]
            if taken or (abs(dq) + abs(dr) + abs(dq + dr)) // 2 > reach:
                continue
            value = score[i] - shoulder * share[i] // PPM
            if found < 0 or value < least:
                found, least = i, value
        if found < 0:
            break
        out[t] = found
    rival = -1
    for i in range(len(cells)):
        taken = False
        for k in range(MOST_TARGETS):
            taken = taken or out[k] == i
        if not taken and (rival < 0 or score[i] < score[rival]):
            rival = i
    out[RIVAL] = rival
    out[WORSE] = score[rival] - score[first] if rival >= 0 else 0


@jit
def judge(
    fit: Any, faces: Any, face_share: Any, travel: Any, off_axis: Any, part: Any, inside: int, corridor_m: int,
    least_share: int, start: int, q: Any, r: Any, hex_m: int, threat: Any, toll: Any, defence: Any, who: Any, power: int,
    weight: float, go_x: float, p: Any, shoulder: int, reach: int, failed: Any, failed_worth: Any, noted: Any,
    present: Any, ordered: Any, told: Any, chosen: Any,
) -> int:  # fmt: skip
    """Appraise an aim for a group that stands in hexes ``who``; returns the number of hexes that can be attacked, by number.

    ``told`` (2, faces): the cells and their share of own ground, ppm. ``chosen`` takes up to three indices of them (-1
    none), the index of the best that was not chosen, and by how many thousandths it is worse than the first.
    """
    at = np.empty(len(faces), np.int64)
    n = _survey(
        fit, faces, face_share, travel, off_axis, part, inside, corridor_m, least_share, threat, power, q, r, hex_m, start, at
    )
    chosen[:] = -1
    if n == 0:
        return 0
    for i in range(n):
        told[0, i], told[1, i] = faces[at[i]], face_share[at[i]]
    cells, share = told[0, :n], told[1, :n]
    fixed, resistance, score = np.empty(n), np.empty(n), np.empty(n, np.int64)
    for i in range(n):
        resistance[i] = log_of(float(max(defence[cells[i]], 1)))
    _fixed(
        cells, share, travel, off_axis, threat, toll, power, weight, p, failed, failed_worth, present, ordered, who, q, r,
        hex_m, fixed,
    )  # fmt: skip
    targets = _strong_enough_for(len(who), power, noted, p, resistance)
    while True:
        own = log_of(float(max(power // targets, 1)))
        first = _scored(own, fixed, resistance, p[ODDS], score)
        if targets == 1 or own - resistance[first] >= go_x:
            break
        targets -= 1  # too weak for so many: all at fewer
    _choose(cells, share, score, first, targets, shoulder, reach, q, r, chosen)
    return n
