"""Counters: APP-6 friendly frames on square cards, the side in corners, edge and hatch, drawn on whole pixels.

A card is drawn once for each look of a formation and kept; every frame only blits. Sizes come from a table of
anatomy at five card sides and from proportions between them; a finished card is never scaled.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

import pygame

from ui.map.marks.icons import icon
from ui.theme import palette
from ui.theme.palette import Rgb, SideSet, mix
from ui.theme.type import TEXT, font

OK, LOW, CRITICAL, CUT_OFF = range(4)
KNOWN, HOURS_OLD, DAY_OLD = range(3)
AXIS, SOVIET = 0, 1


@dataclass(frozen=True)
class Look:
    """Everything a card shows. `size` is the card's side in pixels, `value` the figure the player chose."""

    size: int
    side: int
    nation: str
    arm: str
    echelon: int
    face: str = ""
    value: str = ""
    strength: int = 8
    """Eighths, 0 to 8; -1 not known."""
    readiness: int = 4
    """Pips filled, 0 to 4; -1 not known."""
    supply: int = OK
    works: int = 0
    """Crenels under the card: 0, 3 or 5."""
    headquarters: bool = False
    knowledge: int = KNOWN
    age_h: int = 0
    stack: int = 1
    resting: bool = False
    hollow: bool = False
    """Interpolated between dated facts: body without colour."""
    dark_ground: bool = False


@dataclass(frozen=True)
class Anatomy:
    """Pixels of a card's parts at one size."""

    frame: tuple[int, int, int, int]
    echelon_y: int
    echelon_h: int
    stroke: float
    face: int
    value: int
    bar: int
    pip: int
    edge: int
    badge: int
    offset: int


_TABLE = {
    24: Anatomy((3, 7, 18, 10), 2, 3, 1.15, 9, 0, 0, 0, 1, 4, 2),
    32: Anatomy((4, 8, 20, 12), 2, 4, 1.3, 10, 10, 2, 3, 1, 4, 2),
    48: Anatomy((6, 12, 31, 18), 3, 6, 1.7, 14, 14, 3, 4, 2, 6, 4),
    64: Anatomy((7, 16, 43, 25), 4, 9, 2.1, 18, 18, 4, 5, 2, 9, 5),
    96: Anatomy((11, 24, 64, 38), 6, 13, 3.0, 27, 27, 6, 8, 4, 13, 8),
}


def anatomy(size: int) -> Anatomy:
    """The parts of a card of any side: from the table, or in proportion."""
    if size in _TABLE:
        return _TABLE[size]
    high = round(0.39 * size)
    frame = (round(0.11 * size), round(0.25 * size), round(0.67 * size), high + high % 2)
    small = size < 30
    return Anatomy(
        frame, max(1, round(0.06 * size)), max(3, round(0.135 * size)), 0.55 + 0.0255 * size,
        max(8, round((0.36 if small else 0.29) * size)), 0 if small else round(0.29 * size),
        0 if small else max(2, round(0.0625 * size)), 0 if small else max(2, round(0.085 * size)),
        1 if size < 44 else 2 if size < 80 else round(size / 24), max(3, round(0.135 * size)),
        max(2, round(0.08 * size)),
    )  # fmt: skip


class CounterCache:
    """Finished counters by look; the anchor of each is the middle of its card."""

    def __init__(self, sides: SideSet, limit: int = 2000) -> None:
        self.sides, self._limit = sides, limit
        self._kept: OrderedDict[Look, pygame.Surface] = OrderedDict()

    def get(self, look: Look) -> pygame.Surface:
        """The counter's surface; blit it so that its middle lies where the card's middle belongs."""
        found = self._kept.get(look)
        if found is None:
            found = draw(look, self.sides)
            self._kept[look] = found
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(look)
        return found

    def restyle(self, sides: SideSet) -> None:
        """Other side colours: everything is drawn again."""
        if sides is not self.sides:
            self.sides = sides
            self._kept.clear()


def margin(size: int) -> int:
    """Room round the card for badges, works, staff line, stack and shadow."""
    return round(size * 0.42) + 4


