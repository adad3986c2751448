"""A resolved scenario as JSON, for recordings and results: everything but the theatre, which goes by its
digest.

Theatres made by `plain.py` (drawings, generated scenarios) exist in no folder and are embedded whole.
"""

from __future__ import annotations

import base64
import binascii
import json
import types
import typing
import zlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from engine.files.faults import Fault, FileFaults
from engine.files.plain import PLAIN_ID, plain_theatre
from engine.model import scenario as nouns
from engine.model.scenario import Scenario
from engine.model.theatre import FortifiedLine, Place, Theatre

FORMAT = 1
_SPECIAL = ("theatre", "window", "owner")
_ARRAYS = (
    "kind",
    "terrain",
    "elevation_m",
    "relief_dm",
    "forest_pct",
    "marsh_pct",
    "country",
    "zone",
    "depth",
    "ice",
    "coast",
    "river",
    "river_name",
    "bridge",
    "strait",
    "road",
    "rail",
    "gauge",
    "lane",
    "border",
)
Row = TypeVar("Row")
TheatreOf = Callable[[str], Theatre]


def to_json(scenario: Scenario) -> str:
    """The scenario as one line of JSON; `from_json` gives an equal scenario with the same digest."""
    theatre = scenario.theatre
    data: dict[str, Any] = {
        "format": FORMAT,
        "digest": scenario.digest,
        "theatre": {"id": theatre.id, "digest": theatre.digest},
        "window": _packed(scenario.window.astype(np.int8)),
        "owner": _packed(scenario.owner.astype(np.int8)),
        "scenario": {f.name: _plain(getattr(scenario, f.name)) for f in fields(scenario) if f.name not in _SPECIAL},
    }
    if theatre.id == PLAIN_ID:
        data["theatre"] |= _embedded(theatre)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def from_json(
    text: str,
    theatre: Theatre | None = None,
    theatre_of: TheatreOf | None = None,
    file: str = "scenario.json",
    any_map: bool = False,
) -> Scenario:
    """The scenario of a JSON text made by `to_json`.

    The theatre is `theatre`, or embedded, or found by id with `theatre_of` (default: the folders of
    theatres). Raises FileFaults when the text is damaged or edited, or when the theatre is another one than
    it was made with; with `any_map` it may have changed since, which is enough to report results.
    """
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise _fault(file, f"format {FORMAT}", repr(data["format"]), "made by another version")
        wanted = data["theatre"]
        if theatre is None:
            theatre = _extracted(wanted) if "columns" in wanted else (theatre_of or _by_id)(wanted["id"])
        same_map = theatre.digest == wanted["digest"]
        if not same_map and not any_map:
            raise _fault(
                file,
                f"theatre {wanted['id']} with digest {wanted['digest'][:12]}",
                theatre.digest[:12],
                "the map has changed since",
            )
        values: dict[str, Any] = {"theatre": theatre}
        hints = _hints(Scenario)
        for name, value in data["scenario"].items():
            values[name] = _read(hints[name], value)
        size = theatre.grid.size
        values["window"] = _frozen(_unpacked(data["window"], size).astype(np.bool_))
        values["owner"] = _frozen(_unpacked(data["owner"], size))
        scenario = Scenario(**values)
        digest, told = scenario.digest, str(data["digest"])
    except FileFaults:
        raise
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OverflowError,
        zlib.error,
        binascii.Error,
    ) as error:
        raise _fault(file, "a scenario as JSON", type(error).__name__, str(error)[:80]) from None
    if same_map and digest != told:
        raise _fault(file, f"digest {told[:12]}", digest[:12], "the text was edited")
    return scenario


def _fault(file: str, expected: str, found: str, hint: str) -> FileFaults:
    return FileFaults.of([Fault(file, 0, 0, expected, found, hint, code="json/damaged")])


def _by_id(name: str) -> Theatre:
    from engine.files.scenario import theatre_named

    return theatre_named(name)


def _packed(array: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(array).tobytes(), 6)).decode()


def _unpacked(text: str, size: int) -> np.ndarray[Any, Any]:
    array = np.frombuffer(zlib.decompressobj().decompress(base64.b64decode(text, validate=True), size + 1), np.int8)
    if len(array) != size:
        raise ValueError(f"expected {size} hexes, found {len(array)}")
    return array.copy()


def _frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array.flags.writeable = False
    return array


def _embedded(theatre: Theatre) -> dict[str, Any]:
    grid = theatre.grid
    arrays = {}
    for name in _ARRAYS:
        values = getattr(theatre, name).astype("<i4")
        if values.any():
            arrays[name] = _packed(values)
    return {
        "columns": grid.columns,
        "rows": grid.rows,
        "title": theatre.title,
        "letter": theatre.letter,
        "places": _plain(theatre.places),
        "lines": _plain(theatre.lines),
        "countries": list(theatre.countries),
        "zones": list(theatre.zones),
        "arrays": arrays,
    }


def _extracted(data: Mapping[str, Any]) -> Theatre:
    cells = int(data["columns"]) * int(data["rows"])
    if not 0 < cells <= 2_000_000:
        raise ValueError(f"expected a map of up to 2,000,000 hexes, found {cells}")
    arrays: dict[str, Any] = {}
    for name in _ARRAYS:
        per_side = name in _ARRAYS[_ARRAYS.index("river") :]
        size = cells * 6 if per_side else cells
        values = np.zeros(size, np.int32)
        if name in data["arrays"]:
            raw = zlib.decompressobj().decompress(base64.b64decode(data["arrays"][name], validate=True), size * 4 + 1)
            values = np.frombuffer(raw, "<i4")
        arrays[name] = values.reshape(cells, 6) if per_side else values.reshape(cells)
    return plain_theatre(
        int(data["columns"]),
        int(data["rows"]),
        title=data["title"],
        letter=data["letter"],
        places=_read(tuple[Place, ...], data["places"]),
        lines=_read(tuple[FortifiedLine, ...], data["lines"]),
        countries=tuple(data["countries"]),
        zones=tuple(data["zones"]),
        arrays=arrays,
    )


def _plain(value: Any) -> Any:
    """JSON of a value; fields of rows that have their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        found = {}
        for field in fields(value):
            item = getattr(value, field.name)
            if field.default is MISSING or item != field.default:
                found[field.name] = _plain(item)
        return found
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    names = {name: getattr(nouns, name) for name in nouns.__all__} | {"Theatre": Theatre}
    return get_type_hints(kind, None, {**vars(typing), **names})


def _read(hint: Any, value: Any) -> Any:
    """`value` as the type `hint` says; raises ValueError or TypeError when it cannot be."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        choices = [choice for choice in arguments if choice is not type(None)]
        return _read(choices[0], value) if len(choices) == 1 else _scalar(choices, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"expected a list, found {value!r}")
        inner = arguments[:1] * len(value) if arguments[-1:] == (...,) else arguments
        return tuple(_read(part, item) for part, item in zip(inner, value, strict=True))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {str(key): _read(arguments[1], item) for key, item in value.items()}
    if origin is Literal:
        return _scalar([type(arguments[0])], value)
    if is_dataclass(hint) and isinstance(hint, type):
        known = _hints(hint)
        return hint(**{name: _read(known[name], item) for name, item in value.items()})
    if hint is date:
        return date.fromisoformat(value)
    return _scalar([hint], value)


def _scalar(kinds: list[Any], value: Any) -> Any:
    if type(value) in kinds:
        return value
    if float in kinds and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    raise TypeError(f"expected {kinds}, found {value!r}")
