"""Fortress places: who declares and lifts them, and what they mean for orders, battles, surrender, supply and staffs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.model.codes import DirectiveKind, DirectiveState, OrderKind, OrderState
from engine.model.events.fortress import FORTRESS_DECLARED
from engine.model.instruction import Instruction
from engine.model.orders import Order
from engine.model.view import frames_differ
from engine.model.world import World
from engine.rules import fortress, supply, surrender
from engine.rules.combat_retreat import WayBack
from engine.rules.system import System
from engine.run import why
from engine.run.session import Session
from engine.staff.reasons import Reason
from tests.rules import battlefield
from tests.rules.battlefield import battle
from tests.rules.marches import DAY, HOUR, at, field, hex_of, march, of_kind, row, rows_of
from tests.rules.politics_kit import Effect, event, war
from tests.staff import drawn_war
from tests.staff.test_counter_and_pockets import POCKET, RING

battlefield.register()

TOWN = """
.........
.........
..A.M....
....B...~
.........
:::R:::::
"""
M = (2, 4)


def declared(cells: list[int], side: int) -> System:
    """A system that declares hexes a fortress at minute 0."""

    def due(world: World, now: int) -> int:
        return 0 if world.hexes.fortress[cells[0]] < 0 else NEVER

    return System("decree", 0, 15, due, lambda world, minute, dice, trace: [FORTRESS_DECLARED(minute, hex=cells, side=side)])


def besieged(ring: int = 1, **more: Any) -> Session:
    """The Axis has declared town M a fortress, with so many rings, on the first day."""
    place = at(war(TOWN), *M)
    opened = [event("held", at_min=HOUR, does=[Effect("fortress", side="axis", cell=place, ring=ring)])]
    s = war(TOWN, events=[*opened, *more.pop("events", ())], **more)
    s.advance(2 * HOUR)
    return s


def its(s: Session) -> set[int]:
    return set(np.flatnonzero(s.world.hexes.fortress == 0).tolist())


# Declared and lifted.


@pytest.mark.parametrize(("ring", "hexes"), [(0, 1), (1, 7)])
def test_an_event_declares_a_place_and_its_rings(ring: int, hexes: int) -> None:
    s = besieged(ring)
    assert at(s, *M) in its(s)
    assert len(its(s)) == hexes
    (told,) = of_kind(s, "FortressDeclared")
    assert told.minute == HOUR
    assert set(told["hex"].tolist()) == its(s)


def test_only_own_ground_becomes_a_fortress() -> None:
    s = war(TOWN)
    about = fortress.cells_about(s.world, at(s, *M), 1)
    s._pen["hexes"]["owner"][about[:3]] = 1
    (told,) = fortress.decreed(s.world, 0, about, HOUR, lifted=False)
    assert set(told["hex"].tolist()) == set(about[3:].tolist())
    s._pen["hexes"]["owner"][about] = 1
    assert fortress.decreed(s.world, 0, about, HOUR, lifted=False) == []


def test_water_belongs_to_no_fortress() -> None:
    s = war(TOWN)
    cells = fortress.cells_about(s.world, at(s, 3, 7), 1)
    assert at(s, 3, 8) not in cells.tolist()
    assert at(s, 3, 7) in cells.tolist()


def test_an_event_lifts_it_again() -> None:
    later = event("left", at_min=DAY, does=[Effect("fortress", side="axis", cell=at(war(TOWN), *M), ring=1, open=False)])
    s = besieged(events=[later])
    s.advance(2 * DAY)
    assert not its(s)
    assert [e.minute for e in of_kind(s, "FortressLifted")] == [DAY]


def test_a_directive_declares_and_another_lifts_it_whole_and_neither_supersedes_anything() -> None:
    line = {"id": "hold", "hq": "axis_hq", "kind": "defend", "line": [(1, 1), (1, 6)]}
    s = war(TOWN, directives=[line])
    s.advance(DAY)
    place = at(s, *M)
    assert s.submit("axis", Instruction("axis_hq", DirectiveKind.FORTRESS, objective=place, ring=1)) == [None]
    s.advance(2 * DAY)
    assert len(its(s)) == 7
    assert s.world.directives.state.tolist() == [DirectiveState.RUNNING, DirectiveState.DONE]
    s.submit("axis", Instruction("axis_hq", DirectiveKind.LIFT_FORTRESS, objective=place))
    s.advance(3 * DAY)
    assert not its(s)
    assert s.world.directives.state[0] == DirectiveState.RUNNING


def test_a_plan_declares_one_on_its_day() -> None:
    told = {"id": "festung", "hq": "axis_hq", "kind": "fortress", "objective": [M], "ring": 1, "start_day": 2}
    s = war(TOWN, directives=[told])
    s.advance(2 * DAY)
    assert not its(s)
    s.advance(3 * DAY)
    assert len(its(s)) == 7


@pytest.mark.parametrize(
    ("wrong", "code"), [({"objective": -1}, "no_place"), ({"ring": 4}, "ring"), ({"objective": 10**6}, "off_map")]
)
def test_a_decree_that_makes_no_sense_is_refused(wrong: dict[str, int], code: str) -> None:
    s = war(TOWN)
    told = Instruction(**{"hq": "axis_hq", "kind": DirectiveKind.FORTRESS, "objective": at(s, *M), **wrong})
    refusal = s.check("axis", told)
    assert refusal is not None
    assert refusal.code == code


def test_only_a_fortress_can_be_lifted_unless_one_may_be_declared_until_then() -> None:
    s = besieged(ring=0)
    place = at(s, *M)
    lift = Instruction("axis_hq", DirectiveKind.LIFT_FORTRESS, objective=place)
    assert s.check("axis", lift) is None
    elsewhere = replace(lift, objective=at(s, 0, 0))
    refusal = s.check("axis", elsewhere)
    assert refusal is not None
    assert (refusal.code, refusal.sentence.endswith(".")) == ("no_fortress", True)
    assert s.check("axis", replace(elsewhere, start_at=2 * DAY)) is None
    s.submit("axis", lift)
    s.advance(DAY)
    assert s.check("axis", lift) is not None, "it is no fortress any more"


def test_only_its_own_side_sees_it() -> None:
    plain, held = war(TOWN), besieged()
    plain.advance(2 * HOUR)
    assert held.view("soviet").events.ids == ("held",), "the event itself is no secret"
    assert not held.view("soviet").hexes.fortress.any()
    assert frames_differ(plain.view("axis"), held.view("axis")) == "hexes.fortress"


# Orders.


def test_the_garrison_takes_no_order_that_leads_out_until_it_is_lifted() -> None:
    s = besieged()
    for order in (Order(OrderKind.MARCH, "b1", at(s, 0, 0)), Order(OrderKind.ATTACK, "b1", at(s, 5, 4))):
        refusal = s.check("axis", order)
        assert refusal is not None
        assert refusal.code == "fortress"
    for order in (
        Order(OrderKind.MARCH, "b1", at(s, *M)), Order(OrderKind.ENTRENCH, "b1"), Order(OrderKind.MARCH, "a1", at(s, *M)),
    ):
        assert s.check("axis", order) is None
    s.submit("axis", Instruction("axis_hq", DirectiveKind.LIFT_FORTRESS, objective=at(s, *M)))
    s.advance(DAY)
    assert s.check("axis", Order(OrderKind.MARCH, "b1", at(s, 0, 0))) is None


def test_an_order_that_was_on_its_way_fails_when_it_arrives() -> None:
    place = at(war(TOWN), *M)
    s = war(TOWN, events=[event("held", at_min=0, does=[Effect("fortress", side="axis", cell=place, ring=1)])])
    march(s, "b1", at(s, 0, 0))
    s.advance(DAY)
    assert s.world.orders.state.tolist() == [OrderState.FAILED]
    assert hex_of(s, "b1") == at(s, 3, 4)


# Battles.


LINE = """
::::::::
::RRR:::
::.A.:::
........
...B....
........
"""
ATTACK = {f"r{n}": {"attack": "a1"} for n in (1, 2, 3)}


def stormed(ring_of: int = -1, **more: Any) -> Session:
    """Three divisions attack one; with ``ring_of`` 0 or 1 its hex is a fortress with so many rings."""
    s = battle(LINE, ATTACK, **more)
    if ring_of < 0:
        return s
    place = hex_of(s, "a1")
    cells = fortress.cells_about(s.world, place, ring_of).tolist()
    return Session(s.scenario, s.seed, systems=(declared(cells, 0), *s._systems), ledger=True)


def test_a_garrison_yields_less_easily_and_the_battle_says_why() -> None:
    free, held = stormed(), stormed(0)
    for s in (free, held):
        s.advance(6 * HOUR)
    phi = [float(s.world.battles.phi[0]) / 1e6 for s in (free, held)]
    assert phi[1] == pytest.approx(phi[0] + held.world.statics.rules["combat.phi_fortress"], abs=0.01)
    terms = {t.key: t for t in why.why_battle(held, 0).flat()}
    assert terms["phi_fortress"].value == pytest.approx(held.world.statics.rules["combat.phi_fortress"])
    assert terms["phi_fortress"].address == "combat.phi_fortress"


def test_a_garrison_gives_way_only_within_its_fortress() -> None:
    alone, wide = stormed(0), stormed(1)
    for s in (alone, wide):
        s.advance(HOUR)
    here = hex_of(alone, "a1")
    assert WayBack(stormed().world, HOUR).find(0, here)[0] >= 0
    assert WayBack(alone.world, HOUR).find(0, here)[0] == -1
    to = WayBack(wide.world, HOUR).find(0, here)[0]
    assert to in its(wide)


def test_what_is_off_by_the_switch_is_ground_like_any_other() -> None:
    s = stormed(0, sets={"switch.fortress": 0})
    s.advance(6 * HOUR)
    plain = stormed(sets={"switch.fortress": 0})
    plain.advance(6 * HOUR)
    assert int(s.world.battles.phi[0]) == pytest.approx(int(plain.world.battles.phi[0]), abs=10_000)
    assert not fortress.garrison(s.world, [row(s, "a1")])[0]


def test_a_garrison_lays_down_its_arms_less_easily() -> None:
    hazards = []
    for ring in (-1, 0):
        s = battle(LINE, {"a1": {"cut_off_since": 0, "cohesion_n": 100_000_000}})
        if ring >= 0:
            cells = [hex_of(s, "a1")]
            s = Session(s.scenario, s.seed, systems=(declared(cells, 0), *s._systems), ledger=True)
        s.advance(HOUR)
        hazards.append(float(surrender.hazards(s.world, np.array([row(s, "a1")]), HOUR)[0]))
    factor = s.world.statics.rules["combat.surrender_fortress"]
    assert hazards[1] == pytest.approx(hazards[0] * factor)
    assert 0.0 < hazards[1] < hazards[0]


# Supply.


def test_a_garrison_is_supplied_before_others() -> None:
    text = """
    ::::::::
    :::.::::
    ..A.B...
    ........
    """
    shares = {}
    for ring in (-1, 0):
        s = field(text, {"A": {"ammo_days": 0, "food_days": 0}, "B": {"ammo_days": 0, "food_days": 0}},
                  sets={"switch.replacements": 0}, supply=False,
                  sources=[{"side": "axis", "kind": "edge", "at": (3, 3), "capacity_t": 60}])  # fmt: skip
        if ring >= 0:
            cells = [hex_of(s, "b1")]
            s = Session(s.scenario, s.seed, systems=(declared(cells, 0), *s._systems), ledger=True)
        s.advance(DAY + 1)
        got = {r["formation"]: r["supplied"] for r in rows_of(s, "Supplied")}
        shares[ring] = (got[row(s, "a1")], got[row(s, "b1")])
    assert shares[-1][0] == pytest.approx(shares[-1][1], rel=0.1), "rivals share"
    assert shares[0][1] > shares[-1][1]
    assert shares[0][0] < shares[-1][0]


def test_classes_of_garrisons_come_first_and_nothing_is_asked_twice() -> None:
    s = besieged()
    rows = np.array([row(s, "a1"), row(s, "b1")])
    kg = np.array([[1, 2], [3, 4], [5, 6]])
    assert supply._garrisons_first(s.world, rows, kg).tolist() == [[0, 2], [0, 4], [0, 6], [1, 0], [3, 0], [5, 0]]
    plain = war(TOWN)
    assert supply._garrisons_first(plain.world, rows, kg) is kg


# Staffs.


def ringed(*, kept: bool) -> Session:
    """A group in a pocket whose staff may move freely; with ``kept`` all of it stands in a fortress."""
    s = drawn_war.war(POCKET, days=5, depth=4, formations=RING, directives=[{"side": "soviet", "kind": "defend"}])
    if not kept:
        return s
    cells = fortress.cells_about(s.world, drawn_war.cell_of(s, "g3"), 2).tolist()
    assert {drawn_war.cell_of(s, n) for n in ("g1", "g2", "g3")} <= set(cells)
    commanders = {side: drawn_war.Staff() for side in ("axis", "soviet")}
    return Session(s.scenario, s.seed, commanders=commanders, systems=(declared(cells, 1), *s._systems))


def test_the_staff_of_a_fortress_does_not_break_out() -> None:
    seen = {}
    for kept in (False, True):
        s = ringed(kept=kept)
        s.advance(4 * DAY)
        seen[kept] = [reason for n in ("g1", "g2", "g3")
                      for minute, _, _, reason in drawn_war.orders_to(s, n) if minute > HOUR]  # declared in the first hour
        left = {int(s.world.formations.hex[drawn_war.row(s, n)]) for n in ("g1", "g2", "g3")}
        if kept:
            inside = set(np.flatnonzero(s.world.hexes.fortress == 1).tolist())
            assert left <= inside | {-1}
    assert Reason.BREAK_OUT in seen[False]
    assert Reason.BREAK_OUT not in seen[True]
