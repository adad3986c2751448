"""What many runs of a scenario came to against history, as one small record that can be kept in a file.

A tally holds distributions (five quantiles), shares with their intervals, and beside them the same of the plain
staff, the baseline. It names the engine and the scenario it was made with: under another engine it is out of date
and is made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from engine.lab.batch import Progress
from engine.lab.dates import headline
from engine.lab.experiment import Experiment
from engine.lab.kept import kept_batch, versions
from engine.lab.report import MEASURES
from engine.lab.scorecard import Score, Scorecard, scorecard
from engine.lab.statistics import Interval
from engine.lab.store import Row, plain_json
from engine.model.codes import SIDES
from engine.model.scenario import Scenario
from engine.run.fingerprint import engine_digest

FORMAT = 1
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BASELINE: Mapping[str, str] = dict.fromkeys(SIDES, "plain")
DIGITS = 4


@dataclass(frozen=True)
class Asked:
    """What is to be tallied: so many runs from a seed, by these commanders, to a date (empty: the end)."""

    runs: int = 50
    seed: int = 1
    commanders: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(SIDES, "staff"))
    until: str = ""
    sample: bool = True
    baseline: bool = True

    def experiment(self, scenario: Scenario, names: Mapping[str, str]) -> Experiment:
        """The batch that does it with some commanders."""
        return Experiment(scenario.id, seed=self.seed, runs=self.runs, sample=self.sample, until=self.until,
                          commanders=dict(names))  # fmt: skip


def tally(
    scenario: Scenario,
    asked: Asked,
    *,
    workers: int = 1,
    executor: str = "processes",
    folder: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Do the runs that are missing and sum up; after Ctrl-C it is a tally of what there is."""
    teams = [asked.commanders, *([BASELINE] if asked.baseline else [])]
    done: list[Sequence[Row]] = []

    def told(ok: int, failed: int, total: int) -> None:
        if progress is not None:
            before = sum(len(rows) for rows in done)
            progress(before + ok, failed, total * len(teams))

    for names in teams:
        batch = kept_batch(asked.experiment(scenario, names), scenario, workers=workers, executor=executor,
                           folder=folder, progress=told)  # fmt: skip
        done.append(batch.rows)
        if batch.interrupted:
            break
    return summed_up(scenario, asked, done[0], done[1] if len(done) > 1 else None)


def head(scenario: Scenario, asked: Asked) -> dict[str, Any]:
    """What a tally must agree in to be the one asked for."""
    return {"format": FORMAT, "scenario": scenario.id, "scenario_digest": scenario.digest, "engine": engine_digest(),
            "asked": {**asdict(asked), "commanders": dict(asked.commanders)},
            "commanders": versions(asked.commanders)}  # fmt: skip


def summed_up(scenario: Scenario, asked: Asked, rows: Sequence[Row], plain: Sequence[Row] | None) -> dict[str, Any]:
    """The tally of runs, and of the baseline's if there are any; failed ones are only counted."""
    failed = sum(not r.ok for r in (*rows, *(plain or ())))
    rows, plain = [r for r in rows if r.ok], [r for r in plain or () if r.ok]
    card = scorecard(scenario, [r.outcome for r in rows])
    base = scorecard(scenario, [r.outcome for r in plain]) if plain else None
    beside = {s.fact.id: s for s in base.scores} if base else {}
    return {
        **head(scenario, asked),
        "title": scenario.title,
        "start": scenario.start.isoformat()[:10],
        "cost": cost_of(rows),
        "runs": len(rows),
        "failed": failed,
        "complete": len(rows) == asked.runs and (not asked.baseline or len(plain) == asked.runs),
        **_shares(card),
        **_headline(scenario, rows),
        "baseline": {"runs": len(plain), **_shares(base), **_headline(scenario, plain)} if base else None,
        "facts": [_fact(s, rows, beside.get(s.fact.id), plain) for s in card.scores],
        "measures": [_measure(side, name, rows, plain) for name in MEASURES for side in SIDES] if rows else [],
        "told": list(card.told),
    }


