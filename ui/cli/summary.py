"""One run in words: who holds what since when, losses by side, the scorecard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

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


def outside(values: Mapping[str, float]) -> str:
    """Rule parameters that were put outside their prior range."""
    return "outside their prior range (--force): " + ", ".join(f"{a} = {v:g}" for a, v in values.items())


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


def politics(scenario: Scenario, result: Result) -> str:
    """What happened outside the troops' hands, each with its moment."""
    titles = {event.id: event.title for event in scenario.events}
    rows = [(f"  {moment(scenario, at)}", titles[name]) for name, at in result.happened]
    return "\n".join(["Events", columns(rows)]) if rows else ""


def is_over(scenario: Scenario, result: Result) -> bool:
    """The run came to the scenario's end, or to an event that ends it."""
    happened = {name for name, _ in result.happened}
    ends = {event.id for event in scenario.events for effect in event.effects if effect.kind == "end"}
    return result.minute >= scenario.end_min or bool(happened & ends)


def victory(scenario: Scenario, result: Result) -> str:
    """Who won beside history, and the points behind it; nothing without objectives."""
    found = result.victory
    if not found:
        return ""
    names = {side.id: side.short or side.name for side in scenario.sides}
    called = "Victory" if is_over(scenario, result) else "Victory so far"
    if not found["level"]:
        head = f"{called}: no level, for history does not say: " + "; ".join(found["unknown"])
    else:
        word = "a draw" if not found["winner"] else f"{found['level']} victory of the {names[found['winner']]} side"
        head = f"{called}: {word} (margin {found['margin']:+.2f}, history {found['history']:+.2f}; Soviet less Axis)"
        if found["unknown"]:
            head += f"; not told by history: {'; '.join(found['unknown'])}"
    sides = tuple(found["points"])
    won = {s: sum(g["points"] for g in found["objectives"] if g["side"] == s and g["met"]) for s in sides}
    rows = [
        ("", *(names[side] for side in sides)),
        ("  points of objectives", *(f"{won[s]} of {found['possible'][s]}" for s in sides)),
        ("  points of the enemy's losses", *(f"{found['points'][s] - won[s]:.1f}" for s in sides)),
        ("  share of men lost", *(f"{100 * found['men_lost_share'][s]:.1f} %" for s in sides)),
    ]
    lines = [head, columns(rows, right=[1, 2])]
    differs = [g for g in found["objectives"] if g["in_history"] is not None and g["met"] is not g["in_history"]]
    if differs:
        told = (f"{g['place']} {'held' if g['met'] else 'not held'} by {names[g['side']]} ({g['points']})" for g in differs)
        lines.append("  otherwise than in history: " + ", ".join(told))
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
    """The scorecard of one run as a table; `card` is an engine Scorecard."""
    scores = card.scores  # type: ignore[attr-defined]
    if not scores:
        return "History: the scenario holds no facts to be measured against"
    rows: list[tuple[str, ...]] = []
    for s in scores[:MOST_FACTS]:
        shown = "–" if s.shown is None else shown_as(s.fact.kind, s.shown.median.value)
        verdict = {"yes": "met", "no": "not met"}.get(s.verdict, s.verdict)
        rows.append((s.words, shown, band_words(s.band), verdict))
    lines = [columns([("Against history", "run", "counts as met", ""), *rows], right=[1])]
    if len(scores) > MOST_FACTS:
        lines.append(f"  ... and {len(scores) - MOST_FACTS} more: deepbattle score")
    share = card.share  # type: ignore[attr-defined]
    if share is not None:
        lines.append(f"  weighted share met: {100 * share:.0f} %")
    return "\n".join(lines)


def shown_as(kind: str, value: float) -> str:
    """What runs show for a fact: control as a share of the time, else a number."""
    return f"{100 * value:.0f} %" if kind == "control" else number(value)


def band_words(band: Sequence[float] | None) -> str:
    """What counts as met."""
    return "half the time" if band is None else f"{number(band[0])}–{number(band[1])}"


def met_words(met: Mapping[str, Any] | None) -> str:
    """Such as ``85 % (64–95)``: the share of the runs and its 95 % interval."""
    if met is None:
        return "–"
    return f"{100 * met['value']:.0f} % ({100 * met['low']:.0f}–{100 * met['high']:.0f})"


