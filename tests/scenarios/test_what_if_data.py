"""What the overlays of what-ifs change is what they say: identifiers of a plan move on, and nobody is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.files.folders import SCENARIOS
from engine.files.overlay import read_overlay_head
from engine.files.scenario import load_scenario
from engine.files.stored import load_scenario as load_stored
from engine.model.scenario import Scenario

LENIENT = {"stand_fast": 0, "free": 1, "may_fall_back": 2}
GARRISONS = {"ax_memel_ring", "ax_libau"}
WHAT_IFS = sorted(path for path in (SCENARIOS / "what_if").glob("*.toml") if ".permission" in path.read_text("utf-8"))


def permissions(scenario: Scenario) -> dict[str, str]:
    return {one.id: one.permission for one in scenario.directives}


@pytest.mark.parametrize("path", WHAT_IFS, ids=lambda path: path.stem)
def test_no_what_if_takes_leave_from_one_corps_while_it_gives_it_to_another(path: Path) -> None:
    name = next(iter(read_overlay_head(path, SCENARIOS).scenarios))
    base, changed = permissions(load_stored(name)), permissions(load_scenario(name, [path]))
    moved = {one: LENIENT[changed[one]] - LENIENT[was] for one, was in base.items() if changed.get(one, was) != was}
    assert len({more > 0 for more in moved.values()}) <= 1, moved


def test_without_orders_to_stand_fast_all_corps_but_the_garrisons_may_fall_back() -> None:
    base = permissions(load_stored("baltic_offensive"))
    path = SCENARIOS / "what_if" / "baltic_no_stand_fast.toml"
    changed = permissions(load_scenario("baltic_offensive", [path]))
    bound = {one for one, told in base.items() if told == "stand_fast" and one.startswith("ax_")}
    assert {one for one, told in changed.items() if told != base[one]} == bound - GARRISONS
    assert {changed[one] for one in bound - GARRISONS} == {"may_fall_back"}
