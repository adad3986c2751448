"""Keyframes: every one comes back as it was kept, however it is packed; what did not change is kept once."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from engine.core.calendar import DAY, HOUR
from engine.model.codes import Calendar
from engine.run.keyframes import Keyframes, Snapshot, pack, pack_difference, read_frames, unpack
from engine.run.start import new_world
from tests.laws.war import scenario


def same(one: Snapshot, other: Snapshot) -> bool:
    """True if two snapshots have the same columns with the same types and values."""
    return one.keys() == other.keys() and all(
        one[t].keys() == other[t].keys()
        and all(one[t][c].dtype == v.dtype and np.array_equal(one[t][c], v) for c, v in columns.items())
        for t, columns in other.items()
    )


def history(days: int) -> dict[int, Snapshot]:
    """Snapshots every twelve hours: a column that never changes, one of few changes, one of many, rows added."""
    still, owner, frames = np.arange(9_000), np.zeros(30_000, np.int8), {}
    for minute in range(0, days * DAY + 1, 12 * HOUR):
        owner = owner.copy()
        owner[minute % 29_989] += 1
        orders = np.arange(3 + minute // 700, dtype=np.int32)
        routes = np.full((5, 3), minute, np.int32)
        frames[minute] = {"hexes": {"still": still, "owner": owner}, "orders": {"row": orders, "route": routes}}
    return frames


def test_every_frame_of_a_long_run_comes_back_as_it_was() -> None:
    frames, kept = history(20), Keyframes()
    for minute, snapshot in frames.items():
        kept.keep(minute, snapshot)
    assert all(same(kept.get(minute), snapshot) for minute, snapshot in frames.items())


def test_only_frames_between_midnights_of_the_last_fortnight_stay_unpacked() -> None:
    frames, kept = history(20), Keyframes()
    for minute, snapshot in frames.items():
        kept.keep(minute, snapshot)
    as_kept = [minute / DAY for minute, snapshot in frames.items() if kept.get(minute) is snapshot]
    assert as_kept == [day + 0.5 for day in range(6, 20)] + [20]


def test_frames_of_a_file_come_back_too_and_take_little_room() -> None:
    frames, kept = history(20), Keyframes()
    for minute, snapshot in frames.items():
        kept.keep(minute, snapshot)
    entries = dict(kept.midnights(0))
    found = read_frames(entries)
    assert list(found) == [minute for minute in frames if minute % DAY == 0]
    assert all(same(found[minute], frames[minute]) for minute in found)
    assert sum(map(len, entries.values())) < 2 * len(pack(frames[0]))


def test_after_going_back_the_frames_before_are_still_there() -> None:
    frames, kept = history(20), Keyframes()
    for minute, snapshot in frames.items():
        kept.keep(minute, snapshot)
    kept.drop_after(11 * DAY + 5)
    twin = kept.copy()
    kept.keep(12 * DAY, frames[20 * DAY])
    assert same(kept.get(12 * DAY), frames[20 * DAY])
    assert 12 * DAY not in twin
    for minute in (m for m in frames if m <= 11 * DAY + 5):
        assert same(kept.get(minute), frames[minute])
        assert same(twin.get(minute), frames[minute])


def test_a_difference_without_its_frame_and_rows_that_are_not_there_are_refused() -> None:
    frames = history(1)
    with pytest.raises(ValueError, match="as before"):
        unpack(pack_difference(frames[0], frames[DAY]))
    beyond = b"hexes owner |i1 10~1\n" + np.array([10], "<i4").tobytes() + b"\1"
    with pytest.raises(ValueError, match="rows"):
        unpack(zlib.compress(beyond))


def test_snapshots_share_what_did_not_change() -> None:
    _, pen = new_world(scenario("drawn"))
    before = pen.snapshot()
    pen["systems"]["next_at"][Calendar.SUPPLY] += 1
    _ = pen["hexes"]["owner"]  # asked for to be written, and not written
    after = pen.snapshot()
    changed = {(t, c) for t, columns in after.items() for c in columns if after[t][c] is not before[t][c]}
    assert changed == {("systems", "next_at")}
    assert before["systems"]["next_at"][Calendar.SUPPLY] + 1 == after["systems"]["next_at"][Calendar.SUPPLY]
