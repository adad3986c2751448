"""Why: the terms behind a number, found by running the same decision again with a trace.

There is no second, explaining implementation: the session is branched, taken back to the minute of the decision and
advanced through it while the rule that decided records its terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.model.citation import Parameter
from engine.rules.power import explain_power
from engine.rules.system import Trace

if TYPE_CHECKING:
    from engine.run.session import Session


@dataclass(frozen=True)
class Term:
    """One factor of a number. ``parameter`` is the rule or datum behind it with its source and grade, if it has one."""

    key: str
    value: float
    address: str = ""
    parameter: Parameter | None = None


@dataclass(frozen=True)
class Why:
    """The explanation of one number: what it is about, at which minute it was decided, and its terms in order."""

    what: str
    row: int
    minute: int
    terms: tuple[Term, ...]


def why_power(session: Session, row: int) -> Why:
    """Terms of a formation's effective power now."""
    trace = explain_power(session.world, row, session.now)
    return Why("power", row, session.now, _terms(session, trace, row))


def why_battle(session: Session, row: int) -> Why:
    """Terms of a battle's odds, loss rates and hazards as it was last refreshed."""
    return _replayed(session, "battle", row, _last(session, "Fought", "battle", row), "combat")


def why_march(session: Session, row: int) -> Why:
    """Terms of the time of a formation's present or last step."""
    return _replayed(session, "march", row, _last(session, "Departed", "formation", row), "movement")


def why_voyage(session: Session, row: int) -> Why:
    """Terms of a formation's going aboard or sailing, whichever was last: ships, quays, fire, way."""
    minute = max(_last(session, kind, "formation", row) for kind in ("Boarded", "Sailed", "Disembarked", "CameHome"))
    return _replayed(session, "voyage", row, minute, "sea", "formations")


def why_landing(session: Session, row: int) -> Why:
    """Terms of a formation's last wave over a beach: lift, sea, resistance."""
    minute = max(_last(session, kind, "formation", row) for kind in ("Landed", "BeatenOff", "CameAshore"))
    return _replayed(session, "landing", row, minute, "sea", "formations")


def why_port(session: Session, row: int) -> Why:
    """Terms of what ships brought to a supply source (row of depots) on its last day."""
    return _replayed(session, "port", row, _last(session, "PortsServed", "depot", row), "sea", "depots")


def _last(session: Session, kind: str, column: str, row: int) -> int:
    """The minute of the last event of a kind about a row; -1 if there was none."""
    for event in reversed(session.events):
        if event.kind.name == kind and bool(np.any(event[column] == row)):
            return event.minute
    return -1


def _replayed(session: Session, what: str, row: int, minute: int, system: str, table: str = "") -> Why:
    if minute < 0:
        return Why(what, row, minute, ())
    twin = session.branch()
    twin.rewind(minute)
    trace = twin.traced(minute, system)
    return Why(what, row, minute, _terms(session, trace, row, table))


def _terms(session: Session, trace: Trace, row: int, table: str = "") -> tuple[Term, ...]:
    """Terms about a row, of one table where a system speaks of several."""
    parameters = session.scenario.parameters
    mine: Sequence[tuple[str, int, str, float, str]] = [
        t for t in trace.terms if t[1] == row and t[0] == (table or t[0])
    ]
    return tuple(Term(key, value, address, parameters.get(address)) for _, _, key, value, address in mine)
