"""What one side may know at a minute: own forces as reported, sighted enemies, control, weather.

Staffs, humans, bots, checks and previews see the war through this alone. Every array is a read-only copy, so
a view stays what it was while the world goes on. Built by ``engine.rules.views.side_view``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from engine.core.columns import Array
from engine.model.world import Statics


@dataclass(frozen=True, eq=False)
class OwnFormations:
    """Own formations on the map, one entry each in order of ``row``. Shapes (n,), whole numbers."""

    row: Array
    """Row in the world's table of formations: what orders, notes, directives and battles refer to."""
    ids: tuple[str, ...]
    kind: Array
    mobility: Array
    echelon: Array
    stack: Array
    """Half stacking places it takes."""
    combat_share: Array
    """Millionths of the men."""
    quality: Array
    """CEV in millionths, without cohesion and fatigue."""
    men_full: Array
    hq: Array
    """Row of the headquarters it obeys, -1 none."""
    hex: Array
    in_place_since: Array
    leg_to: Array
    """Hex it is marching into, -1 if it stands."""
    departed_at: Array
    leg_at: Array
    goal: Array
    target: Array
    pause_until: Array
    order: Array
    """Number of the order in force (as ``OwnOrders.row``), -1 none."""
    task: Array
    posture: Array
    stage: Array
    men: Array
    men_in_line: Array
    """Combat men: the kind's share of ``men``."""
    afv: Array
    """Running."""
    afv_shop: Array
    """In repair."""
    guns: Array
    power: Array
    """Points: quality with cohesion and fatigue x (combat men + 20 AFV + 15 guns)."""
    cohesion: Array
    """Millionths."""
    fatigue: Array
    works: Array
    """Entrenchment, millionths of a level 0 to 4."""
    ammo_days: Array
    """Millionths of a day of defence at present strength."""
    fuel_days: Array
    """Millionths of a fill (100 km)."""
    food_days: Array
    supplied: Array
    """Millionths of its need that arrived at the last delivery."""
    cut_off_since: Array
    """Minute, NEVER if it is connected."""
    hungry_since: Array
    contact: Array
    """1 if an enemy formation stands beside it."""
    exploiting: Array
    last_fight_at: Array
    moved_m: Array
    battle_losses: Array
    """Men lost in battle so far."""
    afloat: Array
    """Afloat: 1 a part of it has gone aboard ships, 2 a part waits for the next lift of landing craft."""
    landed_at: Array
    """When it was landed over a beach."""
    kept: Array
    """1 if it was told to stay in the theatre whoever calls it away."""
    leaves_at: Array
    """From when an event calls it out of the theatre, NEVER if none does."""
    position: Array
    """Shape (all formations,): where a world row stands in this frame, -1 if it is not here."""

    def __len__(self) -> int:
        return len(self.row)

    def at(self, row: int) -> int:
        """Position in this frame of a world row; -1 if it is not an own formation on the map."""
        return int(self.position[row]) if 0 <= row < len(self.position) else -1


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Own formations still to come: world rows, minute of arrival (NEVER if unknown) and the headquarters."""

    row: Array
    ids: tuple[str, ...]
    appears_at: Array
    hq: Array


@dataclass(frozen=True, eq=False)
class Enemies:
    """Sighted enemies, one entry a report: those beside an own formation by row, then older reports by row.

    A report may be wrong by a hex, old, or about nobody at all: nothing here tells a phantom from a true
    report of a low level.
    """

    sighting: Array
    """Number of the report on this side, -1 for one seen beside an own formation before any was written."""
    hex: Array
    level: Array
    """Level of detection now, millionths: 1 presence, 2 type and size, 3 strength +-25 %, 4 +-10 %."""
    seen_at: Array
    age_min: Array
    men: Array
    """Estimated."""
    afv: Array
    power: Array
    """Estimated points, on the scale of ``OwnFormations.power``."""
    certainty: Array
    """Millionths: how far to count on its being there; 1 at level 2 and above."""
    kind: Array
    """Index of ``Statics.kinds`` as reported, -1 unknown."""
    formation: Array
    """World row where the level is 2 or more, else -1."""
    moving: Array
    """1 if it was on the march when seen."""
    contact: Array
    """1 if it stands beside an own formation now."""

    def __len__(self) -> int:
        return len(self.hex)


@dataclass(frozen=True, eq=False)
class HexFrame:
    """Control, public to both sides; own fortresses and known works. Shapes (hexes,)."""

    inside: Array
    owner: Array
    owner_since: Array
    works: Array
    """Prepared line, level 0 to 4; 0 where the enemy's works are not known."""
    blown: Array
    """Shape (k, 2): (hex, direction) of hexsides whose bridge is down."""
    fortress: Array
    """True where this side has declared a fortress."""


@dataclass(frozen=True, eq=False)
class OwnHeadquarters:
    """Own headquarters by row."""

    row: Array
    ids: tuple[str, ...]
    echelon: Array
    parent: Array
    staff: Array
    hex: Array
    moved_at: Array
    commander: Array
    """Index of ``statics.commanders`` of the view, -1 nobody named."""
    alarm_at: Array


