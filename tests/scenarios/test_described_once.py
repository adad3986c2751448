"""What several scenarios share they describe alike: a formation is who it is, and a day has one weather."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.files.scenario import scenario_names
from engine.files.stored import load_scenario
from engine.model.facts import WeatherDay
from engine.model.scenario import Scenario


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    return [load_scenario(name) for name in scenario_names()]


def identities(scenario: Scenario, renamed: set[str]) -> dict[str, tuple[object, ...]]:
    """Who somebody is, whatever the day: names (of who never gets a new one), side, kind and symbol by id."""
    found: dict[str, tuple[object, ...]] = {}
    for row in scenario.formations:
        names = () if row.id in renamed else (row.name, row.name_de, row.name_ru)
        found[row.id] = (*names, row.side, row.nation, row.kind, row.echelon, row.sidc)
    for staff in scenario.headquarters:
        names = () if staff.id in renamed else (staff.name, staff.name_de, staff.name_ru)
        found[staff.id] = (*names, staff.side, staff.nation, staff.echelon, staff.sidc)
    for asset in scenario.assets:
        found[asset.id] = (asset.name, asset.kind)
    return found


def weather(scenario: Scenario) -> dict[tuple[date, str], tuple[object, ...]]:
    """What the day was like, by day and zone."""
    return {(scenario.start + timedelta(days=row.day), row.zone): looks(row) for row in scenario.weather}


def looks(row: WeatherDay) -> tuple[object, ...]:
    return (row.sky, row.ground, row.temp_c, row.wind, row.cloud_pct, row.sea, row.ice_cm, row.src)


def test_no_two_scenarios_describe_the_same_id_differently(scenarios: list[Scenario]) -> None:
    renamed = {change.subject for scenario in scenarios for change in scenario.reinforcements if change.kind == "rename"}
    known: dict[str, tuple[str, tuple[object, ...]]] = {}
    wrong = []
    for scenario in scenarios:
        for key, said in identities(scenario, renamed).items():
            first, before = known.setdefault(key, (scenario.id, said))
            if before != said:
                wrong.append((key, first, before, scenario.id, said))
    assert not wrong


def test_no_two_scenarios_tell_of_the_same_day_differently(scenarios: list[Scenario]) -> None:
    known: dict[tuple[date, str], tuple[str, tuple[object, ...]]] = {}
    wrong = []
    for scenario in scenarios:
        for key, said in weather(scenario).items():
            first, before = known.setdefault(key, (scenario.id, said))
            if before != said:
                wrong.append((key, first, before, scenario.id, said))
    assert not wrong


def test_a_day_of_which_one_scenario_tells_is_told_by_all_that_hold_it(scenarios: list[Scenario]) -> None:
    days = {day for scenario in scenarios for day, _ in weather(scenario)}
    for scenario in scenarios:
        mine = {day for day, _ in weather(scenario)}
        held = {day for day in days if scenario.start <= day < scenario.start + timedelta(days=scenario.days)}
        assert mine == held, scenario.id
