"""The briefing: what the scenario is about, who holds which points now, and what the marks on the map mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from ui.map.kit import Canvas
from ui.map.marks import arrows
from ui.map.marks.counters import CRITICAL, CUT_OFF, LOW, supply_badge
from ui.map.scene import Stage, Story
from ui.theme import palette
from ui.theme.type import wrap

if TYPE_CHECKING:
    from ui.map.app import App

WIDTH, HEIGHT = 1180, 680
TOP, LINE = 58, 18
Row = tuple[str, str]
"""Weight and words of a line; no words between paragraphs."""


def columns(wide: float) -> tuple[float, float]:
    """Where the columns of points and of the legend begin in a page so wide."""
    return wide * 0.475, wide * 0.72


def paragraphs(notes: str) -> list[Row]:
    """The part of an author's notes that is for players: all before the table of rows, without marks of writing."""
    body = notes.split("## Rows")[0]
    out: list[Row] = []
    for block in re.split(r"\n\s*\n", re.sub(r"(?m)^(#.*)$", r"\n\1\n", body)):
        words = " ".join(block.split())
        if words.startswith("# ") or not words:
            continue
        weight = "semibold" if words.startswith("#") else "regular"
        plain = re.sub(r"[*`]+|^#+ ", "", words)
        out.append((weight, plain.removeprefix("For players. ")))
    return out


def points(story: Story, owner: npt.NDArray[np.int8]) -> tuple[list[tuple[str, int, int]], list[int]]:
    """Objectives by worth, each with points and who holds it now, and what both sides hold of all points."""
    rows = [(o.name, o.points, int(owner[o.hex])) for o in sorted(story.objectives, key=lambda o: -o.points)]
    return rows, [sum(worth for _, worth, holder in rows if holder == side) for side in (0, 1)]


def outcome(stage: Stage) -> list[Row]:
    """Who won beside history, and by what; nothing before the end."""
    found, story = stage.verdict, stage.story
    if found is None:
        return []
    names = dict(zip(("axis", "soviet"), story.side_names, strict=True))
    if not found["level"]:
        head = "No level of victory, for history does not say: " + "; ".join(found["unknown"]) + "."
    elif found["winner"]:
        head = f"{found['level'].capitalize()} victory of the {names[found['winner']]} side, beside what history came to."
    else:
        head = "A draw: much as in history."
    out = [("semibold", "Result"), ("regular", head)]
    for side, name in names.items():
        won = sum(goal["points"] for goal in found["objectives"] if goal["side"] == side and goal["met"])
        more, lost = found["points"][side] - won, 100 * found["men_lost_share"][side]
        out.append(("regular", f"{name}: {won} of {found['possible'][side]} points for objectives, {more:.0f} for the "
                               f"enemy's losses; {lost:.0f} % of its men lost."))  # fmt: skip
    differs = [goal for goal in found["objectives"] if goal["in_history"] is not None and goal["met"] != goal["in_history"]]
    if differs:
        told = (f"{_spelt(story, goal['place'])} {'held' if goal['met'] else 'not held'} by the {names[goal['side']]} side"
                for goal in differs)  # fmt: skip
        out.append(("regular", "Otherwise than in history: " + ", ".join(told) + "."))
    return out


def _spelt(story: Story, text: str) -> str:
    place = story.theatre.find_place(text)
    return place.name if place is not None else text


def text(app: App, c: Canvas) -> list[Row]:
    """The text in lines that fit its column."""
    story, room = app.stage.story, round((columns(c.width)[0] - 44) * c.scale.factor)
    said = outcome(app.stage) + (paragraphs(story.briefing) or [("regular", story.summary)])
    out: list[Row] = []
    for weight, words in said:
        out += [("regular", "")] if out and out[-1][0] == "regular" else []
        out += [(weight, line) for line in wrap(words, c.scale.type(13), weight, room)]
    return out


def draw(app: App, c: Canvas) -> None:
    """Draw the page into a dialog's canvas."""
    _text(app, c)
    _points(app, c)
    _legend(app, c)


