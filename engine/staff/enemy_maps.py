"""Maps of what is known of the enemy, made in one compiled pass over the reports; nothing is touched far from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.columns import Array
from engine.core.jit import jit
from engine.staff.control import Ints, Mask

BESIDE = 7
"""Hexes of a disc of radius 1."""


@dataclass(frozen=True, eq=False)
class EnemyMaps:
    """Shapes (hexes,)."""

    threat: Array
    """Enemy power that can be brought to bear."""
    defence: Array
    """What an attack on each hex would meet: power there in position and terrain, and the screens around it."""
    occupied: Mask
    """Hexes where an enemy is reported with some certainty."""
    zone: Mask
    """Hexes beside a reported enemy who is more than a remnant, and its own."""
    tolls: Array
    """Minutes that resistance adds to the way over each hex."""
    held: Mask
    """Where one who is more than a remnant is reported."""


def enemy_maps(
    discs: Array, cells: Array, power: Ints, told: Array, certainty: Array, moving: Array, reach: Ints, screen: Ints,
    terrain: Ints, p: Ints,
) -> EnemyMaps:
    """Maps of reports at ``cells`` with the ``power`` that was ``told``, as far as it can be counted on. Shapes (reports,).

    Who is ``moving`` screens the hexes beside him, nothing farther off: as in the rules.

    ``discs`` (hexes, 37): hexes by distance; ``reach`` and ``screen``: thousandths of a power that count at each of them
    as threat and as screen; ``terrain`` (hexes,), ppm. ``p``: least certainty of an occupied hex; most that screens
    count; thousandths that a position counts; minutes over an occupied hex and over one beside; points below which an
    enemy is a remnant.
    """
    size = len(discs)
    threat, defence = np.zeros(size, np.int32), np.zeros(size, np.int32)
    occupied, zone, tolls = np.zeros(size, bool), np.zeros(size, bool), np.zeros(size, np.int32)
    held = np.zeros(size, bool)
    _map(
        discs, cells, power, told, certainty, moving, reach, screen, terrain, p, threat, defence, occupied, zone, tolls, held
    )
    return EnemyMaps(threat, defence, occupied, zone, tolls, held)


@jit
def _map(
    discs: Any, cells: Any, power: Any, told: Any, certainty: Any, moving: Any, reach: Any, screen: Any, terrain: Any,
    p: Any, threat: Any, defence: Any, occupied: Any, zone: Any, tolls: Any, held: Any,
) -> None:  # fmt: skip
    near, touched, count = np.zeros(len(terrain), np.bool_), np.empty(len(terrain), np.int32), 0
    for i in range(len(cells)):
        share = 0
        for k in range(len(reach)):
            if k == 0 or reach[k] != reach[k - 1]:  # the same for all of a ring
                share = power[i] * reach[k] // 1000
            there = discs[cells[i], k]
            if there >= 0 and reach[k] != 0:
                threat[there] += share
        for k in range(1 if told[i] < p[5] else BESIDE if moving[i] else len(screen)):
            there = discs[cells[i], k]
            if there >= 0:
                defence[there] += power[i] * screen[k] // 1000
                if not near[there]:
                    near[there], touched[count], count = True, there, count + 1
        if certainty[i] > p[0]:
            occupied[cells[i]] = True
            if told[i] < p[5]:
                continue
            held[cells[i]] = True
            for k in range(BESIDE):
                there = discs[cells[i], k]
                if there >= 0:
                    zone[there] = True
                    tolls[there] = p[4]
    # Screens count so much at most, whoever stands in a hex counts in full, and all by the terrain.
    for n in range(count):
        defence[touched[n]] = min(defence[touched[n]], p[1])
    for i in range(len(cells)):
        defence[cells[i]] += power[i] * p[2] // 1000
        if occupied[cells[i]]:
            tolls[cells[i]] = p[3] + p[4]
    for n in range(count):
        defence[touched[n]] = defence[touched[n]] * terrain[touched[n]] // PPM
