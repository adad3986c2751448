"""The law of fog: worlds that differ only in what a side cannot see tell it the same and get the same orders from it.

A war is fought to some hour. There it forks: in the other world hidden enemies stand elsewhere (on the planned route,
in the target hex behind the front, on the supply road), are stronger, have other orders, other headquarters and other
plans; and they began elsewhere, with other strengths, guns and aircraft, other dates of arrival, after other plans.
Then everything the side is told is compared: view, checks of orders, ways and reach, couriers, staff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import HOUR
from engine.core.dice import Dice, subject_of
from engine.files.drawn import drawn_cell, drawn_scenario
from engine.model.codes import AXIS, SIDES, DirectiveState, OrderKind, OrderState, Status, Task
from engine.model.commander import Commander, Notes
from engine.model.forces import FormationSpec, ReinforcementSpec
from engine.model.orders import Order, Refusal
from engine.model.politics import PoliticalEvent
from engine.model.scenario import Scenario
from engine.model.view import SideView, frames_differ
from engine.model.world import World
from engine.rules import door, intelligence, sight, view_enemies, views, ways
from engine.rules.systems import SYSTEMS
from engine.run.session import Session
from engine.run.start import statics_of
from engine.staff.high.commander import HighCommand
from engine.staff.plain import Plain
from engine.staff.staff import Staff

DEPTH = 4
MAP = """
::::Q:::::::Q:::::::
::::::::::::::::::::
::::::::::::::::::::
:::::::::T::::::::::
:R::R:RR:R::R:::R::R
.A...A....A..P..A..A
....................
..B....f....P..B....
...3......#.....2...
....................
"""
FORKS = (0, 15 * HOUR, 18 * HOUR, 66 * HOUR)
DIRECTIVES = [
    {"id": "stand", "hq": "axis_hq", "kind": "defend", "line": ["a1", "a5"], "reserve": ["b1", "b2"]},
    {"id": "blow", "hq": "axis_panzer", "kind": "attack", "axis": [(2, 12)], "objective": [(0, 12)],
     "assault": ["p1"], "mobile": ["p2"], "start_min": 2 * HOUR},
    {"id": "on", "hq": "soviet_hq", "kind": "attack", "axis": ["goal"], "objective": "goal", "mobile": ["t1"],
     "start_min": 4 * HOUR},
]  # fmt: skip


@cache
def scenario() -> Scenario:
    """Two corps against an army with reserves far behind its front, one of them still to come."""
    return drawn_scenario(
        MAP,
        {"T": "tank_corps", "P": "panzer", "Q": {"kind": "tank_corps"}, "q2": {"arrives_min": 9 * 1440}},
        directives=DIRECTIVES,
        headquarters={
            "axis_hq": {"side": "axis", "formations": "AB"},
            "axis_panzer": {"side": "axis", "formations": "P"},
            "soviet_hq": {"side": "soviet", "formations": "RTQ"},
        },
        assets=[{"id": "eyes", "hq": "axis_hq", "kind": "air", "sorties_day": 100},
                {"id": "wings", "hq": "soviet_hq", "kind": "air", "sorties_day": 1}],
        depth=DEPTH,
        days=10,
    )


@cache
def other_scenario(side: int) -> Scenario:
    """The same war for ``side``; the other side's starts, strengths, people, arrivals, assets and plans are others."""
    made, theirs = scenario(), SIDES[1 - side]

    def other(row: FormationSpec) -> FormationSpec:
        return replace(row, cell=row.cell + 1, men=row.men * 2, parent="", commander="Nemo",
                       arrives_min=row.arrives_min + 1440)  # fmt: skip

    later = ReinforcementSpec("more", "replacements", "q2" if theirs == "soviet" else "a1", 3 * 1440, men=500)
    return replace(
        made,
        formations=tuple(other(row) if row.side == theirs else row for row in made.formations),
        headquarters=tuple(replace(h, cell=0, staff=1.4) if h.side == theirs else h for h in made.headquarters),
        assets=tuple(replace(a, sorties_day=90) if a.side == theirs else a for a in made.assets),
        reinforcements=(later,),
        directives=tuple(replace(d, start_min=9, axis=(), title="x") if d.side == theirs else d for d in made.directives),
        supply_sources=tuple(
            replace(s, cell=1, capacity_t=7.0) if s.side == theirs and s.kind != "port" else s for s in made.supply_sources
        ),
        events=(PoliticalEvent("secret", "A secret", theirs, secret=True),),
        drawing="", overlays=("forces.q1.men=3",),
    )  # fmt: skip


