"""The mobile group: waits behind the spearhead, is committed into a real breach, exploits on a leash."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import HOUR
from engine.core.columns import Array
from engine.core.nearest import steps_to_nearest
from engine.core.paths import Pathfinder
from engine.model.codes import Echelon, Ground, Mobility, OrderKind
from engine.rules.steps import MEAN, bridged_steps, cheapest, dearest
from engine.staff.attack import Aim, Appraisal, captured
from engine.staff.control import Ints, ways_of
from engine.staff.intentions import Intentions
from engine.staff.lines import KEPT, Points, line_distance
from engine.staff.numbers import TO_EXPLOIT
from engine.staff.reasons import Reason
from engine.staff.situation import Situation
from engine.staff.threat import ln

_HORSE: Final = int(Mobility.HORSE)
_TRACK: Final = int(Mobility.TRACK)
_DRY: Final = int(Ground.DRY)
SUPPORT = 2
"""Hexes from a target, at most, of those of the assault group who would attack it together with the mobile group."""
_NOBODY: Final = np.zeros(0, np.int64)
ASIDE = 2
"""Hexes, at most, by which the way to the goal of a column may be longer than the straight one for it to be kept."""
FARTHEST = 60_000
"""Minutes of a way beyond which an exploiting column does not look."""


def lead(
    s: Situation, wishes: Intentions, aim: Aim, a: Appraisal, group: Ints, assault: Ints, start_at: int, *, pursuit: bool
) -> None:  # fmt: skip
    """One cycle of a mobile group; ``assault`` breaks in before it, or is in ``pursuit`` of an enemy who has gone."""
    staff = s.notes.staff
    if int(staff["committed_at"][aim.hq]) < start_at:
        taken = captured(s, aim, start_at)
        if (pursuit or taken >= round(s.rules["staff.commit_hexes"])) and _hole_ahead(s, aim, a, group, assault):
            staff["committed_at"][aim.hq] = s.minute
        else:
            _wait(s, wishes, group, int(staff["target_a"][aim.hq]), taken)
            return
    exploit(s, wishes, aim, group)


def breaks_out(s: Situation, aim: Aim, a: Appraisal, assault: Ints, start_at: int) -> bool:
    """Whether an attack that names no mobile group has broken in so that what drives of its group may run on."""
    if int(s.notes.staff["committed_at"][aim.hq]) >= start_at:
        return True
    drivers = [at for at in assault.tolist() if s.mechanised_of[at]]
    if not drivers or captured(s, aim, start_at) < s.whole("staff.commit_hexes"):
        return False
    return _hole_ahead(s, aim, a, np.array(drivers, np.int64), _NOBODY)


def _hole_ahead(s: Situation, aim: Aim, a: Appraisal, group: Ints, assault: Ints) -> bool:
    """A hex nearer to the objective than the group that nobody screens, or that is weakly screened or held.

    A single brigade is no match for a screen; with the divisions beside it, it is.
    """
    if not len(a):
        return False
    travel, rules, who = s.travel(aim.objective).item, s.rules, group.tolist()
    nearest = min([travel(s.hex_of[at]) for at in who])
    power, beside = sum([s.power_of[at] for at in who]), assault.tolist()
    for cell in a.cells.tolist():
        if travel(cell) >= nearest:
            continue
        least = rules["staff.commit_occupied_x"] if s.held[cell] else rules["staff.commit_screen_x"]
        with_it = sum([s.power_of[at] for at in beside if s.apart(s.hex_of[at], cell) <= SUPPORT])
        if s.defence[cell] == 0 or s.odds(power + with_it, cell) > least:
            return True
    return False


def _wait(s: Situation, wishes: Intentions, group: Ints, spearhead: int, taken: int) -> None:
    """Stay two hexes behind the spearhead; move only if the place is off by more than three."""
    rules = s.rules
    behind, slack = round(rules["staff.mobile_hexes"]), round(rules["staff.mobile_move_hexes"])
    wanted = round(rules["staff.commit_hexes"])
    crowd: dict[int, int] = {}
    for at in group.tolist():
        here = s.hex_of[at]
        places = _behind(s, spearhead, behind, s.part_of[at]) if spearhead >= 0 else []
        best = min(places, key=lambda c: (crowd.get(c, 0) >= 2, s.apart(here, c), c), default=here)
        if s.apart(here, best) <= slack and (spearhead < 0 or s.apart(here, spearhead) > 1):
            best = here
        crowd[best] = crowd.get(best, 0) + 1
        wishes.place(at, best, Reason.MOBILE_WAIT, best, spearhead, taken, wanted)


def _behind(s: Situation, spearhead: int, steps: int, part: int) -> list[int]:
    """Own hexes ``steps`` behind the front hexes beside the spearhead."""
    kept, key = s.control.kept, ("behind", spearhead, steps, part)
    if key not in kept:
        ring = s.grid.ring_table(steps + 1)[spearhead]
        ring = ring[(ring >= 0)]
        far = s.grid.distance(ring, spearhead) > steps
        kept[key] = ring[far & (s.owner[ring] == s.side) & (s.control.part[ring] == part)].tolist()
    found: list[int] = kept[key]
    return found


def exploit(s: Situation, wishes: Intentions, aim: Aim, group: Ints) -> None:
    """Descend to the objective round resistance; attack together if that is easy; halt on the leash or cut off."""
    own, rules = s.view.own, s.rules
    committed = int(s.notes.staff["committed_at"][aim.hq]) == s.minute
    way, power = _ways(s, aim), sum([s.power_of[at] for at in group.tolist()])
    for at, gap in zip(group.tolist(), _km_to_the_foot(s, group), strict=True):
        here = s.hex_of[at]
        if _spent_in_a_pocket(s, at):
            wishes.stay(at, Reason.CUT_OFF, here, -1, int(own.men[at]) * 100 // max(int(own.men_full[at]), 1))
            continue
        if gap > rules["staff.leash_km"] and _could_be_cut_off(s, at, here):
            wishes.stay(at, Reason.LEASH, here, aim.objective, round(gap))
            continue
        if here == aim.objective:
            wishes.stay(at, Reason.EXPLOIT, here, here)
            continue
        path = _way_on(s, way, at, here, aim.objective, power)
        free = _free_stretch(s, path, power)
        if free:
            goal = _keep_goal(s, at, here, free)
            wishes.want(at, OrderKind.EXPLOIT, goal, Reason.COMMIT if committed else Reason.EXPLOIT, goal, aim.objective)
            continue
        _push(s, wishes, at, here, path, group, aim.objective)


def _way_on(s: Situation, way: _Ways, at: int, here: int, objective: int, power: int) -> list[int]:
    """The way of a column to the objective: over the goal that it has while that lies ahead and nobody bars the way to it.

    A column that turned round for every new report would spend its days on the road between two gaps.
    """
    tasks, goals, _ = s.intent
    goal = goals[at]
    if tasks[at] == TO_EXPLOIT and goal not in (here, objective, -1):
        travel = s.travel(objective)
        if travel[goal] < travel[here]:
            first = way.to(here, goal)
            straight = len(first) <= s.apart(here, goal) + ASIDE
            if straight and len(_free_stretch(s, first, power)) == len(first):
                return first + way.to(goal, objective)
    return way.to(here, objective)


def _push(
    s: Situation, wishes: Intentions, at: int, here: int, path: list[int], group: Ints, objective: int
) -> None:
    """The way is barred: attack what bars it with the peers at hand, or wait if it is too strong."""
    if not path or s.owner[path[0]] == s.side:
        wishes.stay(at, Reason.BLOCKED, here, objective)
        return
    target = path[0]
    peers = [p for p in group.tolist() if s.apart(s.hex_of[p], target) <= 1]
    x = s.odds(sum([s.power_of[p] for p in peers]), target)
    if x > s.rules["staff.exploit_attack_x"] or (target in s.attacked and x > s.rules["staff.feed_x"]):
        wishes.want(at, OrderKind.ATTACK, target, Reason.ATTACK, target, -1, round(x * PPM))
    else:
        wishes.stay(at, Reason.GO_ROUND, target, objective, round(x * PPM))


def _free_stretch(s: Situation, path: list[int], power: int) -> list[int]:
    """The part of the way up to the first enemy hex that somebody holds, or screens too strongly to be pushed aside.

    The first hex must be free: what bars the way there is attacked by order, with all who are at hand. Beyond it a
    screen that would be attacked is no reason to stop before it: as often as not it has gone when the column comes.
    Nor is a weak garrison: it is where the stretch ends, and the column takes it on.
    """
    least, free = s.rules["staff.exploit_attack_x"], list[int]()
    weak = s.rules["staff.commit_occupied_x"]
    for cell in path[: s.whole("staff.exploit_stretch_hexes")]:
        held = bool(s.held[cell])
        met = s.owner_of[cell] != s.side and (held or s.defence[cell] > 0)
        if met and (not free or s.odds(power, cell) <= (weak if held else least)):
            break
        free.append(cell)
        if met and held:
            break
    return free


def _could_be_cut_off(s: Situation, at: int, here: int) -> bool:
    """Whether an enemy is known near who is not weak beside the column."""
    threat = int(s.threat[here])
    return threat > 0 and ln(max(s.power_of[at], 1)) - ln(threat) <= s.rules["staff.commit_occupied_x"]


def _keep_goal(s: Situation, at: int, here: int, free: list[int]) -> int:
    """The goal it has, if that lies on the way and is not nearly reached; else the end of the free stretch.

    An order that is still on its way is not overtaken by one that only leads farther: that would come later still.
    """
    tasks, goals, coming = s.intent
    under_way = tasks[at] == TO_EXPLOIT and coming[at]
    if goals[at] in free and (under_way or s.apart(here, goals[at]) > s.rules["staff.exploit_renew_hexes"]):
        return goals[at]
    return free[-1]


def _spent_in_a_pocket(s: Situation, at: int) -> bool:
    """Cut off for days and too weak to go on: all-round defence."""
    own = s.view.own
    return bool(s.long_cut_off[at] and own.men[at] < s.rules["staff.cut_off_men"] * own.men_full[at])


def _km_to_the_foot(s: Situation, group: Ints) -> list[float]:
    """How far each of a group is from the nearest foot formation; 0 if there is none."""
    own = s.view.own
    if "feet" not in s.kept:
        s.kept["feet"] = own.hex[own.mobility <= _HORSE].astype(np.int64)
    feet: Ints = s.kept["feet"]
    if not len(feet):
        return [0] * len(group)
    steps: list[float] = (steps_to_nearest(s.grid, own.hex[group].astype(np.int64), feet) * s.grid.spacing_km).tolist()
    return steps


def _ways(s: Situation, aim: Aim) -> _Ways:
    """The ways over the map as it is known now, for those of one headquarters. A corps keeps within its corridor; the
    mobile group of an army or front seeks its breach in all of the sector.
    """
    key = ("ways", aim.hq)
    if key not in s.kept:
        s.kept[key] = _Ways(s, aim)
    found: _Ways = s.kept[key]
    return found


class _Ways:
    """Ways of exploiting columns: round what is held, through what is not, and not far through the neighbours' sectors."""

    def __init__(self, s: Situation, aim: Aim) -> None:
        self.costs = bridged_steps(s.statics, _TRACK, _DRY, MEAN)
        self.toll, dearer = _tolls(s)
        if s.echelon_of[aim.hq] <= Echelon.CORPS:
            away = HOUR * round(s.rules["staff.exploit_astray_h"])
            self.toll, dearer = self.toll + _astray(s, aim.axis or (aim.objective,), aim.corridor_m, away), dearer + away
        self.top = dearest(s.statics, _TRACK, _DRY, MEAN) + dearer
        self.least = cheapest(s.statics, _TRACK, _DRY, MEAN)
        self.finder = _finder(s)
        self._found: dict[tuple[int, int], list[int]] = {}
        """Ways that another column has asked for: some start from one hex or make for one."""

    def to(self, here: int, objective: int) -> list[int]:
        """Hexes from ``here`` to the objective, empty if there is no way."""
        found = self._found.get((here, objective))
        if found is None:
            path = self.finder.path(
                self.costs, here, objective, top=self.top, least=self.least, toll=self.toll, limit=FARTHEST
            )
            found = self._found[here, objective] = [] if path is None else path.tolist()
        return found


