"""The one door for orders: checks against what the side may know, and the courier that takes them out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.core.dice import Dice
from engine.model.codes import ON_MAP, SIDES, Obstacle, OrderKind, Status
from engine.model.events import Event
from engine.model.events.common import ORDERED
from engine.model.instruction import Instruction
from engine.model.orders import NEEDS_GOAL, NO_GOAL, TAKES_NO_GOAL, Order, Refusal
from engine.model.world import World
from engine.rules import embarking, fortress, landing
from engine.rules.couriers import courier_minutes, redundant
from engine.rules.directing import check_instruction, directed_event
from engine.rules.ice import bears
from engine.rules.rail import network
from engine.rules.rail_moves import obstacle
from engine.rules.system import Trace

__all__ = ["check", "directed_event", "ordered_event"]

# As numbers: an order is checked often, and looking up a name in an enumeration is slow.
_ATTACH, _ENTRAIN, _EMBARK, _TO_LAND = (
    int(kind) for kind in (OrderKind.ATTACH, OrderKind.ENTRAIN, OrderKind.EMBARK, OrderKind.LAND)
)
_AT_ENEMIES = tuple(int(kind) for kind in (OrderKind.ATTACK, OrderKind.PROBE, OrderKind.BOMBARD))


def check(world: World, side: int, order: Order | Instruction, minute: int = 0) -> Refusal | None:
    """Why the order or directive cannot be given, or None.

    Uses only what the side knows of its own formations and the map.
    """
    if isinstance(order, Instruction):
        return check_instruction(world, side, order, minute)
    row = world.statics.formation_rows.get(order.formation)
    if row is None:
        return Refusal("unknown_formation", f"There is no formation {order.formation!r} in this scenario.")
    formations = world.formations
    name = _name(world, row)
    if formations.side[row] != side:
        return Refusal("other_side", f"{name} does not take orders from the {SIDES[side]} side.")
    if formations.status[row] != ON_MAP:
        return _not_here(world, row, name)
    refusal = _check_giver(world, side, order)
    if refusal is None and fortress.leads_out(world, [row], [order.kind], [order.goal])[0]:
        refusal = Refusal("fortress", f"{name} is of the garrison of a fortress and stands fast: lift the fortress first.")
    if refusal is None and order.kind == _ATTACH:
        refusal = _check_attachment(world, side, order)
    if refusal is None and (order.kind in NEEDS_GOAL or order.goal != NO_GOAL):
        refusal = _check_goal(world, side, row, order)
    if refusal is None and order.kind in TAKES_NO_GOAL and order.goal != NO_GOAL:
        words = f"An order of kind {order.kind.name.lower()} is about {name} wherever it stands: it names no hex."
        refusal = Refusal("names_a_hex", words)
    if refusal is None and order.kind == OrderKind.KEEP and world.formations.kept[row]:
        refusal = Refusal("kept", f"{name} has been told to stay in the theatre.")
    if refusal is None and order.kind == OrderKind.LET_GO and not world.formations.kept[row]:
        refusal = Refusal("not_kept", f"{name} was not told to stay in the theatre.")
    if refusal is None and order.kind == _EMBARK:
        refusal = _check_ships(world, side, row, order.goal, minute)
    if refusal is None and order.kind == _TO_LAND:
        refusal = _check_craft(world, side, row, order.goal, minute)
    return refusal


def _not_here(world: World, row: int, name: str) -> Refusal:
    """Why a formation that does not stand on the map takes no orders."""
    formations = world.formations
    if formations.status[row] != Status.WAITING:
        return Refusal("gone", f"{name} no longer exists as a formation.")
    if formations.route[row, 0] >= 0:
        return Refusal("on_the_railway", f"{name} is on its trains.")
    if formations.afloat[row] > 0:
        return Refusal("at_sea", f"{name} is at sea.")
    return Refusal("not_here_yet", f"{name} has not arrived yet.")


def _check_giver(world: World, side: int, order: Order) -> Refusal | None:
    """Orders come from the side's command itself or from a headquarters of the side."""
    giver = world.statics.headquarters_rows.get(order.hq)
    if order.hq and (giver is None or world.headquarters.side[giver] != side):
        return Refusal("other_giver", f"The {SIDES[side]} side has no headquarters {order.hq!r} that could order this.")
    return None


