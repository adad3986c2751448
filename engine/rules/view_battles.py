"""Battles as a view shows them: what is fought for, who of its own takes part, and how it goes as far as it is felt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY
from engine.core.columns import Array
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
    recent = (battles.outcome == LIVE) | (battles.ended_at > minute - REMEMBERED_MIN)
    rows = recent.nonzero()[0]
    own = (participants.left_at > minute).nonzero()[0]
    own = own[recent[participants.battle[own]]]
    own = own[world.formations.side[participants.formation[own]] == side]

    def make(name: str) -> Array:
        if name in _BATTLE:
            return fixed(battles[name][rows])
        if name in _TAKING_PART:
            return fixed(participants[name][own])
        return fixed(_FELT[name](world, side, minute, rows))

    if at_once:
        return OwnBattles(**{name: make(name) for name in (*_BATTLE, *_TAKING_PART, *_FELT)})
    return _PassingBattles({}, make)


_BATTLE: Final = ("hex", "kind", "started_at", "ended_at", "outcome", "cause")
_TAKING_PART: Final = ("formation", "battle", "role", "direction", "share")


def _depth(world: World, side: int, minute: int, rows: Rows) -> Array:
    battles = world.battles
    live = battles.outcome[rows] == LIVE
    depth: Array = np.where(live, battles.read("depth", minute, rows), battles.depth_u[rows]) // 1_000_000
    return depth


_FELT: Final[dict[str, Callable[[World, int, int, Rows], Array]]] = {
    "row": lambda world, side, minute, rows: rows,
    "attacking": lambda world, side, minute, rows: (world.battles.attacker[rows] == side).astype(np.int8),
    "depth_m": _depth,
    "x": lambda world, side, minute, rows: (world.battles.x[rows].astype(np.int64) + X_STEP // 2) // X_STEP * X_STEP,
}
"""Columns of battles as a side sees them."""
