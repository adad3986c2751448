"""The table of systems: everything that happens by itself, in the order of phases."""

from __future__ import annotations

from engine.rules import combat, command, control, movement, rail, recovery, supply, weather
from engine.rules.system import System

SYSTEMS: tuple[System, ...] = (
    weather.SYSTEM,
    command.SYSTEM,
    supply.SYSTEM,
    movement.SYSTEM,
    combat.SYSTEM,
    control.SYSTEM,
    recovery.SYSTEM,
    rail.SYSTEM,
)
