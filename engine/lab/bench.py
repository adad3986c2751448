"""How fast the engine is: CPU by system for a case, and what saving, rewinding and starting cost.

Budgets of time are those of a reference machine (``yardstick.py``): what was measured is told as it would be there.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.core.calendar import DAY
from engine.lab.batch import run_batch
from engine.lab.behaviour import quiet_front, tank_army
from engine.lab.commanders import commanders
from engine.lab.experiment import Experiment
from engine.lab.generated import Size, generated_scenario
from engine.lab.store import Store
from engine.model.codes import LIVE, SIDES, OrderKind, Status
from engine.model.orders import Order
from engine.model.scenario import Scenario
from engine.rules import combat
from engine.rules.combat_refresh import GRID_MIN
from engine.run.session import Session

ROOT = Path(__file__).resolve().parents[2]
BUDGET_MS, STAFF_BUDGET_MS = 0.5, 0.2
"""CPU for a formation and day on the reference machine: all of it, and of it the staffs."""
COMBAT_BUDGET_MS = 0.3
"""CPU for a step of combat with 50 engagements, power and factors included."""


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
    between: Callable[[], object] = lambda: None,
) -> Timing:
    """Run a case with its staffs, once to warm up and then once for each seed; ``between`` the runs something else."""
    until = min(scenario.end_min, (days or scenario.days) * DAY)
    warm = _session(scenario, 0, names)
    warm.advance(min(DAY, until))
    seconds, systems, formations = [], [], []
    for seed in seeds:
        between()
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


def handling(scenario: Scenario, names: Mapping[str, str] | None = None) -> dict[str, float]:
    """Saving, loading and rewinding a whole run: kilobytes and milliseconds (medians)."""
    session = _session(scenario, 1, names)
    session.advance(session.end)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.dbr"
        found = {"save_ms": _median_ms(lambda: session.save(path), 7), "save_kB": path.stat().st_size / 1000}
        found["load_ms"] = _median_ms(lambda: Session.load(path), 3)
    back = []
    for share in (0.93, 0.71, 0.52, 0.37, 0.08, 0.9999, 0.24):
        began = time.perf_counter()
        session.rewind(int(session.end * share))
        back.append(1000 * (time.perf_counter() - began))
        session.advance(session.end)
    found["rewind_ms"] = statistics.median(back)
    found["rewind_worst_ms"] = max(back)
    return found


def parallel(
    scenario: Scenario, *, runs: int = 24, workers: int = 2, names: Mapping[str, str] | None = None
) -> dict[str, float]:
    """A batch on several processes: its wall time against CPU of the runs shared out evenly (1 is ideal)."""
    experiment = Experiment(
        scenario.id, runs=runs, sample=False, commanders=names or dict.fromkeys(SIDES, "staff")
    )
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


_ENGINE = """
import sys
sys.path.insert(0, {root!r})
from engine import Session, commanders, load_scenario
session = Session(load_scenario({scenario!r}), 1, commanders({names!r}))
"""
_FIRST_EVENT = _ENGINE + "session.advance(session.end, lambda now: len(session.events) > 0)"
_MEMORY = _ENGINE + """
session.advance(session.end)
try:  # Linux: what getrusage tells starts from the size of the process that started this one
    print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def starting(scenario: str, names: Mapping[str, str] | None = None) -> dict[str, float]:
    """From a cold process: milliseconds of wall time to the help text and to the first simulated event (medians),
    and the most memory a whole run takes, in MB (nan where the system does not say). Byte code of the modules lies ready.
    """
    given = {"root": str(ROOT), "scenario": scenario, "names": dict(names or {})}
    help_text = [sys.executable, str(ROOT / "deepbattle"), "--help"]
    first, memory = ([sys.executable, "-c", program.format(**given)] for program in (_FIRST_EVENT, _MEMORY))
    with tempfile.TemporaryDirectory() as folder:
        around = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}

        def begin(command: Sequence[str]) -> None:
            subprocess.run(command, capture_output=True, check=True, env=around)

        begin(help_text)  # whose byte code is kept, as it is on any machine from the second start on
        begin(first)
        return {
            "help_ms": _median_ms(lambda: begin(help_text), 9),
            "first_event_ms": _median_ms(lambda: begin(first), 5),
            "memory_MB": _peak_memory_mb(memory),
        }


