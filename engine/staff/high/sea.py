"""What a side can do at sea, by what it knows: its craft and ships, its ports, and where the land has its supply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import Array
from engine.core.paths import FAR, field
from engine.model.codes import SIDES, DepotKind
from engine.model.forces import AssetSpec
from engine.rules import sea_ways, shipping
from engine.staff.control import Ints, Mask
from engine.staff.situation import Situation

OFF_MAP = -1
"""Goal of those who leave the theatre."""
UNLIMITED = 10_000


@dataclass(frozen=True)
class Craft:
    """Landing craft at one station: what they carry in a day, and how far from it they serve."""

    cell: int
    men_day: int
    hexes: int


def craft_of(s: Situation, minute: int) -> list[Craft]:
    """Own landing craft that will be there at a minute."""
    return [
        Craft(a.cell, _lifts(s, a) * a.men, _reach(s, a))
        for a in s.statics.scenario.assets
        if a.kind == "landing_craft" and a.side == SIDES[s.side] and a.from_min <= minute < _until(a)
    ]  # fmt: skip


def _lifts(s: Situation, asset: AssetSpec) -> int:
    return asset.lifts_day or max(DAY // round(s.rules["naval.wave_h"] * HOUR), 1)


def _reach(s: Situation, asset: AssetSpec) -> int:
    if asset.cell < 0:
        return UNLIMITED
    return int((asset.range_km or s.rules["naval.craft_km"]) / s.grid.spacing_km)


def _until(asset: AssetSpec) -> int:
    return asset.until_min if asset.until_min >= 0 else NEVER


def sailing(s: Situation, beach: int) -> Array:
    """Tenths of a hex of lane from the water before a beach to all water; the enemy's guns and ice left out. (hexes,)"""
    lanes = sea_ways.lanes(s.statics)
    return field(s.grid.neighbours, lanes, sea_ways.roads(s.statics, beach), top=max(int(lanes.max(initial=1)), 1))


def men_day(s: Situation) -> int:
    """Men whom the side's ships and craft can take away in a day."""
    return shipping.lift(s.statics, s.side, s.minute).men_day + sum(c.men_day for c in craft_of(s, s.minute))


def ports(s: Situation) -> Ints:
    """Hexes of ports in own hands, in order."""
    cells = np.array(sorted(sea_ways.ports(s.statics)), np.int64)
    mine: Ints = cells[s.owner[cells] == s.side] if len(cells) else cells
    return mine


def home_parts(s: Situation) -> set[int]:
    """Pieces of own land that supply reaches by land; if there is none, the one with the greatest port."""
    depots = s.view.depots
    own = (depots.hex >= 0) & (depots.working > 0)
    cells, kinds, sizes = depots.hex[own], depots.kind[own], depots.capacity_t[own]
    mine = (s.owner[cells] == s.side) & (s.control.part[cells] >= 0)
    cells, kinds, sizes = cells[mine], kinds[mine], sizes[mine]
    by_land = kinds != int(DepotKind.PORT)
    if by_land.any():
        return set(s.control.part[cells[by_land]].tolist())
    if not len(cells):
        return set()
    return {int(s.control.part[cells[np.lexsort((cells, -sizes))[0]]])}


def home_cells(s: Situation) -> Ints:
    """Own sources of supply on land, or the greatest port."""
    depots, homes = s.view.depots, home_parts(s)
    at = depots.hex[(depots.hex >= 0) & (depots.working > 0)]
    mine = at[(s.owner[at] == s.side)]
    kept = [c for c in mine.tolist() if int(s.control.part[c]) in homes]
    kinds = dict(zip(depots.hex.tolist(), depots.kind.tolist(), strict=True))
    by_land = [c for c in kept if kinds[c] != int(DepotKind.PORT)]
    return np.array(sorted(set(by_land or kept)), np.int64)


def haven(s: Situation, left: Mask | None = None) -> int | None:
    """Where those who are shipped away land: the greatest own port at home; off the map; None if neither is there.

    ``left`` is land that they leave. Shape (hexes,).
    """
    homes, sizes = home_parts(s), sea_ways.ports(s.statics)
    least = s.rules["naval.main_port_t"] * s.rules["high.haven_share"]
    there = [c for c in ports(s).tolist() if int(s.control.part[c]) in homes and s.control.depth[c] > 1 and sizes[c] >= least]
    there = [c for c in there if left is None or not left[c]]
    if there:
        return int(max(there, key=lambda c: (sizes[c], -c)))
    off = any(
        ships.side == SIDES[s.side] and ships.from_min <= s.minute < (ships.until_min if ships.until_min >= 0 else NEVER)
        and (sea_ways.at_sea(s.statics)[ships.cell] or not s.statics.scenario.window[ships.cell])
        for ships in s.statics.scenario.shipping
    )  # fmt: skip
    return OFF_MAP if off else None


__all__ = ["FAR", "OFF_MAP", "Craft", "craft_of", "haven", "home_cells", "home_parts", "men_day", "ports", "sailing"]
