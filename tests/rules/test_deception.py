"""Deception of a regrouping on drawn maps: dummies keep troops in the enemy's eyes where they no longer are."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.dice import Dice
from engine.model.codes import DirectiveKind, OrderKind
from engine.model.instruction import Instruction
from engine.rules import deception, intelligence
from engine.rules.system import Trace
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, at, field, of_kind, row, told
from tests.rules.test_intelligence import BLIND, FLYERS, ONLY, PPM, REAR, looked

SURE = {**BLIND, "intelligence.dummy_hazard_h": 5, "intelligence.dummy_trust": 1}
"""Nobody finds anything but what dummies show, and that for certain."""
FALSE = (1, 26)
REGROUPED = {
    "id": "blow", "hq": "soviet_hq", "kind": "attack", "axis": [(6, 3)], "objective": [(6, 3)], "mobile": ["r1", "r2"],
    "start_day": 2, "known_min": 0, "dummy": [FALSE],
}  # fmt: skip
"""r1 and r2 stand at the left end of fifteen divisions, their dummies at the right end."""


def shown(s: Session, name: str) -> list[int]:
    """Where the reports of a formation place it."""
    sightings = s.world.sightings
    return sightings.hex[sightings.formation == row(s, name)].tolist()


def far(s: Session, cell: int, *spot: int) -> int:
    return int(s.world.statics.grid.distance(cell, at(s, *spot)))


def test_troops_are_reported_at_their_dummies_as_type_and_size_that_stand() -> None:
    s = looked(REAR, directives=[REGROUPED], sets=SURE)
    for name in ("r1", "r2"):
        (cell,) = shown(s, name)
        assert far(s, cell, *FALSE) <= 1, "as exact as any distant report"
        report = int(np.flatnonzero(s.world.sightings.formation == row(s, name))[0])
        assert s.world.sightings.level[report] == 2 * PPM
        assert s.world.sightings.half_life[report] == 24 * HOUR
    assert shown(s, "r3") == [], "nobody else has dummies"


def test_the_enemy_sees_the_deceived_picture_and_its_own_side_the_true_one() -> None:
    s = looked(REAR, directives=[REGROUPED], sets=SURE)
    seen = s.view("axis").enemies.hex.tolist()
    assert len(seen) >= 2
    assert all(far(s, cell, *FALSE) <= 4 for cell in seen), "reports and the phantoms about them"
    assert int(s.world.formations.hex[row(s, "r1")]) not in seen
    own = s.view("soviet").own
    assert own.hex[own.at(row(s, "r1"))] == s.world.formations.hex[row(s, "r1")]


def test_what_is_found_where_it_really_is_may_not_be_believed() -> None:
    heard = {**BLIND, "intelligence.radio_hazard_h": 5, "intelligence.dummy_hazard_h": 0}
    believed = looked(REAR, directives=[REGROUPED], sets={**heard, "intelligence.dummy_trust": 0})
    not_believed = looked(REAR, directives=[REGROUPED], sets={**heard, "intelligence.dummy_trust": 1})
    assert len(shown(believed, "r1")) == 1
    assert far(believed, shown(believed, "r1")[0], 0, 1) <= 1
    assert shown(not_believed, "r1") == []
    assert len(shown(not_believed, "r3")) == 1


def test_dummies_are_seen_as_often_as_their_hazard_says() -> None:
    sets = {**BLIND, "intelligence.dummy_hazard_h": 0.15, "intelligence.start_h": 6, "intelligence.dummy_trust": 0.6}
    everybody = {**REGROUPED, "mobile": [f"r{n}" for n in range(1, 11)]}
    nights = [looked(REAR, directives=[everybody], sets=sets, seed=seed) for seed in range(40)]
    seen = sum(len(shown(night, f"r{n}")) for night in nights for n in range(1, 11))
    assert seen / 400 == pytest.approx(1.0 - np.exp(-0.15 * 6), abs=0.06)


def test_patrols_and_contact_are_not_deceived() -> None:
    met = {**REGROUPED, "axis": [(4, 6)], "objective": [(4, 6)], "dummy": [(0, 0)]}
    beside = looked(":::::::\n:::::::\n:::::::\nR:::::R\n......A", directives=[met], sets=SURE)
    there = int(beside.world.formations.hex[row(beside, "r2")])
    assert shown(beside, "r2") == [there]
    assert shown(beside, "r1") != []
    near = looked(":::::::\n:::::::\n::::::R\n.......\n......A", directives=[{**met, "mobile": ["r1"]}],
                  sets={**SURE, "intelligence.patrol_hazard_h": 5})  # fmt: skip
    assert shown(near, "r1") == [int(near.world.formations.hex[row(near, "r1")])]


def test_troops_beside_the_place_see_through_it_and_lost_ground_deceives_nobody() -> None:
    for spot in ((5, 24), (6, 24)):
        s = looked(REAR, directives=[{**REGROUPED, "dummy": [spot]}], sets=SURE)
        assert shown(s, "r1") == []


def test_whoever_still_stands_there_is_seen_as_he_is() -> None:
    s = looked(REAR, directives=[{**REGROUPED, "dummy": [(0, 2)], "mobile": ["r1"]}], sets=SURE)
    assert shown(s, "r1") == []


def test_the_attack_ends_it() -> None:
    s = field(REAR, directives=[REGROUPED], sets=SURE)
    s.advance(2 * DAY - HOUR)
    assert deception.dummies(s.world, s.now) is not None
    s.advance(2 * DAY + HOUR)
    assert deception.dummies(s.world, s.now) is None


def test_switched_off_dummies_show_nothing() -> None:
    s = looked(REAR, directives=[REGROUPED], sets={**SURE, "switch.deception": 0})
    assert shown(s, "r1") == []


def test_without_dummies_nothing_is_drawn_or_changed() -> None:
    plain = {name: value for name, value in REGROUPED.items() if name != "dummy"}
    runs = [looked(REAR, directives=[plain], assets=FLYERS, sets={"switch.deception": on}, until=DAY) for on in (0, 1)]
    assert runs[0].world.digest() == runs[1].world.digest()


def test_a_directive_in_play_keeps_them_up_for_everybody_it_names() -> None:
    s = field(REAR, systems=ONLY, sets=SURE)
    aim = at(s, 6, 3)
    plan = Instruction("soviet_hq", DirectiveKind.ATTACK, axis=(aim,), objective=aim, mobile=("r1",), start_at=2 * DAY,
                       dummy=at(s, *FALSE))  # fmt: skip
    assert Instruction.from_record(plan.record()) == plan
    assert s.submit("soviet", plan) == [None]
    s.advance(HOUR)
    assert far(s, shown(s, "r1")[0], *FALSE) <= 1


def test_the_terms_say_what_the_dummies_did() -> None:
    s = field(REAR, directives=[REGROUPED], sets=SURE, systems=ONLY)
    trace = Trace()
    intelligence.decide(s.world, 0, Dice(1), trace)
    mine = {key: (value, address) for _, who, key, value, address in trace.terms if who == row(s, "r1")}
    assert mine["shown_by_dummies"] == (1.0, "intelligence.dummy_level")
    assert mine["hazard_dummies"][1] == "intelligence.dummy_hazard_h"
    assert not [key for _, who, key, _, _ in trace.terms if who == row(s, "r3") and "dummies" in key]


STRUCK = "\n".join([":" * 24, ":" * 24, "RR" + ":" * 22, ":" * 24, "R" + ":" * 23, "A" + "." * 23, "." * 24])


@pytest.mark.parametrize("dummy", [None, (0, 22)])
def test_a_false_picture_does_not_spoil_the_surprise(dummy: tuple[int, int] | None) -> None:
    """Reports from the other end of the front are not knowledge of those who stand before the target."""
    blow = {**REGROUPED, "axis": [(5, 0)], "objective": [(5, 0)], "mobile": ["r1", "r2"], "start_day": 1}
    blow = {**blow, "dummy": [dummy]} if dummy else {name: value for name, value in blow.items() if name != "dummy"}
    s = field(STRUCK, directives=[blow], sets={**SURE, "intelligence.memory_days": 8})
    s.advance(DAY + HOUR)
    told(s, "r3", OrderKind.ATTACK, at(s, 5, 0))
    s.advance(DAY + 3 * HOUR)
    (battle,) = np.flatnonzero(s.world.battles.hex == at(s, 5, 0)).tolist()
    assert s.world.battles.surprise[battle] > 0
    assert bool(shown(s, "r1")) is (dummy is not None)


def test_one_formations_dummies_do_not_hang_on_another() -> None:
    both = looked(REAR, directives=[REGROUPED], sets={"intelligence.dummy_hazard_h": 0.1}, until=DAY)
    one = looked(REAR, directives=[{**REGROUPED, "mobile": ["r1"]}], sets={"intelligence.dummy_hazard_h": 0.1}, until=DAY)
    assert shown(both, "r1") == shown(one, "r1")
    assert of_kind(both, "Sighted")
