"""Intervals and scores for samples of runs: always with what is uncertain about them.

These are for reading, never for deciding an outcome, so ordinary floats and scipy may be used. Chance (the
bootstrap's resamples) is drawn by key all the same: the same sample gives the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.dice import Dice, Stream, subject_of

Floats = npt.NDArray[np.float64]
Z95 = 1.959963984540054
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the bounds of its 95 % interval; ``n`` is the size of the sample."""

    value: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def excludes(self, value: float) -> bool:
        """True if a value lies outside the interval."""
        return value < self.low or value > self.high

    def record(self) -> dict[str, float | int]:
        """Plain JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def wilson(hits: int, n: int, z: float = Z95) -> Interval:
    """Wilson's score interval of a share: sensible for 0 of 20 and 20 of 20 too (Wilson 1927)."""
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, 0)
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # With no hit (or all hits) the bound is exactly 0 (or 1); rounding would leave it a hair beside.
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    high = 1.0 if hits == n else min(1.0, centre + half)
    return Interval(share, low, high, n)


def mean_interval(sample: Sequence[float] | Floats) -> Interval:
    """Student's t interval of the mean; a single value or none has no bounds (nan)."""
    values = np.asarray(sample, dtype=np.float64)
    n = len(values)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    mean = math.fsum(values) / n
    if n == 1:
        return Interval(mean, math.nan, math.nan, 1)
    spread = math.sqrt(math.fsum((values - mean) ** 2) / (n - 1))
    half = _t95(n - 1) * spread / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


def _t95(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, freedom))


def quantile_interval(sample: Sequence[float] | Floats, share: float) -> Interval:
    """A quantile with the order statistics that bracket it with 95 % (or as near as the sample allows)."""
    values = np.sort(np.asarray(sample, dtype=np.float64))
    n = len(values)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    from scipy.stats import binom

    low = int(binom.ppf(0.025, n, share)) - 1
    high = int(binom.ppf(0.975, n, share))
    middle = float(np.quantile(values, share))
    return Interval(middle, float(values[max(0, low)]), float(values[min(n - 1, high)]), n)


def bootstrap(sample: Sequence[float] | Floats, name: str, resamples: int = RESAMPLES) -> Interval:
    """Percentile bootstrap of the mean; ``name`` keys the resamples, so the interval is always the same."""
    values = np.asarray(sample, dtype=np.float64)
    n = len(values)
    if n < 2:
        return mean_interval(values)
    draws = Dice(subject_of(name)).uniform(Stream.SAMPLE, np.arange(resamples * n), 0)
    picked = values[(draws * n).astype(np.int64).reshape(resamples, n)]
    means = np.sort(picked.sum(axis=1) / n)
    at = int(0.025 * resamples)
    return Interval(math.fsum(values) / n, float(means[at]), float(means[resamples - 1 - at]), n)


def paired_difference(a: Sequence[float] | Floats, b: Sequence[float] | Floats) -> Interval:
    """t interval of the mean of a - b, pair by pair under the same luck."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"expected pairs, found {len(first)} and {len(second)} values")
    return mean_interval(first - second)


def difference(a: Sequence[float] | Floats, b: Sequence[float] | Floats) -> Interval:
    """Welch's interval of mean(a) - mean(b) for two independent samples."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if len(first) < 2 or len(second) < 2:
        mean = float(np.mean(first) - np.mean(second))
        return Interval(mean, math.nan, math.nan, min(len(first), len(second)))
    parts = [float(np.var(s, ddof=1)) / len(s) for s in (first, second)]
    error = math.sqrt(sum(parts))
    mean = math.fsum(first) / len(first) - math.fsum(second) / len(second)
    if error == 0:
        return Interval(mean, mean, mean, len(first) + len(second))
    freedom = sum(parts) ** 2 / sum(p * p / (len(s) - 1) for p, s in zip(parts, (first, second), strict=True))
    from scipy.stats import t

    half = float(t.ppf(0.975, freedom)) * error
    return Interval(mean, mean - half, mean + half, len(first) + len(second))


@dataclass(frozen=True, slots=True)
class Summary:
    """A sample in nine numbers."""

    n: int
    mean: Interval
    median: Interval
    p5: float
    p25: float
    p75: float
    p95: float
    least: float
    most: float

    def record(self) -> dict[str, object]:
        """Plain JSON."""
        return {
            "n": self.n, "mean": self.mean.record(), "median": self.median.record(),
            "p5": self.p5, "p25": self.p25, "p75": self.p75, "p95": self.p95,
            "min": self.least, "max": self.most,
        }  # fmt: skip


def summary(sample: Sequence[float] | Floats) -> Summary:
    """Mean, median and quantiles of a sample that is not empty."""
    values = np.asarray(sample, dtype=np.float64)
    if not len(values):
        raise ValueError("an empty sample has no summary")
    p5, p25, p75, p95 = (float(q) for q in np.quantile(values, (0.05, 0.25, 0.75, 0.95)))
    return Summary(
        len(values), mean_interval(values), quantile_interval(values, 0.5), p5, p25, p75, p95,
        float(values.min()), float(values.max()),
    )  # fmt: skip


def crps(sample: Sequence[float] | Floats, observed: float) -> float:
    """Continuous ranked probability score against one observation, in the sample's unit; 0 is best."""
    values = np.sort(np.asarray(sample, dtype=np.float64))
    n = len(values)
    distance = float(np.mean(np.abs(values - observed)))
    ranks = np.arange(1, n + 1)
    spread = float(np.sum((2 * ranks - n - 1) * values)) / (n * n)
    return distance - spread


def percentile_of(sample: Sequence[float] | Floats, observed: float) -> float:
    """Share of the sample below an observation, ties counted half: the observation's PIT value."""
    values = np.asarray(sample, dtype=np.float64)
    below, same = int((values < observed).sum()), int((values == observed).sum())
    return (below + same / 2) / len(values)


def rank_correlation(a: Sequence[float] | Floats, b: Sequence[float] | Floats) -> float:
    """Spearman's rank correlation; nan if one of the samples does not vary."""
    from scipy.stats import rankdata

    first, second = rankdata(a), rankdata(b)
    first, second = first - first.mean(), second - second.mean()
    scale = math.sqrt(float((first * first).sum()) * float((second * second).sum()))
    return float((first * second).sum()) / scale if scale else math.nan


def correlation_interval(correlation: float, n: int) -> Interval:
    """Fisher's interval of a rank correlation (with the factor 1.06 for ranks, Fieller and others 1957)."""
    if n < 5 or math.isnan(correlation) or abs(correlation) >= 1:
        return Interval(correlation, math.nan, math.nan, n)
    centre, half = math.atanh(correlation), Z95 * math.sqrt(1.06 / (n - 3))
    return Interval(correlation, math.tanh(centre - half), math.tanh(centre + half), n)
