"""Phase 8, on the six-hour grid: rest, digging in, repair, sickness, replacements, consumption, wear of marches and fights.

Rates are set for the six hours to come and clamped so that no stock leaves its bounds before the next grid point;
what belongs to a moment (the fuel of a march, a cohort of hunger) is taken off at once. Formations in battle keep
the rates that combat set for them: ammunition used, cohesion lost, fatigue gained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats, rounded, whole
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import FINE, NANO, rows_where
from engine.core.dice import Dice
from engine.core.flows import read_flows
from engine.core.jit import jit
from engine.model.codes import SIDES, SOVIET, Calendar, Echelon, Ground, Mobility, Posture, Sky, Status, Task
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.recovery import RECOVERED, REPLACED, WORN
from engine.model.theatre import WATER_TERRAIN
from engine.model.world import Statics, World
from engine.rules.combat_lineup import fighting
from engine.rules.demand import needs
from engine.rules.engineers import share_met
from engine.rules.forced_march import first_day
from engine.rules.fortress import garrison
from engine.rules.ground import contacts, standing
from engine.rules.parameters import packed
from engine.rules.power import on
from engine.rules.system import System, Trace, on_calendar

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GRAIN_MIN: Final = 6 * HOUR
LN_2: Final = 0.6931471805599453
_FLOWS = ("men", "battle", "sick", "gain", "afv", "afv_shop", "cohesion", "fatigue", "works", "ammo", "fuel", "food")
_MEN, _BATTLE, _SICK, _GAIN, _AFV, _AFV_SHOP, _COHESION, _FATIGUE, _WORKS, _AMMO, _FUEL, _FOOD = range(len(_FLOWS))
_AMMO_STATIC, _FUEL_IDLE, _FUEL_100KM, _EATEN = range(4)
_WORN: Final = ("fuel_g", "broken_u", "rear_u", "fatigue_n", "cohesion_n")
_RATES: Final = (
    "cohesion_gain", "fatigue_gain", "fatigue_loss", "works_gain", "sick_rate", "gain_rate", "afv_back_rate", "ammo_use",
    "fuel_use", "food_use", "hungry_since", "posture",
)  # fmt: skip
_PARAMETERS: Final = (
    "switch.supply", "switch.repair", "switch.recovery", "switch.fortification", "switch.sickness", "switch.replacements",
    "repair.busy_factor", "combat.fatigue_march_day", "movement.forced_fatigue_day", "supply.pocket_days",
    "supply.food_cohesion_day", "supply.pocket_cohesion_day", "combat.cohesion_recovery_day", "recovery.contact_rest",
    "combat.sickness_day", "supply.hunger_late_days", "supply.hunger_late_men_day", "supply.hunger_men_day",
    "repair.rest_men_day", "repair.replacements_brigade", "repair.replacements_share_max", "supply.idle_use",
    "supply.march_food", "fortification.level_1_days", "fortification.level_2_days", "fortification.level_3_days",
    "fortification.contact_factor", "fortification.entrench_factor", "fortification.engineer_factor",
    "repair.battle_km_day", "repair.country_wear",
)  # fmt: skip
(
    _SUPPLY, _REPAIR, _RECOVERY, _FORTIFICATION, _SICKNESS, _REPLACED, _BUSY, _MARCH_TIRES, _HURRY_TIRES, _POCKET_DAYS,
    _HUNGER_SHAKES, _POCKET_SHAKES, _COHESION_BACK, _CONTACT_REST, _SICK_DAY, _LATE_DAYS, _LATE_STARVE, _STARVE, _REST_MEN,
    _BRIGADE, _MOST_BACK, _IDLE_USE, _MARCH_FOOD, _LEVEL_1, _LEVEL_2, _LEVEL_3, _CONTACT_DIGS, _ENTRENCH_DIGS,
    _ENGINEERS_DIG, _BATTLE_KM, _COUNTRY_WEAR,
) = range(len(_PARAMETERS))  # fmt: skip
_TO_REST, _TO_ENTRENCH, _TO_SUPPORT = int(Task.REST), int(Task.ENTRENCH), int(Task.SUPPORT)
_DIVISION: Final = int(Echelon.DIVISION)
_FORTIFIED, _PREPARED, _HASTY = int(Posture.FORTIFIED), int(Posture.PREPARED), int(Posture.HASTY)
_TASKS: Final = np.arange(len(Task))
_ATTACKING = (Task.ATTACK, Task.PROBE, Task.EXPLOIT, Task.BOMBARD)
_ATTACKS: Final = np.isin(_TASKS, (*_ATTACKING, Task.FOLLOW))
"""By task: vehicles leave the roads."""
_ON_THE_MOVE: Final = np.isin(_TASKS, (*_ATTACKING, Task.MARCH, Task.FOLLOW, Task.WITHDRAW))
"""By task: nobody digs."""
_STANDING: Final = np.isin(_TASKS, (Task.HOLD, Task.ENTRENCH, Task.REST, Task.SUPPORT))


@dataclass(frozen=True, eq=False)
class Company:
    """Formations on the map as a grid point finds them; one entry each."""

    world: World
    minute: int
    rows: Ints
    stock: Ints
    """Shape (flows, rows): in the order of ``_FLOWS``."""
    battle: Mask
    moving: Mask
    contact: Mask
    cut_off: Mask
    hungry: Mask
    task: npt.NDArray[np.int8]

    def rule(self, address: str) -> float:
        """A parameter."""
        return self.world.statics.rules[address]

    def column(self, name: str) -> Any:
        """A column of these formations."""
        return self.world.formations[name][self.rows]


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """Rates for the next six hours, and what the last six cost."""
    events = [TICKED(minute, system=Calendar.RECOVERY, next_at=minute + GRAIN_MIN)]
    replaced = _dated(world, minute)
    if replaced is not None:
        events.append(replaced)
    rows = standing(world).rows
    if len(rows):
        events += _settled(_company(world, minute, rows), trace)
    return events


def _company(world: World, minute: int, rows: Ints) -> Company:
    formations = world.formations
    stock = np.empty((len(_FLOWS), len(rows)), np.int64)
    read_flows(formations.blocks["int64"], formations.plan(*_FLOWS), rows, minute, stock)
    men = stock[_MEN] / FINE
    cut_off = formations.cut_off_since[rows] <= minute
    short = stock[_FOOD] < needs(world.statics).food[formations.kind[rows]] * men * (GRAIN_MIN / DAY)
    if on(world.statics.rules, "foraging"):
        # Who has the country behind him bakes from its harvest; a pocket and a fortress have eaten theirs up.
        short &= cut_off | garrison(world, rows)
    return Company(
        world=world,
        minute=minute,
        rows=rows,
        stock=stock,
        battle=fighting(world)[rows],
        moving=formations.leg_to[rows] >= 0,
        contact=contacts(world)[rows] != 0,
        cut_off=cut_off,
        hungry=short & on(world.statics.rules, "supply"),
        task=formations.task[rows],
    )


# What is charged at once, and the rates of the next six hours: one compiled pass over the company.


def _settled(c: Company, trace: Trace | None) -> list[Event]:
    """Wear of what was marched and of want since the last grid point, if any, and the rates from now on."""
    statics, formations, many = c.world.statics, c.world.formations, len(c.rows)
    engineers = _engineers(c)
    wears, worn, rates = np.zeros(many, bool), np.zeros((len(_WORN), many), np.int64), np.zeros((len(_RATES), many), np.int64)
    _settle(
        c.rows, c.stock, c.battle, c.moving, c.contact, c.cut_off, c.hungry, engineers, formations.task, formations.kind,
        formations.mobility, formations.side, formations.echelon, formations.posture, formations.hex,
        formations.moved_m, formations.worn_m, formations.forced_m, formations.afv_shop_rate, formations.afv_lost_rate,
        formations.fatigue_gain, formations.cut_off_since, formations.cohesion_loss, formations.hungry_since,
        formations.battle_rate, formations.men_full, formations.aboard_u, formations.ammo_use,
        _soil(statics)[statics.theatre.terrain], _ATTACKS, _ON_THE_MOVE, _STANDING, _uses(statics), _breakdowns(statics),
        _day_march(statics), first_day(statics), _replacements(c), _rest_day(c), *_repair_day(c), _top(c), c.minute,
        packed(statics, _PARAMETERS), wears, worn, rates,
    )  # fmt: skip
    events = []
    some = rows_where(wears)
    if len(some):
        moved_m = formations.moved_m[c.rows[some]]
        events.append(WORN(c.minute, formation=c.rows[some], moved_m=moved_m, **dict(zip(_WORN, worn[:, some], strict=True))))
    if trace is not None:
        _explain(c, trace, dict(zip(_RATES, rates, strict=True)), engineers)
    return [*events, RECOVERED(c.minute, formation=c.rows, **dict(zip(_RATES, rates, strict=True)))]


@jit
def _settle(
    rows: Any, stock: Any, battle: Any, moving: Any, contact: Any, cut_off: Any, hungry: Any, engineers: Any, tasks: Any,
    kinds: Any, mobility: Any, sides: Any, echelon: Any, posture: Any, place: Any, moved_m: Any, worn_m: Any, forced_m: Any,
    shop_rate: Any, lost_rate: Any, fatigue_gain: Any, cut_off_since: Any, cohesion_loss: Any, hungry_since: Any,
    battle_rate: Any, men_full: Any, aboard: Any, ammo_use: Any, soil: Any, attacks: Any, on_the_move: Any,
    standing_tasks: Any, uses: Any, breakdowns: Any, day_march: Any, first_days: Any, replaced: Any, rest_day: float,
    back_day: float, rear_day: float, top: int, minute: int, p: Any, wears: Any, worn: Any, rates: Any,
) -> None:  # fmt: skip
    """For each of ``rows``: whether and how it is worn (``_WORN``), and its rates (``_RATES``)."""
    for i in range(len(rows)):
        row = rows[i]
        task, kind, side, free, drives = tasks[row], kinds[row], sides[row], not battle[i], mobility[row]
        men, fuel, vehicles, in_shop = stock[_MEN, i], stock[_FUEL, i], stock[_AFV, i], stock[_AFV_SHOP, i]
        strength = men / FINE
        # The ground covered: its fuel, breakdowns and tiredness.
        km = (moved_m[row] - worn_m[row]) / 1000.0
        burnt = min(whole(uses[_FUEL_100KM, kind] * strength * (km / 100.0)), fuel)
        workshops = p[_BUSY] if moving[i] or battle[i] else 1.0
        rear = whole(in_shop * workshops * (rear_day * GRAIN_MIN / DAY))
        leaving = shop_rate[row] + lost_rate[row]
        driven = _driven(km, battle[i], contact[i] or battle[i] or attacks[task], task, p)
        broken = min(whole(vehicles * breakdowns[kind] * (driven / 100.0)), max(vehicles - leaving * GRAIN_MIN, 0))
        hurried, day = forced_m[row] / 1000.0, day_march[drives]
        tired = whole(
            NANO * p[_MARCH_TIRES] * ((km - hurried) / day)
            + NANO * p[_HURRY_TIRES] * (hurried / (day * first_days[drives]))
        )
        room = NANO - stock[_FATIGUE, i] - max(fatigue_gain[row], 0) * GRAIN_MIN
        lost = _want(hungry[i], cut_off[i] and minute - cut_off_since[row] >= p[_POCKET_DAYS] * DAY, p)
        lost = min(lost, max(stock[_COHESION, i] - cohesion_loss[row] * GRAIN_MIN, 0))
        worn[0, i] = burnt if p[_SUPPLY] != 0.0 else 0
        worn[1, i], worn[2, i] = (broken, rear) if p[_REPAIR] != 0.0 else (0, 0)
        worn[3, i], worn[4, i] = min(max(tired, 0), max(room, 0)), lost
        wears[i] = km > 0 or lost > 0 or worn[1, i] > 0 or worn[2, i] > 0
        # Rest and digging.
        if p[_RECOVERY] != 0.0:
            calm = free and not cut_off[i] and not hungry[i]
            rates[0, i] = _a_minute(NANO * p[_COHESION_BACK] if calm else 0.0, NANO - stock[_COHESION, i])
            rest = (NANO * rest_day if free and not moving[i] else 0.0) * (p[_CONTACT_REST] if contact[i] else 1.0)
            rates[2, i] = _a_minute(rest, stock[_FATIGUE, i])
        rates[1, i] = fatigue_gain[row] if battle[i] else 0
        if p[_FORTIFICATION] != 0.0:
            digs = free and not moving[i] and not on_the_move[task] and task != _TO_REST
            rates[3, i] = _dug(digs, stock[_WORKS, i], soil[place[row]], contact[i], task, engineers[i], top, p)
        # Men and vehicles.
        starving = 0.0
        if hungry[i]:
            late = minute - hungry_since[row] >= p[_LATE_DAYS] * DAY
            starving = p[_LATE_STARVE] if late else p[_STARVE]
        sick = (p[_SICK_DAY] if p[_SICKNESS] != 0.0 else 0.0) + starving
        rates[4, i] = _a_minute(sick * men, men - battle_rate[row] * GRAIN_MIN)
        if p[_REPLACED] != 0.0:
            gain = replaced[side]
            if side == SOVIET and task == _TO_REST and not contact[i] and free:
                gain = max(gain, p[_REST_MEN])
            gain = gain * (1.0 if echelon[row] >= _DIVISION else p[_BRIGADE])
            owed = whole((stock[_BATTLE, i] + stock[_SICK, i]) * p[_MOST_BACK]) - stock[_GAIN, i]
            short = int(men_full[row]) * FINE - men - aboard[row]
            rates[5, i] = _a_minute((0.0 if cut_off[i] else gain) * FINE, min(owed, short))
        if p[_REPAIR] != 0.0:
            # What goes to the rear at this moment has not left the stock yet.
            rates[6, i] = _a_minute(back_day * workshops * in_shop, in_shop - rear)
        # What is used up, as long as there is some. The fuel of the march that ends now is taken off at this moment.
        if p[_SUPPLY] != 0.0:
            fired = uses[_AMMO_STATIC, kind] * strength * (1.0 if contact[i] else p[_IDLE_USE])
            rates[7, i] = ammo_use[row] if battle[i] else _a_minute(fired, stock[_AMMO, i])
            rates[8, i] = _a_minute(uses[_FUEL_IDLE, kind] * strength, fuel - burnt)
            eaten = uses[_EATEN, kind] * strength * (p[_MARCH_FOOD] if moving[i] else 1.0)
            rates[9, i] = _a_minute(eaten, stock[_FOOD, i])
        rates[10, i] = min(hungry_since[row], minute) if hungry[i] else NEVER
        # Who stands is as well prepared as his works; who moves or attacks keeps his posture.
        rates[11, i] = posture[row]
        if not moving[i] and standing_tasks[task]:
            level = stock[_WORKS, i] // NANO
            rates[11, i] = _FORTIFIED if level >= 3 else _PREPARED if level >= 2 else _HASTY


@jit
def _a_minute(a_day: float, left: int) -> int:
    """A daily amount as a whole rate a minute that uses up no more than ``left`` before the next grid point."""
    return min(whole(a_day / DAY), max(left, 0) // GRAIN_MIN)


@jit
def _driven(km: float, fights: bool, country: bool, task: int, p: Any) -> float:
    """What vehicles have driven since the last grid point, as kilometres of road march.

    Ground covered (km) counts more across ``country``, where attackers and who is near the enemy drive; what is driven
    in a battle, to and fro, is no ground covered.
    """
    fought = p[_BATTLE_KM] * (GRAIN_MIN / DAY) if fights and task != _TO_SUPPORT else 0.0
    return (km + fought) * (p[_COUNTRY_WEAR] if country else 1.0)


@jit
def _want(hungry: bool, in_pocket: bool, p: Any) -> int:
    """Cohesion lost in six hours by hunger, and in a pocket."""
    want = p[_HUNGER_SHAKES] if hungry else 0.0
    want = want + (p[_POCKET_SHAKES] if in_pocket else 0.0)
    return whole(want * (NANO * GRAIN_MIN / DAY))


@jit
def _dug(digs: bool, works: int, soil: float, contact: bool, task: int, engineers: float, top: int, p: Any) -> int:
    """Entrenchment by level reached, ground, contact, order and engineers."""
    level = works / NANO
    each = p[_LEVEL_1] if level < 1 else p[_LEVEL_2] - p[_LEVEL_1] if level < 2 else p[_LEVEL_3] - p[_LEVEL_2]
    pace = soil * (1.0 if digs else 0.0)
    pace = pace * (p[_CONTACT_DIGS] if contact else 1.0)
    pace = pace * (p[_ENTRENCH_DIGS] if task == _TO_ENTRENCH else 1.0)
    pace = pace * (1.0 + (p[_ENGINEERS_DIG] - 1.0) * engineers)
    return _a_minute(NANO * pace / each, top - works)


def _breakdowns(statics: Statics) -> Floats:
    """Share of the running vehicles that break down on 100 km, by kind."""
    found: Floats | None = statics.memo.get("recovery.breakdowns")
    if found is None:
        kinds = [statics.scenario.kinds[name] for name in statics.kinds]
        found = np.array([k.breakdown_100km for k in kinds]) * statics.rules["repair.breakdown_scale"]
        statics.memo["recovery.breakdowns"] = found
    return found


def _day_march(statics: Statics) -> Floats:
    """Kilometres of a full day's march by mobility."""
    found: Floats | None = statics.memo.get("recovery.day_march")
    if found is None:
        rules = statics.rules
        paces = [rules[f"movement.{m.name.lower()}_km_day"] for m in Mobility if m != Mobility.STATIC]
        found = statics.memo["recovery.day_march"] = np.array([*paces, paces[0]])
    return found


