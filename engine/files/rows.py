"""Rows as they are written: every value still raw, with the file, line and column that set it.

Scenario folders, their parents and overlays are laid over one another here, before anything is checked: rows
match by id, later columns replace earlier ones. What the rows mean is settled in resolve.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engine.files.boundary import ROWS, columns_of, keys_of
from engine.files.csv_text import CsvText, read_csv
from engine.files.faults import Report, nearest, one_of, shown
from engine.files.moments import moment
from engine.files.texts import Spot, shown_path
from engine.files.toml_text import TomlText, read_shared_toml, read_toml
from engine.model.citation import SWITCH

CSV_TABLES: Mapping[str, str] = {
    "forces.csv": "forces",
    "headquarters.csv": "headquarters",
    "assets.csv": "assets",
    "reinforcements.csv": "reinforcements",
    "people.csv": "people",
    "weather.csv": "weather",
}
"""CSV files of a scenario folder and their tables."""
COMMON_CSV: Mapping[str, str] = {
    "kinds.csv": "kinds",
    "terrain.csv": "terrain_kinds",
    "formations.csv": "identities",
    "staffs.csv": "staffs",
    "commanders.csv": "commands",
}
"""CSV files of the common folder and their tables; a scenario may have its own, which change rows by id."""
TOML_LISTS: Mapping[str, tuple[str, str]] = {
    "plan_axis.toml": ("directive", "plans"),
    "plan_soviet.toml": ("directive", "plans"),
    "events.toml": ("event", "events"),
    "history.toml": ("fact", "history"),
}
"""TOML files that are a list of tables: its name in the file, its table here."""
HEAD_LISTS: Mapping[str, str] = {"supply": "supply_sources", "shipping": "shipping", "objective": "objectives"}
"""Lists of tables inside scenario.toml."""
KNOWN_FILES = frozenset(
    {
        "scenario.toml",
        "sources.toml",
        "rules.toml",
        "notes.md",
        "README.md",
        *CSV_TABLES,
        *COMMON_CSV,
        *TOML_LISTS,
    }
)
ID_KEY: Mapping[str, str] = {"kinds": "kind", "terrain_kinds": "name"}
"""The key that rows of a table match by, where it is not `id`."""
PLACE = ("place", "bearing_deg", "distance_km", "lat", "lon")
"""Columns that say together where something is."""
PLACED = frozenset({"forces", "headquarters", "assets", "reinforcements", "people"})
"""Tables whose rows have all columns of a place."""
MOST = 1e15
"""No rule parameter is larger: what is made of such numbers is none any more."""
REQUIRED = ("scenario.toml", "forces.csv", "headquarters.csv")


@dataclass
class Row:
    """One row: raw values by key, and where each stands. `changed` holds the keys that another file set."""

    table: str
    id: str
    values: dict[str, Any]
    spots: dict[str, Spot]
    spot: Spot
    changed: dict[str, Spot] = field(default_factory=dict)
    cited: dict[str, dict[str, str]] = field(default_factory=dict)
    """src and grade given with a single changed value."""

    def lay_over(self, other: Row) -> None:
        """Take over the values of a row of the same id that comes later.

        A place given anew replaces all of the old one, and a number given anew drops the bounds of the old one.
        """
        if self.table in PLACED and any(key in other.values for key in PLACE):
            for key in PLACE:
                self.values.pop(key, None)
        for key in other.values:
            for bound in (f"{key}_low", f"{key}_high"):
                self.values.pop(bound, None)
        self.values.update(other.values)
        self.spots.update(other.spots)
        self.changed.update({k: s for k, s in other.spots.items() if k not in ("id", ID_KEY.get(self.table, "id"))})


@dataclass(frozen=True)
class Prior:
    """The range of a rule parameter (either end None: open), and why: its note and source."""

    least: float | None
    most: float | None
    why: str
    switch: bool = False
    """Only its ends will do."""
    correlation: bool = False
    """It cannot be beyond one, either way."""

    def holds(self, value: Any) -> bool:
        """Whether a number lies inside; what is no number is not judged."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return True
        if self.switch:
            return value in (self.least, self.most)
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def denies(self, value: Any) -> bool:
        """Whether no force makes a number usable: it is none or beyond any measure, no correlation, or not above nothing where
        all of the range lies there.
        """
        if not isinstance(value, (int, float)):
            return False
        endless = not abs(value) <= MOST or (self.correlation and abs(value) > 1)
        return endless or (self.least is not None and self.least > 0 and value <= 0)

    @property
    def words(self) -> str:
        """The range and its reason, for `expected`."""
        ends = [f"{self.least:g}" if self.least is not None else "", f"{self.most:g}" if self.most is not None else ""]
        if self.switch:
            return f"{SWITCH} ({self.why.removeprefix(SWITCH).lstrip('; ')})"
        span = f"{ends[0]} to {ends[1]}" if all(ends) else f"at least {ends[0]}" if ends[0] else f"at most {ends[1]}"
        return f"{span} ({self.why})" if self.why else span


