"""What one run came to: losses, ground, who held what when, and how it compares with each fact of history.

``Watch`` looks at a session between minutes, at fixed times; looking changes nothing, so a run with and
without a watch is the same run.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.core.calendar import NEVER
from engine.core.columns import FINE
from engine.lab.measures import corridor_km, distance_to_front_km
from engine.model.codes import SIDES, Status
from engine.model.facts import HistoryFact
from engine.model.scenario import Scenario
from engine.model.world import World
from engine.rules.victory import verdict

LOOK_MIN = 360
"""Minutes between two looks at who holds what."""
SCORED = ("control", "width", "loss", "line")
"""Kinds of facts that a run can be measured against; events are told, not scored."""
LOSS_MEASURES: Mapping[str, tuple[str, ...]] = {
    "men": ("men_lost_all",),
    "men_with_sick": ("men_lost_with_sick",),
    "prisoners": ("men_captured",),
    "afv": ("afv_lost", "afv_shop"),
    "afv_lost": ("afv_lost",),
    "guns": ("guns_lost",),
    "formations": ("formations_lost",),
}
"""Measure of a loss fact -> measures of a run whose growth in the span adds up to it. The record counts armies and fronts
whole: to the men lost in formations come `people.army_troops` of those lost in battle (artillery, tank regiments, engineers
and others who are assets of a headquarters here). Sanitary losses of the Soviet record count the sick, and those of army
and front troops, services and air armies with them, who are no formation on the map: `people.behind_SIDE` men to one on it
fall sick as often. Vehicles out of action (`afv`) are those written off and those more in repair than at the start of the
span; what shops of before the span gave back is no gain to set against them. Total write-offs are `afv_lost`.
"""
SERIES = ("men", "men_lost", "men_captured", "afv", "afv_repair", "afv_lost", "guns", "guns_lost", "hexes")


class Running(Protocol):
    """The part of a session that a watch needs."""

    @property
    def world(self) -> World: ...
    @property
    def now(self) -> int: ...
    @property
    def scenario(self) -> Scenario: ...
    def advance(self, until: int) -> int: ...
    def digest(self) -> str: ...


@dataclass(frozen=True)
class Result:
    """One run's outcome.

    ``values``: whole numbers by ``side.measure``. ``control``: for each watched place the moments at which it
    changed hands, [minute, side], from the start. ``facts``: what the run shows for each fact of history, in
    the fact's unit (control: share of the time held); None where it never got that far. ``series``: lists by
    measure beside ``minute``. ``ground``: who held each hex of the window at the end, packed.
    ``outside``: rule parameters that were put outside their prior range. ``victory``: who won, beside history
    (``rules.victory.Verdict``). ``happened``: political events, [id, minute], by time.
    """

    minute: int
    digest: str
    values: Mapping[str, int]
    control: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)
    facts: Mapping[str, float | None] = field(default_factory=dict)
    series: Mapping[str, Sequence[int]] = field(default_factory=dict)
    ground: str = ""
    outside: Mapping[str, float] = field(default_factory=dict)
    victory: Mapping[str, Any] = field(default_factory=dict)
    happened: Sequence[Sequence[Any]] = ()

    def record(self) -> dict[str, Any]:
        """Plain JSON without the series, which a store keeps apart."""
        return {
            "minute": self.minute,
            "digest": self.digest,
            "values": dict(self.values),
            "control": {place: [list(c) for c in changes] for place, changes in self.control.items()},
            "facts": dict(self.facts),
            "ground": self.ground,
            **({"outside_range": dict(self.outside)} if self.outside else {}),
            **({"victory": dict(self.victory)} if self.victory else {}),
            **({"events": [list(told) for told in self.happened]} if self.happened else {}),
        }

    @staticmethod
    def from_record(row: Mapping[str, Any], series: Mapping[str, Sequence[int]] | None = None) -> Result:
        """The result of a store's row."""
        return Result(
            int(row["minute"]),
            row["digest"],
            row["values"],
            row["control"],
            row["facts"],
            series or {},
            row["ground"],
            row.get("outside_range", {}),
            row.get("victory", {}),
            row.get("events", ()),
        )


@dataclass(frozen=True)
class Failure:
    """A run that broke off: where, and what was said."""

    stage: str
    text: str


