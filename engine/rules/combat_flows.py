"""From a line-up to events: who joins and leaves, which battles are set anew, what every formation loses a minute."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.columns import among, anywhere, rows_where
from engine.core.dice import Dice
from engine.model.codes import ATTACKING, ON_MAP, Outcome
from engine.model.events import Event
from engine.model.events.combat import BATTLE_ENDED, BLED, FOUGHT, JOINED, LEFT_BATTLE
from engine.model.world import World
from engine.rules.combat_lineup import GIVEN_UP, IS_ATTACK, Lineup
from engine.rules.combat_outcomes import Ending, kept_depth, left_to, won
from engine.rules.combat_refresh import BLED as BLED_COLUMNS
from engine.rules.combat_refresh import FOUGHT as FOUGHT_COLUMNS
from engine.rules.combat_refresh import Flows, flows, moved_noise
from engine.rules.combat_roll import MEMORY, NOISE_ATTACKER, NOISE_DEFENDER, Roll, call_roll
from engine.rules.combat_start import engage
from engine.rules.combat_wear import suffered
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def settle_flows(
    world: World, lineup: Lineup, ending: Ending, minute: int, dice: Dice, *, tick: bool, trace: Trace | None
) -> list[Event]:
    """Everything about battles that go on or begin."""
    participants, roll = world.participants, call_roll(world, lineup, minute)
    events: list[Event] = []
    fights, old = lineup.kind >= 0, lineup.live >= 0
    for slot in rows_where(old & ~fights).tolist():
        events += _dissolved(world, lineup, slot, roll, ending, minute, dice)
    if len(roll.leaving):
        events.append(_left(world, lineup, ending, roll.leaving, minute))
    begins = rows_where(fights & ~old)
    if len(begins):
        started = engage(world, lineup, begins, ending, minute, dice, trace)
        events.append(started)
        for place, name in enumerate(MEMORY):
            if name in started.data:
                roll.memory[place, begins] = started[name]
    if not roll.known.all():
        joins = rows_where(~roll.known)
        events.append(
            JOINED(minute, battle=roll.battle[lineup.slot[joins]], formation=lineup.formation[joins],
                   role=lineup.role[joins], share=lineup.share[joins], direction=lineup.direction[joins])
        )  # fmt: skip
    stale = _stale(world, lineup, roll, minute, tick=tick)
    result = None
    if anywhere(fights) and (anywhere(stale) or trace is not None):
        if tick:
            _move_noise(world, lineup, roll, minute, dice)
        result = flows(world, lineup, roll, minute, trace)
        stale &= fights
        if anywhere(stale):
            events += _written(lineup, roll, result, stale, minute)
        else:
            result = None
    leavers = participants.formation[roll.leaving].astype(np.int64)
    return [*events, *suffered(world, lineup, ending, roll, result, stale, leavers, minute, trace)]


def _stale(world: World, lineup: Lineup, roll: Roll, minute: int, *, tick: bool) -> Mask:
    """Battles to be set anew: touched, new, told to be, used up; on the calendar's grid all."""
    battles, rows = world.battles, lineup.live
    if tick:
        return np.ones(len(rows), dtype=bool)
    stale = roll.touched | ((rows < 0) & (lineup.kind >= 0))
    old = (rows >= 0).nonzero()[0]
    stale[old] |= (battles.stale[rows[old]] == 1) | (battles.due_at[rows[old]] <= minute)
    return stale


def _move_noise(world: World, lineup: Lineup, roll: Roll, minute: int, dice: Dice) -> None:
    old: Any = rows_where(lineup.live >= 0)
    if len(old):
        if len(old) == len(lineup.live):
            old = slice(None)
        was = roll.memory[NOISE_ATTACKER : NOISE_DEFENDER + 1, old]
        roll.memory[NOISE_ATTACKER : NOISE_DEFENDER + 1, old] = moved_noise(world, lineup.live[old], was, minute, dice)


def _dissolved(
    world: World, lineup: Lineup, slot: int, roll: Roll, ending: Ending, minute: int, dice: Dice
) -> list[Event]:  # fmt: skip
    """A battle without attackers or without anybody to resist them is no battle; the latter gives the hex away."""
    row, participants, told = int(lineup.live[slot]), world.participants, len(ending.events)
    depth = won(world, int(world.battles.read("depth", minute, row)))
    mine = roll.leaving[participants.battle[roll.leaving] == row]
    across = participants.direction[mine].astype(np.int64)
    taken = lineup.kind[slot] == GIVEN_UP and left_to(world, row, minute, dice, ending)
    ended = BATTLE_ENDED(
        minute, battle=row, hex=lineup.hex[slot], attacker=lineup.attacker[slot], outcome=Outcome.DISSOLVED,
        at=minute, depth_u=depth, taken=int(taken), cause=int(world.battles.cause[row]),
    )  # fmt: skip
    return [ended, *(ending.events[told:] if taken else [kept_depth(world, row, across, depth, minute)])]


def _left(world: World, lineup: Lineup, ending: Ending, leaving: Ints, minute: int) -> Event:
    """Attackers still where they were, whose attack is not decided and who fight no other, wait by the target."""
    formations, participants = world.formations, world.participants
    who = participants.formation[leaving].astype(np.int64)
    cell = world.battles.hex[participants.battle[leaving]]
    waits = (participants.role[leaving] == ATTACKING) & (formations.target[who] == cell)
    waits &= IS_ATTACK[formations.task[who]] & (formations.leg_to[who] < 0) & ~ending.out[who]
    waits &= (formations.status[who] == ON_MAP) & ~_decided(ending, who, len(formations))
    waits &= ~among(who, lineup.formation[lineup.role == ATTACKING], len(formations))
    return LEFT_BATTLE(minute, participant=leaving, formation=who, stands_by=waits)


def _decided(ending: Ending, who: Ints, most: int) -> Mask:
    """Formations that an event of this minute gives something else to do."""
    told = {"AttackDone", "BrokeOff", "SentIn"}
    busy = [e["formation"] for e in ending.events if e.kind.name in told]
    return among(who, np.concatenate(busy), most) if busy else np.zeros(len(who), dtype=bool)


def _written(lineup: Lineup, roll: Roll, result: Flows, stale: Mask, minute: int) -> list[Event]:
    """Events that set the rates of stale battles and of their participants."""
    every = bool(stale.all())  # as on the grid
    slots: Any = slice(None) if every else stale.nonzero()[0]
    fought = FOUGHT(
        minute, battle=roll.battle[slots], **dict(zip(FOUGHT_COLUMNS, result.battles[:, slots], strict=True))
    )
    mine: Any = slice(None) if every else stale[lineup.slot].nonzero()[0]
    bled = BLED(
        minute, participant=roll.row[mine], formation=lineup.formation[mine], share=lineup.share[mine],
        direction=lineup.direction[mine], **dict(zip(BLED_COLUMNS, result.members[:, mine], strict=True)),
    )  # fmt: skip
    return [fought, bled]
