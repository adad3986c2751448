"""Formations that come and go on their dates, names that change, and the score of the days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.core.dice import Dice
from engine.files.drawn import drawn_cell, drawn_scenario
from engine.files.order_of_battle import arrivals_folded
from engine.model.codes import OrderKind, OrderState, Status, Task
from engine.model.forces import ReinforcementSpec
from engine.model.orders import Order
from engine.model.scenario import Scenario
from engine.model.world import World
from engine.rules import arrivals
from engine.rules.system import Trace
from engine.rules.systems import SYSTEMS
from engine.run.session import Session
from tests.rules.marches import AT_ONCE, DAY, HOUR, at, hex_of, of_kind, row, rows_of, told

FRONT = """
:::::::
:::R:::
.......
.A.....
..B....
.......
"""
LATER = {"B": {"arrives_min": DAY}}


def dated(
    text: str, formations: Mapping[str, Any], changes: Sequence[Mapping[str, Any]] = (), *, seed: int = 1, **drawing: Any
) -> Session:
    """A session whose scenario has these dated changes; ``at`` in minutes."""
    scenario = drawn_scenario(text, formations, sets={**AT_ONCE, **drawing.pop("sets", {})}, **drawing)
    rows = [
        ReinforcementSpec(id=f"change_{i}", at_min=change["at"], **{k: v for k, v in change.items() if k != "at"})
        for i, change in enumerate(changes)
    ]
    formed, rest = arrivals_folded(scenario.formations, tuple(sorted(rows, key=lambda r: (r.at_min, r.id))))
    return Session(replace(scenario, formations=formed, reinforcements=rest), seed, ledger=True, keep_frames=False)


def status(session: Session, name: str) -> int:
    """Status of a formation."""
    return int(session.world.formations.status[row(session, name)])


# Coming.


def test_a_formation_enters_at_its_place_on_its_date_and_its_headquarters_is_alarmed():
    s = dated(FRONT, LATER)
    s.advance(DAY)
    assert status(s, "b1") == Status.WAITING
    s.advance(DAY + 15)
    assert status(s, "b1") == Status.ON_MAP
    assert hex_of(s, "b1") == at(s, 4, 2)
    assert s.world.headquarters.alarm_at[s.world.formations.hq[row(s, "b1")]] == DAY


def test_what_waits_off_the_map_is_seen_by_nobody_and_takes_no_room():
    s = dated(FRONT, LATER)
    assert row(s, "b1") not in s.view("axis").own.row
    assert row(s, "b1") in s.view("axis").coming.row
    assert s.view("axis").coming.appears_at.tolist() == [DAY]
    assert len(s.view("soviet").coming.row) == 0


def test_a_formation_whose_place_is_full_enters_beside_it():
    s = dated(FRONT.replace("..B....", ".......").replace(".A.....", ".ABC..."), {
        "A": {"cell": 30}, "B": {"cell": 30, "side": "axis"}, "C": {"cell": 30, "side": "axis"},
        "R": "rifle",
    }, sets={"contact.stack_limit": 2})  # fmt: skip
    late = replace(
        s.scenario,
        formations=tuple(replace(f, arrives_min=DAY) if f.id == "c1" else f for f in s.scenario.formations),
    )
    run = Session(late, 1, ledger=True, keep_frames=False)
    run.advance(DAY + 15)
    assert hex_of(run, "a1") == hex_of(run, "b1") == 30
    assert run.world.statics.grid.distance(hex_of(run, "c1"), 30) == 1


def test_two_for_the_last_place_are_settled_by_their_dice():
    text = FRONT.replace("..B....", "..BC...")
    both = {"B": {"cell": 30, "arrives_min": DAY}, "C": {"cell": 30, "arrives_min": DAY}}
    placed = []
    for seed in range(12):
        s = dated(text, both, seed=seed, sets={"contact.stack_limit": 1})
        s.advance(DAY + 15)
        assert sorted(int(s.world.statics.grid.distance(hex_of(s, n), 30)) for n in ("b1", "c1")) == [0, 1]
        placed.append(hex_of(s, "b1") == 30)
    assert 0 < sum(placed) < len(placed)


def captured(session: Session, cells: Sequence[int]) -> Session:
    """The same session on a map where these hexes are the enemy's."""
    owner = session.scenario.owner.copy()
    owner[list(cells)] = 1
    return Session(replace(session.scenario, owner=owner), 1, ledger=True, keep_frames=False)