def _headline(scenario: Scenario, rows: Sequence[Row]) -> dict[str, Any]:
    return {"headline": headline(scenario, [r.outcome for r in rows]) if rows else None}


def _shares(card: Scorecard) -> dict[str, Any]:
    return {"share": _short(card.share), "brier": _short(card.brier)}


def _fact(score: Score, rows: Sequence[Row], beside: Score | None, plain: Sequence[Row]) -> dict[str, Any]:
    fact = score.fact
    return {
        "fact": fact.id, "kind": fact.kind, "side": fact.side, "words": score.words, "history": fact.value,
        "band": list(score.band) if score.band else None, "weight": fact.weight, "src": fact.src, "grade": fact.grade,
        "verdict": score.verdict,
        **_spread(fact.id, score, rows),
        "baseline": _spread(fact.id, beside, plain) if beside is not None else None,
    }  # fmt: skip


def _spread(fact: str, score: Score, rows: Sequence[Row]) -> dict[str, Any]:
    shown = [r.outcome["facts"][fact] for r in rows if r.outcome["facts"].get(fact) is not None]
    return {"met": _interval(score.met) if score.met.n else None, "quantiles": _quantiles(shown)}


def _measure(side: str, name: str, rows: Sequence[Row], plain: Sequence[Row]) -> dict[str, Any]:
    values = [_quantiles([float(r.outcome["values"][f"{side}.{name}"]) for r in runs]) for runs in (rows, plain)]
    return {"measure": f"{side}.{name}", "words": MEASURES[name], "side": side, "quantiles": values[0],
            "baseline": values[1]}  # fmt: skip


def _quantiles(values: Sequence[float]) -> list[float] | None:
    return [round(float(q), DIGITS) for q in np.quantile(values, QUANTILES)] if values else None


def _interval(interval: Interval) -> dict[str, float | int]:
    return {key: _short(value) if key != "n" else value for key, value in interval.record().items()}  # type: ignore[misc]


def _short(value: float | None) -> float | None:
    return None if value is None or value != value else round(value, DIGITS)


def cost_of(rows: Sequence[Row]) -> dict[str, Any] | None:
    """What a run takes: median CPU seconds, of them by system, and the most memory a process had, MB: of those without the
    compiler, if there are any.
    """
    if not rows:
        return None
    light = [row for row in rows if not row.cost.get("compiler")] or rows
    systems = sorted({name for row in rows for name in row.cost.get("systems", {})})
    by_system = {name: median(row.cost["systems"].get(name, 0.0) for row in rows if row.cost) for name in systems}
    return {
        "cpu_s": round(median(row.seconds for row in rows), 2),
        "memory_mb": max(row.cost.get("memory_mb", 0.0) for row in light),
        "systems": {name: round(seconds, 3) for name, seconds in by_system.items()},
    }


# Keeping it.


def read_tally(path: Path) -> dict[str, Any] | None:
    """A kept tally; None if there is none or it cannot be read: then it is made again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


def is_current(kept: Mapping[str, Any], scenario: Scenario, asked: Asked) -> bool:
    """True if a kept tally is what would come out now: same engine, same scenario, same question."""
    wanted = json.loads(plain_json(head(scenario, asked)))
    return bool(kept.get("complete")) and all(kept.get(key) == value for key, value in wanted.items())


def keep_tally(path: Path, found: Mapping[str, Any]) -> None:
    """Write a tally, through a temporary file beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(in_lines(found), encoding="utf-8")
    os.replace(temporary, path)


def in_lines(found: Mapping[str, Any]) -> str:
    """JSON with a line for every entry and for every item of a list: small, and differences can be read."""
    lines = []
    for key in sorted(found):
        value = found[key]
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join("  " + _line(item) for item in value) + "\n ]"
        else:
            text = _line(value)
        lines.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


__all__ = ["Asked", "in_lines", "is_current", "keep_tally", "read_tally", "summed_up", "tally"]
