"""The window, pictures and pages: found when asked for, with a word on what is missing when they cannot be
had.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.exit_codes import Exit
from ui.cli.options import ScenarioName, scenario_names
from ui.cli.output import check_writable, remark
from ui.cli.running import go_back

if TYPE_CHECKING:
    from engine import Session


class NoDisplay(click.ClickException):
    """The window cannot be opened here."""

    exit_code = Exit.SETUP


def _open(action: Any, *arguments: Any) -> None:
    """Open the window; say in words that there is no display."""
    import pygame

    try:
        action(*arguments)
    except pygame.error as problem:
        hint = "use --png or --html, or set SDL_VIDEODRIVER=dummy to go without a screen"
        raise NoDisplay(f"the window cannot be opened: {problem}; {hint}") from None


def watch(name: str, history: bool) -> None:
    """Open the window on a recording or on history."""
    from ui.map import window

    _open(window.watch, _session(name, history))


def play(session: Session, side: str, hq: str | None) -> None:
    """Open the window to command."""
    from ui.map import window

    _open(window.play, session, side, hq)


def still(name: str, history: bool, at: str | None, png: Path, width: int, quiet: bool) -> None:
    """Write a picture of one moment."""
    _headless()
    _check_picture(png)
    from ui.map import still as stills

    session = _session(name, history)
    if at is not None:
        go_back(session, at)
    stills.write(session, png, width=width)
    remark(str(png), quiet=quiet)


def page(name: str, history: bool, html: Path, quiet: bool) -> None:
    """Write a page to watch in a browser."""
    check_writable(html)
    from ui.web import replay

    replay.write(_session(name, history), html)
    remark(str(html), quiet=quiet)


def picture(what: str, layers: tuple[str, ...], width: int, png: Path, quiet: bool) -> None:
    """Draw a theatre or a scenario at its start."""
    _headless()
    _check_picture(png)
    from engine import Session, load_scenario, load_theatre

    theatres = {path.name: path for path in _theatre_folders()}
    if what in theatres:
        from ui.map_picture import UnknownLayer, draw_theatre

        try:
            draw_theatre(load_theatre(theatres[what]), layers, width, png)
        except UnknownLayer as problem:
            raise click.UsageError(str(problem)) from None
    else:
        from ui.map import still as stills

        name = ScenarioName().convert(what, None, None)
        stills.write(Session(load_scenario(name), 1), png, layers=layers, width=width)
    remark(str(png), quiet=quiet)


def _check_picture(png: Path) -> None:
    if png.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise click.UsageError(f"expected a picture ending in .png or .jpg, found {png.name!r}")
    check_writable(png)


def _theatre_folders() -> list[Path]:
    from ui.cli.options import scenarios_folder

    return [path.parent for path in scenarios_folder().glob("theatres/*/theatre.toml")]


def _session(name: str, history: bool) -> Session:
    from engine import Session, load_scenario

    if history:
        from engine import history_session

        return history_session(load_scenario(name))
    if name in scenario_names():
        raise click.UsageError(f"{name} is a scenario; add --history to watch its history")
    return Session.load(name)


def _headless() -> None:
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