def test_a_formation_whose_place_is_in_enemy_hands_enters_nearby():
    s = dated(FRONT, {"B": {"side": "axis", "cell": 10, "arrives_min": DAY}})
    assert hex_of(s, "r1") == 10
    s.advance(DAY + 15)
    assert s.world.statics.grid.distance(hex_of(s, "b1"), 10) == 2, "not beside the enemy if it can be helped"
    assert s.world.hexes.owner[hex_of(s, "b1")] == 0


LOST = """
...A..................
......................
::::::::::::::::::::::
::::::::::::::::::::::
::::::::::::::::::::::
::::::::::::::::::::::
::::::::::::::::::::::
:R::::::::::::::::::B:
"""


def test_a_formation_whose_station_is_lost_waits_and_then_comes_in_farther_off():
    s = dated(LOST, {"B": {"side": "axis", "arrives_min": DAY}}, sets={"movement.foot_km_day": 1})
    s.advance(DAY + 15)
    assert status(s, "b1") == Status.WAITING
    assert rows_of(s, "Postponed", formation=row(s, "b1"))[0]["appears_at"] == DAY + 6 * HOUR
    s.advance(4 * DAY)
    entry = rows_of(s, "Appeared", formation=row(s, "b1"))[0]
    away = int(s.world.statics.grid.distance(entry["hex"], at(s, 7, 20)))
    assert 2 < away <= 2 + 30 * (entry["minute"] - DAY) // DAY // 6


def test_a_side_without_ground_keeps_its_reinforcements_waiting():
    s = dated(FRONT, {**LATER, "A": {"arrives_min": 40 * DAY}})
    s = captured(s, range(s.world.statics.grid.size))
    s.advance(3 * DAY)
    assert status(s, "b1") == Status.WAITING
    assert len(of_kind(s, "Postponed")) == 8


def test_it_does_not_enter_in_the_enemys_touch_if_there_is_another_place():
    s = dated(FRONT.replace(".......\n.A", "..B....\n.A").replace("..B....\n.......\n", ".......\n.......\n"), LATER)
    s.advance(DAY + 15)
    touched = s.world.statics.grid.distance(hex_of(s, "b1"), hex_of(s, "r1")) <= 1
    assert not touched


def test_a_formation_without_a_place_enters_where_its_headquarters_is():
    s = dated(FRONT, {"B": {"arrives_min": DAY, "cell": -1}})
    s.advance(DAY + 15)
    hq = s.world.formations.hq[row(s, "b1")]
    assert hex_of(s, "b1") == s.world.headquarters.hex[hq]


# Going, and coming back.


LEAVES = [{"kind": "withdraw", "subject": "b1", "at": DAY + 7}]


def test_a_formation_leaves_with_all_it_has_and_its_orders_end():
    s = dated(FRONT, {}, LEAVES)
    men = s.world.formations.men_u[row(s, "b1")]
    told(s, "b1", OrderKind.MARCH, at(s, 4, 6))
    s.advance(DAY + 15 + 1)
    formations = s.world.formations
    assert status(s, "b1") == Status.WITHDRAWN
    assert formations.hex[row(s, "b1")] == -1
    assert formations.read("men", s.now)[row(s, "b1")] > 0.99 * men
    orders = s.world.orders
    assert not np.isin(orders.state, (OrderState.ON_ITS_WAY, OrderState.IN_FORCE))[orders.formation == row(s, "b1")].any()
    assert row(s, "b1") not in s.view("axis").own.row
    later = s.world.formations.men_u[row(s, "b1")]
    s.advance(3 * DAY)
    assert s.world.formations.read("men", s.now)[row(s, "b1")] == later


def test_a_formation_in_battle_stays_until_the_battle_is_over():
    text = FRONT.replace(":::R:::", ":R:::::").replace(".A.....", ".B.....").replace("..B....", ".......", 1)
    text = ":::::::\n:R:::::\n.B.....\n.......\n.......\n"
    s = dated(text, {"B": {"fort": 3}}, [{"kind": "withdraw", "subject": "b1", "at": 4 * HOUR}])
    told(s, "r1", OrderKind.ATTACK, at(s, 2, 1))
    s.advance(5 * HOUR)
    assert of_kind(s, "Engaged")
    assert status(s, "b1") == Status.ON_MAP
    s.advance(s.end)
    assert status(s, "b1") == Status.WITHDRAWN
    ended = [e.minute for e in of_kind(s, "BattleEnded")]
    left = of_kind(s, "LeftMap")[0].minute
    assert min(ended) <= left


