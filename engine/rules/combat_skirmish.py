"""Losses outside battles: fire along the front, and the fights of forward detachments with rear guards in a pursuit.

Divisions hold more front than the hex they stand in, so fire reaches those whose screens touch, not neighbours alone.
A division on its way to an attack or behind an enemy who goes back is fighting too: its forward detachment, a reinforced
battalion or regiment some hours ahead, meets the enemy's rear guards (the reference combat process gives such days a
quarter of the intensity of an assault). Who stands dug in is no rear guard: an enemy who comes up to a line of trenches
has to attack it, and until then he loses to the fire of the front alone. Whoever comes up feels his way forward under that
fire, whatever he meets: his losses are those of a pursuit until he is told to attack or to stand. Both are set on the
calendar's grid, as rates that hold until the next; who leaves a battle and stays where he is lies under the fire of the
front at once, who is thrown back or drives on is looked at on the grid.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, Floats, whole
from engine.core.columns import FINE, Array
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.codes import FIGHTING, Task
from engine.model.events import Event
from engine.model.events.combat import SKIRMISHED
from engine.model.places import F_HEX, F_LAST_FIGHT_AT, F_LEG_TO, F_SIDE, F_STAGE, F_TASK, X_WORKS
from engine.model.tables import FORMATIONS
from engine.model.world import World
from engine.rules.combat_lineup import Lineup
from engine.rules.combat_outcomes import Ending
from engine.rules.combat_refresh import BLED
from engine.rules.ground import standing
from engine.rules.parameters import packed
from engine.rules.power import works_of
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]

NOTHING, QUIET, HELD, PURSUIT, PURSUED = range(5)
"""What a formation out of battle is exposed to: nothing, a quiet front, contact after a battle, pursuing, pursued."""
RATES: Final = ("battle_rate", "afv_shop_rate", "afv_lost_rate", "guns_rate")
_WRITTEN: Final = FORMATIONS.places("int64", *RATES)
FLOWS: Final = ("men", "afv", "guns", "works")
_MEN, _AFV, _GUNS, _WORKS = range(len(FLOWS))
PARAMETERS: Final = (
    "combat.intensity_quiet", "combat.intensity_hold", "combat.intensity_pursuit", "combat.attacker_loss_day",
    "combat.defender_loss_day", "combat.intensity_east", "combat.lethality_soviet", "combat.lethality_axis",
    "combat.afv_attack", "combat.afv_defence", "combat.afv_east", "combat.gun_rate", "repair.final_kept",
    "repair.final_lost", "switch.quiet_fire", "switch.pursuit_fire",
    "contact.rear_guard_works",
)  # fmt: skip
(
    _QUIET, _HOLD, _PURSUIT, _LOSS_A, _LOSS_D, _EAST, _LETHAL_SOVIET, _LETHAL_AXIS, _AFV_A, _AFV_D, _AFV_EAST, _GUN_RATE,
    _KEPT, _LEFT, _QUIET_ON, _PURSUIT_ON, _IN_WORKS,
) = range(len(PARAMETERS))
_INTENSITY: Final = ("", *PARAMETERS[_QUIET : _PURSUIT + 1], PARAMETERS[_PURSUIT])
_LOSS: Final = ("", *(PARAMETERS[_LOSS_A],) * 3, PARAMETERS[_LOSS_D])
_VEHICLES: Final = ("", "", "", PARAMETERS[_AFV_A], PARAMETERS[_AFV_D])
_ATTACK, _FOLLOW, _EXPLOIT = int(Task.ATTACK), int(Task.FOLLOW), int(Task.EXPLOIT)


def skirmish(
    world: World, lineup: Lineup, ending: Ending, concerned: npt.NDArray[np.bool_], minute: int, trace: Trace | None = None
) -> list[Event]:
    """New rates of loss of ``concerned`` formations that are in no battle; none where nothing changes."""
    formations, rules = world.formations, world.statics.rules
    count = len(formations)
    exposure, differs = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    rates, shares = np.zeros((len(RATES), count), np.int64), np.zeros((2, count))
    fire, reach = int(rules["contact.fire_hexes"]), int(rules["contact.rear_guard_hexes"])
    p, plan = packed(world.statics, PARAMETERS), formations.plan(*FLOWS)
    _skirmish(
        minute, world.statics.grid.ring_table(max(fire, reach)), 1 + 3 * fire * (fire + 1), 1 + 3 * reach * (reach + 1),
        standing(world).rows, lineup.formation, ending.out, concerned, formations.blocks["int8"], formations.blocks["int32"],
        formations.blocks["int64"], world.hexes.blocks["int8"], plan, _WRITTEN, p, exposure, shares, rates, differs,
    )  # fmt: skip
    rows = differs.nonzero()[0]
    if not len(rows):
        return []
    if trace is not None:
        _explain(trace, rows, exposure, shares, rates)
    return [SKIRMISHED(minute, formation=rows, **dict(zip(BLED, rates[:, rows], strict=True)))]


def _explain(trace: Trace, rows: Ints, exposure: Ints, shares: Floats, rates: Ints) -> None:
    for row in rows.tolist():
        key = int(exposure[row])
        trace.record("formations", row, "intensity", float(shares[0, row]), _INTENSITY[key])
        trace.record("formations", row, "enemy_lethality", float(shares[1, row]))
        trace.record("formations", row, "men_lost_day", float(rates[0, row]) * DAY / FINE, _LOSS[key])
        trace.record("formations", row, "vehicles_hit_day", float(rates[1:3, row].sum()) * DAY / FINE, _VEHICLES[key])


@jit
def _skirmish(
    minute: int, discs: Any, fire: int, reach: int, rows: Ints, fighting: Any, out: Any, concerned: Any, f8: Array, f32: Array,
    f64: Array, x8: Array, plan: Ints, written: Ints, p: Floats, exposure: Ints, shares: Floats, rates: Ints, differs: Any,
) -> None:  # fmt: skip
    """``fire``, ``reach``: cells of a disc in ``discs`` within which an enemy counts for fire and for pursuit.

    ``shares``: intensity and the enemy's lethality. ``rates``: men, vehicles to repair and written off, guns.
    """
    here, comes = np.zeros((2, len(discs)), np.bool_), np.zeros((2, len(discs)), np.bool_)
    idle = np.zeros(f8.shape[1], np.bool_)
    for row in rows:
        here[f8[F_SIDE, row], f32[F_HEX, row]] = True
        idle[row] = not out[row]
    for row in fighting:
        idle[row] = False
    chased = np.zeros(2, np.bool_)
    for row in rows:
        if idle[row] and _goes_on(f8, row, p):
            comes[f8[F_SIDE, row], f32[F_HEX, row]] = chased[1 - f8[F_SIDE, row]] = True
    for row in rows:
        if not idle[row] or not concerned[row]:
            continue
        side, onward = f8[F_SIDE, row], _goes_on(f8, row, p)
        near, pursued = discs.shape[1], False
        flees = chased[side] and not _stands_dug_in(minute, row, f32, f64, x8, plan, p)
        for place in range(max(fire, reach) if onward or flees else fire):
            cell = discs[f32[F_HEX, row], place]
            if cell >= 0 and here[1 - side, cell]:
                near = min(near, place)
                if flees and place < reach and comes[1 - side, cell]:
                    pursued = True
                if pursued or not flees:
                    break
        lately = minute - f64[F_LAST_FIGHT_AT, row] <= DAY
        key = NOTHING
        if near < reach and onward:
            key = PURSUIT
        elif pursued:
            key = PURSUED
        elif near < fire:
            key = HELD if lately else QUIET
        exposure[row] = key
        _lose(minute, row, key, side, f64, plan, p, shares, rates)
        for k in range(4):
            if rates[k, row] != f64[written[k], row]:
                differs[row] = True


@jit
def _stands_dug_in(minute: int, row: int, f32: Array, f64: Array, x8: Array, plan: Ints, p: Floats) -> bool:
    """Whether a formation stands in works of ``contact.rear_guard_works`` at least."""
    level = works_of(read_flow(f64, plan, _WORKS, row, minute), int(x8[X_WORKS, f32[F_HEX, row]]))
    return bool(f32[F_LEG_TO, row] < 0 and level >= p[_IN_WORKS])


@jit
def _goes_on(f8: Array, row: int, p: Floats) -> bool:
    """Whether a formation is on its way to an attack or behind an enemy."""
    task = f8[F_TASK, row]
    onward = task in (_ATTACK, _FOLLOW, _EXPLOIT)
    return bool(onward and f8[F_STAGE, row] != FIGHTING and p[_PURSUIT_ON] != 0)


@jit
def _lose(
    minute: int, row: int, key: int, side: int, f64: Array, plan: Ints, p: Floats, shares: Floats, rates: Ints
) -> None:  # fmt: skip
    """Vehicles and guns are hit in a pursuit only: who pursues keeps the field and mends most of them, who goes back
    leaves most behind.
    """
    if key == NOTHING:
        return
    enemy = p[_LETHAL_SOVIET] if side == 0 else p[_LETHAL_AXIS]
    intensity = p[_QUIET] * p[_QUIET_ON] if key == QUIET else p[_HOLD] * p[_QUIET_ON] if key == HELD else p[_PURSUIT]
    shares[0, row], shares[1, row] = intensity, enemy
    lost = intensity * (p[_LOSS_D] if key == PURSUED else p[_LOSS_A]) * p[_EAST] / DAY * enemy
    rates[0, row] = whole(lost * read_flow(f64, plan, _MEN, row, minute))
    if key in (PURSUIT, PURSUED):
        gone = p[_LEFT] if key == PURSUED else p[_KEPT]
        hit = (p[_AFV_D] if key == PURSUED else p[_AFV_A]) * p[_AFV_EAST]
        vehicles = lost * hit * read_flow(f64, plan, _AFV, row, minute)
        rates[1, row], rates[2, row] = whole(vehicles * (1.0 - gone)), whole(vehicles * gone)
        rates[3, row] = whole(lost * p[_GUN_RATE] * read_flow(f64, plan, _GUNS, row, minute))
