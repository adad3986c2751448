"""Odds before an attack is ordered: by what the side knows, with their spread, and away from the fight they explain."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Session
from ui.map.app import App
from ui.map.scene import Odds, Story
from ui.map.stages.odds import odds_of
from ui.map.stages.story import make_story

Open = Callable[..., App]


@pytest.fixture(scope="module")
def war(drawing: Any) -> tuple[Story, Session]:
    session = Session(drawing, 1)
    session.advance(24 * 60)
    return make_story(session.scenario, session.world.statics), session


def attack(war: tuple[Story, Session], count: int = 1) -> tuple[Odds, Any]:
    """Odds of the first own formations against the nearest enemy that is known."""
    story, session = war
    view = session.view(0)
    assert len(view.enemies)
    goal = int(view.enemies.hex[view.enemies.certainty.argmax()])
    units = tuple(view.own.row[np.argsort(story.theatre.grid.distance(goal, view.own.hex))][:count].tolist())
    found = odds_of(story, view, units, goal)
    assert found is not None
    return found, view


def test_every_fight_ends_in_one_of_four_ways(war: tuple[Story, Session]) -> None:
    odds, _ = attack(war)
    assert sum(odds.shares) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in odds.shares)


def test_the_spread_of_losses_and_ground_is_in_order(war: tuple[Story, Session]) -> None:
    odds, view = attack(war)
    for band in (odds.advance, *odds.losses):
        assert 0 <= band[0] <= band[1] <= band[2]
    assert odds.losses[0][2] <= int(view.own.men.max())


def test_more_attackers_have_better_odds(war: tuple[Story, Session]) -> None:
    one, three = attack(war)[0], attack(war, 3)[0]
    assert len(three.attackers) == 3
    assert three.balance > one.balance
    assert three.yields > one.yields


def test_odds_are_the_same_when_asked_again(war: tuple[Story, Session]) -> None:
    assert attack(war)[0] == attack(war)[0]


def test_the_enemy_is_as_strong_as_he_was_reported_not_as_he_is(war: tuple[Story, Session]) -> None:
    odds, view = attack(war)
    reported = sorted(view.enemies.power[view.enemies.hex == odds.goal].tolist())
    assert sorted(power for _, power in odds.defenders) == reported


def test_there_are_no_odds_where_nobody_is_known(war: tuple[Story, Session]) -> None:
    story, session = war
    view = session.view(0)
    empty = next(c for c in range(story.theatre.grid.size) if not (view.enemies.hex == c).any())
    assert odds_of(story, view, (int(view.own.row[0]),), empty) is None


@pytest.fixture
def drafted(open_window: Open) -> App:
    app = open_window(mode="play", side=0)
    app.do("select", next(k for k, u in enumerate(app.stage.story.units) if u.id == "a1"))
    enemy = next(k for k, u in enumerate(app.stage.story.units) if u.side == 1 and app.frame_now.hex[k] >= 0)
    app.do("draft", "attack", int(app.frame_now.hex[enemy]))
    app.draw()
    return app


def test_a_drafted_attack_shows_its_odds_away_from_the_fight(drafted: App) -> None:
    card = drafted.spot("odds").rect
    assert drafted.layout.map.contains(card)
    assert drafted.odds_for is not None
    assert not card.collidepoint(drafted.map.screen_of(drafted.odds_for[1]))


def test_the_attack_is_ordered_closed_or_undone_by_mouse_and_key(drafted: App, hand: Any) -> None:
    h = hand(drafted)
    h.press("close odds")
    assert not drafted.odds_open
    assert drafted.drafts
    hand(drafted).key("ctrl+z")
    assert drafted.drafts == ()
    hand(drafted).key("ctrl+y")
    hand(drafted).key("ctrl+return")
    assert [d.kind for d in drafted.stage.given] == ["attack"]


def test_the_tooltip_tells_the_odds_while_aiming(open_window: Open, hand: Any) -> None:
    app = open_window(mode="play", side=0)
    app.do("select", next(k for k, u in enumerate(app.stage.story.units) if u.id == "a1"))
    enemy = next(k for k, u in enumerate(app.stage.story.units) if u.side == 1 and app.frame_now.hex[k] >= 0)
    app.do("aim", "attack")
    hand(app).move(app.map.screen_of(int(app.frame_now.hex[enemy])))
    assert app.odds_now is not None
    assert math.isclose(app.odds_now.yields, 0.66)
