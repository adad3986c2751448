"""Formations that cease to be: hungry or cut off they may lay down their arms, worn to a remnant they disperse.

The hazard to lay down arms consumes a threshold drawn once, when a formation first comes into danger; it is set anew
on the calendar's six-hour grid.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, PPM, Floats, exp_of, rounded, whole
from engine.core.columns import FINE, NANO, Array, anywhere
from engine.core.dice import Dice, Stream
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.codes import (
    ON_MAP,
)
from engine.model.events.combat import DISPERSED, ENDANGERED, SURRENDERED
from engine.model.places import (
    F_ABOARD_U,
    F_CUT_OFF_SINCE,
    F_HEX,
    F_HUNGRY_SINCE,
    F_MEN_FULL,
    F_SIDE,
    F_STATUS,
    F_SUPPLIED,
    F_SURRENDER_GAIN,
    F_SURRENDER_LEFT,
)
from engine.model.world import World
from engine.rules.combat_outcomes import Ending
from engine.rules.fortress import any_declared, garrison
from engine.rules.ground import blocks_of, contacts
from engine.rules.parameters import packed
from engine.rules.stragglers import BY_EVENT, escaped
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


_REMNANT: Final = 1
FLOWS: Final = ("surrender", "men", "cohesion")
_SURRENDER, _MEN, _COHESION = range(len(FLOWS))
PARAMETERS: Final = (
    "combat.surrender_day", "combat.surrender_slope", "combat.surrender_cohesion", "combat.surrender_hungry",
    "combat.surrender_supplied", "combat.surrender_sea", "combat.surrender_fortress", "combat.disperse_share",
    "switch.surrender",
)  # fmt: skip
_A_DAY, _SLOPE, _LEAST, _HUNGRY, _SUPPLIED, _BY_SEA, _FIRM, _SHARE, _ON = range(len(PARAMETERS))


def decide(world: World, minute: int, dice: Dice, ending: Ending, *, tick: bool, trace: Trace | None = None) -> None:
    """End formations whose time has come; on the grid set hazards anew. Adds to ``ending``."""
    formations = world.formations
    rows = np.empty(len(formations), np.int64)
    blocks, plan = blocks_of(formations), formations.plan(*FLOWS)
    given_up = _give_out(minute, blocks[0], blocks[2], plan, rows)
    if given_up:
        _give_up(world, minute, ending, rows[:given_up])
    if not tick:
        return
    state, hazard = np.zeros(len(formations), np.int8), np.zeros(len(formations))
    anew, fresh = np.empty((3, len(formations)), np.int64), np.empty(len(formations), bool)
    seen, differ = _look(
        minute, *blocks, plan, packed(world.statics, PARAMETERS), contacts(world), world.hexes.fortress,
        any_declared(world), ending.out, state, hazard, anew, fresh,
    )  # fmt: skip
    if seen:
        _scatter(world, minute, ending, (state == _REMNANT).nonzero()[0])
    if differ:
        _endanger(world, minute, dice, ending, anew[:, :differ], fresh[:differ], hazard, trace)


@jit
def _give_out(minute: int, f8: Array, f64: Array, plan: Ints, rows: Ints) -> int:
    """Formations on the map whose threshold to lay down arms is used up, into ``rows``; returns how many."""
    found = 0
    for row in range(len(rows)):
        endangered = f8[F_STATUS, row] == ON_MAP and f64[F_SURRENDER_GAIN, row] > 0
        if endangered and read_flow(f64, plan, _SURRENDER, row, minute) <= 0:
            rows[found] = row
            found += 1
    return found


def _give_up(world: World, minute: int, ending: Ending, rows: Ints) -> None:
    """Who is cut off, or told to, lays down his arms; a shaken formation that has a way back falls apart instead."""
    formations = world.formations
    told = formations.surrender_gain[rows] == BY_EVENT
    breaks = ~told & (formations.cut_off_since[rows] > minute)
    _scatter(world, minute, ending, rows[breaks])
    rows, told = rows[~breaks], told[~breaks]
    if len(rows):
        ending.out[rows] = True
        through = np.where(told, 0, escaped(world, rows, minute, ending.tell))
        ending.events.append(SURRENDERED(minute, formation=rows, hex=formations.hex[rows], escaped_u=through))


def _scatter(world: World, minute: int, ending: Ending, rows: Ints) -> None:
    if len(rows):
        ending.out[rows] = True
        through = escaped(world, rows, minute, ending.tell)
        ending.events.append(DISPERSED(minute, formation=rows, hex=world.formations.hex[rows], escaped_u=through))


@jit
def _look(
    minute: int, f8: Array, f32: Array, f64: Array, plan: Ints, p: Floats, contact: Array, fortress: Array, forts: bool,
    out: Array, state: Array, hazard: Floats, anew: Ints, fresh: Array,
) -> tuple[bool, int]:  # fmt: skip
    """Who is a remnant, and whose hazard is no longer what it was; returns whether there are remnants, and of the others
    how many. ``anew`` tells of those: who, threshold left, hazard; ``fresh``: his threshold has not been drawn yet.
    """
    share, remnants, found = whole(p[_SHARE] * PPM) * (FINE // PPM), False, 0
    for row in range(len(state)):
        if f8[F_STATUS, row] != ON_MAP or out[row]:
            continue
        men = read_flow(f64, plan, _MEN, row, minute) + f64[F_ABOARD_U, row]
        if men < int(f32[F_MEN_FULL, row]) * share:
            state[row], remnants = _REMNANT, True
            continue
        firm = forts and f32[F_HEX, row] >= 0 and fortress[f32[F_HEX, row]] == f8[F_SIDE, row]
        hazard[row] = _hazard_of(minute, row, contact[row], firm, f32, f64, plan, p)
        gain = whole(hazard[row] * (NANO / DAY))
        if gain != f64[F_SURRENDER_GAIN, row]:
            anew[0, found], anew[1, found], anew[2, found] = row, read_flow(f64, plan, _SURRENDER, row, minute), gain
            fresh[found] = f64[F_SURRENDER_LEFT, row] == NANO and f64[F_SURRENDER_GAIN, row] == 0
            found += 1
    return remnants, found


def _endanger(
    world: World, minute: int, dice: Dice, ending: Ending, anew: Ints, fresh: Mask, hazard: Floats, trace: Trace | None
) -> None:
    rows, left = anew[:2]
    if trace is not None:
        for row, value, bound in zip(rows.tolist(), hazard[rows].tolist(), garrison(world, rows).tolist(), strict=True):
            trace.record("formations", row, "surrender_day", value, "combat.surrender_day")
            trace.record("formations", row, "in_a_fortress", float(bound), "combat.surrender_fortress")
    if anywhere(fresh):
        subjects = world.formations.subject[rows[fresh]]
        left[fresh] = rounded(dice.exponential(Stream.SURRENDER, subjects, minute, 0) * NANO)
    ending.events.append(ENDANGERED.of(minute, anew))


def hazards(world: World, rows: Ints, minute: int) -> Floats:
    """Chance a day to lay down arms of formations ``rows``: 0 unless cut off, or shaken with the enemy beside them."""
    formations, contact, p = world.formations, contacts(world), packed(world.statics, PARAMETERS)
    blocks, plan = (formations.blocks["int32"], formations.blocks["int64"]), formations.plan(*FLOWS)
    firm = garrison(world, rows).tolist()
    return np.array([
        _hazard_of(minute, row, int(contact[row]), bound, *blocks, plan, p)
        for row, bound in zip(rows.tolist(), firm, strict=True)
    ])  # fmt: skip


@jit
def _hazard_of(
    minute: int, row: int, contact: int, firm: bool, f32: Array, f64: Array, plan: Ints, p: Floats
) -> float:
    cut_off = f64[F_CUT_OFF_SINCE, row] <= minute
    if p[_ON] == 0.0 or (not cut_off and contact != 1):
        return 0.0
    cohesion = read_flow(f64, plan, _COHESION, row, minute) / NANO
    if not cut_off and cohesion >= p[_LEAST]:
        return 0.0
    base = p[_A_DAY] * exp_of(p[_SLOPE] * (p[_LEAST] - cohesion))
    if cut_off and f64[F_HUNGRY_SINCE, row] <= minute:
        base = base * p[_HUNGRY]
    elif cut_off and f32[F_SUPPLIED, row] >= p[_SUPPLIED] * PPM:
        base = base * p[_BY_SEA]
    return float(base * p[_FIRM]) if firm else float(base)
