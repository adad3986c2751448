"""Who is to leave ground that cannot be held: by sea from what is cut off, by land through a neck before it closes.

A neck is where own land between the enemy and the sea, or between two enemies, is nowhere deeper than some hexes. What
lies behind it is peeled back from the far end, line by line, while those beside the neck keep it open; who is too far
from it, and near a port, goes by sea.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY
from engine.core.columns import Array
from engine.core.paths import FAR, components, hops
from engine.model.codes import DirectiveKind, DirectiveState
from engine.model.instruction import NO_CELL, Instruction
from engine.model.tables import GROUP, POINTS
from engine.rules import embarking
from engine.staff.control import Ints, Mask
from engine.staff.high import sea
from engine.staff.high.aims import Aim, aims_of
from engine.staff.high.bodies import Body
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_NOBODY = np.zeros(0, bool)


@dataclass(frozen=True, eq=False)
class Group:
    """Formations of one headquarters that lie in one place."""

    hq: int
    members: Ints


# Cut off.


def evacuations(s: Situation, bodies: list[Body], busy: set[int]) -> list[Instruction]:
    """Directives to those who are cut off by land, can be shipped, and cannot hold."""
    homes, goal = sea.home_parts(s), sea.haven(s)
    if goal is None or not homes or sea.men_day(s) <= 0:
        return []
    parts = sorted(set(s.part.tolist()) - homes - {-1})
    lost = {part for part in parts if cannot_hold(s, part) and _can_be_shipped(s, part)}
    told = []
    for body in bodies:
        mine = s.part[body.members]
        for part in sorted(set(mine.tolist()) & lost):
            ports = _ports_of(s, part, s.view.own.hex[body.members])
            if body.hq not in busy and ports and goal not in ports:
                told.append(_ship(s, body.hq, body.members[mine == part], len(body.members), ports, goal))
                break
    return told


def cannot_hold(s: Situation, part: int) -> bool:
    """Whether the enemy stands on the same land with more than the garrison can hold against.

    He can bring to bear only what has room before the front: a narrow neck of land is held by few.
    """
    own, enemies, control = s.view.own, s.view.enemies, s.control
    rim = control.rim[control.part[control.rim] == part]
    ways = control.ways[rim]
    by_land = bool(((ways >= 0) & (s.owner[ways] == 1 - s.side)).any()) if len(rim) else False
    if not by_land:
        return False
    near = s.whole("high.reach_hexes")
    there = s.grid.distance(enemies.hex[:, None], rim[None, :]).min(axis=1) <= near if len(enemies) else _NOBODY
    room = len(rim) * s.rules["high.room_points"]
    brought = min(float(s.enemy_power[there].sum()), room)
    power = float(own.power[s.part == part].sum())
    return power < s.rules["high.evacuate"] * brought


def _can_be_shipped(s: Situation, part: int) -> bool:
    """Whether ships take everybody away before it is too late; a whole army group is not shipped out of a port."""
    days = int(s.view.own.men[s.part == part].sum()) / max(sea.men_day(s), 1)
    return bool(days <= s.rules["high.evacuate_days"])


def reopenings(s: Situation, bodies: list[Body], busy: set[int]) -> list[Instruction]:
    """Attacks that join what is cut off with home again, from within: of each piece by the corps with the best odds."""
    told, homes, far = [], sea.home_parts(s), s.whole("high.gap_hexes")
    home = np.flatnonzero(np.isin(s.control.part, sorted(homes)) & (s.owner == s.side))
    if not len(home):
        return []
    for part in sorted(set(s.part.tolist()) - homes - {-1}):
        rim = s.control.rim[s.control.part[s.control.rim] == part]
        inside = [b for b in _corps_in(s, bodies, part) if b.hq not in busy]
        if not len(rim) or not inside:
            continue
        gap = s.grid.distance(home[None, :], rim[:, None])
        goal = int(home[np.lexsort((home, gap.min(axis=0)))[0]])
        aims = [a for body in inside for a in aims_of(s, body, {goal: 1}) if s.apart(a.start, goal) <= far]
        best = sorted(aims, key=lambda aim: (-aim.x, aim.body.hq))[: s.whole("high.reopen_corps")]
        told += [_break_out(s, aim) for aim in best if aim.x >= s.rules["high.reopen_x"]]
    return told


def _corps_in(s: Situation, bodies: list[Body], part: int) -> list[Body]:
    """Corps on a piece of land as bodies: their formations there, and the front there that is nearest to them."""
    return [b for b in corps_of(s, bodies, s.part == part) if len(b.rim)]


def corps_of(s: Situation, bodies: list[Body], there: Mask) -> list[Body]:
    """Each headquarters that leads formations of a body as a body of its own; ``there`` says whom of them to count."""
    own, rim = s.view.own, s.control.rim
    led = np.zeros(len(own.hq), bool)
    for body in bodies:
        led[body.members] = True
    who = np.flatnonzero(there & led)
    if not len(who) or not len(rim):
        return []
    rim = rim[np.isin(s.control.part[rim], s.part[who])]
    leader = own.hq[who]
    holder = leader[s.grid.distance(rim[:, None], own.hex[who][None, :]).argmin(axis=1)]
    found = []
    for hq in sorted(set(leader.tolist())):
        members = who[leader == hq]
        power = int(own.power[members].sum())
        found.append(Body(hq, members, rim[holder == hq], power, 0, 0, frozenset((hq,))))
    return found


def _break_out(s: Situation, aim: Aim) -> Instruction:
    start = s.minute + round(s.rules["high.reopen_days"] * DAY)
    return Instruction(
        hq=s.statics.headquarters_ids[aim.body.hq], kind=DirectiveKind.BREAK_OUT, axis=(aim.start, aim.goal),
        objective=aim.goal, assault_strongest=len(aim.body.members), clears=True, start_at=start,
        end_at=s.minute + round(s.rules["high.attack_days"] * DAY),
        reason=Reason.REOPEN, detail=(aim.goal, aim.start, aim.points, round(aim.x * PPM)),
    )  # fmt: skip


def _ports_of(s: Situation, part: int, places: Ints) -> tuple[int, ...]:
    """Own ports on a piece of land, the nearest first."""
    there = [c for c in sea.ports(s).tolist() if int(s.control.part[c]) == part]
    return tuple(sorted(there, key=lambda c: (int(s.grid.distance(places, c).min()), c))[:POINTS])


def _ship(s: Situation, hq: int, who: Ints, of: int, ports: tuple[int, ...], goal: int) -> Instruction:
    own = s.view.own
    names = tuple(own.ids[at] for at in who.tolist()[:GROUP]) if len(who) < of else ()
    return Instruction(
        hq=s.statics.headquarters_ids[hq], kind=DirectiveKind.EVACUATE, axis=ports, objective=goal if goal >= 0 else NO_CELL,
        assault=names, clears=not names, start_at=s.minute, end_at=s.minute + round(s.rules["high.evacuate_days"] * DAY),
        reason=Reason.BY_SEA, detail=(ports[0], goal, int(own.power[who].sum()), 0),
    )  # fmt: skip


# Behind a neck.


@dataclass(frozen=True, eq=False)
class Pouch:
    """Own land that hangs on its supply by a neck."""

    neck: int
    """The hex in the middle of it."""
    weak: int
    """Where the way home from it is in the greatest danger."""
    way: Array
    """Steps through own land to home. Shape (hexes,)."""
    inside: Mask
    closing: int
    """Known enemy power near the weak place."""
    keeping: int
    """Own power near it."""
    cut: bool = False
    """It is closed."""


def threatened(s: Situation, necks: list[Pouch]) -> list[Pouch]:
    """Necks that are about to be closed, or are by an enemy who is not far weaker there: one opens oneself to others."""
    rules = s.rules
    least = rules["high.room_points"]  # a screen closes no neck
    return [
        p for p in necks
        if p.closing > (rules["high.cut_odds"] * p.keeping if p.cut else max(rules["high.neck_odds"] * p.keeping, least))
    ]  # fmt: skip


def pouches(s: Situation) -> list[Pouch]:
    """What hangs on home by a neck, whoever stands there, and what is cut off so near to home that it is led there.

    What is itself nowhere deep any more, a bridgehead, is looked for with narrower necks.
    """
    own_land = s.control.land & (s.owner == s.side)
    home = sea.home_cells(s)
    home = home[own_land[home]] if len(home) else home
    if not len(home) or not len(s.front):
        return []
    found: list[Pouch] = []
    for width in range(round(s.rules["high.neck_hexes"]), s.whole("high.neck_least_hexes") - 1, -1):
        found = found or _hanging(s, own_land, home, width)
    return [*found, *_severed(s, own_land)]


def _hanging(s: Situation, own_land: Mask, home: Ints, width: int) -> list[Pouch]:
    """What hangs on home by a neck that is nowhere deeper than ``width`` hexes."""
    control = s.control
    label = components(control.ways, own_land & (control.depth >= width), control.ways >= 0)
    way = hops(control.ways, own_land, home)
    at_home = {int(label[c]) for c in home.tolist()} | {_nearest_label(label, way, width)}
    sizes = np.bincount(label[label >= 0]) if (label >= 0).any() else np.zeros(0, np.int64)
    found = []
    from_home = hops(control.ways, own_land, np.concatenate([home, np.flatnonzero(np.isin(label, sorted(at_home - {-1})))]))
    for one in np.flatnonzero(sizes >= s.whole("high.pouch_hexes")).tolist():
        cells = np.flatnonzero(label == one)
        if one in at_home or way[cells[0]] >= FAR:
            continue
        back = hops(control.ways, own_land, cells)
        neck = _neck(s, from_home, back)
        weak, closing, keeping = _weakest(s, _way_home(s, way, neck))
        found.append(Pouch(neck, weak, way, back < from_home, closing, keeping))
    return found


def _severed(s: Situation, own_land: Mask) -> list[Pouch]:
    """What is cut off, but so near to home that it can join it again: it is led to the place nearest to home."""
    homes, found = sea.home_parts(s), []
    home = np.flatnonzero(np.isin(s.control.part, sorted(homes)) & (s.owner == s.side))
    for part in sorted(set(s.part.tolist()) - homes - {-1}):
        rim = s.control.rim[s.control.part[s.control.rim] == part]
        inside = own_land & (s.control.part == part)
        if not len(rim) or int(inside.sum()) < s.whole("high.pouch_hexes"):
            continue
        gap = s.grid.distance(rim[:, None], home[None, :]).min(axis=1)
        neck = int(rim[np.lexsort((rim, gap))[0]])
        if int(gap.min()) <= s.whole("high.gap_hexes"):
            closing, keeping = _near(s, neck)
            found.append(Pouch(neck, neck, hops(s.control.ways, inside, np.array([neck])), inside, closing, keeping, cut=True))
    return found


def _way_home(s: Situation, way: Array, cell: int) -> list[int]:
    """Hexes of a shortest way home from a hex, itself first."""
    found = [cell]
    while way[found[-1]] > 0:
        around = [c for c in s.control.ways[found[-1]].tolist() if c >= 0 and way[c] < way[found[-1]]]
        found.append(min(around, key=lambda c: (-int(s.control.depth[c]), c)))
    return found


def _weakest(s: Situation, cells: list[int]) -> tuple[int, int, int]:
    """The place of some at which the enemy has most more than the side has, with what both have near it."""
    near = [(cell, *_near(s, cell)) for cell in cells]
    return max(near, key=lambda one: (one[1] - one[2], -one[0]))


def _nearest_label(label: Array, way: Array, within: int) -> int:
    """The deep land nearest to a home that lies near the front itself."""
    solid = np.flatnonzero((label >= 0) & (way <= within))
    return int(label[solid[way[solid].argmin()]]) if len(solid) else -1


def _neck(s: Situation, from_home: Array, back: Array) -> int:
    """The hex half way between home and what lies behind, on the shortest way."""
    joined = np.flatnonzero((from_home < FAR) & (back < FAR))
    total = from_home[joined].astype(np.int64) + back[joined]
    uneven = np.abs(from_home[joined].astype(np.int64) - back[joined])
    return int(joined[np.lexsort((joined, s.control.depth[joined], uneven, total))[0]])


def _near(s: Situation, cell: int) -> tuple[int, int]:
    enemies, own, near = s.view.enemies, s.view.own, s.whole("high.neck_near_hexes")
    closing = int(s.enemy_power[s.grid.distance(enemies.hex, cell) <= near].sum()) if len(enemies) else 0
    return closing, int(own.power[s.grid.distance(own.hex, cell) <= near].sum())


def withdrawals(
    s: Situation, bodies: list[Body], busy: set[int], at_sea: set[int], kept: set[int], necks: list[Pouch]
) -> list[Instruction]:  # fmt: skip
    """Directives to those farthest behind a neck that is about to be closed: back to the next line, or to the ships.

    ``at_sea`` are those who go by ship already: nobody waits for them on land.
    """
    told: list[Instruction] = []
    spoken = busy | at_sea
    for pouch in necks:
        groups = [group for group in _behind(s, pouch, bodies) if group.hq not in kept | at_sea]
        rim = s.control.rim[pouch.inside[s.control.rim] & (pouch.way[s.control.rim] < FAR)]
        if not groups or not len(rim):
            continue
        farthest = max(_way(s, pouch, group) for group in groups)
        tail = max(len(rim) * round(s.rules["high.tail_share"] * PPM) // PPM, 1)
        far = min(int(np.sort(pouch.way[rim])[-tail]), farthest)
        level = _level(s, pouch, far)
        if level >= far and not pouch.cut:
            level = int(pouch.way[pouch.neck]) // 2  # the last bound leads through the neck
        # Those on their way back on land still count as the farthest: nobody before them goes first.
        leaving = [g for g in groups if _way(s, pouch, g) > level and g.hq not in spoken]
        if level >= far or not leaving:
            continue
        spoken |= {g.hq for g in leaving}
        shipped = _by_sea(s, pouch, leaving)
        told += shipped.values()
        told += _back(s, pouch, [g for g in leaving if g.hq not in shipped], level)
    return told


def _behind(s: Situation, pouch: Pouch, bodies: list[Body]) -> list[Group]:
    """Formations behind the neck by the headquarters they obey."""
    own = s.view.own
    found: dict[int, list[int]] = {}
    for body in bodies:
        led = {int(hq) for hq in own.hq[body.members]}
        for at in body.members.tolist():
            hq = int(own.hq[at])
            if hq == body.hq and len(led) > 1:
                continue  # an army's own troops follow its corps
            if pouch.inside[own.hex[at]] and pouch.way[own.hex[at]] < FAR:
                found.setdefault(hq, []).append(at)
    return [Group(hq, np.array(who, np.int64)) for hq, who in sorted(found.items())]


def _way(s: Situation, pouch: Pouch, group: Group) -> int:
    """Steps home of the middle formation of a group."""
    return int(np.median(pouch.way[s.view.own.hex[group.members]]))


def _level(s: Situation, pouch: Pouch, far: int) -> int:
    """How far from home the next line lies: one bound back, there where it is short and has works."""
    works = s.view.hexes.works > 0
    rules, slack = s.rules, s.whole("high.bound_slack")
    # The greater the danger at the neck the longer the bounds.
    haste = min(max(_odds(pouch) / rules["high.neck_odds"], 1.0), rules["high.haste"])
    bound = round(rules["high.bound_hexes"] * haste)
    nearest = int(pouch.way[pouch.neck]) + s.whole("high.neck_beyond")
    choices = range(max(far - bound - slack, nearest), max(far - bound + slack + 1, nearest + 1))

    def cost(level: int) -> tuple[int, int]:
        line = pouch.inside & (pouch.way == level)
        return int(line.sum()) - int((line & works).sum()) // 2, -level

    return min(choices, key=cost)


def _by_sea(s: Situation, pouch: Pouch, groups: list[Group]) -> dict[int, Instruction]:
    """To the ships who has a long way to the neck and a port much nearer, the farthest first, as many as ships can take."""
    goal, lift, pace = sea.haven(s, pouch.inside), sea.men_day(s), s.rules["high.road_km_day"]
    ports = [c for c in sea.ports(s).tolist() if pouch.inside[c]]
    told: dict[int, Instruction] = {}
    if goal is None or not ports or not lift:
        return told
    waiting = _waiting(s)
    for group in sorted(groups, key=lambda g: (-_way(s, pouch, g), g.hq)):
        places, men = s.view.own.hex[group.members], int(s.view.own.men[group.members].sum())
        road = (_way(s, pouch, group) - int(pouch.way[pouch.neck])) * s.grid.spacing_km / pace
        # A small harbour on the way takes longer than a great one farther off.
        away = {c: float(np.median(s.grid.distance(places, c))) * s.grid.spacing_km / pace for c in ports}
        days = {c: away[c] + men / max(embarking.quays(s.statics, c), 1) for c in ports}
        best = min(ports, key=lambda c: (days[c], c))
        patience = s.rules["high.road_days"]
        if road < patience or away[best] > road * s.rules["high.port_share"] or (waiting + men) / lift > patience:
            continue
        waiting += men
        good = sorted((c for c in ports if days[c] <= days[best] + s.rules["high.port_days"]), key=lambda c: (days[c], c))
        told[group.hq] = _ship(s, group.hq, group.members, len(group.members), tuple(good[:POINTS]), goal)
    return told


def _waiting(s: Situation) -> int:
    """Men of those who have been told to go to the ships and are still there."""
    d, own = s.view.directives, s.view.own
    told = d.hq[(d.kind == int(DirectiveKind.EVACUATE)) & (d.state == int(DirectiveState.RUNNING))]
    return int(own.men[np.isin(own.hq, told) & (own.afloat == 0)].sum())


def _back(s: Situation, pouch: Pouch, leaving: list[Group], level: int) -> list[Instruction]:
    """The new line, cut among those who go back to it by what they have, in the order in which they stand."""
    through = pouch.way < pouch.way[pouch.neck]
    cells = np.flatnonzero((pouch.inside | through) & (pouch.way == level) & s.control.land)
    if not leaving or len(cells) < 2:
        return []
    line = in_order(s, cells)
    at = {g.hq: _middle(s, line, g) for g in leaving}
    leaving = sorted(leaving, key=lambda g: (at[g.hq], g.hq))
    power = np.array([int(s.view.own.power[g.members].sum()) + 1 for g in leaving], np.int64)
    ends = np.concatenate([[0], np.cumsum(power)]) * (len(line) - 1) // int(power.sum())
    told = []
    for k, group in enumerate(leaving):
        first, last = int(ends[k]), int(ends[k + 1])
        if last == first:
            first, last = max(first - 1, 0), min(first + 1, len(line) - 1)
        stretch = line[np.unique(np.linspace(first, last, POINTS - 2).round().astype(np.int64))]
        told.append(Instruction(
            hq=s.statics.headquarters_ids[group.hq], kind=DirectiveKind.WITHDRAW, line=tuple(stretch.tolist()),
            start_at=s.minute, end_at=s.minute + round(s.rules["high.withdraw_days"] * DAY),
            reason=Reason.NECK, detail=(pouch.weak, int(stretch[len(stretch) // 2]), pouch.closing, round(_odds(pouch) * PPM)),
        ))  # fmt: skip
    return told


def _middle(s: Situation, line: Ints, group: Group) -> int:
    """Where along a line most of a group stands, in hundredths of a place."""
    places = s.view.own.hex[group.members]
    nearest = s.grid.distance(places[:, None], line[None, :]).argmin(axis=1)
    return int(nearest.sum()) * 100 // len(nearest)


def _odds(pouch: Pouch) -> float:
    return pouch.closing / max(pouch.keeping, 1)


def in_order(s: Situation, cells: Ints) -> Ints:
    """Cells of a line from one of its ends to the other."""
    first = int(cells[0])
    one = int(cells[s.grid.distance(cells, first).argmax()])
    other = int(cells[s.grid.distance(cells, one).argmax()])
    along = s.grid.distance(cells, one).astype(np.int64) - s.grid.distance(cells, other)
    found: Ints = cells[np.lexsort((cells, along))]
    return found
