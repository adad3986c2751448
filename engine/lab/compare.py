"""Two batches side by side: the differences of their outcomes, pair by pair where they share their luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.calendar import DAY
from engine.lab.outcome import watched_places
from engine.lab.report import MEASURES
from engine.lab.statistics import Interval, difference, paired_difference, wilson
from engine.lab.store import Row
from engine.model.codes import SIDES
from engine.model.scenario import Scenario

TAKER = ("Axis", "Red Army")
GROUND: Mapping[str, str] = {"hexes": "Hexes held", "points": "Points of objectives held"}


class NotComparable(Exception):
    """The two batches cannot be paired; the message says why."""


@dataclass(frozen=True)
class Line:
    """One measure in A and in B. ``change`` is A less B with its 95 % interval.

    ``key`` is ``side.measure`` of a run, ``held:PLACE:SIDE`` (share of runs at the end) or ``date:PLACE:SIDE`` (the day
    on which the side first takes it; the end of the run where it never does).
    """

    key: str
    name: str
    a: float
    b: float
    change: Interval

    @property
    def clear(self) -> bool:
        """True when the interval of the difference leaves zero out."""
        return self.change.low == self.change.low and self.change.excludes(0.0)

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "key": self.key,
            "name": self.name,
            "a": self.a,
            "b": self.b,
            "change": self.change.record(),
            "clear": self.clear,
        }


@dataclass(frozen=True)
class Comparison:
    """All measures of two batches."""

    paired: bool
    runs: tuple[int, int]
    lines: tuple[Line, ...]

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "paired": self.paired,
            "runs": list(self.runs),
            "lines": [line.record() for line in self.lines],
        }


def compare(scenario: Scenario, a: Sequence[Row], b: Sequence[Row], *, paired: bool | None = None) -> Comparison:
    """Compare two sets of finished runs; paired by seed unless that is impossible or not wanted."""
    mine, theirs = [r for r in a if r.ok], [r for r in b if r.ok]
    if not mine or not theirs:
        raise NotComparable("expected finished runs in both batches, found none in one of them")
    pairs = _pairs(mine, theirs)
    if paired and not pairs:
        raise NotComparable("the batches share no seeds, so they cannot be paired; leave --paired out")
    together = paired if paired is not None else len(pairs) >= min(len(mine), len(theirs)) // 2 + 1
    if together:
        mine, theirs = [p[0] for p in pairs], [p[1] for p in pairs]
    lines = [_line(words, mine, theirs, key, together) for key, words in measure_names().items()]
    for place in watched_places(scenario):
        lines += [_held(place, mine, theirs, together), *_dates(place, mine, theirs, together)]
    return Comparison(together, (len(mine), len(theirs)), tuple(lines))


def measure_names() -> dict[str, str]:
    """What runs are compared by besides places, ``side.measure``, and how it is called."""
    return {f"{side}.{key}": f"{side}: {words}" for key, words in {**MEASURES, **GROUND}.items() for side in SIDES}


def _pairs(a: Sequence[Row], b: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Runs with the same seed; the n-th run of a seed goes with the n-th."""
    counted: dict[tuple[int, int], Row] = {}
    seen: dict[int, int] = {}
    for row in b:
        seen[row.seed] = seen.get(row.seed, 0) + 1
        counted[(row.seed, seen[row.seed])] = row
    seen.clear()
    pairs = []
    for row in a:
        seen[row.seed] = seen.get(row.seed, 0) + 1
        other = counted.get((row.seed, seen[row.seed]))
        if other is not None:
            pairs.append((row, other))
    return pairs


def _line(name: str, a: Sequence[Row], b: Sequence[Row], measure: str, paired: bool) -> Line:
    x = [float(r.outcome["values"].get(measure, 0)) for r in a]
    y = [float(r.outcome["values"].get(measure, 0)) for r in b]
    change = paired_difference(x, y) if paired else difference(x, y)
    return Line(measure, name, sum(x) / len(x), sum(y) / len(y), change)


def _held(place: str, a: Sequence[Row], b: Sequence[Row], paired: bool) -> Line:
    """Share of runs in which the Red Army holds a place at the end."""
    x, y = ([float(_last_holder(r, place) == 1) for r in rows] for rows in (a, b))
    change = paired_difference(x, y) if paired else _newcombe(int(sum(x)), len(x), int(sum(y)), len(y))
    return Line(f"held:{place}:soviet", f"Red Army holds {place} at the end", sum(x) / len(x), sum(y) / len(y), change)


def _last_holder(row: Row, place: str) -> int:
    changes = row.outcome["control"].get(place, [])
    return int(changes[-1][1]) if changes else -1


def _dates(place: str, a: Sequence[Row], b: Sequence[Row], paired: bool) -> list[Line]:
    """The days on which each side took a place, for sides that took it in at least one run."""
    found = []
    for number, (side, words) in enumerate(zip(SIDES, TAKER, strict=True)):
        taken = [[_taken(row, place, number) for row in rows] for rows in (a, b)]
        if all(day is None for days in taken for day in days):
            continue
        x, y = ([row.outcome["minute"] / DAY if day is None else day for row, day in zip(rows, days, strict=True)]
                for rows, days in zip((a, b), taken, strict=True))  # fmt: skip
        change = paired_difference(x, y) if paired else difference(x, y)
        found.append(Line(f"date:{place}:{side}", f"{words} takes {place}, day", sum(x) / len(x), sum(y) / len(y), change))
    return found


def _taken(row: Row, place: str, side: int) -> float | None:
    """Day on which a side first took a place that it did not hold at the start; None if it never did."""
    course = row.outcome["control"].get(place, [])
    return next((minute / DAY for minute, owner in course[1:] if owner == side), None)


def _newcombe(hits_a: int, n_a: int, hits_b: int, n_b: int) -> Interval:
    """Newcombe's interval of a difference of two shares, from their Wilson intervals (1998, method 10)."""
    a, b = wilson(hits_a, n_a), wilson(hits_b, n_b)
    change = a.value - b.value
    low = change - ((a.value - a.low) ** 2 + (b.high - b.value) ** 2) ** 0.5
    high = change + ((a.high - a.value) ** 2 + (b.value - b.low) ** 2) ** 0.5
    return Interval(change, low, high, n_a + n_b)
