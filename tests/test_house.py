"""The house itself: floors, dependencies, lock, the public names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [p for room in ("engine", "ui", "scenarios", "tests") for p in sorted((ROOT / room).rglob("*.py"))]


def lint_imports(config: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    command = [sys.executable, "-c", code, "--config", str(config), "--no-cache"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_every_room_imports_only_its_own_floors() -> None:
    done = lint_imports(ROOT / "pyproject.toml", ROOT)
    assert done.returncode == 0, done.stdout


def test_alarm_an_upward_import_and_a_stray_library_are_found(tmp_path: Path) -> None:
    for room in ("core", "model", "rules", "staff", "files", "run", "lab"):
        (tmp_path / "engine" / room).mkdir(parents=True)
        (tmp_path / "engine" / room / "__init__.py").write_text("")
    (tmp_path / "engine" / "__init__.py").write_text("")
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "__init__.py").write_text("")
    (tmp_path / "engine" / "core" / "bad.py").write_text("def f():\n    import engine.rules\n    import pygame\n")
    (tmp_path / "engine" / "rules" / "bad.py").write_text(
        "import simpy\nimport pydantic\nimport numba\nimport random\n"
    )
    (tmp_path / "engine" / "staff" / "bad.py").write_text(
        "import engine.files\nimport matplotlib\nimport scipy.stats\n"
    )
    done = lint_imports(ROOT / "pyproject.toml", tmp_path)
    assert done.returncode != 0
    assert done.stdout.count("BROKEN") == 8, done.stdout


def test_only_one_pygame() -> None:
    metadata.distribution("pygame-ce")
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.distribution("pygame")


def test_the_lock_is_pinned_by_hash_and_names_no_address() -> None:
    text = (ROOT / "lock.txt").read_text()
    assert not re.search(r"://|index-url|find-links|trusted-host", text)
    entries = re.split(r"\n(?=[a-z0-9])", text)
    pinned = [e for e in entries if "==" in e.splitlines()[0]]
    assert len(pinned) > 30
    assert all("--hash=sha256:" in e for e in pinned)


def test_every_dependency_is_in_the_lock() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["test"],
        *project["dependency-groups"]["lint"],
    ]
    names = {re.split(r"[<>=\[ ]", w)[0].lower().replace("_", "-") for w in wanted}
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "lock.txt").read_text(), re.MULTILINE))
    assert names <= locked


def test_numpys_own_chance_is_used_nowhere() -> None:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "random"
                and getattr(node.value, "id", "") in ("np", "numpy")
            ):
                found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("numpy.random"):
                found.append(f"{path}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("name", engine.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(engine, name) is not None


def test_a_name_that_is_not_public_is_refused_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match="Session"):
        engine.Sesion  # noqa: B018


def test_importing_the_engine_loads_nothing() -> None:
    code = "import sys; import engine; print(sorted(set(sys.modules) & {'numpy', 'numba', 'simpy', 'pydantic'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_speaks_of_a_machine_it_was_written_on() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a checkout")
    words = re.compile("/" + r"(work|root|home)/\w")
    found = []
    for name in tracked.stdout.splitlines():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".csv", ".txt", ".j2", ".html", "") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += [f"{name}: {m[0]}" for m in words.finditer(text)]
    assert found == []
