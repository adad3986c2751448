"""The combat model alone: described engagements fought many times, with the power and the curves of campaigns.

A sector goes on, in six-hour steps of the campaign's grid, until the defender yields, the attacker breaks off or the
days are up; an undecided fight goes to the side that would have been first at the balance it had come to. Power falls
with the men in line, noise in time moves as in a campaign; flanks, reserves, hexes and supply are left out (phi = 0),
because descriptions of engagements do not tell of them. Shapes: n engagements, r fights of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, Floats, exp, log
from engine.core.dice import Dice, Stream
from engine.core.jit import jit
from engine.rules.combat_rates import (
    BREAK_OFF_DAYS,
    DECISION_DAYS,
    MOST_LOSS_DAY,
    TAU_DAYS,
    Curves,
    kept_on_break_off,
    log_ratio,
    loss_shifts,
    saturated,
    size_shift,
    surprise_left,
    tank_worth,
)
from engine.rules.combat_refresh import GRID_MIN

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
STEP_DAYS: Final = GRID_MIN / DAY

# Draws of the stream ENGAGE at minute 0; 7 and 8 are the noise in time, drawn at every step.
_EFFECT, _YIELD, _BREAK, _EXTRA, _GIVEN, _NOISE, _BACK = 0, 3, 4, 5, 6, 7, 9
DOUBTS: Final = 10
"""The first draw that is free for what is not known of an engagement."""


@dataclass(frozen=True, eq=False)
class Described:
    """Engagements. Arrays of shape (n, 2) are attacker and defender, the others have shape (n,)."""

    men: Floats
    share: Floats
    """Part of the men that fights in the line."""
    afv: Floats
    guns: Floats
    sorties: Floats
    """A day on a division's sector, as a battle of a campaign is one."""
    quality: Floats
    lethality: Floats
    posture: Floats
    """Multiplier of the defender's power by posture."""
    hasty: Floats
    """1 where the defender is not yet dug in, 0 where he is prepared or better."""
    delaying: Floats
    """1 where he delays or withdraws."""
    ground: Floats
    """Multiplier of the defender's power by ground."""
    tank_value: Floats
    attacker_shift: Floats
    """Log shift of the attacker's losses by ground."""
    defender_shift: Floats
    frontage_km: Floats
    surprise: Floats
    """Level, -3 to 3."""
    wet: Floats
    """1 on wet ground or in mud."""
    mud: Floats
    intensity: Floats
    max_days: Floats


@dataclass(frozen=True, eq=False)
class Doubt:
    """What is not known of each fight, shape (n, r): a shift of x and one of the log of both sides' losses."""

    x: Floats
    intensity: Floats


@dataclass(frozen=True, eq=False)
class Balance:
    """x at contact (n,), points (n, 2), part of the points that is men in line (n, 2), and every term by name (n,)."""

    x: Floats
    points: Floats
    men_part: Floats
    terms: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Outcome:
    """Shape (n, r); losses are shares of the men a calendar day begun, advance km a calendar day."""

    won: Mask
    decided: Mask
    """The defender yielded or the attacker broke off before the days were up."""
    days: Floats
    attacker_loss: Floats
    defender_loss: Floats
    advance: Floats
    at_end: Floats
    """Shape (2, n, r): share of the men lost when it ended."""


def balance(d: Described, rules: Mapping[str, float]) -> Balance:
    """x by the rules of campaigns: combined arms on a frontage, posture, ground, surprise, aircraft, weather."""
    line = d.men * d.share
    p = np.array([rules[address] for address in _PARAMETERS])
    counts, tank, ratio = np.empty(line.shape), np.empty(line.shape), np.empty(len(line))
    points, worth = np.empty(line.shape), np.empty(line.shape)
    multiplier = np.stack([np.ones(len(line)), d.posture * d.ground], axis=1) * d.quality
    _weigh_described(line, d.afv, d.guns, d.tank_value, multiplier, d.frontage_km, p, counts, tank, worth, points, ratio)
    aircraft = np.minimum(d.sorties * (rules["air.x_100"] / 100.0), rules["air.x_max"])
    shifts = {
        "surprise": rules["combat.surprise_x"] * d.surprise,
        "aircraft": aircraft[:, 0] - aircraft[:, 1],
        "wet": rules["combat.wet_x"] * d.wet,
        "mud": rules["combat.mud_x"] * d.mud,
    }
    terms = {
        "attacker_men_in_line": line[:, 0], "defender_men_in_line": line[:, 1],
        "attacker_saturation": counts[:, 0], "defender_saturation": counts[:, 1],
        "attacker_tank_worth": tank[:, 0], "defender_tank_worth": tank[:, 1],
        "posture": d.posture, "ground": d.ground, "log_ratio": ratio, **shifts,
    }  # fmt: skip
    x = ratio
    for shift in shifts.values():
        x = x + shift
    return Balance(x, points, line * counts / np.maximum(worth, 1e-9), terms)


