"""Sums over discs: what points of a grid do to the hexes around them. Whole numbers, so they add alike in any order.

A disc is a row of ``Grid.ring_table``: the hex itself, then ring after ring; hexes off the grid are negative. Each
source brings an amount; ``weights`` says how many thousandths of it reach each hex of its disc.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit

Ints = npt.NDArray[np.int64]
Sums = npt.NDArray[np.int32]


@jit
def _add(discs: Any, cells: Any, amounts: Any, weights: Any, total: Any) -> None:
    for i in range(len(cells)):
        for k in range(len(weights)):
            there = discs[cells[i], k]
            if there >= 0 and weights[k] != 0:
                total[there] += amounts[i] * weights[k] // 1000


def disc_sums(discs: npt.NDArray[np.int32], cells: Ints, amounts: Ints, weights: Ints) -> Sums:
    """For each hex the sum over sources of amount x weight // 1000. Shape (hexes,).

    ``discs`` (hexes, k): hexes by distance, at least as many as weights; ``cells`` and ``amounts`` (sources,).
    """
    total = np.zeros(len(discs), np.int32)
    _add(discs, cells, amounts, weights, total)
    return total
