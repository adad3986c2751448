"""Calling the command line as a user does, in a process of its own or in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What a call gave back."""

    code: int
    out: str
    err: str


@pytest.fixture
def deepbattle(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Call the command line in this process (fast)."""

    def call(*words: object) -> Answer:
        from ui.cli.main import main

        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Answer(int(code), captured.out, captured.err)

    return call


@pytest.fixture
def program() -> Callable[..., Answer]:
    """Call the script in a process of its own."""

    def call(*words: object, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [sys.executable, str(ROOT / "deepbattle"), *map(str, words)],
            cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert "Traceback" not in done.stderr + done.stdout
        return Answer(done.returncode, done.stdout, done.stderr)

    return call
