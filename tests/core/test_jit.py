"""Machine code kept on disk is not that of another constant or of another helper."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from engine.core import jit

FACTOR = 1.0


def helper(x: float) -> float:
    return x


def kernel(x: float) -> float:
    return helper(x) * FACTOR


def sources(**around: Any) -> set[str]:
    return jit.Kernel(FunctionType(kernel.__code__, around))._sources()


def test_another_constant_is_another_kernel() -> None:
    assert sources(FACTOR=2.0) == sources(FACTOR=2.0, unused=1)
    assert sources(FACTOR=2.0) != sources(FACTOR=3.0)


def test_a_constant_of_a_helper_counts_as_well() -> None:
    def with_helper(factor: float) -> Callable[..., Any]:
        return jit.caller(jit.Kernel(FunctionType(kernel.__code__, {"FACTOR": factor})))

    assert sources(FACTOR=1.0, helper=with_helper(2.0)) == sources(FACTOR=1.0, helper=with_helper(2.0))
    assert sources(FACTOR=1.0, helper=with_helper(2.0)) != sources(FACTOR=1.0, helper=with_helper(3.0))
