"""Dice: published answers, and numbers that depend on nothing but their key."""

from __future__ import annotations

import numpy as np

from engine.core.dice import Dice, Stream, _philox, subject_of


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> list[str]:
    out = np.empty((1, 4), np.uint64)
    _philox(np.array([counter[0]], np.uint32), counter[1], counter[2], counter[3], key[0], key[1], out)
    return [f"{int(w):08x}" for w in out[0]]


def test_philox_gives_the_published_answers() -> None:
    # Random123 1.09, kat_vectors: philox4x32 with 10 rounds.
    ones = 0xFFFFFFFF
    assert philox((0, 0, 0, 0), (0, 0)) == ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]
    assert philox((ones, ones, ones, ones), (ones, ones)) == ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]
    assert philox((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)) == [
        "d16cfe09", "94fdcceb", "5001e420", "24126ea1"]  # fmt: skip


def test_a_draw_does_not_depend_on_who_else_is_asked() -> None:
    dice = Dice(5)
    together = dice.uniform(Stream.DUMMY, [subject_of("a"), subject_of("b"), subject_of("c")], 60)
    alone = dice.uniform(Stream.DUMMY, [subject_of("b")], 60)
    assert together[1] == alone[0]


def test_uniform_numbers_are_even_and_inside_the_open_interval() -> None:
    u = Dice(1).uniform(Stream.DUMMY, np.arange(100_000), 0)
    assert u.min() > 0
    assert u.max() < 1
    assert abs(u.mean() - 0.5) < 0.004


def test_normal_and_exponential_have_their_moments() -> None:
    dice = Dice(2)
    z = dice.normal(Stream.DUMMY, np.arange(100_000), 0)
    e = dice.exponential(Stream.DUMMY, np.arange(100_000), 1)
    assert abs(z.mean()) < 0.01
    assert abs(z.std() - 1) < 0.01
    assert abs(e.mean() - 1) < 0.015
