"""What actions do. Keys, buttons and the mouse all end here, so that everything works by each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions import (
    directing,
    files,
    focus,
    inspecting,
    looking,
    options,
    orders,
    panels,
    playback,
    pressing,
    selecting,
)
from ui.map.actions.kind import Do

if TYPE_CHECKING:
    from ui.map.app import App

TABLE: dict[str, Do] = {
    **playback.ACTIONS,
    **looking.ACTIONS,
    **selecting.ACTIONS,
    **orders.ACTIONS,
    **directing.ACTIONS,
    **inspecting.ACTIONS,
    **panels.ACTIONS,
    **files.ACTIONS,
    **options.ACTIONS,
    **focus.ACTIONS,
    **pressing.ACTIONS,
}


def perform(app: App, wanted: tuple[object, ...]) -> None:
    """Carry out an action; LookupError for one that nobody knows."""
    name, *arguments = wanted
    found = TABLE.get(str(name))
    if found is None:
        raise LookupError(f"no action {name!r}")
    found(app, *arguments)
