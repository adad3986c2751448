"""Events: everything that can happen, as declared columnar facts. A rule adds its kinds in a module of its own."""

from __future__ import annotations

from engine.model.events import (
    arrivals,
    combat,
    command,
    common,
    fortress,
    intelligence,
    movement,
    people,
    politics,
    recovery,
    sea,
    supply,
    weather,
    works,
)
from engine.model.events.kinds import Event, EventKind, Field

_TOPICS = (
    common,
    weather,
    command,
    combat,
    movement,
    recovery,
    supply,
    arrivals,
    intelligence,
    people,
    politics,
    sea,
    works,
    fortress,
)
EVENT_KINDS: dict[str, EventKind] = {kind.name: kind for topic in _TOPICS for kind in topic.KINDS}

__all__ = ["EVENT_KINDS", "Event", "EventKind", "Field"]
