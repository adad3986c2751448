"""Drawn maps on which all systems run; unless told orders take a quarter of an hour, it is dry, and nobody marches faster
than the sustained pace because he is rested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.files.drawn import drawn_cell, drawn_scenario
from engine.model.codes import OrderKind
from engine.model.events import Event
from engine.model.orders import Order
from engine.rules.system import System
from engine.rules.systems import SYSTEMS
from engine.run.session import Session

DAY, HOUR = 1440, 60
HEX_KM = 6.0
AT_ONCE = {"switch.command_delay": 0, "switch.weather": 0, "switch.short_marches": 0}


def field(
    text: str, formations: Mapping[str, Any] | None = None, *, days: int = 10, seed: int = 1,
    sets: Mapping[str, Any] | None = None, systems: Sequence[System] = SYSTEMS, frames: bool = False, **drawing: Any,
) -> Session:  # fmt: skip
    """A session at minute 0 without commanders; only with ``frames`` can it be rewound and asked why."""
    scenario = drawn_scenario(text, formations or {}, days=days, sets={**AT_ONCE, **(sets or {})}, **drawing)
    return Session(scenario, seed, systems=systems, ledger=True, keep_frames=frames)


def at(session: Session, row: int, column: int, depth: int = 0) -> int:
    """The hex at (row, column) of the drawing."""
    return drawn_cell(session.scenario, row, column, depth)


def told(session: Session, name: str, kind: OrderKind, goal: int = -1) -> None:
    """Give an order; a refusal fails the test."""
    side = next(f.side for f in session.scenario.formations if f.id == name)
    assert session.submit(side, Order(kind, name, goal, by_human=True)) == [None]


def march(session: Session, name: str, goal: int, kind: OrderKind = OrderKind.MARCH) -> None:
    """Order a march to a hex."""
    told(session, name, kind, goal)


def row(session: Session, name: str) -> int:
    """World row of a formation."""
    return session.world.statics.formation_rows[name]


def hex_of(session: Session, name: str) -> int:
    """Where a formation stands."""
    return int(session.world.formations.hex[row(session, name)])


def km_from(session: Session, name: str, cell: int) -> float:
    """How far a formation is from a hex."""
    return float(session.world.statics.grid.distance(hex_of(session, name), cell)) * HEX_KM


def of_kind(session: Session, *names: str) -> list[Event]:
    """Events of these kinds so far."""
    return [e for e in session.events if e.kind.name in names]


def rows_of(session: Session, kind: str, **wanted: int) -> list[dict[str, Any]]:
    """Rows of all events of a kind, with their minute, in which these columns have these values."""
    found = [{"minute": e.minute, **e.row(i)} for e in of_kind(session, kind) for i in range(len(e))]
    return [r for r in found if all(r[name] == value for name, value in wanted.items())]


def entered_at(session: Session, name: str, cell: int) -> int:
    """The exact minute at which a formation entered a hex, -1 if it has not."""
    found = rows_of(session, "Entered", formation=row(session, name), hex=cell)
    return int(found[0]["at"]) if found else -1


def changed_hands(session: Session) -> int:
    """Hexes whose owner is another than at the start."""
    return int(np.count_nonzero(session.world.hexes.owner != session.scenario.owner))
