"""Counters: the side in the corners, states as shapes, designations that fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pygame
import pytest

from engine import load_scenario
from ui.map.marks.counters import CRITICAL, CUT_OFF, LOW, CounterCache, Look, anatomy, draw, fits, margin
from ui.map.marks.icons import icon, symbols
from ui.map.stages.story import make_story
from ui.theme.palette import CARDS, SIDE_SETS

STANDARD = SIDE_SETS["standard"]
SIZES = (24, 32, 36, 48, 64, 72, 96, 128)
PLAIN = Look(32, 0, "army", "infantry", 5, "267", "56", knowledge=0)


def corner(surface: pygame.Surface, size: int) -> int:
    """Opacity of the card's upper left pixel (the shadow lies to the lower right)."""
    return surface.get_at((margin(size), margin(size))).a


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sides", SIDE_SETS.values(), ids=lambda s: s.name)
def test_the_corners_tell_the_side_without_colour(size: int, sides: object) -> None:
    for nation in CARDS:
        axis = draw(replace(PLAIN, size=size, side=0, nation=nation), sides)  # type: ignore[arg-type]
        soviet = draw(replace(PLAIN, size=size, side=1, nation=nation), sides)  # type: ignore[arg-type]
        assert corner(axis, size) == 255
        assert corner(soviet, size) == 0


@pytest.mark.parametrize("size", SIZES)
def test_soviet_cards_are_hatched_and_axis_cards_plain(size: int) -> None:
    def tones(side: int) -> int:
        picture = draw(Look(size, side, "red", "infantry", 0, strength=-1, readiness=-1), STANDARD)
        room, inner = margin(size), anatomy(size).edge + 3
        foot = round(size * 0.82)
        row = [tuple(picture.get_at((room + x, room + foot))) for x in range(inner, size - inner)]
        return len(set(row))

    assert tones(1) > tones(0)


@pytest.mark.parametrize("state", [LOW, CRITICAL, CUT_OFF])
def test_trouble_with_supply_shows_as_a_shape_of_its_own(state: int) -> None:
    grey = []
    for badge in (0, LOW, CRITICAL, CUT_OFF):
        picture = pygame.surfarray.array3d(draw(replace(PLAIN, size=48, supply=badge), STANDARD)).mean(axis=2)
        grey.append(picture[: margin(48) + 14, : margin(48) + 14])
    different = [k for k, other in enumerate(grey) if k != state and np.abs(other - grey[state]).max() < 60]
    assert not different


def test_each_part_changes_the_card() -> None:
    plain = pygame.image.tobytes(draw(PLAIN, STANDARD), "RGBA")
    for change in (
        {"strength": 3}, {"readiness": 1}, {"works": 3}, {"works": 5}, {"headquarters": True}, {"stack": 3}, {"face": "268"},
        {"value": "57"}, {"echelon": 4}, {"arm": "armour"}, {"knowledge": 1}, {"knowledge": 2, "age_h": 30},
        {"resting": True}, {"hollow": True},
    ):  # fmt: skip
        assert pygame.image.tobytes(draw(replace(PLAIN, **change), STANDARD), "RGBA") != plain, change


def test_guards_carry_a_white_bar_at_the_left() -> None:
    picture = draw(replace(PLAIN, size=64, side=1, nation="guards"), STANDARD)
    x, y = margin(64) + anatomy(64).edge + 2, margin(64) + 40
    assert tuple(picture.get_at((x, y)))[:3] == (255, 255, 255)


def test_the_cache_makes_a_card_once_and_forgets_the_least_used() -> None:
    cache = CounterCache(STANDARD, limit=3)
    first = cache.get(PLAIN)
    assert cache.get(PLAIN) is first
    for k in range(3):
        cache.get(replace(PLAIN, face=str(k)))
    assert cache.get(PLAIN) is not first
    cache.restyle(SIDE_SETS["ink"])
    assert not cache._kept


def test_every_icon_of_the_symbol_file_can_be_drawn() -> None:
    for arm in symbols():
        picture = icon(arm, 20, 12, 1.3)
        assert picture.get_size() == (20, 12)
        assert pygame.mask.from_surface(picture, 60).count() > 0, arm


def test_designations_of_the_data_fit_their_cards() -> None:
    story = make_story(load_scenario("doppelkopf"))
    too_long = sorted({u.face for u in story.units if not fits(u.face, 32)})
    # Long Roman corps numbers are set smaller on the card of 32; everything else has full size.
    assert all(set(face) <= set("IVXLS ") for face in too_long), too_long
    assert len(too_long) <= 4
