"""Reconnaissance on drawn maps: what each side finds out, how far it is right, and how it fades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.core.dice import Dice
from engine.files.build import sample_kinds
from engine.files.drawn import drawn_scenario
from engine.model.codes import AXIS, SOVIET, OrderKind
from engine.model.facts import WeatherDay
from engine.model.scenario import Scenario
from engine.model.world import World
from engine.rules import detection, intelligence
from engine.rules.sight import faded
from engine.rules.system import Trace
from engine.rules.views import side_view
from engine.run.session import Session
from tests.rules.marches import AT_ONCE, DAY, HOUR, at, field, of_kind, row, rows_of, told

ONLY = (intelligence.SYSTEM,)
PPM = 1_000_000
BLIND = {f"intelligence.{name}": 0 for name in ("patrol_hazard_h", "recon_hazard_h", "radio_hazard_h", "air_clear",
                                               "air_cloud", "partisan_hazard_h")}  # fmt: skip
FRONT = """
:::::::::
::::Q::::
:::::::::
:::::::::
::::R::::
....A....
.........
"""
REAR = "\n".join([":R:R:R:R:R:R:R:R:R:R:R:R:R:R:R", ":" * 30, ":" * 30, ":" * 30, ":" * 30, "." * 30, "A.." * 10])
"""Fifteen divisions 24 to 30 km behind an empty front."""
FLYERS = [{"id": "eyes", "hq": "axis_hq", "name": "Aufklärer", "kind": "air", "sorties_day": 400}]


def looked(
    text: str, formations: Mapping[str, Any] | None = None, *, seed: int = 1, sets: Mapping[str, Any] | None = None,
    until: int = 1, **drawing: Any,
) -> Session:  # fmt: skip
    """A session in which only intelligence runs, from minute 0 to ``until``."""
    session = field(text, formations, seed=seed, sets=sets, systems=ONLY, **drawing)
    session.advance(until)
    return session


def level_of(session: Session, name: str, minute: int) -> float:
    """Level of detection of a formation by the other side as its reports stand at a minute."""
    sightings, rows = session.world.sightings, np.flatnonzero(session.world.sightings.formation == row(session, name))
    if not len(rows):
        return 0.0
    age = minute - sightings.seen_at[rows]
    return float(faded(sightings.level[rows], age, sightings.half_life[rows])[0]) / PPM


def known(session: Session, side: str) -> list[str]:
    """Ids of the formations that a side has a report of."""
    sightings, number = session.world.sightings, ("axis", "soviet").index(side)
    mine = (sightings.observer == number) & (sightings.formation >= 0)
    return sorted(session.world.statics.formation_ids[i] for i in sightings.formation[mine].tolist())


def sighted(sessions: list[Session], observer: int) -> dict[str, np.ndarray]:
    """All columns of the reports of one side in several runs."""
    events = [e for s in sessions for e in of_kind(s, "Sighted")]
    mine = np.concatenate([e["observer"] == observer for e in events])
    return {name: np.concatenate([e[name] for e in events])[mine] for name in events[0].data}


# Levels.


def test_contact_shows_type_and_size_and_the_true_place():
    s = looked(FRONT, {"Q": "tank_corps"}, sets=BLIND)
    assert level_of(s, "r1", 0) == 2.0
    assert level_of(s, "a1", 0) == 2.0
    assert s.world.sightings.hex.tolist() == [at(s, 5, 4), at(s, 4, 4)]


def test_what_stands_behind_the_front_is_hidden_from_a_side_without_eyes():
    s = looked(FRONT, {"Q": "tank_corps"}, sets=BLIND, until=3 * DAY)
    assert known(s, "axis") == ["r1"]
    assert known(s, "soviet") == ["a1"]


def test_troops_that_run_into_somebody_new_report_within_the_quarter_of_an_hour():
    s = field(FRONT, {"Q": "tank_corps"}, sets=BLIND)
    told(s, "q1", OrderKind.MARCH, at(s, 4, 5))
    s.advance(2 * DAY)
    met = [r["minute"] for r in rows_of(s, "Touched", formation=row(s, "q1"), contact=1)]
    reports = rows_of(s, "Sighted", formation=row(s, "q1"))
    assert met[0] % (6 * HOUR) != 0
    assert met[0] <= reports[0]["minute"] <= met[0] + 15
    assert reports[0]["level"] == 2 * PPM
    assert reports[0]["hex"] == at(s, 4, 5)
    between = [r["minute"] for r in reports if r["minute"] % (6 * HOUR)]
    assert between == [reports[0]["minute"]], "once, then with the others"


def test_a_battle_brings_prisoners_who_tell_strength():
    s = field(FRONT, {"Q": "tank_corps"}, sets=BLIND)
    told(s, "r1", OrderKind.ATTACK, at(s, 5, 4))
    s.advance(6 * HOUR)
    assert level_of(s, "a1", 5 * HOUR) < 2.0
    s.advance(6 * HOUR + 1)
    assert level_of(s, "a1", 6 * HOUR) == 3.0


def test_a_report_of_what_stands_loses_half_its_level_in_a_day():
    s = looked(FRONT, sets=BLIND)
    assert level_of(s, "r1", DAY) == pytest.approx(1.0)
    assert level_of(s, "r1", 2 * DAY) == pytest.approx(0.5)


def test_a_report_of_what_moves_loses_half_its_level_in_eight_hours():
    s = field(FRONT, sets={**BLIND, "intelligence.radio_hazard_h": 10})
    told(s, "q1", OrderKind.MARCH, at(s, 0, 8))
    told(s, "r1", OrderKind.MARCH, at(s, 0, 0))
    s.advance(6 * HOUR + 1)
    moving = s.world.sightings.half_life[s.world.sightings.observer == AXIS]
    assert moving.tolist() == [8 * HOUR, 8 * HOUR]


def test_a_quiet_neighbour_stays_known_at_the_level_of_contact_and_patrols_raise_it():
    def levels(sets: Mapping[str, Any]) -> np.ndarray:
        s = looked(FRONT, sets=sets, until=5 * DAY)
        reports = sighted([s], AXIS)
        return reports["level"][reports["formation"] == row(s, "r1")]

    blind, patrolled = levels(BLIND), levels({})
    assert set(blind.tolist()) == {2 * PPM}
    assert patrolled.min() >= 2 * PPM
    assert patrolled.mean() > 2.2 * PPM
    assert patrolled.max() <= 4 * PPM


def test_faded_reports_leave_the_view():
    s = looked(FRONT, {"Q": "tank_corps"}, sets={**BLIND, "intelligence.radio_hazard_h": 5})
    assert len(s.view("axis").enemies) >= 2
    # Nobody looks any more: the same world seen later.
    late = side_view(s.world, AXIS, 6 * DAY)
    assert late.enemies.contact.tolist() == [1], "only what stands beside own troops"


# Means.


def hazards(session: Session, observer: int, minute: int) -> dict[str, dict[str, float]]:
    """Hazard of six hours by means and formation."""
    found = detection.look(session.world, minute, 6.0, Dice(1))
    mine = found.observer == observer
    names = [session.world.statics.formation_ids[i] for i in found.rows[mine].tolist()]
    means = ("patrol", "air", "radio", "partisans")
    return {mean: dict(zip(names, found.hazards[k, mine].tolist(), strict=True)) for k, mean in enumerate(means)}


def test_reconnaissance_troops_find_more_than_a_division_in_line_and_only_within_two_hexes():
    near = "::R::::\n:::::::\n..A....\n......."
    scouting = {**sample_kinds(), "panzer": replace(sample_kinds()["panzer"], recon=1.0)}
    line = hazards(field(near), AXIS, 0)["patrol"]["r1"]
    scouts = hazards(field(near, {"A": "panzer"}, kinds=scouting), AXIS, 0)["patrol"]["r1"]
    assert line == pytest.approx(0.04 * 6)
    assert scouts == pytest.approx(0.15 * 6)
    assert hazards(field("::R::::\n:::::::\n:::::::\n..A...."), AXIS, 0)["patrol"]["r1"] == 0.0


def test_patrols_find_as_often_as_their_hazard_says():
    text = "\n".join(["R:::" * 12, "::::" * 12, "A..." * 12, "...." * 12])
    sets = {**BLIND, "intelligence.patrol_hazard_h": 0.04, "intelligence.start_h": 6}
    found = sum(len(known(looked(text, seed=seed, sets=sets), "axis")) for seed in range(25))
    assert found / (25 * 12) == pytest.approx(1.0 - np.exp(-0.04 * 6), abs=0.07)


def test_woods_and_fog_hide_from_patrols():
    text = "::R::::\n:::::::\n..A....\n......."
    bare = hazards(field(text), AXIS, 0)["patrol"]["r1"]
    woods = hazards(field(text, terrain=[2] * 28), AXIS, 0)["patrol"]["r1"]
    fog = field(text, sets={"switch.weather": 1}, weather=[WeatherDay(0, "all", "fog", "dry")])
    fog.advance(1)
    assert woods == pytest.approx(bare * 0.5)
    assert hazards(fog, AXIS, 0)["patrol"]["r1"] == pytest.approx(bare * 0.5)


def air_hazard(minute: int, formations: Mapping[str, Any] | None = None, **options: Any) -> float:
    """Mean hazard from the air of the divisions behind the front, at the end of the six hours before ``minute``."""
    s = field(REAR, formations, assets=FLYERS, **options)
    s.advance(1)
    return float(np.mean(list(hazards(s, AXIS, minute)["air"].values())))


def test_aircraft_see_by_day_and_not_by_night():
    assert air_hazard(DAY + 18 * HOUR) > 0.05
    assert air_hazard(DAY + 2 * HOUR, sets={"intelligence.air_march": 5}) < 0.25 * air_hazard(DAY + 18 * HOUR)


def test_regrouping_by_night_is_hidden_a_march_by_day_is_not():
    s = field(REAR, assets=FLYERS)
    s.advance(2 * HOUR)
    for formation in [f.id for f in s.scenario.formations if f.side == "soviet"]:
        told(s, formation, OrderKind.MARCH, at(s, 3, 15))
    s.advance(6 * HOUR)
    by_night = max(hazards(s, AXIS, 3 * HOUR)["air"].values())
    on_the_road = s.world.formations.leg_to >= 0
    assert on_the_road.sum() >= 8
    by_day = hazards(s, AXIS, 12 * HOUR)["air"]
    assert by_night == 0.0
    assert by_day[s.world.statics.formation_ids[int(np.flatnonzero(on_the_road)[0])]] > 0.05


def test_clouds_hide_from_aircraft_and_rain_grounds_them():
    day = DAY + 18 * HOUR

    def under(sky: str) -> float:
        return air_hazard(day, sets={"switch.weather": 1}, weather=[WeatherDay(0, "all", sky, "dry")])

    assert under("cloud") < 0.25 * under("clear")
    assert under("rain") < 0.25 * under("cloud")


def test_more_sorties_find_more_and_none_find_nothing():
    few = [{**FLYERS[0], "sorties_day": 100}]
    s = field(REAR, assets=few)
    many = air_hazard(DAY + 18 * HOUR)
    s.advance(1)
    assert hazards(s, AXIS, DAY + 18 * HOUR)["air"]["r1"] == pytest.approx(many / 4)
    assert hazards(s, SOVIET, DAY + 18 * HOUR)["air"]["a1"] == 0.0


def test_german_intercept_hears_half_as_much_again():
    s = field(FRONT)
    assert hazards(s, AXIS, 0)["radio"]["r1"] == pytest.approx(1.5 * hazards(s, SOVIET, 0)["radio"]["a1"])


def test_partisans_report_to_the_red_army_what_is_behind_the_german_front():
    s = field("::R::::\n..A....\n.......\n.......\n..B....")
    found = hazards(s, SOVIET, 0)["partisans"]
    assert found["b1"] == pytest.approx(0.02 * 6)
    assert found["a1"] == 0.0
    assert set(hazards(s, AXIS, 0)["partisans"].values()) == {0.0}


SECRET = {
    "id": "blow", "hq": "soviet_hq", "kind": "attack", "axis": [(6, 15)], "objective": [(6, 15)], "surprise": 2.0,
    "mobile": ["r1"], "start_day": 1, "known_min": 0,
}  # fmt: skip


def test_radio_silence_and_camouflage_before_a_surprise_attack():
    s = field(REAR, directives=[SECRET], assets=FLYERS)
    open_ = field(REAR, directives=[{**SECRET, "surprise": 0.0}], assets=FLYERS)
    assert hazards(s, AXIS, 0)["radio"]["r1"] == 0.0
    assert hazards(s, AXIS, 0)["radio"]["r2"] > 0.0
    day = 18 * HOUR
    assert hazards(s, AXIS, day)["air"]["r1"] == pytest.approx(0.5 * hazards(open_, AXIS, day)["air"]["r1"])
    s.advance(DAY + HOUR)
    assert hazards(s, AXIS, DAY + HOUR)["radio"]["r1"] > 0.0, "from H-hour on it hides no more"


def test_reports_of_hidden_troops_are_out_of_date_in_four_hours():
    sure = {"intelligence.air_clear": 100, "intelligence.air_cloud": 100}
    s = looked(REAR, directives=[SECRET], assets=FLYERS, sets=sure)
    life = s.world.sightings.half_life[s.world.sightings.formation == row(s, "r1")]
    assert life.tolist() == [4 * HOUR]


def test_switched_off_only_contact_and_prisoners_are_left():
    s = looked(FRONT, {"Q": "tank_corps"}, sets={"switch.intelligence": 0, "intelligence.radio_hazard_h": 5}, until=DAY)
    assert known(s, "axis") == ["r1"]


# Errors.


LOUD = {**BLIND, "intelligence.radio_hazard_h": 0.15}


def many(sets: Mapping[str, Any] = LOUD, seeds: int = 20) -> list[Session]:
    """Runs of three days in which the Axis listens to fifteen divisions behind the front."""
    return [looked(REAR, seed=seed, sets=sets, until=3 * DAY) for seed in range(seeds)]


@pytest.fixture(scope="module")
def listened() -> list[Session]:
    """Twenty runs of listening."""
    return many()


def test_one_in_seven_of_the_dim_reports_is_of_nobody(listened: list[Session]):
    reports = sighted(listened, AXIS)
    dim = reports["level"] <= 2 * PPM
    share = (reports["formation"][dim] < 0).mean()
    assert dim.sum() > 1000
    assert 0.10 <= share <= 0.20


def test_alarm_without_phantoms_every_report_is_of_somebody():
    reports = sighted(many({**LOUD, "intelligence.phantoms": 0}, 2), AXIS)
    assert (reports["formation"] >= 0).all()


def test_phantoms_stand_on_enemy_ground_out_of_sight_and_cannot_be_told_from_dim_reports(listened: list[Session]):
    s = listened[0]
    sightings = s.world.sightings
    phantoms = np.flatnonzero((sightings.formation < 0) & (sightings.observer == AXIS))
    assert len(phantoms)
    assert (s.world.hexes.owner[sightings.hex[phantoms]] == SOVIET).all()
    assert (sightings.level[phantoms] < 2 * PPM).all()
    seen = s.view("axis").enemies
    assert (seen.formation[seen.level < 2 * PPM] == -1).all()
    assert (seen.certainty[seen.formation < 0] < PPM).all()


def test_half_of_the_reports_from_a_distance_are_a_hex_off(listened: list[Session]):
    s, reports = listened[0], sighted(listened, AXIS)
    real = (reports["formation"] >= 0) & (reports["level"] < 3 * PPM)
    true = s.world.formations.hex[reports["formation"][real]]
    off = s.world.statics.grid.distance(reports["hex"][real], true)
    assert set(np.unique(off).tolist()) == {0, 1}
    assert 0.35 <= off.mean() <= 0.55, "half of them, less those that would fall on ground that cannot be"


def test_estimates_spread_by_a_quarter_over_the_level():
    sessions = [looked("\n".join(["R:" * 15, "A." * 15, ".." * 15]), seed=seed, sets=BLIND, until=2 * DAY) for seed in range(8)]
    reports = sighted(sessions, AXIS)
    error = np.log(reports["estimate"] / PPM) * (reports["level"] / PPM)
    assert len(error) > 800
    assert error.mean() == pytest.approx(0.0, abs=0.03)
    assert error.std() == pytest.approx(0.25, rel=0.1)


def test_strengths_are_what_is_there_times_the_estimate():
    s = looked(FRONT, sets={**BLIND, "intelligence.estimate_spread": 0})
    report = np.flatnonzero(s.world.sightings.formation == row(s, "r1"))[0]
    assert s.world.sightings.men[report] == s.world.formations.men_u[row(s, "r1")] // PPM
    own = s.view("soviet").own
    assert s.world.sightings.power[report] == pytest.approx(own.power[own.at(row(s, "r1"))], rel=0.05)


def test_the_view_shows_estimates_never_the_true_strength():
    s = looked(FRONT, sets=BLIND)
    seen, report = s.view("axis").enemies, np.flatnonzero(s.world.sightings.observer == AXIS)[0]
    assert seen.men.tolist() == [s.world.sightings.men[report]]
    assert seen.men[0] != s.world.formations.men_u[row(s, "r1")] // PPM


def test_a_report_of_a_place_that_proves_empty_is_dismissed():
    s = field(FRONT, sets={**BLIND, "intelligence.half_life_static_h": 1000})
    s.advance(1)
    phantom = {"observer": AXIS, "formation": -1, "level": PPM, "hex": at(s, 4, 7), "seen_at": 0, "half_life": 60_000}
    report = int(s._pen["sightings"].append(phantom, 1)[0])
    s.advance(6 * HOUR + 1)
    assert s.world.sightings.level[report] == PPM
    told(s, "a1", OrderKind.MARCH, at(s, 5, 7))
    s.advance(2 * DAY)
    assert s.world.statics.grid.distance(int(s.world.formations.hex[row(s, "a1")]), at(s, 4, 7)) == 1
    assert s.world.sightings.level[report] == 0
    assert [r["report"] for r in rows_of(s, "Dismissed", observer=AXIS)] == [report]


# The dice are the formation's own.


def reports_by_id(session: Session) -> dict[str, dict[str, int]]:
    """The report of each formation, by its id."""
    sightings, names = session.world.sightings, session.world.statics.formation_ids
    columns = [c.name for c in sightings.spec.columns if c.name != "formation"]
    return {
        names[int(sightings.formation[i])]: {c: int(sightings[c][i]) for c in columns}
        for i in range(len(sightings))
        if sightings.formation[i] >= 0
    }


def busy(seed: int = 3, **options: Any) -> Scenario:
    """A drawn front with troops at every distance."""
    text = REAR.replace("A..", "A.B", 2)
    return drawn_scenario(text, {"B": "panzer"}, sets={**AT_ONCE, "intelligence.radio_hazard_h": 0.1}, **options)


def test_shuffled_rows_make_the_same_reports():
    scenario = busy()
    runs = []
    for formations in (scenario.formations, tuple(reversed(scenario.formations))):
        s = Session(replace(scenario, formations=formations), 3, systems=ONLY, ledger=True)
        s.advance(2 * DAY)
        runs.append(reports_by_id(s))
    assert runs[0] == runs[1]
    assert len(runs[0]) > 10


def test_a_formation_far_away_changes_no_report_of_another():
    few = looked(REAR, seed=3, sets=LOUD, until=2 * DAY)
    far = REAR.replace("\n", ":" * 29 + "Z\n", 1).replace(":" * 30 + "\n", ":" * 60 + "\n")
    far = far.replace("." * 30 + "\n", "." * 60 + "\n").replace("A.." * 10, "A.." * 10 + "." * 30)
    many_ = looked(far, {"Z": "rifle"}, seed=3, sets=LOUD, until=2 * DAY)
    assert "z1" in [f.id for f in many_.scenario.formations]
    grids = [s.world.statics.grid for s in (few, many_)]

    def shown(session: Session, k: int) -> dict[str, dict[str, Any]]:
        rows = {n: dict(r) for n, r in reports_by_id(session).items() if n != "z1"}
        for r in rows.values():
            r["hex"] = divmod(r["hex"], grids[k].columns)  # the wider map counts its hexes otherwise
        return rows

    assert shown(few, 0) == shown(many_, 1)


def test_every_report_is_of_the_other_side(listened: list[Session]):
    s = listened[0]
    for event in of_kind(s, "Sighted"):
        real = event["formation"] >= 0
        assert (s.world.formations.side[event["formation"][real]] != event["observer"][real]).all()
    assert rows_of(s, "Sighted")


def test_why_tells_the_means():
    s = field(FRONT)
    trace = Trace()
    intelligence.decide(s.world, 0, Dice(1), trace)
    keys = {key for _, row_, key, _, _ in trace.terms if row_ == row(s, "r1")}
    assert {"level_before", "hazard_patrol", "hazard_air", "contact", "level"} <= keys


# Surprise.


def attack_out_of_nowhere(sets: Mapping[str, Any]) -> float:
    """Surprise (levels) of an attack by a corps that marches up and attacks at once."""
    text = "::::::::\n:T::T:::\n::::::::\n::::::::\n:::.::::\n..A.....\n........".replace(".:", "::")
    s = field(text, {"T": "tank_corps"}, sets=sets)
    goal = at(s, 5, 2)
    for name in ("t1", "t2"):
        told(s, name, OrderKind.ATTACK, goal)
    s.advance(3 * DAY)
    engaged = [e for e in of_kind(s, "Engaged") if int(e["hex"][0]) == goal]
    assert engaged, "the attack never came"
    return float(engaged[0]["surprise"][0]) / PPM


def test_a_defender_who_has_seen_nothing_is_surprised_one_who_has_is_not():
    seen = {"intelligence.radio_hazard_h": 10, "intelligence.half_life_moving_h": 1000, "intelligence.start_h": 240,
            "intelligence.half_life_static_h": 1000}  # fmt: skip
    assert attack_out_of_nowhere(BLIND) > 0.9
    assert attack_out_of_nowhere(seen) == 0.0


def test_the_world_of_intelligence_is_whole_numbers(listened: list[Session]):
    world: World = listened[0].world
    assert all(np.issubdtype(values.dtype, np.integer) for _, values in world.sightings.columns())
