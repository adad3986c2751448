"""A side's sorties: how many its air assets can fly at a minute, by the dates of each asset."""

from __future__ import annotations

from engine.core.calendar import NEVER
from engine.model.codes import SIDES
from engine.model.forces import AssetSpec
from engine.model.world import Statics


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
    return sum(asset.sorties_day for asset in assets(statics, side) if there(asset, minute))
