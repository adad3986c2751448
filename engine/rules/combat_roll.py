"""The line-up against what the world knows: who joins, who leaves, which battles are touched, what they remember."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import NEVER
from engine.core.columns import Array
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.places import (
    B_EFFECT_ATTACKER,
    B_EFFECT_DEFENDER,
    B_EFFECT_SPEED,
    B_KIND,
    B_NOISE_ATTACKER,
    B_NOISE_DEFENDER,
    B_STARTED_AT,
    B_SURPRISE,
    P_BATTLE,
    P_DIRECTION,
    P_FORMATION,
    P_JOINED_AT,
    P_LEFT_AT,
    P_ROLE,
    P_SHARE,
)
from engine.model.world import World
from engine.rules.combat_lineup import DIRECTION, KIND, LOOKED_AT, ROLE, ROW, SHARE, SLOT, WHO, Lineup
from engine.rules.ground import blocks_of

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FLOWS: Final = ("depth", "yield", "break")
MEMORY: Final = (
    "started_at", "surprise", "depth_u", "effect_attacker", "effect_defender", "effect_speed", "noise_attacker",
    "noise_defender", "yield_left", "break_left", "kind",
)  # fmt: skip
"""What a battle carries from one refresh to the next: columns of the event Engaged, and when it began."""
(
    STARTED_AT, SURPRISE, DEPTH, EFFECT_ATTACKER, EFFECT_DEFENDER, EFFECT_SPEED, NOISE_ATTACKER, NOISE_DEFENDER,
    YIELD_LEFT, BREAK_LEFT, BEFORE,
) = range(len(MEMORY))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Roll:
    """The line-up against the tables of battles and participants."""

    battle: Ints
    """Shape (battles,): row of each battle, also of those about to begin; -1 for one that is none."""
    row: Ints
    """Shape (participants,): row in the table, also of those about to join."""
    joined_at: Ints
    """Shape (participants,)."""
    known: Mask
    """Shape (participants,): was in the battle before."""
    stale: Mask
    """Shape (battles,): to be set anew, being new, looked at for reasons of its own, or touched (somebody joins or leaves, or
    somebody's share or place has changed); on the calendar's grid every one.
    """
    leaving: Ints
    """Rows of participants that leave."""
    memory: Ints
    """Shape (MEMORY, battles); only ``started_at`` is set for battles about to begin."""
    going_on: int
    """Battles that were going on before: the first ones of the line-up."""
    dissolving: int
    """Of them those that are none any more."""
    beginning: int
    joining: int
    """Participants that were not in their battle before."""
    setting: int
    """Battles that are stale."""


def call_roll(world: World, lineup: Lineup, minute: int) -> Roll:
    """Match the line-up with who is in battle now."""
    battles, participants = world.battles, world.participants
    count, many = lineup.battles.shape[1], lineup.members.shape[1]
    whole = np.empty((2, many), np.int64)
    known, stale, counted = np.empty(many, bool), np.empty(count, bool), np.zeros(5, np.int64)
    battle, leaving = np.empty(count, np.int64), np.empty(len(participants), np.int64)
    memory = np.zeros((len(MEMORY), count), np.int64)
    left = _call_roll(
        minute, lineup.battles, lineup.members, battles.blocks["int8"], battles.blocks["int32"], battles.blocks["int64"],
        battles.plan(*FLOWS), len(battles), *blocks_of(participants), len(participants), battle, whole, known, stale,
        leaving, memory, counted,
    )  # fmt: skip
    return Roll(battle, whole[0], whole[1], known, stale, leaving[:left], memory, *counted.tolist())


@jit
def _call_roll(
    minute: int, battles: Ints, members: Ints, b8: Array, b32: Array, b64: Array, plan: Ints, rows: int,
    p8: Array, p32: Array, p64: Array, participants: int, battle: Ints, whole: Ints, known: Mask, stale: Mask, leaving: Ints,
    memory: Ints, counted: Ints,
) -> int:  # fmt: skip
    count, many = battles.shape[1], members.shape[1]
    slot_of = np.full(rows + 1, -1, np.int64)
    begun = rows
    for slot in range(count):
        row = battle[slot] = battles[ROW, slot]
        stale[slot] = battles[LOOKED_AT, slot] != 0
        if row >= 0:
            slot_of[row] = slot
            _remember(minute, b32, b64, plan, battle[slot], slot, memory)
            memory[BEFORE, slot] = b8[B_KIND, battle[slot]]
        else:
            memory[STARTED_AT, slot] = minute
            if battles[KIND, slot] >= 0:
                battle[slot] = begun
                begun += 1
    first = np.zeros(count + 1, np.int64)
    for i in range(many):
        first[members[SLOT, i] + 1] = i + 1
        known[i] = False
    for slot in range(count):
        first[slot + 1] = max(first[slot + 1], first[slot])
    left = 0
    for row in range(participants):
        if p64[P_LEFT_AT, row] < NEVER:
            continue
        slot = slot_of[p32[P_BATTLE, row]]
        here = -1
        if slot >= 0:
            for i in range(first[slot], first[slot + 1]):
                if members[WHO, i] == p32[P_FORMATION, row] and members[ROLE, i] == p8[P_ROLE, row]:
                    here = i
        if here < 0:
            leaving[left] = row
            left += 1
        else:
            known[here] = True
            whole[0, here], whole[1, here] = row, p64[P_JOINED_AT, row]
            if p32[P_SHARE, row] != members[SHARE, here] or p8[P_DIRECTION, row] != members[DIRECTION, here]:
                stale[slot] = True
        if here < 0 and slot >= 0:
            stale[slot] = True
    joins = participants
    for i in range(many):
        if not known[i]:
            whole[0, i], whole[1, i] = joins, minute
            joins += 1
            stale[members[SLOT, i]] = True
    for slot in range(count):
        fights, old = battles[KIND, slot] >= 0, battles[ROW, slot] >= 0
        stale[slot] = stale[slot] and fights
        counted[0] += old
        counted[1] += old and not fights
        counted[2] += fights and not old
        counted[4] += stale[slot]
    counted[3] = joins - participants
    return left


@jit
def _remember(minute: int, b32: Array, b64: Array, plan: Ints, row: int, slot: int, memory: Ints) -> None:
    memory[STARTED_AT, slot], memory[SURPRISE, slot] = b64[B_STARTED_AT, row], b32[B_SURPRISE, row]
    memory[DEPTH, slot] = read_flow(b64, plan, 0, row, minute)
    memory[YIELD_LEFT, slot] = read_flow(b64, plan, 1, row, minute)
    memory[BREAK_LEFT, slot] = read_flow(b64, plan, 2, row, minute)
    memory[EFFECT_ATTACKER, slot] = b32[B_EFFECT_ATTACKER, row]
    memory[EFFECT_DEFENDER, slot] = b32[B_EFFECT_DEFENDER, row]
    memory[EFFECT_SPEED, slot] = b32[B_EFFECT_SPEED, row]
    memory[NOISE_ATTACKER, slot] = b32[B_NOISE_ATTACKER, row]
    memory[NOISE_DEFENDER, slot] = b32[B_NOISE_DEFENDER, row]
