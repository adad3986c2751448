"""Events at sea: what ships bring to ports, troops aboard and ashore, landings."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

PORTS_SERVED = EventKind(
    "PortsServed",
    (
        Field("depot", "int32", "row of depots"),
        Field("open", "int8", "0/1 ships reach it"),
        Field("sea_kg", "int64", "kg that ships bring today"),
        Field("sunk_kg", "int64", "kg lost on the way"),
    ),
)
BOARDED = EventKind(
    "Boarded",
    (
        Field("formation", "int32", "who"),
        Field("hex", "int32", "port"),
        Field("men_u", "int64", "1e-6 man: gone aboard"),
        Field("afv_u", "int64", "1e-6 vehicle: gone aboard"),
        Field("guns_u", "int64", "1e-6 gun: gone aboard"),
        Field("afv_left_u", "int64", "1e-6 vehicle: left on the quay and blown up"),
        Field("guns_left_u", "int64", "1e-6 gun: left on the quay and blown up"),
    ),
    subject="formation",
    sentence="{formation} embarks at {hex}",
)
SAILED = EventKind(
    "Sailed",
    (
        Field("formation", "int32", "who", 2),
        Field("hex", "int32", "port left", 2),
        Field("to", "int32", "port where it is to land, -1 off the map"),
        Field("appears_at", "int64", "when it will be there and unloaded"),
    ),
    subject="formation",
    sentence="{formation} sails from {hex}",
)
REJOINED = EventKind(
    "Rejoined",
    (Field("formation", "int32", "whose men come ashore again: it is to stay"), Field("hex", "int32", "port")),
    subject="formation",
)
_LOST_AT_SEA = (
    Field("drowned_u", "int64", "1e-6 man: lost at sea"),
    Field("afv_sunk_u", "int64", "1e-6 vehicle"),
    Field("guns_sunk_u", "int64", "1e-6 gun"),
)
DISEMBARKED = EventKind(
    "Disembarked",
    (Field("formation", "int32", "who", 2), Field("hex", "int32", "where it lands", 2), *_LOST_AT_SEA),
    subject="formation",
    sentence="{formation} disembarks at {hex}",
)
CAME_HOME = EventKind(
    "CameHome",
    (Field("formation", "int32", "who has left the theatre by sea", 4), *_LOST_AT_SEA),
    subject="formation",
    sentence="{formation} has left the theatre by sea",
)
NOT_EMBARKED = EventKind(
    "NotEmbarked",
    (
        Field("formation", "int32", "who cannot embark"),
        Field("hex", "int32", "where it was to go, -1 off the map"),
        Field("cause", "int8", "Obstacle"),
    ),
    subject="formation",
    sentence="{formation} cannot embark: {cause}",
)
LANDED = EventKind(
    "Landed",
    (
        Field("formation", "int32", "who", 2),
        Field("came_from", "int32", "coast left", 2),
        Field("hex", "int32", "beach", 2),
        Field("men_u", "int64", "1e-6 man: in the first wave"),
        Field("battle_u", "int64", "1e-6 man: lost of it"),
    ),
    subject="formation",
    sentence="{formation} lands at {hex}",
)
BEATEN_OFF = EventKind(
    "BeatenOff",
    (
        Field("formation", "int32", "who was beaten off", 2),
        Field("hex", "int32", "beach", 2),
        Field("battle_u", "int64", "1e-6 man: lost"),
    ),
    subject="formation",
    sentence="{formation} is beaten off at {hex}",
)
NOT_LANDED = EventKind(
    "NotLanded",
    (Field("formation", "int32", "who"), Field("hex", "int32", "beach"), Field("cause", "int8", "Obstacle")),
    subject="formation",
    sentence="{formation} cannot land at {hex}: {cause}",
)
CAME_ASHORE = EventKind(
    "CameAshore",
    (
        Field("formation", "int32", "who", 3),
        Field("hex", "int32", "beach", 3),
        Field("men_u", "int64", "1e-6 man"),
        Field("afv_u", "int64", "1e-6 vehicle"),
        Field("guns_u", "int64", "1e-6 gun"),
    ),
    subject="formation",
)
BEACH_CLOSED = EventKind(
    "BeachClosed", (Field("formation", "int32", "who is served over its beach no longer"),), subject="formation"
)
CRAFT_CROSSED = EventKind(
    "CraftCrossed",
    (Field("craft", "int32", "row of craft"), Field("left", "int32", "ppm of them left")),
)

KINDS = (
    PORTS_SERVED, BOARDED, SAILED, REJOINED, DISEMBARKED, CAME_HOME, NOT_EMBARKED, LANDED, BEATEN_OFF, NOT_LANDED,
    CAME_ASHORE, BEACH_CLOSED, CRAFT_CROSSED,
)  # fmt: skip
