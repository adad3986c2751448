"""From a line-up to events: who joins and leaves, which battles are set anew, what every formation loses a minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import DAY, PPM, Floats, rounded
from engine.core.columns import FINE, NANO
from engine.core.dice import Dice
from engine.model.codes import (
    ATTACKING,
    ON_MAP,
    OVERRUN,
    SUPPORTING,
    Outcome,
)
from engine.model.events import Event
from engine.model.events.combat import (
    BATTLE_ENDED,
    BLED,
    FOUGHT,
    JOINED,
    LEFT_BATTLE,
    SKIRMISHED,
    SUFFERED,
)
from engine.model.world import World
from engine.rules.combat_balance import Contacts
from engine.rules.combat_lineup import ATTACKS, Lineup, live_participants
from engine.rules.combat_outcomes import Ending, kept_depth
from engine.rules.combat_refresh import MOST_GONE, Flows, Noise, due_at, flows, moved_noise
from engine.rules.combat_start import engage
from engine.rules.demand import needs
from engine.rules.ground import contacts as in_contact
from engine.rules.power import on
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Roll:
    """The line-up against the table of participants."""

    battle: Ints
    """Shape (battles,): row of each battle, also of those about to begin; -1 for one that is none."""
    row: Ints
    """Shape (participants,): row in the table, also of those about to join."""
    known: Mask
    """Shape (participants,): was in the battle before."""
    leaving: Ints
    """Rows of participants that leave."""


def settle_flows(
    world: World, lineup: Lineup, ending: Ending, minute: int, dice: Dice, *, tick: bool, trace: Trace | None
) -> list[Event]:
    """Everything about battles that go on or begin."""
    battles, participants = world.battles, world.participants
    roll = _call_roll(world, lineup)
    events: list[Event] = []
    over = np.flatnonzero((lineup.live >= 0) & (lineup.kind < 0))
    for slot in over.tolist():
        events += _dissolved(world, lineup, slot, roll, minute)
    if len(roll.leaving):
        events.append(_left(world, lineup, ending, roll.leaving, minute))
    begins = np.flatnonzero((lineup.live < 0) & (lineup.kind >= 0))
    started = engage(world, lineup, begins, ending, minute, dice, trace) if len(begins) else None
    joins = np.flatnonzero(~roll.known)
    if started is not None:
        events.append(started)
    if len(joins):
        events.append(
            JOINED(minute, battle=roll.battle[lineup.slot[joins]], formation=lineup.formation[joins],
                   role=lineup.role[joins], share=lineup.share[joins], direction=lineup.direction[joins])
        )  # fmt: skip
    leavers = participants.formation[roll.leaving].astype(np.int64)
    if not (lineup.kind >= 0).any():
        return [*events, *_suffered(world, lineup, ending, roll, None, leavers, minute, trace)]
    stale = _touched(world, lineup, roll) | tick
    stale[begins] = True
    old = lineup.live >= 0
    stale[old] |= (battles.stale[lineup.live[old]] == 1) | (battles.due_at[lineup.live[old]] <= minute)
    if not stale.any() and trace is None:
        return [*events, *_suffered(world, lineup, ending, roll, None, leavers, minute, trace)]
    contacts, noise, noise_ppm = _memory(world, lineup, started, begins, minute, dice, tick=tick)
    joined_at = np.full(len(lineup.slot), minute, dtype=np.int64)
    joined_at[roll.known] = participants.joined_at[roll.row[roll.known]]
    result = flows(world, lineup, contacts, noise, joined_at, minute, trace)
    stale[old] |= battles.kind[lineup.live[old]] != result.kind[old]
    stale &= lineup.kind >= 0
    return [*events, *_written(world, lineup, roll, result, contacts, noise_ppm, ending, leavers, stale, minute, trace)]


def _call_roll(world: World, lineup: Lineup) -> _Roll:
    participants = world.participants
    begins = (lineup.live < 0) & (lineup.kind >= 0)
    battle = lineup.live.copy()
    battle[begins] = len(world.battles) + np.arange(int(begins.sum()))
    wide = len(world.formations) * 4
    live = live_participants(world)
    have = participants.battle[live] * wide + participants.formation[live] * 4 + participants.role[live]
    want = battle[lineup.slot] * wide + lineup.formation * 4 + lineup.role
    order = np.argsort(have, kind="stable")
    at = np.minimum(np.searchsorted(have[order], want), max(len(have) - 1, 0))
    known = have[order][at] == want if len(have) else np.zeros(len(want), dtype=bool)
    row = np.empty(len(want), dtype=np.int64)
    row[known] = live[order[at[known]]]
    row[~known] = len(participants) + np.arange(int((~known).sum()))
    stays = np.zeros(len(live), dtype=bool)
    stays[order[at[known]]] = True
    return _Roll(battle, row, known, live[~stays])


def _dissolved(world: World, lineup: Lineup, slot: int, roll: _Roll, minute: int) -> list[Event]:
    """A battle without attackers or without anybody to resist them is no battle."""
    row, participants = int(lineup.live[slot]), world.participants
    depth = int(world.battles.read("depth", minute, row))
    mine = roll.leaving[participants.battle[roll.leaving] == row]
    across = participants.direction[mine].astype(np.int64)
    ended = BATTLE_ENDED(
        minute, battle=row, hex=lineup.hex[slot], attacker=lineup.attacker[slot], outcome=Outcome.DISSOLVED,
        at=minute, depth_u=depth, taken=0, cause=int(world.battles.cause[row]),
    )  # fmt: skip
    return [ended, kept_depth(world, row, across, depth, minute)]


def _left(world: World, lineup: Lineup, ending: Ending, leaving: Ints, minute: int) -> Event:
    """Attackers still where they were, whose attack is not decided and who fight no other, wait by the target."""
    formations, participants = world.formations, world.participants
    who = participants.formation[leaving].astype(np.int64)
    cell = world.battles.hex[participants.battle[leaving]]
    waits = (participants.role[leaving] == ATTACKING) & (formations.target[who] == cell)
    waits &= np.isin(formations.task[who], ATTACKS) & (formations.leg_to[who] < 0) & ~ending.out[who]
    waits &= (formations.status[who] == ON_MAP) & ~_decided(ending, who)
    waits &= ~np.isin(who, lineup.formation[lineup.role == ATTACKING])
    return LEFT_BATTLE(minute, participant=leaving, formation=who, stands_by=waits)


def _decided(ending: Ending, who: Ints) -> Mask:
    """Formations that an event of this minute gives something else to do."""
    told = {"AttackDone", "BrokeOff", "SentIn"}
    busy = [e["formation"] for e in ending.events if e.kind.name in told]
    return np.isin(who, np.concatenate(busy)) if busy else np.zeros(len(who), dtype=bool)


def _memory(
    world: World, lineup: Lineup, started: Event | None, begins: Ints, minute: int, dice: Dice, *, tick: bool
) -> tuple[Contacts, Noise, tuple[Ints, Ints]]:
    """What battles remember of their beginning, and their noise now."""
    battles, count = world.battles, len(lineup.hex)
    old = np.flatnonzero(lineup.live >= 0)
    rows = lineup.live[old]

    def column(name: str) -> Ints:
        values = np.zeros(count, dtype=np.int64)
        values[old] = battles[name][rows]
        if started is not None:
            values[begins] = started[name]
        return values

    noise_a, noise_d = column("noise_attacker"), column("noise_defender")
    if tick and len(rows):
        noise_a[old], noise_d[old] = moved_noise(world, rows, minute, dice)
    since = np.full(count, minute, dtype=np.int64)
    since[old] = battles.started_at[rows]
    depth = column("depth_u")
    depth[old] = battles.read("depth", minute, rows)
    noise = Noise(
        attacker=(column("effect_attacker") + noise_a) / PPM,
        defender=(column("effect_defender") + noise_d) / PPM,
        speed=column("effect_speed") / PPM,
    )
    return Contacts(since, column("surprise"), depth), noise, (noise_a, noise_d)


def _touched(world: World, lineup: Lineup, roll: _Roll) -> Mask:
    """Battles that somebody joins or leaves, or in which somebody's share or place has changed."""
    participants = world.participants
    touched = np.zeros(len(lineup.hex), dtype=bool)
    touched[lineup.slot[~roll.known]] = True
    known, rows = roll.known, roll.row[roll.known]
    differs = participants.share[rows] != lineup.share[known]
    differs |= participants.direction[rows] != lineup.direction[known]
    touched[lineup.slot[known][differs]] = True
    slot_of = np.full(len(world.battles) + 1, -1, dtype=np.int64)
    old = lineup.live >= 0
    slot_of[lineup.live[old]] = np.flatnonzero(old)
    left = slot_of[participants.battle[roll.leaving]]
    touched[left[left >= 0]] = True
    return touched


