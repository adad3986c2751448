"""The laws again, on the real rules with the built-in staffs; each with an alarm that shows it can fail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from engine.core.calendar import DAY, HOUR
from engine.core.dice import Dice
from engine.files.stored import load_scenario
from engine.lab.commanders import commanders
from engine.model.codes import HexKind, OrderKind
from engine.model.events import Event
from engine.model.orders import Order
from engine.model.scenario import Scenario
from engine.model.world import World, first_difference
from engine.rules import combat
from engine.rules.apply import fold
from engine.rules.derived import derived
from engine.rules.system import System, Trace
from engine.rules.systems import SYSTEMS
from engine.rules.weather import daylight
from engine.run.paranoia import Diverged
from engine.run.session import Session
from engine.run.start import new_world
from engine.run.verify import verify
from tests.laws.war import CASES, SEED, end, kinds_of, reference, scenario, session

every_case = pytest.mark.parametrize("case", CASES)
STAFFS = {"axis": "staff", "soviet": "staff"}


@every_case
def test_there_is_a_war_to_break_laws_with(case: str) -> None:
    happened = kinds_of(tuple(reference(case).events))
    assert {"Ordered", "OrderTaken", "Noted", "WeatherChanged"} <= happened
    assert reference(case).world.formations.moved_m.sum() > 0
    assert len(reference(case).world.battles) > 0


def test_the_war_at_sea_is_one() -> None:
    happened = kinds_of(tuple(reference("sea").events))
    assert {"PortsServed", "Boarded", "Sailed", "Disembarked", "Landed", "CameAshore", "CraftCrossed"} <= happened


@every_case
def test_same(case: str) -> None:
    again = session(case)
    again.advance(end(case))
    assert again.checkpoints == reference(case).checkpoints
    assert [i.record() for i in again.log] == [i.record() for i in reference(case).log]


@every_case
def test_a_run_that_keeps_neither_events_nor_frames_is_the_same_run(case: str) -> None:
    lean = session(case, keep_events=False, keep_frames=False)
    lean.advance(end(case))
    assert lean.digest() == reference(case).digest()
    with pytest.raises(ValueError, match="keeps frames"):
        lean.rewind(0)


@every_case
def test_another_seed_is_another_war(case: str) -> None:
    other = session(case, SEED + 1)
    other.advance(end(case))
    assert other.digest() != reference(case).digest()


@every_case
def test_slices_and_looks_between_them_change_nothing(case: str) -> None:
    assert moments(case)[end(case)].digest == reference(case).digest()


@dataclass(frozen=True)
class Moment:
    """A run at a minute: the digest of its world, and what saving it there gives."""

    digest: str
    recording: bytes


@cache
def moments(case: str) -> dict[int, Moment]:
    """A second run of a case, cut where it hurts, looked at and saved at each cut."""
    run, found = session(case), {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "moment.dbr"
        for stop in (0, 1, 5 * HOUR, 5 * HOUR + 17, 11 * HOUR - 1, 12 * HOUR, 25 * HOUR + 1, end(case)):
            run.advance(stop)
            look(run)
            run.save(path)
            found[stop] = Moment(run.digest(), path.read_bytes())
    return found


def look(run: Session) -> None:
    """Everything people do that must change nothing: views, checks of orders, measures, the page's samples."""
    from engine.lab.outcome import Watch

    Watch(run).look()
    world = run.world
    for side in (0, 1):
        run.view(side)
    for row in range(0, len(world.formations), 7):
        name = world.statics.formation_ids[row]
        for kind in OrderKind:
            for goal in (-1, int(world.formations.hex[row]), int(world.formations.hex[0])):
                run.check("axis", Order(kind, name, goal))


@every_case
def test_drawing_is_free(case: str, tmp_path: Path) -> None:
    from ui.map import still
    from ui.web import replay

    run = reference(case).branch()
    before = run.digest()
    still.write(run, tmp_path / "picture.png", width=400)
    replay.write(run, tmp_path / "page.html")
    assert run.digest() == before
    assert [i.record() for i in run.log] == [i.record() for i in reference(case).log]


