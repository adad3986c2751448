"""A scenario folder becomes the frozen scenario that it says."""

from __future__ import annotations

from datetime import date

import pytest

from engine.files.scenario import check_scenario
from engine.model.address import NoSuchAddress, addresses, datum, uncertain, with_values
from engine.model.codes import AXIS, SOVIET


def test_a_clean_scenario_has_no_faults(desk):
    assert desk.faults() == []


def test_identity_kind_and_own_columns_make_a_formation(desk):
    scenario = desk.load()
    first = next(row for row in scenario.formations if row.id == "g_id_1")
    assert (first.name, first.name_de, first.side, first.kind) == (
        "1st Infantry Division",
        "1. Infanterie-Division",
        "axis",
        "infantry",
    )
    assert (first.men, first.afv, first.guns, first.quality) == (8000, 10, 50, 1.15)
    assert first.where == "scenarios/little/forces.csv:3"


def test_a_place_with_bearing_and_distance_lies_in_that_direction(desk):
    scenario = desk.load()
    first = next(row for row in scenario.formations if row.id == "g_id_1")
    auce = scenario.theatre.find_place("Autz")
    assert first.cell == scenario.theatre.grid.neighbours[auce.cell, 0]


def test_times_are_minutes_from_the_start(desk):
    scenario = desk.load()
    late = next(row for row in scenario.formations if row.id == "g_pd_2")
    assert late.arrives_min == 30 * 60
    assert (scenario.start, scenario.end, scenario.days, scenario.end_min) == (
        date(1944, 8, 15),
        date(1944, 8, 20),
        5,
        7200,
    )
    assert scenario.directives[0].start_min == 28 * 60 + 30
    assert [row.at_min for row in scenario.reinforcements] == [2880, 4920]
    air = next(row for row in scenario.assets if row.kind == "air")
    assert (air.from_min, air.until_min, air.side) == (1440, 4 * 1440 - 720, "soviet")


def test_every_land_hex_of_the_window_has_an_owner_and_no_other(desk):
    scenario = desk.load()
    land = scenario.theatre.kind == 1
    assert (scenario.owner[land] >= 0).all()
    assert (scenario.owner[~land] == -1).all()
    assert scenario.owner[scenario.theatre.find_place("Riga").cell] == AXIS
    assert scenario.owner[scenario.theatre.find_place("Siauliai").cell] == SOVIET


def test_a_window_is_a_mask_and_renumbers_nothing(desk):
    whole = desk.load()
    desk.edit(
        "scenario.toml", "[sides.axis]", "[window]\nsouth = 56.5\nwest = 26.4\nnorth = 57.4\neast = 27.4\n[sides.axis]"
    )
    part = desk.load()
    assert 0 < part.window.sum() < whole.window.sum()
    assert [row.cell for row in part.formations] == [row.cell for row in whole.formations]
    assert (part.owner[~part.window] == -1).all()


def test_the_objective_of_an_attack_is_the_end_of_its_axis(desk):
    order = desk.load().directives[0]
    assert [point.text for point in order.objective] == ["Siauliai"]


def test_an_arrive_row_puts_date_and_place_into_the_formation(desk):
    desk.add("reinforcements.csv", ",arrive,s_rd_3,1944-08-16T12:00,s_hq_1,,,,book,estimate\n")
    scenario = desk.load()
    late = next(row for row in scenario.formations if row.id == "s_rd_3")
    assert late.arrives_min == 36 * 60
    assert [row.kind for row in scenario.reinforcements] == ["replacements", "commander"]


def test_the_order_of_lines_and_comments_decides_nothing(desk):
    before = desk.load()
    lines = (desk.folder / "forces.csv").read_text().splitlines()
    desk.write("forces.csv", "\n".join([lines[1], "# moved", *reversed(lines[2:])]) + "\r\n")
    after = desk.load()
    assert after.digest == before.digest
    assert after.formations[0].where != before.formations[0].where


def test_another_number_is_another_digest(desk):
    before = desk.load().digest
    desk.edit("forces.csv", "5000", "5001")
    assert desk.load().digest != before


def test_every_number_has_one_address_with_bounds_source_and_place(desk):
    scenario = desk.load()
    listed = list(addresses(scenario))
    assert len(listed) == len(set(listed))
    men = datum(scenario, "forces.g_id_1.men")
    assert (men.value, men.low, men.high, men.source, men.where) == (
        8000,
        7000.0,
        9000.0,
        "book",
        "scenarios/little/forces.csv:3",
    )
    assert datum(scenario, "supply_sources.soviet_rail.capacity_t").high == 2500.0
    assert "forces.g_id_1.men" in [p.address for p in uncertain(scenario)]


def test_a_changed_copy_keeps_everything_else(desk):
    scenario = desk.load()
    changed = with_values(
        scenario,
        {
            "weather.1944-08-16_all.temp_c": 3,
            "kinds.rifle.cev": 0.9,
            "forces.g_id_1.men": 1,
            "forces.g_id_1.afv": 2,
            "combat.tau_days": 2,
            "history.losses.low": 1,
        },
    )
    assert datum(changed, "weather.1944-08-16_all.temp_c").value == 3.0
    assert [f for f, g in zip(changed.formations, scenario.formations, strict=True) if f != g] == [
        changed.formations[0]
    ]
    assert (datum(changed, "forces.g_id_1.men").low, datum(changed, "forces.g_id_1.men").where) == (None, "--set")
    assert with_values(changed, {}) == changed
    with pytest.raises(NoSuchAddress) as caught:
        with_values(scenario, {"forces.g_id_1.mem": 3})
    assert caught.value.nearest[0] == "forces.g_id_1.men"
    with pytest.raises(ValueError):
        with_values(scenario, {"forces.g_id_1.men": "few"})


def test_a_scenario_overrides_rules_and_says_where(desk):
    rule = desk.load().parameter("combat.lethality_axis")
    assert (rule.value, rule.low, rule.where) == (1.4, None, "scenarios/little/scenario.toml:46")
    assert desk.load().parameter("combat.tau_days").where.startswith("scenarios/common/rules.toml:")


def test_a_scenario_can_start_from_another(desk):
    desk.write("second/scenario.toml", 'format = 1\nid = "second"\ntitle = "Later"\nextends = "little"\n')
    desk.write("second/forces.csv", "id,men\ns_rd_3,3000\n")
    loaded = check_scenario(desk.root / "second", theatre=desk.load().theatre)
    assert [str(fault) for fault in loaded.faults] == []
    men = datum(loaded.scenario, "forces.s_rd_3.men")
    assert (men.value, men.where) == (3000, "scenarios/second/forces.csv:2")
    assert loaded.scenario.title == "Later"
    assert len(loaded.scenario.formations) == 3


def test_the_arrays_of_a_scenario_cannot_be_written(desk):
    scenario = desk.load()
    for array in (scenario.window, scenario.owner):
        assert not array.flags.writeable
