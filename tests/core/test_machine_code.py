"""Compiled kernels are read from files without the compiler, and numba does everything where that cannot be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.core import machine_code

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from engine.core import machine_code
{{first}}
{{what}}
print(found, "numba" in sys.modules)
"""
DICE = "from engine.core.dice import Dice; found = Dice(7).normal(1, [3, 4, 5], 60).tobytes().hex()"
# A kernel that calls another one: as good as the dice where only the files matter, and sooner compiled.
LITTLE = """
import numpy as np
from engine.core.arithmetic import exp
found = exp(np.array([0.5, 1.0])).tobytes().hex()
"""
ALONE = "machine_code.loader = lambda: None"


def draw(folder: Path, first: str = "", what: str = LITTLE) -> tuple[str, bool]:
    """Some numbers worked out in a process of their own, and whether it had to import the compiler."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first, what=what)], capture_output=True, text=True, timeout=300,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), "DEEPBATTLE_JIT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    numbers, imported = done.stdout.split()
    return numbers, imported == "True"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that a first process left, and its numbers."""
    folder = tmp_path_factory.mktemp("kernels")
    return folder, draw(folder)[0]


@pytest.fixture
def folder(first: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(first[0], tmp_path / "kernels"))


@pytest.fixture
def numbers(first: tuple[Path, str]) -> str:
    return first[1]


def test_the_second_process_needs_no_compiler_and_numba_alone_gives_the_same(tmp_path: Path) -> None:
    numbers, imported = draw(tmp_path / "kernels", what=DICE)
    assert imported
    assert draw(tmp_path / "kernels", what=DICE) == (numbers, machine_code.loader() is None)
    assert draw(tmp_path / "alone", ALONE, DICE) == (numbers, True)


def test_a_file_that_was_cut_or_changed_is_compiled_again(folder: Path, numbers: str) -> None:
    for path in folder.rglob("*.kernel"):
        path.write_bytes(path.read_bytes()[:-9])
    assert draw(folder) == (numbers, True)
    for path in folder.rglob("*.kernel"):
        path.write_bytes(b"not a kernel")
    assert draw(folder) == (numbers, True)
    for path in folder.rglob("*.kernel"):  # a file in the form of another version
        path.write_bytes(path.read_bytes().replace(b'"format"', b'"edition"').replace(b'"environments"', b'"others"'))
    assert draw(folder) == (numbers, True)
    assert draw(folder) == (numbers, machine_code.loader() is None)


def test_a_file_of_an_earlier_form_is_compiled_again(folder: Path, numbers: str) -> None:
    for path in folder.rglob("*.kernel"):
        line, _, code = path.read_bytes().partition(b"\n")
        head = {**json.loads(line), "environments": ["once a list of names"]}
        path.write_bytes(json.dumps(head).encode() + b"\n" + code)
    assert draw(folder) == (numbers, True)


def test_files_of_an_earlier_source_are_removed(folder: Path) -> None:
    kept = {path.name for path in folder.rglob("*.kernel")}
    for path in list(folder.rglob("*.kernel")):
        path.rename(path.with_name(path.name.rpartition("-")[0] + "-0000000000000000.kernel"))
    draw(folder)
    assert {path.name for path in folder.rglob("*.kernel")} == kept


KERNELS = """
import numpy as np
from engine.core.jit import jit

@jit
def odd(values):
    return np.flatnonzero(values % 2)

@jit
def squares(values):
    found = np.empty(len(values), np.float64)
    for i in odd(values):
        found[i] = values[i] * values[i] / 3.0
    return found[1::2].copy().sum()
"""


def test_kernels_that_make_arrays_for_each_other_are_kept_too(tmp_path: Path) -> None:
    (tmp_path / "squares.py").write_text(KERNELS)
    code = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(tmp_path)!r}]; import numpy as np; import squares; " + (
        "print(round(squares.squares(np.arange(6)), 9), 'numba' in sys.modules)"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "DEEPBATTLE_JIT": "1"}
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, env=environment).stdout
        for _ in range(2)
    ]
    assert said[0].split() == ["11.666666667", "True"]
    assert said[1].split() == ["11.666666667", str(machine_code.loader() is None)]
