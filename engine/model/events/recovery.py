"""Events of recovery: rest, digging, repair, sickness, replacements, what marching costs."""

from __future__ import annotations

from engine.model.events.kinds import EventKind, Field

RECOVERED = EventKind(
    "Recovered",
    (
        Field("formation", "int32", "who"),
        Field("cohesion_gain", "int64", "1e-9 a minute"),
        Field("fatigue_gain", "int64", "1e-9 a minute"),
        Field("fatigue_loss", "int64", "1e-9 a minute"),
        Field("works_gain", "int64", "1e-9 level a minute"),
        Field("sick_rate", "int64", "1e-6 man a minute"),
        Field("gain_rate", "int64", "1e-6 man a minute"),
        Field("afv_back_rate", "int64", "1e-6 vehicle a minute"),
        Field("ammo_use", "int64", "gram a minute"),
        Field("fuel_use", "int64", "gram a minute"),
        Field("food_use", "int64", "gram a minute"),
        Field("hungry_since", "int64", "minute"),
        Field("posture", "int8", "Posture"),
    ),
    subject="formation",
)
WORN = EventKind(
    "Worn",
    (
        Field("formation", "int32", "who"),
        Field("moved_m", "int64", "metre: ground covered so far, now charged for"),
        Field("fuel_g", "int64", "gram burnt on the march"),
        Field("broken_u", "int64", "1e-6 vehicle: broken down on the march or in battle, to repair"),
        Field("rear_u", "int64", "1e-6 vehicle: beyond repair in the field, to the rear"),
        Field("fatigue_n", "int64", "1e-9: tired by the march"),
        Field("cohesion_n", "int64", "1e-9: lost by hunger or in a pocket"),
    ),
    subject="formation",
)
REPLACED = EventKind(
    "Replaced",
    (
        Field("formation", "int32", "who"),
        Field("men_u", "int64", "1e-6 man"),
        Field("afv_u", "int64", "1e-6 vehicle"),
        Field("guns_u", "int64", "1e-6 gun"),
    ),
    subject="formation",
    sentence="{formation} receives replacements",
)

KINDS = (RECOVERED, WORN, REPLACED)
