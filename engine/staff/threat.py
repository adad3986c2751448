"""The enemy as far as he is known, on the map: threat and cover, what an attack would meet, the odds."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.columns import Array
from engine.core.discs import disc_sums
from engine.core.once import Once
from engine.model.commander import Notes
from engine.model.view import SideView
from engine.model.world import Statics
from engine.rules.power import terrain_factor
from engine.rules.sight import remnant
from engine.staff.control import Ints, Mask
from engine.staff.enemy_maps import EnemyMaps, enemy_maps
from engine.staff.numbers import IN_RESERVE
from engine.staff.troops import Troops

CERTAIN = PPM // 3
"""A report less certain than this does not make a hex count as occupied."""


class Threat(Troops):
    """Maps of the known enemy and of own cover. Arrays have shape (hexes,)."""

    def __init__(self, view: SideView, notes: Notes) -> None:
        super().__init__(view, notes)
        self._logs: dict[int, float] = {}

    def spread(self, cells: Array, power: Array, kernel: tuple[float, ...]) -> Array:
        """Sum over sources of power x kernel[distance]."""
        discs = self.grid.ring_table(len(kernel) - 1)
        return disc_sums(discs, cells.astype(np.int64), power.astype(np.int64), _weights(kernel))

    @Once
    def kernel(self) -> tuple[float, ...]:
        """Reach of threat and cover by distance (staffs at radius 0 to 3)."""
        near = self.rules["staff.kernel_1"]
        return (near, near, self.rules["staff.kernel_2"], self.rules["staff.kernel_3"])

    @Once
    def enemy_power(self) -> Ints:
        """Estimated power of each known enemy, by how far it can be counted on."""
        enemies = self.view.enemies
        power: Ints = enemies.power.astype(np.int64) * enemies.certainty // PPM
        return power

    @Once
    def _enemy(self) -> EnemyMaps:
        """Maps of the known enemy."""
        enemies, (reach, screen, p) = self.view.enemies, _how_maps_are_made(self.statics, self.kernel)
        discs = self.grid.ring_table(len(self.kernel) - 1)
        return enemy_maps(
            discs, enemies.hex, self.enemy_power, enemies.power, enemies.certainty, enemies.moving, reach,
            screen, _terrain_ppm(self.statics), p,
        )  # fmt: skip

    @Once
    def threat(self) -> Array:
        """Enemy power that can be brought to bear."""
        return self._enemy.threat

    @Once
    def cover(self) -> Array:
        """Own power that holds ground or is on its way to a place in the line."""
        held = (self.role != IN_RESERVE) & ((self.view.own.leg_to < 0) | (self.slot >= 0))
        return self.spread(self.planned_hex[held], self.view.own.power[held], self.kernel)

    @Once
    def occupied(self) -> Mask:
        """Hexes where an enemy is reported with some certainty."""
        return self._enemy.occupied

    @Once
    def held(self) -> Mask:
        """Those of them where more than a remnant is reported."""
        return self._enemy.held

    @Once
    def enemy_zone(self) -> Mask:
        """Hexes beside a reported enemy who is more than a remnant, and its own."""
        return self._enemy.zone

    @Once
    def defence(self) -> Array:
        """What an attack on each hex would meet: power there in position and terrain, and the screens around it."""
        return self._enemy.defence

    @Once
    def tolls(self) -> Array:
        """Minutes that resistance adds to the way over each hex."""
        return self._enemy.tolls

    def odds(self, power: int, cell: int) -> float:
        """x: the natural log of own power over the defence at a hex, as far as is known."""
        return ln(max(power, 1)) - self.log_defence(cell)

    def log_defence(self, cell: int) -> float:
        """Natural log of the defence of a hex."""
        found = self._logs.get(cell)
        if found is None:
            found = self._logs[cell] = ln(max(int(self.defence[cell]), 1))
        return found


def ln(value: float) -> float:
    """Natural logarithm of one positive number, by the same steps as ``core.arithmetic.log``: the same bits."""
    mantissa, power = math.frexp(value)
    if mantissa < 0.7071067811865476:
        mantissa, power = mantissa * 2.0, power - 1
    f = (mantissa - 1.0) / (mantissa + 1.0)
    f2 = f * f
    # Written out, as it is done for every odds: the sum of f2^k / (2k + 1).
    total = (((1.0 / 21.0 * f2 + 1.0 / 19.0) * f2 + 1.0 / 17.0) * f2 + 1.0 / 15.0) * f2 + 1.0 / 13.0
    total = (((total * f2 + 1.0 / 11.0) * f2 + 1.0 / 9.0) * f2 + 1.0 / 7.0) * f2 + 1.0 / 5.0
    total = (total * f2 + 1.0 / 3.0) * f2 + 1.0
    total = total * f * 2.0 + power * 1.90821492927058770002e-10
    return total + power * 6.93147180369123816490e-01


@cache
def _weights(kernel: tuple[float, ...]) -> Ints:
    """Thousandths of a kernel for each hex of a ring table's row."""
    return np.concatenate([np.full(6 * d if d else 1, round(k * 1000)) for d, k in enumerate(kernel)])


def _how_maps_are_made(statics: Statics, kernel: tuple[float, ...]) -> tuple[Ints, Ints, Ints]:
    """The arguments ``reach``, ``screen`` and ``p`` of :func:`enemy_maps`, made once for a run."""
    found: tuple[Ints, Ints, Ints] | None = statics.memo.get("staff.enemy_maps")
    if found is None:
        rules = statics.rules
        posture = rules["contact.screen_posture"]
        screens = (0.0, rules["contact.screen_near"] * posture, rules["contact.screen_far"] * posture)
        p = np.array([
            CERTAIN,
            round(rules["contact.screen_cap_divisions"] * rules["contact.screen_cap_men"] * posture),
            round(rules["fortification.posture_1"] * 1000),
            round(rules["staff.occupied_min"]),
            round(rules["staff.zoc_min"]),
            remnant(statics),
        ])  # fmt: skip
        found = statics.memo["staff.enemy_maps"] = _weights(kernel), _weights(screens), p
    return found


def _terrain_ppm(statics: Statics) -> Ints:
    found: Ints | None = statics.shared.get("staff.terrain")
    if found is None:
        factor = terrain_factor(statics, np.arange(statics.grid.size))
        found = statics.shared["staff.terrain"] = np.floor(factor * PPM + 0.5).astype(np.int64)
    return found
