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
        if columns.keys() != self.names:
            raise TypeError(f"{self.name} takes {sorted(self.names)}, was given {sorted(columns)}")
        given = [np.array(columns[f.name], f.dtype) for f in self.fields]
        length = max([len(v) for v in given if v.ndim], default=1)
        data: dict[str, Array] = {}
        for f, value in zip(self.fields, given, strict=True):
            shape = (length,) if f.width == 1 else (length, f.width)
            if value.shape != shape:
                whole = np.empty(shape, value.dtype)
                whole[...] = value
                value = whole
            value.flags.writeable = False
            data[f.name] = value
        return Event(self, minute, data)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the columns."""
        return frozenset(f.name for f in self.fields)


@dataclass(frozen=True, eq=False)
class Event:
    """A fact: ``event["formation"]`` is an array, all columns have the same length."""

    kind: EventKind
    minute: int
    data: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.data[name]

    def __len__(self) -> int:
        return len(next(iter(self.data.values())))

    def row(self, i: int) -> dict[str, Any]:
        """One row as plain numbers."""
        return {name: values[i].tolist() for name, values in self.data.items()}
