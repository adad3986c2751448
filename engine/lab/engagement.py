"""The combat model alone: described engagements fought many times over, with the curves that campaigns use.

One engagement is one sector: power of both sides from men, tanks, guns and sorties on a frontage; posture and
ground; surprise. ``rules.engage`` fights it with the curves and the parameters of campaigns
(scenarios/common/rules.toml). The spread of the results is that of a forecast: to the luck of battle it adds what the
description leaves open (quality of a side, intensity of the campaign) and the errors of the figures (group engage).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.dice import Dice, Stream, subject_of
from engine.files.bounds import refuse_turned, turned_round
from engine.files.common import common_parameters, common_terrain
from engine.files.faults import nearest
from engine.files.priors import prior_of, refuse_outside
from engine.lab.statistics import percentile_of
from engine.model.codes import Terrain
from engine.model.scenario import TerrainSpec
from engine.rules import engage
from engine.rules.combat_terms import TERMS

Floats = npt.NDArray[np.float64]
POSTURES = ("hasty", "prepared", "fortified", "delay", "withdrawal")
POSTURE: Mapping[str, str] = {
    "": "engage.posture_unknown", "hasty": "combat.posture_hasty", "prepared": "fortification.posture_2",
    "fortified": "fortification.posture_3", "delay": "combat.posture_delay", "withdrawal": "combat.posture_withdrawal",
}  # fmt: skip
"""What multiplies the defender's power: in campaigns, too, positions are works of levels 2 and 3."""
RELIEFS = ("flat", "rolling", "rugged")
BARE = ("bare", "desert")
"""Covers that are none."""
COVERS: Mapping[str, Terrain] = {
    "bare": Terrain.OPEN,
    "desert": Terrain.OPEN,
    "mixed": Terrain.MIXED,
    "wooded": Terrain.FOREST,
    "marsh": Terrain.SWAMP,
    "urban": Terrain.URBAN,
}
WEATHERS = ("dry", "wet", "mud")
WORDS: Mapping[str, Sequence[str]] = {
    "posture": POSTURES,
    "relief": RELIEFS,
    "cover": tuple(COVERS),
    "weather": WEATHERS,
}
UNKNOWN: Final = math.nan
QUANTILES: Final = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
RUNS: Final = 400
"""How often each engagement is fought if nothing else is said."""
_TOGETHER: Final = 16_384
"""Fights side by side: more are not faster."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """One engagement as described: strengths at the start, the defender's situation, quality (CEV) of both sides.

    nan and empty words are unknown. ``att_share`` and ``def_share`` are the parts of the men that fight in the line;
    sorties are those of the whole fight. ``obs_*`` are what was observed: winner 1 attacker, 0 draw, -1 defender;
    losses in % a day. ``more`` are columns of the file that are handed through, ``att_side`` and ``def_side`` (who
    fights) among them.
    """

    id: str
    att_men: float
    def_men: float
    att_afv: float = UNKNOWN
    def_afv: float = UNKNOWN
    att_guns: float = UNKNOWN
    def_guns: float = UNKNOWN
    att_sorties: float = UNKNOWN
    def_sorties: float = UNKNOWN
    att_share: float = 0.5
    def_share: float = 0.5
    att_quality: float = UNKNOWN
    def_quality: float = UNKNOWN
    att_lethality: float = UNKNOWN
    def_lethality: float = UNKNOWN
    posture: str = ""
    relief: str = ""
    cover: str = ""
    weather: str = ""
    surprise: float = UNKNOWN
    intensity: float = UNKNOWN
    frontage_km: float = UNKNOWN
    max_days: float = UNKNOWN
    obs_winner: float = UNKNOWN
    obs_att_loss_pct_day: float = UNKNOWN
    obs_def_loss_pct_day: float = UNKNOWN
    obs_advance_km_day: float = UNKNOWN
    obs_days: float = UNKNOWN
    more: Mapping[str, str] = field(default_factory=dict)


NATIONS: Mapping[str, Sequence[str]] = {"axis": ("german", "axis"), "soviet": ("soviet", "ussr", "russia")}
"""Whose quality is known on the average, and what in the name of a side says so."""
SIDES = ("att_side", "def_side")
"""Columns of one's own that tell who fights, where a file has them."""
NUMBERS = tuple(f.name for f in fields(Engagement) if f.name not in ("id", "more", *WORDS))
COLUMNS = ("id", *NUMBERS, *WORDS)


