"""A historical plan is followed to a date or event and handed over: in the scenarios of the Baltic, for either side."""

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


@pytest.mark.parametrize(("side", "event"), [("axis", "lost"), ("soviet", "taken")])
def test_the_plan_leads_until_a_town_falls_and_the_high_command_from_then_on(side: str, event: str) -> None:
    s = Session(load_scenario("memel"), 1, commanders({side: f"high@{event}:Kuršėnai"}), keep_frames=False)
    town = s.world.statics.theatre.find_place("Kuršėnai")
    assert town is not None
    fell = next(hour * 60 for hour in range(1, 10 * 24) if s.advance(hour * 60) and s.world.hexes.owner[town.cell] == 1)
    d, number = s.world.directives, SIDES.index(side)
    assert not (d.reason > 0).any(), "nobody but the plan has spoken"
    s.advance(fell + 3 * DAY)  # so long a front's first directives take to be prepared below
    ours = s.world.headquarters.side[d.hq] == number
    assert (d.reason[ours] == Reason.TAKES_OVER).any()
    assert not (d.reason[~ours] > 0).any(), "the other side goes on with its plan"
    assert (d.state[np.flatnonzero(ours & (d.reason == 0))] >= DirectiveState.DONE).all(), "of the plan nothing goes on"


def test_the_plan_leads_until_something_happens_and_the_high_command_from_then_on() -> None:
    s = Session(load_scenario("memel"), 1, commanders({"axis": "high@event:schoerner_riga"}), keep_frames=False)
    number = [event.id for event in s.scenario.events].index("schoerner_riga")
    happened = next(hour * 60 for hour in range(1, 17 * 24) if s.advance(hour * 60) and _has_happened(s, number))
    d = s.world.directives
    assert not (d.reason > 0).any(), "nobody but the plan has spoken"
    s.advance(happened + DAY)
    assert (d.reason == Reason.TAKES_OVER).any()


def _has_happened(s: Session, event: int) -> bool:
    return int(s.world.happenings.happened_at[event]) < s.now


def test_both_sides_can_be_handed_over_one_by_date_and_one_by_event() -> None:
    names = {"axis": "high@lost:Kuršėnai", "soviet": "high@1944-10-05"}
    s = Session(load_scenario("memel"), 1, commanders(names), keep_frames=False)
    s.advance(6 * DAY)
    d = s.world.directives
    over = [SIDES[int(s.world.headquarters.side[hq])] for hq in d.hq[d.reason == Reason.TAKES_OVER].tolist()]
    assert set(over) == {"axis", "soviet"}
