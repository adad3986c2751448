"""Two batches side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.lab.compare import NotComparable, compare
from engine.lab.store import Row
from tests.lab.made_up import rows, scenario


def fewer_losses(row: Row, by: int) -> Row:
    values = {**row.outcome["values"], "axis.men_lost": row.outcome["values"]["axis.men_lost"] - by}
    return replace(row, key="b" + row.key, outcome={**row.outcome, "values": values})


def test_a_small_change_under_the_same_luck_is_clear_in_pairs_and_lost_without() -> None:
    made = scenario()
    a = rows(20, made)
    b = [fewer_losses(row, 100 + row.number) for row in a]
    paired = {line.name: line for line in compare(made, a, b).lines}
    apart = {line.name: line for line in compare(made, a, b, paired=False).lines}
    name = next(n for n in paired if n.startswith("axis: Men lost"))
    assert paired[name].clear
    assert paired[name].change.value == pytest.approx(109.5)
    assert not apart[name].clear


def test_a_batch_differs_from_itself_in_nothing() -> None:
    made = scenario()
    comparison = compare(made, rows(10, made), rows(10, made))
    assert comparison.paired
    assert not any(line.clear for line in comparison.lines)


def test_batches_without_common_seeds_are_not_paired() -> None:
    made = scenario()
    a = rows(10, made)
    b = [replace(row, seed=row.seed + 5000) for row in a]
    assert not compare(made, a, b).paired
    with pytest.raises(NotComparable, match="share no seeds"):
        compare(made, a, b, paired=True)


def test_nothing_can_be_compared_with_nothing() -> None:
    made = scenario()
    with pytest.raises(NotComparable, match="none in one of them"):
        compare(made, rows(3, made), [])
