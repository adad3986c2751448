"""Small wars on drawn maps, led by the built-in staff, and questions about what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from engine.files.drawn import drawn_cell, drawn_scenario
from engine.model.codes import SIDES, OrderKind
from engine.model.commander import Notes
from engine.model.events import Event
from engine.model.orders import Order
from engine.model.scenario import Scenario
from engine.run.session import Session
from engine.staff.reasons import Reason
from engine.staff.staff import Staff

DAY = 1440
HOUR = 60


def war(text: str, *, seed: int = 1, days: float = 10, led: Sequence[str] = SIDES, **drawing: Any) -> Session:
    """A session at minute 0 in which the staff leads the sides ``led``; the others only do what they are told."""
    return begin(drawn_scenario(text, days=max(int(days + 0.99), 1), **drawing), seed=seed, led=led)


def begin(scenario: Scenario, *, seed: int = 1, led: Sequence[str] = SIDES, frames: bool = False) -> Session:
    """A session of a scenario at minute 0; only with ``frames`` can it be rewound and asked why."""
    return Session(scenario, seed, commanders={side: Staff() for side in led}, keep_frames=frames)


def run(text: str, *, days: float = 10, **war_: Any) -> Session:
    """The same after some days."""
    session = war(text, days=days, **war_)
    session.advance(round(days * DAY))
    return session


def row(session: Session, name: str) -> int:
    """World row of a formation."""
    return session.world.statics.formation_rows[name]


def place(session: Session, name: str, depth: int = 0) -> tuple[int, int]:
    """(row, column) on the drawing of where a formation stands."""
    cell = int(session.world.formations.hex[row(session, name)])
    columns = session.world.statics.grid.columns
    return cell // columns - depth, cell % columns


def cell_of(session: Session, name: str) -> int:
    """The hex of a formation."""
    return int(session.world.formations.hex[row(session, name)])


def cell_at(session: Session, spot: tuple[int, int], depth: int = 0) -> int:
    """The hex at (row, column) of the drawing."""
    return drawn_cell(session.scenario, *spot, depth)


def owner(session: Session, spot: tuple[int, int], depth: int = 0) -> str:
    """Whose the hex at (row, column) is."""
    return SIDES[int(session.world.hexes.owner[cell_at(session, spot, depth)])]


def events(session: Session, *names: str) -> list[Event]:
    """Events of these kinds so far."""
    return [e for e in session.events if e.kind.name in names]


def captures(session: Session) -> list[tuple[int, int, int]]:
    """(minute, hex, side that took it) of every change of owner."""
    return [
        (e.minute, int(cell), int(side))
        for e in events(session, "Captured")
        for cell, side in zip(e["hex"], e["side"], strict=True)
    ]


def orders_to(session: Session, name: str) -> list[tuple[int, str, int, Reason]]:
    """(minute, kind, goal, reason) of every order to a formation."""
    orders = session.world.orders
    return [
        (int(orders.issued_at[i]), OrderKind(int(orders.kind[i])).name, int(orders.goal[i]), Reason(int(orders.reason[i])))
        for i in np.flatnonzero(orders.formation == row(session, name))
    ]


def reasons(session: Session) -> dict[str, Reason]:
    """Why each formation does what it does, by the staff's notes."""
    noted = session.world.formation_notes.reason
    return {name: Reason(int(noted[i])) for i, name in enumerate(session.world.statics.formation_ids)}


def moved_km(session: Session, names: Sequence[str]) -> float:
    """Kilometres that formations have marched in all."""
    return sum(int(session.world.formations.moved_m[row(session, name)]) for name in names) / 1000


def of_side(session: Session, side: str) -> list[str]:
    """Ids of a side's formations."""
    return [f.id for f in session.scenario.formations if f.side == side]


def men(session: Session, names: Sequence[str]) -> int:
    """Men of formations, those on the map."""
    formations = session.world.formations
    rows = [row(session, name) for name in names]
    there = [r for r in rows if formations.hex[r] >= 0]
    return int(formations.read("men", session.now, np.array(there, np.int64)).sum() // 1_000_000) if there else 0


def tell(session: Session, side: str, kind: OrderKind, names: Sequence[str], goal: int) -> None:
    """Orders by hand, without a lock on the staff of the other side."""
    refusals = session.submit(side, *(Order(kind, name, goal, by_human=True) for name in names))
    assert not any(refusals), refusals


def plan(session: Session, side: str, due: Sequence[int] | None = None) -> list[Order]:
    """What the staff would order now, without giving the orders or writing its notes."""
    view = session.view(side)
    rows = view.headquarters.row.tolist() if due is None else due
    return Staff().plan(view, Notes(*session.world.note_tables()), session.dice(session.now), rows)


@cache
def seeds(count: int) -> tuple[int, ...]:
    """The first few seeds."""
    return tuple(range(1, count + 1))
