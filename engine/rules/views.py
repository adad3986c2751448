"""Builds a side's view of the war: the only thing that staffs, players and checks may look at.

The law of fog rests on this file: nothing here may read an enemy formation except through a report in
``sightings`` or because it stands beside an own formation.
"""

from __future__ import annotations

from typing import Any

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
_STATE = (
    "hq", "hex", "in_place_since", "leg_to", "departed_at", "leg_at", "goal", "target", "pause_until", "task", "posture",
    "stage", "supplied", "cut_off_since", "hungry_since", "contact", "exploiting", "last_fight_at", "moved_m",
)  # fmt: skip
_FLOWS = (
    "men", "afv", "afv_shop", "guns", "cohesion", "fatigue", "works", "ammo", "fuel", "food", "battle",
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
_DEPOT = ("kind", "hex", "capacity_t", "used_t", "working")
_REPORT = ("hex", "seen_at", "men", "afv", "power", "kind")
_WAITING = int(Status.WAITING)
_WEATHER = ("sky", "ground", "wind", "sea", "flyable", "daylight")


def side_view(world: World, side: int, minute: int) -> SideView:
    """What ``side`` may know at ``minute`` (between minutes: all before it are done)."""
    own = on_map(world, side)
    live_orders, numbers = _live_orders(world, side), _order_numbers(world, side)
    depots = np.flatnonzero(world.depots.side == side)
    return SideView(
        side=side,
        minute=minute,
        statics=world.statics,
        own=_own(world, side, own, minute, numbers),
        coming=_coming(world, side),
        enemies=_enemies(world, side, own, minute),
        hexes=_hexes(world),
        headquarters=_headquarters(world, side),
        orders=OwnOrders(row=_fixed(numbers[live_orders]), **_picked(world.orders, _ORDER, live_orders)),
        directives=_directives(world, side, minute),
        battles=_battles(world, side, minute),
        depots=OwnDepots(row=_fixed(depots), **_picked(world.depots, _DEPOT, depots)),
        weather=WeatherNow(*(int(world.weather[name][0]) for name in _WEATHER)),
    )


def _fixed(array: Array) -> Array:
    array.flags.writeable = False
    return array


def _picked(table: Table, names: tuple[str, ...], rows: Rows) -> dict[str, Any]:
    picked: dict[str, Any] = {}
    for name in names:
        picked[name] = values = table[name][rows]
        values.flags.writeable = False
    return picked


def _own(world: World, side: int, rows: Rows, minute: int, numbers: Rows) -> OwnFormations:
    formations = world.formations
    fixed = _unchanging(world, side, rows)
    now = formations.read_all(_FLOWS, minute, rows)
    table, kind = needs(world.statics), fixed["kind"]
    present = now["men"] / FINE
    men = now["men"] // FINE
    changing = {
        "men": men,
        "men_in_line": men * fixed["combat_share"] // PPM,
        "afv": now["afv"] // FINE,
        "afv_shop": now["afv_shop"] // FINE,
        "guns": now["guns"] // FINE,
        "power": _points(world, fixed, now),
        "cohesion": now["cohesion"] // 1000,
        "fatigue": now["fatigue"] // 1000,
        "works": now["works"] // 1000,
        "ammo_days": days_of(now["ammo"], table.ammo_defence[kind] * present),
        "fuel_days": days_of(now["fuel"], table.fuel_100km[kind] * present),
        "food_days": days_of(now["food"], table.food[kind] * present),
        "battle_losses": now["battle"] // FINE,
        "order": numbers[formations.order[rows]],
    }
    for values in changing.values():
        values.flags.writeable = False
    return OwnFormations(**fixed, **_picked(formations, _STATE, rows), **changing)


def _points(world: World, fixed: dict[str, Any], now: dict[str, Rows]) -> Rows:
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
            **_picked(world.formations, _IDENTITY, rows),
        }
        held = world.derived[key] = (stamp, found)
    return dict(held[1])


def _coming(world: World, side: int) -> Arrivals:
    formations = world.formations
    rows = np.flatnonzero((formations.side == side) & (formations.status == _WAITING))
    names = tuple(world.statics.formation_ids[row] for row in rows.tolist())
    return Arrivals(_fixed(rows), names, _fixed(formations.appears_at[rows]), _fixed(formations.hq[rows]))


def _enemies(world: World, side: int, own: Rows, minute: int) -> Enemies:
    """Reports that still count, corrected by what stands beside own formations now."""
    formations, sightings = world.formations, world.sightings
    near = watched(world, own)
    theirs = on_map(world, 1 - side)
    beside = theirs[near[formations.hex[theirs]]]
    # Reports are numbered within their side: how many the other has written is not for this one to know.
    reports = np.flatnonzero(sightings.observer == side)
    # A phantom (-1) lands on the last entry, which nobody reads.
    report_of = np.full(len(formations) + 1, -1, dtype=np.int64)
    report_of[sightings.formation[reports]] = reports
    met = _met(world, beside, report_of[beside], minute)
    old = _remembered(world, side, reports, near, beside, minute)
    found = {name: np.concatenate((met[name], old[name])) for name in met}
    number = np.full(len(sightings) + 1, -1, dtype=np.int64)
    number[reports] = np.arange(len(reports))
    found["sighting"] = number[found["sighting"]]
    return Enemies(**{name: _fixed(values) for name, values in found.items()})


