"""The laws of design: what must hold for every scenario, each with an alarm that shows it can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import HOUR
from engine.core.dice import CounterAskedTwice, Dice
from engine.model.codes import OrderKind
from engine.model.orders import Order
from engine.model.world import Pen, World, first_difference
from engine.rules.apply import fold
from engine.run.paranoia import Diverged
from engine.run.session import Session
from engine.run.start import new_world
from tests.laws import dummy

FOUR_DAYS = 4 * 24 * HOUR


@pytest.fixture(autouse=True)
def _dummy_events() -> Iterator[None]:
    dummy.register()
    yield
    dummy.forget()


def session(seed: int = 7, **options: Any) -> Session:
    commanders = {"axis": dummy.Fidget(), "soviet": dummy.Fidget()}
    return Session(dummy.small_scenario(), seed, commanders, systems=options.pop("systems", dummy.SYSTEMS), **options)


def faulty(change: Callable[..., Any]) -> tuple[Any, ...]:
    """The dummy systems with the wither rule replaced."""
    return (dummy.SYSTEMS[0], dummy.SYSTEMS[1].replace(decide=change))


def test_the_same_seed_gives_the_same_digests() -> None:
    one, two = session(), session()
    one.advance(FOUR_DAYS)
    two.advance(FOUR_DAYS)
    assert one.checkpoints == two.checkpoints
    assert len(one.checkpoints) == 5


def test_another_seed_gives_other_digests() -> None:
    one, two = session(1), session(2)
    one.advance(FOUR_DAYS)
    two.advance(FOUR_DAYS)
    assert one.digest() != two.digest()


def test_ten_hours_are_three_and_seven() -> None:
    whole, cut = session(), session()
    whole.advance(10 * HOUR)
    for stop in (1, 3 * HOUR, 3 * HOUR + 7, 10 * HOUR):
        cut.advance(stop)
    assert first_difference(whole.world, cut.world) is None


def test_alarm_slicing_notices_a_rule_with_a_memory() -> None:
    calls: list[int] = []

    def remembers(world: World, minute: int, dice: Dice, trace: Any) -> Any:
        calls.append(minute)
        events = dummy.wither(world, minute, dice, trace)
        rows = events[0]["formation"]
        return [dummy.WITHERED(minute, formation=rows, rate=len(calls)), events[1]]

    systems = faulty(remembers)
    whole, cut = session(systems=systems), session(systems=systems)
    whole.advance(20 * HOUR)
    cut.advance(20 * HOUR)
    assert first_difference(whole.world, cut.world) is not None


def test_a_saved_session_goes_on_as_if_it_had_not_been_saved(tmp_path: Path) -> None:
    whole = session()
    whole.advance(FOUR_DAYS)
    for stop in (0, 1, 6 * HOUR, 12 * HOUR, 25 * HOUR + 1):
        half = session()
        half.advance(stop)
        half.save(tmp_path / "half.dbr")
        again = Session.load(tmp_path / "half.dbr", {"axis": dummy.Fidget(), "soviet": dummy.Fidget()})
        again._systems = dummy.SYSTEMS
        assert again.digest() == half.digest()
        again.advance(FOUR_DAYS)
        assert first_difference(whole.world, again.world) is None, stop


def test_rewinding_brings_back_the_moment_and_the_same_future() -> None:
    run = session()
    run.advance(31 * HOUR)
    then = run.digest()
    run.advance(FOUR_DAYS)
    future = run.digest()
    run.rewind(31 * HOUR)
    assert run.digest() == then
    run.advance(FOUR_DAYS)
    assert run.digest() == future


def test_alarm_rewinding_notices_what_is_not_declared() -> None:
    state = {"runs": 0}

    def counts(world: World, minute: int, dice: Dice, trace: Any) -> Any:
        state["runs"] += 1
        events = dummy.wither(world, minute, dice, trace)
        return [dummy.WITHERED(minute, formation=events[0]["formation"], rate=state["runs"]), events[1]]

    run = session(systems=faulty(counts))
    run.advance(30 * HOUR)
    run.rewind(10 * HOUR)
    with pytest.raises(Diverged):
        run.advance(30 * HOUR)


def test_an_order_after_a_rewind_makes_another_future() -> None:
    run = session()
    run.advance(40 * HOUR)
    run.rewind(20 * HOUR)
    assert run.submit("axis", Order(OrderKind.HOLD, "a1", by_human=True)) == [None]
    run.advance(40 * HOUR)
    assert [i.at for i in run.log if i.human] == [20 * HOUR]


def test_a_branch_leaves_its_parent_alone() -> None:
    parent = session()
    parent.advance(20 * HOUR)
    before = parent.digest()
    child = parent.branch()
    child.submit("axis", Order(OrderKind.HOLD, "a1", by_human=True))
    child.advance(60 * HOUR)
    assert parent.digest() == before
    alone = session()
    alone.advance(60 * HOUR)
    parent.advance(60 * HOUR)
    assert parent.digest() == alone.digest()
    assert child.parent is not None
    assert child.parent.minute == 20 * HOUR


def test_a_branch_with_a_new_seed_shares_only_the_past() -> None:
    parent = session()
    parent.advance(20 * HOUR)
    child = parent.branch(seed=99)
    child.advance(60 * HOUR)
    end = child.digest()
    parent.advance(60 * HOUR)
    assert end != parent.digest()
    child.rewind(10 * HOUR)
    child.advance(60 * HOUR)
    assert child.digest() == end


def test_folding_the_events_gives_the_world() -> None:
    run = session()
    run.advance(FOUR_DAYS)
    world, pen = new_world(run.scenario)
    for event in run.events:
        fold(pen, event)
    assert first_difference(run.world, world) is None


def test_alarm_nobody_but_apply_can_write() -> None:
    run = session()
    with pytest.raises(ValueError, match="read-only"):
        run.world.formations.men_u[0] = 1


def test_watching_is_free() -> None:
    watched, alone = session(), session()
    for hour in range(1, 60):
        watched.advance(hour * HOUR)
        for side in ("axis", "soviet"):
            watched.view(side)
            watched.check(side, Order(OrderKind.MARCH, "a1", 3))
        watched.digest()
    alone.advance(59 * HOUR)
    assert watched.digest() == alone.digest()
    assert len(watched.log) == len(alone.log)


def test_losses_are_conserved_to_the_millionth_of_a_man() -> None:
    run = session()
    start = run.world.formations.men_u.copy()
    run.advance(37 * HOUR + 11)
    formations = run.world.formations
    now = run.now
    assert np.array_equal(formations.read("men", now) + formations.read("battle", now), start)
    assert (formations.read("men", now) < start).all()


def test_an_inert_formation_far_away_changes_nobody_elses_luck() -> None:
    few, many = Session(dummy.small_scenario(), 7, systems=dummy.SYSTEMS), None
    wider = dummy.drawn_scenario(
        dummy.MAP.replace("........\n    ..A", "......Z.\n    ..A"), {"Z": {"kind": "infantry"}}, days=4
    )
    many = Session(wider, 7, systems=dummy.SYSTEMS)
    few.advance(50 * HOUR)
    many.advance(50 * HOUR)
    for name, row in few.world.statics.formation_rows.items():
        other = many.world.statics.formation_rows[name]
        assert few.world.formations.hex[row] == many.world.formations.hex[other]
        assert few.world.formations.read("men", few.now)[row] == many.world.formations.read("men", few.now)[other]


def test_alarm_the_dice_notice_a_counter_asked_twice() -> None:
    def twice(world: World, minute: int, dice: Dice, trace: Any) -> Any:
        dummy.wither(world, minute, dice, trace)
        return dummy.wither(world, minute, dice, trace)

    run = session(systems=faulty(twice), ledger=True)
    with pytest.raises(CounterAskedTwice):
        run.advance(HOUR)


def test_a_bot_that_fails_gives_no_orders_and_a_logged_fault() -> None:
    class Broken:
        digest = "broken"

        def plan(self, *_: Any) -> list[Order]:
            raise RuntimeError("no idea")

    run = Session(dummy.small_scenario(), 7, {"axis": Broken()}, systems=dummy.SYSTEMS)
    run.advance(2 * HOUR)
    assert run.log[0].fault == "RuntimeError: no idea"


def test_a_pen_keeps_rows_apart_from_its_copy() -> None:
    _, pen = new_world(dummy.small_scenario())
    twin: Pen = pen.copy()
    twin["formations"]["men_u"][0] += 1
    assert pen["formations"]["men_u"][0] != twin["formations"]["men_u"][0]
