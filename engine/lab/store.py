"""The store of a batch: one SQLite file, one row per run, keyed by everything that decides the run.

Only the process that drives the batch writes. Each delivery of finished runs is one transaction, so a kill at
any moment loses no run that was delivered and leaves no torn one.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = "runs.sqlite"
FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS manifest (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    key TEXT PRIMARY KEY, number INTEGER NOT NULL, point INTEGER NOT NULL, replication INTEGER NOT NULL,
    seed INTEGER NOT NULL, status TEXT NOT NULL, factors TEXT NOT NULL, outcome TEXT NOT NULL,
    series TEXT NOT NULL, fault TEXT NOT NULL, seconds REAL NOT NULL, host TEXT NOT NULL,
    cost TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_number ON runs (number);
"""


class StoreFault(Exception):
    """A store cannot be used as asked; the message says why and what may help."""


class OtherEngine(StoreFault):
    """The store was filled by another engine: adding to it would mix two models."""


@dataclass(frozen=True)
class Row:
    """One finished run; ``status`` is "ok" or "failed"."""

    key: str
    number: int
    point: int
    replication: int
    seed: int
    status: str
    factors: Mapping[str, Any] = field(default_factory=dict)
    """Values of this run that differ from the scenario's central ones, by address."""
    outcome: Mapping[str, Any] = field(default_factory=dict)
    series: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""
    seconds: float = 0.0
    """CPU seconds."""
    host: str = ""
    cost: Mapping[str, Any] = field(default_factory=dict)
    """What it took besides: ``systems``, CPU seconds of each, ``memory_mb``, the most its process ever had, and ``compiler``,
    True if that process had loaded the compiler, which takes several times a run's memory, once on a machine."""

    @property
    def ok(self) -> bool:
        """True for a run that came to its end."""
        return self.status == "ok"


