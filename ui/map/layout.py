"""Where the panels lie, by the window's size and the interface scale."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from ui.theme.scale import Scale

BAR, LEFT, RIGHT, RIGHT_WIDE, RAIL, TIMELINE, TIMELINE_LOW, CARD, MINIMAP = 40, 236, 304, 340, 44, 128, 90, 486, 222
LEAST = (800, 520)


@dataclass(frozen=True)
class Layout:
    """Rectangles of the window in pixels; None for what is folded or hidden."""

    bar: pygame.Rect
    map: pygame.Rect
    tree: pygame.Rect | None
    minimap: pygame.Rect | None
    card: pygame.Rect | None
    messages: pygame.Rect | None
    timeline: pygame.Rect | None
    rail: pygame.Rect | None
    drawers: tuple[str, ...] = ()
    """Panels that lie over the map."""
    too_small: bool = False


def lay_out(size: tuple[int, int], scale: Scale, *, left: bool = True, right: bool = True, timeline: bool = True,
            drawer: str = "", tall_card: bool = False) -> Layout:  # fmt: skip
    """The layout of a window: wide windows show everything, narrow ones fold the sides to a rail and drawers.

    A tall card leaves little to the messages: it shows the terms of a number.
    """
    width, height = size
    logical_w, logical_h = width / scale.factor, height / scale.factor
    s = scale
    bar = pygame.Rect(0, 0, width, s(BAR))
    narrow, narrower = logical_w < 1440, logical_w < 1100
    right_w = s(RIGHT_WIDE if logical_w >= 1920 else RIGHT)
    left_w = s(RAIL) if narrow else s(LEFT) if left else 0
    show_right = right and not narrower
    map_w = max(1, width - left_w - (right_w if show_right else 0))
    low = narrower or logical_h < 720
    time_h = s(TIMELINE_LOW if low else TIMELINE) if timeline else 0
    body = height - s(BAR)
    area = pygame.Rect(left_w, s(BAR), map_w, max(1, body - time_h))
    time_rect = pygame.Rect(left_w, height - time_h, map_w, time_h) if timeline else None
    mini_h = min(s(MINIMAP), body // 3)
    tree = mini = card = messages = rail = None
    drawers: list[str] = []
    column = pygame.Rect(0, s(BAR), s(LEFT), body)
    over = pygame.Rect(left_w, s(BAR), min(s(LEFT) + s(24), map_w), body - time_h)
    if narrow:
        rail = pygame.Rect(0, s(BAR), left_w, body)
        if drawer in ("tree", "minimap"):
            tree = over.copy()
            tree.height = max(s(120), over.height - mini_h)
            mini = pygame.Rect(over.x, tree.bottom, over.width, over.bottom - tree.bottom)
            drawers = ["tree", "minimap"]
    elif left:
        tree = pygame.Rect(column.x, column.y, column.width, body - mini_h)
        mini = pygame.Rect(column.x, tree.bottom, column.width, mini_h)
    card_h = round(body * 0.8) if tall_card else min(s(CARD), round(body * 0.6))
    if show_right:
        card = pygame.Rect(width - right_w, s(BAR), right_w, card_h)
        messages = pygame.Rect(card.x, card.bottom, right_w, body - card_h)
    elif drawer in ("card", "messages"):
        w = min(right_w, map_w)
        card = pygame.Rect(left_w + map_w - w, s(BAR), w, min(card_h, over.height * (5 if tall_card else 4) // 6))
        messages = pygame.Rect(card.x, card.bottom, w, over.bottom - card.bottom)
        drawers = ["card", "messages"]
    small = logical_w < LEAST[0] or logical_h < LEAST[1]
    return Layout(bar, area, tree, mini, card, messages, time_rect, rail, tuple(drawers), small)
