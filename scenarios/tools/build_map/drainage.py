"""The EFAS drainage tree: rivers traced up- and downstream from a point on them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from .frame import Frame
from .sources import Sources

LINK_M = 1200


@dataclass
class Drainage:
    """The EFAS tree on the plane."""

    frame: Frame
    sources: Sources

    @cached_property
    def _read(self):
        segments, area = self.sources.drainage(self.frame.clip_box)
        return self.frame.project(segments.reshape(-1, 2)).reshape(-1, 2, 2), area

    @property
    def xy(self):
        return self._read[0]

    @property
    def area(self):
        return self._read[1]

    @cached_property
    def middle_tree(self):
        return cKDTree(self.xy.mean(axis=1))

    @cached_property
    def below(self) -> np.ndarray:
        gap, index = cKDTree(self.xy[:, 0]).query(self.xy[:, 1])
        index[(gap > LINK_M) | (index == np.arange(len(index)))] = -1
        return index

    @cached_property
    def above(self) -> dict[int, list[int]]:
        table: dict[int, list[int]] = {}
        for segment, next_one in enumerate(self.below):
            table.setdefault(int(next_one), []).append(segment)
        return table

    def trace(
        self, point, expected: float, smallest: float, growth: float, pick_m: float
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Line (source to mouth), upstream area at its points, and the area at the point where it was picked.

        Of the segments near the point the one with the basin closest to the expected one is taken: the largest
        is too often a bigger river close by.
        """
        near = self.middle_tree.query_ball_point(point, pick_m)
        if not near:
            raise SystemExit(f"no drainage near {point}")
        start = min(sorted(near), key=lambda s: max(self.area[s] / expected, expected / max(self.area[s], 1)))
        chain = deque([start])
        while True:
            above = [s for s in self.above.get(chain[0], []) if self.area[s] >= smallest and s not in chain]
            if not above:
                break
            chain.appendleft(max(sorted(above), key=lambda s: self.area[s]))
        while True:
            following = int(self.below[chain[-1]])
            if following < 0 or following in chain:
                break
            ratio = self.area[following] / self.area[chain[-1]]
            if not 0.9 <= ratio <= growth:
                break
            chain.append(following)
        order = list(chain)
        line = np.concatenate([self.xy[order, 0], self.xy[order[-1:], 1]])
        return line, np.append(self.area[order], self.area[order[-1]]), float(self.area[start])
