"""The order of battle as a tree, with a find box that ignores case and diacritics, linked both ways with the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pygame

from engine import fold
from ui.map.kit import Canvas
from ui.map.marks.counters import supply_badge
from ui.map.marks.icons import icon
from ui.map.scene import TRUTH, Frame, Story
from ui.map.stages.story import without_remark
from ui.theme import palette

if TYPE_CHECKING:
    from engine.model.theatre import Place
    from ui.map.app import App

ROW = 20
BOTH = -1


_SHORT = (("Panzergrenadier", "PzGr"), ("Panzer Division", "Panzer"), ("Panzer Brigade", "Pz Bde"), ("Division", "Div"),
          ("Brigade", "Bde"), ("Infantry", "Inf"), ("Security", "Sec"), ("Guards", "Gds"), ("Grenadier", "Gren"),
          ("Mechanised", "Mech"), ("Motor Rifle", "Mot Rifle"), ("battle group", "KG"), ("Waffen ", ""))  # fmt: skip


def shorter(name: str) -> str:
    """A unit's name with its usual abbreviations: ``5th Panzer Division`` -> ``5th Panzer``."""
    name = without_remark(name)
    for long, short in _SHORT:
        name = name.replace(long, short)
    return name


@dataclass(frozen=True)
class Row:
    """One visible line: a unit at a depth of the tree, or a place that was found."""

    unit: int
    depth: int
    open: bool = False
    branch: bool = False
    place: Place | None = None


