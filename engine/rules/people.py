"""Phase 14, people, at midnight: natives called up, wounded who come back, men who go home, partisans and their hunters.

Each row of people.csv that is in force counts for the day to come. Men are whole; who gets them is settled by what
formations lack, never above their strength at the start. Formations that are cut off get nobody. A pool of men is
drained by its rows in their order. Without rows the system never runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import rounded
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import FINE, among, rows_where
from engine.core.dice import Dice, Stream
from engine.model.codes import ON_MAP, SIDES, Calendar, HexKind
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.kinds import EventKind
from engine.model.events.people import CALLED_UP, CAME_BACK, CUT_RAILS, HEALED, HUNTED, WENT_HOME
from engine.model.politics import PeopleSpec
from engine.model.world import World
from engine.rules.combat_lineup import fighting
from engine.rules.ground import contacts
from engine.rules.hierarchy import under
from engine.rules.power import on
from engine.rules.rail import other_ends, own_gauge
from engine.rules.system import System, Trace, on_calendar

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GRAIN_MIN: Final = 15
_SPARE_MIN: Final = 6 * HOUR
"""Rates of loss stand for so long: nobody sends home men whom they will take."""
_GUARDS: Final = ("security", "security_group")
"""Kinds whose task it is to guard the rear."""
_DIRECTIONS: Final = 6


@dataclass
class Day:
    """The day that begins: what the rows before have given and taken already."""

    world: World
    minute: int
    lacking: Ints
    """Shape (formations,): whole men missing to the strength at the start."""
    leaving: Ints
    """Shape (formations,): 1e-6 men who go home today."""
    trace: Trace | None
    events: list[Event] = field(default_factory=list)

    def rule(self, address: str) -> float:
        """A parameter."""
        return self.world.statics.rules[address]

    def told(self, row: int, key: str, value: float, address: str = "") -> None:
        """A term of a row, if anybody asks."""
        if self.trace is not None:
            self.trace.record("people", row, key, float(value), address)


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """What each row in force comes to today."""
    people, specs = world.people, world.statics.scenario.people
    live = (people.open_at <= minute) & (people.close_at > minute)
    events: list[Event] = []
    if minute % DAY == 0 and live.any() and on(world.statics.rules, "people"):
        day = _day(world, minute, trace)
        for row in np.flatnonzero(live).tolist():
            _OF[specs[row].kind](day, row, specs[row], dice)
        events = day.events
    return [*events, TICKED(minute, system=Calendar.PEOPLE, next_at=_next_day(world, minute))]


def _next_day(world: World, minute: int) -> int:
    """The next midnight with a row in force."""
    people = world.people
    open_ = people.close_at > minute + 1
    if not open_.any():
        return NEVER
    first = max(int(people.open_at[open_].min()), minute + 1)
    return min(-(-first // DAY) * DAY, NEVER)


def _day(world: World, minute: int, trace: Trace | None) -> Day:
    formations = world.formations
    present = formations.read("men", minute) + formations.aboard_u
    lacking = formations.men_full.astype(np.int64) - present // FINE
    return Day(world, minute, np.maximum(lacking, 0), np.zeros(len(formations), np.int64), trace)


# Whom a row is about.


def region(world: World, spec: PeopleSpec) -> Ints:
    """Land hexes of a row's circle inside the window, which never change; all of them without one."""
    statics, key = world.statics, f"people.region.{spec.cell}.{spec.radius_km}"
    found: Ints | None = statics.private.get(key)
    if found is None:
        found = np.flatnonzero((statics.theatre.kind == HexKind.LAND) & (world.hexes.inside == 1))
        if spec.cell >= 0 and spec.radius_km > 0:
            hexes = round(spec.radius_km * 1000.0) // statics.grid.spacing_m
            found = found[statics.grid.distance(found, spec.cell) <= hexes]
        found.flags.writeable = False
        statics.private[key] = found
    return found


def _chosen(world: World, spec: PeopleSpec) -> Mask:
    """Shape (formations,): those of a row's side, headquarters and nation, or the one it names."""
    statics, formations = world.statics, world.formations
    mine: Mask = formations.side == SIDES.index(spec.side)
    if spec.hq:
        mine &= under(world, np.array([statics.headquarters_rows[spec.hq]]))
    if spec.nation:
        mine &= np.array([f.nation == spec.nation for f in statics.scenario.formations], dtype=bool)
    if spec.subject:
        mine &= np.arange(len(formations)) == statics.formation_rows[spec.subject]
    return mine


