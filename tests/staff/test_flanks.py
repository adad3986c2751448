"""Flanks refused: where the neighbour has gone back a reserve goes to the open flank, or the end of the line bends back."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.calendar import HOUR
from engine.files.drawn import drawn_cell
from engine.model.codes import OrderKind
from engine.model.orders import Order
from engine.run.session import Session
from engine.staff.reasons import Reason
from tests.staff.drawn_war import DAY, plan, row, war

DEPTH = 4
HELD = {"axis_west": {"side": "axis", "formations": "AC"}, "axis_east": {"side": "axis", "formations": "B"},
        "red": {"side": "soviet", "formations": "R"}}  # fmt: skip
OPEN = """
:::R:::R::::::::::::::
.A...A...A.:::::::::::
...........:::::::::::
...........::::R::::::
...........:::::::::::
...........:::::::::::
...C.......B.....B...B
......................
"""
LINE = [(1, 0), (1, 9)]
STAND = {"id": "stand", "hq": "axis_west", "kind": "defend", "line": LINE, "reserve": ["c1"]}


def held(text: str = OPEN, *, taken: bool = True, directive: dict[str, Any] | None = None, **more: Any) -> Session:
    """Two corps; the ground before the eastern one was taken from it in the night, or has always been the enemy's."""
    session = war(text, days=10, depth=DEPTH, led=[], headquarters=HELD, directives=[directive or STAND],
                  formations={"C": "infantry"}, **more)  # fmt: skip
    session.advance(DAY)
    if taken:
        for line in range(1, 6):
            for column in range(11, 22):
                session._pen["hexes"]["owner_since"][drawn_cell(session.scenario, line, column, DEPTH)] = 12 * HOUR
    return session


def told(session: Session) -> list[Order]:
    flank = (Reason.FLANK_GUARD, Reason.BENT_BACK)
    return [order for order in plan(session, "axis") if Reason(order.reason) in flank]


def spot(session: Session, order: Order) -> tuple[int, int]:
    columns = session.world.statics.grid.columns
    return order.goal // columns - DEPTH, order.goal % columns


def test_the_reserve_goes_to_a_flank_from_which_the_neighbour_has_gone_back() -> None:
    session = held()
    (order,) = told(session)
    assert (order.kind, order.formation, Reason(order.reason)) == (OrderKind.MARCH, "c1", Reason.FLANK_GUARD)
    line, column = spot(session, order)
    assert 2 <= line <= 4
    assert column >= 9, "at the edge of the ground that was lost, behind the end of the line"


def test_a_bend_that_has_always_been_there_is_part_of_the_line() -> None:
    assert told(held(taken=False)) == []


def test_without_a_reserve_the_end_of_the_line_bends_back() -> None:
    session = held(OPEN.replace("C", "."), directive={**STAND, "reserve": []})
    orders = told(session)
    assert [(order.formation, Reason(order.reason)) for order in orders] == [("a3", Reason.BENT_BACK)]
    assert spot(session, orders[0])[0] >= 2


def test_who_must_stand_fast_bends_nothing_back() -> None:
    session = held(OPEN.replace("C", "."), directive={**STAND, "reserve": [], "permission": "stand_fast"})
    assert told(session) == []


@pytest.mark.parametrize("back", [1, 2])
def test_a_neighbour_who_is_a_hex_or_two_behind_opens_no_flank(back: int) -> None:
    lines = OPEN.strip().splitlines()
    shallow = [*lines[: 1 + back], lines[6], *[lines[7]] * 5]
    assert told(held("\n".join(shallow))) == []


def test_the_guard_stays_where_he_is_and_no_second_one_follows() -> None:
    session = held()
    (order,) = told(session)
    session._pen["formations"]["hex"][row(session, "c1")] = order.goal
    assert [o for o in told(session) if o.kind != OrderKind.HOLD] == []


def test_a_flank_that_a_neighbour_covers_needs_no_guard() -> None:
    session = held()
    (order,) = told(session)
    session._pen["formations"]["hex"][row(session, "b1")] = order.goal
    assert told(session) == []
