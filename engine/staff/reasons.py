"""Why a staff gave an order: a code and up to four numbers, and the sentence made from them on demand."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


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


# {hex} and {other} are the first two numbers as places, {n} and {x} the last two (x in millionths of log odds).
_SENTENCES = {
    Reason.NONE: "no order from the staff",
    Reason.HOLD: "takes its place in the line at {hex}",
    Reason.KEEP: "keeps its place at {hex}: the new one would be {n} hexes off",
    Reason.PLUG: "reserve goes into the line at {hex}: need {n} points",
    Reason.RESERVE: "in reserve behind {hex}",
    Reason.ASSEMBLY: "assembles at {hex} for the attack towards {other}",
    Reason.ASSAULT: "moves to its starting place at {hex} for the attack on {other}",
    Reason.ATTACK: "attacks {hex} with {n} formations, estimated x {x}",
    Reason.WAIT_FOR_STRENGTH: "waits to attack {hex}: {n} % of the power is in place, estimated x {x}",
    Reason.REST: "rests after an attack that failed at {hex}",
    Reason.FEED: "joins the fight for {hex}, estimated x {x}",
    Reason.FOLLOW: "follows the enemy into {hex}",
    Reason.COUNTER_BASE: "counter-attacks the base of the penetration at {hex}, estimated x {x}",
    Reason.COUNTER_SALIENT: "pinches the salient at {hex}, estimated x {x}",
    Reason.MOBILE_WAIT: "waits at {hex} behind the spearhead for a breach ({n} of {x} hexes taken)",
    Reason.COMMIT: "committed into the breach towards {hex}: {n} hexes taken",
    Reason.EXPLOIT: "exploits towards {hex}",
    Reason.LEASH: "halts: {n} km from the nearest foot formation",
    Reason.CUT_OFF: "cut off: all-round defence",
    Reason.WITHDRAW_FIRST: "withdraws to {hex} in the first bound",
    Reason.WITHDRAW_SECOND: "covers the withdrawal, then goes to {hex}",
    Reason.ON_THE_NEW_LINE: "stands on the new line at {hex}",
    Reason.BREAK_OUT: "breaks out towards {hex}",
    Reason.REDUCE: "reduces the pocket at {hex}, estimated x {x}",
    Reason.LENT: "lent to another headquarters: its need was {n} points",
    Reason.CULMINATED: "goes over to defence: {n} % of its men are left",
    Reason.LOCKED_BY_HUMAN: "carries out an order given by hand",
    Reason.NEAREST: "attacks the nearest enemy at {hex}",
}


def sentence(reason: int, detail: Sequence[int], place: Sequence[str]) -> str:
    """The sentence of a reason; ``place`` gives the first two numbers as text."""
    x = detail[3] / 1_000_000
    text = _SENTENCES[Reason(reason)]
    if Reason(reason) is Reason.MOBILE_WAIT:
        return text.format(hex=place[0], n=detail[2], x=detail[3])
    return text.format(hex=place[0], other=place[1], n=detail[2], x=f"{x:+.1f}")
