"""The one door for orders: checks against what the side may know, and the courier that takes them out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.core.dice import Dice
from engine.model.codes import SIDES, HexKind, OrderKind, Status
from engine.model.events import Event
from engine.model.events.common import ORDERED
from engine.model.orders import NEEDS_GOAL, Order, Refusal
from engine.model.world import World
from engine.rules.command import courier_minutes, redundant


def check(world: World, side: int, order: Order) -> Refusal | None:
    """Why the order cannot be given, or None. Uses only what the side knows of its own formations and the map."""
    row = world.statics.formation_rows.get(order.formation)
    if row is None:
        return Refusal("unknown_formation", f"There is no formation {order.formation!r} in this scenario.")
    formations = world.formations
    name = _name(world, row)
    if formations.side[row] != side:
        return Refusal("other_side", f"{name} does not take orders from the {SIDES[side]} side.")
    if formations.status[row] == Status.WAITING:
        return Refusal("not_here_yet", f"{name} has not arrived yet.")
    if formations.status[row] != Status.ON_MAP:
        return Refusal("gone", f"{name} no longer exists as a formation.")
    if order.kind in NEEDS_GOAL:
        return _check_goal(world, side, row, order)
    return None


def _check_goal(world: World, side: int, row: int, order: Order) -> Refusal | None:
    grid = world.statics.grid
    if not 0 <= order.goal < grid.size or not world.hexes.inside[order.goal]:
        return Refusal("off_map", f"{grid.text(order.goal)} lies outside the area of this scenario.")
    if world.statics.theatre.kind[order.goal] != HexKind.LAND:
        return Refusal("water", f"{grid.text(order.goal)} is water.")
    if order.kind in (OrderKind.ATTACK, OrderKind.PROBE, OrderKind.BOMBARD) and world.hexes.owner[order.goal] == side:
        return Refusal("own_ground", f"{grid.text(order.goal)} is in our own hands: order a march there instead.")
    return None


def _name(world: World, row: int) -> str:
    return world.statics.scenario.formations[row].name


def ordered_event(world: World, side: int, orders: Sequence[Order], minute: int, dice: Dice) -> Event:
    """The event that puts checked orders of one side on their way, in the given sequence.

    An order that only repeats what is on its way or in force is left out: it would start its courier anew.
    """
    rows = np.array([world.statics.formation_rows[o.formation] for o in orders], dtype=np.int32)
    repeats = redundant(
        world, rows, [int(o.kind) for o in orders], [o.goal for o in orders], [o.by_human for o in orders]
    )
    orders = [o for o, repeated in zip(orders, repeats, strict=True) if not repeated]
    rows = rows[~repeats]
    hqs = np.array([world.statics.headquarters_rows.get(o.hq, -1) for o in orders], dtype=np.int32)
    delay = courier_minutes(world, rows, minute, dice)
    return ORDERED(
        minute,
        formation=rows,
        hq=hqs,
        kind=[int(o.kind) for o in orders],
        goal=[o.goal for o in orders],
        arrives_at=minute + delay,
        by_human=[o.by_human for o in orders],
        reason=[o.reason for o in orders],
        detail=np.array([o.detail for o in orders], dtype=np.int64).reshape(-1, 4),
    )
