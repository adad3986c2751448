"""`deepbattle list`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import click

from ui.cli.options import json_option, scenarios_folder
from ui.cli.output import columns, show_json


@click.command("list")
@json_option
def command(as_json: bool) -> None:
    """The scenarios there are."""
    found = [_head(path) for path in sorted(scenarios_folder().glob("*/scenario.toml"))]
    found.sort(key=lambda head: (str(head["start"]), head["id"]))
    if as_json:
        show_json(found)
        return
    if not found:
        click.echo(f"no scenarios in {scenarios_folder()}")
        return
    rows = [(h["id"], f"{h['start']} to {h['end']}", h["title"], h["fault"]) for h in found]
    click.echo(columns(rows))


def _head(path: Path) -> dict[str, Any]:
    """What the first lines of a scenario say; a broken one is listed with its fault."""
    head: dict[str, Any] = {
        "id": path.parent.name,
        "title": "",
        "start": "",
        "end": "",
        "theatre": "",
        "fault": "",
    }
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except (OSError, ValueError) as problem:
        return {**head, "fault": f"cannot be read: {problem}"}
    return {**head, **{key: str(data[key]) for key in ("title", "start", "end", "theatre") if key in data}}
