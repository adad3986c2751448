"""Drawings become scenarios: characters are hexes, letters are formations, rivers run between rows."""

from __future__ import annotations

import numpy as np
import pytest

from engine.files.drawn import drawn_cell, drawn_scenario
from engine.model.codes import AXIS, SOVIET, Terrain


def test_letters_are_formations_of_the_side_whose_ground_they_stand_on():
    scenario = drawn_scenario("""
        :R::R::R:
        .A....A..
    """)
    assert [(f.id, f.side, f.kind) for f in scenario.formations] == [
        ("a1", "axis", "infantry"),
        ("a2", "axis", "infantry"),
        ("r1", "soviet", "rifle"),
        ("r2", "soviet", "rifle"),
        ("r3", "soviet", "rifle"),
    ]
    assert scenario.formations[1].cell == drawn_cell(scenario, 1, 6)
    assert {f.parent for f in scenario.formations} == {"axis_hq", "soviet_hq"}


def test_the_first_row_may_follow_the_opening_quotes():
    one = drawn_scenario(""":R:
                            .A.""")
    two = drawn_scenario(":R:\n.A.")
    assert one.digest == two.digest


def test_every_land_hex_has_an_owner_and_water_has_none():
    scenario = drawn_scenario("""
        ::~#::
        ..~A.f
    """)
    width = 6
    assert (scenario.owner.reshape(2, width)[0] == [SOVIET, SOVIET, -1, SOVIET, SOVIET, SOVIET]).all()
    assert (scenario.owner.reshape(2, width)[1] == [AXIS, AXIS, -1, AXIS, AXIS, AXIS]).all()
    assert scenario.theatre.terrain[drawn_cell(scenario, 1, 5)] == Terrain.FOREST


def test_depth_adds_rear_ground_on_both_sides():
    scenario = drawn_scenario(":R:\n.A.", depth=2)
    assert scenario.theatre.grid.rows == 6
    assert (scenario.owner.reshape(6, 3) == np.array([[SOVIET] * 3] * 3 + [[AXIS] * 3] * 3)).all()
    assert scenario.formations[0].cell == drawn_cell(scenario, 1, 1, depth=2)
    places = {s.side: s.cell for s in scenario.supply_sources}
    assert places["soviet"] < 3
    assert places["axis"] >= 15


def test_options_go_to_a_letter_or_to_one_formation():
    scenario = drawn_scenario(
        ":R:R\n.A.A", {"A": {"kind": "panzer", "strength": 0.5}, "a2": {"men": 900, "fort": 2}, "R": "tank_corps"}
    )
    by_id = scenario.by_id
    assert (by_id["a1"].kind, by_id["a1"].men, by_id["a1"].afv) == ("panzer", 6000, 40)
    assert (by_id["a2"].men, by_id["a2"].fort, by_id["a2"].afv) == (900, 2, 40)
    assert by_id["r1"].kind == "tank_corps"


def test_a_letter_in_lower_case_is_a_formation_when_it_is_named():
    scenario = drawn_scenario(":D:\n.A.\n.r.", {"r": {"role": "reserve"}})
    assert (scenario.by_id["r1"].side, scenario.by_id["r1"].role) == ("axis", "reserve")


def test_a_line_of_equal_signs_is_a_river_with_bridges_at_plus_signs():
    scenario = drawn_scenario("""
        :::::
        ==++=
        .....
    """)
    theatre = scenario.theatre
    crossing = {(int(c), int(d)) for c, d in zip(*np.nonzero(theatre.river), strict=True)}
    over = {(c, int(theatre.grid.neighbours[c, d])) for c, d in crossing}
    assert all({a // 5, b // 5} == {0, 1} for a, b in over), "the river separates the rows"
    for a in range(5):
        for b in theatre.grid.neighbours[a]:
            if b >= 5:
                assert (a, int(b)) in over, "no gap in the river"
    bridged = {(int(c), int(theatre.grid.neighbours[c, d])) for c, d in zip(*np.nonzero(theatre.bridge), strict=True)}
    assert all({a % 5, b % 5} <= {2, 3} for a, b in bridged)
    assert bridged


def test_directives_speak_of_formations_towns_and_positions():
    scenario = drawn_scenario(
        """
        :R::#::1:
        .AAAA.B..
        """,
        {"B": "panzer"},
        [
            {"side": "axis", "kind": "attack", "axis": ["a2", "#"], "assault": "A", "mobile": ["b1"], "start_day": 0.5},
            {"id": "hold", "hq": "soviet_hq", "kind": "defend", "line": [(0, 0), "1"], "reserve": ["r1"]},
        ],
        names={"#": "Tukums"},
    )
    attack, hold = scenario.directives
    assert attack.assault.ids == ("a1", "a2", "a3", "a4")
    assert (attack.mobile.ids, attack.start_min) == (("b1",), 720)
    assert scenario.theatre.find_place("tukums").cell == attack.axis[1].cell == drawn_cell(scenario, 0, 4)
    assert [p.cell for p in hold.line] == [0, 7]
    assert hold.reserve.ids == ("r1",)
    assert {(o.side, o.place) for o in scenario.objectives} == {("axis", "Tukums"), ("soviet", "Tukums")}


def test_headquarters_can_be_given_with_their_formations():
    scenario = drawn_scenario(
        ":R:R\n.A.B",
        headquarters={
            "xx": {"side": "axis", "formations": "A", "parent": "army"},
            "army": {"side": "axis", "formations": "B", "echelon": "army"},
            "front": {"side": "soviet", "formations": ["r1", "r2"], "staff": 0.8},
        },
    )
    assert {f.id: f.parent for f in scenario.formations} == {"a1": "xx", "b1": "army", "r1": "front", "r2": "front"}
    assert scenario.by_id["front"].staff == 0.8


def test_rules_can_be_set_as_on_the_command_line():
    assert drawn_scenario(":\n.", sets={"combat.tau_days": 5}).rule("combat.tau_days") == 5.0


def test_the_same_drawing_gives_the_same_digest_and_another_another():
    text = ":R:\n.A."
    assert drawn_scenario(text).digest == drawn_scenario(text).digest
    assert drawn_scenario(text).digest != drawn_scenario(text, {"A": {"men": 1}}).digest
    assert drawn_scenario(text).digest != drawn_scenario(":R:\n.Af").digest


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (":R:\n.A", {}, "row 1 of the drawing: expected 3 hexes, found 2: '.A'"),
        (":R:\n.?.", {}, "row 1 of the drawing, column 1: '?' means nothing; name it in `formations` or `ground`"),
        (":R:\nAAA", {}, "row 'AAA' of the drawing: expected at least one '.' or ':' to say whose ground it is"),
        (":Rr\n.A.", {"r": "rifle"}, "both R and r stand on the drawing: use another letter for one of them"),
        (":R:\n.A.", {"A": {"tanks": 3}}, "formation a1: tanks is not a column of a formation"),
        ("", {}, "expected a drawing, found no rows"),
    ],
)
def test_a_drawing_that_makes_no_sense_says_why(text, options, expected):
    with pytest.raises(ValueError) as caught:
        drawn_scenario(text, options)
    assert str(caught.value) == expected
