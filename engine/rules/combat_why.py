"""Why a battle stands as it does: its terms as they decided, each with the parameter that is behind it here.

Most terms have one parameter (``combat_terms.TERMS``). Behind a river, a posture and lethality stands another with the
class of the river, with what the defenders do and are dug in, and with the side.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats, rounded
from engine.model.codes import HOLDING, MARCHING, SCREENING, SIDES, TO_WITHDRAW
from engine.model.world import World
from engine.rules.combat_balance import LINE, MUD, NIGHT, POSTURE, RAIN, RIVER, STRAIT, WORKS_LEVEL, Balance
from engine.rules.combat_lineup import ATTACKER, DIRECTION, HEX, ROLE, SLOT, WHO, Lineup
from engine.rules.combat_terms import SITUATION, TERMS
from engine.rules.power import DELAYING, river_factor
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]

_FACTORS: Final = (NIGHT, RAIN, MUD, STRAIT, RIVER, POSTURE)
"""Rows of ``Balance.people`` behind ``combat_terms.SITUATION``."""
_RIVERS: Final = ("", "combat.river_stream", "combat.river_river", "combat.river_major")


def explain(trace: Trace, world: World, lineup: Lineup, battles: Ints, balance: Balance) -> None:
    """Record every term of every battle, also of those that begin now: the same rows that decided.

    ``battles``: the world's row of each battle of the line-up.
    """
    means = _situation(lineup, balance)
    for slot, row in enumerate(battles.tolist()):
        own = _addresses(world, lineup, balance, slot)
        for place, (key, address) in enumerate(TERMS):
            value = means[key][slot] if key in means else balance.terms[place, slot]
            trace.record("battles", row, key, float(value), own.get(key, address))


def _situation(lineup: Lineup, balance: Balance) -> dict[str, Floats]:
    """Each factor of the situation as a mean over the men in the line of the side that it concerns, by battle."""
    slot, count, people = lineup.members[SLOT], lineup.battles.shape[1], balance.people
    found: dict[str, Floats] = {}
    for (key, _), factor in zip(SITUATION, _FACTORS, strict=True):
        mine = balance.ours == (0 if key.startswith("attacker") else 1)
        weighted, men = np.zeros(count, np.int64), np.zeros(count, np.int64)
        np.add.at(weighted, slot[mine], rounded(people[LINE, mine] * people[factor, mine]))
        np.add.at(men, slot[mine], rounded(people[LINE, mine]))
        found[key] = np.where(men > 0, weighted / np.maximum(men, 1), 1.0)
    return found


def _addresses(world: World, lineup: Lineup, balance: Balance, slot: int) -> dict[str, str]:
    """Parameters of the terms of one battle that have not always the same."""
    attacker = int(lineup.battles[ATTACKER, slot])
    return {
        "attacker_lethality": f"combat.lethality_{SIDES[attacker]}",
        "defender_lethality": f"combat.lethality_{SIDES[1 - attacker]}",
        "attacker_river": _river(world, lineup, balance, slot),
        "defender_posture": _posture(world, lineup, balance, slot),
    }


def _river(world: World, lineup: Lineup, balance: Balance, slot: int) -> str:
    """The class of the worst water that is attacked across."""
    members, cell = lineup.members, int(lineup.battles[HEX, slot])
    mine = (members[SLOT] == slot) & (balance.ours == 0) & (members[DIRECTION] >= 0)
    across = np.unique(members[DIRECTION, mine])
    if not len(across):
        return ""
    theatre = world.statics.theatre
    worst = int(across[np.argmax(river_factor(world.statics, np.full(len(across), cell), across))])
    if theatre.strait[cell, worst]:
        return "combat.river_strait"
    return _RIVERS[int(theatre.river[cell, worst])]


def _posture(world: World, lineup: Lineup, balance: Balance, slot: int) -> str:
    """What decides the posture of the strongest of the defenders."""
    members, people, formations = lineup.members, balance.people, world.formations
    there = np.flatnonzero((members[SLOT] == slot) & (balance.ours == 1))
    there = there[np.isin(members[ROLE, there], (HOLDING, SCREENING))]
    if not len(there):
        return ""
    i = int(there[np.argmax(people[LINE, there])])
    row = int(members[WHO, i])
    if members[ROLE, i] == SCREENING:
        return "contact.screen_posture"
    if formations.leg_to[row] >= 0 and formations.task[row] == TO_WITHDRAW:
        return "combat.posture_withdrawal"
    if formations.leg_to[row] >= 0 and formations.stage[row] == MARCHING:
        return "combat.posture_march"
    if formations.posture[row] == DELAYING:
        return "combat.posture_delay"
    rules, level = world.statics.rules, round(people[WORKS_LEVEL, i])
    dug = f"fortification.posture_{level}"
    return "combat.posture_hasty" if people[POSTURE, i] <= rules["combat.posture_hasty"] and level < 1 else dug
