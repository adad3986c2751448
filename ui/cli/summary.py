"""One run in words: who holds what since when, losses by side, the scorecard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ui.cli.output import columns, number

if TYPE_CHECKING:
    from engine import Result, Scenario

LOSSES = {
    "men_lost": "men",
    "men_captured": "  of them prisoners and dispersed",
    "afv_lost": "armoured vehicles written off",
    "guns_lost": "guns",
    "formations_lost": "formations destroyed",
}
MOST_FACTS = 40


def moment(scenario: Scenario, minute: int) -> str:
    """20 August 18:40."""
    when = timedelta(minutes=minute)
    day = scenario.start + timedelta(days=when.days)
    hour, rest = divmod(minute % 1440, 60)
    return f"{day.day} {day:%B} {hour:02d}:{rest:02d}"


def holdings(scenario: Scenario, result: Result) -> str:
    """Places that changed hands, with the dates; then who keeps the others."""
    names = [scenario.sides[0].short or "Axis", scenario.sides[1].short or "Soviet"]
    moved, kept = [], ([], [])  # type: list[tuple[str, ...]], tuple[list[str], list[str]]
    for place, changes in result.control.items():
        if not changes or changes[0][1] < 0:
            continue
        if len(changes) == 1:
            kept[changes[0][1]].append(place)
        else:
            story = ", ".join(f"{names[side]} {moment(scenario, at)}" for at, side in changes[1:])
            moved.append((place, names[changes[-1][1]], f"{names[changes[0][1]]}, then {story}"))
    lines = ["Who holds what"]
    if moved:
        lines.append(columns(moved, indent="  "))
    for side in (0, 1):
        if kept[side]:
            lines.append(f"  {names[side]} throughout: {', '.join(kept[side])}")
    return "\n".join(lines)


def losses(scenario: Scenario, result: Result) -> str:
    """A table of both sides' losses."""
    head = ("Losses", scenario.sides[0].name, scenario.sides[1].name)
    rows = [head] + [
        (f"  {words}", *(number(result.values[f"{side.id}.{measure}"]) for side in scenario.sides))
        for measure, words in LOSSES.items()
    ]
    return columns(rows, right=[1, 2])


def against_history(card: object) -> str:
    """The scorecard as a table; `card` is an engine Scorecard."""
    scores = card.scores  # type: ignore[attr-defined]
    if not scores:
        return "History: the scenario holds no facts to be measured against"
    many = card.runs > 1  # type: ignore[attr-defined]
    rows: list[tuple[str, ...]] = []
    for s in scores[:MOST_FACTS]:
        shown = "–" if s.shown is None else number(s.shown.median.value, 2 if s.fact.kind == "control" else 0)
        band = "half the time" if s.band is None else f"{number(s.band[0])}–{number(s.band[1])}"
        if many and s.met.n:
            verdict = f"{100 * s.met.value:.0f} % ({100 * s.met.low:.0f}–{100 * s.met.high:.0f})"
        else:
            verdict = {"yes": "met", "no": "not met"}.get(s.verdict, s.verdict)
        rows.append((s.words, shown, band, verdict))
    head = ("Against history", "median" if many else "run", "counts as met", "runs that meet it" if many else "")
    lines = [columns([head, *rows], right=[1])]
    if len(scores) > MOST_FACTS:
        lines.append(f"  ... and {len(scores) - MOST_FACTS} more: deepbattle score")
    share = card.share  # type: ignore[attr-defined]
    if share is not None:
        lines.append(f"  weighted share met: {100 * share:.0f} %")
    return "\n".join(lines)
