"""Shifting the main effort: whole armies leave a front where they gain nothing and go where more can be won.

Every few days the attacks that could be made from other sectors are compared with what each army has before it. An
army goes if the attack there gains more by it than is lost here, and if its neighbours can take over its front: what they
cannot hold with their own it leaves to them. It marches behind the front to the new sector, while dummies show it where it
was, and attacks on one day with all that go there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY
from engine.core.paths import FAR, components
from engine.model.codes import DirectiveKind, DirectiveState, HexKind, Mobility, OrderKind
from engine.model.instruction import NO_CELL, Instruction
from engine.model.orders import Order
from engine.staff.control import Ints, Mask
from engine.staff.high.aims import aims_of, assault_size, met_at, on_the_way
from engine.staff.high.bodies import Body, on_the_march
from engine.staff.landing import islands
from engine.staff.plans import ATTACKS
from engine.staff.reasons import Reason
from engine.staff.situation import Situation, ln


@dataclass(frozen=True, eq=False)
class Prospect:
    """An attack that could be made from where the way to its goal is easiest, by whoever is sent there."""

    start: int
    goal: int
    points: int
    """Of the goal, and of what it would cut off."""
    days: float
    """On foot, with nobody in the way."""
    met: int
    """Power met first, in its position."""
    barred: int
    """Known enemy power on and beside the way."""
    hosts: tuple[Body, ...]
    """Those who hold the front there."""
    coming: tuple[Body, ...]
    """Those who are on their way there already."""

    def value(self, s: Situation, power: int, formations: int, delay: float) -> float:
        """What it is worth with so much power and so many formations, if it begins after some days."""
        rules = s.rules
        against = max(self.met, rules["high.barred_share"] * self.barred, 1.0)
        x = ln(max(power, 1)) - ln(against * rules["high.defence_factor"])
        days = delay + self.days + rules["high.resistance_days"] * self.barred / max(power, 1)
        late = days / rules["high.shift_patience_days"]
        # A corridor has two flanks, and both must be held.
        km = s.grid.spacing_km * (sum(len(one.rim) for one in self.hosts) + 2 * s.apart(self.start, self.goal))
        broad = min(formations * rules["staff.spacing_max_km"] / km, 1.0)
        return self.points / (1 + late * late) * min(max(x / rules["high.shift_x"], 0.0), 1.0) * broad


@dataclass(frozen=True)
class Task:
    """What a body has before it where it is."""

    goal: int
    worth: float


@dataclass(eq=False)
class Cover:
    """A body that stays, with the front it has to hold: its own, and that of neighbours who leave."""

    body: Body
    rim: list[Ints]
    power: int
    enemy: int
    holders: float
    """Formations that hold: of who attacks those that are not in the blow."""

    @property
    def hexes(self) -> int:
        """Hexes of front."""
        return sum(len(rim) for rim in self.rim)

    def beside(self, s: Situation, rim: Ints) -> bool:
        """Whether its front is next to another."""
        near = s.whole("high.shift_beside_hexes")
        return any(len(own) > 0 and int(s.grid.distance(own[:, None], rim[None, :]).min()) <= near for own in self.rim)


@dataclass(eq=False)
class Move:
    """An army that goes, and whom it leaves to the neighbour who takes over."""

    body: Body
    left: list[int]
    taker: Cover | None
    days: float
    here: float
    """What its present task is worth."""

    def going(self, s: Situation) -> tuple[int, int]:
        """Power and number of those who go."""
        power = int(s.view.own.power[self.left].sum()) if self.left else 0
        return self.body.power - power, len(self.body.members) - len(self.left)


@dataclass(frozen=True, eq=False)
class Shift:
    """Armies that are sent to one attack."""

    prospect: Prospect
    moves: list[Move]
    gain: float
    told: list[Instruction] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


def shifts(
    s: Situation, bodies: list[Body], points: dict[int, int], bound: set[int], busy: set[int]
) -> Shift | None:  # fmt: skip
    """The best shift of the main effort, if any is worth it.

    ``bound`` are bodies that cannot be taken away, ``busy`` those that carry out what they were told already.
    """
    fronts = [body for body in bodies if len(body.rim) and len(body.members)]
    free = [body for body in fronts if body.hq not in bound]
    if not free:
        return None
    attacking = {body.hq for body in fronts if _attacks(s, body)}
    here = {body.hq: _here(s, body, points, attacking) for body in fronts}
    found = [_best(s, one, fronts, free, here, attacking) for one in _prospects(s, bodies, points)]
    found = [one for one in found if one.moves and one.gain >= s.rules["high.shift_least"]]
    best = max(found, key=lambda one: (one.gain, -one.prospect.goal), default=None)
    if best is not None:
        _tell(s, best, busy)
    return best


# Where one could attack.


def _prospects(s: Situation, bodies: list[Body], points: dict[int, int]) -> list[Prospect]:
    """For each place worth a main effort the attack from where it is easiest."""
    sent, near = on_the_march(s), s.whole("high.gather_hexes")
    fronts = [body for body in bodies if len(body.rim)]
    rim, rules, least = s.control.rim, s.rules, s.whole("high.shift_points")
    met, island, found = met_at(s, rim), islands(s), []
    army = max(sum(body.power for body in fronts) // len(fronts), 1)
    toll = rules["high.resistance_days"] * DAY / army
    for goal, worth in sorted(points.items()):
        way = s.travel(goal)[rim].astype(np.int64)
        way = np.where(island[rim] == island[goal], way, FAR)
        if worth < least or not (way < FAR).any():
            continue
        at = int(np.where(way < FAR, way + (met * toll).astype(np.int64), FAR).argmin())
        start = int(rim[at])
        hosts = tuple(body for body in bodies if start in body.rim)
        coming = tuple(body for body in bodies if body.hq in sent and s.apart(sent[body.hq], start) <= near)
        worth += round(rules["high.cut_points"] * cut_off(s, _way(s, start, goal)))
        found.append(Prospect(start, goal, worth, int(way[at]) / DAY, int(met[at]), on_the_way(s, start, goal), hosts, coming))
    return found


def _way(s: Situation, start: int, goal: int) -> Ints:
    """Hexes of a quickest way on foot."""
    left, found = s.travel(goal), [start]
    while found[-1] != goal:
        around = [c for c in s.control.ways[found[-1]].tolist() if c >= 0 and left[c] < left[found[-1]]]
        if not around:
            break
        found.append(min(around, key=lambda c: (int(left[c]), c)))
    return np.array(found, np.int64)


def cut_off(s: Situation, corridor: Ints) -> int:
    """Known enemy power that would have no way home by land any more if a corridor were taken.

    The enemy's home is where his land goes on beyond the edge of the map, or else the greater part of what he has.
    """
    control, enemies = s.control, s.view.enemies
    if not len(enemies):
        return 0
    land = control.land & (s.owner == 1 - s.side)
    ring = s.grid.neighbours[corridor]
    taken = np.zeros(len(land), bool)
    taken[corridor] = taken[ring[ring >= 0]] = True
    before, after = _at_home(s, land), _at_home(s, land & ~taken)
    lost = before[enemies.hex] & ~after[enemies.hex] & ~taken[enemies.hex]
    return int(s.enemy_power[lost].sum())


def _at_home(s: Situation, land: Mask) -> Mask:
    """Land of the enemy's from which there is a way home."""
    label = components(s.control.ways, land, s.control.ways >= 0)
    count = int(label.max(initial=-1)) + 1
    if not count:
        return np.zeros(len(land), bool)
    power = np.bincount(label[s.view.enemies.hex] + 1, weights=s.enemy_power, minlength=count + 1)[1:]
    home = np.zeros(count + 1, bool)
    home[label[land & _edge(s)]] = True
    if not home[:count].any():
        home[int(power.argmax())] = True
    home[count] = False  # where the label is -1
    found: Mask = home[label]
    return found


