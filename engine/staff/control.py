"""What follows from control of the ground alone: the front as ordered hexsides, connected land, how far behind it is.

Control is public, so this is the same for whoever asks; it is made anew only when a hex has changed its owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.calendar import HOUR
from engine.core.chains import areas, border_chains
from engine.core.columns import Array
from engine.core.hexes import Grid
from engine.core.jit import jit
from engine.core.once import Once
from engine.core.paths import hops
from engine.model.codes import HexKind
from engine.model.theatre import River, Strait
from engine.model.view import SideView
from engine.model.world import Statics

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
SPECK = 3
"""Empty land of fewer hexes than this inside a ring is no front worth manning."""


@dataclass(frozen=True, eq=False)
class FrontTrace:
    """Hexsides of the front in order, chain after chain, the own side on the left. Shapes (sides,)."""

    own: Ints
    """Own hex of each side."""
    direction: Array
    other: Ints
    """Enemy hex across it."""
    chain: Array
    closed: Array
    """For each chain 1 if it is a ring: a pocket or a bridgehead."""
    river: Mask
    """A river or a wider water runs along the side."""

    def __len__(self) -> int:
        return len(self.own)


@dataclass(frozen=True, eq=False)
class Control:
    """Everything that depends on ``owner`` and ``side`` alone."""

    grid: Grid
    side: int
    owner: Array
    land: Mask
    """Land inside the window."""
    ways: Array
    """Shape (hexes, 6): neighbours that can be walked to."""
    front: FrontTrace
    part: Array
    """Connected piece of land of one owner that each hex belongs to, -1 at sea. Shape (hexes,)."""
    part_sizes: Ints
    """Hexes in each piece of land, whosever."""

    @Once
    def _faces(self) -> tuple[Ints, Ints, Ints, Array, Ints]:
        """The enemy's bank of the front: ``faces``, ``face_at``, ``face_own``, ``face_parts`` and ``face_share``."""
        cells, at = self._bank(self.front.other)
        own, parts = np.empty(len(cells), np.int64), np.empty((len(cells), 6), self.part.dtype)
        _look_round(cells, self.grid.neighbours, self.ways, self.owner, self.side, self.part, own, parts)
        return cells, at, own, parts, self.own_share(cells)

    def _bank(self, cells: Ints) -> tuple[Ints, Ints]:
        """Hexes of a column of the trace by number, and the index among them for each side of the front."""
        found, at = np.empty(len(cells), np.int64), np.empty(len(cells), np.int64)
        count = _number(cells, found, at)
        return found[:count], at

    @property
    def faces(self) -> Ints:
        """Enemy hexes on the front, by number."""
        return self._faces[0]

    @property
    def face_at(self) -> Ints:
        """For each side of the front the index of its enemy hex among the faces. Shape (sides,)."""
        return self._faces[1]

    @property
    def face_own(self) -> Ints:
        """How many own hexes lie round each face."""
        return self._faces[2]

    @property
    def face_parts(self) -> Array:
        """Shape (faces, 6): piece of own land across each side of a face, -1 where there is none."""
        return self._faces[3]

    @property
    def face_share(self) -> Ints:
        """Own land among the land within two hexes of each face, ppm."""
        return self._faces[4]

    @Once
    def _rim(self) -> tuple[Ints, Ints]:
        return self._bank(self.front.own)

    @property
    def rim(self) -> Ints:
        """Own hexes on the front, by number."""
        return self._rim[0]

    @property
    def rim_at(self) -> Ints:
        """For each side of the front the index of its own hex on the rim. Shape (sides,)."""
        return self._rim[1]

    def faces_of(self, parts: frozenset[int]) -> Mask:
        """Faces that touch one of these pieces of own land. Shape (faces,)."""
        found: Mask | None = self.kept.get(parts)
        if found is None:
            found = self.kept[parts] = self._touching(parts)
        return found

    def _touching(self, parts: frozenset[int]) -> Mask:
        wanted = np.zeros(len(self.part_sizes) + 1, bool)  # -1 falls on the spare last entry
        wanted[list(parts)] = True
        found = np.zeros(len(self.faces), bool)
        _any_of_six(wanted, self.face_parts, found)
        return found

    def parts_beside(self, cell: int) -> frozenset[int]:
        """Pieces of own land from which a hex can be walked into."""
        found: frozenset[int] | None = self.kept.get(("beside", cell))
        if found is None:
            ring = [c for c in self.ways[cell].tolist() if c >= 0 and self.owner[c] == self.side]
            found = self.kept["beside", cell] = frozenset(int(self.part[c]) for c in ring)
        return found

    @Once
    def share_of(self) -> dict[int, int]:
        """Own land among the land within two hexes of each enemy hex on the front, ppm."""
        return dict(zip(self.faces.tolist(), self.face_share.tolist(), strict=True))

    @Once
    def kept(self) -> dict[Any, Any]:
        """What others derive from this control and want again while it lasts."""
        return {}

    @Once
    def depth(self) -> Array:
        """Hops from the front through own land; ``paths.FAR`` where none leads there. Shape (hexes,)."""
        return hops(self.ways, (self.owner == self.side) & self.land, self.rim)

    @Once
    def hostile_sides(self) -> Ints:
        """How many neighbours of the own hex of each side of the front are the enemy's. Shape (sides,)."""
        return hostile_round(self.grid, self.front.own, self.owner, 1 - self.side, self.land)

    @Once
    def own_pockets(self) -> frozenset[int]:
        """Pieces of own land that the enemy rings entirely."""
        return self._ringed(self.front.own, self.front.other)

    @Once
    def enemy_pockets(self) -> frozenset[int]:
        """Pieces of enemy land that own land rings entirely."""
        return self._ringed(self.front.other, self.front.own)

    def _ringed(self, inside: Ints, outside: Ints) -> frozenset[int]:
        ringed = np.full(len(self.part_sizes), -1, np.int8)
        _ring(inside, outside, self.front.chain, self.front.closed, self.part, self.part_sizes, ringed)
        return frozenset((ringed == 1).nonzero()[0].tolist())

    @Once
    def speck(self) -> Mask:
        """Sides of the front round a scrap of land, own or enemy, that is too small to be manned. Shape (sides,)."""
        front = self.front
        small: Mask = np.minimum(self.part_sizes[self.part[front.own]], self.part_sizes[self.part[front.other]]) < SPECK
        found: Mask = small & (front.closed[front.chain] == 1)
        return found

    def own_share(self, cells: Array) -> Ints:
        """Own land among the land within two hexes of ``cells``, ppm."""
        share = np.empty(len(cells), np.int64)
        _shares(cells, self.grid.ring_table(2), self.owner, self.side, self.land, share)
        return share


