"""Commanders come by date from one common table; a scenario says only where it differs."""

from __future__ import annotations

import pytest

from tests.files.little_war import FILES

OWN = FILES["reinforcements.csv"].replace("D. General", "E. Own")
HEAD = "subject,name,rank,from,until,src,grade,note\n"
TABLE = HEAD + """\
s_rd_3,Ivanov,Colonel,,1944-08-17,book,reference,
s_rd_3,Petrov,,1944-08-17,,book,reference,
g_hq_0,Alt,General,1944-01-01,1944-08-16,book,reference,killed
s_hq_1,Early,General,,,book,reference,
"""


@pytest.fixture
def table(desk):
    desk.write("common/commanders.csv", TABLE)
    desk.write("headquarters.csv", FILES["headquarters.csv"].replace("A. General", "").replace("C. General", ""))
    desk.write("reinforcements.csv", OWN)
    return desk


def changes(scenario, subject):
    return [(c.at_min // 1440, c.text, c.staff) for c in scenario.reinforcements
            if c.kind == "commander" and c.subject == subject]  # fmt: skip


def test_whoever_holds_a_command_on_the_first_day_leads_at_the_start(table):
    assert table.faults() == []
    by_id = table.load().by_id
    assert by_id["s_rd_3"].commander == "Colonel Ivanov"
    assert by_id["g_hq_0"].commander == "General Alt"
    assert [(d.src, d.grade) for d in by_id["g_hq_0"].details if d.column == "commander"] == [("book", "reference")]


def test_the_next_of_the_table_takes_over_on_his_day(table):
    assert changes(table.load(), "s_rd_3") == [(2, "Petrov", 0.0)]


def test_who_leaves_without_a_known_successor_leaves_the_post_open(table):
    assert changes(table.load(), "g_hq_0") == [(1, "", 0.0)]


def test_a_name_in_the_scenario_s_own_row_wins_on_the_first_day(table):
    assert table.load().by_id["g_hq_1"].commander == "B. General"


def test_a_scenario_s_own_change_stands_in_place_of_the_table_s(table):
    table.write("common/commanders.csv", TABLE + "s_hq_1,Late,,1944-08-16,,book,reference,\n")
    assert changes(table.load(), "s_hq_1") == [(3, "E. Own", 1.2)]


def test_a_change_without_a_name_takes_the_one_of_that_day_and_adds_the_staff(table):
    table.write("common/commanders.csv", TABLE + "s_hq_1,Late,General,1944-08-18,,book,reference,\n")
    table.write("reinforcements.csv", OWN.replace("E. Own", ""))
    assert table.faults() == []
    assert changes(table.load(), "s_hq_1") == [(3, "General Late", 1.2)]


def test_a_change_that_nobody_can_name_is_told_at_its_place(table):
    table.write("common/commanders.csv", HEAD)
    table.write("reinforcements.csv", OWN.replace("E. Own", ""))
    assert any("expected a name in `text`, found nothing" in fault for fault in table.faults())


@pytest.mark.parametrize(("line", "told"), [
    ("s_rd_3,Both,,1944-08-16,,book,reference,", "expected a day after 'Ivanov' at "),
    ("g_hq_1,Back,,1944-08-16,1944-08-15,book,reference,", "expected a time after `from`, found '1944-08-15"),
    ("s_rd_99,Who,,,,book,reference,", "expected the id of a formation or headquarters, found 's_rd_99'"),
    ("s_rd_3,Later,,1944-08-19,,bok,reference,", "expected the id of a source for the command of s_rd_3, found 'bok'"),
])  # fmt: skip
def test_what_cannot_be_is_told_with_its_line(table, line, told):
    table.write("common/commanders.csv", TABLE + line + "\n")
    assert any("common/commanders.csv:" in fault and told in fault for fault in table.faults()), table.faults()
