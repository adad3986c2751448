"""What is not on the map but fights: army artillery, aircraft and ships, shared out among the battles in reach.

Assets belong to a headquarters and serve the battles of its formations and of those below it; aircraft serve any
battle of their side within range. Each pool is divided by the men in line that its side has in each battle, so a
front that fights everywhere has little anywhere; a battle hears of the others' claims when it is itself set anew, at
the latest on the six-hour grid. Sums are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats
from engine.core.calendar import NEVER
from engine.model.codes import SIDES
from engine.model.world import Statics, World
from engine.rules.combat_lineup import Lineup
from engine.rules.power import on

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GUNS, ANTITANK, ASSAULT_GUNS, ANTIAIR, ENGINEERS, SORTIES = range(6)
_USE: Final = {
    "artillery": GUNS, "rocket": GUNS, "mortar": GUNS, "antitank": ANTITANK, "assault_gun": ASSAULT_GUNS,
    "antiair": ANTIAIR, "engineer": ENGINEERS, "bridging": ENGINEERS, "air": SORTIES,
}  # fmt: skip
_USES: Final = 6
_LEVELS: Final = 6
"""Headquarters above one another at most."""
_MILLI: Final = 1000


@dataclass(frozen=True, eq=False)
class Pools:
    """Assets as columns, one entry a pool; ``moves`` are (minute, pool, headquarters) of dated changes."""

    side: Ints
    hq: Ints
    use: Ints
    amount: Ints
    """Thousandths of guns, vehicles or sorties a day."""
    range_m: Ints
    cell: Ints
    from_at: Ints
    until_at: Ints
    moves: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, eq=False)
class Support:
    """Shares of the battles of a line-up. Shapes (battles, 2): attacker's side, defender's side."""

    guns: Floats
    antitank: Floats
    assault_guns: Floats
    sorties: Floats
    """Ground-attack sorties a day that have their effect, anti-aircraft fire taken off."""
    engineers: Mask
    naval_x: Floats
    """Shift of x for the side supported by ships."""


def pools(statics: Statics) -> Pools:
    """The assets of a scenario, made once for a run."""
    found = statics.memo.get("support.pools")
    if found is None:
        assets = [a for a in statics.scenario.assets if a.kind in _USE]
        row_of = {a.id: i for i, a in enumerate(assets)}
        hq_of = statics.headquarters_rows
        amount = {SORTIES: "sorties_day", ASSAULT_GUNS: "afv", ENGINEERS: "men"}
        moves = [
            (r.at_min, row_of[r.subject], hq_of[r.hq])
            for r in statics.scenario.reinforcements
            if r.kind == "asset" and r.subject in row_of and r.hq in hq_of
        ]

        def column(values: Any) -> Ints:
            return np.array(list(values), dtype=np.int64)

        use = [_USE[a.kind] for a in assets]
        found = Pools(
            side=column(SIDES.index(a.side) for a in assets),
            hq=column(hq_of.get(a.hq, -1) for a in assets),
            use=column(use),
            amount=column(getattr(a, amount.get(u, "guns")) * _MILLI for a, u in zip(assets, use, strict=True)),
            range_m=column(round(a.range_km * 1000) for a in assets),
            cell=column(a.cell for a in assets),
            from_at=column(a.from_min for a in assets),
            until_at=column(a.until_min if a.until_min >= 0 else NEVER for a in assets),
            moves=tuple(sorted(moves)),
        )
        statics.memo["support.pools"] = found
    assert isinstance(found, Pools)
    return found


def _headquarters(table: Pools, minute: int) -> Ints:
    """Shape (pools,): whom each pool obeys at ``minute``."""
    hq = table.hq.copy()
    for at, pool, new in table.moves:
        if at <= minute:
            hq[pool] = new
    return hq


def share_out(world: World, lineup: Lineup, line: Ints, ours: Ints, minute: int) -> Support:
    """Divide pools and ships among the battles of ``lineup``.

    ``line`` are the men in line of each participant, ``ours`` 0 for the attacker's side and 1 for the defender's.
    """
    count, table = len(lineup.hex), pools(world.statics)
    naval = _naval(world, lineup, minute)
    nothing = np.zeros((count, 2))
    if not len(table.side) or not count:
        return Support(nothing, nothing, nothing, nothing, nothing > 0, naval)
    weight = _weights(world, table, lineup, line, ours, minute)
    total = weight.sum(axis=1)
    parts = table.amount[:, None] * weight // np.maximum(total, 1)[:, None]
    # Attacker's pools go to column 0 of a battle, defender's to column 1.
    where = (table.side[:, None] != lineup.attacker[None, :]).astype(np.int64)
    key = (table.use[:, None] * count + np.arange(count)[None, :]) * 2 + where
    sums = np.bincount(key.reshape(-1), weights=parts.reshape(-1), minlength=_USES * count * 2) / _MILLI
    shares = sums.reshape(_USES, count, 2)
    rules = world.statics.rules

    def summed(use: int, switch: str) -> Floats:
        return shares[use] if on(rules, switch) else nothing

    flak = summed(ANTIAIR, "air")
    sorties = summed(SORTIES, "air") * (int(world.weather.flyable[0]) / PPM * rules["air.support_share"])
    sorties = sorties / (1.0 + rules["air.antiair_100"] * flak[:, ::-1] / 100.0)
    return Support(
        guns=summed(GUNS, "artillery"),
        antitank=summed(ANTITANK, "artillery"),
        assault_guns=summed(ASSAULT_GUNS, "artillery"),
        sorties=sorties,
        engineers=summed(ENGINEERS, "engineers") > 0,
        naval_x=naval,
    )


def _weights(world: World, table: Pools, lineup: Lineup, line: Ints, ours: Ints, minute: int) -> Ints:
    """Shape (pools, battles): the men in line by which each pool is divided; 0 where it cannot or may not fight."""
    headquarters, count = world.headquarters, len(lineup.hex)
    hq = _headquarters(table, minute)
    staffs = len(headquarters) + 1
    by_staff = np.zeros((count * 2, staffs), dtype=np.int64)
    level = world.formations.hq[lineup.formation].astype(np.int64)
    key = lineup.slot * 2 + ours
    everyone = np.bincount(key, weights=line, minlength=count * 2).astype(np.int64).reshape(count, 2)
    for _ in range(_LEVELS):
        some = level >= 0
        if not some.any():
            break
        flat = np.bincount(key[some] * staffs + level[some], weights=line[some], minlength=count * 2 * staffs)
        by_staff += flat.astype(np.int64).reshape(count * 2, staffs)
        level = np.where(some, headquarters.parent[np.maximum(level, 0)], -1)
    side = (table.side[:, None] != lineup.attacker[None, :]).astype(np.int64)
    slots = np.arange(count)[None, :]
    weight = by_staff.reshape(count, 2, staffs)[slots, side, hq[:, None]]
    weight = np.where(table.use[:, None] == SORTIES, everyone[slots, side], weight)
    weight = np.where(_in_range(world, table, hq, lineup), weight, 0)
    active = (table.from_at <= minute) & (minute < table.until_at) & (table.amount > 0)
    return np.where(active[:, None] & (lineup.kind >= 0)[None, :], weight, 0)


def _in_range(world: World, table: Pools, hq: Ints, lineup: Lineup) -> Mask:
    """Shape (pools, battles). A pool without range or place reaches every battle of its headquarters."""
    flies = table.use == SORTIES
    usual = round(world.statics.rules["air.range_km"] * 1000)
    reach = np.where((table.range_m == 0) & flies, usual, table.range_m)
    at_staff = np.where(hq >= 0, world.headquarters.hex[np.maximum(hq, 0)], -1)
    base = np.where(table.cell >= 0, table.cell, np.where(flies, at_staff, -1))
    limited = (reach > 0) & (base >= 0)
    near = np.ones((len(reach), len(lineup.hex)), dtype=bool)
    if limited.any():
        rows = np.flatnonzero(limited)
        grid = world.statics.grid
        apart = grid.distance(base[rows, None].astype(np.int32), lineup.hex[None, :].astype(np.int32))
        near[rows] = apart * grid.spacing_m <= reach[rows, None]
    return near


def _naval(world: World, lineup: Lineup, minute: int) -> Floats:
    """Shape (battles, 2): each ship on station fires for the nearest battle in range, by day and in a fair sea."""
    ships, rules, count = world.ships, world.statics.rules, len(lineup.hex)
    shift = np.zeros((count, 2))
    weather = world.weather
    calm = int(weather.sea[0]) <= rules["weather.sea_gunfire"] and int(weather.daylight[0]) > 0
    if not len(ships) or not count or not calm or not on(rules, "naval"):
        return shift
    grid = world.statics.grid
    turn = round((rules["naval.days_on"] + rules["naval.days_off"]) * 1440)
    since = minute - ships.from_at
    there = (since >= 0) & (minute < ships.until_at) & (ships.hex >= 0)
    there &= since % turn < round(rules["naval.days_on"] * 1440)
    heavy = 2.0 * PPM  # a cruiser: two heavy battalions
    for ship in np.flatnonzero(there).tolist():
        apart = grid.distance(int(ships.hex[ship]), lineup.hex.astype(np.int32)) * grid.spacing_m
        fit = np.flatnonzero((apart <= ships.range_m[ship]) & (lineup.kind >= 0))
        if len(fit):
            slot = fit[np.lexsort((lineup.hex[fit], apart[fit]))[0]]
            column = int(ships.side[ship] != lineup.attacker[slot])
            shift[slot, column] += rules["naval.x"] * int(ships.batteries[ship]) / heavy
    return np.minimum(shift, rules["naval.x_max"])
