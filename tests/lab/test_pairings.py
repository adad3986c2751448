"""Strength of play: who gains when two commanders change sides."""

from __future__ import annotations

import pytest

from engine.files.stored import load_scenario
from engine.lab.commanders import CommanderFault, check_takeover
from engine.lab.generated import Size, generated_scenario
from engine.lab.pairings import WEIGHTS, advantage, judged, keep_pairings, margins, pair, read_pairings
from engine.lab.score_page import page

LITTLE = Size(formations=16, columns=30, rows=24, days=3)


def test_the_parts_of_the_score_are_weighed_to_one() -> None:
    assert sum(WEIGHTS.values()) == 1.0


def test_a_scenario_that_favours_one_side_favours_nobody() -> None:
    """Both commanders do as well with each side: no advantage, however lopsided the scenario."""
    lopsided = {"objectives": 0.8, "ground": 0.5, "losses": 0.3}
    assert advantage(lopsided, lopsided) == dict.fromkeys(WEIGHTS, 0.0)


def test_who_does_better_on_both_sides_wins() -> None:
    better = {n: {"objectives": 0.4, "ground": 0.2, "losses": 0.1 + n / 1000} for n in range(10)}
    worse = {n: {"objectives": 0.0, "ground": 0.0, "losses": 0.0} for n in range(10)}
    found = judged("case", "a", "b", better, worse)
    assert found.verdict == "wins"
    assert found.won.value == 1.0
    assert judged("case", "b", "a", worse, better).verdict == "loses"
    assert found.advantage.value == pytest.approx(-judged("case", "b", "a", worse, better).advantage.value)


def test_luck_alone_is_open_and_unpaired_runs_do_not_count() -> None:
    noise = {n: dict.fromkeys(WEIGHTS, 0.1 if n % 2 else -0.1) for n in range(20)}
    none = {n: dict.fromkeys(WEIGHTS, 0.0) for n in range(15)}
    found = judged("case", "a", "b", noise, none)
    assert found.verdict == "open"
    assert found.pairs == 15


def test_margins_stay_within_bounds_and_change_sign_with_the_sides() -> None:
    scenario = generated_scenario(LITTLE)
    values = {"axis.points": 20, "soviet.points": 0, "axis.men_lost": 100, "soviet.men_lost": 300,
              "axis.hexes": 400, "soviet.hexes": 320}  # fmt: skip
    mirrored = {name.replace("axis", "x").replace("soviet", "axis").replace("x.", "soviet."): v for name, v in values.items()}
    ours, theirs = margins(values, scenario), margins(mirrored, scenario)
    assert ours["losses"] == 0.5
    assert all(ours[part] == -theirs[part] for part in WEIGHTS)


def test_a_commander_against_himself_is_at_parity_to_the_last_bit_and_runs_are_kept(tmp_path) -> None:
    scenario = generated_scenario(LITTLE)
    found = pair(scenario, "plain", "plain", runs=2, folder=tmp_path)
    assert found is not None
    assert found.advantage.value == 0.0
    assert found.verdict == "open"
    told: list[tuple[int, int, int]] = []
    again = pair(scenario, "plain", "plain", runs=2, folder=tmp_path, progress=lambda *n: told.append(n))
    assert again == found
    assert told == []


def test_a_stored_pairing_takes_the_place_of_the_older_one_and_others_stay(tmp_path) -> None:
    path = tmp_path / "pairings.json"
    gains = {n: dict.fromkeys(WEIGHTS, 0.2 + n / 100) for n in range(5)}
    none = {n: dict.fromkeys(WEIGHTS, 0.0) for n in range(5)}
    keep_pairings(path, [judged("north", "plain", "staff", gains, none), judged("south", "plain", "staff", none, none)])
    keep_pairings(path, [judged("north", "plain", "staff", none, gains)])
    kept = {one["case"]: one for one in read_pairings(path)}
    assert {case: one["verdict"] for case, one in kept.items()} == {"north": "loses", "south": "open"}
    assert kept["north"]["parts"]["ground"]["low"] < kept["north"]["parts"]["ground"]["value"] < 0
    text = page(tmp_path)
    assert "## Strength of play" in text
    assert "| north | plain : staff | -0.11 (" in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("high@banana", "expected high@"), ("high@lost:Atlantis", "place"), ("high@1950-01-01", "expected a date from"),
        ("high@", ""),
    ],
)  # fmt: skip
def test_a_takeover_names_a_date_or_a_place(name: str, words: str) -> None:
    scenario = generated_scenario(LITTLE)
    if not words:
        check_takeover(name.rstrip("@"), scenario, "axis")
        return
    with pytest.raises(CommanderFault, match=words):
        check_takeover(name, scenario, "axis")


@pytest.mark.parametrize(("side", "since"), [("soviet", "event:schoerner_riga"), ("axis", "event:schorner_riga")])
def test_a_takeover_names_an_event_of_which_its_side_hears(side: str, since: str) -> None:
    memel = load_scenario("memel")
    check_takeover("high@event:schoerner_riga", memel, "axis")
    with pytest.raises(CommanderFault, match="expected an event of which the"):
        check_takeover(f"high@{since}", memel, side)


def test_a_place_beyond_the_window_never_falls_and_is_refused() -> None:
    with pytest.raises(CommanderFault, match="inside the scenario's window"):
        check_takeover("high@taken:Tallinn", load_scenario("memel"), "soviet")
