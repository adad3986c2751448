"""Builds a side's view of the war: the only thing that staffs, players and checks may look at.

The law of fog rests on this file and the ``view_`` files beside it: nothing there may read an enemy formation except
through a report in ``sightings`` or because it stands beside an own formation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.columns import rows_where
from engine.model.codes import SIDES, Status
from engine.model.politics import PoliticalEvent
from engine.model.view import Arrivals, EventsHeard, OwnDepots, OwnHeadquarters, OwnRails, SideView, WeatherNow
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.rail import network
from engine.rules.view_battles import battles_seen
from engine.rules.view_enemies import enemies
from engine.rules.view_frames import AsAsked, fixed
from engine.rules.view_hexes import hexes_seen
from engine.rules.view_orders import directives_known, orders_given
from engine.rules.view_own import own_formations
from engine.rules.view_statics import commander_numbers, statics_known

Rows = npt.NDArray[np.int64]

_HEADQUARTERS = ("echelon", "parent", "staff", "hex", "moved_at", "commander")
_DEPOT = ("kind", "hex", "capacity_t", "used_t", "working", "open", "sea_kg")
_WAITING = int(Status.WAITING)
_WEATHER = ("sky", "ground", "wind", "sea", "flyable", "daylight", "ice_mm", "strait_ice")


def side_view(world: World, side: int, minute: int) -> SideView:
    """What ``side`` may know at ``minute`` (between minutes: all before it are done)."""
    make = _maker(world, side, minute)
    return SideView(side, minute, statics_known(world.statics, side), **{name: make(name, True) for name in _PARTS})


def passing_view(world: World, side: int, minute: int) -> PassingView:
    """The same for a commander, who answers before the world goes on: parts nobody looks at are never made."""
    make = _maker(world, side, minute)
    known = statics_known(world.statics, side)
    return PassingView({"side": side, "minute": minute, "statics": known}, lambda name: make(name, False))


_PARTS = (
    "own", "coming", "enemies", "hexes", "headquarters", "orders", "directives", "battles", "depots", "weather",
    "rails", "events",
)  # fmt: skip


class PassingView(AsAsked, SideView):
    """A view that is complete only in what was looked at before it was closed."""


def _maker(world: World, side: int, minute: int) -> Callable[[str, bool], Any]:
    """A function that makes one part of a view by name, at once or (where it pays) as its columns are asked for."""

    def make(name: str, at_once: bool) -> Any:
        if name in _BY_COLUMNS:
            return _BY_COLUMNS[name](world, side, minute, at_once)
        return _OTHER_PARTS[name](world, side, minute)

    return make


def _coming(world: World, side: int, minute: int) -> Arrivals:
    """Formations still to come."""
    formations = world.formations
    rows = rows_where((formations.side == side) & (formations.status == _WAITING))
    names = tuple(world.statics.formation_ids[row] for row in rows.tolist())
    return Arrivals(fixed(rows), names, fixed(formations.appears_at[rows]), fixed(formations.hq[rows]))


def _rails(world: World, side: int, minute: int) -> OwnRails:
    """The railways of a side; made anew only when one is torn up or mended."""
    costs = network(world, side).costs
    return OwnRails(fixed(costs.view()))


def _headquarters(world: World, side: int, minute: int) -> OwnHeadquarters:
    def mine() -> tuple[Rows, tuple[str, ...]]:
        rows = rows_where(world.headquarters.side == side)
        return rows, tuple(world.statics.headquarters_ids[row] for row in rows.tolist())

    def make() -> dict[str, Any]:
        rows, names = derived(world, f"views.headquarters.rows.{side}", headquarters.version("side"), mine)
        columns: dict[str, Any] = headquarters.pick(_HEADQUARTERS, rows)
        columns["commander"] = fixed(commander_numbers(world.statics, side)[columns["commander"]])
        return {"row": fixed(rows), "ids": names, **columns}

    def with_alarms() -> OwnHeadquarters:
        # Alarms come every few hours, all else changes seldom.
        key = headquarters.version("side", *_HEADQUARTERS)
        known = derived(world, f"views.headquarters.known.{side}", key, make)
        return OwnHeadquarters(**known, alarm_at=fixed(headquarters.alarm_at[known["row"]]))

    headquarters = world.headquarters
    return derived(
        world, f"views.headquarters.{side}", headquarters.version("side", "alarm_at", *_HEADQUARTERS), with_alarms
    )


def _depots(world: World, side: int, minute: int) -> OwnDepots:
    def make() -> OwnDepots:
        rows = rows_where(world.depots.side == side)
        return OwnDepots(row=fixed(rows), **world.depots.pick(_DEPOT, rows))

    return derived(world, f"views.depots.{side}", world.depots.version("side", *_DEPOT), make)


def _events(world: World, side: int, minute: int) -> EventsHeard:
    def make() -> EventsHeard:
        told, at = world.statics.scenario.events, world.happenings.happened_at.tolist()
        heard = [event for event, when in zip(told, at, strict=False) if when <= minute and heard_by(event, side)]
        return EventsHeard(tuple(event.id for event in heard))

    happened_at = world.happenings.happened_at
    key = (*world.happenings.version("happened_at"), (happened_at <= minute).tobytes())
    return derived(world, f"views.events.{side}", key, make)


def heard_by(event: PoliticalEvent, side: int) -> bool:
    """Whether a side hears of an event when it happens."""
    return not event.secret or event.side == SIDES[side]


def _weather(world: World, side: int, minute: int) -> WeatherNow:
    return WeatherNow(*(int(world.weather[name][0]) for name in _WEATHER))


_BY_COLUMNS: Final[dict[str, Callable[[World, int, int, bool], Any]]] = {
    "own": own_formations, "orders": orders_given, "battles": battles_seen, "hexes": hexes_seen,
}  # fmt: skip
"""Parts whose columns are made one by one as they are asked for, or all at once."""
_OTHER_PARTS: Final[dict[str, Callable[[World, int, int], Any]]] = {
    "coming": _coming, "enemies": enemies, "headquarters": _headquarters,
    "directives": directives_known, "depots": _depots, "weather": _weather, "rails": _rails, "events": _events,
}  # fmt: skip
