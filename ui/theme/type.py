"""Type: one cache of fonts, text and halo text, always rendered at the scaled size and never scaled afterwards.

Source Sans Pro (SIL OFL 1.1, shipped unmodified in `ui/assets/fonts`). Thin spaces group thousands, minus is a
true minus; arrows, discs and signs are drawn, never typed.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path

import pygame

from ui.theme.palette import Rgb

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
WEIGHTS = {"light": "Light", "regular": "Regular", "it": "It", "semibold": "Semibold", "semibold_it": "SemiboldIt",
           "bold": "Bold"}  # fmt: skip
THIN = "\u2009"


@lru_cache(maxsize=256)
def font(pixels: int, weight: str = "regular") -> pygame.font.Font:
    """The font at a size in real pixels."""
    if not pygame.font.get_init():
        pygame.font.init()
    return pygame.font.Font(FONTS / f"SourceSansPro-{WEIGHTS[weight]}.ttf", max(6, pixels))


class TextCache:
    """Rendered text by (words, size, weight, colour, halo, tracking); the least used goes first."""

    def __init__(self, limit: int = 6000) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[object, ...], pygame.Surface] = OrderedDict()

    def get(self, words: str, pixels: int, weight: str, colour: Rgb) -> pygame.Surface:
        """Plain text on nothing."""
        return self._kept_or(("p", words, pixels, weight, colour), lambda: _plain(words, pixels, weight, colour))

    def halo(self, words: str, pixels: int, weight: str, colour: Rgb, halo: Rgb, *, radius: float = 2.0,
             tracking: int = 0) -> pygame.Surface:  # fmt: skip
        """Text with a rim in the halo's colour: drawn twelve times on a circle, then once on top."""
        key = ("h", words, pixels, weight, colour, halo, radius, tracking)
        return self._kept_or(key, lambda: _halo(words, pixels, weight, colour, halo, radius, tracking))

    def _kept_or(self, key: tuple[object, ...], make) -> pygame.Surface:  # type: ignore[no-untyped-def]
        found = self._kept.get(key)
        if found is None:
            found = make()
            self._kept[key] = found
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


TEXT = TextCache()


def width(words: str, pixels: int, weight: str = "regular") -> int:
    """Width in pixels of plain text."""
    return font(pixels, weight).size(words)[0]


def shorten(words: str, pixels: int, weight: str, room: int) -> str:
    """The text cut to fit `room` pixels, with an ellipsis where something was left out."""
    face = font(pixels, weight)
    if face.size(words)[0] <= room:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if face.size(words[:middle].rstrip() + "…")[0] <= room:
            low = middle
        else:
            high = middle - 1
    return words[:low].rstrip() + "…" if low else ""


def wrap(words: str, pixels: int, weight: str, room: int) -> list[str]:
    """Lines no wider than `room` pixels, broken at spaces."""
    face, lines, line = font(pixels, weight), [], ""
    for word in words.split():
        longer = f"{line} {word}" if line else word
        if line and face.size(longer)[0] > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def number(value: float, digits: int = 0) -> str:
    """``2110`` -> ``2 110`` with a thin space; minus is a true minus sign."""
    text = f"{abs(value):,.{digits}f}".replace(",", THIN)
    return f"−{text}" if value < 0 and float(f"{value:.{digits}f}") != 0 else text


def _plain(words: str, pixels: int, weight: str, colour: Rgb) -> pygame.Surface:
    return font(pixels, weight).render(words, True, colour)


def _tracked(words: str, pixels: int, weight: str, colour: Rgb, tracking: int) -> pygame.Surface:
    if not tracking:
        return _plain(words, pixels, weight, colour)
    parts = [_plain(letter, pixels, weight, colour) for letter in words]
    whole = pygame.Surface((sum(p.get_width() + tracking for p in parts) - tracking, parts[0].get_height()),
                           pygame.SRCALPHA)  # fmt: skip
    x = 0
    for part in parts:
        whole.blit(part, (x, 0))
        x += part.get_width() + tracking
    return whole


def _halo(words: str, pixels: int, weight: str, colour: Rgb, halo: Rgb, radius: float, tracking: int) -> pygame.Surface:
    face = _tracked(words, pixels, weight, colour, tracking)
    rim = _tracked(words, pixels, weight, halo, tracking)
    margin = int(radius + 0.999)
    out = pygame.Surface((face.get_width() + 2 * margin, face.get_height() + 2 * margin), pygame.SRCALPHA)
    for step in range(12):
        turn = pygame.Vector2(radius, 0).rotate(step * 30)
        out.blit(rim, (margin + round(turn.x), margin + round(turn.y)))
    out.blit(face, (margin, margin))
    return out
