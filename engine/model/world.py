"""The world: the declared tables of a run, as permanent read-only views, and the pen that alone can write them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.core.columns import Array, Table, Writer, digest_of
from engine.model.tables import NOTES, TABLES

if TYPE_CHECKING:
    from engine.core.hexes import Grid
    from engine.model.climate import Almanac
    from engine.model.scenario import Scenario
    from engine.model.theatre import Theatre


@dataclass(frozen=True)
class Statics:
    """What never changes in a run: geography, scenario, parameters, names. Shared by all branches.

    ``formation_ids[row]`` is the id of a row of the formations table; likewise for the others.
    """

    theatre: Theatre
    scenario: Scenario
    rules: Mapping[str, float]
    """Every numeric parameter by its dotted address, such as ``combat.tau_days``."""
    formation_ids: tuple[str, ...] = ()
    headquarters_ids: tuple[str, ...] = ()
    depot_ids: tuple[str, ...] = ()
    ship_ids: tuple[str, ...] = ()
    directive_ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    commanders: tuple[str, ...] = ()
    almanac: Almanac | None = None
    """Daylight and climate; None only where no weather system runs."""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """Derived constants, computed once and never part of a digest. A run's own: stamps of its columns may be in it."""
    shared: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The same for what follows from ground, harbours and parameters alone, such as step costs: all runs of a scenario in
    a process share it, and both sides' views. Nothing that a side must not know of the other may be in it."""
    private: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The same for what else follows from the scenario, such as fields about the lines of plans: the world's own, and in
    a view its side's own."""

    @cached_property
    def grid(self) -> Grid:
        """The theatre's grid."""
        return self.theatre.grid

    @cached_property
    def digest(self) -> str:
        """Hex digest of the scenario, names and parameters in it."""
        names = (self.formation_ids, self.headquarters_ids, self.depot_ids, self.ship_ids, self.directive_ids, self.kinds,
                 self.commanders)  # fmt: skip
        lines = [(line.id, line.cells, line.strength, line.ready, line.known) for line in self.theatre.lines]
        told = repr((self.scenario.digest, names, sorted(self.rules.items()), lines))
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    @cached_property
    def formation_rows(self) -> dict[str, int]:
        """Row of each formation id."""
        return {name: row for row, name in enumerate(self.formation_ids)}

    @cached_property
    def headquarters_rows(self) -> dict[str, int]:
        """Row of each headquarters id."""
        return {name: row for row, name in enumerate(self.headquarters_ids)}


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()


class Pen:
    """The writable tables. Held by ``rules.apply`` and by loading, by nothing else."""

    def __init__(self, rows: Mapping[str, int] | None = None) -> None:
        given = rows or {}
        self._writers = {spec.name: Writer(spec, given.get(spec.name, 0)) for spec in TABLES}
        self._last: dict[str, tuple[dict[str, int], dict[str, Array]]] = {}
        """Versions and copies of each table's columns in the last snapshot."""

    def __getitem__(self, table: str) -> Writer:
        return self._writers[table]

    def __iter__(self) -> Iterator[Writer]:
        return iter(self._writers.values())

    def snapshot(self) -> dict[str, dict[str, Array]]:
        """A copy of all mutable columns: a keyframe. It shares what has not changed with the snapshot before."""
        return {name: self._copied(name, writer.table) for name, writer in self._writers.items()}

    def _copied(self, of: str, table: Table) -> dict[str, Array]:
        before, known = self._last.get(of, ({}, {}))
        versions = dict(table._versions)
        if versions == before:
            return dict(known)
        copies = {}
        for column in table.spec.columns:
            if column.fixed:
                continue
            name = column.name
            copied = known.get(name)
            if copied is None or (before[name] != versions[name] and not _same(copied, table[name])):
                copied = table[name].copy()
                copied.setflags(write=False)
            copies[name] = copied
        self._last[of] = (versions, copies)
        return dict(copies)

    def restore(self, snapshot: Mapping[str, Mapping[str, Array]]) -> None:
        """Bring all mutable columns back to a keyframe; columns it lacks take their declared default."""
        for writer in self:
            values = snapshot.get(writer.spec.name, {})
            rows = len(next(iter(values.values()))) if values else len(writer.table)
            blank = Writer(writer.spec, rows)
            missing = {c.name: blank[c.name] for c in writer.spec.columns if not c.fixed and c.name not in values}
            writer.restore({**missing, **values}, rows)

    def copy(self) -> Pen:
        """An independent pen with the same contents: for a branch."""
        twin = Pen()
        for name, writer in self._writers.items():
            twin._writers[name].restore({c.name: v for c, v in writer.table.columns()}, len(writer.table))
        return twin


class World:
    """Read-only tables: ``world.formations.men_u``. Changed only through the pen it was made with."""

    def __init__(self, statics: Statics, pen: Pen) -> None:
        self.statics = statics
        self._tables: dict[str, Table] = {writer.spec.name: writer.table for writer in pen}
        for name, table in self._tables.items():
            setattr(self, name, table)
        self.derived: dict[str, Any] = {}
        """Caches of derived maps, keyed with the minute or version they belong to; never part of a digest."""

    # Declared for readers and type checkers; set in __init__.
    formations: Table
    headquarters: Table
    orders: Table
    directives: Table
    battles: Table
    participants: Table
    hexes: Table
    hexsides: Table
    links: Table
    depots: Table
    sightings: Table
    ships: Table
    craft: Table
    weather: Table
    sides: Table
    systems: Table
    people: Table
    happenings: Table
    goals: Table
    course: Table
    formation_notes: Table
    staff_notes: Table
    failure_notes: Table

    def table(self, name: str) -> Table:
        """A table by name."""
        return self._tables[name]

    def digest(self, *tables: str) -> str:
        """Hex digest of the mutable columns of the named tables, or of all."""
        chosen = [self._tables[name] for name in tables] if tables else list(self._tables.values())
        return digest_of(chosen)

    def note_tables(self) -> tuple[Table, ...]:
        """The staffs' notes."""
        return tuple(self._tables[spec.name] for spec in NOTES)


def first_difference(a: World, b: World) -> str | None:
    """Names the first column and row in which two worlds differ, with both values; None if they are the same."""
    for name, table in a._tables.items():
        other = b._tables[name]
        if len(table) != len(other):
            return f"{name}: {len(table)} rows against {len(other)}"
        for column, values in table.columns():
            theirs = other[column.name]
            if not np.array_equal(values, theirs):
                unequal = values != theirs
                row = int(np.flatnonzero(unequal.any(axis=1) if unequal.ndim > 1 else unequal)[0])
                return f"{name}.{column.name} row {row}: {values[row]} against {theirs[row]}"
    return None
