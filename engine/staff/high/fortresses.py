"""Ports worth holding in land that is cut off: a corps is put round one, and it is declared a fortress.

Only a garrison that can hold and that ships can supply is left there; a whole army is not shut up in a port.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.model.codes import SIDES, DirectiveKind, Permission
from engine.model.instruction import OPEN_END, Instruction
from engine.model.tables import POINTS
from engine.staff.high import sea
from engine.staff.high.bodies import Body
from engine.staff.high.keeping import line_of
from engine.staff.high.leaving import cannot_hold, corps_of, in_order
from engine.staff.reasons import Reason
from engine.staff.situation import Situation


@dataclass(frozen=True)
class Post:
    """A port that a corps is to hold."""

    cell: int
    corps: int
    closing: int
    line: tuple[int, ...]


def posts(s: Situation, bodies: list[Body], busy: set[int]) -> list[Post]:
    """Ports that are to be fortresses from now on, the greatest first; each corps holds one."""
    if sea.men_day(s) <= 0:
        return []
    found: list[Post] = []
    homes = sea.home_parts(s)
    taken, near, most = set(busy), s.whole("high.fortress_corps_hexes"), s.whole("high.fortress_formations")
    corps = corps_of(s, bodies, np.ones(len(s.part), bool))
    for cell in _worth_holding(s):
        part = int(s.control.part[cell])
        line = _around(s, cell)
        # One that has a garrison alone gets a corps as well when it is cut off.
        if (line and s.view.hexes.fortress[list(line)].all()) or part in homes or not 0 < int((s.part == part).sum()) <= most:
            continue
        if cannot_hold(s, part):
            continue
        closing = _coming(s, cell)
        free = [c for c in corps if c.hq not in taken and _away(s, c, cell) <= near]
        best = min(free, key=lambda c: (_away(s, c, cell), -c.power, c.hq), default=None)
        if best is not None and len(line) >= 2 and closing > 0:
            taken.add(best.hq)
            found.append(Post(cell, best.hq, closing, line))
    return found


def _worth_holding(s: Situation) -> list[int]:
    """Own ports that are towns of some size or objectives of the side, the greatest first."""
    side = SIDES[s.side]
    goals = {goal.cell: goal.points for goal in s.statics.scenario.objectives if goal.side == side}
    sizes = {place.cell: place.size for place in s.statics.theatre.places if place.cell >= 0}
    least = s.whole("high.fortress_size")
    ports = [c for c in sea.ports(s).tolist() if goals.get(c, 0) > 0 or sizes.get(c, 0) >= least]
    return sorted(ports, key=lambda c: (-goals.get(c, 0), -sizes.get(c, 0), c))


def _coming(s: Situation, cell: int) -> int:
    """Known enemy power near a place."""
    enemies, near = s.view.enemies, s.whole("high.fortress_enemy_hexes")
    return int(s.enemy_power[s.grid.distance(enemies.hex, cell) <= near].sum()) if len(enemies) else 0


def _away(s: Situation, corps: Body, cell: int) -> int:
    """Hexes from a place to the middle formation of a corps; far if they do not stand on the same land."""
    same = s.part[corps.members] == s.control.part[cell]
    if 2 * int(same.sum()) <= len(corps.members):
        return s.whole("high.fortress_corps_hexes") + 1
    return int(np.median(s.grid.distance(s.view.own.hex[corps.members], cell)))


def _around(s: Situation, cell: int) -> tuple[int, ...]:
    """Own land at the edge of a fortress, in order along it."""
    edge = s.grid.distance(np.arange(len(s.owner)), cell) == s.whole("high.fortress_ring")
    cells = np.flatnonzero(s.control.land & (s.owner == s.side) & edge)
    if len(cells) < 2:
        return ()
    ordered = in_order(s, cells)
    return tuple(ordered[np.unique(np.linspace(0, len(ordered) - 1, POINTS).round().astype(np.int64))].tolist())


def declared(s: Situation, made: list[Post]) -> list[Instruction]:
    """Each place is declared a fortress, and a corps holds it."""
    told = []
    for post in made:
        name, detail = s.statics.headquarters_ids[post.corps], (post.cell, -1, post.closing, 0)
        told.append(Instruction(
            hq=name, kind=DirectiveKind.FORTRESS, objective=post.cell, ring=s.whole("high.fortress_ring"),
            start_at=s.minute, reason=Reason.DECLARED, detail=detail,
        ))  # fmt: skip
        told.append(Instruction(
            hq=name, kind=DirectiveKind.DEFEND, line=post.line, permission=Permission.STAND_FAST, start_at=s.minute,
            reason=Reason.DECLARED, detail=detail,
        ))  # fmt: skip
    return told


def lifted(s: Situation, told: list[Instruction]) -> list[Instruction]:
    """Fortresses whose garrisons are told to go to the ships are none any more."""
    forts = np.flatnonzero(s.view.hexes.fortress).tolist()
    found = []
    for made in told:
        if made.kind is DirectiveKind.EVACUATE and made.axis:
            part = s.control.part[made.axis[0]]
            mine = [c for c in forts if c in made.axis and s.control.part[c] == part]
            found += [replace(made, kind=DirectiveKind.LIFT_FORTRESS, objective=c, axis=(), assault=(), clears=False,
                              end_at=OPEN_END) for c in mine]  # fmt: skip
    return found


def garrisons(s: Situation, bodies: list[Body]) -> set[int]:
    """Headquarters that were given a line about a fortress."""
    held = s.view.hexes.fortress
    staffs = sorted({int(hq) for body in bodies for hq in body.staffs})
    return {hq for hq in staffs if any(bool(held[c]) for c in line_of(s, hq))}
