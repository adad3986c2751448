"""Events of intelligence: what a side's reconnaissance reports. They belong to the observer; the other side sees none."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

SIGHTED = EventKind(
    "Sighted",
    (
        Field("report", "int32", "row of sightings that is brought up to date, -1 a new one"),
        Field("observer", "int8", "side that reports"),
        Field("formation", "int32", "what was seen, -1 a phantom"),
        Field("level", "int32", "ppm of level: level of detection"),
        Field("hex", "int32", "where it was reported"),
        Field("estimate", "int32", "ppm: estimated over true power"),
        Field("half_life", "int32", "minutes in which the report loses half its level"),
        Field("men", "int32", "men as estimated"),
        Field("afv", "int32", "AFVs as estimated"),
        Field("power", "int64", "points as estimated"),
        Field("kind", "int16", "kind as reported, -1 unknown"),
    ),
)
DISMISSED = EventKind(
    "Dismissed",
    (
        Field("report", "int32", "row of sightings: own troops are on the spot and find nobody there"),
        Field("observer", "int8", "side whose report it was"),
    ),
)

KINDS = (SIGHTED, DISMISSED)
