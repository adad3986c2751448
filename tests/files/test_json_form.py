"""A resolved scenario travels as JSON, for recordings: equal when read back, refused when edited."""

from __future__ import annotations

import json

import pytest

from engine.files.drawn import drawn_scenario
from engine.files.faults import FileFaults
from engine.files.json_form import from_json, to_json


@pytest.fixture
def drawn():
    return drawn_scenario(
        """
        ::R:#:~::
        =====+===
        .AAAA.f..
    """,
        {"A": {"kind": "panzer", "strength": 0.5}},
        [{"side": "axis", "kind": "attack", "axis": ["a2", "#"], "assault": "A", "start_day": 0.5}],
    )


def test_a_drawn_scenario_is_equal_when_read_back_with_its_map(drawn):
    back = from_json(to_json(drawn))
    assert back == drawn
    assert back.digest == drawn.digest
    assert back.theatre.digest == drawn.theatre.digest
    assert (back.theatre.river == drawn.theatre.river).all()
    assert back.theatre.find_place("goal").cell == drawn.theatre.find_place("goal").cell


def test_a_loaded_scenario_keeps_every_row_number_and_pedigree(desk):
    scenario = desk.load(sets=["combat.tau_days=2"])
    back = from_json(to_json(scenario))
    assert back == scenario
    assert back.parameter("combat.tau_days").where == "--set:1"
    assert back.formations[0].details == scenario.formations[0].details
    assert isinstance(back.formations[0].quality, float)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"men":9500', '"men":9501'),
        ('"format":1', '"format":2'),
        ('"window":"', '"window":"AAAA'),
        ('"cell":', '"cel":'),
        ('"start":"1944', '"start":"x'),
        ('"men":', '"men":"'),
        (
            "{",
            "[",
        ),
        ('"owner":"', '"owner":"!'),
    ],
)
def test_an_edited_text_is_refused_without_a_traceback(old, new):
    text = to_json(drawn_scenario(":R:\n.A."))
    assert old in text
    with pytest.raises(FileFaults):
        from_json(text.replace(old, new, 1))


def test_a_cut_text_is_refused(drawn):
    text = to_json(drawn)
    for length in range(0, len(text), 997):
        with pytest.raises(FileFaults):
            from_json(text[:length])


def test_another_map_is_refused_and_says_so(drawn):
    data = json.loads(to_json(drawn))
    data["theatre"]["digest"] = "0" * 32
    with pytest.raises(FileFaults) as caught:
        from_json(json.dumps(data))
    assert "the map has changed since" in str(caught.value)


def test_a_scenario_on_a_map_that_has_changed_since_is_refused_but_for_reports():
    scenario = drawn_scenario(":R:\n.A.")
    changed = drawn_scenario(":R:\nfA.").theatre
    text = to_json(scenario)
    with pytest.raises(FileFaults, match="the map has changed since"):
        from_json(text, changed)
    back = from_json(text, changed, any_map=True)
    assert back.formations == scenario.formations
    assert back.theatre is changed
