"""The honest list: how well each table of a scenario is known, and what is an estimate or uncited."""

from __future__ import annotations

from engine.files.confidence import confidence, estimates, standings
from engine.files.scenario import load_scenario


def test_rows_are_counted_by_table_and_grade(desk):
    counts = desk.check().confidence()
    assert counts["forces"] == {"document": 0, "reference": 2, "analogy": 0, "estimate": 1, "uncited": 0}
    assert counts["plans"]["document"] == 1
    assert "terrain_kinds" in counts


def test_the_list_names_every_estimate_with_its_place_and_source(desk):
    listed = {row.address: row for row in desk.check().estimates()}
    assert listed["forces.g_pd_2"].where == "scenarios/little/forces.csv:4"
    assert listed["forces.g_pd_2"].src == "book"
    assert "forces.g_id_1" not in listed, "a reference is no estimate"
    assert "combat.lethality_axis" in listed


def test_a_row_without_a_source_counts_as_uncited_whatever_grade_it_claims(desk):
    desk.edit("forces.csv", "5000,,,,,book,reference", "5000,,,,,,document")
    assert desk.check().confidence()["forces"]["uncited"] == 1
    assert [row.address for row in desk.check().estimates() if row.grade == "uncited"] == ["forces.s_rd_3"]


def test_what_cannot_be_read_has_no_list(desk):
    desk.edit("forces.csv", "line,5000", "line,many")
    assert desk.check().confidence() == {}
    assert desk.check().estimates() == []


def test_doppelkopf_has_nothing_uncited_and_owns_its_estimates():
    scenario = load_scenario("doppelkopf")
    counts = confidence(scenario)
    assert sum(table["uncited"] for table in counts.values()) == 0
    assert sum(sum(table.values()) for table in counts.values()) == len(list(standings(scenario)))
    assert len(estimates(scenario)) > 400
