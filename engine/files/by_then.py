"""What the dated changes of a campaign have made of it by a later day: the order of battle that a part of it opens with.

Attachments, moves of army troops, new commanders and names, departures and arrivals before that day are written into
the rows they are about. Lots of men and tanks are not: by then they are used up, and what is left is the part's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.files.moments import moment
from engine.files.rows import PLACE, Raw, Row

_ANYBODY = ("forces", "headquarters", "assets")
_LEAVES = ("withdraw", "transfer")
_LATER = datetime(9999, 1, 1)


def settle(raw: Raw, begins: datetime | None, arrivals: Mapping[str, datetime]) -> None:
    """Fold the changes before `begins`, or before the day in `arrivals` on which a formation appears, into `raw`."""
    gone: set[str] = set()
    for row in sorted(raw.tables["reinforcements"].values(), key=_when):
        subject = str(row.values.get("subject") or "")
        until = arrivals.get(subject, begins)
        if until is None or _when(row) >= until:
            continue
        del raw.tables["reinforcements"][row.id]
        if row.values.get("kind") in _LEAVES:
            gone.add(subject)
        elif row.values.get("kind") == "arrive":
            gone.discard(subject)
        for table in _ANYBODY:
            if subject in raw.tables[table]:
                raw.tables[table][subject].lay_over(_folded(row, raw.tables[table][subject]))
    for subject in gone - set(arrivals):
        _comes_back(raw, subject)
    for formation in raw.tables["forces"].values():
        came = moment(formation.values.get("arrives"))
        if came is not None and begins is not None and came <= begins:
            del formation.values["arrives"]


def _when(row: Row) -> datetime:
    return moment(row.values.get("at")) or _LATER


def _folded(change: Row, subject: Row) -> Row:
    """The columns of `subject` that a change sets, as a row to lay over it."""
    told = change.values
    values: dict[str, Any] = {}
    match told.get("kind"):
        case "attach" | "arrive" if "hq" in told:
            values["parent"] = told["hq"]
        case "asset":
            values["hq"] = told.get("hq")
        case "commander":
            values |= {column: told[key] for column, key in (("commander", "text"), ("staff", "staff")) if key in told}
        case "rename":
            values["name"] = told.get("text")
    if told.get("kind") == "arrive":
        values |= {key: told[key] for key in PLACE if key in told}
    return Row(subject.table, subject.id, values, dict.fromkeys(values, change.spot), change.spot)


def _comes_back(raw: Raw, subject: str) -> None:
    """A formation that has left waits for its next arrival; without one it is gone for good."""
    if not enter(raw, subject, None):
        raw.tables["forces"].pop(subject, None)


def enter(raw: Raw, subject: str, ends: datetime | None) -> bool:
    """Let a formation appear only with its next dated arrival (before `ends`); False when there is none."""
    formation = raw.tables["forces"].get(subject)
    told = (row for row in raw.tables["reinforcements"].values() if row.values.get("subject") == subject)
    dated = sorted(told, key=_when)
    comes = next((row for row in dated if row.values.get("kind") == "arrive"), None)
    if formation is None or comes is None or (ends is not None and _when(comes) >= ends):
        return False
    for row in dated[: dated.index(comes) + 1]:
        formation.lay_over(_folded(row, formation))
        del raw.tables["reinforcements"][row.id]
    formation.values["arrives"] = comes.values.get("at")
    formation.spots["arrives"] = comes.spot
    return True
