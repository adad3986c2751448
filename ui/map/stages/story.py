"""A scenario as the window's story: units with their cards and designations, facts, objectives, daylight."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ui.map.marks.icons import arm_of
from ui.map.scene import NEVER, Change, Fact, Light, Objective, Ships, Story, Unit

if TYPE_CHECKING:
    from engine import Scenario

ECHELONS = {"company": 1, "battalion": 2, "regiment": 3, "group": 4, "brigade": 4, "division": 5, "corps": 6, "army": 7,
            "command": 7, "front": 8, "army_group": 8}  # fmt: skip
MOBILITIES = ("foot", "horse", "motor", "track", "static")
_NATIONS = {"HU": "hungary", "RO": "romania", "FI": "finland"}
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)\b")
_ROMAN = re.compile(r"\b([IVXL]{1,7})\b(?! ?\.)")
_WORDS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh",
          "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth",
          "Twentieth")  # fmt: skip
_SHORT = {
    "Army Group North": "N", "Army Group Centre": "C", "Army Group South": "S", "fortified region": "FR",
    "Grossdeutschland": "GD", "Strachwitz": "Str", "Kurland": "Kur", "Courland": "Kur", "Narwa": "Nar", "Kleffel": "Kle",
    "Riga": "Rig", "Gross": "Gr",
}  # fmt: skip
_SMALL = {"the", "of", "and", "corps", "army", "group", "front", "units", "brigade", "division", "panzer", "detachment",
          "security", "field", "rear", "north", "centre"}  # fmt: skip


def make_story(scenario: Scenario, statics: Any = None) -> Story:
    """The story of a scenario. `statics` of a session fixes the order of units and knows the daylight."""
    units = _units(scenario)
    return Story(
        title=scenario.title.removeprefix("Operation "),
        start=scenario.start,
        end_min=scenario.end_min,
        theatre=scenario.theatre,
        window=scenario.window,
        units=units,
        facts=_facts(scenario),
        objectives=_objectives(scenario),
        light=_light(scenario, statics),
        summary=scenario.summary,
        side_names=(scenario.sides[0].short or "Axis", scenario.sides[1].short or "Soviet"),
        files=scenario.id,
        changes=_changes(scenario, units),
        ships=_ships(scenario),
        briefing=_notes(scenario.id),
    )


def _units(scenario: Scenario) -> tuple[Unit, ...]:
    first_hq = len(scenario.formations)
    number = {h.id: first_hq + k for k, h in enumerate(scenario.headquarters)}
    sides = {"axis": 0, "soviet": 1}
    out = []
    for f in scenario.formations:
        mobility = scenario.kinds[f.kind].mobility if f.kind in scenario.kinds else "foot"
        kind = scenario.kinds[f.kind].name if f.kind in scenario.kinds else f.kind
        out.append(Unit(
            f.id, f.name, face_of(f.name), sides[f.side], nation_of(f.nation, f.kind, f.name, f.side), arm_of(f.sidc),
            ECHELONS.get(f.echelon, 5), number.get(f.parent, -1), False, max(f.men, 1), kind,
            MOBILITIES.index(mobility) if mobility in MOBILITIES else 0, tuple(n for n in (f.name_de, f.name_ru) if n),
            f.src, f.commander,
        ))  # fmt: skip
    for h in scenario.headquarters:
        name = h.name
        arm = "armour" if re.search(r"[Pp]anzer|Tank", name) else "mechanised" if "Mechanised" in name else "infantry"
        out.append(Unit(
            h.id, name, face_of(name), sides[h.side], nation_of(h.nation, "", name, h.side), arm,
            ECHELONS.get(h.echelon, 6), number.get(h.parent, -1), True, 0, h.echelon.replace("_", " "), 2,
            tuple(n for n in (h.name_de, h.name_ru, h.commander) if n), h.src,
            h.commander,
        ))  # fmt: skip
    return tuple(out)


def _changes(scenario: Scenario, units: tuple[Unit, ...]) -> tuple[Change, ...]:
    """New names and commanders: dated lines of the order of battle, and effects of events."""
    number = {unit.id: k for k, unit in enumerate(units)}
    words = {"rename": "name", "commander": "commander"}
    dated = [Change(number[r.subject], words[r.kind], r.text, r.at_min) for r in scenario.reinforcements
             if r.kind in words and r.subject in number]  # fmt: skip
    told = [
        Change(number[subject], words[effect.kind], effect.text, happening=k)
        for k, event in enumerate(scenario.events)
        for effect in event.effects
        if effect.kind in words
        for subject in effect.subjects
        if subject in number
    ]
    return (*dated, *told)


def _ships(scenario: Scenario) -> tuple[Ships, ...]:
    """Naval guns at a station of their own; those that go with their headquarters have no place to be shown at."""
    return tuple(
        Ships(a.cell, a.name, 0 if a.side == "axis" else 1, a.from_min, a.until_min if a.until_min >= 0 else NEVER)
        for a in scenario.assets
        if a.kind == "naval" and a.cell >= 0
    )


def _notes(scenario_id: str) -> str:
    """The notes in the folder of a scenario's name; none for one that lies elsewhere."""
    folder = Path(os.environ.get("DEEPBATTLE_SCENARIOS", Path(__file__).resolve().parents[3] / "scenarios"))
    try:
        return (folder / scenario_id / "notes.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def without_remark(name: str) -> str:
    """A name without what stands in brackets, at its end or within: ``III (Germanic) SS Panzer Corps``."""
    return re.sub(r" *\([^)]*\)", "", name)


def face_of(name: str) -> str:
    """The designation on a counter: ``417th Rifle Division`` -> 417, ``XXXIX Panzer Corps`` -> XXXIX."""
    plain = without_remark(name)
    number = _ORDINAL.search(plain)
    if number:
        words = plain.lower()
        return f"{number[1]} Sh" if "shock" in words else number[1]
    for value, word in enumerate(_WORDS, start=1):
        if plain.startswith(word + " "):
            return f"{value} Pz" if "Panzer" in plain else str(value)
    roman = _ROMAN.search(plain)
    if roman:
        return roman[1] + (" SS" if " SS" in plain else "")
    for word, short in _SHORT.items():
        if word in plain:
            return short
    digits = re.search(r"\b(\d+)\b", plain)
    if digits:
        return digits[1]
    letter = re.search(r"\b([A-Z])\b", plain)
    if letter:
        return letter[1]
    words = [w for w in re.findall(r"[A-Za-zÀ-ž]+", plain) if w.lower() not in _SMALL]
    return words[0][:3] if words else plain[:3]


def nation_of(nation: str, kind: str, name: str, side: str) -> str:
    """Which card a unit has."""
    if side == "soviet":
        return "guards" if "Guards" in name else "red"
    if "SS" in name.split() or kind.startswith("ss_") or "Waffen" in name:
        return "ss"
    if "Luftwaffe" in name or "Flak" in name or kind.startswith("luftwaffe"):
        return "luftwaffe"
    return _NATIONS.get(nation, "army")


def _facts(scenario: Scenario) -> tuple[Fact, ...]:
    out = []
    for f in scenario.history:
        side = {"axis": 0, "soviet": 1}.get(f.side, -1)
        found = [(scenario.theatre.find_place(w.text), w.text) for w in f.places]
        places = [place.name if place is not None else text for place, text in found]
        where = f.places[0].cell if f.places else -1
        line: tuple[tuple[float, float], ...] = ()
        if f.kind == "line" and len(f.places) > 1:
            line = tuple(scenario.theatre.project(w.lat, w.lon) for w in f.places)
        value = "" if f.value is None else f"{f.value:g}"
        if f.low is not None and f.high is not None:
            value += f" ({f.low:g}–{f.high:g})"
        holder = scenario.sides[side].short or scenario.sides[side].name if side >= 0 else ""
        title = f.title or {
            "control": f"{', '.join(places)}: {holder}", "line": f"Recorded front of the {holder} side",
            "loss": f"Losses, {holder}: {value} {f.measure}", "width": f"Corridor {value} {f.unit}",
        }.get(f.kind, f.id)  # fmt: skip
        detail = f"{f.grade} · {f.src.replace(';', ', ').replace('_', ' ')}"
        out.append(Fact(f.from_min, f.to_min, title, detail, f.kind, side, where, f.grade == "estimate", line))
    return tuple(sorted(out, key=lambda f: (f.start, f.stop, f.title)))


def _objectives(scenario: Scenario) -> tuple[Objective, ...]:
    best: dict[int, Objective] = {}
    for o in scenario.objectives:
        old = best.get(o.cell)
        if old is None or o.points > old.points:
            place = scenario.theatre.find_place(o.place)
            name = place.name if place is not None else o.place
            best[o.cell] = Objective(o.cell, name, o.points, 0 if o.side == "axis" else 1)
    return tuple(best.values())


def _light(scenario: Scenario, statics: Any) -> tuple[Light, ...]:
    almanac = getattr(statics, "almanac", None)
    if almanac is None:
        return ()
    inside = np.flatnonzero(scenario.window)
    theatre = scenario.theatre
    lat, lon = int(theatre.lat_e6[inside].mean()), int(theatre.lon_e6[inside].mean())
    days = (scenario.start + timedelta(days=k) for k in range(scenario.days))
    return tuple(Light(*almanac.sun.on(day, lat, lon)) for day in days)
