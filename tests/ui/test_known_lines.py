"""Fortified lines on the map: a side sees its own, those known before, and of the enemy's what it stands before."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine import load_scenario
from ui.map.overlays import Overlays
from ui.map.scene import TRUTH
from ui.map.stages.sketch import SketchStage, sketch_of


@pytest.fixture(scope="module")
def stage() -> SketchStage:
    return sketch_of(load_scenario("doppelkopf"), ready=60)


def hexes_shown(stage: SketchStage, viewer: int) -> dict[str, int]:
    """Hexes of each fortified line that a viewer is shown at the start."""
    overlays = SimpleNamespace(frame=stage.frame(0, viewer), view=SimpleNamespace(story=stage.story))
    found: dict[str, int] = {}
    for line, cells in Overlays._known_lines(overlays, "1944-08-15"):
        found[line.id] = found.get(line.id, 0) + len(cells)
    return found


def test_the_builder_sees_his_lines_whole_and_the_truth_shows_all(stage: SketchStage) -> None:
    lines = {line.id: len(line.cells) for line in stage.story.theatre.lines if line.ready <= "1944-08-15"}
    assert hexes_shown(stage, TRUTH) == hexes_shown(stage, 0) == lines


def test_the_enemy_sees_what_was_known_and_what_lies_before_him(stage: SketchStage) -> None:
    seen, whole = hexes_shown(stage, 1), hexes_shown(stage, TRUTH)
    assert seen["heilsberg"] == whole["heilsberg"], "permanent works of before the war"
    assert seen.get("memel", 0) == 0 < whole["memel"], "far behind the front, dug that summer"
    assert 0 < seen.get("ostpreussen", 0) < whole["ostpreussen"], "what runs before the Soviet front, not the rest"
