"""How fast this machine is beside the one for which the budgets hold: plain SimPy, timed in the same run.

A millisecond is not the same on two machines, nor on one machine on two days. Budgets are therefore those of a reference
machine, told by what anybody can run on his own: processes of plain SimPy that loop over exponential waits, which is what
interpreting Python and its memory cost, as most of a run is.
"""

from __future__ import annotations

import math
import statistics
import time
from itertools import cycle
from typing import Final

from engine.core.clock import waiting

REFERENCE_PER_S: Final = 1.07e6
"""Waits that end in a CPU second on two cores of a 2.6 GHz x86-64 server with CPython 3.11 and SimPy 4.1 (measured there)."""
PROCESSES: Final = 300
SPAN: Final = 60
"""Mean waits of each process in a round: some 20,000 in all."""
_GOLDEN: Final = 0.6180339887498949
"""Multiples of it lie evenly in the unit interval: waits need not be drawn by chance."""


def waits_per_cpu_second(rounds: int = 5) -> list[float]:
    """Waits that end in a second of CPU, for each round."""
    return [_round(number) for number in range(rounds)]


def times_slower(waits: list[float]) -> float:
    """How many times as long as on the reference machine the same work takes here, by the median of some rounds."""
    return REFERENCE_PER_S / statistics.median(waits)


def _round(number: int) -> float:
    even, started = cycle([(number + i * _GOLDEN) % 1.0 for i in range(1, 4096)]), [0]

    def draw() -> float:
        started[0] += 1
        return -math.log(1.0 - next(even))

    environment = waiting(draw, PROCESSES)
    began = time.process_time()
    environment.run(until=SPAN)
    return (started[0] - PROCESSES) / (time.process_time() - began)
