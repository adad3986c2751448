"""x, the log of the ratio of effective powers, battle by battle, with every term that enters it.

Arms combine (men in the line, tanks by ground and anti-tank guns, guns by ammunition, army artillery) and are
multiplied by what the situation makes of them (posture, ground, rivers side by side, night, mud, command); surprise,
preparation, aircraft and ships shift x itself. One compiled pass over all battles; men and points are added up as
whole thousandths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, log_of, whole
from engine.core.calendar import DAY, HOUR
from engine.core.columns import FINE, Array
from engine.core.flows import read_flow
from engine.core.hexes import steps_between
from engine.core.jit import jit
from engine.model.codes import (
    ATTACKING,
    HOLDING,
    SCREENING,
    SUPPORTING,
    TO_WITHDRAW,
    Ground,
    Posture,
    Sky,
)
from engine.model.places import (
    F_COMBAT_SHARE,
    F_CUT_OFF_SINCE,
    F_HEX,
    F_HQ,
    F_IN_PLACE_SINCE,
    F_LEG_TO,
    F_LETHALITY,
    F_MOBILITY,
    F_POSTURE,
    F_QUALITY,
    F_SIDE,
    F_STACK,
    F_TASK,
    H_HEX,
    H_MOVED_AT,
    W_DAYLIGHT,
    W_GROUND,
    W_SKY,
    X_WORKS,
)
from engine.model.theatre import Strait
from engine.model.world import Statics
from engine.rules import power
from engine.rules.combat_lineup import ATTACKER, DIRECTION, HEX, KIND, ROLE, SHARE, SLOT, WHO
from engine.rules.combat_rates import activity_of, log_ratio, saturated, surprise_left, tank_worth
from engine.rules.combat_roll import STARTED_AT, SURPRISE
from engine.rules.combat_terms import (
    T_AIRCRAFT,
    T_AMMUNITION,
    T_ARMY_GUNS,
    T_ATTACKERS,
    T_BREAKING_OUT,
    T_COMMAND,
    T_DELAYING,
    T_GROUND,
    T_HASTY,
    T_LETHALITY,
    T_LOG_RATIO,
    T_MEN,
    T_MOBILE,
    T_MUD,
    T_POINTS,
    T_PREPARATION,
    T_PREPARED,
    T_QUALITY,
    T_SATURATION,
    T_SHIPS,
    T_SITUATION,
    T_SURPRISED,
    T_SWING,
    T_TANK,
    T_WET,
    T_WORKS,
    T_X,
)
from engine.rules.demand import needs
from engine.rules.power import (
    AFV,
    AMMO,
    AMMO_FLOOR,
    BATTLE,
    COHESION,
    FATIGUE,
    GAIN,
    GUNS,
    MEN,
    WEIGHT_AFV,
    WEIGHT_GUN,
    WORKS,
    ammunition_while,
    drives,
    dug_in,
    line_of,
    points_of,
    posture_of,
    quality_of,
    works_of,
)
from engine.rules.support import ANTITANK, ASSAULT_GUNS, ENGINEERS, MILLI, SORTIES, share_out
from engine.rules.support import GUNS as ARMY_GUNS

Ints = npt.NDArray[np.int64]

_MUD, _WET, _RAIN, _SNOW = int(Ground.MUD), int(Ground.WET), int(Sky.RAIN), int(Sky.SNOW)
_DELAY, _STRAIT, _FERRY = int(Posture.DELAY), int(Strait.STRAIT), int(Strait.FERRY)
PARAMETERS: Final = (
    *power.PARAMETERS, "combat.frontage_km", "combat.density_attack_km", "combat.density_breakthrough_km",
    "combat.density_defence_km", "combat.density_excess", "combat.prepare_h", "combat.antitank_base_afv",
    "combat.antitank_k", "combat.stack_rest", "combat.stack_full", "contact.screen_cap_divisions",
    "contact.screen_cap_men", "combat.out_of_command", "command.range_km", "combat.attack_night", "weather.attack_rain",
    "combat.attack_mud", "combat.river_engineers", "contact.screen_posture", "contact.screen_works",
    "combat.surprise_decay_day",
    "combat.surprise_x", "combat.preparation_x", "air.x_100", "air.x_max", "combat.mud_x", "combat.wet_x",
    "combat.pocket_breakout_x", "naval.landing_first", "weather.ice_foot_cm",
    "weather.ice_tank_cm", "combat.river_engineer_men", "contact.screen_rate", "combat.intensity_probe",
    "combat.bombard_use",
)  # fmt: skip
(
    FRONTAGE, DENSITY_ATTACK, DENSITY_BREAKTHROUGH, DENSITY_DEFENCE, DENSITY_EXCESS, PREPARE_H, ANTITANK_BASE,
    ANTITANK_K, STACK_REST, STACK_FULL, CAP_DIVISIONS, CAP_MEN, OUT_OF_COMMAND, COMMAND_RANGE, ATTACK_NIGHT,
    ATTACK_RAIN, ATTACK_MUD, RIVER_ENGINEERS, SCREEN_POSTURE, SCREEN_WORKS, SURPRISE_DECAY, SURPRISE_X, PREPARATION_X,
    AIR_X_100, AIR_X_MAX, MUD_X, WET_X, BREAKOUT_X, LANDING_FIRST, ICE_FOOT_CM,
    ICE_TANK_CM, RIVER_ENGINEER_MEN, SCREEN_RATE, PROBE, BOMBARD_USE,
) = range(len(power.PARAMETERS), len(PARAMETERS))  # fmt: skip

NEED_DEFENCE, NEED_ATTACK, ANTITANK_SHARE = range(3)
"""Rows of :func:`kind_table`: grams of ammunition a man and day in defence, in attack; share of anti-tank guns."""
PART, WORKS_LEVEL, OWN_QUALITY, AMMO_FACTOR, COMMAND_FACTOR, SITUATION_FACTOR, POWER, LINE = range(8)
NIGHT, RAIN, MUD, STRAIT, RIVER, POSTURE = range(8, 14)
"""What each participant brings: the share of it that fights, level of its works, multipliers, power and men in the line
in thousandths; then the factors of SITUATION_FACTOR, 1 where they do not concern it.
"""
PEOPLE: Final = 14


@dataclass(frozen=True, eq=False)
class Balance:
    """What the pass over the battles found."""

    now: Ints
    """Shape (power.FLOWS, participants)."""
    ours: Ints
    """Shape (participants,): 0 on the attacker's side, 1 on the defender's."""
    people: Floats
    """Shape (PEOPLE, participants): PART and what follows."""
    shares: Floats
    """Shape (uses, battles, 2): army guns, sorties, ... (``support``)."""
    naval: Floats
    """Shape (battles, 2)."""
    terms: Floats
    """Shape (combat_terms.ROWS, battles)."""


G_DEFENCE, G_TANKS, G_ATTACKER_SHIFT, G_DEFENDER_SHIFT, G_RIVER = range(5)
"""Columns of :func:`ground_table`; six of rivers, one for each hexside, come last."""


def ground_table(statics: Statics) -> Floats:
    """Shape (hexes, 10): what the ground of each hex does to a fight for it, made once for a run."""
    found: Floats | None = statics.memo.get("combat.ground_table")
    if found is None:
        cells = np.arange(statics.grid.size)
        tables = power.ground(statics)
        code = power.land_code(statics.theatre.terrain)
        found = np.empty((len(cells), G_RIVER + 6))
        found[:, G_DEFENCE] = power.terrain_factor(statics, cells)
        found[:, G_TANKS] = power.tank_factor(statics, cells)
        found[:, G_ATTACKER_SHIFT], found[:, G_DEFENDER_SHIFT] = tables.attacker_shift[code], tables.defender_shift[code]
        for direction in range(6):
            found[:, G_RIVER + direction] = power.river_factor(statics, cells, direction)
        statics.memo["combat.ground_table"] = found
    return found


def kind_table(statics: Statics) -> Floats:
    """Shape (3, kinds): NEED_DEFENCE, NEED_ATTACK, ANTITANK_SHARE of each kind of formation, made once for a run."""
    found: Floats | None = statics.memo.get("combat.kind_table")
    if found is None:
        share = [statics.scenario.kinds[k].antitank_share for k in statics.kinds]
        found = np.stack([needs(statics).ammo_defence, needs(statics).ammo_attack, np.array(share, dtype=np.float64)])
        statics.memo["combat.kind_table"] = found
    return found


@jit
def weigh(
    minute: int, spans: Ints, battles: Ints, members: Ints, memory: Ints, f8: Array, f32: Array, f64: Array, kind: Array,
    h32: Array, staffs: int, x8: Array, w8: Array, flyable: int, ice_mm: int, ground: Floats, strait: Array, works: Floats,
    kinds: Floats, weak: Floats, plans: Floats, axial: Array, spacing: int, pools: Ints, moved: Ints, fronts: Ints,
    p_support: Floats, naval: Floats, p: Floats, mean: Ints, ours: Ints, ammunition: Floats, people: Floats, shares: Floats,
    terms: Floats,
) -> None:  # fmt: skip
    """The balance of every battle over the next ``spans`` minutes, shape (battles,): what holds on the average until it is
    set anew, not what holds now.

    ``memory`` is what battles remember (``combat_roll.MEMORY``); ``mean``, ``ours`` and ``ammunition`` are by
    :func:`take_stock` and :func:`arm`, which also has set what of ``people`` does not hang on losses.
    """
    count, many = battles.shape[1], members.shape[1]
    line = np.empty(many, np.int64)
    _take_part(battles, members, f8, f32, mean, ours, people, line, p)
    share_out(minute, battles, members, ours, line // MILLI, f32, h32, staffs, fronts, pools, moved, axial, spacing,
              flyable, p_support, shares)  # fmt: skip
    afv, antitank = np.zeros((count, 2)), np.zeros((count, 2))
    _count(members, memory, f64, kind, kinds, mean, ours, people, line, shares, afv, antitank, terms, p)
    _saturate(battles, members, ground, afv, antitank, terms, p)
    rivers = _rivers(battles, members, ours, ground)
    for i in range(many):
        row, cell = members[WHO, i], battles[HEX, members[SLOT, i]]
        people[OWN_QUALITY, i] = quality_of(int(f32[F_QUALITY, row]), mean[COHESION, i], mean[FATIGUE, i], p)
        people[LINE, i] = line[i]
        level = works_of(mean[WORKS, i], int(x8[X_WORKS, cell]))
        people[WORKS_LEVEL, i] = level
        if ours[i] == 0:
            engineers = shares[ENGINEERS, members[SLOT, i], 0] / max(rivers[members[SLOT, i]] * p[RIVER_ENGINEER_MEN], 1.0)
            people[SITUATION_FACTOR, i] = _attack(
                people, i, f8, row, cell, members[DIRECTION, i], ground, strait, min(engineers, 1.0), w8, ice_mm, p
            )  # fmt: skip
        else:
            role = members[ROLE, i]
            posture = 1.0
            if role == SCREENING:
                trenches = dug_in(level * p[SCREEN_WORKS], works) if _beside(f32, axial, row, cell) else 1.0
                posture = max(p[SCREEN_POSTURE], trenches)
            elif role != SUPPORTING:
                posture = posture_of(f8, f32, f64, row, level, works, minute, spans[members[SLOT, i]], p)
            people[POSTURE, i] = posture
            people[SITUATION_FACTOR, i] = posture * ground[cell, G_DEFENCE]
    _add_up(members, f32, mean, ours, people, ammunition, line, weak, shares, terms, p)
    _bearing(battles, members, f8, f32, axial, people, line, terms, p)
    _shift(minute, spans, battles, members, memory, f32, f64, plans, naval, shares, w8, ground, terms, p)


@jit
def take_stock(
    minute: int, spans: Ints, battles: Ints, members: Ints, memory: Ints, f8: Array, f64: Array, plan: Ints, now: Ints,
    mean: Ints, ours: Ints,
) -> None:  # fmt: skip
    """Stocks of every participant ``now`` and in the ``mean`` of what lies ahead, and whose side it is on.

    Stocks run evenly, so that their mean is what is left half-way, as they have been running where the fight goes on.
    Where it begins nobody knows yet what he will lose.
    """
    for i in range(members.shape[1]):
        row, slot = members[WHO, i], members[SLOT, i]
        ours[i] = 0 if f8[F_SIDE, row] == battles[ATTACKER, slot] else 1
        middle = minute + (spans[slot] // 2 if memory[STARTED_AT, slot] < minute else 0)
        for flow in range(now.shape[0]):
            now[flow, i] = read_flow(f64, plan, flow, row, minute)
            mean[flow, i] = max(read_flow(f64, plan, flow, row, middle), 0)


@jit
def arm(
    minute: int, spans: Ints, battles: Ints, members: Ints, f32: Array, kind: Array, h32: Array, h64: Array, staffs: int,
    kinds: Floats, axial: Array, spacing: int, now: Ints, p: Floats, ammunition: Floats, people: Floats,
) -> None:  # fmt: skip
    """What ammunition and command leave of each participant's power.

    ``ammunition``, shape (2, participants): in the first and in the second half of the time ahead.
    """
    bottom = log_of(p[AMMO_FLOOR])
    for i in range(members.shape[1]):
        row, slot = members[WHO, i], members[SLOT, i]
        fires = kinds[NEED_ATTACK if members[ROLE, i] in (ATTACKING, SUPPORTING) else NEED_DEFENCE, kind[row]]
        activity = activity_of(battles[KIND, slot], p[SCREEN_RATE], p[PROBE], p[BOMBARD_USE])
        half = fires * activity * (members[SHARE, i] / PPM) * (now[MEN, i] / FINE)
        half = half * (spans[slot] / 2.0 / DAY)
        for k in range(2):
            have = max(now[AMMO, i] - k * whole(half), 0)
            ammunition[k, i] = ammunition_while(have, now[MEN, i], kinds[NEED_DEFENCE, kind[row]], half, bottom, p)
        people[AMMO_FACTOR, i] = np.sqrt(ammunition[0, i] * ammunition[1, i])
        people[COMMAND_FACTOR, i] = _commanded(f32, h32, h64, staffs, axial, spacing, row, minute, p)


@jit
def _take_part(
    battles: Ints, members: Ints, f8: Array, f32: Array, now: Ints, ours: Ints, people: Floats, line: Ints, p: Floats
) -> None:
    """What part of each fights, and its men in the line (thousandths)."""
    count, many = battles.shape[1], members.shape[1]
    full, screening = np.zeros(many, np.int64), np.zeros(count, np.int64)
    strength = np.empty(many, np.int64)
    for i in range(many):
        row, slot = members[WHO, i], members[SLOT, i]
        men = line_of(now[MEN, i], now[BATTLE, i], now[GAIN, i], int(f32[F_COMBAT_SHARE, row]), p)
        quality = quality_of(int(f32[F_QUALITY, row]), now[COHESION, i], now[FATIGUE, i], p)
        strength[i] = points_of(men, quality, now[AFV, i], now[GUNS, i], p)
        full[i] = men if members[ROLE, i] != SUPPORTING else 0
    for i in range(many):
        slot = members[SLOT, i]
        people[PART, i] = members[SHARE, i] / PPM * _place_in_stack(members, f8, f32, ours, strength, i, p)
        if members[ROLE, i] == SCREENING:
            screening[slot] += whole(full[i] * people[PART, i] / FINE)
    most = p[CAP_DIVISIONS] * p[CAP_MEN]
    for i in range(many):
        slot = members[SLOT, i]
        if members[ROLE, i] == SCREENING:
            people[PART, i] = people[PART, i] * min(1.0, most / max(float(screening[slot]), 1.0))
        line[i] = whole(full[i] * people[PART, i] / MILLI)


@jit
def _place_in_stack(
    members: Ints, f8: Array, f32: Array, ours: Ints, strength: Ints, i: int, p: Floats
) -> float:
    """1 for the strongest formations of a hex up to ``combat.stack_full`` divisions' room, less for the others.

    So a worn formation falls back to the second echelon when a fresher one stands behind it (passage of lines).
    """
    if members[ROLE, i] != ATTACKING and members[ROLE, i] != HOLDING:
        return 1.0
    before, slot, row = 0, members[SLOT, i], members[WHO, i]
    first = i
    while first > 0 and members[SLOT, first - 1] == slot:
        first -= 1
    for j in range(first, members.shape[1]):
        if members[SLOT, j] != slot:
            break
        other = members[WHO, j]
        if j == i or ours[j] != ours[i] or f32[F_HEX, other] != f32[F_HEX, row]:
            continue
        if strength[j] > strength[i] or (strength[j] == strength[i] and other < row):
            before += f8[F_STACK, other]
    return 1.0 if before < 2.0 * p[STACK_FULL] else float(p[STACK_REST])


@jit
def _count(
    members: Ints, memory: Ints, f64: Array, kind: Array, kinds: Floats, now: Ints, ours: Ints, people: Floats, line: Ints,
    shares: Floats, afv: Floats, antitank: Floats, terms: Floats, p: Floats,
) -> None:  # fmt: skip
    """Men in the line, tanks and anti-tank guns by side; men who attack, and the share of them that is prepared."""
    count = terms.shape[1]
    men, tanks, against = np.zeros((count, 2), np.int64), np.zeros((count, 2), np.int64), np.zeros((count, 2), np.int64)
    attackers, prepared = np.zeros(count, np.int64), np.zeros(count, np.int64)
    early = whole(p[PREPARE_H] * HOUR)
    for i in range(members.shape[1]):
        row, slot, side, role = members[WHO, i], members[SLOT, i], ours[i], members[ROLE, i]
        men[slot, side] += line[i]
        guns = whole(now[GUNS, i] * people[PART, i] / MILLI)
        against[slot, side] += whole(guns * kinds[ANTITANK_SHARE, kind[row]])
        if role != SUPPORTING:
            tanks[slot, side] += whole(now[AFV, i] * people[PART, i] / MILLI)
        if role == ATTACKING:
            attackers[slot] += whole(now[MEN, i] * people[PART, i] / FINE)
            if f64[F_IN_PLACE_SINCE, row] + early <= memory[STARTED_AT, slot]:
                prepared[slot] += line[i]
    for slot in range(count):
        for side in range(2):
            terms[T_MEN + side, slot] = men[slot, side] / MILLI
            terms[T_ARMY_GUNS + side, slot] = shares[ARMY_GUNS, slot, side]
            afv[slot, side] = tanks[slot, side] / MILLI + shares[ASSAULT_GUNS, slot, side]
            antitank[slot, side] = against[slot, side] / MILLI + shares[ANTITANK, slot, side]
        terms[T_ATTACKERS, slot] = attackers[slot]
        terms[T_PREPARED, slot] = prepared[slot] / MILLI / max(terms[T_MEN, slot], 1e-3)


@jit
def _saturate(
    battles: Ints, members: Ints, ground: Floats, afv: Floats, antitank: Floats, terms: Floats, p: Floats
) -> None:
    """Share of the men that counts on the front there is, and the worth of tanks."""
    count = battles.shape[1]
    sides = np.zeros((count, 6), np.int64)
    for i in range(members.shape[1]):
        if members[ROLE, i] == ATTACKING and members[DIRECTION, i] >= 0:
            sides[members[SLOT, i], members[DIRECTION, i]] = 1
    for slot in range(count):
        width = p[FRONTAGE] * float(max(sides[slot].sum(), 1))
        normal, prepared = p[DENSITY_ATTACK], terms[T_PREPARED, slot]
        attack = normal + (p[DENSITY_BREAKTHROUGH] - normal) * prepared
        for side in range(2):
            density = attack if side == 0 else p[DENSITY_DEFENCE]
            terms[T_SATURATION + side, slot] = saturated(terms[T_MEN + side, slot], width * density, p[DENSITY_EXCESS])
            enemy = antitank[slot, 1 - side] + afv[slot, 1 - side]
            tanks = ground[battles[HEX, slot], G_TANKS]
            terms[T_TANK + side, slot] = tank_worth(tanks, afv[slot, side], enemy, p[ANTITANK_BASE], p[ANTITANK_K])


@jit
def _commanded(
    f32: Array, h32: Array, h64: Array, staffs: int, axial: Array, spacing: int, row: int, minute: int, p: Floats
) -> float:
    """1, or less for a formation whose headquarters is gone, out of reach or out of action since it was driven off."""
    if not staffs:
        return 1.0
    hq = f32[F_HQ, row]
    if hq < 0 or h32[H_HEX, hq] < 0 or h64[H_MOVED_AT, hq] > minute:
        return float(p[OUT_OF_COMMAND])
    far = steps_between(axial, f32[F_HEX, row], h32[H_HEX, hq]) * spacing > 4000.0 * p[COMMAND_RANGE]
    return float(p[OUT_OF_COMMAND]) if far else 1.0


@jit
def _attack(
    people: Floats, i: int, f8: Array, row: int, cell: int, direction: int, ground: Floats, strait: Array, engineers: float,
    w8: Array, ice_mm: int, p: Floats,
) -> float:  # fmt: skip
    """Multiplier of a participant's power if it attacks: night, mud, rain, craft and the river it has to cross.

    ``engineers``: how far they meet the need of its battle, 0 to 1.
    """
    if w8[W_DAYLIGHT, 0] == 0:
        people[NIGHT, i] = p[ATTACK_NIGHT]
    if w8[W_SKY, 0] == _RAIN or w8[W_SKY, 0] == _SNOW:
        people[RAIN, i] = p[ATTACK_RAIN]
    if w8[W_GROUND, 0] == _MUD and drives(f8[F_MOBILITY, row]):
        people[MUD, i] = p[ATTACK_MUD]
    factor = people[NIGHT, i] * people[RAIN, i] * people[MUD, i]
    if direction < 0:
        return float(factor)
    if strait[cell, direction] in (_STRAIT, _FERRY):
        people[STRAIT, i] = p[LANDING_FIRST]
    river = ground[cell, G_RIVER + direction]
    bears = p[ICE_TANK_CM] if drives(f8[F_MOBILITY, row]) else p[ICE_FOOT_CM]
    if strait[cell, direction] == 0 and ice_mm >= 10.0 * bears:
        river = 1.0
    river = 1.0 + (river - 1.0) * (1.0 - engineers * (1.0 - p[RIVER_ENGINEERS]))
    people[RIVER, i] = 1.0 / river
    return float(factor * people[STRAIT, i] / river)


@jit
def _rivers(battles: Ints, members: Ints, ours: Ints, ground: Floats) -> Ints:
    """Shape (battles,): hexsides with water that are attacked across."""
    count = np.zeros(battles.shape[1], np.int64)
    crossed = np.zeros((battles.shape[1], 6), np.bool_)
    for i in range(members.shape[1]):
        slot, direction = members[SLOT, i], members[DIRECTION, i]
        if ours[i] == 0 and direction >= 0 and ground[battles[HEX, slot], G_RIVER + direction] > 1.0:
            count[slot] += not crossed[slot, direction]
            crossed[slot, direction] = True
    return count


@jit
def _add_up(
    members: Ints, f32: Array, now: Ints, ours: Ints, people: Floats, ammunition: Floats, line: Ints, weak: Floats,
    shares: Floats, terms: Floats, p: Floats,
) -> None:  # fmt: skip
    """Points of both sides, army artillery and assault guns included, and means over the men in the line.

    The time to the next refresh has two halves, for guns that have fired all they had in the first. Points are the
    geometric mean of both.
    """
    count = terms.shape[1]
    men, points = np.zeros((count, 2), np.int64), np.zeros((2, count, 2), np.int64)
    means, worthy = np.zeros((6, count, 2), np.int64), np.zeros((2, count, 2), np.int64)
    for i in range(members.shape[1]):
        slot, side, part = members[SLOT, i], ours[i], people[PART, i]
        situation = people[SITUATION_FACTOR, i]
        quality = people[OWN_QUALITY, i] * people[COMMAND_FACTOR, i] * (weak[i] if len(weak) else 1.0) * situation
        tanks = 0 if members[ROLE, i] == SUPPORTING else whole(now[AFV, i] * part / MILLI)
        guns = whole(now[GUNS, i] * part / MILLI)
        worth = line[i] * terms[T_SATURATION + side, slot] + p[WEIGHT_AFV] * tanks * terms[T_TANK + side, slot]
        for k in range(2):
            fires = quality * ammunition[k, i]
            points[k, slot, side] += whole((worth + p[WEIGHT_GUN] * guns * ammunition[k, i]) * fires)
            worthy[k, slot, side] += whole(line[i] * fires)
        fires = people[AMMO_FACTOR, i]
        people[POWER, i] = whole((worth + p[WEIGHT_GUN] * guns * fires) * quality * fires)
        men[slot, side] += line[i]
        means[0, slot, side] += whole(line[i] * (f32[F_LETHALITY, members[WHO, i]] / PPM))
        means[1, slot, side] += whole(line[i] * people[OWN_QUALITY, i])
        means[2, slot, side] += whole(line[i] * people[AMMO_FACTOR, i])
        means[3, slot, side] += whole(line[i] * people[COMMAND_FACTOR, i])
        means[4, slot, side] += whole(line[i] * situation)
        means[5, slot, side] += whole(line[i] * people[WORKS_LEVEL, i])
    for slot in range(count):
        for side in range(2):
            total = men[slot, side]
            army = p[WEIGHT_GUN] * shares[ARMY_GUNS, slot, side]
            army = army + p[WEIGHT_AFV] * shares[ASSAULT_GUNS, slot, side] * terms[T_TANK + side, slot]
            first = points[0, slot, side] / MILLI + army * _mean(worthy[0, slot, side], total)
            then = points[1, slot, side] / MILLI + army * _mean(worthy[1, slot, side], total)
            terms[T_POINTS + side, slot] = np.sqrt(first * then)
            swing = log_ratio(first, then) / 2.0 if first != then else 0.0
            terms[T_SWING, slot] = swing if side == 0 else terms[T_SWING, slot] - swing
            terms[T_LETHALITY + side, slot] = _mean(means[0, slot, side], total)
            terms[T_QUALITY + side, slot] = _mean(means[1, slot, side], total)
            terms[T_AMMUNITION + side, slot] = _mean(means[2, slot, side], total)
            terms[T_COMMAND + side, slot] = _mean(means[3, slot, side], total)
            terms[T_SITUATION + side, slot] = _mean(means[4, slot, side], total)
        terms[T_WORKS, slot] = _mean(means[5, slot, 1], men[slot, 1])


@jit
def _mean(weighted: int, men: int) -> float:
    """Mean of something over the men in line, 1 where there are none."""
    return weighted / max(float(men), 1.0) if men > 0 else 1.0


@jit
def _beside(f32: Array, axial: Array, row: int, cell: int) -> bool:
    """Whether a formation stands beside a hex, so that its trenches run through it."""
    return bool(f32[F_LEG_TO, row] < 0 and steps_between(axial, f32[F_HEX, row], cell) == 1)


@jit
def _bearing(
    battles: Ints, members: Ints, f8: Array, f32: Array, axial: Array, people: Floats, line: Ints, terms: Floats, p: Floats
) -> None:
    """Shares of the defenders' line that is not dug in, and that delays or withdraws; mobile troops that attack."""
    count = terms.shape[1]
    hasty, delaying = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for i in range(members.shape[1]):
        row, slot = members[WHO, i], members[SLOT, i]
        if members[ROLE, i] == ATTACKING and drives(f8[F_MOBILITY, row]):
            terms[T_MOBILE, slot] = 1.0
        if members[ROLE, i] != HOLDING and members[ROLE, i] != SCREENING:
            continue
        leaves = f8[F_POSTURE, row] == _DELAY or (f32[F_LEG_TO, row] >= 0 and f8[F_TASK, row] == TO_WITHDRAW)
        if leaves:
            delaying[slot] += line[i]
        else:
            level = people[WORKS_LEVEL, i]
            if members[ROLE, i] == SCREENING:
                level = level * p[SCREEN_WORKS] if _beside(f32, axial, row, battles[HEX, slot]) else 0.0
            hasty[slot] += whole(line[i] * min(max(2.0 - level, 0.0), 1.0))
    for slot in range(count):
        total = max(terms[T_MEN + 1, slot] * MILLI, 1.0)
        terms[T_HASTY, slot], terms[T_DELAYING, slot] = hasty[slot] / total, delaying[slot] / total


