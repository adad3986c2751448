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

from engine.core.arithmetic import PPM, Floats, rounded
from engine.core.columns import FINE, NANO
from engine.model.codes import (
    MARCHING,
    TO_WITHDRAW,
    Mobility,
    Posture,
)
from engine.model.world import Statics, World
from engine.rules.demand import days_of, needs
from engine.rules.system import Trace

Rows = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]

LEAST_LINE_SHARE: Final = 0.25
"""However the infantry bleeds, so much of the kind's share of the men present still fights in the line."""


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
    factor: Floats = tables.defence[rolling, _land(theatre.terrain[cells])]
    return factor


def tank_factor(statics: Statics, cells: Any) -> Floats:
    """Worth of tanks by the ground of ``cells``, enemy anti-tank guns left out."""
    factor: Floats = ground(statics).tanks[_land(statics.theatre.terrain[cells])]
    return factor


def river_factor(statics: Statics, cells: Any, directions: Any) -> Floats:
    """Multiplier of the defender's power against what comes over hexside ``directions`` of ``cells``."""
    tables, theatre = ground(statics), statics.theatre
    over: Floats = tables.river[theatre.river[cells, directions]]
    factor: Floats = np.maximum(over, tables.strait[theatre.strait[cells, directions]])
    return factor


def _land(codes: Any) -> npt.NDArray[np.int64]:
    """Terrain codes with water counted as open ground (nobody fights on it, but a table must answer)."""
    code = np.asarray(codes).astype(np.int64)
    return np.where(code > 5, 0, code)


FLOWS: Final = ("men", "battle", "gain", "afv", "guns", "cohesion", "fatigue", "ammo", "works")
State = dict[str, Ints]
"""Values of ``FLOWS`` for some rows at a minute."""


def state(world: World, rows: Any, minute: int) -> State:
    """What power depends on, read once."""
    return world.formations.read_all(FLOWS, minute, rows)


