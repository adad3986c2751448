"""Events of movement: marches, what stops them, ground that changes hands, arrivals from off the map, bridges."""

from __future__ import annotations

from engine.model.events.kinds import ALWAYS, EventKind, Field
from engine.model.tables import ROUTE

DEPARTED = EventKind(
    "Departed",
    (
        Field("formation", "int32", "who", 2),
        Field("hex", "int32", "from", 2),
        Field("to", "int32", "the next hex", 3),
        Field("departed_at", "int64", "when it left"),
        Field("leg_at", "int64", "when it will be there"),
        Field("marched_until", "int64", "when a march at the sustained pace would have brought it there"),
        Field("goal", "int32", "where the march ends"),
        Field("route", "int32", "the way ahead, next hex first", width=ROUTE),
        Field("routed_at", "int64", "when that way was planned"),
        Field("exploiting", "int8", "0/1 through the enemy's rear"),
    ),
    subject="formation",
    sentence="{formation} marches to {to}",
)
ENTERED = EventKind(
    "Entered",
    (
        Field("formation", "int32", "who", 2),
        Field("came_from", "int32", "hex left", 2),
        Field("hex", "int32", "hex entered", 2),
        Field("at", "int64", "the exact minute"),
        Field("moved_m", "int32", "metres covered"),
        Field("forced_m", "int32", "of them by forced march"),
        Field("works_n", "int64", "level of its works there, 1e-9: of the trenches that it dug on both sides of its place"),
    ),
    subject="formation",
    sentence="{formation} enters {hex}",
)
BLOCKED = EventKind(
    "Blocked",
    (
        Field("formation", "int32", "who"),
        Field("hex", "int32", "hex it could not enter, -1 none in particular"),
        Field("cause", "int8", "Obstacle"),
        Field("target", "int32", "hex it attacks instead, -1 unchanged"),
        Field("look_at", "int64", "when it looks again"),
    ),
    subject="formation",
    sentence="{formation} cannot go on: {cause} at {hex}",
)
ARRIVED = EventKind(
    "Arrived",
    (Field("formation", "int32", "who"), Field("hex", "int32", "where its march or attack has ended")),
    subject="formation",
    sentence="{formation} has reached {hex}",
)
STOPPED = EventKind(
    "Stopped",
    (
        Field("formation", "int32", "who"),
        Field("stage", "int8", "Stage: idle or waiting"),
        Field("look_at", "int64", "when it looks again, NEVER if it need not"),
    ),
    subject="formation",
)
LOOKED = EventKind(
    "Looked",
    (
        Field("formation", "int32", "who looked round and goes on with what it does"),
        Field("look_at", "int64", "when it looks again, NEVER if it need not"),
    ),
    subject="formation",
)
CAPTURED = EventKind(
    "Captured",
    (
        Field("hex", "int32", "hex", ALWAYS),
        Field("side", "int8", "new owner", ALWAYS),
        Field("formation", "int32", "who took it, -1 nobody in person", 2),
        Field("how", "int8", "Taking", ALWAYS),
    ),
    sentence="{hex} falls to {side}",
)
CLOSING = EventKind(
    "Closing",
    (Field("hex", "int32", "unguarded hex"), Field("since", "int64", "since when, NEVER if no longer")),
)
TOUCHED = EventKind(
    "Touched",
    (Field("formation", "int32", "who"), Field("contact", "int8", "1 an enemy stands beside it, 0 no more")),
    subject="formation",
)
APPEARED = EventKind(
    "Appeared",
    (Field("formation", "int32", "who", 2), Field("hex", "int32", "where it enters the map", 2)),
    subject="formation",
    sentence="{formation} arrives at {hex}",
)
POSTPONED = EventKind(
    "Postponed",
    (Field("formation", "int32", "who"), Field("appears_at", "int64", "when it tries again to enter the map")),
    subject="formation",
)
LEFT_MAP = EventKind(
    "LeftMap",
    (Field("formation", "int32", "who", 2), Field("hex", "int32", "where it was", 2)),
    subject="formation",
    sentence="{formation} is withdrawn from the theatre",
)
ENTRAINED = EventKind(
    "Entrained",
    (
        Field("formation", "int32", "who boards its trains", 2),
        Field("hex", "int32", "where", 2),
        Field("to", "int32", "station where it is to detrain"),
        Field("route", "int32", "stations on the way, the first where it boards, the last where it is to detrain", width=ROUTE),
        Field("trains", "int32", "trains needed"),
        Field("appears_at", "int64", "when its last train is unloaded"),
    ),
    subject="formation",
    sentence="{formation} entrains for {to}",
)
NOT_ENTRAINED = EventKind(
    "NotEntrained",
    (
        Field("formation", "int32", "who cannot board trains"),
        Field("hex", "int32", "where it was to go"),
        Field("cause", "int8", "Obstacle: the enemy beside it, or no railway that leads there"),
    ),
    subject="formation",
    sentence="{formation} cannot go by rail to {hex}: {cause}",
)
BRIDGE_BLOWN = EventKind(
    "BridgeBlown",
    (
        Field("hex", "int32", "hex", ALWAYS),
        Field("direction", "int8", "side of it", ALWAYS),
        Field("by", "int8", "side that blew it", ALWAYS),
    ),
    sentence="{by} blows the bridge at {hex}",
)
BRIDGE_WORK = EventKind(
    "BridgeWork",
    (
        Field("hexside", "int32", "row of hexsides"),
        Field("ready_at", "int64", "when the bridge can be used again, NEVER if work has stopped"),
    ),
)
BRIDGE_REBUILT = EventKind(
    "BridgeRebuilt", (Field("hexside", "int32", "row of hexsides"), Field("hex", "int32", "hex", ALWAYS)),
    sentence="The bridge at {hex} is rebuilt",
)  # fmt: skip

KINDS = (
    DEPARTED, ENTERED, BLOCKED, ARRIVED, STOPPED, LOOKED, CAPTURED, CLOSING, TOUCHED, APPEARED, POSTPONED, LEFT_MAP,
    ENTRAINED, NOT_ENTRAINED, BRIDGE_BLOWN, BRIDGE_WORK, BRIDGE_REBUILT,
)  # fmt: skip
