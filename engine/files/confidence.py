"""How well a scenario is known: rows and parameters by the grade of their source, and which are only estimates.

An estimate is not a fault: it has an author and bounds. But a reader of results must be able to see all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.address import TABLES, rows_of
from engine.model.citation import GRADES
from engine.model.scenario import Scenario

UNCITED = "uncited"
COLUMNS = (*GRADES, UNCITED)
"""Grades from the best known to the least."""


@dataclass(frozen=True)
class Standing:
    """How well one row or parameter is known: its address, the grade of its source (or "uncited"), where it stands."""

    table: str
    address: str
    grade: str
    src: str
    where: str


def standings(scenario: Scenario) -> Iterator[Standing]:
    """Every row and parameter that carries a number, tables in the order of addresses, then parameters by group."""
    for table in TABLES:
        for key, row in rows_of(scenario, table).items():
            yield _standing(table, f"{table}.{key}", row.grade, row.src, row.where)
    for address, rule in sorted(scenario.parameters.items()):
        yield _standing("parameters", address, rule.grade, rule.source, rule.where)


def _standing(table: str, address: str, grade: str, src: str, where: str) -> Standing:
    return Standing(table, address, (grade or "estimate") if src else UNCITED, src, where)


def confidence(scenario: Scenario) -> dict[str, dict[str, int]]:
    """How many rows of each table have each grade; tables without rows are left out."""
    counts: dict[str, dict[str, int]] = {}
    for row in standings(scenario):
        of_table = counts.setdefault(row.table, dict.fromkeys(COLUMNS, 0))
        of_table[row.grade] += 1
    return counts


def estimates(scenario: Scenario) -> list[Standing]:
    """What rests on judgement alone or on nothing: the honest list."""
    return [row for row in standings(scenario) if row.grade in ("estimate", UNCITED)]
