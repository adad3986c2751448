"""Time: play, pause, step, scrub both ways, speeds, events, and that a paused window costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ui.map.app import App
from ui.map.marks.symbols import position
from ui.map.panels.timeline import _folded

Open = Callable[..., App]


def test_playing_moves_time_by_the_speed(open_window: Open, hand: Any) -> None:
    app = open_window()
    hand(app).key("p")
    app.frame(0.5)
    assert app.minute == pytest.approx(180)
    hand(app).key("p")
    app.frame(0.5)
    assert app.minute == pytest.approx(180)


def test_speeds_can_be_pressed_and_stepped(open_window: Open, hand: Any) -> None:
    app = open_window()
    hand(app).press("speed 1440")
    assert app.speed == 1440
    hand(app).key("-")
    hand(app).key("-")
    assert app.speed == 60
    hand(app).key("=", text="=")
    assert app.speed == 360


def test_steps_go_hour_by_hour_both_ways(open_window: Open, hand: Any) -> None:
    app = open_window()
    h = hand(app)
    for _ in range(3):
        h.key(".")
    assert app.minute == 180
    h.key(",")
    assert app.minute == 120
    app.set_minute(130)
    h.key(",")
    assert app.minute == 120
    h.key("end")
    assert app.minute == app.stage.ready_to
    h.key("home")
    assert app.minute == 0


def test_dragging_the_timeline_scrubs_forwards_and_back(open_window: Open, hand: Any) -> None:
    app = open_window()
    rect = app.spot("scrub").rect
    y = rect.bottom - 8
    hand(app).drag((rect.left + 20, y), (rect.centerx, y))
    middle = app.minute
    assert middle == pytest.approx(app.stage.story.end_min / 2, rel=0.1)
    hand(app).drag((rect.centerx, y), (rect.left + 60, y))
    assert app.minute < middle
    assert app.frame_now.minute <= app.minute


def test_scrubbing_shows_the_frame_of_the_moment(open_window: Open) -> None:
    app = open_window()
    app.set_minute(1000)
    assert app.frame_now.minute == 960
    owners = app.frame_now.owner.copy()
    app.set_minute(0)
    assert (app.frame_now.owner != owners).any()
    assert app.map.ground.control.current.owner is not owners


def test_counters_march_between_departure_and_arrival(open_window: Open) -> None:
    app = open_window()
    frame = app.frame_now
    unit = int((frame.leg_to >= 0).nonzero()[0][0])
    grid = app.stage.story.theatre.grid
    start, stop = grid.centres_m[frame.hex[unit]], grid.centres_m[frame.leg_to[unit]]
    x, y, moving = position(app.stage.story, frame, unit, 180)
    assert moving
    assert (x, y) == pytest.approx(tuple((start + stop) / 2))
    assert position(app.stage.story, frame, unit, 5000)[:2] == pytest.approx(tuple(stop))


def test_next_event_jumps_to_what_happened_next(open_window: Open, hand: Any) -> None:
    app = open_window()
    hand(app).key("n")
    first = app.minute
    assert first == 300
    hand(app).press("next event")
    assert app.minute > first
    hand(app).key("shift+n")
    assert app.minute == first


def test_bookmarks_come_and_go(open_window: Open, hand: Any) -> None:
    app = open_window()
    app.set_minute(600)
    hand(app).key("b")
    assert app.bookmarks[0][0] == 600
    app.set_minute(0)
    hand(app).press("bookmark 600")
    assert app.minute == 600
    hand(app).key("b")
    assert app.bookmarks == ()


def test_a_message_leads_to_its_place(open_window: Open, hand: Any) -> None:
    app = open_window()
    app.set_minute(3000)
    app.draw()
    spot = next(s for s in app.spots if s.label.startswith("message"))
    hand(app).click(spot.rect.center)
    assert app.selected_hex == spot.action[1]


def test_filters_hide_messages_and_say_so(open_window: Open, hand: Any) -> None:
    app = open_window()
    app.set_minute(3000)
    app.draw()
    panel = app.panels["messages"]
    all_shown = len(panel.shown(app))
    for topic in list(panel.topics):
        hand(app).press(f"topic {topic}")
    assert panel.shown(app) == []
    hand(app).press("topics all")
    assert len(panel.shown(app)) >= all_shown


def test_the_log_never_tells_the_future(open_window: Open) -> None:
    app = open_window()
    app.set_minute(1000)
    assert all(m.minute <= 1000 for m in app.panels["messages"].shown(app))


def test_a_paused_window_is_not_drawn_again(open_window: Open) -> None:
    app = open_window()
    for _ in range(300):
        app.frame(1 / 60)
        if app.map.idle:
            break
    for _ in range(3):
        app.frame(1 / 60)
    drawn = app.frames_drawn
    for _ in range(20):
        app.frame(1 / 60)
    assert app.frames_drawn == drawn


def test_playing_past_what_is_ready_asks_the_stage_for_more(open_window: Open, hand: Any) -> None:
    app = open_window(ready=120)
    hand(app).key("p")
    for _ in range(10):
        app.frame(0.2)
    assert app.stage.ready_to > 120
    assert app.minute <= app.stage.ready_to


def test_the_wheel_stretches_the_axis_about_the_playhead(open_window: Open, hand: Any) -> None:
    app = open_window()
    app.set_minute(2000)
    rect = app.layout.timeline
    hand(app).wheel((rect.centerx, rect.bottom - 10), 2)
    line = app.timeline
    assert line.stop - line.start < app.stage.story.end_min
    assert line.start <= 2000 <= line.stop


def test_bars_of_losses_are_added_up_until_they_can_be_seen() -> None:
    starts = np.arange(0, 7 * 360, 360)
    axis, soviet = np.arange(7), np.full(7, 10)
    for fold, wanted in ((1, list(range(7))), (3, [3, 12, 6])):
        at, a, s = _folded(starts, axis, soviet, fold)
        assert a.tolist() == wanted
        assert s.sum() == soviet.sum()
        assert at.tolist() == starts[::fold].tolist()
