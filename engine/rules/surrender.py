"""Formations that cease to be: hungry or cut off they may lay down their arms, worn to a remnant they disperse.

The hazard to lay down arms consumes a threshold drawn once, when a formation first comes into danger; it is set anew
on the calendar's six-hour grid.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, PPM, Floats, exp, rounded
from engine.core.columns import FINE, NANO, Array, anywhere
from engine.core.dice import Dice, Stream
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.codes import (
    ON_MAP,
)
from engine.model.events.combat import DISPERSED, ENDANGERED, SURRENDERED
from engine.model.places import F_ABOARD_U, F_CUT_OFF_SINCE, F_MEN_FULL, F_STATUS, F_SURRENDER_GAIN
from engine.model.world import World
from engine.rules.combat_outcomes import Ending
from engine.rules.fortress import garrison
from engine.rules.ground import blocks_of, contacts
from engine.rules.power import on
from engine.rules.stragglers import BY_EVENT, escaped
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]


_REMNANT, _DOUBTFUL = 1, 2
_SURRENDER, _MEN, _COHESION = range(3)


def decide(world: World, minute: int, dice: Dice, ending: Ending, *, tick: bool, trace: Trace | None = None) -> None:
    """End formations whose time has come; on the grid set hazards anew. Adds to ``ending``."""
    formations = world.formations
    rows = np.empty(len(formations), np.int64)
    blocks, plan = blocks_of(formations), formations.plan("surrender", "men", "cohesion")
    given_up = _give_out(minute, blocks[0], blocks[2], plan, rows)
    if given_up:
        _give_up(world, minute, ending, rows[:given_up])
    if not tick:
        return
    share = round(world.statics.rules["combat.disperse_share"] * PPM) * (FINE // PPM)
    state = np.zeros(len(formations), np.int8)
    least = world.statics.rules["combat.surrender_cohesion"]
    seen = _look(minute, share, least, *blocks, plan, contacts(world), ending.out, state)
    if seen & _REMNANT:
        _scatter(world, minute, ending, (state == _REMNANT).nonzero()[0])
    if seen & _DOUBTFUL:
        _endanger(world, minute, dice, ending, (state == _DOUBTFUL).nonzero()[0], trace)


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
    minute: int, share: int, least: float, f8: Array, f32: Array, f64: Array, plan: Ints, contact: Array, out: Array,
    state: Array,
) -> int:  # fmt: skip
    """Who is a remnant, and whose hazard may be other than nothing or was until now; returns what was found, as bits."""
    seen = 0
    for row in range(len(state)):
        if f8[F_STATUS, row] != ON_MAP or out[row]:
            continue
        men = read_flow(f64, plan, _MEN, row, minute) + f64[F_ABOARD_U, row]
        if men < int(f32[F_MEN_FULL, row]) * share:
            state[row] = _REMNANT
            seen |= _REMNANT
            continue
        shaken = contact[row] == 1 and read_flow(f64, plan, _COHESION, row, minute) / NANO < least
        if f64[F_SURRENDER_GAIN, row] != 0 or f64[F_CUT_OFF_SINCE, row] <= minute or shaken:
            state[row] = _DOUBTFUL
            seen |= _DOUBTFUL
    return seen


def _endanger(world: World, minute: int, dice: Dice, ending: Ending, rows: Ints, trace: Trace | None) -> None:
    if not len(rows):
        return
    formations = world.formations
    hazard = hazards(world, rows, minute)
    gain = rounded(hazard * (NANO / DAY))
    differs = gain != formations.surrender_gain[rows]
    rows, gain, hazard = rows[differs], gain[differs], hazard[differs]
    if trace is not None:
        firm = garrison(world, rows)
        for row, value, bound in zip(rows.tolist(), hazard.tolist(), firm.tolist(), strict=True):
            trace.record("formations", row, "surrender_day", value, "combat.surrender_day")
            trace.record("formations", row, "in_a_fortress", float(bound), "combat.surrender_fortress")
    if not len(rows):
        return
    left = formations.read("surrender", minute, rows)
    fresh = (formations.surrender_left[rows] == NANO) & (formations.surrender_gain[rows] == 0)
    if anywhere(fresh):
        subjects = formations.subject[rows[fresh]]
        left[fresh] = rounded(dice.exponential(Stream.SURRENDER, subjects, minute, 0) * NANO)
    ending.events.append(ENDANGERED(minute, formation=rows, surrender_left=left, surrender_gain=gain))


def hazards(world: World, rows: Ints, minute: int) -> Floats:
    """Chance a day to lay down arms of formations ``rows``: 0 unless cut off, or shaken with the enemy beside them."""
    formations, rules = world.formations, world.statics.rules
    if not on(rules, "surrender") or not len(rows):
        return np.zeros(len(rows))
    result = np.zeros(len(rows))
    least = rules["combat.surrender_cohesion"]
    cohesion = formations.read("cohesion", minute, rows) / NANO
    cut_off = formations.cut_off_since[rows] <= minute
    some = (cut_off | ((cohesion < least) & (contacts(world)[rows] == 1))).nonzero()[0]
    if not len(some):
        return result
    rows, cut_off = rows[some], cut_off[some]
    base = rules["combat.surrender_day"] * exp(rules["combat.surrender_slope"] * (least - cohesion[some]))
    hungry = cut_off & (formations.hungry_since[rows] <= minute)
    by_sea = cut_off & ~hungry & (formations.supplied[rows] >= rules["combat.surrender_supplied"] * PPM)
    base = np.where(hungry, base * rules["combat.surrender_hungry"], base)
    base = np.where(by_sea, base * rules["combat.surrender_sea"], base)
    firm = garrison(world, rows)
    result[some] = np.where(firm, base * rules["combat.surrender_fortress"], base) if anywhere(firm) else base
    return result
