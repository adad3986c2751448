"""Operational pauses: an attack that has outrun its ammunition or fuel holds, and goes on when it is supplied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.core.columns import FINE
from engine.model.commander import Notes
from engine.rules.demand import needs
from engine.run.session import Session
from engine.staff.pausing import pauses
from engine.staff.plans import Plans
from engine.staff.reasons import Reason, reason_sentence
from engine.staff.situation import Situation
from tests.staff.drawn_war import DAY, HOUR, events, orders_to, reasons, row, run, war

MAP = ":R::R:#:R::R:\n...AAAA......"
THRUST = {"side": "axis", "kind": "attack", "axis": [(1, 6), (-5, 6)], "assault": "A", "start_min": 0}
GROUP = ("a1", "a2", "a3", "a4")


def short_of(*, days: float = 2, supply: bool = True, directive: dict[str, Any] | None = None, **stocks: float) -> Session:
    """An attack by four panzer divisions with these stocks, after some days."""
    return run(
        MAP, days=days, depth=6, supply=supply, directives=[directive or THRUST],
        formations={"A": {"kind": "panzer", **stocks}, "R": {"kind": "rifle", "strength": 0.6}},
    )  # fmt: skip


def begun(session: Session) -> int:
    """When the first of the group was told to attack, NEVER if none was."""
    told = [minute for name in GROUP for minute, kind, _, _ in orders_to(session, name) if kind == "ATTACK"]
    return min(told, default=NEVER)


@pytest.mark.parametrize("stocks", [{"ammo_days": 0.1}, {"fuel_days": 0.1}], ids=["ammunition", "fuel"])
def test_an_attack_without_ammunition_or_fuel_holds_and_says_so(stocks: dict[str, float]) -> None:
    session = short_of(days=0.75, supply=False, **stocks)
    assert begun(session) == NEVER
    assert {reasons(session)[name] for name in GROUP} == {Reason.SUPPLY_PAUSE}
    assert "pauses for supply" in reason_sentence(session.world, "a1")


def test_the_same_attack_with_full_stocks_begins_at_once() -> None:
    assert begun(short_of(days=0.75)) < 6 * HOUR


def test_it_goes_on_when_it_has_been_supplied() -> None:
    session = short_of(ammo_days=0.1)
    assert begun(short_of()) == 0
    assert 0 < begun(session) < DAY, "after the first delivery"
    assert events(session, "Engaged")


def test_who_gets_no_supply_does_not_wait_for_ever() -> None:
    session = short_of(days=6, supply=False, ammo_days=0.1)
    assert 4 * DAY <= begun(session) < 5 * DAY


def test_one_brigade_without_fuel_does_not_stop_an_army() -> None:
    session = run(
        MAP, days=0.75, depth=6, supply=False, directives=[THRUST],
        formations={"A": {"kind": "infantry", "fuel_days": 2.0}, "a4": {"kind": "panzer", "strength": 0.3, "fuel_days": 0.0},
                    "R": {"kind": "rifle", "strength": 0.4}},
    )  # fmt: skip
    assert begun(session) < NEVER


def hold(session: Session, ammunition: float) -> None:
    """Give the group so many days of defence of ammunition."""
    f = session.world.formations
    rows = np.array([row(session, name) for name in GROUP])
    need = needs(session.world.statics).ammo_defence[f.kind[rows]]
    session._pen["formations"]["ammo_g"][rows] = (ammunition * need * f.read("men", session.now)[rows] / FINE).astype(np.int64)


def paused(session: Session, notes: Notes) -> bool:
    s = Situation(session.view("axis"), notes)
    plans = Plans(s)
    plan = next(p for p in plans.of.values() if plans.attacking(p))
    group = np.array([s.view.own.at(row(session, name)) for name in GROUP])
    return pauses(s, plans, plan.hq, plan.current, group)


def test_between_the_two_thresholds_a_pause_goes_on_and_an_attack_too() -> None:
    session = war(MAP, days=10, depth=6, led=[], directives=[THRUST], formations={"A": "panzer", "R": "rifle"})
    session.advance(HOUR)
    notes = Notes(*session.world.note_tables())
    told = []
    for ammunition in (2.0, 0.7, 0.4, 0.7, 1.1, 0.7):
        hold(session, ammunition)
        told.append(paused(session, notes))
    assert told == [False, False, True, True, False, False]
    hq = session.world.formations.hq[row(session, "a1")]
    assert notes.staff["resumed_at"][hq] == session.now > -NEVER
    hold(session, 0.4)
    assert not paused(session, notes), "it has just paused: no sooner than some days after"


def test_a_break_out_waits_for_no_supply() -> None:
    session = war(MAP, days=10, depth=6, led=[], directives=[{**THRUST, "kind": "break_out"}],
                  formations={"A": "panzer", "R": "rifle"})  # fmt: skip
    session.advance(HOUR)
    hold(session, 0.1)
    assert not paused(session, Notes(*session.world.note_tables()))
