"""Sets the flows of battles anew: hazards, ground won, and what every participant loses a minute.

Rates stand from one refresh to the next and are whole fine units a minute, so that looking, saving or slicing time
changes nothing. A battle is refreshed when something about it has changed and on the calendar's six-hour grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, PPM, Floats, exp_of, log_of, whole
from engine.core.calendar import NEVER
from engine.core.columns import FINE, NANO, Array
from engine.core.dice import Dice, Stream, battle_subject
from engine.core.jit import jit
from engine.model.codes import (
    ASSAULT,
    BOMBARDING,
    HOLDING,
    OVERRUN,
    PROBING,
    SCREEN_FIGHT,
    SUPPORTING,
    Ground,
)
from engine.model.places import B_X, W_GROUND
from engine.model.world import Statics, World
from engine.rules import combat_balance, ice, power, preparation, support
from engine.rules import combat_situation as circumstances
from engine.rules.combat_balance import (
    G_ATTACKER_SHIFT,
    G_DEFENDER_SHIFT,
    PART,
    PEOPLE,
    WORKS_LEVEL,
    Balance,
    arm,
    ground_table,
    kind_table,
    take_stock,
    weigh,
)
from engine.rules.combat_lineup import DIRECTION, HEX, KIND, ROLE, ROW, SHARE, SLOT, WHO, Lineup
from engine.rules.combat_rates import (
    BREAK_OFF_DAYS,
    DECISION_DAYS,
    LOSS_A,
    LOSS_D,
    MOST_LOSS_DAY,
    PACE,
    TAU,
    TAU_DAYS,
    TAU_SLOPE,
    TAU_X,
    WIN,
    WIN_SLOPE,
    Curves,
    curves_at,
    loss_shift,
    size_shift,
)
from engine.rules.combat_roll import (
    BEFORE,
    BREAK_LEFT,
    DEPTH,
    EFFECT_ATTACKER,
    EFFECT_DEFENDER,
    EFFECT_SPEED,
    NOISE_ATTACKER,
    NOISE_DEFENDER,
    STARTED_AT,
    YIELD_LEFT,
    Roll,
)
from engine.rules.combat_situation import bound_to_stay, cause_of, evacuating, weigh_situation
from engine.rules.combat_terms import (
    T_ATTACKERS,
    T_DECISION,
    T_DELAYING,
    T_FIERCE,
    T_HASTY,
    T_LETHALITY,
    T_LOSS,
    T_LOSS_SHIFT,
    T_MEN,
    T_MOBILE,
    T_P_YIELD,
    T_PACE,
    T_PHI,
    T_PREPARED,
    T_ROWS,
    T_SIZE,
    T_SWING,
    T_TAU,
    T_X,
)
from engine.rules.combat_why import explain
from engine.rules.ground import blocks_of
from engine.rules.landing import weakness
from engine.rules.parameters import packed
from engine.rules.power import AFV, BATTLE, COHESION, GUNS, MEN
from engine.rules.support import SORTIES, men_of_fronts
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
GRAIN_MIN: Final = 60
"""What falls due, and who comes and goes, is settled on the hour: battles last days, and each look costs. Events keep
the exact minute at which a battle was decided.
"""
GRID_MIN: Final = 360
SPARE_MIN: Final = 40
MOST_GONE: Final = GRID_MIN + SPARE_MIN
"""A stock of s lasts at least so many minutes: no flow can drive it below nothing before the next refresh."""
_WET, _MUD = int(Ground.WET), int(Ground.MUD)

PARAMETERS: Final = (
    "contact.screen_tau", "combat.probe_days", "combat.overrun_h", "combat.overrun_x", "combat.overrun_cohesion",
    "combat.overrun_fort", "combat.overrun_men", "switch.overrun", "combat.intensity_assault", "combat.intensity_probe",
    "combat.intensity_bombard", "combat.intensity_hasty", "combat.intensity_east", "contact.screen_rate", "air.men_100",
    "combat.loss_hasty_attacker", "combat.loss_delay_attacker", "combat.loss_wet_attacker", "combat.loss_hasty_defender",
    "combat.loss_delay_defender", "combat.loss_wet_defender", "combat.advance_size", "combat.advance_size_men",
    "combat.afv_attack", "combat.afv_defence", "combat.afv_east", "air.afv_100", "repair.final_kept", "combat.gun_rate",
    "combat.hex_depth_km", "naval.cohesion_day", "combat.advance_intensity", "combat.cohesion_loss",
)  # fmt: skip
(
    SCREEN_TAU, PROBE_DAYS, OVERRUN_H, OVERRUN_X, OVERRUN_COHESION, OVERRUN_FORT, OVERRUN_MEN, MAY_OVERRUN,
    INTENSITY_ASSAULT, INTENSITY_PROBE, INTENSITY_BOMBARD, INTENSITY_HASTY, INTENSITY_EAST, SCREEN_RATE, AIR_MEN_100,
    HASTY_A, DELAY_A, WET_A, HASTY_D, DELAY_D, WET_D, ADVANCE_SIZE, ADVANCE_SIZE_MEN, AFV_ATTACK, AFV_DEFENCE, AFV_EAST,
    AIR_AFV_100, FINAL_KEPT, GUN_RATE, HEX_DEPTH, NAVAL_COHESION, ADVANCE_INTENSITY, COHESION_LOSS,
) = range(len(PARAMETERS))  # fmt: skip

FOUGHT: Final = (
    "kind", "yield_rate", "yield_left", "break_rate", "depth_rate", "due_at", "x", "phi", "cause", "noise_attacker",
    "noise_defender",
)  # fmt: skip
"""What is set for each battle: columns of the event Fought."""
(
    NEW_KIND, YIELD_RATE, YIELDS_AFTER, BREAK_RATE, DEPTH_RATE, DUE_AT, X_PPM, PHI_PPM, CAUSE, NEW_NOISE_A, NEW_NOISE_D,
) = range(len(FOUGHT))  # fmt: skip
BLED: Final = ("battle_rate", "shop_rate", "lost_rate", "guns_rate")
"""What is set for each participant, fine units a minute: columns of the event Bled."""
KNOWN: Final = 4
"""Columns of it before those: row of participants, formation, share and direction."""
BATTLE_RATE, SHOP_RATE, LOST_RATE, GUNS_RATE = range(len(BLED))


@dataclass(frozen=True, eq=False)
class Flows:
    """New rates."""

    battles: Ints
    """Shape (1 + FOUGHT, battles): the first row is that of ``Roll.battle``."""
    members: Ints
    """Shape (KNOWN + BLED, participants): who it is, then rates."""
    balance: Balance
    spans: Ints
    """Shape (battles,): minutes for which the rates will stand, as far as can be foreseen."""


def curves(world: World) -> Curves:
    """The run's curves, made once."""
    found = world.statics.memo.get("combat.curves")
    if found is None:
        found = world.statics.memo["combat.curves"] = Curves.of(world.statics.rules)
    assert isinstance(found, Curves)
    return found


