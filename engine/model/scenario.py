"""The frozen scenario: everything a run starts from, already resolved, with the pedigree of every number.

Built by engine/files (from TOML and CSV, from a drawing, or from Python objects) and never changed
afterwards; `with_values` in engine/model/address.py gives a changed copy. Time is minutes since 00:00 (UTC+2)
of `start`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from engine.model.citation import GRADES, Detail, Grade, Parameter, Source, Value
from engine.model.codes import AXIS, SIDES, SOVIET
from engine.model.directive import Directive, Group, Waypoint
from engine.model.facts import HistoryFact, Rival, WeatherDay
from engine.model.forces import AssetSpec, FormationSpec, HeadquartersSpec, KindSpec, ReinforcementSpec
from engine.model.politics import Condition, Effect, PeopleSpec, PoliticalEvent, VictorySpec

if TYPE_CHECKING:
    from engine.model.theatre import Theatre

__all__ = [
    "AXIS",
    "GRADES",
    "NOBODY",
    "SIDES",
    "SOVIET",
    "AssetSpec",
    "Condition",
    "Directive",
    "Effect",
    "FormationSpec",
    "Grade",
    "Group",
    "HeadquartersSpec",
    "HistoryFact",
    "KindSpec",
    "Objective",
    "Parameter",
    "PeopleSpec",
    "PoliticalEvent",
    "ReinforcementSpec",
    "Rival",
    "Scenario",
    "ShippingSpec",
    "SideSpec",
    "Source",
    "SupplySource",
    "TerrainSpec",
    "Value",
    "VictorySpec",
    "Waypoint",
    "WeatherDay",
]

NOBODY = -1
"""Owner of water and of hexes outside the window."""
MINUTES_PER_DAY = 1440

UNDIGESTED = frozenset({"where", "note", "src", "source", "grade", "unit", "least", "most", "not_above"})
"""Fields that no digest sees: another citation or a moved line is not another scenario."""
_UNDIGESTED_HERE = frozenset({"theatre", "window", "owner", "title", "summary", "sources", "overlays", "drawing"})


@dataclass(frozen=True, slots=True)
class SideSpec:
    """One of the two sides; `names` holds its name by language (de, ru)."""

    id: str
    name: str
    short: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SupplySource:
    """Where supply enters for a side: a rail head on the map's edge, a port, or the map's edge itself.

    `capacity_t` is metric tons a day.
    """

    id: str
    side: str
    place: str
    cell: int
    kind: Literal["rail", "port", "edge"]
    capacity_t: float
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class ShippingSpec:
    """What the ships of a side can carry, from `from_min` (inclusive) to `until_min` (exclusive, -1 = to the end).

    `men_day` are men with their kit that can be taken aboard a day, `tons_day` metric tons of cargo for its ports.
    `cell` is the home port, or a hex of the sea where its convoys come from and go to off the map. `loss` is the
    share of ships lost in a sailing (-1 = the rule's). Rows of one side that overlap in time add up.
    """

    id: str
    side: str
    place: str
    cell: int
    men_day: int = 0
    tons_day: int = 0
    loss: float = -1.0
    from_min: int = 0
    until_min: int = -1
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """A place worth `points` to `side`, who is told to have it, at `by_min` (-1: when the run ends).

    It counts if the side has then held it for `held_days`. `in_history`: "yes" or "no", whether it was so in
    history; empty = the facts about control tell.
    """

    id: str
    side: str
    place: str
    cell: int
    points: int
    by_min: int = -1
    held_days: float = 0.0
    in_history: str = ""
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class TerrainSpec:
    """What one class of terrain does; `code` is the theatre's terrain number.

    `defence` multiplies the defender's power on flat ground, `defence_rolling` where relief is above
    `combat.rolling_relief_m`. `tank_value` multiplies the worth of tanks. Loss shifts are natural-log shifts
    of the loss rates. `move_*` is time for a kilometre without a road, as a multiple of the road's;
    `supply_cost` multiplies the way of trucks without a road; `sight` multiplies detection; `entrench`
    multiplies the pace of digging.
    """

    code: int
    name: str
    defence: float
    defence_rolling: float
    tank_value: float
    attacker_loss_shift: float
    defender_loss_shift: float
    move_foot: float
    move_horse: float
    move_motor: float
    move_track: float
    supply_cost: float
    sight: float
    entrench: float
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True)
class Scenario:
    """All that a run starts from. Rows are sorted by id, so the order of lines in a file decides nothing."""

    id: str
    title: str
    start: date
    end: date
    theatre: Theatre = field(repr=False, compare=False)
    sides: tuple[SideSpec, SideSpec]
    window: npt.NDArray[np.bool_] = field(repr=False, compare=False)
    """Shape (hexes,): True where the scenario plays."""
    owner: npt.NDArray[np.int8] = field(repr=False, compare=False)
    """Shape (hexes,): side number that holds each land hex at the start, -1 on water and outside the window.
    """
    summary: str = ""
    kinds: Mapping[str, KindSpec] = field(default_factory=dict, repr=False)
    terrain: tuple[TerrainSpec, ...] = field(default=(), repr=False)
    """Indexed by terrain code."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)
    """Rule parameters by dotted address, such as combat.tau_days."""
    formations: tuple[FormationSpec, ...] = field(default=(), repr=False)
    headquarters: tuple[HeadquartersSpec, ...] = field(default=(), repr=False)
    assets: tuple[AssetSpec, ...] = field(default=(), repr=False)
    reinforcements: tuple[ReinforcementSpec, ...] = field(default=(), repr=False)
    directives: tuple[Directive, ...] = field(default=(), repr=False)
    supply_sources: tuple[SupplySource, ...] = field(default=(), repr=False)
    shipping: tuple[ShippingSpec, ...] = field(default=(), repr=False)
    objectives: tuple[Objective, ...] = field(default=(), repr=False)
    people: tuple[PeopleSpec, ...] = field(default=(), repr=False)
    events: tuple[PoliticalEvent, ...] = field(default=(), repr=False)
    victory: VictorySpec = field(default=VictorySpec(), repr=False)
    weather: tuple[WeatherDay, ...] = field(default=(), repr=False)
    history: tuple[HistoryFact, ...] = field(default=(), repr=False)
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    overlays: tuple[str, ...] = ()
    """Names of the overlays and --set values in the order they were applied."""
    drawing: str = field(default="", repr=False)
    """The text this scenario was drawn from, empty for one loaded from files."""

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days

    @property
    def end_min(self) -> int:
        """The minute at which the scenario ends (exclusive)."""
        return self.days * MINUTES_PER_DAY

    def date_of(self, minute: int) -> date:
        """The calendar day that holds a minute."""
        return self.start + timedelta(days=minute // MINUTES_PER_DAY)

    def rule(self, address: str) -> float:
        """The value of a numeric rule parameter; KeyError names the nearest addresses."""
        return float(self.parameter(address).value)

    def parameter(self, address: str) -> Parameter:
        """The rule parameter at `address`, with its bounds and pedigree."""
        try:
            return self.parameters[address]
        except KeyError:
            import difflib

            near = difflib.get_close_matches(address, self.parameters, 3, 0.5)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise KeyError(f"no rule parameter {address!r} in scenarios/common/rules.toml{hint}") from None

    @property
    def outside(self) -> dict[str, float]:
        """Values of rule parameters outside their prior range or above their bound, by address: set with --force."""
        known = self.parameters
        return {a: float(p.value) for a, p in sorted(known.items()) if p.outside or p.above(known.get(p.not_above))}

    @cached_property
    def by_id(self) -> Mapping[str, FormationSpec | HeadquartersSpec | AssetSpec]:
        """Formations, headquarters and assets by id (ids are unique over all three)."""
        rows: dict[str, FormationSpec | HeadquartersSpec | AssetSpec] = {}
        for table in (self.formations, self.headquarters, self.assets):
            for row in table:
                rows[row.id] = row
        return rows

    def name_at(self, subject: str, minute: int) -> str:
        """The name of a formation, headquarters or asset at a minute: the latest dated `rename`, else its own."""
        names = [r.text for r in self.reinforcements if r.kind == "rename" and r.subject == subject and r.at_min <= minute]
        return names[-1] if names else self.by_id[subject].name

    def subordinates(self, headquarters: str) -> Iterator[str]:
        """Ids of the formations and headquarters directly under `headquarters`, headquarters first."""
        yield from (h.id for h in self.headquarters if h.parent == headquarters)
        yield from (f.id for f in self.formations if f.parent == headquarters)

    def side_number(self, side: str) -> int:
        """0 for axis, 1 for soviet, -1 for anything else."""
        return SIDES.index(side) if side in SIDES else NOBODY

    @cached_property
    def digest(self) -> str:
        """Hex digest of everything that can change a run (not of notes, file names or line numbers)."""
        plain = {f.name: digestible(getattr(self, f.name)) for f in fields(self) if f.name not in _UNDIGESTED_HERE}
        plain["theatre"] = self.theatre.digest
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        state = hashlib.blake2b(text.encode(), digest_size=16)
        state.update(np.packbits(self.window).tobytes())
        state.update(self.owner.astype(np.int8).tobytes())
        return state.hexdigest()


def digestible(value: Any) -> Any:
    """Plain JSON of a value, without the fields that no digest sees."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: digestible(getattr(value, f.name)) for f in fields(value) if f.name not in UNDIGESTED}
    if isinstance(value, Mapping):
        return {str(key): digestible(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [digestible(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
