"""The table of systems: everything that happens by itself, in the order of phases."""

from __future__ import annotations

from engine.rules import (
    arrivals,
    combat,
    command,
    control,
    headquarters,
    intelligence,
    movement,
    people,
    politics,
    rail,
    rail_moves,
    recovery,
    score,
    sea,
    supply,
    weather,
    works,
)
from engine.rules.system import System

SYSTEMS: tuple[System, ...] = (
    weather.SYSTEM,
    command.SYSTEM,
    arrivals.SYSTEM,
    supply.SYSTEM,
    movement.SYSTEM,
    combat.SYSTEM,
    control.SYSTEM,
    recovery.SYSTEM,
    headquarters.SYSTEM,
    rail.SYSTEM,
    intelligence.SYSTEM,
    score.SYSTEM,
    rail_moves.SYSTEM,
    people.SYSTEM,
    politics.SYSTEM,
    sea.SYSTEM,
    works.SYSTEM,
)
