"""The interface scale: logical pixels at 100 % in, real pixels out."""

from __future__ import annotations

SCALES = (75, 100, 125, 150, 175, 200, 250)


class Scale:
    """One scale of the interface, in per cent. ``scale(12)`` is twelve logical pixels in real ones."""

    __slots__ = ("factor", "percent")

    def __init__(self, percent: int = 100) -> None:
        if percent not in SCALES:
            raise ValueError(f"expected an interface scale of {', '.join(map(str, SCALES))}, found {percent}")
        self.percent = percent
        self.factor = percent / 100

    def __call__(self, logical: float) -> int:
        """Rounded; something that is drawn never vanishes."""
        real = int(logical * self.factor + 0.5)
        return real if real or not logical else 1

    def type(self, logical: float) -> int:
        """A type size: 75 % keeps small type at its size at 100 %, or nobody could read it."""
        return int((max(logical * self.factor, min(logical, 12.0))) + 0.5)

    def larger(self) -> Scale:
        """The next step up, or the same at the top."""
        return Scale(SCALES[min(SCALES.index(self.percent) + 1, len(SCALES) - 1)])

    def smaller(self) -> Scale:
        """The next step down, or the same at the bottom."""
        return Scale(SCALES[max(SCALES.index(self.percent) - 1, 0)])
