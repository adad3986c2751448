"""`deepbattle play`."""

from __future__ import annotations

import click

from ui.cli import options


@click.command("play")
@click.argument("scenario", type=options.ScenarioName())
@click.option("--side", type=click.Choice(["axis", "soviet"]), default="soviet", show_default=True, help="Your side.")
@click.option("--hq", help="Command only this headquarters; the staff runs the rest of your side.")
@click.option(
    "--until-history", metavar="WHEN",
    help="Follow the historical plan to this date, or until your side has taken:PLACE or lost:PLACE, then take over.",
)
@options.seed_option
@options.scenario_options
@options.commander_option
def command(
    scenario: str, side: str, hq: str | None, until_history: str | None, seed: int, sets: tuple[tuple[str, str], ...],
    overlays: tuple[str, ...], commanders: tuple[tuple[str, str], ...], force: bool,
) -> None:  # fmt: skip
    """Command a side, or one headquarters, in the window."""
    from ui.cli import running, showing

    names = {"axis": "staff", "soviet": "staff", **dict(commanders)}
    session = running.new_session(scenario, seed, sets, overlays, names, force)
    if hq is not None:
        running.check_headquarters(session.scenario, side, hq)
    if until_history:
        running.follow_history(session, until_history, side)
    showing.play(session, side, hq)