def plain_json(value: Any) -> str:
    """JSON with one spelling for one value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class Store:
    """An open store. Use as a context manager; ``Store.create`` and ``Store.open`` make one."""

    def __init__(self, folder: Path, *, write: bool) -> None:
        self.folder = folder
        self._lock = _Lock(folder) if write else None
        path = folder / FILE
        try:
            if write:
                self._base = sqlite3.connect(path)
                self._base.execute("PRAGMA journal_mode=WAL")
                self._base.execute("PRAGMA synchronous=FULL")
                self._base.executescript(_SCHEMA)
                if not self._knows_cost():
                    self._base.execute("ALTER TABLE runs ADD COLUMN cost TEXT NOT NULL DEFAULT '{}'")
            else:
                self._base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
                self._base.execute("SELECT count(*) FROM runs")
        except sqlite3.Error as problem:
            self._unlock()
            raise StoreFault(f"{path}: expected the store of a batch, found: {problem}") from None

    @staticmethod
    def create(folder: str | Path, manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> Store:
        """A new store; StoreFault if the folder holds one already."""
        folder = Path(folder)
        if (folder / FILE).exists() and _begun(folder / FILE):
            raise StoreFault(
                f"{folder} already holds a batch; add --resume to continue it, --top-up N to enlarge it, "
                "or name another folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
        store = Store(folder, write=True)
        with store._base:
            store._put_manifest({**manifest, "format": FORMAT})
            store._base.executemany("INSERT INTO parts VALUES (?, ?)", sorted(parts.items()))
        store._write_manifest_file()
        return store

    @staticmethod
    def open(folder: str | Path, *, write: bool = False) -> Store:
        """An existing store; StoreFault if there is none or it is of another format."""
        folder = Path(folder)
        if not (folder / FILE).is_file():
            raise StoreFault(f"{folder} holds no batch (no {FILE}); make one with: deepbattle batch")
        store = Store(folder, write=write)
        found = store.manifest.get("format")
        if found is None:
            store.close()
            raise StoreFault(f"{folder} holds a batch that was stopped before it had begun; start it again")
        if found != FORMAT:
            store.close()
            raise StoreFault(f"{folder / FILE}: expected store format {FORMAT}, found {found!r}")
        return store

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write everything out and let others in."""
        self._base.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()

    # What the batch is.

    @property
    def manifest(self) -> dict[str, Any]:
        """What was run: engine, scenario, experiment, versions."""
        found = self._base.execute("SELECT name, value FROM manifest")
        return {name: json.loads(value) for name, value in found}

    def amend(self, changes: Mapping[str, Any]) -> None:
        """Change entries of the manifest (a top-up changes the number of runs)."""
        with self._base:
            self._put_manifest(changes)
        self._write_manifest_file()

    def part(self, name: str) -> bytes:
        """An embedded file, such as the resolved scenario."""
        row = self._base.execute("SELECT value FROM parts WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise StoreFault(f"{self.folder / FILE}: part {name!r} is missing")
        return bytes(row[0])

    def _put_manifest(self, entries: Mapping[str, Any]) -> None:
        rows = [(name, plain_json(value)) for name, value in sorted(entries.items())]
        self._base.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", rows)

    def _write_manifest_file(self) -> None:
        text = json.dumps(self.manifest, sort_keys=True, ensure_ascii=False, indent=1)
        (self.folder / "manifest.json").write_text(text + "\n", encoding="utf-8")

    # Runs.

    def add(self, rows: Iterable[Row]) -> None:
        """Keep finished runs, all or none; one that was kept before stays as it was unless it had failed."""
        values = [
            (r.key, r.number, r.point, r.replication, r.seed, r.status, plain_json(r.factors),
             plain_json(r.outcome), plain_json(r.series), r.fault, r.seconds, r.host, plain_json(r.cost))
            for r in rows
        ]  # fmt: skip
        with self._base:
            self._base.executemany(
                "INSERT INTO runs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (key) DO UPDATE SET "
                "status=excluded.status, outcome=excluded.outcome, series=excluded.series, "
                "fault=excluded.fault, seconds=excluded.seconds, host=excluded.host, cost=excluded.cost "
                "WHERE runs.status <> 'ok'",
                values,
            )

    def done(self, *, failed_too: bool = True) -> set[str]:
        """Keys of the runs that need not be run again."""
        where = "" if failed_too else " WHERE status = 'ok'"
        return {key for (key,) in self._base.execute(f"SELECT key FROM runs{where}")}

    def rows(self, *, ok_only: bool = False) -> Iterator[Row]:
        """Runs in order of their number."""
        where = " WHERE status = 'ok'" if ok_only else ""
        columns = "key, number, point, replication, seed, status, factors, outcome, series, fault, seconds, host"
        columns += ", cost" if self._knows_cost() else ", '{}'"
        with closing(self._base.cursor()) as cursor:
            for r in cursor.execute(f"SELECT {columns} FROM runs{where} ORDER BY number, key"):
                factors, outcome, series = (json.loads(text) for text in r[6:9])
                cost = json.loads(r[12])
                yield Row(r[0], r[1], r[2], r[3], r[4], r[5], factors, outcome, series, r[9], r[10], r[11], cost)

    def _knows_cost(self) -> bool:
        """False for a store made before costs were kept."""
        return any(name == "cost" for _, name, *_ in self._base.execute("PRAGMA table_info(runs)"))

    def count(self) -> tuple[int, int]:
        """Number of runs that came to their end, and of those that failed."""
        found = dict(self._base.execute("SELECT status, count(*) FROM runs GROUP BY status"))
        return int(found.get("ok", 0)), int(found.get("failed", 0))

    def digest(self) -> str:
        """Hex digest of all results: the same for any number of workers, any order and any interruption."""
        return digest_of(self.rows())

    def export_csv(self, folder: Path) -> list[Path]:
        """Write runs.csv (one line a run) and series.csv (one line a run, moment and measure)."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = [r for r in self.rows() if r.ok]
        addresses = sorted({a for r in rows for a in r.factors})
        measures = sorted({m for r in rows for m in r.outcome.get("values", {})})
        runs, series = folder / "runs.csv", folder / "series.csv"
        with runs.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["number", "key", "point", "replication", "seed", *addresses, *measures])
            for r in rows:
                given = [r.factors.get(a, "") for a in addresses]
                values = [r.outcome["values"].get(m, "") for m in measures]
                writer.writerow([r.number, r.key, r.point, r.replication, r.seed, *given, *values])
        with series.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["number", "minute", "measure", "value"])
            for r in rows:
                for measure in sorted(set(r.series) - {"minute"}):
                    for minute, value in zip(r.series["minute"], r.series[measure], strict=True):
                        writer.writerow([r.number, minute, measure, value])
        return [runs, series]


def digest_of(rows: Iterable[Row]) -> str:
    """Hex digest of results, in order of key, without what differs between machines."""
    lines = sorted(plain_json([r.key, r.number, r.seed, r.status, r.factors, r.outcome, r.series]) for r in rows)
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def changed_files(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Sequence[str]:
    """Names of engine files that differ between two engines."""
    return sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))


def _begun(path: Path) -> bool:
    """False for the empty file of a batch that was killed before its manifest was written."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            return bool(base.execute("SELECT 1 FROM manifest LIMIT 1").fetchone())
    except sqlite3.OperationalError as problem:
        return "no such table" not in str(problem)
    except sqlite3.Error:
        return True  # something else lies there: never overwrite it


class _Lock:
    """Keeps a second batch out of a folder; the operating system drops it when the process dies."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / ".lock").open("w")
        try:
            import fcntl

            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass  # Windows has no flock: there SQLite's own lock still keeps the file whole.
        except OSError:
            self._file.close()
            raise StoreFault(f"{folder} is in use by another batch; wait for it or stop it first") from None

    def release(self) -> None:
        self._file.close()
