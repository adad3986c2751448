"""What is laid over the ground on wish: reach, recorded line, fortified lines, objectives, orders, fights, hex numbers.

Overlay numbers are those of the keys 1 to 9 and 0; `OVERLAYS` names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pygame

from ui.map.camera import ARMY, CLOSE, OPERATIONAL, THEATRE
from ui.map.ground.chains import chaikin
from ui.map.ground.lines import cells_in
from ui.map.marks import arrows, supplies
from ui.map.scene import NEVER, SIDE_NAMES, TRUTH, Frame
from ui.theme import palette
from ui.theme.type import TEXT, wrap

if TYPE_CHECKING:
    from engine.model.theatre import FortifiedLine
    from ui.map.mapview import MapView, Marked

CONTROL, ORDERS, RECORD, WORKS, OBJECTIVES, FIGHTS, HEADQUARTERS, NUMBERS, NO_NAMES, SUPPLY = range(1, 11)
OVERLAYS = {
    CONTROL: "Control and front", ORDERS: "Orders and movement", RECORD: "Recorded line at this date",
    WORKS: "Fortified lines", OBJECTIVES: "Objectives", FIGHTS: "Fights and ground won",
    HEADQUARTERS: "Names of armies and fronts", NUMBERS: "Hex numbers", NO_NAMES: "Hide names of towns",
    SUPPLY: "Supply: sources, railways in use, who is short of what",
}  # fmt: skip
DEFAULT = frozenset({CONTROL, ORDERS, RECORD, FIGHTS, HEADQUARTERS})
STEPS_H = (6, 12, 18)
BUILDERS = ("axis", "soviet")
FAR_HEXES = 8
"""Arrows of orders further than this, two days' march, are thin and faint unless their formation is selected: bundles
of a regrouping would hide the fighting."""
PATROL_HEXES = 2
"""So far from its own ground a side knows the enemy's works, as in its view."""


