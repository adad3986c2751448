"""Railways: what trains can reach, and phase 10: tearing up on retreat, repair and conversion behind the front.

A link is one railway hexside. Trains of a side use links that lie whole on its ground, in its gauge (narrow gauge
serves both). When ground changes hands its railways are torn up; crews mend and re-gauge them outwards from what
is connected, nearest to a source first, then by row. Looked at every six hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import anywhere, rows_where
from engine.core.dice import Dice
from engine.core.once import Once
from engine.core.paths import FAR, field
from engine.model.codes import SIDES, SOVIET, Calendar
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.supply import RAIL_BROKEN, RAIL_OPENED, RAIL_WORK
from engine.model.theatre import Gauge, River
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.ground import formations_near
from engine.rules.power import on
from engine.rules.system import System, Trace, on_calendar

Ints = npt.NDArray[np.int64]
Field = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

_NARROW: Final = int(Gauge.NARROW)
_NO_GAUGE: Final = int(Gauge.NONE)
_RIVER: Final = int(River.RIVER)
GRAIN_MIN: Final = HOUR
CHECK_MIN: Final = 6 * HOUR


@dataclass(frozen=True, eq=False)
class Network:
    """What trains of one side can reach from its working sources."""

    sources: Ints
    """Rows of depots."""
    cells: Ints
    """Their hexes."""
    neighbours: Field
    costs: Field
    """Shape (hexes, 6): 1 where a train can pass."""
    narrow: Mask
    """Shape (hexes,): reached by narrow gauge only."""

    @Once
    def fields(self) -> tuple[Field, ...]:
        """Hexsides of railway from each source to every hex, FAR where none leads."""
        return tuple(field(self.neighbours, self.costs, [cell], top=1) for cell in self.cells.tolist())

    @Once
    def least(self) -> Field:
        """Shape (hexes,): the least of ``fields``."""
        return field(self.neighbours, self.costs, self.cells, top=1)


def own_gauge(side: int) -> int:
    """Gauge of a side's engines."""
    return int(Gauge.BROAD_1524 if side == SOVIET else Gauge.STANDARD_1435)


def near_ends(world: World) -> Ints:
    """The hex of each link as the machine's own integers; where links lie never changes."""
    found: Ints | None = world.statics.memo.get("rail.near_ends")
    if found is None:
        found = world.statics.memo["rail.near_ends"] = world.links.hex.astype(np.int64)
        found.flags.writeable = False
    return found


def other_ends(world: World) -> Ints:
    """The far hex of each link."""
    found: Ints | None = world.statics.memo.get("rail.ends")
    if found is None:
        found = world.statics.grid.neighbours[near_ends(world), world.links.direction].astype(np.int64)
        found.flags.writeable = False
        world.statics.memo["rail.ends"] = found
    return found


def working_sources(world: World, side: int) -> Ints:
    """Rows of a side's depots whose place is in its hands, that are not shut, and if ports, that its ships reach."""
    depots = world.depots

    def make() -> Ints:
        own = (depots.side == side) & (world.hexes.owner[depots.hex] == side)
        rows = rows_where(own & (depots.capacity_t > 0) & (depots.open == 1))
        rows.flags.writeable = False
        return rows

    key = (*depots.version("side", "hex", "capacity_t", "open"), *world.hexes.version("owner"))
    return derived(world, f"rail.sources.{side}", key, make)


def network(world: World, side: int) -> Network:
    """The railway network of a side."""
    depots = world.depots.version("hex", "capacity_t", "open")
    key = (*world.links.version("gauge", "broken"), *world.hexes.version("owner"), *depots)
    return derived(world, f"rail.network.{side}", key, lambda: _network(world, side))


def _network(world: World, side: int) -> Network:
    """Most hexes that change hands have no railway: the network is laid anew only if its links or sources are others."""
    links, sources = world.links, working_sources(world, side)
    ends, owner, thin = other_ends(world), world.hexes.owner, links.gauge == _NARROW
    fits = (links.gauge == own_gauge(side)) | thin | (links.gauge == _NO_GAUGE)
    runs = fits & (links.broken == 0) & (owner[near_ends(world)] == side) & (owner[ends] == side)
    stamp = tuple(part.tobytes() for part in (sources, world.depots.hex[sources], runs, runs & thin))
    return derived(world, f"rail.laid.{side}", stamp, lambda: _laid(world, sources, runs, thin))


