"""Who stands where and what that does to the ground around: occupation, zones of control, screens, land behind.

Maps over hexes have one entry more than there are hexes: index OFF_GRID (-1) falls on it and always reads as
nothing. Rules of contact after a trial of staffs: a soft zone of control on the neighbouring hexes; a formation
*screens* the unoccupied hexes beside it, and those at distance 2 once it has been in place for some hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.calendar import HOUR
from engine.core.columns import NANO
from engine.model.codes import MARCHING, ON_MAP, HexKind, Mobility
from engine.model.world import Statics, World
from engine.rules.derived import derived
from engine.rules.power import line_men_u, on, points

Rows = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

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
    rows = np.flatnonzero((formations.status == ON_MAP) & (formations.hex >= 0))
    side, cell = formations.side[rows], formations.hex[rows]
    width = world.statics.grid.size + 1
    count, places = np.zeros((2, width), np.int16), np.zeros((2, width), np.int16)
    at = side.astype(np.int64) * width + cell
    np.add.at(count.reshape(-1), at, 1)
    np.add.at(places.reshape(-1), at, formations.stack[rows])
    return Standing(rows, side, cell, count, places)


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
    mask[grid.ring_table(radius)[cells]] = True
    mask[-1] = False
    return mask


def formations_near(world: World, side: int, radius: int) -> Mask:
    """Shape (hexes + 1,): hexes within ``radius`` of a formation of ``side``."""

    def make() -> Mask:
        now = standing(world)
        return near(world, now.cell[now.side == side], radius)

    return derived(world, f"ground.near.{side}.{radius}", world.formations.version(*_PLACES), make)


# Zones of control.


def holds(world: World, minute: int) -> Mask:
    """Shape (formations,): on the map, and strong and steady enough to hold ground."""

    def make() -> Mask:
        formations, rules = world.formations, world.statics.rules
        rows = standing(world).rows
        strong = line_men_u(world, rows, minute) >= round(rules["contact.zoc_men_min"]) * PPM
        steady = formations.read("cohesion", minute, rows) >= round(rules["contact.zoc_cohesion_min"] * NANO)
        mask = np.zeros(len(formations), bool)
        mask[rows[strong & steady]] = True
        return mask

    return derived(world, "ground.holds", (minute, *world.formations.version(*_STRENGTH)), make)


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
        strength[rows] = share * _zone_factor(statics)[formations.kind[rows]] // PPM
        return strength

    return derived(world, "ground.zone_strength", (minute, *world.formations.version(*_STRENGTH)), make)


def _zone_factor(statics: Statics) -> Ints:
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
    grid, now = world.statics.grid, standing(world)
    own = now.rows[now.side == side]
    beside = grid.distance(np.asarray(cells)[:, None], world.formations.hex[own][None, :]) <= 1
    if not beside.any():
        return np.zeros(len(cells), np.int64)
    total: Ints = np.minimum((beside * zone_strength(world, minute)[own]).sum(axis=1), PPM)
    return total


# Screens.


def reach(world: World, minute: int) -> npt.NDArray[np.int8]:
    """Shape (formations,): how many hexes away each formation screens: 0 not at all, 1, or 2.

    Two only if in place for ``contact.screen_far_h`` hours and neither marching nor exploiting.
    """

    def make() -> npt.NDArray[np.int8]:
        formations = world.formations
        settled = minute - formations.in_place_since >= round(world.statics.rules["contact.screen_far_h"] * HOUR)
        still = (formations.leg_to < 0) & (formations.stage != MARCHING) & (formations.exploiting == 0)
        found = np.where(settled & still, 2, 1).astype(np.int8)
        found[~holds(world, minute)] = 0
        if not on(world.statics.rules, "screens"):
            found[:] = 0
        return found

    return derived(world, "ground.reach", (minute, *world.formations.version(*_STANCE, *_STRENGTH)), make)


def screened(world: World, side: int, minute: int) -> Mask:
    """Shape (hexes + 1,): hexes that ``side`` holds or screens: nobody else may simply walk into them."""

    def make() -> Mask:
        return screened_by(world, np.flatnonzero(world.formations.side == side), minute)

    key = (minute, *world.formations.version(*_STANCE, *_STRENGTH))
    return derived(world, f"ground.screened.{side}", key, make)


def screened_by(world: World, rows: Rows, minute: int) -> Mask:
    """Shape (hexes + 1,): hexes that these formations hold or screen."""
    grid, cells, far = world.statics.grid, world.formations.hex, reach(world, minute)[rows]
    mask = np.zeros(grid.size + 1, bool)
    mask[grid.ring_table(1)[cells[rows[far == 1]]]] = True
    mask[grid.ring_table(2)[cells[rows[far == 2]]]] = True
    mask[-1] = False
    return mask


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
        formations, now = world.formations, standing(world)
        touched = np.zeros(len(formations), np.int8)
        for side in (0, 1):
            own = now.rows[now.side == side]
            touched[own] = formations_near(world, 1 - side, 1)[formations.hex[own]]
        return touched

    return derived(world, "ground.contacts", world.formations.version(*_PLACES), make)


def mechanised(mobility: Any) -> Mask:
    """Whether formations of these mobility classes drive."""
    drives: Mask = (mobility == _MOTOR) | (mobility == _TRACK)
    return drives
