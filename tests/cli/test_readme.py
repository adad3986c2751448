"""The README tells the truth: its commands run, its tables are those of the program."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.model.codes import OrderKind
from tests.cli.conftest import ROOT, Answer
from ui.cli.exit_codes import table
from ui.cli.main import VERBS

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_table_of_exit_codes_is_the_programs() -> None:
    assert table() in README


def test_every_verb_is_shown() -> None:
    shown = set(re.findall(r"\./deepbattle ([a-z-]+)", README))
    assert set(VERBS) <= shown | {"exit-codes"}


def test_the_picture_is_there_and_small() -> None:
    for name in re.findall(r"!\[[^]]*\]\(([^)]*)\)", README):
        assert 20_000 < (ROOT / name).stat().st_size < 300_000


def test_the_two_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in re.findall(r"^    make ([a-z]+)", README, re.MULTILINE):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


@pytest.mark.slow
def test_the_commands_run_in_the_order_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deepbattle: Callable[..., Answer]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engagements.csv").write_text(blocks("csv")[0])
    (tmp_path / "tau.toml").write_text(blocks("toml")[0])
    (tmp_path / "orders.txt").write_text(blocks("text")[0])
    for line in blocks("console")[0].splitlines():
        answer = deepbattle(*shlex.split(line.removeprefix("$ ./deepbattle ")))
        assert answer.code == 0, f"{line}\n{answer.out[-2000:]}\n{answer.err[-2000:]}"


def test_every_kind_of_order_that_can_be_written_is_named() -> None:
    named = re.search(r"kinds are ([a-z_, ]+),\s+hexes", README.replace("\n", " "))
    assert named is not None
    kinds = {kind.name.lower() for kind in OrderKind} - {"attach"}
    assert kinds <= set(re.findall(r"[a-z_]+", named[1]))


@pytest.mark.slow
def test_the_lines_of_python_run() -> None:
    done = subprocess.run([sys.executable, "-c", blocks("python")[0]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1] == "True"


def test_the_experiment_of_the_readme_is_a_good_one(tmp_path: Path) -> None:
    from engine import read_experiment

    path = tmp_path / "experiment.toml"
    path.write_text(blocks("toml")[0])
    assert len(read_experiment(path).factors[0].levels) == 3


def test_the_addresses_named_in_the_format_are_addresses() -> None:
    from engine import load_scenario
    from engine.model.address import datum

    scenario = load_scenario("doppelkopf")
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:combat\.[a-z_]+)|(?:(?:forces|headquarters)\.[a-z0-9_]+\.[a-z_]+))`", text))
    assert len(named) >= 3
    for address in named:
        assert datum(scenario, address).source


def test_the_example_of_an_order_is_one_of_a_formation_there_is() -> None:
    from engine import Order, load_scenario

    scenario = load_scenario("doppelkopf")
    with pytest.raises(ValueError, match="such as") as told:
        Order.parse("nonsense", scenario.theatre.grid)
    example = re.findall(r"such as '([^']*)'", str(told.value))[0]
    assert Order.parse(example, scenario.theatre.grid).formation in {f.id for f in scenario.formations}