def hostile_round(grid: Grid, cells: Array, owner: Array, enemy: int, land: Mask) -> Ints:
    """How many neighbours of each of some hexes are the enemy's land."""
    found = np.empty(len(cells), np.int64)
    _hostile(cells, grid.neighbours, owner, enemy, land, found)
    return found


@jit
def _hostile(cells: Any, neighbours: Any, owner: Any, enemy: int, land: Any, found: Any) -> None:
    for i in range(len(cells)):
        found[i] = 0
        for d in range(6):
            there = neighbours[cells[i], d]
            if there >= 0 and land[there] and owner[there] == enemy:
                found[i] += 1


@jit
def _number(cells: Any, found: Any, at: Any) -> int:
    """Fill ``found`` with the different ones of ``cells`` in order, ``at`` with the index of each; how many."""
    if len(cells) == 0:
        return 0
    first, last = cells[0], cells[0]
    for i in range(len(cells)):
        first, last = min(first, cells[i]), max(last, cells[i])
    place = np.full(last - first + 1, -1, np.int32)
    for i in range(len(cells)):
        place[cells[i] - first] = 0
    count = 0
    for k in range(len(place)):
        if place[k] == 0:
            place[k] = count
            found[count] = first + k
            count += 1
    for i in range(len(cells)):
        at[i] = place[cells[i] - first]
    return count


