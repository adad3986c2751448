"""The clock wakes systems by phase, once a minute, and can be thrown away at any stop."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.calendar import NEVER
from engine.core.clock import Clock


@dataclass
class Bell:
    phase: int
    grain_min: int = 1


def test_a_minute_runs_its_phases_upward_and_once() -> None:
    seen: list[tuple[int, int]] = []
    due = {0: 5, 1: 5}

    def fire(i: int, minute: int) -> None:
        seen.append((minute, i))
        due[i] = NEVER
        if i == 1:
            due[0] = 5  # falls due for an earlier phase: waits for the next minute

    Clock(0, [Bell(1), Bell(2)], lambda i: due[i], fire).run(20)
    assert seen == [(5, 0), (5, 1), (6, 0)]


def test_a_later_phase_that_becomes_due_runs_in_the_same_minute() -> None:
    seen: list[tuple[int, int]] = []
    due = {0: 3, 1: 10}

    def fire(i: int, minute: int) -> None:
        seen.append((minute, i))
        due[i] = NEVER
        if i == 0:
            due[1] = 3

    Clock(0, [Bell(1), Bell(2)], lambda i: due[i], fire).run(20)
    assert seen == [(3, 0), (3, 1)]


def test_due_times_round_up_to_the_grain() -> None:
    seen: list[int] = []
    due = [7]

    def fire(i: int, minute: int) -> None:
        seen.append(minute)
        due[0] = minute + 1 if minute < 40 else NEVER

    Clock(0, [Bell(1, 15)], lambda i: due[0], fire).run(100)
    assert seen == [15, 30, 45]


def test_what_is_due_at_the_stop_waits_for_the_next_clock() -> None:
    seen: list[int] = []
    due = [10]

    def fire(i: int, minute: int) -> None:
        seen.append(minute)
        due[0] = NEVER

    Clock(0, [Bell(1)], lambda i: due[0], fire).run(10)
    assert seen == []
    Clock(10, [Bell(1)], lambda i: due[0], fire).run(11)
    assert seen == [10]
