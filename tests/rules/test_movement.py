"""Marches on drawn maps: paces, roads, mud, rivers, room, ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core.columns import NANO
from engine.files.build import sample_kinds
from engine.model.codes import Obstacle, OrderKind, OrderState, Stage, Taking, Task
from engine.model.facts import WeatherDay
from engine.model.orders import Order
from engine.model.theatre import Road
from engine.rules import interdiction
from tests.rules.marches import (
    DAY,
    HEX_KM,
    HOUR,
    at,
    entered_at,
    field,
    hex_of,
    km_from,
    march,
    of_kind,
    row,
    rows_of,
    told,
)

LONG = """
{0}
A{0}
{0}
""".replace("A{0}", "A" + "." * 89).replace("{0}", "." * 90)


def day_km(kind: str, days: int = 4, **options: object) -> float:
    """Kilometres a day of a long march."""
    s = field(LONG, {"A": kind}, **options)
    start = hex_of(s, "a1")
    march(s, "a1", at(s, 1, 89))
    s.advance(days * DAY)
    return km_from(s, "a1", start) / days


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("infantry", 20, 30), ("rifle", 20, 30), ("panzer", 60, 120), ("tank_corps", 60, 120)]
)
def test_a_division_marches_at_its_sustained_pace(kind: str, low: float, high: float):
    assert low <= day_km(kind) <= high


def test_a_march_starts_two_hours_after_the_order_and_keeps_the_exact_minute():
    s = field("A.....", sets={"switch.night_marches": 0})
    march(s, "a1", at(s, 0, 5))
    s.advance(DAY)
    first = rows_of(s, "Departed")[0]
    assert first["departed_at"] == rows_of(s, "OrderTaken")[0]["minute"] == 15
    pace = rows_of(s, "Departed")[1]["leg_at"] - rows_of(s, "Departed")[1]["departed_at"]
    assert first["leg_at"] - first["departed_at"] == pace + 2 * HOUR
    assert rows_of(s, "Departed")[1]["departed_at"] == first["leg_at"], "rounding to the grain costs no time"


def mud(days: int) -> list[WeatherDay]:
    return [WeatherDay(d, "all", "rain", "mud") for d in range(days)]


@pytest.mark.parametrize(("kind", "low", "high"), [("infantry", 0.45, 0.65), ("panzer", 0.25, 0.45)])
def test_mud_slows_wheels_and_tracks_more_than_feet(kind: str, low: float, high: float):
    dry = day_km(kind, 3)
    wet = day_km(kind, 3, sets={"switch.weather": 1}, weather=mud(4))
    assert low <= wet / dry <= high


def test_a_column_is_slower_by_night_than_by_day():
    s = field(LONG, {"A": "panzer"})
    march(s, "a1", at(s, 1, 60))
    s.advance(2 * DAY)
    legs = [(r["departed_at"] % DAY, r["leg_at"] - r["departed_at"]) for r in rows_of(s, "Departed")[1:]]
    noon = [m for when, m in legs if 9 * HOUR <= when <= 15 * HOUR]
    night = [m for when, m in legs if when <= 2 * HOUR or when >= 23 * HOUR]
    assert 1.4 <= (sum(night) / len(night)) / (sum(noon) / len(noon)) <= 1.7


def test_off_the_road_woods_and_swamps_cost_time_and_columns_go_round_a_swamp():
    wood, open_ground = (
        field(f"A{mark * 4}.", {"A": "panzer"}, roads=False, days=4) for mark in ("f", ".")
    )  # fmt: skip
    for s in (wood, open_ground):
        march(s, "a1", at(s, 0, 5))
        s.advance(3 * DAY)
    assert entered_at(wood, "a1", at(wood, 0, 4)) > 1.5 * entered_at(open_ground, "a1", at(wood, 0, 4)) > 0
    swamp = field(
        """
        .........
        A.sssss..
        .sssssss.
        """,
        {"A": "panzer"}, roads=False,
    )  # fmt: skip
    march(swamp, "a1", at(swamp, 1, 8))
    swamp.advance(5 * DAY)
    assert hex_of(swamp, "a1") == at(swamp, 1, 8)
    visited = {r["hex"] for r in rows_of(swamp, "Entered")}
    assert not visited & {at(swamp, 1, c) for c in range(3, 7)}


RIVER = """
...A...
=======
.......
.......
"""
BRIDGED = """
...A...
+++++++
.......
.......
"""


@pytest.mark.parametrize(("kind", "hours"), [("infantry", 6), ("panzer", 9)])
def test_a_river_without_a_bridge_costs_hours(kind: str, hours: int):
    times = []
    for drawing in (RIVER, BRIDGED):
        s = field(drawing, {"A": kind})
        march(s, "a1", at(s, 2, 3))
        s.advance(2 * DAY)
        times.append(entered_at(s, "a1", at(s, 1, 3)))
    assert times[0] - times[1] == pytest.approx(hours * HOUR, abs=2)


def test_a_bridging_column_halves_a_crossing():
    plain, helped = (
        field(RIVER, {"A": "panzer"}, assets=assets)
        for assets in ((), [{"id": "bruckner", "hq": "axis_hq", "kind": "bridging"}])
    )
    for s in (plain, helped):
        march(s, "a1", at(s, 2, 3))
        s.advance(2 * DAY)
    saved = entered_at(plain, "a1", at(plain, 1, 3)) - entered_at(helped, "a1", at(helped, 1, 3))
    assert saved == pytest.approx(4.5 * HOUR, abs=2)


def test_a_third_division_finds_no_room_and_waits_beside_the_hex():
    s = field(
        """
        A.B
        .C.
        ...
        """
    )
    for name in ("a1", "b1", "c1"):
        march(s, name, at(s, 0, 1))
    s.advance(2 * DAY)
    inside = [name for name in ("a1", "b1", "c1") if hex_of(s, name) == at(s, 0, 1)]
    assert len(inside) == 2
    outside = next(name for name in ("a1", "b1", "c1") if name not in inside)
    assert rows_of(s, "Blocked", formation=row(s, outside), cause=int(Obstacle.CROWD))


def test_who_waits_for_room_goes_in_once_there_is_some():
    s = field(
        """
        A.B
        .C.
        ...
        """
    )
    for name in ("a1", "b1", "c1"):
        march(s, name, at(s, 0, 1))
    s.advance(2 * DAY)
    inside = [name for name in ("a1", "b1", "c1") if hex_of(s, name) == at(s, 0, 1)]
    march(s, inside[0], at(s, 2, 1))
    s.advance(4 * DAY)
    assert all(hex_of(s, n) == at(s, 0, 1) for n in ("a1", "b1", "c1") if n != inside[0])


def test_a_road_too_full_slows_those_who_come_last():
    crowd = field("ABC......", {"B": {"cell": 0}, "C": {"cell": 0}}, sets={"contact.stack_limit": 4})
    alone = field("A........")
    for name in ("a1", "b1", "c1"):
        march(crowd, name, at(crowd, 0, 6))
    march(alone, "a1", at(alone, 0, 6))
    for s in (crowd, alone):
        s.advance(4 * DAY)
    times = sorted(entered_at(crowd, n, at(crowd, 0, 6)) for n in ("a1", "b1", "c1"))
    free = entered_at(alone, "a1", at(alone, 0, 6))
    assert times[0] == times[1] == free
    assert times[2] > 1.1 * free


def test_a_formation_without_fuel_stays_and_says_so():
    s = field("A......", {"A": {"kind": "panzer", "fuel_days": 0.1}}, supply=False)
    march(s, "a1", at(s, 0, 6))
    s.advance(DAY)
    assert hex_of(s, "a1") == at(s, 0, 0)
    looks = rows_of(s, "Blocked", cause=int(Obstacle.NO_FUEL))
    assert 0 < len(looks) <= 9, "it looks again every three hours, not all the time"


def test_where_no_way_leads_a_formation_stays_and_says_so():
    s = field("A.~~..")
    march(s, "a1", at(s, 0, 5))
    s.advance(DAY)
    assert hex_of(s, "a1") == at(s, 0, 0)
    assert rows_of(s, "Blocked", cause=int(Obstacle.NO_WAY))


def test_a_fortress_does_not_march():
    fixed = {name: replace(kind, mobility="static") for name, kind in sample_kinds().items()}
    s = field("A..", kinds=fixed)
    march(s, "a1", at(s, 0, 2))
    s.advance(2 * DAY)
    assert hex_of(s, "a1") == at(s, 0, 0)
    assert len(rows_of(s, "Blocked", cause=int(Obstacle.IMMOBILE))) == 1, "it does not look again for what cannot be"


def test_an_arrived_formation_holds_and_its_order_is_done():
    s = field("A...")
    march(s, "a1", at(s, 0, 3))
    s.advance(2 * DAY)
    formations = s.world.formations
    assert (formations.task[0], formations.stage[0], formations.order[0]) == (Task.HOLD, Stage.IDLE, -1)
    assert s.world.orders.state[0] == OrderState.DONE
    assert len(rows_of(s, "Arrived", formation=0)) == 1


def test_an_order_to_hold_stops_a_column_before_the_middle_of_a_leg_and_not_after():
    early, late = field("A....", {"A": "infantry"}), field("A....", {"A": "infantry"})
    for s, minute in ((early, 2 * HOUR), (late, 6 * HOUR)):
        march(s, "a1", at(s, 0, 4))
        s.advance(minute)
        told(s, "a1", OrderKind.HOLD)
        s.advance(2 * DAY)
    assert hex_of(early, "a1") == at(early, 0, 0)
    assert hex_of(late, "a1") == at(late, 0, 1)


def test_turning_back_takes_the_time_it_took_to_come():
    s = field("..A..", {"A": "infantry"})
    march(s, "a1", at(s, 0, 4))
    s.advance(2 * HOUR)
    march(s, "a1", at(s, 0, 0))
    s.advance(3 * HOUR + 1)
    first, second = rows_of(s, "Departed")[:2]
    assert second["to"] == at(s, 0, 1)
    assert second["leg_at"] - second["departed_at"] > 3 * HOUR
    assert first["to"] == at(s, 0, 3)


def test_a_march_home_keeps_to_own_ground():
    s = field(
        """
        .A::::::.
        .........
        """
    )
    march(s, "a1", at(s, 0, 8))
    s.advance(4 * DAY)
    assert hex_of(s, "a1") == at(s, 0, 8)
    assert rows_of(s, "Captured", how=int(Taking.ENTERED)) == []


def test_two_enemies_meet_on_the_road_and_neither_gets_through():
    s = field("A...::::R")
    march(s, "a1", at(s, 0, 8))
    march(s, "r1", at(s, 0, 0))
    s.advance(4 * DAY)
    a, r = hex_of(s, "a1"), hex_of(s, "r1")
    assert a < r, "nobody has passed through the other"
    assert r - a <= 3
    assert {e.kind.name for e in of_kind(s, "Blocked")} == {"Blocked"}


def test_a_wider_stack_passes_through_a_full_hex():
    """Two divisions at rest in the only way: another passes through, as roads carry it."""
    s = field("A.B....", {"B": {"cell": 2}, "C": {"cell": 2}})
    march(s, "a1", at(s, 0, 6))
    s.advance(5 * DAY)
    assert hex_of(s, "a1") == at(s, 0, 6)


def test_highways_are_quicker_for_columns_that_drive():
    plain = field("A........", {"A": "panzer"})
    n = plain.world.statics.grid.size
    fast = field("A........", {"A": "panzer"}, road=[[int(Road.HIGHWAY)] * 6] * n)
    for s in (plain, fast):
        march(s, "a1", at(s, 0, 8))
        s.advance(2 * DAY)
    assert entered_at(fast, "a1", at(fast, 0, 8)) < 0.95 * entered_at(plain, "a1", at(plain, 0, 8))


def test_a_march_is_explained_by_terms_that_add_up_to_its_minutes():
    s = field(RIVER, {"A": "panzer"})
    march(s, "a1", at(s, 2, 3))
    s.advance(HOUR)
    trace = s.traced(HOUR, "movement")
    minutes = sum(value for what, _, key, value, _ in trace.terms if what == "formations" and key.startswith("march."))
    departed = rows_of(s, "Departed")[0]
    assert minutes == departed["leg_at"] - departed["departed_at"]
    assert s.world.statics.grid.spacing_m / 1000 == HEX_KM


# The enemy's aircraft.


def leg_by(hour: int, sorties: int, **sets: float) -> int:
    """Minutes of the leg that a division begins about this hour, with so many enemy sorties a day against roads."""
    s = field(
        "\n".join(["." * 40] + ["A" + "." * 39] + ["." * 40] * 6 + [":" * 39 + "R"]), {"A": "infantry", "R": "rifle"},
        assets=[{"hq": "soviet_hq", "kind": "air", "sorties_day": sorties}],
        sets={"air.interdiction_share": 1, "air.support_share": 0, "air.recon_share": 0, **sets},
    )  # fmt: skip
    march(s, "a1", at(s, 1, 39))
    s.advance(2 * DAY)
    return next(
        int(r["leg_at"] - r["departed_at"])
        for r in rows_of(s, "Departed", formation=row(s, "a1"))
        if min((r["minute"] - hour * HOUR) % DAY, (hour * HOUR - r["minute"]) % DAY) <= 3 * HOUR < r["minute"]
    )


def test_enemy_aircraft_slow_marches_by_day_and_not_by_night():
    assert abs(leg_by(12, 100) * 0.7 - leg_by(12, 0)) <= 1
    assert leg_by(0, 100) == leg_by(0, 0)


def test_aircraft_that_have_left_or_not_yet_come_harry_nobody():
    def per_corps(minute: int, **dates: int) -> float:
        s = field("A...\n....\n:::R", assets=[{"hq": "soviet_hq", "kind": "air", "sorties_day": 100, **dates}])
        return interdiction.sorties(s.world, 0, minute)

    always = per_corps(0)
    assert always > 0
    assert [per_corps(day * DAY, until_min=3 * DAY) for day in (0, 2, 3, 9)] == [always, always, 0, 0]
    assert [per_corps(day * DAY, from_min=3 * DAY) for day in (0, 2, 3, 9)] == [0, 0, always, always]
    one = field("A...\n....\n:::R", assets=[{"hq": "soviet_hq", "kind": "air", "sorties_day": 100, "until_min": DAY}])
    assert [interdiction.sorties(one.world, 0, at) for at in (0, DAY, 0)] == [always, 0, always]


def test_the_sky_never_stops_a_march_and_the_switch_clears_it():
    assert leg_by(12, 5000) <= 4 * leg_by(12, 0) + 1
    assert leg_by(12, 500, **{"switch.air": 0}) == leg_by(12, 0)


# Forced marches.


def forced_km(kind: str, days: int) -> float:
    """Kilometres that a division covers by forced march in so many days from when the order reached it."""
    s = field(LONG, {"A": kind}, sets={"movement.start_h": 0})
    start = hex_of(s, "a1")
    march(s, "a1", at(s, 1, 89), OrderKind.FORCED_MARCH)
    s.advance(15 + days * DAY)
    return km_from(s, "a1", start)


@pytest.mark.parametrize(("days", "km"), [(1, 56), (2, 97), (3, 129)])
def test_foot_on_a_forced_march_covers_the_published_distances(days: int, km: float):
    assert abs(forced_km("rifle", days) - km) <= 2 * HEX_KM


def test_a_forced_march_of_tanks_beats_a_sustained_one_and_fades():
    first, third = forced_km("panzer", 1), forced_km("panzer", 3) - forced_km("panzer", 2)
    usual = day_km("panzer")
    assert 1.3 * usual < first < 2 * usual
    assert usual - HEX_KM <= third < first


def tiredness(kind: OrderKind) -> float:
    """Fatigue after a day's march, in 1e-9."""
    s = field(LONG, {"A": "rifle"}, sets={"switch.recovery": 0})
    march(s, "a1", at(s, 1, 89), kind)
    s.advance(15 + DAY)
    return float(s.world.formations.fatigue_n[row(s, "a1")])


