"""Natives called up, wounded who come back, men who go home, partisans on the railways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.core.columns import FINE
from engine.core.hexes import Grid
from engine.files.build import sample_kinds
from engine.model.events.combat import SUFFERED
from engine.rules import people
from engine.rules.system import Trace
from engine.run.session import Session
from tests.rules.marches import DAY, at, of_kind, rows_of
from tests.rules.politics_kit import hands, men, war

FIELD = """
::R::R::
::::::::
::::::::
........
........
.A..B...
"""
SMALL = {"R": {"men": 5500, "strength": 1.0}}


def weakened(session: Session, name: str, by: int) -> None:
    """Take men off a formation, to be replaced."""
    row = session.world.statics.formation_rows[name]
    session._pen["formations"]["men_u"][row] -= by * FINE


def called(text: str = FIELD, men_day: float = 100, **more: Any) -> Session:
    row = {"id": "draft", "kind": "conscription", "side": "soviet", "cell": 10, "radius_km": 6, "men_day": men_day, **more}
    kit = {key: row.pop(key) for key in ("systems", "days", "sets", "formations") if key in row}
    s = war(text, people=[row], **kit)
    for name in ("r1", "r2"):
        weakened(s, name, 1000)
    return s


def test_men_called_up_in_held_ground_go_to_those_who_lack_them_and_never_above_their_strength():
    s = called()
    before = men(s, "r1") + men(s, "r2")
    s.advance(3 * DAY)
    assert men(s, "r1") + men(s, "r2") == before + 300
    s.advance(10 * DAY - 1)
    assert men(s, "r1") + men(s, "r2") == before + 1000
    s = called(men_day=5000)
    s.advance(2 * DAY)
    assert men(s, "r1") + men(s, "r2") == before + 2000


def test_the_region_runs_dry():
    s = called(men=150)
    before = men(s, "r1") + men(s, "r2")
    s.advance(5 * DAY)
    assert men(s, "r1") + men(s, "r2") == before + 150
    assert s.world.people.left_u.tolist() == [0]
    assert s.world.people.done_u.tolist() == [150 * FINE]


def test_nobody_is_called_up_on_ground_of_the_enemy_nor_on_ground_taken_lately():
    s = called(cell=34, side="soviet")
    s.advance(3 * DAY)
    assert not of_kind(s, "CalledUp")
    region = people.region(s.world, s.scenario.people[0])
    s = called(cell=34, systems=(hands(DAY, region, "soviet"),), days=20, sets={"people.draft_wait_days": 5})
    s.advance(20 * DAY)
    assert rows_of(s, "CalledUp")[0]["minute"] == 6 * DAY


def test_half_a_region_gives_half_the_men():
    s = called()
    cells = people.region(s.world, s.scenario.people[0])
    half = [cell for cell in cells.tolist() if cell >= 16]
    s = called(systems=(hands(15, half, "axis"),))
    before = men(s, "r1") + men(s, "r2")
    s.advance(3 * DAY)
    share = 1 - len(half) / len(cells)
    assert men(s, "r1") + men(s, "r2") - before == pytest.approx(100 + 200 * share, abs=3)


def test_a_row_names_a_nation_or_a_formation():
    s = war(FIELD, nations={"a1": "EE"}, people=[
        {"id": "estonians", "kind": "conscription", "side": "axis", "cell": 34, "radius_km": 6, "men_day": 80, "nation": "EE"},
    ])  # fmt: skip
    for name in ("a1", "b1"):
        weakened(s, name, 500)
    before = men(s, "b1")
    s.advance(2 * DAY)
    assert men(s, "b1") == before
    assert s.world.people.done_u.tolist() == [160 * FINE]


def test_troops_out_of_reach_get_nobody_unless_their_headquarters_is_named():
    far = {"people.draft_reach_km": 6}
    s = called(cell=8, radius_km=6, sets=far)
    s.advance(2 * DAY)
    assert {r["formation"] for r in rows_of(s, "CalledUp")} == {s.world.statics.formation_rows["r1"]}
    s = called(cell=8, radius_km=6, sets=far, hq="soviet_hq")
    s.advance(2 * DAY)
    assert {r["formation"] for r in rows_of(s, "CalledUp")} == {s.world.statics.formation_rows[n] for n in ("r1", "r2")}


def test_drafts_come_from_elsewhere_whoever_holds_the_ground():
    s = called(kind="drafts", cell=-1, radius_km=0.0, hq="soviet_hq", men=500)
    before = men(s, "r1") + men(s, "r2")
    s.advance(8 * DAY)
    assert men(s, "r1") + men(s, "r2") == before + 500


# Wounded.


def test_wounded_come_back_by_and_by_and_never_more_than_there_were():
    s = war(FIELD, days=200, people=[{"id": "healed", "kind": "convalescents", "side": "axis"}])
    row = s.world.statics.formation_rows["a1"]
    formations = s._pen["formations"]
    formations["men_u"][row] -= 2000 * FINE
    formations["battle_u"][row] += 2000 * FINE
    rules = s.world.statics.rules
    due = 2000 * rules["people.wounded_axis"] * rules["people.return_axis"]
    s.advance(DAY)
    assert men(s, "a1") == pytest.approx(9500 - 2000 + due / rules["people.return_days"], abs=2)
    s.advance(90 * DAY)
    back = 1 - (1 - 1 / rules["people.return_days"]) ** 90
    assert men(s, "a1") == pytest.approx(7500 + due * back, abs=60)
    s.advance(200 * DAY)
    assert int(s.world.people.done_u[0] + s.world.people.owed_u[0]) == pytest.approx(due * FINE, rel=0.001)


def test_where_wounded_are_counted_the_flow_of_replacements_is_less():
    def gained(rows: list[dict[str, object]]) -> int:
        s = war(FIELD, people=rows, sets={"switch.replacements": 1})
        formations = s._pen["formations"]
        row = s.world.statics.formation_rows["a1"]
        formations["men_u"][row] -= 5000 * FINE
        formations["captured_u"][row] += 3000 * FINE
        formations["sick_u"][row] += 2000 * FINE
        s.advance(4 * DAY)
        return int(s.world.formations.read("gain", s.now, [row])[0])

    share = {"people.drafts_share": 0.5}["people.drafts_share"]
    assert gained([{"id": "x", "kind": "convalescents", "side": "axis"}]) == pytest.approx(share * gained([]), rel=0.01)


# Going home.


def test_men_of_a_nation_go_home_from_the_date_on_and_are_accounted_for():
    s = war(FIELD, nations={"a1": "EE"}, people=[
        {"id": "home", "kind": "release", "side": "axis", "nation": "EE", "share_day": 0.25, "from_min": DAY,
         "until_min": 3 * DAY},
    ])  # fmt: skip
    s.advance(DAY)
    assert men(s, "a1") == 9500
    s.advance(5 * DAY)
    assert men(s, "a1") == pytest.approx(9500 * 0.75 * 0.75, abs=2)
    assert men(s, "b1") == 9500
    row = s.world.statics.formation_rows["a1"]
    assert int(s.world.formations.home_u[row]) + men(s, "a1") * FINE == 9500 * FINE


def test_only_those_in_the_region_go_home():
    s = war(FIELD, people=[{"id": "home", "kind": "release", "side": "axis", "cell": 41, "radius_km": 6, "share_day": 0.2}])
    s.advance(2 * DAY)
    assert men(s, "a1") < 9500
    assert men(s, "b1") == 9500


def test_when_all_have_gone_the_formation_is_no_more():
    s = war(FIELD, people=[{"id": "home", "kind": "release", "side": "axis", "subject": "a1", "share_day": 0.6}])
    s.advance(4 * DAY)
    assert rows_of(s, "Dispersed", formation=s.world.statics.formation_rows["a1"])


def test_those_whom_a_battle_will_take_do_not_go_home():
    s = war(FIELD, people=[{"id": "home", "kind": "release", "side": "axis", "subject": "a1", "share_day": 1.0}])
    row = s.world.statics.formation_rows["a1"]
    rate = 1000 * FINE // 360
    s._emit(SUFFERED(0, formation=row, battle_rate=rate, shop_rate=0, lost_rate=0, guns_rate=0, cohesion_loss=0,
                     fatigue_gain=0, ammo_use=0, fighting=0))  # fmt: skip
    went = [e for e in people.decide(s.world, 0, s.dice(0)) if e.kind.name == "WentHome"]
    assert went[0]["men_u"].tolist() == [(9500 * FINE - rate * 360) // FINE * FINE]


# Partisans.

RAILS = """
::::::::
::R:::::
........
........
........
A.......
"""


def railway(rows: tuple[int, ...] = (3, 4)) -> dict[str, np.ndarray]:
    near, rail = Grid(8, 6, 0.0, 0.0, "D").neighbours, np.zeros((48, 6), np.uint8)
    for row in rows:
        for column in range(7):
            cell = row * 8 + column
            for d in range(6):
                if near[cell, d] >= 0 and near[cell, d] % 8 == column + 1 and near[cell, d] // 8 == row:
                    rail[cell, d] = 1
    return {"rail": rail, "gauge": np.where(rail > 0, 1, 0)}


def bandits(
    count: int, formations: Any = None, days: int = 40, kinds: Any = None, frames: bool = False, **sets: float
) -> Session:  # fmt: skip
    s = war(RAILS, formations, days=days, sets=sets, kinds=kinds, frames=frames, people=[
        {"id": "bands", "kind": "partisans", "side": "soviet", "cell": 28, "radius_km": 60, "men": count},
    ], sources=[{"id": "line", "side": "axis", "at": (4, 0), "kind": "rail", "capacity_t": 500}], **railway())  # fmt: skip
    s.advance(days * DAY)
    return s


def cuts(session: Session) -> int:
    return len(rows_of(session, "CutRails"))


def test_partisans_cut_railways_of_the_enemy_and_crews_mend_them():
    quiet, some, many = bandits(0), bandits(300), bandits(2000)
    assert cuts(quiet) == 0 < cuts(some) < cuts(many)
    assert of_kind(many, "RailOpened")
    expected = 40 * many.world.statics.rules["people.cuts_1000_day"] * 0.3
    assert expected * 0.3 < cuts(some) < expected * 1.7


def test_guards_keep_them_off_and_security_troops_hunt_them_down():
    alone = bandits(300, **{"people.guard_others": 0.0})
    guarded = bandits(300, {"A": {"men": 9000}}, **{"people.guard_others": 1.0})
    assert cuts(guarded) < cuts(alone)
    assert not rows_of(guarded, "Hunted")
    assert guarded.world.people.left_u.tolist() == [300 * FINE]
    kinds = {**sample_kinds(), "security": replace(sample_kinds()["infantry"], kind="security")}
    hunted = bandits(300, {"A": {"kind": "security", "men": 5000}}, kinds=kinds)
    assert hunted.world.people.left_u.tolist() == [(300 - 40 * 5) * FINE]


def test_a_cut_hangs_on_the_place_and_the_day_not_on_other_lines():
    one = {(r["minute"], r["link"]) for r in rows_of(bandits(800), "CutRails")}
    other = {(r["minute"], r["link"]) for r in rows_of(bandits(800), "CutRails")}
    assert one == other
    assert one


# Order.


def test_a_scenario_without_people_wakes_the_rule_once_and_one_without_rows_in_force_never():
    s = war(FIELD)
    s.advance(3 * DAY)
    assert s.world.systems.next_at[12] == NEVER
    waiting = war(FIELD, people=[{"id": "home", "kind": "release", "side": "axis", "share_day": 0.5, "opens": "event"}])
    waiting.advance(3 * DAY)
    assert men(waiting, "a1") == 9500


def test_slices_and_saving_change_nothing(tmp_path):
    def made() -> Session:
        return war(RAILS, people=[
            {"id": "bands", "kind": "partisans", "side": "soviet", "cell": 28, "radius_km": 60, "men": 900},
            {"id": "draft", "kind": "conscription", "side": "axis", "cell": 28, "radius_km": 60, "men_day": 33},
        ], days=6, frames=True, **railway())  # fmt: skip

    whole, sliced = made(), made()
    whole.advance(6 * DAY)
    for hour in (5, 24, 31, 96):
        sliced.advance(hour * 60)
    sliced.save(tmp_path / "a.dbr")
    again = Session.load(tmp_path / "a.dbr")
    for s in (sliced, again):
        s.advance(6 * DAY)
        assert s.digest() == whole.digest()
    sliced.rewind(2 * DAY)
    sliced.advance(6 * DAY)
    assert sliced.digest() == whole.digest()


def test_every_row_can_tell_its_terms():
    s = bandits(300, days=2, frames=True)
    s.rewind(DAY)
    trace: Trace = s.traced(DAY, "people")
    keys = {key: address for what, row, key, _, address in trace.terms if what == "people" and row == 0}
    assert keys["men"] == "people.bands.men"
    assert {"guards", "cuts_day", "chance_of_each_line"} <= set(keys)
    assert at(s, 0, 0) == 0