def draw(look: Look, sides: SideSet) -> pygame.Surface:
    """Draw a counter: shadow, cards beneath, card, badges."""
    size, room = look.size, margin(look.size)
    parts = anatomy(size)
    out = pygame.Surface((size + 2 * room, size + 2 * room), pygame.SRCALPHA)
    card = _card(look, parts, sides)
    if look.knowledge != KNOWN:
        card.set_alpha(191 if look.knowledge == HOURS_OLD else 120)
    else:
        lift = max(1, round(size / 16))
        shadow = pygame.Surface((size, size), pygame.SRCALPHA)
        shadow.fill((0, 0, 0, 61))
        out.blit(shadow, (room + lift, room + lift))
    beneath = min(look.stack, 3) - 1
    for k in range(beneath, 0, -1):
        below = _body(replace(look, hollow=False), parts, sides)
        out.blit(below, (room + k * parts.offset, room - k * parts.offset))
    if look.headquarters:
        light = look.dark_ground
        ink = (232, 230, 223) if light else palette.ICON_INK
        width = max(1, round(size / 24))
        pygame.draw.rect(out, ink, (room, room + size - 1, width, round(0.3 * size) + 1))
    out.blit(card, (room, room))
    if look.works:
        _works(out, look, room, parts)
    if look.supply:
        _supply(out, (room, room), parts.badge + 1, look.supply)
    if look.stack > 1:
        _count(out, look, room, parts)
    if look.knowledge == DAY_OLD:
        _age(out, look, room)
    return out


def _edge_of(look: Look) -> Rgb:
    return palette.AXIS_EDGE if look.side == AXIS else palette.SOVIET_EDGE


