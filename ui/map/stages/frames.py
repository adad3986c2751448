"""Frames from a session: the two sides' views, laid out by unit. The truth is what each side knows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from ui.map.scene import (
    NEVER,
    TASKS,
    TRUTH,
    BattleMark,
    Blip,
    DepotMark,
    DirectiveMark,
    Frame,
    OrderMark,
    Story,
    Weather,
)

if TYPE_CHECKING:
    from engine import Session, SideView

MILLION = 1_000_000
MARCH, ATTACK, HOLD, WITHDRAW, ENTRENCH, REST, SUPPORT, CANCEL = range(1, 9)
ORDER_WORDS = {1: "march", 2: "attack", 3: "hold", 4: "withdraw", 5: "entrench", 6: "rest", 7: "support", 8: "cancel",
               9: "probe", 10: "bombard", 11: "exploit", 12: "follow", 13: "attach",
               14: "forced march", 15: "entrain",
               16: "embark", 17: "land", 18: "keep in the theatre", 19: "let go"}  # fmt: skip
DIRECTIVE_WORDS = ("defend", "attack", "withdraw", "reserve", "relieve", "land", "evacuate", "rail", "fortify", "break out",
                   "reduce", "fortress", "lift fortress")  # fmt: skip
PERMISSIONS = ("", "must stand fast", "may fall back")
_KEPT: WeakKeyDictionary[Any, dict[int, tuple[tuple[bytes, ...], list[DirectiveMark]]]] = WeakKeyDictionary()
"""Of each session and side the directives as last shown, and what they were made from: most hours change none."""
DEPOTS = ("railhead", "port", "edge of the map")
RUNNING = 1
"""State of a directive that is being carried out; 0 is one that waits."""
IDENTIFIED = 2
"""Level of detection from which a sighting is known to be a certain formation."""
STRENGTH_KNOWN = 3
UNIT_COLUMNS = ("hex", "leg_to", "departed_at", "leg_at", "men", "afv", "afv_shop", "guns", "power", "readiness",
                "cohesion", "fatigue", "works", "ammo", "fuel", "food", "supply", "task", "posture", "stage", "goal",
                "target", "parent", "age_min", "level")  # fmt: skip
LONG = ("departed_at", "leg_at")


def empty_columns(units: int) -> dict[str, Any]:
    """Columns in which nothing is known of anybody."""
    columns = {name: np.full(units, -1, np.int64 if name in LONG else np.int32) for name in UNIT_COLUMNS}
    columns["age_min"][:] = 0
    columns["works"][:] = 0
    columns["supply"][:] = 0
    return columns


def make_frame(story: Story, session: Session, views: tuple[SideView, SideView], viewer: int, known: Frame | None,
               temperatures: dict[int, float] | None = None) -> Frame:  # fmt: skip
    """The present moment of a session for a viewer. `known` is the frame before: unchanged arrays are shared."""
    units = len(story.units)
    formations = len(views[0].own.position)
    columns = empty_columns(units)
    static = np.array([u.parent for u in story.units], np.int32)
    columns["parent"][:] = static
    blips: tuple[Blip, ...] = ()
    for side in (0, 1):
        if viewer in (TRUTH, side):
            _own(columns, views[side], formations)
    if viewer != TRUTH:
        blips = _enemies(story, columns, views[viewer], viewer)
    sides = (0, 1) if viewer == TRUTH else (viewer,)
    owner = views[0].hexes.owner.astype(np.int8)
    if known is not None and np.array_equal(owner, known.owner):
        owner = known.owner
    w = views[0].weather
    day = session.now // 1440
    return Frame(
        session.now, viewer, hollow=np.zeros(units, bool), owner=owner, blips=blips,
        orders=tuple(mark for s in sides for mark in _orders(views[s])),
        directives=tuple(mark for s in sides for mark in _directives(session, views[s], formations)),
        battles=_battles(story, views, viewer),
        depots=_depots([views[s] for s in sides], known), rails=_rails([views[s] for s in sides], known),
        fortress=tuple(sorted({cell for s in sides for cell in np.flatnonzero(views[s].hexes.fortress).tolist()})),
        weather=Weather(w.sky, w.ground, w.wind, w.sea, (temperatures or {}).get(day), w.daylight),
        lost_men=_lost(views, viewer), lost_afv=(-1, -1), **columns,
    )  # fmt: skip


def _own(columns: dict[str, Any], view: SideView, formations: int) -> None:
    own, row = view.own, view.own.row
    for name in ("hex", "leg_to", "departed_at", "leg_at", "men", "afv", "afv_shop", "guns", "task", "posture", "stage",
                 "goal", "target", "power"):  # fmt: skip
        columns[name][row] = getattr(own, name)
    columns["cohesion"][row] = own.cohesion // 1000
    columns["fatigue"][row] = own.fatigue // 1000
    columns["readiness"][row] = columns["cohesion"][row] * (2000 - columns["fatigue"][row]) // 2000
    columns["works"][row] = own.works // MILLION
    for name in ("ammo", "fuel", "food"):
        columns[name][row] = np.minimum(getattr(own, f"{name}_days") // (MILLION // 10), 9999)
    columns["supply"][row] = _supply(own)
    columns["parent"][row] = np.where(own.hq >= 0, formations + own.hq, -1)
    columns["level"][row] = 4
    hq = view.headquarters
    columns["hex"][formations + hq.row] = hq.hex
    columns["parent"][formations + hq.row] = np.where(hq.parent >= 0, formations + hq.parent, -1)
    columns["level"][formations + hq.row] = 4


def _depots(views: list[SideView], known: Frame | None) -> tuple[DepotMark, ...]:
    """Supply sources of these sides; those of the frame before if nothing changed."""
    found = []
    for view in views:
        d = view.depots
        columns = (d.hex, d.kind, d.capacity_t, d.used_t, d.working)
        found += [DepotMark(cell, view.side, DEPOTS[kind], capacity, used, bool(working))
                  for cell, kind, capacity, used, working in zip(*(c.tolist() for c in columns), strict=True)]  # fmt: skip
    marks = tuple(found)
    return known.depots if known is not None and known.depots == marks else marks


def _rails(views: list[SideView], known: Frame | None) -> bytes:
    """Where trains of these sides can pass; the bytes of the frame before if nothing changed."""
    passing = np.logical_or.reduce([view.rails.costs[:, 1:4] > 0 for view in views])
    packed = np.packbits(passing).tobytes()
    return known.rails if known is not None and known.rails == packed else packed


def _supply(own: Any) -> Any:
    """0 in order, 1 low, 2 critical, 3 cut off: what the badge on a counter says."""
    drives = own.mobility >= 2
    fuel_low, fuel_out = drives & (own.fuel_days < 500_000), drives & (own.fuel_days < 150_000)
    low = (own.ammo_days < 1_500_000) | fuel_low | (own.food_days < 1_000_000)
    critical = (own.ammo_days < 500_000) | fuel_out | (own.food_days < 250_000)
    state = np.where(critical, 2, np.where(low, 1, 0))
    return np.where(own.cut_off_since < NEVER, 3, state)


def _enemies(story: Story, columns: dict[str, Any], view: SideView, viewer: int) -> tuple[Blip, ...]:
    seen, blips = view.enemies, []
    kinds = view.statics.kinds
    for k in range(len(seen)):
        unit, level = int(seen.formation[k]), int(seen.level[k]) // MILLION
        if unit < 0 or level < IDENTIFIED:
            kind = kinds[int(seen.kind[k])] if seen.kind[k] >= 0 else ""
            blips.append(Blip(int(seen.hex[k]), 1 - viewer, level, int(seen.age_min[k]), kind.replace("_", " "),
                              int(seen.men[k]) if level >= STRENGTH_KNOWN else -1, bool(seen.moving[k])))  # fmt: skip
            continue
        columns["hex"][unit] = seen.hex[k]
        columns["age_min"][unit] = seen.age_min[k]
        columns["level"][unit] = level
        if level >= STRENGTH_KNOWN:
            columns["men"][unit] = seen.men[k]
            columns["afv"][unit] = seen.afv[k]
            columns["power"][unit] = seen.power[k]
    return tuple(blips)


def _orders(view: SideView) -> list[OrderMark]:
    o = view.orders
    columns = (o.formation, o.kind, o.goal, o.issued_at, o.arrives_at, o.state, o.by_human, o.reason, o.detail)
    out = []
    for unit, kind, goal, issued, arrives, state, by_human, reason, detail in zip(*(c.tolist() for c in columns), strict=True):
        word = ORDER_WORDS.get(kind, "")
        out.append(OrderMark(unit, word, goal, issued, arrives, state == 1, bool(by_human), (reason, *detail)))
    return out


def _directives(session: Session, view: SideView, formations: int) -> list[DirectiveMark]:
    """Directives that a side's headquarters know and are not through with, those that have begun first."""
    d, told = view.directives, session.scenario.directives
    state = tuple(column.tobytes() for column in (d.row, d.state, d.kind, d.axis, d.line, d.start_at, d.end_at))
    kept = _KEPT.setdefault(session, {}).get(view.side)
    if kept is not None and kept[0] == state:
        return kept[1]
    out = []
    for k in np.flatnonzero(d.state <= RUNNING).tolist():
        source, kind = int(d.source[k]), DIRECTIVE_WORDS[int(d.kind[k])]
        title = told[source].title if 0 <= source < len(told) else ""
        axis = tuple(cell for cell in d.axis[k].tolist() if cell >= 0)
        line = tuple(cell for cell in d.line[k].tolist() if cell >= 0)
        goal = (int(d.objective[k]),) if d.objective[k] >= 0 and not axis and not line else ()
        out.append(DirectiveMark(formations + int(d.hq[k]), title, kind, axis or line or goal, not axis and bool(line),
                                 int(d.start_at[k]), int(d.end_at[k]), int(d.state[k]) == RUNNING,
                                 PERMISSIONS[int(d.permission[k])]))  # fmt: skip
    out.sort(key=lambda mark: (not mark.begun, mark.start_at))
    _KEPT[session][view.side] = (state, out)
    return out


