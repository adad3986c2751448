"""Keyframes in memory: midnights are packed in the background at once, those between them after a fortnight.

A packed frame is a difference from the midnight before: the exclusive-or of each column's bytes, which is nearly all
zeros, and only a mark for a column that is the same array. Files take the differences of midnights as they are. Every
eighth midnight is packed whole, too, so that looking far back needs no long chain.
"""

from __future__ import annotations

import sys
import zlib
from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from engine.core.calendar import DAY
from engine.core.columns import Array

Snapshot = dict[str, dict[str, Array]]
POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keyframes")
_BETWEEN = 14
"""How many of the newest frames between midnights stay unpacked: most are never asked for, and no file has them."""
_WHOLE = 8 * DAY
_LITTLE = sys.byteorder == "little"
_LARGE, _SPARSE = 1 << 13, 12
"""Columns of more bytes than this, not zero in fewer than one row in so many, are written by rows."""
_MOST = 1 << 26
_SAME = "="
"""Stands for the shape of a column that is that of the frame before."""
_SAME_LINE = f"{_SAME}\n".encode()


class Keyframes:
    """Snapshots by minute."""

    def __init__(self) -> None:
        self._minutes: list[int] = []
        self._whole: dict[int, Future[bytes]] = {}
        """Packed frames that stand alone."""
        self._differences: dict[int, tuple[int, Future[bytes]]] = {}
        """By minute: the midnight before, and the packed difference from it."""
        self._between: dict[int, tuple[int, Snapshot, Snapshot]] = {}
        """The newest frames between midnights: the midnight before, its frame, and their own."""
        self._midnight: tuple[int, Snapshot] | None = None
        """The newest frame of a midnight, plain."""

    def __contains__(self, minute: int) -> bool:
        return any(minute in kept for kept in (self._whole, self._differences, self._between))

    def __iter__(self) -> Iterator[int]:
        return iter(self._minutes)

    def keep(self, minute: int, snapshot: Snapshot) -> None:
        """Keep a frame; older ones are packed by and by."""
        if minute not in self:
            insort(self._minutes, minute)
        before = self._midnight
        if before is None or before[0] >= minute or minute % _WHOLE == 0:
            self._whole[minute] = POOL.submit(pack, snapshot)
        if before is not None and before[0] < minute:
            self._between[minute] = (*before, snapshot)
        if minute % DAY == 0:
            self._midnight = (minute, snapshot)
            for old in sorted(self._between.keys() - {minute})[:-_BETWEEN]:
                self._pack_difference(old)
            if minute in self._between:
                self._pack_difference(minute)

    def _pack_difference(self, minute: int) -> None:
        base, plain, snapshot = self._between.pop(minute)
        self._differences[minute] = (base, POOL.submit(pack_difference, plain, snapshot))

    def at_or_before(self, minute: int) -> int:
        """The minute of the last frame at or before ``minute``."""
        return self._minutes[bisect_right(self._minutes, minute) - 1]

    def get(self, minute: int) -> Snapshot:
        """The frame of a minute."""
        if self._midnight is not None and self._midnight[0] == minute:
            return self._midnight[1]
        if minute in self._between:
            return self._between[minute][2]
        if minute in self._whole:
            return unpack(self._whole[minute].result())
        base, difference = self._differences[minute]
        before = self.get(base)
        return _combined(before, unpack(difference.result(), before))

    def packed(self, minute: int) -> bytes:
        """The frame of a minute as bytes for a file."""
        whole = self._whole.get(minute)
        return pack(self.get(minute)) if whole is None else whole.result()

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
        self._whole = {m: f for m, f in self._whole.items() if m <= minute}
        self._differences = {m: d for m, d in self._differences.items() if m <= minute}
        self._between = {m: b for m, b in self._between.items() if m <= minute}
        self._minutes = [m for m in self._minutes if m <= minute]

    def copy(self) -> Keyframes:
        """The same frames under another owner (frames themselves are never changed)."""
        twin = Keyframes()
        twin._minutes, twin._midnight = list(self._minutes), self._midnight
        twin._whole, twin._differences, twin._between = dict(self._whole), dict(self._differences), dict(self._between)
        return twin


def read_frames(entries: Mapping[str, bytes]) -> dict[int, Snapshot]:
    """The frames in a recording's entries, by minute."""
    found: dict[int, Snapshot] = {}
    before: Snapshot = {}
    for name in sorted(n for n in entries if n.startswith("frames/")):
        minute, _, kind = name.removeprefix("frames/").partition(".")
        values = unpack(entries[name], before)
        before = found[int(minute)] = values if kind == "bin" else _combined(before, values)
    return found


