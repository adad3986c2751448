"""Directives given during a run: through the same door as orders, by courier, into the same table as those of a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.model.codes import DirectiveKind, DirectiveState, Permission
from engine.model.instruction import Instruction
from engine.model.orders import Refusal
from engine.run.session import Session
from tests.rules.marches import DAY, at, field

LAND = """
.....~
A....~
.....~
Brrrrr
"""
HOUR = 60


def ground(**more: Any) -> Session:
    return field(
        LAND,
        {"A": "infantry", "B": {"kind": "rifle", "side": "soviet"}},
        ground={"r": "soviet"},
        headquarters={
            "top": {"side": "axis", "formations": [], "echelon": "army"},
            "first": {"side": "axis", "formations": "A", "parent": "top"},
            "enemy": {"side": "soviet", "formations": "B"},
        },
        **more,
    )


def attack(s: Session, **more: Any) -> Instruction:
    axis = (at(s, 1, 0), at(s, 3, 1))
    return Instruction(**{"hq": "first", "kind": DirectiveKind.ATTACK, "axis": axis, "objective": axis[-1], **more})


def refused(s: Session, told: Instruction) -> str:
    """The code with which a directive of the axis is refused."""
    answer = s.submit("axis", told)[0]
    assert isinstance(answer, Refusal), "the directive was accepted"
    assert answer.sentence.endswith(".")
    assert not s.log, "a refused directive is not in the log"
    return answer.code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"hq": "nobody"}, "unknown_headquarters"),
        ({"hq": "enemy"}, "other_side"),
        ({"axis": (), "objective": -1}, "no_objective"),
        ({"line": (0,)}, "short_line"),
        ({"axis": tuple(range(9))}, "too_many_places"),
        ({"assault": ("a1",) * 17}, "too_many_formations"),
        ({"assault": ("b1",)}, "unknown_formation"),
        ({"mobile": ("nobody",)}, "unknown_formation"),
        ({"objective": 10**9}, "off_map"),
        ({"start_at": 600, "end_at": 600}, "over_already"),
        ({"corridor_m": -1}, "corridor"),
        ({"permission": Permission.MAY_FALL_BACK}, "no_line"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong, code):
    s = ground()
    assert refused(s, attack(s, **wrong)) == code


def test_a_directive_is_the_same_after_a_round_trip_through_the_log():
    s = ground()
    told = attack(s, assault=("a1",), corridor_m=9000, raid=True, clears=True, end_at=5 * DAY, by_human=True)
    assert Instruction.from_record(told.record()) == told
    assert Instruction.from_record(Instruction("first", DirectiveKind.DEFEND).record()).kind == DirectiveKind.DEFEND


def test_before_the_curtain_a_directive_is_there_at_once():
    s = ground()
    assert s.submit("axis", attack(s)) == [None]
    s.advance(2 * HOUR)
    assert s.world.directives.state.tolist() == [DirectiveState.RUNNING]
    assert s.view("axis").directives.hq.tolist() == [s.world.statics.headquarters_rows["first"]]


def test_later_it_takes_the_courier_of_the_level_above_and_is_unknown_below_until_then():
    s = ground(sets={"switch.command_delay": 1})
    s.advance(7 * HOUR)
    s.submit("axis", attack(s, start_at=8 * HOUR))
    s.advance(7 * HOUR + 1)
    arrives = int(s.world.directives.arrives_at[0])
    assert 7 * HOUR < arrives < 2 * DAY
    assert s.world.directives.start_at[0] == max(arrives, 8 * HOUR), "nobody acts on what he has not got"
    assert len(s.view("axis").directives.row) == 0
    s.advance(arrives + HOUR)
    assert s.world.directives.state[0] == DirectiveState.RUNNING
    assert len(s.view("axis").directives.row) == 1
    assert len(s.view("soviet").directives.row) == 0


def test_a_clearing_directive_ends_all_that_was_told_before_also_below():
    s = ground()
    s.submit("axis", attack(s), attack(s, start_at=3 * DAY), Instruction("top", DirectiveKind.DEFEND))
    s.advance(2 * HOUR)
    s.submit("axis", Instruction("top", DirectiveKind.DEFEND, clears=True))
    s.advance(3 * DAY)
    running = np.flatnonzero(s.world.directives.state == DirectiveState.RUNNING)
    assert running.tolist() == [3]
    assert (s.world.directives.state[:3] == DirectiveState.SUPERSEDED).all()


def test_without_clearing_only_the_same_headquarters_forgets_what_it_did():
    s = ground()
    s.submit("axis", attack(s), Instruction("top", DirectiveKind.DEFEND))
    s.advance(2 * HOUR)
    s.submit("axis", Instruction("top", DirectiveKind.RESERVE))
    s.advance(2 * DAY)
    assert s.world.directives.state.tolist() == [
        DirectiveState.RUNNING, DirectiveState.SUPERSEDED, DirectiveState.RUNNING,
    ]  # fmt: skip


def test_a_saved_run_with_directives_is_the_same_run(tmp_path):
    s = ground()
    s.submit("axis", attack(s, assault=("a1",)))
    s.advance(DAY)
    s.save(tmp_path / "x.dbr")
    again = Session.load(tmp_path / "x.dbr")
    assert again.digest() == s.digest()
    again.rewind(6 * HOUR)
    again.advance(DAY)
    assert again.digest() == s.digest()
