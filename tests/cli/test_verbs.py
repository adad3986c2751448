"""The verbs at work on two days of Doppelkopf: answers, files, refusals, exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer
from ui.cli.exit_codes import Exit

Call = Callable[..., Answer]
SHORT = ("doppelkopf", "--until", "1944-08-16", "--commander", "axis=none", "--commander", "soviet=none", "-q")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ui.cli.main import main

    path = tmp_path_factory.mktemp("run") / "run.dbr"
    assert main(["run", *SHORT, "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ui.cli.main import main

    path = tmp_path_factory.mktemp("batch") / "b"
    assert main(["batch", *SHORT, "--runs", "2", "--executor", "serial", "--out", str(path)]) == 0
    return path


def test_run_prints_who_holds_what_the_losses_and_the_score(deepbattle: Call) -> None:
    answer = deepbattle("run", *SHORT)
    assert answer.code == 0
    for words in ("Operation Doppelkopf · seed 1 · 1 day in", "Who holds what", "Šiauliai", "Losses", "Against history"):
        assert words in answer.out
    assert answer.err == ""


def no_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def test_run_prints_the_same_as_json(deepbattle: Call) -> None:
    found = json.loads(deepbattle("run", *SHORT, "--json").out, parse_constant=no_json)
    assert found["result"]["minute"] == 1440
    assert found["scorecard"]["runs"] == 1
    again = json.loads(deepbattle("run", *SHORT, "--json").out)
    assert found == again


def test_a_run_goes_on_from_a_moment_of_a_recording(deepbattle: Call, recording: Path) -> None:
    answer = deepbattle("run", "--from", f"{recording}@1944-08-15T12:00", "--until", "1944-08-17", "-q", "--json",
                        "--commander", "axis=none", "--commander", "soviet=none")  # fmt: skip
    assert answer.code == 0
    assert json.loads(answer.out)["result"]["minute"] == 2880
    late = deepbattle("run", "--from", f"{recording}@1944-08-20", "-q")
    assert late.code == Exit.USAGE
    assert "expected a moment of the recording" in late.err


def test_a_recording_is_verified_and_an_edited_one_refused(deepbattle: Call, recording: Path, tmp_path: Path) -> None:
    assert deepbattle("verify", recording).code == 0
    assert json.loads(deepbattle("verify", recording, "--json").out)["status"] == "same"
    data = bytearray(recording.read_bytes())
    cut = tmp_path / "cut.dbr"
    cut.write_bytes(data[: len(data) // 2])
    data[len(data) // 3] ^= 1
    edited = tmp_path / "edited.dbr"
    edited.write_bytes(data)
    for path in (cut, edited, tmp_path / "none.dbr"):
        answer = deepbattle("verify", path)
        assert answer.code == Exit.UNUSABLE, path
        assert str(path) in answer.err


def test_orders_from_a_file_are_given_and_those_for_the_other_side_refused(deepbattle: Call, tmp_path: Path) -> None:
    from engine import load_scenario

    scenario = load_scenario("doppelkopf")
    mine = next(f.id for f in scenario.formations if f.side == "axis" and f.cell >= 0 and f.arrives_min <= 0)
    theirs = next(f.id for f in scenario.formations if f.side == "soviet" and f.cell >= 0 and f.arrives_min <= 0)
    orders = tmp_path / "mine.orders"
    orders.write_text(f"# what we do\n1944-08-15T06:00 {mine}: entrench\n")
    assert deepbattle("run", *SHORT, "--orders", f"axis={orders}").code == 0
    orders.write_text(f"1944-08-15T06:00 {theirs}: entrench\n")
    with orders.open("a") as more:
        more.write(f"1944-08-15T06:00 nobody: hold\n1944-08-15T06:00 {mine}: march B001.001\n")
    answer = deepbattle("run", *SHORT, "--orders", f"axis={orders}")
    assert answer.code == Exit.NO
    assert all(f"{orders}:{line}:1: " in answer.err for line in (1, 2, 3))
    orders.write_text(f"1944-08-15T06:00 {mine}: attach\n")
    answer = deepbattle("run", *SHORT, "--orders", f"axis={orders}")
    assert (answer.code, f"{orders}:1:1: expected no attach" in answer.err) == (Exit.FILE, True)
    orders.write_text(f"soon {mine}: entrench\n1944-08-15T06:00 {mine}: jump\n")
    answer = deepbattle("run", *SHORT, "--orders", f"axis={orders}")
    assert answer.code == Exit.FILE
    assert f"{orders}:1:1: " in answer.err
    assert f"{orders}:2:1: " in answer.err


def test_an_order_that_is_refused_at_its_hour_ends_the_run_there_and_nothing_computed_is_lost(
    deepbattle: Call, tmp_path: Path
) -> None:
    from engine import load_scenario

    scenario = load_scenario("doppelkopf")
    later = next(f.id for f in scenario.formations if f.side == "axis" and f.arrives_min > 1440)
    orders, out = tmp_path / "later.orders", tmp_path / "x.dbr"
    orders.write_text(f"1944-08-15T06:00 {later}: entrench\n")
    answer = deepbattle("run", "doppelkopf", "--until", "1944-08-16", "--orders", f"axis={orders}", "--out", out)
    assert answer.code == Exit.NO
    assert f"{orders}:1:1: " in answer.err
    assert "6 hours in" in answer.out
    assert deepbattle("verify", out).code == Exit.DONE


@pytest.mark.parametrize(("body", "told"), [
    (b"\x93\x00\xff", "1:1: expected UTF-8 text, found byte 0x93"),
    (b"1944-08-01T06:00 g_pgd_gd: entrench\n", "1:1: expected a date within the run"),
    (b"\n1950-01-01 g_pgd_gd: entrench\n", "2:1: expected a date within the run"),
])  # fmt: skip
def test_orders_that_cannot_be_read_or_lie_outside_the_run_are_told(
    deepbattle: Call, tmp_path: Path, body: bytes, told: str
) -> None:
    orders = tmp_path / "x.orders"
    orders.write_bytes(body)
    answer = deepbattle("run", *SHORT, "--orders", f"axis={orders}")
    assert answer.code == Exit.FILE
    assert f"{orders}:{told}" in answer.err


def test_verifying_commanders_calls_those_who_commanded(deepbattle: Call, tmp_path: Path) -> None:
    out, bot = tmp_path / "x.dbr", tmp_path / "bot.py"
    bot.write_text("class Bot:\n    digest = 'bot-1'\n    def plan(self, view, notes, dice, due):\n        return []\n")
    on = ("run", "doppelkopf", "--until", "1944-08-15T06:00", "-q", "--out", out, "--commander", "soviet=none", "--commander")
    assert deepbattle(*on, "axis=high@1944-08-15T03:00").code == Exit.DONE
    assert deepbattle("verify", out, "--commanders").code == Exit.DONE
    assert deepbattle("verify", out, "--commander", "axis=none").code == Exit.NO
    assert deepbattle(*on, f"axis={bot}:Bot").code == Exit.DONE
    answer = deepbattle("verify", out, "--commanders")
    assert (answer.code, "expected --commander axis=file.py:Class" in answer.err) == (Exit.USAGE, True)
    assert deepbattle("verify", out, "--commander", f"axis={bot}:Bot").code == Exit.DONE


def test_a_run_that_goes_on_from_another_engines_recording_says_so(
    deepbattle: Call, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import engine.run.recording as recordings

    on = ("run", "--from", recording, "--until", "1944-08-16T06:00", "--commander", "axis=none", "--commander", "soviet=none")
    assert "another engine" not in deepbattle(*on).err
    monkeypatch.setattr(recordings, "engine_digest", lambda: "0123456789abcdef")
    answer = deepbattle(*on)
    assert answer.code == Exit.DONE
    assert "recorded by another engine: goes on as a branch of its own from 16 August 1944" in answer.err


@pytest.mark.parametrize("date", ["1944-08-10", "1944-08-20"])
def test_a_moment_that_a_recording_does_not_hold_is_told(
    deepbattle: Call, recording: Path, tmp_path: Path, date: str
) -> None:
    for words in (("run", "--from", f"{recording}@{date}"), ("replay", recording, "--png", tmp_path / "x.png", "--at", date)):
        answer = deepbattle(*words)
        assert answer.code == Exit.USAGE
        assert "expected a moment of the recording (15 August 1944 to 16 August 1944)" in answer.err


@pytest.mark.parametrize(("answer", "told"), [
    ("raise RuntimeError('boom')", "RuntimeError: boom"),
    ("return 'no orders'", "AttributeError"),
    ("return None", "TypeError"),
])  # fmt: skip
def test_a_commander_of_the_user_that_fails_gives_no_orders_and_that_is_told(
    deepbattle: Call, tmp_path: Path, answer: str, told: str
) -> None:
    bot = tmp_path / "bot.py"
    bot.write_text(f"class Bot:\n    digest = 'bot'\n    def plan(self, view, notes, dice, due):\n        {answer}\n")
    short = ("doppelkopf", "--until", "1944-08-16", "-q", "--commander", "soviet=none")
    done = deepbattle("run", *short, "--commander", f"axis={bot}:Bot")
    assert done.code == Exit.DONE
    assert "axis: the commander failed" in done.err
    assert told in done.err


def test_a_device_is_not_replaced_by_a_recording(deepbattle: Call, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    answer = deepbattle("run", *SHORT, "--out", pipe)
    assert answer.code == Exit.OUTPUT
    assert "not a file" in answer.err
    assert pipe.is_fifo()


@pytest.mark.parametrize(("words", "code", "told"), [
    (("run",), Exit.USAGE, "expected a SCENARIO"),
    (("run", "doppelkopf", "--until", "1946-01-01"), Exit.USAGE, "expected --until after"),
    (("run", "doppelkopf", "--until", "tomorrow"), Exit.USAGE, "expected a date such as"),
    (("run", "doppelkopf", "--set", "combat.tau_dayz=3"), Exit.FILE, "combat.tau_days"),
    (("run", "doppelkopf", "--set", "nonsense"), Exit.USAGE, "KEY=VALUE"),
    (("run", "doppelkopf", "--commander", "axis=napoleon"), Exit.USAGE, "staff, plain, high, none"),
    (("run", "doppelkopf", "--overlay", "no_such_file.toml"), Exit.FILE, "no_such_file"),
    (("run", "--from", "no_such.dbr"), Exit.UNUSABLE, "no_such.dbr"),
    (("run", "--from", "x.dbr", "--set", "combat.tau_days=3"), Exit.USAGE, "carries its own scenario, found --set"),
    (("run", "doppelkopf", "--from", "x.dbr"), Exit.USAGE, "found SCENARIO as well"),
    (("batch", "--out", "x"), Exit.USAGE, "expected a SCENARIO"),
    (("batch", "--resume", "--out", "no_such_folder"), Exit.UNUSABLE, "holds no batch"),
    (("report", "no_such_folder"), Exit.UNUSABLE, "holds no batch"),
    (("compare", "no_such_a", "no_such_b"), Exit.UNUSABLE, "holds no batch"),
    (("engage", "no_such.csv"), Exit.FILE, "no_such.csv"),
    (("bench", "--case", "generated:lots"), Exit.USAGE, "generated:N"),
    (("bench", "--ablate", "--rule", "gravity", "--case", "generated:16"), Exit.USAGE, "there are:"),
    (("batch", "doppelkopf", "--until", "1950-01-01", "--out", "b"), Exit.USAGE, "not after"),
    (("batch", "doppelkopf", "--until", "soon", "--out", "b"), Exit.USAGE, "expected"),
    (("score", "doppelkopf", "--until", "soon"), Exit.USAGE, "expected"),
    (("replay", "x.dbr", "--png", "x.gif"), Exit.USAGE, "ending in .png or .jpg"),
    (("replay", "doppelkopf"), Exit.USAGE, "--history"),
    (("map", "baltic", "--png", "x.txt"), Exit.USAGE, "ending in .png or .jpg"),
    (("play", "doppelkopf", "--hq", "g_hq_nobody"), Exit.USAGE, "expected a headquarters of the soviet side"),
    (("play", "doppelkopf", "--side", "soviet", "--hq", "g_hq_3pza"), Exit.USAGE, "expected a headquarters of the soviet side"),
    (("bench", "--case", "generated:100000000"), Exit.USAGE, "generated:N"),
    (("run", "doppelkopf", "--orders", "axis=no_such.orders"), Exit.FILE, "no_such.orders"),
    (("run", "doppelkopf", "--orders", "axis=."), Exit.FILE, ".: expected a file with orders"),
])  # fmt: skip
def test_what_cannot_be_done_is_told_in_words(
    deepbattle: Call, words: tuple[str, ...], code: Exit, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = deepbattle(*words)
    assert answer.code == code, answer.err
    assert told in answer.err
    assert not list(tmp_path.iterdir())


def test_an_output_that_cannot_be_written_is_told_before_the_run(deepbattle: Call, tmp_path: Path) -> None:
    """Also to root, who may write where permissions forbid it, but not into the kernel's own folder."""
    tmp_path.chmod(0o500)
    place = Path("/proc/self") if os.geteuid() == 0 else tmp_path
    loud = SHORT[:-1]
    assert "%" in deepbattle("run", *loud).err, "a run shows how far it is"
    for verb in (("run", *loud, "--out"), ("run", *loud, "--report"), ("score", *loud, "--runs", "1", "--keep"),
                 ("replay", "doppelkopf", "--history", "--html"), ("map", "doppelkopf", "--png"),
                 ("batch", *loud, "--out")):  # fmt: skip
        answer = deepbattle(*verb, place / ("x.png" if verb[0] == "map" else "x.dbr"))
        assert answer.code == Exit.OUTPUT, (verb, answer.err)
        assert "cannot be written" in answer.err or "x.dbr" in answer.err
        assert "%" not in answer.err, "nothing was run before"


