"""The text of a file: read once, with a place (line, column) for everything that may be complained about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from engine.files.faults import Fault, Report, Severity

Key = tuple[str | int, ...]
MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is read: 64 MB."""


class Text(Protocol):
    """A file (or command line) whose parts have positions."""

    @property
    def file(self) -> str: ...

    def position(self, key: Key) -> tuple[int, int]:
        """Line and column of the part named by `key`, or of its nearest parent; both count from 1."""
        ...

    def line(self, key: Key) -> int:
        """The line alone."""
        ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text; the line and column are looked up only when someone asks."""

    text: Text
    key: Key = ()

    def fault(self, expected: str, found: str, hint: str = "", severity: Severity = "error", code: str = "") -> Fault:
        """A fault at this place."""
        line, column = self.text.position(self.key)
        return Fault(self.text.file, line, column, expected, found, hint, severity, code)

    @property
    def where(self) -> str:
        """`file:line`."""
        line = self.text.line(self.key)
        return f"{self.text.file}:{line}" if line else self.text.file


@dataclass(frozen=True)
class CommandLine:
    """The values of --set, so that faults in them have a place too."""

    words: tuple[str, ...]
    file: str = "--set"
    _none: tuple[int, int] = field(default=(0, 0), repr=False)

    def position(self, key: Key) -> tuple[int, int]:
        """Which --set it is, counted from 1."""
        return (int(key[0]) + 1, 1) if key else self._none

    def line(self, key: Key) -> int:
        """The same, without the column."""
        return self.position(key)[0]


def shown_path(path: Path, root: Path | None) -> str:
    """The path as messages show it: below the scenarios' parent folder if it lies there, as given otherwise.
    """
    if root is not None:
        try:
            return (root.name / path.resolve().relative_to(root.resolve())).as_posix()
        except ValueError:
            pass
    return path.as_posix()


def read_text(path: Path, shown: str, report: Report) -> str | None:
    """The text of a UTF-8 file; None, with a fault, when it cannot be read."""

    def fail(expected: str, found: str, hint: str = "", line: int = 0, column: int = 0) -> None:
        report.add(Fault(shown, line, column, expected, found, hint, code="file/unreadable"))

    try:
        if path.is_dir():
            fail("a file", "a folder")
            return None
        if path.stat().st_size > MAX_BYTES:
            fail("a file below 64 MB", f"{path.stat().st_size} bytes")
            return None
        raw = path.read_bytes()
    except FileNotFoundError:
        fail("a file", "nothing")
        return None
    except (OSError, ValueError) as error:
        fail("a readable file", str(getattr(error, "strerror", None) or error))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        fail("UTF-8 text", f"byte 0x{raw[error.start]:02x}", "save the file as UTF-8", line, column)
        return None
    nul = text.find("\0")
    if nul >= 0:
        fail(
            "text",
            "a NUL character",
            "",
            text.count("\n", 0, nul) + 1,
            nul - (text.rfind("\n", 0, nul) + 1) + 1,
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


Locator = Callable[[Key], tuple[int, int]]
