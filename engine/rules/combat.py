"""Phase 6, combat: contact, the course of battles, their end, and fire along quiet fronts.

The system wakes when a threshold is used up, when somebody in a battle is not where it knows him, when an attacker
stands ready, and on the calendar's grid at 0, 6, 12 and 18 h. At each wake-up it decides in this order: formations
that cease to be; battles that end; who takes part in what; battles that begin; new rates for battles that are new,
changed, or due by the calendar. A battle knows only its own sector.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.arithmetic import round_up
from engine.core.columns import anywhere
from engine.core.dice import Dice
from engine.model.codes import (
    LIVE,
    ON_MAP,
    WAITING,
    Calendar,
)
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.world import World
from engine.rules import combat_outcomes, surrender
from engine.rules.combat_flows import settle_flows
from engine.rules.combat_lineup import IS_ATTACK, changed, line_up
from engine.rules.combat_outcomes import Ending
from engine.rules.combat_refresh import GRID_MIN
from engine.rules.combat_skirmish import skirmish
from engine.rules.derived import derived
from engine.rules.system import System, Trace

GRAIN_MIN: Final = 60
"""What falls due, and who comes and goes, is settled on the hour: battles last days, and each look costs. Events keep
the exact minute at which a battle was decided.
"""
_WATCHED = (
    "status", "hex", "leg_to", "task", "target", "stage", "pause_until", "in_place_since", "exploiting",
    "surrender_gain", "surrender_left",
)  # fmt: skip


def next_due(world: World, now: int) -> int:
    """The next threshold, calendar hour or change; a pure function of columns, kept while they are the same."""
    key = (*world.formations.version(*_WATCHED), *world.battles.version("stale"), *world.participants.version("left_at"))
    at = derived(world, "combat.due", key, lambda: _due(world, now))
    return min(at, int(world.systems.next_at[Calendar.COMBAT]))


def _due(world: World, now: int) -> int:
    battles, formations = world.battles, world.formations
    live = (battles.outcome == LIVE).nonzero()[0]
    if (len(live) and battles.stale[live].any()) or changed(world, now):
        return round_up(now, GRAIN_MIN)
    resting = (formations.pause_until > now) & (formations.stage == WAITING)
    resting &= IS_ATTACK[formations.task] & (formations.status == ON_MAP)
    times = [surrender.next_due(world)]
    if len(live):
        times.append(int(battles.due_at[live].min()))
    if anywhere(resting):
        times.append(int(formations.pause_until[resting].min()))
    return min(times)


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """All that happens in battle at ``minute``."""
    tick = int(world.systems.next_at[Calendar.COMBAT]) <= minute
    nobody = np.zeros(len(world.formations), dtype=bool)
    ending = Ending(out=nobody.copy(), spent=nobody.copy(), trace=trace)
    surrender.decide(world, minute, dice, ending, tick=tick, trace=trace)
    combat_outcomes.decide(world, minute, dice, ending, trace)
    lineup = line_up(world, minute, np.array(ending.rows, dtype=np.int64), ending.out, ending.spent)
    events = [*ending.events, *settle_flows(world, lineup, ending, minute, dice, tick=tick, trace=trace)]
    if tick:
        events += skirmish(world, lineup, ending, minute, trace)
        events.append(TICKED(minute, system=Calendar.COMBAT, next_at=(minute // GRID_MIN + 1) * GRID_MIN))
    return events


SYSTEM = System("combat", 6, GRAIN_MIN, next_due, decide)
