"""Which directive each headquarters works on, and which formations it works with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.columns import Array
from engine.model.codes import DirectiveKind, DirectiveState, Permission, Trigger
from engine.staff.control import Ints
from engine.staff.lines import Points, points_of
from engine.staff.situation import Situation

ATTACKS = (DirectiveKind.ATTACK, DirectiveKind.RELIEVE, DirectiveKind.REDUCE, DirectiveKind.BREAK_OUT)
_STANDS = frozenset({DirectiveKind.RESERVE, *ATTACKS})
NONE = -1


@dataclass(frozen=True)
class Plan:
    """What one headquarters has been told. Directives by their place in the view's frame, -1 none."""

    hq: int
    current: int = NONE
    """The one in force: of those that have begun and are not over, the one that began last."""
    upcoming: int = NONE
    """The next attack that has not begun."""
    line: int = NONE
    """The one that names the line to stand on: the last to begin that has one."""
    axis: int = NONE
    """The attack whose axis belongs to the sector: the last directive to begin, if it is an attack."""


class Plans:
    """Plans of all own headquarters, and who commands each own formation."""

    def __init__(self, s: Situation) -> None:
        self.s = s
        self.d = s.view.directives
        self.kind: list[int] = self.d.kind.tolist()
        self.of: dict[int, Plan] = {}
        begun, over = self._begun_and_over()
        rows: dict[int, list[int]] = {}
        for i, hq in enumerate(self.d.hq.tolist()):
            rows.setdefault(hq, []).append(i)
        self._start: list[int] = self.d.start_at.tolist()
        self._lined: list[bool] = np.any(self.d.line >= 0, axis=1).tolist()
        for hq in s.view.headquarters.row.tolist():
            self.of[hq] = self._plan(hq, rows.get(hq, []), begun, over)
        self.commander: Ints = self._commanders(begun, over)

    def _begun_and_over(self) -> tuple[list[bool], list[bool]]:
        """Directives that have ever come into force, and those that no longer count."""
        d, minute = self.d, self.s.minute
        due = (d.state == DirectiveState.PENDING) & (d.trigger == Trigger.NONE) & (d.start_at <= minute)
        late = (d.state == DirectiveState.PENDING) & (d.end_at <= minute)
        begun = ((d.state != DirectiveState.PENDING) | due) & ~late
        staff = self.s.notes.staff
        ended = (staff["directive"][d.hq] == d.row) & (staff["end_reason"][d.hq] > 0)
        over = (d.state >= DirectiveState.DONE) | (d.end_at <= minute) | ended
        return begun.tolist(), over.tolist()

    def _plan(self, hq: int, mine: list[int], begun: list[bool], over: list[bool]) -> Plan:
        def last(these: list[int]) -> int:
            return max(these, key=lambda i: (self._start[i], int(self.d.row[i])), default=NONE)

        started = [i for i in mine if begun[i]]
        newest = last(started)
        coming = [i for i in mine if not begun[i] and not over[i] and self.kind[i] in ATTACKS]
        return Plan(
            hq,
            last([i for i in started if not over[i]]),
            min(coming, key=lambda i: (self._start[i], int(self.d.row[i])), default=NONE),
            last([i for i in started if self._lined[i] and self.kind[i] not in ATTACKS]),
            newest if newest >= 0 and self.kind[newest] in ATTACKS else NONE,
        )

    def _commanders(self, begun: list[bool], over: list[bool]) -> Ints:
        """Headquarters that moves each own formation: its own, a borrower, one above that was directed in its place,

        or one whose directive names it.
        """
        own, notes = self.s.view.own, self.s.notes.formation
        hq: Ints = own.hq.astype(np.int64)
        lent_to, lent_from = notes["lent_to"][own.row], notes["lent_from"][own.row]
        hq = np.where((lent_to >= 0) & (lent_from == hq), lent_to, hq)
        acting = self._acting()
        hq = acting[hq]
        for i in range(len(self.kind)):
            if not over[i] and (begun[i] or self._soon(i)):
                for group in (self.d.assault[i], self.d.mobile[i], self.d.reserve[i]):
                    at = own.position[group[group >= 0]]
                    hq[at[at >= 0]] = self.d.hq[i]
        return hq

    def _acting(self) -> Array:
        """For each headquarters row the one whose staff acts for it; the last entry stands for none."""
        headquarters = self.s.view.headquarters
        parent = dict(zip(headquarters.row.tolist(), headquarters.parent.tolist(), strict=True))
        acting = np.arange(len(self.s.statics.headquarters_ids) + 1)
        acting[-1] = NONE
        directed = {hq for hq, plan in self.of.items() if plan.current >= 0}
        for hq in self.of:
            up, plan = parent.get(hq, NONE), self.of[hq]
            if hq in directed or plan.line >= 0 or plan.upcoming >= 0:
                continue
            while up >= 0 and up not in directed:
                up = parent.get(up, NONE)
            if up >= 0:
                acting[hq] = up
        return acting

    def _soon(self, i: int) -> bool:
        """Near enough to its beginning that its groups assemble."""
        return self._start[i] - self.s.minute <= self.s.hours("staff.assembly_h")

    # Questions.

    def attacking(self, plan: Plan) -> bool:
        """Whether it has an attack to carry out now."""
        return plan.current >= 0 and self.kind[plan.current] in ATTACKS

    def assembling(self, plan: Plan) -> bool:
        """Whether its next attack is near enough to assemble for."""
        return plan.upcoming >= 0 and self._soon(plan.upcoming)

    def stand_fast(self, plan: Plan) -> bool:
        """Whether no step back is allowed."""
        return plan.current >= 0 and int(self.d.permission[plan.current]) == Permission.STAND_FAST

    def line_points(self, plan: Plan) -> Points:
        """The line it stands on, empty if it was never given one."""
        if plan.current >= 0 and self.s.notes.staff["fell_back"][plan.hq]:
            return points_of(self.d.fall_back[plan.current])
        return points_of(self.d.line[plan.line]) if plan.line >= 0 else ()

    def axis_points(self, i: int) -> Points:
        """The axis of a directive."""
        return points_of(self.d.axis[i]) if i >= 0 else ()

    def objective(self, i: int) -> int:
        """Objective of a directive: named, or the end of its axis; -1 none."""
        named = int(self.d.objective[i])
        axis = self.axis_points(i)
        return named if named >= 0 else axis[-1] if axis else NONE

    def named(self, i: int, group: str) -> Ints:
        """Positions of the formations on the map that a directive names for a group."""
        rows = getattr(self.d, group)[i]
        at = self.s.view.own.position[rows[rows >= 0]]
        found: Ints = at[at >= 0].astype(np.int64)
        return found

    def names(self, i: int, group: str) -> bool:
        """Whether a directive names formations for a group (they need not be on the map)."""
        return bool((getattr(self.d, group)[i] >= 0).any())
