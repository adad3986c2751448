"""The key map: one file, re-mappable, printed on one sheet."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pygame

DEFAULT = Path(__file__).with_name("keys.toml")
_MODIFIERS = (("ctrl", pygame.KMOD_CTRL), ("alt", pygame.KMOD_ALT), ("shift", pygame.KMOD_SHIFT))

SHEET = (
    ("Time", (
        ("play", "play or pause"), ("step_back", "one hour back"), ("step_forward", "one hour on"),
        ("first", "to the start"), ("last", "to the last moment"), ("slower", "slower"), ("faster", "faster"),
        ("next_event", "next event"), ("bookmark", "bookmark"), ("continue_here", "continue from here"))),
    ("Map", (
        ("zoom_in", "zoom in"), ("zoom_out", "zoom out"), ("pan_left", "pan"), ("cursor_n", "hex cursor"),
        ("cursor_select", "select at the cursor"), ("centre", "centre on the selection"), ("find", "find unit or place"),
        ("overlay_1", "overlays"), ("value", "figure on the counters"), ("view_axis", "view as a side, or truth"))),
    ("Orders", (
        ("next_unit", "next without orders"), ("next_in_stack", "next in the stack"), ("order_march", "march"),
        ("order_attack", "attack"), ("order_hold", "hold"), ("order_withdraw", "withdraw"), ("order_entrench", "dig in"),
        ("order_rest", "rest"), ("order_embark", "embark (own hex: home)"), ("order_land", "land on a beach"),
        ("order_fortress", "declare a fortress"), ("order_lift", "lift a fortress"),
        ("order_keep", "keep who is called away"), ("order_let_go", "let it go after all"),
        ("order_cancel", "cancel its order"), ("commit", "give all drafts"), ("undo", "undo draft"),
        ("redo", "redo draft"))),
    ("Window", (
        ("save", "save"), ("load", "load"), ("screenshot", "screenshot"), ("toggle_left", "order of battle"),
        ("toggle_right", "right panels"), ("toggle_timeline", "timeline"), ("scale_up", "larger interface"),
        ("scale_down", "smaller interface"), ("palette", "side colours"), ("theme", "graphite or paper"),
        ("why", "why: next question"), ("next_focus", "next control"), ("next_panel", "next panel"),
        ("briefing", "briefing, legend"), ("help", "this sheet"), ("back", "back out one level"), ("quit", "quit"))),
)  # fmt: skip
MOUSE = (
    ("left", "select; again: next in the stack"), ("right", "march to the hex along the shown path"),
    ("shift right", "attack the hex"), ("ctrl right", "withdraw to the hex"), ("double", "open the formation in the tree"),
    ("drag", "pan (also middle button)"), ("wheel", "zoom at the pointer"),
)  # fmt: skip


class KeyMap:
    """Which chord does what."""

    def __init__(self, path: Path | None = None) -> None:
        self.chords: dict[str, str] = {}
        self.of: dict[str, tuple[str, ...]] = {}
        self.faults: list[str] = []
        table = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
        if path is not None and path.is_file():
            try:
                mine = tomllib.loads(path.read_text(encoding="utf-8"))
            except tomllib.TOMLDecodeError as problem:
                mine = {}
                self.faults.append(f"{path}: {problem}")
            for action in sorted(set(mine) - set(table)):
                self.faults.append(f"{path}: expected an action of keys.toml, found {action!r}")
            table.update({action: chords for action, chords in mine.items() if action in table})
        for action, chords in table.items():
            self.of[action] = tuple(chords)
            for chord in chords:
                self.chords[chord.lower()] = action

    def action(self, event: pygame.event.Event) -> str:
        """The action of a key press, or an empty text."""
        name = pygame.key.name(event.key)
        text = getattr(event, "unicode", "")
        mods = getattr(event, "mod", 0)
        held = [word for word, bit in _MODIFIERS if mods & bit]
        found = self.chords.get("+".join([*held, name]), "")
        if not found and text and "ctrl" not in held and "alt" not in held:
            found = self.chords.get(text.lower(), "")
        return found

    def hint(self, action: str) -> str:
        """The first key of an action as it is shown: ``Ctrl S``."""
        chords = self.of.get(action, ())
        if not chords:
            return ""
        parts = chords[0].replace("++", "+plus").split("+")
        words = {"return": "Enter", "escape": "Esc", "delete": "Del", "page up": "PgUp", "page down": "PgDn", "plus": "+"}
        return " ".join(words.get(p, p.upper() if len(p) == 1 else p.capitalize()) for p in parts if p)