@every_case
def test_save_anywhere_and_go_on(case: str, tmp_path: Path) -> None:
    for stop in (5 * HOUR + 17, 25 * HOUR + 1):
        path = tmp_path / "half.dbr"
        path.write_bytes(moments(case)[stop].recording)
        again = Session.load(path, commanders(STAFFS))
        assert again.digest() == moments(case)[stop].digest
        again.advance(end(case))
        assert first_difference(reference(case).world, again.world) is None, stop


@every_case
def test_rewind_anywhere_and_go_on(case: str) -> None:
    run = reference(case).branch()
    for stop in sorted(moments(case), reverse=True):
        run.rewind(stop)
        assert run.digest() == moments(case)[stop].digest, stop
    run.advance(end(case))
    assert first_difference(reference(case).world, run.world) is None


@every_case
def test_a_branch_leaves_its_parent_alone(case: str) -> None:
    parent = session(case)
    parent.advance(20 * HOUR)
    before = parent.digest()
    child = parent.branch(seed=5)
    row = int(np.flatnonzero(parent.world.formations.side == 0)[0])
    name = parent.world.statics.formation_ids[row]
    child.submit("axis", Order(OrderKind.ENTRENCH, name, by_human=True))
    child.advance(end(case))
    assert parent.digest() == before
    assert child.digest() != reference(case).digest()
    parent.advance(end(case))
    assert parent.digest() == reference(case).digest()


@every_case
def test_folding_the_events_gives_the_world(case: str) -> None:
    world, pen = new_world(scenario(case))
    for event in reference(case).events:
        fold(pen, event)
    assert first_difference(reference(case).world, world) is None


@every_case
def test_alarm_one_event_left_out_shows(case: str) -> None:
    world, pen = new_world(scenario(case))
    left_out = [e for e in reference(case).events if e.kind.name == "WeatherChanged"][-1]
    for event in reference(case).events:
        if event is not left_out:
            fold(pen, event)
    difference = first_difference(reference(case).world, world)
    assert difference is not None
    assert difference.startswith("weather.")


@every_case
def test_a_recording_of_the_war_verifies_staffs_and_all(case: str, tmp_path: Path) -> None:
    path = tmp_path / "war.dbr"
    reference(case).save(path)
    assert verify(path).status == "same"
    assert verify(path, commanders(STAFFS)).status == "same"


@every_case
def test_alarm_verify_names_staffs_that_decide_otherwise(case: str, tmp_path: Path) -> None:
    path = tmp_path / "war.dbr"
    reference(case).save(path)
    assert verify(path, commanders({"axis": "plain", "soviet": "staff"})).status == "different"


@every_case
def test_nothing_depends_on_what_was_derived_before(case: str) -> None:
    run = session(case, paranoid=True)
    run.advance(end(case))
    assert run.digest() == reference(case).digest()


