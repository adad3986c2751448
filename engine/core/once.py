"""A property that is worked out when it is first looked at, and then stands in the object like any other attribute.

``functools.cached_property`` does the same behind a lock, which costs more than most of what the staffs work out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_Value = TypeVar("_Value")


class Once(Generic[_Value]):
    """``@Once`` on a method without arguments. The object needs a ``__dict__``; setting the name is not hindered."""

    def __init__(self, make: Callable[[Any], _Value]) -> None:
        self.make, self.__doc__ = make, make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, holder: None, owner: type) -> Once[_Value]: ...

    @overload
    def __get__(self, holder: object, owner: type) -> _Value: ...

    def __get__(self, holder: object | None, owner: type) -> Once[_Value] | _Value:
        if holder is None:
            return self
        found = holder.__dict__[self.name] = self.make(holder)
        return found
