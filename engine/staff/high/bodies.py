"""Bodies: the headquarters that the high command directs, with their forces, their part of the front, and whom they face.

A body is an army with all that is under it; a corps or division outside any army; or the formations that stand
directly under a front or army group. A corps of an army that stands on another piece of land than most of the army,
with water between, is a body of its own: nobody leads a fight over the sea.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.core.arithmetic import PPM
from engine.model.codes import DirectiveState, Echelon
from engine.staff.control import Ints
from engine.staff.landing import islands
from engine.staff.situation import Situation


@dataclass(frozen=True, eq=False)
class Body:
    """One headquarters with what it commands. Formations by their place in the view."""

    hq: int
    members: Ints
    rim: Ints
    """Own hexes on the front that are its: nearest to its formations."""
    power: int
    enemy: int
    """Known power before it, and what must be reckoned with where nothing is known."""
    known: int
    """Known power before it alone."""
    staffs: frozenset[int]
    """Its headquarters and those under it that belong to it."""

    @property
    def ratio(self) -> float:
        """Own power over the enemy's before it; large where nobody is."""
        return self.power / max(self.enemy, 1)


def bodies_of(s: Situation) -> list[Body]:
    """All bodies of the side that have formations on the map, in order of headquarters."""
    of = operators(s)
    own = s.view.own
    leader = np.array([of.get(hq, -1) for hq in own.hq.tolist()], np.int64)
    there = (leader >= 0) & (s.owner[own.hex] == s.side) & ~np.isin(leader, list(on_the_march(s)))
    rim = s.control.rim
    holder, facing = _rim_holders(s, leader, there), _facing(s)
    unseen = round(s.rules["high.unseen_points"])
    found = []
    for hq in sorted(set(leader[leader >= 0].tolist())):
        members = np.flatnonzero(leader == hq)
        mine = holder == hq
        enemy = int(facing[mine].sum()) + unseen * int(mine.sum())
        staffs = frozenset(one for one, leads in of.items() if leads == hq)
        known = int(facing[mine].sum())
        found.append(Body(hq, members, rim[mine], int(own.power[members].sum()), enemy, known, staffs))
    return found


def on_the_march(s: Situation) -> dict[int, int]:
    """Headquarters on their way to a new sector, with the place from where they will attack.

    The attack for which dummies are shown is still to come.
    """
    d = s.view.directives
    coming = (d.state == int(DirectiveState.PENDING)) & (d.dummy >= 0) & (d.start_at > s.minute) & (d.source < 0)
    return dict(zip(d.hq[coming].tolist(), d.axis[coming, 0].tolist(), strict=True))


def operators(s: Situation) -> dict[int, int]:
    """For each own headquarters the body it belongs to: an army above it, else the highest corps or division, else itself.

    A headquarters whose formations stand on another island than most of its army's leads itself.
    """
    found = _by_level(s)
    island, own = islands(s), s.view.own
    mass: dict[int, dict[int, int]] = {}
    for hq, land, power in zip(own.hq.tolist(), island[own.hex].tolist(), own.power.tolist(), strict=True):
        for one in {hq, found.get(hq, -1)}:
            at = mass.setdefault(one, {})
            at[land] = at.get(land, 0) + power + 1
    home = {hq: min(lands, key=lambda land: (-lands[land], land)) for hq, lands in mass.items()}
    return {hq: hq if home.get(hq, -1) != home.get(up, -1) and hq in home and up in home else up for hq, up in found.items()}


def _by_level(s: Situation) -> dict[int, int]:
    headquarters = s.view.headquarters
    echelon = dict(zip(headquarters.row.tolist(), headquarters.echelon.tolist(), strict=True))
    parent = dict(zip(headquarters.row.tolist(), headquarters.parent.tolist(), strict=True))
    found = {}
    for hq in echelon:
        chain = [one for one in _upward(hq, parent) if echelon[one] <= Echelon.ARMY]
        armies = [one for one in chain if echelon[one] == Echelon.ARMY]
        found[hq] = armies[0] if armies else chain[-1] if chain else hq
    return found


def _upward(hq: int, parent: dict[int, int]) -> Iterator[int]:
    while hq >= 0 and hq in parent:
        yield hq
        hq = parent[hq]


def tops(s: Situation) -> list[int]:
    """Headquarters with nobody above them."""
    headquarters = s.view.headquarters
    rows: list[int] = headquarters.row[headquarters.parent < 0].tolist()
    return rows


def _rim_holders(s: Situation, leader: Ints, there: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    """Body of each own hex of the front: that of the nearest formation, -1 if there is none."""
    rim, own = s.control.rim, s.view.own
    who = np.flatnonzero(there)
    if not len(who) or not len(rim):
        return np.full(len(rim), -1, np.int64)
    gaps = s.grid.distance(rim[:, None], own.hex[who][None, :])
    nearest: Ints = leader[who[gaps.argmin(axis=1)]]
    return nearest


def _facing(s: Situation) -> Ints:
    """Known enemy power by the hex of the front it is nearest to. Shape of ``control.rim``."""
    rim, enemies = s.control.rim, s.view.enemies
    power = np.zeros(len(rim), np.int64)
    if not len(rim) or not len(enemies):
        return power
    gaps = s.grid.distance(enemies.hex[:, None], rim[None, :])
    nearest, near = gaps.argmin(axis=1), gaps.min(axis=1) <= s.whole("high.reach_hexes")
    np.add.at(power, nearest[near], s.enemy_power[near])
    return power


def fitness(s: Situation, body: Body) -> float:
    """What a body has of the rest, cohesion and ammunition that an attack asks for: below 1 it pauses."""
    own, rules = s.view.own, s.rules
    weight = own.power[body.members].astype(np.int64) + 1
    tired = s.share(own.fatigue[body.members].astype(np.int64), "high.tired_share")
    fresh = own.cohesion[body.members].astype(np.int64) - tired
    most = round(rules["high.stock_days"] * PPM)
    stocks = np.minimum(own.ammo_days[body.members], most).astype(np.int64)
    rested = float((weight * fresh).sum() / (weight.sum() * PPM)) / rules["high.readiness"]
    supplied = float((weight * stocks).sum() / (weight.sum() * PPM)) / rules["high.supply_days"]
    return min(rested, supplied)
