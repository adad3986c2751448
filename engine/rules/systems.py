"""The table of systems: everything that happens by itself, in the order of phases."""

from __future__ import annotations

from engine.rules import command, recovery, weather
from engine.rules.system import System

SYSTEMS: tuple[System, ...] = (
    weather.SYSTEM,
    command.SYSTEM,
    recovery.SYSTEM,
)
