"""What every scenario's data keep: counts as its notes say, sources, a whole command tree, directives without gaps, towns."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from engine.files.common import SCENARIOS
from engine.files.scenario import scenario_names
from engine.files.stored import load_scenario
from engine.model.citation import GRADES
from engine.model.codes import AXIS, SOVIET, HexKind
from engine.model.scenario import SIDES, Scenario

MORNING = 360
"""A scenario may open with an attack at dawn (minutes)."""


@pytest.fixture(scope="module", params=scenario_names())
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load_scenario(request.param)


def cited(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """(what, source id, grade) of everything that carries a number."""
    tables = (
        scenario.formations, scenario.headquarters, scenario.assets, scenario.reinforcements,
        scenario.directives, scenario.supply_sources, scenario.objectives, scenario.history,
        tuple(scenario.kinds.values()),
    )  # fmt: skip
    for row in (row for table in tables for row in table):
        name = str(getattr(row, "id", getattr(row, "kind", "")))
        for source in row.src.split(";"):
            yield name, source, row.grade
    for day in scenario.weather:
        for source in day.src.split(";"):
            yield f"weather of day {day.day}", source, day.grade
    for fact in scenario.history:
        for rival in fact.rivals:
            for source in rival.src.split(";"):
                yield f"rival of {fact.id}", source, rival.grade


def test_every_land_hex_has_an_owner(scenario: Scenario) -> None:
    land = (scenario.theatre.kind == HexKind.LAND) & scenario.window
    assert np.isin(scenario.owner[land], (AXIS, SOVIET)).all()


def test_rows_of_each_kind_are_as_many_as_the_notes_say(scenario: Scenario) -> None:
    """The table 'Rows' of notes.md is kept by this test."""
    notes = (SCENARIOS / scenario.id / "notes.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| ([a-z ]+) \| (\d+) \|", notes, re.M))
    counts = {
        "formations": len(scenario.formations),
        "headquarters": len(scenario.headquarters),
        "assets": len(scenario.assets),
        "reinforcements": sum("commanders.csv" not in row.where for row in scenario.reinforcements),
        "directives": len(scenario.directives),
        "facts": len(scenario.history),
        "supply sources": len(scenario.supply_sources),
        "objectives": len(scenario.objectives),
    }
    assert {name: int(number) for name, number in said.items() if name in counts} == counts


def test_every_number_has_a_source_that_exists_and_a_grade(scenario: Scenario) -> None:
    wrong = [
        (what, source, grade)
        for what, source, grade in cited(scenario)
        if source not in scenario.sources or grade not in GRADES
    ]
    assert not wrong


def test_a_rival_of_who_held_a_place_says_something_else(scenario: Scenario) -> None:
    for fact in scenario.history:
        for rival in fact.rivals if fact.kind == "control" else ():
            other = ((rival.side or fact.side), (fact.from_min if rival.from_min is None else rival.from_min),
                     (fact.to_min if rival.to_min is None else rival.to_min))  # fmt: skip
            assert other != (fact.side, fact.from_min, fact.to_min), f"{fact.id}: {rival.note}"


def test_sources_named_in_notes_of_rows_exist(scenario: Scenario) -> None:
    tables = (scenario.formations, scenario.assets, scenario.directives, scenario.history)
    named = {
        name
        for table in tables
        for row in table
        for words in re.findall(r"\[([a-z][a-z0-9_, ]*)\]", row.note)
        for name in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b|^[a-z]+", words)
    }
    assert named <= set(scenario.sources)


def test_the_command_tree_is_complete_and_has_no_cycles(scenario: Scenario) -> None:
    staffs = {h.id: h for h in scenario.headquarters}
    for formation in scenario.formations:
        assert staffs[formation.parent].side == formation.side
    for staff in scenario.headquarters:
        way = [staff.id]
        while staffs[way[-1]].parent:
            way.append(staffs[way[-1]].parent)
            assert len(way) == len(set(way)), way
        assert staffs[way[-1]].echelon in ("front", "army_group"), way
        if staff.echelon == "corps":
            assert staffs[staff.parent].echelon in ("army", "front"), staff.id
        if staff.echelon == "army":
            assert staffs[staff.parent].echelon in ("front", "army_group"), staff.id
    leaves = {h.parent for h in scenario.headquarters} | {f.parent for f in scenario.formations}
    leaves |= {change.hq for change in scenario.reinforcements}
    assert set(staffs) <= leaves, "a headquarters without subordinates"


def test_every_corps_with_troops_has_a_directive_at_every_hour(scenario: Scenario) -> None:
    """Its own, or one of a headquarters that it stands under at some time."""
    above: dict[str, set[str]] = {h.id: {h.parent} for h in scenario.headquarters}
    for change in scenario.reinforcements:
        if change.kind == "attach" and change.subject in above:
            above[change.subject].add(change.hq)
    for staff in scenario.headquarters:
        troops = [f.arrives_min for f in scenario.formations if f.parent == staff.id]
        if staff.echelon not in ("corps", "division") or not troops:
            continue
        now = max(MORNING, min(troops))
        for began, ended in spans_of(scenario, {staff.id, *superiors(above, staff.id)}):
            assert began <= now, (staff.id, began)
            now = max(now, ended)
        assert now >= scenario.end_min, staff.id


def spans_of(scenario: Scenario, staffs: set[str]) -> list[tuple[int, int]]:
    """Start and end of the directives of some headquarters that wait for nothing, by start."""
    mine = [d for d in scenario.directives if d.hq in staffs and not d.trigger]
    return sorted((d.start_min, scenario.end_min if d.end_min == -1 else d.end_min) for d in mine)


def superiors(above: dict[str, set[str]], staff: str) -> set[str]:
    """All headquarters above one, at any time."""
    found: set[str] = set()
    front = {staff}
    while front:
        front = {up for one in front for up in above.get(one, ()) if up} - found
        found |= front
    return found


def test_towns_stand_at_the_start_on_the_side_that_history_gives_them(scenario: Scenario) -> None:
    at_start = [f for f in scenario.history if f.kind == "control" and f.from_min == 0]
    assert len(at_start) >= 10
    for fact in at_start:
        for place in fact.places:
            assert SIDES[scenario.owner[place.cell]] == fact.side, (fact.id, place.text)
