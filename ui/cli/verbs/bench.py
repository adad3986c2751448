"""`deepbattle bench`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.output import Progress, columns, number, remark, show_json

if TYPE_CHECKING:
    from engine import Scenario


@click.command("bench")
@click.option("--case", "cases", multiple=True, metavar="SCENARIO|generated:N",
              help="What to time; doppelkopf, generated:400 and generated:100 by default. May be repeated.")  # fmt: skip
@click.option("--days", type=click.IntRange(1), help="Days of each generated case (10).")
@click.option("--seeds", type=click.IntRange(1), help="Runs of each case (3), or paired seeds (20) with --ablate.")
@click.option("--ablate", is_flag=True, help="Switch off each rule in turn and print what changes.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only these rules. May be repeated.")
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes for --ablate; all cores by default.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Keep the runs of --ablate, to resume.")
@options.until_option
@options.json_option
@options.quiet_option
def command(
    cases: tuple[str, ...], days: int | None, seeds: int | None, ablate: bool, rules: tuple[str, ...],
    workers: int | None, out: Path | None, until: str, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Time the engine, or switch off each rule in turn.

    Prints CPU by system, campaign days for a CPU second, and what saving, rewinding and starting cost.
    """
    if ablate:
        _ablate(cases, seeds or 20, rules, until, workers or os.cpu_count() or 1, out, as_json, quiet)
    else:
        _time(cases, days or 10, seeds or 3, as_json, quiet)


def _case(name: str, days: int) -> Scenario:
    from engine import Size, generated_scenario, load_scenario

    kind, _, count = name.partition(":")
    if kind != "generated":
        return load_scenario(options.ScenarioName().convert(name, None, None))
    if not count.isdigit() or int(count) < 8:
        raise click.UsageError(f"expected generated:N with N of 8 or more, found {name!r}")
    return generated_scenario(Size.of(int(count), days=days))


def _time(cases: tuple[str, ...], days: int, seeds: int, as_json: bool, quiet: bool) -> None:
    from engine import bench

    names = cases or (*[n for n in ("doppelkopf",) if n in options.scenario_names()], "generated:400", "generated:100")
    found: dict[str, Any] = {"machine": bench.machine(), "cases": []}
    if not as_json:
        click.echo("; ".join(f"{key} {value}" for key, value in found["machine"].items()) + "\n")
    for name in names:
        remark(f"{name} ...", quiet=quiet)
        scenario = _case(name, days)
        timing = bench.time_case(scenario, seeds=range(1, seeds + 1))
        found["cases"].append(timing.record())
        if not as_json:
            click.echo(_words(timing) + "\n")
    ratio = _ratio(found["cases"])
    if ratio is not None:
        found["scaling"] = ratio
    real = next((n for n in names if not n.startswith("generated")), None)
    if real is not None:
        remark("saving, rewinding, starting ...", quiet=quiet)
        found["handling"] = {**bench.handling(_case(real, days)), **bench.starting(real)}
        remark("a batch on two cores ...", quiet=quiet)
        found["batch"] = bench.parallel(_case(real, days))
    if as_json:
        show_json(found)
        return
    if ratio is not None:
        click.echo(f"a formation-day of 400 formations costs {ratio:.2f} times one of 100 (at most 1.2)\n")
    if real is not None:
        click.echo(columns([(f"  {k}", number(v, 1)) for k, v in found["handling"].items()], right=[1]) + "\n")
        b = found["batch"]
        click.echo(f"a batch of {b['runs']} runs on {b['workers']} workers takes {b['wall_s']:.1f} s, {b['ratio']:.2f} "
                   f"times its CPU shared out evenly (at most 1.1)")  # fmt: skip


def _words(timing: Any) -> str:
    head = (
        f"{timing.case}: {timing.formations:.0f} formations, {timing.days:.0f} days: {timing.seconds:.2f} s CPU; "
        f"{timing.ms_per_formation_day:.3f} ms a formation-day (at most 0.5), staffs {timing.staff_ms:.3f} (at most 0.2); "
        f"{timing.days_per_second:.1f} days a CPU second"
    )
    ordered = sorted(timing.by_system.items(), key=lambda item: -item[1])
    rows = [(f"  {name}", f"{s:.3f} s", f"{100 * s / timing.seconds:.0f} %") for name, s in ordered]
    return head + "\n" + columns(rows, right=[1, 2])


def _ratio(cases: list[dict[str, Any]]) -> float | None:
    costs = {case["case"]: case["ms_per_formation_day"] for case in cases}
    small, large = costs.get("generated_100"), costs.get("generated_400")
    return large / small if small and large else None


def _ablate(
    cases: tuple[str, ...], seeds: int, rules: tuple[str, ...], until: str, workers: int, out: Path | None,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    from engine import ablate

    name = cases[0] if cases else "doppelkopf"
    scenario = _case(name, 10)
    with Progress(f"each rule off: {name}", 1, quiet=quiet or as_json) as bar:
        found = ablate(scenario, seeds=seeds, rules=rules, until=until, workers=workers, folder=out, progress=bar.of)
    if as_json:
        show_json({"case": scenario.id, "seeds": seeds, "rules": [e.record() for e in found]})
        return
    click.echo(f"{scenario.title}: what changes when a rule is switched off, mean over {seeds} paired seeds "
               "with 95 % intervals\n")  # fmt: skip
    measures = list(found[0].changes) if found else []
    rows = [("rule", *measures, "")]
    for effect in found:
        cells = [f"{i.value:+,.0f} ({i.low:+,.0f} to {i.high:+,.0f})" for i in effect.changes.values()]
        rows.append((effect.rule, *cells, effect.verdict))
    click.echo(columns(rows, right=range(1, len(measures) + 1)))
    dead = [e.rule for e in found if e.verdict == "dead"]
    click.echo(f"\ndead rules: {', '.join(dead) or 'none'}")
