"""`deepbattle exit-codes`."""

from __future__ import annotations

import click

from ui.cli.exit_codes import MEANING
from ui.cli.options import json_option
from ui.cli.output import columns, show_json


@click.command("exit-codes")
@json_option
def command(as_json: bool) -> None:
    """What the program's exit codes mean."""
    if as_json:
        show_json({str(int(code)): meaning for code, meaning in MEANING.items()})
    else:
        click.echo(columns([(int(code), meaning) for code, meaning in MEANING.items()], right=[0]))