@dataclass(frozen=True)
class Fought:
    """What came of fighting one engagement many times. Arrays have one entry a fight, as it would be recorded."""

    engagement: Engagement
    x: float
    """Log of the ratio of effective powers, attacker over defender, at the values as described."""
    points: tuple[float, float]
    terms: Mapping[str, float]
    """What made x, by name."""
    won: npt.NDArray[np.bool_]
    decided: npt.NDArray[np.bool_]
    """Ended before the days were up."""
    days: Floats
    att_loss: Floats
    """Share of the attacker's men lost a day, by calendar days begun."""
    def_loss: Floats
    advance: Floats
    """km a day."""
    at_end: Floats
    """Shape (2, fights): share of the men lost in all."""

    def record(self) -> dict[str, Any]:
        """Plain JSON: the columns handed through, chance of a win, and quantiles of what may come of it."""

        def spread(values: Floats) -> dict[str, float]:
            found = np.quantile(values, QUANTILES)
            return {f"p{round(100 * q):02d}": float(v) for q, v in zip(QUANTILES, found, strict=True)}

        result = {
            **self.engagement.more,
            "id": self.engagement.id,
            "runs": len(self.won),
            "p_attacker_wins": float(self.won.mean()),
            "att_loss_pct_day": spread(100 * self.att_loss),
            "def_loss_pct_day": spread(100 * self.def_loss),
            "advance_km_day": spread(self.advance),
            "days": spread(self.days),
            "x": self.x,
        }
        at = self.percentiles()
        return {**result, "percentiles_of_history": at} if at else result

    def percentiles(self) -> dict[str, float]:
        """Where what was observed lies in the spread, 0 to 1; only what is known."""
        e = self.engagement
        pairs = {
            "att_loss": (100 * self.att_loss, e.obs_att_loss_pct_day),
            "def_loss": (100 * self.def_loss, e.obs_def_loss_pct_day),
            "advance": (self.advance, e.obs_advance_km_day),
            "days": (self.days, e.obs_days),
        }
        return {k: percentile_of(v, observed) for k, (v, observed) in pairs.items() if not math.isnan(observed)}


def rules_of_engagements(changes: Mapping[str, float] | None = None, *, force: bool = False) -> dict[str, float]:
    """The parameters of all campaigns, with some changed; KeyError names an unknown one.

    FileFaults names all that leave their prior range, unless forced; what no force makes usable is refused anyway.
    """
    rules = {a: float(p.value) for a, p in common_parameters().items() if not isinstance(p.value, str)}
    for address, value in (changes or {}).items():
        if address not in rules:
            hint = nearest(address, rules)
            raise KeyError(f"expected a rule parameter, found {address!r}" + (f"; {hint}" if hint else ""))
        rules[address] = value
    refuse_outside((changes or {}).items(), common_parameters(), force=force)
    if not force:
        refuse_turned(changes or {}, common_parameters())
    return rules


def outside_range(rules: Mapping[str, float]) -> dict[str, float]:
    """Those of the parameters that lie outside their prior range or above their bound, by address."""
    known = common_parameters()
    turned = {low for low, _ in turned_round(rules, {a: p.not_above for a, p in known.items() if p.not_above})}
    return {a: v for a, v in sorted(rules.items()) if a in known and (a in turned or not prior_of(known[a]).holds(v))}


