"""What each body could attack: places worth having, the way to them, and the odds at the point of the blow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.calendar import DAY
from engine.core.paths import FAR
from engine.model.codes import SIDES
from engine.staff.control import Ints
from engine.staff.high.bodies import Body
from engine.staff.landing import islands
from engine.staff.situation import Situation, ln


@dataclass(frozen=True)
class Aim:
    """An attack that a body could make: from an own hex of the front to a place."""

    body: Body
    start: int
    goal: int
    points: int
    days: float
    """Days on foot, with what is in the way."""
    x: float
    """Natural log of the power that can be massed over what would be met first."""
    value: float


def worth(s: Situation) -> dict[int, int]:
    """Points by hex of what the enemy holds: the side's objectives, then towns."""
    side = SIDES[s.side]
    found: dict[int, int] = {}
    for goal in s.statics.scenario.objectives:
        if goal.side == side and goal.cell >= 0 and s.owner[goal.cell] == 1 - s.side:
            found[goal.cell] = found.get(goal.cell, 0) + max(goal.points, 1)
    if not len(s.control.rim):
        return found
    within, each = s.whole("high.town_hexes"), s.whole("high.town_points")
    for place in s.statics.theatre.places:
        hostile = place.cell >= 0 and s.owner[place.cell] == 1 - s.side and s.control.land[place.cell]
        if hostile and place.size > 0 and int(s.grid.distance(s.control.rim, place.cell).min()) <= within:
            found[place.cell] = max(found.get(place.cell, 0), each * place.size)
    return found


def aims_of(s: Situation, body: Body, points: dict[int, int]) -> list[Aim]:
    """Attacks that a body could make; none if it has no front or nobody to attack with."""
    if not len(body.rim) or not len(body.members):
        return []
    met = met_at(s, body.rim)
    return [aim for goal, worth_ in sorted(points.items()) if (aim := _aim(s, body, goal, worth_, met))]


def assault_size(s: Situation, body: Body) -> int:
    """How many formations a body masses."""
    return max(1, round(s.rules["high.mass_share"] * len(body.members)))


def _massed(s: Situation, body: Body, start: int) -> int:
    """Power that a body can put into a blow: the strongest of those that can be there."""
    own = s.view.own
    near = s.grid.distance(own.hex[body.members], start) <= s.whole("high.gather_hexes")
    power = np.sort(own.power[body.members[near]])[::-1]
    return int(power[: assault_size(s, body)].sum())


def met_at(s: Situation, rim: Ints) -> Ints:
    """What an attack from each of some hexes of the front would meet at first, in the open field."""
    enemies = s.view.enemies
    reach = s.whole("high.blow_hexes")
    unseen = np.full(len(rim), s.whole("high.unseen_points") * (2 * reach + 1), np.int64)
    if not len(enemies):
        return unseen
    near = s.grid.distance(rim[:, None], enemies.hex[None, :]) <= reach
    known: Ints = (near * s.enemy_power[None, :]).sum(axis=1)
    return np.maximum(known, unseen)


def _aim(s: Situation, body: Body, goal: int, points: int, met: Ints) -> Aim | None:
    """The attack on one place: from where the way, lengthened by what is met first, is shortest."""
    rules = s.rules
    way = s.travel(goal)[body.rim].astype(np.int64)
    # Over water a landing goes, not an attack.
    island = islands(s)
    way = np.where(island[body.rim] == island[goal], way, FAR)
    if not (way < FAR).any():
        return None
    toll = rules["high.resistance_days"] * DAY / max(body.power * rules["high.mass_share"], 1.0)
    at = int(np.where(way < FAR, way + (met * toll).astype(np.int64), FAR).argmin())
    start = int(body.rim[at])
    force = max(_massed(s, body, start), 1)
    x = ln(force) - ln(max(int(met[at]), 1) * rules["high.defence_factor"])
    days = int(way[at]) / DAY + rules["high.resistance_days"] * on_the_way(s, start, goal) / force
    late = days / rules["high.patience_days"]
    value = points / (1 + late * late) * min(max(x, 0.0), 1.0)
    return Aim(body, start, goal, points, days, x, value)


def on_the_way(s: Situation, start: int, goal: int) -> int:
    """Known enemy power on and beside the way."""
    enemies = s.view.enemies
    if not len(enemies):
        return 0
    detour = s.grid.distance(enemies.hex, start) + s.grid.distance(enemies.hex, goal) - s.apart(start, goal)
    return int(s.enemy_power[detour <= s.whole("high.aside_hexes")].sum())
