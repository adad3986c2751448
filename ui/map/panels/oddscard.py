"""The combat preview: both sides, what shifts the balance, outcomes with their sampling error, ground and losses.

It stands on the side of the map away from the fight; the map is darkened but for the hexes concerned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ui.map.kit import Canvas
from ui.map.scene import SIDE_NAMES, Band, Odds
from ui.map.stages.frames import onto, place_name
from ui.theme.type import number

if TYPE_CHECKING:
    from ui.map.app import App

WIDTH, HEIGHT, EMPTY = 430, 424, 124
"""Size of the preview in logical pixels; its height where there is nothing to show."""
VEIL = 110
WORDS = ("He yields", "Undecided, ours", "Undecided, his", "We break off")
_Z = 1.96


def draw(app: App) -> None:
    """Draw the preview of the selected formation's drafted attack, if there is one."""
    if not app.odds_open or app.odds_for is None or app.dialog:
        return
    goal = app.odds_for[1]
    area = app.layout.map
    wide, high = min(app.scale(WIDTH), area.width - 8), app.scale(HEIGHT if app.odds_now is not None else EMPTY)
    x, _ = app.map.screen_of(goal)
    left = area.right - wide - app.scale(10) if x < area.centerx else area.x + app.scale(10)
    rect = pygame.Rect(left, area.y + app.scale(34), wide, min(high, area.height - app.scale(40)))
    _darken(app, goal)
    c = Canvas(pygame.Surface(rect.size), app.scale, app.theme, rect.topleft, app.hover_action, app.focus_action,
               app.pressed_action)  # fmt: skip
    c.fill(0, 0, c.width, c.height, app.theme.panel)
    c.spot(0, 0, c.width, c.height, ("nothing",), focusable=False, name="odds")
    c.title(f"Attack {onto(place_name(app.stage.story, goal))}", "by what we know")
    if app.odds_now is not None:
        _content(c, app, app.odds_now)
    else:
        words = "Working out the odds …" if app.stage.pending() else "No enemy is known there: it may be empty or screened."
        c.text(14, 52, words, 12.5, colour=c.theme.second)
    _buttons(c, app)
    pygame.draw.rect(c.surface, app.theme.line, c.surface.get_rect(), max(1, app.scale(1)))
    app.surface.blit(c.surface, rect)
    app.add_spots(c.spots)


def _darken(app: App, goal: int) -> None:
    area = app.layout.map
    cells = {goal, *(int(app.frame_now.hex[u]) for u in app.odds_for[0])} if app.odds_for is not None else {goal}
    points = [p for cell in cells if cell >= 0 for p in app.map.hexagon(cell)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    bright = pygame.Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).inflate(app.scale(24), app.scale(24))
    veil = pygame.Surface(area.size, pygame.SRCALPHA)
    veil.fill((0, 0, 0, VEIL))
    veil.fill((0, 0, 0, 0), bright.move(-area.x, -area.y))
    app.surface.blit(veil, area)
    pygame.draw.rect(app.surface, app.theme.accent, bright.clip(area), max(1, app.scale(1)))


def _content(c: Canvas, app: App, odds: Odds) -> None:
    y = _forces(c, app, odds, 46)
    y = _terms(c, odds, y)
    y = _outcome(c, app, odds, y)
    c.text(14, y, "km a day", 12.5, colour=c.theme.second)
    _band(c, 150, y, odds.advance, 6.0, f"{odds.advance[0]:.1f}–{odds.advance[2]:.1f}",
          soviet=app.stage.side == 1)
    most = max(odds.losses[0][2], odds.losses[1][2], 1.0)
    for k, (words, band) in enumerate(zip(("our men", "his men"), odds.losses, strict=True)):
        y += 20
        c.text(14, y, f"{words} lost in {odds.days:.0f} days", 12.5, colour=c.theme.second, room=134)
        side = app.stage.side if k == 0 else 1 - app.stage.side
        _band(c, 150, y, band, most, f"{number(round(band[0], -1))}–{number(round(band[2], -1))}", soviet=side == 1)


