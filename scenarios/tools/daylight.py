"""Writes scenarios/common/daylight.csv: dawn, sunrise, sunset and dusk by latitude and day of the year.

Run once at authoring time: ``python scenarios/tools/daylight.py``. The sun's declination and the equation of
time after the NOAA Solar Calculator (low-precision formulas of Meeus, Astronomical Algorithms); sunrise and sunset
at 90.833 degrees from the zenith (refraction and the sun's radius), dawn and dusk at 96 (civil twilight).

Times are minutes of UTC+2 on the meridian of 30 degrees east; 4 minutes are added for each degree west of it.
"""

from __future__ import annotations

import math
from pathlib import Path

LATITUDES = range(44, 71, 2)
STEP_DAYS = 5
YEAR = 1944
OUT = Path(__file__).resolve().parents[1] / "common" / "daylight.csv"
HEAD = """\
# Dawn (civil), sunrise, sunset and dusk: minutes after midnight, UTC+2, on 30 degrees east; 4 more a degree west.
# Computed by scenarios/tools/daylight.py (NOAA Solar Calculator). 0 and 1440: not dark; 720 and 720: no sun.
latitude,day_of_year,dawn,sunrise,sunset,dusk
"""


def sun(day_of_year: int) -> tuple[float, float]:
    """Declination in radians and equation of time in minutes at noon UTC+2 of a day (1 = 1 January)."""
    y, m = YEAR - 1, 13  # 1 January of YEAR counted as month 13 of the year before
    julian = math.floor(365.25 * (y + 4716)) + math.floor(30.6001 * (m + 1)) + 1
    julian += 2 - y // 100 + y // 400 - 1524.5
    century = (julian + day_of_year - 1 + 10 / 24 - 2451545.0) / 36525.0
    mean_longitude = (280.46646 + century * (36000.76983 + century * 0.0003032)) % 360
    anomaly = math.radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = math.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
    centre += math.sin(2 * anomaly) * (0.019993 - 0.000101 * century) + math.sin(3 * anomaly) * 0.000289
    node = math.radians(125.04 - 1934.136 * century)
    apparent = math.radians(mean_longitude + centre - 0.00569 - 0.00478 * math.sin(node))
    tilt = 23.439291 - century * (0.0130042 + 0.00000016 * century)
    tilt = math.radians(tilt + 0.00256 * math.cos(node))
    declination = math.asin(math.sin(tilt) * math.sin(apparent))
    half = math.tan(tilt / 2) ** 2
    longitude = math.radians(mean_longitude)
    equation = half * math.sin(2 * longitude) - 2 * eccentricity * math.sin(anomaly)
    equation += 4 * eccentricity * half * math.sin(anomaly) * math.cos(2 * longitude)
    equation -= 0.5 * half**2 * math.sin(4 * longitude) + 1.25 * eccentricity**2 * math.sin(2 * anomaly)
    return declination, 4 * math.degrees(equation)


def span(latitude: float, day_of_year: int, zenith: float) -> tuple[int, int]:
    """First and last minute of the day with the sun less than ``zenith`` degrees from overhead."""
    declination, equation = sun(day_of_year)
    noon = 720 - equation  # 30 degrees east is the meridian of UTC+2
    phi = math.radians(latitude)
    cosine = math.cos(math.radians(zenith)) / (math.cos(phi) * math.cos(declination))
    cosine -= math.tan(phi) * math.tan(declination)
    if cosine <= -1:
        return 0, 1440
    if cosine >= 1:
        return 720, 720
    half = 4 * math.degrees(math.acos(cosine))
    return round(noon - half), round(noon + half)


def main() -> None:
    """Write the table."""
    lines = []
    for latitude in LATITUDES:
        for day in range(1, 367 + STEP_DAYS, STEP_DAYS):
            dawn, dusk = span(latitude, day, 96.0)
            rise, down = span(latitude, day, 90.833)
            lines.append(f"{latitude},{day},{dawn},{rise},{down},{dusk}")
    OUT.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(lines)} rows")


if __name__ == "__main__":
    main()
