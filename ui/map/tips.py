"""Words of the tooltip: what lies under the pointer, and what an order there would mean."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ui.map.scene import POSTURES, TRUTH
from ui.map.stages.frames import place_name
from ui.theme.type import number

if TYPE_CHECKING:
    from ui.map.app import App


def tip(app: App) -> list[str]:
    """Lines of the tooltip at the pointer, the first one in bold."""
    if app.pointer[0] < 0 or app.drag.panning:
        return []
    spot = app.spot_at(app.pointer)
    if spot is not None:
        if spot.drag or not spot.tip:
            return []
        waited = not app.pointer_since or time.perf_counter() - app.pointer_since > 0.25
        return spot.tip.split("\n") if waited or "\n" in spot.tip else []
    if app.dialog or not app.layout.map.collidepoint(app.pointer):
        return []
    if app.drawing:
        return _drawing_tip(app)
    if app.aiming or (app.marked.path and app.commands(app.selected)):
        return _aim_tip(app)
    symbol = app.map.symbol_at(app.pointer)
    if symbol is None:
        return []
    if not symbol.members:
        return [symbol.label or "Unknown formation", "presence only, identity not known"]
    return _unit_tip(app, symbol.top, len(symbol.members))


def _drawing_tip(app: App) -> list[str]:
    m = app.marked
    cell = m.cursor if app.keyboard_cursor else m.hover
    if cell < 0:
        return []
    done = "once more ends it" if app.points[-1:] == (cell,) else f"place {len(app.points) + 1}"
    return [f"{app.drawing} {place_name(app.stage.story, cell)}", done]


def _aim_tip(app: App) -> list[str]:
    m = app.marked
    cell = m.cursor if app.keyboard_cursor else m.hover
    if cell < 0:
        return []
    story = app.stage.story
    kind = app.aiming or "march"
    lines = [f"{kind} {place_name(story, cell)}"]
    if m.reach is not None and m.path and not m.refused:
        minutes = m.path_minutes
        arrival = story.moment(app.minute + minutes)
        lines.append(f"{minutes / 60:.0f} h of march, {arrival.day} {arrival:%b %H:%M} without the order's delay")
        if m.reach.contact[cell]:
            lines.append("contact likely")
        if kind == "attack" and app.odds_now is not None:
            lines.append(f"{100 * app.odds_now.yields:.0f} % of fights go our way within {app.odds_now.days:.0f} days")
    elif m.refused:
        lines.append(m.refused)
    return lines


def _unit_tip(app: App, unit: int, count: int) -> list[str]:
    story, frame = app.stage.story, app.frame_now
    u = story.units[unit]
    parent = int(frame.parent[unit])
    above = f", {story.units[parent].name}" if parent >= 0 else ""
    lines = [u.name + above]
    parts = []
    if frame.men[unit] >= 0:
        parts.append(f"{number(int(frame.men[unit]))} men")
    if frame.afv[unit] > 0:
        parts.append(f"{int(frame.afv[unit])} tanks")
    if frame.readiness[unit] >= 0 and not u.headquarters:
        parts.append(f"readiness {(int(frame.readiness[unit]) + 125) // 250} of 4")
    posture = int(frame.posture[unit])
    if 0 <= posture < len(POSTURES) and not u.headquarters:
        parts.append(POSTURES[posture])
    age = int(frame.age_min[unit])
    if frame.viewer != TRUTH and u.side != frame.viewer:
        parts.append(f"seen {age // 60} h ago (estimate)" if age >= 60 else "seen now (estimate)")
    if frame.hollow[unit]:
        parts.append("interpolated between dated facts")
    lines.append(" · ".join(parts))
    if count > 1:
        lines.append(f"{count} in this symbol; click again for the next")
    if not app.pointer_since:
        lines.append(f"{place_name(story, int(frame.hex[unit]))}, hex {story.theatre.grid.text(int(frame.hex[unit]))}")
    return lines
