"""Sets the flows of battles anew: hazards, ground won, and what every participant loses a minute.

Rates stand from one refresh to the next and are whole fine units a minute, so that looking, saving or slicing time
changes nothing. A battle is refreshed when something about it has changed and on the calendar's six-hour grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, PPM, Floats, exp, rounded
from engine.core.calendar import NEVER
from engine.core.columns import FINE, NANO
from engine.core.dice import Dice, Stream, battle_subject
from engine.model.codes import (
    ASSAULT,
    BOMBARDING,
    HOLDING,
    OVERRUN,
    PROBING,
    SCREEN_FIGHT,
    SUPPORTING,
)
from engine.model.world import World
from engine.rules import combat_situation as circumstances
from engine.rules import power
from engine.rules.combat_balance import Balance, Contacts, is_wet, weigh
from engine.rules.combat_lineup import Lineup
from engine.rules.combat_rates import MOST_LOSS_DAY, Curves, loss_shifts, size_shift
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
GRID_MIN: Final = 360
MOST_GONE: Final = 400
"""A stock of s lasts at least so many minutes: no flow can drive it below nothing before the next refresh."""


@dataclass(frozen=True, eq=False)
class Noise:
    """Effects drawn at contact and noise in time, as natural logs; one entry a battle of the line-up."""

    attacker: Floats
    defender: Floats
    speed: Floats


@dataclass(frozen=True, eq=False)
class Flows:
    """New rates. One entry a battle: hazards, ground, x, phi, cause, kind. One entry a participant: losses."""

    kind: Ints
    ready_at: Ints
    """When hazards begin to count, NEVER if they do."""
    yield_rate: Ints
    break_rate: Ints
    depth_rate: Ints
    x: Ints
    phi: Ints
    cause: Ints
    battle_rate: Ints
    shop_rate: Ints
    lost_rate: Ints
    guns_rate: Ints
    supported: Floats
    """Cohesion a day that naval gunfire gives, shape (battles, 2)."""
    balance: Balance


def curves(world: World) -> Curves:
    """The run's curves, made once."""
    found = world.statics.memo.get("combat.curves")
    if found is None:
        found = world.statics.memo["combat.curves"] = Curves.of(world.statics.rules)
    assert isinstance(found, Curves)
    return found


