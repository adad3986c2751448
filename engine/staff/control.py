"""What follows from control of the ground alone: the front as ordered hexsides, connected land, how far behind it is.

Control is public, so this is the same for whoever asks; it is made anew only when a hex has changed its owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM
from engine.core.chains import areas, border_chains
from engine.core.columns import Array
from engine.core.hexes import Grid
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

    @Once
    def faces(self) -> Ints:
        """Enemy hexes on the front, by number."""
        return np.unique(self.front.other)

    @Once
    def face_at(self) -> Ints:
        """For each side of the front the index of its enemy hex among the faces. Shape (sides,)."""
        return np.searchsorted(self.faces, self.front.other)

    @Once
    def face_own(self) -> Ints:
        """How many own hexes lie round each face."""
        ring = self.grid.neighbours[self.faces]
        found: Ints = ((ring >= 0) & (self.owner[ring] == self.side)).sum(axis=1)
        return found

    @Once
    def rim(self) -> Ints:
        """Own hexes on the front, by number."""
        return np.unique(self.front.own)

    @Once
    def rim_at(self) -> Ints:
        """For each side of the front the index of its own hex on the rim. Shape (sides,)."""
        return np.searchsorted(self.rim, self.front.own)

    @Once
    def face_parts(self) -> Array:
        """Shape (faces, 6): piece of own land across each side of a face, -1 where there is none."""
        ring = self.ways[self.faces]
        own = (ring >= 0) & (self.owner[ring] == self.side)
        parts: Array = np.where(own, self.part[ring], -1)
        return parts

    def faces_of(self, parts: frozenset[int]) -> Mask:
        """Faces that touch one of these pieces of own land. Shape (faces,)."""
        found: Mask | None = self.kept.get(parts)
        if found is None:
            found = self.kept[parts] = self._touching(parts)
        return found

    def _touching(self, parts: frozenset[int]) -> Mask:
        wanted = np.zeros(len(self.part_sizes) + 1, bool)  # -1 falls on the spare last entry
        wanted[list(parts)] = True
        found: Mask = np.any(wanted[self.face_parts], axis=1)
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
    def face_share(self) -> Ints:
        """Own land among the land within two hexes of each face, ppm."""
        return self.own_share(self.faces)

    @Once
    def depth(self) -> Array:
        """Hops from the front through own land; ``paths.FAR`` where none leads there. Shape (hexes,)."""
        return hops(self.ways, (self.owner == self.side) & self.land, self.rim)

    @Once
    def part_sizes(self) -> Ints:
        """Hexes in each piece of land, whosever."""
        return np.bincount(self.part[self.part >= 0]).astype(np.int64)

    @Once
    def hostile_sides(self) -> Ints:
        """How many neighbours of the own hex of each side of the front are the enemy's. Shape (sides,)."""
        ring = self.grid.neighbours[self.front.own]
        hostile = (ring >= 0) & self.land[ring] & (self.owner[ring] == 1 - self.side)
        found: Ints = hostile.sum(axis=1)
        return found

    @Once
    def own_pockets(self) -> frozenset[int]:
        """Pieces of own land that the enemy rings entirely."""
        return self._ringed(self.front.own, self.front.other)

    @Once
    def enemy_pockets(self) -> frozenset[int]:
        """Pieces of enemy land that own land rings entirely."""
        return self._ringed(self.front.other, self.front.own)

    def _ringed(self, inside: Ints, outside: Ints) -> frozenset[int]:
        part, sizes = self.part[inside], self.part_sizes
        open_ended = self.front.closed[self.front.chain] == 0
        smaller = sizes[part] < sizes[self.part[outside]]
        return frozenset(part[smaller].tolist()) - frozenset(part[open_ended | ~smaller].tolist())

    @Once
    def speck(self) -> Mask:
        """Sides of the front round a scrap of land, own or enemy, that is too small to be manned. Shape (sides,)."""
        front = self.front
        small: Mask = np.minimum(self.part_sizes[self.part[front.own]], self.part_sizes[self.part[front.other]]) < SPECK
        found: Mask = small & (front.closed[front.chain] == 1)
        return found

    def own_share(self, cells: Array) -> Ints:
        """Own land among the land within two hexes of ``cells``, ppm."""
        ring = self.grid.ring_table(2)[cells]
        land = (ring >= 0) & self.land[ring]
        mine = land & (self.owner[ring] == self.side)
        share: Ints = mine.sum(axis=1) * PPM // np.maximum(land.sum(axis=1), 1)
        return share


def control_of(view: SideView) -> Control:
    """The control of a view, from the last one made if no hex has changed hands since."""
    memo, key = view.statics.memo, f"staff.control.{view.side}"
    held = memo.get(key)
    owner = view.hexes.owner
    if isinstance(held, Control) and (held.owner is owner or np.array_equal(held.owner, owner)):
        return held
    made = memo[key] = _make(view)
    return made


def land_of(statics: Statics) -> Mask:
    """Shape (hexes,): land inside the scenario's window."""
    found: Mask | None = statics.memo.get("staff.land")
    if found is None:
        found = statics.memo["staff.land"] = (statics.theatre.kind == HexKind.LAND) & statics.scenario.window
    return found


def ways_of(statics: Statics) -> Array:
    """Shape (hexes, 6): neighbours on land that can be walked to, -1 elsewhere."""
    found: Array | None = statics.memo.get("staff.ways")
    if found is None:
        near, land = statics.grid.neighbours, land_of(statics)
        can = land[:, None] & (near >= 0) & land[near] & (statics.theatre.strait != Strait.STRAIT)
        found = statics.memo["staff.ways"] = np.where(can, near, -1).astype(np.int32)
    return found


def _make(view: SideView) -> Control:
    statics, grid = view.statics, view.statics.grid
    land, ways = land_of(statics), ways_of(statics)
    colours = np.where(land, view.hexes.owner, -1).astype(np.int8)
    own, direction, chain, closed = border_chains(grid.neighbours, colours, view.side)
    front = FrontTrace(
        own.astype(np.int64),
        direction,
        grid.neighbours[own, direction].astype(np.int64),
        chain,
        closed,
        statics.theatre.river[own, direction] >= River.RIVER,
    )
    part = _parts(statics, ways, colours)
    return Control(grid, view.side, view.hexes.owner, land, ways, front, part)


def _parts(statics: Statics, ways: Array, colours: Array) -> Array:
    """Connected pieces of land: the same for both sides."""
    held = statics.memo.get("staff.parts")
    if held is None or not np.array_equal(held[0], colours):
        held = statics.memo["staff.parts"] = (colours, areas(ways, colours)[0])
    found: Array = held[1]
    return found
