"""Batches: the law of workers, resuming, topping up, and refusing to mix what does not belong together."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from engine.lab import batch as batch_module
from engine.lab.batch import resume_batch, run_batch, setting_of, source_of
from engine.lab.experiment import Experiment, Factor, layout
from engine.lab.report import html_report
from engine.lab.store import OtherEngine, Row, Store, StoreFault
from engine.lab.work import packed, unpacked
from engine.model.address import with_values
from engine.model.scenario import Scenario
from tests.lab.made_up import scenario

PLAN = Experiment("drawn", runs=8, commanders={"axis": "staff", "soviet": "plain"}, until="1944-08-18")


@pytest.fixture(scope="module")
def made() -> Scenario:
    return scenario()


@pytest.fixture(scope="module")
def alone(made: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished batch, done in this process."""
    folder = tmp_path_factory.mktemp("alone")
    run_batch(PLAN, made, folder, executor="serial")
    return folder


def digest(folder: Path) -> str:
    with Store.open(folder) as store:
        return store.digest()


def test_an_embedded_scenario_is_the_same_scenario(made: Scenario) -> None:
    assert unpacked(packed(made)).digest == made.digest


@pytest.mark.parametrize("workers", [1, 2])
def test_results_do_not_depend_on_the_number_of_workers(
    made: Scenario, alone: Path, tmp_path: Path, workers: int
) -> None:
    report = run_batch(PLAN, made, tmp_path / "b", workers=workers)
    assert (report.done, report.failed, report.interrupted) == (8, 0, False)
    assert digest(tmp_path / "b") == report.digest == digest(alone)


def test_the_law_of_workers_would_notice_a_worker_that_counts_differently(
    made: Scenario, alone: Path, tmp_path: Path
) -> None:
    run_batch(PLAN, made, tmp_path / "b", executor="serial")
    base = sqlite3.connect(tmp_path / "b" / "runs.sqlite")
    with base:
        base.execute("UPDATE runs SET outcome = replace(outcome, '\"axis.men\":', '\"axis.men\":1') WHERE number = 3")
    base.close()
    assert digest(tmp_path / "b") != digest(alone)


