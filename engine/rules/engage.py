"""The combat model alone: one described engagement fought many times, with the power and the curves of campaigns.

A sector at a given balance goes on, in six-hour steps of the campaign's grid, until the defender yields, the attacker
breaks off or the days are up. Power falls with the men in line, noise in time moves as in a campaign; flanks, reserves,
hexes and supply are left out (phi = 0), because descriptions of engagements do not tell of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats, exp, log
from engine.core.dice import Dice, Stream
from engine.model.scenario import TerrainSpec
from engine.rules.combat_rates import MOST_LOSS_DAY, Curves, log_ratio, saturated, tank_worth
from engine.rules.combat_refresh import GRID_MIN
from engine.rules.power import LEAST_LINE_SHARE

STEP_DAYS: Final = GRID_MIN / 1440
ANTITANK_SHARE: Final = 0.3
"""Part of the guns that fight tanks, where nothing better is known (as in kinds.csv)."""


@dataclass(frozen=True, eq=False)
class Described:
    """Both sides and their situation; arrays of shape (2,): attacker, defender."""

    men: Floats
    share: Floats
    """Part of the men that fights in the line."""
    afv: Floats
    guns: Floats
    sorties: Floats
    """A day."""
    quality: Floats
    lethality: Floats
    posture: float
    """Multiplier of the defender's power."""
    terrain: TerrainSpec
    rolling: bool
    frontage_km: float
    surprise: float
    """Level, -3 to 3."""
    mud: bool
    intensity: float


@dataclass(frozen=True, eq=False)
class Balance:
    """x at contact, points of both sides, part of the points that is men in line, and every term by name."""

    x: float
    points: Floats
    men_part: Floats
    terms: dict[str, float]


@dataclass(frozen=True, eq=False)
class Outcome:
    """One entry a case; losses are shares of the men a calendar day begun, advance km a calendar day."""

    won: npt.NDArray[np.bool_]
    days: Floats
    attacker_loss: Floats
    defender_loss: Floats
    advance: Floats
    at_end: Floats
    """Shape (2, cases): share of the men lost when it ended."""


def balance(d: Described, rules: Mapping[str, float]) -> Balance:
    """x by the rules of campaigns: combined arms on a frontage, posture, ground, surprise, aircraft, mud."""
    line = d.men * d.share
    density = np.array([rules["combat.density_attack_km"], rules["combat.density_defence_km"]])
    counts = saturated(line, np.full(2, d.frontage_km), density, rules["combat.density_excess"])
    against = (d.guns * ANTITANK_SHARE + d.afv)[::-1]
    tank = tank_worth(np.full(2, d.terrain.tank_value), d.afv, against, rules)
    worth = line * counts + rules["combat.weight_afv"] * d.afv * tank + rules["combat.weight_gun"] * d.guns
    ground = d.terrain.defence_rolling if d.rolling else d.terrain.defence
    points = worth * d.quality * np.array([1.0, d.posture * ground])
    ratio = float(log_ratio(points[:1], points[1:])[0])
    aircraft = np.minimum(d.sorties * (rules["air.x_100"] / 100.0), rules["air.x_max"])
    shifts = {
        "surprise": rules["combat.surprise_x"] * d.surprise,
        "aircraft": float(aircraft[0] - aircraft[1]),
        "mud": rules["combat.mud_x"] if d.mud else 0.0,
    }
    terms = {
        "attacker_men_in_line": float(line[0]), "defender_men_in_line": float(line[1]),
        "attacker_saturation": float(counts[0]), "defender_saturation": float(counts[1]),
        "attacker_tank_worth": float(tank[0]), "defender_tank_worth": float(tank[1]),
        "posture": d.posture, "ground": ground, "log_ratio": ratio, **shifts,
    }  # fmt: skip
    x = ratio + shifts["surprise"] + shifts["aircraft"] + shifts["mud"]
    return Balance(x, points, line * counts / np.maximum(worth, 1e-9), terms)


