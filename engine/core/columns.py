"""Tables of integer columns, declared once; copying, freezing, digesting, saving and loading follow from that.

A table is a structure of arrays. Rows are appended, never removed or reused within a run. Readers get permanent
read-only views; only the holder of the ``Writer`` can change anything.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FINE: Final = 1_000_000
"""Fine units of a stock: millionths of a man, of a vehicle, of a gun, of a gram."""

NANO: Final = 1_000_000_000
"""Fine units of a share between 0 and 1 (cohesion, fatigue, works)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, in which unit, and what a row has before anything is known."""

    name: str
    dtype: str
    default: int
    unit: str
    meaning: str
    width: int = 1
    fixed: bool = False
    """Fixed columns are set when the world is built and are digested once, not kept in keyframes."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A stock that changes steadily: ``stock`` + (sum of ``plus`` - sum of ``minus``) x minutes since ``as_of``."""

    name: str
    stock: str
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSpec:
    """A table's declaration. ``as_of`` names the column that dates all of its flows."""

    name: str
    columns: tuple[Column, ...]
    flows: tuple[Flow, ...] = ()
    as_of: str = ""

    def column(self, name: str) -> Column:
        """The declaration of one column; KeyError names the table."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")


@cache
def _picked(names: tuple[str, ...]) -> Callable[[Mapping[str, int]], tuple[int, ...]]:
    """A function that gives several entries of a mapping as a tuple."""
    if len(names) == 1:
        name = names[0]
        return lambda versions: (versions[name],)
    return itemgetter(*names) if names else lambda _: ()


class Table:
    """Read-only views of one table: ``table.men_u``, ``len(table)``, ``table.read("men", minute)``."""

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self._flows = {flow.name: flow for flow in spec.flows}
        self._views: dict[str, Array] = {}
        self._count = 0
        self._versions: dict[str, int] = dict.fromkeys((column.name for column in spec.columns), 0)

    def version(self, *names: str) -> tuple[int, ...]:
        """Numbers that grow whenever the columns ``names`` may have been written: keys for derived maps."""
        return _picked(names)(self._versions)

    def __len__(self) -> int:
        return self._count

    def __getattr__(self, name: str) -> Array:
        """Columns are plain attributes (see ``Writer``): only what is missing is asked for here."""
        raise AttributeError(f"table {self.__dict__['spec'].name!r} has no column {name!r}")

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def read(self, flow: str, minute: int, rows: Any = slice(None)) -> npt.NDArray[np.int64]:
        """The value of a flow at a minute, in its fine unit; writes nothing."""
        declared = self._flows[flow]
        if not declared.plus and not declared.minus:
            stock: npt.NDArray[np.int64] = self._views[declared.stock][rows].astype(np.int64)
            return stock
        rate = np.zeros_like(self._views[declared.stock][rows], dtype=np.int64)
        for name in declared.plus:
            rate = rate + self._views[name][rows]
        for name in declared.minus:
            rate = rate - self._views[name][rows]
        elapsed = minute - self._views[self.spec.as_of][rows]
        value: npt.NDArray[np.int64] = self._views[declared.stock][rows] + rate * elapsed
        return value

    def read_all(self, flows: Sequence[str], minute: int, rows: Any = slice(None)) -> dict[str, npt.NDArray[np.int64]]:
        """Several flows at once, as :meth:`read` gives them one by one; dearer parts are done only once."""
        elapsed = minute - self._views[self.spec.as_of][rows]
        values: dict[str, npt.NDArray[np.int64]] = {}
        for name in flows:
            declared = self._flows[name]
            value = self._views[declared.stock][rows]
            for term in declared.plus:
                value = value + self._views[term][rows] * elapsed
            for term in declared.minus:
                value = value - self._views[term][rows] * elapsed
            values[name] = value
        return values

    def columns(self, *, mutable_only: bool = False) -> Iterator[tuple[Column, Array]]:
        """Declared columns with their values, in declared order."""
        for column in self.spec.columns:
            if not (mutable_only and column.fixed):
                yield column, self._views[column.name]


class Writer:
    """The writable arrays of one table. Only ``rules.apply`` and loading hold one."""

    def __init__(self, spec: TableSpec, rows: int = 0) -> None:
        self.spec = spec
        self.table = Table(spec)
        self._arrays: dict[str, Array] = {}
        self._used: dict[str, Array] = {}
        """The writable columns without the spare rows at their ends."""
        for column in spec.columns:
            self._arrays[column.name] = _blank(column, rows)
        self._publish(rows)

    def _publish(self, rows: int) -> None:
        views = {}
        for name, array in self._arrays.items():
            self._used[name] = array[:rows]
            views[name] = view = array[:rows]
            view.flags.writeable = False
        self.table._views = views
        self.table._count = rows
        self.table.__dict__.update(views)
        versions = self.table._versions
        for name in versions:
            versions[name] += 1

    def __getitem__(self, name: str) -> Array:
        """The writable column; whoever asks for it is taken to write it."""
        self.table._versions[name] += 1
        return self._used[name]

    def append(self, values: Mapping[str, npt.ArrayLike], count: int) -> npt.NDArray[np.int64]:
        """Add ``count`` rows with defaults where ``values`` is silent; returns their row numbers."""
        unknown = set(values) - set(self._arrays)
        if unknown:
            raise KeyError(f"{self.spec.name} has no column {sorted(unknown)}")
        before = len(self.table)
        after = before + count
        for column in self.spec.columns:
            array = self._arrays[column.name]
            if after > len(array):
                grown = _blank(column, max(after, 2 * len(array), 16))
                grown[:before] = array[:before]
                self._arrays[column.name] = array = grown
            array[before:after] = values.get(column.name, column.default)
        self._publish(after)
        return np.arange(before, after)

    def settle(self, rows: Any, minute: int) -> None:
        """Bring every flow of ``rows`` up to ``minute``; afterwards their rates may be set."""
        as_of = self[self.spec.as_of]
        elapsed = minute - as_of[rows]
        if np.any(elapsed < 0):
            raise ValueError(f"{self.spec.name}: flows settled backwards at minute {minute}")
        for flow in self.spec.flows:
            stock = self[flow.stock]
            for name in flow.plus:
                stock[rows] += self[name][rows] * elapsed
            for name in flow.minus:
                stock[rows] -= self[name][rows] * elapsed
        as_of[rows] = minute

    def restore(self, values: Mapping[str, Array], rows: int) -> None:
        """Replace the given columns and the row count: a keyframe or a file. Columns not given keep their values."""
        for column in self.spec.columns:
            if column.name in values:
                array = _blank(column, rows)
                array[:] = values[column.name]
                self._arrays[column.name] = array
            elif rows != len(self._arrays[column.name]):
                array = _blank(column, rows)
                kept = min(rows, len(self.table))
                array[:kept] = self._arrays[column.name][:kept]
                self._arrays[column.name] = array
        self._publish(rows)


def _blank(column: Column, rows: int) -> Array:
    shape: int | tuple[int, int] = rows if column.width == 1 else (rows, column.width)
    return np.full(shape, column.default, dtype=column.dtype)


def digest_of(tables: Sequence[Table]) -> str:
    """Hex digest of the mutable columns of tables, independent of the processor's byte order."""
    hasher = hashlib.blake2b(digest_size=16)
    for table in tables:
        hasher.update(f"{table.spec.name}:{len(table)};".encode())
        for column, values in table.columns():
            if not column.fixed:
                hasher.update(column.name.encode())
                hasher.update(_little(values).data)
    return hasher.hexdigest()


def _little(values: Array) -> Array:
    """The same numbers, contiguous and the low byte first."""
    if sys.byteorder == "little" and values.dtype.isnative and values.flags.c_contiguous:
        return values
    return np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"), copy=False))
