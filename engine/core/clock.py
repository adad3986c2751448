"""The clock: one SimPy process per system, woken at the minute its columns name, in the order of phases.

A minute runs its phases once, upward. What falls due for an equal or earlier phase waits for the next minute. All
due times live in the world, and at a stop nothing is armed: a clock is thrown away there and made again with the same
future.
This is the only file that imports simpy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import cache
from typing import Any, Protocol

import simpy

from engine.core.calendar import NEVER


class Timed(Protocol):
    """What the clock must know of a system: its phase (1 is first) and its grain in minutes."""

    @property
    def phase(self) -> int: ...
    @property
    def grain_min(self) -> int: ...


class Clock:
    """Runs systems from ``now`` on.

    ``due(i)`` is the earliest minute at which system i wants to run, by the world as it stands; ``fire(i, minute)``
    runs it. Both are called only between ``now`` and the stop given to :meth:`run`. ``dated()`` gives the due times
    of all systems that can be told without asking, None for the others.
    """

    def __init__(
        self, now: int, systems: Sequence[Timed], due: Callable[[int], int], fire: Callable[[int, int], None],
        dated: Callable[[], Sequence[int | None]] | None = None,
    ) -> None:  # fmt: skip
        self._environment = simpy.Environment(initial_time=now)
        # SimPy documents urgent and normal only, but orders by any whole number: our phases.
        self._schedule: Callable[..., None] = self._environment.schedule
        self._systems, self._due, self._fire = systems, due, fire
        self._dated = dated or ([None] * len(systems)).copy
        self._turns = _turns(tuple([(system.phase, system.grain_min) for system in systems]))
        self._until = now
        self._armed_at = [NEVER] * len(systems)
        self._generation = [0] * len(systems)
        self._bells: dict[int, simpy.Event] = {}

    def run(self, until: int) -> None:
        """Complete every minute before ``until``; the world may be changed before the next call."""
        self._until = until
        self._arm_all(int(self._environment.now), phase=0)
        if until > self._environment.now:
            self._environment.run(until=until)

    def _process(self, i: int) -> Generator[simpy.Event, Any, None]:
        while True:
            yield self._bells[i]
            self._bells[i] = self._environment.event()
            self._armed_at[i] = NEVER
            minute = int(self._environment.now)
            self._fire(i, minute)
            self._arm_all(minute, self._systems[i].phase)

    def _arm_all(self, minute: int, phase: int) -> None:
        """Arm every system for its next run, NEVER if that lies beyond the stop; later phases first.

        If one is due in this minute all are asked again after it.
        """
        dated, armed, until = self._dated(), self._armed_at, self._until
        for i, grain, wait in self._turns[phase]:
            at, earliest = dated[i], minute + wait
            if at is None:
                at = self._due(i) if -(-earliest // grain) * grain < until else NEVER
            if at < until:
                at = -(-(at if at > earliest else earliest) // grain) * grain  # rounded up
            if at >= until:
                at = NEVER
            if at != armed[i]:
                self._arm(i, at)
            if at == minute:
                return

    def _arm(self, i: int, at: int) -> None:
        self._armed_at[i] = at
        self._generation[i] += 1
        if at >= NEVER:
            return
        if i not in self._bells:  # most systems never run before the stop
            self._bells[i] = self._environment.event()
            self._environment.process(self._process(i))
        generation = self._generation[i]
        alarm = simpy.Event(self._environment)
        alarm._ok, alarm._value = True, None
        assert alarm.callbacks is not None
        alarm.callbacks.append(lambda _: self._ring(i, generation))
        self._schedule(alarm, priority=self._systems[i].phase, delay=at - int(self._environment.now))

    def _ring(self, i: int, generation: int) -> None:
        if generation != self._generation[i]:
            return  # re-armed since: an outdated alarm
        bell = self._bells[i]
        bell._ok, bell._value = True, None
        # As SimPy's own step does with an event whose turn has come; a bell's has come at once.
        called, bell.callbacks = bell.callbacks, None  # type: ignore[assignment]
        for call in called or ():
            call(bell)


@cache
def _turns(systems: tuple[tuple[int, int], ...]) -> dict[int, list[tuple[int, int, int]]]:
    """By phase (0 is before all): systems after it, then those up to it: number, grain, minutes the latter have to wait.

    ``systems``: phase and grain of each. Clocks are made anew every hour, their systems stay the same.
    """
    by_phase = sorted([(phase, i, grain) for i, (phase, grain) in enumerate(systems)])
    return {
        now: [(i, grain, 0) for of, i, grain in by_phase if of > now]
        + [(i, grain, 1) for of, i, grain in by_phase if of <= now]
        for now in {0, *(phase for phase, _ in systems)}
    }


def waiting(draw: Callable[[], float], processes: int) -> simpy.Environment:
    """Plain processes that wait for ``draw()`` units of time again and again: no clock of a run, but what the lab lays
    machines side by side with.
    """
    environment = simpy.Environment()

    def wait() -> Generator[Any, Any, None]:
        while True:
            yield environment.timeout(draw())

    for _ in range(processes):
        environment.process(wait())
    return environment
