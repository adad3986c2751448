"""The window's own small kit: a canvas that draws in logical pixels, and spots that can be clicked or focused.

A panel draws itself whenever its signature changes and says, while drawing, which rectangles do what. There is no
tree of widgets to keep in step: what is drawn is what can be clicked, and Tab walks the same list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from ui.theme.palette import Panel, Rgb
from ui.theme.scale import Scale
from ui.theme.type import TEXT, font, shorten

Action = tuple[object, ...]


@dataclass(frozen=True)
class Spot:
    """A rectangle of the window that does something."""

    rect: pygame.Rect
    action: Action
    tip: str = ""
    key: str = ""
    enabled: bool = True
    focusable: bool = True
    name: str = ""
    drag: bool = False
    """The action follows the pointer while the button is held (scrubbing, the minimap)."""

    @property
    def label(self) -> str:
        """What tests and the focus order call it."""
        return self.name or str(self.action[0])


class Canvas:
    """A panel's surface. Positions and sizes are in logical pixels from its upper left corner."""

    def __init__(self, surface: pygame.Surface, scale: Scale, theme: Panel, origin: tuple[int, int] = (0, 0),
                 hover: Action | None = None, focus: Action | None = None, pressed: Action | None = None) -> None:  # fmt: skip
        self.surface, self.scale, self.theme = surface, scale, theme
        self.origin = origin
        self.spots: list[Spot] = []
        self.hover, self.focus, self.pressed = hover, focus, pressed

    @property
    def width(self) -> float:
        return self.surface.get_width() / self.scale.factor

    @property
    def height(self) -> float:
        return self.surface.get_height() / self.scale.factor

    def px(self, x: float, y: float, w: float, h: float) -> pygame.Rect:
        """Logical rectangle -> pixels of this surface; edges rounded, so that neighbours meet."""
        k = self.scale.factor
        left, top = round(x * k), round(y * k)
        return pygame.Rect(left, top, round((x + w) * k) - left, round((y + h) * k) - top)

    def fill(self, x: float, y: float, w: float, h: float, colour: Rgb, *, radius: float = 0, border: Rgb | None = None
             ) -> pygame.Rect:  # fmt: skip
        """A filled rectangle, with a border of one pixel if wanted."""
        rect = self.px(x, y, w, h)
        pygame.draw.rect(self.surface, colour, rect, border_radius=self.scale(radius) if radius else 0)
        if border is not None:
            pygame.draw.rect(self.surface, border, rect, max(1, self.scale(1)), border_radius=self.scale(radius))
        return rect

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: Rgb | None = None, width: float = 1) -> None:
        """A straight line."""
        k = self.scale.factor
        pygame.draw.line(self.surface, colour or self.theme.line, (round(x0 * k), round(y0 * k)),
                         (round(x1 * k), round(y1 * k)), max(1, self.scale(width)))  # fmt: skip

    def polygon(self, points: Sequence[tuple[float, float]], colour: Rgb, *, width: float = 0) -> None:
        """A polygon, filled unless a width is given."""
        k = self.scale.factor
        pygame.draw.polygon(self.surface, colour, [(x * k, y * k) for x, y in points],
                            max(1, self.scale(width)) if width else 0)  # fmt: skip

    def text_width(self, words: str, size: float, weight: str = "regular") -> float:
        """Logical width of a text."""
        return font(self.scale.type(size), weight).size(words)[0] / self.scale.factor

    def text(self, x: float, y: float, words: str, size: float = 12.5, weight: str = "regular", colour: Rgb | None = None,
             *, align: str = "left", room: float | None = None) -> float:  # fmt: skip
        """A line of text whose middle lies at y; returns its logical width. Cut with an ellipsis if it has no room."""
        pixels = self.scale.type(size)
        if room is not None:
            words = shorten(words, pixels, weight, round(room * self.scale.factor))
        if not words:
            return 0.0
        label = TEXT.get(words, pixels, weight, colour or self.theme.text)
        left = round(x * self.scale.factor)
        if align == "right":
            left -= label.get_width()
        elif align == "centre":
            left -= label.get_width() // 2
        self.surface.blit(label, (left, round(y * self.scale.factor) - label.get_height() // 2))
        return label.get_width() / self.scale.factor

    def blit(self, picture: pygame.Surface, x: float, y: float) -> None:
        """A picture with its upper left corner at a logical position."""
        self.surface.blit(picture, (round(x * self.scale.factor), round(y * self.scale.factor)))

    def title(self, words: str, right: str = "", *, y: float = 0) -> None:
        """A panel's title bar, 26 high."""
        self.fill(0, y, self.width, 26, self.theme.raised)
        self.text(10, y + 13, words, 13.5, "semibold")
        if right:
            self.text(self.width - 10, y + 13, right, 12, colour=self.theme.second, align="right")
        self.line(0, y + 25.5, self.width, y + 25.5)

    def spot(self, x: float, y: float, w: float, h: float, action: Action, tip: str = "", *, key: str = "",
             enabled: bool = True, focusable: bool = True, name: str = "", drag: bool = False) -> Spot:  # fmt: skip
        """Make a rectangle do something."""
        rect = self.px(x, y, w, h).move(self.origin)
        spot = Spot(rect, action, tip, key, enabled, focusable, name, drag)
        self.spots.append(spot)
        return spot

    def state(self, action: Action) -> tuple[bool, bool, bool]:
        """Whether an action's spot is hovered, focused, pressed."""
        return self.hover == action, self.focus == action, self.pressed == action

    def button(self, x: float, y: float, w: float, h: float, words: str, action: Action, *, on: bool = False,
               primary: bool = False, enabled: bool = True, key: str = "", tip: str = "", size: float = 12.5,
               name: str = "") -> Spot:  # fmt: skip
        """A button; its key stands after the label in the label's weight."""
        hovered, focused, pressed = self.state(action)
        t = self.theme
        ground = t.accent if primary else t.on if on or pressed else t.line if hovered and enabled else t.raised
        if primary and hovered:
            ground = tuple(min(255, c + 18) for c in t.accent)  # type: ignore[assignment]
        border = t.focus if on or pressed else t.accent if primary else t.line
        self.fill(x, y, w, h, ground, radius=3, border=border)
        ink = t.on_accent if primary else t.text if enabled else t.faint
        label = f"{words}  {key}" if key and words else words or key
        self.text(x + w / 2, y + h / 2, label, size, "semibold" if on or primary else "regular", ink, align="centre",
                  room=w - 6)  # fmt: skip
        if focused:
            pygame.draw.rect(self.surface, t.focus, self.px(x - 2, y - 2, w + 4, h + 4), max(2, self.scale(2)),
                             border_radius=self.scale(4))  # fmt: skip
        return self.spot(x, y, w, h, action, tip, key=key, enabled=enabled, name=name)

    def bar(self, x: float, y: float, w: float, h: float, share: float, colour: Rgb | None = None, *, marks: int = 4) -> None:
        """A bar on a dark ground, cut at quarters."""
        t = self.theme
        self.fill(x, y, w, h, t.bar_ground)
        full = max(0.0, min(1.0, share)) * w
        if full > 0.5:
            self.fill(x, y, full, h, colour or t.bar)
        for k in range(1, marks):
            self.line(x + w * k / marks, y, x + w * k / marks, y + h - 1, t.bar_ground)

    def hatched(self, x: float, y: float, w: float, h: float, colour: Rgb, stroke: Rgb) -> None:
        """A bar with diagonal strokes: the Soviet side's, which its colour alone must not carry."""
        rect = self.px(x, y, w, h)
        if rect.width <= 0 or rect.height <= 0:
            return
        pygame.draw.rect(self.surface, colour, rect)
        clip = self.surface.get_clip()
        self.surface.set_clip(rect.clip(clip))
        step = max(4, self.scale(5))
        for left in range(rect.left - rect.height - rect.left % step, rect.right, step):
            pygame.draw.line(self.surface, stroke, (left, rect.bottom), (left + rect.height, rect.top))
        self.surface.set_clip(clip)

    def twist(self, x: float, y: float, *, is_open: bool) -> None:
        """A small triangle that says whether a branch is open."""
        size = 4.5
        points = ([(x - size, y - size / 2), (x + size, y - size / 2), (x, y + size * 0.7)] if is_open
                  else [(x - size / 2, y - size), (x + size * 0.7, y), (x - size / 2, y + size)])  # fmt: skip
        self.polygon(points, self.theme.second)


def find_spot(spots: Sequence[Spot], position: tuple[int, int]) -> Spot | None:
    """The topmost spot under a position (the last drawn wins)."""
    for spot in reversed(spots):
        if spot.rect.collidepoint(position):
            return spot
    return None
