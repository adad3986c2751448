"""The trunk: tons from sources over railways to railheads, under the capacity of every source and link.

A monotone fill: classes of load in order of priority, and for each class its nearest source first,
then the next. In each pass every element (source or link) serves the loads that ask for it with the share
``left / asked``, and a load gets the least share on its way. What was asked counts as used, even where another
element held it up: so a larger capacity anywhere never lowers what anyone gets. Whole kilograms throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.paths import FAR
from engine.core.trails import trail
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.rail import Network, link_numbers, network

Ints = npt.NDArray[np.int64]

NEAREST: Final = 3
"""A railhead turns to at most so many sources."""
_DOUBLE: Final = 2
_NARROW: Final = 3


@dataclass(frozen=True, eq=False)
class Ways:
    """For one rank of source: which source serves each railhead, and the elements on the way.

    ``source`` (railheads,): position in ``Network.sources``, -1 none. Elements are numbered sources first, then
    links; ``elements`` are those of all ways one after another, ``begins`` where each way starts, ``owner`` the
    railhead of each element.
    """

    source: Ints
    elements: Ints
    begins: Ints
    owner: Ints
    served: Ints
    """Railheads with a way, in order."""


def ways(world: World, side: int, railheads: Ints, name: str) -> tuple[Ways, ...]:
    """Ways from the nearest, second and third nearest source to each railhead; ``name`` tells callers apart."""
    net = network(world, side)
    key = (
        railheads.tobytes(), *world.links.version("gauge", "broken"), *world.hexes.version("owner"),
        *world.depots.version("hex", "capacity_t", "open"),
    )  # fmt: skip
    return derived(world, f"trunk.ways.{side}.{name}", key, lambda: _ways(world, net, railheads))


def _ways(world: World, net: Network, railheads: Ints) -> tuple[Ways, ...]:
    count = len(net.sources)
    away = np.full((count, len(railheads)), FAR, np.int64)
    for i, row in enumerate(net.sources.tolist()):
        away[i] = net.fields[i][railheads] if net.fields else FAR
        away[i, railheads == world.depots.hex[row]] = 0
    ranked = np.argsort(away, axis=0, kind="stable")
    found = []
    for rank in range(min(NEAREST, count)):
        source = ranked[rank].copy()
        source[away[source, np.arange(len(railheads))] >= FAR] = -1
        if (source < 0).all():
            break
        found.append(_elements(world, net, railheads, source))
    return tuple(found)


def _elements(world: World, net: Network, railheads: Ints, source: Ints) -> Ways:
    numbers, near = link_numbers(world), world.statics.grid.neighbours
    parts, owner, begins, served = [], [], [], []
    at = 0
    for r, s in enumerate(source.tolist()):
        if s < 0:
            continue
        part = [np.array([s], np.int64)]
        if net.fields:
            cells, directions = trail(near, net.costs, net.fields[s], int(railheads[r]))
            part.append(numbers[cells, directions].astype(np.int64) + len(net.sources))
        whole = np.concatenate(part)
        parts.append(whole)
        owner.append(np.full(len(whole), r, np.int64))
        begins.append(at)
        served.append(r)
        at += len(whole)
    return Ways(source, np.concatenate(parts), np.array(begins), np.concatenate(owner), np.array(served))


def capacities_kg(world: World, net: Network, source_kg: Ints) -> Ints:
    """Kilograms a day of every element: sources as given, then links by tracks and gauge."""
    rules, links, rail = world.statics.rules, world.links, world.statics.theatre.rail
    train = rules["supply.train_t"] * 1000.0
    tracks = rail[links.hex, links.direction]
    trains = np.where(tracks >= _DOUBLE, rules["supply.rail_double_trains"], rules["supply.rail_single_trains"])
    a_day = np.where(links.gauge == _NARROW, rules["supply.narrow_t"] * 1000.0, trains * train)
    return np.concatenate([source_kg, a_day.astype(np.int64)])


@dataclass(frozen=True, eq=False)
class Fill:
    """What the trunk brought: kg by class and load, kg that left each source, kg asked of each element."""

    brought: Ints
    shipped: Ints
    asked: Ints


def fill(
    passes: tuple[Ways, ...], capacity: Ints, railhead: Ints, wanted: Ints, sources: int, asked: Ints | None = None
) -> Fill:
    """Bring up what loads want.

    ``railhead`` (loads,): position of the railhead of each load. ``wanted`` (classes, loads): kilograms, the first
    class first. ``capacity`` (elements,): kilograms a day. ``asked``: what earlier fills have asked of them.
    """
    brought = np.zeros_like(wanted)
    shipped = np.zeros(sources, np.int64)
    asked_so_far = np.zeros_like(capacity) if asked is None else asked
    for k in range(len(wanted)):
        for way in passes:
            missing = wanted[k] - brought[k]
            load = np.zeros(len(way.source), np.int64)
            np.add.at(load, railhead, missing)
            now = np.zeros_like(capacity)
            np.add.at(now, way.elements, load[way.owner])
            left = np.maximum(capacity - asked_so_far, 0)
            share = np.where(now > 0, np.minimum(left / np.maximum(now, 1), 1.0), 1.0)
            least = np.zeros(len(way.source))
            least[way.served] = np.minimum.reduceat(share[way.elements], way.begins)
            got = np.floor(missing * least[railhead]).astype(np.int64)
            brought[k] += got
            source = way.source[railhead]
            np.add.at(shipped, source[source >= 0], got[source >= 0])
            asked_so_far = asked_so_far + now
    return Fill(brought, shipped, asked_so_far)
