"""The rail of a narrow window: a column of buttons that open the folded panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ui.map.kit import Canvas

if TYPE_CHECKING:
    from ui.map.app import App


def draw(app: App, rect: pygame.Rect) -> None:
    """Draw the rail and add its controls."""
    picture = pygame.Surface(rect.size)
    c = Canvas(picture, app.scale, app.theme, rect.topleft, app.hover_action, app.focus_action)
    c.fill(0, 0, c.width, c.height, app.theme.background)
    c.line(c.width - 0.5, 0, c.width - 0.5, c.height)
    items = [("OOB", ("drawer", "tree"), "Order of battle"), ("Find", ("find",), "Find unit or place"),
             ("Map", ("drawer", "minimap"), "Theatre")]  # fmt: skip
    if app.layout.card is None or "card" in app.layout.drawers:
        items += [("Card", ("drawer", "card"), "Formation"), ("Log", ("drawer", "messages"), "Messages")]
    for k, (words, action, tip) in enumerate(items):
        c.button(4, 8 + k * 42, 36, 36, words, action, on=app.drawer == action[-1], tip=tip, size=12)
    app.surface.blit(picture, rect)
    app.add_spots(c.spots)
