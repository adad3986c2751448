"""Many jobs through worker processes that may be killed, and through a parent that may be."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from engine.lab.drive import Drive, ExecutorFault, open_executor
from engine.lab.store import Row, Store, StoreFault, digest_of
from tests.lab.fake_work import die_once, given_up, poison, row_of, stumble, work

ROOT = Path(__file__).resolve().parents[2]


def drive(
    work_: Callable[[Sequence[int]], list[Row]], jobs: int, workers: int, chunk: int = 1
) -> tuple[list[Row], int]:
    url = "processes" if workers else "serial"
    rows: list[Row] = []
    drive = Drive(partial(open_executor, url, workers), work_, rows.extend, given_up, chunk=lambda: chunk, in_flight=4)
    drive.run(range(jobs))
    return rows, drive.rebuilt


@pytest.mark.parametrize("workers", [0, 1, 2])
@pytest.mark.parametrize("chunk", [1, 7])
def test_results_do_not_depend_on_the_number_of_workers_or_the_size_of_chunks(workers: int, chunk: int) -> None:
    rows, _ = drive(work, 20, workers, chunk)
    assert digest_of(rows) == digest_of([row_of(n) for n in range(20)])


def test_a_killed_worker_costs_no_run(tmp_path: Path) -> None:
    rows, rebuilt = drive(partial(die_once, str(tmp_path), 5), 20, 2, chunk=2)
    assert rebuilt >= 1
    assert digest_of(rows) == digest_of([row_of(n) for n in range(20)])


def test_a_job_that_kills_every_worker_is_named_and_the_others_are_done() -> None:
    rows, rebuilt = drive(partial(poison, 7), 12, 2)
    assert rebuilt >= 2
    bad = [r for r in rows if not r.ok]
    assert [r.number for r in bad] == [7]
    assert "died 2 times" in bad[0].fault
    assert sorted(r.number for r in rows) == list(range(12))


@pytest.mark.parametrize("workers", [0, 2])
def test_a_job_that_raises_is_recorded_with_what_it_said(workers: int) -> None:
    rows, rebuilt = drive(partial(stumble, 3), 6, workers)
    assert rebuilt == 0
    assert [(r.number, r.fault) for r in rows if not r.ok] == [(3, "ZeroDivisionError: a formation of no men")]


def test_an_unknown_executor_is_refused() -> None:
    with pytest.raises(ExecutorFault, match="expected processes, serial"):
        open_executor("ray://here", 2)


def test_a_cluster_without_its_library_says_what_to_install() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        with pytest.raises(ExecutorFault, match="install"):
            open_executor("dask://127.0.0.1:1", 2)


def start(folder: Path, jobs: int, workers: int, seconds: float = 0.05) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tests.lab.fake_work",
        str(folder),
        str(jobs),
        str(workers),
        str(seconds),
    ]
    # Whoever runs the tests in the background ignores Ctrl-C, and a child would inherit that.
    hears = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, preexec_fn=hears)


def wait_for_rows(folder: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(StoreFault), Store.open(folder) as store:
            if sum(store.count()) >= count:
                return
        time.sleep(0.02)
    raise AssertionError(f"no {count} rows after a minute")


def test_a_batch_killed_at_any_moment_keeps_every_finished_run_and_resumes_to_the_same_results(
    tmp_path: Path,
) -> None:
    folder, jobs = tmp_path / "batch", 40
    for after in (1, 9, 20):
        process = start(folder, jobs, 2)
        wait_for_rows(folder, after)
        process.kill()
        process.wait()
        with Store.open(folder) as store:
            kept = list(store.rows())
        assert len(kept) >= after
        assert all(r == row_of(r.number) for r in kept)
    assert start(folder, jobs, 1).wait(timeout=60) == 0
    with Store.open(folder) as store:
        assert store.digest() == digest_of([row_of(n) for n in range(jobs)])


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    process = start(tmp_path / "batch", 2000, 2)
    wait_for_rows(tmp_path / "batch", 2)
    family = descendants(process.pid)
    assert family
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(alive(pid) for pid in family):
        time.sleep(0.05)
    assert not [pid for pid in family if alive(pid)]


def test_ctrl_c_delivers_what_was_running_and_ends(tmp_path: Path) -> None:
    folder = tmp_path / "batch"
    process = start(folder, 2000, 2)
    wait_for_rows(folder, 4)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) != 0
    with Store.open(folder, write=True) as store:
        assert 4 <= sum(store.count()) < 2000


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in os.listdir(f"/proc/{pid}/task"):
        for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found