def _written(
    world: World, lineup: Lineup, roll: _Roll, result: Flows, contacts: Contacts, noise: tuple[Ints, Ints],
    ending: Ending, leavers: Ints, stale: Mask, minute: int, trace: Trace | None,
) -> list[Event]:  # fmt: skip
    """Events that set the rates of stale battles, of their participants, and of the formations concerned."""
    slots = np.flatnonzero(stale)
    if not len(slots):
        return _suffered(world, lineup, ending, roll, None, leavers, minute, trace)
    rows = roll.battle[slots]
    left = _thresholds(world, lineup, result, slots, minute)
    deep = round(world.statics.rules["combat.hex_depth_km"] * 1e9)
    due = np.minimum(
        np.minimum(due_at(left[0], result.yield_rate[slots], minute), due_at(left[1], result.break_rate[slots], minute)),
        due_at(deep - contacts.depth_u[slots], result.depth_rate[slots], minute),
    )
    due = np.minimum(due, result.ready_at[slots])
    fought = FOUGHT(
        minute, battle=rows, kind=result.kind[slots], yield_rate=result.yield_rate[slots], yield_left=left[0],
        break_rate=result.break_rate[slots], depth_rate=result.depth_rate[slots], due_at=np.maximum(due, minute + 1),
        x=result.x[slots], phi=result.phi[slots], cause=result.cause[slots], noise_attacker=noise[0][slots],
        noise_defender=noise[1][slots],
    )  # fmt: skip
    mine = np.flatnonzero(stale[lineup.slot])
    bled = BLED(
        minute, participant=roll.row[mine], formation=lineup.formation[mine], share=lineup.share[mine],
        direction=lineup.direction[mine], battle_rate=result.battle_rate[mine], shop_rate=result.shop_rate[mine],
        lost_rate=result.lost_rate[mine], guns_rate=result.guns_rate[mine],
    )  # fmt: skip
    return [fought, bled, *_suffered(world, lineup, ending, roll, (result, stale), leavers, minute, trace)]


