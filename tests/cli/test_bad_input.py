"""Nonsense on the command line and in files for it: words and a documented exit code, never a traceback or a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.files.faults import FileFaults
from engine.lab.engagement_file import OBSERVED
from engine.lab.experiment_file import read_experiment
from tests.cli.conftest import ROOT, Answer
from ui.cli.exit_codes import MEANING, Exit
from ui.cli.main import VERBS, main

Call = Callable[..., Answer]
Fuzz = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EXPERIMENT = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[0]

NONSENSE = [
    "", " ", "-", "--", "-1", "0", "1e99", "nan", "=", "a=b", "=b", "a=", "axis=", "axis=none", "east=staff", "@", "#",
    "x#1", "no_such", "no_such.dbr", "no_such.dbr@1944-08-20", "no_such.toml", "generated:", "generated:0", "1944-13-45",
    "\u202e", "ž" * 300, "../../../..", "/", ".", "--json", "-q", "--seed", "--until", "--set", "--overlay", "--runs",
    "--from", "--at", "--side", "--top-up", "--resume", "--commander", "--case", "--executor", "--layer", "--width", "-j",
]  # fmt: skip
"""No scenario's name is among them, so nothing begins to run."""


@given(st.sampled_from(sorted(VERBS)), st.lists(st.sampled_from(NONSENSE), max_size=5))
@Fuzz
def test_nonsense_is_answered_with_a_documented_code_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: str, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if verb in ("bench", "calibrate", "pairings"):
        words = ["--case", "no_such", "--runs", "none", *words]  # they have work to do without a name
    code = main([verb, *words])
    told = capsys.readouterr()
    assert code in set(MEANING) - {Exit.BUG}, told.err
    assert "Traceback" not in told.err + told.out
    assert code == 0 or (told.err + told.out).strip(), "a refusal says why"
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=200))
@Fuzz
def test_an_experiment_of_random_text_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(FileFaults, match=r"x\.toml:\d+:\d+: "):
        read_experiment(path)


@given(st.integers(0, 10_000), st.integers(0, 40), st.text("0123456789.\"'[]{}=\n -abc", max_size=6))
@Fuzz
def test_an_experiment_with_a_slip_of_the_pen_is_read_or_refused_with_its_place(
    tmp_path: Path, where: int, length: int, put: str
) -> None:
    at = where % len(EXPERIMENT)
    path = tmp_path / "x.toml"
    path.write_text(EXPERIMENT[:at] + put + EXPERIMENT[at + length :], encoding="utf-8")
    told = "x.toml:0:0: "
    try:
        read_experiment(path)
    except FileFaults as faults:
        told = str(faults)
    assert re.search(r"x\.toml:\d+:\d+: ", told)


