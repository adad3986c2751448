"""Distance fields over hexes with integer step costs: bucket queues (Dial), compiled.

Costs are whole minutes (or any small integers). A cost of 0 or less means the step cannot be made. All kernels
break ties by cost alone, so results do not depend on the order of sources; a descent takes the lowest direction.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit

Ints = npt.NDArray[np.int32]
Cells = npt.NDArray[np.int64]
FAR: Final = 1 << 30
"""Distance of what cannot be reached."""
_NO_TOLL: Final = np.zeros(0, np.int32)


@jit
def _dial(
    neighbours: Any, costs: Any, backward: bool, sources: Any, starts: Any, limit: int, top: int, out: Any
) -> int:
    """Fill ``out`` (preset to FAR) with least costs from the sources; returns how many cells were settled.

    Buckets are a ring of ``top + 1`` linked lists: no step is longer than ``top``, so the slot of a cost is found by
    adding to the slot of the present one (a division for every edge took most of the time). Every cell is settled
    once, so at most one entry is made for a directed edge, and the lists never grow.
    """
    n = neighbours.shape[0]
    ring = top + 1
    head = np.full(ring, -1, np.int32)
    next_in = np.empty(6 * n + len(sources), np.int32)
    cell_of = np.empty(6 * n + len(sources), np.int32)
    used = 0
    pending = 0
    # Sources may start at different costs; spread wider than the ring they are fed in as their time comes.
    order = np.argsort(starts)
    fed = 0
    settled = 0
    current = starts[order[0]]
    slot = current % ring
    while pending > 0 or fed < len(sources):
        if pending == 0 and starts[order[fed]] > current:
            current = starts[order[fed]]
            slot = current % ring
        while fed < len(sources) and starts[order[fed]] == current:
            s = sources[order[fed]]
            if current < out[s]:
                out[s] = current
                cell_of[used] = s
                next_in[used] = head[slot]
                head[slot] = used
                used += 1
                pending += 1
            fed += 1
        if current > limit:
            break
        while head[slot] != -1:
            node = head[slot]
            head[slot] = next_in[node]
            pending -= 1
            here = cell_of[node]
            if out[here] != current:
                continue
            settled += 1
            for d in range(6):
                there = neighbours[here, d]
                if there < 0:
                    continue
                step = costs[there, (d + 3) % 6] if backward else costs[here, d]
                if step <= 0:
                    continue
                total = current + step
                if total < out[there] and total <= limit:
                    out[there] = total
                    q = slot + step
                    if q >= ring:
                        q %= ring
                    cell_of[used] = there
                    next_in[used] = head[q]
                    head[q] = used
                    used += 1
                    pending += 1
        current += 1
        slot += 1
        if slot == ring:
            slot = 0
    return settled


def field(
    neighbours: Ints, costs: Ints, sources: npt.ArrayLike, *, limit: int = FAR - 1, backward: bool = False,
    starts: npt.ArrayLike | None = None, top: int | None = None,
) -> Ints:  # fmt: skip
    """Least cost from ``sources`` to every cell, FAR where it exceeds ``limit`` or no way exists.

    ``costs`` has shape (n, 6): the cost of the step from a cell in a direction. With ``backward`` the field holds
    the cost *to* the sources instead: what a march descends. ``starts`` are initial costs of the sources. ``top``
    is the dearest step if known (saves a pass over the costs).
    """
    cells = np.atleast_1d(np.asarray(sources, dtype=np.int32))
    begin = np.zeros(len(cells), np.int32) if starts is None else np.asarray(starts, dtype=np.int32)
    out = np.full(neighbours.shape[0], FAR, np.int32)
    if len(cells):
        _dial(neighbours, costs, backward, cells, begin, int(limit), int(costs.max()) if top is None else top, out)
    return out


@jit
def _hops(neighbours: Any, inside: Any, sources: Any, out: Any, queue: Any) -> None:
    last = 0
    for source in sources:
        if out[source] != 0:
            out[source] = 0
            queue[last] = source
            last += 1
    first = 0
    while first < last:
        here = queue[first]
        first += 1
        for d in range(6):
            there = neighbours[here, d]
            if there >= 0 and inside[there] and out[there] > out[here] + 1:
                out[there] = out[here] + 1
                queue[last] = there
                last += 1


def hops(neighbours: Ints, inside: npt.NDArray[np.bool_], sources: npt.NDArray[np.int64]) -> Ints:
    """Steps from the nearest source through cells ``inside`` (n,); FAR where none lead. Sources are 0 anyway."""
    out = np.full(len(neighbours), FAR, np.int32)
    _hops(neighbours, inside, sources, out, np.empty(len(neighbours), np.int32))
    return out


@jit
def _reach_to(
    neighbours: Any, axial: Any, costs: Any, toll: Any, goal: int, stop: int, limit: int, top: int, least: int,
    out: Any, touched: Any,
) -> int:  # fmt: skip
    """Backward search from ``goal`` until ``stop`` is settled; ``out`` must be FAR before; returns cells touched.

    Cells are settled in the order of their cost and what is left at best, ``least`` for each hex to ``stop`` (A*).
    Those that cost as much as ``stop`` are settled with it, so that all quickest ways are there to choose from.
    """
    n = neighbours.shape[0]
    taxed = len(toll) > 0
    ring = top + least + 1
    head = np.full(ring, -1, np.int32)
    capacity = 1024
    next_in = np.empty(capacity, np.int32)
    cell_of = np.empty(capacity, np.int32)
    q0, r0 = int(axial[0, stop]), int(axial[1, stop])
    dq, dr = int(axial[0, goal]) - q0, int(axial[1, goal]) - r0
    current = least * ((abs(dq) + abs(dr) + abs(dq + dr)) // 2)
    slot = current % ring
    out[goal] = 0
    touched[0] = goal
    count = 1
    cell_of[0] = goal
    next_in[0] = -1
    head[slot] = 0
    used, pending = 1, 1
    last = limit
    while pending > 0 and current <= last:
        while head[slot] != -1:
            node = head[slot]
            head[slot] = next_in[node]
            pending -= 1
            here = cell_of[node]
            dq, dr = int(axial[0, here]) - q0, int(axial[1, here]) - r0
            left = least * ((abs(dq) + abs(dr) + abs(dq + dr)) // 2)
            sofar = int(out[here])
            if sofar + left != current:
                continue
            if here == stop:
                last = current
                continue
            enter = 0
            if taxed and here != goal:
                enter = toll[here]
                if enter < 0:
                    continue
            for d in range(6):
                there = neighbours[here, d]
                if there < 0:
                    continue
                step = costs[there, (d + 3) % 6]
                if step <= 0:
                    continue
                total = sofar + step + enter
                if total < out[there] and total <= limit:
                    if out[there] == FAR and count < n:
                        touched[count] = there
                        count += 1
                    out[there] = total
                    if used == capacity:
                        wider = np.empty(2 * capacity, np.int32)
                        wider[:used] = next_in[:used]
                        next_in = wider
                        wider2 = np.empty(2 * capacity, np.int32)
                        wider2[:used] = cell_of[:used]
                        cell_of = wider2
                        capacity = 2 * capacity
                    dq, dr = int(axial[0, there]) - q0, int(axial[1, there]) - r0
                    q = slot + total + least * ((abs(dq) + abs(dr) + abs(dq + dr)) // 2) - current
                    if q >= ring:
                        q %= ring
                    cell_of[used] = there
                    next_in[used] = head[q]
                    head[q] = used
                    used += 1
                    pending += 1
        current += 1
        slot += 1
        if slot == ring:
            slot = 0
    return count


@jit
def _descend(neighbours: Any, costs: Any, toll: Any, goal: int, out: Any, start: int, path: Any) -> int:
    """Steps from ``start`` down a backward field; ties take the lowest direction; returns the number of steps."""
    here, steps = start, 0
    while out[here] > 0 and steps < len(path):
        chosen = -1
        for d in range(6):
            there = neighbours[here, d]
            if there < 0 or costs[here, d] <= 0 or out[there] >= FAR:
                continue
            enter = 0
            if len(toll) > 0 and there != goal:
                enter = toll[there]
                if enter < 0:
                    continue
            if out[there] + costs[here, d] + enter == out[here]:
                chosen = there
                break
        if chosen < 0:
            return -1
        path[steps] = chosen
        steps += 1
        here = chosen
    return steps


@jit
def _ways(
    neighbours: Any, axial: Any, costs: Any, toll: Any, starts: Any, goals: Any, beside: Any, taken: Any, room: int,
    top: int, least: int, out: Any, touched: Any, ways: Any,
) -> None:  # fmt: skip
    """The quickest ways one by one, see :meth:`Pathfinder.ways`; ``toll`` is afterwards as before."""
    closed, before = np.empty(6, np.int32), np.empty(6, np.int32)
    for i in range(len(starts)):
        start, goal, shut = starts[i], goals[i], 0
        if beside[i]:
            for there in neighbours[goal]:
                if there >= 0 and there != start and taken[there] >= room:
                    closed[shut], before[shut] = there, toll[there]
                    toll[there] = -1
                    shut += 1
        count = _reach_to(neighbours, axial, costs, toll, goal, start, FAR - 1, top, least, out, touched)
        ways[i] = -1
        if out[start] < FAR:
            _descend(neighbours, costs, toll, goal, out, start, ways[i])
        for k in range(count):
            out[touched[k]] = FAR
        for k in range(shut):
            toll[closed[k]] = before[k]


class Pathfinder:
    """Single paths without allocation per call: work arrays are reset only where they were touched.

    ``axial`` (2, n) are the cells' coordinates; with them and the least step a search makes for its end.
    """

    def __init__(self, neighbours: Ints, axial: Ints | None = None) -> None:
        self._neighbours = neighbours
        self._axial = np.zeros((2, len(neighbours)), np.int32) if axial is None else axial
        self._out = np.full(len(neighbours), FAR, np.int32)
        self._touched = np.empty(len(neighbours), np.int32)

    def path(
        self, costs: Ints, start: int, goal: int, *, top: int, least: int = 0, limit: int = FAR - 1, most: int = 512,
        toll: Ints | None = None,
    ) -> Ints | None:  # fmt: skip
        """The cells entered from ``start`` to ``goal`` in order (empty if already there), or None without a way.

        ``costs`` (n, 6): cost of leaving a cell in a direction, <= 0 barred; ``top`` the dearest step, ``least`` a
        bound below the cheapest. ``toll`` (n,) is a further cost of entering a cell, below 0 barred; the goal is free
        of it. ``top`` includes it.
        """
        tax = _NO_TOLL if toll is None else toll
        count = _reach_to(
            self._neighbours, self._axial, costs, tax, goal, start, limit, top, least, self._out, self._touched
        )
        found = None
        if self._out[start] < FAR:
            steps = np.empty(most, np.int32)
            length = _descend(self._neighbours, costs, tax, goal, self._out, start, steps)
            # A way longer than ``most`` is given as far as it fits.
            found = steps[:length].copy() if length >= 0 else None
        self._out[self._touched[:count]] = FAR
        return found

    def ways(
        self, costs: Ints, toll: Ints, starts: Cells, goals: Cells, *, beside: npt.NDArray[np.bool_], taken: Any,
        room: int, top: int, least: int, most: int,
    ) -> Ints:  # fmt: skip
        """Shape (k, most): the first cells of the ways from ``starts`` to ``goals``, -1 behind their end.

        Costs as for :meth:`path`. Those ``beside`` keep off cells beside their goal of which ``room`` or more is
        ``taken`` (n,).
        """
        found = np.empty((len(starts), most), np.int32)
        _ways(self._neighbours, self._axial, costs, toll, starts, goals, beside, taken, room, top, least, self._out,
              self._touched, found)  # fmt: skip
        return found


@jit
def _spread(near: Any, owner: Any, of: int, seeds: Any, reached: Any, stack: Any) -> None:
    for seed in seeds:
        if owner[seed] != of or reached[seed]:
            continue
        reached[seed] = True
        stack[0] = seed
        top = 1
        while top > 0:
            top -= 1
            here = stack[top]
            for d in range(6):
                there = near[here, d]
                if there >= 0 and owner[there] == of and not reached[there]:
                    reached[there] = True
                    stack[top] = there
                    top += 1


def spread(near: Ints, owner: npt.NDArray[np.int8], of: int, seeds: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Shape (n,): what hangs together with the ``seeds`` among cells of one owner; ``near`` (n, 6), -1 barred."""
    reached = np.zeros(len(near), bool)
    _spread(near, owner, of, seeds, reached, np.empty(len(near), np.int32))
    return reached


@jit
def _component(neighbours: Any, open_sides: Any, label: Any) -> int:
    n = neighbours.shape[0]
    stack = np.empty(n, np.int32)
    count = 0
    for cell in range(n):
        if label[cell] != -1:
            continue
        label[cell] = count
        stack[0] = cell
        top = 1
        while top > 0:
            top -= 1
            here = stack[top]
            for d in range(6):
                there = neighbours[here, d]
                if there >= 0 and open_sides[here, d] and label[there] == -1:
                    label[there] = count
                    stack[top] = there
                    top += 1
        count += 1
    return count


def components(neighbours: Ints, inside: npt.NDArray[np.bool_], open_sides: npt.NDArray[np.bool_]) -> Ints:
    """Labels 0.. of connected areas in order of their lowest cell; -1 outside. ``open_sides`` (n, 6)."""
    label = np.where(inside, -1, -2).astype(np.int32)
    _component(neighbours, open_sides, label)
    return np.maximum(label, -1)
