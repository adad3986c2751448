"""Forced marches: faster for a day or two, and dear.

A formation marches so while an order ``forced_march`` is in force; staffs do not give it. The gain over a sustained
march halves with every ``movement.forced_fade_h`` since the order reached it: foot that makes 54 km on the first day
makes 95 in two days and 128 in three (published: 56, 97, 129). Its tiredness is ``movement.forced_fatigue_day`` for
the distance of the first day, charged like that of every march on the six-hour grid; breakdowns and fuel go by the
ground covered, as ever. It gains nothing over enemy ground, at crossings and in the start from rest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats
from engine.model.codes import Mobility, OrderKind
from engine.model.world import Statics

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FORCED = int(OrderKind.FORCED_MARCH)
MOST_HALVINGS = 20


def first_day(statics: Statics) -> Floats:
    """Pace of the first day as a multiple of the sustained one, by mobility."""
    found: Floats | None = statics.memo.get("forced_march.first_day")
    if found is None:
        rules = statics.rules
        found = statics.memo["forced_march.first_day"] = np.array([
            rules["movement.forced_foot" if m == Mobility.FOOT else "movement.forced_mech"] for m in Mobility
        ])  # fmt: skip
    return found
