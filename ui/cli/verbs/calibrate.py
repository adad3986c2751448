"""`deepbattle calibrate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.output import columns, remark, show_json

if TYPE_CHECKING:
    from engine.lab.calibration import Target

CAMPAIGNS = 5
"""Runs of a campaign with different luck, over which yields are counted."""


@click.command("calibrate")
@click.option("--engagements", type=click.Path(path_type=Path), metavar="FILE",
              help="Described engagements with observed results (obs_* columns), as for engage.")  # fmt: skip
@click.option("--fit", "fits", is_flag=True, help="Fit the parameters of battle to --engagements; nothing is written.")
@click.option("--uncertain", is_flag=True, help="With --fit: standard errors, by leaving out a tenth in turn.")
@click.option("--campaign", type=options.ScenarioName(), metavar="SCENARIO",
              help="Also what only a campaign can answer: runs of it with staffs on both sides.")  # fmt: skip
@click.option("--details", is_flag=True, help="Also medians by posture, relief and ground, as context.")
@click.option("--set", "sets", multiple=True, type=options.Setting(), metavar="KEY=VALUE",
              help="Change a rule parameter. May be repeated.")  # fmt: skip
@options.force_option
@click.option("--runs", type=click.IntRange(10, 10_000), default=100, show_default=True, help="Fights of each.")
@options.seed_option
@options.json_option
def command(
    engagements: Path | None, fits: bool, uncertain: bool, campaign: str | None, details: bool,
    sets: tuple[tuple[str, str], ...], force: bool, runs: int, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """The combat model against aggregates of history: every target, the model, the accepted band, pass or fail.

    Failures are printed, not hidden, and do not change the exit code.
    """
    from engine import calibration_table, fit_engagements, outside_range, read_engagements, rules_of_engagements
    from ui.cli import summary

    if fits and engagements is None:
        raise click.UsageError("--fit needs --engagements FILE")
    known = read_engagements(engagements, observed=True, fit=fits) if engagements is not None else []
    try:
        rules = rules_of_engagements({key: float(value) for key, value in sets}, force=force)
    except KeyError as problem:
        raise click.UsageError(str(problem.args[0])) from None
    except ValueError as problem:
        raise click.UsageError(f"--set: {problem}") from None
    fitted: list[tuple[str, ...]] = []
    if fits:
        found = fit_engagements(known, uncertainty=uncertain, told=remark)
        fitted = [(a, f"{rules[a]:.4g}", f"{v:.4g}", f"{found.spread[a]:.2g}") for a, v in found.values.items()]
        rules |= found.values
    outside = outside_range(rules)
    targets = calibration_table(rules, known, runs=runs, seed=seed, details=details)
    if campaign is not None:
        targets += _fought_out(campaign, seed)
    dates = _kept_dates()
    targets += [dates] if dates is not None else []
    if as_json:
        show_json({"targets": [t.record() for t in targets], "not_computed": _not_computed(targets), "outside_range": outside,
                   "fitted": [dict(zip(("address", "now", "fitted", "se"), f, strict=True)) for f in fitted]})  # fmt: skip
        return
    if outside:
        click.echo(summary.outside(outside) + "\n")
    if fitted:
        click.echo(columns([("parameter", "now", "fitted", "s.e."), *fitted], right=(1, 2, 3)) + "\n")
    rest = _rest(targets)
    head = ("group", "target", "history", "model", "accepted", "verdict", "note")
    click.echo(columns([head, *(_line(t) for t in targets), *rest], right=(2, 3)))
    tests = [t for t in targets if not t.context]
    click.echo(f"\n{sum(t.passed for t in tests)} of {len(tests)} targets are met")


def _fought_out(name: str, seed: int) -> list[Target]:
    from engine import Session, campaign_targets, commanders, load_scenario

    staffs, scenario = {"axis": "staff", "soviet": "staff"}, load_scenario(name)
    return campaign_targets(*(Session(scenario, luck, commanders(staffs)) for luck in range(seed, seed + CAMPAIGNS)))


def _line(t: Target) -> tuple[str, ...]:
    record = t.record()
    band = f"{t.low:.3g} to {t.high:.3g}"
    return t.group, t.name, f"{t.history:.3g}", f"{t.model:.3g}", band, str(record["verdict"]), t.note


def _kept_dates() -> Target | None:
    from engine import engine_digest, score_page
    from engine.lab.calibration import dates_target

    return dates_target(score_page.kept_in(options.ROOT / "docs" / "scores"), engine_digest())


def _rest(targets: Sequence[Target]) -> list[tuple[str, ...]]:
    return [(r["group"], r["target"], "", "–", r["accepted"], "not computed", r["note"]) for r in _not_computed(targets)]


def _not_computed(targets: Sequence[Target]) -> list[dict[str, Any]]:
    """What the table has no line for: the targets of a campaign that was not fought out, dates without kept runs."""
    from engine.lab.calibration import CAMPAIGN, DATES, DATES_WANTED, DESCRIBED, ELSEWHERE, NOT_COMPUTED

    rest = [] if any(t.group == "campaign" and t.name != DATES for t in targets) else list(NOT_COMPUTED)
    rest = [*([] if any(t.group == "given" for t in targets) else DESCRIBED), *ELSEWHERE, *rest]
    if all(t.name != DATES for t in targets):
        rest.append(("campaign", DATES, f"{DATES_WANTED:.2g} to 1", f"after deepbattle scores {CAMPAIGN} --make"))
    return [dict(zip(("group", "target", "accepted", "note"), line, strict=True)) for line in rest]
