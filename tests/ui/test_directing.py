"""Play: a headquarters is told to attack, defend or withdraw by its places on the map; its staff carries it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine import Session
from engine.files.drawn import drawn_scenario
from engine.model.codes import DirectiveKind
from engine.staff.staff import Staff
from ui.map.actions.directing import MOST
from ui.map.app import App
from ui.map.scene import Draft
from ui.map.stages.live import LiveStage

Open = Callable[..., App]
LINE = """\
:R::R::R::R::R:
..A..A.A..A..A.
...............
"""
KINDS = {"A": "infantry", "R": {"kind": "rifle", "side": "soviet", "strength": 0.4}}


@pytest.fixture
def game(open_window: Open) -> App:
    """The Axis at the end of the first day, a headquarters selected."""
    app = open_window(mode="play", side=0)
    app.do("select", next(k for k, u in enumerate(app.stage.story.units) if u.headquarters and u.side == 0))
    app.draw()
    return app


def places(app: App, *steps: int) -> list[int]:
    """Hexes in a row to the north-west of one of its divisions."""
    own = next(k for k, u in enumerate(app.stage.story.units) if u.id == "a2")
    grid, cell = app.stage.story.theatre.grid, int(app.frame_now.hex[own])
    found = []
    for k in range(max(steps) + 1):
        if k in steps:
            found.append(cell)
        cell = int(grid.neighbours[cell, 4])
    return found


@pytest.mark.parametrize(("key", "kind"), [("t", "attack"), ("h", "defend"), ("r", "withdraw")])
def test_clicks_put_its_places_down_and_the_last_again_ends_it(game: App, hand: Any, key: str, kind: str) -> None:
    first, last = places(game, 1, 3)
    hand(game).key(key)
    assert game.drawing == kind
    for cell in (first, last, last):
        hand(game).click(game.map.screen_of(cell))
        game.drag.clicked_at = -10.0
    assert game.drafts == (Draft(game.selected, kind, last, (first, last)),)
    assert (game.drawing, game.points) == ("", ())
    hand(game).key("ctrl+return")
    assert game.stage.given == [Draft(game.selected, kind, last, (first, last))]


def test_it_can_be_told_by_keyboard_alone(game: App, hand: Any) -> None:
    h = hand(game)
    for chord in ("t", "down", "return"):
        h.key(chord)
    one = game.marked.cursor
    assert one >= 0
    for chord in ("down", "down", "return", "return"):
        h.key(chord)
    near = game.stage.story.theatre.grid.neighbours
    three = int(near[int(near[one, 3]), 3])
    assert game.drafts == (Draft(game.selected, "attack", three, (one, three)),)


def test_buttons_of_the_card_tell_it_too(game: App, hand: Any) -> None:
    first, last = places(game, 1, 3)
    hand(game).press("direct attack")
    for cell in (first, last):
        hand(game).click(game.map.screen_of(cell))
    hand(game).press("direct back")
    assert game.points == (first,)
    hand(game).click(game.map.screen_of(last))
    hand(game).press("direct end")
    hand(game).press("commit")
    assert game.stage.given == [Draft(game.selected, "attack", last, (first, last))]


def test_the_right_button_and_undo_take_the_last_place_back_and_escape_leaves_off(game: App, hand: Any) -> None:
    first, last = places(game, 1, 3)
    h = hand(game)
    h.key("t")
    for cell in (first, last):
        h.click(game.map.screen_of(cell))
    h.click(game.map.screen_of(last), 3)
    assert game.points == (first,)
    h.key("ctrl+z")
    assert (game.drawing, game.points) == ("attack", ())
    h.key("escape")
    assert game.drawing == ""
    assert game.selected >= 0
    assert game.drafts == ()


def test_a_line_of_one_place_and_a_march_are_told_in_words_and_not_drafted(game: App, hand: Any) -> None:
    (only,) = places(game, 2)
    h = hand(game)
    h.key("h")
    h.click(game.map.screen_of(only))
    h.press("direct end")
    assert any("two places" in words for _, words, _ in game.toasts)
    h.key("escape")
    h.key("m")
    assert any("to attack, to defend" in words for _, words, _ in game.toasts)
    assert (game.aiming, game.drawing, game.drafts) == ("", "", ())


def test_a_refused_directive_can_be_drawn_on(game: App, hand: Any) -> None:
    first, last = places(game, 1, 3)
    game.stage.refusals["attack"] = "It lies outside the area of this scenario."
    hand(game).key("t")
    for cell in (first, last, last):
        hand(game).click(game.map.screen_of(cell))
    assert game.points == (first, last)
    assert any("outside the area" in words and fault for _, words, fault in game.toasts)


def test_the_enemys_headquarters_is_told_nothing(game: App, hand: Any) -> None:
    game.do("select", next(k for k, u in enumerate(game.stage.story.units) if u.headquarters and u.side == 1))
    hand(game).key("t")
    assert game.drawing == ""
    assert "direct attack" not in {spot.label for spot in game.spots}


def test_selecting_somebody_else_leaves_off(game: App, hand: Any) -> None:
    hand(game).key("t")
    game.do("select", next(k for k, u in enumerate(game.stage.story.units) if u.id == "a2"))
    assert (game.drawing, game.points) == ("", ())


@pytest.fixture
def played() -> Iterator[LiveStage]:
    """A corps of five divisions that has been told nothing, led by its staff, before a weak enemy."""
    hqs = {"corps": {"side": "axis", "formations": "A"}}
    scenario = drawn_scenario(LINE, KINDS, days=3, depth=6, headquarters=hqs)
    stage = LiveStage(Session(scenario, 1, commanders={"axis": Staff(), "soviet": Staff()}), "play", 0)
    yield stage
    stage.close()


def test_the_staff_carries_out_what_its_headquarters_is_told(played: LiveStage) -> None:
    story = played.story
    corps = next(k for k, u in enumerate(story.units) if u.id == "corps")
    front = sorted(int(played.frame(0, 0).hex[k]) for k, u in enumerate(story.units) if u.side == 0 and not u.headquarters)
    north, goal = 0, front[2]
    for _ in range(4):
        goal = int(story.theatre.grid.neighbours[goal, north])
    told = Draft(corps, "attack", goal, (front[2], goal))
    assert played.check(told) == ""
    assert [answer.refused for answer in played.submit([told])] == [""]
    played.run_to(3 * 1440)
    played.finish()
    assert played.progress.fault == ""
    given = played.session.world.directives
    assert given.objective[given.kind == DirectiveKind.ATTACK].tolist() == [goal]
    assert (played.frame(2 * 1440, 0).owner == 0).sum() > (played.frame(0, 0).owner == 0).sum(), "ground was taken"
    assert any(order.by_human == 0 and order.kind == "attack" for m in range(0, 2880, 360)
               for order in played.frame(m, 0).orders)  # fmt: skip


def test_what_it_was_told_is_shown_and_too_many_places_are_refused(played: LiveStage) -> None:
    corps = next(k for k, u in enumerate(played.story.units) if u.id == "corps")
    here = int(played.frame(0, 0).hex[corps])
    assert f"At most {MOST} places" in played.check(Draft(corps, "attack", here, (here,) * (MOST + 1)))
    played.submit([Draft(corps, "defend", here, (here, int(played.story.theatre.grid.neighbours[here, 1])))])
    played.run_to(360)
    played.finish()
    assert [(d.kind, d.line) for d in played.frame(360, 0).directives if d.unit == corps] == [("defend", True)]
