"""A map drawn in text, taken apart: rows, owners, rivers, towns, formations. The language is told in
drawn.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.model.codes import SIDES, Terrain

TERRAIN = {
    "f": Terrain.FOREST,
    "s": Terrain.SWAMP,
    "h": Terrain.RUGGED,
    "u": Terrain.URBAN,
    "m": Terrain.MIXED,
}


@dataclass(frozen=True)
class Drawing:
    """A drawing taken apart; rows and columns include the `depth` rows added above and below."""

    rows: tuple[str, ...]
    rivers: Mapping[int, str]
    """River marks under a row, by that row."""
    depth: int
    owner: npt.NDArray[np.int8] = field(repr=False)
    towns: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Cells of each formation letter in reading order."""

    @property
    def columns(self) -> int:
        return len(self.rows[0])


def read_drawing(
    text: str,
    *,
    own: str = "axis",
    depth: int = 0,
    letters: frozenset[str] = frozenset(),
    ground: Mapping[str, str] | None = None,
) -> Drawing:
    """Take a drawing apart. ValueError says what is wrong with it, with the line."""
    rows: list[str] = []
    rivers: dict[int, str] = {}
    indent = 0
    for line in text.splitlines():
        if set(line) <= set("=+ "):
            if line.strip() and rows:
                rivers[len(rows) - 1] = line[indent:]
            continue
        # The opening quotes of a test may leave the first row without the others' indent: rivers go by the
        # last row.
        indent = len(line) - len(line.lstrip())
        rows.append(line.strip())
    if not rows:
        raise ValueError("expected a drawing, found no rows")
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"row {number} of the drawing: expected {len(rows[0])} hexes, found {len(row)}: {row!r}")
    other = SIDES[1 - SIDES.index(own)]
    sides = {".": own, ":": other, **(ground or {})}
    owners = [[_owner(row, c, sides) for c in range(len(row))] for row in rows]
    goals, towns, marks = 0, {}, {}  # type: int, dict[str, int], dict[str, list[int]]
    width = len(rows[0])
    for r, row in enumerate(rows):
        for c, mark in enumerate(row):
            cell = (r + depth) * width + c
            if mark == "#":
                goals += 1
                towns["goal" if goals == 1 else f"goal_{goals}"] = cell
            elif mark in "123456789":
                towns[mark] = cell
            elif mark in letters or mark.isupper():
                marks.setdefault(mark, []).append(cell)
            elif mark not in sides and mark not in TERRAIN and mark != "~":
                raise ValueError(
                    f"row {r} of the drawing, column {c}: {mark!r} means nothing; name it in `formations` or `ground`"
                )
    rear = [_rear(owners[0]), _rear(owners[-1])]
    full = [rear[0]] * depth + owners + [rear[1]] * depth
    plain = {own: ".", other: ":"}
    blank = ["".join(plain.get(side or "", "~") for side in edge) for edge in rear]
    codes = [[SIDES.index(side) if side else -1 for side in row] for row in full]
    return Drawing(
        rows=tuple([blank[0]] * depth + rows + [blank[1]] * depth),
        rivers={r + depth: line for r, line in rivers.items()},
        depth=depth,
        owner=np.array(codes, np.int8).reshape(-1),
        towns=towns,
        marks={mark: tuple(cells) for mark, cells in marks.items()},
    )


def _owner(row: str, column: int, sides: Mapping[str, str]) -> str | None:
    if row[column] == "~":
        return None
    for step in range(len(row)):
        for c in (column - step, column + step):
            if 0 <= c < len(row) and row[c] in sides:
                return sides[row[c]]
    raise ValueError(f"row {row!r} of the drawing: expected at least one '.' or ':' to say whose ground it is")


def _rear(edge: list[str | None]) -> list[str | None]:
    """The row behind an edge row: the same owners, land everywhere."""
    known = [side for side in edge if side]
    return [side or known[0] if known else side for side in edge]
