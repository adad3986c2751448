"""What is wrong with a file: one line for each problem, all problems at once.

A fault says where (file, line, column), what was expected, what was found, and a hint. Reading goes on after
a fault, so that an author sees the whole list; `FileFaults` carries it when a file cannot be used.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem. `line` and `column` count from 1; 0 means the file as a whole."""

    file: str
    line: int
    column: int
    expected: str
    found: str
    hint: str = ""
    severity: Severity = "error"
    code: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}:{self.column}" if self.line else "")
        mark = "" if self.severity == "error" else f"{self.severity}: "
        tail = f" ({self.hint})" if self.hint else ""
        return f"{place}: {mark}expected {self.expected}, found {self.found}{tail}"


class FileFaults(Exception):
    """A file cannot be used; `faults` lists every problem."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> FileFaults:
        """The exception for these faults, in order of file and line."""
        ordered = sorted_faults(faults)
        raised = cls("\n".join(str(fault) for fault in ordered))
        raised.faults = ordered
        return raised


class Report:
    """Collects faults while files are read."""

    def __init__(self) -> None:
        self._faults: dict[Fault, None] = {}

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted_faults(self._faults))

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, fault: Fault) -> None:
        """Note a fault; the same fault twice is one."""
        self._faults[fault] = None

    @property
    def failed(self) -> bool:
        """True when there is an error among the faults."""
        return self.errors > 0

    @property
    def errors(self) -> int:
        """Number of errors among the faults."""
        return sum(fault.severity == "error" for fault in self._faults)

    def raise_errors(self) -> None:
        """Raise FileFaults if there is an error (with the warnings beside it)."""
        if self.failed:
            raise FileFaults.of(self._faults)


def sorted_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults by severity, then file, line and column."""
    return tuple(sorted(faults, key=lambda f: (SEVERITIES.index(f.severity), f.file, f.line, f.column, f.expected)))


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint with the most similar of `words`, or nothing."""
    wanted = word.lower()
    near = difflib.get_close_matches(wanted, list(words), 3, 0.6)
    alike = [difflib.SequenceMatcher(None, name, wanted).ratio() for name in near]
    near = [name for name, share in zip(near, alike, strict=True) if share > alike[0] - 0.1]
    return f"did you mean {' or '.join(repr(n) for n in near)}?" if near else ""


def one_of(words: Iterable[str]) -> str:
    """The words of a closed list, for `expected`."""
    listed = list(words)
    return "one of " + ", ".join(listed) if len(listed) > 1 else (listed[0] if listed else "nothing")


def shown(value: object) -> str:
    """A found value for a message: its repr, shortened, on one line."""
    text = repr(value.isoformat()) if isinstance(value, (date, datetime)) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
