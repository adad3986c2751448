"""A system: a phase, a grain, when it is next due, and a pure decision from a frozen world to events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.core.dice import Dice
from engine.model.events import Event
from engine.model.world import World


def on_calendar(row: int) -> Callable[[World, int], int]:
    """The ``next_due`` of a system that runs by its row of the table ``systems`` alone."""
    return lambda world, now: int(world.systems.next_at[row])


class Trace:
    """Collects the terms of computed numbers while a decision is run again to explain it.

    ``record`` is called by rules only when a trace is given: (subject kind, row, key, value, parameter address).
    """

    def __init__(self) -> None:
        self.terms: list[tuple[str, int, str, float, str]] = []

    def record(self, what: str, row: int, key: str, value: float, address: str = "") -> None:
        """One term of one number."""
        self.terms.append((what, row, key, float(value), address))


@dataclass(frozen=True)
class System:
    """One line of the table of systems. No object, no memory: all state is in the world's columns."""

    name: str
    phase: int
    grain_min: int
    next_due: Callable[[World, int], int]
    """(world, now) -> minute at which it wants to run, NEVER if not; rounded up to the grain by the clock."""
    decide: Callable[[World, int, Dice, Trace | None], list[Event]]
    """(frozen world, minute, dice, trace) -> events. Must not write."""
    calendar: int = -1
    """Its row of the table ``systems`` if ``next_due`` reads that and nothing else: then nobody needs to ask."""

    def replace(self, **changes: Any) -> System:
        """A copy with some fields changed (tests plant faults this way)."""
        same = {} if "next_due" not in changes else {"calendar": -1}
        return System(**{**self.__dict__, **same, **changes})
