"""The committed Baltic theatre keeps every invariant of `baltic_invariants`."""

from __future__ import annotations

import baltic_invariants
import numpy as np
import pytest
from baltic_invariants import LAKE, SEA, cell, rail_km

from engine.model.theatre import Theatre


@pytest.mark.parametrize("check", baltic_invariants.ALL, ids=lambda check: check.__name__)
def test_the_theatre_has_no(check, baltic: Theatre) -> None:
    assert check(baltic) == []


def test_the_grid_is_that_of_the_whole_theatre(baltic: Theatre) -> None:
    assert (baltic.grid.columns, baltic.grid.rows, baltic.grid.spacing_m) == (175, 137, 6000)
    assert baltic.grid.text(baltic.find_place("Riga").cell).startswith("B")


def test_there_are_at_least_400_places_with_names_in_several_languages(baltic: Theatre) -> None:
    assert len(baltic.places) >= 400
    assert sum("de" in p.names for p in baltic.places) >= 350
    assert sum("ru" in p.names for p in baltic.places) >= 450
    assert len({p.id for p in baltic.places}) == len(baltic.places)


@pytest.mark.parametrize(("text", "name"), [("Dünaburg", "Daugavpils"), ("dunaburg", "Daugavpils"), ("MITAU", "Jelgava"),
                                        ("Двинск", "Daugavpils"), ("Шяуляй", "Šiauliai"), ("Schaulen", "Šiauliai"),
                                        ("Klaipėda", "Memel"), ("Klaipeda", "Memel"), ("silute", "Heydekrug"),
                                        ("Frauenburg", "Saldus"), ("Libau", "Liepāja"), ("Petschur", "Petseri"),
                                        ("Tannenberg", "Sinimäed"), ("Zerel", "Sääre"), ("Gatchina", "Krasnogvardeisk"),
                                        ("Preussisch Eylau", "Preußisch Eylau"), ("Novgorod", "Novgorod")])  # fmt: skip
def test_a_place_is_found_by_any_of_its_names(text: str, name: str, baltic: Theatre) -> None:
    place = baltic.find_place(text)
    assert place is not None
    assert place.name == name


def test_a_misspelt_place_gets_the_nearest_names(baltic: Theatre) -> None:
    assert baltic.find_place("Siaulai") is None
    assert baltic.nearest_names("Siaulai")[0] == "Šiauliai"


def test_every_place_of_the_histories_is_found(baltic: Theatre, history_names: list[str]) -> None:
    assert len(history_names) > 300
    assert [n for n in history_names if baltic.find_feature(n) is None] == []


@pytest.mark.parametrize(("text", "name"), [("Düna", "Daugava"), ("Dvina", "Daugava"), ("Embach", "Emajõgi"),
                                        ("Nemunėlis", "Mēmele"), ("Wirz-See", "Lake Võrtsjärv"), ("Osel", "Saaremaa"),
                                        ("Kurische Nehrung", "Curonian Spit"), ("Wenden-Stellung", "Cēsis (Wenden) line"),
                                        ("Memel", "Memel")])  # fmt: skip
def test_waters_rivers_islands_and_lines_are_found_by_any_of_their_names(text: str, name: str, baltic: Theatre) -> None:
    feature = baltic.find_feature(text)
    assert feature is not None
    assert feature.name == name
    assert baltic.find_feature("Nowhere") is None


def test_major_ports_have_a_capacity_and_touch_the_sea(baltic: Theatre) -> None:
    for name in ("Riga", "Liepāja", "Ventspils", "Memel", "Tallinn", "Pillau", "Leningrad", "Kuressaare"):
        place = baltic.find_place(name)
        assert place.port_t >= 300, name
        near = baltic.grid.ring_table(3)[place.cell]  # Riga lies 15 km up its river
        assert any(c >= 0 and baltic.kind[c] == SEA for c in near), name


def test_sea_hexes_have_a_depth_and_land_has_none(baltic: Theatre) -> None:
    assert ((baltic.depth > 0) == (baltic.kind == SEA)).all()
    assert baltic.depth[baltic.cell_at(56.6, 20.0)] == 3


