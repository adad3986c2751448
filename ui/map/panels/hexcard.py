"""The hex card: what ground, control and crossings a hex has, and what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ui.map.kit import Canvas
from ui.map.scene import Frame
from ui.map.stages.frames import place_name

if TYPE_CHECKING:
    from ui.map.app import App

_TERRAIN = ("open ground", "mixed ground", "forest", "swamp", "rugged ground", "town")
_RIVER = ("", "stream", "river", "wide river")
_SIDES = ("north", "north-east", "south-east", "south", "south-west", "north-west")


def draw(c: Canvas, app: App, frame: Frame, cell: int) -> None:
    """Ground, height, control, hexsides, places, and what stands there."""
    story, t = app.stage.story, c.theme
    th = story.theatre
    c.title(f"Hex {th.grid.text(cell)} · {place_name(story, cell)}")
    y = 44.0
    rows: list[tuple[str, str]] = []
    if th.kind[cell] != 1:
        rows.append(("Ground", "sea" if th.kind[cell] == 0 else "lake"))
    else:
        rows.append(("Ground", f"{_TERRAIN[min(5, int(th.terrain[cell]))]}, forest {int(th.forest_pct[cell])} %"))
        rows.append(("Height", f"{int(th.elevation_m[cell])} m, relief {int(th.relief_dm[cell]) / 10:.0f} m"))
        owner = int(frame.owner[cell])
        rows.append(("Control", story.side_names[owner] if owner >= 0 else "outside the scenario"))
        if cell in frame.fortress:
            rows.append(("Fortress", "its garrison stands fast until it is lifted"))
        rows.append(("Country", th.countries[int(th.country[cell])]))
    sides = []
    for d in range(6):
        river = int(th.river[cell, d])
        if river:
            index = int(th.river_name[cell, d])
            name = th.river_names[index] if index >= 0 else _RIVER[river]
            over = " (bridge)" if th.bridge[cell, d] else ""
            sides.append(f"{_SIDES[d]} {name}{over}")
    for k, words in enumerate(sides[:4]):
        rows.append(("Rivers" if k == 0 else "", words))
    rails = [_SIDES[d] for d in range(6) if th.rail[cell, d]]
    roads = [_SIDES[d] for d in range(6) if th.road[cell, d] == 2]
    if rails:
        rows.append(("Railway", ", ".join(rails)))
    if roads:
        rows.append(("Highway", ", ".join(roads)))
    places = [p for p in th.places if p.cell == cell]
    for p in places[:3]:
        other = ", ".join(dict.fromkeys(n.split("/")[0] for n in p.names.values() if n and n != p.name))
        rows.append(("Place", f"{p.name}" + (f" ({other})" if other else "")))
    for label, words in rows:
        c.text(12, y, label, 12.5, colour=t.second)
        c.text(86, y, words, 12.5, room=c.width - 96)
        y += 20
    stack = [int(k) for k in np.flatnonzero(frame.hex == cell)]
    if stack:
        y += 6
        c.line(12, y, c.width - 12, y)
        y += 14
        c.text(12, y, "In this hex", 13, "semibold")
        y += 20
        for unit in stack[: int((c.height - y - 24) // 20)]:
            c.text(16, y, story.units[unit].name, 12.5, room=c.width - 80)
            men = int(frame.men[unit])
            if men >= 0 and story.units[unit].men_full:
                c.bar(c.width - 52, y - 4, 40, 8, men / story.units[unit].men_full)
            c.spot(8, y - 10, c.width - 16, 20, ("select", unit), name=f"stack {story.units[unit].id}")
            y += 20
        c.text(12, c.height - 14, "Top of stack: highest combat power, then last selected", 12, colour=t.faint,
               room=c.width - 24)  # fmt: skip
