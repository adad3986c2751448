"""The shape of every file, checked at the boundary and nowhere else: which keys, of what type and range.

Each model is one row or one file; complaints.py turns what pydantic says into faults with the place of each
value. What rows mean together (does the parent exist, is the place on the map) is checked in resolve.py.
"""

# ruff: noqa: RUF012 (pydantic copies default lists for each model)

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.files.shapes import (
    Cited,
    Conditions,
    GradeOrBlank,
    Id,
    Members,
    Moment,
    NamedMembers,
    Path,
    Placed,
    Places,
    Side,
    Strict,
    Subjects,
    Words,
    Year,
    number_or_switch,
    yes_or_no,
)
from engine.model.directive import DirectiveKind, Permission
from engine.model.facts import FactKind, Ground, Sky
from engine.model.forces import AssetKind, Echelon, Mobility, ReinforcementKind, Role
from engine.model.politics import EffectKind, PeopleKind


class IdentityRow(Cited):
    """One line of common/formations.csv."""

    id: Id
    name: Words
    name_de: Words = ""
    name_ru: Words = ""
    side: Side
    nation: Annotated[str, Field(max_length=3)] = ""
    kind: Id
    echelon: Echelon = "division"
    sidc: Annotated[str, Field(max_length=30)] = ""


class StaffRow(Cited):
    """One line of common/staffs.csv: who a headquarters is, once for all scenarios."""

    id: Id
    name: Words
    name_de: Words = ""
    name_ru: Words = ""
    side: Side
    nation: Annotated[str, Field(max_length=3)] = ""
    echelon: Literal["division", "corps", "army", "front", "army_group"]
    sidc: Annotated[str, Field(max_length=30)] = ""


class CommandRow(Cited):
    """One line of common/commanders.csv: who led a formation or headquarters from when until when."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    subject: Id
    name: Words = ""
    rank: Words = ""
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Moment | None = None


class KindRow(Cited):
    """One line of common/kinds.csv."""

    kind: Id
    name: Words
    mobility: Mobility
    combat_share: Annotated[float, Field(ge=0, le=1)]
    cev: Annotated[float, Field(ge=0.2, le=3)]
    men: Annotated[int, Field(ge=0, le=60000)] = 0
    afv: Annotated[int, Field(ge=0, le=1000)] = 0
    guns: Annotated[int, Field(ge=0, le=1000)] = 0
    antitank_share: Annotated[float, Field(ge=0, le=1)] = 0.3
    trains: Annotated[int, Field(ge=0, le=200)] = 35
    ammo_static_t: Annotated[float, Field(ge=0, le=5000)] = 0.0
    ammo_defence_t: Annotated[float, Field(ge=0, le=5000)] = 0.0
    ammo_attack_t: Annotated[float, Field(ge=0, le=5000)] = 0.0
    fuel_idle_t: Annotated[float, Field(ge=0, le=2000)] = 0.0
    fuel_100km_t: Annotated[float, Field(ge=0, le=2000)] = 0.0
    food_kg_man: Annotated[float, Field(ge=0, le=30)] = 3.0
    breakdown_100km: Annotated[float, Field(ge=0, le=1)] = 0.05
    recon: Annotated[float, Field(ge=0, le=1)] = 0.0
    holds_ground: bool = True
    zoc_factor: Annotated[float, Field(ge=0, le=1)] = 1.0
    sidc_function: Annotated[str, Field(max_length=30)] = ""


class TerrainRow(Cited):
    """One line of common/terrain.csv."""

    code: Annotated[int, Field(ge=0, le=254)]
    name: Id
    defence: Annotated[float, Field(ge=0.5, le=3)]
    defence_rolling: Annotated[float, Field(ge=0.5, le=3)]
    tank_value: Annotated[float, Field(ge=0, le=2)]
    attacker_loss_shift: Annotated[float, Field(ge=-2, le=2)] = 0.0
    defender_loss_shift: Annotated[float, Field(ge=-2, le=2)] = 0.0
    move_foot: Annotated[float, Field(ge=1, le=50)]
    move_horse: Annotated[float, Field(ge=1, le=50)]
    move_motor: Annotated[float, Field(ge=1, le=50)]
    move_track: Annotated[float, Field(ge=1, le=50)]
    supply_cost: Annotated[float, Field(ge=1, le=50)]
    sight: Annotated[float, Field(ge=0, le=2)]
    entrench: Annotated[float, Field(ge=0, le=5)]


class ForceRow(Placed):
    """One line of forces.csv; name, side, kind and the like come from common/formations.csv unless given."""

    id: Id
    parent: Id
    name: Words
    name_de: Words = ""
    name_ru: Words = ""
    side: Side
    nation: Annotated[str, Field(max_length=3)] = ""
    kind: Id
    echelon: Echelon = "division"
    sidc: Annotated[str, Field(max_length=30)] = ""
    role: Role = "line"
    width_km: Annotated[float, Field(ge=0, le=200)] = 0.0
    arrives: Moment | None = None
    men: Annotated[int, Field(ge=0, le=60000)] | None = None
    afv: Annotated[int, Field(ge=0, le=1000)] | None = None
    afv_repair: Annotated[int, Field(ge=0, le=1000)] = 0
    guns: Annotated[int, Field(ge=0, le=1000)] | None = None
    quality: Annotated[float, Field(ge=0.2, le=3)] | None = None
    cohesion: Annotated[float, Field(ge=0, le=1)] = 1.0
    fatigue: Annotated[float, Field(ge=0, le=1)] = 0.0
    fort: Annotated[int, Field(ge=0, le=4)] = 0
    ammo_days: Annotated[float, Field(ge=0, le=20)] = 2.0
    fuel_days: Annotated[float, Field(ge=0, le=20)] = 2.0
    food_days: Annotated[float, Field(ge=0, le=20)] = 3.0
    commander: Words = ""


class HeadquartersRow(Placed):
    """One line of headquarters.csv; name, side, echelon and the like come from common/staffs.csv unless given."""

    id: Id
    name: Words
    name_de: Words = ""
    name_ru: Words = ""
    side: Side
    nation: Annotated[str, Field(max_length=3)] = ""
    echelon: Literal["division", "corps", "army", "front", "army_group"]
    parent: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    commander: Words = ""
    staff: Annotated[float, Field(ge=0.5, le=1.5)] = 1.0
    sidc: Annotated[str, Field(max_length=30)] = ""


class AssetRow(Placed):
    """One line of assets.csv."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    hq: Id
    name: Words
    kind: AssetKind
    guns: Annotated[int, Field(ge=0, le=5000)] = 0
    men: Annotated[int, Field(ge=0, le=60000)] = 0
    afv: Annotated[int, Field(ge=0, le=1000)] = 0
    sorties_day: Annotated[int, Field(ge=0, le=3000)] = 0
    range_km: Annotated[float, Field(ge=0, le=500)] = 0.0
    lifts_day: Annotated[int, Field(ge=0, le=8)] = 0
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Moment | None = None


