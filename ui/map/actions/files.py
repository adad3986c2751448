"""Files: saves, recordings, pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pygame

from ui.map import settings
from ui.map.actions.kind import Do

if TYPE_CHECKING:
    from ui.map.app import App
    from ui.map.scene import Stage


def list_saves() -> list[Path]:
    """Saved games, newest first."""
    try:
        return sorted(settings.saves().glob("*.dbr"), key=lambda p: -p.stat().st_mtime)
    except OSError:
        return []


def save_as(app: App) -> None:
    name = "".join(ch for ch in app.typed.strip() if ch.isalnum() or ch in " -_.").strip(". ")
    if not name:
        app.toast("Give the save a name.", fault=True)
        return
    folder = settings.saves()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        app.toast(f"{folder} cannot be made: {problem}", fault=True)
        return
    path = folder / f"{name.removesuffix('.dbr')}.dbr"
    problem = app.stage.save(str(path))
    app.dialog = ""
    app.toast(problem or f"Saved: {path}", fault=bool(problem))


class Opening(threading.Thread):
    """A recording that is being opened behind the window; ``result`` is a stage, or what is wrong with the file."""

    def __init__(self, opener: Callable[[str], Stage | str], path: str) -> None:
        super().__init__(name="opening", daemon=True)
        self.opener, self.path = opener, path
        self.result: Stage | str = ""
        self.start()

    def run(self) -> None:
        """Open the file."""
        try:
            self.result = self.opener(self.path)
        except Exception as problem:  # told in the window, which goes on
            self.result = f"{self.path} cannot be opened: {problem}"


def load_file(app: App, path: str) -> None:
    """Begin to open a recording; the window goes on until it is there."""
    opener: Any = getattr(app.stage, "reopen", None)
    if opener is None:
        app.toast("This window cannot open recordings.", fault=True)
        return
    app.playing, app.dialog = False, ""
    app.stage.stop()
    app.opening = Opening(opener, path)
    app.toast(f"Opening {Path(path).stem} …")


def follow(app: App) -> None:
    """Go over to the recording that has been opened, or tell what is wrong with it."""
    opening = app.opening
    if opening is None or opening.is_alive():
        return
    app.opening = None
    if isinstance(opening.result, str):
        app.toast(opening.result, fault=True)
    else:
        app.replacement, app.quit = opening.result, True


def screenshot(app: App) -> None:
    folder = settings.home() / "pictures"
    moment = app.stage.story.moment(app.minute)
    path = folder / f"{app.stage.story.files or 'map'}_{moment:%m%d_%H%M}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        app.draw()
        pygame.image.save(app.surface, str(path))
    except (OSError, pygame.error) as problem:
        app.toast(f"{path} could not be written: {problem}", fault=True)
        return
    app.toast(f"Picture: {path}")


ACTIONS: dict[str, Do] = {
    "save as": save_as,
    "load file": load_file,
    "screenshot": screenshot,
}
