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

from engine.core.arithmetic import Floats, rounded
from engine.core.calendar import DAY, HOUR, NEVER
from engine.core.columns import FINE, NANO
from engine.core.dice import Dice
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
from engine.rules.power import on
from engine.rules.system import System, Trace, on_calendar

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GRAIN_MIN: Final = 6 * HOUR
LN_2: Final = 0.6931471805599453
_FLOWS = ("men", "battle", "sick", "gain", "afv", "afv_shop", "cohesion", "fatigue", "works", "ammo", "fuel", "food")
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
    stock: dict[str, Ints]
    men: Floats
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
        company = _company(world, minute, rows)
        worn = _worn(company)
        if worn is not None:
            events.append(worn)
        events.append(_recovered(company, trace))
    return events


def _company(world: World, minute: int, rows: Ints) -> Company:
    formations = world.formations
    stock = formations.read_all(_FLOWS, minute, rows)
    men = stock["men"] / FINE
    cut_off = formations.cut_off_since[rows] <= minute
    short = stock["food"] < needs(world.statics).food[formations.kind[rows]] * men * (GRAIN_MIN / DAY)
    if on(world.statics.rules, "foraging"):
        # Who has the country behind him bakes from its harvest; a pocket and a fortress have eaten theirs up.
        short &= cut_off | garrison(world, rows)
    return Company(
        world=world,
        minute=minute,
        rows=rows,
        stock=stock,
        men=men,
        battle=fighting(world)[rows],
        moving=formations.leg_to[rows] >= 0,
        contact=contacts(world)[rows] != 0,
        cut_off=cut_off,
        hungry=short & on(world.statics.rules, "supply"),
        task=formations.task[rows],
    )


# Charged at once.


def _worn(c: Company) -> Event | None:
    """Fuel, breakdowns and tiredness of the ground covered; vehicles sent to the rear; cohesion lost in want."""
    formations, statics = c.world.formations, c.world.statics
    kind = formations.kind[c.rows]
    km = (c.column("moved_m") - c.column("worn_m")) / 1000.0
    fuel = rounded(needs(statics).fuel_100km[kind] * c.men * (km / 100.0))
    fuel = np.minimum(fuel, c.stock["fuel"]) if on(statics.rules, "supply") else 0 * fuel
    leaving = c.column("afv_shop_rate") + c.column("afv_lost_rate")
    spare = np.maximum(c.stock["afv"] - leaving * GRAIN_MIN, 0)
    broken = np.minimum(rounded(c.stock["afv"] * _breakdowns(statics)[kind] * (_driven(c, km) / 100.0)), spare)
    tired = rounded(_tiring(c, km))
    room = NANO - c.stock["fatigue"] - np.maximum(c.column("fatigue_gain"), 0) * GRAIN_MIN
    tired = np.clip(tired, 0, np.maximum(room, 0))
    want = np.where(c.hungry, c.rule("supply.food_cohesion_day"), 0.0)
    pocket = c.cut_off & (c.minute - c.column("cut_off_since") >= c.rule("supply.pocket_days") * DAY)
    want = want + np.where(pocket, c.rule("supply.pocket_cohesion_day"), 0.0)
    spared = np.maximum(c.stock["cohesion"] - c.column("cohesion_loss") * GRAIN_MIN, 0)
    lost = np.minimum(rounded(want * (NANO * GRAIN_MIN / DAY)), spared)
    rear = _to_the_rear(c)
    if not on(statics.rules, "repair"):
        broken, rear = 0 * broken, 0 * rear
    some = np.flatnonzero((km > 0) | (lost > 0) | (rear > 0) | (broken > 0))
    if not len(some):
        return None
    return WORN(
        c.minute, formation=c.rows[some], moved_m=c.column("moved_m")[some], fuel_g=fuel[some],
        broken_u=broken[some], rear_u=rear[some], fatigue_n=tired[some], cohesion_n=lost[some],
    )  # fmt: skip


def _tiring(c: Company, km: Floats) -> Floats:
    """Fatigue of the ground covered, in 1e-9: by days of march, and more for what was covered by forced march."""
    statics, mobility = c.world.statics, c.column("mobility")
    hurried, day = c.column("forced_m") / 1000.0, _day_march(statics)[mobility]
    usual = NANO * c.rule("combat.fatigue_march_day") * ((km - hurried) / day)
    dear = NANO * c.rule("movement.forced_fatigue_day") * (hurried / (day * first_day(statics)[mobility]))
    found: Floats = usual + dear
    return found


def _driven(c: Company, km: Floats) -> Floats:
    """What vehicles have driven since the last grid point, as kilometres of road march.

    Ground covered (km) counts more across country, where attackers and who is near the enemy drive; what is driven in
    a battle, to and fro, is no ground covered.
    """
    country = _ATTACKS[c.task] | c.battle | c.contact
    fought = np.where(c.battle & (c.task != Task.SUPPORT), c.rule("repair.battle_km_day") * (GRAIN_MIN / DAY), 0.0)
    found: Floats = (km + fought) * np.where(country, c.rule("repair.country_wear"), 1.0)
    return found


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


