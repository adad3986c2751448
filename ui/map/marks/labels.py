"""Names on the map: towns with their signs, waters, rivers, regions; laid out so that nothing covers anything.

Towns in order of class take the best of sixteen places round their sign; counters, signs and names already placed
are in the way, rivers and roads are not. A name keeps its place while that place is free, so that names do not hop
during playback.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pygame

from ui.map.camera import ARMY, CLOSE, OPERATIONAL, THEATRE, Frame
from ui.map.ground.chains import Chain, Network
from ui.theme import palette
from ui.theme.scale import Scale
from ui.theme.type import TEXT

if TYPE_CHECKING:
    from engine.model.theatre import Place, Theatre

CELL = 32
"""Pixels of the grid of blockers."""
_TYPE = {5: (17, "bold"), 4: (14.5, "semibold"), 3: (13, "semibold"), 2: (12, "regular"), 1: (11.5, "regular")}
_LEAST_CLASS = {6: 4, 10: 3, 14: 3, 20: 2, 28: 2, 36: 1, 56: 1, 72: 1, 96: 1}
_RIVER_LETTERS = (12.0, 13.5)
TANGLED = 10**7
"""Worse than any overlap of rectangles: hairlines over names, or over each other."""
Way = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Label:
    """A finished name: its picture and its upper left corner in map pixels."""

    surface: pygame.Surface
    x: int
    y: int
    leader: Way | None = None
    place: str = ""

    @property
    def rect(self) -> pygame.Rect:
        return self.surface.get_rect(topleft=(self.x, self.y))


class Blockers:
    """Rectangles in the way, found by a coarse grid."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[pygame.Rect]] = {}

    def add(self, rect: pygame.Rect) -> None:
        """Something that names must keep clear of."""
        for key in self._keys(rect):
            self._cells.setdefault(key, []).append(rect)

    def overlap(self, rect: pygame.Rect) -> int:
        """Area of a rectangle that lies over others."""
        seen: set[int] = set()
        area = 0
        for key in self._keys(rect):
            for other in self._cells.get(key, ()):
                if id(other) not in seen:
                    seen.add(id(other))
                    part = rect.clip(other)
                    area += part.width * part.height
        return area

    def _keys(self, rect: pygame.Rect) -> list[tuple[int, int]]:
        return [(i, j) for i in range(rect.left // CELL, rect.right // CELL + 1)
                for j in range(rect.top // CELL, rect.bottom // CELL + 1)]  # fmt: skip


def sign(class_: int, scale: Scale) -> pygame.Surface:
    """A town's sign: double square, square, ringed dot, ring, dot; with a rim in the halo colour."""
    side = scale({5: 12, 4: 10, 3: 9, 2: 7, 1: 5}[class_])
    rim = max(1, scale(1.5))
    out = pygame.Surface((side + 2 * rim, side + 2 * rim), pygame.SRCALPHA)
    middle = out.get_width() / 2
    ink, halo = palette.PLACE_NAME, palette.PLACE_HALO
    if class_ >= 4:
        out.fill(halo)
        pygame.draw.rect(out, ink, (rim, rim, side, side), max(1, scale(2)))
        if class_ == 5:
            core = max(2, side - 2 * max(3, scale(4)))
            at = rim + (side - core) // 2
            pygame.draw.rect(out, ink, (at, at, core, core))
        return out
    centre = (middle, middle)
    pygame.draw.aacircle(out, halo, centre, middle)
    if class_ == 1:
        pygame.draw.aacircle(out, ink, centre, side / 2)
    else:
        pygame.draw.aacircle(out, ink, centre, side / 2)
        pygame.draw.aacircle(out, halo, centre, side / 2 - max(1, scale(1.5)))
        if class_ == 3:
            pygame.draw.aacircle(out, ink, centre, max(1.2, side / 5))
    return out


class TownNames:
    """Lays out town names; remembers where each stood."""

    def __init__(self, theatre: Theatre, network: Network, frame: Frame, scale: Scale, raised: Sequence[int] = ()) -> None:
        self.theatre, self.network, self.frame, self.scale = theatre, network, frame, scale
        self._class = {p.id: min(5, p.size + 1 + (p.cell in raised)) for p in theatre.places}
        self._last: dict[tuple[str, int], int] = {}
        order = sorted(theatre.places, key=lambda p: (-self._class[p.id], -p.victory, -p.size, p.name))
        self._places = [p for p in order if p.cell >= 0]
        self._at = np.array([self._point(p) for p in self._places]).reshape(-1, 2)
        self._classes = np.array([self._class[p.id] for p in self._places])

    def _point(self, place: Place) -> tuple[float, float]:
        first = self.theatre.place_at.get(place.cell)
        if first is not None and first.id == place.id:
            x, y = self.network.node[place.cell]
            return float(x), float(y)
        return self.theatre.project(place.lat, place.lon)

    def lay_out(self, area: pygame.Rect, pitch: int, stop_pitch: int, tier: int, blocks: Sequence[pygame.Rect],
                signs: list[Label], names: list[Label]) -> Iterator[None]:  # fmt: skip
        """Fill `signs` and `names` for an area of map pixels, clear of the blocks (also in map pixels), by and by."""
        px, py = self.frame.pixels(self._at[:, 0], self._at[:, 1], pitch)
        least = _LEAST_CLASS.get(stop_pitch, 1)
        inside = (px >= area.left) & (px < area.right) & (py >= area.top) & (py < area.bottom)
        wanted = np.flatnonzero(inside & (self._classes >= least))
        taken = Blockers()
        for rect in blocks:
            taken.add(rect)
        for k in wanted:
            mark = sign(int(self._classes[k]), self.scale)
            at = (round(px[k] - mark.get_width() / 2), round(py[k] - mark.get_height() / 2))
            signs.append(Label(mark, *at, place=self._places[k].id))
            taken.add(signs[-1].rect)
        yield
        for n, (k, mark) in enumerate(zip(wanted, signs, strict=True)):
            if n % 8 == 7:
                yield
            label = self._place(self._places[k], int(self._classes[k]), mark, pitch, tier, taken, names)
            if label is not None:
                names.append(label)
                taken.add(label.rect)

    def _place(self, place: Place, class_: int, mark: Label, pitch: int, tier: int, taken: Blockers,
               names: Sequence[Label]) -> Label | None:  # fmt: skip
        picture = name_picture(place, class_, tier, self.scale)
        w, h = picture.get_size()
        first_line = min(h, TEXT.halo("X", self.scale.type(_TYPE[class_][0]), _TYPE[class_][1], palette.PLACE_NAME,
                                      palette.PLACE_HALO).get_height())  # fmt: skip
        spots = _candidates(mark.rect, w, h, first_line, self.scale)
        key = (place.id, pitch)
        best, best_cost, best_lap = -1, 1e18, 0.0
        order = list(range(len(spots)))
        if key in self._last and self._last[key] < len(spots):
            kept = self._last[key]
            rect = pygame.Rect(*spots[kept][0], w, h)
            if not taken.overlap(rect) and not _tangled(mark, rect, names, leader=spots[kept][1]):
                order = [kept]
        for rank in order:
            (x, y), leads = spots[rank]
            rect = pygame.Rect(x, y, w, h)
            lap = taken.overlap(rect)
            tangled = _tangled(mark, rect, names, leader=leads)
            cost = lap * 10 + rank + TANGLED * tangled
            if cost < best_cost:
                best, best_cost, best_lap = rank, cost, lap / (w * h)
            if not lap and not tangled:
                break
        if best_lap > (0.25 if class_ >= 4 else 0.02) or (best_cost >= TANGLED and class_ < 4):
            return None
        self._last[key] = best
        (x, y), leader = spots[best]
        line = (mark.rect.center, pygame.Rect(x, y, w, h).center) if leader else None
        return Label(picture, x, y, line, place.id)


def _tangled(mark: Label, rect: pygame.Rect, names: Sequence[Label], *, leader: bool) -> bool:
    """Whether a name would lie on another's hairline, or its own hairline run over another name or hairline."""
    ways = [label.leader for label in names if label.leader is not None]
    if any(rect.clipline(*way) for way in ways):
        return True
    if not leader:
        return False
    own = (mark.rect.center, rect.center)
    return any(label.rect.clipline(*own) for label in names) or any(_cross(own, way) for way in ways)


def _cross(one: Way, other: Way) -> bool:
    """Whether two stretches cross."""
    (a, b), (c, d) = one, other

    def turn(p: tuple[int, int], q: tuple[int, int], r: tuple[int, int]) -> int:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def name_picture(place: Place, class_: int, tier: int, scale: Scale) -> pygame.Surface:
    """The name in the spelling of the place, with the German one small beneath from class 3 in close zooms."""
    size, weight = _TYPE[class_]
    main = TEXT.halo(place.name, scale.type(size), weight, palette.PLACE_NAME, palette.PLACE_HALO, radius=2 * scale.factor)
    other = place.names.get("de", "").split("/")[0]
    if tier < OPERATIONAL or class_ < 3 or not other or other == place.name:
        return main
    small = TEXT.halo(other, scale.type(10.5), "it", palette.SECOND_NAME, palette.PLACE_HALO, radius=1.6 * scale.factor)
    lap = scale(6)
    out = pygame.Surface((max(main.get_width(), small.get_width() + scale(2)), main.get_height() + small.get_height() - lap),
                         pygame.SRCALPHA)  # fmt: skip
    out.blit(small, (scale(2), main.get_height() - lap))
    out.blit(main, (0, 0))
    return out


def _candidates(mark: pygame.Rect, w: int, h: int, line: int, scale: Scale) -> list[tuple[tuple[int, int], bool]]:
    """Upper left corners in order of preference; True where a hairline leads to the sign."""
    gap, far, farther = scale(1), scale(8), scale(18)
    middle_y, middle_x = mark.centery - line // 2, mark.centerx - w // 2
    east, west = mark.right + gap, mark.left - gap - w
    north, south = mark.top - gap - h + scale(3), mark.bottom + gap - scale(3)
    near = [(east, middle_y), (east, north + h // 3), (east, south - h // 3), (west, middle_y), (middle_x, north),
            (middle_x, south), (west, north + h // 3), (west, south - h // 3)]  # fmt: skip
    out = [(p, False) for p in near]
    out += [((east + far // 2, north - far), False), ((east + far // 2, south + far), False),
            ((west - far // 2, north - far), False), ((west - far // 2, south + far), False)]  # fmt: skip
    out += [((east + farther, middle_y), True), ((west - farther, middle_y), True), ((middle_x, north - farther), True),
            ((middle_x, south + farther), True)]  # fmt: skip
    wide = scale(26)
    out += [((east + wide, north - wide), True), ((east + wide, south + wide), True), ((west - wide, north - wide), True),
            ((west - wide, south + wide), True)]  # fmt: skip
    return out


def water_names(theatre: Theatre, frame: Frame, area: pygame.Rect, pitch: int, tier: int, scale: Scale) -> list[Label]:
    """Seas, gulfs and lakes in spaced italics."""
    out = []
    for water in theatre.waters:
        kind = water.names.get("kind", "lake")
        if kind == "lake" and tier < ARMY and water.name not in ("Lake Peipus", "Lake Ladoga", "Lake Ilmen"):
            continue
        if kind in ("strait", "lagoon") and tier < ARMY:
            continue
        x, y = theatre.project(water.lat, water.lon)
        px, py = frame.pixels(x, y, pitch)
        size = {"sea": 18 if "Sea" in water.name else 15, "lake": 12, "lagoon": 12, "strait": 11.5}.get(kind, 12)
        track = 3 if kind == "sea" else 1
        picture = TEXT.halo(water.name, scale.type(size), "it", palette.WATER_NAME, palette.WATER_HALO,
                            radius=1.5 * scale.factor, tracking=scale(track))  # fmt: skip
        at = (round(float(px) - picture.get_width() / 2), round(float(py) - picture.get_height() / 2))
        if area.colliderect(picture.get_rect(topleft=at)):
            out.append(Label(picture, *at))
    return out


def river_names(network: Network, frame: Frame, area: pygame.Rect, pitch: int, tier: int, scale: Scale,
                taken: Blockers, out: list[Label]) -> Iterator[None]:  # fmt: skip
    """Fill `out` with names along the straightest free stretch of each river, once for about 800 pixels of course."""
    for chain in network.courses:
        if chain.grade < (3 if tier == THEATRE else 2 if tier == ARMY else 1) or not chain.name:
            continue
        px, py = frame.pixels(chain.points[:, 0], chain.points[:, 1], pitch)
        inside = (px > area.left) & (px < area.right) & (py > area.top) & (py < area.bottom)
        if inside.sum() < 8:
            continue
        points = np.stack([px, py], axis=1)
        size = scale.type(_RIVER_LETTERS[chain.grade >= 3])
        for label in _along(chain, points, inside, size, scale, taken):
            out.append(label)
        yield


def _along(chain: Chain, points: np.ndarray, inside: np.ndarray, size: int, scale: Scale, taken: Blockers) -> list[Label]:
    shown = np.flatnonzero(inside)
    first, last = max(0, int(shown[0]) - 4), int(shown[-1]) + 5
    points, inside = points[first:last], inside[first:last]
    letters = [TEXT.halo(c, size, "semibold_it", palette.RIVER_NAME, palette.WATER_HALO, radius=1.5 * scale.factor)
               for c in chain.name]  # fmt: skip
    rim = 2 * (int(1.5 * scale.factor + 0.999))
    advances = [surface.get_width() - rim + scale(1) for surface in letters]
    length = float(sum(advances))
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    seen = way[inside]
    if way[-1] < length * 1.15:
        return []
    out: list[Label] = []
    wanted = max(1, int((seen.max() - seen.min()) // (800 * scale.factor)))
    step = max(length / 2, (way[-1] / 24))
    for part in range(wanted):
        low = seen.min() + (seen.max() - seen.min()) * part / wanted
        high = seen.min() + (seen.max() - seen.min()) * (part + 1) / wanted - length
        best: tuple[float, list[tuple[int, int, float]]] | None = None
        for start in np.arange(low, max(high, low + 1), step):
            spots = _letter_spots(points, way, float(start), advances, size)
            if spots is None:
                continue
            turn = [s[2] for s in spots]
            bend = float(np.abs(np.diff(turn)).sum()) / max(1, len(turn) - 1)
            lap = sum(taken.overlap(pygame.Rect(x - size // 3, y - size // 3, size * 2 // 3, size * 2 // 3)) > 0
                      for x, y, _ in spots)  # fmt: skip
            cost = bend * 26 + abs(sum(turn) / len(turn)) * 0.5 + 60 * lap
            if best is None or cost < best[0]:
                best = (cost, spots)
        if best is None or best[0] > 400:
            continue
        for surface, (x, y, angle) in zip(letters, best[1], strict=True):
            turned = pygame.transform.rotozoom(surface, angle, 1.0)
            label = Label(turned, round(x - turned.get_width() / 2), round(y - turned.get_height() / 2))
            out.append(label)
            taken.add(label.rect.inflate(-rim, -rim))
    return out


def _letter_spots(points: np.ndarray, way: np.ndarray, start: float, advances: list[int], size: int
                  ) -> list[tuple[int, int, float]] | None:  # fmt: skip
    """Middle and angle (degrees) of each letter along a curve, offset to its upper side; never upside down."""
    length = sum(advances)
    if start + length > way[-1]:
        return None
    ends = np.interp([start, start + length], way, points[:, 0])
    forward = ends[1] >= ends[0]
    offsets = np.cumsum([0, *advances[:-1]]) + np.array(advances) / 2
    ways = start + offsets if forward else start + length - offsets
    reach = max(8.0, size * 0.8)
    here = np.stack([np.interp(ways, way, points[:, k]) for k in (0, 1)], axis=1)
    a = np.stack([np.interp(ways - reach, way, points[:, k]) for k in (0, 1)], axis=1)
    b = np.stack([np.interp(ways + reach, way, points[:, k]) for k in (0, 1)], axis=1)
    along = (b - a) * (1 if forward else -1)
    along /= np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    up = np.stack([along[:, 1], -along[:, 0]], axis=1)
    spots = here + up * size * 0.62
    angles = np.degrees(np.arctan2(-along[:, 1], along[:, 0]))
    return [(round(float(x)), round(float(y)), float(t)) for (x, y), t in zip(spots, angles, strict=True)]


__all__ = ["CLOSE", "Blockers", "Label", "TownNames", "name_picture", "river_names", "sign", "water_names"]
