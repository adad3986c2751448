"""`deepbattle batch`."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.options import ScenarioName
from ui.cli.output import Progress, check_writable, remark, say_if_compiling, show_json

if TYPE_CHECKING:
    from engine import Experiment


class Experimental(ScenarioName):
    """A scenario, or an experiment file."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if str(value).endswith(".toml") and Path(str(value)).name != "scenario.toml":
            return str(value)
        return super().convert(value, param, ctx)


@click.command("batch")
@click.argument("scenario", type=Experimental(), required=False, metavar="SCENARIO|EXPERIMENT.toml")
@click.option("--runs", type=click.IntRange(1), help="Replications of each design point (50).")
@click.option("--seed", type=click.IntRange(0), help="The experiment's seed (1).")
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes; all cores by default.")
@click.option("--executor", metavar="URL", default="processes", show_default=True,
              help="processes, serial, dask://host:port or mpi.")  # fmt: skip
@click.option("--out", required=True, type=options.Output(folder=True), help="Folder of the batch.")
@click.option("--resume", is_flag=True, help="Go on with the batch in the folder.")
@click.option("--top-up", type=click.IntRange(1), metavar="N", help="N more replications for the batch in the folder.")
@click.option("--retry-failed", is_flag=True, help="Run failed runs again.")
@click.option("--central", is_flag=True, help="Central values; do not sample the scenario's ranges.")
@click.option("--dry-run", is_flag=True, help="Only say how many runs it would be.")
@options.until_option
@options.scenario_options
@options.commander_option
@options.json_option
@options.quiet_option
def command(
    scenario: str | None, runs: int | None, seed: int | None, workers: int | None, executor: str, out: Path,
    resume: bool, top_up: int | None, retry_failed: bool, central: bool, dry_run: bool, until: str,
    sets: tuple[tuple[str, str], ...], overlays: tuple[str, ...], commanders: tuple[tuple[str, str], ...],
    as_json: bool, quiet: bool, force: bool,
) -> int:  # fmt: skip
    """Many runs, in parallel.

    Every finished run is kept at once: a batch that is stopped or killed goes on with --resume and ends with
    the same results. Runs sample the scenario's ranges, apart from their luck; --central switches that off.
    """
    from engine import load_scenario, resume_batch, run_batch

    check_writable(out / "runs.sqlite")
    signal.signal(signal.SIGTERM, _like_ctrl_c)
    workers = workers or os.cpu_count() or 1
    how: dict[str, Any] = {"workers": workers, "executor": executor, "retry_failed": retry_failed}
    say_if_compiling(quiet=quiet or as_json)
    began = time.monotonic()
    if resume or top_up:
        told = {"--runs": runs, "--seed": seed, "--central": central, "--until": until, "--set": sets,
                "--overlay": overlays, "--commander": commanders, "--force": force}  # fmt: skip
        extra = [name for name, value in told.items() if value]
        if extra:
            raise click.UsageError(f"a batch is continued as it was begun; leave out {', '.join(extra)}")
        expect = load_scenario(scenario) if scenario and not scenario.endswith(".toml") else None
        with Progress(str(out), 1, quiet=quiet or as_json) as bar:
            report = resume_batch(out, top_up=top_up or 0, expect=expect, progress=bar.of, **how)
    else:
        experiment = _experiment(scenario, runs, seed, central, until, sets, overlays, commanders, force)
        loaded = load_scenario(
            experiment.scenario,
            experiment.overlays,
            [f"{k}={v}" for k, v in experiment.sets.items()],
            force=experiment.force,
        )
        if dry_run:
            return _dry_run(experiment, loaded, as_json)
        with Progress(experiment.title or loaded.title, 1, quiet=quiet or as_json) as bar:
            report = run_batch(experiment, loaded, out, progress=bar.of, **how)
    _show(report, time.monotonic() - began, as_json, quiet)
    if report.interrupted:
        return Exit.STOPPED
    return Exit.RUNS_FAILED if report.failed else Exit.DONE


def _like_ctrl_c(*_: object) -> None:
    raise KeyboardInterrupt


def _experiment(
    scenario: str | None, runs: int | None, seed: int | None, central: bool, until: str,
    sets: tuple[tuple[str, str], ...], overlays: tuple[str, ...], commanders: tuple[tuple[str, str], ...],
    force: bool,
) -> Experiment:  # fmt: skip
    """The experiment of the file or of the scenario alone, with what the command line says on top."""
    from engine import Experiment, read_experiment

    if scenario is None:
        raise click.UsageError("expected a SCENARIO or an EXPERIMENT.toml, or --resume")
    made = read_experiment(scenario, force=force) if scenario.endswith(".toml") else Experiment(scenario)
    changes: dict[str, Any] = {
        "runs": runs,
        "seed": seed,
        "until": until or None,
        "sample": False if central else None,
        "force": True if force else None,
        "sets": {**made.sets, **dict(sets)} if sets else None,
        "overlays": (*made.overlays, *overlays) if overlays else None,
        "commanders": {**made.commanders, **dict(commanders)} if commanders else None,
    }
    return replace(made, **{name: value for name, value in changes.items() if value is not None})


def _dry_run(experiment: Experiment, scenario: Any, as_json: bool) -> int:
    from engine import commanders, design_points, uncertain

    commanders(experiment.commanders, scenario)
    points = len(design_points(experiment, scenario))
    ranges = sum(1 for _ in uncertain(scenario)) if experiment.sample else 0
    found = {"runs": points * experiment.runs, "points": points, "replications": experiment.runs, "sampled": ranges}
    if as_json:
        show_json(found)
    else:
        click.echo(f"{found['runs']} runs: {points} design points, {experiment.runs} replications of each, "
                   f"{ranges} sampled numbers")  # fmt: skip
    return Exit.DONE


def _show(report: Any, took: float, as_json: bool, quiet: bool) -> None:
    if as_json:
        show_json(
            {
                "folder": str(report.folder), "total": report.total, "done": report.done, "failed": report.failed,
                "new": report.new, "interrupted": report.interrupted, "workers_replaced": report.rebuilt,
                "results": report.digest, "wall_seconds": round(took, 3),
            }
        )  # fmt: skip
        return
    click.echo(f"{report.done} of {report.total} runs done, {report.failed} failed, {report.new} of them now, "
               f"in {took:.1f} s; results {report.digest}")  # fmt: skip
    if report.rebuilt:
        remark(f"worker processes died and were replaced {report.rebuilt} times", quiet=quiet)
    if report.interrupted:
        remark(f"stopped; go on with: deepbattle batch --resume --out {report.folder}", quiet=quiet)
    else:
        remark(f"see them with: deepbattle report {report.folder}", quiet=quiet)
