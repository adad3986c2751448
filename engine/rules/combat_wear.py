"""What formations lose and how they wear, all their battles together: men, vehicles, guns, cohesion, ammunition."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, PPM, Floats, whole
from engine.core.columns import FINE, NANO, Array
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.codes import (
    ATTACKING,
    ON_MAP,
    SUPPORTING,
)
from engine.model.events import Event
from engine.model.events.combat import SUFFERED
from engine.model.places import P_BATTLE_RATE, P_FORMATION, P_GUNS_RATE, P_LOST_RATE, P_SHOP_RATE
from engine.model.world import World
from engine.rules.combat_balance import NEED_ATTACK, NEED_DEFENCE, kind_table
from engine.rules.combat_lineup import KIND, ROLE, SHARE, SLOT, WHO, Lineup
from engine.rules.combat_outcomes import Ending
from engine.rules.combat_rates import activity_of
from engine.rules.combat_refresh import KNOWN, MOST_GONE, SPARE_MIN, Flows
from engine.rules.combat_roll import Roll
from engine.rules.parameters import packed
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FLOWS: Final = ("men", "cohesion", "fatigue", "ammo")
_MEN, _COHESION, _FATIGUE, _AMMO = range(len(FLOWS))
PARAMETERS: Final = (
    "combat.fatigue_assault_day", "combat.fatigue_defence_day", "combat.cohesion_loss", "contact.screen_rate",
    "combat.intensity_probe", "naval.cohesion_day", "combat.bombard_use",
)  # fmt: skip
FATIGUE_ASSAULT, FATIGUE_DEFENCE, COHESION_LOSS, SCREEN_RATE, PROBE, NAVAL_COHESION, BOMBARD_USE = range(len(PARAMETERS))

COLUMNS: Final = (
    "battle_rate", "shop_rate", "lost_rate", "guns_rate", "cohesion_loss", "fatigue_gain", "ammo_use", "fighting",
)  # fmt: skip
"""What is set for each formation: columns of the event Suffered, a minute."""
_COHESION_WORN, _TIRED, _AMMO_USED, _FIGHTING = 4, 5, 6, 7


def suffered(
    world: World, lineup: Lineup, ending: Ending, roll: Roll, result: Flows | None, minute: int, trace: Trace | None
) -> list[Event]:
    """Rates of formations whose battles are set anew (the stale ones, by ``result``) and of those that leave one."""
    if result is None and not len(roll.leaving):
        return []
    formations, participants = world.formations, world.participants
    many = len(formations)
    present, taken = _vanished(ending, formations.status == ON_MAP), np.zeros(many, np.int64)
    for row, cohesion in ending.cohesion_taken.items():
        taken[row] = cohesion
    # Rates of other battles are not looked at.
    given = _NOTHING
    if result is not None:
        given = (result.members[KNOWN:], result.balance.naval, result.balance.ours, result.spans)
    found = np.empty((1 + len(COLUMNS), many), np.int64)
    concerned = _suffer(
        minute, MOST_GONE, result is not None, lineup.battles, lineup.members, roll.row, roll.known, roll.stale, roll.leaving,
        *given, participants.blocks["int32"], participants.blocks["int64"], formations.blocks["int64"], formations.kind,
        formations.plan(*FLOWS), kind_table(world.statics), present, taken, packed(world.statics, PARAMETERS), found[0],
        found[1:],
    )  # fmt: skip
    if not concerned:
        return []
    found = found[:, :concerned]
    if trace is not None:
        _explain(trace, found[0], found[1:])
    return [SUFFERED.of(minute, found)]


_NOTHING: Final = (np.zeros((4, 0), np.int64), np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, np.int64))
"""Stands for rates, ships, sides and spans of a refresh where there was none."""


def _explain(trace: Trace, rows: Ints, found: Ints) -> None:
    for key, column, unit, address in (
        ("men_lost_day", 0, FINE, "combat.intensity_east"),
        ("cohesion_lost_day", _COHESION_WORN, NANO, "combat.cohesion_loss"),
        ("fatigue_gained_day", _TIRED, NANO, "combat.fatigue_assault_day"),
        ("ammunition_t_day", _AMMO_USED, FINE, "combat.bombard_use"),
    ):
        for row, value in zip(rows.tolist(), found[column].tolist(), strict=True):
            trace.record("formations", row, key, value * DAY / unit, address)


def _vanished(ending: Ending, present: Mask) -> Mask:
    """``present`` without those who are gone since this minute."""
    for event in ending.events:
        if event.kind.name in ("Surrendered", "Dispersed"):
            present[event["formation"]] = False
    return present


@jit
def _suffer(
    minute: int, most_gone: int, refreshed: bool, battles: Ints, members: Ints, known_row: Ints, known: Mask, stale: Mask,
    leaving: Ints, rates: Ints, naval: Floats, ours: Ints, spans: Ints, p32: Array, p64: Array, f64: Array, kind: Array,
    plan: Ints, kinds: Floats, present: Mask, taken: Ints, p: Floats, rows: Ints, found: Ints,
) -> int:  # fmt: skip
    """``rows`` of those concerned, and what is set for each into ``found``; returns how many."""
    formations = len(present)
    wanted = np.zeros(formations, np.bool_)
    for i in range(len(leaving)):
        wanted[p32[P_FORMATION, leaving[i]]] = True
    total, spent = np.zeros((4, formations), np.int64), np.zeros(formations, np.int64)
    tiring, steadying = np.zeros(formations), np.zeros(formations)
    fights, lasts = np.zeros(formations, np.bool_), np.full(formations, most_gone, np.int64)
    for i in range(members.shape[1]):
        row, slot, role, share = members[WHO, i], members[SLOT, i], members[ROLE, i], members[SHARE, i]
        fights[row] = True
        if refreshed and stale[slot]:
            wanted[row] = True
            lasts[row] = min(lasts[row], spans[slot] + SPARE_MIN)
            for k in range(4):
                total[k, row] += rates[k, i]
        elif known[i]:
            total[0, row] += p64[P_BATTLE_RATE, known_row[i]]
            total[1, row] += p64[P_SHOP_RATE, known_row[i]]
            total[2, row] += p64[P_LOST_RATE, known_row[i]]
            total[3, row] += p64[P_GUNS_RATE, known_row[i]]
        activity = activity_of(battles[KIND, slot], p[SCREEN_RATE], p[PROBE], p[BOMBARD_USE])
        pace = (p[FATIGUE_ASSAULT] if role == ATTACKING else p[FATIGUE_DEFENCE]) * activity
        if role != SUPPORTING:
            tiring[row] = max(tiring[row], pace * (share / PPM))
        if refreshed and naval[slot, ours[i]] > 0:
            steadying[row] = max(steadying[row], p[NAVAL_COHESION])
        fires = kinds[NEED_ATTACK if role in (ATTACKING, SUPPORTING) else NEED_DEFENCE, kind[row]]
        spent[row] += whole(fires * activity * share)
    count = 0
    for row in range(formations):
        if not (wanted[row] and present[row]):
            continue
        i, rows[count] = count, row
        count += 1
        men, cohesion = read_flow(f64, plan, _MEN, row, minute), read_flow(f64, plan, _COHESION, row, minute)
        for k in range(len(found)):
            found[k, i] = total[k, row] if k < 4 else 0
        if not fights[row]:
            continue
        found[_FIGHTING, i] = 1
        lost = total[0, row] / max(men, 1) * p[COHESION_LOSS]
        worn = whole(max(lost - steadying[row] / DAY, 0.0) * NANO)
        found[_COHESION_WORN, i] = min(worn, max(cohesion - taken[row], 0) // lasts[row])
        room = NANO - read_flow(f64, plan, _FATIGUE, row, minute) - NANO // 5
        found[_TIRED, i] = min(whole(tiring[row] * (NANO / DAY)), max(room, 0) // lasts[row])
        used = spent[row] / PPM * (men / FINE) / DAY
        found[_AMMO_USED, i] = min(whole(used), read_flow(f64, plan, _AMMO, row, minute) // lasts[row])
    return count
