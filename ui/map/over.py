"""What lies over the map: lines told for some seconds, the tooltip, the notice of a window that is too small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ui.map import tips
from ui.theme.type import TEXT, wrap

if TYPE_CHECKING:
    from ui.map.app import App


def draw_too_small(app: App) -> None:
    """Say that the window is too small for this scale."""
    app.surface.fill(app.theme.background)
    keys = app.keys.hint("scale_down") or "the menu"
    words = f"The window is too small for an interface of {app.scale.percent} %. Make it larger, or press {keys}."
    wide, high = app.surface.get_size()
    size = min(app.scale.type(16), max(12, wide // 36))
    lines = wrap(words, size, "regular", wide - 40)
    top = (high - len(lines) * round(size * 1.5)) // 2
    for k, line in enumerate(lines):
        label = TEXT.get(line, size, "regular", app.theme.text)
        app.surface.blit(label, ((wide - label.get_width()) // 2, top + k * round(size * 1.5)))


def draw_toasts(app: App) -> None:
    """The last lines told, over the map."""
    y = app.layout.map.top + app.scale(12)
    for _, words, fault in app.toasts[-4:]:
        size = app.scale.type(12.5)
        lines = wrap(words, size, "regular", app.scale(420))
        labels = [TEXT.get(line, size, "regular", app.theme.text) for line in lines] or [pygame.Surface((1, 1))]
        w = max(label.get_width() for label in labels) + app.scale(36)
        h = sum(label.get_height() for label in labels) + app.scale(14)
        rect = pygame.Rect(app.layout.map.centerx - w // 2, y, w, h)
        pygame.draw.rect(app.surface, app.theme.background, rect, border_radius=app.scale(3))
        edge = app.theme.fault if fault else app.theme.line
        pygame.draw.rect(app.surface, edge, rect, max(1, app.scale(1)), border_radius=app.scale(3))
        if fault:
            x, m = rect.x + app.scale(14), rect.centery
            r = app.scale(6)
            pygame.draw.polygon(app.surface, app.theme.fault, [(x, m - r), (x + r, m + r), (x - r, m + r)])
        top = rect.y + app.scale(7)
        for label in labels:
            app.surface.blit(label, (rect.x + app.scale(26 if fault else 18), top))
            top += label.get_height()
        y = rect.bottom + app.scale(6)


def draw_tip(app: App) -> None:
    """The tooltip at the pointer."""
    lines = tips.tip(app)
    if not lines:
        return
    size = app.scale.type(12.5)
    labels = [TEXT.get(words, size, "semibold" if k == 0 else "regular", app.theme.text if k == 0 else app.theme.second)
              for k, words in enumerate(lines) if words]  # fmt: skip
    if not labels:
        return
    pad = app.scale(8)
    w = max(label.get_width() for label in labels) + 2 * pad
    h = sum(label.get_height() for label in labels) + 2 * pad - app.scale(2)
    x, y = app.pointer[0] + app.scale(14), app.pointer[1] + app.scale(14)
    width, height = app.surface.get_size()
    if x + w > width - 4:
        x = max(4, app.pointer[0] - app.scale(10) - w)
    if y + h > height - 4:
        y = max(4, app.pointer[1] - app.scale(10) - h)
    box = pygame.Rect(x, y, w, h)
    pygame.draw.rect(app.surface, app.theme.bar_ground, box, border_radius=app.scale(3))
    pygame.draw.rect(app.surface, app.theme.line, box, 1, border_radius=app.scale(3))
    top = y + pad - app.scale(1)
    for label in labels:
        app.surface.blit(label, (x + pad, top))
        top += label.get_height()