# Rates.


def _recovered(c: Company, trace: Trace | None) -> Event:
    free = ~c.battle
    fatigue_loss = _rest(c, free)
    works_gain = _digging(c, free)
    sick = _sickness(c)
    gain = _replacements(c)
    back = _repair(c)
    ammo, fuel, food = _consumption(c)
    hungry_since = np.where(c.hungry, np.minimum(c.column("hungry_since"), c.minute), NEVER)
    cohesion_gain = _steadying(c, free)
    if trace is not None:
        _explain(c, trace, cohesion_gain, fatigue_loss, works_gain, back, _engineers(c, free))
    return RECOVERED(
        c.minute,
        formation=c.rows,
        cohesion_gain=cohesion_gain,
        fatigue_gain=np.where(free, 0, c.column("fatigue_gain")),
        fatigue_loss=fatigue_loss,
        works_gain=works_gain,
        sick_rate=sick,
        gain_rate=gain,
        afv_back_rate=back,
        ammo_use=ammo,
        fuel_use=fuel,
        food_use=food,
        hungry_since=hungry_since,
        posture=_posture(c),
    )


def _a_minute(a_day: Floats | float) -> Any:
    """A daily amount as a rate a minute, not yet whole."""
    return a_day / DAY


def _until_next(amount: Ints) -> Ints:
    """The highest whole rate that uses up no more than ``amount`` before the next grid point."""
    return np.maximum(amount, 0) // GRAIN_MIN


def _steadying(c: Company, free: Mask) -> Ints:
    """Cohesion comes back out of battle, if supplied."""
    if not on(c.world.statics.rules, "recovery"):
        return np.zeros(len(c.rows), dtype=np.int64)
    a_day = np.where(free & ~c.cut_off & ~c.hungry, NANO * c.rule("combat.cohesion_recovery_day"), 0.0)
    return np.minimum(rounded(_a_minute(a_day)), _until_next(NANO - c.stock["cohesion"]))


def _rest(c: Company, free: Mask) -> Ints:
    """Fatigue passes at rest: half as fast in bad weather, and in the face of the enemy."""
    if not on(c.world.statics.rules, "recovery"):
        return np.zeros(len(c.rows), dtype=np.int64)
    weather = c.world.weather
    bad = weather.sky[0] in (Sky.RAIN, Sky.SNOW) or weather.ground[0] == Ground.MUD
    pace = c.rule("combat.fatigue_rest_day") * (c.rule("combat.fatigue_bad_weather") if bad else 1.0)
    a_day = np.where(free & ~c.moving, NANO * pace, 0.0) * np.where(c.contact, c.rule("recovery.contact_rest"), 1.0)
    return np.minimum(rounded(_a_minute(a_day)), _until_next(c.stock["fatigue"]))


def _digging(c: Company, free: Mask) -> Ints:
    """Entrenchment by level reached, ground, contact, order and engineers."""
    statics = c.world.statics
    if not on(statics.rules, "fortification"):
        return np.zeros(len(c.rows), dtype=np.int64)
    level = c.stock["works"] / NANO
    days = [c.rule(f"fortification.level_{n}_days") for n in (1, 2, 3)]
    each = np.where(level < 1, days[0], np.where(level < 2, days[1] - days[0], days[2] - days[1]))
    digs = _digs(c, free)
    pace = _soil(statics)[statics.theatre.terrain[c.column("hex")]] * np.where(digs, 1.0, 0.0)
    pace = pace * np.where(c.contact, c.rule("fortification.contact_factor"), 1.0)
    pace = pace * np.where(c.task == Task.ENTRENCH, c.rule("fortification.entrench_factor"), 1.0)
    pace = pace * (1.0 + (c.rule("fortification.engineer_factor") - 1.0) * _engineers(c, free))
    return np.minimum(rounded(_a_minute(NANO * pace / each)), _until_next(_top(c) - c.stock["works"]))


def _digs(c: Company, free: Mask) -> Mask:
    """Who stands, is not told to rest, and is in no battle."""
    found: Mask = free & ~c.moving & ~_ON_THE_MOVE[c.task] & (c.task != Task.REST)
    return found


def _top(c: Company) -> int:
    """Works that troops can dig, in 1e-9 of a level."""
    return round(c.rule("fortification.level_max")) * NANO


def _engineers(c: Company, free: Mask) -> Floats:
    """How far the engineers of their headquarters meet the need of those who dig, 0 to 1."""
    if not on(c.world.statics.rules, "engineers"):
        return np.zeros(len(c.rows))
    digging = _digs(c, free) & (c.stock["works"] < _top(c))
    need = rounded(np.where(digging, c.men * c.rule("fortification.engineer_share"), 0.0))
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


def _sickness(c: Company) -> Ints:
    """Sick, and those lost by hunger, of all men."""
    a_day = np.full(len(c.rows), c.rule("combat.sickness_day") if on(c.world.statics.rules, "sickness") else 0.0)
    late = c.minute - c.column("hungry_since") >= c.rule("supply.hunger_late_days") * DAY
    starving = np.where(late, c.rule("supply.hunger_late_men_day"), c.rule("supply.hunger_men_day"))
    a_day = a_day + np.where(c.hungry, starving, 0.0)
    spared = c.stock["men"] - c.column("battle_rate") * GRAIN_MIN
    return np.minimum(rounded(_a_minute(a_day * c.stock["men"])), _until_next(spared))


