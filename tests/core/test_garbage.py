"""The garbage collector looks less often while a run goes on, and as before afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from engine.core.garbage import SELDOM, seldom_collected


@pytest.fixture(autouse=True)
def threshold() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_it_looks_less_often_inside_and_as_before_afterwards() -> None:
    gc.set_threshold(700, 10, 10)
    with seldom_collected():
        assert gc.get_threshold() == (SELDOM, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


def test_a_fault_inside_leaves_it_as_before() -> None:
    gc.set_threshold(700, 10, 10)
    with pytest.raises(KeyError), seldom_collected():
        raise KeyError
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("chosen", [0, 2 * SELDOM])
def test_who_has_switched_it_off_or_made_it_rarer_is_left_alone(chosen: int) -> None:
    gc.set_threshold(chosen, 10, 10)
    with seldom_collected():
        assert gc.get_threshold()[0] == chosen
