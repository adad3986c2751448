"""The next line home: whether known enemies would be on it first if its holders waited for their hour.

Distances are hexes: of the enemy as he has to march, of who goes back straight and from the nearest of his formations. Who
pursues is not quicker than who goes back, but for what he drives, and that is held up. Ground that own formations screen is
not walked through; where nobody screens it the enemy drives in.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.columns import Array
from engine.core.paths import FAR, hops
from engine.model.codes import DirectiveKind
from engine.staff.control import Ints
from engine.staff.lines import line_cells
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.situation import Situation
from engine.staff.threat import CERTAIN

_WITHDRAW: Final = int(DirectiveKind.WITHDRAW)
SCREENED: Final = 2
"""Own ground so many hexes round an own formation is not walked through."""
LOST: Final = -1000
"""Hexes to spare on the way to a place that is not own any more."""


def goes_ahead(s: Situation, plans: Plans, plan: Plan, members: Ints) -> int:
    """The last of the coming withdrawals that a headquarters carries out now, before their hour; -1 none.

    Those to whose lines, half own at least, the known enemy is as near as its own formations, no farther than
    ``staff.hurry_h`` ahead, and with nothing else ordered between. Who must stand fast or attacks, and who has gone ahead
    already and is still in time, waits.
    """
    if plan.attacks or not len(members) or plans.bound(plan):
        return NONE
    soon = s.minute + s.hours("staff.hurry_h")
    coming, done = plans.withdrawals(plan), plans.gone_ahead(plan)
    last = NONE
    for i in coming[coming.index(done) + 1 :] if done >= 0 else coming:
        if plans.start[i] > soon or plans.waits(i):
            break
        line = line_cells(s.statics, plans.text.line[i])
        if 2 * int((s.owner[line] == s.side).sum()) < max(len(line), 1) or _something_else(plans, plan, i):
            break
        if to_spare(s, members, line) >= s.whole("staff.hurry_hexes"):
            break
        last = i
    return last if last >= 0 and not _keeps_the_way(s, members) else NONE


def _something_else(plans: Plans, plan: Plan, withdrawal: int) -> bool:
    """Whether the headquarters is told to do something that is no withdrawal before one of them begins."""
    mine, until = plans.text.of.get(plan.hq, []), plans.start[withdrawal]
    return any(plans.kind[i] != _WITHDRAW and plans.s.minute < plans.start[i] < until for i in mine)


def _keeps_the_way(s: Situation, members: Ints) -> bool:
    """Whether too many who go home to the same depot stand farther from it: who is farthest starts first.

    Who stands near home with others beyond him keeps the way open for them.
    """
    steps, nearest = _ways_home(s)
    here = s.view.own.hex
    middle = int(members[np.argsort(steps[here[members]], kind="stable")[len(members) // 2]])
    others = (nearest[here] == nearest[here[middle]]) & (steps[here] < FAR) & ~np.array(s.serves, bool)
    others[members] = False
    farther = int((steps[here[others]] > steps[here[middle]]).sum())
    return bool(farther > s.rules["staff.hurry_farther"] * max(int(others.sum()), 1))


def _ways_home(s: Situation) -> tuple[Array, Ints]:
    """Hexes through own ground to the nearest depot, port or railhead of one's own, and which that is. Shapes (hexes,)."""
    depots = s.view.depots.hex
    homes = depots[depots >= 0]
    homes = np.unique(homes[s.owner[homes] == s.side]).astype(np.int64)
    kept, key = s.control.kept, ("ways home", homes.tobytes())
    if key not in kept:
        own = (s.owner == s.side) & s.control.land
        fields = [hops(s.control.ways, own, homes[i : i + 1]) for i in range(len(homes))]
        steps = np.array(fields) if fields else np.full((1, s.grid.size), FAR, np.int32)
        kept[key] = steps.min(axis=0), steps.argmin(axis=0)
    found: tuple[Array, Ints] = kept[key]
    return found


def to_spare(s: Situation, members: Ints, line: Ints) -> int:
    """Hexes of march by which the formations are nearer to half of a line, at least, than the known enemy is."""
    if not len(line):
        return -LOST
    own = s.grid.distance(s.view.own.hex[members][:, None], line[None, :]).min(axis=0)
    spare = np.where(s.owner[line] == s.side, _coming(s)[line] - own, LOST)
    return int(np.sort(spare)[len(spare) // 2])


def _coming(s: Situation) -> Array:
    """Shape (hexes,): hexes of march of the nearest known enemy who is more than a remnant, round all that is screened."""
    if "way home" not in s.kept:
        enemies, own, least = s.view.enemies, s.view.own, round(s.rules["contact.zoc_men_min"])
        known = (enemies.certainty > CERTAIN) & (enemies.power >= least)
        holds = ~np.array(s.serves, bool) & (own.power >= least)
        discs = s.grid.ring_table(SCREENED)[own.hex[holds]]
        barred = np.zeros(s.grid.size, bool)
        barred[discs[discs >= 0]] = True
        open_ground = s.control.land & ~(barred & (s.owner == s.side))
        s.kept["way home"] = hops(s.control.ways, open_ground, enemies.hex[known].astype(np.int64))
    found: Array = s.kept["way home"]
    return found
