"""Frames by time: what has been seen so far, so that scrubbing never waits for the engine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from ui.map.scene import Frame


class Film:
    """Frames of one viewer in order of time. Written by one thread while another reads."""

    def __init__(self) -> None:
        self._minutes: list[int] = []
        self._frames: list[Frame] = []

    def __len__(self) -> int:
        return len(self._minutes)

    def __iter__(self) -> Iterator[Frame]:
        return iter(list(self._frames))

    @property
    def last(self) -> int:
        """Minute of the newest frame; -1 if there is none."""
        return self._minutes[-1] if self._minutes else -1

    def add(self, frame: Frame) -> None:
        """Append a frame; one of the same minute is replaced, later ones are dropped."""
        self.cut(frame.minute)
        self._frames.append(frame)
        self._minutes.append(frame.minute)

    def cut(self, minute: int) -> None:
        """Forget frames from a minute on."""
        keep = bisect_right(self._minutes, minute - 1)
        del self._minutes[keep:]
        del self._frames[keep:]

    def at(self, minute: float) -> Frame:
        """The newest frame at or before a minute; the first one before that."""
        if not self._frames:
            raise LookupError("no frame yet")
        return self._frames[max(0, bisect_right(self._minutes, int(minute)) - 1)]
