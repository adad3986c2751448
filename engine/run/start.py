"""The world of minute 0, built from a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from weakref import finalize

import numpy as np
import numpy.typing as npt

from engine.core.calendar import NEVER
from engine.core.columns import FINE, NANO
from engine.core.dice import subject_of
from engine.files.almanac import common_almanac
from engine.model.codes import (
    SIDES,
    DepotKind,
    DirectiveKind,
    Echelon,
    Mobility,
    Permission,
    Posture,
    StaffRole,
    Status,
    Trigger,
)
from engine.model.directive import Directive, Group, Waypoint
from engine.model.forces import FormationSpec
from engine.model.scenario import Scenario
from engine.model.tables import GROUP, POINTS
from engine.model.world import Pen, Statics, World

CALENDAR_ROWS = 16
"""Rows of the table of systems, used and spare."""

TON = 1_000_000
"""Grams in a metric ton."""

_ECHELONS = {
    "company": Echelon.COMPANY, "battalion": Echelon.BATTALION, "regiment": Echelon.REGIMENT,
    "group": Echelon.BRIGADE, "brigade": Echelon.BRIGADE, "division": Echelon.DIVISION, "corps": Echelon.CORPS,
    "army": Echelon.ARMY, "front": Echelon.FRONT, "army_group": Echelon.FRONT, "command": Echelon.ARMY,
}  # fmt: skip
_ROLES = {"line": StaffRole.LINE, "assembly": StaffRole.ASSAULT}
_TRIGGERS = {"after": Trigger.AFTER, "taken": Trigger.TAKEN, "lost": Trigger.LOST, "event": Trigger.EVENT}


def statics_of(scenario: Scenario) -> Statics:
    """Names and parameters of a scenario, in the order of the world's rows."""
    named = {row.commander for row in scenario.headquarters} | {row.commander for row in scenario.formations}
    named |= {change.text for change in scenario.reinforcements if change.kind == "commander"}
    named |= {effect.text for event in scenario.events for effect in event.effects if effect.kind == "commander"}
    commanders = sorted(named - {""})
    numbers = {a: float(p.value) for a, p in scenario.parameters.items() if not isinstance(p.value, str)}
    return Statics(
        theatre=scenario.theatre,
        scenario=scenario,
        rules=numbers,
        formation_ids=tuple(f.id for f in scenario.formations),
        headquarters_ids=tuple(h.id for h in scenario.headquarters),
        depot_ids=tuple(s.id for s in scenario.supply_sources),
        ship_ids=tuple(a.id for a in scenario.assets if a.kind == "naval"),
        directive_ids=tuple(d.id for d in scenario.directives),
        kinds=tuple(scenario.kinds),
        commanders=tuple(commanders),
        almanac=common_almanac(),
        shared=_shared(scenario, "shared"),
        private=_shared(scenario, "private"),
    )


_SHARED: dict[int, dict[str, dict[str, Any]]] = {}


def _shared(scenario: Scenario, whose: str) -> dict[str, Any]:
    """Where the runs of a scenario keep what follows from it alone; gone with the scenario."""
    number = id(scenario)
    if number not in _SHARED:
        _SHARED[number] = {"shared": {}, "private": {}}
        finalize(scenario, _SHARED.pop, number)
    return _SHARED[number][whose]


def new_world(scenario: Scenario) -> tuple[World, Pen]:
    """The world at minute 0 and the pen that writes it."""
    statics = statics_of(scenario)
    cells = scenario.theatre.grid.size
    pen = Pen({"hexes": cells, "systems": CALENDAR_ROWS, "sides": len(SIDES), "weather": 1, "course": 1})
    _check_subjects(scenario)
    _fill_hexes(pen, scenario)
    _fill_headquarters(pen, scenario, statics)
    _fill_formations(pen, scenario, statics)
    _fill_depots(pen, scenario)
    _fill_links(pen, scenario)
    _fill_ships(pen, scenario)
    _fill_craft(pen, scenario)
    _fill_directives(pen, scenario, statics)
    _fill_people(pen, scenario)
    pen["happenings"].append({}, len(scenario.events))
    pen["goals"].append({}, len(scenario.objectives))
    pen["formation_notes"].append({"role": [_ROLES.get(f.role, StaffRole.RESERVE) for f in scenario.formations]},
                                  len(scenario.formations))  # fmt: skip
    pen["staff_notes"].append({}, len(scenario.headquarters))
    return World(statics, pen), pen


