"""A run: submit, check, advance, rewind, branch, save. Replay, play and batch are all this one class and loop."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.arithmetic import round_up
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.clock import Clock
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice
from engine.core.garbage import seldom_collected
from engine.model.codes import SIDES
from engine.model.commander import Commander, Notes
from engine.model.events import Event
from engine.model.instruction import Instruction
from engine.model.orders import Order, Refusal
from engine.model.scenario import Scenario
from engine.model.view import SideView
from engine.model.world import Pen, World
from engine.rules import door
from engine.rules.apply import fold
from engine.rules.derived import derived
from engine.rules.redraw import redraw
from engine.rules.system import System, Trace
from engine.rules.systems import SYSTEMS
from engine.rules.views import passing_view, side_view
from engine.run.account import Account
from engine.run.event_book import EventBook
from engine.run.keyframes import Keyframes
from engine.run.log import Change, Input, Lines
from engine.run.memory import behind_the_other_side, noted, notes_of
from engine.run.paranoia import Diverged, nothing_derived, same_events
from engine.run.start import new_world

if TYPE_CHECKING:
    from engine.run.why import Why

KEYFRAME_MIN = 12 * HOUR
CHAPTER_MIN = 4 * DAY
"""So long events are gathered before they are packed: many at a time cost less, and saving can still wait for the rest."""


@dataclass(frozen=True)
class Parent:
    """Where a branch left its parent: the parent's name and the minute."""

    name: str
    minute: int


