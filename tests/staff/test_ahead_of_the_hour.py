"""Withdrawals by the clock: orders in time, two bounds, nothing begun on the eve, and a front that nobody else goes to man."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.core.arithmetic import PPM
from engine.model.codes import OrderKind
from engine.run.session import Session
from engine.staff.enemy_maps import enemy_maps
from engine.staff.reasons import EndReason, Reason
from tests.staff.drawn_war import DAY, HOUR, cell_of, of_side, orders_to, place, seeds, tell, war

LINE = """
    :R:::R:::R:::R:
    .A..A..A..A..A.
    ...............
    """
HOLD = {"side": "axis", "kind": "defend", "line": [(1, 0), (1, 14)], "start_min": 0}
BACK = {"side": "axis", "kind": "withdraw", "line": [(6, 0), (6, 14)], "start_min": 2 * DAY}


def _back(directives: list[dict[str, Any]] | None = None, days: int = 5, **leader: Any) -> Session:
    staffs = {"axis_hq": {"side": "axis", **leader}, "soviet_hq": {"side": "soviet"}}
    return war(LINE, days=days, depth=8, led=["axis"], headquarters=staffs, directives=directives or [HOLD, BACK])


def _goes_back(session: Session) -> bool:
    return any(kind == "WITHDRAW" for name in of_side(session, "axis") for _, kind, _, _ in orders_to(session, name))


def _first_told(session: Session) -> dict[str, tuple[int, Reason]]:
    """Hour and reason of the first order to go back to each formation."""
    told = {name: orders_to(session, name) for name in of_side(session, "axis")}
    return {name: next((at // HOUR, why) for at, kind, _, why in orders if kind == "WITHDRAW") for name, orders in told.items()}


@pytest.mark.parametrize("echelon", ["corps", "army"])
@pytest.mark.parametrize("staff", [1.0, 0.5])
def test_the_bounds_leave_half_a_day_apart_and_the_order_is_not_over_before_its_hour(echelon: str, staff: float):
    session = _back(echelon=echelon, staff=staff)
    ended = session.world.staff_notes.end_reason
    while session.now < 2 * DAY:
        session.advance(session.now + 3 * HOUR)
        assert EndReason.ON_THE_LINE not in ended.tolist() or session.now >= 2 * DAY
    session.advance(5 * DAY)
    told = _first_told(session)
    hours = {why: {hour for hour, reason in told.values() if reason == why} for _, why in told.values()}
    assert set(hours) == {Reason.WITHDRAW_FIRST, Reason.WITHDRAW_SECOND}
    assert max(hours[Reason.WITHDRAW_FIRST]) < 48
    assert min(hours[Reason.WITHDRAW_SECOND]) - max(hours[Reason.WITHDRAW_FIRST]) == 12
    assert "MARCH" not in {kind for name in told for at, kind, _, _ in orders_to(session, name) if 30 <= at // HOUR < 72}


def test_what_is_told_for_the_hours_before_is_done_first():
    between = {"side": "axis", "kind": "defend", "line": [(3, 0), (3, 14)], "start_min": 2 * DAY - 2 * HOUR}
    session = _back([HOLD, BACK, between])
    session.advance(2 * DAY - HOUR)
    assert not _goes_back(session)
    session.advance(4 * DAY)
    assert _goes_back(session)


SALIENT = """
    ...........
    .....A.....
    ..A.:R..A..
    ....:..B...
    ....:......
    ::::R::::R:
    """


@pytest.mark.parametrize(("eve_h", "strikes"), [(48, False), (0, True)])
def test_on_the_eve_of_leaving_a_line_nobody_begins_a_counter_attack(eve_h: int, strikes: bool):
    struck = set[Reason]()
    for seed in seeds(3):
        back = {"side": "axis", "kind": "withdraw", "line": [(0, 0), (0, 10)], "start_min": 3 * DAY - HOUR}
        session = war(
            SALIENT, days=6, depth=3, led=["axis"], seed=seed, formations={"r1": {"strength": 0.4}, "B": "panzer"},
            directives=[back], sets={"staff.eve_h": eve_h},
        )  # fmt: skip
        session.advance(DAY + HOUR)
        tell(session, "soviet", OrderKind.ATTACK, ["r1"], cell_of(session, "a1"))
        session.advance(3 * DAY - 6 * HOUR)
        struck |= {why for name in of_side(session, "axis") for _, _, _, why in orders_to(session, name)}
    assert bool(struck & {Reason.COUNTER_SALIENT, Reason.COUNTER_BASE}) == strikes


TWO_CORPS = "\n".join([
    ":R:::R:::R:::R:::R:::R:::R:",
    ".A..A..A..A...B...B...B...B",
    *["." * 27] * 2,
    "................B...B......",
    *["." * 27] * 8,
])  # fmt: skip


def test_a_front_that_a_corps_gives_up_is_not_manned_by_its_neighbour():
    staffs = {"one": {"side": "axis", "formations": "A"}, "two": {"side": "axis", "formations": "B"},
              "soviet_hq": {"side": "soviet"}}  # fmt: skip
    hold = [{"hq": hq, "kind": "defend", "line": [(1, a), (1, b)], "start_min": 0} for hq, a, b in
            (("one", 0, 12), ("two", 13, 26))]  # fmt: skip
    back = {"hq": "one", "kind": "withdraw", "line": [(10, 0), (10, 12)], "start_min": 2 * DAY}
    session = war(TWO_CORPS, days=4, depth=4, led=["axis"], headquarters=staffs, directives=[*hold, back])
    far = []
    while session.now < 3 * DAY + 6 * HOUR:
        session.advance(session.now + 3 * HOUR)
        far += [place(session, name, 4) for name in of_side(session, "axis") if name.startswith("b")]
    assert min(column for _, column in far) >= 9, "to bend its flank back is all it does"


def test_who_is_seen_on_the_march_screens_the_next_hexes_only():
    grid = war(LINE, days=1).world.statics.grid
    cell, one = int(grid.size // 2), np.ones(1, np.int64)
    reach, screen = np.full(37, 1000, np.int64), np.array([0] + [500] * 6 + [250] * 12, np.int64)
    p = np.array([PPM // 3, 10**9, 1300, 60, 30, 100])
    wide = []
    for moving in (0, 1):
        maps = enemy_maps(
            grid.ring_table(3), np.array([cell], np.int32), 5000 * one, 5000 * one, PPM * one, moving * one, reach, screen,
            np.full(grid.size, PPM, np.int64), p,
        )  # fmt: skip
        wide.append({int(grid.distance(cell, int(there))) for there in np.flatnonzero(maps.defence)})
    assert wide == [{0, 1, 2}, {0, 1}]
