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
from engine.model.citation import SWITCH, Parameter, Source
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
            least, most = prior_range(entry)
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
                ground=entry.get("ground", ""),
                not_above=entry.get("not_above", ""),
            )
    return MappingProxyType(found)


def prior_range(entry: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The range a parameter may be set in: its least and most, else its bounds for sampling, else what a switch may be.
    """
    ends = [_number(entry.get(first, entry.get(second))) for first, second in (("least", "low"), ("most", "high"))]
    if ends == [None, None] and entry.get("unit") == SWITCH:
        return 0.0, 1.0
    return ends[0], ends[1]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


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
