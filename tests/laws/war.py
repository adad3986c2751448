"""Wars with the real rules and the built-in staffs: a drawn one, one at sea, and the first days of Doppelkopf."""

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

CASES = ("drawn", "sea", "doppelkopf")
HOURS = {"drawn": 54, "sea": 72, "doppelkopf": 36}
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


SOUND = """
::R:::::::::
:::R:::::::R
~~~~~~~~~~~~
~~~~~~~~~~~~
1...A......2
B...A....C..
............
::R:::R:::R:
::::::::::::
"""
"""The Axis's ground between a sound, beyond which it lands a division, and an attack that its others are shipped from."""


def _at_sea() -> Scenario:
    return drawn_scenario(
        SOUND,
        {"A": "infantry", "B": {"kind": "infantry", "cell": 72}, "C": "infantry"},
        directives=[
            {"id": "over", "hq": "axis_hq", "kind": "land", "axis": [(4, 5), (1, 6)], "assault": ["a1"], "start_min": 6 * HOUR},
            {"id": "out", "hq": "corps", "kind": "evacuate", "axis": ["1"], "objective": ["2"], "start_min": 2 * HOUR},
            {"id": "on", "hq": "soviet_hq", "kind": "attack", "axis": [(7, 6), (5, 5)], "objective": [(5, 5)],
             "start_min": 10 * HOUR},
        ],
        headquarters={
            "axis_hq": {"side": "axis", "formations": "AC"}, "corps": {"side": "axis", "formations": "B"},
            "soviet_hq": {"side": "soviet", "formations": "R"},
        },
        shipping=[{"side": "axis", "at": (3, 6), "men_day": 9000, "tons_day": 1000, "loss": 0.1}],
        sources=[{"side": "axis", "kind": "port", "capacity_t": 2000.0, "at": "2"}],
        ports={"1": 8000, "2": 8000},
        assets=[{"hq": "axis_hq", "kind": "landing_craft", "men": 2500, "lifts_day": 4, "range_km": 60.0, "at": (4, 5)}],
        depth=2,
        days=6,
    )  # fmt: skip


@cache
def scenario(case: str) -> Scenario:
    """The scenario of a case."""
    if case == "doppelkopf":
        return load_scenario("doppelkopf")
    if case == "sea":
        return _at_sea()
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
