"""Before H-hour: assault and mobile groups wait two or three hexes behind the front, where the attack will go in."""

from __future__ import annotations

import numpy as np

from engine.core.paths import FAR
from engine.staff.appraisal import ELSEWHERE_M
from engine.staff.attack import middle
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.lines import line_distance
from engine.staff.plans import Plans
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

SLACK = 1
"""Hexes farther from the place of entry than the assembly itself in which one may as well stay."""


def assemble(s: Situation, wishes: Intentions, plans: Plans, i: int, group: Ints) -> None:
    """Bring a group of directive ``i`` to its assembly area; those near enough stay where they are."""
    own, depth, objective = s.view.own, s.control.depth, plans.objective(i)
    behind = round(s.rules["staff.assembly_hexes"])
    places: dict[int, list[int]] = {}
    entries: dict[int, int] = {}
    crowd: dict[int, int] = {}
    for at in group.tolist():
        here, part = int(own.hex[at]), int(s.part[at])
        if part not in entries:
            entries[part] = _entry(s, plans, i, part, group[s.part[group] == part])
            places[part] = _area(s, entries[part], part, behind) if entries[part] >= 0 else []
        entry = entries[part]
        if entry < 0 or not places[part] or _close(s, here, entry, behind, int(depth[here])):
            wishes.stay(at, Reason.ASSEMBLY, here, objective)
            crowd[here] = crowd.get(here, 0) + 1
            continue
        best = min(places[part], key=lambda c: (crowd.get(c, 0) >= 2, s.apart(here, c), c))
        crowd[best] = crowd.get(best, 0) + 1
        wishes.place(at, best, Reason.ASSEMBLY, best, objective)


def _entry(s: Situation, plans: Plans, i: int, part: int, group: Ints) -> int:
    """The own front hex, in a piece of land, that lies nearest to the axis; of equals the nearest to its start.

    While the front has not come up to the axis: the one on the group's shortest way there.
    """
    rim, axis = s.control.rim, plans.axis_points(i)
    rim = rim[s.control.part[rim] == part]
    if not len(rim) or not axis:
        return -1
    off = line_distance(s.statics, axis)[rim] // s.grid.spacing_m
    if int(off.min()) * s.grid.spacing_m > ELSEWHERE_M:
        off = off + s.grid.distance(rim, middle(s, group))
    return int(rim[np.lexsort((rim, s.grid.distance(rim, axis[0]), off))[0]])


def _area(s: Situation, entry: int, part: int, behind: int) -> list[int]:
    ring = s.grid.ring_table(behind + 2)[entry]
    ring = ring[ring >= 0]
    depth = s.control.depth[ring]
    fit = (s.control.part[ring] == part) & (s.owner[ring] == s.side) & (depth >= behind) & (depth < FAR)
    found: list[int] = ring[fit].tolist()
    return found


def _close(s: Situation, here: int, entry: int, behind: int, depth: int) -> bool:
    return s.apart(here, entry) <= behind + SLACK and depth >= 1
