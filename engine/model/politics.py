"""People and politics as written by an author: who is called up or goes home, events with triggers, victory.

Frozen rows like those of the order of battle; times are minutes since 00:00 of the scenario's start date, UTC+2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.model.citation import Detail

PeopleKind = Literal["conscription", "drafts", "convalescents", "release", "partisans"]
ConditionKind = Literal[
    "held", "lost_formations", "lost_men", "objectives", "objectives_below", "fallen", "event"
]
EffectKind = Literal[
    "withdraw", "arrive", "attach", "commander", "rename", "supply", "permission", "people", "surrender",
    "hand_over", "fortress", "end",
]

PEOPLE_KINDS: tuple[str, ...] = get_args(PeopleKind)
CONDITION_KINDS: tuple[str, ...] = get_args(ConditionKind)
EFFECT_KINDS: tuple[str, ...] = get_args(EffectKind)


@dataclass(frozen=True, slots=True)
class PeopleSpec:
    """One row about the people of a region or an army, in force from `from_min` to `until_min` (-1 = to the end).

    conscription: `side` calls up `men_day` men a day, `men` in all (0 = no limit), in what it holds of the region.
    drafts: so many come from elsewhere. convalescents: its wounded come back. release: `share_day` of the men of its
    formations go home. partisans: `men` fight for `side` in the region. The region is a circle of `radius_km` about
    `cell`; -1 = everywhere. `hq`, `nation` and `subject` choose the formations that get or lose the men; empty = all
    of `side`. With `opens` "event" the row waits for an event's effect.
    """

    id: str
    kind: str
    side: str
    place: str = ""
    cell: int = -1
    radius_km: float = 0.0
    hq: str = ""
    nation: str = ""
    subject: str = ""
    men: int = 0
    men_day: float = 0.0
    share_day: float = 0.0
    from_min: int = 0
    until_min: int = -1
    opens: str = "date"
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that an event waits for.

    held: `side` holds `cell`. lost_formations: `side` has lost `number` formations. lost_men: that share of all its
    men. objectives, objectives_below: it holds at least, or less than, that share of its objectives' points.
    fallen: formation `subject` is destroyed or has surrendered. event: event `subject` has happened.
    """

    kind: str
    side: str = ""
    subject: str = ""
    cell: int = -1
    number: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that an event does; `kind` says which of the other fields count (see scenarios/README.md)."""

    kind: str
    subjects: tuple[str, ...] = ()
    side: str = ""
    hq: str = ""
    place: str = ""
    cell: int = -1
    text: str = ""
    staff: float = 0.0
    capacity_t: float = -1.0
    permission: str = ""
    open: bool = True
    ring: int = 0


@dataclass(frozen=True, slots=True)
class PoliticalEvent:
    """Something outside the troops' hands: happens once, `after_days` after its conditions are met.

    Not before `at_min`, never from `until_min` on (-1 = the scenario's end). All conditions must hold, or one
    if `any`. `secret` events are known to `side` alone. Without effects it is only told.
    """

    id: str
    title: str
    side: str = ""
    at_min: int = 0
    until_min: int = -1
    conditions: tuple[Condition, ...] = ()
    any: bool = False
    after_days: float = 0.0
    secret: bool = False
    effects: tuple[Effect, ...] = ()
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class VictorySpec:
    """What history came to, for the comparison: men each side lost over the scenario's days (-1 = not known)."""

    axis_men_lost: int = -1
    soviet_men_lost: int = -1
    src: str = ""
    grade: str = "estimate"
    note: str = ""
