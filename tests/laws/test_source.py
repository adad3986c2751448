"""What decides an outcome uses exact operations only: a reading of the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "engine"
DECIDING = sorted(p for room in ("core", "rules", "staff", "run") for p in (ENGINE / room).rglob("*.py"))
INEXACT = {
    "exp", "log", "log2", "log10", "log1p", "expm1", "power", "float_power", "sin", "cos", "tan", "tanh", "sinh", "cosh",
    "arcsin", "arccos", "arctan", "arctan2", "hypot", "cbrt", "dot", "matmul", "einsum", "inner", "vdot", "mean",
    "average", "std", "var", "interp", "fft", "linalg",
}  # fmt: skip
CLOCKS = {"time", "datetime.now", "random", "secrets", "uuid"}


def _library(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def offences(tree: ast.AST) -> list[str]:
    """Uses of numpy or math functions whose last bit depends on the machine, and of chance or clocks."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in INEXACT | {"random"} and _library(node.value):
            found.append(f"line {node.lineno}: np.{node.attr}")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            found.append(f"line {node.lineno}: matrix product")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hash":
            found.append(f"line {node.lineno}: hash()")
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found += [f"line {node.lineno}: import {n}" for n in names if n.split(".")[0] in CLOCKS]
    return sorted(found)


@pytest.mark.parametrize("path", DECIDING, ids=lambda p: p.relative_to(ENGINE).as_posix())
def test_deciding_code_is_exact(path: Path) -> None:
    allowed = {"run/session.py": {"import time"}}  # CPU seconds for bench, never part of a decision
    found = offences(ast.parse(path.read_text()))
    excused = allowed.get(path.relative_to(ENGINE).as_posix(), set())
    assert [f for f in found if not any(e in f for e in excused)] == []


def test_alarm_an_inexact_function_is_found() -> None:
    assert offences(ast.parse("import numpy as np\nx = np.exp(1.0)\ny = a @ b\nimport random")) == [
        "line 2: np.exp",
        "line 3: matrix product",
        "line 4: import random",
    ]
