"""Strokes on a chunk: lines with round joints, dashes, ticks. Drawn at twice the size and smoothed down.

Surfaces hold premultiplied alpha: opaque ink over nothing stays exact when it is scaled down. Positions and widths
are in pixels of the enlarged surface.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pygame

from ui.theme.palette import Rgb

OVERSAMPLE = 2
Points = npt.NDArray[np.float64]
Spans = list[tuple[int, int]]


def faint(colour: Rgb, share: float) -> tuple[int, int, int, int]:
    """Premultiplied colour of an opacity 0..1."""
    return (round(colour[0] * share), round(colour[1] * share), round(colour[2] * share), round(255 * share))


def solid(colour: Rgb) -> tuple[int, int, int, int]:
    return (*colour, 255)


@dataclass(frozen=True)
class Trace:
    """A curve in pixels of the enlarged map, with the way along it at every point."""

    points: Points
    way: npt.NDArray[np.float64]

    @staticmethod
    def of(points: Points, least: float = 2.0) -> Trace:
        """From map positions; points closer than `least` pixels to the last kept one are dropped."""
        if len(points) > 3:
            step = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
            keep = np.concatenate([[True], np.diff(np.floor(step / least)) > 0])
            keep[-1] = True
            points = points[keep]
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        return Trace(points, way)

    @property
    def length(self) -> float:
        return float(self.way[-1])

    def at(self, way: npt.NDArray[np.float64]) -> Points:
        """Positions at ways along the curve, shape (n, 2)."""
        return np.stack([np.interp(way, self.way, self.points[:, k]) for k in (0, 1)], axis=1)

    def across(self, way: npt.NDArray[np.float64], reach: float = 3.0) -> Points:
        """Unit vectors to the left of the direction of travel (y grows downwards), shape (n, 2)."""
        along = self.at(np.minimum(way + reach, self.length)) - self.at(np.maximum(way - reach, 0))
        along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
        return np.stack([along[:, 1], -along[:, 0]], axis=1)

    def shifted(self, by: float) -> Trace:
        """A parallel curve, `by` pixels to the left."""
        return Trace(self.points + self.across(self.way) * by, self.way)

    def spans(self, area: pygame.Rect) -> Spans:
        """Runs of point numbers (first, last) whose segments may touch an area."""
        p = self.points
        low, high = np.minimum(p[:-1], p[1:]), np.maximum(p[:-1], p[1:])
        hit = (low[:, 0] <= area.right) & (high[:, 0] >= area.left) & (low[:, 1] <= area.bottom)
        hit &= high[:, 1] >= area.top
        edges = np.flatnonzero(np.diff(np.concatenate([[0], hit.astype(np.int8), [0]])))
        return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def stroke(surface: pygame.Surface, trace: Trace, spans: Spans, offset: tuple[int, int],
           colour: tuple[int, int, int, int], width: float) -> None:  # fmt: skip
    """The parts of a curve in `spans`, `width` pixels wide, joints rounded."""
    thick = max(1, round(width))
    for a, b in spans:
        points = trace.points[a : b + 1] - offset
        if thick <= 2:
            pygame.draw.lines(surface, colour, False, points.tolist(), thick)
        else:
            ribbon(surface, points, thick, colour)


def ribbon(surface: pygame.Surface, points: Points, thick: float, colour: tuple[int, int, int, int]) -> None:
    """A band along points: one quadrangle a segment and a disc at each joint."""
    along = np.diff(points, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    half = np.stack([-along[:, 1], along[:, 0]], axis=1) * (thick / 2)
    quads = np.stack([points[:-1] + half, points[1:] + half, points[1:] - half, points[:-1] - half], axis=1)
    for quad in quads.tolist():
        pygame.draw.polygon(surface, colour, quad)
    radius = thick / 2 - 0.25
    for x, y in points.tolist():
        pygame.draw.circle(surface, colour, (x, y), radius)


def dashes(surface: pygame.Surface, trace: Trace, spans: Spans, offset: tuple[int, int],
           colour: tuple[int, int, int, int], width: float, on: float, off: float) -> None:  # fmt: skip
    """Dashes counted from the curve's start, so that neighbouring chunks continue each other."""
    for a, b in spans:
        first = np.floor(trace.way[a] / (on + off))
        starts = np.arange(first, np.ceil(trace.way[b] / (on + off))) * (on + off)
        if not len(starts):
            continue
        p = trace.at(starts) - offset
        q = trace.at(np.minimum(starts + on, trace.length)) - offset
        thick = max(1, round(width))
        for (x0, y0), (x1, y1) in zip(p.tolist(), q.tolist(), strict=True):
            pygame.draw.line(surface, colour, (x0, y0), (x1, y1), thick)


def ticks(surface: pygame.Surface, trace: Trace, spans: Spans, offset: tuple[int, int],
          colour: tuple[int, int, int, int], width: float, every: float, left: float, right: float) -> None:  # fmt: skip
    """Cross ticks: from `left` pixels to the left of the curve to `right` pixels to its right."""
    for a, b in spans:
        ways = np.arange(np.ceil(trace.way[a] / every), trace.way[b] / every) * every
        if not len(ways):
            continue
        here, across = trace.at(ways) - offset, trace.across(ways)
        p, q = here + across * left, here - across * right
        for (x0, y0), (x1, y1) in zip(p.tolist(), q.tolist(), strict=True):
            pygame.draw.line(surface, colour, (x0, y0), (x1, y1), max(1, round(width)))


def triangles(surface: pygame.Surface, trace: Trace, spans: Spans, offset: tuple[int, int],
              colour: tuple[int, int, int, int], every: float, base: float, height: float) -> None:  # fmt: skip
    """Filled triangles that stand on the curve and point to its left (right for a negative height)."""
    for a, b in spans:
        ways = (np.arange(np.ceil(trace.way[a] / every - 0.5), trace.way[b] / every - 0.5) + 0.5) * every
        if not len(ways):
            continue
        tip = trace.at(ways) + trace.across(ways) * height - offset
        foot_a = trace.at(np.maximum(ways - base / 2, 0)) - offset
        foot_b = trace.at(np.minimum(ways + base / 2, trace.length)) - offset
        for corners in np.stack([foot_a, tip, foot_b], axis=1).tolist():
            pygame.draw.polygon(surface, colour, corners)


def blank(size: int) -> pygame.Surface:
    """An empty enlarged surface for a square of `size` pixels."""
    return pygame.Surface((size * OVERSAMPLE, size * OVERSAMPLE), pygame.SRCALPHA)


def smoothed(surface: pygame.Surface) -> pygame.Surface:
    """The enlarged surface at its true size."""
    width, height = surface.get_size()
    return pygame.transform.smoothscale(surface, (width // OVERSAMPLE, height // OVERSAMPLE))
