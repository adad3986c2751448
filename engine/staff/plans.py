"""Which directive each headquarters works on, and which formations it works with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from engine.core.calendar import NEVER
from engine.core.columns import Array, among
from engine.core.jit import jit
from engine.core.once import Once
from engine.model.codes import DirectiveKind, DirectiveState, Permission, Trigger
from engine.staff.control import Ints, Mask
from engine.staff.lines import Points, points_of
from engine.staff.reasons import EndReason
from engine.staff.situation import Situation

ATTACKS = frozenset(map(int, (DirectiveKind.ATTACK, DirectiveKind.RELIEVE, DirectiveKind.REDUCE, DirectiveKind.BREAK_OUT)))
DECREES = frozenset(map(int, (DirectiveKind.FORTRESS, DirectiveKind.LIFT_FORTRESS)))
"""Said once and carried out at once: no headquarters works on them."""
NONE = -1
AT_SEA = frozenset(map(int, (DirectiveKind.LAND, DirectiveKind.EVACUATE)))
_EVACUATE: Final = int(DirectiveKind.EVACUATE)
_LAND: Final = int(DirectiveKind.LAND)
_WITHDRAW: Final = int(DirectiveKind.WITHDRAW)
_ON_THE_LINE: Final = int(EndReason.ON_THE_LINE)
_STAND_FAST: Final = int(Permission.STAND_FAST)
_PENDING: Final = int(DirectiveState.PENDING)
_DONE: Final = int(DirectiveState.DONE)
_NO_TRIGGER: Final = int(Trigger.NONE)
_NOBODY = np.zeros(0, np.int64)


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
    left: int = NONE
    """The one that named the line before that one."""
    attacks: bool = False
    """Whether the one in force is an attack."""
    axis: int = NONE
    """The attack whose axis belongs to the sector: the last directive to begin, if it is an attack."""


@dataclass(frozen=True, eq=False)
class _Text:
    """What directives say, by their place in the view's frame."""

    axis: list[Points]
    line: list[Points]
    fall_back: list[Points]
    groups: dict[str, list[Ints]]
    """World rows of the formations that each directive names, by group."""
    named: list[Ints]
    """The same, group after group."""
    kind: list[int]
    permission: list[int]
    start: list[int]
    """Minute at which each directive begins."""
    landings: list[int]
    of: dict[int, list[int]]
    """Directives of each headquarters that it works on."""
    when: list[tuple[int, int]]
    """Hour and row of each directive: the order in which they count."""
    frame: tuple[Array, Array]
    """The view's columns of axes and hours that it was read from."""
    kept: dict[Any, Any] = field(default_factory=dict)
    """What others derive from what the directives say."""


@dataclass(frozen=True, eq=False)
class _Reading:
    """What follows from the directives as they stand; the same until one begins, ends or arrives."""

    of: dict[int, Plan]
    acting: Array
    """For each headquarters row the one whose staff acts for it; the last entry stands for none."""
    named: Ints
    """World rows of formations that a directive in force, or soon in force, names; later ones count."""
    namer: Ints
    """Its headquarters."""
    below: dict[int, tuple[int, ...]]
    """All headquarters under each."""
    text: _Text


