"""How fast the engine is: CPU by system for a case, and what saving, rewinding and starting cost."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.calendar import DAY
from engine.lab.batch import run_batch
from engine.lab.commanders import commanders
from engine.lab.experiment import Experiment
from engine.lab.store import Store
from engine.model.codes import SIDES, Status
from engine.model.scenario import Scenario
from engine.run.session import Session

ROOT = Path(__file__).resolve().parents[2]
BUDGET_MS, STAFF_BUDGET_MS = 0.5, 0.2
"""CPU for a formation and day: all of it, and of it the staffs."""


@dataclass(frozen=True)
class Timing:
    """One case, measured over some seeds. CPU seconds are medians over the seeds."""

    case: str
    formations: float
    """Mean number of formations on the map."""
    days: float
    seconds: float
    by_system: Mapping[str, float] = field(default_factory=dict)

    @property
    def ms_per_formation_day(self) -> float:
        """CPU milliseconds for a formation and day."""
        return 1000 * self.seconds / max(1.0, self.formations * self.days)

    @property
    def staff_ms(self) -> float:
        """Of it the staffs'."""
        share = self.by_system.get("staffs", 0.0) / self.seconds if self.seconds else 0.0
        return self.ms_per_formation_day * share

    @property
    def days_per_second(self) -> float:
        """Campaign days for a CPU second."""
        return self.days / self.seconds if self.seconds else 0.0

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "case": self.case, "formations": self.formations, "days": self.days, "cpu_seconds": self.seconds,
            "ms_per_formation_day": self.ms_per_formation_day, "staff_ms_per_formation_day": self.staff_ms,
            "days_per_cpu_second": self.days_per_second, "by_system": dict(self.by_system),
        }  # fmt: skip


def time_case(
    scenario: Scenario,
    *,
    days: int | None = None,
    seeds: Sequence[int] = (1, 2, 3),
    names: Mapping[str, str] | None = None,
) -> Timing:
    """Run a case with its staffs, once to warm up and then once for each seed."""
    until = min(scenario.end_min, (days or scenario.days) * DAY)
    warm = _session(scenario, 0, names)
    warm.advance(min(DAY, until))
    seconds, systems, formations = [], [], []
    for seed in seeds:
        session = _session(scenario, seed, names)
        session.spent = {}
        began = time.process_time()
        session.advance(until)
        seconds.append(time.process_time() - began)
        systems.append(dict(session.spent))
        formations.append(_present(session))
    median = statistics.median(seconds)
    by_system = {
        name: statistics.median([s.get(name, 0.0) for s in systems]) for name in sorted({n for s in systems for n in s})
    }
    by_system["clock, folding and keyframes"] = max(0.0, median - sum(by_system.values()))
    return Timing(scenario.id, statistics.mean(formations), until / DAY, median, by_system)


def _session(scenario: Scenario, seed: int, names: Mapping[str, str] | None) -> Session:
    return Session(scenario, seed, commanders(names or dict.fromkeys(SIDES, "staff")))


def _present(session: Session) -> float:
    """Formations on the map, mean of start and end."""
    now = int((session.world.formations.status == Status.ON_MAP).sum())
    return (len(session.scenario.formations) + now) / 2


def handling(scenario: Scenario) -> dict[str, float]:
    """Saving, loading and rewinding a whole run: kilobytes and milliseconds (medians)."""
    session = _session(scenario, 1, None)
    session.advance(session.end)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.dbr"
        found = {"save_ms": _median_ms(lambda: session.save(path), 5), "save_kB": path.stat().st_size / 1000}
        found["load_ms"] = _median_ms(lambda: Session.load(path), 3)
    back = []
    for share in (0.93, 0.71, 0.52, 0.37, 0.08):
        began = time.perf_counter()
        session.rewind(int(session.end * share))
        back.append(1000 * (time.perf_counter() - began))
        session.advance(session.end)
    found["rewind_ms"] = statistics.median(back)
    found["rewind_worst_ms"] = max(back)
    found["memory_MB"] = peak_memory_mb()
    return found


def parallel(scenario: Scenario, *, runs: int = 12, workers: int = 2) -> dict[str, float]:
    """A batch on several processes: its wall time against CPU of the runs shared out evenly (1 is ideal)."""
    experiment = Experiment(scenario.id, runs=runs, sample=False)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run_batch(experiment, scenario, Path(folder) / "b", workers=workers)
        wall = time.perf_counter() - began
        with Store.open(Path(folder) / "b") as store:
            seconds = [row.seconds for row in store.rows()]
    even = runs * statistics.mean(seconds) / workers
    return {
        "runs": runs,
        "workers": workers,
        "wall_s": wall,
        "cpu_a_run_s": statistics.mean(seconds),
        "ratio": wall / even,
    }


def _median_ms(action: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def peak_memory_mb() -> float:
    """Most memory this process has used, in MB; nan where the system does not say."""
    try:
        import resource
    except ImportError:
        return float("nan")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


_FIRST_EVENT = """
import sys
sys.path.insert(0, {root!r})
from engine import Session, commanders, load_scenario
session = Session(load_scenario({scenario!r}), 1, commanders({{}}))
session.advance(session.end, lambda now: len(session.events) > 0)
"""


def starting(scenario: str) -> dict[str, float]:
    """Milliseconds of wall time from a cold process to the help text and to the first simulated event
    (medians).
    """
    help_text = [sys.executable, str(ROOT / "deepbattle"), "--help"]
    first = [sys.executable, "-c", _FIRST_EVENT.format(root=str(ROOT), scenario=scenario)]
    return {
        "help_ms": _median_ms(lambda: subprocess.run(help_text, capture_output=True, check=True), 7),
        "first_event_ms": _median_ms(lambda: subprocess.run(first, capture_output=True, check=True), 5),
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cpu": _cpu(), "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(), "numpy": np.__version__,
    }  # fmt: skip


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"
