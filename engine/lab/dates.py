"""When places changed hands, in the record and in runs: is history inside the spread of the runs, and how late are they?

The record says it by two facts about control: one side held a place until one date, the other from a later one on. In
between it changed hands. What an event hands over (a surrender) is told apart: no headquarters fought for that day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from engine.core.calendar import DAY
from engine.lab.outcome import LOOK_MIN, watched_places
from engine.model.codes import SIDES
from engine.model.facts import HistoryFact
from engine.model.scenario import Scenario

BAND = (0.1, 0.9)
"""History should lie between these quantiles of the runs."""
LOSSES_WITHIN = 1.4
"""A median loss this near to the record, as a factor, is called near."""
NEVER = math.inf


@dataclass(frozen=True)
class Change:
    """A place that ``side`` took between two minutes, by the record. Days count from the start of the scenario."""

    place: str
    side: str
    after: int
    before: int

    @property
    def day(self) -> float:
        """The middle of the window."""
        return (self.after + self.before) / 2 / DAY


@dataclass(frozen=True)
class Dated:
    """A change of hands and when the runs had it, in days; infinite where they never did. ``handed``: in how many of them
    an event handed the place over.
    """

    change: Change
    days: tuple[float, ...]
    handed: int = 0

    @property
    def band(self) -> tuple[float, float]:
        """The 80 % band of the runs."""
        return _quantile(self.days, BAND[0]), _quantile(self.days, BAND[1])

    @property
    def inside(self) -> bool:
        """Whether the window of history touches the band."""
        low, high = self.band
        return low * DAY <= self.change.before and high * DAY >= self.change.after

    @property
    def error(self) -> float:
        """Days by which the median run is late (early: negative) for the window; infinite if it never happens."""
        found = _quantile(self.days, 0.5)
        first, last = self.change.after / DAY, self.change.before / DAY
        return found - last if found > last else min(found - first, 0.0)

    @property
    def by_event(self) -> bool:
        """Whether most of the runs that have the change got it from an event: no date of the campaign."""
        return 2 * self.handed > sum(day < NEVER for day in self.days)

    def record(self) -> dict[str, Any]:
        """Plain JSON: days, None where infinite."""
        return {
            "place": self.change.place, "side": self.change.side,
            "window": [self.change.after / DAY, self.change.before / DAY],
            "band": [_finite(day) for day in self.band], "median": _finite(_quantile(self.days, 0.5)),
            "error": _finite(self.error), "inside": self.inside,
            "taken": sum(day < NEVER for day in self.days), "runs": len(self.days),
        }  # fmt: skip


def changes_of(scenario: Scenario) -> list[Change]:
    """Every change of hands that the record dates, in order of time."""
    names = {cell: name for name, cell in watched_places(scenario).items()}
    held: dict[str, list[HistoryFact]] = {}
    for fact in scenario.history:
        if fact.kind == "control" and len(fact.places) == 1 and fact.places[0].cell in names and fact.side in SIDES:
            held.setdefault(names[fact.places[0].cell], []).append(fact)
    found = []
    for place, facts in held.items():
        facts.sort(key=lambda fact: (fact.from_min, fact.to_min))
        for one, other in pairwise(facts):
            if one.side != other.side and other.from_min >= one.to_min:
                found.append(Change(place, other.side, one.to_min, other.from_min))
    return sorted(found, key=lambda change: (change.after, change.before, change.place))


def dated(scenario: Scenario, outcomes: Sequence[Mapping[str, Any]]) -> list[Dated]:
    """When each run had each change that the record dates; runs that ended before the window do not count."""
    found = []
    for change in changes_of(scenario):
        reached = [o for o in outcomes if o["minute"] >= change.before and change.place in o["control"]]
        days = [_taken(o["control"][change.place], change) for o in reached]
        if days:
            handed = sum(_handed_over(scenario, o, change, day) for o, day in zip(reached, days, strict=True))
            found.append(Dated(change, tuple(days), handed))
    return found


def _handed_over(scenario: Scenario, outcome: Mapping[str, Any], change: Change, day: float) -> bool:
    """Whether a run's taking on that day was the doing of an event that hands over the other side's ground.

    Outcomes look at the ground every ``LOOK_MIN`` minutes, so the event lies up to that long before.
    """
    giving = {event.id for event in scenario.events for effect in event.effects
              if effect.kind == "hand_over" and effect.side != change.side}  # fmt: skip
    return any(name in giving and -0.5 < day * DAY - at <= LOOK_MIN for name, at in outcome.get("events", ()))


def _taken(course: Sequence[Sequence[int]], change: Change) -> float:
    """Day on which the side took the place: the taking that is nearest to the window; infinite if it never did.

    Holding it from the start is no taking.
    """
    side = SIDES.index(change.side)
    takings = [minute for minute, owner in course[1:] if owner == side]
    middle = (change.after + change.before) / 2
    return min(takings, key=lambda minute: abs(minute - middle)) / DAY if takings else NEVER


def headline(scenario: Scenario, outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The four figures by which a campaign is judged, and the dates behind the first two.

    ``handed_over``: changes of hands that came by an event; they are in neither figure.
    """
    every = dated(scenario, outcomes)
    dates = [one for one in every if not one.by_event]
    errors = [abs(one.error) for one in dates]
    lines = _lines(scenario, outcomes)
    return {
        "dates": [one.record() for one in dates],
        "handed_over": [one.record() for one in every if one.by_event],
        "inside": sum(one.inside for one in dates),
        "error_days": _finite(median(errors)) if errors else None,
        "losses": _losses(scenario, outcomes),
        "front_km": round(median(line["km"] for line in lines), 2) if lines else None,
        "lines": lines,
    }


def _losses(scenario: Scenario, outcomes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each loss of the record the median of the runs as a multiple of it, with the runs' 80 % band."""
    found = []
    for fact in scenario.history:
        shown = [o["facts"][fact.id] for o in outcomes if fact.kind == "loss" and o["facts"].get(fact.id) is not None]
        record = fact.value if fact.value is not None else _middle(fact.low, fact.high)
        if shown and record:
            ratio = median(shown) / record
            near = 1 / LOSSES_WITHIN <= ratio <= LOSSES_WITHIN
            band = [round(_quantile(shown, share) / record, 3) for share in BAND]
            found.append({"fact": fact.id, "side": fact.side, "measure": fact.measure, "record": record,
                          "ratio": round(ratio, 3), "band": band, "near": near})  # fmt: skip
    return found


def _middle(low: float | None, high: float | None) -> float | None:
    """The geometric middle of two positive bounds."""
    return math.sqrt(low * high) if low and high and low > 0 and high > 0 else None


def _lines(scenario: Scenario, outcomes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each dated line how far from it the front lies in the runs, km: median and 80 % band."""
    found = []
    for fact in scenario.history:
        shown = [o["facts"][fact.id] for o in outcomes if fact.kind == "line" and o["facts"].get(fact.id) is not None]
        if shown:
            found.append({"fact": fact.id, "side": fact.side, "day": round(fact.from_min / DAY, 2),
                          "km": median(shown), "band": [_quantile(shown, share) for share in BAND]})  # fmt: skip
    return sorted(found, key=lambda line: (line["day"], line["fact"]))


def _quantile(values: Sequence[float], share: float) -> float:
    """The order statistic at a share: no mixing of finite and infinite days."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _finite(day: float) -> float | None:
    return round(day, 2) if math.isfinite(day) else None
