"""Phase 6, combat: contact, the course of battles, their end, and fire along quiet fronts.

The system wakes when a threshold is used up, when somebody in a battle is not where it knows him, when an attacker
stands ready, and on the calendar's grid at 0, 6, 12 and 18 h. At each wake-up it decides in this order: formations
that cease to be; battles that end; who takes part in what; battles that begin; new rates for battles that are new,
changed, or due by the calendar. A battle knows only its own sector.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import round_up
from engine.core.calendar import NEVER
from engine.core.columns import anywhere
from engine.core.dice import Dice
from engine.core.jit import jit
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
from engine.rules.combat_lineup import IS_ATTACK, Lineup, changed, line_up, live_participants
from engine.rules.combat_outcomes import Ending
from engine.rules.combat_refresh import GRAIN_MIN, GRID_MIN, used_up_at
from engine.rules.combat_skirmish import skirmish
from engine.rules.derived import derived
from engine.rules.system import System, Trace

Mask = npt.NDArray[np.bool_]
_WATCHED = (
    "status", "hex", "leg_to", "task", "target", "stage", "pause_until", "in_place_since", "exploiting",
    "surrender_gain", "surrender_left",
)  # fmt: skip


def next_due(world: World, now: int) -> int:
    """The next threshold, calendar hour or change; a pure function of columns, kept while they are the same."""
    on_the_grid = int(world.systems.next_at[Calendar.COMBAT])
    if on_the_grid <= now:
        return on_the_grid
    key = (*world.formations.version(*_WATCHED), *world.battles.version("stale"), *world.participants.version("left_at"))
    return min(on_the_grid, derived(world, "combat.due", key, lambda: _due(world, now)))


def _due(world: World, now: int) -> int:
    battles, formations = world.battles, world.formations
    first = _first(
        now, battles.outcome, battles.stale, battles.due_at, formations.status, formations.stage, formations.task,
        IS_ATTACK, formations.pause_until, formations.surrender_left, formations.surrender_gain, formations.as_of,
    )  # fmt: skip
    return round_up(now, GRAIN_MIN) if first < 0 or changed(world, now) else int(first)


@jit
def _first(
    now: int, outcome: Any, stale: Any, due_at: Any, status: Any, stage: Any, task: Any, attacks: Any, pause_until: Any,
    left: Any, gain: Any, as_of: Any,
) -> int:  # fmt: skip
    """When the first threshold is used up, of a battle or to lay down arms, or an attacker who waits has rested; -1 if a
    battle is to be set anew at once.
    """
    first = NEVER
    for battle in range(len(outcome)):
        if outcome[battle] == LIVE:
            if stale[battle] != 0:
                return -1
            first = min(first, due_at[battle])
    for row in range(len(status)):
        first = min(first, used_up_at(left[row], gain[row], as_of[row]))
        if status[row] == ON_MAP and stage[row] == WAITING and attacks[task[row]] and pause_until[row] > now:
            first = min(first, pause_until[row])
    return first


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """All that happens in battle at ``minute``."""
    tick = int(world.systems.next_at[Calendar.COMBAT]) <= minute
    nobody = np.zeros(len(world.formations), dtype=bool)
    ending = Ending(out=nobody.copy(), spent=nobody.copy(), trace=trace)
    surrender.decide(world, minute, dice, ending, tick=tick, trace=trace)
    combat_outcomes.decide(world, minute, dice, ending, trace)
    lineup = line_up(world, minute, np.array(ending.rows, dtype=np.int64), ending.out, ending.spent, tick=tick)
    events = [*ending.events, *settle_flows(world, lineup, ending, minute, dice, tick=tick, trace=trace)]
    concerned = np.ones(len(nobody), dtype=bool) if tick else _out_of_battle(world, lineup)
    if tick or anywhere(concerned):
        events += skirmish(world, lineup, ending, concerned, minute, trace)
    if tick:
        events.append(TICKED(minute, system=Calendar.COMBAT, next_at=(minute // GRID_MIN + 1) * GRID_MIN))
    return events


def _out_of_battle(world: World, lineup: Lineup) -> Mask:
    """Who was in battle and is in none from now on: what he is exposed to does not wait for the calendar."""
    was = np.zeros(len(world.formations), dtype=bool)
    was[world.participants.formation[live_participants(world)]] = True
    was[lineup.formation] = False
    return was


SYSTEM = System("combat", 6, GRAIN_MIN, next_due, decide)
