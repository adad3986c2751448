"""When places changed hands: history against the spread of the runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.lab.dates import Change, Dated, changes_of, dated, headline
from engine.model.facts import HistoryFact
from engine.model.politics import Effect, PoliticalEvent
from engine.model.scenario import Scenario
from tests.lab.made_up import DAY, scenario


def recorded() -> Scenario:
    """Tukums is the axis' until day 4, the Red Army's from day 6 on, and the axis' again from day 9."""
    made = scenario()
    at = next(f for f in made.history if f.id == "tukums").places
    facts = [HistoryFact(f"{side}_{first}", "control", first * DAY, last * DAY, side, at)
             for side, first, last in (("axis", 0, 4), ("soviet", 6, 8), ("axis", 9, 10))]  # fmt: skip
    loss = HistoryFact("men", "loss", 0, 10 * DAY, "axis", measure="men", low=100.0, high=400.0)
    line = HistoryFact("front", "line", 0, DAY, "axis", at)
    return replace(made, history=(*facts, loss, line))


def run(*course: tuple[float, int], minute: int = 10 * DAY, **facts: float) -> dict[str, Any]:
    return {"minute": minute, "control": {"Tukums": [[round(day * DAY), side] for day, side in course]}, "facts": facts}


def test_the_record_dates_a_change_between_the_facts_of_two_sides() -> None:
    assert changes_of(recorded()) == [
        Change("Tukums", "soviet", 4 * DAY, 6 * DAY),
        Change("Tukums", "axis", 8 * DAY, 9 * DAY),
    ]


def test_history_is_inside_when_its_window_touches_the_band() -> None:
    runs = [run((0, 0), (day, 1)) for day in (5.5, 7.0, 8.0, 9.0, 9.5)]
    first = dated(recorded(), runs)[0]
    assert first.inside
    assert first.error == 2.0, "the median run is two days late for the end of the window"
    late = dated(recorded(), [run((0, 0), (9.0, 1))] * 5)[0]
    assert not late.inside


@pytest.mark.parametrize(("day", "error"), [(3.0, -1.0), (4.0, 0.0), (5.0, 0.0), (6.0, 0.0), (7.5, 1.5)])
def test_the_error_counts_from_the_nearer_end_of_the_window(day: float, error: float) -> None:
    assert Dated(Change("x", "soviet", 4 * DAY, 6 * DAY), (day,) * 3).error == error


def test_what_never_happens_is_infinitely_late_and_json_says_none() -> None:
    head = headline(recorded(), [run((0, 0))] * 4)
    assert head["dates"][0]["median"] is None
    assert head["dates"][0]["taken"] == 0
    assert head["dates"][1]["median"] is None, "who held it from the start has not retaken it"
    assert head["inside"] == 0
    assert head["error_days"] is None


def handing_over(side: str = "axis") -> Scenario:
    """The same record, and an event that hands over the ground of a side."""
    given = PoliticalEvent("occupied", "Taken over", effects=(Effect("hand_over", side=side),))
    return replace(recorded(), events=(given,))


def told(day: float, *course: tuple[float, int]) -> dict[str, Any]:
    return {**run(*course), "events": [["occupied", round(day * DAY)]]}


def test_what_an_event_hands_over_is_no_date_of_the_campaign() -> None:
    runs = [told(5.0, (0, 0), (5.0, 1))] * 3
    head = headline(handing_over(), runs)
    assert [one["place"] for one in head["handed_over"]] == ["Tukums"]
    assert [one["side"] for one in head["dates"]] == ["axis"], "the retaking on day 9 is one"
    assert headline(recorded(), runs)["handed_over"] == [], "without such an event it was won by fighting"


def test_a_town_that_fell_before_the_hand_over_was_won_by_fighting() -> None:
    head = headline(handing_over(), [told(7.0, (0, 0), (5.0, 1))] * 3)
    assert head["handed_over"] == []
    assert head["inside"] == 1


def test_only_the_ground_of_the_side_that_gives_up_is_handed_over() -> None:
    assert headline(handing_over("soviet"), [told(5.0, (0, 0), (5.0, 1))] * 3)["handed_over"] == []


def test_it_counts_as_handed_over_when_most_runs_have_it_so() -> None:
    fought, given = told(9.0, (0, 0), (5.0, 1)), told(5.0, (0, 0), (5.0, 1))
    assert headline(handing_over(), [fought, given, given])["handed_over"]
    assert not headline(handing_over(), [fought, fought, given])["handed_over"]


def test_runs_that_ended_before_the_window_do_not_count() -> None:
    assert dated(recorded(), [run((0, 0), minute=5 * DAY)]) == []


def test_losses_are_told_as_multiples_of_the_record() -> None:
    head = headline(recorded(), [run((0, 0), men=300.0), run((0, 0), men=100.0), run((0, 0), men=200.0)])
    assert head["losses"] == [
        {"fact": "men", "side": "axis", "measure": "men", "record": 200.0, "ratio": 1.0, "band": [0.5, 1.5],
         "near": True}
    ]


def test_the_front_is_told_in_km() -> None:
    assert headline(recorded(), [run((0, 0), front=7.0), run((0, 0), front=9.0)])["front_km"] == 8.0
    assert headline(recorded(), [run((0, 0))])["front_km"] is None
