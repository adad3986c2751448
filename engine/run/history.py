"""The historical replay: the scenario's own dated facts, played in the same session as a run.

Only what is dated happens. Control follows dated places and lines; formations come and go, are renamed and change
hands by the scenario's dates and events. Between facts nothing is known, and a formation whose ground has passed to
the enemy steps back to the nearest own hex, which the window marks as interpolated. ``bracket`` tells which facts a
moment lies between.

A place that changes hands does not do so alone. It takes along the ground that is nearer to it than to any other
place that some fact names, if no deeper behind the front than itself, and the ground on the way there that is
nearest to other places of its new owner. What is then cut off from the rest of its side's ground and has no place of
which a fact says that its side still holds it goes the same way: nobody is known to be left to hold it.
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
from engine.rules import arrivals, command, headquarters, politics
from engine.rules.system import System, Trace
from engine.run.session import Session

LINE_REACH_M = 25_000
"""A dated line settles the control of hexes up to this far on both of its sides."""
BEHIND_M = 60_000
"""And up to this far behind it, where the nearest place there that some fact names is its side's as well."""
ROW = 15
"""Row of the table of systems that keeps the calendar of facts."""
DATED = (command.SYSTEM, arrivals.SYSTEM, headquarters.SYSTEM, politics.SYSTEM)
"""What else happens by date: commanders and subordination, comings and goings, events; headquarters go with their troops."""

Cells = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Owner = npt.NDArray[np.int8]


