"""The high command: directives from objectives, forces, ground and enemy, with no plan at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.model.codes import DirectiveKind, DirectiveState
from engine.model.commander import Notes
from engine.model.instruction import Instruction
from engine.run.session import Session
from engine.staff.high.choice import review
from engine.staff.high.commander import HighCommand
from engine.staff.reasons import Reason
from engine.staff.situation import Situation
from tests.staff.drawn_war import DAY, cell_at, cell_of, owner

DEPTH = 4
MAP = """
................
.......#........
................
.A...A....A...A.
:S::S:RRR:S::S::
::::::RRR:::::::
::::::TT::::::::
"""
STAFFS = {
    "axis_top": {"side": "axis", "formations": [], "echelon": "army_group"},
    "axis_army": {"side": "axis", "formations": "A", "parent": "axis_top", "echelon": "army"},
    "front": {"side": "soviet", "formations": [], "echelon": "front"},
    "strong": {"side": "soviet", "formations": "R", "parent": "front", "echelon": "army"},
    "thin": {"side": "soviet", "formations": "S", "parent": "front", "echelon": "army"},
    "tanks": {"side": "soviet", "formations": "T", "parent": "front", "echelon": "army"},
}


def war(since: str = "", *, days: int = 10, **more: Any) -> Session:
    """The Soviet side without a plan against a thin line that only holds; a town behind it."""
    scenario = drawn_scenario(
        MAP,
        {"A": {"kind": "infantry", "strength": 0.4}, "R": "rifle", "S": "rifle", "T": "tank_corps"},
        headquarters=STAFFS,
        depth=DEPTH,
        days=days,
        **more,
    )
    return Session(scenario, 1, {"soviet": HighCommand(since)}, keep_frames=False)


def told(session: Session, hq: str) -> list[tuple[str, str]]:
    """(kind, reason) of each directive to a headquarters, in order."""
    d, row = session.world.directives, session.world.statics.headquarters_rows[hq]
    return [
        (DirectiveKind(int(d.kind[i])).name, Reason(int(d.reason[i])).name) for i in np.flatnonzero(d.hq == row).tolist()
    ]


def test_without_a_plan_the_strong_army_attacks_the_goal_and_those_in_hand_follow() -> None:
    s = war()
    s.advance(6 * DAY)
    assert ("ATTACK", "MAIN_EFFORT") in told(s, "strong")
    assert ("ATTACK", "SECOND_ECHELON") in told(s, "tanks") or ("ATTACK", "MAIN_EFFORT") in told(s, "tanks")
    d = s.world.directives
    goals = {int(d.objective[i]) for i in np.flatnonzero(d.reason == Reason.MAIN_EFFORT)}
    assert cell_at(s, (1, 7), DEPTH) in goals


WIDE = "\n".join((
    "." * 48,
    "." * 40 + "#" + "." * 7,
    "." * 48,
    "..A.A.....A.....A.....A.....A.....A..A..A..A....",
    "::S:S:::::S:::::S:::::S:::::S:::::::RRRRR:::::::",
    ":" * 37 + "RRR" + ":" * 8,
    *[":" * 48] * 6,
    "TT" + ":" * 46,
))  # fmt: skip


def test_an_army_squeezed_out_of_the_front_marches_behind_the_main_effort_and_follows_it() -> None:
    kinds = {"A": {"kind": "infantry", "strength": 0.4}, "R": "rifle", "S": "rifle", "T": "tank_corps"}
    scenario = drawn_scenario(WIDE, kinds, headquarters=STAFFS, depth=DEPTH, days=14)
    s = Session(scenario, 1, {"soviet": HighCommand()}, keep_frames=False)
    s.advance(DAY)
    columns, goal = s.world.statics.grid.columns, cell_at(s, (1, 40), DEPTH)
    assert told(s, "tanks")[0] == ("RAIL", "SHIFTED")
    d = s.world.directives
    place = int(d.objective[np.flatnonzero(d.reason == Reason.SHIFTED)[0]])
    assert place % columns > 25, "behind the attack, in the east"
    before = cell_of(s, "t1")
    s.advance(8 * DAY)
    assert s.world.statics.grid.distance(cell_of(s, "t1"), goal) < s.world.statics.grid.distance(before, goal) - 15


def test_it_takes_the_goal_unaided() -> None:
    s = war(days=14)
    s.advance(14 * DAY)
    assert owner(s, (1, 7), DEPTH) == "soviet"


def test_a_side_that_is_far_weaker_attacks_nowhere() -> None:
    scenario = war().scenario
    s = Session(scenario, 1, {"axis": HighCommand()}, keep_frames=False)
    s.advance(5 * DAY)
    assert {kind for kind, _ in told(s, "axis_army")} <= {"DEFEND", "WITHDRAW"}


def test_nobody_is_told_the_same_again_every_day() -> None:
    s = war()
    s.advance(9 * DAY)
    for hq in ("strong", "thin", "tanks"):
        assert len(told(s, hq)) <= 4, told(s, hq)


@pytest.mark.parametrize("left", ["fell_back", "ahead"])
def test_who_has_left_the_line_where_he_was_told_to_stand_is_told_again(left: str) -> None:
    staffs = {hq: row for hq, row in STAFFS.items() if hq in ("axis_top", "axis_army", "front", "thin")}
    even = drawn_scenario(
        MAP.replace("R", ":").replace("T", ":"), {"A": "infantry", "S": "rifle"}, headquarters=staffs, depth=DEPTH, days=10
    )
    s = Session(even, 1, {"soviet": HighCommand()}, keep_frames=False)
    s.advance(3 * DAY)

    def said(value: int) -> set[str]:
        notes = Notes(*s.world.note_tables())
        thin = s.world.statics.headquarters_rows["thin"]
        notes.staff[left][thin], notes.staff["directed_at"][thin] = value, -DAY  # long enough ago to be told anew
        return {made.hq for made in review(Situation(s.view("soviet"), notes), first=False)}

    assert told(s, "thin")[-1][0] == "DEFEND"
    assert "thin" not in said(0 if left == "fell_back" else -1)
    assert "thin" in said(1)


def test_it_follows_the_plan_until_its_day_and_then_ends_it() -> None:
    plan = [{"id": "wait", "hq": "strong", "kind": "reserve"},
            {"id": "later", "hq": "strong", "kind": "defend", "start_day": 8}]  # fmt: skip
    s = war("1944-08-18", directives=plan)
    s.advance(2 * DAY)
    assert len(s.world.directives) == 2, "it has said something before its day"
    assert DirectiveState.RUNNING in s.world.directives.state.tolist()
    s.advance(9 * DAY)
    assert len(s.world.directives) > 2
    assert (s.world.directives.state[:2] == DirectiveState.SUPERSEDED).all()


@pytest.mark.parametrize(("since", "when"), [("lost:goal", 0), ("taken:goal", 10 * DAY)])
def test_it_takes_over_when_a_place_falls(since: str, when: int) -> None:
    s = war(since)
    s.advance(DAY)
    assert (len(s.world.directives) > 0) == (when == 0), "the goal is the enemy's from the start"


def test_its_words_are_directives_alone() -> None:
    """The high command chooses directives, never formations: no group it names is a list of names."""
    s = war()
    s.advance(6 * DAY)
    given = [d for entry in s.log for d in entry.directives]
    assert given
    assert all(isinstance(d, Instruction) and not (d.assault or d.mobile or d.reserve) for d in given)
