"""Applies what reconnaissance reports."""

from __future__ import annotations

from engine.core.columns import anywhere
from engine.model.events import Event
from engine.model.world import Pen

_REPORTED = ("level", "hex", "estimate", "half_life", "men", "afv", "power", "kind")


def sighted(pen: Pen, event: Event) -> None:
    """Reports are brought up to date or begun; a side has at most one of each formation."""
    sightings = pen["sightings"]
    report = event.rows("report")
    old = report >= 0
    rows = report[old]
    for name in ("observer", "formation"):
        if anywhere(sightings[name][rows] != event[name][old]):
            raise ValueError("a report was brought up to date with another's news")
    for name in _REPORTED:
        sightings[name][rows] = event[name][old]
    sightings["seen_at"][rows] = event.minute
    new = ~old
    if anywhere(new):
        begun = {name: event[name][new] for name in ("observer", "formation", *_REPORTED)}
        sightings.append({**begun, "seen_at": event.minute}, int(new.sum()))


def dismissed(pen: Pen, event: Event) -> None:
    """Reports that have proved wrong or out of date count no more."""
    pen["sightings"]["level"][event.rows("report")] = 0


APPLY = {"Sighted": sighted, "Dismissed": dismissed}