def _repair_day(c: Company) -> tuple[float, float]:
    """Shares of the vehicles in repair that come back, and that go to the rear, in a day.

    Of short and long repairs, each with its half-life, one hazard is made that keeps the mean stay, and with it how many
    are in repair; what neither mends goes to the rear after as long.
    """
    short, long = c.rule("repair.short_share"), c.rule("repair.long_share")
    mended = short + long
    leaving = LN_2 * mended / (short * c.rule("repair.short_days") + long * c.rule("repair.long_days"))
    return mended * leaving, (1.0 - mended) * leaving


def _uses(statics: Statics) -> Floats:
    """Shape (4, kinds): ammunition along a quiet front, fuel at rest and for 100 km, food."""
    found: Floats | None = statics.memo.get("recovery.uses")
    if found is None:
        table = needs(statics)
        found = np.stack([table.ammo_static, table.fuel_idle, table.fuel_100km, table.food])
        statics.memo["recovery.uses"] = found
    return found


def _rest_day(c: Company) -> float:
    """Share of the fatigue that passes in a day of rest: half as much in bad weather."""
    weather = c.world.weather
    bad = weather.sky[0] in (Sky.RAIN, Sky.SNOW) or weather.ground[0] == Ground.MUD
    return c.rule("combat.fatigue_rest_day") * (c.rule("combat.fatigue_bad_weather") if bad else 1.0)