def test_a_formation_that_has_left_comes_back_where_its_row_says():
    back = {"kind": "arrive", "subject": "b1", "at": 3 * DAY, "cell": 40}
    s = dated(FRONT, {}, [*LEAVES, back])
    assert status(s, "b1") == Status.ON_MAP, "a later arrival does not keep it off the map at the start"
    s.advance(2 * DAY)
    assert status(s, "b1") == Status.WITHDRAWN
    s.advance(3 * DAY + 16)
    assert status(s, "b1") == Status.ON_MAP
    assert hex_of(s, "b1") == 40
    s.advance(5 * DAY)
    assert status(s, "b1") == Status.ON_MAP, "the old departure is over"


def test_a_formation_that_is_to_leave_before_it_has_come_never_comes():
    s = dated(FRONT, {"B": {"arrives_min": DAY}}, [{"kind": "withdraw", "subject": "b1", "at": 0}])
    s.advance(2 * DAY)
    assert status(s, "b1") == Status.WITHDRAWN, "it had not come yet"
    assert not of_kind(s, "Appeared")


# Changes of command and of names.


def test_a_formation_changes_its_headquarters_and_a_headquarters_its_commander_on_their_dates():
    changes = [
        {"kind": "attach", "subject": "b1", "at": DAY, "hq": "second"},
        {"kind": "commander", "subject": "second", "at": 2 * DAY, "text": "General Neu", "staff": 1.3},
    ]
    corps = {"first": {"side": "axis", "formations": "AB"}, "second": {"side": "axis"}, "red": {"side": "soviet"}}
    corps["red"]["formations"] = "R"
    s = dated(FRONT, {}, changes, headquarters=corps)
    hq = s.world.statics.headquarters_rows
    s.advance(DAY)
    assert s.world.formations.hq[row(s, "b1")] == hq["first"]
    s.advance(DAY + 15)
    assert s.world.formations.hq[row(s, "b1")] == hq["second"]
    s.advance(2 * DAY + 15)
    assert s.world.statics.commanders[s.world.headquarters.commander[hq["second"]]] == "General Neu"
    assert s.world.headquarters.staff[hq["second"]] == 1_300_000


def test_replacements_join_on_their_date():
    s = dated(FRONT, {}, [{"kind": "replacements", "subject": "b1", "at": DAY, "men": 500, "guns": 7}],
              sets={"switch.replacements": 0})  # fmt: skip
    s.advance(DAY + 15)
    assert s.world.formations.gain_u[row(s, "b1")] == 500 * 1_000_000
    assert s.world.formations.guns_gain_u[row(s, "b1")] == 7 * 1_000_000


def test_a_new_name_counts_from_its_date():
    s = dated(FRONT, {}, [{"kind": "rename", "subject": "b1", "at": DAY, "text": "Gruppe Lauchert"}])
    old = s.scenario.by_id["b1"].name
    assert s.scenario.name_at("b1", DAY - 1) == old
    assert s.scenario.name_at("b1", DAY) == "Gruppe Lauchert"


# The calendar.


def test_a_scenario_without_dates_wakes_the_rule_once():
    s = dated(FRONT, {})
    s.spent = {}
    calls: list[int] = []

    def counted(world: World, minute: int, dice: Dice, trace: Trace | None) -> Any:
        calls.append(minute)
        return arrivals.decide(world, minute, dice, trace)

    systems = tuple(x.replace(decide=counted) if x.name == "arrivals" else x for x in SYSTEMS)
    run = Session(s.scenario, 1, systems=systems, keep_frames=False)
    run.advance(3 * DAY)
    assert calls == [0]
    assert run.world.systems.next_at[2] == NEVER


# The score.


GOALS = """
:::::::
:#:R:::
.......
.A...#.
.......
"""


def points(session: Session) -> list[int]:
    """Score of both sides."""
    return [int(v) for v in session.world.sides.score]


