"""What a worker does: one run after another of the embedded scenario, each ending in a row of the store."""

from __future__ import annotations

import platform
import sys
import time
import traceback
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.files.json_form import from_json, to_json
from engine.lab.commanders import commanders
from engine.lab.experiment import Run
from engine.lab.outcome import Failure, Result, Watch
from engine.lab.store import Row
from engine.model.address import with_values
from engine.model.citation import Value
from engine.model.scenario import Scenario
from engine.run.session import Session


@dataclass(frozen=True)
class Context:
    """What all runs of a batch share, small enough to travel with every chunk."""

    scenario: bytes
    commanders: tuple[tuple[str, str], ...]
    until: int
    series_min: int = 1440


def packed(scenario: Scenario) -> bytes:
    """A resolved scenario as bytes: what a store embeds and workers get."""
    return zlib.compress(to_json(scenario).encode(), 6)


@lru_cache(maxsize=4)
def unpacked(data: bytes, any_map: bool = False) -> Scenario:
    """The scenario of :func:`packed`; to report results the map may have changed since, to run it may not."""
    return from_json(zlib.decompress(data).decode(), any_map=any_map)


def run_chunk(context: Context, runs: Sequence[Run]) -> list[Row]:
    """Do some runs; a run that fails gives a row that says so."""
    return [_row(context, run) for run in runs]


def _row(context: Context, run: Run) -> Row:
    started, systems = time.process_time(), dict[str, float]()
    done = attempt(context, run.seed, run.values, systems)
    seconds = time.process_time() - started
    common = (run.key, run.number, run.point, run.replication, run.seed)
    host = platform.node()
    if isinstance(done, Failure):
        fault = f"{done.stage}: {done.text}"
        return Row(*common, "failed", dict(run.values), fault=fault, seconds=seconds, host=host)
    cost: dict[str, Any] = {"systems": {name: round(spent, 4) for name, spent in systems.items()}, "memory_mb": _peak_mb()}
    if "numba" in sys.modules:
        cost["compiler"] = True
    return Row(*common, "ok", dict(run.values), done.record(), dict(done.series), seconds=seconds, host=host, cost=cost)


def _peak_mb() -> float:
    """The most memory this process ever had, MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    unit = 1_000_000 if sys.platform == "darwin" else 1_000  # bytes there, kilobytes elsewhere
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def attempt(
    context: Context, seed: int, values: Mapping[str, Value], spent: dict[str, float] | None = None
) -> Result | Failure:
    """One run of the context's scenario, with other values and some luck; ``spent`` gets the CPU of each system."""
    stage = "loading the scenario"
    try:
        scenario = with_values(unpacked(context.scenario), values, "experiment")
        stage = "setting up"
        session = Session(scenario, seed, commanders(dict(context.commanders)), keep_events=False, keep_frames=False)
        session.spent = spent
        watch = Watch(session, context.series_min)
        stage = "running"
        return watch.run(context.until)
    except Exception as problem:  # one failed run is recorded and the others go on
        lines = traceback.format_exception(problem)
        return Failure(stage, "".join(lines[-3:]).strip())