@cache
def war(hour: int) -> Session:
    """The war up to a minute. Shared: branch it, never advance it."""
    run = Session(scenario(), 5, {"axis": Staff(), "soviet": Staff()})
    run.advance(hour)
    return run


# The other world.


def hidden(world: World, side: int) -> np.ndarray:
    """Rows of enemy formations on the map that stand beside no own one."""
    near = sight.watched(world, sight.on_map(world, side))
    theirs = sight.on_map(world, 1 - side)
    return theirs[~near[world.formations.hex[theirs]]]


def unseen_cells(world: World, side: int, cells: Sequence[int]) -> list[int]:
    """Those of ``cells`` that no own formation stands in or beside."""
    near = sight.watched(world, sight.on_map(world, side))
    return [cell for cell in cells if not near[cell]]


def spots(world: World, side: int) -> dict[str, list[int]]:
    """Hexes where an enemy would matter most if the side knew of him, and where it would not see him."""
    grid = world.statics.grid
    own = sight.on_map(world, side)
    known = ways.known_to(world, side, 0)
    route: list[int] = []
    for row in own.tolist():
        for goal in (drawn_cell(scenario(), 0, 12, DEPTH), drawn_cell(scenario(), 9, 2, DEPTH)):
            found = ways.plan(known, int(world.formations.mobility[row]), Task.EXPLOIT, int(world.formations.hex[row]), goal)
            route += found.tolist() if found is not None else []
    theirs = np.flatnonzero(world.hexes.owner == 1 - side)
    front = np.unique(grid.neighbours[np.flatnonzero(world.hexes.owner == side)])
    behind = np.setdiff1d(theirs, front)
    depot = int(world.depots.hex[world.depots.side == side][0])
    road = []
    for row in own.tolist():
        found = ways.plan(known, 2, Task.MARCH, depot, int(world.formations.hex[row]))
        road += found.tolist() if found is not None else []
    rear = [cell for cell in road if world.hexes.owner[cell] == side]
    return {
        "route": unseen_cells(world, side, sorted(set(route))),
        "target": unseen_cells(world, side, behind.tolist()),
        "supply": unseen_cells(world, side, sorted(set(rear))),
    }


