"""A day's march is done in some hours: short marches go at the pace of a column, long ones at the sustained pace."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.calendar import HOUR
from engine.core.dice import Dice, Stream
from engine.rules.march_day import quickened
from engine.run.session import Session
from tests.rules.marches import DAY, at, field, hex_of, march
from tests.rules.test_movement import rows_of

LONG = "A" + "." * 29 + "\n" + "." * 30 + "\n"
RULES = {"movement.column_pace": 0.25, "movement.burst_h": 8.0, "switch.short_marches": 1.0}


def column(on: int = 1) -> Session:
    return field(LONG, {"A": "infantry"}, days=20, sets={"switch.short_marches": on, "switch.daylight": 0})


def days_for(session: Session, hexes: int) -> float:
    march(session, "a1", at(session, 0, hexes))
    for hour in range(20 * 24):
        session.advance((hour + 1) * HOUR)
        if hex_of(session, "a1") == at(session, 0, hexes):
            return session.now / DAY
    raise AssertionError("it never arrived")


def legs(session: Session) -> list[int]:
    return [r["leg_at"] - r["departed_at"] for r in rows_of(session, "Departed")]


def test_the_rested_go_the_first_hex_about_four_times_as_fast() -> None:
    quick, slow = column(), column(0)
    for s in (quick, slow):
        march(s, "a1", at(s, 0, 1))
        s.advance(DAY)
    start = 2 * HOUR
    assert legs(quick)[0] - start == pytest.approx(0.25 * (legs(slow)[0] - start), abs=2)


def test_a_long_march_keeps_the_sustained_pace_but_for_the_head_start() -> None:
    ahead = days_for(column(0), 24) - days_for(column(), 24)
    assert 5 / 24 <= ahead <= 8 / 24, "never more than the burst"
    quick = column()
    days_for(quick, 24)
    slow = column(0)
    days_for(slow, 24)
    assert legs(quick)[5:-1] == legs(slow)[5:-1]


def test_a_night_of_rest_gives_the_short_march_back() -> None:
    s = column()
    march(s, "a1", at(s, 0, 3))
    s.advance(3 * DAY)
    march(s, "a1", at(s, 0, 4))
    s.advance(4 * DAY)
    assert legs(s)[3] == legs(s)[0]


def test_nothing_is_won_by_stopping_and_starting() -> None:
    """Cut into orders of a hex each, the march is no quicker than in one piece."""
    whole, pieces = column(), column()
    march(whole, "a1", at(whole, 0, 12))
    for hour in range(20 * 24):
        here = hex_of(pieces, "a1") - at(pieces, 0, 0)
        if here < 12:
            march(pieces, "a1", at(pieces, 0, here + 1))
        pieces.advance((hour + 1) * HOUR)
        if here >= 12:
            break
    whole.advance(pieces.now)
    assert hex_of(whole, "a1") == at(whole, 0, 12)


def test_monotone_and_bounded_for_any_legs() -> None:
    legs_, tired, start = (
        (Dice(7).uniform(Stream.SAMPLE, np.arange(20_000), 0, draw) * top).astype(np.int64)
        for draw, top in enumerate((3000, 90_000, 90_000))
    )
    saved, until = quickened(RULES, legs_, tired, start)
    assert (saved >= 0).all()
    assert (legs_ - saved >= np.floor(legs_ * 0.25)).all()
    assert (until >= start + legs_).all()
    more, _ = quickened(RULES, legs_, tired + 60, start)
    assert (more <= saved).all(), "the more tired save less"


def test_switched_off_every_leg_takes_its_sustained_time() -> None:
    saved, _ = quickened({**RULES, "switch.short_marches": 0.0}, np.array([300]), np.array([0]), np.array([0]))
    assert saved.tolist() == [0]
