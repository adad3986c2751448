"""A directive as it is given during a run, by a human, a script or the high command: the words in cells and ids.

It travels by courier like an order, and becomes a row of the same table as those of a plan file.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from engine.model.codes import DirectiveKind, Permission

NO_CELL = -1
OPEN_END = -1
_WORDS = {"kind": DirectiveKind, "permission": Permission}


@dataclass(frozen=True, slots=True)
class Instruction:
    """What one headquarters is told to do. Places are cells, groups are ids of formations; times are minutes.

    ``axis``, ``line`` and ``fall_back`` have at most ``tables.POINTS`` cells, a group at most ``tables.GROUP`` names.
    """

    hq: str
    """Id of the headquarters that is directed."""
    kind: DirectiveKind
    axis: tuple[int, ...] = ()
    line: tuple[int, ...] = ()
    fall_back: tuple[int, ...] = ()
    objective: int = NO_CELL
    assault: tuple[str, ...] = ()
    mobile: tuple[str, ...] = ()
    reserve: tuple[str, ...] = ()
    assault_strongest: int = 0
    mobile_strongest: int = 0
    corridor_m: int = 0
    """Half width of the corridor; 0 the staff's own."""
    start_at: int = 0
    """H-hour; not before the directive has arrived."""
    end_at: int = OPEN_END
    permission: Permission = Permission.FREE
    raid: bool = False
    dummy: int = NO_CELL
    """Where dummy traffic is to show its groups until it begins."""
    ring: int = 0
    """Of a fortress: so many rings of hexes about its place, the objective, belong to it."""
    clears: bool = False
    """When it comes into force it ends all that this headquarters and those below it were told before."""
    by_human: bool = False
    reason: int = 0
    """Why, as of an order: a code and four numbers."""
    detail: tuple[int, int, int, int] = (0, 0, 0, 0)

    def record(self) -> dict[str, Any]:
        """The directive as a row of the input log: what differs from the defaults."""
        row: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                row[field.name] = value.name.lower() if field.name in _WORDS else value
        return row

    @staticmethod
    def from_record(row: dict[str, Any]) -> Instruction:
        """The directive of a row of the input log."""
        given: dict[str, Any] = {}
        for name, value in row.items():
            if name in _WORDS:
                given[name] = _WORDS[name][value.upper()]
            else:
                given[name] = tuple(value) if isinstance(value, list) else value
        return Instruction(**given)
