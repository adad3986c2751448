"""Contact: a new battle draws its luck once, remembers ground won before, and finds out who was surprised."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, PPM, exp, log, rounded
from engine.core.calendar import HOUR
from engine.core.columns import NANO, among, rows_where
from engine.core.dice import Dice, Stream, battle_subject
from engine.model.codes import (
    ATTACKING,
    ON_MAP,
    DirectiveState,
)
from engine.model.events import Event
from engine.model.events.combat import ENGAGED
from engine.model.world import World
from engine.rules import power
from engine.rules.combat_lineup import Lineup
from engine.rules.combat_outcomes import Ending
from engine.rules.deception import feigning
from engine.rules.sight import faded
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
_LEVELS: Final = 5


def engage(
    world: World, lineup: Lineup, slots: Ints, ending: Ending, minute: int, dice: Dice, trace: Trace | None = None
) -> Event:
    """Battles begin in ``slots`` of the line-up; those that carry on where another ended keep its ground."""
    rules, cells = world.statics.rules, lineup.hex[slots]
    ordinal = world.hexes.battles[cells].astype(np.int64)
    subject = battle_subject(cells, ordinal)
    effect = dice.normals(Stream.BATTLE_EFFECT, subject, minute, 3)
    noise = dice.normals(Stream.BATTLE_NOISE, subject, minute, 2, first=2)
    luck = PPM if power.on(rules, "noise") else 0
    rho = rules["combat.noise_correlation"]
    together = rho * effect[0] + float(np.sqrt(1.0 - rho * rho)) * effect[1]
    surprise = _surprise(world, lineup, slots, minute)
    if trace is not None:
        for i, cell in enumerate(cells.tolist()):
            for key, value, address in (
                ("luck_attacker", effect[0][i], "combat.attacker_noise"),
                ("luck_defender", together[i], "combat.defender_noise"),
                ("luck_advance", effect[2][i], "combat.advance_noise"),
                ("surprise_level", surprise[i] / PPM, "combat.surprise_x"),
            ):
                trace.record("hexes", cell, key, float(value), address)
    return ENGAGED(
        minute,
        hex=cells,
        ordinal=ordinal,
        attacker=lineup.attacker[slots],
        kind=lineup.kind[slots],
        effect_attacker=rounded(effect[0] * (rules["combat.attacker_noise"] * luck)),
        effect_defender=rounded(together * (rules["combat.defender_noise"] * luck)),
        effect_speed=rounded(effect[2] * (rules["combat.advance_noise"] * luck)),
        noise_attacker=rounded(noise[0] * (rules["combat.daily_noise"] * luck)),
        noise_defender=rounded(noise[1] * (rules["combat.daily_noise"] * luck)),
        yield_left=rounded(dice.exponential(Stream.BATTLE_YIELD, subject, minute, 0) * NANO),
        break_left=rounded(dice.exponential(Stream.BATTLE_BREAK_OFF, subject, minute, 0) * NANO),
        depth_u=_depth(world, lineup, slots, ending, minute),
        surprise=surprise,
    )


def _depth(world: World, lineup: Lineup, slots: Ints, ending: Ending, minute: int) -> Ints:
    """Ground (1e-6 m) that earlier attacks across the same hexsides have won and not yet lost again."""
    sides, rules = world.hexsides, world.statics.rules
    result = np.array([ending.depth_u.get(cell, 0) for cell in lineup.hex[slots].tolist()], dtype=np.int64)
    kept = rows_where(sides.depth_mm > 0)
    if not len(kept):
        return result
    days = (minute - sides.depth_at[kept]) / DAY
    left = rounded(sides.depth_mm[kept] * exp(log(1.0 - rules["contact.depth_decay_day"]) * days))
    attacking = lineup.role == ATTACKING
    for i, slot in enumerate(slots.tolist()):
        across = lineup.direction[attacking & (lineup.slot == slot)]
        mine = (sides.hex[kept] == lineup.hex[slot]) & among(sides.direction[kept], across, 6)
        result[i] = max(int(result[i]), int(left[mine].max(initial=0)) * 1000)
    return result


def _surprise(world: World, lineup: Lineup, slots: Ints, minute: int) -> Ints:
    """Level of surprise in ppm: what a plan expects at its H-hour, or what the defender had not seen."""
    result = np.zeros(len(slots), dtype=np.int64)
    if not power.on(world.statics.rules, "surprise"):
        return result
    directives = world.directives
    expected = rows_where((directives.state == DirectiveState.RUNNING) & (directives.surprise > 0))
    for i, slot in enumerate(slots.tolist()):
        attackers = lineup.formation[(lineup.slot == slot) & (lineup.role == ATTACKING)]
        planned = _planned(world, expected, attackers, minute) if len(expected) else 0
        result[i] = max(planned, _unseen(world, lineup, slot, attackers, minute))
    return result


def _planned(world: World, expected: Ints, attackers: Ints, minute: int) -> int:
    """Surprise expected by a running directive of the attackers' headquarters or one above; a third goes each day.

    ``expected`` are the directives that count on surprise.
    """
    directives, parent = world.directives, world.headquarters.parent
    chain = set(world.formations.hq[attackers].tolist())
    for _ in range(_LEVELS):
        chain.update([int(parent[hq]) for hq in chain if hq >= 0])
    chain.discard(-1)
    rows = expected[[hq in chain for hq in directives.hq[expected].tolist()]]
    lost = world.statics.rules["combat.surprise_decay_day"] / DAY
    left = np.maximum(0.0, 1.0 - lost * (minute - directives.start_at[rows]))
    return int(rounded(directives.surprise[rows] * left).max(initial=0))


def _unseen(world: World, lineup: Lineup, slot: int, attackers: Ints, minute: int) -> int:
    """Surprise by what the defender has detected of the attacker's concentration near the target.

    Formations that have stood beside him for some hours are known; of the others what reports still tell.
    """
    rules, formations, battles = world.statics.rules, world.formations, world.battles
    grid, cell, side = world.statics.grid, int(lineup.hex[slot]), int(lineup.attacker[slot])
    near = round(rules["combat.surprise_near_hexes"])
    old = rows_where(battles.ended_at > minute - round(rules["combat.surprise_quiet_days"] * DAY))
    if len(old) and bool((grid.distance(battles.hex[old], cell) <= near).any()):
        return 0
    theirs = rows_where((formations.status == ON_MAP) & (formations.side == side))
    theirs = theirs[grid.distance(formations.hex[theirs], cell) <= near]
    real = power.points(world, theirs, minute)
    known = np.zeros(len(formations) + 1)
    sightings = world.sightings
    reports = rows_where((sightings.observer != side) & (sightings.formation >= 0))
    if len(reports):
        age = minute - sightings.seen_at[reports]
        level = faded(sightings.level[reports], age, sightings.half_life[reports]) / (2.0 * PPM)
        known[sightings.formation[reports]] = np.minimum(level, 1.0)
    # Who was shown elsewhere by dummies is known only if he is reported about here.
    shown = feigning(world)
    if shown is not None and len(reports):
        far = grid.distance(np.maximum(sightings.hex[reports], 0), cell) > near
        misled = sightings.formation[reports[far]]
        known[misled[shown[misled]]] = 0.0
    familiar = formations.in_place_since[attackers] + round(rules["combat.prepare_h"] * HOUR) <= minute
    known[attackers[familiar]] = 1.0
    seen = int(rounded(real * known[theirs]).sum())
    share = seen / max(int(real.sum()), 1)
    level_ = sum(share < rules[f"intelligence.surprise_{n}"] for n in (1, 2, 3))
    return round(min(level_, rules["combat.surprise_unseen_max"]) * PPM)
