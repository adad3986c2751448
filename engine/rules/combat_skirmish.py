"""Losses outside battles: fire along the front, and the fights of forward detachments with rear guards in a pursuit.

Divisions hold more front than the hex they stand in, so fire reaches those whose screens touch, not neighbours alone.
A division on its way to an attack or behind an enemy who goes back is fighting too: its forward detachment, a reinforced
battalion or regiment some hours ahead, meets the enemy's rear guards (the reference combat process gives such days a
quarter of the intensity of an assault). Who stands dug in is no rear guard: an enemy who comes up to a line of trenches
has to attack it, and until then he loses to the fire of the front alone. Whoever comes up feels his way forward under that
fire, whatever he meets: his losses are those of a pursuit until he is told to attack or to stand. Near a battle no front
is quiet: fire plans reach beyond the sector of an attack, and whoever stands beside it on either side pins the other
down, as formations do that have just fought. All are set on the
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
from engine.core.hexes import in_frame
from engine.core.jit import jit
from engine.model.codes import FIGHTING, BattleKind, Task
from engine.model.events import Event
from engine.model.events.combat import SKIRMISHED
from engine.model.places import F_HEX, F_LAST_FIGHT_AT, F_LEG_TO, F_SIDE, F_STAGE, F_TASK, X_WORKS
from engine.model.tables import FORMATIONS
from engine.model.world import World
from engine.rules.combat_lineup import KIND, SLOT, WHO, Lineup
from engine.rules.combat_outcomes import Ending
from engine.rules.ground import blocks_of, standing
from engine.rules.parameters import packed
from engine.rules.power import works_of
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]

NOTHING, QUIET, HELD, PURSUIT, PURSUED = range(5)
"""What a formation out of battle is exposed to: nothing, a quiet front, contact after a battle or beside one, pursuing,

