"""Reads described engagements from CSV or TOML: every problem with its row and column, nothing skipped in silence.

Columns that are not the model's are handed through to the results, unless their name is nearly that of one that is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from engine.files.csv_text import CsvText, read_csv
from engine.files.faults import Report, nearest, one_of, shown
from engine.files.texts import CommandLine, Spot
from engine.files.toml_text import TomlText, read_toml
from engine.lab.engagement import COLUMNS, NUMBERS, WORDS, Engagement

REQUIRED: Final = ("id", "att_men", "def_men")
RESULTS: Final = (
    "runs", "p_attacker_wins", "att_loss_pct_day", "def_loss_pct_day", "advance_km_day", "days", "x",
    "percentiles_of_history", "terms", "outside_range",
)  # fmt: skip
"""Names of results, which no column of one's own may take."""
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "att_men": (1, 5e6), "def_men": (1, 5e6), "frontage_km": (0.1, 2000), "max_days": (0.1, 100),
    "att_share": (0.05, 1), "def_share": (0.05, 1), "att_quality": (0.05, 5), "def_quality": (0.05, 5),
    "att_lethality": (0.05, 5), "def_lethality": (0.05, 5), "surprise": (-3, 3), "intensity": (0.01, 5),
    "obs_winner": (-1, 1), "obs_att_loss_pct_day": (0, 100), "obs_def_loss_pct_day": (0, 100),
    "obs_advance_km_day": (-1000, 1000), "obs_days": (0, 1000),
}  # fmt: skip
MOST: Final = 1e6
CREW: Final = 1
"""Men that an AFV or a gun takes at least: more vehicles than men are a slip of the pen."""


OBSERVED: Final = ("obs_winner", "obs_att_loss_pct_day", "obs_def_loss_pct_day", "obs_advance_km_day")
"""Columns that a fit holds the model against."""


def read_engagements(path: str | Path, *, observed: bool = False, fit: bool = False) -> list[Engagement]:
    """The engagements of a CSV file, or of the [[engagement]]s of a TOML file; FileFaults with every problem.

    ``observed``: something must have been observed; ``fit``: all that a fit needs, of at least two engagements.
    """
    path, report = Path(path), Report()
    found: list[Engagement] = []
    if path.suffix == ".toml":
        text = read_toml(path, str(path), report)
        if text is not None:
            found = _from_toml(text, report)
    else:
        table = read_csv(path, str(path), report)
        if table is not None:
            found = _from_csv(table, report)
    report.raise_errors()
    if observed or fit:
        _demand_observations(path, found, report, fit=fit)
        report.raise_errors()
    return found


def _demand_observations(path: Path, found: Sequence[Engagement], report: Report, *, fit: bool) -> None:
    """A fault for each column of observations that is missing: all of a fit's, or all there are if there is not one."""
    values = {name: {v for e in found if not math.isnan(v := getattr(e, name))} for name in OBSERVED}
    values["obs_winner"] = {float(v > 0) for v in values["obs_winner"]}  # a draw is no victory
    if not fit and any(values.values()):
        return
    spot = Spot(CommandLine(OBSERVED, str(path)))
    for name, seen in values.items():
        if len(seen) < (2 if fit else 1):
            wanted = f"a column {name!r} with observations" + (" that differ, of two engagements or more" if fit else "")
            kind = "none" if not seen else f"{min(seen):g} alone"
            report.add(spot.fault(wanted, kind, "what was observed is what the model is held against", code="engage/observed"))


def _from_csv(table: CsvText, report: Report) -> list[Engagement]:
    _names(table.header, {name: table.cell(_header_line(table), name) for name in table.header}, report)
    missing = [name for name in REQUIRED if name not in table.header]
    for name in missing:
        hint = nearest(name, [n for n in table.header if n not in COLUMNS])
        place = table.record(_header_line(table))
        report.add(place.fault(f"a column {name!r}", "none of that name", hint, code="engage/column"))
    rows = list(table.rows())
    if not rows and not len(report):
        report.add(table.record(_header_line(table)).fault("at least one engagement", "none", code="engage/empty"))
    own = {name: "" for name in table.header if name not in COLUMNS}
    found = [_checked({**own, **row}, _places(table, line), report, missing) for line, row in rows]
    _unique(found, [table.cell(line, "id") for line, _ in rows], report)
    return found


def _header_line(table: CsvText) -> int:
    """The line of the header: the first that is neither blank nor a remark."""
    return next(n for n, line in enumerate(table.lines, 1) if line.strip() and not line.lstrip().startswith("#"))


def _places(table: CsvText, line: int) -> Mapping[str, Spot]:
    return {"": table.record(line)} | {name: table.cell(line, name) for name in table.header}


