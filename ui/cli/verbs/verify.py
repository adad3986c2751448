"""`deepbattle verify`."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.output import show_json

CODES = {"same": Exit.DONE, "different": Exit.NO, "other engine": Exit.OTHER_ENGINE}


@click.command("verify")
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--commanders", "call", is_flag=True, help="Also call those who commanded and compare their orders.")
@options.commander_option
@options.json_option
def command(recording: Path, call: bool, commanders: tuple[tuple[str, str], ...], as_json: bool) -> int:
    """Run a recording again from its inputs and compare every digest.

    The exit code is 0 if all is the same, 1 if something differs (the first differing column and row are
    named), 6 if the recording was made by another engine.
    """
    from engine import commanders as by_name
    from engine import verify
    from ui.cli.running import who_commands

    who = by_name(who_commands(recording, dict(commanders))) if call or commanders else None
    verdict = verify(recording, who)
    if as_json:
        show_json({"status": verdict.status, "sentence": verdict.sentence, "minute": verdict.minute})
    else:
        click.echo(f"{recording}: {verdict.status}: {verdict.sentence}")
    return CODES[verdict.status]
