"""Shifting the main effort: a whole army leaves a front where it gains nothing and attacks where more can be won."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from engine.files.drawn import drawn_scenario
from engine.model.codes import DirectiveKind, Status
from engine.run.session import Session
from engine.staff.high.commander import HighCommand
from engine.staff.reasons import Reason, sentence
from tests.staff.drawn_war import DAY, cell_at, cell_of, owner, row

DEPTH = 4
MAP = """
....................................................
......#.......................................#.....
....................................................
.AAAAAAAA.....B....B....BB..BB..BBBBB........C......
:RRRRRRRR::S:SS::S::S:::S::S::S:::::::::::::E:E:::::
::::::::::::::::::::::::::::::::::::::::::::::::::::
::::::::::::::::::::::::::::::::::::::::::::::::::::
::::::::::::::::::::::::::::::::::::::::::::::::::::
"""
STAFFS: dict[str, dict[str, Any]] = {
    "axis_top": {"side": "axis", "formations": [], "echelon": "army_group"},
    "axis_army": {"side": "axis", "formations": "ABC", "parent": "axis_top", "echelon": "army"},
    "front": {"side": "soviet", "formations": [], "echelon": "front"},
    "west": {"side": "soviet", "formations": "R", "parent": "front", "echelon": "army"},
    "middle": {"side": "soviet", "formations": "S", "parent": "front", "echelon": "army"},
    "east": {"side": "soviet", "formations": "E", "parent": "front", "echelon": "army"},
}


@cache
def scenario(neighbour: float, strong: bool) -> Any:
    kinds = {
        "A": {"kind": "infantry", "strength": 0.6}, "B": {"kind": "infantry", "strength": 0.5},
        "C": {"kind": "infantry", "strength": 1.0 if strong else 0.3}, "R": "rifle",
        "S": {"kind": "rifle", "strength": neighbour}, "E": {"kind": "rifle", "strength": 0.6},
    }  # fmt: skip
    text = MAP.replace("BBBBB........C......", "BBBBB....CCCCCCCC...") if strong else MAP
    return drawn_scenario(text, kinds, headquarters=STAFFS, depth=DEPTH, days=30, points=60)


def war(*, neighbour: float = 1.0, strong: bool = False) -> Session:
    """An army stands before a strong enemy in the west; far in the east a goal lies behind a weak one."""
    return Session(scenario(neighbour, strong), 1, {"soviet": HighCommand()}, keep_frames=False)


def told(session: Session, hq: str) -> list[tuple[str, str]]:
    d, at = session.world.directives, session.world.statics.headquarters_rows[hq]
    mine = np.flatnonzero(d.hq == at).tolist()
    return [(DirectiveKind(int(d.kind[i])).name, Reason(int(d.reason[i])).name) for i in mine]


def test_an_army_that_can_win_nothing_goes_where_the_enemy_is_weak_and_attacks_there() -> None:
    s = war()
    s.advance(DAY)
    assert told(s, "west")[:2] == [("RAIL", "CONCENTRATED"), ("ATTACK", "MAIN_EFFORT")]
    d = s.world.directives
    march, blow = np.flatnonzero(d.hq == s.world.statics.headquarters_rows["west"])[:2].tolist()
    grid, goal = s.world.statics.grid, cell_at(s, (1, 46), DEPTH)
    assert int(d.objective[blow]) == goal
    assert grid.distance(int(d.dummy[blow]), cell_at(s, (4, 4), DEPTH)) <= 8, "dummies show it where it was"
    assert grid.distance(int(d.objective[march]), int(d.axis[blow][0])) <= 6, "it assembles behind the place of attack"
    assert int(d.start_at[blow]) >= 8 * DAY, "not before it can be there"
    assert "hand its front over" in sentence(int(d.reason[march]), d.detail[march], grid.text)
    s.advance(int(d.start_at[blow]) + 8 * DAY)
    gone = [n for n in ("r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8") if cell_of(s, n) % grid.columns > 28]
    assert len(gone) >= 4
    assert owner(s, (1, 46), DEPTH) == "soviet"


def test_what_the_neighbour_cannot_hold_alone_is_left_to_him() -> None:
    s = war(neighbour=0.7)
    s.advance(2 * DAY)
    world = s.world
    middle = world.statics.headquarters_rows["middle"]
    stay = [f"r{i}" for i in range(1, 9) if int(world.formations.hq[row(s, f"r{i}")]) == middle]
    assert len(stay) == 2, "of eight, to fill up a line of one at seven tenths"
    s.advance(12 * DAY)
    assert all(owner(s, (4, column), DEPTH) == "soviet" for column in range(1, 9)), "the old front holds"
    assert all(cell_of(s, name) % world.statics.grid.columns <= 24 for name in stay)
    assert all(world.formations.status[row(s, name)] == Status.ON_MAP for name in stay)


def test_nobody_leaves_a_front_that_his_neighbours_could_not_hold() -> None:
    s = war(neighbour=0.1)
    s.advance(9 * DAY)
    assert ("RAIL", "CONCENTRATED") not in told(s, "west")


def test_nobody_is_sent_where_the_enemy_is_as_strong() -> None:
    s = war(strong=True)
    s.advance(9 * DAY)
    assert ("RAIL", "CONCENTRATED") not in told(s, "west")
