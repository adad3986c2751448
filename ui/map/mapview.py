"""The map's rectangle: cached ground below, then names, arrows, counters and selection, frame by frame.

Ground is static and cached; only marks change from one frame to the next. While a chunk is missing an older picture
is shown scaled, so the map never has a hole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pygame

from ui.map import overlays
from ui.map.camera import CLOSE, OPERATIONAL, STOPS, Camera, tier_of
from ui.map.edges import Edges
from ui.map.ground.chains import corners
from ui.map.ground.chunks import GroundMap
from ui.map.ground.relief import CHUNK, DRY, MUD, SNOW, Look
from ui.map.marks import arrows, regions
from ui.map.marks.counters import CounterCache
from ui.map.marks.labels import Blockers, Label, TownNames, river_names, water_names
from ui.map.marks.symbols import Symbol, card_size, places, push_apart, symbols
from ui.map.scene import Draft, Frame, Reach, Story
from ui.theme import palette
from ui.theme.palette import SIDE_SETS
from ui.theme.scale import Scale
from ui.theme.type import TEXT

WORK_S = 0.006
"""Seconds of a frame spent on chunks that are not ready."""


@dataclass
class Marked:
    """What the window marks on the map besides the war itself."""

    selected: int = -1
    selected_hex: int = -1
    hover: int = -1
    cursor: int = -1
    """Hex of the keyboard's cursor."""
    reach: Reach | None = None
    path: list[int] = field(default_factory=list)
    path_minutes: int = 0
    """March to the path's end, without the order's delay."""
    path_kind: str = ""
    refused: str = ""
    drafts: tuple[Draft, ...] = ()
    drawing: tuple[int, ...] = ()
    """Places of a directive that is being drawn, the one pointed at last."""
    drawn_line: bool = False
    """Whether they make a line rather than an axis."""
    overlays: frozenset[int] = frozenset({1, 2, 3})
    value: str = "strength"
    box: pygame.Rect | None = None


