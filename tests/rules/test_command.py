"""Command: how long orders take by level, side, staff and distance, and what directives wait for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.model.codes import DirectiveState, OrderKind, OrderState
from engine.model.orders import Order
from engine.rules.couriers import LEAST_DELAY_MIN, courier_minutes
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, at, field, row

FIELD = """
::::::1:::
:::R::::::
..........
.A...B....
..........
"""


def staffs(echelon: str = "corps", staff: float = 1.0, kind: str = "infantry", **sets: Any) -> Session:
    """A session in which couriers take their time, with one headquarters a side."""
    hq = {"axis_hq": {"side": "axis", "formations": "AB", "echelon": echelon, "staff": staff},
          "soviet_hq": {"side": "soviet", "formations": "R", "echelon": echelon}}  # fmt: skip
    kinds = {"A": "infantry", "B": kind, "R": "rifle"}
    return field(FIELD, kinds, headquarters=hq, sets={"switch.command_delay": 1, **sets})


def hours(session: Session, name: str, orders: int = 400) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Shape (orders,): how long so many orders to a formation take."""
    rows = np.full(orders, row(session, name))
    return courier_minutes(session.world, rows, 0, session.dice(0)) / HOUR


@pytest.mark.parametrize("side", ["axis", "soviet"])
@pytest.mark.parametrize("level", ["division", "corps", "army", "front"])
def test_an_order_usually_takes_the_time_of_its_level(side: str, level: str) -> None:
    s = staffs(level)
    usual = s.world.statics.rules[f"command.delay_{side}_{level}_h"]
    found = hours(s, "a1" if side == "axis" else "r1")
    assert np.median(found) == pytest.approx(usual, rel=0.1)
    assert np.log(found).std() == pytest.approx(s.world.statics.rules["command.delay_spread"], abs=0.1)


def test_a_good_staff_is_quicker_and_no_order_takes_less_than_a_quarter_of_an_hour() -> None:
    poor, good = (np.median(hours(staffs(staff=quality), "a1")) for quality in (0.5, 1.5))
    assert poor == pytest.approx(3 * good, rel=0.05)
    quick = staffs(**{"command.delay_axis_corps_h": 0.01})
    assert (hours(quick, "a1") * HOUR == LEAST_DELAY_MIN).all()


def test_beyond_the_range_of_wire_and_radio_a_courier_rides() -> None:
    near, far = staffs(), staffs(**{"command.range_km": 0.0})
    assert (hours(far, "b1") > hours(near, "b1")).all()


@pytest.mark.parametrize(("reach", "farther"), [(1.0, False), (2.0, True)])
def test_radio_cars_reach_who_drives_farther_off_than_who_walks(reach: float, farther: bool) -> None:
    sets = {"command.range_km": 6.0, "command.range_driven": reach}
    walks, drives = (hours(staffs(kind=kind, **sets), "b1") for kind in ("infantry", "tank_brigade"))
    assert (drives < walks).all() if farther else (drives == walks).all()


def test_the_later_of_two_orders_counts_and_the_earlier_is_overtaken() -> None:
    s = staffs()
    s.submit("axis", Order(OrderKind.REST, "a1", by_human=True))
    s.advance(15)
    s.submit("axis", Order(OrderKind.MARCH, "a1", at(s, 4, 4), by_human=True))
    s.advance(2 * DAY)
    states = dict(zip(s.world.orders.kind.tolist(), s.world.orders.state.tolist(), strict=True))
    assert states[OrderKind.REST] == OrderState.SUPERSEDED
    assert states[OrderKind.MARCH] == OrderState.DONE


def waiting(trigger: str, **more: Any) -> Session:
    """A directive of the other headquarters that waits from the first day."""
    hq = {"axis_hq": {"side": "axis", "formations": "A"}, "second": {"side": "axis", "formations": "B"},
          "soviet_hq": {"side": "soviet", "formations": "R"}}  # fmt: skip
    first = {"id": "first", "hq": "axis_hq", "kind": "defend", "start_day": 0, "end_day": 3}
    then = {"id": "then", "hq": "second", "kind": "defend", "trigger": trigger, **more}
    return field(FIELD, headquarters=hq, directives=[first, then])


def begun(session: Session) -> bool:
    """Whether the waiting directive is in force."""
    return int(session.world.directives.state[1]) == DirectiveState.RUNNING


def test_a_directive_follows_another_at_the_hour_at_which_that_ends() -> None:
    s = waiting("after:first")
    s.advance(3 * DAY)
    assert not begun(s)
    s.advance(3 * DAY + HOUR + 1)
    assert begun(s)


@pytest.mark.parametrize("trigger", ["taken:1", "lost:1"])
def test_a_directive_waits_until_a_place_is_taken_or_is_not_ones_own(trigger: str) -> None:
    s = waiting(trigger)
    s.advance(DAY)
    assert begun(s) is (trigger == "lost:1")
    s._pen["hexes"]["owner"][at(s, 0, 6)] = 0
    s.advance(DAY + 2 * HOUR)
    assert begun(s)


def test_a_trigger_is_not_looked_at_before_the_directives_hour() -> None:
    s = waiting("lost:1", start_day=2)
    s.advance(2 * DAY)
    assert not begun(s)
    s.advance(2 * DAY + HOUR + 1)
    assert begun(s)
