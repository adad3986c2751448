"""A session on the window: frames are filmed as it advances, behind, by one worker; orders go in by its one door.

The worker and the window share the session under a lock that is never held for longer than one hour of the
campaign takes to compute. Scrubbing reads the film and never asks the engine.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ui.map.scene import NEVER, TRUTH, Answer, Draft, Frame, Message, Odds, Progress, Reach, Story, Way, Why
from ui.map.stages import between
from ui.map.stages.film import Film
from ui.map.stages.frames import make_frame
from ui.map.stages.log import LogWriter, facts_as_messages, readable
from ui.map.stages.odds import odds_of
from ui.map.stages.reach import march_reach, march_way
from ui.map.stages.reasons import battle_reason, march_reason, power_reason, supply_reason
from ui.map.stages.story import make_story

if TYPE_CHECKING:
    from engine import Session

SIDE_IDS = ("axis", "soviet")
STEP_MIN = 60
"""A frame of the film for every hour."""
BREATH_S = 0.04
FORTRESS_RINGS = 1
"""Rings of hexes that belong to a fortress declared in the window, beside its place."""


class LiveStage:
    """A session to watch (`mode` replay or history) or to play.

    A replay begins at minute 0 and works its way through the log to where the recording stands. In play the human
    commands `side`, or only the formations below the headquarters `hq`.
    """

    def __init__(self, session: Session, mode: str = "replay", side: int = TRUTH, hq: str | None = None, *,
                 story: Story | None = None, commanders: Any = None) -> None:  # fmt: skip
        self.session, self.mode, self.side = session, mode, side
        self.story = story or make_story(session.scenario, session.world.statics)
        self.viewers = (side,) if mode == "play" else (0, TRUTH, 1) if mode == "replay" else (TRUTH,)
        self.progress = Progress()
        self.commanders = commanders
        self._below = self._under(hq) if hq else None
        self._lock = threading.RLock()
        self._wake = threading.Condition()
        self._target = 0
        self._closing = False
        self._asked: tuple[Any, ...] | None = None
        self._answers: dict[tuple[Any, ...], Any] = {}
        self._films = {viewer: Film() for viewer in self.viewers}
        self._seen = 0
        statics = session.world.statics
        directives = tuple((d.title or d.id, SIDE_IDS.index(d.side)) for d in session.scenario.directives)
        happenings = tuple(told.title for told in session.scenario.events)
        self._log = LogWriter(self.story, statics.commanders, directives, happenings)
        self._facts = facts_as_messages(self.story) if mode != "play" else []
        self._shown: dict[int, tuple[int, list[Message]]] = {}
        self._mobility = tuple(u.mobility for u in self.story.units)
        self._side_of = tuple(u.side for u in self.story.units)
        self._temperatures = {w.day: w.temp_c for w in session.scenario.weather}
        self._lost: list[tuple[int, int, int]] = []
        self.resume_at = session.now
        """Where the session stood when it was opened: everything before is worked out again from its log."""
        self.followed_to = session.begins
        self.verdict: Mapping[str, Any] | None = None
        self.last_minute = session.now if mode == "replay" and session.now > 0 else self.story.end_min
        """A recording is shown as far as it goes; a session to play, or one that has not begun, goes to the end."""
        self.yielding = False
        """The window has much to draw: the worker takes a breath after every step."""
        if session.now > 0:
            self._rewind_to_start()
        self._film_now()
        sys.setswitchinterval(0.001)  # the window gets its turn soon while the worker computes
        self._worker = threading.Thread(target=self._work, name="campaign", daemon=True)
        self._worker.start()
        if self.resume_at:
            self.run_to(self.resume_at)

    def _rewind_to_start(self) -> None:
        """Back to the first moment there is: minute 0, or where another engine's recording was taken up."""
        first = min(self.session.frames, default=0)
        try:
            self.session.rewind(first)
        except Exception as problem:
            self.progress.fault = f"The past of this recording cannot be shown: {problem}"

    def _under(self, hq: str) -> frozenset[int]:
        number = {u.id: k for k, u in enumerate(self.story.units)}
        if hq not in number:
            raise LookupError(f"there is no headquarters {hq!r} in {self.story.title}")
        below = {number[hq]}
        grew = True
        while grew:
            more = {k for k, u in enumerate(self.story.units) if u.parent in below} - below
            grew, below = bool(more), below | more
        return frozenset(below)

    # Frames.

    @property
    def ready_to(self) -> int:
        return self._films[self.viewers[-1]].last  # the viewers are filmed in turn: all have what the last one has

    def frame(self, minute: float, viewer: int) -> Frame:
        return self._films[viewer].at(minute)

    def messages(self, viewer: int) -> Sequence[Message]:
        log = self._log.messages
        kept = self._shown.get(viewer)
        key = len(log) + (log[-1].minute << 20 if log else 0)
        if kept is None or kept[0] != key:
            mine = readable([*log, *self._facts], viewer)
            kept = self._shown[viewer] = (key, sorted(mine, key=lambda m: m.minute))
        return kept[1]

    @property
    def happened(self) -> dict[int, int]:
        return self._log.happened

    def losses(self) -> tuple[Any, Any, Any]:
        lost = self._lost
        if len(lost) < 2:
            none = np.zeros(0, np.int64)
            return none, none, none
        table = np.array([row for row in lost if row[0] % 360 == 0] or [lost[0]], np.int64)
        steps = np.maximum(np.diff(table[:, 1:], axis=0), 0)
        return table[:-1, 0], steps[:, 0], steps[:, 1]

    def _film_now(self) -> None:
        """Take a picture of the present moment for every viewer."""
        session = self.session
        self._judge()  # before the last frame is there: whoever waits for that frame may ask who won
        views = (session.view(0), session.view(1))
        lost = self._lost_now()
        hollow = self.mode == "history" and session.now > 0
        for viewer, film in self._films.items():
            known = film.at(session.now) if len(film) else None
            frame = make_frame(self.story, session, views, viewer, known, self._temperatures)
            if self.mode == "history":
                frame.hollow[:] = hollow
                frame = replace(frame, bracket=between.bracket(self.story, session.now))
                if len(film):
                    between.marches(film, frame, views, self._mobility, self._side_of)
            film.add(frame)
        self._lost = [row for row in self._lost if row[0] < session.now]
        mine = [lost[s] if TRUTH in self.viewers or s == self.side else 0 for s in (0, 1)]
        self._lost.append((session.now, mine[0], mine[1]))
        events = session.events
        if self._seen > len(events):
            self._seen = 0
            self._log.messages.clear()
        self._log.add(events[self._seen :])
        self._seen = len(events)

    def _judge(self) -> None:
        """Who won, where the campaign has come to its end."""
        from engine import verdict

        session = self.session
        judged = session.now >= session.end and self.mode != "history" and session.scenario.objectives
        self.verdict = verdict(session.world, session.now).record() if judged else None

    def _lost_now(self) -> tuple[int, int]:
        formations = self.session.world.formations
        lost = formations.read("battle", self.session.now) // 1_000_000 + formations.captured_u // 1_000_000
        return int(lost[formations.side == 0].sum()), int(lost[formations.side == 1].sum())

    # The worker.

    def run_to(self, minute: int) -> None:
        minute = min(-(-minute // STEP_MIN) * STEP_MIN, self.last_minute)
        with self._wake:
            if minute > self._target and minute > self.ready_to:
                self._target = minute
                self._wake.notify()

    def stop(self) -> None:
        with self._wake:
            self._target = 0

    def close(self) -> None:
        with self._wake:
            self._closing = True
            self._target = 0
            self._wake.notify()
        self._worker.join(timeout=5)

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._closing and self._target <= self.ready_to and self._asked is None:
                    self.progress.running = False
                    self._wake.wait(1.0)
                if self._closing:
                    return
                target, asked = self._target, self._asked
            try:
                if asked is not None:
                    self._answer(asked)
                elif target > self.ready_to:
                    self._one_step(target)
                    if self.yielding:
                        time.sleep(BREATH_S)
            except Exception as problem:
                self.progress.fault = f"The campaign stopped at {self.story.moment(self.ready_to):%d %b %H:%M}: {problem!r}"
                with self._wake:
                    self._target, self._asked = 0, None

    def _one_step(self, target: int) -> None:
        p = self.progress
        if not p.running:
            p.running, p.label = True, "Reading the log" if self.ready_to < self.resume_at else "Working ahead"
        p.done, p.wanted = max(self.ready_to, 0), target
        with self._lock:
            before = self.session.now
            self.session.advance(min(before + STEP_MIN - before % STEP_MIN, target))
            if self.session.now > before:
                self._film_now()
            else:
                with self._wake:
                    self._target = 0

    def finish(self, timeout: float = 60.0) -> None:
        """Wait until the worker has done what was asked (tests, pictures)."""
        until = time.perf_counter() + timeout
        while self._target > self.ready_to and not self.progress.fault and time.perf_counter() < until:
            time.sleep(0.005)

    # Answers that take time: the worker finds them, the window asks again until they are there.

    def _ask(self, key: tuple[Any, ...]) -> Any:
        if key not in self._answers:
            with self._wake:
                self._asked = key
                self._wake.notify()
        return self._answers.get(key)

    def pending(self) -> bool:
        return self._asked is not None

    def why(self, unit: int, minute: float, viewer: int, about: str = "power") -> Why | None:
        return self._ask(("why", about, unit, self.frame(minute, viewer).minute))

    def _answer(self, key: tuple[Any, ...]) -> None:
        try:
            with self._lock:
                found = self._explain(*key[1:]) if key[0] == "why" else self._weigh(*key[1:])
        except Exception as problem:
            found, self.progress.fault = None, f"This could not be worked out: {problem!r}"
        self._answers[key] = found
        with self._wake:
            if self._asked == key:
                self._asked = None

    def _explain(self, about: str, unit: int, minute: int) -> Why | None:
        from engine import why

        session = self.session
        if session.now != minute:
            session = session.branch()
            session.rewind(minute)
        if about == "march":
            return march_reason(why.why_march(session, unit))
        if about == "supply":
            return supply_reason(why.why_supply(session, unit))
        if about == "battle":
            battles, cell = session.world.battles, self.frame(minute, self.viewers[0]).hex[unit]
            going = np.flatnonzero(((battles.hex == cell) | (battles.hex == self._target_of(unit, minute)))
                                   & (battles.ended_at >= NEVER))  # fmt: skip
            return battle_reason(why.why_battle(session, int(going[-1]))) if len(going) else None
        return power_reason(why.why_power(session, unit))

    def odds(self, units: tuple[int, ...], goal: int) -> Odds | None:
        return self._ask(("odds", units, goal, self.ready_to)) if self.side != TRUTH else None

    def _weigh(self, units: tuple[int, ...], goal: int, minute: int) -> Odds | None:
        view = self.session.view(self.side)
        return odds_of(self.story, view, units, goal) if view.minute == minute else None

    def _target_of(self, unit: int, minute: int) -> int:
        target = int(self.frame(minute, self.viewers[0]).target[unit])
        return target if target >= 0 else -2

    # Orders.

    def may_command(self, unit: int) -> bool:
        """Whether the human may give this unit orders."""
        return self._below is None or unit in self._below

    def reach(self, unit: int) -> Reach | None:
        if self.side == TRUTH:
            return None
        with self._lock:
            return march_reach(self.session.view(self.side), unit)

    def way(self, unit: int, kind: str, goal: int) -> Way | None:
        if self.side == TRUTH:
            return None
        with self._lock:
            return march_way(self.session.view(self.side), unit, kind, goal)

    def _order(self, draft: Draft) -> Any:
        """The order of a draft. A decree is a directive to the headquarters of the formation, what was drawn one to the
        headquarters it was drawn for."""
        from engine import Order

        if draft.decree:
            return self._decree(draft)
        if draft.points:
            return self._directive(draft)
        grid = self.story.theatre.grid
        goal = f" {grid.text(draft.goal)}" if draft.goal >= 0 else ""
        return Order.parse(f"{self.story.units[draft.unit].id}: {draft.kind}{goal}", grid)

    def _directive(self, draft: Draft) -> Any:
        """What a headquarters is told: it ends whatever this one and those below it were told before."""
        from engine import Instruction

        attack = draft.kind == "attack"
        return Instruction.from_record({
            "hq": self.story.units[draft.unit].id, "kind": draft.kind, "axis" if attack else "line": list(draft.points),
            **({"objective": draft.goal} if attack else {}), "clears": True, "by_human": True,
        })  # fmt: skip

    def _decree(self, draft: Draft) -> Any:
        from engine import Instruction

        view = self.session.view(self.side)
        at = view.own.at(draft.unit)
        hq = int(view.own.hq[at]) if at >= 0 else -1
        if hq < 0:
            raise ValueError(f"{self.story.units[draft.unit].name} has no headquarters that could declare it.")
        lifts = draft.kind.startswith("lift")
        return Instruction.from_record({
            "hq": view.statics.headquarters_ids[hq], "kind": "lift_fortress" if lifts else "fortress",
            "objective": draft.goal, "ring": 0 if lifts else FORTRESS_RINGS, "by_human": True,
        })  # fmt: skip

    def check(self, draft: Draft) -> str:
        if self.side == TRUTH:
            return "Nobody can be commanded in a replay."
        if not self.may_command(draft.unit):
            return f"{self.story.units[draft.unit].name} is not under your headquarters."
        with self._lock:
            try:
                order = self._order(draft)
            except ValueError as problem:
                return str(problem)
            refused = self.session.check(SIDE_IDS[self.side], order)
        return str(refused) if refused is not None else ""

    def submit(self, drafts: Sequence[Draft]) -> list[Answer]:
        with self._lock:
            answers = self.session.submit(SIDE_IDS[self.side], *(self._order(d) for d in drafts))
            self._answers.clear()
        return [Answer(d, str(a) if a is not None else "") for d, a in zip(drafts, answers, strict=True)]

    def rewind(self, minute: int) -> str:
        """Go back to an earlier moment to continue from there; returns what went wrong, or an empty text."""
        minute -= minute % STEP_MIN
        self.stop()
        with self._lock:
            try:
                self.session.rewind(minute)
            except Exception as problem:
                return f"It cannot go back: {problem}"
            for film in self._films.values():
                film.cut(minute)
            self._log.cut(minute)
            self._seen = len(self.session.events)
            self._answers.clear()
            self._film_now()
        return ""

    def save(self, path: str) -> str:
        with self._lock:
            try:
                self.session.save(path)
            except OSError as problem:
                return f"{path} could not be written: {problem.strerror or problem}"
        return ""

    def reopen(self, path: str) -> LiveStage | str:
        """A stage on another recording, to be commanded as this one; or what is wrong with the file."""
        from engine import RecordingFault, Session

        try:
            session = Session.load(Path(path), self.commanders)
        except RecordingFault as problem:
            return str(problem)
        mode = "play" if self.mode == "play" else "replay"
        stage = LiveStage(session, mode, self.side if mode == "play" else TRUTH, commanders=self.commanders)
        stage._below = self._below
        return stage


__all__ = ["LiveStage"]
