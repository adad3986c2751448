"""Troops by sea on drawn coasts: going aboard, sailing, landing at another port or leaving, losses, and what forbids it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.model.codes import Afloat, Obstacle, OrderKind, OrderState, Status, Task
from engine.model.events.movement import CAPTURED
from engine.rules import embarking
from engine.rules.apply import fold
from engine.rules.combat_lineup import live_participants
from engine.run import why
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, at, hex_of, of_kind, row, rows_of, told
from tests.rules.sea import COAST, calm, coast, conserved, men, refused, ships

PORT, OTHER = (1, 0), (1, 13)


def in_port(text: str = COAST, **options: Any) -> Session:
    """Division A stands in port 1, with no losses but at sea."""
    formations = options.pop("formations", {"A": "infantry", "B": "infantry"})
    steady = {"switch.sickness": 0, "switch.replacements": 0, "switch.supply": 0, "switch.repair": 0}
    a = {"kind": formations["A"], "cell": 14} if isinstance(formations["A"], str) else formations["A"]
    return coast(text, {**formations, "A": a}, sets={**steady, **options.pop("sets", {})}, **options)


def embark(session: Session, name: str = "a1", goal: tuple[int, int] | None = OTHER) -> None:
    told(session, name, OrderKind.EMBARK, at(session, *goal) if goal else -1)


def landed_on(session: Session, name: str, end: int) -> int:
    """The minute at which a formation lands, NEVER-like if it has not by ``end``."""
    session.advance(end)
    found = rows_of(session, "Disembarked", formation=row(session, name))
    return int(found[0]["minute"]) if found else 1 << 30


def test_a_division_goes_aboard_sails_and_lands_at_another_port():
    s = in_port()
    embark(s)
    s.advance(8 * DAY)
    (voyage,) = rows_of(s, "Sailed")
    assert (voyage["hex"], voyage["to"]) == (at(s, *PORT), at(s, *OTHER))
    assert hex_of(s, "a1") == at(s, *OTHER)
    assert s.world.orders.state.tolist() == [OrderState.DONE]
    assert s.world.formations.task[row(s, "a1")] == Task.HOLD
    conserved(s, "a1")


def test_nothing_is_lost_or_made_on_a_safe_voyage():
    s = in_port()
    a = row(s, "a1")
    before = {name: int(s.world.formations[name][a]) for name in ("men_u", "afv_u", "guns_u", "ammo_g", "fuel_g")}
    embark(s)
    s.advance(8 * DAY)
    assert {name: int(s.world.formations[name][a]) for name in before} == before
    assert s.world.formations.afloat[a] == Afloat.ASHORE
    assert int(s.world.formations.aboard_u[a] + s.world.formations.aboard_guns_u[a]) == 0


def test_it_is_off_the_map_between_ports_and_never_stands_on_water():
    s = in_port()
    embark(s)
    a, land = row(s, "a1"), s.scenario.theatre.kind == 1
    seen = set()
    for hour in range(6, 8 * 24, 6):
        s.advance(hour * HOUR)
        cell = hex_of(s, "a1")
        assert cell == -1 or land[cell]
        seen.add((int(s.world.formations.status[a]), cell))
    assert {(Status.ON_MAP, at(s, *PORT)), (Status.WAITING, -1), (Status.ON_MAP, at(s, *OTHER))} <= seen
    assert len(seen) == 3


def test_without_a_goal_it_leaves_the_theatre_with_all_its_men():
    s = in_port()
    embark(s, goal=None)
    s.advance(8 * DAY)
    a = row(s, "a1")
    assert s.world.formations.status[a] == Status.WITHDRAWN
    assert s.world.formations.men_u[a] == s.scenario.formations[a].men * 10**6
    assert of_kind(s, "CameHome")


def test_the_ships_of_the_side_bound_how_fast_men_go_aboard():
    def days(men_day: int) -> float:
        s = in_port(shipping=[ships(men_day=men_day)])
        embark(s)
        return landed_on(s, "a1", 9 * DAY)

    assert days(2000) > days(4000)
    assert days(4500) == days(20_000), "then the quays bound it"


def test_a_smaller_port_takes_fewer_in_proportion():
    s = in_port(ports={"1": 1000, "2": 8000})
    assert embarking.quay_men(s.world, 0, at(s, *PORT), 0) == 4500 // 4
    assert embarking.quay_men(s.world, 0, at(s, *OTHER), 0) == 4500
    assert embarking.quay_men(s.world, 0, at(s, 2, 3), 0) == 0


def test_two_divisions_share_the_ships_first_come_first_served():
    s = in_port(formations={"A": "infantry", "B": {"kind": "infantry", "cell": 14}})
    embark(s, "a1")
    s.advance(1)
    embark(s, "b1")
    s.advance(2 * DAY)
    assert men(s, "b1")["aboard"] == 0 < men(s, "a1")["aboard"]
    s.advance(9 * DAY)
    assert [r["formation"] for r in rows_of(s, "Sailed")] == [row(s, "a1"), row(s, "b1")]


def test_no_more_men_go_aboard_in_a_day_than_ships_and_quays_take():
    s = in_port(formations={"A": "infantry", "B": {"kind": "infantry", "cell": 14}}, shipping=[ships(men_day=3000)])
    embark(s, "a1")
    embark(s, "b1")
    s.advance(7 * DAY)
    by_day: dict[int, int] = {}
    for r in rows_of(s, "Boarded"):
        by_day[r["minute"] // DAY] = by_day.get(r["minute"] // DAY, 0) + r["men_u"]
    spare = round(9500 * 0.02) * 10**6
    assert max(by_day.values()) <= 3000 * 10**6 + spare


def test_who_is_told_to_stay_after_all_has_his_men_back():
    s = in_port()
    embark(s)
    s.advance(DAY)
    assert men(s, "a1")["aboard"] > 0
    told(s, "a1", OrderKind.HOLD, at(s, *PORT))
    s.advance(DAY + 7 * HOUR)
    a = row(s, "a1")
    assert (men(s, "a1")["aboard"], int(s.world.formations.men_u[a])) == (0, s.scenario.formations[a].men * 10**6)


def test_ships_that_are_sunk_take_part_of_their_men_and_all_their_guns():
    s = in_port(shipping=[ships(loss=0.2)], sets={"naval.loss_air": 0, "naval.drowned": 0.5}, seed=4)
    embark(s)
    s.advance(8 * DAY)
    a, f = row(s, "a1"), s.world.formations
    drowned = men(s, "a1")["drowned"]
    assert 0 < drowned < 9500 * 10**6
    assert f.guns_u[a] + f.guns_lost_u[a] == s.scenario.formations[a].guns * 10**6
    assert f.guns_lost_u[a] / (s.scenario.formations[a].guns * 10**6) == pytest.approx(2 * drowned / (9500 * 10**6), rel=0.1)
    conserved(s, "a1")


def test_the_enemy_beside_a_port_slows_it_and_guns_are_left():
    near = COAST.split("\n")
    near[2] = "X" + ":" * 13
    s = in_port("\n".join(near), formations={"A": "infantry", "B": "infantry", "X": "rifle"})
    assert embarking.under_fire(s.world, 0, at(s, *PORT)) == pytest.approx(0.15)
    embark(s)
    s.advance(DAY)
    assert 0 < men(s, "a1")["aboard"] < 1000 * 10**6
    assert s.world.formations.guns_lost_u[row(s, "a1")] > 0


def test_guns_in_range_slow_a_port_less_than_an_enemy_beside_it():
    rows_ = COAST.split("\n")
    rows_[3] = "X" + ":" * 13
    s = in_port("\n".join(rows_), formations={"A": "infantry", "B": "infantry", "X": "rifle"})
    assert embarking.under_fire(s.world, 0, at(s, *PORT)) == pytest.approx(0.3)


def test_landing_craft_load_off_the_shore_in_range_of_guns_and_beside_the_enemy_by_night():
    def loaded(row_of_the_enemy: int, hour: int) -> int:
        rows_ = COAST.split("\n")
        rows_[row_of_the_enemy] = "X" + ":" * 13
        barges = {"hq": "axis_hq", "kind": "landing_craft", "men": 2000, "lifts_day": 1, "at": PORT}
        units = {"A": "infantry", "B": "infantry", "X": "rifle"}
        s = in_port("\n".join(rows_), formations=units, assets=[barges])
        dark = embarking.darkness(s.world.statics, hour * HOUR)
        assert 0.0 <= dark <= 1.0
        expected = 0.3 * quays + 2000 if row_of_the_enemy == 3 else 0.15 * quays + 2000 * (dark + (1.0 - dark) * 0.15)
        rate = embarking.rate(s.world, 0, at(s, *PORT), hour * HOUR)
        assert rate == pytest.approx(expected, abs=1)
        return rate

    quays = 4500
    assert loaded(3, 6) == loaded(3, 18)
    assert loaded(2, 18) == pytest.approx(0.15 * (quays + 2000), abs=1), "noon to six in the evening: all daylight"
    assert loaded(2, 6) > loaded(2, 18)


def test_who_screens_the_ground_beside_him_goes_aboard_and_who_is_attacked_does_not():
    def kept(target: tuple[int, int]) -> Obstacle | None:
        rows_ = COAST.split("\n")
        rows_[2] = ":X" + "." * 12
        s = in_port("\n".join(rows_), formations={"A": "infantry", "B": {"kind": "infantry", "cell": 20}, "X": "rifle"})
        s.advance(12 * HOUR)
        told(s, "x1", OrderKind.ATTACK, at(s, *target))
        s.advance(27 * HOUR)
        fights = live_participants(s.world)
        assert row(s, "a1") in s.world.participants.formation[fights].tolist()
        return embarking.obstacle(s.world, row(s, "a1"), at(s, *OTHER), s.now, guns=False)

    assert kept((1, 1)) is None
    assert kept(PORT) == Obstacle.ENEMY


def test_who_goes_aboard_out_of_a_screen_fight_goes_on_losing_men_in_it():
    """From an hour after each boarding, when the fight has been weighed anew for who is left."""
    rows_ = COAST.split("\n")
    rows_[2] = ":X" + "." * 12
    s = in_port("\n".join(rows_), formations={"A": "infantry", "B": {"kind": "infantry", "cell": 20}, "X": "rifle"})
    s.advance(12 * HOUR)
    told(s, "x1", OrderKind.ATTACK, at(s, 1, 1))
    s.advance(27 * HOUR)
    embark(s)
    found = 0
    for hour in range(28, 60):
        s.advance(hour * HOUR + 30)
        p, a1 = s.world.participants, row(s, "a1")
        live = live_participants(s.world)
        mine = live[p.formation[live] == a1]
        if len(mine) and of_kind(s, "Boarded") and not s.world.battles.stale[p.battle[mine]].any():
            assert s.world.formations.battle_rate[a1] == p.battle_rate[mine].sum()
            found += 1
    assert found >= 10


def test_who_finds_his_port_lost_lands_at_the_nearest_one_left():
    text = "\n".join(["~" * 14, "1AB" + "." * 5 + "3" + "." * 4 + "2", "." * 14, "." * 14])
    s = in_port(text, ports={"1": 8000, "2": 8000, "3": 8000}, sets={"naval.unload_h": 16})
    embark(s)
    while not of_kind(s, "Sailed"):
        s.advance(s.now + 6 * HOUR)
    fold(s._pen, CAPTURED(s.now, hex=[at(s, *OTHER)], side=1, formation=-1, how=0))
    s.advance(s.now + 2 * DAY)
    assert hex_of(s, "a1") == at(s, 1, 8)


def test_an_order_that_cannot_be_carried_out_fails_and_says_why():
    s = in_port(shipping=[ships(until_min=DAY, men_day=1000)])
    embark(s)
    s.advance(2 * DAY)
    (said,) = rows_of(s, "NotEmbarked")
    assert said["cause"] == Obstacle.NO_SHIPS
    assert s.world.orders.state.tolist() == [OrderState.FAILED]
    assert men(s, "a1")["aboard"] == 0, "those aboard came back"
    conserved(s, "a1")


@pytest.mark.parametrize(
    ("name", "goal", "options", "code"),
    [
        ("b1", OTHER, {}, "not_at_a_port"),
        ("a1", PORT, {}, "no_port"),
        ("a1", (2, 5), {}, "no_port"),
        ("a1", OTHER, {"shipping": []}, "no_ships"),
        ("a1", OTHER, {"shipping": [ships(men_day=0)]}, "no_ships"),
        ("a1", None, {"shipping": [ships(at="2")]}, "no_way_by_sea"),
    ],
)
def test_orders_that_cannot_be_given_are_refused(name: str, goal: Any, options: dict[str, Any], code: str):
    s = in_port(**options)
    assert refused(s, name, OrderKind.EMBARK, at(s, *goal) if goal else -1) == code


def test_nobody_can_be_ordered_while_at_sea():
    s = in_port()
    embark(s)
    while not of_kind(s, "Sailed"):
        s.advance(s.now + 6 * HOUR)
    assert refused(s, "a1", OrderKind.HOLD) == "at_sea"
    assert s.view("axis").coming.row.tolist() == [row(s, "a1")]


def test_a_voyage_can_be_explained_by_its_terms():
    s = in_port(frames=True)
    embark(s)
    s.advance(DAY)
    found = why.why_voyage(s, row(s, "a1"))
    terms = {term.key: term for term in found.terms}
    assert found.minute == 18 * HOUR
    assert terms["sea.ships_men_day"].value == 8000
    assert terms["sea.quays_men_day"].value == 4500
    parameter = terms["sea.quays_men_day"].parameter
    assert parameter is not None
    assert parameter.source == "mok_ost"
    assert (terms["sea.aboard_now"].value, terms["sea.under_fire"].value) == (1125, 1.0)
    s.advance(5 * DAY)
    assert "sea.ships_sunk" in {term.key for term in why.why_voyage(s, row(s, "a1")).terms}


def test_the_same_run_whether_looked_at_or_not():
    whole, sliced = in_port(weather=calm()), in_port(weather=calm())
    for s in (whole, sliced):
        embark(s)
    whole.advance(7 * DAY)
    for hour in range(5, 7 * 24, 5):
        sliced.advance(hour * HOUR)
    sliced.advance(7 * DAY)
    assert whole.digest() == sliced.digest()
