"""Scenarios that were read and checked before, kept in the user's cache folder: read again in a tenth of the time.

Only a committed scenario as it stands is kept (no overlays, no --set), under a digest of every file it can come from
and of the code that reads them; when one of them differs, or anything is odd with the kept file, the scenario is read
from its files as ever. What is kept are the frozen rows of ``engine.model``; the reader makes nothing else, so a file
from elsewhere can run no code.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import tomllib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.core.jit import cache_folder
from engine.files.folders import SCENARIOS, scenario_folder, theatre_folder
from engine.model.scenario import Scenario
from engine.model.theatre import Theatre

_CODE: Final = Path(__file__).resolve().parents[1]
_theatres: dict[str, Theatre] = {}
"""Those of this process, by id and digest: scenarios of one theatre share it."""


def load_scenario(
    name: str | Path,
    overlays: Sequence[str | Path] = (),
    sets: Sequence[str] = (),
    theatre: Theatre | None = None,
    *,
    force: bool = False,
) -> Scenario:
    """As ``engine.files.scenario.load_scenario``, from the cache folder where that gives the same."""
    folder = scenario_folder(name)
    plain = not (overlays or sets or theatre or force) and folder is not None
    key = _key(folder) if plain and folder is not None else None
    if folder is not None and key is not None:
        known = _recall(folder, key)
        if known is not None:
            return known
    from engine.files import scenario as reading

    made = reading.load_scenario(name, overlays, sets, theatre, force=force)
    if folder is not None and key is not None:
        _keep(folder, key, made)
    return made


def _key(folder: Path) -> str | None:
    """Digest of all that a committed scenario is read from; None for one that lies elsewhere or is odd."""
    folder = folder.resolve()
    root = SCENARIOS.resolve()
    if folder.parent != root:
        return None
    state = hashlib.blake2b(_code().encode(), digest_size=16)
    with contextlib.suppress(OSError, ValueError):
        here, seen, theatre = folder, set[Path](), ""
        while here not in seen:
            seen.add(here)
            head = tomllib.loads((here / "scenario.toml").read_text(encoding="utf-8"))
            theatre = theatre or str(head.get("theatre", ""))
            _add(state, here.iterdir())
            parent = head.get("extends")
            here = root / parent if isinstance(parent, str) and parent else here
        home = theatre_folder(root, theatre)
        if home is None:
            return None
        for place in (root / "common", home):
            _add(state, place.rglob("*"))
        return state.hexdigest()
    return None


def _add(state: Any, paths: Iterable[Path]) -> None:
    for path in sorted(paths):
        if path.is_file():
            data = path.read_bytes()
            state.update(f"{path}\0{len(data)}\0".encode() + data)


@cache
def _code() -> str:
    """Changes with the code that reads files and with the rows it makes."""
    stamps = [f"{np.__version__} {pickle.HIGHEST_PROTOCOL}"]
    for room in ("core", "files", "model"):
        for path in sorted((_CODE / room).rglob("*.py")):
            at = path.stat()
            stamps.append(f"{path.relative_to(_CODE)} {at.st_size} {at.st_mtime_ns}")
    return "\n".join(stamps)


def _place(folder: Path) -> Path:
    return _place_of_map(folder, folder.resolve().name).with_suffix(".scenario")


def _place_of_map(folder: Path, theatre: str) -> Path:
    where = hashlib.blake2b(str(folder.resolve().parent).encode(), digest_size=4).hexdigest()
    return cache_folder().parent / "scenarios" / f"{theatre}-{where}.theatre"


def _map_key(digest: str) -> str:
    return _digest((_code() + digest).encode())


def _recall(folder: Path, key: str) -> Scenario | None:
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, ImportError,
                             pickle.UnpicklingError, zlib.error):  # fmt: skip
        theatre, rows = _parts(_place(folder), key)
        if theatre not in _theatres:
            identity, _, digest = theatre.partition("@")
            _, data = _parts(_place_of_map(folder, identity), _map_key(digest))
            _theatres[theatre] = _Rows(io.BytesIO(data), None).load()
        made = _Rows(io.BytesIO(rows), _theatres[theatre]).load()
        if isinstance(made, Scenario):
            return made
    return None


def _parts(path: Path, key: str) -> tuple[str, bytes]:
    """(theatre, rows) of a kept file; ValueError if it is another one or damaged."""
    head, _, packed = path.read_bytes().partition(b"\n")
    found, theatre, digest = head.decode("ascii").split(" ")
    if found != key or digest != _digest(packed):
        raise ValueError(f"{path} is not what was looked for")
    return theatre, zlib.decompress(packed)


def _keep(folder: Path, key: str, scenario: Scenario) -> None:
    """Keep a scenario, and its theatre unless that is there; failing to is no matter."""
    theatre = scenario.theatre
    place = _place(folder)
    _ = scenario.digest, scenario.by_id  # asked for by every run: kept with the rows
    with contextlib.suppress(OSError, pickle.PicklingError, TypeError, AttributeError):
        place.parent.mkdir(parents=True, exist_ok=True)
        name = f"{theatre.id}@{theatre.digest}"
        _write(_place_of_map(folder, theatre.id), _map_key(theatre.digest), name, _Packer.of(theatre, None))
        _write(place, key, name, _Packer.of(scenario, theatre))
        _theatres.setdefault(name, theatre)


def _write(path: Path, key: str, theatre: str, rows: bytes) -> None:
    packed = zlib.compress(rows, 1)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(f"{key} {theatre} {_digest(packed)}\n".encode() + packed)
    part.replace(path)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def frozen(kind: str, shape: tuple[int, ...], data: bytes) -> np.ndarray[Any, Any]:
    """A read-only array over bytes."""
    return np.frombuffer(data, kind).reshape(shape)


class _Packer(pickle.Pickler):
    """Writes rows; the theatre by name, read-only arrays as such."""

    def __init__(self, file: io.BytesIO, theatre: Theatre | None) -> None:
        super().__init__(file, 5)
        self._theatre = theatre

    @staticmethod
    def of(what: object, theatre: Theatre | None) -> bytes:
        file = io.BytesIO()
        _Packer(file, theatre).dump(what)
        return file.getvalue()

    def persistent_id(self, obj: Any) -> str | None:
        """Names the theatre."""
        return "theatre" if self._theatre is not None and obj is self._theatre else None

    def reducer_override(self, obj: Any) -> Any:
        """Read-only arrays stay read-only."""
        if type(obj) is np.ndarray and not obj.flags.writeable:
            return frozen, (obj.dtype.str, obj.shape, obj.tobytes())
        return NotImplemented


class _Rows(pickle.Unpickler):
    """Reads rows of the model and nothing else."""

    def __init__(self, file: io.BytesIO, theatre: Theatre | None) -> None:
        super().__init__(file)
        self._theatre = theatre

    def persistent_load(self, pid: Any) -> Any:
        """The theatre."""
        if pid != "theatre" or self._theatre is None:
            raise ValueError(f"no {pid!r} is known here")
        return self._theatre

    def find_class(self, module: str, name: str) -> Any:
        """Classes of the model, arrays and dates."""
        allowed = module.startswith("engine.model.") or (module, name) in _ALLOWED
        if not allowed or "." in name:
            raise ValueError(f"{module}.{name} is no row of a scenario")
        found = super().find_class(module, name)
        if module.startswith("engine.") and not (is_dataclass(found) or found is frozen or issubclass(found, Enum)):
            raise ValueError(f"{module}.{name} is no row of a scenario")
        return found


_ALLOWED: Final = {
    (__name__, "frozen"), ("engine.core.hexes", "Grid"), ("datetime", "date"), ("datetime", "datetime"),
    ("numpy", "dtype"), ("numpy", "ndarray"), ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.numeric", "_frombuffer"), ("numpy._core.multiarray", "scalar"),
}  # fmt: skip
