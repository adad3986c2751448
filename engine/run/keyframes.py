"""Keyframes in memory: the newest plain, older ones packed in the background.

A packed frame holds the bytes of each column as the exclusive-or with the frame before, which is nearly all zeros,
compressed. The first frame of a chain is packed whole.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right, insort
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from engine.core.columns import Array

Snapshot = dict[str, dict[str, Array]]
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keyframes")
_PLAIN = 2
"""How many of the newest frames stay unpacked."""


class Keyframes:
    """Snapshots by minute."""

    def __init__(self) -> None:
        self._minutes: list[int] = []
        self._frames: dict[int, Snapshot | Future[bytes]] = {}

    def __contains__(self, minute: int) -> bool:
        return minute in self._frames

    def __iter__(self) -> Iterator[int]:
        return iter(self._minutes)

    def keep(self, minute: int, snapshot: Snapshot) -> None:
        """Keep a frame; older ones are packed by and by."""
        if minute not in self._frames:
            insort(self._minutes, minute)
        self._frames[minute] = snapshot
        for older in self._minutes[:-_PLAIN]:
            frame = self._frames[older]
            if isinstance(frame, dict):
                self._frames[older] = _POOL.submit(pack, frame)

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

    def put_packed(self, minute: int, data: bytes) -> None:
        """Keep a frame read from a file."""
        if minute not in self._frames:
            insort(self._minutes, minute)
        done: Future[bytes] = Future()
        done.set_result(data)
        self._frames[minute] = done

    def drop_after(self, minute: int) -> None:
        """Forget the frames after a minute."""
        self._frames = {m: f for m, f in self._frames.items() if m <= minute}
        self._minutes = [m for m in self._minutes if m <= minute]

    def copy(self) -> Keyframes:
        """The same frames under another owner (frames themselves are never changed)."""
        twin = Keyframes()
        twin._minutes, twin._frames = list(self._minutes), dict(self._frames)
        return twin


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
