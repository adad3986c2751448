"""The sea of the Baltic theatre: ways from the Reich to each port, straits, ice, and the islands of Moonsund fought for."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from engine.core.paths import FAR
from engine.files.build import TEST_SOURCE, build_scenario, formation_of, sample_kinds
from engine.files.scenario import theatre_named
from engine.model.codes import OrderKind
from engine.model.facts import WeatherDay
from engine.model.forces import AssetSpec, HeadquartersSpec
from engine.model.orders import Order
from engine.model.scenario import Scenario, ShippingSpec
from engine.rules import embarking, sea_ways
from engine.run.session import Session

DAY = 1440
BALTIC = theatre_named("baltic")
REICH = BALTIC.cell_at(54.80, 19.60)


def cell(name: str) -> int:
    place = BALTIC.find_place(name)
    assert place is not None
    return place.cell


def islands() -> np.ndarray[Any, Any]:
    """Shape (hexes,): the Moonsund islands."""
    lat, lon = BALTIC.lat_e6 / 1e6, BALTIC.lon_e6 / 1e6
    found: np.ndarray[Any, Any] = (lat > 57.85) & (lat < 59.2) & (lon > 21.5) & (lon < 23.45)
    found[[cell(name) for name in ("Virtsu", "Rohuküla", "Haapsalu")]] = False
    return found


def moonsund(
    units: dict[str, tuple[str, str, str]], craft: dict[str, tuple[str, str]], *, start: date = date(1944, 9, 29),
    days: int = 8, sea: int = 2,
) -> Session:  # fmt: skip
    """Formations by id: side, kind, place; craft by id: side, station. The axis side holds islands and Courland."""
    lat = BALTIC.lat_e6 / 1e6
    owner = np.where(islands() | (lat < 57.6), 0, 1)
    kinds = sample_kinds()
    staffs = [
        HeadquartersSpec(id=f"{side}_hq", side=side, name=side, echelon="corps", parent="", cell=cell(place), src=TEST_SOURCE)
        for side, place in (("axis", "Ventspils"), ("soviet", "Lihula"))
    ]
    fleet = [
        AssetSpec(id=key, hq=f"{side}_hq", name=key, side=side, kind="landing_craft", men=2000, lifts_day=2, range_km=60.0,
                  cell=cell(place), src=TEST_SOURCE)
        for key, (side, place) in craft.items()
    ]  # fmt: skip
    scenario: Scenario = build_scenario(
        BALTIC, owner, headquarters=staffs, assets=fleet, start=start, days=days,
        formations=[
            formation_of(kinds[kind], key, side, f"{side}_hq", cell(place)) for key, (side, kind, place) in units.items()
        ],
        shipping=[ShippingSpec("axis_ships", "axis", "Reich", REICH, men_day=5000, tons_day=5000, loss=0.0, src=TEST_SOURCE)],
        weather=[WeatherDay(day, "all", "clear", "dry", sea=sea, src=TEST_SOURCE) for day in range(days)],
        sets={"switch.command_delay": 0, "naval.sea_spread": 0},
    )  # fmt: skip
    return Session(scenario, 1)


@pytest.fixture(scope="module")
def peace() -> Session:
    return moonsund({"a": ("axis", "infantry", "Kuressaare")}, {})


@pytest.mark.parametrize(
    ("port", "least", "most"),
    [("Memel", 100, 220), ("Liepāja", 190, 330), ("Ventspils", 290, 450), ("Riga", 480, 800), ("Tallinn", 560, 900),
     ("Kuressaare", 380, 700), ("Pärnu", 450, 900)],
)  # fmt: skip
def test_the_way_from_the_reich_is_as_long_as_the_lanes(peace: Session, port: str, least: float, most: float) -> None:
    way = sea_ways.from_home(peace.world, 0, 0)
    cost = sea_ways.to_roads(peace.world.statics, way, cell(port))
    assert cost < FAR
    assert least <= sea_ways.kilometres(peace.world.statics, cost) <= most


def test_every_port_of_the_theatre_on_the_sea_can_be_reached_in_summer(peace: Session) -> None:
    way = sea_ways.from_home(peace.world, 0, 0, guns=False)
    lost = [
        p.name for p in BALTIC.places
        if p.cell in sea_ways.ports(peace.world.statics) and sea_ways.to_roads(peace.world.statics, way, p.cell) >= FAR
    ]  # fmt: skip
    assert lost == ["Viborg"], "its bay is closed by islands on hexes of 6 km"


def test_the_gulf_of_riga_freezes_and_courlands_ports_stay_open() -> None:
    winter = moonsund({"a": ("axis", "infantry", "Kuressaare")}, {}, start=date(1945, 2, 1))
    way = sea_ways.from_home(winter.world, 0, 0)
    names = ("Liepāja", "Ventspils", "Riga", "Pärnu")
    reached = [sea_ways.to_roads(winter.world.statics, way, cell(name)) < FAR for name in names]
    assert reached == [True, True, False, False]


def test_ships_pass_the_suur_strait_along_its_hexside(peace: Session) -> None:
    costs = sea_ways.lanes(peace.world.statics)
    near, virtsu, kuivastu = BALTIC.grid.neighbours, cell("Virtsu"), cell("Kuivastu")
    assert kuivastu in near[virtsu]
    assert (costs[virtsu] > 0).sum() + (costs[kuivastu] > 0).sum() >= 2
    land = np.flatnonzero((BALTIC.kind == 1) & (costs > 0).any(axis=1))
    straits = {c for line in BALTIC.ferries for c in line.cells}
    assert set(land.tolist()) <= straits | set(near[sorted(straits)].ravel().tolist()), "no ship crosses dry land elsewhere"


def test_muhu_is_taken_from_virtsu_and_the_causeway_leads_on_to_saaremaa() -> None:
    s = moonsund({"s": ("soviet", "rifle", "Virtsu"), "a": ("axis", "infantry", "Kuressaare")},
                 {"boats": ("soviet", "Virtsu")})  # fmt: skip
    assert s.submit("soviet", Order(OrderKind.LAND, "s", cell("Kuivastu"), by_human=True)) == [None]
    s.advance(DAY)
    row = s.world.statics.formation_rows["s"]
    assert int(s.world.formations.hex[row]) == cell("Kuivastu")
    assert int(s.world.hexes.owner[cell("Kuivastu")]) == 1
    assert s.submit("soviet", Order(OrderKind.MARCH, "s", cell("Orissaare"), by_human=True)) == [None]
    s.advance(4 * DAY)
    assert int(s.world.formations.hex[row]) == cell("Orissaare")


def test_hiiumaa_is_reached_from_rohukula_over_open_water() -> None:
    s = moonsund({"s": ("soviet", "rifle", "Rohuküla"), "a": ("axis", "infantry", "Kuressaare")},
                 {"boats": ("soviet", "Rohuküla")})  # fmt: skip
    assert s.submit("soviet", Order(OrderKind.LAND, "s", cell("Heltermaa"), by_human=True)) == [None]
    s.advance(DAY)
    assert int(s.world.formations.hex[s.world.statics.formation_rows["s"]]) == cell("Heltermaa")


def test_sworbe_is_evacuated_by_ferry_barges_to_ventspils() -> None:
    s = moonsund({"a": ("axis", "infantry", "Mõntu")}, {"barges": ("axis", "Mõntu")}, start=date(1944, 11, 20))
    assert embarking.quay_men(s.world, 0, cell("Mõntu"), 0) > 4000, "4,694 men in one night"
    assert s.submit("axis", Order(OrderKind.EMBARK, "a", cell("Ventspils"), by_human=True)) == [None]
    s.advance(5 * DAY)
    assert int(s.world.formations.hex[s.world.statics.formation_rows["a"]]) == cell("Ventspils")
