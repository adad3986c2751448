"""What every part of a staff's work rests on: the view, the notes, the front, its headquarters, and small numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import HOUR
from engine.core.columns import Array
from engine.core.once import Once
from engine.model.commander import Notes
from engine.model.view import SideView
from engine.model.world import Statics
from engine.rules.couriers import median_delay_h
from engine.staff.control import Control, FrontTrace, Ints, control_of, held_soon

GRID_H = 3
"""Staffs plan at hours that divide by this, so that many headquarters plan in one pass."""


class Basis:
    """A view and notes, and what is asked of them all the time; what is kept between calls goes with the frames it is of."""

    def __init__(self, view: SideView, notes: Notes) -> None:
        self.view, self.notes = view, notes
        self.side, self.minute = view.side, view.minute
        self.statics, self.grid, self.rules = view.statics, view.statics.grid, view.statics.rules
        self.owner = held_soon(view)
        self.owner_of = self.owner.tobytes()
        """Whose each hex is, as plain numbers (255 nobody's): to look at a few."""
        self.control: Control = control_of(view, self.owner, self.owner_of)
        self.front: FrontTrace = self.control.front
        self.kept: dict[Any, Any] = {}
        """What one step has worked out and may want again for another headquarters."""
        self._minutes: dict[str, int] = view.statics.memo.setdefault("staff.minutes", {})
        self._wholes: dict[str, int] = view.statics.memo.setdefault("staff.wholes", {})
        self._q, self._r = _axial_lists(view.statics)

    @Once
    def echelon_of(self) -> dict[int, int]:
        """Level of each own headquarters, by row."""
        return self._by_row("echelon", self.view.headquarters.echelon, 0)

    @Once
    def quality_of(self) -> dict[int, int]:
        """Quality of the staff of each own headquarters (millionths), by row; a bad one counts as a quarter."""
        return self._by_row("quality", self.view.headquarters.staff, PPM // 4)

    def on_their_way(self, hq: int) -> int:
        """Minutes that orders of a headquarters usually are on their way, from a staff of usual quality."""
        if not self.rules.get("switch.command_delay", 1.0):
            return 0
        return round(median_delay_h(self.statics, self.side, self.echelon_of[hq]) * HOUR)

    def ahead_of_the_hour(self, hq: int, quality: int = PPM) -> int:
        """Minutes before an hour at which a headquarters writes orders that are to be there at it, about: the way that they
        usually take and half a step of the clock on which staffs plan. ``quality``: of its staff, millionths.
        """
        return self.on_their_way(hq) * PPM // quality + GRID_H * HOUR // 2

    def _by_row(self, name: str, values: Array, least: int) -> dict[int, int]:
        """Values of own headquarters by row, ``least`` at least; the same dictionary while the view shows the same column."""
        memo, key, rows = self.statics.memo, f"staff.{name}.{self.side}", self.view.headquarters.row
        held = memo.get(key)
        if held is None or held[0] is not values or held[1] is not rows:
            held = memo[key] = (values, rows, dict(zip(rows.tolist(), np.maximum(values, least).tolist(), strict=True)))
        found: dict[int, int] = held[2]
        return found

    @Once
    def alarm_of(self) -> dict[int, int]:
        """Minute of the last alarm of each own headquarters, by row."""
        headquarters = self.view.headquarters
        return dict(zip(headquarters.row.tolist(), headquarters.alarm_at.tolist(), strict=True))

    def apart(self, a: int, b: int) -> int:
        """Steps between two hexes."""
        q, r = self._q, self._r
        dq, dr = q[a] - q[b], r[a] - r[b]
        if dq < 0:
            dq, dr = -dq, -dr
        if dr >= 0:
            return dq + dr
        return dq if dq > -dr else -dr

    def hours(self, rule: str) -> int:
        """A parameter in hours as whole minutes."""
        found = self._minutes.get(rule)
        if found is None:
            found = self._minutes[rule] = round(self.rules[rule] * HOUR)
        return found

    def whole(self, rule: str) -> int:
        """A parameter that counts something, or is a distance in hexes."""
        found = self._wholes.get(rule)
        if found is None:
            found = self._wholes[rule] = round(self.rules[rule])
        return found

    def share(self, of: Ints, rule: str) -> Ints:
        """A share of whole numbers, rounded down, by a parameter that says how much (to a millionth)."""
        found: Ints = of * round(self.rules[rule] * PPM) // PPM
        return found


def _axial_lists(statics: Statics) -> tuple[list[int], list[int]]:
    found: tuple[list[int], list[int]] | None = statics.shared.get("staff.axial")
    if found is None:
        q, r = statics.grid.axial
        found = statics.shared["staff.axial"] = (q.tolist(), r.tolist())
    return found
