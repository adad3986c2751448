"""Loading the theatre: the digest, the text, and what happens when a file does not fit."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tomllib
from pathlib import Path

import pytest

from engine.files.theatre import THEATRES, _Reader, load_theatre, theatre_names
from engine.model.theatre import Theatre

FOLDER = THEATRES / "baltic"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "baltic"))


def test_the_baltic_is_listed() -> None:
    assert "baltic" in theatre_names()


def test_two_readings_have_one_digest(baltic: Theatre, copy: Path) -> None:
    assert load_theatre("baltic") is load_theatre(FOLDER)
    assert _Reader(copy).theatre().digest == baltic.digest


@pytest.mark.parametrize(
    "name", ["derived/terrain.txt", "derived/rivers.txt", "places.csv", "lines.toml", "theatre.toml"]
)
def test_a_changed_file_changes_the_digest(name: str, baltic: Theatre, copy: Path) -> None:
    path = copy / name
    # A space at the end of a comment, a name with one letter more: anything at all.
    text = path.read_text(encoding="utf-8")
    changed = {"derived/terrain.txt": text.replace("f", "m", 1), "places.csv": text.replace("Abja", "Abjas", 1)}
    path.write_text(changed.get(name, text + "# changed\n"), encoding="utf-8")
    assert _Reader(copy).theatre().digest != baltic.digest


def test_an_unknown_letter_is_named_with_file_and_line(copy: Path) -> None:
    path = copy / "derived" / "terrain.txt"
    path.write_text(path.read_text().replace("\n", "\n?", 1)[:-2] + "\n")
    with pytest.raises(ValueError, match=r"terrain\.txt:2"):
        _Reader(copy).theatre()


def test_a_place_that_was_not_built_is_named(copy: Path) -> None:
    with (copy / "places.csv").open("a", encoding="utf-8") as file:
        file.write("nowhere,Nowhere,56.0,23.0,0,,,,,,,,,,,hand\n")
    with pytest.raises(ValueError, match="nowhere"):
        _Reader(copy).theatre()


def test_arrays_are_read_only(baltic: Theatre) -> None:
    with pytest.raises(ValueError):
        baltic.terrain[0] = 1


def test_the_map_was_built_from_the_hand_written_files_as_they_are() -> None:
    built = tomllib.loads((FOLDER / "derived" / "build.toml").read_text(encoding="utf-8"))["hand_written"]
    now = {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in FOLDER.iterdir() if p.suffix in (".toml", ".csv") and p.name != "weather.csv"  # no ground in it
    }
    assert now == built


def test_lists_are_sorted_and_rows_have_one_length() -> None:
    with (FOLDER / "places.csv").open(newline="", encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert ids == sorted(ids)
    for name in ("terrain", "country", "zone", "depth", "ice"):
        lines = (FOLDER / "derived" / f"{name}.txt").read_text(encoding="ascii").splitlines()
        assert {len(line) for line in lines} == {175}
        assert len(lines) == 137


def test_every_railway_has_gauge_tracks_and_a_source_of_the_list(baltic: Theatre) -> None:
    sources = tomllib.loads((FOLDER / "railways.toml").read_text(encoding="utf-8"))["sources"]
    assert len(baltic.railways) > 90
    for line in baltic.railways:
        assert set(line.source.split(";")) <= set(sources), line.name
        assert line.gauge in (600, 750, 1000, 1435, 1524), line.name
        assert line.grade in (1, 2), line.name


def test_every_hand_written_entry_names_its_source() -> None:
    for name, key in (("rivers.toml", "river"), ("lines.toml", "line"), ("patch.toml", "patch"), ("sea.toml", "lane")):
        entries = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))[key]
        assert [e for e in entries if not e.get("src")] == [], name
    for name in ("places.csv", "stations.csv", "roads.csv"):
        with (FOLDER / name).open(newline="", encoding="utf-8") as file:
            assert all(row["source"] for row in csv.DictReader(file)), name
