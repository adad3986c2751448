"""Who takes part in which battle, with what share of itself: a pure function of places, tasks and targets.

An attack is fought for a hex: by the formations of the other side that stand in it (role HOLD) or, if nobody
does, by those near enough to screen it (role SCREEN). Sectors that share no formation and no pool know nothing
of each other. The line-up is drawn up in one compiled pass over the formations.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats
from engine.core.calendar import NEVER
from engine.core.columns import Array, anywhere
from engine.core.flows import read_flow
from engine.core.jit import jit
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
from engine.model.places import (
    B_ATTACKER,
    B_HEX,
    B_OUTCOME,
    F_HEX,
    F_IN_PLACE_SINCE,
    F_LEG_TO,
    F_PAUSE_UNTIL,
    F_SIDE,
    F_STAGE,
    F_STATUS,
    F_TARGET,
    F_TASK,
    P_BATTLE,
    P_FORMATION,
    P_LEFT_AT,
    P_ROLE,
)
from engine.model.tables import BATTLES
from engine.model.world import World
from engine.rules import craft, ground
from engine.rules.ground import CONTACT, blocks_of, reach_of
from engine.rules.parameters import packed
from engine.rules.power import AMMO, FLOWS

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ATTACKS: Final = (TO_ATTACK, TO_PROBE, TO_BOMBARD, TO_EXPLOIT)
IS_ATTACK: Final = np.isin(np.arange(len(Task)), [int(task) for task in ATTACKS])
"""Shape (tasks,): the same as a table by task."""
SUPPORT_HEXES: Final = 2
"""Guns of a supporting formation reach this far, 12 km: the hexes of ``Grid.ring_table(2)``."""

(_STALE,), (_DUE_AT, _AS_OF) = BATTLES.places("int8", "stale").tolist(), BATTLES.places("int64", "due_at", "as_of").tolist()
HEX, ATTACKER, KIND, ROW, LOOKED_AT = range(5)
GIVEN_UP: Final = -2
"""Kind of a battle whose attackers have nobody before them any more."""
SLOT, WHO, ROLE, SHARE, DIRECTION = range(5)


class Lineup:
    """Battles that should be going on, and who should be in them: the rows of two arrays, by name.

    ``battles`` has a column for each battle, ``members`` one for each participant, sorted by battle, role, formation.
    """

    hex: Rows
    """Shape (battles,): the hex fought for; so have the next four."""
    attacker: Rows
    """The attacking side."""
    kind: Rows
    """BattleKind; -1 where nobody attacks, GIVEN_UP where nobody is left to resist."""
    live: Rows
    """Row in the world, -1 for a battle about to begin."""
    looked_at: Rows
    """1 for a battle that is to be set anew for reasons of its own, and whose screens were asked for."""
    slot: Rows
    """Shape (participants,): the battle of each, as a position in the line-up; so have the next four."""
    formation: Rows
    role: Rows
    share: Rows
    """ppm of the formation that takes part."""
    direction: Rows
    """Side of the target hex an attacker stands on, -1 for others."""

    def __init__(self, battles: Rows, members: Rows) -> None:
        self.battles, self.members = battles, members
        self.hex, self.attacker, self.kind, self.live, self.looked_at = battles
        self.slot, self.formation, self.role, self.share, self.direction = members


def fighting(world: World) -> Mask:
    """Shape (formations,): takes part in a live battle."""
    inside = np.zeros(len(world.formations), dtype=bool)
    inside[world.participants.formation[live_participants(world)]] = True
    return inside


def live_participants(world: World) -> Rows:
    """Rows of participants that have not left."""
    live: Rows = (world.participants.left_at >= NEVER).nonzero()[0]
    return live


@jit
def wants_to_attack(f8: Array, f32: Array, f64: Array, row: int, minute: int, ring: Array) -> bool:
    """Whether a formation is beside its target with an order to attack it, halted, rested and on its own feet."""
    task, stage, target = f8[F_TASK, row], f8[F_STAGE, row], f32[F_TARGET, row]
    if task not in (TO_ATTACK, TO_EXPLOIT, TO_PROBE, TO_BOMBARD):
        return False
    if stage not in (WAITING, FIGHTING) or f8[F_STATUS, row] != ON_MAP or f32[F_LEG_TO, row] >= 0:
        return False
    if target < 0 or f64[F_PAUSE_UNTIL, row] > minute:
        return False
    return side_towards(ring, target, f32[F_HEX, row]) >= 0


@jit
def side_towards(ring: Array, cell: int, other: int) -> int:
    """The side of ``cell`` on which its neighbour ``other`` lies, -1 if it is none."""
    for direction in range(6):
        if ring[cell, 1 + direction] == other:
            return direction
    return -1


@jit
def _line_up(
    minute: int, tick: bool, f8: Array, f32: Array, f64: Array, plan: Rows, p: Floats, ring: Array, b8: Array, b32: Array,
    b64: Array, known: int, p8: Array, p32: Array, p64: Array, participants: int, ended: Rows, out: Mask, spent: Mask,
    barred: Mask, shares: Rows, battles: Rows, members: Rows,
) -> int:  # fmt: skip
    """Draw up ``battles`` and ``members``; returns how many of both, as members x 65536 + battles, or -1 if there are
    more members than there is room for. ``shares`` are those of screens at distance 1 and 2 in ppm.
    """
    slot_of = np.full(len(ring), -1, np.int16)
    count = _going_on(b8, b32, known, ended, slot_of, battles)
    old = count
    was, head, following = _recorded(p8, p32, p64, participants, b32, slot_of, battles, old, len(out))
    attackers = np.empty(len(out), np.int64)
    attacking = 0
    for row in range(len(out)):
        if out[row] or spent[row] or barred[row] or not wants_to_attack(f8, f32, f64, row, minute, ring):
            continue
        target = f32[F_TARGET, row]
        if read_flow(f64, plan, AMMO, row, minute) <= 0 and (slot_of[target] < 0 or was[0, row] != slot_of[target]):
            continue
        attackers[attacking] = row
        attacking += 1
        if slot_of[target] == -1:
            slot_of[target] = -2
            battles[HEX, count] = target
            count += 1
    _in_order(battles, old, count)
    for slot in range(old, count):
        slot_of[battles[HEX, slot]] = slot
        battles[ATTACKER, slot] = battles[ROW, slot] = -1
    looks = _looks(
        minute, tick, f8, f32, f64, b8, b64, p8, p32, p64, participants, slot_of, was, following, attackers[:attacking], out,
        battles, old, count,
    )  # fmt: skip
    room, entries = members.shape[1], 0
    strive = np.zeros((5, count), np.int64)  # who is there: assaults, probes, bombards, holds, screens
    for i in range(attacking):
        row = attackers[i]
        slot, side = slot_of[f32[F_TARGET, row]], f8[F_SIDE, row]
        if looks[slot] and read_flow(f64, plan, AMMO, row, minute) <= 0:
            continue
        if battles[ATTACKER, slot] < 0:
            battles[ATTACKER, slot] = side
        if battles[ATTACKER, slot] != side:
            continue
        task = f8[F_TASK, row]
        strive[1 if task == TO_PROBE else 2 if task == TO_BOMBARD else 0, slot] = 1
        if entries == room:
            return -1
        _enter(members, entries, slot, row, ATTACKING, PPM)
        entries += 1
    empty = count
    for row in range(len(out)):
        if f8[F_STATUS, row] != ON_MAP or out[row] or f32[F_HEX, row] < 0:
            continue
        slot = slot_of[f32[F_HEX, row]]
        if slot >= 0 and f8[F_SIDE, row] != battles[ATTACKER, slot]:
            if entries == room:
                return -1
            _enter(members, entries, slot, row, HOLDING, PPM)
            entries += 1
            empty -= 1 - strive[3, slot]
            strive[3, slot] = 1
    for row in range(len(out)):
        if f8[F_STATUS, row] != ON_MAP or out[row] or f32[F_HEX, row] < 0:
            continue
        if empty > 0:
            reach, here = -1, f32[F_HEX, row]
            for k in range(1, 19):
                cell = ring[here, k]
                if cell < 0:
                    continue
                slot = slot_of[cell]
                if slot < 0 or strive[3, slot] > 0 or f8[F_SIDE, row] == battles[ATTACKER, slot]:
                    continue
                apart = 1 if k <= 6 else 2
                if looks[slot]:
                    if reach < 0:
                        reach = reach_of(f8, f32, f64, plan, row, minute, p)
                    screens = apart <= reach
                else:
                    screens = _was(p8, head, following, row, slot, SCREENING)
                if screens:
                    if entries == room:
                        return -1
                    _enter(members, entries, slot, row, SCREENING, shares[apart - 1])
                    entries += 1
                    strive[4, slot] = 1
        if f8[F_TASK, row] != TO_SUPPORT and head[row] < 0:
            continue
        for k in range(1, 19):
            slot = slot_of[ring[f32[F_HEX, row], k]] if ring[f32[F_HEX, row], k] >= 0 else -1
            if slot < 0:
                continue
            if looks[slot]:
                asked = f8[F_TASK, row] == TO_SUPPORT and f32[F_LEG_TO, row] < 0
                supports = asked and f32[F_TARGET, row] == battles[HEX, slot]
            else:
                supports = _was(p8, head, following, row, slot, SUPPORTING)
            if supports:
                if entries == room:
                    return -1
                _enter(members, entries, slot, row, SUPPORTING, PPM)
                entries += 1
    for slot in range(count):
        battles[KIND, slot], battles[LOOKED_AT, slot] = _kind(strive, slot), looks[slot]
    return _sorted(members, entries, battles, count, f32, ring, len(out)) * 65536 + count


@jit
def _recorded(
    p8: Array, p32: Array, p64: Array, participants: int, b32: Array, slot_of: Array, battles: Rows, count: int, formations: int
) -> tuple[Rows, Rows, Rows]:  # fmt: skip
    """Who is in the battles that go on: slots in which formations attack and hold, -1 none, shape (2, formations); and
    for each formation a chain of its live participations, ``head`` and ``following``: (row of participants, slot).
    """
    was, head = np.full((2, formations), -1, np.int64), np.full(formations, -1, np.int64)
    following = np.full((2, participants), -1, np.int64)
    for row in range(participants):
        if p64[P_LEFT_AT, row] < NEVER:
            continue
        battle = p32[P_BATTLE, row]
        slot = slot_of[b32[B_HEX, battle]]
        if slot < 0 or slot >= count or battles[ROW, slot] != battle:
            continue
        who = p32[P_FORMATION, row]
        if p8[P_ROLE, row] == ATTACKING:
            was[0, who] = slot
        elif p8[P_ROLE, row] == HOLDING:
            was[1, who] = slot
        following[0, row], following[1, row] = head[who], slot
        head[who] = row
    return was, head, following


@jit
def _was(p8: Array, head: Rows, following: Rows, row: int, slot: int, role: int) -> bool:
    """Whether a formation is known in a battle in this role."""
    one = head[row]
    while one >= 0:
        if following[1, one] == slot and p8[P_ROLE, one] == role:
            return True
        one = following[0, one]
    return False


@jit
def _looks(
    minute: int, tick: bool, f8: Array, f32: Array, f64: Array, b8: Array, b64: Array, p8: Array, p32: Array, p64: Array,
    participants: int, slot_of: Array, was: Rows, following: Rows, attackers: Rows, out: Mask, battles: Rows, old: int,
    count: int,
) -> Mask:  # fmt: skip
    """Shape (battles,): which are looked at for reasons of their own. Whatever makes :func:`changed` true of a battle does."""
    looks = np.ones(count, np.bool_)
    for slot in range(old):
        row = battles[ROW, slot]
        looks[slot] = tick or b8[_STALE, row] == 1 or b64[_DUE_AT, row] <= minute
    asks = np.full(len(out), -1, np.int64)
    for row in attackers:
        slot = slot_of[f32[F_TARGET, row]]
        if battles[ATTACKER, slot] < 0 or battles[ATTACKER, slot] == f8[F_SIDE, row]:
            asks[row] = slot
    for row in range(len(out)):
        stands = -1
        if f8[F_STATUS, row] == ON_MAP and not out[row] and f32[F_HEX, row] >= 0:
            stands = slot_of[f32[F_HEX, row]]
            if stands >= 0 and f8[F_SIDE, row] == battles[ATTACKER, stands]:
                stands = -1
        for now, before in ((asks[row], was[0, row]), (stands, was[1, row])):
            if now != before:
                if now >= 0:
                    looks[now] = True
                if before >= 0:
                    looks[before] = True
    for row in range(participants):
        if p64[P_LEFT_AT, row] < NEVER or p8[P_ROLE, row] not in (SCREENING, SUPPORTING):
            continue
        slot = following[1, row]
        if slot >= 0 and _has_moved(f8, f64, p32[P_FORMATION, row], b64[_AS_OF, p32[P_BATTLE, row]]):
            looks[slot] = True
    return looks


@jit
def _has_moved(f8: Array, f64: Array, who: int, as_of: int) -> bool:
    """Whether one who screens has left the map, or stands in another hex than when his battle was set."""
    return bool(f8[F_STATUS, who] != ON_MAP or f64[F_IN_PLACE_SINCE, who] > as_of)


@jit
def _going_on(b8: Array, b32: Array, known: int, ended: Rows, slot_of: Array, battles: Rows) -> int:
    """Battles that go on take the first slots; how many."""
    count = 0
    for row in range(known):
        if b8[B_OUTCOME, row] != LIVE:
            continue
        over = False
        for other in ended:
            over = over or other == row
        if over:
            continue
        battles[HEX, count], battles[ATTACKER, count] = b32[B_HEX, row], b8[B_ATTACKER, row]
        battles[ROW, count] = row
        slot_of[b32[B_HEX, row]] = count
        count += 1
    return count


@jit
def _in_order(battles: Rows, first: int, count: int) -> None:
    """Sort the hexes of new battles; there are few."""
    for i in range(first + 1, count):
        cell, k = battles[HEX, i], i
        while k > first and battles[HEX, k - 1] > cell:
            battles[HEX, k] = battles[HEX, k - 1]
            k -= 1
        battles[HEX, k] = cell


@jit
def _enter(members: Rows, entry: int, slot: int, row: int, role: int, share: int) -> None:
    members[SLOT, entry], members[WHO, entry], members[ROLE, entry] = slot, row, role
    members[SHARE, entry] = share


@jit
def _kind(strive: Rows, slot: int) -> int:
    """The strongest activity of the attackers gives the kind of battle; -1 where there is none to be had, GIVEN_UP where
    nobody is left to resist an assault.
    """
    held, resisted = strive[3, slot] > 0, strive[3, slot] > 0 or strive[4, slot] > 0
    if not resisted:
        return GIVEN_UP if strive[0, slot] > 0 else -1
    if strive[0, slot] > 0:
        return ASSAULT if held else SCREEN_FIGHT
    if strive[1, slot] > 0:
        return PROBING
    return BOMBARDING if strive[2, slot] > 0 else -1


@jit
def _sorted(members: Rows, entries: int, battles: Rows, count: int, f32: Array, ring: Array, formations: int) -> int:
    """Order ``members`` by battle, role and formation, without those of battles that are none; shares of one formation
    sum to its whole at most. Entries of one role come in the order of formations, so counting sorts them.
    """
    starts = np.zeros(count * 4 + 1, np.int64)
    total = np.zeros(formations, np.int64)
    for entry in range(entries):
        if battles[KIND, members[SLOT, entry]] >= 0:
            starts[members[SLOT, entry] * 4 + members[ROLE, entry] + 1] += 1
            total[members[WHO, entry]] += members[SHARE, entry]
    for k in range(count * 4):
        starts[k + 1] += starts[k]
    kept = starts[count * 4]
    given = members[:, :entries].copy()
    for entry in range(entries):
        slot, row, role = given[SLOT, entry], given[WHO, entry], given[ROLE, entry]
        if battles[KIND, slot] < 0:
            continue
        at = starts[slot * 4 + role]
        starts[slot * 4 + role] += 1
        _enter(members, at, slot, row, role, given[SHARE, entry] * PPM // max(total[row], PPM))
        members[DIRECTION, at] = side_towards(ring, battles[HEX, slot], f32[F_HEX, row]) if role == ATTACKING else -1
    return int(kept)


def line_up(world: World, minute: int, ended: Rows, out: Mask, spent: Mask, *, tick: bool) -> Lineup:
    """What should be going on.

    ``ended`` are battles that end now; ``out`` marks formations that take part in nothing, ``spent`` those that
    begin no attack now; at a ``tick`` of the calendar all battles are looked at.
    """
    formations, known, barred = world.formations, len(world.battles), behind_water(world, minute)
    room = 4 * len(formations) + 64
    battles = np.empty((5, known + len(formations)), np.int64)
    while True:
        members = np.empty((5, room), np.int64)
        size = _line_up(
            minute, tick, *blocks_of(formations), formations.plan(*FLOWS), packed(world.statics, CONTACT),
            world.statics.grid.ring_table(SUPPORT_HEXES), *blocks_of(world.battles), known, *blocks_of(world.participants),
            len(world.participants), ended, out, spent, barred, _shares(world), battles, members,
        )  # fmt: skip
        if size >= 0:
            return Lineup(battles[:, : size % 65536].copy(), members[:, : size // 65536].copy())
        room *= 4


def behind_water(world: World, minute: int) -> Mask:
    """Shape (formations,): the target lies over a strait that no craft of their side can cross now."""
    formations, barred = world.formations, np.zeros(len(world.formations), bool)
    rows = np.empty(len(barred), np.int64)
    shores = craft.shores(world.statics)
    rows = rows[: _by_straits(formations.task, formations.target, formations.hex, IS_ATTACK, shores, rows)]
    if len(rows):
        barred[rows] = craft.over_straits(
            world, formations.hex[rows], formations.target[rows], formations.side[rows], minute
        )  # fmt: skip
    return barred


@jit
def _by_straits(task: Array, target: Array, at: Array, attacks: Mask, shores: Mask, rows: Rows) -> int:
    """Formations with orders to attack that stand beside a strait: into ``rows``; returns how many."""
    found = 0
    for row in range(len(task)):
        if attacks[task[row]] and target[row] >= 0 and at[row] >= 0 and shores[at[row]]:
            rows[found] = row
            found += 1
    return found


def _shares(world: World) -> Rows:
    """Share of a formation met by an attack on a hex that it screens, at distance 1 and 2, ppm."""
    found: Rows | None = world.statics.memo.get("combat.screen_shares")
    if found is None:
        found = world.statics.memo["combat.screen_shares"] = np.array(ground.screen_shares(world), np.int64)
    return found


# Whether it is time to draw it up again.


def changed(world: World, minute: int) -> bool:
    """Whether somebody in a live battle is not where it knows him, or somebody new should be in one."""
    formations = world.formations
    fresh = np.zeros(len(formations), bool)
    if _moved(
        minute, *blocks_of(formations), world.statics.grid.ring_table(SUPPORT_HEXES), *blocks_of(world.battles),
        len(world.battles), *blocks_of(world.participants), len(world.participants), behind_water(world, minute), fresh,
    ):  # fmt: skip
        return True
    return anywhere(fresh) and _would_start(world, minute, fresh)


@jit
def _moved(
    minute: int, f8: Array, f32: Array, f64: Array, ring: Array, b8: Array, b32: Array, b64: Array, battles: int, p8: Array,
    p32: Array, p64: Array, participants: int, barred: Mask, fresh: Mask,
) -> bool:  # fmt: skip
    """Whether somebody is not where his battle knows him; marks in ``fresh`` who stands ready for an attack he is not in."""
    engaged = np.full(len(fresh), -1, np.int64)
    fights = False
    for row in range(participants):
        if p64[P_LEFT_AT, row] >= NEVER:
            fights = True
            if p8[P_ROLE, row] == ATTACKING:
                engaged[p32[P_FORMATION, row]] = b32[B_HEX, p32[P_BATTLE, row]]
    for row in range(len(fresh)):
        wants = not barred[row] and wants_to_attack(f8, f32, f64, row, minute, ring)
        wanted = f32[F_TARGET, row] if wants else -1
        if engaged[row] >= 0 and engaged[row] != wanted:
            return True
        fresh[row] = wanted >= 0 and engaged[row] != wanted
    if not fights:
        return False
    marked = np.zeros(len(ring), np.bool_)
    for row in range(battles):
        if b8[B_OUTCOME, row] == LIVE:
            marked[b32[B_HEX, row]] = True
    inside = 0
    for row in range(len(fresh)):
        inside += f8[F_STATUS, row] == ON_MAP and f32[F_HEX, row] >= 0 and marked[f32[F_HEX, row]]
    for row in range(participants):
        if p64[P_LEFT_AT, row] < NEVER:
            continue
        who = p32[P_FORMATION, row]
        if p8[P_ROLE, row] == HOLDING:
            inside -= 1
            if f32[F_HEX, who] != b32[B_HEX, p32[P_BATTLE, row]]:
                return True
        elif p8[P_ROLE, row] != ATTACKING and _has_moved(f8, f64, who, b64[_AS_OF, p32[P_BATTLE, row]]):
            return True
    return inside != 0


def _would_start(world: World, minute: int, attackers: Mask) -> bool:
    """Whether one of these attackers would meet resistance now."""
    none, out = np.zeros(0, dtype=np.int64), np.zeros(len(world.formations), dtype=bool)
    lineup = line_up(world, minute, none, out, out, tick=False)
    return bool(attackers[lineup.formation[lineup.role == ATTACKING]].any())
