"""Every kind of event can say why: the wars of this and of other tests show all kinds, and one of each is explained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.hexes import Grid
from engine.files.common import common_parameters
from engine.lab.commanders import commanders
from engine.model.codes import DirectiveKind, OrderKind
from engine.model.events import EVENT_KINDS
from engine.model.instruction import Instruction
from engine.model.orders import Order
from engine.model.tables import TABLES
from engine.rules.grounds import GROUNDS
from engine.rules.systems import SYSTEMS
from engine.run.paranoia import Diverged
from engine.run.session import Session
from engine.run.why import Term, Why
from tests.rules import (
    test_arrivals,
    test_combat,
    test_control,
    test_embarking,
    test_headquarters,
    test_landings,
    test_open_ice,
    test_people,
    test_politics,
    test_rail_moves,
    test_sea_ports,
    test_works,
)
from tests.rules.marches import DAY, HOUR, at
from tests.rules.politics_kit import Condition, Effect, event, hands, war

RULES = Path(__file__).resolve().parents[2] / "engine"
STORM = """
::R:R::R:T:R:R::
:R:RTRRTR:RRR:R:
.A...A.P.A..A...
=====+=====+====
..B....f....B...
...3...#......2.
................
................
"""
WIDE, HIGH = 16, 13
FORT = 147
"""A hex of the Axis' rear."""
KINDS = [name for name in EVENT_KINDS if not name.startswith("Test")]
"""All kinds but those that tests add for their own ends."""


def railway() -> dict[str, Any]:
    near, rail = Grid(WIDE, HIGH, 0.0, 0.0, "D").neighbours, np.zeros((WIDE * HIGH, 6), np.uint8)
    for row in range(HIGH - 1):
        cell = row * WIDE + 7
        rail[cell, np.flatnonzero(near[cell] == cell + WIDE)] = 1
    return {"rail": rail, "gauge": np.where(rail > 0, 1, 0)}


def storm(seed: int) -> Session:
    """Two weeks of a Red Army attack on a weak line, with everything that dates and events can bring."""
    people = [
        {"id": "draft", "kind": "conscription", "side": "soviet", "cell": 40, "radius_km": 40, "men_day": 90},
        {"id": "healed", "kind": "convalescents", "side": "soviet"},
        {"id": "home", "kind": "release", "side": "axis", "share_day": 0.02, "opens": "event"},
        {"id": "bands", "kind": "partisans", "side": "soviet", "cell": 151, "radius_km": 60, "men": 4000},
    ]
    told = [
        event("delayed", Condition("held", "soviet", cell=40, text="held"), after_days=1.0),
        event("whisper", at_min=DAY, side="axis", secret=True),
        event("turn", at_min=2 * DAY, does=[
            Effect("withdraw", subjects=("a2",)), Effect("arrive", subjects=("b2",)), Effect("people", subjects=("home",)),
            Effect("permission", subjects=("axis_hq",), permission="free"),
            Effect("supply", subjects=("axis_rear",), capacity_t=900),
            Effect("commander", subjects=("a1", "axis_hq"), text="X"), Effect("attach", subjects=("a1",), hq="axis_hq"),
        ]),
        event("festung", at_min=DAY, does=[Effect("fortress", side="axis", cell=FORT, ring=1)]),
        event("no_more", at_min=2 * DAY, does=[Effect("fortress", side="axis", cell=FORT, open=False)]),
        event("over", at_min=13 * DAY, does=[
            Effect("surrender", side="axis"), Effect("hand_over", side="axis"), Effect("end"),
        ]),
    ]  # fmt: skip
    changes = [
        {"kind": "replacements", "subject": "r1", "at_min": DAY, "men": 300},
        {"kind": "attach", "subject": "lower", "at_min": DAY, "hq": "axis_hq"},
    ]
    return war(
        STORM,
        {"T": "tank_corps", "P": "panzer", "A": {"men": 5000, "cohesion": 0.6}, "B": {"men": 4000},
         "b2": {"arrives_min": 99 * DAY}},
        people=people, events=told, changes=changes, seed=seed, days=14, depth=3, frames=True,
        headquarters={
            "axis_hq": {"side": "axis", "formations": ["a1", "a2", "a3", "a4", "p1", "b1", "b2"], "echelon": "army"},
            "lower": {"side": "axis", "formations": []},
            "soviet_hq": {"side": "soviet", "formations": [*(f"r{i}" for i in range(1, 13)), "t1", "t2", "t3"]},
        },
        directives=[
            {"id": "on", "hq": "soviet_hq", "kind": "attack", "axis": ["goal"], "corridor_km": 40, "objective": "goal",
             "mobile": ["t1", "t2", "t3"], "start_min": 4 * HOUR, "end_day": 9},
            {"id": "stand", "hq": "axis_hq", "kind": "defend", "line": ["a1", "a4"], "permission": "stand_fast"},
        ],
        objectives={"soviet_goal": {"by_min": 3 * DAY}},
        sets={"switch.supply": 1, "switch.quiet_fire": 1, "switch.salients": 1, "switch.neighbours": 1, "switch.sickness": 1,
              "switch.command_delay": 1, "switch.replacements": 1, "switch.weather": 1},
        **railway(),
    )  # fmt: skip


