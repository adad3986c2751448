"""Damaged files give faults, never a traceback: random edits of valid files, values, overlays and recorded
scenarios.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.files.drawn import drawn_scenario
from engine.files.faults import FileFaults
from engine.files.json_form import from_json, to_json
from engine.files.scenario import check_scenario, load_scenario
from tests.files.little_war import FILES, Desk, lay_out, little_theatre

COMMON = ("kinds.csv", "formations.csv", "staffs.csv", "terrain.csv", "sources.toml")
NAMES = sorted([*FILES, *(f"common/{name}" for name in COMMON)])
STAFFS = """\
id,name,side,nation,echelon,src,grade
g_hq_0,Third Army,axis,DE,army,book,document
g_hq_1,I Corps,axis,DE,corps,book,document
s_hq_1,1st Army,soviet,SU,army,book,document
"""
PIECES = [
    '"',
    "'",
    ",",
    "=",
    "[",
    "]",
    "{",
    "}",
    "\n",
    "#",
    "\0",
    "\ufeff",
    "\\",
    "nan",
    "inf",
    "-1",
    "1e400",
    "9" * 400,
    "true",
    "1944-13-45",
    "1944-08-16T25:00",
    "g_hq_1",
    "s_rd_3",
    "_low",
    "[[directive]]\n",
    "[a.b]\n",
    "é",
    "\r",
    "\u2028",
    "0x1F",
    '"""',
    "strongest 3",
    "after:to_siauliai",
    "id",
    "Siauliai",
    "57.1 26.6",
    "Auce 400 km N",
    ";",
]


@pytest.fixture(scope="module")
def fuzz_desk():
    with tempfile.TemporaryDirectory() as folder:
        yield lay_out(Path(folder) / "scenarios").write("common/staffs.csv", STAFFS)


@st.composite
def edits(draw):
    """A file and what is done to it: (name, start, end, new text) in shares of its length."""
    name = draw(st.sampled_from(NAMES))
    start = draw(st.floats(0, 1))
    length = draw(st.sampled_from([0, 0, 1, 1, 2, 5, 20, 200]))
    new = draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=4), st.just("")))
    return name, start, length, new


def damaged(text: str, start: float, length: int, new: str) -> str:
    at = int(start * len(text))
    return text[:at] + new + text[at + length :]


def survives(desk: Desk) -> None:
    """Reading ends in a scenario or in faults; nothing else."""
    loaded = check_scenario(desk.folder, theatre=THEATRE)
    for fault in loaded.faults:
        assert str(fault).count("\n") == 0
        assert fault.line >= 0
        assert fault.expected
        assert fault.found
    try:
        scenario = load_scenario(desk.folder, theatre=THEATRE)
    except FileFaults as error:
        assert error.faults  # noqa: PT017 - both ends are right
    else:
        assert scenario.digest


THEATRE = little_theatre()
RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@RELAXED
@given(st.lists(edits(), min_size=1, max_size=3))
def test_random_edits_give_faults_and_no_traceback(fuzz_desk, changes):
    originals = {}
    try:
        for name, start, length, new in changes:
            path = fuzz_desk.root / name if "/" in name else fuzz_desk.folder / name
            text = path.read_text(encoding="utf-8")
            originals.setdefault(path, text)
            path.write_text(damaged(text, start, length, new), encoding="utf-8", newline="")
        survives(fuzz_desk)
    finally:
        for path, text in originals.items():
            path.write_text(text, encoding="utf-8", newline="")


@RELAXED
@given(st.sampled_from(NAMES), st.binary(max_size=40), st.booleans())
def test_random_bytes_give_faults_and_no_traceback(fuzz_desk, name, junk, instead):
    path = fuzz_desk.root / name if "/" in name else fuzz_desk.folder / name
    original = path.read_bytes()
    try:
        path.write_bytes(junk if instead else original[: len(original) // 2] + junk + original[len(original) // 2 :])
        survives(fuzz_desk)
    finally:
        path.write_bytes(original)


scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.floats(), st.text(max_size=5))


@RELAXED
@given(
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.tuples(
                st.sampled_from(
                    [
                        "combat.tau_days",
                        "forces.s_rd_3.men",
                        "plans.to_siauliai.axis",
                        "scenario.end",
                        "headquarters.g_hq_1.parent",
                        "weather.1944-08-15_all.sky",
                        "sources.book.title",
                    ]
                ),
                st.one_of(st.sampled_from(PIECES), st.text(max_size=8)),
            ).map("=".join),
        ),
        max_size=3,
    )
)
@example(["=", "a=", "combat.tau_days=[[[[", "scenario.end=1944-08-19", "plans.to_siauliai.assault=[1,2]"])
def test_random_sets_give_faults_and_no_traceback(fuzz_desk, words):
    loaded = check_scenario(fuzz_desk.folder, sets=words, theatre=THEATRE)
    assert loaded.scenario is not None or loaded.faults


@RELAXED
@given(st.floats(0, 1), st.sampled_from([0, 1, 3]), st.one_of(st.sampled_from(PIECES), st.text(max_size=3)))
def test_a_damaged_recorded_scenario_is_refused_or_equal(start, length, new):
    text = damaged(RECORDED, start, length, new)
    try:
        scenario = from_json(text)
    except FileFaults as error:
        assert error.faults  # noqa: PT017 - both ends are right
    else:
        assert scenario.digest == DRAWN.digest


DRAWN = drawn_scenario(":R:#\n.A.f")
RECORDED = to_json(DRAWN)