def flows(world: World, lineup: Lineup, roll: Roll, minute: int, trace: Trace | None) -> Flows:
    """Rates of every battle and participant of ``lineup`` from ``minute`` on."""
    headquarters, participants = world.headquarters, world.participants
    count, many = lineup.battles.shape[1], lineup.members.shape[1]
    spans, battles = np.empty(count, np.int64), np.empty((1 + len(FOUGHT), count), np.int64)
    now, ours = np.empty((len(power.FLOWS), many), np.int64), np.empty(many, np.int64)
    members, people = np.empty((KNOWN + len(BLED), many), np.int64), np.empty((PEOPLE, many))
    shares, terms = np.empty((support.USES, count, 2)), np.zeros((T_ROWS, count))
    weak, plans = weakness(world, lineup.formation, minute), preparation.shares(world)
    naval, weather = support.naval(world, lineup, minute), world.weather
    _refresh(
        minute, GRID_MIN - minute % GRID_MIN, MOST_GONE, lineup.battles, lineup.members, roll.memory, roll.joined_at,
        *blocks_of(world.formations), len(world.formations), world.formations.kind, headquarters.blocks["int32"],
        headquarters.blocks["int64"], len(headquarters), world.hexes.blocks["int8"], world.hexes.blocks["int64"],
        *blocks_of(world.battles), len(world.battles), participants.blocks["int32"], participants.blocks["int64"],
        len(participants), weather.blocks["int8"], int(weather.flyable[0]), int(weather.ice_mm[0]), bound_to_stay(world),
        evacuating(world), ice.water(world), _ALL if weak is None else weak, _ALL if plans is None else plans, naval,
        spans, now, ours, people, shares, terms, battles[1:], members[KNOWN:], *_given(world),
    )  # fmt: skip
    _name(lineup.members, roll.battle, roll.row, battles, members)
    found = Flows(battles, members, Balance(now, ours, people, shares, naval, terms), spans)
    if trace is not None:
        explain(trace, world, lineup, roll.battle, found.balance)
    return found


