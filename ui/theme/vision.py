"""How colours look to others: WCAG contrast, CIELAB distance, and red-green and blue-yellow colour blindness.

Matrices: Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. Used by the checks of the palette.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BLINDNESS = {
    "normal": np.eye(3),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
    "grey": np.array([[0.2126, 0.7152, 0.0722]] * 3),
}  # fmt: skip


def linear(colour: npt.ArrayLike) -> Floats:
    """sRGB 0..255 -> linear light 0..1."""
    c = np.asarray(colour, float) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def seen(colour: npt.ArrayLike, vision: str) -> Floats:
    """Linear light of a colour as somebody with that vision sees it."""
    light: Floats = np.clip(linear(colour) @ BLINDNESS[vision].T, 0, 1)
    return light


def luminance(light: Floats) -> float:
    """Relative luminance of linear light."""
    return float(light @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(a: npt.ArrayLike, b: npt.ArrayLike, vision: str = "normal") -> float:
    """WCAG contrast ratio of two sRGB colours, 1 to 21."""
    la, lb = luminance(seen(a, vision)), luminance(seen(b, vision))
    return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)


def lab_distance(a: npt.ArrayLike, b: npt.ArrayLike, vision: str = "normal") -> float:
    """CIELAB (1976) distance of two sRGB colours under D65."""
    return float(np.linalg.norm(_lab(seen(a, vision)) - _lab(seen(b, vision))))


def _lab(light: Floats) -> Floats:
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
    x, y, z = (light @ to_xyz.T) / np.array([0.95047, 1.0, 1.08883])
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
