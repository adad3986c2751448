"""The bar over everything: where and when we are, light and weather, overlays, whose view it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.map.kit import Canvas
from ui.map.overlays import OVERLAYS
from ui.map.panels import signs
from ui.map.scene import GROUNDS, SKIES, TRUTH
from ui.theme.palette import mix, rgb

if TYPE_CHECKING:
    from ui.map.app import App

HEIGHT = 40
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SEA = ("calm", "calm", "slight", "slight", "moderate", "rough", "rough", "high", "high", "high")


class TopBar:
    """Menu, scenario, date, light, weather, overlays, viewer."""

    name = "bar"

    def signature(self, app: App) -> tuple[Any, ...]:
        w = app.frame_now.weather
        return (int(app.minute) // 2, app.viewer, app.overlays, w, app.stage.mode, app.mode_words, app.menu_open)

    def draw(self, c: Canvas, app: App) -> None:
        t = c.theme
        c.fill(0, 0, c.width, c.height, t.background)
        c.line(0, c.height - 0.5, c.width, c.height - 0.5)
        signs.hamburger(c, 24, 20)
        c.spot(4, 2, 40, 36, ("menu",), "Menu: save, load, settings", name="menu")
        x = 48.0
        x += c.text(x, 20, app.stage.story.title, 14.5, "semibold", room=190) + 12
        x += c.text(x, 20, app.mode_words, 12, colour=t.second) + 34
        moment = app.stage.story.moment(app.minute)
        x = max(x, 248)
        date = f"{_DAYS[moment.weekday()]} {moment.day} {moment:%B %Y}"
        x += c.text(x, 20, date, 16, "semibold") + 10
        x += c.text(x, 20, f"{moment:%H:%M}", 16, "semibold", t.accent) + 22
        right = self._viewers(c, app)
        if c.width >= 1440:
            right = self._overlays(c, app, right)
        if right - x > 250:
            x = self._day(c, app, x) + 14
            light = app.stage.story.light_of(app.minute)
            if right - x > 130:
                x += c.text(x, 20, f"light {_clock(light.sunrise)}–{_clock(light.sunset)}", 12, colour=t.second) + 18
        self._weather(c, app, x, right - x - 12)

    def _day(self, c: Canvas, app: App, x: float) -> float:
        """A strip of 24 hours: night dark, twilight graded, a needle at the hour."""
        width, t = 150.0, c.theme
        light = app.stage.story.light_of(app.minute)
        day, night = rgb("#D9CFA8"), rgb("#39424B")
        steps = 75
        for k in range(steps):
            minute = (k + 0.5) / steps * 1440
            if minute < light.dawn or minute > light.dusk:
                share = 0.0
            elif minute < light.sunrise:
                share = (minute - light.dawn) / max(1, light.sunrise - light.dawn)
            elif minute > light.sunset:
                share = (light.dusk - minute) / max(1, light.dusk - light.sunset)
            else:
                share = 1.0
            c.fill(x + k * width / steps, 14, width / steps + 0.5, 12, mix(night, day, share))
        at = x + (int(app.minute) % 1440) / 1440 * width
        c.fill(at - 2, 11, 4, 18, t.background)
        c.fill(at - 1, 11, 2, 18, rgb("#FFFFFF") if t.name == "graphite" else t.text)
        return x + width

    def _weather(self, c: Canvas, app: App, x: float, room: float) -> None:
        w = app.frame_now.weather
        if w is None or room < 60:
            return
        signs.weather(c, w.sky, x + 11, 20)
        warm = "" if w.temp_c is None else f" {w.temp_c:.0f} °C"
        full = f"{SKIES[w.sky].capitalize()}{warm} · wind {w.wind} · ground {GROUNDS[w.ground]} · sea {_SEA[min(w.sea, 9)]}"
        short = f"{SKIES[w.sky].capitalize()}{warm} · {GROUNDS[w.ground]}"
        words = full if c.text_width(full, 12) < room - 28 else short
        c.text(x + 28, 20, words, 12, room=room - 28)

    def _overlays(self, c: Canvas, app: App, right: float) -> float:
        x = right - len(OVERLAYS) * 26 - 8
        for number, words in OVERLAYS.items():
            c.button(x + (number - 1) * 26, 8, 23, 24, str(number % 10), ("overlay", number), on=number in app.overlays,
                     tip=words, name=f"overlay {number}")  # fmt: skip
        width = c.text_width("Overlays", 12)
        c.text(x - 8 - width, 20, "Overlays", 12, colour=c.theme.second)
        return x - width - 20

    def _viewers(self, c: Canvas, app: App) -> float:
        """Buttons for the viewers that are allowed; the others are absent, not greyed."""
        names = {TRUTH: "Truth", 0: f"{app.stage.story.side_names[0]} view", 1: f"{app.stage.story.side_names[1]} view"}
        order = [v for v in (0, TRUTH, 1) if v in app.stage.viewers]
        if len(order) < 2:
            return c.width - 10
        widths = [c.text_width(names[v], 12.5, "semibold") + 26 for v in order]
        x = c.width - 10 - sum(widths)
        start = x
        for viewer, width in zip(order, widths, strict=True):
            c.button(x, 8, width - 2, 24, names[viewer], ("view", viewer), on=app.viewer == viewer,
                     tip="What this side knew" if viewer >= 0 else "What is really there", name=f"view {viewer}")  # fmt: skip
            x += width
        label = c.text_width("View as", 12)
        c.text(start - label - 8, 20, "View as", 12, colour=c.theme.second)
        return start - label - 22


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
