"""How the war behaves where everybody knows what should happen: a quiet front, and a tank army in a breach.

Two small cases with the built-in staffs on both sides. They say nothing of any campaign: they hold the rules and
staffs to common sense, and `deepbattle bench` prints them beside their bounds.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.core.calendar import DAY
from engine.files.drawn import drawn_scenario
from engine.lab.commanders import commanders
from engine.model.codes import SIDES, Status
from engine.model.directive import Directive
from engine.model.scenario import Scenario
from engine.run.session import Session

QUIET_DAYS: Final = 10
BREACH_DAYS: Final = 8
RUN_DAYS: Final = 3
"""Days over which the pace of an exploiting tank army is taken."""
_BREACH: Final = """
    :g:::g:::g:::g:::g:
    .....RRRRRRRR......
    .......TTTT........
    .......TT..........
    """
_DEPTH: Final = 30


def quiet_front(scenario: Scenario, seeds: Sequence[int]) -> dict[str, float]:
    """Ten days from a scenario's start with nobody told to attack: medians over ``seeds``.

    Hexes that changed hands; battle losses, per cent of the men a day; km marched by a formation a day, and of it
    the purposeless part: what it marched beyond the straight way from where it stood to where it stands.
    """
    holding = replace(scenario, directives=tuple(_kept(d) for d in scenario.directives if _holds(d)))
    found = [_quiet(holding, seed) for seed in seeds]
    return {key: statistics.median([one[key] for one in found]) for key in found[0]}


def _holds(directive: Directive) -> bool:
    return directive.kind == "defend" and directive.start_min == 0


def _kept(directive: Directive) -> Directive:
    return replace(directive, end_min=-1)


def _quiet(scenario: Scenario, seed: int) -> dict[str, float]:
    session = Session(scenario, seed, commanders(dict.fromkeys(SIDES, "staff")), keep_events=False, keep_frames=False)
    formations, hexes, grid = session.world.formations, session.world.hexes, session.world.statics.grid
    there = formations.status == Status.ON_MAP
    began = formations.hex[there].copy()
    session.advance(QUIET_DAYS * DAY)
    men = int(formations.read("men", session.now)[there].sum())
    lost = int(formations.read("battle", session.now)[there].sum())
    marched = formations.moved_m[there] / 1000
    straight = grid.distance(began, np.maximum(formations.hex[there], 0)) * grid.spacing_m / 1000
    days = int(there.sum()) * QUIET_DAYS
    return {
        "hexes": float(((hexes.owner_since > 0) & (hexes.owner >= 0)).sum()),
        "loss_pct_day": 100.0 * lost / men / QUIET_DAYS,
        "march_km": float(marched.sum()) / days,
        "purposeless_km": float(np.maximum(marched - straight, 0).sum()) / days,
    }


def tank_army(seeds: Sequence[int]) -> dict[str, float]:
    """A fresh tank army behind an assault on a thin front: median and extreme km a day in the first three days."""
    pace = [one for one in (_breach(seed) for seed in seeds) if one is not None]
    if not pace:
        return {"committed": 0.0}
    return {
        "committed": len(pace) / len(seeds), "km_day": statistics.median(pace), "least": min(pace), "most": max(pace),
    }  # fmt: skip


def _breach(seed: int) -> float | None:
    """Km a day of the leading corps for three days after it was committed; None if it never was."""
    directive = {
        "id": "thrust", "hq": "soviet_hq", "side": "soviet", "kind": "attack", "axis": [(1, 8), (-_DEPTH + 2, 8)],
        "assault": "R", "mobile": "T", "start_min": 0,
    }  # fmt: skip
    scenario = drawn_scenario(
        _BREACH, {"g": {"kind": "infantry", "side": "axis", "strength": 0.7}, "R": "guards_rifle", "T": "tank_corps"},
        [directive], days=BREACH_DAYS + RUN_DAYS, own="soviet", depth=_DEPTH, ground={"g": "axis"}, id="tank_army",
    )  # fmt: skip
    session = Session(scenario, seed, commanders(dict.fromkeys(SIDES, "staff")), keep_events=False, keep_frames=False)
    rows = [row for name, row in session.world.statics.formation_rows.items() if name.startswith("t")]
    while session.now < BREACH_DAYS * DAY:
        session.advance(session.now + DAY // 4)
        if int(session.world.staff_notes.committed_at.max()) > 0:
            break
    else:
        return None
    grid = session.world.statics.grid
    start = _foremost(session, rows, grid.columns)
    session.advance(session.now + RUN_DAYS * DAY)
    return (start - _foremost(session, rows, grid.columns)) * grid.spacing_m / 1000 / RUN_DAYS


def _foremost(session: Session, rows: Sequence[int], columns: int) -> int:
    """Row of the hex grid that the leading corps has reached: the attack goes towards row 0."""
    return int((session.world.formations.hex[np.array(rows)] // columns).min())
