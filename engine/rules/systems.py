"""The table of systems: everything that happens by itself, in the order of phases."""

from __future__ import annotations

from engine.rules.system import System

SYSTEMS: tuple[System, ...] = ()
