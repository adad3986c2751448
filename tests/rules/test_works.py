"""Engineers build the line that a directive to fortify names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.core.calendar import NEVER
from engine.model.codes import Calendar
from engine.model.theatre import FortifiedLine
from engine.rules import works
from engine.run.session import Session
from tests.rules.marches import DAY, at, field, of_kind, rows_of

LAND = """
:::R:::::::::
:::::::::::::
.............
.............
.............
.............
.A.........B.
"""
WORKERS = {"hq": "axis_hq", "kind": "engineer", "men": 10_000}


def built(men: int = 10_000, days: int = 12, line: Any = ((4, 1), (4, 11)), **more: Any) -> Session:
    plan = {"id": "build", "hq": "axis_hq", "kind": "fortify", "line": list(line), **more.pop("plan", {})}
    s = field(LAND, directives=[plan], assets=[{**WORKERS, "men": men}] if men else [], days=days, **more)
    s.advance(days * DAY)
    return s


def total(session: Session) -> int:
    """Levels of works of all hexes together."""
    return int(session.world.hexes.works.sum())


def test_ten_thousand_workers_finish_the_stated_kilometres_in_a_week():
    s = built(days=15)
    done = total(s) / 2 * 6
    assert done == pytest.approx(2 * s.world.statics.rules["fortification.line_km_week"], abs=4)


def test_the_whole_line_is_dug_before_any_of_it_is_finished_and_nothing_beside_it():
    s = built(40_000, days=12)
    line = works.line_cells(s.world.statics, (at(s, 4, 1), at(s, 4, 11)))
    on_it = s.world.hexes.works[line]
    assert set(on_it.tolist()) == {1, 2}
    assert on_it.sum() == s.world.hexes.works.sum()
    assert set(built(400_000, days=40).world.hexes.works[line].tolist()) == {3}


def test_more_workers_build_more_and_none_build_nothing():
    assert total(built(0)) == 0
    assert 0 < total(built(5_000)) < total(built(20_000))


def test_nobody_builds_before_the_enemy_or_on_his_ground():
    s = built(60_000, days=6, line=((0, 1), (0, 6)))
    assert total(s) == 0
    s = built(60_000, days=6, line=((2, 1), (2, 8)), formations={"R": {"cell": 13 + 4}})
    near = s.world.statics.grid.neighbours[13 + 4]
    assert all(int(s.world.hexes.works[c]) == 0 for c in near)
    assert total(s) > 0


def test_workers_of_a_subordinate_count_and_those_of_others_do_not():
    tree = {"axis_hq": {"side": "axis", "formations": "A", "echelon": "army"},
            "lower": {"side": "axis", "formations": "B", "parent": "axis_hq"},
            "other": {"side": "axis", "formations": []}, "soviet_hq": {"side": "soviet", "formations": "R"}}  # fmt: skip
    plan = {"id": "build", "hq": "axis_hq", "kind": "fortify", "line": [(4, 1), (4, 11)]}
    troops = [{**WORKERS, "hq": hq, "id": hq, "men": men} for hq, men in (("lower", 700), ("other", 5000), ("axis_hq", 300))]
    s = field(LAND, directives=[plan], assets=troops, headquarters=tree)
    assert works.workers(s.world, s.world.statics.headquarters_rows["axis_hq"], 0) == 1000


def test_work_ends_with_the_directive_and_the_system_sleeps_without_one():
    s = built(days=10, plan={"end_day": 5})
    assert rows_of(s, "WorksBuilt")
    assert max(e.minute for e in of_kind(s, "Laboured")) < 5 * DAY
    idle = field(LAND, assets=[WORKERS])
    idle.advance(3 * DAY)
    assert not any(Calendar.WORKS in e["system"] for e in of_kind(idle, "Ticked"))
    assert works._next_due(idle.world, 0) == NEVER


def test_a_prepared_line_is_there_from_its_date_where_its_builder_holds_the_ground():
    s = field(LAND, days=4)
    made = s.scenario
    row = [c for c in range(made.theatre.grid.size) if made.owner[c] >= 0 and c % made.theatre.grid.columns == 5]
    day = (made.start + timedelta(days=2)).isoformat()
    line = FortifiedLine("line", "Line", {}, tuple(row), 2, day, "axis", "deep_battle")
    s = Session(replace(made, theatre=replace(made.theatre, lines=(line,))), 1, keep_frames=False)
    s.advance(2 * DAY)
    assert total(s) == 0
    s.advance(3 * DAY)
    mine = [c for c in row if made.owner[c] == 0]
    assert 0 < len(mine) < len(row)
    assert {c for c in row if s.world.hexes.works[c] == 2} == set(mine)
    assert [e.minute for e in of_kind(s, "LineReady")] == [2 * DAY]


def test_slices_change_nothing():
    whole = built(25_000, days=9)
    plan = {"id": "build", "hq": "axis_hq", "kind": "fortify", "line": [(4, 1), (4, 11)]}
    sliced = field(LAND, directives=[plan], assets=[{**WORKERS, "men": 25_000}], days=9)
    for hour in (1, 24, 25, 100, 216):
        sliced.advance(hour * 60)
    assert sliced.digest() == whole.digest()


def test_engineers_who_build_a_line_do_not_dig_for_the_troops():
    def works_of_a(directives: list[dict[str, Any]], men: int) -> int:
        s = field(LAND, directives=directives, assets=[{**WORKERS, "men": men}], days=4)
        s.advance(3 * DAY)
        return int(s.world.formations.read("works", s.now, [s.world.statics.formation_rows["a1"]])[0])

    plan = {"id": "build", "hq": "axis_hq", "kind": "fortify", "line": [(4, 1), (4, 11)]}
    assert works_of_a([], 10_000) > works_of_a([plan], 10_000) == works_of_a([], 0)
