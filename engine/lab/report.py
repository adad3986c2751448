"""The report of a batch (or of one run): one HTML file that needs nothing else, the same bytes every time."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.lab import charts
from engine.lab.mapchart import control_map
from engine.lab.outcome import SCORED, unpack_ground, watched_places
from engine.lab.scorecard import Scorecard, scorecard
from engine.lab.statistics import (
    Interval,
    correlation_interval,
    mean_interval,
    rank_correlation,
    summary,
    wilson,
)
from engine.lab.store import Row, digest_of
from engine.model.codes import SIDES
from engine.model.scenario import Scenario

Floats = npt.NDArray[np.float64]
MEASURES: Mapping[str, str] = {
    "men_lost": "Men lost (in battle and at sea, prisoners and dispersed)",
    "men_captured": "of them prisoners and dispersed",
    "afv_lost": "Armoured vehicles written off",
    "guns_lost": "Guns lost",
    "formations_lost": "Formations destroyed or surrendered",
}
COURSE = {
    "hexes": "Hexes held",
    "men_lost": "Men lost",
    "afv": "Armoured vehicles running",
    "men": "Men present",
}
DECIDED = {
    "axis.men_lost": "German losses",
    "soviet.men_lost": "Soviet losses",
    "soviet.hexes": "ground held",
}
ENOUGH_FOR_INFLUENCE = 20
FEWEST_PLACES, MOST_PLACES = 6, 15
"""Places that the chart of control shows; the table beneath has all of them."""
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Source:
    """What a report is made from: a batch's manifest, its scenario and its rows."""

    manifest: Mapping[str, Any]
    scenario: Scenario
    rows: Sequence[Row]

    @property
    def ok(self) -> list[Row]:
        """Runs that came to their end."""
        return [r for r in self.rows if r.ok]


def write_report(path: str | Path, source: Source) -> Path:
    """Write the HTML file, through a temporary file beside it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(html_report(source), encoding="utf-8")
    os.replace(temporary, path)
    return path


def html_report(source: Source) -> str:
    """The whole page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"whole": _whole, "percent": _percent, "plain": _plain}
    return environment.get_template("report.html.j2").render(contents(source))


def contents(source: Source) -> dict[str, Any]:
    """Everything the page shows, as plain values and charts."""
    ok = source.ok
    card = scorecard(source.scenario, [r.outcome for r in ok])
    experiment = source.manifest["experiment"]
    labels = day_labels(source.scenario)
    return {
        "title": experiment["title"] or source.scenario.title,
        "scenario": source.scenario,
        "dates": dates(source.scenario),
        "cut": cut(source.scenario, int(source.manifest["horizon"])),
        "manifest": source.manifest,
        "experiment": experiment,
        "outside": _outside(source),
        "planned": experiment["runs"] * max(1, _points(source.rows)),
        "ok": len(ok),
        "failed": [r for r in source.rows if not r.ok],
        "digest": digest_of(source.rows),
        "card": card,
        **_sources(source.scenario, card),
        "groups": [(k, found) for k in SCORED if (found := [s for s in card.scores if s.fact.kind == k])],
        "brief": _brief(card, ok, whole=not cut(source.scenario, int(source.manifest["horizon"]))),
        "control": _control_table(source.scenario, ok),
        "control_chart": _control_chart(source.scenario, ok, labels) if ok else None,
        "losses": _loss_table(ok),
        "losses_chart": _losses_chart(ok) if ok else None,
        "facts_chart": _facts_chart(card, ok),
        "course_chart": _course_chart(ok, labels) if ok else None,
        "map": _map(source.scenario, ok) if ok else None,
        "influences": _influences(ok),
        "convergence": _convergence(ok),
        "points": _point_table(ok),
        "one": ok[0] if len(ok) == 1 else None,
    }


