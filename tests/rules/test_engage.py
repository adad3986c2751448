"""The combat model alone against aggregates of history, with wide bands.

Contains information from CDB90 (CAA Database of Battles, version 1990; US Army Concepts Analysis Agency and HERO;
edited by J. B. Arnold, github.com/jrnold/CDB90), made available under the Open Data Commons Attribution License
(ODC-BY 1.0). Aggregated and modified: quantiles over engagements in Europe, 1939-45, of at most seven days.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine.core.dice import Dice
from engine.files.common import common_terrain
from engine.lab.engagement import rules_of_engagements
from engine.model.codes import Terrain
from engine.rules.combat_rates import Curves
from engine.rules.engage import Described, Outcome, balance, fight

RULES = rules_of_engagements()
CURVE = Curves.of(RULES)
RATIOS = (1.04, 1.44, 2.2, 3.04, 4.15)
"""Force ratio in men: quantiles 10, 25, 50, 75, 90 % of the engagements."""
POSTURES = (("hasty", 30), ("prepared", 38), ("fortified", 44), ("delay", 11))
RELIEFS = ((Terrain.MIXED, False, 37), (Terrain.MIXED, True, 60), (Terrain.RUGGED, False, 25))
# Losses in % a day, advance in km a day: quartiles of all engagements and of those open for fitting.
HISTORY = {
    "attacker": ((0.59, 1.03, 2.06), (0.52, 0.75, 1.34)),
    "defender": ((0.80, 1.98, 4.19), (0.90, 2.24, 4.20)),
    "advance": ((0.5, 1.3, 2.7), (0.72, 1.6, 2.8)),
}


def described(
    ratio: float = 2.2, posture: str = "prepared", terrain: Terrain = Terrain.MIXED, **more: object
) -> Described:
    """An engagement of usual size in Italy or France: 16,500 attackers with 90 AFVs and 110 guns on 6 km."""
    men = np.array([16_500.0, 16_500.0 / ratio])
    given: dict[str, object] = {
        "men": men, "share": np.array([0.5, 0.5]), "afv": np.array([90.0, 30.0]), "guns": np.array([110.0, 48.0]),
        "sorties": np.array([40.0, 5.0]), "quality": np.ones(2), "lethality": np.ones(2),
        "posture": RULES[f"combat.posture_{posture}"], "terrain": common_terrain()[terrain], "rolling": False,
        "frontage_km": 6.0, "surprise": 0.0, "mud": False, "intensity": 1.0, **more,
    }  # fmt: skip
    return Described(**given)  # type: ignore[arg-type]


def fought(d: Described, cases: int = 300, seed: int = 1, max_days: float = 10.0) -> Outcome:
    return fight(d, RULES, Dice(seed), np.arange(cases), max_days)


@pytest.fixture(scope="module")
def sample() -> list[tuple[float, float, Outcome]]:
    """(weight, ratio, outcome) over the mix of ratios, postures and grounds of the engagements."""
    found = []
    for (i, ratio), (posture, n), (terrain, rolling, m) in itertools.product(enumerate(RATIOS), POSTURES, RELIEFS):
        outcome = fought(described(ratio, posture, terrain, rolling=rolling), 120, seed=i + 1)
        found.append((float(n * m), ratio, outcome))
    return found


def _quartiles(sample: list[tuple[float, float, Outcome]], name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values, weights = [], []
    for weight, _, outcome in sample:
        value = {"attacker": outcome.attacker_loss * 100, "defender": outcome.defender_loss * 100,
                 "advance": outcome.advance}[name]  # fmt: skip
        values.append(value)
        weights.append(np.full(len(value), weight))
    value, weight_ = np.concatenate(values), np.concatenate(weights)
    order = np.argsort(value)
    return np.interp((0.25, 0.5, 0.75), np.cumsum(weight_[order]) / weight_.sum(), value[order])


@pytest.mark.parametrize("name", HISTORY)
def test_losses_and_advance_lie_near_the_quartiles_of_history(
    sample: list[tuple[float, float, Outcome]], name: str
) -> None:
    low = np.minimum(*np.array(HISTORY[name])) / 1.35
    high = np.maximum(*np.array(HISTORY[name])) * 1.35
    found = _quartiles(sample, name)
    assert (found > low).all(), (found, low)
    assert (found < high).all(), (found, high)


def test_wins_by_force_ratio_lie_between_the_published_curves(sample: list[tuple[float, float, Outcome]]) -> None:
    for ratio in RATIOS:
        mine = [(w, o.won.mean()) for w, r, o in sample if r == ratio]
        share = sum(w * p for w, p in mine) / sum(w for w, _ in mine)
        cdb90 = 1 / (1 + np.exp(0.43 - 0.964 * np.log(ratio)))
        grouped = 1 / (1 + np.exp(0.015 - 0.793 * np.log(ratio)))
        assert min(cdb90, grouped) - 0.12 < share < max(cdb90, grouped) + 0.12, ratio


def test_the_loser_gives_up_after_a_few_per_cent(sample: list[tuple[float, float, Outcome]]) -> None:
    yielded = np.concatenate([o.at_end[1][o.won] for _, _, o in sample])
    broke_off = np.concatenate([o.at_end[0][~o.won] for _, _, o in sample])
    assert 0.064 / 1.5 < np.median(yielded) < 0.064 * 1.5
    # History: 4.4 %; engagements that were broken off at once were hardly recorded.
    assert 0.01 < np.median(broke_off) < 0.044 * 1.5


def test_more_power_wins_more_often_loses_less_and_inflicts_more() -> None:
    x = np.linspace(-3, 3, 400)
    zero = np.zeros(len(x))
    win, tau, loss_a, loss_d, pace = CURVE.all(x, zero, zero, zero, zero)
    for rising in (win, loss_d, pace):
        assert (np.diff(rising) > 0).all()
    assert (np.diff(loss_a) < 0).all()
    assert (np.diff(tau) <= 0).all()
    assert np.allclose(win, CURVE.win(x))
    assert np.allclose(pace, CURVE.advance(x, win))


def test_the_limits_of_superiority_are_certainty() -> None:
    x = np.array([-50.0, 50.0])
    assert CURVE.win(x) == pytest.approx([0.0, 1.0], abs=1e-12)


def test_equal_sides_differ_only_by_posture_and_ground() -> None:
    even = described(1.0, afv=np.array([50.0, 50.0]), guns=np.array([60.0, 60.0]), sorties=np.zeros(2))
    rules = {**RULES, "combat.density_defence_km": RULES["combat.density_attack_km"]}
    points = balance(even, rules).points
    advantage = common_terrain()[Terrain.MIXED].defence * RULES["combat.posture_prepared"]
    assert points[1] / points[0] == pytest.approx(advantage)


def test_the_length_of_steps_hardly_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    import engine.rules.engage as engage_rules

    d = described(1.6)
    coarse = fought(d, 4000)
    monkeypatch.setattr(engage_rules, "STEP_DAYS", 0.125)
    fine = fought(d, 4000)
    assert fine.won.mean() == pytest.approx(coarse.won.mean(), abs=0.01)
    assert np.median(fine.attacker_loss) == pytest.approx(np.median(coarse.attacker_loss), rel=0.08)
