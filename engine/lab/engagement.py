"""The combat model alone: described engagements fought many times over, with the curves that campaigns use.

One engagement is one sector: power of both sides from men, tanks, guns and sorties on a frontage; posture and
ground; surprise. ``rules.engage`` fights it with the curves and the parameters of campaigns
(scenarios/common/rules.toml). Nothing here is fitted or stored apart from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.dice import Dice, subject_of
from engine.files.common import common_parameters, common_terrain
from engine.files.csv_text import CsvText, read_csv
from engine.files.faults import Report, nearest, one_of, shown
from engine.files.texts import Spot
from engine.files.toml_text import TomlText, read_toml
from engine.lab.statistics import percentile_of, wilson
from engine.model.codes import Terrain
from engine.rules import engage

Floats = npt.NDArray[np.float64]
POSTURES = ("hasty", "prepared", "fortified", "delay", "withdrawal")
RELIEFS = ("flat", "rolling", "rugged")
COVERS: Mapping[str, Terrain] = {
    "bare": Terrain.OPEN,
    "desert": Terrain.OPEN,
    "mixed": Terrain.MIXED,
    "wooded": Terrain.FOREST,
    "swamp": Terrain.SWAMP,
    "urban": Terrain.URBAN,
}
WEATHERS = ("dry", "wet", "mud")
OBSERVED = ("obs_winner", "obs_att_loss_pct_day", "obs_def_loss_pct_day", "obs_advance_km_day", "obs_days")
CASES = 400
"""How often each engagement is fought."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """One engagement as described: strengths at the start, the defender's situation, quality (CEV) of both
    sides.

    ``att_share`` and ``def_share`` are the parts of the men that fight in the line. ``obs_*`` are what was
    observed, nan where nothing is known: winner 1 attacker, 0 draw, -1 defender; losses in % a day.
    """

    id: str
    att_men: float
    def_men: float
    att_afv: float = 0.0
    def_afv: float = 0.0
    att_guns: float = 0.0
    def_guns: float = 0.0
    att_sorties: float = 0.0
    def_sorties: float = 0.0
    att_share: float = 0.5
    def_share: float = 0.5
    att_quality: float = 1.0
    def_quality: float = 1.0
    att_lethality: float = 1.0
    def_lethality: float = 1.0
    posture: str = "prepared"
    relief: str = "rolling"
    cover: str = "mixed"
    weather: str = "dry"
    surprise: float = 0.0
    intensity: float = 1.0
    frontage_km: float = 10.0
    max_days: float = 10.0
    obs_winner: float = math.nan
    obs_att_loss_pct_day: float = math.nan
    obs_def_loss_pct_day: float = math.nan
    obs_advance_km_day: float = math.nan
    obs_days: float = math.nan


WORDS: Mapping[str, Sequence[str]] = {
    "posture": POSTURES,
    "relief": RELIEFS,
    "cover": tuple(COVERS),
    "weather": WEATHERS,
}
BOUNDS: Mapping[str, tuple[float, float]] = {
    "att_men": (1, 5e6), "def_men": (1, 5e6), "frontage_km": (0.1, 2000), "max_days": (0.1, 100),
    "att_share": (0.05, 1), "def_share": (0.05, 1), "att_quality": (0.05, 5), "def_quality": (0.05, 5),
    "att_lethality": (0.05, 5), "def_lethality": (0.05, 5), "surprise": (-3, 3), "intensity": (0.01, 5),
}  # fmt: skip
MOST = 1e6
IGNORED = ("att_side", "def_side", "name", "note", "src", "grade")
NUMBERS = tuple(f.name for f in fields(Engagement) if f.name not in ("id", *WORDS))
COLUMNS = ("id", *NUMBERS, *WORDS, *IGNORED)


@dataclass(frozen=True)
class Fought:
    """What came of fighting one engagement many times. Arrays have one entry a case."""

    engagement: Engagement
    x: float
    """Log of the ratio of effective powers, attacker over defender."""
    points: tuple[float, float]
    terms: Mapping[str, float]
    """What made x, by name."""
    won: npt.NDArray[np.bool_]
    days: Floats
    att_loss: Floats
    """Share of the attacker's men lost a day, by calendar days begun."""
    def_loss: Floats
    advance: Floats
    """km a day."""

    def record(self) -> dict[str, Any]:
        """Plain JSON."""

        def spread(values: Floats) -> dict[str, float]:
            p5, p50, p95 = np.quantile(values, (0.05, 0.5, 0.95))
            return {"p5": float(p5), "median": float(p50), "p95": float(p95)}

        return {
            "id": self.engagement.id, "x": self.x, "terms": dict(self.terms),
            "attacker_points": self.points[0], "defender_points": self.points[1],
            "p_attacker_wins": wilson(int(self.won.sum()), len(self.won)).record(),
            "days": spread(self.days), "attacker_loss_pct_day": spread(100 * self.att_loss),
            "defender_loss_pct_day": spread(100 * self.def_loss), "advance_km_day": spread(self.advance),
            "percentiles_of_history": self.percentiles(),
        }  # fmt: skip

    def percentiles(self) -> dict[str, float]:
        """Where what was observed lies in the spread, 0 to 1; only what is known."""
        e = self.engagement
        pairs = {
            "attacker_loss": (100 * self.att_loss, e.obs_att_loss_pct_day),
            "defender_loss": (100 * self.def_loss, e.obs_def_loss_pct_day),
            "advance": (self.advance, e.obs_advance_km_day),
            "days": (self.days, e.obs_days),
        }
        return {k: percentile_of(v, observed) for k, (v, observed) in pairs.items() if not math.isnan(observed)}


