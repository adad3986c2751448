"""A drawn battlefield on which only combat happens: what to attack is told, and who is sent in arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.calendar import NEVER
from engine.core.dice import Dice
from engine.files.drawn import drawn_scenario
from engine.model.codes import Stage, Status, Task
from engine.model.events import EVENT_KINDS, Event, EventKind, Field
from engine.model.scenario import Scenario
from engine.model.world import Pen, World
from engine.rules import combat
from engine.rules.apply import APPLY
from engine.rules.system import System, Trace
from engine.run.session import Session

DAY = 1440
SPARE = 15
"""A row of the table of systems that no system uses."""
TOLD = EventKind("TestTold", (Field("row", "int32", "who"), Field("value", "int64", "value"), Field("column", "int16", "")))
ENTERED = EventKind("TestEntered", (Field("formation", "int32", "who"), Field("hex", "int32", "where")))
COLUMNS = (
    "task", "target", "stage", "in_place_since", "works_n", "cohesion_n", "fatigue_n", "ammo_g", "cut_off_since",
    "hungry_since", "men_u", "men_full", "hex", "leg_to", "posture", "moved_m",
)  # fmt: skip


def _told(pen: Pen, event: Event) -> None:
    for row, value, column in zip(event["row"], event["value"], event["column"], strict=True):
        pen["formations"][COLUMNS[column]][row] = value
    pen["systems"]["next_at"][SPARE] = NEVER


def _entered(pen: Pen, event: Event) -> None:
    formations, rows = pen["formations"], event["formation"]
    pen["hexes"]["owner"][event["hex"]] = formations["side"][rows]
    pen["hexes"]["owner_since"][event["hex"]] = event.minute
    for name, value in (
        ("hex", event["hex"]), ("leg_to", -1), ("leg_at", NEVER), ("task", Task.HOLD), ("stage", Stage.IDLE),
        ("in_place_since", event.minute), ("target", -1), ("works_n", 0),
    ):  # fmt: skip
        formations[name][rows] = value


def register() -> None:
    """Make the test's events known."""
    for kind, apply in ((TOLD, _told), (ENTERED, _entered)):
        EVENT_KINDS[kind.name], APPLY[kind.name] = kind, apply


def _arrivals(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
    formations = world.formations
    rows = np.flatnonzero((formations.leg_at <= minute) & (formations.status == Status.ON_MAP))
    return [ENTERED(minute, formation=rows, hex=formations.leg_to[rows])] if len(rows) else []


MOVE = System("move", 5, 15, lambda world, now: int(world.formations.leg_at.min(initial=NEVER)), _arrivals)


def tell(scenario: Scenario, orders: Mapping[str, Mapping[str, Any]]) -> System:
    """A system that writes columns of formations once, at minute 0. ``attack`` = id of a formation or a cell."""
    ids = [f.id for f in scenario.formations]
    cells = {f.id: f.cell for f in scenario.formations}
    rows, values, columns = [], [], []
    for name, given in orders.items():
        wanted = dict(given)
        if "attack" in wanted:
            target = wanted.pop("attack")
            target = cells[target] if isinstance(target, str) else target
            wanted = {"task": Task.ATTACK, "target": target, "stage": Stage.WAITING, "in_place_since": -DAY} | wanted
        for column, value in wanted.items():
            rows.append(ids.index(name))
            values.append(int(value))
            columns.append(COLUMNS.index(column))

    def decide(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
        return [TOLD(minute, row=rows, value=values, column=columns)]

    return System("tell", 1, 15, lambda world, now: int(world.systems.next_at[SPARE]), decide)


def battle(
    text: str, orders: Mapping[str, Mapping[str, Any]], formations: Mapping[str, Any] | None = None, *, seed: int = 1,
    days: int = 10, combat_system: System = combat.SYSTEM, frames: bool = False, **drawing: Any,
) -> Session:  # fmt: skip
    """A session at minute 0 in which ``orders`` are told and combat runs; it can be rewound only with ``frames``."""
    scenario = drawn_scenario(text, formations or {}, days=days, **drawing)
    return begin(scenario, orders, seed, combat_system=combat_system, frames=frames)


def begin(
    scenario: Scenario, orders: Mapping[str, Mapping[str, Any]], seed: int = 1, *, combat_system: System = combat.SYSTEM,
    frames: bool = False,
) -> Session:  # fmt: skip
    """:func:`battle` on what is drawn already."""
    return Session(scenario, seed, systems=(tell(scenario, orders), MOVE, combat_system), ledger=True, keep_frames=frames)


def row(session: Session, name: str) -> int:
    """World row of a formation."""
    return session.world.statics.formation_rows[name]


def of_kind(session: Session, *names: str) -> list[Event]:
    """Events of these kinds so far."""
    return [e for e in session.events if e.kind.name in names]


def first_x(session: Session) -> float:
    """x of the first battle just after contact."""
    session.advance(60)
    return float(session.world.battles.x[0]) / 1e6


def state_of(session: Session, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Every column of some formations at the session's minute, flows read, rows of other tables left out."""
    formations, skip = session.world.formations, {"order", "hq", "side", "kind"}
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        i = row(session, name)
        found[name] = {
            column.name: values[i].tolist() for column, values in formations.columns() if column.name not in skip
        }
    return found
