"""Landings: where craft and a force exist, and something worth having lies on land that cannot be walked to.

A landing is told to the headquarters of the force; it alone names formations, since not everybody can be in the boats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY
from engine.model.codes import DirectiveKind, DirectiveState
from engine.model.instruction import Instruction
from engine.model.tables import GROUP
from engine.staff.control import Ints
from engine.staff.high.bodies import Body
from engine.staff.high.sea import FAR, Craft, craft_of, sailing
from engine.staff.landing import islands
from engine.staff.plans import AT_SEA
from engine.staff.reasons import Reason
from engine.staff.situation import Situation, ln


@dataclass(frozen=True)
class Crossing:
    """From an own coast to a beach, and what craft carry between them in a day."""

    coast: int
    beach: int
    goal: int
    points: int
    men_day: int


def landings(s: Situation, bodies: list[Body], points: dict[int, int], busy: set[int]) -> tuple[list[Instruction], set[int]]:
    """Landings to be made, and the headquarters that are at sea: with one in force, or told now."""
    at_sea = _under_way(s)
    start = (s.minute // DAY + s.whole("high.landing_prepare_days")) * DAY + s.hours("high.landing_dawn_h")
    craft = craft_of(s, start)
    told: list[Instruction] = []
    if not craft:
        return told, at_sea
    given_up = _given_up(s)
    size = np.bincount(islands(s)[islands(s) >= 0])
    aimed = {int(s.view.directives.axis[i][1]) for i in _open_landings(s)}
    taken = {int(islands(s)[cell]) for cell in aimed if cell >= 0}
    for goal, worth in sorted(points.items(), key=lambda item: (-item[1], item[0])):
        island = int(islands(s)[goal])
        if island in taken or island in given_up or int(size[island]) > s.rules["high.landing_hexes"]:
            continue
        made = next(_to(s, bodies, busy | at_sea, craft, goal, worth, start), None)
        if made is not None:
            taken.add(island)
            at_sea.add(s.statics.headquarters_rows[made.hq])
            told.append(made)
    return told, at_sea


def _open_landings(s: Situation) -> list[int]:
    d, staff = s.view.directives, s.notes.staff
    over = (staff["directive"][d.hq] == d.row) & (staff["end_reason"][d.hq] > 0)
    going = np.isin(d.kind, sorted(AT_SEA)) & (d.state <= int(DirectiveState.RUNNING)) & (d.end_at > s.minute) & ~over
    landing = going & (d.kind == int(DirectiveKind.LAND))
    rows: list[int] = np.flatnonzero(landing).tolist()
    return rows


def _given_up(s: Situation) -> set[int]:
    """Pieces of land that own troops were told to leave by sea: nobody is landed there again."""
    d = s.view.directives
    ports = d.axis[d.kind == int(DirectiveKind.EVACUATE)].ravel()
    return set(islands(s)[ports[ports >= 0]].tolist())


def _under_way(s: Situation) -> set[int]:
    """Headquarters that are busy with a landing."""
    return {int(s.view.directives.hq[i]) for i in _open_landings(s)}


def _to(
    s: Situation, bodies: list[Body], busy: set[int], craft: list[Craft], goal: int, worth: int, start: int
) -> Iterator[Instruction]:  # fmt: skip
    """Landings that would take one place, the best force first."""
    own, island = s.view.own, islands(s)
    foothold = int(own.power[island[own.hex] == island[goal]].sum())
    enemy = _enemy_on(s, int(island[goal]))
    if foothold > enemy * s.rules["high.landing_mass"]:
        return  # enough are there
    for hq, members in _forces(s, bodies, busy, int(island[goal])):
        crossing = _crossing(s, members, craft, goal, worth)
        if crossing is None:
            continue
        force = _boats(s, members, crossing)
        power = int(own.power[force].sum())
        x = ln(max(power + foothold, 1)) - ln(max(enemy, 1) * s.rules["high.defence_factor"])
        if not len(force) or x < s.rules["high.landing_x"]:
            continue
        yield Instruction(
            hq=s.statics.headquarters_ids[hq], kind=DirectiveKind.LAND, axis=(crossing.coast, crossing.beach),
            objective=crossing.beach, assault=tuple(own.ids[at] for at in force.tolist()),
            start_at=start, end_at=start + round(s.rules["high.landing_days"] * DAY),
            reason=Reason.LANDING, detail=(crossing.beach, crossing.coast, worth, round(x * PPM)),
        )  # fmt: skip


def _enemy_on(s: Situation, island: int) -> int:
    """Power reckoned with on a piece of land: what is known there, and something unseen at all events."""
    enemies = s.view.enemies
    there = islands(s)[enemies.hex] == island
    unseen = round(s.rules["high.landing_unseen"])
    return max(int(s.enemy_power[there].sum()), unseen)


def _forces(s: Situation, bodies: list[Body], busy: set[int], island: int) -> list[tuple[int, Ints]]:
    """Formations that could go, by the headquarters that would lead them, the strongest first."""
    own = s.view.own
    free: dict[int, list[int]] = {}
    for body in bodies:
        # Who is at the front of a land battle is not taken out of it; who faces the enemy over water alone is free.
        if body.hq in busy:
            continue
        for at in body.members.tolist():
            hq = int(own.hq[at])
            fit = not (s.fighting_of[at] or s.locked_of[at] or own.afloat[at] or hq in busy)
            if fit and islands(s)[own.hex[at]] != island and s.owner[own.hex[at]] == s.side:
                free.setdefault(hq, []).append(at)
    forces = [(hq, np.array(who, np.int64)) for hq, who in sorted(free.items())]
    return sorted(forces, key=lambda force: (-int(own.power[force[1]].sum()), force[0]))


def _crossing(s: Situation, members: Ints, craft: list[Craft], goal: int, worth: int) -> Crossing | None:
    """The cheapest way over for a force: from a coast it can reach to a beach on the goal's island."""
    theatre, island = s.statics.theatre, islands(s)
    inside = s.view.hexes.inside > 0
    beaches = np.flatnonzero((theatre.sea_coast > 0) & inside & (island == island[goal]) & ~s.occupied)
    parts = sorted(set(s.part[members].tolist()) - {-1})
    coasts = np.flatnonzero((theatre.sea_coast > 0) & inside & (s.owner == s.side) & np.isin(s.control.part, parts))
    if len(coasts):
        gap = s.grid.distance(coasts[:, None], s.view.own.hex[members][None, :]).min(axis=1)
        coasts = coasts[gap <= s.whole("high.coast_hexes")]
    best: tuple[int, Crossing] | None = None
    for station in sorted({(c.cell, c.hexes) for c in craft}):
        from_, to = _within(s, coasts, station), _within(s, beaches, station)
        if not len(from_) or not len(to):
            continue
        lift = sum(c.men_day for c in craft if (c.cell, c.hexes) == station)
        inland = s.travel(goal)[to].astype(np.int64)
        apart = s.grid.distance(from_[:, None], to[None, :])
        near = apart.min(axis=0) <= s.whole("high.crossing_hexes")
        to, inland, apart = to[near], inland[near], apart[:, near]
        near_enemy = np.where(s.enemy_zone[to], s.hours("high.beach_enemy_h"), 0)
        cost = apart.min(axis=0) * s.hours("high.crossing_h") + s.whole("high.inland") * inland + near_enemy
        for k in np.lexsort((to, cost))[:3].tolist():
            beach = int(to[k])
            coast = int(from_[np.lexsort((from_, apart[:, k]))[0]])
            if best is not None and best[0] <= int(cost[k]):
                break
            if inland[k] < FAR and _afloat(s, coast, beach):
                best = int(cost[k]), Crossing(coast, beach, goal, worth, lift)
                break
    return best[1] if best else None


def _within(s: Situation, cells: Ints, station: tuple[int, int]) -> Ints:
    if station[0] < 0:
        return cells
    near: Ints = cells[s.grid.distance(cells, station[0]) <= station[1]]
    return near


def _afloat(s: Situation, coast: int, beach: int) -> bool:
    """Whether water leads from the one to the other."""
    if s.apart(coast, beach) <= 1:
        return True
    ring = s.grid.neighbours[coast]
    return bool((sailing(s, beach)[ring[ring >= 0]] < FAR).any())


def _boats(s: Situation, members: Ints, crossing: Crossing) -> Ints:
    """Those who are near the coast, the strongest first, as many as craft carry in the days of a landing."""
    own = s.view.own
    near = members[s.grid.distance(own.hex[members], crossing.coast) <= s.whole("high.coast_hexes")]
    order = near[np.lexsort((own.row[near], -own.power[near]))][:GROUP]
    room = crossing.men_day * s.rules["high.lift_days"]
    fits = np.cumsum(own.men[order]) <= room
    fits[:1] = True
    taken: Ints = order[fits]
    return taken
