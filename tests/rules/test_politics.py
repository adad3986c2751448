"""Events with triggers and what they do; objectives by date; who won."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core.calendar import NEVER
from engine.model.codes import SIDES, DirectiveState, OrderKind, Permission, Status, Trigger
from engine.model.directive import Waypoint
from engine.model.facts import HistoryFact
from engine.model.orders import Order
from engine.model.politics import VictorySpec
from engine.rules.names import commander_of, name_of
from engine.rules.victory import verdict
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, of_kind, row, rows_of
from tests.rules.politics_kit import Condition, Effect, event, hands, war

FIELD = """
:::::::::
:1:R:::R:
.........
.........
.A...B.2.
.........
"""
ONE, TWO = 10, 43
"""Cells of the towns 1 (Soviet at the start) and 2 (Axis)."""
TAKEN = Condition("held", "soviet", cell=TWO, text="held:soviet:2")


def happened(session: Session, id: str = "it") -> int:
    """When an event happened, NEVER if it has not."""
    ids = [told.id for told in session.scenario.events]
    return int(session.world.happenings.happened_at[ids.index(id)])


def status(session: Session, name: str) -> int:
    return int(session.world.formations.status[row(session, name)])


# Triggers.


def test_a_dated_event_happens_on_its_minute_and_once():
    s = war(FIELD, events=[event("it", at_min=DAY + 4 * HOUR)])
    s.advance(5 * DAY)
    assert [(e.minute, e["happening"].tolist()) for e in of_kind(s, "Happened")] == [(DAY + 4 * HOUR, [0])]
    assert s.world.systems.next_at[13] == NEVER


def test_an_event_waits_until_a_place_has_fallen_and_then_its_delay():
    s = war(FIELD, events=[event("it", TAKEN, after_days=1.5)], systems=(hands(DAY, [TWO], "soviet"),))
    s.advance(5 * DAY)
    assert happened(s) == DAY + 6 * HOUR + 36 * HOUR
    assert [e.minute for e in of_kind(s, "Ripened")] == [DAY + 6 * HOUR]


def test_without_the_fall_it_never_happens_and_not_after_its_last_day():
    s = war(FIELD, events=[event("it", TAKEN)])
    s.advance(5 * DAY)
    assert happened(s) == NEVER
    s = war(FIELD, events=[event("it", TAKEN, until_min=2 * DAY)], systems=(hands(3 * DAY, [TWO], "soviet"),))
    s.advance(5 * DAY)
    assert happened(s) == NEVER


@pytest.mark.parametrize(("one_is_enough", "at"), [(True, DAY + 6 * HOUR), (False, NEVER)])
def test_all_conditions_or_one(one_is_enough, at):
    conditions = (TAKEN, Condition("lost_formations", "axis", number=1))
    s = war(FIELD, events=[event("it", *conditions, any=one_is_enough)], systems=(hands(DAY, [TWO], "soviet"),))
    s.advance(4 * DAY)
    assert happened(s) == at


def test_an_event_follows_from_another_at_the_same_hour_whatever_their_order():
    events = [event("b", at_min=DAY), event("a", Condition("event", subject="b")), event("c", Condition("event", subject="a"))]
    s = war(FIELD, events=events)
    s.advance(2 * DAY)
    assert [happened(s, id) for id in "abc"] == [DAY] * 3


def test_losses_and_fallen_formations_are_counted():
    events = [
        event("fallen", Condition("fallen", subject="a1")),
        event("three_in_ten", Condition("lost_men", "axis", number=0.3)),
        event("half", Condition("lost_formations", "axis", number=1)),
        event("nine_in_ten", Condition("lost_men", "axis", number=0.9)),
        event("no_more", at_min=DAY, does=(Effect("surrender", subjects=("a1",)),)),
    ]
    s = war(FIELD, events=events)
    s.advance(3 * DAY)
    assert {told.id for told in s.scenario.events if happened(s, told.id) < NEVER} == {
        "fallen", "three_in_ten", "half", "no_more",
    }  # fmt: skip


def test_objectives_held_are_a_condition():
    goals = {"soviet_goal": {"points": 30}, "axis_goal": {"points": 30}}
    text = FIELD.replace("2", "#")
    all_, fewer = Condition("objectives", "soviet", number=1.0), Condition("objectives_below", "axis", number=1.0)
    conditions = {"all": all_, "none": fewer}
    s = war(text, objectives=goals, events=[event(id, c) for id, c in conditions.items()],
            systems=(hands(DAY, [TWO], "soviet"),))  # fmt: skip
    s.advance(DAY)
    assert happened(s, "all") == happened(s, "none") == NEVER
    s.advance(2 * DAY)
    assert happened(s, "all") == happened(s, "none") == DAY + 6 * HOUR


# Effects.


def doing(*effects: Effect, formations=None, days: int = 10, orders=(), **more) -> Session:
    s = war(FIELD, formations, events=[event("it", at_min=DAY, does=effects)], days=days, **more)
    assert not any(s.submit("axis", *orders))
    s.advance(min(4, days) * DAY)
    return s


def test_formations_are_called_away():
    s = doing(Effect("withdraw", subjects=("a1",)))
    assert status(s, "a1") == Status.WITHDRAWN
    assert rows_of(s, "LeftMap")[0]["minute"] == DAY + 15
    assert status(s, "b1") == Status.ON_MAP


def test_who_was_told_to_stay_is_called_away_in_vain():
    s = doing(Effect("withdraw", subjects=("a1",)), orders=[Order(OrderKind.KEEP, "a1", by_human=True)])
    assert of_kind(s, "Recalled")
    assert status(s, "a1") == Status.ON_MAP
    s.submit("axis", Order(OrderKind.LET_GO, "a1", by_human=True))
    s.advance(s.now + DAY)
    assert status(s, "a1") == Status.WITHDRAWN


def test_a_reserve_is_released():
    s = doing(Effect("arrive", subjects=("b1",), cell=TWO), formations={"B": {"arrives_min": 400 * DAY}})
    assert status(s, "b1") == Status.ON_MAP
    assert int(s.world.formations.hex[row(s, "b1")]) == TWO
    assert rows_of(s, "Appeared")[0]["minute"] == DAY + 15


def test_who_left_on_a_date_comes_back_by_an_event_and_stays():
    s = doing(Effect("arrive", subjects=("b1",)), changes=[{"kind": "withdraw", "subject": "b1", "at_min": HOUR}])
    assert rows_of(s, "LeftMap")
    assert status(s, "b1") == Status.ON_MAP


def test_a_headquarters_gets_another_commander_and_a_formation_too():
    s = doing(Effect("commander", subjects=("axis_hq", "a1"), text="F. Schörner", staff=1.2))
    assert commander_of(s.world, "axis_hq") == commander_of(s.world, "a1") == "F. Schörner"
    assert int(s.world.headquarters.staff[s.world.statics.headquarters_rows["axis_hq"]]) == 1_200_000


def test_a_new_name_counts_from_the_event_on():
    s = doing(Effect("rename", subjects=("axis_hq",), text="Army Group Courland"))
    old = s.scenario.by_id["axis_hq"].name
    assert name_of(s.world, "axis_hq", DAY - 1) == old
    assert name_of(s.world, "axis_hq", DAY) == "Army Group Courland"


def test_a_source_of_supply_is_shut():
    s = doing(Effect("supply", subjects=("axis_rear",), capacity_t=0), sets={"switch.supply": 1})
    depot = s.world.statics.depot_ids.index("axis_rear")
    used = rows_of(s, "Shipped", depot=depot)
    assert [r["kg"] > 0 for r in used if r["minute"] < DAY] == [True] * len([r for r in used if r["minute"] < DAY])
    assert {r["kg"] for r in used if r["minute"] > DAY} == {0}
    assert int(s.world.formations.cut_off_since[row(s, "a1")]) < NEVER


def test_leave_to_fall_back_is_given_to_directives_in_force_and_to_come():
    plans = [
        {"id": "now", "hq": "axis_hq", "kind": "defend", "permission": "stand_fast"},
        {"id": "later", "hq": "axis_hq", "kind": "defend", "permission": "stand_fast", "start_day": 3},
    ]
    s = doing(Effect("permission", subjects=("axis_hq",), permission="free"), directives=plans)
    assert s.world.directives.permission.tolist() == [Permission.FREE, Permission.FREE]


def test_who_is_told_that_he_is_free_keeps_the_line_that_he_may_fall_back_to():
    plans = [
        {"id": "first", "hq": "axis_hq", "kind": "defend", "permission": "may_fall_back", "fall_back": ["a1", "b1"]},
        {"id": "later", "hq": "axis_hq", "kind": "defend", "permission": "stand_fast", "start_day": 3},
    ]
    s = doing(Effect("permission", subjects=("axis_hq",), permission="free"), directives=plans)
    assert s.world.directives.permission.tolist() == [Permission.MAY_FALL_BACK, Permission.FREE]


def test_who_is_told_to_stand_fast_has_no_leave_to_fall_back_any_more():
    plans = [{"id": "now", "hq": "axis_hq", "kind": "defend", "permission": "may_fall_back", "fall_back": ["a1", "b1"]}]
    s = doing(Effect("permission", subjects=("axis_hq",), permission="stand_fast"), directives=plans)
    assert s.world.directives.permission.tolist() == [Permission.STAND_FAST]


def test_a_staff_that_has_looked_before_sees_the_leave_to_fall_back():
    plans = [{"id": "now", "hq": "axis_hq", "kind": "defend", "permission": "stand_fast"}]
    leave = event("it", at_min=2 * DAY, does=[Effect("permission", subjects=("axis_hq",), permission="free")])
    s = war(FIELD, events=[leave], directives=plans)
    seen = []
    for _ in range(3):
        s.advance(s.now + DAY)
        seen += s.view("axis").directives.permission.tolist()
    assert seen == [Permission.STAND_FAST, Permission.STAND_FAST, Permission.FREE]


def test_a_row_of_people_is_opened_and_shut():
    people = [{"id": "home", "kind": "release", "side": "axis", "share_day": 0.1, "opens": "event"}]
    s = war(FIELD, people=people, events=[
        event("open", at_min=DAY + HOUR, does=[Effect("people", subjects=("home",))]),
        event("shut", at_min=4 * DAY, does=[Effect("people", subjects=("home",), open=False)]),
    ])  # fmt: skip
    s.advance(8 * DAY)
    assert sorted({r["minute"] for r in rows_of(s, "WentHome")}) == [2 * DAY, 3 * DAY, 4 * DAY]


def test_a_side_lays_down_its_arms_and_the_run_ends_with_that_day():
    s = doing(Effect("surrender", side="axis"), Effect("end"), frames=True)
    assert s.now == s.end == 2 * DAY
    assert {status(s, n) for n in ("a1", "b1")} == {Status.SURRENDERED}
    assert int(s.world.formations.captured_u[row(s, "a1")]) == 9500 * 1_000_000
    s.rewind(DAY - HOUR)
    assert s.end == 10 * DAY
    assert s.advance(9 * DAY) == 2 * DAY


def test_ground_is_handed_over_but_not_where_formations_still_stand():
    s = doing(Effect("hand_over", side="axis"), frames=True)
    stands = {int(s.world.formations.hex[row(s, name)]) for name in ("a1", "b1")}
    owner = s.world.hexes.owner
    assert set((owner == 0).nonzero()[0].tolist()) <= stands
    assert (owner[sorted(stands)] == 0).all()
    s.rewind(DAY - HOUR)
    assert (s.world.hexes.owner == 0).sum() > len(stands)


def test_a_directive_waits_for_an_event():
    plans = [{"id": "go", "hq": "axis_hq", "kind": "defend", "trigger": "event:it"}]
    s = war(FIELD, events=[event("it", at_min=2 * DAY)], directives=[{**plans[0], "trigger": ""}])
    s = Session(replace(s.scenario, directives=tuple(replace(d, trigger="event:it") for d in s.scenario.directives)), 1)
    s.advance(2 * DAY)
    assert s.world.directives.state.tolist() == [DirectiveState.PENDING]
    s.advance(2 * DAY + 2 * HOUR)
    assert s.world.directives.state.tolist() == [DirectiveState.RUNNING]


def test_a_directive_whose_event_has_come_waits_for_its_hour_alone_and_is_prepared_like_any_other():
    plans = [{"id": "go", "hq": "axis_hq", "kind": "defend", "start_min": 4 * DAY}]
    s = war(FIELD, events=[event("it", at_min=2 * DAY)], directives=plans)
    s = Session(replace(s.scenario, directives=tuple(replace(d, trigger="event:it") for d in s.scenario.directives)), 1)
    s.advance(DAY)
    assert s.view("axis").directives.trigger.tolist() == [int(Trigger.EVENT)]
    s.advance(3 * DAY)
    assert s.view("axis").directives.trigger.tolist() == [int(Trigger.NONE)]
    assert s.world.directives.start_at[0] == 4 * DAY
    assert s.world.directives.state[0] == DirectiveState.PENDING, "not before its hour"


def test_slices_saving_and_rewinding_change_nothing(tmp_path):
    def made() -> Session:
        return war(FIELD, events=[
            event("fall", TAKEN, after_days=0.5, does=[Effect("withdraw", subjects=("a1",))]),
            event("after", Condition("event", subject="fall"), does=[Effect("commander", subjects=("b1",), text="X")]),
        ], systems=(hands(DAY, [TWO], "soviet"),), frames=True)  # fmt: skip

    whole, sliced = made(), made()
    whole.advance(5 * DAY)
    for hour in (3, 30, 31, 50):
        sliced.advance(hour * HOUR)
    sliced.rewind(DAY)
    sliced.advance(5 * DAY)
    assert sliced.digest() == whole.digest()
    assert happened(sliced, "after") < NEVER


def test_a_secret_is_its_sides_alone():
    s = war(FIELD, events=[event("it", at_min=DAY, side="axis", secret=True)])
    s.advance(2 * DAY)
    assert not of_kind(s, "Happened")
    told = of_kind(s, "HappenedInSecret")[0]
    assert told["side"].tolist() == [0]
    assert {f.name: f.level for f in told.kind.fields}["happening"] == 9
    assert s.view("axis").events.ids == ("it",)
    assert s.view("soviet").events.ids == ()


def test_an_event_is_heard_of_when_it_has_happened_and_not_after_a_rewind():
    s = war(FIELD, events=[event("it", at_min=DAY)], frames=True)
    s.advance(DAY + 1)
    assert [s.view(side).events.ids for side in SIDES] == [("it",), ("it",)]
    s.rewind(DAY - 60)
    assert [s.view(side).events.ids for side in SIDES] == [(), ()]


# Victory.

GOALS = """
:::::::::
:#:R:::R:
.........
.........
.A...B.#.
.........
"""


def judged(facts: dict[str, str] | None = None, goals: dict | None = None, **more) -> Session:
    """Two towns: `goal` (Soviet at the start) and `goal_2` (Axis); facts say who held them in history."""
    s = war(GOALS, objectives=goals, **more)
    cells = {g.place: (g.cell, g.id) for g in s.scenario.objectives}
    facts_ = tuple(
        HistoryFact(name, "control", 0, DAY, side=side, places=(Waypoint(name, 0, 0, cells[name][0]),))
        for name, side in (facts or {}).items()
    )
    return Session(replace(s.scenario, history=facts_), 1, systems=s._systems)


AS_IT_STARTED = {"goal": "soviet", "goal_2": "axis"}


def test_history_repeated_is_a_draw_and_better_than_history_is_a_victory():
    s = judged(AS_IT_STARTED)
    assert {g.place for g in s.scenario.objectives} == set(AS_IT_STARTED)
    s.advance(2 * DAY)
    found = verdict(s.world, s.now)
    assert (found.level, found.winner, found.margin, found.history) == ("draw", "", 0.0, 0.0)
    s = judged(AS_IT_STARTED, systems=(hands(DAY, [TWO], "soviet"),))
    s.advance(2 * DAY)
    found = verdict(s.world, s.now)
    assert (found.level, found.winner, found.margin) == ("decisive", "soviet", 1.0)
    s = judged({"goal": "soviet", "goal_2": "soviet"})
    s.advance(2 * DAY)
    found = verdict(s.world, s.now)
    assert (found.level, found.winner, found.history) == ("decisive", "axis", 1.0)


@pytest.mark.parametrize(("lost", "level", "winner"), [
    (0, "minor", "soviet"), (10_000, "draw", ""), (19_000, "minor", "axis"),
])  # fmt: skip
def test_losses_weigh_against_those_of_history(lost, level, winner):
    s = judged(AS_IT_STARTED, victory=VictorySpec(axis_men_lost=lost, soviet_men_lost=0),
               sets={"victory.loss_weight": 0.4})  # fmt: skip
    s._pen["formations"]["battle_u"][row(s, "a1")] = 9_500 * 1_000_000
    found = verdict(s.world, s.now)
    assert found.lost["axis"] == 0.5
    assert (found.level, found.winner) == (level, winner)
    assert found.unknown == ()


def test_what_the_record_does_not_say_is_said_and_no_level_is_given():
    s = judged({"goal": "soviet"})
    found = verdict(s.world, s.now)
    assert (found.level, found.winner, found.history) == ("", "", None)
    assert "goal_2: held or not" in found.unknown
    assert "men lost by the axis side" in found.unknown


def test_an_objective_with_a_date_counts_as_it_was_then():
    goals = {"axis_goal_2": {"by_min": 2 * DAY, "in_history": "yes"}, "soviet_goal_2": {"in_history": "no"}}
    s = judged(AS_IT_STARTED, goals, systems=(hands(3 * DAY, [TWO], "soviet"),))
    s.advance(5 * DAY)
    by_id = {g.id: g for g in verdict(s.world, s.now).goals}
    assert by_id["axis_goal_2"].met
    assert by_id["soviet_goal_2"].met
    assert not by_id["soviet_goal_2"].in_history
    assert rows_of(s, "Settled")[0]["minute"] == 2 * DAY - 15


def test_what_is_taken_at_the_last_hour_has_not_been_held():
    goals = {"soviet_goal_2": {"held_days": 2.0}}
    for at, met in ((3 * DAY, False), (2 * DAY, True)):
        s = judged(AS_IT_STARTED, goals, systems=(hands(at, [TWO], "soviet"),))
        s.advance(4 * DAY)
        assert {g.id: g.met for g in verdict(s.world, s.now).goals}["soviet_goal_2"] is met


def test_the_verdict_is_plain_json():
    record = verdict(judged(AS_IT_STARTED).world, 0).record()
    assert record["level"] == "draw"
    assert record["objectives"][0] == {
        "id": "axis_goal", "side": "axis", "place": "goal", "points": 10, "met": False, "in_history": False,
    }  # fmt: skip
