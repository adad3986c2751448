"""The terms of a battle: what enters x, phi, hazards, losses and advance, a row each, with names and addresses.

Compiled rules write every term of every battle into one array, shape (terms, battles), and read from it what they go
on with: the tree that explains a battle is the computation itself. Terms of both sides have two rows, the attacker's
first.
"""

from __future__ import annotations

from typing import Final

from engine.model.codes import Cause

_SIDED: Final = (
    ("points", "combat.weight_afv", "combat.weight_afv"), ("men_in_line", "combat.frontage_km", ""),
    ("saturation", "combat.density_attack_km", "combat.density_defence_km"),
    ("tank_worth", "combat.antitank_k", "combat.antitank_k"), ("army_guns", "combat.weight_gun", "combat.weight_gun"),
)  # fmt: skip
_MEANS: Final = (
    ("quality", "combat.quality_cohesion_share"), ("ammunition", "combat.ammo_floor"),
    ("command", "combat.out_of_command"), ("situation", ""),
)  # fmt: skip
CAUSES: Final = (
    (Cause.OPEN_FLANK, "combat.phi_open_side"), (Cause.NEIGHBOUR_GONE, "combat.phi_neighbour"),
    (Cause.CUT_OFF, "combat.phi_cut_off"), (Cause.PENETRATED, "combat.phi_penetration"),
    (Cause.NO_RESERVE, "combat.phi_no_reserve"), (Cause.RESERVE_CAME, "combat.phi_reserve"),
    (Cause.STAND_FAST, "combat.phi_stand_fast"), (Cause.FORTRESS, "combat.phi_fortress"),
    (Cause.EVACUATION, "combat.phi_evacuation"),
)  # fmt: skip
"""Terms of phi by cause."""


SITUATION: Final = (
    ("attacker_night", "combat.attack_night"), ("attacker_rain", "weather.attack_rain"),
    ("attacker_mud", "combat.attack_mud"), ("attacker_strait", "naval.landing_first"),
    ("attacker_river", "combat.river_river"), ("defender_posture", "fortification.posture_1"),
)  # fmt: skip
"""Factors of the situation, means over the men in the line; written only when a battle is explained."""


def _both(key: str, first: str, second: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (f"attacker_{key}", first), (f"defender_{key}", second)


TERMS: Final = (
    *(row for key, first, second in _SIDED for row in _both(key, first, second)),
    ("log_ratio", ""), ("surprise", "combat.surprise_x"), ("preparation", "combat.preparation_x"),
    ("aircraft", "air.x_100"), ("ships", "naval.x"), ("wet", "combat.wet_x"), ("mud", "combat.mud_x"),
    ("breaking_out", "combat.pocket_breakout_x"),
    *(row for key, address in _MEANS for row in _both(key, address, address)), *SITUATION,
    ("defender_ground", ""), ("defender_works", "fortification.posture_1"),
    *_both("lethality", "combat.lethality_axis", "combat.lethality_axis"),
    ("x", ""), ("defender_not_dug_in", "combat.loss_hasty_attacker"), ("defender_delaying", "combat.loss_delay_attacker"),
    *((f"phi_{cause.name.lower()}", address) for cause, address in CAUSES),
    ("phi", "combat.phi_mean"), ("p_yield", "combat.win_slope"), ("tau_days", "combat.tau_days"),
    ("decision_from_day", "combat.decision_h"),
    *_both("loss_shift", "combat.loss_hasty_attacker", "combat.loss_hasty_defender"),
    ("advance_size", "combat.advance_size"), ("advance_intensity", "combat.advance_intensity"),
    ("advance_km_day", "combat.advance_km_day"),
    *_both("loss_day", "combat.attacker_loss_day", "combat.defender_loss_day"),
)  # fmt: skip
"""(key, address of its parameter), in the order in which they enter."""

_PLACE: Final = {key: row for row, (key, _) in enumerate(TERMS)}


def _places(*keys: str) -> tuple[int, ...]:
    return tuple(_PLACE[key] for key in keys)


(
    T_POINTS, T_MEN, T_SATURATION, T_TANK, T_ARMY_GUNS, T_QUALITY, T_AMMUNITION, T_COMMAND, T_SITUATION, T_LETHALITY,
    T_LOSS_SHIFT, T_LOSS,
) = _places(
    *(f"attacker_{key}" for key in (
        "points", "men_in_line", "saturation", "tank_worth", "army_guns", "quality", "ammunition", "command", "situation",
        "lethality", "loss_shift", "loss_day",
    ))
)  # fmt: skip
T_LOG_RATIO, T_SURPRISED, T_PREPARATION, T_AIRCRAFT, T_SHIPS, T_WET, T_MUD, T_BREAKING_OUT, T_X = _places(
    "log_ratio", "surprise", "preparation", "aircraft", "ships", "wet", "mud", "breaking_out", "x"
)
T_GROUND, T_WORKS, T_HASTY, T_DELAYING = _places(
    "defender_ground", "defender_works", "defender_not_dug_in", "defender_delaying"
)
(
    T_PHI_OPEN, T_PHI_NEIGHBOUR, T_PHI_CUT_OFF, T_PHI_PENETRATED, T_PHI_NO_RESERVE, T_PHI_RESERVE, T_PHI_STAND_FAST,
    T_PHI_FORTRESS, T_PHI_EVACUATION,
) = _places(*(f"phi_{cause.name.lower()}" for cause, _ in CAUSES))  # fmt: skip
T_PHI, T_P_YIELD, T_TAU, T_DECISION, T_SIZE, T_FIERCE, T_PACE = _places(
    "phi", "p_yield", "tau_days", "decision_from_day", "advance_size", "advance_intensity", "advance_km_day"
)
T_PREPARED, T_ATTACKERS, T_MOBILE, T_SWING, T_ROWS = range(len(TERMS), len(TERMS) + 5)
"""What is used and has no name of its own: share of the attackers that had time to prepare, men who attack, whether
mobile troops are among them, by how much x is above its mean in the first half of the time till the next refresh and
below it in the second; and the number of all rows.
"""
