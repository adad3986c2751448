"""A change of luck at a moment: what is left of exponential thresholds is drawn again, for their law has no memory."""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import rounded
from engine.core.columns import NANO
from engine.core.dice import Dice, Stream, battle_subject
from engine.model.codes import Outcome, Status
from engine.model.events import Event
from engine.model.events.common import REDRAWN
from engine.model.world import World


def redraw(world: World, minute: int, dice: Dice) -> list[Event]:
    """Events that give live battles and formations on the map new thresholds."""
    events = []
    live = np.flatnonzero(world.battles.outcome == Outcome.LIVE)
    if len(live):
        subjects = battle_subject(world.battles.hex[live], world.battles.ordinal[live])
        events += [
            REDRAWN(minute, table=0, row=live, threshold=0,
                    value=rounded(dice.exponential(Stream.BATTLE_YIELD, subjects, minute, 9) * NANO)),
            REDRAWN(minute, table=0, row=live, threshold=1,
                    value=rounded(dice.exponential(Stream.BATTLE_BREAK_OFF, subjects, minute, 9) * NANO)),
        ]  # fmt: skip
    rows = np.flatnonzero(world.formations.status == Status.ON_MAP)
    if len(rows):
        value = rounded(dice.exponential(Stream.SURRENDER, world.formations.subject[rows], minute, 9) * NANO)
        events.append(REDRAWN(minute, table=1, row=rows, threshold=2, value=value))
    return events
