"""Rows that passed the boundary: right types, right ranges, bounds in order; with the place of every value.

What rows say about one another is settled in resolve.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.files.boundary import ROWS, ranged_keys
from engine.files.complaints import translate
from engine.files.faults import Report, nearest, shown
from engine.files.heads import ScenarioHead
from engine.files.rows import Raw, Row
from engine.files.standins import stand_in
from engine.files.texts import Spot
from engine.model.citation import Detail

TABLES = (
    "identities",
    "staffs",
    "commands",
    "kinds",
    "terrain_kinds",
    "forces",
    "headquarters",
    "assets",
    "reinforcements",
    "plans",
    "weather",
    "history",
    "supply_sources",
    "shipping",
    "objectives",
    "people",
    "events",
    "sources",
    "rules",
)
_NAMES = {
    "forces": "forces.csv",
    "headquarters": "headquarters.csv",
    "assets": "assets.csv",
    "plans": "[[directive]]",
    "reinforcements": "reinforcements.csv",
    "weather": "weather.csv",
    "history": "[[fact]]",
    "supply_sources": "[[supply]]",
    "shipping": "[[shipping]]",
    "objectives": "[[objective]]",
    "people": "people.csv",
    "events": "[[event]]",
    "kinds": "kinds.csv",
    "rules": "a parameter",
    "terrain_kinds": "terrain.csv",
    "identities": "formations.csv",
    "staffs": "staffs.csv",
    "commands": "commanders.csv",
    "sources": "a source",
}


_IDENTITY = {
    "forces": ("forces", "identities", "formations.csv", "kind"),
    "headquarters": ("headquarters", "staffs", "staffs.csv", "echelon"),
}
"""Rows that the common folder knows: their table, that of their identities, its file, the column that tells."""


@dataclass(frozen=True)
class Checked:
    """A row that passed the boundary: typed values, and the raw row for places in messages."""

    data: Any
    row: Row
    bounds: dict[str, tuple[float, float]]

    def at(self, key: str) -> Spot:
        """The Spot of a key, or of the row."""
        return self.row.spots.get(key, self.row.spot)


Table = dict[str, Checked]


def check_head(raw: Raw, report: Report) -> ScenarioHead | None:
    """The scalars of scenario.toml (with faults, a stand-in for them); None when they are not usable."""
    values = raw.head.values
    try:
        head = ScenarioHead.model_validate(values)
    except ValidationError as error:
        for fault in translate(error, ScenarioHead, raw.head.spot, raw.head.spots, "scenario.toml"):
            report.add(fault)
        found = stand_in(ScenarioHead, values, error)
        if not isinstance(found, ScenarioHead):
            return None
        head = found
    if head.start.time() != datetime.min.time() or head.end.time() != datetime.min.time():
        key = "start" if head.start.time() != datetime.min.time() else "end"
        report.add(raw.head.spots[key].fault("a date without time", shown(values[key]), code="date/time"))
    if not 1 <= (head.end - head.start).days <= 400:
        spot = raw.head.spots["end"]
        report.add(
            spot.fault(
                f"a date 1 to 400 days after start ({head.start:%Y-%m-%d})",
                f"{head.end:%Y-%m-%d}",
                code="date/order",
            )
        )
        return None
    return head


def check_rows(raw: Raw, report: Report) -> dict[str, Table]:
    """Every row that is of the right shape, by table and id; for the others faults, and stand-ins where they will do.
    """
    strangers = {name: _identify(raw, report, *names) for name, names in _IDENTITY.items()}
    tables: dict[str, Table] = {}
    for name in TABLES:
        model = ROWS[name]
        tables[name] = {}
        ends = {f"{key}{end}" for key in ranged_keys(name) for end in ("_low", "_high")}
        for key, row in sorted(raw.tables[name].items()):
            if key in strangers.get(name, ()):
                continue
            bounds = _bounds(name, row, report)
            values = {k: v for k, v in row.values.items() if k != "_side" and k not in ends}
            try:
                data = model.model_validate(values)
            except ValidationError as error:
                for fault in translate(error, model, row.spot, row.spots, _NAMES[name]):
                    report.add(fault)
                found = stand_in(model, values, error)
                if found is not None:
                    tables[name][key] = Checked(found, row, {})
                continue
            checked = Checked(data, row, bounds or {})
            good = bounds is not None and _bounds_hold(checked, report)
            tables[name][key] = checked if good else replace(checked, bounds={})
    return tables


def _identify(raw: Raw, report: Report, table: str, known_by: str, file: str, needed: str) -> set[str]:
    """Give rows what the common folder knows of them; the ids that nobody knows (with faults).

    A row that gives the `needed` column itself may be a stranger to the common folder; where the common folder knows
    nobody, every row must tell all of itself and the shape of rows is what is checked.
    """
    identities: dict[str, Row] = raw.tables[known_by]
    strangers: set[str] = set()
    if not identities:
        return strangers
    for key, row in raw.tables[table].items():
        known = identities.get(key)
        if known is None:
            if key and needed not in row.values and known_by not in raw.broken:
                hint = nearest(key, identities) or f"or give name, side and {needed} here"
                spot = row.spots.get("id", row.spot)
                report.add(spot.fault(f"an id of common/{file}", repr(key), hint, code="ref/identity"))
            if needed not in row.values:
                strangers.add(key)
            continue
        for name, value in known.values.items():
            if name not in ("src", "grade", "note") and name not in row.values:
                row.values[name] = value
                row.spots[name] = known.spots.get(name, known.spot)
    return strangers


def _bounds(table: str, row: Row, report: Report) -> dict[str, tuple[float, float]] | None:
    """Low and high of every column that has them; None, with faults, when one is not a number or stands
    alone.
    """
    found: dict[str, tuple[float, float]] = {}
    good = True
    for key in sorted(ranged_keys(table)):
        ends = (f"{key}_low", f"{key}_high")
        given = [end for end in ends if end in row.values]
        if not given:
            continue
        numbers = []
        for end in given:
            number = _number(row.values[end])
            if number is None:
                report.add(row.spots[end].fault("a number", shown(row.values[end]), code="row/value"))
            else:
                numbers.append(number)
        if len(given) == 1:
            report.add(row.spots[given[0]].fault(f"both {ends[0]} and {ends[1]}", "one", code="range/half"))
        if len(numbers) < 2:
            good = False
            continue
        found[key] = (numbers[0], numbers[1])
    return found if good else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and not isinstance(value, bool) else None


def _bounds_hold(checked: Checked, report: Report) -> bool:
    """Whether every range has low <= value <= high."""
    data, good = checked.data, True
    spans = {key: (key, f"{key}_low", f"{key}_high", *span) for key, span in checked.bounds.items()}
    if {"low", "high"} & set(checked.row.values):
        spans["value"] = ("value", "low", "high", data.low, data.high)
    for key, low_key, high_key, low, high in spans.values():
        value = getattr(data, key, None)
        if low is not None and high is not None and low > high:
            place = checked.at(low_key)
            report.add(place.fault(f"{low_key} not above {high_key}", f"{low:g} and {high:g}", code="range/order"))
            good = False
            continue
        if value is None or isinstance(value, bool):
            continue
        if low is not None and value < low:
            expected = f"{key} of at least {low_key} ({low:g})"
        elif high is not None and value > high:
            expected = f"{key} of at most {high_key} ({high:g})"
        else:
            continue
        report.add(checked.at(key).fault(expected, f"{value:g}", code="range/value"))
        good = False
    return good


def shared(checked: Checked, kind: type) -> dict[str, Any]:
    """The values that the boundary model and the frozen row share, with pedigree."""
    data: BaseModel = checked.data
    known = {f.name for f in fields(kind)}
    values = {name: getattr(data, name) for name in type(data).model_fields if name in known}
    if "details" in known:
        values["details"] = _details(checked)
    values["where"] = checked.row.spot.where
    values["grade"] = getattr(data, "grade", "") or "estimate"
    return values


def _details(checked: Checked) -> tuple[Detail, ...]:
    row = checked.row
    changed = {key: spot for key, spot in row.changed.items() if not key.endswith(("_low", "_high"))}
    found = []
    for column in sorted({*checked.bounds, *changed} - {"src", "grade", "note"}):
        low, high = checked.bounds.get(column, (None, None))
        note = row.cited.get(column, {})
        where = changed[column].where if column in changed else ""
        found.append(Detail(column, low, high, note.get("src", ""), note.get("grade", ""), where))
    return tuple(found)
