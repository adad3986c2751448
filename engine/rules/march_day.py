"""Short marches at the pace of a column: a day's march is done in some hours, the rest of the day is rest.

A sustained pace (27 km a day for foot) holds for whole days. Who is rested goes the first hexes at the pace of the
column itself, which is about four times as fast (foot 4-5 km/h, motor 15-25, track 12-20), until he has used up
``movement.burst_h`` hours of sustained march; from then on every hex takes its sustained time. Rest gives it back hour
by hour. Crossings, zones of control, crowded roads and the start are no quicker for it.

Each formation keeps one number: the minute at which a march at the sustained pace would have brought it where it is
(``marched_until``). It may be ahead of that by the burst, no more: a leaky bucket, exact however it is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import rounded
from engine.core.calendar import HOUR
from engine.rules.power import on

Rows = npt.NDArray[np.int64]


def quickened(rules: Mapping[str, float], march: Rows, marched_until: Rows, start: Rows) -> tuple[Rows, Rows]:
    """Minutes that the rested save on legs of ``march`` sustained minutes, and their new ``marched_until``."""
    until = np.maximum(marched_until, start) + march
    if not on(rules, "short_marches"):
        return np.zeros(len(march), np.int64), until
    least = rounded(march * rules["movement.column_pace"])
    taken = np.clip(until - round(rules["movement.burst_h"] * HOUR) - start, least, march)
    saved: Rows = march - taken
    return saved, until
