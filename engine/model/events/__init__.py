"""Events: everything that can happen, as declared columnar facts. A rule adds its kinds in a module of its own."""

from __future__ import annotations

from engine.model.events import common
from engine.model.events.kinds import Event, EventKind, Field

EVENT_KINDS: dict[str, EventKind] = {kind.name: kind for kind in (*common.KINDS,)}

__all__ = ["EVENT_KINDS", "Event", "EventKind", "Field"]
