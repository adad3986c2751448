"""Directives given during a run: what the door asks of them, and the courier that takes them to a headquarters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from engine.core.arithmetic import PPM, exp, rounded
from engine.core.calendar import HOUR, NEVER
from engine.core.dice import Dice, Stream
from engine.model.codes import SIDES, DirectiveKind, Permission, Status
from engine.model.events import Event
from engine.model.events.common import DIRECTED
from engine.model.instruction import NO_CELL, OPEN_END, Instruction
from engine.model.orders import Refusal
from engine.model.tables import GROUP, POINTS
from engine.model.world import World
from engine.rules import fortress
from engine.rules.couriers import LEAST_DELAY_MIN, median_delay_h
from engine.rules.system import Trace

_ADVANCES = frozenset({DirectiveKind.ATTACK, DirectiveKind.RELIEVE, DirectiveKind.REDUCE, DirectiveKind.BREAK_OUT})
_MOST_CORRIDOR_M = 60_000
PRELUDE: Final = 6 * HOUR
"""Minutes from the start of a run; by then both sides have their first reports."""


def check_instruction(world: World, side: int, told: Instruction, minute: int) -> Refusal | None:
    """Why the directive cannot be given at ``minute``, or None. Uses only what the side knows of its own and the map."""
    hq = world.statics.headquarters_rows.get(told.hq)
    if hq is None:
        return Refusal("unknown_headquarters", f"There is no headquarters {told.hq!r} in this scenario.")
    if world.headquarters.side[hq] != side:
        name = world.statics.scenario.headquarters[hq].name
        return Refusal("other_side", f"{name} takes no directives from the {SIDES[side]} side.")
    found = (*_shape(told, minute), *_ground(world, told), *_groups(world, side, told), *_fortress(world, side, told, minute))
    return next(iter(found), None)


def _shape(told: Instruction, minute: int) -> Iterator[Refusal]:
    if told.kind in _ADVANCES and told.objective == NO_CELL and not told.axis:
        yield Refusal("no_objective", "A directive to attack must name an objective or an axis.")
    if told.kind == DirectiveKind.EVACUATE and not told.axis:
        yield Refusal("no_ports", "An evacuation must name the ports to embark at, as its axis.")
    if told.kind == DirectiveKind.LAND and len(told.axis) < 2:
        yield Refusal("no_beach", "A landing needs an axis from the coast where troops embark to the beach.")
    if told.kind == DirectiveKind.LAND and not told.assault:
        yield Refusal("no_force", "A landing must name its force, as the assault group.")
    if told.kind in fortress.DECREES and told.objective == NO_CELL:
        yield Refusal("no_place", "A fortress needs a place, as the objective.")
    if not 0 <= told.ring <= fortress.MOST_RINGS:
        yield Refusal("ring", f"At most {fortress.MOST_RINGS} rings of hexes belong to a fortress.")
    if len(told.line) == 1:
        yield Refusal("short_line", "A line needs at least two places.")
    for name in ("axis", "line", "fall_back"):
        if len(getattr(told, name)) > POINTS:
            yield Refusal("too_many_places", f"At most {POINTS} places make a {name.replace('_', ' ')}.")
    for name in ("assault", "mobile", "reserve"):
        if len(getattr(told, name)) > GROUP:
            yield Refusal("too_many_formations", f"At most {GROUP} formations can be named for a group.")
    if told.end_at != OPEN_END and told.end_at <= max(told.start_at, minute):
        yield Refusal("over_already", "The directive would end before it begins.")
    if not (0 <= told.corridor_m <= _MOST_CORRIDOR_M):
        yield Refusal("corridor", f"Half the width of a corridor is at most {_MOST_CORRIDOR_M // 1000} km.")
    if told.permission == Permission.MAY_FALL_BACK and not told.fall_back:
        yield Refusal("no_line", "Leave to fall back needs a line to fall back to.")


def _ground(world: World, told: Instruction) -> Iterator[Refusal]:
    grid, inside = world.statics.grid, world.hexes.inside
    single = (cell for cell in (told.objective, told.dummy) if cell != NO_CELL)
    for cell in (*told.axis, *told.line, *told.fall_back, *single):
        if not 0 <= cell < grid.size or not inside[cell]:
            yield Refusal("off_map", f"{grid.text(cell)} lies outside the area of this scenario.")


def _fortress(world: World, side: int, told: Instruction, minute: int) -> Iterator[Refusal]:
    """Only a fortress can be lifted; one that is to be lifted later may still be declared until then."""
    if told.kind != DirectiveKind.LIFT_FORTRESS or told.start_at > minute or not 0 <= told.objective < world.statics.grid.size:
        return
    if not len(fortress.all_about(world, side, told.objective)):
        place = world.statics.grid.text(told.objective)
        yield Refusal("no_fortress", f"{place} is no fortress of the {SIDES[side]} side, nor does it lie beside one.")


def _groups(world: World, side: int, told: Instruction) -> Iterator[Refusal]:
    formations, rows = world.formations, world.statics.formation_rows
    for name in (*told.assault, *told.mobile, *told.reserve):
        row = rows.get(name)
        if row is None or formations.side[row] != side:
            yield Refusal("unknown_formation", f"The {SIDES[side]} side has no formation {name!r}.")
        elif formations.status[row] not in (Status.ON_MAP, Status.WAITING):
            yield Refusal("gone", f"{world.statics.scenario.formations[row].name} no longer exists as a formation.")


def directive_minutes(
    world: World, hq: int, minute: int, dice: Dice, draw: int = 0, trace: Trace | None = None
) -> int:
    """Minutes until a directive reaches a headquarters: the delay of whoever is above it.

    Lognormal about that level's median, shorter under a good staff. What is told in the first hours of a run is there
    at once, as a plan file's is: it stands for what was prepared before.
    """
    if minute <= PRELUDE:
        return 0
    headquarters, rules = world.headquarters, world.statics.rules
    if not rules.get("switch.command_delay", 1.0):
        return LEAST_DELAY_MIN
    giver = int(headquarters.parent[hq]) if headquarters.parent[hq] >= 0 else hq
    median = median_delay_h(world.statics, int(headquarters.side[hq]), int(headquarters.echelon[giver]))
    luck = exp(rules["command.delay_spread"] * dice.normal(Stream.COURIER, headquarters.subject[[hq]], minute, draw))
    hours = np.asarray(median / (headquarters.staff[giver] / PPM) * luck)
    if trace is not None:
        for key, value, address in (
            ("median_h", median, ""), ("staff", headquarters.staff[giver] / PPM, ""),
            ("luck", float(luck[0]), "command.delay_spread"), ("hours", float(hours[0]), ""),
        ):  # fmt: skip
            trace.record("headquarters", hq, key, value, address)
    return max(int(rounded(hours * HOUR)[0]), LEAST_DELAY_MIN)


def directed_event(
    world: World, given: Sequence[Instruction], minute: int, dice: Dice, trace: Trace | None = None
) -> Event:
    """The event that puts checked directives of one side on their way."""
    rows = world.statics.headquarters_rows
    hqs = [rows[one.hq] for one in given]
    seen: dict[int, int] = {}
    arrives = []
    for hq in hqs:
        arrives.append(minute + directive_minutes(world, hq, minute, dice, seen.get(hq, 0), trace))
        seen[hq] = seen.get(hq, 0) + 1
    own = round(world.statics.rules["staff.corridor_km"] * 1000)
    return DIRECTED(
        minute,
        hq=hqs,
        kind=[int(one.kind) for one in given],
        **{name: _wide([getattr(one, name) for one in given], POINTS) for name in ("axis", "line", "fall_back")},
        objective=[one.objective for one in given],
        **{name: _wide([_rows(world, getattr(one, name)) for one in given], GROUP)
           for name in ("assault", "mobile", "reserve")},
        assault_strongest=[one.assault_strongest for one in given],
        mobile_strongest=[one.mobile_strongest for one in given],
        corridor_m=[one.corridor_m or own for one in given],
        start_at=[max(one.start_at, at) for one, at in zip(given, arrives, strict=True)],
        end_at=[NEVER if one.end_at == OPEN_END else one.end_at for one in given],
        known_at=arrives,
        raid=[one.raid for one in given],
        permission=[int(one.permission) for one in given],
        dummy=[one.dummy for one in given],
        ring=[one.ring for one in given],
        source=[-1] * len(given),
        arrives_at=arrives,
        clears=[one.clears for one in given],
        reason=[int(one.reason) for one in given],
        detail=np.array([one.detail for one in given], np.int64),
    )  # fmt: skip


def _rows(world: World, names: Sequence[str]) -> list[int]:
    return [world.statics.formation_rows[name] for name in names]


def _wide(lists: Sequence[Sequence[int]], width: int) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Shape (lists, width), filled up with -1."""
    table = np.full((len(lists), width), -1, np.int32)
    for at, values in enumerate(lists):
        table[at, : len(values)] = values
    return table