def _thresholds(world: World, lineup: Lineup, result: Flows, slots: Ints, minute: int) -> tuple[Ints, Ints]:
    """What is left of both thresholds; a fight that becomes an overrun is decided in ``combat.overrun_h``."""
    battles, rows = world.battles, lineup.live[slots]
    old = rows >= 0
    yields = np.full(len(slots), NANO, dtype=np.int64)
    breaks = yields.copy()
    yields[old] = battles.read("yield", minute, rows[old])
    breaks[old] = battles.read("break", minute, rows[old])
    overrun = result.kind[slots] == OVERRUN
    was = np.zeros(len(slots), dtype=bool)
    was[old] = battles.kind[rows[old]] == OVERRUN
    yields[overrun & ~was] = NANO
    return yields, breaks


def _suffered(
    world: World, lineup: Lineup, ending: Ending, roll: _Roll, refreshed: tuple[Flows, Mask] | None, leavers: Ints,
    minute: int, trace: Trace | None,
) -> list[Event]:  # fmt: skip
    """Rates of the formations concerned, all their battles together."""
    formations, participants = world.formations, world.participants
    rates = {n: np.zeros(len(lineup.slot), dtype=np.int64) for n in ("battle_rate", "shop_rate", "lost_rate", "guns_rate")}
    for name, values in rates.items():
        values[roll.known] = participants[name][roll.row[roll.known]]
    concerned = leavers
    support = np.zeros(len(lineup.slot))
    if refreshed is not None:
        result, stale = refreshed
        mine = stale[lineup.slot]
        for name, values in rates.items():
            values[mine] = getattr(result, name)[mine]
        concerned = np.concatenate([leavers, lineup.formation[mine]])
        support = result.supported[lineup.slot, result.balance.ours]
    rows = np.unique(concerned)
    rows = rows[(formations.status[rows] == ON_MAP) & ~_vanished(ending, rows)]
    if not len(rows):
        return []
    width = len(formations)
    total = {n: np.bincount(lineup.formation, weights=v, minlength=width)[rows].astype(np.int64) for n, v in rates.items()}
    fights = np.bincount(lineup.formation, minlength=width)[rows] > 0
    wear = _wear(world, lineup, ending, rows, fights, total["battle_rate"], support, minute)
    if trace is not None:
        for key, values, unit, address in (
            ("men_lost_day", total["battle_rate"], FINE, "combat.intensity_east"),
            ("cohesion_lost_day", wear["cohesion_loss"], NANO, "combat.cohesion_loss"),
            ("fatigue_gained_day", wear["fatigue_gain"], NANO, "combat.fatigue_assault_day"),
            ("ammunition_t_day", wear["ammo_use"], FINE, ""),
        ):
            for row, value in zip(rows.tolist(), values.tolist(), strict=True):
                trace.record("formations", row, key, value * DAY / unit, address)
    return [SUFFERED(minute, formation=rows, fighting=fights, **total, **wear)]


