"""Overlays and --set: applied in order, by address and id, with a warning where two touch one address."""

from __future__ import annotations

import pytest

from engine.files.faults import FileFaults
from engine.model.address import datum

HEAD = 'format = 1\nid = "{}"\n'


def overlay(desk, name, text):
    desk.write(f"what_if/{name}.toml", HEAD.format(name) + text)
    return desk.root / "what_if" / f"{name}.toml"


def test_a_scalar_replaces_and_its_file_and_line_are_kept(desk):
    path = overlay(desk, "quick", '[set]\n"combat.tau_days" = 1.5\nforces.s_rd_3.men = 4000\n')
    scenario = desk.load([path])
    rule, men = scenario.parameter("combat.tau_days"), datum(scenario, "forces.s_rd_3.men")
    assert (rule.value, rule.where) == (1.5, "scenarios/what_if/quick.toml:4")
    assert (men.value, men.where) == (4000, "scenarios/what_if/quick.toml:5")
    assert scenario.overlays == ("quick",)


def test_a_plain_value_is_fixed_and_a_table_brings_its_own_bounds_and_source(desk):
    text = '[set]\nforces.g_id_1.men = 8500\n"combat.tau_days" = { value = 2, low = 1.5, high = 3, src = "other" }\n'
    scenario = desk.load([overlay(desk, "firm", text)])
    men, rule = datum(scenario, "forces.g_id_1.men"), scenario.parameter("combat.tau_days")
    assert (men.value, men.low, men.high) == (8500, None, None)
    assert (rule.value, rule.low, rule.high, rule.source) == (2.0, 1.5, 3.0, "other")


def test_a_changed_datum_can_cite_a_source_of_its_own(desk):
    text = (
        '[set]\nforces.s_rd_3.men = { value = 4000, low = 3500, high = 4500, src = "diary", grade = "document" }\n'
        '[sources.diary]\ntitle = "War diary"\n'
    )
    scenario = desk.load([overlay(desk, "diary", text)])
    men, afv = datum(scenario, "forces.s_rd_3.men"), datum(scenario, "forces.s_rd_3.afv")
    assert (men.source, men.grade, men.low) == ("diary", "document", 3500.0)
    assert (afv.source, afv.grade) == ("book", "reference")
    assert scenario.sources["diary"].title == "War diary"


def test_rows_are_added_changed_and_dropped_by_id(desk):
    text = """
[drop]
forces = ["g_pd_2"]
[[change.headquarters]]
id = "g_hq_1"
staff = 1.3
[[add.forces]]
id = "s_tc_9"
name = "9th Tank Corps"
side = "soviet"
kind = "rifle"
parent = "s_hq_1"
place = "Kelme"
src = "book"
"""
    scenario = desk.load([overlay(desk, "other_forces", text)])
    assert [row.id for row in scenario.formations] == ["g_id_1", "s_rd_3", "s_tc_9"]
    assert datum(scenario, "headquarters.g_hq_1.staff").value == 1.3
    assert scenario.directives[0].mobile.empty, "a dropped formation leaves the groups of directives"


def test_overlays_apply_in_command_order_and_set_comes_last(desk):
    one = overlay(desk, "one", '[set]\n"combat.tau_days" = 1.5\n')
    two = overlay(desk, "two", '[set]\n"combat.tau_days" = 3.5\n')
    assert desk.load([one, two]).rule("combat.tau_days") == 3.5
    assert desk.load([two, one]).rule("combat.tau_days") == 1.5
    scenario = desk.load([one, two], ["combat.tau_days=2"])
    assert (scenario.rule("combat.tau_days"), scenario.parameter("combat.tau_days").where) == (2.0, "--set:1")
    assert scenario.overlays == ("one", "two", "combat.tau_days=2")


def test_two_overlays_that_touch_one_address_give_a_warning(desk):
    one = overlay(desk, "one", '[set]\n"forces.s_rd_3.men" = 4000\n')
    two = overlay(desk, "two", '[[change.forces]]\nid = "s_rd_3"\nmen = 4500\n')
    assert desk.faults([one, two]) == [
        "scenarios/what_if/two.toml:5:7: warning: expected each address in one overlay, "
        "found 'forces.s_rd_3.men' set by 'one' and by 'two' (the later wins; the other is at "
        "scenarios/what_if/one.toml:4)"
    ]
    assert datum(desk.load([one, two]), "forces.s_rd_3.men").value == 4500


def test_an_overlay_may_change_dates_directives_weather_and_objectives(desk):
    text = """
[set]
"scenario.end" = 1944-08-18
"plans.to_siauliai.corridor_km" = 20
"objectives.soviet_riga.points" = 70
[[change.weather]]
id = "1944-08-16_all"
sky = "clear"
"""
    scenario = desk.load([overlay(desk, "shorter", text)])
    assert scenario.days == 3
    assert scenario.directives[0].corridor_km == 20.0
    assert scenario.objectives[0].points == 70
    assert scenario.weather[1].sky == "clear"


