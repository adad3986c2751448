"""Overlays and --set: small changes laid over a scenario in command order.

Scalars replace, rows match by id (add, change, drop). Two overlays that touch one address give a warning, and
the later one wins.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.files.complaints import translate
from engine.files.faults import FileFaults, Report, nearest, one_of, shown
from engine.files.heads import OverlayHead
from engine.files.rows import ID_KEY, Raw, Row, add_sources, flattened, set_value, toml_row
from engine.files.texts import CommandLine, Spot, shown_path
from engine.files.toml_text import TomlText, read_toml

TABLES = (
    "forces",
    "headquarters",
    "assets",
    "reinforcements",
    "plans",
    "weather",
    "history",
    "objectives",
    "supply_sources",
    "shipping",
    "people",
    "events",
    "kinds",
)
"""Tables whose rows an overlay may add, change and drop."""
_PARTS = ("set", "drop", "change", "add", "sources")


class Touched:
    """Which overlay set which address, to warn when two set the same."""

    def __init__(self) -> None:
        self._by: dict[str, tuple[str, str]] = {}

    def touch(self, address: str, label: str, spot: Spot, report: Report) -> None:
        """Note that overlay `label` sets `address`."""
        before = self._by.get(address)
        if before is not None and before[0] != label:
            found = f"{address!r} set by {before[0]!r} and by {label!r}"
            hint = f"the later wins; the other is at {before[1]}"
            report.add(spot.fault("each address in one overlay", found, hint, "warning", "overlay/twice"))
        self._by[address] = (label, spot.where)


def apply_overlays(raw: Raw, paths: Sequence[Path], root: Path, report: Report) -> None:
    """Lay overlay files over `raw` in order."""
    touched = Touched()
    for path in paths:
        text = read_toml(path, shown_path(path, root), report)
        if text is not None:
            _apply(raw, text, touched, report)


def read_overlay_head(path: Path, root: Path) -> OverlayHead:
    """What an overlay says of itself; raises FileFaults."""
    report = Report()
    text = read_toml(path, shown_path(path, root), report)
    known = None if text is None else _head(text, report)
    if known is None:
        raise FileFaults.of(report)
    return known


def _head(text: TomlText, report: Report) -> OverlayHead | None:
    """The head of an overlay; None, with its faults in the report, if it is not one."""
    head = {key: value for key, value in text.data.items() if key not in _PARTS}
    try:
        return OverlayHead.model_validate(head)
    except ValidationError as error:
        spots = {key: text.spot(key) for key in head}
        for fault in translate(error, OverlayHead, text.spot(), spots, "an overlay"):
            report.add(fault)
        return None


def _apply(raw: Raw, text: TomlText, touched: Touched, report: Report) -> None:
    label = str(text.data.get("id", text.file))
    known = _head(text, report)
    if known is not None:
        scenario = raw.head.values.get("id")
        if known.scenarios and scenario not in known.scenarios:
            found = repr(scenario)
            report.add(
                text.spot("scenarios").fault(one_of(known.scenarios), found, severity="warning", code="overlay/fit")
            )
    raw.labels.append(label)
    parts = {name: text.data.get(name, {}) for name in _PARTS}
    for name, part in parts.items():
        if not isinstance(part, dict):
            report.add(text.spot(name).fault("a table", shown(part), code="row/value"))
            parts[name] = {}
    for name in ("drop", "change", "add"):
        for table in [t for t in parts[name] if t not in TABLES]:
            spot = text.key_spot(name, table)
            report.add(spot.fault(one_of(TABLES), repr(table), nearest(table, TABLES), code="overlay/table"))
            parts[name] = {t: rows for t, rows in parts[name].items() if t != table}
    add_sources(text, parts["sources"], ("sources",), raw, report)
    _drop(raw, text, parts["drop"], label, touched, report)
    _rows(raw, text, "add", parts["add"], label, touched, report)
    _rows(raw, text, "change", parts["change"], label, touched, report)
    for path, value in flattened(parts["set"]):
        spot = text.spot("set", *path)
        if set_value(raw, ".".join(path), value, spot, report):
            touched.touch(".".join(path), label, spot, report)


def _drop(raw: Raw, text: TomlText, tables: Mapping[str, Any], label: str, touched: Touched, report: Report) -> None:
    for table, ids in tables.items():
        if not isinstance(ids, list):
            report.add(text.spot("drop", table).fault("a list of ids", shown(ids), code="row/value"))
            continue
        for number, key in enumerate(ids):
            spot = text.spot("drop", table, number)
            if raw.tables[table].pop(str(key), None) is None:
                hint = nearest(str(key), raw.tables[table])
                report.add(spot.fault(f"an id of {table}", repr(key), hint, code="overlay/unknown_id"))
            else:
                touched.touch(f"{table}.{key}", label, spot, report)
                if table == "forces":
                    _leave_groups(raw, str(key))


def _leave_groups(raw: Raw, formation: str) -> None:
    """A dropped formation is in no directive's group, comes with no reinforcement and is told nothing by events."""
    for row in raw.tables["plans"].values():
        for group in ("assault", "mobile", "reserve"):
            members = row.values.get(group)
            if isinstance(members, list) and formation in members:
                row.values[group] = [member for member in members if member != formation]
    for table in ("reinforcements", "people"):
        rows = raw.tables[table]
        for key in [key for key, row in rows.items() if row.values.get("subject") == formation]:
            del rows[key]
    for row in raw.tables["events"].values():
        effects = row.values.get("effect")
        if isinstance(effects, list):
            row.values["effect"] = [kept for effect in effects if (kept := _without(effect, formation)) is not None]