def _text(app: App, c: Canvas) -> None:
    rows, room = text(app, c), int((c.height - TOP - 30) // LINE)
    app.dialog_top = max(0, min(app.dialog_top, len(rows) - room))
    y = float(TOP)
    for weight, words in rows[app.dialog_top : app.dialog_top + room]:
        c.text(16, y, words, 13, weight, c.theme.accent if weight == "semibold" else c.theme.text)
        y += LINE
    if len(rows) > room:
        c.text(16, c.height - 16, "The wheel scrolls.", 12, colour=c.theme.faint)


def _points(app: App, c: Canvas) -> None:
    left, legend = columns(c.width)
    story, t, right = app.stage.story, c.theme, legend - 28
    c.line(left - 14, TOP - 12, left - 14, c.height - 16)
    rows, held = points(story, app.frame_now.owner)
    c.text(left, TOP, "Points held now", 14, "semibold", t.accent)
    whole = sum(worth for _, worth, _ in rows)
    if not rows:
        c.text(left, TOP + 24, "This scenario counts no places.", 12.5, colour=t.second)
        return
    room = max(20.0, min(110.0, right - left - 76 - 84))
    for side in (0, 1):
        y = TOP + 26 + side * 20
        c.text(left, y, story.side_names[side], 13, "semibold")
        c.bar(left + 76, y - 4, room, 8, 0.0, marks=0)
        long = room * held[side] / max(1, whole)
        if side and long:
            c.hatched(left + 76, y - 4, long, 8, t.soviet_bar, t.soviet_stroke)
        elif long:
            c.fill(left + 76, y - 4, long, 8, t.axis_bar)
        c.text(right, y, f"{held[side]} of {whole}", 12.5, align="right")
    y, names = TOP + 80.0, (*story.side_names, "–")
    for name, worth, holder in rows[: int((c.height - y - 40) // 19)]:
        c.text(left, y, name, 12.5, room=130)
        c.text(right - 40, y, names[holder], 12, colour=t.second, align="right")
        c.text(right, y, str(worth), 12.5, "semibold", align="right")
        y += 19
    c.text(left, c.height - 16, "The enemy's losses add up to half as many points again.", 12, colour=t.faint)


def _legend(app: App, c: Canvas) -> None:
    left = columns(c.width)[1]
    c.text(left, TOP, "Marks on the map", 14, "semibold", c.theme.accent)
    rows = _marks(app)[: int((c.height - TOP - 44) // 25.5)]
    sheet = c.fill(left, TOP + 16, c.width - left - 16, 20 + 25.5 * len(rows), palette.PLACE_HALO)
    k, x = c.scale.factor, sheet.x + c.scale(12)
    for n, (words, mark) in enumerate(rows):
        y = sheet.y + round((23 + 25.5 * n) * k)
        mark(c.surface, x, y)
        c.text(left + 76, y / k, words, 12.5, colour=palette.PLACE_NAME, room=c.width - left - 96)


Mark = Callable[[pygame.Surface, int, int], None]
"""Draws a sample on a surface from a left end, at a middle height."""


def _marks(app: App) -> list[tuple[str, Mark]]:
    scale, (axis, soviet) = app.scale, app.map.sides.lines
    long = scale(50)

    def stroke(colour: palette.Rgb, width: float, dash: tuple[int, int] = (0, 0), under: palette.Rgb | None = None) -> Mark:
        def paint(surface: pygame.Surface, x: int, y: int) -> None:
            if under is not None:
                pygame.draw.line(surface, under, (x, y), (x + long, y), scale(width) + max(2, scale(2)))
            on, off = (scale(dash[0]), scale(dash[1])) if dash[0] else (long, 1)
            for start in range(0, long, on + off):
                pygame.draw.line(surface, colour, (x + start, y), (x + min(start + on, long) - 1, y), max(1, scale(width)))
        return paint  # fmt: skip

    def teeth(colour: palette.Rgb, side: int) -> Mark:
        def paint(surface: pygame.Surface, x: int, y: int) -> None:
            pygame.draw.line(surface, colour, (x, y), (x + long, y), max(2, scale(2)))
            for start in range(scale(3), long, scale(8)):
                foot = [(x + start, y), (x + start + scale(4), y), (x + start + scale(2), y + scale(5))]
                if side:
                    pygame.draw.polygon(surface, colour, foot)
                else:
                    pygame.draw.line(surface, colour, (x + start, y), (x + start, y - scale(5)), max(1, scale(1.5)))
        return paint  # fmt: skip

    def arrow(style: str) -> Mark:
        def paint(surface: pygame.Surface, x: int, y: int) -> None:
            picture, ox, oy = arrows.arrow(long, 0, axis, style, 5.0 * scale.factor)
            surface.blit(picture, (x - ox, y - oy + scale(3)), special_flags=pygame.BLEND_PREMULTIPLIED)
        return paint  # fmt: skip

    def stamp(*pictures: pygame.Surface) -> Mark:
        def paint(surface: pygame.Surface, x: int, y: int) -> None:
            for n, picture in enumerate(pictures):
                middle = (x + long * (2 * n + 1) // (2 * len(pictures)), y)
                surface.blit(picture, picture.get_rect(center=middle), special_flags=pygame.BLEND_PREMULTIPLIED)
        return paint  # fmt: skip

    def flag(surface: pygame.Surface, x: int, y: int) -> None:
        pole = pygame.Rect(x + scale(14), y - scale(9), scale(22), scale(12))
        pygame.draw.line(surface, palette.ICON_INK, pole.topleft, (pole.x, y + scale(9)), max(2, scale(2)))
        pygame.draw.rect(surface, soviet, pole)

    def rim(surface: pygame.Surface, x: int, y: int) -> None:
        pygame.draw.line(surface, palette.SELECTION_RIM, (x, y), (x + long, y), max(4, scale(5)))
        pygame.draw.line(surface, palette.PLACE_NAME, (x, y), (x + long, y), max(1, scale(1.5)))

    def crenels(surface: pygame.Surface, x: int, y: int) -> None:
        step, high = scale(5), scale(4)
        way = [(x + k * step, y - (high if (k + 1) // 2 % 2 else 0)) for k in range(long // step + 1)]
        pygame.draw.lines(surface, palette.ICON_INK, False, way, max(1, scale(1)))

    def badges(surface: pygame.Surface, x: int, y: int) -> None:
        for n, state in enumerate((LOW, CRITICAL, CUT_OFF)):
            supply_badge(surface, (x + long * (2 * n + 1) // 6, y), scale(6), state)

    def works(surface: pygame.Surface, x: int, y: int) -> None:
        ink, line, foot = palette.ICON_INK, max(1, scale(1)), y + scale(5)
        for start, wide, many in ((x, long * 2 // 5, 3), (x + long // 2, long // 2, 5)):
            for n in range(many):
                a, b = start + round(n * wide / many), start + round((n + 0.64) * wide / many)
                pygame.draw.lines(surface, ink, False, [(a, foot), (a, y), (b, y), (b, foot)], line)
            if many == 5:
                pygame.draw.line(surface, ink, (start, foot), (start + wide, foot), line)

    def quarters(surface: pygame.Surface, x: int, y: int) -> None:
        bar = pygame.Rect(x, y - scale(2), scale(30), scale(5))
        pygame.draw.rect(surface, palette.ICON_INK, bar)
        pygame.draw.rect(surface, (255, 255, 255), pygame.Rect(bar.x + 1, bar.y + 1, scale(20), bar.height - 2))
        for n in range(4):
            pip = pygame.Rect(x + scale(42), y + scale(5) - scale(4) * n, scale(5), scale(3))
            pygame.draw.rect(surface, palette.ICON_INK, pip, 0 if n < 3 else 1)

    ships = [arrows.ship(scale(9), side, app.map.sides.lines[side]) for side in (0, 1)]
    return [
        (f"front: {app.stage.story.side_names[0]}", teeth(axis, 0)),
        (f"front: {app.stage.story.side_names[1]}", teeth(soviet, 1)),
        ("recorded line", stroke(palette.RECORDED, 2, (2, 4))),
        ("movement", arrow(arrows.DONE)),
        ("ordered, not yet done", arrow(arrows.ORDERED)),
        ("guessed", arrow(arrows.GUESSED)),
        ("order on its way", stamp(arrows.clock(scale(8), 6))),
        ("fight", stamp(arrows.fight(scale(16)))),
        ("counter: strength, readiness", quarters),
        ("supply: low, critical, cut off", badges),
        ("dug in, fortified", works),
        ("fortified line", crenels),
        ("fortress", rim),
        ("objective, points", flag),
        ("ships: Axis, Soviet", stamp(*ships)),
        ("railway, 1435 mm", stroke(palette.RAIL_GAP, 1.4, (6, 6), palette.RAILWAY)),
        ("railway, 1524 mm", _sleepers(long, scale(6), scale(3))),
        ("main road", stroke(palette.MAIN_ROAD, 2)),
        ("river", stroke(palette.RIVER, 3)),
    ]


def _sleepers(long: int, step: int, half: int) -> Mark:
    def paint(surface: pygame.Surface, x: int, y: int) -> None:
        pygame.draw.line(surface, palette.ICON_INK, (x, y), (x + long, y), 2)
        for at in range(x + half, x + long, step):
            pygame.draw.line(surface, palette.ICON_INK, (at, y - half), (at, y + half))

    return paint
