"""Phase 4, supply: who is connected (every six hours), and the day's delivery (at midnight).

Sources -> railways (trunk) -> railheads -> trucks over own ground (last mile) -> stocks of formations. A formation's
trucks reach so far and carry so much: payload x turns x availability, where turns fall with the way
and the way is longer off the road, in mud, under the enemy's zone of control and his interdiction. Priority: first a
day's bread, then ammunition and fuel, then the rest of the food, and the garrisons of
fortresses before all others. Rivals for one capacity share it in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, rounded
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import FINE, anywhere, rows_where
from engine.core.dice import Dice
from engine.core.jit import jit
from engine.core.paths import FAR, field, spread
from engine.core.trails import roots
from engine.model.codes import SIDES, Calendar, DepotKind, Ground, Task
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.supply import ISOLATED, SHIPPED, SUPPLIED
from engine.model.theatre import BRIDGE_ROAD, River, Strait
from engine.model.world import Statics, World
from engine.rules import craft, interdiction
from engine.rules.demand import needs
from engine.rules.derived import derived
from engine.rules.fortress import garrison
from engine.rules.ground import formations_near, mechanised, standing, zone
from engine.rules.ice import bearing
from engine.rules.power import on
from engine.rules.rail import network, working_sources
from engine.rules.system import System, Trace, on_calendar
from engine.rules.trunk import capacities_kg, fill, ways

Ints = npt.NDArray[np.int64]
Costs = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

GRAIN_MIN: Final = 6 * HOUR
HECTOMETRE: Final = 10.0
"""Truck ways are counted in hundreds of metres: so many to a kilometre."""
HEX_STEP: Final = 60
_ATTACKING: Final = np.isin(np.arange(len(Task)), (Task.ATTACK, Task.EXPLOIT))
CLASSES: Final = 3
BREAD, ARMS, FOOD = range(CLASSES)
"""Classes of load in order of priority: a day's food, ammunition and fuel, the rest of the food."""


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Isolation, and at midnight the delivery."""
    events = [TICKED(minute, system=Calendar.SUPPLY, next_at=minute + GRAIN_MIN)]
    cut_off = _isolation(world, minute)
    if cut_off is not None:
        events.append(cut_off)
    if minute % DAY == 0 and on(world.statics.rules, "supply"):
        for side in (0, 1):
            events.extend(_deliver(world, side, minute, trace))
    return events


# Isolation.


def connected(world: World, side: int) -> Mask:
    """Shape (hexes,): own ground that hangs together with a working source, or with a beach that craft serve."""
    by_land, over_beach = _joined(world, side)
    return by_land | over_beach if anywhere(over_beach) else by_land


def _joined(world: World, side: int) -> tuple[Mask, Mask]:
    """Own ground that hangs together with a working source, and other ground that hangs together with a beach."""

    def make() -> tuple[Mask, Mask]:
        near, owner = passages(world), world.hexes.owner
        linked = spread(near, owner, side, world.depots.hex[working_sources(world, side)].astype(np.int64))
        coast = beaches(world, side)
        if not len(coast):
            return linked, np.zeros(len(linked), bool)
        return linked, spread(near, owner, side, coast) & ~linked

    depots = (*world.depots.version("hex", "capacity_t", "open"), int(world.weather.strait_ice[0]))
    key = (*world.hexes.version("owner"), *depots, *world.formations.version("beach"))
    return derived(world, f"supply.joined.{side}", key, make)


def beaches(world: World, side: int) -> Ints:
    """Hexes in own hands over which landing craft serve formations of a side."""
    formations = world.formations

    def make() -> Ints:
        rows = rows_where((formations.beach >= 0) & (formations.side == side))
        cells = np.unique(formations.beach[rows]).astype(np.int64)
        held: Ints = cells[world.hexes.owner[cells] == side]
        return held

    key = (*formations.version("beach"), *world.hexes.version("owner"))
    return derived(world, f"supply.beaches.{side}", key, make)


def _open_sides(statics: Statics) -> Mask:
    """Shape (hexes, 6): hexsides that wagons can cross somehow."""
    found: Mask | None = statics.memo.get("supply.open_sides")
    if found is None:
        found = statics.memo["supply.open_sides"] = statics.theatre.strait != Strait.STRAIT
    return found


def passages(world: World) -> npt.NDArray[np.int32]:
    """Shape (hexes, 6): the neighbour over each hexside that wagons can cross now, -1 over others; straits whose ice

    bears horses and sledges are crossed, too.
    """
    statics = world.statics
    walked = bearing(statics, int(world.weather.strait_ice[0]))
    found: npt.NDArray[np.int32] | None = statics.memo.get("supply.passages") if walked is None else None
    if found is None:
        open_now = _open_sides(statics) if walked is None else _open_sides(statics) | walked
        found = np.where(open_now, statics.grid.neighbours, np.int32(-1))
        if walked is None:
            statics.memo["supply.passages"] = found
    return found


def _isolation(world: World, minute: int) -> Event | None:
    formations = world.formations
    rows = standing(world).rows
    cells = formations.hex[rows].astype(np.int64)
    joined = np.where(formations.side[rows] == 0, connected(world, 0)[cells], connected(world, 1)[cells])
    since = formations.cut_off_since[rows]
    now = np.where(joined, NEVER, np.minimum(since, minute))
    changed = rows_where(now != since)
    if not len(changed):
        return None
    return ISOLATED(minute, formation=rows[changed], cut_off_since=now[changed])


# Delivery.


def _deliver(world: World, side: int, minute: int, trace: Trace | None) -> list[Event]:
    formations = world.formations
    now = standing(world)
    rows = now.rows[now.side == side]
    source_kg, working = source_capacities(world, side)
    if not len(rows):
        return []
    want = _wanted(world, rows, minute)
    wanted_kg = _garrisons_first(world, rows, want.kg)
    net = network(world, side)
    capacity = capacities_kg(world, net, source_kg[net.sources])
    brought, shipped = np.zeros_like(wanted_kg), np.zeros(len(net.sources), np.int64)
    carried, asked, km = np.zeros(len(rows), np.int64), None, np.zeros(len(rows))
    costs = _truck_costs(world, side, minute)
    # Narrow lines come last: what they bring is little, and it comes out of the same sources.
    for narrow in (False, True) if anywhere(net.narrow) else (False,):
        reach = truck_field(world, side, costs, narrow=narrow)
        cells = formations.hex[rows].astype(np.int64)
        way = way_km(world, side, reach.field[cells], minute)
        carried = np.maximum(carried, _truck_kg(world, rows, way))
        km = np.where(brought.sum(axis=0) > 0, km, way)
        by_truck = _within(wanted_kg - brought, carried - brought.sum(axis=0))
        heads, railhead = np.unique(reach.heads[cells], return_inverse=True)
        known = heads >= 0
        by_truck[:, ~known[railhead]] = 0
        passes = ways(world, side, np.where(known, heads, 0).astype(np.int64), str(narrow)) if anywhere(known) else ()
        filled = fill(passes, capacity, railhead, by_truck, len(net.sources), asked)
        brought, shipped, asked = brought + filled.brought, shipped + filled.shipped, filled.asked
    over_beach = _over_beaches(world, side, rows, wanted_kg, brought, minute)
    brought = brought + over_beach
    air = _airlift(world, side, rows, wanted_kg, brought)
    total = (brought + air).reshape(-1, CLASSES, len(rows)).sum(axis=0)
    ammo = rounded(total[ARMS] * want.ammo_share)
    asked = want.kg.sum(axis=0)
    got = total.sum(axis=0)
    supplied = np.where(asked > 0, got * PPM // np.maximum(asked, 1), PPM)
    if trace is not None:
        _explain(trace, rows, want.kg, brought - over_beach, over_beach, air, km, carried)
    depots = rows_where(world.depots.side == side)
    sent = np.zeros(len(world.depots), np.int64)
    sent[net.sources] = shipped
    if trace is not None:
        for depot in depots.tolist():
            for key, value, address in (
                ("capacity_t", float(world.depots.capacity_t[depot]), ""),
                ("working", float(working[depot]), "supply.port_fire_km"),
                ("can_pass_on_t", source_kg[depot] / 1000, "supply.port_fire_share"),
                ("passed_on_t", sent[depot] / 1000, ""),
            ):  # fmt: skip
                trace.record("depots", depot, key, float(value), address)
    return [
        SUPPLIED(
            minute, formation=rows, ammo_kg=ammo, fuel_kg=total[ARMS] - ammo, food_kg=total[BREAD] + total[FOOD],
            air_kg=air.sum(axis=0), supplied=supplied,
        ),
        SHIPPED(minute, depot=depots, kg=sent[depots], working=working[depots]),
    ]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Wants:
    """What formations want: ``kg`` (classes, formations) and ammunition's share of class ARMS."""

    kg: Ints
    ammo_share: Floats


