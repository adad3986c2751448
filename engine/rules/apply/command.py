"""Applies the events of command."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.model.codes import IN_FORCE, DirectiveState, OrderState
from engine.model.events import Event
from engine.model.world import Pen

LEVELS: Final = 4
"""Levels of headquarters below an army group."""


def order_taken(pen: Pen, event: Event) -> None:
    """The formation's former order is superseded; movement must look at the formation at once."""
    orders, formations = pen["orders"], pen["formations"]
    rows = event.rows("formation")
    former = formations["order"][rows].astype(np.int64)
    former = former[former >= 0]
    state = orders["state"]
    state[former[state[former] == IN_FORCE]] = OrderState.SUPERSEDED
    state[event.rows("order")] = IN_FORCE
    formations["order"][rows] = event["order"]
    for name in ("task", "goal", "target", "posture"):
        formations[name][rows] = event[name]
    formations["look_at"][rows] = event.minute


def order_closed(pen: Pen, event: Event) -> None:
    """An order is done or cannot be carried out."""
    pen["orders"]["state"][event.rows("order")] = event["state"]


def attached(pen: Pen, event: Event) -> None:
    """Formations obey another headquarters."""
    pen["formations"]["hq"][event.rows("formation")] = event["hq"]


def subordinated(pen: Pen, event: Event) -> None:
    """Headquarters obey another headquarters."""
    pen["headquarters"]["parent"][event.rows("hq")] = event["parent"]


def commander_changed(pen: Pen, event: Event) -> None:
    """A new commander, and with him perhaps another quality of the staff's work."""
    headquarters = pen["headquarters"]
    headquarters["commander"][event.rows("hq")] = event["commander"]
    known = event["staff"] > 0
    headquarters["staff"][event.rows("hq")[known]] = event["staff"][known]


def took_command(pen: Pen, event: Event) -> None:
    """A new man leads a formation."""
    pen["formations"]["commander"][event.rows("formation")] = event["commander"]


def directive_started(pen: Pen, event: Event) -> None:
    """A directive comes into force; the one its headquarters followed so far is superseded."""
    directives = pen["directives"]
    rows = event.rows("directive")
    older = (directives["state"] == DirectiveState.RUNNING) & np.isin(directives["hq"], directives["hq"][rows])
    directives["state"][older] = DirectiveState.SUPERSEDED
    _clear(pen, rows)
    directives["state"][rows] = DirectiveState.RUNNING
    directives["start_at"][rows] = event["start_at"]


def _clear(pen: Pen, rows: Any) -> None:
    """End all earlier directives of the headquarters, and of those below, that a clearing one is given to."""
    directives, parent = pen["directives"], pen["headquarters"].table.parent
    for row in rows[directives.table.clears[rows] == 1].tolist():
        below = np.zeros(len(parent) + 1, bool)  # parent -1 falls on the spare last entry
        below[directives.table.hq[row]] = True
        for _ in range(LEVELS):
            below[:-1] |= below[parent]
        state = directives["state"]
        open_ = (state == DirectiveState.RUNNING) | (state == DirectiveState.PENDING)
        earlier = np.arange(len(state)) < row
        state[open_ & earlier & below[directives.table.hq]] = DirectiveState.SUPERSEDED


def alarmed(pen: Pen, event: Event) -> None:
    """Staffs are to look at their front at the next full hour."""
    pen["headquarters"]["alarm_at"][event.rows("hq")] = event.minute


def headquarters_moved(pen: Pen, event: Event) -> None:
    """Headquarters have another place."""
    headquarters = pen["headquarters"]
    headquarters["hex"][event.rows("hq")] = event["hex"]
    headquarters["moved_at"][event.rows("hq")] = event["moved_at"]


APPLY = {
    "OrderTaken": order_taken,
    "OrderClosed": order_closed,
    "Attached": attached,
    "Subordinated": subordinated,
    "CommanderChanged": commander_changed,
    "TookCommand": took_command,
    "DirectiveStarted": directive_started,
    "Alarmed": alarmed,
    "HeadquartersMoved": headquarters_moved,
}
