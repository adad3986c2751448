"""The one decorator through which numba enters; ``DEEPBATTLE_JIT=0`` runs the same code as plain Python.

Kernels use integers freely and floats with + - * / sqrt only, fastmath off, so both ways give the same bits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

ENABLED = os.environ.get("DEEPBATTLE_JIT", "1") != "0"


def cache_folder() -> Path:
    """Where compiled kernels live when the source folder cannot be written."""
    base = os.environ.get("DEEPBATTLE_HOME") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "deepbattle" / "kernels"


def jit(function: _F) -> _F:
    """Compile on first call and keep the machine code on disk."""
    if not ENABLED:
        return function
    if not os.access(Path(__file__).parent, os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder()))
    compiled: Any = _numba().njit(cache=True, fastmath=False, nogil=True)(function)
    return compiled  # type: ignore[no-any-return]


@cache
def _numba() -> Any:
    """numba without scipy, which it would import for the linear algebra that no kernel of ours does: a fifth of a
    second at every start.
    """
    hidden = "scipy" not in sys.modules
    if hidden:
        sys.modules["scipy"] = None  # type: ignore[assignment]
    try:
        import numba
        import numba.np.arraymath
        import numba.np.linalg
    finally:
        if hidden:
            del sys.modules["scipy"]
    return numba
