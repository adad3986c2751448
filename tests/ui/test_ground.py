"""The ground: every hex on its side of the shore, curves without gaps, chunks that continue each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pygame
import pytest

from engine import load_theatre
from ui.map.ground.chains import chaikin, make_network, relax
from ui.map.ground.chunks import GroundMap
from ui.map.ground.control import front_lines, front_sides, spread
from ui.map.ground.fields import CELLS, make_fields
from ui.map.ground.lines import graticule
from ui.map.ground.relief import CHUNK, MUD, SNOW, Look, Painter, paint_now


@pytest.fixture(scope="module")
def baltic() -> Any:
    return load_theatre("baltic")


@pytest.fixture(scope="module")
def fields(baltic: Any) -> Any:
    return make_fields(baltic)


def test_every_hex_centre_lies_on_its_own_side_of_the_drawn_shore(baltic: Any, fields: Any) -> None:
    px, py = fields.frame.pixels(*baltic.grid.centres_m.T, CELLS)
    land = pygame.surfarray.pixels3d(fields.a)[np.rint(px).astype(int), np.rint(py).astype(int), 0] > 127
    wrong = np.flatnonzero(land != (baltic.kind == 1))
    assert len(wrong) <= 25, f"{len(wrong)} centres, such as {[baltic.grid.text(int(c)) for c in wrong[:5]]}"


def test_the_fields_are_the_same_every_time(baltic: Any, fields: Any) -> None:
    again = make_fields(baltic)
    for one, other in ((fields.a, again.a), (fields.b, again.b), (fields.c, again.c)):
        assert pygame.image.tobytes(one, "RGB") == pygame.image.tobytes(other, "RGB")


@pytest.mark.parametrize(("pitch", "tier"), [(20, 1), (36, 2), (72, 3)])
def test_neighbouring_chunks_continue_each_other(fields: Any, pitch: int, tier: int) -> None:
    painter, look = Painter(fields), Look(pitch, tier, 1.0)
    i, j = 5 * pitch // 36 + 1, 6 * pitch // 36 + 1
    left, right = (pygame.surfarray.array3d(paint_now(painter, k, j, look)).astype(int) for k in (i, i + 1))
    across = np.abs(left[-1] - right[0]).mean()
    inside = np.abs(left[-2] - left[-1]).mean()
    assert across <= inside * 2 + 2.0


def test_mud_and_snow_change_the_ground_and_keep_the_relief(fields: Any) -> None:
    painter = Painter(fields)
    dry, mud, snow = (
        pygame.surfarray.array3d(paint_now(painter, 6, 8, Look(36, 2, 1.0, ground))).astype(float)
        for ground in ("dry", MUD, SNOW)
    )
    assert np.abs(mud - dry).mean() > 2
    assert snow.mean() > dry.mean()
    assert snow.std() > 3


def test_smoothing_keeps_ends_and_held_points() -> None:
    zigzag = np.array([[0.0, 0], [1, 1], [2, 0], [3, 1], [4, 0]])
    smooth = relax(zigzag, {2})
    assert smooth[[0, 2, 4]].tolist() == zigzag[[0, 2, 4]].tolist()
    assert smooth[1, 1] < 1
    curve = chaikin(zigzag, 3)
    assert curve[0].tolist() == [0, 0]
    assert curve[-1].tolist() == [4, 0]
    assert np.hypot(*np.diff(curve, axis=0).T).max() < 0.6


def test_every_link_of_rail_and_road_is_drawn_once(baltic: Any) -> None:
    network = make_network(baltic)
    for chains, values in ((network.rails, baltic.rail), (network.roads, baltic.road)):
        links = int((values > 0).sum() // 2)
        # A chain of n links relaxed and cut twice has 4 n - 4 inner points and its two ends.
        drawn = sum(max(1, round((len(c.points) + 2) / 4)) if len(c.points) > 2 else 1 for c in chains)
        assert abs(drawn - links) <= len(chains)


def test_rivers_stay_near_their_own_hexsides(baltic: Any) -> None:
    network, grid = make_network(baltic), baltic.grid
    river_cells = {int(c) for c in np.flatnonzero((baltic.river > 0).any(axis=1))}
    for chain in network.courses[:12]:
        cells = [grid.cell_at(*p) for p in chain.points[3:-3:5]]
        off = [c for c in cells if c >= 0 and c not in river_cells and not river_cells & set(grid.neighbours[c].tolist())]
        assert not off, chain.name


def test_the_front_runs_with_the_axis_on_its_left(baltic: Any) -> None:
    grid = baltic.grid
    owner = np.where(baltic.lon_e6 < 24_000_000, 0, 1).astype(np.int8)
    owner[baltic.kind != 1] = -1
    from ui.map.ground.chains import corners

    lines = front_lines(grid, owner, corners(grid))
    assert lines
    right = 0
    for line in lines:
        for k in range(4, len(line) - 4, 9):
            step = line[k + 2] - line[k - 2]
            left = np.array([-step[1], step[0]]) / max(1e-6, float(np.hypot(*step))) * 3500
            cell = grid.cell_at(*(line[k] + left))
            right += int(cell >= 0 and owner[cell] == 1)
    assert right == 0
    assert sum(len(line) for line in lines) >= len(front_sides(grid, owner))


def test_unowned_water_goes_to_the_nearest_side_so_that_the_tint_has_no_seam() -> None:
    from engine.core.hexes import Grid

    grid = Grid(8, 6, letter="T")
    owner = np.full(grid.size, -1, np.int8)
    owner[:24] = 0
    owner[40:] = 1
    assert (spread(grid, owner) >= 0).all()


def test_a_change_of_control_remakes_only_chunks_near_it(drawing: Any) -> None:
    ground = GroundMap(drawing.theatre, drawing.window)
    ground.set_owner(drawing.owner)
    look = Look(96, 3, 1.0)
    chunks = [(i, j) for i in range(4) for j in range(3)]
    ground.finish(chunks, look)
    assert not any(ground.wants(*c, look) for c in chunks)
    changed = drawing.owner.copy()
    cell = int(np.flatnonzero(changed == 0)[0])
    changed[cell] = 1
    assert ground.set_owner(changed)
    stale = [c for c in chunks if ground.wants(*c, look)]
    assert stale
    assert len(stale) < len(chunks)
    assert not ground.set_owner(changed.copy())


def test_chunks_are_made_a_little_at_a_time(drawing: Any) -> None:
    ground = GroundMap(drawing.theatre, drawing.window)
    look = Look(38, 2, 1.0)  # nobody else asks for this one: its ground has not been made yet
    steps = 0
    while ground.wants(0, 0, look):
        ground.work([(0, 0)], look, 0.0)
        steps += 1
    assert steps > 4
    assert ground.get(0, 0, look).get_size() == (CHUNK, CHUNK)  # type: ignore[union-attr]


def test_the_graticule_runs_where_the_projection_says(baltic: Any, fields: Any) -> None:
    x, y = fields.frame.pixels(*baltic.project(57.0, 23.0), 36)
    area = pygame.Rect(int(x) - 400, int(y) - 400, 800, 800)
    lines = graticule(baltic, fields.frame, area, 36, 30)
    meridian = next(points for is_meridian, degrees, points in lines if is_meridian and degrees == 23.0)
    assert abs(np.interp(-float(y), -meridian[:, 1], meridian[:, 0]) - float(x)) < 1.5
