"""Small drawn signs: transport, weather, message glyphs. Drawn, never typed, so that they are sharp at every scale."""

from __future__ import annotations

import math

from ui.map.kit import Canvas
from ui.theme.palette import Rgb


def transport(c: Canvas, name: str, x: float, y: float, colour: Rgb) -> None:
    """first, back, play, pause, forward, last round a middle point."""
    s = 5.5
    if name == "pause":
        for dx in (-3.5, 1.5):
            c.fill(x + dx, y - s, 2.6, 2 * s, colour)
    elif name in ("play", "forward", "last"):
        c.polygon([(x - s * 0.7, y - s), (x + s * 0.8, y), (x - s * 0.7, y + s)], colour)
    elif name in ("back", "first"):
        c.polygon([(x + s * 0.7, y - s), (x - s * 0.8, y), (x + s * 0.7, y + s)], colour)
    if name == "last":
        c.fill(x + s * 0.9, y - s, 2, 2 * s, colour)
    elif name == "first":
        c.fill(x - s * 0.9 - 2, y - s, 2, 2 * s, colour)
    elif name == "forward":
        c.fill(x - s * 0.7 - 3, y - s, 2, 2 * s, colour)
    elif name == "back":
        c.fill(x + s * 0.7 + 1, y - s, 2, 2 * s, colour)


def weather(c: Canvas, sky: int, x: float, y: float) -> None:
    """clear, cloudy, rain, fog, snow in a field of 22 x 14 round a middle point."""
    t = c.theme
    k = c.scale.factor
    import pygame

    def disc(dx: float, dy: float, r: float, colour: Rgb) -> None:
        pygame.draw.aacircle(c.surface, colour, ((x + dx) * k, (y + dy) * k), r * k)

    if sky == 0:
        disc(0, 0, 4.2, t.accent)
        for step in range(8):
            a = step * math.pi / 4
            c.line(x + 6 * math.cos(a), y + 6 * math.sin(a), x + 8.4 * math.cos(a), y + 8.4 * math.sin(a), t.accent, 1.4)
        return
    if sky == 3:
        for dy in (-4, 0, 4):
            c.line(x - 9, y + dy, x + 9, y + dy, t.second, 2)
        return
    for dx, dy, r in ((-4, 1, 4), (1, -1.5, 5), (5.5, 1.5, 3.6)):
        disc(dx, dy, r, t.second)
    c.fill(x - 5, y + 1, 11, 4, t.second)
    if sky == 2:
        for dx in (-4, 0, 4):
            c.line(x + dx + 1, y + 6, x + dx - 1, y + 10, t.link, 1.4)
    elif sky == 4:
        for dx in (-4, 0, 4):
            disc(dx, 8, 1.3, t.text)


def message(c: Canvas, kind: str, x: float, y: float, colour: Rgb | None = None) -> None:
    """The glyph of a message's kind round a middle point: cross, flag, triangle, arrow, diamond, ring, disc."""
    t = c.theme
    ink = colour or t.text
    if kind == "fight":
        for sx in (-1, 1):
            c.line(x - 5 * sx, y - 5, x + 5 * sx, y + 5, ink, 1.6)
    elif kind == "place":
        c.line(x - 4, y - 6, x - 4, y + 6, ink, 1.6)
        c.polygon([(x - 4, y - 6), (x + 6, y - 6), (x + 3, y - 3), (x + 6, y), (x - 4, y)], ink)
    elif kind == "supply":
        c.polygon([(x, y - 6), (x + 6, y + 5), (x - 6, y + 5)], t.accent if colour is None else colour)
        c.line(x, y - 2, x, y + 2, t.on_accent, 1.6)
    elif kind == "move":
        c.polygon([(x - 5, y - 5), (x + 6, y), (x - 5, y + 5)], ink)
    elif kind == "history":
        c.polygon([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], ink, width=1.4)
    elif kind == "naval":
        c.polygon([(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)], t.link, width=1.8)
    elif kind == "weather":
        weather(c, 1, x, y)
    else:
        import pygame

        k = c.scale.factor
        pygame.draw.aacircle(c.surface, ink, (x * k, y * k), 5 * k, max(1, round(1.6 * k)))


def hamburger(c: Canvas, x: float, y: float) -> None:
    """The menu's three strokes."""
    for dy in (-5, 0, 5):
        c.line(x - 8, y + dy, x + 8, y + dy, c.theme.text, 2)
