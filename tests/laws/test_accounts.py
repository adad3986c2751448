"""Conservation over whole wars: for each formation, each side and the run, to the millionth of a man, vehicle and gun.

Men at the start and those received are men present, aboard, lost in battle, sick, captured or missing, drowned or gone
home; vehicles and guns alike. With every rule in force: marches, sea, supply, repair, replacements, people.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from engine.files.drawn import drawn_scenario
from engine.lab.commanders import commanders
from engine.model.scenario import Scenario
from engine.model.world import World
from engine.run.session import Session
from tests.laws.war import CASES, reference, session

ACCOUNTS = {
    "men": (("men", "battle", "sick"), ("aboard_u", "captured_u", "drowned_u", "home_u", "escaped_u"), "gain"),
    "afv": (("afv", "afv_shop", "afv_lost"), ("aboard_afv_u",), "afv_gain_u"),
    "guns": (("guns", "guns_lost"), ("aboard_guns_u",), "guns_gain_u"),
}
"""Flows and columns that what a formation had at the start and received has gone to, and what it received."""
Ints = npt.NDArray[np.int64]


def balance(world: World, now: int, what: str) -> Ints:
    """Shape (formations,): what is there or was lost, less what was received."""
    formations = world.formations
    flows, columns, gained = ACCOUNTS[what]
    total = sum(formations.read(flow, now) for flow in flows) + sum(formations[column] for column in columns)
    received = formations.read(gained, now) if gained == "gain" else formations[gained]
    return np.asarray(total - received)


POCKET = """
:::::::::
:::R.R:::
::R.A.R::
:::RTR:::
:::::::::
.........
..B...B..
"""


@cache
def pocket() -> Scenario:
    """A hungry division in a pocket that tanks and four rifle divisions attack."""
    return drawn_scenario(
        POCKET, {"T": "tank_corps", "A": {"men": 6000, "cohesion": 0.4, "food_days": 0.0, "ammo_days": 1.0}},
        directives=[{"id": "kill", "hq": "soviet_hq", "kind": "attack", "axis": [(3, 4), (2, 4)], "objective": [(2, 4)],
                     "start_min": 6 * 60}],
        days=8,
    )  # fmt: skip


@cache
def after_the_pocket() -> Session:
    run = Session(pocket(), 12, commanders({"axis": "staff", "soviet": "staff"}))
    run.advance(7 * 1440 + 90)
    return run


@pytest.mark.parametrize("case", [*CASES, "pocket"])
@pytest.mark.parametrize("what", ACCOUNTS)
def test_everybody_and_everything_is_accounted_for_by_formation_side_and_run(case: str, what: str) -> None:
    run = after_the_pocket() if case == "pocket" else reference(case)
    begun = Session(pocket(), 12).world if case == "pocket" else session(case).world
    start, now = balance(begun, 0, what), balance(run.world, run.now, what)
    assert start.sum() > 0
    wrong = np.flatnonzero(start != now)
    assert wrong.size == 0, [(run.world.statics.formation_ids[i], int(start[i]), int(now[i])) for i in wrong]
    for side in (0, 1):
        ours = run.world.formations.side == side
        assert start[ours].sum() == now[ours].sum()


def test_these_wars_cost_men_vehicles_and_guns_and_give_some_back() -> None:
    worlds = [reference(case).world for case in CASES] + [after_the_pocket().world]
    for column in ("battle_u", "sick_u", "gain_u", "captured_u", "afv_lost_u", "afv_shop_u", "guns_lost_u"):
        assert any((world.formations[column] > 0).any() for world in worlds), column


def test_alarm_a_man_too_many_shows() -> None:
    run = session("drawn")
    run.advance(6 * 60)
    before = balance(run.world, run.now, "men")
    run._pen["formations"]["men_u"][0] += 1
    assert (balance(run.world, run.now, "men") != before).sum() == 1
