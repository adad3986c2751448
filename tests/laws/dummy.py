"""Two dummy rules on a drawn map of 40 hexes: enough of a war to break a law with, and nothing more.

*Wander*: every three hours a die sends each formation to a neighbouring own hex or leaves it where it is.
*Wither*: on the calendar grid of six hours a die sets the rate at which each formation loses men.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.calendar import HOUR
from engine.core.dice import Dice, Stream
from engine.files.drawn import drawn_scenario
from engine.model.codes import OrderKind, Status
from engine.model.commander import Notes
from engine.model.events import EVENT_KINDS, Event, EventKind, Field
from engine.model.events.common import TICKED
from engine.model.orders import Order
from engine.model.scenario import Scenario
from engine.model.view import SideView
from engine.model.world import Pen, World
from engine.rules.apply import APPLY
from engine.rules.system import System, Trace

MAP = """
    :R::::R:
    ::::R:::
    ........
    ..A...B.
    ........
"""

WANDERED = EventKind("Wandered", (Field("formation", "int32", "who"), Field("to", "int32", "where to")), "formation")
WITHERED = EventKind(
    "Withered", (Field("formation", "int32", "who"), Field("rate", "int64", "1e-6 man a minute")), "formation"
)
WANDER, WITHER = 0, 1


def small_scenario(days: int = 4) -> Scenario:
    """Forty hexes, five formations."""
    return drawn_scenario(MAP, days=days)


def _wandered(pen: Pen, event: Event) -> None:
    pen["formations"]["hex"][event["formation"]] = event["to"]


def _withered(pen: Pen, event: Event) -> None:
    rows = event["formation"]
    pen["formations"].settle(rows, event.minute)
    pen["formations"]["battle_rate"][rows] = event["rate"]


def register() -> None:
    """Make the dummy events known to apply and to recordings."""
    for kind, apply in ((WANDERED, _wandered), (WITHERED, _withered)):
        EVENT_KINDS[kind.name], APPLY[kind.name] = kind, apply


def forget() -> None:
    """Undo :func:`register`."""
    for kind in (WANDERED, WITHERED):
        EVENT_KINDS.pop(kind.name, None)
        APPLY.pop(kind.name, None)


def _calendar(number: int) -> Any:
    return lambda world, now: max(int(world.systems.next_at[number]), now)


def wander(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
    """Each formation may step to a neighbouring own hex."""
    rows = np.flatnonzero(world.formations.status == Status.ON_MAP)
    w = dice.words(Stream.DUMMY, world.formations.subject[rows], minute)[:, 0]
    here = world.formations.hex[rows]
    there = world.statics.grid.neighbours[here, (w % np.uint64(6)).astype(np.int64)]
    open_ground = (there >= 0) & (world.hexes.owner[there] == world.formations.side[rows])
    ticked = TICKED(minute, system=WANDER, next_at=minute + 3 * HOUR)
    return [WANDERED(minute, formation=rows, to=np.where(open_ground, there, here)), ticked]


def wither(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
    """Each formation loses between nothing and two per cent a day until the next look."""
    rows = np.flatnonzero(world.formations.status == Status.ON_MAP)
    share = dice.words(Stream.SUPPLY, world.formations.subject[rows], minute)[:, 0].astype(np.int64) % 20_000
    men = world.formations.read("men", minute, rows)
    rate = men // 1_000_000 * share // 1440
    return [WITHERED(minute, formation=rows, rate=rate), TICKED(minute, system=WITHER, next_at=minute + 6 * HOUR)]


SYSTEMS: Sequence[System] = (
    System("wander", 1, 15, _calendar(WANDER), wander),
    System("wither", 2, 15, _calendar(WITHER), wither),
)


class Fidget:
    """A commander that every six hours orders its first formation to march to and fro, and counts in its notes."""

    built_in = True
    digest = "fidget"

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        """One order, one note."""
        for hq in due:
            notes.staff["cycle_at"][hq] = view.minute + 6 * HOUR
            notes.staff["planned_at"][hq] = view.minute
            notes.staff["need"][hq] += 1
        return [Order(OrderKind.MARCH, view.own.ids[0], int(view.own.hex[-1]))]
