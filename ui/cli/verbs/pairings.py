"""`deepbattle pairings`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.output import Progress, columns, number, show_json
from ui.cli.verbs.bench import case_of

if TYPE_CHECKING:
    from engine.lab.pairings import Pairing

CASES = ("doppelkopf", "siauliai", "generated:100")
DAYS = 10
"""Days of a generated case."""


@click.command("pairings")
@click.option("--ours", default="staff", show_default=True, metavar="NAME", help="Whose strength is measured.")
@click.option("--theirs", multiple=True, metavar="NAME", help="Against whom; plain by default. May be repeated.")
@click.option("--case", "cases", multiple=True, metavar="SCENARIO|generated:N",
              help="Where; doppelkopf, siauliai and generated:100 by default. May be repeated.")  # fmt: skip
@click.option("--runs", type=click.IntRange(2), default=100, show_default=True, help="Pairs of runs of each pairing.")
@options.seed_option
@options.until_option
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes; all cores by default.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Keep the runs there, to resume.")
@options.json_option
@options.quiet_option
def command(
    ours: str, theirs: tuple[str, ...], cases: tuple[str, ...], runs: int, seed: int, until: str, workers: int | None,
    out: Path | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Strength of play of one commander against others.

    Each pair of runs has the same luck; the commanders change sides in between, so that a scenario that favours one
    side favours nobody. The score counts objectives held (half), ground and losses (a quarter each); parity is 0,
    and a commander wins if the whole 95 % interval of his advantage lies above it.
    """
    from engine import pairings

    found = []
    for case in cases or CASES:
        scenario = case_of(case, DAYS)
        for other in theirs or ("plain",):
            folder = out / f"{scenario.id}-{_plain(ours)}-{_plain(other)}" if out else None
            with Progress(f"{case}: {ours} against {other}", 1, quiet=quiet or as_json) as bar:
                found.append(pairings.pair(scenario, ours, other, runs=runs, seed=seed, until=until, folder=folder,
                                           workers=workers or os.cpu_count() or 1, progress=bar.of))  # fmt: skip
    if as_json:
        show_json([one.record() for one in found])
    else:
        click.echo(_table(found))
    if any(one.failed for one in found):
        return Exit.RUNS_FAILED
    return Exit.DONE if all(one.pairs >= runs for one in found) else Exit.STOPPED


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def _table(found: Sequence[Pairing]) -> str:
    rows = [("case", "pairing", "advantage", "ahead", "objectives", "ground", "losses", "pairs", "")]
    for one in found:
        parts = [number(part.value, 3) for part in one.parts.values()]
        spread = f"{number(one.advantage.value, 3)} ({number(one.advantage.low, 3)} to {number(one.advantage.high, 3)})"
        ahead = f"{100 * one.won.value:.0f} % ({100 * one.won.low:.0f}-{100 * one.won.high:.0f})"
        rows.append((one.case, f"{one.ours} : {one.theirs}", spread, ahead, *parts, str(one.pairs), one.verdict))
    return columns(rows, right=range(2, 8))