def rules_of_engagements(changes: Mapping[str, float] | None = None) -> dict[str, float]:
    """The parameters of all campaigns, with some changed; KeyError names an unknown one."""
    rules = {a: float(p.value) for a, p in common_parameters().items() if not isinstance(p.value, str)}
    for address, value in (changes or {}).items():
        if address not in rules:
            hint = nearest(address, rules)
            raise KeyError(f"expected a rule parameter, found {address!r}" + (f"; {hint}" if hint else ""))
        rules[address] = value
    return rules


def fight(engagement: Engagement, rules: Mapping[str, float], *, seed: int = 1, cases: int = CASES) -> Fought:
    """Fight one engagement so many times; its luck is keyed by seed and id."""
    e, described = engagement, describe(engagement, rules)
    subjects = (subject_of(e.id) + np.arange(cases, dtype=np.int64)) & 0xFFFFFFFF
    start = engage.balance(described, rules)
    out = engage.fight(described, rules, Dice(seed), subjects, e.max_days)
    points = (float(start.points[0]), float(start.points[1]))
    return Fought(
        e, start.x, points, start.terms, out.won, out.days, out.attacker_loss, out.defender_loss, out.advance
    )


def describe(e: Engagement, rules: Mapping[str, float]) -> engage.Described:
    """An engagement in the terms of the combat model."""
    days = max(1.0, e.max_days)
    return engage.Described(
        men=np.array([e.att_men, e.def_men]),
        share=np.array([e.att_share, e.def_share]),
        afv=np.array([e.att_afv, e.def_afv]),
        guns=np.array([e.att_guns, e.def_guns]),
        sorties=np.array([e.att_sorties, e.def_sorties]) / days,
        quality=np.array([e.att_quality, e.def_quality]),
        lethality=np.array([e.att_lethality, e.def_lethality]),
        posture=rules[f"combat.posture_{e.posture}"],
        terrain=common_terrain()[Terrain.RUGGED if e.relief == "rugged" else COVERS[e.cover]],
        rolling=e.relief == "rolling",
        frontage_km=e.frontage_km,
        surprise=e.surprise,
        mud=e.weather == "mud",
        intensity=e.intensity,
    )


def read_engagements(path: str | Path) -> list[Engagement]:
    """The engagements of a CSV file, or of the [[engagement]]s of a TOML file; FileFaults with every problem."""
    path, report = Path(path), Report()
    found: list[Engagement] = []
    if path.suffix == ".toml":
        text = read_toml(path, str(path), report)
        if text is not None:
            found = _from_toml(text, report)
    else:
        table = read_csv(path, str(path), report, COLUMNS)
        if table is not None:
            found = [_checked(row, _places(table, line), report) for line, row in table.rows()]
            _unique(found, [table.record(line) for line, _ in table.rows()], report)
    report.raise_errors()
    return found


def _places(table: CsvText, line: int) -> Mapping[str, Spot]:
    return {name: table.cell(line, name) for name in ("", *table.header)}


def _from_toml(text: TomlText, report: Report) -> list[Engagement]:
    rows = text.data.get("engagement")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        report.add(text.spot("engagement").fault("[[engagement]] tables", shown(rows), code="engage/missing"))
        return []
    found, spots = [], []
    for number, row in enumerate(rows):
        places = {"": text.spot("engagement", number)} | {k: text.spot("engagement", number, k) for k in row}
        for key in set(row) - set(COLUMNS):
            spot = text.key_spot("engagement", number, key)
            report.add(spot.fault("a key of an engagement", shown(key), nearest(key, COLUMNS), code="engage/key"))
        found.append(_checked({k: str(v) for k, v in row.items()}, places, report))
        spots.append(places[""])
    _unique(found, spots, report)
    return found


def _unique(found: Sequence[Engagement], spots: Sequence[Spot], report: Report) -> None:
    seen: set[str] = set()
    for engagement, spot in zip(found, spots, strict=True):
        if engagement.id and engagement.id in seen:
            report.add(spot.fault("each id once", f"{engagement.id!r} again", code="engage/twice"))
        seen.add(engagement.id)


def _checked(row: Mapping[str, str], places: Mapping[str, Spot], report: Report) -> Engagement:
    """The engagement of one row of text; faults go to the report."""
    values: dict[str, Any] = {"id": "", "att_men": 1.0, "def_men": 1.0}
    for name in ("id", "att_men", "def_men"):
        if not row.get(name):
            report.add(places[""].fault(f"a value for {name!r}", "nothing", code="engage/missing"))
    for name, text in row.items():
        spot = places.get(name, places[""])
        if name == "id":
            values[name] = text
        elif name in WORDS:
            if text not in WORDS[name]:
                hint = nearest(text, WORDS[name])
                report.add(spot.fault(one_of(WORDS[name]), shown(text), hint, code="engage/value"))
            values[name] = text
        elif name in NUMBERS:
            number = _number(text)
            low, high = (-MOST, MOST) if name in OBSERVED else BOUNDS.get(name, (0, MOST))
            if number is None or not low <= number <= high:
                expected = f"a number from {low:g} to {high:g}"
                report.add(spot.fault(expected, shown(text), code="engage/value"))
            else:
                values[name] = number
    return Engagement(**values)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
