"""Zoom keeps the ground under the pointer; pan moves by pixels; tiers follow the logical pitch."""

from __future__ import annotations

import pytest

from ui.map.camera import STOPS, Camera, Frame, pitch_at, tier_of

FRAME = Frame(-100_000.0, 200_000.0, 120, 90)


def camera(factor: float = 1.0) -> Camera:
    it = Camera(FRAME, factor)
    it.resize(1060, 732)
    it.centre_on(150_000, 20_000)
    return it


@pytest.mark.parametrize("stop", range(len(STOPS)))
def test_zooming_keeps_the_ground_under_the_pointer(stop: int) -> None:
    it = camera()
    it.centre_on(260_000, -70_000)
    before = it.ground_at(700, 200)
    it.zoom_to(stop, 700, 200)
    after = it.ground_at(700, 200)
    pixel_m = FRAME.spacing_m / min(it.pitch, STOPS[5])
    assert abs(after[0] - before[0]) <= 1.5 * pixel_m
    assert abs(after[1] - before[1]) <= 1.5 * pixel_m


def test_panning_by_pixels_moves_the_ground_by_as_many() -> None:
    it = camera()
    left, top = it.corner
    it.pan(37, -12)
    assert it.corner == (left + 37, top - 12)


def test_panning_far_stops_over_the_theatre() -> None:
    it = camera()
    it.pan(10_000_000, 10_000_000)
    assert FRAME.west_m <= it.x_m <= FRAME.west_m + FRAME.wide * FRAME.spacing_m
    assert FRAME.north_m - FRAME.high * FRAME.spacing_m <= it.y_m <= FRAME.north_m


def test_screen_and_ground_are_inverse() -> None:
    it = camera(1.5)
    x, y = it.on_screen(*it.ground_at(333, 444))
    assert (float(x), float(y)) == pytest.approx((333, 444))


@pytest.mark.parametrize("percent", [75, 100, 125, 150, 175, 200, 250])
def test_the_tier_does_not_depend_on_the_interface_scale(percent: int) -> None:
    assert [tier_of(k) for k in range(len(STOPS))] == [0, 0, 1, 1, 1, 2, 2, 3, 3]
    pitches = [pitch_at(k, percent / 100) for k in range(len(STOPS))]
    assert pitches == sorted(pitches)
    assert all(pitch % 2 == 0 for pitch in pitches)
