"""Every number can say why: what the tree adds and multiplies comes to the number that was asked about."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from engine import Order, Session, why
from engine.files.drawn import drawn_scenario
from ui.map.app import App
from ui.map.scene import TRUTH, Why, WhyTerm
from ui.map.stages.live import LiveStage
from ui.map.stages.reasons import battle_reason

Open = Callable[..., App]


@pytest.fixture
def watched(drawing: Any) -> Iterator[LiveStage]:
    stage = LiveStage(Session(drawing, 1), "replay")
    yield stage
    stage.close()


def answer(stage: LiveStage, unit: int, minute: int, about: str = "power") -> Why | None:
    until = time.perf_counter() + 60
    found = stage.why(unit, minute, TRUTH, about)
    while found is None and stage.pending() and time.perf_counter() < until:
        time.sleep(0.002)
    return found or stage.why(unit, minute, TRUTH, about)


def result(terms: tuple[WhyTerm, ...]) -> float:
    total = 0.0
    for term in terms:
        if term.operation == "×":
            total *= term.value
        elif term.operation:
            total += term.value
    return total


def test_the_terms_of_power_come_to_the_power(watched: LiveStage) -> None:
    formations = [k for k, u in enumerate(watched.story.units) if not u.headquarters]
    for unit in formations:
        why = answer(watched, unit, 0)
        assert why is not None
        assert why.value == int(watched.frame(0, TRUTH).power[unit])
        assert result(why.terms) == pytest.approx(why.value, abs=1)


def test_what_lies_below_a_term_comes_to_the_term(watched: LiveStage) -> None:
    why = answer(watched, 0, 0)
    assert why is not None
    opened = [t for t in why.terms if any(b.operation for b in t.below)]
    assert opened
    for term in opened:
        assert result(term.below) == pytest.approx(term.value, rel=1e-6)


def test_what_a_delivery_brought_is_told_by_its_ways(watched: LiveStage) -> None:
    watched.run_to(1440)
    watched.finish()
    for unit in (k for k, u in enumerate(watched.story.units) if not u.headquarters):
        why = answer(watched, unit, 1440, "supply")
        assert why is not None
        assert result(why.terms) == pytest.approx(why.value, abs=1e-6)
        told = {term.label: term.value for term in why.terms}
        assert 0 <= why.value <= told["wanted, t"] + 1e-6
    fed = why_of_supply(watched, 0)
    assert fed["t brought"] > 0
    assert fed["t brought"] <= fed["trucks can carry, t"]


def why_of_supply(stage: LiveStage, unit: int) -> dict[str, float]:
    why = answer(stage, unit, 1440, "supply")
    assert why is not None
    return {why.result_label: why.value, **{term.label: term.value for term in why.terms}}


@pytest.mark.parametrize("later", [0, 180])
def test_the_terms_of_a_battle_come_to_its_balance(later: int) -> None:
    scenario = drawn_scenario("...::\n.AAr:\n...::", {"A": "infantry", "r": "rifle"}, days=2)
    session = Session(scenario, 1)
    ours = [f.id for f in scenario.formations if f.side == "axis"]
    goal = next(f.cell for f in scenario.formations if f.side == "soviet")
    orders = [Order.parse(f"{name}: attack {scenario.theatre.grid.text(goal)}", scenario.theatre.grid) for name in ours]
    assert session.submit("axis", *orders) == [None] * len(orders)
    while not (session.world.battles.ended_at > session.now).any():
        assert session.advance(session.now + 60) < session.end
    session.advance(session.now + later)
    found = why.why_battle(session, int(np.flatnonzero(session.world.battles.ended_at > session.now)[0]))
    shown = battle_reason(found)
    assert shown is not None
    assert result(shown.terms) == pytest.approx(shown.value, abs=0.02)
    of = {term.key: term.value for term in found.terms}
    assert math.log(of["attacker_points"] / of["defender_points"]) == pytest.approx(of["log_ratio"], abs=1e-3)
    below = {term.label for term in shown.terms[0].below}
    assert {"attacker quality", "defender quality", "attacker points", "defender points"} <= below


def test_alarm_a_term_left_out_is_noticed(watched: LiveStage) -> None:
    why = answer(watched, 0, 0)
    assert why is not None
    assert abs(result(why.terms[:-1]) - why.value) > 1


def test_parameters_bring_their_source_and_grade(watched: LiveStage) -> None:
    why = answer(watched, 0, 0)
    assert why is not None
    quality = why.terms[-1]
    assert any(term.grade and "=" in term.source for term in quality.below)


def test_a_past_moment_is_explained_as_it_was_then(watched: LiveStage) -> None:
    before = answer(watched, 0, 0)
    watched.run_to(1440)
    watched.finish()
    assert answer(watched, 0, 0) == before
    then = answer(watched, 0, 720)
    assert then is not None
    assert then.value == int(watched.frame(720, TRUTH).power[0])


def test_a_question_without_an_answer_is_told(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_window()
    monkeypatch.setattr(app.stage, "why", lambda *_: None)
    app.do("select", 0)
    app.do("why")
    assert app.why_asked == ""
    assert any("no terms" in words for _, words, _ in app.toasts)


def test_the_window_waits_for_an_answer_without_stopping(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_window()
    found, answers = app.stage.why(0, 0, TRUTH), [None, None]
    monkeypatch.setattr(app.stage, "why", lambda *_: answers.pop() if answers else found)
    monkeypatch.setattr(app.stage, "pending", lambda: bool(answers))
    app.do("select", 0)
    app.do("why")
    assert app.why_now is None
    for _ in range(3):
        app.frame(1 / 60)
    assert app.why_now is found


def test_a_side_is_not_told_the_terms_of_the_enemy(open_window: Open) -> None:
    app = open_window(mode="play", side=0)
    enemy = next(k for k, u in enumerate(app.stage.story.units) if u.side == 1 and app.frame_now.hex[k] >= 0)
    app.do("select", enemy)
    app.do("why")
    assert app.why_asked == ""
    assert app.why_now is None


@pytest.mark.parametrize("size", [(1000, 640), (1093, 614), (1152, 720)])
def test_a_small_window_opens_the_card_and_has_room_for_the_terms(open_window: Open, size: tuple[int, int]) -> None:
    app = open_window(size)
    app.do("select", 0)
    app.do("why")
    app.draw()
    app.draw()
    card, terms = app.layout.card, [s for s in app.spots if s.action and s.action[0] == "term"]
    assert card is not None
    assert terms
    assert all(card.contains(spot.rect) for spot in terms)


def test_terms_that_do_not_fit_are_reached_by_the_wheel(open_window: Open, hand: Any) -> None:
    app = open_window((1440, 720))
    app.do("select", next(k for k, u in enumerate(app.stage.story.units) if not u.headquarters))
    app.do("why")
    app.draw()
    terms = tuple(WhyTerm(f"part {k}", 1.0, "+", "document", f"source {k}", ()) for k in range(40))
    app.why_now = Why("Why is it", "all", 40.0, terms, "")
    app.card_version += 1
    app.draw()
    card, seen = app.layout.card, set[str]()
    assert card is not None
    for _ in range(20):
        shown = {s.label for s in app.spots if s.label.startswith("source ")}
        assert 5 < len(shown) < 40
        seen |= shown
        hand(app).wheel(card.center, -1)
    assert len(seen) == 40
    hand(app).wheel(card.center, 100)
    assert "source 0" in {s.label for s in app.spots}
