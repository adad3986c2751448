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
        Field("strait_ice", "int8", "month whose straits bear men, 12 more if everybody; 25 a level at sea", ALWAYS),
    ),
    sentence="{sky}, ground {ground}, wind {wind}",
)
ICE_BROKE = EventKind(
    "IceBroke", (Field("hex", "int32", "water that bears nobody any more", ALWAYS),), sentence="the ice of {hex} breaks",
)  # fmt: skip
BROKE_IN = EventKind(
    "BrokeIn",
    (
        Field("formation", "int32", "whom the ice no longer bore", 2),
        Field("came_from", "int32", "water", 2),
        Field("hex", "int32", "land where it comes off", 2),
        Field("drowned_u", "int64", "1e-6 man: lost"),
        Field("afv_u", "int64", "1e-6 vehicle: sunk"),
        Field("guns_u", "int64", "1e-6 gun: sunk"),
    ),
    subject="formation",
    sentence="{formation} breaks in at {came_from} and comes off at {hex}",
)

KINDS = (WEATHER_CHANGED, ICE_BROKE, BROKE_IN)
