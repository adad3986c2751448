"""`deepbattle what-if`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.options import ScenarioName
from ui.cli.output import Progress, check_writable, columns, number, remark, say_if_compiling, show_json

if TYPE_CHECKING:
    from engine.lab.what_if import Answer


@click.command("what-if")
@click.argument("overlays", nargs=-1, required=True, metavar="OVERLAY ...")
@click.option("--scenario", type=ScenarioName(), default="", help="The scenario; the overlay's first by default.")
@click.option("--runs", type=click.IntRange(2), default=20, show_default=True, help="Pairs of runs.")
@options.seed_option
@options.until_option
@click.option("--keep", type=options.Output(folder=True), metavar="FOLDER",
              help="Keep a summary there as OVERLAY.json (docs/scores/what_if for the page about scores).")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Show also what differs and nobody expected anything of.")
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes; all cores by default.")
@options.json_option
@options.quiet_option
def command(
    overlays: tuple[str, ...], scenario: str, runs: int, seed: int, until: str, keep: Path | None, everything: bool,
    workers: int | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """A scenario with and without an overlay, pair by pair under the same luck.

    OVERLAY is a file, or a name in scenarios/what_if. Prints the differences, what-if less base, with 95 % intervals,
    beside what the overlay's author would expect of history ([[expected]] in its file). The day on which a place is
    taken counts as the end of the run where it never is. Finished runs are kept: a stopped call goes on.
    """
    from engine import what_ifs

    signal.signal(signal.SIGTERM, _like_ctrl_c)
    cases = [what_ifs.read_what_if(overlay, scenario) for overlay in overlays]
    if keep is not None:
        check_writable(keep / "summary.json")
    for case in cases:
        if case.changed.digest == case.base.digest:
            remark(f"{case.overlay} changes nothing in {case.base.id}: each pair is one war twice")
    say_if_compiling(quiet=quiet or as_json)
    records = []
    for case in cases:
        with Progress(case.title or case.overlay, 1, quiet=quiet or as_json) as bar:
            answer = what_ifs.ask(case, runs=runs, seed=seed, until=until, progress=bar.of,
                                  workers=workers or os.cpu_count() or 1)  # fmt: skip
        if answer is None:
            remark(f"{case.overlay}: stopped; the same call goes on", quiet=quiet)
            return Exit.STOPPED
        found = what_ifs.record(answer, seed=seed, until=until)
        records.append(found)
        if keep is not None and answer.pairs == runs:
            _keep(keep / f"{case.overlay}.json", found, quiet)
        if not as_json:
            click.echo(_shown(answer, found, everything))
    if as_json:
        show_json(records)
    return Exit.DONE if all(one["pairs"] == runs for one in records) else Exit.RUNS_FAILED


def _like_ctrl_c(*_: object) -> None:
    raise KeyboardInterrupt


def _keep(path: Path, found: dict[str, Any], quiet: bool) -> None:
    from engine import tallies

    tallies.keep_tally(path, found)
    remark(f"kept in {path}", quiet=quiet)


def _shown(answer: Answer, found: dict[str, Any], everything: bool) -> str:
    case = answer.case
    head = f"{case.title} ({case.overlay} on {case.base.id}): {found['pairs']} pairs\n{case.summary}"
    rows = [*((*_cells(one), one["expected"], one["verdict"]) for one in found["expected"]),
            *((*_cells(one), "", "") for one in found["losses"])]  # fmt: skip
    table = ("", "as it was", "what if", "difference", "95 % interval", "expected", "")
    parts = [head, columns([table, *rows], right=range(1, 5))]
    if found["expected"]:
        parts.append("\n".join(f"  {one['name']}: {one['expected']}, for {one['why']}" for one in found["expected"]))
    others = found["clear"]
    if everything and others:
        parts.append(columns([("Also clear", *[""] * 4), *(_cells(one) for one in others)], right=range(1, 5)))
    elif others:
        parts.append(f"{len(others)} other measures differ clearly (--all shows them)")
    return "\n\n".join(parts) + "\n"


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    change = one["change"]
    sizes = [abs(value) for value in (one["base"], one["what_if"]) if value is not None]
    digits = 1 if one["key"].startswith("date:") else 2 if max(sizes, default=0) <= 1 else 0
    interval = "–" if change["low"] is None else f"{number(change['low'], digits)} to {number(change['high'], digits)}"
    return (one["name"], *(number(one[key], digits) for key in ("base", "what_if")), number(change["value"], digits), interval)
