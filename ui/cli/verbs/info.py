"""`deepbattle info`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.output import columns, number, show_json

if TYPE_CHECKING:
    from engine import Scenario


@click.command("info")
@options.scenario_argument
@options.scenario_options
@options.json_option
def command(
    scenario: str, sets: tuple[tuple[str, str], ...], overlays: tuple[str, ...], as_json: bool, force: bool
) -> None:
    """What a scenario holds: sides, forces, plans, history, sources, and how well each is known."""
    from engine import load_scenario

    loaded = load_scenario(scenario, overlays, [f"{key}={value}" for key, value in sets], force=force)
    found = _facts(loaded)
    if as_json:
        show_json(found)
        return
    last = found["last_day"]
    click.echo(f"{loaded.title} ({loaded.id})\n{loaded.start} to {last}, theatre {loaded.theatre.id}, "
               f"{found['hexes']:,} hexes\n")  # fmt: skip
    if loaded.summary:
        click.echo(f"{loaded.summary}\n")
    rows: list[tuple[str, ...]] = [("", *(s.name for s in loaded.sides))]
    rows += [(name, *(number(found["sides"][s.id][name]) for s in loaded.sides)) for name in SIDE_ROWS]
    click.echo(columns(rows, right=[1, 2]) + "\n")
    click.echo(columns([(name, number(found[name])) for name in COUNTS], right=[1]) + "\n")
    grades = ", ".join(f"{count} {grade}" for grade, count in found["grades"].items())
    if loaded.outside:
        from ui.cli import summary

        click.echo(summary.outside(loaded.outside))
    click.echo(f"rows by grade of their source: {grades}")
    click.echo(f"digest {loaded.digest}")


SIDE_ROWS = (
    "headquarters", "formations", "arriving later", "men", "armoured vehicles", "guns", "assets", "directives",
)  # fmt: skip
COUNTS = ("objectives", "facts of history", "sources", "rule parameters", "uncertain numbers")


def _facts(scenario: Scenario) -> dict[str, Any]:
    from datetime import timedelta

    from engine import uncertain

    sides = {}
    for side in scenario.sides:
        mine = [f for f in scenario.formations if f.side == side.id]
        sides[side.id] = {
            "headquarters": sum(h.side == side.id for h in scenario.headquarters),
            "formations": len(mine),
            "arriving later": sum(f.arrives_min > 0 for f in mine),
            "men": sum(f.men for f in mine),
            "armoured vehicles": sum(f.afv for f in mine),
            "guns": sum(f.guns for f in mine),
            "assets": sum(a.side == side.id for a in scenario.assets),
            "directives": sum(d.side == side.id for d in scenario.directives),
        }
    rows = (*scenario.formations, *scenario.headquarters, *scenario.assets, *scenario.directives, *scenario.history)
    return {
        "id": scenario.id,
        "title": scenario.title,
        "start": scenario.start,
        "last_day": scenario.end - timedelta(days=1),
        "theatre": scenario.theatre.id,
        "hexes": int(scenario.window.sum()),
        "sides": sides,
        "objectives": len(scenario.objectives),
        "facts of history": len(scenario.history),
        "sources": len(scenario.sources),
        "rule parameters": len(scenario.parameters),
        "uncertain numbers": sum(1 for _ in uncertain(scenario)),
        "outside_range": scenario.outside,
        "grades": dict(Counter(row.grade for row in rows).most_common()),
        "digest": scenario.digest,
    }