def _met(world: World, rows: Rows, report: Rows, minute: int) -> dict[str, Array]:
    """Enemies beside own formations: true place, level at least 2; strength as reported, else as usual."""
    formations, sightings = world.formations, world.sightings
    kind = formations.kind[rows].astype(np.int64)
    men, afv, power = (table[kind] for table in _usual(world))
    level = np.full(len(rows), CONTACT_LEVEL * PPM, dtype=np.int64)
    have = report >= 0
    if have.any():
        hits = report[have]
        men[have], afv[have], power[have] = sightings.men[hits], sightings.afv[hits], sightings.power[hits]
        age = minute - sightings.seen_at[hits]
        now = rounded(faded(sightings.level[hits], age, sightings.half_life[hits]))
        level[have] = np.maximum(level[have], now)
    marching = (formations.leg_to[rows] >= 0) | (formations.stage[rows] == MARCHING)
    ones = np.ones(len(rows), dtype=np.int64)
    return {
        "sighting": report, "hex": formations.hex[rows].astype(np.int64), "level": level,
        "seen_at": ones * minute, "age_min": 0 * ones, "men": men, "afv": afv, "power": power,
        "certainty": ones * PPM, "kind": kind, "formation": rows, "moving": marching.astype(np.int64), "contact": ones,
    }  # fmt: skip


def _remembered(
    world: World, side: int, reports: Rows, near: npt.NDArray[np.bool_], beside: Rows, minute: int
) -> dict[str, Array]:
    """Older reports: not of formations met now, nor of hexes where one would see that nobody is there."""
    sightings = world.sightings
    age = minute - sightings.seen_at[reports]
    cell = sightings.hex[reports]
    level = rounded(faded(sightings.level[reports], age, sightings.half_life[reports]))
    met = np.zeros(len(world.formations) + 1, dtype=bool)
    met[beside] = True
    keep = (level >= LEAST_LEVEL) & (age <= memory_min(world.statics)) & ~met[sightings.formation[reports]]
    keep &= ~near[cell] & (world.hexes.owner[cell] != side) & (cell >= 0)
    rows, age, level = reports[keep], age[keep], level[keep]
    moving_life = half_lives(world.statics)[1]
    return {
        "sighting": rows, "level": level, "age_min": age, "certainty": np.minimum(level // 2, PPM),
        "formation": np.where(level >= CONTACT_LEVEL * PPM, sightings.formation[rows], -1).astype(np.int64),
        "moving": (sightings.half_life[rows] == moving_life).astype(np.int64),
        "contact": np.zeros(len(rows), dtype=np.int64),
        **{name: sightings[name][rows].astype(np.int64) for name in _REPORT},
    }  # fmt: skip


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


def _hexes(world: World) -> HexFrame:
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


def _headquarters(world: World, side: int) -> OwnHeadquarters:
    rows = np.flatnonzero(world.headquarters.side == side)
    names = tuple(world.statics.headquarters_ids[row] for row in rows.tolist())
    return OwnHeadquarters(row=_fixed(rows), ids=names, **_picked(world.headquarters, _HEADQUARTERS, rows))


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


def _live_orders(world: World, side: int) -> Rows:
    orders = world.orders
    rows = np.flatnonzero((orders.state == ON_ITS_WAY) | (orders.state == IN_FORCE))
    mine: Rows = rows[world.formations.side[orders.formation[rows]] == side]
    return mine


def _directives(world: World, side: int, minute: int) -> OwnDirectives:
    """Directives that have arrived. What they say never changes once written but for state and start."""
    directives = world.directives
    known = np.flatnonzero(directives.arrives_at <= minute)
    rows = known[world.headquarters.side[directives.hq[known]] == side]
    key = f"views.directives.{side}"
    stamp = (rows.tobytes(), directives.start_at[rows].tobytes(), directives.end_at[rows].tobytes())
    held = world.derived.get(key)
    if held is None or held[0] != stamp:
        found = {"row": _fixed(rows), **_picked(directives, _DIRECTIVE, rows)}
        held = world.derived[key] = (stamp, found)
    return OwnDirectives(**held[1], state=_fixed(directives.state[rows]))


def _battles(world: World, side: int, minute: int) -> OwnBattles:
    battles, participants = world.battles, world.participants
    live = battles.outcome == LIVE
    recent = live | (battles.ended_at > minute - REMEMBERED_MIN)
    rows = np.flatnonzero(recent)
    own = np.flatnonzero(participants.left_at > minute)
    own = own[recent[participants.battle[own]]]
    own = own[world.formations.side[participants.formation[own]] == side]
    depth = np.where(live[rows], battles.read("depth", minute, rows), battles.depth_u[rows]) // 1_000_000
    felt = (battles.x[rows].astype(np.int64) + X_STEP // 2) // X_STEP * X_STEP
    return OwnBattles(
        row=_fixed(rows),
        attacking=_fixed((battles.attacker[rows] == side).astype(np.int8)),
        depth_m=_fixed(depth),
        x=_fixed(felt),
        **_picked(battles, ("hex", "kind", "started_at", "ended_at", "outcome", "cause"), rows),
        **_picked(participants, ("formation", "battle", "role", "direction", "share"), own),
    )
