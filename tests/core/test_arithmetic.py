"""Arithmetic that is exact everywhere agrees with the library to the last digits that matter."""

from __future__ import annotations

import math

import numpy as np

from engine.core import arithmetic
from engine.core.arithmetic import ceil_div, exp, log, logistic, normal_quantile, round_up, rounded


def test_exp_and_log_agree_with_the_library() -> None:
    x = np.linspace(-30, 30, 4001)
    assert np.allclose(exp(x), np.exp(x), rtol=2e-15, atol=0)
    y = np.exp(np.linspace(-50, 50, 4001))
    assert np.allclose(log(y), np.log(y), rtol=1e-15, atol=2e-16)


def test_logistic_is_symmetric() -> None:
    x = np.linspace(-20, 20, 401)
    assert np.allclose(logistic(x) + logistic(-x), 1, atol=1e-15)


def test_normal_quantiles_are_the_known_ones() -> None:
    values = normal_quantile([0.5, 0.975, 0.0013498980316301, 1e-9])
    assert np.allclose(values, [0, 1.959964, -3, -5.997807], atol=2e-6)


def test_rounding_is_to_the_nearest_and_up() -> None:
    assert rounded([0.5, -0.5, 2.4]).tolist() == [1, 0, 2]
    assert ceil_div(np.array([7, 8]), np.array([4, 4])).tolist() == [2, 2]
    assert round_up(61, 60) == 120
    assert math.isclose(float(exp(1.0)), math.e)


def test_compiled_and_plain_arithmetic_give_the_same_bits() -> None:
    steps = np.arange(200_001)
    x = np.concatenate([(steps - 100_000) * 0.0077 + 1e-9, [-1e9, 1e9, 0.0, -0.0, 700.0, -700.0]])
    assert np.array_equal(exp(x), arithmetic._exp_by_arrays(x))
    y = np.concatenate([(steps + 1) * 0.0123456789, 1.0 / (steps + 1.0), [0.0, -3.0, 1e-300, 1e300, 0.5, 0.7071067811865476]])
    assert np.array_equal(log(y), arithmetic._log_by_arrays(y))


def test_shapes_are_kept() -> None:
    assert exp(2.0).shape == ()
    assert log(np.ones((2, 3))[:, ::2]).shape == (2, 2)
    assert exp(np.zeros(0)).shape == (0,)
