"""Recordings that are cut, edited, foreign or of another engine: told in words, watched, continued; never believed."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.core.calendar import DAY, HOUR
from engine.lab.commanders import commanders
from engine.model.codes import OrderKind
from engine.model.orders import Order
from engine.model.world import first_difference
from engine.run import recording as recording_module
from engine.run.recording import RecordingFault
from engine.run.session import Session
from engine.run.verify import verify
from tests.laws.war import end, reference, session

Fuzz = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@cache
def good() -> bytes:
    """A whole recording of the drawn war."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "good.dbr"
        reference("drawn").save(path)
        return path.read_bytes()


def opened(data: bytes, path: Path) -> Session | None:
    """The session of some bytes; None if they are refused, which must be in words that name the file."""
    path.write_bytes(data)
    told = ""
    try:
        return Session.load(path)
    except RecordingFault as fault:
        told = str(fault)
    assert told.startswith(f"{path}: ")
    return None


def rewritten(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The good recording with its parts changed and its end made to fit: what a clever hand would do."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "changed.dbr"
        path.write_bytes(good())
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        change(parts)
        digests = {n: hashlib.blake2b(d, digest_size=16).hexdigest() for n, d in parts.items() if n != "end.json"}
        parts["end.json"] = json.dumps(digests).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return path.read_bytes()


def header_with(**changes: Any) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        parts["header.json"] = json.dumps({**json.loads(parts["header.json"]), **changes}).encode()

    return rewritten(change)


@given(st.data())
@Fuzz
def test_a_cut_recording_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(good()) - 1))
    assert opened(good()[:length], tmp_path / "cut.dbr") is None


@given(st.integers(0, 10**9), st.integers(1, 255))
@Fuzz
def test_a_changed_byte_is_refused_or_meant_nothing(tmp_path: Path, where: int, change: int) -> None:
    edited = bytearray(good())
    edited[where % len(edited)] ^= change
    run = opened(bytes(edited), tmp_path / "edited.dbr")
    assert run is None or run.digest() == reference("drawn").digest()


@given(st.binary(max_size=400))
@Fuzz
def test_what_is_no_recording_is_refused(tmp_path: Path, data: bytes) -> None:
    assert opened(data, tmp_path / "noise.dbr") is None


@pytest.mark.parametrize("part", [
    "header.json", "scenario.bin", "log.jsonl", "digests.jsonl", "present.bin", "frames/0000000.bin", "events/0000.bin",
])  # fmt: skip
@pytest.mark.parametrize("body", [
    b"", b"{}", b"[1]", b"nonsense\n", b'{"at": "soon"}\n', zlib.compress(b"formations men_u <i8 9\n"),
    zlib.compress(b""), zlib.compress(b'{"format": 1}'),
], ids=["empty", "object", "list", "words", "wrong", "short", "nothing", "json"])  # fmt: skip
def test_a_part_that_was_replaced_is_refused_or_harmless(tmp_path: Path, part: str, body: bytes) -> None:
    """With digests that fit, so only what the part says can give it away."""

    def change(parts: dict[str, bytes]) -> None:
        parts[part] = body

    run = opened(rewritten(change), tmp_path / "x.dbr")
    assert run is None or run.digest() == reference("drawn").digest()


def test_a_part_that_was_left_out_or_slipped_in_is_refused(tmp_path: Path) -> None:
    assert opened(rewritten(lambda parts: parts.pop("log.jsonl") and None), tmp_path / "x.dbr") is None
    path = tmp_path / "slipped.dbr"
    path.write_bytes(good())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("frames/0000777.bin", b"x")
    with pytest.raises(RecordingFault, match=r"0000777\.bin was added after"):
        Session.load(path)


def test_another_format_is_told_with_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "later.dbr"
    path.write_bytes(header_with(format=2))
    with pytest.raises(RecordingFault, match=r"expected recording format 1, found 2 \(made by a later Deep Battle\)"):
        Session.load(path)


def test_a_state_that_was_exchanged_is_noticed(tmp_path: Path) -> None:
    with TemporaryDirectory() as folder:
        other = Path(folder) / "other.dbr"
        run = session("drawn", 99)
        run.advance(end("drawn"))
        run.save(other)
        with zipfile.ZipFile(other) as archive:
            present = archive.read("present.bin")
    path = tmp_path / "x.dbr"
    path.write_bytes(rewritten(lambda parts: parts.update({"present.bin": present})))
    with pytest.raises(RecordingFault, match="not the one its header names"):
        Session.load(path)


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A recording that another engine made."""
    path = tmp_path / "foreign.dbr"
    path.write_bytes(header_with(engine="0123456789abcdef", engine_files={"core/dice.py": "0"}))
    return path


def test_another_engines_recording_is_watched_exactly_as_it_was(foreign: Path) -> None:
    run = Session.load(foreign)
    assert "another engine (01234567)" in run.remark
    assert run.digest() == reference("drawn").digest()
    for minute in (40 * HOUR + 7, DAY, DAY - 1, 5 * HOUR, 0):
        run.rewind(minute)
        then = reference("drawn").branch()
        then.rewind(minute)
        assert first_difference(then.world, run.world) is None, minute
    run.advance(end("drawn"))
    assert first_difference(reference("drawn").world, run.world) is None
    assert len(run.events) == len(reference("drawn").events)


def test_another_engines_recording_is_continued_from_any_moment_as_a_branch(foreign: Path, tmp_path: Path) -> None:
    run = Session.load(foreign, commanders({}))
    run.rewind(30 * HOUR)
    name = run.world.statics.formation_ids[0]
    assert run.submit("axis", Order(OrderKind.ENTRENCH, name, by_human=True)) == [None]
    assert run.begins == 30 * HOUR
    run.advance(36 * HOUR)
    run.save(tmp_path / "branch.dbr")
    assert verify(tmp_path / "branch.dbr").status == "same"
    again = Session.load(tmp_path / "branch.dbr", commanders({}))
    assert (again.digest(), again.begins) == (run.digest(), 30 * HOUR)
    again.rewind(29 * HOUR)
    then = reference("drawn").branch()
    then.rewind(29 * HOUR)
    assert first_difference(then.world, again.world) is None
    again.advance(36 * HOUR)
    assert again.digest() == run.digest()


def test_verify_names_the_files_that_another_engine_has_otherwise(foreign: Path) -> None:
    verdict = verify(foreign)
    assert verdict.status == "other engine"
    assert "core/dice.py" in verdict.sentence


def test_an_edited_log_is_found_by_verify(tmp_path: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        lines = parts["log.jsonl"].splitlines(keepends=True)
        parts["log.jsonl"] = b"".join(line for line in lines if b'"orders"' not in line)

    path = tmp_path / "x.dbr"
    path.write_bytes(rewritten(change))
    verdict = verify(path)
    assert verdict.status == "different"
    assert " row " in verdict.sentence, "the first differing column and row are named"


def test_a_write_that_is_cut_off_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "save.dbr"
    path.write_bytes(b"the old one")

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recording_module.os, "replace", broken)
    with pytest.raises(OSError, match="No space"):
        reference("drawn").save(path)
    assert path.read_bytes() == b"the old one"
