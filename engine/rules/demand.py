"""What formations need and hold: the table of demands by kind and activity, in grams."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats
from engine.core.columns import FINE, Array
from engine.core.jit import jit
from engine.model.world import Statics

TON: Final = 1_000_000
"""Grams in a metric ton."""
PLENTY: Final = 1000.0
"""Days of stock of what a formation does not need."""
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Needs:
    """Demand by kind, shape (kinds,): grams for one man present, a day (fuel also for 100 km of march)."""

    ammo_static: Floats
    ammo_defence: Floats
    ammo_attack: Floats
    fuel_idle: Floats
    fuel_100km: Floats
    food: Floats


def needs(statics: Statics) -> Needs:
    """The table of demands, made once for a run. A kind without a stated strength counts as 1,000 men."""
    found = statics.memo.get("demand.needs")
    if found is None:
        kinds = [statics.scenario.kinds[name] for name in statics.kinds]
        men = np.array([k.men or 1000 for k in kinds], dtype=np.float64)
        scale = statics.rules["supply.demand_scale"]

        def for_each(column: str, unit: float = TON) -> Floats:
            amounts = np.array([getattr(k, column) for k in kinds], dtype=np.float64)
            return amounts * unit * scale / men

        found = Needs(
            ammo_static=for_each("ammo_static_t"),
            ammo_defence=for_each("ammo_defence_t"),
            ammo_attack=for_each("ammo_attack_t"),
            fuel_idle=for_each("fuel_idle_t"),
            fuel_100km=for_each("fuel_100km_t"),
            food=for_each("food_kg_man", 1000.0) * men,
        )
        statics.memo["demand.needs"] = found
    assert isinstance(found, Needs)
    return found


def days_of(stock_g: Ints, kind: Array, rate: Floats, men: Ints) -> Ints:
    """How long stocks last at the daily need of each formation's kind and men (fine units), in millionths of a day.

    Shapes (formations,), but ``rate``: grammes a man by kind.
    """
    days = np.empty(len(stock_g), np.int64)
    _days_each(stock_g, kind, rate, men, days)
    return days


@jit
def _days_each(stock: Any, kind: Any, rate: Any, men: Any, days: Any) -> None:
    for i in range(len(days)):
        need, lasts = rate[kind[i]] * (men[i] / FINE), PLENTY
        if need > 0:
            lasts = min(stock[i] / need, PLENTY)
        days[i] = math.floor(lasts * PPM + 0.5)
