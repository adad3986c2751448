"""What the map shows: zoom, pan, viewer, overlays, going to places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.kind import Do
from ui.map.marks.symbols import VALUES
from ui.map.scene import TRUTH

if TYPE_CHECKING:
    from ui.map.app import App


def zoom(app: App, steps: int, position: tuple[int, int] | None = None) -> None:
    at = position or app.layout.map.center
    app.map.zoom(app.map.camera.stop + steps, at)


def pan(app: App, dx: int, dy: int) -> None:
    app.map.camera.pan(dx, dy)


def view(app: App, viewer: int) -> None:
    if viewer not in app.stage.viewers:
        app.toast("In play only your own side's view is there.")
        return
    app.viewer = viewer
    app.refresh_frame()
    app.tree_version += 1
    if app.selected >= 0 and app.frame_now.level[app.selected] < 0 and viewer != TRUTH:
        app.do("select", -1)


def overlay(app: App, number: int) -> None:
    app.overlays = app.overlays ^ {number}


def value(app: App) -> None:
    app.set_options(value=VALUES[(VALUES.index(app.value) + 1) % len(VALUES)])
    app.toast(f"Figure on the counters: {app.value}")


def go_to_hex(app: App, cell: int) -> None:
    if cell < 0:
        return
    x, y = app.stage.story.theatre.grid.centres_m[cell]
    app.map.camera.centre_on(float(x), float(y))
    app.selected_hex = cell
    app.map.moving = False


def centre(app: App) -> None:
    if app.selected >= 0 and app.frame_now.hex[app.selected] >= 0:
        x, y = app.stage.story.theatre.grid.centres_m[int(app.frame_now.hex[app.selected])]
        app.map.camera.centre_on(float(x), float(y))


def jump(app: App) -> None:
    rect = app.layout.minimap
    if rect is not None:
        x, y = app.panels["minimap"].ground_at(app, rect, app.pointer)
        app.map.camera.centre_on(x, y)


ACTIONS: dict[str, Do] = {
    "zoom": zoom,
    "pan": pan,
    "view": view,
    "overlay": overlay,
    "value": value,
    "go to hex": go_to_hex,
    "centre": centre,
    "jump": jump,
}
