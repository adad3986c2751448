"""What a holder does about the enemy before it: plug, step back, follow; and where reserves stand."""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import NEVER
from engine.core.nearest import steps_to_nearest
from engine.core.paths import FAR
from engine.model.codes import OrderKind
from engine.staff.control import Ints, Mask
from engine.staff.intentions import Intentions
from engine.staff.line import need_of, note_need
from engine.staff.numbers import IN_LINE, IN_RESERVE, TO_ATTACK, TO_FOLLOW, TO_MARCH
from engine.staff.plans import NONE
from engine.staff.reasons import Reason
from engine.staff.sectors import Sector
from engine.staff.situation import Situation

HOSTILE_SIDES = 5
"""A formation with so many hostile sides steps back, if it may."""
NEAREST, FARTHEST = 2, 6
"""Reserves stand between so many hexes from the front."""
STRIDE = 3
"""Who follows goes so many hexes at a time."""
AREA = 4
"""A new place for a reserve is looked for within so many hexes."""
TWO = 2


def plug(s: Situation, wishes: Intentions, hq: int, sector: Sector, members: Ints) -> None:
    """Judge the sector's need; the nearest reserve becomes line where it is worse than a worn division."""
    holders = sum(s.role_of[at] != IN_RESERVE for at in members.tolist()) if sector.hot else 0
    need, where = need_of(s, sector, holders) if sector.hot else (0, NONE)
    note_need(s, hq, need)
    if need <= s.rules["staff.need_plug"] or where < 0:
        return
    part = int(s.control.part[where])
    reserves = [at for at in members.tolist() if s.role_of[at] == IN_RESERVE and not s.locked_of[at]]
    reserves = [at for at in reserves if s.part_of[at] == part]
    if not reserves:
        return
    chosen = min(reserves, key=lambda at: (s.apart(s.hex_of[at], where), s.row_of[at]))
    s.give_role(np.array([chosen]), IN_LINE)
    s.give_place(np.array([chosen]), np.array([where]))
    wishes.place(chosen, where, Reason.PLUG, where, NONE, need)


def widen(s: Situation, wishes: Intentions, hq: int, sector: Sector, members: Ints) -> None:
    """Holders beside an attack that goes on take the weak hexes before them: its shoulders stand, its enemy is pinned."""
    rules, spearhead = s.rules, int(s.notes.staff["target_a"][hq])
    if spearhead < 0:
        return
    reach = s.whole("staff.shoulder_hexes")
    faces = sorted([c for c in set(s.front.other[sector.sides].tolist()) if s.apart(c, spearhead) <= reach])
    if not faces:
        return
    least = rules["staff.commit_screen_x"]
    tasks, goals, _ = s.intent
    budget = (len(members) + 1) // 2
    for at in members.tolist():
        if budget <= 0:
            return
        if s.role_of[at] != IN_LINE or not wishes.free(at) or s.resting(at):
            continue
        here = s.hex_of[at]
        beside = [c for c in faces if s.apart(here, c) == 1 and s.owner_of[c] != s.side]
        busy = tasks[at] == TO_ATTACK and goals[at] in beside
        chances = [(s.odds(s.power_of[at], c) + busy * (c == goals[at]), -c) for c in beside]
        x, cell = max(chances, default=(least - 1.0, 0))
        if x >= least:
            budget -= 1
            wishes.want(at, OrderKind.ATTACK, -cell, Reason.SHOULDER, -cell, spearhead, round(x * PPM))


def step_back(s: Situation, wishes: Intentions, members: Ints) -> None:
    """Those almost surrounded go one hex back, while a way is open."""
    for at in members.tolist():
        count = s.hostile_round[at]
        if count < HOSTILE_SIDES or s.role_of[at] == IN_RESERVE or not wishes.free(at):
            continue
        back = [c for c in s.control.ways[s.hex_of[at]].tolist() if c >= 0 and s.owner[c] == s.side]
        if back:
            wishes.want(at, OrderKind.WITHDRAW, back[0], Reason.STEP_BACK, back[0], -1, count)


