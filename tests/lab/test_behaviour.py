"""A quiet front stays quiet; a fresh tank army goes through a breach at the pace that history knows."""

from __future__ import annotations

import pytest

from engine.files.scenario import load_scenario
from engine.lab import yardstick
from engine.lab.behaviour import quiet_front, tank_army
from engine.lab.bench import ARMY_RUNS, combat_step, figures
from engine.lab.generated import Size, generated_scenario
from engine.lab.yardstick import times_slower


def test_where_nobody_is_told_to_attack_the_front_lies_still() -> None:
    found = quiet_front(load_scenario("doppelkopf"), (1, 2))
    assert found["hexes"] <= 2
    assert 0 < found["loss_pct_day"] < 0.1
    assert found["purposeless_km"] < 0.1


def test_a_fresh_tank_army_in_a_breach_makes_fifteen_to_thirty_km_a_day() -> None:
    found = tank_army(range(1, ARMY_RUNS + 1))
    assert found["committed"] >= 0.75
    assert 15 <= found["km_day"] <= 30


def test_bench_prints_both_beside_their_bounds() -> None:
    quiet = {"hexes": 3.0, "loss_pct_day": 0.02, "march_km": 0.4, "purposeless_km": 0.05}
    restless = {**quiet, "loss_pct_day": 0.5}
    army = {"committed": 1.0, "km_day": 24.0}
    lines = figures({"behaviour": {"quiet": quiet, "quiet_generated": restless, "tank_army": army}})
    assert [line.met for line in lines] == [False, True, True, False, False, True, True, True]


def test_a_generated_front_may_be_without_attackers() -> None:
    kinds = {d.kind for d in generated_scenario(Size(32, 40, 40, attacking=0.0, days=2)).directives}
    assert kinds == {"defend"}


def test_bench_measures_a_step_of_combat_with_fifty_engagements() -> None:
    found = combat_step(steps=3)
    assert 45 <= found["engagements"] <= 52
    assert [line.words for line in figures({"combat": found})] == [
        f"combat, {found['engagements']:.0f} engagements, a step",
        f"combat of a war that goes on, {found['going_engagements']:.0f} engagements, a step",
    ]
    assert 30 <= found["going_engagements"] <= 60
    assert found["going_ms"] > 0


def test_times_are_held_against_their_budgets_as_they_would_be_on_the_reference_machine() -> None:
    window = {"first_frame_s": 4.0, "theatre_s": 6.0, "pan_fps": 25.0}
    found = {"handling": {"save_ms": 90.0, "memory_MB": 180.0}, "window": window}
    slow = figures({**found, "yardstick": {"times_slower": 2.5}})
    assert [line.reference for line in slow] == [180.0, 36.0, 1.6, 2.4, 62.5]
    assert [line.met for line in slow] == [True, True, True, False, True]
    assert [line.met for line in figures(found)] == [True, False, False, False, False]


def test_the_yardstick_says_how_many_times_slower_a_machine_is() -> None:
    assert times_slower([yardstick.REFERENCE_PER_S / 2, yardstick.REFERENCE_PER_S / 3, 1.0]) == pytest.approx(3.0)
    rounds = yardstick.waits_per_cpu_second(3)
    assert len(rounds) == 3
    assert min(rounds) > 10_000
