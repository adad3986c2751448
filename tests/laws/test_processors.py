"""The same bits on every processor: features switched off, kernels for any machine, kernels as plain Python."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

PROGRAM = """
from engine.files.drawn import drawn_scenario
from engine.run.session import Session
from engine.staff.staff import Staff

MAP = '''
::R::::R::::R::
:R:R:RR::R:::R:
.A...A...A...A.
..B....f....B..
.......#.......
'''
scenario = drawn_scenario(MAP, directives=[{"hq": "soviet_hq", "kind": "attack", "axis": ["r5", "goal"]}], days=3)
session = Session(scenario, 11, {"axis": Staff(), "soviet": Staff()})
session.advance(60 * 60)
print(session.digest())
"""


def digest(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **environment}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def features() -> str:
    """Dispatched processor features that this numpy build knows, in its own spelling."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))


@pytest.mark.slow
def test_digests_do_not_depend_on_the_processor() -> None:
    assert features(), "this numpy has no dispatched features here: the test would prove nothing"
    plain = digest()
    assert digest(NPY_DISABLE_CPU_FEATURES=features()) == plain
    assert digest(NUMBA_CPU_NAME="generic", NUMBA_CACHE_DIR="/tmp/deepbattle-generic-kernels") == plain
    assert digest(DEEPBATTLE_JIT="0") == plain


def test_alarm_library_exp_is_not_what_decides() -> None:
    x = np.linspace(-3, 3, 100_001)
    from engine.core.arithmetic import exp

    assert (exp(x) != np.exp(x)).any(), "if ours never differed, the test above could not fail for this reason"
