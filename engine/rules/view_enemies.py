"""The enemy as a view shows him: reports that still count, corrected by what stands beside own formations."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.columns import rows_where
from engine.core.jit import jit
from engine.model.codes import MARCHING
from engine.model.view import Enemies
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.sight import LEAST_LEVEL, faded_to, half_lives, memory_min, on_map, usual_strength, watched
from engine.rules.view_frames import fixed

Rows = npt.NDArray[np.int64]

CONTACT_LEVEL = 2
"""What one knows of an enemy beside an own formation, at least: type and size."""


def enemies(world: World, side: int, minute: int) -> Enemies:
    """Reports that still count, corrected by what stands beside own formations now."""
    formations, sightings, statics = world.formations, world.sightings, world.statics
    near, theirs = watched(world, on_map(world, side)), on_map(world, 1 - side)
    reports = derived(
        world, f"views.reports.{side}", sightings.version("observer"), lambda: rows_where(sightings.observer == side)
    )
    told = np.empty((len(_TOLD), len(theirs) + len(reports)), np.int64)
    count = _tell(
        near, theirs, formations.hex, formations.kind, formations.leg_to, formations.stage, reports, sightings.formation,
        sightings.hex, sightings.seen_at, sightings.level, sightings.half_life, sightings.men, sightings.afv,
        sightings.power, sightings.kind, world.hexes.owner, usual_strength(world), side, minute, memory_min(statics),
        half_lives(statics)[1], told,
    )  # fmt: skip
    return Enemies(**dict(zip(_TOLD, fixed(told[:, :count]), strict=True)))


_TOLD: Final = (
    "hex", "kind", "men", "afv", "power", "sighting", "formation", "level", "certainty", "seen_at", "age_min", "moving",
    "contact",
)  # fmt: skip


@jit
def _tell(
    near: Any, theirs: Any, at: Any, kind: Any, leg_to: Any, stage: Any, reports: Any, of: Any, cell: Any, seen_at: Any,
    level: Any, half_life: Any, men: Any, afv: Any, power: Any, as_kind: Any, owner: Any, usual: Any, side: int,
    minute: int, memory: int, moving: int, told: Any,
) -> int:  # fmt: skip
    """Fill ``told``, a column of ``Enemies`` a row: those met by row, then what is remembered by report; how many.

    Reports are numbered within their side: how many the other has written is not for this one to know.
    """
    number_of = np.full(len(at), -1, np.int64)
    for number in range(len(reports)):
        if of[reports[number]] >= 0:
            number_of[of[reports[number]]] = number
    n = 0
    # Beside own formations: true place, level at least 2; strength as reported, else as usual for the kind.
    for i in range(len(theirs)):
        row = theirs[i]
        if not near[at[row]]:
            continue
        number, now = number_of[row], CONTACT_LEVEL * PPM
        told[0, n], told[1, n] = at[row], kind[row]
        for k in range(3):
            told[2 + k, n] = usual[k, kind[row]]
        if number >= 0:
            report = reports[number]
            told[2, n], told[3, n], told[4, n] = men[report], afv[report], power[report]
            now = max(now, faded_to(level[report], minute - seen_at[report], half_life[report]))
        told[5, n], told[6, n], told[7, n], told[8, n] = number, row, now, PPM
        told[9, n], told[10, n], told[12, n] = minute, 0, 1
        told[11, n] = 1 if leg_to[row] >= 0 or stage[row] == MARCHING else 0
        number_of[row] = _MET
        n += 1
    # Older reports: not of those met now, nor of hexes where one would see that nobody is there.
    for number in range(len(reports)):
        report = reports[number]
        here, who, age = cell[report], of[report], minute - seen_at[report]
        if here < 0 or near[here] or owner[here] == side or age > memory or (who >= 0 and number_of[who] == _MET):
            continue
        now = faded_to(level[report], age, half_life[report])
        if now < LEAST_LEVEL:
            continue
        told[0, n], told[1, n], told[2, n], told[3, n] = here, as_kind[report], men[report], afv[report]
        told[4, n], told[5, n] = power[report], number
        told[6, n] = who if now >= CONTACT_LEVEL * PPM else -1
        told[7, n], told[8, n], told[9, n], told[10, n] = now, min(now // 2, PPM), seen_at[report], age
        told[11, n], told[12, n] = 1 if half_life[report] == moving else 0, 0
        n += 1
    return n


_MET: Final = -2
