"""Compiled kernels are read from files without the compiler, and numba does everything where that cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from engine.core import machine_code

ROOT = Path(__file__).resolve().parents[2]
# A kernel that calls another one, and the dice.
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from engine.core import machine_code
{{first}}
from engine.core.dice import Dice
print(Dice(7).normal(1, [3, 4, 5], 60).tobytes().hex(), "numba" in sys.modules)
"""
ALONE = "machine_code.loader = lambda: None"


def draw(folder: Path, first: str = "") -> tuple[str, bool]:
    """Three draws in a process of their own, and whether it had to import the compiler."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first)], capture_output=True, text=True, timeout=300,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), "DEEPBATTLE_JIT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    numbers, imported = done.stdout.split()
    return numbers, imported == "True"


def test_the_second_process_needs_no_compiler(tmp_path: Path) -> None:
    numbers, imported = draw(tmp_path)
    assert imported
    assert draw(tmp_path) == (numbers, machine_code.loader() is None)


def test_a_file_that_was_cut_or_changed_is_compiled_again(tmp_path: Path) -> None:
    numbers, _ = draw(tmp_path)
    for path in tmp_path.rglob("*.kernel"):
        path.write_bytes(path.read_bytes()[:-9])
    assert draw(tmp_path) == (numbers, True)
    for path in tmp_path.rglob("*.kernel"):
        path.write_bytes(b"not a kernel")
    assert draw(tmp_path) == (numbers, True)
    assert draw(tmp_path) == (numbers, machine_code.loader() is None)


def test_numba_alone_gives_the_same(tmp_path: Path) -> None:
    numbers, _ = draw(tmp_path)
    assert draw(tmp_path / "alone", ALONE) == (numbers, True)


def test_files_of_an_earlier_source_are_removed(tmp_path: Path) -> None:
    draw(tmp_path)
    kept = {path.name for path in tmp_path.rglob("*.kernel")}
    for path in list(tmp_path.rglob("*.kernel")):
        path.rename(path.with_name(path.name.rpartition("-")[0] + "-0000000000000000.kernel"))
    draw(tmp_path)
    assert {path.name for path in tmp_path.rglob("*.kernel")} == kept
