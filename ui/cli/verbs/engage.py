"""`deepbattle engage`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.output import columns, number, show_json

if TYPE_CHECKING:
    from engine.lab.engagement import Fought


@click.command("engage")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.csv|toml")
@click.option("--runs", "--cases", type=click.IntRange(1, 100_000), default=400, show_default=True,
              help="Fights of each engagement.")  # fmt: skip
@click.option("--set", "sets", multiple=True, type=options.Setting(), metavar="KEY=VALUE",
              help="Change a rule parameter, such as combat.tau_days=3. May be repeated.")  # fmt: skip
@options.force_option
@click.option("--why", is_flag=True, help="Print the terms that make x, each with the parameter behind it.")
@options.seed_option
@options.json_option
def command(
    file: Path, runs: int, sets: tuple[tuple[str, str], ...], force: bool, why: bool, seed: int, as_json: bool
) -> None:
    """The combat model alone, on engagements described by a row each.

    Columns: id, att_men, def_men; att_/def_ afv, guns, sorties (of the whole fight), quality, share, lethality;
    posture (hasty, prepared, fortified, delay, withdrawal); relief (flat, rolling, rugged); cover (bare, desert,
    mixed, wooded, marsh, urban); weather (dry, wet, mud); surprise (-3 to 3), intensity, frontage_km, max_days;
    obs_* for what was observed. A blank cell is unknown; on rugged ground only bare and desert tell from other cover.
    Other columns pass through to the JSON; of them att_side and def_side (German, Soviet) set what is average where
    quality, lethality and intensity are blank.

    The spreads are those of a forecast: luck, what the row leaves open, errors of the figures.
    """
    from engine import fight, outside_range, read_engagements, rules_of_engagements
    from ui.cli import summary

    try:
        rules = rules_of_engagements({key: _float(key, value) for key, value in sets}, force=force)
    except KeyError as problem:
        raise click.UsageError(str(problem.args[0])) from None
    fought = fight(read_engagements(file), rules, seed=seed, runs=runs)
    outside = outside_range(rules)
    records = [f.record() | ({"outside_range": outside} if outside else {}) for f in fought]
    if as_json:
        show_json([{**r, "terms": dict(f.terms)} for r, f in zip(records, fought, strict=True)] if why else records)
        return
    if outside:
        click.echo(summary.outside(outside) + "\n")
    click.echo(columns([HEAD, *(_line(r) for r in records)], right=range(1, len(HEAD))))
    click.echo(LEGEND)
    if why:
        click.echo("".join(_terms(f) for f in fought))
    if len(fought) > 1:
        click.echo("\n" + _together(records))


HEAD = ("engagement", "x", "attacker wins", "days", "attacker %/day", "defender %/day", "km/day")

LEGEND = """
x: balance, the log of attacker's over defender's power with what shifts it. Losses: % of all men a day.
Spreads: median (5 to 95 %) of the fights."""


def _float(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise click.UsageError(f"{key}: expected a number, found {value!r}") from None


def _terms(f: Fought) -> str:
    from engine import addresses

    behind = addresses(f)
    terms = [(f"  {name}", number(value, 3), behind.get(name, "")) for name, value in f.terms.items()]
    return f"\n{f.engagement.id}: x = {f.x:.3f}\n" + columns(terms, right=[1]) + "\n"


def _line(f: dict[str, Any]) -> tuple[str, ...]:
    def spread(name: str, digits: int) -> str:
        s = f[name]
        return f"{s['p50']:.{digits}f} ({s['p05']:.{digits}f}–{s['p95']:.{digits}f})"

    return (
        f["id"], f"{f['x']:.2f}", f"{100 * f['p_attacker_wins']:.0f} %", spread("days", 0),
        spread("att_loss_pct_day", 1), spread("def_loss_pct_day", 1), spread("advance_km_day", 1),
    )  # fmt: skip


def _together(records: list[dict[str, Any]]) -> str:
    """How often what was observed lies in the middle 90 % of the fights."""
    lines = []
    for measure in ("att_loss", "def_loss", "advance", "days"):
        at = [r["percentiles_of_history"][measure] for r in records if measure in r.get("percentiles_of_history", {})]
        if at:
            inside = sum(0.05 <= p <= 0.95 for p in at)
            lines.append(
                (f"  {measure.replace('_', ' ')}", f"{inside} of {len(at)}", f"{100 * inside / len(at):.0f} %")
            )
    wins = sum(r["p_attacker_wins"] for r in records) / len(records)
    text = f"attackers win {100 * wins:.0f} % of all fights"
    if lines:
        text += "\nobserved values inside the middle 90 % of the fights:\n" + columns(lines, right=[1, 2])
    return text
