"""Compiled pass over what happened lately: where it was hot, where the enemy struck, what invites a counter-attack."""

from __future__ import annotations

from typing import Any

from engine.core.jit import jit


@jit
def mark_lately(
    cells: Any, since: Any, owner: Any, side: int, battle_hex: Any, ended_at: Any, attacking: Any, discs: Any, hot_from: int,
    provoked_from: int, hot: Any, provoked: Any,
) -> None:  # fmt: skip
    """Mark hexes near fighting or a change of owner after ``hot_from``; near blows and gains of the enemy after another.

    ``cells``, ``since``: land that has changed hands and when. ``hot``, ``provoked``: shape (hexes,).
    """
    for i in range(len(cells)):
        if since[i] > hot_from:
            _mark(cells[i], discs, hot)
        if since[i] > provoked_from and owner[cells[i]] == 1 - side:
            _mark(cells[i], discs, provoked)
    for i in range(len(battle_hex)):
        if ended_at[i] > hot_from:
            _mark(battle_hex[i], discs, hot)
        if attacking[i] == 0 and ended_at[i] > provoked_from:
            _mark(battle_hex[i], discs, provoked)


@jit
def _mark(cell: int, discs: Any, found: Any) -> None:
    for k in range(discs.shape[1]):
        if discs[cell, k] >= 0:
            found[discs[cell, k]] = True


@jit
def judge_faces(
    faces: Any, share: Any, own: Any, owner_since: Any, occupied: Any, provoked: Any, since: int, least_share: int,
    neighbours: int, bases: Any, salients: Any,
) -> None:  # fmt: skip
    """Mark faces that are bases of fresh penetrations, and salients of known enemies where they attack."""
    for i in range(len(faces)):
        cell = faces[i]
        bases[i] = owner_since[cell] > since and share[i] >= least_share
        salients[i] = occupied[cell] and own[i] >= neighbours and provoked[cell]
