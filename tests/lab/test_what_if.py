"""What if: with and without an overlay under the same luck, beside what was to be expected."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.files.faults import FileFaults
from engine.files.folders import SCENARIOS
from engine.files.heads import ExpectedChange
from engine.files.overlay import read_overlay_head
from engine.lab.compare import Line
from engine.lab.experiment import ExperimentFault
from engine.lab.score_page import page
from engine.lab.statistics import Interval
from engine.lab.store import Row
from engine.lab.tally import keep_tally
from engine.lab.what_if import WhatIf, answered, ask, read_what_if, record, verdict
from tests.lab.made_up import DAY, rows, scenario

FINDING = {"axis.men_lost": "more", "soviet.men_lost": "same", "held:Tukums:axis": "less", "date:Tukums:soviet": "earlier"}
WHAT_IFS = sorted((SCENARIOS / "what_if").glob("*.toml"))


def case(**expected: Any) -> WhatIf:
    made = scenario()
    wanted = tuple(ExpectedChange(measure=key, change=change, why="reasons") for key, change in expected.items())
    return WhatIf("drawn_other", "Otherwise", "", made, replace(made, overlays=("drawn_other",)), wanted)


def worse(row: Row) -> Row:
    """The same run with more losses, and Tukums lost on the second day."""
    values = {**row.outcome["values"], "axis.men_lost": row.outcome["values"]["axis.men_lost"] + 90 + row.number}
    control = {**row.outcome["control"], "Tukums": [[0, 0], [2 * DAY, 1]]}
    return replace(row, outcome={**row.outcome, "values": values, "control": control})


def held(row: Row) -> Row:
    return replace(row, outcome={**row.outcome, "control": {**row.outcome["control"], "Tukums": [[0, 0]]}})


def test_differences_are_taken_pair_by_pair_and_judged_by_what_was_expected() -> None:
    made = case(**FINDING)
    base = [held(row) for row in rows(12, made.base)]
    found = record(answered(made, base, [worse(row) for row in base]), seed=1, until="")
    told = {one["key"]: one for one in found["expected"]}
    assert found["pairs"] == 12
    assert told["axis.men_lost"]["change"]["value"] == pytest.approx(95.5)
    assert told["date:Tukums:soviet"]["base"] == 10.0, "never counts as the end of the run"
    assert told["date:Tukums:soviet"]["what_if"] == 2.0
    assert told["held:Tukums:axis"]["change"]["value"] == -1.0
    assert {one["verdict"] for one in told.values()} == {"as expected"}
    losses = [one["key"] for one in found["losses"]]
    assert {"axis.formations_lost", "soviet.formations_lost"} <= set(losses)
    assert not set(losses) & set(told), "each measure is told once"


def test_the_page_sets_what_was_expected_beside_what_came(tmp_path: Path) -> None:
    made = case(**FINDING)
    base = [held(row) for row in rows(12, made.base)]
    found = record(answered(made, base, [worse(row) for row in base]), seed=1, until="")
    keep_tally(tmp_path / "what_if" / "drawn_other.json", found)
    text = page(tmp_path)
    assert "### Otherwise" in text
    assert "| Red Army takes Tukums, day | 10.0 | 2.00 | -8.00 (-8.00 to -8.00) | earlier | reasons | as expected |" in text


def test_what_goes_the_other_way_is_called_so_and_what_is_unclear_is_open() -> None:
    made = case(**{"axis.men_lost": "less", "soviet.guns_lost": "more", "date:Jelgava:axis": "later"})
    base = rows(12, made.base)
    answer = answered(made, base, [worse(row) for row in base])
    told = {one["key"]: one["verdict"] for one in record(answer, seed=1, until="")["expected"]}
    assert told == {"axis.men_lost": "against it", "soviet.guns_lost": "open", "date:Jelgava:axis": "open"}


def test_a_change_of_hands_that_no_run_had_is_no_difference() -> None:
    assert verdict(None, "same") == "as expected"
    assert verdict(None, "later") == "open"


def test_the_same_is_confirmed_by_a_narrow_interval_and_not_by_a_wide_one() -> None:
    def same(low: float, high: float, key: str = "axis.men_lost") -> str:
        return verdict(Line(key, "", 1000.0, 1000.0, Interval((low + high) / 2, low, high, 9)), "same")

    assert same(-40, 45) == "as expected"
    assert same(10, 45) == "as expected", "clear, but nothing to speak of"
    assert same(-667, 781) == "open"
    assert same(60, 781) == "against it"
    assert (same(-0.4, 0.4, "date:Riga:soviet"), same(-2, 2, "date:Riga:soviet")) == ("as expected", "open")
    assert (same(-0.04, 0.0, "held:Riga:soviet"), same(-0.4, 0.4, "held:Riga:soviet")) == ("as expected", "open")
    assert same(math.nan, math.nan) == "open"


def test_a_measure_that_runs_do_not_have_is_named_before_any_run(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('format = 1\nid = "odd"\nscenarios = ["doppelkopf"]\n'
                    '[[expected]]\nmeasure = "axis.man_lost"\nchange = "more"\nwhy = "x"\n')  # fmt: skip
    with pytest.raises(ExperimentFault, match=r"axis\.men_lost.*found 'axis\.man_lost'"):
        read_what_if(path)


def test_runs_of_a_stopped_question_are_not_done_twice(tmp_path: Path) -> None:
    made = case(**{"axis.men_lost": "same"})
    changed = replace(made, changed=replace(made.base, overlays=("drawn_other",)))
    told: list[tuple[int, int, int]] = []
    first = ask(changed, runs=2, until="1944-08-17", executor="serial", folder=tmp_path)
    again = ask(changed, runs=2, until="1944-08-17", executor="serial", folder=tmp_path, progress=lambda *n: told.append(n))
    assert first == again
    assert told == []
    assert first is not None
    assert record(first, seed=1, until="")["expected"][0]["verdict"] == "as expected", "nothing was changed"


@pytest.mark.parametrize("path", WHAT_IFS, ids=lambda path: path.stem)
def test_every_what_if_says_what_a_historian_would_expect(path: Path) -> None:
    head = read_overlay_head(path, SCENARIOS)
    assert len(head.expected) >= 2
    assert all(one.why for one in head.expected)


def test_the_places_of_an_expectation_are_named_as_the_results_name_them() -> None:
    found = read_what_if("doppelkopf_no_naval_guns")
    assert found.base.id == "doppelkopf"
    assert found.changed.digest != found.base.digest
    assert found.expected[0].measure == "date:Tukums:axis"


@pytest.mark.parametrize(
    ("line", "words"),
    [('measure = "luck"\nchange = "more"\nwhy = "x"', r"odd\.toml:5:11: expected a measure: axis\.men_lost, .*found 'luck'"),
     ('measure = "axis.men_lost"\nchange = "better"\nwhy = "x"', r"odd\.toml:6:10: expected one of more, less, later")],
)
def test_a_faulty_expectation_is_a_fault_of_the_file(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(f'format = 1\nid = "odd"\nscenarios = ["doppelkopf"]\n[[expected]]\n{line}\n')
    with pytest.raises(FileFaults, match=words):
        read_what_if(path)


def test_an_overlay_for_any_scenario_needs_one_named(tmp_path: Path) -> None:
    path = tmp_path / "any.toml"
    path.write_text('format = 1\nid = "any"\n')
    with pytest.raises(ExperimentFault, match="--scenario"):
        read_what_if(path)


def test_an_overlay_that_is_not_there_is_told_with_the_nearest_names() -> None:
    with pytest.raises(ExperimentFault, match="found 'memel_warnd'; did you mean memel_warned"):
        read_what_if("memel_warnd")
