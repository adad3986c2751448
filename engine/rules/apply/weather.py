"""Applies the events of weather."""

from __future__ import annotations

from engine.model.codes import Outcome
from engine.model.events import Event
from engine.model.world import Pen

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


APPLY = {"WeatherChanged": weather_changed}
