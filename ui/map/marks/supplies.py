"""Supply on the map: where trains run, what sources pass on, who is short of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from ui.map.scene import Frame
from ui.theme import palette
from ui.theme.type import TEXT, number

if TYPE_CHECKING:
    from ui.map.mapview import MapView

SIDES = (1, 2, 3)
"""Sides of a hex of which a frame says whether trains pass: each link once."""
SHORT = (("ammo", 15, "ammo", " d"), ("fuel", 5, "fuel", " fills"), ("food", 10, "food", " d"))
"""Column (tenths), what is little of it, and words."""


def railways(view: MapView, surface: pygame.Surface, frame: Frame) -> None:
    """A broad grey band under every railway on which trains of the viewer's side run now."""
    if not frame.rails:
        return
    theatre = view.story.theatre
    used = _trains_pass(frame.rails, theatre.grid.neighbours)
    veil, width = pygame.Surface(view.rect.size, pygame.SRCALPHA), max(4, view.scale(8))
    area = view.rect.inflate(100, 100)
    for chain, cells in zip(view.ground.network.rails, _cells_of(view), strict=True):
        sx, sy = view.camera.on_screen(chain.points[:, 0], chain.points[:, 1])
        if not area.colliderect((sx.min() + view.rect.x, sy.min() + view.rect.y, np.ptp(sx) + 1, np.ptp(sy) + 1)):
            continue
        runs = used[cells]
        for part in np.split(np.arange(len(runs)), np.flatnonzero(np.diff(runs)) + 1):
            if runs[part[0]] and len(part) > 1:
                pygame.draw.lines(veil, (*palette.RAILWAY, 88), False, np.stack([sx[part], sy[part]], axis=1).tolist(), width)
    surface.blit(veil, view.rect)


def _trains_pass(rails: bytes, near: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Shape (hexes,): a train can pass at least one side of the hex."""
    sides = np.unpackbits(np.frombuffer(rails, np.uint8), count=3 * len(near)).reshape(-1, 3).astype(bool)
    found: npt.NDArray[np.bool_] = sides.any(axis=1)
    for k, side in enumerate(SIDES):
        beyond = near[sides[:, k], side]
        found[beyond[beyond >= 0]] = True
    return found


def _cells_of(view: MapView) -> list[npt.NDArray[np.int64]]:
    """For each railway curve the hex with rails that each of its points belongs to; made once."""
    if view.rail_cells is None:
        theatre, grid = view.story.theatre, view.story.theatre.grid
        railed = (theatre.rail > 0).any(axis=1)

        def cell_of(x: float, y: float) -> int:
            cell = grid.cell_at(x, y)
            if cell < 0 or railed[cell]:
                return max(cell, 0)
            around = [int(n) for n in grid.neighbours[cell] if n >= 0 and railed[n]]
            return min(around, key=lambda n: float(np.hypot(*(grid.centres_m[n] - (x, y)))), default=cell)

        view.rail_cells = [np.array([cell_of(x, y) for x, y in chain.points.tolist()], np.int64)
                           for chain in view.ground.network.rails]  # fmt: skip
    return view.rail_cells


def sources(view: MapView, surface: pygame.Surface, frame: Frame) -> None:
    """Each source as a gauge of what it passes on, with its figures; one that does not work is struck through."""
    scale, taken = view.scale, list(view.blocks())
    for mark in frame.depots:
        x, y = view.screen_of(mark.hex)
        if mark.hex < 0 or not view.rect.inflate(60, 60).collidepoint(x, y):
            continue
        box = pygame.Rect(0, 0, scale(26), scale(11))
        box.midtop = (x, y + scale(14))
        pygame.draw.rect(surface, palette.PLACE_HALO, box.inflate(scale(4), scale(4)))
        pygame.draw.rect(surface, view.sides.lines[mark.side], box, max(1, scale(2)))
        full = round((box.width - scale(6)) * min(1.0, mark.given_t / max(1, mark.capacity_t)))
        pygame.draw.rect(surface, palette.ICON_INK, (box.x + scale(3), box.y + scale(3), full, box.height - scale(6)))
        if not mark.working:
            pygame.draw.line(surface, palette.ICON_INK, box.bottomleft, box.topright, max(2, scale(2)))
        words = f"{number(mark.given_t)} of {number(mark.capacity_t)} t" if mark.working else f"{mark.kind} does not work"
        label = TEXT.halo(words, scale.type(11.5), "semibold", palette.PLACE_NAME, palette.PLACE_HALO)
        for corner, spot in (("midtop", (x, box.bottom)), ("midleft", (box.right + scale(3), box.centery)),
                             ("midright", (box.left - scale(3), box.centery)), ("midtop", (x, box.bottom + scale(14))),
                             ("midbottom", (x, y - scale(14))), ("midbottom", (x, y - scale(28)))):  # fmt: skip
            place = label.get_rect(**{corner: spot})
            if place.collidelist(taken) < 0:
                surface.blit(label, place)
                taken.append(place)
                break


def shortages(view: MapView, surface: pygame.Surface, frame: Frame) -> None:
    """By the counter of who is short, what there is least of; where there is no room, its badge has to do."""
    half, taken = view.card // 2, view.blocks()
    for symbol, (x, y) in zip(view.symbols, view.places, strict=True):
        short = [unit for unit in symbol.members if frame.supply[unit] > 0 and frame.hex[unit] >= 0]
        words = min(filter(None, (_least(frame, unit) for unit in short)), default=None)
        if words is None or not view.rect.collidepoint(x, y):
            continue
        label = TEXT.halo(words[1], view.scale.type(11.5), "semibold", palette.PLACE_NAME, palette.PLACE_HALO)
        aside = half + view.scale(6)
        for corner, spot in (("midtop", (x, y + aside)), ("midleft", (x + aside, y)), ("midright", (x - aside, y))):
            place = label.get_rect(**{corner: spot})
            if place.collidelist(taken) < 0:
                surface.blit(label, place)
                taken.append(place)
                break


def _least(frame: Frame, unit: int) -> tuple[float, str] | None:
    """What a formation has least of beside what is little: that share, and words."""
    found = []
    for column, little, words, measure in SHORT:
        there = int(getattr(frame, column)[unit])
        if 0 <= there < little:
            found.append((there / little, f"{words} {there / 10:.1f}{measure}"))
    return min(found, default=None)