def _replacements(c: Company) -> Floats:
    """Replacements and convalescents of a division a day, by side."""
    return np.array([c.rule(f"repair.replacements_{name}_day") for name in SIDES]) * _drafts(c.world, c.minute)


def _top(c: Company) -> int:
    """Works that troops can dig, in 1e-9 of a level."""
    return round(c.rule("fortification.level_max")) * NANO


def _engineers(c: Company) -> Floats:
    """How far the engineers of their headquarters meet the need of those who dig, 0 to 1."""
    if not on(c.world.statics.rules, "engineers"):
        return np.zeros(len(c.rows))
    digging = ~c.battle & ~c.moving & ~_ON_THE_MOVE[c.task] & (c.task != _TO_REST) & (c.stock[_WORKS] < _top(c))
    need = rounded(np.where(digging, c.stock[_MEN] / FINE * c.rule("fortification.engineer_share"), 0.0))
    return share_met(c.world, c.minute, c.column("hq").astype(np.int64), need)


def _soil(statics: Statics) -> Floats:
    """Pace of digging by terrain code; 255 (water) is never dug."""
    found: Floats | None = statics.memo.get("recovery.soil")
    if found is None:
        found = np.ones(256)
        for terrain in statics.scenario.terrain:
            found[terrain.code] = terrain.entrench
        found[WATER_TERRAIN] = 0.0
        statics.memo["recovery.soil"] = found
    return found


