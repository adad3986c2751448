"""Keeping a way out open: the corps that stands at a neck holds a line before it, and gets whoever can be spared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.arithmetic import PPM
from engine.model.codes import DirectiveKind, DirectiveState, Permission
from engine.model.instruction import Instruction
from engine.model.tables import POINTS
from engine.staff.control import Ints
from engine.staff.high.bodies import Body
from engine.staff.high.leaving import Pouch, corps_of, in_order
from engine.staff.high.regroup import Taker
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_OPEN = (int(DirectiveState.PENDING), int(DirectiveState.RUNNING))


@dataclass(frozen=True, eq=False)
class Keeper:
    """A corps that keeps a way out, and the line it holds (empty where it has to break out first)."""

    corps: Body
    pouch: Pouch
    line: tuple[int, ...]


def keepers(s: Situation, bodies: list[Body], necks: list[Pouch]) -> list[Keeper]:
    """For each neck the corps that stands strongest near its weak place; each corps keeps one."""
    corps = corps_of(s, bodies, np.ones(len(s.part), bool))
    found: dict[int, Keeper] = {}
    for pouch in necks:
        strength = {one.hq: _near(s, one, pouch) for one in corps if one.hq not in found}
        best = max(strength, key=lambda hq: (line_of(s, hq) != (), strength[hq], -hq), default=-1)
        if best >= 0 and strength[best] > 0:
            keeper = next(one for one in corps if one.hq == best)
            found[best] = Keeper(keeper, pouch, () if pouch.cut else _line(s, pouch))
    return list(found.values())


def _near(s: Situation, corps: Body, pouch: Pouch) -> int:
    """Power of a corps near the weak place of a neck."""
    own = s.view.own
    near = s.grid.distance(own.hex[corps.members], pouch.weak) <= s.whole("high.neck_near_hexes")
    return int(own.power[corps.members[near]].sum())


def _line(s: Situation, pouch: Pouch) -> tuple[int, ...]:
    """The front near the weak place, in order along it."""
    rim, part = s.control.rim, s.control.part
    near = s.grid.distance(rim, pouch.weak) <= s.whole("high.neck_near_hexes")
    rim = rim[near & (part[rim] == part[pouch.weak])]
    if len(rim) < 2:
        return ()
    ordered = in_order(s, rim)
    return tuple(ordered[np.unique(np.linspace(0, len(ordered) - 1, POINTS).round().astype(np.int64))].tolist())


def told_to_keep(s: Situation, kept: list[Keeper], busy: set[int]) -> list[Instruction]:
    """Directives to hold the line before a neck, to those who do not hold it yet."""
    return [_keep(s, one) for one in kept if one.line and one.corps.hq not in busy and not _holds(s, one)]


def _keep(s: Situation, keeper: Keeper) -> Instruction:
    pouch, line = keeper.pouch, keeper.line
    odds = round(pouch.closing / max(pouch.keeping, 1) * PPM)
    return Instruction(
        hq=s.statics.headquarters_ids[keeper.corps.hq], kind=DirectiveKind.DEFEND, line=line, start_at=s.minute,
        permission=Permission.STAND_FAST, reason=Reason.KEEPS_OPEN,
        detail=(pouch.weak, line[len(line) // 2], pouch.closing, odds),
    )  # fmt: skip


def line_of(s: Situation, hq: int) -> tuple[int, ...]:
    """The line that a headquarters was last told to stand on, if that is what it was last told."""
    d = s.view.directives
    mine: Ints = np.flatnonzero((d.hq == hq) & np.isin(d.state, _OPEN))
    if not len(mine) or d.permission[mine[-1]] != Permission.STAND_FAST:
        return ()
    return tuple(c for c in d.line[mine[-1]].tolist() if c >= 0)


def _holds(s: Situation, keeper: Keeper) -> bool:
    """Whether a corps already has the line, but for what the front has moved."""
    old = np.array(line_of(s, keeper.corps.hq), np.int64)
    if not len(old):
        return False
    gaps = s.grid.distance(np.array(keeper.line, np.int64)[:, None], old[None, :]).min(axis=1)
    return int(np.median(gaps)) < s.whole("high.line_moved_hexes")


def takers(s: Situation, kept: list[Keeper]) -> list[Taker]:
    """Whoever keeps a way out open gets what those behind it can do without, until he is as strong as the enemy there."""
    each = round(s.rules["high.regroup_most"])
    want = [one for one in kept if one.corps.power < one.pouch.closing]
    return [Taker(one.corps, one.pouch.weak, 0.0, one.pouch.inside) for one in want for _ in range(each)]
