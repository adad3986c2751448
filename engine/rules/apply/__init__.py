"""The one writer: folds events into the world. An impossible event raises; nothing is ever clipped."""

from __future__ import annotations

from collections.abc import Callable

from engine.model.events import Event
from engine.model.world import Pen
from engine.rules.apply import (
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

APPLY: dict[str, Callable[[Pen, Event], None]] = {
    **common.APPLY,
    **weather.APPLY,
    **command.APPLY,
    **combat.APPLY,
    **movement.APPLY,
    **recovery.APPLY,
    **supply.APPLY,
    **arrivals.APPLY,
    **intelligence.APPLY,
    **people.APPLY,
    **politics.APPLY,
    **sea.APPLY,
    **works.APPLY,
    **fortress.APPLY,
}


def fold(pen: Pen, event: Event) -> None:
    """Write one event into the world."""
    if len(event):
        APPLY[event.kind.name](pen, event)
