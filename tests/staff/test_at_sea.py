"""Staffs at sea on drawn coasts: divisions shipped out with rear guards last, landings made and given over."""

from __future__ import annotations

from typing import Any

from engine.core.calendar import HOUR
from engine.files.drawn import drawn_scenario
from engine.lab.commanders import commanders
from engine.model.codes import OrderKind, Status
from engine.run.session import Session
from engine.staff.reasons import EndReason, reason_sentence
from tests.rules.marches import DAY, at, hex_of, of_kind, row, rows_of
from tests.rules.sea import calm, conserved, men, ships

_MARCHES = (OrderKind.MARCH, OrderKind.FORCED_MARCH, OrderKind.WITHDRAW)
SETS = {"switch.command_delay": 0, "naval.sea_spread": 0}
PORTS = "\n".join([
    "~" * 12,
    "1" + "." * 10 + "2",
    "." * 12,
    ".A.B.C......",
    "." * 12,
    ":" * 12,
    "X" + ":" * 11,
])  # fmt: skip


def evacuation(text: str = PORTS, *, days: int = 16, directive: dict[str, Any] | None = None, **options: Any) -> Session:
    """Three divisions told to leave by sea from the two ports."""
    told = {"id": "out", "hq": "axis_hq", "kind": "evacuate", "axis": ["1", "2"], "start_min": 6 * HOUR, **(directive or {})}
    options.setdefault("shipping", [ships(at=(0, 6))])
    scenario = drawn_scenario(
        text, {"A": "infantry", "B": "infantry", "C": "infantry", "X": "rifle"}, directives=[told], days=days, sets=SETS,
        ports={"1": 8000, "2": 8000}, weather=calm(days), **options,
    )  # fmt: skip
    return Session(scenario, 1, commanders({"axis": "staff", "soviet": "none"}), ledger=True, keep_frames=False)


def test_everybody_goes_to_the_ports_and_leaves_the_theatre():
    s = evacuation()
    s.advance(14 * DAY)
    status = s.world.formations.status
    assert [int(status[row(s, name)]) for name in ("a1", "b1", "c1")] == [Status.WITHDRAWN] * 3
    assert len(rows_of(s, "CameHome")) == 3
    assert s.world.staff_notes.end_reason[0] == EndReason.AWAY
    for name in ("a1", "b1", "c1"):
        conserved(s, name)


def test_a_transfer_lands_at_its_port_and_is_there_again():
    text = PORTS.replace("1..........2", "1....3.....2")
    s = evacuation(text, directive={"axis": ["1"], "objective": ["2"], "assault": ["a1"]})
    s.advance(9 * DAY)
    (landed,) = rows_of(s, "Disembarked")
    assert (landed["formation"], landed["hex"]) == (row(s, "a1"), at(s, 1, 11))
    assert not {r["formation"] for r in rows_of(s, "Boarded")} - {row(s, "a1")}, "nobody else was told to go"


def test_who_has_begun_to_go_aboard_does_so_to_the_end_though_the_directive_is_over():
    s = evacuation(directive={"axis": ["1"], "assault": ["a1"], "end_min": 2 * DAY + 12 * HOUR})
    s.advance(2 * DAY + 12 * HOUR)
    assert men(s, "a1")["aboard"] > 0
    assert not of_kind(s, "Sailed")
    s.advance(6 * DAY)
    assert [r["formation"] for r in rows_of(s, "Sailed")] == [row(s, "a1")]


def test_rear_guards_go_last():
    s = evacuation(directive={"reserve": ["b1"], "axis": ["1"]})
    s.advance(15 * DAY)
    left = [r["formation"] for r in rows_of(s, "Sailed")]
    assert left[-1] == row(s, "b1")
    first = min(r["minute"] for r in rows_of(s, "Boarded", formation=row(s, "b1")))
    assert first >= max(r["minute"] for r in rows_of(s, "Boarded") if r["formation"] != row(s, "b1"))


