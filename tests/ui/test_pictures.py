"""Golden pictures of every zoom tier on a drawn map, compared with a tolerance; marks that no picture may lack.

To remake them after a wanted change: ``DEEPBATTLE_GOLDEN=1 pytest tests/ui/test_pictures.py``, look at each, commit.
They belong to one version of pygame-ce: fonts and scaling differ a little from version to version.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from ui.map.app import App
from ui.map.settings import Settings
from ui.theme.vision import contrast

GOLDEN = Path(__file__).parent / "golden"
TIERS = {"theatre": 1, "army": 3, "operational": 5, "close": 8}
SMALL = (480, 270)
Open = Callable[..., App]


def picture(app: App) -> Any:
    """The window as an array of SMALL size, shape (w, h, 3)."""
    app.finish()
    app.draw()
    app.draw()
    return pygame.surfarray.array3d(pygame.transform.smoothscale(app.surface, SMALL)).astype(float)


def compare(name: str, found: Any) -> float:
    """Mean difference from the golden picture in per cent of the range."""
    path = GOLDEN / f"{name}.png"
    if os.environ.get("DEEPBATTLE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        surface = pygame.Surface(SMALL)
        pygame.surfarray.blit_array(surface, found)
        pygame.image.save(surface, str(path))
    wanted = pygame.surfarray.array3d(pygame.image.load(str(path))).astype(float)
    return float(np.abs(wanted - found).mean() / 255 * 100)


@pytest.mark.skipif(pygame.ver != "2.5.8", reason="golden pictures are of pygame-ce 2.5.8")
@pytest.mark.parametrize("tier", TIERS)
def test_the_window_looks_as_it_did(open_window: Open, tier: str) -> None:
    app = open_window()
    app.set_minute(1500)
    app.map.camera.stop = TIERS[tier]
    if tier == "close":
        app.do("select", next(k for k, u in enumerate(app.stage.story.units) if u.id == "b1"))
        app.do("why")
        app.do("centre")
    assert compare(tier, picture(app)) < 1.0


@pytest.mark.skipif(pygame.ver != "2.5.8", reason="golden pictures are of pygame-ce 2.5.8")
def test_the_paper_theme_and_another_palette_look_as_they_did(open_window: Open) -> None:
    app = open_window(options=Settings(theme="paper", sides="violet_yellow"))
    app.set_minute(1500)
    assert compare("paper", picture(app)) < 1.0


def test_alarm_a_missing_front_or_a_shifted_panel_is_noticed(open_window: Open) -> None:
    app = open_window()
    app.set_minute(1500)
    whole = picture(app)
    app.do("overlay", 1)
    app.do("key", "toggle_left")
    assert np.abs(picture(app) - whole).mean() / 255 * 100 > 1.0


def test_the_same_moment_gives_the_same_pixels(open_window: Open) -> None:
    one, other = open_window(), open_window()
    for app in (one, other):
        app.set_minute(900)
    assert np.array_equal(picture(one), picture(other))


def test_panning_there_and_back_gives_the_same_map(open_window: Open) -> None:
    app = open_window()
    before = picture(app)
    app.map.camera.pan(333, 77)
    picture(app)
    app.map.camera.pan(-333, -77)
    assert np.abs(picture(app) - before).mean() < 0.5


def test_selection_stands_out_from_any_ground(open_window: Open) -> None:
    from ui.theme import palette

    for ground in (*palette.HEIGHT_TINTS, palette.FOREST, palette.DENSE_FOREST, palette.MARSH, palette.SEA_FAR):
        assert contrast(palette.SELECTION_RIM, ground) > 3.0
    assert contrast(palette.SELECTION, palette.SELECTION_RIM) > 3.0


def test_nothing_known_of_an_enemy_is_drawn_for_a_side(open_window: Open) -> None:
    app = open_window()
    app.do("view", 0)
    picture(app)
    drawn = {member for symbol in app.map.symbols for member in symbol.members}
    hidden = {k for k, u in enumerate(app.stage.story.units) if u.side == 1 and app.frame_now.hex[k] < 0}
    assert hidden
    assert not drawn & hidden
    assert any(not symbol.members for symbol in app.map.symbols), "sightings of unknown formations are drawn"


@pytest.mark.slow
def test_frames_are_timed_without_a_display_and_an_idle_window_draws_none() -> None:
    from ui.map.bench import bench_frames

    found = bench_frames(seconds=1.6)
    assert found["idle_redraws"] == 0, found
    assert min(found["first_frame_s"], found["theatre_s"], found["pan_processor_ms"], found["pan_fps"]) > 0, found