def measures(world: World, minute: int) -> dict[str, int]:
    """Every measure of both sides at a minute, as whole men, vehicles, guns, hexes and metres."""
    f = world.formations
    owner = world.hexes.owner
    found: dict[str, int] = {}
    flows = {name: f.read(name, minute) for name in _FLOWS}
    captured = f.captured_u.astype(np.int64)
    on_map = f.status == Status.ON_MAP
    gone = (f.status == Status.DESTROYED) | (f.status == Status.SURRENDERED)
    objectives = world.statics.scenario.objectives
    for number, side in enumerate(SIDES):
        mine = f.side == number

        def whole(values: npt.NDArray[np.int64], rows: npt.NDArray[np.bool_] = mine) -> int:
            return int(values[rows].sum()) // FINE

        here = mine & on_map
        in_battle, taken = whole(flows["battle"]), whole(captured + f.drowned_u)
        in_all = in_battle + int(in_battle * world.statics.rules["people.army_troops"]) + taken
        sick = int(whole(flows["sick"]) * (1.0 + world.statics.rules[f"people.behind_{side}"]))
        found |= {
            f"{side}.men": whole(flows["men"], here),
            f"{side}.men_lost": in_battle + taken,
            f"{side}.men_lost_all": in_all,
            f"{side}.men_lost_with_sick": in_all + sick,
            f"{side}.men_battle": in_battle,
            f"{side}.men_captured": whole(captured),
            f"{side}.men_escaped": whole(f.escaped_u),
            f"{side}.men_drowned": whole(f.drowned_u),
            f"{side}.men_sick": whole(flows["sick"]),
            f"{side}.men_gained": whole(flows["gain"]),
            f"{side}.afv": whole(flows["afv"], here),
            f"{side}.afv_repair": whole(flows["afv_shop"], here),
            f"{side}.afv_lost": whole(flows["afv_lost"]),
            f"{side}.afv_shop": whole(flows["afv_shop"]),
            f"{side}.guns": whole(flows["guns"], here),
            f"{side}.guns_lost": whole(flows["guns_lost"]),
            f"{side}.formations": int(here.sum()),
            f"{side}.formations_lost": int((mine & gone).sum()),
            f"{side}.hexes": int((owner == number).sum()),
            f"{side}.points": sum(o.points for o in objectives if o.side == side and owner[o.cell] == number),
            f"{side}.moved_km": int(f.moved_m[mine].sum()) // 1000,
        }
    return found


_FLOWS = ("men", "battle", "sick", "gain", "afv", "afv_shop", "afv_lost", "guns", "guns_lost")


