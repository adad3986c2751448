"""Batches: many runs of one experiment into one store, resumable at any moment."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engine.core import calendar, jit
from engine.lab.commanders import check_takeover, commander_digest
from engine.lab.drive import Drive, Interrupted, open_executor
from engine.lab.experiment import Experiment, ExperimentFault, Run, Setting, layout
from engine.lab.outcome import Result
from engine.lab.report import Source
from engine.lab.store import OtherEngine, Row, Store, StoreFault, changed_files
from engine.lab.work import Context, attempt, packed, run_chunk, unpacked
from engine.model.codes import SIDES
from engine.model.scenario import Scenario
from engine.run.fingerprint import engine_digest, files
from engine.run.session import Session

CHUNK_SECONDS = 0.5
"""A chunk of runs takes about this long: long enough that sending it costs nothing, short enough to lose
little.
"""

Progress = Callable[[int, int, int], None]
"""(done, failed, total): called after each delivery."""


@dataclass(frozen=True)
class BatchReport:
    """How a batch ended."""

    folder: Path
    total: int
    done: int
    failed: int
    new: int
    """Runs done by this call."""
    interrupted: bool
    rebuilt: int
    """How often worker processes died and were replaced."""
    digest: str


def run_batch(
    experiment: Experiment,
    scenario: Scenario,
    folder: str | Path,
    *,
    workers: int = 1,
    executor: str = "processes",
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Start a batch in a folder that holds none."""
    setting = setting_of(experiment, scenario)
    layout_check = next(iter(layout(experiment, scenario, setting)), None)
    if layout_check is None:
        raise StoreFault(f"expected at least one run, found --runs {experiment.runs}")
    parts = {"scenario": packed(scenario)}
    with Store.create(folder, _manifest(experiment, scenario, setting), parts) as store:
        return _fill(store, experiment, scenario, setting, workers, executor, retry_failed, progress)


