"""Garrisons ahead of the threat: a town worth having behind the front is not left empty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.model.codes import DirectiveKind, OrderKind
from engine.model.orders import Order
from engine.run.session import Session
from engine.staff.high.commander import HighCommand
from engine.staff.reasons import Reason, reason_sentence, sentence
from tests.staff.drawn_war import DAY, cell_at, cell_of

MAP = """
.....#..............
....................
....................
..........D.........
....................
....................
.A...A....A...A..A..
:R:::R:R::R:::R::R::
::::::::::::::::::::
"""
STAFFS: dict[str, dict[str, Any]] = {
    "top": {"side": "axis", "formations": [], "echelon": "army_group"},
    "army": {"side": "axis", "formations": "AD", "parent": "top", "echelon": "army"},
}


def war(text: str = MAP, **sets: float) -> Session:
    kinds = {"A": "infantry", "D": {"kind": "infantry", "strength": 0.5}, "R": "rifle"}
    rules = {"high.shift_points": 1000.0, **{name.replace("__", "."): value for name, value in sets.items()}}
    scenario = drawn_scenario(text, kinds, headquarters=STAFFS, days=12, points=40, sets=rules)
    return Session(scenario, 1, {"axis": HighCommand()}, keep_frames=False)


def named(s: Session) -> list[tuple[str, int]]:
    """Who was named as a garrison, and of what."""
    d, ids = s.world.directives, s.world.statics.formation_ids
    made = np.flatnonzero((d.kind == int(DirectiveKind.FORTRESS)) & (d.reason == int(Reason.GARRISON)))
    return [(ids[int(row)], int(d.objective[i])) for i in made.tolist() for row in d.reserve[i].tolist() if row >= 0]


def test_the_weakest_that_is_near_enough_goes_to_the_empty_town_and_stays_there() -> None:
    s = war()
    s.advance(DAY)
    town = cell_at(s, (0, 5))
    assert named(s) == [("d1", town)]
    assert "marches there" in reason_sentence(s.world, "d1")
    d = s.world.directives
    first = int(np.flatnonzero(d.reason == int(Reason.GARRISON))[0])
    assert "is to send a garrison" in sentence(int(d.reason[first]), d.detail[first], s.world.statics.grid.text)
    s.advance(5 * DAY)
    assert cell_of(s, "d1") == town
    s.advance(11 * DAY)
    assert cell_of(s, "d1") == town
    assert named(s) == [("d1", town)], "one is enough while the front before it holds"


def test_a_town_in_which_somebody_stands_gets_nobody_else() -> None:
    s = war(MAP.replace("..........D.........", "....................").replace(".....#....", ".....#D...", 1))
    s.advance(3 * DAY)
    assert named(s) == []


@pytest.mark.parametrize("sets", [{"high__garrison_points": 50.0}, {"high__garrison_enemy_hexes": 4.0}])
def test_nobody_is_sent_to_a_place_that_is_worth_little_or_lies_far_behind(sets: dict[str, float]) -> None:
    s = war(**sets)
    s.advance(3 * DAY)
    assert named(s) == []


def test_a_human_has_the_last_word_about_who_was_named() -> None:
    s = war()
    s.advance(DAY)
    away = cell_at(s, (3, 16))
    s.submit("axis", Order(OrderKind.MARCH, "d1", away, by_human=True))
    s.advance(3 * DAY)
    assert cell_of(s, "d1") == away
