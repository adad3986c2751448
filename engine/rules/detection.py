"""What each means of reconnaissance finds in the hours before a look: contact, patrols, aircraft, radio, partisans.

Every enemy formation is looked at once for each six hours, in one pass over a side. Means are hazards an hour
(model.md 8.4), so the chance of being found is 1 - exp(-hazard x hours). One side observes one formation, so the
formation's own die settles it, whoever else is on the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, exp, rounded
from engine.core.calendar import DAY, HOUR
from engine.core.dice import Dice, Stream
from engine.model.codes import SIDES, SOVIET, BattleKind, DirectiveState, Role, Sky
from engine.model.world import Statics, World
from engine.rules import ground
from engine.rules.derived import derived
from engine.rules.front import edge
from engine.rules.hierarchy import under
from engine.rules.power import on
from engine.rules.support import SORTIES, pools
from engine.rules.weather import NIGHT, daylight

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PERIOD_MIN: Final = 6 * HOUR
_LIGHT_STEP_MIN: Final = 15
_FAR: Final = 1 << 20
_WORD: Final = 1.0 / 4294967296.0


@dataclass(frozen=True, eq=False)
class Found:
    """What one side has found out about each formation of ``rows``, enemies on the map. Masks of shape (rows,)."""

    observer: int
    rows: Rows
    apart: Rows
    """Hexes to the nearest own formation."""
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


def look(world: World, observer: int, minute: int, hours: float, dice: Dice) -> Found:
    """Settle what ``observer`` finds of the enemy at ``minute`` after ``hours`` of reconnaissance."""
    formations, statics = world.formations, world.statics
    now = ground.standing(world)
    rows, own = now.rows[now.side != observer], now.rows[now.side == observer]
    cell = formations.hex[rows]
    steps = statics.grid.distance(cell[:, None], formations.hex[own][None, :])
    apart = steps.min(axis=1, initial=_FAR).astype(np.int64)
    marching = formations.leg_to[rows] >= 0
    hidden = concealed(world, minute)[rows]
    hazards = np.stack([
        _patrols(world, own, steps, cell) * hours,
        _aircraft(world, observer, apart, cell, marching, minute, hours),
        _radio(world, observer, apart, hidden) * hours,
        _partisans(statics, observer, apart) * hours,
    ])  # fmt: skip
    hazards = hazards * np.where(hidden, statics.rules["intelligence.hidden_factor"], 1.0)
    if not on(statics.rules, "intelligence"):
        hazards = hazards * 0.0
    luck = dice.words(Stream.SIGHTING, formations.subject[rows], minute) * _WORD
    chance = 1.0 - exp(-hazards)
    patrol, air, radio, partisans = chance > luck.T
    fought = fighting(world, minute)[rows]
    return Found(observer, rows, apart, apart <= 1, fought, patrol, air, radio, partisans, marching, hidden, hazards)


def fighting(world: World, minute: int) -> Mask:
    """Shape (formations,): in battle now or within the last six hours: there are prisoners of it."""
    participants, battles = world.participants, world.battles
    rows = np.flatnonzero(participants.left_at > minute - PERIOD_MIN)
    near = (battles.kind[participants.battle[rows]] != BattleKind.BOMBARD) & (participants.role[rows] != Role.SUPPORT)
    mask = np.zeros(len(world.formations), dtype=bool)
    mask[participants.formation[rows[near]]] = True
    return mask


def _patrols(world: World, own: Rows, steps: Any, cell: Any) -> Floats:
    """Hazard an hour from formations within reach: any of them sends patrols, reconnaissance troops do better."""
    statics, rules = world.statics, world.statics.rules
    reach = round(rules["intelligence.recon_hexes"])
    worth = _worth(statics)[world.formations.kind[own]]
    total = (np.where(steps <= reach, 1, 0) * worth[None, :]).sum(axis=1)
    fog = rules["weather.sight_fog"] if int(world.weather.sky[0]) >= Sky.RAIN else 1.0
    hazard: Floats = total / PPM * _sight(statics)[cell] * fog
    return hazard


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
    world: World, observer: int, apart: Rows, cell: Any, marching: Mask, minute: int, hours: float
) -> Floats:
    """Hazard over the period: looks at each hex behind the front by daylight, times the chance that one finds.

    Columns on the road by day are easier to find than troops in quarters; who marches by night is in quarters by day.
    """
    statics, rules = world.statics, world.statics.rules
    nothing = np.zeros(len(apart))
    if not on(rules, "air"):
        return nothing
    sorties = sorties_a_day(statics, observer, minute) * (int(world.weather.flyable[0]) / PPM)
    sorties = sorties * rules["air.recon_share"] * _days_of_light(statics, minute, round(hours * HOUR))
    if sorties <= 0.0:
        return nothing
    depth = round(rules["intelligence.depth_hexes"])
    hexes = max(len(edge(world, 1 - observer)), 1) * depth
    looks = sorties * rules["intelligence.air_hexes"] / hexes
    clear = int(world.weather.sky[0]) == Sky.CLEAR
    finds = rules["intelligence.air_clear"] if clear else rules["intelligence.air_cloud"]
    seen = np.where(marching, rules["intelligence.air_march"], _sight(statics)[cell])
    return np.where(apart <= depth, looks * finds * seen, 0.0)


def sorties_a_day(statics: Statics, side: int, minute: int) -> float:
    """Sorties a day of all purposes that a side's air assets can fly at a minute."""
    table = pools(statics)
    here = (table.use == SORTIES) & (table.side == side) & (table.from_at <= minute) & (table.until_at > minute)
    return int(table.amount[here].sum()) / 1000.0


