"""Strength of play: two commanders fight a scenario twice under the same luck, each once on either side.

What one of them gains over the other on both sides together does not depend on which side the scenario favours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.lab.batch import Progress
from engine.lab.commanders import commander_digest
from engine.lab.experiment import Experiment
from engine.lab.kept import kept_batch
from engine.lab.statistics import Interval, mean_interval, wilson
from engine.lab.tally import keep_tally
from engine.model.codes import SIDES
from engine.model.scenario import Scenario
from engine.run.fingerprint import engine_digest

WEIGHTS: Mapping[str, float] = {"objectives": 0.5, "ground": 0.25, "losses": 0.25}
"""Parts of the score: a judgement, the same for all who are compared."""
FORMAT = 1


@dataclass(frozen=True)
class Pairing:
    """What commander ``ours`` gains over ``theirs`` in one scenario. Advantages lie between -1 and 1, parity is 0."""

    case: str
    ours: str
    theirs: str
    parts: Mapping[str, Interval]
    """Mean advantage in each part of the score."""
    advantage: Interval
    won: Interval
    """Share of pairs in which ours came out ahead."""
    pairs: int
    failed: int = 0

    @property
    def verdict(self) -> str:
        """wins, loses or open: whether the 95 % interval lies above or below parity."""
        if self.pairs < 2 or not self.advantage.excludes(0.0):
            return "open"
        return "wins" if self.advantage.value > 0 else "loses"

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "case": self.case, "ours": self.ours, "theirs": self.theirs, "verdict": self.verdict,
            "advantage": self.advantage.record(), "won": self.won.record(),
            "parts": {name: part.record() for name, part in self.parts.items()},
            "pairs": self.pairs, "failed": self.failed,
        }  # fmt: skip


def margins(values: Mapping[str, int], scenario: Scenario) -> dict[str, float]:
    """How far the axis came out ahead at the end of a run, by part of the score, each from -1 to 1.

    Objectives: own ones held, of all points there are. Ground: a hex for every formation of the scenario is all.
    Losses: of the men lost on both sides.
    """
    total = sum(goal.points for goal in scenario.objectives)
    lost = [values[f"{side}.men_lost"] for side in SIDES]
    ground = (values["axis.hexes"] - values["soviet.hexes"]) / (2 * max(len(scenario.formations), 1))
    return {
        "objectives": (values["axis.points"] - values["soviet.points"]) / total if total else 0.0,
        "ground": ground,
        "losses": (lost[1] - lost[0]) / max(sum(lost), 1),
    }


def advantage(ours_axis: Mapping[str, float], ours_soviet: Mapping[str, float]) -> dict[str, float]:
    """Half of what changes when the two commanders change sides, by part of the score."""
    return {part: max(-1.0, min(1.0, (ours_axis[part] - ours_soviet[part]) / 2)) for part in WEIGHTS}


def pair(
    scenario: Scenario,
    ours: str,
    theirs: str,
    *,
    runs: int = 100,
    seed: int = 1,
    until: str = "",
    workers: int = 1,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Pairing | None:
    """``runs`` pairs of runs, those that are missing in ``folder`` (the cache by default); None after Ctrl-C."""
    found: list[dict[int, dict[str, float]]] = []
    failed = 0

    def told(ok: int, broken: int, total: int) -> None:
        if progress is not None:
            progress(len(found) * runs + ok, failed + broken, 2 * total)

    for names in ((ours, theirs), (theirs, ours)):
        experiment = Experiment(scenario.id, seed=seed, runs=runs, sample=False, until=until,
                                commanders=dict(zip(SIDES, names, strict=True)))  # fmt: skip
        batch = kept_batch(experiment, scenario, workers=workers, folder=folder, progress=told)
        if batch.interrupted:
            return None
        found.append({row.replication: margins(row.outcome["values"], scenario) for row in batch.rows if row.ok})
        failed += sum(not row.ok for row in batch.rows)
    return judged(scenario.id, ours, theirs, found[0], found[1], failed)


def judged(
    case: str,
    ours: str,
    theirs: str,
    first: Mapping[int, Mapping[str, float]],
    second: Mapping[int, Mapping[str, float]],
    failed: int = 0,
) -> Pairing:
    """The pairing from the axis' margins by replication: ``first`` with ours on the axis side, ``second`` swapped."""
    both = sorted(set(first) & set(second))
    gains = [advantage(first[n], second[n]) for n in both]
    sums = [sum(WEIGHTS[part] * gain[part] for part in WEIGHTS) for gain in gains]
    parts = {part: mean_interval([gain[part] for gain in gains]) for part in WEIGHTS}
    ahead: Sequence[bool] = [value > 0 for value in sums]
    return Pairing(case, ours, theirs, parts, mean_interval(sums), wilson(sum(ahead), len(ahead)), len(both), failed)


# Keeping them.


def keep_pairings(path: Path, found: Sequence[Pairing], until: str = "") -> None:
    """Put pairings into a file, in the place of older ones of the same case, commanders and end; others stay."""
    kept = {_which(one): one for one in read_pairings(path)}
    for pairing in found:
        row = {key: _rounded(value) for key, value in pairing.record().items()}
        names = (pairing.ours, pairing.theirs)
        row |= {"until": until, "engine": engine_digest(), "commanders": [commander_digest(name) for name in names]}
        kept[_which(row)] = row
    keep_tally(path, {"format": FORMAT, "pairings": [kept[key] for key in sorted(kept)]})


def read_pairings(path: Path) -> list[dict[str, Any]]:
    """The pairings of a file; none if there is none or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return list(found["pairings"]) if found["format"] == FORMAT else []
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _which(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row["case"], row["ours"], row["theirs"], row["until"])


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else round(value, 4)
    return {key: _rounded(part) for key, part in value.items()} if isinstance(value, Mapping) else value
