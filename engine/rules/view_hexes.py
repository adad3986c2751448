"""The ground as a view shows it: control, bridges, and fortresses and works as far as a side knows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.calendar import DAY, NEVER
from engine.core.columns import Array
from engine.core.jit import jit
from engine.model.view import HexFrame
from engine.model.world import World
from engine.rules.derived import derived
from engine.rules.steps import blown_sides
from engine.rules.view_frames import AsAsked, fixed

Rows = npt.NDArray[np.int64]


class _PassingHexes(AsAsked, HexFrame):
    pass


def hexes_seen(world: World, side: int, minute: int, at_once: bool) -> HexFrame:
    """Control as it is; fortresses and works as far as a side knows them. Views share each column while it stays the same."""

    def make(name: str) -> Array:
        return _COLUMNS[name](world, side, minute)

    if not at_once:  # a staff that looks at works looks at them once in many plans
        return _PassingHexes({}, make)
    key = (
        *world.hexes.version("owner", "owner_since", "works", "fortress"), *world.hexsides.version("bridge_down"),
        _lines_known(world, minute),
    )  # fmt: skip
    return derived(world, f"views.hexes.{side}", key, lambda: HexFrame(**{name: make(name) for name in _COLUMNS}))


def _copy(name: str) -> Callable[[World, int, int], Array]:
    """A column as it is, for both sides."""
    key = f"views.hexes.{name}"

    def column(world: World, side: int, minute: int) -> Array:
        hexes = world.hexes
        return derived(world, key, hexes.version(name), lambda: fixed(hexes[name].copy()))

    return column


_all_works = _copy("works")


def _works(world: World, side: int, minute: int) -> Array:
    key = (*world.hexes.version("owner", "works"), _lines_known(world, minute))
    found = derived(world, f"views.works.{side}", key, lambda: _works_known(world, side, minute))
    return _all_works(world, side, minute) if found is None else found


def _fortress(world: World, side: int, minute: int) -> Array:
    hexes = world.hexes
    return derived(world, f"views.fortress.{side}", hexes.version("fortress"), lambda: fixed(hexes.fortress == side))


def _blown(world: World, side: int, minute: int) -> Array:
    return derived(world, "views.blown", world.hexsides.version("bridge_down"), lambda: fixed(blown_sides(world)))


_COLUMNS: Final[dict[str, Callable[[World, int, int], Array]]] = {
    "inside": lambda world, side, minute: world.hexes.inside,  # never changes: no copy needed
    "owner": _copy("owner"), "owner_since": _copy("owner_since"), "works": _works, "blown": _blown, "fortress": _fortress,
}  # fmt: skip


PATROL_HEXES: Final = 2
"""From own ground so far a side knows the works before it: patrols see what stands within two hexes."""


def _works_known(world: World, side: int, minute: int) -> Array | None:
    """Works without those that a side cannot know, None if it knows all that there are.

    Hidden are works in the enemy's ground beyond the reach of patrols, unless the course of their line is known.
    """
    near, works = world.statics.grid.ring_table(PATROL_HEXES), world.hexes.works.copy()
    hides = _hide(works, world.hexes.owner, side, near, _line_known_at(world), minute)
    return fixed(works) if hides else None


@jit
def _hide(works: Any, owner: Any, side: int, near: Any, known_at: Any, minute: int) -> bool:
    """Take away works in the enemy's ground of which nothing is known and none of our patrols comes near."""
    hides = False
    for cell in range(len(works)):
        if works[cell] > 0 and owner[cell] == 1 - side and known_at[cell] > minute:
            seen = False
            for there in near[cell]:
                seen = seen or (there >= 0 and owner[there] == side)
            if not seen:
                works[cell], hides = 0, True
    return hides


def _line_known_at(world: World) -> Rows:
    """Shape (hexes,): from which minute both sides know that a line runs here; NEVER if they do not."""
    memo, scenario = world.statics.memo, world.statics.scenario
    found: Rows | None = memo.get("views.line_known_at")
    if found is None:
        found = memo["views.line_known_at"] = np.full(len(world.hexes), NEVER, np.int64)
        for line in scenario.theatre.lines:
            if line.known:
                day = (date.fromisoformat(line.known) - scenario.start).days
                cells = np.asarray(line.cells, dtype=np.int64)
                found[cells] = np.minimum(found[cells], day * DAY)
    return found


def _lines_known(world: World, minute: int) -> int:
    """How many lines are known to both sides by now."""
    memo, scenario = world.statics.memo, world.statics.scenario
    days: Rows | None = memo.get("views.lines_known")
    if days is None:
        known = [date.fromisoformat(line.known) for line in scenario.theatre.lines if line.known]
        days = memo["views.lines_known"] = np.sort(np.array([(d - scenario.start).days for d in known], np.int64))
    return int(np.searchsorted(days, minute // DAY, side="right"))
