"""What opens over the map: the key sheet, the menu, saving and loading, leaving."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pygame

from ui.map import briefing
from ui.map.keys import MOUSE, SHEET, KeyMap
from ui.map.kit import Canvas
from ui.theme.palette import PANELS, SIDE_SETS
from ui.theme.scale import SCALES, Scale
from ui.theme.type import width, wrap

if TYPE_CHECKING:
    from ui.map.app import App


def draw(app: App) -> None:
    """Draw the open dialog, if any, over a darkened window."""
    if not app.dialog:
        return
    app.clear_spots()
    veil = pygame.Surface(app.surface.get_size(), pygame.SRCALPHA)
    veil.fill((0, 0, 0, 110))
    app.surface.blit(veil, (0, 0))
    {"help": _help, "briefing": _briefing, "menu": _menu, "save": _save, "load": _load, "quit": _quit}[app.dialog](app)


def _open(app: App, width: float, height: float, title: str) -> tuple[Canvas, pygame.Rect]:
    whole = app.surface.get_size()
    rect = pygame.Rect(0, 0, min(app.scale(width), whole[0] - 8), min(app.scale(height), whole[1] - 8))
    rect.center = whole[0] // 2, whole[1] // 2
    c = Canvas(pygame.Surface(rect.size), app.scale, app.theme, rect.topleft, app.hover_action, app.focus_action,
               app.pressed_action)  # fmt: skip
    c.fill(0, 0, c.width, c.height, app.theme.panel)
    c.spot(0, 0, c.width, c.height, ("nothing",), focusable=False, name="dialog")
    c.fill(0, 0, c.width, 36, app.theme.raised)
    c.text(16, 18, title, 16, "semibold")
    c.button(c.width - 90, 6, 80, 24, "Close", ("back",), key=app.keys.hint("back"), name="close dialog")
    return c, rect


def _close(app: App, c: Canvas, rect: pygame.Rect) -> None:
    pygame.draw.rect(c.surface, app.theme.line, c.surface.get_rect(), max(1, app.scale(1)))
    app.surface.blit(c.surface, rect)
    app.add_spots(c.spots)


HELP_WIDTH = 1060
GAP = 14
"""Between a key and its words, and between two columns of the key sheet."""


def key_columns(keys: KeyMap, scale: Scale) -> list[tuple[list[tuple[str, str]], float, float]]:
    """The key sheet's columns: keys with their words, and the widths of both in logical pixels, as wide as they need."""
    out = []
    for _, rows in SHEET:
        told = [(_MANY.get(name) or keys.hint(name) or "–", words) for name, words in rows]
        keyed = max(width(key, scale.type(12.5), "semibold") for key, _ in told) / scale.factor
        worded = max(width(words, scale.type(12.5)) for _, words in told) / scale.factor
        out.append((told, keyed + GAP, worded + GAP))
    return out


_MANY = {"pan_left": "W A S D", "cursor_n": "Arrows", "overlay_1": "0 – 9"}
"""What stands for several keys."""


def _help(app: App) -> None:
    c, rect = _open(app, HELP_WIDTH, 620, "Keys and mouse")
    columns = key_columns(app.keys, app.scale)
    mouse = min(200.0, c.width - 32 - sum(keyed + worded for _, keyed, worded in columns))
    spare = max(0.0, c.width - 32 - mouse - sum(keyed + worded for _, keyed, worded in columns)) / len(columns)
    x = 16.0
    for (title, _), (rows, keyed, worded) in zip(SHEET, columns, strict=True):
        y = 58.0
        c.text(x, y, title, 14, "semibold", app.theme.accent)
        y += 26
        for key, words in rows:
            c.text(x, y, key, 12.5, "semibold")
            c.text(x + keyed, y, words, 12.5, colour=app.theme.second)
            y += 25
        x += keyed + worded + spare
    y = 58.0
    c.text(x, y, "Mouse", 14, "semibold", app.theme.accent)
    y += 26
    for name, words in MOUSE:
        c.text(x, y, name, 12.5, "semibold")
        y += 18
        for line in wrap(words, app.scale.type(12.5), "regular", app.scale(mouse)):
            c.text(x, y, line, 12.5, colour=app.theme.second)
            y += 18
        y += 8
    c.text(16, c.height - 18, "Keys can be changed in keys.toml in your settings folder.", 12, colour=app.theme.faint)
    _close(app, c, rect)


def _briefing(app: App) -> None:
    c, rect = _open(app, briefing.WIDTH, briefing.HEIGHT, f"Briefing: {app.stage.story.title}")
    briefing.draw(app, c)
    _close(app, c, rect)