def _battles(story: Story, views: tuple[SideView, SideView], viewer: int) -> tuple[BattleMark, ...]:
    """Battles that go on. Each side knows from where its own men attack."""
    out: dict[int, BattleMark] = {}
    ways: dict[int, set[int]] = {}
    for side in (0, 1) if viewer == TRUTH else (viewer,):
        b = views[side].battles
        for k in np.flatnonzero(b.ended_at >= NEVER):
            row = int(b.row[k])
            attacker = side if b.attacking[k] else 1 - side
            out[row] = BattleMark(int(b.hex[k]), attacker, int(b.depth_m[k]), (), int(b.started_at[k]))
        for battle, direction in zip(b.battle.tolist(), b.direction.tolist(), strict=True):
            if direction >= 0:
                ways.setdefault(battle, set()).add(direction)
    return tuple(BattleMark(m.hex, m.attacker, m.depth_m, tuple(sorted(ways.get(row, ()))), m.started_at)
                 for row, m in out.items())  # fmt: skip


def _lost(views: tuple[SideView, SideView], viewer: int) -> tuple[int, int]:
    """Battle losses so far of the formations on the map; the other side's only in the truth."""
    lost = [int(v.own.battle_losses.sum()) for v in views]
    return (lost[0] if viewer in (TRUTH, 0) else -1, lost[1] if viewer in (TRUTH, 1) else -1)


def place_name(story: Story, cell: int) -> str:
    """A hex in words: its place, or the nearest place within three hexes with the bearing, or its number."""
    theatre = story.theatre
    if cell < 0:
        return ""
    place = theatre.place_at.get(cell)
    if place is not None:
        return place.name
    for ring in (1, 2, 3):
        cells = theatre.grid.ring_table(ring)[cell]
        near = [theatre.place_at[c] for c in cells.tolist() if c in theatre.place_at]
        if near:
            best = max(near, key=lambda p: (p.size, -int(theatre.grid.distance(cell, p.cell)), p.name))
            x, y = theatre.grid.centres_m[cell] - theatre.grid.centres_m[best.cell]
            bearing = np.degrees(np.arctan2(x, y)) % 360
            word = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
            return f"{word[int((bearing + 22.5) // 45) % 8]} of {best.name}"
    return theatre.grid.text(cell)


def onto(where: str) -> str:
    """What an attack goes at, after the word attack: ``on Jelgava``, but ``north of Jelgava``."""
    return where if " of " in where else f"on {where}"


__all__ = ["ORDER_WORDS", "TASKS", "empty_columns", "make_frame", "onto", "place_name"]