def _without(effect: Any, formation: str) -> Any:
    """An effect without a subject; None if it was about that one alone."""
    named = effect.get("subject") if isinstance(effect, dict) else None
    if named == formation or named == [formation]:
        return None
    if isinstance(named, list) and formation in named:
        return {**effect, "subject": [name for name in named if name != formation]}
    return effect


def _rows(
    raw: Raw,
    text: TomlText,
    verb: str,
    tables: Mapping[str, Any],
    label: str,
    touched: Touched,
    report: Report,
) -> None:
    for table, items in tables.items():
        if not isinstance(items, list):
            report.add(text.spot(verb, table).fault(f"[[{verb}.{table}]]", shown(items), code="row/value"))
            continue
        for number, item in enumerate(items):
            row = toml_row(text, table, item, (verb, table, number), report)
            if row is None:
                continue
            there = row.id in raw.tables[table]
            place = row.spots.get(ID_KEY.get(table, "id"), row.spot)
            if not row.id:
                report.add(place.fault("an id", "nothing", code="row/missing"))
            elif verb == "add" and there:
                report.add(place.fault("a new id", repr(row.id), "use change", code="overlay/known_id"))
            elif verb == "change" and not there:
                hint = nearest(row.id, raw.tables[table])
                report.add(place.fault(f"an id of {table}", repr(row.id), hint, code="overlay/unknown_id"))
            else:
                _touch_row(verb, row, label, touched, report)
                if verb == "change":
                    _unbound(raw.tables[table][row.id], row)
                raw.put(row)


def _touch_row(verb: str, row: Row, label: str, touched: Touched, report: Report) -> None:
    if verb == "add":
        touched.touch(f"{row.table}.{row.id}", label, row.spot, report)
        return
    for key, spot in row.spots.items():
        if key != ID_KEY.get(row.table, "id"):
            touched.touch(f"{row.table}.{row.id}.{key}", label, spot, report)


def _unbound(old: Row, new: Row) -> None:
    """A plain value is fixed: bounds of the value it replaces are dropped unless new ones come with it."""
    for key in new.values:
        for bound in (f"{key}_low", f"{key}_high"):
            if bound in old.values and bound not in new.values:
                del old.values[bound]


def apply_sets(raw: Raw, sets: Sequence[str], report: Report) -> None:
    """Apply --set KEY=VALUE in order."""
    line = CommandLine(tuple(sets))
    seen: dict[str, int] = {}
    for number, words in enumerate(sets):
        spot = Spot(line, (number,))
        address, equals, value = words.partition("=")
        address = address.strip()
        if not equals or not address:
            report.add(spot.fault("KEY=VALUE", repr(words), "such as combat.tau_days=2", code="set/syntax"))
            continue
        if address in seen:
            hint = f"also the value of --set number {seen[address] + 1}; the later wins"
            report.add(spot.fault("each address once", repr(address), hint, "warning", "set/twice"))
        seen[address] = number
        set_value(raw, address, parsed_value(value.strip()), spot, report)
        raw.labels.append(words)


def parsed_value(text: str) -> Any:
    """A value given on the command line: as TOML reads it, else as text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, ValueError, RecursionError, OverflowError):
        return text
