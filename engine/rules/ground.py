"""Who stands where and what that does to the ground around: occupation, zones of control, screens, land behind.

Maps over hexes have one entry more than there are hexes: index OFF_GRID (-1) falls on it and always reads as
nothing. Rules of contact after a trial of staffs: a soft zone of control on the neighbouring hexes; a formation
*screens* the unoccupied hexes beside it, and those at distance 2 once it has been in place for some hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, whole
from engine.core.calendar import HOUR
from engine.core.columns import NANO, Array, Table
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.codes import MARCHING, ON_MAP, HexKind, Mobility
from engine.model.places import (
    F_COMBAT_SHARE,
    F_EXPLOITING,
    F_HEX,
    F_IN_PLACE_SINCE,
    F_LEG_TO,
    F_STAGE,
    F_STATUS,
)
from engine.model.world import Statics, World
from engine.rules.derived import derived
from engine.rules.parameters import packed
from engine.rules.power import (
    BATTLE,
    COHESION,
    FLOWS,
    GAIN,
    MEN,
    PARAMETERS,
    line_men_u,
    line_of,
    points,
)

Rows = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int32]

_MOTOR, _TRACK = int(Mobility.MOTOR), int(Mobility.TRACK)
_PLACES = ("status", "hex")
_STANCE = (*_PLACES, "leg_to", "stage", "exploiting", "in_place_since")
_STRENGTH = ("status", "men_u", "battle_u", "gain_u", "cohesion_n")


@dataclass(frozen=True, eq=False)
class Standing:
    """Formations on the map, sorted by row, and how many of each side stand in each hex."""

    rows: Rows
    side: npt.NDArray[np.int8]
    cell: npt.NDArray[np.int32]
    count: npt.NDArray[np.int16]
    """Shape (2, hexes + 1): formations of each side in each hex."""
    places: npt.NDArray[np.int16]
    """Shape (2, hexes + 1): half stacking places taken."""


def standing(world: World) -> Standing:
    """Who stands where."""
    return derived(world, "ground.standing", world.formations.version(*_PLACES), lambda: _standing(world))


def _standing(world: World) -> Standing:
    formations = world.formations

    def make() -> Standing:
        count, places = np.zeros((2, 2, world.statics.grid.size + 1), np.int16)
        rows = np.empty(len(formations), np.int64)
        found = _count(formations.status, formations.hex, formations.side, formations.stack, rows, count, places)
        rows = rows[:found]
        return Standing(rows, formations.side[rows], formations.hex[rows], count, places)

    return derived(world, "ground.stood", _stand(world, formations.hex), make)


def _stand(world: World, cells: Cells) -> tuple[bytes, ...]:
    """What tells who would stand where if those on the map stood in ``cells`` (formations,)."""
    return cells.tobytes(), world.formations.status.tobytes()


def keep_counted(world: World, cells: Cells, count: npt.NDArray[np.int16], places: npt.NDArray[np.int16]) -> None:
    """Keep what has been counted for the moment at which those on the map stand in ``cells``: nobody counts it again."""
    rows = standing(world).rows
    now = Standing(rows, world.formations.side[rows], cells[rows], count, places)
    world.derived["ground.stood"] = (_stand(world, cells), now)


@jit
def _count(status: Any, at: Any, side: Any, stack: Any, rows: Any, count: Any, places: Any) -> int:
    found = 0
    for row in range(len(status)):
        if status[row] == ON_MAP and at[row] >= 0:
            rows[found] = row
            found += 1
            count[side[row], at[row]] += 1
            places[side[row], at[row]] += stack[row]
    return found


# What the ground is.


def passable(statics: Statics) -> Mask:
    """Shape (hexes + 1,): land inside the window."""
    found: Mask | None = statics.memo.get("ground.passable")
    if found is None:
        land = (statics.theatre.kind == HexKind.LAND) & statics.scenario.window
        found = statics.memo["ground.passable"] = np.append(land, False)
    return found


def towns(statics: Statics) -> Mask:
    """Shape (hexes + 1,): hexes of towns, which must be entered to be taken."""
    found: Mask | None = statics.memo.get("ground.towns")
    if found is None:
        found = np.zeros(statics.grid.size + 1, bool)
        if not statics.rules["contact.flip_towns"]:
            least = statics.rules["contact.town_size"]
            found[[p.cell for p in statics.theatre.places if p.size >= least and p.cell >= 0]] = True
        statics.memo["ground.towns"] = found
    return found


def near(world: World, cells: Any, radius: int) -> Mask:
    """Shape (hexes + 1,): hexes within ``radius`` of any of ``cells``."""
    grid = world.statics.grid
    mask = np.zeros(grid.size + 1, bool)
    _mark(grid.ring_table(radius), np.asarray(cells, np.int32), mask)
    return mask


@jit
def _mark(discs: Any, cells: Any, mask: Any) -> None:
    for i in range(len(cells)):
        for there in discs[cells[i]]:
            if there >= 0:
                mask[there] = True


@jit
def beside(count: Any, near: Any, cell: int) -> bool:
    """Whether somebody stands in a hex or beside it; ``count`` (hexes + 1,) as in :class:`Standing`, of one side."""
    found = count[cell] > 0
    for there in near[cell]:
        found = found or (there >= 0 and count[there] > 0)
    return bool(found)


def formations_near(world: World, side: int, radius: int) -> Mask:
    """Shape (hexes + 1,): hexes within ``radius`` of a formation of ``side``."""

    def make() -> Mask:
        now = standing(world)
        return near(world, now.cell[now.side == side], radius)

    return derived(world, f"ground.near.{side}.{radius}", world.formations.version(*_PLACES), make)


# Zones of control.


_CONTACT: Final = (
    "contact.zoc_men_min", "contact.zoc_cohesion_min", "contact.screen_far_h", "switch.screens",
)  # fmt: skip
CONTACT: Final = (*PARAMETERS, *_CONTACT)
"""Parameters of :func:`holds_ground` and :func:`reach_of`: those of power, then those of contact."""
_MEN_MIN, _COHESION_MIN, _FAR_H, _SCREENS = range(len(PARAMETERS), len(CONTACT))


@jit
def holds_ground(f8: Array, f32: Array, f64: Array, plan: Ints, row: int, minute: int, p: Floats) -> bool:
    """Whether a formation is on the map, and strong and steady enough to hold ground."""
    if f8[F_STATUS, row] != ON_MAP or f32[F_HEX, row] < 0:
        return False
    men, battle = read_flow(f64, plan, MEN, row, minute), read_flow(f64, plan, BATTLE, row, minute)
    line = line_of(men, battle, read_flow(f64, plan, GAIN, row, minute), int(f32[F_COMBAT_SHARE, row]), p)
    steady = whole(p[_COHESION_MIN] * NANO)
    return line >= whole(p[_MEN_MIN]) * PPM and read_flow(f64, plan, COHESION, row, minute) >= steady


@jit
def reach_of(f8: Array, f32: Array, f64: Array, plan: Ints, row: int, minute: int, p: Floats) -> int:
    """How many hexes away a formation screens: 0 not at all, 1, or 2.

    Two only if in place for ``contact.screen_far_h`` hours and neither marching nor exploiting.
    """
    if p[_SCREENS] == 0.0 or not holds_ground(f8, f32, f64, plan, row, minute, p):
        return 0
    settled = minute - f64[F_IN_PLACE_SINCE, row] >= whole(p[_FAR_H] * HOUR)
    still = f32[F_LEG_TO, row] < 0 and f8[F_STAGE, row] != MARCHING and f8[F_EXPLOITING, row] == 0
    return 2 if settled and still else 1


@jit
def _hold_and_reach(
    f8: Array, f32: Array, f64: Array, plan: Ints, minute: int, p: Floats, holding: Mask, reaching: npt.NDArray[np.int8]
) -> None:
    for row in range(len(holding)):
        holding[row] = holds_ground(f8, f32, f64, plan, row, minute, p)
        reaching[row] = reach_of(f8, f32, f64, plan, row, minute, p) if holding[row] else 0


def _contact(world: World, minute: int) -> tuple[Mask, npt.NDArray[np.int8]]:
    """Who holds ground, and how far each formation screens; shape (formations,) each."""

    def make() -> tuple[Mask, npt.NDArray[np.int8]]:
        table = world.formations
        holding, reaching = np.empty(len(table), bool), np.empty(len(table), np.int8)
        _hold_and_reach(
            *blocks_of(table), table.plan(*FLOWS), minute, packed(world.statics, CONTACT), holding, reaching
        )
        return holding, reaching

    return derived(world, "ground.contact", (minute, *world.formations.version(*_STANCE, *_STRENGTH)), make)


def blocks_of(table: Table) -> tuple[Array, Array, Array]:
    """The blocks of 8, 32 and 64 bits of a table, as compiled rules take them."""
    return table.blocks["int8"], table.blocks["int32"], table.blocks["int64"]


def holds(world: World, minute: int) -> Mask:
    """Shape (formations,): on the map, and strong and steady enough to hold ground."""
    return _contact(world, minute)[0]


def zone_strength(world: World, minute: int) -> Ints:
    """Shape (formations,): strength of each formation's zone of control in ppm.

    min(1, men in the line / ``contact.zoc_men_full``) x the kind's factor (brigades count half); 0 for those that
    do not hold ground.
    """

    def make() -> Ints:
        formations, statics = world.formations, world.statics
        strength = np.zeros(len(formations), np.int64)
        rows = np.flatnonzero(holds(world, minute))
        full = max(round(statics.rules["contact.zoc_men_full"]), 1)
        share = np.minimum(line_men_u(world, rows, minute) // full, PPM)
        strength[rows] = share * zone_factor(statics)[formations.kind[rows]] // PPM
        return strength

    return derived(world, "ground.zone_strength", (minute, *world.formations.version(*_STRENGTH)), make)


def zone_factor(statics: Statics) -> Ints:
    found: Ints | None = statics.memo.get("ground.zone_factor")
    if found is None:
        kinds = [statics.scenario.kinds[name] for name in statics.kinds]
        found = np.array([round(k.zoc_factor * PPM) if k.holds_ground else 0 for k in kinds], np.int64)
        statics.memo["ground.zone_factor"] = found
    return found


def zone(world: World, side: int, minute: int) -> Ints:
    """Shape (hexes + 1,): strength of the zone of control of ``side`` in each hex, ppm.

    Zones of several formations add up, to 1 at most.
    """

    def make() -> Ints:
        grid, now = world.statics.grid, standing(world)
        own = now.rows[now.side == side]
        strength = zone_strength(world, minute)[own]
        total = np.zeros(grid.size + 1, np.int64)
        ring = grid.ring_table(1)[world.formations.hex[own]]
        np.add.at(total, ring, strength[:, None])
        total[-1] = 0
        return np.minimum(total, PPM)

    key = (minute, *world.formations.version(*_PLACES, *_STRENGTH))
    return derived(world, f"ground.zone.{side}", key, make)


def zone_at(world: World, side: int, cells: Any, minute: int) -> Ints:
    """:func:`zone` at a few hexes, without the map of all."""
    total, table, statics = np.zeros(len(cells), np.int64), world.formations, world.statics
    add_zones(
        statics.grid.neighbours, np.asarray(cells, np.int64), standing(world).rows, table.side, side, table.hex,
        table.kind, zone_factor(statics), *blocks_of(table), table.plan(*FLOWS), minute,
        max(round(statics.rules["contact.zoc_men_full"]), 1), packed(statics, CONTACT), total,
    )  # fmt: skip
    return total


@jit
def add_zones(
    near: Any, cells: Any, rows: Any, of: Any, side: int, at: Any, kind: Any, factor: Any, f8: Any, f32: Any, f64: Any,
    plan: Any, minute: int, full: int, p: Any, total: Any,
) -> None:  # fmt: skip
    """Strengths (:func:`zone_strength`) of formations in or beside ``cells``, summed up to 1."""
    for row in rows:
        if of[row] != side:
            continue
        strength = -1
        for i in range(len(cells)):
            beside = at[row] == cells[i]
            for there in near[cells[i]]:
                beside = beside or there == at[row]
            if beside and strength < 0:
                strength = 0
                if holds_ground(f8, f32, f64, plan, row, minute, p):
                    men, battle = read_flow(f64, plan, MEN, row, minute), read_flow(f64, plan, BATTLE, row, minute)
                    gain = read_flow(f64, plan, GAIN, row, minute)
                    line = line_of(men, battle, gain, int(f32[F_COMBAT_SHARE, row]), p)
                    strength = min(line // full, PPM) * factor[kind[row]] // PPM
            if beside:
                total[i] = min(total[i] + strength, PPM)


# Screens.


def reach(world: World, minute: int) -> npt.NDArray[np.int8]:
    """Shape (formations,): how many hexes away each formation screens: 0 not at all, 1, or 2."""
    return _contact(world, minute)[1]


def screened(world: World, side: int, minute: int) -> Mask:
    """Shape (hexes + 1,): hexes that ``side`` holds or screens: nobody else may simply walk into them."""

    def make() -> Mask:
        return screened_by(world, np.flatnonzero(world.formations.side == side), minute)

    key = (minute, *world.formations.version(*_STANCE, *_STRENGTH))
    return derived(world, f"ground.screened.{side}", key, make)


def screened_by(world: World, rows: Rows, minute: int) -> Mask:
    """Shape (hexes + 1,): hexes that these formations hold or screen."""
    grid, mask = world.statics.grid, np.zeros(world.statics.grid.size + 1, bool)
    _screen(grid.ring_table(1), grid.ring_table(2), rows, world.formations.hex, reach(world, minute), mask)
    return mask


@jit
def _screen(near: Any, far: Any, rows: Any, at: Any, reach: Any, mask: Any) -> None:
    for row in rows:
        if reach[row] == 0:
            continue
        for there in far[at[row]] if reach[row] == 2 else near[at[row]]:
            if there >= 0:
                mask[there] = True


def screen_shares(world: World) -> tuple[int, int]:
    """Share of a formation's power met at distance 1 and at distance 2, ppm."""
    rules = world.statics.rules
    return round(rules["contact.screen_near"] * PPM), round(rules["contact.screen_far"] * PPM)


