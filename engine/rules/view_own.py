"""Own formations as a view shows them: identity, state, and what follows from their stocks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.columns import FINE, NANO, Array
from engine.core.jit import jit
from engine.model.view import OwnFormations
from engine.model.world import World
from engine.rules.demand import days_of, needs
from engine.rules.parameters import packed
from engine.rules.sight import on_map
from engine.rules.view_frames import AsAsked, fixed
from engine.rules.view_orders import order_numbers

Rows = npt.NDArray[np.int64]

_IDENTITY = ("kind", "mobility", "echelon", "stack", "combat_share", "quality", "men_full")
_STATE: Final = (
    "hq", "hex", "in_place_since", "leg_to", "departed_at", "leg_at", "goal", "target", "pause_until", "task", "posture",
    "stage", "supplied", "cut_off_since", "hungry_since", "contact", "exploiting", "last_fight_at", "moved_m",
    "afloat", "landed_at", "kept", "leaves_at",
)  # fmt: skip
_ASKED: Final = ("hq", "hex", "leg_to", "leg_at", "goal", "target", "task", "contact", "cut_off_since", "afloat")
"""Of them those that a commander looks at in every plan: picked in one go."""
_OF_POWER: Final = ("men", "afv", "guns", "cohesion", "fatigue")
_TOGETHER: Final = (*_OF_POWER, "ammo", "fuel")
"""Stocks that make up points, and those that an attack lives on: read together, as one is hardly asked for without the
others.
"""


class _PassingOwn(AsAsked, OwnFormations):
    pass


class _Stocks(dict[str, Rows]):
    """Stocks of some formations at a minute in their fine units, each read when it is first asked for."""

    def __init__(self, world: World, minute: int, rows: Rows) -> None:
        super().__init__()
        self._of = world.formations, minute, rows

    def __missing__(self, name: str) -> Rows:
        formations, minute, rows = self._of
        self.update(formations.read_all(_TOGETHER if name in _TOGETHER else (name,), minute, rows))
        return self[name]


def own_formations(world: World, side: int, minute: int, at_once: bool) -> OwnFormations:
    """A side's formations on the map, all columns at once or as they are asked for."""
    formations, rows = world.formations, on_map(world, side)
    known, now = _unchanging(world, side, rows), _Stocks(world, minute, rows)

    def make(name: str) -> Array:
        if name in _STATE:
            return fixed(formations[name][rows])
        if name == "order":
            return fixed(order_numbers(world, side)[formations.order[rows]])
        return fixed(_CHANGING[name](world, known, now))

    if at_once:
        known.update(formations.pick(_STATE, rows))
        known.update({name: make(name) for name in (*_CHANGING, "order")})
        return OwnFormations(**known)
    known.update(formations.pick(_ASKED, rows))
    return _PassingOwn(known, make)


def _per_man(world: World, known: dict[str, Any], now: _Stocks, stock: str, need: str) -> Rows:
    """Days (fills of fuel) that a stock lasts at present strength, millionths."""
    return days_of(now[stock], known["kind"], getattr(needs(world.statics), need), now["men"])


_CHANGING: dict[str, Callable[[World, dict[str, Any], _Stocks], Rows]] = {
    "men": lambda world, known, now: now["men"] // FINE,
    "men_in_line": lambda world, known, now: now["men"] // FINE * known["combat_share"] // PPM,
    "afv": lambda world, known, now: now["afv"] // FINE,
    "afv_shop": lambda world, known, now: now["afv_shop"] // FINE,
    "guns": lambda world, known, now: now["guns"] // FINE,
    "power": lambda world, known, now: _points(world, known, now),
    "cohesion": lambda world, known, now: now["cohesion"] // 1000,
    "fatigue": lambda world, known, now: now["fatigue"] // 1000,
    "works": lambda world, known, now: now["works"] // 1000,
    "ammo_days": lambda world, known, now: _per_man(world, known, now, "ammo", "ammo_defence"),
    "fuel_days": lambda world, known, now: _per_man(world, known, now, "fuel", "fuel_100km"),
    "food_days": lambda world, known, now: _per_man(world, known, now, "food", "food"),
    "battle_losses": lambda world, known, now: now["battle"] // FINE,
}
"""Columns of own formations that follow from their stocks."""


def _points(world: World, known: dict[str, Any], now: Mapping[str, Rows]) -> Rows:
    """Effective power, posture and terrain left out: q x (combat men + 20 AFV + 15 guns)."""
    points, p = np.empty(len(now["men"]), np.int64), packed(world.statics, _WORTH)
    men, afv, guns, cohesion, fatigue = (now[name] for name in _OF_POWER)
    _points_each(men, afv, guns, cohesion, fatigue, known["combat_share"], known["quality"], p, points)
    return points


_WORTH: Final = (
    "combat.weight_afv", "combat.weight_gun", "combat.quality_cohesion_share", "combat.quality_cohesion_floor",
    "combat.quality_fatigue_share",
)  # fmt: skip


@jit
def _points_each(
    men: Any, afv: Any, guns: Any, cohesion: Any, fatigue: Any, share: Any, cev: Any, p: Any, points: Any
) -> None:
    for i in range(len(points)):
        worth = men[i] * (share[i] / PPM)
        worth = worth + p[0] * afv[i]
        worth = worth + p[1] * guns[i]
        ready = cohesion[i] * (p[2] / NANO)
        ready = ready + p[3]
        tired = fatigue[i] * (p[4] / NANO)
        quality = (cev[i] / PPM) * ready * (1.0 - tired)
        points[i] = math.floor(worth * quality / FINE + 0.5)


def _unchanging(world: World, side: int, rows: Rows) -> dict[str, Any]:
    """Identity columns and names of own formations; made again only when others stand on the map."""
    key, stamp = f"views.own.{side}", rows.tobytes()
    held = world.derived.get(key)
    if held is None or held[0] != stamp:
        position = np.full(len(world.formations), -1, dtype=np.int32)
        position[rows] = np.arange(len(rows), dtype=np.int32)
        names = world.statics.formation_ids
        found = {
            "row": fixed(rows),
            "ids": tuple(names[row] for row in rows.tolist()),
            "position": fixed(position),
            **world.formations.pick(_IDENTITY, rows),
        }
        held = world.derived[key] = (stamp, found)
    return dict(held[1])