def line_of(world: World, rows: Any, now: State) -> Ints:
    """Men who fight in the front line (1e-6 man): the kind's share, less the line's extra losses.

    Nine tenths of battle losses (``combat.combat_loss_share``) fall on the line: it thins before the rest.
    """
    share = world.formations.combat_share[rows].astype(np.int64)
    extra = np.maximum(round(world.statics.rules["combat.combat_loss_share"] * PPM) - share, 0)
    lost = np.maximum(now["battle"] - now["gain"], 0)
    full = now["men"] // PPM * share
    line: Ints = np.maximum(full - lost // PPM * extra, rounded(full * LEAST_LINE_SHARE))
    return line


def line_men_u(world: World, rows: Any, minute: int) -> Ints:
    """:func:`line_of` at a minute."""
    return line_of(world, rows, world.formations.read_all(("men", "battle", "gain"), minute, rows))


def quality_of(world: World, rows: Any, now: State) -> Floats:
    """CEV x cohesion x fatigue: what a man of the formation is worth."""
    rules = world.statics.rules
    cohesion = rules["combat.quality_cohesion_share"] * (now["cohesion"] / NANO)
    ready = rules["combat.quality_cohesion_floor"] + cohesion
    tired = 1.0 - rules["combat.quality_fatigue_share"] * (now["fatigue"] / NANO)
    worth: Floats = (world.formations.quality[rows] / PPM) * ready * tired
    return worth


def points_of(world: World, rows: Any, now: State) -> Ints:
    """Own power in points, posture, terrain and ammunition left out: q x (line + 20 AFV + 15 guns)."""
    rules = world.statics.rules
    worth = line_of(world, rows, now).astype(np.float64)
    worth = worth + rules["combat.weight_afv"] * now["afv"]
    worth = worth + rules["combat.weight_gun"] * now["guns"]
    return rounded(worth * quality_of(world, rows, now) / FINE)


def points(world: World, rows: Any, minute: int) -> Ints:
    """:func:`points_of` at a minute: what staffs, reports and estimates count in."""
    return points_of(world, rows, state(world, rows, minute))


def ammunition_days(world: World, rows: Any, now: State) -> Floats:
    """Days of defence that the ammunition held would last at present strength."""
    need = needs(world.statics).ammo_defence[world.formations.kind[rows]] * (now["men"] / FINE)
    days: Floats = days_of(now["ammo"], need) / PPM
    return days


def ammunition_factor(world: World, rows: Any, now: State) -> Floats:
    """Power left with the ammunition held: ``ammo_floor`` without any, 1 from ``ammo_days_full`` days on."""
    rules = world.statics.rules
    floor = rules["combat.ammo_floor"]
    share = np.minimum(ammunition_days(world, rows, now) / rules["combat.ammo_days_full"], 1.0)
    factor: Floats = floor + (1.0 - floor) * share
    return factor


def works_level(world: World, rows: Any, cells: Any, now: State) -> Floats:
    """Level 0 to 4 of the works a formation fights from: its own digging or the prepared line of its hex."""
    hexes = world.hexes
    usable = (hexes.works_side[cells] < 0) | (hexes.works_side[cells] == world.formations.side[rows])
    line = np.where(usable, hexes.works[cells], 0)
    return np.minimum(np.maximum(now["works"] / NANO, line), 4.0)


def posture_factor(world: World, rows: Any, cells: Any, now: State, minute: int) -> Floats:
    """Multiplier of a defender's power by what it is doing and how it is dug in (QJM postures)."""
    return posture_of(world, rows, works_level(world, rows, cells, now), minute)


def posture_of(world: World, rows: Any, level: Floats, minute: int) -> Floats:
    """:func:`posture_factor` from the level of the works."""
    formations, rules = world.formations, world.statics.rules
    table = ground(world.statics).works
    below = np.minimum(level.astype(np.int64), 3)
    dug_in = table[below] + (table[below + 1] - table[below]) * (level - below)
    settled = minute - formations.in_place_since[rows] >= rules["contact.hasty_h"] * 60.0
    factor = np.where(settled, np.maximum(dug_in, rules["combat.posture_hasty"]), dug_in)
    factor = np.where(formations.posture[rows] == Posture.DELAY, rules["combat.posture_delay"], factor)
    leaving = formations.leg_to[rows] >= 0
    marching = leaving & (formations.stage[rows] == MARCHING)
    factor = np.where(marching, rules["combat.posture_march"], factor)
    withdrawing = leaving & (formations.task[rows] == TO_WITHDRAW)
    return np.where(withdrawing, rules["combat.posture_withdrawal"], factor)


def mechanised(world: World, rows: Any) -> npt.NDArray[np.bool_]:
    """Whether formations drive rather than march."""
    mobility = world.formations.mobility[rows]
    drives: npt.NDArray[np.bool_] = (mobility == Mobility.MOTOR) | (mobility == Mobility.TRACK)
    return drives


def explain_power(world: World, row: int, minute: int) -> Trace:
    """The terms of one formation's power in points, in the order in which they enter it."""
    rules, rows = world.statics.rules, np.array([row])
    now = state(world, rows, minute)
    trace = Trace()

    def term(key: str, value: float, address: str = "") -> None:
        trace.record("formations", row, key, value, address)

    term("men", now["men"][0] / FINE)
    term("men_in_line", line_of(world, rows, now)[0] / FINE, "combat.combat_loss_share")
    term("afv", now["afv"][0] / FINE)
    term("worth_of_an_afv", rules["combat.weight_afv"], "combat.weight_afv")
    term("guns", now["guns"][0] / FINE)
    term("worth_of_a_gun", rules["combat.weight_gun"], "combat.weight_gun")
    term("cev", world.formations.quality[row] / PPM)
    term("cohesion", now["cohesion"][0] / NANO, "combat.quality_cohesion_share")
    term("fatigue", now["fatigue"][0] / NANO, "combat.quality_fatigue_share")
    term("quality", quality_of(world, rows, now)[0])
    term("points", points_of(world, rows, now)[0])
    return trace
