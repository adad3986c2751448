"""The kept scorecards as one page of Markdown: all scenarios in a table, then for each what its runs get wrong.

Made from the stored files alone, so that the page can be held to them by a test.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from engine.core.calendar import DAY
from engine.lab.dates import LOSSES_WITHIN
from engine.lab.scorecard import HALF, LINE_KM, LOSS_WORDS
from engine.lab.tally import read_tally

PAGE, PAIRINGS, WHAT_IFS = "README.md", "pairings.json", "what_if"
SIDE = {"axis": "Axis", "soviet": "Red Army"}
MOST_SYSTEMS = 6
MEN = ("men", "men_with_sick")
"""Loss measures that count a side's men."""
Found = Mapping[str, Any]


def kept_in(folder: Path) -> list[dict[str, Any]]:
    """The tallies of a folder, by scenario."""
    found = [read_tally(path) for path in sorted(folder.glob("*.json")) if path.name != PAIRINGS]
    return [one for one in found if one is not None]


def what_ifs_in(folder: Path) -> list[Found]:
    """The what-ifs that are kept in a folder, by name of their overlay."""
    return [one for path in sorted((folder / WHAT_IFS).glob("*.json")) if (one := _read(path))]


def pairings_in(folder: Path) -> list[Found]:
    """The pairings that are kept in a folder; empty if there are none."""
    kept = _read(folder / PAIRINGS)
    return list(kept["pairings"]) if kept else []


def page(folder: Path) -> str:
    """The page about everything that is kept in a folder."""
    tallies = kept_in(folder)
    parts = [_HEAD, _table(tallies)] if tallies else [_HEAD]
    pairings = _read(folder / PAIRINGS)
    if pairings:
        parts.append(_pairings(pairings))
    what_ifs = what_ifs_in(folder)
    if what_ifs:
        parts.append(_what_ifs(what_ifs))
    parts += [_section(one) for one in tallies]
    return "\n\n".join(parts) + "\n"


_HEAD = f"""# Scorecards

<!-- made by `deepbattle scores --page` from the files beside it; do not edit -->

Runs of each scenario against its record, both historical plans fought by the full staffs; beside them the plain staff
(attack the nearest, hold otherwise). `deepbattle scores` prints the table and says which cards another engine made;
`make scores` makes those again, and goes on where it was when it was stopped.

- *dates*: changes of hands that the record dates whose window touches the runs' 80 % band; *late*: median over them of
  how far the median run is off, days (a place that most runs never take counts as infinitely late). What an event hands
  over, at a surrender, is no such date and is told apart.
- *losses*: median of the runs as a multiple of the record's, the runs' 80 % band in brackets; near is within
  x {LOSSES_WITHIN}. Where a side has several facts about its men lost, the one over the longest time.
- *front*: median distance of the front from the dated lines, km.
- *met*: share of the facts that the runs meet, weighted."""


def _table(tallies: Sequence[Found]) -> str:
    head = ("scenario", "runs", "dates", "late, days", "men lost, Axis", "men lost, Red Army", "front, km", "met",
            "plain staff", "CPU s", "MB", "engine")  # fmt: skip
    return _markdown(head, [_row(one) for one in tallies])


def _row(one: Found) -> tuple[str, ...]:
    head, cost, beside = one["headline"] or {}, one.get("cost") or {}, one["baseline"] or {}
    dates = head.get("dates") or []
    return (
        f"[{one['scenario']}](#{one['scenario']})",
        str(one["runs"]),
        f"{head['inside']} of {len(dates)} ({100 * head['inside'] // len(dates)} %)" if dates else "–",
        _late(head) if dates else "–",
        men_lost(head, "axis"),
        men_lost(head, "soviet"),
        _number(head.get("front_km")),
        _share(one.get("share")),
        _share(beside.get("share")),
        _number(cost.get("cpu_s"), 1),
        _number(cost.get("memory_mb")),
        f"`{one['engine'][:8]}`",
    )


def _late(head: Found) -> str:
    return "never" if head["error_days"] is None else f"{head['error_days']:.1f}"


def men_lost(head: Found, side: str) -> str:
    """A side's men lost as a multiple of its greatest loss fact, the one over the longest time."""
    found = [one for one in head.get("losses") or [] if one["side"] == side and one["measure"] in MEN]
    return _loss(max(found, key=lambda one: float(one["record"]))) if found else "not told"


def _loss(one: Found) -> str:
    band = "" if not one.get("band") else f" ({one['band'][0]:.2f}–{one['band'][1]:.2f})"
    return f"x {one['ratio']:.2f}{band}"


def _section(one: Found) -> str:
    head = one["headline"] or {}
    lines = [f"## {one['scenario']}", f"{one['title']}: {one['runs']} runs, engine `{one['engine']}`."]
    parts = [_late_towns(one, head), _handed_over(one, head), _losses(head), _lines(one, head), _missed(one), _cost(one)]
    return "\n\n".join([*lines, *(part for part in parts if part)])


def _late_towns(one: Found, head: Found) -> str:
    """Places that changed hands at another time than the record says."""
    dates = head.get("dates") or []
    outside = [at for at in dates if not at["inside"]]
    if not outside:
        return "Every dated change of hands lies inside the runs' 80 % band." if dates else ""
    rows = [
        (f"{at['place']} to the {SIDE[at['side']]}", _span(one, at["window"]), _day(one, at["median"]),
         "–".join(_day(one, day) for day in at["band"]), _error(at["error"]), f"{at['taken']} of {at['runs']}")
        for at in outside
    ]  # fmt: skip
    return _markdown(("outside the runs' 80 % band", "record", "median run", "80 % band", "days off", "taken in"), rows)


