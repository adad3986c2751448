"""The historical replay between dated facts: on the road, hollow, and bracketed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine import history_session, load_scenario
from ui.map.scene import TRUTH
from ui.map.stages.live import LiveStage


@pytest.fixture(scope="module")
def record() -> Iterator[LiveStage]:
    stage = LiveStage(history_session(load_scenario("doppelkopf")), "history", TRUTH)
    stage.finish()
    yield stage
    stage.close()


def film(stage: LiveStage) -> list[Any]:
    return list(stage._films[TRUTH])


def test_no_formation_jumps_where_a_road_leads(record: LiveStage) -> None:
    near = record.story.theatre.grid.neighbours
    steps = jumps = 0
    for before, after in pairwise(film(record)):
        for unit in np.flatnonzero((before.hex >= 0) & (after.hex >= 0) & (before.hex != after.hex)).tolist():
            steps += 1
            if before.leg_to[unit] < 0 and after.hex[unit] not in near[before.hex[unit]]:
                jumps += 1
    assert steps > 20
    assert jumps <= steps // 20


def test_a_march_ends_where_the_record_has_the_formation(record: LiveStage) -> None:
    for before, after in pairwise(film(record)):
        for unit in np.flatnonzero((before.leg_to >= 0) & (after.leg_to < 0)).tolist():
            assert after.hex[unit] == before.goal[unit]


def test_what_is_interpolated_is_hollow_and_each_moment_names_its_facts(record: LiveStage) -> None:
    for frame in film(record)[1:]:
        assert frame.hollow.all()
        assert "after " in frame.bracket or "before " in frame.bracket


def test_control_changes_only_at_dated_facts(record: LiveStage) -> None:
    dated = {max(f.start, 0) // 60 * 60 for f in record.story.facts if f.kind in ("control", "line")}
    changed = {b.minute for a, b in pairwise(film(record)) if not np.array_equal(a.owner, b.owner)}
    assert changed
    assert all(any(0 <= minute - moment <= 60 for moment in dated) for minute in changed)
