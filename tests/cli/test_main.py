"""The command line as such: quick, polite, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from tests.cli.conftest import ROOT, Answer
from ui.cli import main as main_module
from ui.cli.exit_codes import MEANING, OF_EXCEPTION, Exit
from ui.cli.main import VERBS

Call = Callable[..., Answer]
HEAVY = {"numpy", "numba", "scipy", "pygame", "pydantic", "matplotlib", "simpy", "rich", "jinja2", "engine"}


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys; sys.argv[1:] = ['--help']; sys.path.insert(0, {str(ROOT)!r})\n"
    code += "from ui.cli.main import main\nmain()\n"
    code += f"print('HEAVY', sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("HEAVY []")


def test_no_verbs_file_imports_anything_heavy_before_it_is_called() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom importlib import import_module\n"
    code += "".join(f"import_module('ui.cli.verbs.{v.replace('-', '_')}')\n" for v in VERBS)
    code += f"print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_comes_within_150_milliseconds() -> None:
    """By processor time, which is all it takes and which other work on the machine stretches least."""
    times = []
    for _ in range(9):
        before = os.times()
        subprocess.run([ROOT / "deepbattle", "--help"], capture_output=True, check=True)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(times) < 0.15


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(deepbattle: Call, verb: str) -> None:
    answer = deepbattle(verb, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: deepbattle {verb}")


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"replay", "play", "map"}))
def test_every_verb_that_prints_can_print_json(verb: str) -> None:
    command = main_module.deepbattle.get_command(click.Context(main_module.deepbattle), verb)
    assert command is not None
    assert any("--json" in p.opts for p in command.params)


def test_a_mistyped_verb_is_corrected(deepbattle: Call) -> None:
    answer = deepbattle("batsch")
    assert answer.code == Exit.USAGE
    assert "did you mean batch?" in answer.err


def test_an_unknown_scenario_is_answered_with_those_there_are(deepbattle: Call) -> None:
    answer = deepbattle("info", "stalingrad")
    assert answer.code == Exit.USAGE
    assert "expected a scenario, found 'stalingrad'" in answer.err


def test_list_is_json_too(deepbattle: Call) -> None:
    found = json.loads(deepbattle("list", "--json").out)
    assert all({"id", "title", "start", "end", "theatre", "fault"} <= set(row) for row in found)


def test_a_broken_scenario_is_listed_with_its_fault(
    deepbattle: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "scenario.toml").write_text("title = ")
    monkeypatch.setenv("DEEPBATTLE_SCENARIOS", str(tmp_path))
    answer = deepbattle("list")
    assert answer.code == 0
    assert "cannot be read" in answer.out


def test_a_fault_of_the_program_is_told_in_one_sentence_and_kept_in_a_file(
    deepbattle: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the front has two ends")

    monkeypatch.setattr(main_module.deepbattle, "main", broken)
    answer = deepbattle("list")
    assert answer.code == Exit.BUG
    assert answer.err.count("\n") == 1
    details = Path(answer.err.split("details in ")[1].strip())
    assert "RuntimeError: the front has two ends" in details.read_text()
    details.unlink()


@pytest.mark.parametrize(("problem", "code"), [
    (KeyboardInterrupt(), Exit.STOPPED),
    (FileNotFoundError(2, "No such file or directory", "x.toml"), Exit.FILE),
    (PermissionError(13, "Permission denied", "/x.dbr"), Exit.OUTPUT),
    (ModuleNotFoundError("No module named 'pygame'", name="pygame"), Exit.SETUP),
])  # fmt: skip
def test_what_users_can_cause_has_its_own_exit_code(
    deepbattle: Call, monkeypatch: pytest.MonkeyPatch, problem: BaseException, code: Exit
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(main_module.deepbattle, "main", broken)
    answer = deepbattle("list")
    assert answer.code == code
    assert answer.err.startswith("deepbattle: ")


def test_every_exception_of_the_table_exists_and_every_code_has_a_meaning() -> None:
    from importlib import import_module

    for name in OF_EXCEPTION:
        module, _, kind = name.rpartition(".")
        assert issubclass(getattr(import_module(module), kind), Exception), name
    assert set(MEANING) == set(Exit)


def test_a_reader_that_stops_reading_is_no_error() -> None:
    command = f"{sys.executable} deepbattle exit-codes | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""


def test_the_script_works_from_any_folder_and_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / "db"
    link.symlink_to(ROOT / "deepbattle")
    done = subprocess.run([link, "list"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_scenario_names_are_completed_in_the_shell(program: Call) -> None:
    environment = {"_DEEPBATTLE_COMPLETE": "bash_complete", "COMP_WORDS": "deepbattle info ", "COMP_CWORD": "2"}
    answer = program(env=environment)
    names = [path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.toml")]
    assert all(f"plain,{name}" in answer.out for name in names)


@pytest.mark.parametrize(("verb", "name"), [("replay", "doppelkopf"), ("map", "doppelkopf"), ("map", "baltic")])
def test_what_can_be_watched_or_drawn_is_completed_too(program: Call, verb: str, name: str) -> None:
    environment = {"_DEEPBATTLE_COMPLETE": "bash_complete", "COMP_WORDS": f"deepbattle {verb} {name[:3]}", "COMP_CWORD": "2"}
    assert f"plain,{name}" in program(env=environment).out.split()
