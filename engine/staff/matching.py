"""Compiled passes over the line: formations matched to the places of each headquarters, and how badly a sector needs help."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.hexes import steps_between
from engine.core.jit import jit
from engine.core.nearest import NOWHERE


@jit
def place_each(
    axial: Any, cell: Any, weight: Any, first: Any, group: Any, who: Any, rows: Any, slots: Any, cells: Any, fixed: Any,
    keep: int, share: int, crowd: int, fresh: Any, place: Any,
) -> None:  # fmt: skip
    """Fill ``fresh`` and ``place`` for formations ``who``, ordered by ``group``; see :func:`engine.staff.line.match`.

    ``rows``, ``slots``, ``cells``: of all own formations the row, the place in the line (-1 none), and where it stands.
    ``keep``: hexes within which an old place is as good; ``share``: thousandths of the new cost at which a whole old plan
    is; ``crowd``: most to a hex of a short line.
    """
    row, slot, here, others = rows[who], slots[who], cells[who], slots.copy()
    others[who] = -1
    station = np.zeros(axial.shape[1], np.bool_)
    for k in range(len(cell)):
        station[cell[k]] = True
    total = np.zeros(len(cell) + 1, np.int64)
    for k in range(len(cell)):
        total[k + 1] = total[k] + weight[k]
    old, off, nearest = np.empty(len(group), np.int64), np.empty(len(group), np.int64), np.empty(len(group), np.int64)
    start = 0
    for g in range(len(first) - 1):
        end = start
        while end < len(group) and group[end] == g:
            end += 1
        for i in range(start, end):
            stands = slot[i] >= 0 and station[slot[i]] and not fixed[i]
            old[i] = slot[i] if stands else here[i]
            off[i], nearest[i] = NOWHERE, -1
            for k in range(first[g], first[g + 1]):
                steps = steps_between(axial, old[i], cell[k])
                if steps < off[i]:
                    off[i], nearest[i] = steps, k
        _space(cell, total, first[g], first[g + 1], start, end, nearest, off, row, fresh)
        _keep(axial, cell, weight, first[g], first[g + 1], start, end, old, off, fresh, keep, share, place)
        start = end
    for i in range(len(group)):
        if fixed[i]:
            place[i] = old[i]
    make_room(axial, cell, first, group, fixed, others, crowd, fresh, place)


@jit
def make_room(
    axial: Any, cell: Any, first: Any, group: Any, fixed: Any, others: Any, crowd: int, fresh: Any, place: Any
) -> None:
    """One to a hex while a line has more hexes than formations, else two: later ones take the nearest station with room.

    So a corner of the front that counts more sides does not draw two into one hex and leave the next one empty.
    """
    size = axial.shape[1]
    taken, seen, most = np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(len(first) - 1, np.int64)
    for i in range(len(group)):
        most[group[i]] += 1
    for g in range(len(most)):
        different = 0
        for k in range(first[g], first[g + 1]):
            if seen[cell[k]] != g + 1:
                seen[cell[k]], different = g + 1, different + 1
        most[g] = 1 if different >= most[g] else crowd
    for i in range(len(others)):
        if others[i] >= 0:
            taken[others[i]] += 1
    for i in range(len(group)):
        if fixed[i]:
            taken[place[i]] += 1
    for i in range(len(group)):
        g = group[i]
        if fixed[i]:
            continue
        if taken[place[i]] >= most[g]:
            best, least = place[i], -1
            for k in range(first[g], first[g + 1]):
                steps = steps_between(axial, cell[k], fresh[i])
                if taken[cell[k]] < most[g] and (least < 0 or steps < least or (steps == least and cell[k] < best)):
                    best, least = cell[k], steps
            place[i] = best
        taken[place[i]] += 1


@jit
def _space(
    cell: Any, total: Any, first: int, last: int, start: int, end: int, nearest: Any, off: Any, row: Any, fresh: Any
) -> None:
    """Hexes at even cumulative weight for the formations of one headquarters, in the order of their nearest stations."""
    order = np.empty(end - start, np.int64)
    for n in range(end - start):
        i, at = start + n, n
        while at > 0:
            b = order[at - 1]
            if nearest[b] < nearest[i] or (nearest[b] == nearest[i] and off[b] < off[i]):
                break
            if nearest[b] == nearest[i] and off[b] == off[i] and row[b] <= row[i]:
                break
            order[at] = b
            at -= 1
        order[at] = i
    k = first
    for n in range(end - start):
        wanted = total[first] + (2 * n + 1) * (total[last] - total[first]) // (2 * (end - start))
        while k < last - 1 and total[k + 1] <= wanted:
            k += 1
        fresh[order[n]] = cell[k]


@jit
def _keep(
    axial: Any, cell: Any, weight: Any, first: int, last: int, start: int, end: int, old: Any, off: Any, fresh: Any,
    keep: int, share: int, place: Any,
) -> None:  # fmt: skip
    """Keep single places that are near enough, or the whole old plan of a headquarters if the new one gains little."""
    whole = True
    for i in range(start, end):
        place[i] = old[i] if off[i] == 0 and steps_between(axial, old[i], fresh[i]) <= keep else fresh[i]
        whole = whole and off[i] == 0
    if not whole:
        return
    before = _cost(axial, cell, weight, first, last, old, start, end)
    if before * share <= _cost(axial, cell, weight, first, last, place, start, end) * 1000:
        for i in range(start, end):
            place[i] = old[i]


@jit
def _cost(axial: Any, cell: Any, weight: Any, first: int, last: int, places: Any, start: int, end: int) -> int:
    """J of a headquarters: sum of weight x max(0, 2 d - 1)^2, d hexes to the nearest place (half hexes)."""
    total = 0
    for k in range(first, last):
        least = NOWHERE
        for i in range(start, end):
            least = min(least, steps_between(axial, cell[k], places[i]))
        beyond = max(2 * least - 1, 0)
        total += weight[k] * beyond * beyond
    return total


@jit
def worst_need(
    axial: Any, sides: Any, own: Any, hot: Any, short: Any, threat: Any, held: Any, threatened: int, wide: float, gap: int,
    hex_km: float, found: Any,
) -> None:  # fmt: skip
    """Fill ``found`` with the greatest need along the hot sides of a sector and the own hex where; 0, -1 if there are none.

    ``hot``, ``short``, ``threat``: of each side of the front. Before more threat than ``threatened`` ``gap`` is added
    where the nearest of those who hold (``held``) is more than ``wide`` km away.
    """
    need, where = 0, -1
    for side in sides:
        if not hot[side]:
            continue
        worth = short[side]
        if threat[side] > threatened:
            least = NOWHERE
            for k in range(len(held)):
                least = min(least, steps_between(axial, own[side], held[k]))
            if least * hex_km > wide:
                worth += gap
        if where < 0 or worth > need:
            need, where = worth, own[side]
    found[0], found[1] = need, where