class Plans:
    """Plans of all own headquarters, and who commands each own formation."""

    def __init__(self, s: Situation) -> None:
        self.s = s
        self.d = s.view.directives
        self.text = self._text()
        """The same object while no directive arrives or changes its hour."""
        self.kind, self.start, self.landings = self.text.kind, self.text.start, self.text.landings
        reading = self._reading()
        self.of, self.below = reading.of, reading.below
        text = self.text
        self._axis, self._line, self._fall_back, self._groups = text.axis, text.line, text.fall_back, text.groups
        self.commander: Ints = self._commanders(reading)

    def led_by(self, hqs: Iterable[int]) -> Mask:
        """Own formations that one of these headquarters commands."""
        return among(self.commander, np.array(list(hqs), np.int64), len(self.s.notes.staff["need"]))

    def _reading(self) -> _Reading:
        d, s, ended = self.d, self.s, self._ended()
        key, stamp = f"staff.plans.{s.side}", (ended.tobytes(), s.view.headquarters.parent.tobytes())
        held = s.statics.memo.get(key)
        # The view shows the same frame until one arrives, is changed, begins or ends.
        if held is None or held[0] is not d or held[3].text is not self.text or held[1] != stamp or s.minute not in held[2]:
            begun, over = self._begun_and_over(ended)
            soon = d.start_at - s.minute <= s.hours("staff.assembly_h")
            reading = self._read(begun.tolist(), over.tolist(), soon.tolist())
            held = s.statics.memo[key] = (d, stamp, self._unchanged(), reading)
        found: _Reading = held[3]
        return found

    def _unchanged(self) -> range:
        """Minutes from now on in which no directive begins, ends or comes so near that its groups assemble."""
        d, minute = self.d, self.s.minute
        turns = np.concatenate([self._taken_up_at, d.end_at, d.start_at - self.s.hours("staff.assembly_h")])
        later = turns[turns > minute]
        return range(minute, int(later.min()) if len(later) else NEVER)

    def _begun_and_over(self, ended: Mask) -> tuple[Mask, Mask]:
        """Directives that have ever come into force, and those that no longer count."""
        d, minute = self.d, self.s.minute
        pending = d.state == _PENDING
        due = pending & (d.trigger == _NO_TRIGGER) & (self._taken_up_at <= minute)
        begun: Mask = (~pending | due) & ~(pending & (d.end_at <= minute))
        over: Mask = (d.state >= _DONE) | (d.end_at <= minute) | ended
        return begun, over

    @property
    def _taken_up_at(self) -> Array:
        """Minute from which each directive is carried out: its hour, but of a withdrawal so much sooner that the troops
        have their orders at its hour, unless the headquarters is told something else for the time between.
        """
        kept, hour = self.text.kept, self.start
        if "taken up" not in kept:
            start = self.d.start_at.copy()
            for hq, mine in self.text.of.items():
                for i in mine:
                    soonest = hour[i] - self.s.ahead_of_the_hour(hq)
                    if self.kind[i] == _WITHDRAW and not any(soonest < hour[k] < hour[i] for k in mine):
                        start[i] = soonest
            kept["taken up"] = start
        found: Array = kept["taken up"]
        return found

    def _ended(self) -> Mask:
        """Directives that their headquarters is through with."""
        d, staff = self.d, self.s.notes.staff
        ended = np.empty(len(d.row), bool)
        _is_through(d.hq, d.row, staff["directive"], staff["end_reason"], ended)
        return ended

    @Once
    def _ended_from_above(self) -> list[bool]:
        """Directives that a clearing one has ended: not even the line they named counts any more."""
        clearing = ((self.d.clears == 1) & (self.d.state != _PENDING)).nonzero()[0]
        kept, key = self.text.kept, ("ended", clearing.tobytes(), self.s.view.headquarters.parent.tobytes())
        if key not in kept:
            kept[key] = self._ended_by(clearing.tolist())
        found: list[bool] = kept[key]
        return found

    def _ended_by(self, clearing: list[int]) -> list[bool]:
        d, headquarters = self.d, self.s.view.headquarters
        parents = dict(zip(headquarters.row.tolist(), headquarters.parent.tolist(), strict=True))
        gone = [False] * len(d.row)
        last: dict[int, int] = {}
        for i in clearing:
            last[int(d.hq[i])] = max(last.get(int(d.hq[i]), NONE), int(d.row[i]))
        if last:
            for i, (hq, row) in enumerate(zip(d.hq.tolist(), d.row.tolist(), strict=True)):
                while hq >= 0 and not gone[i]:
                    gone[i] = row < last.get(hq, NONE)
                    hq = parents.get(hq, NONE)
        return gone

    def _read(self, begun: list[bool], over: list[bool], soon: list[bool]) -> _Reading:
        text = self.text
        begun = [is_ and not gone for is_, gone in zip(begun, self._ended_from_above, strict=True)]
        state = [2 * is_ + gone for is_, gone in zip(begun, over, strict=True)]
        of = {}
        for hq in self.s.view.headquarters.row.tolist():
            mine = text.of.get(hq, [])
            key = (hq, *[state[i] for i in mine])
            if key not in text.kept:
                text.kept[key] = self._plan(hq, mine, begun, over) if mine else Plan(hq)
            of[hq] = text.kept[key]
        # Who is to go aboard holds his ground until then; the others assemble.
        in_force = [
            i for i, group in enumerate(text.named)
            if not over[i] and (begun[i] or (soon[i] and self.kind[i] != _EVACUATE)) and len(group)
        ]  # fmt: skip
        groups = [text.named[i] for i in in_force]
        namer = np.repeat(self.d.hq[in_force].astype(np.int64), [len(group) for group in groups])
        return _Reading(of, self._acting(of), np.concatenate([_NOBODY, *groups]), namer, self._below(), text)

    def _text(self) -> _Text:
        """What the directives say; read again only when one arrives, and the view shows other columns."""
        d, memo, key = self.d, self.s.statics.memo, f"staff.directives.{self.s.side}"
        held = memo.get(key)
        if held is None or held.frame[0] is not d.axis or held.frame[1] is not d.start_at:
            groups = {name: [_named(row) for row in getattr(d, name)] for name in ("assault", "mobile", "reserve")}
            named = [np.concatenate(rows) for rows in zip(*groups.values(), strict=True)]
            of: dict[int, list[int]] = {}
            kind, start = d.kind.tolist(), d.start_at.tolist()
            for i, hq in enumerate(d.hq.tolist()):
                if kind[i] not in DECREES:
                    of.setdefault(hq, []).append(i)
            landings = [i for i, one in enumerate(kind) if one == _LAND]
            when = list(zip(start, d.row.tolist(), strict=True))
            axis, line, fall_back = (self._points(name) for name in ("axis", "line", "fall_back"))
            held = memo[key] = _Text(
                axis, line, fall_back, groups, named, kind, d.permission.tolist(), start, landings, of, when,
                (d.axis, d.start_at),
            )  # fmt: skip
        found: _Text = held
        return found

    def _points(self, name: str) -> list[Points]:
        # Few directives come at a time: the others' points have been read before.
        held: dict[bytes, Points] = self.s.statics.memo.setdefault("staff.points", {})
        found = []
        for cells in getattr(self.d, name):
            said = cells.tobytes()
            if said not in held:
                held[said] = points_of(cells)
            found.append(held[said])
        return found

    def _below(self) -> dict[int, tuple[int, ...]]:
        headquarters, memo = self.s.view.headquarters, self.s.statics.memo
        held, stamp = memo.get(f"staff.below.{self.s.side}"), headquarters.parent.tobytes()
        if held is not None and held[0] == stamp:
            known: dict[int, tuple[int, ...]] = held[1]
            return known
        children: dict[int, list[int]] = {}
        for hq, up in zip(headquarters.row.tolist(), headquarters.parent.tolist(), strict=True):
            children.setdefault(up, []).append(hq)
        found = {}
        for hq in headquarters.row.tolist():
            under = list(children.get(hq, ()))
            for one in under:
                under += children.get(one, ())
            found[hq] = tuple(under)
        memo[f"staff.below.{self.s.side}"] = (stamp, found)
        return found

    def _plan(self, hq: int, mine: list[int], begun: list[bool], over: list[bool]) -> Plan:
        line, when = self.text.line, self.text.when.__getitem__

        def last(these: list[int]) -> int:
            return max(these, key=when, default=NONE)

        started = [i for i in mine if begun[i]]
        newest = last(started)
        coming = [i for i in mine if not begun[i] and not over[i] and self.kind[i] in ATTACKS]
        current = last([i for i in started if not over[i]])
        stands = last([i for i in started if line[i] and self.kind[i] not in ATTACKS])
        left = last([i for i in started if line[i] and self.kind[i] not in ATTACKS and i != stands])
        attack = last([i for i in started if self.kind[i] in ATTACKS])
        if newest >= 0 and self.kind[newest] == _LAND and min(stands, attack) >= 0 and when(attack) > when(stands):
            stands = NONE  # who is to cross the sea does not go back to a line that he has attacked from since
        return Plan(
            hq,
            current,
            min(coming, key=when, default=NONE),
            stands,
            left,
            current >= 0 and self.kind[current] in ATTACKS,
            newest if newest >= 0 and self.kind[newest] in ATTACKS else NONE,
        )

    def _commanders(self, reading: _Reading) -> Ints:
        """Headquarters that moves each own formation: its own, a borrower, one above that was directed in its place,

        or one whose directive names it.
        """
        own, notes = self.s.view.own, self.s.notes.formation
        hq = np.empty(len(own), np.int64)
        _command(
            own.hq, own.row, notes["lent_to"], notes["lent_from"], reading.acting, own.position, reading.named,
            reading.namer, hq,
        )  # fmt: skip
        return hq

    def _acting(self, of: dict[int, Plan]) -> Array:
        headquarters = self.s.view.headquarters
        parent = dict(zip(headquarters.row.tolist(), headquarters.parent.tolist(), strict=True))
        acting = np.arange(len(self.s.statics.headquarters_ids) + 1)
        acting[-1] = NONE
        directed = {hq for hq, plan in of.items() if plan.current >= 0}
        # Who has an attack before him that is near leads his corps already; of one far ahead they need know nothing.
        leads = directed | {hq for hq, plan in of.items() if plan.upcoming >= 0 and self._soon(plan.upcoming)}
        for hq, plan in of.items():
            up = parent.get(hq, NONE)
            if hq in leads or plan.line >= 0:
                continue
            while up >= 0 and up not in leads:
                up = parent.get(up, NONE)
            if up >= 0:
                acting[hq] = up
        return acting

    def _soon(self, i: int) -> bool:
        """Near enough to its beginning that its groups assemble."""
        return self.start[i] - self.s.minute <= self.s.hours("staff.assembly_h")

    # Questions.

    def attacking(self, plan: Plan) -> bool:
        """Whether it has an attack to carry out now."""
        return plan.attacks

    def afloat(self, plan: Plan) -> bool:
        """Whether it has to embark or to land somebody now."""
        return plan.current >= 0 and self.kind[plan.current] in AT_SEA

    def sails(self, plan: Plan) -> bool:
        """Whether it has to embark or to land somebody now, or so soon that they assemble for it."""
        if self.afloat(plan):
            return True
        coming = [i for i in self.text.of.get(plan.hq, ()) if self.kind[i] in AT_SEA and self.start[i] > self.s.minute]
        return any(self._soon(i) for i in coming)

    def assembling(self, plan: Plan) -> bool:
        """Whether its next attack is near enough to assemble for."""
        return plan.upcoming >= 0 and self._soon(plan.upcoming)

    def landing_of(self, hq: int) -> int:
        """The landing that it carries out, or the next one if that is near enough to assemble for; -1 none."""
        current = self.of[hq].current
        if current in self.landings:
            return current
        soon = [i for i in self.landings if self.d.hq[i] == hq and self.start[i] > self.s.minute and self._soon(i)]
        return min(soon, key=lambda i: (self.start[i], i), default=NONE)

    def waits(self, i: int) -> bool:
        """Whether a directive waits for something other than its hour."""
        return int(self.d.trigger[i]) != _NO_TRIGGER and int(self.d.state[i]) == _PENDING

    def stand_fast(self, plan: Plan) -> bool:
        """Whether no step back is allowed."""
        return plan.current >= 0 and self.text.permission[plan.current] == _STAND_FAST

    def standing(self, plan: Plan) -> int:
        """The directive that says what it may do: the one in force, or the withdrawal that it has carried out.

        Who has gone back to a line and mans it is through with that order, but what it says of falling back farther holds
        until its time is over or something else is ordered. -1 none.
        """
        if plan.current >= 0 or plan.line < 0 or self.kind[plan.line] != _WITHDRAW:
            return plan.current
        staff, i = self.s.notes.staff, plan.line
        carried_out = staff["directive"][plan.hq] == self.d.row[i] and staff["end_reason"][plan.hq] == _ON_THE_LINE
        return i if carried_out and self.d.end_at[i] > self.s.minute else NONE

    def bound(self, plan: Plan) -> bool:
        """Whether what it may do, by the directive in force or the one carried out last, is to stand fast."""
        i = self.standing(plan)
        return i >= 0 and self.text.permission[i] == _STAND_FAST

    def withdrawals(self, plan: Plan) -> list[int]:
        """Withdrawals to a line that it will be told to make after what it does now, in order."""
        mine, minute = self.text.of.get(plan.hq, []), self.s.minute
        coming = [i for i in mine if self.kind[i] == _WITHDRAW and self._line[i] and i != plan.current]
        coming = [i for i in coming if self.start[i] > minute or (self.waits(i) and self.d.end_at[i] > minute)]
        return sorted(
            [i for i in coming if self.d.state[i] == _PENDING and not self._ended_from_above[i]],
            key=self.text.when.__getitem__,
        )

    def leaves_soon(self, plan: Plan, within: int) -> bool:
        """Whether it will stand on another line within so many minutes, by the clock."""
        mine, now = self.text.of.get(plan.hq, ()), self.s.minute
        return any(
            now < self.start[i] <= now + within and not self.waits(i) and not self._ended_from_above[i]
            and (self.kind[i] == _WITHDRAW or (self._line[i] and self.kind[i] not in ATTACKS))
            and self._line[i] != self.line_points(plan)
            for i in mine
        )  # fmt: skip

    def taken_up_next(self, hq: int) -> int:
        """The next minute at which a headquarters takes up a withdrawal by the clock; NEVER if none comes."""
        coming = [i for i in self.text.of.get(hq, ()) if self.kind[i] == _WITHDRAW and not self.waits(i)]
        hours = [int(self._taken_up_at[i]) for i in coming if not self._ended_from_above[i]]
        return min([minute for minute in hours if minute > self.s.minute], default=NEVER)

    def begun(self, i: int) -> bool:
        """Whether a directive that waits for nothing but its hour is carried out by now."""
        return int(self._taken_up_at[i]) <= self.s.minute and not self.waits(i)

    def gone_ahead(self, plan: Plan) -> int:
        """The coming withdrawal that it has begun before its hour; -1 none, or it is not to be made any more."""
        row = self.s.notes.staff["ahead"].item(plan.hq)
        if plan.current >= 0 and self.d.row[plan.current] == row and self.kind[plan.current] == _WITHDRAW:
            return plan.current  # its hour has come since
        return next((i for i in self.withdrawals(plan) if self.d.row[i] == row), NONE) if row >= 0 else NONE

    def line_points(self, plan: Plan) -> Points:
        """The line it stands on, empty if it was never given one."""
        staff = self.s.notes.staff
        if staff["ahead"].item(plan.hq) >= 0:
            return self._line[i] if (i := self.gone_ahead(plan)) >= 0 else ()
        if staff["fell_back"].item(plan.hq) and plan.line >= 0:
            return self._fall_back[plan.current if plan.current >= 0 else plan.line]
        return self._line[plan.line] if plan.line >= 0 else ()

    def left_line(self, plan: Plan) -> Points:
        """The line that a headquarters leaves in a withdrawal that is under way, empty if it was never given one."""
        staff, i = self.s.notes.staff, plan.line
        told = not staff["fell_back"].item(plan.hq) and staff["ahead"].item(plan.hq) < 0
        if told and i >= 0 and self.kind[i] == _WITHDRAW:
            i = plan.left
        return self._line[i] if i >= 0 else ()

    def axis_points(self, i: int) -> Points:
        """The axis of a directive."""
        return self._axis[i] if i >= 0 else ()

    def objective(self, i: int) -> int:
        """Objective of a directive: named, or the end of its axis; -1 none."""
        named = int(self.d.objective[i])
        axis = self.axis_points(i)
        return named if named >= 0 else axis[-1] if axis else NONE

    def named(self, i: int, group: str) -> Ints:
        """Positions of the formations on the map that a directive names for a group."""
        rows = self._groups[group][i]
        if not len(rows):
            return _NOBODY
        at = self.s.view.own.position[rows]
        found: Ints = at[at >= 0].astype(np.int64)
        return found

    @Once
    def named_reserves(self) -> list[int]:
        """Positions of the formations that a directive in force names as its reserve."""
        current = [plan.current for plan in self.of.values() if plan.current >= 0]
        groups = [self.named(i, "reserve") for i in current if len(self._groups["reserve"][i])]
        return [at for group in groups for at in group.tolist()]

    def names(self, i: int, group: str) -> bool:
        """Whether a directive names formations for a group (they need not be on the map)."""
        return len(self._groups[group][i]) > 0


@jit
def _command(
    own_hq: Any, row: Any, lent_to: Any, lent_from: Any, acting: Any, position: Any, named: Any, namer: Any, hq: Any
) -> None:
    for i in range(len(hq)):
        lent = lent_to[row[i]] >= 0 and lent_from[row[i]] == own_hq[i]
        hq[i] = acting[lent_to[row[i]] if lent else own_hq[i]]
    for k in range(len(named)):
        if position[named[k]] >= 0:
            hq[position[named[k]]] = namer[k]


@jit
def _is_through(hq: Any, row: Any, directive: Any, end_reason: Any, ended: Any) -> None:
    for i in range(len(ended)):
        ended[i] = directive[hq[i]] == row[i] and end_reason[hq[i]] > 0


def _named(rows: Array) -> Ints:
    return rows[rows >= 0].astype(np.int64)
