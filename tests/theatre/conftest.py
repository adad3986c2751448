"""The Baltic theatre as it is committed, and the invariants' module beside the tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engine.files.theatre import load_theatre
from engine.model.theatre import Theatre


@pytest.fixture(scope="session")
def baltic() -> Theatre:
    return load_theatre("baltic")


@pytest.fixture(scope="session")
def history_names() -> list[str]:
    """Names of places, waters and regions that the histories of the northern campaigns use, one a line."""
    text = (Path(__file__).parent / "names_in_histories.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
