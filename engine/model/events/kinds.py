"""What an event is: a columnar fact in the past tense that declares who may see which of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.columns import Array

ALWAYS, NEVER_SEEN = 0, 9
"""Levels at which the other side sees a column: from the first sight, or not at all. 1-4 are levels of detection."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an event: its type, its meaning, and the level of detection at which the enemy learns it."""

    name: str
    dtype: str
    meaning: str
    level: int = NEVER_SEEN
    width: int = 1


@dataclass(frozen=True)
class EventKind:
    """A kind of event. ``subject`` names the column that holds the formations it is about ('' if none)."""

    name: str
    fields: tuple[Field, ...]
    subject: str = ""
    sentence: str = ""
    """How a log line reads, with the columns in braces."""

    def __call__(self, minute: int, **columns: npt.ArrayLike) -> Event:
        """An event of this kind; every declared column must be given, scalars count for all rows."""
        shapes = self._shapes
        if columns.keys() != shapes.keys():
            raise TypeError(f"{self.name} takes {sorted(shapes)}, was given {sorted(columns)}")
        data: dict[str, Any] = {}
        length = -1
        for name, (dtype, _) in shapes.items():
            given: Any = columns[name]
            # An event owns its columns: what it is given may change later. A number is spread below.
            if type(given) is np.ndarray:
                data[name] = value = given.astype(dtype)
            elif isinstance(given, int):
                data[name] = given
                continue
            else:
                data[name] = value = np.array(given, dtype)
            if value.ndim and len(value) > length:
                length = len(value)
        length = abs(length)  # scalars alone make one row
        for name, (dtype, width) in shapes.items():
            value, shape = data[name], (length,) if width == 1 else (length, width)
            if isinstance(value, int) or value.shape != shape:
                short, value = value, np.empty(shape, dtype)
                value[...] = short
                data[name] = value
            value.setflags(write=False)
        return Event(self, minute, data)

    @cached_property
    def _shapes(self) -> dict[str, tuple[Any, int]]:
        """Type and width of each column by name."""
        return {f.name: (np.dtype(f.dtype), f.width) for f in self.fields}


@dataclass(frozen=True, eq=False)
class Event:
    """A fact: ``event["formation"]`` is an array, all columns have the same length."""

    kind: EventKind
    minute: int
    data: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.data[name]

    def __len__(self) -> int:
        for values in self.data.values():  # all of one length, so the first will do; emitted events are asked twice
            return len(values)
        return 0

    def row(self, i: int) -> dict[str, Any]:
        """One row as plain numbers."""
        return {name: values[i].tolist() for name, values in self.data.items()}
