"""Experiments: the same runs whoever lays them out, and files whose problems are all told at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.files.faults import FileFaults
from engine.lab.experiment import Experiment, Factor, Run, Setting, design_points, layout, seed_of
from engine.lab.experiment_file import read_experiment
from engine.model.address import NoSuchAddress, uncertain
from tests.lab.made_up import scenario

SETTING = Setting("engine", "scenario", 14_400, {"axis": "staff", "soviet": "staff"})
TAU = "combat.tau_days"


def runs(**changes: object) -> list[Run]:
    made = scenario()
    return list(layout(replace(Experiment("drawn", runs=10), **changes), made, SETTING))  # type: ignore[arg-type]


def test_the_layout_is_the_same_every_time_and_every_key_is_its_own() -> None:
    first = runs()
    assert first == runs()
    assert len({r.key for r in first}) == 10
    assert len({r.seed for r in first}) == 10


def test_more_runs_leave_the_first_as_they_were() -> None:
    assert runs(runs=20)[:10] == runs()


def test_all_design_points_share_their_luck_and_their_samples() -> None:
    factors = (Factor(TAU, (1.5, 4.0)),)
    laid = runs(design="grid", factors=factors)
    assert len(laid) == 20
    for replication in range(10):
        pair = [r for r in laid if r.replication == replication]
        assert pair[0].seed == pair[1].seed
        assert [r.values[TAU] for r in pair] == [1.5, 4.0]
        assert {k: v for k, v in pair[0].values.items() if k != TAU} == {
            k: v for k, v in pair[1].values.items() if k != TAU
        }


def test_samples_do_not_follow_the_luck() -> None:
    laid = runs(luck_per_sample=5)
    assert len({tuple(sorted(r.values.items())) for r in laid}) == 2
    assert len({r.seed for r in laid}) == 10


def test_samples_lie_within_their_ranges_and_evenly_about_the_central_value() -> None:
    laid = runs(runs=300)
    for parameter in list(uncertain(scenario()))[:20]:
        values = np.array([float(r.values[parameter.address]) for r in laid])  # type: ignore[arg-type]
        low, high, middle = float(parameter.low or 0), float(parameter.high or 0), float(parameter.value)
        assert low <= values.min() <= values.max() <= high
        assert 0.4 < (values < middle).mean() < 0.6


def test_one_range_more_does_not_change_what_the_others_draw() -> None:
    laid = runs()
    fewer = runs(sets={TAU: "3"})
    assert TAU in laid[0].values
    assert TAU not in fewer[0].values
    assert {k: v for k, v in laid[0].values.items() if k != TAU} == dict(fewer[0].values)


def test_central_values_change_nothing_in_the_scenario() -> None:
    assert all(r.values == {} for r in runs(sample=False))


def test_a_latin_hypercube_meets_each_stratum_once() -> None:
    factors = (Factor(TAU), Factor("combat.win_slope"))
    points = design_points(Experiment("drawn", design="lhs", points=8, factors=factors), scenario())
    for factor in (TAU, "combat.win_slope"):
        parameter = scenario().parameters[factor]
        low, high = parameter.low, parameter.high
        strata = Counter(int((float(p[factor]) - low) / (high - low) * 8) for p in points)
        assert strata == Counter(range(8))


def test_one_at_a_time_begins_with_the_scenario_as_it_is() -> None:
    factors = (Factor(TAU, (1.5, 4.0)), Factor("combat.win_slope", (1.0,)))
    points = design_points(Experiment("drawn", design="one_at_a_time", factors=factors), scenario())
    assert points == [{}, {TAU: 1.5}, {TAU: 4.0}, {"combat.win_slope": 1.0}]


def test_an_unknown_address_is_refused_with_the_nearest() -> None:
    with pytest.raises(NoSuchAddress, match=r"combat\.tau_days"):
        runs(design="grid", factors=(Factor("combat.tau_dayz", (1.0,)),))


def test_the_engine_the_scenario_the_horizon_and_the_commanders_are_in_the_key() -> None:
    made = scenario()
    keys = set()
    for setting in (
        SETTING,
        replace(SETTING, engine="other"),
        replace(SETTING, scenario="other"),
        replace(SETTING, horizon=1440),
        replace(SETTING, commanders={"axis": "plain", "soviet": "staff"}),
    ):
        keys.add(next(iter(layout(Experiment("drawn"), made, setting))).key)
    assert len(keys) == 5


def test_seeds_of_different_experiments_do_not_overlap() -> None:
    mine = {seed_of(1, n) for n in range(500)}
    assert not mine & {seed_of(2, n) for n in range(500)}
    assert max(mine) < 2**48


def test_an_experiment_survives_its_manifest() -> None:
    import json

    given = Experiment("drawn", factors=(Factor(TAU, (1.5, 2), src="x"),), design="grid", sets={"a.b": "1"})
    assert Experiment.from_record(json.loads(json.dumps(given.record()))) == given


GOOD = """
format = 1
scenario = "doppelkopf"
title = "How long a battle takes"
runs = 20
design = "grid"
until = "1944-08-20"
[set]
combat.win_slope = 1.2
[commanders]
axis = "plain"
[[factor]]
address = "combat.tau_days"
levels = [1.5, 2.3, 4]
src = "cdb90"
"""


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "tau.toml"
    path.write_text(GOOD)
    found = read_experiment(path)
    assert found.factors == (Factor(TAU, (1.5, 2.3, 4), src="cdb90"),)
    assert found.sets == {"combat.win_slope": "1.2"}
    assert found.commanders == {"axis": "plain", "soviet": "staff"}


BAD = """format = 1
scenari = "doppelkopf"
runs = 0
design = "gird"
seed = "seven"
[commanders]
sovjet = "staff"
[[factor]]
levels = [1]
[[factor]]
address = "a.b"
low = 3
high = 2
"""


def test_every_problem_of_a_bad_file_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(BAD)
    with pytest.raises(FileFaults) as caught:
        read_experiment(path)
    told = {(f.line, f.expected) for f in caught.value.faults}
    assert told >= {
        (1, "scenario = the name of a scenario"),
        (2, "a key of an experiment"),
        (3, "at least 1"),
        (4, "one of single, grid, one_at_a_time, lhs"),
        (5, "a whole number"),
        (7, "one of axis, soviet"),
        (8, "an address"),
        (13, "more than low (3)"),
    }
    assert "did you mean 'scenario'?" in str(caught.value)


@pytest.mark.parametrize("content", ["", "format = ", "[[", "factor = 3\nformat = 1", "format = 1\n[factor]\nx = 1"])
def test_broken_files_are_told_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(content)
    with pytest.raises(FileFaults, match=r"broken\.toml"):
        read_experiment(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="nothing"):
        read_experiment(tmp_path / "none.toml")


def test_factors_outside_their_range_are_refused_all_at_once_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "far.toml"
    path.write_text(
        'format = 1\nscenario = "doppelkopf"\n[set]\n"movement.night" = 2\n[[factor]]\naddress = "combat.tau_days"\n'
        "levels = [0.1, 2, 40]\n"
    )
    with pytest.raises(FileFaults) as caught:
        read_experiment(path)
    assert [(f.line, f.found) for f in caught.value.faults] == [(4, "2"), (7, "0.1"), (7, "40")]
    assert read_experiment(path, force=True).force
    path.write_text("force = true\n" + path.read_text())
    assert read_experiment(path).factors[0].levels == (0.1, 2, 40)


def test_design_points_outside_a_range_are_refused_unless_forced() -> None:
    wide = Experiment("drawn", design="lhs", points=4, factors=(Factor(TAU, low=0.5, high=50.0),))
    with pytest.raises(FileFaults) as caught:
        design_points(wide, scenario())
    assert [f.found for f in caught.value.faults] == ["0.5", "50"]
    assert len(design_points(replace(wide, force=True), scenario())) == 4


def test_a_design_point_that_turns_a_pair_round_is_refused_unless_forced() -> None:
    low, high = "contact.occupy_low_h", "contact.occupy_high_h"
    grid = Experiment("drawn", design="grid", factors=(Factor(low, levels=(1.0, 3.0)), Factor(high, levels=(2.0, 4.0))))
    with pytest.raises(FileFaults, match=f"expected {high} no less than {low} .3., found 2"):
        design_points(grid, scenario())
    assert len(design_points(replace(grid, force=True), scenario())) == 4


def test_commanders_of_a_file_are_looked_at_with_its_scenario(tmp_path: Path) -> None:
    path = tmp_path / "who.toml"
    head = 'format = 1\nscenario = "memel"\n[commanders]\n'
    path.write_text(head + 'axis = "high@event:nope"\nsoviet = "hihg"\n')
    with pytest.raises(FileFaults) as caught:
        read_experiment(path)
    assert [f.line for f in caught.value.faults] == [4, 5]
    assert "schoerner_riga" in caught.value.faults[0].expected
    path.write_text(head + 'axis = "high@event:schoerner_riga"\n')
    assert read_experiment(path).commanders["axis"] == "high@event:schoerner_riga"
