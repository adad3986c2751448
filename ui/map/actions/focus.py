"""Keyboard focus: from control to control and from panel to panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.map.actions.kind import Do

if TYPE_CHECKING:
    from ui.map.app import App


def move_focus(app: App, direction: int) -> None:
    """Tab: the next control in the order bar, left, map, right, timeline."""
    order = [s for s in _focus_order(app) if s.focusable and s.enabled]
    seen: list[tuple[object, ...]] = []
    for spot in order:
        if spot.action not in seen:
            seen.append(spot.action)
    if not seen:
        return
    if app.focus_action in seen:
        app.focus_action = seen[(seen.index(app.focus_action) + direction) % len(seen)]
    else:
        app.focus_action = seen[0 if direction > 0 else -1]


def _focus_order(app: App) -> list[Any]:
    if app.dialog:
        return app.spots
    out: list[Any] = []
    for name in ("bar", "tree", "minimap", "card", "messages", "timeline"):
        if getattr(app.layout, name) is not None:
            out += app._spots_of(name)
    return out


def next_panel(app: App) -> None:
    """F6: the first control of the next panel."""
    firsts = []
    for name in ("bar", "tree", "card", "messages", "timeline"):
        spots = [s for s in app._spots_of(name) if s.focusable] if getattr(app.layout, name) is not None else []
        if spots:
            firsts.append([s.action for s in spots])
    for k, group in enumerate(firsts):
        if app.focus_action in group:
            app.focus_action = firsts[(k + 1) % len(firsts)][0]
            return
    app.focus_action = firsts[0][0] if firsts else None


ACTIONS: dict[str, Do] = {
    "focus": move_focus,
    "next panel": next_panel,
}