def other_world(run: Session, side: int, where: str) -> Session:
    """A branch in which hidden enemies stand at ``where`` and all that cannot be seen of the enemy is different."""
    twin = run.branch()
    twin.scenario = other_scenario(side)
    world, pen = World(statics_of(twin.scenario), twin._pen), twin._pen
    twin._world = world
    cells, rows = spots(world, side)[where], hidden(world, side)
    assert len(rows) >= 1, "nobody to hide"
    assert len(cells) >= 1, f"nowhere to hide: {where}"
    formations = pen["formations"]
    formations["hex"][rows] = [cells[i * len(cells) // len(rows)] for i in range(len(rows))]
    formations["men_u"][rows] *= 3
    formations["afv_u"][rows] += 200_000_000
    formations["cohesion_n"][rows] //= 2
    formations["task"][rows], formations["target"][rows] = Task.ATTACK, int(world.formations.hex[sight.on_map(world, side)][0])
    waiting = np.flatnonzero((world.formations.side != side) & (world.formations.status == Status.WAITING))
    formations["status"][waiting], formations["hex"][waiting] = Status.ON_MAP, cells[-1]
    formations["ammo_g"][world.formations.side != side] //= 2
    orders = pen["orders"].append({"formation": rows, "kind": OrderKind.ATTACK, "goal": 0, "issued_at": twin.now,
                                   "arrives_at": twin.now + 99, "state": OrderState.ON_ITS_WAY}, len(rows))  # fmt: skip
    assert len(orders) == len(rows)
    theirs = np.flatnonzero(world.headquarters.side != side)
    for name, value in (("hex", cells[0]), ("staff", 2_000_000), ("moved_at", twin.now)):
        pen["headquarters"][name][theirs] = value
    plans = np.isin(world.directives.hq, theirs)
    pen["directives"]["start_at"][plans] += 600
    pen["directives"]["state"][plans] = DirectiveState.PENDING
    reports = world.sightings.observer != side
    pen["sightings"]["level"][reports] = 4_000_000
    pen["sightings"].append({"observer": 1 - side, "formation": sight.on_map(world, side)[:1], "level": 9}, 1)
    pen["staff_notes"]["need"][theirs] = 12345
    pen["formation_notes"]["role"][world.formations.side != side] = 1
    pen["depots"]["working"][world.depots.side != side] = 0
    pen["sides"]["score"][1 - side] = 77
    return twin


# What a side is told.


def told(run: Session, side: int, commander: Commander | None = None) -> dict[str, Any]:
    """Everything a side is told or does at this minute, piece by piece."""
    view = run.view(side)
    return {
        "view": view,
        "checks": checks(run, side, view),
        "ways": previews(ways.known_of(view), view),
        "ways in the field": previews(ways.known_to(run.world, side, run.now), view),
        "couriers": couriers(run, side, view),
        "orders": planned(run, side, view, commander or Staff()),
    }


def checks(run: Session, side: int, view: SideView) -> list[Refusal | None]:
    """Answers at the door for every own formation, kind of order and hex of every third column."""
    goals = [-1, *range(0, view.statics.grid.size, 3)]
    kinds = (OrderKind.MARCH, OrderKind.ATTACK, OrderKind.WITHDRAW, OrderKind.BOMBARD, OrderKind.EXPLOIT)
    return [run.check(SIDES[side], Order(kind, name, goal)) for name in view.own.ids for kind in kinds for goal in goals]


def previews(known: ways.Known, view: SideView) -> list[Any]:
    """Ways of all own formations across the map, and how far they reach in a day."""
    found: list[Any] = []
    goals = [drawn_cell(scenario(), row, column, DEPTH) for row in (0, 2, 6, 9) for column in (4, 12)]
    for at in range(len(view.own)):
        start, mobility = int(view.own.hex[at]), int(view.own.mobility[at])
        for task in (Task.MARCH, Task.EXPLOIT):
            for goal in goals:
                way = ways.way(known, mobility, task, start, goal)
                found.append(None if way is None else (way.cells.tolist(), way.minutes.tolist()))
            found.append(ways.reach(known, mobility, task, start, 24 * HOUR).tolist())
    return found


def couriers(run: Session, side: int, view: SideView) -> dict[str, Any]:
    """When orders to all own formations would arrive."""
    orders = [Order(OrderKind.MARCH, name, int(view.own.hex[0])) for name in view.own.ids]
    event = door.ordered_event(run.world, side, orders, run.now, Dice(5))
    return {name: values.tolist() for name, values in event.data.items()}


def planned(run: Session, side: int, view: SideView, commander: Commander) -> tuple[list[Order], list[Any]]:
    """Orders and notes of a commander if every headquarters of the side were due."""
    due = np.flatnonzero(run.world.headquarters.side == side).tolist()
    notes = run.notes(side)
    notes.staff["cycle_at"][due] = 0
    orders = commander.plan(view, notes, Dice(5), due)
    return orders, list(notes.changes())


def leaks(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """What tells the two worlds apart."""
    found = [name for name in a if name != "view" and a[name] != b[name]]
    difference = frames_differ(a["view"], b["view"])
    if difference is not None or a["view"].digest() != b["view"].digest():
        found.append(f"view: {difference}")
    return found


# The law.


@pytest.mark.parametrize("side", [0, 1], ids=SIDES)
@pytest.mark.parametrize("where", ["route", "target", "supply"])
@pytest.mark.parametrize("hour", FORKS)
def test_hidden_enemies_change_nothing_a_side_is_told_or_orders(hour: int, where: str, side: int) -> None:
    run = war(hour)
    twin = other_world(run, side, where)
    assert twin.digest() != run.digest()
    assert leaks(told(run, side), told(twin, side)) == []


def test_the_staff_had_something_to_order_and_the_view_something_to_show() -> None:
    orders = [o for hour in FORKS for side in (0, 1) for o in told(war(hour), side)["orders"][0]]
    assert len(orders) >= 4
    assert all(len(war(hour).view(side).enemies) for hour in FORKS for side in (0, 1))


@pytest.mark.parametrize("hour", FORKS)
def test_a_commander_is_shown_what_everybody_is_shown_and_nothing_after_he_has_answered(hour: int) -> None:
    run = war(hour)
    for side in (0, 1):
        passing = views.passing_view(run.world, side, run.now)
        assert frames_differ(run.view(side), passing) is None
        unread = views.passing_view(run.world, side, run.now)
        assert len(unread.own.hex)
        unread.close()
        assert len(unread.own.hex)
        for look in (lambda view: view.enemies, lambda view: view.own.power):
            with pytest.raises(AttributeError):
                look(unread)


@pytest.mark.parametrize("where", ["route", "target", "supply"])
def test_the_plain_staff_is_in_the_fog_too(where: str) -> None:
    run = war(FORKS[1])
    assert leaks(told(run, AXIS, Plain()), told(other_world(run, AXIS, where), AXIS, Plain())) == []


class Reader:
    """Bombards what it reads of the other side in the scenario that its view holds."""

    built_in = True
    digest = "reader"

    def __init__(self, read: Callable[[Scenario, str], object]) -> None:
        self.read = read

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
        found = self.read(view.statics.scenario, SIDES[1 - view.side])
        return [Order(OrderKind.BOMBARD, view.own.ids[0], subject_of(repr(found)) % view.statics.grid.size)]


READ: dict[str, Callable[[Scenario, str], object]] = {
    "starts": lambda told, foe: [f.cell for f in told.formations if f.side == foe],
    "strengths": lambda told, foe: [(f.men, f.afv, f.guns, f.quality) for f in told.formations if f.side == foe],
    "people": lambda told, foe: [f.commander for f in told.formations if f.side == foe],
    "command": lambda told, foe: [f.parent for f in told.formations if f.side == foe],
    "arrivals": lambda told, foe: [f.arrives_min for f in told.formations if f.side == foe],
    "reinforcements": lambda told, foe: len([r for r in told.reinforcements if r.kind == "replacements"]),
    "headquarters": lambda told, foe: [(h.cell, h.staff) for h in told.headquarters if h.side == foe],
    "assets": lambda told, foe: [a.sorties_day for a in told.assets if a.side == foe],
    "plans": lambda told, foe: [(d.start_min, d.axis) for d in told.directives if d.side == foe],
    "supply": lambda told, foe: [(s.cell, s.capacity_t) for s in told.supply_sources if s.side == foe],
    "secrets": lambda told, foe: [e.id for e in told.events],
    "overlays": lambda told, foe: (told.overlays, told.drawing),
}


@pytest.mark.parametrize("side", [0, 1], ids=SIDES)
@pytest.mark.parametrize("what", sorted(READ))
def test_nothing_of_the_other_side_can_be_read_in_the_scenario(what: str, side: int) -> None:
    run, spy = war(FORKS[1]), Reader(READ[what])
    twin = other_world(run, side, "target")
    one, other = (planned(a, side, a.view(side), spy) for a in (run, twin))
    assert one == other


@pytest.mark.parametrize("side", [0, 1], ids=SIDES)
def test_the_scenario_of_a_view_holds_all_that_is_its_sides_own_and_the_names_of_the_others(side: int) -> None:
    full, told = scenario(), war(0).view(side).statics.scenario
    mine = SIDES[side]
    for rows in ("formations", "headquarters", "assets", "directives", "supply_sources"):
        own = [row for row in getattr(full, rows) if row.side == mine]
        assert own
        assert [row for row in getattr(told, rows) if row.side == mine] == own
    assert [(f.id, f.name, f.kind) for f in told.formations] == [(f.id, f.name, f.kind) for f in full.formations]
    assert (told.terrain, told.kinds, told.parameters) == (full.terrain, full.kinds, full.parameters)


def test_all_views_of_a_side_share_one_scenario() -> None:
    run = war(0)
    assert run.view(AXIS).statics is run.branch().view(AXIS).statics
    assert run.view(AXIS).statics is views.passing_view(run.world, AXIS, run.now).statics
    assert run.view(AXIS).statics.memo is not run.view(1 - AXIS).statics.memo


def test_what_runs_and_sides_hold_in_common_says_nothing_of_a_plan() -> None:
    """Fields about lines and axes are kept under their points: a side that found them would read the other's plan."""
    run = war(FORKS[-1])
    one, other = (run.view(side).statics for side in (0, 1))
    assert one.shared is other.shared is run.world.statics.shared
    assert not any(name.startswith(("staff.distances", "staff.cells", "people.")) for name in one.shared)
    (mine, theirs) = (set(statics.private["staff.distances"]) for statics in (one, other))
    assert mine
    assert theirs
    assert not mine & theirs


@pytest.mark.parametrize("where", ["route", "target", "supply"])
@pytest.mark.parametrize("hour", FORKS[:2])
def test_the_high_command_is_in_the_fog_too(where: str, hour: int) -> None:
    run = war(hour)
    assert leaks(told(run, AXIS, HighCommand()), told(other_world(run, AXIS, where), AXIS, HighCommand())) == []


def test_what_the_side_can_see_is_told() -> None:
    """Not a law but its other half: an enemy beside own troops is noticed at once."""
    run = war(FORKS[1])
    twin = other_world(run, AXIS, "route")
    beside = twin.world.statics.grid.neighbours[twin.view(AXIS).own.hex[0]]
    twin._pen["formations"]["hex"][hidden(twin.world, AXIS)[0]] = int(beside[beside >= 0][0])
    assert "view: enemies.sighting" in leaks(told(run, AXIS), told(twin, AXIS))


BLIND = {f"intelligence.{name}": 0 for name in ("radio_hazard_h", "air_clear", "air_cloud", "partisan_hazard_h")}


def test_a_hidden_reserve_changes_no_view_and_no_order_for_two_days() -> None:
    """Two wars from the first minute, in which a tank corps far behind the front stands in one place or another."""
    runs = []
    for home in (4, 15):
        text = MAP.replace("::::Q:::::::Q:::::::", ":" * home + "Q" + ":" * (19 - home), 1)
        made = drawn_scenario(text, {"T": "tank_corps", "P": "panzer", "Q": "tank_corps"}, directives=DIRECTIVES[:1],
                              headquarters={"axis_hq": {"side": "axis", "formations": "ABP"},
                                            "soviet_hq": {"side": "soviet", "formations": "RTQ", "cell": 0}},
                              depth=DEPTH, sets=BLIND, days=10)  # fmt: skip
        runs.append(Session(made, 5, {"axis": Staff()}))
    places = [int(run.world.formations.hex[run.world.statics.formation_rows["q1"]]) for run in runs]
    assert places[0] != places[1]
    for hour in range(0, 49, 6):
        for run in runs:
            run.advance(hour * HOUR)
        assert frames_differ(runs[0].view(AXIS), runs[1].view(AXIS)) is None, hour
    logs = [[i.record() for i in run.log] for run in runs]
    assert logs[0] == logs[1]
    assert any(i.orders for i in runs[0].log)


# Alarms: each leak is planted and must be found.


@pytest.fixture
def fork() -> Callable[[], list[str]]:
    """What tells the Axis apart a world with a hidden enemy on its route."""
    run = war(FORKS[1])
    twin = other_world(run, AXIS, "route")
    # Caches made before the leak was planted would hide it.
    run, twin = run.branch(), twin.branch()
    return lambda: leaks(told(run, AXIS), told(twin, AXIS))


def test_alarm_a_view_that_shows_everybody(fork: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_enemies, "watched", lambda world, own: np.ones(world.statics.grid.size + 1, bool))
    assert any(leak.startswith("view: enemies.") for leak in fork())


def test_alarm_a_view_that_counts_the_enemys_orders(
    fork: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    true_view = views.side_view

    def counting(world: World, side: int, minute: int) -> SideView:
        view = true_view(world, side, minute)
        seen = view.own.moved_m + len(world.orders)
        object.__setattr__(view.own, "moved_m", seen)
        return view

    monkeypatch.setattr("engine.run.session.side_view", counting)
    assert "view: own.moved_m" in fork()


def test_alarm_a_check_that_knows_who_stands_there(
    fork: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def knowing(world: World, side: int, order: Order, minute: int = 0) -> Refusal | None:
        there = (world.formations.hex == order.goal) & (world.formations.side != side)
        return Refusal("defended", "Somebody is there.") if order.goal >= 0 and there.any() else None

    monkeypatch.setattr(door, "check", knowing)
    assert fork() == ["checks"]


def test_alarm_a_march_that_goes_round_hidden_enemies(
    fork: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    true_finding = ways._known_enemies

    def seeing(rows: Any, of: Any, at: Any, leg_to: Any, own: Any, *rest: Any) -> int:
        return true_finding(rows, of, at, leg_to, np.ones_like(own), *rest)

    monkeypatch.setattr(ways, "_known_enemies", seeing)
    assert fork() == ["ways in the field"]


def test_alarm_a_staff_that_reads_the_world() -> None:
    run = war(FORKS[1])
    twin = other_world(run, AXIS, "target")

    class Spy:
        built_in = True
        digest = "spy"

        def __init__(self, world: World) -> None:
            self.world = world

        def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
            secret = int(self.world.formations.hex[self.world.formations.side != view.side][0])
            return [Order(OrderKind.BOMBARD, view.own.ids[0], secret)]

    assert leaks(told(run, AXIS, Spy(run.world)), told(twin, AXIS, Spy(twin.world))) == ["orders"]


@pytest.mark.parametrize("what", sorted(READ))
def test_alarm_a_view_that_holds_the_whole_scenario(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = war(FORKS[1])
    twin = other_world(run, AXIS, "target")
    monkeypatch.setattr(views, "statics_known", lambda statics, side: statics)
    one, other = run.view(AXIS), twin.view(AXIS)
    assert frames_differ(one, other) == "statics"
    assert one.digest() != other.digest()
    spy = Reader(READ[what])
    assert planned(run, AXIS, one, spy) != planned(twin, AXIS, other, spy)


def test_alarm_notes_of_the_other_side(monkeypatch: pytest.MonkeyPatch) -> None:
    run = war(FORKS[1])
    twin = other_world(run, AXIS, "target")

    class Eavesdropper:
        built_in = True
        digest = "ear"

        def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> list[Order]:
            return [Order(OrderKind.HOLD, view.own.ids[0], int(notes.staff["need"].max()))]

    assert leaks(told(run, AXIS, Eavesdropper()), told(twin, AXIS, Eavesdropper())) == []
    monkeypatch.setattr(Session, "notes", lambda self, side: Notes(*self.world.note_tables()))
    assert leaks(told(run, AXIS, Eavesdropper()), told(twin, AXIS, Eavesdropper())) == ["orders"]


def test_alarm_intelligence_that_gives_everybody_away() -> None:
    """The long test, with a rule that reports every enemy: the views differ from the first hour on."""
    everybody = {"intelligence.radio_hazard_h": 1000}
    runs = []
    for home in (4, 15):
        text = MAP.replace("::::Q:::::::Q:::::::", ":" * home + "Q" + ":" * (19 - home), 1)
        made = drawn_scenario(text, {"Q": "tank_corps"}, depth=DEPTH, sets=everybody, days=10)
        runs.append(Session(made, 5, systems=[s for s in SYSTEMS if s.name == intelligence.SYSTEM.name]))
    for run in runs:
        run.advance(HOUR)
    assert frames_differ(runs[0].view(AXIS), runs[1].view(AXIS)) is not None
