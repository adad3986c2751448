"""Recordings (.dbr): header, resolved scenario, input log, digests and keyframes in one zip.

Save game, replay file and bug report are one format. Entries are JSON, JSON lines and packed keyframes (never
pickles); the last entry names the digest of every other, so a cut or edited file shows.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.files.faults import FileFaults
from engine.files.json_form import from_json, to_json
from engine.model.commander import Commander
from engine.model.events import Event
from engine.run.event_book import unpack_events
from engine.run.fingerprint import engine_digest, files
from engine.run.keyframes import pack, read_frames, unpack
from engine.run.log import Input

if TYPE_CHECKING:
    from engine.run.session import Session

FORMAT = 1
MOST_BYTES = 2_000_000_000
"""A recording that would unpack to more than this is not one of ours."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class RecordingFault(Exception):
    """A recording cannot be used; the message says what is wrong and what may help."""


@dataclass(frozen=True)
class Contents:
    """A recording taken apart: ``header``, ``entries`` (name -> bytes)."""

    header: Mapping[str, Any]
    entries: Mapping[str, bytes]

    @property
    def same_engine(self) -> bool:
        """Made by exactly this engine: a re-run must give the same digests."""
        return bool(self.header["engine"] == engine_digest())


def write(session: Session, path: Path, *, events: bool = True) -> None:
    """Write a recording, first to a temporary file beside it."""
    if session.now < session.begins:
        session = session.branch()
        session._leave_record()
    entries: dict[str, bytes] = {"header.json": _json(_header(session))}
    entries["scenario.bin"] = _scenario_bytes(session)
    entries["log.jsonl"] = b"".join(session.line(i) for i in session.log)
    entries["digests.jsonl"] = _lines({"at": at, "digest": d} for at, d in sorted(session.checkpoints.items()))
    entries |= session.frames.midnights(session.begins)
    entries["present.bin"] = pack(session._pen.snapshot())
    if events:
        for number, data in enumerate(session._book.parts(session._events)):
            entries[f"events/{number:04d}.bin"] = data
    entries["end.json"] = _json({name: _digest(data) for name, data in entries.items()})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            stored = name.endswith((".bin", ".diff"))
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data, compresslevel=1)
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(buffer.getvalue())
    os.replace(temporary, path)


