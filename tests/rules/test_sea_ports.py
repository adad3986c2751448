"""Ports on drawn coasts: what ships bring, what shuts a port, and that those who live by it starve without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.files.drawn import drawn_scenario
from engine.model.codes import Calendar
from engine.rules import air, sea_ways, support
from engine.rules.systems import SYSTEMS
from engine.run import why
from engine.run.session import Session
from tests.rules.marches import AT_ONCE, DAY, at, field, of_kind, row, rows_of
from tests.rules.sea import COAST, HOME, WIDE, calm, coast, ships


def source(town: str, capacity_t: float = 3000.0, **more: Any) -> dict[str, Any]:
    return {"id": f"axis_port_{town}", "side": "axis", "kind": "port", "capacity_t": capacity_t, "at": town, **more}


def with_ports(**options: Any) -> Session:
    options.setdefault("sources", [source("1"), source("2")])
    return coast(supply=False, **options)


def brought(session: Session) -> list[int]:
    """Tons a day that ships bring to each port."""
    return [kg // 1000 for kg in session.world.depots.sea_kg.tolist()]


def test_the_tons_of_the_day_go_to_the_ports_in_proportion_to_what_they_can_pass_on():
    s = with_ports(sources=[source("1", 3000.0), source("2", 1000.0)])
    s.advance(DAY)
    assert brought(s) == [1500, 500]
    assert s.world.depots.open.tolist() == [1, 1]


def test_no_port_gets_more_than_it_can_pass_on():
    s = with_ports(shipping=[ships(tons_day=9000)], sources=[source("1", 3000.0), source("2", 1000.0)])
    s.advance(DAY)
    assert brought(s) == [3000, 1000]


def test_rows_of_shipping_add_up_while_they_last():
    s = with_ports(shipping=[ships(tons_day=1000), ships(id="more", tons_day=600, from_min=DAY, until_min=2 * DAY)])
    s.advance(1)
    assert sum(brought(s)) == 1000
    s.advance(DAY + 1)
    assert sum(brought(s)) == 1600
    s.advance(2 * DAY + 1)
    assert sum(brought(s)) == 1000


def test_more_ships_never_bring_less_to_any_port():
    before = [0, 0]
    for tons in (0, 10, 500, 1500, 4000, 8000):
        s = with_ports(shipping=[ships(tons_day=tons, men_day=1)], sources=[source("1", 3000.0), source("2", 700.0)])
        s.advance(1)
        now = brought(s)
        assert all(a <= b for a, b in zip(before, now, strict=True))
        before = now


def test_what_is_sunk_and_what_comes_make_what_was_sent():
    s = with_ports(shipping=[ships(tons_day=6000, loss=0.2)], sets={"naval.cargo_ship_t": 500, "naval.loss_air": 0})
    s.advance(10 * DAY)
    days = rows_of(s, "PortsServed")
    assert len(days) == 2 * 10
    assert all(d["sea_kg"] + d["sunk_kg"] == 3_000_000 for d in days)
    share = sum(d["sunk_kg"] for d in days) / (20 * 3_000_000)
    assert 0.1 < share < 0.3
    assert s.world.depots.sunk_kg.sum() == sum(d["sunk_kg"] for d in days)


def test_without_enemy_aircraft_only_mines_and_submarines_sink_ships():
    def sunk(**more: Any) -> int:
        s = with_ports(
            shipping=[ships(tons_day=6000, loss=0.2)],
            sets={"naval.cargo_ship_t": 500, "naval.loss_air": 0.83, "naval.loss_sorties": 4, **more.pop("sets", {})}, **more,
        )  # fmt: skip
        s.advance(10 * DAY)
        return int(s.world.depots.sunk_kg.sum())

    raiders = {"assets": [{"hq": "soviet_hq", "kind": "air", "sorties_day": 200}]}
    armies = {"A": "infantry", "B": "infantry", "X": "rifle"}
    text = COAST + "\n" + "X" + ":" * (WIDE - 1)
    alone, raided = sunk(text=text, formations=armies), sunk(text=text, formations=armies, **raiders)
    assert alone < raided
    assert sunk(text=text, formations=armies, sets={"air.port_share": 0}, **raiders) == alone
    assert sunk(text=text, formations=armies, sets={"switch.air": 0}, **raiders) == alone
    far = {"assets": [{**raiders["assets"][0], "range_km": 5.0}]}
    assert sunk(text=text, formations=armies, **far) == alone


def test_a_sortie_is_flown_once():
    """The shares of all uses sum to 1, in the file and whatever they are set to, with ships to attack and without."""
    raiders = [{"hq": "soviet_hq", "kind": "air", "sorties_day": 200}]
    text = COAST + "\n" + "X" + ":" * (WIDE - 1)
    for shipping, sets in (([ships()], {}), ([], {}), ([ships()], {"air.support_share": 0.8, "air.port_share": 0.15})):
        s = with_ports(text=text, formations={"A": "infantry", "X": "rifle"}, assets=raiders, shipping=shipping, sets=sets)
        statics = s.world.statics
        shares = {use: air.share(statics, 1, use) for use in air.Use}
        assert sum(shares.values()) == pytest.approx(1.0)
        assert (shares[air.Use.PORTS] > 0) == bool(shipping)
        pool = support.pools(statics)
        assert pool.amount[pool.use == support.SORTIES].sum() / 1000 == pytest.approx(200 * shares[air.Use.SUPPORT], abs=0.01)
    rules = with_ports().world.statics.rules
    named = sum(rules[f"air.{use}_share"] for use in ("support", "interdiction", "recon", "port"))
    assert named == pytest.approx(1.0)


def test_ships_that_are_not_sunk_with_the_switch_off():
    s = with_ports(shipping=[ships(loss=0.2)], sets={"switch.sea_losses": 0})
    s.advance(5 * DAY)
    assert s.world.depots.sunk_kg.sum() == 0


def test_with_lanes_switched_off_ports_pass_on_what_they_can():
    s = with_ports(sets={"switch.sea_lanes": 0})
    s.advance(2 * DAY)
    assert s.world.depots.sea_kg.tolist() == [-1, -1]


def test_a_side_without_ships_has_ports_as_they_are_given():
    s = with_ports(shipping=[])
    s.advance(2 * DAY)
    assert s.world.depots.sea_kg.tolist() == [-1, -1]
    assert not of_kind(s, "PortsServed")
    assert int(s.world.formations.cut_off_since[row(s, "a1")]) == NEVER


def test_the_sea_sleeps_where_nobody_has_ships_or_craft():
    s = field(COAST, {"A": "infantry", "B": "infantry"})
    s.advance(3 * DAY)
    woken = [e.minute for e in of_kind(s, "Ticked") if Calendar.SEA in e["system"]]
    assert woken == [0]


def iced(months: tuple[int, ...], columns: range) -> Session:
    """A coast whose water freezes in these columns and months; the war is in August."""
    scenario = drawn_scenario(
        COAST, {"A": "infantry", "B": "infantry"}, days=10, shipping=[ships()], ports={"1": 8000, "2": 8000},
        sources=[source("1"), source("2")], supply=False, weather=calm(), sets=AT_ONCE,
    )  # fmt: skip
    ice = np.zeros(scenario.theatre.grid.size, np.uint8)
    ice[list(columns)] = 1
    theatre = replace(scenario.theatre, ice=ice, ice_months=((), months))
    return Session(replace(scenario, theatre=theatre), 1, systems=SYSTEMS, ledger=True, keep_frames=False)


def test_ice_shuts_the_port_behind_it_and_no_other():
    s = iced((8,), range(9, 12))
    s.advance(1)
    assert s.world.depots.open.tolist() == [1, 0]
    assert brought(s) == [2000, 0], "all ships go to the port that is left"
    s = iced((1, 2), range(9, 12))
    s.advance(1)
    assert s.world.depots.open.tolist() == [1, 1]


CHANNEL = """
1AB.........
~~~~~~~~~~~~
:::::X::::::
"""
"""The port's only way to the sea, at the right, leads along a shore that the enemy holds."""


