"""What each means of reconnaissance finds in the hours before a look: contact, patrols, aircraft, radio, partisans.

Every formation is looked at once for each six hours, all in one pass. Means are hazards an hour, so the chance of
being found is 1 - exp(-hazard x hours). One side observes one formation, so the
formation's own die settles it, whoever else is on the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, exp, rounded
from engine.core.calendar import DAY, HOUR
from engine.core.columns import rows_where
from engine.core.dice import Dice, Stream
from engine.model.codes import AXIS, SOVIET, BattleKind, DirectiveState, Role, Sky
from engine.model.world import Statics, World
from engine.rules import ground
from engine.rules.air import Use, share, sorties_day
from engine.rules.derived import derived
from engine.rules.front import edge
from engine.rules.hierarchy import under
from engine.rules.power import on
from engine.rules.weather import NIGHT, daylight

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PERIOD_MIN: Final = 6 * HOUR
_LIGHT_STEP_MIN: Final = 15
_FAR: Final = 1 << 20
_WORD: Final = 1.0 / 4294967296.0


@dataclass(frozen=True, eq=False)
class Found:
    """What both sides have found out: one entry for each formation on the map, seen by the other side.

    Axis formations come first, each side's by row. Masks of shape (rows,).
    """

    rows: Rows
    observer: Rows
    """The side that looks at each of ``rows``: the other one."""
    apart: Rows
    """Hexes to the nearest formation of the observer."""
    contact: Mask
    fought: Mask
    patrol: Mask
    air: Mask
    radio: Mask
    partisans: Mask
    marching: Mask
    hidden: Mask
    """Under radio silence and camouflage before an attack that is to surprise."""
    hazards: Floats
    """Shape (4, rows): hazard of being found over the whole period by patrols, aircraft, radio, partisans."""


def look(world: World, minute: int, hours: float, dice: Dice) -> Found:
    """Settle what each side finds of the other at ``minute`` after ``hours`` of reconnaissance."""
    formations, rules = world.formations, world.statics.rules
    now = ground.standing(world)
    axis, soviet = now.rows[now.side == AXIS], now.rows[now.side == SOVIET]
    rows = np.concatenate([axis, soviet])
    observer = 1 - formations.side[rows].astype(np.int64)
    cell = formations.hex[rows]
    steps = world.statics.grid.distance(formations.hex[axis][:, None], formations.hex[soviet][None, :])
    apart = np.concatenate([steps.min(axis=1, initial=_FAR), steps.min(axis=0, initial=_FAR)]).astype(np.int64)
    marching = formations.leg_to[rows] >= 0
    hidden = concealed(world, minute)[rows]
    hazards = np.stack([
        _patrols(world, axis, soviet, steps) * _visible(world, cell) * hours,
        _aircraft(world, observer, apart, cell, marching, minute, hours),
        _radio(world, observer, apart, hidden) * hours,
        _partisans(world.statics, observer, apart) * hours,
    ])  # fmt: skip
    hazards = hazards * np.where(hidden, rules["intelligence.hidden_factor"], 1.0)
    if not on(rules, "intelligence"):
        hazards = hazards * 0.0
    luck = dice.words(Stream.SIGHTING, formations.subject[rows], minute) * _WORD
    chance = 1.0 - exp(-hazards)
    patrol, air, radio, partisans = chance > luck.T
    fought = fighting(world, minute)[rows]
    return Found(rows, observer, apart, apart <= 1, fought, patrol, air, radio, partisans, marching, hidden, hazards)


def meet(world: World, rows: Rows) -> Found:
    """Formations that have just come up against the other side, with nobody else looking."""
    observer = 1 - world.formations.side[rows].astype(np.int64)
    yes, no = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    marching = world.formations.leg_to[rows] >= 0
    beside = np.ones(len(rows), dtype=np.int64)
    return Found(rows, observer, beside, yes, no, no, no, no, no, marching, no, np.zeros((4, len(rows))))


def fighting(world: World, minute: int) -> Mask:
    """Shape (formations,): in battle now or within the last six hours: there are prisoners of it."""
    participants, battles = world.participants, world.battles
    rows = rows_where(participants.left_at > minute - PERIOD_MIN)
    near = (battles.kind[participants.battle[rows]] != BattleKind.BOMBARD) & (participants.role[rows] != Role.SUPPORT)
    mask = np.zeros(len(world.formations), dtype=bool)
    mask[participants.formation[rows[near]]] = True
    return mask


def _patrols(world: World, axis: Rows, soviet: Rows, steps: Any) -> Floats:
    """Hazard an hour from formations within reach: any of them sends patrols, reconnaissance troops do better."""
    near = (steps <= round(world.statics.rules["intelligence.recon_hexes"])).astype(np.int64)
    worth = _worth(world.statics)
    kind = world.formations.kind
    of_axis = (near * worth[kind[soviet]][None, :]).sum(axis=1)
    of_soviet = (near * worth[kind[axis]][:, None]).sum(axis=0)
    hazard: Floats = np.concatenate([of_axis, of_soviet]) / PPM
    return hazard


def _visible(world: World, cell: Any) -> Floats:
    """How well patrols see what is in each of the hexes: by the ground, and in fog, rain or snow."""
    fog = world.statics.rules["weather.sight_fog"] if int(world.weather.sky[0]) >= Sky.RAIN else 1.0
    visible: Floats = _sight(world.statics)[cell] * fog
    return visible


def _worth(statics: Statics) -> Rows:
    """Hazard an hour, ppm, that one formation of each kind adds for what is within its reach."""
    found: Rows | None = statics.memo.get("detection.worth")
    if found is None:
        rules = statics.rules
        recon = np.array([statics.scenario.kinds[name].recon for name in statics.kinds])
        hazard = np.maximum(recon * rules["intelligence.recon_hazard_h"], rules["intelligence.patrol_hazard_h"])
        found = statics.memo["detection.worth"] = rounded(hazard * PPM)
    return found


def _sight(statics: Statics) -> Floats:
    """Shape (hexes,): how well troops in each hex can be seen; woods, towns and marsh hide them."""
    found: Floats | None = statics.memo.get("detection.sight")
    if found is None:
        table = np.ones(256)
        for terrain in statics.scenario.terrain:
            table[terrain.code] = terrain.sight
        found = statics.memo["detection.sight"] = table[statics.theatre.terrain]
    return found


# From the air.


def _aircraft(
    world: World, observer: Rows, apart: Rows, cell: Any, marching: Mask, minute: int, hours: float
) -> Floats:
    """Hazard over the period: looks at each hex behind the front by daylight, times the chance that one finds.

    Columns on the road by day are easier to find than troops in quarters; who marches by night is in quarters by day.
    """
    statics, rules = world.statics, world.statics.rules
    light = _days_of_light(statics, minute, round(hours * HOUR)) * (int(world.weather.flyable[0]) / PPM)
    if light <= 0.0 or not on(rules, "air"):
        return np.zeros(len(apart))
    depth = round(rules["intelligence.depth_hexes"])
    looks = np.array([
        sorties_day(statics, side, minute) * share(statics, side, Use.RECONNAISSANCE) * rules["intelligence.air_hexes"]
        / (max(len(edge(world, 1 - side)), 1) * depth)
        for side in (AXIS, SOVIET)
    ])  # fmt: skip
    clear = int(world.weather.sky[0]) == Sky.CLEAR
    finds = rules["intelligence.air_clear"] if clear else rules["intelligence.air_cloud"]
    seen = np.where(marching, rules["intelligence.air_march"], _sight(statics)[cell])
    return np.where(apart <= depth, looks[observer] * (light * finds) * seen, 0.0)


def _days_of_light(statics: Statics, minute: int, length: int) -> float:
    """Daylight of the ``length`` minutes before ``minute`` over the daylight of a whole day."""
    key = f"detection.light.{minute}.{length}"
    found: float | None = statics.shared.get(key)
    if found is None:
        lit = _lit(statics, minute - length, minute)
        day = minute // DAY * DAY
        whole_day = f"detection.light.{day}"
        if whole_day not in statics.shared:
            statics.shared[whole_day] = _lit(statics, day, day + DAY)
        found = statics.shared[key] = lit / max(statics.shared[whole_day], 1)
    return found


def _lit(statics: Statics, begin: int, end: int) -> int:
    """Quarters of an hour with at least twilight in [begin, end)."""
    return sum(daylight(statics, at) != NIGHT for at in range(begin, end, _LIGHT_STEP_MIN))


# Radio, partisans, concealment.


def _radio(world: World, observer: Rows, apart: Rows, hidden: Mask) -> Floats:
    """Hazard an hour that a staff on the air is overheard; nothing under radio silence."""
    rules = world.statics.rules
    skill = np.where(observer == AXIS, rules["intelligence.radio_axis"], 1.0)
    heard = (apart <= round(rules["intelligence.depth_hexes"])) & ~hidden
    return np.where(heard, skill * rules["intelligence.radio_hazard_h"], 0.0)


def _partisans(statics: Statics, observer: Rows, apart: Rows) -> Floats:
    """Hazard an hour that partisans report to the Red Army what lies behind the enemy's front."""
    rules = statics.rules
    behind = (observer == SOVIET) & (apart > round(rules["intelligence.recon_hexes"]))
    return np.where(behind, rules["intelligence.partisan_hazard_h"], 0.0)


