"""Properties of supply: tons are conserved, more capacity never hurts, a cut line isolates, classes keep their order."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.core.dice import Dice, Stream
from engine.rules.trunk import Fill, Ways, fill
from tests.rules.marches import DAY, at, field, of_kind, row, rows_of

SAMPLES = 2_000
"""Networks drawn, each with up to twelve loads in three classes: 20,000 loads and more."""
CLASSES = 3
Draw = tuple[tuple[Ways, ...], np.ndarray, np.ndarray, np.ndarray, int]


class Luck:
    """Whole numbers by key: the n-th network is the same in every run."""

    def __init__(self, number: int) -> None:
        self.words = Dice(11).words(Stream.SAMPLE, np.arange(64, dtype=np.uint32), number, 0).reshape(-1)
        self.at = 0

    def below(self, top: int, count: int = 1) -> np.ndarray:
        found = self.words[self.at : self.at + count] % np.uint64(top)
        self.at += count
        return found.astype(np.int64)


def network(number: int) -> Draw:
    """Passes, capacities, railhead and wish of each load, number of sources."""
    luck = Luck(number)
    sources, heads = int(luck.below(3)[0]) + 1, int(luck.below(4)[0]) + 1
    links, loads = int(luck.below(6)[0]) + 1, int(luck.below(10)[0]) + 3
    capacity = luck.below(3000, sources + links)
    railhead = luck.below(heads, loads)
    wanted = luck.below(900, CLASSES * loads).reshape(CLASSES, loads)
    passes = []
    for rank in range(sources):
        source = (np.arange(heads) + rank) % sources
        parts, begins, owner, length = [], [], [], 0
        for head in range(heads):
            used = np.unique(luck.below(links, 2)) + sources
            part = np.concatenate([source[[head]], used])
            parts.append(part)
            begins.append(length)
            owner.append(np.full(len(part), head))
            length += len(part)
        passes.append(
            Ways(source, np.concatenate(parts), np.array(begins), np.concatenate(owner), np.arange(heads))
        )
    return tuple(passes), capacity, railhead, wanted, sources


def filled(draw: Draw, more: np.ndarray | None = None) -> Fill:
    passes, capacity, railhead, wanted, sources = draw
    return fill(passes, capacity if more is None else capacity + more, railhead, wanted, sources)


def faults(draw: Draw, done: Fill) -> list[str]:
    """What is wrong with a fill: tons made or lost, too much for a wish, a source or a link."""
    passes, capacity, _, wanted, sources = draw
    found = []
    if int(done.brought.sum()) != int(done.shipped.sum()):
        found.append("tons that left are not tons that arrived")
    if (done.brought < 0).any() or (done.brought > wanted).any():
        found.append("more than was wanted")
    if (done.shipped > capacity[:sources]).any():
        found.append("more than a source can pass on")
    if len(passes) == 1:
        through = np.zeros(len(capacity), np.int64)
        a_head = np.bincount(draw[2], weights=done.brought.sum(axis=0), minlength=len(passes[0].source)).astype(np.int64)
        np.add.at(through, passes[0].elements, a_head[passes[0].owner])
        if (through > capacity).any():
            found.append("more than a link carries")
    return found


def test_tons_are_conserved_and_no_source_or_link_gives_more_than_it_can() -> None:
    for number in range(SAMPLES):
        draw = network(number)
        assert faults(draw, filled(draw)) == [], number


@pytest.mark.parametrize("fault", ["tons that left are not tons that arrived", "more than was wanted",
                                   "more than a source can pass on", "more than a link carries"])  # fmt: skip
def test_alarm_each_of_these_faults_is_noticed(fault: str) -> None:
    draw = next(d for d in map(network, range(100)) if len(d[0]) == 1 and filled(d).brought.sum() > 0)
    done, wanted = filled(draw), draw[3]
    if fault == "tons that left are not tons that arrived":
        broken = Fill(done.brought, done.shipped + 1, done.asked)
    elif fault == "more than was wanted":
        broken = Fill(wanted + 1, done.shipped, done.asked)
    elif fault == "more than a source can pass on":
        broken = Fill(done.brought, draw[1][: draw[4]] + 1, done.asked)
    else:
        broken = Fill(done.brought + 10_000, done.shipped, done.asked)
    assert fault in faults(draw, broken)


def test_more_capacity_anywhere_lowers_what_nobody_gets() -> None:
    for number in range(SAMPLES):
        draw = network(number)
        luck = Luck(number + SAMPLES)
        more = np.zeros_like(draw[1])
        more[luck.below(len(more))[0]] = int(luck.below(2000)[0])
        before, after = filled(draw).brought, filled(draw, more).brought
        # Whole kilograms: a pass may round one away.
        assert (after >= before - len(draw[0])).all(), number
        assert after.sum() >= before.sum() - before.size * len(draw[0])


def test_without_capacity_nothing_comes_and_with_enough_everything() -> None:
    for number in range(200):
        passes, capacity, railhead, wanted, sources = network(number)
        assert fill(passes, capacity * 0, railhead, wanted, sources).brought.sum() == 0
        assert (fill(passes, capacity * 0 + 10**7, railhead, wanted, sources).brought == wanted).all()


def test_a_later_class_gets_nothing_from_a_source_that_an_earlier_one_has_emptied() -> None:
    one = np.array([0])
    way = Ways(one, one, one, one, one)
    done = fill((way,), np.array([100]), np.array([0, 0]), np.array([[80, 40], [10, 10]]), 1)
    assert done.brought.tolist() == [[66, 33], [0, 0]]


TWO = """
::::::::
::::::::
..A..B..
........
"""


def test_on_the_map_what_the_sources_passed_on_is_what_the_troops_got() -> None:
    hungry = {"ammo_days": 0, "food_days": 0}
    s = field(TWO, {"A": hungry, "B": hungry}, sets={"switch.replacements": 0}, supply=False,
              sources=[{"side": "axis", "kind": "edge", "at": (3, 3), "capacity_t": 90}])  # fmt: skip
    s.advance(3 * DAY + 1)
    got = sum(r["ammo_kg"] + r["fuel_kg"] + r["food_kg"] - r["air_kg"] for r in rows_of(s, "Supplied"))
    sent = sum(int(e["kg"].sum()) for e in of_kind(s, "Shipped"))
    assert got == sent > 0
    assert int(s.world.depots.used_kg.sum()) == sent
    assert sent <= 4 * 90_000, "four deliveries at most"


def test_cutting_the_ground_between_isolates_and_nothing_else_does() -> None:
    text = "........\n:::.::::\n........\n..A....."
    whole = field(text, supply=False, sources=[{"side": "axis", "kind": "edge", "at": (0, 3), "capacity_t": 300}])
    cut = field(text.replace(":::.::::", "::::::::"), supply=False,
                sources=[{"side": "axis", "kind": "edge", "at": (0, 3), "capacity_t": 300}])  # fmt: skip
    for s, isolated in ((whole, False), (cut, True)):
        s.advance(DAY)
        assert (int(s.world.formations.cut_off_since[row(s, "a1")]) < NEVER) is isolated
        assert int(s.world.hexes.owner[at(s, 0, 3)]) == 0
