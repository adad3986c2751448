"""What commands a side: a function from what it may see and what it remembers to orders and new notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.core.columns import Array, Table
from engine.model.orders import Order

if TYPE_CHECKING:
    from engine.core.dice import Dice
    from engine.model.view import SideView


class Notes:
    """A staff's memory: writable copies of the note tables, ``notes.staff["need"][row]``.

    Only whole numbers. What a commander changes here is compared with what it was given and logged as input.
    ``foreign`` names rows of each table that are the other side's: they read as their defaults.
    """

    def __init__(self, formation: Table, staff: Table, failure: Table, foreign: Sequence[Array] = ()) -> None:
        self._tables = (formation, staff, failure)
        given = [_copy(table) for table in self._tables]
        for table, columns, rows in zip(self._tables, given, foreign, strict=False):
            for column in table.spec.columns:
                columns[column.name][rows] = column.default
        self._given = tuple(given)
        self.formation, self.staff, self.failure = (
            {name: values.copy() for name, values in columns.items()} for columns in given
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
        for number, (table, given, mine) in enumerate(
            zip(self._tables, self._given, (self.formation, self.staff, self.failure), strict=True)
        ):
            for position, column in enumerate(table.spec.columns):
                new, old = mine[column.name], given[column.name]
                if new.tobytes() == old.tobytes():  # a third of the time of comparing number by number
                    continue
                unequal = np.ones(len(new), bool)
                differs = new[: len(old)] != old
                unequal[: len(old)] = differs.any(axis=1) if differs.ndim > 1 else differs
                changed = np.flatnonzero(unequal)
                values = new[changed].reshape(len(changed), -1).tolist()
                rows += [(number, row, position, tuple(v)) for row, v in zip(changed.tolist(), values, strict=True)]
        return rows


def _copy(table: Table) -> dict[str, Array]:
    return {column.name: values.copy() for column, values in table.columns()}


class Commander(Protocol):
    """``plan`` is called between minutes, at full hours when a headquarters of the side is due.

    ``due`` are the rows of the headquarters whose cycle has come. It may change ``notes`` and returns orders. It
    must not keep anything else between calls.
    """

    @property
    def digest(self) -> str:
        """Names the commander and its version: part of a run's key."""
        ...

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        """Orders for this minute."""
        ...