_PARAMETERS: Final = (
    "combat.density_attack_km", "combat.density_defence_km", "combat.density_excess", "combat.antitank_base_afv",
    "combat.antitank_k", "combat.weight_afv", "combat.weight_gun", "engage.antitank_share",
)  # fmt: skip
_DENSITY, _, _EXCESS, _ANTITANK_BASE, _ANTITANK_K, _WEIGHT_AFV, _WEIGHT_GUN, _ANTITANK = range(len(_PARAMETERS))


@jit
def _weigh_described(
    line: Floats, afv: Floats, guns: Floats, tank_value: Floats, multiplier: Floats, frontage_km: Floats, p: Floats,
    counts: Floats, tank: Floats, worth: Floats, points: Floats, ratio: Floats,
) -> None:  # fmt: skip
    """Saturation, worth of tanks, points of both sides and their ratio, engagement by engagement."""
    for i in range(len(line)):
        for side in range(2):
            counts[i, side] = saturated(line[i, side], frontage_km[i] * p[_DENSITY + side], p[_EXCESS])
            enemy = guns[i, 1 - side] * p[_ANTITANK] + afv[i, 1 - side]
            tank[i, side] = tank_worth(tank_value[i], afv[i, side], enemy, p[_ANTITANK_BASE], p[_ANTITANK_K])
            infantry, vehicles = line[i, side] * counts[i, side], p[_WEIGHT_AFV] * afv[i, side] * tank[i, side]
            worth[i, side] = infantry + vehicles + p[_WEIGHT_GUN] * guns[i, side]
            points[i, side] = worth[i, side] * multiplier[i, side]
        ratio[i] = log_ratio(points[i, 0], points[i, 1])


def certain(n: int, r: int) -> Doubt:
    """Nothing left in doubt."""
    return Doubt(np.zeros((n, r)), np.zeros((n, r)))


def fight(d: Described, rules: Mapping[str, float], dice: Dice, subjects: Ints, doubt: Doubt | None = None) -> Outcome:
    """Fight every engagement once for each of its ``subjects``, shape (n, r)."""
    n, r = subjects.shape
    doubt = doubt or certain(n, r)
    course = _Course(d, rules, dice, subjects.reshape(-1), np.repeat(np.arange(n), r), doubt)
    for step in range(int(np.ceil(d.max_days.max(initial=0.0) / STEP_DAYS))):
        if not course.advance(step):
            break
    return course.outcome(n, r)


