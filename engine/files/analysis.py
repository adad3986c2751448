"""What is odd about a scenario that reads well: units in the sea, cut off, uncited, late, overstacked, and so
on.

`structural` finds what no run could start from (those are errors of loading); `analyse` finds the rest,
graded error, warning or note, for `deepbattle check`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.files.directive_check import directive_faults
from engine.files.faults import Fault, nearest
from engine.files.ground import fault_at, flood
from engine.files.sea_check import sea_faults
from engine.model.address import TABLES, rows_of
from engine.model.codes import SIDES, HexKind
from engine.model.scenario import NOBODY, Scenario

Finding = Iterator[Fault]


def people(scenario: Scenario) -> tuple[Any, ...]:
    """Formations and headquarters, which both have id, side, parent, cell and where."""
    return (*scenario.formations, *scenario.headquarters)


def structural(scenario: Scenario) -> list[Fault]:
    """Faults that no run can start from."""
    return [*_in_the_sea(scenario), *_off_the_window(scenario), *_shared_hexes(scenario)]


def analyse(scenario: Scenario, *, whole: bool = True) -> list[Fault]:
    """Everything else that an author should look at.

    Where rows had to be left out (not `whole`), only what is odd about those that are there: what nobody is found for
    may be among the others.
    """
    of_rows: tuple[Callable[[Scenario], Finding], ...] = (
        _uncited,
        _overstacked,
        _outside_dates,
        _fortresses_off_the_window,
        _weak,
        _headquarters_ground,
    )
    of_all: tuple[Callable[[Scenario], Finding], ...] = (
        _unknown_sources,
        _idle_headquarters,
        _out_of_supply,
        _weather_gaps,
        _without_goal,
        directive_faults,
        sea_faults,
    )
    return [fault for check in (*of_rows, *(of_all if whole else ())) for fault in check(scenario)]


def _in_the_sea(scenario: Scenario) -> Finding:
    kinds = scenario.theatre.kind
    for row in people(scenario):
        if row.cell >= 0 and kinds[row.cell] != HexKind.LAND:
            water = "a lake" if kinds[row.cell] == HexKind.LAKE else "the sea"
            found = f"{row.id} in {water} at {scenario.theatre.grid.text(row.cell)}"
            hint = _nearest_land(scenario, row.cell)
            yield fault_at(row.where, "a place on land", found, hint, code="analysis/sea")


def _nearest_land(scenario: Scenario, cell: int) -> str:
    grid, theatre = scenario.theatre.grid, scenario.theatre
    land = np.flatnonzero((theatre.kind == HexKind.LAND) & scenario.window).astype(np.int32)
    if not len(land):
        return ""
    away = grid.distance(land, cell)
    lat, lon = theatre.lat_lon(int(land[int(np.argmin(away))]))
    return f"nearest land at {lat:.2f} {lon:.2f}"


def _off_the_window(scenario: Scenario) -> Finding:
    places: tuple[Any, ...] = (*people(scenario), *scenario.supply_sources, *scenario.objectives)
    for row in places:
        if row.cell >= 0 and not scenario.window[row.cell]:
            found = f"{row.id} at {scenario.theatre.grid.text(row.cell)}"
            yield fault_at(row.where, "a place inside the scenario's window", found, code="analysis/window")


def _shared_hexes(scenario: Scenario) -> Finding:
    holders: dict[int, str] = {}
    for row in scenario.formations:
        if row.cell < 0 or row.arrives_min > 0:
            continue
        other = holders.setdefault(row.cell, row.id)
        held = scenario.by_id[other]
        if held.side != row.side:
            found = f"{row.id} beside {other} of {held.side} at {scenario.theatre.grid.text(row.cell)}"
            hint = f"{other} stands at {held.where}"
            yield fault_at(row.where, "a hex without the enemy", found, hint, code="analysis/shared_hex")


def _citing(scenario: Scenario) -> Iterator[tuple[str, Any]]:
    """Every row that has `src`, with its address."""
    for table in TABLES:
        for key, row in rows_of(scenario, table).items():
            yield f"{table}.{key}", row


def _unknown_sources(scenario: Scenario) -> Finding:
    known = scenario.sources

    def missing(src: str) -> Iterator[str]:
        return (part for part in (p.strip() for p in src.split(";")) if part and part not in known)

    for address, row in _citing(scenario):
        named = [
            row.src,
            *(d.src for d in getattr(row, "details", ())),
            *(r.src for r in getattr(row, "rivals", ())),
        ]
        for name in dict.fromkeys(n for src in named for n in missing(src)):
            yield fault_at(
                row.where,
                f"the id of a source for {address}",
                repr(name),
                nearest(name, known),
                code="analysis/source",
            )
    for address, rule in sorted(scenario.parameters.items()):
        for name in missing(rule.source):
            yield fault_at(
                rule.where,
                f"the id of a source for {address}",
                repr(name),
                nearest(name, known),
                code="analysis/source",
            )


def _uncited(scenario: Scenario) -> Finding:
    for address, row in _citing(scenario):
        if not row.src:
            yield fault_at(
                row.where,
                "a source in src",
                f"{address} without one",
                "an estimate cites its author",
                "warning",
                "analysis/uncited",
            )
    for address, rule in sorted(scenario.parameters.items()):
        if not rule.source:
            yield fault_at(rule.where, "a source in src", f"{address} without one", "", "warning", "analysis/uncited")


def _idle_headquarters(scenario: Scenario) -> Finding:
    superiors = {row.parent for row in people(scenario)}
    superiors |= {row.hq for row in scenario.reinforcements if row.hq}
    for row in scenario.headquarters:
        if row.id not in superiors:
            yield fault_at(
                row.where,
                "a headquarters with subordinates",
                f"{row.id} without",
                "",
                "warning",
                "analysis/idle_headquarters",
            )


def places_taken(echelon: str) -> float:
    """Stacking places of a formation: brigades and smaller take half."""
    return 0.5 if echelon in ("company", "battalion", "regiment", "brigade") else 1.0


def _overstacked(scenario: Scenario) -> Finding:
    if "contact.stack_limit" not in scenario.parameters:
        return  # its row is among those with faults
    limit = scenario.rule("contact.stack_limit")
    taken: dict[int, float] = defaultdict(float)
    first: dict[int, Any] = {}
    names: dict[int, list[str]] = defaultdict(list)
    for row in scenario.formations:
        if row.cell >= 0 and row.arrives_min == 0:
            taken[row.cell] += places_taken(row.echelon)
            names[row.cell].append(row.id)
            first[row.cell] = row
    for cell, places in sorted(taken.items()):
        if places > limit:
            found = f"{places:g} divisions at {scenario.theatre.grid.text(cell)}"
            yield fault_at(
                first[cell].where,
                f"at most {limit:g} divisions in a hex",
                found,
                ", ".join(names[cell]),
                "warning",
                "analysis/overstacked",
            )


def _out_of_supply(scenario: Scenario) -> Finding:
    for number, side in enumerate(SIDES):
        if not any(row.side == side for row in scenario.formations):
            continue
        sources = [row for row in scenario.supply_sources if row.side == side]
        if not sources:
            expected = f"a [[supply]] for {side}"
            yield Fault("scenario.toml", 0, 0, expected, "none", "", "warning", "analysis/no_supply")
            continue
        held = scenario.owner == number
        for row in sources:
            if row.kind != "port" and scenario.owner[row.cell] == 1 - number:
                found = f"{row.id} at {scenario.theatre.grid.text(row.cell)}"
                expected = f"a source on ground of {side}"
                yield fault_at(row.where, expected, found, "", "warning", "analysis/supply_ground")
        reached = flood(scenario, held, [row.cell for row in sources])
        for unit in scenario.formations:
            here = unit.cell >= 0 and unit.arrives_min == 0 and held[unit.cell]
            if unit.side == side and here and not reached[unit.cell]:
                found = f"{unit.id} cut off at {scenario.theatre.grid.text(unit.cell)}"
                expected = f"a way to a supply source of {side}"
                yield fault_at(unit.where, expected, found, "", "warning", "analysis/out_of_supply")


def _outside_dates(scenario: Scenario) -> Finding:
    end, last = scenario.end_min, scenario.end.isoformat()
    called = {name for event in scenario.events for e in event.effects if e.kind == "arrive" for name in e.subjects}
    for row in scenario.formations:
        if row.arrives_min >= end and row.id not in called:
            yield fault_at(row.where, f"an arrival before {last}", f"{row.id} after it", "", "warning", "analysis/date")
    for change in scenario.reinforcements:
        if not 0 <= change.at_min < end:
            yield fault_at(
                change.where,
                f"a date from {scenario.start} to before {last}",
                f"{change.id} outside",
                "",
                "warning",
                "analysis/date",
            )
    for asset in scenario.assets:
        if asset.from_min >= end or (asset.until_min != -1 and asset.until_min <= 0):
            yield fault_at(
                asset.where,
                f"a time inside {scenario.start} to {last}",
                f"{asset.id} outside",
                "",
                "warning",
                "analysis/date",
            )
    spans = [(row.at_min, row.until_min, row.id, row.where) for row in scenario.events]
    spans += [(row.from_min, row.until_min, row.id, row.where) for row in scenario.people]
    for first, until, name, where in spans:
        if first >= end or until == 0:
            expected = f"a time inside {scenario.start} to {last}"
            yield fault_at(where, expected, f"{name} outside", "", "warning", "analysis/date")
    for goal in scenario.objectives:
        if goal.by_min == 0 or goal.by_min > end:
            expected = f"a date after {scenario.start} and not after {last}"
            yield fault_at(goal.where, expected, f"{goal.id} outside", "", "warning", "analysis/date")
    for order in scenario.directives:
        if order.start_min >= end:
            yield fault_at(
                order.where, f"a start before {last}", f"{order.id} after it", "", "warning", "analysis/date"
            )
    for fact in scenario.history:
        if fact.to_min <= 0 or fact.from_min > end:
            yield fault_at(
                fact.where,
                f"a date from {scenario.start} to {last}",
                f"{fact.id} outside",
                "",
                "note",
                "analysis/date",
            )


def _fortresses_off_the_window(scenario: Scenario) -> Finding:
    for event in scenario.events:
        for effect in event.effects:
            if effect.kind == "fortress" and effect.cell >= 0 and not scenario.window[effect.cell]:
                found = f"{effect.place!r} in {event.id}"
                expected, hint = "a fortress inside the window", "nobody can hold it there"
                yield fault_at(event.where, expected, found, hint, "note", "analysis/fortress_outside")


def _weak(scenario: Scenario) -> Finding:
    for row in scenario.formations:
        if row.men == 0:
            yield fault_at(row.where, "a formation with men", f"{row.id} without", "", "warning", "analysis/no_men")
        kind = scenario.kinds[row.kind]
        if kind.men and row.men > 2.5 * kind.men:
            found = f"{row.men} men in {row.id}"
            yield fault_at(row.where, f"about {kind.men} men for a {kind.name}", found, "", "note", "analysis/many_men")


def _weather_gaps(scenario: Scenario) -> Finding:
    days = {row.day for row in scenario.weather}
    missing = [day for day in range(scenario.days) if day not in days]
    if missing:
        first = scenario.date_of(missing[0] * 1440).isoformat()
        yield Fault(
            "weather.csv",
            0,
            0,
            f"weather for {scenario.days} days",
            f"none for {len(missing)}, from {first}",
            "drawn from the climate of the month",
            "note",
            "analysis/weather",
        )
    twice = [key for key, count in Counter((row.day, row.zone) for row in scenario.weather).items() if count > 1]
    for day, zone in twice:
        yield Fault(
            "weather.csv",
            0,
            0,
            "one row for a day and zone",
            f"several for day {day} of {zone}",
            "",
            "warning",
            "analysis/weather",
        )


def _without_goal(scenario: Scenario) -> Finding:
    if not scenario.objectives:
        yield Fault(
            "scenario.toml",
            0,
            0,
            "an [[objective]]",
            "none",
            "no side can win",
            "note",
            "analysis/objectives",
        )


def _headquarters_ground(scenario: Scenario) -> Finding:
    for row in scenario.headquarters:
        number = SIDES.index(row.side)
        if row.cell >= 0 and scenario.owner[row.cell] not in (number, NOBODY):
            found = f"{row.id} at {scenario.theatre.grid.text(row.cell)}"
            yield fault_at(
                row.where,
                f"a headquarters on ground of {row.side}",
                found,
                "",
                "warning",
                "analysis/enemy_ground",
            )


def enemy_ground(scenario: Scenario, before: npt.NDArray[np.int8]) -> Finding:
    """Formations on ground that the scenario's areas give to the enemy; the hex has been made their side's.
    """
    for row in scenario.formations:
        number = SIDES.index(row.side)
        if row.cell >= 0 and row.arrives_min == 0 and before[row.cell] not in (number, NOBODY):
            found = f"{row.id} on enemy ground at {scenario.theatre.grid.text(row.cell)}"
            hint = "the hex is taken as its side's; draw [[ground.area]] round it"
            yield fault_at(
                row.where, f"a place on ground of {row.side}", found, hint, "warning", "analysis/enemy_ground"
            )