def _handed_over(one: Found, head: Found) -> str:
    """Places that an event hands over: their day is the event's, not won by fighting."""
    found = head.get("handed_over") or []
    told = ", ".join(f"{at['place']} ({_day(one, at['median'])})" for at in found)
    return f"Handed over by an event, and in no figure of dates: {told}." if found else ""


def _error(error: float | None) -> str:
    return "–" if error is None else f"{error:+.1f}"


def _losses(head: Found) -> str:
    rows = [(SIDE[one["side"]], LOSS_WORDS.get(one["measure"], one["measure"]), _number(one["record"]), _loss(one),
             "near" if one["near"] else "far") for one in head.get("losses") or []]  # fmt: skip
    return _markdown(("losses", "", "record", "runs", f"within x {LOSSES_WITHIN}"), rows) if rows else ""


def _lines(one: Found, head: Found) -> str:
    rows = [(line["fact"], _day(one, line["day"]), f"{line['km']:.0f}",
             "–".join(f"{km:.0f}" for km in line["band"]), "" if line["km"] <= LINE_KM else "far")
            for line in head.get("lines") or []]  # fmt: skip
    return _markdown(("front at a dated line", "date", "median km off", "80 % band", ""), rows) if rows else ""


def _missed(one: Found) -> str:
    """Facts about who held what that fewer than half of the runs meet."""
    found = [f for f in one["facts"] if f["kind"] == "control" and f["met"] and f["met"]["value"] < HALF]
    if not found:
        return ""
    told = [f"- {f['words']}: met by {100 * f['met']['value']:.0f} % of the runs" for f in found]
    return "Held otherwise than in the record in most runs:\n\n" + "\n".join(told)


def _cost(one: Found) -> str:
    cost = one.get("cost")
    if not cost:
        return ""
    systems = sorted(cost["systems"].items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in systems[:MOST_SYSTEMS])
    rest = cost["cpu_s"] - sum(seconds for _, seconds in systems[:MOST_SYSTEMS])
    tail = f" Dearest: {told}; all else {max(0.0, rest):.2f} s." if told else ""
    return f"A run: {cost['cpu_s']:.1f} s CPU (median), {cost['memory_mb']:.0f} MB at most.{tail}"


def _pairings(found: Found) -> str:
    """Strength of play: advantages with their 95 % intervals."""
    rows = []
    for one in found["pairings"]:
        parts = [_interval(part) for part in one["parts"].values()]
        ahead = "{value:.0%} ({low:.0%}–{high:.0%})".format(**one["won"])
        rows.append((one["case"], f"{one['ours']} : {one['theirs']}", _interval(one["advantage"]), *parts, ahead,
                     str(one["pairs"]), one["verdict"], f"`{one['engine'][:8]}`"))  # fmt: skip
    names = next(iter(found["pairings"]))["parts"]
    head = ("case", "pairing", "advantage", *names, "ahead in", "pairs", "", "engine")
    return (
        "## Strength of play\n\nEach pair of runs has the same luck, and the commanders change sides in between. Advantages "
        "lie between -1 and 1,\nparity is 0; 95 % intervals (`deepbattle pairings`).\n\n" + _markdown(head, rows)
    )


def _what_ifs(found: Sequence[Found]) -> str:
    parts = ["## What if", "The same luck with and without; differences are what-if less record, with 95 % intervals "
             "(`deepbattle what-if`)."]  # fmt: skip
    for one in found:
        rows = [(e["name"], _short(e["base"]), _short(e["what_if"]), _interval(e["change"]), e["expected"], e["why"],
                 e["verdict"]) for e in one["expected"]]  # fmt: skip
        rows += [(e["name"], _short(e["base"]), _short(e["what_if"]), _interval(e["change"]), "", "", "")
                 for e in one["losses"]]  # fmt: skip
        until = f", to {one['until']}" if one["until"] else ""
        parts.append(f"### {one['title']}\n\n{one['what_if']}: {one['pairs']} pairs of {one['scenario']}{until}, engine "
                     f"`{one['engine'][:8]}`. {one['summary']}")  # fmt: skip
        parts.append(_markdown(("", "as it was", "what if", "difference", "expected", "because", ""), rows))
    return "\n\n".join(parts)


def _interval(part: Found) -> str:
    """Such as ``0.21 (0.18 to 0.24)``."""
    if part["low"] is None or part["low"] != part["low"]:
        return _short(part["value"])
    return f"{_short(part['value'])} ({_short(part['low'])} to {_short(part['high'])})"


def _short(value: float | None) -> str:
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def _number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def _span(one: Found, window: Sequence[float]) -> str:
    first, last = (_day(one, day) for day in window)
    return first if first == last else f"{first}–{last}"


def _day(one: Found, day: float | None) -> str:
    """``12 Oct``, or the day of the campaign where the card does not name its start."""
    if day is None:
        return "never"
    if not one.get("start"):
        return f"day {day:.1f}"
    when = datetime.combine(date.fromisoformat(one["start"]), time()) + timedelta(minutes=round(day * DAY))
    return f"{when.day} {when:%b}"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
