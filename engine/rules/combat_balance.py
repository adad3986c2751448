"""x, the log of the ratio of effective powers, battle by battle, with every term that enters it.

Arms combine (men in the line, tanks by ground and anti-tank guns, guns by ammunition, army artillery) and are
multiplied by what the situation makes of them (posture, ground, rivers side by side, night, mud, command); surprise,
preparation, aircraft and ships shift x itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, rounded
from engine.core.calendar import DAY, HOUR
from engine.core.columns import FINE
from engine.model.codes import (
    ATTACKING,
    HOLDING,
    SCREEN_FIGHT,
    SCREENING,
    SUPPORTING,
    TO_WITHDRAW,
    Ground,
    Posture,
    Sky,
)
from engine.model.world import World
from engine.rules import craft, power, preparation
from engine.rules.combat_lineup import Lineup
from engine.rules.combat_rates import log_ratio, saturated, tank_worth
from engine.rules.landing import weakness
from engine.rules.support import Support, share_out

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MILLI: Final = 1000
"""Men and points are added up in thousandths."""


@dataclass(frozen=True, eq=False)
class Contacts:
    """What a battle remembers of its beginning, one entry a battle of the line-up."""

    started_at: Ints
    surprise: Ints
    """Millionths of a level."""
    depth_u: Ints


@dataclass(frozen=True, eq=False)
class Balance:
    """Shapes: (participants,) for ``now`` (flows), ``taking_part``, ``ours``; (battles,) or (battles, 2) for the rest.

    Column 0 is the attacker's side, column 1 the defender's.
    """

    now: power.State
    taking_part: Floats
    """Share of each participant that fights: its share of itself x its place in the stack."""
    ours: Ints
    x: Floats
    x_surprise: Floats
    """Part of x that is surprise."""
    points: Floats
    line: Floats
    lethality: Floats
    prepared: Floats
    """Share of the attackers that had time to prepare."""
    attackers: Floats
    """Men of the formations that attack, those behind the line among them."""
    hasty: Floats
    """Share of the defenders' line that is not dug in (works below level 2; none of a screen)."""
    delaying: Floats
    """Share of the defenders' line that delays or withdraws."""
    mobile: Mask
    """Mobile troops among the attackers."""
    support: Support
    terms: dict[str, tuple[Floats, str]]
    """Named terms of x with the address of their parameter: the tree that explains it."""