def _laid(world: World, sources: Ints, runs: Mask, thin: Mask) -> Network:
    """The network of links that run, some of them of narrow gauge."""
    links, grid, cells = world.links, world.statics.grid, world.depots.hex[sources]
    costs, narrow = np.zeros((grid.size, 6), np.int32), np.zeros(grid.size, bool)
    if len(links):
        ends = other_ends(world)
        begins = near_ends(world)
        costs[begins[runs], links.direction[runs]] = 1
        costs[ends[runs], (links.direction[runs] + 3) % 6] = 1
        for chosen, value in ((runs & thin, True), (runs & ~thin, False)):  # a hex with both is not narrow
            narrow[begins[chosen]] = value
            narrow[ends[chosen]] = value
        narrow[cells] = False
    return Network(sources, cells, grid.neighbours, costs, narrow)


def link_numbers(world: World) -> npt.NDArray[np.int32]:
    """Shape (hexes, 6): the row of the link on each hexside, -1 where no railway runs."""
    found: npt.NDArray[np.int32] | None = world.statics.memo.get("rail.numbers")
    if found is None:
        links = world.links
        found = np.full((world.statics.grid.size, 6), -1, np.int32)
        if len(links):
            rows = np.arange(len(links))
            found[near_ends(world), links.direction] = rows
            found[other_ends(world), (links.direction + 3) % 6] = rows
        world.statics.memo["rail.numbers"] = found
    return found


# The system.


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Torn up with ground that changed hands; finished work opened; new work begun."""
    idle = not len(world.links) or not on(world.statics.rules, "rail")
    events = [TICKED(minute, system=Calendar.RAIL, next_at=NEVER if idle else minute + CHECK_MIN)]
    if idle:
        return events
    links = world.links
    torn = _lost(world, minute)
    if anywhere(torn):
        events.append(RAIL_BROKEN(minute, link=rows_where(torn)))
    done = rows_where((links.ready_at <= minute) & ~torn)
    if len(done):
        gauge = np.array([own_gauge(0), own_gauge(1)])[world.hexes.owner[near_ends(world)[done]]]
        narrow = (links.gauge[done] == _NARROW) | (links.gauge[done] == _NO_GAUGE)
        events.append(RAIL_OPENED(minute, link=done, gauge=np.where(narrow, links.gauge[done], gauge)))
    for side in (0, 1):
        begun, ready_at = _begun(world, side, minute, torn)
        if len(begun):
            events.append(RAIL_WORK(minute, link=begun, ready_at=ready_at))
            if trace is not None:
                for row, at in zip(begun.tolist(), ready_at.tolist(), strict=True):
                    trace.record("links", row, "days", (at - minute) / DAY, f"supply.gauge_{SIDES[side]}_km_day")
    return events


def _lost(world: World, minute: int) -> Mask:
    """Links of which an end changed hands since the last look."""
    since, links = world.hexes.owner_since, world.links
    ends = np.stack([since[near_ends(world)], since[other_ends(world)]])
    fresh = ((ends > max(minute - CHECK_MIN, 0)) & (ends <= minute)).any(axis=0)
    lost: Mask = fresh & ((links.broken == 0) | (links.ready_at < NEVER))
    return lost


def _begun(world: World, side: int, minute: int, torn: Mask) -> tuple[Ints, Ints]:
    """Links on which this side's crews begin to work now, and when they will be ready."""
    links, rules, owner = world.links, world.statics.rules, world.hexes.owner
    ends = other_ends(world)
    own = (owner[near_ends(world)] == side) & (owner[ends] == side) & ~torn
    busy = int((own & (links.ready_at < NEVER) & (links.ready_at > minute)).sum())
    crews = round(rules[f"supply.rail_crews_{SIDES[side]}"]) - busy
    gauged = (links.gauge != own_gauge(side)) & (links.gauge != _NARROW) & (links.gauge != _NO_GAUGE)
    wanting = rows_where(own & ((links.broken == 1) | gauged) & (links.ready_at >= NEVER))
    if crews <= 0 or not len(wanting):
        return wanting[:0], wanting[:0]
    here, there = near_ends(world)[wanting], ends[wanting]
    reach = network(world, side).least
    away = np.minimum(reach[here], reach[there])
    danger = formations_near(world, 1 - side, 1)
    fit = (away < FAR) & ~danger[here] & ~danger[there]
    wanting, away = wanting[fit], away[fit]
    chosen = wanting[np.lexsort((wanting, away))][:crews]
    pace = np.where(gauged[chosen], rules[f"supply.gauge_{SIDES[side]}_km_day"], rules["supply.railhead_km_day"])
    river = world.statics.theatre.river[near_ends(world)[chosen], links.direction[chosen]]
    bridge = (river >= _RIVER) & (links.broken[chosen] == 1)
    days = world.statics.grid.spacing_km / pace + np.where(bridge, rules["supply.rail_bridge_days"], 0.0)
    return chosen, minute + np.ceil(days * DAY).astype(np.int64)


SYSTEM = System("rail", 10, GRAIN_MIN, on_calendar(Calendar.RAIL), decide, Calendar.RAIL)
