"""Where the window looks first, and what lies in view: the fighting, ships at their stations, dates that can be read."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pygame
import pytest

from engine.files.drawn import drawn_scenario
from ui.map import overlays
from ui.map.app import App
from ui.map.kit import Canvas
from ui.map.opening import most_to_see
from ui.map.scene import Ships
from ui.map.stages.sketch import sketch_of

Open = Callable[..., App]
WIDE = """
    AAAA..........................................A::r
    AAAA..........................................A::r
    AAAA..........................................A::r
    AAAA.............................................:
"""
HALF = np.array([30_000.0, 30_000.0])


@pytest.fixture
def wide() -> Any:
    """A crowd of one side in the west, a front in the east."""
    return sketch_of(drawn_scenario(WIDE, {"A": "infantry", "r": "rifle"}, days=2))


def test_the_window_opens_on_the_front_not_on_the_larger_crowd(wide: Any) -> None:
    found = most_to_see(wide.story, wide.frame(0, -1), HALF)
    assert found is not None
    east = wide.story.theatre.grid.centres_m[:, 0].max()
    assert east - found[0] < 30_000


def test_what_is_opened_on_holds_both_sides_in_view(open_window: Open) -> None:
    app = open_window()
    frame, view = app.stage.frame(0, -1), app.map
    seen = {app.stage.story.units[k].side for k in np.flatnonzero(frame.hex >= 0).tolist()
            if view.rect.collidepoint(view.screen_of(int(frame.hex[k])))}  # fmt: skip
    assert seen == {0, 1}


def test_without_anybody_on_the_map_it_opens_on_the_window_of_the_scenario(wide: Any) -> None:
    frame = wide.frame(0, -1)
    empty = replace(frame, hex=np.full_like(frame.hex, -1))
    found = most_to_see(wide.story, empty, HALF)
    inside = wide.story.theatre.grid.centres_m[np.flatnonzero(wide.story.window)]
    assert found is not None
    assert (inside.min(axis=0) <= found).all()
    assert (found <= inside.max(axis=0)).all()


@pytest.mark.parametrize(("viewer", "shown"), [(-1, 2), (0, 1), (1, 1)])
def test_a_side_sees_its_own_ships_alone(open_window: Open, monkeypatch: pytest.MonkeyPatch, viewer: int, shown: int) -> None:
    app = open_window()
    cell = app.map.hex_at(app.layout.map.center)
    app.map.story = replace(app.map.story, ships=(Ships(cell, "Cruisers", 0, 0, 9000), Ships(cell, "Gunboats", 1, 0, 9000),
                                                  Ships(cell, "Gone by then", 0, 0, 10)))  # fmt: skip
    drawn: list[int] = []
    ship = overlays.arrows.ship
    monkeypatch.setattr(overlays.arrows, "ship", lambda radius, side, colour: drawn.append(side) or ship(radius, side, colour))
    frame = app.stage.frame(60, viewer)
    overlays.Overlays(app.map, app.surface, frame, 60, app.marked)._ships()
    assert len(drawn) == shown
    assert viewer < 0 or drawn == [viewer]


@pytest.mark.parametrize("days", [4, 20, 70, 206])
def test_dates_on_the_timeline_keep_apart_and_inside(open_window: Open, days: int) -> None:
    app = open_window()
    line = app.timeline
    app.stage.story = replace(app.stage.story, end_min=days * 1440)
    line.start, line.stop, line.end = 0.0, days * 1440.0, days * 1440
    c = Canvas(pygame.Surface((900, 128)), app.scale, app.theme)
    found = sorted(line._dates(c, app, c.width - 14))
    spans = [(at - c.text_width(words, 12) / 2, at + c.text_width(words, 12) / 2) for at, words in found]
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
    assert spans[0][0] >= 73
    assert spans[-1][1] <= c.width - 13
    said = {words.split()[1] for _, words in found if " " in words}
    assert said >= {f"{app.stage.story.moment(day * 1440):%b}" for day in range(days - 20)}, "each month is named"
    assert len(found) >= min(days, 4)
