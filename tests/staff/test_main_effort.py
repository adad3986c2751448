"""The main effort: an army no stronger than the enemy is much stronger where it attacks, and holds the rest of its line."""

from __future__ import annotations

import numpy as np
import pytest

from tests.staff.drawn_war import DAY, HOUR, captures, cell_at, cell_of, events, men, of_side, place, seeds, war

LINE = """\
R:R:R:R:R:R:R:R:R
A.A.A.A.A.A.A.A.A
.................
B.......B.......B
"""
DEPTH, START, MIDDLE = 6, 3 * DAY, 8
KINDS = {name: {"kind": "infantry", "strength": 0.44} for name in "AB"} | {"R": {"kind": "rifle", "side": "soviet"}}
THRUST = {"side": "axis", "kind": "attack", "axis": [(1, MIDDLE), (-5, MIDDLE)], "assault": "B", "start_min": START}


def _men_near(session, side, spot):
    """Men of a side within two hexes of a place."""
    grid, at = session.world.statics.grid, cell_at(session, spot, DEPTH)
    return men(session, [name for name in of_side(session, side) if grid.distance(cell_of(session, name), at) <= 2])


def _ratio(session):
    """Axis to Soviet men about the middle of the line."""
    return _men_near(session, "axis", (1, MIDDLE)) / max(1, _men_near(session, "soviet", (0, MIDDLE)))


@pytest.mark.parametrize("seed", seeds(3))
def test_the_main_effort_has_real_superiority_when_it_begins(seed):
    session = war(LINE, days=8, depth=DEPTH, seed=seed, led=["axis"], formations=KINDS, directives=[THRUST])
    overall = men(session, of_side(session, "axis")) / men(session, of_side(session, "soviet"))
    before = _ratio(session)
    assert 0.9 < overall < 1.15, "the picture was meant to be an even match"
    session.advance(START)
    while session.now < 6 * DAY and not [e for e in events(session, "Engaged") if e.minute >= START]:
        session.advance(session.now + 3 * HOUR)
    assert session.now < 6 * DAY, "it attacks"
    assert _ratio(session) >= 1.4
    assert _ratio(session) >= 1.3 * before, "not by the drawing: the assault group came from both ends of the line"


@pytest.mark.parametrize("seed", seeds(3))
def test_the_rest_of_the_line_is_thin_but_held(seed):
    session = war(LINE, days=8, depth=DEPTH, seed=seed, led=["axis"], formations=KINDS, directives=[THRUST])
    session.advance(6 * DAY)
    columns = sorted(place(session, name, DEPTH)[1] for name in of_side(session, "axis") if cell_of(session, name) >= 0)
    assert int(np.diff(columns).max()) <= 5, "nobody is so far from his neighbour that a division could walk through"
    lost = [cell for _, cell, side in captures(session) if side == 1]
    assert not lost
