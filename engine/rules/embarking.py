"""Troops by sea: who has been told to embark goes aboard in a port, sails, and lands at another or leaves the theatre.

Every six hours those who wait in ports go aboard, in order of their orders: as many as the side's ships and the
quays take. With the men go their guns and vehicles; under fire most of those are left. When the last man is aboard the
formation has left the map; its voyage takes the way at the pace of a convoy, and unloading. Ships are sunk by their
own dice at the end of the voyage: of the men aboard some are saved, of the rest nothing. If the port has been lost
meanwhile they land at the nearest one that is left, or go home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import rounded
from engine.core.calendar import DAY, HOUR
from engine.core.columns import FINE
from engine.core.dice import Dice, Stream
from engine.core.paths import FAR
from engine.model.codes import ON_MAP, Afloat, HexKind, Obstacle, Role, Status, Task
from engine.model.events import Event
from engine.model.events.sea import BOARDED, CAME_HOME, DISEMBARKED, NOT_EMBARKED, REJOINED, SAILED
from engine.model.world import Statics, World
from engine.rules import craft, sea_ways, shipping
from engine.rules.combat_lineup import live_participants
from engine.rules.entering import stack_limit
from engine.rules.ground import formations_near, passable, standing
from engine.rules.power import on
from engine.rules.system import Trace
from engine.rules.weather import NIGHT, daylight

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

TICK_MIN: Final = 6 * HOUR
_A_DAY: Final = DAY // TICK_MIN
_EMBARK: Final = int(Task.EMBARK)
_WAITING: Final = int(Status.WAITING)
_BY_SHIP: Final = int(Afloat.BY_SHIP)
NO_GOAL: Final = -1
NEAR_PORT: Final = 3
"""Hexes within which a formation lands if the hex of the port itself is full."""
_SHIPS_DRAW: Final = 0


# What a port takes.


def quays(statics: Statics, cell: int) -> int:
    """Men a day who can go aboard over the quays of a hex, in proportion to the port's size."""
    size = min(sea_ways.ports(statics).get(cell, 0) / statics.rules["naval.main_port_t"], 1.0)
    return round(statics.rules["naval.evacuation_men_day"] * size)


def quay_men(world: World, side: int, cell: int, minute: int) -> int:
    """Men a day who can go aboard at a hex: over its quays, and by landing craft."""
    return quays(world.statics, cell) + craft.day_men(world, craft.serving(world, side, [cell], minute))


def rate(world: World, side: int, cell: int, minute: int) -> int:
    """Men a day who really go aboard at a hex.

    Guns that reach the port spoil its quays; landing craft load off the open shore by night, and only by day an enemy
    beside it keeps most of them away.
    """
    fire = under_fire(world, side, cell)
    ferried = craft.day_men(world, craft.serving(world, side, [cell], minute))
    beside = bool(formations_near(world, 1 - side, 1)[cell])
    dark = darkness(world.statics, minute) if beside else 1.0
    return round(quays(world.statics, cell) * fire + ferried * (dark + (1.0 - dark) * fire))


