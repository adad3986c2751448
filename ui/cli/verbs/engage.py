"""`deepbattle engage`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ui.cli import options
from ui.cli.output import columns, number, show_json


@click.command("engage")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.toml|csv")
@click.option("--cases", type=click.IntRange(1, 100_000), default=400, show_default=True, help="Fights of each.")
@click.option("--set", "sets", multiple=True, type=options.Setting(), metavar="KEY=VALUE",
              help="Change a rule parameter, such as combat.tau_days=3. May be repeated.")  # fmt: skip
@click.option("--why", is_flag=True, help="Print the terms that make x.")
@options.seed_option
@options.json_option
def command(file: Path, cases: int, sets: tuple[tuple[str, str], ...], why: bool, seed: int, as_json: bool) -> None:
    """The combat model alone, on described engagements.

    Columns (or keys of [[engagement]]): id, att_men, def_men; att_/def_ afv, guns, sorties, share, quality,
    lethality; posture, relief, cover, weather, surprise, intensity, frontage_km, max_days; obs_* for what was
    observed.
    """
    from engine import fight, read_engagements, rules_of_engagements

    try:
        rules = rules_of_engagements({key: _float(key, value) for key, value in sets})
    except KeyError as problem:
        raise click.UsageError(str(problem.args[0])) from None
    fought = [fight(e, rules, seed=seed, cases=cases).record() for e in read_engagements(file)]
    if as_json:
        show_json(fought)
        return
    click.echo(columns([HEAD, *(_line(f) for f in fought)], right=range(1, len(HEAD))))
    if why:
        for f in fought:
            terms = [(f"  {name}", number(value, 3)) for name, value in f["terms"].items()]
            click.echo(f"\n{f['id']}: x = {f['x']:.3f}\n" + columns(terms, right=[1]))
    if len(fought) > 1:
        click.echo("\n" + _together(fought))


HEAD = ("engagement", "x", "attacker wins", "days", "attacker %/day", "defender %/day", "km/day")


def _float(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise click.UsageError(f"{key}: expected a number, found {value!r}") from None


def _line(f: dict[str, Any]) -> tuple[str, ...]:
    def spread(name: str, digits: int) -> str:
        s = f[name]
        return f"{s['median']:.{digits}f} ({s['p5']:.{digits}f}–{s['p95']:.{digits}f})"

    return (
        f["id"], f"{f['x']:.2f}", f"{100 * f['p_attacker_wins']['value']:.0f} %", spread("days", 0),
        spread("attacker_loss_pct_day", 1), spread("defender_loss_pct_day", 1), spread("advance_km_day", 1),
    )  # fmt: skip


def _together(fought: list[dict[str, Any]]) -> str:
    """How often what was observed lies in the middle 90 % of the fights."""
    lines = []
    for measure in ("attacker_loss", "defender_loss", "advance", "days"):
        at = [f["percentiles_of_history"][measure] for f in fought if measure in f["percentiles_of_history"]]
        if at:
            inside = sum(0.05 <= p <= 0.95 for p in at)
            lines.append(
                (f"  {measure.replace('_', ' ')}", f"{inside} of {len(at)}", f"{100 * inside / len(at):.0f} %")
            )
    wins = sum(f["p_attacker_wins"]["value"] for f in fought) / len(fought)
    text = f"attackers win {100 * wins:.0f} % of all fights"
    if lines:
        text += "\nobserved values inside the middle 90 % of the fights:\n" + columns(lines, right=[1, 2])
    return text