def _check_attachment(world: World, side: int, order: Order) -> Refusal | None:
    """The first number of the detail says to whom: the row of a headquarters, counted from 1."""
    number = order.detail[0]
    if number == 0:
        return Refusal("no_headquarters", "An order to attach must say to which headquarters.")
    if not 1 <= number <= len(world.headquarters):
        return Refusal("unknown_headquarters", f"There is no headquarters number {number} in this scenario.")
    if world.headquarters.side[number - 1] != side:
        name = world.statics.scenario.headquarters[number - 1].name
        return Refusal("other_headquarters", f"{name} is not a headquarters of the {SIDES[side]} side.")
    return None


def _check_goal(world: World, side: int, row: int, order: Order) -> Refusal | None:
    grid = world.statics.grid
    if order.goal == NO_GOAL:
        return Refusal("no_goal", f"An order of kind {order.kind.name.lower()} must name a hex.")
    if not 0 <= order.goal < grid.size or not world.hexes.inside[order.goal]:
        return Refusal("off_map", f"{grid.text(order.goal)} lies outside the area of this scenario.")
    if not bears(world, int(world.formations.mobility[row]), order.goal):
        return Refusal("water", f"{grid.text(order.goal)} is water.")
    if order.kind in _AT_ENEMIES and world.hexes.owner[order.goal] == side:
        return Refusal("own_ground", f"{grid.text(order.goal)} is in our own hands: order a march there instead.")
    return _check_trains(world, side, row, order.goal) if order.kind == _ENTRAIN else None


def _check_trains(world: World, side: int, row: int, goal: int) -> Refusal | None:
    name, place = _name(world, row), world.statics.grid.text(goal)
    if not (network(world, side).costs[goal] > 0).any():
        return Refusal("no_railway", f"There is no railway at {place} that our trains can use.")
    if not (network(world, side).costs[world.formations.hex[row]] > 0).any():
        return Refusal("not_at_a_railway", f"{name} is not at a railway that our trains can use: march to one first.")
    cause = obstacle(world, row, goal)
    if cause == Obstacle.ENEMY:
        return Refusal("in_contact", f"{name} cannot entrain beside the enemy.")
    if cause is not None:
        return Refusal("line_cut", f"No line leads from where {name} stands to {place}.")
    return None


def _check_ships(world: World, side: int, row: int, goal: int, minute: int) -> Refusal | None:
    """Ships, a quay here and there, and a way that is not frozen; where the enemy's guns are is found out on the way."""
    name, here = _name(world, row), int(world.formations.hex[row])
    cause = embarking.obstacle(world, row, goal, minute, guns=False)
    if cause == Obstacle.ENEMY:
        return Refusal("in_battle", f"{name} cannot embark in the middle of a battle.")
    if cause == Obstacle.NO_SHIPS:
        return Refusal("no_ships", f"The {SIDES[side]} side has no ships for {name} now.")
    if cause == Obstacle.NO_PORT and goal >= 0 and embarking.quay_men(world, side, here, minute):
        return Refusal("no_port", f"{world.statics.grid.text(goal)} is no other port of ours.")
    if cause == Obstacle.NO_PORT:
        return Refusal("not_at_a_port", f"{name} is not at a port: march to one first.")
    if cause is not None:
        place = world.statics.grid.text(goal) if goal >= 0 else "a home off the map"
        return Refusal("no_way_by_sea", f"No ship can go from where {name} stands to {place}.")
    return None


def _check_craft(world: World, side: int, row: int, goal: int, minute: int) -> Refusal | None:
    name, place = _name(world, row), world.statics.grid.text(goal)
    cause = landing.obstacle(world, row, goal, minute)
    if cause == Obstacle.ENEMY:
        return Refusal("in_battle", f"{name} cannot embark in the middle of a battle.")
    if cause == Obstacle.NO_PORT:
        return Refusal("not_on_the_coast", f"{name} does not stand on the coast.")
    if cause == Obstacle.NO_CRAFT:
        return Refusal("no_craft", f"No landing craft of the {SIDES[side]} side serve the way to {place}.")
    if cause is not None:
        return Refusal("no_beach", f"{place} cannot be reached over water from where {name} stands.")
    return None


def _name(world: World, row: int) -> str:
    return world.statics.scenario.formations[row].name


def ordered_event(
    world: World, side: int, orders: Sequence[Order], minute: int, dice: Dice, trace: Trace | None = None
) -> Event:
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
    kinds = [int(o.kind) for o in orders]
    delay = courier_minutes(world, rows, minute, dice, trace, kinds)
    return ORDERED(
        minute,
        formation=rows,
        hq=hqs,
        kind=kinds,
        goal=[o.goal for o in orders],
        arrives_at=minute + delay,
        by_human=[o.by_human for o in orders],
        reason=[o.reason for o in orders],
        detail=np.array([o.detail for o in orders], dtype=np.int64).reshape(-1, 4),
    )
