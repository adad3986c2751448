"""What the player sets for good: scale, colours, theme, motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.kind import Do
from ui.theme.palette import PANELS, SIDE_SETS

if TYPE_CHECKING:
    from ui.map.app import App


def scale(app: App, percent: int) -> None:
    app.set_options(scale=percent)


def sides(app: App, name: str) -> None:
    app.set_options(sides=name)


def theme(app: App, name: str) -> None:
    app.set_options(theme=name)


def motion(app: App) -> None:
    app.set_options(less_motion=not app.options.less_motion)


def rescale(app: App, direction: int) -> None:
    """The next larger or smaller interface."""
    app.set_options(scale=(app.scale.larger() if direction > 0 else app.scale.smaller()).percent)


def next_sides(app: App) -> None:
    """The next set of side colours."""
    app.set_options(sides=_after(list(SIDE_SETS), app.options.sides))


def next_theme(app: App) -> None:
    """The next theme of the panels."""
    app.set_options(theme=_after(list(PANELS), app.options.theme))


def _after(names: list[str], now: str) -> str:
    return names[(names.index(now) + 1) % len(names)]


ACTIONS: dict[str, Do] = {
    "scale": scale,
    "sides": sides,
    "theme": theme,
    "motion": motion,
    "rescale": rescale,
    "next sides": next_sides,
    "next theme": next_theme,
}
