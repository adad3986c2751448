"""Watching a run: what it notes is true, and that it watches changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.lab.commanders import commanders
from engine.lab.measures import corridor_km, distance_to_front_km, front_hexes
from engine.lab.outcome import LOSS_MEASURES, Result, Watch, loss_between, measures, pack_ground, unpack_ground
from engine.model.facts import HistoryFact
from engine.model.scenario import Scenario
from engine.run.session import Session
from tests.lab.made_up import DAY, scenario


def session(made: Scenario) -> Session:
    return Session(made, 3, commanders({"axis": "plain", "soviet": "plain"}))


def test_watching_is_free() -> None:
    made = scenario()
    watched, plain = session(made), session(made)
    result = Watch(watched).run(3 * DAY)
    plain.advance(3 * DAY)
    assert result.digest == plain.digest()


def test_looking_twice_at_one_minute_notes_nothing_twice() -> None:
    watch = Watch(session(scenario()))
    watch.look()
    watch.look()
    assert watch.result().series["minute"] == [0]


def test_the_start_of_a_run_is_as_the_scenario_says() -> None:
    made = scenario()
    values = measures(session(made).world, 0)
    assert values["axis.men"] == sum(f.men for f in made.formations if f.side == "axis")
    assert values["axis.men_lost"] == values["soviet.afv_lost"] == 0
    assert values["soviet.hexes"] == int((made.owner == 1).sum())


def test_losses_that_the_record_counts_hold_the_army_troops_who_fell_and_the_sick() -> None:
    fought = session(scenario())
    fought.advance(4 * DAY)
    rules, values = fought.world.statics.rules, measures(fought.world, fought.now)
    for side in ("axis", "soviet"):
        battle, lost = values[f"{side}.men_battle"], values[f"{side}.men_lost"]
        assert int(battle * rules["people.army_troops"]) > 0
        assert values[f"{side}.men_lost_all"] - lost == int(battle * rules["people.army_troops"])
        sick = values[f"{side}.men_lost_with_sick"] - values[f"{side}.men_lost_all"]
        assert sick == int(values[f"{side}.men_sick"] * (1 + rules[f"people.behind_{side}"])) > 0


def test_a_fact_about_control_is_the_share_of_its_time_and_one_beyond_the_end_is_open() -> None:
    made = scenario()
    result = Watch(session(made)).run(2 * DAY)
    assert result.facts["siauliai"] == (1.0 if made.owner[made.theatre.find_place("Šiauliai").cell] == 1 else 0.0)
    assert result.facts["tukums"] is None
    assert result.facts["axis_men"] is None


def test_a_result_survives_its_store() -> None:
    import json

    result = Watch(session(scenario())).run(DAY)
    row = json.loads(json.dumps(result.record()))
    assert Result.from_record(row, result.series).record() == result.record()


def test_ground_is_packed_and_unpacked() -> None:
    owner = np.array([-1, 0, 1, 1, 0, -1, 1], dtype=np.int8)
    assert unpack_ground(pack_ground(owner), 7).tolist() == owner.tolist()


CORRIDOR = """
    ::::::::::
    ..........
    ..........
    ..........
    ::::::::::
    """


@pytest.fixture(scope="module")
def corridor() -> Session:
    made = drawn_scenario(CORRIDOR, supply=False)
    return Session(replace(made, formations=()), 1, {})


def test_a_corridor_of_three_hexes_is_18_km_wide(corridor: Session) -> None:
    grid = corridor.world.statics.grid
    middle, west, east = grid.cell(5, 2), grid.cell(0, 2), grid.cell(9, 2)
    assert corridor_km(corridor.world, 0, [middle]) == 18.0
    assert corridor_km(corridor.world, 0, [west, east]) == 18.0
    assert corridor_km(corridor.world, 1, [middle]) == 0.0
    assert corridor_km(corridor.world, 1, [grid.cell(0, 0), grid.cell(0, 4)]) == 0.0


def test_the_front_is_where_the_sides_touch(corridor: Session) -> None:
    front = front_hexes(corridor.world, 0)
    rows = set((front // corridor.world.statics.grid.columns).tolist())
    assert rows == {1, 3}
    grid = corridor.world.statics.grid
    assert distance_to_front_km(corridor.world, 0, [grid.cell(4, 1)]) == 0.0
    assert distance_to_front_km(corridor.world, 0, [grid.cell(4, 2), grid.cell(4, 1)]) == 3.0


def test_shops_that_give_back_more_than_they_take_are_no_negative_loss() -> None:
    made = scenario()
    tanks = tuple(replace(f, afv=20, afv_repair=30) if f.side == "axis" else f for f in made.formations)
    facts = tuple(
        HistoryFact(measure, "loss", 0, 3 * DAY, "axis", measure=measure, value=1.0) for measure in ("afv", "afv_lost")
    )
    run = Session(replace(made, formations=tanks, history=facts), 3)
    before = measures(run.world, 0)
    found = Watch(run).run(3 * DAY)
    assert found.values["axis.afv_shop"] < before["axis.afv_shop"]
    assert found.facts["afv"] == found.facts["afv_lost"] == found.values["axis.afv_lost"]


def test_out_of_action_is_written_off_and_more_in_repair_than_before() -> None:
    assert loss_between((10, 30), (14, 50)) == 24
    assert loss_between((10, 30), (14, 5)) == 4


def test_every_measure_of_a_loss_fact_that_runs_can_show_is_counted() -> None:
    values = measures(session(scenario()).world, 0)
    assert all(f"axis.{name}" in values for names in LOSS_MEASURES.values() for name in names)