def _drafts(world: World, minute: int) -> Floats:
    """Share of the flow of replacements by side: less while its convalescents are counted by a row of their own."""
    share = np.ones(len(SIDES))
    if len(world.people):
        live = (world.people.open_at <= minute) & (world.people.close_at > minute)
        for row in np.flatnonzero(live).tolist():
            spec = world.statics.scenario.people[row]
            if spec.kind == "convalescents":
                share[SIDES.index(spec.side)] = world.statics.rules["people.drafts_share"]
    return share


def _explain(c: Company, trace: Trace, rates: dict[str, Ints], engineers: Floats) -> None:
    for i, row in enumerate(c.rows.tolist()):
        for key, value, address in (
            ("cohesion_gain_day", rates["cohesion_gain"][i] * DAY / NANO, "combat.cohesion_recovery_day"),
            ("fatigue_loss_day", rates["fatigue_loss"][i] * DAY / NANO, "combat.fatigue_rest_day"),
            ("works_gain_day", rates["works_gain"][i] * DAY / NANO, "fortification.level_1_days"),
            ("need_of_engineers_met", engineers[i], "fortification.engineer_factor"),
            ("afv_back_day", rates["afv_back_rate"][i] * DAY / FINE, "repair.short_days"),
            ("in_battle", float(c.battle[i]), ""),
            ("contact", float(c.contact[i]), "fortification.contact_factor"),
            ("cut_off", float(c.cut_off[i]), "supply.pocket_days"),
            ("hungry", float(c.hungry[i]), "supply.food_cohesion_day"),
        ):
            trace.record("formations", row, key, float(value), address)


