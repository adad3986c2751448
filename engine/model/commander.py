"""What commands a side: a function from what it may see and what it remembers to orders and new notes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.core.columns import Array, Table
from engine.core.jit import jit
from engine.model.instruction import Instruction
from engine.model.orders import Order

if TYPE_CHECKING:
    from engine.core.dice import Dice
    from engine.model.view import SideView


class OwnNotes:
    """The note tables as one side may read them: rows of the other side are blank.

    ``foreign`` names those rows of each table. Kept from one plan to the next: a column is read again only when it
    has been written.
    """

    def __init__(self, tables: Sequence[Table], foreign: Sequence[Array] = ()) -> None:
        rows: Sequence[Array | None] = foreign or [None] * len(tables)
        self._sheets = [_Sheet(table, None if r is None else _span(r)) for table, r in zip(tables, rows, strict=True)]

    def sheets(self) -> list[_Sheet]:
        """One for each table, as it stands now."""
        for sheet in self._sheets:
            sheet.read()
        return self._sheets


class _Sheet:
    """One note table: columns of one number a row side by side in one array, so that all are copied at once.

    Those of one type follow each other, as they lie in the table's blocks.
    """

    def __init__(self, table: Table, foreign: Array | slice | None) -> None:
        self.table, self._foreign = table, foreign
        numbered = list(enumerate(table.spec.columns))
        narrow = [(position, column) for position, column in numbered if column.width == 1]
        self.narrow = sorted(narrow, key=lambda pair: (pair[1].dtype, pair[0]))
        types = [column.dtype for _, column in self.narrow]
        self._spans = [(t, slice(types.index(t), types.index(t) + types.count(t))) for t in sorted(set(types))]
        self._blank = np.array([[column.default] for _, column in self.narrow], np.int64)
        self.names = [column.name for _, column in self.narrow]
        self.wide = [(position, column) for position, column in numbered if column.width > 1]
        self.wide_at = {column.name: at for at, (_, column) in enumerate(self.wide)}
        self.columns = np.array([position for position, _ in self.narrow], np.int64)
        """Number in the table of each narrow column."""
        self.in_order = np.argsort(self.columns)
        self._versions: tuple[int, ...] = ()
        self.values = np.zeros((len(self.narrow), 0), np.int64)
        self.wide_values: list[Array] = [np.zeros((0, column.width), np.int64) for _, column in self.wide]

    def read(self) -> None:
        """Read again if anything has been written since."""
        versions = self.table.versions()
        if versions == self._versions:
            return
        rows, before = len(self.table), self._versions or (-1,) * len(versions)
        # New arrays: notes that were given out before are still compared with the old ones.
        self.values = np.empty((len(self.narrow), rows), np.int64)
        for dtype, span in self._spans:
            self.values[span] = self.table.blocks[dtype][:, :rows]
        if self._foreign is not None:
            self.values[:, self._foreign] = self._blank
        self.wide_values = list(self.wide_values)
        for k, (position, column) in enumerate(self.wide):
            if versions[position] != before[position]:
                self.wide_values[k] = self.table[column.name].copy()
                if self._foreign is not None:
                    self.wide_values[k][self._foreign] = column.default
        self._versions = versions


class _Columns(dict[str, Array]):
    """Writable copies of the columns of a note table, by name: wide ones are made when asked for."""

    def __init__(self, sheet: _Sheet) -> None:
        self._sheet, self._given, self._given_wide = sheet, sheet.values, sheet.wide_values
        self._now = sheet.values.copy()
        self._replaced = False
        super().__init__(zip(sheet.names, self._now, strict=True))

    def __missing__(self, name: str) -> Array:
        """A wide column that nobody has asked for yet."""
        values: Array = self._given_wide[self._sheet.wide_at[name]].copy()
        super().__setitem__(name, values)
        return values

    def __setitem__(self, name: str, values: Array) -> None:
        self._replaced = True
        super().__setitem__(name, values)

    def changes(self, number: int) -> list[tuple[int, int, int, tuple[int, ...]]]:
        """Rows (table, row, column, values) of what was changed, column by column."""
        sheet, now = self._sheet, self._now
        if self._replaced:
            now = np.array([self[name] for name in sheet.names])
        told = np.empty((3, now.size), np.int64)
        count = _cells_changed(now, self._given, sheet.in_order, sheet.columns, told)
        rows, columns, numbers = told[:, :count].tolist()
        found: list[tuple[int, int, int, tuple[int, ...]]] = [
            (number, r, c, (value,)) for r, c, value in zip(rows, columns, numbers, strict=True)
        ]
        for (position, wide), given in zip(sheet.wide, self._given_wide, strict=True):
            values = self.get(wide.name)
            if values is None:
                continue
            changed = np.empty(len(values), np.int64)
            changed = changed[: _rows_changed(values, given, changed)]
            found += [(number, r, position, tuple(v)) for r, v in zip(changed.tolist(), values[changed].tolist(), strict=True)]
        found.sort(key=itemgetter(2))
        return found


@jit
def _cells_changed(now: Any, given: Any, in_order: Any, number: Any, told: Any) -> int:
    """Fill ``told`` with row, column and value of what differs, column by column ``in_order``; how many.

    All beyond the end of what was given does.
    """
    count = 0
    for k in in_order:
        for row in range(now.shape[1]):
            if row >= given.shape[1] or now[k, row] != given[k, row]:
                told[0, count], told[1, count], told[2, count] = row, number[k], now[k, row]
                count += 1
    return count


@jit
def _rows_changed(now: Any, given: Any, rows: Any) -> int:
    """Fill in the rows in which anything differs; how many."""
    count = 0
    for row in range(len(now)):
        differs = row >= len(given)
        for k in range(now.shape[1]):
            differs = differs or now[row, k] != given[row, k]
        if differs:
            rows[count], count = row, count + 1
    return count


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
        self.formation, self.staff, self.failure = map(_Columns, readable.sheets())

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
        tables = (self.formation, self.staff, self.failure)
        return [row for number, columns in enumerate(tables) for row in columns.changes(number)]


class Commander(Protocol):
    """``plan`` is called between minutes, at full hours when a headquarters of the side is due.

    ``due`` are the rows of the headquarters whose cycle has come, or for whom there has been an alarm since they last
    planned. It may change ``notes`` and returns orders. It must not keep anything else between calls.

    A method ``hears(minute)`` may say whether alarms call headquarters at that minute; what is not heard now is later.
    """

    @property
    def digest(self) -> str:
        """Names the commander and its version: part of a run's key."""
        ...

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> Sequence[Order | Instruction]:
        """Orders to formations and directives to headquarters for this minute."""
        ...
