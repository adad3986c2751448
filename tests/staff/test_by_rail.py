"""Told to go by rail: trains are boarded where they are sooner than feet, and a long way is marched where they are not."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.hexes import Grid
from engine.run.session import Session
from engine.staff.reasons import Reason, sentence
from tests.staff.drawn_war import DAY, cell_at, cell_of, events, row, war

WIDE, ROWS = 41, 8
LAND = "\n".join([
    "." * WIDE, "AA" + "." * (WIDE - 2), "." + "B" + "." * (WIDE - 2), *["." * WIDE] * 4,
    ":" * 30 + "R" + ":" * (WIDE - 31),
])  # fmt: skip
TOLD = {"id": "away", "hq": "axis_hq", "kind": "rail", "objective": [(1, WIDE - 2)], "start_min": 0}


def track(tracks: int) -> dict[str, Any]:
    """A railway along the second row, from edge to edge."""
    near, rail = Grid(WIDE, ROWS, 0.0, 0.0, "D").neighbours, np.zeros((WIDE * ROWS, 6), np.uint8)
    for cell in range(WIDE, 2 * WIDE - 1):
        rail[cell, int(np.flatnonzero(near[cell] == cell + 1)[0])] = tracks
    return {"rail": rail, "gauge": np.where(rail > 0, 1, 0)}


def sent(tracks: int = 2, **more: Any) -> Session:
    kinds = {"A": "infantry", "B": "infantry", "R": "rifle"}
    return war(LAND, days=14, led=["axis"], formations=kinds, directives=[TOLD], **(track(tracks) if tracks else {}), **more)


def test_those_at_the_railway_board_and_those_near_it_go_to_a_station_first() -> None:
    s = sent()
    s.advance(5 * DAY)
    boarded = {int(name) for event in events(s, "Entrained") for name in event["formation"].tolist()}
    assert {row(s, "a1"), row(s, "a2"), row(s, "b1")} <= boarded
    s.advance(9 * DAY)
    goal, grid = cell_at(s, (1, WIDE - 2)), s.world.statics.grid
    assert all(grid.distance(cell_of(s, name), goal) <= 3 for name in ("a1", "a2", "b1"))


def test_on_foot_they_would_not_have_been_there() -> None:
    s = sent(0)
    s.advance(5 * DAY)
    assert not events(s, "Entrained")
    assert 10 <= cell_of(s, "a1") % WIDE <= 30, "on the march"


def test_who_would_be_there_sooner_on_foot_marches() -> None:
    s = sent(1, sets={"movement.rail_single_trains": 3.0})
    s.advance(2 * DAY)
    assert not events(s, "Entrained"), "thirty-five trains at three a day"
    assert cell_of(s, "a1") % WIDE >= 4


def test_it_says_so() -> None:
    s = sent()
    s.advance(DAY)
    orders = s.world.orders
    said = {sentence(int(r), d, s.world.statics.grid.text) for r, d in zip(orders.reason, orders.detail, strict=True)}
    assert any("boards its trains" in words for words in said)
    assert Reason.TO_THE_STATION in orders.reason.tolist()