@jit
def _look_round(
    cells: Any, neighbours: Any, ways: Any, owner: Any, side: int, part: Any, own: Any, parts: Any
) -> None:
    """For each cell: own hexes round it, and pieces of own land from which it can be walked into."""
    for i in range(len(cells)):
        own[i] = 0
        for d in range(6):
            there, start = neighbours[cells[i], d], ways[cells[i], d]
            if there >= 0 and owner[there] == side:
                own[i] += 1
            parts[i, d] = part[start] if start >= 0 and owner[start] == side else -1


@jit
def _shares(cells: Any, discs: Any, owner: Any, side: int, land: Any, share: Any) -> None:
    for i in range(len(cells)):
        mine, ground = 0, 0
        for k in range(discs.shape[1]):
            there = discs[cells[i], k]
            if there >= 0 and land[there]:
                ground += 1
                mine += owner[there] == side
        share[i] = mine * PPM // max(ground, 1)


@jit
def _ring(inside: Any, outside: Any, chain: Any, closed: Any, part: Any, sizes: Any, ringed: Any) -> None:
    """Mark pieces of land 1 if all their front is a ring round something smaller than what lies outside, else 0."""
    for i in range(len(inside)):
        this, around = part[inside[i]], part[outside[i]]
        if closed[chain[i]] == 0 or sizes[this] >= sizes[around]:
            ringed[this] = 0
        elif ringed[this] < 0:
            ringed[this] = 1


@jit
def _any_of_six(wanted: Any, parts: Any, found: Any) -> None:
    for i in range(len(found)):
        for d in range(6):
            if wanted[parts[i, d]]:
                found[i] = True


def held_soon(view: SideView) -> Array:
    """Whose each hex is, those counted as own that own formations will have entered within ``staff.entry_h``.

    They have won them, or march into them unopposed: what comes next is ordered before they have arrived.
    """
    own, owner = view.own, view.hexes.owner
    cells, until = np.empty(len(own), np.int64), view.minute + round(view.statics.rules["staff.entry_h"] * HOUR)
    count = _entered(own.leg_to, own.leg_at, until, owner, 1 - view.side, cells)
    if not count:
        return owner
    mine = owner.copy()
    mine[cells[:count]] = view.side
    return mine


@jit
def _entered(leg_to: Any, leg_at: Any, until: int, owner: Any, enemy: int, cells: Any) -> int:
    """Fill in the enemy's hexes that are entered by a minute; how many."""
    count = 0
    for i in range(len(leg_to)):
        if leg_to[i] >= 0 and leg_at[i] <= until and owner[leg_to[i]] == enemy:
            cells[count], count = leg_to[i], count + 1
    return count


def control_of(view: SideView, owner: Array | None = None, stamp: bytes | None = None) -> Control:
    """What follows from who has which hex, from the last one made if that has not changed since.

    ``owner`` is that of the view unless given (:func:`held_soon`), ``stamp`` the same as bytes.
    """
    memo, key = view.statics.memo, f"staff.control.{view.side}"
    owner = view.hexes.owner if owner is None else owner
    stamp = owner.tobytes() if stamp is None else stamp
    held: tuple[bytes, Control] | None = memo.get(key)
    if held is not None and held[0] == stamp:
        return held[1]
    made = _make(view, owner, stamp)
    memo[key] = (stamp, made)
    return made


def land_of(statics: Statics) -> Mask:
    """Shape (hexes,): land inside the scenario's window."""
    found: Mask | None = statics.shared.get("staff.land")
    if found is None:
        found = statics.shared["staff.land"] = (statics.theatre.kind == HexKind.LAND) & statics.scenario.window
    return found


def _off_land(statics: Statics) -> Array:
    """Shape (hexes,): -1 off the land, with all bits set, 0 on it."""
    found: Array | None = statics.shared.get("staff.off_land")
    if found is None:
        found = statics.shared["staff.off_land"] = -(~land_of(statics)).astype(np.int8)
    return found


def ways_of(statics: Statics) -> Array:
    """Shape (hexes, 6): neighbours on land that can be walked to, -1 elsewhere."""
    found: Array | None = statics.shared.get("staff.ways")
    if found is None:
        near, land = statics.grid.neighbours, land_of(statics)
        can = land[:, None] & (near >= 0) & land[near] & (statics.theatre.strait != Strait.STRAIT)
        found = statics.shared["staff.ways"] = np.where(can, near, -1).astype(np.int32)
    return found