def fight(
    engagements: Sequence[Engagement], rules: Mapping[str, float], *, seed: int = 1, runs: int = RUNS
) -> list[Fought]:
    """Fight each engagement so many times; its luck is keyed by seed and id, not by its place in the list."""
    found: list[Fought] = []
    together = max(1, _TOGETHER // runs)
    for first in range(0, len(engagements), together):
        found += _fight(engagements[first : first + together], rules, Dice(seed), runs)
    return found


def _fight(engagements: Sequence[Engagement], rules: Mapping[str, float], dice: Dice, runs: int) -> list[Fought]:
    described = describe(engagements, rules)
    first = np.array([subject_of(e.id) for e in engagements], dtype=np.int64)
    subjects = (first[:, None] + np.arange(runs)[None, :]) & 0xFFFFFFFF
    start = engage.balance(described, rules)
    out = engage.fight(described, rules, dice, subjects, _doubt(engagements, rules, dice, subjects))
    draw = engage.DOUBTS + 5
    loss_a = _recorded(out.attacker_loss, rules["engage.loss_error"], dice, subjects, draw)
    loss_d = _recorded(out.defender_loss, rules["engage.loss_error"], dice, subjects, draw + 1)
    advance = _recorded(out.advance, rules["engage.advance_error"], dice, subjects, draw + 2)
    return [
        Fought(
            engagement=e, x=float(start.x[i]), points=(float(start.points[i, 0]), float(start.points[i, 1])),
            terms=_terms(described, start, i),
            won=out.won[i], decided=out.decided[i], days=out.days[i],
            att_loss=np.minimum(loss_a[i], 1.0 / out.days[i]), def_loss=np.minimum(loss_d[i], 1.0 / out.days[i]),
            advance=advance[i], at_end=out.at_end[:, i],
        )
        for i, e in enumerate(engagements)
    ]  # fmt: skip


WHO: Final = ("attacker", "defender")
_SIDED: Final = ("men", "afv", "guns", "quality")
"""Of both sides, as described or as usual where a row leaves them open."""


def _terms(described: engage.Described, start: engage.Balance, i: int) -> dict[str, float]:
    """What made x of one engagement: what each side brings, the frontage, and the terms of the balance."""
    brought = {f"{side}_{name}": float(getattr(described, name)[i, k]) for name in _SIDED for k, side in enumerate(WHO)}
    points = {f"{side}_points": float(start.points[i, k]) for k, side in enumerate(WHO)}
    terms = {name: float(values[i]) for name, values in start.terms.items()}
    return {**brought, "frontage_km": float(described.frontage_km[i]), **points, **terms}


def addresses(fought: Fought) -> dict[str, str]:
    """The parameter behind each of the terms that has one."""
    known, found = dict(TERMS), {}
    for name in fought.terms:
        found[name] = known.get(name, "") or known.get(f"defender_{name}", "")
    e = fought.engagement
    for short, side in zip(("att", "def"), WHO, strict=True):
        whose = nation(e.more.get(f"{short}_side", ""))
        average = {"afv": "engage.afv_1000", "guns": "engage.guns_1000", "quality": whose and f"engage.quality_{whose}"}
        for name, address in average.items():
            found[f"{side}_{name}"] = address if math.isnan(getattr(e, f"{short}_{name}")) else ""
    found["frontage_km"] = "engage.men_km" if math.isnan(e.frontage_km) else ""
    found["posture"] = POSTURE[e.posture]
    return {name: address for name, address in found.items() if address}


def _doubt(
    engagements: Sequence[Engagement], rules: Mapping[str, float], dice: Dice, subjects: npt.NDArray[np.int64]
) -> engage.Doubt:
    """Errors of strengths, quality of a side and intensity of the campaign where none is given."""

    def unknown(name: str) -> Floats:
        return np.array([float(math.isnan(getattr(e, name))) for e in engagements])[:, None]

    def normal(number: int) -> Floats:
        drawn = dice.normal(Stream.ENGAGE, subjects.reshape(-1), 0, engage.DOUBTS + number)
        return drawn.reshape(subjects.shape)

    quality = rules["engage.quality_spread"]
    x = quality * (unknown("att_quality") * normal(0) - unknown("def_quality") * normal(1))
    x = x + rules["engage.strength_error"] * (normal(2) - normal(3))
    return engage.Doubt(x, rules["engage.intensity_spread"] * unknown("intensity") * normal(4))


def _recorded(
    values: Floats, error: float, dice: Dice, subjects: npt.NDArray[np.int64], draw: int
) -> Floats:
    """Figures as they would be found in a record of the fight."""
    drawn = dice.normal(Stream.ENGAGE, subjects.reshape(-1), 0, draw).reshape(values.shape)
    found: Floats = values * np.exp(error * drawn)
    return found


def describe(engagements: Sequence[Engagement], rules: Mapping[str, float]) -> engage.Described:
    """Engagements in the terms of the combat model; what is unknown is taken as average.

    Where sides are named and nothing else is given, Germans and Soviets have the average quality of their divisions in
    the orders of battle, and fights between the two the intensity and lethality of the campaigns of the east.
    """

    def column(name: str, unknown: float | Floats = 0.0) -> Floats:
        values = np.array([getattr(e, name) for e in engagements], dtype=np.float64)
        return np.where(np.isnan(values), unknown, values)

    def both(name: str, unknown: float | Floats = 0.0) -> Floats:
        values = np.stack([column(f"att_{name}", UNKNOWN), column(f"def_{name}", UNKNOWN)], axis=1)
        return np.where(np.isnan(values), unknown, values)

    nations = [[nation(e.more.get(name, "")) for name in SIDES] for e in engagements]
    average = np.array([[rules[f"engage.quality_{who}"] if who else 1.0 for who in pair] for pair in nations])
    eastern = np.array([set(pair) == set(NATIONS) for pair in nations])
    kappa = np.array([[rules[f"combat.lethality_{who}"] if who else 1.0 for who in pair] for pair in nations])
    men, days = both("men"), np.maximum(column("max_days", rules["engage.days_unknown"]), 0.01)
    # Men of a side lie under the other side's aircraft.
    sectors = np.maximum(men[:, ::-1] / rules["engage.sector_men"], 1.0)
    grounds = [_ground(e) for e in engagements]
    ground = [_defence(e, g, rules) for e, g in zip(engagements, grounds, strict=True)]
    frontage = column("frontage_km", UNKNOWN)
    usual = np.maximum(men[:, 0] / rules["engage.men_km"], 0.5)
    return engage.Described(
        men=men,
        share=both("share"),
        afv=both("afv", men * (rules["engage.afv_1000"] / 1000.0)),
        guns=both("guns", men * (rules["engage.guns_1000"] / 1000.0)),
        sorties=both("sorties") / (np.maximum(days, 1.0)[:, None] * sectors),
        quality=both("quality", average.reshape(-1, 2)),
        lethality=both("lethality", np.where(eastern[:, None], kappa, 1.0)),
        posture=np.array([rules[POSTURE[e.posture]] for e in engagements]),
        hasty=np.array([float(e.posture == "hasty") for e in engagements]),
        delaying=np.array([float(e.posture in ("delay", "withdrawal")) for e in engagements]),
        ground=np.array(ground),
        tank_value=np.array([_tank_value(e, g) for e, g in zip(engagements, grounds, strict=True)]),
        attacker_shift=np.array([g.attacker_loss_shift for g in grounds]),
        defender_shift=np.array([g.defender_loss_shift for g in grounds]),
        frontage_km=np.where(np.isnan(frontage), usual, frontage),
        surprise=column("surprise"),
        wet=np.array([float(e.weather in ("wet", "mud")) for e in engagements]),
        mud=np.array([float(e.weather == "mud") for e in engagements]),
        intensity=column("intensity", np.where(eastern, rules["combat.intensity_east"], 1.0)),
        max_days=days,
    )  # fmt: skip


def nation(side: str) -> str:
    """Whose side a name tells of: ``axis``, ``soviet``, or nothing. The one named first counts."""
    name = side.casefold()
    found = {name.find(word): who for who, words in NATIONS.items() for word in words if word in name}
    return found[min(found)] if found else ""


def _defence(e: Engagement, ground: TerrainSpec, rules: Mapping[str, float]) -> float:
    """Multiplier of the defender's power by the ground; rugged ground without cover is worth less to him."""
    if not (e.relief or e.cover):
        return rules["engage.ground_unknown"]
    if e.relief == "rugged" and e.cover in BARE:
        return rules["engage.rugged_bare"]
    return ground.defence if e.relief == "flat" else ground.defence_rolling


def _ground(e: Engagement) -> TerrainSpec:
    """Class of terrain: rugged ground counts before what grows on it."""
    return common_terrain()[Terrain.RUGGED if e.relief == "rugged" else COVERS[e.cover or "mixed"]]


def _tank_value(e: Engagement, ground: TerrainSpec) -> float:
    """What the ground leaves of a tank's worth: rugged ground does not make woods or marsh on it any better for him."""
    cover = common_terrain()[COVERS[e.cover]].tank_value if e.cover else 1.0
    return min(ground.tank_value, cover)
