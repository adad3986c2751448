"""Diffable text: one row of hexes a line, stable order, no floats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from engine.core.hexes import DIRECTIONS, Grid

WIDTH = 110


def letters(path: Path, grid: Grid, codes: np.ndarray, alphabet: str) -> None:
    rows = np.asarray(codes).reshape(grid.rows, grid.columns)
    _write(path, ["".join(alphabet[c] for c in row) for row in rows])


def numbers(path: Path, grid: Grid, values: np.ndarray, width: int) -> None:
    rows = np.asarray(values).reshape(grid.rows, grid.columns)
    _write(path, [" ".join(f"{v:{width}d}" for v in row) for row in rows])


def chains(path: Path, head: str, entries: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
    """Entries of a heading (fields split by ` | `) and tokens, the tokens wrapped and indented under it."""
    lines = [f"# {head}"]
    for fields, tokens in entries:
        lines.append(" | ".join(fields))
        line = " "
        for token in tokens:
            if len(line) + len(token) + 1 > WIDTH:
                lines.append(line)
                line = " "
            line += " " + token
        lines.append(line)
    _write(path, lines)


def side_text(grid: Grid, cell: int, direction: int) -> str:
    return f"{grid.text(cell)}/{DIRECTIONS[direction]}"


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
