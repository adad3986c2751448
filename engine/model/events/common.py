"""Events that no single rule owns: orders received at the door, calendars kept, notes written."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field
from engine.model.tables import GROUP, POINTS

TICKED = EventKind(
    "Ticked",
    (Field("system", "int32", "row of systems"), Field("next_at", "int64", "when it wants to run again")),
)
ORDERED = EventKind(
    "Ordered",
    (
        Field("formation", "int32", "who"),
        Field("hq", "int32", "by whom"),
        Field("kind", "int8", "OrderKind"),
        Field("goal", "int32", "cell"),
        Field("arrives_at", "int64", "when the courier arrives"),
        Field("by_human", "int8", "0/1"),
        Field("reason", "int16", "Reason"),
        Field("detail", "int64", "numbers of the reason", width=4),
    ),
    subject="formation",
    sentence="{formation} is ordered to {kind} {goal}",
)
NOTED = EventKind(
    "Noted",
    (
        Field("table", "int8", "index in tables.NOTES"),
        Field("row", "int32", "row"),
        Field("column", "int16", "index of the column in its declaration"),
        Field("value", "int64", "value (first of a wide column)", width=4),
    ),
)
DIRECTED = EventKind(
    "Directed",
    (
        Field("hq", "int32", "who is directed"),
        Field("kind", "int8", "DirectiveKind"),
        Field("axis", "int32", "cells", width=POINTS),
        Field("line", "int32", "cells", width=POINTS),
        Field("fall_back", "int32", "cells", width=POINTS),
        Field("objective", "int32", "cell"),
        Field("assault", "int32", "formations", width=GROUP),
        Field("mobile", "int32", "formations", width=GROUP),
        Field("reserve", "int32", "formations", width=GROUP),
        Field("assault_strongest", "int8", "assault group: the strongest n instead of names"),
        Field("mobile_strongest", "int8", "mobile group: the strongest n mobile ones"),
        Field("corridor_m", "int32", "metre"),
        Field("start_at", "int64", "H-hour"),
        Field("end_at", "int64", "end"),
        Field("known_at", "int64", "may be prepared from"),
        Field("raid", "int8", "0/1"),
        Field("permission", "int8", "Permission"),
        Field("dummy", "int32", "cell where dummies stand for its groups; -1 nowhere"),
        Field("ring", "int8", "of a fortress: rings of hexes about its place"),
        Field("source", "int16", "index of Statics.directive_ids; -1 given during the run"),
        Field("arrives_at", "int64", "when it reaches the headquarters"),
        Field("clears", "int8", "0/1: ends what it was told before, and those below it"),
        Field("reason", "int16", "Reason"),
        Field("detail", "int64", "numbers of the reason", width=4),
    ),
    sentence="{hq} is directed: {kind} towards {objective}",
)
DIRECTIVE_ENDED = EventKind(
    "DirectiveEnded",
    (Field("directive", "int32", "row"), Field("state", "int8", "DirectiveState")),
)
REDRAWN = EventKind(
    "Redrawn",
    (
        Field("table", "int8", "0 battles, 1 formations"),
        Field("row", "int32", "row"),
        Field("threshold", "int8", "0 yield, 1 break-off, 2 surrender"),
        Field("value", "int64", "1e-9"),
    ),
)

KINDS = (REDRAWN, TICKED, ORDERED, NOTED, DIRECTED, DIRECTIVE_ENDED)
