"""`deepbattle pairings`."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.output import Progress, check_writable, columns, number, remark, say_if_compiling, show_json
from ui.cli.verbs.bench import case_of

if TYPE_CHECKING:
    from engine.lab.pairings import Pairing
    from engine.lab.statistics import Interval

CASES = ("siauliai", "memel", "tallinn_aster")
DAYS = 10
"""Days of a generated case."""


@click.command("pairings")
@click.option("--ours", default="staff", show_default=True, metavar="NAME", help="Whose strength is measured.")
@click.option("--theirs", multiple=True, metavar="NAME", help="Against whom; plain by default. May be repeated.")
@click.option("--case", "cases", multiple=True, metavar="SCENARIO|generated:N",
              help="Where; siauliai, memel and tallinn_aster by default. May be repeated.")  # fmt: skip
@click.option("--runs", type=click.IntRange(2), default=100, show_default=True, help="Pairs of runs of each pairing.")
@options.seed_option
@options.until_option
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes; all cores by default.")
@click.option("--out", type=options.Output(folder=True), help="Keep the runs there instead of in the cache.")
@click.option("--keep", type=options.Output(), metavar="FILE",
              help="Put the summary into a file (docs/scores/pairings.json for the page about scores).")  # fmt: skip
@options.json_option
@options.quiet_option
def command(
    ours: str, theirs: tuple[str, ...], cases: tuple[str, ...], runs: int, seed: int, until: str, workers: int | None,
    out: Path | None, keep: Path | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Strength of play of one commander against others.

    Each pair of runs has the same luck; the commanders change sides in between, so that a scenario that favours one
    side favours nobody. The score counts objectives held (half), ground and losses (a quarter each); parity is 0,
    and a commander wins if the whole 95 % interval of his advantage lies above it. Finished runs are kept: a call that
    is stopped or killed goes on.
    """
    from engine import pairings

    check_writable(keep)
    signal.signal(signal.SIGTERM, _like_ctrl_c)
    say_if_compiling(quiet=quiet or as_json)
    found: list[Pairing] = []
    stopped = False
    for case in cases or CASES:
        scenario = case_of(case, DAYS)
        for other in theirs or ("plain",):
            with Progress(f"{case}: {ours} against {other}", 1, quiet=quiet or as_json) as bar:
                one = pairings.pair(scenario, ours, other, runs=runs, seed=seed, until=until, folder=out,
                                    workers=workers or os.cpu_count() or 1, progress=bar.of)  # fmt: skip
            if one is None:
                stopped = True
                break
            found.append(one)
            if keep is not None:
                pairings.keep_pairings(keep, [one], until)
        if stopped:
            break
    if as_json:
        show_json([one.record() for one in found])
    elif found:
        click.echo(_table(found))
    if stopped:
        remark("stopped; the same call goes on", quiet=quiet)
        return Exit.STOPPED
    return Exit.RUNS_FAILED if any(one.failed for one in found) else Exit.DONE


def _like_ctrl_c(*_: object) -> None:
    raise KeyboardInterrupt


def _table(found: Sequence[Pairing]) -> str:
    rows = [("case", "pairing", "advantage", "ahead", "objectives", "ground", "losses", "pairs", "")]
    for one in found:
        advantage, *parts = (_interval(part) for part in (one.advantage, *one.parts.values()))
        ahead = f"{100 * one.won.value:.0f} % ({100 * one.won.low:.0f}-{100 * one.won.high:.0f})"
        rows.append((one.case, f"{one.ours} : {one.theirs}", advantage, ahead, *parts, str(one.pairs), one.verdict))
    return columns(rows, right=range(2, 8))


def _interval(part: Interval) -> str:
    return f"{number(part.value, 3)} ({number(part.low, 3)} to {number(part.high, 3)})"