def storms() -> Iterator[Session]:
    for seed in range(1, 5):
        s = storm(seed)
        for side, commander in commanders({"axis": "staff", "soviet": "staff"}).items():
            s.hand_over(side, commander)
        s.advance(DAY)
        line = (at(s, 5, 2, 3), at(s, 5, 8, 3))
        s.submit("axis", Instruction("lower", DirectiveKind.DEFEND, line=line))
        s.submit("axis", Order(OrderKind.ENTRAIN, "b1", at(s, 7, 7, 3), by_human=True))
        s.advance(14 * DAY)
        yield s
    reseeded = storm(1)
    reseeded.advance(DAY)
    twin = reseeded.branch(seed=77)
    twin.advance(2 * DAY)
    yield twin


def a_beach_is_lost() -> None:
    s = test_landings.sound()
    beach = at(s, *test_landings.BEACH)
    s = test_landings.sound(systems=(*SYSTEMS, hands(3 * DAY, [beach], "soviet")))
    test_landings.land(s)
    s.advance(5 * DAY)


OTHERS: tuple[Callable[[], Any], ...] = (
    test_arrivals.test_who_is_told_to_stay_does_not_leave_on_his_date_and_leaves_once_he_is_let_go,
    test_arrivals.test_a_formation_whose_station_is_lost_waits_and_then_comes_in_farther_off,
    test_combat.test_who_gives_ground_in_his_hex_keeps_the_part_of_his_men_that_the_cap_leaves_him,
    test_combat.test_a_formation_without_a_way_back_is_cornered_or_gives_up,
    test_control.test_a_wrecked_bridge_costs_hours_until_it_is_rebuilt,
    test_embarking.test_a_division_goes_aboard_sails_and_lands_at_another_port,
    test_embarking.test_without_a_goal_it_leaves_the_theatre_with_all_its_men,
    test_embarking.test_who_is_told_to_stay_after_all_has_his_men_back,
    test_embarking.test_an_order_that_cannot_be_carried_out_fails_and_says_why,
    test_headquarters.test_an_enemy_beside_it_drives_it_off_and_it_is_out_of_action_for_half_a_day,
    test_landings.test_the_rest_follows_lift_by_lift_men_first,
    test_landings.test_nobody_lands_where_an_enemy_formation_stands,
    a_beach_is_lost,
    test_landings.test_who_is_beaten_off_stays_where_he_was_with_his_losses,
    test_open_ice.test_who_stands_on_ice_that_breaks_comes_off_with_losses_for_every_hex,
    test_people.test_guards_keep_them_off_and_security_troops_hunt_them_down,
    test_people.test_when_all_have_gone_the_formation_is_no_more,
    test_politics.test_a_source_of_supply_is_shut,
    test_rail_moves.test_a_line_cut_while_the_order_is_on_its_way_fails_the_order,
    test_rail_moves.test_nothing_is_lost_on_the_way,
    test_works.test_work_ends_with_the_directive_and_the_system_sleeps_without_one,
    test_works.test_a_prepared_line_is_there_from_its_date_where_its_builder_holds_the_ground,
    test_sea_ports.test_the_tons_of_the_day_go_to_the_ports_in_proportion_to_what_they_can_pass_on,
)
"""Tests of single rules, whose wars show what the storms do not."""


@contextmanager
def watching(found: list[Session]) -> Iterator[None]:
    """Every session begun inside is kept."""
    begin = Session._begin

    def kept(self: Session, *given: Any) -> None:
        begin(self, *given)
        self._keep_frames = True  # asked why, it is rewound
        found.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_begin", kept)
        yield


