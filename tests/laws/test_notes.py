"""Notes of both sides written in one hour: neither loses what the other adds."""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.dice import Dice
from engine.files.drawn import drawn_scenario
from engine.model.commander import Notes
from engine.model.orders import Order
from engine.model.view import SideView
from engine.run.session import Session


class Rememberer:
    """A commander that orders nothing and notes two failed attacks each time it is asked."""

    digest = "rememberer"

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        for hq in due:
            for cell in (view.minute // 60, 100 + view.minute // 60):
                notes.add_failure(hq, cell, view.minute)
            notes.staff["cycle_at"][hq] = view.minute + 60
            notes.staff["planned_at"][hq] = view.minute
        return []


def test_failures_noted_by_both_sides_in_one_hour_are_all_kept() -> None:
    session = Session(drawn_scenario(":R::R:\n.A..A.", depth=2), 1, {"axis": Rememberer(), "soviet": Rememberer()})
    session.advance(3 * 60)
    table = session.world.failure_notes
    kept = sorted(zip(table.hq.tolist(), table.hex.tolist(), strict=True))
    assert kept == [(hq, cell) for hq in (0, 1) for cell in (0, 1, 2, 100, 101, 102)]
    again = session.branch()
    again.rewind(60)
    again.advance(3 * 60)
    assert again.digest() == session.digest()
