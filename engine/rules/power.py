"""Effective power of formations: the one function that campaigns, staffs, intelligence and ``engage`` share.

power = quality x (men in the line + weight_afv x running AFVs x their worth there + weight_gun x guns).
Multipliers of posture and terrain after Dupuy's QJM, checked against CDB90; parameters in the groups combat
and fortification. Shapes: one entry a formation of ``rows``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, exp_of, log_of, whole
from engine.core.columns import FINE, NANO, Array
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.codes import (
    MARCHING,
    TO_WITHDRAW,
    Mobility,
    Posture,
)
from engine.model.places import (
    F_COMBAT_SHARE,
    F_IN_PLACE_SINCE,
    F_LEG_TO,
    F_POSTURE,
    F_QUALITY,
    F_STAGE,
    F_TASK,
)
from engine.model.world import Statics, World
from engine.rules.demand import PLENTY
from engine.rules.parameters import packed
from engine.rules.system import Trace

Rows = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]

MOTOR, TRACK, DELAYING = int(Mobility.MOTOR), int(Mobility.TRACK), int(Posture.DELAY)


def on(rules: Mapping[str, float], name: str) -> bool:
    """Whether the rule ``switch.<name>`` is in force (a rule without a switch is)."""
    return rules.get(f"switch.{name}", 1.0) != 0.0


@dataclass(frozen=True)
class Ground:
    """What the ground does to a fight, as small tables.

    ``defence`` has shape (2, terrains): on flat and on rolling ground. ``river`` is by class of river,
    ``strait`` by class of strait; both multiply the defender's power against what crosses that hexside.
    """

    defence: Floats
    tanks: Floats
    attacker_shift: Floats
    defender_shift: Floats
    river: Floats
    strait: Floats
    rolling_dm: float
    works: Floats
    """Multiplier of the defender's power by level of works 0..4."""


def ground(statics: Statics) -> Ground:
    """The tables of a run, made once."""
    found = statics.memo.get("power.ground")
    if found is None:
        rules, terrain = statics.rules, statics.scenario.terrain

        def column(name: str) -> Floats:
            return np.array([getattr(t, name) for t in terrain], dtype=np.float64)

        crossing = rules["combat.river_strait"]
        found = Ground(
            defence=np.stack([column("defence"), column("defence_rolling")]),
            tanks=column("tank_value"),
            attacker_shift=column("attacker_loss_shift"),
            defender_shift=column("defender_loss_shift"),
            river=np.array([1.0, *(rules[f"combat.river_{n}"] for n in ("stream", "river", "major"))]),
            strait=np.array([1.0, crossing, crossing, crossing]),
            rolling_dm=10.0 * rules["combat.rolling_relief_m"],
            works=np.array([rules[f"fortification.posture_{level}"] for level in range(5)]),
        )
        statics.memo["power.ground"] = found
    assert isinstance(found, Ground)
    return found


def terrain_factor(statics: Statics, cells: Any) -> Floats:
    """Multiplier of the defender's power by the ground of ``cells`` (land), rivers and works left out."""
    tables, theatre = ground(statics), statics.theatre
    rolling = (theatre.relief_dm[cells] > tables.rolling_dm).astype(np.int64)
    factor: Floats = tables.defence[rolling, land_code(theatre.terrain[cells])]
    return factor


def tank_factor(statics: Statics, cells: Any) -> Floats:
    """Worth of tanks by the ground of ``cells``, enemy anti-tank guns left out."""
    factor: Floats = ground(statics).tanks[land_code(statics.theatre.terrain[cells])]
    return factor


def river_factor(statics: Statics, cells: Any, directions: Any) -> Floats:
    """Multiplier of the defender's power against what comes over hexside ``directions`` of ``cells``."""
    tables, theatre = ground(statics), statics.theatre
    over: Floats = tables.river[theatre.river[cells, directions]]
    factor: Floats = np.maximum(over, tables.strait[theatre.strait[cells, directions]])
    return factor


def land_code(codes: Any) -> npt.NDArray[np.int64]:
    """Terrain codes with water counted as open ground (on ice there is no cover)."""
    code = np.asarray(codes).astype(np.int64)
    return np.where(code > 5, 0, code)


FLOWS: Final = ("men", "battle", "gain", "afv", "guns", "cohesion", "fatigue", "ammo", "works")
"""What power depends on, in the order in which compiled rules read it."""
MEN, BATTLE, GAIN, AFV, GUNS, COHESION, FATIGUE, AMMO, WORKS = range(len(FLOWS))

