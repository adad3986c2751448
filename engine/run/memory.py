"""Notes of commanders as the session hands them out, orders them, and writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.core.columns import rows_where
from engine.model.commander import Notes, OwnNotes
from engine.model.events import Event
from engine.model.events.common import NOTED
from engine.model.world import World
from engine.rules.derived import derived
from engine.run.log import Change, Input


def notes_of(world: World, side: int) -> Notes:
    """The memory of a side's commander, to be read and changed; the other side's rows are blank."""
    key = (
        *world.formations.version("side"), *world.headquarters.version("side"), *world.failure_notes.version("hq")
    )  # fmt: skip
    own = derived(world, f"notes.{side}", key, lambda: _own_notes(world, side))
    return Notes(world.formation_notes, world.staff_notes, world.failure_notes, own)


def _own_notes(world: World, side: int) -> OwnNotes:
    of = world.headquarters.side
    foreign = (
        rows_where(world.formations.side != side),
        rows_where(of != side),
        rows_where(of[world.failure_notes.hq] != side),
    )
    return OwnNotes(world.note_tables(), foreign)


def behind_the_other_side(
    world: World, changes: tuple[Change, ...], said: Sequence[Input]
) -> tuple[Change, ...]:
    """New rows of notes after those that the other side has ``said`` at this minute, which are not yet written."""
    longs = [len(table) for table in world.note_tables()]
    if not any(row >= longs[table] for table, row, _, _ in changes):
        return changes
    added = {(t, r) for entry in said for t, r, *_ in entry.notes if r >= longs[t]}
    if not added:
        return changes
    by = [sum(table == number for table, _ in added) for number in range(len(longs))]
    return tuple((t, r + by[t] if r >= longs[t] else r, c, v) for t, r, c, v in changes)


def noted(entry: Input) -> Event:
    """The event that writes the notes of an entry."""
    table, row, column, given = zip(*entry.notes, strict=True)
    value = np.zeros((len(given), _WIDTH), np.int64)
    value[:, 0] = [numbers[0] for numbers in given]
    for i, numbers in enumerate(given):
        if len(numbers) > 1:
            value[i, : len(numbers)] = numbers
    return NOTED(entry.at, table=np.array(table), row=np.array(row), column=np.array(column), value=value)


_WIDTH: Final = 4
"""Numbers of the widest note."""
