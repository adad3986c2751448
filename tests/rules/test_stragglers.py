"""Who comes through to his own lines when a formation ceases to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from engine.rules.stragglers import escape_share, escaped
from engine.run.session import Session
from tests.rules import battlefield
from tests.rules.battlefield import DAY, battle, row
from tests.rules.sea import coast

battlefield.register()

RING = """
:::::::::
:::RR::::
:::RAR:::
:::RR::::
:::::::::
....B....
.........
.........
"""
FAR_RING = """
:::::::::
:::RR::::
:::RAR:::
:::RR::::
:::::::::
:::::::::
:::::::::
:::::::::
....B....
"""
ISLAND = """
::R::::
~~~~~~~
~~~A.~~
~~~~~~~
~~~~~~~
...B...
"""
HELD = """
:::::::::
:::RR::::
:::RAR:::
.........
.........
....B....
.........
.........
"""
TROOPS = {"R": {"men": 6000}, "A": {"side": "axis"}}
SHUT = {"a1": {"cut_off_since": 0}}


def at_noon(text: str, orders: Mapping[str, Mapping[str, Any]], **drawing: Any) -> Session:
    session = battle(text, orders, TROOPS, **drawing)
    session.advance(12 * 60)
    return session


def share(session: Session) -> float:
    return float(escape_share(session.world, np.array([row(session, "a1")]), session.now)[0])


def test_most_come_back_with_a_way_open_fewer_from_a_ring_fewest_from_a_ring_far_off() -> None:
    rules = at_noon(HELD, {}).world.statics.rules
    found = [share(at_noon(HELD, {})), share(at_noon(RING, SHUT)), share(at_noon(FAR_RING, SHUT))]
    assert found == [rules["combat.escape_open"], rules["combat.escape_near"], rules["combat.escape_far"]]
    assert found == sorted(found, reverse=True)


def test_a_ring_that_has_just_closed_is_a_ring_and_so_is_ground_without_a_way_back() -> None:
    """Whether somebody is cut off from supply is looked at every six hours; the ring is looked at when he falls."""
    ringed, held = at_noon(RING, {}), at_noon(HELD, {})
    assert share(ringed) == ringed.world.statics.rules["combat.escape_near"]
    barred = escape_share(held.world, np.array([row(held, "a1")]), held.now, barred=True)
    assert barred.tolist() == [held.world.statics.rules["combat.escape_near"]]


def test_nobody_comes_over_water() -> None:
    assert share(at_noon(ISLAND, SHUT)) == 0


def test_nobody_walks_home_from_a_port_with_nothing_but_ships_behind_it() -> None:
    port = {"id": "port", "side": "axis", "kind": "port", "capacity_t": 3000.0, "at": "1"}
    session = coast(supply=False, sources=[port])
    session.advance(12 * 60)
    both = np.array([row(session, "a1"), row(session, "b1")])
    assert escape_share(session.world, both[:1], session.now)[0] > 0, "to the lines of the other"
    assert escape_share(session.world, both, session.now).tolist() == [0.0, 0.0]


def test_none_come_through_with_the_rule_off() -> None:
    assert share(at_noon(RING, {}, sets={"switch.stragglers": 0})) == 0


def test_whoever_comes_through_is_no_prisoner_and_all_are_accounted_for() -> None:
    session = battle(RING, {"a1": {"cut_off_since": 0, "hungry_since": 0, "cohesion_n": 10**8}}, TROOPS, seed=3)
    formations, a1 = session.world.formations, row(session, "a1")
    men = int(formations.men_u[a1])
    session.advance(10 * DAY)
    ends = [e for e in session.events if e.kind.name in ("Surrendered", "Dispersed") and a1 in e["formation"]]
    assert len(ends) == 1
    through = int(formations.escaped_u[a1])
    assert through == int(ends[0]["escaped_u"][list(ends[0]["formation"]).index(a1)]) > 0
    lost = int(formations.captured_u[a1]) + sum(int(formations.read(f, session.now, [a1])[0]) for f in ("battle", "sick"))
    assert through + lost - int(formations.read("gain", session.now, [a1])[0]) == men


def test_a_shaken_formation_with_a_way_back_falls_apart_and_does_not_lay_down_its_arms() -> None:
    """In the same straits one that is cut off surrenders."""
    kinds: dict[bool, set[str]] = {False: set(), True: set()}
    for shut in kinds:
        for seed in range(1, 5):
            told = {"a1": {"cohesion_n": 1, **(SHUT["a1"] if shut else {})}}
            session = battle(RING, told, TROOPS, seed=seed, days=60, sets={"combat.surrender_day": 0.04})
            session.advance(60 * DAY)
            kinds[shut] |= {e.kind.name for e in session.events if e.kind.name in ("Surrendered", "Dispersed")}
    assert kinds == {False: {"Dispersed"}, True: {"Surrendered"}}


@pytest.mark.parametrize("men", [1, 999, 12_345])
def test_no_more_come_through_than_there_are(men: int) -> None:
    session = at_noon(RING, {"a1": {"men_u": men}})
    rows = np.array([row(session, "a1")])
    there = int(session.world.formations.read("men", session.now, rows)[0])
    assert 0 <= int(escaped(session.world, rows, session.now)[0]) <= there
    near = session.world.statics.rules["combat.escape_near"]
    assert int(escaped(session.world, rows, session.now)[0]) == round(near * there)