def pack_difference(base: Snapshot, snapshot: Snapshot) -> bytes:
    """A snapshot as packed difference from another."""
    return pack(_combined(base, snapshot), snapshot, base)


def _combined(base: Snapshot, values: Snapshot) -> Snapshot:
    """The exclusive-or of two snapshots where both have rows; doing it twice gives the values again.

    A column that both share stays as it is.
    """
    found: Snapshot = {}
    for table, columns in values.items():
        before = base.get(table, {})
        found[table] = {
            name: column if before.get(name) is column else _mixed(before.get(name), column)
            for name, column in columns.items()
        }
    return found


def _mixed(base: Array | None, values: Array) -> Array:
    if base is None or base.dtype != values.dtype or base.shape[1:] != values.shape[1:]:
        return values
    if base.shape == values.shape:
        return values ^ base
    mixed: Array = values.copy()
    rows = min(len(base), len(values))
    mixed[:rows] ^= base[:rows]
    return mixed


def pack(snapshot: Snapshot, of: Snapshot | None = None, base: Snapshot | None = None) -> bytes:
    """A snapshot as compressed bytes: for each column a line ``table column dtype shape`` and its raw values.

    Of a long column that is zero in nearly all rows only the others are written: ``shape~count``, their numbers, values.

    Of a difference ``snapshot`` of a frame ``of`` from ``base``, columns that these share are a line alone.
    """
    parts: list[bytes] = []
    for table, columns in snapshot.items():
        now, before = (of[table], base.get(table, {})) if of is not None and base is not None else ({}, {})
        for name, values in columns.items():
            head = _head(table, name, values.dtype.char)
            if now and now[name] is before.get(name):
                parts += head, _SAME_LINE
                continue
            little = values if _LITTLE else values.astype(values.dtype.newbyteorder("<"), copy=False)
            shape = b"%d" % len(values) if values.ndim == 1 else "x".join(map(str, values.shape)).encode()
            if values.nbytes > _LARGE and values.ndim == 1:
                rows = values.nonzero()[0]
                if _SPARSE * len(rows) < len(values):
                    parts += [head, shape, b"~%d\n" % len(rows)]
                    parts += [rows.astype("<i4").tobytes(), little[rows].tobytes()]
                    continue
            parts += head, shape, b"\n", little.tobytes()
    return zlib.compress(b"".join(parts), 1)


@cache
def _head(table: str, name: str, char: str) -> bytes:
    """How the line of a column begins; its type as files name it, the low byte first."""
    return f"{table} {name} {np.dtype(char).newbyteorder('<').str} ".encode()


def unpack(data: bytes, base: Snapshot | None = None) -> Snapshot:
    """The snapshot of :func:`pack`; ValueError if the bytes are not one. ``base`` gives columns marked as the same."""
    raw = zlib.decompress(data)
    snapshot: Snapshot = {}
    at = 0
    while at < len(raw):
        end = raw.index(b"\n", at)
        table, name, dtype, shape_text = raw[at:end].decode().split(" ")
        at = end + 1
        if shape_text == _SAME:
            if base is None or name not in base.get(table, {}):
                raise ValueError(f"{table}.{name} is said to be as before, but there is nothing before")
            snapshot.setdefault(table, {})[name] = base[table][name]
            continue
        shape_text, _, few = shape_text.partition("~")
        shape = tuple(int(n) for n in shape_text.split("x"))
        kind: Any = np.dtype(dtype)
        if few:
            rows = np.frombuffer(raw, "<i4", int(few), at)
            at += rows.nbytes
            found = np.frombuffer(raw, kind, int(few), at)
            at += found.nbytes
            if len(shape) != 1 or shape[0] > _MOST or not ((rows >= 0) & (rows < shape[0])).all():
                raise ValueError(f"{table}.{name} has values for rows that it has not")
            snapshot.setdefault(table, {})[name] = whole = np.zeros(shape, kind.newbyteorder("="))
            whole[rows] = found
            continue
        count = int(np.prod(shape))
        values = np.frombuffer(raw, kind, count, at).reshape(shape)
        snapshot.setdefault(table, {})[name] = values.astype(kind.newbyteorder("="))
        at += count * kind.itemsize
    return snapshot
