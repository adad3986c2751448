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


class OwnNotes:
    """Columns of the note tables as one side may read them: rows of the other side are blank.

    ``foreign`` names those rows of each table. Kept from one plan to the next: a column is read again only when it
    has been written.
    """

    def __init__(self, tables: Sequence[Table], foreign: Sequence[Array] = ()) -> None:
        rows: Sequence[Array | None] = foreign or [None] * len(tables)
        self._parts = [(table, None if r is None else _span(r)) for table, r in zip(tables, rows, strict=True)]
        self._read: dict[tuple[int, str], tuple[tuple[int, ...], Array, bytes]] = {}

    def table(self, number: int) -> Table:
        """The table of a number."""
        return self._parts[number][0]

    def column(self, number: int, name: str) -> tuple[Array, bytes]:
        """Values of a column, not to be written to, and the same as bytes."""
        table, foreign = self._parts[number]
        version, key = table.version(name), (number, name)
        held = self._read.get(key)
        if held is None or held[0] != version:
            values: Array = table[name].copy()
            if foreign is not None:
                values[foreign] = table.spec.column(name).default
            held = self._read[key] = (version, values, values.tobytes())
        return held[1], held[2]


class _Columns(dict[str, Array]):
    """Columns of one note table, copied when they are first looked at."""

    def __init__(self, own: OwnNotes, number: int) -> None:
        super().__init__()
        self._own, self._number = own, number
        self._given: dict[str, bytes] = {}

    @property
    def table(self) -> Table:
        """The table they are columns of."""
        return self._own.table(self._number)

    def __missing__(self, name: str) -> Array:
        given, self._given[name] = self._own.column(self._number, name)
        self[name] = values = given.copy()
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

    Only whole numbers. What a commander changes here is compared with what it was given and logged as input. With
    ``own`` only a side's own rows can be read.
    """

    def __init__(self, formation: Table, staff: Table, failure: Table, own: OwnNotes | None = None) -> None:
        readable = own or OwnNotes((formation, staff, failure))
        self.formation, self.staff, self.failure = (_Columns(readable, number) for number in range(3))

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
            for position, column in enumerate(columns.table.spec.columns):
                changed = columns.changed(column.name) if column.name in columns else None
                if changed is not None:
                    values, where = changed
                    found = values[where].tolist()
                    each = map(tuple, found) if column.width > 1 else zip(found, strict=True)
                    rows += [(number, row, position, value) for row, value in zip(where, each, strict=True)]
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
