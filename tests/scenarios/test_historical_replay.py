"""The historical replay: ground follows dated places and lines without holes, and formations leave on their dates."""

from __future__ import annotations

from dataclasses import replace

from engine.files.drawn import drawn_scenario
from engine.files.scenario import load_scenario
from engine.model.codes import HexKind, Status
from engine.model.directive import Waypoint
from engine.model.facts import HistoryFact
from engine.model.forces import ReinforcementSpec
from engine.model.scenario import Scenario
from engine.run.history import history_session
from engine.run.session import Session

DAY = 1440
ISLAND = """
    ~~~~~~~~~~~~
    ~::::......~
    ~:R::.1..2.~
    ~::::..A...~
    ~~~~~~~~~~~~
    """


def island(*facts: tuple[str, str, float, float]) -> Scenario:
    """An island with two towns and facts: (town, side, from day, to day)."""
    made = drawn_scenario(ISLAND, names={"1": "Near", "2": "Far"}, days=10)
    return replace(made, history=tuple(control(made, *fact) for fact in facts))


def control(made: Scenario, town: str, side: str, since: float, until: float) -> HistoryFact:
    cell = made.theatre.find_place(town).cell
    span = int(since * DAY), int(until * DAY)
    return HistoryFact(f"{town.lower()}_{side}_{since}", "control", *span, side, (Waypoint(town, 0.0, 0.0, cell),))


def go(session: Session, day: float) -> None:
    minute = int(day * DAY)
    if minute < session.now:
        session.rewind(minute)
    session.advance(minute)


def axis_hexes(session: Session, day: float) -> int:
    go(session, day)
    return int((session.world.hexes.owner == 0).sum())


def test_a_place_takes_along_its_own_ground_and_leaves_what_another_place_holds() -> None:
    made = island(("Near", "soviet", 2, 10), ("Far", "axis", 0, 5))
    session = history_session(made)
    before, after = axis_hexes(session, 1), axis_hexes(session, 3)
    assert before - after > 1
    far = made.theatre.find_place("Far").cell
    beside = made.theatre.grid.neighbours[far]
    assert (session.world.hexes.owner[[far, *beside]] == 0).all()


def test_ground_deeper_than_the_place_stays_while_the_record_has_somebody_there() -> None:
    held = history_session(island(("Far", "soviet", 2, 10), ("Near", "axis", 0, 10)))
    assert axis_hexes(held, 3) > 0


def test_what_is_cut_off_and_held_by_nobody_passes_with_it() -> None:
    session = history_session(island(("Near", "soviet", 2, 10), ("Far", "soviet", 4, 10)))
    assert axis_hexes(session, 3) > 0
    assert axis_hexes(session, 5) == 0


def test_a_formation_leaves_and_another_comes_on_its_date() -> None:
    made = island(("Near", "axis", 0, 9))
    (unit,) = [f.id for f in made.formations if f.side == "axis"]
    going = ReinforcementSpec("a1_goes", "withdraw", unit, 3 * DAY)
    session = history_session(replace(made, reinforcements=(going,)))
    row = session.world.statics.formation_rows[unit]
    assert session.world.formations.status[row] == Status.WITHDRAWN
    session.rewind(2 * DAY)
    assert session.world.formations.status[row] == Status.ON_MAP


def axis_ground(session: Session, box: tuple[float, float, float, float]) -> int:
    """Hexes of land between latitudes and longitudes that are the Axis'."""
    theatre, owner = session.scenario.theatre, session.world.hexes.owner
    south, west, north, east = (round(1e6 * edge) for edge in box)
    lat, lon = theatre.lat_e6, theatre.lon_e6
    inside = (south < lat) & (lat < north) & (west < lon) & (lon < east) & (theatre.kind == HexKind.LAND)
    return int((owner[inside] == 0).sum())


def test_the_islands_of_moonsund_pass_whole_and_their_garrisons_are_on_the_next() -> None:
    hiiumaa, saaremaa, sworbe = (58.68, 21.9, 59.15, 23.1), (58.3, 21.7, 58.66, 23.2), (57.85, 21.9, 58.1, 22.25)
    session = history_session(load_scenario("moonsund"))
    go(session, 1)
    assert axis_ground(session, hiiumaa) > 20
    go(session, 8)
    assert axis_ground(session, hiiumaa) == 0
    assert axis_ground(session, saaremaa) > 40
    go(session, 15)
    assert axis_ground(session, saaremaa) == 0
    assert axis_ground(session, sworbe) > 5
    on_map = session.world.formations.status == Status.ON_MAP
    side, at = session.world.formations.side[on_map], session.world.formations.hex[on_map]
    assert (session.world.hexes.owner[at] == side).all()


def test_a_line_that_lies_far_ahead_of_the_last_front_has_its_own_ground_behind_it() -> None:
    session = history_session(load_scenario("memel"))
    go(session, 5)
    theatre, owner = session.scenario.theatre, session.world.hexes.owner
    assert owner[theatre.cell_at(55.98, 22.55)] == 1
    assert owner[theatre.cell_at(55.75, 22.75)] == 1
    assert owner[theatre.cell_at(55.90, 21.60)] == 0
