"""What stands at the edges of the map: figures of the graticule, scale bar, whose view it is, the dates between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pygame

from ui.map.ground.lines import GRATICULE_STEP, graticule
from ui.map.ground.relief import CHUNK
from ui.map.scene import TRUTH
from ui.theme import palette
from ui.theme.type import TEXT, width

if TYPE_CHECKING:
    from ui.map.mapview import MapView


class Edges:
    """Edges of one map view."""

    def __init__(self, view: MapView) -> None:
        self.view = view
        self._lines: tuple[tuple[int, ...], list] = ((), [])

    def _graticule(self) -> list:
        """Lines of the graticule round the view; the same until it leaves its chunks."""
        view = self.view
        left, top = view.camera.corner
        x0, y0 = left // CHUNK * CHUNK, top // CHUNK * CHUNK
        x1, y1 = -(-(left + view.rect.width) // CHUNK) * CHUNK, -(-(top + view.rect.height) // CHUNK) * CHUNK
        key = (view.camera.pitch, x0, y0, x1, y1)
        if self._lines[0] != key:
            area = pygame.Rect(x0, y0, x1 - x0, y1 - y0)
            step = GRATICULE_STEP[view.camera.tier]
            self._lines = (key, graticule(view.story.theatre, view.ground.frame, area, view.camera.pitch, step))
        return self._lines[1]

    def draw(self, surface: pygame.Surface) -> None:
        """Draw everything at the edges."""
        view, scale = self.view, self.view.scale
        left, top = view.camera.corner
        size = scale.type(11)
        for meridian, degrees, points in self._graticule():
            words = _degrees(degrees, "E" if meridian else "N")
            label = TEXT.halo(words, size, "semibold", palette.GRATICULE, palette.PLACE_HALO, radius=1.5)
            if meridian:
                x = float(np.interp(-(top + scale(10)), -points[:, 1], points[:, 0])) - left + view.rect.x
                at = (round(x - label.get_width() / 2), view.rect.y + scale(2))
                if view.rect.left + scale(40) < x < view.rect.right - scale(30):
                    surface.blit(label, at)
            else:
                y = float(np.interp(left + scale(12), points[:, 0], points[:, 1])) - top + view.rect.y
                if view.rect.top + scale(24) < y < view.rect.bottom - scale(50):
                    surface.blit(label, (view.rect.x + scale(4), round(y - label.get_height() / 2)))
        self._scale_bar(surface)
        if view.frame is not None and view.frame.bracket:
            self._bracket(surface, view.frame.bracket)
        if view.frame is not None and view.frame.viewer != TRUTH:
            words = f"as the {view.story.side_names[view.frame.viewer]} side knew it"
            label = TEXT.get(words, scale.type(12.5), "semibold_it", palette.PLACE_NAME)
            _plate(surface, label, view.rect.x + scale(3), view.rect.y + scale(18), scale(6))
            pygame.draw.rect(surface, view.sides.lines[view.frame.viewer], view.rect, max(2, scale(3)))

    def _bracket(self, surface: pygame.Surface, words: str) -> None:
        """Which dated facts this moment of the record lies between."""
        view, scale = self.view, self.view.scale
        size = scale.type(12)
        room = view.rect.width - scale(40)
        lines = [words] if width(words, size, "semibold_it") <= room else words.split(" · ")
        for k, line in enumerate(lines):
            label = TEXT.get(line, size, "semibold_it", palette.PLACE_NAME)
            _plate(surface, label, view.rect.x + scale(3), view.rect.y + scale(18 + 16 * k), scale(6))

    def _scale_bar(self, surface: pygame.Surface) -> None:
        view, scale = self.view, self.view.scale
        pixels_km = view.camera.pitch / 6
        km = next(k for k in (1, 2, 5, 10, 20, 50, 100, 200) if k * pixels_km >= 50 * scale.factor or k == 200)
        length = round(km * pixels_km)
        size = scale.type(11)
        last = TEXT.get(f"{2 * km} km", size, "semibold", palette.PLACE_NAME)
        box = pygame.Rect(0, 0, 2 * length + scale(24) + last.get_width() // 2, scale(34))
        box.bottomleft = (view.rect.x + scale(8), view.rect.bottom - scale(6))
        ground = pygame.Surface(box.size, pygame.SRCALPHA)
        ground.fill((*palette.PLACE_HALO, 232))
        surface.blit(ground, box)
        x, y = box.x + scale(10), box.bottom - scale(11)
        bar = max(3, scale(4))
        pygame.draw.rect(surface, palette.PLACE_NAME, (x, y, 2 * length, bar))
        pygame.draw.rect(surface, palette.PLACE_HALO, (x + 1, y + 1, length // 2 - 1, bar - 2))
        pygame.draw.rect(surface, palette.PLACE_HALO, (x + length, y + 1, length - 1, bar - 2))
        for k, words in ((0, "0"), (1, str(km)), (2, f"{2 * km} km")):
            label = TEXT.get(words, size, "semibold", palette.PLACE_NAME)
            surface.blit(label, (x + k * length - label.get_width() // 2, box.y + scale(3)))


def _plate(surface: pygame.Surface, label: pygame.Surface, x: int, y: int, pad: int) -> None:
    """A line on a strip of paper, so that no name of the map runs into it."""
    strip = pygame.Surface((label.get_width() + 2 * pad, label.get_height()), pygame.SRCALPHA)
    strip.fill((*palette.PLACE_HALO, 232))
    surface.blit(strip, (x, y))
    surface.blit(label, (x + pad, y))


def _degrees(value: float, letter: str) -> str:
    whole, minutes = divmod(round(value * 60), 60)
    return f"{whole}°{letter}" if not minutes else f"{whole}°{minutes:02d}′{letter}"
