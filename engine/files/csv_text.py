"""CSV with positions: a header line, one record a line, `#` comments, blank cells meaning "take the default".
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from engine.files.faults import Fault, Report, nearest
from engine.files.texts import Key, Spot, read_text


@dataclass(frozen=True)
class CsvText:
    """One CSV file. Keys are (line, field number), counted from 1 and 0; (line,) is the whole record."""

    file: str
    source: str = field(repr=False)
    header: tuple[str, ...] = ()
    known: frozenset[str] | None = None
    """Columns that may be there; others have been reported and are left out. None = all."""
    records: tuple[tuple[int, tuple[str, ...]], ...] = field(default=(), repr=False)

    def position(self, key: Key) -> tuple[int, int]:
        """Line and column where a field begins."""
        if not key:
            return (1, 1)
        line = int(key[0])
        if len(key) == 1:
            return (line, 1)
        starts = _starts(self.lines[line - 1])
        return (line, starts[min(int(key[1]), len(starts) - 1)] + 1)

    @cached_property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.source.split("\n")

    def line(self, key: Key) -> int:
        """The line alone, without looking for the column."""
        return int(key[0]) if key else 1

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line number and the cells that are not blank, by column."""
        for line, cells in self.records:
            pairs = zip(self.header, cells, strict=False)
            yield line, {n: cell for n, cell in pairs if cell and (self.known is None or n in self.known)}

    def cell(self, line: int, column: str) -> Spot:
        """The place of one cell, or of its record when the file has no such column."""
        return Spot(self, (line, self.header.index(column)) if column in self.header else (line,))

    def record(self, line: int) -> Spot:
        """The place of a record."""
        return Spot(self, (line,))

_LONGEST_CELL = 50
"""Lines over which the end of a quoted cell is looked for."""


def read_csv(path: Path, shown: str, report: Report, columns: Sequence[str] = ()) -> CsvText | None:
    """Read a CSV file whose header may hold `columns`; None, with faults, when it cannot be used at all."""
    source = read_text(path, shown, report)
    return None if source is None else parse_csv(source, shown, report, columns)


def parse_csv(source: str, shown: str, report: Report, columns: Sequence[str] = ()) -> CsvText | None:
    """Read CSV text: see read_csv."""
    header: tuple[str, ...] | None = None
    records: list[tuple[int, tuple[str, ...]]] = []
    lines, beyond = source.split("\n"), 0
    for number, line in enumerate(lines, start=1):
        if number < beyond or not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = _cells(line, shown, number, report)
        if cells is None:
            beyond = _after_the_quote(lines, number)
            continue
        if header is None:
            if _separated_otherwise(line, shown, number, report):
                return None
            header = tuple(cells)
            _check_header(header, line, shown, number, report, columns)
        elif len(cells) != len(header):
            hint = "quote a cell that holds a comma" if len(cells) > len(header) else ""
            report.add(Fault(shown, number, 1, f"{len(header)} cells", str(len(cells)), hint, code="csv/width"))
        elif any(cells):
            records.append((number, tuple(cells)))
    if header is None:
        report.add(Fault(shown, 1, 1, "a header line", "nothing", code="csv/empty"))
        return None
    known = frozenset(columns) if columns else None
    return CsvText(shown, source, header, known, tuple(records))


def _after_the_quote(lines: Sequence[str], number: int) -> int:
    """The line after the one on which a quoted cell ends that was opened on line ``number``; that line's next if none does.

    What lies between is of the same cell and told with it.
    """
    if lines[number - 1].count('"') % 2:
        for after in range(number, min(number + _LONGEST_CELL, len(lines))):
            if lines[after].count('"') % 2:
                return after + 2
    return number + 1


def _separated_otherwise(line: str, shown: str, number: int, report: Report) -> bool:
    """Whether a header is separated by something else than commas, as spreadsheets do in some countries; a fault then."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if "," not in line and mark in line:
            place = line.index(mark) + 1
            hint = "export it as CSV with commas"
            report.add(Fault(shown, number, place, "commas between cells", name, hint, code="csv/separator"))
            return True
    return False


def _cells(line: str, shown: str, number: int, report: Report) -> list[str] | None:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except (csv.Error, StopIteration) as error:
        hint = "one record is one line; a quoted cell ends on it" if line.count('"') % 2 else str(error)
        found = "an open quote" if line.count('"') % 2 else "a quote out of place"
        column = line.rfind('"') + 1 if '"' in line else 1
        report.add(Fault(shown, number, column, "comma-separated cells", found, hint, code="csv/quote"))
        return None


def _check_header(
    header: tuple[str, ...], line: str, shown: str, number: int, report: Report, columns: Sequence[str]
) -> None:
    starts = _starts(line)
    for i, name in enumerate(header):
        column = starts[min(i, len(starts) - 1)] + 1
        if name in header[:i]:
            report.add(Fault(shown, number, column, "each column once", f"{name!r} again", code="csv/twice"))
        elif columns and name not in columns:
            hint = nearest(name, columns)
            report.add(Fault(shown, number, column, "a known column", repr(name), hint, code="csv/unknown"))


def _starts(line: str) -> list[int]:
    """Where the cells of a record begin."""
    starts, quoted = [0], False
    for i, mark in enumerate(line):
        if mark == '"':
            quoted = not quoted
        elif mark == "," and not quoted:
            starts.append(i + 1)
    return starts
