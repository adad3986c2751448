"""How well the combat model meets what is known: every target with value, model, accepted band, pass or fail.

Targets are aggregates (scenarios/common/calibration, with their licence) and, where a file of described engagements
with observed results is given, the quantiles, the coverage and the chances of that file. Nothing is fitted here.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.files.common import SCENARIOS
from engine.lab.drawn_engagements import at_ratio, drawn, eastern
from engine.lab.engagement import Engagement, Fought, fight

Floats = npt.NDArray[np.float64]
Rules = Mapping[str, float]
FOLDER: Final = SCENARIOS / "common" / "calibration"
RATIOS: Final = (1.25, 1.75, 2.5, 3.5, 5.0)
CDB90_WIN: Final = (-0.430, 0.964)
TDI_WIN: Final = (-0.015, 0.793)
"""Intercept and slope on ln(force ratio) of the chance that the attacker wins: CDB90 core, and 672 cases grouped."""
NOT_COMPUTED: Final = (
    ("campaign", "cause of yield: share dominated by manoeuvre", "0.55 to 0.70", "with --campaign"),
    ("campaign", "daily losses of a theatre: log SD, lag-1 correlation", "0.2 to 0.44, 0.45 to 0.8", "with --campaign"),
    ("campaign", "running share of AFVs in an operation", "0.25 to 0.84", "with --campaign"),
    ("campaign", "running share of AFVs at rest", "0.75 to 0.9", "with --campaign"),
)
DESCRIBED: Final = (
    ("given", "described engagements: quantiles of losses and advance", "within x 1.25, x 1.3", "with --engagements"),
    ("given", "observed values inside the 90 % band", "0.85 to 0.95", "with --engagements"),
)
ELSEWHERE: Final = (
    ("operations", "kilometres of an advance", "within x 1.4", "by dates and dated lines: deepbattle scores"),
    ("scale", "hexes of 8 km for 5: losses, advance", "0.9 to 1.1", "missed: card of battles, tests/staff/test_hex_size.py"),
)
CAMPAIGN: Final = "baltic_offensive"
"""The campaign whose dates are a check, never fitted to."""
DATES: Final = "dates of the Baltic campaign inside the runs' 10-90 % band, share"
NAMED: Final = ("Tallinn", "Riga", "Palanga", "Sääre")
"""Dates that are told by name: the first two, the coast at Memel, the end of Sworbe."""
DATES_WANTED: Final = 0.8
"""A band of 80 % that is worth its name holds so many of the dates."""


@dataclass(frozen=True)
class Target:
    """One line of the table. ``low`` and ``high`` are accepted; a context line is no test."""

    group: str
    name: str
    history: float
    model: float
    low: float
    high: float
    note: str = ""
    context: bool = False

    @property
    def passed(self) -> bool:
        """The model lies inside the accepted band."""
        return self.low <= self.model <= self.high

    def record(self) -> dict[str, object]:
        """Plain JSON."""
        verdict = "context" if self.context else "pass" if self.passed else "FAIL"
        return {"group": self.group, "target": self.name, "history": self.history, "model": self.model,
                "low": self.low, "high": self.high, "verdict": verdict, "note": self.note}  # fmt: skip


def within(group: str, name: str, history: float, model: float, factor: float, note: str = "", **more: bool) -> Target:
    """Accepted within a factor of history."""
    return Target(group, name, history, model, history / factor, history * factor, note, **more)


def calibration_table(
    rules: Rules, engagements: Sequence[Engagement] = (), *, runs: int = 100, seed: int = 1, details: bool = False
) -> list[Target]:
    """All targets. ``details`` adds the medians of groups of engagements, as context."""
    sample = drawn()
    fought = fight(sample, rules, seed=seed, runs=runs)
    long = fight([_until_decided(e) for e in sample], rules, seed=seed, runs=max(20, runs // 4))
    found = [
        *_quantiles("core", _published("core", "all", "core"), fought, 1.25, 1.3),
        *_ratios(fought),
        *_wins(sample, rules, seed, runs),
        *_raw_men(fought),
        *_at_the_end(long),
        *_east(sample, rules, seed, runs),
    ]
    if details:
        found += _groups(fought)
    if engagements:
        found += _known(fight(engagements, rules, seed=seed, runs=max(runs, 200)))
    return found


def dates_target(cards: Sequence[Mapping[str, Any]], engine: str) -> Target | None:
    """How many dated changes of hands the middle 80 % of the kept runs of the whole campaign holds; None without them.

    What another than this ``engine`` has kept is context.
    """
    card = next((one for one in cards if one["scenario"] == CAMPAIGN), None)
    head = (card["headline"] if card else None) or {}
    if card is None or not head.get("dates"):
        return None
    inside, dates, stale = head["inside"], len(head["dates"]), card["engine"] != engine
    held = {date["place"]: date["inside"] for date in head["dates"]}
    named = ", ".join(f"{place} {'inside' if held[place] else 'outside'}" for place in NAMED if place in held)
    whose = "another engine" if stale else "this engine"
    note = f"{inside} of {dates}, {card['runs']} runs of {whose} (deepbattle scores)" + (f"; {named}" if named else "")
    return Target("campaign", DATES, 1.0, inside / dates, DATES_WANTED, 1.0, note, context=stale)


def _until_decided(e: Engagement) -> Engagement:
    return replace(e, max_days=10.0)


# Aggregates.


def _published(basis: str, group: str, level: str) -> dict[str, dict[str, float]]:
    """Rows of targets.csv of one group, by metric."""
    found = {}
    with (FOLDER / "targets.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["basis"], row["group"], row["level"]) == (basis, group, level):
                quantiles = ("n", "p10", "p25", "p50", "p75", "p90", "mean")
                found[row["metric"]] = {q: float(row[q]) if row[q] else math.nan for q in quantiles}
    return found


def _all(fought: Sequence[Fought], of: Callable[[Fought], Floats]) -> Floats:
    return np.concatenate([of(f) for f in fought])


METRICS: Final[Mapping[str, tuple[str, Callable[[Fought], Floats]]]] = {
    "att_cas_pct_day": ("attacker's loss, % a day", lambda f: 100 * f.att_loss),
    "def_cas_pct_day": ("defender's loss, % a day", lambda f: 100 * f.def_loss),
    "adv_km_day": ("advance, km a day", lambda f: f.advance),
}


def _quantiles(
    group: str, history: Mapping[str, Mapping[str, float]], fought: Sequence[Fought], losses: float, ground: float
) -> list[Target]:
    found = []
    for metric, (name, of) in METRICS.items():
        values = _all(fought, of)
        for q in ("p25", "p50", "p75"):
            model = float(np.quantile(values, int(q[1:]) / 100))
            factor = ground if metric == "adv_km_day" else losses
            found.append(within(group, f"{name}, {q}", history[metric][q], model, factor))
    return found


def _fer(f: Fought) -> Floats:
    return np.maximum(f.att_loss, 1e-9) / np.maximum(f.def_loss, 1e-9)


def _ler(f: Fought) -> Floats:
    return _fer(f) * f.engagement.att_men / f.engagement.def_men


def _ratios(fought: Sequence[Fought]) -> list[Target]:
    history = _published("core", "all", "core")
    force = _all(fought, lambda f: np.full(len(f.won), f.engagement.att_men / f.engagement.def_men))
    slope = float(np.polyfit(np.log(force), np.log(_all(fought, _fer)), 1)[0])
    return [
        within("core", "men lost, attacker over defender, p50", history["ler"]["p50"],
               float(np.median(_all(fought, _ler))), 1.3),
        within("core", "fractions lost, attacker over defender, p50", history["fer"]["p50"],
               float(np.median(_all(fought, _fer))), 1.3),
        Target("core", "slope of ln(fractions) on ln(force ratio)", -0.47, slope, -0.95, 0.0),
    ]  # fmt: skip


def _wins(sample: Sequence[Engagement], rules: Rules, seed: int, runs: int) -> list[Target]:
    found = []
    for ratio in RATIOS:
        won = float(np.mean([f.won.mean() for f in fight(at_ratio(sample, ratio), rules, seed=seed, runs=runs)]))
        curves = [1 / (1 + math.exp(-(b0 + b1 * math.log(ratio)))) for b0, b1 in (CDB90_WIN, TDI_WIN)]
        name = f"attackers who win at {ratio:g} : 1"
        found.append(Target("core", name, curves[0], won, min(curves) - 0.08, max(curves) + 0.08))
    return found


def _raw_men(fought: Sequence[Fought]) -> list[Target]:
    """Force ratio at which half the attackers win, from a logistic curve through the drawn engagements."""
    x = np.array([math.log(f.engagement.att_men / f.engagement.def_men) for f in fought])
    p = np.array([f.won.mean() for f in fought])
    b0, b1 = _logistic(x, p)
    return [Target("core", "force ratio in men at which half win", 1.56, math.exp(-b0 / b1), 1.0, 1.6)]


def _logistic(x: Floats, p: Floats) -> tuple[float, float]:
    """Intercept and slope of a logistic curve through shares ``p`` at ``x`` (Newton's method)."""
    design, b = np.stack([np.ones_like(x), x], axis=1), np.zeros(2)
    for _ in range(25):
        fitted = 1 / (1 + np.exp(-design @ b))
        weight = fitted * (1 - fitted)
        b = b + np.linalg.solve(design.T @ (design * weight[:, None]), design.T @ (p - fitted))
    return float(b[0]), float(b[1])


def _at_the_end(fought: Sequence[Fought]) -> list[Target]:
    yielded = np.concatenate([f.at_end[1][f.won & f.decided] for f in fought]) * 100
    broke = np.concatenate([f.at_end[0][~f.won & f.decided] for f in fought]) * 100
    return [
        within("core", "loss of defenders who yield, %, p50", 6.4, float(np.median(yielded)), 1.5),
        within("core", "loss of defenders who yield, %, p90", 22.6, float(np.quantile(yielded, 0.9)), 1.5),
        within("core", "loss of attackers who break off, %, p50", 4.4, float(np.median(broke)), 1.5),
        within("core", "loss of attackers who break off, %, p90", 10.3, float(np.quantile(broke, 0.9)), 1.5),
    ]


# The eastern front and its operations.


def _east(sample: Sequence[Engagement], rules: Rules, seed: int, runs: int) -> list[Target]:
    history = _published("core", "theatre", "east")
    lethality = (rules["combat.lethality_soviet"], rules["combat.lethality_axis"])
    quality = (rules["engage.quality_soviet"], rules["engage.quality_axis"])
    fought = fight(eastern(sample, rules["combat.intensity_east"], lethality, quality), rules, seed=seed, runs=runs)
    found = [
        within("east", f"{name}, p50", history[metric]["p50"], float(np.median(_all(fought, of))), 1.5)
        for metric, (name, of) in METRICS.items()
    ]
    found.insert(2, within("east", "men lost, attacker over defender, p50", history["ler"]["p50"],
                           float(np.median(_all(fought, _ler))), 1.5))  # fmt: skip
    soviet = [f for f in fought if f.engagement.att_quality < f.engagement.def_quality]
    return [*found, *_operations(soviet, rules)]


def _operations(soviet: Sequence[Fought], rules: Rules) -> list[Target]:
    """Losses of operations if a quarter of the front's men are in an assault on a day, and the share that fits."""
    assault = float(np.mean(_all(soviet, lambda f: f.att_loss)))
    engaged, sick, found = rules["engage.front_engaged"], rules["combat.sickness_day"], []
    with (FOLDER / "operations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["use"] == "context":
            continue
        history = float(row["pct_of_start_strength_per_day"])
        share = (history / 100 - sick) / assault
        model = 100 * (engaged * assault + sick)
        note = f"with a share of {engaged:g} engaged; {share:.2f} would fit"
        name = f"{row['operation']}: % of the start lost a day"
        found.append(within("operations", name, history, model, 1.3, note, context=row["use"] == "check"))
    baltic = next(row for row in rows if row["use"] == "check")
    return [*found, _write_offs(baltic, soviet, rules)]


def _write_offs(row: Mapping[str, str], soviet: Sequence[Fought], rules: Rules) -> Target:
    """AFVs written off while men were lost as they were: both rates are tied by ``combat.afv_attack``."""
    men = float(row["pct_of_start_strength_per_day"]) - 100 * rules["combat.sickness_day"]
    won = float(np.mean([f.won.mean() for f in soviet]))
    final = won * rules["repair.final_kept"] + (1 - won) * rules["repair.final_lost"]
    knocked = men * rules["combat.afv_attack"] * rules["combat.afv_east"] * float(row["days"])
    rear = knocked * (1 - final) * (1 - rules["repair.short_share"] - rules["repair.long_share"])
    note = f"from the losses of men in the same operation; {rear:.1f} more go to the rear for repair"
    return within("operations", "AFVs written off in 72 days, % of the start", 17.0, knocked * final, 1.4, note)


# Groups of engagements, and engagements one by one.


def _groups(fought: Sequence[Fought]) -> list[Target]:
    """Medians by posture, relief and ground: context, because what goes with what is not published."""
    found = []
    for group, levels in (
        ("defender_posture", ("hasty", "prepared", "fortified", "delay_or_withdrawal")),
        ("relief", ("flat", "rolling", "rugged")),
        ("ground", ("dry", "wet")),
    ):
        for level in levels:
            history = _published("core", group, level)
            word = level.split("_")[0]
            some = [f for f in fought if word in (f.engagement.posture, f.engagement.relief, f.engagement.weather)]
            for metric, (name, measure) in METRICS.items():
                model = float(np.median(_all(some, measure)))
                found.append(within(level, f"{name}, p50", history[metric]["p50"], model, 1.5, context=True))
            share = float(np.mean([f.won.mean() for f in some]))
            history_win = history["p_attacker_win"]["mean"]
            found.append(Target(level, "attackers who win", history_win, share, history_win - 0.15, history_win + 0.15,
                                context=True))  # fmt: skip
    return found


_OBSERVED: Final[tuple[tuple[str, Callable[[Fought], Floats], str], ...]] = (
    ("attacker's loss, % a day", lambda f: 100 * f.att_loss, "obs_att_loss_pct_day"),
    ("defender's loss, % a day", lambda f: 100 * f.def_loss, "obs_def_loss_pct_day"),
    ("advance, km a day", lambda f: f.advance, "obs_advance_km_day"),
)


def _known(fought: Sequence[Fought]) -> list[Target]:
    """Forecasts of engagements whose course is known: quantiles, coverage, uniformity, chances."""
    from scipy.stats import chisquare

    found = []
    for name, of, seen_as in _OBSERVED:
        observed = [float(getattr(f.engagement, seen_as)) for f in fought]
        known = [(f, o) for f, o in zip(fought, observed, strict=True) if not math.isnan(o)]
        if not known:
            continue
        values, seen = np.concatenate([of(f) for f, _ in known]), np.array([o for _, o in known])
        for q in (25, 50, 75):
            history, model = float(np.quantile(seen, q / 100)), float(np.quantile(values, q / 100))
            found.append(within("given", f"{name}, p{q}", history, model, 1.3 if "advance" in name else 1.25))
        at = np.array([float((of(f) < o).mean() + (of(f) <= o).mean()) / 2 for f, o in known])
        inside = float(((at >= 0.05) & (at <= 0.95)).mean())
        found.append(Target("given", f"{name}: inside the 90 % band", 0.9, inside, 0.85, 0.95))
        p = float(chisquare(np.histogram(at, 10, (0.0, 1.0))[0]).pvalue)
        found.append(Target("given", f"{name}: places in the forecast even, p of chi2", 1.0, p, 0.05, 1.0))
    known_wins = [f for f in fought if not math.isnan(f.engagement.obs_winner)]
    if known_wins:
        won = np.array([float(f.engagement.obs_winner > 0) for f in known_wins])
        chance = np.array([float(f.won.mean()) for f in known_wins])
        share, base = float(won.mean()), float(won.mean() * (1 - won.mean()))
        found.append(Target("given", "attackers who win", share, float(chance.mean()), share - 0.08, share + 0.08))
        brier = float(np.mean((chance - won) ** 2))
        found.append(Target("given", "Brier score of who wins", base, brier, 0.0, base, "history: always the mean"))
    return found
