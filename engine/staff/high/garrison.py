"""Garrisons ahead of the threat: a port or town worth having is not found empty by a column that breaks through.

Formations that can be there before the enemy are named as its garrison, and the place is declared a fortress: they march
there whatever their headquarters does, and stand. When no enemy is near any more, or the front has come up to a place that
is no port, it is a fortress no longer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.paths import FAR
from engine.model.codes import SIDES, DirectiveKind
from engine.model.instruction import Instruction
from engine.staff.high import sea
from engine.staff.high.bodies import Body
from engine.staff.high.leaving import Pouch
from engine.staff.numbers import IN_RESERVE
from engine.staff.reasons import Reason
from engine.staff.situation import Situation


@dataclass(frozen=True)
class Town:
    """A place that needs a garrison."""

    cell: int
    coming: int
    """Known enemy power that could be there soon."""
    nearest: int
    """Hexes to the nearest of it."""
    there: int
    """Own power in the place or on its way to it."""


def sent(s: Situation, bodies: list[Body], necks: list[Pouch], fixed: set[int]) -> list[Instruction]:
    """Decrees that name garrisons, one more formation a day for each place; those of ``fixed`` headquarters cannot go."""
    told, taken, least = list[Instruction](), set(s.posted), s.whole("high.least_left")
    givers = [body for body in bodies if not body.staffs & fixed and len(body.members) > least]
    towns = [one for cell in _places(s, necks) if (one := _town(s, cell)) is not None]
    for town in towns:
        # The weakest that will do, of those without a front first.
        free = [(len(body.rim) > 0, _cost(s, at, town), s.row_of[at], at, body) for body in givers
                for at in body.members.tolist() if at not in taken and _can_go(s, at, town)]  # fmt: skip
        best = min(free, key=lambda one: one[:3], default=None)
        if best is None:
            continue
        at, body = best[3:]
        taken.add(at)
        s.give_role(np.array([at]), IN_RESERVE)
        told.append(Instruction(
            hq=s.statics.headquarters_ids[body.hq], kind=DirectiveKind.FORTRESS, objective=town.cell,
            reserve=(s.view.own.ids[at],), start_at=s.minute, reason=Reason.GARRISON,
            detail=(town.cell, s.hex_of[at], town.coming, int(s.view.own.power[at])),
        ))  # fmt: skip
    return told


def released(s: Situation, bodies: list[Body]) -> list[Instruction]:
    """Places with a named garrison before which no enemy is known any more, and inland those that the front has reached.

    Troops in the line can go back with it; only a port is worth being shut up in.
    """
    if not bodies:
        return []
    d, far = s.view.directives, 2 * s.whole("high.garrison_enemy_hexes")
    named = (d.kind == int(DirectiveKind.FORTRESS)) & (d.reserve[:, 0] >= 0) & (d.source < 0)
    cells = sorted({c for c in d.objective[named].tolist() if s.view.hexes.fortress[c] and s.owner[c] == s.side})
    ports = set(sea.ports(s).tolist())
    calm = [c for c in cells if _near(s, c, far)[0] == 0 or (c not in ports and s.control.depth[c] <= 1)]
    return [
        Instruction(hq=s.statics.headquarters_ids[bodies[0].hq], kind=DirectiveKind.LIFT_FORTRESS, objective=cell,
                    start_at=s.minute, reason=Reason.GARRISON_LIFTED, detail=(cell, -1, 0, 0))
        for cell in calm
    ]  # fmt: skip


def _places(s: Situation, necks: list[Pouch]) -> list[int]:
    """Places worth a garrison, the dearest first: behind the front, and not where an army keeps its way home open."""
    side, near = SIDES[s.side], s.whole("high.neck_near_hexes")
    goals = {goal.cell: goal.points for goal in s.statics.scenario.objectives if goal.side == side and goal.cell >= 0}
    towns = [c for c, points in goals.items() if points >= s.whole("high.garrison_points") and s.owner[c] == s.side]
    found = sorted(towns, key=lambda c: (-goals[c], c))
    busy = {cell for pouch in necks for cell in (pouch.neck, pouch.weak)}
    return [c for c in found if 1 < s.control.depth[c] < FAR and not any(s.apart(c, b) <= near for b in busy)]


def _town(s: Situation, cell: int) -> Town | None:
    """A place not far behind the front that nobody holds, or too few where the troops before it cannot cover it.

    None if all is well.
    """
    rules, own, reach = s.rules, s.view.own, s.whole("high.garrison_enemy_hexes")
    coming, nearest = _near(s, cell, reach)
    gaps = s.grid.distance(own.hex, cell)
    before = int(own.power[gaps <= reach].sum())
    if int(s.control.depth[cell]) > reach:
        return None
    bound = [at for at, goal in s.posted.items() if goal == cell]
    in_place = np.flatnonzero(gaps <= s.whole("high.garrison_close"))
    count = len({*in_place.tolist(), *bound})
    there = int(own.power[sorted({*in_place.tolist(), *bound})].sum())
    uncovered = coming >= rules["high.garrison_odds"] * before
    need = rules["high.garrison_share"] * min(coming, rules["high.room_points"]) if uncovered else 1
    return Town(cell, coming, nearest, there) if there < need and count < s.whole("high.garrison_most") else None


def _near(s: Situation, cell: int, reach: int) -> tuple[int, int]:
    """Known enemy power near a place on the same land, and hexes to the nearest of it."""
    enemies = s.view.enemies
    if not len(enemies):
        return 0, reach
    gaps = s.grid.distance(enemies.hex, cell)
    near = gaps <= reach
    return int(s.enemy_power[near].sum()), int(gaps[near].min(initial=reach))


def _cost(s: Situation, at: int, town: Town) -> float:
    """Power that is missing elsewhere, more of it the longer the way."""
    return s.power_of[at] * (1 + s.apart(s.hex_of[at], town.cell) / s.rules["high.garrison_far_hexes"])


def _can_go(s: Situation, at: int, town: Town) -> bool:
    """Whether a formation is free, on the same land, and there before the enemy."""
    own, way = s.view.own, s.apart(s.hex_of[at], town.cell)
    busy = s.locked_of[at] or s.fighting_of[at] or s.contact_of[at] or own.afloat[at]
    if busy or s.power_of[at] < s.rules["high.garrison_points_least"]:
        return False
    in_time = way <= min(town.nearest + s.whole("high.garrison_slack"), s.whole("high.garrison_far_hexes"))
    return in_time and s.part_of[at] == int(s.control.part[town.cell]) and s.part_of[at] >= 0
