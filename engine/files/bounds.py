"""Pairs of rule parameters stay in their order: the least of something does not exceed the most of it.

scenarios/common/rules.toml says which (`not_above`). Overlays, --set and points of experiments that turn a pair round
are refused like values outside their range; each value of such a pair may lie in its own range and be wrong all the
same. What a batch samples is drawn for each parameter by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.files.faults import Fault, FileFaults, Report
from engine.files.priors import HINT
from engine.files.rows import Raw, Row
from engine.files.texts import CommandLine, Spot
from engine.model.citation import Parameter

CODE = "set/order"


def bounds_of(rules: Mapping[str, Row]) -> dict[str, str]:
    """Addresses of parameters that do not exceed another, and of that other, from the rows of the common folder."""
    return {address: str(row.values["not_above"]) for address, row in rules.items() if row.values.get("not_above")}


def turned_round(values: Mapping[str, Any], bounds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The pairs of which the first value exceeds the second; what is no number is not judged."""
    for low, high in sorted(bounds.items()):
        less, more = values.get(low), values.get(high)
        if isinstance(less, (int, float)) and isinstance(more, (int, float)) and less > more:
            yield low, high


def check_order(raw: Raw, before: Mapping[str, Spot | None], report: Report, force: bool) -> None:
    """A fault for each pair that overlays and --set turn round, at the bound if it was set, else at what exceeds it."""
    rules = raw.tables["rules"]
    values = {address: row.values.get("value") for address, row in rules.items()}
    for low, high in turned_round(values, raw.bounds):
        spots = {name: rules[name].changed.get("value") for name in (high, low)}
        new = {name: spot for name, spot in spots.items() if spot is not None and spot is not before.get(name)}
        for name, spot in list(new.items())[:1]:
            report.add(_fault(spot, name, (low, high), values, force))


def refuse_turned(values: Mapping[str, Any], parameters: Mapping[str, Parameter], file: str = "--set") -> None:
    """Raise FileFaults with every pair that the values, laid over those of the parameters, turn round."""
    after = {address: p.value for address, p in parameters.items()} | dict(values)
    bounds = {address: p.not_above for address, p in parameters.items() if p.not_above}
    order = list(values)
    line = CommandLine(tuple(order), file)
    faults = []
    for low, high in turned_round(after, bounds):
        given = [name for name in (high, low) if name in values]
        faults += [_fault(Spot(line, (order.index(n),)), n, (low, high), after) for n in given[:1]]
    if faults:
        raise FileFaults.of(faults)


def _fault(spot: Spot, name: str, pair: tuple[str, str], values: Mapping[str, Any], force: bool = False) -> Fault:
    low, high = pair
    other, words = (low, "no less than") if name == high else (high, "no more than")
    expected = f"{name} {words} {other} ({values[other]:g})"
    return spot.fault(
        expected, f"{values[name]:g}", "" if force else HINT, "warning" if force else "error", CODE
    )