BAD = {
    "an unknown address": (
        "[set]\nforces.s_rd_33.men = 5\n",
        "bad.toml:4:22: expected an address of this scenario, found 'forces.s_rd_33.men' "
        "(did you mean 'forces.s_rd_3.men'?)",
    ),
    "an unknown column": (
        "[set]\nforces.s_rd_3.mn = 5\n",
        "bad.toml:4:20: expected an address of this scenario, found 'forces.s_rd_3.mn' "
        "(did you mean 'forces.s_rd_3.men'?)",
    ),
    "a value of the wrong type": (
        '[set]\nforces.s_rd_3.men = "few"\n',
        "bad.toml:4:21: expected a whole number from 0 to 60000, found 'few'",
    ),
    "a drop of nothing": (
        '[drop]\nforces = ["s_rd_4"]\n',
        "bad.toml:4:11: expected an id of forces, found 's_rd_4' (did you mean 's_rd_3'?)",
    ),
    "an addition of what is there": (
        '[[add.forces]]\nid = "s_rd_3"\n',
        "bad.toml:4:6: expected a new id, found 's_rd_3' (use change)",
    ),
    "a change of what is not there": (
        '[[change.forces]]\nid = "s_rd_4"\n',
        "bad.toml:4:6: expected an id of forces, found 's_rd_4' (did you mean 's_rd_3'?)",
    ),
    "an unknown table": (
        "[drop]\nforce = []\n",
        "bad.toml:4:1: expected one of forces, headquarters, assets, reinforcements, plans, weather, history, "
        "objectives, supply_sources, shipping, people, events, kinds, found 'force' (did you mean 'forces'?)",
    ),
    "an unknown key": ("[sets]\n", "bad.toml:3:1: expected a known key of an overlay, found 'sets'"),
    "a value with unknown parts": (
        '[set]\n"combat.tau_days" = { value = 2, lo = 1 }\n',
        "bad.toml:4:21: expected value, low, high, src, grade or note, found 'lo'",
    ),
    "broken TOML": (
        "[set\n",
        "bad.toml:3:5: expected TOML, found '[set' (expected ']' at the end of a table declaration)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_overlay_is_told_with_its_place(desk, case):
    text, expected = BAD[case]
    path = overlay(desk, "bad", text)
    errors = [str(f) for f in desk.check([path]).faults if f.severity == "error"]
    assert errors == ["scenarios/what_if/" + expected]
    with pytest.raises(FileFaults):
        desk.load([path])


SETS = {
    "combat.tau_days": "--set:1:1: expected KEY=VALUE, found 'combat.tau_days' (such as combat.tau_days=2)",
    "combat.tau_day=2": "--set:1:1: expected an address of this scenario, found 'combat.tau_day' "
    "(did you mean 'combat.tau_days'?)",
    "combat.tau_days=soon": "--set:1:1: expected a number for combat.tau_days, found 'soon'",
    "forces.s_rd_3.men=-1": "--set:1:1: expected a whole number from 0 to 60000, found -1",
    "forces.s_rd_3.id=x": "--set:1:1: expected an address of this scenario, found 'forces.s_rd_3.id' "
    "(did you mean 'side' or 'sidc' or 'kind'?)",
    "combat.tau_days=true": "--set:1:1: expected a number for combat.tau_days, found True",
    "contact.flip_towns=3": "--set:1:1: expected true or false for contact.flip_towns, found 3",
}


@pytest.mark.parametrize("words", SETS)
def test_a_bad_set_is_told_with_its_number(desk, words):
    errors = [str(f) for f in desk.check(sets=[words]).faults if f.severity == "error"]
    assert errors == [SETS[words]]


def test_setting_an_address_twice_is_a_warning(desk):
    assert desk.faults(sets=["combat.tau_days=2", "combat.tau_days=3"]) == [
        "--set:2:1: warning: expected each address once, found 'combat.tau_days' "
        "(also the value of --set number 1; the later wins)"
    ]


def test_switches_and_text_can_be_set_too(desk):
    scenario = desk.load(sets=["contact.flip_towns=true", "forces.s_rd_3.role=reserve", "plans.to_siauliai.raid=true"])
    assert scenario.parameter("contact.flip_towns").value is True
    assert datum(scenario, "forces.s_rd_3.role").value == "reserve"
    assert scenario.directives[0].raid is True


def test_an_overlay_for_another_scenario_is_a_warning(desk):
    path = overlay(desk, "stray", 'scenarios = ["doppelkopf"]\n')
    assert desk.faults([path]) == ["scenarios/what_if/stray.toml:3:13: warning: expected doppelkopf, found 'little'"]


def test_a_missing_overlay_is_a_fault(desk):
    assert desk.faults(["nowhere.toml"]) == ["nowhere.toml: expected a file, found nothing"]


def test_rule_parameters_outside_their_range_are_refused_all_at_once_with_range_and_reason(desk):
    path = overlay(desk, "far", '[set]\n"movement.night" = 2\n"combat.win_slope" = { value = 1.5, low = 0.1, high = 2 }\n')
    faults = desk.faults([path], ["combat.tau_days=9", "switch.rail=3", "combat.loss_delay_attacker=0.5"])
    assert faults == [
        "--set:1:1: expected combat.tau_days 1.5 to 4 (days; mean time to a decision; cdb90; reference), "
        "found 9 (--force sets it all the same, and the result says so)",
        "--set:2:1: expected switch.rail 0 or 1 (railways are torn up, repaired and converted; "
        "deep_battle; estimate), found 3 (--force sets it all the same, and the result says so)",
        "--set:3:1: expected combat.loss_delay_attacker -1 to 0 (log; prior, 90 %; against a defender who delays or withdraws; "
        "cdb90; reference), found 0.5 (--force sets it all the same, and the result says so)",
        "scenarios/what_if/far.toml:4:20: expected movement.night 0.6 to 0.7 (pace at night; general_knowledge; estimate), "
        "found 2 (--force sets it all the same, and the result says so)",
        "scenarios/what_if/far.toml:5:22: expected combat.win_slope 0.9 to 2.4 (logit per x; prior, 90 %; b1; cdb90; "
        "reference), found low = 0.1 (--force sets it all the same, and the result says so)",
    ]


def test_the_ends_of_a_range_lie_inside_it(desk):
    scenario = desk.load(sets=["combat.tau_days=4", "movement.night=0.6", "engage.days_unknown=30"])
    assert (scenario.rule("combat.tau_days"), scenario.rule("engage.days_unknown")) == (4.0, 30.0)
    assert scenario.outside == {}


@pytest.mark.parametrize("words", ["combat.hex_depth_km=0", "combat.hex_depth_km=-6", "combat.overrun_h=-3"])
def test_times_and_lengths_are_not_negative_and_a_hex_has_depth(desk, words):
    address = words.split("=")[0]
    span = {"combat.hex_depth_km": "5 to 8 (km; hexes of 5 to 8 km; ", "combat.overrun_h": "1 to 6 (h; a fight of hours"}
    assert f"expected {address} {span[address]}" in desk.faults([], [words])[0]


HINT = " (--force sets it all the same, and the result says so)"


@pytest.mark.parametrize(("sets", "told"), [
    (["contact.occupy_low_h=4", "contact.occupy_high_h=3"],
     "--set:2:1: expected contact.occupy_high_h no less than contact.occupy_low_h (4), found 3"),
    (["intelligence.surprise_2=0.7", "intelligence.surprise_1=0.6"],
     "--set:2:1: expected intelligence.surprise_1 no less than intelligence.surprise_2 (0.7), found 0.6"),
    (["contact.screen_far=0.35", "contact.screen_near=0.3"],
     "--set:2:1: expected contact.screen_near no less than contact.screen_far (0.35), found 0.3"),
    (["combat.phi_cut_off_late_days=2.5", "combat.phi_cut_off_days=3"],
     "--set:1:1: expected combat.phi_cut_off_late_days no less than combat.phi_cut_off_days (3), found 2.5"),
])  # fmt: skip
def test_a_least_above_its_most_is_refused_although_each_lies_in_its_range(desk, sets, told):
    assert desk.faults([], sets) == [told + HINT]
    least, value = max((s.split("=") for s in sets), key=lambda pair: float(pair[1]))
    assert desk.load(sets=sets, force=True).outside == {least: float(value)}


def test_a_least_above_the_most_that_a_scenario_gives_is_refused_where_it_is_set(desk):
    rule = '"contact.occupy_high_h" = { value = 2.5, src = "book", grade = "estimate" }'
    desk.edit("scenario.toml", "[rules]\n", f"[rules]\n{rule}\n")
    told = "--set:1:1: expected contact.occupy_low_h no more than contact.occupy_high_h (2.5), found 3"
    assert desk.faults([], ["contact.occupy_low_h=3"]) == [told + HINT]


def test_a_pair_in_order_and_a_pair_of_equals_are_taken(desk):
    scenario = desk.load(sets=["contact.occupy_low_h=3", "contact.occupy_high_h=3"])
    assert (scenario.rule("contact.occupy_low_h"), scenario.outside) == (3.0, {})


def test_force_lets_a_parameter_leave_its_range_and_the_scenario_says_so(desk):
    scenario = desk.load(sets=["combat.tau_days=9"], force=True)
    assert scenario.rule("combat.tau_days") == 9.0
    assert scenario.outside == {"combat.tau_days": 9.0}
    assert desk.load(sets=["combat.tau_days=2"], force=True).outside == {}
