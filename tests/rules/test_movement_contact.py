"""Marches where there is an enemy: zones, screens, free entry, attackers and columns; and the laws of movement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.model.codes import Mobility, Obstacle, OrderKind, Outcome, Stage, Taking, Task
from engine.model.world import first_difference
from engine.rules import movement, ways
from engine.rules.systems import SYSTEMS
from engine.run.session import Session
from tests.rules.marches import (
    DAY,
    HOUR,
    at,
    changed_hands,
    entered_at,
    field,
    hex_of,
    march,
    row,
    rows_of,
    told,
)

SEAM_18_KM = """
:::::::::::::::::
:::::::::::::::::
:::::::D::D::::::
........T........
.................
"""
HOLE_84_KM = """
:::::::::::::::::
:::::::::::::::::
:D:::::::::::::D:
........T........
.................
"""


def test_nobody_walks_between_two_divisions_18_km_apart():
    s = field(SEAM_18_KM.replace(":::::::D::D::::::", ":D::D::D::D::D::D"), {"T": "panzer", "D": "rifle"})
    march(s, "t1", at(s, 0, 8), OrderKind.EXPLOIT)
    s.advance(DAY)
    assert hex_of(s, "t1") // 17 >= 3, "it has not passed the line without a fight"
    assert rows_of(s, "Entered", hex=at(s, 0, 8)) == []
    assert len(s.world.battles) > 0, "what screens the gap must be fought"


def test_a_plain_march_does_not_even_fight_its_way_between_them():
    s = field(SEAM_18_KM, {"T": "panzer", "D": "rifle"})
    march(s, "t1", at(s, 0, 8))
    s.advance(2 * DAY)
    assert len(s.world.battles) == 0
    assert changed_hands(s) == 0
    assert rows_of(s, "Blocked", formation=row(s, "t1"))


def test_a_tank_corps_walks_through_a_hole_of_84_km_without_a_fight():
    s = field(HOLE_84_KM, {"T": "panzer", "D": "rifle"})
    march(s, "t1", at(s, 0, 8), OrderKind.EXPLOIT)
    s.advance(DAY)
    assert hex_of(s, "t1") == at(s, 0, 8)
    assert len(s.world.battles) == 0


START_H = 2


KNOWN_ENEMY = """
    .T::::::
    ::::::::
    ::::::::
    ::R:::::
    """
"""Patrols have found him within a day; his zone of control ends before the way."""


def first_leg(drawing: str, kind: OrderKind, *, kind_of: str = "panzer", **sets: float) -> int:
    """Minutes of the first leg of a formation's way through a drawing, once it is moving.

    Later ones lead over ground that has fallen with the first.
    """
    s = field(drawing, {"T": {"kind": kind_of, "side": "axis"}, "R": "rifle"}, ground={"T": "axis"}, sets=sets)
    s.advance(DAY)
    march(s, "t1", at(s, 0, 6), kind)
    s.advance(3 * DAY)
    leg = rows_of(s, "Departed")[0]
    return int(leg["leg_at"] - leg["departed_at"]) - START_H * HOUR


@pytest.mark.parametrize(
    ("kind", "who", "times"),
    [(OrderKind.MARCH, "panzer", 2.0), (OrderKind.FOLLOW, "panzer", 1.0), (OrderKind.EXPLOIT, "tank_brigade", 1.25),
     (OrderKind.EXPLOIT, "panzer", 1 / 0.33)],
)  # fmt: skip
def test_free_enemy_ground_slows_a_march_by_half_a_brigade_in_a_breach_a_little_a_pursuit_not_at_all_a_corps_more(
    kind: OrderKind, who: str, times: float
):  # fmt: skip
    own, hostile = (first_leg(text, kind, kind_of=who) for text in (".T......", ".T::::::"))
    assert hostile == pytest.approx(times * own, abs=2)


@pytest.mark.parametrize(("kind", "times"), [(OrderKind.FOLLOW, 2.0), (OrderKind.EXPLOIT, 1 / 0.33)])
def test_a_known_enemy_within_three_hexes_slows_a_pursuit_by_half_and_a_column_that_exploits_more(
    kind: OrderKind, times: float
):  # fmt: skip
    own, hostile = first_leg(".T......", kind), first_leg(KNOWN_ENEMY, kind)
    assert hostile == pytest.approx(times * own, abs=2)


def test_free_enemy_ground_takes_no_longer_than_a_hex_that_was_fought_for():
    """Infantry off the road: four hours are enough to look through a hex, however slow the march."""
    times = {}
    for most in (4, 12):
        sets = {"contact.occupy_low_h": 4, "contact.occupy_high_h": most}
        times[most] = [first_leg(text, OrderKind.MARCH, kind_of="infantry", **sets) for text in (".T......", ".T::::::")]
    own, hostile = times[4]
    assert hostile == own + 4 * HOUR
    own, hostile = times[12]
    assert hostile == own + min(own, 8 * HOUR)


def test_a_pursuit_takes_what_a_parameter_says():
    freely, slowly = (
        first_leg(".T::::::", OrderKind.FOLLOW, **{"contact.pursuit_slowdown": slow}) for slow in (1.0, 1.5)
    )
    assert slowly == pytest.approx(1.5 * freely, abs=2)


@pytest.mark.parametrize(
    ("kind", "front", "times"),
    [(OrderKind.MARCH, 3, 1.25), (OrderKind.MARCH, 7, 1.25), (OrderKind.EXPLOIT, 3, 1 / 0.33), (OrderKind.EXPLOIT, 7, 1.25)],
)  # fmt: skip
def test_ground_taken_a_few_hours_ago_slows_a_column_by_a_quarter_a_large_breakthrough_more_where_it_is_foremost(
    kind: OrderKind, front: int, times: float
):  # fmt: skip
    """t1 opens the way as far as the ``front``, w1 comes after it to the third hex: alone there, or with others before it."""
    legs = []
    for drawing in ("WT......", "WT::::::"):
        s = field(drawing, {"T": "panzer", "W": "panzer"}, ground={"T": "axis", "W": "axis"})
        march(s, "t1", at(s, 0, front), OrderKind.FOLLOW)
        s.advance(12 * HOUR)
        march(s, "w1", at(s, 0, 3), kind)
        s.advance(2 * DAY)
        leg = rows_of(s, "Departed", formation=row(s, "w1"))[2]
        legs.append(leg["leg_at"] - leg["departed_at"])
    assert legs[1] == pytest.approx(times * legs[0], abs=3)


def test_rear_guards_hold_up_a_breakthrough_no_longer_than_to_a_least_pace():
    """Whatever night and ground make of a march: 6 km at 15 km a day are 9.6 hours."""
    freely = first_leg(".T......", OrderKind.EXPLOIT)
    legs = [
        first_leg(".T::::::", OrderKind.EXPLOIT, **{"movement.exploit": 0.2, "movement.exploit_km_day": km})
        for km in (20.0, 15.0, 12.0)
    ]
    assert legs[:2] == [round(7.2 * HOUR), round(9.6 * HOUR)]
    assert legs[2] == pytest.approx(5 * freely, abs=3), "the light resistance alone, quicker than 12 km a day"


def test_the_rested_race_along_their_own_roads_but_not_through_the_enemys_rear():
    rested = {"switch.short_marches": 1.0}
    own, hostile = ".T......", ".T::::::"
    assert first_leg(own, OrderKind.EXPLOIT, **rested) < first_leg(own, OrderKind.EXPLOIT)
    assert first_leg(hostile, OrderKind.EXPLOIT, **rested) == first_leg(hostile, OrderKind.EXPLOIT)


@pytest.mark.parametrize(("kind", "hours"), [("infantry", 4), ("panzer", 6)])
def test_a_zone_of_control_costs_hours(kind: str, hours: int):
    drawing = """
    ::{}::::::
    .........
    A........
    .........
    """
    times = []
    for enemy in ("R", ":"):
        s = field(drawing.format(enemy), {"A": kind, "R": "rifle"}, sets={"switch.night_marches": 0})
        march(s, "a1", at(s, 1, 2))
        s.advance(2 * DAY)
        times.append(entered_at(s, "a1", at(s, 1, 2)))
    assert min(times) > 0
    assert times[0] - times[1] >= (hours - 0.1) * HOUR


def test_neighbouring_hexes_fall_with_an_entry_unless_an_enemy_is_within_two():
    free = field(HOLE_84_KM, {"T": "panzer", "D": "rifle"})
    march(free, "t1", at(free, 0, 8), OrderKind.EXPLOIT)
    free.advance(DAY)
    beside = rows_of(free, "Captured", how=int(Taking.BESIDE))
    assert beside
    grid = free.world.statics.grid
    for r in beside:
        assert all(grid.distance(r["hex"], hex_of(free, d)) > 2 for d in ("d1", "d2"))


def test_towns_fall_only_to_those_who_enter_them():
    s = field(
        """
        :::::::::
        :::1:2:::
        ....T....
        """,
        {"T": "panzer"},
    )  # fmt: skip
    march(s, "t1", at(s, 0, 4), OrderKind.EXPLOIT)
    s.advance(6 * DAY)
    taken = {r["hex"] for r in rows_of(s, "Captured")}
    assert taken, "the country round the towns has fallen"
    assert not taken & {at(s, 1, 3), at(s, 1, 5)}
    march(s, "t1", at(s, 1, 3), OrderKind.EXPLOIT)
    s.advance(8 * DAY)
    assert rows_of(s, "Captured", hex=at(s, 1, 3), how=int(Taking.ENTERED))


def test_one_attacker_walks_into_a_target_that_nobody_holds_and_the_others_stand():
    s = field(
        """
        :::::::
        ...::::
        .AAA...
        """
    )
    for name in ("a1", "a2", "a3"):
        told(s, name, OrderKind.ATTACK, at(s, 1, 3))
    s.advance(2 * DAY)
    inside = [n for n in ("a1", "a2", "a3") if hex_of(s, n) == at(s, 1, 3)]
    assert len(inside) == 1
    assert len(s.world.battles) == 0
    assert (s.world.formations.task == Task.HOLD).all()


def test_a_mobile_formation_goes_in_before_one_on_foot():
    s = field(
        """
        :::::::
        ...::::
        ..AB...
        """,
        {"B": "panzer"}, ground={"A": "axis", "B": "axis"},
    )  # fmt: skip
    for name in ("a1", "b1"):
        told(s, name, OrderKind.ATTACK, at(s, 1, 3))
    s.advance(DAY)
    assert hex_of(s, "b1") == at(s, 1, 3)
    assert hex_of(s, "a1") == at(s, 2, 2)


def test_attackers_march_up_to_their_target_and_fight_for_it():
    s = field(
        """
        :::::::
        :::R:::
        .......
        .A...B.
        """,
        {"A": {"kind": "panzer"}, "B": {"kind": "panzer"}, "R": {"kind": "rifle", "strength": 0.5}},
    )  # fmt: skip
    for name in ("a1", "b1"):
        told(s, name, OrderKind.ATTACK, at(s, 1, 3))
    s.advance(DAY)
    assert len(s.world.battles) == 1
    assert s.world.battles.hex[0] == at(s, 1, 3)


def test_after_a_yield_one_attacker_moves_in_although_the_beaten_stand_beside_it():
    s = field(
        """
        :::::::
        :::::::
        :::R:::
        ..ABC..
        .......
        """,
        {"A": "panzer", "B": "panzer", "C": "panzer", "R": {"kind": "rifle", "strength": 0.6}},
    )  # fmt: skip
    target = at(s, 2, 3)
    for name in ("a1", "b1", "c1"):
        told(s, name, OrderKind.ATTACK, target)
    s.advance(6 * DAY)
    sent = rows_of(s, "SentIn", hex=target)
    assert sent, "the attack has succeeded"
    entry = rows_of(s, "Captured", hex=target, side=0)
    assert entry
    assert entry[0]["how"] == Taking.ENTERED
    assert entry[0]["formation"] == sent[0]["formation"]
    assert 2 * HOUR <= entry[0]["minute"] - sent[0]["minute"] <= 5 * HOUR
    retreat = rows_of(s, "Retreated", hex=target) + rows_of(s, "Dispersed") + rows_of(s, "Surrendered")
    assert retreat


GIVEN_UP = """
:::::::::
:::::::::
:::R:::::
..ABC....
.........
"""


def test_whoever_leaves_a_battle_gives_the_hex_to_one_of_those_who_attacked_it():
    s = field(GIVEN_UP, {"A": "infantry", "B": "infantry", "C": "infantry", "R": {"kind": "rifle", "strength": 3.0}})
    target = at(s, 2, 3)
    for name in ("a1", "b1", "c1"):
        told(s, name, OrderKind.ATTACK, target)
    s.advance(6 * HOUR)
    march(s, "r1", at(s, 0, 8), OrderKind.WITHDRAW)
    s.advance(DAY + 6 * HOUR)
    left = [r for r in rows_of(s, "BattleEnded", hex=target) if r["outcome"] == Outcome.DISSOLVED]
    assert [r["taken"] for r in left] == [1], "it went before it was beaten"
    sent = rows_of(s, "SentIn", hex=target)
    assert len(sent) == 1
    assert sent[0]["minute"] == left[0]["minute"]
    entry = rows_of(s, "Captured", hex=target, side=0)
    assert entry[0]["formation"] == sent[0]["formation"]
    assert 2 * HOUR <= entry[0]["minute"] - sent[0]["minute"] <= 5 * HOUR


SCREENED = """
:::::::::
:::R:::::
:::::::::
...AB....
.........
"""


@pytest.mark.parametrize("gone", ["other task", "no ammunition"])
def test_attackers_who_cease_are_not_given_what_the_enemy_still_screens(gone: str):
    s = field(SCREENED, {"A": "infantry", "B": "infantry", "R": {"kind": "rifle", "strength": 2.0}})
    target = at(s, 2, 3)
    for name in ("a1", "b1"):
        told(s, name, OrderKind.ATTACK, target)
    s.advance(4 * HOUR)
    assert s.world.battles.outcome[0] == Outcome.LIVE
    for name in ("a1", "b1"):
        if gone == "other task":
            told(s, name, OrderKind.SUPPORT, target)
        else:
            s._pen["formations"]["ammo_g"][row(s, name)] = 0
            s._pen["formations"]["ammo_use"][row(s, name)] = 0
    s.advance(DAY)
    ended = rows_of(s, "BattleEnded", hex=target)
    assert not any(r["taken"] for r in ended if r["outcome"] == Outcome.DISSOLVED)
    assert not rows_of(s, "SentIn", hex=target)


def test_no_more_ground_is_won_than_a_hex_is_deep():
    s = field(GIVEN_UP, {"A": "panzer", "B": "panzer", "C": "panzer", "R": {"kind": "rifle", "strength": 1.2}},
              sets={"combat.tau_days": 4, "combat.advance_km_day": 1.4}, days=12)  # fmt: skip
    for name in ("a1", "b1", "c1"):
        told(s, name, OrderKind.ATTACK, at(s, 2, 3))
    deepest = 0
    while s.now < 9 * DAY:
        s.advance(s.now + 6 * HOUR)
        deepest = max(deepest, int(s.world.battles.read("depth", s.now).max()))
    assert deepest > 2_000_000_000, "ground was won"
    assert deepest <= 6_300_000_000, "battles look round on the hour"
    assert all(r["depth_u"] <= 6_000_000_000 for r in rows_of(s, "BattleEnded"))


def test_attackers_drawn_up_before_a_free_hex_march_in_in_three_hours_and_columns_do_not():
    waits, marches = (field(".A:::::::", {"A": "infantry"}, ground={"A": "axis"}) for _ in range(2))
    told(waits, "a1", OrderKind.ATTACK, at(waits, 0, 2))
    march(marches, "a1", at(marches, 0, 2))
    for s in (waits, marches):
        s.advance(2 * DAY)
    quick, slow = (entered_at(s, "a1", at(s, 0, 2)) for s in (waits, marches))
    assert 0 < quick <= 9 * HOUR
    assert slow >= quick + 3 * HOUR


def fought_for(s: Session, target: int) -> dict:
    """Three divisions attack a hex: the order of who has won it and is sent in."""
    for name in ("a1", "b1", "c1"):
        told(s, name, OrderKind.ATTACK, target)
    while not rows_of(s, "SentIn") and s.now < 6 * DAY:
        s.advance(s.now + 15)
    return rows_of(s, "SentIn", hex=target)[0]


def test_whoever_has_fought_his_way_in_goes_in_before_he_does_what_he_is_told_next():
    s = field(GIVEN_UP, {"A": "panzer", "B": "panzer", "C": "panzer", "R": {"kind": "rifle", "strength": 0.6}})
    target = at(s, 2, 3)
    sent = fought_for(s, target)
    told(s, s.world.statics.formation_ids[sent["formation"]], OrderKind.ATTACK, at(s, 1, 3))
    s.advance(s.now + 6 * HOUR)
    entry = rows_of(s, "Entered", hex=target)[0]
    assert entry["formation"] == sent["formation"]
    assert entry["at"] == sent["arrives_at"], "no later than it would have been"
    assert s.world.formations.target[sent["formation"]] == at(s, 1, 3)


def won_before_a_reserve_comes(seed: int) -> tuple[Session, dict, list[int]]:
    """A hex is won and a reserve makes for it: the session an hour after the victor is due, his order, when it is due."""
    s = field(
        """
        :::::::::
        :::P:::::
        :::R:::::
        ..ABC....
        .........
        """,
        {"A": "panzer", "B": "panzer", "C": "panzer", "R": {"kind": "rifle", "strength": 0.6},
         "P": {"kind": "tank_brigade", "side": "soviet"}},
        sets={"contact.occupy_low_h": 4.0, "contact.occupy_high_h": 12.0, "switch.zones": 0}, seed=seed,
    )  # fmt: skip
    target = at(s, 2, 3)
    sent = fought_for(s, target)
    march(s, "p1", target)
    s.advance(sent["arrives_at"] + HOUR)
    return s, sent, [leg["leg_at"] for leg in rows_of(s, "Departed", formation=row(s, "p1"), to=target)]


def test_a_hex_won_in_a_fight_is_the_victors_and_a_reserve_that_comes_after_it_stays_out():
    """The reserve would be there before the victor: it meets him on the heels of the beaten."""
    for seed in range(1, 13):
        s, sent, came = won_before_a_reserve_comes(seed)
        if came and min(came) < sent["arrives_at"] - HOUR:
            break
    else:
        pytest.fail("this test needs a reserve that is quicker than the victor")
    target = at(s, 2, 3)
    assert rows_of(s, "Blocked", formation=row(s, "p1"), hex=target)[0]["cause"] == Obstacle.ENEMY
    assert rows_of(s, "Entered", hex=target)[0]["formation"] == sent["formation"]


def test_the_beaten_rest_before_they_march_again():
    s = field(
        """
        :::::::
        :::::::
        :::R:::
        ..ABC..
        .......
        """,
        {"A": "panzer", "B": "panzer", "C": "panzer", "R": {"kind": "rifle", "strength": 0.8}},
        sets={"switch.breakthrough": 0},
    )  # fmt: skip
    target = at(s, 2, 3)
    for name in ("a1", "b1", "c1"):
        told(s, name, OrderKind.ATTACK, target)
    while not rows_of(s, "Retreated") and s.now < 9 * DAY:
        s.advance(s.now + HOUR)
    assert rows_of(s, "Retreated"), "this test needs a retreat"
    driven = rows_of(s, "Retreated")[0]
    name = s.world.statics.formation_ids[driven["formation"]]
    march(s, name, at(s, 0, 3))
    s.advance(driven["minute"] + DAY)
    off = [r["departed_at"] for r in rows_of(s, "Departed", formation=driven["formation"])]
    assert off
    assert off[0] >= driven["minute"] + 6 * HOUR


def test_a_defender_leaves_while_he_is_attacked_and_the_attacker_follows_into_the_hex():
    s = field(
        """
        :::::::
        :::::::
        :::::::
        :::R:::
        ..A.A..
        """,
    )
    target = at(s, 3, 3)
    for name in ("a1", "a2"):
        told(s, name, OrderKind.ATTACK, target)
    s.advance(DAY // 2)
    march(s, "r1", at(s, 0, 3), OrderKind.WITHDRAW)
    s.advance(5 * DAY)
    assert hex_of(s, "r1") == at(s, 0, 3)
    assert s.world.hexes.owner[target] == 0
    assert {hex_of(s, "a1"), hex_of(s, "a2")} & {target}


def test_an_exploiting_column_plans_to_go_round_known_resistance():
    s = field(
        """
        :::::::::::::::::
        :::::::::::::::::
        :::::::::::::::::
        ::::::::D::::::::
        ........T........
        """,
        {"T": "panzer", "D": "rifle"},
    )  # fmt: skip
    s.advance(HOUR)
    known = ways.known_to(s.world, 0, s.now)
    way = ways.plan(known, Mobility.TRACK, Task.EXPLOIT, hex_of(s, "t1"), at(s, 0, 8))
    apart = s.world.statics.grid.distance(way, hex_of(s, "d1"))
    assert apart.min() > 0
    assert (apart[2:] > 2).all(), "it leaves the screen at once and does not come back"


def test_a_remnant_beside_the_way_turns_no_exploiting_column():
    s = field(
        """
        :::::::::::::::::
        :::::::::::::::::
        :::::::::::::::::
        ::::::::D::::::::
        ........T........
        """,
        {"T": "panzer", "D": {"kind": "rifle", "strength": 0.05}},
    )  # fmt: skip
    s.advance(HOUR)
    known = ways.known_to(s.world, 0, s.now)
    there = hex_of(s, "d1")
    assert known.enemy[there]
    assert not known.held[there]
    assert not known.zone.any()
    assert not known.covered.any()
    goal = at(s, 0, 8)
    way = ways.plan(known, Mobility.TRACK, Task.EXPLOIT, hex_of(s, "t1"), goal)
    assert len(way) == s.world.statics.grid.distance(hex_of(s, "t1"), goal)


def test_a_column_goes_on_after_one_of_it_has_broken_a_screen():
    s = field(
        """
        ::::
        ::::
        ::::
        ::::
        D::D
        ::::
        .T..
        .T..
        """,
        {"T": "panzer", "D": {"kind": "rifle", "strength": 0.5}},
    )
    for name in ("t1", "t2"):
        march(s, name, at(s, 0, 2), OrderKind.EXPLOIT)
    s.advance(8 * DAY)
    assert rows_of(s, "AttackDone"), "one went in, the other had no part in the entry"
    done = rows_of(s, "AttackDone")[0]
    name = s.world.statics.formation_ids[done["formation"]]
    later = [r for r in rows_of(s, "Departed", formation=row(s, name)) if r["minute"] >= done["minute"]]
    assert later
    assert later[0]["minute"] <= done["minute"] + 5 * HOUR, "as soon as the other is in"
    assert later[0]["goal"] == at(s, 0, 2)


def test_a_fresh_tank_corps_in_open_country_makes_15_to_70_km_a_day():
    rows = "\n".join(":" * 9 for _ in range(40))
    s = field(f"{rows}\n....T....\n.........", {"T": "panzer"})
    march(s, "t1", at(s, 0, 4), OrderKind.EXPLOIT)
    s.advance(3 * DAY)
    km = 6.0 * len(rows_of(s, "Entered", formation=0)) / 3
    assert 15 <= km <= 70


def test_held_up_formations_look_again_on_the_calendar_and_not_all_the_time():
    s = field(SEAM_18_KM, {"T": "panzer", "D": "rifle"})
    march(s, "t1", at(s, 0, 8))
    s.advance(4 * DAY)
    held = rows_of(s, "Blocked", formation=row(s, "t1"))
    assert len(held) <= 8 * 4 + 1
    assert all(r["look_at"] % (3 * HOUR) == 0 for r in held)


def test_contact_is_known_where_it_is_and_only_there():
    s = field(
        """
        :::R:::
        .......
        A..A...
        """
    )
    s.advance(HOUR)
    assert s.world.formations.contact.tolist() == [0, 0, 0]
    march(s, "a2", at(s, 1, 3))
    s.advance(2 * DAY)
    assert s.world.formations.contact[[row(s, n) for n in ("a1", "a2", "r1")]].tolist() == [0, 1, 1]
    march(s, "a2", at(s, 2, 6))
    s.advance(4 * DAY)
    assert s.world.formations.contact.tolist() == [0, 0, 0]


def test_both_headquarters_are_alarmed_when_a_hex_changes_hands():
    s = field(HOLE_84_KM, {"T": "panzer", "D": "rifle"})
    s.advance(HOUR)
    assert (s.world.headquarters.alarm_at < 0).all()
    march(s, "t1", at(s, 0, 8), OrderKind.EXPLOIT)
    s.advance(DAY)
    assert (s.world.headquarters.alarm_at > 0).all()


def test_headquarters_far_from_a_lost_hex_are_left_in_peace():
    s = field(
        HOLE_84_KM.replace("........T........", ".....T..........."), {"T": "panzer", "D": "rifle"},
        headquarters={
            "axis_hq": {"side": "axis"},
            "west": {"side": "soviet", "formations": ["d1"]},
            "east": {"side": "soviet", "formations": ["d2"]},
        },
    )  # fmt: skip
    march(s, "t1", at(s, 1, 5), OrderKind.EXPLOIT)
    s.advance(DAY)
    alarmed = dict(zip(s.world.statics.headquarters_ids, s.world.headquarters.alarm_at.tolist(), strict=True))
    assert alarmed["west"] > 0
    assert alarmed["east"] < 0


# Laws.

CROWDED = """
::::R:::R::::::R::::
:::::R::::RR::::R:::
....................
..A.B..A..B...A..B..
.....A......B.......
"""


ORDERS = (
    ("a1", (2, 4), OrderKind.MARCH), ("a2", (1, 5), OrderKind.ATTACK), ("b1", (1, 5), OrderKind.ATTACK),
    ("b2", (1, 11), OrderKind.ATTACK), ("b4", (1, 11), OrderKind.ATTACK), ("a4", (2, 14), OrderKind.MARCH),
    ("b3", (0, 19), OrderKind.EXPLOIT), ("r1", (2, 0), OrderKind.MARCH), ("r3", (1, 18), OrderKind.MARCH),
)  # fmt: skip


def lively() -> Session:
    """A little war that has not been ordered yet."""
    return field(CROWDED, {"B": "panzer"}, ground={"A": "axis", "B": "axis"})


def give(s: Session) -> Session:
    """The orders of that war."""
    for name, goal, kind in ORDERS:
        march(s, name, at(s, *goal), kind)
    return s


def ordered() -> Session:
    """A lively little war by fixed orders."""
    return give(lively())


def test_slicing_an_advance_changes_nothing():
    whole, cut = ordered(), ordered()
    whole.advance(4 * DAY)
    for stop in (1, 17, 3 * HOUR, 3 * HOUR + 7, DAY + 1, 2 * DAY + 13, 3 * DAY - 1, 4 * DAY):
        cut.advance(stop)
    assert first_difference(whole.world, cut.world) is None
    assert changed_hands(whole) > 0


def test_the_sequence_of_orders_of_one_minute_does_not_matter():
    """Orders given in another sequence are other rows of the table; formations fare the same."""
    s, other = ordered(), lively()
    for entry in reversed(s.log):
        for order in entry.orders:
            other.submit(("axis", "soviet")[entry.side], order)
    s.advance(4 * DAY)
    other.advance(4 * DAY)
    for column in ("hex", "men_u", "stage", "fuel_g", "leg_at", "moved_m", "contact"):
        assert np.array_equal(s.world.formations[column], other.world.formations[column]), column
    assert np.array_equal(s.world.hexes.owner, other.world.hexes.owner)


def test_the_order_of_rows_does_not_matter():
    s = ordered()
    backwards = replace(s.scenario, formations=s.scenario.formations[::-1])
    turned = give(Session(backwards, s.seed, systems=SYSTEMS, ledger=True))
    assert turned.world.statics.formation_ids == s.world.statics.formation_ids[::-1]
    s.advance(5 * DAY)
    turned.advance(5 * DAY)
    for column in ("hex", "men_u", "stage", "task", "fuel_g", "leg_at", "moved_m", "contact", "cohesion_n"):
        assert np.array_equal(s.world.formations[column], turned.world.formations[column][::-1]), column
    assert np.array_equal(s.world.hexes.owner, turned.world.hexes.owner)


def test_a_formation_far_away_changes_nothing():
    near = """
    {west}:::R::::::
    {west}:::::R::::
    {west}..........
    {west}..A..B.A..
    """
    plain = field(near.format(west="." * 30), {"B": "panzer"})
    more = field(near.format(west="." * 30).replace("." * 30, "Z" + "." * 29, 1), {"B": "panzer"})
    for s in (plain, more):
        for name, goal, kind in (
            ("a1", (2, 34), OrderKind.MARCH), ("b1", (1, 35), OrderKind.ATTACK), ("a2", (1, 35), OrderKind.ATTACK),
        ):  # fmt: skip
            march(s, name, at(s, *goal), kind)
        if s is more:
            march(s, "z1", at(s, 3, 5))
        s.advance(5 * DAY)
    for name in ("a1", "a2", "b1", "r1", "r2"):
        for column in ("hex", "men_u", "leg_at", "moved_m", "cohesion_n", "stage"):
            assert plain.world.formations[column][row(plain, name)] == more.world.formations[column][row(more, name)]
    assert hex_of(more, "z1") != at(more, 0, 0)


def test_who_gets_the_last_place_is_decided_by_dice_and_not_by_the_row():
    winners = set()
    for seed in range(12):
        s = field(
            """
            A.B
            .C.
            """,
            {"C": {"cell": 1}}, seed=seed, sets={"switch.night_marches": 0},
        )  # fmt: skip
        march(s, "a1", at(s, 0, 1))
        march(s, "b1", at(s, 0, 1))
        s.advance(DAY)
        inside = [n for n in ("a1", "b1") if hex_of(s, n) == at(s, 0, 1)]
        assert len(inside) == 1
        winners.add(inside[0])
    assert winners == {"a1", "b1"}


def test_movement_does_not_run_while_nothing_moves():
    runs = []

    def counted(world, minute, dice, trace=None):
        runs.append(minute)
        return movement.decide(world, minute, dice, trace)

    systems = [s.replace(decide=counted) if s.name == "movement" else s for s in SYSTEMS]
    s = field(SEAM_18_KM, {"T": "panzer", "D": "rifle"}, systems=systems)
    s.advance(5 * DAY)
    assert len(runs) <= 1
    assert (s.world.formations.stage == Stage.IDLE).all()
    assert not rows_of(s, "Blocked", cause=int(Obstacle.ENEMY))
