"""From raw rows to the frozen scenario: types and ranges first, then what the rows say about one another.

Every step goes on after a fault, so that one run of `check` shows the whole list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core import calendar
from engine.files.boundary import ScenarioHead
from engine.files.checked import Checked, Table, shared
from engine.files.faults import Report, nearest, shown
from engine.files.places import boxed, inside, placed, waypoint
from engine.files.rows import Raw, Row
from engine.model.citation import Parameter, Source
from engine.model.codes import SIDES, HexKind
from engine.model.directive import Directive, Group, Waypoint
from engine.model.facts import HistoryFact, Rival, WeatherDay
from engine.model.forces import AssetSpec, FormationSpec, HeadquartersSpec, KindSpec, ReinforcementSpec
from engine.model.scenario import NOBODY, Objective, Scenario, SideSpec, SupplySource, TerrainSpec
from engine.model.theatre import Theatre, fold


@dataclass(frozen=True)
class Resolved:
    """The scenario, and who held each hex by its areas alone (before formations made their hexes their own).
    """

    scenario: Scenario
    drawn_owner: npt.NDArray[np.int8]


def resolve(
    raw: Raw, head: ScenarioHead, tables: dict[str, Table], theatre: Theatre, report: Report
) -> Resolved | None:
    """The scenario; None, with faults, when something in it cannot be settled."""
    world = _Resolving(head, tables, theatre, report)
    window = world.window(raw.head)
    staffs = world.headquarters()
    kinds = world.kinds()
    reinforcements = world.reinforcements(staffs)
    formations = world.formations(staffs, kinds)
    formations, reinforcements = arrivals_folded(formations, reinforcements)
    drawn = world.owner(window)
    owner = world.taken(drawn, formations)
    scenario = Scenario(
        id=head.id,
        title=head.title,
        summary=head.summary,
        start=head.start.date(),
        end=head.end.date(),
        theatre=theatre,
        sides=world.sides(),
        window=window,
        owner=owner,
        kinds=kinds,
        terrain=world.terrain(),
        parameters=world.parameters(),
        formations=formations,
        headquarters=staffs,
        assets=world.assets(staffs),
        reinforcements=reinforcements,
        directives=world.directives(staffs, formations),
        supply_sources=world.supply_sources(),
        objectives=world.objectives(),
        weather=world.weather(),
        history=world.history(),
        sources=world.sources(),
        overlays=tuple(raw.labels),
    )
    return None if report.failed else Resolved(scenario, drawn)


class _Resolving:
    """The steps of `resolve`, which share head, tables, theatre and report."""

    def __init__(
        self, head: ScenarioHead, tables: dict[str, Table], theatre: Theatre, report: Report
    ) -> None:
        self.head = head
        self.tables = tables
        self.theatre = theatre
        self.report = report
        self.start: date = head.start.date()

    def minute(self, when: datetime | None, default: int) -> int:
        return default if when is None else calendar.minute_of(self.start, when)

    def place(self, checked: Checked) -> Waypoint | None:
        return placed(checked.data, self.theatre, checked.row.spots, checked.row.spot, self.report)

    def missing_place(self, checked: Checked) -> None:
        """A fault for a row that says nowhere where it stands (placed() has faulted what it said badly)."""
        if not checked.data.place and checked.data.lat is None and checked.data.lon is None:
            self.report.add(checked.row.spot.fault("place, or lat and lon", "nothing", code="place/missing"))

    def refer(self, checked: Checked, key: str, name: str, known: Iterable[str], what: str) -> bool:
        """Whether `name` is among `known`; a fault at `key` otherwise."""
        if name in known:
            return True
        hint = nearest(name, known)
        self.report.add(checked.at(key).fault(what, repr(name), hint, code="ref/unknown"))
        return False

    def window(self, head: Row) -> npt.NDArray[np.bool_]:
        window = self.head.window
        spot = head.spots.get("window", head.spot)
        mask = np.ones(self.theatre.grid.size, bool)
        if window is None:
            return _frozen(mask)
        sides = (window.south, window.west, window.north, window.east)
        if window.polygon is not None:
            mask = inside(self.theatre, window.polygon)
        elif any(edge is None for edge in sides):
            self.report.add(spot.fault("south, west, north and east, or polygon", "less", code="window/half"))
        else:
            south, west, north, east = (float(edge or 0.0) for edge in sides)
            if south >= north or west >= east:
                self.report.add(
                    spot.fault(
                        "south below north and west below east",
                        f"{south:g} {west:g} {north:g} {east:g}",
                        code="window/order",
                    )
                )
            mask = boxed(self.theatre, south, west, north, east)
        if not (mask & (self.theatre.kind == HexKind.LAND)).any():
            self.report.add(spot.fault("a window with land in it", "none", code="window/empty"))
        return _frozen(mask)

    def owner(self, window: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
        """Who holds each land hex by default and areas, later areas first."""
        ground = self.head.ground
        owner = np.full(self.theatre.grid.size, SIDES.index(ground.default), np.int8)
        for area in ground.area:
            owner[inside(self.theatre, area.polygon)] = SIDES.index(area.side)
        owner[(self.theatre.kind != HexKind.LAND) | ~window] = NOBODY
        return _frozen(owner)

    def taken(
        self, drawn: npt.NDArray[np.int8], formations: tuple[FormationSpec, ...]
    ) -> npt.NDArray[np.int8]:
        """The hexes of formations present at the start are their side's, whatever the areas say."""
        owner = drawn.copy()
        for formation in formations:
            if formation.arrives_min == 0 and formation.cell >= 0 and drawn[formation.cell] != NOBODY:
                owner[formation.cell] = SIDES.index(formation.side)
        return _frozen(owner)

    def sides(self) -> tuple[SideSpec, SideSpec]:
        sides = [
            SideSpec(name, t.name, t.short, dict(t.names))
            for name, t in (("axis", self.head.sides.axis), ("soviet", self.head.sides.soviet))
        ]
        return sides[0], sides[1]

    def parameters(self) -> dict[str, Parameter]:
        found = {}
        for key, checked in self.tables["rules"].items():
            data = checked.data
            found[key] = Parameter(
                address=key,
                value=data.value,
                low=data.low,
                high=data.high,
                unit=data.unit,
                source=data.src,
                grade=data.grade or "estimate",
                note=data.note,
                where=checked.row.changed.get("value", checked.row.spot).where,
            )
        return found

    def sources(self) -> dict[str, Source]:
        found = {}
        for key, checked in self.tables["sources"].items():
            found[key] = Source(id=key, **checked.data.model_dump())
        return found

    def kinds(self) -> dict[str, KindSpec]:
        return {key: KindSpec(**shared(checked, KindSpec)) for key, checked in self.tables["kinds"].items()}

    def terrain(self) -> tuple[TerrainSpec, ...]:
        rows = [
            TerrainSpec(**shared(checked, TerrainSpec)) for checked in self.tables["terrain_kinds"].values()
        ]
        return tuple(sorted(rows, key=lambda row: row.code))

    def headquarters(self) -> tuple[HeadquartersSpec, ...]:
        table = self.tables["headquarters"]
        found = []
        for key, checked in table.items():
            data = checked.data
            if key in self.tables["forces"]:
                self.report.add(
                    checked.at("id").fault(
                        "an id of its own", f"{key!r}, a formation's, too", code="ref/twice"
                    )
                )
            if data.parent:
                self.refer(checked, "parent", data.parent, table, "the id of a headquarters")
                parent = table.get(data.parent)
                if parent is not None and parent.data.side != data.side:
                    self.report.add(
                        checked.at("parent").fault(
                            f"a headquarters of side {data.side}",
                            f"{data.parent!r} of {parent.data.side}",
                            code="ref/side",
                        )
                    )
            here = self.place(checked)
            if here is None:
                self.missing_place(checked)
                continue
            values = shared(checked, HeadquartersSpec) | {"lat": here.lat, "lon": here.lon}
            found.append(HeadquartersSpec(**values, cell=here.cell))
        self._check_tree(table)
        return tuple(found)

    def _check_tree(self, table: Table) -> None:
        settled: set[str] = set()
        for key in table:
            chain: list[str] = []
            here = key
            while here in table and here not in settled and here not in chain:
                chain.append(here)
                here = table[here].data.parent
            if here in chain:
                circle = chain[chain.index(here) :]
                first = min(circle)
                turned = circle[circle.index(first) :] + circle[: circle.index(first)] + [first]
                self.report.add(
                    table[first]
                    .at("parent")
                    .fault("a tree of command", f"a circle: {' -> '.join(turned)}", code="tree/circle")
                )
            settled.update(chain)

    def formations(
        self, staffs: tuple[HeadquartersSpec, ...], kinds: Mapping[str, KindSpec]
    ) -> tuple[FormationSpec, ...]:
        table = self.tables["forces"]
        superiors = self.tables["headquarters"]
        entering = {c.data.subject for c in self.tables["reinforcements"].values() if c.data.kind == "arrive"}
        found = []
        for key, checked in table.items():
            data = checked.data
            if self.refer(checked, "parent", data.parent, superiors, "the id of a headquarters"):
                side = superiors[data.parent].data.side
                if side != data.side:
                    self.report.add(
                        checked.at("parent").fault(
                            f"a headquarters of side {data.side}",
                            f"{data.parent!r} of {side}",
                            code="ref/side",
                        )
                    )
            kind = kinds.get(data.kind)
            if kind is None:
                if data.kind != "unknown":
                    self.refer(checked, "kind", data.kind, kinds, "a kind of common/kinds.csv")
                continue
            here = self.place(checked)
            if here is None and key not in entering:
                self.missing_place(checked)
                continue
            values = shared(checked, FormationSpec)
            values |= {
                "cell": here.cell if here else -1,
                "lat": here.lat if here else 0.0,
                "lon": here.lon if here else 0.0,
                "arrives_min": max(0, self.minute(data.arrives, 0)),
                "men": kind.men if data.men is None else data.men,
                "afv": kind.afv if data.afv is None else data.afv,
                "guns": kind.guns if data.guns is None else data.guns,
                "quality": kind.cev if data.quality is None else data.quality,
            }
            found.append(FormationSpec(**values))
        return tuple(found)

    def assets(self, staffs: tuple[HeadquartersSpec, ...]) -> tuple[AssetSpec, ...]:
        superiors = self.tables["headquarters"]
        found = []
        for key, checked in self.tables["assets"].items():
            data = checked.data
            if key in superiors or key in self.tables["forces"]:
                self.report.add(
                    checked.at("id").fault("an id of its own", f"{key!r}, another's too", code="ref/twice")
                )
            if not self.refer(checked, "hq", data.hq, superiors, "the id of a headquarters"):
                continue
            here = self.place(checked)
            values = shared(checked, AssetSpec) | {
                "side": superiors[data.hq].data.side,
                "cell": here.cell if here else -1,
                "from_min": self.minute(data.from_, 0),
                "until_min": self.minute(data.until, -1),
            }
            if data.until is not None and data.from_ is not None and data.until <= data.from_:
                self.report.add(
                    checked.at("until").fault(
                        "a time after `from`", shown(data.until.isoformat()), code="date/order"
                    )
                )
            found.append(AssetSpec(**values))
        return tuple(found)

    def reinforcements(self, staffs: tuple[HeadquartersSpec, ...]) -> tuple[ReinforcementSpec, ...]:
        forces, superiors, assets = (self.tables[name] for name in ("forces", "headquarters", "assets"))
        found = []
        for checked in self.tables["reinforcements"].values():
            data = checked.data
            subjects = {
                "asset": list(assets),
                "commander": [*forces, *superiors],
                "rename": [*forces, *superiors],
                "attach": [*forces, *superiors],
            }.get(data.kind, list(forces))
            what = {
                "asset": "the id of an asset",
                "commander": "the id of a formation or headquarters",
                "rename": "the id of a formation or headquarters",
                "attach": "the id of a formation or headquarters",
            }.get(data.kind, "the id of a formation")
            self.refer(checked, "subject", data.subject, subjects, what)
            if data.kind in ("attach", "asset") or data.hq:
                self.refer(checked, "hq", data.hq, superiors, "the id of a headquarters")
            if data.kind in ("commander", "rename") and not data.text:
                self.report.add(checked.at("text").fault("a name in `text`", "nothing", code="row/missing"))
            here = self.place(checked)
            values = shared(checked, ReinforcementSpec) | {
                "at_min": self.minute(data.at, 0),
                "cell": here.cell if here else -1,
                "staff": data.staff or 0.0,
            }
            found.append(ReinforcementSpec(**values))
        return tuple(sorted(found, key=lambda row: (row.at_min, row.id)))

    def directives(
        self, staffs: tuple[HeadquartersSpec, ...], formations: tuple[FormationSpec, ...]
    ) -> tuple[Directive, ...]:
        superiors, forces = self.tables["headquarters"], self.tables["forces"]
        found = []
        for checked in self.tables["plans"].values():
            data = checked.data
            if not self.refer(checked, "hq", data.hq, superiors, "the id of a headquarters"):
                continue
            side = superiors[data.hq].data.side
            if checked.row.values.get("_side", side) != side:
                written = checked.row.values["_side"]
                self.report.add(
                    checked.at("hq").fault(
                        f"a headquarters of side {written} in plan_{written}.toml",
                        f"{data.hq!r} of {side}",
                        code="ref/side",
                    )
                )
            groups = {
                name: self._group(checked, name, forces, side) for name in ("assault", "mobile", "reserve")
            }
            paths = {
                name: self._path(checked, name)
                for name in ("axis", "line", "fall_back", "objective", "main_effort")
            }
            if not data.objective and paths["axis"]:
                paths["objective"] = paths["axis"][-1:]
            self._trigger(checked)
            values = (
                shared(checked, Directive)
                | groups
                | paths
                | {
                    "side": side,
                    "corridor_km": data.corridor_km or 0.0,
                    "reserve_share": -1.0 if data.reserve_share is None else data.reserve_share,
                    "start_min": max(0, self.minute(data.start, 0)),
                    "end_min": self.minute(data.end, -1),
                    "known_min": max(0, self.minute(data.known, 0)),
                }
            )
            if values["end_min"] >= 0 and values["end_min"] <= values["start_min"]:
                self.report.add(
                    checked.at("end").fault(
                        "an end after the start", shown(data.end.isoformat()), code="date/order"
                    )
                )
            found.append(Directive(**values))
        return tuple(found)

    def _group(self, checked: Checked, name: str, forces: Table, side: str) -> Group:
        members: list[str] = getattr(checked.data, name)
        if len(members) == 1 and members[0].startswith("strongest "):
            return Group(strongest=int(members[0].split()[1]))
        for number, member in enumerate(members):
            spot = checked.at(name)
            spot = type(spot)(spot.text, (*spot.key, number))
            if member not in forces:
                hint = nearest(member, forces)
                self.report.add(spot.fault("the id of a formation", repr(member), hint, code="ref/unknown"))
            elif forces[member].data.side != side:
                self.report.add(spot.fault(f"a formation of side {side}", repr(member), code="ref/side"))
            elif member in members[:number]:
                self.report.add(spot.fault("each formation once", f"{member!r} again", code="row/twice"))
        return Group(ids=tuple(sorted(set(members))))

    def _path(self, checked: Checked, name: str) -> tuple[Waypoint, ...]:
        points = []
        for number, text in enumerate(getattr(checked.data, name)):
            spot = checked.at(name)
            inner = (
                type(spot)(spot.text, (*spot.key, number))
                if isinstance(checked.row.values.get(name), list)
                else spot
            )
            point = waypoint(text, self.theatre, inner, self.report)
            if point is not None:
                points.append(point)
        return tuple(points)

    def _trigger(self, checked: Checked) -> None:
        verb, _, name = checked.data.trigger.partition(":")
        if verb == "after":
            self.refer(checked, "trigger", name, self.tables["plans"], "after: and the id of a directive")
        elif verb and self.theatre.find_place(name) is None:
            near = self.theatre.nearest_names(name)
            hint = f"did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
            self.report.add(
                checked.at("trigger").fault(
                    f"{verb}: and a place of theatre {self.theatre.id}",
                    repr(name),
                    hint,
                    code="place/unknown",
                )
            )

    def supply_sources(self) -> tuple[SupplySource, ...]:
        return tuple(
            SupplySource(**self._standing(c, SupplySource))
            for c in self.tables["supply_sources"].values()
            if self._stands(c)
        )

    def objectives(self) -> tuple[Objective, ...]:
        return tuple(
            Objective(**self._standing(c, Objective))
            for c in self.tables["objectives"].values()
            if self._stands(c)
        )

    def _stands(self, checked: Checked) -> bool:
        self.missing_place(checked)
        return self.place(checked) is not None

    def _standing(self, checked: Checked, kind: type) -> dict[str, Any]:
        here = self.place(checked)
        return shared(checked, kind) | {
            "cell": here.cell if here else -1,
            "place": checked.data.place or (here.text if here else ""),
        }

    def weather(self) -> tuple[WeatherDay, ...]:
        zones = {fold(zone): zone for zone in self.theatre.zones} | {"all": "all"}
        found = []
        for checked in self.tables["weather"].values():
            data = checked.data
            day = (data.date.date() - self.start).days
            wanted = fold(data.zone)
            zone = zones.get(wanted) or next(
                (z for k, z in sorted(zones.items()) if k.startswith(wanted)), None
            )
            if zone is None:
                self.refer(
                    checked,
                    "zone",
                    data.zone,
                    [*self.theatre.zones, "all"],
                    "a weather zone of the theatre, or all",
                )
                continue
            if not 0 <= day < (self.head.end - self.head.start).days:
                last = (self.head.end.date()).isoformat()
                self.report.add(
                    checked.at("date").fault(
                        f"a day of the scenario ({self.start} to before {last})",
                        str(data.date.date()),
                        severity="note",
                        code="date/outside",
                    )
                )
                continue
            found.append(WeatherDay(**(shared(checked, WeatherDay) | {"day": day, "zone": zone})))
        return tuple(sorted(found, key=lambda row: (row.day, row.zone)))

    def history(self) -> tuple[HistoryFact, ...]:
        found = []
        for checked in self.tables["history"].values():
            data = checked.data
            span = self._span(data, checked)
            if span is None:
                continue
            both = {"place": data.place, "places": data.places}
            points = [point for name in both for point in self._path(checked, name)]
            values = shared(checked, HistoryFact) | {
                "from_min": span[0],
                "to_min": span[1],
                "places": tuple(points),
            }
            values["rivals"] = tuple(self._rival(rival, checked) for rival in data.rival)
            if data.kind in ("control", "line") and not data.side:
                self.report.add(checked.at("side").fault("side", "nothing", code="row/missing"))
            if (
                data.kind in ("control", "line", "width")
                and not points
                and not data.place
                and not data.places
            ):
                self.report.add(checked.row.spot.fault("place or places", "nothing", code="row/missing"))
            if (
                data.kind in ("loss", "width")
                and data.value is None
                and data.low is None
                and data.high is None
            ):
                self.report.add(
                    checked.row.spot.fault("value, or low and high", "nothing", code="row/missing")
                )
            found.append(HistoryFact(**values))
        return tuple(found)

    def _span(self, data: Any, checked: Checked) -> tuple[int, int] | None:
        if data.date is not None:
            if data.from_ is not None or data.to is not None:
                self.report.add(
                    checked.at("date").fault("date alone, or from and to", "both", code="date/both")
                )
            first = self.minute(data.date, 0)
            return first, first + (calendar.DAY if data.date.time() == datetime.min.time() else 60)
        if data.from_ is None or data.to is None:
            self.report.add(checked.row.spot.fault("date, or from and to", "less", code="date/missing"))
            return None
        if data.to <= data.from_:
            self.report.add(
                checked.at("to").fault("a time after `from`", shown(data.to.isoformat()), code="date/order")
            )
        return self.minute(data.from_, 0), self.minute(data.to, 0)

    def _rival(self, rival: Any, checked: Checked) -> Rival:
        from_min = self.minute(rival.from_ or rival.date, -1) if rival.from_ or rival.date else None
        to_min = (
            self.minute(rival.to, -1)
            if rival.to
            else (from_min + calendar.DAY if rival.date and from_min is not None else None)
        )
        return Rival(
            src=rival.src,
            grade=rival.grade or "reference",
            side=rival.side,
            value=rival.value,
            low=rival.low,
            high=rival.high,
            from_min=from_min,
            to_min=to_min,
            note=rival.note,
        )


def arrivals_folded(
    formations: tuple[FormationSpec, ...], reinforcements: tuple[ReinforcementSpec, ...]
) -> tuple[tuple[FormationSpec, ...], tuple[ReinforcementSpec, ...]]:
    """Put each formation's first `arrive` into its own row (time, and place if given); the other rows stay.
    """
    arrivals: dict[str, ReinforcementSpec] = {}
    rest = []
    for row in reinforcements:
        if row.kind == "arrive" and row.subject not in arrivals:
            arrivals[row.subject] = row
        else:
            rest.append(row)
    changed = []
    for formation in formations:
        row_or_none = arrivals.get(formation.id)
        if row_or_none is not None:
            cell = row_or_none.cell if row_or_none.cell >= 0 else formation.cell
            formation = replace(
                formation,
                arrives_min=max(0, row_or_none.at_min),
                cell=cell,
                parent=row_or_none.hq or formation.parent,
            )
        changed.append(formation)
    return tuple(changed), tuple(rest)


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
