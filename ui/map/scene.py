"""What the window needs to know of a war, and nothing of how it is computed.

A `Story` never changes while the window is open; a `Frame` is one moment as one viewer sees it; a `Stage` hands
frames out and takes orders in. Live sessions, recordings and the historical record are stages; so are the drawn
ones of the tests. Sides are 0 (Axis) and 1 (Soviet); viewer -1 sees the truth. Minutes count from 00:00 (UTC+2) of
the first day; -1 in a column of strengths means "not known".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from engine import Theatre


TRUTH, AXIS, SOVIET = -1, 0, 1
SIDE_NAMES = ("Axis", "Soviet")
NEVER = 1 << 40
Ints = npt.NDArray[Any]

TASKS = ("hold", "march", "attack", "withdraw", "dig in", "rest", "support", "follow", "exploit", "probe", "bombard",
         "entrain", "embark", "land")
DECREES = ("fortress", "lift fortress")
"""What is said of a place, by the headquarters of the selected formation."""
POSTURES = ("hasty defence", "prepared defence", "fortified", "delay", "withdrawal", "attack", "march")
STAGES = ("in place", "on the march", "waiting", "fighting", "recovering")
SKIES = ("clear", "cloudy", "rain", "fog", "snow")
GROUNDS = ("dry", "wet", "mud", "frozen", "snow")


@dataclass(frozen=True)
class Unit:
    """A formation or headquarters: what it is. Its number is its place in `Story.units`."""

    id: str
    name: str
    face: str
    """Designation on the counter: 267, XXXIX, GD."""
    side: int
    nation: str
    """Card: army, ss, luftwaffe, hungary, romania, finland, red, guards."""
    arm: str
    echelon: int
    """1 company ... 5 division, 6 corps, 7 army, 8 front or army group."""
    parent: int = -1
    headquarters: bool = False
    men_full: int = 0
    kind: str = ""
    mobility: int = 0
    other_names: tuple[str, ...] = ()
    source: str = ""
    commander: str = ""
    """Who leads it at the start."""


@dataclass(frozen=True)
class Change:
    """A new name or commander of a unit: dated, or with event number `happening` of the scenario, once it happens."""

    unit: int
    what: str
    """name or commander."""
    text: str
    minute: int = 0
    happening: int = -1


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment as one viewer sees it. Columns have one entry for each unit of the story."""

    minute: int
    viewer: int
    hex: Ints
    """Where it is (or was last seen); -1 not on the map or not known to the viewer."""
    leg_to: Ints
    departed_at: Ints
    leg_at: Ints
    men: Ints
    afv: Ints
    afv_shop: Ints
    guns: Ints
    power: Ints
    readiness: Ints
    """Per mille, -1 unknown; likewise cohesion and fatigue."""
    cohesion: Ints
    fatigue: Ints
    works: Ints
    """Entrenchment in whole levels 0 to 4."""
    ammo: Ints
    """Tenths of a day; likewise food. Fuel: tenths of a fill of 100 km."""
    fuel: Ints
    food: Ints
    supply: Ints
    """0 in order, 1 low, 2 critical, 3 cut off."""
    task: Ints
    posture: Ints
    stage: Ints
    goal: Ints
    target: Ints
    parent: Ints
    """Unit that it obeys now."""
    age_min: Ints
    """How old the report is; 0 for what is known now."""
    level: Ints
    """Level of detection 1 to 4; 4 for own formations and in the truth."""
    hollow: npt.NDArray[np.bool_]
    """Interpolated between dated facts, not simulated."""
    owner: npt.NDArray[np.int8]
    blips: tuple[Blip, ...] = ()
    orders: tuple[OrderMark, ...] = ()
    directives: tuple[DirectiveMark, ...] = ()
    battles: tuple[BattleMark, ...] = ()
    fortress: tuple[int, ...] = ()
    """Hexes that the viewer's side has declared fortresses; of both sides in the truth."""
    depots: tuple[DepotMark, ...] = ()
    """Supply sources of the viewer's side; of both in the truth."""
    rails: bytes = b""
    """Where their trains can pass, packed bits of shape (hexes, 3): sides 1 to 3 of each hex. Empty: not known."""
    weather: Weather | None = None
    lost_men: tuple[int, int] = (0, 0)
    """Battle losses so far of both sides, -1 unknown."""
    lost_afv: tuple[int, int] = (0, 0)
    bracket: str = ""
    """In the historical replay: which dated facts this moment lies between."""


@dataclass(frozen=True)
class DepotMark:
    """A supply source. `given_t` is what it passed on at the last delivery, of `capacity_t` a day."""

    hex: int
    side: int
    kind: str
    capacity_t: int
    given_t: int
    working: bool


@dataclass(frozen=True)
class Blip:
    """A sighting of something whose identity is not known."""

    hex: int
    side: int
    level: int
    age_min: int
    kind: str = ""
    men: int = -1
    moving: bool = False


