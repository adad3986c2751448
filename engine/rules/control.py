"""Phase 7, control, every three hours: ground that nobody guards falls to the side that surrounds it; bridges are built.

Two kinds of ground fall without being entered, never a town. An *unguarded salient*: no defender within
``contact.salient_radius``, a hostile formation beside it, and at least ``contact.salient_neighbours`` of its six
neighbours hostile, for ``contact.salient_h``. Ground *cut off* from every source of supply by own ground, with no own
formation within ``contact.cut_off_radius``, for ``contact.cut_off_h``: it falls from its rim inwards. All hexes are
judged by the map as it stands before any of them changes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import HOUR, NEVER
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice
from engine.model.codes import Calendar, Taking
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.movement import CAPTURED, CLOSING
from engine.model.world import World
from engine.rules import bridges, ground
from engine.rules.alarms import alarms
from engine.rules.ice import walked
from engine.rules.power import on
from engine.rules.rail import working_sources
from engine.rules.supply import connected
from engine.rules.system import System, Trace, on_calendar

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GRAIN_MIN: Final = 3 * HOUR


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Clocks of unguarded ground started, stopped and run out; work on bridges."""
    salient, lost = np.zeros((2, world.statics.grid.size), bool)
    for side in (0, 1):
        salient |= _salients(world, side)
        lost |= _cut_off(world, side)
    return [
        TICKED(minute, system=Calendar.CONTROL, next_at=minute + GRAIN_MIN),
        *_closed(world, minute, salient, lost, trace),
        *bridges.work(world, minute),
    ]


def _candidates(world: World, side: int, radius: int, cells: Rows) -> Rows:
    """Those of ``cells`` that are ground of ``side``, no town, and without a formation of its own within ``radius``."""
    statics = world.statics
    mask: Mask = (world.hexes.owner[cells] == side) & walked(statics)[cells] & ~ground.towns(statics)[cells]
    return cells[mask & ~ground.formations_near(world, side, radius)[cells]]


def _hostile_neighbours(world: World, side: int, cells: Rows) -> npt.NDArray[np.int64]:
    near = world.statics.grid.neighbours[cells]
    hostile = (world.hexes.owner[near] == 1 - side) & (near >= 0)
    count: npt.NDArray[np.int64] = hostile.sum(axis=1)
    return count


def _salients(world: World, side: int) -> Mask:
    """Shape (hexes,): unguarded salients of ``side``."""
    rules, found = world.statics.rules, np.zeros(world.statics.grid.size, bool)
    if not on(rules, "salients"):
        return found
    beside = rows_where(ground.formations_near(world, 1 - side, 1))
    cells = _candidates(world, side, round(rules["contact.salient_radius"]), beside)
    found[cells] = _hostile_neighbours(world, side, cells) >= round(rules["contact.salient_neighbours"])
    return found


def _cut_off(world: World, side: int) -> Mask:
    """Shape (hexes,): ground of ``side`` without a way to its sources, and without anybody to hold it."""
    rules, found = world.statics.rules, np.zeros(world.statics.grid.size, bool)
    if not on(rules, "salients") or not len(working_sources(world, side)):
        return found
    cells = rows_where((world.hexes.owner == side) & ~connected(world, side))
    if len(cells):
        found[_candidates(world, side, round(rules["contact.cut_off_radius"]), cells)] = True
    return found


def _closed(world: World, minute: int, salient: Mask, lost: Mask, trace: Trace | None) -> list[Event]:
    """Hexes whose time has run out change hands; clocks start and stop for the others."""
    rules, owner = world.statics.rules, world.hexes.owner
    cells = rows_where(salient | lost | (world.hexes.closing_since < NEVER))
    since, salient, lost = world.hexes.closing_since[cells], salient[cells], lost[cells]
    open_, age = salient | lost, minute - since
    falls = salient & (since < NEVER) & (age >= round(rules["contact.salient_h"] * HOUR))
    reverts = lost & ~falls & (since < NEVER) & (age >= round(rules["contact.cut_off_h"] * HOUR))
    for side in (0, 1):
        inner = rows_where(reverts & (owner[cells] == side))
        reverts[inner] = _hostile_neighbours(world, side, cells[inner]) > 0
    if trace is not None:
        for cell, minutes in zip(cells[open_].tolist(), np.maximum(age[open_], 0).tolist(), strict=True):
            trace.record("hexes", cell, "unguarded_min", float(minutes), "contact.salient_h")
    events: list[Event] = []
    begins, ends = open_ & (since >= NEVER), ~open_ & (since < NEVER)
    changed = begins | ends
    if anywhere(changed):
        events.append(CLOSING(minute, hex=cells[changed], since=np.where(begins[changed], minute, NEVER)))
    taken = falls | reverts
    if anywhere(taken):
        how = np.where(falls[taken], Taking.SALIENT, Taking.CUT_OFF)
        events.append(CAPTURED(minute, hex=cells[taken], side=1 - owner[cells[taken]], formation=-1, how=how))
        events += alarms(world, minute, cells[taken])
    return events


SYSTEM = System("control", 7, GRAIN_MIN, on_calendar(Calendar.CONTROL), decide, Calendar.CONTROL)
