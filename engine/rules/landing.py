"""Landings over a beach: waves of craft, the sea, the first hours ashore, the lifts that follow.

Whoever has been told to land and stands on the coast crosses with the next lift, if the sea of these six hours is
no worse than ``weather.sea_landing`` Beaufort. The first wave is as strong as the craft of the crossing carry, without
guns and vehicles. Nobody lands where an enemy formation stands; where one stands in the next hex, it fires on the
beach, more are lost, and the wave may be beaten off: the chance falls with the logarithm of the power ashore over
the power of the screens, ships' guns counted. Then the craft bring what is left, a lift at a time, men first. A side's
craft serve those already ashore before they start another landing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, exp, log, rounded
from engine.core.calendar import HOUR, NEVER
from engine.core.columns import FINE
from engine.core.dice import Dice, Stream
from engine.core.paths import FAR
from engine.model.codes import ON_MAP, Afloat, HexKind, Obstacle, Taking, Task
from engine.model.events import Event
from engine.model.events.movement import CAPTURED
from engine.model.events.sea import BEACH_CLOSED, BEATEN_OFF, CAME_ASHORE, CRAFT_CROSSED, LANDED, NOT_LANDED
from engine.model.world import World
from engine.rules import craft, power, sea_ways
from engine.rules.alarms import alarms
from engine.rules.combat_lineup import fighting
from engine.rules.derived import derived
from engine.rules.entering import stack_limit
from engine.rules.ground import formations_near, passable, screeners, standing
from engine.rules.ice import bearing
from engine.rules.support import CRUISER, on_station
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]

_LAND: Final = int(Task.LAND)
_BY_CRAFT: Final = int(Afloat.BY_CRAFT)
_LUCK: Final = 96
"""Draw of the naval stream for a landing against resistance."""


# Whether.


def obstacle(world: World, row: int, goal: int, minute: int) -> Obstacle | None:
    """Why a formation cannot land at ``goal`` from where it stands, by what its side knows; None if it can."""
    statics = world.statics
    side, cell = int(world.formations.side[row]), int(world.formations.hex[row])
    if fighting(world)[row]:
        return Obstacle.ENEMY
    if not statics.theatre.sea_coast[cell]:
        return Obstacle.NO_PORT
    if not statics.theatre.sea_coast[goal] or goal == cell:
        return Obstacle.NO_WAY
    rows = craft.serving(world, side, [cell, goal], minute)
    if not len(rows):
        return Obstacle.NO_CRAFT
    return None if _crossing(world, side, cell, goal, minute) < FAR else Obstacle.NO_WAY


def _crossing(world: World, side: int, cell: int, goal: int, minute: int) -> int:
    """Cost of the way of craft over water, FAR without one. Guns do not stop them, ice does."""
    if world.statics.grid.distance(cell, goal) == 1:
        beside = world.statics.grid.neighbours[cell] == goal
        frozen = bearing(world.statics, int(world.weather.strait_ice[0]))
        return FAR if frozen is not None and bool((frozen[cell] & beside).any()) else sea_ways.LANE
    way = sea_ways.from_port(world, side, minute, goal, guns=False)
    return sea_ways.to_roads(world.statics, way, cell)


# The first hours ashore.


def weakness(world: World, rows: Ints, minute: int) -> Floats | None:
    """Factor of the power of formations that have landed within a day; None if nobody has."""
    formations, rules = world.formations, world.statics.rules

    def last() -> int:
        return int(formations.landed_at.max(initial=-NEVER))

    latest = derived(world, "landing.last", formations.version("landed_at"), last)
    if latest <= -NEVER:
        return None
    first = round(rules["naval.landing_first_h"] * HOUR)
    later = first + round(rules["naval.landing_next_h"] * HOUR)
    if latest + later <= minute:
        return None
    if not power.on(rules, "landing_weak"):
        return None
    age = minute - formations.landed_at[rows]
    weak = np.where(age < first, rules["naval.landing_first"], rules["naval.landing_next"])
    return np.where(age < later, weak, 1.0)


# The rule.


@dataclass(eq=False)
class _Craft:
    """What is left of the lifts of this minute."""

    world: World
    minute: int

    def __post_init__(self) -> None:
        self.used: set[int] = set()
        self.left: dict[int, int] = {}

    def ready(self, side: int, cells: list[int]) -> Ints:
        """Craft that serve a crossing and have not crossed yet."""
        rows = craft.rested(self.world, craft.serving(self.world, side, cells, self.minute), self.minute)
        return rows[[row not in self.used for row in rows.tolist()]] if len(rows) else rows

    def cross(self, rows: Ints, lost: float) -> None:
        """They cross, and lose a share."""
        self.used.update(rows.tolist())
        for row in rows.tolist():
            self.left[row] = round(int(self.world.craft.left[row]) * (1.0 - lost))

    def events(self) -> list[Event]:
        rows = sorted(self.used)
        return [CRAFT_CROSSED(self.minute, craft=rows, left=[self.left[row] for row in rows])] if rows else []


def decide(world: World, minute: int, dice: Dice, places: Ints, trace: Trace | None = None) -> list[Event]:
    """Lifts of this minute. ``places`` as of ``embarking.decide``."""
    formations = world.formations
    follow = np.flatnonzero((formations.afloat == _BY_CRAFT) & (formations.status == ON_MAP))
    told = (formations.task == _LAND) & (formations.status == ON_MAP) & (formations.leg_to < 0)
    first = np.flatnonzero(told & (formations.pause_until <= minute))
    events = _beaches_lost(world, minute)
    if not len(follow) and not len(first):
        return events
    sea = craft.sea_state(world, minute, dice)
    rough = sea > world.statics.rules["weather.sea_landing"] + 0.5
    if trace is not None:
        for row in [*follow.tolist(), *first.tolist()]:
            trace.record("formations", row, "landing.sea_beaufort", sea, "weather.sea_landing")
    fleet = _Craft(world, minute)
    if not rough:
        events += _follow_up(world, follow, minute, fleet, trace)
    events += _first_waves(world, first, minute, dice, places, fleet, rough, trace)
    return [*events, *fleet.events()]


def _beaches_lost(world: World, minute: int) -> list[Event]:
    """Beaches that are no longer in own hands serve nobody."""
    formations = world.formations
    rows = np.flatnonzero(formations.beach >= 0)
    rows = rows[(world.hexes.owner[formations.beach[rows]] != formations.side[rows]) | (formations.status[rows] != ON_MAP)]
    return [BEACH_CLOSED(minute, formation=rows)] if len(rows) else []


def _follow_up(world: World, rows: Ints, minute: int, fleet: _Craft, trace: Trace | None) -> list[Event]:
    """The rest of formations that have landed, in order of their landing."""
    formations, rules = world.formations, world.statics.rules
    rows = rows[np.lexsort((rows, formations.landed_at[rows]))]
    weights = {"aboard_u": 1.0, "aboard_guns_u": rules["naval.lift_gun"], "aboard_afv_u": rules["naval.lift_afv"]}
    came: list[tuple[int, int, int, int, int]] = []
    for row in rows.tolist():
        side, beach = int(formations.side[row]), int(formations.beach[row])
        if beach < 0 or world.hexes.owner[beach] != side:
            continue
        ready = fleet.ready(side, [beach])
        room = craft.lift_men(world, ready) * FINE
        if room <= 0:
            continue
        fire = bool(formations_near(world, 1 - side, 1)[beach])
        fleet.cross(ready, rules["naval.craft_loss_fire"] / 2.0 if fire else 0.0)
        taken = {}
        for name, weight in weights.items():
            waiting = int(formations[name][row])
            taken[name] = min(waiting, int(room / weight))
            room -= int(taken[name] * weight)
        came.append((row, beach, taken["aboard_u"], taken["aboard_afv_u"], taken["aboard_guns_u"]))
        if trace is not None:
            trace.record("formations", row, "landing.lift_men", craft.lift_men(world, ready), "")
    if not came:
        return []
    who, beaches, men, afv, guns = zip(*came, strict=True)
    return [CAME_ASHORE(minute, formation=who, hex=beaches, men_u=men, afv_u=afv, guns_u=guns)]


def _first_waves(
    world: World, rows: Ints, minute: int, dice: Dice, places: Ints, fleet: _Craft, rough: bool, trace: Trace | None
) -> list[Event]:
    formations, statics = world.formations, world.statics
    rows = rows[np.lexsort((rows, formations.order[rows]))]
    events: list[Event] = []
    kept: list[tuple[int, int, Obstacle]] = []
    ashore: dict[int, int] = {}
    limit, _ = stack_limit(statics)
    for row in rows.tolist():
        side, cell, goal = int(formations.side[row]), int(formations.hex[row]), int(formations.goal[row])
        cause = obstacle(world, row, goal, minute)
        if cause is None and _held(world, side, goal, ashore):
            cause = Obstacle.ENEMY
        elif cause is None and places[side, goal] + int(formations.stack[row]) > limit:
            cause = Obstacle.CROWD
        elif cause == Obstacle.ENEMY:
            continue  # he fights where he stands
        if cause is not None:
            kept.append((row, goal, cause))
            continue
        ready = fleet.ready(side, [cell, goal])
        wave = min(craft.lift_men(world, ready) * FINE, int(formations.read("men", minute, [row])[0]))
        if rough or wave <= 0:
            continue
        events += _wave(world, row, goal, wave, ready, minute, dice, fleet, trace)
        if events[-1].kind is not BEATEN_OFF:
            places[side, goal] += formations.stack[row]
            ashore[goal] = side
    if kept:
        events.append(NOT_LANDED(minute, formation=[r for r, _, _ in kept], hex=[g for _, g, _ in kept],
                                 cause=[c for _, _, c in kept]))  # fmt: skip
    taken = {int(e["hex"][0]) for e in events if e.kind is CAPTURED}
    return [*events, *alarms(world, minute, np.array(sorted(taken), np.int64))] if taken else events


def _held(world: World, side: int, goal: int, ashore: dict[int, int]) -> bool:
    """An enemy formation stands at the beach, or has just come ashore there."""
    if not passable(world.statics)[goal] or world.statics.theatre.kind[goal] != HexKind.LAND:
        return True
    return bool(standing(world).count[1 - side, goal]) or ashore.get(goal, side) != side


def _wave(
    world: World, row: int, goal: int, wave: int, ready: Ints, minute: int, dice: Dice, fleet: _Craft, trace: Trace | None
) -> list[Event]:
    """One first wave: its losses, and whether it stays."""
    formations, rules = world.formations, world.statics.rules
    side = int(formations.side[row])
    hostile = int(world.hexes.owner[goal]) == 1 - side
    fire = bool(formations_near(world, 1 - side, 1)[goal])
    screen = fire and hostile and len(_screens(world, 1 - side, goal, minute)[0]) > 0
    share = rules["naval.landing_loss_fire"] if fire else rules["naval.landing_loss"]
    beaten, x = False, 0.0
    if screen:
        x = _odds(world, row, goal, wave, minute)
        chance = 1.0 / (1.0 + float(exp(np.array([rules["naval.landing_slope"] * x]))[0]))
        beaten = bool(dice.uniform(Stream.NAVAL, formations.subject[[row]], minute, _LUCK)[0] < chance)
        share = rules["naval.landing_loss_beaten"] if beaten else share
    fleet.cross(ready, rules["naval.craft_loss_fire"] if fire else 0.0)
    lost = min(int(rounded(wave * share)), wave)
    if trace is not None:
        for key, value, address in (
            ("landing.wave_men", wave / FINE, ""), ("landing.opposed", float(fire), "naval.landing_loss_fire"),
            ("landing.x", x, "naval.landing_slope"), ("landing.beaten_off", float(beaten), ""),
            ("landing.lost_men", lost / FINE, "naval.landing_loss"),
        ):  # fmt: skip
            trace.record("formations", row, key, value, address)
    if beaten:
        return [BEATEN_OFF(minute, formation=[row], hex=goal, battle_u=lost)]
    landed = LANDED(minute, formation=[row], came_from=formations.hex[[row]], hex=goal, men_u=wave, battle_u=lost)
    if not hostile:
        return [landed]
    return [landed, CAPTURED(minute, hex=[goal], side=side, formation=row, how=Taking.ENTERED)]


def _odds(world: World, row: int, goal: int, wave: int, minute: int) -> float:
    """Log of the power of a first wave over that of the screens it meets, ships' guns of both sides counted."""
    formations, rules = world.formations, world.statics.rules
    side = int(formations.side[row])
    men = max(int(formations.read("men", minute, [row])[0]), 1)
    ours = float(power.points(world, np.array([row]), minute)[0]) * wave / men * rules["naval.landing_first"]
    who, share = _screens(world, 1 - side, goal, minute)
    theirs = float((power.points(world, who, minute) * share // PPM).sum()) * rules["contact.screen_posture"]
    theirs *= float(power.terrain_factor(world.statics, np.array([goal]))[0])
    x = float(log(np.array([max(ours, 1.0) / max(theirs, 1.0)]))[0])
    return x + _ships_guns(world, side, goal, minute) - _ships_guns(world, 1 - side, goal, minute)


def _screens(world: World, side: int, goal: int, minute: int) -> tuple[Ints, Ints]:
    """Formations beside a beach that fight for it, and the share of each in ppm: who is farther off comes too late."""
    who, share = screeners(world, side, goal, minute)
    close = world.statics.grid.distance(world.formations.hex[who], goal) <= 1
    return who[close], share[close]


def _ships_guns(world: World, side: int, goal: int, minute: int) -> float:
    ships, rules, grid = world.ships, world.statics.rules, world.statics.grid
    there = (ships.side == side) & on_station(world, minute)
    total = 0
    for ship in np.flatnonzero(there).tolist():
        if int(grid.distance(int(ships.hex[ship]), goal)) * grid.spacing_m <= int(ships.range_m[ship]):
            total += int(ships.batteries[ship])
    return min(rules["naval.x"] * total / CRUISER, rules["naval.x_max"])