def test_a_forced_march_tires_for_its_distance_and_is_paid_only_once():
    usual, forced = tiredness(OrderKind.MARCH), tiredness(OrderKind.FORCED_MARCH)
    assert 0.06e9 < forced < 0.1e9
    assert 3 * usual < forced < 6 * usual


def test_an_order_to_march_forced_has_a_text_and_ends_like_a_march():
    s = field("A.....")
    order = Order.parse(f"a1: forced_march {s.world.statics.grid.text(at(s, 0, 5))}", s.world.statics.grid)
    assert order.kind == OrderKind.FORCED_MARCH
    assert s.submit("axis", order) == [None]
    s.advance(2 * DAY)
    assert hex_of(s, "a1") == at(s, 0, 5)
    assert s.world.orders.state.tolist() == [OrderState.DONE]
    assert s.world.formations.task[row(s, "a1")] == Task.HOLD


ALONG = """
:::::::::::
...A...B...
...........
...C.......
"""


def _works_after(name: str, goal: tuple[int, int], *, lately_own: bool = False) -> float:
    """Level of the works of a formation that was dug in to level 2 and has gone to a hex beside it."""
    session = field(ALONG)
    who, to = row(session, name), at(session, *goal)
    session._pen["formations"]["works_n"][who] = 2 * NANO
    if lately_own:
        session._pen["hexes"]["owner_since"][to] = 30
        session._pen["formations"]["in_place_since"][who] = 20
    march(session, name, to)
    session.advance(2 * DAY)
    assert hex_of(session, name) == to
    return float(session.world.formations.works_n[who] / NANO)


