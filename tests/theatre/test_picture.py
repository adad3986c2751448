"""The printed map: it draws without a display, shows what it is asked for, and says which layers there are."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame
import pytest

from engine.model.theatre import Theatre
from ui.map_layers import MARKS, TINTS
from ui.map_picture import UnknownLayer, draw_theatre

TOP_LEFT = (24, 52)
"""Where the map begins on the page."""


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
