"""Marches that reach their next hex: who gets in, who is kept out, what changes hands with an entry.

All legs that end in one minute are settled together. Formations that leave a hex make room in it; two enemies that
would change places meet on the road and neither gets through. A hex that was won in a fight is the victor's to enter:
he is on the enemy's heels, and whoever of the enemy comes there after the fight meets him and stays out. Of other enemies
that reach the same empty hex the side with the lowest keyed die has it; of one side those who came first, then by die and
row, until the stacking places are full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY
from engine.core.columns import among, anywhere, rows_where
from engine.core.dice import Dice, Stream
from engine.core.flows import read_flow
from engine.core.jit import jit
from engine.model.codes import ON_MAP, Obstacle, Taking, Task
from engine.model.events import Event
from engine.model.events.movement import CAPTURED, ENTERED
from engine.model.world import Statics, World
from engine.rules import ground, ice
from engine.rules.forced_march import FORCED
from engine.rules.power import on
from engine.rules.system import Trace

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


_ON_THE_MOVE = np.isin(np.arange(len(Task)), [Task.ATTACK, Task.WITHDRAW, Task.FOLLOW, Task.EXPLOIT])
"""Tasks whose steps lead out of one's own position."""
_ENEMY, _SCREEN, _CROWD = int(Obstacle.ENEMY), int(Obstacle.SCREEN), int(Obstacle.CROWD)
_RIVALS, _HOSTILE = 1, 2


@dataclass(eq=False)
class Scene:
    """Where everybody stands and whose the ground is once this minute's entries are made."""

    world: World
    minute: int
    cell: npt.NDArray[np.int32]
    owner: npt.NDArray[np.int8]
    count: npt.NDArray[np.int16]
    places: npt.NDArray[np.int16]
    entered: Rows
    kept_out: Rows
    cause: npt.NDArray[np.int8]
    """Obstacle of each of ``kept_out``."""
    taken: Rows
    """Hexes that changed hands."""
    by_surprise: Mask
    """Which of them an exploiting column entered."""
    events: list[Event] = field(default_factory=list)
    _walls: dict[int, Mask] = field(default_factory=dict)

    def wall(self, side: int) -> Mask:
        """Shape (hexes + 1,): hexes that a side holds or screens."""
        if side not in self._walls:
            self._walls[side] = self._wall(side)
        return self._walls[side]

    def _wall(self, side: int) -> Mask:
        world, new = self.world, self.entered[self.world.formations.side[self.entered] == side]
        if not len(new):
            return ground.screened(world, side, self.minute)
        now = ground.standing(world)
        rows = now.rows[now.side == side]
        mask = ground.screened_by(world, rows[~among(rows, new, len(world.formations))], self.minute)
        new = new[ground.holds(world, self.minute)[new]]
        return mask | ground.near(world, self.cell[new], 1)


def unchanged(world: World, minute: int) -> Scene:
    """The scene of a minute in which nobody enters a hex."""
    now, nobody = ground.standing(world), np.zeros(0, np.int64)
    cell, owner = world.formations.hex, world.hexes.owner
    return Scene(world, minute, cell, owner, now.count, now.places, nobody, nobody, np.zeros(0, np.int8), nobody,
                 np.zeros(0, bool))  # fmt: skip


def stack_limit(statics: Statics) -> tuple[int, int]:
    """Half stacking places of a hex: where marches end, and with those who pass through."""
    rules = statics.rules
    if not on(rules, "stacking"):
        return 1 << 14, 1 << 14
    limit = rules["contact.stack_limit"]
    return round(2 * limit), round(2 * (limit + rules["movement.road_capacity"]))


