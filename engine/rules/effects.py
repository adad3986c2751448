"""What events of politics and high command do: a short list of effects, each as the events of the rule it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY, NEVER
from engine.model.codes import ON_MAP, PENDING, RUNNING, SIDES, Permission, Status, Taking
from engine.model.events import Event
from engine.model.events.arrivals import EXPECTED
from engine.model.events.combat import ENDANGERED
from engine.model.events.command import ATTACHED, COMMANDER_CHANGED, SUBORDINATED, TOOK_COMMAND
from engine.model.events.movement import CAPTURED
from engine.model.events.politics import OPENED, PERMITTED, RECALLED, RUN_ENDED, SOURCE_CHANGED
from engine.model.politics import Effect, PoliticalEvent
from engine.model.world import World
from engine.rules import fortress
from engine.rules.hierarchy import under
from engine.rules.stragglers import BY_EVENT

Rows = npt.NDArray[np.int64]


def effects(world: World, told: PoliticalEvent, minute: int) -> list[Event]:
    """The events that an event's effects come to, in their order."""
    return [event for effect in told.effects for event in _OF[effect.kind](world, effect, minute)]


def _formations(world: World, effect: Effect) -> Rows:
    known = world.statics.formation_rows
    return np.array([known[name] for name in effect.subjects if name in known], dtype=np.int64)


def _headquarters(world: World, effect: Effect) -> Rows:
    known = world.statics.headquarters_rows
    return np.array([known[name] for name in effect.subjects if name in known], dtype=np.int64)


def _withdraw(world: World, effect: Effect, minute: int) -> list[Event]:
    """Who is in the theatre, or on the way to it, is called away."""
    rows = _formations(world, effect)
    rows = rows[np.isin(world.formations.status[rows], (Status.ON_MAP, Status.WAITING))]
    return [RECALLED(minute, formation=rows)] if len(rows) else []


def _arrive(world: World, effect: Effect, minute: int) -> list[Event]:
    """Who is not in the theatre is to come at once."""
    rows = _formations(world, effect)
    rows = rows[np.isin(world.formations.status[rows], (Status.WITHDRAWN, Status.WAITING))]
    if not len(rows):
        return []
    own = np.array([world.statics.scenario.formations[row].cell for row in rows.tolist()])
    return [EXPECTED(minute, formation=rows, appears_at=minute + 1, hex=effect.cell if effect.cell >= 0 else own)]


def _attach(world: World, effect: Effect, minute: int) -> list[Event]:
    above = world.statics.headquarters_rows[effect.hq]
    troops, staffs = _formations(world, effect), _headquarters(world, effect)
    events = [ATTACHED(minute, formation=troops, hq=above)] if len(troops) else []
    return [*events, SUBORDINATED(minute, hq=staffs, parent=above)] if len(staffs) else events


def _commander(world: World, effect: Effect, minute: int) -> list[Event]:
    who = world.statics.commanders.index(effect.text)
    troops, staffs = _formations(world, effect), _headquarters(world, effect)
    events = [TOOK_COMMAND(minute, formation=troops, commander=who)] if len(troops) else []
    if len(staffs):
        events.append(COMMANDER_CHANGED(minute, hq=staffs, commander=who, staff=round(effect.staff * PPM)))
    return events


def _rename(world: World, effect: Effect, minute: int) -> list[Event]:
    """A new name follows from the event itself: ``names.name_of``."""
    return []


def _supply(world: World, effect: Effect, minute: int) -> list[Event]:
    rows = [world.statics.depot_ids.index(name) for name in effect.subjects]
    return [SOURCE_CHANGED(minute, depot=rows, capacity_t=round(effect.capacity_t))]


def _permission(world: World, effect: Effect, minute: int) -> list[Event]:
    """Directives in force or still to come; who follows a superior's directive follows its permission.

    ``free`` lifts an order to stand fast, no more: who has leave to fall back to a line keeps it.
    """
    directives, told = world.directives, Permission[effect.permission.upper()]
    open_ = np.isin(directives.state, (PENDING, RUNNING)) & np.isin(directives.hq, _headquarters(world, effect))
    if told == Permission.FREE:
        open_ &= directives.permission == Permission.STAND_FAST
    rows = np.flatnonzero(open_)
    return [PERMITTED(minute, directive=rows, permission=told)] if len(rows) else []


def _people(world: World, effect: Effect, minute: int) -> list[Event]:
    """Rows about people come into force, up to their date; or end."""
    rows, until = [], []
    for row, spec in enumerate(world.statics.scenario.people):
        if spec.id in effect.subjects:
            rows.append(row)
            until.append(spec.until_min if spec.until_min >= 0 else NEVER)
    if effect.open:
        return [OPENED(minute, people=rows, open_at=minute, close_at=until)]
    return [OPENED(minute, people=rows, open_at=world.people.open_at[rows], close_at=minute)]


def _surrender(world: World, effect: Effect, minute: int) -> list[Event]:
    """Who lays down his arms has his threshold used up: combat ends him at the next hour, as it ends others."""
    formations = world.formations
    if effect.side:
        chosen = formations.side == SIDES.index(effect.side)
    else:
        chosen = under(world, _headquarters(world, effect))
        chosen[_formations(world, effect)] = True
    here = np.flatnonzero(chosen & (formations.status == ON_MAP))
    coming = np.flatnonzero(chosen & (formations.status == Status.WAITING))
    events = [ENDANGERED(minute, formation=here, surrender_left=0, surrender_gain=BY_EVENT)] if len(here) else []
    return [*events, RECALLED(minute, formation=coming)] if len(coming) else events


def _hand_over(world: World, effect: Effect, minute: int) -> list[Event]:
    """A side's ground passes to the other, but for hexes in which formations of it still stand."""
    side, formations = SIDES.index(effect.side), world.formations
    own = world.hexes.owner == side
    own[formations.hex[(formations.status == ON_MAP) & (formations.side == side) & (formations.hex >= 0)]] = False
    cells = np.flatnonzero(own)
    if not len(cells):
        return []
    return [CAPTURED(minute, hex=cells, side=1 - side, formation=-1, how=Taking.HANDED_OVER)]


def _fortress(world: World, effect: Effect, minute: int) -> list[Event]:
    """A place is declared a fortress, or ceases to be one."""
    side = SIDES.index(effect.side)
    if effect.open:
        return fortress.decreed(world, side, fortress.cells_about(world, effect.cell, effect.ring), minute, lifted=False)
    return fortress.decreed(world, side, fortress.all_about(world, side, effect.cell), minute, lifted=True)


def _end(world: World, effect: Effect, minute: int) -> list[Event]:
    """The run ends with the day."""
    return [RUN_ENDED(minute, ends_at=(minute // DAY + 1) * DAY)]


_OF: Mapping[str, Callable[[World, Effect, int], list[Event]]] = {
    "withdraw": _withdraw,
    "arrive": _arrive,
    "attach": _attach,
    "commander": _commander,
    "rename": _rename,
    "supply": _supply,
    "permission": _permission,
    "people": _people,
    "surrender": _surrender,
    "hand_over": _hand_over,
    "fortress": _fortress,
    "end": _end,
}
