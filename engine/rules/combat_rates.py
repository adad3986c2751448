"""The curves of battle: losses, hazards and advance as functions of x, the log of the effective power ratio.

One description for campaigns and for ``engage``. After some hours in which nothing is decided two exponential clocks
compete: the defender yields with hazard p / tau, the attacker, who holds out longer, breaks off with (1 - p) / tau,
where p is a logistic curve in x. Losses are fractions of the men taking part for a day. Fitted on engagements of CDB90
(CAA/HERO, ODC-BY); parameters in group combat. Functions of single numbers are for compiled rules, which go through the
battles one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.arithmetic import Floats, exp_of, log, log_of
from engine.core.jit import jit
from engine.model.codes import BOMBARDING, PROBING, SCREEN_FIGHT

MOST_LOSS_DAY: Final = 1.5
"""Most a side can lose, in times its strength a day: six hours at one rate leave somebody. A guard of the arithmetic: no
curve comes near it with parameters in their ranges.
"""
CURVES: Final = (
    "log_a0", "log_d0", "slope_a", "slope_d", "intercept", "win_slope", "tau_days", "decision_days", "tau_slope", "tau_x",
    "advance_km_day", "advance_slope", "advance_win_factor", "break_off_days",
)  # fmt: skip
"""What :meth:`Curves.of` packs, logarithms taken once."""
(
    LOG_A0, LOG_D0, SLOPE_A, SLOPE_D, INTERCEPT, WIN_SLOPE, TAU_DAYS, DECISION_DAYS, TAU_SLOPE, TAU_X, ADVANCE,
    ADVANCE_SLOPE, ADVANCE_WIN, BREAK_OFF_DAYS,
) = range(len(CURVES))  # fmt: skip
WIN, TAU, LOSS_A, LOSS_D, PACE = range(5)
"""What :func:`curves_at` gives: chance that the defender yields first, days to a decision, losses, advance."""


@jit
def curves_at(c: Floats, x: float, phi: float, attacker: float, defender: float, speed: float, out: Floats) -> None:
    """All curves of one battle. ``c`` is packed by :class:`Curves`; ``attacker``, ``defender`` and ``speed`` are logs
    added to the losses and to the advance. An attack that is failing gains little ground.
    """
    out[WIN] = 1.0 / (1.0 + exp_of(-(c[INTERCEPT] + c[WIN_SLOPE] * x + phi)))
    out[TAU] = c[TAU_DAYS] * exp_of(-c[TAU_SLOPE] * max(0.0, x - c[TAU_X]))
    out[LOSS_A] = exp_of(c[LOG_A0] - c[SLOPE_A] * x + attacker)
    out[LOSS_D] = exp_of(c[LOG_D0] + c[SLOPE_D] * x + defender)
    pace = c[ADVANCE] * exp_of(c[ADVANCE_SLOPE] * x + speed)
    out[PACE] = pace * min(1.0, c[ADVANCE_WIN] * out[WIN])


@jit
def _curves_each(
    c: Floats, x: Floats, phi: Floats, attacker: Floats, defender: Floats, speed: Floats, out: Floats
) -> None:
    one = np.empty(5)
    for i in range(len(x)):
        curves_at(c, x[i], phi[i], attacker[i], defender[i], speed[i], one)
        out[:, i] = one


@dataclass(frozen=True, eq=False)
class Curves:
    """The parameters of the curves, packed for compiled rules."""

    packed: Floats

    @staticmethod
    def of(rules: Mapping[str, float]) -> Curves:
        """From parameters by dotted address."""
        return Curves(np.array([
            float(log(rules["combat.attacker_loss_day"])), float(log(rules["combat.defender_loss_day"])),
            rules["combat.attacker_loss_slope"], rules["combat.defender_loss_slope"], rules["combat.win_intercept"],
            rules["combat.win_slope"], rules["combat.tau_days"], rules["combat.decision_h"] / 24.0,
            rules["combat.tau_slope"], rules["combat.tau_x"], rules["combat.advance_km_day"],
            rules["combat.advance_slope"], rules["combat.advance_win_factor"], rules["combat.break_off_h"] / 24.0,
        ]))  # fmt: skip

    def all(self, x: Floats, phi: Floats, attacker: Floats, defender: Floats, speed: Floats) -> Floats:
        """The curves of many battles, shape (5, battles): WIN, TAU, LOSS_A, LOSS_D, PACE."""
        out = np.empty((5, len(x)))
        x, phi, attacker, defender, speed = (np.ascontiguousarray(v) for v in (x, phi, attacker, defender, speed))
        _curves_each(self.packed, x, phi, attacker, defender, speed, out)
        return out


@jit
def loss_shift(
    hasty: float, delaying: float, wet: float, when_hasty: float, when_delaying: float, when_wet: float
) -> float:
    """Log shift of a side's losses: both lose more where the defender is not dug in, less where he delays or withdraws,
    and less on wet ground. The first three run from 0 (not) to 1 (wholly so); the others are the side's parameters.
    """
    return hasty * when_hasty + delaying * when_delaying + wet * when_wet


def loss_shifts(
    rules: Mapping[str, float], hasty: Floats, delaying: Floats, wet: Floats
) -> tuple[Floats, Floats]:
    """:func:`loss_shift` of many battles, the attacker's side and the defender's."""
    shifts = []
    for side in ("attacker", "defender"):
        when = [float(rules[f"combat.loss_{state}_{side}"]) for state in ("hasty", "delay", "wet")]
        each = zip(hasty.tolist(), delaying.tolist(), wet.tolist(), strict=True)
        shifts.append(np.array([loss_shift(*of, *when) for of in each], dtype=np.float64))
    return shifts[0], shifts[1]


@jit
def size_shift(attackers: float, size: float, men: float) -> float:
    """Log shift of the advance by the men attacking: larger forces have more behind the first wave.

    ``size`` is ``combat.advance_size``, ``men`` ``combat.advance_size_men``.
    """
    return size * log_of(max(attackers, 1.0) / men)


def kept_on_break_off(rules: Mapping[str, float], luck: Floats) -> Floats:
    """Share of the ground won that an attacker still has once he has broken off, from a uniform draw.

    With chance ``combat.thrown_back`` a counter-attack throws him back over part or all of it.
    """
    risk = max(rules["combat.thrown_back"], 1e-9)
    kept: Floats = np.where(luck < risk, np.maximum(2.0 * luck / risk - 1.0, 0.0), 1.0)
    return kept


@jit
def saturated(men: float, room: float, excess: float) -> float:
    """Share of the men of a line that counts: beyond the ``room`` of its front each is worth ``excess``."""
    if men <= 0:
        return 1.0
    worth = min(men, room) + excess * max(0.0, men - room)
    return worth / max(men, 1e-9)


@jit
def tank_worth(terrain: float, afv: float, enemy_antitank: float, base: float, k: float) -> float:
    """Worth of a tank in full: ground, and one anti-tank gun or enemy AFV for each own halves it.

    ``base`` is ``combat.antitank_base_afv``, ``k`` ``combat.antitank_k``.
    """
    return terrain / (1.0 + k * enemy_antitank / (afv + base))


@jit
def surprise_left(age: float, span: float, decay: float) -> float:
    """Share of the surprise of contact that is left in the mean of ``span`` days from ``age`` days on.

    It goes evenly, ``decay`` of it a day, to nothing.
    """
    if decay * age >= 1.0:
        return 0.0
    lasts = min(span, (1.0 - decay * age) / decay) if decay > 0.0 else span
    mean = 1.0 - decay * (age + lasts / 2.0)
    return mean * (lasts / span) if span > 0.0 else mean


@jit
def log_ratio(attacker: float, defender: float) -> float:
    """x from two powers in points (of a point at least: an empty side gives a large but finite x)."""
    return log_of(max(attacker, 1.0)) - log_of(max(defender, 1.0))


@jit
def activity_of(kind: int, screen: float, probe: float, bombard: float) -> float:
    """How hard participants of a kind of battle fight, as ammunition and fatigue go: 1 in an assault."""
    if kind == SCREEN_FIGHT:
        return screen
    if kind == PROBING:
        return probe
    return bombard if kind == BOMBARDING else 1.0
