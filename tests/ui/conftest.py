"""The window without a display: SDL's dummy driver, a folder of its own for settings and saves."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from collections.abc import Callable, Iterator
from typing import Any

import pygame
import pytest

from engine.files.drawn import drawn_scenario
from ui.map.app import App
from ui.map.scene import Stage
from ui.map.settings import Settings
from ui.map.stages.sketch import SketchStage, sketch_of

DRAWING = """
    ~~~~~~~~~~~~~~~~~~~~~~
    ~~~.....1....:::~~~~~~
    ~~...A......::::::~~~~
    ~~....f.A...:r::::::~~
    ~...A.f.....:::::::::~
    ..........B.::r::2::::
              +
    ....s..A....::::r:::::
    .....s...A...r::::f:::
    ...A........::::::::::
    ....#....A..::r:::u:::
    ............::::::::::
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and saves of a test go nowhere else."""
    monkeypatch.setenv("DEEPBATTLE_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session", autouse=True)
def display() -> Iterator[None]:
    """One dummy display for the whole run."""
    pygame.display.init()
    pygame.font.init()
    yield
    pygame.display.quit()


@pytest.fixture(scope="session")
def drawing() -> Any:
    """A small war on a drawn map with a coast, a river, a wood and two towns."""
    kinds = {"A": "infantry", "B": {"kind": "panzer", "name": "Panzer Division Žagarė"}, "r": "rifle"}
    return drawn_scenario(DRAWING, kinds, days=4)


@pytest.fixture
def replay(drawing: Any) -> SketchStage:
    """A replay of drawn frames over four days."""
    return sketch_of(drawing)


@pytest.fixture
def window_on() -> Callable[[Stage, int], App]:
    """A window that shows a stage at a minute, drawn once."""

    def make(stage: Stage, minute: int) -> App:
        app = App(stage, (1600, 900), surface=pygame.Surface((1600, 900)))
        app.set_minute(minute)
        app.finish()
        app.draw()
        return app

    return make


@pytest.fixture
def open_window(drawing: Any) -> Iterator[Callable[..., App]]:
    """Open a window on a sketch of the drawing: ``open_window(mode="play", side=0)``."""
    opened: list[App] = []

    def make(size: tuple[int, int] = (1600, 900), options: Settings | None = None, **how: Any) -> App:
        how.setdefault("ready", 1440 if how.get("mode") == "play" else None)
        app = App(sketch_of(drawing, **how), size, options=options or Settings(), surface=pygame.Surface(size))
        app.finish()
        app.draw()
        app.draw()
        opened.append(app)
        return app

    yield make
    for app in opened:
        app.stage.close()


class Hand:
    """A player's hand: real events, posted to the window as SDL would."""

    def __init__(self, app: App) -> None:
        self.app = app

    def key(self, name: str, *, text: str = "") -> None:
        """Press a chord such as ``ctrl+s`` or ``space``."""
        *held, last = name.split("+") if name != "+" else ["+"]
        mod = sum({"ctrl": pygame.KMOD_LCTRL, "shift": pygame.KMOD_LSHIFT, "alt": pygame.KMOD_LALT}[h] for h in held)
        code = pygame.key.key_code(last)
        letter = text or (last if len(last) == 1 else "")
        self._send(pygame.KEYDOWN, key=code, mod=mod, unicode=letter)
        self._send(pygame.KEYUP, key=code, mod=mod)
        self.app.draw()

    def type(self, words: str) -> None:
        """Type a text."""
        for letter in words:
            self._send(pygame.KEYDOWN, key=ord(letter) if ord(letter) < 128 else 0, mod=0, unicode=letter)
        self.app.draw()

    def move(self, at: tuple[int, int], *, held: int = 0) -> None:
        """Move the pointer."""
        buttons = tuple(int(k == held - 1) for k in range(3))
        self._send(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=buttons)
        self.app.draw()

    def click(self, at: tuple[int, int], button: int = 1, *, mod: int = 0, double: bool = False) -> None:
        """Press and release a button where the pointer is."""
        self.move(at)
        if not double:
            self.app.drag.clicked_at = -10.0  # tests click faster than anybody; this is not a double click
        self._send(pygame.MOUSEBUTTONDOWN, pos=at, button=button)
        self._send(pygame.MOUSEBUTTONUP, pos=at, button=button, mod=mod)
        self.app.draw()

    def press(self, label: str) -> None:
        """Click a control by its name."""
        self.click(self.app.spot(label).rect.center)

    def drag(self, start: tuple[int, int], stop: tuple[int, int], button: int = 1) -> None:
        """Drag from one point to another in steps."""
        self.move(start)
        self._send(pygame.MOUSEBUTTONDOWN, pos=start, button=button)
        for k in range(1, 6):
            at = (start[0] + (stop[0] - start[0]) * k // 5, start[1] + (stop[1] - start[1]) * k // 5)
            self.move(at, held=button)
        self._send(pygame.MOUSEBUTTONUP, pos=stop, button=button)
        self.app.draw()

    def wheel(self, at: tuple[int, int], steps: int) -> None:
        """Turn the wheel over a point."""
        self.move(at)
        self._send(pygame.MOUSEWHEEL, x=0, y=steps)
        self.app.draw()

    def _send(self, kind: int, **what: Any) -> None:
        self.app.process(pygame.event.Event(kind, **what))


@pytest.fixture
def hand() -> Callable[[App], Hand]:
    """A hand for a window."""
    return Hand
