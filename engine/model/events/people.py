"""Events of the people: men called up, wounded who come back, men who go home, partisans."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

CALLED_UP = EventKind(
    "CalledUp",
    (
        Field("formation", "int32", "who receives the men"),
        Field("people", "int16", "row of people"),
        Field("men_u", "int64", "1e-6 man: called up in the region"),
    ),
    subject="formation",
    sentence="{formation} receives men called up in the region",
)
CAME_BACK = EventKind(
    "CameBack",
    (
        Field("formation", "int32", "who receives the men"),
        Field("people", "int16", "row of people"),
        Field("men_u", "int64", "1e-6 man: wounded who have recovered"),
    ),
    subject="formation",
    sentence="{formation} has convalescents back",
)
HEALED = EventKind(
    "Healed",
    (
        Field("people", "int16", "row of people"),
        Field("seen_u", "int64", "1e-6 man: battle losses counted so far"),
        Field("owed_u", "int64", "1e-6 man: wounded who will come back, before those of today are taken off"),
    ),
)
WENT_HOME = EventKind(
    "WentHome",
    (
        Field("formation", "int32", "whose men go home"),
        Field("people", "int16", "row of people"),
        Field("men_u", "int64", "1e-6 man"),
    ),
    subject="formation",
    sentence="Men of {formation} go home",
)
CUT_RAILS = EventKind(
    "CutRails",
    (
        Field("people", "int16", "row of people: the partisans who did it"),
        Field("link", "int32", "row of links that are torn up"),
    ),
    sentence="Partisans cut a railway",
)
HUNTED = EventKind(
    "Hunted",
    (
        Field("people", "int16", "row of people: partisans"),
        Field("men_u", "int64", "1e-6 man: fallen or scattered today"),
    ),
)

KINDS = (CALLED_UP, CAME_BACK, HEALED, WENT_HOME, CUT_RAILS, HUNTED)
