"""Moves by rail on drawn lines: how long they take, who shares a line, what cuts one, who may not board."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.core.calendar import NEVER
from engine.core.hexes import Grid
from engine.model.codes import Obstacle, OrderKind, OrderState, Status, Task
from engine.model.events.supply import RAIL_BROKEN
from engine.model.orders import Order, Refusal
from engine.rules import rail_moves
from engine.rules.system import System, Trace
from engine.rules.systems import SYSTEMS
from engine.run.session import Session
from tests.rules.marches import DAY, HOUR, at, field, hex_of, row, rows_of, told

WIDE = 41
LAND = "\n".join(["." * WIDE, "A" + "." * (WIDE - 1), "B" + "." * (WIDE - 1), "." * WIDE])
LOAD, PACE, SINGLE, DOUBLE = 4 * HOUR, 220.0, 10.0, 30.0


def track(rows: tuple[int, ...] = (1,), tracks: int = 1, gauge: int = 1, until: int = WIDE - 1) -> dict[str, Any]:
    """Railways along rows of a drawing, from its left edge: arrays of the theatre."""
    near, rail = Grid(WIDE, 4, 0.0, 0.0, "D").neighbours, np.zeros((WIDE * 4, 6), np.uint8)
    for r in rows:
        for cell in range(r * WIDE, r * WIDE + until):
            rail[cell, int(np.flatnonzero(near[cell] == cell + 1)[0])] = tracks
    return {"rail": rail, "gauge": np.where(rail > 0, gauge, 0)}


def by_rail(text: str = LAND, kind: str = "infantry", *, lines: dict[str, Any] | None = None, **options: Any) -> Session:
    return field(text, {"A": kind, "B": kind}, **(lines or track()), **options)


def refused(session: Session, name: str, goal: int) -> str:
    """The code with which an order to entrain is refused."""
    answer = session.submit("axis", Order(OrderKind.ENTRAIN, name, goal, by_human=True))[0]
    assert isinstance(answer, Refusal), "the order was accepted"
    assert answer.sentence
    return answer.code


def boarded(session: Session, name: str) -> dict[str, Any]:
    return rows_of(session, "Entrained", formation=row(session, name))[0]


def travel(session: Session, name: str) -> int:
    """Minutes from the beginning of loading to the last train unloaded, as planned."""
    entry = boarded(session, name)
    return int(entry["appears_at"] - entry["minute"])


def went(**lines: Any) -> Session:
    """A division that has been sent down a line and has arrived."""
    s = by_rail(lines=track(**lines))
    told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
    s.advance(6 * DAY)
    return s


@pytest.mark.parametrize(("tracks", "rate"), [(1, SINGLE), (2, DOUBLE)])
def test_a_move_takes_loading_the_way_and_its_trains_one_after_the_other(tracks: int, rate: float):
    s = went(tracks=tracks)
    kilometres = (WIDE - 1) * 6
    count = boarded(s, "a1")["trains"]
    assert count == s.scenario.kinds["infantry"].trains
    assert travel(s, "a1") == int(np.ceil(LOAD + kilometres / PACE * DAY + (count - 1) / rate * DAY))
    entry = rows_of(s, "Appeared", formation=row(s, "a1"))[0]
    assert (entry["hex"], entry["minute"]) == (at(s, 1, WIDE - 1), -(-boarded(s, "a1")["appears_at"] // 15) * 15)


def test_ramps_limit_what_a_wide_line_could_carry():
    s = by_rail(lines=track(tracks=2), sets={"movement.rail_ramps": 2})
    told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
    s.advance(HOUR)
    count = boarded(s, "a1")["trains"]
    assert travel(s, "a1") == int(np.ceil(LOAD + (WIDE - 1) * 6 / PACE * DAY + (count - 1) / 12 * DAY))


def test_a_formation_is_off_the_map_while_it_moves_and_its_order_ends_when_it_detrains():
    s = by_rail()
    goal = at(s, 1, WIDE - 1)
    told(s, "a1", OrderKind.ENTRAIN, goal)
    s.advance(DAY)
    a = row(s, "a1")
    assert (s.world.formations.status[a], hex_of(s, "a1")) == (Status.WAITING, -1)
    assert a not in s.view("axis").own.row
    assert s.view("axis").coming.appears_at.tolist() == [boarded(s, "a1")["appears_at"]]
    assert refused(s, "a1", goal) == "on_the_railway"
    assert s.world.orders.state.tolist() == [OrderState.IN_FORCE]
    s.advance(6 * DAY)
    assert s.world.orders.state.tolist() == [OrderState.DONE]
    assert (s.world.formations.task[a], s.world.formations.order[a]) == (Task.HOLD, -1)
    told(s, "a1", OrderKind.MARCH, goal - 2)
    s.advance(7 * DAY)
    assert hex_of(s, "a1") == goal - 2


def test_nothing_is_lost_on_the_way():
    s = by_rail(sets={"switch.sickness": 0, "switch.supply": 0})
    a = row(s, "a1")
    told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
    before = [int(s.world.formations[name][a]) for name in ("men_u", "guns_u", "afv_u", "ammo_g", "fuel_g")]
    s.advance(6 * DAY)
    assert [int(s.world.formations[name][a]) for name in ("men_u", "guns_u", "afv_u", "ammo_g", "fuel_g")] == before
    assert s.world.formations.moved_m[a] == 0, "nobody marched"


def test_a_weak_division_needs_fewer_trains():
    s = field(LAND, {"A": {"kind": "infantry", "strength": 0.5}, "B": "infantry"}, **track())
    told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
    s.advance(HOUR)
    full = s.scenario.kinds["infantry"].trains
    assert full // 2 <= boarded(s, "a1")["trains"] <= full // 2 + 1


def test_two_divisions_on_one_line_share_it_and_on_two_lines_they_do_not():
    both, apart = track((1, 2)), track((1, 2))
    alone = travel(went(), "a1")
    near = Grid(WIDE, 4, 0.0, 0.0, "D").neighbours
    start = 2 * WIDE
    both["rail"] = track((1,))["rail"]
    joint = int(np.flatnonzero(near[start] == WIDE)[0])
    both["rail"][start, joint] = 1
    both["gauge"] = np.where(both["rail"] > 0, 1, 0)
    found = []
    for lines in (both, apart):
        s = by_rail(lines=lines)
        told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
        told(s, "b1", OrderKind.ENTRAIN, at(s, 1 if lines is both else 2, WIDE - 1))
        s.advance(HOUR)
        found.append(travel(s, "a1"))
    assert found[1] == alone
    assert found[0] > alone + DAY


def cut(minute: int, column: int) -> System:
    """A planted rule: the line along row 1 is torn up at a place, once."""

    def whole(world: Any) -> Any:
        return np.flatnonzero((world.links.hex == WIDE + column) & (world.links.broken == 0))

    def decide(world: Any, now: int, dice: Any, trace: Trace | None = None) -> list[Any]:
        return [RAIL_BROKEN(now, link=whole(world))]

    return System("cut", 99, 15, lambda world, now: minute if len(whole(world)) else NEVER, decide)


def test_who_finds_the_line_cut_detrains_at_the_last_station_before_it():
    s = by_rail(systems=(*SYSTEMS, cut(DAY, 20)), sets={"switch.rail": 0})
    told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
    s.advance(6 * DAY)
    assert s.world.formations.status[row(s, "a1")] == Status.ON_MAP
    assert at(s, 1, 17) <= hex_of(s, "a1") <= at(s, 1, 20)


def test_who_cannot_entrain_is_told_why():
    s = by_rail(lines=track(until=20))
    assert refused(s, "a1", at(s, 1, 30)) == "no_railway"
    assert refused(s, "b1", at(s, 1, 20)) == "not_at_a_railway"
    assert refused(s, "a1", at(s, 1, 0)) == "line_cut"
    broad = by_rail(lines=track(gauge=2))
    assert refused(broad, "a1", at(broad, 1, 30)) == "no_railway", "another gauge"


def test_nobody_entrains_beside_the_enemy():
    text = LAND.replace("B.", "R:", 1)
    s = field(text, {"A": "infantry", "R": "rifle"}, **track())
    assert refused(s, "a1", at(s, 1, WIDE - 1)) == "in_contact"


def test_a_line_cut_while_the_order_is_on_its_way_fails_the_order():
    s = by_rail(systems=(*SYSTEMS, cut(0, 20)), sets={"switch.rail": 0})
    told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
    s.advance(DAY)
    assert rows_of(s, "NotEntrained")[0]["cause"] == Obstacle.NO_WAY
    assert s.world.orders.state.tolist() == [OrderState.FAILED]
    assert hex_of(s, "a1") == at(s, 1, 0)


def test_an_order_to_entrain_has_a_text():
    s = by_rail()
    grid = s.world.statics.grid
    order = Order.parse(f"a1: entrain {grid.text(at(s, 1, 9))}", grid)
    assert (order.kind, order.goal) == (OrderKind.ENTRAIN, at(s, 1, 9))
    assert Order.parse(order.text(grid), grid) == order


def test_a_move_is_the_same_however_time_is_sliced_and_from_a_saved_game(tmp_path: Any):
    whole, parts = by_rail(), by_rail()
    for s in (whole, parts):
        told(s, "a1", OrderKind.ENTRAIN, at(s, 1, WIDE - 1))
    whole.advance(6 * DAY)
    for hour in range(7, 6 * 24, 7):
        parts.advance(hour * HOUR)
        if hour == 49:
            parts.save(tmp_path / "on_the_way.dbr")
    parts.advance(6 * DAY)
    loaded = Session.load(tmp_path / "on_the_way.dbr")
    loaded.advance(6 * DAY)
    assert whole.digest() == parts.digest() == loaded.digest()


def test_the_terms_of_a_move_add_up():
    s = by_rail()
    way = rail_moves.journey(s.world, 0, at(s, 1, 0), at(s, 1, WIDE - 1))
    assert way is not None
    trace = Trace()
    total = rail_moves.duration(s.world.statics, way, 35, 0, (trace, row(s, "a1")))
    terms = {key: value for _, _, key, value, _ in trace.terms}
    assert total == int(np.ceil(terms["rail.loading"] + terms["rail.way"] + terms["rail.following"]))
    assert (terms["rail.trains"], terms["rail.slots_day"]) == (35, SINGLE)
