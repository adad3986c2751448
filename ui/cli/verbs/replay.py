"""`deepbattle replay`."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli import options
from ui.cli.options import ScenarioName


@click.command("replay")
@click.argument("what", metavar="RECORDING|SCENARIO", shell_complete=options.complete_names_and_files)
@click.option("--history", is_flag=True, help="Play the scenario's own dated facts instead of a run.")
@click.option("--html", type=options.Output(), help="Write a page to watch in a browser.")
@click.option("--png", type=options.Output(), help="Write a picture of one moment (.png or .jpg).")
@click.option("--at", metavar="DATE", help="The moment of the picture, such as 1944-08-20T18:00.")
@click.option("--width", type=click.IntRange(200, 8000), default=1600, show_default=True, help="Its width in pixels.")
@options.quiet_option
def command(
    what: str, history: bool, html: Path | None, png: Path | None, at: str | None, width: int, quiet: bool
) -> None:
    """Watch a recording, or the history of a scenario.

    With --html or --png nothing is shown: the page or picture is written, which needs no display.
    """
    from ui.cli import showing

    if not history and not what.endswith(".dbr") and not Path(what).is_file():
        raise click.UsageError(f"expected a recording (.dbr), or a scenario with --history, found {what!r}")
    if at is not None and png is None:
        raise click.UsageError("expected --png FILE with --at, found none: a moment is chosen for a picture")
    name = ScenarioName().convert(what, None, None) if history else what
    if html is not None:
        showing.page(name, history, html, quiet)
    if png is not None:
        showing.still(name, history, at, png, width, quiet)
    if html is None and png is None:
        showing.watch(name, history)
