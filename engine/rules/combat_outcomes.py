"""How battles end: the defender yields, the attacker breaks off, a weak defender is run over, a breach is exploited.

The threshold that is used up first decides (of equals the defender's). What follows is settled in the same minute:
losses, retreats, who moves into the hex, what is kept of the ground won.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, Floats, exp, rounded
from engine.core.calendar import HOUR
from engine.core.columns import NANO, Array, among, anywhere
from engine.core.dice import Dice, Stream, battle_subject
from engine.core.jit import jit
from engine.model.codes import (
    ASSAULT,
    ATTACKING,
    HOLDING,
    LIVE,
    ON_MAP,
    OVERRUN,
    PROBING,
    SCREEN_FIGHT,
    SCREENING,
    TO_ATTACK,
    TO_EXPLOIT,
    Mobility,
    Outcome,
)
from engine.model.events import Event
from engine.model.events.combat import (
    ATTACK_DONE,
    BATTLE_ENDED,
    BROKE_OFF,
    BROKE_THROUGH,
    CORNERED,
    DEPTH_KEPT,
    DISPERSED,
    GAVE_GROUND,
    RETREATED,
    SENT_IN,
    SURRENDERED,
)
from engine.model.events.command import ALARMED
from engine.model.places import (
    B_AS_OF,
    B_BREAK_LEFT,
    B_BREAK_RATE,
    B_DUE_AT,
    B_OUTCOME,
    B_YIELD_LEFT,
    B_YIELD_RATE,
)
from engine.model.world import World
from engine.rules import fortress, ice, power
from engine.rules.combat_lineup import live_participants
from engine.rules.combat_rates import kept_on_break_off
from engine.rules.combat_refresh import used_up_at
from engine.rules.combat_retreat import WayBack, left_behind, toll
from engine.rules.command import stand_fast
from engine.rules.occupation import occupation_h
from engine.rules.stragglers import escaped
from engine.rules.system import Trace

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
MILLIMETRE: Final = 1000
"""1e-6 m in a millimetre."""
_ASSAULTS: Final = (int(TO_ATTACK), int(TO_EXPLOIT))


@dataclass
class Ending:
    """What the end of battles means for the rest of this minute. Masks have shape (formations,)."""

    out: Mask
    """Moved or gone: takes part in nothing now."""
    spent: Mask
    """Its attack is decided: begins no other this minute."""
    rows: list[int] = field(default_factory=list)
    """Battles that end."""
    events: list[Event] = field(default_factory=list)
    cohesion_taken: dict[int, int] = field(default_factory=dict)
    """Cohesion (1e-9) that a formation loses by it."""
    shop_taken: dict[int, int] = field(default_factory=dict)
    """Vehicles in repair (1e-6) that a formation loses by it."""
    depth_u: dict[int, int] = field(default_factory=dict)
    """Ground (1e-6 m) won in hexes where the defender gave way but not up."""
    trace: Trace | None = None

    def tell(self, rows: Ints, **terms: tuple[Floats | float, str]) -> None:
        """Terms (value or values, parameter) of formations, if anybody asks."""
        if self.trace is not None:
            for key, (values, address) in terms.items():
                for row, value in zip(rows.tolist(), np.broadcast_to(values, len(rows)).tolist(), strict=True):
                    self.trace.record("formations", row, key, value, address)

    def take(self, rows: Ints, cohesion_n: Ints, shop_u: Ints) -> tuple[Ints, Ints]:
        """What formations can still lose of an amount: one may break off an attack and lose its own hex in a minute."""
        return _taken(self.cohesion_taken, rows, cohesion_n), _taken(self.shop_taken, rows, shop_u)


def _taken(so_far: dict[int, int], rows: Ints, amount: Ints) -> Ints:
    """``amount`` less what the rows have lost already: both were bounded by the same stock."""
    more = []
    for row, wanted in zip(rows.tolist(), amount.tolist(), strict=True):
        had = so_far.get(row, 0)
        more.append(max(wanted - had, 0))
        so_far[row] = had + more[-1]
    return np.array(more, dtype=np.int64)


@dataclass(frozen=True)
class _Field:
    """One battle at its end."""

    row: int
    cell: int
    side: int
    kind: int
    x: float
    at: int
    depth_u: int
    attackers: Ints
    directions: Ints
    holders: Ints
    screeners: Ints
    knocked_u: dict[int, int]
    """AFVs (1e-6) of each participant knocked out in this battle and sent to repair."""

    def knocked_of(self, rows: Ints) -> Ints:
        """The same as one entry a formation of ``rows``."""
        return np.array([self.knocked_u.get(row, 0) for row in rows.tolist()], dtype=np.int64)


def decide(world: World, minute: int, dice: Dice, ending: Ending, trace: Trace | None = None) -> None:
    """End the battles whose thresholds are used up; adds to ``ending``."""
    battles = world.battles
    due, times = np.empty(len(battles), np.int64), np.empty((2, len(battles)), np.int64)
    over = _over(minute, battles.blocks["int8"], battles.blocks["int64"], due, times)
    if not over:
        return
    due, times = due[:over], times[:, :over]
    first, way_back = times.argmin(axis=0), WayBack(world, minute)
    for i in np.argsort(battles.hex[due], kind="stable").tolist():
        field_ = _field(world, int(due[i]), minute, int(times[first[i], i]), ending)
        if trace is not None:
            for key, at in zip(("yields_at", "breaks_off_at"), times[:, i].tolist(), strict=True):
                trace.record("battles", int(due[i]), key, float(at), "combat.tau_days")
        if not len(field_.attackers):
            continue  # nobody attacks any more: the line-up dissolves it
        if first[i] == 1:
            _break_off(world, field_, minute, dice, ending)
        else:
            _yield(world, field_, minute, dice, ending, way_back)


@jit
def _over(minute: int, b8: Array, b64: Array, due: Ints, times: Ints) -> int:
    """Battles of which a threshold is used up, into ``due``, and when the defender's and the attacker's is, into ``times``;
    returns how many. Others are due because hazards begin to count, or the hex is crossed.
    """
    found = 0
    for row in range(len(due)):
        if b8[B_OUTCOME, row] != LIVE or b64[B_DUE_AT, row] > minute:
            continue
        yields = used_up_at(b64[B_YIELD_LEFT, row], b64[B_YIELD_RATE, row], b64[B_AS_OF, row])
        breaks = used_up_at(b64[B_BREAK_LEFT, row], b64[B_BREAK_RATE, row], b64[B_AS_OF, row])
        if min(yields, breaks) <= minute:
            due[found], times[0, found], times[1, found] = row, yields, breaks
            found += 1
    return found


def _field(world: World, row: int, minute: int, at: int, ending: Ending) -> _Field:
    battles, participants, formations = world.battles, world.participants, world.formations
    live = live_participants(world)
    live = live[participants.battle[live] == row]
    who = participants.formation[live].astype(np.int64)
    there = (formations.status[who] == ON_MAP) & ~ending.out[who]
    cell = int(battles.hex[row])
    role = participants.role[live]
    attacks = there & (role == ATTACKING) & (formations.leg_to[who] < 0) & (formations.target[who] == cell)
    attacks &= (world.statics.grid.neighbours[formations.hex[who]] == cell).any(axis=1)
    holds = there & (role == HOLDING) & (formations.hex[who] == cell)
    return _Field(
        row=row, cell=cell, side=int(battles.attacker[row]), kind=int(battles.kind[row]),
        x=int(battles.x[row]) / PPM, at=min(max(at, 0), minute), depth_u=int(battles.read("depth", minute, row)),
        attackers=who[attacks], directions=participants.direction[live][attacks].astype(np.int64),
        holders=who[holds], screeners=who[there & (role == SCREENING)],
        knocked_u=dict(zip(who.tolist(), participants.read("shop", minute, live).tolist(), strict=True)),
    )  # fmt: skip


def kept_depth(world: World, row: int, directions: Ints, depth_u: int, minute: int) -> Event:
    """Ground won stays won for a while, on the hexsides attacked across."""
    limit = round(world.statics.rules["combat.hex_depth_km"] * 1e6)
    sides = np.unique(directions[directions >= 0])
    return DEPTH_KEPT(
        minute, hex=int(world.battles.hex[row]), direction=sides, depth_mm=min(depth_u // MILLIMETRE, limit)
    )


def won(world: World, depth_u: int) -> int:
    """Ground won in a hex (1e-6 m): no more than the hex is deep."""
    return min(depth_u, round(world.statics.rules["combat.hex_depth_km"] * 1e9))


def _ended(world: World, f: _Field, minute: int, outcome: Outcome, depth_u: int, *, taken: bool) -> Event:
    return BATTLE_ENDED(
        minute, battle=f.row, hex=f.cell, attacker=f.side, outcome=outcome, at=f.at, depth_u=won(world, depth_u),
        taken=int(taken), cause=int(world.battles.cause[f.row]),
    )  # fmt: skip


def _break_off(world: World, f: _Field, minute: int, dice: Dice, ending: Ending) -> None:
    """The attack has failed and may be thrown back over ground it had won; a probe has seen enough."""
    rules = world.statics.rules
    subject = battle_subject(f.cell, world.battles.ordinal[f.row])
    kept = kept_on_break_off(rules, dice.uniform(Stream.RETREAT, subject, minute, 3))
    depth_u = int(rounded(f.depth_u * kept)[0])
    ending.rows.append(f.row)
    ending.spent[f.attackers] = True
    ending.events.append(_ended(world, f, minute, Outcome.BROKEN_OFF, depth_u, taken=False))
    ending.events.append(kept_depth(world, f.row, f.directions, depth_u, minute))
    if f.kind == PROBING:
        ending.events.append(ATTACK_DONE(minute, formation=f.attackers))
        return
    now = world.formations.read_all(("cohesion", "fatigue", "afv_shop"), minute, f.attackers)
    left = left_behind(rules, f.knocked_of(f.attackers), now["afv_shop"], 0.0)
    lost = np.minimum(round(rules["combat.break_off_cohesion"] * NANO), now["cohesion"])
    tired = np.minimum(round(rules["combat.break_off_fatigue"] * NANO), NANO - now["fatigue"])
    lost, left = ending.take(f.attackers, lost, left)
    ending.events.append(
        BROKE_OFF(minute, formation=f.attackers, battle=f.row, cohesion_n=lost, fatigue_n=np.maximum(tired, 0),
                  shop_u=left)
    )  # fmt: skip


def _yield(
    world: World, f: _Field, minute: int, dice: Dice, ending: Ending, way_back: WayBack
) -> None:  # fmt: skip
    """The defender yields: inside the hex, or out of it if the ground is lost or he is pressed hard.

    Ground won shifts the odds of that and says where he stands afterwards; it does not decide by itself, or weak attacks
    would win more often than engagements of record let them.
    """
    rules = world.statics.rules
    subject = battle_subject(f.cell, world.battles.ordinal[f.row])
    step = rules["combat.yield_retreat_km"] * exp(
        rules["combat.yield_retreat_spread"] * dice.normal(Stream.RETREAT, subject, minute, 0)
    )
    depth_u = f.depth_u + int(rounded(step * 1e9)[0])
    through = f.kind != ASSAULT or f.x > rules["contact.pursue_x"]
    through = through or depth_u >= round(rules["combat.hex_depth_km"] * 1e9)
    ending.rows.append(f.row)
    before = len(ending.events)
    held = _drive_back(world, f, minute, dice, ending, way_back, subject, through=through)
    taken = through and not held and _free(world, f, ending)
    ending.events.insert(before, _ended(world, f, minute, Outcome.YIELDED, depth_u, taken=taken))
    if not taken:
        # The attack goes on as another battle, from the ground it has won; who is cornered holds on to half.
        deep = round(rules["combat.hex_depth_km"] * 1e9)
        depth_u = min(depth_u, deep // 2 if through else deep)
        ending.depth_u[f.cell] = depth_u
        ending.events.append(kept_depth(world, f.row, f.directions, depth_u, minute))
        return
    if len(f.screeners):
        above = world.formations.hq[f.screeners]
        ending.events.append(ALARMED(minute, hq=np.unique(above[above >= 0])))
    _occupy(world, f, minute, dice, ending)
    _break_through(world, f, minute, dice, subject, ending)


def left_to(world: World, row: int, minute: int, dice: Dice, ending: Ending) -> bool:
    """A battle ends because nobody is left to resist: the attackers follow on the enemy's heels, if there are any.

    Whoever goes before he is beaten gives up the hex as surely as who yields. Adds to ``ending``.
    """
    f = _field(world, row, minute, minute, ending)
    formations, able = world.formations, ~ending.spent[f.attackers]
    able &= np.isin(formations.task[f.attackers], _ASSAULTS) & (formations.read("ammo", minute, f.attackers) > 0)
    f = replace(f, attackers=f.attackers[able])
    if f.kind not in (ASSAULT, SCREEN_FIGHT, OVERRUN) or not len(f.attackers) or not _free(world, f, ending):
        return False
    _occupy(world, f, minute, dice, ending)
    return True


def _free(world: World, f: _Field, ending: Ending) -> bool:
    """No enemy formation is left in the hex."""
    formations = world.formations
    inside = (formations.hex == f.cell) & (formations.status == ON_MAP) & (formations.side != f.side)
    return not bool((inside & ~ending.out).any())


def _drive_back(
    world: World, f: _Field, minute: int, dice: Dice, ending: Ending, way_back: WayBack,
    subject: npt.NDArray[np.uint32], *, through: bool,
) -> bool:  # fmt: skip
    """Losses and retreats of the holders; returns whether somebody still stands in the hex."""
    rules, rows = world.statics.rules, f.holders
    if not len(rows):
        return False
    # Fitted on yields of every situation, the median holds the average pursuit already.
    median = rules["combat.yield_loss"] / rules["combat.yield_loss_mean"]
    spread = rules["combat.yield_loss_spread"]
    base = float((median * exp(spread * dice.normal(Stream.RETREAT, subject, minute, 2)))[0])
    share = np.full(len(rows), base)
    stays = stand_fast(world, rows) | fortress.garrison(world, rows)
    share = np.where(stays, share * rules["combat.stand_fast_loss"], share)
    captured = rules["combat.yield_captured"]
    ending.tell(rows, yield_loss_drawn=(base, "combat.yield_loss"), standing_fast=(share / base, "combat.stand_fast_loss"))
    if not through:
        share = np.minimum(share, rules["combat.yield_loss_cap"])
        _record(world, f, minute, dice, ending, rows, GAVE_GROUND, rows * 0 + f.cell, share, captured, moved=False)
        return True
    if power.mechanised(world, f.attackers).any():
        share = share * rules["combat.yield_loss_pursued"]
    ways = [way_back.find(1 - f.side, f.cell, m) for m in world.formations.mobility[rows].tolist()]
    to = np.array([w[0] for w in ways], dtype=np.int64)
    pressed = np.array([w[1] for w in ways])
    share = np.where(pressed, share * rules["combat.yield_loss_zoc"], share)
    ending.tell(rows, through_zone_or_water=(pressed * 1.0, "combat.yield_loss_zoc"))
    if f.kind == OVERRUN:
        low, high = rules["combat.overrun_loss_low"], rules["combat.overrun_loss_high"]
        luck = dice.uniform(Stream.OVERRUN, world.formations.subject[rows], minute, 0)
        share, captured = low + (high - low) * luck, 1.0
        lost = rows[to < 0]
        if len(lost):
            ending.out[lost] = True
            freed = escaped(world, lost, minute, ending.tell, barred=True)
            ending.events.append(DISPERSED(minute, formation=lost, hex=f.cell, escaped_u=freed))
        rows, to, share = rows[to >= 0], to[to >= 0], share[to >= 0]
    share = np.minimum(share, rules["combat.yield_loss_cap"] if f.kind != OVERRUN else 1.0)
    ending.tell(rows, loss_share=(share, "combat.yield_loss_cap"), captured_share=(captured, "combat.yield_captured"))
    away = to >= 0
    if anywhere(away):
        _record(world, f, minute, dice, ending, rows[away], RETREATED, to[away], share[away], captured, moved=True)
        ending.out[rows[away]] = True
    return _cornered(world, f, minute, dice, ending, rows[~away])


def _cornered(world: World, f: _Field, minute: int, dice: Dice, ending: Ending, rows: Ints) -> bool:
    """No way back: heavy losses, and some lay down their arms; the others keep the hex."""
    rules = world.statics.rules
    if not len(rows):
        return False
    luck = dice.uniform(Stream.SURRENDER, world.formations.subject[rows], minute, 1)
    gives_up = luck < rules["contact.trapped_surrender"] * power.on(rules, "surrender")
    loss = rules["contact.trapped_loss"]
    ending.tell(rows, luck=(luck, "contact.trapped_surrender"), loss_share=(loss, "contact.trapped_loss"))
    if anywhere(gives_up):
        ending.out[rows[gives_up]] = True
        freed = escaped(world, rows[gives_up], minute, ending.tell, barred=True)
        ending.events.append(SURRENDERED(minute, formation=rows[gives_up], hex=f.cell, escaped_u=freed))
    rows = rows[~gives_up]
    if len(rows):
        share = np.full(len(rows), rules["contact.trapped_loss"])
        _record(world, f, minute, dice, ending, rows, CORNERED, rows * 0 + f.cell, share,
                rules["combat.yield_captured"], moved=False)  # fmt: skip
    return len(rows) > 0


def _record(
    world: World, f: _Field, minute: int, dice: Dice, ending: Ending, rows: Ints, kind: object, to: Ints,
    share: npt.NDArray[np.float64], captured: float, *, moved: bool,
) -> None:  # fmt: skip
    rules = world.statics.rules
    drop = rules["contact.trapped_cohesion"] if kind is CORNERED else rules["combat.yield_cohesion"]
    lost = toll(
        world, rows, minute, dice, share, moved=moved, captured=captured, cohesion=drop, knocked_u=f.knocked_of(rows)
    )
    pause = minute + round(rules["contact.retreat_pause_h"] * HOUR)
    lost["cohesion_n"], lost["shop_u"] = ending.take(rows, lost["cohesion_n"], lost["shop_u"])
    if moved:
        lost["moved_m"] = np.full(len(rows), world.statics.grid.spacing_m)
    ending.events.append(
        kind(minute, formation=rows, battle=f.row, hex=f.cell, to=to, pause_until=pause, **lost)  # type: ignore[operator]
    )


def _occupy(world: World, f: _Field, minute: int, dice: Dice, ending: Ending) -> None:
    """One attacker moves into the hex: one not held fast itself, mobile before foot, then the strongest."""
    formations, sides = world.formations, world.hexsides
    ending.spent[f.attackers] = True
    marked = np.flatnonzero((sides.hex == f.cell) & (sides.depth_mm > 0))
    ending.events.append(DEPTH_KEPT(minute, hex=f.cell, direction=sides.direction[marked], depth_mm=0))
    fit = f.attackers[formations.mobility[f.attackers] != Mobility.STATIC]
    fit = fit[np.array([ice.bears(world, m, f.cell) for m in formations.mobility[fit].tolist()], bool)]
    others = f.attackers
    if len(fit):
        pressed = among(fit, _holding(world), len(world.formations))
        strength = power.points(world, fit, minute)
        chosen = int(fit[np.lexsort((fit, -strength, ~power.mechanised(world, fit), pressed))[0]])
        luck = dice.uniform(Stream.EXPLOIT, formations.subject[[chosen]], minute, 1)
        arrives = minute + rounded(occupation_h(world, luck) * HOUR)
        ending.events.append(SENT_IN(minute, formation=[chosen], hex=f.cell, arrives_at=arrives))
        others = others[others != chosen]
    if len(others):
        ending.events.append(ATTACK_DONE(minute, formation=others))


def _holding(world: World) -> Ints:
    """Formations that are themselves attacked in their hex."""
    live = live_participants(world)
    live = live[world.participants.role[live] == HOLDING]
    return np.asarray(world.participants.formation[live], dtype=np.int64)


def _break_through(
    world: World, f: _Field, minute: int, dice: Dice, subject: npt.NDArray[np.uint32], ending: Ending
) -> None:
    """Mobile attackers pass through the breach if nobody is there to close it (model of hazards: x above 1)."""
    formations, rules = world.formations, world.statics.rules
    over = f.x - rules["combat.breakthrough_x"]
    mobile = f.attackers[power.mechanised(world, f.attackers)]
    if over <= 0 or not len(mobile) or not power.on(rules, "breakthrough"):
        return
    near = np.append(world.statics.grid.neighbours[f.cell], f.cell)
    enemy = (formations.status == ON_MAP) & (formations.side != f.side) & among(formations.hex, near, world.statics.grid.size)
    enemy[f.holders] = False
    chance = 1.0 - exp(-over * rules["combat.breakthrough_slope"])
    if anywhere(enemy) or not bool(dice.uniform(Stream.EXPLOIT, subject, minute, 0)[0] < chance):
        return
    ending.events.append(BROKE_THROUGH(minute, formation=mobile, hex=f.cell))

