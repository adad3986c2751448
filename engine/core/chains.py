"""The border between two colours of hexes as ordered chains of hexsides.

Each corner of the grid touches three hexes; if every land hex has one of two owners, the border uses none or two of
the three sides at a corner, so a chain never branches. Chains are walked with ``colour`` on the left: at the corner
ahead look at the third hex; if it is of the colour, turn to its side against the same foreign hex, else go on to the
next side of the same hex. A chain is open if it ends at hexes of neither colour, closed if it is a ring.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit

Ints = npt.NDArray[np.int32]


@jit
def _walk(neighbours: Any, colours: Any, colour: Any, cells: Any, sides: Any, chains: Any, closed: Any) -> int:
    n = neighbours.shape[0]
    seen = np.zeros((n, 6), np.uint8)
    border, most = np.empty(n, np.int32), 0
    for start in range(n):
        if colours[start] == colour:
            for d in range(6):
                other = neighbours[start, d]
                if other >= 0 and colours[other] >= 0 and colours[other] != colour:
                    border[most] = start
                    most += 1
                    break
    count = 0
    chain = 0
    for ring_pass in range(2):
        for k in range(most):
            start = border[k]
            for d in range(6):
                other = neighbours[start, d]
                if other < 0 or colours[other] < 0 or colours[other] == colour or seen[start, d]:
                    continue
                if ring_pass == 0:
                    behind = neighbours[start, (d + 1) % 6]
                    if behind >= 0 and colours[behind] >= 0:
                        continue
                here, side = start, d
                while True:
                    seen[here, side] = 1
                    cells[count] = here
                    sides[count] = side
                    chains[count] = chain
                    count += 1
                    ahead = (side + 5) % 6
                    third = neighbours[here, ahead]
                    if third < 0 or colours[third] < 0:
                        break
                    if colours[third] == colour:
                        here, side = third, (side + 1) % 6
                    else:
                        side = ahead
                    if seen[here, side]:
                        break
                closed[chain] = ring_pass
                chain += 1
    return count


def border_chains(neighbours: Ints, colours: npt.NDArray[np.int8], colour: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Sides of ``colour`` hexes against others, in order along each chain.

    ``colours`` (n,): owner of each hex, below 0 for what is no ground at all. Returns cells, directions 0..5, chain
    numbers, each of shape (sides,), and for each chain 1 if it is closed.
    """
    most = neighbours.shape[0] * 6
    cells, sides, chains = np.empty(most, np.int32), np.empty(most, np.int8), np.empty(most, np.int32)
    closed = np.zeros(most, np.int8)
    count = _walk(neighbours, colours, colour, cells, sides, chains, closed)
    chain = chains[:count].copy()
    number = int(chain[-1]) + 1 if count else 0
    return cells[:count].copy(), sides[:count].astype(np.int32), chain, closed[:number].astype(np.int32)


@jit
def _areas(neighbours: Any, colours: Any, label: Any, stack: Any) -> int:
    count = 0
    for cell in range(neighbours.shape[0]):
        if label[cell] != -1 or colours[cell] < 0:
            continue
        colour = colours[cell]
        label[cell] = count
        stack[0] = cell
        top = 1
        while top > 0:
            top -= 1
            here = stack[top]
            for d in range(6):
                there = neighbours[here, d]
                if there >= 0 and label[there] == -1 and colours[there] == colour:
                    label[there] = count
                    stack[top] = there
                    top += 1
        count += 1
    return count


def areas(neighbours: Ints, colours: npt.NDArray[np.int8]) -> tuple[Ints, int]:
    """Connected areas of one colour each, numbered in order of their lowest cell; -1 where the colour is below 0.

    Sides that cannot be crossed are -1 in ``neighbours``. Returns labels of shape (n,) and how many there are.
    """
    label = np.full(len(colours), -1, np.int32)
    count = _areas(neighbours, colours, label, np.empty(len(colours), np.int32))
    return label, int(count)
