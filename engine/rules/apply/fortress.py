"""Applies the events of fortress places."""

from __future__ import annotations

import numpy as np

from engine.model.codes import ON_MAP, Outcome
from engine.model.events import Event
from engine.model.world import Pen


def fortress_declared(pen: Pen, event: Event) -> None:
    """Hexes belong to a fortress of a side: whoever of it stands there is told to stand fast."""
    pen["hexes"]["fortress"][event.rows("hex")] = event["side"]
    _look(pen, event)


def fortress_lifted(pen: Pen, event: Event) -> None:
    """Hexes no longer belong to a fortress of a side."""
    fortress, cells = pen["hexes"]["fortress"], event.rows("hex")
    if np.any(fortress[cells] != event["side"]):
        raise ValueError("only a fortress of that side can be lifted")
    fortress[cells] = -1
    _look(pen, event)


def _look(pen: Pen, event: Event) -> None:
    """The staffs of the garrison look at it at once, and its battles are weighed anew."""
    formations, battles, cells = pen["formations"].table, pen["battles"], event.rows("hex")
    there = (formations.status == ON_MAP) & np.isin(formations.hex, cells) & (formations.side == event["side"][0])
    staffs = formations.hq[there]
    pen["headquarters"]["alarm_at"][staffs[staffs >= 0]] = event.minute
    battles["stale"][(battles.table.outcome == Outcome.LIVE) & np.isin(battles.table.hex, cells)] = 1


APPLY = {"FortressDeclared": fortress_declared, "FortressLifted": fortress_lifted}