class OrderOfBattle:
    """What is open, what is sought, how far it is scrolled; and the rows that follow from it."""

    name = "tree"

    def __init__(self, story: Story) -> None:
        self.story = story
        self.side = BOTH
        self.query = ""
        self.typing = False
        self.scroll = 0
        self.open: set[int] = {k for k, u in enumerate(story.units) if u.headquarters and u.echelon >= 7}
        self._words = [fold(" ".join((u.name, u.face, *u.other_names))) for u in story.units]
        self.rows: list[Row] = []
        self._rows_for: tuple[Any, ...] = ()
        self.visible = 10
        self._sum_key: tuple[Any, ...] = ()
        self._sum: dict[int, tuple[int, int]] = {}

    def signature(self, app: App) -> tuple[Any, ...]:
        return (app.frame_now.minute, app.viewer, self.side, self.query, self.typing, self.scroll, len(self.open),
                app.selected, app.tree_version)  # fmt: skip

    def refresh(self, frame: Frame) -> list[Row]:
        """The rows for a frame; kept while nothing that matters has changed."""
        key = (id(frame.parent), frame.minute, frame.viewer, self.side, self.query, frozenset(self.open))
        if key != self._rows_for:
            self.rows = self._found(frame) if self.query.strip() else self._tree(frame)
            self._rows_for = key
            self.scroll = min(self.scroll, max(0, len(self.rows) - self.visible))
        return self.rows

    def children(self, frame: Frame) -> dict[int, list[int]]:
        """Units below each headquarters (-1: below nobody), headquarters first."""
        out: dict[int, list[int]] = {}
        shown = np.flatnonzero(frame.level >= 0) if frame.viewer != TRUTH else np.arange(len(self.story.units))
        ids = set(shown.tolist())
        for k in sorted(ids, key=lambda k: self._order(k)):
            unit = self.story.units[k]
            if self.side != BOTH and unit.side != self.side:
                continue
            if frame.viewer != TRUTH and unit.side != frame.viewer:
                continue
            parent = int(frame.parent[k])
            out.setdefault(parent if parent in ids else -1, []).append(k)
        return out

    def _order(self, k: int) -> tuple[Any, ...]:
        u = self.story.units[k]
        digits = "".join(ch for ch in u.face if ch.isdigit())
        return u.side, not u.headquarters, -u.echelon, u.arm != "armour", int(digits) if digits else 9999, u.name

    def _tree(self, frame: Frame) -> list[Row]:
        below = self.children(frame)
        rows: list[Row] = []

        def walk(unit: int, depth: int) -> None:
            branch = bool(below.get(unit))
            if not branch and self.story.units[unit].headquarters and frame.hex[unit] < 0:
                return
            opened = unit in self.open
            rows.append(Row(unit, depth, opened and branch, branch))
            if opened:
                for child in below.get(unit, ()):
                    walk(child, depth + 1)

        for unit in below.get(-1, ()):
            walk(unit, 0)
        return rows

    def _found(self, frame: Frame) -> list[Row]:
        words = fold(self.query)
        below = self.children(frame)
        ids = [k for group in below.values() for k in group]
        units = sorted((k for k in ids if words in self._words[k]), key=lambda k: self._order(k))
        rows = [Row(k, 0) for k in units[:60]]
        places = [p for p in self.story.theatre.places
                  if any(words in fold(n) for n in (p.name, *p.names.values()))]  # fmt: skip
        places.sort(key=lambda p: (not fold(p.name).startswith(words), -p.size, p.name))
        return rows + [Row(-1, 0, place=p) for p in places[:20]]

    def hidden_by_filter(self) -> int:
        """How many units would match if the side's filter were off."""
        words = fold(self.query)
        return sum(words in text and self.side not in (BOTH, u.side)
                   for text, u in zip(self._words, self.story.units, strict=True))  # fmt: skip

    def reveal(self, unit: int, frame: Frame) -> None:
        """Open the branch of a unit and scroll to it."""
        if unit < 0:
            return
        at = int(frame.parent[unit])
        while at >= 0:
            self.open.add(at)
            at = int(frame.parent[at])
        if self.side not in (BOTH, self.story.units[unit].side):
            self.side = BOTH
        for k, row in enumerate(self.refresh(frame)):
            if row.unit == unit and not self.scroll <= k < self.scroll + self.visible - 1:
                self.scroll = max(0, min(k - self.visible // 2, len(self.rows) - self.visible))

    def draw(self, c: Canvas, app: App) -> None:
        t, frame = c.theme, app.frame_now
        c.fill(0, 0, c.width, c.height, t.panel)
        c.title("Order of battle", app.keys.hint("toggle_left"))
        y = 34.0
        if app.viewer == TRUTH:
            third = (c.width - 24) / 3
            for k, (side, words) in enumerate(((0, app.stage.story.side_names[0]), (1, app.stage.story.side_names[1]),
                                               (BOTH, "Both"))):  # fmt: skip
                c.button(8 + k * (third + 4), y, third, 22, words, ("tree side", side), on=self.side == side,
                         name=f"tree side {side}")  # fmt: skip
            y += 28
        c.fill(8, y, c.width - 16, 24, t.bar_ground, radius=3, border=t.focus if self.typing else t.line)
        if self.query or self.typing:
            width = c.text(14, y + 12, self.query, 12.5, room=c.width - 44)
            if self.typing:
                c.line(15 + width, y + 5, 15 + width, y + 19, t.accent, 1.4)
        else:
            c.text(14, y + 12, f"Find unit or place  ({app.keys.hint('find')})", 12.5, colour=t.faint)
        c.spot(8, y, c.width - 16, 24, ("find",), "Type a name; case and accents do not matter", name="find")
        if self.query:
            c.button(c.width - 32, y + 2, 22, 20, "×", ("clear find",), tip="Clear")
        y += 30
        foot = 24
        self.visible = max(1, int((c.height - y - foot) // ROW))
        rows = self.refresh(frame)
        for k, row in enumerate(rows[self.scroll : self.scroll + self.visible]):
            self._row(c, app, frame, row, y + k * ROW)
        if not rows:
            c.text(14, y + 12, "No unit or place matches.", 12.5, colour=t.second)
            hidden = self.hidden_by_filter()
            if hidden:
                side = app.stage.story.side_names[self.side]
                c.text(14, y + 32, f'{hidden} hidden by the filter "{side}".', 12, colour=t.second)
                c.button(14, y + 46, 110, 24, "Clear filter", ("tree side", BOTH))
        if len(rows) > self.visible:
            share = self.visible / len(rows)
            height = self.visible * ROW
            c.fill(c.width - 5, y + height * self.scroll / len(rows), 3, max(16, height * share), t.line, radius=1)
        here = int((frame.hex >= 0).sum() - sum(u.headquarters and frame.hex[k] >= 0 for k, u in enumerate(self.story.units)))
        short = int((frame.supply[frame.hex >= 0] >= 1).sum())
        c.text(10, c.height - foot / 2, f"{here} formations · {short} short of supply", 12, colour=t.faint)

    def _row(self, c: Canvas, app: App, frame: Frame, row: Row, y: float) -> None:
        t, middle = c.theme, y + ROW / 2
        if row.place is not None:
            c.text(14, middle, row.place.name, 12.5, room=c.width - 90)
            c.text(c.width - 12, middle, "place", 12, colour=t.second, align="right")
            c.spot(0, y, c.width, ROW, ("go to hex", row.place.cell), name=f"place {row.place.id}")
            return
        unit = self.story.units[row.unit]
        action = ("select", row.unit)
        if app.selected == row.unit:
            c.fill(0, y, c.width, ROW, t.row_on)
            c.fill(0, y, 3, ROW, t.accent)
        elif c.hover == action:
            c.fill(0, y, c.width, ROW, t.raised)
        x = 12 + row.depth * 11.0
        there = frame.hex[row.unit] >= 0
        c.spot(0, y, c.width, ROW, action, name=f"row {unit.id}", focusable=False)
        if row.branch:
            c.twist(x, middle, is_open=row.open)
            c.spot(x - 9, y, 18, ROW, ("twist", row.unit), name=f"twist {unit.id}", focusable=False)
        x += 9
        if not unit.headquarters:
            c.surface.blit(self._small(c, app, unit, there), c.px(x, middle - 7, 22, 14))
            x += 28
        ink = t.text if there else t.faint
        bars = 26
        weight = "semibold" if unit.headquarters or app.selected == row.unit else "regular"
        state = int(frame.supply[row.unit]) if there else 0
        room = c.width - x - bars - (26 if state else 12)
        name = unit.name if c.text_width(unit.name, 12.5, weight) <= room else shorter(unit.name)
        c.text(x, middle, name, 12.5, weight, ink, room=room)
        if state:
            at = (round((c.width - bars - 16) * c.scale.factor), round(middle * c.scale.factor))
            supply_badge(c.surface, at, c.scale(5), state)
        share = self.strength(frame, row.unit)
        if share >= 0:
            c.bar(c.width - bars - 6, middle - 3, bars, 6, share)

    def strength(self, frame: Frame, unit: int) -> float:
        """Men present as a share of the men at the start; a headquarters' is that of all below it. -1 unknown."""
        u = self.story.units[unit]
        if not u.headquarters:
            men = int(frame.men[unit])
            return men / u.men_full if men >= 0 and u.men_full and frame.hex[unit] >= 0 else -1.0
        men, full = self._sums(frame).get(unit, (0, 0))
        return men / full if full else -1.0

    def _sums(self, frame: Frame) -> dict[int, tuple[int, int]]:
        key = (frame.minute, frame.viewer)
        if key != self._sum_key:
            sums: dict[int, tuple[int, int]] = {}
            for k in np.flatnonzero((frame.hex >= 0) & (frame.men >= 0)).tolist():
                at = int(frame.parent[k])
                while at >= 0:
                    men, full = sums.get(at, (0, 0))
                    sums[at] = (men + int(frame.men[k]), full + self.story.units[k].men_full)
                    at = int(frame.parent[at])
            self._sum_key, self._sum = key, sums
        return self._sum

    @staticmethod
    def _small(c: Canvas, app: App, unit: Any, there: bool) -> pygame.Surface:
        """The symbol's frame with the side's corners."""
        rect = c.px(0, 0, 22, 14)
        out = pygame.Surface(rect.size, pygame.SRCALPHA)
        card = palette.card_of(unit.nation, app.map.sides)
        cut = 0 if unit.side == 0 else max(2, c.scale(3))
        w, h = rect.width - 1, rect.height - 1
        shape = [(cut, 0), (w - cut, 0), (w, cut), (w, h), (0, h), (0, cut)]
        pygame.draw.polygon(out, palette.ICON_INK, shape)
        inner = [(cut + 1, 1), (w - cut - 1, 1), (w - 1, cut + 1), (w - 1, h - 1), (1, h - 1), (1, cut + 1)]
        pygame.draw.polygon(out, card.frame, inner)
        pygame.draw.lines(out, card.card, True, inner, max(1, c.scale(1)))
        out.blit(icon(unit.arm, w - 3, h - 3, max(1.0, 1.1 * c.scale.factor)), (2, 2))
        if not there:
            out.set_alpha(110)
        return out
