"""The engine's digest: what code and tables a recording was made with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ENGINE = Path(__file__).resolve().parent.parent
DECIDING = ("core", "model", "rules", "staff", "run")
"""Rooms whose source can change what happens; files, lab and ui cannot."""


def _sources() -> Iterator[Path]:
    for room in DECIDING:
        for suffix in ("*.py", "*.csv"):
            yield from (ENGINE / room).rglob(suffix)


@cache
def files() -> dict[str, str]:
    """Digest of each deciding source file by its path below engine/."""
    return {
        path.relative_to(ENGINE).as_posix(): hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()
        for path in sorted(_sources())
    }


@cache
def engine_digest() -> str:
    """Hex digest of all deciding sources."""
    text = "\n".join(f"{name} {digest}" for name, digest in files().items())
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
