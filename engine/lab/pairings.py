"""Strength of play: two commanders fight a scenario twice under the same luck, each once on either side.

What one of them gains over the other on both sides together does not depend on which side the scenario favours.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.lab.batch import resume_batch, run_batch
from engine.lab.experiment import Experiment
from engine.lab.statistics import Interval, mean_interval, wilson
from engine.lab.store import FILE, Store
from engine.model.codes import SIDES
from engine.model.scenario import Scenario

WEIGHTS: Mapping[str, float] = {"objectives": 0.5, "ground": 0.25, "losses": 0.25}
"""Parts of the score: a judgement, the same for all who are compared."""
Progress = Callable[[int, int, int], None]


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
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Pairing:
    """``runs`` pairs of runs. With ``folder`` they are kept there, and an interrupted call goes on."""
    if folder is None:
        with tempfile.TemporaryDirectory() as temporary:
            return pair(scenario, ours, theirs, runs=runs, seed=seed, until=until, workers=workers,
                        folder=temporary, progress=progress)  # fmt: skip
    found: list[dict[int, dict[str, float]]] = []
    failed = 0
    for name, names in (("first", (ours, theirs)), ("second", (theirs, ours))):
        experiment = Experiment(
            scenario.id, seed=seed, runs=runs, sample=False, until=until, title=f"{names[0]} against {names[1]}",
            commanders=dict(zip(SIDES, names, strict=True)),
        )  # fmt: skip
        done, broken = _runs(experiment, scenario, Path(folder) / name, workers, progress)
        found.append(done)
        failed += broken
    return judged(scenario.id, ours, theirs, found[0], found[1], failed)


def _runs(
    experiment: Experiment, scenario: Scenario, folder: Path, workers: int, progress: Progress | None
) -> tuple[dict[int, dict[str, float]], int]:
    """Margins by replication, and how many runs failed."""
    if (folder / FILE).exists():
        resume_batch(folder, expect=scenario, workers=workers, progress=progress)
    else:
        run_batch(experiment, scenario, folder, workers=workers, progress=progress)
    with Store.open(folder) as store:
        rows = list(store.rows())
    done = {row.replication: margins(row.outcome["values"], scenario) for row in rows if row.ok}
    return done, sum(not row.ok for row in rows)


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
