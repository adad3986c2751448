"""Where the window looks first: at the fighting, not at the middle of the map."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ui.map.scene import Frame, Story


def most_to_see(story: Story, frame: Frame, half_m: npt.NDArray[np.float64]) -> tuple[float, float] | None:
    """The projected point round which most of the war lies.

    `half_m` is half the width and height (metres) of what is in view. Views round every formation are compared by the
    formations of both sides in them (their geometric mean: a crowd of one side alone is no front) and by objectives.
    Without formations it is the middle of the objectives, else of the scenario's window; None if that is empty.
    """
    centres = story.theatre.grid.centres_m
    objectives = centres[[o.hex for o in story.objectives]].reshape(-1, 2)
    there = np.flatnonzero((frame.hex >= 0) & np.array([not u.headquarters for u in story.units], bool))
    if not len(there):
        around = objectives if len(objectives) else centres[np.flatnonzero(story.window)]
        return _middle(around) if len(around) else None
    at = centres[frame.hex[there]]
    side = np.array([story.units[k].side for k in there.tolist()])
    axis, soviet, worth = (_in_view(at, others, half_m) for others in (at[side == 0], at[side == 1], objectives))
    best = int(np.argmax(np.sqrt(axis * soviet) + worth + (axis + soviet) / 100))
    return _middle(at[(np.abs(at - at[best]) <= half_m).all(axis=1)])


def _in_view(at: npt.NDArray[np.float64], others: npt.NDArray[np.float64], half_m: npt.NDArray[np.float64]
             ) -> npt.NDArray[np.int64]:  # fmt: skip
    """How many of `others` (k, 2) lie in the view round each point of `at` (n, 2)."""
    return (np.abs(at[:, None] - others[None]) <= half_m).all(axis=2).sum(axis=1)


def _middle(points: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The middle of the points' extent: none is left outside for others' sake."""
    x, y = (points.min(axis=0) + points.max(axis=0)) / 2
    return float(x), float(y)
