"""The historical replay: the scenario's own dated facts, played in the same session as a run.

Only what the facts say happens. Control follows dated places and lines; between facts nothing is known, and a
formation whose ground has passed to the enemy steps back to the nearest own hex, which the window marks as
interpolated. ``bracket`` tells which facts a moment lies between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.core.calendar import HOUR, NEVER
from engine.core.dice import Dice
from engine.model.codes import SIDES, HexKind, Status
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.movement import CAPTURED, ENTERED
from engine.model.facts import HistoryFact
from engine.model.scenario import Scenario
from engine.model.world import World
from engine.rules.system import System, Trace
from engine.run.session import Session

LINE_REACH_M = 25_000
"""A dated line settles the control of hexes up to this far on both of its sides."""
ROW = 15
"""Row of the table of systems that keeps the calendar of facts."""

Cells = npt.NDArray[np.int64]


def history_session(scenario: Scenario) -> Session:
    """A session that stands at the end of the scenario and has followed its facts; rewind it to watch."""
    session = Session(scenario, 0, systems=(_system(scenario),))
    session.remark = "history"
    session.advance(session.end)
    return session


def bracket(scenario: Scenario, minute: int) -> tuple[HistoryFact | None, HistoryFact | None]:
    """The last dated fact at or before a minute and the next one after it."""
    facts = sorted(scenario.history, key=lambda f: (f.from_min, f.id))
    past = [f for f in facts if f.from_min <= minute]
    coming = [f for f in facts if f.from_min > minute]
    return (past[-1] if past else None), (coming[0] if coming else None)


def _system(scenario: Scenario) -> System:
    dated = sorted((f for f in scenario.history if f.kind in ("control", "line")), key=lambda f: (f.from_min, f.id))
    moments = sorted({max(f.from_min, 0) // HOUR * HOUR for f in dated})

    def next_due(world: World, now: int) -> int:
        return max(int(world.systems.next_at[ROW]), now)

    return System("history", 1, HOUR, next_due, _decider(dated, moments))


def _decider(
    dated: Sequence[HistoryFact], moments: Sequence[int]
) -> Callable[[World, int, Dice, Trace | None], list[Event]]:
    def decide(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
        owner = world.hexes.owner.copy()
        for fact in dated:
            if max(fact.from_min, 0) // HOUR * HOUR == minute:
                _settle(world, fact, owner)
        coming = [m for m in moments if m > minute]
        changed = np.flatnonzero(owner != world.hexes.owner)
        events = [TICKED(minute, system=ROW, next_at=coming[0] if coming else NEVER)]
        if len(changed):
            events.append(CAPTURED(minute, hex=changed, side=owner[changed], formation=-1, how=0))
        return events + _step_back(world, minute, owner)

    return decide


def _settle(world: World, fact: HistoryFact, owner: npt.NDArray[np.int8]) -> None:
    """Write what one fact says about control into ``owner``."""
    if fact.side not in SIDES or not fact.places:
        return
    side = SIDES.index(fact.side)
    ground = (world.statics.theatre.kind == HexKind.LAND) & (world.hexes.inside == 1)
    if fact.kind == "control":
        cells = np.array([p.cell for p in fact.places if p.cell >= 0])
        owner[cells[ground[cells]]] = side
        return
    points = [p.cell for p in fact.places if p.cell >= 0]
    if len(points) >= 2:
        near, left = _flanks(world, points)
        near &= ground
        # The flank on which the side holds more is its own: a line does not say which way it looks.
        mine_left = int((owner[near & left] == side).sum()) - int((owner[near & left] == 1 - side).sum())
        mine_right = int((owner[near & ~left] == side).sum()) - int((owner[near & ~left] == 1 - side).sum())
        own_flank = left if mine_left >= mine_right else ~left
        owner[near & own_flank] = side
        owner[near & ~own_flank] = 1 - side


def _flanks(world: World, points: Sequence[int]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Hexes within reach of a broken line, and which of all hexes lie to the left of its nearest stretch."""
    centres = world.statics.grid.centres_m
    best = np.full(len(centres), 1e18)
    left = np.zeros(len(centres), bool)
    for a, b in pairwise(points):
        start, step = centres[a], centres[b] - centres[a]
        length = max(step[0] * step[0] + step[1] * step[1], 1.0)
        dx, dy = centres[:, 0] - start[0], centres[:, 1] - start[1]
        along = np.minimum(np.maximum((dx * step[0] + dy * step[1]) / length, 0.0), 1.0)
        ex, ey = dx - along * step[0], dy - along * step[1]
        square = ex * ex + ey * ey
        nearer = square < best
        best = np.where(nearer, square, best)
        left = np.where(nearer, step[0] * dy - step[1] * dx > 0, left)
    return best <= LINE_REACH_M * LINE_REACH_M, left


def _step_back(world: World, minute: int, owner: npt.NDArray[np.int8]) -> list[Event]:
    """Formations whose ground is no longer their side's go to the nearest hex that is."""
    formations, grid = world.formations, world.statics.grid
    here = np.flatnonzero(formations.status == Status.ON_MAP)
    lost = here[owner[formations.hex[here]] != formations.side[here]]
    if not len(lost):
        return []
    goal = np.array([_nearest(grid.distance(int(formations.hex[r]), _own(owner, int(formations.side[r]))),
                              _own(owner, int(formations.side[r]))) for r in lost.tolist()])  # fmt: skip
    here = formations.hex[lost]
    return [ENTERED(minute, formation=lost, came_from=here, hex=goal, at=minute, moved_m=0, forced_m=0)]


def _own(owner: npt.NDArray[np.int8], side: int) -> Cells:
    return np.flatnonzero(owner == side)


def _nearest(gap: npt.NDArray[np.int32], cells: Cells) -> int:
    return int(cells[np.lexsort((cells, gap))[0]])
