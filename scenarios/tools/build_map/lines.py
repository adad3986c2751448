"""Fortified lines: the land hexes under each course."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .frame import Frame, read_toml
from .shores import LAND, trace_cells


def trace_lines(frame: Frame, kind: np.ndarray, path: Path) -> list[dict]:
    made = []
    for line in read_toml(path)["line"]:
        cells: list[int] = []
        for course in (line["course"], *line.get("more", [])):
            cells += [c for c in trace_cells(frame, course) if kind[c] == LAND and c not in cells]
        if not cells:
            raise SystemExit(f"fortified line {line['name']} touches no land")
        made.append({**line, "cells": cells})
    return made
