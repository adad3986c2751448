"""Daylight and climate as committed tables: what the weather rule reads where no dated record speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

MERIDIAN = 30
"""Degrees east whose noon is noon of UTC+2."""
MINUTES_A_DEGREE = 4
DAY_MIN = 1440


@dataclass(frozen=True)
class SunTable:
    """Dawn, sunrise, sunset and dusk by latitude and day of the year.

    ``latitudes`` (n,) and ``days`` (m,) are ascending and evenly spaced; ``times`` has shape (n, m, 4): minutes
    after midnight, UTC+2, on 30 degrees east.
    """

    latitudes: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]

    def on(self, day: date, lat_e6: int, lon_e6: int) -> tuple[int, int, int, int]:
        """Dawn, sunrise, sunset, dusk in minutes of that day, UTC+2, at a place in millionths of a degree.

        Between the table's rows values are interpolated in whole numbers. Where it does not get dark, dawn is 0
        and dusk 1440.
        """
        number = day.timetuple().tm_yday
        step_lat, step_day = int(self.latitudes[1] - self.latitudes[0]), int(self.days[1] - self.days[0])
        low, high = int(self.latitudes[0]) * 1_000_000, int(self.latitudes[-1]) * 1_000_000 - 1
        above = min(max(lat_e6, low), high) - low
        i, part = divmod(above, step_lat * 1_000_000)
        j, rest = divmod(number - int(self.days[0]), step_day)
        north, south = self.times[i + 1], self.times[i]
        here = []
        for k in range(4):
            s = int(south[j, k]) * (step_day - rest) + int(south[j + 1, k]) * rest
            n = int(north[j, k]) * (step_day - rest) + int(north[j + 1, k]) * rest
            whole = step_lat * 1_000_000 * step_day
            here.append((s * (step_lat * 1_000_000 - part) + n * part + whole // 2) // whole)
        west = (MERIDIAN * 1_000_000 - lon_e6) * MINUTES_A_DEGREE // 1_000_000
        dawn, rise, down, dusk = here
        never_dark = dawn <= 0 or dusk >= DAY_MIN
        rise, down = min(max(rise + west, 0), DAY_MIN), min(max(down + west, 0), DAY_MIN)
        if never_dark:
            return 0, rise, down, DAY_MIN
        return max(dawn + west, 0), rise, down, min(dusk + west, DAY_MIN)


@dataclass(frozen=True)
class ClimateTable:
    """By month (12 rows): chances of the skies, temperature at noon in Celsius, wind and sea in Beaufort."""

    skies: npt.NDArray[np.float64]
    """Shape (12, 5): clear, cloud, rain, fog, snow; rows add up to 1."""
    temp_c: npt.NDArray[np.int64]
    wind: npt.NDArray[np.int64]
    sea: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Almanac:
    """Both tables."""

    sun: SunTable = field(repr=False)
    climate: ClimateTable = field(repr=False)