class ReinforcementRow(Placed):
    """One line of reinforcements.csv."""

    id: Id
    kind: ReinforcementKind
    subject: Id
    at: Moment
    hq: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    men: Annotated[int, Field(ge=0, le=60000)] = 0
    afv: Annotated[int, Field(ge=0, le=1000)] = 0
    guns: Annotated[int, Field(ge=0, le=1000)] = 0
    staff: Annotated[float, Field(ge=0.5, le=1.5)] | None = None
    text: Words = ""


class DirectiveRow(Cited):
    """One [[directive]] of a plan."""

    id: Id
    title: Words = ""
    hq: Id
    kind: DirectiveKind
    axis: Path = []
    line: Path = []
    fall_back: Path = []
    objective: Path = []
    main_effort: Path = []
    assault: Members = []
    mobile: Members = []
    reserve: NamedMembers = []
    corridor_km: Annotated[float, Field(ge=1, le=60)] | None = None
    start: Moment | None = None
    end: Moment | None = None
    known: Moment | None = None
    trigger: Annotated[str, Field(pattern=r"^$|^(after|taken|lost|event):.+$", max_length=100)] = ""
    permission: Permission = "free"
    raid: bool = False
    surprise: Annotated[float, Field(ge=0, le=3)] = 0.0
    reserve_share: Annotated[float, Field(ge=0, le=0.5)] | None = None
    ring: Annotated[int, Field(ge=0, le=3)] = 0
    dummy: Path = []


class WeatherRow(Cited):
    """One line of weather.csv."""

    id: str
    date: Moment
    zone: Words = "all"
    sky: Sky
    ground: Ground | Literal[""] = ""
    temp_c: Annotated[float, Field(ge=-45, le=40)] = 15.0
    wind: Annotated[int, Field(ge=0, le=12)] = 3
    cloud_pct: Annotated[int, Field(ge=0, le=100)] = 40
    sea: Annotated[int, Field(ge=0, le=12)] = 3
    ice_cm: Annotated[float, Field(ge=0, le=150)] | None = None


class RivalRow(Strict):
    """One [[fact.rival]]: another source's answer."""

    model_config = ConfigDict(populate_by_name=True)

    src: Words
    grade: GradeOrBlank = ""
    side: Side | Literal[""] = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    date: Moment | None = None
    from_: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None
    note: Words = ""


class FactRow(Cited):
    """One [[fact]] of history.toml."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    kind: FactKind
    date: Moment | None = None
    from_: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None
    side: Side | Literal[""] = ""
    place: Places = []
    places: Places = []
    title: Words = ""
    measure: Literal[
        "men", "men_with_sick", "afv", "afv_lost", "guns", "prisoners", "formations", "aircraft", "ships", "km", ""
    ] = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: Words = ""
    weight: Annotated[float, Field(ge=0, le=10)] = 1.0
    rival: list[RivalRow] = []


class SupplyRow(Placed):
    """One [[supply]] of scenario.toml."""

    id: Id
    side: Side
    kind: Literal["rail", "port", "edge"]
    capacity_t: Annotated[float, Field(gt=0, le=100000)]


class ShippingRow(Placed):
    """One [[shipping]] of scenario.toml."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    side: Side
    men_day: Annotated[int, Field(ge=0, le=50000)] = 0
    tons_day: Annotated[int, Field(ge=0, le=50000)] = 0
    loss: Annotated[float, Field(ge=0, le=0.2)] | None = None
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Moment | None = None