class _Course:
    """All fights side by side, flattened to shape (n x r,); what is decided leaves the loop."""

    def __init__(
        self, d: Described, rules: Mapping[str, float], dice: Dice, subjects: Ints, row: Ints, doubt: Doubt
    ) -> None:
        self.rules, self.dice, self.curve = rules, dice, Curves.of(rules)
        self.subjects, self.row, self.d = subjects, row, d
        start = balance(d, rules)
        self.men_part = start.men_part[row].T
        self.x = start.x[row] + doubt.x.reshape(-1)
        first, rho = self._normal(_EFFECT), rules["combat.noise_correlation"]
        second = rho * first + float(np.sqrt(1.0 - rho * rho)) * self._normal(_EFFECT + 1)
        shift_a, shift_d = loss_shifts(rules, d.hasty, d.delaying, d.wet)
        common = doubt.intensity.reshape(-1) + log(d.intensity)[row]
        lethality = log(d.lethality)
        self.effect = np.stack([
            common + (shift_a + d.attacker_shift + lethality[:, 1])[row] + rules["combat.attacker_noise"] * first,
            common + (shift_d + d.defender_shift + lethality[:, 0])[row] + rules["combat.defender_noise"] * second,
        ])  # fmt: skip
        size = np.array([
            size_shift(men, float(rules["combat.advance_size"]), float(rules["combat.advance_size_men"]))
            for men in d.men[:, 0].tolist()
        ])  # fmt: skip
        fierce = float(rules["combat.advance_intensity"]) * common
        self.speed = size[row] + fierce + rules["combat.advance_noise"] * self._normal(_EFFECT + 2)
        self.left = np.stack([dice.exponential(Stream.ENGAGE, subjects, 0, draw) for draw in (_YIELD, _BREAK)])
        self.spread = rules["combat.daily_noise"]
        self.keeps = float(np.sqrt(np.sqrt(rules["combat.daily_noise_correlation"])))
        self.noise = self.spread * np.stack([self._normal(_NOISE), self._normal(_NOISE + 1)])
        cases = len(row)
        self.lost, self.ground, self.time = np.zeros((2, cases)), np.zeros(cases), np.zeros(cases)
        self.won, self.decided = np.zeros(cases, dtype=bool), np.zeros(cases, dtype=bool)
        self.live = np.arange(cases)

    def _normal(self, draw: int, minute: int = 0, some: Ints | None = None) -> Floats:
        return self.dice.normal(Stream.ENGAGE, self.subjects if some is None else self.subjects[some], minute, draw)

    def advance(self, step: int) -> bool:
        """Six hours of those still fighting; False when nobody is."""
        live = self.live
        row = self.row[live]
        x = self.x[live] + _worn(self.d.share[row].T, self.men_part[:, live], self.lost[:, live], self.rules)
        x = x + self._by_now(step)[row]
        logs = self.effect[:, live] + self.noise[:, live]
        win, tau, loss_a, loss_d, pace = self.curve.all(x, np.zeros(len(live)), logs[0], logs[1], self.speed[live])
        until = np.clip(self.d.max_days[row] - step * STEP_DAYS, 0.0, STEP_DAYS)
        hazard = np.stack([win, 1.0 - win]) / tau
        # Nothing is decided in the first hours (fewer where one side is far superior), and attackers go on for longer.
        first = self.curve.packed[[DECISION_DAYS, BREAK_OFF_DAYS], None] * tau / self.curve.packed[TAU_DAYS]
        wait = np.clip(first - step * STEP_DAYS, 0.0, until)
        ends = wait + self.left[:, live] / np.maximum(hazard, 1e-12)
        span = np.minimum(ends.min(axis=0), until)
        bombed = self.d.sorties[row].T[::-1] * (self.rules["air.men_100"] / 100.0)
        rates = np.minimum(np.stack([loss_a, loss_d]) + bombed, MOST_LOSS_DAY)
        self.lost[:, live] += (1.0 - self.lost[:, live]) * (1.0 - exp(-rates * span))
        self.ground[live] += span * pace
        self.time[live] += span
        self.left[:, live] -= np.maximum(span - wait, 0.0) * hazard
        decided = ends.min(axis=0) <= until
        over = decided | (self.d.max_days[row] <= (step + 1) * STEP_DAYS)
        # Of the undecided the side that would have been first at the present balance has the better of it.
        self.won[live[over]] = (ends[0] <= ends[1])[over]
        self.decided[live[decided]] = True
        self.live = live = live[~over]
        if not len(live):
            return False
        minute, fresh = (step + 1) * GRID_MIN, self.spread * float(np.sqrt(1.0 - self.keeps * self.keeps))
        for side in (0, 1):
            drawn = self._normal(_NOISE + side, minute, live)
            self.noise[side, live] = self.noise[side, live] * self.keeps + fresh * drawn
        return True

    def _by_now(self, step: int) -> Floats:
        """Shift of x since contact, shape (n,): surprise wears off, and of each day the second half is night."""
        rules, age = self.rules, step * STEP_DAYS
        gone = 1.0 - surprise_left(age, STEP_DAYS, rules["combat.surprise_decay_day"])
        dark = (_nights(age + STEP_DAYS) - _nights(age)) / STEP_DAYS
        by_night = dark * float(log(np.array(rules["combat.attack_night"])))
        shift: Floats = by_night - rules["combat.surprise_x"] * gone * self.d.surprise
        return shift

    def outcome(self, n: int, r: int) -> Outcome:
        """What came of it, with what is lost and given up at the end."""
        rules, yielded = self.rules, self.won & self.decided
        extra = rules["combat.yield_loss"] * exp(rules["combat.yield_loss_spread"] * self._normal(_EXTRA))
        extra = np.where(yielded, np.minimum(extra, rules["combat.yield_loss_cap"]), 0.0)
        self.lost[1] += (1.0 - self.lost[1]) * extra
        given = rules["combat.yield_retreat_km"] * exp(rules["combat.yield_retreat_spread"] * self._normal(_GIVEN))
        back = kept_on_break_off(rules, self.dice.uniform(Stream.ENGAGE, self.subjects, 0, _BACK))
        broken_off = self.decided & ~self.won
        ground = np.where(broken_off, self.ground * back, self.ground) + np.where(yielded, given, 0.0)
        days = np.maximum(1.0, np.ceil(self.time))

        return Outcome(
            won=self.won.reshape(n, r), decided=self.decided.reshape(n, r), days=days.reshape(n, r),
            attacker_loss=(self.lost[0] / days).reshape(n, r), defender_loss=(self.lost[1] / days).reshape(n, r),
            advance=(ground / days).reshape(n, r), at_end=self.lost.reshape(2, n, r),
        )  # fmt: skip


def _nights(days: float) -> float:
    """Days of darkness in the first ``days``: fights begin in the morning, of twelve hours of light on the average."""
    whole = int(days)
    return 0.5 * whole + max(days - whole - 0.5, 0.0)


def _worn(share: Floats, part: Floats, lost: Floats, rules: Mapping[str, float]) -> Floats:
    """Shift of x by losses so far, most of which fall on the line; all of shape (2, cases)."""
    line = share * (1.0 - lost) - np.maximum(rules["combat.combat_loss_share"] - share, 0.0) * lost
    left = np.maximum(line / share, rules["combat.line_least"] * (1.0 - lost))
    powers = log((1.0 - part) * (1.0 - lost) + part * left)
    shift: Floats = powers[0] - powers[1]
    return shift
