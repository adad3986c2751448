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

from engine.core.arithmetic import PPM, Floats, whole
from engine.core.calendar import DAY, NEVER
from engine.core.columns import Array, rows_where
from engine.core.flows import read_flow
from engine.core.hexes import steps_between
from engine.core.jit import jit
from engine.model.codes import ON_MAP, SIDES
from engine.model.forces import AssetSpec
from engine.model.places import F_COMBAT_SHARE, F_HEX, F_HQ, F_STATUS, H_HEX, H_PARENT
from engine.model.world import Statics, World
from engine.rules import air
from engine.rules.combat_lineup import ATTACKER, HEX, KIND, SLOT, WHO, Lineup
from engine.rules.power import on

Ints = npt.NDArray[np.int64]

GUNS, ANTITANK, ASSAULT_GUNS, ANTIAIR, ENGINEERS, SORTIES = range(6)
_USE: Final = {
    "artillery": GUNS, "rocket": GUNS, "mortar": GUNS, "antitank": ANTITANK, "assault_gun": ASSAULT_GUNS,
    "antiair": ANTIAIR, "engineer": ENGINEERS, "bridging": ENGINEERS, "air": SORTIES,
}  # fmt: skip
USES: Final = 6
LEVELS: Final = 6
"""Headquarters above one another at most."""
MILLI: Final = 1000


@dataclass(frozen=True, eq=False)
class Pools:
    """Assets as columns, one entry a pool; ``moves`` are (minute, pool, headquarters) of dated changes."""

    side: Ints
    hq: Ints
    use: Ints
    amount: Ints
    """Thousandths of guns, vehicles, engineers or sorties a day; of sorties those in support of battles."""
    range_m: Ints
    cell: Ints
    from_at: Ints
    until_at: Ints
    moves: tuple[tuple[int, int, int], ...]
    matrix: Ints
    """The same but for ``moves`` as one array, a row each in this order."""
    moved: Ints
    """``moves``, shape (3, moves)."""


_SIDE, _HQ, _USE_OF, _AMOUNT, _RANGE, _CELL, _FROM, _UNTIL = range(8)


def pools(statics: Statics) -> Pools:
    """The assets of a scenario, made once for a run."""
    found = statics.memo.get("support.pools")
    if found is None:
        assets = [a for a in statics.scenario.assets if a.kind in _USE]
        row_of = {a.id: i for i, a in enumerate(assets)}
        hq_of = statics.headquarters_rows
        moves = [
            (r.at_min, row_of[r.subject], hq_of[r.hq])
            for r in statics.scenario.reinforcements
            if r.kind == "asset" and r.subject in row_of and r.hq in hq_of
        ]

        def column(values: Any) -> Ints:
            return np.array(list(values), dtype=np.int64)

        use = [_USE[a.kind] for a in assets]
        columns = [
            column(SIDES.index(a.side) for a in assets),
            column(hq_of.get(a.hq, -1) for a in assets),
            column(use),
            column(_amount(statics, a, u) for a, u in zip(assets, use, strict=True)),
            column(round(a.range_km * 1000) for a in assets),
            column(a.cell for a in assets),
            column(a.from_min for a in assets),
            column(a.until_min if a.until_min >= 0 else NEVER for a in assets),
        ]
        side, hq, uses, amounts, range_m, cell, from_at, until_at = columns
        found = Pools(
            side, hq, uses, amounts, range_m, cell, from_at, until_at, tuple(sorted(moves)),
            matrix=np.array(columns).reshape(8, len(assets)),
            moved=np.array(sorted(moves), dtype=np.int64).reshape(-1, 3).T.copy(),
        )  # fmt: skip
        statics.memo["support.pools"] = found
    assert isinstance(found, Pools)
    return found


def _amount(statics: Statics, asset: AssetSpec, use: int) -> int:
    """Thousandths of what an asset puts into battles a day."""
    if use == SORTIES:
        return round(asset.sorties_day * MILLI * air.share(statics, SIDES.index(asset.side), air.Use.SUPPORT))
    return MILLI * (asset.afv if use == ASSAULT_GUNS else asset.men if use == ENGINEERS else asset.guns)


PARAMETERS: Final = (
    "air.range_km", "air.antiair_100", "switch.air", "switch.artillery", "switch.engineers", "combat.guns_in_reach",
)  # fmt: skip
_AIR_RANGE, _ANTIAIR, _AIR, _ARTILLERY, _ENGINEERS, _IN_REACH = range(len(PARAMETERS))


@jit
def men_of_fronts(
    minute: int, f8: Array, f32: Array, f64: Array, men: int, plan: Ints, h32: Array, staffs: int
) -> Ints:
    """Shape (headquarters,): men in line of the formations on the map below each, by strength alone (whole men)."""
    found = np.zeros(staffs, np.int64)
    for row in range(f8.shape[1]):
        if f8[F_STATUS, row] != ON_MAP or f32[F_HEX, row] < 0:
            continue
        line = read_flow(f64, plan, men, row, minute) // PPM * int(f32[F_COMBAT_SHARE, row]) // PPM
        level = int(f32[F_HQ, row])
        for _ in range(LEVELS):
            if level < 0:
                break
            found[level] += line
            level = int(h32[H_PARENT, level])
    return found


