"""`deepbattle compare`."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.output import columns, number, show_json


class Incomparable(click.ClickException):
    """Two batches that cannot be compared."""

    exit_code = Exit.UNUSABLE


@click.command("compare")
@click.argument("a", type=click.Path(path_type=Path), metavar="DIR_A")
@click.argument("b", type=click.Path(path_type=Path), metavar="DIR_B")
@click.option("--paired/--independent", default=None, help="Pair runs by their seed; by default where they share it.")
@click.option("--all", "everything", is_flag=True, help="Show also what does not differ clearly.")
@options.json_option
def command(a: Path, b: Path, paired: bool | None, everything: bool, as_json: bool) -> None:
    """The differences between two batches, A less B, with 95 % intervals."""
    from engine import NotComparable, Store, compare, source_of

    sources = []
    for folder in (a, b):
        with Store.open(folder) as store:
            sources.append(source_of(store))
    try:
        found = compare(sources[0].scenario, sources[0].rows, sources[1].rows, paired=paired)
    except NotComparable as problem:
        raise Incomparable(str(problem)) from None
    notes = _notes(sources[0].manifest, sources[1].manifest)
    if as_json:
        show_json({**found.record(), "notes": notes})
        return
    how = "paired by seed" if found.paired else "independent samples"
    click.echo(f"A {a}: {found.runs[0]} runs; B {b}: {found.runs[1]} runs; {how}")
    for note in notes:
        click.echo(f"note: {note}")
    lines = [line for line in found.lines if everything or line.clear]
    rows = []
    for line in lines:
        digits = 1 if line.key.startswith("date:") else 2 if abs(line.a) <= 1 and abs(line.b) <= 1 else 0
        interval = f"{number(line.change.low, digits)} to {number(line.change.high, digits)}"
        change = number(line.change.value, digits)
        mark = "" if line.clear else "not clear"
        rows.append((line.name, number(line.a, digits), number(line.b, digits), change, interval, mark))
    if rows:
        head = ("", "A", "B", "A - B", "95 % interval", "")
        click.echo(columns([head, *rows], right=[1, 2, 3, 4]))
    hidden = len(found.lines) - len(lines)
    if hidden:
        click.echo(f"{hidden} measures do not differ clearly (--all shows them)")


def _notes(a: dict[str, object], b: dict[str, object]) -> list[str]:
    """What else differs between the two, so that nobody takes it for an effect."""
    words = {"engine": "different engines", "scenario_digest": "different states of the scenario",
             "horizon": "different lengths", "commanders": "different commanders"}  # fmt: skip
    return [text for key, text in words.items() if a.get(key) != b.get(key)]
