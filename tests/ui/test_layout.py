"""Every scale and size: panels inside the window, controls large enough, text not under its least size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pygame
import pytest

from ui.map.app import App
from ui.map.dialogs import HELP_WIDTH, key_columns
from ui.map.keys import KeyMap
from ui.map.layout import lay_out
from ui.map.settings import Settings, load, store
from ui.map.window import fit
from ui.theme.palette import PANELS, SIDE_SETS
from ui.theme.scale import SCALES, Scale
from ui.theme.type import number, shorten, width, wrap

Open = Callable[..., App]
PARTS = ("bar", "map", "tree", "minimap", "card", "messages", "timeline", "rail")


@pytest.mark.parametrize("percent", SCALES)
@pytest.mark.parametrize("logical", [(1100, 700), (1440, 900), (1600, 900), (1920, 1080), (1000, 640)])
def test_panels_fill_the_window_without_overlap(percent: int, logical: tuple[int, int]) -> None:
    scale = Scale(percent)
    window = pygame.Rect(0, 0, scale(logical[0]), scale(logical[1]))
    layout = lay_out(window.size, scale)
    there = [r for r in (getattr(layout, part) for part in PARTS) if r is not None]
    assert all(window.contains(r) for r in there)
    for k, one in enumerate(there):
        assert one.collidelist(there[k + 1 :]) == -1
    assert sum(r.width * r.height for r in there) == window.width * window.height


def test_narrow_windows_fold_the_sides_into_a_rail_and_drawers() -> None:
    scale = Scale(100)
    wide, narrow, narrower = (lay_out(size, scale) for size in ((1600, 900), (1300, 900), (1000, 700)))
    assert wide.rail is None
    assert narrow.rail is not None
    assert narrow.card is not None
    assert narrower.card is None
    drawer = lay_out((1000, 700), scale, drawer="card")
    assert drawer.card is not None
    assert drawer.map.contains(drawer.card)
    assert lay_out((700, 500), scale).too_small
    assert not lay_out((1920, 1080), Scale(200)).too_small


@pytest.mark.parametrize("percent", [75, 100, 150, 200, 250])
def test_controls_are_large_enough_and_inside_the_window(open_window: Open, percent: int) -> None:
    factor = percent / 100
    app = open_window((round(1600 * factor), round(900 * factor)), Settings(scale=percent))
    inside = app.surface.get_rect()
    for spot in app.spots:
        assert inside.contains(spot.rect), spot.label
        if spot.focusable and spot.label not in ("scrub", "minimap"):
            least = 18 if spot.label.startswith(("twist", "place", "row")) else 22
            assert min(spot.rect.size) >= least * factor - 2, spot.label


@pytest.mark.parametrize("percent", [75, 150, 250])
def test_every_dialog_fits_its_window(open_window: Open, percent: int) -> None:
    factor = percent / 100
    app = open_window((round(1100 * factor), round(700 * factor)), Settings(scale=percent))
    for name in ("help", "menu", "save", "load", "quit"):
        app.do("dialog", name)
        app.draw()
        inside = app.surface.get_rect()
        assert all(inside.contains(spot.rect) for spot in app.spots), name
        app.do("back")


@pytest.mark.parametrize("percent", SCALES)
def test_the_key_sheet_fits_a_window_of_960_logical_pixels(percent: int) -> None:
    columns = key_columns(KeyMap(), Scale(percent))
    wide = 960 if percent >= 100 else HELP_WIDTH  # letters are never under 12 pixels
    mouse = wide - 8 - 32 - sum(keyed + worded for _, keyed, worded in columns)
    assert mouse > 130
    assert max(len(rows) for rows, _, _ in columns) * 25 + 70 < 540 - 8


@pytest.mark.parametrize(("percent", "size"), [(100, (1440, 720)), (125, (1440, 900)), (150, (2160, 1080))])
def test_the_button_that_gives_drafts_is_not_cut(open_window: Open, percent: int, size: tuple[int, int]) -> None:
    app = open_window(size, Settings(scale=percent), mode="play", side=0)
    app.do("select", 0)
    app.do("aim", "hold")
    app.draw()
    app.draw()
    assert app.drafts
    card = app.layout.card
    assert card is not None
    (give,) = (spot for spot in app.spots if spot.action == ("commit",) and spot.rect.left >= card.left)
    assert card.contains(give.rect)


def test_settings_change_the_window_at_once_and_are_kept(open_window: Open, hand: Any) -> None:
    app = open_window((2000, 1200))
    hand(app).press("menu")
    hand(app).press("scale 150")
    assert app.scale.percent == 150
    hand(app).press("sides violet_yellow")
    assert app.map.sides is SIDE_SETS["violet_yellow"]
    hand(app).press("theme paper")
    assert app.theme is PANELS["paper"]
    assert load() == Settings(scale=150, sides="violet_yellow", theme="paper")


def test_a_broken_settings_file_gives_the_defaults(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPBATTLE_HOME", str(tmp_path))
    (tmp_path / "window.json").write_text('{"scale": 137, "sides": 3, "theme": [')
    assert load() == Settings()
    (tmp_path / "window.json").write_text('{"scale": 137, "sides": "x", "unknown": 1}')
    assert load() == Settings()
    assert store(Settings(scale=125)) == ""
    assert load().scale == 125


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("DEEPBATTLE_HOME", str(blocker))
    assert "could not be kept" in store(Settings())


def test_the_smallest_scale_keeps_type_readable() -> None:
    assert Scale(75).type(12) == 12
    assert Scale(75).type(10.5) >= 10
    assert Scale(200).type(12) == 24
    with pytest.raises(ValueError, match="75, 100"):
        Scale(110)


def test_text_is_cut_and_wrapped_to_its_room() -> None:
    words = "Panzergrenadier Division Grossdeutschland"
    cut = shorten(words, 13, "regular", 120)
    assert cut.endswith("…")
    assert width(cut, 13) <= 120
    assert all(width(line, 13) <= 140 for line in wrap(words, 13, "regular", 140))
    assert number(2110) == "2\u2009110"
    assert number(-3.2, 1) == "−3.2"


def test_a_window_that_is_too_small_says_what_to_do(open_window: Open) -> None:
    app = open_window((900, 560), Settings(scale=150))
    assert app.layout.too_small


def test_resizing_keeps_the_middle_of_the_map(open_window: Open) -> None:
    app = open_window()
    before = (app.map.camera.x_m, app.map.camera.y_m)
    app.surface = pygame.Surface((1200, 800))
    app.relayout()
    app.draw()
    assert (app.map.camera.x_m, app.map.camera.y_m) == before
    assert app.layout.rail is not None


def test_a_window_opens_as_large_as_the_scale_asks_and_the_desktop_allows() -> None:
    assert fit((1600, 900), 100, (1920, 1200)) == (1600, 900)
    assert fit((1600, 900), 200, (3840, 2160)) == (3200, 1800)
    assert fit((1600, 900), 200, (2600, 1560)) == (2560, 1480)
    assert fit((1600, 900), 75, (1366, 768)) == (1326, 688)
