"""Phase 5, movement: legs of marches end, and what formations do next.

The system wakes when a leg ends or a formation is due to look round (an order taken up, a pause over, a way that was
blocked). In one pass all legs that have ended are settled (``entering``), then everybody concerned goes on
(``marching``). The exact minutes of entries and of orders taken up are kept, so rounding up to the grain costs a
march no time; it only lets many legs be settled in one pass.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.calendar import NEVER
from engine.core.columns import rows_where
from engine.core.dice import Dice
from engine.core.jit import jit
from engine.model.codes import ON_MAP
from engine.model.events import Event
from engine.model.events.movement import TOUCHED
from engine.model.world import World
from engine.rules import entering, ground, marching
from engine.rules.alarms import alarms
from engine.rules.bridges import blown_by_losers
from engine.rules.derived import derived
from engine.rules.system import System, Trace

GRAIN_MIN: Final = 60
_WATCHED: Final = ("status", "leg_to", "leg_at", "look_at", "pause_until")


@jit
def _first(touch: Any, known: Any, status: Any, leg_to: Any, leg_at: Any, look_at: Any, pause_until: Any) -> int:
    """The first end of a leg or look round; 0 if somebody has met the enemy or lost touch with him."""
    first = NEVER
    for row in range(len(status)):
        if touch[row] != known[row]:
            return 0
        if status[row] == ON_MAP:
            ends, looks = _next_of(row, leg_to, leg_at, look_at, pause_until)
            first = min(first, ends, looks)
    return first


@jit
def _next_of(row: int, leg_to: Any, leg_at: Any, look_at: Any, pause_until: Any) -> tuple[int, int]:
    """When the leg of somebody on the map ends, and when he looks round."""
    between, looks = leg_to[row] >= 0, NEVER
    if look_at[row] < NEVER:
        looks = look_at[row] if between else max(look_at[row], pause_until[row])
    return leg_at[row] if between else NEVER, looks


@jit
def _called(
    status: Any, leg_to: Any, leg_at: Any, look_at: Any, pause_until: Any, minute: int, arriving: Any, looking: Any,
    counts: Any,
) -> None:  # fmt: skip
    """Whose leg has ended, and of the others who is to look round; how many of each."""
    for row in range(len(status)):
        if status[row] == ON_MAP:
            ends, looks = _next_of(row, leg_to, leg_at, look_at, pause_until)
            if ends <= minute:
                arriving[counts[0]] = row
                counts[0] += 1
            elif looks <= minute:
                looking[counts[1]] = row
                counts[1] += 1


def next_due(world: World, now: int) -> int:
    """The first end of a leg or look round; at once if somebody has met the enemy or lost touch with him."""

    def make() -> int:
        formations = world.formations
        return int(_first(
            ground.contacts(world), formations.contact, formations.status, formations.leg_to, formations.leg_at,
            formations.look_at, formations.pause_until,
        ))  # fmt: skip

    return derived(world, "movement.due", world.formations.version(*_WATCHED, "hex", "contact"), make)


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Entries, ground taken, bridges blown, and the next leg of everybody concerned."""
    formations, counts = world.formations, np.zeros(2, np.int64)
    arriving, looking = np.empty((2, len(formations)), np.int64)
    _called(formations.status, formations.leg_to, formations.leg_at, formations.look_at, formations.pause_until, minute,
            arriving, looking, counts)  # fmt: skip
    arriving, looking = arriving[: counts[0]], looking[: counts[1]]
    scene = entering.settle(world, minute, dice, arriving, trace) if len(arriving) else entering.unchanged(world, minute)
    events = [*scene.events, *marching.kept_out(scene)]
    if len(scene.taken):
        events += blown_by_losers(world, minute, dice, scene.taken, scene.owner, scene.by_surprise, trace)
        events += alarms(world, minute, scene.taken)
    events += marching.decide(scene, looking, trace)
    return [*events, *_touched(scene)]


def _touched(scene: entering.Scene) -> list[Event]:
    """Formations that now stand beside an enemy, and those that no longer do."""
    formations = scene.world.formations
    moved = len(scene.entered) > 0
    touch = ground.contacts_of(scene.world, scene.cell, scene.count) if moved else ground.contacts(scene.world)
    changed = rows_where(touch != formations.contact)
    return [TOUCHED(scene.minute, formation=changed, contact=touch[changed])] if len(changed) else []


SYSTEM = System("movement", 5, GRAIN_MIN, next_due, decide)
