"""Chance drawn by key: every number is a pure function of seed, stream, subject, minute and draw number.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011): the key is the
64-bit seed, the counter is subject | minute | stream | draw. Nothing runs, so nothing has to be kept, and a
formation's luck does not depend on who else exists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import Floats, exponential_quantile, quantile_of
from engine.core.jit import jit

Words = npt.NDArray[np.uint32]
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53


class Stream(IntEnum):
    """What a draw is for. Append only: renumbering changes every run."""

    BATTLE_EFFECT = 0
    BATTLE_YIELD = 1
    BATTLE_BREAK_OFF = 2
    BATTLE_NOISE = 3
    RETREAT = 4
    SURRENDER = 5
    OVERRUN = 6
    EXPLOIT = 7
    COURIER = 8
    WEATHER = 9
    SIGHTING = 10
    ESTIMATE = 11
    CLAIM = 12
    REPAIR = 13
    SUPPLY = 14
    AIR = 15
    NAVAL = 16
    STAFF = 17
    SAMPLE = 18
    DUMMY = 19
    ENGAGE = 20
    BRIDGE = 21
    SABOTAGE = 22


def subject_of(text: str) -> int:
    """The stable 32-bit subject of a text id."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little")


def battle_subject(cell: npt.ArrayLike, ordinal: npt.ArrayLike) -> Words:
    """The subject of a battle: its target hex and its ordinal there, never its row."""
    return (np.asarray(cell, dtype=np.int64) * 4096 + np.asarray(ordinal, dtype=np.int64)).astype(np.uint32)


@jit
def _philox(c0: Words, c1: int, c2: int, c3: int, k0: int, k1: int, out: npt.NDArray[np.uint64]) -> None:
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    m0, m1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
    w0, w1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
    for i in range(len(c0)):
        a, b, c, d = np.uint64(c0[i]), np.uint64(c1), np.uint64(c2), np.uint64(c3)
        x, y = np.uint64(k0), np.uint64(k1)
        for _ in range(10):
            p0, p1 = m0 * a, m1 * c
            a, b, c, d = (p1 >> shift) ^ b ^ x, p1 & mask, (p0 >> shift) ^ d ^ y, p0 & mask
            x, y = (x + w0) & mask, (y + w1) & mask
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = a, b, c, d


@jit
def _uniforms(c0: Words, minute: int, stream: int, draw: int, k0: int, k1: int, out: Floats) -> None:
    words = np.empty((len(c0), 4), np.uint64)
    _philox(c0, minute, stream, draw, k0, k1, words)
    for i in range(len(c0)):
        whole = (words[i, 0] << np.uint64(21)) ^ (words[i, 1] >> np.uint64(11))
        out[i] = (float(whole) + 0.5) * _TO_UNIT


@jit
def _normals(c0: Words, minute: int, stream: int, first: int, k0: int, k1: int, out: Floats) -> None:
    words = np.empty((len(c0), 4), np.uint64)
    for k in range(out.shape[0]):
        _philox(c0, minute, stream, first + k, k0, k1, words)
        for i in range(len(c0)):
            whole = (words[i, 0] << np.uint64(21)) ^ (words[i, 1] >> np.uint64(11))
            out[k, i] = quantile_of((float(whole) + 0.5) * _TO_UNIT)


class CounterAskedTwice(Exception):
    """Two rules asked for the same draw: a bug that would tie their luck together."""


class Dice:
    """Draws for one run. ``ledger`` (tests only) raises when a counter is asked twice."""

    def __init__(self, seed: int, *, ledger: bool = False) -> None:
        self.seed = seed & 0xFFFFFFFFFFFFFFFF
        self._ledger: set[tuple[int, int, int, int]] | None = set() if ledger else None

    def words(self, stream: int, subjects: npt.ArrayLike, minute: int, draw: int = 0) -> npt.NDArray[np.uint64]:
        """Shape (len(subjects), 4): four 32-bit words for each subject."""
        counter = self._asked(stream, subjects, minute, draw)
        out = np.empty((len(counter), 4), dtype=np.uint64)
        _philox(counter, minute & 0xFFFFFFFF, int(stream), draw, self.seed & 0xFFFFFFFF, self.seed >> 32, out)
        return out

    def _asked(self, stream: int, subjects: npt.ArrayLike, minute: int, first: int, draws: int = 1) -> Words:
        """The subjects as words of 32 bits, entered in the ledger if one is kept."""
        counter = np.atleast_1d(np.asarray(subjects)).astype(np.uint32)
        if self._ledger is not None:
            for draw in range(first, first + draws):
                self._record(stream, counter, minute, draw)
        return counter

    def _record(self, stream: int, counter: Iterable[int], minute: int, draw: int) -> None:
        assert self._ledger is not None
        for subject in counter:
            key = (int(stream), int(subject), minute, draw)
            if key in self._ledger:
                raise CounterAskedTwice(
                    f"stream {Stream(stream).name}, subject {subject}, minute {minute}, draw {draw}"
                )
            self._ledger.add(key)

    def uniform(self, stream: int, subjects: npt.ArrayLike, minute: int, draw: int = 0) -> Floats:
        """Shape (len(subjects),): uniform in the open interval (0, 1), 53 bits."""
        counter = self._asked(stream, subjects, minute, draw)
        out = np.empty(len(counter))
        _uniforms(counter, minute & 0xFFFFFFFF, int(stream), draw, self.seed & 0xFFFFFFFF, self.seed >> 32, out)
        return out

    def normal(self, stream: int, subjects: npt.ArrayLike, minute: int, draw: int = 0) -> Floats:
        """Shape (len(subjects),): standard normal."""
        found: Floats = self.normals(stream, subjects, minute, 1, draw)[0]
        return found

    def normals(self, stream: int, subjects: npt.ArrayLike, minute: int, draws: int, first: int = 0) -> Floats:
        """Shape (draws, len(subjects)): standard normals of several draws in a row, the first of them ``first``."""
        counter = self._asked(stream, subjects, minute, first, draws)
        out = np.empty((draws, len(counter)))
        key = self.seed & 0xFFFFFFFF, self.seed >> 32
        _normals(counter, minute & 0xFFFFFFFF, int(stream), first, *key, out)
        return out

    def exponential(self, stream: int, subjects: npt.ArrayLike, minute: int, draw: int = 0) -> Floats:
        """Shape (len(subjects),): exponential with mean 1, for hazard thresholds drawn once."""
        return exponential_quantile(self.uniform(stream, subjects, minute, draw))
