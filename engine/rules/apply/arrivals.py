"""Applies returns to the theatre and the score."""

from __future__ import annotations

import numpy as np

from engine.core.calendar import NEVER
from engine.model.codes import Calendar, Status
from engine.model.events import Event
from engine.model.world import Pen


def expected(pen: Pen, event: Event) -> None:
    """Formations that had left the theatre are on their way back."""
    formations, rows = pen["formations"], event.rows("formation")
    if np.any(~np.isin(formations["status"][rows], (Status.WITHDRAWN, Status.WAITING))):
        raise ValueError("only a formation that is not in the theatre can be expected")
    formations["status"][rows] = Status.WAITING
    formations["appears_at"][rows] = event["appears_at"]
    formations["goal"][rows] = event["hex"]
    formations["leaves_at"][rows] = NEVER
    formations["called_at"][rows] = event.minute
    next_at = pen["systems"]["next_at"]
    next_at[Calendar.ARRIVALS] = min(int(next_at[Calendar.ARRIVALS]), int(event["appears_at"].min()))


def kept(pen: Pen, event: Event) -> None:
    """Formations stay in spite of a date or a call, or are let go; who may go is looked at at once."""
    pen["formations"]["kept"][event.rows("formation")] = event["kept"]
    next_at = pen["systems"]["next_at"]
    next_at[Calendar.ARRIVALS] = min(int(next_at[Calendar.ARRIVALS]), event.minute)


def scored(pen: Pen, event: Event) -> None:
    """A day's points."""
    np.add.at(pen["sides"]["score"], event["side"], event["points"])


APPLY = {"Expected": expected, "Kept": kept, "Scored": scored}
