"""Events of engineers: lines that are built."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

LABOURED = EventKind(
    "Laboured",
    (
        Field("directive", "int32", "row of directives: to fortify a line"),
        Field("labour", "int64", "1e-6 of a hex's level: work done and not yet used up"),
    ),
)
WORKS_BUILT = EventKind(
    "WorksBuilt",
    (
        Field("directive", "int32", "row of directives"),
        Field("hex", "int32", "hex of the line"),
        Field("level", "int8", "level of its works from now on"),
    ),
    sentence="Works at {hex} reach level {level}",
)
LINE_READY = EventKind(
    "LineReady",
    (
        Field("hex", "int32", "hex of a prepared line of the theatre"),
        Field("level", "int8", "level of its works from now on"),
    ),
)

KINDS = (LABOURED, LINE_READY, WORKS_BUILT)
