"""Engagements drawn from published margins: who met whom in Europe, 1939-45, as far as aggregates tell.

The aggregates of CDB90 in scenarios/common/calibration/targets.csv count engagements by force ratio, posture, relief,
ground, size and surprise. Here each of these is drawn by itself (how they went together is not published), with the
median arms of those engagements, so that distributions of results can be compared without the engagements themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.core.dice import Dice, Stream
from engine.lab.engagement import Engagement

Floats = npt.NDArray[np.float64]
RATIO = ((0.1, 1.04), (0.25, 1.44), (0.5, 2.20), (0.75, 3.04), (0.9, 4.15))
"""Quantiles of attacker's over defender's men."""
MEN_KM = ((0.1, 1245.0), (0.25, 1944.0), (0.5, 2930.0), (0.75, 4846.0), (0.9, 7660.0))
"""Quantiles of attackers to a kilometre of front."""
POSTURES = (("hasty", 30), ("prepared", 38), ("fortified", 44), ("delay", 12))
RELIEFS = (("flat", 37), ("rolling", 60), ("rugged", 25))
WEATHER = (("dry", 76), ("wet", 46))
SIZES = ((9_000.0, 42), (19_000.0, 52), (42_000.0, 13), (100_000.0, 15))
SURPRISE = ((0.0, 94), (1.0, 8), (2.0, 12), (3.0, 7))
DAYS = ((1.0, 24), (2.0, 46), (3.0, 46), (5.0, 43))
AFV_1000 = (6.0, 4.0)
GUNS_1000 = (6.5, 7.0)
EAST_MEN = 78_000.0
"""Median of the attackers in the eastern engagements open for fitting (n = 7): corps and armies, not divisions."""
EAST_RATIO = 2.74
"""Median ratio of the engagements of the eastern front."""
SOVIET_ATTACKS = 20 / 24


def _between(points: Sequence[tuple[float, float]], u: Floats) -> Floats:
    """Values at quantiles ``u``, interpolated in logarithms; the ends go on with the slope of their piece."""
    share = np.array([p for p, _ in points])
    value = np.log(np.array([v for _, v in points]))
    found = np.interp(u, share, value)
    low = value[0] + (u - share[0]) * (value[1] - value[0]) / (share[1] - share[0])
    high = value[-1] + (u - share[-1]) * (value[-1] - value[-2]) / (share[-1] - share[-2])
    found = np.where(u < share[0], low, np.where(u > share[-1], high, found))
    values: Floats = np.exp(found)
    return values


def _word(choices: Sequence[tuple[object, int]], u: Floats) -> list[object]:
    edges = np.cumsum([n for _, n in choices]) / sum(n for _, n in choices)
    return [choices[i][0] for i in np.minimum(np.searchsorted(edges, u), len(choices) - 1)]


def drawn(n: int = 400, seed: int = 1) -> list[Engagement]:
    """``n`` engagements from the margins."""
    dice, subjects = Dice(seed), np.arange(n)
    u = [dice.uniform(Stream.SAMPLE, subjects, 0, draw) for draw in range(8)]
    ratio, density = _between(RATIO, u[0]), _between(MEN_KM, u[1])
    posture, relief, weather = _word(POSTURES, u[2]), _word(RELIEFS, u[3]), _word(WEATHER, u[4])
    size, surprise, days = _word(SIZES, u[5]), _word(SURPRISE, u[6]), _word(DAYS, u[7])
    found = []
    for i in range(n):
        men = float(size[i])  # type: ignore[arg-type]
        foe = men / float(ratio[i])
        found.append(
            Engagement(
                f"drawn {i}", men, foe, att_afv=men * AFV_1000[0] / 1000, def_afv=foe * AFV_1000[1] / 1000,
                att_guns=men * GUNS_1000[0] / 1000, def_guns=foe * GUNS_1000[1] / 1000, posture=str(posture[i]),
                relief=str(relief[i]), cover="mixed", weather=str(weather[i]),
                surprise=float(surprise[i]),  # type: ignore[arg-type]
                frontage_km=men / float(density[i]), max_days=float(days[i]),  # type: ignore[arg-type]
            )
        )
    return found


def at_ratio(engagements: Sequence[Engagement], ratio: float) -> list[Engagement]:
    """The same engagements with the defender's men and arms at one force ratio."""

    def scaled(e: Engagement) -> Engagement:
        by = e.att_men / ratio / e.def_men
        return replace(e, def_men=e.def_men * by, def_afv=e.def_afv * by, def_guns=e.def_guns * by)

    return [scaled(e) for e in engagements]


def eastern(
    engagements: Sequence[Engagement], intensity: float, lethality: tuple[float, float], quality: tuple[float, float]
) -> list[Engagement]:
    """The same engagements between Soviet and German forces; ``lethality`` and ``quality`` are Soviet, German.

    Five in six are Soviet attacks, at the eastern median of force ratios; Germans attack at even numbers. Men, arms and
    front are scaled to the size of the eastern engagements.
    """
    found = []
    scale = EAST_MEN / float(np.median([e.att_men for e in engagements]))
    for i, small in enumerate(engagements):
        e = replace(
            small, att_men=small.att_men * scale, def_men=small.def_men * scale, att_afv=small.att_afv * scale,
            def_afv=small.def_afv * scale, att_guns=small.att_guns * scale, def_guns=small.def_guns * scale,
            frontage_km=small.frontage_km * scale,
        )  # fmt: skip
        soviet = (i % 24) < round(24 * SOVIET_ATTACKS)
        by = e.att_men / e.def_men * (EAST_RATIO / 2.2 if soviet else 1 / 2.2)
        men = e.att_men / by
        own, foe = (0, 1) if soviet else (1, 0)
        found.append(
            replace(
                e, def_men=men, def_afv=e.def_afv * men / e.def_men, def_guns=e.def_guns * men / e.def_men,
                att_quality=quality[own], def_quality=quality[foe], att_lethality=lethality[own],
                def_lethality=lethality[foe], intensity=intensity,
            )
        )
    return found
