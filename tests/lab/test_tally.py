"""A tally: distributions over many runs, the plain staff beside them, kept while engine and scenario are the same."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.files.scenario import load_scenario
from engine.lab import tally as tally_module
from engine.lab.score_page import kept_in
from engine.lab.store import Row
from engine.lab.tally import Asked, cost_of, is_current, keep_tally, read_tally, summed_up, tally
from tests.lab.made_up import rows, scenario

SCORES = Path(__file__).resolve().parents[2] / "docs" / "scores"
SHORT = Asked(runs=3, until="1944-08-17", commanders={"axis": "staff", "soviet": "staff"})


def test_it_shows_quantiles_and_shares_of_every_fact_and_loss() -> None:
    made = scenario()
    found = summed_up(made, Asked(runs=21, baseline=False), rows(21, made), None)
    men = next(m for m in found["measures"] if m["measure"] == "axis.men_lost")
    values = sorted(r.outcome["values"]["axis.men_lost"] for r in rows(21, made))
    assert men["quantiles"] == [values[1], values[5], values[10], values[15], values[19]]
    met = {f["fact"]: f["met"] for f in found["facts"]}["siauliai"]
    assert met["n"] == 21
    assert 0 <= met["low"] <= met["value"] <= met["high"] <= 1
    assert found["complete"]
    json.dumps(found, allow_nan=False)


def test_the_plain_staff_stands_beside_it() -> None:
    made = scenario()
    found = summed_up(made, Asked(runs=8), rows(8, made), rows(4, made))
    assert found["baseline"]["runs"] == 4
    assert not found["complete"], "four runs of the baseline are missing"
    assert all(m["baseline"] is not None for m in found["measures"])
    assert {f["fact"]: f["baseline"]["met"]["n"] for f in found["facts"]}["siauliai"] == 4


def test_failed_runs_are_counted_and_leave_it_incomplete() -> None:
    made = scenario()
    broken = Row("k", 7, 0, 7, 7, "failed", fault="running: no idea")
    found = summed_up(made, Asked(runs=8, baseline=False), [*rows(7, made), broken], None)
    assert (found["runs"], found["failed"], found["complete"]) == (7, 1, False)


def test_a_kept_tally_is_current_until_engine_scenario_or_question_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, asked = scenario(), Asked(runs=5, baseline=False)
    path = tmp_path / "deeper" / "tally.json"
    keep_tally(path, summed_up(made, asked, rows(5, made), None))
    kept = read_tally(path)
    assert kept is not None
    assert is_current(kept, made, asked)
    assert not is_current(kept, made, replace(asked, runs=6))
    assert not is_current(kept, made, replace(asked, commanders={"axis": "plain", "soviet": "staff"}))
    assert not is_current(kept, replace(made, end=made.end - timedelta(days=1)), asked)
    monkeypatch.setattr(tally_module, "engine_digest", lambda: "another")
    assert not is_current(kept, made, asked)


def test_a_kept_tally_of_a_commander_from_a_file_is_not_current_once_the_file_is_edited(tmp_path: Path) -> None:
    bot = tmp_path / "bot.py"
    bot.write_text("class Bot:\n    digest = 'bot 1'\n\n    def plan(self, *given):\n        return []\n")
    made, asked = scenario(), Asked(runs=5, baseline=False, commanders={"axis": f"{bot}:Bot", "soviet": "staff"})
    kept = json.loads(json.dumps(summed_up(made, asked, rows(5, made), None)))
    assert is_current(kept, made, asked)
    bot.write_text(bot.read_text() + "# edited\n")
    assert not is_current(kept, made, asked)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', '"a text"'])
def test_a_file_that_is_no_tally_is_made_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tally.json"
    path.write_text(text)
    assert read_tally(path) is None
    assert read_tally(tmp_path / "none.json") is None


def test_runs_of_a_stopped_tally_are_not_done_twice(tmp_path: Path) -> None:
    made = scenario()
    first = tally(made, SHORT, executor="serial", folder=tmp_path)
    told: list[tuple[int, int, int]] = []
    again = tally(made, SHORT, executor="serial", folder=tmp_path, progress=lambda *n: told.append(n))
    assert again == first
    assert told == []
    assert (first["runs"], first["baseline"]["runs"]) == (3, 3)


def test_asking_for_more_adds_runs_and_for_fewer_takes_the_first(tmp_path: Path) -> None:
    made = scenario()
    asked = replace(SHORT, runs=1, baseline=False)
    told: list[tuple[int, int, int]] = []
    one = tally(made, asked, executor="serial", folder=tmp_path)
    three = tally(made, replace(asked, runs=3), executor="serial", folder=tmp_path, progress=lambda *n: told.append(n))
    assert (three["runs"], len(told)) == (3, 2)
    again = tally(made, asked, executor="serial", folder=tmp_path)
    assert again == {**one, "cost": again["cost"]}


def test_it_says_what_a_run_costs_by_system(tmp_path: Path) -> None:
    cost = tally(scenario(), replace(SHORT, runs=2, baseline=False), executor="serial", folder=tmp_path)["cost"]
    assert cost["memory_mb"] > 20
    assert 0 < cost["systems"]["staffs"] < cost["cpu_s"]


def test_memory_is_that_of_processes_without_the_compiler_if_there_are_any() -> None:
    light, heavy = ({"memory_mb": 280.0}, {"memory_mb": 940.0, "compiler": True})

    def memory(*costs: dict[str, object]) -> float:
        found = cost_of([replace(row, cost=cost) for row, cost in zip(rows(len(costs), scenario()), costs, strict=True)])
        assert found is not None
        return float(found["memory_mb"])

    assert memory(heavy, light, {"memory_mb": 290.0}) == 290
    assert memory(heavy) == 940


def test_a_kept_tally_has_a_line_for_every_fact_and_reads_as_it_was(tmp_path: Path) -> None:
    made = scenario()
    found = summed_up(made, Asked(runs=5, baseline=False), rows(5, made), None)
    keep_tally(tmp_path / "tally.json", found)
    assert read_tally(tmp_path / "tally.json") == json.loads(json.dumps(found))
    lines = (tmp_path / "tally.json").read_text().splitlines()
    assert sum('"fact":"siauliai"' in line for line in lines) == 1


def test_the_kept_tallies_are_whole() -> None:
    for kept in kept_in(SCORES):
        assert kept["complete"], kept["scenario"]
        assert {"side", "words", "quantiles", "baseline"} <= set(kept["measures"][0])


def test_the_kept_tally_of_doppelkopf_is_of_fifty_runs_and_an_outdated_one_says_so() -> None:
    kept = read_tally(SCORES / "doppelkopf.json")
    assert kept is not None
    assert kept["runs"] >= 50
    assert kept["baseline"]["runs"] == kept["runs"]
    if not is_current(kept, load_scenario(kept["scenario"]), Asked(**kept["asked"])):
        words = "doppelkopf.json: made by another engine or scenario; `make scores SCENARIOS=doppelkopf` renews it"
        warnings.warn(words, stacklevel=1)
