"""`deepbattle score`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.options import ScenarioName
from ui.cli.output import Progress, check_writable, remark, say_if_compiling, show_json

if TYPE_CHECKING:
    from engine import Scenario


class Scored(ScenarioName):
    """A scenario, or the folder of a batch."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if (Path(str(value)) / "runs.sqlite").exists():
            return str(value)
        return super().convert(value, param, ctx)


@click.command("score")
@click.argument("what", type=Scored(), metavar="SCENARIO|DIR")
@click.option("--runs", type=click.IntRange(1), default=20, show_default=True, help="Runs to do for a SCENARIO.")
@options.seed_option
@options.until_option
@options.commander_option
@click.option("--central", is_flag=True, help="Central values; do not sample the scenario's ranges.")
@click.option("--baseline/--no-baseline", default=True, help="Also run the plain staff on both sides, for comparison.")
@click.option("--keep", type=options.Output(),
              help="A file for the summary: printed while engine and scenario are the same, else made again.")  # fmt: skip
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes; all cores by default.")
@options.json_option
@options.quiet_option
def command(
    what: str, runs: int, seed: int, until: str, commanders: tuple[tuple[str, str], ...], central: bool, baseline: bool,
    keep: Path | None, workers: int | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Runs against the facts of history: those of a batch, or fresh ones of a scenario.

    Prints distributions, the share of runs that meet each fact with its 95 % interval, and the plain staff (attack
    the nearest, hold otherwise) as the baseline. Finished runs are kept: a stopped call goes on where it was.
    """
    from engine import Store, load_scenario, source_of, tallies
    from ui.cli import summary

    if (Path(what) / "runs.sqlite").exists():
        with Store.open(what) as store:
            source = source_of(store)
        rows = [r for r in source.rows if r.ok]
        found = tallies.summed_up(source.scenario, tallies.Asked(runs=len(rows), baseline=False), rows, None)
    else:
        check_writable(keep)
        names = {"axis": "staff", "soviet": "staff", **dict(commanders)}
        asked = tallies.Asked(runs, seed, names, until, sample=not central, baseline=baseline)
        found = _of_scenario(load_scenario(what), asked, keep, workers or os.cpu_count() or 1, quiet, as_json)
    if as_json:
        show_json(found)
    else:
        click.echo(summary.tallied(found))
    if found["failed"]:
        return Exit.RUNS_FAILED
    return Exit.DONE if found["complete"] else Exit.STOPPED


def _of_scenario(
    scenario: Scenario, asked: Any, keep: Path | None, workers: int, quiet: bool, as_json: bool
) -> dict[str, Any]:
    from engine import tallies

    kept = tallies.read_tally(keep) if keep is not None else None
    if kept is not None and tallies.is_current(kept, scenario, asked):
        return kept
    if kept is not None:
        remark(f"{keep} is of another engine, scenario or question: it is made again", quiet=quiet)
    say_if_compiling(quiet=quiet or as_json)
    with Progress(scenario.title, 1, quiet=quiet or as_json) as bar:
        found: dict[str, Any] = tallies.tally(scenario, asked, workers=workers, progress=bar.of)
    if keep is not None and found["complete"]:
        tallies.keep_tally(keep, found)
        remark(f"kept in {keep}", quiet=quiet)
    return found
