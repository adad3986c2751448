"""phi, the shift of the odds by the defender's situation, term by term, and what a battle was lost by.

Soldiers rarely fight to the end: of 52 coded decisions to quit (McQuie), two thirds were caused by manoeuvre, one
eighth by losses or fire, one eighth by want of reserves. The terms are logits added to the curve of wins.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats
from engine.core.calendar import DAY, HOUR
from engine.model.codes import (
    ATTACKING,
    HOLDING,
    ON_MAP,
    SCREEN_FIGHT,
    SCREENING,
    Cause,
    DirectiveKind,
    DirectiveState,
    Outcome,
    Permission,
)
from engine.model.world import World
from engine.rules.combat_balance import Balance, Contacts
from engine.rules.combat_lineup import Lineup, fighting
from engine.rules.command import stand_fast
from engine.rules.power import on

Ints = npt.NDArray[np.int64]
FRONTAL_SIDES: Final = 3
"""A hex of a straight front has up to three hexsides towards the enemy; every further one is an open flank."""
MANOEUVRE: Final = (Cause.OPEN_FLANK, Cause.NEIGHBOUR_GONE, Cause.CUT_OFF, Cause.PENETRATED, Cause.SURPRISED)
RESERVES_HEXES: Final = 2

Terms = dict[Cause, tuple[Floats, str]]


def situation(world: World, lineup: Lineup, contacts: Contacts, joined_at: Ints, minute: int) -> Terms:
    """Terms of phi by cause, each of shape (battles,), with the address of its parameter.

    ``joined_at`` is the minute at which each participant joined.
    """
    rules, formations, count = world.statics.rules, world.formations, len(lineup.hex)
    zero = np.zeros(count)
    if not on(rules, "situation"):
        return {Cause.FIRE: (zero, "switch.situation")}
    defending = (lineup.role == HOLDING) | (lineup.role == SCREENING)
    who, slot = lineup.formation[defending], lineup.slot[defending]
    holding = lineup.role[defending] == HOLDING

    def any_of(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        return np.bincount(slot[mask], minlength=count) > 0

    flanks = np.minimum(_open_sides(world, lineup) * rules["combat.phi_open_side"], rules["combat.phi_open_side_max"])
    gone = np.where(_neighbour_gone(world, lineup, minute), rules["combat.phi_neighbour"], 0.0)
    cut_days = (minute - formations.cut_off_since[who]) / DAY
    cut = np.where(any_of(cut_days >= rules["combat.phi_cut_off_days"]), rules["combat.phi_cut_off"], 0.0)
    late = any_of(cut_days >= rules["combat.phi_cut_off_late_days"])
    cut = np.where(late, rules["combat.phi_cut_off_late"], cut)
    depth = contacts.depth_u / (rules["combat.hex_depth_km"] * 1e9)
    inside = np.where(lineup.kind == SCREEN_FIGHT, 0.0, np.minimum(depth, 1.0) * rules["combat.phi_penetration"])
    fresh = holding & (joined_at[defending] >= contacts.started_at[slot] + HOUR)
    fresh &= (minute - joined_at[defending] <= DAY) & (formations.fatigue_n[who] <= 200_000_000)
    came = any_of(fresh)
    none = ~came & ~_reserve_near(world, lineup)
    nobody = np.zeros(count, dtype=bool)
    bound = len(who) > 0 and bool((world.directives.permission == Permission.STAND_FAST).any())
    firm = any_of(holding & stand_fast(world, who)) if bound else nobody
    leaving = any_of(_evacuating(world, who))
    return {
        Cause.OPEN_FLANK: (flanks, "combat.phi_open_side"),
        Cause.NEIGHBOUR_GONE: (gone, "combat.phi_neighbour"),
        Cause.CUT_OFF: (cut, "combat.phi_cut_off"),
        Cause.PENETRATED: (inside, "combat.phi_penetration"),
        Cause.NO_RESERVE: (np.where(none, rules["combat.phi_no_reserve"], 0.0), "combat.phi_no_reserve"),
        Cause.RESERVE_CAME: (np.where(came, rules["combat.phi_reserve"], 0.0), "combat.phi_reserve"),
        Cause.STAND_FAST: (np.where(firm, rules["combat.phi_stand_fast"], 0.0), "combat.phi_stand_fast"),
        Cause.EVACUATION: (np.where(leaving, rules["combat.phi_evacuation"], 0.0), "combat.phi_evacuation"),
    }


def total(terms: Terms, mean: float) -> Floats:
    """phi: the sum of the terms less its mean over the fights the curve was fitted on."""
    values = [value for value, _ in terms.values()]
    phi: Floats = values[0] - mean
    for value in values[1:]:
        phi = phi + value
    return phi


def cause(terms: Terms, balance: Balance, win_slope: float) -> Ints:
    """What would be the reason if the defender yielded now, as Cause; shape (battles,).

    Manoeuvre (the sum of its terms, surprise among them), fire (the weight of superior power) and want of reserves
    are compared; within manoeuvre the largest term names the cause.
    """
    zero = np.zeros(len(balance.x))
    of = {name: terms[name][0] if name in terms else zero for name in MANOEUVRE}
    of[Cause.SURPRISED] = win_slope * balance.x_surprise
    columns = np.stack([of[name] for name in MANOEUVRE], axis=1)
    manoeuvre = zero
    for name in MANOEUVRE:
        manoeuvre = manoeuvre + of[name]
    largest = np.array(MANOEUVRE, dtype=np.int64)[columns.argmax(axis=1)]
    fire = win_slope * np.maximum(balance.x - balance.x_surprise, 0.0)
    other = terms.get(Cause.NO_RESERVE, (zero, ""))[0]
    evacuating = terms.get(Cause.EVACUATION, (zero, ""))[0]
    reason = np.where(other > fire, int(Cause.NO_RESERVE), int(Cause.FIRE))
    reason = np.where(evacuating > np.maximum(other, fire), int(Cause.EVACUATION), reason)
    most = np.maximum(np.maximum(fire, other), evacuating)
    return np.where((manoeuvre > 0) & (manoeuvre >= most), largest, reason).astype(np.int64)


def _open_sides(world: World, lineup: Lineup) -> Ints:
    """Hexsides of flank or rear that the attacker holds, and one more if he attacks from opposite sides."""
    near = world.statics.grid.neighbours[lineup.hex]
    hostile = (near >= 0) & (world.hexes.owner[near] == lineup.attacker[:, None])
    attacked = np.zeros((len(lineup.hex), 6), dtype=bool)
    attacking = np.flatnonzero((lineup.role == ATTACKING) & (lineup.direction >= 0))
    attacked[lineup.slot[attacking], lineup.direction[attacking]] = True
    opposite = (attacked[:, :3] & attacked[:, 3:]).any(axis=1)
    sides: Ints = np.maximum(hostile.sum(axis=1) - FRONTAL_SIDES, 0) + opposite
    return sides


def _neighbour_gone(world: World, lineup: Lineup, minute: int) -> npt.NDArray[np.bool_]:
    """A hex beside has been taken, or its defenders driven back, within ``combat.phi_neighbour_h``."""
    battles, hexes = world.battles, world.hexes
    since = minute - round(world.statics.rules["combat.phi_neighbour_h"] * HOUR)
    near = world.statics.grid.neighbours[lineup.hex]
    lost = (hexes.owner[near] == lineup.attacker[:, None]) & (hexes.owner_since[near] > max(since, 0))
    recent = np.flatnonzero((battles.outcome == Outcome.YIELDED) & (battles.ended_at > since))
    if len(recent):
        given = np.full(world.statics.grid.size + 1, -1, dtype=np.int64)
        given[battles.hex[recent]] = battles.attacker[recent]
        lost |= given[near] == lineup.attacker[:, None]
    gone: npt.NDArray[np.bool_] = (lost & (near >= 0)).any(axis=1)
    return gone


def _reserve_near(world: World, lineup: Lineup) -> npt.NDArray[np.bool_]:
    """The defender has a formation within two hexes that is in no battle."""
    formations = world.formations
    idle = np.flatnonzero((formations.status == ON_MAP) & ~fighting(world) & (formations.hex >= 0))
    if not len(idle):
        return np.zeros(len(lineup.hex), dtype=bool)
    in_new = np.zeros(len(formations), dtype=bool)
    in_new[lineup.formation] = True
    idle = idle[~in_new[idle]]
    apart = world.statics.grid.distance(lineup.hex[:, None].astype(np.int32), formations.hex[idle][None, :])
    near = (apart <= RESERVES_HEXES) & (formations.side[idle][None, :] != lineup.attacker[:, None])
    any_near: npt.NDArray[np.bool_] = near.any(axis=1)
    return any_near


def _evacuating(world: World, who: Ints) -> npt.NDArray[np.bool_]:
    """Formations whose headquarters is being taken off by sea."""
    directives = world.directives
    running = (directives.kind == DirectiveKind.EVACUATE) & (directives.state == DirectiveState.RUNNING)
    if not running.any():
        return np.zeros(len(who), dtype=bool)
    marked = np.zeros(len(world.headquarters) + 1, dtype=bool)
    marked[directives.hq[running]] = True
    marked[-1] = False
    taken: npt.NDArray[np.bool_] = marked[world.formations.hq[who]]
    return taken


def as_ppm(values: Floats) -> Ints:
    """Millionths, cut to what a column of 32 bits holds."""
    return np.clip(np.floor(values * PPM + 0.5), -2e9, 2e9).astype(np.int64)
