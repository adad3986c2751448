"""Targets that only a campaign can answer: why defenders yield, how losses run from day to day, AFVs that still run.

A session is advanced day by day and its events are read; nothing about it is changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY
from engine.core.columns import FINE
from engine.lab.calibration import Target
from engine.model.codes import SIDES, BattleKind, Cause, Outcome, Role, Status
from engine.model.world import World
from engine.rules.combat_lineup import live_participants
from engine.rules.combat_situation import MANOEUVRE
from engine.run.session import Session

Floats = npt.NDArray[np.float64]
MCQUIE: Final = {
    Cause.OPEN_FLANK: 0.33, Cause.NEIGHBOUR_GONE: 0.13, Cause.PENETRATED: 0.06, Cause.SURPRISED: 0.08,
    Cause.FIRE: 0.12, Cause.NO_RESERVE: 0.12,
}  # fmt: skip
"""Shares of 52 coded decisions to quit (McQuie), as far as they have a counterpart here: envelopment, encirclement or
penetration, a neighbour gone, key terrain lost, surprise, losses and fire, no reserves.
"""
FEWEST: Final = 20
"""Yields, pairs of days or vehicle-days below which a share or a correlation says nothing."""
OPERATION_DAYS: Final = 3
"""A formation is in operation that has fought within so many days, or exploits."""
REST_DAYS: Final = 5
"""It is at rest if in so many days it has not fought nor gone farther than a short march, and no enemy stands beside it."""
REST_KM: Final = 20
RUNNING: Final = (("in operation", 0.5, 0.25, 0.84), ("at rest", 0.83, 0.75, 0.9))
"""Share of the vehicles there that run: 35 to 60 % of those of formations in operation, and 75 to 90 % of those at rest."""


def campaign_targets(session: Session, *others: Session) -> list[Target]:
    """Fight a session to its end and compare; a target with too few cases is left out.

    ``others`` are fought out as well, with other luck: yields are counted over all.
    """
    losses, engaged, vehicles = _days(session)
    for other in others:
        other.advance(other.end)
    found = causes_of_yield([one.world for one in (session, *others)])
    for side, name in enumerate(SIDES):
        series = losses[:, side]
        if len(series) >= 8 and (series > 0).all():
            logs = np.log(series)
            found.append(Target("campaign", f"{name}: log SD of daily losses", 0.32, float(logs.std(ddof=1)), 0.2, 0.44))
            lag = float(np.corrcoef(logs[1:], logs[:-1])[0, 1])
            found.append(Target("campaign", f"{name}: correlation of losses from day to day", 0.62, lag, 0.45, 0.8))
        for (state, history, low, high), (running, shop) in zip(RUNNING, vehicles[:, side].tolist(), strict=True):
            if running + shop >= FEWEST:
                words, note = f"{name}: AFVs that run {state}, share of those there", f"{running + shop:,.0f} vehicle-days"
                found.append(Target("campaign", words, history, running / (running + shop), low, high, note))
        found.append(Target("campaign", f"{name}: men in an assault on a day, share", 0.25, float(engaged[:, side].mean()),
                            0.1, 0.4, context=True))  # fmt: skip
    return found


def causes_of_yield(worlds: Sequence[World]) -> list[Target]:
    """Why defenders gave up a hex in which somebody stood: the share that manoeuvre decided, then cause by cause."""
    causes = np.concatenate([
        w.battles.cause[(w.battles.outcome == Outcome.YIELDED) & (w.battles.kind == BattleKind.ASSAULT)] for w in worlds
    ])  # fmt: skip
    if len(causes) < FEWEST:
        return []
    share = float(np.isin(causes, [int(c) for c in MANOEUVRE]).mean())
    note = f"{len(causes)} yields of held hexes"
    found = [Target("campaign", "cause of yield: share dominated by manoeuvre", 0.66, share, 0.55, 0.70, note)]
    for cause in Cause:
        part = float((causes == cause).mean())
        history = MCQUIE.get(cause, math.nan)
        if part > 0 or not math.isnan(history):
            words = f"cause of yield: {cause.name.lower().replace('_', ' ')}"
            found.append(Target("campaign", words, history, part, 0.0, 1.0, context=True))
    return found


def _days(session: Session) -> tuple[Floats, Floats, Floats]:
    """What happens from day to day, and vehicle-days.

    Shapes (days, 2): battle losses of each side as a share of its men, and the share of men in assaults at noon. Shape
    (states, 2, 2): by state (``RUNNING``) and side, vehicles that run and those in repair, summed over the midnights.
    """
    losses, engaged = [], []
    before, moved = _lost(session.world, session.now), [_ground_covered(session.world)]
    vehicles = np.zeros((len(RUNNING), 2, 2))
    while session.now + DAY <= session.end:
        session.advance(session.now + DAY // 2)
        engaged.append(_engaged(session.world, session.now))
        session.advance(session.now + DAY // 2)
        after = _lost(session.world, session.now)
        losses.append((after - before) / _men(session.world))
        before, moved = after, [*moved, _ground_covered(session.world)][-REST_DAYS - 1 :]
        stayed = (moved[-1] - moved[0] < REST_KM * 1000) & (len(moved) > REST_DAYS)
        vehicles += vehicles_by_state(session.world, session.now, stayed)
    return np.array(losses).reshape(-1, 2), np.array(engaged).reshape(-1, 2), vehicles


def _ground_covered(world: World) -> npt.NDArray[np.int64]:
    return world.formations.moved_m.astype(np.int64)


def vehicles_by_state(world: World, now: int, stayed: npt.NDArray[np.bool_]) -> Floats:
    """Vehicles that run and those in repair by state (``RUNNING``) and side; ``stayed``: who has not marched of late."""
    formations = world.formations
    there, fought = formations.status == Status.ON_MAP, formations.last_fight_at
    busy = (fought > now - OPERATION_DAYS * DAY) | (formations.exploiting != 0)
    quiet = (fought <= now - REST_DAYS * DAY) & (formations.contact == 0) & stayed & ~busy
    stocks = [formations.read(flow, now) / FINE for flow in ("afv", "afv_shop")]
    return np.array([
        np.transpose([_by_side(world, np.where(there & state, stock, 0.0)) for stock in stocks]) for state in (busy, quiet)
    ])  # fmt: skip


def _by_side(world: World, values: npt.NDArray[np.int64] | Floats) -> Floats:
    return np.bincount(world.formations.side, weights=values, minlength=2).astype(np.float64)


def _lost(world: World, now: int) -> Floats:
    formations = world.formations
    return _by_side(world, formations.read("battle", now) + formations.captured_u)


def _men(world: World) -> Floats:
    return np.maximum(_by_side(world, world.formations.men_full.astype(np.int64)) * 1e6, 1.0)


def _engaged(world: World, now: int) -> Floats:
    live = live_participants(world)
    kinds = world.battles.kind[world.participants.battle[live]]
    live = live[(world.participants.role[live] == Role.ATTACK) & (kinds != BattleKind.BOMBARD)]
    inside = np.zeros(len(world.formations), dtype=np.int64)
    inside[world.participants.formation[live]] = 1
    return _by_side(world, world.formations.read("men", now) * inside) / _men(world)
