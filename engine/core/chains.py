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
    count = 0
    chain = 0
    for ring_pass in range(2):
        for start in range(n):
            if colours[start] != colour:
                continue
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
