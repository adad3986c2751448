"""Builds a side's view of the war: the only thing that staffs, players and checks may look at.

The law of fog rests on this file: nothing here may read an enemy formation except through a report in
``sightings`` or because it stands beside an own formation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, rounded
from engine.core.calendar import DAY
from engine.core.columns import FINE, NANO, Array, Table
from engine.model.codes import IN_FORCE, LIVE, MARCHING, ON_ITS_WAY, Status
from engine.model.view import (
    Arrivals,
    Enemies,
    HexFrame,
    OwnBattles,
    OwnDepots,
    OwnDirectives,
    OwnFormations,
    OwnHeadquarters,
    OwnOrders,
    SideView,
    WeatherNow,
)
from engine.model.world import World
from engine.rules.demand import days_of, needs
from engine.rules.derived import derived
from engine.rules.sight import LEAST_LEVEL, faded, half_lives, memory_min, on_map, watched
from engine.rules.steps import blown_sides

Rows = npt.NDArray[np.int64]

REMEMBERED_MIN = 4 * DAY
"""Battles that ended longer ago are no longer in the view."""
X_STEP = 250_000
"""Own commanders feel how a battle goes in steps of a quarter of x (millionths)."""
CONTACT_LEVEL = 2
"""What one knows of an enemy beside an own formation, at least: type and size."""

_IDENTITY = ("kind", "mobility", "echelon", "stack", "combat_share", "quality", "men_full")
_STATE: Final = (
    "hq", "hex", "in_place_since", "leg_to", "departed_at", "leg_at", "goal", "target", "pause_until", "task", "posture",
    "stage", "supplied", "cut_off_since", "hungry_since", "contact", "exploiting", "last_fight_at", "moved_m",
    "afloat", "landed_at",
)  # fmt: skip
_DIRECTIVE = (
    "hq", "kind", "axis", "line", "fall_back", "objective", "assault", "mobile", "reserve",
    "assault_strongest", "mobile_strongest", "reserve_share", "corridor_m", "start_at", "end_at",
    "known_at", "raid", "permission", "surprise", "trigger", "trigger_ref", "source", "arrives_at",
)  # fmt: skip
_ORDER = (
    "formation", "hq", "kind", "goal", "issued_at", "arrives_at", "state", "by_human", "reason", "detail",
)  # fmt: skip
_HEADQUARTERS = ("echelon", "parent", "staff", "hex", "moved_at", "commander", "alarm_at")
_DEPOT = ("kind", "hex", "capacity_t", "used_t", "working", "open", "sea_kg")
_REPORT = ("hex", "seen_at", "men", "afv", "power", "kind")
_WAITING = int(Status.WAITING)
_OF_POWER: Final = ("men", "afv", "guns", "cohesion", "fatigue")
"""Stocks that make up points: read together, as one is hardly asked for without the others."""
_WEATHER = ("sky", "ground", "wind", "sea", "flyable", "daylight", "ice_mm")


def side_view(world: World, side: int, minute: int) -> SideView:
    """What ``side`` may know at ``minute`` (between minutes: all before it are done)."""
    make = _maker(world, side, minute)
    return SideView(side, minute, world.statics, **{name: make(name, True) for name in _PARTS})


def passing_view(world: World, side: int, minute: int) -> PassingView:
    """The same for a commander, who answers before the world goes on: parts nobody looks at are never made."""
    make = _maker(world, side, minute)
    return PassingView({"side": side, "minute": minute, "statics": world.statics}, lambda name: make(name, False))


_PARTS = (
    "own", "coming", "enemies", "hexes", "headquarters", "orders", "directives", "battles", "depots", "weather",
)  # fmt: skip


class _AsAsked:
    """A frame whose columns are made when they are first looked at, and until it is closed."""

    def __init__(self, made: dict[str, Any], make: Callable[[str], Any]) -> None:
        self.__dict__.update(made, _make=make)

    def __getattr__(self, name: str) -> Any:
        """Called for what has not been made yet."""
        make = self.__dict__.get("_make")
        if make is None or name.startswith("_"):
            raise AttributeError(f"no {name!r} here, or nobody looked at it while the view was open")
        found = self.__dict__[name] = make(name)
        return found

    def close(self) -> None:
        """What has not been looked at by now is gone: the world goes on."""
        self.__dict__["_make"] = None
        for part in list(self.__dict__.values()):
            if isinstance(part, _AsAsked):
                part.close()


class PassingView(_AsAsked, SideView):
    """A view that is complete only in what was looked at before it was closed."""


class _PassingOwn(_AsAsked, OwnFormations):
    pass


class _PassingEnemies(_AsAsked, Enemies):
    pass


class _PassingBattles(_AsAsked, OwnBattles):
    pass


def _maker(world: World, side: int, minute: int) -> Callable[[str, bool], Any]:
    """A function that makes one part of a view by name, at once or (where it pays) as its columns are asked for."""

    def make(name: str, at_once: bool) -> Any:
        if name in _BY_COLUMNS:
            return _BY_COLUMNS[name](world, side, minute, at_once)
        return _OTHER_PARTS[name](world, side, minute)

    return make


def _fixed(array: Array) -> Array:
    array.flags.writeable = False
    return array


class _Stocks(dict[str, Rows]):
    """Stocks of some formations at a minute in their fine units, each read when it is first asked for."""

    def __init__(self, world: World, minute: int, rows: Rows) -> None:
        super().__init__()
        self._of = world.formations, minute, rows

    def __missing__(self, name: str) -> Rows:
        formations, minute, rows = self._of
        self.update(formations.read_all(_OF_POWER if name in _OF_POWER else (name,), minute, rows))
        return self[name]


def _own(world: World, side: int, minute: int, at_once: bool) -> OwnFormations:
    formations, rows = world.formations, on_map(world, side)
    fixed, now = _unchanging(world, side, rows), _Stocks(world, minute, rows)

    fixed.update(formations.pick(_STATE, rows))

    def make(name: str) -> Array:
        if name == "order":
            return _fixed(_order_numbers(world, side)[formations.order[rows]])
        return _fixed(_CHANGING[name](world, fixed, now))

    if at_once:
        fixed.update({name: make(name) for name in (*_CHANGING, "order")})
        return OwnFormations(**fixed)
    return _PassingOwn(fixed, make)


def _per_man(world: World, fixed: dict[str, Any], now: _Stocks, stock: str, need: str) -> Rows:
    """Days (fills of fuel) that a stock lasts at present strength, millionths."""
    rate: npt.NDArray[np.float64] = getattr(needs(world.statics), need)[fixed["kind"]]
    return days_of(now[stock], rate * (now["men"] / FINE))


_CHANGING: dict[str, Callable[[World, dict[str, Any], _Stocks], Rows]] = {
    "men": lambda world, fixed, now: now["men"] // FINE,
    "men_in_line": lambda world, fixed, now: now["men"] // FINE * fixed["combat_share"] // PPM,
    "afv": lambda world, fixed, now: now["afv"] // FINE,
    "afv_shop": lambda world, fixed, now: now["afv_shop"] // FINE,
    "guns": lambda world, fixed, now: now["guns"] // FINE,
    "power": lambda world, fixed, now: _points(world, fixed, now),
    "cohesion": lambda world, fixed, now: now["cohesion"] // 1000,
    "fatigue": lambda world, fixed, now: now["fatigue"] // 1000,
    "works": lambda world, fixed, now: now["works"] // 1000,
    "ammo_days": lambda world, fixed, now: _per_man(world, fixed, now, "ammo", "ammo_defence"),
    "fuel_days": lambda world, fixed, now: _per_man(world, fixed, now, "fuel", "fuel_100km"),
    "food_days": lambda world, fixed, now: _per_man(world, fixed, now, "food", "food"),
    "battle_losses": lambda world, fixed, now: now["battle"] // FINE,
}
"""Columns of own formations that follow from their stocks."""


def _points(world: World, fixed: dict[str, Any], now: Mapping[str, Rows]) -> Rows:
    """Effective power, posture and terrain left out: q x (combat men + 20 AFV + 15 guns)."""
    rules = world.statics.rules
    worth = now["men"] * (fixed["combat_share"] / PPM)
    worth = worth + rules["combat.weight_afv"] * now["afv"]
    worth = worth + rules["combat.weight_gun"] * now["guns"]
    ready = now["cohesion"] * (rules["combat.quality_cohesion_share"] / NANO)
    ready = ready + rules["combat.quality_cohesion_floor"]
    tired = now["fatigue"] * (rules["combat.quality_fatigue_share"] / NANO)
    quality = (fixed["quality"] / PPM) * ready * (1.0 - tired)
    return rounded(worth * quality / FINE)


def _unchanging(world: World, side: int, rows: Rows) -> dict[str, Any]:
    """Identity columns and names of own formations; made again only when others stand on the map."""
    key, stamp = f"views.own.{side}", rows.tobytes()
    held = world.derived.get(key)
    if held is None or held[0] != stamp:
        position = np.full(len(world.formations), -1, dtype=np.int32)
        position[rows] = np.arange(len(rows), dtype=np.int32)
        names = world.statics.formation_ids
        found = {
            "row": _fixed(rows),
            "ids": tuple(names[row] for row in rows.tolist()),
            "position": _fixed(position),
            **world.formations.pick(_IDENTITY, rows),
        }
        held = world.derived[key] = (stamp, found)
    return dict(held[1])


def _coming(world: World, side: int, minute: int) -> Arrivals:
    """Formations still to come."""
    formations = world.formations
    rows = np.flatnonzero((formations.side == side) & (formations.status == _WAITING))
    names = tuple(world.statics.formation_ids[row] for row in rows.tolist())
    return Arrivals(_fixed(rows), names, _fixed(formations.appears_at[rows]), _fixed(formations.hq[rows]))


def _enemies(world: World, side: int, minute: int, at_once: bool) -> Enemies:
    """Reports that still count, corrected by what stands beside own formations now."""
    formations, sightings = world.formations, world.sightings
    near = watched(world, on_map(world, side))
    theirs = on_map(world, 1 - side)
    beside = theirs[near[formations.hex[theirs]]]
    reports = derived(
        world, f"views.reports.{side}", sightings.version("observer"), lambda: np.flatnonzero(sightings.observer == side)
    )
    met = _Met(world, beside, reports, minute)
    old = _Remembered(world, side, reports, near, beside, minute)

    def make(name: str) -> Array:
        found = np.concatenate((met.column(name), old.column(name)))
        return _fixed(_numbers(sightings, reports)[found] if name == "sighting" else found)

    if at_once:
        return Enemies(**{field.name: make(field.name) for field in fields(Enemies)})
    return _PassingEnemies({}, make)


def _numbers(sightings: Table, reports: Rows) -> Rows:
    """Reports are numbered within their side: how many the other has written is not for this one to know."""
    number = np.full(len(sightings) + 1, -1, dtype=np.int64)
    number[reports] = np.arange(len(reports))
    return number


class _Met:
    """Enemies beside own formations: true place, level at least 2; strength as reported, else as usual."""

    def __init__(self, world: World, rows: Rows, reports: Rows, minute: int) -> None:
        self.world, self.rows, self.minute = world, rows, minute
        # A phantom (-1) lands on the last entry, which nobody reads.
        report_of = np.full(len(world.formations) + 1, -1, dtype=np.int64)
        report_of[world.sightings.formation[reports]] = reports
        self.report = report_of[rows]

    def column(self, name: str) -> Array:
        """One column of ``Enemies``."""
        formations, rows = self.world.formations, self.rows
        if name in ("hex", "kind"):
            return formations[name][rows].astype(np.int64)
        if name in ("men", "afv", "power"):
            return self._strength(name)
        if name == "level":
            return self._level()
        if name == "moving":
            moving: Array = (formations.leg_to[rows] >= 0) | (formations.stage[rows] == MARCHING)
            return moving.astype(np.int64)
        if name in ("sighting", "formation"):
            here: Array = self.report if name == "sighting" else rows
            return here
        same: dict[str, int] = {"seen_at": self.minute, "age_min": 0, "certainty": PPM, "contact": 1}
        return np.full(len(rows), same[name], np.int64)

    def _strength(self, name: str) -> Array:
        usual = _usual(self.world)[("men", "afv", "power").index(name)]
        found: Array = usual[self.world.formations.kind[self.rows]]
        have = self.report >= 0
        found[have] = self.world.sightings[name][self.report[have]]
        return found

    def _level(self) -> Array:
        sightings, have = self.world.sightings, self.report >= 0
        hits = self.report[have]
        level = np.full(len(self.rows), CONTACT_LEVEL * PPM, dtype=np.int64)
        age = self.minute - sightings.seen_at[hits]
        now = rounded(faded(sightings.level[hits], age, sightings.half_life[hits]))
        level[have] = np.maximum(level[have], now)
        return level


class _Remembered:
    """Older reports: not of formations met now, nor of hexes where one would see that nobody is there."""

    def __init__(
        self, world: World, side: int, reports: Rows, near: npt.NDArray[np.bool_], beside: Rows, minute: int
    ) -> None:
        sightings = world.sightings
        cell = sightings.hex[reports]
        out = np.zeros(len(world.formations) + 1, dtype=bool)
        out[beside] = True
        gone = out[sightings.formation[reports]] | near[cell] | (world.hexes.owner[cell] == side) | (cell < 0)
        # How far a report has faded is dear to tell: only of those that may count.
        rows = reports[~gone]
        age = minute - sightings.seen_at[rows]
        fresh = age <= memory_min(world.statics)
        if not fresh.all():
            rows, age = rows[fresh], age[fresh]
        level = rounded(faded(sightings.level[rows], age, sightings.half_life[rows]))
        clear = level >= LEAST_LEVEL
        self.world, self.rows, self.age, self.level = world, rows[clear], age[clear], level[clear]

    def column(self, name: str) -> Array:
        """One column of ``Enemies``."""
        sightings, rows = self.world.sightings, self.rows
        if name in _REPORT:
            said: Array = sightings[name][rows].astype(np.int64)
            return said
        if name == "certainty":
            return np.minimum(self.level // 2, PPM)
        if name == "formation":
            return np.where(self.level >= CONTACT_LEVEL * PPM, sightings.formation[rows], -1).astype(np.int64)
        if name == "moving":
            moving: Array = sightings.half_life[rows] == half_lives(self.world.statics)[1]
            return moving.astype(np.int64)
        if name == "contact":
            return np.zeros(len(rows), dtype=np.int64)
        kept: dict[str, Array] = {"sighting": rows, "level": self.level, "age_min": self.age}
        return kept[name]


def _usual(world: World) -> tuple[Array, Array, Array]:
    """Men, AFVs and points that a formation of each kind is taken to have when nothing better is known."""
    statics = world.statics
    found: tuple[Array, Array, Array] | None = statics.memo.get("views.usual")
    if found is None:
        kinds = [statics.scenario.kinds[name] for name in statics.kinds]
        men, afv, guns = (np.array([getattr(k, n) for k in kinds], np.int64) for n in ("men", "afv", "guns"))
        cev, share = (np.array([getattr(k, n) for k in kinds]) for n in ("cev", "combat_share"))
        rules = statics.rules
        worth = men * share + rules["combat.weight_afv"] * afv + rules["combat.weight_gun"] * guns
        found = statics.memo["views.usual"] = (men, afv, rounded(worth * cev))
    return found


def _hexes(world: World, side: int, minute: int) -> HexFrame:
    """Control as it is: views share it while it stays the same."""
    hexes = world.hexes

    def make() -> HexFrame:
        return HexFrame(
            inside=hexes.inside,  # never changes: no copy needed
            owner=_fixed(hexes.owner.copy()),
            owner_since=_fixed(hexes.owner_since.copy()),
            works=_fixed(hexes.works.copy()),
            works_side=_fixed(hexes.works_side.copy()),
            blown=_fixed(blown_sides(world)),
        )

    key = (*hexes.version("owner", "owner_since", "works", "works_side"), *world.hexsides.version("bridge_down"))
    return derived(world, "views.hexes", key, make)


def _headquarters(world: World, side: int, minute: int) -> OwnHeadquarters:
    def make() -> OwnHeadquarters:
        rows = np.flatnonzero(world.headquarters.side == side)
        names = tuple(world.statics.headquarters_ids[row] for row in rows.tolist())
        return OwnHeadquarters(row=_fixed(rows), ids=names, **world.headquarters.pick(_HEADQUARTERS, rows))

    return derived(world, f"views.headquarters.{side}", world.headquarters.version("side", *_HEADQUARTERS), make)


def _order_numbers(world: World, side: int) -> Rows:
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


def _orders(world: World, side: int, minute: int) -> OwnOrders:
    orders = world.orders
    rows = ((orders.state == ON_ITS_WAY) | (orders.state == IN_FORCE)).nonzero()[0]
    mine: Rows = rows[world.formations.side[orders.formation[rows]] == side]
    return OwnOrders(row=_fixed(_order_numbers(world, side)[mine]), **orders.pick(_ORDER, mine))


def _directives(world: World, side: int, minute: int) -> OwnDirectives:
    """Directives that have arrived. What they say never changes once written but for state and start."""
    directives = world.directives
    known = (directives.arrives_at <= minute).nonzero()[0]
    rows = known[world.headquarters.side[directives.hq[known]] == side]
    stamp = tuple(a.tobytes() for a in (rows, directives.start_at[rows], directives.end_at[rows]))
    said = derived(
        world, f"views.directives.{side}", stamp, lambda: {"row": _fixed(rows), **directives.pick(_DIRECTIVE, rows)}
    )
    state = _fixed(directives.state[rows])
    key = (*stamp, state.tobytes())
    return derived(world, f"views.directives.state.{side}", key, lambda: OwnDirectives(**said, state=state))


def _battles(world: World, side: int, minute: int, at_once: bool) -> OwnBattles:
    battles, participants = world.battles, world.participants
    recent = (battles.outcome == LIVE) | (battles.ended_at > minute - REMEMBERED_MIN)
    rows = recent.nonzero()[0]
    own = (participants.left_at > minute).nonzero()[0]
    own = own[recent[participants.battle[own]]]
    own = own[world.formations.side[participants.formation[own]] == side]

    found = {**battles.pick(_BATTLE, rows), **participants.pick(_TAKING_PART, own)}

    def make(name: str) -> Array:
        return _fixed(_FELT[name](world, side, minute, rows))

    if at_once:
        return OwnBattles(**found, **{name: make(name) for name in _FELT})
    return _PassingBattles(found, make)


_BATTLE: Final = ("hex", "kind", "started_at", "ended_at", "outcome", "cause")
_TAKING_PART: Final = ("formation", "battle", "role", "direction", "share")


def _depth(world: World, side: int, minute: int, rows: Rows) -> Array:
    battles = world.battles
    live = battles.outcome[rows] == LIVE
    depth: Array = np.where(live, battles.read("depth", minute, rows), battles.depth_u[rows]) // 1_000_000
    return depth


_FELT: Final[dict[str, Callable[[World, int, int, Rows], Array]]] = {
    "row": lambda world, side, minute, rows: rows,
    "attacking": lambda world, side, minute, rows: (world.battles.attacker[rows] == side).astype(np.int8),
    "depth_m": _depth,
    "x": lambda world, side, minute, rows: (world.battles.x[rows].astype(np.int64) + X_STEP // 2) // X_STEP * X_STEP,
}
"""Columns of battles as a side sees them."""


def _depots(world: World, side: int, minute: int) -> OwnDepots:
    def make() -> OwnDepots:
        rows = np.flatnonzero(world.depots.side == side)
        return OwnDepots(row=_fixed(rows), **world.depots.pick(_DEPOT, rows))

    return derived(world, f"views.depots.{side}", world.depots.version("side", *_DEPOT), make)


def _weather(world: World, side: int, minute: int) -> WeatherNow:
    return WeatherNow(*(int(world.weather[name][0]) for name in _WEATHER))


_BY_COLUMNS: Final[dict[str, Callable[[World, int, int, bool], Any]]] = {
    "own": _own, "enemies": _enemies, "battles": _battles,
}  # fmt: skip
"""Parts whose columns are made one by one as they are asked for, or all at once."""
_OTHER_PARTS: Final[dict[str, Callable[[World, int, int], Any]]] = {
    "coming": _coming, "hexes": _hexes, "headquarters": _headquarters, "orders": _orders, "directives": _directives,
    "depots": _depots, "weather": _weather,
}  # fmt: skip
