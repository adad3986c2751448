"""Marches that reach their next hex: who gets in, who is kept out, what changes hands with an entry.

All legs that end in one minute are settled together. Formations that leave a hex make room in it; two enemies that
would change places meet on the road and neither gets through. Of enemies that reach the same empty hex the side with
the lowest keyed die has it; of one side those who came first, then by die and row, until the stacking places are full.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.core.dice import Dice, Stream
from engine.model.codes import Obstacle, Taking
from engine.model.events import Event
from engine.model.events.movement import CAPTURED, ENTERED
from engine.model.world import Statics, World
from engine.rules import ground
from engine.rules.forced_march import forced
from engine.rules.power import on

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


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
        mask = ground.screened_by(world, rows[~np.isin(rows, new)], self.minute)
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


def settle(world: World, minute: int, dice: Dice, rows: Rows) -> Scene:
    """Settle the legs of ``rows``, which end by ``minute``."""
    formations, now, width = world.formations, ground.standing(world), world.statics.grid.size + 1
    to, cell = formations.leg_to[rows].astype(np.int64), formations.hex[rows].astype(np.int64)
    side, stack = formations.side[rows].astype(np.int64), formations.stack[rows]
    count, places = now.count.copy(), now.places.copy()
    crowd, room = count.reshape(-1), places.reshape(-1)
    left, aim = side * width + cell, side * width + to
    np.subtract.at(crowd, left, 1)
    np.subtract.at(room, left, stack)
    cause = _met_on_the_road(cell, to, side)
    barred = _behind_screens(world, minute, rows, to, side)
    cause[(cause == 0) & barred] = Obstacle.SCREEN
    claims = _Claims(world, minute, dice, rows, to, side, stack, aim)
    staying = np.zeros(len(rows), bool)
    while True:
        new = (cause > 0) & ~staying
        np.add.at(crowd, left[new], 1)
        np.add.at(room, left[new], stack[new])
        staying |= new
        live = ~staying
        occupied = live & (crowd[(1 - side) * width + to] > 0)
        cause[occupied] = Obstacle.ENEMY
        if not occupied.any():
            claims.contest(cause)
            claims.crowd_out(cause, room)
        if not ((cause > 0) & ~staying).any():
            break
    ok = cause == 0
    np.add.at(crowd, aim[ok], 1)
    np.add.at(room, aim[ok], stack[ok])
    standing_at = formations.hex.copy()
    standing_at[rows[ok]] = to[ok]
    scene = Scene(world, minute, standing_at, world.hexes.owner, count, places, rows[ok], rows[~ok], cause[~ok],
                  np.zeros(0, np.int64), np.zeros(0, bool))  # fmt: skip
    if ok.any():
        scene.events.append(_entered(world, rows[ok], to[ok], minute))
        _take(scene, rows[ok], to[ok], side[ok])
    return scene


def _met_on_the_road(cell: Rows, to: Rows, side: Rows) -> npt.NDArray[np.int8]:
    cause = np.zeros(len(to), np.int8)
    if len(to) > 1:
        swap = (cell[:, None] == to[None, :]) & (to[:, None] == cell[None, :]) & (side[:, None] != side[None, :])
        cause[swap.any(axis=1)] = Obstacle.ENEMY
    return cause


def _behind_screens(world: World, minute: int, rows: Rows, to: Rows, side: Rows) -> Mask:
    """Enemy ground that somebody who stays where he is holds or screens; not for those who have fought their way in."""
    hostile = (world.hexes.owner[to] == 1 - side) & (world.formations.route[rows, 0] == to)
    barred = np.zeros(len(rows), bool)
    now = ground.standing(world)
    for enemy in (0, 1):
        asking = hostile & (side == 1 - enemy)
        if not asking.any():
            continue
        leaving = rows[side == enemy]
        if len(leaving):
            theirs = now.rows[now.side == enemy]
            wall = ground.screened_by(world, theirs[~np.isin(theirs, leaving)], minute)
        else:
            wall = ground.screened(world, enemy, minute)
        barred |= asking & wall[to]
    return barred


class _Claims:
    """Rival claims to one hex; the dice are thrown at most once a formation."""

    def __init__(self, world: World, minute: int, dice: Dice, rows: Rows, to: Rows, side: Rows,
                 stack: npt.NDArray[np.int8], aim: Rows) -> None:  # fmt: skip
        self.to, self.side, self.stack, self.aim = to, side, stack.astype(np.int64), aim
        formations = world.formations
        shared = len(set(to.tolist())) < len(to)
        subjects = formations.subject[rows]
        self.die = dice.words(Stream.CLAIM, subjects, minute)[:, 0].astype(np.int64) if shared else np.zeros(len(to), np.int64)
        self.order = np.lexsort((rows, self.die, formations.leg_at[rows], aim))
        end, through = stack_limit(world.statics)
        route, target = formations.route[rows], formations.target[rows]
        ends = (route[:, 0] != to) | (route[:, 1] < 0) | (route[:, 1] == target) | (formations.goal[rows] == to)
        self.limit = np.where(ends, end, through)
        self.shared = shared

    def contest(self, cause: npt.NDArray[np.int8]) -> None:
        """Enemies claim the same empty hex: the lowest die has it."""
        if not self.shared:
            return
        live = np.flatnonzero(cause == 0)
        best: dict[int, tuple[int, int]] = {}
        for i in live.tolist():
            bid = (int(self.die[i]), i)
            best[int(self.to[i])] = min(best.get(int(self.to[i]), bid), bid)
        for i in live.tolist():
            if self.side[best[int(self.to[i])][1]] != self.side[i]:
                cause[i] = Obstacle.ENEMY

    def crowd_out(self, cause: npt.NDArray[np.int8], room: npt.NDArray[np.int16]) -> None:
        """Those for whom there is no place left stay where they are."""
        order = self.order[cause[self.order] == 0]
        if not len(order):
            return
        aim, stack = self.aim[order], self.stack[order]
        total = np.cumsum(stack)
        first = np.concatenate([[True], aim[1:] != aim[:-1]])
        before = np.maximum.accumulate(np.where(first, total - stack, 0))
        over = room[aim] + total - before > self.limit[order]
        cause[order[over]] = Obstacle.CROWD


def _entered(world: World, rows: Rows, to: Rows, minute: int) -> Event:
    formations = world.formations
    spacing = world.statics.grid.spacing_m
    return ENTERED(
        minute, formation=rows, came_from=formations.hex[rows], hex=to, at=formations.leg_at[rows], moved_m=spacing,
        forced_m=np.where(forced(world, rows), spacing, 0),
    )  # fmt: skip


def _take(scene: Scene, rows: Rows, to: Rows, side: Rows) -> None:
    """Enemy hexes entered change hands, and with them hexes beside them that nobody guards."""
    world, hostile = scene.world, scene.owner[to] == 1 - side
    if not hostile.any():
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
    near: Rows = np.unique(world.statics.grid.neighbours[cells]).astype(np.int64)
    near = near[near >= 0]
    near = near[(scene.owner[near] == 1 - side) & ground.passable(world.statics)[near]]
    near = near[~ground.towns(world.statics)[near]]
    if not len(near):
        return near
    now = ground.standing(world)
    enemy = scene.cell[now.rows[now.side == 1 - side]]
    guarded = ground.near(world, enemy, round(world.statics.rules["contact.flip_radius"]))
    return near[~guarded[near]]
