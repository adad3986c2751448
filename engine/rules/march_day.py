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
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import whole
from engine.core.calendar import HOUR
from engine.core.jit import jit
from engine.rules.power import on

Rows = npt.NDArray[np.int64]


def quickened(rules: Mapping[str, float], march: Rows, marched_until: Rows, start: Rows) -> tuple[Rows, Rows]:
    """Minutes that the rested save on legs of ``march`` sustained minutes, and their new ``marched_until``."""
    saved, until = np.empty((2, len(march)), np.int64)
    burst = round(rules["movement.burst_h"] * HOUR) if on(rules, "short_marches") else -1
    _quicken(march, marched_until, start, burst, rules["movement.column_pace"], saved, until)
    return saved, until


@jit
def quicken(march: int, marched_until: int, start: int, burst: int, pace: float) -> tuple[int, int]:
    """The same for one leg; ``burst`` in minutes, below 0 if nobody is ever quicker."""
    until, saved = max(marched_until, start) + march, 0
    if burst >= 0:
        saved = march - min(max(until - burst - start, whole(march * pace)), march)
    return saved, until


@jit
def _quicken(march: Any, marched_until: Any, start: Any, burst: int, pace: float, saved: Any, until: Any) -> None:
    for i in range(len(march)):
        saved[i], until[i] = quicken(march[i], marched_until[i], start[i], burst, pace)