def _check_subjects(scenario: Scenario) -> None:
    """Two ids with one subject would share their luck."""
    seen: dict[int, str] = {}
    for name in (*(f.id for f in scenario.formations), *(h.id for h in scenario.headquarters)):
        other = seen.setdefault(subject_of(name), name)
        if other != name:
            raise ValueError(f"ids {other!r} and {name!r} have the same hash: rename one of them")


def _fill_hexes(pen: Pen, scenario: Scenario) -> None:
    pen["hexes"]["inside"][:] = scenario.window
    pen["hexes"]["owner"][:] = scenario.owner
    for line in scenario.theatre.lines:
        if date.fromisoformat(line.ready) <= scenario.start:
            cells = np.asarray(line.cells, dtype=np.int64)
            pen["hexes"]["works"][cells] = np.maximum(pen["hexes"]["works"][cells], line.strength)


def _fill_headquarters(pen: Pen, scenario: Scenario, statics: Statics) -> None:
    rows = scenario.headquarters
    number = statics.headquarters_rows
    pen["headquarters"].append(
        {
            "subject": [subject_of(h.id) for h in rows],
            "side": [SIDES.index(h.side) for h in rows],
            "echelon": [_ECHELONS[h.echelon] for h in rows],
            "parent": [number.get(h.parent, -1) for h in rows],
            "staff": _ppm(h.staff for h in rows),
            "hex": [h.cell for h in rows],
            "commander": [statics.commanders.index(h.commander) if h.commander else -1 for h in rows],
        },
        len(rows),
    )


def _fill_formations(pen: Pen, scenario: Scenario, statics: Statics) -> None:
    rows = scenario.formations
    kinds = [scenario.kinds[f.kind] for f in rows]
    arrives = np.array([f.arrives_min for f in rows], dtype=np.int64)
    later = np.array([f.arrives_min > 0 or f.cell < 0 for f in rows], dtype=bool)
    pen["formations"].append(
        {
            "subject": [subject_of(f.id) for f in rows],
            "side": [SIDES.index(f.side) for f in rows],
            "kind": [statics.kinds.index(f.kind) for f in rows],
            "mobility": [Mobility[k.mobility.upper()] for k in kinds],
            "echelon": [_ECHELONS[f.echelon] for f in rows],
            "combat_share": _ppm(k.combat_share for k in kinds),
            "quality": _ppm(f.quality for f in rows),
            "lethality": _ppm(_lethality(scenario, f) for f in rows),
            "men_full": [f.men for f in rows],
            "stack": [2 if _ECHELONS[f.echelon] >= Echelon.DIVISION else 1 for f in rows],
            "hq": [statics.headquarters_rows.get(f.parent, -1) for f in rows],
            "commander": [statics.commanders.index(f.commander) if f.commander else -1 for f in rows],
            "status": np.where(later, Status.WAITING, Status.ON_MAP),
            "hex": np.where(later, -1, [f.cell for f in rows]),
            "goal": [f.cell for f in rows],
            "appears_at": np.where(later, np.where(arrives > 0, arrives, NEVER), NEVER),
            "men_u": _fine(f.men for f in rows),
            "afv_u": _fine(f.afv for f in rows),
            "afv_shop_u": _fine(f.afv_repair for f in rows),
            "guns_u": _fine(f.guns for f in rows),
            "cohesion_n": _nano(f.cohesion for f in rows),
            "fatigue_n": _nano(f.fatigue for f in rows),
            "works_n": _nano(f.fort for f in rows),
            "posture": [_posture(f) for f in rows],
            "ammo_g": [
                round(f.ammo_days * k.ammo_defence_t * TON * _fill(f, k)) for f, k in zip(rows, kinds, strict=True)
            ],
            "fuel_g": [
                round(f.fuel_days * k.fuel_100km_t * TON * _fill(f, k)) for f, k in zip(rows, kinds, strict=True)
            ],
            "food_g": [round(f.food_days * k.food_kg_man * 1000 * f.men) for f, k in zip(rows, kinds, strict=True)],
        },
        len(rows),
    )