def _edge(s: Situation) -> Mask:
    """Land beside land that lies outside the scenario's map. Shape (hexes,)."""
    kept = s.control.kept
    if "high.edge" not in kept:
        inside, ring = s.view.hexes.inside > 0, s.grid.neighbours
        outside = (s.statics.theatre.kind == int(HexKind.LAND)) & ~inside
        beyond = np.where(ring >= 0, outside[ring], False).any(axis=1)
        kept["high.edge"] = s.control.land & beyond
    found: Mask = kept["high.edge"]
    return found


# Who could go.


def _best(
    s: Situation, prospect: Prospect, fronts: list[Body], free: list[Body], here: dict[int, Task], attacking: set[int]
) -> Shift:  # fmt: skip
    """The armies that an attack gains most by, the least needed and nearest first."""
    rules, share = s.rules, s.rules["high.mass_share"]
    power = sum(round(body.power * share) for body in prospect.hosts) + sum(body.power for body in prospect.coming)
    count = sum(len(body.members) for body in (*prospect.hosts, *prospect.coming))
    part = s.control.part[prospect.start]
    away = {body.hq: _hexes(s, body, prospect.start) for body in free}
    near, most = s.whole("high.gather_hexes"), rules["high.shift_most_days"]
    covers = [_cover(s, body, attacking) for body in fronts]
    moves: list[Move] = []
    # Where many have one goal none of them is worth all of it.
    many = Counter(here[body.hq].goal for body in free)
    pool = [
        (here[body.hq].worth / many[here[body.hq].goal], away[body.hq], body.hq, body) for body in free
        if near < away[body.hq] and _days(s, away[body.hq]) <= most and _stands_on(s, body, int(part))
    ]  # fmt: skip
    # What those can do for the same goal who are already before it is no gain.
    others = max((task.worth for task in here.values() if task.goal == prospect.goal), default=0.0)
    alone = last = max(prospect.value(s, power, count, 0.0), others)
    for _, hexes, _, body in sorted(pool, key=lambda one: one[:3]):
        if len(moves) >= s.whole("high.shift_armies"):
            break
        task = here[body.hq]
        move = _hand_over(s, body, covers, _days(s, hexes), task.worth / many[task.goal])
        if move is None:
            continue
        more, formations = move.going(s)
        delay = max([move.days, *(one.days for one in moves)])
        value = prospect.value(s, power + more, count + formations, delay)
        if value - last <= rules["high.shift_gain"] * move.here:
            continue
        many[task.goal] -= 1
        _give(s, move, covers)
        moves.append(move)
        power, count, last = power + more, count + formations, value
    return Shift(prospect, moves, last - alone - sum(one.here for one in moves))