_ALL: Final = np.zeros(0)
"""Stands for the preparation of plans where all are fully prepared, and for weakness where nobody has landed."""


@jit
def _name(lineup: Ints, battle: Ints, row: Ints, battles: Ints, members: Ints) -> None:
    """Say in the first rows of what is set which battle it is, and who."""
    battles[0], members[0] = battle, row
    members[1], members[2], members[3] = lineup[WHO], lineup[SHARE], lineup[DIRECTION]


def _given(world: World) -> tuple[Any, ...]:
    """What :func:`_refresh` is given of the scenario and its parameters, gathered once for a run."""
    statics = world.statics
    found: tuple[Any, ...] | None = statics.memo.get("combat.given")
    if found is None:
        pools, grid = support.pools(statics), statics.grid
        found = statics.memo["combat.given"] = (
            world.formations.plan(*power.FLOWS), grid.ring_table(round(statics.rules["combat.phi_reserve_hexes"])),
            ground_table(statics), power.ground(statics).works, kind_table(statics), grid.axial_table, grid.spacing_m,
            pools.matrix, pools.moved, curves(world).packed, packed(statics, support.PARAMETERS),
            packed(statics, circumstances.PARAMETERS), packed(statics, combat_balance.PARAMETERS),
            packed(statics, PARAMETERS),
        )  # fmt: skip
    return found


@jit
def _refresh(
    minute: int, until: int, most_gone: int, battles: Ints, members: Ints, memory: Ints, joined_at: Ints, f8: Array,
    f32: Array, f64: Array, formations: int, kind: Array, h32: Array, h64: Array, staffs: int, x8: Array, x64: Array,
    b8: Array, b32: Array, b64: Array, fought: int, p32: Array, p64: Array, participants: int, w8: Array, flyable: int,
    ice_mm: int, firm: Array, leaving: Array, strait: Array, weak: Floats, plans: Floats, naval: Floats, spans: Ints,
    now: Ints, ours: Ints, people: Floats, shares: Floats, terms: Floats, new: Ints, rates: Ints, plan: Ints, ring: Array,
    ground: Floats, works: Floats, kinds: Floats, axial: Array, spacing: int, pools: Ints, moved: Ints, curve: Floats,
    p_support: Floats, p_situation: Floats, p_balance: Floats, p: Floats,
) -> None:  # fmt: skip
    """All of it in one pass; where battles begin the balance and what follows from it twice, for what those who have just
    met will have lost half-way is known when their losses are.
    """
    _spans(minute, until, battles, memory, b32, curve, p, spans)
    people[:, :] = 1.0
    mean, ammunition = np.empty_like(now), np.empty((2, members.shape[1]))
    take_stock(minute, spans, battles, members, memory, f8, f64, plan, now, mean, ours)
    arm(minute, spans, battles, members, f32, kind, h32, h64, staffs, kinds, axial, spacing, now, p_balance, ammunition,
        people)  # fmt: skip
    weigh_situation(
        minute, battles, members, memory, joined_at, f8, f32, f64, formations, x8, x64, b8, b32, b64, fought, p32, p64,
        participants, ring, firm, leaving, p_situation, terms,
    )  # fmt: skip
    fronts = men_of_fronts(minute, f8, f32, f64, MEN, plan, h32, staffs)
    for _ in range(2 if _some_begin(minute, battles, memory) else 1):
        weigh(
            minute, spans, battles, members, memory, f8, f32, f64, kind, h32, staffs, x8, w8, flyable, ice_mm, ground, strait,
            works, kinds, weak, plans, axial, spacing, pools, moved, fronts, p_support, naval, p_balance, mean, ours,
            ammunition, people, shares, terms,
        )  # fmt: skip
        _flow(
            minute, until, spans, most_gone, battles, members, memory, w8, ground, now, ours, people, shares, curve, p, terms,
            new, rates,
        )  # fmt: skip
        _wear(minute, spans, members, memory, now, rates, p, mean)


