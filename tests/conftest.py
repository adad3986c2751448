"""The order of the rooms, for two workers that share a fresh clone.

Each worker begins with an end of the list. Compiled kernels are kept on disk as soon as they are made, and making them
all takes most of a minute: so that one worker makes them while the other does what needs hardly any, instead of both
making the same, the wars come first and what reads files and draws maps begins the second half.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOMS = ("laws", "rules", "staff", "files", "theatre", "scenarios", "test_house.py", "core", "ui", "web", "lab", "cli")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(item.path))


def _place(path: Path) -> int:
    room = path.relative_to(HERE).parts[0]
    return ROOMS.index(room) if room in ROOMS else len(ROOMS)