def _hexes(s: Situation, body: Body, place: int) -> int:
    return int(np.median(s.grid.distance(s.view.own.hex[body.members], place)))


def _stands_on(s: Situation, body: Body, part: int) -> bool:
    return 2 * int((s.part[body.members] == part).sum()) > len(body.members)


def _days(s: Situation, hexes: int) -> float:
    """From the decision until an army stands ready in its new sector, by marches at night."""
    return hexes * s.grid.spacing_km / s.rules["high.shift_km_day"] + s.rules["high.shift_ready_days"]


def _attacks(s: Situation, body: Body) -> bool:
    """Whether a body or anybody below it is attacking."""
    d = s.view.directives
    mine = np.isin(d.hq, sorted(body.staffs)) & np.isin(d.kind, list(ATTACKS))
    return bool((mine & (d.state == int(DirectiveState.RUNNING))).any())


def _here(s: Situation, body: Body, points: dict[int, int], attacking: set[int]) -> Task:
    """The best attack that a body could make where it is, and its worth: little if it has tried in vain."""
    rules, best = s.rules, Task(NO_CELL, 0.0)
    for aim in aims_of(s, body, points):
        late = aim.days / rules["high.shift_patience_days"]
        worth = aim.points / (1 + late * late) * min(max(aim.x / rules["high.mass_x"], 0.0), 1.0)
        best = Task(aim.goal, worth) if worth > best.worth else best
    if body.hq in attacking and stalled(s, body):
        return Task(best.goal, best.worth * rules["high.stalled_worth"])
    return best


def stalled(s: Situation, body: Body) -> bool:
    """Whether a body has attacked for some time and its front has hardly moved."""
    d, rules = s.view.directives, s.rules
    since = s.minute - round(rules["high.stalled_days"] * DAY)
    mine = np.isin(d.hq, sorted(body.staffs)) & np.isin(d.kind, list(ATTACKS)) & (d.start_at <= since) & (d.end_at > since)
    if since < 0 or not mine.any():
        return False
    reach = s.grid.ring_table(s.whole("high.stalled_hexes"))[body.rim]
    cells = np.unique(reach[reach >= 0])
    won = (s.owner[cells] == s.side) & (s.view.hexes.owner_since[cells] > since) & s.control.land[cells]
    return bool(int(won.sum()) < rules["high.stalled_share"] * len(body.rim))


# Who takes over.


def _cover(s: Situation, body: Body, attacking: set[int]) -> Cover:
    share = 1.0 - s.rules["high.mass_share"] if body.hq in attacking else 1.0
    return Cover(body, [body.rim], body.power, body.enemy, len(body.members) * share)


