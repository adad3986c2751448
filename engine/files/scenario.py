"""Loading a scenario folder: common files, parents, own files, overlays, --set; then the frozen scenario or
faults.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.files.analysis import analyse, enemy_ground, structural
from engine.files.bounds import bounds_of, check_order
from engine.files.checked import check_head, check_rows
from engine.files.confidence import Standing, confidence, estimates
from engine.files.faults import Fault, FileFaults, Report, nearest, sorted_faults
from engine.files.folders import SCENARIOS, overlay_path, scenario_folder, scenario_names, theatre_folder
from engine.files.inherit import take_part
from engine.files.moments import moment
from engine.files.overlay import apply_overlays, apply_sets
from engine.files.priors import check_priors, priors_of, set_since
from engine.files.resolve import Resolved, resolve
from engine.files.rows import REQUIRED, Raw, empty, read_common, read_folder, read_head, read_weather
from engine.files.texts import Spot, shown_path
from engine.files.toml_text import TomlText, read_toml
from engine.model.scenario import Scenario
from engine.model.theatre import Theatre


@dataclass(frozen=True)
class Loaded:
    """What came of reading: the scenario (None if it cannot be used) and every fault found on the way."""

    scenario: Scenario | None
    faults: tuple[Fault, ...]

    def confidence(self) -> dict[str, dict[str, int]]:
        """Rows by table and grade of their source; empty when the scenario cannot be used."""
        return confidence(self.scenario) if self.scenario else {}

    def estimates(self) -> list[Standing]:
        """Rows and parameters that rest on an estimate or on no source at all."""
        return estimates(self.scenario) if self.scenario else []


def load_scenario(
    name: str | Path,
    overlays: Sequence[str | Path] = (),
    sets: Sequence[str] = (),
    theatre: Theatre | None = None,
    *,
    force: bool = False,
) -> Scenario:
    """The scenario of that name (or in that folder), with overlays and --set values applied in order.

    Raises FileFaults with every problem when it cannot be used. `theatre` replaces the one it names (tests).
    `force` lets overlays and sets put rule parameters outside their prior range (`Scenario.outside`).
    """
    report = Report()
    resolved = _read(name, overlays, sets, report, theatre, force)
    if resolved is None or report.failed:
        raise FileFaults.of(report)
    return resolved.scenario


def check_scenario(
    name: str | Path,
    overlays: Sequence[str | Path] = (),
    sets: Sequence[str] = (),
    theatre: Theatre | None = None,
    *,
    force: bool = False,
) -> Loaded:
    """Read and analyse: all faults, of files and of what they say, worst first."""
    report = Report()
    resolved = _read(name, overlays, sets, report, theatre, force)
    if resolved is None:
        return Loaded(None, sorted_faults(report))
    scenario = resolved.scenario
    for fault in (*enemy_ground(scenario, resolved.drawn_owner), *analyse(scenario, whole=resolved.whole)):
        report.add(fault)
    return Loaded(scenario if resolved.settled else None, sorted_faults(report))


def _read(
    name: str | Path,
    overlays: Sequence[str | Path],
    sets: Sequence[str],
    report: Report,
    theatre: Theatre | None,
    force: bool,
) -> Resolved | None:
    folder = scenario_folder(name)
    if folder is None:
        near = nearest(str(name), scenario_names())
        report.add(Fault(str(name), 0, 0, "a scenario", "nothing of that name", near, code="file/no_scenario"))
        return None
    root = folder.resolve().parent if (folder.resolve().parent / "common").is_dir() else SCENARIOS
    raw = read_raw(folder, root, report, theatre)
    before = set_since(raw)
    apply_overlays(raw, [overlay_path(overlay, root) for overlay in overlays], root, report)
    apply_sets(raw, sets, report)
    check_priors(raw, before, report, force)
    check_order(raw, before, report, force)
    # Nothing is missing from a file that could not be read.
    head = None if "scenario" in raw.broken else check_head(raw, report)
    tables = check_rows(raw, report)
    if head is None:
        return None
    theatre = theatre or _theatre(root, head.theatre, raw, report)
    if theatre is None:
        return None
    resolved = resolve(raw, head, tables, theatre, report)
    for fault in structural(resolved.scenario):
        report.add(fault)
    return resolved


def read_raw(folder: Path, root: Path, report: Report, theatre: Theatre | None = None) -> Raw:
    """All rows of a scenario folder over those of its parents and of the common folder."""
    raw = empty(Spot(TomlText(shown_path(folder / "scenario.toml", root), "", {})))
    common = root / "common" if (root / "common").is_dir() else SCENARIOS / "common"
    read_common(common, root, raw, report)
    raw.priors = priors_of(raw.tables["rules"])
    raw.bounds = bounds_of(raw.tables["rules"])
    chain: list[tuple[Path, TomlText]] = []
    here: Path | None = folder
    while here is not None:
        text = read_toml(here / "scenario.toml", shown_path(here / "scenario.toml", root), report)
        if text is None:
            raw.broken.add("scenario")
            break
        chain.append((here, text))
        parent = text.data.get("extends")
        here = None
        if isinstance(parent, str) and parent:
            spot = text.spot("extends")
            if not (root / parent / "scenario.toml").is_file():
                hint = nearest(parent, scenario_names(root))
                report.add(spot.fault("the name of a scenario", repr(parent), hint, code="ref/extends"))
            elif any(parent == seen.resolve().name for seen, _ in chain):
                report.add(spot.fault("a scenario that does not extend this one", repr(parent), code="ref/extends"))
            else:
                here = root / parent
    _weather_of_theatre([text for _, text in reversed(chain)], root, raw, report)
    for level, text in reversed(chain):
        if "inherit" in text.data:
            take_part(raw, text, level, root, theatre or _parents_theatre(root, raw), report)
        read_head(text, raw, report)
        read_folder(level, root, raw, report)
    if chain and not (set(REQUIRED) - {"scenario.toml"} <= {p.name for level, _ in chain for p in level.iterdir()}):
        for required in REQUIRED[1:]:
            if not any((level / required).exists() for level, _ in chain):
                shown = shown_path(folder / required, root)
                report.add(Fault(shown, 0, 0, "a file", "nothing", code="file/unreadable"))
    return raw


def _weather_of_theatre(texts: Sequence[TomlText], root: Path, raw: Raw, report: Report) -> None:
    """The days of the theatre's record that lie in the scenario; `texts` are its scenario.toml, parents first."""
    told = {key: text.data[key] for text in texts for key in ("theatre", "start", "end") if key in text.data}
    name = told.get("theatre")
    home = theatre_folder(root, name) if isinstance(name, str) else None
    if home is not None:
        read_weather(home, root, raw, report, (moment(told.get("start")), moment(told.get("end"))))


