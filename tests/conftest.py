"""The order of the rooms, for workers that share a fresh clone; and a collector that leaves alone what stays anyway.

Compiled kernels are kept on disk as soon as they are made, and making them all takes most of a minute. Workers begin with
equal parts of the list and take over from each other's ends later. So that one of them makes the kernels while the
others do what needs hardly any, instead of all making the same, wars come first, and what reads files and draws maps
begins every other part.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WARS = ("laws", "rules", "staff", "ui", "web", "lab", "cli")
PAPERS = ("core", "test_house.py", "files", "scenarios", "theatre")
"""Rooms whose tests need few kernels or none."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    papers = sorted((item for item in items if _room(item) in PAPERS), key=lambda item: PAPERS.index(_room(item)))
    wars = sorted((item for item in items if _room(item) not in PAPERS), key=lambda item: _place(_room(item)))
    items[:] = spread(wars, papers, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def spread(wars: list[pytest.Item], papers: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Equal parts, one for each worker: the first of wars, the others beginning with their share of the papers."""
    total, others = len(wars) + len(papers), max(workers - 1, 1)
    found: list[pytest.Item] = []
    for worker in range(workers):
        end = total * (worker + 1) // workers
        if worker or workers == 1:
            share = len(papers) // others + 1
            found, papers = found + papers[:share], papers[share:]
        room = end - len(found)
        found, wars = found + wars[: max(room, 0)], wars[max(room, 0) :]
    return found + papers + wars


def _room(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0]


def _place(room: str) -> int:
    return WARS.index(room) if room in WARS else len(WARS)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
