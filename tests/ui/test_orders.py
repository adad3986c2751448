"""Play: orders by mouse and keyboard, draft, check, submit; refusals as sentences; nothing of the enemy is commanded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pygame
import pytest

from ui.map.app import App
from ui.map.scene import Draft

Open = Callable[..., App]


def own(app: App) -> int:
    return next(k for k, u in enumerate(app.stage.story.units) if u.id == "a2")


def beside(app: App, unit: int, steps: int = 2) -> int:
    cell = int(app.frame_now.hex[unit])
    for _ in range(steps):
        cell = int(app.stage.story.theatre.grid.neighbours[cell, 4])
    return cell


@pytest.fixture
def game(open_window: Open) -> App:
    """The Axis at the end of the first day, one formation selected."""
    app = open_window(mode="play", side=0)
    app.do("select", own(app))
    app.draw()
    return app


@pytest.mark.parametrize(("mod", "kind"), [(0, "march"), (1, "attack"), (64, "withdraw")])
def test_the_right_button_orders_along_the_shown_path(game: App, hand: Any, mod: int, kind: str) -> None:
    goal = beside(game, game.selected)
    hand(game).click(game.map.screen_of(goal), 3, mod=mod)
    assert game.drafts == (Draft(game.selected, kind, goal),)


@pytest.mark.parametrize(("key", "kind"), [("m", "march"), ("t", "attack"), ("r", "withdraw")])
def test_a_key_aims_and_a_click_chooses_the_goal(game: App, hand: Any, key: str, kind: str) -> None:
    goal = beside(game, game.selected)
    hand(game).key(key)
    assert game.aiming == kind
    hand(game).click(game.map.screen_of(goal))
    assert game.drafts == (Draft(game.selected, kind, goal),)
    assert game.aiming == ""


@pytest.mark.parametrize(("key", "kind"), [("h", "hold"), ("e", "entrench"), ("z", "rest"), ("delete", "cancel")])
def test_orders_without_a_goal_are_drafted_at_once(game: App, hand: Any, key: str, kind: str) -> None:
    hand(game).key(key)
    assert game.drafts == (Draft(game.selected, kind, -1),)


def test_an_order_can_be_given_by_keyboard_alone(game: App, hand: Any) -> None:
    h = hand(game)
    start = int(game.frame_now.hex[game.selected])
    h.key("m")
    h.key("down")
    h.key("down")
    goal = game.marked.cursor
    assert goal == int(game.stage.story.theatre.grid.neighbours[start, 3])
    h.key("return")
    assert game.drafts == (Draft(game.selected, "march", goal),)
    h.key("ctrl+return")
    assert game.stage.given == [Draft(game.selected, "march", goal)]
    assert game.drafts == ()


def test_buttons_of_the_card_order_too(game: App, hand: Any) -> None:
    hand(game).press("order attack")
    assert game.aiming == "attack"
    hand(game).click(game.map.screen_of(beside(game, game.selected)))
    hand(game).press("commit")
    assert game.stage.given[0].kind == "attack"


def test_the_path_and_its_hours_follow_the_pointer(game: App, hand: Any) -> None:
    goal = beside(game, game.selected, 3)
    hand(game).key("m")
    hand(game).move(game.map.screen_of(goal))
    assert game.marked.path[0] == int(game.frame_now.hex[game.selected])
    assert game.marked.path[-1] == goal
    from ui.map.tips import tip

    words = " ".join(tip(game))
    assert "march" in words
    assert "8 h" in words  # three steps of 150 minutes in the drawing: 7.5 hours


def test_beyond_the_reach_the_path_ends_in_a_crossed_disc(game: App, hand: Any) -> None:
    hand(game).key("m")
    enemy = next(k for k, u in enumerate(game.stage.story.units) if u.side == 1 and game.frame_now.hex[k] >= 0)
    hand(game).move(game.map.screen_of(int(game.frame_now.hex[enemy])))
    assert "no way" in game.marked.refused


def test_a_refused_order_is_told_in_its_sentence_and_not_drafted(game: App, hand: Any) -> None:
    game.stage.refusals["march"] = "The bog bears no tracked vehicles."
    hand(game).click(game.map.screen_of(beside(game, game.selected)), 3)
    assert game.drafts == ()
    assert any("The bog bears no tracked vehicles." in words and fault for _, words, fault in game.toasts)
    assert game.dialog == ""


def test_drafts_can_be_undone_and_redone(game: App, hand: Any) -> None:
    h = hand(game)
    h.key("h")
    h.key("space")
    h.key("e")
    assert len(game.drafts) == 2
    h.key("ctrl+z")
    h.key("ctrl+z")
    assert game.drafts == ()
    h.key("ctrl+y")
    assert len(game.drafts) == 1


def test_a_new_order_replaces_the_draft_of_the_same_formation(game: App, hand: Any) -> None:
    hand(game).key("h")
    hand(game).key("e")
    assert [d.kind for d in game.drafts] == ["entrench"]


def test_going_on_gives_the_drafts(game: App, hand: Any) -> None:
    hand(game).key("h")
    hand(game).key("p")
    assert [d.kind for d in game.stage.given] == ["hold"]
    assert game.playing
    hand(game).key("p")
    assert not game.playing


def test_the_enemy_and_headquarters_take_no_orders(game: App, hand: Any) -> None:
    enemy = next(k for k, u in enumerate(game.stage.story.units) if u.side == 1 and game.frame_now.hex[k] >= 0)
    staff = next(k for k, u in enumerate(game.stage.story.units) if u.headquarters and u.side == 0)
    for unit in (enemy, staff):
        game.do("select", unit)
        assert not game.commands(unit)
        hand(game).key("h")
        assert game.drafts == ()


def test_in_a_replay_nobody_is_commanded(open_window: Open, hand: Any) -> None:
    app = open_window()
    app.do("select", own(app))
    hand(app).key("m")
    assert app.aiming == ""
    assert app.drafts == ()


def test_in_play_only_the_own_view_is_there(game: App, hand: Any) -> None:
    labels = {spot.label for spot in game.spots}
    assert not any(label.startswith("view ") for label in labels)
    hand(game).key("ctrl+2")
    assert game.viewer == 0


def test_orders_wait_until_one_continues_from_the_past(game: App, hand: Any) -> None:
    game.set_minute(600)
    hand(game).key("h")
    assert game.drafts == ()
    hand(game).key("k")
    assert game.stage.ready_to == 600
    hand(game).key("h")
    assert len(game.drafts) == 1


def test_saving_asks_for_a_name_and_says_where(game: App, hand: Any) -> None:
    h = hand(game)
    h.key("ctrl+s")
    assert game.dialog == "save"
    for _ in range(40):
        h.key("backspace")
    h.type("my game")
    h.key("return")
    assert Path(game.stage.saved[0]).name == "my game.dbr"
    assert any("Saved" in words for _, words, _ in game.toasts)
    assert game.dialog == ""


def test_loading_lists_the_saves_newest_first(game: App, hand: Any) -> None:
    from ui.map.settings import saves

    saves().mkdir(parents=True)
    (saves() / "one.dbr").write_bytes(b"not a recording")
    hand(game).key("ctrl+o")
    assert game.dialog == "load"
    assert game.spot("load one").action == ("load file", str(saves() / "one.dbr"))
    hand(game).press("load one")
    assert any(fault for _, _, fault in game.toasts)
    assert not game.quit


def test_leaving_asks_first(game: App, hand: Any) -> None:
    hand(game).key("ctrl+q")
    assert not game.quit
    hand(game).press("quit now")
    assert game.quit


def test_a_recording_is_opened_behind_the_window_which_goes_on(game: App, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, other = threading.Event(), object()

    def slow(path: str) -> object:
        gate.wait(5)
        return other

    monkeypatch.setattr(game.stage, "reopen", slow, raising=False)
    game.do("load file", "one.dbr")
    game.frame(1 / 60)
    assert not game.quit
    gate.set()
    assert game.opening is not None
    game.opening.join(5)
    game.frame(1 / 60)
    assert game.quit
    assert game.replacement is other


def test_a_recording_that_cannot_be_opened_is_told_and_the_game_goes_on(game: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: str) -> object:
        raise OSError("gone")

    monkeypatch.setattr(game.stage, "reopen", broken, raising=False)
    game.do("load file", "one.dbr")
    assert game.opening is not None
    game.opening.join(5)
    game.frame(1 / 60)
    assert not game.quit
    assert any("one.dbr cannot be opened" in words for _, words, _ in game.toasts)


@pytest.mark.parametrize(
    ("key", "kind"), [("shift+l", "land"), ("shift+e", "embark"), ("shift+f", "fortress"), ("alt+f", "lift fortress")]
)
def test_ships_craft_and_fortresses_have_keys_and_a_click_chooses_the_place(
    game: App, hand: Any, key: str, kind: str
) -> None:
    goal = beside(game, game.selected)
    hand(game).key(key)
    assert game.aiming == kind
    hand(game).click(game.map.screen_of(goal))
    assert game.drafts == (Draft(game.selected, kind, goal),)


@pytest.mark.parametrize("kind", ["embark", "land", "fortress", "lift fortress"])
def test_the_card_has_a_button_for_each_of_them(game: App, hand: Any, kind: str) -> None:
    hand(game).press(f"order {kind}")
    assert game.aiming == kind
    hand(game).press(f"order {kind}")
    assert game.aiming == "", "the same again leaves off"


def test_embarking_at_the_own_hex_means_for_home(game: App, hand: Any) -> None:
    hand(game).key("shift+e")
    hand(game).click(game.map.screen_of(int(game.frame_now.hex[game.selected])))
    assert game.drafts == (Draft(game.selected, "embark", -1),)


def test_a_fortress_does_not_replace_the_order_of_the_formation_that_it_is_declared_from(game: App, hand: Any) -> None:
    hand(game).key("h")
    goal = beside(game, game.selected)
    hand(game).key("shift+f")
    hand(game).click(game.map.screen_of(goal))
    assert game.drafts == (Draft(game.selected, "hold", -1), Draft(game.selected, "fortress", goal))


def test_no_march_is_shown_to_a_fortress_or_a_beach(game: App, hand: Any) -> None:
    hand(game).key("shift+l")
    hand(game).move(game.map.screen_of(beside(game, game.selected, 3)))
    assert game.marked.path == []
    assert game.marked.refused == ""


def test_a_fortress_is_drawn_on_the_map_and_told_on_both_cards(game: App, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = int(game.frame_now.hex[game.selected])
    game.do("centre")
    game.draw()
    plain = pygame.surfarray.array3d(game.surface).copy()
    frame = game.stage.frame
    monkeypatch.setattr(game.stage, "frame", lambda *a, **k: replace(frame(*a, **k), fortress=(cell,)))
    game.refresh_frame()
    game.draw()
    assert cell in game.frame_now.fortress
    changed = (pygame.surfarray.array3d(game.surface) != plain).any(axis=2)
    area = game.layout.map
    assert changed[area.x : area.right, area.y : area.bottom].any(), "a rim on the map"
    assert changed[: area.x].any() or changed[area.right :].any(), "a word on the card"
