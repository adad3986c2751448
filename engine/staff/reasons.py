"""Why a staff gave an order: a code and up to four numbers, and the sentence made from them on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from engine.model.codes import plain
from engine.model.view import SideView
from engine.model.world import Statics, World

PPM = 1_000_000


@plain
class Reason(IntEnum):
    """Codes kept in orders and notes. Append only."""

    NONE = 0
    HOLD = 1
    KEEP = 2
    PLUG = 3
    RESERVE = 4
    ASSEMBLY = 5
    ASSAULT = 6
    ATTACK = 7
    WAIT_FOR_STRENGTH = 8
    REST = 9
    FEED = 10
    FOLLOW = 11
    COUNTER_BASE = 12
    COUNTER_SALIENT = 13
    MOBILE_WAIT = 14
    COMMIT = 15
    EXPLOIT = 16
    LEASH = 17
    CUT_OFF = 18
    WITHDRAW_FIRST = 19
    WITHDRAW_SECOND = 20
    ON_THE_NEW_LINE = 21
    BREAK_OUT = 22
    REDUCE = 23
    LENT = 24
    CULMINATED = 25
    LOCKED_BY_HUMAN = 26
    NEAREST = 27
    STEP_BACK = 28
    GO_ROUND = 29
    BLOCKED = 30
    NO_TARGET = 31
    REAR_LINE = 32
    FALL_BACK = 33
    NO_FRONT = 34
    PURSUE = 35
    CALLED_OFF = 36
    BEHIND_THE_ATTACK = 37
    RESERVE_AT = 38
    FOLLOW_UP = 39
    TO_SUCCESS = 40
    SEES_IT_THROUGH = 41
    SHOULDER = 42
    FORTRESS = 43
    TO_THE_FORTRESS = 44
    TO_THE_STATION = 45
    ENTRAIN = 46
    SUPPLY_PAUSE = 47
    FLANK_GUARD = 48
    BENT_BACK = 49
    # At sea.
    TO_THE_SHIPS = 50
    EMBARK = 51
    REAR_GUARD = 52
    TO_THE_CRAFT = 53
    LAND = 54
    BEACHHEAD = 55
    NO_BEACH = 56
    # Of the high command, for directives.
    MAIN_EFFORT = 60
    SECOND_ECHELON = 61
    DEFENSIVE = 62
    GIVE_GROUND = 63
    IN_HAND = 64
    TAKES_OVER = 65
    BY_SEA = 66
    NECK = 67
    LANDING = 68
    REGROUPED = 69
    PAUSE = 70
    REOPEN = 71
    KEEPS_OPEN = 72
    DECLARED = 73
    SHIFTED = 74
    CONCENTRATED = 75
    HANDED_OVER = 76
    GARRISON = 77
    GARRISON_LIFTED = 78
    NECK_RESERVE = 79
    PLANS_TRANSFER = 80
    NEEDED_AT_A_PLACE = 81
    NEEDED_IN_THE_FIGHT = 82
    NEEDED_ON_THE_FRONT = 83
    LET_GO = 84
    # Of a holder.
    BEFORE_ITS_TIME = 85


@plain
class EndReason(IntEnum):
    """Why a headquarters is through with a directive. Append only."""

    NONE = 0
    DATE = 1
    DONE = 2
    CULMINATED = 3
    TAKEN_AND_HELD = 4
    LINKED_UP = 5
    WAS_OWN = 6
    ON_THE_LINE = 7
    AWAY = 10
    ASHORE = 11


END_SENTENCES = {
    EndReason.NONE: "goes on",
    EndReason.DATE: "its time is over",
    EndReason.DONE: "done: the whole axis is in our hands",
    EndReason.CULMINATED: "culminated: the assault group has too few men left",
    EndReason.TAKEN_AND_HELD: "done: the objective has been taken and held for a day",
    EndReason.LINKED_UP: "done: the two sides of the axis have met",
    EndReason.WAS_OWN: "nothing to do: the axis was in our hands from the start",
    EndReason.ON_THE_LINE: "done: the new line is manned",
    EndReason.AWAY: "done: everybody has been shipped",
    EndReason.ASHORE: "done: the landing force is ashore",
}

# {0} and {1} are the first two numbers as places, {2} and {3} the numbers as they are, {x} and {y} the third and
# fourth as x (millionths of a log), {lost} the fourth as a score in thousandths.
_SENTENCES = {
    Reason.NONE: "no order from the staff",
    Reason.HOLD: "holds its place in the line at {0}",
    Reason.KEEP: "keeps its place in the line at {0}: a new plan would put it {2} hexes off, which gains too little",
    Reason.PLUG: "reserve goes into the line at {0}: need {2} points after fighting there",
    Reason.RESERVE: "in reserve behind {0}",
    Reason.ASSEMBLY: "assembles at {0} for the attack towards {1}",
    Reason.ASSAULT: "moves to its starting place at {0} for the attack on {1}",
    Reason.ATTACK: "attacks {0}, estimated x {x}{rival}",
    Reason.WAIT_FOR_STRENGTH: "waits to attack {0}: {2} % of the power is in place, estimated x {y}",
    Reason.REST: "rests after an attack that failed at {0}",
    Reason.FEED: "joins the fight for {0}, estimated x {x}",
    Reason.FOLLOW: "follows the enemy, who has gone, into {0}",
    Reason.COUNTER_BASE: "counter-attacks the base of the penetration at {0}, estimated x {x}",
    Reason.COUNTER_SALIENT: "pinches the salient at {0}, estimated x {x}",
    Reason.MOBILE_WAIT: "waits at {0} behind the spearhead at {1} for a breach: {2} of {3} hexes taken",
    Reason.COMMIT: "committed into the breach towards {0}: {2} hexes taken",
    Reason.EXPLOIT: "exploits through {0} towards {1}",
    Reason.LEASH: "halts: {2} km from the nearest foot formation",
    Reason.CUT_OFF: "cut off with {2} % of its men: all-round defence",
    Reason.WITHDRAW_FIRST: "withdraws to {0} in the first bound",
    Reason.WITHDRAW_SECOND: "covers the first bound, then goes back to {0}",
    Reason.ON_THE_NEW_LINE: "stands on the new line at {0}",
    Reason.BREAK_OUT: "breaks out towards {1}: next hex {0}, estimated x {x}",
    Reason.REDUCE: "reduces the pocket at {0}, estimated x {x}",
    Reason.LENT: "lent to another headquarters, whose need was {2} points",
    Reason.CULMINATED: "goes over to defence: {2} % of its group's men are left",
    Reason.LOCKED_BY_HUMAN: "carries out an order given by hand: the staff plans round it",
    Reason.NEAREST: "attacks the nearest enemy at {0}, estimated x {x}",
    Reason.STEP_BACK: "steps back to {0}: {2} of 6 sides hostile",
    Reason.GO_ROUND: "waits before {0}: too strong (x {x}), and no way round",
    Reason.BLOCKED: "no target of the attack towards {1} can be reached from here",
    Reason.NO_TARGET: "the attack towards {1} finds no target it could reach",
    Reason.REAR_LINE: "stands on the line behind the front at {0}",
    Reason.PURSUE: "pursues into {0} towards {1}: the enemy has gone",
    Reason.CALLED_OFF: "breaks off the attack it was told to make: that directive is over",
    Reason.NO_FRONT: "stays at {0}: no part of the front is its headquarters' to hold",
    Reason.MAIN_EFFORT: "is to attack from {1} towards {0}: worth {2} points, estimated x {y} at the point of the blow",
    Reason.SECOND_ECHELON: "is to follow the main effort from {1} towards {0}, estimated x {y}",
    Reason.DEFENSIVE: "is to hold: it has {2} % of the power that is reckoned with before it",
    Reason.GIVE_GROUND: "is to give ground: it has only {2} % of the power that is reckoned with before it",
    Reason.IN_HAND: "is kept in hand: it has no part of the front, and no attack is near",
    Reason.TAKES_OVER: "the high command leads from here on: what was planned before is over",
    Reason.BY_SEA: "is to leave by sea from {0} for {1}: cut off, or too far from the way out, with {2} points of power",
    Reason.NECK: "is to go back to the line at {1}: {2} points of the enemy at the neck at {0}, {y_times} times our own",
    Reason.LANDING: "is to land at {0} from {1}: worth {2} points, estimated x {y}",
    Reason.REGROUPED: "is put under another army, which has {2} % of what it needs at {1}",
    Reason.KEEPS_OPEN: "is to hold the line at {1}: the way home at {0} must stay open, {2} points of the enemy near it, "
    "{y_times} times our own",
    Reason.DECLARED: "is to hold {0} as a fortress: cut off, but a port that can hold, with {2} points of the enemy near it",
    Reason.SHIFTED: "has no part of the front here: is to march {2} km to {1}, behind the attack towards {0}",
    Reason.TO_THE_FORTRESS: "named for the garrison of the fortress at {0}: marches there",
    Reason.TO_THE_STATION: "goes to the railway at {0}, for the trains to {1}",
    Reason.ENTRAIN: "boards its trains at {1} for {0}",
    Reason.GARRISON: "is to send a garrison to {0}: near the front and held by too few, {2} points of the enemy could come",
    Reason.GARRISON_LIFTED: "{0} is no fortress any more: the front has moved away, or has come up to a town without a port",
    Reason.NECK_RESERVE: "has no part of the front: is to march {2} km to {1}, as a reserve for the way home at {0}",
    Reason.PLANS_TRANSFER: "stays: the move to another sector was planned for a course of things that nobody leads by any more",
    Reason.NEEDED_AT_A_PLACE: "is called away, but stays: it keeps a way home, a port or a fortress at {0}",
    Reason.NEEDED_IN_THE_FIGHT: "is called away, but stays: it fights or attacks at {0}",
    Reason.NEEDED_ON_THE_FRONT: "is called away, but stays: its army would be left with {2} % of the power before it",
    Reason.LET_GO: "may go where it is called: its army is left with {2} % of the power before it",
    Reason.CONCENTRATED: "is to hand its front over to its neighbours and march {2} km to {1}, for the attack towards {0}: "
    "{3} points more than where it is",
    Reason.HANDED_OVER: "stays in the line at {1} under the neighbour who takes over: its army is needed elsewhere",
    Reason.REOPEN: "is to break out from {1} to {0}: cut off, estimated x {y} at the point of the blow",
    Reason.PAUSE: "is to pause: {2} % of the strength, rest and supply that an attack asks for",
    Reason.BEHIND_THE_ATTACK: "second echelon: follows its attack at {1}, waits at {0} to be put in",
    Reason.RESERVE_AT: "in reserve at {0}, as told: for {1}",
    Reason.FOLLOW_UP: "follows its army's front to {0}",
    Reason.SEES_IT_THROUGH: "sees the fight for {0} through, which goes well enough",
    Reason.SUPPLY_PAUSE: "pauses for supply at {0}: its group has ammunition for {ammo} days of defence, {fuel} fills of fuel",
    Reason.FLANK_GUARD: "guards the open flank at {0}: beyond {1} the front leads back {2} km",
    Reason.BENT_BACK: "bends the end of the line back to {0}: beyond {1} the front leads back {2} km",
    Reason.SHOULDER: "takes {0} on the shoulder of the attack on {1}, estimated x {x}",
    Reason.FORTRESS: "of the garrison of the fortress at {0}: stands fast until it is lifted",
    Reason.TO_SUCCESS: "put under the attack on {1}, which has broken in: {2} hexes taken",
    Reason.FALL_BACK: "falls back to {0}, as permitted: in need, and no reserve left",
    Reason.BEFORE_ITS_TIME: "goes back to {0} before its time: known enemies are as near to that line",
    Reason.TO_THE_SHIPS: "goes to the ships at {0}",
    Reason.EMBARK: "embarks at {0}",
    Reason.REAR_GUARD: "rear guard: {2} of those before it have still to go aboard at {0}",
    Reason.TO_THE_CRAFT: "goes to the craft at {0} for the landing at {1}",
    Reason.LAND: "lands at {1} from {0}",
    Reason.BEACHHEAD: "holds the beachhead at {0} until the others are ashore",
    Reason.NO_BEACH: "waits at {0}: no beach near {1} is known to be free",
}


def sentence(reason: int, detail: Sequence[int], place: Callable[[int], str]) -> str:
    """The sentence of a reason; ``place`` names a hex."""
    a, b, c, d = (int(v) for v in detail)
    rival = f"; next best {place(b)}, {d / 1000:.1f} worse" if Reason(reason) is Reason.ATTACK and b >= 0 and d else ""
    there = "the ports beyond" if Reason(reason) is Reason.BY_SEA and b < 0 else place(b)
    return _SENTENCES[Reason(reason)].format(
        place(a), there, c, d, x=f"{c / PPM:+.1f}", y=f"{d / PPM:+.1f}", y_times=f"{d / PPM:.1f}", rival=rival,
        ammo=f"{c / 100:.1f}", fuel=f"{d / 100:.1f}",
    )


def reason_sentence(source: World | SideView, formation: str) -> str:
    """Why a formation does what it does, by its id: from the staff's notes, or from its latest order in a view."""
    statics = source.statics
    row = statics.formation_rows[formation]
    if isinstance(source, World):
        notes = source.formation_notes
        return sentence(int(notes.reason[row]), notes.detail[row], lambda cell: place_name(statics, cell))
    mine = (source.orders.formation == row).nonzero()[0]
    if not len(mine):
        return _SENTENCES[Reason.NONE]
    latest = mine[source.orders.row[mine].argmax()]
    if source.orders.by_human[latest]:
        return _SENTENCES[Reason.LOCKED_BY_HUMAN]
    reason, detail = int(source.orders.reason[latest]), source.orders.detail[latest]
    return sentence(reason, detail, lambda cell: place_name(statics, cell))


NEAR_HEXES = 2


def place_name(statics: Statics, cell: int) -> str:
    """A hex as people say it: a town, or the way from one near by, or its number."""
    if not 0 <= cell < statics.grid.size:
        return "nowhere"
    towns = statics.theatre.place_at
    if cell in towns:
        return towns[cell].name
    best = None
    for other in statics.grid.ring_table(NEAR_HEXES)[cell][1:].tolist():
        if other in towns and (best is None or towns[other].size > towns[best].size):
            best = other
    if best is None:
        return statics.grid.text(cell)
    (x, y), (a, b) = statics.grid.centre_m(cell), statics.grid.centre_m(best)
    # The six directions of the grid, and the two between them that people use.
    dx, dy = x - a, y - b
    if 5 * abs(dx) < 3 * abs(dy):
        way = "N" if dy > 0 else "S"
    elif 5 * abs(dy) < 2 * abs(dx):
        way = "E" if dx > 0 else "W"
    else:
        way = ("N" if dy > 0 else "S") + ("E" if dx > 0 else "W")
    return f"{way} of {towns[best].name}"