_GOING: Final = 8
"""Steps of the grid in a going war: two days, in which most of its engagements last."""
_IDLE = 2
"""Of so many attacks ordered more than asked for nothing comes in the first hours of :func:`combat_step`."""


def combat_step(engagements: int = 50, steps: int = 200) -> dict[str, float]:
    """CPU of a step of combat with so many engagements, milliseconds: median, and how many there were.

    Along a generated front everybody with an enemy beside him attacks. The step is one of the six-hour grid, on which
    all battles are set anew: who takes part, power with every factor, situation, hazards, losses, wear, and events.
    ``ms`` is that of one world again and again, what it has derived of the ground at hand; ``going_ms`` that of steps of
    the war as it goes on, in which marches change the ground each time.
    """
    session = Session(generated_scenario(Size.of(400, days=5)), 1, {})
    world, formations = session.world, session.world.formations
    defended = {int(cell) for cell in formations.hex[formations.side == 0]}
    orders: list[Order] = []
    for row in np.flatnonzero(formations.side == 1).tolist():
        ahead = defended.intersection(world.statics.grid.neighbours[formations.hex[row]].tolist())
        if ahead and len(orders) < engagements + _IDLE:
            target = min(ahead)
            defended.remove(target)
            orders.append(Order(OrderKind.ATTACK, world.statics.formation_ids[row], target))
    session.submit(SIDES[1], *orders)
    session.advance(DAY // 2)
    minute, spent = DAY // 2, []
    for _ in range(steps):
        began = time.process_time_ns()
        combat.decide(world, minute, session.dice(minute))
        spent.append((time.process_time_ns() - began) / 1e6)
    fought = int((world.battles.outcome == LIVE).sum())
    going = [_grid_step(session, step) for step in range(3, 3 + _GOING)]
    return {
        "ms": statistics.median(spent), "engagements": fought,
        "going_ms": statistics.median([ms for ms, _ in going]), "going_engagements": statistics.median([n for _, n in going]),
    }  # fmt: skip


def _grid_step(session: Session, step: int) -> tuple[float, int]:
    """CPU of combat, milliseconds, at the hour of a step of its grid, and how many engagements there are."""
    at = step * GRID_MIN
    session.advance(at - 1)
    fought, dice = int((session.world.battles.outcome == LIVE).sum()), session.dice(at)
    began = time.process_time_ns()
    combat.decide(session.world, at, dice)
    return (time.process_time_ns() - began) / 1e6, fought


ARMY_RUNS: Final = 12
"""Runs of a tank army in a breach: its pace spreads widely, and a run is short."""


def behaviour(scenario: Scenario, seeds: Sequence[int] = range(1, 6)) -> dict[str, dict[str, float]]:
    """How quiet fronts and a tank army in a breach behave (``engine.lab.behaviour``).

    Two quiet fronts: the scenario's, and a generated one that winds, where staffs find salients to strike at.
    """
    winding = generated_scenario(Size(100, 80, 40, attacking=0.0, days=10))
    return {
        "quiet": quiet_front(scenario, seeds), "quiet_generated": quiet_front(winding, seeds),
        "tank_army": tank_army(range(1, ARMY_RUNS + 1)),
    }  # fmt: skip


def _peak_memory_mb(command: Sequence[str]) -> float:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return int(done.stdout) / unit if done.returncode == 0 else float("nan")


@dataclass(frozen=True)
class Figure:
    """One figure beside its budget."""

    words: str
    value: float
    unit: str
    budget: float
    at_least: bool = False
    """The budget is a least, not a most."""
    timed: bool = False
    """A time, or if the budget is a least a speed: it depends on the machine."""
    slower: float = 1.0
    """How many times as long as on the reference machine the same work takes here."""

    @property
    def reference(self) -> float:
        """The figure as it would be on the reference machine."""
        if not self.timed:
            return self.value
        return self.value * self.slower if self.at_least else self.value / self.slower

    @property
    def met(self) -> bool:
        """Within the budget on the reference machine."""
        return self.reference >= self.budget if self.at_least else self.reference <= self.budget

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"words": self.words, "value": self.value, "unit": self.unit, "reference": self.reference,
                "budget": self.budget, "at_least": self.at_least, "met": self.met}  # fmt: skip


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """What was measured, beside what it should be: records of cases, handling, batch and window, as far as they
    are there; times as they would be on the reference machine if the ``yardstick`` was laid.
    """
    slower = found.get("yardstick", {}).get("times_slower", 1.0)
    return [replace(line, timed=True, slower=slower) if line.timed or line.unit in _TIMES else line for line in _figures(found)]


