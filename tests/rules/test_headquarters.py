"""Headquarters on drawn maps: they follow, keep away from the front, flee, and lose time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine.core.dice import Dice
from engine.model.codes import OrderKind, Task
from engine.rules import combat_balance, headquarters
from engine.rules.couriers import courier_minutes
from engine.rules.parameters import packed
from engine.rules.system import Trace
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, at, field, hex_of, march, of_kind, row, rows_of

TOO_NEAR = 2 * 9 + 8
"""A hex of QUIET that touches the enemy's ground."""
QUIET = """
:::::::::
:::R:R:::
...A.B...
.........
.........
.........
"""


def corps(cell: int, members: str = "AB", **more: Any) -> dict[str, dict[str, Any]]:
    """An Axis corps headquarters at a hex, and the Red Army's far behind."""
    mine = {"side": "axis", "formations": members, "cell": cell, **more}
    return {"k": mine, "red": {"side": "soviet", "formations": "R", "cell": 0}}


def site(session: Session, name: str = "k") -> int:
    """Where a headquarters is."""
    return int(session.world.headquarters.hex[session.world.statics.headquarters_rows[name]])


def apart(session: Session, here: int, there: int) -> int:
    """Hexes between two cells."""
    return int(session.world.statics.grid.distance(here, there))


def test_a_headquarters_behind_a_quiet_front_stays_where_it_is():
    s = field(QUIET, headquarters=corps(4 * 9 + 4))
    s.advance(5 * DAY)
    assert site(s) == 4 * 9 + 4
    assert rows_of(s, "HeadquartersMoved", hq=0) == []


def test_at_the_start_it_is_where_the_scenario_puts_it():
    s = field(QUIET, headquarters=corps(TOO_NEAR))
    s.advance(HOUR)
    assert site(s) == TOO_NEAR


def test_too_near_the_front_it_falls_back_to_its_distance():
    s = field(QUIET, headquarters=corps(TOO_NEAR))
    s.advance(6 * HOUR + 1)
    rim = np.flatnonzero(s.world.hexes.owner == 1)
    assert min(apart(s, site(s), int(cell)) for cell in rim) >= 2
    assert rows_of(s, "HeadquartersMoved", hq=0)[0]["driven"] == 0


LONG = "\n".join(["R" + ":" * 39, "." * 40, ".A" + "." * 38, "." * 40, "." * 40])


def test_it_follows_formations_that_march_away_in_bounds_of_forty_kilometres():
    s = field(LONG, {"A": "panzer"}, headquarters={"k": {"side": "axis", "formations": "A", "cell": 3 * 40 + 1},
                                                   "red": {"side": "soviet", "formations": "R", "cell": 0}})  # fmt: skip
    start = site(s)
    march(s, "a1", at(s, 2, 35))
    s.advance(4 * DAY)
    moves = rows_of(s, "HeadquartersMoved", hq=0)
    path = [start] + [m["hex"] for m in moves]
    assert 3 <= len(moves) <= 8
    assert max(apart(s, a, b) for a, b in pairwise(path)) <= 6
    assert apart(s, site(s), hex_of(s, "a1")) <= 7


def test_it_moves_only_as_its_own_side_can_know():
    """Control and its own formations decide; a hidden enemy far behind his front changes nothing."""
    hidden = QUIET.replace(":::::::::\n:::R", "::::Q::::\n:::R", 1)
    paths = []
    for text in (QUIET, hidden):
        s = field(text, headquarters=corps(TOO_NEAR))
        s.advance(2 * DAY)
        paths.append([(m["minute"], m["hex"]) for m in rows_of(s, "HeadquartersMoved", hq=0)])
    assert paths[0] == paths[1] != []


