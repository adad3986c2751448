"""Ice on straits, lakes and the sea: who may walk over water, when, what no longer floats there, and what if it breaks.

A strait or ferry freezes in the months in which ice closes the water beside it (theatre), and bears when the ice is
thick enough: as the scenario's record of the day says, else a share of what the frost of the winter has made on rivers
(``weather.ice_strait``). From ``weather.ice_foot_cm`` it bears men and horses, from ``weather.ice_tank_cm`` everybody.
Hexes of open water freeze likewise: lakes as straits do, the sea (gulfs, lagoons) with ``weather.ice_open`` of that, for
wind and swell break it up. Who stands there when the ice no longer bears him breaks in: he comes off over the nearest
own land, with men drowned and vehicles and guns lost for every hex of the way.
The column ``weather.strait_ice`` holds the month whose straits and lakes bear men, 12 more if they bear everybody, 25 more
for each level (men, everybody) to which the sea bears; 0 if nothing bears anybody.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, rounded
from engine.model.codes import HexKind, Mobility, Obstacle, Status
from engine.model.events import Event
from engine.model.events.movement import BLOCKED
from engine.model.events.weather import BROKE_IN, ICE_BROKE
from engine.model.theatre import Strait
from engine.model.world import Statics, World
from engine.rules.ground import passable
from engine.rules.power import on

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MONTHS: Final = 12
OPEN: Final = 2 * MONTHS + 1
"""Of the column: what a level of the ice at sea counts."""
_LAND: Final = int(HexKind.LAND)
HEAVY: Final = (Mobility.MOTOR, Mobility.TRACK)


def strait_ice(statics: Statics, month: int, thick_mm: int) -> int:
    """The column for ice of this thickness on straits in a month (1 to 12)."""
    rules = statics.rules
    if thick_mm < 10.0 * rules["weather.ice_foot_cm"]:
        return 0
    lakes, seas = _closed(statics, month)
    narrow = on(rules, "strait_ice") and bool(_freezing(statics, month).any())
    at_sea = _level(rules, rules["weather.ice_open"] * thick_mm) if seas.any() else 0
    if not (narrow or lakes.any() or at_sea):
        return 0
    return month + (MONTHS if _level(rules, thick_mm) > 1 else 0) + OPEN * at_sea


def _level(rules: Any, thick_mm: float) -> int:
    """Whom ice bears: 0 nobody, 1 men and horses, 2 everybody."""
    return int(thick_mm >= 10.0 * rules["weather.ice_foot_cm"]) + int(thick_mm >= 10.0 * rules["weather.ice_tank_cm"])


def bearing(statics: Statics, ice: int, mobility: int = int(Mobility.FOOT)) -> Mask | None:
    """Shape (hexes, 6): straits and ferries whose ice bears troops of a mobility; None if there are none."""
    narrow = ice % OPEN
    if ice <= 0 or not on(statics.rules, "strait_ice") or (mobility in HEAVY and narrow <= MONTHS):
        return None
    return _freezing(statics, _month(ice))


def _month(ice: int) -> int:
    return (ice % OPEN - 1) % MONTHS + 1


def walkable(statics: Statics, ice: int, mobility: int = int(Mobility.FOOT)) -> Mask | None:
    """Shape (hexes,): open water whose ice bears troops of a mobility; None if there is none."""
    if ice <= 0:
        return None
    need = 2 if mobility in HEAVY else 1
    on_lakes, at_sea = 1 + (ice % OPEN > MONTHS) >= need, ice // OPEN >= need
    if not (on_lakes or at_sea):
        return None
    key = f"ice.walkable.{_month(ice)}.{on_lakes}.{at_sea}"
    if key not in statics.memo:
        lakes, seas = _closed(statics, _month(ice))
        found = (lakes & on_lakes) | (seas & at_sea)
        statics.memo[key] = found if found.any() else None
    bears: Mask | None = statics.memo[key]
    return bears


def bears(world: World, mobility: int, cell: int) -> bool:
    """Whether troops of a mobility can stand in a hex now: on land always, on water if its ice bears them."""
    if world.statics.theatre.kind[cell] == _LAND:
        return True
    frozen = walkable(world.statics, int(world.weather.strait_ice[0]), mobility)
    return frozen is not None and bool(frozen[cell])


def walked(statics: Statics) -> Mask:
    """Shape (hexes + 1,): land inside the window, and water of it that ice closes in some month of the scenario.

    Such water belongs to somebody only while the ice bears: whose it is says whether it can be walked on.
    """
    found: Mask | None = statics.memo.get("ice.walked")
    if found is None:
        scenario, land = statics.scenario, passable(statics)
        months = {scenario.date_of(day * 1440).month for day in range(scenario.days + 1)}
        found = land
        for month in sorted(months):
            lakes, seas = _closed(statics, month)
            if lakes.any() or seas.any():
                found = found | np.append(lakes | seas, False)
        statics.memo["ice.walked"] = found
    return found


def _closed(statics: Statics, month: int) -> tuple[Mask, Mask]:
    """Shape (hexes,) each: lakes, and sea, inside the window that ice closes in a month."""
    key = f"ice.closed.{month}"
    found: tuple[Mask, Mask] | None = statics.memo.get(key)
    if found is None:
        theatre = statics.theatre
        closed = np.isin(theatre.ice, [k for k, months in enumerate(theatre.ice_months) if month in months])
        closed = closed & statics.scenario.window & bool(on(statics.rules, "open_ice"))
        found = statics.memo[key] = (closed & (theatre.kind == HexKind.LAKE), closed & (theatre.kind == HexKind.SEA))
    return found


def broken(world: World, minute: int, ice: int) -> list[Event]:
    """What becomes of water, and of those on it, when the column falls to ``ice``: it is nobody's, and they break in."""
    statics, formations = world.statics, world.formations
    if ice == int(world.weather.strait_ice[0]) or walked(statics) is passable(statics):
        return []
    events: list[Event] = []
    bears = {m: walkable(statics, ice, m) for m in Mobility}
    wet = statics.theatre.kind != HexKind.LAND
    rows = np.flatnonzero((formations.status == Status.ON_MAP) & (formations.hex >= 0))
    rows = rows[wet[formations.hex[rows]]]
    in_ = [i for i in rows.tolist() if not _borne(bears, int(formations.mobility[i]), int(formations.hex[i]))]
    if in_:
        events.append(_broke_in(world, minute, np.array(in_)))
    bound = np.flatnonzero((formations.status == Status.ON_MAP) & (formations.leg_to >= 0))
    bound = bound[wet[formations.leg_to[bound]]]
    held = [i for i in bound.tolist() if not _borne(bears, int(formations.mobility[i]), int(formations.leg_to[i]))]
    if held:
        to = formations.leg_to[held]
        events.append(BLOCKED(minute, formation=held, hex=to, cause=Obstacle.NO_WAY, target=-1, look_at=minute))
    foot = bears[Mobility.FOOT]
    lost = wet & (world.hexes.owner >= 0) & (True if foot is None else ~foot)
    if lost.any():
        events.append(ICE_BROKE(minute, hex=np.flatnonzero(lost)))
    return events


