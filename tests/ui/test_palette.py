"""Colours hold for everybody: contrast of every text on every ground, sides apart in colour blindness and in grey."""

from __future__ import annotations

from itertools import combinations

import pytest

from ui.theme import palette
from ui.theme.vision import BLINDNESS, contrast, lab_distance

ALL = tuple(BLINDNESS)
COLOUR = ("normal", "deuteranopia", "protanopia")


@pytest.mark.parametrize("theme", palette.PANELS.values(), ids=lambda t: t.name)
def test_every_text_has_its_contrast_on_every_ground_it_is_used_on(theme: palette.Panel) -> None:
    weak = [f"{what}: {contrast(ink, ground):.2f} < {least}" for what, ink, ground, least in palette.uses(theme)
            if contrast(ink, ground) < least]  # fmt: skip
    assert not weak


@pytest.mark.parametrize("vision", ALL)
@pytest.mark.parametrize("sides", palette.SIDE_SETS.values(), ids=lambda s: s.name)
def test_army_and_red_army_cards_differ_in_lightness_for_every_eye(sides: palette.SideSet, vision: str) -> None:
    army, red = palette.card_of("army", sides).card, palette.card_of("red", sides).card
    assert contrast(army, red, vision) >= 2.95


@pytest.mark.parametrize("vision", COLOUR)
@pytest.mark.parametrize("name", ["standard", "blue_orange", "violet_yellow"])
def test_tints_of_the_sides_are_far_apart_in_colour(name: str, vision: str) -> None:
    assert lab_distance(*palette.SIDE_SETS[name].tints, vision) >= 25


def test_the_ink_set_works_by_lightness_alone() -> None:
    ink = palette.SIDE_SETS["ink"]
    assert all(len(set(colour)) == 1 for colour in (*ink.lines, *ink.tints))
    assert contrast(*ink.tints) >= 2.0
    assert contrast(*ink.lines) >= 2.0


def test_amber_is_never_a_side() -> None:
    for sides in palette.SIDE_SETS.values():
        for colour in (*sides.lines, *sides.tints):
            assert lab_distance(colour, palette.GRAPHITE.accent) > 12


def test_cards_of_nations_can_be_told_apart() -> None:
    cards = {name: card.card for name, card in palette.CARDS.items() if name not in ("guards",)}
    close = [(a, b) for (a, x), (b, y) in combinations(cards.items(), 2) if lab_distance(x, y) < 9]
    assert not close, "Guards share the Red Army's card and differ by the white bar; nobody else may"


def test_the_alarm_rings_for_grey_text_on_grey() -> None:
    assert contrast((120, 120, 120), (140, 140, 140)) < 4.5
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21, abs=0.01)
