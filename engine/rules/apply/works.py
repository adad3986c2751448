"""Applies the events of engineers."""

from __future__ import annotations

import numpy as np

from engine.model.events import Event
from engine.model.world import Pen


def laboured(pen: Pen, event: Event) -> None:
    """Work of the day that is not used up is kept."""
    pen["directives"]["labour"][event.rows("directive")] = event["labour"]


def works_built(pen: Pen, event: Event) -> None:
    """Hexes of a line are better fortified; whoever holds them uses it."""
    hexes, cells = pen["hexes"], event.rows("hex")
    if np.any(hexes["works"][cells] >= event["level"]):
        raise ValueError("works are built upwards")
    hexes["works"][cells] = event["level"]


APPLY = {"Laboured": laboured, "LineReady": works_built, "WorksBuilt": works_built}