def _figures(found: Mapping[str, Any]) -> list[Figure]:
    lines = []
    for case in found.get("cases", ()):
        name = case["case"]
        lines.append(Figure(f"{name}: CPU for a formation and day", case["ms_per_formation_day"], "ms", BUDGET_MS))
        lines.append(Figure(f"{name}: of it the staffs", case["staff_ms_per_formation_day"], "ms", STAFF_BUDGET_MS))
        if name.startswith("generated_400"):
            days = case["days_per_cpu_second"]
            lines.append(Figure(f"{name}: campaign days for a CPU second", days, "", 5.0, at_least=True, timed=True))
        elif not name.startswith("generated"):
            lines.append(Figure(f"{name}: CPU for {case['days']:.0f} days", case["cpu_seconds"], "s", 2.0))
    if "scaling" in found:
        words = "cost of a formation and day, 400 formations against 100"
        lines.append(Figure(words, found["scaling"], "times", 1.2))
    for key, words, unit, budget in _HANDLING:
        if key in found.get("handling", {}):
            lines.append(Figure(words, found["handling"][key], unit, budget))
    if "combat" in found:
        words = f"combat, {found['combat']['engagements']:.0f} engagements, a step"
        lines.append(Figure(words, found["combat"]["ms"], "ms", COMBAT_BUDGET_MS))
        words = f"combat of a war that goes on, {found['combat']['going_engagements']:.0f} engagements, a step"
        lines.append(Figure(words, found["combat"]["going_ms"], "ms", COMBAT_BUDGET_MS))
    if "batch" in found:
        b = found["batch"]
        words = f"wall time of {b['runs']} runs on {b['workers']} workers, against their CPU shared out evenly"
        lines.append(Figure(words, b["ratio"], "times", 1.1))
    if "theatre" in found:
        lines += [Figure(words, found["theatre"][key], unit, budget) for key, words, unit, budget in _THEATRE]
    if "engagements" in found:
        e = found["engagements"]
        lines.append(Figure(f"engage: {e['rows']} rows of {e['runs']} runs", e["s"], "s", 30.0))
    if "behaviour" in found:
        army = found["behaviour"]["tank_army"]
        for key, words in (("quiet", "quiet front"), ("quiet_generated", "quiet generated front")):
            quiet = found["behaviour"][key]
            lines.append(Figure(f"{words}: hexes that change hands in ten days", quiet["hexes"], "", 2.0))
            lines.append(Figure(f"{words}: men lost in battle a day", quiet["loss_pct_day"], "%", 0.1))
            lines.append(Figure(f"{words}: marching beyond the straight way", quiet["purposeless_km"], "km a day", 0.1))
        pace = army.get("km_day", 0.0)
        lines.append(Figure("fresh tank army in a breach, a day", pace, "km", 15.0, at_least=True))
        lines.append(Figure("fresh tank army in a breach, a day", pace, "km", 30.0))
    if "window" in found:
        lines.append(Figure("first frame of the window", found["window"]["first_frame_s"], "s", 3.0))
        lines.append(Figure("the whole theatre drawn, 1000 pixels wide", found["window"]["theatre_s"], "s", 2.0))
        fps = found["window"]["pan_fps"]
        lines.append(Figure("frames a second while panning, 1600x900", fps, "", 60.0, at_least=True, timed=True))
    return lines


_TIMES: Final = ("ms", "s")
_HANDLING = (
    ("memory_MB", "most memory of a whole run", "MB", 200.0),
    ("save_kB", "a saved run", "kB", 1000.0),
    ("save_ms", "saving", "ms", 50.0),
    ("rewind_ms", "rewinding, median", "ms", 200.0),
    ("rewind_worst_ms", "rewinding, worst", "ms", 200.0),
    ("first_event_ms", "first simulated event from a cold process", "ms", 800.0),
    ("help_ms", "help text from a cold process", "ms", 150.0),
)

_THEATRE = (
    ("load_ms", "a theatre loaded", "ms", 100.0),
    ("field_ms", "a distance field over all its land", "ms", 1.0),
    ("day_field_ms", "how far one formation gets on foot in a day", "ms", 0.05),
)


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
