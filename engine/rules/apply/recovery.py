"""Applies the events of recovery."""

from __future__ import annotations

import numpy as np

from engine.core.columns import anywhere
from engine.model.events import Event
from engine.model.world import Pen


def recovered(pen: Pen, event: Event) -> None:
    """Rates of the next six hours."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    for name, values in event.data.items():
        if name != "formation":
            formations[name][rows] = values


def worn(pen: Pen, event: Event) -> None:
    """What the last march cost in fuel, vehicles and strength, and hunger in cohesion."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    formations["worn_m"][rows] = event["moved_m"]
    formations["forced_m"][rows] = 0
    formations["fuel_g"][rows] -= event["fuel_g"]
    formations["afv_u"][rows] -= event["broken_u"]
    formations["afv_shop_u"][rows] += event["broken_u"] - event["rear_u"]
    formations["afv_lost_u"][rows] += event["rear_u"]
    formations["fatigue_n"][rows] += event["fatigue_n"]
    formations["cohesion_n"][rows] -= event["cohesion_n"]
    for name in ("fuel_g", "afv_u", "afv_shop_u", "cohesion_n"):
        if anywhere(formations[name][rows] < 0):
            raise ValueError(f"Worn takes more {name} than there is")


def replaced(pen: Pen, event: Event) -> None:
    """Men, vehicles and guns join formations."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    for stock, gained in (("men_u", "gain_u"), ("afv_u", "afv_gain_u"), ("guns_u", "guns_gain_u")):
        np.add.at(formations[stock], rows, event[stock])
        np.add.at(formations[gained], rows, event[stock])


APPLY = {"Recovered": recovered, "Worn": worn, "Replaced": replaced}
