"""The garbage collector, called less often while a run goes on.

A run makes many small objects and keeps the events among them, but hardly any that refer to each other in a circle.
Python's collector would look through them every 700 new ones to find next to nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SELDOM: Final = 200_000
"""New objects between two looks: in thirteen days of a campaign a hundred objects are left in circles."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Fewer collections for as long as it takes; who has switched them off, or made them rarer, is left alone."""
    before = gc.get_threshold()
    if 0 < before[0] < SELDOM:
        gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
