"""Reading an experiment from a TOML file, with every problem at once as file:line:column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.files.common import common_parameters
from engine.files.faults import FileFaults, Report, nearest, one_of, shown
from engine.files.priors import outside_fault
from engine.files.rows import flattened
from engine.files.stored import load_scenario
from engine.files.texts import Spot
from engine.files.toml_text import TomlText, read_toml
from engine.lab.commanders import CommanderFault, check_takeover, commander
from engine.lab.experiment import DESIGNS, Experiment, Factor
from engine.model.codes import SIDES
from engine.model.scenario import Scenario

KEYS: Mapping[str, type | tuple[type, ...]] = {
    "format": int,
    "scenario": str,
    "title": str,
    "overlays": list,
    "seed": int,
    "runs": int,
    "design": str,
    "points": int,
    "sample": bool,
    "luck_per_sample": int,
    "until": str,
    "sample_hours": int,
    "force": bool,
    "set": dict,
    "commanders": dict,
    "factor": list,
}
FACTOR_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "address": str,
    "levels": list,
    "low": (int, float),
    "high": (int, float),
    "src": str,
}
LEAST = {"seed": 0, "runs": 1, "points": 2, "luck_per_sample": 1, "sample_hours": 1}
_WORDS = {int: "a whole number", str: "text", bool: "true or false", list: "a list", dict: "a table"}


def read_experiment(path: str | Path, *, force: bool = False) -> Experiment:
    """The experiment of a file; FileFaults with every problem when it cannot be used.

    `force`, here or in the file, lets it put rule parameters outside their prior range.
    """
    report = Report()
    text = read_toml(Path(path), str(path), report)
    experiment = None if text is None else _experiment(text, report, force)
    report.raise_errors()
    assert experiment is not None
    return experiment


def _experiment(text: TomlText, report: Report, force: bool) -> Experiment | None:
    data = text.data
    force = force or data.get("force") is True
    _types(text, (), data, KEYS, "an experiment", report)
    if data.get("format") != 1:
        report.add(text.spot("format").fault("format = 1", shown(data.get("format")), code="experiment/format"))
    if "scenario" not in data:
        report.add(text.spot().fault("scenario = the name of a scenario", "nothing", code="experiment/missing"))
    for key, least in LEAST.items():
        value = data.get(key)
        if isinstance(value, int) and value < least:
            report.add(text.spot(key).fault(f"at least {least}", shown(value), code="experiment/value"))
    factors = _factors(text, data.get("factor", []), report)
    if not force:
        _in_range(text, report)
    design = data.get("design", "grid" if factors else "single")
    if design not in DESIGNS:
        hint = nearest(str(design), DESIGNS)
        report.add(text.spot("design").fault(one_of(DESIGNS), shown(design), hint, code="experiment/value"))
    elif bool(factors) != (design != "single"):
        found = f"{len(factors)} factors and design {design!r}"
        report.add(text.spot("design").fault("a design with [[factor]]s, or neither", found, code="experiment/design"))
    _commanders(text, report)
    if report.failed:
        return None
    return Experiment(
        scenario=data["scenario"],
        overlays=tuple(_beside(text.file, overlay) for overlay in data.get("overlays", [])),
        sets={address: _value(value) for address, value in _flat(_table(data, "set"))},
        title=data.get("title", ""),
        seed=data.get("seed", 1),
        runs=data.get("runs", 50),
        design=design,
        points=data.get("points", 0),
        factors=factors,
        sample=data.get("sample", True),
        luck_per_sample=data.get("luck_per_sample", 1),
        commanders={side: _table(data, "commanders").get(side, "staff") for side in SIDES},
        until=data.get("until", ""),
        sample_hours=data.get("sample_hours", 24),
        force=force,
    )


def _types(
    text: TomlText, at: tuple[str | int, ...], data: Any, keys: Mapping[str, Any], what: str, report: Report
) -> None:
    """Every key known and of its type."""
    for key, value in data.items():
        wanted = keys.get(key)
        if wanted is None:
            hint = nearest(key, keys)
            fault = text.key_spot(*at, key).fault(f"a key of {what}", shown(key), hint, code="experiment/unknown_key")
            report.add(fault)
        elif not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            words = _WORDS.get(wanted, "a number") if isinstance(wanted, type) else "a number"
            report.add(text.spot(*at, key).fault(words, shown(value), code="experiment/value"))


def _factors(text: TomlText, rows: Any, report: Report) -> tuple[Factor, ...]:
    found = []
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, dict):
            report.add(text.spot("factor", number).fault("a table", shown(row), code="experiment/value"))
            continue
        _types(text, ("factor", number), row, FACTOR_KEYS, "a factor", report)
        address = row.get("address")
        if not isinstance(address, str):
            report.add(text.spot("factor", number).fault("an address", "nothing", code="experiment/missing"))
            continue
        levels = row.get("levels", [])
        for i, level in enumerate(levels if isinstance(levels, list) else []):
            if not isinstance(level, (bool, int, float, str)):
                spot = text.spot("factor", number, "levels", i)
                report.add(spot.fault("a number, true, false or text", shown(level), code="experiment/value"))
        low, high = row.get("low"), row.get("high")
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and not low < high:
            spot = text.spot("factor", number, "high")
            report.add(spot.fault(f"more than low ({low})", shown(high), code="experiment/value"))
        found.append(
            Factor(address, tuple(levels) if isinstance(levels, list) else (), low, high, str(row.get("src", "")))
        )
    return tuple(found)


def _commanders(text: TomlText, report: Report) -> None:
    """Sides that there are, and somebody for each who can be had: with the scenario's dates, places and events."""
    named = _table(text.data, "commanders")
    for side in named:
        if side not in SIDES:
            spot = text.key_spot("commanders", side)
            report.add(spot.fault(one_of(SIDES), shown(side), nearest(side, SIDES), code="experiment/value"))
    asked = {side: name for side, name in named.items() if side in SIDES and isinstance(name, str)}
    scenario = _scenario(text.data.get("scenario")) if any("@" in name for name in asked.values()) else None
    for side, name in asked.items():
        try:
            commander(name)
            if scenario is not None:
                check_takeover(name, scenario, side)
        except CommanderFault as problem:
            spot = text.spot("commanders", side)
            report.add(spot.fault(problem.expected, problem.found, code="experiment/commander"))


