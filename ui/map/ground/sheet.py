"""The sheet of a theatre: everything on the ground that no war changes, kept for all windows on that theatre.

Ground and lines of a chunk are made once; a game that is loaded finds them ready.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pygame

from ui.map.ground.chains import make_network
from ui.map.ground.fields import make_fields
from ui.map.ground.lines import LinePainter
from ui.map.ground.relief import CHUNK, DRY, Look, Painter, paint_now

if TYPE_CHECKING:
    from engine import Theatre

Key = tuple[int, int, Look]
LIMIT = 96
"""Pairs of ground and lines kept, 2 MB each."""
SHEETS = 2
_SHEETS: OrderedDict[str, Sheet] = OrderedDict()


class Sheet:
    """Fields, lines and finished grounds of a theatre."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.fields = make_fields(theatre)
        self.frame = self.fields.frame
        self.network = make_network(theatre)
        self.painter = Painter(self.fields)
        self.line_painter = LinePainter(theatre, self.frame, self.network)
        self._made: OrderedDict[Key, tuple[pygame.Surface, pygame.Surface]] = OrderedDict()
        self._backdrop: dict[str, pygame.Surface] = {}

    def make(self, i: int, j: int, look: Look) -> Generator[None, None, tuple[pygame.Surface, pygame.Surface]]:
        """Ground and lines of a chunk, step by step."""
        key = (i, j, look)
        found = self._made.get(key)
        if found is None:
            ground = yield from _through(self.painter.paint(i, j, look))
            # Pictures are also made without a window; then there is no format to convert to.
            ground = ground.convert() if pygame.display.get_surface() else ground
            lines = yield from _through(self.line_painter.paint(i, j, look))
            found = self._made[key] = (ground, lines)
        self._made.move_to_end(key)
        while len(self._made) > LIMIT:
            self._made.popitem(last=False)
        return found

    def backdrop(self, ground: str = DRY) -> pygame.Surface:
        """The whole theatre at the smallest pitch, without lines."""
        if ground not in self._backdrop:
            look = Look(6, 0, 1.0, ground)
            whole = pygame.Surface((self.frame.wide * look.pitch, self.frame.high * look.pitch))
            for i in range(-(-whole.get_width() // CHUNK)):
                for j in range(-(-whole.get_height() // CHUNK)):
                    whole.blit(paint_now(self.painter, i, j, look), (i * CHUNK, j * CHUNK))
            self._backdrop[ground] = whole
        return self._backdrop[ground]


def sheet_of(theatre: Theatre) -> Sheet:
    """The sheet of a theatre, the same for all that have its digest."""
    key = theatre.digest or f"id {id(theatre)}"
    if key not in _SHEETS:
        _SHEETS[key] = Sheet(theatre)
        while len(_SHEETS) > SHEETS:
            _SHEETS.popitem(last=False)
    return _SHEETS[key]


def _through(steps: Iterator[pygame.Surface]) -> Generator[None, None, pygame.Surface]:
    """Go through a painting step by step; its last surface is the finished one."""
    surface = next(steps)
    for step in steps:
        surface = step
        yield
    return surface
