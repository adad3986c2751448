"""Sessions for the verbs: new, from a recording, from a batch; advanced with a watch and with orders from
files.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

import click

from engine import FileFaults, Order, Refusal, Result, Scenario, Session, Store, Watch, commanders, load_scenario
from ui.cli.exit_codes import Exit
from ui.cli.output import Progress

SIDE_IDS = ("axis", "soviet")
Planned = Mapping[int, Sequence[tuple[str, Order, str]]]
"""Orders by minute: (side, order, file:line)."""


LASTING = frozenset({"unknown_formation", "other_side", "off_map", "water", "no_goal"})
"""Codes of refusals that no later hour changes: such orders are refused before the run begins."""


class Refused(click.ClickException):
    """Orders of a file were refused."""

    exit_code = Exit.NO

    def show(self, file: IO[Any] | None = None) -> None:
        """Print one line for each."""
        click.echo(self.format_message(), file, err=file is None)


def new_session(
    scenario: str,
    seed: int,
    sets: Sequence[tuple[str, str]],
    overlays: Sequence[str],
    names: Mapping[str, str],
    force: bool = False,
) -> Session:
    """A session at minute 0."""
    loaded = load_scenario(scenario, overlays, [f"{key}={value}" for key, value in sets], force=force)
    return Session(loaded, seed, commanders(names, loaded))


def from_recording(
    origin: str, seed: int | None, names: Mapping[str, str], until: str = "", *, quiet: bool = False
) -> tuple[Session, Watch]:
    """A branch from a moment of a recording, RECORDING@TIME, and who has watched what came before; with another seed its
    luck changes from there on. ``until`` is where it is to stop: what is wrong is found before the past is replayed.
    """
    path, _, time = origin.partition("@")
    session = Session.load(path)
    if time:
        go_back(session, time)
    leading = commanders(names, session.scenario)
    horizon(session, until)
    watch = _watched(session, quiet)
    branch = session.branch(Path(path).name, seed)
    watch.turn_to(branch)
    for side, commander in leading.items():
        branch.hand_over(side, commander)
    return branch, watch


def who_commands(recording: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Names of the commanders to be called for a recording: as given, else who commanded when it was saved."""
    from engine.lab.commanders import who_commanded

    names = {**who_commanded(recording), **given}
    for side, name in names.items():
        if not name:
            raise click.UsageError(f"expected --commander {side}=file.py:Class: a commander of the user's commanded that side")
    return names


def _watched(session: Session, quiet: bool) -> Watch:
    """Who has watched a recording up to its present moment: it is replayed, its commanders are not asked."""
    moment = session.now
    session.rewind(min(session.frames))
    watch, first = Watch(session), session.now
    with Progress("What came before", moment - first, quiet=quiet) as bar:
        watch.run(moment, lambda now: bar.at(now - first, day(session, now)))
    return watch


def check_headquarters(scenario: Scenario, side: str, hq: str) -> None:
    """Fail if the side has no such headquarters."""
    own = [row.id for row in scenario.headquarters if row.side == side]
    if hq not in own:
        near = get_close_matches(hq, own, 3, 0.3) or sorted(own)[:3]
        raise click.UsageError(f"expected a headquarters of the {side} side, such as {', '.join(near)}; found {hq!r}")


def go_back(session: Session, words: str) -> None:
    """Rewind a recording to a date that it holds."""
    minute, first = parse_time(session, words), min(session.frames)
    if not first <= minute <= session.now:
        bounds = f"{day(session, first)} to {day(session, session.now)}"
        raise click.UsageError(f"expected a moment of the recording ({bounds}), found {words!r}")
    session.rewind(minute)


def of_batch(word: str) -> tuple[Session, dict[str, str]]:
    """The session of one run of a batch, DIR#NUMBER, and the names of its commanders."""
    from engine import source_of, with_values

    folder, _, number = word.rpartition("#")
    with Store.open(folder) as store:
        source = source_of(store, any_map=False)
    row = next((r for r in source.rows if r.number == int(number)), None)
    if row is None:
        raise click.UsageError(f"expected a run of {folder} (0 to {len(source.rows) - 1}), found {number}")
    names = dict(source.manifest["experiment"]["commanders"])
    return Session(with_values(source.scenario, row.factors, "experiment"), row.seed, commanders(names)), names


def horizon(session: Session, until: str, option: str = "--until") -> int:
    """The minute to stop at."""
    if not until:
        return session.end
    minute = parse_time(session, until)
    if not session.now < minute <= session.end:
        first, last = day(session, session.now), day(session, session.end)
        raise click.UsageError(f"expected {option} after {first} and not after {last}, found {until!r}")
    return minute


