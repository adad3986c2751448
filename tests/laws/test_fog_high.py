"""The high command is in the fog with its other decisions, too: landings, evacuations, necks, whom it moves where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.core.calendar import HOUR
from engine.files.drawn import drawn_scenario
from engine.files.stored import load_scenario
from engine.model.codes import SIDES, DirectiveKind, OrderKind
from engine.model.commander import Notes
from engine.model.instruction import Instruction
from engine.model.orders import Order
from engine.model.view import frames_differ
from engine.rules import sight
from engine.run.session import Session
from engine.staff.high.commander import HighCommand
from engine.staff.staff import Staff
from tests.rules.sea import calm, ships
from tests.staff.test_high_out_and_over import CORPS, FRONT, GARRISON, NECK, SOUND, TWO_ARMIES

AXIS = 0
HOUR_OF_REVIEW = 30 * HOUR
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "land": (
        SOUND.replace(":::::#:::::", "Y" + "::::#:::::"),
        {"headquarters": {**CORPS, "red": {"side": "soviet", "formations": "Y"}},
         "formations": {"A": "infantry", "B": "infantry", "C": "infantry", "Y": {"kind": "rifle", "strength": 0.3}},
         "assets": [{"hq": "army", "kind": "landing_craft", "men": 4000, "lifts_day": 2, "range_km": 60.0, "at": (4, 5)}]},
    ),
    "evacuate": (
        GARRISON + ":" * 14 + "\n" + ":" * 12 + "Y:\n",
        {"supply": False, "sources": [{"side": "axis", "kind": "edge", "at": (2, 0), "capacity_t": 2000}],
         "ports": {"1": 8000, "2": 8000}, "shipping": [ships(at=(0, 7))],
         "formations": {"G": {"kind": "infantry", "strength": 0.3}, "H": "infantry", "X": "rifle", "Y": "rifle"}},
    ),
    "fortress": (
        GARRISON + ":" * 14 + "\n" + ":" * 12 + "Y:\n",
        {"supply": False, "sources": [{"side": "axis", "kind": "edge", "at": (2, 0), "capacity_t": 2000}],
         "ports": {"1": 8000, "2": 8000}, "shipping": [ships(at=(0, 7))], "sets": {"high.reopen_x": 5},
         "headquarters": {"home": {"side": "axis", "formations": "H"}, "port": {"side": "axis", "formations": "G"},
                          "red": {"side": "soviet", "formations": "XY"}},
         "formations": {"G": {"kind": "infantry", "strength": 4.0}, "H": "infantry", "X": "rifle", "Y": "rifle"}},
    ),
    "withdraw": (
        NECK + ":" * 24 + "\n" + ":" * 20 + "Y:::\n",
        {"supply": False, "sources": [{"side": "axis", "kind": "edge", "at": (4, 0), "capacity_t": 2000}],
         "headquarters": {"army": {"side": "axis", "formations": "K", "echelon": "army"},
                          "east": {"side": "axis", "formations": "ABCD", "parent": "army"},
                          "red": {"side": "soviet", "formations": "XY"}},
         "formations": {**{key: {"kind": "infantry", "strength": 0.4} for key in "ABCDK"},
                        "X": {"kind": "rifle", "strength": 1.5}, "Y": "rifle"},
         "sets": {"high.neck_hexes": 4, "high.neck_odds": 0.5}},
    ),
    "attach": (
        TWO_ARMIES + ":" * 20 + "\n" + ":" * 8 + "Y" + ":" * 11 + "\n",
        {"headquarters": {**FRONT, "red": {"side": "soviet", "formations": "AXY"}}, "sets": {"high.attack_x": 5},
         "formations": {"R": "infantry", "S": {"kind": "infantry", "strength": 0.5}, "X": "rifle", "Y": "rifle",
                        "A": {"kind": "rifle", "strength": 0.1}}},
    ),
}  # fmt: skip


def war(case: str) -> Session:
    """A war without commanders, up to an hour at which a high command has its first reports."""
    text, options = CASES[case]
    sets = {"switch.command_delay": 0, **options.get("sets", {})}
    scenario = drawn_scenario(text, days=5, weather=calm(6), **{**options, "sets": sets})
    run = Session(scenario, 1)
    run.advance(HOUR_OF_REVIEW)
    return run


def decided(run: Session) -> list[Order | Instruction]:
    """What the high command of the axis side would decide now."""
    view = run.view("axis")
    return list(HighCommand().plan(view, Notes(*run.world.note_tables()), run.dice(run.now), []))


def other_world(run: Session) -> Session:
    """A branch in which all enemies out of sight are elsewhere out of sight, stronger and worn."""
    twin = run.branch()
    world, formations = twin.world, twin._pen["formations"]
    near = sight.watched(world, sight.on_map(world, AXIS))
    theirs = sight.on_map(world, 1 - AXIS)
    rows = theirs[~near[world.formations.hex[theirs]]]
    cells = np.flatnonzero((world.hexes.owner == 1 - AXIS) & ~near[: len(world.hexes.owner)] & (world.hexes.inside > 0))
    cells = cells[world.statics.theatre.kind[cells] == world.statics.theatre.kind[world.formations.hex[theirs[0]]]]
    assert len(rows), "nobody is out of sight"
    formations["hex"][rows] = cells[np.arange(len(rows)) * 3 % len(cells)]
    formations["men_u"][rows] *= 3
    formations["cohesion_n"][rows] //= 2
    return twin


def kinds(told: list[Order | Instruction]) -> set[str]:
    return {one.kind.name.lower() for one in told}


@pytest.mark.parametrize("case", sorted(CASES))
def test_hidden_enemies_change_no_decision(case: str) -> None:
    run = war(case)
    twin = other_world(run)
    assert twin.digest() != run.digest()
    assert frames_differ(run.view("axis"), twin.view("axis")) is None
    assert decided(twin) == decided(run)


@pytest.mark.parametrize("case", sorted(CASES))
def test_there_was_something_to_decide(case: str) -> None:
    told = decided(war(case))
    assert case in kinds(told)
    assert case in {kind.name.lower() for kind in (*DirectiveKind, *OrderKind)}


# Whole decisions of a campaign: armies to another sector, garrisons, who is kept in the theatre, lines to fall back to.


def campaign() -> Session:
    """Memel after two days by its plan: a high command that takes over now decides all of it at once."""
    run = Session(load_scenario("memel"), 1, {name: Staff() for name in SIDES}, keep_frames=False)
    run.advance(2 * 24 * HOUR + 7 * HOUR)
    return run


@pytest.mark.slow
@pytest.mark.parametrize("side", [0, 1])
def test_hidden_enemies_change_no_decision_of_a_campaign(side: int) -> None:
    run, twin = campaign(), campaign()
    world, hidden = twin.world, twin._pen["formations"]
    near, theirs = sight.watched(world, sight.on_map(world, side)), sight.on_map(world, 1 - side)
    rows = theirs[~near[world.formations.hex[theirs]]]
    assert len(rows) >= 5, "hardly anybody is out of sight"
    hidden["men_u"][rows] *= 3
    hidden["cohesion_n"][rows] //= 2
    hidden["hex"][rows] = np.roll(world.formations.hex[rows], 3)
    told = [_whole_plan(one, side) for one in (run, twin)]
    assert told[0] == told[1]
    assert {"attack", "defend"} & kinds(told[0]), "nobody is told anything"


def _whole_plan(run: Session, side: int) -> list[Order | Instruction]:
    view, due = run.view(side), np.flatnonzero(run.world.headquarters.side == side).tolist()
    return list(HighCommand().plan(view, run.notes(side), run.dice(run.now), due))
