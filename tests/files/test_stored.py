"""Scenarios kept in the cache folder: the same as read from their files, and never instead of files that differ."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from engine.files import folders, stored
from engine.files.common import SCENARIOS
from engine.files.scenario import load_scenario as read
from engine.files.stored import load_scenario

ROOT = Path(__file__).resolve().parents[2]
NAME = "doppelkopf"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of one's own, and a process that knows no theatre yet."""
    monkeypatch.setenv("DEEPBATTLE_HOME", str(tmp_path))
    monkeypatch.setattr(stored, "_theatres", {})
    return tmp_path / "deepbattle" / "scenarios"


def test_what_is_kept_is_what_was_read(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_scenario(NAME)
    assert {path.suffix for path in kept.iterdir()} == {".scenario", ".theatre"}
    monkeypatch.setattr(stored, "_theatres", {})
    monkeypatch.setattr("engine.files.scenario.load_scenario", None)  # nobody may read files now
    again = load_scenario(NAME)
    assert again == first
    assert again.digest == first.digest
    assert again.theatre.digest == first.theatre.digest
    for name, values in vars(first.theatre).items():
        if hasattr(values, "flags"):
            assert (getattr(again.theatre, name) == values).all()
            assert not getattr(again.theatre, name).flags.writeable
    assert not again.owner.flags.writeable


def test_a_run_of_it_is_the_same_run(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine import Session, commanders

    load_scenario(NAME)
    monkeypatch.setattr(stored, "_theatres", {})
    runs = [Session(s, 3, commanders({"axis": "staff", "soviet": "staff"})) for s in (load_scenario(NAME), read(NAME))]
    for run in runs:
        run.advance(180)
    assert runs[0].digest() == runs[1].digest()


def test_it_is_read_without_what_checks_files(kept: Path) -> None:
    load_scenario(NAME)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from engine import load_scenario; load_scenario({NAME!r}); "
        "print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), timeout=120)
    assert done.stdout.strip() == "False", done.stderr


def test_a_changed_file_is_read_again(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "scenarios"
    for name in (NAME, "common", "theatres"):
        shutil.copytree(SCENARIOS / name, root / name)
    monkeypatch.setattr(stored, "SCENARIOS", root)
    monkeypatch.setattr(folders, "SCENARIOS", root)
    before = load_scenario(NAME)
    text = (root / NAME / "scenario.toml").read_text(encoding="utf-8")
    (root / NAME / "scenario.toml").write_text(text.replace(before.title, "Another title"), encoding="utf-8")
    assert load_scenario(NAME).title == "Another title"
    (root / NAME / "rules.toml").write_text("[movement]\nmud_foot = 1000000\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"rules\.toml"):
        load_scenario(NAME)


@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b"", lambda b: b.replace(b" ", b"", 1)])
def test_a_damaged_file_is_made_again(kept: Path, damage: object) -> None:
    good = load_scenario(NAME)
    assert callable(damage)
    for path in kept.iterdir():
        path.write_bytes(damage(path.read_bytes()))
    stored._theatres.clear()
    assert load_scenario(NAME) == good
    stored._theatres.clear()
    assert load_scenario(NAME) == good


class Evil:
    """What a pickle could do to whoever reads it without care."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo broken in",)


def test_alarm_a_kept_file_runs_no_code(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good = load_scenario(NAME)
    path = next(kept.glob("*.scenario"))
    head = path.read_bytes().partition(b"\n")[0].decode().split(" ")
    packed = zlib.compress(pickle.dumps(Evil()))
    path.write_bytes(f"{head[0]} {head[1]} {stored._digest(packed)}\n".encode() + packed)
    assert load_scenario(NAME) == good
    assert "broken in" not in capfd.readouterr().out


def test_overlays_and_values_are_read_from_files(kept: Path) -> None:
    load_scenario(NAME)
    assert load_scenario(NAME, sets=["combat.tau_days=1.5"], force=True).overlays
