"""The high command keeps who is needed of those whom a date calls away, and lets the others go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.model.codes import OrderKind, Status
from engine.model.forces import ReinforcementSpec
from engine.run.session import Session
from engine.staff.high.commander import HighCommand
from engine.staff.reasons import Reason
from engine.staff.staff import Staff
from tests.staff.drawn_war import DAY

DEPTH = 4
FRONT = """
................
................
....B...........
.A...A....A...A.
:R:::R::::R:::R:
::::::::::::::::
"""
STAFFS = {
    "top": {"side": "axis", "formations": [], "echelon": "army_group"},
    "army": {"side": "axis", "formations": "AB", "parent": "top", "echelon": "army"},
    "front": {"side": "soviet", "formations": "R", "echelon": "front"},
}
STRONG, WEAK = {"kind": "rifle", "strength": 3.0}, {"kind": "rifle", "strength": 0.3}


def war(
    enemy: Any, commander: Any, *, kind: str = "withdraw", who: str = "b1", at: int = 4 * DAY, text: str = FRONT, **more: Any
) -> Session:
    """A line with one division in reserve; ``who`` is called away at a minute."""
    made = drawn_scenario(text, {"A": "infantry", "B": "infantry", "R": enemy}, headquarters=STAFFS, depth=DEPTH,
                          days=8, **more)  # fmt: skip
    called = ReinforcementSpec("called", kind, who, at)
    return Session(replace(made, reinforcements=(called,)), 1, {"axis": commander}, keep_frames=False)


def status(s: Session, name: str = "b1") -> int:
    return int(s.world.formations.status[s.world.statics.formation_rows[name]])


def said(s: Session) -> list[tuple[OrderKind, Reason]]:
    """Orders of the axis side to stay or go, with their reasons, in order."""
    given = [order for entry in s.log for order in entry.orders if order.kind in (OrderKind.KEEP, OrderKind.LET_GO)]
    return [(order.kind, Reason(order.reason)) for order in given]


def test_who_is_called_from_an_outnumbered_front_stays() -> None:
    s = war(STRONG, HighCommand())
    s.advance(7 * DAY)
    assert said(s) == [(OrderKind.KEEP, Reason.NEEDED_ON_THE_FRONT)], "told once, not every day"
    assert status(s) == Status.ON_MAP


def test_whom_the_front_can_spare_goes_when_he_is_called() -> None:
    s = war(WEAK, HighCommand())
    s.advance(4 * DAY + 60)
    assert said(s) == []
    assert status(s) == Status.WITHDRAWN


@pytest.mark.parametrize("enemy", [STRONG, WEAK], ids=["strong", "weak"])
def test_a_transfer_to_another_sector_is_the_plans_and_ends_with_it(enemy: Any) -> None:
    s = war(enemy, HighCommand(), kind="transfer")
    s.advance(7 * DAY)
    assert said(s) == [(OrderKind.KEEP, Reason.PLANS_TRANSFER)]
    assert status(s) == Status.ON_MAP


@pytest.mark.parametrize("kind", ["withdraw", "transfer"])
def test_a_staff_that_follows_its_plan_lets_both_go(kind: str) -> None:
    s = war(STRONG, Staff(), kind=kind)
    s.advance(4 * DAY + 60)
    assert status(s) == Status.WITHDRAWN


def test_who_was_kept_is_let_go_when_the_danger_is_over() -> None:
    s = war(STRONG, HighCommand())
    s.advance(5 * DAY)
    assert status(s) == Status.ON_MAP
    theirs = np.flatnonzero(s.world.formations.side == 1)
    s._pen["formations"]["men_u"][theirs] //= 20
    s._pen["sightings"]["men"][:] //= 20
    s.advance(8 * DAY)
    assert said(s)[-1] == (OrderKind.LET_GO, Reason.LET_GO)
    assert status(s) == Status.WITHDRAWN


def test_the_only_garrison_of_a_threatened_port_stays_though_the_front_is_safe() -> None:
    text = "~1B" + "." * 13 + "\n" + FRONT.strip().replace("B", ".")
    s = war(WEAK, HighCommand(), text=text, ports={"1": 3000})
    s.advance(7 * DAY)
    assert said(s) == [(OrderKind.KEEP, Reason.NEEDED_AT_A_PLACE)]
    assert status(s) == Status.ON_MAP