class Watch:
    """Notes what a run shows, from its present minute on."""

    def __init__(self, session: Running, series_min: int = 1440) -> None:
        self._session = session
        self._series_min = series_min
        scenario = session.scenario
        self._facts = [f for f in scenario.history if f.kind in SCORED]
        self._places = watched_places(scenario)
        self._control: dict[str, list[list[int]]] = {name: [] for name in self._places}
        self._sums: dict[str, list[float]] = {f.id: [] for f in self._facts}
        self._loss_before: dict[str, tuple[int, ...]] = {}
        self._loss_after: dict[str, tuple[int, ...]] = {}
        self._series: dict[str, list[int]] = {"minute": []}
        self._seen = -1

    def turn_to(self, session: Running) -> None:
        """Look at another session from its present minute on: at a branch of the one that it has looked at until then."""
        if session.now != self._session.now:
            raise ValueError(f"expected a session at minute {self._session.now}, found {session.now}")
        self._session = session

    def run(self, until: int, progress: Callable[[int], object] | None = None) -> Result:
        """Advance to ``until`` with a look at every step; the result there.

        ``progress(now)`` is called after each step and ends the run there by returning True.
        """
        self.look()
        while self._session.now < until:
            before = self._session.now
            if self._session.advance(self._next_look(until)) == before:
                break
            self.look()
            if progress is not None and progress(self._session.now) is True:
                break
        return self.result()

    def _next_look(self, until: int) -> int:
        now = self._session.now
        times = {until, (now // LOOK_MIN + 1) * LOOK_MIN, (now // self._series_min + 1) * self._series_min}
        times |= {t for f in self._facts for t in (f.from_min, f.to_min)}
        return min(t for t in times if t > now)

    def look(self) -> None:
        """Note the present moment; a second look at the same minute notes nothing."""
        now, world = self._session.now, self._session.world
        if now <= self._seen:
            return
        self._seen = now
        owner, since = world.hexes.owner, world.hexes.owner_since
        for name, cell in self._places.items():
            changes = self._control[name]
            if not changes or changes[-1][1] != owner[cell]:
                changes.append([int(since[cell]) if changes else 0, int(owner[cell])])
        values: dict[str, int] | None = None
        if now % self._series_min == 0:
            values = measures(world, now)
            _append(self._series, now, values)
        for fact in self._facts:
            values = self._look_at(fact, world, now, values)

    def _look_at(
        self, fact: HistoryFact, world: World, now: int, values: dict[str, int] | None
    ) -> dict[str, int] | None:
        if fact.kind == "loss":
            if now in (fact.from_min, fact.to_min) and fact.measure in LOSS_MEASURES:
                values = values or measures(world, now)
                book = self._loss_before if now == fact.from_min else self._loss_after
                book[fact.id] = _counts(fact, values)
        elif fact.from_min <= now < fact.to_min:
            shown = _shown(fact, world)
            if shown is not None:
                self._sums[fact.id].append(shown)
        return values

    def result(self) -> Result:
        """The outcome so far, the present moment last in its series."""
        world, now = self._session.world, self._session.now
        values = measures(world, now)
        series = {name: list(entries) for name, entries in self._series.items()}
        if not series["minute"] or series["minute"][-1] != now:
            _append(series, now, values)
        facts = {f.id: self._answer(f, values, now) for f in self._facts}
        inside = self._session.scenario.window
        return Result(
            now,
            self._session.digest(),
            values,
            self._control,
            facts,
            series,
            pack_ground(world.hexes.owner[inside]),
            self._session.scenario.outside,
            verdict(world, now).record() if self._session.scenario.objectives else {},
            happened(world),
        )

    def _answer(self, fact: HistoryFact, values: Mapping[str, int], now: int) -> float | None:
        if fact.kind == "loss":
            before = self._loss_before.get(fact.id)
            after = self._loss_after.get(fact.id)
            if after is None and fact.measure in LOSS_MEASURES and now == fact.to_min:
                after = _counts(fact, values)
            if after is not None and before is None and fact.from_min <= 0:
                before = (0,) * len(after)
            return None if before is None or after is None else loss_between(before, after)
        seen = self._sums[fact.id]
        return round(sum(seen) / len(seen), 4) if seen else None


def _counts(fact: HistoryFact, values: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(values[f"{fact.side}.{name}"] for name in LOSS_MEASURES[fact.measure])


def loss_between(before: Sequence[int], after: Sequence[int]) -> float:
    """What was lost between two counts of the parts of a loss: no part that shrank makes up for another."""
    return float(sum(max(now - then, 0) for then, now in zip(before, after, strict=True)))


def happened(world: World) -> list[list[Any]]:
    """Political events so far: [id, minute], by time."""
    at = world.happenings.happened_at.tolist()
    told = [[event.id, at[row]] for row, event in enumerate(world.statics.scenario.events) if at[row] < NEVER]
    return sorted(told, key=lambda entry: (entry[1], entry[0]))


def _append(series: dict[str, list[int]], now: int, values: Mapping[str, int]) -> None:
    series["minute"].append(now)
    for side in SIDES:
        for name in SERIES:
            series.setdefault(f"{side}.{name}", []).append(values[f"{side}.{name}"])


def _shown(fact: HistoryFact, world: World) -> float | None:
    """What the present moment says about a fact: control as a share of places, line and width in km."""
    side = SIDES.index(fact.side) if fact.side in SIDES else -1
    cells = [p.cell for p in fact.places if p.cell >= 0]
    if side < 0 or not cells:
        return None
    if fact.kind == "control":
        return float(np.mean(world.hexes.owner[cells] == side))
    if fact.kind == "line":
        return distance_to_front_km(world, side, cells)
    return corridor_km(world, side, cells)


def watched_places(scenario: Scenario) -> dict[str, int]:
    """Cells of the places whose holder is followed: objectives, and places of facts about control."""
    named: dict[int, str] = {}
    for objective in scenario.objectives:
        named.setdefault(objective.cell, objective.place or objective.id)
    for fact in scenario.history:
        if fact.kind == "control":
            for place in fact.places:
                named.setdefault(place.cell, place.text)
    towns = scenario.theatre.place_at
    found = {}
    for cell, name in sorted(named.items()):
        if cell >= 0:
            found[towns[cell].name if cell in towns else name] = cell
    return found


def pack_ground(owner: npt.NDArray[np.int8]) -> str:
    """Owners (-1, 0, 1) as text: two bits a hex, compressed."""
    bits = np.stack([owner == 0, owner == 1])
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes(), 9)).decode()


def unpack_ground(text: str, hexes: int) -> npt.NDArray[np.int8]:
    """Shape (hexes,): the owners of :func:`pack_ground`."""
    raw = np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.uint8)
    bits = np.unpackbits(raw)[: 2 * hexes].reshape(2, hexes)
    return np.where(bits[0] == 1, 0, np.where(bits[1] == 1, 1, -1)).astype(np.int8)
