"""Pursuit: when the enemy has gone from before an attack its group follows abreast in march columns.

Each column has a lane of its own towards the objective, by the roads, and a goal some hexes ahead in it: it keeps
going until that is near, without an order for each hex.
"""

from __future__ import annotations

from engine.core.arithmetic import PPM
from engine.core.columns import Array
from engine.model.codes import OrderKind
from engine.staff.attack import Aim, Appraisal
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.numbers import TO_FOLLOW
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

APPROACH = 10
"""Hexes of own ground, at most, that a pursuer has to cross before the enemy's begins."""
AHEAD = 3
"""Free enemy hexes that a lane leads through at most."""
NEAR_GOAL = 1
"""A column is given a new stretch when it is this near to the end of the last."""
SHARED_MIN = 300
"""Minutes of way that a hex in another's lane costs: else all would run down the same road."""


def pursue(s: Situation, wishes: Intentions, aim: Aim, a: Appraisal, group: Ints) -> bool:
    """Send each of a group down a lane of its own; False if the enemy still stands before all of the attack."""
    if not len(group):
        return False
    tasks, goals, _ = s.intent
    used: dict[int, int] = {}
    fresh = []
    for at in group.tolist():
        if s.fighting_of[at]:
            continue
        # Who is on his way through open country is not called back to where others fight.
        if tasks[at] == TO_FOLLOW and _still_free(s, goals[at]) and s.apart(s.hex_of[at], goals[at]) > NEAR_GOAL:
            for cell in s.grid.ring_table(1)[goals[at]].tolist():
                used[cell] = used.get(cell, 0) + 1
            wishes.want(at, OrderKind.FOLLOW, goals[at], Reason.PURSUE, goals[at], aim.objective)
        else:
            fresh.append(at)
    open_faces = _free(s, aim, a)
    if not open_faces:
        return len(fresh) < len(group)
    fresh = [at for at in fresh if not s.attacking[at] or goals[at] in open_faces or _still_free(s, goals[at])]
    travel = s.travel(aim.objective)
    for at in sorted(fresh, key=lambda at: (int(travel[s.hex_of[at]]), s.row_of[at])):
        lane = _lane(s, aim, _from(s, at, travel), open_faces, used)
        if not lane:
            continue
        for cell in lane:
            used[cell] = used.get(cell, 0) + 1
        if s.owner[lane[-1]] != s.side:
            wishes.want(at, OrderKind.FOLLOW, lane[-1], Reason.PURSUE, lane[-1], aim.objective)
        elif len(lane) == APPROACH + AHEAD:
            wishes.place(at, lane[-1], Reason.PURSUE, lane[-1], aim.objective)
    return True


def _from(s: Situation, at: int, travel: Array) -> int:
    """Where a new lane begins: at the end of the last if that is on the way, so that nobody turns aside for nothing."""
    tasks, goals, _ = s.intent
    here, goal = s.hex_of[at], goals[at]
    on_the_way = tasks[at] == TO_FOLLOW and goal >= 0 and s.owner[goal] == s.side and travel[goal] < travel[here]
    return goal if on_the_way and s.apart(here, goal) <= AHEAD else here


def _lane(s: Situation, aim: Aim, here: int, open_faces: set[int], used: dict[int, int]) -> list[int]:
    """Hexes of the quickest way to the objective as far as nobody bars it, over the front where it is open."""
    travel, owner = s.travel(aim.objective).item, s.owner_of
    lane: list[int] = []
    cell, ahead = here, 0
    for _ in range(APPROACH + AHEAD):
        left = travel(cell)
        ring = [c for c in s.control.ways[cell].tolist() if c >= 0 and travel(c) < left]
        ring = [c for c in ring if owner[c] == s.side or c in open_faces or (_still_free(s, c) and s.threat[c] == 0)]
        if not ring:
            return lane if ahead else []
        cell = min(ring, key=lambda c: (travel(c) + SHARED_MIN * used.get(c, 0), c))
        lane.append(cell)
        ahead += owner[cell] != s.side
        if ahead == AHEAD:
            break
    return lane


def _still_free(s: Situation, cell: int) -> bool:
    """Enemy ground that nobody is known to hold or screen."""
    return cell >= 0 and s.owner_of[cell] != s.side and s.defence.item(cell) == 0 and cell not in s.attacked


def _free(s: Situation, aim: Aim, a: Appraisal) -> set[int]:
    """Hexes that nobody holds or screens, if at least half of those that could be attacked are such.

    One that would stick out is entered only where no enemy is known who could cut it off.
    """
    if not len(a):
        return set()
    met = s.defence[a.cells].tolist()
    if 2 * met.count(0) < len(met):
        return set()
    cells = a.cells.tolist()
    free = [i for i, cell in enumerate(cells) if met[i] == 0 and cell not in s.attacked]
    if 2 * len(free) < len(met):
        return set()
    if aim.salient_weight > 0:
        least, share = round(s.rules["staff.follow_own_share"] * PPM), a.share.tolist()
        free = [i for i in free if share[i] >= least or s.threat[cells[i]] == 0]
    return {cells[i] for i in free}