def weigh(world: World, lineup: Lineup, contacts: Contacts, minute: int, *, explain: bool = False) -> Balance:
    """The balance of every battle of ``lineup``; to ``explain`` it, multipliers of the men in line are terms too."""
    formations, rules = world.formations, world.statics.rules
    who, slot, count = lineup.formation, lineup.slot, len(lineup.hex)
    now = power.state(world, who, minute)
    ours = (formations.side[who] != lineup.attacker[slot]).astype(np.int64)
    key = slot * 2 + ours

    def both(values: Any) -> Floats:
        """Sum of whole numbers by battle and side, shape (battles, 2)."""
        sums: Floats = np.bincount(key, weights=values, minlength=count * 2).reshape(count, 2).astype(np.float64)
        return sums

    in_line = lineup.role != SUPPORTING
    part = lineup.share / PPM * _stack(world, lineup, ours, now)
    full = power.line_of(world, who, now) * in_line
    part = _within_screen_cap(world, lineup, full, part)
    line = rounded(full * part / MILLI)
    support = share_out(world, lineup, line // MILLI, ours, minute)

    men, tanks = both(line) / MILLI, rounded(now["afv"] * part / MILLI) * in_line
    guns = rounded(now["guns"] * part / MILLI)
    afv = both(tanks) / MILLI + support.assault_guns
    antitank = both(rounded(guns * _antitank_share(world)[formations.kind[who]])) / MILLI + support.antitank
    attacking = lineup.role == ATTACKING
    early = round(rules["combat.prepare_h"] * HOUR)
    planned = attacking & (formations.in_place_since[who] + early <= contacts.started_at[slot])
    total = np.maximum(men[:, 0], 1e-3)
    prepared: Floats = np.bincount(slot[planned], weights=line[planned], minlength=count) / MILLI / total

    width: Floats = rules["combat.frontage_km"] * _sides_taking_part(lineup).astype(np.float64)
    normal, dense = rules["combat.density_attack_km"], rules["combat.density_breakthrough_km"]
    density: Floats = np.full((count, 2), rules["combat.density_defence_km"])
    density[:, 0] = normal + (dense - normal) * prepared
    counts = saturated(men, width[:, None], density, rules["combat.density_excess"])
    ground = power.tank_factor(world.statics, lineup.hex)
    tank = tank_worth(ground[:, None], afv, (antitank + afv)[:, ::-1], rules)

    ammunition = power.ammunition_factor(world, who, now)
    own_quality, command = power.quality_of(world, who, now), _command(world, who, minute)
    quality = own_quality * ammunition * command
    weak = weakness(world, who, minute)
    if weak is not None:
        quality = quality * weak
    works = power.works_level(world, who, lineup.hex[slot], now)
    situation = np.where(ours == 0, _attack(world, lineup, support), _defence(world, lineup, works, minute))
    worth = line * counts[slot, ours] + rules["combat.weight_afv"] * tanks * tank[slot, ours]
    worth = worth + rules["combat.weight_gun"] * guns * ammunition
    points = both(rounded(worth * quality * situation)) / MILLI
    army = rules["combat.weight_gun"] * support.guns
    army = army + rules["combat.weight_afv"] * support.assault_guns * tank
    points = points + army * _mean(both, rounded(line * quality * situation), line)
    lethality = _mean(both, rounded(line * (formations.lethality[who] / PPM)), line)

    shifts = _shifts(world, lineup, contacts, prepared * _planned(world, lineup), support, minute)
    hasty, delaying = _bearing(world, lineup, works, line, men[:, 1])
    attackers = np.bincount(slot[attacking], weights=rounded(now["men"] * part / FINE)[attacking], minlength=count)
    x = log_ratio(points[:, 0], points[:, 1])
    terms = {
        "attacker_points": (points[:, 0], ""), "defender_points": (points[:, 1], ""),
        "attacker_men_in_line": (men[:, 0], "combat.frontage_km"), "defender_men_in_line": (men[:, 1], ""),
        "attacker_saturation": (counts[:, 0], "combat.density_attack_km"),
        "defender_saturation": (counts[:, 1], "combat.density_defence_km"),
        "attacker_tank_worth": (tank[:, 0], "combat.antitank_k"),
        "defender_tank_worth": (tank[:, 1], "combat.antitank_k"),
        "attacker_army_guns": (support.guns[:, 0], ""), "defender_army_guns": (support.guns[:, 1], ""),
        "log_ratio": (x, ""), **shifts,
    }  # fmt: skip
    for value, _ in shifts.values():
        x = x + value
    driving = attacking & power.mechanised(world, who)
    mobile = np.bincount(slot[driving], minlength=count) > 0
    if explain:
        named = (("quality", own_quality, "combat.quality_cohesion_share"), ("ammunition", ammunition, "combat.ammo_floor"),
                 ("command", command, "combat.out_of_command"), ("situation", situation, ""))  # fmt: skip
        for name, values, address in named:
            mean = _mean(both, rounded(line * values), line)
            terms[f"attacker_{name}"], terms[f"defender_{name}"] = (mean[:, 0], address), (mean[:, 1], address)
        terms["defender_ground"] = (power.terrain_factor(world.statics, lineup.hex), "")
        terms["defender_works"] = (_mean(both, rounded(line * works), line)[:, 1], "fortification.posture_1")
        terms["attacker_lethality"], terms["defender_lethality"] = (lethality[:, 0], ""), (lethality[:, 1], "")
    terms |= {"x": (x, ""), "defender_not_dug_in": (hasty, "combat.loss_hasty_attacker"),
              "defender_delaying": (delaying, "combat.loss_delay_attacker")}  # fmt: skip
    return Balance(now, part, ours, x, shifts["surprise"][0], points, men, lethality, prepared, attackers.astype(float),
                   hasty, delaying, mobile, support, terms)  # fmt: skip


def _bearing(world: World, lineup: Lineup, works: Floats, line: Ints, men: Floats) -> tuple[Floats, Floats]:
    """Shares of the defenders' line that is not dug in, and that delays or withdraws; shape (battles,) each."""
    formations, holding = world.formations, (lineup.role == HOLDING).nonzero()[0]
    who, slot = lineup.formation[holding], lineup.slot[holding]
    level = works[holding]
    leaves = (formations.posture[who] == Posture.DELAY) | (
        (formations.leg_to[who] >= 0) & (formations.task[who] == TO_WITHDRAW)
    )
    open_ = np.where(leaves, 0.0, np.clip(2.0 - level, 0.0, 1.0))
    count, mine = len(lineup.hex), line[holding]
    total = np.maximum(men * MILLI, 1.0)
    hasty: Floats = np.bincount(slot, weights=rounded(mine * open_), minlength=count) / total
    delaying: Floats = np.bincount(slot, weights=np.where(leaves, mine, 0), minlength=count) / total
    return hasty, delaying


def _mean(both: Any, weighted: Ints, line: Ints) -> Floats:
    """Mean of something over the men in line, 1 where there are none; shape (battles, 2)."""
    men = both(line)
    mean: Floats = np.where(men > 0, both(weighted) / np.maximum(men, 1.0), 1.0)
    return mean


def _stack(world: World, lineup: Lineup, ours: Ints, now: power.State) -> Floats:
    """1 for the strongest formations of a hex up to ``combat.stack_full`` divisions' room, less for the others.

    So a worn formation falls back to the second echelon when a fresher one stands behind it (passage of lines).
    """
    formations, who, rules = world.formations, lineup.formation, world.statics.rules
    rest, places = rules["combat.stack_rest"], 2.0 * rules["combat.stack_full"]
    place = formations.hex[who].astype(np.int64)
    together = np.sort((lineup.slot * 2 + ours) * world.statics.grid.size + place)
    if not (together[2:] == together[:-2]).any():
        return np.ones(len(who))  # nowhere three formations in a hex: two always have room
    strength = power.points_of(world, who, now)
    order = np.lexsort((who, -strength, place, ours, lineup.slot))
    room = formations.stack[who][order].astype(np.int64)
    group = (lineup.slot[order], ours[order], place[order])
    new = np.ones(len(who), dtype=bool)
    if len(who) > 1:
        same = (group[0][1:] == group[0][:-1]) & (group[1][1:] == group[1][:-1]) & (group[2][1:] == group[2][:-1])
        new[1:] = ~same
    taken = np.cumsum(room) - room
    first = np.maximum.accumulate(np.where(new, np.arange(len(who)), 0))
    before = taken - taken[first] if len(who) else taken
    factor = np.empty(len(who))
    factor[order] = np.where(before < places, 1.0, rest)
    return np.where((lineup.role == ATTACKING) | (lineup.role == HOLDING), factor, 1.0)


def _within_screen_cap(world: World, lineup: Lineup, full: Ints, part: Floats) -> Floats:
    """``part`` of each participant, cut where screens of one hex would add up to more than about two divisions."""
    screens = lineup.kind == SCREEN_FIGHT
    if not screens.any():
        return part
    rules, screening = world.statics.rules, lineup.role == SCREENING
    most = rules["contact.screen_cap_divisions"] * rules["contact.screen_cap_men"]
    men = rounded(full * part / FINE)
    total = np.bincount(lineup.slot[screening], weights=men[screening], minlength=len(lineup.hex))
    # Only screens are capped: whole battles are screen fights or not.
    factor = np.where(screens, np.minimum(1.0, most / np.maximum(total, 1.0)), 1.0)
    capped: Floats = part * factor[lineup.slot]
    return capped


def _sides_taking_part(lineup: Lineup) -> Ints:
    """Shape (battles,): hexsides attacked across, at least one."""
    sides = np.zeros((len(lineup.hex), 6), dtype=np.int64)
    attacking = np.flatnonzero((lineup.role == ATTACKING) & (lineup.direction >= 0))
    sides[lineup.slot[attacking], lineup.direction[attacking]] = 1
    taking_part: Ints = np.maximum(sides.sum(axis=1), 1)
    return taking_part


def _antitank_share(world: World) -> Floats:
    """Shape (kinds,): part of the guns that fight tanks."""
    statics = world.statics
    found = statics.memo.get("combat.antitank_share")
    if found is None:
        found = np.array([statics.scenario.kinds[k].antitank_share for k in statics.kinds], dtype=np.float64)
        statics.memo["combat.antitank_share"] = found
    assert isinstance(found, np.ndarray)
    return found


def _command(world: World, who: Ints, minute: int) -> Floats:
    """1, or less for a formation whose headquarters is gone, out of reach or out of action since it was driven off."""
    rules, formations, headquarters = world.statics.rules, world.formations, world.headquarters
    if not len(headquarters):
        return np.ones(len(who))
    hq = formations.hq[who]
    place = headquarters.hex[hq]
    grid = world.statics.grid
    apart = grid.distance(formations.hex[who], np.maximum(place, 0)) * grid.spacing_m
    far = (place >= 0) & (apart > 4000.0 * rules["command.range_km"])
    lost = (hq < 0) | (place < 0) | far | (headquarters.moved_at[hq] > minute)
    return np.where(lost, rules["combat.out_of_command"], 1.0)


def _attack(world: World, lineup: Lineup, support: Support) -> Floats:
    """Multiplier of each participant's power if it attacks: night, mud, rain and the river it has to cross."""
    rules, weather = world.statics.rules, world.weather
    who, slot, direction = lineup.formation, lineup.slot, np.maximum(lineup.direction, 0)
    factor = np.ones(len(who))
    if int(weather.daylight[0]) == 0:
        factor = factor * rules["combat.attack_night"]
    if int(weather.sky[0]) in (Sky.RAIN, Sky.SNOW):
        factor = factor * rules["weather.attack_rain"]
    if int(weather.ground[0]) == Ground.MUD:
        factor = np.where(power.mechanised(world, who), factor * rules["combat.attack_mud"], factor)
    over = craft.narrow(world.statics)[lineup.hex[slot], direction] & (lineup.direction >= 0)
    if over.any():
        factor = np.where(over, factor * rules["naval.landing_first"], factor)
    river = power.river_factor(world.statics, lineup.hex[slot], direction)
    if not (river > 1.0).any():
        return factor
    if int(weather.ice_mm[0]) >= 10.0 * rules["weather.ice_foot_cm"]:
        river = np.where(world.statics.theatre.strait[lineup.hex[slot], direction] > 0, river, 1.0)
    eased = 1.0 + (river - 1.0) * rules["combat.river_engineers"]
    river = np.where(support.engineers[slot, 0], eased, river)
    return np.where(lineup.direction >= 0, factor / river, factor)


def _defence(world: World, lineup: Lineup, works: Floats, minute: int) -> Floats:
    """Multiplier of each participant's power if it defends: posture or works, and ground."""
    rules, slot = world.statics.rules, lineup.slot
    posture = power.posture_of(world, lineup.formation, works, minute)
    posture = np.where(lineup.role == SCREENING, rules["contact.screen_posture"], posture)
    posture = np.where(lineup.role == SUPPORTING, 1.0, posture)
    return posture * power.terrain_factor(world.statics, lineup.hex)[slot]


def is_wet(world: World) -> bool:
    """Wet ground or mud."""
    return int(world.weather.ground[0]) in (Ground.WET, Ground.MUD)


def _planned(world: World, lineup: Lineup) -> Floats:
    """Shape (battles,): how much of the time that its plan wanted the attack had; of several plans the best prepared."""
    share = preparation.shares(world)
    if share is None:
        return np.ones(len(lineup.hex))
    attacking = lineup.role == ATTACKING
    found = np.zeros(len(lineup.hex))
    np.maximum.at(found, lineup.slot[attacking], share[world.formations.hq[lineup.formation[attacking]]])
    return found


def _shifts(
    world: World, lineup: Lineup, contacts: Contacts, prepared: Floats, support: Support, minute: int
) -> dict[str, tuple[Floats, str]]:
    """Terms added to x."""
    rules, formations, count = world.statics.rules, world.formations, len(lineup.hex)
    age = (minute - contacts.started_at) / DAY
    left = np.maximum(0.0, 1.0 - rules["combat.surprise_decay_day"] * age)
    air = np.minimum(support.sorties * (rules["air.x_100"] / 100.0), rules["air.x_max"])
    mud = rules["combat.mud_x"] if int(world.weather.ground[0]) == Ground.MUD else 0.0
    wet = rules["combat.wet_x"] if is_wet(world) else 0.0
    attacking = lineup.role == ATTACKING
    free = attacking & (formations.cut_off_since[lineup.formation] > minute)
    enclosed = np.bincount(lineup.slot[attacking], minlength=count) > 0
    enclosed &= np.bincount(lineup.slot[free], minlength=count) == 0
    return {
        "surprise": (contacts.surprise / PPM * left * rules["combat.surprise_x"], "combat.surprise_x"),
        "preparation": (prepared * rules["combat.preparation_x"], "combat.preparation_x"),
        "aircraft": (air[:, 0] - air[:, 1], "air.x_100"),
        "ships": (support.naval_x[:, 0] - support.naval_x[:, 1], "naval.x"),
        "wet": (np.full(count, wet), "combat.wet_x"),
        "mud": (np.full(count, mud), "combat.mud_x"),
        "breaking_out": (np.where(enclosed, rules["combat.pocket_breakout_x"], 0.0), "combat.pocket_breakout_x"),
    }