def _borne(bears: dict[Mobility, Mask | None], mobility: int, cell: int) -> bool:
    found = bears[Mobility(mobility)]
    return found is not None and bool(found[cell])


def _broke_in(world: World, minute: int, rows: Ints) -> Event:
    """The nearest own land, and what is lost on the way there: a share for every hex, all of it at most."""
    statics, formations, rules = world.statics, world.formations, world.statics.rules
    owner, land = world.hexes.owner, np.flatnonzero(passable(statics)[:-1])
    to, away = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    for i, row in enumerate(rows.tolist()):
        own = land[owner[land] == formations.side[row]]
        own = own if len(own) else land
        apart = statics.grid.distance(own, int(formations.hex[row]))
        to[i], away[i] = own[int(np.argmin(apart))], int(apart.min())
    drowned = np.minimum(rules["weather.ice_drowned"] * away, 1.0)
    sunk = np.minimum(rules["weather.ice_sunk"] * away, 1.0)

    def part(stock: str, share: Any) -> Ints:
        lost: Ints = formations.read(stock, minute, rows) * rounded(share * PPM) // PPM
        return lost

    return BROKE_IN(
        minute, formation=rows, came_from=formations.hex[rows], hex=to, drowned_u=part("men", drowned),
        afv_u=part("afv", sunk), guns_u=part("guns", sunk),
    )  # fmt: skip


def dry(world: World) -> Mask:
    """Shape (hexes,): land, and water whose ice bears men now."""
    statics, bears = world.statics, walkable(world.statics, int(world.weather.strait_ice[0]))
    if "ice.land" not in statics.memo:
        statics.memo["ice.land"] = statics.theatre.kind == HexKind.LAND
    land: Mask = statics.memo["ice.land"]
    return land if bears is None else land | bears


def water(world: World) -> Any:
    """Shape (hexes, 6): the theatre's straits, without those that can be walked over now."""
    ice, strait = int(world.weather.strait_ice[0]), world.statics.theatre.strait
    if not ice or not on(world.statics.rules, "strait_ice"):
        return strait
    month = _month(ice)
    key = f"ice.water.{month}"
    found = world.statics.shared.get(key)
    if found is None:
        found = world.statics.shared[key] = np.where(_freezing(world.statics, month), 0, strait).astype(strait.dtype)
    return found


def _freezing(statics: Statics, month: int) -> Mask:
    """Shape (hexes, 6): straits and ferries beside water that ice closes in a month."""
    key = f"ice.freezing.{month}"
    found: Mask | None = statics.shared.get(key)
    if found is None:
        theatre, near = statics.theatre, statics.grid.neighbours
        closed = np.isin(theatre.ice, [k for k, months in enumerate(theatre.ice_months) if month in months])
        wet = (theatre.kind == HexKind.SEA) | (theatre.kind == HexKind.LAKE)
        found = np.zeros((statics.grid.size, 6), bool)
        sides = np.argwhere(np.isin(theatre.strait, (Strait.STRAIT, Strait.FERRY)) & (near >= 0))
        for cell, direction in sides.tolist():
            beside = [int(near[cell, (direction + turn) % 6]) for turn in (1, -1)]
            beside = [c for c in beside if c >= 0 and wet[c]] or [c for c in _about(near, cell, direction) if wet[c]]
            found[cell, direction] = bool(beside) and all(closed[c] for c in beside)
        statics.shared[key] = found
    return found


def _about(near: Any, cell: int, direction: int) -> list[int]:
    """All hexes beside the two of a hexside: where the water lies of a strait between capes."""
    both = {*near[cell].tolist(), *near[near[cell, direction]].tolist()}
    return sorted(c for c in both if c >= 0)
