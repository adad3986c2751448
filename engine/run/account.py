"""What was decided at a minute that is gone through again, to explain it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.events import Event
from engine.model.world import World
from engine.rules.system import Trace


@dataclass(frozen=True)
class Account:
    """What a system (or "inputs") decided at a minute, the world before it did, and the terms it recorded."""

    system: str
    before: World
    trace: Trace
    events: list[Event]