class ObjectiveRow(Placed):
    """One [[objective]] of scenario.toml."""

    id: Id
    side: Side
    points: Annotated[int, Field(ge=0, le=1000)]
    by: Moment | None = None
    held_days: Annotated[float, Field(ge=0, le=400)] = 0.0
    in_history: Annotated[bool | None, BeforeValidator(yes_or_no)] = None


class PeopleRow(Placed):
    """One line of people.csv."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    kind: PeopleKind
    side: Side
    radius_km: Annotated[float, Field(ge=0, le=1000)] = 0.0
    hq: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    nation: Annotated[str, Field(max_length=3)] = ""
    subject: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    men: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    men_day: Annotated[float, Field(ge=0, le=20_000)] = 0.0
    share_day: Annotated[float, Field(ge=0, le=1)] = 0.0
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Moment | None = None
    opens: Literal["date", "event"] = "date"


class EffectRow(Strict):
    """One [[event.effect]]."""

    kind: EffectKind
    subject: Subjects = []
    side: Side | Literal[""] = ""
    hq: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    place: Words = ""
    text: Words = ""
    staff: Annotated[float, Field(ge=0.5, le=1.5)] | None = None
    capacity_t: Annotated[float, Field(ge=0, le=100_000)] | None = None
    permission: Permission | Literal[""] = ""
    open: bool = True
    ring: Annotated[int, Field(ge=0, le=3)] = 0


class EventRow(Cited):
    """One [[event]] of events.toml."""

    id: Id
    title: Words
    side: Side | Literal[""] = ""
    at: Moment | None = None
    until: Moment | None = None
    trigger: Conditions = []
    any: bool = False
    after_days: Annotated[float, Field(ge=0, le=400)] = 0.0
    secret: bool = False
    effect: Annotated[list[EffectRow], Field(max_length=20)] = []


class SourceRow(Strict):
    """One entry of a sources.toml."""

    title: Words
    author: Words = ""
    year: Year = ""
    where: Words = ""
    kind: Literal[
        "book",
        "article",
        "database",
        "document",
        "memoir",
        "forum",
        "web",
        "manual",
        "map",
        "experiment",
        "judgement",
        "",
    ] = ""
    note: Words = ""


class RuleRow(Cited):
    """One parameter of rules.toml; a scenario that overrides it may give the value alone."""

    value: Annotated[Any, BeforeValidator(number_or_switch)]
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None
    ground: Words = ""
    not_above: Words = ""
    unit: Words = ""


def numeric(annotation: Any) -> bool:
    """Whether an annotation is int or float (or that or None), not bool."""
    parts = getattr(annotation, "__args__", None) or (annotation,)
    kinds = {getattr(p, "__origin__", p) for p in parts} - {type(None)}
    return bool(kinds) and kinds <= {int, float}


ROWS: Mapping[str, type[Strict]] = {
    "forces": ForceRow,
    "headquarters": HeadquartersRow,
    "assets": AssetRow,
    "reinforcements": ReinforcementRow,
    "plans": DirectiveRow,
    "weather": WeatherRow,
    "history": FactRow,
    "supply_sources": SupplyRow,
    "shipping": ShippingRow,
    "objectives": ObjectiveRow,
    "people": PeopleRow,
    "events": EventRow,
    "kinds": KindRow,
    "terrain_kinds": TerrainRow,
    "identities": IdentityRow,
    "staffs": StaffRow,
    "commands": CommandRow,
    "sources": SourceRow,
    "rules": RuleRow,
}
"""The model of a row of each table; see engine/files/rows.py."""
UNBOUNDED = frozenset({"identities", "staffs", "commands", "sources", "rules", "history"})
"""Tables whose columns have no _low and _high."""


@cache
def ranged_keys(table: str) -> frozenset[str]:
    """The columns of a table that may have bounds in <column>_low and <column>_high."""
    if table in UNBOUNDED:
        return frozenset()
    fields = ROWS[table].model_fields.items()
    keys = {field.alias or name for name, field in fields if numeric(field.annotation)}
    return frozenset(keys - {"lat", "lon", "code"})


def columns_of(table: str) -> list[str]:
    """Every column that a file of this table may have."""
    ranged = sorted(ranged_keys(table))
    return [*keys_of(ROWS[table]), *(f"{key}{end}" for key in ranged for end in ("_low", "_high"))]


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys a model knows, as they are written in files."""
    return [field.alias or name for name, field in model.model_fields.items()]
