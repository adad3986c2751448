"""Rule parameters stay in their prior range, unless somebody insists.

The range is that of scenarios/common/rules.toml: low and high, between which a batch samples, or least and most.
Overlays, --set and factors of experiments that leave it are refused with the range and its reason; a scenario's own
[rules] are its author's, who cites a source for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from engine.files.common import prior_range
from engine.files.faults import Fault, FileFaults, Report, shown
from engine.files.rows import MOST, Prior, Raw, Row
from engine.files.texts import CommandLine, Spot
from engine.model.citation import SWITCH, Parameter

HINT = "--force sets it all the same, and the result says so"
NO_SIGN = "it has to stay above nothing, --force or not"
NO_NUMBER = "it has to be a number, --force or not"
NO_MEASURE = f"it has to stay below {MOST:g}, --force or not"
NO_CORRELATION = "a correlation lies between -1 and 1, --force or not"
CORRELATION = "correlation"
CODE = "set/range"


def priors_of(rules: Mapping[str, Row]) -> dict[str, Prior]:
    """The range and the reason of every parameter that has one, from the rows of the common folder."""
    found = {}
    for address, row in rules.items():
        least, most = prior_range(row.values)
        if least is not None or most is not None:
            words = (str(row.values.get(key, "")) for key in ("unit", "ground", "note", "src", "grade"))
            found[address] = Prior(least, most, "; ".join(word for word in words if word),
                                   row.values.get("unit") == SWITCH, address.endswith(CORRELATION))  # fmt: skip
    return found


def prior_of(parameter: Parameter) -> Prior:
    """The range and the reason of a parameter."""
    words = (parameter.unit, parameter.ground, parameter.note, parameter.source, parameter.grade)
    return Prior(parameter.least, parameter.most, "; ".join(word for word in words if word), parameter.unit == SWITCH,
                 parameter.address.endswith(CORRELATION))  # fmt: skip


def set_since(raw: Raw) -> dict[str, Spot | None]:
    """Where the value of each rule stands now: what `check_priors` compares with later."""
    return {address: row.changed.get("value") for address, row in raw.tables["rules"].items()}


def check_priors(raw: Raw, before: Mapping[str, Spot | None], report: Report, force: bool) -> None:
    """A fault for each number (value, low or high) that overlays and --set put outside the prior range.

    With `force` they are warnings: the scenario can be used, and `Scenario.outside` names them. What only makes sense
    above nothing (paces, depths, divisors: its whole range is) stays above nothing all the same.
    """
    for address, row in sorted(raw.tables["rules"].items()):
        prior, spot = raw.priors.get(address), row.changed.get("value")
        if spot is None or spot is before.get(address):
            continue
        if prior is None:
            continue
        for key in ("value", "low", "high"):
            given = row.values.get(key)
            if not prior.holds(given):
                found = _shown(given) if key == "value" else f"{key} = {_shown(given)}"
                report.add(_fault(spot, address, prior, given, found, force))


def _fault(spot: Spot, address: str, prior: Prior, given: Any, found: str, force: bool) -> Fault:
    forced = force and not prior.denies(given)
    never = _never(prior, given)
    hint = "" if forced else never if prior.denies(given) else HINT
    return spot.fault(f"{address} {prior.words}", found, hint, "warning" if forced else "error", CODE)


def _never(prior: Prior, given: Any) -> str:
    """Why no force makes a number usable."""
    if isinstance(given, float) and not math.isfinite(given):
        return NO_NUMBER
    if isinstance(given, (int, float)) and abs(given) > MOST:
        return NO_MEASURE
    return NO_CORRELATION if prior.correlation and abs(given) > 1 else NO_SIGN


def _shown(number: Any) -> str:
    """A number in short; a whole number may be too long for a float."""
    return f"{number:g}" if abs(number) < 1e300 else shown(number)


def outside_fault(
    spot: Spot, address: str, value: Any, parameters: Mapping[str, Parameter], force: bool = False
) -> Fault | None:
    """The fault of a value outside the range of its parameter; data and unknown addresses have no range.

    With `force` only of one that no force makes usable.
    """
    parameter = parameters.get(address)
    prior = prior_of(parameter) if parameter is not None else None
    if prior is None or prior.holds(value) or (force and not prior.denies(value)):
        return None
    return _fault(spot, address, prior, value, _shown(value), force)


def refuse_outside(
    values: Iterable[tuple[str, Any]], parameters: Mapping[str, Parameter], file: str = "--set", *, force: bool = False
) -> None:
    """Raise FileFaults with every value outside the range of its parameter; places count from 1 within `file`."""
    pairs = list(values)
    line = CommandLine(tuple(address for address, _ in pairs), file)
    found = (outside_fault(Spot(line, (n,)), *pair, parameters, force) for n, pair in enumerate(pairs))
    faults = [fault for fault in found if fault is not None]
    if faults:
        raise FileFaults.of(faults)
