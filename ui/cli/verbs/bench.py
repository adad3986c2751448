"""`deepbattle bench`."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.output import Progress, columns, number, remark, show_json

if TYPE_CHECKING:
    from engine import Scenario

MOST = 10_000
"""Formations of a generated case; more would not fit into the memory of a usual machine."""


@click.command("bench")
@click.option("--case", "cases", multiple=True, metavar="SCENARIO|generated:N",
              help="What to time; doppelkopf, generated:400 and generated:100 by default. May be repeated.")  # fmt: skip
@click.option("--days", type=click.IntRange(1), help="Days of each generated case (10).")
@click.option("--seeds", type=click.IntRange(1), help="Runs of each case (3), or paired seeds (20) with --ablate.")
@click.option("--window/--no-window", default=True, help="Also time the window, drawn in memory.")
@options.commander_option
@click.option("--ablate", is_flag=True, help="Switch off each rule in turn and print what changes.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only these rules. May be repeated.")
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes for --ablate; all cores by default.")
@click.option("--out", type=options.Output(folder=True), help="Keep the runs of --ablate, to resume.")
@options.until_option
@options.json_option
@options.quiet_option
def command(
    cases: tuple[str, ...], days: int | None, seeds: int | None, window: bool,
    commanders: tuple[tuple[str, str], ...], ablate: bool, rules: tuple[str, ...], workers: int | None,
    out: Path | None, until: str, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Time the engine, or switch off each rule in turn.

    Prints CPU by system, then each figure beside its budget: CPU for a formation and day, campaign days for a CPU
    second, what saving, rewinding and starting cost, how well a batch uses two cores, whether a quiet front stays quiet
    and a tank army goes through a breach, the window's frames. All are
    medians. A machine that is busy with other things shows in the wall times, hardly in the CPU times. Budgets of time are
    those of a reference machine: plain SimPy is timed between the cases, and says how many times slower this one is.
    """
    names = {"axis": "staff", "soviet": "staff", **dict(commanders)}
    if ablate:
        return _ablate(cases, seeds or 20, rules, until, names, workers or os.cpu_count() or 1, out, as_json, quiet)
    _time(cases, days or 10, seeds or 3, names, window, as_json, quiet)
    return Exit.DONE


def case_of(name: str, days: int) -> Scenario:
    from engine import Size, generated_scenario, load_scenario

    kind, _, count = name.partition(":")
    if kind != "generated":
        return load_scenario(options.ScenarioName().convert(name, None, None))
    if not count.isdigit() or not 8 <= int(count) <= MOST:
        raise click.UsageError(f"expected generated:N with N from 8 to {MOST}, found {name!r}")
    return generated_scenario(Size.of(int(count), days=days))


