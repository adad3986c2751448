"""phi, the shift of the odds by the defender's situation, term by term, and what a battle was lost by.

Soldiers rarely fight to the end: of 52 coded decisions to quit (McQuie), two thirds were caused by manoeuvre, one
eighth by losses or fire, one eighth by want of reserves. The terms are logits added to the curve of wins.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats, whole
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import Array, anywhere
from engine.core.jit import jit
from engine.model.codes import (
    ATTACKING,
    HOLDING,
    ON_MAP,
    RUNNING,
    SCREEN_FIGHT,
    SCREENING,
    Cause,
    DirectiveKind,
    Outcome,
)
from engine.model.places import (
    B_ATTACKER,
    B_ENDED_AT,
    B_HEX,
    B_OUTCOME,
    F_CUT_OFF_SINCE,
    F_FATIGUE_N,
    F_HEX,
    F_SIDE,
    F_STATUS,
    P_FORMATION,
    P_LEFT_AT,
    X_OWNER,
    X_OWNER_SINCE,
)
from engine.model.world import World
from engine.rules import fortress
from engine.rules.combat_lineup import ATTACKER, DIRECTION, HEX, KIND, ROLE, SLOT, WHO
from engine.rules.combat_roll import DEPTH, STARTED_AT
from engine.rules.combat_terms import (
    T_PHI,
    T_PHI_CUT_OFF,
    T_PHI_EVACUATION,
    T_PHI_FORTRESS,
    T_PHI_NEIGHBOUR,
    T_PHI_NO_RESERVE,
    T_PHI_OPEN,
    T_PHI_PENETRATED,
    T_PHI_RESERVE,
    T_PHI_STAND_FAST,
    T_SURPRISED,
    T_X,
)
from engine.rules.command import stand_fast
from engine.rules.derived import derived

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
MANOEUVRE: Final = (Cause.OPEN_FLANK, Cause.NEIGHBOUR_GONE, Cause.CUT_OFF, Cause.PENETRATED, Cause.SURPRISED)
_MANOEUVRE: Final = tuple(int(cause) for cause in MANOEUVRE)
_NO_RESERVE, _FIRE, _EVACUATION = int(Cause.NO_RESERVE), int(Cause.FIRE), int(Cause.EVACUATION)
_YIELDED: Final = int(Outcome.YIELDED)
_EVACUATE: Final = int(DirectiveKind.EVACUATE)
IN_A_FORTRESS: Final = 2
RESTED_N: Final = 200_000_000
"""A reserve that has come in is fresh below this fatigue (1e-9)."""

PARAMETERS: Final = (
    "combat.phi_open_side", "combat.phi_open_side_max", "combat.phi_neighbour", "combat.phi_neighbour_h",
    "combat.phi_cut_off_days", "combat.phi_cut_off", "combat.phi_cut_off_late_days", "combat.phi_cut_off_late",
    "combat.phi_penetration", "combat.hex_depth_km", "combat.phi_no_reserve", "combat.phi_reserve",
    "combat.phi_stand_fast", "combat.phi_evacuation", "combat.phi_mean", "switch.situation",
    "combat.phi_fortress", "combat.phi_frontal_sides",
)  # fmt: skip
(
    OPEN_SIDE, OPEN_SIDE_MAX, NEIGHBOUR, NEIGHBOUR_H, CUT_OFF_DAYS, CUT_OFF, CUT_OFF_LATE_DAYS, CUT_OFF_LATE,
    PENETRATION, HEX_DEPTH, NO_RESERVE, RESERVE, STAND_FAST, EVACUATING, MEAN, SITUATION,
    FORTRESS, FRONTAL_SIDES,
) = range(len(PARAMETERS))  # fmt: skip


def bound_to_stay(world: World) -> npt.NDArray[np.int8]:
    """Shape (formations,): 0 free, 1 forbidden to retreat, ``IN_A_FORTRESS``."""
    forts = fortress.any_declared(world)
    key = (*_told(world), *world.directives.version("permission"), *world.headquarters.version("parent"))
    if forts:
        key = (*key, *world.hexes.version("fortress"), *world.formations.version("hex"))

    def make() -> npt.NDArray[np.int8]:
        bound = stand_fast(world, slice(None)).astype(np.int8)
        if forts:
            bound[fortress.garrison(world, slice(None))] = IN_A_FORTRESS
        return bound

    return derived(world, "combat.bound", key, make)


def evacuating(world: World) -> Mask:
    """Shape (formations,): its headquarters is being taken off by sea."""

    def make() -> Mask:
        directives, taken = world.directives, np.zeros(len(world.formations), bool)
        running = (directives.kind == _EVACUATE) & (directives.state == RUNNING)
        if anywhere(running):
            marked = np.zeros(len(world.headquarters) + 1, bool)
            marked[directives.hq[running]] = True
            marked[-1] = False
            taken[:] = marked[world.formations.hq]
        return taken

    return derived(world, "combat.evacuating", _told(world), make)


def _told(world: World) -> tuple[int, ...]:
    """Changes with what directives are in force, and for whom."""
    return (*world.directives.version("state", "kind", "hq"), *world.formations.version("hq"))


@jit
def weigh_situation(
    minute: int, battles: Ints, members: Ints, memory: Ints, joined_at: Ints, f8: Array, f32: Array, f64: Array,
    formations: int, x8: Array, x64: Array, b8: Array, b32: Array, b64: Array, fought: int, p32: Array, p64: Array,
    participants: int, ring: Array, firm: Array, leaving: Mask, p: Floats, terms: Floats,
) -> None:  # fmt: skip
    """Terms of phi and their sum, less its mean over the fights the curve was fitted on."""
    count = battles.shape[1]
    if p[SITUATION] == 0.0:
        return
    _of_the_place(minute, battles, members, memory, x8, x64, b8, b32, b64, fought, ring, p, terms)
    came, cut, late = np.zeros(count, np.bool_), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for i in range(members.shape[1]):
        row, slot, role = members[WHO, i], members[SLOT, i], members[ROLE, i]
        if role != HOLDING and role != SCREENING:
            continue
        days = (minute - f64[F_CUT_OFF_SINCE, row]) / DAY
        cut[slot] |= days >= p[CUT_OFF_DAYS]
        late[slot] |= days >= p[CUT_OFF_LATE_DAYS]
        if leaving[row]:
            terms[T_PHI_EVACUATION, slot] = p[EVACUATING]
        if role != HOLDING:
            continue
        if firm[row] == IN_A_FORTRESS:
            terms[T_PHI_FORTRESS, slot] = p[FORTRESS]
        elif firm[row] > 0:
            terms[T_PHI_STAND_FAST, slot] = p[STAND_FAST]
        late_comer = joined_at[i] >= memory[STARTED_AT, slot] + HOUR and minute - joined_at[i] <= DAY
        came[slot] |= late_comer and f64[F_FATIGUE_N, row] <= RESTED_N
    idle = np.zeros((2, len(ring)), np.bool_)
    _find_idle(f8, f32, formations, members, p32, p64, participants, idle)
    for slot in range(count):
        cause = p[CUT_OFF] if cut[slot] else 0.0
        terms[T_PHI_CUT_OFF, slot] = p[CUT_OFF_LATE] if late[slot] else cause
        if came[slot]:
            terms[T_PHI_RESERVE, slot] = p[RESERVE]
            continue
        near = False
        for k in range(ring.shape[1]):
            cell = ring[battles[HEX, slot], k]
            near = near or (cell >= 0 and idle[1 - battles[ATTACKER, slot], cell])
        terms[T_PHI_NO_RESERVE, slot] = 0.0 if near else p[NO_RESERVE]
    for slot in range(count):
        phi = terms[T_PHI_OPEN, slot] - p[MEAN]
        for term in range(T_PHI_OPEN + 1, T_PHI_EVACUATION + 1):
            phi = phi + terms[term, slot]
        terms[T_PHI, slot] = phi


@jit
def _of_the_place(
    minute: int, battles: Ints, members: Ints, memory: Ints, x8: Array, x64: Array, b8: Array, b32: Array, b64: Array,
    fought: int, ring: Array, p: Floats, terms: Floats,
) -> None:  # fmt: skip
    """Open flanks, a neighbour gone (his hex taken, or he himself driven back, lately), ground lost inside the hex."""
    count = battles.shape[1]
    attacked = np.zeros((count, 6), np.bool_)
    for i in range(members.shape[1]):
        if members[ROLE, i] == ATTACKING and members[DIRECTION, i] >= 0:
            attacked[members[SLOT, i], members[DIRECTION, i]] = True
    since = minute - whole(p[NEIGHBOUR_H] * HOUR)
    given = np.full(len(ring), -1, np.int8)
    for row in range(fought):
        if b8[B_OUTCOME, row] == _YIELDED and b64[B_ENDED_AT, row] > since:
            given[b32[B_HEX, row]] = b8[B_ATTACKER, row]
    for slot in range(count):
        hostile, opposite, gone = 0, 0, False
        for d in range(6):
            cell, attacker = ring[battles[HEX, slot], 1 + d], battles[ATTACKER, slot]
            if d < 3 and attacked[slot, d] and attacked[slot, d + 3]:
                opposite = 1
            if cell < 0:
                continue
            if x8[X_OWNER, cell] == attacker:
                hostile += 1
                gone = gone or x64[X_OWNER_SINCE, cell] > max(since, 0)
            gone = gone or given[cell] == attacker
        open_sides = max(hostile - p[FRONTAL_SIDES], 0.0) + opposite
        terms[T_PHI_OPEN, slot] = min(open_sides * p[OPEN_SIDE], p[OPEN_SIDE_MAX])
        terms[T_PHI_NEIGHBOUR, slot] = p[NEIGHBOUR] if gone else 0.0
        depth = memory[DEPTH, slot] / (p[HEX_DEPTH] * 1e9)
        if battles[KIND, slot] != SCREEN_FIGHT:
            terms[T_PHI_PENETRATED, slot] = min(depth, 1.0) * p[PENETRATION]


@jit
def _find_idle(
    f8: Array, f32: Array, formations: int, members: Ints, p32: Array, p64: Array, participants: int, idle: Mask
) -> None:
    """Mark where each side has a formation that is in no battle; ``idle`` has shape (2, hexes)."""
    busy = np.zeros(formations, np.bool_)
    for row in range(participants):
        if p64[P_LEFT_AT, row] >= NEVER:
            busy[p32[P_FORMATION, row]] = True
    for i in range(members.shape[1]):
        busy[members[WHO, i]] = True
    for row in range(formations):
        if f8[F_STATUS, row] == ON_MAP and f32[F_HEX, row] >= 0 and not busy[row]:
            idle[f8[F_SIDE, row], f32[F_HEX, row]] = True


@jit
def cause_of(terms: Floats, slot: int, win_slope: float) -> int:
    """What would be the reason if the defender yielded now, as Cause.

    Manoeuvre (the sum of its terms, surprise among them), fire (the weight of superior power) and want of reserves
    are compared; within manoeuvre the largest term names the cause.
    """
    surprised = win_slope * terms[T_SURPRISED, slot]
    largest, name = terms[T_PHI_OPEN, slot], 0
    manoeuvre = 0.0 + terms[T_PHI_OPEN, slot]
    for k in range(1, 4):
        value = terms[T_PHI_OPEN + k, slot]
        manoeuvre = manoeuvre + value
        if value > largest:
            largest, name = value, k
    manoeuvre = manoeuvre + surprised
    if surprised > largest:
        name = 4
    fire = win_slope * max(terms[T_X, slot] - terms[T_SURPRISED, slot], 0.0)
    other, leaving = terms[T_PHI_NO_RESERVE, slot], terms[T_PHI_EVACUATION, slot]
    if manoeuvre > 0 and manoeuvre >= max(max(fire, other), leaving):
        return _MANOEUVRE[name]
    if leaving > max(other, fire):
        return _EVACUATION
    return _NO_RESERVE if other > fire else _FIRE
