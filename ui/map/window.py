"""Opening the map window: to watch a recording or the record, or to command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.map import settings
from ui.map.scene import TRUTH, Stage

if TYPE_CHECKING:
    from engine import Session

SIDES = {"axis": 0, "soviet": 1}


def watch(session: Session) -> None:
    """Watch a session from its beginning: a recording, or the historical record."""
    from ui.map.stages.live import LiveStage

    mode = "history" if session.remark == "history" else "replay"
    show(LiveStage(session, mode, TRUTH))


def play(session: Session, side: str, hq: str | None = None) -> None:
    """Command a side, or one headquarters of it."""
    from ui.map.stages.live import LiveStage

    names = ("axis", "soviet")
    commanders = {names[number]: who for number, who in session.commanders.items()}
    show(LiveStage(session, "play", SIDES[side], hq, commanders=commanders))


def show(stage: Stage, size: tuple[int, int] = (1600, 900)) -> None:
    """Run windows until one is closed without another to follow."""
    import os

    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_WINDOWS_DPI_AWARENESS", "permonitorv2")
    import pygame

    from ui.map.app import App

    pygame.display.init()
    following: Any = stage
    while following is not None:
        following.yielding = True  # the first frame comes before the working ahead
        options = settings.load()
        fitting = fit(size, options.scale, pygame.display.get_desktop_sizes()[0])
        # A game that was loaded goes on in the same window.
        following = App(following, fitting, options=options, surface=pygame.display.get_surface()).run()
    pygame.display.quit()


def fit(size: tuple[int, int], scale: int, desktop: tuple[int, int]) -> tuple[int, int]:
    """A window as large as the interface scale (per cent) makes it, but no larger than the desktop has room for."""
    wide, high = (round(side * max(1.0, scale / 100)) for side in size)
    return min(wide, max(640, desktop[0] - 40)), min(high, max(480, desktop[1] - 80))
