"""From a line-up to events: who joins and leaves, which battles are set anew, what every formation loses a minute."""

from __future__ import annotations

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
from engine.rules.combat_refresh import Flows, flows, move_noise
from engine.rules.combat_roll import MEMORY, Roll, call_roll
from engine.rules.combat_start import engage
from engine.rules.combat_wear import suffered
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def settle_flows(
    world: World, lineup: Lineup, ending: Ending, minute: int, dice: Dice, *, tick: bool, trace: Trace | None
) -> list[Event]:
    """Everything about battles that go on or begin."""
    roll = call_roll(world, lineup, minute)
    events: list[Event] = []
    if roll.dissolving:
        for slot in rows_where((lineup.kind < 0) & (lineup.live >= 0)).tolist():
            events += _dissolved(world, lineup, slot, roll, ending, minute, dice)
    if len(roll.leaving):
        events.append(_left(world, lineup, ending, roll.leaving, minute))
    if roll.beginning:
        begins = rows_where((lineup.kind >= 0) & (lineup.live < 0))
        started = engage(world, lineup, begins, ending, minute, dice, trace)
        events.append(started)
        for place, name in enumerate(MEMORY):
            if name in started.data:
                roll.memory[place, begins] = started[name]
    if roll.joining:
        joins = rows_where(~roll.known)
        events.append(
            JOINED(minute, battle=roll.battle[lineup.slot[joins]], formation=lineup.formation[joins],
                   role=lineup.role[joins], share=lineup.share[joins], direction=lineup.direction[joins])
        )  # fmt: skip
    result = None
    if roll.setting or (trace is not None and anywhere(lineup.kind >= 0)):
        if tick:
            move_noise(world, lineup, roll, minute, dice)
        result = flows(world, lineup, roll, minute, trace)
        if roll.setting:
            events += _written(lineup, roll, result, minute)
        else:
            result = None
    return [*events, *suffered(world, lineup, ending, roll, result, minute, trace)]


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


def _written(lineup: Lineup, roll: Roll, result: Flows, minute: int) -> list[Event]:
    """Events that set the rates of stale battles and of their participants."""
    battles, members = result.battles, result.members
    if roll.setting < len(roll.battle):  # all are on the grid
        battles, members = battles[:, roll.stale], members[:, roll.stale[lineup.slot]]
    return [FOUGHT.of(minute, battles), BLED.of(minute, members)]