def _takers(day: Day, spec: PeopleSpec, near: Mask | None = None) -> Ints:
    """Formations on the map that lack men and can be reached."""
    formations = day.world.formations
    can = _chosen(day.world, spec) & (formations.status == ON_MAP) & (day.lacking > 0)
    can &= formations.cut_off_since > day.minute
    if near is not None:
        can &= near
    return np.flatnonzero(can)


def _shared_out(day: Day, rows: Ints, men: int) -> Ints:
    """Whole men for each of ``rows``, in proportion to what they lack: no more than that; the rest is not handed out."""
    lacking = day.lacking[rows]
    total = int(lacking.sum())
    got: Ints = lacking * min(men, total) // max(total, 1)
    day.lacking[rows] -= got
    return got


def _hand_out(day: Day, row: int, rows: Ints, men: int, make: EventKind = CALLED_UP) -> None:
    got = _shared_out(day, rows, men)
    some = got > 0
    if some.any():
        day.events.append(make(day.minute, formation=rows[some], people=row, men_u=got[some] * FINE))
    day.told(row, "formations_that_lack_men", float(len(rows)))
    day.told(row, "handed_out", float(got.sum()))


# Conscription.


def _conscription(day: Day, row: int, spec: PeopleSpec, dice: Dice) -> None:
    """Men are called up where the side has held the region for some days, and go to troops within reach."""
    world = day.world
    cells = region(world, spec)
    since = day.minute - day.rule("people.draft_wait_days") * DAY
    hexes = world.hexes
    settled = (hexes.owner_since[cells] <= since) | (hexes.owner_since[cells] == 0)
    held = (hexes.owner[cells] == SIDES.index(spec.side)) & settled
    share = int(held.sum()) / max(len(cells), 1)
    reach = round((spec.radius_km + day.rule("people.draft_reach_km")) * 1000.0) // world.statics.grid.spacing_m
    here = world.formations.hex
    near = (here >= 0) & (world.statics.grid.distance(np.maximum(here, 0), spec.cell) <= reach)
    day.told(row, "share_of_region_held", share, "people.draft_wait_days")
    _call_up(day, row, spec, share, None if spec.hq or spec.subject else near)


def _drafts(day: Day, row: int, spec: PeopleSpec, dice: Dice) -> None:
    """Men from elsewhere, to all troops that the row is about."""
    _call_up(day, row, spec, 1.0, None)


def _call_up(day: Day, row: int, spec: PeopleSpec, share: float, near: Mask | None) -> None:
    """A day's men, as long as there are some left."""
    left = int(day.world.people.left_u[row]) // FINE
    men = int(rounded(np.array([spec.men_day * share]))[0])
    men = men if left < 0 else min(men, left)
    day.told(row, "men_day", spec.men_day, f"people.{spec.id}.men_day")
    day.told(row, "men_left", float(left), f"people.{spec.id}.men")
    if men > 0:
        _hand_out(day, row, _takers(day, spec, near), men)


# Wounded.


def _convalescents(day: Day, row: int, spec: PeopleSpec, dice: Dice) -> None:
    """Of new battle losses a share are wounded who will come back; each day a share of those owed does."""
    world = day.world
    mine = np.flatnonzero(_chosen(world, spec))
    lost = int(world.formations.read("battle", day.minute, mine).sum())
    fresh = max(lost - int(world.people.seen_u[row]), 0)
    share = day.rule(f"people.wounded_{spec.side}") * day.rule(f"people.return_{spec.side}")
    owed = int(world.people.owed_u[row]) + int(fresh * share)
    day.events.append(HEALED(day.minute, people=row, seen_u=max(lost, int(world.people.seen_u[row])), owed_u=owed))
    back = int(owed / day.rule("people.return_days")) // FINE
    day.told(row, "battle_losses_since", fresh / FINE)
    day.told(row, "share_that_returns", share, f"people.return_{spec.side}")
    day.told(row, "owed", owed / FINE)
    day.told(row, "back_today", float(back), "people.return_days")
    if back > 0:
        _hand_out(day, row, _takers(day, spec), back, CAME_BACK)


# Going home.


