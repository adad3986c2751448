"""Events of supply and railways."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

SUPPLIED = EventKind(
    "Supplied",
    (
        Field("formation", "int32", "who"),
        Field("ammo_kg", "int64", "kg of ammunition delivered"),
        Field("fuel_kg", "int64", "kg of fuel delivered"),
        Field("food_kg", "int64", "kg of food and fodder delivered"),
        Field("air_kg", "int64", "kg of all this that came by air"),
        Field("supplied", "int32", "ppm of what it needed"),
    ),
    subject="formation",
    sentence="{formation} is supplied",
)
SHIPPED = EventKind(
    "Shipped",
    (
        Field("depot", "int32", "row of depots"),
        Field("kg", "int64", "kg passed on"),
        Field("working", "int8", "0/1"),
    ),
)
ISOLATED = EventKind(
    "Isolated",
    (Field("formation", "int32", "who"), Field("cut_off_since", "int64", "minute; NEVER: connected again")),
    subject="formation",
    sentence="{formation} is cut off",
)
RAIL_BROKEN = EventKind("RailBroken", (Field("link", "int32", "row of links that are torn up"),))
RAIL_WORK = EventKind(
    "RailWork",
    (Field("link", "int32", "row of links"), Field("ready_at", "int64", "when repair or conversion will be done")),
)
RAIL_OPENED = EventKind(
    "RailOpened",
    (Field("link", "int32", "row of links"), Field("gauge", "int8", "gauge it has now")),
)

KINDS = (SUPPLIED, SHIPPED, ISOLATED, RAIL_BROKEN, RAIL_WORK, RAIL_OPENED)