def _wanted(world: World, rows: Ints, minute: int) -> Wants:
    """Kilograms missing to the stock that a formation can carry (``supply.stock_days_*``)."""
    formations, rules = world.formations, world.statics.rules
    now = formations.read_all(("men", "ammo", "fuel", "food"), minute, rows)
    men, kind, table = now["men"] / FINE, formations.kind[rows], needs(world.statics)
    drives = mechanised(formations.mobility[rows])
    days = np.where(drives, rules["supply.stock_days_mech"], rules["supply.stock_days_leg"])
    attacks = _ATTACKING[formations.task[rows]]
    ammo_day = np.where(attacks, table.ammo_attack[kind], table.ammo_defence[kind])

    def missing(a_day: Floats, stock: Ints) -> Ints:
        wanted: Ints = np.maximum(rounded(a_day * men * days / 1000.0) - stock // 1000, 0)
        return wanted

    ammo, fuel = missing(ammo_day, now["ammo"]), missing(table.fuel_100km[kind], now["fuel"])
    food = missing(table.food[kind], now["food"])
    bread = np.minimum(food, rounded(table.food[kind] * men / 1000.0))
    arms = ammo + fuel
    return Wants(np.stack([bread, arms, food - bread]), ammo / np.maximum(arms, 1))


def _garrisons_first(world: World, rows: Ints, kg: Ints) -> Ints:
    """All that the garrisons of fortresses want, class by class, then what the others want: (3 or 6, formations)."""
    firm = garrison(world, rows)
    return np.concatenate([kg * firm, kg * ~firm]) if anywhere(firm) else kg


def _within(want: Ints, limit: Ints) -> Ints:
    """What of ``want`` (classes, formations) fits into ``limit`` kilograms, first class first."""
    before = np.cumsum(want, axis=0) - want
    fits: Ints = np.minimum(want, np.maximum(limit - before, 0))
    return fits


# Trucks.


@dataclass(frozen=True, eq=False)
class Reach:
    """How far trucks have to go from the railheads: hundreds of metres, FAR where they cannot; and which railhead."""

    field: npt.NDArray[np.int32]
    heads: npt.NDArray[np.int32]
    """Shape (hexes,): the railhead of a hex with an own formation, -1 elsewhere or without one."""


def truck_field(world: World, side: int, costs: Costs, *, narrow: bool = False) -> Reach:
    """Least way of trucks over own ground from any railhead of the main lines, or of those of narrow gauge.

    ``costs``: of :func:`_truck_costs`.
    """
    grid, rules = world.statics.grid, world.statics.rules
    net = network(world, side)
    heads = net.least < FAR
    heads &= ~formations_near(world, 1 - side, 1)[:-1]
    heads[world.depots.hex[net.sources]] = True
    sources, root = rows_where(heads & (net.narrow == narrow)), np.full(grid.size, -1, np.int32)
    if not len(sources):
        return Reach(np.full(grid.size, FAR, np.int32), root)
    limit = round(rules["supply.truck_limit_km"] * HECTOMETRE)
    out = field(grid.neighbours, costs, sources, limit=limit)
    now = standing(world)
    cells = now.cell[now.side == side]
    root[cells] = roots(grid.neighbours, costs, out, cells)
    return Reach(out, root)


def way_km(world: World, side: int, hectometres: npt.NDArray[np.int32], minute: int) -> Floats:
    """Kilometres of truck way with the enemy's interdiction of the day; at least one hex."""
    km = np.maximum(hectometres / HECTOMETRE, HEX_STEP / HECTOMETRE)
    return km * (1.0 + interdiction.sorties(world, side, minute) / world.statics.rules["supply.path_sorties"])


def _truck_costs(world: World, side: int, minute: int) -> Costs:
    """Shape (hexes, 6): way of the step in hundreds of metres; 0 off own ground."""
    grid, rules = world.statics.grid, world.statics.rules
    base = _ground_costs(world.statics, int(world.weather.ground[0]) == Ground.MUD)
    walked = bearing(world.statics, int(world.weather.strait_ice[0]))
    if walked is not None:
        over = np.int32(round(HEX_STEP * rules["supply.path_offroad"]))
        base = np.where(walked & (grid.neighbours >= 0), over, base)
    costs = np.zeros((grid.size, 6), np.int32)
    _press(
        grid.neighbours, base, world.hexes.owner, side, zone(world, 1 - side, minute), standing(world).count[side],
        round(rules["supply.path_zoc"]), costs,
    )  # fmt: skip
    return costs


@jit
def _press(
    neighbours: Any, base: Any, owner: Any, side: int, zone: Any, count: Any, factor: int, costs: Any
) -> None:  # fmt: skip
    """Ways over own ground; dearer into an enemy zone of control where nobody of one's own stands."""
    for here in range(len(neighbours)):
        if owner[here] != side:
            continue
        for d in range(6):
            there = neighbours[here, d]
            if there >= 0 and owner[there] == side:
                pressed = zone[there] > 0 and count[there] == 0
                costs[here, d] = base[here, d] * factor if pressed else base[here, d]


def _ground_costs(statics: Statics, mud: bool) -> Costs:
    """The same without fronts, made once for dry ground and once for mud."""
    name = f"supply.costs.{mud}"
    found: Costs | None = statics.shared.get(name)
    if found is None:
        theatre, rules, grid = statics.theatre, statics.rules, statics.grid
        offroad = np.full(256, rules["supply.path_offroad"])
        for terrain in statics.scenario.terrain:
            offroad[terrain.code] = terrain.supply_cost
        near = np.where(grid.neighbours >= 0, grid.neighbours, 0)
        rough = np.maximum(offroad[theatre.terrain][:, None], offroad[theatre.terrain[near]])
        by_road = theatre.road > 0
        step = HEX_STEP * np.where(by_road, 1.0, rough)
        if mud:
            slow = rules["supply.truck_kmh"] / rules["supply.truck_kmh_mud"]
            step = step * np.where(by_road, slow, rules["supply.path_mud"])
        over = [rules[f"supply.path_{name}_km"] * HECTOMETRE for name in ("river", "major")]
        wet = np.array([0.0, 0.0, *over])[np.minimum(theatre.river, River.MAJOR)]
        step = step + np.where((theatre.bridge & BRIDGE_ROAD) == 0, wet, 0)
        step = step + np.where(theatre.strait == Strait.FERRY, rules["supply.path_ferry_km"] * HECTOMETRE, 0.0)
        open_side = (grid.neighbours >= 0) & _open_sides(statics)
        found = statics.shared[name] = np.where(open_side, np.round(step), 0).astype(np.int32)
    return found


def _truck_kg(world: World, rows: Ints, km: Floats) -> Ints:
    """Kilograms that a formation's share of the trucks brings up over ``km`` in a day."""
    formations, rules = world.formations, world.statics.rules
    trucks = np.array([rules[f"supply.trucks_division_{name}"] for name in SIDES])[formations.side[rows]]
    trucks = trucks * formations.stack[rows] / 2.0
    trucks = trucks * np.where(mechanised(formations.mobility[rows]), rules["supply.trucks_mech"], 1.0)
    turns = rules["supply.truck_h_day"] * rules["supply.truck_kmh"] / (2.0 * km)
    turns = np.minimum(turns, rules["supply.truck_turns_max"])
    tons = trucks * rules["supply.truck_payload_t"] * turns * rules["supply.truck_availability"]
    return rounded(np.where(km <= rules["supply.truck_limit_km"], tons * 1000.0, 0.0))


# Sources and aircraft.


def source_capacities(world: World, side: int) -> tuple[Ints, Ints]:
    """Kilograms a day that each depot can pass on, and whether it works; both of shape (depots,)."""
    depots, rules = world.depots, world.statics.rules
    capacity = depots.capacity_t.astype(np.int64) * 1000
    port = depots.kind == DepotKind.PORT
    fire = max(1, round(rules["supply.port_fire_km"] / world.statics.grid.spacing_km))
    near = formations_near(world, 1 - side, fire)[depots.hex]
    beside = formations_near(world, 1 - side, 1)[depots.hex]
    share = np.where(near, rules["supply.port_fire_share"], 1.0)
    share = np.where(beside, 0.0, share)
    working = (depots.side == side) & (world.hexes.owner[depots.hex] == side) & (depots.open == 1) & (depots.capacity_t > 0)
    # What is lost on the way is already taken off what ships bring.
    by_ship = port & (depots.sea_kg >= 0)
    share = share * np.where(by_ship, 1.0, 1.0 - rules["supply.sea_loss"])
    capacity = np.where(port, np.floor(capacity * share).astype(np.int64), capacity)
    capacity = np.where(by_ship, np.minimum(capacity, depots.sea_kg), capacity)
    return np.where(working, capacity, 0), working.astype(np.int64)


def _over_beaches(world: World, side: int, rows: Ints, want: Ints, brought: Ints, minute: int) -> Ints:
    """What landing craft bring to those who have no other link: so much over each beach, and no more than they carry."""
    landed = np.zeros_like(want)
    cells = beaches(world, side)
    if not len(cells):
        return landed
    rules, (_, ground) = world.statics.rules, _joined(world, side)
    served = ground[world.formations.hex[rows]]
    calm = int(world.weather.sea[0]) <= rules["weather.sea_landing"]
    if not anywhere(served) or not calm:
        return landed
    carriers = np.unique(np.concatenate([craft.serving(world, side, [cell], minute) for cell in cells.tolist()]))
    carried = craft.day_men(world, carriers) * rules["naval.craft_kg_man"]
    left = int(min(carried, rules["naval.beach_t"] * 1000.0 * len(cells)))
    for k in range(len(want)):
        missing = np.where(served, want[k] - brought[k], 0)
        total = int(missing.sum())
        if total > 0 and left > 0:
            landed[k] = missing * min(left, total) // total
            left -= int(landed[k].sum())
    return landed


def _airlift(world: World, side: int, rows: Ints, want: Ints, brought: Ints) -> Ints:
    """A few transport sorties a day for those cut off, in proportion to what they miss, class by class."""
    rules = world.statics.rules
    away = world.formations.cut_off_since[rows] < NEVER
    flown = np.zeros_like(want)
    if not anywhere(away):
        return flown
    sorties = rules[f"supply.airlift_{SIDES[side]}"] * (int(world.weather.flyable[0]) / PPM)
    left = int(sorties * rules["supply.airlift_t"] * rules["supply.airlift_share"] * 1000.0)
    for k in range(len(want)):
        missing = np.where(away, want[k] - brought[k], 0)
        total = int(missing.sum())
        if total > 0 and left > 0:
            flown[k] = missing * min(left, total) // total
            left -= int(flown[k].sum())
    return flown


def _explain(
    trace: Trace, rows: Ints, want: Ints, brought: Ints, beach: Ints, air: Ints, km: Floats, carried: Ints
) -> None:
    for i, row in enumerate(rows.tolist()):
        for key, value, address in (
            ("wanted_t", want[:, i].sum() / 1000, "supply.stock_days_leg"),
            ("way_km", km[i], "supply.path_offroad"),
            ("trucks_carry_t", carried[i] / 1000, "supply.truck_payload_t"),
            ("after_railways_t", brought[:, i].sum() / 1000, "supply.train_t"),
            ("over_beaches_t", beach[:, i].sum() / 1000, "naval.beach_t"),
            ("by_air_t", air[:, i].sum() / 1000, "supply.airlift_t"),
        ):
            trace.record("formations", row, key, float(value), address)


SYSTEM = System("supply", 4, GRAIN_MIN, on_calendar(Calendar.SUPPLY), decide, Calendar.SUPPLY)