# Dated replacements.


def _dated(world: World, minute: int) -> Event | None:
    """Replacements the scenario dates to the six hours before this grid point."""
    statics = world.statics
    table: dict[int, list[tuple[int, int, int, int]]] | None = statics.memo.get("recovery.dated")
    if table is None:
        table = {}
        for change in statics.scenario.reinforcements:
            if change.kind == "replacements" and change.subject in statics.formation_rows:
                due = -(-max(change.at_min, 0) // GRAIN_MIN) * GRAIN_MIN
                row = statics.formation_rows[change.subject]
                table.setdefault(due, []).append((row, change.men, change.afv, change.guns))
        statics.memo["recovery.dated"] = table
    if minute not in table:
        return None
    rows = np.array(table[minute], dtype=np.int64)
    alive = (world.formations.status[rows[:, 0]] == Status.ON_MAP) | (world.formations.status[rows[:, 0]] == Status.WAITING)
    rows = rows[alive]
    if not len(rows):
        return None
    men, afv, guns = (rows[:, k] * FINE for k in (1, 2, 3))
    return REPLACED(minute, formation=rows[:, 0], men_u=men, afv_u=afv, guns_u=guns)


SYSTEM = System("recovery", 8, GRAIN_MIN, on_calendar(Calendar.RECOVERY), decide, Calendar.RECOVERY)