def _time(
    cases: tuple[str, ...], days: int, seeds: int, who: dict[str, str], window: bool, as_json: bool, quiet: bool
) -> None:
    from engine import bench, bench_parts, yardstick

    names = cases or (*[n for n in ("doppelkopf",) if n in options.scenario_names()], "generated:400", "generated:100")
    found: dict[str, Any] = {"machine": bench.machine(), "cases": []}
    if not as_json:
        click.echo("; ".join(f"{key} {value}" for key, value in found["machine"].items()) + "\n")
    waits = yardstick.waits_per_cpu_second()

    def lay() -> None:
        waits.extend(yardstick.waits_per_cpu_second())

    for name in names:
        remark(f"{name} ...", quiet=quiet)
        timing = bench.time_case(case_of(name, days), seeds=range(1, seeds + 1), names=who, between=lay)
        found["cases"].append(timing.record())
        lay()
        if not as_json:
            click.echo(_words(timing) + "\n")
    remark("a step of combat ...", quiet=quiet)
    found["combat"] = bench.combat_step()
    remark("described engagements ...", quiet=quiet)
    found["engagements"] = bench_parts.engagements_speed()
    found |= _ratio(found["cases"])
    real = next((n for n in names if not n.startswith("generated")), None)
    if real is not None:
        remark("the theatre ...", quiet=quiet)
        found["theatre"] = bench_parts.theatre_speed(case_of(real, days).theatre)
        remark("saving, rewinding, starting ...", quiet=quiet)
        found["handling"] = {**bench.handling(case_of(real, days), who), **bench.starting(real, who)}
        remark("a batch on two workers ...", quiet=quiet)
        found["batch"] = bench.parallel(case_of(real, days), names=who)
        remark("a quiet front and a tank army ...", quiet=quiet)
        found["behaviour"] = bench.behaviour(case_of(real, days))
        if window:
            remark("the window ...", quiet=quiet)
            found["window"] = _window(real)
    lay()
    slower = yardstick.times_slower(waits)
    found["yardstick"] = {"waits_per_cpu_second": statistics.median(waits), "times_slower": slower}
    lines = bench.figures(found)
    if as_json:
        show_json({**found, "figures": [line.record() for line in lines]})
        return
    middle = sorted(waits)[len(waits) // 4 : -(len(waits) // 4) or None]
    click.echo(f"plain SimPy: {min(middle) / 1e6:.2f} to {max(middle) / 1e6:.2f} million waits a CPU second here (middle half "
               f"of {len(waits)} rounds), {yardstick.REFERENCE_PER_S / 1e6:.2f} on the reference machine: "
               f"{slower:.2f} times slower here\n")  # fmt: skip
    rows = [("figure", "measured", "on the reference machine", "", "budget", "")]
    for line in lines:
        digits = (0 if line.budget >= 50 else 2) + (line.budget < 1)
        budget = f"{'at least' if line.at_least else 'at most'} {line.budget:g}"
        there = number(line.reference, digits) if line.timed else ""
        rows.append((line.words, number(line.value, digits), there, line.unit, budget, "met" if line.met else "missed"))
    click.echo(columns(rows, right=[1, 2]))


def _window(scenario: str, times: int = 3) -> dict[str, float]:
    """Medians over processes of their own, so that nothing is warm but the files."""
    code = (f"import sys, json; sys.path.insert(0, {str(options.ROOT)!r}); from ui.map.bench import bench_frames; "
            f"print(json.dumps(bench_frames(3.0, scenario={scenario!r})))")  # fmt: skip
    found = []
    for _ in range(times):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        if done.returncode:
            raise click.ClickException(f"the window cannot be timed: {done.stderr.strip().splitlines()[-1]}")
        found.append(json.loads(done.stdout.strip().splitlines()[-1]))
    keys = [key for key, value in found[0].items() if isinstance(value, (int, float))]
    return {key: statistics.median([one[key] for one in found]) for key in keys}


def _words(timing: Any) -> str:
    head = (
        f"{timing.case}: {timing.formations:.0f} formations, {timing.days:.0f} days, {timing.seconds:.2f} s CPU: "
        f"{timing.ms_per_formation_day:.3f} ms for a formation and day, {timing.days_per_second:.1f} days a second"
    )
    ordered = sorted(timing.by_system.items(), key=lambda item: -item[1])
    units = timing.formations * timing.days / 1000
    rows = [(f"  {name}", f"{s:.3f} s", f"{100 * s / timing.seconds:.0f} %", f"{s / units:.4f} ms") for name, s in ordered]
    return head + "\n" + columns(rows, right=[1, 2, 3])


def _ratio(cases: list[dict[str, Any]]) -> dict[str, float]:
    costs = {case["case"]: case["ms_per_formation_day"] for case in cases}
    small, large = costs.get("generated_100"), costs.get("generated_400")
    return {"scaling": large / small} if small and large else {}


def _ablate(
    cases: tuple[str, ...], seeds: int, rules: tuple[str, ...], until: str, names: dict[str, str], workers: int,
    out: Path | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    from engine import ablate

    name = cases[0] if cases else "doppelkopf"
    scenario = case_of(name, 10)
    with Progress(f"each rule off: {name}", 1, quiet=quiet or as_json) as bar:
        found = ablate(scenario, seeds=seeds, rules=rules, until=until, names=names, workers=workers,
                       folder=out, progress=bar.of)  # fmt: skip
    pairs = max((effect.pairs for effect in found), default=0)
    code = Exit.DONE if pairs + max((effect.failed for effect in found), default=0) >= seeds else Exit.STOPPED
    if as_json:
        show_json({"case": scenario.id, "seeds": seeds, "rules": [e.record() for e in found]})
        return code
    click.echo(f"{scenario.title}: what changes when a rule is switched off, mean over {pairs} paired seeds "
               "with 95 % intervals\n")  # fmt: skip
    rows = [("rule off", *(found[0].measures.values() if found else ()), "runs unchanged", "")]
    for effect in found:
        cells = [f"{number(i.value)} ({number(i.low)} to {number(i.high)})" for i in effect.changes.values()]
        rows.append((effect.rule, *cells, f"{effect.same} of {effect.pairs}", effect.verdict))
    click.echo(columns(rows, right=range(1, len(rows[0]) - 1)))
    for verdict, words in _VERDICTS.items():
        named = [e.rule for e in found if e.verdict == verdict]
        if named or verdict == "dead":
            click.echo(f"\n{words}: {', '.join(named) or 'none'}")
    return code


_VERDICTS = {
    "dead": "dead (no run of any seed changes by a bit)",
    "no clear effect": "no clear effect on the five measures in this case",
    "fails without it": "fails without it",
}