PARAMETERS: Final = (
    "combat.combat_loss_share", "combat.quality_cohesion_floor", "combat.quality_cohesion_share",
    "combat.quality_fatigue_share", "combat.weight_afv", "combat.weight_gun", "combat.ammo_floor",
    "combat.ammo_days_full", "combat.posture_hasty", "combat.posture_delay", "combat.posture_march",
    "combat.posture_withdrawal", "contact.hasty_h", "combat.line_least",
)  # fmt: skip
(
    LOSS_SHARE, COHESION_FLOOR, COHESION_SHARE, FATIGUE_SHARE, WEIGHT_AFV, WEIGHT_GUN, AMMO_FLOOR, AMMO_DAYS_FULL,
    POSTURE_HASTY, POSTURE_DELAY, POSTURE_MARCH, POSTURE_WITHDRAWAL, HASTY_H, LINE_LEAST,
) = range(len(PARAMETERS))  # fmt: skip


# Of one formation, for compiled rules; ``p`` holds PARAMETERS.


@jit
def line_of(men: int, battle: int, gain: int, share: int, p: Floats) -> int:
    """Men who fight in the front line (1e-6 man): the kind's share, less the line's extra losses.

    Nine tenths of battle losses (``combat.combat_loss_share``) fall on the line: it thins before the rest.
    """
    extra = max(whole(p[LOSS_SHARE] * PPM) - share, 0)
    lost = max(battle - gain, 0)
    full = men // PPM * share
    return max(full - lost // PPM * extra, whole(full * p[LINE_LEAST]))


@jit
def quality_of(cev: int, cohesion: int, fatigue: int, p: Floats) -> float:
    """CEV x cohesion x fatigue: what a man of the formation is worth."""
    ready = p[COHESION_FLOOR] + p[COHESION_SHARE] * (cohesion / NANO)
    tired = 1.0 - p[FATIGUE_SHARE] * (fatigue / NANO)
    return float((cev / PPM) * ready * tired)


@jit
def ammunition_of(ammo: int, men: int, need: float, p: Floats) -> float:
    """Power left with the ammunition held: ``ammo_floor`` without any, 1 from ``ammo_days_full`` days of defence on.

    ``need`` is what a man in defence uses a day, in grams.
    """
    need = need * (men / FINE)
    days = PLENTY
    if need > 0:
        days = min(ammo / need, PLENTY)
    share = min(whole(days * PPM) / PPM / p[AMMO_DAYS_FULL], 1.0)
    return float(p[AMMO_FLOOR] + (1.0 - p[AMMO_FLOOR]) * share)


SLIGHT: Final = 1e-4
"""Days of ammunition so few that what is held does not change while they are used."""


@jit
def ammunition_over(ammo: int, men: int, need: float, use: float, p: Floats) -> float:
    """Mean of :func:`ammunition_of` while what is held goes down by ``use`` (grams), or to nothing.

    So a battle that is looked at once a day knows that its guns fall silent at noon. A geometric mean: losses are log-linear
    in x, and x is a logarithm of power, so that the mean of logs bleeds as the hours in turn would.
    """
    return ammunition_while(ammo, men, need, use, log_of(p[AMMO_FLOOR]), p)


@jit
def ammunition_while(ammo: int, men: int, need: float, use: float, bottom: float, p: Floats) -> float:
    """:func:`ammunition_over` for who asks for many formations: ``bottom`` is the log of ``ammo_floor``."""
    day = need * (men / FINE)
    if day <= 0.0 or use < SLIGHT * day:
        return ammunition_of(ammo, men, need, p)
    have, gone, floor, full = min(ammo / day, PLENTY), use / day, p[AMMO_FLOOR], p[AMMO_DAYS_FULL]
    left = max(have - gone, 0.0)
    if left >= full:
        return 1.0
    dry = max(gone - have, 0.0) * bottom
    mean = (_scarcity(have, floor, bottom, full) - _scarcity(left, floor, bottom, full) + dry) / gone
    return whole(min(max(exp_of(mean), floor), 1.0) * PPM) / PPM


@jit
def _scarcity(days: float, floor: float, bottom: float, full: float) -> float:
    """Integral of the log of the power left, from no days of ammunition to ``days``; ``bottom`` is the log of ``floor``."""
    slope = (1.0 - floor) / full
    if slope <= 0.0:
        return 0.0
    power = floor + slope * min(days, full)
    return (power * (log_of(power) - 1.0) - floor * (bottom - 1.0)) / slope


@jit
def works_of(own: int, line: int) -> float:
    """Level 0 to 4 of the works a formation fights from: its own digging or the prepared line of its hex."""
    return min(max(own / NANO, float(line)), 4.0)


@jit
def dug_in(level: float, works: Floats) -> float:
    """Multiplier of a defender's power in works of ``level``, between those of the whole levels 0..4."""
    below = min(int(level), 3)
    return float(works[below] + (works[below + 1] - works[below]) * (level - below))


@jit
def posture_of(
    f8: Array, f32: Array, f64: Array, row: int, level: float, works: Floats, minute: int, span: int, p: Floats
) -> float:
    """Multiplier of a defender's power by what it is doing and how it is dug in (QJM postures).

    ``level`` is that of its works, ``works`` the multiplier by level 0..4. Who settles within the ``span`` of minutes has
    the geometric mean of before and after.
    """
    if f32[F_LEG_TO, row] >= 0:
        if f8[F_TASK, row] == TO_WITHDRAW:
            return float(p[POSTURE_WITHDRAWAL])
        if f8[F_STAGE, row] == MARCHING:
            return float(p[POSTURE_MARCH])
    if f8[F_POSTURE, row] == DELAYING:
        return float(p[POSTURE_DELAY])
    dug = dug_in(level, works)
    waits = min(max(f64[F_IN_PLACE_SINCE, row] + p[HASTY_H] * 60.0 - minute, 0.0), float(span))
    if dug >= p[POSTURE_HASTY]:
        return dug
    if waits <= 0.0:
        return float(p[POSTURE_HASTY])
    unsettled = waits / span
    return float(exp_of(unsettled * log_of(dug) + (1.0 - unsettled) * log_of(p[POSTURE_HASTY])))


@jit
def drives(mobility: int) -> bool:
    """Whether a formation of this mobility class drives rather than marches."""
    return mobility in (MOTOR, TRACK)


@jit
def _measure(
    f32: Array, f64: Array, plan: Ints, rows: Ints, minute: int, p: Floats, line: Ints, quality: Floats, points: Ints
) -> None:
    for i in range(len(rows)):
        row = rows[i]
        men, battle = read_flow(f64, plan, MEN, row, minute), read_flow(f64, plan, BATTLE, row, minute)
        gain, share = read_flow(f64, plan, GAIN, row, minute), int(f32[F_COMBAT_SHARE, row])
        line[i] = line_of(men, battle, gain, share, p)
        cohesion, fatigue = read_flow(f64, plan, COHESION, row, minute), read_flow(f64, plan, FATIGUE, row, minute)
        quality[i] = quality_of(int(f32[F_QUALITY, row]), cohesion, fatigue, p)
        afv, guns = read_flow(f64, plan, AFV, row, minute), read_flow(f64, plan, GUNS, row, minute)
        points[i] = points_of(line[i], quality[i], afv, guns, p)


@jit
def points_of(line: int, quality: float, afv: int, guns: int, p: Floats) -> int:
    """Own power in points, posture, terrain and ammunition left out: q x (line + 20 AFV + 15 guns)."""
    worth = float(line) + p[WEIGHT_AFV] * afv
    worth = worth + p[WEIGHT_GUN] * guns
    return whole(worth * quality / FINE)


# Of formations ``rows``.


@dataclass(frozen=True, eq=False)
class Measure:
    """What formations are worth by themselves, one entry a row asked for."""

    line_u: Ints
    """Men who fight in the front line, 1e-6."""
    quality: Floats
    points: Ints


def measure(world: World, rows: Any, minute: int) -> Measure:
    """Men in the line, quality and points of some formations."""
    table = world.formations
    numbers = table.numbers(rows)
    line, points_ = np.empty(len(numbers), np.int64), np.empty(len(numbers), np.int64)
    quality = np.empty(len(numbers))
    _measure(table.blocks["int32"], table.blocks["int64"], table.plan(*FLOWS), numbers, minute,
             packed(world.statics, PARAMETERS), line, quality, points_)  # fmt: skip
    return Measure(line, quality, points_)


def line_men_u(world: World, rows: Any, minute: int) -> Ints:
    """Men who fight in the front line at a minute, 1e-6."""
    return measure(world, rows, minute).line_u


def points(world: World, rows: Any, minute: int) -> Ints:
    """Own power in points at a minute: what staffs, reports and estimates count in."""
    return measure(world, rows, minute).points


def mechanised(world: World, rows: Any) -> npt.NDArray[np.bool_]:
    """Whether formations drive rather than march."""
    mobility = world.formations.mobility[rows]
    motor: npt.NDArray[np.bool_] = (mobility == MOTOR) | (mobility == TRACK)
    return motor


def explain_power(world: World, row: int, minute: int) -> Trace:
    """The terms of one formation's power in points, in the order in which they enter it."""
    rules, rows = world.statics.rules, np.array([row])
    now = world.formations.read_all(FLOWS, minute, rows)
    found = measure(world, rows, minute)
    trace = Trace()

    def term(key: str, value: float, address: str = "") -> None:
        trace.record("formations", row, key, value, address)

    term("men", now["men"][0] / FINE)
    term("men_in_line", found.line_u[0] / FINE, "combat.combat_loss_share")
    term("afv", now["afv"][0] / FINE)
    term("worth_of_an_afv", rules["combat.weight_afv"], "combat.weight_afv")
    term("guns", now["guns"][0] / FINE)
    term("worth_of_a_gun", rules["combat.weight_gun"], "combat.weight_gun")
    term("cev", world.formations.quality[row] / PPM)
    term("cohesion", now["cohesion"][0] / NANO, "combat.quality_cohesion_share")
    term("fatigue", now["fatigue"][0] / NANO, "combat.quality_fatigue_share")
    term("quality", found.quality[0])
    term("points", found.points[0])
    return trace
