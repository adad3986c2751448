"""The theatre in small: tint, front, where the view is, the places of the last messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pygame

from ui.map.kit import Canvas

if TYPE_CHECKING:
    from ui.map.app import App


TITLE = 26
"""Height of the panel's title."""


class Minimap:
    """A click jumps, a drag moves the view."""

    name = "minimap"

    def signature(self, app: App) -> tuple[Any, ...]:
        return (app.map.camera.corner, app.map.camera.stop, app.map.ground.control.current.version, app.map.sides.name,
                int(app.minute) // 60)  # fmt: skip

    def draw(self, c: Canvas, app: App) -> None:
        c.fill(0, 0, c.width, c.height, c.theme.panel)
        c.title("Theatre", app.keys.hint("jump_minimap"))
        frame, camera = app.map.ground.frame, app.map.camera
        c.fill(0, TITLE, c.width, c.height - TITLE, c.theme.bar_ground)
        area = fitted(c.px(0, TITLE, c.width, c.height - TITLE), frame.wide, frame.high)
        c.surface.blit(app.map.ground.overview(area.width, area.height), area)
        clip = c.surface.get_clip()
        c.surface.set_clip(area)
        k = area.width / (frame.wide * frame.spacing_m)
        for message in app.panels["messages"].shown(app)[:5]:
            if message.hex >= 0:
                x, y = app.stage.story.theatre.grid.centres_m[message.hex]
                at = (area.x + (x - frame.west_m) * k, area.y + (frame.north_m - y) * k)
                pygame.draw.circle(c.surface, (20, 20, 20), at, c.scale(3.5))
                pygame.draw.circle(c.surface, (255, 255, 255), at, c.scale(2.5))
        west, north = camera.ground_at(0, 0)
        east, south = camera.ground_at(camera.width, camera.height)
        view = pygame.Rect(area.x + (west - frame.west_m) * k, area.y + (frame.north_m - north) * k, (east - west) * k,
                           (north - south) * k).clip(area.inflate(-8, -8))  # fmt: skip
        pygame.draw.rect(c.surface, (26, 23, 16), view.inflate(4, 4), 4)
        pygame.draw.rect(c.surface, c.theme.accent, view.inflate(2, 2), max(2, c.scale(2)))
        c.surface.set_clip(clip)
        c.spot(area.x / c.scale.factor, area.y / c.scale.factor, area.width / c.scale.factor, area.height / c.scale.factor,
               ("jump",), "Click to look there", name="minimap", drag=True)  # fmt: skip

    def ground_at(self, app: App, rect: pygame.Rect, position: tuple[int, int]) -> tuple[float, float]:
        """Projected metres under a window position."""
        frame, top = app.map.ground.frame, app.scale(TITLE)
        area = fitted(pygame.Rect(rect.x, rect.y + top, rect.width, rect.height - top), frame.wide, frame.high)
        k = frame.wide * frame.spacing_m / area.width
        return frame.west_m + (position[0] - area.x) * k, frame.north_m - (position[1] - area.y) * k


def fitted(room: pygame.Rect, wide: float, high: float) -> pygame.Rect:
    """Where the theatre lies in the panel: as large as its shape allows, in the middle."""
    k = min(room.width / wide, room.height / high)
    area = pygame.Rect(0, 0, max(1, round(wide * k)), max(1, round(high * k)))
    area.center = room.center
    return area
