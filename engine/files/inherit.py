"""What a scenario takes from the one it extends: all of it, or the part that `[inherit]` names.

A campaign is described once; a battle inside it takes the headquarters it needs with everything below them. Rows
are dropped here, before the extending scenario's own files are read over what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.files import by_then
from engine.files.faults import Report, nearest
from engine.files.moments import moment
from engine.files.places import boxed, inside, waypoint
from engine.files.rows import Raw, Row, empty, read_folder
from engine.files.toml_text import TomlText
from engine.model.theatre import Theatre

_GROUPS = ("assault", "mobile", "reserve")
_PATHS = ("axis", "line", "fall_back", "objective", "main_effort")
_SUBJECTS = ("forces", "headquarters", "supply_sources", "people")
"""Tables that effects of events name."""
_ORDER_OF_BATTLE = ("forces", "headquarters", "assets")
_OTHERS = ("reinforcements", "plans", "events", "people", "history", "supply_sources", "shipping", "objectives")
_LEFT = (*_ORDER_OF_BATTLE, *_OTHERS)
"""Tables that a part may leave behind whole, or rows of them."""
_WHOLE = ("loss",)
"""Facts that hold for the scenario as a whole: a part of it has others."""


def take_part(raw: Raw, text: TomlText, folder: Path, root: Path, theatre: Theatre | None, report: Report) -> None:
    """Drop from `raw` what the `[inherit]` of scenario.toml `text` does not ask for; nothing without one.

    `folder` holds the files of the part: whom its rows name is taken in any case, where and under whom they say.
    """
    wanted = text.data.get("inherit")
    if not isinstance(wanted, dict):
        return
    named = _named(wanted, text, raw, report)
    mask = _window(text, raw, theatre)
    begins, ends = moment(text.data.get("start")), moment(text.data.get("end"))
    _leave(wanted, text, raw, report)
    own = _own_rows(folder, root, raw)
    by_then.settle(raw, begins, _arrivals(own))
    for row in own:
        raw.tables[row.table][row.id].lay_over(row)
    named_by_own = {row.id for row in own}
    below, above = _kept(raw, named)
    _keep(raw, "headquarters", lambda row: row.id in below or row.id in above or row.id in named_by_own)
    there = raw.tables["headquarters"]

    def _takes_part(row: Row) -> bool:
        under = there if row.id in named_by_own else below
        return row.values.get("parent") in under and _stands(row, theatre, mask)

    for row in list(raw.tables["forces"].values()):
        if not _takes_part(row):
            by_then.enter(raw, row.id, ends)
    _keep(raw, "forces", _takes_part)
    _keep(raw, "assets", lambda row: row.values.get("hq") in there and _lasts(row, begins, ends))
    _keep(raw, "reinforcements", lambda row: _concerns(row, raw) and _within(row.values.get("at"), begins, ends)
          and _stands(row, theatre, mask))  # fmt: skip
    _keep(raw, "plans", lambda row: row.values.get("hq") in below and _spans(row, begins, ends))
    _without_far_goals(raw, theatre, mask)
    for row in raw.tables["plans"].values():
        _without_strangers(row, raw.tables["forces"])
    _without_idle(raw, below)
    _keep(raw, "weather", lambda row: _within(row.values.get("date"), begins, ends))
    for table in ("supply_sources", "shipping", "objectives"):
        _keep(raw, table, lambda row: _stands(row, theatre, mask))
    _keep(raw, "history", lambda row: row.values.get("kind") not in _WHOLE and _spans(row, begins, ends)
          and _stands(row, theatre, mask))  # fmt: skip
    for row in raw.tables["history"].values():
        _clipped(row, begins, ends)
    _keep(raw, "people", lambda row: _of_theirs(row, raw) and _lasts(row, begins, ends) and _stands(row, theatre, mask))
    _part_of_events(raw, begins, ends)
    for row in raw.tables["plans"].values():
        _waits_for_what_is_there(row, raw)
    raw.head.values.pop("victory", None)


def _named(wanted: Mapping[str, Any], text: TomlText, raw: Raw, report: Report) -> list[str]:
    """The headquarters that `[inherit]` asks for; those that are not there are told."""
    names = wanted.get("headquarters", [])
    named = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    known = raw.tables["headquarters"]
    for number, name in enumerate(named):
        if name not in known:
            spot = text.spot("inherit", "headquarters", number)
            report.add(spot.fault("a headquarters of the scenario it extends", repr(name), nearest(name, known),
                                  code="ref/unknown"))  # fmt: skip
    return named


def _leave(wanted: Mapping[str, Any], text: TomlText, raw: Raw, report: Report) -> None:
    """Drop the tables and rows that `without` names; what is neither is told."""
    names = wanted.get("without", [])
    for number, name in enumerate(names if isinstance(names, list) else ()):
        holding = [table for table in _LEFT if name in raw.tables[table]]
        if name in _LEFT:
            raw.tables[name] = {}
        elif holding:
            for table in holding:
                del raw.tables[table][name]
        else:
            known = [*_LEFT, *(key for table in _LEFT for key in raw.tables[table])]
            spot = text.spot("inherit", "without", number)
            report.add(spot.fault("a table or the id of a row of the scenario it extends", repr(name),
                                  nearest(str(name), known), code="ref/unknown"))  # fmt: skip


def _own_rows(folder: Path, root: Path, raw: Raw) -> list[Row]:
    """Rows of the part's own files that are about somebody the whole has; their faults are told when they are read."""
    mine = empty(raw.head.spot)
    read_folder(folder, root, mine, Report())
    return [row for table in _ORDER_OF_BATTLE for row in mine.tables[table].values() if row.id in raw.tables[table]]