def flows(
    world: World, lineup: Lineup, contacts: Contacts, noise: Noise, joined_at: Ints, minute: int, trace: Trace | None
) -> Flows:
    """Rates of every battle and participant of ``lineup`` from ``minute`` on."""
    rules, curve = world.statics.rules, curves(world)
    balance = weigh(world, lineup, contacts, minute, explain=trace is not None)
    terms = circumstances.situation(world, lineup, contacts, joined_at, minute)
    phi = circumstances.total(terms, rules["combat.phi_mean"] if power.on(rules, "situation") else 0.0)
    x, kind = balance.x, _overrun(world, lineup, balance)
    ground = power.ground(world.statics)
    terrain = np.minimum(world.statics.theatre.terrain[lineup.hex].astype(np.int64), 5)
    wet = np.full(len(x), float(is_wet(world)))
    shift_a, shift_d = loss_shifts(rules, balance.hasty, balance.delaying, wet)
    size = size_shift(rules, balance.attackers)
    win, tau, attacker, defender, pace = curve.all(
        x, phi, shift_a + ground.attacker_shift[terrain] + noise.attacker,
        shift_d + ground.defender_shift[terrain] + noise.defender, size + noise.speed,
    )  # fmt: skip
    screen, assault = kind == SCREEN_FIGHT, (kind == ASSAULT) | (kind == SCREEN_FIGHT)
    tau = tau * np.where(screen, rules["contact.screen_tau"], 1.0)
    yields, breaks = np.where(assault, win / tau, 0.0), np.where(assault, (1.0 - win) / tau, 0.0)
    # A probe only feels its way forward: it never takes ground and ends by itself.
    breaks = np.where(kind == PROBING, 1.0 / rules["combat.probe_days"], breaks)
    ready_at = contacts.started_at + rounded(curve.decision_days * DAY * tau / curve.tau_days)
    early = assault & (minute < ready_at)
    yields, breaks = np.where(early, 0.0, yields), np.where(early, 0.0, breaks)
    overrun = kind == OVERRUN
    yields = np.where(overrun, 24.0 / rules["combat.overrun_h"], yields)
    pace = np.where(assault, pace, 0.0)
    loss = _loss_shares(world, kind, balance, attacker, defender)
    rates = _losses(world, lineup, balance, loss, GRID_MIN - minute % GRID_MIN)
    shift = circumstances.as_ppm
    result = Flows(
        kind=kind,
        ready_at=np.where(early, ready_at, NEVER),
        yield_rate=rounded(yields * (NANO / DAY)),
        break_rate=rounded(breaks * (NANO / DAY)),
        depth_rate=rounded(pace * (1000.0 * FINE / DAY)),
        x=shift(x),
        phi=shift(phi),
        cause=circumstances.cause(terms, balance, curve.win_slope),
        supported=np.where(balance.support.naval_x > 0, rules["naval.cohesion_day"], 0.0),
        balance=balance,
        **rates,
    )
    if trace is not None:
        _explain(trace, lineup, balance, terms, {
            "phi": (phi, "combat.phi_mean"), "p_yield": (win, "combat.win_slope"), "tau_days": (tau, "combat.tau_days"),
            "decision_from_day": ((ready_at - contacts.started_at) / DAY, "combat.decision_h"),
            "attacker_loss_shift": (shift_a, "combat.loss_hasty_attacker"),
            "defender_loss_shift": (shift_d, "combat.loss_hasty_defender"),
            "advance_size": (size, "combat.advance_size"),
            "advance_km_day": (pace, "combat.advance_km_day"),
            "attacker_loss_day": (loss[:, 0], "combat.attacker_loss_day"),
            "defender_loss_day": (loss[:, 1], "combat.defender_loss_day"),
        })  # fmt: skip
    return result


def _explain(
    trace: Trace, lineup: Lineup, balance: Balance, terms: circumstances.Terms,
    results: dict[str, tuple[Floats, str]],
) -> None:  # fmt: skip
    """Record every term of every battle: the same columns that decided."""
    named = {f"phi_{name.name.lower()}": term for name, term in terms.items()}
    for slot, row in enumerate(lineup.live.tolist()):
        for key, (values, address) in {**balance.terms, **named, **results}.items():
            trace.record("battles", row, key, float(values[slot]), address)


def _overrun(world: World, lineup: Lineup, balance: Balance) -> Ints:
    """Kinds of battle, with weak defenders in the open before superior mobile troops marked as overrun.

    A thin screen is run over like a weak garrison: nobody of it stands in the hex, so only its men count.
    """
    rules = world.statics.rules
    if not power.on(rules, "overrun"):
        return lineup.kind
    screen = lineup.kind == SCREEN_FIGHT
    may = balance.mobile & (balance.x > rules["combat.overrun_x"]) & (screen | (lineup.kind == ASSAULT))
    if not may.any():
        return lineup.kind
    holding = (lineup.role == HOLDING).nonzero()[0]
    slot, who = lineup.slot[holding], lineup.formation[holding]
    count = len(lineup.hex)
    now = {name: values[holding] for name, values in balance.now.items()}
    steady = now["cohesion"] >= round(rules["combat.overrun_cohesion"] * NANO)
    dug_in = power.works_level(world, who, lineup.hex[slot], now) >= rules["combat.overrun_fort"]
    strong = balance.line[:, 1] >= rules["combat.overrun_men"]
    strong &= screen | (np.bincount(slot[steady], minlength=count) > 0)
    strong |= np.bincount(slot[dug_in], minlength=count) > 0
    return np.where(may & ~strong, int(OVERRUN), lineup.kind)


