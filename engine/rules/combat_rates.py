"""The curves of battle: losses, hazards and advance as functions of x, the log of the effective power ratio.

One description for campaigns and for ``engage``. After some hours in which nothing is decided two exponential clocks
compete: the defender yields with hazard p / tau, the attacker breaks off with (1 - p) / tau, where p is a logistic
curve in x. Losses are fractions
of the men taking part for a day. Fitted on engagements of CDB90 (CAA/HERO, ODC-BY); parameters in group combat.
All arguments and results have one shape, one entry a battle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.arithmetic import Floats, exp, log, logistic

MOST_LOSS_DAY: Final = 1.5
"""Most a side can lose, in times its strength a day: six hours at one rate leave somebody."""
Shift = Floats | float


@dataclass(frozen=True)
class Curves:
    """The parameters, with logarithms taken once."""

    log_a0: float
    log_d0: float
    slope_a: float
    slope_d: float
    intercept: float
    win_slope: float
    tau_days: float
    decision_days: float
    tau_slope: float
    tau_x: float
    advance_km_day: float
    advance_slope: float
    advance_win_factor: float

    @staticmethod
    def of(rules: Mapping[str, float]) -> Curves:
        """From parameters by dotted address."""
        return Curves(
            log_a0=float(log(rules["combat.attacker_loss_day"])),
            log_d0=float(log(rules["combat.defender_loss_day"])),
            slope_a=rules["combat.attacker_loss_slope"],
            slope_d=rules["combat.defender_loss_slope"],
            intercept=rules["combat.win_intercept"],
            win_slope=rules["combat.win_slope"],
            tau_days=rules["combat.tau_days"],
            decision_days=rules["combat.decision_h"] / 24.0,
            tau_slope=rules["combat.tau_slope"],
            tau_x=rules["combat.tau_x"],
            advance_km_day=rules["combat.advance_km_day"],
            advance_slope=rules["combat.advance_slope"],
            advance_win_factor=rules["combat.advance_win_factor"],
        )

    def all(
        self, x: Floats, phi: Floats, attacker: Floats, defender: Floats, speed: Floats
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """All curves at once: win, days to decision, loss of attacker and of defender, advance.

        ``attacker``, ``defender`` and ``speed`` are logs added to the losses and to the advance.
        """
        n = len(x)
        logs = np.empty(5 * n)
        logs[:n] = -(self.intercept + self.win_slope * x + phi)
        logs[n : 2 * n] = -self.tau_slope * np.maximum(0.0, x - self.tau_x)
        logs[2 * n : 3 * n] = self.log_a0 - self.slope_a * x + attacker
        logs[3 * n : 4 * n] = self.log_d0 + self.slope_d * x + defender
        logs[4 * n :] = self.advance_slope * x + speed
        values = exp(logs)
        win: Floats = 1.0 / (1.0 + values[:n])
        pace = self.advance_km_day * values[4 * n :] * np.minimum(1.0, self.advance_win_factor * win)
        return win, self.tau_days * values[n : 2 * n], values[2 * n : 3 * n], values[3 * n : 4 * n], pace

    def win(self, x: Floats, phi: Shift = 0.0) -> Floats:
        """Chance that the defender yields first."""
        return logistic(self.intercept + self.win_slope * x + phi)

    def attacker_loss(self, x: Floats, shift: Shift = 0.0) -> Floats:
        """Share of the attackers lost a day, at intensity and lethality 1; ``shift`` is a log."""
        return exp(self.log_a0 - self.slope_a * x + shift)

    def defender_loss(self, x: Floats, shift: Shift = 0.0) -> Floats:
        """Share of the defenders lost a day, at intensity and lethality 1."""
        return exp(self.log_d0 + self.slope_d * x + shift)

    def advance(self, x: Floats, win: Floats, shift: Shift = 0.0) -> Floats:
        """Ground won, km a day; an attack that is failing gains little."""
        pace: Floats = self.advance_km_day * exp(self.advance_slope * x + shift)
        return pace * np.minimum(1.0, self.advance_win_factor * win)


def loss_shifts(
    rules: Mapping[str, float], hasty: Floats, delaying: Floats, wet: Floats
) -> tuple[Floats, Floats]:
    """Log shifts of the attacker's and of the defender's losses: both lose more where the defender is not dug in,
    less where he delays or withdraws, and less on wet ground. Arguments run from 0 (not) to 1 (wholly so).
    """
    shifts: list[Floats] = []
    for side in ("attacker", "defender"):
        dug = hasty * rules[f"combat.loss_hasty_{side}"]
        shifts.append(dug + delaying * rules[f"combat.loss_delay_{side}"] + wet * rules[f"combat.loss_wet_{side}"])
    return shifts[0], shifts[1]


def size_shift(rules: Mapping[str, float], attackers: Floats) -> Floats:
    """Log shift of the advance by the men attacking: larger forces have more behind the first wave."""
    return rules["combat.advance_size"] * log(np.maximum(attackers, 1.0) / rules["combat.advance_size_men"])


def kept_on_break_off(rules: Mapping[str, float], luck: Floats) -> Floats:
    """Share of the ground won that an attacker still has once he has broken off, from a uniform draw.

    With chance ``combat.thrown_back`` a counter-attack throws him back over part or all of it.
    """
    risk = max(rules["combat.thrown_back"], 1e-9)
    kept: Floats = np.where(luck < risk, np.maximum(2.0 * luck / risk - 1.0, 0.0), 1.0)
    return kept


def saturated(men: Floats, width_km: Floats, density: Shift, excess: float) -> Floats:
    """Share of the men of a line that counts: beyond ``density`` men a km each is worth ``excess``."""
    room = width_km * density
    worth = np.minimum(men, room) + excess * np.maximum(0.0, men - room)
    share: Floats = np.where(men > 0, worth / np.maximum(men, 1e-9), 1.0)
    return share


def tank_worth(terrain: Floats, afv: Floats, enemy_antitank: Floats, rules: Mapping[str, float]) -> Floats:
    """Worth of a tank in full: ground, and one anti-tank gun or enemy AFV for each own halves it."""
    own = afv + rules["combat.antitank_base_afv"]
    worth: Floats = terrain / (1.0 + rules["combat.antitank_k"] * enemy_antitank / own)
    return worth


def log_ratio(attacker: Floats, defender: Floats) -> Floats:
    """x from two powers in points (of a point at least: an empty side gives a large but finite x)."""
    both = log(np.maximum(np.concatenate([attacker, defender]), 1.0))
    x: Floats = both[: len(attacker)] - both[len(attacker) :]
    return x