def _parents_theatre(root: Path, raw: Raw) -> Theatre | None:
    """The theatre of what was read so far; a name that is wrong is complained of elsewhere."""
    name = raw.head.values.get("theatre")
    return _theatre(root, name, raw, Report()) if isinstance(name, str) else None


def _theatre(root: Path, name: str, raw: Raw, report: Report) -> Theatre | None:
    folder = theatre_folder(root, name)
    if folder is None:
        known = sorted(path.name for path in (SCENARIOS / "theatres").glob("*") if path.is_dir())
        spot = raw.head.spots.get("theatre", raw.head.spot)
        report.add(spot.fault("a folder of theatres/", repr(name), nearest(name, known), code="ref/theatre"))
        return None
    try:
        return _loaded_theatre(folder)
    except FileFaults as error:
        for fault in error.faults:
            report.add(fault)
    return None


def theatre_named(name: str) -> Theatre:
    """The theatre in scenarios/theatres/<name>; FileFaults when there is none."""
    folder = SCENARIOS / "theatres" / name
    if not folder.is_dir():
        raise FileFaults.of([Fault(f"theatres/{name}", 0, 0, "a folder", "nothing", code="ref/theatre")])
    return _loaded_theatre(folder)


@lru_cache(maxsize=4)
def _loaded_theatre(folder: Path) -> Theatre:
    """A theatre is read once in a process; it never changes."""
    from engine.files.theatre import load_theatre

    return load_theatre(folder)