class MapView:
    """Draws the map of a story into a rectangle of the window."""

    def __init__(self, story: Story, scale: Scale, sides: str = "standard") -> None:
        self.story = story
        self.ground = GroundMap(story.theatre, story.window, SIDE_SETS[sides])
        self.camera = Camera(self.ground.frame, scale.factor)
        self.cards = CounterCache(SIDE_SETS[sides])
        self.rect = pygame.Rect(0, 0, 100, 100)
        self.frame: Frame | None = None
        self.symbols: list[Symbol] = []
        self.places: list[tuple[int, int]] = []
        """Screen position of each symbol's card, middle, as last drawn."""
        self.moving = False
        """A pan or zoom is under way: nothing costly is begun."""
        self._season = DRY
        self._planned_for: tuple[object, ...] = ()
        self._apart: list[tuple[int, int]] = []
        self.line_names: dict[tuple[object, ...], pygame.Rect] = {}
        """Places of names beside lines in map pixels; they stay while they are in view."""
        self.rail_cells: list[npt.NDArray[np.int64]] | None = None
        """For each railway curve the hexes its points belong to, once they were asked for."""
        self.still = False
        """The view will not be moved: names have to lie inside it."""
        self._regions: tuple[tuple[object, ...], list[tuple[pygame.Surface, pygame.Rect]]] = ((), [])
        self._names: _Names | None = None
        self._naming: Iterator[None] | None = None
        self._zoomed_from: tuple[pygame.Surface, tuple[float, float, float]] | None = None
        self.edges = Edges(self)
        self._centres: list[list[float]] = story.theatre.grid.centres_m.tolist()
        self._around = corners(story.theatre.grid)
        self.set_scale(scale)

    def set_scale(self, scale: Scale) -> None:
        """Another interface scale: type, lines and cards are made again."""
        self.scale = scale
        self.camera.factor = scale.factor
        raised = [o.hex for o in self.story.objectives]
        self.town_names = TownNames(self.story.theatre, self.ground.network, self.ground.frame, scale, raised)
        self._names = self._naming = None
        self._zoomed_from = None

    def set_sides(self, name: str) -> None:
        """Another set of side colours."""
        self.ground.restyle(SIDE_SETS[name], tinted=self.ground.tinted)
        self.cards.restyle(SIDE_SETS[name])
        arrows.arrow.cache_clear()

    def resize(self, rect: pygame.Rect) -> None:
        """The map's rectangle in the window."""
        if rect != self.rect:
            self.rect = rect.copy()
            self.camera.resize(rect.width, rect.height)

    @property
    def sides(self) -> palette.SideSet:
        return self.ground.sides

    @property
    def look(self) -> Look:
        """Look of the chunks at the present zoom."""
        return Look(self.camera.pitch, self.camera.tier, self.scale.factor, self._season)

    def set_frame(self, frame: Frame) -> None:
        """Show another moment."""
        self.frame = frame
        self.ground.set_owner(frame.owner)
        if frame.weather is not None:
            self._season = SNOW if frame.weather.ground in (3, 4) else MUD if frame.weather.ground == 2 else DRY

    def zoom(self, stop: int, at: tuple[int, int]) -> bool:
        """Zoom to a stop; the ground under a window position stays where it is."""
        old = self._shot()
        if not self.camera.zoom_to(stop, at[0] - self.rect.x, at[1] - self.rect.y):
            return False
        self._zoomed_from = old
        self._names = self._naming = None
        return True

    def _shot(self) -> tuple[pygame.Surface, tuple[float, float, float]] | None:
        """The present ground and where it lies, to be shown scaled until the new chunks are ready."""
        picture = pygame.Surface(self.rect.size)
        self._draw_ground(picture, pygame.Rect(0, 0, *self.rect.size))
        west, north = self.camera.ground_at(0, 0)
        return picture, (west, north, self.camera.pitch)

    def visible_chunks(self, beyond: int = 0) -> list[tuple[int, int]]:
        """Chunks in view, nearest the middle first; `beyond` pixels of surrounding too."""
        left, top = self.camera.corner
        x0, y0 = (left - beyond) // CHUNK, (top - beyond) // CHUNK
        x1 = (left + self.rect.width + beyond - 1) // CHUNK
        y1 = (top + self.rect.height + beyond - 1) // CHUNK
        cx, cy = (left + self.rect.width / 2) / CHUNK - 0.5, (top + self.rect.height / 2) / CHUNK - 0.5
        found = [(i, j) for i in range(x0, x1 + 1) for j in range(y0, y1 + 1)]
        return sorted(found, key=lambda c: (c[0] - cx) ** 2 + (c[1] - cy) ** 2)

    def work(self, seconds: float = WORK_S) -> bool:
        """Make missing chunks and names for a while; True if the picture has changed."""
        wanted = [c for c in self.visible_chunks() if self.ground.wants(*c, self.look)]
        if wanted:
            return self.ground.work(wanted, self.look, seconds)
        self._zoomed_from = None
        if self._naming is not None:
            return self._go_on_naming(seconds)
        if not self.moving:
            ring = [c for c in self.visible_chunks(CHUNK // 2) if self.ground.wants(*c, self.look)]
            if ring:
                self.ground.work(ring, self.look, seconds)
        return False

    @property
    def idle(self) -> bool:
        """Nothing is left to be made for the present view."""
        return self._naming is None and not any(self.ground.wants(*c, self.look) for c in self.visible_chunks())

    def finish(self) -> None:
        """Make everything for the present view now."""
        self.ground.finish(self.visible_chunks(), self.look)
        self._zoomed_from = None
        self._want_names(whole=True)

    def draw(self, surface: pygame.Surface, minute: float, marked: Marked) -> None:
        """Draw the map into its rectangle of the window."""
        clip = surface.get_clip()
        surface.set_clip(self.rect)
        self._draw_ground(surface, self.rect)
        frame = self.frame
        if frame is not None:
            self._place_symbols(frame, minute, marked)
            self._want_names()
            draw = overlays.Overlays(self, surface, frame, minute, marked)
            draw.below()
            if self._names is not None:
                self._blit_labels(surface, self._names.waters)
                self._blit_labels(surface, self._names.signs)
            draw.arrows()
            self._draw_counters(surface, marked)
            draw.clocks()
            if self._names is not None and 9 not in marked.overlays:
                self._blit_labels(surface, self._names.towns)
            draw.above()
        self.edges.draw(surface)
        surface.set_clip(clip)

    # Ground.

    def _draw_ground(self, surface: pygame.Surface, rect: pygame.Rect) -> None:
        left, top = self.camera.corner
        look = self.look
        blits, missing = [], []
        for i, j in self.visible_chunks():
            chunk = self.ground.get(i, j, look)
            at = (rect.x + i * CHUNK - left, rect.y + j * CHUNK - top)
            if chunk is None:
                missing.append((i, j, at))
            else:
                blits.append((chunk, at))
        if missing:
            self._draw_stand_in(surface, rect, missing)
        surface.fblits(blits)

    def _draw_stand_in(self, surface: pygame.Surface, rect: pygame.Rect, missing: list) -> None:
        """The overview, and over it the picture from before the zoom, scaled to where they belong."""
        clip = surface.get_clip()
        overview = self.ground.backdrop(self._season)
        frame, pitch = self.ground.frame, self.camera.pitch
        k = overview.get_width() / (frame.wide * pitch)
        for i, j, at in missing:
            area = pygame.Rect(*at, CHUNK, CHUNK).clip(rect)
            if not area.width or not area.height:
                continue
            x0, y0 = (i * CHUNK + area.x - at[0]) * k, (j * CHUNK + area.y - at[1]) * k
            source = pygame.Rect(int(x0), int(y0), max(1, int(area.width * k + 1)), max(1, int(area.height * k + 1)))
            inside = source.clip(overview.get_rect())
            if inside == source:
                surface.blit(pygame.transform.scale(overview.subsurface(source), area.size), area)
            else:
                surface.fill(palette.OUTSIDE, area)
        if self._zoomed_from is not None:
            picture, (west, north, old) = self._zoomed_from
            px, py = frame.pixels(west, north, pitch)
            left, top = self.camera.corner
            scale = pitch / old
            place = pygame.Rect(rect.x + round(float(px)) - left, rect.y + round(float(py)) - top,
                                round(picture.get_width() * scale), round(picture.get_height() * scale))  # fmt: skip
            part = place.clip(rect)
            if part.width and part.height:
                cut = pygame.Rect((part.x - place.x) / scale, (part.y - place.y) / scale,
                                  max(1, part.width / scale), max(1, part.height / scale))  # fmt: skip
                cut = cut.clip(picture.get_rect())
                if cut.width and cut.height:
                    scaled = pygame.transform.scale(picture.subsurface(cut), part.size)
                    for _, _, at in missing:
                        area = pygame.Rect(*at, CHUNK, CHUNK).clip(part)
                        if area.width and area.height:
                            surface.blit(scaled, area, area.move(-part.x, -part.y))
        surface.set_clip(clip)

    # Counters.

    def _place_symbols(self, frame: Frame, minute: float, marked: Marked) -> None:
        key = (id(frame), frame.minute, self.camera.stop, self.scale.percent, marked.value, marked.selected)
        if key != self._planned_for:
            self.symbols = symbols(self.story, frame, self.camera.stop, self.scale.factor, minute, value=marked.value,
                                   on_top=marked.selected)  # fmt: skip
            self._planned_for = key
            self._apart = self._pushed_apart()
        if not self.symbols:
            self.places = []
            return
        at = places(self.story, frame, self.symbols, minute)
        sx, sy = self.camera.on_screen(at[:, 0], at[:, 1])
        x, y = np.rint(sx + self.rect.x).astype(int).tolist(), np.rint(sy + self.rect.y).astype(int).tolist()
        self.places = list(zip(x, y, strict=True))
        if self._apart:
            self.places = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(self.places, self._apart, strict=True)]

    def _pushed_apart(self) -> list[tuple[int, int]]:
        """By how many pixels each merged symbol stands aside from its place; empty where none are merged."""
        if tier_of(self.camera.stop) >= OPERATIONAL or STOPS[self.camera.stop] >= 28 or not self.symbols:
            return []
        x, y = self.ground.frame.pixels([s.x_m for s in self.symbols], [s.y_m for s in self.symbols], self.camera.pitch)
        there = list(zip(x.tolist(), y.tolist(), strict=True))
        rears = [(-0.7, -0.7) if s.look.side == 0 else (0.7, 0.7) for s in self.symbols]
        spread = push_apart(there, rears, self.card)
        return [(round(a - x0), round(b - y0)) for (a, b), (x0, y0) in zip(spread, there, strict=True)]

    @property
    def card(self) -> int:
        """Side of a card in pixels at this zoom."""
        return card_size(self.camera.stop, self.scale.factor)

    def _draw_counters(self, surface: pygame.Surface, marked: Marked) -> None:
        blits, chosen = [], None
        for symbol, (x, y) in zip(self.symbols, self.places, strict=True):
            if not self.rect.inflate(200, 200).collidepoint(x, y):
                continue
            card = self.cards.get(symbol.look)
            blits.append((card, (x - card.get_width() // 2, y - card.get_height() // 2)))
            if marked.selected >= 0 and marked.selected in symbol.members:
                chosen = pygame.Rect(x - self.card // 2, y - self.card // 2, self.card, self.card)
        surface.fblits(blits)
        if chosen is not None:
            arrows.selection(surface, chosen, max(2, self.scale(2)))

    def symbol_at(self, position: tuple[int, int]) -> Symbol | None:
        """The counter under a window position, the top one drawn first."""
        half = self.card // 2
        for symbol, (x, y) in zip(reversed(self.symbols), reversed(self.places), strict=True):
            if abs(position[0] - x) <= half and abs(position[1] - y) <= half:
                return symbol
        return None

    def hex_at(self, position: tuple[int, int]) -> int:
        """The hex under a window position, or -1."""
        x, y = self.camera.ground_at(position[0] - self.rect.x, position[1] - self.rect.y)
        return self.story.theatre.grid.cell_at(x, y)

    def screen_of(self, cell: int) -> tuple[int, int]:
        """Window position of a hex's centre."""
        x, y = self._centres[cell]
        left, top = self.camera.corner
        frame, k = self.ground.frame, self.camera.pitch / self.ground.frame.spacing_m
        return round((x - frame.west_m) * k - left) + self.rect.x, round((frame.north_m - y) * k - top) + self.rect.y

    def hexagon(self, cell: int) -> list[tuple[float, float]]:
        """Corners of a hex in window positions."""
        grid = self.story.theatre.grid
        points = grid.centres_m[cell] + self._around
        sx, sy = self.camera.on_screen(points[:, 0], points[:, 1])
        return list(zip((sx + self.rect.x).tolist(), (sy + self.rect.y).tolist(), strict=True))

    # Names.

    def _want_names(self, *, whole: bool = False) -> None:
        left, top = self.camera.corner
        view = pygame.Rect(left, top, *self.rect.size)
        half = self.card // 2
        spots = tuple((x - self.rect.x + left - half, y - self.rect.y + top - half) for x, y in self.places)
        standing = tuple(s.hex for s in self.symbols)
        names = self._names
        there = names is not None and names.pitch == self.camera.pitch and names.area.contains(view)
        if names is not None and there and (names.standing == standing or self.moving):
            return
        if whole or self._naming is None:
            self._naming = self._name(view, spots, standing)
        if whole:
            for _ in self._naming:
                pass
            self._naming = None

    def blocks(self) -> list[pygame.Rect]:
        """Window rectangles of counters, town signs and town names: what later names keep clear of."""
        half, size = self.card // 2, self.card
        out = [pygame.Rect(x - half, y - half, size, size) for x, y in self.places]
        if self._names is not None:
            left, top = self.camera.corner
            dx, dy = self.rect.x - left, self.rect.y - top
            out += [label.rect.move(dx, dy) for label in (*self._names.signs, *self._names.towns)]
        return out

    @property
    def names_version(self) -> int:
        """Changes whenever town names have been laid out again."""
        return id(self._names)

    def regions(self) -> list[tuple[pygame.Surface, pygame.Rect]]:
        """Names of fronts and army groups with their places in map pixels; they stay while the view is panned."""
        frame = self.frame
        if frame is None:
            return []
        key = (frame.minute, frame.viewer, self.camera.pitch, id(self._names), self.sides.name)
        if self._regions[0] != key:
            left, top = self.camera.corner
            blocks = [block.move(left - self.rect.x, top - self.rect.y) for block in self.blocks()]
            blocks += [label.rect for label in self._names.waters] if self._names is not None else []
            found, factor, named = [], self.scale.factor, regions.named(self.story, frame)
            middles = [tuple(map(float, self.ground.frame.pixels(x, y, self.camera.pitch))) for _, _, x, y, *_ in named]
            farthest = regions.FARTHEST_M / self.story.theatre.grid.spacing_m * self.camera.pitch
            for k, (words, side, _, _, *rear) in enumerate(named):
                label = TEXT.halo(words, self.scale.type(13.5), "bold", self.sides.lines[side], palette.PLACE_HALO,
                                  tracking=self.scale(3))  # fmt: skip
                rect = regions.place(middles[k], (rear[0], rear[1]), label.get_size(), factor, blocks,
                                     lambda at, side=side: self._held_by(at, side) and self._stays(at),
                                     [m for n, m in enumerate(middles) if n != k and named[n][1] == side],
                                     farthest)  # fmt: skip
                if rect is not None:
                    found.append((label, rect.copy()))
                    blocks.append(rect.copy())
            self._regions = (key, found)
        return self._regions[1]

    def _stays(self, at: tuple[int, int]) -> bool:
        """Whether a map pixel is in the picture, if the view is not to be moved."""
        return not self.still or pygame.Rect(self.camera.corner, self.rect.size).collidepoint(at)

    def _held_by(self, at: tuple[int, int], side: int) -> bool:
        """Whether a map pixel is not the other side's ground."""
        assert self.frame is not None
        cell = self.story.theatre.grid.cell_at(*self.ground.frame.metres(*at, self.camera.pitch))
        return cell < 0 or int(self.frame.owner[cell]) != 1 - side

    def _go_on_naming(self, seconds: float) -> bool:
        import time

        stop = time.perf_counter() + seconds
        assert self._naming is not None
        for _ in self._naming:
            if time.perf_counter() >= stop:
                return False
        self._naming = None
        return True

    def _name(self, view: pygame.Rect, spots: tuple[tuple[int, int], ...], standing: tuple[int, ...]) -> Iterator[None]:
        area = view.inflate(view.width // 2, view.height // 2)
        camera, size = self.camera, self.card
        pitch, tier = camera.pitch, camera.tier
        blocks = [pygame.Rect(x, y, size, size).inflate(4, 4) for x, y in spots]
        signs: list[Label] = []
        towns: list[Label] = []
        for _ in self.town_names.lay_out(area, pitch, STOPS[camera.stop], tier, blocks, signs, towns):
            yield
        waters = water_names(self.story.theatre, self.ground.frame, area, pitch, tier, self.scale)
        taken = Blockers()
        for label in (*signs, *towns, *waters):
            taken.add(label.rect)
        yield
        old = self._names
        if old is not None and old.pitch == pitch and old.area == area:
            rivers = old.rivers
        else:
            rivers = []
            for _ in river_names(self.ground.network, self.ground.frame, area, pitch, tier, self.scale, taken, rivers):
                yield
        self._names = _Names(area, pitch, standing, signs, towns, [*rivers, *waters], rivers)

    def _blit_labels(self, surface: pygame.Surface, labels: list[Label]) -> None:
        left, top = self.camera.corner
        dx, dy = self.rect.x - left, self.rect.y - top
        for label in labels:
            if label.leader:
                (ax, ay), (bx, by) = label.leader
                pygame.draw.aaline(surface, palette.PLACE_NAME, (ax + dx, ay + dy), (bx + dx, by + dy))
        surface.fblits([(label.surface, (label.x + dx, label.y + dy)) for label in labels])


@dataclass
class _Names:
    """Finished names of an area of map pixels at a pitch."""

    area: pygame.Rect
    pitch: int
    standing: tuple[int, ...]
    signs: list[Label]
    towns: list[Label]
    waters: list[Label]
    rivers: list[Label]


__all__ = ["CLOSE", "MapView", "Marked"]