def _vanished(ending: Ending, rows: Ints) -> Mask:
    gone = [e["formation"] for e in ending.events if e.kind.name in ("Surrendered", "Dispersed")]
    return np.isin(rows, np.concatenate(gone)) if gone else np.zeros(len(rows), dtype=bool)


def _wear(
    world: World, lineup: Lineup, ending: Ending, rows: Ints, fights: Mask, losses: Ints, support: Floats, minute: int
) -> dict[str, Ints]:
    """Cohesion, fatigue and ammunition of formations ``rows``, a minute; nothing can fall below nothing."""
    formations, rules = world.formations, world.statics.rules
    now = formations.read_all(("men", "cohesion", "fatigue", "ammo"), minute, rows)
    width = len(formations)
    activity = _activity(world, lineup)
    attacks = lineup.role == ATTACKING
    pace = np.where(attacks, rules["combat.fatigue_assault_day"], rules["combat.fatigue_defence_day"]) * activity
    tiring, steadying = np.zeros(width), np.zeros(width)
    np.maximum.at(tiring, lineup.formation, np.where(lineup.role == SUPPORTING, 0.0, pace) * (lineup.share / PPM))
    np.maximum.at(steadying, lineup.formation, support)
    table, kind = needs(world.statics), formations.kind[lineup.formation]
    fires = np.where(attacks | (lineup.role == SUPPORTING), table.ammo_attack[kind], table.ammo_defence[kind])
    spent = np.bincount(lineup.formation, weights=rounded(fires * activity * lineup.share), minlength=width)[rows] / PPM
    # What is used out of battle is recovery's business, on the next hour of the grid.
    use = np.where(fights, spent, 0.0) * (now["men"] / FINE) / DAY
    lost = losses / np.maximum(now["men"], 1) * rules["combat.cohesion_loss"]
    cohesion = np.where(fights, np.maximum(lost - steadying[rows] / DAY, 0.0), 0.0)
    taken = np.array([ending.cohesion_taken.get(row, 0) for row in rows.tolist()], dtype=np.int64)
    return {
        "cohesion_loss": np.minimum(rounded(cohesion * NANO), np.maximum(now["cohesion"] - taken, 0) // MOST_GONE),
        "fatigue_gain": np.minimum(rounded(np.where(fights, tiring[rows], 0.0) * (NANO / DAY)),
                                   np.maximum(NANO - now["fatigue"] - NANO // 5, 0) // MOST_GONE),
        "ammo_use": np.minimum(rounded(use), now["ammo"] // MOST_GONE),
    }  # fmt: skip


def _activity(world: World, lineup: Lineup) -> Floats:
    """Shape (participants,): how hard each fights: a screen or a probe is less than an assault."""
    rules = world.statics.rules
    table = np.array([1.0, rules["contact.screen_rate"], rules["combat.intensity_probe"], 0.5, 1.0])
    return table[lineup.kind[lineup.slot]]


def skirmish(
    world: World, lineup: Lineup, ending: Ending, minute: int, trace: Trace | None = None
) -> list[Event]:
    """Fire along quiet fronts: tiny losses of formations beside an enemy that are in no battle."""
    formations, rules = world.formations, world.statics.rules
    idle = (formations.status == ON_MAP) & ~ending.out
    idle[lineup.formation] = False
    rows = np.flatnonzero(idle)
    quiet, after = rules["combat.intensity_quiet"], rules["combat.intensity_hold"]
    lately = minute - formations.last_fight_at[rows] <= DAY
    intensity = np.where(lately, after, quiet) * on(rules, "quiet_fire")
    enemy = np.array([rules["combat.lethality_soviet"], rules["combat.lethality_axis"]])[formations.side[rows]]
    share = rules["combat.attacker_loss_day"] * rules["combat.intensity_east"] / DAY * intensity * enemy
    share = np.where(in_contact(world)[rows] == 1, share, 0.0)
    rate = rounded(share * formations.read("men", minute, rows))
    differs = rate != formations.battle_rate[rows]
    if not differs.any():
        return []
    if trace is not None:
        for i in np.flatnonzero(differs).tolist():
            hold = "combat.intensity_hold" if lately[i] else "combat.intensity_quiet"
            trace.record("formations", int(rows[i]), "intensity", float(intensity[i]), hold)
            trace.record("formations", int(rows[i]), "enemy_lethality", float(enemy[i]))
            trace.record("formations", int(rows[i]), "men_lost_day", float(rate[i]) * DAY / FINE, "combat.attacker_loss_day")
    return [SKIRMISHED(minute, formation=rows[differs], battle_rate=rate[differs])]


