"""Stocks that change steadily, read and brought up to date by compiled rules.

Alone in their file: every kernel that reads a flow is compiled anew when this one changes, and with no other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


@jit
def read_flow(block: Array, plan: Ints, flow: int, row: int, minute: int) -> int:
    """The value of one flow of one row at a minute, as :meth:`Table.read` gives it; ``plan`` by TableSpec.plan."""
    rate = 0
    for k in range(2, plan.shape[1]):
        place = plan[flow, k]
        if place < 0:
            break
        term = int(block[place, row])
        rate = rate + term if k < 2 + plan[flow, 1] else rate - term
    return int(block[plan[flow, 0], row]) + rate * (minute - int(block[plan[len(plan) - 1, 0], row]))


@jit
def read_flows(block: Array, plan: Ints, rows: Ints, minute: int, out: Ints) -> None:
    """The values of the flows of ``plan`` into ``out``, shape (flows, rows)."""
    for i in range(len(rows)):
        for flow in range(len(out)):
            out[flow, i] = read_flow(block, plan, flow, rows[i], minute)


@jit
def settle_flows(block: Array, plan: Ints, rows: Ints, minute: int) -> bool:
    """Bring flows of ``rows`` up to ``minute``; False if some stand later than that, and nothing is written then."""
    as_of = plan[len(plan) - 1, 0]
    for i in range(len(rows)):
        if block[as_of, rows[i]] > minute:
            return False
    for i in range(len(rows)):
        row = rows[i]
        if block[as_of, row] < minute:
            for flow in range(len(plan) - 1):
                block[plan[flow, 0], row] = read_flow(block, plan, flow, row, minute)
            block[as_of, row] = minute
    return True