def test_who_steps_along_his_front_finds_his_own_trenches_there() -> None:
    share = field(ALONG).world.statics.rules["contact.screen_works"]
    assert _works_after("a1", (1, 4)) >= 2 * share
    assert _works_after("b1", (1, 6)) >= 2 * share


def _dug_in_step(text: str, name: str, *way: tuple[int, int]) -> list[int]:
    """Works (1e-9) that a formation of level 2 finds at each step of a march."""
    session = field(text)
    who = row(session, name)
    session._pen["formations"]["works_n"][who] = 2 * NANO
    march(session, name, at(session, *way[-1]))
    session.advance(3 * DAY)
    assert hex_of(session, name) == at(session, *way[-1])
    return [int(step["works_n"]) for step in rows_of(session, "Entered", formation=who)]


def test_who_goes_back_comes_from_behind_or_enters_ground_lately_won_finds_none() -> None:
    """Two days of digging by those who stand again come to less than a level."""
    assert _works_after("a1", (2, 3)) < 1.2
    assert _works_after("a1", (1, 4), lately_own=True) < 1.2
    behind = _dug_in_step(":::::\n.....\n..C..\n.....", "c1", (1, 2))
    assert behind
    assert not any(behind), "from the second row into the front"


def test_who_is_told_to_withdraw_leaves_his_trenches_also_along_the_front() -> None:
    session = field(ALONG)
    who, to = row(session, "a1"), at(session, 1, 4)
    session._pen["formations"]["works_n"][who] = 2 * NANO
    march(session, "a1", to, OrderKind.WITHDRAW)
    session.advance(DAY)
    assert [step["works_n"] for step in rows_of(session, "Entered", formation=who)] == [0]
