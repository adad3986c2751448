"""The window: one stage, one map, the panels round it, and the loop that keeps them in step.

The screen keeps no state of the war: it shows the stage's frame for the minute it is at. Everything that takes long
goes on behind (the stage's worker, the chunk cache), so that no frame waits.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from ui.map import actions, dialogs, inputs, marking, over, settings
from ui.map.actions import files
from ui.map.actions.inspecting import follow
from ui.map.keys import KeyMap
from ui.map.kit import Action, Canvas, Spot, find_spot
from ui.map.layout import Layout, lay_out
from ui.map.mapview import MapView, Marked
from ui.map.opening import most_to_see
from ui.map.overlays import CONTROL, DEFAULT
from ui.map.panels import oddscard, rail
from ui.map.panels.card import CardPanel
from ui.map.panels.messages import Messages
from ui.map.panels.minimap import Minimap
from ui.map.panels.timeline import Timeline
from ui.map.panels.topbar import TopBar
from ui.map.panels.tree import OrderOfBattle
from ui.map.scene import TRUTH, Draft, Frame, Odds, Reach, Stage, Way, Why
from ui.map.settings import Settings
from ui.theme.palette import PANELS
from ui.theme.scale import Scale

FPS = 60
TOAST_S = 4.0
HOVER_S = 0.6
LEAST_AHEAD_MIN = 6 * 60
"""So far ahead the drawing of the map comes before the working ahead."""
LOOK_AHEAD_MIN = 12 * 60
"""A replay works this far ahead of the moment shown."""
LOOKED_AT = 0.85
"""Share of the map's rectangle that counts for what is in view at the start."""


