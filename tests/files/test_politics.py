"""people.csv, events.toml and victory: what is read, and what is wrong with it in words."""

from __future__ import annotations

import pytest

from engine.files.json_form import from_json, to_json
from engine.model.address import datum
from tests.files.little_war import little_theatre

HERE = "scenarios/little"


def test_people_are_read_with_region_formations_and_dates(desk):
    rows = {row.id: row for row in desk.load().people}
    called = rows["soviet_conscription_siauliai"]
    assert (called.kind, called.side, called.men, called.men_day, called.hq) == ("conscription", "soviet", 900, 40, "s_hq_1")
    assert (called.cell, called.radius_km, called.from_min, called.until_min) == (14, 20, 1440, -1)
    assert rows["gone_home"].opens == "event"
    assert rows["gone_home"].until_min == 4 * 1440


def test_events_are_read_with_triggers_and_effects(desk):
    events = {row.id: row for row in desk.load().events}
    falls = events["riga_falls"]
    assert [(c.kind, c.side, c.cell, c.number) for c in falls.conditions] == [
        ("held", "soviet", 80, 0), ("lost_formations", "axis", -1, 1),
    ]  # fmt: skip
    assert [(e.kind, e.subjects, e.permission, e.open) for e in falls.effects] == [
        ("people", ("gone_home",), "", True), ("permission", ("g_hq_0",), "may_fall_back", True),
    ]  # fmt: skip
    assert (falls.any, falls.after_days, falls.secret) == (True, 0.5, False)
    assert events["over"].secret
    assert [e.kind for e in events["over"].effects] == ["surrender", "end"]


def test_objectives_say_when_they_are_to_be_held_and_what_history_was(desk):
    desk.edit("scenario.toml", "points = 50", "points = 50\nby = 1944-08-18\nheld_days = 1.5\nin_history = false")
    desk.add("scenario.toml", "\n[victory]\naxis_men_lost = 700\nsrc = \"book\"\ngrade = \"reference\"\n")
    scenario = desk.load()
    goal = scenario.objectives[0]
    assert (goal.by_min, goal.held_days, goal.in_history) == (3 * 1440, 1.5, "no")
    assert (scenario.victory.axis_men_lost, scenario.victory.soviet_men_lost) == (700, -1)


def test_numbers_of_people_and_events_have_addresses_ranges_and_a_place_in_the_digest(desk):
    scenario = desk.load()
    found = datum(scenario, "people.soviet_conscription_siauliai.men_day")
    assert (found.value, found.low, found.high, found.source) == (40, 20, 60, "book")
    other = desk.load(sets=["people.soviet_conscription_siauliai.men_day=50", "events.riga_falls.after_days=2"])
    assert other.people[1].men_day == 50
    assert {row.id: row.after_days for row in other.events}["riga_falls"] == 2
    assert other.digest != scenario.digest


def test_a_recording_keeps_people_and_events(desk):
    scenario = desk.load()
    again = from_json(to_json(scenario), little_theatre())
    assert again.people == scenario.people
    assert again.events == scenario.events
    assert again.digest == scenario.digest


def test_a_dropped_formation_is_told_nothing_by_events(desk):
    overlay = desk.root / "without.toml"
    overlay.write_text('format = 1\nid = "without"\n[drop]\nforces = ["g_id_1"]\n')
    desk.add("events.toml", '''
[[event]]
id = "leave"
title = "They leave"
at = 1944-08-17
src = "book"
[[event.effect]]
kind = "withdraw"
subject = ["g_id_1", "g_pd_2"]
[[event.effect]]
kind = "withdraw"
subject = "g_id_1"
''')
    leave = next(row for row in desk.load([overlay]).events if row.id == "leave")
    assert [e.subjects for e in leave.effects] == [("g_pd_2",)]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("events.toml", '"held:soviet:Riga"', '"held:soviet:Rigga"',
         f"{HERE}/events.toml:4:12: expected a place of theatre drawn, found 'Rigga' (did you mean 'Riga'?)"),
        ("events.toml", '"lost_formations:axis:1"', '"lost_formations:axis:many"',
         f"{HERE}/events.toml:4:32: expected held:SIDE:PLACE, lost_formations:SIDE:NUMBER, lost_men:SIDE:SHARE, "
         "objectives:SIDE:SHARE, objectives_below:SIDE:SHARE, fallen:FORMATION or event:EVENT, "
         "found 'lost_formations:axis:many'"),
        ("events.toml", '"event:riga_falls"', '"event:riga_fall"',
         f"{HERE}/events.toml:22:11: expected event: and the id of an event, found 'riga_fall' "
         "(did you mean 'riga_falls'?)"),
        ("events.toml", '"event:riga_falls"', '"event:over"',
         f"{HERE}/events.toml:22:11: expected another event, found 'over'"),
        ("events.toml", 'permission = "may_fall_back"', 'open = false',
         f"{HERE}/events.toml:15:8: expected a key of permission: kind, permission, subject, found 'open'"),
        ("events.toml", 'subject = "gone_home"', 'subject = "gone"',
         f"{HERE}/events.toml:11:11: expected the id of a row of people.csv, found 'gone' "
         "(did you mean 'gone_home'?)"),
        ("events.toml", 'kind = "end"', 'kind = "peace"',
         f"{HERE}/events.toml:29:8: expected one of withdraw, arrive, attach, commander, rename, supply, permission, "
         "people, surrender, hand_over, fortress, end, found 'peace'"),
        ("people.csv", ",20,s_hq_1,", ",,s_hq_1,",
         f"{HERE}/people.csv:2:1: expected radius_km of a conscription, found nothing"),
        ("people.csv", "conscription", "levy",
         f"{HERE}/people.csv:2:2: expected one of conscription, drafts, convalescents, release, partisans, found 'levy'"),
        ("people.csv", ",20,s_hq_1,", ",20,g_hq_1,",
         f"{HERE}/people.csv:2:34: expected a headquarters of side soviet, found 'g_hq_1' of axis"),
        ("plan_axis.toml", 'permission = "free"', 'trigger = "event:nothing"',
         f"{HERE}/plan_axis.toml:10:11: expected event: and the id of an event of events.toml, found 'nothing'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(desk, file, old, new, expected):
    assert expected in desk.edit(file, old, new).faults()


def test_a_secret_needs_a_side_and_an_event_a_reason(desk):
    desk.add("events.toml", '\n[[event]]\nid = "whisper"\ntitle = "Somebody whispers"\nsecret = true\nsrc = "book"\n')
    said = [text for text in desk.faults() if "events.toml:31" in text or "events.toml:34" in text]
    assert said == [
        f"{HERE}/events.toml:31:1: expected at, or a trigger, found neither",
        f"{HERE}/events.toml:34:10: expected the side that knows of it in `side`, found nothing",
    ]
