"""Arrows of movement and orders, order clocks, fights, penetration, selection: marks drawn over the map.

Simulated is solid, planned is dashed, guessed is dotted. Each arrow is drawn once at twice its size for its vector and
style, smoothed, and kept; panning only blits it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pygame

from ui.map.ground import ink
from ui.map.ground.ink import OVERSAMPLE, Trace, faint, solid
from ui.theme import palette
from ui.theme.palette import Rgb

DONE, ORDERED, GUESSED = "done", "ordered", "guessed"


@lru_cache(maxsize=512)
def arrow(
    dx: int, dy: int, colour: Rgb, style: str, width: float, bend: float = 0.12, opacity: float = 1.0
) -> tuple[pygame.Surface, int, int]:
    """An arrow along a vector in pixels: its picture (premultiplied) and where its start lies in it."""
    reach = float(np.hypot(dx, dy))
    head = min(2.3 * width, reach * 0.6)
    room = int(2.6 * width + abs(bend) * reach + 4)
    left, top = min(0, dx) - room, min(0, dy) - room
    w, h = abs(dx) + 2 * room, abs(dy) + 2 * room
    big = pygame.Surface((w * OVERSAMPLE, h * OVERSAMPLE), pygame.SRCALPHA)
    start, stop = np.array([-left, -top], float) * OVERSAMPLE, np.array([dx - left, dy - top], float) * OVERSAMPLE
    middle = (start + stop) / 2 + np.array([dy, -dx]) * bend * OVERSAMPLE
    t = np.linspace(0, 1, 25)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * stop
    trace = Trace.of(curve)
    shaft_end = max(trace.length - head * OVERSAMPLE * 0.9, 1.0)
    ways = np.linspace(0, shaft_end, 24)
    shaft = Trace.of(trace.at(ways))
    unit = width * OVERSAMPLE
    whole = [(0, len(shaft.points) - 1)]
    halo = faint(palette.PLACE_HALO, 0.84)
    tip, foot = stop, trace.at(np.array([shaft_end]))[0]
    across = trace.across(np.array([shaft_end]))[0] * 1.3 * unit
    triangle = [tip.tolist(), (foot + across).tolist(), (foot - across).tolist()]
    ink.ribbon(big, shaft.points, unit + 3 * OVERSAMPLE, halo)
    _grown(big, triangle, halo, 1.6 * OVERSAMPLE)
    if style == DONE:
        ink.ribbon(big, shaft.points, unit, solid(colour))
        pygame.draw.polygon(big, solid(colour), triangle)
    else:
        if style == ORDERED:
            ink.dashes(big, shaft, whole, (0, 0), solid(colour), unit * 0.8, 1.9 * unit, 1.1 * unit)
        else:
            for x, y in shaft.at(np.arange(0, shaft.length, 1.7 * unit)).tolist():
                pygame.draw.circle(big, solid(colour), (x, y), unit * 0.42)
        pygame.draw.polygon(big, solid(palette.PLACE_HALO), triangle)
        pygame.draw.polygon(big, solid(colour), triangle, max(2, round(1.6 * OVERSAMPLE)))
    picture = ink.smoothed(big)
    if opacity < 1:
        picture.fill((round(255 * opacity),) * 4, special_flags=pygame.BLEND_RGBA_MULT)
    return picture, -left, -top


def _grown(big: pygame.Surface, triangle: list[list[float]], colour: tuple[int, int, int, int], by: float) -> None:
    pygame.draw.polygon(big, colour, triangle)
    pygame.draw.polygon(big, colour, triangle, round(2 * by))


@lru_cache(maxsize=128)
def clock(radius: int, share: int) -> pygame.Surface:
    """The order clock: a disc whose sector (in sixteenths) is the part of the delay still to run."""
    side = 2 * radius + 3
    big = pygame.Surface((side * OVERSAMPLE, side * OVERSAMPLE), pygame.SRCALPHA)
    middle = (side * OVERSAMPLE / 2, side * OVERSAMPLE / 2)
    r = radius * OVERSAMPLE
    pygame.draw.circle(big, solid(palette.ICON_INK), middle, r + OVERSAMPLE)
    pygame.draw.circle(big, solid((255, 255, 255)), middle, r - OVERSAMPLE * 0.6)
    if share:
        angles = np.radians(np.linspace(-90, -90 + 22.5 * share, 3 + share))
        rim = [(middle[0] + (r - 2) * np.cos(a), middle[1] + (r - 2) * np.sin(a)) for a in angles]
        pygame.draw.polygon(big, solid((217, 123, 60)), [middle, *rim])
    pygame.draw.circle(big, solid(palette.ICON_INK), middle, r, max(2, OVERSAMPLE))
    return ink.smoothed(big)


@lru_cache(maxsize=64)
def fight(size: int, colour: Rgb = palette.ICON_INK) -> pygame.Surface:
    """Crossed strokes on a light disc: a fight in progress."""
    side = size + 6
    big = pygame.Surface((side * OVERSAMPLE, side * OVERSAMPLE), pygame.SRCALPHA)
    m, r = side * OVERSAMPLE / 2, size * OVERSAMPLE / 2
    for colour_, thick in ((solid(palette.PLACE_HALO), 5), (solid(colour), 2)):
        for sx in (-1, 1):
            a, b = np.array([m - sx * r * 0.7, m - r * 0.7]), np.array([m + sx * r * 0.7, m + r * 0.7])
            ink.ribbon(big, np.stack([a, b]), thick * OVERSAMPLE * size / 16, colour_)
    return ink.smoothed(big)


@lru_cache(maxsize=16)
def ship(radius: int, side: int, colour: Rgb) -> pygame.Surface:
    """Ships at their station: a ship on a disc with a second edge (Axis) or on an octagon with one (Soviet)."""
    whole = 2 * radius + 4
    big = pygame.Surface((whole * OVERSAMPLE, whole * OVERSAMPLE), pygame.SRCALPHA)
    m, r = whole * OVERSAMPLE / 2, radius * OVERSAMPLE
    if side == 0:
        pygame.draw.circle(big, solid(palette.PLACE_HALO), (m, m), r + 1.5 * OVERSAMPLE)
        pygame.draw.circle(big, solid(colour), (m, m), r)
        pygame.draw.circle(big, solid(palette.PLACE_HALO), (m, m), r * 0.86, max(1, OVERSAMPLE // 2))
    else:
        turns = np.radians(22.5 + 45 * np.arange(8))
        for reach, paint in ((r + 1.5 * OVERSAMPLE, palette.PLACE_HALO), (r, colour)):
            corners = [(m + reach * np.cos(a), m + reach * np.sin(a)) for a in turns]
            pygame.draw.polygon(big, solid(paint), corners)
    u = r / 10
    white = solid((255, 255, 255))
    hull, bridge, mast = [(-6, 1.5), (6, 1.5), (4, 4.5), (-4.5, 4.5)], (-2.5, -1, 5, 2), (-0.6, -4.5, 1.4, 3.5)
    pygame.draw.polygon(big, white, [(m + x * u, m + y * u) for x, y in hull])
    for x, y, w, h in (bridge, mast):
        pygame.draw.rect(big, white, (m + x * u, m + y * u, w * u, h * u))
    return ink.smoothed(big)


@lru_cache(maxsize=64)
def tongue(pitch: int, direction: int, depth_pm: int, side_colour: Rgb, hatch: bool) -> tuple[pygame.Surface, int, int]:
    """Ground won inside a hex from one hexside: a tongue `depth_pm` per mille of a hex deep, with a tick each km.

    Returns the picture and where the hex's centre lies in it.
    """
    side = pitch * 2
    big = pygame.Surface((side * OVERSAMPLE, side * OVERSAMPLE), pygame.SRCALPHA)
    m = side * OVERSAMPLE / 2
    p = pitch * OVERSAMPLE
    outward = np.array([np.sin(np.radians(60 * direction)), -np.cos(np.radians(60 * direction))])
    along = np.array([-outward[1], outward[0]])
    foot = np.array([m, m]) + outward * p / 2
    depth = p * depth_pm / 1000
    half = p * 0.25
    points = [foot - along * half, foot + along * half, foot + along * half * 0.85 - outward * depth * 0.75,
              foot + along * half * 0.45 - outward * depth, foot - along * half * 0.45 - outward * depth,
              foot - along * half * 0.85 - outward * depth * 0.75]  # fmt: skip
    corners = [q.tolist() for q in points]
    pygame.draw.polygon(big, faint(side_colour, 0.41), corners)
    pygame.draw.polygon(big, faint(side_colour, 0.9), corners, max(2, round(1.4 * OVERSAMPLE)))
    for km in range(1, int(depth_pm * 6 / 1000) + 1):
        centre = foot - outward * (p * km / 6)
        a, b = centre - along * half * 0.7, centre + along * half * 0.7
        if hatch:
            pygame.draw.line(big, faint(side_colour, 0.8), a.tolist(), b.tolist(), OVERSAMPLE)
        else:
            for t in np.linspace(0, 1, 5):
                pygame.draw.circle(big, faint(side_colour, 0.9), (a + (b - a) * t).tolist(), OVERSAMPLE)
    return ink.smoothed(big), side // 2, side // 2


def selection(surface: pygame.Surface, rect: pygame.Rect, thick: int, *, dashed: bool = False) -> None:
    """The selection round a card: a bright line with a dark rim and four heavier corners."""
    outer = rect.inflate(2 * thick + 6, 2 * thick + 6)
    pygame.draw.rect(surface, palette.SELECTION_RIM, outer, thick + 2)
    if dashed:
        step = max(3, rect.width // 6)
        for x in range(outer.left, outer.right, 2 * step):
            for y in (outer.top, outer.bottom - thick):
                pygame.draw.rect(surface, palette.SELECTION, (x, y, step, thick))
        for y in range(outer.top, outer.bottom, 2 * step):
            for x in (outer.left, outer.right - thick):
                pygame.draw.rect(surface, palette.SELECTION, (x, y, thick, step))
        return
    pygame.draw.rect(surface, palette.SELECTION, outer.inflate(-2, -2), thick)
    arm = max(5, rect.width // 4)
    heavy = thick + 2
    for x, sx in ((outer.left, 1), (outer.right, -1)):
        for y, sy in ((outer.top, 1), (outer.bottom, -1)):
            for w, h in ((arm, heavy), (heavy, arm)):
                part = pygame.Rect(x if sx > 0 else x - w, y if sy > 0 else y - h, w, h)
                pygame.draw.rect(surface, palette.SELECTION, part)


def crossed_disc(surface: pygame.Surface, at: tuple[int, int], radius: int) -> None:
    """The end of a forbidden path."""
    pygame.draw.circle(surface, (255, 255, 255), at, radius)
    pygame.draw.circle(surface, palette.ICON_INK, at, radius, max(2, radius // 4))
    reach = round(radius * 0.62)
    pygame.draw.line(surface, palette.ICON_INK, (at[0] - reach, at[1] + reach), (at[0] + reach, at[1] - reach),
                     max(2, radius // 4))  # fmt: skip
