"""What commands a side: a function from what it may see and what it remembers to orders and new notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.core.columns import Array, Table
from engine.model.instruction import Instruction
from engine.model.orders import Order

if TYPE_CHECKING:
    from engine.core.dice import Dice
    from engine.model.view import SideView


class _Columns(dict[str, Array]):
    """Columns of one note table, copied when they are first looked at."""

    def __init__(self, table: Table, foreign: Array | None) -> None:
        super().__init__()
        self.table = table
        self._foreign = None if foreign is None else _span(foreign)
        self._given: dict[str, bytes] = {}

    def __missing__(self, name: str) -> Array:
        values: Array = self.table[name].copy()
        if self._foreign is not None:
            values[self._foreign] = self.table.spec.column(name).default
        self._given[name] = values.tobytes()
        self[name] = values
        return values

    def changed(self, name: str) -> tuple[Array, list[int]] | None:
        """Values and changed rows of a column that somebody looked at; None if it is as it was given."""
        given, new = self._given[name], self[name]
        if new.tobytes() == given:
            return None
        old = np.frombuffer(given, new.dtype).reshape(-1, *new.shape[1:])
        unequal = np.ones(len(new), bool)
        differs = new[: len(old)] != old
        unequal[: len(old)] = differs.any(axis=1) if differs.ndim > 1 else differs
        return new, unequal.nonzero()[0].tolist()


def _span(rows: Array) -> Array | slice:
    """Rows as a slice where they lie in one piece, as a side's do: quicker to write."""
    if len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1:
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


class Notes:
    """A staff's memory: writable copies of the note tables, ``notes.staff["need"][row]``.

    Only whole numbers. What a commander changes here is compared with what it was given and logged as input.
    ``foreign`` names rows of each table that are the other side's: they read as their defaults.
    """

    def __init__(self, formation: Table, staff: Table, failure: Table, foreign: Sequence[Array] = ()) -> None:
        ours: Sequence[Array | None] = foreign or (None, None, None)
        self.formation, self.staff, self.failure = (
            _Columns(table, rows) for table, rows in zip((formation, staff, failure), ours, strict=True)
        )

    def add_failure(self, hq: int, cell: int, minute: int) -> None:
        """Remember that an attack of a headquarters on a hex failed."""
        hit = np.flatnonzero((self.failure["hq"] == hq) & (self.failure["hex"] == cell))
        if len(hit):
            self.failure["failures"][hit[0]] += 1
            self.failure["failed_at"][hit[0]] = minute
            return
        for name, value in (("hq", hq), ("hex", cell), ("failures", 1), ("failed_at", minute)):
            self.failure[name] = np.append(self.failure[name], np.asarray([value], self.failure[name].dtype))

    def changes(self) -> list[tuple[int, int, int, tuple[int, ...]]]:
        """Rows (table, row, column, values) of all that was changed, in a fixed order."""
        rows: list[tuple[int, int, int, tuple[int, ...]]] = []
        for number, columns in enumerate((self.formation, self.staff, self.failure)):
            places = {column.name: position for position, column in enumerate(columns.table.spec.columns)}
            for name in sorted(columns, key=places.__getitem__):
                changed = columns.changed(name)
                if changed is not None:
                    position = places[name]
                    values, where = changed
                    for row, value in zip(where, values[where].tolist(), strict=True):
                        rows.append((number, row, position, tuple(value) if isinstance(value, list) else (value,)))
        return rows


class Commander(Protocol):
    """``plan`` is called between minutes, at full hours when a headquarters of the side is due.

    ``due`` are the rows of the headquarters whose cycle has come. It may change ``notes`` and returns orders. It
    must not keep anything else between calls.
    """

    @property
    def digest(self) -> str:
        """Names the commander and its version: part of a run's key."""
        ...

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> Sequence[Order | Instruction]:
        """Orders to formations and directives to headquarters for this minute."""
        ...
