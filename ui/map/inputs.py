"""Mouse and keyboard: from events to actions. What keys mean is in keys.toml, what actions do in `ui.map.actions`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygame

if TYPE_CHECKING:
    from ui.map.app import App

DOUBLE_S = 0.35
SLIP = 5
"""Pixels the pointer may slip during a click."""
_PAN = {"pan_left": (-1, 0), "pan_right": (1, 0), "pan_up": (0, -1), "pan_down": (0, 1)}
PAN_SPEED = 900
"""Logical pixels a second while a pan key is held."""


@dataclass
class Drag:
    """A button that is held: where it went down, and what it has become."""

    button: int = 0
    start: tuple[int, int] = (0, 0)
    last: tuple[int, int] = (0, 0)
    panning: bool = False
    spot: tuple[object, ...] | None = None
    box: pygame.Rect | None = None
    clicked_at: float = -10.0
    clicked: tuple[int, int] = (0, 0)


def process(app: App, event: pygame.event.Event) -> None:
    """Take one event."""
    if event.type == pygame.QUIT:
        app.do("quit now")
    elif event.type in (pygame.VIDEORESIZE, pygame.WINDOWSIZECHANGED):
        size = event.size if event.type == pygame.VIDEORESIZE else (event.x, event.y)
        app.resize(size)
    elif event.type == pygame.MOUSEMOTION:
        _moved(app, event)
    elif event.type == pygame.MOUSEBUTTONDOWN:
        _down(app, event)
    elif event.type == pygame.MOUSEBUTTONUP:
        _up(app, event)
    elif event.type == pygame.MOUSEWHEEL:
        _wheel(app, event)
    elif event.type == pygame.KEYDOWN:
        _key(app, event)
    elif event.type == pygame.WINDOWLEAVE:
        app.pointer = (-1, -1)
        app.touch()


def _moved(app: App, event: pygame.event.Event) -> None:
    app.pointer = event.pos
    app.pointer_since = time.perf_counter()
    app.keyboard_cursor = False
    drag = app.drag
    if drag.button and drag.spot is not None:
        app.do(*drag.spot)
    elif drag.panning:
        app.map.camera.pan(drag.last[0] - event.pos[0], drag.last[1] - event.pos[1])
        app.map.moving = True
    elif drag.button in (1, 2) and _slipped(drag, event.pos) and app.layout.map.collidepoint(drag.start):
        drag.panning = True
        app.map.camera.pan(drag.start[0] - event.pos[0], drag.start[1] - event.pos[1])
    drag.last = event.pos
    spot = app.spot_at(event.pos)
    app.hover_action = spot.action if spot is not None else None
    app.touch()


def _slipped(drag: Drag, at: tuple[int, int]) -> bool:
    return max(abs(at[0] - drag.start[0]), abs(at[1] - drag.start[1])) > SLIP


def _down(app: App, event: pygame.event.Event) -> None:
    if event.button > 3:
        return
    app.pointer = event.pos
    app.keyboard_cursor = False
    app.tree.typing = False
    app.focus_action = None
    spot = app.spot_at(event.pos)
    drag = app.drag
    drag.button, drag.start, drag.last, drag.panning, drag.spot = event.button, event.pos, event.pos, False, None
    app.pressed_action = spot.action if spot is not None else None
    if spot is not None and spot.drag and event.button == 1:
        drag.spot = spot.action
        app.do(*spot.action)
    app.touch()


def _up(app: App, event: pygame.event.Event) -> None:
    drag = app.drag
    if event.button != drag.button:
        return
    panned, scrubbed = drag.panning, drag.spot is not None
    drag.button, drag.panning, drag.spot, drag.box = 0, False, None, None
    app.pressed_action = None
    app.map.moving = False
    app.touch()
    if panned or scrubbed:
        return
    spot = app.spot_at(event.pos)
    if spot is not None:
        if spot.enabled and event.button == 1:
            app.do(*spot.action)
        return
    if app.dialog:
        if event.button == 1:
            app.do("back")
        return
    if app.layout.map.collidepoint(event.pos):
        _click_map(app, event)


def _click_map(app: App, event: pygame.event.Event) -> None:
    mods = pygame.key.get_mods() | getattr(event, "mod", 0)
    cell = app.map.hex_at(event.pos)
    if event.button == 1:
        drag, now = app.drag, time.perf_counter()
        near = max(abs(event.pos[0] - drag.clicked[0]), abs(event.pos[1] - drag.clicked[1])) <= SLIP
        double = near and now - drag.clicked_at < DOUBLE_S
        drag.clicked_at, drag.clicked = now, event.pos
        if app.drawing:
            app.do("direct point", cell)
        elif app.aiming:
            app.do("draft", app.aiming, cell)
        elif double and app.selected >= 0:
            app.do("reveal", app.selected)
        else:
            app.do("click map", event.pos)
    elif event.button == 3:
        if app.commands(app.selected) and cell >= 0:
            kind = "attack" if mods & pygame.KMOD_SHIFT else "withdraw" if mods & pygame.KMOD_CTRL else "march"
            app.do("draft", kind, cell)
        elif app.drawing:
            app.do("direct back")
        elif app.aiming:
            app.do("back")


def _wheel(app: App, event: pygame.event.Event) -> None:
    steps = event.y
    if not steps:
        return
    position = app.pointer
    layout = app.layout
    if app.dialog:
        app.do("dialog scroll", -steps)
    elif layout.tree is not None and layout.tree.collidepoint(position):
        app.do("tree scroll", -3 * steps)
    elif layout.card is not None and layout.card.collidepoint(position):
        app.do("terms scroll", -3 * steps)
    elif layout.messages is not None and layout.messages.collidepoint(position):
        app.do("messages scroll", -steps)
    elif layout.timeline is not None and layout.timeline.collidepoint(position):
        app.do("timeline zoom", 0.8 if steps > 0 else 1.25)
    elif layout.map.collidepoint(position):
        app.do("zoom", 1 if steps > 0 else -1, position)


def _key(app: App, event: pygame.event.Event) -> None:
    if (app.tree.typing or app.dialog == "save") and _type(app, event):
        return
    action = app.keys.action(event)
    if action:
        app.do("key", action)


def _type(app: App, event: pygame.event.Event) -> bool:
    """A key press in a text entry; False if it is not for the entry."""
    finding = app.tree.typing
    text = app.tree.query if finding else app.typed
    if event.key == pygame.K_ESCAPE:
        app.tree.typing = False
        if finding:
            app.do("clear find")
        else:
            app.do("back")
        return True
    if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
        app.do("find first" if finding else "save as")
        return True
    if event.key == pygame.K_BACKSPACE:
        text = text[:-1]
    elif event.unicode and event.unicode.isprintable() and not event.mod & (pygame.KMOD_CTRL | pygame.KMOD_ALT):
        text += event.unicode
    else:
        return event.key not in (pygame.K_TAB, pygame.K_F6)
    if finding:
        app.do("find text", text)
    else:
        app.typed = text[:60]
        app.touch()
    return True


def keys_held(app: App, seconds: float) -> None:
    """Pan smoothly while a pan key is held."""
    if app.tree.typing or app.dialog or not pygame.key.get_focused():
        return
    pressed, mods = pygame.key.get_pressed(), pygame.key.get_mods()
    if mods & (pygame.KMOD_CTRL | pygame.KMOD_ALT):
        return
    dx = dy = 0
    for action, (x, y) in _PAN.items():
        for chord in app.keys.of.get(action, ()):
            shift, _, name = chord.rpartition("+")
            if bool(mods & pygame.KMOD_SHIFT) != (shift == "shift"):
                continue
            try:
                held = pressed[pygame.key.key_code(name)]
            except ValueError:
                continue
            if held:
                dx, dy = dx + x, dy + y
    if dx or dy:
        step = PAN_SPEED * app.scale.factor * seconds
        app.map.camera.pan(dx * step, dy * step)
        app.map.moving = True
        app.touch()
    elif app.map.moving and not app.drag.panning:
        app.map.moving = False
