"""The timeline: transport, dates with nights, and lanes of history, events, losses and course. Dragging scrubs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pygame

from ui.map.kit import Canvas
from ui.map.panels import signs
from ui.theme.palette import mix

if TYPE_CHECKING:
    from ui.map.app import App

LEFT = 74
TRANSPORT = 36
AXIS = 16
LANE = 15
STEPS = (1, 2, 5, 10, 30)
"""Days from one date to the next, by the room there is."""
SPEEDS = ((60, "1 h/s"), (360, "6 h/s"), (1440, "1 day/s"))


SLOT = 14
"""Room of a mark of events in logical pixels; what falls into one is one mark with a dot."""
BAR = 5
"""Least width of a bar of losses in logical pixels: steps of 6 h are added up until there is room."""


class Timeline:
    """The span shown, and where things lie on it."""

    name = "timeline"

    def __init__(self, end: int) -> None:
        self.start, self.stop, self.end = 0.0, float(end), end
        self.losses_high = float(LANE)
        """Height of the lane of losses: what the others leave it."""

    def signature(self, app: App) -> tuple[Any, ...]:
        return (round(app.minute, 1), app.playing, app.speed, self.start, self.stop, app.stage.ready_to,
                len(app.stage.messages(app.viewer)), app.bookmarks, app.viewer, app.stage.progress.label,
                app.stage.progress.done)  # fmt: skip

    def x_of(self, c: Canvas, minute: float) -> float:
        """Logical position of a minute."""
        return LEFT + (minute - self.start) / (self.stop - self.start) * (c.width - LEFT - 14)

    def minute_at(self, app: App, rect: pygame.Rect, x: int) -> float:
        """The minute under a window position."""
        left, width = app.scale(LEFT), rect.width - app.scale(LEFT + 14)
        share = (x - rect.x - left) / max(1, width)
        return self.start + min(max(share, 0.0), 1.0) * (self.stop - self.start)

    def zoom(self, factor: float, about: float) -> None:
        """Stretch the axis about a minute."""
        span = min(max((self.stop - self.start) * factor, 720.0), float(self.end))
        share = (about - self.start) / (self.stop - self.start)
        self.start = min(max(about - share * span, 0.0), self.end - span)
        self.stop = self.start + span

    def draw(self, c: Canvas, app: App) -> None:
        t = c.theme
        c.fill(0, 0, c.width, c.height, t.panel)
        c.line(0, 0.5, c.width, 0.5)
        self._transport(c, app)
        top = TRANSPORT
        c.fill(LEFT, top + AXIS, c.width - LEFT - 14, c.height - top - AXIS - 6, t.bar_ground)
        self._days(c, app, top)
        c.spot(LEFT - 8, top, c.width - LEFT, c.height - top, ("scrub",), "Drag to move in time", name="scrub", drag=True)
        y = top + AXIS + 2.0
        self.losses_high = LANE + max(0.0, min(14.0, c.height - y - 4 * LANE - 2))
        for words, lane, high in (("history", self._history, LANE), ("events", self._events, LANE),
                                  ("losses", self._losses, self.losses_high), ("course", self._course, LANE)):  # fmt: skip
            if y + high > c.height:
                break
            c.text(LEFT - 10, y + high / 2, words, 12, colour=t.second, align="right")
            lane(c, app, y + high / 2)
            y += high
        self._bookmarks(c, app, top)
        self._playhead(c, app, top)

    def _transport(self, c: Canvas, app: App) -> None:
        t, x = c.theme, 12.0
        for name, action, key in (("first", ("first",), "first"), ("back", ("step", -1), "step_back"),
                                  ("pause" if app.playing else "play", ("play",), "play"),
                                  ("forward", ("step", 1), "step_forward"), ("last", ("last",), "last")):  # fmt: skip
            active = name == "pause"
            c.button(x, 6, 28, 24, "", action, primary=active, name=key,
                     tip=f"{key.replace('_', ' ')}  {app.keys.hint(key)}")  # fmt: skip
            signs.transport(c, name, x + 14, 18, t.on_accent if active else t.text)
            x += 34
        x += 8
        for speed, words in SPEEDS:
            width = c.text_width(words, 12.5, "semibold") + 18
            c.button(x, 6, width, 24, words, ("speed", speed), on=app.speed == speed, name=f"speed {speed}")
            x += width + 5
        width = c.text_width("next event", 12.5) + 20
        c.button(x, 6, width, 24, "next event", ("next event",), tip=app.keys.hint("next_event"), name="next event")
        x += width + 16
        right = c.width - 14
        for words, action, key, primary in (("Continue here", ("continue",), "continue_here", True),
                                            ("Bookmark", ("bookmark",), "bookmark", False)):  # fmt: skip
            if action == ("continue",) and not app.can_continue():
                continue
            width = c.text_width(f"{words}  {app.keys.hint(key)}", 12.5, "semibold") + 20
            if right - width < x:
                break
            c.button(right - width, 6, width, 24, words, action, primary=primary, key=app.keys.hint(key))
            right -= width + 6
        p = app.stage.progress
        if p.running and p.wanted and right - x > 200:
            self._progress(c, app, x, right - x - 10)

    def _progress(self, c: Canvas, app: App, x: float, room: float) -> None:
        p = app.stage.progress
        room = min(room, 340)
        c.text(x, 18, p.label, 12, colour=c.theme.second, room=120)
        c.bar(x + 124, 14, room - 124 - 62, 8, p.done / max(1, p.wanted), c.theme.accent, marks=0)
        c.button(x + room - 56, 7, 54, 22, "Stop", ("stop",), size=12, tip="What is done stays")

    def _days(self, c: Canvas, app: App, top: float) -> None:
        t, story = c.theme, app.stage.story
        right = c.width - 14
        clip = c.surface.get_clip()
        c.surface.set_clip(c.px(LEFT, top, right - LEFT, c.height - top))
        shade = mix(t.bar_ground, t.panel, 0.55)
        for day in range(int(self.start // 1440), int(self.stop // 1440) + 1):
            light = story.light_of(day * 1440)
            x0, x1 = self.x_of(c, day * 1440 + light.sunrise), self.x_of(c, day * 1440 + light.sunset)
            c.fill(x0, top + AXIS, x1 - x0, c.height - top - AXIS - 6, shade)
            c.line(self.x_of(c, day * 1440), top + AXIS - 4, self.x_of(c, day * 1440), c.height - 6, t.line)
        for middle, words in self._dates(c, app, right):
            c.text(middle, top + AXIS / 2, words, 12, colour=t.second, align="centre")
        c.surface.set_clip(clip)

    def _dates(self, c: Canvas, app: App, right: float) -> list[tuple[float, str]]:
        """Where dates stand and what they say: the first day, each month's first and the last with their month,
        the others as regularly as there is room."""
        story = app.stage.story
        a_day = self.x_of(c, 1440) - self.x_of(c, 0)
        room = c.text_width("30", 12) + 8
        step = next((s for s in STEPS if a_day * s >= room), STEPS[-1])
        days = range(int(self.start // 1440), min(int(self.stop // 1440) + 1, story.end_min // 1440))
        dated = [(day, story.moment(day * 1440)) for day in days]
        ends = {days.start, days.stop - 1}
        heads = [(day, f"{m.day} {m:%b}") for day, m in dated if day in ends or m.day == 1]
        heads.sort(key=lambda head: head[0] in ends and head[0] != days.start)  # the last day yields
        others = [(day, str(m.day)) for day, m in dated if step == 1 or m.day % step == 0]
        taken: list[tuple[float, float]] = []
        out = []
        for day, words in [*heads, *others]:
            half = c.text_width(words, 12) / 2
            middle = min(max(self.x_of(c, day * 1440 + 720), LEFT + half), right - half)
            if all(abs(middle - at) >= half + wide + 6 for at, wide in taken):
                taken.append((middle, half))
                out.append((middle, words))
        return out

    def _history(self, c: Canvas, app: App, y: float) -> None:
        t, last = c.theme, -100.0
        right = c.width - 14
        for fact in app.stage.story.facts:
            if fact.stop - fact.start > 3 * 1440:
                continue  # facts that hold throughout say little about when
            x0, x1 = self.x_of(c, fact.start), self.x_of(c, fact.stop)
            middle = (x0 + x1) / 2
            if middle < LEFT or middle > right or middle - last < 5:
                continue
            last = middle
            if fact.stop - fact.start > 1440:
                x0, x1 = max(LEFT, x0) + 1, min(right, x1) - 1
                c.polygon([(x0, y - 1.5), (x1, y - 1.5), (x1, y + 1.5), (x0, y + 1.5)], t.faint, width=1)
            points = [(middle, y - 5.5), (middle + 5.5, y), (middle, y + 5.5), (middle - 5.5, y)]
            c.polygon(points, t.bar_ground)
            if fact.doubtful:
                c.polygon(points, t.text, width=1.3)
            else:
                c.polygon(points, t.text)
            c.spot(middle - 6, y - 7, 12, 14, ("fact", fact.start, fact.hex), f"{fact.title}\n{fact.detail}",
                   name=f"fact {fact.start}", focusable=False)  # fmt: skip

    def _events(self, c: Canvas, app: App, y: float) -> None:
        slots: dict[int, list[Any]] = {}
        for m in app.stage.messages(app.viewer):
            if m.kind in ("fight", "place", "supply", "naval") and self.start <= m.minute <= self.stop:
                slots.setdefault(int(self.x_of(c, m.minute) // SLOT), []).append(m)
        rank = {"place": 0, "naval": 1, "supply": 2, "fight": 3}
        for slot, found in slots.items():
            best = min(found, key=lambda m: (not m.strong, rank.get(m.kind, 4)))
            x = (slot + 0.5) * SLOT
            clip = c.surface.get_clip()
            signs.message(c, best.kind, x, y, None)
            c.surface.set_clip(clip)
            if len(found) > 1:
                c.fill(x + 5, y + 4, 2, 2, c.theme.text)
            words = best.headline + (f"\nand {len(found) - 1} more" if len(found) > 1 else "")
            c.spot(x - SLOT / 2, y - 7, SLOT, 14, ("event", best.minute, best.hex), words, focusable=False,
                   name=f"event {best.minute}")  # fmt: skip

    def _losses(self, c: Canvas, app: App, y: float) -> None:
        starts, axis, soviet = app.stage.losses()
        fold = max(1, -(-BAR // max(0.1, self.x_of(c, self.start + 360) - self.x_of(c, self.start))))
        starts, axis, soviet = _folded(starts, axis, soviet, int(fold))
        top = max(1, int(max(axis.max(initial=0), soviet.max(initial=0))))
        half, t = self.losses_high / 2 - 1, c.theme
        for start, a, s in zip(starts.tolist(), axis.tolist(), soviet.tolist(), strict=True):
            if not self.start <= start < self.stop:
                continue
            x0 = self.x_of(c, start) + 0.5
            width = max(1.0, self.x_of(c, start + 360 * fold) - x0 - 1)
            if a > 0:
                c.fill(x0, y - half * a / top, width, half * a / top, t.axis_bar)
            if s > 0:
                c.hatched(x0, y, width, half * s / top, t.soviet_bar, t.soviet_stroke)

    def _course(self, c: Canvas, app: App, y: float) -> None:
        """What has been worked out: solid; what is to come: dashed."""
        t, story = c.theme, app.stage.story
        x0, ready = self.x_of(c, max(self.start, 0)), self.x_of(c, min(app.stage.ready_to, self.stop))
        if ready > x0:
            c.line(x0, y, ready, y, t.text, 3)
        step = 8.0
        x = max(ready, x0)
        stop = self.x_of(c, min(self.stop, story.end_min))
        while x < stop:
            c.line(x, y, min(x + 4, stop), y, t.faint, 1.6)
            x += step
        for minute in range(0, app.stage.ready_to + 1, 720):
            if self.start <= minute <= self.stop:
                at = self.x_of(c, minute)
                c.line(at, y - 3, at, y + 3, t.text, 1)

    def _bookmarks(self, c: Canvas, app: App, top: float) -> None:
        for minute, words in app.bookmarks:
            if self.start <= minute <= self.stop:
                x = self.x_of(c, minute)
                c.polygon([(x - 4, top + 1), (x + 4, top + 1), (x + 4, top + 13), (x, top + 9), (x - 4, top + 13)],
                          c.theme.accent)  # fmt: skip
                c.spot(x - 6, top, 12, 15, ("event", minute, -1), words, focusable=False, name=f"bookmark {minute}")

    def _playhead(self, c: Canvas, app: App, top: float) -> None:
        if not self.start <= app.minute <= self.stop:
            return
        t, x = c.theme, self.x_of(c, app.minute)
        c.line(x, top + AXIS - 2, x, c.height - 4, t.accent, 2)
        moment = app.stage.story.moment(app.minute)
        words = f"{moment.day} {moment:%b %H:%M}"
        width = c.text_width(words, 12.5, "semibold") + 14
        left = min(max(x - width / 2, LEFT), c.width - 14 - width)
        exact = app.minute <= app.stage.ready_to
        c.fill(left, top - 1, width, 19, t.accent if exact else t.panel, radius=3, border=t.accent)
        c.text(left + width / 2, top + 8.5, words, 12.5, "semibold", t.on_accent if exact else t.accent, align="centre")


def _folded(starts: Any, axis: Any, soviet: Any, fold: int) -> tuple[Any, Any, Any]:
    """Steps of losses added up, `fold` to a bar; a bar begins where its first step does."""
    at = np.arange(0, len(starts), fold)
    if fold == 1 or not len(at):
        return starts, axis, soviet
    return starts[at], np.add.reduceat(axis, at), np.add.reduceat(soviet, at)
