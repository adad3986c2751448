"""A theatre as a printed sheet: the window's ground and lines, layers of data, names, legend, scale bar, sources.

Works without a display (SDL's dummy driver). The ground and the lines are painted by the same code as the window's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import numpy as np
import pygame

from engine.model.theatre import Theatre
from ui.map.camera import ARMY, OPERATIONAL, THEATRE
from ui.map.ground.chains import Network, make_network
from ui.map.ground.fields import make_fields
from ui.map.ground.lines import GRATICULE_STEP, LinePainter, graticule
from ui.map.ground.relief import CHUNK, Look, Painter, paint_now
from ui.map.marks.labels import Blockers, Label, TownNames, river_names, water_names
from ui.map_layers import FERRY, MARKS, TINTS, WORKS, Sheet, Tint, ring_of, tint
from ui.theme import palette
from ui.theme.palette import Rgb
from ui.theme.scale import Scale
from ui.theme.type import TEXT, wrap

GROUND = ("ground", "rivers", "roads", "rails", "names")
LAYERS = (*GROUND, *MARKS, *TINTS)
"""What `draw_theatre` can draw."""
DEFAULT = ("ground", "rivers", "roads", "rails", "borders", "crossings", "names")
WITH_TINT = ("ground", "rivers", "names")
PAPER, INK = palette.PAPER.background, palette.PAPER.text
MARGIN = 24
_PITCHES = (6, 10, 14, 20, 28, 36, 56)
LAND_NAME: Rgb = (107, 99, 80)
_LAND_STYLES = {"island": (12, "it", 0), "peninsula": (11, "it", 0), "spit": (11, "it", 0), "region": (13, "semibold", 4)}
"""How lands are lettered, by kind: size, face, spacing. Countries, marshes and ponds are not."""
PORT_NAMED_T = 300
"""Ports of fewer tons a day than this get a ring without a figure."""
FADED = 0.6
"""Share of paper over the ground where it was not asked for."""


class UnknownLayer(ValueError):
    """A layer that there is not; the message lists those there are."""


def draw_theatre(
    theatre: Theatre, layers: Sequence[str] = (), size: tuple[int, int] | int = 1600, path: str | Path | None = None
) -> pygame.Surface:
    """Draw a theatre to at most `size` pixels (width, or width and height), write a PNG if `path` is given.

    Without layers the general map is drawn. Given layers are drawn alone over a faint coast, values of hexes (elevation,
    forest, country, ice, ...) and marks over the ground with rivers and names.
    """
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    pygame.font.init()
    wanted = _wanted(layers)
    fields = make_fields(theatre)
    frame = fields.frame
    width, height = (size, 1 << 20) if isinstance(size, int) else size
    pitch = max(4, min((width - 2 * MARGIN) // frame.wide, height // (frame.high + 14)))
    tier = THEATRE if pitch < 14 else ARMY if pitch < 32 else OPERATIONAL
    look = Look(pitch, tier, 1.0)
    sheet = pygame.Surface((frame.wide * pitch, frame.high * pitch))
    sheet.fill(palette.OUTSIDE)
    network = make_network(theatre)
    painter = Painter(fields)
    for i, j in _chunks(sheet):
        sheet.blit(paint_now(painter, i, j, look), (i * CHUNK, j * CHUNK))
    if "ground" not in wanted:
        _fade(sheet)
    drawn = Sheet(theatre, frame, sheet, pitch)
    tints = [(name, TINTS[name](theatre)) for name in wanted if name in TINTS]
    for _, layer in tints:
        tint(drawn, layer, 0.62 if "ground" in wanted else 1.0)
    kept = replace(
        network,
        rivers=network.rivers if "rivers" in wanted else (),
        roads=network.roads if "roads" in wanted else (),
        rails=network.rails if "rails" in wanted else (),
    )
    pen = LinePainter(theatre, frame, kept)
    # Who asks for lines alone wants all of them, also where the general map has room for the greatest only.
    every = "ground" not in wanted or pitch >= 14
    for i, j in _chunks(sheet):
        *_, lines = pen.paint(i, j, replace(look, tier=max(tier, ARMY)) if every else look)
        sheet.blit(lines, (i * CHUNK, j * CHUNK), special_flags=pygame.BLEND_PREMULTIPLIED)
    for name in wanted:
        if name in MARKS:
            MARKS[name][0](drawn)
    area = sheet.get_rect()
    edge = _graticule_labels(drawn, area, tier)
    if "names" in wanted:
        _names(drawn, kept, area, tier, edge, [name for name in wanted if name in MARKS])
    page = _page(drawn, wanted, tints, every=every)
    if path is not None:
        pygame.image.save(page, str(path))
    return page


def _wanted(layers: Sequence[str]) -> tuple[str, ...]:
    for layer in layers:
        if layer not in LAYERS:
            raise UnknownLayer(f"expected a layer of {', '.join(LAYERS)}; found {layer!r}")
    if not layers:
        return DEFAULT
    if any(name in TINTS or name in MARKS for name in layers) and not set(layers) & {
        "ground",
        "rivers",
        "rails",
        "roads",
    }:
        return (*WITH_TINT[:-1], *layers, "names")
    return tuple(layers)


def _fade(sheet: pygame.Surface) -> None:
    """Paper over the ground, so that coasts and lakes only just show under lines drawn alone."""
    veil = pygame.Surface(sheet.get_size())
    veil.fill(PAPER)
    veil.set_alpha(round(255 * FADED))
    sheet.blit(veil, (0, 0))


def _chunks(sheet: pygame.Surface) -> list[tuple[int, int]]:
    across, down = -(-sheet.get_width() // CHUNK), -(-sheet.get_height() // CHUNK)
    return [(i, j) for i in range(across) for j in range(down)]


def _graticule_labels(sheet: Sheet, area: pygame.Rect, tier: int) -> list[pygame.Rect]:
    """Degrees along the top and left edges, inside the map; returns their boxes."""
    boxes = []
    for meridian, degrees, points in graticule(sheet.theatre, sheet.frame, area, sheet.pitch, GRATICULE_STEP[tier]):
        if degrees % 1 and tier < OPERATIONAL:
            continue
        whole, minutes = int(degrees), round(degrees % 1 * 60)
        text = f"{whole}°{f'{minutes:02d}′' if minutes else ''} {'E' if meridian else 'N'}"
        mark = TEXT.halo(text, 12, "regular", palette.GRATICULE, palette.PLACE_HALO)
        inner = 1.2 * sheet.pitch
        if meridian:
            order = np.argsort(points[:, 1])
            at = (float(np.interp(inner, points[order, 1], points[order, 0])), inner)
        else:
            at = (inner, float(np.interp(inner, points[:, 0], points[:, 1])))
        box = mark.get_rect(center=at)
        if area.contains(box):
            sheet.surface.blit(mark, box)
            boxes.append(box)
    return boxes


def _names(
    sheet: Sheet, network: Network, area: pygame.Rect, tier: int, edge: list[pygame.Rect], marks: Sequence[str]
) -> None:
    scale = Scale(100)
    # A sheet shows more names than the window at the same pitch: nothing else wants the room.
    stop = next((p for p in _PITCHES if p >= 2 * sheet.pitch), _PITCHES[-1]) if sheet.pitch >= 8 else 10
    waters = _apart(water_names(sheet.theatre, sheet.frame, area, sheet.pitch, tier, scale))
    signs: list[Label] = []
    towns: list[Label] = []
    rivers: list[Label] = []
    names = TownNames(sheet.theatre, network, sheet.frame, scale)
    beyond = area.inflate(2000, 2000)
    rim = (pygame.Rect(beyond.x, beyond.y, beyond.w, 1000), pygame.Rect(beyond.x, area.bottom, beyond.w, 1000),
           pygame.Rect(beyond.x, 0, 1000, area.h), pygame.Rect(area.right, 0, 1000, area.h))  # fmt: skip
    blocks = [*edge, *rim, *(w.rect for w in waters)]
    for _ in names.lay_out(area, sheet.pitch, stop, tier, blocks, signs, towns):
        pass
    taken = Blockers()
    for label in (*signs, *towns, *waters):
        taken.add(label.rect)
    if network.rivers:
        for _ in river_names(network, sheet.frame, area, sheet.pitch, tier, scale, taken, rivers):
            pass
    for label in rivers:
        taken.add(label.rect)
    lines = _line_names(sheet, area, scale, taken) if "lines" in marks else []
    lines += _port_names(sheet, area, scale, taken) if "bases" in marks else []
    for label in (*lines, *_land_names(sheet, area, scale, taken), *waters, *rivers, *signs, *towns):
        if label.leader is not None:
            pygame.draw.aaline(sheet.surface, palette.SECOND_NAME, *label.leader)
        sheet.surface.blit(label.surface, (label.x, label.y))


def _apart(labels: Sequence[Label]) -> list[Label]:
    """Labels without those that would lie over an earlier one."""
    kept: list[Label] = []
    for label in labels:
        if label.rect.collidelist([other.rect for other in kept]) < 0:
            kept.append(label)
    return kept


def _land_names(sheet: Sheet, area: pygame.Rect, scale: Scale, taken: Blockers) -> list[Label]:
    """Islands and regions in spaced letters, each at the free spot nearest to its middle; without one it is left out."""
    labels = []
    for land in sheet.theatre.regions:
        style = _LAND_STYLES.get(land.names["kind"])
        if style is None:
            continue
        size, face, tracking = style
        words = land.name.upper() if land.names["kind"] == "region" else land.name
        picture = TEXT.halo(words, scale.type(size), face, LAND_NAME, palette.PLACE_HALO, radius=1.2,
                            tracking=scale(tracking))  # fmt: skip
        middle = sheet.xy(np.array([sheet.theatre.project(land.lat, land.lon)]))[0]
        spot = _free_spot(picture.get_rect(center=(int(middle[0]), int(middle[1]))), area, taken, 8 * sheet.pitch)
        if spot is not None:
            taken.add(spot)
            labels.append(Label(picture, spot.x, spot.y))
    return labels


def _line_names(sheet: Sheet, area: pygame.Rect, scale: Scale, taken: Blockers) -> list[Label]:
    """Each fortified line's name and date of readiness at the free spot nearest to its middle."""
    labels = []
    for line in sheet.theatre.lines:
        picture = TEXT.halo(f"{line.name}, {line.ready}", scale.type(11), "semibold", WORKS, palette.PLACE_HALO, radius=1.2)
        x, y = sheet.xy(sheet.theatre.grid.centres_m[[line.cells[len(line.cells) // 2]]])[0]
        spot = _free_spot(picture.get_rect(midleft=(int(x) + 6, int(y))), area, taken, 10 * sheet.pitch)
        if spot is not None:
            taken.add(spot)
            labels.append(Label(picture, spot.x, spot.y))
    return labels


def _port_names(sheet: Sheet, area: pygame.Rect, scale: Scale, taken: Blockers) -> list[Label]:
    """Tons a day beside the ring of each port of some size, the largest first."""
    labels = []
    for place in sorted(sheet.theatre.places, key=lambda p: (-p.port_t, p.id)):
        if place.port_t < PORT_NAMED_T:
            break
        picture = TEXT.halo(f"{place.port_t:,} t", scale.type(11), "semibold", FERRY, palette.PLACE_HALO, radius=1.2)
        x, y = sheet.xy(np.array([sheet.theatre.project(place.lat, place.lon)]))[0]
        low = (int(x), int(y) + ring_of(sheet, place.port_t) + 2)
        spot = _free_spot(picture.get_rect(midtop=low), area, taken, 4 * sheet.pitch)
        if spot is not None:
            taken.add(spot)
            labels.append(Label(picture, spot.x, spot.y))
    return labels


def _free_spot(box: pygame.Rect, area: pygame.Rect, taken: Blockers, reach: int) -> pygame.Rect | None:
    """The box moved as little as possible, at most `reach` pixels, so that it lies in the area over nothing."""
    steps = range(-reach, reach + 1, 6)
    for dx, dy in sorted(((dx, dy) for dx in steps for dy in steps), key=lambda d: (d[0] ** 2 + d[1] ** 2, d)):
        there = box.move(dx, dy)
        if area.contains(there) and not taken.overlap(there):
            return there
    return None


def _page(sheet: Sheet, wanted: Sequence[str], tints: Sequence[tuple[str, Tint]], *, every: bool) -> pygame.Surface:
    """The map in its margin, with title, legend, scale bar and sources beneath."""
    margin = MARGIN
    wide, high = sheet.surface.get_size()
    legend = _legend(sheet, wanted, tints, wide, every=every)
    page = pygame.Surface((wide + 2 * margin, high + legend.get_height() + 3 * margin + 28))
    page.fill(PAPER)
    title = TEXT.get(sheet.theatre.title, 24, "semibold", INK)
    page.blit(title, (margin, margin // 2))
    shown = ", ".join(name for name in wanted if name != "names")
    page.blit(TEXT.get(shown, 13, "regular", palette.PAPER.second), (margin + title.get_width() + 16, margin // 2 + 10))
    top = margin + 28
    page.blit(sheet.surface, (margin, top))
    pygame.draw.rect(page, INK, (margin - 1, top - 1, wide + 2, high + 2), 1)
    page.blit(legend, (margin, top + high + margin))
    return page


def _legend(
    sheet: Sheet, wanted: Sequence[str], tints: Sequence[tuple[str, Tint]], width: int, *, every: bool
) -> pygame.Surface:
    items: list[tuple[str, str, Rgb]] = []
    if "ground" in wanted:
        if not tints:
            heights = zip(palette.HEIGHT_STOPS_M, palette.HEIGHT_TINTS, strict=True)
            items += [("box", f"{m} m", c) for m, c in heights]
            items += [("box", "forest", palette.FOREST), ("box", "marsh", palette.MARSH),
                      ("box", "built-up", palette.BUILT_UP)]  # fmt: skip
        items += [("box", "sea", palette.SEA_FAR), ("box", "lake", palette.LAKE)]
    if "rivers" in wanted:
        items += [("line3", "major river", palette.RIVER), ("line2", "river", palette.RIVER)]
        items += [("line1", "stream", palette.RIVER)] if every else []
    if "roads" in wanted:
        items += [("line2", "main road", palette.MAIN_ROAD)]
        items += [("line1", "road", palette.OTHER_ROAD)] if every else []
    if "rails" in wanted:
        if every:
            items += [("rail", "railway 1435 mm", palette.RAILWAY), ("ticks", "railway 1524 mm", palette.RAILWAY),
                      ("half", "narrow gauge", palette.RAILWAY)]  # fmt: skip
        else:  # the small map draws main lines only, all alike
            items += [("line1", "railway of full gauge", palette.RAILWAY)]
    for name in wanted:
        if name in MARKS:
            items += [("line2", text, colour) for text, colour in MARKS[name][1]]
    for _, layer in tints:
        items += [("box", text, colour) for text, colour in layer.classes]
    return _laid_out(sheet, items, width)


def _laid_out(sheet: Sheet, items: Sequence[tuple[str, str, Rgb]], width: int) -> pygame.Surface:
    bar = _scale_bar(sheet)
    room = width - bar.get_width() - 40
    rows: list[list[tuple[str, str, Rgb]]] = [[]]
    used = 0
    for item in items:
        need = 44 + TEXT.get(item[1], 14, "regular", INK).get_width() + 16
        if rows[-1] and used + need > room:
            rows.append([])
            used = 0
        rows[-1].append(item)
        used += need
    sources = wrap(sheet.theatre.attribution, 12, "regular", width)
    spacing = f"{sheet.theatre.grid.spacing_m / 1000:g}"
    note = f"{sheet.theatre.projection}; hexes of {spacing} km; digest {sheet.theatre.digest[:12]}"
    text = [*sources, note]
    out = pygame.Surface((width, max(24 * len(rows), bar.get_height()) + 10 + 16 * len(text)))
    out.fill(PAPER)
    for k, row in enumerate(rows):
        x = 0
        for style, words, colour in row:
            _swatch(out, style, colour, x, 24 * k)
            label = TEXT.get(words, 14, "regular", INK)
            out.blit(label, (x + 40, 24 * k + 1))
            x += 44 + label.get_width() + 16
    out.blit(bar, (width - bar.get_width(), 0))
    y = out.get_height() - 16 * len(text)
    for line in text:
        out.blit(TEXT.get(line, 12, "regular", palette.PAPER.second), (0, y))
        y += 16
    return out


def _swatch(out: pygame.Surface, style: str, colour: Rgb, x: int, y: int) -> None:
    middle = y + 10
    if style == "box":
        pygame.draw.rect(out, colour, (x, y + 3, 34, 15))
        pygame.draw.rect(out, palette.PAPER.line, (x, y + 3, 34, 15), 1)
        return
    pygame.draw.line(out, colour, (x, middle), (x + 34, middle), {"line3": 4, "line2": 2, "rail": 4}.get(style, 1))
    if style == "rail":
        for at in range(x + 3, x + 32, 10):
            pygame.draw.line(out, palette.RAIL_GAP, (at, middle), (at + 4, middle), 2)
    if style in ("ticks", "half"):
        for at in range(x + 3, x + 33, 7):
            pygame.draw.line(out, colour, (at, middle - 3), (at, middle + (3 if style == "ticks" else 0)))


def _scale_bar(sheet: Sheet) -> pygame.Surface:
    """100 km, in fifths. Scale is true to 0.12 % everywhere on an equal-area plane of this size."""
    long = round(100_000 / sheet.theatre.grid.spacing_m * sheet.pitch)
    out = pygame.Surface((long + 60, 40))
    out.fill(PAPER)
    for fifth in range(5):
        left, right = round(long * fifth / 5), round(long * (fifth + 1) / 5)
        pygame.draw.rect(out, INK if fifth % 2 == 0 else palette.PAPER.raised, (10 + left, 22, right - left, 7))
    pygame.draw.rect(out, INK, (10, 22, long, 7), 1)
    for km in (0, 20, 100):
        mark = TEXT.get(f"{km} km" if km == 100 else str(km), 13, "regular", INK)
        out.blit(mark, (10 + long * km // 100 - (mark.get_width() // 2 if km < 100 else 12), 3))
    return out
