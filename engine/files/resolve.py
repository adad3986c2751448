"""From checked rows to the frozen scenario: what the rows say about one another and about the ground.

Every step goes on after a fault, so that one run of `check` shows the whole list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.files.checked import Checked, Table, shared
from engine.files.faults import Report, shown
from engine.files.front_line import in_the_front
from engine.files.heads import ScenarioHead
from engine.files.order_of_battle import (
    arrivals_folded,
    assets_of,
    formations_of,
    headquarters_of,
    reinforcements_of,
)
from engine.files.places import boxed, inside
from engine.files.plans import directives_of
from engine.files.politics import events_of, people_of, victory_of
from engine.files.record import history_of, weather_of
from engine.files.rows import Raw, Row
from engine.files.setting import Setting
from engine.files.succession import changes_of_command, led_from_the_start, succession_of
from engine.model.citation import Parameter, Source
from engine.model.codes import SIDES, HexKind
from engine.model.forces import FormationSpec, KindSpec
from engine.model.scenario import NOBODY, Objective, Scenario, ShippingSpec, SideSpec, SupplySource, TerrainSpec
from engine.model.theatre import Theatre


@dataclass(frozen=True)
class Resolved:
    """The scenario, and who held each hex by its areas alone (before formations made their hexes their own).

    Unless `settled` it is good for telling further faults, and for nothing else; `whole` says that no row is missing
    from it, so that what is looked for and not found is not there.
    """

    scenario: Scenario
    drawn_owner: npt.NDArray[np.int8]
    settled: bool
    whole: bool


def resolve(
    raw: Raw, head: ScenarioHead, tables: dict[str, Table], theatre: Theatre, report: Report
) -> Resolved:
    """The scenario; with faults when something in it cannot be settled."""
    errors = report.errors
    setting = Setting(head, tables, theatre, report, raw)
    window = _window(setting, raw.head)
    kinds = {key: KindSpec(**shared(row, KindSpec)) for key, row in tables["kinds"].items()}
    terrain = [TerrainSpec(**shared(row, TerrainSpec)) for row in tables["terrain_kinds"].values()]
    succession = succession_of(setting)
    dated = changes_of_command(setting, succession, reinforcements_of(setting))
    formations, reinforcements = arrivals_folded(led_from_the_start(setting, succession, formations_of(setting, kinds)), dated)
    drawn = _owner(setting, window)
    owner = _taken(drawn, formations)
    formations = in_the_front(theatre, owner, formations, kinds)
    scenario = Scenario(
        id=head.id,
        title=head.title,
        summary=head.summary,
        start=setting.start,
        end=head.end.date(),
        theatre=theatre,
        sides=_sides(head),
        window=window,
        owner=owner,
        kinds=kinds,
        terrain=tuple(sorted(terrain, key=lambda row: row.code)),
        parameters=_parameters(tables["rules"], raw),
        formations=formations,
        headquarters=led_from_the_start(setting, succession, headquarters_of(setting)),
        assets=assets_of(setting),
        reinforcements=reinforcements,
        directives=directives_of(setting),
        supply_sources=tuple(SupplySource(**values) for values in _standing(setting, "supply_sources", SupplySource)),
        shipping=_shipping(setting),
        objectives=tuple(Objective(**values) for values in _standing(setting, "objectives", Objective)),
        people=people_of(setting),
        events=events_of(setting),
        victory=victory_of(setting),
        weather=weather_of(setting),
        history=history_of(setting),
        sources={key: Source(id=key, **row.data.model_dump()) for key, row in tables["sources"].items()},
        overlays=tuple(raw.labels),
    )
    whole = report.errors == errors and not raw.broken
    whole = whole and all(len(rows) == len(raw.tables[name]) for name, rows in tables.items())
    return Resolved(scenario, drawn, settled=not report.failed, whole=whole)


def _window(setting: Setting, head: Row) -> npt.NDArray[np.bool_]:
    """Shape (hexes,): True inside the box or polygon of [window]; the whole theatre without one."""
    window, theatre = setting.head.window, setting.theatre
    spot = head.spots.get("window", head.spot)
    mask = np.ones(theatre.grid.size, bool)
    if window is None:
        return _frozen(mask)
    edges = (window.south, window.west, window.north, window.east)
    if window.polygon is not None:
        mask = inside(theatre, window.polygon)
    elif any(edge is None for edge in edges):
        setting.complain(spot, "south, west, north and east, or polygon", "less", code="window/half")
    else:
        south, west, north, east = (float(edge or 0.0) for edge in edges)
        if south >= north or west >= east:
            found = f"{south:g} {west:g} {north:g} {east:g}"
            setting.complain(spot, "south below north and west below east", found, code="window/order")
        mask = boxed(theatre, south, west, north, east)
    if not (mask & (theatre.kind == HexKind.LAND)).any():
        setting.complain(spot, "a window with land in it", "none", code="window/empty")
    return _frozen(mask)


def _owner(setting: Setting, window: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """Who holds each land hex: the default, then the areas in order, later ones over earlier ones."""
    ground, theatre = setting.head.ground, setting.theatre
    owner = np.full(theatre.grid.size, SIDES.index(ground.default), np.int8)
    for area in ground.area:
        owner[inside(theatre, area.polygon)] = SIDES.index(area.side)
    owner[(theatre.kind != HexKind.LAND) | ~window] = NOBODY
    return _frozen(owner)


def _taken(drawn: npt.NDArray[np.int8], formations: tuple[FormationSpec, ...]) -> npt.NDArray[np.int8]:
    """The hexes of formations present at the start are their side's, whatever the areas say."""
    owner = drawn.copy()
    for formation in formations:
        if formation.arrives_min == 0 and formation.cell >= 0 and drawn[formation.cell] != NOBODY:
            owner[formation.cell] = SIDES.index(formation.side)
    return _frozen(owner)