def _replacements(c: Company) -> Ints:
    """Replacements and convalescents, up to a share of the losses so far; more for a Soviet division at rest."""
    if not on(c.world.statics.rules, "replacements"):
        return np.zeros(len(c.rows), dtype=np.int64)
    side = c.column("side")
    usual = np.array([c.rule(f"repair.replacements_{name}_day") for name in SIDES])[side]
    resting = (side == SOVIET) & (c.task == Task.REST) & ~c.contact & ~c.battle
    usual = usual * _drafts(c.world, c.minute)[side]
    a_day = np.where(resting, np.maximum(usual, c.rule("repair.rest_men_day")), usual)
    a_day = a_day * np.where(c.column("echelon") >= Echelon.DIVISION, 1.0, c.rule("repair.replacements_brigade"))
    a_day = np.where(c.cut_off, 0.0, a_day)
    owed = rounded((c.stock["battle"] + c.stock["sick"]) * c.rule("repair.replacements_share_max")) - c.stock["gain"]
    room = c.column("men_full").astype(np.int64) * FINE - c.stock["men"] - c.column("aboard_u")
    return np.minimum(rounded(_a_minute(a_day * FINE)), _until_next(np.minimum(owed, room)))


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


def _repair(c: Company) -> Ints:
    """Vehicles out of the workshops; half as many while the workshops move or the formation fights."""
    if not on(c.world.statics.rules, "repair"):
        return np.zeros(len(c.rows), dtype=np.int64)
    back, _ = _repair_day(c)
    # What goes to the rear at this moment has not left the stock yet.
    left = c.stock["afv_shop"] - _to_the_rear(c)
    return np.minimum(rounded(_a_minute(back * _workshops(c) * c.stock["afv_shop"])), _until_next(left))


def _workshops(c: Company) -> Floats:
    """Pace of the workshops: of what they mend, and of what they give up."""
    return np.where(c.moving | c.battle, c.rule("repair.busy_factor"), 1.0)


def _to_the_rear(c: Company) -> Ints:
    """Vehicles (1e-6) that are given up for the rear at this grid point."""
    return rounded(c.stock["afv_shop"] * _workshops(c) * (_repair_day(c)[1] * GRAIN_MIN / DAY))


def _consumption(c: Company) -> tuple[Ints, Ints, Ints]:
    """Ammunition, fuel and food used, gram a minute, as long as there is some."""
    statics = c.world.statics
    if not on(statics.rules, "supply"):
        none = np.zeros(len(c.rows), dtype=np.int64)
        return none, none, none
    table, kind = needs(statics), c.column("kind")
    quiet = np.where(c.contact, 1.0, c.rule("supply.idle_use"))
    ammo = rounded(_a_minute(table.ammo_static[kind] * c.men * quiet))
    ammo = np.where(c.battle, c.column("ammo_use"), np.minimum(ammo, _until_next(c.stock["ammo"])))
    # The fuel of the march that ends now is taken off at this moment.
    km = (c.column("moved_m") - c.column("worn_m")) / 1000.0
    burnt = np.minimum(rounded(table.fuel_100km[kind] * c.men * (km / 100.0)), c.stock["fuel"])
    fuel = np.minimum(rounded(_a_minute(table.fuel_idle[kind] * c.men)), _until_next(c.stock["fuel"] - burnt))
    march = np.where(c.moving, c.rule("supply.march_food"), 1.0)
    food = np.minimum(rounded(_a_minute(table.food[kind] * c.men * march)), _until_next(c.stock["food"]))
    return ammo, fuel, food


def _posture(c: Company) -> npt.NDArray[np.int8]:
    """A formation that stands is as well prepared as its works; one that moves or attacks keeps its posture."""
    level = c.stock["works"] // NANO
    settled = np.where(level >= 3, Posture.FORTIFIED, np.where(level >= 2, Posture.PREPARED, Posture.HASTY))
    stands = ~c.moving & _STANDING[c.task]
    return np.where(stands, settled, c.column("posture")).astype(np.int8)


def _explain(
    c: Company, trace: Trace, cohesion: Ints, rest: Ints, works: Ints, back: Ints, engineers: Floats
) -> None:  # fmt: skip
    for i, row in enumerate(c.rows.tolist()):
        for key, value, address in (
            ("cohesion_gain_day", cohesion[i] * DAY / NANO, "combat.cohesion_recovery_day"),
            ("fatigue_loss_day", rest[i] * DAY / NANO, "combat.fatigue_rest_day"),
            ("works_gain_day", works[i] * DAY / NANO, "fortification.level_1_days"),
            ("need_of_engineers_met", engineers[i], "fortification.engineer_factor"),
            ("afv_back_day", back[i] * DAY / FINE, "repair.short_days"),
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