@dataclass(frozen=True, eq=False)
class OwnOrders:
    """Own orders on their way or in force."""

    row: Array
    """Number among all orders of this side so far: later orders have higher ones."""
    formation: Array
    hq: Array
    kind: Array
    goal: Array
    issued_at: Array
    arrives_at: Array
    state: Array
    by_human: Array
    reason: Array
    detail: Array


@dataclass(frozen=True, eq=False)
class OwnDirectives:
    """Directives that have reached an own headquarters; columns as in the world's table."""

    row: Array
    hq: Array
    kind: Array
    axis: Array
    line: Array
    fall_back: Array
    objective: Array
    assault: Array
    mobile: Array
    reserve: Array
    assault_strongest: Array
    mobile_strongest: Array
    reserve_share: Array
    corridor_m: Array
    start_at: Array
    end_at: Array
    known_at: Array
    raid: Array
    permission: Array
    surprise: Array
    trigger: Array
    trigger_ref: Array
    state: Array
    source: Array
    arrives_at: Array
    dummy: Array
    ring: Array
    clears: Array


@dataclass(frozen=True, eq=False)
class OwnBattles:
    """Battles that go on or ended within the last four days: with two sides, every battle is an own one."""

    row: Array
    hex: Array
    attacking: Array
    """1 if this side attacks."""
    kind: Array
    started_at: Array
    ended_at: Array
    outcome: Array
    depth_m: Array
    """Ground won inside the hex."""
    x: Array
    """Log of attacker's over defender's power as the fighting suggests: millionths, in steps of a quarter."""
    cause: Array
    formation: Array
    """Own participants: world rows. This and what follows has one entry for each of them."""
    battle: Array
    """The battle of each own participant (row of the world's table)."""
    role: Array
    direction: Array
    share: Array


@dataclass(frozen=True, eq=False)
class OwnRails:
    """What own trains can use now: railways on own ground, in the own gauge, in repair."""

    costs: Array
    """Shape (hexes, 6): 1 where a train can pass."""


@dataclass(frozen=True, eq=False)
class OwnDepots:
    """Own supply sources and railheads."""

    row: Array
    kind: Array
    hex: Array
    capacity_t: Array
    used_t: Array
    working: Array
    open: Array
    """Of a port: 1 if ships reach it."""
    sea_kg: Array
    """Of a port: kg that ships bring today, -1 its capacity."""


@dataclass(frozen=True)
class EventsHeard:
    """Events of politics and of the high commands that have happened, but for those that the other side keeps secret."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class WeatherNow:
    """Weather of the day; codes of ``model.codes``."""

    sky: int
    ground: int
    wind: int
    sea: int
    flyable: int
    """Millionths of the sorties."""
    daylight: int
    """0 night, 1 twilight, 2 day."""
    ice_mm: int = 0
    """Millimetres of ice on rivers."""
    strait_ice: int = 0
    """Month whose frozen straits bear men, 12 more if they bear everybody, 0 none."""


@dataclass(frozen=True, eq=False)
class SideView:
    """What ``side`` may know at ``minute``.

    ``statics`` holds geography, parameters, kinds and names, and the scenario cut to what this side may know (see
    ``engine.rules.view_statics``): its own order of battle, plans and calendar; of the other side names and kinds.
    """

    side: int
    minute: int
    statics: Statics
    own: OwnFormations
    coming: Arrivals
    enemies: Enemies
    hexes: HexFrame
    headquarters: OwnHeadquarters
    orders: OwnOrders
    directives: OwnDirectives
    battles: OwnBattles
    depots: OwnDepots
    weather: WeatherNow
    rails: OwnRails
    events: EventsHeard

    def digest(self) -> str:
        """Hex digest of all that is in it: two views with one digest tell the same."""
        hasher = hashlib.blake2b(f"{self.side}@{self.minute}".encode(), digest_size=16)
        for part in fields(self):
            if part.name == "statics":
                hasher.update(self.statics.digest.encode())
            elif part.name not in ("side", "minute"):
                _feed(hasher, getattr(self, part.name))
        return hasher.hexdigest()


def frames_differ(a: SideView, b: SideView) -> str | None:
    """Names the first part in which two views differ, such as ``enemies.hex``; None if they tell the same."""
    for part in fields(a):
        mine, theirs = getattr(a, part.name), getattr(b, part.name)
        if part.name == "statics":
            if mine is not theirs and mine.digest != theirs.digest:
                return part.name
            continue
        if part.name in ("side", "minute"):
            if mine != theirs:
                return part.name
            continue
        for column in fields(mine):
            if not _same(getattr(mine, column.name), getattr(theirs, column.name)):
                return f"{part.name}.{column.name}"
    return None


def _same(a: Any, b: Any) -> bool:
    return bool(np.array_equal(a, b)) if isinstance(a, np.ndarray) else bool(a == b)


def _feed(hasher: Any, frame: Any) -> None:
    for column in fields(frame):
        value = getattr(frame, column.name)
        hasher.update(column.name.encode())
        if isinstance(value, np.ndarray):
            hasher.update(np.ascontiguousarray(value.astype(value.dtype.newbyteorder("<"), copy=False)).data)
        else:
            hasher.update(repr(value).encode())