@dataclass
class Raw:
    """All rows of a scenario by table and id, and its scalars (`head`)."""

    head: Row
    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: {table: {} for table in ROWS})
    broken: set[str] = field(default_factory=set)
    """Tables of which rows could not be read at all: nobody is blamed for naming one of those."""
    priors: dict[str, Prior] = field(default_factory=dict)
    """Ranges of the rule parameters in the common folder, which scenarios and overlays do not move."""
    bounds: dict[str, str] = field(default_factory=dict)
    """Rule parameters that do not exceed another, and which: `not_above` in the common folder."""
    labels: list[str] = field(default_factory=list)
    """Names of the overlays and --set values applied, in order."""

    def put(self, row: Row) -> None:
        """Add a row, or lay it over the row of its id."""
        mine = self.tables[row.table].get(row.id)
        if mine is None:
            self.tables[row.table][row.id] = row
        else:
            mine.lay_over(row)


def empty(spot: Spot) -> Raw:
    """No rows yet."""
    return Raw(Row("scenario", "scenario", {}, {}, spot))


def read_common(folder: Path, root: Path, raw: Raw, report: Report) -> None:
    """Read what all scenarios share into `raw`."""
    for name, table in COMMON_CSV.items():
        if (folder / name).exists():
            _read_csv(folder / name, root, table, raw, report)
    for name in ("rules.toml", "sources.toml"):
        text = read_shared_toml(folder / name, shown_path(folder / name, root), report)
        if text:
            (_rules if name == "rules.toml" else _sources)(text, raw, report)


def read_folder(folder: Path, root: Path, raw: Raw, report: Report) -> None:
    """Read the files of one scenario folder over `raw`, except scenario.toml (see read_head)."""
    for name, table in {**CSV_TABLES, **COMMON_CSV}.items():
        if (folder / name).exists():
            _read_csv(folder / name, root, table, raw, report)
    for name, (key, table) in TOML_LISTS.items():
        if (folder / name).exists():
            text = read_toml(folder / name, shown_path(folder / name, root), report)
            if text is None:
                raw.broken.add(table)
            else:
                side = name.removeprefix("plan_").removesuffix(".toml") if table == "plans" else ""
                _lists(text, {key: table}, raw, report, side)
    if (folder / "rules.toml").exists():
        text = read_toml(folder / "rules.toml", shown_path(folder / "rules.toml", root), report)
        if text:
            _rules(text, raw, report)
    if (folder / "sources.toml").exists():
        text = read_toml(folder / "sources.toml", shown_path(folder / "sources.toml", root), report)
        if text:
            _sources(text, raw, report)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".toml") and path.name not in KNOWN_FILES:
            hint = nearest(path.name, sorted(KNOWN_FILES))
            spot = Spot(TomlText(shown_path(path, root), "", {}))
            report.add(spot.fault("a file of the format", repr(path.name), hint, "warning", "file/unknown"))


def read_weather(
    folder: Path, root: Path, raw: Raw, report: Report, within: tuple[datetime | None, datetime | None]
) -> None:
    """Read the record of a theatre's days, those from the first of `within` to before the second."""
    if not (folder / "weather.csv").exists():
        return
    record = empty(raw.head.spot)
    _read_csv(folder / "weather.csv", root, "weather", record, report)
    raw.broken |= record.broken
    begins, ends = within
    for row in record.tables["weather"].values():
        day = moment(row.values.get("date"))
        if day is None or ((begins is None or day.date() >= begins.date()) and (ends is None or day < ends)):
            raw.put(row)


def read_head(text: TomlText, raw: Raw, report: Report) -> None:
    """Take scenario.toml apart: scalars into the head, lists and rules into their tables."""
    data = dict(text.data)
    _lists(text, HEAD_LISTS, raw, report, "", only=False)
    for key in HEAD_LISTS:
        data.pop(key, None)
    rules = data.pop("rules", {})
    if not isinstance(rules, dict):
        report.add(text.spot("rules").fault("a table", shown(rules), code="row/value"))
    else:
        for path, value in flattened(rules):
            set_value(raw, ".".join(path), value, text.spot("rules", *path), report)
    head = Row("scenario", "scenario", data, {key: text.spot(key) for key in data}, text.spot())
    raw.head.lay_over(head)
    raw.head.spot = head.spot


