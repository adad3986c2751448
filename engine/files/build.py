"""A scenario from Python objects: the door for drawings, generated scenarios and tests.

Files are checked with care elsewhere; here the caller is trusted, and only what would make no sense at all
raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from engine.files.common import common_parameters, common_sources, common_terrain
from engine.model.address import with_values
from engine.model.citation import Parameter, Value
from engine.model.codes import AXIS, SIDES, SOVIET, HexKind
from engine.model.directive import Directive
from engine.model.facts import HistoryFact, WeatherDay
from engine.model.forces import AssetSpec, FormationSpec, HeadquartersSpec, KindSpec, ReinforcementSpec
from engine.model.scenario import NOBODY, Objective, Scenario, ShippingSpec, SideSpec, SupplySource
from engine.model.theatre import Theatre

TEST_SOURCE = "deep_battle"
DEFAULT_SIDES = (SideSpec("axis", "Axis", "Axis"), SideSpec("soviet", "Red Army", "Soviet"))


def sample_kinds() -> Mapping[str, KindSpec]:
    """Six kinds for drawings and generated scenarios: round figures of mid 1944, not the data of any
    formation.
    """
    return {kind.kind: kind for kind in _SAMPLE_KINDS}


def _kind(
    name: str,
    mobility: str,
    share: float,
    cev: float,
    men: int,
    afv: int,
    guns: int,
    trains: int,
    ammo: tuple[float, float, float],
    fuel: tuple[float, float],
    sidc: str,
    zoc: float = 1.0,
) -> KindSpec:
    return KindSpec(
        kind=name,
        name=name.replace("_", " "),
        mobility=mobility,
        combat_share=share,
        cev=cev,
        men=men,
        afv=afv,
        guns=guns,
        trains=trains,
        ammo_static_t=ammo[0],
        ammo_defence_t=ammo[1],
        ammo_attack_t=ammo[2],
        fuel_idle_t=fuel[0],
        fuel_100km_t=fuel[1],
        food_kg_man=3.0,
        zoc_factor=zoc,
        sidc_function=sidc,
        src=TEST_SOURCE,
    )


_SAMPLE_KINDS = (
    _kind("infantry", "foot", 0.45, 1.15, 9500, 8, 50, 35, (10, 90, 220), (2, 10), "UCI---"),
    _kind("panzer", "track", 0.40, 1.45, 12000, 80, 70, 85, (20, 160, 300), (15, 130), "UCA---"),
    _kind("rifle", "foot", 0.60, 0.85, 5500, 0, 80, 25, (10, 60, 220), (2, 8), "UCI---"),
    _kind("guards_rifle", "foot", 0.60, 1.0, 6500, 0, 95, 25, (10, 70, 250), (2, 8), "UCI---"),
    _kind("tank_corps", "track", 0.43, 1.1, 10500, 200, 90, 70, (15, 120, 250), (20, 160), "UCA---"),
    _kind("tank_brigade", "track", 0.54, 1.0, 1300, 55, 4, 12, (3, 20, 45), (5, 40), "UCA---", 0.5),
)


def build_scenario(
    theatre: Theatre,
    owner: npt.ArrayLike,
    *,
    formations: Iterable[FormationSpec],
    headquarters: Iterable[HeadquartersSpec],
    directives: Iterable[Directive] = (),
    assets: Iterable[AssetSpec] = (),
    reinforcements: Iterable[ReinforcementSpec] = (),
    supply_sources: Iterable[SupplySource] = (),
    shipping: Iterable[ShippingSpec] = (),
    objectives: Iterable[Objective] = (),
    weather: Sequence[WeatherDay] = (),
    history: Iterable[HistoryFact] = (),
    kinds: Mapping[str, KindSpec] | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    sets: Mapping[str, Value] | None = None,
    window: npt.ArrayLike | None = None,
    sides: tuple[SideSpec, SideSpec] = DEFAULT_SIDES,
    id: str = "built",
    title: str = "",
    start: date = date(1944, 8, 15),
    days: int = 10,
    drawing: str = "",
) -> Scenario:
    """A scenario on `theatre` whose hexes belong to `owner` (side numbers; water is made nobody's).

    Rules and terrain come from scenarios/common; `sets` changes any address afterwards, as --set does.
    Weather defaults to clear and dry, with 15 degrees.
    """
    mask = np.ones(theatre.grid.size, bool) if window is None else np.array(window, bool)
    held = np.where((theatre.kind == HexKind.LAND) & mask, np.array(owner, np.int8), NOBODY).astype(np.int8)
    if not weather:
        weather = [WeatherDay(day, "all", "clear", "dry", src=TEST_SOURCE) for day in range(days)]
    for array in (mask, held):
        array.flags.writeable = False
    scenario = Scenario(
        id=id,
        title=title or id,
        start=start,
        end=start + timedelta(days=days),
        theatre=theatre,
        sides=sides,
        window=mask,
        owner=held,
        kinds=dict(kinds) if kinds is not None else dict(sample_kinds()),
        terrain=common_terrain(),
        parameters=dict(parameters if parameters is not None else common_parameters()),
        formations=tuple(sorted(formations, key=lambda row: row.id)),
        headquarters=tuple(sorted(headquarters, key=lambda row: row.id)),
        assets=tuple(sorted(assets, key=lambda row: row.id)),
        reinforcements=tuple(sorted(reinforcements, key=lambda row: (row.at_min, row.id))),
        directives=tuple(sorted(directives, key=lambda row: row.id)),
        supply_sources=tuple(sorted(supply_sources, key=lambda row: row.id)),
        shipping=tuple(sorted(shipping, key=lambda row: row.id)),
        objectives=tuple(sorted(objectives, key=lambda row: row.id)),
        weather=tuple(sorted(weather, key=lambda row: (row.day, row.zone))),
        history=tuple(sorted(history, key=lambda row: row.id)),
        sources=dict(common_sources()),
        drawing=drawing,
    )
    return with_values(scenario, sets) if sets else scenario


def formation_of(
    kind: KindSpec, id: str, side: str, parent: str, cell: int, *, strength: float = 1.0, **other: object
) -> FormationSpec:
    """A formation with the strength of its kind, times `strength`; `other` are columns of FormationSpec."""
    values: dict[str, object] = {
        "name": id,
        "nation": "DE" if side == SIDES[AXIS] else "SU",
        "echelon": "brigade" if kind.zoc_factor < 1 else "division",
        "men": round(kind.men * strength),
        "afv": round(kind.afv * strength),
        "guns": round(kind.guns * strength),
        "quality": kind.cev,
        "src": TEST_SOURCE,
        **other,
    }
    return FormationSpec(id=id, side=side, parent=parent, cell=cell, kind=kind.kind, **values)  # type: ignore[arg-type]


__all__ = ["AXIS", "DEFAULT_SIDES", "SOVIET", "build_scenario", "formation_of", "sample_kinds"]