def test_no_more_are_called_from_the_line_than_ships_can_take():
    s = evacuation(shipping=[ships(at=(0, 6), men_day=1500)], directive={"axis": ["1"]})
    s.advance(3 * DAY)
    going = [o for o in rows_of(s, "Ordered") if o["kind"] in _MARCHES and o["goal"] == at(s, 1, 0)]
    assert len({o["formation"] for o in going}) == 1
    assert "ships" in reason_sentence(s.world, "a1") or "embarks" in reason_sentence(s.world, "a1")


def test_a_port_that_is_lost_is_not_marched_to():
    s = evacuation(PORTS.replace("1..........2", "1........::2"))
    s.advance(DAY)
    goals = {o["goal"] for o in rows_of(s, "Ordered") if o["kind"] in (*_MARCHES, OrderKind.EMBARK)}
    assert at(s, 1, 11) not in goals


SOUND = """
:::::::::
:::::::::
~~~~~~~~~
~~~~~~~~~
....1....
A.B.....2
.........
"""


def landing(text: str = SOUND, *, assets: int = 2000, **options: Any) -> Session:
    """A force of two divisions told to cross the sound on the second day."""
    told = {"id": "over", "hq": "axis_hq", "kind": "land", "axis": [(4, 4), (1, 4)], "assault": ["a1", "b1"],
            "start_min": DAY, **options.pop("directive", {})}  # fmt: skip
    scenario = drawn_scenario(
        text, {"A": "infantry", "B": "infantry", **options.pop("formations", {})}, directives=[told], days=10,
        sets=SETS | options.pop("sets", {}),
        assets=[{"hq": "axis_hq", "kind": "landing_craft", "men": assets, "lifts_day": 2, "range_km": 60.0, "at": (4, 4)}],
        weather=calm(10, sea=options.pop("sea", 1)), **options,
    )  # fmt: skip
    return Session(scenario, 1, commanders({"axis": "staff", "soviet": "none"}), ledger=True, keep_frames=False)


def test_the_force_comes_to_the_craft_before_the_day_and_crosses_on_it():
    s = landing()
    s.advance(DAY)
    for name in ("a1", "b1"):
        assert s.world.statics.grid.distance(hex_of(s, name), at(s, 4, 4)) <= 1
        assert s.world.statics.theatre.sea_coast[hex_of(s, name)]
    assert not of_kind(s, "Landed")
    s.advance(9 * DAY)
    assert {r["formation"] for r in rows_of(s, "Landed")} == {row(s, "a1"), row(s, "b1")}
    assert min(r["minute"] for r in rows_of(s, "Landed")) >= DAY
    assert s.world.hexes.owner[at(s, 1, 4)] == 0
    assert s.world.staff_notes.end_reason[0] == EndReason.ASHORE
    for name in ("a1", "b1"):
        conserved(s, name)


def test_orders_to_cross_are_sent_so_early_that_they_arrive_at_about_the_hour():
    s = landing(sets={"switch.command_delay": 1})
    s.advance(9 * DAY)
    written = min(r["minute"] for r in rows_of(s, "Ordered") if r["kind"] == OrderKind.LAND)
    assert DAY - 6 * HOUR <= written < DAY
    assert DAY - 3 * HOUR <= min(r["minute"] for r in rows_of(s, "Landed")) <= DAY + 6 * HOUR


def test_a_beach_where_an_enemy_is_found_is_left_for_another_near_it():
    text = SOUND.replace(":::::::::\n~", "::::X::::\n~", 1)
    s = landing(text, formations={"X": {"kind": "rifle", "strength": 0.1}})
    s.advance(9 * DAY)
    tried = {r["hex"] for kind in ("Landed", "BeatenOff") for r in rows_of(s, kind)}
    assert tried
    assert all(1 <= s.world.statics.grid.distance(cell, at(s, 1, 4)) <= 2 for cell in tried)


def test_nobody_crosses_a_rough_sea():
    s = landing(sea=6)
    s.advance(5 * DAY)
    assert not of_kind(s, "Landed")
    assert men(s, "a1")["aboard"] == 0
