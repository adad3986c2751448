"""Events of the order of battle's calendar that no other rule owns, and of the score."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

EXPECTED = EventKind(
    "Expected",
    (
        Field("formation", "int32", "who has left the theatre and is to come back"),
        Field("appears_at", "int64", "when"),
        Field("hex", "int32", "where"),
    ),
    subject="formation",
)
KEPT = EventKind(
    "Kept",
    (
        Field("formation", "int32", "who"),
        Field("kept", "int8", "0/1 it stays in the theatre whoever calls it away"),
    ),
    subject="formation",
)
SCORED = EventKind(
    "Scored",
    (
        Field("side", "int8", "side"),
        Field("points", "int64", "points of its objectives that it holds at the end of the day"),
    ),
)

KINDS = (EXPECTED, KEPT, SCORED)
