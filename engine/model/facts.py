"""The record against which a run is measured, and the weather it is run in: dated facts with sources and
rivals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.model.citation import Detail
from engine.model.directive import Waypoint

FactKind = Literal["control", "line", "loss", "event", "width"]
Sky = Literal["clear", "cloud", "rain", "fog", "snow"]
Ground = Literal["dry", "wet", "mud", "frozen", "snow"]

FACT_KINDS: tuple[str, ...] = get_args(FactKind)
SKIES: tuple[str, ...] = get_args(Sky)
GROUNDS: tuple[str, ...] = get_args(Ground)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another source's answer to the same question."""

    src: str
    grade: str = "reference"
    side: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    from_min: int | None = None
    to_min: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HistoryFact:
    """One dated fact. It holds from `from_min` (inclusive) to `to_min` (exclusive).

    control: `side` holds `places`. line: the front of `side` ran through `places` in this order. loss: `side`
    lost `value` of `measure` (men, afv, afv_lost, guns, prisoners, formations) in the span. width: a corridor or gap at
    `places` was `value` km wide. event: something happened, told by `title`. Values may be a band low..high.
    """

    id: str
    kind: str
    from_min: int
    to_min: int
    side: str = ""
    places: tuple[Waypoint, ...] = ()
    title: str = ""
    measure: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    weight: float = 1.0
    rivals: tuple[Rival, ...] = ()
    src: str = ""
    grade: str = "reference"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class WeatherDay:
    """One day of one zone: temperature in degrees Celsius at noon, wind and sea in Beaufort, cloud in
    percent.

    `day` counts from 0 at the start date. `zone` "all" means every zone without its own row that day.
    `ground` empty means that the rules let the ground follow from the sky.
    `ice_cm` is the ice on straits and lakes, -1 not on record.
    """

    day: int
    zone: str
    sky: str
    ground: str = ""
    temp_c: float = 15.0
    wind: int = 3
    cloud_pct: int = 40
    sea: int = 3
    ice_cm: float = -1.0
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""
