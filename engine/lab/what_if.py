"""What if: a scenario with and without an overlay under the same luck, beside what a historian would expect.

The two batches are kept like those of tallies: a stopped call goes on, and a scenario's own runs are shared with its
scorecard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from engine.files.folders import SCENARIOS, overlay_path
from engine.files.heads import ExpectedChange
from engine.files.overlay import read_overlay_head
from engine.files.scenario import load_scenario
from engine.files.stored import load_scenario as load_stored
from engine.lab.batch import Progress
from engine.lab.compare import Comparison, Line, compare, measure_names
from engine.lab.experiment import Experiment, ExperimentFault
from engine.lab.kept import kept_batch
from engine.lab.outcome import watched_places
from engine.lab.store import Row
from engine.model.codes import SIDES
from engine.model.scenario import Scenario
from engine.run.fingerprint import engine_digest

FORMAT = 1
ALWAYS = tuple(f"{side}.{measure}" for measure in ("men_lost", "afv_lost", "formations_lost") for side in SIDES)
"""What is told whether or not anybody expected anything of it."""
SAME_DAYS, SAME_SHARE = 0.5, 0.05
SIGN = {"more": 1, "later": 1, "less": -1, "earlier": -1, "same": 0}


@dataclass(frozen=True)
class WhatIf:
    """A scenario, and the same with an overlay."""

    overlay: str
    title: str
    summary: str
    base: Scenario
    changed: Scenario
    expected: tuple[ExpectedChange, ...]


@dataclass(frozen=True)
class Answer:
    """What came of it: differences are what-if less base, pair by pair."""

    case: WhatIf
    comparison: Comparison
    lines: dict[str, Line] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """Number of pairs of runs."""
        return self.comparison.runs[0]


def read_what_if(overlay: str | Path, scenario: str = "") -> WhatIf:
    """The overlay of that name or file on a scenario: the first that it is meant for unless one is named."""
    path = overlay_path(overlay)
    if not path.is_file():
        known = sorted(file.stem for file in (SCENARIOS / "what_if").glob("*.toml"))
        near = get_close_matches(str(overlay), known, 3, 0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known)}"
        raise ExperimentFault(f"expected an overlay, found {str(overlay)!r}; {hint}")
    head = read_overlay_head(path, SCENARIOS)
    name = scenario or next(iter(head.scenarios), "")
    if not name:
        raise ExperimentFault(f"{path} does not say for which scenario it is; name one with --scenario")
    case = WhatIf(head.id, head.title, head.summary, load_stored(name), load_scenario(name, [path]), ())
    return replace(case, expected=tuple(_named(one, case.base) for one in head.expected))


def _named(one: ExpectedChange, scenario: Scenario) -> ExpectedChange:
    """The expectation with its place as the results name it."""
    kind, colon, rest = one.measure.partition(":")
    if not colon:
        if one.measure not in measure_names():
            near = get_close_matches(one.measure, measure_names(), 3, 0.3) or list(measure_names())[:3]
            raise ExperimentFault(f"expected a measure of a run, such as {', '.join(near)}; found {one.measure!r}")
        return one
    text, _, side = rest.rpartition(":")
    places = watched_places(scenario)
    place = scenario.theatre.find_place(text)
    name = next((name for name, cell in places.items() if place is not None and cell == place.cell), "")
    if not name:
        near = get_close_matches(text, places, 3, 0.3) or sorted(places)[:3]
        raise ExperimentFault(f"expected a place that an objective or a fact of {scenario.id} names, such as "
                              f"{', '.join(near)}; found {text!r}")  # fmt: skip
    return one.model_copy(update={"measure": f"{kind}:{name}:{side}"})


def ask(
    case: WhatIf,
    *,
    runs: int = 20,
    seed: int = 1,
    until: str = "",
    workers: int = 1,
    executor: str = "processes",
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Answer | None:
    """Do the runs that are missing and compare them; None after Ctrl-C before there was a pair."""
    done: list[Sequence[Row]] = []

    def told(ok: int, failed: int, total: int) -> None:
        if progress is not None:
            progress(sum(len(rows) for rows in done) + ok, failed, 2 * total)

    for scenario, overlays in ((case.base, ()), (case.changed, (case.overlay,))):
        experiment = Experiment(scenario.id, overlays, seed=seed, runs=runs, until=until)
        batch = kept_batch(experiment, scenario, workers=workers, executor=executor, folder=folder, progress=told)
        done.append(batch.rows)
        if batch.interrupted:
            break
    return answered(case, done[0], done[1]) if len(done) == 2 and all(done) else None


def answered(case: WhatIf, base: Sequence[Row], changed: Sequence[Row]) -> Answer:
    """The answer from the finished runs of both."""
    comparison = compare(case.base, changed, base, paired=True)
    return Answer(case, comparison, {line.key: line for line in comparison.lines})


def _line(answer: Answer, key: str) -> Line | None:
    """The line of a measure. Places are held by one side or the other: the Axis' share is what the Red Army's lacks."""
    line = answer.lines.get(key)
    kind, _, rest = key.partition(":")
    place, _, side = rest.rpartition(":")
    other = answer.lines.get(f"held:{place}:{SIDES[1]}")
    if line is not None or kind != "held" or side != SIDES[0] or other is None:
        return line
    change = replace(other.change, value=-other.change.value, low=-other.change.high, high=-other.change.low)
    return Line(key, f"Axis holds {place} at the end", 1 - other.a, 1 - other.b, change)


def verdict(line: Line | None, change: str) -> str:
    """Whether a difference is what was expected: "as expected", "against it", or "open" where too few pairs tell.

    The same is what lies within ``_margin`` with all of its interval: a wide interval about nothing confirms nothing.
    """
    if line is None:
        return "as expected" if change == "same" else "open"
    wanted = SIGN[change]
    if wanted == 0 and -_margin(line) <= line.change.low and line.change.high <= _margin(line):
        return "as expected"
    if not line.clear:
        return "open"
    return "as expected" if wanted * line.change.value > 0 else "against it"


def _margin(line: Line) -> float:
    """What is no difference to speak of: half a day, a twentieth of the runs, a twentieth of a measure."""
    if line.key.startswith("date:"):
        return SAME_DAYS
    return SAME_SHARE if line.key.startswith("held:") else SAME_SHARE * max(abs(line.a), abs(line.b))


def record(answer: Answer, *, seed: int, until: str) -> dict[str, Any]:
    """What is stored: the question, each expectation with its verdict, losses, and every other clear difference."""
    case = answer.case
    expected = {one.measure for one in case.expected}
    told = [line for line in answer.comparison.lines if line.key not in expected]
    return {
        "format": FORMAT, "what_if": case.overlay, "title": case.title, "summary": case.summary,
        "scenario": case.base.id, "scenario_digest": case.base.digest, "what_if_digest": case.changed.digest,
        "engine": engine_digest(), "seed": seed, "until": until, "pairs": answer.pairs,
        "expected": [_expected(answer, one) for one in case.expected],
        "losses": [_told(line) for line in told if line.key in ALWAYS],
        "clear": [_told(line) for line in told if line.clear and line.key not in ALWAYS],
    }  # fmt: skip


def _expected(answer: Answer, one: ExpectedChange) -> dict[str, Any]:
    line = _line(answer, one.measure)
    told = _told(line) if line is not None else _never(one.measure)
    return {**told, "expected": one.change, "why": one.why, "verdict": verdict(line, one.change)}


def _told(line: Line) -> dict[str, Any]:
    return {"key": line.key, "name": line.name, "base": _short(line.b), "what_if": _short(line.a),
            "change": {key: _short(value) for key, value in line.change.record().items()}}  # fmt: skip


def _never(measure: str) -> dict[str, Any]:
    """A change of hands that no run of either batch had."""
    _, place, side = measure.split(":")
    nothing = {"value": None, "low": None, "high": None, "n": 0}
    return {"key": measure, "name": f"{dict(zip(SIDES, ('Axis', 'Red Army'), strict=True))[side]} takes {place}: in no run",
            "base": None, "what_if": None, "change": nothing}  # fmt: skip


def _short(value: float) -> float | None:
    return None if value != value else round(value, 3)



__all__ = ["Answer", "WhatIf", "answered", "ask", "read_what_if", "record", "verdict"]
