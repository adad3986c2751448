"""Phase 17, works, at midnight: engineers and workers build the line that a directive to fortify names.

The men of the engineer assets of a directed headquarters, and of those below it, raise the works of the line's hexes
level by level: from its first place on, first all to level 1, then to 2, and to no more than
``fortification.line_level_max``. They work on own ground without an enemy formation beside it; what is captured serves
who holds it. Work that is not enough for a level today is kept.

The theatre's prepared lines are there from the date on which they were ready, where their builder still holds the
ground: those ready before the start from the start, the others at that midnight. Without a directive to fortify and
with no such date to come the system never runs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY, NEVER
from engine.core.dice import Dice
from engine.model.codes import RUNNING, SIDES, Calendar, DirectiveKind, HexKind
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.works import LABOURED, LINE_READY, WORKS_BUILT
from engine.model.theatre import FortifiedLine
from engine.model.world import Statics, World
from engine.rules.derived import derived
from engine.rules.engineers import men_by_headquarters
from engine.rules.ground import formations_near
from engine.rules.hierarchy import chains
from engine.rules.power import on
from engine.rules.system import System, Trace

Ints = npt.NDArray[np.int64]

GRAIN_MIN: Final = 15
_FORTIFY: Final = int(DirectiveKind.FORTIFY)
_WORKERS: Final = 10_000
"""Men for whom ``fortification.line_km_week`` is stated."""
_DAYS: Final = 7
_LEVEL: Final = 2
"""Level of a finished line in that rate."""


def _building(world: World) -> Ints:
    """Rows of the directives to fortify that are in force."""
    directives = world.directives
    return np.flatnonzero((directives.kind == _FORTIFY) & (directives.state == RUNNING) & (directives.line[:, 0] >= 0))


def _next_due(world: World, now: int) -> int:
    any_ = derived(world, "works.any", world.directives.version("state"), lambda: bool(len(_building(world))))
    next_at = max(int(world.systems.next_at[Calendar.WORKS]), 0)
    dates = _ready(world.statics)[0]
    coming = bisect_left(dates, max(next_at, 1))
    ready_at = dates[coming] if coming < len(dates) else NEVER
    return min(next_at if any_ else NEVER, ready_at)


def _ready(statics: Statics) -> tuple[list[int], list[FortifiedLine]]:
    """Midnights at which lines of the theatre become ready after the start, in order, and those lines."""
    found: tuple[list[int], list[FortifiedLine]] | None = statics.memo.get("works.ready")
    if found is None:
        start = statics.scenario.start
        dated = [((date.fromisoformat(line.ready) - start).days * DAY, line) for line in statics.theatre.lines]
        dated = sorted(((at, line) for at, line in dated if at > 0), key=lambda pair: (pair[0], pair[1].id))
        found = [at for at, _ in dated], [line for _, line in dated]
        statics.memo["works.ready"] = found
    return found


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """A day's work on every line."""
    events: list[Event] = []
    if minute % DAY == 0 and on(world.statics.rules, "fortification"):
        for row in _building(world).tolist():
            events += _built(world, row, minute, trace)
        events += _lines_ready(world, minute)
    return [*events, TICKED(minute, system=Calendar.WORKS, next_at=(minute // DAY + 1) * DAY)]


def _lines_ready(world: World, minute: int) -> list[Event]:
    """Lines that are ready today: their works on the ground that their builder holds."""
    hexes = world.hexes
    dates, lines = _ready(world.statics)
    level: dict[int, int] = {}
    for line in lines[bisect_left(dates, minute) : bisect_right(dates, minute)]:
        for cell in line.cells:
            if hexes.owner[cell] == SIDES.index(line.side) and hexes.works[cell] < line.strength:
                level[cell] = max(level.get(cell, 0), line.strength)
    return [LINE_READY(minute, hex=list(level), level=list(level.values()))] if level else []


def _built(world: World, row: int, minute: int, trace: Trace | None) -> list[Event]:
    """Levels finished today along one line, first places and low levels first, and the work that is left over."""
    rules, hexes = world.statics.rules, world.hexes
    men = workers(world, int(world.directives.hq[row]), minute)
    kilometres = rules["fortification.line_km_week"] * men / _WORKERS / _DAYS
    a_day = round(kilometres * 1000.0 * _LEVEL * PPM / world.statics.grid.spacing_m)
    stock = int(world.directives.labour[row]) + a_day
    side = int(world.headquarters.side[world.directives.hq[row]])
    cells = line_cells(world.statics, tuple(int(c) for c in world.directives.line[row] if c >= 0))
    safe = (hexes.owner[cells] == side) & ~formations_near(world, 1 - side, 1)[cells]
    level = hexes.works[cells].astype(np.int64)
    top = round(rules["fortification.line_level_max"])
    raised: dict[int, int] = {}
    while stock >= PPM:
        open_ = np.flatnonzero(safe & (level < top))
        if not len(open_):
            stock = 0
            break
        at = int(open_[np.argmin(level[open_])])
        level[at] += 1
        raised[int(cells[at])] = int(level[at])
        stock -= PPM
    if trace is not None:
        for key, value, address in (
            ("workers", float(men), ""), ("km_day", kilometres, "fortification.line_km_week"),
            ("hexes_of_the_line", float(len(cells)), ""), ("hexes_that_can_be_worked_on", float(safe.sum()), ""),
            ("level_max", float(top), "fortification.line_level_max"),
        ):  # fmt: skip
            trace.record("directives", row, key, value, address)
    events: list[Event] = [LABOURED(minute, directive=row, labour=stock)]
    if raised:
        built = list(raised)
        events.append(WORKS_BUILT(minute, directive=row, hex=built, level=[raised[c] for c in built]))
    return events


def workers(world: World, hq: int, minute: int) -> int:
    """Men of the engineer assets at hand to a headquarters and to those below it."""
    below = (chains(world)[:-1] == hq).any(axis=1)
    return int(men_by_headquarters(world.statics, minute)[below].sum())


def line_cells(statics: Statics, points: tuple[int, ...]) -> Ints:
    """Land hexes along a broken line, in order from its first place."""
    name = "works.line." + ".".join(map(str, points))
    found: Ints | None = statics.memo.get(name)
    if found is None:
        grid, cells = statics.grid, list(points[:1])
        for a, b in pairwise(points):
            (ax, ay), (bx, by) = grid.centre_m(a), grid.centre_m(b)
            steps = max(int(grid.distance(a, b)), 1) * 2
            cells += [grid.cell_at(ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps) for k in range(1, steps + 1)]
        unique = list(dict.fromkeys(c for c in cells if c >= 0 and statics.theatre.kind[c] == HexKind.LAND))
        found = statics.memo[name] = np.array(unique, dtype=np.int64)
    return found


SYSTEM = System("works", 17, GRAIN_MIN, _next_due, decide)
