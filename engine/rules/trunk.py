"""The trunk: tons from sources over railways to railheads, under the capacity of every source and link.

A monotone fill: classes of load in order of priority, and for each class its nearest source first,
then the next. In each pass every element (source or link) serves the loads that ask for it with the share
``left / asked``, and a load gets the least share on its way. What was asked counts as used, even where another
element held it up: so a larger capacity anywhere never lowers what anyone gets. Whole kilograms throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.jit import jit
from engine.core.paths import FAR
from engine.core.trails import trail_of
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.rail import Network, link_numbers, network

Ints = npt.NDArray[np.int64]

NEAREST: Final = 3
"""A railhead turns to at most so many sources."""
_DOUBLE: Final = 2
_NARROW: Final = 3
_LONGEST: Final = 1024
"""Links of the longest way."""


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
    return derived(world, f"trunk.ways.{side}.{name}", (railheads.tobytes(), net), lambda: _ways(world, net, railheads))


def _ways(world: World, net: Network, railheads: Ints) -> tuple[Ways, ...]:
    count = len(net.sources)
    away = np.full((count, len(railheads)), FAR, np.int64)
    for i, row in enumerate(net.sources.tolist()):
        away[i] = net.fields[i][railheads]
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
    served = np.flatnonzero(source >= 0)
    lengths, begins = np.ones(len(served), np.int64), np.zeros(len(served), np.int64)
    for i, (s, cell) in enumerate(zip(source[served].tolist(), railheads[served].tolist(), strict=True)):
        lengths[i] += min(int(net.fields[s][cell]), _LONGEST)
    begins[1:] = np.cumsum(lengths)[:-1]
    elements, links, near = np.empty(int(lengths.sum()), np.int64), link_numbers(world), world.statics.grid.neighbours
    for s in sorted(set(source[served].tolist())):
        its = served[source[served] == s]
        _lay(near, net.costs, net.fields[s], links, len(net.sources), s, railheads[its], begins[source[served] == s],
             elements)  # fmt: skip
    return Ways(source, elements, begins, np.repeat(served, lengths), served)


@jit
def _lay(
    near: Any, costs: Any, field: Any, links: Any, sources: int, source: int, railheads: Any, begins: Any, elements: Any
) -> None:
    """Elements of the ways from one source: itself, then the links from each railhead back to it (steps cost 1)."""
    cells, directions = np.empty(_LONGEST, np.int32), np.empty(_LONGEST, np.int32)
    for i in range(len(railheads)):
        at = begins[i]
        elements[at] = source
        for k in range(trail_of(near, costs, field, railheads[i], cells, directions)):
            elements[at + 1 + k] = links[cells[k], directions[k]] + sources


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
    brought, shipped = np.zeros_like(wanted), np.zeros(sources, np.int64)
    asked_so_far = np.zeros_like(capacity) if asked is None else asked.copy()
    for k in range(len(wanted)):
        for way in passes:
            _bring_up(way.source, way.elements, way.begins, way.owner, way.served, capacity, railhead, wanted[k],
                      brought[k], shipped, asked_so_far)  # fmt: skip
    return Fill(brought, shipped, asked_so_far)


@jit
def _bring_up(
    source: Any, elements: Any, begins: Any, owner: Any, served: Any, capacity: Any, railhead: Any, wanted: Any,
    brought: Any, shipped: Any, asked: Any,
) -> None:  # fmt: skip
    """One class over one way to each railhead: every load gets the share that the narrowest element of its way leaves."""
    load, now = np.zeros(len(source), np.int64), np.zeros(len(capacity), np.int64)
    for i in range(len(railhead)):
        load[railhead[i]] += wanted[i] - brought[i]
    for k in range(len(elements)):
        now[elements[k]] += load[owner[k]]
    least = np.zeros(len(source))
    for i in range(len(served)):
        end = begins[i + 1] if i + 1 < len(served) else len(elements)
        narrowest = 1.0
        for k in range(begins[i], end):
            element = elements[k]
            if now[element] > 0:
                narrowest = min(narrowest, max(capacity[element] - asked[element], 0) / now[element])
        least[served[i]] = narrowest
    for i in range(len(railhead)):
        got = math.floor((wanted[i] - brought[i]) * least[railhead[i]])
        brought[i] += got
        if source[railhead[i]] >= 0:
            shipped[source[railhead[i]]] += got
    for element in range(len(capacity)):
        asked[element] += now[element]
