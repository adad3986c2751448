"""Fits the parameters of battle to described engagements whose course is known.

The score is proper: the mean continuous ranked probability score (CRPS) of the logs of both sides' losses and of the
advance, and the Brier score of who won, each divided by that of a forecast that gives every engagement the spread of
all. That score hardly minds what lies far outside a forecast, so forecasts too narrow or too wide cost extra.
Departures from the prior cost what a normal prior with the parameter's bounds as its 90 % interval makes them cost.
Every evaluation uses the same luck. Uncertainty: the fit is repeated without each tenth of the engagements in turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.files.common import common_parameters
from engine.lab.engagement import Engagement, Fought, fight, rules_of_engagements

Floats = npt.NDArray[np.float64]
FITTED: Final = (
    "combat.attacker_loss_day", "combat.defender_loss_day", "combat.attacker_loss_slope", "combat.defender_loss_slope",
    "combat.win_intercept", "combat.win_slope", "combat.advance_km_day", "combat.advance_slope", "combat.advance_size",
    "combat.attacker_noise",
    "combat.defender_noise", "combat.advance_noise", "combat.loss_hasty_attacker", "combat.loss_hasty_defender",
    "combat.loss_delay_attacker", "combat.loss_delay_defender", "combat.loss_wet_attacker", "combat.loss_wet_defender",
    "combat.wet_x", "combat.surprise_x", "combat.thrown_back", "combat.yield_loss", "combat.yield_retreat_km",
    "engage.quality_spread", "engage.intensity_spread",
)  # fmt: skip
LEAST_LOSS: Final = 0.05
"""% a day below which figures of losses say nothing."""
LEAST_ADVANCE: Final = 0.2
BLOCKS: Final = 10


@dataclass(frozen=True)
class Fit:
    """Fitted values, what the score was before and after, and how far refits without a tenth of the data scatter."""

    values: Mapping[str, float]
    before: float
    after: float
    spread: Mapping[str, float]


def crps(samples: Floats, observed: float) -> float:
    """Continuous ranked probability score of a sample as a forecast: 0 is perfect."""
    ordered, n = np.sort(samples), len(samples)
    weights = 2.0 * np.arange(1, n + 1) - n - 1
    return float(np.abs(ordered - observed).mean() - (weights * ordered).sum() / (n * n))


def _log_loss(percent: Floats | float) -> Floats:
    return np.log(np.maximum(percent, LEAST_LOSS))


def _log_advance(km: Floats | float) -> Floats:
    return np.log(np.maximum(km, 0.0) + LEAST_ADVANCE)


def measures(fought: Sequence[Fought]) -> dict[str, tuple[list[Floats], list[float]]]:
    """Forecasts and observations of each measure, on the scales that are scored; only what was observed."""
    found: dict[str, tuple[list[Floats], list[float]]] = {name: ([], []) for name in ("att", "def", "advance")}
    for f in fought:
        e = f.engagement
        for name, forecast, observed in (
            ("att", _log_loss(100 * f.att_loss), float(_log_loss(e.obs_att_loss_pct_day))),
            ("def", _log_loss(100 * f.def_loss), float(_log_loss(e.obs_def_loss_pct_day))),
            ("advance", _log_advance(f.advance), float(_log_advance(e.obs_advance_km_day))),
        ):
            if not math.isnan(observed):
                found[name][0].append(forecast)
                found[name][1].append(observed)
    return found


def score(fought: Sequence[Fought]) -> dict[str, float]:
    """Skill of each measure: its mean score over that of the spread of all engagements (below 1 is better)."""
    result = {}
    for name, (forecasts, observed) in measures(fought).items():
        climate = np.array(observed)
        usual = float(np.mean([crps(climate, value) for value in observed]))
        result[name] = float(np.mean([crps(f, o) for f, o in zip(forecasts, observed, strict=True)])) / usual
    known = [f for f in fought if not math.isnan(f.engagement.obs_winner)]
    won = np.array([float(f.engagement.obs_winner > 0) for f in known])
    chance = np.array([f.won.mean() for f in known])
    result["win"] = float(np.mean((chance - won) ** 2) / (won.mean() * (1.0 - won.mean())))
    return result


def misjudged_spread(fought: Sequence[Fought]) -> float:
    """What forecasts that are too narrow or too wide cost, as half a squared distance in standard errors.

    The places of the observations within their forecasts, as normal scores, have a mean square of 1 where the forecasts
    are as wide as they should be; of n of them its standard error is sqrt(2 / n).
    """
    cost = 0.0
    for forecasts, observed in measures(fought).values():
        scores = np.array([_normal_score(f, o) for f, o in zip(forecasts, observed, strict=True)])
        cost += 0.25 * len(scores) * (float((scores**2).mean()) - 1.0) ** 2
    return cost


def _normal_score(samples: Floats, observed: float) -> float:
    """Where an observation lies in a sample, as the normal quantile of its place; half a place is the most extreme."""
    n = len(samples)
    place = ((samples < observed).sum() + (samples <= observed).sum()) / 2.0
    return NormalDist().inv_cdf(float(np.clip(place, 0.5, n - 0.5)) / n)


def _penalty(values: Mapping[str, float]) -> float:
    """Half the squared distance from the prior, its bounds being 90 %."""
    total = 0.0
    for address, value in values.items():
        p = common_parameters()[address]
        if p.least is not None and p.most is not None:
            total += 0.5 * ((value - (p.least + p.most) / 2) / ((p.most - p.least) / 3.29)) ** 2
    return total


def _objective(
    engagements: Sequence[Engagement], addresses: Sequence[str], runs: int
) -> Callable[[Floats], float]:
    parameters = common_parameters()
    low = np.array([parameters[a].least for a in addresses], dtype=np.float64)
    high = np.array([parameters[a].most for a in addresses], dtype=np.float64)

    def of(point: Floats) -> float:
        inside = np.clip(point, 0.0, 1.0)
        values = dict(zip(addresses, (low + inside * (high - low)).tolist(), strict=True))
        fought = fight(engagements, rules_of_engagements(values), runs=runs)
        outside = float(np.abs(point - inside).sum())
        # A unit of skill is worth what n engagements tell of it.
        skill = len(engagements) * sum(score(fought).values()) / 2
        return skill + misjudged_spread(fought) + _penalty(values) + 100.0 * outside

    return of


def fit_engagements(
    engagements: Sequence[Engagement], *, addresses: Sequence[str] = FITTED, runs: int = 120, rounds: int = 2,
    uncertainty: bool = True, told: Callable[[str], None] = lambda _: None,
) -> Fit:  # fmt: skip
    """Fit ``addresses`` within their bounds; ``told`` hears of the progress."""
    parameters = common_parameters()
    low = np.array([parameters[a].least for a in addresses], dtype=np.float64)
    high = np.array([parameters[a].most for a in addresses], dtype=np.float64)
    start = (np.array([float(parameters[a].value) for a in addresses]) - low) / (high - low)
    objective = _objective(engagements, addresses, runs)
    before = objective(start)
    best = _descend(objective, start, rounds, told)
    spread = dict.fromkeys(addresses, math.nan)
    if uncertainty:
        spread = _jackknife(engagements, addresses, runs, best, high - low, told)
    values = dict(zip(addresses, (low + best * (high - low)).tolist(), strict=True))
    return Fit(values, before, objective(best), spread)


def _descend(
    objective: Callable[[Floats], float], start: Floats, rounds: int, told: Callable[[str], None]
) -> Floats:
    """Coordinate by coordinate: a parabola through three points, wide and then narrow. Steps of a share of the bounds."""
    point, value = np.clip(start, 0.02, 0.98), math.inf
    value = objective(point)
    for number in range(rounds):
        step = 0.2 / 2**number
        for i in range(len(point)):
            sides = []
            for sign in (-1.0, 1.0):
                other = point.copy()
                other[i] = min(max(other[i] + sign * step, 0.0), 1.0)
                sides.append((objective(other), other))
            candidate = _parabola(point, i, value, sides)
            sides.append((objective(candidate), candidate))
            least = min(sides, key=lambda pair: pair[0])
            if least[0] < value:
                value, point = least
        told(f"round {number + 1} of {rounds}: {value:.2f}")
    return point


def _parabola(point: Floats, i: int, value: float, sides: Sequence[tuple[float, Floats]]) -> Floats:
    """The lowest point of the parabola through ``point`` and its two neighbours along axis ``i``."""
    (left, a), (right, b) = sides
    x0, x1, x2 = a[i], point[i], b[i]
    candidate = point.copy()
    below = (x1 - x0) * (value - right) - (x1 - x2) * (value - left)
    if x0 < x1 < x2 and abs(below) > 1e-12:
        above = (x1 - x0) ** 2 * (value - right) - (x1 - x2) ** 2 * (value - left)
        candidate[i] = min(max(x1 - 0.5 * above / below, x0), x2)
    return candidate


def _jackknife(
    engagements: Sequence[Engagement], addresses: Sequence[str], runs: int, best: Floats, width: Floats,
    told: Callable[[str], None],
) -> dict[str, float]:  # fmt: skip
    """Standard errors from refits without each tenth of the engagements, as they stand together in the file."""
    points = []
    for block in range(BLOCKS):
        first, last = (len(engagements) * k // BLOCKS for k in (block, block + 1))
        rest = [*engagements[:first], *engagements[last:]]
        points.append(_descend(_objective(rest, addresses, runs), best, 2, lambda _: None))
        told(f"without tenth {block + 1}")
    spread = np.sqrt((BLOCKS - 1) / BLOCKS * ((np.array(points) - np.mean(points, axis=0)) ** 2).sum(axis=0)) * width
    return dict(zip(addresses, spread.tolist(), strict=True))
