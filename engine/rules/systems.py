"""The table of systems: everything that happens by itself, in the order of phases."""

from __future__ import annotations

from engine.rules import combat, command, rail, recovery, supply, weather
from engine.rules.system import System

SYSTEMS: tuple[System, ...] = (
    weather.SYSTEM,
    command.SYSTEM,
    combat.SYSTEM,
    recovery.SYSTEM,
    supply.SYSTEM,
    rail.SYSTEM,
)
