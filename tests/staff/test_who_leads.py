"""Whose staff moves a formation: what a clearing directive ends, and attacks that are still far ahead."""

from __future__ import annotations

from typing import Any

from engine.files.drawn import drawn_scenario
from engine.model.codes import DirectiveKind
from engine.model.commander import Notes
from engine.model.instruction import Instruction
from engine.run.session import Session
from engine.staff.numbers import IN_ASSAULT
from engine.staff.plans import Plans
from engine.staff.situation import Situation
from engine.staff.staff import Staff
from tests.staff.drawn_war import DAY, cell_at, row

DEPTH = 2
MAP = """
................
.......#........
.A.....A......A.
:R:R::::::S:S:::
::::::::::::::::
"""
STAFFS: dict[str, dict[str, Any]] = {
    "axis_hq": {"side": "axis", "formations": "A"},
    "front": {"side": "soviet", "formations": [], "echelon": "front"},
    "army": {"side": "soviet", "formations": [], "parent": "front", "echelon": "army"},
    "left": {"side": "soviet", "formations": "R", "parent": "army"},
    "right": {"side": "soviet", "formations": "S", "parent": "army"},
}
LINES = [{"id": "stand_left", "hq": "left", "kind": "defend", "line": [(3, 0), (3, 6)]},
         {"id": "stand_right", "hq": "right", "kind": "defend", "line": [(3, 9), (3, 15)]}]  # fmt: skip


def war(directives: list[dict[str, Any]]) -> Session:
    scenario = drawn_scenario(MAP, headquarters=STAFFS, directives=directives, depth=DEPTH, days=12)
    return Session(scenario, 1, {"soviet": Staff()}, keep_frames=False)


def leaders(s: Session) -> dict[str, str]:
    """The headquarters whose staff moves each Soviet formation."""
    view = s.view("soviet")
    plans = Plans(Situation(view, Notes(*s.world.note_tables())))
    return {name: s.world.statics.headquarters_ids[hq] for name, hq in zip(view.own.ids, plans.commander, strict=True)}


def told(s: Session, **words: Any) -> Instruction:
    goal = cell_at(s, (1, 7), DEPTH)
    return Instruction(hq="army", kind=DirectiveKind.ATTACK, axis=(cell_at(s, (3, 7), DEPTH), goal), objective=goal, **words)


def test_a_directive_that_clears_takes_the_corps_from_their_old_lines_so_that_the_strongest_are_found() -> None:
    s = war(LINES)
    s.advance(DAY)
    assert set(leaders(s).values()) == {"left", "right"}
    assert s.submit("soviet", told(s, assault_strongest=3, start_at=2 * DAY, clears=True)) == [None]
    s.advance(4 * DAY)
    assert set(leaders(s).values()) == {"army"}
    roles = s.world.formation_notes.role
    assert sum(int(roles[row(s, name)]) == IN_ASSAULT for name in ("r1", "r2", "s1", "s2")) == 3


def test_without_clearing_each_corps_keeps_the_line_it_was_given() -> None:
    s = war(LINES)
    s.advance(DAY)
    s.submit("soviet", told(s, assault_strongest=3, start_at=2 * DAY))
    s.advance(4 * DAY)
    assert set(leaders(s).values()) == {"left", "right"}


def test_a_corps_whose_attack_lies_far_ahead_is_led_by_its_army_until_it_assembles() -> None:
    wait = {"id": "hold", "hq": "army", "kind": "defend"}
    later = {"id": "later", "hq": "left", "kind": "attack", "axis": [(3, 3), (1, 7)], "start_day": 8}
    s = war([wait, later])
    s.advance(2 * DAY)
    assert leaders(s)["r1"] == "army"
    s.advance(7 * DAY)
    assert leaders(s)["r1"] == "left"


def test_a_reserve_that_is_given_a_line_marches_to_it() -> None:
    behind = [{"id": "wait", "hq": "left", "kind": "reserve", "line": [(4, 11), (4, 15)]}]
    s = war(behind)
    s.advance(4 * DAY)
    grid, middle = s.world.statics.grid, cell_at(s, (4, 13), DEPTH)
    for name in ("r1", "r2"):
        assert grid.distance(int(s.world.formations.hex[row(s, name)]), middle) <= 4, name


def test_who_is_to_go_aboard_stays_under_his_corps_until_then_who_is_to_attack_assembles_before() -> None:
    of_army = {"hq": "army", "assault": ["r1"], "start_day": 2}
    ships = {"id": "out", "kind": "evacuate", "axis": [(4, 1)]} | of_army
    blow = {"id": "blow", "kind": "attack", "axis": [(3, 7), (1, 7)]} | of_army
    for order, leader in ((ships, "left"), (blow, "army")):
        s = war([*LINES, order])
        s.advance(DAY)
        assert leaders(s)["r1"] == leader
        s.advance(3 * DAY)
        assert leaders(s)["r1"] == "army"
