"""JSON Schemas of the files, for editors: `python -m engine.files.schema` writes scenarios/schema/.

A test compares the committed files with what this module makes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, create_model

from engine.files.boundary import (
    ROWS,
    DirectiveRow,
    EventRow,
    FactRow,
    ObjectiveRow,
    RuleRow,
    ShippingRow,
    SourceRow,
    SupplyRow,
    ranged_keys,
)
from engine.files.common import SCENARIOS
from engine.files.heads import OverlayHead, ScenarioHead
from engine.files.overlay import TABLES
from engine.files.rows import COMMON_CSV, CSV_TABLES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER = {"type": "number"}
_NAMED_BY_OTHERS = ("weather", "reinforcements", "supply_sources", "shipping", "objectives", "people", "commands")
"""Tables whose ids may be made of other columns."""


def schemas() -> Mapping[str, dict[str, Any]]:
    """The schema of each kind of file, by file name."""
    scenario = create_model(
        "Scenario",
        __base__=ScenarioHead,
        supply=(list[SupplyRow], []),
        shipping=(list[ShippingRow], []),
        objective=(list[ObjectiveRow], []),
        rules=(dict[str, Any], {}),
    )
    plan = create_model("Plan", format=(int, 1), directive=(list[DirectiveRow], []))
    history = create_model("History", format=(int, 1), fact=(list[FactRow], []))
    events = create_model("Events", format=(int, 1), event=(list[EventRow], []))
    found = {
        "scenario.schema.json": _of(
            scenario, {"SupplyRow": "supply_sources", "ShippingRow": "shipping", "ObjectiveRow": "objectives"}
        ),
        "plan.schema.json": _of(plan, {"DirectiveRow": "plans"}),
        "events.schema.json": _of(events, {"EventRow": "events"}),
        "history.schema.json": _of(history, {}),
        "sources.schema.json": _table_of(SourceRow, "Sources by id"),
        "rules.schema.json": _groups_of(RuleRow),
        "overlay.schema.json": _overlay(),
    }
    for file, table in {**CSV_TABLES, **COMMON_CSV}.items():
        name = file.replace(".csv", ".row.schema.json")
        found[name] = _of(ROWS[table], {ROWS[table].__name__: table})
    return found


def _of(model: Any, tables: Mapping[str, str]) -> dict[str, Any]:
    schema = TypeAdapter(model).json_schema(by_alias=True, ref_template="#/$defs/{model}")
    _loosen(schema)
    for name, table in tables.items():
        row = schema["$defs"][name] if name in schema.get("$defs", {}) else schema
        for key in sorted(ranged_keys(table)):
            for end, words in (("_low", "least"), ("_high", "largest")):
                row["properties"][f"{key}{end}"] = {**_NUMBER, "description": f"{words} {key}, for sampling"}
        # An id may be left out where it is made of other columns.
        if table in _NAMED_BY_OTHERS and "id" in row.get("required", ()):
            row["required"].remove("id")
        if table == "forces":
            row["required"] = [name for name in row["required"] if name not in ("name", "side", "kind")]
    if "format" in schema["properties"]:
        schema["properties"]["format"]["description"] = "version of the file format"
    return {"$schema": DRAFT, **schema}


def _table_of(model: Any, title: str) -> dict[str, Any]:
    row = TypeAdapter(model).json_schema(by_alias=True)
    _loosen(row)
    return {
        "$schema": DRAFT,
        "title": title,
        "type": "object",
        "properties": {"format": {"type": "integer"}},
        "additionalProperties": row,
    }


def _groups_of(model: Any) -> dict[str, Any]:
    row = TypeAdapter(model).json_schema(by_alias=True)
    _loosen(row)
    group = {"type": "object", "additionalProperties": row}
    return {
        "$schema": DRAFT,
        "title": "Rule parameters by group",
        "type": "object",
        "properties": {"format": {"type": "integer"}},
        "additionalProperties": group,
    }


def _overlay() -> dict[str, Any]:
    schema = TypeAdapter(OverlayHead).json_schema(by_alias=True)
    _loosen(schema)
    rows = {"type": "array", "items": {"type": "object"}}
    tables = {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(TABLES, rows)}
    ids = {"type": "array", "items": {"type": "string"}}
    schema["properties"] |= {
        "set": {
            "type": "object",
            "description": "address = value, or { value, low, high, src, grade, note }",
        },
        "add": tables,
        "change": tables,
        "drop": {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(TABLES, ids)},
        "sources": {"type": "object"},
    }
    return {"$schema": DRAFT, **schema}


def _loosen(schema: Any) -> None:
    """TOML dates are not JSON strings, and titles that repeat the key say nothing."""
    if isinstance(schema, dict):
        if schema.get("format") == "date-time":
            schema.pop("format")
            schema.pop("type", None)
            schema["description"] = "a date such as 1944-08-16 or 1944-08-16T04:30"
        if isinstance(schema.get("title"), str) and ("type" in schema or "anyOf" in schema or "$ref" in schema):
            schema.pop("title")
        for value in schema.values():
            _loosen(value)
    elif isinstance(schema, list):
        for value in schema:
            _loosen(value)


def texts() -> Mapping[str, str]:
    """The schema files' texts by name."""
    return {name: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for name, schema in schemas().items()}


def write(folder: Path = SCENARIOS / "schema") -> None:
    """Write all schema files."""
    folder.mkdir(exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