def settle(world: World, minute: int, dice: Dice, rows: Rows, trace: Trace | None = None) -> Scene:
    """Settle the legs of ``rows``, which end by ``minute``."""
    formations, now, many = world.formations, ground.standing(world), len(rows)
    to, cell, side, die = legs = np.zeros((4, many), np.int64)
    barred, pursued = np.zeros((2, many), bool)
    asks = _ends_of(
        rows, formations.leg_to, formations.hex, formations.side, formations.status, formations.route,
        world.hexes.owner, legs, barred, pursued,
    )  # fmt: skip
    if asks & _RIVALS:  # the dice are thrown, at most once a formation
        die[:] = dice.words(Stream.CLAIM, formations.subject[rows], minute)[:, 0]
    if asks & _HOSTILE:
        barred = _behind_screens(world, minute, rows, to, side, barred)
    count, places = now.count.copy(), now.places.copy()
    cause, standing_at = np.zeros(many, np.int8), formations.hex.copy()
    end, through = stack_limit(world.statics)
    _settle(
        rows, to, cell, side, die, barred, pursued, formations.stack, formations.leg_at,
        formations.route, formations.target, formations.goal, end, through, count, places, standing_at, cause,
    )  # fmt: skip
    standing_at.flags.writeable = False
    entered, entered_to, out = rows, to, rows_where(cause > 0)
    if len(out):
        ok = rows_where(cause == 0)
        entered, entered_to, side = rows[ok], to[ok], side[ok]
    scene = Scene(world, minute, standing_at, world.hexes.owner, count, places, entered, rows[out], cause[out],
                  np.zeros(0, np.int64), np.zeros(0, bool))  # fmt: skip
    if len(entered):
        count.flags.writeable = places.flags.writeable = False
        ground.keep_counted(world, standing_at, count, places)
        scene.events.append(_entered(world, entered, entered_to, minute))
        _take(scene, entered, entered_to, side)
        if trace is not None:
            _explain(scene, trace, rows, to, die)
    return scene


def _explain(scene: Scene, trace: Trace, rows: Rows, to: Rows, die: Rows) -> None:
    """Of hexes taken: how many claimed it, and the dice of those who are in; of those beside, that nobody guards them."""
    rules = scene.world.statics.rules
    inside = {int(row) for row in scene.entered}
    for cell in scene.taken.tolist():
        claims = rows_where(to == cell)
        if not len(claims):
            trace.record("hexes", cell, "no_enemy_within_hexes", rules["contact.flip_radius"], "contact.flip_radius")
            continue
        trace.record("hexes", cell, "claimants", float(len(claims)), "contact.stack_limit")
        for i in claims.tolist() if len(claims) > 1 else ():
            key = "claim_die_in" if int(rows[i]) in inside else "claim_die_kept_out"
            trace.record("hexes", cell, key, float(die[i]) / 2**32)


@jit
def _settle(
    rows: Any, to: Any, cell: Any, side: Any, die: Any, barred: Any, pursued: Any, stack: Any, leg_at: Any, route: Any,
    target: Any, goal: Any, end: int, through: int, count: Any, places: Any, standing_at: Any, cause: Any,
) -> None:  # fmt: skip
    """Who gets in: ``cause`` 0, and counts, places and standing as they are then."""
    legs = len(rows)
    for i in range(legs):
        count[side[i], cell[i]] -= 1
        places[side[i], cell[i]] -= stack[rows[i]]
        for j in range(legs):
            if cell[i] == to[j] and to[i] == cell[j] and side[i] != side[j]:  # met on the road
                cause[i] = _ENEMY
        if pursued[i]:
            cause[i] = _ENEMY
        if cause[i] == 0 and barred[i]:
            cause[i] = _SCREEN
    order = _in_turn(rows, to, side, die, leg_at)
    staying = np.zeros(legs, np.bool_)
    again = True
    while again:
        for i in range(legs):
            if cause[i] > 0 and not staying[i]:
                count[side[i], cell[i]] += 1
                places[side[i], cell[i]] += stack[rows[i]]
                staying[i] = True
        found = False
        for i in range(legs):
            if not staying[i] and count[1 - side[i], to[i]] > 0:
                cause[i] = _ENEMY
                found = True
        if not found:
            _contest(to, side, die, cause)
            _crowd_out(order, rows, to, side, stack, route, target, goal, end, through, places, cause)
        again = False
        for i in range(legs):
            again = again or (cause[i] > 0 and not staying[i])
    for i in range(legs):
        if cause[i] == 0:
            count[side[i], to[i]] += 1
            places[side[i], to[i]] += stack[rows[i]]
            standing_at[rows[i]] = to[i]


@jit
def _in_turn(rows: Any, to: Any, side: Any, die: Any, leg_at: Any) -> Any:
    """Legs by side and hex, in a hex by time of entry, then by die and row."""
    order = np.empty(len(rows), np.int64)
    for i in range(len(rows)):
        mine = (side[i], to[i], leg_at[rows[i]], die[i], rows[i])
        k = i
        while k > 0:
            j = order[k - 1]
            if (side[j], to[j], leg_at[rows[j]], die[j], rows[j]) < mine:
                break
            order[k] = j
            k -= 1
        order[k] = i
    return order