def flattened(table: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Key paths and values of nested tables; a table with a `value` is a value."""
    for key, value in table.items():
        if isinstance(value, dict) and "value" not in value:
            yield from flattened(value, (*prefix, key))
        else:
            yield (*prefix, key), value


def set_value(raw: Raw, address: str, value: Any, spot: Spot, report: Report) -> bool:
    """Set what stands at `address`: a plain value, or a table of value, low, high, src, grade, note.

    A plain value is fixed: bounds that the old one had are dropped. False, with a fault, for an unknown
    address.
    """
    row, column = locate(raw, address)
    if row is None:
        report.add(spot.fault("an address of this scenario", repr(address), _near(raw, address), code="set/address"))
        return False
    given = dict(value) if isinstance(value, dict) else {"value": value}
    unknown = sorted(set(given) - {"value", "low", "high", "src", "grade", "note"})
    if unknown or "value" not in given:
        found = f"{unknown[0]!r}" if unknown else "no value"
        report.add(spot.fault("value, low, high, src, grade or note", found, code="set/keys"))
        return False
    if row.table == "rules":
        wanted = isinstance(row.values.get("value"), bool)
        new: Any = given["value"]
        if row.values.get("unit") == SWITCH and new in (0, 1):  # true and 1 say the same
            given["value"] = new = bool(new) if wanted else int(new)
        if isinstance(new, bool) != wanted or not isinstance(new, (bool, int, float)):
            kind = "true or false" if wanted else "a number"
            report.add(spot.fault(f"{kind} for {address}", shown(new), code="set/type"))
            return False
    low, high = ("low", "high") if column == "value" else (f"{column}_low", f"{column}_high")
    for key in (low, high):
        row.values.pop(key, None)
    for key, name in (("value", column), ("low", low), ("high", high)):
        if key in given:
            row.values[name] = given[key]
            row.spots[name] = spot
    row.changed[column] = spot
    note = {key: str(given[key]) for key in ("src", "grade") if key in given}
    if column == "value":
        row.values.update(note)
        row.spots.update(dict.fromkeys(note, spot))
    elif note:
        row.cited[column] = note
    return True


def locate(raw: Raw, address: str) -> tuple[Row | None, str]:
    """The row and column of an address; (None, "") when there is none."""
    rule = raw.tables["rules"].get(address)
    if rule is not None:
        return rule, "value"
    table, _, rest = address.partition(".")
    if table == "scenario" and rest in ("title", "summary", "start", "end"):
        return raw.head, rest
    key, _, column = rest.rpartition(".")
    if table in raw.tables and table not in ("rules", "sources", "identities", "staffs", "commands"):
        row = raw.tables[table].get(key)
        if row is not None and column in keys_of(ROWS[table]) and column != ID_KEY.get(table, "id"):
            return row, column
    return None, ""


def _near(raw: Raw, address: str) -> str:
    """A hint for an unknown address: the nearest rule, row or column."""
    table, _, rest = address.partition(".")
    if table not in raw.tables or table == "rules":
        return nearest(address, raw.tables["rules"])
    key, _, column = rest.rpartition(".")
    rows = raw.tables[table]
    if key not in rows:
        return nearest(f"{table}.{key}.{column}", [f"{table}.{name}.{column}" for name in rows])
    names = [name for name in keys_of(ROWS[table]) if name != ID_KEY.get(table, "id") and name != column]
    close = nearest(column, names)
    return close.replace("'", f"'{table}.{key}.", 1) if close.count("'") == 2 else close


def _read_csv(path: Path, root: Path, table: str, raw: Raw, report: Report) -> None:
    columns = columns_of(table)
    faults = len(report)
    text = read_csv(path, shown_path(path, root), report, columns)
    if len(report) > faults:
        raw.broken.add(table)
    if text is None:
        return
    seen: dict[str, int] = {}
    for line, cells in text.rows():
        row = csv_row(text, table, line, cells)
        if row.id in seen:
            place = text.cell(line, ID_KEY.get(table, "id"))
            hint = f"first on line {seen[row.id]}"
            report.add(place.fault("each id once", f"{row.id!r} again", hint, code="row/twice"))
            continue
        seen[row.id] = line
        raw.put(row)


def csv_row(text: CsvText, table: str, line: int, cells: dict[str, str]) -> Row:
    """A row from one record."""
    values: dict[str, Any] = dict(cells)
    key = row_key(table, values)
    if key and "id" not in values and ID_KEY.get(table) is None:
        values["id"] = key
    spots = {name: text.cell(line, name) for name in values}
    return Row(table, key, values, spots, text.record(line))


def row_key(table: str, values: Mapping[str, Any]) -> str:
    """The id of a row: as written, or made of what names it; empty when that is missing too."""
    written = values.get(ID_KEY.get(table, "id"))
    if written is not None:
        return str(written)
    if table == "weather" and values.get("date"):
        return f"{str(values['date'])[:10]}_{values.get('zone', 'all')}"
    if table == "reinforcements" and values.get("subject"):
        return slug(f"{values['subject']}_{values.get('kind', '')}_{str(values.get('at', ''))[:10]}")
    if table == "commands" and values.get("subject"):
        return slug(f"{values['subject']}_{str(values.get('from') or 'before')[:10]}")
    if table == "people" and values.get("side"):
        about = values.get("subject") or values.get("place") or values.get("nation") or ""
        return slug(f"{values['side']}_{values.get('kind', '')}_{about}")
    if table in ("supply_sources", "shipping", "objectives") and values.get("side"):
        return slug(f"{values['side']}_{values.get('place', '')}")
    return ""


def slug(text: str) -> str:
    """An id made of words: lower case, ASCII, underscores."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _lists(text: TomlText, lists: Mapping[str, str], raw: Raw, report: Report, side: str, only: bool = True) -> None:
    """Rows from the lists of tables of a TOML file."""
    for key in text.data if only else ():
        if key not in lists and key != "format":
            hint = nearest(key, lists)
            report.add(text.key_spot(key).fault(one_of(lists), repr(key), hint, code="row/unknown_key"))
    for key, table in lists.items():
        items = text.data.get(key, [])
        if not isinstance(items, list):
            report.add(text.spot(key).fault(f"[[{key}]]", shown(items), code="row/value"))
            continue
        seen: dict[str, Spot] = {}
        for number, item in enumerate(items):
            row = toml_row(text, table, item, (key, number), report)
            if row is None:
                continue
            if side:
                row.values.setdefault("_side", side)
            if row.id in seen:
                hint = f"first on line {seen[row.id].text.position(seen[row.id].key)[0]}"
                place = row.spots.get("id", row.spot)
                report.add(place.fault("each id once", f"{row.id!r} again", hint, code="row/twice"))
                continue
            seen[row.id] = row.spot
            raw.put(row)


def toml_row(text: TomlText, table: str, item: Any, path: tuple[str | int, ...], report: Report) -> Row | None:
    """A row from one table of a TOML file."""
    spot = text.spot(*path)
    if not isinstance(item, dict):
        report.add(spot.fault("a table", shown(item), code="row/value"))
        return None
    values = dict(item)
    key = row_key(table, {k: _plain(v) for k, v in values.items()})
    if key and ID_KEY.get(table, "id") not in values:
        values[ID_KEY.get(table, "id")] = key
    return Row(table, key, values, {name: text.spot(*path, name) for name in item}, spot)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _rules(text: TomlText, raw: Raw, report: Report) -> None:
    for group, entries in text.data.items():
        if group == "format":
            continue
        if not isinstance(entries, dict):
            report.add(text.spot(group).fault("[group] of parameters", shown(entries), code="row/value"))
            continue
        for name in entries:
            row = toml_row(text, "rules", entries[name], (group, name), report)
            if row is not None:
                row.id = f"{group}.{name}"
                raw.put(row)


def _sources(text: TomlText, raw: Raw, report: Report) -> None:
    add_sources(text, {k: v for k, v in text.data.items() if k != "format"}, (), raw, report)


def add_sources(text: TomlText, table: Mapping[str, Any], path: tuple[str, ...], raw: Raw, report: Report) -> None:
    """Sources of a file, or of an overlay's [sources]."""
    for key, item in table.items():
        row = toml_row(text, "sources", item, (*path, key), report)
        if row is not None:
            row.id = key
            row.values.pop("id", None)
            raw.put(row)


def ids(rows: Iterable[Row]) -> list[str]:
    """Ids of rows."""
    return [row.id for row in rows]