def _menu(app: App) -> None:
    c, rect = _open(app, 560, 470, "Deep Battle")
    y = 54.0
    for words, action, hint in (("Save", ("dialog", "save"), "save"), ("Load", ("dialog", "load"), "load"),
                                ("Briefing", ("dialog", "briefing"), "briefing"),
                                ("Keys and mouse", ("dialog", "help"), "help"), ("Picture", ("screenshot",), "screenshot"),
                                ("Quit", ("dialog", "quit"), "quit")):  # fmt: skip
        c.button(16, y, 180, 32, words, action, key=app.keys.hint(hint), name=f"menu {words.lower()}")
        y += 40
    x, y = 224.0, 64.0
    c.text(x, y, "Interface scale", 13, "semibold")
    for k, percent in enumerate(SCALES):
        c.button(x + (k % 4) * 78, y + 14 + (k // 4) * 32, 72, 26, f"{percent} %", ("scale", percent),
                 on=app.scale.percent == percent, name=f"scale {percent}")  # fmt: skip
    y += 100
    c.text(x, y, "Colours of the sides", 13, "semibold")
    for k, (name, sides) in enumerate(SIDE_SETS.items()):
        top = y + 14 + k * 32
        c.button(x, top, 200, 26, sides.name, ("sides", name), on=app.options.sides == name, name=f"sides {name}")
        c.fill(x + 212, top + 4, 40, 18, sides.tints[0], border=sides.lines[0])
        c.hatched(x + 258, top + 4, 40, 18, sides.tints[1], sides.lines[1])
    y += 160
    c.text(x, y, "Panels", 13, "semibold")
    for k, name in enumerate(PANELS):
        c.button(x + k * 104, y + 14, 98, 26, name.capitalize(), ("theme", name), on=app.options.theme == name,
                 name=f"theme {name}")  # fmt: skip
    c.button(x + 212, y + 14, 100, 26, "Less motion", ("motion",), on=app.options.less_motion)
    credit = wrap(app.stage.story.theatre.attribution, app.scale.type(12), "regular", app.scale(c.width - 32))
    for k, line in enumerate(credit):
        c.text(16, c.height - 16 - 15 * (len(credit) - 1 - k), line, 12, colour=app.theme.faint)
    _close(app, c, rect)


def _save(app: App) -> None:
    c, rect = _open(app, 560, 170, "Save")
    c.text(16, 62, "Name", 13)
    c.fill(70, 48, c.width - 86, 28, app.theme.bar_ground, radius=3, border=app.theme.focus)
    width = c.text(78, 62, app.typed, 13)
    c.line(79 + width, 54, 79 + width, 70, app.theme.accent, 1.4)
    c.text(16, 96, "A save is a recording: it can be replayed, continued and sent as a report.", 12, colour=app.theme.second)
    c.button(16, 120, 140, 32, "Save", ("save as",), primary=True, key="Enter", name="save as")
    c.button(166, 120, 120, 32, "Cancel", ("back",), key="Esc")
    _close(app, c, rect)


def _load(app: App) -> None:
    c, rect = _open(app, 640, 460, "Load")
    y = 50.0
    if not app.files:
        c.text(16, y + 12, "No saved games yet.", 13)
        c.text(16, y + 36, f"{app.keys.hint('save')} saves the one you are in.", 12.5, colour=app.theme.second)
    for path in app.files[: int((c.height - 70) // 40)]:
        try:
            stamp = path.stat()
        except OSError:
            continue
        when = datetime.fromtimestamp(stamp.st_mtime)  # noqa: DTZ006 (the user's own clock)
        action = ("load file", str(path))
        c.button(16, y, c.width - 32, 34, "", action, name=f"load {path.stem}")
        c.text(28, y + 17, path.stem, 13, "semibold")
        c.text(c.width - 28, y + 17, f"{when:%d %b %H:%M} · {stamp.st_size / 1024:.0f} kB", 12, colour=app.theme.second,
               align="right")  # fmt: skip
        y += 40
    _close(app, c, rect)


def _quit(app: App) -> None:
    c, rect = _open(app, 460, 140, "Leave Deep Battle")
    c.text(16, 60, "What has not been saved is lost." if app.stage.mode == "play" else "Close the window.", 13)
    c.button(16, 88, 140, 32, "Quit", ("quit now",), primary=True, name="quit now")
    c.button(166, 88, 160, 32, "Save first", ("dialog", "save"), key=app.keys.hint("save"))
    c.button(336, 88, 108, 32, "Stay", ("back",), key="Esc")
    _close(app, c, rect)
