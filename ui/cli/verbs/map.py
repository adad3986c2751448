"""`deepbattle map`."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli import options


@click.command("map")
@click.argument("what", metavar="THEATRE|SCENARIO", shell_complete=options.complete_names_and_theatres)
@click.option("--png", required=True, type=options.Output(), help="The picture to write.")
@click.option("--layer", "layers", multiple=True, metavar="LAYER", help="Only these layers. May be repeated.")
@click.option("--width", type=click.IntRange(200, 8000), default=1600, show_default=True, help="Width in pixels.")
@options.quiet_option
def command(what: str, png: Path, layers: tuple[str, ...], width: int, quiet: bool) -> None:
    """Draw a theatre, or a scenario at its start, as a picture. Needs no display."""
    from ui.cli import showing

    showing.picture(what, layers, width, png, quiet)
