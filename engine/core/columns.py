"""Tables of integer columns, declared once; copying, freezing, digesting, saving and loading follow from that.

A table is a structure of arrays. Rows are appended, never removed or reused within a run. Readers get permanent
read-only views; only the holder of the ``Writer`` can change anything. Columns of one type lie in one block, row upon
row of memory, so that a compiled rule is handed three arrays and the places of its columns in them.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.flows import read_flows, settle_flows
from engine.core.jit import jit

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

FINE: Final = 1_000_000
"""Fine units of a stock: millionths of a man, of a vehicle, of a gun, of a gram."""

_LITTLE: Final = sys.byteorder == "little"

NANO: Final = 1_000_000_000
"""Fine units of a share between 0 and 1 (cohesion, fatigue, works)."""


def among(values: Array, chosen: Array, size: int) -> npt.NDArray[np.bool_]:
    """Which of ``values`` are among ``chosen``: whole numbers from -1 to below ``size``, many times faster than isin."""
    marked = np.zeros(size + 1, bool)
    marked[chosen] = True
    found: npt.NDArray[np.bool_] = marked[values]
    return found


def rows_where(mask: npt.NDArray[np.bool_]) -> Ints:
    """Row numbers at which a mask of one dimension is true: flatnonzero without its wrappers, ten times as dear."""
    found: Ints = mask.nonzero()[0]
    return found


def anywhere(mask: npt.NDArray[np.bool_]) -> bool:
    """Whether a mask is true anywhere; for the short ones of rules several times faster than ``any``."""
    return b"\1" in mask.tobytes()


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

    def places(self, dtype: str, *names: str) -> Ints:
        """Where columns of one type lie in the block of that type, for compiled rules."""
        order = [c.name for c in self.columns if c.dtype == dtype and c.width == 1]
        return np.array([order.index(name) for name in names], dtype=np.int64)

    def ways(self, names: tuple[str, ...]) -> list[tuple[str, tuple[str, ...], Ints]]:
        """How to pick columns: type, names and places in the block of that type; wide ones by themselves."""
        narrow = [column for column in map(self.column, names) if column.width == 1]
        found = []
        for dtype in sorted({column.dtype for column in narrow}):
            mine = tuple(column.name for column in narrow if column.dtype == dtype)
            found.append((dtype, mine, self.places(dtype, *mine)))
        wide = [name for name in names if self.column(name).width > 1]
        return found + [("", (name,), np.zeros(0, np.int64)) for name in wide]

    def plan(self, *flows: str) -> Ints:
        """How to read flows from the block of 64-bit columns (``flows.read_flow``), shape (flows, 2 + most terms).

        A row holds the place of the stock, the number of terms that add to it, then the places of all terms, those
        that add first; -1 fills the rest. The last row tells the place of ``as_of``.
        """
        declared = {flow.name: flow for flow in self.flows}
        width = 2 + max(len(flow.plus) + len(flow.minus) for flow in self.flows)
        table = np.full((len(flows) + 1, width), -1, dtype=np.int64)
        for row, name in enumerate(flows):
            flow = declared[name]
            places = self.places("int64", flow.stock, *flow.plus, *flow.minus)
            table[row, 0], table[row, 1] = places[0], len(flow.plus)
            table[row, 2 : 1 + len(places)] = places[1:]
        table[-1, 0] = self.places("int64", self.as_of)[0]
        return table


_PICKS: dict[tuple[str, ...], Callable[[Mapping[str, int]], tuple[int, ...]]] = {}
"""By names; a look here is half as dear as a call of a function that keeps what it gave."""


def _picked(names: tuple[str, ...]) -> Callable[[Mapping[str, int]], tuple[int, ...]]:
    """A function that gives several entries of a mapping as a tuple."""
    # Of a single name twice the same: a tuple all the same, and without a function of Python's.
    return itemgetter(*names * 2 if len(names) == 1 else names) if names else lambda _: ()


class Table:
    """Read-only views of one table: ``table.men_u``, ``len(table)``, ``table.read("men", minute)``."""

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self._flows = {flow.name: flow for flow in spec.flows}
        self._views: dict[str, Array] = {}
        self.blocks: dict[str, Array] = {}
        """By type: shape (columns of that type, rows and spare rows), see ``TableSpec.places``."""
        self._plans: dict[tuple[str, ...], Ints] = {}
        self._ways: dict[tuple[str, ...], list[tuple[str, tuple[str, ...], Ints]]] = {}
        self._count = 0
        self._versions: dict[str, int] = dict.fromkeys((column.name for column in spec.columns), 0)

    def version(self, *names: str) -> tuple[int, ...]:
        """Numbers that grow whenever the columns ``names`` may have been written: keys for derived maps."""
        pick = _PICKS.get(names)
        if pick is None:
            pick = _PICKS[names] = _picked(names)
        return pick(self._versions)

    def versions(self) -> tuple[int, ...]:
        """Those of all columns, in declared order."""
        return tuple(self._versions.values())

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
        which = self.numbers(rows)
        out = np.empty((len(flows), len(which)), dtype=np.int64)
        read_flows(self.blocks["int64"], self.plan(*flows), which, minute, out)
        return dict(zip(flows, out, strict=True))

    def plan(self, *flows: str) -> Ints:
        """How compiled rules read some flows (``TableSpec.plan``)."""
        found = self._plans.get(flows)
        if found is None:
            found = self._plans[flows] = self.spec.plan(*flows)
        return found

    def numbers(self, rows: Any) -> Ints:
        """Row numbers of what indexes a column: a slice, a mask, numbers."""
        if type(rows) is np.ndarray and rows.ndim == 1 and rows.dtype != bool:
            return rows if rows.dtype == np.int64 else rows.astype(np.int64)
        if isinstance(rows, slice) or (isinstance(rows, np.ndarray) and rows.dtype == bool):
            rows = np.arange(self._count)[rows]
        return np.atleast_1d(np.asarray(rows, dtype=np.int64))

    def pick(self, names: tuple[str, ...], rows: Ints) -> dict[str, Array]:
        """Read-only copies of some columns at some rows: those of one type in one go."""
        ways = self._ways.get(names)
        if ways is None:
            ways = self._ways[names] = self.spec.ways(names)
        found: dict[str, Array] = {}
        for dtype, chosen, places in ways:
            values = self.blocks[dtype].take(places, 0).take(rows, 1) if len(places) else self._views[chosen[0]][rows]
            values.flags.writeable = False
            found.update(zip(chosen, values, strict=True) if len(places) else {chosen[0]: values})
        return found

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
        self._versions = self.table._versions
        self._arrays: dict[str, Array] = {}
        self._blocks: dict[str, Array] = {}
        self._count = rows
        self._flows = tuple(flow.name for flow in spec.flows)
        self._plan: Ints | None = None
        """How all flows are read, worked out when they are first settled."""
        self._settled = (*(flow.stock for flow in spec.flows), spec.as_of)
        self._defaults = [(column.name, column.default) for column in spec.columns]
        self._places = {dtype: _places(spec, dtype) for dtype in sorted({c.dtype for c in spec.columns if c.width == 1})}
        self._wide = [(number, column) for number, column in enumerate(spec.columns) if column.width > 1]
        self._allot(rows)
        self._publish(rows)

    def _allot(self, rows: int, kept: int = 0) -> None:
        """New blocks with room for ``rows``: what the first ``kept`` rows held, defaults in the others."""
        before, self._arrays, self._blocks, self.table.blocks = self._arrays, {}, {}, {}
        for dtype in sorted({column.dtype for column in self.spec.columns if column.width == 1}):
            mine = [column for column in self.spec.columns if column.width == 1 and column.dtype == dtype]
            self._blocks[dtype] = block = np.empty((len(mine), rows), dtype)
            self.table.blocks[dtype] = _read_only(block)
            self._arrays |= dict(zip((column.name for column in mine), block, strict=True))
        for column in self.spec.columns:
            if column.width > 1:
                self._arrays[column.name] = np.empty((rows, column.width), column.dtype)
            array = self._arrays[column.name]
            array[kept:] = column.default
            if kept:
                array[:kept] = before[column.name][:kept]
        self._shown = {name: _read_only(array) for name, array in self._arrays.items()}

    def _publish(self, rows: int) -> None:
        self._open: dict[str, Array] = {}
        """Columns to be written to, as far as somebody has asked for them since the table grew."""
        self.table._views = views = {name: array[:rows] for name, array in self._shown.items()}
        self._count = self.table._count = rows
        self.table.__dict__.update(views)
        versions = self.table._versions
        for name in versions:
            versions[name] += 1

    def __getitem__(self, name: str) -> Array:
        """The writable column; whoever asks for it is taken to write it."""
        self._versions[name] += 1
        try:
            return self._open[name]
        except KeyError:
            found = self._open[name] = self._arrays[name][: self._count]
            return found

    def put(self, columns: Ints, rows: Ints, values: Array) -> None:
        """Write ``values[i]`` (wide ones first number first) into column number ``columns[i]`` at ``rows[i]``."""
        written = set(columns.tolist())
        types = {self.spec.columns[number].dtype for number in written}
        for dtype, places in self._places.items():
            if dtype in types and not _put_into(self._blocks[dtype], places, columns, rows, values, self._count):
                raise IndexError(f"{self.spec.name}: a row beyond its {self._count}")
        for number, column in self._wide:
            if number in written:
                its = rows_where(columns == number)
                self._arrays[column.name][: self._count][rows[its]] = values[its, : column.width]
        for number in written:
            self._versions[self.spec.columns[number].name] += 1

    def append(self, values: Mapping[str, npt.ArrayLike], count: int) -> npt.NDArray[np.int64]:
        """Add ``count`` rows with defaults where ``values`` is silent; returns their row numbers."""
        if not values.keys() <= self._arrays.keys():
            raise KeyError(f"{self.spec.name} has no column {sorted(values.keys() - self._arrays.keys())}")
        before = len(self.table)
        after = before + count
        room = len(next(iter(self._arrays.values())))
        if after > room:
            self._allot(max(after, 2 * room, 16), before)
        for name, default in self._defaults:
            self._arrays[name][before:after] = values.get(name, default)
        self._publish(after)
        return np.arange(before, after)

    def settle(self, rows: Any, minute: int) -> None:
        """Bring every flow of ``rows`` up to ``minute``; afterwards their rates may be set."""
        table = self.table
        if self._plan is None:
            self._plan = table.plan(*self._flows)
        if not settle_flows(self._blocks["int64"], self._plan, table.numbers(rows), minute):
            raise ValueError(f"{self.spec.name}: flows settled backwards at minute {minute}")
        versions = table._versions
        for name in self._settled:
            versions[name] += 1

    def restore(self, values: Mapping[str, Array], rows: int) -> None:
        """Replace the given columns and the row count: a keyframe or a file. Columns not given keep their values."""
        self._allot(rows, min(rows, len(self.table)))
        for name in self._arrays.keys() & values.keys():
            self._arrays[name][:] = values[name]
        self._publish(rows)


def _places(spec: TableSpec, dtype: str) -> Ints:
    """Place of each column in the block of one type, by its number in the declaration; -1 for those of other types."""
    names = [column.name for column in spec.columns if column.dtype == dtype and column.width == 1]
    found = np.full(len(spec.columns), -1, np.int64)
    found[[k for k, column in enumerate(spec.columns) if column.name in names]] = spec.places(dtype, *names)
    return found


@jit
def _put_into(block: Any, places: Any, columns: Any, rows: Any, values: Any, count: int) -> bool:
    """Write ``values[i, 0]`` into column ``columns[i]`` at ``rows[i]`` where the column lies in this block.

    ``places``: of each column in it, -1 for others. False if there is no such row among the first ``count``.
    """
    for i in range(len(columns)):
        place = places[columns[i]]
        if place >= 0:
            if rows[i] < 0 or rows[i] >= count:
                return False
            block[place, rows[i]] = values[i, 0]
    return True


def _read_only(block: Array) -> Array:
    view = block.view()
    view.flags.writeable = False
    return view


def digest_of(tables: Sequence[Table]) -> str:
    """Hex digest of the mutable columns of tables, independent of the processor's byte order."""
    parts: list[Any] = []
    for table in tables:
        parts.append(f"{table.spec.name}:{len(table)};".encode())
        names, all_of_them = _digested(table.spec)
        if not len(table):
            parts.append(all_of_them)
            continue
        views = table._views
        for name, encoded in names:
            parts += encoded, views[name] if _LITTLE else _little(views[name])
    return hashlib.blake2b(b"".join(parts), digest_size=16).hexdigest()


_DIGESTED: dict[int, tuple[TableSpec, tuple[tuple[str, bytes], ...], bytes]] = {}
"""By identity, as a declaration of eighty columns takes longer to hash than its table to digest."""


def _digested(spec: TableSpec) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    """Names of the mutable columns, as text and as bytes; and those bytes in a row."""
    known = _DIGESTED.get(id(spec))
    if known is None or known[0] is not spec:
        names = tuple((column.name, column.name.encode()) for column in spec.columns if not column.fixed)
        known = _DIGESTED[id(spec)] = (spec, names, b"".join(encoded for _, encoded in names))
    return known[1], known[2]


def _little(values: Array) -> Array:
    """The same numbers, contiguous and the low byte first."""
    return np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"), copy=False))
