"""Runs against the record: for every dated fact, what share of the runs, or where in their spread, history
lies.

The bands that decide the words were fixed before any comparison: a loss or width counts as met within the
fact's own low..high, stretched to all rival values, or within a factor of 1.3 of a bare value (the error of
strengths and losses in the published data is 0.25 to 0.3 in logarithm); a line counts as met within two
hexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core import calendar
from engine.lab.outcome import SCORED
from engine.lab.statistics import Interval, Summary, crps, percentile_of, summary, wilson
from engine.model.directive import Waypoint
from engine.model.facts import HistoryFact
from engine.model.scenario import Scenario

FACTOR = 1.3
"""A bare value without bounds is met within this factor."""
LINE_KM = 12.0
"""A line is met when the front lies this near on average: two hexes."""
HALF = 0.5
"""A place counts as held when it was held for this share of the fact's time."""
LOSS_WORDS = {
    "afv": "armoured vehicles out of action",
    "afv_lost": "armoured vehicles written off",
    "men_with_sick": "men, the sick among them",
}
WORDS = ((0.8, "yes"), (0.5, "mostly"), (0.2, "seldom"), (0.0, "no"))
"""From which share of runs on a fact is called met."""


@dataclass(frozen=True)
class Score:
    """One fact: how many runs met it, and what they showed instead."""

    fact: HistoryFact
    words: str
    """The fact in words."""
    band: tuple[float, float] | None
    """What counts as met, in the fact's unit; None for control."""
    met: Interval
    """Share of the runs that met it, with Wilson's interval."""
    shown: Summary | None
    """What the runs showed, in the fact's unit."""
    percentile: float | None
    """Where history lies in the spread of the runs, 0 to 1."""
    distance: float | None
    """Continuous ranked probability score, in the fact's unit."""

    @property
    def verdict(self) -> str:
        """yes, mostly, seldom, no; or "not reached" when no run came to the fact's date."""
        if self.met.n == 0:
            return "not reached"
        return next(word for share, word in WORDS if self.met.value >= share)

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "fact": self.fact.id,
            "kind": self.fact.kind,
            "words": self.words,
            "value": self.fact.value,
            "band": list(self.band) if self.band else None,
            "met": self.met.record() if self.met.n else None,
            "shown": self.shown.record() if self.shown else None,
            "percentile": self.percentile,
            "distance": self.distance,
            "verdict": self.verdict,
            "weight": self.fact.weight,
            "src": self.fact.src,
            "grade": self.fact.grade,
        }


@dataclass(frozen=True)
class Scorecard:
    """All facts of a scenario against some runs."""

    scenario: str
    runs: int
    scores: tuple[Score, ...]
    told: tuple[str, ...]
    """Facts that are told and not scored."""

    @property
    def reached(self) -> tuple[Score, ...]:
        """Facts whose date at least one run reached."""
        return tuple(s for s in self.scores if s.met.n)

    @property
    def share(self) -> float | None:
        """Weighted mean over facts of the share of runs that met them; None without facts."""
        weight = sum(s.fact.weight for s in self.reached)
        return sum(s.fact.weight * s.met.value for s in self.reached) / weight if weight else None

    @property
    def brier(self) -> float | None:
        """Mean Brier score of the facts about control, 0 (certain and right) to 1 (certain and wrong)."""
        shares = [s.met.value for s in self.reached if s.fact.kind == "control"]
        return sum((1 - p) ** 2 for p in shares) / len(shares) if shares else None

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "scenario": self.scenario,
            "runs": self.runs,
            "share": self.share,
            "brier": self.brier,
            "facts": [s.record() for s in self.scores],
            "told": list(self.told),
        }


