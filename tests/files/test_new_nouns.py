"""Fortress places, dummies and ice in scenario files: what is read, and what is wrong with it in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.files.analysis import analyse
from engine.files.json_form import from_json, to_json
from tests.files.little_war import little_theatre

HERE = "scenarios/little"
FORTRESS = """
[[event]]
id = "festung"
title = "Riga is a fortress"
side = "axis"
at = 1944-08-16
src = "book"
[[event.effect]]
kind = "fortress"
side = "axis"
place = "Riga"
ring = 2
"""
DECREE = """
[[directive]]
id = "a_fortress"
hq = "g_hq_1"
kind = "fortress"
objective = "Riga"
ring = 1
start = 1944-08-16
src = "book"
[[directive]]
id = "no_fortress"
hq = "g_hq_1"
kind = "lift_fortress"
objective = "Riga"
start = 1944-08-17
src = "book"
"""


def test_an_event_and_a_directive_declare_a_fortress(desk):
    desk.add("events.toml", FORTRESS)
    desk.add("plan_axis.toml", DECREE)
    scenario = desk.load()
    (effect,) = next(e for e in scenario.events if e.id == "festung").effects
    assert (effect.kind, effect.side, effect.cell, effect.ring, effect.open) == ("fortress", "axis", 80, 2, True)
    told = {d.id: d for d in scenario.directives}
    assert (told["a_fortress"].kind, told["a_fortress"].ring, told["a_fortress"].objective[0].cell) == ("fortress", 1, 80)
    assert told["no_fortress"].kind == "lift_fortress"
    again = from_json(to_json(scenario), little_theatre())
    assert again.events == scenario.events
    assert again.directives == scenario.directives


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('place = "Riga"\nring', 'ring', "expected place of effect fortress, found nothing"),
        ('kind = "fortress"\nside = "axis"\n', 'kind = "fortress"\n', "expected side of effect fortress, found nothing"),
        ('side = "axis"\nplace', 'side = "german"\nplace', "expected 'axis' or 'soviet', found 'german'"),
        ("ring = 2", "ring = 4", "expected a whole number from 0 to 3, found 4"),
        ("ring = 2", 'subject = "g_id_1"', "expected a key of fortress: kind, open, place, ring, side, found 'subject'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_fortress_is_said(desk, old, new, expected):
    desk.add("events.toml", FORTRESS.replace(old, new))
    found = desk.faults()
    assert any(expected in fault for fault in found), found
    assert not any("expected ''" in fault for fault in found), found


def test_a_ring_without_a_fortress_and_a_fortress_outside_the_window_are_odd(desk):
    desk.add("events.toml", FORTRESS)
    scenario = desk.add("plan_axis.toml", DECREE.replace('kind = "fortress"', 'kind = "lift_fortress"', 1)).load()
    odd = [str(fault) for fault in analyse(scenario)]
    assert any("expected ring in a directive of kind fortress, found lift_fortress in a_fortress" in said for said in odd)
    assert not any("inside the window" in said for said in odd)
    window = scenario.window.copy()
    window[80] = False
    odd = [str(fault) for fault in analyse(replace(scenario, window=window))]
    for name in ("festung", "a_fortress", "no_fortress"):
        assert any(f"expected a fortress inside the window, found 'Riga' in {name}" in said for said in odd), name


def test_dummies_are_read_and_one_place_is_enough(desk):
    scenario = desk.edit("plan_axis.toml", "corridor_km = 10", 'corridor_km = 10\ndummy = "Riga"').load()
    assert [point.cell for point in scenario.directives[0].dummy] == [80]
    two = desk.edit("plan_axis.toml", 'dummy = "Riga"', 'dummy = ["Riga", "Auce"]').load()
    assert any("one place for dummies" in str(fault) for fault in analyse(two))


def test_ice_on_record_is_read_and_blank_means_not_on_record(desk):
    path = desk.folder / "weather.csv"
    first, *rows = path.read_text(encoding="utf-8").splitlines()
    given = [f"{row},{25 if n == 0 else ''}" for n, row in enumerate(rows)]
    path.write_text("\n".join([f"{first},ice_cm", *given]) + "\n", encoding="utf-8")
    ice = [day.ice_cm for day in sorted(desk.load().weather, key=lambda day: day.day)]
    assert ice[0] == 25.0
    assert set(ice[1:]) == {-1.0}
