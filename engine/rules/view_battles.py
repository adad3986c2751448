"""Battles as a view shows them: what is fought for, who of its own takes part, and how it goes as far as it is felt."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY
from engine.core.columns import Array
from engine.core.jit import jit
from engine.model.codes import LIVE
from engine.model.view import OwnBattles
from engine.model.world import World
from engine.rules.view_frames import AsAsked, fixed

Rows = npt.NDArray[np.int64]

REMEMBERED_MIN = 4 * DAY
"""Battles that ended longer ago are no longer in the view."""
X_STEP = 250_000
"""Own commanders feel how a battle goes in steps of a quarter of x (millionths)."""


class _PassingBattles(AsAsked, OwnBattles):
    pass


def battles_seen(world: World, side: int, minute: int, at_once: bool) -> OwnBattles:
    """Live and lately ended battles, and who of the side takes part in them."""
    battles, participants = world.battles, world.participants
    rows, own = np.empty(len(battles), np.int64), np.empty(len(participants), np.int64)
    attacking, x = np.empty(len(battles), np.int8), np.empty(len(battles), np.int64)
    count, taking_part = _see(
        battles.outcome, battles.ended_at, battles.attacker, battles.x, participants.left_at, participants.battle,
        participants.formation, world.formations.side, side, minute, rows, own, attacking, x,
    )  # fmt: skip
    rows, own = rows[:count], own[:taking_part]
    known = {"row": fixed(rows), "attacking": fixed(attacking[:count]), "x": fixed(x[:count])}

    def make(name: str) -> Array:
        if name in _BATTLE:
            return fixed(battles[name][rows])
        if name in _TAKING_PART:
            return fixed(participants[name][own])
        return fixed(_depth(world, minute, rows))

    if at_once:
        return OwnBattles(**known, **{name: make(name) for name in (*_BATTLE, *_TAKING_PART, "depth_m")})
    known |= {**battles.pick(_BATTLE_ASKED, rows), **participants.pick(_PART_ASKED, own)}
    return _PassingBattles(known, make)


@jit
def _see(
    outcome: Any, ended_at: Any, attacker: Any, x: Any, left_at: Any, battle: Any, formation: Any, side_of: Any, side: int,
    minute: int, rows: Any, own: Any, attacking: Any, felt: Any,
) -> tuple[int, int]:  # fmt: skip
    """Fill in the rows of battles, whether one attacks in them and how they feel, and of own participants; how many.

    An own commander feels x in steps (``X_STEP``).
    """
    recent = np.zeros(len(outcome), np.bool_)
    count = taking_part = 0
    for row in range(len(outcome)):
        recent[row] = outcome[row] == LIVE or ended_at[row] > minute - REMEMBERED_MIN
        if recent[row]:
            rows[count], attacking[count] = row, 1 if attacker[row] == side else 0
            felt[count] = (int(x[row]) + X_STEP // 2) // X_STEP * X_STEP
            count += 1
    for row in range(len(left_at)):
        if left_at[row] > minute and recent[battle[row]] and side_of[formation[row]] == side:
            own[taking_part], taking_part = row, taking_part + 1
    return count, taking_part


_BATTLE: Final = ("hex", "kind", "started_at", "ended_at", "outcome", "cause")
_BATTLE_ASKED: Final = ("hex", "ended_at", "outcome")
_PART_ASKED: Final = ("formation", "battle", "role")
"""Columns that a commander looks at in every plan: picked in one go."""
_TAKING_PART: Final = ("formation", "battle", "role", "direction", "share")


def _depth(world: World, minute: int, rows: Rows) -> Array:
    battles = world.battles
    live = battles.outcome[rows] == LIVE
    depth: Array = np.where(live, battles.read("depth", minute, rows), battles.depth_u[rows]) // 1_000_000
    return depth
