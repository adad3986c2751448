"""What is derived must be what it would be if it were made anew; two runs of the same inputs must be the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from engine.model.events import Event
from engine.model.world import World


class Diverged(Exception):
    """Two runs of the same inputs differ."""


def same_events(ours: Sequence[Event], theirs: Sequence[Event]) -> bool:
    """True if two lists of events say the same, to the last bit."""
    return len(ours) == len(theirs) and all(
        a.kind is b.kind and a.minute == b.minute and all(np.array_equal(a[f.name], b[f.name]) for f in a.kind.fields)
        for a, b in zip(ours, theirs, strict=True)
    )


@contextmanager
def nothing_derived(world: World) -> Iterator[None]:
    """The world without a single derived map, for as long as it takes."""
    kept, world.derived = world.derived, {}
    try:
        yield
    finally:
        world.derived = kept
