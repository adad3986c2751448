"""Speed of parts that a run does not show: a theatre loaded, distance fields over it, and described engagements."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from engine.core.calendar import DAY
from engine.core.paths import FAR, field
from engine.files.theatre import read_theatre
from engine.lab.drawn_engagements import drawn
from engine.lab.engagement import fight, rules_of_engagements
from engine.model.codes import HexKind
from engine.model.theatre import Theatre

ENGAGEMENTS: Final = 1000
ENGAGEMENT_RUNS: Final = 200


def theatre_speed(theatre: Theatre, tries: int = 40) -> dict[str, float]:
    """CPU milliseconds, best of some tries: to load a theatre, for a field of times on foot from its largest place over all
    land, and for what can be reached from there within a day; ``cells`` and ``day_cells`` are the hexes that these reach.
    """
    start = [max(theatre.places, key=lambda place: place.size).cell]
    minutes, near = minutes_on_foot(theatre), theatre.grid.neighbours
    top = int(minutes.max())

    def reach(limit: int) -> int:
        return int((field(near, minutes, start, limit=limit, top=top) < FAR).sum())

    return {
        "load_ms": _best_ms(lambda: read_theatre(theatre.id), 7),
        "field_ms": _best_ms(lambda: reach(FAR - 1), tries), "cells": reach(FAR - 1),
        "day_field_ms": _best_ms(lambda: reach(DAY), tries), "day_cells": reach(DAY),
    }  # fmt: skip


def minutes_on_foot(theatre: Theatre) -> np.ndarray:
    """Shape (hexes, 6): minutes of a step between land hexes, quicker on a road, slow over a river without a bridge."""
    near = theatre.grid.neighbours
    land = theatre.kind == HexKind.LAND
    dry = (near >= 0) & land[near] & land[:, None]
    cost = np.where(theatre.road > 0, 90, 150) + 240 * ((theatre.river > 0) & (theatre.bridge == 0))
    return np.where(dry, cost, 0).astype(np.int32)


def engagements_speed(count: int = ENGAGEMENTS, runs: int = ENGAGEMENT_RUNS) -> dict[str, float]:
    """CPU seconds for so many described engagements with so many runs each."""
    rows, rules = drawn(count), rules_of_engagements()
    fight(rows[:2], rules, runs=2)
    began = time.process_time()
    fight(rows, rules, runs=runs)
    return {"s": time.process_time() - began, "rows": len(rows), "runs": runs}


def _best_ms(work: Callable[[], object], tries: int) -> float:
    best = float("inf")
    for _ in range(tries):
        began = time.thread_time()
        work()
        best = min(best, time.thread_time() - began)
    return 1000 * best
