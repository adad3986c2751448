"""`deepbattle score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.options import ScenarioName
from ui.cli.output import Progress, show_json

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
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True, help="Runs to do for a SCENARIO.")
@options.seed_option
@options.commander_option
@options.json_option
@options.quiet_option
def command(
    what: str, runs: int, seed: int, commanders: tuple[tuple[str, str], ...], as_json: bool, quiet: bool
) -> None:
    """Runs against the facts of history: those of a batch, or a few fresh ones of a scenario."""
    from engine import Store, scorecard, source_of
    from ui.cli import summary

    if (Path(what) / "runs.sqlite").exists():
        with Store.open(what) as store:
            source = source_of(store)
        scenario, outcomes = source.scenario, [r.outcome for r in source.rows if r.ok]
    else:
        scenario, outcomes = _fresh(
            what, runs, seed, {"axis": "staff", "soviet": "staff", **dict(commanders)}, quiet or as_json
        )
    card = scorecard(scenario, outcomes)
    if as_json:
        show_json(card.record())
        return
    click.echo(f"{scenario.title}, {card.runs} runs\n")
    click.echo(summary.against_history(card))
    if card.brier is not None:
        click.echo(f"  Brier score of control: {card.brier:.3f} (0 is best, 0.25 says nothing)")


def _fresh(
    name: str, runs: int, seed: int, names: dict[str, str], quiet: bool
) -> tuple[Scenario, list[dict[str, Any]]]:
    from engine import Session, Watch, commanders, load_scenario

    scenario = load_scenario(name)
    outcomes = []
    with Progress(scenario.title, runs * scenario.end_min, quiet=quiet) as bar:
        for number in range(runs):
            session = Session(scenario, seed + number, commanders(names), keep_events=False)
            done = number * scenario.end_min
            result = Watch(session).run(session.end, lambda now, done=done: bar.at(done + now))
            outcomes.append(result.record())
    return scenario, outcomes
