"""The scorecard: distributions against facts, with bands that were fixed beforehand."""

from __future__ import annotations

from engine.lab.scorecard import FACTOR, band_of, scorecard
from engine.model.facts import HistoryFact, Rival
from tests.lab.made_up import DAY, scenario


def card_of(**facts: list[float | None]) -> dict[str, object]:
    made = scenario()
    count = max(len(v) for v in facts.values())
    outcomes = [{"facts": {name: values[i] for name, values in facts.items()}} for i in range(count)]
    return {s.fact.id: s for s in scorecard(made, outcomes).scores}


def test_a_place_counts_as_held_when_it_was_held_for_half_of_the_time() -> None:
    score = card_of(siauliai=[1.0, 0.5, 0.49, 0.0])["siauliai"]
    assert (score.met.value, score.met.n) == (0.5, 4)
    assert score.verdict == "mostly"


def test_a_loss_is_met_within_all_rival_values() -> None:
    score = card_of(axis_men=[8999.0, 9000.0, 12000.0, 12001.0])["axis_men"]
    assert score.band == (9000.0, 12000.0)
    assert score.met.value == 0.5


def test_a_bare_value_is_met_within_a_factor() -> None:
    assert band_of(HistoryFact("f", "loss", 0, DAY, value=100.0)) == (100 / FACTOR, 100 * FACTOR)


def test_the_facts_own_bounds_count_and_rivals_stretch_them() -> None:
    fact = HistoryFact("f", "width", 0, DAY, value=30.0, low=10.0, high=50.0, rivals=(Rival("x", low=5.0, high=15.0),))
    assert band_of(fact) == (5.0, 50.0)


def test_a_fact_that_no_run_reached_is_not_counted() -> None:
    made = scenario()
    card = scorecard(made, [{"facts": {"siauliai": 1.0, "tukums": None}}])
    verdicts = {s.fact.id: s.verdict for s in card.scores}
    assert verdicts == {"siauliai": "yes", "tukums": "not reached", "axis_men": "not reached"}
    assert card.share == 1.0
    assert card.brier == 0.0


def test_history_is_placed_in_the_spread_of_the_runs() -> None:
    score = card_of(axis_men=[8000.0, 8500.0, 9500.0, 10000.0])["axis_men"]
    assert score.percentile == 0.5
    assert score.distance == 750.0 - 875.0 / 2


def test_events_are_told_not_scored() -> None:
    made = scenario()
    assert scorecard(made, []).told == ("the link-up <at last>, 20 August",)


def test_the_card_is_plain_json() -> None:
    import json

    made = scenario()
    record = scorecard(made, [{"facts": {"siauliai": 1.0, "tukums": 0.0, "axis_men": 5000.0}}]).record()
    assert json.loads(json.dumps(record))["brier"] == 0.5