def screeners(world: World, side: int, cell: int, minute: int) -> tuple[Rows, Ints]:
    """Formations of ``side`` that would fight for an empty hex, by row, and the share of each in ppm."""
    now, (close, far) = standing(world), screen_shares(world)
    own = now.rows[now.side == side]
    distance = world.statics.grid.distance(world.formations.hex[own], int(cell))
    fit = (distance <= reach(world, minute)[own]) & (distance > 0)
    return own[fit], np.where(distance[fit] == 1, close, far).astype(np.int64)


def screens(world: World, side: int, minute: int) -> Ints:
    """Shape (hexes,): power in points that the screens of ``side`` would put up in each hex without a defender.

    Shares of several formations add up to the power of ``contact.screen_cap_divisions`` average divisions. Posture
    and terrain are left out; hexes in which a formation stands hold only what its neighbours would add.
    """

    def make() -> Ints:
        grid, now, (close, far) = world.statics.grid, standing(world), screen_shares(world)
        own = now.rows[now.side == side]
        own = own[reach(world, minute)[own] > 0]
        power = points(world, own, minute)
        ring = grid.ring_table(2)[world.formations.hex[own]]
        total = np.zeros(grid.size + 1, np.int64)
        np.add.at(total, ring[:, 1:7], (power * close // PPM)[:, None])
        settled = reach(world, minute)[own] == 2
        np.add.at(total, ring[settled, 7:], (power[settled] * far // PPM)[:, None])
        return np.minimum(total[:-1], screen_cap(world.statics))

    key = (minute, *world.formations.version(*_STANCE, *_STRENGTH, "afv_u", "guns_u", "fatigue_n"))
    return derived(world, f"ground.screens.{side}", key, make)


def screen_cap(statics: Statics) -> int:
    """Points that screens in one hex add up to at most."""
    return round(statics.rules["contact.screen_cap_divisions"] * statics.rules["contact.screen_cap_men"])


# Dealings of formations with the enemy.


def contacts(world: World) -> npt.NDArray[np.int8]:
    """Shape (formations,): 1 where an enemy formation stands in the same or a neighbouring hex."""

    def make() -> npt.NDArray[np.int8]:
        return contacts_of(world, world.formations.hex, standing(world).count)

    return derived(world, "ground.contacts", world.formations.version(*_PLACES), make)


def contacts_of(world: World, cells: npt.NDArray[np.int32], count: npt.NDArray[np.int16]) -> npt.NDArray[np.int8]:
    """The same if those on the map stood in ``cells`` (formations,); ``count`` as in :class:`Standing`, for these."""

    def make() -> npt.NDArray[np.int8]:
        touched = np.zeros(len(cells), np.int8)
        _touch(world.statics.grid.ring_table(1), standing(world).rows, world.formations.side, cells, count, touched)
        touched.flags.writeable = False
        return touched

    return derived(world, "ground.touched", _stand(world, cells), make)


@jit
def _touch(discs: Any, rows: Any, side: Any, cells: Any, count: Any, touched: Any) -> None:
    for row in rows:
        for there in discs[cells[row]]:
            if there >= 0 and count[1 - side[row], there] > 0:
                touched[row] = 1
                break


def mechanised(mobility: Any) -> Mask:
    """Whether formations of these mobility classes drive."""
    drives: Mask = (mobility == _MOTOR) | (mobility == _TRACK)
    return drives
