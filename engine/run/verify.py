"""Verify: simulate a recording again from its inputs and compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from engine.model.commander import Commander
from engine.rules.apply import fold
from engine.run.keyframes import Snapshot, read_frames, unpack
from engine.run.log import Input
from engine.run.paranoia import Diverged
from engine.run.recording import Contents, believed, events_of, open_recording, scenario_of
from engine.run.session import Session
from engine.run.start import new_world

Status = Literal["same", "different", "other engine"]


@dataclass(frozen=True)
class Verdict:
    """``status`` and a sentence; ``minute`` is where the first difference was found (-1: none)."""

    status: Status
    sentence: str
    minute: int = -1


def verify(path: str | Path, commanders: Mapping[str, Commander] | None = None) -> Verdict:
    """Re-run a recording from its log, calling nobody, and compare every digest.

    With ``commanders`` they are called as well and what they order is compared with the log.
    """
    path = Path(path)
    contents = open_recording(path)
    if not contents.same_engine:
        from engine.run.fingerprint import files

        theirs = contents.header.get("engine_files", {})
        changed = sorted(n for n in {*files(), *theirs} if files().get(n) != theirs.get(n))
        return Verdict("other engine", f"recorded by another engine; changed since: {', '.join(changed) or 'unknown'}")
    with believed(path):
        until = int(contents.header["now"])
        known = {int(r["at"]): r["digest"] for r in map(json.loads, contents.entries["digests.jsonl"].splitlines())}
        recorded = [Input.from_record(json.loads(line)) for line in contents.entries["log.jsonl"].splitlines()]
        present = unpack(contents.entries["present.bin"])
        session = _fresh(path, contents, recorded, commanders)
    if session.digest() != known.get(session.begins):
        return _difference(session, contents)
    session._digests = dict(known)
    try:
        # What commanders do wrong is theirs; what goes wrong without them comes from the log.
        with believed(path) if commanders is None else nullcontext():
            session.advance(until)
    except Diverged:
        return _difference(session, contents)
    difference = _first_difference(session._pen.snapshot(), present)
    if difference is not None:
        return Verdict("different", difference, session.now)
    if commanders is not None:
        return _compare_logs(recorded, session)
    return Verdict("same", f"{len(known)} digests and the final state are the same")


def _fresh(
    path: Path, contents: Contents, log: list[Input], commanders: Mapping[str, Commander] | None
) -> Session:
    """The session at the recording's beginning, its log ahead of it."""
    header = contents.header
    session = Session(
        scenario_of(path, contents), int(header["seed"]), commanders, reseeds=[(a, s) for a, s in header["reseeds"]]
    )
    session.begins = int(header.get("begins", 0))
    if session.begins:
        # Continued from another engine's keyframe: what came before cannot be run again.
        session._pen.restore(read_frames(contents.entries)[session.begins])
        session._world.derived.clear()
        session.now = session._applied_to = session._planned_to = session.begins
    if commanders is None:
        session._log, session._planned_to = log, int(header["planned_to"])
    else:
        session._log = [i for i in log if i.human]
    return session


def _difference(session: Session, contents: Contents) -> Verdict:
    theirs = _recorded_at(session, contents)
    where = _first_difference(session._pen.snapshot(), theirs) if theirs is not None else None
    told = where or f"the world differs at minute {session.now}"
    return Verdict("different", told, session.now)


def _recorded_at(session: Session, contents: Contents) -> Snapshot | None:
    """The recorded world at the session's minute: the last keyframe before it and the events since; None without."""
    frames = read_frames(contents.entries)
    before = [minute for minute in frames if minute <= session.now]
    if not before or (before[-1] < session.now and not any(name.startswith("events/") for name in contents.entries)):
        return None
    _, pen = new_world(session.scenario)
    pen.restore(frames[before[-1]])
    if before[-1] < session.now:
        for event in events_of(contents.entries):
            if before[-1] <= event.minute < session.now:
                fold(pen, event)
    return pen.snapshot()


def _first_difference(mine: Snapshot, theirs: Snapshot) -> str | None:
    """The first differing column and row of two snapshots, in declared order; None if they are the same."""
    for table, columns in mine.items():
        for name, values in columns.items():
            other = theirs.get(table, {}).get(name)
            if other is None or other.shape != values.shape:
                return f"{table}.{name}: {values.shape} against {None if other is None else other.shape}"
            if not np.array_equal(values, other):
                unequal = values != other
                row = int(np.flatnonzero(unequal.any(axis=1) if unequal.ndim > 1 else unequal)[0])
                return f"{table}.{name} row {row}: {values[row]} now, {other[row]} recorded"
    return None


def _compare_logs(recorded: list[Input], session: Session) -> Verdict:
    for theirs, mine in zip(recorded, session.log, strict=False):
        if theirs != mine:
            return Verdict(
                "different", f"the commanders decided otherwise at minute {min(theirs.at, mine.at)}", mine.at
            )
    if len(recorded) != len(session.log):
        return Verdict("different", f"{len(session.log)} inputs now, {len(recorded)} recorded", session.now)
    return Verdict("same", f"the commanders gave the same {len(recorded)} inputs")