class Session:
    """One run of a scenario.

    ``commanders`` maps "axis" and "soviet" to what commands them; a side without one gets orders only through
    :meth:`submit`. ``seed`` is the run's luck. ``reseeds`` are later changes of luck, (minute, seed). Without events
    and frames a run is quicker and smaller, but cannot be folded or rewound: for batches.
    ``paranoid`` decides everything a second time with all derived maps made anew and raises if anything differs.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        commanders: Mapping[str, Commander] | None = None,
        *,
        systems: Sequence[System] = SYSTEMS,
        reseeds: Sequence[tuple[int, int]] = (),
        keep_events: bool = True,
        keep_frames: bool = True,
        ledger: bool = False,
        paranoid: bool = False,
    ) -> None:
        world, pen = new_world(scenario)
        self.paranoid, self._keep_frames = paranoid, keep_frames
        self._begin(scenario, seed, commanders, systems, tuple(reseeds), keep_events, ledger, world, pen)
        self._keep_frame()

    def _begin(
        self, scenario: Scenario, seed: int, commanders: Mapping[str, Commander] | None, systems: Sequence[System],
        reseeds: tuple[tuple[int, int], ...], keep_events: bool, ledger: bool, world: World, pen: Pen,
    ) -> None:  # fmt: skip
        unknown = set(commanders or {}) - set(SIDES)
        if unknown:
            raise ValueError(f"expected sides {SIDES}, found {sorted(unknown)}")
        self.scenario, self.seed, self.reseeds = scenario, seed, reseeds
        self.commanders: dict[int, Commander] = {SIDES.index(s): c for s, c in (commanders or {}).items()}
        self.now = 0
        self.begins = 0
        """From here on this engine has run it. Before lies what another engine recorded: to be watched, not run."""
        self._recorded: tuple[Event, ...] = ()
        """Events before ``begins``, as the other engine wrote them."""
        self.parent: Parent | None = None
        self.remark = ""
        self._systems = tuple(systems)
        rows = [system.calendar for system in self._systems]  # -1, the last, for those that do not go by it
        self._in_turn: Callable[[list[int | None]], Sequence[int | None]] = (
            itemgetter(*rows) if len(rows) > 1 else lambda next_at: [next_at[row] for row in rows]
        )
        self._world, self._pen = world, pen
        self._ledger, self._keep_events = ledger, keep_events
        self._log: list[Input] = []
        self._applied_to = 0
        """Inputs at minutes before this are in the world."""
        self._planned_to = 0
        """Commanders have been called for every hour before this; the log holds what they did."""
        self._events: list[Event] = []
        self._book = EventBook()
        self._lines = Lines()
        self._frames = Keyframes()
        self._digests: dict[int, str] = {}
        self._dice = {s: Dice(s, ledger=ledger) for s in (seed, *(r[1] for r in reseeds))}
        self._trace: tuple[int, str, Trace] | None = None
        self._accounts: list[Account] | None = None
        """What each system decides, with its terms, while a minute is gone through again to explain it."""
        self.spent: dict[str, float] | None = None
        """CPU seconds by system and by "staffs" when set to a dict (``deepbattle bench``)."""

    # Looking.

    @property
    def end(self) -> int:
        """The minute at which the run ends: the scenario's end, or what an event has set before it."""
        return min(self.scenario.end_min, int(self._world.course.ends_at[0]))

    @property
    def world(self) -> World:
        """The world as it stands, read-only."""
        return self._world

    @property
    def events(self) -> Sequence[Event]:
        """All events so far, in order."""
        return self._events

    @property
    def log(self) -> Sequence[Input]:
        """All inputs, those of a rewound future included."""
        return self._log

    @property
    def checkpoints(self) -> Mapping[int, str]:
        """Digest of the world at each midnight, and where the run begins."""
        return self._digests

    @property
    def frames(self) -> Keyframes:
        """Keyframes so far."""
        return self._frames

    def digest(self) -> str:
        """Hex digest of every mutable column."""
        return self._world.digest()

    def view(self, side: str | int) -> SideView:
        """What a side may know now."""
        return side_view(self._world, side if isinstance(side, int) else _number(side), self.now)

    def notes(self, side: int) -> Notes:
        """The memory of a side's commander, to be read and changed; the other side's rows are blank."""
        return notes_of(self._world, side)

    def dice(self, minute: int) -> Dice:
        """The luck in force at a minute."""
        seed = self.seed
        for at, other in self.reseeds:
            if minute >= at:
                seed = other
        return self._dice[seed]

    # Acting.

    def check(self, side: str, order: Order | Instruction) -> Refusal | None:
        """Why an order or directive cannot be given, or None; changes nothing."""
        return door.check(self._world, _number(side), order, self.now)

    def submit(self, side: str, *orders: Order | Instruction) -> list[Refusal | None]:
        """Give orders and directives at the present minute; returns a refusal, or None if accepted, for each.

        After a rewind the first one drops the future that was: from here on it is another course of events.
        """
        number = _number(side)
        answers = [door.check(self._world, number, order, self.now) for order in orders]
        accepted, directives = _sorted_out([o for o, no in zip(orders, answers, strict=True) if no is None])
        if accepted or directives:
            self._drop_future()
            sequence = sum(1 for i in self._log if i.at == self.now and i.human)
            self._note(Input(self.now, number, sequence, True, accepted, directives=directives))
        return answers

    def hand_over(self, side: str, commander: Commander | None) -> None:
        """Let another commander (or nobody) command a side from now on."""
        self._drop_future()
        number = _number(side)
        if commander is None:
            self.commanders.pop(number, None)
        else:
            self.commanders[number] = commander

    def advance(self, until: int, progress: Callable[[int], bool] | None = None) -> int:
        """Complete every minute before ``until`` (at most the end); returns the minute reached.

        ``progress(now)`` is called about once an hour of the campaign and stops the advance by returning True.
        """
        if self.now < self.begins:
            self._follow_record(min(until, self.begins))
        with seldom_collected():
            self._go_on(until, progress)
        return self.now

    def _go_on(self, until: int, progress: Callable[[int], bool] | None) -> None:
        clock = Clock(self.now, self._systems, self._due, self._fire, self._dated)
        while self.now < (end := min(until, self.end)):
            self._commanders_speak()
            self._apply_inputs()
            stop = min(end, round_up(self.now + 1, HOUR))
            clock.run(stop)
            self.now = stop
            if stop % KEYFRAME_MIN == 0 and self._keep_frames:
                self._keep_frame()
            if progress is not None and progress(self.now):
                break

    def rewind(self, minute: int) -> None:
        """Go back to an earlier minute, exactly as it was. The log of what followed is kept until a new order."""
        if not self._keep_frames:
            raise ValueError("expected a session that keeps frames, to rewind it")
        first = next(iter(self._frames))
        if not first <= minute <= self.now:
            raise ValueError(f"expected a minute between {first} and {self.now}, found {minute}")
        frame_at = self._frames.at_or_before(minute)
        self._pen.restore(self._frames.get(frame_at))
        self._world.derived.clear()
        self.now = self._applied_to = frame_at
        self._events = [e for e in self._events if e.minute < frame_at]
        self._book.cut(len(self._events))
        if self._ledger:
            self._dice = {seed: Dice(seed, ledger=True) for seed in self._dice}
        self.advance(minute)

    def branch(self, name: str = "", seed: int | None = None) -> Session:
        """An independent run that shares the past. With ``seed`` its luck changes from now on."""
        twin = Session.__new__(Session)
        twin.paranoid, twin._keep_frames = self.paranoid, self._keep_frames
        pen = self._pen.copy()
        world = World(self._world.statics, pen)
        reseeds = (*self.reseeds, (self.now, seed)) if seed is not None else self.reseeds
        commanders = {SIDES[s]: c for s, c in self.commanders.items()}
        twin._begin(self.scenario, self.seed, commanders, self._systems, reseeds, self._keep_events, self._ledger,
                    world, pen)  # fmt: skip
        twin.now, twin._applied_to, twin._planned_to = self.now, self._applied_to, self._planned_to
        twin._log, twin._events = list(self._log), list(self._events)
        twin._frames, twin._book, twin._lines = self._frames.copy(), self._book.copy(), self._lines.copy()
        twin._digests = dict(self._digests)
        twin.begins, twin._recorded = self.begins, self._recorded
        twin.parent = Parent(name or self.scenario.id, self.now)
        if seed is not None:
            twin._drop_future()
        return twin

    def why(self, number: int, row: int = 0) -> Why:
        """Why event ``number`` of :attr:`events` happened, for one of its rows: the terms of the decision, run again."""
        from engine.run.why import why_event

        return why_event(self, number, row)

    def traced(self, minute: int, system: str) -> Trace:
        """Complete the present ``minute`` while the named system records its terms."""
        trace = Trace()
        self._trace = (minute, system, trace)
        self.advance(minute + 1)
        self._trace = None
        return trace

    def retraced(self, minute: int) -> list[Account]:
        """Complete the present ``minute`` while inputs and every system that runs record their terms; in their order."""
        accounts: list[Account] = []
        self._accounts = accounts
        try:
            self.advance(minute + 1)
        finally:
            self._accounts = None
        return accounts

    # The loop's parts.

    def _commanders_speak(self) -> None:
        if self.now % HOUR or self.now < self._planned_to:
            return
        self._planned_to = self.now + 1
        for side in sorted(self.commanders):
            due = self._headquarters_due(side)
            if len(due):
                self._ask(side, due)

    def _headquarters_due(self, side: int) -> list[int]:
        headquarters, notes = self._world.headquarters, self._world.staff_notes
        first, alarmed = self._first_call(side)
        hears = getattr(self.commanders[side], "hears", None) if alarmed else None
        heard = alarmed and (hears is None or hears(self.now))
        if first > self.now and not heard:
            return []
        due = notes.cycle_at <= self.now
        if heard:
            due |= headquarters.alarm_at >= notes.planned_at
        due &= headquarters.side == side
        due_rows: list[int] = rows_where(due).tolist()
        return due_rows

    def _first_call(self, side: int) -> tuple[int, bool]:
        """When the first cycle of a side's headquarters comes, and whether there is an alarm for any of them."""
        headquarters, notes = self._world.headquarters, self._world.staff_notes

        def make() -> tuple[int, bool]:
            mine = headquarters.side == side
            cycles = notes.cycle_at[mine].tolist()
            return min(cycles, default=NEVER), anywhere((headquarters.alarm_at >= notes.planned_at) & mine)

        key = (*headquarters.version("side", "alarm_at"), *notes.version("cycle_at", "planned_at"))
        return derived(self._world, f"session.first_call.{side}", key, make)

    def _ask(self, side: int, due: list[int]) -> None:
        started = _cpu() if self.spent is not None else 0.0
        notes = self.notes(side)
        fault: str = ""
        orders: Sequence[Order | Instruction] = []
        accepted: tuple[Order, ...] = ()
        directives: tuple[Instruction, ...] = ()
        changes: tuple[Change, ...] = ()
        try:
            view = passing_view(self._world, side, self.now)
            orders = self.commanders[side].plan(view, notes, self.dice(self.now), due)
            view.close()
            changes = tuple(notes.changes())
            if self.paranoid:
                self._ask_again(side, due, orders, changes)
            changes = behind_the_other_side(self._world, changes, self._said_now())
            accepted, directives = _sorted_out([o for o in orders if door.check(self._world, side, o, self.now) is None])
        except Exception as problem:
            if isinstance(problem, (KeyboardInterrupt, SystemExit)) or not self._forgiving(side):
                raise
            fault, orders, changes = f"{type(problem).__name__}: {problem}", [], ()
        if accepted or directives or changes or fault:
            self._note(Input(self.now, side, 0, False, accepted, changes, directives, fault))
        if self.spent is not None:
            self.spent["staffs"] = self.spent.get("staffs", 0.0) + _cpu() - started

    def _said_now(self) -> list[Input]:
        """Entries of the log at this minute."""
        later = self._log[bisect_left(self._log, self.now, key=lambda i: i.at) :]
        return [entry for entry in later if entry.at == self.now]

    def _forgiving(self, side: int) -> bool:
        """A bot that fails gives no orders and a logged fault; a fault of the built-in staff is a bug and shows."""
        return not getattr(self.commanders[side], "built_in", False)

    def _note(self, entry: Input) -> None:
        insort(self._log, entry, key=lambda i: i.key)
        if self._keep_frames:
            self.line(entry)  # now, so that saving has it ready

    def line(self, entry: Input) -> bytes:
        """A log entry as a line of a recording."""
        return self._lines.of(entry)

    def _follow_record(self, until: int) -> None:
        """Watch what another engine recorded: fold its events, and take its keyframes where they lie.

        An event that this engine cannot fold is passed over; the next keyframe puts things right.
        """
        while self.now < until:
            stop = min([m for m in self._frames if m > self.now] + [until])
            stop = min(stop, until)
            for event in self._recorded:
                if self.now <= event.minute < stop:
                    with suppress(LookupError, TypeError, ValueError):
                        fold(self._pen, event)
                    self._events.append(event)
            self.now = self._applied_to = stop
            if stop in self._frames:
                self._pen.restore(self._frames.get(stop))
        self._world.derived.clear()

    def _leave_record(self) -> None:
        """Go on by this engine from a moment that another one recorded."""
        self.begins = self._planned_to = self.now
        self._recorded = tuple(e for e in self._recorded if e.minute < self.now)
        self._log, self._digests = [], {}
        self._frames.drop_after(self.now - 1)
        self._keep_frame()

    def _drop_future(self) -> None:
        if self.now < self.begins:
            self._leave_record()
        kept = [i for i in self._log if i.at < self.now or (i.at == self.now and i.human)]
        if self._planned_to > self.now or len(kept) != len(self._log):
            self._log = kept
            self._planned_to = min(self._planned_to, self.now)
            self._frames.drop_after(self.now)
            self._digests = {m: d for m, d in self._digests.items() if m <= self.now}

    def _apply_inputs(self) -> None:
        if self._accounts is not None:
            self._account("inputs")
        for at, seed in self.reseeds:
            if self._applied_to <= at <= self.now:
                for event in redraw(self._world, self.now, Dice(seed)):
                    self._emit(event)
        for entry in self._log[bisect_left(self._log, self._applied_to, key=lambda i: i.at) :]:
            if entry.at > self.now:
                break
            self._apply_input(entry)
        self._applied_to = self.now + 1

    def _apply_input(self, entry: Input) -> None:
        trace = self._accounts[-1].trace if self._accounts else None
        if entry.notes:
            self._emit(noted(entry))
        if entry.orders:
            self._emit(door.ordered_event(self._world, entry.side, entry.orders, self.now, self.dice(self.now), trace))
        if entry.directives:
            self._emit(door.directed_event(self._world, entry.directives, self.now, self.dice(self.now), trace))

    def _account(self, system: str) -> Account:
        """A new account, of what is decided next."""
        accounts = self._accounts if self._accounts is not None else []
        accounts.append(Account(system, World(self._world.statics, self._pen.copy()), Trace(), []))
        return accounts[-1]

    def _due(self, i: int) -> int:
        return self._systems[i].next_due(self._world, self.now)

    def _dated(self) -> Sequence[int | None]:
        """When the systems are due that run by the calendar alone; None for the others."""
        next_at: list[int | None] = self._world.systems.next_at.tolist()
        next_at.append(None)
        return self._in_turn(next_at)

    def _fire(self, i: int, minute: int) -> None:
        system = self._systems[i]
        started = _cpu() if self.spent is not None else 0.0
        self.now = minute
        trace = None
        if self._trace is not None and self._trace[:2] == (minute, system.name):
            trace = self._trace[2]
        if self._accounts is not None:
            trace = self._account(system.name).trace
        events = system.decide(self._world, minute, self.dice(minute), trace)
        if self.paranoid:
            self._decide_again(system, minute, events)
        for event in events:
            self._emit(event)
        if self.spent is not None:
            self.spent[system.name] = self.spent.get(system.name, 0.0) + _cpu() - started

    # Paranoia: what is derived must be what it would be if it were made anew.

    def _quiet_dice(self) -> Dice:
        """The luck in force, without a ledger."""
        return Dice(self.dice(self.now).seed)

    def _decide_again(self, system: System, minute: int, events: Sequence[Event]) -> None:
        with nothing_derived(self._world):
            again = system.decide(self._world, minute, self._quiet_dice(), None)
        if not same_events(events, again):
            raise Diverged(f"{system.name} decides otherwise at minute {minute} when derived maps are made anew")

    def _ask_again(
        self, side: int, due: list[int], orders: Sequence[Order | Instruction], changes: tuple[Change, ...]
    ) -> None:
        notes = self.notes(side)
        with nothing_derived(self._world):
            again = self.commanders[side].plan(self.view(side), notes, self._quiet_dice(), due)
        if again != orders or tuple(notes.changes()) != changes:
            raise Diverged(f"{SIDES[side]} plans otherwise at minute {self.now} when derived maps are made anew")

    def _emit(self, event: Event) -> None:
        if not len(event):
            return
        fold(self._pen, event)
        if self._accounts:
            self._accounts[-1].events.append(event)
        if self._keep_events:
            self._events.append(event)

    def _keep_frame(self) -> None:
        if self.now % DAY == 0 or not self._digests:
            self._keep_digest()
        if self.now % CHAPTER_MIN == 0:
            self._book.close(self._events)
        if self.now not in self._frames:
            self._frames.keep(self.now, self._pen.snapshot())

    def _keep_digest(self) -> None:
        digest = self.digest()
        known = self._digests.get(self.now)
        if known is not None and known != digest:
            raise Diverged(f"the world at minute {self.now} is not what it was: a rule decides by something undeclared")
        self._digests[self.now] = digest

    # Files.

    def save(self, path: str | Path, *, events: bool = True) -> None:
        """Write a recording (.dbr): save game, replay file and bug report in one."""
        from engine.run.recording import write

        write(self, Path(path), events=events)

    @staticmethod
    def load(path: str | Path, commanders: Mapping[str, Commander] | None = None) -> Session:
        """A session that stands where the recording was saved; ``RecordingFault`` says what is wrong with a file."""
        from engine.run.recording import read

        return read(Path(path), commanders)


def _sorted_out(orders: Sequence[Order | Instruction]) -> tuple[tuple[Order, ...], tuple[Instruction, ...]]:
    """Orders to formations, and directives to headquarters."""
    return (
        tuple(o for o in orders if isinstance(o, Order)),
        tuple(o for o in orders if isinstance(o, Instruction)),
    )


def _number(side: str) -> int:
    if side not in SIDES:
        raise ValueError(f"expected a side ({' or '.join(SIDES)}), found {side!r}")
    return SIDES.index(side)


def _cpu() -> float:
    """CPU of the thread that asks: keyframes that are being packed in the background are no part of a system."""
    import time

    return time.thread_time()


def run_to_end(session: Session, progress: Callable[[int], bool] | None = None) -> Session:
    """Advance a session to its scenario's end."""
    session.advance(session.end, progress)
    return session


__all__: list[Any] = ["Diverged", "Parent", "Session", "run_to_end"]