def test_a_part_of_a_batch_is_resumed_to_the_same_results_whoever_did_the_first_part(
    made: Scenario, alone: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    run_batch(PLAN, made, folder, executor="serial")
    base = sqlite3.connect(folder / "runs.sqlite")
    with base:
        base.execute("DELETE FROM runs WHERE number IN (0, 2, 3, 7)")
    base.close()
    report = resume_batch(folder, workers=2)
    assert report.new == 4
    assert report.digest == digest(alone)
    assert resume_batch(folder).new == 0


def test_topping_up_leaves_the_first_runs_and_ends_where_a_larger_batch_ends(
    made: Scenario, alone: Path, tmp_path: Path
) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    run_batch(replace(PLAN, runs=5), made, small, executor="serial")
    assert resume_batch(small, top_up=3, executor="serial").new == 3
    assert digest(small) == digest(alone)
    assert not large.exists()


def test_another_engine_may_not_add_to_a_batch_and_the_changed_files_are_named(
    made: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "b"
    run_batch(replace(PLAN, runs=1), made, folder, executor="serial")
    with Store.open(folder, write=True) as store:
        changed = {**store.manifest["engine_files"], "rules/combat.py": "0123"}
        store.amend({"engine": "another", "engine_files": changed})
    with pytest.raises(OtherEngine, match=r"changed since: rules/combat\.py"):
        resume_batch(folder)
    with Store.open(folder) as store:
        assert "runs" in html_report(source_of(store))


def test_another_state_of_the_scenario_may_not_be_mixed_in(made: Scenario, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    run_batch(replace(PLAN, runs=1), made, folder, executor="serial")
    other = with_values(made, {"combat.tau_days": 3.0})
    with pytest.raises(StoreFault, match="another state"):
        resume_batch(folder, expect=other)
    assert resume_batch(folder, expect=made).total == 1


BOT = """
class Bot:
    digest = "bot 1"

    def plan(self, view, notes, dice, due):
        return []
"""


def test_an_edited_commander_may_not_add_to_a_batch_though_it_says_it_is_the_same(made: Scenario, tmp_path: Path) -> None:
    bot, folder = tmp_path / "bot.py", tmp_path / "b"
    bot.write_text(BOT)
    plan = replace(PLAN, runs=2, commanders={"axis": f"{bot}:Bot", "soviet": "none"})
    first = run_batch(plan, made, folder, executor="serial")
    before = setting_of(plan, made)
    assert resume_batch(folder, top_up=1, executor="serial").done == 3
    bot.write_text(BOT.replace("[]", "list(())"))
    after = setting_of(plan, made)
    keys = [{run.key for run in layout(plan, made, setting)} for setting in (before, after)]
    assert first.done == 2
    assert not keys[0] & keys[1]
    with pytest.raises(StoreFault, match="which commands the axis side, has changed"):
        resume_batch(folder, top_up=1, executor="serial")
    with Store.open(folder) as store:
        assert store.manifest["experiment"]["runs"] == 3, "a refused batch is left as it was"


def test_a_run_that_fails_is_recorded_and_the_others_go_on(made: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "moody.py"
    path.write_text(
        "class Moody:\n"
        "    built_in, digest = True, 'moody-1'\n"
        "    def plan(self, view, notes, dice, due):\n"
        "        if dice.seed % 2:\n"
        "            raise ZeroDivisionError('no mood')\n"
        "        return []\n"
    )
    plan = replace(PLAN, runs=6, commanders={"axis": f"{path}:Moody", "soviet": "none"})
    folder = tmp_path / "b"
    report = run_batch(plan, made, folder, workers=2)
    odd = sum(run.seed % 2 for run in layout(plan, made, setting_of(plan, made)))
    assert 0 < odd < 6
    assert (report.done, report.failed) == (6 - odd, odd)
    with Store.open(folder) as store:
        faults = [r.fault for r in store.rows() if not r.ok]
    assert all("running" in f and "no mood" in f for f in faults)
    assert resume_batch(folder).new == 0
    assert resume_batch(folder, retry_failed=True).failed == odd


def test_factors_are_run_under_common_luck(made: Scenario, tmp_path: Path) -> None:
    plan = replace(PLAN, runs=2, design="grid", factors=(Factor("combat.tau_days", (1.5, 4.0)),), sample=False)
    run_batch(plan, made, tmp_path / "b", executor="serial")
    with Store.open(tmp_path / "b") as store:
        rows = list(store.rows())
    assert [(r.point, r.replication, r.factors["combat.tau_days"]) for r in rows] == [
        (0, 0, 1.5), (1, 0, 4.0), (0, 1, 1.5), (1, 1, 4.0),
    ]  # fmt: skip
    assert rows[0].seed == rows[1].seed != rows[2].seed


def test_a_horizon_outside_the_scenario_is_refused(made: Scenario, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a date after"):
        run_batch(replace(PLAN, until="1945-01-01"), made, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_the_manifest_names_engine_scenario_versions_and_seeds(alone: Path, made: Scenario) -> None:
    manifest = json.loads((alone / "manifest.json").read_text())
    assert manifest["scenario_digest"] == made.digest
    assert {"engine", "engine_files", "python", "numpy", "commanders", "horizon", "seeds"} <= set(manifest)


def test_kernels_are_compiled_once_before_workers_start_by_a_process_that_ends_then(
    made: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "_marker", lambda what: tmp_path / f"ready-{what}")
    monkeypatch.setattr(batch_module.jit, "ENABLED", True)
    pools: list[tuple[str, int]] = []
    opened = batch_module.open_executor
    monkeypatch.setattr(batch_module, "open_executor", lambda url, many: pools.append((url, many)) or opened(url, many))
    whole = replace(PLAN, until="", runs=3)
    assert not batch_module.kernels_ready(made.id)
    assert run_batch(whole, made, tmp_path / "b", workers=2).done == 3
    assert pools == [("processes", 1), ("processes", 2)]
    assert batch_module.kernels_ready(made.id)
    assert not batch_module.kernels_ready("other")
    assert run_batch(whole, made, tmp_path / "c", workers=2).done == 3
    assert pools[2:] == [("processes", 2)], "the second time there is nothing to compile"


def test_a_first_run_that_fails_or_stops_early_does_not_say_that_all_is_compiled(
    made: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "_marker", lambda what: tmp_path / f"ready-{what}")
    monkeypatch.setattr(batch_module.jit, "ENABLED", True)
    assert run_batch(replace(PLAN, runs=1), made, tmp_path / "short", workers=1, executor="serial").done == 1
    assert not batch_module.kernels_ready(made.id)
    failed = Row("k", 0, 0, 0, 1, "failed", {}, fault="running: broken")
    monkeypatch.setattr(batch_module, "run_chunk", lambda context, runs: [failed for _ in runs])
    run_batch(replace(PLAN, until="", runs=1), made, tmp_path / "broken", workers=1, executor="serial")
    assert not batch_module.kernels_ready(made.id)