def _days_of_light(statics: Statics, minute: int, length: int) -> float:
    """Daylight of the ``length`` minutes before ``minute`` over the daylight of a whole day."""
    key = f"detection.light.{minute}.{length}"
    found: float | None = statics.memo.get(key)
    if found is None:
        lit = _lit(statics, minute - length, minute)
        day = minute // DAY * DAY
        found = statics.memo[key] = lit / max(_lit(statics, day, day + DAY), 1)
    return found


def _lit(statics: Statics, begin: int, end: int) -> int:
    """Quarters of an hour with at least twilight in [begin, end)."""
    return sum(daylight(statics, at) != NIGHT for at in range(begin, end, _LIGHT_STEP_MIN))


# Radio, partisans, concealment.


def _radio(world: World, observer: int, apart: Rows, hidden: Mask) -> Floats:
    """Hazard an hour that a staff on the air is overheard; nothing under radio silence."""
    rules = world.statics.rules
    hazard = rules["intelligence.radio_hazard_h"]
    if SIDES[observer] == "axis":
        hazard = hazard * rules["intelligence.radio_axis"]
    return np.where((apart <= round(rules["intelligence.depth_hexes"])) & ~hidden, hazard, 0.0)


def _partisans(statics: Statics, observer: int, apart: Rows) -> Floats:
    """Hazard an hour that partisans report what lies behind the enemy's front."""
    hazard = statics.rules["intelligence.partisan_hazard_h"] if observer == SOVIET else 0.0
    return np.where(apart > round(statics.rules["intelligence.recon_hexes"]), hazard, 0.0)


def concealed(world: World, minute: int) -> Mask:
    """Shape (formations,): named for an attack still to come that is to surprise: they keep off the air and hide."""
    directives = world.directives
    plans = np.flatnonzero((directives.state == DirectiveState.PENDING) & (directives.surprise > 0))
    plans = plans[(directives.arrives_at[plans] <= minute) & (directives.end_at[plans] > minute)]

    def make() -> Mask:
        mask = np.zeros(len(world.formations) + 1, dtype=bool)
        for group in ("assault", "mobile"):
            mask[directives[group][plans]] = True
        unnamed = (directives.assault_strongest[plans] > 0) | (directives.mobile_strongest[plans] > 0)
        if unnamed.any():
            mask[:-1] |= under(world, directives.hq[plans[unnamed]].astype(np.int64))
        return mask[:-1]

    key = (plans.tobytes(), *world.formations.version("hq"), *world.headquarters.version("parent"))
    return derived(world, "detection.concealed", key, make)
