"""Driving many runs through any ``concurrent.futures`` executor.

Jobs go out in chunks, a bounded number at a time; results are delivered as they come. A worker that is killed
breaks a process pool: the pool is made again and what was in flight is tried alone, so one poisonous job is
named and everything else still gets done. Nothing is ever sent twice after it was delivered.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")

STRIKES = 2
"""How often a job may kill its worker before it is given up."""


class Interrupted(Exception):
    """The user asked to stop; what had finished was delivered."""


class ExecutorFault(Exception):
    """The executor asked for cannot be had; the message says what is missing."""


class Serial(Executor):
    """Runs each job at once in this process: for tests, profiling and debugging."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as problem:
            future.set_exception(problem)
        return future


def open_executor(url: str, workers: int) -> Executor:
    """The executor a URL names: ``processes``, ``serial``, ``dask://host:port`` or ``mpi``."""
    kind, _, rest = url.partition("://")
    if kind == "serial":
        return Serial()
    if kind == "processes":
        return _processes(workers)
    if kind == "dask":
        return _dask(rest)
    if kind == "mpi":
        return _mpi(workers)
    raise ExecutorFault(f"expected processes, serial, dask://host:port or mpi, found {url!r}")


def _processes(workers: int) -> Executor:
    # Workers find this program's code whatever the current folder is, and do not fight over cores.
    root = str(Path(__file__).resolve().parents[2])
    if root not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if sys.platform.startswith("linux"):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["engine.lab.work"])
    else:
        context = multiprocessing.get_context("spawn")  # type: ignore[assignment]
    return ProcessPoolExecutor(workers, mp_context=context, initializer=settle_in)


def settle_in() -> None:
    """What a worker process does first: leave Ctrl-C to the parent, and end when the parent does."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _dask(address: str) -> Executor:
    try:
        from distributed import Client  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        hint = "pip install 'dask[distributed]'"
        raise ExecutorFault(f"dask is not installed; install it: {hint}") from None
    try:
        return Client(address, timeout=10).get_executor(pure=False)  # type: ignore[no-any-return, unused-ignore]
    except OSError as problem:
        raise ExecutorFault(f"no Dask scheduler answers at {address}: {problem}") from None


def _mpi(workers: int) -> Executor:
    try:
        from mpi4py.futures import MPIPoolExecutor  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        hint = "pip install mpi4py, then start with: mpiexec -m mpi4py.futures"
        raise ExecutorFault(f"mpi4py is not installed; {hint}") from None
    return MPIPoolExecutor(workers)  # type: ignore[no-any-return, unused-ignore]


class Drive(Generic[Job, Done]):
    """One pass over jobs.

    ``work(chunk)`` runs in a worker and returns one result per job; it must be importable there. ``deliver``
    gets results as they come, in the parent. ``give_up(job, why)`` makes the result of a job that cannot be
    done.
    """

    def __init__(
        self,
        open_pool: Callable[[], Executor],
        work: Callable[[Sequence[Job]], Sequence[Done]],
        deliver: Callable[[Sequence[Done]], None],
        give_up: Callable[[Job, str], Done],
        *,
        chunk: Callable[[], int] = lambda: 1,
        in_flight: int = 4,
    ) -> None:
        self._open_pool, self._work, self._deliver, self._give_up = open_pool, work, deliver, give_up
        self._chunk, self._window = chunk, max(1, in_flight)
        self._flying: dict[Future[Sequence[Done]], list[Job]] = {}
        self._waiting: deque[Job] = deque()
        self._suspects: deque[tuple[Job, int]] = deque()
        self.rebuilt = 0
        """How often the pool broke and was made again."""

    def run(self, jobs: Iterable[Job]) -> None:
        """Do all jobs; raises Interrupted after Ctrl-C, once what was running has been delivered."""
        self._waiting.extend(jobs)
        pool = self._open_pool()
        try:
            while self._waiting or self._flying or self._suspects:
                try:
                    healthy = self._step(pool)
                except KeyboardInterrupt:
                    self._wind_up()
                    raise Interrupted from None
                if not healthy:
                    _close(pool, wait_for_it=False)
                    self.rebuilt += 1
                    pool = self._open_pool()
        except BaseException:
            _close(pool, wait_for_it=False)
            raise
        _close(pool, wait_for_it=True)

    def _step(self, pool: Executor) -> bool:
        """Send, wait for one, deliver. False if the pool broke."""
        if self._suspects and not self._flying:
            return self._try_alone(pool)
        if not self._suspects and not self._fill(pool):
            return False
        done, _ = wait(self._flying, return_when=FIRST_COMPLETED)
        healthy = True
        for future in done:
            healthy = self._land(future) and healthy
        if not healthy:
            self._collapse()
        return healthy

    def _fill(self, pool: Executor) -> bool:
        while self._waiting and len(self._flying) < self._window:
            chunk = [self._waiting.popleft() for _ in range(min(self._chunk(), len(self._waiting)))]
            try:
                self._flying[pool.submit(self._work, chunk)] = chunk
            except BrokenExecutor:
                self._waiting.extendleft(reversed(chunk))
                return False
        return True

    def _collapse(self) -> None:
        """The pool broke: keep what had finished, suspect the rest."""
        wait(self._flying, timeout=5)
        for future, chunk in list(self._flying.items()):
            if future.done():
                self._land(future)
            else:
                self._suspects.extend((job, 0) for job in chunk)
        self._flying.clear()

    def _land(self, future: Future[Sequence[Done]]) -> bool:
        chunk = self._flying.pop(future)
        try:
            self._deliver(future.result())
        except BrokenExecutor:
            self._suspects.extend((job, 0) for job in chunk)
            return False
        except Exception as problem:
            self._deliver([self._give_up(job, f"{type(problem).__name__}: {problem}") for job in chunk])
        return True

    def _try_alone(self, pool: Executor) -> bool:
        """One suspect, with nothing else in flight: if the pool breaks now, it was this one."""
        job, strikes = self._suspects.popleft()
        try:
            self._deliver(pool.submit(self._work, [job]).result())
        except BrokenExecutor:
            if strikes + 1 < STRIKES:
                self._suspects.append((job, strikes + 1))
            else:
                self._deliver([self._give_up(job, f"its worker process died {STRIKES} times")])
            return False
        except KeyboardInterrupt:
            self._suspects.append((job, strikes))
            raise
        except Exception as problem:
            self._deliver([self._give_up(job, f"{type(problem).__name__}: {problem}")])
        return True

    def _wind_up(self) -> None:
        """Cancel what has not begun, wait for the rest and deliver it. A second Ctrl-C drops it."""
        for future in list(self._flying):
            if future.cancel():
                del self._flying[future]
        try:
            while self._flying:
                done, _ = wait(self._flying, return_when=FIRST_COMPLETED)
                for future in done:
                    self._land(future)
        except KeyboardInterrupt:
            self._flying.clear()


def _close(pool: Executor, *, wait_for_it: bool) -> None:
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=wait_for_it, cancel_futures=True)
    if not wait_for_it:
        for process in processes:
            process.terminate()
