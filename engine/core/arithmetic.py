"""Functions that give the same bits on every processor.

Library ``exp`` and ``log`` differ in the last bit between processors, and a last bit can decide a battle. These
use only IEEE + - * / sqrt, exact scaling by powers of two, and comparisons, each as a separate operation, so no
fused multiply-add can creep in. ``exp`` and ``log`` are compiled loops where numba is in use and the same operations
array by array where it is not: the same bits, at a tenth of the time for the short arrays of a battle line.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core import jit as compiled
from engine.core.jit import jit

Floats = npt.NDArray[np.float64]

PPM: Final = 1_000_000
"""Ratios are stored as whole millionths."""

DAY: Final = 1440
"""Minutes in a day."""

_LN2_HI, _LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_INV_LN2 = 1.44269504088896338700
# Taylor terms 1/k! for |r| <= ln(2)/2: the twelfth leaves less than 1e-16.
_EXP = (
    1.0, 1.0, 0.5, 0.16666666666666666, 0.041666666666666664, 0.008333333333333333, 0.001388888888888889,
    0.0001984126984126984, 2.48015873015873e-05, 2.7557319223985893e-06, 2.755731922398589e-07,
    2.505210838544172e-08, 2.08767569878681e-09,
)  # fmt: skip

_MANTISSA: Final = 52
"""Bits of a number's mantissa; above them lies its power of two, plus ``_BIAS``."""
_BIAS: Final = 1023
_FRACTION, _A_HALF = (1 << _MANTISSA) - 1, (_BIAS - 1) << _MANTISSA
"""The bits of a mantissa, and those that stand above them in a number from a half to below one."""


def exp(x: npt.ArrayLike) -> Floats:
    """e**x, for |x| <= 700; relative error below 1e-15. Any shape."""
    values = np.asarray(x, dtype=np.float64)
    if not compiled.ENABLED:
        return _exp_by_arrays(values)
    out = np.empty(values.size)
    _exp_each(np.ascontiguousarray(values).reshape(-1), out)
    return out.reshape(values.shape)


@jit
def exp_of(x: float) -> float:
    """:func:`exp` of one number, for compiled rules.

    Terms stand in the code, and the power of two is put together from its bits, as a loop over them and a call of ldexp
    take twice as long as all the rest.
    """
    v = min(max(x, -700.0), 700.0)
    n = math.floor(v * 1.44269504088896338700 + 0.5)
    r = v - n * 6.93147180369123816490e-01
    r = r - n * 1.90821492927058770002e-10
    high = (((2.08767569878681e-09 * r + 2.505210838544172e-08) * r + 2.755731922398589e-07) * r + 2.7557319223985893e-06) * r
    middle = (((high + 2.48015873015873e-05) * r + 0.0001984126984126984) * r + 0.001388888888888889) * r
    low = (((middle + 0.008333333333333333) * r + 0.041666666666666664) * r + 0.16666666666666666) * r
    total = ((low + 0.5) * r + 1.0) * r + 1.0
    return float(total * np.int64((int(n) + _BIAS) << _MANTISSA).view(np.float64))


@jit
def _exp_each(values: Floats, out: Floats) -> None:
    for i in range(len(values)):
        out[i] = exp_of(values[i])


def _exp_by_arrays(x: Floats) -> Floats:
    v = np.clip(x, -700.0, 700.0)
    n = np.floor(v * _INV_LN2 + 0.5)
    r = v - n * _LN2_HI
    r = r - n * _LN2_LO
    total = np.full_like(r, _EXP[-1])
    for term in _EXP[-2::-1]:
        total = total * r
        total = total + term
    return np.ldexp(total, n.astype(np.int32))


def log(x: npt.ArrayLike) -> Floats:
    """Natural logarithm of positive numbers; zero and below count as 1e-300. Any shape."""
    values = np.asarray(x, dtype=np.float64)
    if not compiled.ENABLED:
        return _log_by_arrays(values)
    out = np.empty(values.size)
    _log_each(np.ascontiguousarray(values).reshape(-1), out)
    return out.reshape(values.shape)


