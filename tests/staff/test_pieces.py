"""Pieces of land after some hexes have changed hands: made from those before, they are what they would be made anew."""

from __future__ import annotations

import numpy as np

from engine.core.chains import areas
from engine.core.dice import Dice, Stream
from engine.core.hexes import Grid
from engine.staff.control import _count, _hand_over

GRID = Grid(columns=12, rows=10)


def counted(colours: np.ndarray, ways: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    part, count = areas(ways, colours)
    sizes, first = np.zeros(count, np.int64), np.full(count, -1, np.int32)
    _count(part, sizes, first)
    return part, sizes, first


def chances(draw: int, many: int) -> np.ndarray:
    return Dice(44).uniform(Stream.SAMPLE, np.arange(many), 0, draw)


def drawn(draw: int) -> tuple[np.ndarray, np.ndarray]:
    """Ground of two sides with a ragged front and some water, and ways that a strait closes here and there."""
    ragged, wet = chances(draw, 2 * GRID.size).reshape(2, -1)
    colours = (GRID.axial[0] + np.floor(3 * ragged) - 1 > 6).astype(np.int8)
    colours[wet < 0.08] = -1
    ways = GRID.neighbours.copy()
    for cell in np.flatnonzero(wet > 0.95).tolist():
        other = int(ways[cell, 2])
        ways[cell, 2] = -1
        if other >= 0:
            ways[other, 5] = -1
    return colours, ways


def test_pieces_handed_over_hex_by_hex_are_those_made_anew():
    handed = 0
    for draw in range(0, 800, 2):
        colours, ways = drawn(draw)
        part, sizes, first = counted(colours, ways)
        front = np.flatnonzero((colours >= 0) & (colours[:, None] + colours[GRID.neighbours] == 1).any(axis=1))
        flips = front[np.floor(chances(draw + 1, 1 + draw % 3) * len(front)).astype(int)]
        then = colours.copy()
        then[flips] = 1 - colours[flips]
        if _hand_over(colours.copy(), then, ways, part, sizes, first):
            handed += 1
            for made, anew in zip((part, sizes, first), counted(then, ways), strict=True):
                assert made.tolist() == anew.tolist()
    assert 50 < handed < 400


def test_who_takes_the_neck_between_two_pieces_parts_them_and_they_are_made_anew():
    colours = np.where(np.arange(GRID.size) // GRID.columns < 3, 0, 1).astype(np.int8)
    colours[GRID.cell(0, 1) : GRID.cell(11, 1) + 1] = 1
    colours[GRID.cell(5, 1)] = 0
    part, sizes, first = counted(colours, GRID.neighbours)
    then = colours.copy()
    then[GRID.cell(5, 1)] = 1
    assert not _hand_over(colours.copy(), then, GRID.neighbours, part, sizes, first)
