"""A desk with the little scenario on it for every test that asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.files.little_war import Desk, lay_out


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return lay_out(tmp_path / "scenarios")
