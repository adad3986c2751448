"""One dotted address for every parameter and datum: combat.tau_days, forces.s_rd_417.men.

The same address serves --set, overlays, experiment factors, faults and why-trees. Rule parameters have two
parts (group.name); data have three (table.id.column).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from engine.model.citation import Detail, Parameter, Value
from engine.model.scenario import Scenario

TABLES: Mapping[str, str] = {
    "forces": "formations",
    "headquarters": "headquarters",
    "assets": "assets",
    "reinforcements": "reinforcements",
    "plans": "directives",
    "supply_sources": "supply_sources",
    "shipping": "shipping",
    "objectives": "objectives",
    "people": "people",
    "events": "events",
    "kinds": "kinds",
    "terrain_kinds": "terrain",
    "history": "history",
    "weather": "weather",
}
"""Table name in an address -> attribute of Scenario."""

_NOT_DATA = frozenset({"id", "kind", "where", "src", "grade", "note", "details", "cell"})


class NoSuchAddress(KeyError):
    """The address names nothing in this scenario; `nearest` holds what may have been meant."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.args[0])


def rows_of(scenario: Scenario, table: str) -> Mapping[str, Any]:
    """Rows of one table by id."""
    rows = getattr(scenario, TABLES[table])
    if isinstance(rows, Mapping):
        return rows
    if table == "weather":
        return {f"{scenario.date_of(row.day * 1440)}_{row.zone}": row for row in rows}
    return {row_id(row): row for row in rows}


def row_id(row: Any) -> str:
    """The id a row is matched by: `id`, else `kind`, else `name`."""
    for name in ("id", "kind", "name"):
        value = getattr(row, name, None)
        if value is not None:
            return str(value)
    raise TypeError(f"{type(row).__name__} has no id")


def addresses(scenario: Scenario) -> Iterator[str]:
    """Every address of a number, switch or text that --set may change, in stable order."""
    yield from sorted(scenario.parameters)
    for table in TABLES:
        for key, row in sorted(rows_of(scenario, table).items()):
            for column in fields(row):
                value = getattr(row, column.name)
                if column.name not in _NOT_DATA and isinstance(value, (bool, int, float, str)):
                    yield f"{table}.{key}.{column.name}"


def datum(scenario: Scenario, address: str) -> Parameter:
    """The value at `address` with bounds and pedigree; NoSuchAddress says what was not found."""
    if address in scenario.parameters:
        return scenario.parameters[address]
    _, _, column, row = _locate(scenario, address, {})
    more = next((d for d in getattr(row, "details", ()) if d.column == column), Detail(column))
    return _described(address, row, more)


def _described(address: str, row: Any, more: Detail) -> Parameter:
    return Parameter(
        address=address,
        value=getattr(row, more.column),
        low=more.low,
        high=more.high,
        source=more.src or row.src,
        grade=more.grade or row.grade,
        where=more.where or row.where,
        note=row.note,
    )


def uncertain(scenario: Scenario) -> Iterator[Parameter]:
    """Every parameter and datum that has a range, in order of address."""
    found = [p for p in scenario.parameters.values() if p.uncertain]
    for table in TABLES:
        for key, row in rows_of(scenario, table).items():
            details = (d for d in getattr(row, "details", ()) if d.uncertain)
            found += [_described(f"{table}.{key}.{d.column}", row, d) for d in details]
    yield from sorted(found, key=lambda p: p.address)


def with_values(scenario: Scenario, values: Mapping[str, Value], where: str = "--set") -> Scenario:
    """A copy with other values at some addresses, each of the type it had.

    A value set this way is fixed: it has no bounds any more, so that a batch does not sample it again.
    """
    parameters = dict(scenario.parameters)
    changed: dict[str, dict[str, dict[str, Any]]] = {}
    rows_by_table: dict[str, Mapping[str, Any]] = {}
    for address, value in values.items():
        if address in parameters:
            old = parameters[address]
            new = _like(old.value, value, address)
            parameters[address] = replace(old, value=new, low=None, high=None, where=where)
            continue
        table, key, column, row = _locate(scenario, address, rows_by_table)
        columns = changed.setdefault(table, {}).setdefault(key, {})
        columns[column] = _like(getattr(row, column), value, address)
        if hasattr(row, "details"):
            details = columns.get("details", row.details)
            columns["details"] = (*(d for d in details if d.column != column), Detail(column, where=where))
    update: dict[str, Any] = {"parameters": parameters}
    for table, rows in changed.items():
        attribute = TABLES[table]
        now = {k: replace(r, **rows[k]) if k in rows else r for k, r in rows_by_table[table].items()}
        keyed = isinstance(getattr(scenario, attribute), Mapping)
        update[attribute] = now if keyed else tuple(now.values())
    return replace(scenario, **update)


def _locate(scenario: Scenario, address: str, known: dict[str, Mapping[str, Any]]) -> tuple[str, str, str, Any]:
    """Table, row id, column and row of an address; `known` keeps the tables between calls."""
    table, _, rest = address.partition(".")
    key, _, column = rest.rpartition(".")
    if table in TABLES and key:
        if table not in known:
            known[table] = rows_of(scenario, table)
        row = known[table].get(key)
        if row is not None and column not in _NOT_DATA and column in {f.name for f in fields(row)}:
            return table, key, column, row
    raise _missing(scenario, address)


def _missing(scenario: Scenario, address: str) -> NoSuchAddress:
    import difflib

    near = tuple(difflib.get_close_matches(address, list(addresses(scenario)), 3, 0.6))
    hint = f"; nearest: {', '.join(near)}" if near else ""
    fault = NoSuchAddress(f"expected an address of this scenario, found {address!r}{hint}")
    fault.nearest = near
    return fault


def _like(old: Value, new: Value, address: str) -> Value:
    """`new` as the type of `old`; ValueError when it cannot be."""
    if isinstance(old, bool):
        if isinstance(new, bool):
            return new
        if str(new).lower() in ("true", "1", "yes", "on"):
            return True
        if str(new).lower() in ("false", "0", "no", "off"):
            return False
        raise ValueError(f"{address}: expected true or false, found {new!r}")
    try:
        if isinstance(old, int):
            number = float(new)
            return int(number) if number.is_integer() else _whole(address, new)
        if isinstance(old, float):
            return float(new)
    except (TypeError, ValueError):
        raise ValueError(f"{address}: expected a number, found {new!r}") from None
    return str(new)


def _whole(address: str, found: Value) -> int:
    raise ValueError(f"{address}: expected a whole number, found {found!r}")


__all__ = [
    "TABLES",
    "NoSuchAddress",
    "addresses",
    "datum",
    "row_id",
    "rows_of",
    "uncertain",
    "with_values",
]
