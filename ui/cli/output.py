"""What goes where: results to standard output, progress and remarks to standard error, files where they can be written."""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click


def show_json(value: Any) -> None:
    """One JSON document on standard output; what has no number (an interval of one run) is null."""
    click.echo(json.dumps(_finite(value), ensure_ascii=False, indent=1, sort_keys=True, default=str, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value


def remark(text: str, *, quiet: bool = False) -> None:
    """A line for people, beside the results."""
    if not quiet:
        click.echo(text, err=True)


def columns(rows: Iterable[Sequence[object]], *, right: Sequence[int] = (), indent: str = "") -> str:
    """Rows as aligned columns; the columns numbered in `right` are set to the right."""
    lines = [[str(cell) for cell in row] for row in rows]
    if not lines:
        return ""
    count = max(len(line) for line in lines)
    lines = [line + [""] * (count - len(line)) for line in lines]
    widths = [max(len(line[i]) for line in lines) for i in range(count)]
    text = []
    for line in lines:
        cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        text.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(text)


def number(value: float | int | None, digits: int = 0) -> str:
    """12,345 or 1.23; a dash for nothing."""
    if value is None or value != value:
        return "–"
    return f"{round(value, digits) + 0.0:,.{digits}f}"


def check_writable(path: Path | None) -> None:
    """Fail before the work is done, not after it: by trying, because permissions do not tell everything."""
    if path is None:
        return
    folder = path.resolve().parent
    while not folder.exists():
        folder = folder.parent
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder")
        if path.exists() and not path.is_file():
            raise OSError(22, "is a device or a pipe, not a file")  # it would be replaced, not written to
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise PermissionError(13, f"cannot be written: {problem.strerror or problem}", str(path)) from None


def keep(path: Path, write: Callable[[Path], object]) -> Path:
    """Write what took long to compute; where the place has gone bad meanwhile, into a temporary file instead."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except OSError as problem:
        rescue = Path(tempfile.mkdtemp(prefix="deepbattle-")) / path.name
        write(rescue)
        raise PermissionError(13, f"cannot be written any more ({problem}); kept as {rescue}", str(path)) from None
    return path


def say_if_compiling(*, quiet: bool) -> None:
    """A word before the one long wait there is: the first use compiles the kernels."""
    from engine import kernels_ready

    if not quiet and not kernels_ready():
        remark("first use: compiling, one to three minutes, once ...")


class Progress:
    """A bar on standard error where a person watches; ten lines in a log otherwise; nothing when quiet."""

    def __init__(self, title: str, total: int, *, quiet: bool = False) -> None:
        self._title, self._total = title, max(1, total)
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._told = 0
        self._began = time.monotonic()

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"),
                TimeRemainingColumn(), console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=self._total, note="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def of(self, done: int, failed: int, total: int) -> None:
        """So many of so many runs are done."""
        if self._bar is not None and total != self._total:
            self._bar.update(self._task, total=total)
        self._total = max(1, total)
        self.at(done, f"{done} of {total}" + (f", {failed} failed" if failed else ""))

    def at(self, done: int, note: str = "") -> None:
        """So much is done."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, note=note)
        elif not self._quiet and done * 10 // self._total > self._told:
            self._told = done * 10 // self._total
            seconds = time.monotonic() - self._began
            remark(f"{self._title}: {100 * done // self._total} %, {seconds:.0f} s {note}".rstrip())
