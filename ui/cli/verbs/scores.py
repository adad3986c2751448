"""`deepbattle scores`."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.options import ScenarioName
from ui.cli.output import Progress, check_writable, columns, number, remark, say_if_compiling, show_json

if TYPE_CHECKING:
    from engine import Scenario

FOLDER = options.ROOT / "docs" / "scores"
RUNS = 50


class RunsOf(click.ParamType):
    """N, or SCENARIO=N."""

    name = "runs"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        name, equals, count = str(value).rpartition("=")
        if not count.isdigit() or int(count) < 1 or (equals and not name):
            self.fail(f"expected N or SCENARIO=N, N at least 1, found {value!r}", param, ctx)
        return (str(ScenarioName().convert(name, param, ctx)) if name else ""), int(count)


@click.command("scores")
@click.argument("scenarios", nargs=-1, type=ScenarioName(), metavar="[SCENARIO ...]")
@click.option("--make", is_flag=True, help="Do the runs of the cards that are missing or out of date, and keep them.")
@click.option("--runs", "runs", multiple=True, type=RunsOf(), metavar="N|SCENARIO=N",
              help=f"Runs of each scenario, {RUNS} by default, or of one. May be repeated.")  # fmt: skip
@options.seed_option
@click.option("--baseline/--no-baseline", default=True, help="Also run the plain staff on both sides, for comparison.")
@click.option("--page", is_flag=True, help="Only write the page (README.md) again from the files.")
@click.option("--folder", type=options.Output(folder=True), default=FOLDER, show_default="docs/scores",
              help="Where the cards and the page about them lie.")  # fmt: skip
@click.option("-j", "--workers", type=click.IntRange(1), help="Worker processes; all cores by default.")
@options.json_option
@options.quiet_option
def command(
    scenarios: tuple[str, ...], make: bool, runs: tuple[tuple[str, int], ...], seed: int, baseline: bool, page: bool,
    folder: Path, workers: int | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """The scorecards of all scenarios: print what is kept, or make it.

    Without --make it prints a line for each kept card and says which another engine made. With --make each card that
    is out of date is made and kept as FOLDER/SCENARIO.json, the page about all of them after each. A call that is
    stopped or killed loses no finished run: the same call goes on. A card that others asked for with more runs keeps
    them in the cache.
    """
    from engine import score_page

    names = scenarios or tuple(options.scenario_names())
    ended = Exit.DONE
    if make:
        check_writable(folder / score_page.PAGE)
        signal.signal(signal.SIGTERM, _like_ctrl_c)
        say_if_compiling(quiet=quiet or as_json)
        wanted = dict(runs)
        for name in names:
            many = wanted.get(name, wanted.get("", RUNS))
            ended = _make(name, folder, many, seed, baseline, workers or os.cpu_count() or 1, quiet or as_json)
            if ended is Exit.STOPPED:
                break
    if make or page:
        check_writable(folder / score_page.PAGE)
        _write_page(folder)
    kept = [one for one in score_page.kept_in(folder) if one["scenario"] in names]
    states = {one["scenario"]: _state(one) for one in kept}
    if as_json:
        show_json([{**one, "state": states[one["scenario"]]} for one in kept])
    elif kept:
        click.echo(_table(kept, states))
        click.echo(_beside(folder, names))
    missing = sorted(set(names) - set(states))
    if missing and not as_json:
        remark(f"no card of: {', '.join(missing)} (deepbattle scores SCENARIO --make)", quiet=quiet)
    return ended


def _like_ctrl_c(*_: object) -> None:
    raise KeyboardInterrupt


def _make(name: str, folder: Path, runs: int, seed: int, baseline: bool, workers: int, quiet: bool) -> Exit:
    """The card of a scenario, unless the kept one is what would come out."""
    from engine import load_scenario, tallies

    scenario: Scenario = load_scenario(name)
    asked = tallies.Asked(runs, seed, baseline=baseline)
    path = folder / f"{scenario.id}.json"
    kept = tallies.read_tally(path)
    if kept is not None and tallies.is_current(kept, scenario, asked):
        remark(f"{name}: up to date", quiet=quiet)
        return Exit.DONE
    with Progress(scenario.title, 1, quiet=quiet) as bar:
        found = tallies.tally(scenario, asked, workers=workers, progress=bar.of)
    if not found["complete"]:
        why = f"{found['failed']} runs failed" if found["failed"] else "stopped; the same call goes on"
        remark(f"{name}: {why}; the card is left as it was", quiet=quiet)
        return Exit.RUNS_FAILED if found["failed"] else Exit.STOPPED
    tallies.keep_tally(path, found)
    _write_page(folder)
    remark(f"{name}: kept in {path}", quiet=quiet)
    return Exit.DONE


def _write_page(folder: Path) -> None:
    from engine import score_page

    folder.mkdir(parents=True, exist_ok=True)
    (folder / score_page.PAGE).write_text(score_page.page(folder), encoding="utf-8")


def _state(kept: Mapping[str, Any]) -> str:
    """Whether the present engine would say the same: "current", or what has changed since."""
    from engine import FileFaults, engine_digest, load_scenario

    changed = ["another engine"] if kept["engine"] != engine_digest() else []
    try:
        if load_scenario(kept["scenario"]).digest != kept["scenario_digest"]:
            changed.append("another state of the scenario")
    except (FileFaults, FileNotFoundError):
        changed.append("a scenario that is gone")
    return ", ".join(changed) or "current"


def _table(kept: Sequence[Mapping[str, Any]], states: Mapping[str, str]) -> str:
    from engine.lab.score_page import men_lost

    rows = [("scenario", "runs", "dates inside", "days off", "men Axis", "men Red", "front km", "met", "plain", "CPU s", "")]
    for one in kept:
        head, cost, beside = one["headline"] or {}, one.get("cost") or {}, one["baseline"] or {}
        dates = head.get("dates") or []
        error = head.get("error_days")
        state = states[one["scenario"]]
        rows.append((
            one["scenario"], str(one["runs"]), f"{head['inside']} of {len(dates)}" if dates else "–",
            "–" if not dates else "never" if error is None else number(error, 1), men_lost(head, "axis"),
            men_lost(head, "soviet"), number(head.get("front_km")), _share(one.get("share")), _share(beside.get("share")),
            number(cost.get("cpu_s"), 1), "" if state == "current" else f"of {state}",
        ))  # fmt: skip
    return columns(rows, right=range(1, 10))


def _beside(folder: Path, names: Sequence[str]) -> str:
    """Pairings and what-ifs that are kept beside the cards, and which of them another engine made."""
    from engine import engine_digest, score_page

    rows = [(f"pairing {one['case']}", f"{one['pairs']} pairs", "" if one["engine"] == engine_digest() else "of another engine")
            for one in score_page.pairings_in(folder) if one["case"] in names]  # fmt: skip
    rows += [(f"what-if {one['what_if']}", f"{one['pairs']} pairs", "" if _state(one) == "current" else f"of {_state(one)}")
             for one in score_page.what_ifs_in(folder) if one["scenario"] in names]  # fmt: skip
    return "\n" + columns(rows, right=[1]) if rows else ""


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"