@jit
def _contest(to: Any, side: Any, die: Any, cause: Any) -> None:
    """Enemies claim the same empty hex: the side with the lowest die has it."""
    best = np.full(len(to), -1, np.int64)
    for i in range(len(to)):
        if cause[i] == 0:
            for j in range(len(to)):
                if cause[j] == 0 and to[j] == to[i] and (best[i] < 0 or die[j] < die[best[i]]):
                    best[i] = j
    for i in range(len(to)):
        if best[i] >= 0 and side[best[i]] != side[i]:
            cause[i] = _ENEMY


@jit
def _crowd_out(
    order: Any, rows: Any, to: Any, side: Any, stack: Any, route: Any, target: Any, goal: Any, end: int, through: int,
    places: Any, cause: Any,
) -> None:  # fmt: skip
    """Those for whom there is no place left stay where they are; who passes through may also stand on the road."""
    last, claimed = -1, 0
    for i in order:
        if cause[i] > 0:
            continue
        row, hex_ = rows[i], to[i]
        if last < 0 or to[last] != hex_ or side[last] != side[i]:
            claimed = 0
        last = i
        claimed += int(stack[row])
        ends = route[row, 0] != hex_ or route[row, 1] < 0 or route[row, 1] == target[row] or goal[row] == hex_
        if places[side[i], hex_] + claimed > (end if ends else through):
            cause[i] = _CROWD


@jit
def _ends_of(
    rows: Any, leg_to: Any, stood: Any, of: Any, status: Any, route: Any, owner: Any, legs: Any, hostile: Any,
    pursued: Any,
) -> int:  # fmt: skip
    """Where legs lead, where they began, and whose they are.

    And which lead onto enemy ground with a way planned to there, which back into a hex that the enemy has won in a fight
    and is about to enter. Returns whether there are rivals for a hex (``_RIVALS``), and any of the former (``_HOSTILE``).
    """
    asks = 0
    for i in range(len(rows)):
        row = rows[i]
        there, side = leg_to[row], of[row]
        legs[0, i], legs[1, i], legs[2, i] = there, stood[row], side
        hostile[i] = owner[there] == 1 - side and route[row, 0] == there
        if hostile[i]:
            asks |= _HOSTILE
        for k in range(i):
            if legs[0, k] == there:
                asks |= _RIVALS
    for row in range(len(status)):
        cell = leg_to[row]
        # Who fights his way in has no way planned to there.
        if cell < 0 or status[row] != ON_MAP or route[row, 0] == cell or owner[cell] == of[row]:
            continue
        for i in range(len(rows)):
            if legs[0, i] == cell and legs[2, i] == 1 - of[row]:
                pursued[i] = True
    return asks


def _behind_screens(world: World, minute: int, rows: Rows, to: Rows, side: Rows, hostile: Mask) -> Mask:
    """Of legs onto enemy ground (``hostile``) those to hexes that somebody who stays where he is holds or screens."""
    barred = np.zeros(len(rows), bool)
    now = ground.standing(world)
    for enemy in (0, 1):
        asking = hostile & (side == 1 - enemy)
        if not anywhere(asking):
            continue
        leaving = rows[side == enemy]
        if len(leaving):
            theirs = now.rows[now.side == enemy]
            wall = ground.screened_by(world, theirs[~among(theirs, leaving, len(world.formations))], minute)
        else:
            wall = ground.screened(world, enemy, minute)
        barred |= asking & wall[to]
    return barred


def _entered(world: World, rows: Rows, to: Rows, minute: int) -> Event:
    formations, hexes, rules, grid = world.formations, world.hexes, world.statics.rules, world.statics.grid
    forced_m, works = np.empty((2, len(rows)), np.int64)
    old = max(minute - round(rules["fortification.level_1_days"] * DAY), 0)
    _on_arrival(
        rows, to, formations.hex, formations.order, formations.task, formations.side, formations.in_place_since,
        world.orders.kind, hexes.owner, hexes.owner_since, grid.neighbours, _ON_THE_MOVE, formations.blocks["int64"],
        formations.plan("works"), minute, old, grid.spacing_m, rules["contact.screen_works"], forced_m, works,
    )  # fmt: skip
    return ENTERED(
        minute, formation=rows, came_from=formations.hex[rows], hex=to, at=formations.leg_at[rows],
        moved_m=grid.spacing_m, forced_m=forced_m, works_n=works,
    )  # fmt: skip


