"""Events as bytes: packed in the background some days at a time, so that saving has little left to do."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from engine.model.events import EVENT_KINDS, Event
from engine.run.keyframes import POOL, Snapshot, pack, unpack


@dataclass(frozen=True)
class Chunk:
    """Packed events ``first`` to ``last`` (exclusive) of a run's list."""

    first: int
    last: int
    data: Future[bytes]


class EventBook:
    """Chunks of a run's list of events, in order and without gaps from the first event on."""

    def __init__(self, chunks: Sequence[Chunk] = ()) -> None:
        self._chunks = list(chunks)

    def close(self, events: Sequence[Event]) -> None:
        """Begin to pack what came since the last chunk."""
        first = self._chunks[-1].last if self._chunks else 0
        if len(events) > first:
            self._chunks.append(Chunk(first, len(events), POOL.submit(pack_events, list(events[first:]), first)))

    def cut(self, count: int) -> None:
        """Forget chunks that reach beyond the first ``count`` events."""
        self._chunks = [c for c in self._chunks if c.last <= count]

    def copy(self) -> EventBook:
        """The same chunks for a branch."""
        return EventBook(self._chunks)

    def parts(self, events: Sequence[Event]) -> list[bytes]:
        """All events of the list as packed parts."""
        self.cut(len(events))
        tail = self._chunks[-1].last if self._chunks else 0
        rest = [pack_events(events[tail:], tail)] if len(events) > tail else []
        return [c.data.result() for c in self._chunks] + rest


def pack_events(events: Sequence[Event], first: int) -> bytes:
    """Events by kind: for each its place in the whole order, its minute, its rows, and its columns end to end."""
    by_kind: dict[str, list[int]] = {}
    for place, event in enumerate(events):
        by_kind.setdefault(event.kind.name, []).append(place)
    tables: Snapshot = {}
    for name, places in by_kind.items():
        items = [events[place] for place in places]
        columns = [event.data for event in items]
        tables[name] = {
            "#order": np.array(places, np.int32) + np.int32(first),
            "#minute": np.array([event.minute for event in items], np.int32),
            "#count": np.array([len(event) for event in items], np.int32),
            **{f.name: np.concatenate([data[f.name] for data in columns]) for f in items[0].kind.fields},
        }
    return pack(tables)


def unpack_events(parts: Sequence[bytes]) -> list[Event]:
    """The events of packed parts, in order; kinds this engine does not know are left out."""
    found: list[tuple[int, Event]] = []
    for data in parts:
        for name, table in unpack(data).items():
            kind = EVENT_KINDS.get(name)
            if kind is None or any(f.name not in table for f in kind.fields):
                continue
            ends = np.cumsum(table["#count"])
            starts = ends - table["#count"]
            for i, (order, minute) in enumerate(zip(table["#order"].tolist(), table["#minute"].tolist(), strict=True)):
                columns = {f.name: table[f.name][int(starts[i]) : int(ends[i])] for f in kind.fields}
                found.append((order, Event(kind, minute, columns)))
    return [event for _, event in sorted(found, key=lambda item: item[0])]