@jit
def log_of(value: float) -> float:
    """:func:`log` of one number, for compiled rules."""
    bits = np.float64(max(value, 1e-300)).view(np.int64)
    mantissa = np.int64(bits & _FRACTION | _A_HALF).view(np.float64)
    n = float((bits >> _MANTISSA) - (_BIAS - 1))
    if mantissa < 0.7071067811865476:
        mantissa = mantissa * 2.0
        n = n - 1.0
    f = (mantissa - 1.0) / (mantissa + 1.0)
    f2 = f * f
    total = 1.0 / 21.0
    for k in range(19, 0, -2):
        total = total * f2
        total = total + 1.0 / k
    total = total * f
    total = total * 2.0
    total = total + n * 1.90821492927058770002e-10
    return total + n * 6.93147180369123816490e-01


@jit
def _log_each(values: Floats, out: Floats) -> None:
    for i in range(len(values)):
        out[i] = log_of(values[i])


def _log_by_arrays(x: Floats) -> Floats:
    mantissa, power = np.frexp(np.maximum(x, 1e-300))
    low = mantissa < 0.7071067811865476
    mantissa = np.where(low, mantissa * 2.0, mantissa)
    n = power - low
    f = (mantissa - 1.0) / (mantissa + 1.0)
    f2 = f * f
    total = np.full_like(f, 1.0 / 21.0)
    for k in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        total = total * f2
        total = total + 1.0 / k
    total = total * f
    total = total * 2.0
    total = total + n * _LN2_LO
    return total + n * _LN2_HI


def logistic(x: npt.ArrayLike) -> Floats:
    """1 / (1 + exp(-x))."""
    result: Floats = 1.0 / (1.0 + exp(-np.asarray(x, dtype=np.float64)))
    return result


@jit
def whole(x: float) -> int:
    """:func:`rounded` of one number, for compiled rules."""
    return math.floor(x + 0.5)


def rounded(x: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Nearest whole number, halves up: the one rounding at the end of a rule's floats."""
    return np.floor(np.asarray(x, dtype=np.float64) + 0.5).astype(np.int64)


def ceil_div(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Whole-number ceiling of a / b for b > 0."""
    return -((-a) // b)


def round_up(minute: int, grain: int) -> int:
    """The first multiple of ``grain`` at or after ``minute``."""
    return -((-minute) // grain) * grain


# Wichura's algorithm AS 241 (Applied Statistics 37, 1988), single-precision form PPND7: about 1e-7, ample for dice.
def normal_quantile(u: npt.ArrayLike) -> Floats:
    """The standard normal value below which a share ``u`` in (0, 1) lies. Any shape."""
    shares = np.asarray(u, dtype=np.float64)
    out = np.empty(shares.size)
    _quantile_each(np.ascontiguousarray(shares).reshape(-1), out)
    return out.reshape(shares.shape)


@jit
def quantile_of(share: float) -> float:
    """:func:`normal_quantile` of one number, for compiled rules."""
    q = share - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
        return top / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)
    t = math.sqrt(-log_of(min(share, 1.0 - share)))
    if t <= 5.0:
        r = t - 1.6
        value = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
        value = value / ((0.12021132975 * r + 0.73700164250) * r + 1.0)
    else:
        r = t - 5.0
        value = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
        value = value / ((0.012258202635 * r + 0.24197894225) * r + 1.0)
    return -value if q < 0 else value


@jit
def _quantile_each(shares: Floats, out: Floats) -> None:
    for i in range(len(shares)):
        out[i] = quantile_of(shares[i])


def exponential_quantile(u: npt.ArrayLike) -> Floats:
    """The Exp(1) value of a uniform number in (0, 1)."""
    return -log(1.0 - np.asarray(u, dtype=np.float64))
