"""Who takes part in which battle, with what share of itself: a pure function of places, tasks and targets.

An attack is fought for a hex: by the formations of the other side that stand in it (role HOLD) or, if nobody
does, by those near enough to screen it (role SCREEN). Sectors that share no formation and no pool know nothing
of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.calendar import NEVER
from engine.model.codes import (
    ASSAULT,
    ATTACKING,
    BOMBARDING,
    FIGHTING,
    HOLDING,
    LIVE,
    ON_MAP,
    PROBING,
    SCREEN_FIGHT,
    SCREENING,
    SUPPORTING,
    TO_ATTACK,
    TO_BOMBARD,
    TO_EXPLOIT,
    TO_PROBE,
    TO_SUPPORT,
    WAITING,
    Task,
)
from engine.model.world import World
from engine.rules import craft, ground

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ATTACKS: Final = (TO_ATTACK, TO_PROBE, TO_BOMBARD, TO_EXPLOIT)
IS_ATTACK: Final = np.isin(np.arange(len(Task)), [int(task) for task in ATTACKS])
"""Shape (tasks,): the same as a table by task."""
SUPPORT_HEXES: Final = 2
"""Guns of a supporting formation reach this far: 12 km."""


@dataclass(frozen=True, eq=False)
class Lineup:
    """Battles that should be going on, and who should be in them.

    Shapes: ``hex``, ``attacker``, ``kind``, ``live`` one entry a battle (``live``: its row, -1 for one about
    to begin); the others one entry a participant, sorted by battle, role, formation. ``kind`` is -1 where
    nobody attacks or nobody is left to resist.
    """

    hex: Rows
    attacker: Rows
    kind: Rows
    live: Rows
    slot: Rows
    formation: Rows
    role: Rows
    share: Rows
    direction: Rows


def fighting(world: World) -> Mask:
    """Shape (formations,): takes part in a live battle."""
    inside = np.zeros(len(world.formations), dtype=bool)
    inside[world.participants.formation[live_participants(world)]] = True
    return inside


def live_participants(world: World) -> Rows:
    """Rows of participants that have not left."""
    live: Rows = (world.participants.left_at >= NEVER).nonzero()[0]
    return live


def wants_to_attack(world: World, minute: int) -> Rows:
    """Formations beside their target with an order to attack it, halted, rested and on their own feet."""
    formations = world.formations
    stage = formations.stage
    rows: Rows = (IS_ATTACK[formations.task] & ((stage == WAITING) | (stage == FIGHTING))).nonzero()[0]
    if len(rows):
        stands = (formations.status[rows] == ON_MAP) & (formations.leg_to[rows] < 0) & (formations.target[rows] >= 0)
        rows = rows[stands & (formations.pause_until[rows] <= minute)]
    near = world.statics.grid.neighbours[formations.hex[rows]] == formations.target[rows][:, None]
    beside: Rows = rows[near.any(axis=1)]
    wet = craft.over_straits(world, formations.hex[beside], formations.target[beside], formations.side[beside], minute)
    return beside[~wet] if wet.any() else beside


def ready(world: World, minute: int) -> Rows:
    """Those of :func:`wants_to_attack` that have ammunition to attack with."""
    rows = wants_to_attack(world, minute)
    return rows[world.formations.read("ammo", minute, rows) > 0] if len(rows) else rows


def line_up(world: World, minute: int, ended: Rows, out: Mask, spent: Mask) -> Lineup:
    """What should be going on.

    ``ended`` are battles that end now; ``out`` marks formations that take part in nothing, ``spent`` those that
    begin no attack now.
    """
    battles, formations = world.battles, world.formations
    live = np.flatnonzero(battles.outcome == LIVE)
    live = live[~np.isin(live, ended)]
    attackers = ready(world, minute)
    attackers = attackers[~out[attackers] & ~spent[attackers]]
    slot_of = np.full(world.statics.grid.size, -1, dtype=np.int64)
    cells = battles.hex[live].astype(np.int64)
    slot_of[cells] = np.arange(len(live))
    target = formations.target[attackers].astype(np.int64)
    fresh = np.unique(target[slot_of[target] < 0])
    slot_of[fresh] = len(live) + np.arange(len(fresh))
    cells = np.concatenate([cells, fresh])
    rows = np.concatenate([live, np.full(len(fresh), -1, dtype=np.int64)])
    side = np.full(len(cells), -1, dtype=np.int64)
    side[: len(live)] = battles.attacker[live]
    slots = slot_of[target]
    unset = side[slots] < 0
    side[slots[unset][::-1]] = formations.side[attackers[unset][::-1]]
    same = formations.side[attackers] == side[slots]
    attackers, slots = attackers[same], slots[same]
    return _assemble(world, minute, out, cells, side, rows, slot_of, attackers, slots)


def _assemble(
    world: World, minute: int, out: Mask, cells: Rows, side: Rows, rows: Rows, slot_of: Rows,
    attackers: Rows, slots: Rows,
) -> Lineup:  # fmt: skip
    formations = world.formations
    present = np.flatnonzero((formations.status == ON_MAP) & ~out & (formations.hex >= 0))
    here = slot_of[formations.hex[present]]
    holds = (here >= 0) & (formations.side[present] != np.append(side, -1)[here])
    holders, held = present[holds], here[holds]
    count = len(cells)
    occupied = np.bincount(held, minlength=count) > 0
    empty = np.flatnonzero(~occupied)
    screened, screeners, worth = screens(world, minute, cells, 1 - side, present, empty)
    supported, supporters = _supports(world, slot_of, present)
    parts = (
        (slots, attackers, ATTACKING, np.full(len(slots), PPM)),
        (held, holders, HOLDING, np.full(len(held), PPM)),
        (screened, screeners, SCREENING, worth),
        (supported, supporters, SUPPORTING, np.full(len(supported), PPM)),
    )
    slot = np.concatenate([p[0] for p in parts])
    formation = np.concatenate([p[1] for p in parts])
    role = np.concatenate([np.full(len(p[0]), p[2], dtype=np.int64) for p in parts])
    want = np.concatenate([p[3] for p in parts])
    resisted = occupied | (np.bincount(screened, minlength=count) > 0)
    kind = _kinds(world, count, attackers, slots, occupied, resisted)
    keep = kind[slot] >= 0
    slot, formation, role, want = slot[keep], formation[keep], role[keep], want[keep]
    order = np.lexsort((formation, role, slot))
    slot, formation, role, want = slot[order], formation[order], role[order], want[order]
    total = np.bincount(formation, weights=want, minlength=len(formations)).astype(np.int64)
    share = want * PPM // np.maximum(total[formation], PPM)
    beside = world.statics.grid.neighbours[cells[slot]] == formations.hex[formation][:, None]
    direction = np.where((role == ATTACKING) & beside.any(axis=1), beside.argmax(axis=1), -1)
    return Lineup(cells, side, kind, rows, slot, formation, role, share, direction)


def _kinds(world: World, count: int, attackers: Rows, slots: Rows, occupied: Mask, resisted: Mask) -> Rows:
    """The strongest activity of the attackers gives the kind of battle; -1 where there is none to be had."""
    task = world.formations.task[attackers]
    assault, probe, bombard = np.zeros((3, count), dtype=bool)
    assault[slots[(task == TO_ATTACK) | (task == TO_EXPLOIT)]] = True
    probe[slots[task == TO_PROBE]] = True
    bombard[slots[task == TO_BOMBARD]] = True
    kind = np.full(count, -1, dtype=np.int64)
    kind[bombard] = BOMBARDING
    kind[probe] = PROBING
    kind[assault & ~occupied] = SCREEN_FIGHT
    kind[assault & occupied] = ASSAULT
    kind[~resisted] = -1
    return kind


def screens(
    world: World, minute: int, cells: Rows, side: Rows, present: Rows, slots: Rows
) -> tuple[Rows, Rows, Rows]:
    """Formations near enough to fight for empty hexes: (slot, formation, share in ppm), one entry a pair.

    ``side[slot]`` is the side that would screen ``cells[slot]``; how far a formation reaches and with what share
    of its power say the rules of contact (``ground.reach``).
    """
    formations, grid = world.formations, world.statics.grid
    reach = ground.reach(world, minute)[present]
    apart = grid.distance(cells[slots][:, None], formations.hex[present][None, :])
    fit = (apart > 0) & (apart <= reach[None, :])
    fit &= side[slots][:, None] == formations.side[present][None, :]
    at, who = np.nonzero(fit)
    close, far = ground.screen_shares(world)
    return slots[at], present[who], np.where(apart[at, who] == 1, close, far).astype(np.int64)


def _supports(world: World, slot_of: Rows, present: Rows) -> tuple[Rows, Rows]:
    """Formations told to support a battle with their guns, near enough to do so."""
    formations = world.formations
    rows = present[(formations.task[present] == TO_SUPPORT) & (formations.target[present] >= 0)]
    if not len(rows):
        return rows, rows
    target = formations.target[rows]
    apart = world.statics.grid.distance(formations.hex[rows], target)
    slot = slot_of[target]
    fit = (slot >= 0) & (apart <= SUPPORT_HEXES) & (apart > 0) & (formations.leg_to[rows] < 0)
    return slot[fit], rows[fit]


def changed(world: World, minute: int) -> bool:
    """Whether somebody in a live battle is not where it knows him, or somebody new should be in one."""
    formations, participants, battles = world.formations, world.participants, world.battles
    live = live_participants(world)
    if not len(live):
        attackers = wants_to_attack(world, minute)
        return len(attackers) > 0 and _would_start(world, minute, attackers)
    who, role = participants.formation[live], participants.role[live]
    cell = battles.hex[participants.battle[live]]
    attackers = wants_to_attack(world, minute)
    engaged = np.full(len(formations), -1, dtype=np.int64)
    attacking = role == ATTACKING
    engaged[who[attacking]] = cell[attacking]
    wanted = np.full(len(formations), -1, dtype=np.int64)
    wanted[attackers] = formations.target[attackers]
    if np.any(engaged[who[attacking]] != wanted[who[attacking]]):
        return True
    new = attackers[engaged[attackers] != wanted[attackers]]
    if len(new) and _would_start(world, minute, new):
        return True
    holding = role == HOLDING
    if np.any(formations.hex[who[holding]] != cell[holding]):
        return True
    marked = np.zeros(world.statics.grid.size + 1, dtype=bool)
    marked[battles.hex[np.flatnonzero(battles.outcome == LIVE)]] = True
    inside = marked[formations.hex] & (formations.status == ON_MAP)
    if int(inside.sum()) != int(holding.sum()):
        return True
    screening = live[role == SCREENING]
    gone = formations.in_place_since[participants.formation[screening]] > participants.joined_at[screening]
    return bool(gone.any())


def _would_start(world: World, minute: int, attackers: Rows) -> bool:
    """Whether one of these attackers would meet resistance now."""
    none, out = np.zeros(0, dtype=np.int64), np.zeros(len(world.formations), dtype=bool)
    lineup = line_up(world, minute, none, out, out)
    meets: Any = np.isin(attackers, lineup.formation[lineup.role == ATTACKING])
    return bool(meets.any())
