"""Applies the events that no single rule owns."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.columns import rows_where
from engine.model.codes import ON_ITS_WAY, Calendar, OrderKind, OrderState
from engine.model.events import Event
from engine.model.tables import NOTES
from engine.model.world import Pen

BELONGING: Final = np.array([1 if k == OrderKind.ATTACH else 2 if k in (OrderKind.KEEP, OrderKind.LET_GO) else 0
                             for k in range(max(OrderKind) + 1)])  # fmt: skip
"""By kind of order: 0 what a formation does, 1 whom it obeys, 2 whether it stays in the theatre."""


def ticked(pen: Pen, event: Event) -> None:
    """A calendar system names its next run."""
    pen["systems"]["next_at"][event.rows("system")] = event["next_at"]


def ordered(pen: Pen, event: Event) -> None:
    """Orders become rows on their way; an order that has not arrived yet is overtaken by a newer one.

    What a formation does, whom it obeys and whether it stays are three things: an order about one does not overtake one
    about another.
    """
    orders = pen["orders"]
    again = np.zeros((3, len(pen["formations"].table)), bool)
    again[BELONGING[event["kind"]], event.rows("formation")] = True
    waiting = rows_where(orders.table.state == ON_ITS_WAY)
    waiting = waiting[again[BELONGING[orders.table.kind[waiting]], orders.table.formation[waiting].astype(np.int64)]]
    orders["state"][waiting] = OrderState.SUPERSEDED
    orders.append({**event.data, "issued_at": event.minute}, len(event))
    _wake(pen, event["arrives_at"].min())


def _wake(pen: Pen, minute: int) -> None:
    """Command has something to do at a minute."""
    next_at = pen["systems"]["next_at"]
    next_at[Calendar.COMMAND] = min(next_at[Calendar.COMMAND], minute)


def noted(pen: Pen, event: Event) -> None:
    """Staffs' notes are written; a row beyond the end of a table is appended."""
    for table, spec in enumerate(NOTES):
        its = rows_where(event["table"] == table)
        if not len(its):
            continue
        writer, row = pen[spec.name], event.rows("row")[its]
        beyond = int(row.max()) + 1 - len(writer.table)
        if beyond > 0:
            writer.append({}, beyond)
        writer.put(event["column"][its], row, event["value"][its])


def directed(pen: Pen, event: Event) -> None:
    """Directives become rows."""
    pen["directives"].append(event.data, len(event))
    _wake(pen, max(int(event["arrives_at"].min()), event.minute))


def directive_ended(pen: Pen, event: Event) -> None:
    """A directive is done, has culminated or is superseded."""
    pen["directives"]["state"][event.rows("directive")] = event["state"]


def redrawn(pen: Pen, event: Event) -> None:
    """Thresholds are drawn again; battles are looked at at once."""
    row = event.rows("row")
    if event["table"][0] == 0:
        pen["battles"].settle(row, event.minute)
        pen["battles"]["stale"][row] = 1
        pen["battles"]["yield_left" if event["threshold"][0] == 0 else "break_left"][row] = event["value"]
        return
    pen["formations"].settle(row, event.minute)
    pen["formations"]["surrender_left"][row] = event["value"]


APPLY = {
    "Redrawn": redrawn,
    "Ticked": ticked,
    "Ordered": ordered,
    "Noted": noted,
    "Directed": directed,
    "DirectiveEnded": directive_ended,
}