@dataclass(frozen=True)
class OrderMark:
    """An order on its way or in force. `arrives_at` is when the courier reaches the formation."""

    unit: int
    kind: str
    goal: int
    issued_at: int
    arrives_at: int
    in_force: bool
    by_human: bool = False
    why: tuple[int, ...] = ()
    """Code of the staff's reason and its four numbers; `stages.reasons.order_reason` makes the sentence."""


@dataclass(frozen=True)
class DirectiveMark:
    """What a headquarters has been told: begun and not over, or still to begin."""

    unit: int
    """The headquarters."""
    title: str
    kind: str
    axis: tuple[int, ...]
    """Hexes from the jumping-off line to the objective; of the line to be held if there is no axis."""
    line: bool
    """Whether `axis` is a line to hold or to go back to."""
    start_at: int
    end_at: int
    begun: bool
    permission: str = ""


@dataclass(frozen=True)
class BattleMark:
    """A battle that goes on: the hex fought for, who attacks, ground won, and from which sides."""

    hex: int
    attacker: int
    depth_m: int
    directions: tuple[int, ...] = ()
    started_at: int = 0


@dataclass(frozen=True)
class Weather:
    """Weather of the moment in codes and numbers; temperature in degrees, None where not recorded."""

    sky: int
    ground: int
    wind: int
    sea: int
    temp_c: float | None = None
    daylight: int = 2


@dataclass(frozen=True)
class Message:
    """One line of the log. `kind`: fight, place, move, supply, people, staff, history, weather."""

    minute: int
    kind: str
    headline: str
    detail: str = ""
    hex: int = -1
    unit: int = -1
    strong: bool = False
    side: int = -1
    """Who may read it: a side, or -1 for both."""
    count: int = 1
    public: str = ""
    """What the other side may read instead; nothing if empty."""


@dataclass(frozen=True)
class Fact:
    """A dated fact of the record: a diamond, or a bar with a diamond for a range."""

    start: int
    stop: int
    title: str
    detail: str
    kind: str
    side: int
    hex: int = -1
    doubtful: bool = False
    line: tuple[tuple[float, float], ...] = ()
    """Recorded front (metres), for facts of kind line."""


@dataclass(frozen=True)
class Objective:
    """A place worth points to whoever holds it."""

    hex: int
    name: str
    points: int
    side: int


@dataclass(frozen=True)
class Ships:
    """Ships with guns that lie at a station for some days. Both minutes as those of the window, `until` exclusive."""

    hex: int
    name: str
    side: int
    since: int
    until: int


@dataclass(frozen=True)
class Light:
    """Sunrise and sunset of a day in minutes after midnight, and the twilights around them."""

    dawn: int
    sunrise: int
    sunset: int
    dusk: int


