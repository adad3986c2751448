"""Icons of the arms, from the committed symbol file, drawn at any size with strokes of a given width in pixels."""

from __future__ import annotations

import io
import json
import re
from functools import lru_cache
from pathlib import Path

import pygame

from ui.theme import palette
from ui.theme.palette import Rgb
from ui.theme.type import TEXT

SYMBOLS = Path(__file__).resolve().parents[2] / "assets" / "symbols.json"
_TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")
_STROKE = re.compile(r'stroke-width="[\d.]+"')
FRAME_W, FRAME_H = 150, 100
"""Size of the friendly frame in the symbol file's units; it lies at (25, 50)."""


@lru_cache(maxsize=1)
def symbols() -> dict[str, tuple[str, str]]:
    """Arm -> (entity code, drawing inside the frame)."""
    rows = json.loads(SYMBOLS.read_text(encoding="utf-8"))
    return {name: (code, body) for name, (code, body) in rows.items()}


@lru_cache(maxsize=1)
def arms_by_entity() -> dict[str, str]:
    """Entity code (six digits of a SIDC) -> arm."""
    return {code: name for name, (code, _) in symbols().items()}


def arm_of(sidc: str) -> str:
    """The arm of a 20-digit symbol code; infantry where the code is missing or unknown."""
    return arms_by_entity().get(sidc[10:16], "infantry") if len(sidc) == 20 else "infantry"


@lru_cache(maxsize=512)
def icon(arm: str, width: int, height: int, stroke: float, ink: Rgb = palette.ICON_INK) -> pygame.Surface:
    """The icon of an arm, as large as the frame it fills; transparent ground."""
    body = symbols().get(arm, symbols()["infantry"])[1]
    found = _TEXT.search(body)
    words = found[1] if found else ""
    body = _TEXT.sub("", body)
    if arm == "security":
        body = symbols()["infantry"][1]
    body = _STROKE.sub(f'stroke-width="{stroke * FRAME_W / width:.2f}"', body)
    colour = f"rgb({ink[0]},{ink[1]},{ink[2]})"
    body = body.replace("black", colour).replace('fill="none"', 'fill="none" stroke-linejoin="round"')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<g transform="scale({width / FRAME_W:.5f},{height / FRAME_H:.5f}) translate(-25,-50)">{body}</g></svg>'
    )
    surface = pygame.image.load(io.BytesIO(svg.encode()), "icon.svg")
    if words:
        label = TEXT.get(words, max(7, round(height * 0.62)), "bold", ink)
        box = label.get_bounding_rect()
        ground = pygame.Surface((box.width + 2, box.height + 2))
        ground.fill((244, 243, 234))
        x, y = (width - box.width) // 2, (height - box.height) // 2
        surface.blit(ground, (x - 1, y - 1))
        surface.blit(label, (x - box.x, y - box.y))
    return surface