@cache
def shown() -> dict[str, tuple[Session, int]]:
    """A session and an event of each kind: its middle one, for the first is often an exception."""
    found: dict[str, tuple[Session, int]] = {}
    seen = list(storms())
    with watching(seen):
        for recipe in OTHERS:
            recipe()
    for session in seen:
        numbers: dict[str, list[int]] = {}
        for number, happened in enumerate(session.events):
            numbers.setdefault(happened.kind.name, []).append(number)
        for kind, all_ in numbers.items():
            middle = len(all_) // 2
            nearest = sorted(range(len(all_)), key=lambda k: abs(k - middle))[:50]
            usual = [all_[k] for k in nearest if _usual(session, all_[k])]
            if usual:
                found.setdefault(kind, (session, usual[0]))
    return found


def _usual(session: Session, number: int) -> bool:
    """No battle that begins in that minute, of which there is no situation before, and no report of nobody."""
    told = session.events[number]
    row = len(told) // 2
    if told.kind.name == "Fought":
        return bool(session.world.battles.started_at[told["battle"][row]] < told.minute)
    return told.kind.name != "Sighted" or bool(told["formation"][row] >= 0)


def branch(found: Why, name: str) -> tuple[Term, ...]:
    return next((term.below for term in found.terms if term.key == name), ())


BARE = {"Noted", "BeachClosed", "CraftCrossed"}
"""Kinds about nobody in the world: what they say is all."""
NUMBERS = {
    "Ordered", "Directed", "WeatherChanged", "HeadquartersMoved", "Joined", "Fought", "Bled", "BattleEnded",
    "Departed", "Closing", "Appeared", "Entrained", "Recovered", "Worn", "Supplied", "RailWork", "Sighted", "Scored",
    "CalledUp", "CameBack", "Healed", "WentHome", "CutRails", "Hunted", "Happened", "Ripened", "Settled", "Boarded", "Sailed",
    "Landed", "BeatenOff", "PortsServed", "Skirmished", "Suffered", "Retreated", "GaveGround", "Engaged", "BrokeOff",
    "BridgeBlown", "Captured", "Shipped",
}  # fmt: skip
"""Kinds that come of numbers: the rule tells the terms when its decision is run again."""


def test_these_wars_show_every_kind_of_event():
    assert sorted(set(KINDS) - set(shown())) == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_why(kind: str):
    session, number = shown()[kind]
    digest = session.digest()
    told = session.events[number]
    found = session.why(number, len(told) // 2)
    assert (found.what, found.minute) == (kind, told.minute)
    assert found.rule in GROUNDS[kind].rules or found.rule in {s.name for s in session._systems}
    assert found.because
    assert [t.key for t in branch(found, "says")] == [f.name for f in told.kind.fields]
    assert branch(found, "situation") or kind in BARE
    assert branch(found, "weighed") or kind not in NUMBERS
    assert all(t.meaning for t in (*branch(found, "says"), *branch(found, "situation")))
    for term in branch(found, "parameters"):
        assert term.parameter is not None
        assert term.parameter.source
        assert term.value == float(session.scenario.parameters[term.address].value)
    assert session.digest() == digest, "asking changes nothing"
    assert found.record()["terms"]


# The table.


def test_every_kind_has_its_grounds_and_no_other():
    assert set(GROUNDS) == set(KINDS)


def test_what_the_grounds_name_is_there():
    columns = {spec.name: {c.name for c in spec.columns} for spec in TABLES}
    for kind, ground in GROUNDS.items():
        assert set(ground.parameters) <= set(common_parameters()), kind
        for table, column in ground.reads:
            assert column in columns[table], (kind, table, column)


@pytest.mark.parametrize("kind", KINDS)
def test_the_rule_that_is_named_makes_such_events(kind: str):
    constant = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).upper()
    for rule in GROUNDS[kind].rules:
        path = next(p for p in (RULES / "rules" / f"{rule}.py", RULES / "run" / f"{rule}.py") if p.exists())
        assert path.exists()
    texts = [(RULES / room / f"{rule}.py") for rule in GROUNDS[kind].rules for room in ("rules", "run")]
    assert any(constant in path.read_text(encoding="utf-8") for path in texts if path.exists()), constant


def test_what_does_not_happen_again_is_an_alarm():
    session = storm(1)
    session.advance(DAY)
    number = next(i for i, e in enumerate(session.events) if e.kind.name == "Recovered")
    planted = session.events[number].kind(session.events[number].minute, **{
        name: values + (name == "gain_rate") for name, values in session.events[number].data.items()
    })  # fmt: skip
    session._events[number] = planted
    with pytest.raises(Diverged, match="Recovered of minute"):
        session.why(number)


def test_a_run_without_questions_records_nothing():
    session = storm(1)
    session.advance(2 * HOUR)
    assert session._accounts is None
    assert session._trace is None
