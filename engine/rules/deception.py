"""Deception of a regrouping: dummy traffic, tracks and mock-ups keep troops in the enemy's eyes where they no longer are.

A directive still to come may name a place for its dummies. Whoever of its groups stands elsewhere is reported there by
the enemy's intercept, agents and aircraft, and of distant reports that find him where he really is a part is not
believed. Patrols, contact and prisoners are not deceived, nor are troops that stand beside the place. The attack ends
it. One formation, one pair of dice: no report hangs on who else exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import exp
from engine.core.dice import Dice, Stream
from engine.model.codes import AXIS, PENDING, RUNNING, SOVIET
from engine.model.world import World
from engine.rules import ground
from engine.rules.derived import derived
from engine.rules.detection import Found, coming_groups, coming_plans
from engine.rules.hierarchy import under
from engine.rules.power import on

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

AWAY_HEXES: Final = 2
"""Troops farther than this from their dummies are elsewhere."""
_DRAW: Final = 2
_WORD: Final = 1.0 / 4294967296.0


@dataclass(frozen=True, eq=False)
class Feint:
    """What dummies do to the reports of this look; masks and numbers for each of ``Found.rows``."""

    shown: Mask
    """Reported at the place of its dummies."""
    unbelieved: Mask
    """Found where it is, by distant means, and not believed."""
    cell: Rows
    """Place of its dummies, -1 none."""
    hazard: float
    """Of a report by the dummies, over the whole period."""


def feint(world: World, found: Found, minute: int, hours: float, dice: Dice) -> Feint | None:
    """What the dummies of both sides make of what has been found; None where nobody keeps any."""
    kept = dummies(world, minute)
    rules = world.statics.rules
    if kept is None or not on(rules, "deception") or not on(rules, "intelligence"):
        return None
    cell = kept[found.rows]
    acting = _acting(world, found, cell)
    luck = dice.words(Stream.SIGHTING, world.formations.subject[found.rows], minute, _DRAW)[:, :2] * _WORD
    hazard = rules["intelligence.dummy_hazard_h"] * hours
    chance = float((1.0 - exp(np.array([-hazard])))[0])
    remote = found.air | found.radio | found.partisans
    trusted = luck[:, 1] < rules["intelligence.dummy_trust"]
    shown = acting & (luck[:, 0] < chance) & (trusted | ~remote)
    return Feint(shown, acting & remote & trusted & ~shown, cell, hazard)


def _acting(world: World, found: Found, cell: Rows) -> Mask:
    """Whose dummies work: he stands elsewhere, nobody met him, and the place is his side's with no enemy beside it."""
    formations, there = world.formations, np.maximum(cell, 0)
    apart = world.statics.grid.distance(formations.hex[found.rows], there)
    by_axis, by_soviet = (ground.formations_near(world, side, 1)[there] for side in (AXIS, SOVIET))
    seen_through = np.where(found.observer == AXIS, by_axis, by_soviet)
    own = world.hexes.owner[there] == formations.side[found.rows]
    met = found.contact | found.fought | found.patrol
    acting: Mask = (cell >= 0) & (apart > AWAY_HEXES) & own & ~seen_through & ~met
    return acting


def dummies(world: World, minute: int) -> Rows | None:
    """Shape (formations,): where dummies stand for each of those named for an attack to come, -1 none; None no dummies."""
    directives = world.directives
    plans = coming_plans(world, minute)
    plans = plans[directives.dummy[plans] >= 0]
    if not len(plans):
        return None

    def make() -> Rows:
        cells = np.full(len(world.formations), -1, np.int64)
        for plan in plans[::-1].tolist():  # of two that name one formation the first counts
            cells[_led(world, plan)] = int(directives.dummy[plan])
        return cells

    key = (plans.tobytes(), *world.formations.version("hq"), *world.headquarters.version("parent"))
    return derived(world, "deception.dummies", key, make)


def feigning(world: World) -> Mask | None:
    """Shape (formations,): named for an attack, to come or in force, for which dummies were shown; None nobody is."""
    directives = world.directives
    plans = np.flatnonzero((directives.dummy >= 0) & np.isin(directives.state, (PENDING, RUNNING)))
    if not len(plans) or not on(world.statics.rules, "deception"):
        return None

    def make() -> Mask:
        mask = np.zeros(len(world.formations), bool)
        for plan in plans.tolist():
            mask |= _led(world, plan)
        return mask

    key = (plans.tobytes(), *world.formations.version("hq"), *world.headquarters.version("parent"))
    return derived(world, "deception.feigning", key, make)


def _led(world: World, plan: int) -> Mask:
    """Shape (formations,): assault and mobile groups of a directive; everybody there where it names no groups."""
    named = coming_groups(world, np.array([plan]))
    return named if named.any() else under(world, world.directives.hq[[plan]].astype(np.int64))