def fight(
    d: Described, rules: Mapping[str, float], dice: Dice, subjects: npt.NDArray[np.int64], max_days: float
) -> Outcome:
    """Fight an engagement once for each of ``subjects``."""
    curve, start, cases = Curves.of(rules), balance(d, rules), len(subjects)

    def normal(draw: int, minute: int = 0) -> Floats:
        return dice.normal(Stream.ENGAGE, subjects, minute, draw)

    z, rho = normal(0), rules["combat.noise_correlation"]
    effect_a = rules["combat.attacker_noise"] * z + d.terrain.attacker_loss_shift
    effect_d = rules["combat.defender_noise"] * (rho * z + float(np.sqrt(1.0 - rho * rho)) * normal(1))
    effect_d = effect_d + d.terrain.defender_loss_shift
    speed = rules["combat.advance_noise"] * normal(2)
    yield_left = dice.exponential(Stream.ENGAGE, subjects, 0, 3)
    break_left = dice.exponential(Stream.ENGAGE, subjects, 0, 4)
    spread = rules["combat.daily_noise"]
    noise = [spread * normal(7), spread * normal(8)]
    r = float(np.sqrt(np.sqrt(rules["combat.daily_noise_correlation"])))
    lost, ground, time = np.zeros((2, cases)), np.zeros(cases), np.zeros(cases)
    live, won = np.ones(cases, dtype=bool), np.zeros(cases, dtype=bool)
    most_steps = int(np.ceil(max_days / STEP_DAYS))
    for step in range(most_steps):
        x = start.x + _worn(d, start, lost, rules)
        win, tau, loss_a, loss_d, pace = curve.all(x, np.zeros(cases), effect_a + noise[0], effect_d + noise[1], speed)
        until = np.minimum(STEP_DAYS, max_days - step * STEP_DAYS)
        to_yield, to_break = yield_left * tau / np.maximum(win, 1e-12), break_left * tau / np.maximum(1.0 - win, 1e-12)
        span = np.where(live, np.minimum(np.minimum(to_yield, to_break), until), 0.0)
        rates = np.stack([loss_a * d.lethality[1], loss_d * d.lethality[0]]) * d.intensity
        lost = lost + (1.0 - lost) * np.minimum(rates, MOST_LOSS_DAY) * span
        ground, time = ground + span * pace, time + span
        yield_left, break_left = yield_left - span * win / tau, break_left - span * (1.0 - win) / tau
        ended = live & (np.minimum(to_yield, to_break) <= until)
        won |= ended & (to_yield <= to_break)
        live &= ~ended
        if not live.any():
            break
        minute, kept = (step + 1) * GRID_MIN, spread * float(np.sqrt(1.0 - r * r))
        noise = [noise[0] * r + kept * normal(7, minute), noise[1] * r + kept * normal(8, minute)]
    extra = rules["combat.yield_loss"] * exp(rules["combat.yield_loss_spread"] * normal(5))
    extra = np.minimum(extra, rules["combat.yield_loss_cap"])
    lost[1] = np.where(won, lost[1] + (1.0 - lost[1]) * extra, lost[1])
    given = rules["combat.yield_retreat_km"] * exp(rules["combat.yield_retreat_spread"] * normal(6))
    ground = ground + np.where(won, given, 0.0)
    days = np.maximum(1.0, np.ceil(time))
    return Outcome(won, days, lost[0] / days, lost[1] / days, ground / days, lost)


def _worn(d: Described, start: Balance, lost: Floats, rules: Mapping[str, float]) -> Floats:
    """Shift of x by losses so far, most of which fall on the line; ``lost`` has shape (2, cases)."""
    share = d.share[:, None]
    line = share * (1.0 - lost) - np.maximum(rules["combat.combat_loss_share"] - share, 0.0) * lost
    left = np.maximum(line / share, LEAST_LINE_SHARE * (1.0 - lost))
    part = start.men_part[:, None]
    powers = log((1.0 - part) * (1.0 - lost) + part * left)
    shift: Floats = powers[0] - powers[1]
    return shift
