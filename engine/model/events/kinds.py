"""What an event is: a columnar fact in the past tense that declares who may see which of its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.columns import Array, Ints

ALWAYS, NEVER_SEEN = 0, 9
"""Levels at which the other side sees a column: from the first sight, or not at all. 1-4 are levels of detection."""


_SET_FLAGS: Callable[..., None] = np.ndarray.setflags
"""Called with False, an array can no longer be written to: by position and as a plain function, half as dear."""


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
        length, differ = -1, False
        short = []
        for name, (dtype, width) in shapes.items():
            given: Any = columns[name]
            # An event owns its columns: what it is given may change later. A number is spread below.
            if type(given) is np.ndarray:
                value = given.astype(dtype)
            elif isinstance(given, int):
                data[name] = given
                short.append(name)
                continue
            else:
                value = np.array(given, dtype)
            data[name] = value
            _SET_FLAGS(value, False)
            if width > 1 or value.ndim != 1:
                short.append(name)  # to be looked at
                if not value.ndim:
                    continue
            many = len(value)
            if many != length:
                differ, length = differ or length >= 0, max(many, length)
        length = abs(length)  # scalars alone make one row
        for name in shapes if differ else short:
            dtype, width = shapes[name]
            given, shape = data[name], (length,) if width == 1 else (length, width)
            if isinstance(given, int) or given.shape != shape:
                data[name] = value = np.empty(shape, dtype)
                value[...] = given
                _SET_FLAGS(value, False)
        return Event(self, minute, data)

    def of(self, minute: int, values: Ints) -> Event:
        """An event whose columns, in declared order, are the rows of ``values``: those of one type are copied in one go."""
        data: dict[str, Any] = dict.fromkeys(self._shapes)
        if len(values) != len(data):
            raise TypeError(f"{self.name} takes {len(data)} columns, was given {len(values)}")
        for dtype, places, names in self._by_type:
            block: Array = values.take(places, 0)
            if block.dtype != dtype:
                block = block.astype(dtype)
            _SET_FLAGS(block, False)
            data.update(zip(names, block, strict=True))
        return Event(self, minute, data)

    @cached_property
    def _by_type(self) -> list[tuple[Any, Ints, tuple[str, ...]]]:
        """Types of the columns, and of each the places and names of those that have it; there may be no wide ones."""
        if any(field.width > 1 for field in self.fields):
            raise TypeError(f"{self.name} has columns of several numbers")
        found = []
        for dtype in sorted({field.dtype for field in self.fields}):
            mine = [place for place, field in enumerate(self.fields) if field.dtype == dtype]
            found.append((np.dtype(dtype), np.array(mine), tuple(self.fields[place].name for place in mine)))
        return found

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

    def rows(self, name: str) -> Ints:
        """A column of row numbers (or hexes) as the machine's own integers, by which arrays are indexed five to ten times
        as quickly as by the shorter ones that an event keeps.
        """
        return self.data[name].astype(np.int64)

    def __len__(self) -> int:
        for values in self.data.values():  # all of one length, so the first will do; emitted events are asked twice
            return len(values)
        return 0

    def row(self, i: int) -> dict[str, Any]:
        """One row as plain numbers."""
        return {name: values[i].tolist() for name, values in self.data.items()}
