"""Events of weather."""

from __future__ import annotations

from engine.model.events.kinds import ALWAYS, EventKind, Field

WEATHER_CHANGED = EventKind(
    "WeatherChanged",
    (
        Field("sky", "int8", "Sky", ALWAYS),
        Field("ground", "int8", "Ground", ALWAYS),
        Field("wind", "int8", "Beaufort", ALWAYS),
        Field("sea", "int8", "0..9", ALWAYS),
        Field("flyable", "int32", "ppm of sorties", ALWAYS),
        Field("daylight", "int8", "0 night, 1 twilight, 2 day", ALWAYS),
        Field("ice_mm", "int16", "mm: ice on rivers", ALWAYS),
        Field("strait_ice", "int8", "month whose straits bear men, 12 more if everybody; 0 none", ALWAYS),
    ),
    sentence="{sky}, ground {ground}, wind {wind}",
)

KINDS = (WEATHER_CHANGED,)
