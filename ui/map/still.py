"""A picture of one moment without a window: map, counters, front, names and a title, for reports and pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ui.map.camera import STOPS
from ui.map.overlays import CONTROL, FIGHTS, HEADQUARTERS, NO_NAMES, NUMBERS, OBJECTIVES, ORDERS, RECORD, SUPPLY, WORKS
from ui.map.scene import TRUTH
from ui.theme import palette
from ui.theme.scale import Scale
from ui.theme.type import TEXT

if TYPE_CHECKING:
    from engine import Session

LAYERS = {"control": CONTROL, "orders": ORDERS, "record": RECORD, "works": WORKS, "objectives": OBJECTIVES,
          "fights": FIGHTS, "armies": HEADQUARTERS, "numbers": NUMBERS, "no-names": NO_NAMES, "supply": SUPPLY}  # fmt: skip
BAND = 40
"""Height of the title below the map in logical pixels."""
EDGE = 14
"""Pixels between the title and the sides of the picture."""


class UnknownLayer(ValueError):
    """A layer that a picture of a scenario does not have."""


def write(session: Session, png: str | Path, *, layers: Sequence[str] = (), width: int = 1600) -> None:
    """Write the present moment of a session as it is in truth, some `width` pixels wide."""
    import pygame

    from ui.map.mapview import MapView, Marked
    from ui.map.overlays import DEFAULT
    from ui.map.stages.frames import make_frame
    from ui.map.stages.story import make_story

    unknown = [name for name in layers if name not in LAYERS]
    if unknown:
        raise UnknownLayer(f"expected layers among {', '.join(LAYERS)}, found {unknown[0]!r}")
    pygame.font.init()
    story = make_story(session.scenario, session.world.statics)
    scale = Scale(100)
    view = MapView(story, scale)
    view.still = True
    west, south, east, north = _extent(view)
    spacing = story.theatre.grid.spacing_m
    fitting = [k for k, pitch in enumerate(STOPS) if (east - west) / spacing * pitch <= width * 1.25]
    view.camera.stop = fitting[-1] if fitting else 0
    high = round(min((north - south) / spacing * view.camera.pitch, width * 1.6))
    surface = pygame.Surface((width, high + BAND))
    view.resize(pygame.Rect(0, 0, width, high))
    view.camera.centre_on((west + east) / 2, (south + north) / 2)
    views = (session.view(0), session.view(1))
    frame = make_frame(story, session, views, TRUTH, None, {w.day: w.temp_c for w in session.scenario.weather})
    if session.remark == "history" and session.now > 0:
        frame.hollow[:] = True
    view.set_frame(frame)
    chosen = frozenset(LAYERS[name] for name in layers) if layers else DEFAULT
    view.ground.restyle(view.sides, tinted=CONTROL in chosen)
    marked = Marked(overlays=chosen)
    view._place_symbols(frame, session.now, marked)
    view.finish()
    view.draw(surface, session.now, marked)
    _title(surface, story, session, high)
    pygame.image.save(surface, str(png))


def _extent(view: object) -> tuple[float, float, float, float]:
    """West, south, east, north of the scenario's window in metres, with a hex to spare."""
    story = view.story  # type: ignore[attr-defined]
    grid = story.theatre.grid
    inside = grid.centres_m[np.flatnonzero(story.window)]
    low, high = inside.min(axis=0) - grid.spacing_m, inside.max(axis=0) + grid.spacing_m
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _title(surface: object, story: object, session: Session, top: int) -> None:
    import pygame

    assert isinstance(surface, pygame.Surface)
    width = surface.get_width()
    surface.fill(palette.PAPER.background, (0, top, width, BAND))
    pygame.draw.line(surface, palette.PAPER.line, (0, top), (width, top))
    moment = story.moment(session.now)  # type: ignore[attr-defined]
    words = f"{session.scenario.title}, {moment.day} {moment:%B %Y %H:%M}"
    recorded = "the record; positions between dated facts are interpolated"
    said = recorded if session.remark == "history" else f"seed {session.seed}"
    title = TEXT.get(words, 20, "semibold", palette.PAPER.text)
    note = TEXT.get(said, 14, "regular", palette.PAPER.second)
    if title.get_width() + note.get_width() + 4 * EDGE <= width:
        surface.blit(title, (EDGE, top + (BAND - title.get_height()) // 2))
        surface.blit(note, (width - note.get_width() - EDGE, top + (BAND - note.get_height()) // 2))
        return
    # One above the other, in what room there is.
    title, note = TEXT.get(words, 14, "semibold", palette.PAPER.text), TEXT.get(said, 12, "regular", palette.PAPER.second)
    surface.blit(title, (EDGE, top + 1))
    surface.blit(note, (EDGE, top + BAND - note.get_height() - 1))
