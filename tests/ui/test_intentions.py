"""What a staff intends and why, for people: on the card, in the log, on the map; never the other side's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pygame
import pytest

from engine import Session
from engine.files.drawn import drawn_scenario
from engine.staff.staff import Staff
from ui.map import overlays
from ui.map.app import App
from ui.map.kit import Canvas
from ui.map.scene import AXIS, SOVIET, TRUTH, Stage
from ui.map.stages.live import LiveStage
from ui.map.stages.log import readable
from ui.map.stages.reasons import order_reason, smooth

LINE = """\
:R::R::R::R::R:
..A..A.A..A..A.
...............
"""
TOLD = {"side": "axis", "hq": "corps", "kind": "attack", "axis": [(1, 6), (-5, 7)], "assault": "A", "start_min": 0}


@pytest.fixture(scope="module")
def stage() -> Iterator[LiveStage]:
    """A corps that attacks for two days, led by the staff on both sides."""
    kinds = {"A": "infantry", "R": {"kind": "rifle", "side": "soviet", "strength": 0.4}}
    hqs = {"corps": {"side": "axis", "formations": "A"}}
    scenario = drawn_scenario(LINE, kinds, days=3, depth=6, headquarters=hqs, directives=[TOLD])
    it = LiveStage(Session(scenario, 1, commanders={"axis": Staff(), "soviet": Staff()}), "replay")
    it.run_to(2 * 1440)
    it.finish()
    assert it.progress.fault == ""
    yield it
    it.close()


@pytest.fixture
def app(stage: LiveStage, window_on: Callable[[Stage, int], App]) -> App:
    return window_on(stage, 1440)


def corps(stage: Stage) -> int:
    return next(k for k, u in enumerate(stage.story.units) if u.id == "corps")


def said(app: App, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything written on the card when it is drawn anew."""
    words: list[str] = []
    text = Canvas.text

    def heard(self: Canvas, x: float, y: float, line: str, *more: Any, **how: Any) -> float:
        words.append(line)
        return text(self, x, y, line, *more, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Canvas, "text", heard)
        app.card.draw(Canvas(pygame.Surface((304, 486)), app.scale, app.theme), app)
    return " ".join(words)


def test_a_side_sees_its_own_directives_alone(stage: LiveStage) -> None:
    def told(viewer: int) -> set[int]:
        return {stage.story.units[m.unit].side for m in stage.frame(1440, viewer).directives}

    assert told(AXIS) == {AXIS}
    assert told(SOVIET) == set()
    assert told(TRUTH) == {AXIS}


def test_the_card_of_a_headquarters_says_what_it_was_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    app.do("select", corps(app.stage))
    words = said(app, monkeypatch)
    assert "attack" in words
    assert "5 formations" in words


def test_the_card_of_a_formation_says_why_it_has_its_order(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = next(m for m in app.frame_now.orders if m.why and m.why[0] > 0 and not m.by_human)
    app.do("select", mark.unit)
    last = [m for m in app.frame_now.orders if m.unit == mark.unit][-1]
    reason = order_reason(app.stage.story, last.why)
    assert len(reason) > 10
    assert reason[:20] in said(app, monkeypatch)


def test_the_log_gives_the_reason_of_each_order_to_its_side_alone(stage: LiveStage) -> None:
    mine = [m for m in readable(list(stage.messages(AXIS)), AXIS) if "ordered to" in m.headline]
    assert mine
    assert all("the order takes" in m.detail and len(m.detail) > 30 for m in mine)
    his = [m for m in stage.messages(SOVIET) if "ordered to" in m.headline and m.side == AXIS]
    assert not his


def test_orders_over_more_than_two_days_march_are_faint_unless_selected(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ink: list[int] = []
    arrow = overlays.arrows.arrow

    def drawn(*a: Any, **how: Any) -> tuple[pygame.Surface, int, int]:
        picture, ox, oy = arrow(*a, **how)
        ink.append(int(pygame.surfarray.array_alpha(picture).max()))
        return picture, ox, oy

    monkeypatch.setattr(overlays.arrows, "arrow", drawn)
    monkeypatch.setattr(overlays, "FAR_HEXES", 3)
    frame = app.frame_now
    unit = next(k for k, u in enumerate(app.stage.story.units) if u.side == SOVIET and not u.headquarters and frame.hex[k] >= 0)
    here = int(frame.hex[unit])
    for selected in (-1, unit):
        app.marked.selected = selected
        layer = overlays.Overlays(app.map, app.surface, frame, app.minute, app.marked)
        for down in (2, 6):
            layer._order_arrow(unit, here + down * app.stage.story.theatre.grid.columns, overlays.arrows.ORDERED)
    assert ink == [255, 128, 255, 255]


def test_the_axis_of_the_selected_headquarters_is_on_the_map(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, int]] = []
    arrow = overlays.arrows.arrow
    monkeypatch.setattr(overlays.arrows, "arrow", lambda *a, **how: drawn.append(a[:2]) or arrow(*a, **how))
    for unit, arrows in ((-1, 0), (corps(app.stage), 1)):
        app.do("select", unit)
        app.draw()
        drawn.clear()
        overlays.Overlays(app.map, app.surface, app.frame_now, app.minute, app.marked)._axes()
        assert len(drawn) == arrows


def test_an_order_by_hand_has_no_reason_of_a_staff(stage: LiveStage) -> None:
    assert order_reason(stage.story, ()) == ""
    assert order_reason(stage.story, (0, 0, 0, 0, 0)) == ""
    assert np.any([m.begun for m in stage.frame(1440, TRUTH).directives])


def test_sentences_made_of_parts_read_as_one_would_say_them() -> None:
    assert smooth("keeps its place in the line at south of Zvārde: 1 hexes off") == (
        "keeps its place in the line south of Zvārde: 1 hex off")
    assert smooth("attacks north-west of Auce, estimated x +1.5") == "attacks north-west of Auce, estimated balance +1.5"
    assert smooth("holds its place at Auce: 11 hexes off") == "holds its place at Auce: 11 hexes off"
