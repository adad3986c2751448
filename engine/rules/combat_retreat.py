"""The way back: where a defender driven from its hex goes, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, rounded
from engine.core.columns import NANO
from engine.core.dice import Dice, Stream
from engine.core.paths import FAR, hops
from engine.model.codes import Mobility
from engine.model.theatre import River, Strait
from engine.model.world import World
from engine.rules import ground, ice
from engine.rules.derived import derived
from engine.rules.fortress import any_declared
from engine.rules.power import on

Ints = npt.NDArray[np.int64]
FAR_HOPS: Final = 1_000_000
LOSS_COLUMNS: Final = ("men_u", "captured_u", "afv_u", "shop_u", "guns_u", "cohesion_n")


def rear(world: World, side: int) -> npt.NDArray[np.int32]:
    """Shape (hexes,): hops through own ground from the side's supply sources, FAR where no way leads."""

    def make() -> npt.NDArray[np.int32]:
        depots = world.depots
        own = ice.walked(world.statics)[:-1] & (world.hexes.owner == side)
        sources = depots.hex[(depots.side == side) & (depots.working == 1)].astype(np.int64)
        return hops(world.statics.grid.neighbours, own, sources[own[sources]])

    key = (*world.hexes.version("owner"), *world.depots.version("hex", "working"))
    return derived(world, f"combat.rear.{side}", key, make)


@dataclass
class WayBack:
    """Finds hexes to retreat to, one formation after the other; remembers who has gone where in this minute."""

    world: World
    minute: int

    def __post_init__(self) -> None:
        self._sent: dict[int, int] = {}

    def find(self, side: int, cell: int, mobility: int = int(Mobility.FOOT)) -> tuple[int, bool]:
        """The hex a formation of ``side`` falls back to from ``cell`` (-1 none), and whether under fire or over water.

        Own ground without an enemy and with room, the least hops from supply; an enemy zone of control counts as
        ``contact.retreat_zoc_hops`` more.
        The garrison of a fortress gives way only within it. Of equals the hex with fewer hostile neighbours, then the
        lowest number.
        """
        statics = self.world.statics
        near = statics.grid.neighbours[cell]
        now, theatre, owner = ground.standing(self.world), statics.theatre, self.world.hexes.owner
        hops, passable = rear(self.world, side), ice.walked(statics)
        zone = ground.zone(self.world, 1 - side, self.minute)
        most = statics.rules["contact.retreat_stack"]
        weight = rounded(statics.rules["contact.retreat_zoc_hops"] * 1000)
        open_water = ice.water(self.world)
        fort = self.world.hexes.fortress
        bound = fort[cell] == side and any_declared(self.world)
        best: tuple[int, int, int] | None = None
        risky = False
        for direction, there in enumerate(near.tolist()):
            if there < 0 or not passable[there] or owner[there] != side or now.count[1 - side][there]:
                continue
            if (bound and fort[there] != side) or not ice.bears(self.world, mobility, there):
                continue
            full = int(now.count[side][there]) + self._sent.get(there, 0) >= most
            if full or open_water[cell, direction] == Strait.STRAIT:
                continue
            around = statics.grid.neighbours[there]
            hostile = int(((around >= 0) & (owner[around] == 1 - side)).sum())
            far = FAR_HOPS if hops[there] >= FAR else int(hops[there])
            score = (far * 1000 + int(zone[there]) * int(weight) // PPM, hostile, there)
            if best is None or score < best:
                best = score
                wet = theatre.river[cell, direction] >= River.RIVER and not theatre.bridge[cell, direction]
                risky = bool(zone[there] > 0 or wet or theatre.strait[cell, direction])
        if best is None:
            return -1, True
        self._sent[best[2]] = self._sent.get(best[2], 0) + 1
        return best[2], risky


def left_behind(rules: Mapping[str, float], knocked_u: Ints, shop_u: Ints, abandoned: float) -> Ints:
    """Vehicles in repair lost for good by whoever does not keep the field.

    Of those knocked out in the battle ``repair.final_lost`` instead of ``repair.final_kept``; of the others in the
    workshops the share ``abandoned``.
    """
    kept = rules["repair.final_kept"]
    here = np.minimum(knocked_u, shop_u)
    late = (rules["repair.final_lost"] - kept) / (1.0 - kept)
    return np.minimum(rounded(here * late + (shop_u - here) * abandoned), shop_u) * on(rules, "repair")


def toll(
    world: World, rows: Ints, minute: int, dice: Dice, loss: npt.NDArray[np.float64], *,
    moved: bool, captured: float, cohesion: float, knocked_u: Ints,
) -> dict[str, Ints]:  # fmt: skip
    """What formations lose when they are driven back: columns of the events Retreated, GaveGround and Cornered.

    ``loss`` is the share of the men of each, ``captured`` the part of it that is taken or missing. Those who leave
    the hex (``moved``) leave guns and vehicles in repair behind, most of all those knocked out in this battle.
    """
    formations, rules = world.formations, world.statics.rules
    now = formations.read_all(("men", "afv", "afv_shop", "guns", "cohesion"), minute, rows)
    men = rounded(now["men"] * np.minimum(loss, 1.0))
    taken = np.minimum(rounded(men * captured), men)
    drop = cohesion + rules["combat.yield_cohesion_loss"] * loss
    nothing = np.zeros(len(rows), dtype=np.int64)
    result = {
        "men_u": men - taken,
        "captured_u": taken,
        "afv_u": nothing,
        "shop_u": nothing,
        "guns_u": nothing,
        "cohesion_n": np.minimum(rounded(drop * NANO), now["cohesion"]),
    }
    if moved:
        # A rout leaves the guns; an orderly step back leaves few.
        rout = np.minimum(loss / rules["combat.gun_retreat_rout"], 1.0)
        low, high = rules["combat.gun_retreat_low"], rules["combat.gun_retreat_high"]
        luck = dice.uniform(Stream.RETREAT, formations.subject[rows], minute, 1)
        result["guns_u"] = rounded(now["guns"] * np.minimum((low + (high - low) * luck) * rout, 1.0))
        result["afv_u"] = rounded(now["afv"] * np.minimum(loss, 1.0))
        result["shop_u"] = left_behind(rules, knocked_u, now["afv_shop"], rules["repair.abandon_retreat"])
    return result