def follow(s: Situation, wishes: Intentions, hq: int, sector: Sector, members: Ints) -> None:
    """If much of the front has had no enemy before it for a cycle, holders step into the free hex ahead, abreast."""
    rules, staff, own = s.rules, s.notes.staff, s.view.own
    if sector.quiet * PPM < round(rules["staff.follow_share"] * PPM) * len(sector.sides):
        staff["quiet_since"][hq] = NEVER
        return
    since = int(staff["quiet_since"][hq])
    if since == NEVER:
        staff["quiet_since"][hq] = s.minute
    if s.minute - min(since, s.minute) < s.hours("staff.cycle_full_h"):
        return
    other = s.front.other[sector.sides]
    share = s.control.face_share[s.control.face_at[sector.sides]]
    free = (s.threat[other] < rules["staff.follow_threat"]) & ~s.enemy_zone[other] & ~s.occupied[other]
    free &= share >= round(rules["staff.follow_own_share"] * PPM)
    ahead = dict(zip(other[free].tolist(), share[free].tolist(), strict=True))
    able = [at for at in members[own.contact[members] == 0].tolist() if s.role_of[at] != IN_RESERVE and wishes.free(at)]
    tasks, goals, _ = s.intent
    for at in able:
        if tasks[at] == TO_FOLLOW and ahead.pop(goals[at], 0):
            wishes.want(at, OrderKind.FOLLOW, goals[at], Reason.FOLLOW)
    left = [at for at in able if at not in wishes]
    behind = steps_to_nearest(s.grid, own.hex[left].astype(np.int64), s.front.own[sector.sides]).tolist() if left else []
    for at, gap in zip(left, behind, strict=True):
        # Who has been left behind first comes up to his place in the line.
        if gap <= STRIDE:
            _step_ahead(s, wishes, at, ahead)


def _step_ahead(s: Situation, wishes: Intentions, at: int, ahead: dict[int, int]) -> None:
    """Into the nearest free hex, of equals the one with most own ground round it; nobody shifts sideways meanwhile."""
    here = s.hex_of[at]
    near = [(s.apart(here, cell), -share, cell) for cell, share in ahead.items()]
    gap, _, cell = min(near, default=(FARTHEST, 0, NONE))
    if gap > STRIDE:
        wishes.stay(at, Reason.HOLD)
        return
    ahead.pop(cell)
    # The place in the line goes with him.
    s.give_place(np.array([at]), np.array([cell]))
    wishes.want(at, OrderKind.FOLLOW, cell, Reason.FOLLOW)


def place_reserves(
    s: Situation, wishes: Intentions, place: Sector | Ints, members: Ints, given_up: Mask | None = None
) -> None:  # fmt: skip
    """Reserves stand some way behind the sector; they move only if they are too near or too far, or on ground given up."""
    reserves = [at for at in members.tolist() if s.role_of[at] == IN_RESERVE and at not in wishes]
    if not reserves:
        return
    cells, crowd = s.front.own[place.sides] if isinstance(place, Sector) else place, dict[int, int]()
    middle = int(cells[len(cells) // 2]) if len(cells) else NONE
    tasks, goals, _ = s.intent
    # Who is on the way to a place that is still right is not sent to another.
    here_of = [s.hex_of[at] for at in reserves]
    meant_for = [
        goals[at] if tasks[at] == TO_MARCH and goals[at] >= 0 else here for at, here in zip(reserves, here_of, strict=True)
    ]
    gaps: list[int] = steps_to_nearest(s.grid, np.array(here_of + meant_for), cells).tolist() if middle >= 0 else []
    for k, at in enumerate(reserves):
        here, goal = here_of[k], here_of[k]
        if middle >= 0:
            gap, gap_then = gaps[k], gaps[k + len(reserves)]
            goal = _reserve_place(s, here, meant_for[k], gap, gap_then, s.part_of[at], middle, crowd, given_up)
        crowd[goal] = crowd.get(goal, 0) + 1
        wishes.place(at, goal, Reason.RESERVE, middle if middle >= 0 else here)


def _reserve_place(
    s: Situation, here: int, meant: int, gap: int, gap_then: int, part: int, middle: int, crowd: dict[int, int],
    given_up: Mask | None,
) -> int:  # fmt: skip
    """``gap``, ``gap_then``: hexes from the front where it stands and where it is meant to stand."""
    depth = int(s.control.depth[here])
    lost = given_up is not None and bool(given_up[here])
    if given_up is not None and given_up[meant]:
        meant, gap_then = here, FARTHEST + 1 if lost else gap
    if _near_enough(gap_then, int(s.control.depth[meant])):
        return meant
    if _near_enough(gap, depth) and not lost:
        return here
    centre = here if gap < NEAREST or depth < NEAREST <= gap <= FARTHEST else middle
    ring = s.grid.ring_table(AREA)[centre]
    ring = ring[ring >= 0]
    ring = ring if given_up is None else ring[~given_up[ring]]
    depths = s.control.depth[ring]
    fit = ring[(s.owner[ring] == s.side) & (s.control.part[ring] == part) & (depths >= NEAREST) & (depths < FAR)]
    room = [c for c in fit.tolist() if crowd.get(c, 0) < TWO]
    return min(room, key=lambda c: (s.apart(c, here), c), default=here)


def _near_enough(gap: int, depth: int) -> bool:
    return gap <= FARTHEST and depth >= NEAREST
