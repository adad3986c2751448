"""Builds a side's view of the war: the only thing that staffs, players and checks may look at.

The law of fog rests on this file: nothing here may read an enemy formation except through a report in
``sightings`` or because it stands beside an own formation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, rounded
from engine.core.calendar import DAY, NEVER
from engine.core.columns import FINE, NANO, Array, rows_where
from engine.core.jit import jit
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
    OwnRails,
    SideView,
    WeatherNow,
)
from engine.model.world import World
from engine.rules.demand import days_of, needs
from engine.rules.derived import derived
from engine.rules.rail import network
from engine.rules.sight import LEAST_LEVEL, faded_to, half_lives, memory_min, on_map, watched
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
    "known_at", "raid", "permission", "surprise", "trigger", "trigger_ref", "source", "arrives_at", "dummy", "ring", "clears",
)  # fmt: skip
_ORDER = (
    "formation", "hq", "kind", "goal", "issued_at", "arrives_at", "state", "by_human", "reason", "detail",
)  # fmt: skip
_HEADQUARTERS = ("echelon", "parent", "staff", "hex", "moved_at", "commander", "alarm_at")
_DEPOT = ("kind", "hex", "capacity_t", "used_t", "working", "open", "sea_kg")
_WAITING = int(Status.WAITING)
_OF_POWER: Final = ("men", "afv", "guns", "cohesion", "fatigue")
"""Stocks that make up points: read together, as one is hardly asked for without the others."""
_WEATHER = ("sky", "ground", "wind", "sea", "flyable", "daylight", "ice_mm", "strait_ice")


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
    "rails",
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


class _PassingOrders(_AsAsked, OwnOrders):
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

    def make(name: str) -> Array:
        if name in _STATE:
            return _fixed(formations[name][rows])
        if name == "order":
            return _fixed(_order_numbers(world, side)[formations.order[rows]])
        return _fixed(_CHANGING[name](world, fixed, now))

    if at_once:
        fixed.update(formations.pick(_STATE, rows))
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
    rules, points = world.statics.rules, np.empty(len(now["men"]), np.int64)
    p = np.array([rules[name] for name in _WORTH])
    men, afv, guns, cohesion, fatigue = (now[name] for name in _OF_POWER)
    _points_each(men, afv, guns, cohesion, fatigue, fixed["combat_share"], fixed["quality"], p, points)
    return points


_WORTH: Final = (
    "combat.weight_afv", "combat.weight_gun", "combat.quality_cohesion_share", "combat.quality_cohesion_floor",
    "combat.quality_fatigue_share",
)  # fmt: skip


@jit
def _points_each(
    men: Any, afv: Any, guns: Any, cohesion: Any, fatigue: Any, share: Any, cev: Any, p: Any, points: Any
) -> None:
    for i in range(len(points)):
        worth = men[i] * (share[i] / PPM)
        worth = worth + p[0] * afv[i]
        worth = worth + p[1] * guns[i]
        ready = cohesion[i] * (p[2] / NANO)
        ready = ready + p[3]
        tired = fatigue[i] * (p[4] / NANO)
        quality = (cev[i] / PPM) * ready * (1.0 - tired)
        points[i] = math.floor(worth * quality / FINE + 0.5)


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
    rows = rows_where((formations.side == side) & (formations.status == _WAITING))
    names = tuple(world.statics.formation_ids[row] for row in rows.tolist())
    return Arrivals(_fixed(rows), names, _fixed(formations.appears_at[rows]), _fixed(formations.hq[rows]))


def _enemies(world: World, side: int, minute: int) -> Enemies:
    """Reports that still count, corrected by what stands beside own formations now."""
    formations, sightings, statics = world.formations, world.sightings, world.statics
    near, theirs = watched(world, on_map(world, side)), on_map(world, 1 - side)
    reports = derived(
        world, f"views.reports.{side}", sightings.version("observer"), lambda: rows_where(sightings.observer == side)
    )
    told = np.empty((len(_TOLD), len(theirs) + len(reports)), np.int64)
    count = _tell(
        near, theirs, formations.hex, formations.kind, formations.leg_to, formations.stage, reports, sightings.formation,
        sightings.hex, sightings.seen_at, sightings.level, sightings.half_life, sightings.men, sightings.afv,
        sightings.power, sightings.kind, world.hexes.owner, _usual(world), side, minute, memory_min(statics),
        half_lives(statics)[1], told,
    )  # fmt: skip
    return Enemies(**dict(zip(_TOLD, _fixed(told[:, :count]), strict=True)))


_TOLD: Final = (
    "hex", "kind", "men", "afv", "power", "sighting", "formation", "level", "certainty", "seen_at", "age_min", "moving",
    "contact",
)  # fmt: skip


@jit
def _tell(
    near: Any, theirs: Any, at: Any, kind: Any, leg_to: Any, stage: Any, reports: Any, of: Any, cell: Any, seen_at: Any,
    level: Any, half_life: Any, men: Any, afv: Any, power: Any, as_kind: Any, owner: Any, usual: Any, side: int,
    minute: int, memory: int, moving: int, told: Any,
) -> int:  # fmt: skip
    """Fill ``told``, a column of ``Enemies`` a row: those met by row, then what is remembered by report; how many.

    Reports are numbered within their side: how many the other has written is not for this one to know.
    """
    number_of = np.full(len(at), -1, np.int64)
    for number in range(len(reports)):
        if of[reports[number]] >= 0:
            number_of[of[reports[number]]] = number
    n = 0
    # Beside own formations: true place, level at least 2; strength as reported, else as usual for the kind.
    for i in range(len(theirs)):
        row = theirs[i]
        if not near[at[row]]:
            continue
        number, now = number_of[row], CONTACT_LEVEL * PPM
        told[0, n], told[1, n] = at[row], kind[row]
        for k in range(3):
            told[2 + k, n] = usual[k, kind[row]]
        if number >= 0:
            report = reports[number]
            told[2, n], told[3, n], told[4, n] = men[report], afv[report], power[report]
            now = max(now, faded_to(level[report], minute - seen_at[report], half_life[report]))
        told[5, n], told[6, n], told[7, n], told[8, n] = number, row, now, PPM
        told[9, n], told[10, n], told[12, n] = minute, 0, 1
        told[11, n] = 1 if leg_to[row] >= 0 or stage[row] == MARCHING else 0
        number_of[row] = _MET
        n += 1
    # Older reports: not of those met now, nor of hexes where one would see that nobody is there.
    for number in range(len(reports)):
        report = reports[number]
        here, who, age = cell[report], of[report], minute - seen_at[report]
        if here < 0 or near[here] or owner[here] == side or age > memory or (who >= 0 and number_of[who] == _MET):
            continue
        now = faded_to(level[report], age, half_life[report])
        if now < LEAST_LEVEL:
            continue
        told[0, n], told[1, n], told[2, n], told[3, n] = here, as_kind[report], men[report], afv[report]
        told[4, n], told[5, n] = power[report], number
        told[6, n] = who if now >= CONTACT_LEVEL * PPM else -1
        told[7, n], told[8, n], told[9, n], told[10, n] = now, min(now // 2, PPM), seen_at[report], age
        told[11, n], told[12, n] = 1 if half_life[report] == moving else 0, 0
        n += 1
    return n


_MET: Final = -2


def _usual(world: World) -> Rows:
    """Men, AFVs and points that a formation of each kind is taken to have when nothing better is known: (3, kinds)."""
    statics = world.statics
    found: Rows | None = statics.memo.get("views.usual")
    if found is None:
        kinds = [statics.scenario.kinds[name] for name in statics.kinds]
        men, afv, guns = (np.array([getattr(k, n) for k in kinds], np.int64) for n in ("men", "afv", "guns"))
        cev, share = (np.array([getattr(k, n) for k in kinds]) for n in ("cev", "combat_share"))
        rules = statics.rules
        worth = men * share + rules["combat.weight_afv"] * afv + rules["combat.weight_gun"] * guns
        found = statics.memo["views.usual"] = np.stack([men, afv, rounded(worth * cev)])
    return found


def _rails(world: World, side: int, minute: int) -> OwnRails:
    """The railways of a side; made anew only when one is torn up or mended."""
    costs = network(world, side).costs
    return OwnRails(_fixed(costs.view()))


def _hexes(world: World, side: int, minute: int) -> HexFrame:
    """Control as it is, which views share while it stays the same; fortresses and works as far as a side knows them."""
    hexes = world.hexes

    def make() -> HexFrame:
        return HexFrame(
            inside=hexes.inside,  # never changes: no copy needed
            owner=_fixed(hexes.owner.copy()),
            owner_since=_fixed(hexes.owner_since.copy()),
            works=_fixed(hexes.works.copy()),
            blown=_fixed(blown_sides(world)),
            fortress=_fixed(np.zeros(len(hexes), bool)),
        )

    key = (*hexes.version("owner", "owner_since", "works"), *world.hexsides.version("bridge_down"))
    public = derived(world, "views.hexes", key, make)
    declared = derived(
        world, f"views.fortress.{side}", hexes.version("fortress"), lambda: _fixed((hexes.fortress == side).copy())
    )
    private = derived(world, f"views.fortress.any.{side}", hexes.version("fortress"), lambda: bool(declared.any()))
    works_key = (*hexes.version("owner", "works"), _lines_known(world, minute))
    works = derived(world, f"views.works.{side}", works_key, lambda: _works_known(world, side, minute))
    if not private and works is None:
        return public
    parts = {"fortress": declared} if private else {}
    parts |= {} if works is None else {"works": works}
    key = (*key, *hexes.version("fortress"), works_key[-1])
    return derived(world, f"views.hexes.{side}", key, lambda: replace(public, **parts))


PATROL_HEXES: Final = 2
"""From own ground so far a side knows the works before it: patrols see what stands within two hexes."""


def _works_known(world: World, side: int, minute: int) -> Array | None:
    """Works without those that a side cannot know, None if it knows all that there are.

    Hidden are works in the enemy's ground beyond the reach of patrols, unless the course of their line is known.
    """
    near, works = world.statics.grid.ring_table(PATROL_HEXES), world.hexes.works.copy()
    hides = _hide(works, world.hexes.owner, side, near, _line_known_at(world), minute)
    return _fixed(works) if hides else None


@jit
def _hide(works: Any, owner: Any, side: int, near: Any, known_at: Any, minute: int) -> bool:
    """Take away works in the enemy's ground of which nothing is known and none of our patrols comes near."""
    hides = False
    for cell in range(len(works)):
        if works[cell] > 0 and owner[cell] == 1 - side and known_at[cell] > minute:
            seen = False
            for there in near[cell]:
                seen = seen or (there >= 0 and owner[there] == side)
            if not seen:
                works[cell], hides = 0, True
    return hides


