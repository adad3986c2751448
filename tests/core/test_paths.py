"""Paths: bucket queues agree with scipy, bar what is barred, and find what there is."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from engine.core.dice import Dice, Stream
from engine.core.hexes import Grid
from engine.core.paths import FAR, Pathfinder, components, field

GRID = Grid(30, 25)


def costs(seed: int) -> np.ndarray:
    w = Dice(seed).words(Stream.DUMMY, np.arange(GRID.size * 6), 0)[:, 0].astype(np.int64)
    table = (1 + w % 90).reshape(-1, 6).astype(np.int32)
    table[(w % 10).reshape(-1, 6) == 0] = 0
    return table


def oracle(table: np.ndarray, source: int, backward: bool) -> np.ndarray:
    a, d = np.nonzero((GRID.neighbours >= 0) & (table > 0))
    graph = csr_array((table[a, d], (a, GRID.neighbours[a, d])), shape=(GRID.size, GRID.size))
    return dijkstra(graph.T if backward else graph, indices=source)


def test_fields_agree_with_scipy_in_both_directions() -> None:
    for seed in range(5):
        table = costs(seed)
        for backward in (False, True):
            mine = field(GRID.neighbours, table, [100 + seed], backward=backward)
            theirs = oracle(table, 100 + seed, backward)
            reached = np.isfinite(theirs)
            assert (mine[reached] == theirs[reached]).all()
            assert (mine[~reached] == FAR).all()


def test_sources_may_start_late() -> None:
    table = np.full((GRID.size, 6), 10, np.int32)
    both = field(GRID.neighbours, table, [0, 400], starts=[500, 0])
    apart = np.minimum(field(GRID.neighbours, table, [0]) + 500, field(GRID.neighbours, table, [400]))
    assert (both == apart).all()


def test_a_path_is_as_cheap_as_the_field_says_and_leaves_no_trace() -> None:
    finder = Pathfinder(GRID.neighbours)
    table = costs(9)
    down = field(GRID.neighbours, table, [700], backward=True)
    for start in range(0, GRID.size, 37):
        path = finder.path(table, start, 700, top=90)
        if down[start] == FAR:
            assert path is None
            continue
        assert path is not None
        total, here = 0, start
        for there in path:
            total += table[here, GRID.direction(here, int(there))]
            here = int(there)
        assert here == 700
        assert total == down[start]


def test_components_are_what_can_be_walked() -> None:
    inside = np.ones(GRID.size, bool)
    inside[GRID.columns * 10 : GRID.columns * 11] = False
    labels = components(GRID.neighbours, inside, np.ones((GRID.size, 6), bool))
    assert set(labels[inside].tolist()) == {0, 1}
    assert (labels[~inside] == -1).all()


def test_a_path_with_tolls_is_the_path_over_costs_that_include_them() -> None:
    finder, table = Pathfinder(GRID.neighbours), costs(4)
    w = Dice(5).words(Stream.DUMMY, np.arange(GRID.size), 1)[:, 0].astype(np.int64)
    toll = np.where(w % 7 == 0, -1, w % 50).astype(np.int32)
    goal = 333
    entered = np.where(GRID.neighbours == goal, 0, toll[GRID.neighbours])
    merged = np.where((table > 0) & (entered >= 0), table + entered, 0).astype(np.int32)
    for start in range(0, GRID.size, 31):
        taxed = finder.path(table, start, goal, top=200, toll=toll)
        plain = finder.path(merged, start, goal, top=200)
        assert (taxed is None) == (plain is None)
        if taxed is not None and plain is not None:
            assert taxed.tolist() == plain.tolist()