def follow_history(session: Session, words: str, side: str) -> None:
    """Let the plans be carried out to a date, or until a side has taken or lost a place (taken:PLACE, lost:PLACE)."""
    kind, _, name = words.partition(":")
    if kind not in ("taken", "lost"):
        session.advance(horizon(session, words, "--until-history"))
        return
    theatre = session.scenario.theatre
    place = theatre.find_place(name)
    if place is None:
        near = ", ".join(theatre.nearest_names(name))
        raise click.UsageError(f"expected a place of the theatre after {kind}:, found {name!r}; nearest: {near}")
    number = SIDE_IDS.index(side)

    def happened(_: int) -> bool:
        return (int(session.world.hexes.owner[place.cell]) == number) == (kind == "taken")

    if not happened(session.now):
        session.advance(session.end, happened)
    if not happened(session.now):
        raise click.UsageError(f"with the historical plans and this seed {place.name} is not {kind} by the end")


def parse_time(session: Session, words: str) -> int:
    """The minute of a date, such as 1944-08-20 or 1944-08-20T18:40."""
    try:
        when = datetime.fromisoformat(words.strip().replace(" ", "T"))
    except ValueError:
        raise click.UsageError(f"expected a date such as 1944-08-20 or 1944-08-20T18:40, found {words!r}") from None
    start = datetime.combine(session.scenario.start, datetime.min.time())
    return round((when.replace(tzinfo=None) - start) / timedelta(minutes=1))


def day(session: Session, minute: int) -> str:
    """20 August 1944."""
    when = session.scenario.start + timedelta(days=minute // 1440)
    return f"{when.day} {when:%B %Y}"


def advance(
    session: Session, end: int, planned: Planned, progress: Callable[[int], None], watch: Watch | None = None
) -> tuple[Result, bool, list[str]]:
    """Advance to the end with a watch (or one that has watched before), giving the planned orders at their minutes.

    Returns the result, whether it is whole, and why orders were refused: Ctrl-C ends the run at the next step, a
    refusal at its minute, both with the result so far.
    """
    watch = watch or Watch(session)
    refused: list[str] = []
    with _asked_to_stop() as asked:

        def told(now: int) -> bool:
            progress(now)
            return bool(asked)

        for minute in [*sorted(m for m in planned if session.now <= m < end), end]:
            result = watch.run(minute, told)
            if session.now < minute:
                break  # stopped, or over before its time
            for side, order, where in planned.get(minute, ()) if minute < end else ():
                answer = session.submit(side, order)[0]
                if isinstance(answer, Refusal):
                    refused.append(f"{where}: {answer.sentence}")
            if refused:
                break
    return result, not refused and session.now >= min(end, session.end), refused


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """A list that fills when the user presses Ctrl-C or the system asks to end; a second time ends at once."""
    asked: list[int] = []

    def note(number: int, _: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def read_orders(files: Sequence[tuple[str, str]], session: Session) -> Planned:
    """Orders from files: on each line a date and an order, such as ``1944-08-16T06:00 s_rd_417: attack
    B087.064``. All that cannot be read, or will be refused at any hour, are told at once.
    """
    planned: dict[int, list[tuple[str, Order, str]]] = {}
    problems: list[str] = []
    readable = True
    for side, name in files:
        for number, line in enumerate(_text(name).splitlines(), start=1):
            text, where = line.partition("#")[0].strip(), f"{name}:{number}:1"
            if not text:
                continue
            try:
                minute, order = _read_order(session, text)
            except (ValueError, click.UsageError) as problem:
                problems.append(f"{where}: {problem.message if isinstance(problem, click.UsageError) else problem}")
                readable = False
                continue
            answer = session.check(side, order)
            if answer is not None and answer.code in LASTING:
                problems.append(f"{where}: {answer.sentence}")
            planned.setdefault(minute, []).append((side, order, where))
    if problems:
        raise Refused("\n".join(problems)) if readable else FileFaults("\n".join(problems))
    return planned


def _read_order(session: Session, text: str) -> tuple[int, Order]:
    """The minute and the order of a line; ValueError and UsageError say what was expected."""
    date, _, words = text.partition(" ")
    minute = parse_time(session, date)
    if not session.now <= minute < session.end:
        bounds = f"{day(session, session.now)} to {day(session, session.end)}"
        raise ValueError(f"expected a date within the run ({bounds}), found {date}")
    order = Order.parse(words, session.scenario.theatre.grid)
    if order.kind.name == "ATTACH":
        raise ValueError("expected no attach (a line of reinforcements.csv attaches), found one")
    return minute, order


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        found = f"byte 0x{problem.object[problem.start]:02x}"
        raise FileFaults(f"{name}:1:1: expected UTF-8 text, found {found} (save the file as UTF-8)") from None
    except OSError as problem:
        raise FileFaults(f"{name}: expected a file with orders, found none ({problem.strerror})") from None


def failures(session: Session) -> list[str]:
    """How often each side's commander failed to plan, and how the first time; a sentence a side."""
    found = []
    for side, name in enumerate(SIDE_IDS):
        failed = [entry for entry in session.log if entry.side == side and entry.fault]
        if failed:
            first = failed[0]
            found.append(f"{name}: the commander failed {len(failed)} times and gave no orders then; first on "
                         f"{day(session, first.at)}: {first.fault}")  # fmt: skip
    return found
