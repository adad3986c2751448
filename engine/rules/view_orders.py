"""Orders and directives as a view shows them: those of its side, numbered within it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.columns import rows_where
from engine.core.jit import jit
from engine.model.codes import IN_FORCE, ON_ITS_WAY, Trigger
from engine.model.view import OwnDirectives, OwnOrders
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.view_frames import AsAsked, fixed

Rows = npt.NDArray[np.int64]

_EVENT, _NO_TRIGGER = int(Trigger.EVENT), int(Trigger.NONE)
_DIRECTIVE = (
    "hq", "kind", "axis", "line", "fall_back", "objective", "assault", "mobile", "reserve",
    "assault_strongest", "mobile_strongest", "reserve_share", "corridor_m", "start_at", "end_at",
    "known_at", "raid", "permission", "surprise", "trigger", "trigger_ref", "source", "arrives_at", "dummy", "ring", "clears",
)  # fmt: skip
_ORDER = (
    "formation", "hq", "kind", "goal", "issued_at", "arrives_at", "state", "by_human", "reason", "detail",
)  # fmt: skip
_ASKED = ("formation", "kind", "goal", "state", "by_human")
"""Of them those that a commander looks at in every plan: picked in one go."""


class _PassingOrders(AsAsked, OwnOrders):
    pass


def order_numbers(world: World, side: int) -> Rows:
    """Shape (orders + 1,): number of each order among those of its side, -1 for the other's and at the end.

    Rows of the world's table would tell how many orders the other side has given.
    """
    orders = world.orders
    key, stamp = f"views.order_numbers.{side}", len(orders)
    held = world.derived.get(key)
    if held is None or held[0] != stamp:
        mine = world.formations.side[orders.formation] == side
        numbers = np.append(np.where(mine, np.cumsum(mine) - 1, -1), -1)
        held = world.derived[key] = (stamp, numbers)
    found: Rows = held[1]
    return found


def orders_given(world: World, side: int, minute: int, at_once: bool) -> OwnOrders:
    """A side's orders on their way or in force."""
    orders = world.orders
    rows, numbers = np.empty(len(orders), np.int64), np.empty(len(orders), np.int64)
    count = _that_count(orders.state, orders.formation, world.formations.side, side, rows, numbers)
    known, mine = {"row": fixed(numbers[:count])}, rows[:count]
    if at_once:
        return OwnOrders(**known, **orders.pick(_ORDER, mine))
    return _PassingOrders({**known, **orders.pick(_ASKED, mine)}, lambda name: fixed(orders[name][mine]))


@jit
def _that_count(state: Any, formation: Any, side_of: Any, side: int, rows: Any, numbers: Any) -> int:
    """Fill in the rows of a side's orders on their way or in force, and their numbers on that side; how many."""
    count, number = 0, 0
    for row in range(len(state)):
        if side_of[formation[row]] == side:
            if state[row] == ON_ITS_WAY or state[row] == IN_FORCE:
                rows[count], numbers[count] = row, number
                count += 1
            number += 1
    return count


def _still_awaited(world: World, rows: Rows, minute: int) -> npt.NDArray[Any]:
    """Shape (rows,): the triggers of directives, none where it was an event that has happened."""
    directives, happened_at = world.directives, world.happenings.happened_at
    triggers = directives.trigger[rows]
    events = rows_where(triggers == _EVENT)
    came = events[happened_at[directives.trigger_ref[rows[events]]] <= minute]
    triggers[came] = _NO_TRIGGER
    return triggers


def directives_known(world: World, side: int, minute: int) -> OwnDirectives:
    """Directives that have arrived. What they say never changes once written but for state, hours and permission.

    One that waits for an event that has happened waits for its hour alone: its headquarters prepares it as any other.
    """
    key = (
        *world.directives.version("hq", "arrives_at", "state", "start_at", "end_at", "trigger", "trigger_ref", "permission"),
        *world.headquarters.version("side"), (world.directives.arrives_at <= minute).tobytes(),
        (world.happenings.happened_at <= minute).tobytes(),
    )  # fmt: skip
    return derived(world, f"views.directives.now.{side}", key, lambda: _directives_known(world, side, minute))


def _directives_known(world: World, side: int, minute: int) -> OwnDirectives:
    directives = world.directives
    known = (directives.arrives_at <= minute).nonzero()[0]
    rows = known[world.headquarters.side[directives.hq[known]] == side]
    waits_for = _still_awaited(world, rows, minute)
    told = (rows, directives.start_at[rows], directives.end_at[rows], directives.permission[rows], waits_for)
    stamp = tuple(a.tobytes() for a in told)
    said = derived(
        world, f"views.directives.{side}", stamp,
        lambda: {"row": fixed(rows), **directives.pick(_DIRECTIVE, rows), "trigger": fixed(waits_for)},
    )  # fmt: skip
    state = fixed(directives.state[rows])
    key = (*stamp, state.tobytes())
    return derived(world, f"views.directives.state.{side}", key, lambda: OwnDirectives(**said, state=state))