def test_an_army_stays_farther_back_than_a_corps_and_moves_with_the_middle_of_all_below():
    wide = "\n".join(["R" * 12 + ":", "A" * 12 + "."] + ["." * 13] * 12)
    places = {}
    for echelon in ("corps", "army", "front"):
        s = field(wide, headquarters={
            "k": {"side": "axis", "formations": "", "cell": 2 * 13 + 2, "echelon": echelon},
            "lower": {"side": "axis", "formations": "A", "parent": "k", "cell": 13 * 13 + 5},
            "red": {"side": "soviet", "formations": "R", "cell": 0},
        })  # fmt: skip
        s.advance(6 * DAY)
        places[echelon] = divmod(site(s), 13)
    assert places["corps"][0] < places["army"][0] < places["front"][0]
    assert all(abs(places[name][1] - 6) <= 1 for name in ("army", "front")), "near the middle of the line"


# Danger.


RAID = """
:::::::::
::T::::::
.........
...A.....
.........
.........
.........
"""


def raided(**more: Any) -> Session:
    """A corps headquarters with nothing but empty ground between it and a tank corps, two hexes away."""
    kinds: Mapping[str, Any] = {"T": "tank_corps"}
    s = field(RAID, kinds, headquarters=corps(3 * 9 + 6, "A"), **more)
    march(s, "t1", at(s, 4, 6), OrderKind.EXPLOIT)
    return s


def test_an_enemy_beside_it_drives_it_off_and_it_is_out_of_action_for_half_a_day():
    s = raided(frames=True)
    s.advance(3 * DAY)
    flights = [m for m in rows_of(s, "HeadquartersMoved", hq=0) if m["driven"]]
    assert flights
    first = flights[0]
    assert first["driven"] == headquarters.DRIVEN
    assert first["moved_at"] == first["minute"] + 12 * HOUR
    enemy = s.branch()
    enemy.rewind(first["minute"])
    assert apart(s, first["hex"], hex_of(enemy, "t1")) >= 2
    assert rows_of(s, "Alarmed", hq=0)


def test_it_flees_in_the_minute_in_which_the_enemy_comes():
    s = raided()
    s.advance(3 * DAY)
    flight = next(m for m in rows_of(s, "HeadquartersMoved", hq=0) if m["driven"])
    entered = [r["minute"] for r in rows_of(s, "Entered", formation=row(s, "t1"))]
    assert flight["minute"] in entered


def test_a_headquarters_among_its_own_troops_does_not_flee():
    s = field("::R::\n..A..\n.....\n.....", headquarters=corps(5 + 2, "A"))
    s.advance(HOUR)
    assert not headquarters.endangered(s.world).any()
    assert rows_of(s, "HeadquartersMoved", hq=0) == []


def test_an_enemy_in_its_very_hex_overruns_it_and_that_takes_twice_as_long():
    s = field(RAID, {"T": {"kind": "tank_corps"}}, headquarters=corps(9 + 2, "A"))
    s.advance(15)
    flight = rows_of(s, "HeadquartersMoved", hq=0)[0]
    assert flight["driven"] == headquarters.OVERRUN
    assert flight["moved_at"] == 24 * HOUR
    assert s.world.hexes.owner[site(s)] == 0


def test_a_headquarters_off_the_map_of_the_scenario_is_not_chased():
    s = field(QUIET, headquarters=corps(5 * 9 + 4))
    narrow = s.scenario.window.copy()
    narrow[5 * 9 :] = False
    outside = Session(replace(s.scenario, window=narrow, owner=np.where(narrow, s.scenario.owner, -1)), 1)
    outside.advance(2 * DAY)
    assert site(outside) == 5 * 9 + 4


def test_without_any_ground_left_it_has_no_place_and_with_new_ground_it_gets_one():
    s = field(QUIET, headquarters=corps(4 * 9 + 4))
    lost = Session(replace(s.scenario, owner=np.where(s.scenario.owner == 0, 1, s.scenario.owner)), 1)
    lost.advance(16)
    assert site(lost) in (at(s, 2, 3), at(s, 2, 5), -1)
    assert lost.world.hexes.owner[site(lost)] == 0 or site(lost) == -1


def test_switched_off_nobody_moves_or_flees():
    s = raided(sets={"switch.headquarters": 0})
    s.advance(3 * DAY)
    assert of_kind(s, "HeadquartersMoved") == []


# What it costs.