@jit
def _shift(
    minute: int, spans: Ints, battles: Ints, members: Ints, memory: Ints, f32: Array, f64: Array, plans: Floats, naval: Floats,
    shares: Floats, w8: Array, ground: Floats, terms: Floats, p: Floats,
) -> None:  # fmt: skip
    """x: the log of the ratio of points and the terms that are added to it."""
    count = battles.shape[1]
    enclosed, free = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    # How much of the time that its plan wanted the attack had; of several plans the best prepared.
    planned = np.zeros(count) if len(plans) else np.ones(count)
    for i in range(members.shape[1]):
        if members[ROLE, i] == ATTACKING:
            enclosed[members[SLOT, i]] = True
            if len(plans):
                planned[members[SLOT, i]] = max(planned[members[SLOT, i]], plans[f32[F_HQ, members[WHO, i]]])
            if f64[F_CUT_OFF_SINCE, members[WHO, i]] > minute:
                free[members[SLOT, i]] = True
    mud = w8[W_GROUND, 0] == _MUD
    wet = mud or w8[W_GROUND, 0] == _WET
    for slot in range(count):
        left = surprise_left((minute - memory[STARTED_AT, slot]) / DAY, spans[slot] / DAY, p[SURPRISE_DECAY])
        terms[T_GROUND, slot] = ground[battles[HEX, slot], G_DEFENCE]
        terms[T_LOG_RATIO, slot] = log_ratio(terms[T_POINTS, slot], terms[T_POINTS + 1, slot])
        terms[T_SURPRISED, slot] = memory[SURPRISE, slot] / PPM * left * p[SURPRISE_X]
        terms[T_PREPARATION, slot] = terms[T_PREPARED, slot] * planned[slot] * p[PREPARATION_X]
        attack = min(shares[SORTIES, slot, 0] * (p[AIR_X_100] / 100.0), p[AIR_X_MAX])
        defence = min(shares[SORTIES, slot, 1] * (p[AIR_X_100] / 100.0), p[AIR_X_MAX])
        terms[T_AIRCRAFT, slot] = attack - defence
        terms[T_SHIPS, slot] = naval[slot, 0] - naval[slot, 1]
        terms[T_WET, slot] = p[WET_X] if wet else 0.0
        terms[T_MUD, slot] = p[MUD_X] if mud else 0.0
        terms[T_BREAKING_OUT, slot] = p[BREAKOUT_X] if enclosed[slot] and not free[slot] else 0.0
        x = terms[T_LOG_RATIO, slot]
        for term in range(T_SURPRISED, T_BREAKING_OUT + 1):
            x = x + terms[term, slot]
        terms[T_X, slot] = x