def _fill(formation: FormationSpec, kind: Any) -> float:
    """Men present over the men its kind's demands are stated for."""
    return formation.men / kind.men if kind.men else 1.0


def _lethality(scenario: Scenario, formation: FormationSpec) -> float:
    """Kappa of the formation's side: losses it inflicts, apart from who wins."""
    parameter = scenario.parameters.get(f"combat.lethality_{formation.side}")
    return float(parameter.value) if parameter is not None else 1.0


def _posture(formation: FormationSpec) -> Posture:
    return (Posture.HASTY, Posture.HASTY, Posture.PREPARED, Posture.FORTIFIED, Posture.FORTIFIED)[formation.fort]


def _fill_depots(pen: Pen, scenario: Scenario) -> None:
    rows = scenario.supply_sources
    pen["depots"].append(
        {
            "subject": [subject_of(s.id) for s in rows],
            "side": [SIDES.index(s.side) for s in rows],
            "kind": [DepotKind[s.kind.upper()] for s in rows],
            "hex": [s.cell for s in rows],
            "capacity_t": [round(s.capacity_t) for s in rows],
        },
        len(rows),
    )


def _fill_links(pen: Pen, scenario: Scenario) -> None:
    """One row for each railway hexside inside the window; the hex with the lower number comes first."""
    theatre = scenario.theatre
    near = theatre.grid.neighbours
    inside = scenario.window[:, None] & (near >= 0) & scenario.window[near]
    cell, direction = np.nonzero((theatre.rail > 0) & inside & (near > np.arange(len(near))[:, None]))
    gauge = theatre.gauge[cell, direction]
    pen["links"].append({"hex": cell, "direction": direction, "gauge": gauge}, len(cell))


def _fill_ships(pen: Pen, scenario: Scenario) -> None:
    rows = [a for a in scenario.assets if a.kind == "naval"]
    pen["ships"].append(
        {
            "subject": [subject_of(a.id) for a in rows],
            "side": [SIDES.index(a.side) for a in rows],
            "batteries": [round(a.guns * 1_000_000 / 12) for a in rows],
            "range_m": [round(a.range_km * 1000) for a in rows],
            "hex": [a.cell for a in rows],
            "from_at": [a.from_min for a in rows],
            "until_at": [a.until_min if a.until_min >= 0 else NEVER for a in rows],
        },
        len(rows),
    )


def _fill_craft(pen: Pen, scenario: Scenario) -> None:
    rows = [a for a in scenario.assets if a.kind == "landing_craft"]
    pen["craft"].append(
        {
            "subject": [subject_of(a.id) for a in rows],
            "side": [SIDES.index(a.side) for a in rows],
            "men": [a.men for a in rows],
            "lifts_day": [a.lifts_day for a in rows],
            "range_m": [round(a.range_km * 1000) for a in rows],
            "hex": [a.cell for a in rows],
            "from_at": [a.from_min for a in rows],
            "until_at": [a.until_min if a.until_min >= 0 else NEVER for a in rows],
        },
        len(rows),
    )


