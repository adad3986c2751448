"""Names of fronts and army groups: spaced capitals in the rear of what they command, clear of counters and towns."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pygame

from ui.map.scene import Frame, Story

LEAST = 3
"""A name needs so many formations under it on the map."""
STEPS = (*range(0, 260, 20), *range(260, 620, 40))
ASIDE = (0, -60, 60, -130, 130, -200, 200)

FARTHEST_M = 160_000
"""No name stands farther from the middle of what it commands."""

Named = tuple[str, int, float, float, float, float]
"""Name, side, projected middle, and the way to the rear on the screen (unit vector)."""


def named(story: Story, frame: Frame) -> list[Named]:
    """The commands of the highest level that have something on the map."""
    centres = story.theatre.grid.centres_m
    heads: dict[int, list[int]] = {}
    for unit in np.flatnonzero(frame.hex >= 0).tolist():
        at, top = int(frame.parent[unit]), -1
        while at >= 0:
            top = at if story.units[at].echelon >= 8 else top
            at = int(frame.parent[at])
        if top >= 0:
            heads.setdefault(top, []).append(unit)
    out = []
    for head, parts in heads.items():
        if len(parts) < LEAST:
            continue
        side = story.units[head].side
        x, y = centres[frame.hex[parts]].mean(axis=0)
        near = np.hypot(*(centres - (x, y)).T) < 90_000
        foes = near & (frame.owner == 1 - side)
        away = (np.array([x, y]) - centres[foes].mean(axis=0)) if foes.any() else np.array([0.0, 1.0])
        away /= max(float(np.hypot(*away)), 1.0)
        out.append((story.units[head].name.upper(), side, float(x), float(y), float(away[0]), -float(away[1])))
    return out


def place(middle: tuple[float, float], rear: tuple[float, float], size: tuple[int, int], factor: float,
          blocks: Sequence[pygame.Rect], own: Callable[[tuple[int, int]], bool],
          others: Sequence[tuple[float, float]] = (), farthest: float = math.inf) -> pygame.Rect | None:  # fmt: skip
    """The first free place towards the rear, a little to either side if need be; None if there is none.

    ``own`` tells whether a point lies on the side's own ground, where all of the name has to be. No name stands nearer
    to the middle of another (``others``) than to its own, or farther than ``farthest`` pixels from it.
    """
    rect = pygame.Rect((0, 0), size)
    for step in STEPS:
        for aside in ASIDE:
            rect.center = (round(middle[0] + (rear[0] * step - rear[1] * aside) * factor),
                           round(middle[1] + (rear[1] * step + rear[0] * aside) * factor))  # fmt: skip
            far = math.dist(rect.center, middle)
            if far > farthest or any(math.dist(rect.center, other) < far for other in others):
                continue
            if rect.collidelist(blocks) < 0 and all(map(own, (rect.midleft, rect.center, rect.midright))):
                return rect
    return None