def _from_toml(text: TomlText, report: Report) -> list[Engagement]:
    rows = text.data.get("engagement")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        report.add(text.spot("engagement").fault("[[engagement]] tables", shown(rows), code="engage/missing"))
        return []
    for name in text.data:
        if name != "engagement":
            hint = nearest(name, ["engagement"])
            report.add(text.key_spot(name).fault("[[engagement]] tables alone", shown(name), hint, code="engage/name"))
    found: list[Engagement] = []
    spots: list[Spot] = []
    for number, row in enumerate(rows):
        places = {"": text.spot("engagement", number)} | {k: text.spot("engagement", number, k) for k in row}
        _names(row, {k: text.key_spot("engagement", number, k) for k in row}, report)
        given = {k: str(v) for k, v in row.items() if v != "" or k not in COLUMNS}  # as a blank cell: unknown
        found.append(_checked(given, places, report))
        spots.append(places["id" if "id" in places else ""])
    _unique(found, spots, report)
    return found


def _names(names: Iterable[str], places: Mapping[str, Spot], report: Report) -> None:
    """A name close to one of the model's is a slip of the pen; a result's name is taken."""
    for name in names:
        if name in COLUMNS:
            continue
        if name in RESULTS or not name:
            expected = "another name for a column of your own"
            hint = "results are called so" if name else "name it, or take the comma away in every line"
            report.add(places[name].fault(expected, shown(name), hint, code="engage/name"))
        elif hint := nearest(name, COLUMNS) if _close(name) else "":
            report.add(places[name].fault("a column of engagements", shown(name), hint, code="engage/column"))


_LIKE: Final = 0.84
"""Alike enough for a slip of the pen: ``front_km`` and ``frontage`` are to ``frontage_km``."""


def _close(name: str) -> bool:
    """Differs from a name of the model's by case, a space, or a letter or two."""
    import difflib

    plain = name.lower().replace(" ", "_").replace("-", "_")
    return plain in COLUMNS or bool(difflib.get_close_matches(plain, COLUMNS, 1, _LIKE))


def _unique(found: Sequence[Engagement], spots: Sequence[Spot], report: Report) -> None:
    seen: set[str] = set()
    for engagement, spot in zip(found, spots, strict=True):
        if engagement.id and engagement.id in seen:
            report.add(spot.fault("each id once", f"{engagement.id!r} again", code="engage/twice"))
        seen.add(engagement.id)


def _checked(
    row: Mapping[str, str], places: Mapping[str, Spot], report: Report, missing: Sequence[str] = ()
) -> Engagement:
    """The engagement of one row of text; faults go to the report. ``missing`` columns have been told already."""
    values: dict[str, Any] = {"id": "", "att_men": 1.0, "def_men": 1.0, "more": {}}
    for name in REQUIRED:
        if not row.get(name) and name not in missing:
            place = places.get(name, places[""])
            report.add(place.fault(f"a value for {name!r}", "nothing", code="engage/missing"))
    for name, text in row.items():
        spot = places.get(name, places[""])
        if name == "id":
            if not text.isprintable():
                report.add(spot.fault("characters that can be printed", shown(text), code="engage/value"))
            values[name] = text
        elif name in WORDS:
            if text not in WORDS[name]:
                hint = nearest(text, WORDS[name])
                report.add(spot.fault(one_of(WORDS[name]), shown(text), hint, code="engage/value"))
            values[name] = text
        elif name in NUMBERS:
            number = _number(name, text, spot, report)
            if number is not None:
                values[name] = number
        else:
            values["more"][name] = text
    for side in ("att", "def"):
        _crewed(values, side, places, report)
    return Engagement(**values)


def _number(name: str, text: str, spot: Spot, report: Report) -> float | None:
    low, high = BOUNDS.get(name, (0, MOST))
    try:
        number = float(text) if "_" not in text else math.nan  # Python would read 2_0 as twenty
    except ValueError:
        number = math.nan
    if low <= number <= high:
        return number
    hint = "no commas, underscores or units in numbers" if math.isnan(number) and any(c.isdigit() for c in text) else ""
    report.add(spot.fault(f"a number from {low:,.10g} to {high:,.10g}", shown(text), hint, code="engage/value"))
    return None


def _crewed(values: Mapping[str, Any], side: str, places: Mapping[str, Spot], report: Report) -> None:
    men = values[f"{side}_men"]
    for kind in ("afv", "guns"):
        count = values.get(f"{side}_{kind}", 0.0)
        if men > 1 and count * CREW > men:
            place = places.get(f"{side}_{kind}", places[""])
            report.add(place.fault(f"no more than the {men:g} men", shown(f"{count:g}"), code="engage/value"))
