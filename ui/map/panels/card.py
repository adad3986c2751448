"""The card at the right: a formation with its why-tree, a hex with what lies in it, or what to press."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ui.map.actions.directing import wording
from ui.map.kit import Canvas
from ui.map.marks.counters import LOW, draw, margin, supply_badge
from ui.map.marks.symbols import look_of
from ui.map.panels import hexcard, ordering, whytree
from ui.map.scene import POSTURES, SIDE_NAMES, STAGES, TASKS, TRUTH, Frame, Unit, called, led_by
from ui.map.stages.frames import place_name
from ui.map.stages.reasons import order_reason
from ui.theme.palette import GRAPHITE
from ui.theme.type import number, wrap

if TYPE_CHECKING:
    from ui.map.app import App


ROOM_FOR_ALL = 520
"""Height of a card that has room for what a formation has as well as for the terms of a number."""


class CardPanel:
    """Formation, hex or nothing."""

    name = "card"

    def __init__(self) -> None:
        self.open_terms: set[str] = set()
        self.scroll = self.most_scroll = 0
        """First line shown of the terms of a number, and the last that may be the first."""

    def signature(self, app: App) -> tuple[Any, ...]:
        return (app.frame_now.minute, app.viewer, app.selected, app.selected_hex, frozenset(self.open_terms), self.scroll,
                app.why_now, app.why_asked, app.aiming, app.drawing, app.points, app.playing, app.drafts, app.card_version,
                app.value)  # fmt: skip

    def draw(self, c: Canvas, app: App) -> None:
        c.fill(0, 0, c.width, c.height, c.theme.panel)
        if app.selected >= 0:
            self._formation(c, app, app.frame_now, app.selected)
        elif app.selected_hex >= 0:
            hexcard.draw(c, app, app.frame_now, app.selected_hex)
        else:
            self._nothing(c, app)
        c.line(0, c.height - 0.5, c.width, c.height - 0.5)

    def _nothing(self, c: Canvas, app: App) -> None:
        c.title("Formation")
        c.text(14, 52, "Select a formation or hex.", 13)
        rows = [("next_unit", "next formation needing orders" if app.stage.side != TRUTH else "next formation"),
                ("find", "find unit or place"), ("briefing", "briefing, points, legend"),
                ("help", "all keys on one sheet")]  # fmt: skip
        for k, (action, words) in enumerate(rows):
            y = 72 + k * 32
            c.fill(14, y, 62, 24, c.theme.raised, radius=3, border=c.theme.line)
            c.text(45, y + 12, app.keys.hint(action), 12.5, align="centre")
            c.text(88, y + 12, words, 12.5, colour=c.theme.second)
            c.spot(14, y, c.width - 28, 24, ("key", action), name=f"hint {action}")
        story = app.stage.story
        y = 222.0
        if story.summary:
            for line in wrap(story.summary, c.scale.type(12.5), "regular", round((c.width - 28) * c.scale.factor))[:8]:
                c.text(14, y, line, 12.5, colour=c.theme.second)
                y += 18
        if story.objectives:
            y += 10
            c.text(14, y, "Objectives", 13, "semibold")
            y += 20
            wanted, room = sorted(story.objectives, key=lambda o: -o.points), max(0, int((c.height - y) // 20))
            for o in wanted if len(wanted) <= room else wanted[: room - 1]:
                owner = int(app.frame_now.owner[o.hex])
                c.text(14, y, o.name, 12.5)
                c.text(c.width - 50, y, SIDE_NAMES[owner] if owner >= 0 else "–", 12, colour=c.theme.second, align="right")
                c.text(c.width - 14, y, str(o.points), 12.5, "semibold", align="right")
                c.spot(8, y - 10, c.width - 16, 20, ("go to hex", o.hex), name=f"objective {o.hex}", focusable=False)
                y += 20
            if len(wanted) > room:
                words = f"and {len(wanted) - room + 1} more: {app.keys.hint('briefing')}"
                c.text(14, y, words, 12, colour=c.theme.second)

    def _formation(self, c: Canvas, app: App, frame: Frame, unit: int) -> None:
        t, u = c.theme, app.stage.story.units[unit]
        known = frame.hex[unit] >= 0
        c.title("Headquarters" if u.headquarters else "Formation", "Esc closes")
        size = c.scale(48)
        from dataclasses import replace

        look = replace(look_of(app.stage.story, frame, unit, size, app.value), works=0, dark_ground=t.name == "graphite",
                       knowledge=0, age_h=0)  # fmt: skip
        picture = draw(look, app.map.sides)
        c.surface.blit(picture, (c.scale(12) - margin(size) + 2, c.scale(36) - margin(size) + 2))
        room = c.width - 84
        y = 44.0
        name = called(app.stage, unit, frame.minute)
        for line in wrap(name, c.scale.type(15.5), "semibold", round(room * c.scale.factor))[:2]:
            c.text(72, y, line, 15.5, "semibold")
            y += 19
        parents = self._parents(app, frame, unit)
        if parents:
            c.text(72, y, parents, 12, colour=t.second, room=room)
            y += 17
        leader = led_by(app.stage, unit, frame.minute) if frame.viewer in (TRUTH, u.side) else ""
        if leader:
            c.text(72, y, leader, 12, colour=t.second, room=room)
            y += 17
        where = place_name(app.stage.story, int(frame.hex[unit])) if known else "not on the map"
        text_hex = app.stage.story.theatre.grid.text(int(frame.hex[unit])) if known else ""
        c.text(72, y, f"{where}  {text_hex}", 12, colour=t.second, room=room)
        if known:
            c.spot(72, y - 9, room, 18, ("centre",), "Show it on the map", name="card place", focusable=False)
        y = max(y + 20, 114 if u.headquarters else 104)  # below a headquarters' staff
        age = int(frame.age_min[unit])
        if age > 0 or (frame.viewer != TRUTH and u.side != frame.viewer):
            level = max(1, int(frame.level[unit]))
            seen = "in contact now" if age == 0 else f"seen {age // 60} h ago" if age >= 60 else f"seen {age} min ago"
            c.text(12, y, f"estimate, level {level} of 4 · {seen}", 12, "it", t.second)
            y += 19
        if frame.hollow[unit]:
            c.text(12, y, "interpolated between dated facts", 12, "it", t.second)
            y += 19
        if not app.why_asked or c.height >= ROOM_FOR_ALL:
            y = self._state(c, frame, unit, app.stage.story.units, y)
        y = self._order(c, app, frame, unit, y + 4)
        if not u.headquarters and known and app.can_explain(unit):
            whytree.draw(c, app, y + 2)

    def _parents(self, app: App, frame: Frame, unit: int) -> str:
        names, at = [], int(frame.parent[unit])
        while at >= 0 and len(names) < 3:
            names.append(called(app.stage, at, frame.minute))
            at = int(frame.parent[at])
        return " · ".join(names)

    def _state(self, c: Canvas, frame: Frame, unit: int, units: Sequence[Unit], y: float) -> float:
        u = units[unit]
        if u.headquarters:
            below = _below(frame, unit, [not one.headquarters for one in units])
            men = int(np.maximum(frame.men[below], 0).sum())
            rows = [("Under it", f"{len(below)} formations", None), ("Men", number(men), None)]
        else:
            men, afv = int(frame.men[unit]), int(frame.afv[unit])
            shop = int(frame.afv_shop[unit])
            rows = []
            if men >= 0:
                rows.append(("Men", f"{number(men)} of {number(u.men_full)}", men / max(1, u.men_full)))
            if afv > 0 or shop > 0:
                words = f"{afv} ready" + (f", {shop} in repair" if shop > 0 else "")
                rows.append(("Tanks, guns on tracks", words, afv / max(1, afv + max(0, shop))))
            if frame.guns[unit] > 0:
                rows.append(("Guns", number(int(frame.guns[unit])), None))
            for label, column in (("Readiness", frame.readiness), ("Cohesion", frame.cohesion)):
                if column[unit] >= 0:
                    rows.append((label, f"{int(column[unit]) // 10} %", int(column[unit]) / 1000))
            for label, column, full in (("Ammunition", frame.ammo, 40), ("Fuel", frame.fuel, 20), ("Food", frame.food, 40)):
                days = int(column[unit])
                if days < 0 or (label == "Fuel" and days > 900):
                    continue
                words = f"{days / 10:.1f} days" if label != "Fuel" else f"{days / 10:.1f} fills"
                rows.append((label, words, days / full))
            if frame.works[unit] > 0:
                words = ("", "hasty trench", "prepared", "with mines", "fortified")[min(4, int(frame.works[unit]))]
                rows.append(("Dug in", words, int(frame.works[unit]) / 4))
        for label, words, share in rows:
            c.text(12, y, label if len(label) < 14 else "Tanks ready", 12.5, colour=c.theme.second)
            if share is not None:
                weak = label in ("Ammunition", "Fuel", "Food") and share < 0.35
                c.bar(96, y - 5, 80, 9, share, c.theme.accent if weak else None)
            c.text(186, y, words, 12.5, room=c.width - 192)
            if label in ("Ammunition", "Fuel", "Food") and share is not None and share < 0.35:
                at = (round((c.width - 16) * c.scale.factor), round(y * c.scale.factor))
                supply_badge(c.surface, at, c.scale(5), LOW if share > 0.12 else 2)
            y += 20
        return y

    def _order(self, c: Canvas, app: App, frame: Frame, unit: int, y: float) -> float:
        t = c.theme
        c.line(12, y - 6, c.width - 12, y - 6)
        y += 6
        task, stage, posture = int(frame.task[unit]), int(frame.stage[unit]), int(frame.posture[unit])
        if task >= 0 and not app.stage.story.units[unit].headquarters:
            goal = int(frame.target[unit]) if frame.target[unit] >= 0 else int(frame.goal[unit])
            words = TASKS[task].capitalize() + (f" {place_name(app.stage.story, goal)}" if goal >= 0 else "")
            c.text(12, y, words, 13, "semibold", room=c.width - 24)
            y += 18
            detail = [STAGES[stage]] if 0 <= stage < len(STAGES) else []
            if 0 <= posture < len(POSTURES):
                detail.append(POSTURES[posture])
            if frame.leg_to[unit] >= 0 and frame.leg_at[unit] < 1 << 39:
                when = app.stage.story.moment(int(frame.leg_at[unit]))
                detail.append(f"next hex {when.day} {when:%b %H:%M}")
            if int(frame.hex[unit]) in frame.fortress:
                detail.append("garrison of a fortress: stands fast")
            c.text(12, y, " · ".join(detail), 12, colour=t.second, room=c.width - 24)
            y += 18
        if app.stage.story.units[unit].headquarters and app.stage.mode != "history":
            y = self._directives(c, app, frame, unit, y)
        y = self._because(c, app, frame, unit, y)
        for mark in frame.orders:
            if mark.unit == unit and not mark.in_force:
                when = app.stage.story.moment(mark.arrives_at)
                goal = f" {place_name(app.stage.story, mark.goal)}" if mark.goal >= 0 else ""
                c.text(12, y, f"Order on its way: {mark.kind}{goal}", 12.5, "semibold", room=c.width - 24)
                c.text(12, y + 17, f"arrives {when.day} {when:%b %H:%M}", 12, colour=t.second)
                y += 36
        for draft in app.drafts:
            if draft.unit == unit:
                goal = f" {place_name(app.stage.story, draft.goal)}" if draft.goal >= 0 else ""
                said = wording(app, draft) if draft.points else f"{draft.kind.replace('_', ' ')}{goal}"
                for line in wrap(f"Draft: {said}", c.scale.type(12.5), "semibold", round((c.width - 24) * c.scale.factor))[:3]:
                    c.text(12, y, line, 12.5, "semibold", t.accent)
                    y += 17
                y += 1
        return ordering.draw(c, app, unit, y)

    def _because(self, c: Canvas, app: App, frame: Frame, unit: int, y: float) -> float:
        """Why its staff told it what it was told last."""
        mine = [mark for mark in frame.orders if mark.unit == unit]
        if not mine or mine[-1].by_human:
            return y
        words = order_reason(app.stage.story, mine[-1].why)
        for line in wrap(words, c.scale.type(12), "it", round((c.width - 24) * c.scale.factor))[:3]:
            c.text(12, y, line, 12, "it", c.theme.second)
            y += 16
        return y + 2 * bool(words)

    def _directives(self, c: Canvas, app: App, frame: Frame, unit: int, y: float) -> float:
        """What the headquarters has been told, and what comes next."""
        story, mine = app.stage.story, [mark for mark in frame.directives if mark.unit == unit]
        if not mine and unit < len(story.units) and frame.viewer in (TRUTH, story.units[unit].side):
            led = ": led by the one above" if int(frame.parent[unit]) >= 0 else " at this moment"
            c.text(12, y, f"No directive of its own{led}.", 12, colour=c.theme.second, room=c.width - 24)
            return y + 18
        for mark in mine[:SHOWN]:
            if y > c.height - 40:
                break
            named = mark.title.replace("_", " ") or mark.kind.capitalize()
            for line in wrap(named, c.scale.type(13), "semibold", round((c.width - 24) * c.scale.factor))[:2]:
                c.text(12, y, line, 13, "semibold", c.theme.text if mark.begun else c.theme.second)
                y += 17
            begin, end = story.moment(mark.start_at), min(mark.end_at, story.end_min)
            until = f"until {story.moment(end):%d %b}".replace(" 0", " ") if mark.end_at < story.end_min else ""
            since = "" if mark.begun else f"from {begin.day} {begin:%b}"
            words = " · ".join(filter(None, (mark.kind, since, until, mark.permission)))
            c.text(12, y, words, 12, colour=c.theme.second, room=c.width - 24)
            y += 16
            way = " – ".join(dict.fromkeys(place_name(story, cell) for cell in mark.axis))
            for line in wrap(way, c.scale.type(12), "regular", round((c.width - 24) * c.scale.factor))[:2]:
                c.text(12, y, line, 12, colour=c.theme.second)
                y += 16
            y += 6
        return y


def _below(frame: Frame, hq: int, formations: Sequence[bool]) -> Any:
    """Formations on the map that a headquarters leads, at whatever remove."""
    at, found = frame.parent.copy(), np.zeros(len(frame.parent), bool)
    while (at >= 0).any():
        found |= at == hq
        at = np.where(at >= 0, frame.parent[at], -1)
    return np.flatnonzero(found & (frame.hex >= 0) & np.array(formations))


SHOWN = 4
"""So many directives of a headquarters stand on its card."""
__all__ = ["GRAPHITE", "CardPanel"]
