"""Engineer assets: whose they are at a minute, and how far they meet the need of those who dig.

Bridging columns are no diggers. Engineers who build the line of a directive to fortify do not help the troops.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats
from engine.core.calendar import NEVER
from engine.model.codes import RUNNING, DirectiveKind
from engine.model.forces import AssetSpec
from engine.model.world import Statics, World
from engine.rules.hierarchy import chains

Ints = npt.NDArray[np.int64]

_FORTIFY: Final = int(DirectiveKind.FORTIFY)


def _assets(statics: Statics) -> list[tuple[AssetSpec, list[tuple[int, int]]]]:
    """Engineer assets of a scenario, each with the headquarters it obeys from what minute on, made once for a run."""
    found: list[tuple[AssetSpec, list[tuple[int, int]]]] | None = statics.memo.get("engineers.assets")
    if found is None:
        rows, found = statics.headquarters_rows, []
        for asset in statics.scenario.assets:
            if asset.kind == "engineer" and asset.hq in rows:
                moves = [
                    (change.at_min, rows[change.hq])
                    for change in statics.scenario.reinforcements
                    if change.kind == "asset" and change.subject == asset.id and change.hq in rows
                ]
                found.append((asset, [(0, rows[asset.hq]), *sorted(moves)]))
        statics.memo["engineers.assets"] = found
    return found


def men_by_headquarters(statics: Statics, minute: int) -> Ints:
    """Shape (headquarters,): men of the engineer assets that each has of its own at a minute."""
    men = np.zeros(len(statics.headquarters_rows), dtype=np.int64)
    for asset, obeys in _assets(statics):
        if asset.from_min <= minute < (asset.until_min if asset.until_min >= 0 else NEVER):
            men[[hq for at, hq in obeys if at <= minute][-1]] += asset.men
    return men


def share_met(world: World, minute: int, hq: Ints, need: Ints) -> Floats:
    """Shape (rows,): how far engineers meet the ``need`` (men) of formations that obey ``hq``, 0 to 1.

    The men of each headquarters are shared by all below it in proportion to their need; what superiors send adds up.
    """
    met = np.zeros(len(need))
    if not _assets(world.statics):
        return met
    chain = chains(world)
    men = men_by_headquarters(world.statics, minute)
    men[_building(world, chain)] = 0
    above = chain[hq]
    wanted = np.zeros(len(men) + 1, dtype=np.int64)
    for level in range(above.shape[1]):
        np.add.at(wanted, above[:, level], need)
    there = np.append(men / np.maximum(wanted[:-1], 1), 0.0)
    for level in range(above.shape[1]):
        met = met + there[above[:, level]]
    return np.minimum(met, 1.0)


def _building(world: World, chain: Ints) -> npt.NDArray[np.bool_]:
    """Shape (headquarters,): its engineers build the line of a directive to fortify, its own or a superior's."""
    directives = world.directives
    told = np.zeros(len(chain), dtype=bool)
    told[directives.hq[(directives.kind == _FORTIFY) & (directives.state == RUNNING) & (directives.line[:, 0] >= 0)]] = True
    told[-1] = False
    busy: npt.NDArray[np.bool_] = np.logical_or.reduce(told[chain[:-1]], axis=1)
    return busy
