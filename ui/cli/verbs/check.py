"""`deepbattle check`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.options import ScenarioName
from ui.cli.output import columns, show_json

LEVELS = ("error", "warning", "note")


@click.command("check")
@click.argument("scenarios", type=ScenarioName(), nargs=-1)
@options.scenario_options
@click.option("--level", type=click.Choice(LEVELS), default="note", show_default=True, help="Least severity to print.")
@click.option("--summary", is_flag=True, help="Only the numbers by severity and kind.")
@click.option("--estimates", is_flag=True, help="List every row and parameter that is uncited or an estimate.")
@options.json_option
def command(
    scenarios: tuple[str, ...], sets: tuple[tuple[str, str], ...], overlays: tuple[str, ...], level: str, summary: bool,
    estimates: bool, as_json: bool, force: bool,
) -> int:  # fmt: skip
    """Every problem of scenarios, as file:line:column with expected, found and a hint.

    Without SCENARIOS all of them are checked. Errors make the exit code 3; warnings and notes do not. Beneath stands how
    well the scenario is known: rows of each table by the grade of their source.
    """
    from engine import check_scenario

    names = scenarios or tuple(options.scenario_names())
    changes = [f"{key}={value}" for key, value in sets]
    read = {name: check_scenario(name, overlays, changes, force=force) for name in names}
    found: dict[str, Any] = {name: loaded.faults for name, loaded in read.items()}
    shown = {n: [f for f in faults if LEVELS.index(f.severity) <= LEVELS.index(level)] for n, faults in found.items()}
    failed = any(f.severity == "error" for faults in found.values() for f in faults)
    if estimates and as_json:
        show_json({name: [asdict(row) for row in loaded.estimates()] for name, loaded in read.items()})
    elif as_json:
        show_json({name: [asdict(f) for f in faults] for name, faults in shown.items()})
    else:
        for name, faults in shown.items():
            _print(name, faults, summary)
            _print_confidence(read[name].confidence())
            if estimates:
                for row in read[name].estimates():
                    click.echo(f"{row.where}: {row.grade}: {row.address} ({row.src or 'no source'})")
    return Exit.FILE if failed else Exit.DONE


def _print(name: str, faults: list[Any], summary: bool) -> None:
    counts = Counter(f.severity for f in faults)
    told = ", ".join(f"{counts[s]} {s}{'s' if counts[s] != 1 else ''}" for s in LEVELS if counts[s])
    if summary:
        rows = Counter((f.severity, f.code) for f in faults)
        listed = sorted(rows.items(), key=lambda item: (LEVELS.index(item[0][0]), -item[1]))
        click.echo(columns([(f"  {code}", severity, count) for (severity, code), count in listed], right=[2]))
    else:
        for fault in faults:
            click.echo(str(fault))
    click.echo(f"{name}: {told or 'clean'}")


def _print_confidence(tables: dict[str, dict[str, int]]) -> None:
    """Rows of each table by the grade of their source, best grade first, and the sums."""
    if not tables:
        return
    grades = list(next(iter(tables.values())))
    rows: list[tuple[Any, ...]] = [("  rows by source", *grades)]
    rows += [(f"  {table}", *(counts[g] for g in grades)) for table, counts in tables.items()]
    rows.append(("  all", *(sum(counts[g] for counts in tables.values()) for g in grades)))
    click.echo(columns(rows, right=list(range(1, len(grades) + 1))))
