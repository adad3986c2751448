"""The log: filter by topic, newest first, a click goes to the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.map.kit import Canvas
from ui.map.panels import signs
from ui.map.scene import Message
from ui.theme.type import wrap

if TYPE_CHECKING:
    from ui.map.app import App

TOPICS = (("fight", "Combat"), ("move", "Move"), ("supply", "Supply"), ("staff", "Staff"), ("history", "History"))
_TOPIC = {"fight": "fight", "place": "fight", "move": "move", "supply": "supply", "people": "staff", "staff": "staff",
          "history": "history", "weather": "staff", "naval": "fight"}  # fmt: skip
LINES = 3
"""So many lines of a message's detail are shown; a tooltip has all."""


class Messages:
    """Which topics are shown, and how far the log is scrolled back."""

    name = "messages"

    def __init__(self) -> None:
        self.topics = {"fight", "supply", "history"}
        self.scroll = 0
        self._kept: tuple[tuple[Any, ...], list[Message]] = ((), [])

    def signature(self, app: App) -> tuple[Any, ...]:
        return (int(app.minute) // 15, len(app.stage.messages(app.viewer)), frozenset(self.topics), self.scroll, app.viewer)

    def shown(self, app: App) -> list[Message]:
        """Messages up to the moment shown, newest first, of the chosen topics."""
        log = app.stage.messages(app.viewer)
        key = (len(log), int(app.minute), frozenset(self.topics), app.viewer)
        if key != self._kept[0]:
            rows = [m for m in log if m.minute <= app.minute and _TOPIC.get(m.kind, "staff") in self.topics]
            self._kept = (key, rows[::-1])
        return self._kept[1]

    def draw(self, c: Canvas, app: App) -> None:
        t = c.theme
        c.fill(0, 0, c.width, c.height, t.panel)
        rows = self.shown(app)
        c.title("Messages", f"{len(rows)} shown")
        x = 8.0
        wanted = [c.text_width(words, 12, "semibold") + 14 for _, words in TOPICS]
        fitting = min(1.0, (c.width - 16 - 4 * len(TOPICS)) / sum(wanted))
        for (topic, words), room in zip(TOPICS, wanted, strict=True):
            width = room * fitting
            c.button(x, 31, width, 22, words, ("topic", topic), on=topic in self.topics, size=12, name=f"topic {topic}")
            x += width + 4
        y = 70.0
        if not rows:
            log = [m for m in app.stage.messages(app.viewer) if m.minute <= app.minute]
            c.text(14, y, f"No messages. {len(log)} hidden by the filter." if log else "Nothing has happened yet.", 12.5,
                   colour=t.second)  # fmt: skip
            if log:
                c.button(14, y + 14, 110, 24, "Clear filter", ("topics all",))
            return
        day = -1
        for message in rows[self.scroll :]:
            weight = "semibold" if message.strong else "regular"
            count = f"  ×{message.count}" if message.count > 1 else ""
            lines = wrap(message.headline + count, c.scale.type(12.5), weight, round((c.width - 124) * c.scale.factor))[:3]
            more = wrap(message.detail, c.scale.type(12), "regular", round((c.width - 84) * c.scale.factor))
            if len(more) > LINES:
                more = [*more[: LINES - 1], " ".join(more[LINES - 1 :])]  # the last one ends in an ellipsis
            if y + 16 * (len(lines) + len(more)) > c.height and y > 70:
                break
            moment = app.stage.story.moment(message.minute)
            if moment.toordinal() != day:
                if day != -1:
                    c.line(12, y - 12, c.width - 12, y - 12)
                day = moment.toordinal()
                c.text(c.width - 12, y, f"{moment.day} {moment:%b}", 12, colour=t.faint, align="right")
            signs.message(c, message.kind, 18, y)
            c.text(34, y, f"{moment:%H:%M}", 12.5, colour=t.second)
            top = y
            for line in lines:
                c.text(76, y, line, 12.5, weight, room=c.width - 84)
                y += 16
            for line in more:
                c.text(76, y, line, 12, colour=t.second, room=c.width - 84)
                y += 16
            if message.hex >= 0:
                c.spot(4, top - 10, c.width - 8, max(24, y - top + 2), ("go to hex", message.hex),
                       f"{message.headline}\n{message.detail}", name=f"message {message.minute}", focusable=False)  # fmt: skip
            y += 7
