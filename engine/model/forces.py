"""Order of battle as written by an author: kinds, formations, headquarters, assets, arrivals and departures.

These rows are frozen and state what was at the start (or what is dated to come); what becomes of them is the
world's business. Times are minutes since 00:00 of the scenario's start date, UTC+2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.model.citation import Detail

Mobility = Literal["foot", "horse", "motor", "track", "static"]
Role = Literal["line", "reserve", "second_echelon", "assembly", "rear"]
Echelon = Literal[
    "company", "battalion", "regiment", "brigade", "division", "corps", "army", "front", "army_group"
]
AssetKind = Literal[
    "artillery",
    "rocket",
    "mortar",
    "antitank",
    "antiair",
    "engineer",
    "assault_gun",
    "bridging",
    "air",
    "naval",
    "landing_craft",
]
ReinforcementKind = Literal["arrive", "withdraw", "transfer", "attach", "replacements", "commander", "rename", "asset"]

MOBILITIES: tuple[str, ...] = get_args(Mobility)
ROLES: tuple[str, ...] = get_args(Role)
ECHELONS: tuple[str, ...] = get_args(Echelon)
ASSET_KINDS: tuple[str, ...] = get_args(AssetKind)
DEPARTURES = ("withdraw", "transfer")
"""Kinds of dated change by which a formation leaves the map."""
REINFORCEMENT_KINDS: tuple[str, ...] = get_args(ReinforcementKind)


@dataclass(frozen=True, slots=True)
class KindSpec:
    """What all formations of one kind share (scenarios/common/kinds.csv).

    Demands are metric tons a day for a formation with `men` men; the engine scales them by the men present.
    Fuel is tons for 100 km of march of the whole formation. `antitank_share` is the share of its guns that
    fight tanks; `trains` is the number of trains for a rail move.
    """

    kind: str
    name: str
    mobility: str
    combat_share: float
    cev: float
    men: int = 0
    afv: int = 0
    guns: int = 0
    antitank_share: float = 0.3
    trains: int = 35
    ammo_static_t: float = 0.0
    ammo_defence_t: float = 0.0
    ammo_attack_t: float = 0.0
    fuel_idle_t: float = 0.0
    fuel_100km_t: float = 0.0
    food_kg_man: float = 0.0
    breakdown_100km: float = 0.05
    recon: float = 0.0
    holds_ground: bool = True
    zoc_factor: float = 1.0
    sidc_function: str = ""
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class FormationSpec:
    """One formation with its state at the start date (or at `arrives_min` if it comes later).

    `cell` is the theatre's hex number, -1 for a formation that has no place yet. Strengths are men, running
    AFVs, guns and heavy mortars. `quality` is the CEV (1.0 = western Allied average), `cohesion` and
    `fatigue` 0 to 1, `fort` 0 to 4, stocks in days of the kind's demand. `details` holds the bounds and
    columns.
    """

    id: str
    name: str
    side: str
    kind: str
    parent: str
    cell: int
    nation: str = ""
    echelon: str = "division"
    sidc: str = ""
    name_de: str = ""
    name_ru: str = ""
    role: str = "line"
    place: str = ""
    lat: float = 0.0
    lon: float = 0.0
    width_km: float = 0.0
    arrives_min: int = 0
    men: int = 0
    afv: int = 0
    afv_repair: int = 0
    guns: int = 0
    quality: float = 1.0
    cohesion: float = 1.0
    fatigue: float = 0.0
    fort: int = 0
    ammo_days: float = 2.0
    fuel_days: float = 2.0
    food_days: float = 3.0
    commander: str = ""
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class HeadquartersSpec:
    """One headquarters; `parent` is the id of its superior headquarters or empty for the top of a side.

    `staff` is 0.5 (poor) to 1.5 (excellent). `cell` is its site.
    """

    id: str
    name: str
    side: str
    echelon: str
    parent: str
    cell: int
    nation: str = ""
    name_de: str = ""
    name_ru: str = ""
    commander: str = ""
    staff: float = 1.0
    lat: float = 0.0
    lon: float = 0.0
    sidc: str = ""
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class AssetSpec:
    """Army troops, air or ships at a headquarters' disposal; not a counter on the map.

    `guns` are tubes, launchers or, for naval groups, the equivalent of 15 cm guns; `sorties_day` is for air.
    For landing craft `men` are those whom all of them carry in one lift, `lifts_day` how often they cross (0 = the
    rule's), `range_km` how far from their station they serve (0 = the rule's).
    Usable from `from_min` (inclusive) to `until_min` (exclusive, -1 = to the end). `cell` is the station or
    firing point, -1 when the asset goes with its headquarters. `range_km` 0 = within the headquarters'
    sector.
    """

    id: str
    hq: str
    name: str
    side: str
    kind: str
    guns: int = 0
    men: int = 0
    afv: int = 0
    sorties_day: int = 0
    range_km: float = 0.0
    lifts_day: int = 0
    place: str = ""
    cell: int = -1
    from_min: int = 0
    until_min: int = -1
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class ReinforcementSpec:
    """A dated change of the order of battle.

    arrive: `subject` (a formation) enters at `cell` (-1 = its own row's place). withdraw: it leaves the map; transfer:
    the same, but only to another part of the theatre, as the plan has it.
    attach: it goes under `hq`. replacements: men, afv, guns are added to it. commander: `text` takes over
    headquarters or formation `subject`, with staff quality `staff` when above 0. rename: its name becomes
    `text`. asset: asset `subject` goes under `hq`.
    """

    id: str
    kind: str
    subject: str
    at_min: int
    hq: str = ""
    place: str = ""
    cell: int = -1
    men: int = 0
    afv: int = 0
    guns: int = 0
    staff: float = 0.0
    text: str = ""
    details: tuple[Detail, ...] = ()
    src: str = ""
    grade: str = "estimate"
    note: str = ""
    where: str = ""