def history_session(scenario: Scenario) -> Session:
    """A session that stands at the end of the scenario and has followed its facts; rewind it to watch."""
    session = Session(scenario, 0, systems=(_system(scenario), *DATED))
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
    named = np.unique([p.cell for fact in dated if fact.kind == "control" for p in fact.places if p.cell >= 0])

    def decide(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
        owner = world.hexes.owner.copy()
        for fact in dated:
            if max(fact.from_min, 0) // HOUR * HOUR == minute:
                before = owner.copy()
                _settle(world, fact, owner, named)
                _clear(world, dated, minute, before, owner)
        coming = [m for m in moments if m > minute]
        changed = np.flatnonzero(owner != world.hexes.owner)
        events = [TICKED(minute, system=ROW, next_at=coming[0] if coming else NEVER)]
        if len(changed):
            events.append(CAPTURED(minute, hex=changed, side=owner[changed], formation=-1, how=0))
        return events + _step_back(world, minute, owner)

    return decide


def _settle(world: World, fact: HistoryFact, owner: Owner, named: Cells) -> None:
    """Write what one fact says about control into ``owner``; ``named``: all places that facts name."""
    if fact.side not in SIDES or not fact.places:
        return
    side = SIDES.index(fact.side)
    ground = (world.statics.theatre.kind == HexKind.LAND) & (world.hexes.inside == 1)
    if fact.kind == "control":
        for cell in [p.cell for p in fact.places if p.cell >= 0 and ground[p.cell] and owner[p.cell] != side]:
            owner[_with_it(world, cell, side, owner, named) & ground] = side
        return
    points = [p.cell for p in fact.places if p.cell >= 0]
    if len(points) >= 2:
        gap_m2, left, beside = _flanks(world, points)
        near = ground & (gap_m2 <= LINE_REACH_M * LINE_REACH_M)
        own_flank = left if _looks_left(ground, gap_m2, left, owner, side) else ~left
        owner[near & own_flank] = side
        owner[near & ~own_flank] = 1 - side
        behind = ground & own_flank & beside & (gap_m2 <= BEHIND_M * BEHIND_M)
        owner[behind & (_nearest_owner(world, owner, named[own_flank[named]]) == side)] = side


def _looks_left(ground: Mask, gap_m2: npt.NDArray[np.float64], left: Mask, owner: Owner, side: int) -> bool:
    """Whether a side's own ground lies to the left of its line, which does not say which way it looks: the flank on
    which it holds more, of as wide a strip as it takes to find ground of its own at all.
    """
    for reach in (LINE_REACH_M, 2 * LINE_REACH_M, 4 * LINE_REACH_M, 8 * LINE_REACH_M):
        mine = ground & (gap_m2 <= reach * reach) & (owner == side)
        if mine.any():
            break
    return bool(2 * (mine & left).sum() >= mine.sum())


def _nearest_owner(world: World, owner: Owner, named: Cells) -> Owner:
    """Whose the place nearest to each hex is, of those that facts name; -1 without any."""
    best = np.full(len(owner), NEVER, dtype=np.int64)
    whose = np.full(len(owner), -1, dtype=np.int8)
    for place in named.tolist():
        apart = world.statics.grid.distance(np.arange(len(owner)), place)
        whose[apart < best] = owner[place]
        best = np.minimum(best, apart)
    return whose


def _with_it(world: World, place: int, side: int, owner: Owner, named: Cells) -> Mask:
    """Hexes that pass to a side together with a place: those of its own, no deeper behind the front than it, and those
    of the side's other places that lie on the way, detours of half the way included.
    """
    grid = world.statics.grid
    cells = np.arange(len(owner))
    apart = grid.distance(cells, place)
    own = _own(owner, side)
    deep = apart * 0 if not len(own) else _depth(world, own)
    after = owner.copy()
    after[place] = side
    its = np.ones(len(owner), bool)
    for other in named[named != place].tolist():
        its &= apart < grid.distance(cells, other)
    on_the_way = 2 * (deep + apart) <= 3 * deep[place]
    found: Mask = (its & (deep <= deep[place])) | (on_the_way & (_nearest_owner(world, after, named) == side))
    found[place] = True
    return found


def _depth(world: World, own: Cells) -> Cells:
    """Steps from each hex to the nearest of ``own``."""
    near = world.statics.grid.neighbours.astype(np.int64)
    deep = np.full(len(near), -1, dtype=np.int64)
    deep[own], front, steps = 0, own, 0
    while len(front):
        steps += 1
        beside = np.unique(near[front])
        front = beside[beside >= 0]
        front = front[deep[front] < 0]
        deep[front] = steps
    return deep


def _clear(world: World, dated: Sequence[HistoryFact], minute: int, before: Owner, owner: Owner) -> None:
    """Hand over ground that a fact has just cut off: no place on it that its side is known to hold any longer."""
    changed = np.flatnonzero(before != owner)
    near = world.statics.grid.neighbours.astype(np.int64)
    dry = world.statics.theatre.kind == HexKind.LAND
    land, outside = dry & (world.hexes.inside == 1), dry & (world.hexes.inside == 0)
    held = _still_held(dated, minute)
    seen = np.zeros(len(owner), bool)
    for start in np.unique(near[changed]).tolist():
        if start < 0 or seen[start] or not land[start]:
            continue
        patch = _patch(near, land & (owner == owner[start]), start)
        seen[patch] = True
        leads_out = (near[patch] < 0).any() or outside[near[patch]].any()
        if not leads_out and not np.isin(patch, held[int(owner[start])]).any():
            owner[patch] = 1 - owner[start]


def _still_held(dated: Sequence[HistoryFact], minute: int) -> tuple[Cells, Cells]:
    """For each side the cells that it holds by some fact after this minute, or that the other has yet to take."""
    held: tuple[list[int], list[int]] = ([], [])
    for fact in dated:
        if fact.side in SIDES and fact.to_min > minute:
            side = SIDES.index(fact.side)
            cells = [p.cell for p in fact.places if p.cell >= 0]
            held[side].extend(cells)
            if fact.kind == "control" and fact.from_min > minute:
                held[1 - side].extend(cells)
    return np.array(held[0], dtype=np.int64), np.array(held[1], dtype=np.int64)


def _patch(near: Cells, wanted: Mask, start: int) -> Cells:
    """All cells of ``wanted`` that hang together with ``start``."""
    found = np.zeros(len(wanted), bool)
    found[start] = True
    front = np.array([start])
    while len(front):
        beside = np.unique(near[front])
        front = beside[(beside >= 0) & wanted[beside] & ~found[beside]]
        found[front] = True
    return np.flatnonzero(found)


def _flanks(world: World, points: Sequence[int]) -> tuple[npt.NDArray[np.float64], Mask, Mask]:
    """How far each hex lies from a broken line (m2), whether left of its nearest stretch, whether beside it, not beyond
    its ends.
    """
    centres = world.statics.grid.centres_m
    best = np.full(len(centres), 1e18)
    left, beside = np.zeros(len(centres), bool), np.zeros(len(centres), bool)
    for number, (a, b) in enumerate(pairwise(points)):
        start, step = centres[a], centres[b] - centres[a]
        length = max(step[0] * step[0] + step[1] * step[1], 1.0)
        dx, dy = centres[:, 0] - start[0], centres[:, 1] - start[1]
        share = (dx * step[0] + dy * step[1]) / length
        along = np.minimum(np.maximum(share, 0.0), 1.0)
        ex, ey = dx - along * step[0], dy - along * step[1]
        square = ex * ex + ey * ey
        nearer = square < best
        best = np.where(nearer, square, best)
        left = np.where(nearer, step[0] * dy - step[1] * dx > 0, left)
        within = ((share >= 0) | (number > 0)) & ((share <= 1) | (number < len(points) - 2))
        beside = np.where(nearer, within, beside)
    return best, left, beside


def _step_back(world: World, minute: int, owner: Owner) -> list[Event]:
    """Formations whose ground is no longer their side's go to the nearest hex that is."""
    formations, grid = world.formations, world.statics.grid
    here = np.flatnonzero(formations.status == Status.ON_MAP)
    lost = here[owner[formations.hex[here]] != formations.side[here]]
    own = (_own(owner, 0), _own(owner, 1))
    lost = np.array([row for row in lost.tolist() if len(own[formations.side[row]])], dtype=np.int64)
    if not len(lost):
        return []
    goal = np.array([_nearest(grid.distance(int(formations.hex[row]), own[formations.side[row]]),
                              own[formations.side[row]]) for row in lost.tolist()])  # fmt: skip
    here = formations.hex[lost]
    return [ENTERED(minute, formation=lost, came_from=here, hex=goal, at=minute, moved_m=0, forced_m=0,
                    works_n=0)]  # fmt: skip


def _own(owner: npt.NDArray[np.int8], side: int) -> Cells:
    return np.flatnonzero(owner == side)


def _nearest(gap: npt.NDArray[np.int32], cells: Cells) -> int:
    return int(cells[np.lexsort((cells, gap))[0]])
