"""Batches kept in a cache under a key, so that whatever asks for the same runs shares them and goes on where it was.

The key names engine, scenario, commanders and the question, all but the number of runs: asking for more adds them,
asking for fewer takes the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.core import jit
from engine.lab.batch import Progress, resume_batch, run_batch
from engine.lab.commanders import commander_digest
from engine.lab.experiment import Experiment
from engine.lab.store import FILE, Row, Store, plain_json
from engine.model.scenario import Scenario
from engine.run.fingerprint import engine_digest


@dataclass(frozen=True)
class Kept:
    """The first runs of a kept batch, in order; ``interrupted`` after Ctrl-C, when some are missing."""

    rows: tuple[Row, ...]
    interrupted: bool


def kept_folder() -> Path:
    """Where the runs behind summaries lie; may be deleted at any time."""
    return jit.cache_folder().parent / "tallies"


def kept_batch(
    experiment: Experiment,
    scenario: Scenario,
    *,
    workers: int = 1,
    executor: str = "processes",
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Kept:
    """The runs of an experiment with one design point: those that are missing are done."""
    place = (folder or kept_folder()) / kept_key(experiment, scenario)
    if (place / FILE).exists():
        report = resume_batch(place, runs=experiment.runs, expect=scenario, workers=workers, executor=executor,
                              progress=progress)  # fmt: skip
    else:
        report = run_batch(experiment, scenario, place, workers=workers, executor=executor, progress=progress)
    with Store.open(place) as store:
        rows = tuple(row for row in store.rows() if row.replication < experiment.runs)
    return Kept(rows, report.interrupted)


def kept_key(experiment: Experiment, scenario: Scenario) -> str:
    """Names everything that decides the runs, but not how many they are."""
    question = replace(experiment, runs=0, title="").record()
    text = plain_json([engine_digest(), scenario.digest, question, versions(experiment.commanders)])
    return f"{scenario.id}-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"


def versions(names: Mapping[str, str]) -> dict[str, str]:
    """Digest of each side's commander: an edited file is another commander."""
    return {side: commander_digest(name) for side, name in names.items()}
