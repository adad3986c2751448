"""A side's sorties: how many its air assets can fly at a minute, from where, and what they are flown for.

One budget for a side: support of battles, roads, reconnaissance and, where the enemy has ships, his ports and convoys
share it in proportion to ``air.support_share``, ``interdiction_share``, ``recon_share`` and ``port_share``. No sortie
is flown twice.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats
from engine.core.calendar import NEVER
from engine.model.codes import SIDES
from engine.model.forces import AssetSpec
from engine.model.world import Statics, World
from engine.rules.power import on

Ints = npt.NDArray[np.int64]


class Use(IntEnum):
    """What a sortie is flown for."""

    SUPPORT = 0
    INTERDICTION = 1
    RECONNAISSANCE = 2
    PORTS = 3


def share(statics: Statics, side: int, use: Use) -> float:
    """Part of a side's sorties that is flown for one use; over all uses they sum to 1."""
    rules = statics.rules
    weight = [
        rules["air.support_share"], rules["air.interdiction_share"], rules["air.recon_share"], rules["air.port_share"],
    ]  # fmt: skip
    if not _enemy_ships(statics, side):
        weight[Use.PORTS] = 0.0
    total = weight[0] + weight[1] + weight[2] + weight[3]
    return weight[use] / total if total > 0.0 else 0.0


def _enemy_ships(statics: Statics, side: int) -> bool:
    """Whether the enemy of a side has shipping at any time of the scenario."""
    name = f"air.enemy_ships.{side}"
    if name not in statics.memo:
        statics.memo[name] = any(ships.side == SIDES[1 - side] for ships in statics.scenario.shipping)
    return bool(statics.memo[name])


def assets(statics: Statics, side: int) -> list[AssetSpec]:
    """Air assets of a side at any time of the scenario, made once for a run."""
    name = f"air.assets.{side}"
    if name not in statics.memo:
        statics.memo[name] = [a for a in statics.scenario.assets if a.kind == "air" and a.side == SIDES[side]]
    found: list[AssetSpec] = statics.memo[name]
    return found


def there(asset: AssetSpec, minute: int) -> bool:
    """Whether an asset can be used at a minute."""
    return asset.from_min <= minute < (asset.until_min if asset.until_min >= 0 else NEVER)


def sorties_day(statics: Statics, side: int, minute: int) -> int:
    """Sorties a day of all purposes that a side can fly at a minute."""
    dates, able = _able(statics, side)
    return able[bisect_right(dates, minute)]


def _able(statics: Statics, side: int) -> tuple[list[int], list[int]]:
    """Minutes at which air assets of a side come or go, and its sorties a day before the first and from each on."""
    name = f"air.able.{side}"
    if name not in statics.memo:
        its = assets(statics, side)
        dates = sorted({at for asset in its for at in (asset.from_min, asset.until_min)})
        able = [sum(asset.sorties_day for asset in its if there(asset, at)) for at in dates]
        statics.memo[name] = (dates, [0, *able])
    found: tuple[list[int], list[int]] = statics.memo[name]
    return found


def within_reach(world: World, side: int, minute: int, cells: Ints) -> Floats:
    """Sorties a day of all purposes that a side can fly at a minute to each of ``cells``.

    Aircraft fly from their station, or from where their headquarters is.
    """
    statics, found = world.statics, np.zeros(len(cells))
    if not on(statics.rules, "air"):
        return found
    for asset in assets(statics, side):
        hq = statics.headquarters_rows.get(asset.hq, -1)
        base = asset.cell if asset.cell >= 0 else int(world.headquarters.hex[hq]) if hq >= 0 else -1
        if base < 0 or not there(asset, minute):
            continue
        reach = (asset.range_km or statics.rules["air.range_km"]) * 1000.0
        near = statics.grid.distance(base, cells.astype(np.int32)) * statics.grid.spacing_m <= reach
        found = found + np.where(near, float(asset.sorties_day), 0.0)
    return found
