"""Machine code kept on disk is not that of another constant or of another helper."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from engine.core import jit, machine_code

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


TABLE = np.zeros((3, 4), np.int32)
FIXED = TABLE.view()
FIXED.flags.writeable = False
class Way(IntEnum):
    OUT = 1
    BACK = 2


class Uncompiled(jit.Kernel):
    """Runs as Python, whatever it is called with."""

    def _made_ready(self, types: tuple[Any, ...], args: tuple[Any, ...]) -> Callable[..., Any]:
        return self.function


def test_a_member_of_an_enumeration_is_an_argument_like_others() -> None:
    called = jit.caller(Uncompiled(FunctionType(helper.__code__, {})))
    assert [called(Way.BACK), called(Way.OUT), called(2.5)] == [2, 1, 2.5]


DIFFERENT: tuple[Any, ...] = (
    1, 1.0, True, TABLE, FIXED, TABLE[0], TABLE[:, 0], TABLE.T, TABLE.astype(np.int64), TABLE.astype(np.int8),
    TABLE.astype(bool), TABLE.astype(float),
)  # fmt: skip


@pytest.mark.parametrize("told", [jit._types, machine_code.fingerprint() or jit._types])
def test_arguments_that_need_other_machine_code_are_told_apart(told: Callable[[tuple[Any, ...]], Any]) -> None:
    assert len({told((0, each)) for each in DIFFERENT}) == len(DIFFERENT)
    for each in (0, 2.5, False, np.ones((2, 7), np.int32), TABLE[1]):
        assert sum(told((each,)) == told((other,)) for other in DIFFERENT) == 1
