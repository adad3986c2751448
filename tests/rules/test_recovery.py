"""Out of battle: rest, digging in, repair, sickness, replacements, hunger, and what marches cost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine.core.columns import NANO
from engine.model.codes import Task
from engine.model.world import World
from engine.rules import recovery
from engine.rules.system import Trace
from engine.run.session import Session
from tests.rules import battlefield
from tests.rules.battlefield import DAY, battle, row

battlefield.register()

FIELD = """
::R:::::
::::::::
........
........
A..B..C.
........
"""
FRONT = """
:::::
:RRR:
..A..
.....
"""


def rested(
    text: str = FIELD, orders: dict[str, dict[str, Any]] | None = None, days: float = 4, **drawing: Any
) -> Session:
    """A field on which only recovery happens, some days later; with provisions for twenty days."""
    given = {"A": {}, **drawing.pop("formations", {})}
    given = {letter: {"food_days": 20.0, **more} for letter, more in given.items()}
    session = battle(text, orders or {}, given, combat_system=recovery.SYSTEM, days=30, **drawing)
    session.advance(round(days * DAY))
    return session


def now(session: Session, flow: str, name: str) -> int:
    return int(session.world.formations.read(flow, session.now, [row(session, name)])[0])


def test_the_tired_and_shaken_recover_at_the_stated_pace() -> None:
    start = {"A": {"fatigue": 0.6, "cohesion": 0.5}}
    session = rested(formations=start, days=4)
    rules = session.world.statics.rules
    weather = session.world.weather
    pace = rules["combat.fatigue_rest_day"]
    lost = 0.6 - now(session, "fatigue", "a1") / NANO
    assert 4 * pace * rules["combat.fatigue_bad_weather"] * 0.99 <= lost <= 4 * pace * 1.01, int(weather.sky[0])
    gained = now(session, "cohesion", "a1") / NANO - 0.5
    assert gained == pytest.approx(4 * rules["combat.cohesion_recovery_day"], rel=0.02)


def test_nobody_is_fresher_than_fresh_or_steadier_than_steady() -> None:
    session = rested(formations={"A": {"fatigue": 0.01, "cohesion": 0.995}}, days=8)
    assert now(session, "fatigue", "a1") >= 0
    assert NANO - 1000 <= now(session, "cohesion", "a1") <= NANO


def test_men_in_the_line_rest_less_than_men_behind_it() -> None:
    session = rested(FRONT, formations={"A": {"fatigue": 0.8}, "R": {"fatigue": 0.8}})
    behind = rested(formations={"A": {"fatigue": 0.8}})
    assert now(session, "fatigue", "a1") > now(behind, "fatigue", "a1")


def test_works_grow_with_time_up_to_what_troops_can_do_alone() -> None:
    levels = [now(rested(days=days), "works", "a1") / NANO for days in (1, 3, 8)]
    assert levels == sorted(levels)
    assert 0 < levels[0] < 1 < levels[2] <= 3
    session = rested(days=8)
    rules = session.world.statics.rules
    # Level 1 takes level_1_days on open ground, the next the difference of the two.
    expected = 1 + (8 - rules["fortification.level_1_days"]) / (
        rules["fortification.level_2_days"] - rules["fortification.level_1_days"]
    )
    assert levels[2] == pytest.approx(min(expected, 2.05), abs=0.12)


def test_digging_in_front_of_the_enemy_is_slower() -> None:
    assert now(rested(FRONT, days=2), "works", "a1") < now(rested(days=2), "works", "a1")


def test_vehicles_come_back_from_the_workshops_and_some_are_beyond_repair() -> None:
    start = {"A": {"kind": "panzer", "afv": 40, "afv_repair": 40}}
    session = rested(formations=start, days=5)
    rules = session.world.statics.rules
    total = sum(now(session, flow, "a1") for flow in ("afv", "afv_shop", "afv_lost"))
    assert total == 80 * 10**6
    back, lost = now(session, "afv", "a1") - 40 * 10**6, now(session, "afv_lost", "a1")
    # Half of the short repairs are done after short_days, the others trickle in.
    share = rules["repair.short_share"] / 2
    assert 40e6 * share * 0.8 < back < 40e6 * (share + rules["repair.long_share"])
    assert 0 < lost < 0.2 * 40e6


def broken_down(
    monkeypatch: pytest.MonkeyPatch, km: int = 0, *, fights: bool = False, text: str = FIELD, **told: Any
) -> float:
    """Share of a hundred tanks that breaks down in the day on which their division covers so many kilometres."""

    def fighting(world: World) -> npt.NDArray[np.bool_]:
        return np.isin(np.arange(len(world.formations)), [world.statics.formation_rows["a1"]]) & fights

    monkeypatch.setattr(recovery, "fighting", fighting)
    tanks = {"A": {"kind": "panzer", "afv": 100}}
    session = rested(text, {"a1": {"moved_m": km * 1000, **told}}, 1, formations=tanks)
    assert sum(now(session, flow, "a1") for flow in ("afv", "afv_shop", "afv_lost")) == 100 * 10**6
    events = battlefield.of_kind(session, "Worn")
    return sum(int(e["broken_u"][e["formation"] == row(session, "a1")].sum()) for e in events) / 100e6


def test_vehicles_break_down_on_marches_more_of_them_across_country_and_in_battle(monkeypatch: pytest.MonkeyPatch) -> None:
    session = rested(formations={"A": {"kind": "panzer"}}, days=0)
    rules = session.world.statics.rules
    on_the_road = session.scenario.kinds["panzer"].breakdown_100km * rules["repair.breakdown_scale"]
    assert broken_down(monkeypatch) == 0
    assert broken_down(monkeypatch, 100, task=Task.MARCH) == pytest.approx(on_the_road, rel=0.01)
    country = on_the_road * rules["repair.country_wear"]
    assert broken_down(monkeypatch, 100, task=Task.EXPLOIT) == pytest.approx(country, rel=0.01)
    assert broken_down(monkeypatch, 100, text=FRONT) == pytest.approx(country, rel=0.01)
    # In battle they drive though no ground is won; fewer each six hours are left to break down.
    day = country * rules["repair.battle_km_day"] / 100
    assert broken_down(monkeypatch, fights=True) == pytest.approx(day, rel=0.05)
    assert broken_down(monkeypatch, fights=True, task=Task.SUPPORT) == 0


def test_the_workshops_keep_vehicles_as_long_as_short_and_long_repairs_last_on_the_average() -> None:
    start = {"A": {"kind": "panzer", "afv": 0, "afv_repair": 100}}
    session = rested(formations=start, days=8)
    rules = session.world.statics.rules
    short, long = rules["repair.short_share"], rules["repair.long_share"]
    stay = (short * rules["repair.short_days"] + long * rules["repair.long_days"]) / (short + long) / math.log(2)
    assert now(session, "afv_shop", "a1") == pytest.approx(100e6 * math.exp(-8 / stay), rel=0.02)


def test_the_sick_go_and_replacements_come_no_faster_than_the_losses() -> None:
    session = rested(days=10)
    rules = session.world.statics.rules
    full = int(session.world.formations.men_full[row(session, "a1")])
    sick = now(session, "sick", "a1") / 1e6
    assert sick == pytest.approx(full * rules["combat.sickness_day"] * 10, rel=0.03)
    assert now(session, "gain", "a1") <= sick * 1e6 * rules["repair.replacements_share_max"]
    men = now(session, "men", "a1") + now(session, "sick", "a1") - now(session, "gain", "a1")
    assert men == full * 10**6


def test_hunger_costs_men_and_cohesion_and_more_of_both_with_time() -> None:
    shut = {"a1": {"cut_off_since": 0}}
    fed, hungry = rested(orders=shut, days=10), rested(orders=shut, formations={"A": {"food_days": 0.0}}, days=10)
    early = rested(orders=shut, formations={"A": {"food_days": 0.0}}, days=6)
    assert now(hungry, "sick", "a1") > 3 * now(fed, "sick", "a1")
    assert now(hungry, "cohesion", "a1") < now(early, "cohesion", "a1") < now(fed, "cohesion", "a1")
    assert now(hungry, "sick", "a1") / 10 > now(early, "sick", "a1") / 6
    assert hungry.world.formations.hungry_since[row(hungry, "a1")] < DAY


def test_who_has_the_country_behind_him_does_not_hunger_without_deliveries() -> None:
    bare = {"A": {"food_days": 0.0}}
    fed, bakes = rested(days=10), rested(formations=bare, days=10)
    hungers = rested(formations=bare, days=10, sets={"switch.foraging": 0})
    assert now(bakes, "sick", "a1") == now(fed, "sick", "a1") < now(hungers, "sick", "a1")
    assert now(bakes, "cohesion", "a1") == now(fed, "cohesion", "a1") > now(hungers, "cohesion", "a1")


def test_a_pocket_loses_heart_and_gets_no_replacements() -> None:
    orders = {"a1": {"cut_off_since": 0}}
    pocket, free = rested(orders=orders, days=8), rested(days=8)
    assert now(pocket, "cohesion", "a1") < now(free, "cohesion", "a1")
    assert now(pocket, "gain", "a1") == 0


def test_stocks_are_eaten_and_never_fall_below_nothing() -> None:
    session = rested(days=25)
    formations = session.world.formations
    for flow in ("food", "fuel", "ammo", "men", "afv_shop"):
        assert (formations.read(flow, session.now) >= 0).all()
    assert now(session, "food", "a1") < now(rested(days=1), "food", "a1")


def test_looking_and_slicing_change_nothing() -> None:
    whole, sliced = rested(days=5), rested(days=1)
    for until in (1500, 1501, 3000, 4321, 5 * DAY):
        sliced.advance(until)
        sliced.world.formations.read("men", sliced.now)
    assert sliced.digest() == whole.digest()


def test_every_rule_of_recovery_can_be_switched_off() -> None:
    off = {f"switch.{name}": 0 for name in ("recovery", "fortification", "sickness", "replacements", "repair", "supply")}
    start = {"A": {"kind": "panzer", "fatigue": 0.5, "cohesion": 0.5, "afv_repair": 10}}
    session = rested(formations=start, days=3, sets=off)
    fresh = rested(formations=start, days=0, sets=off)
    for flow in ("men", "fatigue", "cohesion", "works", "afv", "afv_shop", "ammo", "fuel", "food"):
        assert now(session, flow, "a1") == now(fresh, flow, "a1"), flow


def test_tracing_changes_nothing_and_names_known_parameters() -> None:
    session = rested(formations={"A": {"fatigue": 0.5}}, days=1)
    trace = Trace()
    plain = recovery.decide(session.world, session.now, session.dice(session.now), None)
    traced = recovery.decide(session.world, session.now, session.dice(session.now), trace)
    for one, other in zip(plain, traced, strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one.data)
    assert {a for *_, a in trace.terms if a} <= set(session.world.statics.rules)
    assert ("fatigue_loss_day", "combat.fatigue_rest_day") in {(key, a) for _, _, key, _, a in trace.terms}


def dug(men: int, days: float = 3, **asset: Any) -> int:
    """Works (1e-9 of a level) after so many days, with so many engineers at the headquarters."""
    engineers = {"hq": "axis_hq", "id": "sappers", "kind": "engineer", "men": men, **asset}
    return now(rested(days=days, formations={"B": {}, "C": {}}, assets=[engineers]), "works", "a1")


def test_engineers_of_the_headquarters_speed_digging_as_far_as_they_meet_the_need() -> None:
    session = rested()
    rules = session.world.statics.rules
    need = sum(int(session.world.formations.men_full[row(session, name)]) for name in ("a1", "b1", "c1"))
    need = round(need * rules["fortification.engineer_share"])
    alone, half, full, more = (dug(men, days=1) for men in (0, need // 2, need, 10 * need))
    assert full / alone == pytest.approx(rules["fortification.engineer_factor"], rel=0.01)
    assert half / alone == pytest.approx((1 + rules["fortification.engineer_factor"]) / 2, rel=0.01)
    assert more == pytest.approx(full, rel=0.01)


def test_engineers_who_are_gone_or_not_yet_there_or_build_bridges_dig_for_nobody() -> None:
    alone = dug(0)
    assert dug(10_000, until_min=0) == dug(10_000, from_min=10 * DAY) == dug(10_000, kind="bridging") == alone
    assert dug(10_000, hq="soviet_hq") == alone
    assert alone < dug(10_000, from_min=2 * DAY) < dug(10_000)


def test_who_is_told_to_entrench_digs_faster_than_who_holds() -> None:
    told = rested(orders={"a1": {"task": Task.ENTRENCH}}, days=1)
    factor = told.world.statics.rules["fortification.entrench_factor"]
    assert now(told, "works", "a1") / now(rested(days=1), "works", "a1") == pytest.approx(factor, rel=0.01)


@pytest.mark.parametrize("busy", [False, True])
def test_of_the_vehicles_in_repair_the_stated_share_comes_back_however_busy(busy: bool) -> None:
    """A division that fights mends at half the pace; what it gives up for the rear is not more for that."""
    start = {"A": {"kind": "panzer", "afv": 40, "afv_repair": 40}}
    sets = {"repair.busy_factor": 0.5 if busy else 1.0}
    orders = {"r1": {"attack": "a1"}} if busy else {}
    moving = {"a1": {"leg_to": 0}} if busy else {}
    session = rested(formations=start, orders={**orders, **moving} if busy else None, days=29, sets=sets)
    rules = session.world.statics.rules
    back, shop, lost = (now(session, flow, "a1") for flow in ("afv", "afv_shop", "afv_lost"))
    done = (back - 40 * 10**6) + lost
    assert done > 20 * 10**6
    assert (back - 40 * 10**6) / done == pytest.approx(rules["repair.short_share"] + rules["repair.long_share"], abs=0.01)
    assert shop == 40 * 10**6 - done
