"""Hexes: numbers, neighbours and distances agree with each other."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.hexes import Grid, in_frame, opposite


def test_every_centre_is_in_its_own_hex() -> None:
    grid = Grid(17, 11, 6000, -40_000, 30_000)
    assert [grid.cell_at(x, y) for x, y in grid.centres_m] == list(range(grid.size))


def test_going_there_and_back_is_standing_still() -> None:
    grid = Grid(9, 8)
    for d in range(6):
        there = grid.neighbours[:, d]
        inside = there >= 0
        assert (grid.neighbours[there[inside], opposite(d)] == np.flatnonzero(inside)).all()


def test_neighbours_are_one_spacing_away() -> None:
    grid = Grid(9, 8, 6000)
    a, d = np.nonzero(grid.neighbours >= 0)
    gap = grid.centres_m[a] - grid.centres_m[grid.neighbours[a, d]]
    assert np.allclose(np.hypot(gap[:, 0], gap[:, 1]), 6000)


def test_rings_hold_what_their_distance_says() -> None:
    grid = Grid(15, 15)
    middle = grid.cell(7, 7)
    cells = grid.ring_table(3)[middle]
    assert len(set(cells.tolist())) == 37
    assert sorted(grid.distance(middle, cells).tolist()) == [0] + [1] * 6 + [2] * 12 + [3] * 18
    table = grid.ring_table(4)
    assert all((grid.ring(4, cell) == table[cell]).all() for cell in range(grid.size))


def test_text_reads_back_and_errors_say_what_was_expected() -> None:
    grid = Grid(175, 137, letter="B")
    assert grid.parse("b087.064") == grid.cell(87, 64)
    assert grid.text(grid.cell(87, 64)) == "B087.064"
    with pytest.raises(ValueError, match=r"expected a hex such as B087\.064, found 'here'"):
        grid.parse("here")


def test_a_framed_map_shows_the_same_discs() -> None:
    grid, radius = Grid(9, 7), 3
    steps, size = grid.framed(radius)
    cell_of = np.full(size, -1)
    for cell in range(grid.size):
        cell_of[in_frame(cell, grid.columns, radius)] = cell
    for cell in range(grid.size):
        seen = cell_of[in_frame(cell, grid.columns, radius) + steps[cell % grid.columns % 2]]
        assert (seen == grid.ring_table(radius)[cell]).all()
