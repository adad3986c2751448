"""The printed map: it draws without a display, shows what it is asked for, and says which layers there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from engine.model.theatre import Theatre
from ui import map_picture
from ui.map_layers import MARKS, TINTS, Sheet, ring_of
from ui.map_picture import UnknownLayer, draw_theatre

TOP_LEFT = (24, 52)
"""Where the map begins on the page."""


@pytest.fixture(autouse=True, scope="module")
def ground_made_once() -> Iterator[None]:
    """Fields and curves hang on the theatre alone; making them is half of a picture."""

    def once(make: Callable[[Theatre], Any]) -> Callable[[Theatre], Any]:
        known: list[tuple[Theatre, Any]] = []

        def made(theatre: Theatre) -> Any:
            for other, found in known:
                if other is theatre:
                    return found
            known.append((theatre, make(theatre)))
            return known[-1][1]

        return made

    with pytest.MonkeyPatch.context() as patch:
        for name in ("make_fields", "make_network"):
            patch.setattr(map_picture, name, once(getattr(map_picture, name)))
        yield


def _pixel(page: pygame.Surface, t: Theatre, lat: float, lon: float) -> tuple[int, int, int]:
    from ui.map.ground.fields import frame_of

    frame = frame_of(t)
    pitch = (page.get_width() - 2 * TOP_LEFT[0]) // frame.wide
    px, py = frame.pixels(*t.project(lat, lon), pitch)
    return tuple(page.get_at((TOP_LEFT[0] + int(px), TOP_LEFT[1] + int(py))))[:3]  # type: ignore[return-value]


def test_the_general_map_is_written_with_blue_sea_and_pale_land(baltic: Theatre, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    page = draw_theatre(baltic, (), 800, path)
    assert path.stat().st_size > 50_000
    assert page.get_width() <= 800
    red, _, blue = _pixel(page, baltic, 56.4, 20.3)
    assert blue > red + 20
    red, _, blue = _pixel(page, baltic, 56.42, 23.9)
    assert red >= blue


def test_a_layer_of_values_changes_the_picture_of_the_land(baltic: Theatre) -> None:
    plain = draw_theatre(baltic, ("ground",), 700)
    tinted = draw_theatre(baltic, ("ground", "country"), 700)
    assert _pixel(plain, baltic, 55.5, 23.7) != _pixel(tinted, baltic, 55.5, 23.7)
    assert _pixel(plain, baltic, 56.4, 20.3) == _pixel(tinted, baltic, 56.4, 20.3)


def test_lines_drawn_alone_lie_over_a_faint_coast(baltic: Theatre) -> None:
    alone, full = draw_theatre(baltic, ("rivers",), 700), draw_theatre(baltic, ("ground", "rivers"), 700)
    sea, land = _pixel(alone, baltic, 56.4, 20.3), _pixel(alone, baltic, 56.42, 23.9)
    assert sea[2] - sea[0] > land[2] - land[0] + 5
    assert sum(sea) > sum(_pixel(full, baltic, 56.4, 20.3)), "faint: nearer to the paper than the general map"


def test_small_roads_and_narrow_gauge_are_drawn_when_asked_for_alone(baltic: Theatre) -> None:
    from ui.map.camera import ARMY
    from ui.map.ground.lines import OTHER_ROAD, RAIL_NARROW

    assert OTHER_ROAD[ARMY] > 0
    assert RAIL_NARROW[ARMY] > 0
    roads = draw_theatre(baltic, ("roads",), 1000)
    without = draw_theatre(replace(baltic, roads=tuple(r for r in baltic.roads if r.grade == 2),
                                   road=np.where(baltic.road == 2, baltic.road, 0)), ("roads",), 1000)  # fmt: skip
    assert pygame.image.tobytes(roads, "RGB") != pygame.image.tobytes(without, "RGB")


def test_water_is_blue_and_forest_green_in_the_layers_of_values(baltic: Theatre) -> None:
    depth = TINTS["depth"](baltic)
    assert all(blue > red for _, (red, _, blue) in depth.classes)
    ground = dict(TINTS["terrain"](baltic).classes)
    red, green, blue = ground["forest"]
    assert green > max(red, blue)
    assert not [name for name, (red, green, blue) in TINTS["country"](baltic).classes if blue > green > red]
    assert {name for name, _ in TINTS["relief"](baltic).classes} >= {"under 3 m", "over 20 m"}


def test_a_large_port_shows_its_ring_around_the_town_sign() -> None:
    sheet = Sheet.__new__(Sheet)
    sheet.pitch = 9
    assert ring_of(sheet, 12_000) > ring_of(sheet, 1_000) > ring_of(sheet, 100) >= 6


@pytest.fixture(scope="module")
def only_rivers(baltic: Theatre) -> pygame.Surface:
    return draw_theatre(baltic, ("rivers",), 680)


@pytest.mark.parametrize("layer", [*TINTS, *MARKS])
def test_every_layer_draws_something(layer: str, only_rivers: pygame.Surface, baltic: Theatre) -> None:
    with_it, without = draw_theatre(baltic, ("rivers", layer), 680), only_rivers
    view = pygame.Rect(TOP_LEFT, (600, 560))
    assert pygame.image.tobytes(with_it.subsurface(view), "RGB") != pygame.image.tobytes(
        without.subsurface(view), "RGB"
    )


def test_an_unknown_layer_is_refused_with_the_list_of_those_there_are(baltic: Theatre) -> None:
    with pytest.raises(UnknownLayer, match="country"):
        draw_theatre(baltic, ("contry",), 640)