def _astray(s: Situation, axis: Points, corridor_m: int, away: int) -> Array:
    """Minutes that each hex outside a corridor costs more, made once for a run. Shape (hexes,)."""
    held: dict[tuple[Points, int], Array] = s.statics.memo.setdefault("staff.astray", {})
    found = held.get((axis, corridor_m))
    if found is None:
        if len(held) >= KEPT:
            held.clear()
        found = held[axis, corridor_m] = (line_distance(s.statics, axis) > corridor_m) * np.int32(away)
    return found


def _tolls(s: Situation) -> tuple[Array, int]:
    """Minutes that each hex costs an exploiting column besides the way, and the most that can be: the same for all."""
    if "exploit tolls" not in s.kept:
        hostile, zone, held = (HOUR * round(s.rules[f"staff.exploit_{x}_h"]) for x in ("hostile", "zoc", "occupied"))
        toll = (s.owner != s.side) * np.int32(hostile)
        # A remnant of some hundred men turns no brigade.
        toll[s.enemy_zone.nonzero()] += zone
        toll[s.held.nonzero()] += held
        s.kept["exploit tolls"] = toll, hostile + zone + held
    found: tuple[Array, int] = s.kept["exploit tolls"]
    return found


def _finder(s: Situation) -> Pathfinder:
    memo = s.statics.memo
    if "staff.finder" not in memo:
        memo["staff.finder"] = Pathfinder(ways_of(s.statics), s.grid.axial_table)
    found: Pathfinder = memo["staff.finder"]
    return found