def _arrivals(own: Iterable[Row]) -> dict[str, datetime]:
    """When formations appear, as far as the part's own rows say so."""
    told = {row.id: moment(row.values.get("arrives")) for row in own if row.table == "forces"}
    return {key: at for key, at in told.items() if at is not None}


def _keep(raw: Raw, table: str, good: Callable[[Row], bool]) -> None:
    raw.tables[table] = {key: row for key, row in raw.tables[table].items() if good(row)}


def _kept(raw: Raw, named: Iterable[str]) -> tuple[set[str], set[str]]:
    """The named headquarters with all below them, and those above them."""
    parents = {key: str(row.values.get("parent") or "") for key, row in raw.tables["headquarters"].items()}
    below, front = set(named), set(named)
    while front:
        front = {key for key, parent in parents.items() if parent in front} - below
        below |= front
    above: set[str] = set()
    for name in named:
        up = parents.get(name, "")
        while up and up not in above:
            above.add(up)
            up = parents.get(up, "")
    return below, above - below


def _concerns(row: Row, raw: Raw) -> bool:
    """Whether a change is about somebody who is still there, and puts him under nobody who is not."""
    there = (raw.tables["forces"], raw.tables["headquarters"], raw.tables["assets"])
    hq = row.values.get("hq")
    return any(row.values.get("subject") in table for table in there) and (not hq or hq in raw.tables["headquarters"])


def _without_strangers(row: Row, forces: Mapping[str, Row]) -> None:
    for group in _GROUPS:
        members = row.values.get(group)
        if isinstance(members, list):
            row.values[group] = [member for member in members if member in forces]


def _of_theirs(row: Row, raw: Raw) -> bool:
    """Whether a region's people belong to headquarters and formations that are still there, if to any."""
    hq, subject = row.values.get("hq"), row.values.get("subject")
    return (not hq or hq in raw.tables["headquarters"]) and (not subject or subject in raw.tables["forces"])


def _part_of_events(raw: Raw, begins: datetime | None, ends: datetime | None) -> None:
    """Events of these dates that wait for nothing that is gone, with the effects on who is still there."""
    _keep(raw, "events", lambda row: _within(row.values.get("at"), begins, ends)
          and _lasts(row, begins, None))  # fmt: skip
    count = -1
    while count != len(raw.tables["events"]):
        count = len(raw.tables["events"])
        _keep(raw, "events", lambda row: all(_can_come_true(text, raw) for text in _listed(row.values.get("trigger"))))
    for row in raw.tables["events"].values():
        effects = row.values.get("effect")
        if isinstance(effects, list):
            row.values["effect"] = [effect for effect in (_on_whom_is_left(one, raw) for one in effects) if effect]


def _can_come_true(condition: str, raw: Raw) -> bool:
    verb, _, name = condition.partition(":")
    return name in raw.tables[{"fallen": "forces", "event": "events"}[verb]] if verb in ("fallen", "event") else True


def _on_whom_is_left(effect: Any, raw: Raw) -> Any:
    """An effect without the subjects that are gone; None when it had some and none is left."""
    named = _listed(effect.get("subject")) if isinstance(effect, dict) else []
    if not named:
        return effect
    left = [name for name in named if any(name in raw.tables[table] for table in _SUBJECTS)]
    return {**effect, "subject": left} if left else None


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]


def _waits_for_what_is_there(row: Row, raw: Raw) -> None:
    """A directive that waits for another or an event that is gone waits for its date alone."""
    verb, _, name = str(row.values.get("trigger") or "").partition(":")
    if verb in ("after", "event") and name not in raw.tables["plans" if verb == "after" else "events"]:
        row.values.pop("trigger", None)