class App:
    """The map window on a stage. `surface` is given by tests that want no display."""

    def __init__(self, stage: Stage, size: tuple[int, int] = (1600, 900), *, options: Settings | None = None,
                 surface: pygame.Surface | None = None) -> None:  # fmt: skip
        _init_pygame()
        self.stage = stage
        self.options = (options or Settings()).checked()
        self.surface = surface or pygame.display.set_mode(size, pygame.RESIZABLE)
        pygame.display.set_caption(f"Deep Battle – {stage.story.title}")
        self.keys = KeyMap(settings.home() / "keys.toml")
        self.scale = Scale(self.options.scale)
        self.theme = PANELS[self.options.theme]
        # Time.
        self.minute = 0.0
        self.playing = False
        self.arriving = stage.resume_at if stage.mode == "play" else 0
        """Minute at which a loaded game stands, while its log is read."""
        self.speed = 360
        """Minutes of the campaign for each second."""
        self.bookmarks: tuple[tuple[int, str], ...] = ()
        # What is looked at.
        self.viewer = stage.side if stage.side != TRUTH else stage.viewers[-1] if TRUTH not in stage.viewers else TRUTH
        self.selected, self.selected_hex = -1, -1
        self.overlays = DEFAULT
        self.value = self.options.value
        self.drafts: tuple[Draft, ...] = ()
        self.undone: list[tuple[Draft, ...]] = []
        self.done: list[tuple[Draft, ...]] = []
        self.aiming = ""
        """Kind of order whose goal is being chosen."""
        self.drawing = ""
        """Kind of directive that is being drawn for the selected headquarters, and its places so far."""
        self.points: tuple[int, ...] = ()
        self.why_asked = ""
        """What terms are shown or waited for: power, march, battle."""
        self.why_now: Why | None = None
        self.reach_now: Reach | None = None
        self.odds_for: tuple[tuple[int, ...], int] | None = None
        """Attackers and target whose odds are wanted."""
        self.odds_now: Odds | None = None
        self.odds_open = False
        self._waiting = False
        self.marked = Marked()
        self.way_for: tuple[object, ...] = ()
        self.way_now: Way | None = None
        # Interface.
        self.show_left = self.show_right = self.show_timeline = True
        self.drawer, self.dialog = "", ""
        self.menu_open = False
        self.dialog_top = 0
        """First line shown of an open dialog that scrolls."""
        self.typed = ""
        """Text of an open dialog's entry."""
        self.files: list[Path] = []
        self.toasts: list[tuple[float, str, bool]] = []
        self.pointer = (-1, -1)
        self.pointer_since = 0.0
        self.hover_action: Action | None = None
        self.focus_action: Action | None = None
        self.pressed_action: Action | None = None
        self.keyboard_cursor = False
        self.drag = inputs.Drag()
        self.quit = False
        self.opening: files.Opening | None = None
        self.replacement: Stage | None = None
        self.tree_version = self.card_version = 0
        self.frames_drawn = 0
        self._dirty = True
        self._last = time.perf_counter()
        self.map = MapView(stage.story, self.scale, self.options.sides)
        self.tree = OrderOfBattle(stage.story)
        if stage.side != TRUTH:
            self.tree.side = stage.side
        self.timeline = Timeline(stage.story.end_min)
        self.card = CardPanel()
        self.panels: dict[str, Any] = {"bar": TopBar(), "tree": self.tree, "minimap": Minimap(), "card": self.card,
                                       "messages": Messages(), "timeline": self.timeline}  # fmt: skip
        self._tall_card = False
        self._kept: dict[str, tuple[tuple[Any, ...], pygame.Surface, list[Spot]]] = {}
        self._extra_spots: list[Spot] = []
        self.frame_now: Frame = stage.frame(0, self.viewer)
        self.minute = float(min(max(0, stage.ready_to if stage.mode == "play" else 0), stage.story.end_min))
        self.layout: Layout
        self.relayout()
        self._look_at_start()
        self.refresh_frame()
        for fault in self.keys.faults:
            self.toast(fault, fault=True)

    # Size, scale, colours.

    def relayout(self) -> None:
        """The window's size or what is shown has changed."""
        self.layout = lay_out(self.surface.get_size(), self.scale, left=self.show_left, right=self.show_right,
                              timeline=self.show_timeline, drawer=self.drawer, tall_card=self._tall_card)  # fmt: skip
        self.map.resize(self.layout.map)
        self._kept.clear()
        self.touch()

    def restyle(self, options: Settings) -> None:
        """Other settings: everything is drawn again at once."""
        options = options.checked()
        if options.scale != self.options.scale:
            self.scale = Scale(options.scale)
            self.map.set_scale(self.scale)
        if options.sides != self.options.sides:
            self.map.set_sides(options.sides)
        self.options, self.theme, self.value = options, PANELS[options.theme], options.value
        self.relayout()

    def resize(self, size: tuple[int, int]) -> None:
        """The window was resized."""
        self.surface = pygame.display.get_surface() or self.surface
        if self.surface.get_size() != size:
            self.surface = pygame.display.set_mode(size, pygame.RESIZABLE)
        self.relayout()

    def touch(self) -> None:
        """Something changed: draw again."""
        self._dirty = True

    def _look_at_start(self) -> None:
        """Begin where the sides face each other most, with as many objectives in view as may be."""
        story, camera = self.stage.story, self.map.camera
        half = np.array([camera.width, camera.height]) / camera.pitch * story.theatre.grid.spacing_m / 2
        found = most_to_see(story, self.frame_now, half * LOOKED_AT)
        if found is not None:
            camera.centre_on(*found)

    # Time.

    @property
    def mode_words(self) -> str:
        """The word beside the title."""
        if self.stage.mode == "play":
            return f"you command: {self.stage.story.side_names[self.stage.side]}"
        return {"history": "the record"}.get(self.stage.mode, self.stage.mode)

    def set_minute(self, minute: float) -> None:
        """Move to a moment; what has not been worked out yet is waited for."""
        self.minute = min(max(minute, 0.0), float(self.stage.last_minute))
        self.touch()
        self.refresh_frame()

    def refresh_frame(self) -> None:
        """Take the frame of the present moment."""
        frame = self.stage.frame(self.minute, self.viewer)
        if frame is not self.frame_now or self.map.frame is None:
            self.frame_now = frame
            self.map.set_frame(frame)
            self.why_now = None
            self.card_version += 1
            self.touch()

    def can_continue(self) -> bool:
        """Whether one may take over from the present moment."""
        return self.stage.mode == "play" and self.minute < self.stage.ready_to

    def commands(self, unit: int) -> bool:
        """Whether the human may give this unit orders now."""
        return self._may_tell(unit) and not self.stage.story.units[unit].headquarters and int(self.frame_now.hex[unit]) >= 0

    def _may_tell(self, unit: int) -> bool:
        """Whether a unit, formation or headquarters, is the human's."""
        units, may = self.stage.story.units, getattr(self.stage, "may_command", None)
        mine = self.stage.mode == "play" and 0 <= unit < len(units) and units[unit].side == self.stage.side
        return mine and (may is None or bool(may(unit)))

    def directs(self, unit: int) -> bool:
        """Whether the human may give this headquarters a directive now."""
        return self._may_tell(unit) and self.stage.story.units[unit].headquarters

    def put(self, draft: Draft) -> None:
        """Put a draft down, in place of one of its kind for the same unit."""
        self.done.append(self.drafts)
        self.undone.clear()
        self.drafts = (*(d for d in self.drafts if d.unit != draft.unit or d.decree != draft.decree), draft)

    def can_explain(self, unit: int) -> bool:
        """Whether terms may be shown: own formations, or any in the truth."""
        if self.stage.mode == "history":
            return False
        return self.viewer == TRUTH or self.stage.story.units[unit].side == self.viewer

    def _arrive(self) -> None:
        """A loaded game goes through its log to where it stood."""
        if self.stage.ready_to >= self.arriving or self.stage.progress.fault:
            self.arriving = 0
        self.set_minute(self.stage.ready_to)

    def advance_clock(self, seconds: float) -> None:
        """Let time pass while playing."""
        stage, end = self.stage, self.stage.last_minute
        if self.arriving and not self.playing:
            self._arrive()
        stage.yielding = not self.map.idle and stage.ready_to > self.minute + LEAST_AHEAD_MIN
        if not self.playing:
            if stage.mode != "play" and not stage.progress.running and stage.ready_to < end:
                stage.run_to(end)  # a replay or a record is made ready while one looks
            return
        wanted = min(self.minute + self.speed * seconds, float(end))
        ahead = 60 if stage.mode == "play" else LOOK_AHEAD_MIN
        if stage.ready_to < min(wanted + ahead, end):
            stage.run_to(min(int(wanted) + ahead, end) if stage.mode == "play" else end)
        before = self.minute
        self.minute = min(wanted, float(max(stage.ready_to, 0)))
        if self.minute >= end or (stage.verdict is not None and self.minute >= stage.ready_to):
            self.playing = False
            if stage.verdict is not None:
                self.toast(f"The campaign is over. Press {self.keys.hint('briefing')} to see who won.")
        if self.minute != before:
            self.refresh_frame()
            self.touch()

    # Frames.

    def frame(self, seconds: float | None = None) -> bool:
        """One turn of the loop: time, background work, drawing. True if the window was drawn."""
        now = time.perf_counter()
        passed = min(now - self._last, 0.1) if seconds is None else seconds
        self._last = now
        before = self.minute
        self.advance_clock(passed)
        self.refresh_frame()
        self._follow_progress()
        follow(self)
        files.follow(self)
        if self._waiting and not self.stage.pending():
            self.touch()  # an answer has come
        self._waiting = self.stage.pending()
        inputs.keys_held(self, passed)
        if self.map.work():
            self.touch()
        if not self.map.idle:
            self.touch()
        if self.toasts and self.toasts[0][0] < now:
            self.toasts = [t for t in self.toasts if t[0] >= now]
            self.touch()
        if self.pointer_since and now - self.pointer_since > HOVER_S:
            self.pointer_since = 0.0
            self.touch()
        if not self._dirty and self.minute == before:
            return False
        self._dirty = False
        self.draw()
        return True

    def _follow_progress(self) -> None:
        p = self.stage.progress
        mark = (p.running, p.label, p.done, self.stage.ready_to)
        if mark != getattr(self, "_progress_mark", None):
            self._progress_mark = mark
            self.touch()
        if p.fault:
            self.toast(p.fault, fault=True)
            p.fault = ""
            self.playing = False

    def draw(self) -> None:
        """Draw the window."""
        self.frames_drawn += 1
        tall = bool(self.why_asked or self.drafts or self.drawing)  # terms, or drafts with the button that gives them
        if self._tall_card != tall:
            self._tall_card = tall
            self.relayout()
            self._dirty = False
        tinted = CONTROL in self.overlays
        if tinted != self.map.ground.tinted:
            self.map.ground.restyle(self.map.sides, tinted=tinted)
        if self.layout.too_small:
            over.draw_too_small(self)
            return
        marking.mark(self)
        self.map.draw(self.surface, self.minute, self.marked)
        for name in ("timeline", "card", "messages", "tree", "minimap", "bar"):
            rect = getattr(self.layout, name)
            if rect is not None:
                self._draw_panel(name, rect)
        self._extra_spots = []
        if self.layout.rail is not None:
            rail.draw(self, self.layout.rail)
        oddscard.draw(self)
        dialogs.draw(self)
        over.draw_toasts(self)
        over.draw_tip(self)

    def _draw_panel(self, name: str, rect: pygame.Rect) -> None:
        panel = self.panels[name]
        inside = lambda a: a if a is not None and any(s.action == a for s in self._spots_of(name)) else None  # noqa: E731
        lit = (inside(self.hover_action), inside(self.focus_action), inside(self.pressed_action))
        signature = (*panel.signature(self), lit, rect.size, self.theme.name, self.scale.percent, self.map.sides.name)
        kept = self._kept.get(name)
        if kept is None or kept[0] != signature:
            picture = kept[1] if kept is not None and kept[1].get_size() == rect.size else pygame.Surface(rect.size)
            canvas = Canvas(picture, self.scale, self.theme, rect.topleft, *lit)
            panel.draw(canvas, self)
            self._kept[name] = kept = (signature, picture, canvas.spots)
        self.surface.blit(kept[1], rect)
        if name in self.layout.drawers:
            pygame.draw.rect(self.surface, self.theme.line, rect, 1)

    def _spots_of(self, name: str) -> list[Spot]:
        kept = self._kept.get(name)
        return kept[2] if kept is not None else []

    # Spots.

    @property
    def spots(self) -> list[Spot]:
        """Everything that can be clicked now, bottom to top; under an open dialog only the dialog's."""
        if self.dialog:
            return list(self._extra_spots)
        out: list[Spot] = []
        for name in ("timeline", "card", "messages", "tree", "minimap", "bar"):
            if getattr(self.layout, name) is not None:
                out += self._spots_of(name)
        return out + self._extra_spots

    def spot_at(self, position: tuple[int, int]) -> Spot | None:
        """What a click there would do."""
        return find_spot(self.spots, position)

    def spot(self, label: str) -> Spot:
        """A spot by its name (tests, guided tours); LookupError if it is not on the screen."""
        for spot in self.spots:
            if spot.label == label:
                return spot
        raise LookupError(f"no control {label!r}; there are {', '.join(sorted({s.label for s in self.spots}))}")

    def add_spots(self, spots: list[Spot]) -> None:
        """Spots of a dialog that has just been drawn."""
        self._extra_spots += spots

    def clear_spots(self) -> None:
        """A dialog covers everything else."""
        self._extra_spots = []

    # Doing things.

    def do(self, *action: object) -> None:
        """Carry out an action: what buttons, keys and the mouse end in."""
        actions.perform(self, action)
        self.touch()

    def process(self, event: pygame.event.Event) -> None:
        """Take one event."""
        inputs.process(self, event)

    def toast(self, words: str, *, fault: bool = False) -> None:
        """A line over the map for some seconds."""
        self.toasts = [t for t in self.toasts if t[1] != words][-3:]
        self.toasts.append((time.perf_counter() + TOAST_S * (2 if fault else 1), words, fault))
        self.touch()

    def set_options(self, **changes: Any) -> None:
        """Change settings and keep them."""
        self.restyle(replace(self.options, **changes))
        problem = settings.store(self.options)
        if problem:
            self.toast(problem, fault=True)

    # Pictures and the loop.

    def finish(self) -> None:
        """Make everything ready for the present view (first picture, tests)."""
        self.refresh_frame()
        self.map.set_frame(self.frame_now)
        self.map._place_symbols(self.frame_now, self.minute, self.marked)
        self.map.finish()

    def run(self) -> Stage | None:
        """Show the window until it is closed; returns a stage to go on with (a game that was loaded), or None."""
        clock = pygame.time.Clock()
        pygame.key.set_repeat(300, 60)
        while not self.quit:
            for event in pygame.event.get():
                self.process(event)
            if self.frame():
                pygame.display.flip()
                clock.tick(FPS)
            else:
                pygame.time.wait(12)
        self.stage.close()
        return self.replacement


def _init_pygame() -> None:
    if not pygame.display.get_init():
        pygame.display.init()
    if not pygame.font.get_init():
        pygame.font.init()