def test_each_day_counts_the_objectives_held_at_its_end():
    s = dated(GOALS, {}, points=5, days=4)
    s.advance(DAY - 16)
    assert points(s) == [0, 0]
    s.advance(DAY)
    assert points(s) == [5, 5]
    s.advance(s.end)
    assert points(s) == [4 * 5, 4 * 5]


def test_an_objective_that_is_lost_counts_for_who_has_it():
    s = dated(GOALS, {}, points=5, days=4)
    s = captured(s, [at(s, 3, 5)])
    s.advance(s.end)
    assert points(s) == [0, 4 * 10]


@pytest.mark.parametrize("where", ["b1", "c1"])
def test_arrivals_of_others_change_nothing_for_a_formation(where: str):
    text = FRONT.replace("..B....", "..B...C")
    alone: Scenario = dated(text, {where[0].upper(): {"arrives_min": DAY}}).scenario
    together = dated(text, {"B": {"arrives_min": DAY}, "C": {"arrives_min": DAY}}).scenario
    cells = []
    for scenario in (alone, together):
        s = Session(scenario, 1, ledger=True, keep_frames=False)
        s.advance(DAY + 15)
        cells.append(hex_of(s, where))
    assert cells[0] == cells[1] == drawn_cell(alone, 4, 2 if where == "b1" else 6)


# Kept.


def test_who_is_told_to_stay_does_not_leave_on_his_date_and_leaves_once_he_is_let_go():
    s = dated(FRONT, {}, LEAVES)
    s.advance(HOUR)
    assert s.submit("axis", Order(OrderKind.KEEP, "b1", by_human=True)) == [None]
    s.advance(3 * DAY)
    assert status(s, "b1") == Status.ON_MAP
    assert s.submit("axis", Order(OrderKind.LET_GO, "b1", by_human=True)) == [None]
    s.advance(3 * DAY + 2 * HOUR)
    assert status(s, "b1") == Status.WITHDRAWN
    assert [r["kept"] for r in rows_of(s, "Kept", formation=row(s, "b1"))] == [1, 0]
    assert not s.world.formations.kept[row(s, "b1")], "who has left and comes back is not kept any more"


def test_who_was_due_but_is_held_by_a_battle_can_still_be_kept():
    text = ":::::::\n:R:::::\n.B.....\n.......\n.......\n"
    s = dated(text, {"B": {"fort": 3}}, [{"kind": "withdraw", "subject": "b1", "at": 4 * HOUR}])
    told(s, "r1", OrderKind.ATTACK, at(s, 2, 1))
    s.advance(5 * HOUR)
    assert s.submit("axis", Order(OrderKind.KEEP, "b1", by_human=True)) == [None]
    s.advance(s.end)
    assert of_kind(s, "BattleEnded")
    assert status(s, "b1") == Status.ON_MAP


def test_an_order_that_keeps_a_formation_leaves_its_task_alone_and_is_overtaken_by_none_about_it():
    s = dated(FRONT, {}, LEAVES, sets={"switch.command_delay": 1})
    s.submit("axis", Order(OrderKind.KEEP, "b1", by_human=True))
    s.submit("axis", Order(OrderKind.REST, "b1", by_human=True))
    s.advance(DAY - HOUR)
    assert s.world.formations.kept[row(s, "b1")] == 1
    assert s.world.formations.task[row(s, "b1")] == Task.REST
    states = {OrderKind(k): OrderState(v) for k, v in zip(s.world.orders.kind, s.world.orders.state, strict=True)}
    assert states == {OrderKind.KEEP: OrderState.DONE, OrderKind.REST: OrderState.IN_FORCE}


def test_nobody_is_kept_twice_nor_let_go_who_was_not_kept():
    s = dated(FRONT, {}, LEAVES)
    answers = [s.submit("axis", Order(OrderKind.LET_GO, "b1", by_human=True))[0]]
    s.submit("axis", Order(OrderKind.KEEP, "b1", by_human=True))
    s.advance(HOUR)
    answers += s.submit("axis", Order(OrderKind.KEEP, "b1", by_human=True))
    assert [answer.code for answer in answers if answer] == ["not_kept", "kept"]
    grid = s.scenario.theatre.grid
    assert Order.parse("b1: keep", grid) == Order(OrderKind.KEEP, "b1", by_human=True)
    assert Order.parse("b1: let_go", grid) == Order(OrderKind.LET_GO, "b1", by_human=True)
