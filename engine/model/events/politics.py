"""Events of politics and high command: what happened, and what it changes directly; and the verdict on objectives."""

from __future__ import annotations

from engine.model.events.kinds import ALWAYS, EventKind, Field

RIPENED = EventKind(
    "Ripened",
    (Field("happening", "int16", "row of happenings: what it waits for has come true"),),
)
HAPPENED = EventKind(
    "Happened",
    (Field("happening", "int16", "row of happenings", ALWAYS),),
    sentence="{happening}",
)
HAPPENED_IN_SECRET = EventKind(
    "HappenedInSecret",
    (
        Field("happening", "int16", "row of happenings"),
        Field("side", "int8", "the side that knows of it"),
    ),
    sentence="{happening}",
)
RECALLED = EventKind(
    "Recalled",
    (Field("formation", "int32", "who is to leave the theatre"),),
    subject="formation",
    sentence="{formation} is called away from the theatre",
)
SOURCE_CHANGED = EventKind(
    "SourceChanged",
    (
        Field("depot", "int32", "row of depots"),
        Field("capacity_t", "int32", "t a day it can pass on from now on"),
    ),
)
PERMITTED = EventKind(
    "Permitted",
    (
        Field("directive", "int32", "row of directives"),
        Field("permission", "int8", "Permission from now on"),
    ),
)
OPENED = EventKind(
    "Opened",
    (
        Field("people", "int16", "row of people"),
        Field("open_at", "int64", "in force from"),
        Field("close_at", "int64", "in force until"),
    ),
)
RUN_ENDED = EventKind(
    "RunEnded",
    (Field("ends_at", "int64", "minute at which the run ends", ALWAYS),),
    sentence="The fighting ends",
)
SETTLED = EventKind(
    "Settled",
    (
        Field("goal", "int16", "row of goals: an objective whose date has come", ALWAYS),
        Field("met", "int8", "1 its side held it long enough", ALWAYS),
    ),
)

KINDS = (
    RIPENED, HAPPENED, HAPPENED_IN_SECRET, RECALLED, SOURCE_CHANGED, PERMITTED, OPENED, RUN_ENDED, SETTLED,
)  # fmt: skip