def _without_far_goals(raw: Raw, theatre: Theatre | None, mask: npt.NDArray[np.bool_] | None) -> None:
    """Drop directives that name a place outside the window; the one before each stays in force instead."""
    if theatre is None or mask is None:
        return
    plans = raw.tables["plans"]
    far = [row for row in plans.values() if not _all_inside(row, theatre, mask)]
    for row in sorted(far, key=lambda row: str(row.values.get("start")), reverse=True):
        del plans[row.id]
        for other in plans.values():
            follows = other.values.get("hq") == row.values.get("hq") and "end" in other.values
            if follows and moment(other.values["end"]) == moment(row.values.get("start")):
                if "end" in row.values:
                    other.values["end"] = row.values["end"]
                else:
                    del other.values["end"]


def _all_inside(row: Row, theatre: Theatre, mask: npt.NDArray[np.bool_]) -> bool:
    found = [waypoint(name, theatre, row.spot, Report()) for key in _PATHS for name in _listed(row.values.get(key))]
    return all(bool(mask[point.cell]) for point in found if point is not None)


def _without_idle(raw: Raw, below: set[str]) -> None:
    """Drop headquarters that have nobody left and get nobody, with what they were told."""
    staffs = raw.tables["headquarters"]
    count = -1
    while count != len(staffs):
        count = len(staffs)
        busy = {row.values.get("parent") for row in (*raw.tables["forces"].values(), *staffs.values())}
        busy |= {row.values.get("hq") for row in raw.tables["reinforcements"].values()}
        for key in [key for key in staffs if key in below and key not in busy]:
            del staffs[key]
    _keep(raw, "assets", lambda row: row.values.get("hq") in staffs)
    _keep(raw, "plans", lambda row: row.values.get("hq") in staffs)
    _keep(raw, "reinforcements", lambda row: _concerns(row, raw))


def _window(text: TomlText, raw: Raw, theatre: Theatre | None) -> npt.NDArray[np.bool_] | None:
    """The window of the extending scenario, or of the one it extends; None when it cannot be told."""
    window = text.data.get("window", raw.head.values.get("window"))
    if theatre is None or not isinstance(window, dict):
        return None
    polygon = window.get("polygon")
    if isinstance(polygon, list):
        corners = [corner for corner in polygon if isinstance(corner, list) and len(corner) == 2]
        return inside(theatre, corners) if len(corners) > 2 else None
    edges = [window.get(edge) for edge in ("south", "west", "north", "east")]
    if not all(isinstance(edge, (int, float)) for edge in edges):
        return None
    south, west, north, east = (float(edge or 0) for edge in edges)
    return boxed(theatre, south, west, north, east)


def _stands(row: Row, theatre: Theatre | None, mask: npt.NDArray[np.bool_] | None) -> bool:
    """Whether all places of a row lie in the window; what cannot be told stays, and is complained of later."""
    if theatre is None or mask is None:
        return True
    cells = [cell for cell in _cells(row, theatre) if cell >= 0]
    return all(bool(mask[cell]) for cell in cells)


def _cells(row: Row, theatre: Theatre) -> Iterable[int]:
    lat, lon = _number(row.values.get("lat")), _number(row.values.get("lon"))
    if lat is not None and lon is not None:
        yield theatre.cell_at(lat, lon)
        return
    listed = row.values.get("places")
    for name in (row.values.get("place"), *(listed if isinstance(listed, list) else ())):
        found = waypoint(name, theatre, row.spot, Report()) if isinstance(name, str) and name else None
        if found is not None:
            yield found.cell


def _number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _within(value: Any, begins: datetime | None, ends: datetime | None) -> bool:
    when = moment(value)
    return when is None or ((begins is None or when >= begins) and (ends is None or when < ends))


def _spans(row: Row, begins: datetime | None, ends: datetime | None) -> bool:
    """Whether a directive (start, end) or a fact (date, or from and to) touches the dates."""
    values = row.values
    if "date" in values:
        return _within(values["date"], begins, ends)
    first, last = moment(values.get("start", values.get("from"))), moment(values.get("end", values.get("to")))
    return _overlaps(first, last, begins, ends)


def _lasts(row: Row, begins: datetime | None, ends: datetime | None) -> bool:
    return _overlaps(moment(row.values.get("from")), moment(row.values.get("until")), begins, ends)


def _overlaps(first: datetime | None, last: datetime | None, begins: datetime | None, ends: datetime | None) -> bool:
    late = first is not None and ends is not None and first >= ends
    over = last is not None and begins is not None and last <= begins
    return not (late or over)


def _clipped(row: Row, begins: datetime | None, ends: datetime | None) -> None:
    """A fact that reaches beyond the dates counts for the days inside."""
    first, last = moment(row.values.get("from")), moment(row.values.get("to"))
    if first is not None and begins is not None and first < begins:
        row.values["from"] = begins
    if last is not None and ends is not None and last > ends:
        row.values["to"] = ends
