"""A front on which nothing happens stays as it is; a loss is plugged; a thin line is no reason for alarm."""

from __future__ import annotations

import numpy as np
import pytest

from engine.lab.generated import Size, generated_scenario
from engine.model.codes import OrderKind
from engine.staff.line import MOST_IN_A_HEX
from engine.staff.matching import make_room
from tests.staff.drawn_war import (
    DAY,
    HOUR,
    begin,
    captures,
    cell_at,
    cell_of,
    moved_km,
    of_side,
    orders_to,
    place,
    reasons,
    run,
    tell,
    war,
)

QUIET = """
    :R::R::R::R::
    .A....A....A.
    """
GAP = """
    :::::::::::
    :R::RRR::R:
    .A.A...A.A.
    ...........
    .....Q.....
    ...........
    """


def test_a_quiet_line_loses_no_hex_and_marches_nowhere():
    session = run(QUIET, depth=4)
    names = of_side(session, "axis") + of_side(session, "soviet")
    assert captures(session) == []
    assert moved_km(session, names) < 0.1 * 10 * len(names)
    assert len(session.world.battles) == 0


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_winding_front_on_which_nobody_is_told_to_attack_stays_as_it_is(seed):
    """Armour behind a line full of corners: nobody strikes at a salient that lies still, nor spreads anew."""
    session = begin(generated_scenario(Size(60, 50, 40, attacking=0.0, days=10), seed), seed=seed)
    session.advance(10 * DAY)
    names = of_side(session, "axis") + of_side(session, "soviet")
    assert captures(session) == []
    assert len(session.world.battles) == 0
    late = [order for name in names for order in orders_to(session, name) if order[0] > 6 * DAY]
    assert len(late) <= 2


def test_a_dense_quiet_line_draws_one_reserve_and_then_lies_still():
    session = run(":R:R:R:R:R:R:\n.A..A..A..A..", depth=4)
    settled = {name: len(orders_to(session, name)) for name in of_side(session, "axis")}
    assert captures(session) == []
    assert sum(settled.values()) <= 4
    names = of_side(session, "axis") + of_side(session, "soviet")
    late = [order for name in names for order in orders_to(session, name) if order[0] > 6 * DAY]
    assert late == []


def test_a_gap_that_is_only_the_density_of_the_army_changes_no_task_in_ten_days():
    session = run(":R:::::R:::::R\n.A....A.....A.", depth=4)
    assert [name for name in of_side(session, "axis") if orders_to(session, name)] == []
    assert session.world.staff_notes.need.max() == 0


def test_a_lost_hex_brings_the_reserve_within_a_day_and_the_neighbours_stay():
    kinds = {"A": {"strength": 0.55}, "Q": {"role": "reserve"}}
    session = war(GAP, days=5, led=["axis"], seed=2, formations=kinds, depth=2)
    session.advance(12 * HOUR)
    assert [name for name in of_side(session, "axis") if orders_to(session, name)] == []
    gap = cell_at(session, (2, 5), 2)
    tell(session, "soviet", OrderKind.ATTACK, ["r2", "r3", "r4"], gap)
    while not _reserve_sent(session) and session.now < 4 * DAY:
        session.advance(session.now + HOUR)
    sent = session.now
    assert _reserve_sent(session), reasons(session)
    session.advance(sent + DAY)
    grid = session.world.statics.grid
    assert grid.distance(cell_of(session, "q1"), gap) <= 1
    assert moved_km(session, ["a1", "a2", "a3", "a4"]) == 0


def _reserve_sent(session):
    return any(reason.name == "PLUG" for _, _, _, reason in orders_to(session, "q1"))


def test_order_along_the_line_is_kept_and_at_most_one_moves_far():
    text = """
        :R:::R:::R:::R:::RRR
        ....................
        .A....B....C....D...
        """
    kinds = dict.fromkeys("ABCD", "infantry")
    defend = {"side": "axis", "kind": "defend", "reserve_share": 0.0}
    session = run(text, days=4, depth=4, formations=kinds, led=["axis"], directives=[defend])
    columns = [place(session, name)[1] for name in ("a1", "b1", "c1", "d1")]
    assert columns == sorted(columns)
    before = {"a1": 1, "b1": 6, "c1": 11, "d1": 16}
    assert sum(abs(place(session, name)[1] - before[name]) > 2 for name in before) <= 1
    assert {place(session, name, 4)[0] for name in before} == {1}


@pytest.mark.parametrize(("held", "wanted"), [([5, 5], [5, 6]), ([5, 5, 7], [5, 6, 7]), ([5, 5, 6, 7], [5, 5, 6, 7])])
def test_two_share_a_hex_only_of_a_line_that_has_fewer_hexes_than_formations(held, wanted):
    """Hex 5 is a corner of the front and counts three sides."""
    many, sides = len(held), np.array([5, 5, 5, 6, 7])
    where, nobody = np.array(held), np.zeros(0, np.int64)
    make_room(
        np.array([np.arange(8), np.zeros(8, np.int64)]), sides, np.array([0, 5]), np.zeros(many, np.int64),
        np.zeros(many, bool), nobody, MOST_IN_A_HEX, np.array(held), where,
    )  # fmt: skip
    assert sorted(where.tolist()) == wanted
