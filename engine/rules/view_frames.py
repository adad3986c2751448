"""Frames of a view whose columns are made as they are looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.columns import Array


def fixed(array: Array) -> Array:
    """The array, which nobody may write any more."""
    array.flags.writeable = False
    return array


class AsAsked:
    """A frame whose columns are made when they are first looked at, and until it is closed."""

    def __init__(self, made: dict[str, Any], make: Callable[[str], Any]) -> None:
        self.__dict__.update(made, _make=make, _parts=[])

    def __getattr__(self, name: str) -> Any:
        """Called for what has not been made yet."""
        make = self.__dict__.get("_make")
        if make is None or name[0] == "_":
            raise AttributeError(f"no {name!r} here, or nobody looked at it while the view was open")
        found = self.__dict__[name] = make(name)
        if isinstance(found, AsAsked):
            self.__dict__["_parts"].append(found)
        return found

    def close(self) -> None:
        """What has not been looked at by now is gone: the world goes on."""
        self.__dict__["_make"] = None
        for part in self.__dict__["_parts"]:
            part.close()
