"""What every step of resolving needs: head, rows, theatre and report, with the questions asked again and
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engine.core import calendar
from engine.files.checked import Checked, Table
from engine.files.faults import Report, nearest
from engine.files.heads import ScenarioHead
from engine.files.places import placed, waypoint
from engine.files.rows import Raw
from engine.files.texts import Spot
from engine.model.directive import Waypoint
from engine.model.theatre import Theatre

HEADQUARTERS = "the id of a headquarters"


@dataclass(frozen=True)
class Setting:
    """The rows of a scenario on their theatre, and where to complain."""

    head: ScenarioHead
    tables: dict[str, Table]
    theatre: Theatre
    report: Report
    raw: Raw

    @property
    def start(self) -> date:
        """The first day."""
        return self.head.start.date()

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.head.end - self.head.start).days

    def minute(self, when: datetime | None, default: int) -> int:
        """Minutes from the start, or `default` for no time."""
        return default if when is None else calendar.minute_of(self.start, when)

    def complain(self, spot: Spot, expected: str, found: str, hint: str = "", code: str = "") -> None:
        """Report an error at a place."""
        self.report.add(spot.fault(expected, found, hint, code=code))

    def place(self, checked: Checked) -> Waypoint | None:
        """Where a row stands; None when it says nowhere, or (with a fault) nothing that can be found."""
        return placed(checked.data, self.theatre, checked.row.spots, checked.row.spot, self.report)

    def needed_place(self, checked: Checked) -> Waypoint | None:
        """Where a row stands that must stand somewhere; None, with a fault, otherwise."""
        data = checked.data
        if not data.place and data.lat is None and data.lon is None:
            self.complain(checked.row.spot, "place, or lat and lon", "nothing", code="place/missing")
            return None
        return self.place(checked)

    def points(self, checked: Checked, name: str) -> tuple[Waypoint, ...]:
        """The places listed under a key."""
        found = []
        listed = isinstance(checked.row.values.get(name), list)
        for number, text in enumerate(getattr(checked.data, name)):
            point = waypoint(text, self.theatre, item(checked, name, number if listed else None), self.report)
            if point is not None:
                found.append(point)
        return tuple(found)

    def refer(self, checked: Checked, key: str, name: str, table: str | tuple[str, ...], what: str) -> bool:
        """Whether `name` is a good row of a table; a fault at `key` if it is no row at all."""
        tables = (table,) if isinstance(table, str) else table
        if any(name in self.tables[t] for t in tables):
            return True
        self.unknown(checked.at(key), name, tables, what)
        return False

    def unknown(self, spot: Spot, name: str, tables: tuple[str, ...], what: str) -> None:
        """Complain of a name that is no row's, unless rows were lost in reading or faulted already."""
        if any(name in self.raw.tables[t] or t in self.raw.broken for t in tables):
            return
        known = [key for t in tables for key in self.raw.tables[t]]
        self.complain(spot, what, repr(name), nearest(name, known), "ref/unknown")

    def same_side(self, checked: Checked, key: str, superior: str, side: str) -> None:
        """A fault when the headquarters `superior` is of another side."""
        other = self.tables["headquarters"].get(superior)
        if other is not None and other.data.side != side:
            found = f"{superior!r} of {other.data.side}"
            self.complain(checked.at(key), f"a headquarters of side {side}", found, code="ref/side")


def item(checked: Checked, key: str, number: int | None) -> Spot:
    """The place of an item of a list, or of the whole value."""
    spot = checked.at(key)
    return spot if number is None else Spot(spot.text, (*spot.key, number))