@jit
def share_out(
    minute: int, battles: Ints, members: Ints, ours: Ints, line: Ints, f32: Array, h32: Array, staffs: int, fronts: Ints,
    table: Ints, moved: Ints, axial: Array, spacing: int, flyable: int, p: Floats, shares: Floats,
) -> None:  # fmt: skip
    """Divide pools among battles: ``shares`` of shape (uses, battles, 2), the attacker's side and the defender's.

    ``line`` are the men in line of each participant, ``ours`` 0 for the attacker's side and 1 for the defender's,
    ``fronts`` the men in line of all formations below each headquarters (:func:`men_of_fronts`). Guns are massed for an
    attack; those of a defender stand along his front, and only a part of them reaches a fight that few of his men are in.
    Sorties are those that have their effect, anti-aircraft fire taken off.
    """
    count, many = battles.shape[1], members.shape[1]
    shares[:, :, :] = 0.0
    if not table.shape[1] or not count:
        return
    by_staff = np.zeros((count, 2, staffs), np.int64)
    everyone = np.zeros((count, 2), np.int64)
    for i in range(many):
        slot, side = members[SLOT, i], ours[i]
        everyone[slot, side] += line[i]
        level = int(f32[F_HQ, members[WHO, i]])
        for _ in range(LEVELS):
            if level < 0:
                break
            by_staff[slot, side, level] += line[i]
            level = int(h32[H_PARENT, level])
    weight = np.zeros(count, np.int64)
    for pool in range(table.shape[1]):
        if not (table[_FROM, pool] <= minute < table[_UNTIL, pool]) or table[_AMOUNT, pool] <= 0:
            continue
        flies, hq = table[_USE_OF, pool] == SORTIES, _obeys(table, moved, pool, minute)
        base = table[_CELL, pool]
        if base < 0 and flies and hq >= 0:
            base = int(h32[H_HEX, hq])
        reach = table[_RANGE, pool]
        if reach == 0 and flies:
            reach = whole(p[_AIR_RANGE] * 1000)
        total = 0
        for slot in range(count):
            side = 0 if table[_SIDE, pool] == battles[ATTACKER, slot] else 1
            men = everyone[slot, side] if flies else by_staff[slot, side, hq] if hq >= 0 else 0
            if men and reach > 0 and base >= 0 and steps_between(axial, base, battles[HEX, slot]) * spacing > reach:
                men = 0
            weight[slot] = men if battles[KIND, slot] >= 0 else 0
            total += weight[slot]
        along = total
        if table[_USE_OF, pool] == GUNS and hq >= 0 and reach == 0:  # a range says itself where they reach
            along = max(total, whole(p[_IN_REACH] * fronts[hq]))
        for slot in range(count):
            side = 0 if table[_SIDE, pool] == battles[ATTACKER, slot] else 1
            among = max(total if side == 0 else along, 1)
            shares[table[_USE_OF, pool], slot, side] += table[_AMOUNT, pool] * weight[slot] // among
    _take_effect(shares, flyable, p)


@jit
def _obeys(table: Ints, moved: Ints, pool: int, minute: int) -> int:
    """The headquarters a pool obeys at a minute."""
    hq = table[_HQ, pool]
    for k in range(moved.shape[1]):
        if moved[0, k] <= minute and moved[1, k] == pool:
            hq = moved[2, k]
    return int(hq)


@jit
def _take_effect(shares: Floats, flyable: int, p: Floats) -> None:
    """From thousandths to guns, vehicles and sorties; what is switched off is nothing."""
    for use in range(USES):
        off = p[_AIR] if use in (ANTIAIR, SORTIES) else p[_ENGINEERS] if use == ENGINEERS else p[_ARTILLERY]
        for slot in range(shares.shape[1]):
            for side in range(2):
                shares[use, slot, side] = shares[use, slot, side] / MILLI if off != 0.0 else 0.0
    flown = flyable / PPM
    for slot in range(shares.shape[1]):
        for side in range(2):
            sorties = shares[SORTIES, slot, side] * flown
            shares[SORTIES, slot, side] = sorties / (1.0 + p[_ANTIAIR] * shares[ANTIAIR, slot, 1 - side] / 100.0)


CRUISER: Final = 2.0 * PPM
"""Batteries of a cruiser: two heavy battalions."""


def on_station(world: World, minute: int) -> npt.NDArray[np.bool_]:
    """Shape (ships,): who can fire now: at his station by date and by turn, in daylight and a fair sea."""
    ships, rules, weather = world.ships, world.statics.rules, world.weather
    calm = int(weather.sea[0]) <= rules["weather.sea_gunfire"] and int(weather.daylight[0]) > 0
    if not calm or not on(rules, "naval"):
        return np.zeros(len(ships), dtype=bool)
    turn = round((rules["naval.days_on"] + rules["naval.days_off"]) * DAY)
    since = minute - ships.from_at
    there: npt.NDArray[np.bool_] = (since >= 0) & (minute < ships.until_at) & (ships.hex >= 0)
    there &= since % turn < round(rules["naval.days_on"] * DAY)
    return there


def naval(world: World, lineup: Lineup, minute: int) -> Floats:
    """Shift of x by ships for the side they support, shape (battles, 2).

    Each ship on station fires for the nearest battle in range, by day and in a fair sea.
    """
    ships, rules, count = world.ships, world.statics.rules, len(lineup.hex)
    shift = np.zeros((count, 2))
    if not len(ships) or not count:
        return shift
    grid = world.statics.grid
    for ship in rows_where(on_station(world, minute)).tolist():
        apart = grid.distance(int(ships.hex[ship]), lineup.hex.astype(np.int32)) * grid.spacing_m
        fit = rows_where((apart <= ships.range_m[ship]) & (lineup.kind >= 0))
        if len(fit):
            slot = fit[np.lexsort((lineup.hex[fit], apart[fit]))[0]]
            column = int(ships.side[ship] != lineup.attacker[slot])
            shift[slot, column] += rules["naval.x"] * int(ships.batteries[ship]) / CRUISER
    return np.minimum(shift, rules["naval.x_max"])
