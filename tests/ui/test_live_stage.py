"""A real session on the window: filmed hour by hour behind, watched by either side, commanded through the one door."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from engine import Session
from engine.model.events.people import CALLED_UP
from ui.map.app import App
from ui.map.scene import TRUTH, Draft
from ui.map.settings import Settings
from ui.map.stages.live import LiveStage
from ui.map.stages.log import LogWriter, readable


def hold(drawing: Any) -> Session:
    """A session in which nobody commands."""
    return Session(drawing, 1)


@pytest.fixture
def watched(drawing: Any) -> Iterator[LiveStage]:
    stage = LiveStage(hold(drawing), "replay")
    yield stage
    stage.close()


@pytest.fixture
def played(drawing: Any) -> Iterator[LiveStage]:
    stage = LiveStage(hold(drawing), "play", 0)
    yield stage
    stage.close()


def number(stage: LiveStage, ident: str) -> int:
    return next(k for k, u in enumerate(stage.story.units) if u.id == ident)


def test_frames_come_hour_by_hour_behind_the_window(watched: LiveStage) -> None:
    assert watched.ready_to == 0
    watched.run_to(600)
    watched.finish()
    assert watched.progress.fault == ""
    assert watched.ready_to == 600
    assert [f.minute for f in watched._films[TRUTH]] == list(range(0, 601, 60))


def test_stopping_keeps_what_is_done(watched: LiveStage) -> None:
    watched.run_to(watched.story.end_min)
    watched.stop()
    watched.finish()
    done = watched.ready_to
    assert done < watched.story.end_min
    assert watched.frame(done, TRUTH).minute == done


def test_the_truth_shows_everybody_and_a_side_only_what_it_knows(watched: LiveStage) -> None:
    truth, axis = watched.frame(0, TRUTH), watched.frame(0, 0)
    sides = np.array([u.side for u in watched.story.units])
    formations = np.array([not u.headquarters for u in watched.story.units])
    assert (truth.hex[formations] >= 0).all()
    assert (axis.hex[formations & (sides == 0)] >= 0).all()
    hidden = formations & (sides == 1) & (axis.hex < 0)
    assert hidden.any()
    assert (axis.men[hidden] == -1).all()
    assert (axis.hex[(sides == 1) & ~formations] == -1).all()


def test_watching_is_free(drawing: Any) -> None:
    plain = hold(drawing)
    plain.advance(1440)
    stage = LiveStage(hold(drawing), "replay")
    stage.run_to(1440)
    stage.finish()
    for viewer in stage.viewers:
        stage.frame(700, viewer)
        stage.messages(viewer)
    stage.why(0, 700, TRUTH)
    for _ in range(400):
        if not stage.pending():
            break
        import time

        time.sleep(0.005)
    assert stage.session.digest() == plain.digest()
    stage.close()


def test_orders_go_through_the_door_and_show_on_their_way(played: LiveStage) -> None:
    unit = number(played, "a2")
    goal = int(played.story.theatre.grid.neighbours[played.frame(0, 0).hex[unit], 4])
    draft = Draft(unit, "march", goal)
    assert played.check(draft) == ""
    assert played.submit([draft])[0].refused == ""
    played.run_to(60)
    played.finish()
    marks = [m for m in played.frame(60, 0).orders if m.unit == unit]
    assert marks
    assert marks[0].kind == "march"
    assert marks[0].goal == goal


def test_a_refusal_is_a_sentence(played: LiveStage) -> None:
    sea = int(np.flatnonzero(played.story.theatre.kind == 0)[0])
    words = played.check(Draft(number(played, "a2"), "march", sea))
    assert words.endswith(".")
    assert "water" in words or "outside" in words
    enemy = next(k for k, u in enumerate(played.story.units) if u.side == 1)
    assert "does not take orders" in played.check(Draft(enemy, "hold", -1))


def test_reach_ends_before_known_enemies_and_ways_lead_there(played: LiveStage) -> None:
    unit = number(played, "a2")
    reach = played.reach(unit)
    assert reach is not None
    frame, grid = played.frame(0, 0), played.story.theatre.grid
    start = int(frame.hex[unit])
    goal = int(grid.neighbours[grid.neighbours[start, 4], 4])
    way = played.way(unit, "march", goal)
    assert way is not None
    assert (way.cells[0], way.cells[-1]) == (start, goal)
    assert all(b in grid.neighbours[a] for a, b in pairwise(way.cells))
    assert all(a < b for a, b in pairwise(way.minutes))
    assert reach.minutes[goal] == way.minutes[-1]
    seen = [k for k, u in enumerate(played.story.units) if u.side == 1 and frame.hex[k] >= 0]
    assert all(reach.minutes[frame.hex[k]] > 1 << 30 for k in seen)


def test_an_attack_leads_into_its_target(played: LiveStage) -> None:
    unit = number(played, "a3")
    grid, frame = played.story.theatre.grid, played.frame(0, 0)
    theirs = np.flatnonzero(frame.owner == 1)
    target = int(theirs[grid.distance(int(frame.hex[unit]), theirs).argmin()])
    way = played.way(unit, "attack", target)
    assert way is not None
    assert way.cells[-1] == target


def test_going_back_drops_what_came_after(played: LiveStage) -> None:
    played.run_to(600)
    played.finish()
    assert played.rewind(300) == ""
    assert played.ready_to == 300
    assert played.session.now == 300
    assert all(m.minute <= 300 for m in played.messages(0))


def test_a_save_opens_again_where_it_stood(played: LiveStage, tmp_path: Path) -> None:
    unit = number(played, "a2")
    goal = int(played.story.theatre.grid.neighbours[played.frame(0, 0).hex[unit], 4])
    played.submit([Draft(unit, "march", goal)])
    played.run_to(480)
    played.finish()
    path = tmp_path / "game.dbr"
    assert played.save(str(path)) == ""
    digest = played.session.digest()
    again = played.reopen(str(path))
    assert not isinstance(again, str)
    again.finish()
    assert again.ready_to == 480
    assert again.session.digest() == digest
    assert again.mode == "play"
    again.close()


def test_a_loaded_game_is_shown_where_it_stood(drawing: Any) -> None:
    session = hold(drawing)
    session.advance(480)
    app = App(LiveStage(session, "play", 0), (1200, 800), options=Settings(), surface=pygame.Surface((1200, 800)))
    app.stage.finish()
    app.frame(1 / 60)
    assert app.minute == 480
    app.do("first")
    app.frame(1 / 60)
    assert app.minute == 0  # arrived once, it stays where it is put
    app.stage.close()


def test_a_broken_save_is_told_and_nothing_is_lost(played: LiveStage, tmp_path: Path) -> None:
    path = tmp_path / "broken.dbr"
    path.write_bytes(b"PK nonsense")
    words = played.reopen(str(path))
    assert isinstance(words, str)
    assert "broken.dbr" in words
    assert "could not be written" in played.save(str(tmp_path / "no" / "such" / "folder.dbr"))


def test_a_replay_works_its_way_to_where_the_recording_stands(drawing: Any) -> None:
    session = hold(drawing)
    session.advance(900)
    digest = session.digest()
    stage = LiveStage(session, "replay")
    stage.finish()
    assert stage.ready_to == 900
    assert stage.session.digest() == digest
    stage.close()


def test_a_replay_ends_where_its_recording_ends(drawing: Any) -> None:
    session = hold(drawing)
    session.advance(900)
    stage = LiveStage(session, "replay")
    stage.run_to(stage.story.end_min)
    stage.finish()
    assert stage.last_minute == 900
    assert stage.ready_to == 900
    stage.close()


def test_one_headquarters_commands_only_its_own(drawing: Any) -> None:
    hq = drawing.headquarters[0]
    stage = LiveStage(hold(drawing), "play", 0, hq.id)
    mine = next(k for k, u in enumerate(stage.story.units) if u.side == 0 and not u.headquarters)
    assert stage.may_command(mine)
    stage.close()
    with pytest.raises(LookupError, match="no headquarters"):
        LiveStage(hold(drawing), "play", 0, "nobody").close()


def test_a_fault_of_the_engine_is_told_and_stops_the_clock(drawing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = LiveStage(hold(drawing), "replay")

    def broken(*_: Any) -> int:
        raise RuntimeError("planted")

    monkeypatch.setattr(stage.session, "advance", broken)
    stage.run_to(600)
    for _ in range(400):
        if stage.progress.fault:
            break
        import time

        time.sleep(0.005)
    assert "planted" in stage.progress.fault
    stage.close()


def test_the_log_does_not_tell_a_side_what_the_enemy_knows(watched: LiveStage) -> None:
    units = watched.story.units
    mine, his = (next(k for k, u in enumerate(units) if u.side == side) for side in (0, 1))
    writer = LogWriter(watched.story, directives=(("Take_the_town", 0), ("Cut_the_road", 1)))
    for minute, who in ((10, mine), (20, his)):
        writer._Retreated(minute, {"formation": who, "to": 30, "men_u": 312_000_000})
    for k in (0, 1):
        writer._DirectiveStarted(30, {"directive": k})
    told = [m.headline for m in readable(writer.messages, 0)]
    assert told == [f"{units[mine].name} retreats", "An enemy formation retreats", "Directive begins: Take the town"]
    assert [(m.detail, m.unit, m.hex) for m in readable(writer.messages, 0)][1] == ("", -1, -1)
    assert len(readable(writer.messages, TRUTH)) == 4


def test_people_called_up_are_one_line_for_each_side(watched: LiveStage) -> None:
    units = watched.story.units
    mine = [k for k, u in enumerate(units) if u.side == 0 and not u.headquarters][:4]
    his = next(k for k, u in enumerate(units) if u.side == 1)
    events = [CALLED_UP(1440, formation=[unit], people=[0], men_u=[(k + 1) * 10_500_000])
              for k, unit in enumerate([*mine, his])]  # fmt: skip
    writer = LogWriter(watched.story)
    writer.add([*events, events[0]])
    ours, theirs = (readable(writer.messages, side) for side in (0, 1))
    assert [m.headline for m in ours] == ["115 men called up"]
    assert ours[0].detail.startswith(f"Axis: {units[mine[3]].name} 42, ")
    assert ours[0].detail.endswith("and 1 more")
    assert [m.headline for m in theirs] == ["52 men called up"]


def test_a_place_is_lost_to_a_side_not_to_a_name(watched: LiveStage) -> None:
    story = watched.story
    writer, his = LogWriter(story), next(k for k, u in enumerate(story.units) if u.side == 1)
    place = next(p for p in story.theatre.places if p.size >= 1)
    writer._Captured(10, {"formation": his, "side": 1, "hex": place.cell})
    assert [m.headline for m in readable(writer.messages, 1)] == [f"{place.name} taken by {story.units[his].name}"]
    assert [m.headline for m in readable(writer.messages, 0)] == [f"{place.name} taken by the Soviet side"]


def test_a_fortress_is_declared_shown_explained_and_lifted_through_the_window(played: LiveStage) -> None:
    a2 = number(played, "a2")
    place = int(played.frame(0, 0).hex[a2])
    assert played.check(Draft(a2, "fortress", 10**6)) != ""
    assert [a.refused for a in played.submit([Draft(a2, "fortress", place)])] == [""]
    played.run_to(1440)
    played.finish()
    held = played.frame(1440, 0)
    assert place in held.fortress
    assert len(held.fortress) == 7
    away = next(c for c in played.story.theatre.grid.ring_table(3)[place].tolist() if c >= 0 and c not in held.fortress
                and played.story.theatre.kind[c] == 1)  # fmt: skip
    assert "fortress" in played.check(Draft(a2, "march", away))
    assert played.check(Draft(a2, "entrench")) == ""
    assert [a.refused for a in played.submit([Draft(a2, "lift fortress", place)])] == [""]
    played.run_to(2880)
    played.finish()
    assert played.frame(2880, 0).fortress == ()
    assert played.check(Draft(a2, "march", away)) == ""


def test_ships_that_a_side_does_not_have_take_nobody(played: LiveStage) -> None:
    assert "ship" in played.check(Draft(number(played, "a2"), "embark"))
    assert played.check(Draft(number(played, "a2"), "land", 30)) != ""
