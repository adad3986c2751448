"""A historical plan is followed to a date and handed over: in the scenarios of the Baltic, for either side."""

from __future__ import annotations

import numpy as np
import pytest

from engine.files.stored import load_scenario
from engine.lab.commanders import commanders
from engine.model.codes import SIDES, DirectiveState
from engine.run.session import Session
from engine.staff.reasons import Reason

DAY = 1440


@pytest.mark.parametrize(
    ("name", "date", "day", "side"),
    [("riga", "1944-09-16", 2, "axis"), ("memel", "1944-10-06", 2, "soviet"), ("moonsund", "1944-09-30", 3, "axis")],
)
def test_the_plan_leads_until_its_date_and_the_high_command_from_then_on(name: str, date: str, day: int, side: str) -> None:
    s = Session(load_scenario(name), 1, commanders({side: f"high@{date}"}), keep_frames=False)
    d, number = s.world.directives, SIDES.index(side)
    s.advance(day * DAY - 60)
    assert not (d.reason > 0).any(), "nobody but the plan has spoken"
    s.advance((day + 2) * DAY)
    ours = s.world.headquarters.side[d.hq] == number
    assert (d.reason[ours] == Reason.TAKES_OVER).any()
    assert (d.reason[ours] > 0).sum() >= 3, "armies are told what to do"
    assert not (d.reason[~ours] > 0).any(), "the other side goes on with its plan"
    planned = np.flatnonzero(ours & (d.reason == 0))
    assert (d.state[planned] >= DirectiveState.DONE).all(), "of the plan nothing goes on"