def _fill_people(pen: Pen, scenario: Scenario) -> None:
    rows = scenario.people
    waits = np.array([p.opens == "event" for p in rows], dtype=bool)
    limited = [p.men > 0 or p.kind == "partisans" for p in rows]
    pen["people"].append(
        {
            "open_at": np.where(waits, NEVER, [p.from_min for p in rows]),
            "close_at": [p.until_min if p.until_min >= 0 else NEVER for p in rows],
            "left_u": [p.men * FINE if has else -1 for p, has in zip(rows, limited, strict=True)],
            "owed_u": [p.men * FINE if p.kind == "convalescents" else 0 for p in rows],
        },
        len(rows),
    )


def _fill_directives(pen: Pen, scenario: Scenario, statics: Statics) -> None:
    rows = scenario.directives
    pen["directives"].append(
        {
            "hq": [statics.headquarters_rows[d.hq] for d in rows],
            "kind": [DirectiveKind[d.kind.upper()] for d in rows],
            "axis": _cells([d.axis for d in rows]),
            "line": _cells([d.line for d in rows]),
            "fall_back": _cells([d.fall_back for d in rows]),
            "objective": [d.objective[0].cell if d.objective else -1 for d in rows],
            "assault": _groups([d.assault for d in rows], statics),
            "mobile": _groups([d.mobile for d in rows], statics),
            "reserve": _groups([d.reserve for d in rows], statics),
            "assault_strongest": [d.assault.strongest for d in rows],
            "mobile_strongest": [d.mobile.strongest for d in rows],
            "reserve_share": [round(d.reserve_share * 1_000_000) if d.reserve_share >= 0 else -1 for d in rows],
            "corridor_m": [round(d.corridor_km * 1000) or 15_000 for d in rows],
            "start_at": [d.start_min for d in rows],
            "end_at": [d.end_min if d.end_min >= 0 else NEVER for d in rows],
            "known_at": [d.known_min for d in rows],
            "arrives_at": [d.known_min for d in rows],
            "raid": [d.raid for d in rows],
            "permission": [_permission(d) for d in rows],
            "surprise": _ppm(d.surprise for d in rows),
            "ring": [d.ring for d in rows],
            "dummy": [d.dummy[0].cell if d.dummy else -1 for d in rows],
            "trigger": [_trigger(d, scenario, statics)[0] for d in rows],
            "trigger_ref": [_trigger(d, scenario, statics)[1] for d in rows],
            "source": list(range(len(rows))),
        },
        len(rows),
    )


def _permission(directive: Directive) -> Permission:
    return Permission[directive.permission.upper()]


def _trigger(directive: Directive, scenario: Scenario, statics: Statics) -> tuple[Trigger, int]:
    kind, _, name = directive.trigger.partition(":")
    if kind not in _TRIGGERS:
        return Trigger.NONE, -1
    if kind == "after":
        return Trigger.AFTER, statics.directive_ids.index(name)
    if kind == "event":
        return Trigger.EVENT, [event.id for event in scenario.events].index(name)
    place = scenario.theatre.find_place(name)
    if place is None:
        raise ValueError(f"directive {directive.id}: no place {name!r} for its trigger")
    return _TRIGGERS[kind], place.cell


def _cells(paths: Sequence[tuple[Waypoint, ...]]) -> npt.NDArray[np.int32]:
    table = np.full((len(paths), POINTS), -1, np.int32)
    for row, path in enumerate(paths):
        cells = [point.cell for point in path[:POINTS]]
        table[row, : len(cells)] = cells
    return table


def _groups(groups: Sequence[Group], statics: Statics) -> npt.NDArray[np.int32]:
    table = np.full((len(groups), GROUP), -1, np.int32)
    for row, group in enumerate(groups):
        members = [statics.formation_rows[name] for name in group.ids[:GROUP]]
        table[row, : len(members)] = members
    return table


def _ppm(values: Iterable[float]) -> list[int]:
    return [round(v * 1_000_000) for v in values]


def _fine(values: Iterable[float]) -> list[int]:
    return [round(v * FINE) for v in values]


def _nano(values: Iterable[float]) -> list[int]:
    return [round(v * NANO) for v in values]
