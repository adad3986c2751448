"""The law of content: every scenario loads, checks clean and runs; so does every what-if on what it is for."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from engine.core.calendar import DAY
from engine.files.scenario import SCENARIOS, check_scenario, scenario_names
from engine.files.stored import load_scenario
from engine.lab.commanders import commanders
from engine.run.session import Session

NAMES = scenario_names()
WHAT_IFS = [
    (name, path)
    for path in sorted((SCENARIOS / "what_if").glob("*.toml"))
    for name in tomllib.loads(path.read_text(encoding="utf-8"))["scenarios"]
]


def test_there_is_content() -> None:
    assert "doppelkopf" in NAMES
    assert len(WHAT_IFS) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_checks_clean_and_runs(name: str) -> None:
    loaded = check_scenario(name)
    assert [str(f) for f in loaded.faults if f.severity != "note"] == []
    made = loaded.scenario
    assert made is not None
    run = Session(made, 1, commanders({"axis": "staff", "soviet": "staff"}), keep_frames=False)
    run.advance(DAY)
    assert run.now == DAY
    assert len(run.log) > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_cites_sources_that_exist_for_what_it_says(name: str) -> None:
    made = load_scenario(name)
    rows = (*made.formations, *made.headquarters, *made.assets, *made.directives, *made.history)
    uncited = [row.id for row in rows if not row.src or any(k.strip() not in made.sources for k in row.src.split(";"))]
    assert uncited == []
    assert {row.grade for row in rows} <= {"document", "reference", "analogy", "estimate"}


@pytest.mark.parametrize(("name", "path"), WHAT_IFS, ids=lambda v: v.stem if isinstance(v, Path) else v)
def test_every_what_if_checks_clean_and_changes_something(name: str, path: Path) -> None:
    loaded = check_scenario(name, [path])
    assert [str(f) for f in loaded.faults if f.severity != "note"] == []
    assert loaded.scenario is not None
    assert loaded.scenario.digest != load_scenario(name).digest


def test_alarm_a_scenario_with_a_fault_is_not_clean(tmp_path: Path) -> None:
    broken = tmp_path / "doppelkopf"
    shutil.copytree(SCENARIOS / "doppelkopf", broken)
    forces = broken / "forces.csv"
    lines = forces.read_text(encoding="utf-8").splitlines(keepends=True)
    forces.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    assert any(f.severity == "error" for f in check_scenario(broken).faults)