def test_ice_closes_the_gulf_of_riga_in_february_but_not_liepaja(baltic: Theatre) -> None:
    assert 2 in baltic.ice_months[baltic.ice[baltic.cell_at(57.6, 23.6)]]
    assert 2 not in baltic.ice_months[baltic.ice[baltic.cell_at(56.5, 20.8)]]


def test_every_lake_freezes_and_so_does_the_archipelago_sea(baltic: Theatre) -> None:
    lakes = baltic.kind == LAKE
    assert all(2 in baltic.ice_months[k] for k in set(baltic.ice[lakes].tolist()))
    assert 2 in baltic.ice_months[baltic.ice[baltic.cell_at(60.0, 21.5)]]


def test_konigsberg_is_reached_by_its_canal_at_the_depth_of_light_ships(baltic: Theatre) -> None:
    canal = next(lane for lane in baltic.lanes if lane.name.startswith("Pillau - Königsberg"))
    assert (baltic.depth[list(canal.cells)] == 2).all()
    ends = ((canal.cells[0], "Pillau"), (canal.cells[-1], "Königsberg"))
    away = [int(baltic.grid.distance(end, cell(baltic, name))) for end, name in ends]
    assert away[0] <= 1
    assert away[1] <= 4, "the rest is the Pregel's own channel"


def test_gauges_of_july_1944_follow_the_front(baltic: Theatre) -> None:
    """Broad gauge on the Soviet side since the autumn of 1943, 1435 mm where German trains still ran in June."""
    gauges = {line.name: line.gauge for line in baltic.railways}
    assert gauges["Orsha - Smolensk"] == gauges["Pustoshka - Velikiye Luki"] == 1524
    german = ("Minsk - Orsha", "Vitebsk - Orsha - Mogilev", "Krustpils - Rēzekne - Pustoshka")
    assert {gauges[name] for name in german} == {1435}


def test_no_rails_cross_the_nemunas_at_alytus_after_1926(baltic: Theatre) -> None:
    alytus = baltic.find_place("Alytus").cell
    assert (baltic.rail[alytus] > 0).sum() == 1
    assert not ((baltic.rail[alytus] > 0) & (baltic.river[alytus] > 0)).any()


def test_the_branch_of_1933_ends_on_the_daugava_at_druya(baltic: Theatre) -> None:
    assert 80 <= rail_km(baltic, "Voropayevo", "Druya") <= 115


@pytest.mark.parametrize(("name", "lat", "lon"), [("Abrene", 57.069, 27.915), ("Gruzino", 59.147, 31.887),
                                                ("Lavry", 57.576, 27.479), ("Dubrovno", 57.925, 29.365),
                                                ("Breitenstein", 54.825, 22.089), ("Myasnoy Bor", 58.822, 31.474),
                                                ("Spasskaya Polist", 58.931, 31.508), ("Coadjuthen", 55.283, 21.833),
                                                ("Osmino", 59.013, 29.083), ("Medved", 58.301, 30.513),
                                                ("Sirotino", 55.374, 29.624), ("Laukuva", 55.619, 22.233),
                                                ("Slavkovichi", 57.647, 29.067), ("Schirwindt", 54.782, 22.845)])  # fmt: skip
def test_small_places_lie_where_gazetteers_have_them(name: str, lat: float, lon: float, baltic: Theatre) -> None:
    place = baltic.find_place(name)
    assert 111.2 * np.hypot(place.lat - lat, (place.lon - lon) * np.cos(np.radians(lat))) < 3


def test_the_curonian_spit_is_wooded_although_no_pixel_of_it_is_land(baltic: Theatre) -> None:
    assert baltic.forest_pct[baltic.find_place("Nidden").cell] >= 20


def test_sea_lanes_keep_to_the_sea(baltic: Theatre) -> None:
    assert len(baltic.lanes) >= 8
    assert all(baltic.kind[c] == SEA for lane in baltic.lanes for c in lane.cells)


def test_the_front_rivers_are_of_the_class_their_size_asks_for(baltic: Theatre) -> None:
    tops = {line.name: line.grade for line in baltic.rivers}
    assert {tops[n] for n in ("Daugava", "Nemunas", "Narva", "Neva", "Volkhov")} == {3}
    assert {tops[n] for n in ("Venta", "Gauja", "Mēmele", "Emajõgi", "Dubysa")} == {2}
    assert {tops[n] for n in ("Abava", "Virvytė", "Piusa")} <= {1, 2}