def delay_of(session: Session, moved_at: int) -> int:
    """Minutes of a courier to a1 if the headquarters moved, or will be in action, at a minute."""
    twin = session.branch()
    twin._pen["headquarters"]["moved_at"][0] = moved_at
    return int(courier_minutes(twin.world, [row(twin, "a1")], twin.now, Dice(7))[0])


def test_orders_take_longer_for_a_day_after_a_move_and_wait_while_it_is_out_of_action():
    s = field(QUIET, headquarters=corps(4 * 9 + 4), sets={"switch.command_delay": 1})
    s.advance(3 * DAY)
    settled = delay_of(s, 0)
    moved = delay_of(s, s.now - 6 * HOUR)
    fleeing = delay_of(s, s.now + 6 * HOUR)
    assert moved == pytest.approx(1.5 * settled, abs=1)
    assert fleeing == pytest.approx(moved + 6 * HOUR, abs=1)


def test_an_order_that_goes_on_with_an_attack_under_way_takes_less_time():
    s = field(QUIET, headquarters=corps(4 * 9 + 4), sets={"switch.command_delay": 1})
    s.advance(3 * DAY)

    def delay(kind: OrderKind, task: Task, fought_at: int, landed_at: int = -5 * DAY) -> int:
        twin = s.branch()
        formations, who = twin._pen["formations"], row(twin, "a1")
        formations["task"][who], formations["last_fight_at"][who] = task, fought_at
        formations["landed_at"][who] = landed_at
        return int(courier_minutes(twin.world, [who], twin.now, Dice(7), kinds=[kind])[0])

    long_ago, lately = s.now - 5 * DAY, s.now - 6 * HOUR
    fresh = delay(OrderKind.ATTACK, Task.HOLD, long_ago)
    assert delay(OrderKind.ATTACK, Task.FOLLOW, long_ago) == pytest.approx(0.3 * fresh, abs=1)
    assert delay(OrderKind.FOLLOW, Task.HOLD, lately) == pytest.approx(0.3 * fresh, abs=1)
    assert delay(OrderKind.FOLLOW, Task.HOLD, long_ago, lately) == pytest.approx(0.3 * fresh, abs=1), "he has landed"
    assert delay(OrderKind.LAND, Task.ATTACK, long_ago) == pytest.approx(0.3 * fresh, abs=1), "the shore is free"
    assert delay(OrderKind.HOLD, Task.ATTACK, lately) == fresh, "another task is another order"
    assert delay(OrderKind.MARCH, Task.ATTACK, lately) == fresh


def test_formations_fight_worse_while_their_headquarters_is_out_of_action():
    s = field("::R::\n..A..\n.....\n.....\n.....", headquarters=corps(3 * 5 + 2, "A"))
    formations, staffs, grid = s.world.formations, s.world.headquarters, s.world.statics.grid
    p = packed(s.world.statics, combat_balance.PARAMETERS)

    def command(minute: int) -> float:
        return combat_balance._commanded(
            formations.blocks["int32"], staffs.blocks["int32"], staffs.blocks["int64"], len(staffs), grid.axial_table,
            grid.spacing_m, row(s, "a1"), minute, p,
        )  # fmt: skip

    assert command(0) == 1.0
    s._pen["headquarters"]["moved_at"][0] = 6 * HOUR
    assert command(0) == 0.85
    assert command(6 * HOUR) == 1.0


def test_why_tells_how_near_the_front_it_is():
    s = field(QUIET, headquarters=corps(TOO_NEAR))
    s.advance(6 * HOUR)
    trace = Trace()
    headquarters.decide(s.world, 6 * HOUR, Dice(1), trace)
    keys = {key for what, number, key, _, _ in trace.terms if what == "headquarters" and number == 0}
    assert {"hexes_behind_front", "hexes_from_formations", "hexes_moved"} <= keys


def test_the_enemy_hears_of_a_move_only_if_he_knows_much():
    s = field(QUIET, headquarters=corps(TOO_NEAR))
    s.advance(6 * HOUR + 1)
    moved = of_kind(s, "HeadquartersMoved")[0]
    assert {f.name: f.level for f in moved.kind.fields}["hex"] == 3
