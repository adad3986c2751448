"""Couriers: how long an order takes to reach a formation, and which orders need none because they change nothing.

The delay is lognormal about the median of the headquarters' level, shorter under a good staff, longer if the
headquarters moved today or lies out of wire and radio range, which is longer to formations on wheels and tracks.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, exp, rounded
from engine.core.calendar import DAY, HOUR
from engine.core.dice import Dice, Stream
from engine.core.hexes import steps_between
from engine.core.jit import jit
from engine.model.codes import IN_FORCE, ON_ITS_WAY, SIDES, Echelon, Mobility, OrderKind, Task
from engine.model.orders import TASK_OF
from engine.model.world import Statics, World
from engine.rules.parameters import packed
from engine.rules.system import Trace

Rows = npt.NDArray[np.int64]

LEAST_DELAY_MIN: Final = 15
_LEVELS = ("division", "corps", "army", "front")
# Wire and radio reach farther from higher headquarters (command.range_km is a corps').
_REACH = np.array([1.0, 1.0, 2.0, 4.0])
_DELAYS: Final = (
    "command.range_km", "command.delay_moved", "command.delay_out_of_range", "command.courier_kmh",
    "command.delay_continue", "command.range_driven",
)  # fmt: skip
_TERMS: Final = ("median_h", "staff", "luck", "goes_on", "moved", "km_beyond_reach", "out_of_action_h", "hours")
_DIVISION: Final = int(Echelon.DIVISION)
_MOTOR, _TRACK = int(Mobility.MOTOR), int(Mobility.TRACK)
TASKS = np.array([TASK_OF.get(OrderKind(k), Task.HOLD) if k else Task.HOLD for k in range(max(OrderKind) + 1)], dtype=np.int8)
"""What an order of each kind makes a formation do."""
_ONWARD = np.array([t in (Task.ATTACK, Task.FOLLOW) for t in Task])
_TOLD_ON = np.array([t in (Task.ATTACK, Task.FOLLOW, Task.LAND) for t in Task])
_ATTACH, _KEEP, _LET_GO = int(OrderKind.ATTACH), int(OrderKind.KEEP), int(OrderKind.LET_GO)


def courier_minutes(
    world: World, rows: npt.ArrayLike, minute: int, dice: Dice, trace: Trace | None = None,
    kinds: npt.ArrayLike | None = None,
) -> Rows:  # fmt: skip
    """Minutes until orders written now reach formations ``rows``; shape of ``rows``, at least a quarter of an hour.

    An order comes down from the formation's own headquarters, whoever is behind it. A formation asked about twice
    at one minute draws anew for the second order. ``kinds``: OrderKind of each order; to go on with an attack under way
    takes ``command.delay_continue`` of the time, for the order of the day has named the next task.
    """
    formation = np.atleast_1d(np.asarray(rows, dtype=np.int64))
    rules = world.statics.rules
    formations, headquarters = world.formations, world.headquarters
    luck = exp(rules["command.delay_spread"] * _luck(world, formation, minute, dice))
    on = goes_on(world, formation, kinds, minute)
    level, terms = np.empty(len(formation), np.int64), np.empty((len(_TERMS), len(formation)))
    _hours(
        formation, minute, formations.hq, formations.hex, formations.side, formations.mobility, headquarters.echelon,
        headquarters.staff, headquarters.moved_at, headquarters.hex, world.statics.grid.axial_table,
        world.statics.grid.spacing_km, _medians(world.statics), _REACH, luck, on, packed(world.statics, _DELAYS), level, terms,
    )  # fmt: skip
    if trace is not None:
        for i, row in enumerate(formation.tolist()):
            side = SIDES[int(formations.side[row])]
            addresses = (
                f"command.delay_{side}_{_LEVELS[int(level[i])]}_h", "", "command.delay_spread",
                "command.delay_continue", "command.delay_moved", "command.range_km", "command.displaced_h", "",
            )  # fmt: skip
            for key, value, address in zip(_TERMS, terms[:, i].tolist(), addresses, strict=True):
                trace.record("formations", row, key, value, address)
    if not rules.get("switch.command_delay", 1.0):
        return np.full(len(formation), LEAST_DELAY_MIN, dtype=np.int64)
    return np.maximum(rounded(terms[-1] * HOUR), LEAST_DELAY_MIN)


@jit
def _hours(
    formation: Any, minute: int, of: Any, at: Any, side: Any, mobility: Any, echelon: Any, quality: Any, moved_at: Any,
    place: Any, axial: Any, hex_km: float, medians: Any, reach: Any, luck: Any, on: Any, p: Any, level: Any, terms: Any,
) -> None:  # fmt: skip
    """Hours each order takes, and what they come from (``_TERMS``)."""
    for i in range(len(formation)):
        row = formation[i]
        hq, staff, away, moved, silent = of[row], 1.0, 0.0, False, 0.0
        level[i] = 1
        if hq >= 0:
            level[i] = min(max(int(echelon[hq]) - _DIVISION, 0), 3)
            staff = quality[hq] / PPM
            moved = minute - moved_at[hq] < DAY
            # A headquarters that was driven off gives no orders before it is in action again.
            silent = max(moved_at[hq] - minute, 0) / HOUR
            if at[row] >= 0 and place[hq] >= 0:
                away = steps_between(axial, at[row], place[hq]) * hex_km
        driven = p[5] if mobility[row] == _MOTOR or mobility[row] == _TRACK else 1.0
        median, beyond = medians[side[row], level[i]], max(away - p[0] * reach[level[i]] * driven, 0.0)
        hours = median / staff * luck[i]
        if on[i]:
            hours = hours * p[4]
        if moved:
            hours = hours * (1.0 + p[1])
        if beyond > 0:
            hours = hours * p[2]
        hours = hours + beyond / p[3] + silent
        terms[0, i], terms[1, i], terms[2, i], terms[3, i] = median, staff, luck[i], 1.0 if on[i] else 0.0
        terms[4, i], terms[5, i], terms[6, i], terms[7, i] = 1.0 if moved else 0.0, beyond, silent, hours


def goes_on(world: World, formation: Rows, kinds: npt.ArrayLike | None, minute: int) -> npt.NDArray[np.bool_]:
    """Shape of ``formation``: whether an order of that kind only carries on the attack in which a formation is.

    It attacks or follows, or was in a battle or landed within ``command.continue_h``, and is told to attack, follow or
    cross in craft: who goes ashore knows his first tasks there. Exploiting mobile groups run ahead of the wire: their
    orders keep their time.
    """
    if kinds is None:
        return np.zeros(len(formation), dtype=bool)
    formations, lately = world.formations, minute - world.statics.rules["command.continue_h"] * HOUR
    last = np.maximum(formations.last_fight_at[formation], formations.landed_at[formation])
    busy = _ONWARD[formations.task[formation]] | (last >= lately)
    again: npt.NDArray[np.bool_] = _TOLD_ON[TASKS[np.asarray(kinds, dtype=np.int64)]] & busy
    return again


def _luck(world: World, formation: Rows, minute: int, dice: Dice) -> npt.NDArray[np.float64]:
    """A standard normal number for each order; the n-th order to a formation in one minute is draw n."""
    orders = world.orders
    today = orders.formation[orders.issued_at == minute]
    if not len(today) and len(set(formation.tolist())) == len(formation):
        return dice.normal(Stream.COURIER, world.formations.subject[formation], minute)
    earlier = np.bincount(today, minlength=len(world.formations)) if len(today) else None
    draw = np.zeros(len(formation), dtype=np.int64) if earlier is None else earlier[formation]
    if len(set(formation.tolist())) < len(formation):
        seen: dict[int, int] = {}
        for i, row in enumerate(formation.tolist()):
            draw[i] += seen.get(row, 0)
            seen[row] = seen.get(row, 0) + 1
    luck = np.empty(len(formation))
    for n in sorted(set(draw.tolist())):
        chosen = draw == n
        subjects = world.formations.subject[formation[chosen]]
        luck[chosen] = dice.normal(Stream.COURIER, subjects, minute, n)
    return luck


def _medians(statics: Statics) -> npt.NDArray[np.float64]:
    """Median delay in hours, shape (sides, levels)."""
    found: npt.NDArray[np.float64] | None = statics.memo.get("command.medians")
    if found is None:
        rules = statics.rules
        found = np.array([[rules[f"command.delay_{side}_{level}_h"] for level in _LEVELS] for side in SIDES])
        statics.memo["command.medians"] = found
    return found


def median_delay_h(statics: Statics, side: int, echelon: int) -> float:
    """Hours that an order of a headquarters of that echelon usually takes: known to its own staff, too."""
    return float(_medians(statics)[side, min(max(echelon - int(Echelon.DIVISION), 0), len(_LEVELS) - 1)])


def redundant(
    world: World, rows: npt.ArrayLike, kinds: npt.ArrayLike, goals: npt.ArrayLike, human: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Orders that say again what is already on its way, or in force with nothing on its way: they change nothing.

    A human's order that repeats a staff's is not redundant: it binds the staff.
    """
    asked = np.stack([np.atleast_1d(np.asarray(given, np.int64)) for given in (rows, kinds, goals, human)])
    orders, found = world.orders, np.zeros(asked.shape[1], bool)
    latest = world.formations.order.astype(np.int64)
    _repeats(asked, latest, orders.formation, orders.state, orders.kind, orders.goal, orders.by_human, found)
    return found


@jit
def _repeats(
    asked: Any, latest: Any, formation: Any, state: Any, kind: Any, goal: Any, by_human: Any, found: Any
) -> None:
    """``asked``: formation, kind, goal, human of each order; ``latest`` the order in force of each formation."""
    for row in range(len(state)):
        if state[row] == ON_ITS_WAY:
            latest[formation[row]] = row
    for i in range(asked.shape[1]):
        last = latest[asked[0, i]]
        belongs = asked[1, i] == _ATTACH or asked[1, i] == _KEEP or asked[1, i] == _LET_GO
        if last < 0 or belongs or (state[last] != ON_ITS_WAY and state[last] != IN_FORCE):
            continue
        binds = asked[3, i] != 0 and by_human[last] == 0
        found[i] = kind[last] == asked[1, i] and goal[last] == asked[2, i] and not binds