def _loss_shares(world: World, kind: Ints, balance: Balance, attacker: Floats, defender: Floats) -> Floats:
    """Share of the men taking part that is lost a day, shape (battles, 2): attacker, defender.

    ``attacker`` and ``defender`` are the curves' shares at intensity and lethality 1.
    """
    rules = world.statics.rules
    table = np.array([rules[f"combat.intensity_{n}"] for n in ("assault", "assault", "probe", "bombard", "assault")])
    activity = table[kind]
    hasty = (balance.prepared < 0.5) & (kind != PROBING) & (kind != BOMBARDING)
    activity = np.where(hasty, activity * rules["combat.intensity_hasty"], activity)
    activity = activity * np.where(kind == SCREEN_FIGHT, rules["contact.screen_rate"], 1.0)
    activity = activity * rules["combat.intensity_east"]
    both = np.stack([attacker, defender], axis=1) * activity[:, None] * balance.lethality[:, ::-1]
    both[kind == BOMBARDING, 0] = 0.0
    both = both + balance.support.sorties[:, ::-1] * (rules["air.men_100"] / 100.0)
    return np.minimum(both, MOST_LOSS_DAY)


def _losses(world: World, lineup: Lineup, balance: Balance, loss: Floats, until: int) -> dict[str, Ints]:
    """Rates of every participant, fine units a minute.

    A share lost a day leaves fewer to lose from: the even rate of the ``until`` minutes to the next refresh takes what
    that share would take of a shrinking stock.
    """
    rules, now, slot = world.statics.rules, balance.now, lineup.slot
    bleeding = lineup.role != SUPPORTING
    share = (1.0 - exp(loss * (-until / DAY)))[slot, balance.ours] / until * balance.taking_part * bleeding
    multiple = np.where(balance.ours == 0, rules["combat.afv_attack"], rules["combat.afv_defence"])
    hit = share * multiple * rules["combat.afv_east"] * now["afv"]
    hit = hit + _bombed(lineup, balance, rules["air.afv_100"])
    hit = np.minimum(hit, now["afv"] / MOST_GONE / 2)
    final = rules["repair.final_kept"]
    return {
        "battle_rate": rounded(share * now["men"]),
        "shop_rate": rounded(hit * (1.0 - final)),
        "lost_rate": rounded(hit * final),
        "guns_rate": rounded(np.minimum(share * rules["combat.gun_rate"], 0.5 / MOST_GONE) * now["guns"]),
    }


def _bombed(lineup: Lineup, balance: Balance, afv_100: float) -> Floats:
    """AFVs hit from the air, 1e-6 vehicles a minute, divided by the AFVs each participant has."""
    count = len(lineup.hex)
    key = lineup.slot * 2 + balance.ours
    some = np.bincount(key, weights=balance.now["afv"] // PPM, minlength=count * 2)
    hits = (balance.support.sorties[:, ::-1].reshape(-1) * (afv_100 / 100.0 * FINE / DAY))[key]
    return np.where(some[key] > 0, hits * (balance.now["afv"] // PPM) / np.maximum(some[key], 1.0), 0.0)


def due_at(left: Ints, rate: Ints, as_of: Ints | int) -> Ints:
    """Minute at which a threshold is used up at a rate; NEVER at rate 0."""
    wait = -((-np.maximum(left, 0)) // np.maximum(rate, 1))
    return np.where(rate > 0, as_of + wait, NEVER)


def moved_noise(world: World, rows: Ints, minute: int, dice: Dice) -> tuple[Ints, Ints]:
    """Noise of losses after another six hours: an Ornstein-Uhlenbeck step on the calendar's grid, in ppm of log."""
    rules, battles = world.statics.rules, world.battles
    r2 = rules["combat.daily_noise_correlation"]
    # Correlation over six hours is the fourth root of that over a day.
    r = float(np.sqrt(np.sqrt(r2)))
    spread = rules["combat.daily_noise"] * float(np.sqrt(1.0 - r * r)) * power.on(rules, "noise")
    subjects = battle_subject(battles.hex[rows], battles.ordinal[rows])
    fresh_a = dice.normal(Stream.BATTLE_NOISE, subjects, minute, 0) * spread
    fresh_d = dice.normal(Stream.BATTLE_NOISE, subjects, minute, 1) * spread
    return (
        rounded(battles.noise_attacker[rows] * r + fresh_a * PPM),
        rounded(battles.noise_defender[rows] * r + fresh_d * PPM),
    )
