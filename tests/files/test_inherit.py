"""A battle inside a campaign takes over the part of it that it names, and describes nobody twice."""

from __future__ import annotations

from engine.files.scenario import check_scenario
from engine.model.address import datum

BATTLE = """\
format = 1
id = "battle"
title = "A battle of the little war"
extends = "little"
start = 1944-08-16
end = 1944-08-18

[inherit]
headquarters = ["g_hq_1"]
"""


def battle(desk, head: str = BATTLE):
    theatre = desk.load().theatre
    desk.write("battle/scenario.toml", head)
    return check_scenario(desk.root / "battle", theatre=theatre)


def test_it_takes_the_named_headquarters_with_who_is_below_and_above(desk):
    made = battle(desk).scenario
    assert [h.id for h in made.headquarters] == ["g_hq_0", "g_hq_1"]
    assert [f.id for f in made.formations] == ["g_id_1", "g_pd_2"]
    assert [a.id for a in made.assets] == ["g_art_1"], "army troops of those above serve those below"


def test_rows_of_others_and_of_other_days_stay_behind(desk):
    made = battle(desk).scenario
    assert made.reinforcements == (), "one is about a Soviet division, the other a Soviet headquarters"
    assert [d.id for d in made.directives] == ["to_siauliai"]
    assert [w.day for w in made.weather] == [0, 1]
    assert made.history == (), "one is of a later day, the other a total of the whole"
    assert [p.id for p in made.people] == ["gone_home"], "the other is of a Soviet headquarters"
    assert [e.id for e in made.events] == ["riga_falls"], "the other is of a later day"


def test_what_lies_outside_its_window_stays_behind(desk):
    south = BATTLE + "\n[window]\nsouth = 56.0\nwest = 26.0\nnorth = 57.0\neast = 28.0\n"
    made = battle(desk, south).scenario
    assert [s.id for s in made.supply_sources] == ["axis_libau"]
    assert [o.place for o in made.objectives] == ["Riga"]


def test_a_fact_that_reaches_beyond_its_dates_is_cut_to_them(desk):
    fact = '[[fact]]\nid = "kelme"\nkind = "control"\nfrom = 1944-08-15\nto = 1944-08-20\n'
    desk.write("history.toml", fact + 'side = "soviet"\nplace = "Kelme"\nsrc = "book"\n')
    made = battle(desk).scenario
    assert [(f.from_min, f.to_min) for f in made.history] == [(0, 2 * 1440)]


def test_a_directive_to_a_place_outside_leaves_the_one_before_it_in_force(desk):
    desk.write("plan_axis.toml", """\
[[directive]]
id = "stand"
hq = "g_hq_1"
kind = "defend"
line = ["Auce", "Riga"]
start = 1944-08-15
end = 1944-08-17
src = "book"
[[directive]]
id = "go"
hq = "g_hq_1"
kind = "attack"
axis = ["Auce", "Siauliai"]
start = 1944-08-17
src = "book"
""")
    south = BATTLE + "\n[window]\nsouth = 56.0\nwest = 26.0\nnorth = 57.0\neast = 28.0\n"
    made = battle(desk, south).scenario
    assert [(d.id, d.end_min) for d in made.directives] == [("stand", -1)]


def test_a_headquarters_with_nobody_left_stays_behind(desk):
    theatre = desk.load().theatre
    north = BATTLE.replace('"g_hq_1"', '"s_hq_1"') + "\n[window]\nsouth = 57.0\nwest = 26.0\nnorth = 57.15\neast = 28.0\n"
    desk.write("battle/scenario.toml", north)
    faults = [str(f) for f in check_scenario(desk.root / "battle", theatre=theatre).faults]
    assert not any("without subordinates" in fault for fault in faults), "the division stands outside"


def test_its_own_rows_lie_over_what_it_took(desk):
    theatre = desk.load().theatre
    desk.write("battle/scenario.toml", BATTLE)
    desk.write("battle/forces.csv", "id,men\ng_id_1,7500\n")
    made = check_scenario(desk.root / "battle", theatre=theatre).scenario
    assert made.by_id["g_id_1"].men == 7500


def test_a_directive_that_waited_for_what_is_gone_waits_for_its_date(desk):
    desk.write("plan_axis.toml", '[[directive]]\nid = "later"\nhq = "g_hq_1"\nkind = "defend"\nstart = 1944-08-16\n'
               'trigger = "event:over"\nsrc = "book"\n')  # fmt: skip
    assert [d.trigger for d in battle(desk).scenario.directives] == [""]


def test_a_headquarters_that_the_campaign_does_not_have_is_told(desk):
    faults = [str(f) for f in battle(desk, BATTLE.replace("g_hq_1", "g_hq_11")).faults]
    assert any("a headquarters of the scenario it extends, found 'g_hq_11'" in fault for fault in faults)


def test_without_inherit_everything_is_taken(desk):
    made = battle(desk, BATTLE.split("[inherit]")[0]).scenario
    assert len(made.formations) == 3


LATER = BATTLE.replace("1944-08-16", "1944-08-17").replace('"g_hq_1"', '"s_hq_1"')
"""A part that begins two days after the whole, about the other side."""
MORE_STAFFS = "g_hq_2,II Corps,axis,corps,g_hq_0,,1.0,Auce,,,book,reference\n"