def _sides(head: ScenarioHead) -> tuple[SideSpec, SideSpec]:
    axis, soviet = head.sides.axis, head.sides.soviet
    return (
        SideSpec("axis", axis.name, axis.short, dict(axis.names)),
        SideSpec("soviet", soviet.name, soviet.short, dict(soviet.names)),
    )


def _parameters(rules: Table, raw: Raw) -> dict[str, Parameter]:
    found = {}
    for key, checked in rules.items():
        data, prior = checked.data, raw.priors.get(key)
        found[key] = Parameter(
            address=key,
            value=data.value,
            low=data.low,
            high=data.high,
            unit=data.unit,
            source="" if _overrides_without_source(checked) else data.src,
            grade=data.grade or "estimate",
            note=data.note,
            where=checked.row.changed.get("value", checked.row.spot).where,
            least=prior.least if prior else None,
            most=prior.most if prior else None,
            ground=data.ground,
            not_above=raw.bounds.get(key, ""),
        )
    return found


def _overrides_without_source(checked: Checked) -> bool:
    """True when a scenario gives a parameter another value but no source: the old value's source says nothing of it."""
    value, source = checked.row.changed.get("value"), checked.row.spots.get("src")
    if value is None or not value.text.file.endswith("scenario.toml"):
        return False
    return source is None or source.text.file != value.text.file


def _standing(setting: Setting, table: str, kind: type) -> list[dict[str, Any]]:
    """The values of rows that must stand somewhere, with place and cell."""
    found = []
    for checked in setting.tables[table].values():
        here = setting.needed_place(checked)
        if here is not None:
            place = checked.data.place or here.text or f"{here.lat:.2f} {here.lon:.2f}"
            found.append(shared(checked, kind) | {"cell": here.cell, "place": place} | _wanted(setting, checked, table))
    return found


def _shipping(setting: Setting) -> tuple[ShippingSpec, ...]:
    """What the sides' ships can carry, and where they come from: a hex of the sea, or a port on it."""
    theatre, found = setting.theatre, []
    for checked in setting.tables["shipping"].values():
        data, here = checked.data, setting.needed_place(checked)
        if data.until is not None and data.from_ is not None and data.until <= data.from_:
            setting.complain(checked.at("until"), "a time after `from`", shown(data.until.isoformat()), code="date/order")
        if here is None:
            continue
        if theatre.kind[here.cell] != HexKind.SEA and not theatre.sea_coast[here.cell]:
            inland = f"{here.text or 'a place'} inland at {theatre.grid.text(here.cell)}"
            setting.complain(checked.at("place"), "a home port or a hex of the sea", inland, code="shipping/inland")
        values = shared(checked, ShippingSpec) | {
            "cell": here.cell,
            "place": data.place or f"{here.lat:.2f} {here.lon:.2f}",
            "loss": -1.0 if data.loss is None else data.loss,
            "from_min": setting.minute(data.from_, 0),
            "until_min": setting.minute(data.until, -1),
        }
        found.append(ShippingSpec(**values))
    return tuple(found)


def _wanted(setting: Setting, checked: Checked, table: str) -> dict[str, Any]:
    """When an objective is to be held, and whether it was in history."""
    if table != "objectives":
        return {}
    by = checked.data.by
    known = {None: "", True: "yes", False: "no"}[checked.data.in_history]
    return {"by_min": -1 if by is None else max(0, setting.minute(by, 0)), "in_history": known}


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