def stale(system: System) -> System:
    """A system that wakes at a time it keeps in a derived map under a key that names too little."""

    def decide(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
        events = system.decide(world, minute, dice, trace)
        first = derived(world, "alarm.first", (), lambda: minute)
        return events if first == minute else events[:1]

    return system.replace(decide=decide)


def test_alarm_paranoia_notices_a_derived_map_with_too_narrow_a_key() -> None:
    systems = tuple(stale(s) if s.name == "weather" else s for s in SYSTEMS)
    run = session("drawn", paranoid=True, systems=systems)
    with pytest.raises(Diverged, match="weather decides otherwise at minute"):
        run.advance(end("drawn"))


@every_case
def test_no_counter_of_the_dice_is_asked_twice(case: str) -> None:
    run = session(case, ledger=True)
    run.advance(24 * HOUR)
    checkpoint = {at: digest for at, digest in reference(case).checkpoints.items() if at <= 24 * HOUR}
    assert run.checkpoints == checkpoint


def formation_digest(run: Session) -> dict[str, tuple[Any, ...]]:
    """All that is known of each formation, by its id."""
    table = run.world.formations
    ids = run.world.statics.formation_ids
    values = {c.name: v for c, v in table.columns()}
    return {name: tuple(v[row].tobytes() for v in values.values()) for row, name in enumerate(ids)}


def widened(made: Scenario, rings: int, kinds: tuple[int, ...]) -> Scenario:
    """The scenario in a window that reaches so many rings of hexes farther over ground of these kinds; new land is in
    its neighbour's hands.
    """
    near, allowed = made.theatre.grid.neighbours, np.isin(made.theatre.kind, kinds)
    window, owner = made.window.copy(), made.owner.copy()
    for _ in range(rings):
        inside = np.flatnonzero(window)
        for direction in range(6):
            cells = near[inside, direction]
            new = (cells >= 0) & allowed[cells] & ~window[cells]
            owner[cells[new]] = np.where(made.theatre.kind[cells[new]] == HexKind.LAND, owner[inside[new]], -1)
            window[cells[new]] = True
    assert window.sum() > made.window.sum()
    return replace(made, window=window, owner=owner)


def test_window_widening_it_by_empty_hexes_changes_no_formation_of_doppelkopf() -> None:
    wide = Session(widened(scenario("doppelkopf"), 3, (HexKind.SEA, HexKind.LAKE)), SEED, commanders(STAFFS))
    wide.advance(end("doppelkopf"))
    assert formation_digest(wide) == formation_digest(reference("doppelkopf"))


def test_window_widening_it_by_rear_ground_changes_no_formation_of_a_drawn_war() -> None:
    """Rows behind both sides' sources of supply: ground where nothing is and that leads nowhere."""
    whole = scenario("drawn")
    rows = np.arange(whole.theatre.grid.size) // whole.theatre.grid.columns
    middle = (rows > 0) & (rows < rows.max())
    inner_rows = np.clip(rows, 1, rows.max() - 1)
    inward = (inner_rows - rows) * whole.theatre.grid.columns
    outer = replace(
        whole,
        supply_sources=tuple(replace(s, cell=s.cell + int(inward[s.cell])) for s in whole.supply_sources),
        headquarters=tuple(replace(h, cell=h.cell + int(inward[h.cell])) for h in whole.headquarters),
    )
    inner = replace(outer, window=middle, owner=np.where(middle, whole.owner, -1))
    runs = [Session(made, SEED, commanders(STAFFS)) for made in (inner, outer)]
    for run in runs:
        run.advance(end("drawn"))
    assert formation_digest(runs[0]) == formation_digest(runs[1])


def test_window_the_sky_does_not_look_at_it() -> None:
    narrow = scenario("doppelkopf")
    wide = widened(narrow, 12, (HexKind.LAND, HexKind.SEA, HexKind.LAKE))
    assert [daylight(new_world(made)[0].statics, at) for made in (narrow, wide) for at in range(0, 1440, 15)] == 2 * [
        daylight(new_world(narrow)[0].statics, at) for at in range(0, 1440, 15)
    ]


def test_alarm_window_a_rule_that_counts_the_hexes_of_the_window_shows() -> None:
    def decide(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
        events = SYSTEMS[0].decide(world, minute, dice, trace)
        hexes = int(world.hexes.inside.sum())
        return [e if e.kind.name != "WeatherChanged" else Event(e.kind, minute, {**e.data, "wind": np.full(1, hexes % 7)})
                for e in events]  # fmt: skip

    systems = (SYSTEMS[0].replace(decide=decide), *SYSTEMS[1:])
    narrow = Session(scenario("doppelkopf"), SEED, systems=systems)
    wide = Session(widened(scenario("doppelkopf"), 2, (HexKind.SEA,)), SEED, systems=systems)
    for run in (narrow, wide):
        run.advance(HOUR)
    assert narrow.world.weather.wind[0] != wide.world.weather.wind[0]


@pytest.mark.parametrize(("name", "seed"), [("doppelkopf", 7), ("caesar", 1)])
def test_combat_of_a_campaign_woken_every_hour_is_the_same_to_the_last_bit(name: str, seed: int) -> None:
    digests = []
    for every_hour in (False, True):
        war = Session(load_scenario(name), seed, commanders(STAFFS), keep_events=False, keep_frames=False)
        if every_hour:
            eager = combat.SYSTEM.replace(next_due=lambda world, now: now)
            war._systems = tuple(eager if system.name == "combat" else system for system in war._systems)
        war.advance(2 * DAY)
        digests.append(war.digest())
    assert digests[0] == digests[1]
