"""Applies the events of politics and high command."""

from __future__ import annotations

import numpy as np

from engine.model.codes import Calendar, Status
from engine.model.events import Event
from engine.model.world import Pen


def ripened(pen: Pen, event: Event) -> None:
    """What an event waits for has come true."""
    pen["happenings"]["met_at"][event.rows("happening")] = event.minute


def happened(pen: Pen, event: Event) -> None:
    """An event happens, once; directives may have waited for it."""
    happenings, rows = pen["happenings"], event.rows("happening")
    if np.any(happenings["happened_at"][rows] <= event.minute):
        raise ValueError("an event happens once")
    met = happenings["met_at"][rows]
    happenings["met_at"][rows] = np.minimum(met, event.minute)
    happenings["happened_at"][rows] = event.minute


def recalled(pen: Pen, event: Event) -> None:
    """Formations are to leave the theatre as soon as they can; who has not come yet, does not come."""
    formations, rows = pen["formations"], event.rows("formation")
    if np.any(~np.isin(formations["status"][rows], (Status.ON_MAP, Status.WAITING))):
        raise ValueError("only who is in the theatre or expected can be called away")
    formations["leaves_at"][rows] = event.minute
    _wake(pen, Calendar.ARRIVALS, event.minute + 1)


def source_changed(pen: Pen, event: Event) -> None:
    """Sources of supply open, shut, or pass on another amount."""
    pen["depots"]["capacity_t"][event.rows("depot")] = event["capacity_t"]


def permitted(pen: Pen, event: Event) -> None:
    """Directives give or take leave to fall back; their staffs look at them at once."""
    directives, rows = pen["directives"], event.rows("directive")
    directives["permission"][rows] = event["permission"]
    pen["headquarters"]["alarm_at"][directives["hq"][rows]] = event.minute


def opened(pen: Pen, event: Event) -> None:
    """Rows about people come into force or end."""
    people, rows = pen["people"], event.rows("people")
    people["open_at"][rows] = event["open_at"]
    people["close_at"][rows] = event["close_at"]
    _wake(pen, Calendar.PEOPLE, int(event["open_at"].min()))


def run_ended(pen: Pen, event: Event) -> None:
    """The run is over at a minute to come."""
    course = pen["course"]
    course["ends_at"][0] = min(int(course["ends_at"][0]), int(event["ends_at"].min()))


def settled(pen: Pen, event: Event) -> None:
    """Objectives whose date has come are held, or not."""
    goals, rows = pen["goals"], event.rows("goal")
    goals["settled_at"][rows] = event.minute
    goals["met"][rows] = event["met"]


def _wake(pen: Pen, calendar: Calendar, minute: int) -> None:
    next_at = pen["systems"]["next_at"]
    next_at[calendar] = min(int(next_at[calendar]), minute)


APPLY = {
    "Ripened": ripened,
    "Happened": happened,
    "HappenedInSecret": happened,
    "Recalled": recalled,
    "SourceChanged": source_changed,
    "Permitted": permitted,
    "Opened": opened,
    "RunEnded": run_ended,
    "Settled": settled,
}
