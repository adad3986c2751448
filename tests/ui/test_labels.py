"""Names stand clear of each other and of the counters, at every zoom stop."""

from __future__ import annotations

import math
from typing import Any

import pygame
import pytest

from engine import load_scenario
from ui.map.camera import STOPS
from ui.map.mapview import MapView, Marked
from ui.map.marks import regions
from ui.map.marks.labels import Blockers, _cross
from ui.map.stages.sketch import sketch_of
from ui.theme.scale import Scale


@pytest.fixture(scope="module")
def doppelkopf() -> Any:
    return sketch_of(load_scenario("doppelkopf"), ready=60)


@pytest.fixture(scope="module")
def view(doppelkopf: Any) -> MapView:
    it = MapView(doppelkopf.story, Scale(100))
    it.resize(pygame.Rect(0, 0, 1060, 732))
    it.set_frame(doppelkopf.frame(0, -1))
    it.camera.centre_on(*doppelkopf.story.theatre.project(56.5, 23.3))
    return it


def named(view: MapView, stop: int) -> Any:
    view.camera.stop = stop
    view._names = view._naming = None
    view._place_symbols(view.frame, 0, Marked())  # type: ignore[arg-type]
    view._want_names(whole=True)
    assert view._names is not None
    return view._names


@pytest.mark.parametrize("stop", range(len(STOPS)))
def test_no_town_name_covers_another_or_a_counter(view: MapView, stop: int) -> None:
    names = named(view, stop)
    left, top = view.camera.corner
    half = view.card // 2
    cards = [pygame.Rect(x + left - half, y + top - half, view.card, view.card) for x, y in view.places]
    assert names.towns
    for k, one in enumerate(names.towns):
        area = one.rect.width * one.rect.height
        for other in names.towns[k + 1 :]:
            lap = one.rect.clip(other.rect)
            assert lap.width * lap.height <= 0.26 * area, (one.place, other.place)
        covered = sum(c.width * c.height for c in (one.rect.clip(card) for card in cards))
        assert covered <= 0.3 * area, one.place


def test_great_towns_are_named_at_every_stop(view: MapView) -> None:
    for stop in range(len(STOPS) - 2):
        places = {label.place for label in named(view, stop).towns}
        assert any("riga" in p for p in places), STOPS[stop]


def test_a_name_keeps_its_place_while_that_place_is_free(view: MapView) -> None:
    first = {label.place: (label.x, label.y) for label in named(view, 5).towns}
    again = {label.place: (label.x, label.y) for label in named(view, 5).towns}
    assert first == again


def test_more_is_named_the_closer_one_looks(view: MapView) -> None:
    def density(stop: int) -> float:
        names = named(view, stop)
        return len(names.towns) / (names.area.width * names.area.height / STOPS[stop] ** 2)

    assert density(0) < density(3) < density(5)


def test_blockers_measure_overlap() -> None:
    it = Blockers()
    it.add(pygame.Rect(10, 10, 100, 50))
    assert it.overlap(pygame.Rect(60, 40, 100, 100)) == 50 * 20
    assert it.overlap(pygame.Rect(200, 200, 10, 10)) == 0


@pytest.mark.parametrize("stop", [3, 5, 6])
def test_hairlines_of_town_names_cross_neither_each_other_nor_small_names(view: MapView, stop: int) -> None:
    names = named(view, stop)
    led = [label for label in names.towns if label.leader is not None]
    for one in led:
        others = [label for label in names.towns if label is not one and label.place in view_small(view)]
        assert not [label.place for label in others if label.rect.clipline(*one.leader)]
        assert not [label.place for label in led if label is not one and _cross(one.leader, label.leader)]


def view_small(view: MapView) -> set[str]:
    """Places below the two great classes, whose names give way."""
    return {p.id for p in view.story.theatre.places if view.town_names._class[p.id] < 4}


def test_stretches_that_meet_end_to_end_or_lie_apart_do_not_cross() -> None:
    assert _cross(((0, 0), (10, 10)), ((0, 10), (10, 0)))
    assert not _cross(((0, 0), (10, 10)), ((10, 10), (20, 0)))
    assert not _cross(((0, 0), (10, 0)), ((0, 5), (10, 5)))


def test_the_name_of_a_front_stands_by_its_own_front_or_nowhere() -> None:
    taken = [pygame.Rect(-500, 80, 1200, 80)]
    own, other = (100.0, 100.0), (100.0, 200.0)
    alone = regions.place(own, (0, 1), (80, 12), 1.0, taken, lambda _: True)
    beside = regions.place(own, (0, 1), (80, 12), 1.0, taken, lambda _: True, [other])
    assert alone is not None
    assert math.dist(alone.center, other) < math.dist(alone.center, own)
    assert beside is None or math.dist(beside.center, own) <= math.dist(beside.center, other)
    assert regions.place(own, (0, 1), (80, 12), 1.0, taken, lambda _: True, (), 40.0) is None
