"""Withdrawal in two bounds to a line, and what stands on it (staffs.md 4.9)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.core.columns import Array
from engine.model.codes import OrderKind
from engine.staff.intentions import Intentions
from engine.staff.reasons import Reason
from engine.staff.situation import Ints, Situation

HOUR = 60


def line_cells(s: Situation, points: Array) -> Ints:
    """Own land hexes along a broken line through ``points`` (cells, -1 padded), in order."""
    points = points[points >= 0]
    found: list[int] = []
    for a, b in pairwise(points):
        (ax, ay), (bx, by) = s.grid.centres_m[a], s.grid.centres_m[b]
        steps = max(int(s.grid.distance(int(a), int(b))), 1)
        for k in range(steps + 1):
            cell = s.grid.cell_at(float(ax + (bx - ax) * k / steps), float(ay + (by - ay) * k / steps))
            if cell >= 0 and s.land[cell] and s.owner[cell] == s.side and (not found or found[-1] != cell):
                found.append(cell)
    return np.array(found, np.int64)


def withdraw(s: Situation, wishes: Intentions, hq: int, d: int, members: Ints) -> None:
    """Every second formation leaves at once, the others twelve hours later; slots on the new line are frozen."""
    own, notes = s.view.own, s.notes
    points = s.view.directives.line[d]
    cells = line_cells(s, points if (points >= 0).any() else s.view.directives.fall_back[d])
    if not len(cells) or not len(members):
        return
    if notes.staff["phase"][hq] == 0:
        _freeze(s, hq, cells, members)
    second = s.minute - int(notes.staff["target_since"][hq]) >= s.rules["staff.bound_h"] * HOUR
    order = np.argsort(notes.formation["slot"][own.row[members]], kind="stable")
    for i, at in enumerate(members[order].tolist()):
        slot = int(notes.formation["slot"][own.row[at]])
        if int(own.hex[at]) == slot:
            wishes.place(at, slot, Reason.ON_THE_NEW_LINE, slot)
        elif i % 2 == 0 or second:
            reason = Reason.WITHDRAW_FIRST if i % 2 == 0 else Reason.WITHDRAW_SECOND
            wishes.want(at, OrderKind.WITHDRAW, slot, reason, slot)
        else:
            wishes.place(at, int(own.hex[at]), Reason.WITHDRAW_SECOND, slot)


def _freeze(s: Situation, hq: int, cells: Ints, members: Ints) -> None:
    """Match formations to even places on the new line, in order along it, once."""
    own, notes = s.view.own, s.notes
    count = len(members)
    places = cells[(2 * np.arange(count) + 1) * len(cells) // (2 * count)]
    position = s.grid.distance(own.hex[members][:, None], cells[None, :]).argmin(axis=1)
    order = np.lexsort((own.row[members], position))
    notes.formation["slot"][own.row[members[order]]] = places
    notes.staff["phase"][hq] = 1
    notes.staff["target_since"][hq] = s.minute
