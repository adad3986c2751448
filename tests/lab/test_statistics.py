"""Intervals against published values, and against what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.core.dice import Dice, Stream
from engine.lab import statistics as s


def test_wilson_gives_the_published_interval_of_ten_in_twenty() -> None:
    interval = s.wilson(10, 20)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2993, 0.7007)


def test_wilson_is_exactly_zero_or_one_at_the_ends_and_never_leaves_the_unit_interval() -> None:
    none, every = s.wilson(0, 20), s.wilson(20, 20)
    assert none.low == 0.0
    assert round(none.high, 4) == 0.1611
    assert every.high == 1.0
    assert round(every.low, 4) == 0.8389


def test_wilson_of_nothing_says_that_nothing_is_known() -> None:
    nothing = s.wilson(0, 0)
    assert (nothing.low, nothing.high) == (0.0, 1.0)
    assert math.isnan(nothing.value)


def test_the_t_interval_of_five_values_is_the_textbook_one() -> None:
    interval = s.mean_interval([1, 2, 3, 4, 5])
    assert interval.value == 3
    assert interval.half_width == pytest.approx(2.7764451 * math.sqrt(2.5) / math.sqrt(5), rel=1e-7)


def test_one_value_has_no_interval_and_none_has_no_mean() -> None:
    assert math.isnan(s.mean_interval([7]).low)
    assert s.mean_interval([7]).value == 7
    assert math.isnan(s.mean_interval([]).value)


def test_t_intervals_cover_the_truth_in_about_95_of_100_samples() -> None:
    draws = Dice(5).normal(Stream.SAMPLE, np.arange(4000), 0).reshape(400, 10)
    covered = sum(not s.mean_interval(sample).excludes(0.0) for sample in draws)
    assert 360 <= covered <= 396


def test_the_bootstrap_gives_the_same_interval_each_time_and_one_near_the_t_interval() -> None:
    sample = Dice(6).normal(Stream.SAMPLE, np.arange(60), 0) + 3
    first = s.bootstrap(sample, "men")
    assert first == s.bootstrap(sample, "men")
    assert first != s.bootstrap(sample, "afv")
    t = s.mean_interval(sample)
    assert first.low == pytest.approx(t.low, abs=0.1)
    assert first.high == pytest.approx(t.high, abs=0.1)


def test_the_median_of_twenty_values_is_bracketed_by_its_order_statistics() -> None:
    interval = s.quantile_interval(list(range(1, 21)), 0.5)
    assert (interval.low, interval.value, interval.high) == (6, 10.5, 15)


def test_pairs_under_the_same_luck_are_told_apart_where_independent_samples_are_not() -> None:
    luck = Dice(7).normal(Stream.SAMPLE, np.arange(30), 0) * 10
    a, b = luck + 1, luck
    assert s.paired_difference(a + 0.01 * luck, b).excludes(0)
    assert not s.difference(a, b).excludes(0)


def test_pairs_must_be_pairs() -> None:
    with pytest.raises(ValueError, match="expected pairs"):
        s.paired_difference([1, 2], [1])


def test_crps_is_the_distance_for_one_value_and_rewards_the_sharper_right_sample() -> None:
    assert s.crps([4], 7) == 3
    assert s.crps([6, 7, 8], 7) < s.crps([1, 7, 13], 7)
    # Against the definition: mean |X - y| - mean |X - X'| / 2.
    sample = np.array([1.0, 4.0, 9.0, 11.0])
    pairs = np.abs(sample[:, None] - sample[None, :]).mean()
    assert s.crps(sample, 5.0) == pytest.approx(np.abs(sample - 5).mean() - pairs / 2)


def test_the_percentile_counts_ties_half() -> None:
    assert s.percentile_of([1, 2, 2, 3], 2) == 0.5
    assert s.percentile_of([1, 2], 5) == 1.0


def test_rank_correlation_sees_any_rising_curve_and_nothing_in_a_constant() -> None:
    x = np.arange(20.0)
    assert s.rank_correlation(x, x**3) == pytest.approx(1.0)
    assert math.isnan(s.rank_correlation(x, np.ones(20)))
    interval = s.correlation_interval(0.5, 50)
    assert interval.low > 0.2
    assert interval.high < 0.75


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        s.summary([])
