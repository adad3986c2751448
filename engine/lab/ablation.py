"""What each rule does: the same case under the same luck with the rule and without it.

Every rule has a switch, ``switch.<rule>``. A rule whose absence changes nothing at all, to the last bit, in
any run is dead; one whose intervals all hold zero has no clear effect in this case.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from engine.lab.batch import Progress, resume_batch, run_batch
from engine.lab.experiment import Experiment, ExperimentFault, Factor
from engine.lab.statistics import Interval, paired_difference
from engine.lab.store import FILE, Row, Store
from engine.model.codes import SIDES
from engine.model.scenario import Scenario

MEASURES: Mapping[str, str] = {
    "axis.men_lost": "Axis men lost",
    "soviet.men_lost": "Soviet men lost",
    "axis.afv_lost": "Axis AFVs lost",
    "soviet.afv_lost": "Soviet AFVs lost",
    "soviet.hexes": "Soviet hexes",
}
PREFIX = "switch."


@dataclass(frozen=True)
class Effect:
    """One rule: the change of five measures when it is switched off, with 95 % intervals over paired seeds."""

    rule: str
    changes: Mapping[str, Interval]
    same: int
    """Pairs that ended in exactly the same world."""
    pairs: int
    failed: int = 0
    measures: ClassVar[Mapping[str, str]] = MEASURES
    """The five measures in words."""

    @property
    def verdict(self) -> str:
        """dead, no clear effect, works, or fails without it."""
        if self.pairs == 0:
            return "fails without it"
        if self.same == self.pairs:
            return "dead"
        return "works" if any(i.low == i.low and i.excludes(0.0) for i in self.changes.values()) else "no clear effect"

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "rule": self.rule, "verdict": self.verdict, "pairs": self.pairs, "same": self.same, "failed": self.failed,
            "changes": {name: interval.record() for name, interval in self.changes.items()},
        }  # fmt: skip


def switches(scenario: Scenario) -> list[str]:
    """Addresses of all rules' switches."""
    return sorted(address for address in scenario.parameters if address.startswith(PREFIX))


def ablate(
    scenario: Scenario,
    *,
    seeds: int = 20,
    rules: Sequence[str] = (),
    until: str = "",
    names: Mapping[str, str] | None = None,
    workers: int = 1,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> list[Effect]:
    """Each rule off over paired seeds; ``names`` are the commanders of the sides.

    With ``folder`` the runs are kept there and an interrupted call resumes. Ctrl-C ends with the pairs there are.
    """
    known = switches(scenario)
    wanted = [PREFIX + rule.removeprefix(PREFIX) for rule in rules] or known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise ExperimentFault(f"expected rules with a switch, found {', '.join(unknown)}; there are: {', '.join(known)}")
    factors = tuple(Factor(address, (_off(scenario, address),)) for address in wanted)
    experiment = Experiment(
        scenario.id, runs=seeds, design="one_at_a_time", factors=factors, sample=False, until=until,
        title=f"Each rule off: {scenario.title}", commanders=names or dict.fromkeys(SIDES, "staff"),
    )  # fmt: skip
    if folder is not None:
        return _run(experiment, scenario, Path(folder), workers, progress)
    with tempfile.TemporaryDirectory() as temporary:
        return _run(experiment, scenario, Path(temporary), workers, progress)


def _off(scenario: Scenario, address: str) -> bool | float:
    return False if isinstance(scenario.parameters[address].value, bool) else 0.0


def _run(
    experiment: Experiment, scenario: Scenario, folder: Path, workers: int, progress: Progress | None
) -> list[Effect]:
    if (folder / FILE).exists():
        resume_batch(folder, expect=scenario, workers=workers, progress=progress)
    else:
        run_batch(experiment, scenario, folder, workers=workers, progress=progress)
    with Store.open(folder) as store:
        rows = list(store.rows())
        experiment = Experiment.from_record(store.manifest["experiment"])
    return effects(experiment, rows)


def effects(experiment: Experiment, rows: Sequence[Row]) -> list[Effect]:
    """The effects from the rows of an ablation: point 0 has all rules, point n lacks the n-th factor."""
    whole = {r.replication: r for r in rows if r.point == 0 and r.ok}
    found = []
    for number, factor in enumerate(experiment.factors, start=1):
        without = [r for r in rows if r.point == number]
        pairs = [(r, whole[r.replication]) for r in without if r.ok and r.replication in whole]
        changes = {}
        for measure in MEASURES:
            off = [float(r.outcome["values"][measure]) for r, _ in pairs]
            on = [float(w.outcome["values"][measure]) for _, w in pairs]
            changes[measure] = paired_difference(off, on)
        same = sum(r.outcome["digest"] == w.outcome["digest"] for r, w in pairs)
        failed = sum(not r.ok for r in without)
        found.append(Effect(factor.address.removeprefix(PREFIX), changes, same, len(pairs), failed))
    return found
