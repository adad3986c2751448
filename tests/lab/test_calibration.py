"""The table of targets: complete, honest about failures, and fitted by a score that knows better from worse."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.lab.calibration import CAMPAIGN, DATES, Target, calibration_table, dates_target, within
from engine.lab.campaign_targets import campaign_targets, causes_of_yield, vehicles_by_state
from engine.lab.commanders import commanders
from engine.lab.drawn_engagements import at_ratio, drawn
from engine.lab.engagement import Engagement, fight, rules_of_engagements
from engine.lab.fitting import crps, fit_engagements, misjudged_spread, score
from engine.lab.generated import Size, generated_scenario
from engine.model.codes import BattleKind, Cause, Outcome, Status
from engine.run.session import Session

RULES = rules_of_engagements()


@pytest.fixture(scope="module")
def targets() -> list[Target]:
    return calibration_table(RULES, runs=40)


def test_every_target_has_a_value_and_a_band_round_history(targets: list[Target]) -> None:
    assert len(targets) >= 30
    for target in targets:
        assert np.isfinite(target.model), target.name
        assert target.low < target.high
        assert target.low <= target.history <= target.high


def test_most_targets_are_met(targets: list[Target]) -> None:
    tests = [t for t in targets if not t.context]
    assert sum(t.passed for t in tests) / len(tests) > 0.6


def test_a_model_that_is_bent_fails_where_it_is_bent() -> None:
    bent = calibration_table({**RULES, "combat.attacker_loss_day": 4 * RULES["combat.attacker_loss_day"]}, runs=40)
    failed = {t.name for t in bent if not t.passed and t.group == "core"}
    assert {f"attacker's loss, % a day, {q}" for q in ("p25", "p50", "p75")} <= failed


def test_a_factor_means_both_ways() -> None:
    assert within("g", "n", 2.0, 2.9, 1.5).passed
    assert within("g", "n", 2.0, 1.34, 1.5).passed
    assert not within("g", "n", 2.0, 3.1, 1.5).passed
    assert within("g", "n", 2.0, 9.0, 1.5, context=True).record()["verdict"] == "context"


def test_drawn_engagements_have_the_margins_they_were_drawn_from() -> None:
    sample = drawn(4000)
    ratio = np.array([e.att_men / e.def_men for e in sample])
    assert np.quantile(ratio, (0.1, 0.25, 0.5, 0.75, 0.9)) == pytest.approx([1.04, 1.44, 2.2, 3.04, 4.15], rel=0.05)
    assert np.mean([e.posture == "fortified" for e in sample]) == pytest.approx(44 / 124, abs=0.03)
    assert {round(e.att_men / e.def_men, 9) for e in at_ratio(sample, 2.5)} == {2.5}


def test_the_score_prefers_the_forecast_that_was_right() -> None:
    near, far = np.linspace(-1, 1, 200), np.linspace(2, 4, 200)
    assert crps(near, 0.0) < crps(far, 0.0)
    assert crps(near * 0.1, 0.0) < crps(near, 0.0)


def test_forecasts_too_narrow_or_too_wide_cost_what_right_ones_do_not() -> None:
    made = [_seen(f.engagement, {"obs_att_loss_pct_day": 100 * f.att_loss[0], "obs_def_loss_pct_day": 100 * f.def_loss[0]},
                  bool(f.won[0]), float(f.advance[0])) for f in fight(drawn(80), RULES, runs=1, seed=9)]  # fmt: skip
    noises = ("combat.attacker_noise", "combat.defender_noise", "combat.advance_noise")
    right, narrow, wide = (
        misjudged_spread(fight(made, {**RULES, **{n: RULES[n] * by for n in noises}}, runs=100)) for by in (1.0, 0.3, 2.5)
    )
    assert narrow > right + 3
    assert wide > right + 3


def test_a_fit_finds_the_way_back_to_the_parameter_that_made_the_data() -> None:
    true = {"combat.attacker_loss_day": 0.0165, "combat.defender_loss_day": 0.026}
    made = []
    for f in fight(drawn(60), {**RULES, **true}, runs=1, seed=9):
        seen = {"obs_att_loss_pct_day": 100 * f.att_loss[0], "obs_def_loss_pct_day": 100 * f.def_loss[0]}
        made.append(_seen(f.engagement, seen, bool(f.won[0]), float(f.advance[0])))
    found = fit_engagements(made, addresses=list(true), runs=60, rounds=2, uncertainty=False)
    assert found.after < found.before
    for address, value in true.items():
        assert abs(found.values[address] - value) < abs(RULES[address] - value)
    assert score(fight(made, RULES, runs=60))["win"] > 0


def _seen(e: Engagement, losses: dict[str, float], won: bool, advance: float) -> Engagement:
    return replace(e, obs_winner=1.0 if won else -1.0, obs_advance_km_day=advance, **losses)


def test_a_campaign_answers_what_engagements_cannot() -> None:
    scenario = generated_scenario(replace(Size.of(40, days=9), attacking=0.5))
    session = Session(scenario, 1, commanders({"axis": "plain", "soviet": "plain"}))
    found = campaign_targets(session)
    assert session.now == session.end
    names = " ".join(t.name for t in found)
    assert "men in an assault" in names
    assert "AFVs that run at rest" in names
    assert all(np.isfinite(t.model) for t in found)


def test_vehicles_are_counted_with_those_in_operation_or_at_rest_or_not_at_all() -> None:
    now, fine = 20 * 1440, 1e6
    fought_days_ago = (1, 4, 9, 9, 9, 9, 1)
    stocks = {"afv": np.array([10, 100, 20, 40, 100, 100, 100]) * fine, "afv_shop": np.array([30, 1, 5, 1, 1, 1, 1]) * fine}
    formations = SimpleNamespace(
        status=np.array([Status.ON_MAP] * 6 + [Status.DESTROYED]), side=np.array([0, 0, 0, 1, 0, 0, 0]),
        last_fight_at=now - 1440 * np.array(fought_days_ago), exploiting=np.array([0, 0, 0, 1, 0, 0, 0]),
        contact=np.array([1, 0, 0, 0, 1, 0, 0]), read=lambda flow, minute: stocks[flow],
    )  # fmt: skip
    stayed = np.array([True, True, True, True, True, False, True])
    world: Any = SimpleNamespace(formations=formations)
    busy, quiet = vehicles_by_state(world, now, stayed).tolist()
    # One that fought yesterday, one that exploits; the others fought four days ago, face the enemy, marched, are gone.
    assert busy == [[10, 30], [40, 1]]
    assert quiet == [[20, 5], [0, 0]]


def test_why_defenders_yielded_is_counted_cause_by_cause_over_all_runs() -> None:
    def run(*causes: Cause) -> Any:
        """A world with a battle for a held hex lost by each cause, a screen that gave way, and a battle that goes on."""
        n = len(causes)
        return SimpleNamespace(battles=SimpleNamespace(
            cause=np.array([*causes, Cause.FIRE, Cause.FIRE]),
            outcome=np.array([Outcome.YIELDED] * (n + 1) + [Outcome.LIVE]),
            kind=np.array([BattleKind.ASSAULT] * n + [BattleKind.SCREEN, BattleKind.ASSAULT]),
        ))  # fmt: skip

    whole, *parts = causes_of_yield([run(*[Cause.OPEN_FLANK] * 12), run(*[Cause.FIRE] * 6, *[Cause.CUT_OFF] * 6)])
    assert (whole.model, whole.passed) == (0.75, False)
    assert {p.name.split(": ")[1]: p.model for p in parts if p.model} == {"open flank": 0.5, "fire": 0.25, "cut off": 0.25}
    assert all(part.context for part in parts)
    assert causes_of_yield([run(Cause.FIRE)]) == []


def test_dates_of_the_campaign_come_from_its_kept_scorecard() -> None:
    def card(inside: int) -> dict[str, object]:
        dates = [{"place": place, "inside": place == "Riga"} for place in (*"abcdefgh", "Riga", "Tallinn")]
        return {"scenario": CAMPAIGN, "runs": 50, "engine": "0123456789", "headline": {"inside": inside, "dates": dates}}

    def told(*cards: dict[str, object], engine: str = "0123456789") -> Target | None:
        return dates_target(cards, engine)

    found = told({"scenario": "caesar", "headline": None}, card(9))
    assert found is not None
    assert (found.name, found.model, found.passed, found.note[:17]) == (DATES, 0.9, True, "9 of 10, 50 runs ")
    assert found.note.endswith("Tallinn outside, Riga inside")
    missed = told(card(4))
    assert missed is not None
    assert missed.record()["verdict"] == "FAIL"
    stale = told(card(9), engine="another")
    assert stale is not None
    assert stale.record()["verdict"] == "context", "runs of another engine prove nothing of this one"
    assert told({"scenario": "caesar", "headline": None}) is None
    assert told(card(4) | {"headline": None}) is None