def _forces(c: Canvas, app: App, odds: Odds, y: float) -> float:
    half = c.width / 2
    side = app.stage.side
    for k, (words, rows) in enumerate(((f"{SIDE_NAMES[side]} attacks", odds.attackers),
                                       (f"{SIDE_NAMES[1 - side]}, estimated", odds.defenders))):  # fmt: skip
        x = 14 + k * half
        c.text(x, y, words, 12.5, "semibold")
        for row, (name, power) in enumerate(rows[:3]):
            c.text(x, y + 20 + row * 18, name, 12, colour=c.theme.second, room=half - 76)
            c.text(x + half - 28, y + 20 + row * 18, number(power), 12.5, align="right")
        if len(rows) > 3:
            c.text(x, y + 74, f"and {len(rows) - 3} more", 12, colour=c.theme.faint)
    return y + 28 + 18 * min(4, max(len(odds.attackers), len(odds.defenders)))


def _terms(c: Canvas, odds: Odds, y: float) -> float:
    c.line(12, y - 8, c.width - 12, y - 8)
    shown = [t for t in odds.terms if abs(t[1]) >= 0.005 and t[1] != 1.0][:8]
    half = c.width / 2
    for k, (name, value) in enumerate(shown):
        x, at = 14 + (k % 2) * half, y + 6 + (k // 2) * 18
        c.text(x, at, name, 12, colour=c.theme.second, room=half - 80)
        figure = number(value) if abs(value) >= 100 else f"{value:.2f}".replace("-", "−")
        c.text(x + half - 28, at, figure, 12.5, align="right")
    y += 10 + 18 * ((len(shown) + 1) // 2)
    sign = "+" if odds.balance >= 0 else "−"
    c.text(14, y, "balance (log of the ratio of power)", 12.5, "semibold")
    c.text(c.width - 14, y, f"{sign}{abs(odds.balance):.2f}", 13, "semibold", c.theme.accent, align="right")
    return y + 22


def _outcome(c: Canvas, app: App, odds: Odds, y: float) -> float:
    t, width = c.theme, c.width - 28
    error = _Z * (odds.yields * (1 - odds.yields) / odds.runs) ** 0.5
    c.text(14, y, f"After {odds.days:.0f} days, share of {odds.runs} fights", 12.5, "semibold")
    c.text(c.width - 14, y, f"±{100 * error:.0f} points (95 %)", 12, colour=t.second, align="right")
    y += 14
    x = 14.0
    soviet = (app.stage.side == 1, app.stage.side == 1, app.stage.side == 0, app.stage.side == 0)
    for k, share in enumerate(odds.shares):
        w = width * share
        if w < 0.5:
            continue
        # Full height: decided; half height: leaning. The Soviet side is hatched, so that colour is not needed.
        top, high = (y, 24.0) if k in (0, 3) else (y + 6, 12.0)
        if soviet[k]:
            c.hatched(x, top, w - 1, high, t.soviet_bar, t.soviet_stroke)
        else:
            c.fill(x, top, w - 1, high, t.axis_bar)
        x += w
    y += 34
    for k, (words, share) in enumerate(zip(WORDS, odds.shares, strict=True)):
        at = 14 + k * width / 4
        c.text(at, y, f"{100 * share:.0f} %", 13, "semibold")
        c.text(at, y + 16, words, 12, colour=t.second, room=width / 4 - 4)
    return y + 40


def _band(c: Canvas, x: float, y: float, band: Band, most: float, words: str, *, soviet: bool) -> None:
    room = c.width - x - 100
    low, middle, high = (x + room * min(1.0, value / most) for value in band)
    c.line(x, y, x + room, y)
    if soviet:
        c.hatched(low, y - 5, max(2.0, high - low), 10, c.theme.soviet_bar, c.theme.soviet_stroke)
    else:
        c.fill(low, y - 5, max(2.0, high - low), 10, c.theme.axis_bar)
    c.fill(middle - 1, y - 8, 2, 16, c.theme.text)
    c.text(c.width - 14, y, words, 12.5, align="right")


def _buttons(c: Canvas, app: App) -> None:
    y = c.height - 36
    c.button(14, y, 150, 26, "Order attack", ("commit",), primary=True, key=app.keys.hint("commit"), size=12, name="order it")
    c.button(170, y, 130, 26, "Undo", ("undo",), key=app.keys.hint("undo"), size=12, name="undo it")
    c.button(306, y, c.width - 320, 26, "Close", ("back",), key=app.keys.hint("back"), size=12, name="close odds")