def _scenario(name: object) -> Scenario | None:
    """The scenario of an experiment; None if it cannot be read, which is told where it is loaded."""
    try:
        return load_scenario(name) if isinstance(name, str) else None
    except FileFaults:
        return None


def _in_range(text: TomlText, report: Report) -> None:
    """Rule parameters stay in their prior range, in [set] and in every factor."""
    rows = text.data.get("factor", [])
    given: list[tuple[Spot, str, Any]] = []
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, dict) or not isinstance(row.get("address"), str):
            continue
        levels = row.get("levels", [])
        for i, level in enumerate(levels if isinstance(levels, list) else []):
            given.append((text.spot("factor", number, "levels", i), row["address"], level))
        given += [(text.spot("factor", number, k), row["address"], row[k]) for k in ("low", "high") if k in row]
    for path, value in flattened(_table(text.data, "set")):
        given.append((text.spot("set", *path), ".".join(path), value))
    for spot, address, value in given:
        fault = outside_fault(spot, address, value, common_parameters())
        if fault is not None:
            report.add(fault)


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key, {})
    return value if isinstance(value, dict) else {}


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Addresses may be written dotted or as nested tables."""
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return found


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _beside(file: str, overlay: Any) -> str:
    """An overlay's path is taken from the experiment's folder, if it lies there."""
    path = Path(file).parent / str(overlay)
    return str(path) if path.exists() else str(overlay)
