"""Applies the events of weather."""

from __future__ import annotations

import numpy as np

from engine.core.calendar import NEVER
from engine.model.codes import OrderState, Outcome, Stage, Task
from engine.model.events import Event
from engine.model.scenario import NOBODY
from engine.model.world import Pen
from engine.rules.apply.movement import close, halt

NIGHT = 0


def weather_changed(pen: Pen, event: Event) -> None:
    """The day's weather; battles are looked at again when night falls or ends, or the ground
    or the ice of straits changes."""
    weather, battles = pen["weather"], pen["battles"]
    dark = (weather["daylight"][0] == NIGHT) != (event["daylight"][0] == NIGHT)
    frozen = weather["strait_ice"][0] != event["strait_ice"][0]
    if dark or frozen or weather["ground"][0] != event["ground"][0]:
        battles["stale"][battles["outcome"] == Outcome.LIVE] = 1
    for name, values in event.data.items():
        weather[name][:] = values


def ice_broke(pen: Pen, event: Event) -> None:
    """Water without ice is nobody's."""
    hexes, cells = pen["hexes"], event.rows("hex")
    hexes["owner"][cells] = NOBODY
    hexes["owner_since"][cells] = event.minute
    hexes["closing_since"][cells] = NEVER
    pen["battles"]["stale"][pen["battles"]["outcome"] == Outcome.LIVE] = 1


def broke_in(pen: Pen, event: Event) -> None:
    """Formations come off the ice with what they have saved; what they were doing ends."""
    formations, rows = pen["formations"], event.rows("formation")
    if np.any(formations["hex"][rows] != event["came_from"]):
        raise ValueError("a formation broke in where it was not")
    formations.settle(rows, event.minute)
    formations["men_u"][rows] -= event["drowned_u"]
    formations["drowned_u"][rows] += event["drowned_u"]
    for stock, lost, taken in (("afv_u", "afv_lost_u", "afv_u"), ("guns_u", "guns_lost_u", "guns_u")):
        formations[stock][rows] -= event[taken]
        formations[lost][rows] += event[taken]
    if np.any(formations["men_u"][rows] < 0):
        raise ValueError("more men drowned than there were")
    close(pen, rows, OrderState.FAILED)
    halt(pen, rows, NEVER)
    for name, value in (("hex", event["hex"]), ("goal", event["hex"]), ("in_place_since", event.minute), ("target", -1),
                        ("task", Task.HOLD), ("stage", Stage.IDLE), ("works_n", 0), ("works_gain", 0),
                        ("exploiting", 0)):  # fmt: skip
        formations[name][rows] = value
    above = formations["hq"][rows]
    pen["headquarters"]["alarm_at"][above[above >= 0]] = event.minute


APPLY = {"WeatherChanged": weather_changed, "IceBroke": ice_broke, "BrokeIn": broke_in}
