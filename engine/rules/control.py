"""Phase 7, control, every three hours: ground that nobody guards falls to the side that surrounds it; bridges are built.

Two kinds of ground fall without being entered, never a town. An *unguarded salient*: no defender within
``contact.salient_radius``, a hostile formation beside it, and at least ``contact.salient_neighbours`` of its six
neighbours hostile, for ``contact.salient_h``. Ground *cut off* from every source of supply by own ground, with no own
formation within ``contact.cut_off_radius``, for ``contact.cut_off_h``: it falls from its rim inwards. All hexes are
judged by the map as it stands before any of them changes.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import HOUR, NEVER
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice
from engine.core.jit import jit
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
    salient, lost = _salients(world), _cut_off(world)
    return [
        TICKED(minute, system=Calendar.CONTROL, next_at=minute + GRAIN_MIN),
        *_closed(world, minute, salient, lost, trace),
        *bridges.work(world, minute),
    ]


@jit
def _left_open(cell: int, side: int, owner: Any, walked: Any, towns: Any, count: Any, disc: Any) -> bool:
    """Whether a hex is ground of ``side``, no town, and without a formation of its own in the ``disc`` round it."""
    if owner[cell] != side or not walked[cell] or towns[cell]:
        return False
    guarded = False
    for there in disc:
        guarded = guarded or (there >= 0 and count[side, there] > 0)
    return not guarded


def _hostile_neighbours(world: World, side: int, cells: Rows) -> npt.NDArray[np.int64]:
    near = world.statics.grid.neighbours[cells].astype(np.int64)
    hostile = (world.hexes.owner[near] == 1 - side) & (near >= 0)
    count: npt.NDArray[np.int64] = hostile.sum(axis=1)
    return count


def _salients(world: World) -> Mask:
    """Shape (hexes,): unguarded salients of either side."""
    statics, rules, found = world.statics, world.statics.rules, np.zeros(world.statics.grid.size, bool)
    if not on(rules, "salients"):
        return found
    now, discs = ground.standing(world), statics.grid.ring_table(round(rules["contact.salient_radius"]))
    _stick_out(
        now.side, now.cell, statics.grid.ring_table(1), round(rules["contact.salient_neighbours"]), world.hexes.owner,
        walked(statics), ground.towns(statics), now.count, discs, found,
    )  # fmt: skip
    return found


@jit
def _stick_out(
    of: Any, at: Any, near: Any, least: int, owner: Any, walked: Any, towns: Any, count: Any, discs: Any, found: Any
) -> None:
    """Mark hexes in or beside those ``at`` which formations ``of`` the other side stand, ``least`` neighbours hostile."""
    for i in range(len(at)):
        side = 1 - of[i]
        for cell in near[at[i]]:
            if cell < 0 or found[cell] or not _left_open(cell, side, owner, walked, towns, count, discs[cell]):
                continue
            hostile = 0
            for there in near[cell, 1:]:
                hostile += there >= 0 and owner[there] == 1 - side
            found[cell] = hostile >= least


def _cut_off(world: World) -> Mask:
    """Shape (hexes,): ground of either side without a way to its sources, and without anybody to hold it."""
    statics, rules, found = world.statics, world.statics.rules, np.zeros(world.statics.grid.size, bool)
    if not on(rules, "salients"):
        return found
    discs = statics.grid.ring_table(round(rules["contact.cut_off_radius"]))
    for side in (0, 1):
        if len(working_sources(world, side)):
            cells = rows_where((world.hexes.owner == side) & ~connected(world, side))
            _lie_open(cells, side, world.hexes.owner, walked(statics), ground.towns(statics),
                      ground.standing(world).count, discs, found)  # fmt: skip
    return found


@jit
def _lie_open(
    cells: Any, side: int, owner: Any, walked: Any, towns: Any, count: Any, discs: Any, found: Any
) -> None:
    for cell in cells:
        found[cell] = _left_open(cell, side, owner, walked, towns, count, discs[cell])


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
        if len(inner):
            reverts[inner] = _hostile_neighbours(world, side, cells[inner]) > 0
    if trace is not None:
        told = open_ | (since < NEVER)  # one that is guarded again is explained as well
        for cell, minutes in zip(cells[told].tolist(), np.maximum(age[told], 0).tolist(), strict=True):
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
