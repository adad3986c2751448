"""Derived maps, kept in ``world.derived`` while what they were made from has not changed.

A key must name everything the map depends on: the versions of the columns read (``Table.version``) and the minute
if flows are read. Then a map is a pure function of the world, and it does not matter who asked for it first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engine.model.world import World

_Made = TypeVar("_Made")


def derived(world: World, name: str, key: tuple[Any, ...], make: Callable[[], _Made]) -> _Made:
    """The map ``name``, made anew only if ``key`` differs from the one it was made for."""
    known = world.derived.get(name)
    if known is not None and known[0] == key:
        found: _Made = known[1]
        return found
    made = make()
    world.derived[name] = (key, made)
    return made