@pytest.mark.parametrize(("change", "told"), [
    (("runs = 20", "runs = -3"), "at least 1, found -3"),
    (("runs = 20", "runs = 20\nruns = 30"), "x.toml"),
    (('design = "grid"', 'design = "guess"'), "grid"),
    (('scenario = "doppelkopf"', ""), "scenario"),
    (('axis = "staff"', 'germany = "staff"'), "axis"),
    (("levels = [1.5, 2.3, 4.0]", 'levels = "many"'), "expected a list, found 'many'"),
    (("sample = true", "sampel = true"), "sample"),
    (("format = 1", "format = 99"), "format"),
])  # fmt: skip
def test_what_is_wrong_with_an_experiment_is_named(
    deepbattle: Call, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    path = tmp_path / "x.toml"
    assert change[0] in EXPERIMENT
    path.write_text(EXPERIMENT.replace(*change), encoding="utf-8")
    answer = deepbattle("batch", path, "--dry-run", "--out", tmp_path / "b")
    assert answer.code == Exit.FILE, answer.err
    assert re.search(r"x\.toml:\d+:\d+: ", answer.err)
    assert told in answer.err


@pytest.mark.parametrize(("change", "told"), [
    (('address = "combat.tau_days"', 'address = "combat.tau_dayz"'), "combat.tau_days"),
    (('until = "1944-08-22"', 'until = "1946-01-01"'), "1944"),
    (('scenario = "doppelkopf"', 'scenario = "stalingrad"'), "stalingrad"),
    (('axis = "staff"', 'axis = "napoleon"'), "staff, plain, high, none"),
])  # fmt: skip
def test_what_only_the_scenario_can_tell_is_wrong_is_named_before_anything_runs(
    deepbattle: Call, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    path = tmp_path / "x.toml"
    assert change[0] in EXPERIMENT
    path.write_text(EXPERIMENT.replace(*change), encoding="utf-8")
    answer = deepbattle("batch", path, "--out", tmp_path / "b")
    assert answer.code in (Exit.FILE, Exit.USAGE), answer.err
    assert told in answer.err
    assert not (tmp_path / "b" / "runs.sqlite").exists()


def test_the_store_of_a_batch_that_died_at_birth_can_be_used_again(deepbattle: Call, tmp_path: Path) -> None:
    import sqlite3

    from engine.lab.store import _SCHEMA, FILE

    folder = tmp_path / "b"
    folder.mkdir()
    (folder / FILE).write_bytes(b"")
    assert "start it again" in deepbattle("batch", "--resume", "--out", folder).err
    base = sqlite3.connect(folder / FILE)
    base.executescript(_SCHEMA)
    base.close()
    answer = deepbattle("batch", "--resume", "--out", folder)
    assert answer.code == Exit.UNUSABLE
    short = ("doppelkopf", "--until", "1944-08-16", "--commander", "axis=none", "--commander", "soviet=none", "-q")
    assert deepbattle("batch", *short, "--runs", "1", "--executor", "serial", "--out", folder).code == 0


@pytest.mark.parametrize("body", [b"", b"not a database", b"SQLite format 3\x00" + b"\x00" * 100])
def test_what_is_no_store_is_told_and_left_alone(deepbattle: Call, tmp_path: Path, body: bytes) -> None:
    from engine.lab.store import FILE

    (tmp_path / FILE).write_bytes(body)
    for words in (("report", tmp_path), ("score", tmp_path), ("batch", "--resume", "--out", tmp_path),
                  ("run", f"{tmp_path}#1"), ("compare", tmp_path, tmp_path)):  # fmt: skip
        answer = deepbattle(*words)
        assert answer.code == Exit.UNUSABLE, (words, answer.err)


@pytest.mark.parametrize(("words", "code", "told"), [
    (("verify", "no_such.dbr"), Exit.UNUSABLE, "no_such.dbr: expected a recording (.dbr), found nothing"),
    (("verify", "."), Exit.UNUSABLE, "expected a recording (.dbr), found a folder"),
    (("run", "doppelkopf", "--orders", "orders.txt"), Exit.USAGE, "expected axis=FILE or soviet=FILE"),
    (("replay", "doppelkopf", "--history", "--at", "1944-08-20"), Exit.USAGE, "expected --png FILE with --at"),
    (("info", "nosuch"), Exit.USAGE, "there are: baltic_offensive"),
    (("info", "doppelkofp"), Exit.USAGE, "did you mean doppelkopf?"),
])  # fmt: skip
def test_a_refusal_says_what_was_expected(
    deepbattle: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = deepbattle(*words)
    assert answer.code == code
    assert told in answer.err


@pytest.mark.parametrize("fit", [(), ("--fit",)])
def test_engagements_without_observations_calibrate_nothing(deepbattle: Call, tmp_path: Path, fit: tuple[str, ...]) -> None:
    file = tmp_path / "unseen.csv"
    file.write_text("id,att_men,def_men\na,10000,8000\nb,20000,8000\n", encoding="utf-8")
    answer = deepbattle("calibrate", "--engagements", str(file), *fit)
    assert answer.code == Exit.FILE
    assert all(f"a column '{name}'" in answer.err for name in OBSERVED)
    assert "Warning" not in answer.err