def concealed(world: World, minute: int) -> Mask:
    """Shape (formations,): named for an attack still to come that is to surprise: they keep off the air and hide."""
    plans = coming_plans(world, minute)
    plans = plans[world.directives.surprise[plans] > 0]
    key = (plans.tobytes(), *world.formations.version("hq"), *world.headquarters.version("parent"))
    return derived(world, "detection.concealed", key, lambda: coming_groups(world, plans))


def coming_plans(world: World, minute: int) -> Rows:
    """Rows of the directives that have reached their headquarters and are still to begin."""
    directives = world.directives
    plans = rows_where(directives.state == DirectiveState.PENDING)
    found: Rows = plans[(directives.arrives_at[plans] <= minute) & (directives.end_at[plans] > minute)]
    return found


def coming_groups(world: World, plans: Rows) -> Mask:
    """Shape (formations,): assault and mobile groups of directives; where these count heads, everybody there."""
    directives = world.directives
    mask = np.zeros(len(world.formations) + 1, dtype=bool)
    for group in ("assault", "mobile"):
        mask[directives[group][plans]] = True
    unnamed = (directives.assault_strongest[plans] > 0) | (directives.mobile_strongest[plans] > 0)
    if unnamed.any():
        mask[:-1] |= under(world, directives.hq[plans[unnamed]].astype(np.int64))
    return mask[:-1]