SPREAD = ("5 %", "25 %", "median", "75 %", "95 %")


def tallied(found: Mapping[str, Any]) -> str:
    """A tally as tables: what the runs show against history and in losses, the plain staff beside it."""
    beside = found["baseline"]
    head = f"{found['title']}: {found['runs']} runs" + (f", and {beside['runs']} of the plain staff" if beside else "")
    if not found["complete"]:
        head += f"; {found['failed']} failed" if found["failed"] else f"; stopped before all {found['asked']['runs']}"
    parts = [head, _facts(found, beside is not None)]
    for name, card in (("", found), ("plain staff: ", beside)):
        if card and card["share"] is not None:
            brier = "" if card["brier"] is None else f"; Brier score of control {card['brier']:.3f} (0 best, 0.25 says nothing)"
            parts.append(f"{name}weighted share met {100 * card['share']:.0f} %{brier}")
            parts += _headline(card.get("headline"), name)
    parts.append(_dates(found.get("headline")))
    parts.append(_measures(found, beside is not None))
    return "\n\n".join(part for part in parts if part)


def _facts(found: Mapping[str, Any], beside: bool) -> str:
    if not found["facts"]:
        return "History: the scenario holds no facts to be measured against"
    rows: list[tuple[str, ...]] = [
        ("Against history", "counts as met", *SPREAD, "runs that meet it", "plain" if beside else "")
    ]
    for fact in found["facts"]:
        spread = ["–"] * 5 if fact["quantiles"] is None else [shown_as(fact["kind"], q) for q in fact["quantiles"]]
        plain = met_words(fact["baseline"]["met"]) if fact["baseline"] else ""
        rows.append((fact["words"], band_words(fact["band"]), *spread, met_words(fact["met"]), plain))
    return columns(rows, right=range(2, 9))


def _headline(head: Mapping[str, Any] | None, name: str) -> list[str]:
    """Dates, losses and front in one line: what a campaign is judged by."""
    if not head:
        return []
    words = []
    if head["dates"]:
        error = "infinite" if head["error_days"] is None else f"{head['error_days']:.1f} days"
        words.append(f"{head['inside']} of {len(head['dates'])} dates inside the runs' 80 % band, median error {error}")
    if head.get("handed_over"):
        words.append(f"{len(head['handed_over'])} places handed over by an event, not counted")
    if head["losses"]:
        ratios = ", ".join(f"{loss['side']} {loss['measure']} x {loss['ratio']:.2f}{_between(loss)}" for loss in head["losses"])
        words.append(f"losses against the record: {ratios}")
    if head["front_km"] is not None:
        words.append(f"front {head['front_km']:.0f} km from the dated lines")
    return [name + "; ".join(words)] if words else []


def _between(loss: Mapping[str, Any]) -> str:
    """The runs' 80 % band, where a kept card has it."""
    return f" ({loss['band'][0]:.2f}–{loss['band'][1]:.2f})" if loss.get("band") else ""


def _dates(head: Mapping[str, Any] | None) -> str:
    """When places changed hands, in the record and in the runs. Days from the start."""
    if not head or not head["dates"]:
        return ""
    rows = [("Changed hands (day of the campaign)", "record", "runs, 80 %", "median", "taken in", "")]
    for one in head["dates"]:
        window = "–".join(f"{day:.0f}" for day in one["window"])
        band = "–".join(_day(day) for day in one["band"])
        taker = {"axis": "Axis", "soviet": "Red Army"}[one["side"]]
        rows.append((f"{one['place']} to the {taker}", window, band, _day(one["median"]),
                     f"{one['taken']} of {one['runs']}", "inside" if one["inside"] else ""))  # fmt: skip
    return columns(rows, right=range(1, 5))


def _day(day: float | None) -> str:
    return "never" if day is None else f"{day:.1f}"


def _measures(found: Mapping[str, Any], beside: bool) -> str:
    if not found["measures"]:
        return ""
    rows: list[tuple[str, ...]] = [("Losses", "", *SPREAD, "plain, median" if beside else "")]
    for line in found["measures"]:
        plain = number(line["baseline"][2]) if line["baseline"] else ""
        side = {"axis": "Axis", "soviet": "Red Army"}[line["side"]]
        rows.append((line["words"], side, *(number(q) for q in line["quantiles"]), plain))
    return columns(rows, right=range(2, 8))
