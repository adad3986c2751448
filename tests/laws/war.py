"""Two wars with the real rules and the built-in staffs: a drawn one and the first days of Doppelkopf."""

from __future__ import annotations

from functools import cache
from typing import Any

from engine.core.calendar import HOUR
from engine.files.drawn import drawn_scenario
from engine.files.scenario import load_scenario
from engine.lab.commanders import commanders
from engine.model.events import Event
from engine.model.scenario import Scenario
from engine.run.session import Session

CASES = ("drawn", "doppelkopf")
HOURS = {"drawn": 54, "doppelkopf": 36}
"""How long each war is followed: a night and a day of attacks at least."""
SEED = 11

MAP = """
::R::::T::::R::R
:R:R:RRTR::R:::R
.A...A...AP..A..
=====+=====+====
..B....f..P.B...
...3...#......2.
................
"""
"""A Red Army front with tanks above, a river with two bridges across the Axis's ground."""


@cache
def scenario(case: str) -> Scenario:
    """The scenario of a case."""
    if case == "doppelkopf":
        return load_scenario("doppelkopf")
    return drawn_scenario(
        MAP,
        {"T": "tank_corps", "P": "panzer"},
        directives=[
            {"id": "on", "hq": "soviet_hq", "kind": "attack", "axis": ["goal"], "corridor_km": 24, "objective": "goal",
             "mobile": ["t1"], "start_min": 4 * HOUR},
            {"id": "stand", "hq": "axis_hq", "kind": "defend", "line": ["a1", "a4"], "reserve": ["p1", "p2"]},
        ],
        depth=3,
        days=6,
    )  # fmt: skip


def session(case: str, seed: int = SEED, **options: Any) -> Session:
    """A run of a case at minute 0, staffs on both sides."""
    return Session(scenario(case), seed, commanders({"axis": "staff", "soviet": "staff"}), **options)


def end(case: str) -> int:
    """The minute to which a case is followed."""
    return HOURS[case] * HOUR


@cache
def reference(case: str) -> Session:
    """A whole run of a case. Shared by tests: look at it, branch it, never advance it."""
    run = session(case)
    run.advance(end(case))
    return run


def kinds_of(events: list[Event] | tuple[Event, ...]) -> set[str]:
    """Names of the kinds of events that happened."""
    return {event.kind.name for event in events}