@jit
def _on_arrival(
    rows: Any, to: Any, stood: Any, order: Any, task: Any, side: Any, in_place_since: Any, order_kind: Any, owner: Any,
    owner_since: Any, near: Any, on_the_move: Any, f64: Any, plan: Any, minute: int, old: int, spacing_m: int,
    share: float, forced_m: Any, works: Any,
) -> None:  # fmt: skip
    """Metres that formations have marched at a forced pace, and the level (1e-9) of the works that they find where they step.

    Those of their own sector if they move along the front. The trenches of a division run on beside the
    hex in which its counter stands (``share``: ``contact.screen_works``), as far as the enemy holds a hex that both touch,
    and the new one has been own ground as long as the formation has stood in the old and as long as the digging of a first
    level takes (since ``old``). Who goes back, attacks or follows leaves his behind.
    """
    for i in range(len(rows)):
        row, there, given = rows[i], to[i], order[rows[i]]
        forced_m[i] = spacing_m if given >= 0 and order_kind[given] == FORCED else 0
        works[i] = 0
        settled = owner_since[there] <= min(in_place_since[row], old) and owner[there] == side[row]
        if not settled or on_the_move[task[row]]:
            continue
        dug = read_flow(f64, plan, 0, row, minute)
        if dug > 0 and _before_both(stood[row], there, 1 - side[row], owner, near):
            works[i] = round(dug * share)


@jit
def _before_both(one: int, other: int, side: int, owner: Any, near: Any) -> bool:
    """Whether a side holds a hex that touches both of two hexes."""
    for cell in near[one]:
        if cell >= 0 and owner[cell] == side:
            for beyond in near[other]:
                if beyond == cell:
                    return True
    return False


def _take(scene: Scene, rows: Rows, to: Rows, side: Rows) -> None:
    """Hexes of the enemy, or of ice, that are entered change hands, and with them hexes beside them that nobody guards."""
    world, hostile = scene.world, scene.owner[to] != side
    if not anywhere(hostile):
        return
    cells, first = np.unique(to[hostile], return_index=True)
    who, whose = rows[hostile][first], side[hostile][first]
    scene.owner = scene.owner.copy()
    scene.owner[cells] = whose
    hexes, sides, by, how = [cells], [whose], [who], [np.full(len(cells), Taking.ENTERED)]
    for one in (0, 1):
        more = _beside(scene, cells[whose == one], one)
        scene.owner[more] = one
        hexes.append(more)
        sides.append(np.full(len(more), one))
        by.append(np.full(len(more), -1))
        how.append(np.full(len(more), Taking.BESIDE))
    scene.owner.flags.writeable = False
    scene.taken = np.concatenate(hexes)
    scene.by_surprise = np.concatenate(by) >= 0
    scene.by_surprise[: len(who)] &= world.formations.exploiting[who] == 1
    scene.events.append(
        CAPTURED(scene.minute, hex=scene.taken, side=np.concatenate(sides), formation=np.concatenate(by),
                 how=np.concatenate(how))
    )  # fmt: skip


def _beside(scene: Scene, cells: Rows, side: int) -> Rows:
    """Neighbours of hexes taken by ``side`` that fall with them: no town, and no enemy within the flip radius."""
    world = scene.world
    if not len(cells) or not on(world.statics.rules, "neighbours"):
        return cells[:0]
    grid, found = world.statics.grid, np.empty(6 * len(cells), np.int64)
    discs = grid.ring_table(round(world.statics.rules["contact.flip_radius"]))
    many = _fall(
        cells, grid.neighbours, discs, ice.dry(world), ice.walked(world.statics), ground.towns(world.statics), scene.owner,
        1 - side, scene.count[1 - side], found,
    )  # fmt: skip
    return found[:many]


@jit
def _fall(
    cells: Any, near: Any, discs: Any, dry: Any, walked: Any, towns: Any, owner: Any, hostile: int, enemies: Any,
    found: Any,
) -> int:  # fmt: skip
    """Hostile neighbours of ``cells`` that no formation of theirs stands near enough to guard, in order; how many."""
    many = 0
    seen = np.zeros(len(near), np.bool_)
    for cell in cells:
        for there in near[cell]:
            if there < 0 or seen[there]:
                continue
            seen[there] = True
            falls = dry[there] and walked[there] and owner[there] == hostile and not towns[there]
            for beyond in discs[there]:
                falls = falls and not (beyond >= 0 and enemies[beyond] > 0)
            if falls:
                k = many
                while k > 0 and found[k - 1] > there:
                    found[k] = found[k - 1]
                    k -= 1
                found[k] = there
                many += 1
    return many