def _hand_over(s: Situation, body: Body, covers: list[Cover], days: float, here: float) -> Move | None:
    """How a body could leave its front to its neighbours; None if they could not hold it."""
    beside = [one for one in covers if one.body.hq != body.hq and one.beside(s, body.rim)]
    if not beside:
        return None
    rules, own = s.rules, s.view.own
    hexes = len(body.rim) + sum(one.hexes for one in beside)
    enemy = body.enemy + sum(one.enemy for one in beside)
    power, holders = sum(one.power for one in beside), sum(one.holders for one in beside)
    taker = max(beside, key=lambda one: (one.power / max(one.enemy, 1), -one.body.hq))
    # Those on foot stay first, of them the weakest: what drives is wanted elsewhere.
    members = body.members[np.lexsort((own.row[body.members], own.power[body.members], s.mechanised[body.members]))]
    for count in range(int(len(members) * rules["high.shift_left"]) + 1):
        left = members[:count]
        dense = hexes * s.grid.spacing_km <= (holders + count) * rules["high.cover_km"]
        if dense and power + int(own.power[left].sum()) >= rules["high.cover_ratio"] * enemy:
            return Move(body, left.tolist(), taker, days, here)
    return None


def _give(s: Situation, move: Move, covers: list[Cover]) -> None:
    """The front of one who goes is from now on his neighbour's."""
    covers[:] = [one for one in covers if one.body.hq != move.body.hq]
    if move.taker is not None:
        move.taker.rim.append(move.body.rim)
        move.taker.enemy += move.body.enemy
        move.taker.power += int(s.view.own.power[move.left].sum()) if move.left else 0
        move.taker.holders += len(move.left)


# What they are told.


def _tell(s: Situation, shift: Shift, busy: set[int]) -> None:
    """Those who go are told to march, and all who attack there to begin on one day."""
    prospect = shift.prospect
    days = max(one.days for one in shift.moves)
    start = (s.minute + round(days * DAY)) // DAY * DAY + DAY + s.hours("high.dawn_h")
    place = behind(s, prospect.start)
    for move in shift.moves:
        body = move.body
        going = body.members[~np.isin(body.members, move.left)]
        shift.told.append(Instruction(
            hq=s.statics.headquarters_ids[body.hq], kind=DirectiveKind.RAIL, objective=place, clears=True,
            reason=Reason.CONCENTRATED,
            detail=(prospect.goal, place, round(s.grid.spacing_km * _hexes(s, body, place)), round(min(shift.gain, 999.0))),
        ))  # fmt: skip
        shift.told.append(_attack(s, prospect, body.hq, going, len(going), start, behind(s, _middle(s, body))))
        shift.orders.extend(_stays(s, at, move) for at in move.left)
    for host in prospect.hosts:
        if host.hq not in busy:
            shift.told.append(_attack(s, prospect, host.hq, host.members, assault_size(s, host), start, NO_CELL))


def _attack(s: Situation, prospect: Prospect, hq: int, who: Ints, mass: int, start: int, dummy: int) -> Instruction:
    driven = int(np.isin(s.view.own.mobility[who], (int(Mobility.MOTOR), int(Mobility.TRACK))).sum())
    power = max(int(s.view.own.power[who].sum()), 1)
    x = ln(power) - ln(max(prospect.met, 1) * s.rules["high.defence_factor"])
    return Instruction(
        hq=s.statics.headquarters_ids[hq], kind=DirectiveKind.ATTACK, axis=(prospect.start, prospect.goal),
        objective=prospect.goal, assault_strongest=mass, mobile_strongest=driven if 0 < driven < len(who) // 2 else 0,
        start_at=start, end_at=start + round(s.rules["high.attack_days"] * DAY), dummy=dummy, clears=dummy == NO_CELL,
        reason=Reason.MAIN_EFFORT, detail=(prospect.goal, prospect.start, prospect.points, round(x * PPM)),
    )  # fmt: skip


def _stays(s: Situation, at: int, move: Move) -> Order:
    taker = move.taker.body.hq if move.taker is not None else move.body.hq
    detail = (taker + 1, s.hex_of[at], 0, int(s.view.own.power[at]))
    return Order(OrderKind.ATTACH, s.view.own.ids[at], reason=int(Reason.HANDED_OVER), detail=detail)


def _middle(s: Situation, body: Body) -> int:
    """The hex of a body's front that lies nearest to all of it."""
    gaps = s.grid.distance(body.rim[:, None], s.view.own.hex[body.members][None, :]).sum(axis=1)
    return int(body.rim[gaps.argmin()])


def behind(s: Situation, start: int) -> int:
    """Where those assemble who come from far: behind a place of the front, as deep as may be."""
    ring = s.grid.ring_table(s.whole("high.assemble_hexes"))[start]
    ring = ring[ring >= 0]
    control, depth = s.control, s.whole("high.assemble_depth")
    fit = ring[(control.part[ring] == control.part[start]) & (control.depth[ring] >= depth)]
    return int(fit[np.lexsort((fit, -control.depth[fit]))[0]]) if len(fit) else start