def test_the_enemys_guns_on_the_shore_shut_a_channel():
    def opened(text: str) -> list[int]:
        s = coast(text, {"A": "infantry", "B": "infantry", "X": "rifle"}, supply=False, sources=[source("1")],
                  shipping=[ships(at=(1, 11))])  # fmt: skip
        s.advance(1)
        opened: list[int] = s.world.depots.open.tolist()
        return opened

    assert opened(CHANNEL) == [0]
    assert opened(CHANNEL.replace(":X:", ":::") + "X" + ":" * 11) == [1], "he stands six kilometres farther inland"


def test_those_who_live_by_sea_starve_when_the_ships_stay_away():
    s = with_ports(sources=[source("1")], shipping=[ships(until_min=4 * DAY)])
    a = row(s, "a1")
    s.advance(4 * DAY)
    assert int(s.world.formations.cut_off_since[a]) == NEVER
    assert int(s.world.formations.supplied[a]) > 900_000
    s.advance(9 * DAY)
    assert int(s.world.formations.cut_off_since[a]) <= 4 * DAY + 360
    assert int(s.world.formations.supplied[a]) < 500_000


def test_a_home_port_on_the_map_must_be_in_own_hands():
    s = with_ports(sources=[source("1")], shipping=[ships(at="2")])
    s.advance(1)
    assert s.world.depots.open.tolist() == [1]
    lost = COAST.replace("..2", "::2")
    s = with_ports(text=lost, sources=[source("1")], shipping=[ships(at="2")])
    s.advance(1)
    assert s.world.depots.open.tolist() == [0]


def test_a_ports_day_can_be_explained_by_its_terms():
    s = with_ports(shipping=[ships(loss=0.1)], frames=True)
    s.advance(2 * DAY)
    terms = {term.key: term.value for term in why.why_port(s, 1).terms}
    assert terms["ships_carry_t"] == 2000
    assert terms["sent_t"] == terms["brought_t"] + terms["sunk_t"] == 1000
    assert terms["way_km"] > 0


@pytest.mark.parametrize("cost", [1.0, 2.0])
def test_ships_are_slower_off_the_lanes(cost: float):
    s = with_ports(sets={"naval.off_lane": cost})
    way = sea_ways.from_home(s.world, 0, 0)
    assert sea_ways.kilometres(s.world.statics, int(way[at(s, 0, 0)])) == pytest.approx(6.0 * HOME[1] * cost)
