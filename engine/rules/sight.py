"""What is seen of an enemy: reports that fade, and the formations beside one's own."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats, exp, exp_of, rounded
from engine.core.calendar import DAY, HOUR
from engine.core.columns import Array
from engine.core.jit import jit
from engine.model.codes import ON_MAP
from engine.model.world import Statics, World
from engine.rules.derived import derived

LN_2: Final = 0.6931471805599453
LEAST_LEVEL: Final = 250_000
"""A report that has faded below a quarter of a level tells nothing any more (millionths)."""


def faded(level: Array, age_min: Array, half_life: Array) -> Floats:
    """Level of detection (millionths) of a report after ``age_min`` minutes: it halves in each half-life."""
    return level * exp(-LN_2 * age_min / np.maximum(half_life, 1))


@jit
def faded_to(level: int, age_min: int, half_life: int) -> int:
    """The same of one report as a whole number, for compiled rules."""
    left = exp_of(-LN_2 * age_min / max(half_life, 1))
    return math.floor(level * left + 0.5)


def memory_min(statics: Statics) -> int:
    """Minutes after which a report is dropped however good it was."""
    return round(statics.rules["intelligence.memory_days"] * DAY)


def half_lives(statics: Statics) -> tuple[int, int, int]:
    """Minutes: of a formation that stands, moves, hides."""
    found: tuple[int, int, int] | None = statics.memo.get("sight.half_lives")
    if found is None:
        names = ("static", "moving", "hidden")
        static, moving, hidden = (round(statics.rules[f"intelligence.half_life_{n}_h"] * HOUR) for n in names)
        found = statics.memo["sight.half_lives"] = (static, moving, hidden)
    return found


def on_map(world: World, side: int) -> npt.NDArray[np.int64]:
    """Rows of a side's formations that stand on the map."""
    return _present(world)[side]


def _present(world: World) -> list[npt.NDArray[np.int64]]:
    """Rows on the map by side."""
    formations = world.formations

    def make() -> list[npt.NDArray[np.int64]]:
        rows = ((formations.status == ON_MAP) & (formations.hex >= 0)).nonzero()[0]
        sides = formations.side[rows]
        return [rows[sides == side] for side in (0, 1)]

    return derived(world, "sight.on_map", formations.version("status", "hex", "side"), make)


def watched(world: World, own: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Shape (hexes + 1,): hexes that formations ``own`` stand in or beside; the last entry is off the map."""
    grid = world.statics.grid
    near = np.zeros(grid.size + 1, dtype=bool)
    cells = world.formations.hex[own].astype(np.int64)
    near[cells] = True
    near[grid.neighbours[cells].astype(np.int64)] = True
    near[-1] = False
    return near


def usual_strength(world: World) -> npt.NDArray[np.int64]:
    """Men, AFVs and points that a formation of each kind is taken to have when nothing better is known: (3, kinds)."""
    statics = world.statics
    found: npt.NDArray[np.int64] | None = statics.memo.get("sight.usual")
    if found is None:
        kinds = [statics.scenario.kinds[name] for name in statics.kinds]
        men, afv, guns = (np.array([getattr(k, n) for k in kinds], np.int64) for n in ("men", "afv", "guns"))
        cev, share = (np.array([getattr(k, n) for k in kinds]) for n in ("cev", "combat_share"))
        rules = statics.rules
        worth = men * share + rules["combat.weight_afv"] * afv + rules["combat.weight_gun"] * guns
        found = statics.memo["sight.usual"] = np.stack([men, afv, rounded(worth * cev)])
    return found


def remnant(statics: Statics) -> int:
    """Points, as reported, below which an enemy is too weak for a zone of control or a screen (``contact.zoc_men_min``).

    Where he is he is in the way of a march, but nobody turns aside for what lies beside him.
    """
    return round(statics.rules["contact.zoc_men_min"])
