"""The data of Operation Doppelkopf: counts, sources, command tree, armour against the known total, towns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from engine.files.common import SCENARIOS, common_sources
from engine.files.scenario import load_scenario
from engine.model.scenario import Scenario

FOLDER = SCENARIOS / "doppelkopf"
PANZER_TYPE = ("g_pgd_gd", "g_pd_4", "g_pd_5", "g_pd_7", "g_pd_12", "g_pd_14")
KNOWN_PANZER_TYPE_AFV = 281
"""Running tanks and assault guns of the six divisions about 16 August 1944, German returns (Buttar)."""


@pytest.fixture(scope="module")
def doppelkopf() -> Scenario:
    return load_scenario("doppelkopf")


def rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))



def test_the_campaign_lasts_from_15_to_27_august(doppelkopf: Scenario) -> None:
    assert (doppelkopf.start.isoformat(), doppelkopf.end.isoformat()) == ("1944-08-15", "1944-08-28")
    assert sorted({day.day for day in doppelkopf.weather}) == list(range(13))





def test_identities_and_commanders_cite_common_sources_and_known_subjects() -> None:
    common = set(common_sources())
    for row in rows(SCENARIOS / "common" / "formations.csv"):
        assert set(row["src"].split(";")) <= common, row["id"]
        assert re.fullmatch(r"\d{20}", row["sidc"]), row["id"]
        assert row["sidc"][2:4] == "03", "affiliation is left to the viewer: friendly frame for both sides"
    known = {row["id"] for name in ("formations", "staffs") for row in rows(SCENARIOS / "common" / f"{name}.csv")}
    for row in rows(SCENARIOS / "common" / "commanders.csv"):
        assert row["subject"] in known
        assert set(row["src"].split(";")) <= common, row["subject"]


def test_the_six_panzer_type_divisions_have_the_281_afvs_of_the_german_returns(doppelkopf: Scenario) -> None:
    afv = {f.id: f.afv for f in doppelkopf.formations if f.id in PANZER_TYPE}
    assert sorted(afv) == sorted(PANZER_TYPE)
    assert sum(afv.values()) == KNOWN_PANZER_TYPE_AFV


def test_armour_before_siauliai_is_of_the_size_that_the_front_counted(doppelkopf: Scenario) -> None:
    """Bagramyan: up to 250 tanks on the western and south-western approaches on 17 August."""
    corps = [f.afv for f in doppelkopf.formations if f.parent == "g_hq_xxxx_pzk"]
    corps += [a.afv for a in doppelkopf.assets if a.hq == "g_hq_xxxx_pzk"]
    assert 170 <= sum(corps) <= 260


def test_5th_guards_tank_army_arrives_on_the_17th_with_very_few_tanks(doppelkopf: Scenario) -> None:
    brigades = [f for f in doppelkopf.formations if f.parent in ("s_hq_3gtc", "s_hq_29tc")]
    assert len(brigades) == 8
    assert all(doppelkopf.date_of(f.arrives_min).day == 17 for f in brigades)
    assert 17 <= sum(f.afv for f in brigades) <= 60


STRENGTHS = {
    # Fact of history.toml -> headquarters whose formations and assets it counts.
    "tanks_of_1st_tank_corps": ("s_hq_1tc",),
    "tanks_of_3rd_guards_mechanised_corps": ("s_hq_3gmc",),
    "tanks_of_5th_guards_tank_army": ("s_hq_3gtc", "s_hq_29tc"),
    "tanks_of_19th_tank_corps": ("s_hq_19tc",),
    "tanks_of_strachwitz": ("g_hq_strachwitz",),
}


@pytest.mark.parametrize("fact_id", STRENGTHS)
def test_armour_at_the_start_lies_within_what_the_sources_allow(fact_id: str, doppelkopf: Scenario) -> None:
    fact = next(f for f in doppelkopf.history if f.id == fact_id)
    afv = sum(f.afv for f in doppelkopf.formations if f.parent in STRENGTHS[fact_id])
    afv += sum(a.afv for a in doppelkopf.assets if a.hq in STRENGTHS[fact_id])
    assert fact.low <= afv <= fact.high


def test_the_divisions_of_51st_army_hold_the_wide_fronts_that_the_facts_give(doppelkopf: Scenario) -> None:
    fact = next(f for f in doppelkopf.history if f.id == "front_of_51st_army")
    corps = ("s_hq_63rc", "s_hq_10rc", "s_hq_1grc")
    widths = [f.width_km for f in doppelkopf.formations if f.parent in corps]
    assert len(widths) == 9
    assert fact.low <= sum(widths) / len(widths) <= fact.high


def test_1st_baltic_front_has_no_more_men_than_the_record_leaves_it(doppelkopf: Scenario) -> None:
    """Fighting formations and army troops without 4th Shock Army, against a total with services."""
    fact = next(f for f in doppelkopf.history if f.id == "men_of_1st_baltic_front")
    above = {h.id: h.parent for h in doppelkopf.headquarters}

    def of_the_front(hq: str) -> bool:
        while hq and hq != "s_hq_4sa":
            if hq == "s_hq_1bf":
                return True
            hq = above[hq]
        return False

    men = sum(f.men for f in doppelkopf.formations if of_the_front(f.parent))
    men += sum(a.men for a in doppelkopf.assets if of_the_front(a.hq))
    assert 0.6 * fact.value <= men <= fact.value





def test_the_guns_of_prinz_eugen_reach_tukums_on_the_20th_only(doppelkopf: Scenario) -> None:
    cruiser = next(a for a in doppelkopf.assets if a.id == "g_kg_thiele_cruiser")
    theatre = doppelkopf.theatre
    tukums = theatre.find_place("Tukums")
    assert tukums is not None
    assert theatre.kind[cruiser.cell] == 0, "a ship stands at sea"
    assert int(theatre.grid.distance(cruiser.cell, tukums.cell)) * 6 <= cruiser.range_km
    assert doppelkopf.date_of(cruiser.from_min).day == 20
    assert doppelkopf.date_of(cruiser.until_min - 1).day == 20


def test_the_state_of_51st_army_and_the_surprise_are_levers_with_bounds(doppelkopf: Scenario) -> None:
    corps = ("s_hq_63rc", "s_hq_10rc", "s_hq_1grc")
    for formation in doppelkopf.formations:
        if formation.parent in corps:
            uncertain = {d.column for d in formation.details if d.uncertain}
            assert {"men", "cohesion", "fatigue"} <= uncertain, formation.id
    surprised = [d for d in doppelkopf.directives if d.surprise > 0]
    assert {d.hq for d in surprised} >= {"g_hq_xxxix_pzk", "g_hq_strachwitz"}
    for directive in surprised:
        assert "surprise" in {d.column for d in directive.details if d.uncertain}, directive.id


def test_army_troops_are_assets_and_counters_are_formations(doppelkopf: Scenario) -> None:
    kinds = Counter(f.kind for f in doppelkopf.formations)
    assert kinds["rifle"] + kinds["guards_rifle"] == 74
    assert kinds["tank_brigade"] == 21
    assert kinds["panzer"] + kinds["panzergrenadier"] == 6
    assert not {"artillery", "rocket", "antitank", "air_command"} & set(kinds)
