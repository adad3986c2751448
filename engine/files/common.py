"""What all scenarios share, in the plain form that drawings and generators start from: rules and terrain."""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.files.toml_text import TomlText
from engine.model.citation import Parameter, Source
from engine.model.scenario import TerrainSpec

SCENARIOS = Path(os.environ.get("DEEPBATTLE_SCENARIOS", Path(__file__).resolve().parents[2] / "scenarios"))
"""The folder of scenarios; the environment variable DEEPBATTLE_SCENARIOS moves it."""


@lru_cache
def common_parameters() -> Mapping[str, Parameter]:
    """The rule parameters of scenarios/common/rules.toml by address."""
    source = (SCENARIOS / "common" / "rules.toml").read_text(encoding="utf-8")
    text = TomlText("scenarios/common/rules.toml", source, tomllib.loads(source))
    found: dict[str, Parameter] = {}
    for group, entries in text.data.items():
        if not isinstance(entries, dict):
            continue
        for name, entry in entries.items():
            value = entry["value"]
            least, most = prior_range(entry.get("low"), entry.get("high"), entry.get("unit", ""))
            found[f"{group}.{name}"] = Parameter(
                address=f"{group}.{name}",
                value=value if isinstance(value, bool) else float(value),
                low=float(entry["low"]) if "low" in entry else None,
                high=float(entry["high"]) if "high" in entry else None,
                unit=entry.get("unit", ""),
                source=entry["src"],
                grade=entry["grade"],
                where=f"{text.file}:{text.line((group, name))}",
                note=entry.get("note", ""),
                least=least,
                most=most,
            )
    return MappingProxyType(found)


def prior_range(low: float | None, high: float | None, unit: str) -> tuple[float | None, float | None]:
    """The range a parameter may be set in: its bounds, else what its unit allows, else none."""
    if low is None and high is None:
        return _OF_UNIT.get(unit, (None, None))
    return (None if low is None else float(low)), (None if high is None else float(high))


_OF_UNIT: Mapping[str, tuple[float, float | None]] = {
    "share": (0.0, 1.0), "chance": (0.0, 1.0), "0 or 1": (0.0, 1.0),
    "km": (0.1, None), "men": (1.0, None), "AFVs": (1.0, None),  # some of these divide
    **dict.fromkeys(("h", "days", "minutes", "hexes", "cm", "formations", "divisions", "level", "log SD"), (0.0, None)),
}  # fmt: skip
"""What a quantity can be at all: there is no negative time, length or number of men."""


@lru_cache
def common_terrain() -> tuple[TerrainSpec, ...]:
    """The terrain classes of scenarios/common/terrain.csv by code."""
    lines = (SCENARIOS / "common" / "terrain.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if line and not line.startswith("#"))
    text = ("name", "src", "grade", "note")
    found = []
    for row in rows:
        values: dict[str, Any] = {k: v if k in text else int(v) if k == "code" else float(v) for k, v in row.items()}
        found.append(TerrainSpec(**values))
    return tuple(sorted(found, key=lambda t: t.code))


@lru_cache
def common_sources() -> Mapping[str, Source]:
    """The sources of scenarios/common/sources.toml by id."""
    data = tomllib.loads((SCENARIOS / "common" / "sources.toml").read_text(encoding="utf-8"))
    return MappingProxyType({key: Source(id=key, **entry) for key, entry in data.items() if isinstance(entry, dict)})
