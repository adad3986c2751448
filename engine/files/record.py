"""Weather and history from their rows: dates become minutes, zones and places are found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.core import calendar
from engine.files.checked import Checked, shared
from engine.files.faults import nearest, one_of, shown
from engine.files.setting import Setting
from engine.model.facts import HistoryFact, Rival, WeatherDay
from engine.model.theatre import fold

_PLACED = ("control", "line", "width")
_MEASURED = ("loss", "width")


def weather_of(setting: Setting) -> tuple[WeatherDay, ...]:
    """The days of the record that lie in the scenario; a note for the others."""
    zones = {fold(zone): zone for zone in setting.theatre.zones} | {"all": "all"}
    found = []
    for checked in setting.tables["weather"].values():
        data = checked.data
        wanted = fold(data.zone)
        # The beginning of a zone's name is enough: `Courland` for `Courland and Zemgale`.
        begun = (zone for name, zone in sorted(zones.items()) if wanted and name.startswith(wanted))
        zone = zones.get(wanted) or next(begun, None)
        if zone is None:
            known = list(dict.fromkeys([*setting.theatre.zones, "all"]))
            setting.complain(checked.at("zone"), one_of(known), repr(data.zone), nearest(data.zone, known), "ref/zone")
            continue
        day = (data.date.date() - setting.start).days
        if 0 <= day < setting.days:
            found.append(WeatherDay(**{**shared(checked, WeatherDay), "day": day, "zone": zone,
                                       "ice_cm": -1.0 if checked.data.ice_cm is None else checked.data.ice_cm}))  # fmt: skip
        else:
            expected = f"a day from {setting.start} to before {setting.head.end.date()}"
            late = str(data.date.date())
            setting.report.add(checked.at("date").fault(expected, late, "", "note", "date/outside"))
    return tuple(sorted(found, key=lambda row: (row.day, row.zone)))


def history_of(setting: Setting) -> tuple[HistoryFact, ...]:
    """All facts with their rivals."""
    found = []
    for checked in setting.tables["history"].values():
        data = checked.data
        span = _span(setting, checked)
        points = (*setting.points(checked, "place"), *setting.points(checked, "places"))
        if data.kind in ("control", "line") and not data.side:
            setting.complain(checked.row.spot, "side", "nothing", code="row/missing")
        if data.kind in _PLACED and not data.place and not data.places:
            setting.complain(checked.row.spot, "place or places", "nothing", code="row/missing")
        if data.kind in _MEASURED and data.value is None and (data.low is None or data.high is None):
            setting.complain(checked.row.spot, "value, or low and high", "nothing", code="row/missing")
        if data.low is not None and data.high is not None and data.low > data.high:
            setting.complain(
                checked.at("low"), "low not above high", f"{data.low:g} and {data.high:g}", code="range/order"
            )
        rivals = tuple(_rival(setting, rival) for rival in data.rival)
        if span is not None:
            values = {**shared(checked, HistoryFact), "places": points, "rivals": rivals}
            found.append(HistoryFact(**{**values, "from_min": span[0], "to_min": span[1]}))
    return tuple(found)


def _span(setting: Setting, checked: Checked) -> tuple[int, int] | None:
    """From and to of a fact: a date is a whole day, a moment an hour."""
    data = checked.data
    if data.date is not None:
        if data.from_ is not None or data.to is not None:
            setting.complain(checked.at("date"), "date alone, or from and to", "both", code="date/both")
        first = setting.minute(data.date, 0)
        return first, first + (calendar.DAY if data.date.time() == datetime.min.time() else calendar.HOUR)
    if data.from_ is None or data.to is None:
        setting.complain(checked.row.spot, "date, or from and to", "less", code="date/missing")
        return None
    if data.to <= data.from_:
        late = shown(data.to.isoformat())
        setting.complain(checked.at("to"), "a time after `from`", late, code="date/order")
    return setting.minute(data.from_, 0), setting.minute(data.to, 0)


def _rival(setting: Setting, rival: Any) -> Rival:
    first = rival.date or rival.from_
    from_min = setting.minute(first, 0) if first else None
    to_min = setting.minute(rival.to, 0) if rival.to else None
    if rival.date and from_min is not None:
        to_min = from_min + calendar.DAY
    return Rival(
        src=rival.src,
        grade=rival.grade or "reference",
        side=rival.side,
        value=rival.value,
        low=rival.low,
        high=rival.high,
        from_min=from_min,
        to_min=to_min,
        note=rival.note,
    )
