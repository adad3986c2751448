"""Minutes for the engine, dates for people. Minute 0 is 00:00 (UTC+2) of the scenario's first day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

HOUR: Final = 60
DAY: Final = 24 * HOUR
NEVER: Final = 1 << 40
"""A due time that does not come."""

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def moment(start: date, minute: int) -> datetime:
    """The wall-clock moment of a minute."""
    return datetime(start.year, start.month, start.day) + timedelta(minutes=minute)


def minute_of(start: date, when: date | datetime) -> int:
    """The minute of a date (its midnight) or a moment."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)
    origin = datetime(start.year, start.month, start.day)
    return round((when.replace(tzinfo=None) - origin).total_seconds() / 60)


def text(start: date, minute: int) -> str:
    """Such as ``20 August 1944 18:40``."""
    when = moment(start, minute)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year} {when:%H:%M}"


def parse(start: date, words: str) -> int:
    """The minute of ``1944-08-20``, ``1944-08-20T18:40`` or ``1944-08-20 18:40``; ValueError says what was expected."""
    try:
        return minute_of(start, datetime.fromisoformat(words.strip().replace(" ", "T")))
    except ValueError:
        raise ValueError(f"expected a date such as 1944-08-20 or 1944-08-20T18:40, found {words!r}") from None
