"""A battle inside a campaign takes over the part of it that it names, and describes nobody twice."""

from __future__ import annotations

from engine.files.scenario import check_scenario

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
