"""Events of command: orders taken up, directives that start, headquarters alarmed, displaced, under a new man."""

from __future__ import annotations

from engine.model.events.kinds import ALWAYS, EventKind, Field

ORDER_TAKEN = EventKind(
    "OrderTaken",
    (
        Field("order", "int32", "row of orders"),
        Field("formation", "int32", "who takes it up"),
        Field("task", "int8", "Task"),
        Field("goal", "int32", "cell"),
        Field("target", "int32", "cell to be attacked or supported, -1 none"),
        Field("posture", "int8", "Posture"),
    ),
    subject="formation",
    sentence="{formation} takes up its order: {task} {goal}",
)
ORDER_CLOSED = EventKind(
    "OrderClosed",
    (Field("order", "int32", "row of orders"), Field("state", "int8", "OrderState: done or failed")),
)
ATTACHED = EventKind(
    "Attached",
    (Field("formation", "int32", "who"), Field("hq", "int32", "headquarters it obeys from now on")),
    subject="formation",
    sentence="{formation} comes under {hq}",
)
SUBORDINATED = EventKind(
    "Subordinated",
    (Field("hq", "int32", "who"), Field("parent", "int32", "headquarters it obeys from now on")),
    sentence="{hq} comes under {parent}",
)
COMMANDER_CHANGED = EventKind(
    "CommanderChanged",
    (
        Field("hq", "int32", "headquarters"),
        Field("commander", "int16", "index of Statics.commanders"),
        Field("staff", "int32", "ppm, 0 unchanged"),
    ),
    sentence="{commander} takes over {hq}",
)
TOOK_COMMAND = EventKind(
    "TookCommand",
    (Field("formation", "int32", "whom he leads now"), Field("commander", "int16", "index of Statics.commanders")),
    subject="formation",
    sentence="{commander} takes over {formation}",
)
DIRECTIVE_STARTED = EventKind(
    "DirectiveStarted",
    (Field("directive", "int32", "row"), Field("start_at", "int64", "H-hour as it has turned out")),
)
ALARMED = EventKind("Alarmed", (Field("hq", "int32", "headquarters whose staff must look at its front"),))
HEADQUARTERS_MOVED = EventKind(
    "HeadquartersMoved",
    (
        Field("hq", "int32", "headquarters"),
        Field("hex", "int32", "its new place", ALWAYS + 3),
        Field("driven", "int8", "0 by itself, 1 driven off, 2 overrun by the enemy"),
        Field("moved_at", "int64", "now, or when it will be in action again"),
    ),
    sentence="{hq} moves to {hex}",
)

KINDS = (
    ORDER_TAKEN, ORDER_CLOSED, ATTACHED, SUBORDINATED, COMMANDER_CHANGED, TOOK_COMMAND, DIRECTIVE_STARTED, ALARMED,
    HEADQUARTERS_MOVED,
)  # fmt: skip
