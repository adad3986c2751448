"""Events of fortress places. The enemy does not learn of them: only how the garrison fights."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

FORTRESS_DECLARED = EventKind(
    "FortressDeclared",
    (
        Field("hex", "int32", "hex that belongs to it from now on"),
        Field("side", "int8", "whose fortress it is"),
    ),
    sentence="{hex} is declared a fortress",
)
FORTRESS_LIFTED = EventKind(
    "FortressLifted",
    (
        Field("hex", "int32", "hex that no longer belongs to one"),
        Field("side", "int8", "whose fortress it was"),
    ),
    sentence="{hex} is a fortress no longer",
)

KINDS = (FORTRESS_DECLARED, FORTRESS_LIFTED)