pursued.
"""
_COMES: Final = 4
"""Bit of a map of hexes: somebody of side 0 who comes on stands here; the next is that of side 1."""
_FOUGHT: Final = 16
"""Bit of a map of hexes: somebody who fights for a hex stands here; to bombard or probe stirs nobody else up."""
_FIGHTS: Final = (int(BattleKind.ASSAULT), int(BattleKind.SCREEN))
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
    formations = world.formations
    count = len(formations)
    found, exposure, shares = np.empty((1 + len(RATES), count), np.int64), np.empty(count, np.int64), np.empty((2, count))
    differ = _skirmish(
        minute, standing(world).rows, lineup.battles, lineup.members, ending.out, concerned, *blocks_of(formations),
        world.hexes.blocks["int8"], _WRITTEN, exposure, shares, found[0], found[1:], *_given(world),
    )  # fmt: skip
    if not differ:
        return []
    found = found[:, :differ]
    if trace is not None:
        _explain(trace, found[0], exposure, shares, found[1:])
    return [SKIRMISHED.of(minute, found)]


def _given(world: World) -> tuple[Any, ...]:
    """What :func:`_skirmish` is given of the scenario and its parameters, gathered once for a run."""
    statics = world.statics
    found: tuple[Any, ...] | None = statics.memo.get("skirmish.given")
    if found is None:
        reaches = [int(statics.rules["contact." + name]) for name in ("fire_hexes", "rear_guard_hexes", "active_hexes")]
        cells, widest = np.array([1 + 3 * reach * (reach + 1) for reach in reaches]), max(reaches)
        found = statics.memo["skirmish.given"] = (
            *statics.grid.framed(widest), statics.grid.columns, widest, cells, world.formations.plan(*FLOWS),
            packed(statics, PARAMETERS),
        )  # fmt: skip
    return found


def _explain(trace: Trace, rows: Ints, exposure: Ints, shares: Floats, rates: Ints) -> None:
    for i, row in enumerate(rows.tolist()):
        key = int(exposure[i])
        trace.record("formations", row, "intensity", float(shares[0, i]), _INTENSITY[key])
        trace.record("formations", row, "enemy_lethality", float(shares[1, i]))
        trace.record("formations", row, "men_lost_day", float(rates[0, i]) * DAY / FINE, _LOSS[key])
        trace.record("formations", row, "vehicles_hit_day", float(rates[1:3, i].sum()) * DAY / FINE, _VEHICLES[key])


@jit
def _skirmish(
    minute: int, rows: Ints, battles: Ints, members: Ints, out: Any, concerned: Any, f8: Array, f32: Array, f64: Array,
    x8: Array, written: Ints, exposure: Ints, shares: Floats, differing: Ints, rates: Ints, steps: Ints, size: int,
    columns: int, widest: int, cells: Ints, plan: Ints, p: Floats,
) -> int:  # fmt: skip
    """``cells``: of a disc in ``steps`` (``Grid.framed``), those in which an enemy counts for fire and for pursuit, and a
    battle for an active front.

    Those whose rates change go into ``differing``; returns how many. For each ``shares``: intensity and the enemy's
    lethality; ``rates``: men, vehicles to repair and written off, guns.
    """
    fire, reach, stirred = cells
    # What is in a hex, as bits: somebody of side 0 and 1, and somebody of them who comes on. One small map.
    marks = np.zeros(size, np.int8)
    idle, place = np.zeros(f8.shape[1], np.bool_), np.zeros(f8.shape[1], np.int64)
    for row in rows:
        place[row] = in_frame(int(f32[F_HEX, row]), columns, widest)
        marks[place[row]] |= 1 << f8[F_SIDE, row]
        idle[row] = not out[row]
    for i in range(members.shape[1]):
        row = members[WHO, i]
        idle[row] = False
        if battles[KIND, members[SLOT, i]] in _FIGHTS:
            marks[place[row]] |= _FOUGHT
    chased = np.zeros(2, np.bool_)
    for row in rows:
        if idle[row] and _goes_on(f8, row, p):
            marks[place[row]] |= _COMES << f8[F_SIDE, row]
            chased[1 - f8[F_SIDE, row]] = True
    found = 0
    for row in rows:
        if not idle[row] or not concerned[row]:
            continue
        side, onward = f8[F_SIDE, row], _goes_on(f8, row, p)
        at, around, enemy = place[row], steps[f32[F_HEX, row] % columns & 1], 1 << 1 - side
        flees = chased[side] and not _stands_dug_in(minute, row, f32, f64, x8, plan, p)
        about = _seen(marks, at, around[:reach]) if onward or flees else 0
        key = NOTHING
        if onward and about & enemy:
            key = PURSUIT
        elif flees and about & enemy * _COMES:
            key = PURSUED
        elif _seen(marks, at, around[:fire]) & enemy:
            lately = minute - f64[F_LAST_FIGHT_AT, row] <= DAY
            key = HELD if lately or _seen(marks, at, around[:stirred]) & _FOUGHT else QUIET
        exposure[found], differing[found] = key, row
        _lose(minute, row, found, key, side, f64, plan, p, shares, rates)
        differs = False
        for k in range(4):
            differs = differs or rates[k, found] != f64[written[k], row]
        found += differs
    return found


@jit
def _seen(marks: Any, at: int, around: Ints) -> int:
    """The marks of the hexes ``around`` one, all together: quicker than to look at each what it is."""
    found = 0
    for step in around:
        found |= marks[at + step]
    return found


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
    minute: int, row: int, at: int, key: int, side: int, f64: Array, plan: Ints, p: Floats, shares: Floats, rates: Ints
) -> None:  # fmt: skip
    """Vehicles and guns are hit in a pursuit only: who pursues keeps the field and mends most of them, who goes back
    leaves most behind.
    """
    shares[0, at] = shares[1, at] = 0.0
    for k in range(4):
        rates[k, at] = 0
    if key == NOTHING:
        return
    enemy = p[_LETHAL_SOVIET] if side == 0 else p[_LETHAL_AXIS]
    intensity = p[_QUIET] * p[_QUIET_ON] if key == QUIET else p[_HOLD] * p[_QUIET_ON] if key == HELD else p[_PURSUIT]
    shares[0, at], shares[1, at] = intensity, enemy
    lost = intensity * (p[_LOSS_D] if key == PURSUED else p[_LOSS_A]) * p[_EAST] / DAY * enemy
    rates[0, at] = whole(lost * read_flow(f64, plan, _MEN, row, minute))
    if key in (PURSUIT, PURSUED):
        gone = p[_LEFT] if key == PURSUED else p[_KEPT]
        hit = (p[_AFV_D] if key == PURSUED else p[_AFV_A]) * p[_AFV_EAST]
        vehicles = lost * hit * read_flow(f64, plan, _AFV, row, minute)
        rates[1, at], rates[2, at] = whole(vehicles * (1.0 - gone)), whole(vehicles * gone)
        rates[3, at] = whole(lost * p[_GUN_RATE] * read_flow(f64, plan, _GUNS, row, minute))