def test_a_file_where_a_folder_is_to_be_written_and_a_folder_for_a_file_are_told_before_the_run(
    deepbattle: Call, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("kept")
    for verb, place, told in (
        (("batch", *SHORT, "--out"), tmp_path / "file", "expected a folder, found a file"),
        (("bench", "--ablate", "--out"), tmp_path / "file", "expected a folder, found a file"),
        (("scores", "--folder"), tmp_path / "file", "expected a folder, found a file"),
        (("run", *SHORT, "--out"), tmp_path, "expected a file, found a folder"),
        (("map", "doppelkopf", "--png"), tmp_path, "expected a file, found a folder"),
        (("report", folder, "--html"), tmp_path, "expected a file, found a folder"),
    ):
        answer = deepbattle(*verb, place)
        assert (answer.code, answer.err) == (Exit.OUTPUT, f"deepbattle: {place}: cannot be written: {told}\n"), verb
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "kept")]


def test_an_output_below_a_file_is_told_before_the_run(deepbattle: Call, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for verb in (("run", *SHORT, "--out"), ("report", folder, "--html")):
        answer = deepbattle(*verb, tmp_path / "file" / "x.out")
        assert answer.code == Exit.OUTPUT, verb
        assert "x.out: cannot be written" in answer.err, verb


def test_scores_tell_of_which_engine_pairings_and_what_ifs_are(deepbattle: Call, tmp_path: Path) -> None:
    from engine import engine_digest
    from ui.cli.verbs.scores import FOLDER

    shutil.copytree(FOLDER, tmp_path / "scores")
    kept = tmp_path / "scores" / "pairings.json"
    found = json.loads(kept.read_text())
    found["pairings"][0]["engine"], found["pairings"][1]["engine"] = engine_digest(), "0" * 32
    kept.write_text(json.dumps(found))
    lines = deepbattle("scores", "--folder", str(tmp_path / "scores")).out.splitlines()
    cases = [f"pairing {one['case']} " for one in found["pairings"]]
    first, second = (next(line for line in lines if line.startswith(case)) for case in cases[:2])
    assert first.rstrip().endswith("pairs")
    assert second.rstrip().endswith("of another engine")
    assert sum(line.startswith("what-if ") for line in lines) == len(list((FOLDER / "what_if").glob("*.json")))


def test_a_batch_is_resumed_reported_scored_compared_and_exported(
    deepbattle: Call, folder: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "b"
    shutil.copytree(folder, mine)
    assert deepbattle("batch", "--resume", "--out", mine).code == 0
    topped = json.loads(deepbattle("batch", "--top-up", "1", "--executor", "serial", "--out", mine, "--json").out)
    assert (topped["total"], topped["new"]) == (3, 1)
    assert deepbattle("report", mine).out.strip() == str(mine / "report.html")
    assert "Against history" in (mine / "report.html").read_text(encoding="utf-8")
    assert deepbattle("report", mine, "--csv").code == 0
    assert (mine / "runs.csv").read_text().count("\n") == 4
    assert json.loads(deepbattle("score", mine, "--json").out)["runs"] == 3
    assert "paired by seed" in deepbattle("compare", mine, folder).out


def test_one_run_of_a_batch_is_repeated_to_the_same_world(deepbattle: Call, folder: Path) -> None:
    from engine import Store

    with Store.open(folder) as store:
        kept = {row.number: row.outcome["digest"] for row in store.rows()}
    found = json.loads(deepbattle("run", f"{folder}#1", "--until", "1944-08-16", "--json").out)
    assert found["result"]["digest"] == kept[1]


def test_an_existing_batch_is_not_overwritten_and_not_continued_otherwise_than_begun(
    deepbattle: Call, folder: Path
) -> None:
    again = deepbattle("batch", *SHORT, "--runs", "2", "--out", folder)
    assert again.code == Exit.UNUSABLE
    assert "--resume" in again.err
    other = deepbattle("batch", "--resume", "--out", folder, "--seed", "5")
    assert other.code == Exit.USAGE
    assert "leave out --seed" in other.err


def test_a_dry_run_counts_and_does_nothing(deepbattle: Call, tmp_path: Path) -> None:
    answer = deepbattle("batch", "doppelkopf", "--runs", "7", "--dry-run", "--json", "--out", tmp_path / "b")
    found = json.loads(answer.out)
    assert (found["runs"], found["points"]) == (7, 1)
    assert found["sampled"] > 100
    assert not (tmp_path / "b").exists()


def test_check_is_clean_of_errors_and_tells_them_when_there_are_some(deepbattle: Call, tmp_path: Path) -> None:
    assert deepbattle("check", "doppelkopf").code == 0
    root = Path(__file__).resolve().parents[2] / "scenarios"
    broken = tmp_path / "doppelkopf"
    shutil.copytree(root / "doppelkopf", broken)
    toml = broken / "scenario.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("title =", "titel =", 1), encoding="utf-8")
    answer = deepbattle("check", broken)
    assert answer.code == Exit.FILE
    assert re.search(r"scenario\.toml:\d+:\d+: expected", answer.out)
    found = json.loads(deepbattle("check", broken, "--json").out)
    assert any(f["severity"] == "error" for faults in found.values() for f in faults)


def test_info_counts_what_there_is(deepbattle: Call) -> None:
    found = json.loads(deepbattle("info", "doppelkopf", "--json").out)
    assert found["sides"]["soviet"]["formations"] > 50
    assert found["uncertain numbers"] > 100


def test_bench_times_a_case_by_system(deepbattle: Call) -> None:
    answer = deepbattle("bench", "--case", "generated:16", "--days", "1", "--seeds", "1", "--json", "-q")
    case = json.loads(answer.out)["cases"][0]
    assert case["case"] == "generated_16"
    assert case["cpu_seconds"] > 0
    assert {"staffs", "weather"} <= set(case["by_system"])


def test_ablation_names_rules_that_are_dead_in_a_case(deepbattle: Call) -> None:
    answer = deepbattle("bench", "--ablate", "--case", "generated:16", "--until", "1944-08-16", "--seeds", "2",
                        "--rule", "weather", "--rule", "sickness", "-j", "1", "--json")  # fmt: skip
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert [r["rule"] for r in found["rules"]] == ["weather", "sickness"]
    assert all(r["pairs"] == 2 for r in found["rules"])


def test_ctrl_c_ends_a_run_with_what_was_done_and_it_goes_on_from_there(deepbattle: Call, tmp_path: Path) -> None:
    """The recording of a stopped run verifies, and going on from it ends where an unbroken run ends."""
    path, whole = tmp_path / "run.dbr", tmp_path / "whole.dbr"
    root = Path(__file__).resolve().parents[2]
    nobody = ("--commander", "axis=none", "--commander", "soviet=none")
    command = [sys.executable, str(root / "deepbattle"), "run", "doppelkopf", "--until", "1944-08-17", *nobody, "--out",
               str(path)]  # fmt: skip
    stopped = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert stopped.stderr is not None
    assert any("%" in line for line in stopped.stderr)  # up to the first line of progress: the run is under way
    stopped.send_signal(signal.SIGINT)
    _, told = stopped.communicate(timeout=120)
    assert stopped.returncode == Exit.STOPPED, told
    assert f"go on with: deepbattle run --from {path}" in told
    ended = json.loads(deepbattle("run", "--from", path, "--until", "1944-08-17", "-q", "--json").out)
    unbroken = json.loads(deepbattle(*command[2:-1], whole, "-q", "--json").out)
    assert ended["result"] == unbroken["result"], "also what was seen before the stop"
    assert ended["series"] == unbroken["series"]
    assert ended["scorecard"] == unbroken["scorecard"]


def test_a_branch_is_commanded_as_the_recording_was_unless_others_are_named(deepbattle: Call, tmp_path: Path) -> None:
    path, until = tmp_path / "plain.dbr", ("--until", "1944-08-17", "-q", "--json")
    plain = ("--commander", "axis=plain", "--commander", "soviet=none")

    def digest(*words: object) -> str:
        answer = deepbattle("run", *words)
        assert answer.code == 0, answer.err
        return str(json.loads(answer.out)["result"]["digest"])

    digest("doppelkopf", *plain, "--until", "1944-08-16", "-q", "--json", "--out", path)
    unbroken = digest("doppelkopf", *plain, *until)
    assert digest("--from", path, *until) == unbroken
    assert digest("--from", path, "--commander", "axis=none", *until) != unbroken


def test_a_branch_of_a_user_s_commander_asks_for_it(deepbattle: Call, tmp_path: Path) -> None:
    bot, path = tmp_path / "bot.py", tmp_path / "bot.dbr"
    bot.write_text("class Bot:\n    digest = 'bot 1'\n\n    def plan(self, *given):\n        return []\n")
    who = ("--commander", f"axis={bot}:Bot", "--commander", "soviet=none")
    assert deepbattle("run", "doppelkopf", *who, "--until", "1944-08-16", "-q", "--out", path).code == 0
    refused = deepbattle("run", "--from", path, "--until", "1944-08-17")
    assert refused.code == Exit.USAGE
    assert "expected --commander axis=file.py:Class" in refused.err
    assert deepbattle("run", "--from", path, *who, "--until", "1944-08-17", "-q").code == 0


def test_a_result_that_cannot_be_written_any_more_is_kept_elsewhere(tmp_path: Path) -> None:
    from ui.cli.output import keep

    place = tmp_path / "gone"
    place.write_text("a file where a folder was")
    with pytest.raises(PermissionError, match="kept as") as told:
        keep(place / "run.dbr", lambda path: path.write_text("long in the making"))
    kept = Path(str(told.value).split("kept as ")[1].split(":")[0].rstrip("'"))
    assert kept.read_text() == "long in the making"
    shutil.rmtree(kept.parent)


def test_a_reader_of_the_summary_who_stops_reading_does_not_cost_the_recording(tmp_path: Path) -> None:
    root, path = Path(__file__).resolve().parents[2], tmp_path / "run.dbr"
    words = " ".join([sys.executable, str(root / "deepbattle"), "run", *SHORT, "--out", str(path)])
    subprocess.run(["bash", "-c", f"{words} | true"], check=False, timeout=120)
    assert path.is_file()


FAR = ("--set", "combat.tau_days=9", "--set", "movement.night=2")


@pytest.mark.parametrize("verb", [("run", *SHORT), ("info", "doppelkopf"), ("check", "doppelkopf"), ("calibrate",),
                                  ("batch", *SHORT, "--dry-run", "--out", "never")])  # fmt: skip
def test_parameters_outside_their_range_are_refused_all_at_once(
    deepbattle: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = deepbattle(*verb, *FAR)
    assert answer.code == Exit.FILE
    told = answer.err + answer.out
    assert "combat.tau_days 1.5 to 4 (days; mean time to a decision; cdb90; reference), found 9" in told
    assert "movement.night 0.6 to 0.7" in told


def test_what_was_forced_stands_in_summary_result_recording_and_report(deepbattle: Call, tmp_path: Path) -> None:
    from engine.run.recording import open_recording

    out, report = tmp_path / "run.dbr", tmp_path / "run.html"
    answer = deepbattle("run", *SHORT, *FAR, "--force", "--out", out, "--report", report)
    words = "outside their prior range (--force): combat.tau_days = 9, movement.night = 2"
    assert (answer.code, words in answer.out) == (0, True)
    far = {"combat.tau_days": 9.0, "movement.night": 2.0}
    assert open_recording(out).header["outside_range"] == far
    assert "combat.tau_days = 9" in report.read_text(encoding="utf-8")
    again = json.loads(deepbattle("run", "--from", f"{out}@1944-08-15T12:00", "--until", "1944-08-16", "-q", "--json").out)
    assert again["result"]["outside_range"] == far
    assert "outside_range" not in json.loads(deepbattle("run", *SHORT, "--json").out)["result"]
