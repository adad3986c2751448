"""Jobs for tests of the driver, importable in worker processes."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from engine.lab.drive import Drive, open_executor
from engine.lab.store import Row, Store


def row_of(number: int) -> Row:
    """The result of job `number`: always the same."""
    value = int.from_bytes(hashlib.blake2b(str(number).encode(), digest_size=4).digest(), "little")
    series = {"minute": [0, 1440], "axis.men": [value, value - 1]}
    return Row(f"key{number:04d}", number, 0, number, number, "ok", {}, {"values": {"axis.men": value}}, series)


def work(chunk: Sequence[int]) -> list[Row]:
    """Do some jobs."""
    return [row_of(number) for number in chunk]


def slow_work(seconds: float, chunk: Sequence[int]) -> list[Row]:
    """Do some jobs at leisure."""
    time.sleep(seconds)
    return work(chunk)


def die_once(folder: str, victim: int, chunk: Sequence[int]) -> list[Row]:
    """Kill the worker the first time `victim` is tried."""
    marker = Path(folder) / "died"
    if victim in chunk and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work(chunk)


def poison(victim: int, chunk: Sequence[int]) -> list[Row]:
    """Kill the worker whenever `victim` is tried."""
    if victim in chunk:
        os.kill(os.getpid(), signal.SIGKILL)
    return work(chunk)


def stumble(victim: int, chunk: Sequence[int]) -> list[Row]:
    """Raise whenever `victim` is tried."""
    if victim in chunk:
        raise ZeroDivisionError("a formation of no men")
    return work(chunk)


def given_up(job: int, why: str) -> Row:
    """The row of a job that cannot be done."""
    return Row(f"key{job:04d}", job, 0, job, job, "failed", fault=why)


def fill(folder: str, jobs: int, workers: int, seconds: float) -> None:
    """Fill a store, resuming if it is there: run as a process of its own by a test that kills it."""
    path = Path(folder)
    store = Store.open(path, write=True) if (path / "runs.sqlite").exists() else Store.create(path, {}, {})
    with store:
        known = store.done()
        missing = [n for n in range(jobs) if f"key{n:04d}" not in known]
        pool = partial(open_executor, "processes", workers)
        Drive(pool, partial(slow_work, seconds), store.add, given_up, in_flight=2 * workers).run(missing)


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