def _make(view: SideView, owner: Array, stamp: bytes) -> Control:
    statics, grid = view.statics, view.statics.grid
    pieces = _pieces(statics, owner, stamp)
    own, direction, chain, closed = border_chains(grid.neighbours, pieces.colours, view.side)
    front = FrontTrace(
        own.astype(np.int64),
        direction,
        grid.neighbours[own, direction].astype(np.int64),
        chain,
        closed,
        statics.theatre.river[own, direction] >= River.RIVER,
    )
    return Control(grid, view.side, owner, land_of(statics), ways_of(statics), front, pieces.part, pieces.sizes)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Connected pieces of land of one owner: the same for both sides."""

    stamp: bytes
    """The owner of each hex."""
    colours: Array
    """The owner of land, -1 elsewhere."""
    part: Array
    sizes: Ints
    first: Array
    """The lowest cell of each piece: pieces are numbered in that order."""


def _pieces(statics: Statics, owner: Array, stamp: bytes) -> _Pieces:
    held: tuple[_Pieces, ...] = statics.memo.get("staff.parts", ())
    for pieces in held:
        if pieces.stamp == stamp:
            return pieces
    colours = owner | _off_land(statics)
    made = (_altered(held[0], statics, stamp, colours) if held else None) or _found(statics, stamp, colours)
    # The sides differ in what they are about to enter: one map for each.
    statics.memo["staff.parts"] = (made, *held[:1])
    return made


def _found(statics: Statics, stamp: bytes, colours: Array) -> _Pieces:
    part, count = areas(ways_of(statics), colours)
    sizes, first = np.zeros(count, np.int64), np.full(count, -1, np.int32)
    _count(part, sizes, first)
    return _Pieces(stamp, colours, part, sizes, first)


def _altered(known: _Pieces, statics: Statics, stamp: bytes, colours: Array) -> _Pieces | None:
    """The pieces after some hexes have changed hands, from those before; None where that parts, joins or renumbers any."""
    part, sizes = known.part.copy(), known.sizes.copy()
    same = _hand_over(known.colours.copy(), colours, ways_of(statics), part, sizes, known.first)
    return _Pieces(stamp, colours, part, sizes, known.first) if same else None


@jit
def _count(part: Any, sizes: Any, first: Any) -> None:
    for cell in range(len(part)):
        if part[cell] >= 0:
            if sizes[part[cell]] == 0:
                first[part[cell]] = cell
            sizes[part[cell]] += 1


@jit
def _hand_over(now: Any, then: Any, ways: Any, part: Any, sizes: Any, first: Any) -> bool:
    """Give hexes one by one from piece to piece, until ``now`` is as ``then``; False if a piece is parted, joined or new.

    A hex parts nothing if those of its old piece round it hang together without it, and joins nothing if those of its
    new side all belong to one piece. One that cannot be given yet waits until others round it have been.
    """
    changed = np.flatnonzero(now != then)
    waiting = 1
    while waiting > 0:
        waiting, given = 0, 0
        for cell in changed:
            if now[cell] == then[cell]:
                continue
            old, new, runs = part[cell], -1, 0
            if old < 0:
                return False
            for d in range(6):
                there, after = ways[cell, d], ways[cell, (d + 1) % 6]
                if there < 0:
                    continue
                if now[there] == then[cell]:
                    if new >= 0 and part[there] != new:
                        return False
                    new = part[there]
                elif now[there] == now[cell]:
                    hangs = False
                    if after >= 0 and now[after] == now[cell]:
                        for e in range(6):
                            hangs = hangs or ways[there, e] == after
                    runs += 0 if hangs else 1
            if cell == first[old] or (new >= 0 and cell < first[new]):
                return False
            if new < 0 or runs != 1:
                waiting += 1
                continue
            now[cell], part[cell] = then[cell], new
            sizes[old] -= 1
            sizes[new] += 1
            given += 1
        if given == 0 and waiting > 0:
            return False
    return True
