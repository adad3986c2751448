"""Keyframes in memory: the newest plain, older ones packed in the background.

For files the frames of midnights are packed a second time, also in the background, as differences from the midnight
before: the exclusive-or of each column's bytes, which is nearly all zeros.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from engine.core.calendar import DAY
from engine.core.columns import Array

Snapshot = dict[str, dict[str, Array]]
POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keyframes")
_PLAIN = 2
"""How many of the newest frames stay unpacked."""


class Keyframes:
    """Snapshots by minute."""

    def __init__(self) -> None:
        self._minutes: list[int] = []
        self._frames: dict[int, Snapshot | Future[bytes]] = {}
        self._midnight: tuple[int, Snapshot] | None = None
        """The newest frame of a midnight, plain."""
        self._differences: dict[int, tuple[int, Future[bytes]]] = {}
        """By minute of a midnight: the midnight before, and the difference from it."""

    def __contains__(self, minute: int) -> bool:
        return minute in self._frames

    def __iter__(self) -> Iterator[int]:
        return iter(self._minutes)

    def keep(self, minute: int, snapshot: Snapshot) -> None:
        """Keep a frame; older ones are packed by and by."""
        if minute not in self._frames:
            insort(self._minutes, minute)
        self._frames[minute] = snapshot
        if minute % DAY == 0:
            if self._midnight is not None and self._midnight[0] < minute:
                base, plain = self._midnight
                self._differences[minute] = (base, POOL.submit(pack_difference, plain, snapshot))
            self._midnight = (minute, snapshot)
        for older in self._minutes[:-_PLAIN]:
            frame = self._frames[older]
            if isinstance(frame, dict):
                self._frames[older] = POOL.submit(pack, frame)

    def at_or_before(self, minute: int) -> int:
        """The minute of the last frame at or before ``minute``."""
        return self._minutes[bisect_right(self._minutes, minute) - 1]

    def get(self, minute: int) -> Snapshot:
        """The frame of a minute."""
        frame = self._frames[minute]
        return frame if isinstance(frame, dict) else unpack(frame.result())

    def packed(self, minute: int) -> bytes:
        """The frame of a minute as bytes for a file."""
        frame = self._frames[minute]
        return pack(frame) if isinstance(frame, dict) else frame.result()

    def midnights(self, first: int) -> Iterator[tuple[str, bytes]]:
        """Entries of a file: the frame of ``first`` and those of all midnights, where possible as differences."""
        before = -1
        for minute in self._minutes:
            if minute % DAY and minute != first:
                continue
            base, difference = self._differences.get(minute, (-1, None))
            if difference is not None and base == before:
                yield f"frames/{minute:07d}.diff", difference.result()
            else:
                yield f"frames/{minute:07d}.bin", self.packed(minute)
            before = minute

    def drop_after(self, minute: int) -> None:
        """Forget the frames after a minute."""
        if self._midnight is not None and self._midnight[0] > minute:
            self._midnight = None
        self._differences = {m: d for m, d in self._differences.items() if m <= minute}
        self._frames = {m: f for m, f in self._frames.items() if m <= minute}
        self._minutes = [m for m in self._minutes if m <= minute]

    def copy(self) -> Keyframes:
        """The same frames under another owner (frames themselves are never changed)."""
        twin = Keyframes()
        twin._minutes, twin._frames = list(self._minutes), dict(self._frames)
        twin._midnight, twin._differences = self._midnight, dict(self._differences)
        return twin


def read_frames(entries: Mapping[str, bytes]) -> dict[int, Snapshot]:
    """The frames in a recording's entries, by minute."""
    found: dict[int, Snapshot] = {}
    before: Snapshot = {}
    for name in sorted(n for n in entries if n.startswith("frames/")):
        minute, _, kind = name.removeprefix("frames/").partition(".")
        values = unpack(entries[name])
        before = found[int(minute)] = values if kind == "bin" else _combined(before, values)
    return found


def pack_difference(base: Snapshot, snapshot: Snapshot) -> bytes:
    """A snapshot as packed difference from another."""
    return pack(_combined(base, snapshot))


def _combined(base: Snapshot, values: Snapshot) -> Snapshot:
    """The exclusive-or of two snapshots where both have rows; doing it twice gives the values again."""
    return {
        table: {name: _mixed(base.get(table, {}).get(name), column) for name, column in columns.items()}
        for table, columns in values.items()
    }


def _mixed(base: Array | None, values: Array) -> Array:
    mixed: Array = values.copy()
    if base is not None and base.dtype == values.dtype and base.shape[1:] == values.shape[1:]:
        rows = min(len(base), len(values))
        mixed[:rows] ^= base[:rows]
    return mixed


def pack(snapshot: Snapshot) -> bytes:
    """A snapshot as compressed bytes: for each column a line ``table column dtype shape`` and its raw values."""
    parts: list[bytes] = []
    for table, columns in snapshot.items():
        for name, values in columns.items():
            little = values.astype(values.dtype.newbyteorder("<"), copy=False)
            shape = "x".join(str(n) for n in values.shape)
            parts.append(f"{table} {name} {little.dtype.str} {shape}\n".encode())
            parts.append(np.ascontiguousarray(little).tobytes())
    return zlib.compress(b"".join(parts), 1)


def unpack(data: bytes) -> Snapshot:
    """The snapshot of :func:`pack`; ValueError if the bytes are not one."""
    raw = zlib.decompress(data)
    snapshot: Snapshot = {}
    at = 0
    while at < len(raw):
        end = raw.index(b"\n", at)
        table, name, dtype, shape_text = raw[at:end].decode().split(" ")
        shape = tuple(int(n) for n in shape_text.split("x"))
        kind: Any = np.dtype(dtype)
        count = int(np.prod(shape))
        values = np.frombuffer(raw, kind, count, end + 1).reshape(shape)
        snapshot.setdefault(table, {})[name] = values.astype(kind.newbyteorder("="))
        at = end + 1 + count * kind.itemsize
    return snapshot
