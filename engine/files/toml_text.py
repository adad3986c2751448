"""TOML with positions: tomllib reads the values, a small scanner finds the line and column of each key and
value.

The scanner trusts that tomllib accepted the text; it runs only when a position is asked for.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.files.faults import Fault, Report
from engine.files.texts import Key, Spot, read_text

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_\-]+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'(?!''))*'{3,5}", re.DOTALL)
_SCALAR = re.compile(r"[^,\]\}\n#]+")
_AT = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_LONG_QUOTE = re.compile("\"{3}|'{3}")
_HEADER_LINE = re.compile(r"(\[\[?)([A-Za-z0-9_\-.]+)\]\]?\s*(?:#.*)?$")
_KEY_LINE = re.compile(r"([A-Za-z0-9_\-]+)\s*=")
MAX_DEPTH = 100


@dataclass(frozen=True)
class TomlText:
    """One TOML file: `data` as tomllib gives it, positions by key path (list items by their number)."""

    file: str
    source: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)

    @cached_property
    def _offsets(self) -> dict[Key, tuple[int, int]]:
        scanner = _Scanner(self.source)
        scanner.document()
        return scanner.found

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.source))]

    def position(self, key: Key) -> tuple[int, int]:
        """Line and column of the value at `key` (of the key itself when the path ends in ""), else of a
        parent.
        """
        wanted, of_key = (key[:-1], True) if key and key[-1] == "" else (key, False)
        while wanted:
            if wanted in self._offsets:
                return self._place(self._offsets[wanted][0 if of_key else 1])
            wanted = wanted[:-1]
        return (1, 1)

    @cached_property
    def _lines(self) -> dict[Key, int]:
        """Line of each key that begins a line; cheaper than all positions, and enough to say `file:line`.

        Nothing where long strings might hold what looks like a key.
        """
        found: dict[Key, int] = {}
        if _LONG_QUOTE.search(self.source):
            return found
        counts: dict[str, int] = {}
        prefix: Key = ()
        for number, line in enumerate(self.source.split("\n"), start=1):
            match = _HEADER_LINE.match(line)
            if match:
                name = match[2]
                if match[1] == "[[":
                    counts[name] = counts.get(name, -1) + 1
                    # Lists inside lists are left to the full scan: nobody asks for a key path of "".
                    prefix = ("",) if "." in name else (name, counts[name])
                else:
                    first, *rest = name.split(".")
                    prefix = (first, counts[first], *rest) if first in counts else (first, *rest)
                found.setdefault(prefix, number)
            else:
                match = _KEY_LINE.match(line)
                if match:
                    found.setdefault((*prefix, match[1]), number)
        return found

    def line(self, key: Key) -> int:
        """The line of a key path, as `position` gives it."""
        return self._lines.get(key) or self.position(key)[0]

    def _place(self, offset: int) -> tuple[int, int]:
        from bisect import bisect_right

        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def spot(self, *key: str | int) -> Spot:
        """The place of the value at a key path."""
        return Spot(self, key)

    def key_spot(self, *key: str | int) -> Spot:
        """The place of the key itself."""
        return Spot(self, (*key, ""))


def read_toml(path: Path, shown: str, report: Report) -> TomlText | None:
    """Read a TOML file; None, with faults, when it cannot be used."""
    source = read_text(path, shown, report)
    return None if source is None else parse_toml(source, shown, report)


def read_shared_toml(path: Path, shown: str, report: Report) -> TomlText | None:
    """The same of a file that all scenarios read and none changes: parsed once while its text stays as it is."""
    source = read_text(path, shown, report)
    if source is None:
        return None
    known = _SHARED.get(shown)
    if known is not None and known.source == source:
        return known
    text = parse_toml(source, shown, report)
    if text is not None:
        _SHARED[shown] = text
    return text


_SHARED: dict[str, TomlText] = {}


def parse_toml(source: str, shown: str, report: Report) -> TomlText | None:
    """Read TOML text; None, with a fault, when it is not TOML."""
    if _nesting(source) > MAX_DEPTH:
        report.add(Fault(shown, 1, 1, f"at most {MAX_DEPTH} nested brackets", "more", code="file/syntax"))
        return None
    try:
        return TomlText(shown, source, tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        match = _AT.fullmatch(message)
        lines = source.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
        if match:
            message = match[1]
            if match[2]:
                line, column = int(match[2]), int(match[3])
        words = lines[line - 1].strip() if line <= len(lines) else ""
        found = repr(words[:60]) if words else "the end of the file"
        report.add(Fault(shown, line, column, "TOML", found, _lower(message), code="file/syntax"))
    except (ValueError, OverflowError, RecursionError) as error:
        # Such as a date of 31 February or a number of ten thousand digits.
        report.add(Fault(shown, 1, 1, "TOML", "a value that cannot be read", _lower(str(error)), code="file/syntax"))
    return None


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".") if message[1:2].islower() else message.rstrip(".")


def _nesting(source: str) -> int:
    deepest = depth = 0
    for mark in re.findall(r"[\[\]{}\n]", source):
        depth = depth + 1 if mark in "[{" else max(0, depth - 1) if mark in "]}" else depth
        deepest = max(deepest, depth)
    return deepest


class _Scanner:
    """Walks valid TOML and notes the offsets (of key, of value) of every path."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.found: dict[Key, tuple[int, int]] = {}
        self.counts: dict[Key, int] = {}
        self.arrays: set[Key] = set()

    def document(self) -> None:
        """Scan everything; give up silently where the text is not what was expected."""
        prefix: Key = ()
        while True:
            self._skip(_BLANK)
            if self.at >= len(self.source):
                return
            before = self.at
            if self.source.startswith("[", self.at):
                prefix = self._header()
            else:
                self._pair(prefix)
            if self.at == before:
                return

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.source, self.at)
        if match:
            self.at = match.end()

    def _take(self, mark: str) -> bool:
        if self.source.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def _header(self) -> Key:
        start = self.at
        many = self._take("[[")
        if not many:
            self._take("[")
        names = self._keys()
        self._take("]]" if many else "]")
        path = self._resolved(names[:-1]) + tuple(names[-1:])
        if many:
            number = self.counts.get(path, 0)
            self.counts[path] = number + 1
            self.arrays.add(path)
            self.found.setdefault(path, (start, start))
            path = (*path, number)
        else:
            path = self._last(path)
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], (start, start))
        return path

    def _resolved(self, names: list[str]) -> Key:
        """A header's path with the number of the last item where a name is an array of tables."""
        path: Key = ()
        for name in names:
            path = self._last((*path, name))
        return path

    def _last(self, path: Key) -> Key:
        return (*path, self.counts[path] - 1) if path in self.arrays else path

    def _keys(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            for pattern in (_BARE, _BASIC, _LITERAL):
                match = pattern.match(self.source, self.at)
                if match:
                    self.at = match.end()
                    names.append(_unquoted(match[0]))
                    break
            self._skip(_SPACE)
            if not self._take("."):
                return names

    def _pair(self, prefix: Key) -> None:
        start = self.at
        names = self._keys()
        if not self._take("="):
            return
        self._skip(_SPACE)
        path = (*prefix, *names)
        for length in range(len(prefix) + 1, len(path)):
            self.found.setdefault(path[:length], (start, start))
        self.found.setdefault(path, (start, self.at))
        self._value(path)

    def _value(self, path: Key) -> None:
        mark = self.source[self.at : self.at + 1]
        if mark == "[":
            self.at += 1
            number = 0
            while self.at < len(self.source):
                self._skip(_BLANK)
                if self._take("]"):
                    return
                before = self.at
                self.found.setdefault((*path, number), (self.at, self.at))
                self._value((*path, number))
                number += 1
                self._skip(_BLANK)
                if not self._take(",") and self.at == before:
                    return
        elif mark == "{":
            self.at += 1
            while self.at < len(self.source):
                self._skip(_BLANK)
                if self._take("}"):
                    return
                before = self.at
                self._pair(path)
                self._skip(_BLANK)
                if not self._take(",") and self.at == before:
                    return
        else:
            for pattern in (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _SCALAR):
                match = pattern.match(self.source, self.at)
                if match:
                    self.at = match.end()
                    return


def _unquoted(text: str) -> str:
    if text[:1] == "'":
        return text[1:-1]
    if text[:1] == '"':
        return str(tomllib.loads(f"k = {text}")["k"])
    return text
