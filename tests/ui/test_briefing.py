"""The briefing: text for players, points held now, the legend; read at every size and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import Session, load_scenario
from ui.map import briefing
from ui.map.app import App
from ui.map.kit import Canvas
from ui.map.scene import Objective
from ui.map.settings import Settings
from ui.map.stages.live import LiveStage
from ui.map.stages.story import make_story

Open = Callable[..., App]
SCENARIOS = Path(__file__).parents[2] / "scenarios"
NOTES = """# A title

**For players.** Take `Tukums`; *hold* it.

## Where to look
The coast.

## Rows

| what | rows |
"""


def test_the_part_for_players_is_shown_without_marks_of_writing() -> None:
    told = [("regular", "Take Tukums; hold it."), ("semibold", "Where to look"), ("regular", "The coast.")]
    assert briefing.paragraphs(NOTES) == told


@pytest.mark.parametrize("name", sorted(p.parent.name for p in SCENARIOS.glob("*/scenario.toml")))
def test_every_scenario_has_a_briefing_for_people(name: str) -> None:
    said = briefing.paragraphs(make_story(load_scenario(name)).briefing)
    words = " ".join(words for _, words in said)
    assert len(words) > 300
    assert not set("*`#|") & set(words)


def test_points_are_summed_by_who_holds_the_places_now(open_window: Open) -> None:
    story = replace(open_window().stage.story, objectives=(Objective(0, "A", 30, 0), Objective(1, "B", 50, 0)))
    owner = np.full(len(story.window), -1, np.int8)
    owner[0] = 1
    rows, held = briefing.points(story, owner)
    assert rows == [("B", 50, -1), ("A", 30, 1)]
    assert held == [0, 30]


def test_a_key_opens_the_briefing_and_closes_it(open_window: Open, hand: Any) -> None:
    app = open_window()
    hand(app).key("i")
    assert app.dialog == "briefing"
    app.draw()
    hand(app).key("i")
    assert app.dialog == ""


@pytest.mark.parametrize("percent", [100, 125, 150])
def test_long_text_scrolls_to_its_last_line_and_no_further(
    open_window: Open, percent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_window(options=Settings(scale=percent))
    app.stage.story = replace(app.stage.story, briefing="word " * 2000 + "\n\nthe end")
    app.do("dialog", "briefing")
    app.do("dialog scroll", 10_000)
    said: list[str] = []
    text = Canvas.text

    def heard(self: Canvas, x: float, y: float, words: str, *more: Any, **how: Any) -> float:
        said.append(words)
        return text(self, x, y, words, *more, **how)

    monkeypatch.setattr(Canvas, "text", heard)
    app.draw()
    assert "the end" in said
    app.do("dialog scroll", -10_000)
    said.clear()
    app.draw()
    assert app.dialog_top == 0
    assert "the end" not in said


def test_the_result_is_told_when_the_campaign_is_over_and_not_before() -> None:
    scenario = load_scenario("doppelkopf", (), ("scenario.end=1944-08-16",))
    stage = LiveStage(Session(scenario, 1), "replay")
    stage.run_to(stage.last_minute - 60)
    stage.finish()
    assert briefing.outcome(stage) == []
    stage.run_to(stage.last_minute)
    stage.finish()
    head, level, axis, soviet, *_ = (words for _, words in briefing.outcome(stage))
    assert head == "Result"
    assert level.startswith(("A draw", "Minor victory", "Major victory", "Decisive victory", "No level"))
    found = stage.verdict
    assert found is not None
    assert axis.startswith("Axis: ")
    assert f"of {found['possible']['soviet']} points" in soviet
    assert stage.rewind(0) == ""
    assert stage.verdict is None
    stage.close()