def resume_batch(
    folder: str | Path,
    *,
    top_up: int = 0,
    runs: int | None = None,
    expect: Scenario | None = None,
    workers: int = 1,
    executor: str = "processes",
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Go on with a batch, with ``top_up`` more replications or up to the first ``runs``; refuses under another
    engine, another scenario or other commanders.
    """
    with Store.open(folder, write=True) as store:
        manifest = store.manifest
        _same_engine(store.folder, manifest)
        scenario = unpacked(store.part("scenario"))
        _same_scenario(store.folder, manifest, scenario, expect)
        experiment = Experiment.from_record(manifest["experiment"])
        setting = setting_of(experiment, scenario)
        _same_commanders(store.folder, manifest, setting)
        wanted = (experiment.runs if runs is None else runs) + top_up
        if wanted != experiment.runs:
            experiment = replace(experiment, runs=wanted)
            store.amend({"experiment": experiment.record()})
        return _fill(store, experiment, scenario, setting, workers, executor, retry_failed, progress)


def setting_of(experiment: Experiment, scenario: Scenario) -> Setting:
    """What all runs of the experiment share."""
    names = {side: experiment.commanders.get(side, "staff") for side in SIDES}
    for side, name in names.items():
        check_takeover(name, scenario, side)
    digests = {side: commander_digest(name) for side, name in names.items()}
    return Setting(engine_digest(), scenario.digest, horizon(experiment, scenario), digests)


def horizon(experiment: Experiment, scenario: Scenario) -> int:
    """The minute at which runs stop."""
    if not experiment.until:
        return scenario.end_min
    try:
        minute = calendar.parse(scenario.start, experiment.until)
    except ValueError as problem:
        raise ExperimentFault(str(problem)) from None
    if not 0 < minute <= scenario.end_min:
        first, last = scenario.start, scenario.end
        raise ExperimentFault(f"expected a date after {first} and not after {last}, found {experiment.until!r}")
    return minute


def _manifest(experiment: Experiment, scenario: Scenario, setting: Setting) -> dict[str, Any]:
    return {
        "experiment": experiment.record(),
        "scenario": scenario.id,
        "scenario_title": scenario.title,
        "scenario_digest": scenario.digest,
        "theatre_digest": scenario.theatre.digest,
        "outside_range": scenario.outside,
        "horizon": setting.horizon,
        "commanders": dict(setting.commanders),
        "engine": setting.engine,
        "engine_files": files(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": f"{platform.system()} {platform.machine()}",
        "seeds": "run seed = blake2b(experiment seed : replication); draws are Philox4x32-10 by key",
    }


def _same_engine(folder: Path, manifest: Mapping[str, Any]) -> None:
    if manifest["engine"] != engine_digest():
        changed = changed_files(files(), manifest["engine_files"])
        raise OtherEngine(
            f"{folder} was filled by another engine; changed since: {', '.join(changed) or 'unknown'}. "
            "Its runs can be reported and compared, not added to"
        )


def _same_scenario(folder: Path, manifest: Mapping[str, Any], ours: Scenario, expect: Scenario | None) -> None:
    if ours.digest != manifest["scenario_digest"]:
        raise StoreFault(f"{folder}: the embedded scenario is damaged")
    if expect is not None and expect.digest != ours.digest:
        raise StoreFault(
            f"{folder} was run on another state of {manifest['scenario']!r}; leave the scenario out to go on "
            "with the embedded one, or name another folder"
        )


def _same_commanders(folder: Path, manifest: Mapping[str, Any], setting: Setting) -> None:
    """Runs of a commander before and after its file was edited do not belong together."""
    for side, digest in setting.commanders.items():
        if digest != manifest["commanders"][side]:
            name = manifest["experiment"]["commanders"].get(side, "staff")
            raise StoreFault(f"{folder}: {name}, which commands the {side} side, has changed since; name another folder")


def _fill(
    store: Store,
    experiment: Experiment,
    scenario: Scenario,
    setting: Setting,
    workers: int,
    executor: str,
    retry_failed: bool,
    progress: Progress | None,
) -> BatchReport:
    runs = list(layout(experiment, scenario, setting))
    known = store.done(failed_too=not retry_failed)
    missing = [run for run in runs if run.key not in known]
    context = context_of(experiment, scenario, setting, store.part("scenario"))
    before = sum(store.count())

    def delivered(rows: Sequence[Row]) -> None:
        store.add(rows)
        if progress is not None:
            ok, failed = store.count()
            progress(ok + failed, failed, len(runs))

    rebuilt, interrupted = 0, False
    if missing:
        try:
            # A run that stops early compiles what it needs, not what the whole would.
            what = scenario.id if setting.horizon == scenario.end_min else f"{scenario.id} to {setting.horizon}"
            rebuilt = _drive(what, context, missing, delivered, workers, executor)
        except Interrupted:
            interrupted = True
    ok, failed = store.count()
    return BatchReport(store.folder, len(runs), ok, failed, ok + failed - before, interrupted, rebuilt, store.digest())


def context_of(experiment: Experiment, scenario: Scenario, setting: Setting, data: bytes) -> Context:
    """What workers need to know."""
    names = tuple((side, experiment.commanders.get(side, "staff")) for side in SIDES)
    return Context(data, names, setting.horizon, experiment.sample_hours * 60)


def _drive(
    what: str,
    context: Context,
    missing: list[Run],
    delivered: Callable[[Sequence[Row]], None],
    workers: int,
    executor: str,
) -> int:
    """Do the missing runs; returns how often the pool was rebuilt."""
    pace, well = _Pace(len(missing), workers), 0

    def deliver(rows: Sequence[Row]) -> None:
        nonlocal well
        well += sum(row.ok for row in rows)
        pace.learn(rows)
        delivered(rows)

    def drive(jobs: Sequence[Run], how: str, many: int) -> int:
        one = Drive[Run, Row](
            partial(open_executor, how, many), partial(run_chunk, context), deliver, _given_up,
            chunk=pace.chunk, in_flight=2 * many,
        )  # fmt: skip
        one.run(jobs)
        return one.rebuilt

    rebuilt = 0
    if executor in ("processes", "serial") and not kernels_ready(what):
        # The first run compiles the kernels, once, in a process that ends with it: a worker would keep the compiler's
        # memory, and two of them would compile the same. Other machines compile for themselves.
        rebuilt = drive(missing[:1], executor, 1)
        if well:
            mark_kernels_ready(what)
        missing = missing[1:]
    return rebuilt + (drive(missing, executor, workers) if missing else 0)


class _Pace:
    """How many runs go into one chunk: about CHUNK_SECONDS' worth, and never so many that a worker idles."""

    def __init__(self, runs: int, workers: int) -> None:
        self._most = max(1, min(50, runs // (4 * workers)))
        self._seconds = 0.0

    def learn(self, rows: Sequence[Row]) -> None:
        mean = sum(row.seconds for row in rows) / max(1, len(rows))
        self._seconds = mean if self._seconds == 0 else 0.8 * self._seconds + 0.2 * mean

    def chunk(self) -> int:
        if self._seconds == 0:
            return 1
        return max(1, min(self._most, int(CHUNK_SECONDS / self._seconds)))


def _marker(what: str) -> Path:
    """A file beside the compiled kernels that says that those which a scenario needs are all there."""
    beside = Path(jit.__file__).parent / "__pycache__"
    folder = beside if os.access(beside, os.W_OK) else jit.cache_folder()
    code = "".join([what, *files().values()])
    return folder / f"ready-{hashlib.blake2b(code.encode(), digest_size=8).hexdigest()}"


def kernels_ready(what: str = "") -> bool:
    """True when a run of that scenario (and horizon), or of any, has been done by this engine on this machine: its
    kernels are compiled.
    """
    return not jit.ENABLED or _marker(what).exists()


def mark_kernels_ready(what: str = "") -> None:
    """Remember that; failing to is no matter."""
    with contextlib.suppress(OSError):
        for marker in (_marker(what), _marker("")):
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()


def _given_up(run: Run, why: str) -> Row:
    return Row(run.key, run.number, run.point, run.replication, run.seed, "failed", dict(run.values), fault=why)


def source_of(store: Store, any_map: bool = True) -> Source:
    """What a report of a store is made from. Runs can be repeated only on the map that they were made on."""
    return Source(store.manifest, unpacked(store.part("scenario"), any_map), list(store.rows()))


def single_source(session: Session, result: Result, names: Mapping[str, str]) -> Source:
    """What a report of one run is made from."""
    scenario = session.scenario
    experiment = Experiment(scenario.id, scenario.overlays, seed=session.seed, runs=1, sample=False, commanders=names)
    digests = {side: commander_digest(name) for side, name in names.items()}
    setting = Setting(engine_digest(), scenario.digest, result.minute, digests)
    row = Row("", 0, 0, 0, session.seed, "ok", {}, result.record(), dict(result.series))
    return Source(_manifest(experiment, scenario, setting), scenario, [row])


__all__ = [
    "BatchReport", "attempt", "context_of", "horizon", "resume_batch", "run_batch", "setting_of", "single_source",
    "source_of",
]  # fmt: skip
