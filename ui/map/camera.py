"""Where the window looks: zoom stops, pan, the point under the cursor.

Map pixels count from the north-west corner of the raster (see `ui.map.ground.fields.Frame`), x to the east and y to
the south, at the present pitch (pixels between two hex centres). North is always up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STOPS = (6, 10, 14, 20, 28, 36, 56, 72, 96)
"""Hex pitch in logical pixels at each zoom stop."""
TIERS = ("theatre", "army", "operational", "close")
THEATRE, ARMY, OPERATIONAL, CLOSE = range(4)


def tier_of(stop: int) -> int:
    """Which of the four tiers a zoom stop shows."""
    pitch = STOPS[stop]
    return THEATRE if pitch <= 10 else ARMY if pitch <= 28 else OPERATIONAL if pitch <= 56 else CLOSE


def pitch_at(stop: int, factor: float) -> int:
    """Pixels between hex centres at a zoom stop and interface scale; even, so that halves stay whole."""
    return max(6, 2 * round(STOPS[stop] * factor / 2))


@dataclass(frozen=True)
class Frame:
    """The raster's place on the projected plane: north-west corner in metres and size in hex spacings."""

    west_m: float
    north_m: float
    wide: int
    high: int
    spacing_m: int = 6000

    def pixels(self, x_m: npt.ArrayLike, y_m: npt.ArrayLike, pitch: float) -> tuple[npt.NDArray[np.float64], ...]:
        """Projected metres -> map pixels at a pitch."""
        k = pitch / self.spacing_m
        return (np.asarray(x_m, float) - self.west_m) * k, (self.north_m - np.asarray(y_m, float)) * k

    def metres(self, px: float, py: float, pitch: float) -> tuple[float, float]:
        """Map pixels -> projected metres."""
        k = self.spacing_m / pitch
        return self.west_m + px * k, self.north_m - py * k


class Camera:
    """The view: a zoom stop and the projected point in the middle of the map's rectangle."""

    def __init__(self, frame: Frame, factor: float = 1.0, stop: int = 5) -> None:
        self.frame, self.factor, self.stop = frame, factor, stop
        self.x_m = frame.west_m + frame.wide * frame.spacing_m / 2
        self.y_m = frame.north_m - frame.high * frame.spacing_m / 2
        self.width, self.height = 100, 100

    @property
    def pitch(self) -> int:
        """Pixels between hex centres."""
        return pitch_at(self.stop, self.factor)

    @property
    def tier(self) -> int:
        """Zoom tier, 0 theatre to 3 close."""
        return tier_of(self.stop)

    @property
    def corner(self) -> tuple[int, int]:
        """Map pixel at the upper left corner of the view; whole, so that cached chunks need no resampling."""
        px, py = self.frame.pixels(self.x_m, self.y_m, self.pitch)
        return int(np.floor(px - self.width / 2 + 0.5)), int(np.floor(py - self.height / 2 + 0.5))

    def resize(self, width: int, height: int) -> None:
        """The map's rectangle changed; the point in the middle stays."""
        self.width, self.height = max(1, width), max(1, height)
        self.clamp()

    def centre_on(self, x_m: float, y_m: float) -> None:
        """Look at a projected point."""
        self.x_m, self.y_m = x_m, y_m
        self.clamp()

    def pan(self, dx: float, dy: float) -> None:
        """Move the view by pixels (to the east and south)."""
        k = self.frame.spacing_m / self.pitch
        self.centre_on(self.x_m + dx * k, self.y_m - dy * k)

    def zoom_to(self, stop: int, x: float, y: float) -> bool:
        """Change the zoom stop; the ground under (x, y), measured in the map's rectangle, stays there."""
        stop = min(max(stop, 0), len(STOPS) - 1)
        if stop == self.stop:
            return False
        ground_x, ground_y = self.ground_at(x, y)
        self.stop = stop
        k = self.frame.spacing_m / self.pitch
        self.centre_on(ground_x - (x - self.width / 2) * k, ground_y + (y - self.height / 2) * k)
        return True

    def ground_at(self, x: float, y: float) -> tuple[float, float]:
        """Projected metres under a pixel of the map's rectangle."""
        left, top = self.corner
        return self.frame.metres(left + x, top + y, self.pitch)

    def on_screen(self, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], ...]:
        """Projected metres -> pixels of the map's rectangle."""
        left, top = self.corner
        px, py = self.frame.pixels(x_m, y_m, self.pitch)
        return px - left, py - top

    def clamp(self) -> None:
        """Keep the middle of the view over the theatre."""
        f = self.frame
        self.x_m = min(max(self.x_m, f.west_m), f.west_m + f.wide * f.spacing_m)
        self.y_m = max(min(self.y_m, f.north_m), f.north_m - f.high * f.spacing_m)