@jit
def _some_begin(minute: int, battles: Ints, memory: Ints) -> bool:
    """Whether some of the battles begin now."""
    some = False
    for slot in range(battles.shape[1]):
        some = some or (memory[STARTED_AT, slot] == minute and battles[KIND, slot] >= 0)
    return some


@jit
def _spans(minute: int, until: int, battles: Ints, memory: Ints, b32: Array, c: Floats, p: Floats, spans: Ints) -> None:
    """Minutes for which what is set now will stand, as far as can be foreseen: to the calendar's next hour, or to where
    the defender's clock begins to run or the attacker's, by the balance of the last refresh, if that is sooner.
    """
    for slot in range(len(spans)):
        kind, begun, spans[slot] = battles[KIND, slot], memory[STARTED_AT, slot], until
        if kind not in (ASSAULT, SCREEN_FIGHT):
            continue
        row = battles[ROW, slot]
        x = b32[B_X, row] / PPM if row >= 0 else 0.0
        pace = exp_of(-c[TAU_SLOPE] * max(0.0, x - c[TAU_X])) * (p[SCREEN_TAU] if kind == SCREEN_FIGHT else 1.0)
        for days in (c[DECISION_DAYS], c[BREAK_OFF_DAYS]):
            at = -((-begun - whole(days * pace * DAY)) // GRAIN_MIN) * GRAIN_MIN
            if at > minute:
                spans[slot] = min(spans[slot], at - minute)


@jit
def _wear(minute: int, spans: Ints, members: Ints, memory: Ints, now: Ints, rates: Ints, p: Floats, mean: Ints) -> None:
    """Stocks half-way to the next refresh of participants of battles that begin, at ``rates``."""
    for i in range(members.shape[1]):
        slot = members[SLOT, i]
        if memory[STARTED_AT, slot] < minute:
            continue
        half = spans[slot] // 2
        men = rates[BATTLE_RATE, i] * half
        mean[MEN, i], mean[BATTLE, i] = max(now[MEN, i] - men, 0), max(now[BATTLE, i] + men, 0)
        mean[AFV, i] = max(now[AFV, i] - (rates[SHOP_RATE, i] + rates[LOST_RATE, i]) * half, 0)
        mean[GUNS, i] = max(now[GUNS, i] - rates[GUNS_RATE, i] * half, 0)
        worn = whole(men / max(now[MEN, i], 1) * p[COHESION_LOSS] * NANO)
        mean[COHESION, i] = max(now[COHESION, i] - worn, 0)


@jit
def _flow(
    minute: int, until: int, spans: Ints, most_gone: int, battles: Ints, members: Ints, memory: Ints, w8: Array,
    ground: Floats, now: Ints, ours: Ints, people: Floats, shares: Floats, curve: Floats, p: Floats, terms: Floats, new: Ints,
    rates: Ints,
) -> None:  # fmt: skip
    """What follows from the balance: kinds of battle, hazards, ground won, and losses."""
    _kinds(battles, members, now, people, terms, new, p)
    wet = 1.0 if w8[W_GROUND, 0] == _WET or w8[W_GROUND, 0] == _MUD else 0.0
    # Where both sides lose more a day, ground changes hands faster, too; no decision is hastened by it.
    fierce = p[ADVANCE_INTENSITY] * log_of(p[INTENSITY_EAST])
    one = np.empty(5)
    for slot in range(battles.shape[1]):
        hasty, delaying, cell = terms[T_HASTY, slot], terms[T_DELAYING, slot], battles[HEX, slot]
        shift_a = loss_shift(hasty, delaying, wet, p[HASTY_A], p[DELAY_A], p[WET_A])
        shift_d = loss_shift(hasty, delaying, wet, p[HASTY_D], p[DELAY_D], p[WET_D])
        size = size_shift(terms[T_ATTACKERS, slot], p[ADVANCE_SIZE], p[ADVANCE_SIZE_MEN])
        noise_a = (memory[EFFECT_ATTACKER, slot] + memory[NOISE_ATTACKER, slot]) / PPM
        noise_d = (memory[EFFECT_DEFENDER, slot] + memory[NOISE_DEFENDER, slot]) / PPM
        _curves_over(
            curve, terms[T_X, slot], terms[T_SWING, slot], terms[T_PHI, slot],
            shift_a + ground[cell, G_ATTACKER_SHIFT] + noise_a, shift_d + ground[cell, G_DEFENDER_SHIFT] + noise_d,
            size + fierce + memory[EFFECT_SPEED, slot] / PPM, one,
        )  # fmt: skip
        terms[T_LOSS_SHIFT, slot], terms[T_LOSS_SHIFT + 1, slot] = shift_a, shift_d
        terms[T_SIZE, slot], terms[T_FIERCE, slot] = size, fierce
        _hazards(minute, slot, one, curve, memory, terms, new, p)
        _shares_lost(slot, one, shares, terms, new, p)
        _due(minute, minute + spans[slot] if spans[slot] < until else NEVER, slot, memory, new, p)
        new[X_PPM, slot], new[PHI_PPM, slot] = _ppm(terms[T_X, slot]), _ppm(terms[T_PHI, slot])
        new[CAUSE, slot] = cause_of(terms, slot, curve[WIN_SLOPE])
        new[NEW_NOISE_A, slot], new[NEW_NOISE_D, slot] = memory[NOISE_ATTACKER, slot], memory[NOISE_DEFENDER, slot]
    _losses(spans, most_gone, members, now, ours, people, shares, terms, rates, p)


@jit
def _curves_over(
    c: Floats, x: float, swing: float, phi: float, attacker: float, defender: float, speed: float, out: Floats
) -> None:
    """The curves in the mean of two halves, ``x`` being higher by ``swing`` in the first and lower in the second."""
    if swing == 0.0:
        curves_at(c, x, phi, attacker, defender, speed, out)
        return
    then = np.empty(len(out))
    curves_at(c, x + swing, phi, attacker, defender, speed, out)
    curves_at(c, x - swing, phi, attacker, defender, speed, then)
    for k in range(len(out)):
        out[k] = (out[k] + then[k]) / 2.0


@jit
def _ppm(value: float) -> int:
    """Millionths, cut to what a column of 32 bits holds."""
    return int(min(max(np.floor(value * PPM + 0.5), -2e9), 2e9))


@jit
def _kinds(battles: Ints, members: Ints, now: Ints, people: Floats, terms: Floats, new: Ints, p: Floats) -> None:
    """Kinds of battle, with weak defenders in the open before superior mobile troops marked as overrun.

    A thin screen is run over like a weak garrison: nobody of it stands in the hex, so only its men count.
    """
    count = battles.shape[1]
    steady, dug_in = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for i in range(members.shape[1]):
        if members[ROLE, i] == HOLDING:
            steady[members[SLOT, i]] |= now[COHESION, i] >= whole(p[OVERRUN_COHESION] * NANO)
            dug_in[members[SLOT, i]] |= people[WORKS_LEVEL, i] >= p[OVERRUN_FORT]
    for slot in range(count):
        kind = battles[KIND, slot]
        new[NEW_KIND, slot] = kind
        superior = p[MAY_OVERRUN] != 0.0 and terms[T_MOBILE, slot] > 0 and terms[T_X, slot] > p[OVERRUN_X]
        if superior and (kind in (SCREEN_FIGHT, ASSAULT)):
            strong = terms[T_MEN + 1, slot] >= p[OVERRUN_MEN] and (kind == SCREEN_FIGHT or steady[slot])
            if not strong and not dug_in[slot]:
                new[NEW_KIND, slot] = OVERRUN


@jit
def _hazards(
    minute: int, slot: int, curve: Floats, c: Floats, memory: Ints, terms: Floats, new: Ints, p: Floats
) -> None:
    """When the defender yields and the attacker breaks off, and how fast ground is won."""
    kind, win, tau = new[NEW_KIND, slot], curve[WIN], curve[TAU]
    assault = kind in (ASSAULT, SCREEN_FIGHT)
    if kind == SCREEN_FIGHT:
        tau = tau * p[SCREEN_TAU]
    yields, breaks = (win / tau, (1.0 - win) / tau) if assault else (0.0, 0.0)
    # A probe only feels its way forward: it never takes ground and ends by itself.
    if kind == PROBING:
        breaks = 1.0 / p[PROBE_DAYS]
    ready_at = memory[STARTED_AT, slot] + whole(c[DECISION_DAYS] * DAY * tau / c[TAU_DAYS])
    tires_at = max(memory[STARTED_AT, slot] + whole(c[BREAK_OFF_DAYS] * DAY * tau / c[TAU_DAYS]), ready_at)
    early, eager = assault and minute < ready_at, assault and minute < tires_at
    if early:
        yields = 0.0
    if eager:
        breaks = 0.0
    if kind == OVERRUN:
        yields = 24.0 / p[OVERRUN_H]
    pace = curve[PACE] if assault else 0.0
    new[YIELD_RATE, slot], new[BREAK_RATE, slot] = whole(yields * (NANO / DAY)), whole(breaks * (NANO / DAY))
    new[DEPTH_RATE, slot] = whole(pace * (1000.0 * FINE / DAY))
    new[DUE_AT, slot] = ready_at if early else tires_at if eager else NEVER
    terms[T_P_YIELD, slot], terms[T_TAU, slot], terms[T_PACE, slot] = win, tau, pace
    terms[T_DECISION, slot] = (ready_at - memory[STARTED_AT, slot]) / DAY


@jit
def _shares_lost(slot: int, curve: Floats, shares: Floats, terms: Floats, new: Ints, p: Floats) -> None:
    """Share of the men taking part that each side loses a day."""
    kind = new[NEW_KIND, slot]
    activity = p[INTENSITY_ASSAULT]
    if kind == PROBING:
        activity = p[INTENSITY_PROBE]
    elif kind == BOMBARDING:
        activity = p[INTENSITY_BOMBARD]
    elif terms[T_PREPARED, slot] < 0.5:
        activity = activity * p[INTENSITY_HASTY]
    if kind == SCREEN_FIGHT:
        activity = activity * p[SCREEN_RATE]
    activity = activity * p[INTENSITY_EAST]
    for side in range(2):
        loss = curve[LOSS_A if side == 0 else LOSS_D] * activity * terms[T_LETHALITY + 1 - side, slot]
        if kind == BOMBARDING and side == 0:
            loss = 0.0
        loss = loss + shares[SORTIES, slot, 1 - side] * (p[AIR_MEN_100] / 100.0)
        terms[T_LOSS + side, slot] = min(loss, MOST_LOSS_DAY)


@jit
def _due(minute: int, foreseen: int, slot: int, memory: Ints, new: Ints, p: Floats) -> None:
    """When the first threshold is used up, or the hex is crossed; an overrun is decided in ``combat.overrun_h``. When it
    was ``foreseen`` that rates are set anew they are, for stocks may not last beyond.
    """
    yields, breaks = memory[YIELD_LEFT, slot], memory[BREAK_LEFT, slot]
    if new[NEW_KIND, slot] == OVERRUN and memory[BEFORE, slot] != OVERRUN:
        yields = NANO
    due = min(used_up_at(yields, new[YIELD_RATE, slot], minute), used_up_at(breaks, new[BREAK_RATE, slot], minute))
    # There is no more ground to be won than the hex is deep.
    deep = whole(p[HEX_DEPTH] * 1e9) - memory[DEPTH, slot]
    if deep <= 0:
        new[DEPTH_RATE, slot] = 0
    else:
        due = min(due, used_up_at(deep, new[DEPTH_RATE, slot], minute))
    due = min(due, new[DUE_AT, slot], foreseen)
    new[DUE_AT, slot], new[YIELDS_AFTER, slot] = max(due, minute + 1), yields


@jit
def _losses(
    spans: Ints, most_gone: int, members: Ints, now: Ints, ours: Ints, people: Floats, shares: Floats, terms: Floats,
    rates: Ints, p: Floats,
) -> None:  # fmt: skip
    """Rates of every participant, fine units a minute.

    A share lost a day leaves fewer to lose from: the even rate of the ``spans`` of minutes to the next refresh takes what
    that share would take of a shrinking stock.
    """
    count = terms.shape[1]
    even, some = np.empty((count, 2)), np.zeros((count, 2), np.int64)
    for slot in range(count):
        span = max(spans[slot], 1)
        for side in range(2):
            even[slot, side] = (1.0 - exp_of(terms[T_LOSS + side, slot] * (-span / DAY))) / span
    for i in range(members.shape[1]):
        some[members[SLOT, i], ours[i]] += now[AFV, i] // PPM
    for i in range(members.shape[1]):
        slot, side, afv = members[SLOT, i], ours[i], now[AFV, i]
        share = 0.0 if members[ROLE, i] == SUPPORTING else even[slot, side] * people[PART, i]
        hit = share * (p[AFV_ATTACK] if side == 0 else p[AFV_DEFENCE]) * p[AFV_EAST] * afv
        if some[slot, side] > 0:
            # From the air, divided by the AFVs each participant has.
            bombs = shares[SORTIES, slot, 1 - side] * (p[AIR_AFV_100] / 100.0 * FINE / DAY)
            hit = hit + bombs * (afv // PPM) / max(float(some[slot, side]), 1.0)
        hit = min(hit, afv / most_gone / 2)
        rates[BATTLE_RATE, i] = whole(share * now[MEN, i])
        rates[SHOP_RATE, i], rates[LOST_RATE, i] = whole(hit * (1.0 - p[FINAL_KEPT])), whole(hit * p[FINAL_KEPT])
        rates[GUNS_RATE, i] = whole(min(share * p[GUN_RATE], 0.5 / most_gone) * now[GUNS, i])


@jit
def used_up_at(left: int, rate: int, as_of: int) -> int:
    """Minute at which a threshold is used up at a rate; NEVER at rate 0."""
    return as_of - (-max(left, 0)) // rate if rate > 0 else NEVER


def move_noise(world: World, lineup: Lineup, roll: Roll, minute: int, dice: Dice) -> None:
    """Noise of losses that the battles going on remember, after another six hours: an Ornstein-Uhlenbeck step on the
    calendar's grid.
    """
    old = roll.going_on
    if old:
        subjects = battle_subject(lineup.hex[:old], world.battles.ordinal[lineup.live[:old]])
        _move_noise(roll.memory, dice.normals(Stream.BATTLE_NOISE, subjects, minute, 2), *_noise(world.statics))


@jit
def _move_noise(memory: Ints, fresh: Floats, r: float, spread: float) -> None:
    """``fresh``: standard normals, shape (2, battles going on); the noise is in ppm of log."""
    for k in range(2):
        for slot in range(fresh.shape[1]):
            memory[NOISE_ATTACKER + k, slot] = whole(memory[NOISE_ATTACKER + k, slot] * r + fresh[k, slot] * spread * PPM)


def _noise(statics: Statics) -> tuple[float, float]:
    """Correlation of noise over six hours, and how far what is new about it spreads; worked out once for a run."""
    found: tuple[float, float] | None = statics.memo.get("combat.noise")
    if found is None:
        rules = statics.rules
        # Correlation over six hours is the fourth root of that over a day.
        r = float(np.sqrt(np.sqrt(rules["combat.daily_noise_correlation"])))
        spread = rules["combat.daily_noise"] * float(np.sqrt(1.0 - r * r)) * power.on(rules, "noise")
        found = statics.memo["combat.noise"] = (r, spread)
    return found
