"""Bad files give every problem at once, each with file, line, column, what was expected, what was found and a
hint.
"""

from __future__ import annotations

import pytest

from engine.files.faults import Fault, FileFaults
from engine.files.scenario import check_scenario, load_scenario

SCENARIO, FORCES, STAFFS, PLAN = "scenario.toml", "forces.csv", "headquarters.csv", "plan_axis.toml"
AT = "scenarios/little/"

EDITS = {
    "an open string in TOML": (
        SCENARIO,
        'title = "A little war"',
        'title = "A little war',
        "scenario.toml:3:22: expected TOML, found 'title = \"A little war' (illegal character '\\n')",
    ),
    "a key given twice": (
        SCENARIO,
        'id = "little"',
        'id = "little"\nid = "big"',
        "scenario.toml:3:11: expected TOML, found 'id = \"big\"' (cannot overwrite a value)",
    ),
    "an unknown key": (
        SCENARIO,
        'theatre = "little"',
        'theatre = "little"\nsummery = "x"',
        "scenario.toml:7:1: expected a known key of scenario.toml, found 'summery' (did you mean 'summary'?)",
    ),
    "an unknown key of a directive": (
        PLAN,
        "corridor_km",
        "coridor_km",
        "plan_axis.toml:8:1: expected a known key of [[directive]], found 'coridor_km' (did you mean 'corridor_km'?)",
    ),
    "a cell that is not closed": (
        FORCES,
        '"comes by rail, later"',
        '"comes by rail, later',
        "forces.csv:4:67: expected comma-separated cells, found an open quote "
        "(one record is one line; a quoted cell ends on it)",
    ),
    "a comma too many": (
        FORCES,
        '"comes by rail, later"',
        "comes by rail, later",
        "forces.csv:4:1: expected 16 cells, found 17 (quote a cell that holds a comma)",
    ),
    "a circle of command": (
        STAFFS,
        "g_hq_0,Third Army,axis,army,,",
        "g_hq_0,Third Army,axis,army,g_hq_1,",
        "headquarters.csv:2:29: expected a tree of command, found a circle: g_hq_0 -> g_hq_1 -> g_hq_0",
    ),
    "31 February in TOML": (
        SCENARIO,
        "end = 1944-08-20",
        "end = 1944-02-31",
        "scenario.toml:5:7: expected TOML, found 'end = 1944-02-31' (invalid date or datetime)",
    ),
    "31 February in CSV": (
        FORCES,
        "1944-08-16T06:00",
        "1944-02-31",
        "forces.csv:4:36: expected a date such as 1944-08-16 or 1944-08-16T04:30, found '1944-02-31'",
    ),
    "an end before the start": (
        SCENARIO,
        "end = 1944-08-20",
        "end = 1944-08-10",
        "scenario.toml:5:7: expected a date 1 to 400 days after start (1944-08-15), found 1944-08-10",
    ),
    "an hour where a day is wanted": (
        SCENARIO,
        "end = 1944-08-20",
        "end = 1944-08-20T06:00:00",
        "scenario.toml:5:7: expected a date without time, found '1944-08-20T06:00:00'",
    ),
    "a time zone": (
        PLAN,
        "1944-08-16T04:30:00",
        "1944-08-16T04:30:00Z",
        "plan_axis.toml:9:9: expected a time without zone (all times are UTC+2), found '1944-08-16T04:30:00+00:00'",
    ),
    "another century": (
        FORCES,
        "1944-08-16T06:00",
        "2044-08-16",
        "forces.csv:4:36: expected a year from 1900 to 1999, found '2044-08-16'",
    ),
    "degrees off the map": (
        FORCES,
        "57.20,26.70",
        "47.20,26.70",
        "forces.csv:5:18: expected degrees on the map of theatre drawn, found 47.2 26.7",
    ),
    "a place in the sea": (
        FORCES,
        "57.20,26.70",
        "57.00,27.45",
        "forces.csv:5:1: expected a place on land, found s_rd_3 in the sea at D011.004 (nearest land at 57.03 27.36)",
    ),
    "an unknown place": (
        PLAN,
        '["Auce", "Siauliai"]',
        '["Auce", "Siaulai"]',
        "plan_axis.toml:5:17: expected a place of theatre drawn, found 'Siaulai' (did you mean 'Šiauliai'?)",
    ),
    "an unknown direction": (
        FORCES,
        "Auce,0,6",
        "Auce 12 km NNQ,,",
        "forces.csv:3:15: expected a place of theatre drawn, found 'Auce 12 km NNQ'",
    ),
    "a bearing without a distance": (
        FORCES,
        "Auce,0,6",
        "Auce,0,",
        "forces.csv:3:20: expected both bearing_deg and distance_km, found one",
    ),
    "no place at all": (FORCES, "Auce,0,6", ",,", "forces.csv:3:1: expected place, or lat and lon, found nothing"),
    "latitude without longitude": (
        FORCES,
        "57.20,26.70",
        "57.20,",
        "forces.csv:5:18: expected both lat and lon, found one",
    ),
    "an unknown headquarters": (
        FORCES,
        "s_rd_3,s_hq_1",
        "s_rd_3,s_hq_2",
        "forces.csv:5:8: expected the id of a headquarters, found 's_hq_2' (did you mean 's_hq_1'?)",
    ),
    "a headquarters of the other side": (
        FORCES,
        "s_rd_3,s_hq_1",
        "s_rd_3,g_hq_1",
        "forces.csv:5:8: expected a headquarters of side soviet, found 'g_hq_1' of axis",
    ),
    "a word for a number": (
        FORCES,
        "line,5000",
        "line,many",
        "forces.csv:5:35: expected a whole number from 0 to 60000, found 'many'",
    ),
    "half a man": (
        FORCES,
        "line,5000",
        "line,5000.5",
        "forces.csv:5:35: expected a whole number from 0 to 60000, found '5000.5'",
    ),
    "a number out of range": (
        FORCES,
        "line,5000",
        "line,-5",
        "forces.csv:5:35: expected a whole number from 0 to 60000, found '-5'",
    ),
    "bounds the wrong way round": (
        FORCES,
        "7000,9000",
        "9000,7000",
        "forces.csv:3:36: expected men_low not above men_high, found 9000 and 7000",
    ),
    "a value outside its bounds": (
        FORCES,
        "8000,7000,9000",
        "6000,7000,9000",
        "forces.csv:3:31: expected men of at least men_low (7000), found 6000",
    ),
    "one bound alone": (
        FORCES,
        "8000,7000,9000",
        "8000,7000,",
        "forces.csv:3:36: expected both men_low and men_high, found one",
    ),
    "a word outside a closed list": (
        FORCES,
        "reserve",
        "resreve",
        "forces.csv:4:24: expected one of line, reserve, second_echelon, assembly, rear, found 'resreve' "
        "(did you mean 'reserve'?)",
    ),
    "a formation that nobody knows": (
        "common/formations.csv",
        "s_rd_3",
        "s_rd_33",
        "forces.csv:5:1: expected an id of common/formations.csv, found 's_rd_3' (did you mean 's_rd_33'?)",
    ),
    "an unknown source": (
        FORCES,
        "5000,,,,,book",
        "5000,,,,,boook",
        "forces.csv:5:1: expected the id of a source for forces.s_rd_3, found 'boook' (did you mean 'book'?)",
    ),
    "words for a group": (
        PLAN,
        '["g_pd_2"]',
        '"strong 2"',
        "plan_axis.toml:7:10: expected a list of formation ids or \"strongest n\", found 'strong 2'",
    ),
    "a reserve of the strongest": (
        PLAN,
        'mobile = ["g_pd_2"]',
        'reserve = "strongest 2"',
        "plan_axis.toml:7:11: expected a list of formation ids (how many to keep in hand is said by reserve_share), "
        "found 'strongest 2'",
    ),
    "a reserve of the strongest in a list": (
        PLAN,
        'mobile = ["g_pd_2"]',
        'reserve = ["strongest 2"]',
        "plan_axis.toml:7:12: expected the id of a formation, found 'strongest 2'",
    ),
    "an enemy in a group": (
        PLAN,
        '["g_pd_2"]',
        '["g_pd_2", "s_rd_3"]',
        "plan_axis.toml:7:21: expected a formation of side axis, found 's_rd_3'",
    ),
    "a trigger on nothing": (
        PLAN,
        "corridor_km = 10",
        'trigger = "after:nothing"',
        "plan_axis.toml:8:11: expected after: and the id of a directive, found 'nothing'",
    ),
    "a trigger on a misspelt place": (
        PLAN,
        "corridor_km = 10",
        'trigger = "taken:Siaulai"',
        "plan_axis.toml:8:11: expected taken: and a place of theatre drawn, found 'Siaulai' (did you mean 'Šiauliai'?)",
    ),
    "an attack without an axis": (
        PLAN,
        '["Auce", "Siauliai"]',
        '["Siauliai"]',
        "plan_axis.toml:1:1: expected an axis of at least two places, found 1 in to_siauliai",
    ),
    "supply of nothing": (
        SCENARIO,
        "capacity_t = 1000",
        "capacity_t = 0",
        "scenario.toml:23:14: expected a number above 0 to 100000, found 0",
    ),
    "a side that is none": (
        SCENARIO,
        'default = "soviet"',
        'default = "russian"',
        "scenario.toml:14:11: expected one of axis, soviet, found 'russian'",
    ),
    "weather of no zone": (
        "weather.csv",
        "1944-08-16,all,rain",
        "1944-08-16,lithuania,rain",
        "weather.csv:3:12: expected all, found 'lithuania'",
    ),
    "control of no place": (
        "history.toml",
        'place = "Siauliai"\n',
        "",
        "history.toml:1:1: expected place or places, found nothing",
    ),
    "another version of the format": (SCENARIO, "format = 1", "format = 7", "scenario.toml:1:10: expected 1, found 7"),
    "a parent that does not exist": (
        SCENARIO,
        'theatre = "little"',
        'theatre = "little"\nextends = "litle"',
        "scenario.toml:7:11: expected the name of a scenario, found 'litle' (did you mean 'little'?)",
    ),
    "a scenario that extends itself": (
        SCENARIO,
        'theatre = "little"',
        'theatre = "little"\nextends = "little"',
        "scenario.toml:7:11: expected a scenario that does not extend this one, found 'little'",
    ),
    "a rule that is none": (
        SCENARIO,
        "combat.lethality_axis",
        "combat.lethality_axes",
        "scenario.toml:46:27: expected an address of this scenario, found 'combat.lethality_axes' "
        "(did you mean 'combat.lethality_axis'?)",
    ),
}

