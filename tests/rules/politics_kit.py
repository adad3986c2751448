"""Drawn wars with rows about people, events and victory; and hands that take hexes at a minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from engine.core.calendar import NEVER
from engine.core.dice import Dice
from engine.files.drawn import drawn_scenario
from engine.model.codes import SIDES, Taking
from engine.model.events import Event
from engine.model.events.movement import CAPTURED
from engine.model.forces import ReinforcementSpec
from engine.model.politics import Condition, Effect, PeopleSpec, PoliticalEvent, VictorySpec
from engine.model.world import World
from engine.rules.system import System, Trace
from engine.rules.systems import SYSTEMS
from engine.run.session import Session
from tests.rules.marches import AT_ONCE

STILL = {
    "switch.replacements": 0, "switch.sickness": 0, "switch.supply": 0, "switch.quiet_fire": 0, "switch.salients": 0,
    "switch.neighbours": 0,
}  # fmt: skip
"""Nothing but the rule in question moves men."""


def hands(minute: int, cells: Iterable[int], side: str) -> System:
    """A system that gives hexes to a side at a minute."""
    taken, number = list(cells), SIDES.index(side)

    def due(world: World, now: int) -> int:
        return minute if len(taken) and int(world.hexes.owner[taken[0]]) != number else NEVER

    def decide(world: World, now: int, dice: Dice, trace: Trace | None) -> list[Event]:
        return [CAPTURED(now, hex=taken, side=number, formation=-1, how=Taking.ENTERED)]

    return System("hands", 99, 15, due, decide)


def war(
    text: str, formations: dict[str, Any] | None = None, *, people: Sequence[dict[str, Any]] = (),
    events: Sequence[PoliticalEvent] = (), victory: VictorySpec | None = None, objectives: dict[str, Any] | None = None,
    changes: Sequence[dict[str, Any]] = (), systems: Sequence[System] = (), seed: int = 1, days: int = 10,
    sets: dict[str, Any] | None = None, nations: dict[str, str] | None = None, frames: bool = False, **drawing: Any,
) -> Session:  # fmt: skip
    """A session on a drawing with what it is told of people and politics; it can be rewound only with ``frames``."""
    scenario = drawn_scenario(text, formations or {}, days=days, sets={**AT_ONCE, **STILL, **(sets or {})}, **drawing)
    rows = tuple(sorted((PeopleSpec(**row) for row in people), key=lambda row: row.id))
    dated = tuple(ReinforcementSpec(id=f"change_{i}", **change) for i, change in enumerate(changes))
    named = nations or {}
    units = tuple(replace(f, nation=named.get(f.id, f.nation)) for f in scenario.formations)
    goals = tuple(replace(g, **(objectives or {}).get(g.id, {})) for g in scenario.objectives)
    scenario = replace(
        scenario, people=rows, events=tuple(sorted(events, key=lambda e: e.id)), victory=victory or VictorySpec(),
        objectives=goals, formations=units, reinforcements=dated,
    )  # fmt: skip
    return Session(scenario, seed, systems=(*SYSTEMS, *systems), ledger=True, keep_frames=frames)


def event(id: str, *conditions: Condition, does: Sequence[Effect] = (), **more: Any) -> PoliticalEvent:
    """An event that waits for conditions."""
    return PoliticalEvent(id, title=id.replace("_", " "), conditions=conditions, effects=tuple(does), **more)


def men(session: Session, name: str) -> int:
    """Men of a formation now."""
    row = session.world.statics.formation_rows[name]
    return int(session.world.formations.read("men", session.now, [row])[0]) // 1_000_000


__all__ = ["Condition", "Effect", "event", "hands", "men", "war"]