def scorecard(scenario: Scenario, outcomes: Iterable[Mapping[str, Any]]) -> Scorecard:
    """The scorecard of some runs' outcomes (records of :class:`engine.lab.outcome.Result`)."""
    answers = [outcome["facts"] for outcome in outcomes]
    scores = [
        _score(scenario, fact, [a[fact.id] for a in answers if a.get(fact.id) is not None])
        for fact in scenario.history
        if fact.kind in SCORED
    ]
    scores.sort(key=lambda s: (SCORED.index(s.fact.kind), s.fact.from_min, s.fact.id))
    told = [in_words(scenario, f) for f in scenario.history if f.kind not in SCORED]
    return Scorecard(scenario.id, len(answers), tuple(scores), tuple(told))


def _score(scenario: Scenario, fact: HistoryFact, shown: Sequence[float]) -> Score:
    band = band_of(fact)
    met = sum(_meets(fact, band, value) for value in shown)
    value = fact.value
    if fact.kind == "line":
        value = 0.0
    compared = value is not None and fact.kind != "control" and len(shown) > 0
    return Score(
        fact,
        in_words(scenario, fact),
        band,
        wilson(met, len(shown)),
        summary(shown) if shown else None,
        percentile_of(shown, value) if compared and value is not None and fact.kind != "line" else None,
        crps(shown, value) if compared and value is not None else None,
    )


def _meets(fact: HistoryFact, band: tuple[float, float] | None, value: float) -> bool:
    if fact.kind == "control":
        return value >= HALF
    return band is not None and band[0] <= value <= band[1]


def band_of(fact: HistoryFact) -> tuple[float, float] | None:
    """Least and greatest value that counts as met."""
    if fact.kind == "control":
        return None
    if fact.kind == "line":
        return (0.0, LINE_KM)
    bounds = [(fact.low, fact.value, fact.high), *((r.low, r.value, r.high) for r in fact.rivals)]
    lows = [v for low, value, _ in bounds for v in (low, value) if v is not None]
    highs = [v for _, value, high in bounds for v in (value, high) if v is not None]
    if not lows or not highs:
        return None
    low, high = min(lows), max(highs)
    if low == high:
        return (low / FACTOR, high * FACTOR)
    return (low, high)


def in_words(scenario: Scenario, fact: HistoryFact) -> str:
    """Such as ``Red Army: Šiauliai held, 15 to 27 August``."""
    side = next((s.name for s in scenario.sides if s.id == fact.side), fact.side or "either side")
    if fact.kind == "event":
        return f"{fact.title or fact.id}, {span(scenario, fact)}"
    places = [place_name(scenario, p) for p in fact.places]
    text = {
        "control": f"{side}: {', '.join(places)} held",
        "loss": f"{side}: losses, {LOSS_WORDS.get(fact.measure, fact.measure)}",
        "line": f"{side}: front {' to '.join(dict.fromkeys((*places[:1], *places[-1:])))}",
        "width": f"{side}: width at {', '.join(places)}",
    }.get(fact.kind, fact.id)
    titled = f" ({fact.title})" if fact.title else ""
    return f"{text}{titled}, {span(scenario, fact)}"


def place_name(scenario: Scenario, point: Waypoint) -> str:
    """The theatre's name of a place, or of the nearest town to a point that has none."""
    place = scenario.theatre.find_place(point.text)
    if place is not None:
        return place.name
    towns = [p for p in scenario.theatre.places if p.size > 0 and p.cell >= 0]
    if not towns or point.cell < 0:
        return point.text
    near = min(towns, key=lambda p: (int(scenario.theatre.grid.distance(point.cell, p.cell)), p.id))
    return near.name if near.cell == point.cell else f"near {near.name}"


def span(scenario: Scenario, fact: HistoryFact) -> str:
    """The fact's dates for people: ``20 August``, ``20 to 24 August``."""
    first = calendar.moment(scenario.start, fact.from_min)
    last = calendar.moment(scenario.start, max(fact.from_min, fact.to_min - 1))
    if first.date() == last.date():
        return f"{first.day} {first:%B}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {last.day} {last:%B}"
    return f"{first.day} {first:%B} to {last.day} {last:%B}"