def changed(desk, changes: str):
    desk.write("reinforcements.csv", "id,kind,subject,at,hq,place,men,staff,text,src,grade\n" + changes)
    return desk


def test_what_changed_before_its_first_day_has_happened(desk):
    desk.add("headquarters.csv", "s_hq_2,II Corps,soviet,corps,s_hq_1,,1.0,Kelme,,,book,reference\n")
    changed(desk, ",attach,s_rd_3,1944-08-16,s_hq_2,,,,,book,estimate\n"
                  ",commander,s_hq_1,1944-08-16,,,,1.2,D. General,book,estimate\n"
                  ",rename,s_hq_1,1944-08-16T06:00,,,,,Shock Army,book,estimate\n")  # fmt: skip
    made = battle(desk, LATER).scenario
    staffs = {h.id: h for h in made.headquarters}
    assert made.by_id["s_rd_3"].parent == "s_hq_2"
    assert (staffs["s_hq_1"].commander, staffs["s_hq_1"].staff, staffs["s_hq_1"].name) == ("D. General", 1.2, "Shock Army")
    assert made.reinforcements == ()


def test_who_has_arrived_before_its_first_day_is_there_and_who_has_left_is_not(desk):
    axis = LATER.replace("s_hq_1", "g_hq_1")
    changed(desk, ",withdraw,g_id_1,1944-08-16,,,,,,book,estimate\n")
    assert [(f.id, f.arrives_min) for f in battle(desk, axis).scenario.formations] == [("g_pd_2", 0)]


def test_who_has_left_and_comes_back_by_date_appears_then(desk):
    axis = LATER.replace("s_hq_1", "g_hq_1")
    changed(desk, ",withdraw,g_id_1,1944-08-16,,,,,,book,estimate\n,arrive,g_id_1,1944-08-17T12:00,,Riga,,,,book,estimate\n")
    made = battle(desk, axis).scenario
    assert made.by_id["g_id_1"].arrives_min == 720
    assert made.by_id["g_id_1"].cell == next(p.cell for p in made.theatre.places if p.name == "Riga")


def test_who_comes_into_its_window_by_date_appears_then(desk):
    changed(desk, ",arrive,s_rd_3,1944-08-17,,Riga,,,,book,estimate\n")
    south = BATTLE.replace('"g_hq_1"', '"s_hq_1"') + "\n[window]\nsouth = 56.0\nwest = 26.0\nnorth = 57.0\neast = 28.0\n"
    assert [(f.id, f.arrives_min) for f in battle(desk, south).scenario.formations] == [("s_rd_3", 1440)]


def test_a_row_of_its_own_sets_single_columns_and_keeps_the_rest(desk):
    desk.write("battle/forces.csv", "id,lat,lon,men\ng_id_1,57.0,27.2,7500\n")
    made = battle(desk).scenario
    row = made.by_id["g_id_1"]
    assert (row.name, row.parent, row.afv, row.src) == ("1st Infantry Division", "g_hq_1", 10, "book")
    assert row.cell == made.theatre.cell_at(57.0, 27.2), "a place given anew replaces all of the old one"
    men = datum(made, "forces.g_id_1.men")
    assert (men.value, men.low, men.high) == (7500, None, None), "a number given anew drops the bounds of the old one"


def test_a_row_of_its_own_brings_in_whom_the_part_would_leave_out(desk):
    desk.write("battle/headquarters.csv", "id,staff\ns_hq_1,0.8\n")
    desk.write("battle/forces.csv", "id,lat,lon\ns_rd_3,57.0,27.2\n")
    made = battle(desk).scenario
    assert {"g_hq_0", "g_hq_1", "s_hq_1"} == {h.id for h in made.headquarters}
    assert made.by_id["s_rd_3"].parent == "s_hq_1"


def test_tables_and_rows_that_it_does_without_stay_behind(desk):
    made = battle(desk, BATTLE + 'without = ["plans", "g_art_1"]\n').scenario
    assert made.directives == ()
    assert made.assets == ()
    assert [p.id for p in made.people] == ["gone_home"]


def test_it_cannot_do_without_what_the_campaign_does_not_have(desk):
    faults = [str(f) for f in battle(desk, BATTLE + 'without = ["g_art_11"]\n').faults]
    assert any("found 'g_art_11' (did you mean 'g_art_1'?)" in fault for fault in faults), faults


def test_a_row_about_somebody_unknown_and_an_unknown_column_are_told(desk):
    desk.write("battle/forces.csv", "id,place,mem\ng_id_11,Riga,5000\n")
    faults = [str(f) for f in battle(desk).faults]
    assert any("battle/forces.csv:1:" in fault and "'mem'" in fault for fault in faults), faults
    assert any("battle/forces.csv:2:" in fault and "'g_id_11'" in fault for fault in faults), faults


def test_the_days_of_the_theatres_record_that_lie_in_it_are_its_weather(desk):
    (desk.folder / "weather.csv").unlink()
    (desk.root / "theatres" / "little").mkdir(parents=True)
    days = ("1944-08-14,rain", "1944-08-16,fog", "1944-08-20,snow")
    desk.write("theatres/little/weather.csv", "\n".join(["date,sky,src", *(f"{day},book" for day in days)]) + "\n")
    found = desk.check()
    assert [(w.day, w.sky) for w in found.scenario.weather] == [(1, "fog")]
    assert not any("date/outside" in fault.code for fault in found.faults)
