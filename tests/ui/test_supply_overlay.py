"""Supply on the map: sources and railways of the viewer's own side, and what formations lack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pygame
import pytest

from engine import Session
from engine.files.drawn import drawn_scenario
from ui.map.app import App
from ui.map.marks import supplies
from ui.map.overlays import SUPPLY
from ui.map.scene import AXIS, SOVIET, TRUTH, Stage
from ui.map.stages.live import LiveStage

LINE = """\
:R::R::R::R::R:
..A..A.A..A..A.
...............
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[LiveStage]:
    it = LiveStage(Session(drawn_scenario(LINE, {"A": "infantry", "R": "rifle"}, days=3, depth=6), 1), "replay")
    it.run_to(1440)
    it.finish()
    yield it
    it.close()


@pytest.fixture
def app(stage: LiveStage, window_on: Callable[[Stage, int], App]) -> App:
    return window_on(stage, 1440)


def test_a_side_knows_its_own_sources_and_the_truth_those_of_both(stage: LiveStage) -> None:
    sides = {viewer: {mark.side for mark in stage.frame(1440, viewer).depots} for viewer in (AXIS, SOVIET, TRUTH)}
    assert sides == {AXIS: {AXIS}, SOVIET: {SOVIET}, TRUTH: {AXIS, SOVIET}}
    own = stage.session.view(AXIS).depots
    shown = [(m.hex, m.capacity_t, m.given_t) for m in stage.frame(1440, AXIS).depots]
    assert shown == list(zip(own.hex.tolist(), own.capacity_t.tolist(), own.used_t.tolist(), strict=True))
    assert any(given > 0 for _, _, given in shown)


def test_trains_pass_where_the_side_says_so(stage: LiveStage) -> None:
    near = stage.story.theatre.grid.neighbours
    passing = supplies._trains_pass(stage.frame(1440, AXIS).rails, near)
    assert np.array_equal(passing, (stage.session.view(AXIS).rails.costs > 0).any(axis=1))
    both = supplies._trains_pass(stage.frame(1440, TRUTH).rails, near)
    assert (both >= passing).all()


def test_frames_share_what_did_not_change(stage: LiveStage) -> None:
    assert stage.frame(600, TRUTH).rails is stage.frame(660, TRUTH).rails
    assert stage.frame(600, TRUTH).depots is stage.frame(660, TRUTH).depots


def test_the_key_0_shows_supply_and_hides_it_again(app: App, hand: Callable[[App], Any]) -> None:
    before = pygame.surfarray.array3d(app.surface)
    hand(app).key("0")
    assert SUPPLY in app.overlays
    area = app.layout.map
    there = np.zeros(before.shape[:2], bool)
    there[area.left : area.right, area.top : area.bottom] = True
    app.draw()
    assert (pygame.surfarray.array3d(app.surface) != before).any(axis=2)[there].sum() > 200
    hand(app).key("0")
    assert SUPPLY not in app.overlays


def test_who_is_short_is_told_what_there_is_least_of(stage: LiveStage) -> None:
    frame = stage.frame(1440, TRUTH)
    ammo, fuel, food = (np.full_like(frame.ammo, tenths) for tenths in (12, 20, 3))
    poor = replace(frame, ammo=ammo, fuel=fuel, food=food)
    assert supplies._least(poor, 0) == (pytest.approx(0.3), "food 0.3 d")
    assert supplies._least(replace(poor, food=np.full_like(frame.food, 30)), 0) == (pytest.approx(0.8), "ammo 1.2 d")
    assert supplies._least(replace(poor, food=poor.fuel, ammo=poor.fuel), 0) is None
