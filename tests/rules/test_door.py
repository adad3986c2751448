"""The door for orders: what cannot be meant is refused with a code and a sentence, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.model.codes import OrderKind, Task
from engine.model.orders import NEEDS_GOAL, TAKES_NO_GOAL, Order, Refusal
from engine.run.session import Session
from tests.rules.marches import DAY, at, field, row, told

LAND = """
.....~
A....~
.....~
Brrrrr
"""
FAR = 10**9
NEEDS_NONE = sorted(set(OrderKind) - NEEDS_GOAL - {OrderKind.ATTACH, OrderKind.EMBARK, OrderKind.KEEP, OrderKind.LET_GO})
"""Without those that ask for more: ships, or to be called away."""


def ground() -> Session:
    return field(
        LAND,
        {"A": "infantry", "B": {"kind": "rifle", "side": "soviet"}},
        ground={"r": "soviet"},
        headquarters={
            "first": {"side": "axis", "formations": "A"},
            "second": {"side": "axis", "formations": []},
            "enemy": {"side": "soviet", "formations": "B"},
        },
    )


def refused(session: Session, kind: OrderKind, goal: int = -1, name: str = "a1", **more: Any) -> str:
    """The code with which an order of the axis is refused."""
    answer = session.submit("axis", Order(kind, name, goal, **more))[0]
    assert isinstance(answer, Refusal), "the order was accepted"
    assert answer.sentence.endswith(".")
    assert not session.log, "a refused order is not in the log"
    return answer.code


def to(session: Session, hq: str) -> tuple[int, int, int, int]:
    """The detail of an order to attach."""
    return (session.world.statics.headquarters_rows[hq] + 1, 0, 0, 0)


def test_an_order_to_attach_that_names_no_headquarters_is_refused():
    s = ground()
    assert refused(s, OrderKind.ATTACH) == "no_headquarters"
    words = Order.parse("a1: attach", s.scenario.theatre.grid)
    answer = s.submit("axis", words)[0]
    assert isinstance(answer, Refusal)
    assert answer.code == "no_headquarters"


@pytest.mark.parametrize("number", [-1, 4, FAR, -FAR])
def test_nobody_is_attached_to_a_headquarters_that_does_not_exist(number):
    assert refused(ground(), OrderKind.ATTACH, detail=(number, 0, 0, 0)) == "unknown_headquarters"


def test_nobody_is_attached_to_the_enemy():
    s = ground()
    assert refused(s, OrderKind.ATTACH, detail=to(s, "enemy")) == "other_headquarters"


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_formation_is_attached_to_any_headquarters_of_its_side(name):
    s = ground()
    assert s.submit("axis", Order(OrderKind.ATTACH, "a1", detail=to(s, name))) == [None]
    s.advance(DAY)
    assert s.world.formations.hq[row(s, "a1")] == s.world.statics.headquarters_rows[name]


def test_a_later_order_to_march_does_not_overtake_one_to_attach():
    s = ground()
    s.submit("axis", Order(OrderKind.ATTACH, "a1", detail=to(s, "second")))
    s.submit("axis", Order(OrderKind.REST, "a1"))
    s.advance(DAY)
    assert s.world.formations.hq[row(s, "a1")] == s.world.statics.headquarters_rows["second"]
    assert s.world.formations.task[row(s, "a1")] == Task.REST


@pytest.mark.parametrize("kind", sorted(NEEDS_GOAL))
def test_an_order_that_needs_a_hex_is_refused_without_one(kind):
    assert refused(ground(), kind) == "no_goal"


@pytest.mark.parametrize("kind", list(OrderKind))
@pytest.mark.parametrize("goal", [FAR, -2, -FAR])
def test_no_order_names_a_hex_off_the_map(kind, goal):
    s = ground()
    detail = to(s, "second") if kind == OrderKind.ATTACH else (0, 0, 0, 0)
    assert refused(s, kind, goal, detail=detail) == "off_map"


@pytest.mark.parametrize("kind", list(OrderKind))
def test_no_order_names_open_water(kind):
    s = ground()
    detail = to(s, "second") if kind == OrderKind.ATTACH else (0, 0, 0, 0)
    assert refused(s, kind, at(s, 1, 5), detail=detail) == "water"


@pytest.mark.parametrize("kind", list(OrderKind))
def test_no_order_reaches_the_enemys_formations_or_none_at_all(kind):
    s = ground()
    assert refused(s, kind, at(s, 1, 3), "b1") == "other_side"
    assert refused(s, kind, at(s, 1, 3), "nobody") == "unknown_formation"


@pytest.mark.parametrize("kind", list(OrderKind))
def test_no_order_reaches_a_formation_that_is_not_on_the_map(kind):
    s = field("A..\nrrr\n", {"A": {"kind": "infantry", "arrives_min": 2 * DAY}}, ground={"r": "soviet"})
    assert refused(s, kind, at(s, 0, 1)) == "not_here_yet"


@pytest.mark.parametrize("giver", ["enemy", "nobody"])
def test_orders_come_from_headquarters_of_the_side(giver):
    s = ground()
    assert refused(s, OrderKind.MARCH, at(s, 1, 3), hq=giver) == "other_giver"
    assert s.submit("axis", Order(OrderKind.MARCH, "a1", at(s, 1, 3), hq="first")) == [None]


@pytest.mark.parametrize("kind", NEEDS_NONE)
def test_an_order_that_needs_no_hex_is_taken_without_one(kind):
    s = ground()
    told(s, "a1", kind)
    s.advance(DAY)
    assert s.world.formations.hex[row(s, "a1")] == at(s, 1, 0)


@pytest.mark.parametrize("kind", sorted(TAKES_NO_GOAL))
def test_an_order_about_a_formation_wherever_it_stands_names_no_hex(kind):
    s = ground()
    order = Order(kind, "a1", goal=at(s, 2, 1), by_human=True, detail=(2, 0, 0, 0))
    answer = s.check("axis", order)
    assert (answer.code, "names no hex" in answer.sentence) == ("names_a_hex", True)
    answer = s.check("axis", replace(order, goal=-1))
    assert answer is None or answer.code == "not_kept"
