"""Ships, landing craft and the directives that need them, as they are written in files."""

from __future__ import annotations

import pytest

from engine.files.directive_check import directive_faults
from engine.files.drawn import drawn_scenario
from engine.files.json_form import from_json, to_json
from tests.files.little_war import Desk

SHIPS = """
[[shipping]]
side = "axis"
place = "open sea"
lat = 57.05
lon = 27.42
men_day = 4000
men_day_low = 2000
men_day_high = 5000
tons_day = 900
loss = 0.01
from = 1944-08-16
src = "book"
grade = "estimate"
"""
CRAFT = "g_craft,g_hq_0,Ferry barges,landing_craft,,,,,book,estimate,900,2,30\n"
EVACUATE = """
[[directive]]
id = "out"
hq = "g_hq_1"
kind = "evacuate"
axis = ["Libau"]
reserve = ["g_pd_2"]
start = 1944-08-17
src = "book"
grade = "estimate"
"""
LAND = """
[[directive]]
id = "ashore"
hq = "g_hq_1"
kind = "land"
axis = ["Libau", "57.10 27.33"]
assault = ["g_pd_2"]
start = 1944-08-17
src = "book"
grade = "estimate"
"""


def with_ships(desk: Desk) -> Desk:
    desk.add("scenario.toml", SHIPS)
    return desk


def with_craft(desk: Desk) -> Desk:
    lines = (desk.folder / "assets.csv").read_text().splitlines()
    wide = [lines[0] + ",men,lifts_day,range_km", *(line + ",,," for line in lines[1:])]
    return desk.write("assets.csv", "\n".join(wide) + "\n" + CRAFT)


def test_ships_and_their_home_at_sea_are_read(desk):
    scenario = with_ships(desk).load()
    (ships,) = scenario.shipping
    assert (ships.id, ships.side, ships.men_day, ships.tons_day) == ("axis_open_sea", "axis", 4000, 900)
    assert (ships.loss, ships.from_min, ships.until_min) == (0.01, 1440, -1)
    assert scenario.theatre.kind[ships.cell] == 0
    assert desk.load(sets=["shipping.axis_open_sea.men_day=3000"]).shipping[0].men_day == 3000
    again = from_json(to_json(scenario), scenario.theatre)
    assert (again.shipping, again.digest) == (scenario.shipping, scenario.digest)


def test_a_home_inland_is_refused(desk):
    desk.add("scenario.toml", '\n[[shipping]]\nside = "axis"\nplace = "Kelme"\nmen_day = 10\nsrc = "book"\n')
    (fault,) = [f for f in desk.faults() if "home port" in f]
    assert fault.startswith("little/scenario.toml:") or "scenario.toml:" in fault
    assert "'Kelme' inland" in fault or "Kelme inland" in fault


def test_landing_craft_say_how_many_they_lift_and_how_often(desk):
    craft = next(a for a in with_craft(desk).load().assets if a.kind == "landing_craft")
    assert (craft.men, craft.lifts_day, craft.range_km, craft.side) == (900, 2, 30.0, "axis")
    desk.edit("assets.csv", "estimate,900,2,30", "estimate,,2,30")
    assert any("men carried in one lift, found g_craft without" in f for f in desk.faults())


def test_an_evacuation_needs_a_port_and_ships_and_may_name_no_objective(desk):
    with_ships(desk).add("plan_axis.toml", EVACUATE)
    assert desk.faults() == []
    out = next(d for d in desk.load().directives if d.id == "out")
    assert (out.objective, [p.text for p in out.axis], out.reserve.ids) == ((), ["Libau"], ("g_pd_2",))
    desk.edit("plan_axis.toml", 'axis = ["Libau"]', 'axis = ["Auce"]')
    assert any("a port (or a coast, with landing craft), found 'Auce' in out" in f for f in desk.faults())


def test_without_ships_an_evacuation_is_odd(desk):
    desk.add("plan_axis.toml", EVACUATE)
    assert any("a [[shipping]] of axis with men_day, found none for out" in f for f in desk.faults())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('axis = ["Libau", "57.10 27.33"]', 'axis = ["Libau"]', "an axis from where troops embark to the beach"),
        ('"57.10 27.33"]', '"Kelme"]', "a hex on the sea, found 'Kelme' in ashore"),
        ('assault = ["g_pd_2"]\nstart = 1944-08-17\n', "start = 1944-08-17\n", "a landing force in assault"),
    ],
)
def test_what_is_odd_about_a_landing_is_told(desk, old: str, new: str, said: str):
    with_craft(desk).add("plan_axis.toml", LAND)
    assert desk.faults() == []
    desk.edit("plan_axis.toml", old, new)
    assert any(said in fault for fault in desk.faults())


def test_a_landing_without_craft_is_odd(desk):
    desk.add("plan_axis.toml", LAND)
    assert any("landing_craft of axis in assets.csv" in f for f in desk.faults())


ISLAND = """
    .A.~~~:1:
    ...~~~:::
"""


def attack_on_the_island(trigger: str) -> list[str]:
    land = {
        "id": "ashore", "hq": "axis_hq", "kind": "land", "axis": [(0, 2), (0, 6)], "objective": [(0, 6)], "assault": ["a1"]
    }  # fmt: skip
    on = {"id": "on", "hq": "axis_hq", "kind": "attack", "axis": [(0, 6), "1"], "objective": ["1"], "trigger": trigger}
    return [fault.code for fault in directive_faults(drawn_scenario(ISLAND, directives=[land, on]))]


def test_an_attack_that_follows_a_landing_starts_from_the_beach():
    assert "directive/unreachable" not in attack_on_the_island("after:ashore")


def test_alarm_without_the_landing_the_island_cannot_be_reached():
    assert "directive/unreachable" in attack_on_the_island("")
