"""Losses outside battles: fire along the front, and the fights of forward detachments with rear guards in a pursuit.

Divisions hold more front than the hex they stand in, so fire reaches those whose screens touch, not neighbours alone.
A division on its way to an attack or behind an enemy who goes back is fighting too: its forward detachment, a reinforced
battalion or regiment some hours ahead, meets the enemy's rear guards (the reference combat process gives such days a
quarter of the intensity of an assault). Both are set on the calendar's grid, as rates that hold until the next.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, Floats, rounded
from engine.core.columns import FINE
from engine.core.jit import jit
from engine.model.codes import ON_MAP, Stage, Task
from engine.model.events import Event
from engine.model.events.combat import SKIRMISHED
from engine.model.world import World
from engine.rules.combat_lineup import Lineup
from engine.rules.combat_outcomes import Ending
from engine.rules.combat_refresh import BLED
from engine.rules.ground import standing
from engine.rules.power import on
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NOTHING, QUIET, HELD, PURSUIT, PURSUED = range(5)
"""What a formation out of battle is exposed to: nothing, a quiet front, contact after a battle, pursuing, pursued."""
INTENSITY: Final = (
    "", "combat.intensity_quiet", "combat.intensity_hold", "combat.intensity_pursuit", "combat.intensity_pursuit",
)  # fmt: skip
LOSS: Final = (
    "combat.attacker_loss_day", "combat.attacker_loss_day", "combat.attacker_loss_day", "combat.attacker_loss_day",
    "combat.defender_loss_day",
)  # fmt: skip
AFV: Final = ("", "", "", "combat.afv_attack", "combat.afv_defence")
"""How much oftener a vehicle is hit than a man."""
_GOES_ON: Final = np.isin(np.arange(len(Task)), [int(Task.ATTACK), int(Task.FOLLOW), int(Task.EXPLOIT)])


def skirmish(
    world: World, lineup: Lineup, ending: Ending, minute: int, trace: Trace | None = None
) -> list[Event]:
    """New rates of loss of formations that are in no battle; none where nothing changes."""
    formations, rules = world.formations, world.statics.rules
    idle = (formations.status == ON_MAP) & ~ending.out
    idle[lineup.formation] = False
    rows = np.flatnonzero(idle)
    exposure = exposed(world, idle, minute)[rows]
    intensity = np.array([rules[key] if key else 0.0 for key in INTENSITY])
    intensity[QUIET : HELD + 1] *= on(rules, "quiet_fire")
    share = intensity * np.array([rules[key] for key in LOSS]) * rules["combat.intensity_east"] / DAY
    enemy = np.array([rules["combat.lethality_soviet"], rules["combat.lethality_axis"]])[formations.side[rows]]
    lost = share[exposure] * enemy
    rates = _rates(world, rows, exposure, lost, minute)
    before = np.stack([formations.battle_rate, formations.afv_shop_rate, formations.afv_lost_rate, formations.guns_rate])
    differs = (rates != before[:, rows]).any(axis=0)
    if not differs.any():
        return []
    if trace is not None:
        for i in np.flatnonzero(differs).tolist():
            row, key = int(rows[i]), int(exposure[i])
            trace.record("formations", row, "intensity", float(intensity[key]), INTENSITY[key])
            trace.record("formations", row, "enemy_lethality", float(enemy[i]))
            trace.record("formations", row, "men_lost_day", float(rates[0, i]) * DAY / FINE, LOSS[key])
            trace.record("formations", row, "vehicles_hit_day", float(rates[1:3, i].sum()) * DAY / FINE, AFV[key])
    return [SKIRMISHED(minute, formation=rows[differs], **dict(zip(BLED, rates[:, differs], strict=True)))]


def _rates(world: World, rows: Ints, exposure: Ints, lost: Floats, minute: int) -> Ints:
    """Shape (4, rows): men, vehicles to repair and written off, guns, in fine units a minute, by the share of men lost.

    Vehicles and guns are hit in a pursuit only: who pursues keeps the field and mends most of them, who goes back leaves
    most behind.
    """
    formations, rules = world.formations, world.statics.rules
    hit = np.array([rules[key] if key else 0.0 for key in AFV]) * rules["combat.afv_east"]
    gone = np.where(exposure == PURSUED, rules["repair.final_lost"], rules["repair.final_kept"])
    guns = np.where(exposure >= PURSUIT, rules["combat.gun_rate"], 0.0)
    vehicles = lost * hit[exposure] * formations.read("afv", minute, rows)
    return np.stack([
        rounded(lost * formations.read("men", minute, rows)), rounded(vehicles * (1.0 - gone)), rounded(vehicles * gone),
        rounded(lost * guns * formations.read("guns", minute, rows)),
    ])  # fmt: skip


def exposed(world: World, idle: Mask, minute: int) -> Ints:
    """Shape (formations,): what each formation that is ``idle`` (in no battle) is exposed to, a code of this module."""
    formations, rules = world.formations, world.statics.rules
    pursues = _GOES_ON[formations.task] & (formations.stage != Stage.FIGHTING) & bool(on(rules, "pursuit_fire"))
    lately = minute - formations.last_fight_at <= DAY
    found = np.zeros(len(formations), np.int64)
    line, pursuit = int(rules["contact.fire_hexes"]), int(rules["contact.rear_guard_hexes"])
    _expose(
        world.statics.grid.ring_table(max(line, pursuit)), 1 + 3 * line * (line + 1), 1 + 3 * pursuit * (pursuit + 1),
        standing(world).rows, formations.side, formations.hex, idle, pursues, lately, found,
    )  # fmt: skip
    return found


@jit
def _expose(
    discs: Any, line: int, pursuit: int, rows: Any, side: Any, cells: Any, idle: Any, pursues: Any, lately: Any,
    found: Any,
) -> None:  # fmt: skip
    there, comes = np.zeros((2, len(discs)), np.bool_), np.zeros((2, len(discs)), np.bool_)
    for row in rows:
        there[side[row], cells[row]] = True
        if pursues[row] and idle[row]:
            comes[side[row], cells[row]] = True
    for row in rows:
        if not idle[row]:
            continue
        enemy, near, pursued = 1 - side[row], discs.shape[1], False
        for place in range(max(line, pursuit)):
            cell = discs[cells[row], place]
            if cell < 0:
                continue
            if there[enemy, cell] and place < near:
                near = place
            if comes[enemy, cell] and place < pursuit:
                pursued = True
        if pursues[row] and near < pursuit:
            found[row] = PURSUIT
        elif pursued:
            found[row] = PURSUED
        elif near < line:
            found[row] = HELD if lately[row] else QUIET
