"""Phase 3, arrivals: formations enter the map and leave it on their dates.

A formation that arrives takes the nearest own hex with room to the place its row names, within a march that grows
with every day it has had to wait: it detrains elsewhere if its station is in enemy hands. So does one that comes by
rail (``rail_moves``). One that is to leave goes
as soon as it is in no battle and not cut off, unless it was told to stay (an order that keeps it, which one that lets it
go takes back). Several that arrive in one minute choose in the order of their dice.
Commanders and subordination change in ``command``, replacements come in ``recovery``, assets change hands in
``support``; a new name is ``Scenario.name_at``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.dice import Dice, Stream
from engine.model.codes import Calendar, OrderState, Status
from engine.model.events import Event
from engine.model.events.arrivals import EXPECTED
from engine.model.events.command import ATTACHED, ORDER_CLOSED
from engine.model.events.common import TICKED
from engine.model.events.movement import APPEARED, LEFT_MAP, POSTPONED
from engine.model.forces import DEPARTURES
from engine.model.world import Statics, World
from engine.rules import ground
from engine.rules.rail_moves import detrains_at
from engine.rules.system import System, Trace, on_calendar

Rows = npt.NDArray[np.int64]

GRAIN_MIN: Final = 15
ARRIVE, WITHDRAW = 0, 1
_CLAIM_DRAW: Final = 1
"""Draw of the stream of claims: movement asks for draw 0."""


def schedule(statics: Statics) -> Rows:
    """Shape (n, 5): minute, ARRIVE or WITHDRAW, formation, place (-1 its own row's), headquarters (-1 unchanged).

    First arrivals are in the formations' own rows; here are returns of those that have left, and departures.
    """
    found: Rows | None = statics.memo.get("arrivals.schedule")
    if found is None:
        lines = [
            (max(change.at_min, 0), WITHDRAW if change.kind in DEPARTURES else ARRIVE,
             statics.formation_rows[change.subject], change.cell, statics.headquarters_rows.get(change.hq, -1))
            for change in statics.scenario.reinforcements
            if change.kind in ("arrive", *DEPARTURES) and change.subject in statics.formation_rows
        ]  # fmt: skip
        found = statics.memo["arrivals.schedule"] = np.array(sorted(lines), dtype=np.int64).reshape(-1, 5)
    return found


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Departures, returns announced, entries; and when there is something to do again."""
    retry = minute + round(world.statics.rules["arrivals.retry_h"] * HOUR)
    leaving, held_back = _departures(world, minute)
    returning = _returns(world, minute)
    entering, later = _entries(world, minute, dice, retry, trace)
    times = [*later, retry if len(held_back) else NEVER, minute + GRAIN_MIN if returning else NEVER]
    dated = schedule(world.statics)
    times += dated[dated[:, 0] > minute, 0].tolist()[:1]
    ticked = TICKED(minute, system=Calendar.ARRIVALS, next_at=min(times))
    return [*_leave(world, leaving, minute), *returning, *entering, ticked]


# Leaving.


def _departures(world: World, minute: int) -> tuple[Rows, Rows]:
    """Formations that leave now, and those that are to but cannot: in battle or cut off."""
    dated = schedule(world.statics)
    past = dated[dated[:, 0] <= minute]
    formations, participants = world.formations, world.participants
    past = past[past[:, 0] > formations.called_at[past[:, 2]]]
    latest = {row: what for _, what, row, _, _ in past.tolist()}  # by minute: the last line of each counts
    going = [row for row, what in latest.items() if what == WITHDRAW]
    called = np.flatnonzero(formations.leaves_at <= minute)
    rows = np.union1d(called, np.array(going, dtype=np.int64)).astype(np.int64)
    rows = rows[np.isin(formations.status[rows], (Status.ON_MAP, Status.WAITING)) & (formations.kept[rows] == 0)]
    fighting = np.zeros(len(formations), dtype=bool)
    fighting[participants.formation[participants.left_at > minute]] = True
    bound = fighting[rows] | (formations.cut_off_since[rows] < NEVER) | (formations.afloat[rows] > 0)
    return rows[~bound], rows[bound]


def _leave(world: World, rows: Rows, minute: int) -> list[Event]:
    if not len(rows):
        return []
    orders = world.orders
    open_ = (orders.state == OrderState.ON_ITS_WAY) | (orders.state == OrderState.IN_FORCE)
    given = np.flatnonzero(open_ & np.isin(orders.formation, rows))
    closed = [ORDER_CLOSED(minute, order=given, state=OrderState.SUPERSEDED)] if len(given) else []
    return [*closed, LEFT_MAP(minute, formation=rows, hex=world.formations.hex[rows])]


def _returns(world: World, minute: int) -> list[Event]:
    """Formations that left earlier and are dated to come back now."""
    dated = schedule(world.statics)
    now = dated[(dated[:, 1] == ARRIVE) & (dated[:, 0] > minute - GRAIN_MIN) & (dated[:, 0] <= minute)]
    now = now[world.formations.status[now[:, 2]] == Status.WITHDRAWN]
    if not len(now):
        return []
    rows, place, hq = now[:, 2], now[:, 3], now[:, 4]
    own = np.array([world.statics.scenario.formations[row].cell for row in rows.tolist()])
    place = np.where(place >= 0, place, own)
    events = [EXPECTED(minute, formation=rows, appears_at=minute + GRAIN_MIN, hex=place)]
    moved = hq >= 0
    return [*events, ATTACHED(minute, formation=rows[moved], hq=hq[moved])] if moved.any() else events


# Entering.


def _entries(
    world: World, minute: int, dice: Dice, retry: int, trace: Trace | None
) -> tuple[list[Event], list[int]]:
    """Formations whose hour has come, in the order of their dice; and when others are due."""
    formations = world.formations
    waiting = np.flatnonzero((formations.status == Status.WAITING) & (formations.afloat == 0))
    waiting = waiting[~np.isin(waiting, _gone_before(world, minute))]
    due = waiting[formations.appears_at[waiting] <= minute]
    coming = formations.appears_at[np.setdiff1d(waiting, due)]
    later = [int(coming.min(initial=NEVER))]
    if not len(due):
        return [], later
    subject = formations.subject[due]
    due = due[np.lexsort((subject, dice.uniform(Stream.CLAIM, subject, minute, _CLAIM_DRAW)))]
    places = ground.standing(world).places.astype(np.int64)
    entered: list[tuple[int, int]] = []
    kept_out: list[int] = []
    for row in due.tolist():
        cell = _entrance(world, row, minute, places, trace)
        if cell < 0:
            kept_out.append(row)
        else:
            places[formations.side[row], cell] += formations.stack[row]
            entered.append((row, cell))
    events = []
    if entered:
        events.append(APPEARED(minute, formation=[row for row, _ in entered], hex=[cell for _, cell in entered]))
    if kept_out:
        events.append(POSTPONED(minute, formation=kept_out, appears_at=retry))
        later.append(retry)
    return events, later


def _gone_before(world: World, minute: int) -> Rows:
    """Formations that leave at this minute without ever having come."""
    return _departures(world, minute)[0]


def _entrance(world: World, row: int, minute: int, places: Rows, trace: Trace | None) -> int:
    """The hex where a formation enters, -1 if there is none: out of the enemy's touch if possible, then the nearest."""
    statics, formations = world.statics, world.formations
    rules, side = statics.rules, int(formations.side[row])
    place = _place(world, row)
    if place < 0:
        return -1
    by_rail = formations.route[row, 0] >= 0
    waited = max(minute - (int(formations.pause_until[row]) if by_rail else _dated(statics, row, minute)), 0)
    march = round(rules["arrivals.divert_km_day"] * 1000.0) * waited // DAY // statics.grid.spacing_m
    limit = round(2 * rules["contact.stack_limit"])
    cells = np.flatnonzero((world.hexes.owner == side) & ground.passable(statics)[:-1])
    apart = statics.grid.distance(cells, place)
    room = places[side, cells] + int(formations.stack[row]) <= limit
    fits = room & (apart <= round(rules["arrivals.near_hexes"]) + march)
    fits &= ground.standing(world).count[1 - side, cells] == 0
    if trace is not None:
        trace.record("formations", row, "waited_days", waited / DAY, "arrivals.divert_km_day")
        trace.record("formations", row, "hexes_to_choose_from", float(fits.sum()), "arrivals.near_hexes")
    if not fits.any():
        return -1
    cells, apart = cells[fits], apart[fits]
    touched = ground.formations_near(world, 1 - side, 1)[cells]
    return int(cells[np.lexsort((cells, apart, touched))[0]])


def _place(world: World, row: int) -> int:
    """Where a formation is to enter: its station, the place its row names, or where its headquarters is."""
    formations = world.formations
    if formations.route[row, 0] >= 0:
        return detrains_at(world, row)
    named, hq = int(formations.goal[row]), int(formations.hq[row])
    return named if named >= 0 or hq < 0 else int(world.headquarters.hex[hq])


def _dated(statics: Statics, row: int, minute: int) -> int:
    """The minute for which a formation's (last) arrival was dated."""
    dated = schedule(statics)
    returns = dated[(dated[:, 1] == ARRIVE) & (dated[:, 2] == row) & (dated[:, 0] <= minute), 0]
    return int(returns[-1]) if len(returns) else int(statics.scenario.formations[row].arrives_min)


SYSTEM = System("arrivals", 3, GRAIN_MIN, on_calendar(Calendar.ARRIVALS), decide, Calendar.ARRIVALS)