class Overlays:
    """One frame's overlays for a map view."""

    def __init__(self, view: MapView, surface: pygame.Surface, frame: Frame, minute: float, marked: Marked) -> None:
        self.view, self.surface, self.frame, self.minute, self.marked = view, surface, frame, minute, marked
        self.scale, self.tier = view.scale, view.camera.tier
        self.on = marked.overlays
        self._where: dict[int, tuple[int, int]] | None = None

    def below(self) -> None:
        """Under the counters."""
        if self.marked.reach is not None:
            self._reach()
        if WORKS in self.on:
            self._works()
        if RECORD in self.on:
            self._recorded()
        if SUPPLY in self.on:
            supplies.railways(self.view, self.surface, self.frame)
            supplies.sources(self.view, self.surface, self.frame)
        if FIGHTS in self.on and self.tier >= OPERATIONAL:
            self._tongues()
        if NUMBERS in self.on or self.tier == CLOSE:
            self._numbers()
        if HEADQUARTERS in self.on and self.tier <= ARMY:
            self._regions()
        if OBJECTIVES in self.on:
            self._objectives()
        if self.frame.fortress and self.tier >= OPERATIONAL:
            self._fortresses()
        if self.tier >= ARMY:
            self._ships()

    def arrows(self) -> None:
        """Arrows of movement and orders, and the directive that is being drawn."""
        if self.marked.drawing:
            points = self._from(self.marked.selected, self.marked.drawing, not self.marked.drawn_line)
            self._axis(points, self.marked.drawn_line, palette.GRAPHITE.accent)
        if ORDERS not in self.on or self.tier == THEATRE:
            return
        self._axes()
        for mark in self.frame.orders:
            if mark.goal >= 0 and self.frame.hex[mark.unit] >= 0:
                self._order_arrow(mark.unit, mark.goal, arrows.ORDERED)
        drawn = {mark.unit for mark in self.frame.orders}
        for unit in np.flatnonzero((self.frame.hex >= 0) & (self.frame.leg_to >= 0)):
            style = arrows.GUESSED if self.frame.hollow[unit] or self._estimated(int(unit)) else arrows.DONE
            if unit not in drawn:
                self._order_arrow(int(unit), int(self.frame.leg_to[unit]), style)
        for draft in self.marked.drafts:
            if draft.points:
                self._axis(self._from(draft.unit, draft.points, draft.kind == "attack"), draft.kind != "attack",
                           palette.GRAPHITE.accent)  # fmt: skip
            elif draft.goal >= 0 and self.frame.hex[draft.unit] >= 0:
                self._order_arrow(draft.unit, draft.goal, arrows.ORDERED, palette.GRAPHITE.accent)

    def _axes(self) -> None:
        """Directives in force of the selected headquarters, or of the one above the selected formation: broad dashed
        axes with their arrow at the objective; lines to hold dashed without one."""
        unit = self.marked.selected
        if unit < 0:
            return
        if not self.view.story.units[unit].headquarters:
            unit = int(self.frame.parent[unit])
        for mark in self.frame.directives:
            if mark.unit != unit or not mark.begun or len(mark.axis) < 2:
                continue
            self._axis(mark.axis, mark.line, self.view.sides.lines[self.view.story.units[unit].side])

    def _from(self, hq: int, points: tuple[int, ...], attack: bool) -> tuple[int, ...]:
        """An attack with its objective alone is drawn from its headquarters."""
        at = int(self.frame.hex[hq]) if hq >= 0 else -1
        return (at, *points) if attack and len(points) == 1 and at >= 0 else points

    def _axis(self, cells: tuple[int, ...], line: bool, colour: palette.Rgb) -> None:
        """An axis with its arrow at the objective, or a line without one; of at least two hexes."""
        if len(cells) < 2:
            return
        points = [self.view.screen_of(cell) for cell in cells]
        if line:
            self._long_dashes(chaikin(np.array(points, float), 2) if len(points) > 2 else np.array(points, float), colour)
            return
        if len(points) > 2:
            self._long_dashes(chaikin(np.array(points[:-1], float), 2), colour)
        (x, y), (gx, gy) = points[-2:]
        picture, ox, oy = arrows.arrow(gx - x, gy - y, colour, arrows.ORDERED, 7.0 * self.scale.factor, 0.0)
        self.surface.blit(picture, (x - ox, y - oy), special_flags=pygame.BLEND_PREMULTIPLIED)

    def _long_dashes(self, curve: np.ndarray, colour: palette.Rgb) -> None:
        """A broad dashed line on a light casing."""
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
        step, on = self.scale(20), self.scale(13)
        for start in np.arange(0.0, way[-1], step):
            ends = np.array([start, min(start + on, way[-1])])
            a, b = np.stack([np.interp(ends, way, curve[:, k]) for k in (0, 1)], axis=1).tolist()
            pygame.draw.line(self.surface, palette.PLACE_HALO, a, b, self.scale(9))
            pygame.draw.line(self.surface, colour, a, b, self.scale(5))

    def clocks(self) -> None:
        """Order clocks at the middle of arrows, fights beside the front, what formations lack."""
        if SUPPLY in self.on and self.tier >= OPERATIONAL:
            supplies.shortages(self.view, self.surface, self.frame)
        if FIGHTS in self.on:
            self._fights()
        if ORDERS not in self.on or self.tier < ARMY:
            return
        for mark in self.frame.orders:
            left = mark.arrives_at - self.minute
            if mark.in_force or left <= 0 or self.frame.hex[mark.unit] < 0 or mark.arrives_at >= NEVER:
                continue
            x, y = self._unit_at(mark.unit)
            if mark.goal >= 0:
                gx, gy = self.view.screen_of(mark.goal)
                x, y = (x + gx) // 2, (y + gy) // 2
            whole = max(1, mark.arrives_at - mark.issued_at)
            face = arrows.clock(self.scale(7), max(1, min(16, round(16 * left / whole))))
            self.surface.blit(face, (x - face.get_width() // 2, y - face.get_height() // 2),
                              special_flags=pygame.BLEND_PREMULTIPLIED)  # fmt: skip
            hours = TEXT.halo(_hours(left), self.scale.type(12), "semibold", palette.PLACE_NAME, palette.PLACE_HALO)
            self.surface.blit(hours, (x + self.scale(10), y - hours.get_height() // 2))

    def above(self) -> None:
        """Over everything: pointer's hex, path, selection by keyboard."""
        m = self.marked
        if m.selected_hex >= 0 and m.selected < 0:
            pygame.draw.polygon(self.surface, palette.SELECTION_RIM, self.view.hexagon(m.selected_hex), self.scale(4))
            pygame.draw.polygon(self.surface, palette.SELECTION, self.view.hexagon(m.selected_hex), max(2, self.scale(2)))
        if m.path:
            self._path()
        if m.hover >= 0 and self.tier >= ARMY:
            pygame.draw.aalines(self.surface, palette.PLACE_NAME, True, self.view.hexagon(m.hover))
        if m.cursor >= 0:
            self._dashed(self.view.hexagon(m.cursor), palette.SELECTION, max(2, self.scale(2)))
        if m.box is not None:
            pygame.draw.rect(self.surface, palette.SELECTION_RIM, m.box, 3)
            pygame.draw.rect(self.surface, palette.SELECTION, m.box, 1)

    # Parts.

    def _unit_at(self, unit: int) -> tuple[int, int]:
        if self._where is None:
            pairs = zip(self.view.symbols, self.view.places, strict=True)
            self._where = {member: place for symbol, place in pairs for member in symbol.members}
        found = self._where.get(unit)
        return found if found is not None else self.view.screen_of(int(self.frame.hex[unit]))

    def _estimated(self, unit: int) -> bool:
        viewer = self.frame.viewer
        return viewer >= 0 and self.view.story.units[unit].side != viewer

    def _order_arrow(self, unit: int, goal: int, style: str, colour: palette.Rgb | None = None) -> None:
        x, y = self._unit_at(unit)
        gx, gy = self.view.screen_of(goal)
        area = self.view.rect.inflate(40, 40)
        if not (area.collidepoint(x, y) or area.collidepoint(gx, gy)):
            return
        length = max(abs(gx - x), abs(gy - y))
        if length < self.scale(10) or length > 3000:
            return
        side = self.view.story.units[unit].side
        ink = colour or self.view.sides.lines[side]
        width = 5.0 if self.tier >= OPERATIONAL else 3.5
        if style == arrows.DONE:
            width *= 0.75
        away = unit != self.marked.selected and max(abs(gx - x), abs(gy - y)) > FAR_HEXES * self.view.camera.pitch
        width, opacity = (width * 0.6, 0.5) if away else (width, 1.0)
        picture, ox, oy = arrows.arrow(gx - x, gy - y, ink, style, width * self.scale.factor, opacity=opacity)
        self.surface.blit(picture, (x - ox, y - oy), special_flags=pygame.BLEND_PREMULTIPLIED)

    def _reach(self) -> None:
        reach = self.marked.reach
        assert reach is not None
        view, scale = self.view, self.scale
        area = pygame.Rect(*view.camera.corner, *view.rect.size)
        cells = cells_in(view.story.theatre.grid, view.ground.frame, area, view.camera.pitch)
        limit = STEPS_H[-1] * 60
        cells = cells[reach.minutes[cells] <= limit]
        veil = pygame.Surface(view.rect.size, pygame.SRCALPHA)
        for cell in cells.tolist():
            hours = reach.minutes[cell] / 60
            share = 150 if hours <= STEPS_H[0] else 105 if hours <= STEPS_H[1] else 62
            points = [(x - view.rect.x, y - view.rect.y) for x, y in view.hexagon(cell)]
            pygame.draw.polygon(veil, (*palette.REACH, share), points)
            if reach.contact[cell]:
                self._hatch(veil, points)
        self.surface.blit(veil, view.rect)
        inside = set(np.flatnonzero(reach.minutes <= limit).tolist())
        near = view.story.theatre.grid.neighbours
        for cell in cells.tolist():
            points = view.hexagon(cell)
            for d in range(6):
                if int(near[cell, d]) not in inside:
                    a, b = points[d], points[(d + 1) % 6]
                    pygame.draw.line(self.surface, palette.SELECTION_RIM, a, b, max(3, scale(4)))
                    pygame.draw.line(self.surface, palette.GRAPHITE.accent, a, b, max(1, scale(2)))
        if self.tier >= OPERATIONAL and view.camera.pitch >= 48 * scale.factor:
            for cell in cells.tolist():
                words = f"{max(1, round(reach.minutes[cell] / 60))} h"
                label = TEXT.halo(words, scale.type(13), "semibold", palette.PLACE_NAME, palette.REACH)
                x, y = view.screen_of(cell)
                self.surface.blit(label, (x - label.get_width() // 2, y - view.camera.pitch // 3))

    @staticmethod
    def _hatch(veil: pygame.Surface, points: list[tuple[float, float]]) -> None:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
        half = (max(ys) - min(ys)) / 2
        for k in range(-3, 4):
            x = middle[0] + k * half / 3.5
            reach = half * (1 - abs(k) / 5)
            pygame.draw.line(veil, (*palette.GRAPHITE.soviet_stroke, 150), (x - reach / 2, middle[1] + reach / 2),
                             (x + reach / 2, middle[1] - reach / 2))  # fmt: skip

    def _path(self) -> None:
        points = [self.view.screen_of(c) for c in self.marked.path]
        if len(points) > 1:
            smooth = chaikin(np.array(points, float), 2).tolist()
            pygame.draw.lines(self.surface, palette.PLACE_HALO, False, smooth, self.scale(6))
            pygame.draw.lines(self.surface, palette.SELECTION_RIM, False, smooth, self.scale(4))
            pygame.draw.lines(self.surface, palette.GRAPHITE.accent, False, smooth, self.scale(2))
        end = points[-1]
        if self.marked.refused:
            arrows.crossed_disc(self.surface, end, self.scale(10))
        else:
            pygame.draw.circle(self.surface, palette.SELECTION_RIM, end, self.scale(7))
            pygame.draw.circle(self.surface, palette.GRAPHITE.accent, end, self.scale(5))

    def _dashed(self, points: list[tuple[float, float]], colour: palette.Rgb, width: int) -> None:
        for a, b in zip(points, [*points[1:], points[0]], strict=True):
            p, q = pygame.Vector2(a), pygame.Vector2(b)
            for k in range(0, 6, 2):
                pygame.draw.line(self.surface, palette.SELECTION_RIM, p.lerp(q, k / 6), p.lerp(q, (k + 1.2) / 6), width + 2)
                pygame.draw.line(self.surface, colour, p.lerp(q, k / 6), p.lerp(q, (k + 1.2) / 6), width)

    def _fortresses(self) -> None:
        """A heavy dark rim with a light core about the ground of each fortress: the sides that only one hex has."""
        rims: dict[tuple[int, int], list[tuple[tuple[float, float], tuple[float, float]]]] = {}
        for cell in self.frame.fortress:
            corners = self.view.hexagon(cell)
            for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
                middle = (round((a[0] + b[0]) / 4), round((a[1] + b[1]) / 4))
                rims.setdefault(middle, []).append((a, b))
        for sides in rims.values():
            if len(sides) == 1:
                pygame.draw.line(self.surface, palette.SELECTION_RIM, *sides[0], max(4, self.scale(5)))
                pygame.draw.line(self.surface, palette.PLACE_NAME, *sides[0], max(1, self.scale(1.5)))

    def _ships(self) -> None:
        """Ships that the viewer knows of, his own; from operational zoom on with their name, where there is room."""
        taken = self.view.blocks() if self.tier >= OPERATIONAL else []
        for group in self.view.story.ships:
            if not group.since <= self.minute < group.until or self.frame.viewer not in (TRUTH, group.side):
                continue
            x, y = self.view.screen_of(group.hex)
            if not self.view.rect.inflate(60, 60).collidepoint(x, y):
                continue
            radius = self.scale(11 if self.tier >= OPERATIONAL else 8)
            mark = arrows.ship(radius, group.side, self.view.sides.lines[group.side])
            self.surface.blit(mark, mark.get_rect(center=(x, y)))
            if self.tier < OPERATIONAL:
                continue
            rows = [TEXT.halo(words, self.scale.type(11.5), "semibold", palette.WATER_NAME, palette.WATER_HALO)
                    for words in wrap(group.name, self.scale.type(11.5), "semibold", self.scale(170))]  # fmt: skip
            step = rows[0].get_height() - self.scale(3)
            whole = pygame.Rect(0, 0, max(row.get_width() for row in rows), step * len(rows))
            aside = mark.get_width() // 2 + self.scale(2)
            for corner, spot in (("midtop", (x, y + aside)), ("midbottom", (x, y - aside)), ("midright", (x - aside, y)),
                                 ("midleft", (x + aside, y)), ("topright", (x - aside, y + aside)),
                                 ("bottomright", (x - aside, y - aside))):  # fmt: skip
                setattr(whole, corner, spot)
                if self.view.rect.contains(whole) and whole.collidelist(taken) < 0:
                    taken = [*taken, whole.copy()]
                    for k, row in enumerate(rows):
                        self.surface.blit(row, row.get_rect(midtop=(whole.centerx, whole.y + k * step)))
                    break

    def _recorded(self) -> None:
        lines = [f for f in self.view.story.facts if f.line and f.start <= self.minute < f.stop]
        if not lines:
            past = [f for f in self.view.story.facts if f.line and f.stop <= self.minute]
            newest = max((f.start for f in past), default=None)
            lines = [f for f in past if f.start == newest and self.minute - f.stop < 2 * 1440]
        for fact in lines:
            points = np.array(fact.line)
            sx, sy = self.view.camera.on_screen(points[:, 0], points[:, 1])
            curve = chaikin(np.stack([sx + self.view.rect.x, sy + self.view.rect.y], axis=1), 2)
            way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
            step = 6.5 * self.scale.factor
            spots = np.arange(0, way[-1], step)
            size = max(2, self.scale(2))
            dots = np.stack([np.interp(spots, way, curve[:, k]) for k in (0, 1)], axis=1)
            seen = (dots > self.view.rect.topleft).all(axis=1) & (dots < self.view.rect.bottomright).all(axis=1)
            for x, y in dots[seen].tolist():
                pygame.draw.rect(self.surface, palette.PLACE_HALO, (x - size / 2 - 1, y - size / 2 - 1, size + 2, size + 2))
                pygame.draw.rect(self.surface, palette.RECORDED, (x - size / 2, y - size / 2, size, size))
            if self.tier >= OPERATIONAL and way[-1] > 60:
                when = self.view.story.moment(fact.start)
                label = TEXT.halo(f"recorded line {when.day} {when:%b}", self.scale.type(11), "it", palette.RECORDED,
                                  palette.PLACE_HALO)  # fmt: skip
                self._name_line(("recorded", fact.start), label, curve, way)

    def _name_line(self, key: tuple[object, ...], label: pygame.Surface, curve: np.ndarray, way: np.ndarray) -> None:
        """Write a name beside a line; it keeps its place while that is in view."""
        left, top = self.view.camera.corner
        dx, dy = self.view.rect.x - left, self.view.rect.y - top
        key = (*key, self.view.camera.pitch, self.frame.minute, self.view.names_version)
        kept = self.view.line_names.get(key)
        if kept is None or not self.view.rect.contains(kept.move(dx, dy)):
            if self.view.moving:
                return
            found = self._beside(curve, way, label.get_size())
            if found is None:
                return
            self.view.line_names.clear()
            kept = self.view.line_names[key] = found.move(-dx, -dy)
        self.surface.blit(label, kept.move(dx, dy))

    def _beside(self, curve: np.ndarray, way: np.ndarray, size: tuple[int, int]) -> pygame.Rect | None:
        """A place for a name beside a line: inside the map, clear of counters and towns; the northmost one."""
        blocks, gap = self.view.blocks(), self.scale(5)
        spots = np.arange(0, way[-1], 15 * self.scale.factor)
        points = np.stack([np.interp(spots, way, curve[:, k]) for k in (0, 1)], axis=1)
        inside = self.view.rect.inflate(-gap, -gap)
        inside.height -= self.scale(20)
        inside.top += self.scale(20)  # the degrees stand at the top
        for x, y in sorted(points.tolist(), key=lambda p: p[1]):
            for left in (x + gap, x - gap - size[0]):
                rect = pygame.Rect((round(left), round(y) - size[1] // 2), size)
                if inside.contains(rect) and rect.collidelist(blocks) < 0:
                    return rect
        return None

    def _works(self) -> None:
        grid = self.view.story.theatre.grid
        date = self.view.story.moment(self.minute).date().isoformat()
        for line, cells in self._known_lines(date):
            points = chaikin(grid.centres_m[cells], 2)
            sx, sy = self.view.camera.on_screen(points[:, 0], points[:, 1])
            curve = np.stack([sx + self.view.rect.x, sy + self.view.rect.y], axis=1)
            inside = self.view.rect.inflate(80, 80)
            keep = [bool(inside.collidepoint(x, y)) for x, y in curve.tolist()]
            if not any(keep):
                continue
            self._crenels(curve, max(1, line.strength))
            k = keep.index(True) + sum(keep) // 2
            if self.tier >= ARMY and k < len(curve):
                label = TEXT.halo(line.name, self.scale.type(11), "semibold_it", palette.PLACE_NAME, palette.PLACE_HALO)
                self.surface.blit(label, (round(curve[k, 0]) + self.scale(8), round(curve[k, 1])))

    def _known_lines(self, date: str) -> list[tuple[FortifiedLine, list[int]]]:
        """Stretches of fortified lines that the viewer knows: his own, those known before, and what he stands before."""
        viewer, owner, theatre = self.frame.viewer, self.frame.owner, self.view.story.theatre
        if viewer == TRUTH:
            near = np.ones(len(owner), bool)
        else:
            ring = theatre.grid.ring_table(PATROL_HEXES)
            near = ((ring >= 0) & (owner[ring] == viewer)).any(axis=1)
        found = []
        for line in theatre.lines:
            known = line.seen_by(BUILDERS[viewer] if viewer != TRUTH else line.side, date, near)
            for part in np.split(np.arange(len(known)), np.flatnonzero(np.diff(known)) + 1):
                if known[part[0]] and len(part) > 1:
                    found.append((line, [line.cells[k] for k in part.tolist()]))
        return found

    def _crenels(self, curve: np.ndarray, level: int) -> None:
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
        step = self.scale(5)
        spots = np.arange(0, way[-1], step)
        base = np.stack([np.interp(spots, way, curve[:, k]) for k in (0, 1)], axis=1)
        if len(base) < 4:
            return
        along = np.gradient(base, axis=0)
        along /= np.maximum(np.hypot(*along.T), 1e-6)[:, None]
        across = np.stack([along[:, 1], -along[:, 0]], axis=1)
        up = (np.arange(len(base)) // 2 % 2 == 1)[:, None] * across * self.scale(4)
        for row in range(1 if level == 1 else 2):
            points = (base + up + across * row * self.scale(5)).tolist()
            pygame.draw.lines(self.surface, palette.PLACE_HALO, False, points, 3)
            pygame.draw.lines(self.surface, palette.ICON_INK, False, points, 1)

    def _tongues(self) -> None:
        pitch = self.view.camera.pitch
        for battle in self.frame.battles:
            if battle.depth_m < 300:
                continue
            x, y = self.view.screen_of(battle.hex)
            if not self.view.rect.inflate(pitch * 2, pitch * 2).collidepoint(x, y):
                continue
            colour = self.view.sides.lines[battle.attacker]
            depth = min(1000, battle.depth_m * 1000 // 6000) // 20 * 20
            for d in battle.directions or (0,):
                picture, ox, oy = arrows.tongue(pitch, d, depth, colour, battle.attacker == 0)
                self.surface.blit(picture, (x - ox, y - oy), special_flags=pygame.BLEND_PREMULTIPLIED)

    def _fights(self) -> None:
        pitch = self.view.camera.pitch
        for battle in self.frame.battles:
            x, y = self.view.screen_of(battle.hex)
            if not self.view.rect.inflate(pitch, pitch).collidepoint(x, y):
                continue
            mark = arrows.fight(self.scale(16 if self.tier >= OPERATIONAL else 11))
            for d in battle.directions or (0,):
                turn = np.radians(60 * d)
                cx, cy = x + np.sin(turn) * pitch / 2, y - np.cos(turn) * pitch / 2
                self.surface.blit(mark, (round(cx - mark.get_width() / 2), round(cy - mark.get_height() / 2)),
                                  special_flags=pygame.BLEND_PREMULTIPLIED)  # fmt: skip

    def _numbers(self) -> None:
        view = self.view
        if view.camera.pitch < 34 * self.scale.factor:
            return
        grid = view.story.theatre.grid
        area = pygame.Rect(*view.camera.corner, *view.rect.size)
        size = self.scale.type(11)
        blits = []
        for cell in cells_in(grid, view.ground.frame, area, view.camera.pitch).tolist():
            label = TEXT.get(grid.text(cell)[1:], size, "regular", palette.GRID)
            x, y = view.screen_of(cell)
            blits.append((label, (x - label.get_width() // 2, y + round(view.camera.pitch * 0.5) - label.get_height())))
        self.surface.fblits(blits)

    def _regions(self) -> None:
        left, top = self.view.camera.corner
        for label, rect in self.view.regions():
            self.surface.blit(label, (rect.x - left + self.view.rect.x, rect.y - top + self.view.rect.y))

    def _objectives(self) -> None:
        for objective in self.view.story.objectives:
            x, y = self.view.screen_of(objective.hex)
            if not self.view.rect.inflate(60, 60).collidepoint(x, y):
                continue
            owner = int(self.frame.owner[objective.hex])
            colour = self.view.sides.lines[owner] if owner >= 0 else palette.ICON_INK
            pole = self.scale(28)
            pygame.draw.line(self.surface, palette.ICON_INK, (x, y), (x, y - pole), max(2, self.scale(2)))
            flag = pygame.Rect(x, y - pole, self.scale(22), self.scale(12))
            pygame.draw.rect(self.surface, colour, flag)
            pygame.draw.rect(self.surface, palette.PLACE_HALO, flag, 1)
            words = TEXT.get(str(objective.points), self.scale.type(11), "bold", (255, 255, 255))
            self.surface.blit(words, words.get_rect(center=flag.center))
            if self.tier >= OPERATIONAL:
                holder = SIDE_NAMES[owner] if owner >= 0 else "nobody"
                label = TEXT.halo(holder, self.scale.type(11), "it", palette.PLACE_NAME, palette.PLACE_HALO)
                self.surface.blit(label, (flag.right + self.scale(3), flag.y - self.scale(2)))


def _hours(minutes: float) -> str:
    return f"{minutes / 60:.0f} h" if minutes >= 90 else f"{max(1, round(minutes))} min"
