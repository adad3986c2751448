"""Applies returns to the theatre and the score."""

from __future__ import annotations

import numpy as np

from engine.model.codes import Status
from engine.model.events import Event
from engine.model.world import Pen


def expected(pen: Pen, event: Event) -> None:
    """Formations that had left the theatre are on their way back."""
    formations, rows = pen["formations"], event["formation"]
    if np.any(formations["status"][rows] != Status.WITHDRAWN):
        raise ValueError("only a formation that has left the theatre can be expected back")
    formations["status"][rows] = Status.WAITING
    formations["appears_at"][rows] = event["appears_at"]
    formations["goal"][rows] = event["hex"]


def scored(pen: Pen, event: Event) -> None:
    """A day's points."""
    np.add.at(pen["sides"]["score"], event["side"], event["points"])


APPLY = {"Expected": expected, "Scored": scored}
