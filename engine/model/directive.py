"""What a headquarters is told to do: one record for human, historical and computed plans alike.

Plan files name intent, axes by places, groups and dates, never hexes; the cells here are where those places
lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.model.citation import Detail

DirectiveKind = Literal[
    "attack",
    "defend",
    "withdraw",
    "relieve",
    "reserve",
    "land",
    "evacuate",
    "rail",
    "fortify",
    "reduce",
    "break_out",
    "fortress",
    "lift_fortress",
]
Permission = Literal["stand_fast", "may_fall_back", "free"]

DIRECTIVE_KINDS: tuple[str, ...] = get_args(DirectiveKind)
PERMISSIONS: tuple[str, ...] = get_args(Permission)


@dataclass(frozen=True, slots=True)
class Waypoint:
    """One point of an axis or line: the author's words and the hex they mean."""

    text: str
    lat: float
    lon: float
    cell: int


@dataclass(frozen=True, slots=True)
class Group:
    """Formations named for a task: `ids`, or the `strongest` n of the headquarters (0 = none asked for)."""

    ids: tuple[str, ...] = ()
    strongest: int = 0

    @property
    def empty(self) -> bool:
        """True when the group names nobody."""
        return not self.ids and self.strongest == 0


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive to one headquarters, valid from `start_min` (inclusive) to `end_min` (exclusive, -1 =
    open).

    `axis` runs from the jumping-off place to the objective; `line` is where to stand (or to fall back to for
    kind withdraw). `fall_back` is the line that permission may_fall_back allows. `trigger` is empty or
    `after:<directive>`, `taken:<place>`, `lost:<place>`: the start then waits for it. `raid` switches the
    penalty for sticking out off. `known_min` is when the headquarters learns of it (H-hour minus
    preparation). `ring` is of kind fortress: so many rings of hexes about the objective belong to it.
    `dummy` is the place where dummy traffic shows the assault and mobile groups until the directive begins.
    """

    id: str
    side: str
    hq: str
    kind: str
    axis: tuple[Waypoint, ...] = ()
    line: tuple[Waypoint, ...] = ()
    fall_back: tuple[Waypoint, ...] = ()
    objective: tuple[Waypoint, ...] = ()
    main_effort: tuple[Waypoint, ...] = ()
    assault: Group = Group()
    mobile: Group = Group()
    reserve: Group = Group()
    corridor_km: float = 0.0
    start_min: int = 0
    end_min: int = -1
    known_min: int = 0
    trigger: str = ""
    permission: str = "free"
    raid: bool = False
    surprise: float = 0.0
    reserve_share: float = -1.0
    ring: int = 0
    dummy: tuple[Waypoint, ...] = ()
    title: str = ""
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""