WARNINGS = {
    "a formation without a source": (
        FORCES,
        "5000,,,,,book,reference",
        "5000,,,,,,",
        "forces.csv:5:1: warning: expected a source in src, found forces.s_rd_3 without one "
        "(an estimate cites its author)",
    ),
    "a parameter with another value and no source": (
        SCENARIO,
        '{ value = 1.4, src = "book", grade = "estimate" }',
        "1.4",
        "scenario.toml:46:1: warning: expected a source in src, found combat.lethality_axis without one",
    ),
    "a directive after the end": (
        PLAN,
        "start = 1944-08-16T04:30:00",
        "start = 1944-08-26T04:30:00",
        "plan_axis.toml:1:1: warning: expected a start before 1944-08-20, found to_siauliai after it",
    ),
    "an asset that is gone before the start": (
        "assets.csv",
        "1944-08-16,1944-08-18T12:00",
        "1944-08-13,1944-08-14",
        "assets.csv:3:1: warning: expected a time inside 1944-08-15 to 1944-08-20, found s_air_1 outside",
    ),
    "a formation on enemy ground": (
        FORCES,
        "57.20,26.70",
        "57.00,26.90",
        "forces.csv:5:1: warning: expected a place on ground of soviet, found s_rd_3 on enemy ground at D005.004 "
        "(the hex is taken as its side's; draw [[ground.area]] round it)",
    ),
    "a formation cut off": (
        FORCES,
        "57.20,26.70",
        "56.90,26.90",
        "forces.csv:5:1: warning: expected a way to a supply source of soviet, found s_rd_3 cut off at D005.006",
    ),
    "an arrival after the end": (
        FORCES,
        "1944-08-16T06:00",
        "1944-08-26",
        "forces.csv:4:1: warning: expected an arrival before 1944-08-20, found g_pd_2 after it",
    ),
    "a change after the end": (
        "reinforcements.csv",
        "1944-08-18T10:00",
        "1944-08-28",
        "reinforcements.csv:3:1: warning: expected a date from 1944-08-15 to before 1944-08-20, "
        "found new_chief outside",
    ),
    "a mobile group without an assault group": (
        PLAN,
        'assault = ["g_id_1"]\n',
        "",
        "plan_axis.toml:1:1: warning: expected an assault group before a mobile group, found none in to_siauliai "
        "(a mobile group waits for a breach)",
    ),
    "a formation in two groups": (
        PLAN,
        '["g_pd_2"]',
        '["g_pd_2", "g_id_1"]',
        "plan_axis.toml:1:1: warning: expected each formation in one group, "
        "found g_id_1 in assault and mobile of to_siauliai",
    ),
    "a directive that comes too late": (
        PLAN,
        "corridor_km = 10",
        "known = 1944-08-16T04:00:00",
        "plan_axis.toml:1:1: warning: expected a start at least 2 h after `known`, found 0 h in to_siauliai",
    ),
    "too long a front": (
        PLAN,
        'kind = "attack"',
        'kind = "defend"\nline = ["Libau", "Siauliai", "Libau", "Siauliai"]',
        "plan_axis.toml:1:1: warning: expected at most 36 km of front a division, found 144 km for 2 in to_siauliai",
    ),
    "a day outside the scenario": (
        "weather.csv",
        "1944-08-19,all",
        "1944-08-29,all",
        "weather.csv:6:1: note: expected a day from 1944-08-15 to before 1944-08-20, found 1944-08-29",
    ),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_error_is_told_once_with_its_place(desk, case):
    name, old, new, expected = EDITS[case]
    errors = [f for f in desk.edit(name, old, new).check().faults if f.severity == "error"]
    assert [str(fault) for fault in errors] == [AT + expected]
    if errors[0].code.startswith(("analysis/source", "directive/")):
        assert desk.load() is not None, "an author's mistake that a run can live with"
    else:
        with pytest.raises(FileFaults):
            desk.load()


@pytest.mark.parametrize("case", WARNINGS)
def test_an_oddity_is_a_warning_and_the_scenario_can_be_used(desk, case):
    name, old, new, expected = WARNINGS[case]
    assert AT + expected in desk.edit(name, old, new).faults()
    assert desk.load() is not None


def test_all_problems_of_all_files_are_told_at_once(desk):
    desk.edit(FORCES, "line,5000", "line,many").edit(STAFFS, "s_hq_1,1st Army,soviet", "s_hq_1,1st Army,russian")
    desk.edit("weather.csv", "rain", "rein").edit("history.toml", 'kind = "control"', 'kind = "controll"')
    assert [fault.split(": expected")[0] for fault in desk.faults()] == [
        AT + "forces.csv:5:35",
        AT + "headquarters.csv:4:17",
        AT + "history.toml:3:8",
        AT + "weather.csv:3:16",
    ]


LATER = {
    "a superior that is unknown, beside a wrong number": (
        FORCES, "s_rd_3,s_hq_1,,,,57.20,26.70,line,5000", "s_rd_3,s_hq_9,,,,57.20,26.70,line,-5",
        ["forces.csv:5:8: expected the id of a headquarters, found 's_hq_9' (did you mean 's_hq_1'?)",
         "forces.csv:5:35: expected a whole number from 0 to 60000, found '-5'"]),
    "a place that is not on the map, beside a wrong choice": (
        FORCES, "57.20,26.70,line,5000", "59.20,26.70,lines,5000",
        ["forces.csv:5:18: expected degrees on the map", "forces.csv:5:30: expected one of line, reserve"]),
    "an enemy in the same hex, beside a wrong number": (
        FORCES, "57.20,26.70,line,5000", "57.00,26.70,line,many",
        ["forces.csv:5:35: expected a whole number from 0 to 60000, found 'many'",
         "forces.csv:5:1: expected a hex without the enemy, found s_rd_3 beside g_id_1 of axis"]),
    "a formation in the sea, beside a wrong title of the scenario": (
        SCENARIO, 'title = "A little war"', "title = 7",
        ["scenario.toml:3:9: expected text, found 7", "forces.csv:5:1: expected a place on land, found s_rd_3 in the sea"]),
    "a supply source outside the map, beside a wrong capacity": (
        SCENARIO, 'place = "Libau"\nkind = "port"\ncapacity_t = 1000', 'place = "Liban"\nkind = "port"\ncapacity_t = -1',
        ["scenario.toml:23:14: expected a number above 0 to 100000, found -1",
         "scenario.toml:21:9: expected a place of theatre drawn, found 'Liban'"]),
}  # fmt: skip
"""Two faults, of which the second is only seen when all rows are put together."""


@pytest.mark.parametrize("case", LATER)
def test_a_wrong_value_does_not_hide_what_else_is_wrong_with_its_row(desk, case):
    name, old, new, expected = LATER[case]
    desk.edit(name, old, new)
    if "title" in case:
        desk.edit(FORCES, "57.20,26.70", "57.00,27.44")
    errors = [fault for fault in desk.check().faults if fault.severity == "error"]
    assert len(errors) == 2, errors
    told = "\n".join(str(fault).removeprefix(AT) for fault in errors)
    for line in expected:
        assert line in told
    assert desk.check().scenario is None
    with pytest.raises(FileFaults):
        desk.load()


def test_a_row_that_is_left_out_is_not_missed_by_the_checks_of_the_others(desk):
    desk.edit(FORCES, "s_rd_3,s_hq_1", "s_rd_3,S HQ").edit(FORCES, "1944-08-16T06:00", "1944-08-26")
    assert [line.removeprefix(AT) for line in desk.faults()] == [
        "forces.csv:5:8: expected an id of a-z, 0-9 and _, found 'S HQ'",
        "forces.csv:4:1: warning: expected an arrival before 1944-08-20, found g_pd_2 after it",
    ], "no headquarters is called idle, no side without troops"


def test_an_id_that_comes_twice_names_the_first_line(desk):
    desk.add(FORCES, "s_rd_3,s_hq_1,,,,57.20,26.70,line,5000,,,,,book,reference,\n")
    assert desk.faults() == [AT + "forces.csv:6:1: expected each id once, found 's_rd_3' again (first on line 5)"]


def test_an_id_is_unique_over_formations_and_headquarters(desk):
    desk.add(STAFFS, "s_rd_3,Third,soviet,corps,s_hq_1,X,1,Kelme,,,book,estimate\n")
    assert AT + "headquarters.csv:5:1: expected an id of its own, found 's_rd_3', a formation's, too" in desk.faults()


def test_an_unknown_column_is_told_once_at_the_header(desk):
    desk.edit(FORCES, ",afv,", ",tanks,")
    assert desk.faults() == [AT + "forces.csv:2:75: expected a known column, found 'tanks'"]


def test_a_missing_column_is_told_once_at_the_header(desk):
    desk.edit(STAFFS, "id,name,side,echelon", "id,name,side,level")
    assert desk.faults() == [
        AT + "headquarters.csv:1:1: expected a column 'echelon', found nothing",
        AT + "headquarters.csv:1:14: expected a known column, found 'level'",
    ]


def test_bytes_that_are_no_text_are_named_by_line(desk):
    desk.write(FORCES, b"id,parent\n\xff,x\n")
    assert desk.faults() == [AT + "forces.csv:2:1: expected UTF-8 text, found byte 0xff (save the file as UTF-8)"]


def test_a_missing_file_is_a_fault(desk):
    (desk.folder / STAFFS).unlink()
    assert AT + "headquarters.csv: expected a file, found nothing" in desk.faults()


def test_a_file_with_a_misspelt_name_is_a_warning(desk):
    desk.write("force.csv", "id\n")
    assert desk.faults() == [
        AT + "force.csv:1:1: warning: expected a file of the format, found 'force.csv' (did you mean 'forces.csv'?)"
    ]


def test_enemies_in_one_hex_are_an_error(desk):
    desk.edit(FORCES, "57.20,26.70", "57.00,26.70")
    assert desk.faults()[0] == (
        AT + "forces.csv:5:1: expected a hex without the enemy, found s_rd_3 beside g_id_1 of axis at D002.005 "
        "(g_id_1 stands at scenarios/little/forces.csv:3)"
    )


def test_more_divisions_than_a_hex_holds_are_a_warning(desk):
    rows = "".join(f"x_{i},s_hq_1,Kelme,,,,,line,5000,,,,,book,estimate,\n" for i in range(4))
    desk.add(FORCES, rows)
    desk.write("formations.csv", "id,name,side,kind\n" + "".join(f"x_{i},X {i},soviet,rifle\n" for i in range(4)))
    assert desk.faults(sets=["contact.stack_limit=3"]) == [
        AT + "forces.csv:9:1: warning: expected at most 3 divisions in a hex, found 4 divisions at D006.001 "
        "(x_0, x_1, x_2, x_3)"
    ]


def test_a_headquarters_without_subordinates_is_a_warning(desk):
    desk.add(STAFFS, "s_hq_2,2nd Army,soviet,army,,X,1,Kelme,,,book,estimate\n")
    assert desk.faults() == [
        AT + "headquarters.csv:5:1: warning: expected a headquarters with subordinates, found s_hq_2 without"
    ]


def test_everything_off_the_window_is_named(desk):
    box = "[window]\nsouth = 56.5\nwest = 26.4\nnorth = 57.15\neast = 28\n[sides.axis]"
    found = desk.edit(SCENARIO, "[sides.axis]", box).faults()
    expected = "expected a place inside the scenario's window, found"
    assert [line for line in found if expected in line] == [
        f"{AT}forces.csv:5:1: {expected} s_rd_3 at D002.001",
        f"{AT}headquarters.csv:4:1: {expected} s_hq_1 at D006.001",
        f"{AT}scenario.toml:32:1: {expected} soviet_rail at D002.001",
    ]


def test_a_scenario_of_no_name_gives_the_nearest(monkeypatch):
    assert [str(f) for f in check_scenario("doppelkop").faults] == [
        "doppelkop: expected a scenario, found nothing of that name (did you mean 'doppelkopf'?)"
    ]
    with pytest.raises(FileFaults) as caught:
        load_scenario("no/such/place")
    assert str(caught.value) == "no/such/place: expected a scenario, found nothing of that name"


def test_an_unknown_theatre_is_a_fault(desk):
    faults = [str(f) for f in check_scenario(desk.folder).faults]
    assert faults == [AT + "scenario.toml:6:11: expected a folder of theatres/, found 'little'"]


def test_faults_carry_their_parts_for_machines(desk):
    fault = desk.edit(FORCES, "line,5000", "line,many").check().faults[0]
    assert fault == Fault(
        AT + "forces.csv", 5, 35, "a whole number from 0 to 60000", "'many'", "", "error", "row/value"
    )
