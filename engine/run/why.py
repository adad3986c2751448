"""Why: the terms behind a number, found by running the same decision again with a trace.

There is no second, explaining implementation: the session is branched, taken back to the minute of the decision and
advanced through it while the rule that decided records its terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.core.columns import TableSpec
from engine.model.address import NoSuchAddress, datum
from engine.model.citation import Parameter
from engine.model.events import Event
from engine.model.events.kinds import Field
from engine.model.tables import NOTES, TABLES
from engine.model.world import World
from engine.rules.grounds import GROUNDS, Ground
from engine.rules.power import explain_power
from engine.rules.system import Trace
from engine.run.account import Account
from engine.run.paranoia import Diverged, same_events
from engine.run.session import Session


@dataclass(frozen=True)
class Term:
    """One factor of a number. ``parameter`` is the rule or datum behind it with its source and grade, if it has one."""

    key: str
    value: float
    address: str = ""
    parameter: Parameter | None = None
    subject: str = ""
    """Whom it is about, such as ``battles 3``; empty for the one that was asked about."""
    meaning: str = ""
    """Of a column of an event: what it holds."""
    below: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Why:
    """The explanation of one number: what it is about, at which minute it was decided, and its terms in order."""

    what: str
    row: int
    minute: int
    terms: tuple[Term, ...]
    rule: str = ""
    """The module of ``engine/rules`` that decided it, or its system."""
    because: str = ""
    """When events of this kind happen."""

    def flat(self) -> Iterator[Term]:
        """All terms of the tree, branches before what is below them."""
        waiting = list(self.terms)
        while waiting:
            term = waiting.pop(0)
            yield term
            waiting = [*term.below, *waiting]

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "what": self.what, "row": self.row, "minute": self.minute, "rule": self.rule, "because": self.because,
            "terms": [_record(term) for term in self.terms],
        }  # fmt: skip


def _record(term: Term) -> dict[str, Any]:
    found: dict[str, Any] = {"key": term.key, "value": term.value}
    for name in ("address", "subject", "meaning"):
        if getattr(term, name):
            found[name] = getattr(term, name)
    if term.parameter is not None:
        found |= {"source": term.parameter.source, "grade": term.parameter.grade}
    return {**found, "terms": [_record(below) for below in term.below]} if term.below else found


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


def why_supply(session: Session, row: int) -> Why:
    """Terms of what a formation was brought at the last delivery: wanted, way, trucks, railways, beaches, aircraft."""
    return _replayed(session, "supply", row, _last(session, "Supplied", "formation", row), "supply", "formations")


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


# Events.

SPECS: Mapping[str, TableSpec] = {spec.name: spec for spec in TABLES}
_SINGLE = ("weather", "course")
"""Tables of one row."""


def why_event(session: Session, number: int, row: int = 0) -> Why:
    """Why an event of ``session.events`` happened, for one of its rows.

    Four branches: what it says (its columns), the situation of those it is about just before, what was weighed (the
    terms that the rule recorded of them, when its minute was gone through again), and the parameters behind its kind.
    """
    event = session.events[number]
    ground = GROUNDS.get(event.kind.name, Ground(("?",), ""))
    account = _account_of(session, number)
    parameters = session.scenario.parameters
    said = tuple(Term(f.name, _plain(event, f.name, row), meaning=_meaning(event, f, row)) for f in event.kind.fields)
    subjects = _subjects(session, event, row)
    if account.system == "politics":  # what an event does is told with what it waited for
        subjects |= {("happenings", int(n)) for e in account.events if "happening" in e.data for n in e["happening"]}
    weighed = tuple(
        Term(key, value, address, parameters.get(address) or _datum(session, address), subject=f"{what} {at}")
        for what, at, key, value, address in account.trace.terms
        if (what, at) in subjects
    )
    behind = tuple(Term(a.partition(".")[2], float(parameters[a].value), a, parameters[a]) for a in ground.parameters)
    before = _situation(account.before, ground, sorted(subjects))
    parts = (("says", said), ("situation", before), ("weighed", weighed), ("parameters", behind))
    branches = [Term(name, float(len(terms)), below=terms) for name, terms in parts]
    rule = account.system if len(ground.rules) > 1 and account.system != "inputs" else ground.rules[0]
    return Why(event.kind.name, row, event.minute, tuple(b for b in branches if b.below), rule, ground.because)


def _account_of(session: Session, number: int) -> Account:
    """The account of the decision that made an event, from going through its minute again in a branch."""
    event = session.events[number]
    if event.minute < session.begins:
        raise ValueError("expected an event of this engine: what another one recorded can only be watched")
    twin = session.branch()
    twin.rewind(event.minute)
    before = sum(same_events([event], [e]) for e in session.events[:number] if e.minute == event.minute)
    for account in twin.retraced(event.minute):
        for other in account.events:
            if same_events([event], [other]):
                if before == 0:
                    return account
                before -= 1
    raise Diverged(f"{event.kind.name} of minute {event.minute} does not happen again")


_ABOUT: Mapping[str, str] = {
    "formation": "formations", "battle": "battles", "hex": "hexes", "to": "hexes", "hq": "headquarters", "link": "links",
    "depot": "depots", "side": "sides", "people": "people", "happening": "happenings", "goal": "goals",
    "directive": "directives", "order": "orders", "hexside": "hexsides", "report": "sightings", "system": "systems",
}  # fmt: skip
"""Columns that hold rows of a table or cells, and what the rules call those in a trace."""


def _subjects(session: Session, event: Event, row: int) -> set[tuple[str, int]]:
    """Whom an event is about, in the words of a trace."""
    found = {(table, int(event[name][row])) for name, table in _ABOUT.items() if name in event.data}
    if "participant" in event.data:
        participants = session.world.participants
        at = int(event["participant"][row])
        found |= {("battles", int(participants.battle[at])), ("formations", int(participants.formation[at]))}
    if event.kind.name == "Redrawn":
        found.add(("formations" if event["table"][row] else "battles", int(event["row"][row])))
    if event.kind.name == "WeatherChanged":
        found.add(("weather", 0))
    return found


def _situation(world: World, ground: Ground, subjects: Sequence[tuple[str, int]]) -> tuple[Term, ...]:
    """Columns of the world that the decision looked at, of those it was about."""
    found = []
    for table, name in ground.reads:
        column = next(c for c in SPECS[table].columns if c.name == name)
        rows = [0] if table in _SINGLE else [row for kind, row in subjects if kind == table]
        for row in rows:
            if 0 <= row < len(world.table(table)):
                words = f"{column.meaning} ({column.unit})" if column.unit else column.meaning
                value = float(world.table(table)[name][row])
                found.append(Term(f"{table}.{name}", value, subject=f"{table} {row}", meaning=words))
    return tuple(found)


def _meaning(event: Event, field: Field, row: int) -> str:
    """What a column holds; of a note, which column of which table of notes it is."""
    if event.kind.name == "Noted" and field.name == "value":
        spec = NOTES[int(event["table"][row])]
        column = spec.columns[int(event["column"][row])]
        return f"{spec.name}.{column.name}: {column.meaning or column.unit}"
    return field.meaning


def _plain(event: Event, name: str, row: int) -> float:
    """A column of an event as a number; the first of a wide one."""
    value = event[name][row]
    return float(value if value.ndim == 0 else value[0])


def _datum(session: Session, address: str) -> Parameter | None:
    """A datum of the scenario, such as people.ID.men_day, with its source; None if the address names none."""
    try:
        return datum(session.scenario, address) if address else None
    except NoSuchAddress:
        return None
