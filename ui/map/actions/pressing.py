"""What keys do: each action of keys.toml by way of an action of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ui.map.actions.kind import Do
from ui.map.scene import TRUTH

if TYPE_CHECKING:
    from ui.map.app import App

PAN_STEP = 120
PAN_HELD = ("pan_left", "pan_right", "pan_up", "pan_down")
IN_DIALOGS = ("back", "next_focus", "previous_focus", "cursor_select", "quit", "scale_up", "scale_down")
"""Keys that mean something while a dialog is open; the others rest."""

KEYS: dict[str, tuple[object, ...]] = {
    "play": ("play",), "step_back": ("step", -1), "step_forward": ("step", 1), "first": ("first",), "last": ("last",),
    "slower": ("slower",), "faster": ("faster",), "next_event": ("next event",), "previous_event": ("next event", -1),
    "zoom_in": ("zoom", 1), "zoom_out": ("zoom", -1), "cursor_n": ("cursor", "n"), "cursor_s": ("cursor", "s"),
    "cursor_e": ("cursor", "e"), "cursor_w": ("cursor", "w"), "cursor_select": ("cursor select",),
    "next_unit": ("next unit",), "previous_unit": ("next unit", -1), "next_in_stack": ("next in stack",),
    "centre": ("centre",), "find": ("find",), "jump_minimap": ("drawer", "minimap"), "order_march": ("aim", "march"),
    "order_attack": ("aim", "attack"), "order_hold": ("aim", "hold"), "order_withdraw": ("aim", "withdraw"),
    "order_entrench": ("aim", "entrench"), "order_rest": ("aim", "rest"), "order_cancel": ("aim", "cancel"),
    "order_embark": ("aim", "embark"), "order_land": ("aim", "land"), "order_fortress": ("aim", "fortress"),
    "order_lift": ("aim", "lift fortress"), "order_keep": ("aim", "keep"), "order_let_go": ("aim", "let_go"),
    "commit": ("commit",), "undo": ("undo",), "redo": ("redo",), "view_axis": ("view", 0), "view_truth": ("view", TRUTH),
    "view_soviet": ("view", 1), "value": ("value",), "why": ("why",), "save": ("dialog", "save"), "load": ("dialog", "load"),
    "screenshot": ("screenshot",), "continue_here": ("continue",), "bookmark": ("bookmark",), "help": ("dialog", "help"),
    "briefing": ("dialog", "briefing"),
    "next_panel": ("next panel",), "back": ("back",), "quit": ("quit",),
    "pan_left": ("pan", -PAN_STEP, 0), "pan_right": ("pan", PAN_STEP, 0), "pan_up": ("pan", 0, -PAN_STEP),
    "pan_down": ("pan", 0, PAN_STEP),
    **{f"overlay_{k}": ("overlay", k) for k in range(1, 11)},
    "next_focus": ("focus", 1), "previous_focus": ("focus", -1), "scale_up": ("rescale", 1), "scale_down": ("rescale", -1),
    "palette": ("next sides",), "theme": ("next theme",),
    **{f"toggle_{part}": ("toggle", part) for part in ("left", "right", "timeline")},
}  # fmt: skip


def key(app: App, name: str) -> None:
    """What a key's action does."""
    if app.dialog == name and name in ("help", "briefing"):
        app.dialog = ""
    elif app.dialog and name not in IN_DIALOGS:
        return
    elif name in PAN_HELD and pygame.key.get_focused():
        return  # while the key is held the map pans smoothly
    elif name in KEYS:
        app.do(*KEYS[name])


ACTIONS: dict[str, Do] = {"key": key}