def _release(day: Day, row: int, spec: PeopleSpec, dice: Dice) -> None:
    """A share of the men of formations in the region leaves; never those whom present rates of loss will take."""
    world, formations = day.world, day.world.formations
    rows = np.flatnonzero(_chosen(world, spec) & (formations.status == ON_MAP))
    if spec.cell >= 0 and spec.radius_km > 0:
        rows = rows[np.isin(formations.hex[rows], region(world, spec))]
    men = formations.read("men", day.minute, rows)
    outflow = np.maximum(formations.battle_rate[rows] + formations.sick_rate[rows], 0) * _SPARE_MIN
    going = rounded(spec.share_day * men.astype(np.float64)) // FINE * FINE
    going = np.clip(going, 0, np.maximum(men - day.leaving[rows] - outflow, 0) // FINE * FINE)
    day.told(row, "share_day", spec.share_day, f"people.{spec.id}.share_day")
    day.told(row, "formations", float(len(rows)))
    day.told(row, "go_home", float(going.sum()) / FINE)
    some = going > 0
    if some.any():
        day.leaving[rows[some]] += going[some]
        day.events.append(WENT_HOME(day.minute, formation=rows[some], people=row, men_u=going[some]))


# Partisans.


def _partisans(day: Day, row: int, spec: PeopleSpec, dice: Dice) -> None:
    """They cut railways of the enemy in the region; his guards keep them from it, and his security troops hunt them."""
    world = day.world
    cells = region(world, spec)
    left = int(world.people.left_u[row])
    guards, hunters = _guards(world, 1 - SIDES.index(spec.side), cells, day)
    men = left / FINE
    held_off = men / (men + guards * day.rule("people.guard_worth")) if men > 0 else 0.0
    cuts = day.rule("people.cuts_1000_day") * (men / 1000.0) * held_off
    day.told(row, "men", men, f"people.{spec.id}.men")
    day.told(row, "guards", guards, "people.guard_others")
    day.told(row, "hunters", hunters, "people.hunt_day")
    day.told(row, "kept_from_it", held_off, "people.guard_worth")
    day.told(row, "cuts_day", cuts, "people.cuts_1000_day")
    _cut(day, row, cells, 1 - SIDES.index(spec.side), cuts, dice)
    fallen = min(left, int(rounded(np.array([hunters * day.rule("people.hunt_day")]))[0]) * FINE)
    if fallen > 0:
        day.events.append(HUNTED(day.minute, people=row, men_u=fallen))


def _guards(world: World, side: int, cells: Ints, day: Day) -> tuple[float, float]:
    """Men who guard a region: all of security troops, a part of others behind the line; and the security troops alone."""
    formations, statics = world.formations, world.statics
    free = (formations.status == ON_MAP) & (formations.side == side) & (contacts(world) == 0) & ~fighting(world)
    rows = rows_where(free & among(formations.hex, cells, statics.grid.size))
    if not len(rows):
        return 0.0, 0.0
    names = np.array([statics.kinds[kind] in _GUARDS for kind in formations.kind[rows].tolist()])
    weight = np.where(names, 1.0, day.rule("people.guard_others"))
    men = rounded(formations.read("men", day.minute, rows) / FINE * weight)
    return float(men.sum()), float(men[names].sum())


def _cut(day: Day, row: int, cells: Ints, side: int, cuts: float, dice: Dice) -> None:
    """Each whole line of the region that the enemy's trains use may be cut today; every hexside has its own die."""
    world, links = day.world, day.world.links
    if not len(links) or cuts <= 0 or not on(world.statics.rules, "rail"):
        return
    owner, ends = world.hexes.owner, other_ends(world)
    size = world.statics.grid.size
    inside = among(links.hex, cells, size) & among(ends, cells, size)
    runs = (links.broken == 0) & (owner[links.hex] == side) & (owner[ends] == side)
    fits = (links.gauge == own_gauge(side)) | (links.ready_at < NEVER)
    lines = rows_where(inside & runs & fits)
    if not len(lines):
        return
    chance = min(cuts / len(lines), 1.0)
    subjects = (links.hex[lines].astype(np.int64) * _DIRECTIONS + links.direction[lines]).astype(np.uint32)
    hit = lines[dice.uniform(Stream.SABOTAGE, subjects, day.minute, row) < chance]
    day.told(row, "chance_of_each_line", chance)
    if len(hit):
        day.events.append(CUT_RAILS(day.minute, people=row, link=hit))


_OF: Final = {
    "conscription": _conscription,
    "drafts": _drafts,
    "convalescents": _convalescents,
    "release": _release,
    "partisans": _partisans,
}

SYSTEM = System("people", 14, GRAIN_MIN, on_calendar(Calendar.PEOPLE), decide, Calendar.PEOPLE)
