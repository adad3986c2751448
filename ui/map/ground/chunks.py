"""The chunk cache: squares of finished map, made a little at a time so that no frame waits.

A chunk is the sheet's ground and lines composed with the tint and the front of one control version. While a chunk is
missing the window shows an older picture scaled; while it is stale, the stale one.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from ui.map.ground.control import ControlMap, FrontPainter, tint
from ui.map.ground.relief import CHUNK, DRY, Look
from ui.map.ground.sheet import sheet_of
from ui.theme.palette import SIDE_SETS, SideSet

if TYPE_CHECKING:
    from engine.model.theatre import Theatre

Key = tuple[int, int, Look]
LIMIT = 72
"""Chunks kept, 1 MB each."""
NEAR_KM = 46.0
"""A change of control alters the picture of nothing farther away than this."""


@dataclass
class Chunk:
    """One square, and which version of control it shows."""

    shown: pygame.Surface | None = None
    version: int = -1
    stale: bool = True
    work: Iterator[None] | None = field(default=None, repr=False)


class GroundMap:
    """The whole ground of a theatre as chunks, with an overview for the minimap and for what is not ready."""

    def __init__(self, theatre: Theatre, window: npt.NDArray[np.bool_] | None = None,
                 sides: SideSet = SIDE_SETS["standard"]) -> None:  # fmt: skip
        self.theatre, self.sides = theatre, sides
        self.sheet = sheet_of(theatre)
        self.frame, self.network = self.sheet.frame, self.sheet.network
        self.control = ControlMap(theatre, self.sheet.fields, window)
        self.front_painter = FrontPainter(self.frame)
        self._chunks: OrderedDict[Key, Chunk] = OrderedDict()
        self._overview: tuple[tuple[object, ...], pygame.Surface] | None = None
        self.tinted = True

    def set_owner(self, owner: npt.NDArray[np.int8]) -> bool:
        """New owners of the hexes; chunks near a change are remade when they are next wanted."""
        changed = self.control.update(owner)
        if not len(changed):
            return False
        x, y = self.theatre.grid.centres_m[changed].T
        for (i, j, look), chunk in self._chunks.items():
            px, py = self.frame.pixels(x, y, look.pitch)
            reach = NEAR_KM / 6 * look.pitch
            near = (px > i * CHUNK - reach) & (px < (i + 1) * CHUNK + reach)
            near &= (py > j * CHUNK - reach) & (py < (j + 1) * CHUNK + reach)
            if near.any():
                chunk.stale, chunk.work = True, None
            else:
                chunk.version = self.control.current.version
        return True

    def restyle(self, sides: SideSet, *, tinted: bool) -> None:
        """Other side colours, or the control overlay switched: every chunk is composed again."""
        if (sides, tinted) != (self.sides, self.tinted):
            self.sides, self.tinted = sides, tinted
            for chunk in self._chunks.values():
                chunk.stale, chunk.work = True, None
            self._overview = None

    def get(self, i: int, j: int, look: Look) -> pygame.Surface | None:
        """The chunk as far as it is ready; None if nothing can be shown yet."""
        chunk = self._chunks.get((i, j, look))
        if chunk is None:
            return None
        self._chunks.move_to_end((i, j, look))
        return chunk.shown

    def wants(self, i: int, j: int, look: Look) -> bool:
        """Whether the chunk is missing or shows old control."""
        chunk = self._chunks.get((i, j, look))
        return chunk is None or chunk.stale

    def work(self, wanted: list[tuple[int, int]], look: Look, seconds: float) -> bool:
        """Work on the wanted chunks, nearest first, for about `seconds`; True if one was finished."""
        finished, stop = False, time.perf_counter() + seconds
        for i, j in wanted:
            key = (i, j, look)
            chunk = self._chunks.setdefault(key, Chunk())
            if not chunk.stale:
                continue
            if chunk.work is None:
                chunk.work = self._make(chunk, i, j, look)
            for _ in chunk.work:
                if time.perf_counter() >= stop:
                    break
            else:
                chunk.work, finished = None, True
            if time.perf_counter() >= stop:
                break
        while len(self._chunks) > LIMIT:
            self._chunks.popitem(last=False)
        return finished

    def finish(self, wanted: list[tuple[int, int]], look: Look) -> None:
        """Make all the wanted chunks now (first frame, pictures for tests)."""
        while any(self.wants(i, j, look) for i, j in wanted):
            self.work(wanted, look, 60.0)

    def _make(self, chunk: Chunk, i: int, j: int, look: Look) -> Iterator[None]:
        ground, lines = yield from self.sheet.make(i, j, look)
        control = self.control.current
        shown = ground.copy()
        if self.tinted:
            tint(shown, self.sheet.painter, control, i, j, look, self.sides)
            yield
        shown.blit(lines, (0, 0), special_flags=pygame.BLEND_PREMULTIPLIED)
        if self.tinted:
            self.front_painter.paint(shown, control, i, j, look, self.sides)
        chunk.shown, chunk.version, chunk.stale = shown, control.version, False

    def overview(self, width: int, height: int, ground: str = DRY) -> pygame.Surface:
        """The whole theatre in a small picture with the front, for the minimap; kept until control changes."""
        key = (width, height, ground, self.control.current.version, self.sides.name, self.tinted)
        if self._overview is None or self._overview[0] != key:
            whole = self.backdrop(ground)
            small = pygame.transform.smoothscale(whole, (width, height))
            self._draw_fronts(small)
            self._overview = (key, small)
        return self._overview[1]

    def backdrop(self, ground: str = DRY) -> pygame.Surface:
        """The whole theatre at the smallest pitch, without lines: shown, scaled, where no chunk is ready."""
        return self.sheet.backdrop(ground)

    def _draw_fronts(self, small: pygame.Surface) -> None:
        pitch = small.get_width() / self.frame.wide
        for points in self.control.current.front:
            px, py = self.frame.pixels(points[::4, 0], points[::4, 1], pitch)
            line = np.stack([px, py], axis=1).tolist()
            if len(line) > 1:
                pygame.draw.lines(small, self.sides.lines[0], False, line, 3)
                pygame.draw.lines(small, self.sides.lines[1], False, line, 1)