def _header(session: Session) -> dict[str, Any]:
    from engine.model.codes import SIDES

    return {
        "format": FORMAT,
        "engine": engine_digest(),
        "engine_files": files(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scenario": session.scenario.id,
        "scenario_digest": session.scenario.digest,
        "theatre_digest": session.scenario.theatre.digest,
        "seed": session.seed,
        "reseeds": [list(r) for r in session.reseeds],
        "now": session.now,
        "begins": session.begins,
        "digest": session.digest(),
        "applied_to": session._applied_to,
        "planned_to": session._planned_to,
        "commanders": {SIDES[s]: c.digest for s, c in sorted(session.commanders.items())},
        "parent": [session.parent.name, session.parent.minute] if session.parent else None,
        "remark": session.remark,
        "outside_range": session.scenario.outside,
    }


def _scenario_bytes(session: Session) -> bytes:
    memo = session.world.statics.memo
    if "scenario_bytes" not in memo:
        memo["scenario_bytes"] = zlib.compress(to_json(session.scenario).encode(), 6)
    data: bytes = memo["scenario_bytes"]
    return data


def events_of(entries: Mapping[str, bytes]) -> list[Event]:
    """The events in a recording's entries, in order."""
    return unpack_events([entries[name] for name in sorted(entries) if name.startswith("events/")])


def open_recording(path: Path) -> Contents:
    """A recording taken apart and checked; RecordingFault for a file that is missing, cut, edited or foreign."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                raise RecordingFault(f"{path}: not a recording (.dbr): it would unpack to more than 2 GB")
            entries = {name: archive.read(name) for name in archive.namelist()}
    except OSError as problem:
        found = "nothing" if isinstance(problem, FileNotFoundError) else "a folder" if path.is_dir() else ""
        told = f"expected a recording (.dbr), found {found}" if found else f"cannot be read: {problem.strerror or problem}"
        raise RecordingFault(f"{path}: {told}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise RecordingFault(
            f"{path}: not a whole recording (.dbr): the file is cut off or is something else"
        ) from None
    _check_entries(path, entries)
    with believed(path):
        header = json.loads(entries["header.json"])
        found = header.get("format")
    if found != FORMAT:
        newer = " (made by a later Deep Battle)" if isinstance(found, int) and found > FORMAT else ""
        raise RecordingFault(f"{path}: expected recording format {FORMAT}, found {found!r}{newer}")
    return Contents(header, entries)


@contextmanager
def believed(path: Path) -> Iterator[None]:
    """What goes wrong while a recording is taken at its word is a fault of the recording, told as one."""
    try:
        yield
    except (ArithmeticError, AttributeError, EOFError, LookupError, TypeError, ValueError, zipfile.BadZipFile,
            zlib.error) as problem:  # fmt: skip
        what = f"{type(problem).__name__}: {problem}"
        raise RecordingFault(f"{path}: its parts do not hold what a recording's hold ({what})") from None


def _check_entries(path: Path, entries: Mapping[str, bytes]) -> None:
    if "end.json" not in entries or "header.json" not in entries:
        raise RecordingFault(f"{path}: not a whole recording (.dbr): its end is missing")
    try:
        named = json.loads(entries["end.json"])
    except ValueError:
        raise RecordingFault(f"{path}: the recording's end cannot be read") from None
    if not isinstance(named, dict):
        raise RecordingFault(f"{path}: the recording's end cannot be read")
    strange = sorted(set(entries) - set(named) - {"end.json"})
    if strange:
        raise RecordingFault(f"{path}: {strange[0]} was added after the recording was written")
    for name, digest in named.items():
        if name not in entries:
            raise RecordingFault(f"{path}: {name} is missing from the recording")
        if _digest(entries[name]) != digest:
            raise RecordingFault(f"{path}: {name} was changed after the recording was written")


def read(path: Path, commanders: Mapping[str, Commander] | None = None) -> Session:
    """A session standing where the recording was saved.

    Made by another engine, it continues from the saved keyframe as a branch, and says so in ``remark``.
    """
    contents = open_recording(path)
    with believed(path):
        return _standing(path, contents, commanders)


def _standing(path: Path, contents: Contents, commanders: Mapping[str, Commander] | None) -> Session:
    from engine.run.session import Parent, Session

    header = contents.header
    scenario = scenario_of(path, contents)
    session = Session(scenario, int(header["seed"]), commanders, reseeds=[(a, s) for a, s in header["reseeds"]])
    session._log = [Input.from_record(json.loads(line)) for line in contents.entries["log.jsonl"].splitlines()]
    session.begins = int(header.get("begins", 0))
    session._frames.drop_after(-1)
    for minute, frame in read_frames(contents.entries).items():
        session._frames.keep(minute, frame)
    session._pen.restore(unpack(contents.entries["present.bin"]))
    session._world.derived.clear()
    if contents.same_engine and session.digest() != header["digest"]:
        raise RecordingFault(f"{path}: the state in the recording is not the one its header names")
    session.now, session._applied_to = int(header["now"]), int(header["applied_to"])
    session._planned_to = int(header["planned_to"])
    session._digests = {
        int(r["at"]): r["digest"] for r in map(json.loads, contents.entries["digests.jsonl"].splitlines())
    }
    session._events = events_of(contents.entries)
    session._recorded = tuple(e for e in session._events if e.minute < session.begins)
    if header["parent"]:
        session.parent = Parent(*header["parent"])
    session.remark = header["remark"]
    if not contents.same_engine:
        _continue(session, path.name, header)
    return session


def _continue(session: Session, name: str, header: Mapping[str, Any]) -> None:
    """Make a session of another engine's recording a branch that begins where it was saved."""
    from engine.run.session import Parent

    session.begins = session._planned_to = session.now
    session.parent = Parent(name, session.now)
    session.remark = f"continued at minute {session.now} from a recording of another engine ({header['engine'][:8]})"
    session._recorded = tuple(session._events)
    session._log = [i for i in session._log if i.at >= session._applied_to]
    session._applied_to, session._digests = session.now, {}
    session._frames.drop_after(session.now - 1)
    session._keep_frame()


def scenario_of(path: Path, contents: Contents) -> Any:
    """The scenario embedded in a recording, on this program's theatre; RecordingFault if the theatre has changed."""
    try:
        return from_json(zlib.decompress(contents.entries["scenario.bin"]).decode(), file=f"{path}:scenario")
    except (zlib.error, UnicodeDecodeError):
        raise RecordingFault(f"{path}: the scenario inside the recording cannot be read") from None
    except FileFaults as faults:
        raise RecordingFault(f"{path}: the scenario inside the recording cannot be used: {faults}") from None


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(rows: Any) -> bytes:
    return b"".join(_json(row) + b"\n" for row in rows)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
