"""Reads the tables of daylight and climate that all scenarios share."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from engine.files.common import SCENARIOS
from engine.model.climate import Almanac, ClimateTable, SunTable

_SKIES = ("clear", "cloud", "rain", "fog", "snow")


@lru_cache
def common_almanac() -> Almanac:
    """The tables of scenarios/common/daylight.csv and climate.csv."""
    return Almanac(_sun(), _climate())


def _rows(name: str) -> Iterator[dict[str, str]]:
    lines = (SCENARIOS / "common" / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if line and not line.startswith("#"))


def _sun() -> SunTable:
    columns = ("latitude", "day_of_year", "dawn", "sunrise", "sunset", "dusk")
    table = np.array([[int(row[name]) for name in columns] for row in _rows("daylight.csv")], dtype=np.int64)
    latitudes, days = np.unique(table[:, 0]), np.unique(table[:, 1])
    if len(table) != len(latitudes) * len(days):
        raise ValueError("daylight.csv: expected one row for each latitude and day")
    order = np.lexsort((table[:, 1], table[:, 0]))
    return SunTable(latitudes, days, table[order, 2:].reshape(len(latitudes), len(days), 4))


def _climate() -> ClimateTable:
    rows = sorted(_rows("climate.csv"), key=lambda row: int(row["month"]))
    skies = np.array([[float(row[name]) for name in _SKIES] for row in rows])
    if len(rows) != 12 or not (skies.sum(axis=1) == 100).all():
        raise ValueError("climate.csv: expected twelve months whose skies add up to 100 per cent")
    temp, wind, sea = (np.array([int(row[name]) for row in rows], np.int64) for name in ("temp_c", "wind", "sea"))
    return ClimateTable(skies / 100.0, temp, wind, sea)
