"""The same bits on every processor: features switched off, kernels for any machine, kernels as plain Python."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.laws.war import scenario, session

ROOT = Path(__file__).resolve().parents[2]
FROM_HERE = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.laws.test_processors import fight; "
MINUTES = {"drawn": 54 * 60, "doppelkopf": 30 * 60}


@cache
def fight(case: str) -> tuple[str, str]:
    """The end of a war with battles, marches and both staffs, and how the theatre and the events read."""
    run = session(case)
    run.advance(MINUTES[case])
    assert len(run.world.battles) > 0
    return run.digest(), scenario(case).digest


def elsewhere(case: str, **environment: str) -> tuple[str, str]:
    """The same in a process with other processor features."""
    code = FROM_HERE + f"print(*fight({case!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    world, made = done.stdout.split()
    return world, made


def features() -> str:
    """Dispatched processor features that this numpy build knows, in its own spelling."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))


@pytest.mark.slow
@pytest.mark.parametrize("case", ["drawn", "doppelkopf"])
def test_digests_do_not_depend_on_numpys_processor_features(case: str) -> None:
    assert features(), "this numpy has no dispatched features here: the test would prove nothing"
    assert elsewhere(case, NPY_DISABLE_CPU_FEATURES=features()) == fight(case)


@pytest.mark.slow
def test_digests_do_not_depend_on_the_processor_that_kernels_are_compiled_for() -> None:
    kept = Path(tempfile.gettempdir()) / f"deepbattle-generic-kernels-{getpass.getuser()}"
    assert elsewhere("drawn", NUMBA_CPU_NAME="generic", NUMBA_CACHE_DIR=str(kept)) == fight("drawn")


@pytest.mark.slow
def test_digests_do_not_depend_on_compiling_at_all() -> None:
    assert elsewhere("drawn", DEEPBATTLE_JIT="0") == fight("drawn")


@pytest.mark.slow
def test_digests_do_not_depend_on_the_order_in_which_sets_of_text_are_walked() -> None:
    """What happens in one minute is settled by phase and id; python's hash of text differs from process to process."""
    assert elsewhere("drawn", PYTHONHASHSEED="1") == elsewhere("drawn", PYTHONHASHSEED="2") == fight("drawn")


def test_alarm_library_exp_is_not_what_decides() -> None:
    x = np.linspace(-3, 3, 100_001)
    from engine.core.arithmetic import exp

    assert (exp(x) != np.exp(x)).any(), "if ours never differed, the test above could not fail for this reason"