@dataclass(frozen=True)
class Story:
    """What the window is opened on."""

    title: str
    start: date
    end_min: int
    theatre: Theatre
    window: npt.NDArray[np.bool_]
    units: tuple[Unit, ...]
    facts: tuple[Fact, ...] = ()
    objectives: tuple[Objective, ...] = ()
    light: tuple[Light, ...] = ()
    """One entry a day; the last holds for days beyond."""
    summary: str = ""
    side_names: tuple[str, str] = SIDE_NAMES
    files: str = ""
    """The scenario's id: what its saves are called."""
    changes: tuple[Change, ...] = ()
    """New names and commanders, dated or by events."""
    ships: tuple[Ships, ...] = ()
    briefing: str = ""
    """The author's notes of the scenario's folder."""

    def moment(self, minute: float) -> datetime:
        """The wall-clock moment of a minute."""
        return datetime(self.start.year, self.start.month, self.start.day) + timedelta(minutes=int(minute))

    def light_of(self, minute: float) -> Light:
        """Light of the day that holds a minute."""
        if not self.light:
            return Light(240, 300, 1190, 1250)
        return self.light[min(max(int(minute) // 1440, 0), len(self.light) - 1)]


@dataclass(frozen=True)
class WhyTerm:
    """One term of a computed number. `operation`: "=" a start value, "×" a factor, "+" an addend, "" a remark."""

    label: str
    value: float
    operation: str = "×"
    grade: str = ""
    source: str = ""
    below: tuple[WhyTerm, ...] = ()


@dataclass(frozen=True)
class Why:
    """A number and the terms that make it."""

    question: str
    result_label: str
    value: float
    terms: tuple[WhyTerm, ...]
    note: str = ""


@dataclass(frozen=True)
class Reach:
    """Where a formation can be and when: minutes of march for each hex, NEVER where it cannot go."""

    unit: int
    minutes: Ints
    contact: npt.NDArray[np.bool_]
    """Hexes where meeting the enemy is likely."""


@dataclass(frozen=True)
class Way:
    """A march as it would be planned now: hexes from the start on, and minutes until each is reached."""

    cells: tuple[int, ...]
    minutes: tuple[int, ...]


Band = tuple[float, float, float]
"""10 %, median, 90 %."""


@dataclass(frozen=True)
class Odds:
    """What an attack may come to, by what its side knows."""

    goal: int
    attackers: tuple[tuple[str, int], ...]
    """Name and power in points; the defenders' are estimates."""
    defenders: tuple[tuple[str, int], ...]
    balance: float
    """Log of the ratio of effective powers."""
    shares: tuple[float, ...]
    """Of the fights: he yields; undecided, better for us; undecided, better for him; we break off."""
    runs: int
    days: float
    terms: tuple[tuple[str, float], ...]
    advance: Band
    """km a day."""
    losses: tuple[Band, Band]
    """Men, attacker and defender."""

    @property
    def yields(self) -> float:
        """Share of the fights that the attacker wins or is winning."""
        return self.shares[0] + self.shares[1]


@dataclass(frozen=True)
class Draft:
    """An order in the making: window only, until it is given."""

    unit: int
    kind: str
    goal: int = -1
    points: tuple[int, ...] = ()
    """Of a directive to a headquarters: its axis to attack along, or its line."""

    @property
    def decree(self) -> bool:
        """Whether it is a word of the formation's headquarters about a place, not an order to the formation."""
        return self.kind in DECREES


@dataclass(frozen=True)
class Answer:
    """What came of handing in an order: accepted, or refused with a sentence."""

    draft: Draft
    refused: str = ""


@dataclass
class Progress:
    """How far background work has got, as the window shows it."""

    label: str = ""
    done: int = 0
    wanted: int = 0
    running: bool = False
    fault: str = ""
    log: list[str] = field(default_factory=list)


class Stage(Protocol):
    """What a window plays. No method may block: long work goes on behind and shows in `progress`."""

    story: Story
    mode: str
    """replay, play or history."""
    side: int
    """Side the human commands, or TRUTH in a replay."""
    viewers: tuple[int, ...]
    progress: Progress

    resume_at: int
    """Where the session stood when it was opened."""
    followed_to: int
    """Before this minute a recording of another engine is followed, of which no terms can be worked out."""
    last_minute: int
    """Frames can exist up to here: the end of the recording, or of the scenario."""
    happened: dict[int, int]
    """When each political event of the scenario happened, by its number."""
    verdict: Mapping[str, Any] | None
    """Who won and by what, once the campaign is over and counts objectives."""
    yielding: bool
    """Set by the window while it has much to draw: background work goes slower."""

    @property
    def ready_to(self) -> int:
        """Frames exist up to and including this minute."""

    def frame(self, minute: float, viewer: int) -> Frame:
        """The newest frame at or before a minute."""

    def messages(self, viewer: int) -> Sequence[Message]:
        """The log so far, in order of time."""

    def run_to(self, minute: int) -> None:
        """Work on, behind, until frames exist for `minute`."""

    def stop(self) -> None:
        """Leave off working; what is done stays."""

    def losses(self) -> tuple[Ints, Ints, Ints]:
        """Starts of the 6-h steps so far, and battle losses of both sides in each."""

    def why(self, unit: int, minute: float, viewer: int, about: str = "power") -> Why | None:
        """The terms of a formation's power, supply, march or battle; None if there are none, or not yet."""

    def pending(self) -> bool:
        """Whether an answer is still being worked out; ask again when it is not."""

    def odds(self, units: tuple[int, ...], goal: int) -> Odds | None:
        """Odds of an attack by units of the human's side; None if nothing is known there, or not yet."""

    def reach(self, unit: int) -> Reach | None:
        """Where a formation of the human's side can march, by what his side knows."""

    def way(self, unit: int, kind: str, goal: int) -> Way | None:
        """The way to a goal, by what his side knows; None if there is none."""

    def check(self, draft: Draft) -> str:
        """Why an order would be refused, or an empty text."""

    def submit(self, drafts: Sequence[Draft]) -> list[Answer]:
        """Give orders at the present moment."""

    def save(self, path: str) -> str:
        """Write a recording; returns an empty text or what went wrong."""

    def close(self) -> None:
        """The window is closing."""


def called(stage: Stage, unit: int, minute: float) -> str:
    """A unit's name at a minute."""
    return _latest(stage, unit, "name", minute) or stage.story.units[unit].name


def led_by(stage: Stage, unit: int, minute: float) -> str:
    """Who leads a unit at a minute; empty if nobody is named."""
    return _latest(stage, unit, "commander", minute) or stage.story.units[unit].commander


def _latest(stage: Stage, unit: int, what: str, minute: float) -> str:
    found, since = "", -1
    for change in stage.story.changes:
        if change.unit == unit and change.what == what:
            at = change.minute if change.happening < 0 else stage.happened.get(change.happening, NEVER)
            if since <= at <= minute:
                found, since = change.text, at
    return found


__all__ = [*(name for name in dir() if name[0].isupper()), "called", "led_by"]
