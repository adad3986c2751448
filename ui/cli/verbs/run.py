"""`deepbattle run`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import options
from ui.cli.exit_codes import Exit
from ui.cli.options import ScenarioName
from ui.cli.output import Progress, check_writable, keep, remark, say_if_compiling, show_json

if TYPE_CHECKING:
    from engine import Result, Session, Watch


class Runnable(ScenarioName):
    """A scenario, or one run of a batch: DIR#NUMBER."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        folder, mark, number = str(value).rpartition("#")
        if mark and number.isdigit() and Path(folder).is_dir():
            return str(value)
        return super().convert(value, param, ctx)


@click.command("run")
@click.argument("scenario", type=Runnable(), required=False)
@options.seed_option
@options.until_option
@options.scenario_options
@options.commander_option
@click.option("--from", "origin", metavar="RECORDING[@TIME]", help="Go on from a moment of a recording.")
@click.option("--orders", metavar="SIDE=FILE", multiple=True, type=options.SideCommander("FILE"),
              help="Give a side's orders from a file: a date and an order on each line.")  # fmt: skip
@click.option("--out", type=options.Output(), help="Write a recording (.dbr).")
@click.option("--report", type=options.Output(), help="Write a report (HTML).")
@options.json_option
@options.quiet_option
def command(
    scenario: str | None, seed: int, until: str, sets: tuple[tuple[str, str], ...], overlays: tuple[str, ...],
    commanders: tuple[tuple[str, str], ...], origin: str | None, orders: tuple[tuple[str, str], ...],
    out: Path | None, report: Path | None, as_json: bool, quiet: bool, force: bool,
) -> int:  # fmt: skip
    """One run without a window.

    SCENARIO is a scenario's name or folder, or a run of a batch as DIR#NUMBER. Prints who holds what, the
    losses and how the run compares with history. Ctrl-C ends the run at its next step and keeps what was
    done, recording included; --from goes on from there, with those who commanded unless others are named.
    """
    from engine import mark_kernels_ready
    from ui.cli import running

    _refuse_what_would_be_ignored(scenario, origin)
    for path in (out, report):
        check_writable(path)
    names, watch = {"axis": "staff", "soviet": "staff", **dict(commanders)}, None
    began = time.monotonic()
    if origin:
        names = running.who_commands(Path(origin.partition("@")[0]), dict(commanders))
        session, watch = running.from_recording(
            origin, seed if _given("seed") else None, names, until, quiet=quiet or as_json
        )
    elif scenario is None:
        raise click.UsageError("expected a SCENARIO, or --from RECORDING@TIME")
    elif "#" in scenario and Path(scenario.rpartition("#")[0]).is_dir():
        session, names = running.of_batch(scenario)
    else:
        session = running.new_session(scenario, seed, sets, overlays, names, force)
    if session.begins:
        since = running.day(session, session.begins)
        remark(f"recorded by another engine: goes on as a branch of its own from {since}", quiet=quiet)
    planned = running.read_orders(orders, session)
    end = running.horizon(session, until)
    result, whole, refused = _advance(session, end, planned, watch, quiet=quiet or as_json)
    took = time.monotonic() - began
    try:
        _write(session, result, names, out, report)
    finally:  # whatever cannot be written, the result is told
        _show(session, result, as_json, took)
    if not as_json:
        _say_where(out, report, quiet)
    for sentence in running.failures(session):
        remark(sentence)
    for sentence in refused:
        remark(sentence)
    if whole:
        mark_kernels_ready(session.scenario.id)
        return Exit.DONE
    remark(f"stopped at {running.day(session, session.now)}" + (f"; go on with: deepbattle run --from {out}" if out else ""))
    return Exit.NO if refused else Exit.STOPPED


def _refuse_what_would_be_ignored(scenario: str | None, origin: str | None) -> None:
    """A recording and a run of a batch carry their scenario with them: nothing about it can be said again."""
    fixed = "a recording" if origin else "a run of a batch" if scenario and "#" in scenario else ""
    if not fixed:
        return
    told = [f"--{flag}" for name, flag in (("sets", "set"), ("overlays", "overlay"), ("force", "force")) if _given(name)]
    told += ["SCENARIO"] if origin and scenario else []
    told += [] if origin else [f"--{flag}" for name, flag in (("seed", "seed"), ("commanders", "commander")) if _given(name)]
    if told:
        raise click.UsageError(f"expected {fixed} alone, which carries its own scenario, found {', '.join(told)} as well")


def _given(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _advance(session: Session, end: int, planned: Any, watch: Watch | None, *, quiet: bool) -> tuple[Result, bool, list[str]]:
    from ui.cli import running

    start = session.now
    say_if_compiling(quiet=quiet)
    with Progress(session.scenario.title, end - start, quiet=quiet) as bar:
        return running.advance(session, end, planned, lambda now: bar.at(now - start, running.day(session, now)), watch)


def _write(session: Session, result: Result, names: dict[str, str], out: Path | None, report: Path | None) -> None:
    if out is not None:
        keep(out, session.save)
    if report is not None:
        from engine import single_source, write_report

        source = single_source(session, result, names)
        keep(report, lambda path: write_report(path, source))


def _show(session: Session, result: Result, as_json: bool, took: float) -> None:
    from engine import engine_digest, scorecard

    card = scorecard(session.scenario, [result.record()])
    if as_json:
        show_json(
            {
                "scenario": session.scenario.id, "scenario_digest": session.scenario.digest, "seed": session.seed,
                "engine": engine_digest(), "result": result.record(), "series": dict(result.series),
                "scorecard": card.record(),
            }
        )  # fmt: skip
        return
    from ui.cli import summary

    click.echo(f"{session.scenario.title} · seed {session.seed} · {_length(result.minute)} in {took:.1f} s\n")
    if session.scenario.outside:
        click.echo(summary.outside(session.scenario.outside) + "\n")
    click.echo(summary.holdings(session.scenario, result) + "\n")
    click.echo(summary.losses(session.scenario, result) + "\n")
    for told in (summary.politics(session.scenario, result), summary.victory(session.scenario, result)):
        if told:
            click.echo(told + "\n")
    click.echo(summary.against_history(card))


def _length(minutes: int) -> str:
    """12 days; of less than three days the hours, unless they are whole days."""
    days, hours = divmod(minutes // 60, 24)
    count, unit = (24 * days + hours, "hour") if hours and days < 3 else (days, "day")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _say_where(out: Path | None, report: Path | None, quiet: bool) -> None:
    if out is not None:
        remark(f"\nrecording  {out}   watch it on the map: ./deepbattle replay {out}", quiet=quiet)
    if report is not None:
        remark(f"report     {report}   open it in a browser", quiet=quiet)