def _outline(size: int, side: int, inset: int) -> list[tuple[int, int]]:
    """Corners of the card: square for the Axis, upper corners cut for the Soviet side."""
    a, b = inset, size - 1 - inset
    if side == AXIS:
        return [(a, a), (b, a), (b, b), (a, b)]
    cut = round(0.19 * size)
    return [(a + cut - inset // 2, a), (b - cut + inset // 2, a), (b, a + cut - inset // 2), (b, b), (a, b),
            (a, a + cut - inset // 2)]  # fmt: skip


def _body(look: Look, parts: Anatomy, sides: SideSet) -> pygame.Surface:
    """Card with edge and hatch, nothing on it."""
    size = look.size
    colours = palette.card_of(look.nation, sides)
    out = pygame.Surface((size, size), pygame.SRCALPHA)
    fill = mix(colours.card, (244, 241, 228), 0.72) if look.hollow else colours.card
    pygame.draw.polygon(out, (*_edge_of(look), 255), _outline(size, look.side, 0))
    if look.side == AXIS:
        pygame.draw.polygon(out, (*palette.AXIS_KEYLINE, 255), _outline(size, AXIS, parts.edge))
        pygame.draw.polygon(out, (*fill, 255), _outline(size, AXIS, parts.edge + max(1, parts.edge // 2)))
    else:
        inner = parts.edge + max(0, parts.edge // 2)
        pygame.draw.polygon(out, (*fill, 255), _outline(size, SOVIET, inner))
        hatch = pygame.Surface((size, size), pygame.SRCALPHA)
        step, width = max(3, size // 8), max(1, round(size / 40))
        for x in range(-size, size, step):
            pygame.draw.line(hatch, (255, 255, 255, 46), (x, size), (x + size, 0), width)
        mask = pygame.Surface((size, size), pygame.SRCALPHA)
        pygame.draw.polygon(mask, (255, 255, 255, 255), _outline(size, SOVIET, inner))
        hatch.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        out.blit(hatch, (0, 0))
        if look.nation == "guards":
            bar = max(2, round(0.065 * size))
            top = round(0.19 * size) + inner
            pygame.draw.rect(out, (255, 255, 255, 255), (inner, top, bar, size - top - inner))
    return out


def _card(look: Look, parts: Anatomy, sides: SideSet) -> pygame.Surface:
    size = look.size
    colours = palette.card_of(look.nation, sides)
    ink = palette.ICON_INK if look.hollow else colours.ink
    out = _body(look, parts, sides)
    x, y, w, h = parts.frame
    line = max(1, round(size / 40))
    pygame.draw.rect(out, palette.ICON_INK, (x - line + 1, y - line + 1, w + 2 * line - 2, h + 2 * line - 2))
    pygame.draw.rect(out, colours.frame, (x + 1, y + 1, w - 2, h - 2))
    if look.arm:
        out.blit(icon(look.arm, w - 2, h - 2, parts.stroke), (x + 1, y + 1))
    else:
        label = TEXT.get("?", max(9, h), "bold", palette.ICON_INK)
        out.blit(label, (x + (w - label.get_width()) // 2, y + (h - label.get_height()) // 2))
    echelon(out, look.echelon, x + w / 2, parts.echelon_y + parts.edge - 1, parts.echelon_h, ink)
    _face(out, look, parts, ink)
    if parts.pip and look.readiness >= 0:
        _pips(out, look, parts, ink)
    if parts.bar and look.strength >= 0:
        _bar(out, look, parts)
    if look.resting:
        pygame.draw.rect(out, ink, (x, y + h - 1, w, max(2, round(size / 20))))
    return out


def echelon(surface: pygame.Surface, level: int, middle: float, top: int, height: int, ink: Rgb) -> None:
    """Echelon mark as strokes: 1 I ... 3 III, 4 X, 5 XX, 6 XXX, 7 XXXX, 8 XXXXX."""
    width = max(1, round(height / 4.5))
    if level <= 0:
        return
    if level <= 3:
        gap = max(2, round(height * 0.55))
        for k in range(level):
            x = round(middle + (k - (level - 1) / 2) * gap)
            pygame.draw.line(surface, ink, (x, top), (x, top + height - 1), width)
        return
    crosses = level - 3
    each = height
    gap = max(1, round(height / 4)) if crosses < 4 else max(1, round(height / 6))
    total = crosses * each + (crosses - 1) * gap
    left = round(middle - total / 2)
    for k in range(crosses):
        x = left + k * (each + gap)
        pygame.draw.line(surface, ink, (x, top), (x + each - 1, top + height - 1), width)
        pygame.draw.line(surface, ink, (x, top + height - 1), (x + each - 1, top), width)


def _face(out: pygame.Surface, look: Look, parts: Anatomy, ink: Rgb) -> None:
    """Designation left, value right, by the ink boxes of their glyphs; the designation has precedence."""
    size, edge = look.size, parts.edge + 1
    top = parts.frame[1] + parts.frame[3] + max(1, round(size / 32))
    room = size - 2 * edge - 1
    pixels = parts.face
    label = TEXT.get(look.face, pixels, "bold", ink)
    while label.get_bounding_rect().width > room and pixels > 7:
        pixels -= 1
        label = TEXT.get(look.face, pixels, "bold", ink)
    box = label.get_bounding_rect()
    guards = round(0.065 * size) + 1 if look.nation == "guards" else 0
    if not parts.value:
        out.blit(label, ((size - box.width) // 2 - box.x, top - box.y))
        return
    out.blit(label, (edge + guards - box.x, top - box.y))
    if look.value:
        value = TEXT.get(look.value, parts.value, "semibold", ink)
        other = value.get_bounding_rect()
        if guards + box.width + other.width + max(2, size // 12) <= room:
            out.blit(value, (size - edge - other.width - other.x, top - other.y))


def _pips(out: pygame.Surface, look: Look, parts: Anatomy, ink: Rgb) -> None:
    x, y, w, h = parts.frame
    left = x + w + max(1, round(look.size / 24))
    width = min(parts.pip, look.size - parts.edge - 1 - left)
    if width < 2:
        return
    step = h / 4
    empty = pygame.Surface((width, max(1, round(step) - 1)), pygame.SRCALPHA)
    empty.fill((*ink, 77))
    for k in range(4):
        top = y + round((3 - k) * step)
        if k < look.readiness:
            pygame.draw.rect(out, ink, (left, top, width, max(1, round(step) - 1)))
        else:
            out.blit(empty, (left, top))


def _bar(out: pygame.Surface, look: Look, parts: Anatomy) -> None:
    edge = parts.edge + (1 if look.side == AXIS else 0)
    width = look.size - 2 * edge
    top = look.size - edge - parts.bar
    pygame.draw.rect(out, palette.AXIS_EDGE, (edge, top - 1, width, parts.bar + 1))
    full = round(width * look.strength / 8)
    pygame.draw.rect(out, (255, 255, 255), (edge, top, full, parts.bar))
    for quarter in (1, 2, 3):
        x = edge + round(width * quarter / 4)
        pygame.draw.line(out, palette.AXIS_EDGE, (x, top), (x, top + parts.bar - 1), max(1, look.size // 64))


def _works(out: pygame.Surface, look: Look, room: int, parts: Anatomy) -> None:
    size = look.size
    line = max(1, round(size / 24))
    height = max(3, round(size / 11))
    top = room + size + max(1, line // 2) + (1 if size >= 32 else 0)
    teeth = look.works
    step = size / teeth
    for k in range(teeth):
        x = room + round(k * step + step * 0.18)
        wide = round(step * 0.64)
        points = [(x, top + height), (x, top), (x + wide, top), (x + wide, top + height)]
        pygame.draw.lines(out, palette.PLACE_HALO, False, [(px + 1, py + 1) for px, py in points], line)
        pygame.draw.lines(out, palette.ICON_INK, False, points, line)
    if teeth >= 5:
        pygame.draw.line(out, palette.ICON_INK, (room, top + height), (room + size - 1, top + height), line)


def _supply(out: pygame.Surface, at: tuple[int, int], radius: int, state: int) -> None:
    supply_badge(out, at, radius, state)


def supply_badge(out: pygame.Surface, at: tuple[int, int], radius: int, state: int) -> None:
    """Low: disc half black. Critical: amber triangle with a stroke. Cut off: ring with a slash."""
    x, y = at
    dark, light = palette.ICON_INK, (255, 255, 255)
    if state == LOW:
        pygame.draw.circle(out, dark, (x, y), radius)
        pygame.draw.circle(out, light, (x, y), radius - 1, draw_bottom_left=True, draw_bottom_right=True)
    elif state == CRITICAL:
        shape = [(x, y - radius - 1), (x + radius + 1, y + radius), (x - radius - 1, y + radius)]
        pygame.draw.polygon(out, palette.GRAPHITE.accent, shape)
        pygame.draw.polygon(out, dark, shape, max(1, radius // 5))
        pygame.draw.line(out, dark, (x, y - radius // 3), (x, y + radius // 3), max(1, radius // 3))
    elif state == CUT_OFF:
        pygame.draw.circle(out, light, (x, y), radius)
        pygame.draw.circle(out, dark, (x, y), radius, max(1, radius // 3))
        reach = round(radius * 0.6)
        pygame.draw.line(out, dark, (x - reach, y + reach), (x + reach, y - reach), max(1, radius // 3))


def _count(out: pygame.Surface, look: Look, room: int, parts: Anatomy) -> None:
    size = look.size
    pixels = max(9, round(size * 0.30))
    label = TEXT.get(str(look.stack), pixels, "bold", palette.ICON_INK)
    box = label.get_bounding_rect()
    wide, high = max(box.width + 6, round(pixels * 1.05)), round(pixels * 1.25)
    beneath = min(look.stack, 3) - 1
    x = min(room + size + beneath * parts.offset - wide // 2, out.get_width() - wide)
    y = max(0, room - beneath * parts.offset - high // 2)
    rect = pygame.Rect(x, y, wide, high)
    pygame.draw.rect(out, (255, 255, 255), rect, border_radius=max(2, size // 16))
    pygame.draw.rect(out, palette.ICON_INK, rect, 1, border_radius=max(2, size // 16))
    out.blit(label, (rect.centerx - box.width / 2 - box.x, rect.centery - box.height / 2 - box.y))


def _age(out: pygame.Surface, look: Look, room: int) -> None:
    size, dash = look.size, max(2, look.size // 12)
    rect = pygame.Rect(room - 1, room - 1, size + 2, size + 2)
    for start, stop in (((rect.left, rect.top), (rect.right, rect.top)),
                        ((rect.right, rect.top), (rect.right, rect.bottom)),
                        ((rect.right, rect.bottom), (rect.left, rect.bottom)),
                        ((rect.left, rect.bottom), (rect.left, rect.top))):  # fmt: skip
        a, b = pygame.Vector2(start), pygame.Vector2(stop)
        length = (b - a).length()
        for k in range(0, int(length), 2 * dash):
            p, q = a.lerp(b, k / length), a.lerp(b, min(1.0, (k + dash) / length))
            pygame.draw.line(out, palette.ICON_INK, p, q, max(1, size // 32))
    if look.age_h and size >= 30:
        label = TEXT.halo(f"{look.age_h} h", max(9, font_size(size)), "semibold", palette.PLACE_NAME, palette.PLACE_HALO,
                          radius=1.5)  # fmt: skip
        out.blit(label, (room + (size - label.get_width()) // 2, room + size - 2))


def font_size(size: int) -> int:
    """Type under a card."""
    return round(size * 0.30)


def fits(face: str, size: int) -> bool:
    """Whether a designation fits a card of a side at its full type size."""
    parts = anatomy(size)
    return bool(font(parts.face, "bold").size(face)[0] <= size - 2 * parts.edge - 3)