def darkness(statics: Statics, minute: int) -> float:
    """Share of night in the six hours that lead to a minute, hour by hour."""
    hours = range(minute - TICK_MIN + HOUR // 2, minute, HOUR)
    return sum(daylight(statics, at) == NIGHT for at in hours) / len(hours)


def under_fire(world: World, side: int, cell: int) -> float:
    """Share of its rate at which a port works: less with the enemy's guns in range, little with him beside it."""
    rules = world.statics.rules
    if formations_near(world, 1 - side, 1)[cell]:
        return rules["naval.embark_close"]
    if formations_near(world, 1 - side, max(1, round(rules["supply.port_fire_km"] / world.statics.grid.spacing_km)))[cell]:
        return rules["supply.port_fire_share"]
    return 1.0


def side_men(world: World, side: int, cell: int, minute: int) -> int:
    """Men a day whom a side's ships, and its craft that reach a hex, can take aboard."""
    ferried = craft.day_men(world, craft.serving(world, side, [cell], minute))
    return shipping.lift(world.statics, side, minute).men_day + ferried


# Whether.


def attacked(world: World) -> Mask:
    """Shape (formations,): fights a battle with all it has. Whoever only screens the ground beside him can be taken off."""
    inside = np.zeros(len(world.formations), dtype=bool)
    live = live_participants(world)
    whole = live[world.participants.role[live] != Role.SCREEN]
    inside[world.participants.formation[whole]] = True
    return inside


def obstacle(world: World, row: int, goal: int, minute: int, *, guns: bool) -> Obstacle | None:
    """Why a formation cannot embark for ``goal`` (a port, -1 off the map) where it stands; None if it can.

    Without ``guns`` nothing is asked that its side does not know.
    """
    side, cell = int(world.formations.side[row]), int(world.formations.hex[row])
    if attacked(world)[row]:
        return Obstacle.ENEMY
    if not side_men(world, side, cell, minute):
        return Obstacle.NO_SHIPS
    if not quay_men(world, side, cell, minute) or world.hexes.owner[cell] != side:
        return Obstacle.NO_PORT
    if goal != NO_GOAL and (not _harbour(world, side, goal, minute) or goal == cell):
        return Obstacle.NO_PORT
    return Obstacle.NO_WAY if voyage(world, side, cell, goal, minute, guns=guns) >= FAR else None


def _harbour(world: World, side: int, cell: int, minute: int) -> bool:
    """Whether troops can be landed at a hex from ships."""
    if world.hexes.owner[cell] != side or world.statics.theatre.kind[cell] != HexKind.LAND:
        return False
    return quay_men(world, side, cell, minute) > 0


def voyage(world: World, side: int, cell: int, goal: int, minute: int, *, guns: bool = True) -> int:
    """Cost of a ship's way from a port to another or home (tenths of a hex of lane), FAR without one."""
    if goal == NO_GOAL:
        if not sea_ways.goes_home(world, side, minute):
            return FAR
        way = sea_ways.from_home(world, side, minute, guns=guns)
    else:
        way = sea_ways.from_port(world, side, minute, goal, guns=guns)
    return sea_ways.to_roads(world.statics, way, cell)


def sailing_minutes(statics: Statics, cost: int) -> int:
    """Minutes of a voyage with its unloading."""
    rules = statics.rules
    return round((sea_ways.kilometres(statics, cost) / rules["naval.ship_kmh"] + rules["naval.unload_h"]) * HOUR)


# The rule.


def decide(world: World, minute: int, dice: Dice, places: Ints, trace: Trace | None = None) -> list[Event]:
    """Those who land, those who go aboard and sail, those who are to stay after all.

    ``places`` (sides, hexes + 1) are half stacking places taken; room that is taken now is counted in it.
    """
    formations = world.formations
    events = _from_the_sea(world, minute, dice, places, trace)
    waits = (formations.task == _EMBARK) & (formations.status == ON_MAP) & (formations.leg_to < 0)
    events += _aboard(world, np.flatnonzero(waits & (formations.pause_until <= minute)), minute, trace)
    stays = (formations.status == ON_MAP) & (formations.afloat == _BY_SHIP) & (formations.task != _EMBARK)
    back = np.flatnonzero(stays)
    at_port = [quay_men(world, int(formations.side[r]), int(formations.hex[r]), minute) > 0 for r in back.tolist()]
    back = back[np.array(at_port, bool)] if len(back) else back
    if len(back):
        events.append(REJOINED(minute, formation=back, hex=formations.hex[back]))
    return events


@dataclass(eq=False)
class _Batch:
    """Who goes aboard now."""

    row: int
    men_u: int
    last: bool
    kit: float
    """Share of the guns and vehicles of the batch that is taken along."""


def _aboard(world: World, rows: Ints, minute: int, trace: Trace | None) -> list[Event]:
    """Share out ships and quays in the order in which the orders were given."""
    formations = world.formations
    rows = rows[np.lexsort((rows, formations.order[rows]))]
    refused: list[tuple[int, int, Obstacle]] = []
    batches: list[_Batch] = []
    to: dict[int, int] = {}
    left: dict[int, int] = {}
    quay: dict[int, int] = {}
    for row in rows.tolist():
        goal, side, cell = _goal(world, row), int(formations.side[row]), int(formations.hex[row])
        cause = obstacle(world, row, goal, minute, guns=True)
        if cause == Obstacle.ENEMY:
            continue  # he fights, and goes aboard when the fight is over
        if cause is not None:
            refused.append((row, goal, cause))
            continue
        fire = under_fire(world, side, cell)
        left.setdefault(side, side_men(world, side, cell, minute) * FINE // _A_DAY)
        quay.setdefault(cell, rate(world, side, cell, minute) * FINE // _A_DAY)
        men = int(formations.read("men", minute, [row])[0])
        room = min(left[side], quay[cell])
        last = room >= men - round(men * world.statics.rules["naval.last_batch"])
        taken = men if last else room
        left[side] = max(left[side] - taken, 0)
        quay[cell] = max(quay[cell] - taken, 0)
        if trace is not None:
            _explain(world, trace, row, side, cell, minute, fire, taken)
        if taken > 0:
            kit = 1.0 if fire >= 1.0 else world.statics.rules["naval.kit_under_fire"]
            batches.append(_Batch(row, taken, last, kit))
            to[row] = goal
    events = [_boarded(world, batches, minute)] if batches else []
    done = [batch.row for batch in batches if batch.last]
    if done:
        events.append(_sailed(world, done, to, minute, trace))
    if refused:
        events.append(NOT_EMBARKED(minute, formation=[r for r, _, _ in refused], hex=[g for _, g, _ in refused],
                                   cause=[c for _, _, c in refused]))  # fmt: skip
    return events


def _goal(world: World, row: int) -> int:
    """Where a formation's order sends it: the order says, for its own goal is where it stands."""
    order = int(world.formations.order[row])
    return int(world.orders.goal[order]) if order >= 0 else NO_GOAL


def _boarded(world: World, batches: list[_Batch], minute: int) -> Event:
    formations = world.formations
    rows = np.array([b.row for b in batches], np.int64)
    now = formations.read_all(("men", "afv", "guns"), minute, rows)
    men = np.array([b.men_u for b in batches], np.int64)
    last, kit = np.array([b.last for b in batches]), np.array([b.kit for b in batches])
    share = np.where(last, 1.0, men / np.maximum(now["men"], 1))
    columns: dict[str, Ints] = {}
    for name in ("afv", "guns"):
        moved = np.where(last, now[name], np.minimum(rounded(now[name] * share), now[name]))
        taken = np.minimum(rounded(moved * kit), moved)
        columns |= {f"{name}_u": taken, f"{name}_left_u": moved - taken}
    return BOARDED(minute, formation=rows, hex=formations.hex[rows], men_u=men, **columns)


def _sailed(world: World, rows: list[int], to: dict[int, int], minute: int, trace: Trace | None) -> Event:
    formations, statics = world.formations, world.statics
    appears_at = []
    for row in rows:
        cost = voyage(world, int(formations.side[row]), int(formations.hex[row]), to[row], minute)
        appears_at.append(minute + sailing_minutes(statics, cost))
        if trace is not None:
            trace.record("formations", row, "sea.way_km", sea_ways.kilometres(statics, cost), "naval.off_lane")
            trace.record("formations", row, "sea.voyage_h", (appears_at[-1] - minute) / HOUR, "naval.ship_kmh")
    return SAILED(minute, formation=rows, hex=formations.hex[rows], to=[to[row] for row in rows], appears_at=appears_at)


def _explain(world: World, trace: Trace, row: int, side: int, cell: int, minute: int, fire: float, taken: int) -> None:
    for key, value, address in (
        ("sea.ships_men_day", float(side_men(world, side, cell, minute)), ""),
        ("sea.quays_men_day", float(quay_men(world, side, cell, minute)), "naval.evacuation_men_day"),
        ("sea.under_fire", fire, "naval.embark_close"), ("sea.aboard_now", taken / FINE, ""),
    ):  # fmt: skip
        trace.record("formations", row, key, value, address)


# Landing from ships.


def _from_the_sea(world: World, minute: int, dice: Dice, places: Ints, trace: Trace | None) -> list[Event]:
    formations = world.formations
    at_sea = (formations.status == _WAITING) & (formations.afloat == _BY_SHIP) & (formations.appears_at <= minute)
    rows = np.flatnonzero(at_sea)
    if not len(rows):
        return []
    landing: list[tuple[int, int]] = []
    home: list[int] = []
    for row in rows.tolist():
        cell = _landing_place(world, row, minute, places)
        if cell >= 0:
            places[formations.side[row], cell] += formations.stack[row]
            landing.append((row, cell))
        elif sea_ways.goes_home(world, int(formations.side[row]), minute):
            home.append(row)
    events: list[Event] = []
    if landing:
        who = np.array([row for row, _ in landing], np.int64)
        events.append(DISEMBARKED(minute, formation=who, hex=[cell for _, cell in landing],
                                  **_sunk(world, who, minute, dice, trace)))  # fmt: skip
    if home:
        who = np.array(home, np.int64)
        events.append(CAME_HOME(minute, formation=who, **_sunk(world, who, minute, dice, trace)))
    return events


def _landing_place(world: World, row: int, minute: int, places: Ints) -> int:
    """The hex where a formation lands: at its port, else at the nearest own one with room; -1 where none is or off the map."""
    formations, statics = world.formations, world.statics
    side, goal = int(formations.side[row]), int(formations.goal[row])
    if goal == NO_GOAL:
        return NO_GOAL
    limit, _ = stack_limit(statics)
    grid, harbours = statics.grid, sea_ways.own_ports(world, side)
    if _harbour(world, side, goal, minute):
        harbours = np.union1d(harbours, [goal])
    harbours = harbours[standing(world).count[1 - side, harbours] == 0]
    ways = sea_ways.from_port(world, side, minute, goal, guns=False)
    reached = [port for port in harbours.tolist() if port == goal or sea_ways.to_roads(statics, ways, port) < FAR]
    reached.sort(key=lambda port: (int(grid.distance(port, goal)), port))
    own = passable(statics)[:-1] & (world.hexes.owner == side)
    for port in reached:
        around = grid.ring_table(NEAR_PORT)[port].astype(np.int64)
        around = around[around >= 0]
        around = around[own[around] & (places[side, around] + int(formations.stack[row]) <= limit)]
        around = around[(standing(world).count[1 - side, around] == 0)]
        if len(around):
            return int(around[np.lexsort((around, grid.distance(around, port)))[0]])
    return NO_GOAL


def _loss(world: World, row: int, minute: int) -> float:
    """Chance that a ship of a formation's convoy is lost: at its goal or, bound for home, off the worst own port."""
    side, goal = int(world.formations.side[row]), int(world.formations.goal[row])
    ports = np.array([goal]) if goal != NO_GOAL else sea_ways.own_ports(world, side)
    loss = shipping.sailing_loss(world, side, minute, ports if len(ports) else sea_ways.homes(world, side, minute))
    return float(loss.max(initial=0.0))


def _sunk(world: World, rows: Ints, minute: int, dice: Dice, trace: Trace | None) -> dict[str, Ints]:
    """What of the formations aboard is lost on the voyage that ends now."""
    formations, rules = world.formations, world.statics.rules
    load = round(rules["naval.ship_men"] * FINE)
    ships = np.maximum(-(-formations.aboard_u[rows] // load), 1)
    loss = np.array([_loss(world, row, minute) for row in rows.tolist()])
    lost = np.zeros(len(rows), np.int64)
    for n in range(int(ships.max(initial=0)) if on(rules, "sea_losses") else 0):
        luck = dice.uniform(Stream.NAVAL, formations.subject[rows], minute, _SHIPS_DRAW + n)
        lost += (luck < loss) & (n < ships)
    if trace is not None:
        for i, row in enumerate(rows.tolist()):
            trace.record("formations", row, "sea.ships", float(ships[i]), "naval.ship_men")
            trace.record("formations", row, "sea.loss_a_ship", float(loss[i]), "naval.sailing_loss")
            trace.record("formations", row, "sea.ships_sunk", float(lost[i]), "naval.drowned")
    share = lost / ships
    aboard = {name: formations[name][rows] for name in ("aboard_u", "aboard_afv_u", "aboard_guns_u")}
    return {
        "drowned_u": np.minimum(rounded(aboard["aboard_u"] * share * rules["naval.drowned"]), aboard["aboard_u"]),
        "afv_sunk_u": np.minimum(rounded(aboard["aboard_afv_u"] * share), aboard["aboard_afv_u"]),
        "guns_sunk_u": np.minimum(rounded(aboard["aboard_guns_u"] * share), aboard["aboard_guns_u"]),
    }