def _line_known_at(world: World) -> Rows:
    """Shape (hexes,): from which minute both sides know that a line runs here; NEVER if they do not."""
    memo, scenario = world.statics.memo, world.statics.scenario
    found: Rows | None = memo.get("views.line_known_at")
    if found is None:
        found = memo["views.line_known_at"] = np.full(len(world.hexes), NEVER, np.int64)
        for line in scenario.theatre.lines:
            if line.known:
                day = (date.fromisoformat(line.known) - scenario.start).days
                cells = np.asarray(line.cells, dtype=np.int64)
                found[cells] = np.minimum(found[cells], day * DAY)
    return found


def _lines_known(world: World, minute: int) -> int:
    """How many lines are known to both sides by now."""
    memo, scenario = world.statics.memo, world.statics.scenario
    days: Rows | None = memo.get("views.lines_known")
    if days is None:
        known = [date.fromisoformat(line.known) for line in scenario.theatre.lines if line.known]
        days = memo["views.lines_known"] = np.sort(np.array([(d - scenario.start).days for d in known], np.int64))
    return int(np.searchsorted(days, minute // DAY, side="right"))


def _headquarters(world: World, side: int, minute: int) -> OwnHeadquarters:
    def mine() -> tuple[Rows, tuple[str, ...]]:
        rows = rows_where(world.headquarters.side == side)
        return rows, tuple(world.statics.headquarters_ids[row] for row in rows.tolist())

    def make() -> OwnHeadquarters:
        rows, names = derived(world, f"views.headquarters.rows.{side}", world.headquarters.version("side"), mine)
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


def _orders(world: World, side: int, minute: int, at_once: bool) -> OwnOrders:
    orders = world.orders
    rows, numbers = np.empty(len(orders), np.int64), np.empty(len(orders), np.int64)
    count = _that_count(orders.state, orders.formation, world.formations.side, side, rows, numbers)
    fixed, mine = {"row": _fixed(numbers[:count])}, rows[:count]
    if at_once:
        return OwnOrders(**fixed, **orders.pick(_ORDER, mine))
    return _PassingOrders(fixed, lambda name: _fixed(orders[name][mine]))


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

    def make(name: str) -> Array:
        if name in _BATTLE:
            return _fixed(battles[name][rows])
        if name in _TAKING_PART:
            return _fixed(participants[name][own])
        return _fixed(_FELT[name](world, side, minute, rows))

    if at_once:
        return OwnBattles(**{name: make(name) for name in (*_BATTLE, *_TAKING_PART, *_FELT)})
    return _PassingBattles({}, make)


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
        rows = rows_where(world.depots.side == side)
        return OwnDepots(row=_fixed(rows), **world.depots.pick(_DEPOT, rows))

    return derived(world, f"views.depots.{side}", world.depots.version("side", *_DEPOT), make)


def _weather(world: World, side: int, minute: int) -> WeatherNow:
    return WeatherNow(*(int(world.weather[name][0]) for name in _WEATHER))


_BY_COLUMNS: Final[dict[str, Callable[[World, int, int, bool], Any]]] = {
    "own": _own, "orders": _orders, "battles": _battles,
}  # fmt: skip
"""Parts whose columns are made one by one as they are asked for, or all at once."""
_OTHER_PARTS: Final[dict[str, Callable[[World, int, int], Any]]] = {
    "coming": _coming, "enemies": _enemies, "hexes": _hexes, "headquarters": _headquarters,
    "directives": _directives,
    "depots": _depots, "weather": _weather, "rails": _rails,
}  # fmt: skip