def _outside(source: Source) -> list[str]:
    """Rule parameters outside their prior range in the scenario or in any run: address and values."""
    found: dict[str, set[float]] = {}
    for values in (source.scenario.outside, *(r.outcome.get("outside_range", {}) for r in source.ok)):
        for address, value in values.items():
            found.setdefault(address, set()).add(value)
    return [f"{address} = {', '.join(f'{v:g}' for v in sorted(values))}" for address, values in sorted(found.items())]


def dates(scenario: Scenario) -> str:
    """First and last day: ``15 August 1944 to 27 August 1944``."""
    first, last = scenario.start, scenario.end - timedelta(days=1)
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def cut(scenario: Scenario, horizon: int) -> str:
    """Where runs stop before the scenario's end: ``18 August 1944, 12:00``; nothing if they do not."""
    if horizon >= scenario.end_min:
        return ""
    day, minute = scenario.start + timedelta(days=horizon // 1440), horizon % 1440
    return f"{day.day} {day:%B %Y}, {minute // 60:02d}:{minute % 60:02d}"


def day_labels(scenario: Scenario) -> list[str]:
    """A label for each midnight of the scenario: ``15.8.``."""
    days = (scenario.start + timedelta(days=d) for d in range(scenario.days + 1))
    return [f"{day.day}.{day.month}." for day in days]


def _points(rows: Iterable[Row]) -> int:
    return len({r.point for r in rows})


def _sources(scenario: Scenario, card: Scorecard) -> dict[str, Any]:
    """Full citations in the order of first use, and their numbers by fact."""
    numbers: dict[str, int] = {}
    cited = {}
    for score in card.scores:
        keys = [key.strip() for key in score.fact.src.split(";") if key.strip()]
        cited[score.fact.id] = [numbers.setdefault(key, len(numbers) + 1) for key in keys]
    return {"cited": cited, "sources": [_citation(scenario, key) for key in numbers]}


def _citation(scenario: Scenario, key: str) -> str:
    found = scenario.sources.get(key)
    if found is None:
        return key
    return ", ".join(part for part in (found.author, found.title, found.year, found.where) if part)


def _brief(card: Scorecard, ok: Sequence[Row], *, whole: bool) -> list[str]:
    """The findings in a few sentences; `whole`: the runs go to the scenario's end."""
    if not ok:
        return ["No run has come to its end yet."]
    lines = []
    if card.reached:
        met = [s for s in card.reached if s.verdict in ("yes", "mostly")]
        often = "met" if len(ok) == 1 else "met in at least half of the runs"
        lines.append(f"{len(met)} of {len(card.reached)} facts of history are {often}.")
    for side, name in zip(SIDES, ("The Axis", "The Red Army"), strict=True):
        men = mean_interval([r.outcome["values"][f"{side}.men_lost"] for r in ok])
        afv = mean_interval([r.outcome["values"][f"{side}.afv_lost"] for r in ok])
        between = "" if math.isnan(men.low) else f" (95 % interval of the mean {men.low:,.0f} to {men.high:,.0f})"
        lines.append(f"{name} loses {men.value:,.0f} men{between} and {afv.value:,.0f} armoured vehicles.")
    return [*lines, *_victories(ok, whole=whole)]


def _victories(ok: Sequence[Row], *, whole: bool = True) -> list[str]:
    """Who won, as a sentence: how many runs came to which level beside history's result."""
    judged = [found for r in ok if (found := r.outcome.get("victory", {})).get("level")]
    if not judged:
        return []
    names = {"": "a draw", "axis": "victory of the Axis", "soviet": "victory of the Red Army"}
    words = [names[f["winner"]] if not f["winner"] else f"a {f['level']} {names[f['winner']]}" for f in judged]
    if len(judged) == 1:
        return [f"Beside history's result it is {words[0]}." if whole else f"So far, beside history, it is {words[0]}."]
    counts = Counter(words).most_common()
    head = "Beside history's result: " if whole else "So far, beside history: "
    return [head + ", ".join(f"{count} times {told}" for told, count in counts) + "."]


def _holder(row: Row, place: str, minute: float) -> int:
    """The side that holds a place at a minute of a run."""
    holder = -1
    for at, side in row.outcome["control"].get(place, ()):
        if at > minute:
            break
        holder = side
    return holder


def _control_table(scenario: Scenario, ok: Sequence[Row]) -> list[dict[str, Any]]:
    table = []
    for place in watched_places(scenario):
        changes = [r.outcome["control"].get(place, []) for r in ok]
        ends = [c[-1][1] if c else -1 for c in changes]
        moved = [c[-1][0] for c in changes if len(c) > 1]
        table.append(
            {
                "place": place,
                "start": changes[0][0][1] if changes and changes[0] else -1,
                "soviet": wilson(sum(e == 1 for e in ends), len(ends)),
                "changed": len(moved),
                "median": float(np.median(moved)) / 1440 if moved else None,
                "date": _date(scenario, float(np.median(moved))) if moved else "",
            }
        )
    return table


def _date(scenario: Scenario, minute: float) -> str:
    day = scenario.date_of(int(minute))
    return f"{day.day} {day:%B}"


def _contested(scenario: Scenario, ok: Sequence[Row]) -> dict[str, int]:
    """The watched places worth a chart, in their own order: those that change hands in history or in a run, at least
    FEWEST_PLACES and at most MOST_PLACES.
    """
    places = watched_places(scenario)
    changes = {p: sum(len(r.outcome["control"].get(p, ())) > 1 for r in ok) for p in places}
    holders = {
        p: {f.side for f in scenario.history if f.kind == "control" and any(w.cell == cell for w in f.places)}
        for p, cell in places.items()
    }
    worth = {p: changes[p] + (len(ok) + 1) * (len(holders[p]) > 1) for p in places}
    ranked = sorted(places, key=lambda p: (-worth[p], p))
    chosen = [p for n, p in enumerate(ranked) if n < FEWEST_PLACES or (worth[p] > 0 and n < MOST_PLACES)]
    return {p: cell for p, cell in places.items() if p in chosen}


def _control_chart(scenario: Scenario, ok: Sequence[Row], labels: Sequence[str]) -> charts.Chart:
    end = max(r.outcome["minute"] for r in ok)
    minutes = np.arange(0, end + 1, 360, dtype=np.float64)
    held = []
    towns = scenario.theatre.place_at
    for place, cell in _contested(scenario, ok).items():
        counts = [sum(_holder(r, place, m) == 1 for r in ok) for m in minutes]
        bounds = [wilson(c, len(ok)) for c in counts]
        history = [
            (f.from_min / 1440, f.to_min / 1440, SIDES.index(f.side))
            for f in scenario.history
            if f.kind == "control" and f.side in SIDES and any(p.cell == cell for p in f.places)
        ]
        held.append(
            charts.Held(
                towns[cell].name if cell in towns else place,
                minutes / 1440,
                np.array([b.value for b in bounds]),
                np.array([b.low for b in bounds]),
                np.array([b.high for b in bounds]),
                history,
            )
        )
    return charts.control_chart(held, labels, intervals=len(ok) > 1)


def _values(ok: Sequence[Row], measure: str) -> Floats:
    return np.array([r.outcome["values"][measure] for r in ok], dtype=np.float64)


def _loss_table(ok: Sequence[Row]) -> list[dict[str, Any]]:
    if not ok:
        return []
    return [
        {"measure": words, "sides": [summary(_values(ok, f"{side}.{measure}")) for side in SIDES]}
        for measure, words in MEASURES.items()
    ]


def _losses_chart(ok: Sequence[Row]) -> charts.Chart:
    rows = []
    for measure, words in MEASURES.items():
        strips = [charts.Strip(number, _values(ok, f"{side}.{measure}")) for number, side in enumerate(SIDES)]
        rows.append(charts.Spread(words, strips))
    return charts.spread_chart("losses", "Losses over the runs", rows)


def _facts_chart(card: Scorecard, ok: Sequence[Row]) -> charts.Chart | None:
    """Losses and widths that history knows, each over its own days."""
    rows = []
    for score in card.reached:
        fact = score.fact
        if fact.kind in ("loss", "width") and fact.side in SIDES and score.band is not None:
            shown = [r.outcome["facts"].get(fact.id) for r in ok]
            values = np.array([v for v in shown if v is not None], dtype=np.float64)
            strip = charts.Strip(SIDES.index(fact.side), values, score.band)
            rows.append(charts.Spread(score.words, [strip]))
    return charts.spread_chart("facts", "Losses and widths against history", rows) if rows else None


def _course_chart(ok: Sequence[Row], labels: Sequence[str]) -> charts.Chart | None:
    minutes = ok[0].series.get("minute", [])
    same = [r for r in ok if r.series.get("minute") == minutes]
    if len(minutes) < 2:
        return None
    days = np.array(minutes, dtype=np.float64) / 1440
    rows = []
    for measure, words in COURSE.items():
        sides = [np.array([r.series[f"{s}.{measure}"] for r in same], dtype=np.float64) for s in SIDES]
        rows.append(charts.Course(words, days, (sides[0], sides[1])))
    return charts.course_chart(rows, labels)


def _map(scenario: Scenario, ok: Sequence[Row]) -> charts.Chart:
    hexes = int(scenario.window.sum())
    held = np.zeros(hexes)
    for row in ok:
        held += unpack_ground(row.outcome["ground"], hexes) == 1
    return control_map(scenario, held / len(ok), len(ok))


def _influences(ok: Sequence[Row]) -> list[charts.Chart]:
    """What went with the outcomes: only for samples that can tell it from luck."""
    addresses = sorted({a for r in ok for a in r.factors})
    if len(ok) < ENOUGH_FOR_INFLUENCE or not addresses:
        return []
    inputs = {}
    for address in addresses:
        given = [r.factors.get(address) for r in ok]
        if all(isinstance(v, (int, float)) for v in given):
            inputs[address] = np.array(given, dtype=np.float64)
    made = []
    for number, (measure, words) in enumerate(DECIDED.items()):
        outcome = _values(ok, measure)
        found = [(a, rank_correlation(v, outcome)) for a, v in inputs.items()]
        found = [(a, r) for a, r in found if not math.isnan(r)]
        found.sort(key=lambda item: (-abs(item[1]), item[0]))
        rows = []
        for address, r in found[:12]:
            interval = correlation_interval(r, len(ok))
            rows.append(charts.Influence(address, r, interval.low, interval.high))
        if rows:
            made.append(charts.influence_chart(words, number, rows))
    return made


def _convergence(ok: Sequence[Row]) -> charts.Chart | None:
    if len(ok) < 5:
        return None
    halves = []
    for side in SIDES:
        values = _values(ok, f"{side}.men_lost")
        found = [mean_interval(values[:n]) for n in range(3, len(values) + 1)]
        halves.append(np.array([i.half_width / i.value if i.value else 0.0 for i in found]))
    return charts.convergence_chart(["Axis men lost", "Red Army men lost"], halves)


def _point_table(ok: Sequence[Row]) -> list[dict[str, Any]]:
    """Means by design point, for experiments with factors."""
    if _points(ok) < 2:
        return []
    table = []
    for point in sorted({r.point for r in ok}):
        rows = [r for r in ok if r.point == point]
        varied = {a: v for a, v in rows[0].factors.items() if any(o.factors.get(a) != v for o in ok)}
        same = {a: v for a, v in varied.items() if all(r.factors.get(a) == v for r in rows)}
        means = {m: mean_interval(_values(rows, m)) for m in DECIDED}
        table.append({"point": point, "values": same, "runs": len(rows), "means": means})
    return table


def _whole(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:,.0f}"


def _plain(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:,.3g}"


def _percent(value: Interval | float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, Interval):
        if value.n == 0:
            return "–"
        return f"{100 * value.value:.0f} % ({100 * value.low:.0f}–{100 * value.high:.0f})"
    return f"{100 * value:.0f} %"
