"""Between dated facts: the record says where a formation was, not how it got there.

A formation that stands elsewhere at the next moment is shown on the road there in the hours before, as a march by
what its side knew would take. Everything drawn so is hollow, and each moment names the facts that bracket it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ui.map.scene import Fact, Frame, Story
from ui.map.stages.film import Film
from ui.map.stages.reach import TASKS

if TYPE_CHECKING:
    from engine import SideView

LONGEST_MIN = 24 * 60
"""A way is shown within so many minutes before its end, however far it is."""
DATED = ("control", "line")


def marches(film: Film, frame: Frame, views: tuple[SideView, SideView], mobility: tuple[int, ...],
            sides: tuple[int, ...]) -> None:  # fmt: skip
    """Put formations that ``frame`` shows elsewhere than the film's last frame on the road in the frames before."""
    from engine import ways

    before = film.at(frame.minute - 1)
    moved = np.flatnonzero((before.hex >= 0) & (frame.hex >= 0) & (before.hex != frame.hex))
    known = {side: ways.known_of(views[side]) for side in {sides[k] for k in moved.tolist()}}
    for unit in moved.tolist():
        start, goal = int(before.hex[unit]), int(frame.hex[unit])
        found = ways.way(known[sides[unit]], mobility[unit], TASKS["march"], start, goal)
        if found is not None:
            cells = [start, *found.cells.tolist()]
            minutes = [0, *found.minutes.tolist()]
            _on_the_road(film, unit, cells, minutes, frame.minute)


def _on_the_road(film: Film, unit: int, cells: list[int], minutes: list[int], arrives: int) -> None:
    whole = min(minutes[-1], LONGEST_MIN)
    at = [arrives - whole + m * whole // max(minutes[-1], 1) for m in minutes]
    for frame in film:
        if at[0] <= frame.minute < arrives and frame.hex[unit] == cells[0]:
            leg = max(k for k in range(len(at) - 1) if at[k] <= frame.minute)
            frame.hex[unit], frame.leg_to[unit] = cells[leg], cells[leg + 1]
            frame.departed_at[unit], frame.leg_at[unit] = at[leg], at[leg + 1]
            frame.goal[unit] = cells[-1]


def bracket(story: Story, minute: int) -> str:
    """The dated facts before and after a moment, in a line."""
    dated = [f for f in story.facts if f.kind in DATED and f.stop - f.start <= 3 * 1440]
    past = [f for f in dated if f.start <= minute]
    coming = [f for f in dated if f.start > minute]
    words = []
    if past:
        words.append(f"after {_told(story, max(past, key=lambda f: f.start))}")
    if coming:
        words.append(f"before {_told(story, min(coming, key=lambda f: f.start))}")
    return " · ".join(words)


def _told(story: Story, fact: Fact) -> str:
    day = story.moment(fact.start)
    title = fact.title if len(fact.title) <= 60 else fact.title[:59].rstrip() + "…"
    return f"{day.day} {day:%b}: {title}"
